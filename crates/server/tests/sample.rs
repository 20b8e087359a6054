//! The sample relying party against a small provider that checks what it sends.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use durward_keyring::digest;
use durward_keyring::jose::{Algorithm, PublicKey, SigningKey, jws};
use durward_keyring::random::Random;
use durward_server::listen::{Limits, Listener, Readiness, Serving};
use durward_server::sample;
use jiff::Timestamp;
use reqwest::{Client, redirect::Policy};
use serde_json::{Value, json};
use url::Url;

const CLIENT: &str = "urn:gov:test:sample";

/// The other side: it answers with `claims` over its own, and demands what a real provider demands.
struct Provider {
    issuer: String,
    key: SigningKey,
    other_key: SigningKey,
    sample_key: PublicKey,
    asked: Mutex<HashMap<String, String>>,
    claims: Mutex<Value>,
}

struct World {
    provider: Arc<Provider>,
    base: String,
    http: Client,
    _servings: [Serving; 2],
}

fn now() -> Timestamp {
    durward_app::Clock::real().now()
}

async fn world() -> World {
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let (app, door) = (
        Listener::bind("sample", any).unwrap(),
        Listener::bind("door", any).unwrap(),
    );
    let base = format!("http://{}", app.address().unwrap());
    let issuer = format!("http://{}", door.address().unwrap());
    let key = sample::read_key(&sample::new_key().unwrap()).unwrap();
    let provider = Arc::new(Provider {
        issuer: issuer.clone(),
        key: SigningKey::generate(Algorithm::RS256).unwrap(),
        other_key: SigningKey::generate(Algorithm::ES256).unwrap(),
        sample_key: key.public().clone(),
        asked: Mutex::default(),
        claims: Mutex::new(json!({})),
    });
    let settings = sample::Settings {
        base_url: base.clone(),
        environments: vec![("sandbox".to_owned(), issuer)],
        client_id: CLIENT.to_owned(),
        key,
        random: Random::system(),
        now,
    };
    let mut one = Serving::new(Limits::default(), Readiness::default());
    one.add(app, sample::router(settings).unwrap());
    let mut two = Serving::new(Limits::default(), Readiness::default());
    two.add(door, routes(Arc::clone(&provider)));
    let http = Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .build()
        .unwrap();
    World {
        provider,
        base,
        http,
        _servings: [one, two],
    }
}

fn routes(provider: Arc<Provider>) -> Router {
    Router::new()
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/token", post(token))
        .route("/userinfo", get(userinfo))
        .route(
            "/keys",
            get(|State(provider): State<Arc<Provider>>| async move {
                Json(json!({"keys": [provider.key.jwk()]}))
            }),
        )
        .with_state(provider)
}

async fn discovery(State(provider): State<Arc<Provider>>) -> Response {
    let at = &provider.issuer;
    Json(json!({
        "issuer": at, "authorization_endpoint": format!("{at}/authorize"), "token_endpoint": format!("{at}/token"),
        "userinfo_endpoint": format!("{at}/userinfo"), "jwks_uri": format!("{at}/keys"), "end_session_endpoint": format!("{at}/logout"),
    }))
    .into_response()
}

async fn token(
    State(provider): State<Arc<Provider>>,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let asked = provider.asked.lock().unwrap().clone();
    if form["code"] != "good" {
        return (
            StatusCode::BAD_REQUEST,
            Json(json!({"error": "invalid_grant", "error_description": "The code was used."})),
        )
            .into_response();
    }
    let assertion = jws::Unverified::parse(&form["client_assertion"], 4096).unwrap();
    let who = assertion
        .verify(&provider.sample_key, &[Algorithm::ES256])
        .unwrap();
    assert_eq!(
        (who["iss"].as_str(), who["sub"].as_str()),
        (Some(CLIENT), Some(CLIENT))
    );
    assert_eq!(who["aud"], format!("{}/token", provider.issuer));
    assert_eq!(
        digest::sha256_b64url(form["code_verifier"].as_bytes()),
        asked["code_challenge"]
    );
    assert_eq!(form["redirect_uri"], asked["redirect_uri"]);
    let mut claims = json!({"iss": provider.issuer, "aud": CLIENT, "sub": "p1", "nonce": asked["nonce"], "exp": now().as_second() + 60});
    let over = provider.claims.lock().unwrap().clone();
    claims
        .as_object_mut()
        .unwrap()
        .extend(over.as_object().unwrap().clone());
    let key = if claims.get("forged").is_some() {
        &provider.other_key
    } else {
        &provider.key
    };
    Json(json!({"access_token": "at", "token_type": "Bearer", "expires_in": 60, "id_token": jws::sign(key, "JWT", &claims).unwrap()})).into_response()
}

async fn userinfo(headers: HeaderMap) -> Response {
    assert_eq!(headers["authorization"], "Bearer at");
    Json(json!({"sub": "p1", "email": "ada@example.gov"})).into_response()
}

