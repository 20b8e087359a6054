//! Every signed token that this crate takes, against the attacks that all of them share (RFC 8725).

#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use durward_domain::application::Key;
use durward_keyring::digest;
use durward_keyring::jose::{Algorithm, SigningKey};
use durward_keyring::mac::MacKey;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::authorize::request_object::RequestObject;
use crate::client::sample::{self, ID};
use crate::dpop::{self, Nonces};
use crate::hint::IdTokenHint;
use crate::params::Params;
use crate::token::Presented;
use crate::token::client_auth::Endpoint;

const ISSUER: &str = "http://localhost:8401";
const URL: &str = "http://localhost:8401/api/openid_connect/token";
const NOW: i64 = 1_800_000_000;

static OWN: LazyLock<SigningKey> =
    LazyLock::new(|| SigningKey::generate(Algorithm::RS256).unwrap());
static FOREIGN: LazyLock<SigningKey> =
    LazyLock::new(|| SigningKey::generate(Algorithm::RS256).unwrap());

/// A place that takes tokens: its name, the type of its tokens, their claims, and whether it takes a text.
type Place = (&'static str, &'static str, Value, fn(&str) -> bool);

fn places() -> Vec<Place> {
    let nonce = nonces().current(now());
    vec![
        (
            "client_assertion",
            "JWT",
            json!({"iss": ID, "sub": ID, "aud": URL, "jti": "j", "exp": NOW + 60}),
            |text| {
                let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
                let pairs = [("client_assertion_type", kind), ("client_assertion", text)];
                let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
                let endpoint = Endpoint {
                    issuer: ISSUER,
                    token_url: URL,
                    url: URL,
                };
                Presented::read(&Params::new(pairs.to_vec()), None)
                    .and_then(|sent| sent.judge(&client(), None, &endpoint, now()))
                    .is_ok()
            },
        ),
        (
            "request",
            "oauth-authz-req+jwt",
            json!({"client_id": ID, "iss": ID, "aud": ISSUER, "exp": NOW + 60}),
            |text| {
                RequestObject::parse(text)
                    .is_ok_and(|object| object.judge(&client(), None, ISSUER, now()).is_ok())
            },
        ),
        (
            "id_token_hint",
            "JWT",
            json!({"iss": ISSUER, "aud": ID, "sub": "s", "sid": "s"}),
            |text| IdTokenHint::read(text, ISSUER, &[OWN.public().clone()]).is_some(),
        ),
        (
            "DPoP",
            "dpop+jwt",
            json!({"jti": "a", "htm": "POST", "htu": URL, "iat": NOW, "nonce": nonce}),
            |text| {
                let expected = dpop::Expected {
                    method: "POST",
                    url: URL,
                    access_token: None,
                    nonces: &nonces(),
                    now: now(),
                };
                // A proof brings its key: only one of the own key counts here.
                dpop::judge(text, &expected).is_ok_and(|proof| proof.key == OWN.kid())
            },
        ),
    ]
}

fn client() -> crate::client::Client {
    sample::client(|document| document.keys = vec![Key::Pem(OWN.public().to_pem())])
}

fn nonces() -> Nonces {
    Nonces::new(MacKey::new([9; 32]))
}

fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn header(typ: &str) -> Value {
    let mut jwk = serde_json::to_value(OWN.jwk()).unwrap();
    jwk.as_object_mut().unwrap().remove("use");
    json!({"alg": "RS256", "typ": typ, "kid": OWN.kid(), "jwk": jwk})
}

