//! Keys and signed tokens against published vectors, files made by OpenSSL, and attacks.
#![expect(clippy::unwrap_used, reason = "tests")]

use durward_keyring::jose::jws::{self, JwsError, Unverified};
use durward_keyring::jose::{Algorithm, Curve, Jwk, JwkSet, KeyError, KeyKind, PublicKey};
use durward_keyring::jose::{SigningKey, VerifyError};
use serde::Deserialize;
use serde_json::{Value, json};

const RSA_CERTIFICATE: &str = include_str!("vectors/rsa2048.pem");
const WEAK_CERTIFICATE: &str = include_str!("vectors/rsa1024-sha1.pem");
const EC_CERTIFICATE: &str = include_str!("vectors/p384-negative.pem");
const ED_CERTIFICATE: &str = include_str!("vectors/ed25519.pem");
const RSA_PUBLIC: &str = include_str!("vectors/rsa2048.pub");
const EC_PUBLIC: &str = include_str!("vectors/p384.pub");
const ED_PUBLIC: &str = include_str!("vectors/ed25519.pub");
const OTHER_CURVE: &str = include_str!("vectors/k256.pub");

#[derive(Deserialize)]
struct Vectors {
    keys: Vec<Jwk>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    comment: String,
    key: usize,
    jws: String,
    expect: String,
}

/// From Project Wycheproof and the JOSE cookbook (RFC 7520, RFC 8037). See `vectors/README.md`.
#[test]
fn published_vectors() {
    let vectors: Vectors = serde_json::from_str(include_str!("vectors/jws.json")).unwrap();
    for case in &vectors.cases {
        let accepted = PublicKey::from_jwk(&vectors.keys[case.key]).is_ok_and(|key| {
            Unverified::parse(&case.jws, 64 * 1024)
                .is_ok_and(|token| token.verify_payload(&key, &Algorithm::ALL).is_ok())
        });
        let expected = case.expect == "valid";
        assert_eq!(accepted, expected, "{} {}", case.id, case.comment);
    }
    assert!(vectors.cases.len() > 100);
}

#[test]
fn every_algorithm_signs_verifies_and_survives_storage() {
    for algorithm in Algorithm::ALL {
        let key = SigningKey::generate(algorithm).unwrap();
        let key = SigningKey::from_pkcs8(algorithm, &key.to_pkcs8()).unwrap();
        let token = jws::sign(&key, "JWT", &json!({"sub": "ada"})).unwrap();
        let read = Unverified::parse(&token, 4096).unwrap();
        assert_eq!(read.header.alg, algorithm);
        assert_eq!(read.header.kid.as_deref(), Some(key.kid()));
        assert_eq!(read.header.typ.as_deref(), Some("JWT"));
        let text = serde_json::to_string(&key.jwk()).unwrap();
        let public = PublicKey::from_jwk(&Jwk::parse(&text).unwrap()).unwrap();
        let claims = read.verify(&public, &[algorithm]).unwrap();
        assert_eq!(Value::Object(claims), json!({"sub": "ada"}));
        let public = PublicKey::from_pem(&key.public().to_pem()).unwrap();
        assert!(read.verify(&public, &[algorithm]).is_ok());
        assert_eq!(public.thumbprint(), key.kid());
        let other = SigningKey::generate(algorithm).unwrap();
        assert!(read.verify(other.public(), &[algorithm]).is_err());
    }
}

#[test]
fn the_thumbprint_of_rfc_7638() {
    let jwk = json!({"kty": "RSA", "e": "AQAB", "alg": "RS256", "kid": "2011-04-29",
        "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"});
    let key = PublicKey::from_jwk(&Jwk::parse(&jwk.to_string()).unwrap()).unwrap();
    assert_eq!(
        key.thumbprint(),
        "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
    );
}

fn forge(header: &str, payload: &str, key: &SigningKey) -> String {
    let signed = format!("{}.{}", b64(header.as_bytes()), b64(payload.as_bytes()));
    let signature = key.sign(signed.as_bytes()).unwrap();
    format!("{signed}.{}", b64(&signature))
}

fn b64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

fn code(token: &str) -> &'static str {
    Unverified::parse(token, 4096).unwrap_err().code()
}

