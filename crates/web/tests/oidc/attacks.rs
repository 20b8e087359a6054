//! Attacks on the protocol, by the wire. Those on proofs of possession are in `dpop`, those on forms and sessions of
//! people beside the pages, those on addresses that the server calls beside its client.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::*;

fn told(answer: &Answer) -> String {
    let body = answer.json();
    let text = |name: &str| body[name].as_str().unwrap_or("-").to_owned();
    format!(
        "{} {} {}",
        answer.status.as_u16(),
        text("error"),
        text("code")
    )
}

/// A token with this header over these claims and this signature, which nobody made properly.
fn forged(header: &Value, claims: &Value, signature: &[u8]) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signature = URL_SAFE_NO_PAD.encode(signature);
    format!("{}.{}.{signature}", part(header), part(claims))
}

/// Every way to sign with nothing, or with what everybody knows: RFC 8725 §2.1.
fn forgeries(app: &TestApp, claims: &Value) -> Vec<String> {
    let public = app.key.as_ref().unwrap().public();
    let pem = public.to_pem();
    let jwk = serde_json::to_value(public.jwk()).unwrap();
    let mut made = Vec::new();
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        made.push(forged(&json!({ "alg": alg, "typ": "JWT" }), claims, b""));
        made.push(forged(&json!({ "alg": alg, "typ": "JWT" }), claims, b"x"));
    }
    for alg in ["HS256", "HS384", "HS512"] {
        // The public key as the secret of a symmetric algorithm.
        let header = json!({ "alg": alg, "typ": "JWT" });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(claims));
        let tag = hmac(pem.as_bytes(), signed.as_bytes());
        made.push(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag)));
    }
    // A key that the token brings along, or names by an address, a path or a query.
    let own = durward_keyring::jose::SigningKey::generate(Algorithm::ES256).unwrap();
    let mut strange = jwk.clone();
    strange["kid"] = "other".into();
    for header in [
        json!({ "alg": "ES256", "jwk": own.public().jwk() }),
        json!({ "alg": "ES256", "jku": "https://attacker.example/jwks" }),
        json!({ "alg": "ES256", "x5u": "https://attacker.example/cert" }),
        json!({ "alg": "ES256", "kid": "../../../dev/null" }),
        json!({ "alg": "ES256", "kid": "x' OR '1'='1" }),
        json!({ "alg": "ES256", "crit": ["exp"], "jwk": strange }),
        json!({ "alg": "RS256" }),
    ] {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(claims));
        let signature = own.sign(signed.as_bytes()).unwrap();
        made.push(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)));
    }
    // A signature of zeros: ECDSA with r = s = 0.
    made.push(forged(&json!({ "alg": "ES256" }), claims, &[0; 64]));
    made
}

/// HMAC-SHA256; a key longer than a block is hashed first. RFC 2104
fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let hashed = durward_keyring::digest::sha256(key);
    MacKey::new(hashed).tag(message)
}

#[tokio::test]
async fn nothing_that_an_app_did_not_sign_proves_it() {
    let app = es256("forged");
    let web = Web::sandbox(&[&app]).await;
    let cookie = web.cookie(&[&app]).await;
    let code = web.code(&app, &cookie).await;
    let now = web.test.door.clock.real_now().as_second();
    let claims = json!({
        "iss": app.id(), "sub": app.id(), "aud": web.test.door.documents.token_url,
        "jti": "forged", "iat": now, "exp": now + 60,
    });
    for assertion in forgeries(&app, &claims) {
        let form = app.form(&web.test, &code, &[("client_assertion", &assertion)]);
        let answer = web.token(&form).await;
        assert_eq!(answer.status, 401, "{assertion}: {}", answer.text);
        assert_eq!(answer.json()["error"], "invalid_client");
    }
    let mut members = serde_json::Map::new();
    for (name, value) in app.request(&[]) {
        members.insert(name, value.into());
    }
    members.insert("aud".into(), web.test.door.issuer.clone().into());
    let claims = Value::Object(members);
    for object in forgeries(&app, &claims) {
        let answer = web.authorize(&app, &[("request", &object)], &cookie).await;
        let error = answer.query("error");
        assert_eq!(error.as_deref(), Some("invalid_request_object"), "{object}");
        assert_eq!(answer.query("code"), None);
    }
    // None of it used the code up.
    assert_eq!(
        web.token(&app.form(&web.test, &code, &[])).await.status,
        200
    );
}

