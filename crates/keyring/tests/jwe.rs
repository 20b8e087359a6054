//! Encrypted tokens: every way there and back, and attacks.
#![expect(clippy::unwrap_used, reason = "tests")]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use durward_keyring::jose::jwe::{
    self, Allowed, ContentEncryption, DecryptionKey, EncryptError, EncryptionKey, JweError,
    KeyManagement, Unopened,
};
use durward_keyring::jose::{Algorithm, Jwk, KeyError, PublicKey, SigningKey};
use durward_keyring::random::Random;
use serde_json::{Value, json};

const GCM: ContentEncryption = ContentEncryption::A256Gcm;

#[test]
fn every_way_there_and_back_and_through_storage() {
    let random = Random::system();
    for alg in KeyManagement::ALL {
        let key = DecryptionKey::generate(alg).unwrap();
        let key = DecryptionKey::from_pkcs8(alg, &key.to_pkcs8()).unwrap();
        let recipient = recipient(&key);
        assert_eq!(recipient.thumbprint(), key.kid());
        for enc in ContentEncryption::ALL {
            for content in ["", "a.b.c", &"long".repeat(1000)] {
                let token = jwe::encrypt(
                    &recipient,
                    alg,
                    enc,
                    Some("JWT"),
                    content.as_bytes(),
                    &random,
                )
                .unwrap();
                assert!(Unopened::looks_like(&token));
                let read = Unopened::parse(&token, 64 * 1024).unwrap();
                assert_eq!(read.header.cty.as_deref(), Some("JWT"));
                assert_eq!(read.header.kid.as_deref(), Some(key.kid()));
                let opened = read.open(&key, &Allowed::ALL, &random).unwrap();
                assert_eq!(opened.as_slice(), content.as_bytes(), "{alg} {enc}");
            }
        }
    }
}

/// RFC 7516 §11.4, §11.5: whatever is wrong inside, the answer is one and the same.
#[test]
fn any_changed_part_and_any_other_key_fail_alike() {
    let random = Random::system();
    for alg in KeyManagement::ALL {
        let (key, other) = (generate(alg), generate(alg));
        for enc in ContentEncryption::ALL {
            let token = jwe::encrypt(&recipient(&key), alg, enc, None, b"secret", &random).unwrap();
            assert_eq!(refusal(&token, &other), "jwe/decryption");
            for part in 1..5 {
                if part == 1 && alg == KeyManagement::EcdhEs {
                    continue;
                }
                for spoilt in spoilt(&token, part) {
                    assert_eq!(
                        refusal(&spoilt, &key),
                        "jwe/decryption",
                        "{alg} {enc} {part}"
                    );
                }
            }
            let header = change_header(&token, |header| header["typ"] = json!("x"));
            assert_eq!(refusal(&header, &key), "jwe/decryption");
        }
    }
}

#[test]
fn tags_of_other_lengths_are_refused() {
    let random = Random::system();
    for enc in ContentEncryption::ALL {
        let key = generate(KeyManagement::EcdhEs);
        let token = jwe::encrypt(
            &recipient(&key),
            KeyManagement::EcdhEs,
            enc,
            None,
            b"x",
            &random,
        )
        .unwrap();
        let whole = part_of(&token, 4);
        for len in [0, 1, 4, 8, 12, 15] {
            assert_eq!(
                refusal(&with_part(&token, 4, &whole[..len]), &key),
                "jwe/decryption"
            );
        }
        let longer = [whole.as_slice(), &[0]].concat();
        assert_eq!(
            refusal(&with_part(&token, 4, &longer), &key),
            "jwe/decryption"
        );
    }
}

/// Ways of RFC 7518 §4.1 that need a shared secret, are broken, or let the sender choose our work (`p2c`).
#[test]
fn other_ways_of_key_management_are_refused_before_any_work() {
    let key = generate(KeyManagement::RsaOaep256);
    let token = token_for(&key);
    for alg in [
        "dir",
        "RSA1_5",
        "RSA-OAEP",
        "RSA-OAEP-384",
        "A128KW",
        "A256GCMKW",
        "PBES2-HS256+A128KW",
        "PBES2-HS512+A256KW",
        "none",
        "HS256",
        "rsa-oaep-256",
        "",
    ] {
        let changed = change_header(&token, |header| {
            header["alg"] = json!(alg);
            header["p2c"] = json!(2_000_000_000);
            header["p2s"] = json!("AAAA");
        });
        assert_eq!(
            refusal(&changed, &key),
            "jwe/algorithm-unsupported",
            "{alg}"
        );
    }
    for enc in ["A192GCM", "A128CBC", "none", "A128CBC-HS512"] {
        let changed = change_header(&token, |header| header["enc"] = json!(enc));
        assert_eq!(
            refusal(&changed, &key),
            "jwe/algorithm-unsupported",
            "{enc}"
        );
    }
}

