//! What the loops need: an app with a key, people with sessions and consent, codes and tokens.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use durward_keyring::digest;
use durward_keyring::jose::{Algorithm, SigningKey, jws};
use durward_keyring::random::Random;
use serde_json::{Value, json};
use url::Url;

use crate::http::{self, Connection};
use crate::measure::{Line, Plan, gathered};

/// An app of the sandbox and its people.
pub(crate) struct Scene {
    /// The sandbox's port.
    pub(crate) port: u16,
    /// How large the key set is.
    pub(crate) jwks_size: usize,
    app: Arc<App>,
    cookies: Vec<String>,
}

struct App {
    host: String,
    issuer: String,
    client_id: String,
    key: SigningKey,
    random: Random,
}

impl Scene {
    /// Registers an app by the portal's API, and makes as many people as there are connections.
    pub(crate) async fn set(demo: &str, people: usize) -> Result<Self, String> {
        let portal = port_of(demo)?;
        let json_only = [("Accept", "application/json")];
        let document = ask(portal, &http::get(&host(portal), "/demo", &json_only)).await?;
        let sandbox = &document["environments"]["sandbox"];
        let issuer = text(&sandbox["issuer"])?;
        let automation = format!("Bearer {}", text(&sandbox["automation_token"])?);
        let partner = document["partners"]
            .as_array()
            .and_then(|all| all.iter().find(|one| one["role"] == "partner_admin"))
            .ok_or("the demo lists no partner_admin")?;
        let port = port_of(&issuer)?;
        let app = App::new(&issuer, port)?;
        let registered = app.document(&text(&partner["team"])?).to_string();
        let token = format!("Bearer {}", text(&partner["api_token"])?);
        let headers = [("Authorization", token.as_str())];
        let request = http::post(&host(portal), "/api/v1/apps", JSON, &headers, &registered);
        ask(portal, &request).await?;
        let mut cookies = Vec::new();
        for _ in 0..people {
            cookies.push(session(port, &automation, &app.client_id).await?);
        }
        let jwks = http::get(&app.host, CERTS, &[]);
        let jwks = Connection::open(port).await?.ask(&jwks).await?;
        Ok(Self {
            port,
            jwks_size: jwks.body.len(),
            app: Arc::new(app),
            cookies,
        })
    }

    /// Asks for the keys.
    pub(crate) fn jwks_request(&self) -> Vec<u8> {
        http::get(&self.app.host, CERTS, &[])
    }

    /// Asks for the claims of a fresh token.
    pub(crate) async fn userinfo_request(&self) -> Result<Vec<u8>, String> {
        let mut connection = Connection::open(self.port).await?;
        let token = self.app.sign_in(&mut connection, &self.cookies[0]).await?;
        let bearer = format!("Bearer {token}");
        Ok(http::get(
            &self.app.host,
            USERINFO,
            &[("Authorization", &bearer)],
        ))
    }

    /// Authorization requests of people who are signed in and have agreed; keeps the codes.
    pub(crate) async fn authorize(&self, plan: &Plan) -> Result<(Line, Vec<String>), String> {
        let running = Arc::new(plan.begin()?);
        let mut tasks = Vec::new();
        for at in 0..plan.connections {
            let mut connection = Connection::open(self.port).await?;
            let request = self.app.authorize(&self.cookies[at]);
            let running = Arc::clone(&running);
            tasks.push(tokio::spawn(async move {
                let mut done = Vec::new();
                while !running.is_over() {
                    let began = Instant::now();
                    let answer = connection.ask(&request).await?;
                    let took = began.elapsed();
                    done.push((took, code_of(answer.header("location"))?));
                }
                Ok(done)
            }));
        }
        let (took, codes) = gathered(tasks).await?.into_iter().unzip();
        Ok((running.end(took)?, codes))
    }

    /// Token requests for codes that were made beforehand, with assertions that were signed beforehand.
    pub(crate) async fn token(&self, plan: &Plan, codes: Vec<String>) -> Result<Line, String> {
        let requests: Vec<_> = codes
            .iter()
            .map(|code| self.app.redeem(code))
            .collect::<Result<_, _>>()?;
        let share = requests.len().div_ceil(plan.connections).max(1);
        let running = Arc::new(plan.begin()?);
        let mut tasks = Vec::new();
        for part in requests.chunks(share) {
            let mut connection = Connection::open(self.port).await?;
            let (running, part) = (Arc::clone(&running), part.to_vec());
            tasks.push(tokio::spawn(async move {
                let mut took = Vec::new();
                for request in part {
                    if running.is_over() {
                        break;
                    }
                    let began = Instant::now();
                    let answer = connection.ask(&request).await?;
                    took.push(began.elapsed());
                    if answer.status != 200 {
                        return Err(String::from_utf8_lossy(&answer.body).into_owned());
                    }
                }
                Ok(took)
            }));
        }
        let took = gathered(tasks).await?;
        running.end(took)
    }

    /// Whole code flows: authorize, then redeem the code with a fresh assertion.
    pub(crate) async fn flow(&self, plan: &Plan) -> Result<Line, String> {
        let running = Arc::new(plan.begin()?);
        let mut tasks = Vec::new();
        for at in 0..plan.connections {
            let mut connection = Connection::open(self.port).await?;
            let (app, cookie) = (Arc::clone(&self.app), self.cookies[at].clone());
            let running = Arc::clone(&running);
            tasks.push(tokio::spawn(async move {
                let mut took: Vec<Duration> = Vec::new();
                while !running.is_over() {
                    let began = Instant::now();
                    app.sign_in(&mut connection, &cookie).await?;
                    took.push(began.elapsed());
                }
                Ok(took)
            }));
        }
        let took = gathered(tasks).await?;
        running.end(took)
    }
}