#[tokio::test]
async fn a_person_is_sent_to_no_other_address() {
    let app = es256("redirects");
    let web = Web::sandbox(&[&app]).await;
    let cookie = web.cookie(&[&app]).await;
    let ours = app.redirect_uri();
    assert_eq!(ours, "http://localhost:9/redirects/callback");
    for uri in [
        // Another host that reads alike.
        "http://localhost:9@attacker.example/redirects/callback",
        "http://localhost:9%40attacker.example/redirects/callback",
        "http://localhost:9\\@attacker.example/redirects/callback",
        "http://localhost:9#@attacker.example/redirects/callback",
        "http://localhost:9?@attacker.example/redirects/callback",
        "http://localhost.attacker.example:9/redirects/callback",
        "http://localhost.:9/redirects/callback",
        "http://attacker.example/http://localhost:9/redirects/callback",
        "//localhost:9/redirects/callback",
        // Another scheme or port.
        "https://localhost:9/redirects/callback",
        "http://localhost/redirects/callback",
        "http://localhost:99/redirects/callback",
        "javascript:alert(1)//http://localhost:9/redirects/callback",
        // Another path.
        "http://localhost:9/redirects/callback/",
        "http://localhost:9/redirects/callback/../../attacker",
        "http://localhost:9/redirects/callback/..%2f..%2fattacker",
        "http://localhost:9/redirects%2fcallback",
        "http://localhost:9/x/../redirects/callback",
        "http://localhost:9/Redirects/Callback",
        "http://LOCALHOST:9/redirects/callback",
        "HTTP://localhost:9/redirects/callback",
        "http://localhost:09/redirects/callback",
        "http://localhost:9/redirects/callback;x",
        "http://localhost:9//redirects/callback",
        // More than was registered.
        "http://localhost:9/redirects/callback?next=http://attacker.example",
        "http://localhost:9/redirects/callback#x",
        "http://localhost:9/redirects/callback%0d%0aLocation:%20http://attacker.example",
        "http://localhost:9/redirects/callback\r\nLocation: http://attacker.example",
        " http://localhost:9/redirects/callback",
        "http://localhost:9/redirects/callback ",
        "http://localhost:9/redirects/callback%00",
    ] {
        let answer = web.authorize(&app, &[("redirect_uri", uri)], &cookie).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{uri}");
        assert!(answer.header("location").is_none(), "{uri}");
        assert!(
            answer.text.contains("authorize/redirect-uri-unregistered"),
            "{uri}"
        );
    }
    // Pushed before, and at the end: the same texts are compared.
    for uri in [
        "http://LOCALHOST:9/redirects/callback",
        "http://localhost:9/redirects/callback/",
    ] {
        let mut pairs = app.request(&[("redirect_uri", uri)]);
        let proof = app.assertion(&web.test, &json!({}));
        let kind = ASSERTION_TYPE.to_owned();
        pairs.push(("client_assertion_type".to_owned(), kind));
        pairs.push(("client_assertion".to_owned(), proof));
        let form = encoded(&pairs);
        let answer = web.post("/api/openid_connect/par", FORM, &form, &[]).await;
        let refused = "400 invalid_request authorize/redirect-uri-unregistered";
        assert_eq!(told(&answer), refused, "{uri}");
        let code = web.code(&app, &cookie).await;
        let form = app.form(&web.test, &code, &[("redirect_uri", uri)]);
        let answer = web.token(&form).await;
        assert_eq!(
            told(&answer),
            "400 invalid_grant token/redirect-uri",
            "{uri}"
        );
    }
    // Two of them: neither counts.
    let query = encoded(&app.request(&[]));
    let twice =
        format!("/openid_connect/authorize?{query}&redirect_uri=http%3A%2F%2Fattacker.example");
    let answer = web.get(&twice, &[("cookie", &cookie)]).await;
    assert!(answer.header("location").is_none());
}

