//! The OpenID family: authorize, token, userinfo, discovery, logout; rules only.
//!
//! Time is an argument, keys come from `keyring`, words about levels and attributes from `domain`. Parsers of
//! foreign input are [`dpop::judge`], [`params::Params::parse`], [`token::client_auth::Presented`] and
//! [`userinfo::presented`].

pub mod access_token;
pub mod authorize;
pub mod client;
pub mod discovery;
pub mod dpop;
pub mod evidence;
#[cfg(test)]
mod forged_tokens;
pub mod hint;
pub mod id_token;
pub mod logout;
pub mod logout_token;
pub mod oauth;
pub mod params;
pub mod subject;
pub mod token;
pub mod userinfo;