impl App {
    fn new(issuer: &str, port: u16) -> Result<Self, String> {
        let random = Random::system();
        Ok(Self {
            host: host(port),
            issuer: issuer.to_owned(),
            client_id: format!("urn:gov:durward:load:{}", random.crockford(10)),
            key: SigningKey::generate(Algorithm::ES256).map_err(|error| error.to_string())?,
            random,
        })
    }

    fn document(&self, team: &str) -> Value {
        let tag = self.random.crockford(8).to_ascii_lowercase();
        json!({
            "schema": "durward.app/v1", "handle": format!("load-{tag}"), "team": team, "environment": "sandbox",
            "app_name": format!("Load {tag}"), "friendly_name": "Load", "issuer": self.client_id,
            "protocol": "oidc", "level_of_service": "auth-only", "default_aal": "aal1", "attributes": ["email"],
            "oidc": { "token_endpoint_auth_method": "private_key_jwt", "redirect_uris": [REDIRECT], "id_token_signed_response_alg": "ES256" },
            "keys": [{ "jwk": self.key.jwk() }],
            "contacts": [{ "kind": "technical", "name": "Rowan Field", "email": "rowan.field@example.gov", "phone": "+1 202 555 0100" }],
        })
    }

    fn authorize(&self, cookie: &str) -> Vec<u8> {
        let challenge = digest::sha256_b64url(VERIFIER.as_bytes());
        let query = form(&[
            ("client_id", &self.client_id),
            ("redirect_uri", REDIRECT),
            ("response_type", "code"),
            ("scope", "openid email"),
            ("acr_values", "urn:acr.login.gov:auth-only"),
            ("state", STATE),
            ("nonce", STATE),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        http::get(
            &self.host,
            &format!("{AUTHORIZE}?{query}"),
            &[("Cookie", cookie)],
        )
    }

    fn redeem(&self, code: &str) -> Result<Vec<u8>, String> {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_err(|error| error.to_string())?
            .as_secs();
        let claims = json!({
            "iss": self.client_id, "sub": self.client_id, "aud": format!("{}{TOKEN}", self.issuer),
            "jti": self.random.token(), "iat": now, "exp": now + 600,
        });
        let assertion = jws::sign(&self.key, "JWT", &claims).map_err(|error| error.to_string())?;
        let body = form(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", &assertion),
        ]);
        Ok(http::post(&self.host, TOKEN, FORM, &[], &body))
    }

    /// One whole flow; the access token.
    async fn sign_in(&self, connection: &mut Connection, cookie: &str) -> Result<String, String> {
        let answer = connection.ask(&self.authorize(cookie)).await?;
        let code = code_of(answer.header("location"))?;
        let answer = connection.ask(&self.redeem(&code)?).await?.json()?;
        text(&answer["access_token"]).map_err(|_| format!("no token: {answer}"))
    }
}

async fn session(port: u16, automation: &str, client_id: &str) -> Result<String, String> {
    let headers = [("Authorization", automation)];
    let post = |path, body: Value| http::post(&host(port), path, JSON, &headers, &body.to_string());
    let person = ask(port, &post("/test/api/people", json!({}))).await?;
    let wanted = json!({ "email": person["email"], "aal": "aal2", "consent": [client_id] });
    let session = ask(port, &post("/test/api/sessions", wanted)).await?;
    text(&session["cookie"])
}

/// Asks for a JSON document.
pub(crate) async fn ask(port: u16, request: &[u8]) -> Result<Value, String> {
    let answer = Connection::open(port).await?.ask(request).await?;
    if answer.status >= 300 {
        return Err(format!(
            "{}: {}",
            answer.status,
            String::from_utf8_lossy(&answer.body)
        ));
    }
    answer.json()
}

fn code_of(location: Option<&str>) -> Result<String, String> {
    let location = location.ok_or("authorize did not redirect")?;
    Url::parse(location)
        .ok()
        .and_then(|url| {
            url.query_pairs()
                .find(|(name, _)| name == "code")
                .map(|(_, code)| code.into_owned())
        })
        .ok_or_else(|| format!("no code: {location}"))
}

/// A form or query.
pub(crate) fn form(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

/// A text of a JSON document.
pub(crate) fn text(value: &Value) -> Result<String, String> {
    value
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| format!("no text: {value}"))
}

/// The port of an address.
pub(crate) fn port_of(url: &str) -> Result<u16, String> {
    Url::parse(url)
        .ok()
        .and_then(|url| url.port())
        .ok_or_else(|| format!("no port in {url}"))
}

fn host(port: u16) -> String {
    format!("localhost:{port}")
}

const AUTHORIZE: &str = "/openid_connect/authorize";
const TOKEN: &str = "/api/openid_connect/token";
const USERINFO: &str = "/api/openid_connect/userinfo";
const CERTS: &str = "/api/openid_connect/certs";
const REDIRECT: &str = "http://localhost:9/callback";
const VERIFIER: &str = "a-verifier-of-the-load-driver-that-is-long-enough";
const STATE: &str = "a-state-of-the-load-driver";
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