/// RFC 6749 §2.3.1: an address stands in logs, so what proves a client is refused there, right or wrong.
#[tokio::test]
async fn what_proves_a_client_is_refused_in_an_address() {
    let app = es256("addressed");
    let web = Web::sandbox(&[&app]).await;
    let cookie = web.cookie(&[&app]).await;
    for path in [
        TOKEN,
        "/api/openid_connect/par",
        "/api/openid_connect/introspect",
        "/api/openid_connect/revoke",
    ] {
        for query in [
            "client_secret=CANARY",
            "x=1&client_secret=CANARY",
            "client%5Fsecret=CANARY",
            "client_assertion=CANARY",
            "code_verifier=CANARY",
            "refresh_token=CANARY",
        ] {
            // The rest of the request is good.
            let code = web.code(&app, &cookie).await;
            let form = app.form(&web.test, &code, &[]);
            let answer = web.post(&format!("{path}?{query}"), FORM, &form, &[]).await;
            let refused = "400 invalid_request token/in-address";
            assert_eq!(told(&answer), refused, "{path} {query}");
            assert!(!answer.text.contains("CANARY"), "{path} {query}");
            if path == TOKEN {
                // Nothing of it was looked at: the code is still good.
                let form = app.form(&web.test, &code, &[]);
                assert_eq!(web.token(&form).await.status, 200, "{query}");
            }
        }
    }
}

#[tokio::test]
async fn every_answer_names_its_issuer() {
    // RFC 9207: an app that talks to several sees which one answered.
    let app = es256("mixed");
    let web = Web::sandbox(&[&app]).await;
    let cookie = web.cookie(&[&app]).await;
    for (changes, cookie) in [
        (vec![], cookie.as_str()),
        (vec![("scope", "email")], cookie.as_str()),
        (vec![("prompt", "none")], ""),
        (vec![("response_mode", "fragment")], cookie.as_str()),
    ] {
        let to = web.authorize(&app, &changes, cookie).await.location();
        let told = format!(
            "{}&{}",
            to.query().unwrap_or(""),
            to.fragment().unwrap_or("")
        );
        let iss = url::form_urlencoded::parse(told.as_bytes())
            .find(|(name, _)| name == "iss")
            .map(|(_, value)| value.into_owned());
        assert_eq!(iss.as_deref(), Some(&*web.test.door.issuer), "{changes:?}");
    }
}

#[tokio::test]
async fn a_code_of_somebody_else_is_worth_nothing() {
    let (app, public) = (es256("injected"), TestApp::public("injected-spa").unwrap());
    let web = Web::sandbox(&[&app, &public]).await;
    let (victim, attacker) = (
        web.cookie(&[&app, &public]).await,
        web.cookie(&[&app, &public]).await,
    );
    let own = "the-verifier-of-the-attacker-0123456789-0123456789";
    let challenge = durward_keyring::digest::sha256_b64url(own.as_bytes());
    for app in [&app, &public] {
        let stolen = web.code(app, &victim).await;
        let began = web
            .authorize(app, &[("code_challenge", &challenge)], &attacker)
            .await;
        assert!(began.query("code").is_some());
        // The code of the victim in the session of the attacker. RFC 9700 §4.5
        let injected = app.form(&web.test, &stolen, &[("code_verifier", own)]);
        let answer = web.token(&injected).await;
        assert_eq!(told(&answer), "400 invalid_grant token/verifier-wrong");
        // The challenge taken away at the end. RFC 9700 §4.8.2
        let bare = app.form(&web.test, &stolen, &[("code_verifier", "")]);
        let answer = web.token(&bare).await;
        assert_eq!(told(&answer), "400 invalid_grant token/verifier-missing");
    }
    // And at the beginning: the app notices by its verifier, and a public app does not get so far.
    let none = [("code_challenge", ""), ("code_challenge_method", "")];
    let to = web.authorize(&app, &none, &victim).await;
    let form = app.form(&web.test, &to.query("code").unwrap(), &[]);
    let answer = web.token(&form).await;
    assert_eq!(told(&answer), "400 invalid_grant token/verifier-unexpected");
    for changes in [&none[..], &[("code_challenge_method", "plain")][..]] {
        let to = web.authorize(&public, changes, &victim).await;
        assert_eq!(to.query("error").as_deref(), Some("invalid_request"));
        assert_eq!(to.query("code"), None);
    }
}
