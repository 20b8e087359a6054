//! Public and signing keys, JSON Web Keys and signatures and encryption (RFC 7515, 7516, 7517, 7518, 7638, 8037).
//!
//! Keys are parsed once and held parsed: signing with a held RSA key is more than twice as fast.

mod algorithm;
mod facts;
pub mod json;
pub mod jwe;
mod jwk;
pub mod jws;
mod material;
mod pem;
mod public;
mod roca;
mod signing;

pub use algorithm::{Algorithm, Curve, KeyKind, UnknownAlgorithm};
pub use facts::{CertificateFacts, KeyFacts};
pub use jwk::{Jwk, JwkSet};
pub use public::{KeyError, PublicKey, VerifyError};
pub use signing::{SigningKey, SigningKeyError};
