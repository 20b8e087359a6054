#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::LazyLock;

use durward_domain::application::{AppDocument, Key};
use durward_domain::refusal::Refuse as _;
use durward_keyring::jose::{Algorithm, SigningKey};
use serde_json::json;

use super::*;
use crate::client::sample::{self, ID};
use crate::token::TokenRequest;

const ISSUER: &str = "http://localhost:8401";
const TOKEN: &str = "http://localhost:8401/api/openid_connect/token";
const NOW: i64 = 1_800_000_000;

static KEY: LazyLock<SigningKey> =
    LazyLock::new(|| SigningKey::generate(Algorithm::ES256).unwrap());

fn client(change: impl FnOnce(&mut AppDocument)) -> Client {
    sample::client(|document| {
        document.keys.push(Key::Pem(KEY.public().to_pem()));
        change(document);
    })
}

/// Good claims with some replaced; null leaves one out.
fn claims(changes: Value) -> Value {
    let mut claims = json!({"iss": ID, "sub": ID, "aud": TOKEN, "jti": "j1", "exp": NOW + 300});
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    claims
}

fn body(assertion: &str) -> String {
    url::form_urlencoded::Serializer::new("grant_type=authorization_code&code=c&".to_owned())
        .append_pair("client_assertion_type", ASSERTION_TYPE)
        .append_pair("client_assertion", assertion)
        .finish()
}

fn judge_with(client: &Client, key: &SigningKey, changes: Value) -> Result<Proved, TokenError> {
    let assertion = jws::sign(key, "JWT", &claims(changes)).unwrap();
    judge_body(client, &body(&assertion))
}

fn judge_body(client: &Client, body: &str) -> Result<Proved, TokenError> {
    let endpoint = Endpoint {
        issuer: ISSUER,
        token_url: TOKEN,
        url: TOKEN,
    };
    let now = Timestamp::from_second(NOW).unwrap();
    let request = TokenRequest::parse(body.as_bytes(), None)?;
    request.client.judge(client, None, &endpoint, now)
}

fn check(changes: Value, expected: &str) {
    let got = judge_with(&client(|_| ()), &KEY, changes.clone());
    let code = got.as_ref().map_or_else(|no| no.code(), |_| "ok");
    assert_eq!(code, expected, "{changes} {got:?}");
}

#[test]
fn claims_are_judged_one_by_one() {
    check(json!({}), "ok");
    check(json!({"aud": [TOKEN]}), "ok");
    check(json!({"aud": ["https://elsewhere", ISSUER]}), "ok");
    check(json!({"aud": format!("{ISSUER}/")}), "ok");
    check(json!({"aud": format!("{TOKEN}/")}), "ok");
    check(
        json!({"aud": "https://elsewhere"}),
        "token/assertion-audience",
    );
    check(json!({"aud": []}), "token/assertion-audience");
    check(json!({"aud": 7}), "token/assertion-audience");
    check(json!({"aud": null}), "token/assertion-claim");
    check(json!({"iss": "x"}), "token/assertion-not-the-client");
    check(json!({"sub": "x"}), "token/assertion-not-the-client");
    check(json!({"sub": null}), "token/assertion-claim");
    check(json!({"exp": null}), "token/assertion-claim");
    check(json!({"exp": "soon"}), "token/assertion-claim");
    check(json!({"exp": NOW}), "token/assertion-expired");
    check(json!({"exp": NOW - 60}), "token/assertion-expired");
    check(json!({"exp": NOW + 3600}), "ok");
    check(json!({"exp": NOW + 3631}), "token/assertion-too-long");
    check(json!({"exp": 1e300}), "token/assertion-claim");
    check(json!({"exp": f64::from(1_800_000_300_i32) + 0.5}), "ok");
    check(json!({"iat": NOW + 10, "nbf": NOW + 10}), "ok");
    check(json!({"iat": NOW + 31}), "token/assertion-from-the-future");
    check(json!({"nbf": NOW + 31}), "token/assertion-from-the-future");
    check(json!({"iat": i64::MIN}), "ok");
    check(json!({"jti": null}), "token/assertion-claim");
    check(json!({"jti": ""}), "token/assertion-claim");
    check(json!({"jti": "j".repeat(257)}), "token/assertion-claim");
}

#[test]
fn the_sentence_tells_the_skew() {
    let no = judge_with(&client(|_| ()), &KEY, json!({"iat": NOW + 45})).unwrap_err();
    assert!(
        no.to_string()
            .contains("iat is 45 seconds in the future; 30 are tolerated")
    );
}

#[test]
fn what_is_to_be_spent() {
    let proved = judge_with(&client(|_| ()), &KEY, json!({})).unwrap();
    let spend = proved.spend.unwrap();
    assert_eq!(
        (spend.jti.as_str(), spend.until.as_second()),
        ("j1", NOW + 300)
    );
    assert_eq!(proved.key, Some(KEY.public().thumbprint()));
}

#[test]
fn every_algorithm_proves() {
    for algorithm in Algorithm::ALL {
        let key = SigningKey::generate(algorithm).unwrap();
        let client = sample::client(|d| d.keys = vec![Key::Pem(key.public().to_pem())]);
        assert!(judge_with(&client, &key, json!({})).is_ok(), "{algorithm}");
    }
}