fn signed(key: &SigningKey, header: &str, claims: &str) -> String {
    let text = format!("{header}.{claims}");
    let signature = key.sign(text.as_bytes()).unwrap();
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// Each place with a token that it takes, and a way to try another.
fn each(attack: impl Fn(&str, &Value, &Value, &dyn Fn(String, &str))) {
    for (name, typ, claims, takes) in places() {
        let header = header(typ);
        let good = signed(&OWN, &part(&header), &part(&claims));
        assert!(takes(&good), "{name} takes a good token");
        let refuses = |token: String, what: &str| assert!(!takes(&token), "{name}: {what}");
        attack(&good, &header, &claims, &refuses);
    }
}

/// RFC 8725 §2.1: an unsigned token, in every spelling, with and without a signature that was once good.
#[test]
fn none_is_no_algorithm() {
    each(|good, header, claims, refuses| {
        let signature = good.rsplit('.').next().unwrap();
        for alg in ["none", "None", "NONE", "nOnE", ""] {
            let mut header = header.clone();
            header["alg"] = json!(alg);
            for signature in ["", signature] {
                let token = format!("{}.{}.{signature}", part(&header), part(claims));
                refuses(token, alg);
            }
        }
        let mut without = header.clone();
        without.as_object_mut().unwrap().remove("alg");
        refuses(signed(&OWN, &part(&without), &part(claims)), "no alg");
        let (unsigned, _) = good.rsplit_once('.').unwrap();
        refuses(unsigned.to_owned(), "two parts");
        refuses(format!("{unsigned}."), "no signature");
    });
}

/// RFC 8725 §2.1: the public key, which everybody has, used as the secret of a shared-key algorithm.
#[test]
fn a_public_key_is_no_shared_secret() {
    let public = OWN.public();
    let jwk = serde_json::to_string(&public.jwk()).unwrap();
    let secrets = [
        public.to_pem().into_bytes(),
        public.to_pem().trim().as_bytes().to_vec(),
        public.to_spki_der().to_vec(),
        jwk.into_bytes(),
    ];
    each(|_, header, claims, refuses| {
        for alg in ["HS256", "hs256"] {
            let mut header = header.clone();
            header["alg"] = json!(alg);
            let text = format!("{}.{}", part(&header), part(claims));
            for secret in &secrets {
                // RFC 2104 §2: a key that is longer than a block counts as its digest.
                let tag = MacKey::new(digest::sha256(secret)).tag(text.as_bytes());
                refuses(format!("{text}.{}", URL_SAFE_NO_PAD.encode(tag)), alg);
            }
        }
    });
}

/// RFC 8725 §3.10: what the header names is never fetched, opened or trusted.
#[test]
fn no_key_comes_from_where_the_header_points() {
    let long = "k".repeat(9_000);
    let kids = [
        "../../../../../../dev/null",
        "/proc/self/environ",
        "http://169.254.169.254/latest/meta-data",
        "' OR '1'='1",
        "a\u{0}b",
        "",
        &long,
    ];
    each(|_, header, claims, refuses| {
        for kid in kids {
            let mut header = header.clone();
            header["kid"] = json!(kid);
            refuses(signed(&FOREIGN, &part(&header), &part(claims)), kid);
        }
        let foreign = serde_json::to_value(FOREIGN.jwk()).unwrap();
        for (name, value) in [
            ("jwk", foreign.clone()),
            ("jku", json!("http://localhost:9/keys")),
            ("x5u", json!("file:///etc/ssl/cert.pem")),
            ("x5c", json!(["MIIB"])),
        ] {
            let mut header = header.clone();
            header[name] = value;
            refuses(signed(&FOREIGN, &part(&header), &part(claims)), name);
        }
        for kid in [json!(7), json!(["a"]), json!({"a": 1}), Value::Null] {
            let mut header = header.clone();
            header["kid"] = kid.clone();
            refuses(
                signed(&OWN, &part(&header), &part(claims)),
                "kid that is no text",
            );
        }
    });
}

/// RFC 8725 §2.8 and §3.12: what is too large, too deep or says a thing twice is refused, though well signed.
#[test]
fn bombs_and_doubles_are_refused() {
    each(|_, header, claims, refuses| {
        let (head, body) = (header.to_string(), claims.to_string());
        let encoded = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let with = |text: &str, more: &str| encoded(&text.replacen('{', &format!("{{{more},"), 1));
        let deep = format!("\"x\":{}{}", "[".repeat(4_000), "]".repeat(4_000));
        let large = format!("\"x\":\"{}\"", "a".repeat(1_000_000));
        for (what, more) in [("deep", &deep), ("large", &large)] {
            refuses(signed(&OWN, &with(&head, more), &encoded(&body)), what);
            refuses(signed(&OWN, &encoded(&head), &with(&body, more)), what);
        }
        let twice = with(&head, "\"alg\":\"RS256\"");
        refuses(signed(&OWN, &twice, &encoded(&body)), "alg twice");
        let first = claims.as_object().unwrap().keys().next().unwrap();
        let again = with(&body, &format!("\"{first}\":\"x\""));
        refuses(signed(&OWN, &encoded(&head), &again), "a claim twice");
        let critical = with(&head, "\"crit\":[\"exp\"]");
        refuses(signed(&OWN, &critical, &encoded(&body)), "crit");
        let unencoded = with(&head, "\"b64\":false");
        refuses(signed(&OWN, &unencoded, &encoded(&body)), "b64");
        let padded = format!("{}==", encoded(&head));
        refuses(signed(&OWN, &padded, &encoded(&body)), "padding");
    });
}

/// RFC 8725 §3.11: a token of one kind is no token of another.
#[test]
fn kinds_are_told_apart() {
    for (name, _, _, takes) in places() {
        for (other, typ, claims, _) in places() {
            let token = signed(&OWN, &part(&header(typ)), &part(&claims));
            assert_eq!(takes(&token), name == other, "{other} as {name}");
        }
    }
    let logout = json!({"iss": ISSUER, "aud": ID, "sub": "s", "sid": "s", "jti": "j"});
    for typ in ["logout+jwt", "at+jwt", ""] {
        let token = signed(&OWN, &part(&header(typ)), &part(&logout));
        assert!(IdTokenHint::read(&token, ISSUER, &[OWN.public().clone()]).is_none());
    }
}
