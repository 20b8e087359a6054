//! Requests that are pushed as an encrypted request object: RFC 9126 §3 with RFC 9101 §6.1.

use durward_keyring::jose::jwe::{self, ContentEncryption, DecryptionKey, EncryptionKey};
use durward_keyring::jose::{JwkSet, jws};
use durward_keyring::random::Random;
use serde_json::{Map, Value, json};

use super::*;

const PAR: &str = "/api/openid_connect/par";

/// The keys of the environment that requests are encrypted with.
async fn published(web: &Web) -> Vec<(jwe::KeyManagement, EncryptionKey)> {
    let answer = web.get("/api/openid_connect/certs", &[]).await;
    let set = JwkSet::parse(&answer.text).unwrap();
    let mut keys = Vec::new();
    for jwk in set
        .keys
        .iter()
        .filter(|jwk| jwk.use_.as_deref() == Some("enc"))
    {
        let alg = jwk.alg.as_deref().unwrap().parse().unwrap();
        keys.push((alg, EncryptionKey::from_jwk(jwk).unwrap()));
    }
    assert_eq!(keys.len(), 2);
    keys
}

fn encrypted(text: &str, (alg, key): &(jwe::KeyManagement, EncryptionKey)) -> String {
    let (enc, random) = (ContentEncryption::A256Gcm, Random::system());
    jwe::encrypt(key, *alg, enc, Some("JWT"), text.as_bytes(), &random).unwrap()
}

/// The request of an app as its signed object, with these members changed.
fn signed(web: &Web, app: &TestApp, changes: &Value) -> String {
    let now = web.test.door.clock.real_now().as_second();
    let mut claims: Map<String, Value> = app
        .request(&[])
        .into_iter()
        .map(|(name, value)| (name, value.into()))
        .collect();
    let own = json!({ "iss": app.id(), "aud": web.test.door.issuer, "nbf": now, "exp": now + 60 });
    for members in [&own, changes] {
        claims.extend(members.as_object().unwrap().clone());
    }
    jws::sign(app.key.as_ref().unwrap(), "oauth-authz-req+jwt", &claims).unwrap()
}

/// Pushes an object, with a redirect URI of somebody else beside it, which does not count.
async fn push(web: &Web, app: &TestApp, object: &str) -> Answer {
    let assertion = app.assertion(&web.test, &json!({ "aud": web.test.door.issuer }));
    let pairs = [
        ("client_id", app.id()),
        ("request", object),
        ("redirect_uri", "https://attacker.example/cb"),
        ("client_assertion_type", ASSERTION_TYPE),
        ("client_assertion", &assertion),
    ];
    let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
    web.post(PAR, FORM, &encoded(&pairs), &[]).await
}

#[tokio::test]
async fn an_encrypted_request_is_pushed_and_answered() {
    for fapi2 in [false, true] {
        let mut app = es256("sealed");
        let oidc = app.document.oidc.as_mut().unwrap();
        (
            oidc.fapi2,
            oidc.require_par,
            oidc.require_signed_request_object,
        ) = (fapi2, true, true);
        let web = Web::sandbox(&[&app]).await;
        let cookie = web.cookie(&[&app]).await;
        for key in &published(&web).await {
            let object = encrypted(&signed(&web, &app, &json!({})), key);
            let kept = push(&web, &app, &object).await;
            assert_eq!(kept.status, 201, "{}", kept.text);
            let uri = kept.json()["request_uri"].as_str().unwrap().to_owned();
            let pairs = [("client_id", app.id()), ("request_uri", &uri)];
            let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
            let path = format!("/openid_connect/authorize?{}", encoded(&pairs));
            let answer = web.get(&path, &[("cookie", &cookie)]).await;
            assert!(answer.location().as_str().starts_with(app.redirect_uri()));
            assert!(answer.query("code").is_some(), "{}", answer.location());
        }
    }
}

#[tokio::test]
async fn what_is_inside_is_judged_like_any_request() {
    let (mut app, other) = (es256("inside"), es256("outside"));
    app.document
        .oidc
        .as_mut()
        .unwrap()
        .require_signed_request_object = true;
    let web = Web::sandbox(&[&app, &other]).await;
    let keys = published(&web).await;
    let stranger = DecryptionKey::generate(jwe::KeyManagement::EcdhEs).unwrap();
    let foreign = EncryptionKey::from_jwk(&stranger.jwk()).unwrap();
    let foreign = (jwe::KeyManagement::EcdhEs, foreign);
    let good = signed(&web, &app, &json!({}));
    let twice = encrypted(&good, &keys[0]);
    let object = "400 invalid_request_object authorize/request-object-invalid";
    let redirect = "400 invalid_request authorize/redirect-uri-unregistered";
    for (sealed, expected) in [
        // Everybody has the public key: what nobody signed proves nothing, encrypted or not.
        (encrypted("{}", &keys[0]), object),
        (encrypted("eyJhbGciOiJub25lIn0.e30.", &keys[0]), object),
        (
            encrypted(&signed(&web, &other, &json!({})), &keys[0]),
            object,
        ),
        // For a key of somebody else, and encrypted twice.
        (encrypted(&good, &foreign), object),
        (encrypted(&twice, &keys[1]), object),
        (format!("{twice}x"), object),
        // Its parameters are those of a request.
        (
            encrypted(&signed(&web, &app, &json!({ "exp": 1 })), &keys[0]),
            object,
        ),
        (
            encrypted(
                &signed(&web, &app, &json!({ "request_uri": "urn:x" })),
                &keys[0],
            ),
            object,
        ),
        (
            encrypted(
                &signed(
                    &web,
                    &app,
                    &json!({ "redirect_uri": "https://attacker.example/cb" }),
                ),
                &keys[0],
            ),
            redirect,
        ),
    ] {
        assert_eq!(verdict(&push(&web, &app, &sealed).await), expected);
    }
}