#[test]
fn no_algorithm_and_shared_secrets_are_refused() {
    let payload = b64(b"{}");
    for alg in ["none", "None", "NONE", "HS256", "HS512", "ES256K", ""] {
        let header = b64(format!(r#"{{"alg":"{alg}"}}"#).as_bytes());
        // The classic forgery: an HMAC keyed with the text of the public key.
        let mac = durward_keyring::mac::MacKey::new(durward_keyring::digest::sha256(
            RSA_PUBLIC.as_bytes(),
        ));
        let signature = b64(&mac.tag(format!("{header}.{payload}").as_bytes()));
        let token = format!("{header}.{payload}.{signature}");
        assert_eq!(code(&token), "jws/algorithm-unsupported");
    }
    let header = b64(br#"{"alg":"RS256"}"#);
    assert_eq!(code(&format!("{header}.{payload}.")), "jws/unsigned");
}

#[test]
fn headers_that_could_be_read_two_ways_are_refused() {
    let key = SigningKey::generate(Algorithm::ES256).unwrap();
    for (header, expected) in [
        (r#"{"alg":"ES256","alg":"ES256"}"#, "jws/json"),
        (r#"{"alg":"none","\u0061lg":"ES256"}"#, "jws/json"),
        (r#"{"alg":"ES256","jwk":{"x":1,"x":2}}"#, "jws/json"),
        (r#"["ES256"]"#, "jws/json"),
        (r#"{"alg":"ES256"} x"#, "jws/json"),
        (r#"{"alg":"ES256","crit":["exp"]}"#, "jws/critical"),
        (r#"{"alg":"ES256","crit":[]}"#, "jws/critical"),
        (r#"{"alg":"ES256","b64":false}"#, "jws/critical"),
        (r#"{"kid":"1"}"#, "jws/header-member"),
        (r#"{"alg":"ES256","kid":1}"#, "jws/header-member"),
        (r#"{"alg":["ES256"]}"#, "jws/header-member"),
    ] {
        assert_eq!(code(&forge(header, "{}", &key)), expected, "{header}");
    }
}

#[test]
fn other_forms_and_long_tokens_are_refused() {
    let key = SigningKey::generate(Algorithm::ES256).unwrap();
    let token = jws::sign(&key, "", &json!({"a": 1})).unwrap();
    let read = Unverified::parse(&token, token.len()).unwrap();
    assert_eq!(read.header.typ, None);
    let refused = Unverified::parse(&token, token.len() - 1).unwrap_err();
    assert!(matches!(refused, JwsError::TooLong));
    for text in ["", ".", "a.b", "a.b.c.d", &format!("{token}.")] {
        assert_eq!(code(text), "jws/parts", "{text}");
    }
    for text in [
        format!("{token}="),
        format!("{token}=="),
        format!(" {token}"),
        format!("{token}\n"),
        token.replacen('.', ".+", 1),
    ] {
        assert_eq!(code(&text), "jws/encoding", "{text}");
    }
}

#[test]
fn every_changed_character_breaks_the_token() {
    let key = SigningKey::generate(Algorithm::ES256).unwrap();
    let token = jws::sign(&key, "JWT", &json!({"sub": "ada", "admin": false})).unwrap();
    for at in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        let accepted = Unverified::parse(&changed, 4096)
            .is_ok_and(|read| read.verify(key.public(), &Algorithm::ALL).is_ok());
        assert!(!accepted, "character {at}");
    }
}

#[test]
fn claims_named_twice_are_refused_even_when_signed() {
    let key = SigningKey::generate(Algorithm::EdDSA).unwrap();
    let token = forge(r#"{"alg":"EdDSA"}"#, r#"{"sub":"a","sub":"b"}"#, &key);
    let read = Unverified::parse(&token, 4096).unwrap();
    let refused = read.verify(key.public(), &Algorithm::ALL).unwrap_err();
    assert_eq!(refused.code(), "jws/json");
}

#[test]
fn the_algorithm_must_be_allowed_and_fit_the_key() {
    let key = SigningKey::generate(Algorithm::ES256).unwrap();
    let token = jws::sign(&key, "JWT", &json!({})).unwrap();
    let read = Unverified::parse(&token, 4096).unwrap();
    let refused = read.verify(key.public(), &[Algorithm::RS256]).unwrap_err();
    assert_eq!(refused.code(), "jws/algorithm-not-allowed");
    for other in [Algorithm::ES384, Algorithm::EdDSA, Algorithm::RS256] {
        let other = SigningKey::generate(other).unwrap();
        let refused = read.verify(other.public(), &Algorithm::ALL).unwrap_err();
        assert_eq!(refused.code(), "jws/algorithm-for-key");
    }
    // A key whose JWK says PS256 does not verify RS256, although it could.
    let bound = SigningKey::generate(Algorithm::PS256).unwrap();
    let refused = bound.public().verify(Algorithm::RS256, b"", b"");
    assert_eq!(refused, Err(VerifyError::AlgorithmForKey(Algorithm::RS256)));
}

#[test]
fn private_keys_are_refused_by_their_own_error() {
    let key = SigningKey::generate(Algorithm::ES256).unwrap();
    let mut jwk = serde_json::to_value(key.jwk()).unwrap();
    for member in ["d", "p", "k", "oth"] {
        jwk[member] = json!("AAAA");
        let read = Jwk::parse(&jwk.to_string()).unwrap();
        assert_eq!(PublicKey::from_jwk(&read), Err(KeyError::Private));
        jwk.as_object_mut().unwrap().remove(member);
    }
    for label in [
        "PRIVATE KEY",
        "RSA PRIVATE KEY",
        "EC PRIVATE KEY",
        "ENCRYPTED PRIVATE KEY",
        "OPENSSH PRIVATE KEY",
    ] {
        let text = format!("-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n");
        assert_eq!(PublicKey::from_pem(&text), Err(KeyError::Private));
        let both = format!("{RSA_CERTIFICATE}{text}");
        assert_eq!(PublicKey::from_pem(&both), Err(KeyError::Private));
    }
}

#[test]
fn keys_for_another_use_or_another_curve_are_refused() {
    let good = SigningKey::generate(Algorithm::ES256).unwrap().jwk();
    let changed = |change: &dyn Fn(&mut Jwk)| {
        let mut jwk = good.clone();
        change(&mut jwk);
        PublicKey::from_jwk(&jwk).unwrap_err()
    };
    let enc = |jwk: &mut Jwk| jwk.use_ = Some("enc".into());
    assert_eq!(changed(&enc), KeyError::OtherUse);
    let sign = |jwk: &mut Jwk| jwk.key_ops = Some(vec!["sign".into()]);
    assert_eq!(changed(&sign), KeyError::OtherUse);
    let rs256 = |jwk: &mut Jwk| jwk.alg = Some("RS256".into());
    assert_eq!(changed(&rs256), KeyError::Algorithm);
    let p384 = |jwk: &mut Jwk| jwk.crv = Some("P-384".into());
    assert_eq!(changed(&p384), KeyError::Member("x"));
    let k256 = |jwk: &mut Jwk| jwk.crv = Some("secp256k1".into());
    assert_eq!(changed(&k256), KeyError::Unsupported);
    let off_curve = |jwk: &mut Jwk| jwk.y = jwk.x.clone();
    assert_eq!(changed(&off_curve), KeyError::NotPublicKey);
    let no_y = |jwk: &mut Jwk| jwk.y = None;
    assert_eq!(changed(&no_y), KeyError::Member("y"));
    assert_eq!(PublicKey::from_pem(OTHER_CURVE), Err(KeyError::Unsupported));
}

#[test]
fn text_that_is_not_one_public_key_is_refused() {
    let code = |text: &str| PublicKey::from_pem(text).unwrap_err().code();
    assert_eq!(code(""), "key/not-pem");
    assert_eq!(code("MIIB"), "key/not-pem");
    assert_eq!(code(&RSA_CERTIFICATE[..300]), "key/not-pem");
    let chain = format!("{RSA_CERTIFICATE}{EC_CERTIFICATE}");
    assert_eq!(code(&chain), "key/several-blocks");
    let request = RSA_CERTIFICATE.replace("CERTIFICATE", "CERTIFICATE REQUEST");
    assert_eq!(code(&request), "key/other-block");
    let empty = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert_eq!(code(empty), "key/certificate-unreadable");
    assert_eq!(code(&"A".repeat(100_000)), "key/too-long");
    let swapped = RSA_PUBLIC.replace("PUBLIC KEY", "CERTIFICATE");
    assert_eq!(code(&swapped), "key/certificate-unreadable");
}

#[test]
fn certificate_and_public_key_are_the_same_key() {
    for (certificate, public) in [
        (RSA_CERTIFICATE, RSA_PUBLIC),
        (EC_CERTIFICATE, EC_PUBLIC),
        (ED_CERTIFICATE, ED_PUBLIC),
    ] {
        let key = PublicKey::from_pem(certificate).unwrap();
        assert_eq!(key, PublicKey::from_pem(public).unwrap());
        assert_eq!(key.to_pem(), public);
        let windows = certificate.replace('\n', "\r\n");
        assert_eq!(key, PublicKey::from_pem(&windows).unwrap());
    }
}

#[test]
fn facts_of_a_good_certificate() {
    let facts = PublicKey::from_pem(RSA_CERTIFICATE).unwrap().facts();
    assert_eq!((facts.kind, facts.bits), (KeyKind::Rsa, 2048));
    assert_eq!(facts.exponent, Some(65537));
    assert!(!facts.expired_at("2027-01-01T00:00:00Z".parse().unwrap()));
    assert!(facts.expired_at("2030-01-01T00:00:00Z".parse().unwrap()));
    let certificate = facts.certificate.unwrap();
    assert_eq!(certificate.serial_hex, "7f3a9c5e1b2d4f6081a3");
    assert_eq!(certificate.serial_bits, 79);
    assert!(certificate.serial_positive && !certificate.signature_sha1);
    assert_eq!(certificate.subject, "C=US, O=State, CN=partner");
    assert_eq!(certificate.issuer, certificate.subject);
    assert_eq!(certificate.validity_days(), 730);
    let early = "2020-01-01T00:00:00Z".parse().unwrap();
    assert!(certificate.not_yet_valid_at(early));
}

#[test]
fn facts_of_doubtful_certificates() {
    let weak = PublicKey::from_pem(WEAK_CERTIFICATE).unwrap();
    let facts = weak.facts();
    assert_eq!((facts.kind, facts.bits), (KeyKind::Rsa, 1024));
    let certificate = facts.certificate.unwrap();
    assert!(certificate.signature_sha1);
    assert_eq!(
        (certificate.serial_hex.as_str(), certificate.serial_bits),
        ("01", 1)
    );
    // It can be shown and judged, but no signature of it counts.
    let signature = weak.verify(Algorithm::RS256, b"message", &[0; 128]);
    assert_eq!(signature, Err(VerifyError::Signature));

    let facts = PublicKey::from_pem(EC_CERTIFICATE).unwrap().facts();
    assert_eq!(facts.curve(), Some(Curve::P384));
    assert_eq!((facts.bits, facts.exponent), (384, None));
    assert!(!facts.certificate.unwrap().serial_positive);

    let facts = PublicKey::from_pem(ED_CERTIFICATE).unwrap().facts();
    assert_eq!(facts.kind, KeyKind::Ed25519);
    let certificate = facts.certificate.unwrap();
    assert!(!certificate.serial_positive);
    assert_eq!(
        (certificate.serial_hex.as_str(), certificate.serial_bits),
        ("00", 0)
    );
    assert_eq!(
        PublicKey::from_pem(RSA_PUBLIC).unwrap().facts().certificate,
        None
    );
}

#[test]
fn a_set_passes_over_what_it_cannot_use() {
    let key = SigningKey::generate(Algorithm::ES256).unwrap();
    let set =
        json!({"keys": [key.jwk(), {"kty": "AKP", "kid": "pq"}, {"kty": "oct", "k": "AAAA"}]});
    let set = JwkSet::parse(&set.to_string()).unwrap();
    assert_eq!(set.public_keys(), [key.public().clone()]);
    assert_eq!(set.find(key.kid()), Some(&key.jwk()));
    assert!(set.find("other").is_none());
    assert!(JwkSet::parse(r#"{"keys":[],"keys":[]}"#).is_err());
    assert!(JwkSet::parse("{}").is_err());
}

#[test]
fn a_stored_key_is_read_for_its_own_algorithm_only() {
    let key = SigningKey::generate(Algorithm::ES256).unwrap();
    for other in [Algorithm::ES384, Algorithm::RS256, Algorithm::EdDSA] {
        assert!(SigningKey::from_pkcs8(other, &key.to_pkcs8()).is_err());
    }
    let text = format!("{key:?}");
    assert!(text.starts_with("SigningKey(ES256, "));
}