#[test]
fn a_foreign_key_proves_nothing() {
    let other = SigningKey::generate(Algorithm::ES256).unwrap();
    let no = judge_with(&client(|_| ()), &other, json!({})).unwrap_err();
    assert_eq!((no.code(), no.status()), ("token/assertion-signature", 401));
    assert_eq!(no.oauth_error().as_str(), "invalid_client");
}

#[test]
fn unsigned_is_unreadable() {
    // {"alg":"none"} and {}
    let no = judge_body(&client(|_| ()), &body("eyJhbGciOiJub25lIn0.e30.")).unwrap_err();
    assert_eq!(no.code(), "token/assertion-unreadable");
}

#[test]
fn fapi_wants_the_issuer_as_a_string() {
    let fapi = || client(|d| d.oidc.as_mut().unwrap().fapi2 = true);
    let code = |aud: Value| judge_with(&fapi(), &KEY, json!({"aud": aud})).map_err(|no| no.code());
    assert!(code(json!(ISSUER)).is_ok());
    for wrong in [json!([ISSUER]), json!(TOKEN), json!(format!("{ISSUER}/"))] {
        assert_eq!(code(wrong).unwrap_err(), "token/assertion-audience");
    }
}

#[test]
fn only_the_registered_way() {
    let public = client(|d| {
        d.oidc.as_mut().unwrap().token_endpoint_auth_method = Method::None;
    });
    let none = "grant_type=authorization_code&code=c";
    assert_eq!(
        judge_body(&public, none),
        Ok(Proved {
            key: None,
            spend: None
        })
    );
    let code = |got: Result<Proved, TokenError>| got.unwrap_err().code();
    assert_eq!(
        code(judge_with(&public, &KEY, json!({}))),
        "token/other-auth-method"
    );
    assert_eq!(
        code(judge_body(&client(|_| ()), none)),
        "token/other-auth-method"
    );
    let other = format!("{none}&client_id=urn:other");
    assert_eq!(
        code(judge_body(&public, &other)),
        "token/assertion-not-the-client"
    );
    let mut off = client(|_| ());
    off.active = false;
    assert_eq!(
        code(judge_with(&off, &KEY, json!({}))),
        "token/client-inactive"
    );
}

#[test]
fn who_it_says_it_is() {
    let claimed = |body: &str| {
        let request = TokenRequest::parse(body.as_bytes(), None).ok().unwrap();
        request.client.claimed_client_id().map(str::to_owned)
    };
    let assertion = jws::sign(&KEY, "JWT", &claims(json!({}))).unwrap();
    assert_eq!(claimed(&body(&assertion)).as_deref(), Some(ID));
    let none = "grant_type=authorization_code&code=c";
    assert_eq!(
        claimed(&format!("{none}&client_id=x")).as_deref(),
        Some("x")
    );
    assert_eq!(claimed(none), None);
}

fn by_secret(
    change: impl FnOnce(&mut AppDocument),
    header: Option<&str>,
    form: &str,
    held: Option<&HeldSecret>,
) -> &'static str {
    let client = client(|document| {
        let oidc = document.oidc.as_mut().unwrap();
        oidc.token_endpoint_auth_method = Method::ClientSecretBasic;
        oidc.policies.auth_methods = Some(vec![Method::ClientSecretBasic]);
        change(document);
    });
    let params = Params::parse(form.as_bytes()).unwrap();
    let presented = Presented::read(&params, header).unwrap();
    let now = Timestamp::from_second(NOW).unwrap();
    match presented.judge_secret(&client, held, now) {
        Ok(proved) => {
            assert_eq!(proved.key.as_deref(), Some("s1"));
            "ok"
        }
        Err(refusal) => refusal.code(),
    }
}

/// RFC 6749 §2.3.1; a registered method is not traded for a weaker one.
#[test]
fn secrets_are_those_of_the_app_by_its_method() {
    use base64::Engine as _;
    let credentials = format!("{}:s", ID.replace(':', "%3A"));
    let header = format!(
        "Basic {}",
        base64::engine::general_purpose::STANDARD.encode(credentials)
    );
    let header = Some(header.as_str());
    let held = HeldSecret {
        id: "s1".into(),
        client_id: ID.into(),
        expires: None,
    };
    let check = |held: Option<&HeldSecret>, expected: &str| {
        assert_eq!(by_secret(|_| (), header, "", held), expected);
    };
    check(Some(&held), "ok");
    check(None, "token/secret-wrong");
    let of_another = HeldSecret {
        client_id: "urn:other".into(),
        ..held.clone()
    };
    check(Some(&of_another), "token/secret-wrong");
    let over = HeldSecret {
        expires: Some(Timestamp::from_second(NOW).unwrap()),
        ..held.clone()
    };
    check(Some(&over), "token/secret-wrong");
    let post = format!("client_id={}&client_secret=s", ID.replace(':', "%3A"));
    assert_eq!(
        by_secret(|_| (), None, &post, Some(&held)),
        "token/other-auth-method"
    );
    let no_policy = |d: &mut AppDocument| d.oidc.as_mut().unwrap().policies.auth_methods = None;
    assert_eq!(
        by_secret(no_policy, header, "", Some(&held)),
        "token/auth-method-not-allowed"
    );
    let by_key = |d: &mut AppDocument| {
        let oidc = d.oidc.as_mut().unwrap();
        oidc.token_endpoint_auth_method = Method::PrivateKeyJwt;
        oidc.policies.auth_methods = None;
    };
    assert_eq!(
        by_secret(by_key, header, "", Some(&held)),
        "token/other-auth-method"
    );
}
