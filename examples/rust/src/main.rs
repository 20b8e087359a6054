//! A small app that signs people in through Durward: code flow, private_key_jwt, PKCE, userinfo, sign-out.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, bail};
use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata};
use openidconnect::{
    AuthType, AuthenticationContextClass, AuthorizationCode, ClientId, CsrfToken, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, IssuerUrl, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, Scope, TokenResponse as _,
};
use p256::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, EncodePublicKey as _, LineEnding};
use serde_json::{Value, json};

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What one browser is in the middle of, or who it is signed in as. A real app keeps this in its session store.
#[derive(Default)]
struct Session {
    checks: Option<Checks>,
    person: Option<Value>,
    id_token: Option<String>,
}

struct Checks {
    state: CsrfToken,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
}

struct App {
    client: Client,
    client_id: String,
    key_pem: String,
    /// The discovery document: addresses that the library has no name for are read from it.
    metadata: Value,
    http: reqwest::Client,
    home: String,
    sessions: Mutex<HashMap<String, Session>>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let port = setting("PORT", "3003");
    let home = format!("http://localhost:{port}");
    let (key_pem, public_pem) = load_key()?;
    println!("The public key of this app:\n{public_pem}");
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()?;
    let (issuer, client_id) = match std::env::var("CLIENT_ID") {
        Ok(client_id) => (
            std::env::var("ISSUER").context("CLIENT_ID is set, so ISSUER must be too")?,
            client_id,
        ),
        Err(_) => register_with_demo(&http, &home, &public_pem).await?,
    };
    let provider =
        CoreProviderMetadata::discover_async(IssuerUrl::new(issuer.clone())?, &http).await?;
    let metadata = http
        .get(format!("{issuer}/.well-known/openid-configuration"))
        .send()
        .await?
        .json()
        .await?;
    let client =
        CoreClient::from_provider_metadata(provider, ClientId::new(client_id.clone()), None)
            .set_redirect_uri(RedirectUrl::new(format!("{home}/callback"))?)
            .set_auth_type(AuthType::RequestBody);
    let app = Arc::new(App {
        client,
        client_id,
        key_pem,
        metadata,
        http,
        home: home.clone(),
        sessions: Mutex::default(),
    });
    let routes = Router::new()
        .route("/", get(start))
        .route("/sign-in", get(sign_in))
        .route("/callback", get(callback))
        .route("/sign-out", get(sign_out))
        .route("/signed-out", get(signed_out))
        .with_state(app);
    let listener = tokio::net::TcpListener::bind(format!("localhost:{port}")).await?;
    println!("The sample app is at {home}");
    Ok(axum::serve(listener, routes).await?)
}

async fn start(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let person = app.with_session(&headers, |session| session.person.clone());
    let Some(Value::Object(person)) = person else {
        return page(
            "Tide tables",
            r#"<p><a href="/sign-in">Sign in</a></p>"#,
            StatusCode::OK,
        );
    };
    let mut rows = String::new();
    for (name, value) in person {
        let _ = write!(
            rows,
            r#"<tr><th scope="row">{}</th><td>{}</td></tr>"#,
            escape(&name),
            escape(&value.to_string())
        );
    }
    let table = format!(
        r#"<table><caption>What the service says</caption>{rows}</table><p><a href="/sign-out">Sign out</a></p>"#
    );
    page("You are signed in", &table, StatusCode::OK)
}

async fn sign_in(State(app): State<Arc<App>>) -> Response {
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    // The service asks for at least 22 characters in both.
    let (state, nonce) = (
        || CsrfToken::new_random_len(32),
        || Nonce::new_random_len(32),
    );
    let (url, state, nonce) = app
        .client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, state, nonce)
        .add_scope(Scope::new("email".to_owned()))
        .add_auth_context_value(AuthenticationContextClass::new(
            "urn:acr.login.gov:auth-only".to_owned(),
        ))
        .set_pkce_challenge(challenge)
        .url();
    let checks = Checks {
        state,
        nonce,
        verifier,
    };
    app.go(
        url.as_str(),
        Session {
            checks: Some(checks),
            ..Session::default()
        },
    )
}

