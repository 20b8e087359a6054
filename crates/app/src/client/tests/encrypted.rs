//! Answers that are signed or encrypted as the app asked, and requests that are encrypted for us.

use durward_domain::application::{ContentEncryption, Key, KeyManagement, SigningAlgorithm};
use durward_keyring::jose::jwe::{self, DecryptionKey, EncryptionKey, Unopened};
use durward_keyring::jose::{Jwk, JwkSet};
use durward_keyring::random::Random;

use super::*;

const ALL: jwe::Allowed<'static> = jwe::Allowed::ALL;

pub(super) struct Reader {
    pub(super) app: TestApp,
    key: DecryptionKey,
}

/// An app with a key for encryption, changed by `change`.
pub(super) fn reader(name: &str, alg: KeyManagement, change: impl FnOnce(&mut TestApp)) -> Reader {
    let key = DecryptionKey::generate(alg.into()).unwrap();
    let mut app = es256(name);
    app.document.keys.push(registered(&key));
    change(&mut app);
    Reader { app, key }
}

fn registered(key: &DecryptionKey) -> Key {
    let jwk = serde_json::to_value(key.jwk()).unwrap();
    Key::Jwk(jwk.as_object().unwrap().clone())
}

impl Reader {
    /// What is inside, and its `cty`.
    pub(super) fn open(&self, token: &str) -> (String, Option<String>) {
        let token = Unopened::parse(token, 64 * 1024).unwrap();
        assert_eq!(token.header.kid.as_deref(), Some(self.key.kid()));
        let opened = token.open(&self.key, &ALL, &Random::system()).unwrap();
        let text = String::from_utf8(opened.to_vec()).unwrap();
        (text, token.header.cty)
    }
}

fn verified(test: &TestDoor, token: &str) -> Value {
    let token = jws::Unverified::parse(token, 64 * 1024).unwrap();
    let ring = test.door.keys.load();
    let (algorithm, key) = ring.public(token.header.kid.as_deref().unwrap()).unwrap();
    token.verify(key, &[algorithm]).unwrap().into()
}

async fn tokens(test: &TestDoor, app: &TestApp, browser: &Browser) -> TokenAnswer {
    let code = code(test, app, browser).await;
    redeem(test, &app.form(test, &code, &[]))
        .await
        .ok()
        .unwrap()
}

/// OpenID Connect Core §10.2: signed, then encrypted, and the nested token is named by `cty`.
#[tokio::test]
async fn id_tokens_are_signed_and_then_encrypted() {
    for (alg, enc) in [
        (KeyManagement::EcdhEs, None),
        (KeyManagement::RsaOaep256, Some(ContentEncryption::A256Gcm)),
    ] {
        let reader = reader("ferry", alg, |app| {
            let oidc = app.document.oidc.as_mut().unwrap();
            oidc.id_token_encrypted_response_alg = Some(alg);
            oidc.id_token_encrypted_response_enc = enc;
        });
        let (test, browser) = sandbox(&reader.app).await;
        let answer = tokens(&test, &reader.app, &browser).await;
        let read = Unopened::parse(answer.id_token(), 64 * 1024).unwrap();
        // OpenID Connect Registration 1.0 §2: A128CBC-HS256 where nothing is said.
        let expected = enc.unwrap_or(ContentEncryption::A128CbcHs256);
        assert_eq!(read.header.enc.name(), expected.as_str());
        let (inside, cty) = reader.open(answer.id_token());
        assert_eq!(cty.as_deref(), Some("JWT"));
        assert_eq!(verified(&test, &inside)["aud"], reader.app.id());
        assert!(
            userinfo(&test, answer.access_token())
                .await
                .unwrap()
                .is_object()
        );
    }
}

/// OpenID Connect Core §5.3.2.
#[tokio::test]
async fn userinfo_is_signed_encrypted_or_both() {
    for (signed, encrypted) in [(true, false), (false, true), (true, true)] {
        let alg = KeyManagement::EcdhEs;
        let reader = reader("ferry", alg, |app| {
            let oidc = app.document.oidc.as_mut().unwrap();
            oidc.userinfo_signed_response_alg = signed.then_some(SigningAlgorithm::PS256);
            oidc.userinfo_encrypted_response_alg = encrypted.then_some(alg);
        });
        let (test, browser) = sandbox(&reader.app).await;
        let answer = tokens(&test, &reader.app, &browser).await;
        let sub = claims(&answer)["sub"].clone();
        let told = userinfo(&test, answer.access_token()).await.unwrap();
        let mut text = told.as_str().unwrap().to_owned();
        if encrypted {
            let (inside, cty) = reader.open(&text);
            assert_eq!(cty.as_deref(), signed.then_some("JWT"));
            text = inside;
        }
        let told: Value = if signed {
            let told = verified(&test, &text);
            assert_eq!(
                (&told["iss"], &told["aud"]),
                (&json!(test.door.issuer), &json!(reader.app.id()))
            );
            told
        } else {
            serde_json::from_str(&text).unwrap()
        };
        assert_eq!(told["sub"], sub);
        assert!(told["email"].is_string());
    }
}

