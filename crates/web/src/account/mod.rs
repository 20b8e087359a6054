//! People's own pages: signing up, signing in, consent, the account.

pub mod views;
