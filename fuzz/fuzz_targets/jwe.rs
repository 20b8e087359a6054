//! Encrypted tokens: no input may panic, and none that was not encrypted for a key may open with it.
#![no_main]

use std::sync::LazyLock;

use durward_keyring::jose::jwe::{Allowed, DecryptionKey, KeyManagement, Unopened};
use durward_keyring::random::Random;
use libfuzzer_sys::fuzz_target;

static KEYS: LazyLock<Vec<DecryptionKey>> = LazyLock::new(|| {
    let all = KeyManagement::ALL.into_iter();
    all.filter_map(|alg| DecryptionKey::generate(alg).ok())
        .collect()
});

fuzz_target!(|text: &str| {
    if let Ok(token) = Unopened::parse(text, 8192) {
        assert!(Unopened::looks_like(text));
        for key in KEYS.iter() {
            let opened = token.open(key, &Allowed::ALL, &Random::seeded(1));
            assert!(opened.is_err(), "nobody encrypted it for this key");
        }
    }
});