async fn callback(
    State(app): State<Arc<App>>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let Some(checks) = app.with_session(&headers, |session| session.checks.take()) else {
        return page(
            "Please start again",
            r#"<p>This browser did not ask to sign in. <a href="/">Start again</a></p>"#,
            StatusCode::BAD_REQUEST,
        );
    };
    if query
        .get("error")
        .is_some_and(|error| error == "access_denied")
    {
        return page(
            "You did not sign in",
            r#"<p><a href="/">Start again</a></p>"#,
            StatusCode::OK,
        );
    }
    match app.finish(&query, checks).await {
        Ok(session) => {
            app.forget(&headers);
            app.go(&app.home, session)
        }
        Err(error) => {
            eprintln!("/callback: {error:#}");
            page(
                "Sign-in did not work",
                r#"<p>Look at what this app printed. <a href="/">Start again</a></p>"#,
                StatusCode::BAD_GATEWAY,
            )
        }
    }
}

async fn sign_out(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let id_token = app.with_session(&headers, |session| session.id_token.clone());
    app.forget(&headers);
    let address = app.metadata["end_session_endpoint"]
        .as_str()
        .unwrap_or_default();
    let Ok(mut url) = reqwest::Url::parse(address) else {
        return page(
            "You are signed out here",
            r#"<p><a href="/">Start again</a></p>"#,
            StatusCode::OK,
        );
    };
    url.query_pairs_mut().append_pair(
        "post_logout_redirect_uri",
        &format!("{}/signed-out", app.home),
    );
    match id_token {
        Some(hint) => url.query_pairs_mut().append_pair("id_token_hint", &hint),
        None => url
            .query_pairs_mut()
            .append_pair("client_id", &app.client_id),
    };
    app.go(url.as_str(), Session::default())
}

async fn signed_out() -> Response {
    page(
        "You are signed out",
        r#"<p><a href="/">Start again</a></p>"#,
        StatusCode::OK,
    )
}

impl App {
    /// Redeems the code, checks the ID token and asks who the person is.
    async fn finish(
        &self,
        query: &HashMap<String, String>,
        checks: Checks,
    ) -> anyhow::Result<Session> {
        if query.get("state") != Some(checks.state.secret()) {
            bail!("the answer carries another state");
        }
        let Some(code) = query.get("code") else {
            bail!(
                "{}: {}",
                query.get("error").map_or("no code", String::as_str),
                query.get("error_description").map_or("", String::as_str)
            );
        };
        let assertion = self.assertion()?;
        let tokens = self
            .client
            .exchange_code(AuthorizationCode::new(code.clone()))?
            .set_pkce_verifier(checks.verifier)
            .add_extra_param(
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            )
            .add_extra_param("client_assertion", assertion)
            .request_async(&self.http)
            .await?;
        let id_token = tokens.id_token().context("there is no ID token")?;
        let claims = id_token.claims(&self.client.id_token_verifier(), &checks.nonce)?;
        let address = self.metadata["userinfo_endpoint"]
            .as_str()
            .context("there is no userinfo endpoint")?;
        let answer = self
            .http
            .get(address)
            .bearer_auth(tokens.access_token().secret())
            .send()
            .await?;
        let person: Value = answer.error_for_status()?.json().await?;
        if person["sub"] != claims.subject().as_str() {
            bail!("userinfo is about another person than the ID token");
        }
        Ok(Session {
            checks: None,
            person: Some(person),
            id_token: Some(id_token.to_string()),
        })
    }

    /// The signed statement by which this app shows who it is (RFC 7523): good for one call.
    fn assertion(&self) -> anyhow::Result<String> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let claims = json!({
            "iss": self.client_id, "sub": self.client_id, "aud": self.metadata["token_endpoint"],
            "jti": uuid::Uuid::new_v4().to_string(), "iat": now, "exp": now + 60,
        });
        let key = jsonwebtoken::EncodingKey::from_ec_pem(self.key_pem.as_bytes())?;
        Ok(jsonwebtoken::encode(
            &jsonwebtoken::Header::new(jsonwebtoken::Algorithm::ES256),
            &claims,
            &key,
        )?)
    }

    fn with_session<T: Default>(
        &self,
        headers: &HeaderMap,
        act: impl FnOnce(&mut Session) -> T,
    ) -> T {
        let mut sessions = self
            .sessions
            .lock()
            .unwrap_or_else(|broken| broken.into_inner());
        session_id(headers)
            .and_then(|id| sessions.get_mut(&id))
            .map(act)
            .unwrap_or_default()
    }

    fn forget(&self, headers: &HeaderMap) {
        if let Some(id) = session_id(headers) {
            self.sessions
                .lock()
                .unwrap_or_else(|broken| broken.into_inner())
                .remove(&id);
        }
    }

    /// Sends the browser on with a new session: one at each change of who is signed in, so that nobody can plant one.
    fn go(&self, address: &str, session: Session) -> Response {
        let id = uuid::Uuid::new_v4().to_string();
        let cookie = format!("{COOKIE}={id}; Path=/; HttpOnly; SameSite=Lax");
        self.sessions
            .lock()
            .unwrap_or_else(|broken| broken.into_inner())
            .insert(id, session);
        let headers: [(HeaderName, String); 3] = [
            (header::LOCATION, address.to_owned()),
            (header::SET_COOKIE, cookie),
            (header::CACHE_CONTROL, "no-store".to_owned()),
        ];
        (StatusCode::SEE_OTHER, headers).into_response()
    }
}

