//! Request objects and encrypted ones: no text may panic, and none that the app's key did not sign may count.
#![no_main]

use std::sync::LazyLock;

use durward_domain::application::AppDocument;
use durward_domain::id::AgencyId;
use durward_domain::programme::Programme;
use durward_keyring::jose::jwe::DecryptionKey;
use durward_keyring::random::Random;
use durward_oidc::authorize::request_object::{ENCRYPTION, RequestObject};
use durward_oidc::client::Client;
use libfuzzer_sys::fuzz_target;

static KEYS: LazyLock<Vec<DecryptionKey>> = LazyLock::new(|| {
    let all = ENCRYPTION.algorithms.iter();
    all.filter_map(|alg| DecryptionKey::generate(*alg).ok())
        .collect()
});

static CLIENT: LazyLock<Client> = LazyLock::new(|| {
    let mut document = AppDocument::example();
    document.issuer = "urn:app".into();
    let agency = AgencyId::parse("0192d3a0-7c1e-7b43-8a6e-2f1c9f0e5d11").expect("an id");
    let programme = Programme::named("us").expect("the shipped programme");
    let client = Client::from_document(&document, None, agency, &programme.policies, true);
    client.expect("the example is a client")
});

fuzz_target!(|text: &str| {
    let keys: Vec<&DecryptionKey> = KEYS.iter().collect();
    let Ok(signed) = RequestObject::decrypt(text, &keys, &Random::seeded(1)) else {
        return;
    };
    let Ok(object) = RequestObject::parse(&signed) else {
        return;
    };
    let now = "2026-11-10T12:00:00Z".parse().expect("a time");
    let judged = object.judge(&CLIENT, None, "http://localhost:8401", now);
    assert!(judged.is_err(), "nobody signed it");
});
