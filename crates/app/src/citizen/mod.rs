//! What a person can do: sign up, sign in, look after the account, sign out.

pub mod session;
