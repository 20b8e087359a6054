//! Keys, JOSE, certificates, password and secret hashing, sealed fields; the only crate that names a crypto library.
//!
//! Nothing here reads a clock or a file. Time and randomness are arguments, except where a primitive of the
//! crypto library draws its own (key generation, ECDSA and PSS signatures).

pub mod compare;
pub mod digest;
pub mod jose;
pub mod mac;
pub mod master;
pub mod password;
pub mod random;
pub mod seal;
pub mod token;
pub mod totp;

pub use uuid::Uuid;

mod encoding;

/// Ends the current task for a state that the types already exclude, such as a 32-byte key that AES-256 refuses.
fn broken(what: &str) -> ! {
    unreachable!("{what}")
}
