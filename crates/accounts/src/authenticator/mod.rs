//! What a person proves to be themselves with.

pub mod breached;
mod meter;
pub mod method;
pub mod name;
pub mod password;
pub mod totp;
pub mod webauthn;
