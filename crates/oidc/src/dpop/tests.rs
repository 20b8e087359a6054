#![expect(clippy::unwrap_used, reason = "tests")]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use durward_domain::refusal::Refuse as _;
use durward_keyring::jose::SigningKey;
use durward_keyring::mac::MacKey;
use serde_json::json;

use super::*;
use crate::client::sample::client;

const NOW: i64 = 1_800_000_000;
const URL: &str = "https://id.example/api/openid_connect/token";

fn nonces() -> Nonces {
    Nonces::new(MacKey::new([9; 32]))
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

/// A proof with these members of its header and payload changed; null leaves one out.
fn made(key: &SigningKey, header: &Value, claims: &Value) -> String {
    let mut jwk = serde_json::to_value(key.public().jwk()).unwrap();
    jwk.as_object_mut().unwrap().remove("use");
    let head = json!({ "typ": "dpop+jwt", "alg": key.algorithm().name(), "jwk": jwk });
    let body = json!({
        "jti": "a", "htm": "POST", "htu": URL, "iat": NOW, "nonce": nonces().current(at(NOW)),
    });
    let part = |mut value: Value, changes: &Value| {
        let members = value.as_object_mut().unwrap();
        members.extend(changes.as_object().unwrap().clone());
        members.retain(|_, value| !value.is_null());
        URL_SAFE_NO_PAD.encode(value.to_string())
    };
    let signed = format!("{}.{}", part(head, header), part(body, claims));
    let signature = key.sign(signed.as_bytes()).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn told(text: &str, token: Option<&str>) -> &'static str {
    let expected = Expected {
        method: "POST",
        url: URL,
        access_token: token,
        nonces: &nonces(),
        now: at(NOW),
    };
    match judge(text, &expected) {
        Ok(_) => "ok",
        Err(fault) => fault.code(),
    }
}

#[test]
fn the_header_of_a_proof() {
    let key = SigningKey::generate(Algorithm::ES256).unwrap();
    let other = SigningKey::generate(Algorithm::ES256).unwrap();
    let check = |header: Value, expected: &str| {
        assert_eq!(
            told(&made(&key, &header, &json!({})), None),
            expected,
            "{header}"
        );
    };
    check(json!({}), "ok");
    check(json!({ "kid": "x", "extra": [1] }), "ok");
    // RFC 9449 §4.3, 4: typ.
    check(json!({ "typ": null }), "dpop/type");
    check(json!({ "typ": "JWT" }), "dpop/type");
    // 5: an asymmetric algorithm that is supported, and never none.
    for alg in ["none", "HS256", "ES256K"] {
        check(json!({ "alg": alg }), "dpop/unreadable");
    }
    check(json!({ "alg": null }), "dpop/unreadable");
    check(json!({ "alg": "PS256" }), "dpop/signature");
    // 6 and 7: the key, which is public.
    check(json!({ "jwk": null }), "dpop/no-key");
    check(json!({ "jwk": "x" }), "dpop/key");
    check(json!({ "jwk": { "kty": "EC" } }), "dpop/key");
    check(
        json!({ "jwk": { "kty": "oct", "k": "AAAA" } }),
        "dpop/private-key",
    );
    let mut private = serde_json::to_value(key.public().jwk()).unwrap();
    private["d"] = "AAAA".into();
    check(json!({ "jwk": private }), "dpop/private-key");
    check(json!({ "jwk": other.public().jwk() }), "dpop/signature");
    check(json!({ "crit": ["x"] }), "dpop/unreadable");
    assert_eq!(told("a.b.c", None), "dpop/unreadable");
    assert_eq!(told("", None), "dpop/unreadable");
}

#[test]
fn the_claims_of_a_proof() {
    let key = SigningKey::generate(Algorithm::EdDSA).unwrap();
    let check = |claims: Value, expected: &str| {
        assert_eq!(
            told(&made(&key, &json!({}), &claims), None),
            expected,
            "{claims}"
        );
    };
    // RFC 9449 §4.3, 3: each that must be there.
    for name in ["jti", "htm", "htu", "iat"] {
        let mut claims = json!({});
        claims[name] = Value::Null;
        check(claims.clone(), "dpop/claim");
        claims[name] = json!([]);
        check(claims, "dpop/claim");
    }
    check(json!({ "jti": "" }), "dpop/claim");
    check(json!({ "jti": "x".repeat(257) }), "dpop/claim");
    // 8 and 9: method and address.
    check(json!({ "htm": "GET" }), "dpop/method");
    check(json!({ "htm": "post" }), "dpop/method");
    check(
        json!({ "htu": "https://id.example/api/openid_connect/userinfo" }),
        "dpop/url",
    );
    check(
        json!({ "htu": "HTTPS://ID.EXAMPLE:443/api/openid_connect/token?a#b" }),
        "ok",
    );
    // 10: the nonce.
    check(json!({ "nonce": null }), "dpop/nonce");
    check(json!({ "nonce": "guessed" }), "dpop/nonce");
    // 11: the time.
    check(json!({ "iat": NOW - 300 }), "ok");
    check(json!({ "iat": NOW - 301 }), "dpop/time");
    check(json!({ "iat": NOW + 10 }), "ok");
    check(json!({ "iat": NOW + 61 }), "dpop/time");
    check(json!({ "iat": 1_799_999_999.5 }), "ok");
    // Others are passed over, exp and nbf among them.
    check(json!({ "nbf": NOW, "exp": NOW + 300, "extra": {} }), "ok");
}

#[test]
fn at_a_resource_the_token_is_named() {
    let key = SigningKey::generate(Algorithm::ES256).unwrap();
    let check = |claims: Value, expected: &str| {
        assert_eq!(
            told(&made(&key, &json!({}), &claims), Some("token")),
            expected
        );
    };
    check(json!({}), "dpop/claim");
    check(
        json!({ "ath": digest::sha256_b64url(b"other") }),
        "dpop/token-hash",
    );
    check(json!({ "ath": digest::sha256_b64url(b"token") }), "ok");
}

#[test]
fn nonces_of_two_steps_count_on_each_node() {
    let now = NOW - NOW.rem_euclid(nonce::STEP_SECONDS);
    let nonce = nonces().current(at(now));
    let check = |seconds: i64, expected: bool| {
        assert_eq!(
            nonces().accepts(Some(&nonce), at(now + seconds)),
            expected,
            "{seconds}"
        );
    };
    check(0, true);
    check(239, true);
    check(240, false);
    check(-1, true);
    check(-121, false);
    assert!(!nonces().accepts(None, at(now)));
    let other = Nonces::new(MacKey::new([8; 32]));
    assert!(!other.accepts(Some(&nonce), at(now)));
}

#[test]
fn what_a_token_is_bound_to() {
    let plain = client(|_| {});
    let bound = client(|d| d.oidc.as_mut().unwrap().dpop_bound_access_tokens = true);
    let fapi = client(|d| d.oidc.as_mut().unwrap().fapi2 = true);
    let proof = |algorithm| Proof {
        key: "k".to_owned(),
        algorithm,
        name: String::new(),
        until: at(NOW),
    };
    let (es256, rs256) = (proof(Algorithm::ES256), proof(Algorithm::RS256));
    let told = |client: &Client, proof: Option<&Proof>, before: Option<&str>| match binding(
        client, proof, before,
    ) {
        Ok(key) => key.unwrap_or("bearer").to_owned(),
        Err(fault) => fault.code().to_owned(),
    };
    assert_eq!(told(&plain, None, None), "bearer");
    assert_eq!(told(&plain, Some(&rs256), None), "k");
    // RFC 9449 §5.2 and FAPI 2.0 §5.3.2.1: no token without a key.
    assert_eq!(told(&bound, None, None), "dpop/missing");
    assert_eq!(told(&fapi, None, None), "dpop/missing");
    // FAPI 2.0 §5.4.1
    assert_eq!(told(&fapi, Some(&rs256), None), "dpop/algorithm");
    assert_eq!(told(&fapi, Some(&es256), None), "k");
    // RFC 9449 §10: what the request was bound to.
    assert_eq!(told(&plain, None, Some("k")), "dpop/missing");
    assert_eq!(told(&plain, Some(&es256), Some("k")), "k");
    assert_eq!(told(&plain, Some(&es256), Some("other")), "dpop/other-key");
}
