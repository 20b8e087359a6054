//! What an app can do: send a person to sign in, exchange grants for tokens, read claims, sign a person out.
//!
//! No database read is spent on a client: all that is known of one is in the [`crate::registry::Registry`].

mod access;
pub mod authorize;
pub(crate) mod backchannel;
mod carried;
pub mod consent;
pub mod documents;
pub(crate) mod encrypted;
pub mod end_session;
pub mod grant;
mod handoff;
mod issue;
pub mod key_source;
pub mod pending;
mod possession;
pub mod push;
mod refused;
mod released;
pub(crate) mod secrets;
mod sender;
pub(crate) mod standing;
#[cfg(test)]
mod tests;
pub mod tokens;
pub mod trail;
pub mod userinfo;

pub use authorize::{AuthorizeOutcome, PageRefusal, authorize, authorize_posted};
pub use consent::{Agreement, ConsentView, consent_view, give_consent};
pub use end_session::{EndSession, confirm_end_session, end_session};
pub use grant::{TokenAnswer, grant_tokens};
pub use pending::{Next, PendingRequest, cancel, request_in, resume};
pub use possession::{Headers, dpop_nonce};
pub use push::{PUSHED_SECONDS, PushRefusal, Pushed, push};
pub use tokens::{Introspection, introspect, revoke};
pub use userinfo::{UserinfoAnswer, userinfo};

use durward_domain::level::Aal;

/// The strongest sign-in that this build can give: a password and a code.
pub const STRONGEST: Aal = Aal::PhishingResistant;
