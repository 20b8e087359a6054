//! What a person can do: sign up, sign in, look after the account, sign out.

pub mod account;
pub(crate) mod addresses;
pub mod browsers;
pub mod emails;
pub mod factor;
mod first_factor;
pub mod flow;
pub mod inbox;
pub mod letter;
pub mod methods;
mod note;
pub mod password;
pub mod people;
mod rate;
pub mod refusal;
pub mod services;
pub mod session;
pub mod several;
pub mod sign_in;
pub mod sign_up;
pub(crate) mod standing;
mod step_up;
#[cfg(test)]
mod tests;
pub(crate) mod vault;