#[test]
fn compression_and_extensions_are_refused() {
    let key = generate(KeyManagement::RsaOaep256);
    let token = token_for(&key);
    let zip = change_header(&token, |header| header["zip"] = json!("DEF"));
    assert_eq!(refusal(&zip, &key), "jwe/compressed");
    let none = change_header(&token, |header| header["zip"] = Value::Null);
    assert_eq!(refusal(&none, &key), "jwe/compressed");
    let crit = change_header(&token, |header| header["crit"] = json!(["exp"]));
    assert_eq!(refusal(&crit, &key), "jwe/critical");
}

#[test]
fn forms_that_are_not_compact_or_too_large_are_refused() {
    let key = generate(KeyManagement::EcdhEs);
    let token = token_for(&key);
    let code = |token: &str, most| Unopened::parse(token, most).err().unwrap().code();
    assert_eq!(code(&token, token.len() - 1), "jwe/too-long");
    assert_eq!(code(&format!("{token}."), 9999), "jwe/parts");
    assert_eq!(code("a.b.c", 9999), "jwe/parts");
    assert_eq!(code(&".".repeat(9000), 9999), "jwe/parts");
    assert_eq!(code("....", 9999), "jwe/json");
    assert_eq!(code(&format!("{token}="), 9999), "jwe/encoding");
    let header = |text: &str| with_part(&token, 0, text.as_bytes());
    let twice = r#"{"alg":"ECDH-ES","enc":"A256GCM","alg":"ECDH-ES"}"#;
    assert_eq!(code(&header(twice), 9999), "jwe/json");
    let deep = format!("{}{}", "[".repeat(3000), "]".repeat(3000));
    let deep = format!(r#"{{"alg":"ECDH-ES","enc":"A256GCM","x":{deep}}}"#);
    assert_eq!(code(&header(&deep), 99_999), "jwe/json");
    let number = r#"{"alg":7,"enc":"A256GCM"}"#;
    assert_eq!(code(&header(number), 9999), "jwe/header-member");
}

/// RFC 7518 §4.6.1.1, and the invalid curve attack: the sender's point is on our curve or nothing is agreed on.
#[test]
fn ephemeral_keys_off_our_curve_are_refused() {
    let key = generate(KeyManagement::EcdhEs);
    let token = token_for(&key);
    let with = |epk: Value| change_header(&token, |header| header["epk"] = epk);
    let good: Value = header_of(&token)["epk"].clone();
    let change = |name: &str, value: Value| {
        let mut epk = good.clone();
        epk[name] = value;
        with(epk)
    };
    // (1, 1) satisfies no curve of ours.
    let one = URL_SAFE_NO_PAD.encode([&[0; 31][..], &[1]].concat());
    let off = with(json!({"kty": "EC", "crv": "P-256", "x": one, "y": one}));
    assert_eq!(refusal(&off, &key), "jwe/decryption");
    let zero = URL_SAFE_NO_PAD.encode([0; 32]);
    let infinity = with(json!({"kty": "EC", "crv": "P-256", "x": zero, "y": zero}));
    assert_eq!(refusal(&infinity, &key), "jwe/decryption");
    let others = [
        with(serde_json::to_value(other_curve().jwk()).unwrap()),
        with(json!({"kty": "OKP", "crv": "X25519", "x": one})),
        with(json!({"kty": "oct", "k": "AAAA"})),
        with(json!("P-256")),
        with(Value::Null),
        change("crv", json!("P-384")),
        change("crv", json!("secp256k1")),
        change("x", json!("AA")),
        change("d", json!("AA")),
    ];
    for other in others {
        assert_eq!(refusal(&other, &key), "jwe/header-member");
    }
    let without = change_header(&token, |header| {
        header.as_object_mut().unwrap().remove("epk");
    });
    assert_eq!(refusal(&without, &key), "jwe/header-member");
    let smuggled = with_part(&token, 1, b"0123456789abcdef");
    assert_eq!(refusal(&smuggled, &key), "jwe/decryption");
}

#[test]
fn keys_are_used_for_what_they_are_bound_to() {
    let random = Random::system();
    let (rsa, ec) = (
        generate(KeyManagement::RsaOaep256),
        generate(KeyManagement::EcdhEs),
    );
    assert_eq!(refusal(&token_for(&rsa), &ec), "jwe/algorithm-for-key");
    let wrapped = generate(KeyManagement::EcdhEsA256Kw);
    assert_eq!(refusal(&token_for(&wrapped), &ec), "jwe/algorithm-for-key");
    let only = Allowed {
        algorithms: &[KeyManagement::RsaOaep256],
        encryptions: &[ContentEncryption::A128Gcm],
    };
    let token = Unopened::parse(&token_for(&rsa), 9999).unwrap();
    let refused = token.open(&rsa, &only, &random).unwrap_err();
    assert_eq!(refused.code(), "jwe/algorithm-not-allowed");
    let refused = jwe::encrypt(
        &recipient(&rsa),
        KeyManagement::EcdhEs,
        GCM,
        None,
        b"",
        &random,
    );
    assert_eq!(
        refused.unwrap_err(),
        EncryptError::AlgorithmForKey(KeyManagement::EcdhEs)
    );
}

/// RFC 7517 §4.2: a key is for signatures or for encryption, never for both.
#[test]
fn keys_for_encryption_and_for_signatures_are_told_apart() {
    let enc = generate(KeyManagement::EcdhEs).jwk();
    assert_eq!(PublicKey::from_jwk(&enc).unwrap_err(), KeyError::OtherUse);
    let sig = SigningKey::generate(Algorithm::ES256).unwrap().jwk();
    assert_eq!(
        EncryptionKey::from_jwk(&sig).unwrap_err(),
        KeyError::NotForEncryption
    );
    let changed = |change: fn(&mut Jwk)| {
        let mut jwk = enc.clone();
        change(&mut jwk);
        EncryptionKey::from_jwk(&jwk).unwrap_err()
    };
    assert_eq!(changed(|jwk| jwk.use_ = None), KeyError::NotForEncryption);
    assert_eq!(
        changed(|jwk| jwk.key_ops = Some(vec!["verify".into()])),
        KeyError::NotForEncryption
    );
    assert_eq!(
        changed(|jwk| jwk.alg = Some("RSA-OAEP-256".into())),
        KeyError::Algorithm
    );
    assert_eq!(
        changed(|jwk| jwk.alg = Some("RSA1_5".into())),
        KeyError::Algorithm
    );
    assert_eq!(
        changed(|jwk| jwk.y.clone_from(&jwk.x)),
        KeyError::NotPublicKey
    );
    let private =
        json!({"kty": "EC", "use": "enc", "crv": "P-256", "x": enc.x, "y": enc.y, "d": "AA"});
    let private = Jwk::parse(&private.to_string()).unwrap();
    assert_eq!(
        EncryptionKey::from_jwk(&private).unwrap_err(),
        KeyError::Private
    );
    let mut ed = SigningKey::generate(Algorithm::EdDSA).unwrap().jwk();
    (ed.use_, ed.alg) = (Some("enc".into()), None);
    assert_eq!(
        EncryptionKey::from_jwk(&ed).unwrap_err(),
        KeyError::Unsupported
    );
}

#[test]
fn small_rsa_keys_do_not_receive() {
    let weak = PublicKey::from_pem(include_str!("vectors/rsa1024-sha1.pem")).unwrap();
    let mut jwk = weak.jwk();
    jwk.use_ = Some("enc".into());
    assert_eq!(
        EncryptionKey::from_jwk(&jwk).unwrap_err(),
        KeyError::EncryptionSize
    );
}

#[test]
fn other_curves_receive_too() {
    let random = Random::system();
    let key = other_curve();
    let token = jwe::encrypt(
        &recipient(&key),
        KeyManagement::EcdhEs,
        GCM,
        None,
        b"384",
        &random,
    )
    .unwrap();
    let read = Unopened::parse(&token, 9999).unwrap();
    let opened = read.open(&key, &Allowed::ALL, &random).unwrap();
    assert_eq!(opened.as_slice(), b"384");
}

fn generate(alg: KeyManagement) -> DecryptionKey {
    DecryptionKey::generate(alg).unwrap()
}

/// A key on P-384. The library reads a signing key's PKCS#8, since the format does not tell the use.
fn other_curve() -> DecryptionKey {
    let pkcs8 = SigningKey::generate(Algorithm::ES384).unwrap().to_pkcs8();
    DecryptionKey::from_pkcs8(KeyManagement::EcdhEs, &pkcs8).unwrap()
}

fn recipient(key: &DecryptionKey) -> EncryptionKey {
    let text = serde_json::to_string(&key.jwk()).unwrap();
    EncryptionKey::from_jwk(&Jwk::parse(&text).unwrap()).unwrap()
}

fn token_for(key: &DecryptionKey) -> String {
    let random = Random::system();
    jwe::encrypt(
        &recipient(key),
        key.algorithm(),
        GCM,
        None,
        b"secret",
        &random,
    )
    .unwrap()
}

fn refusal(token: &str, key: &DecryptionKey) -> &'static str {
    let opened = Unopened::parse(token, 64 * 1024)
        .and_then(|token| token.open(key, &Allowed::ALL, &Random::system()));
    opened.map_err(|error: JweError| error.code()).unwrap_err()
}

fn part_of(token: &str, index: usize) -> Vec<u8> {
    let part = token.split('.').nth(index).unwrap();
    URL_SAFE_NO_PAD.decode(part).unwrap()
}

fn with_part(token: &str, index: usize, bytes: &[u8]) -> String {
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    parts[index] = URL_SAFE_NO_PAD.encode(bytes);
    parts.join(".")
}

fn spoilt(token: &str, index: usize) -> Vec<String> {
    let whole = part_of(token, index);
    let mut flipped = whole.clone();
    flipped[0] ^= 1;
    let mut last = whole.clone();
    *last.last_mut().unwrap() ^= 0x80;
    let cut = whole[..whole.len() - 1].to_vec();
    let longer = [whole.as_slice(), &[0]].concat();
    [flipped, last, cut, longer, Vec::new()]
        .iter()
        .map(|bytes| with_part(token, index, bytes))
        .collect()
}

fn header_of(token: &str) -> Value {
    serde_json::from_slice(&part_of(token, 0)).unwrap()
}

fn change_header(token: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut header = header_of(token);
    change(&mut header);
    with_part(token, 0, header.to_string().as_bytes())
}