impl World {
    /// Begins a sign-in; answers the cookie and the state.
    async fn begin(&self) -> (String, String) {
        let address = format!(
            "{}/signin?environment=sandbox&client_id={CLIENT}",
            self.base
        );
        let answer = self.http.get(address).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let cookie = answer.headers()["set-cookie"]
            .to_str()
            .unwrap()
            .split(';')
            .next()
            .unwrap()
            .to_owned();
        let target = Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
        assert!(
            target
                .as_str()
                .starts_with(&format!("{}/authorize?", self.provider.issuer))
        );
        let asked: HashMap<String, String> = target.query_pairs().into_owned().collect();
        let state = asked["state"].clone();
        *self.provider.asked.lock().unwrap() = asked;
        (cookie, state)
    }

    async fn get(&self, path: &str, cookie: &str) -> (StatusCode, String, String) {
        let answer = self
            .http
            .get(format!("{}{path}", self.base))
            .header("cookie", cookie)
            .send()
            .await
            .unwrap();
        let location = answer
            .headers()
            .get("location")
            .map(|to| to.to_str().unwrap().to_owned())
            .unwrap_or_default();
        (answer.status(), location, answer.text().await.unwrap())
    }

    /// A sign-in whose ID token has these claims over the right ones must be refused with this sentence.
    async fn refuses(&self, claims: Value, sentence: &str) {
        *self.provider.claims.lock().unwrap() = claims;
        let (cookie, state) = self.begin().await;
        let (status, _, page) = self
            .get(&format!("/callback?code=good&state={state}"), &cookie)
            .await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(
            page.contains("data-page=\"sample-error\"") && page.contains(sentence),
            "{page}"
        );
        let (status, location, _) = self.get("/signed-in", &cookie).await;
        assert_eq!((status, location.as_str()), (StatusCode::SEE_OTHER, "/"));
    }
}

#[tokio::test]
async fn a_person_signs_in_and_out() {
    let world = world().await;
    let (_, _, page) = world.get("/?environment=sandbox", "").await;
    assert!(
        page.contains("data-page=\"sample-start\"") && page.contains("value=\"sandbox\" selected"),
        "{page}"
    );
    let (cookie, state) = world.begin().await;
    let (status, location, page) = world
        .get(&format!("/callback?code=good&state={state}"), &cookie)
        .await;
    assert_eq!(
        (status, location.as_str()),
        (StatusCode::SEE_OTHER, "/signed-in"),
        "{page}"
    );
    let (_, _, page) = world.get("/signed-in", &cookie).await;
    assert!(
        page.contains("data-page=\"sample-signed-in\"") && page.contains("ada@example.gov"),
        "{page}"
    );
    let (_, location, _) = world.get("/signout", &cookie).await;
    assert!(
        location.contains("/logout?client_id=") && location.contains("post_logout_redirect_uri="),
        "{location}"
    );
    let (status, _, _) = world.get("/signed-in", &cookie).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_bad_id_token_is_refused() {
    let world = world().await;
    world
        .refuses(json!({"iss": "http://elsewhere"}), "from another issuer")
        .await;
    world
        .refuses(json!({"aud": ["another"]}), "for another app")
        .await;
    world
        .refuses(json!({"nonce": "another"}), "answers another request")
        .await;
    world.refuses(json!({"exp": 1000}), "has expired").await;
    world
        .refuses(json!({"forged": true}), "not among the provider")
        .await;
    world.refuses(json!({"sub": "p2"}), "another person").await;
}

#[tokio::test]
async fn answers_that_nobody_asked_for_are_refused() {
    let world = world().await;
    let (cookie, state) = world.begin().await;
    let refused = async |path: String, cookie: String, sentence: &str| {
        let (status, _, page) = world.get(&path, &cookie).await;
        assert!(
            status == StatusCode::BAD_REQUEST && page.contains(sentence),
            "{page}"
        );
    };
    refused(
        format!("/callback?code=good&state={state}"),
        String::new(),
        "sample/state",
    )
    .await;
    refused(
        "/callback?code=good&state=wrong".to_owned(),
        cookie.clone(),
        "sample/state",
    )
    .await;
    refused(
        format!("/callback?code=good&state={state}"),
        cookie,
        "sample/state",
    )
    .await;
    let (cookie, state) = world.begin().await;
    refused(
        format!("/callback?error=access_denied&error_description=%3Cb%3ENo&state={state}"),
        cookie,
        "access_denied",
    )
    .await;
    let (cookie, state) = world.begin().await;
    refused(
        format!("/callback?code=used&state={state}"),
        cookie,
        "invalid_grant",
    )
    .await;
}

#[tokio::test]
async fn the_public_key_is_shown() {
    let world = world().await;
    let (_, _, pem) = world.get("/key.pem", "").await;
    assert_eq!(
        PublicKey::from_pem(&pem).unwrap().thumbprint(),
        world.provider.sample_key.thumbprint()
    );
    let (_, _, page) = world.get("/public-key", "").await;
    assert!(
        page.contains("data-page=\"sample-public-key\"")
            && page.contains(&format!("{}/callback", world.base))
    );
    let (status, _, page) = world.get("/nothing", "").await;
    assert!(status == StatusCode::NOT_FOUND && page.contains("sample-error"));
}
