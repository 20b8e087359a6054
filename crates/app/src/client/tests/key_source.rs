//! Keys at an app's own address: read, renewed, bounded.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use durward_domain::application::TokenEndpointAuthMethod;
use durward_keyring::jose::SigningKey;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;

/// An address that serves a key set.
struct Published {
    uri: String,
    body: Arc<Mutex<String>>,
    works: Arc<AtomicBool>,
    reads: Arc<AtomicUsize>,
}

impl Published {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let it = Self {
            uri: format!("http://{}/jwks", listener.local_addr().unwrap()),
            body: Arc::default(),
            works: Arc::new(AtomicBool::new(true)),
            reads: Arc::default(),
        };
        let (body, works, reads) = (it.body.clone(), it.works.clone(), it.reads.clone());
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut head = [0; 2048];
                drop(stream.read(&mut head).await);
                reads.fetch_add(1, Ordering::SeqCst);
                // Slow enough for others to arrive meanwhile.
                tokio::time::sleep(std::time::Duration::from_millis(30)).await;
                let status = if works.load(Ordering::SeqCst) {
                    "200 OK"
                } else {
                    "503 Busy"
                };
                let body = body.lock().unwrap().clone();
                let text = format!(
                    "HTTP/1.1 {status}\r\ncontent-type: application/jwk-set+json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                    body.len()
                );
                drop(stream.write_all(text.as_bytes()).await);
            }
        });
        it
    }

    fn publish(&self, keys: &[&SigningKey]) {
        let keys: Vec<Value> = keys
            .iter()
            .map(|key| serde_json::to_value(key.jwk()).unwrap())
            .collect();
        *self.body.lock().unwrap() = json!({ "keys": keys }).to_string();
    }

    fn reads(&self) -> usize {
        self.reads.load(Ordering::SeqCst)
    }
}

async fn published() -> (Published, TestApp, TestDoor) {
    let (source, mut app) = (Published::start().await, es256("ferry"));
    app.document.keys.clear();
    let oidc = app.document.oidc.as_mut().unwrap();
    assert_eq!(
        oidc.token_endpoint_auth_method,
        TokenEndpointAuthMethod::PrivateKeyJwt
    );
    oidc.jwks_uri = Some(source.uri.clone());
    source.publish(&[app.key.as_ref().unwrap()]);
    let test = TestDoor::sandbox().await.unwrap();
    test.serve(&[&app]).await.unwrap();
    (source, app, test)
}

/// The proof alone: a good one goes on to the code, which is none.
async fn prove(test: &TestDoor, app: &TestApp) -> &'static str {
    redeem(test, &app.form(test, "no-such-code", &[]))
        .await
        .err()
        .unwrap()
}

const PROVED: &str = "token/code-unknown";

#[tokio::test]
async fn a_code_is_redeemed_with_a_published_key_that_is_read_once() {
    let (source, app, test) = published().await;
    let (_, browser) = test.sign_in(&[&app]).await.unwrap();
    for _ in 0..3 {
        let form = app.form(&test, &code(&test, &app, &browser).await, &[]);
        redeem(&test, &form)
            .await
            .unwrap_or_else(|code| panic!("{code}"));
    }
    assert_eq!(source.reads(), 1);
}

#[tokio::test]
async fn an_unknown_key_id_reads_the_keys_again_a_few_times_a_minute() {
    let (source, mut app, test) = published().await;
    assert_eq!(prove(&test, &app).await, PROVED);
    let next = SigningKey::generate(Algorithm::ES256).unwrap();
    source.publish(&[app.key.as_ref().unwrap(), &next]);
    app.key = Some(next);
    assert_eq!(prove(&test, &app).await, PROVED);
    assert_eq!(source.reads(), 2);
    app.key = Some(SigningKey::generate(Algorithm::ES256).unwrap());
    for _ in 0..10 {
        assert_eq!(prove(&test, &app).await, "token/key-unpublished");
    }
    assert_eq!(source.reads(), 5);
}

#[tokio::test]
async fn a_wrong_signature_under_a_known_key_id_and_bad_claims_read_nothing() {
    let (source, app, test) = published().await;
    let late = app.assertion(&test, &json!({"exp": 5}));
    let form = app.form(&test, "c", &[("client_assertion", &late)]);
    assert_eq!(
        redeem(&test, &form).await.err(),
        Some("token/assertion-expired")
    );
    assert_eq!(source.reads(), 0);
    assert_eq!(prove(&test, &app).await, PROVED);
    let good = app.assertion(&test, &json!({}));
    let other = app.assertion(&test, &json!({}));
    let (head, _) = good.rsplit_once('.').unwrap();
    let forged = format!("{head}.{}", other.rsplit_once('.').unwrap().1);
    for _ in 0..3 {
        let form = app.form(&test, "c", &[("client_assertion", &forged)]);
        assert_eq!(
            redeem(&test, &form).await.err(),
            Some("token/assertion-signature")
        );
    }
    assert_eq!(source.reads(), 1);
}

#[tokio::test]
async fn many_at_once_make_one_call() {
    let (source, app, test) = published().await;
    let (app, test) = (Arc::new(app), Arc::new(test));
    let many: Vec<_> = (0..20)
        .map(|_| {
            let (app, test) = (app.clone(), test.clone());
            tokio::spawn(async move { prove(&test, &app).await })
        })
        .collect();
    for one in many {
        assert_eq!(one.await.unwrap(), PROVED);
    }
    assert_eq!(source.reads(), 1);
}

#[tokio::test]
async fn a_failing_source_is_told_and_known_keys_count_for_hours() {
    let (source, app, test) = published().await;
    source.works.store(false, Ordering::SeqCst);
    let form = app.form(&test, "c", &[]);
    let refused =
        super::super::grant_tokens(&test.door, form.as_bytes(), Headers::default(), &trace()).await;
    let Err(Failure::Refused(refusal)) = refused else {
        panic!()
    };
    assert_eq!(refusal.oauth_error().as_str(), "invalid_client");
    let told = refusal.to_string();
    assert!(
        told.contains(&source.uri) && told.contains("status 503"),
        "{told}"
    );

    source.works.store(true, Ordering::SeqCst);
    assert_eq!(prove(&test, &app).await, PROVED);
    source.works.store(false, Ordering::SeqCst);
    test.advance(3 * 3600);
    assert_eq!(prove(&test, &app).await, PROVED);
    test.advance(2 * 3600);
    assert_eq!(prove(&test, &app).await, "token/keys-unavailable");
}

#[tokio::test]
async fn a_key_that_was_taken_down_is_refused_within_minutes() {
    let (source, app, test) = published().await;
    assert_eq!(prove(&test, &app).await, PROVED);
    source.publish(&[&SigningKey::generate(Algorithm::ES256).unwrap()]);
    test.advance(11 * 60);
    assert_eq!(prove(&test, &app).await, "token/key-unpublished");
}

#[tokio::test]
async fn a_set_with_a_private_member_is_refused() {
    let (source, app, test) = published().await;
    let mut jwk = serde_json::to_value(app.key.as_ref().unwrap().jwk()).unwrap();
    jwk["d"] = "AAAA".into();
    *source.body.lock().unwrap() = json!({ "keys": [jwk] }).to_string();
    assert_eq!(prove(&test, &app).await, "token/keys-unavailable");
}
