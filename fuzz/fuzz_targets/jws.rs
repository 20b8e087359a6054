//! Signed tokens: no input may panic, and no input may pass for a token of a key that signed nothing.
#![no_main]

use std::sync::LazyLock;

use durward_keyring::jose::jws::Unverified;
use durward_keyring::jose::{Algorithm, SigningKey};
use libfuzzer_sys::fuzz_target;

static KEYS: LazyLock<Vec<SigningKey>> = LazyLock::new(|| {
    [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA]
        .into_iter()
        .filter_map(|algorithm| SigningKey::generate(algorithm).ok())
        .collect()
});

fuzz_target!(|text: &str| {
    if let Ok(token) = Unverified::parse(text, 8192) {
        let _ = token.untrusted_claims();
        for key in KEYS.iter() {
            assert!(token.verify(key.public(), &Algorithm::ALL).is_err());
        }
    }
});
