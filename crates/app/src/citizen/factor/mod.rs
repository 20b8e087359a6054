//! Second factors.
pub mod webauthn;