fn session_id(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get(header::COOKIE)?.to_str().ok()?;
    cookies.split("; ").find_map(|one| {
        one.strip_prefix(COOKIE)?
            .strip_prefix('=')
            .map(str::to_owned)
    })
}

fn page(title: &str, content: &str, status: StatusCode) -> Response {
    let body = format!(
        r#"<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title><main><h1>{title}</h1>{content}</main></html>"#
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, body).into_response()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}

fn setting(name: &str, otherwise: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| otherwise.to_owned())
}

/// The private key of this app, made at the first start, and its public half, which belongs in the configuration.
fn load_key() -> anyhow::Result<(String, String)> {
    let file = PathBuf::from(setting(
        "KEY_FILE",
        concat!(env!("CARGO_MANIFEST_DIR"), "/key.pem"),
    ));
    if !file.exists() {
        let made = p256::SecretKey::random(&mut rand_core::OsRng);
        made.write_pkcs8_pem_file(&file, LineEnding::LF)
            .context("writing the key")?;
    }
    let pem =
        std::fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
    let key = p256::SecretKey::from_pkcs8_pem(&pem)?;
    let public = key.public_key().to_public_key_pem(LineEnding::LF)?;
    Ok((pem, public))
}

/// Saves this app's configuration in the demo's sandbox, as one of its developers; it is live when the call answers.
async fn register_with_demo(
    http: &reqwest::Client,
    home: &str,
    public_pem: &str,
) -> anyhow::Result<(String, String)> {
    let portal = setting("PORTAL", "http://localhost:8400");
    let demo: Value = http
        .get(format!("{portal}/demo"))
        .header(header::ACCEPT, "application/json")
        .send()
        .await?
        .json()
        .await?;
    let partners = demo["partners"]
        .as_array()
        .context("the demo lists no partners")?;
    let developer = partners
        .iter()
        .find(|one| one["role"] == "partner_developer")
        .context("the demo has no developer")?;
    let client_id = "urn:gov:gsa:openidconnect.profiles:sp:sso:EXAMPLE:RUST";
    let document = json!({
        "schema": "durward.app/v1",
        "handle": "example-rust",
        "team": developer["team"],
        "environment": "sandbox",
        "app_name": "Tide Tables in Rust",
        "friendly_name": "Tide Tables",
        "issuer": client_id,
        "protocol": "oidc",
        "level_of_service": "auth-only",
        "default_aal": "aal1",
        "attributes": ["email"],
        "oidc": {
            "token_endpoint_auth_method": "private_key_jwt",
            "redirect_uris": [format!("{home}/callback")],
            "post_logout_redirect_uris": [format!("{home}/signed-out")],
        },
        "keys": [{ "pem": public_pem }],
    });
    let token = developer["api_token"]
        .as_str()
        .context("the developer has no token")?;
    let address = format!("{portal}/api/v1/apps/example-rust/sandbox");
    let answer = http
        .put(address)
        .bearer_auth(token)
        .json(&document)
        .send()
        .await?;
    if !answer.status().is_success() {
        bail!(
            "The demo refused the configuration: {}",
            answer.text().await?
        );
    }
    let issuer = demo["environments"]["sandbox"]["issuer"]
        .as_str()
        .context("the demo has no sandbox")?;
    Ok((issuer.to_owned(), client_id.to_owned()))
}

const COOKIE: &str = "example_rust";
