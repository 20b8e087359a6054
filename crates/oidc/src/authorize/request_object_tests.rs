#![expect(clippy::unwrap_used, reason = "tests")]

use durward_domain::application::Key;
use durward_keyring::jose::jwe::EncryptionKey;
use durward_keyring::jose::{Algorithm, SigningKey};
use serde_json::json;

use super::*;
use crate::client::sample;

const ISSUER: &str = "https://id.example.gov";

struct Signer {
    key: SigningKey,
    client: Client,
}

fn signer(algorithm: Algorithm, fapi2: bool) -> Signer {
    let key = SigningKey::generate(algorithm).unwrap();
    let client = sample::client(|document| {
        document.keys = vec![Key::Pem(key.public().to_pem())];
        document.oidc.as_mut().unwrap().fapi2 = fapi2;
    });
    Signer { key, client }
}

fn now() -> Timestamp {
    "2026-11-10T12:00:00Z".parse().unwrap()
}

fn claims() -> Value {
    json!({ "client_id": sample::ID, "iss": sample::ID, "aud": ISSUER, "nbf": now().as_second() - 1, "exp": now().as_second() + 60,
        "response_type": "code", "scope": "openid email", "max_age": 60, "claims": { "userinfo": {} } })
}

/// What becomes of an object with these claims in place of the good ones; `null` takes one away.
fn judged(signer: &Signer, changes: Value) -> Result<Params, ObjectFault> {
    let mut claims = claims();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => claims.as_object_mut().unwrap().remove(name),
            value => claims
                .as_object_mut()
                .unwrap()
                .insert(name.clone(), value.clone()),
        };
    }
    let text = jws::sign(&signer.key, "oauth-authz-req+jwt", &claims).unwrap();
    RequestObject::parse(&text)?.judge(&signer.client, None, ISSUER, now())
}

#[test]
fn only_its_own_parameters_count() {
    let params = judged(&signer(Algorithm::ES256, false), json!({})).unwrap();
    assert_eq!(params.get("scope"), Some("openid email"));
    assert_eq!(params.get("max_age"), Some("60"));
    assert_eq!(params.get("claims"), Some("{\"userinfo\":{}}"));
    assert_eq!((params.get("iss"), params.get("exp")), (None, None));
}

#[test]
fn what_it_must_say() {
    let plain = signer(Algorithm::ES256, false);
    let fapi = signer(Algorithm::PS256, true);
    let late = now().as_second() - 1;
    for (changes, ok, ok_fapi) in [
        (json!({}), true, true),
        (json!({ "iss": null }), true, false),
        (json!({ "aud": null }), true, false),
        (json!({ "nbf": null }), true, false),
        (json!({ "exp": null }), true, false),
        (
            json!({ "aud": [ISSUER, "https://other.example"] }),
            true,
            true,
        ),
        (json!({ "aud": "https://other.example" }), false, false),
        (json!({ "iss": "someone" }), false, false),
        (json!({ "client_id": "someone" }), false, false),
        (json!({ "client_id": null }), false, false),
        (json!({ "exp": late }), false, false),
        (json!({ "nbf": now().as_second() + 60 }), false, false),
        (json!({ "nbf": now().as_second() - 4000 }), true, false),
        (json!({ "request": "x" }), false, false),
        (json!({ "request_uri": "urn:x" }), false, false),
    ] {
        assert_eq!(judged(&plain, changes.clone()).is_ok(), ok, "{changes}");
        assert_eq!(
            judged(&fapi, changes.clone()).is_ok(),
            ok_fapi,
            "FAPI {changes}"
        );
    }
}