/// What is to be encrypted is never sent in the clear.
#[tokio::test]
async fn without_a_key_that_fits_there_is_no_answer() {
    let alg = KeyManagement::EcdhEs;
    let reader = reader("ferry", alg, |app| {
        let oidc = app.document.oidc.as_mut().unwrap();
        oidc.userinfo_encrypted_response_alg = Some(alg);
    });
    let mut other = es256("other");
    let oidc = other.document.oidc.as_mut().unwrap();
    oidc.id_token_encrypted_response_alg = Some(alg);
    // An RSA key receives no ECDH-ES, and one for signatures receives nothing.
    let rsa = DecryptionKey::generate(jwe::KeyManagement::RsaOaep256).unwrap();
    other.document.keys.push(registered(&rsa));
    let test = TestDoor::sandbox().await.unwrap();
    test.serve(&[&reader.app, &other]).await.unwrap();
    let (_, browser) = test.sign_in(&[&reader.app, &other]).await.unwrap();
    let code = code(&test, &other, &browser).await;
    let refused = redeem(&test, &other.form(&test, &code, &[])).await;
    assert_eq!(refused.err().unwrap(), "token/encryption-key");
    let answer = tokens(&test, &reader.app, &browser).await;
    let mut without = reader.app;
    without.document.keys.truncate(1);
    test.serve(&[&without]).await.unwrap();
    let refused = userinfo(&test, answer.access_token()).await.unwrap_err();
    assert_eq!(refused, "userinfo/encryption-key");
}

/// RFC 9101 §6.1, with the key that our JWKS publishes.
#[tokio::test]
async fn requests_are_encrypted_for_a_published_key() {
    let mut app = es256("ferry");
    let oidc = app.document.oidc.as_mut().unwrap();
    oidc.require_signed_request_object = true;
    let (test, browser) = sandbox(&app).await;
    let jwks = test.door.keys.load().jwks().bytes;
    let jwks = JwkSet::parse(std::str::from_utf8(&jwks).unwrap()).unwrap();
    let for_encryption = |jwk: &&Jwk| jwk.use_.as_deref() == Some("enc");
    let published: Vec<&Jwk> = jwks.keys.iter().filter(for_encryption).collect();
    assert_eq!(published.len(), 2);
    // No key is for both: none of them verifies what we sign.
    assert_eq!(jwks.public_keys().len(), jwks.keys.len() - 2);
    let own: serde_json::Map<String, Value> = app
        .request(&[])
        .into_iter()
        .map(|(name, value)| (name, value.into()))
        .collect();
    let signed = jws::sign(app.key.as_ref().unwrap(), "oauth-authz-req+jwt", &own).unwrap();
    for jwk in published {
        let key = EncryptionKey::from_jwk(jwk).unwrap();
        let alg = jwk.alg.as_deref().unwrap().parse().unwrap();
        let enc = jwe::ContentEncryption::A128CbcHs256;
        let encrypted = |text: &str| {
            let random = Random::system();
            jwe::encrypt(&key, alg, enc, Some("JWT"), text.as_bytes(), &random).unwrap()
        };
        let request = |object: String| {
            let pairs = [("client_id", app.id().to_owned()), ("request", object)];
            pairs.map(|(name, value)| (name.to_owned(), value)).to_vec()
        };
        match ask(&test, &browser, request(encrypted(&signed))).await {
            AuthorizeOutcome::ToClient(to) => {
                assert!(query(&to.location().unwrap(), "code").is_some());
            }
            other => panic!("{other:?}"),
        }
        // Encrypted but signed by nobody: everybody has our public key.
        let forged = ask(&test, &browser, request(encrypted("{}"))).await;
        match forged {
            AuthorizeOutcome::Refused(page) => {
                assert_eq!(page.code(), "authorize/request-object-invalid");
            }
            other => panic!("{other:?}"),
        }
    }
}
