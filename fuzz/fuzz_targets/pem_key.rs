//! Public keys as PEM, JSON Web Key and key set: no input may panic, and what is read must read back as the same key.
#![no_main]

use durward_keyring::jose::{Jwk, JwkSet, PublicKey};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(key) = PublicKey::from_pem(text) {
        round_trip(&key);
    }
    if let Ok(jwk) = Jwk::parse(text)
        && let Ok(key) = PublicKey::from_jwk(&jwk)
    {
        round_trip(&key);
    }
    if let Ok(set) = JwkSet::parse(text) {
        set.public_keys().iter().for_each(round_trip);
    }
});

fn round_trip(key: &PublicKey) {
    let _ = key.facts();
    assert!(PublicKey::from_pem(&key.to_pem()).is_ok_and(|read| read == *key));
    assert!(PublicKey::from_jwk(&key.jwk()).is_ok_and(|read| read == *key));
}