#[test]
fn foreign_and_missing_signatures_do_not_count() {
    let own = signer(Algorithm::ES256, false);
    let foreign = Signer {
        key: SigningKey::generate(Algorithm::ES256).unwrap(),
        client: own.client.clone(),
    };
    assert_eq!(judged(&foreign, json!({})), Err(ObjectFault::Signature));
    let unsigned = "eyJhbGciOiJub25lIn0.eyJjbGllbnRfaWQiOiJ4In0.";
    assert!(matches!(
        RequestObject::parse(unsigned).err(),
        Some(ObjectFault::Unreadable(_))
    ));
    let rs256 = signer(Algorithm::RS256, true);
    assert_eq!(
        judged(&rs256, json!({})),
        Err(ObjectFault::Signature),
        "FAPI knows no RS256"
    );
}

/// RFC 9101 §6.1: an encrypted object is decrypted first, and what is inside must be signed.
#[test]
fn an_encrypted_object_is_opened_and_then_judged() {
    let signer = signer(Algorithm::ES256, false);
    let random = Random::system();
    let signed = jws::sign(&signer.key, "oauth-authz-req+jwt", &claims()).unwrap();
    for alg in ENCRYPTION.algorithms {
        let ours = DecryptionKey::generate(*alg).unwrap();
        let other = DecryptionKey::generate(*alg).unwrap();
        let to = EncryptionKey::from_jwk(&ours.jwk()).unwrap();
        let encrypted = |content: &str, cty: Option<&str>| {
            let enc = jwe::ContentEncryption::A256Gcm;
            jwe::encrypt(&to, *alg, enc, cty, content.as_bytes(), &random).unwrap()
        };
        let open = |text: &str, keys: &[&DecryptionKey]| {
            RequestObject::decrypt(text, keys, &random)?;
            let signed = RequestObject::decrypt(text, keys, &random)?.into_owned();
            RequestObject::parse(&signed)?.judge(&signer.client, None, ISSUER, now())
        };
        for cty in [Some("JWT"), Some("jwt"), None] {
            let params = open(&encrypted(&signed, cty), &[&other, &ours]).unwrap();
            assert_eq!(params.get("scope"), Some("openid email"));
        }
        let token = encrypted(&signed, Some("JWT"));
        // A key of somebody else, no key, and a spoilt token are told alike.
        let foreign = open(&token, &[&other]).unwrap_err();
        assert_eq!(foreign, open(&token, &[]).unwrap_err());
        let (rest, _) = token.rsplit_once('.').unwrap();
        let spoilt = format!("{rest}.AAAAAAAAAAAAAAAAAAAAAA");
        assert_eq!(foreign, open(&spoilt, &[&ours]).unwrap_err());
        let xml = encrypted(&signed, Some("application/xml"));
        assert_eq!(open(&xml, &[&ours]).unwrap_err(), ObjectFault::Claim("cty"));
        // Anyone can encrypt for us: only the signature inside tells who did.
        let unsigned = format!(
            "{}.{}.",
            "eyJhbGciOiJub25lIn0",
            signed.split('.').nth(1).unwrap()
        );
        for inside in [claims().to_string(), unsigned, token.clone()] {
            assert!(matches!(
                open(&encrypted(&inside, Some("JWT")), &[&ours]).unwrap_err(),
                ObjectFault::Unreadable(_)
            ));
        }
    }
}

#[test]
fn encrypted_objects_are_bounded_and_of_the_advertised_ways() {
    let random = Random::system();
    let ours = DecryptionKey::generate(jwe::KeyManagement::EcdhEsA256Kw).unwrap();
    let to = EncryptionKey::from_jwk(&ours.jwk()).unwrap();
    let token = jwe::encrypt(
        &to,
        ours.algorithm(),
        jwe::ContentEncryption::A256Gcm,
        None,
        b"x",
        &random,
    )
    .unwrap();
    let refused = |text: &str| RequestObject::decrypt(text, &[&ours], &random).unwrap_err();
    assert!(matches!(refused(&token), ObjectFault::Encrypted(why) if why.contains("not allowed")));
    let long = format!("{}.{token}", "A".repeat(50_000));
    let long = long.rsplit_once('.').unwrap().0;
    assert!(matches!(refused(long), ObjectFault::Encrypted(why) if why.contains("too long")));
}
