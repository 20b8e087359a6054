//! Keys that apps publish: no set may panic, no key may be for signatures and for encryption, and a private one is
//! never taken.
#![no_main]

use durward_keyring::jose::jwe::EncryptionKey;
use durward_keyring::jose::{Jwk, PublicKey};
use durward_oidc::token::KeySet;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(jwk) = Jwk::parse(text) {
        let (verifies, receives) = (PublicKey::from_jwk(&jwk), EncryptionKey::from_jwk(&jwk));
        assert!(verifies.is_err() || receives.is_err());
        if jwk.has_private_members() {
            assert!(verifies.is_err() && receives.is_err());
        }
        if let Ok(key) = receives {
            let _ = (key.facts(), key.thumbprint());
        }
    }
    if let Ok(set) = KeySet::parse(text.as_bytes()) {
        assert!(!set.is_empty() || !set.encryption().is_empty());
        assert_eq!(set.candidates(None).count(), set.len());
    }
});
