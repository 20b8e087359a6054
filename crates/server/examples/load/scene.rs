//! What the loops need: apps with keys, people with sessions and consent, codes and tokens.

use std::sync::Arc;
use std::time::Instant;

use durward_keyring::jose::Algorithm;
use serde_json::{Value, json};
use url::Url;

use crate::app::App;
use crate::http::{self, Connection};
use crate::measure::{self, Line, Plan, Turn, gathered};

/// The sandbox, an app of it and people who agreed to that.
pub(crate) struct Scene {
    /// The sandbox's port.
    pub(crate) port: u16,
    /// The sandbox's issuer.
    pub(crate) issuer: String,
    /// How large the key set is.
    pub(crate) jwks_size: usize,
    /// How many sessions each app gets.
    pub(crate) people: usize,
    portal: u16,
    team: String,
    partner: String,
    automation: String,
    app: Arc<App>,
    cookies: Vec<String>,
}

impl Scene {
    /// Registers an app by the portal's API, and makes as many people as there are connections.
    pub(crate) async fn set(demo: &str, people: usize) -> Result<Self, String> {
        let portal = port_of(demo)?;
        let json_only = [("Accept", "application/json")];
        let document = ask(portal, &http::get(&host(portal), "/demo", &json_only)).await?;
        let sandbox = &document["environments"]["sandbox"];
        let issuer = text(&sandbox["issuer"])?;
        let partner = document["partners"]
            .as_array()
            .and_then(|all| all.iter().find(|one| one["role"] == "partner_admin"))
            .ok_or("the demo lists no partner_admin")?;
        let port = port_of(&issuer)?;
        let app = App::new((&issuer, port), Algorithm::ES256, json!({}))?;
        let mut scene = Self {
            port,
            issuer,
            jwks_size: 0,
            people,
            portal,
            team: text(&partner["team"])?,
            partner: format!("Bearer {}", text(&partner["api_token"])?),
            automation: format!("Bearer {}", text(&sandbox["automation_token"])?),
            app: Arc::new(app),
            cookies: Vec::new(),
        };
        scene.register(&scene.app).await?;
        scene.cookies = scene.sessions(&scene.app).await?;
        let request = scene.jwks_request();
        scene.jwks_size = Connection::open(port)
            .await?
            .ask(&request)
            .await?
            .body
            .len();
        Ok(scene)
    }

    /// One more app, with these further members of `oidc`.
    pub(crate) async fn app(
        &self,
        algorithm: Algorithm,
        further: Value,
    ) -> Result<Arc<App>, String> {
        let app = App::new((&self.issuer, self.port), algorithm, further)?;
        self.register(&app).await?;
        Ok(Arc::new(app))
    }

    async fn register(&self, app: &App) -> Result<(), String> {
        let document = app.document(&self.team);
        self.call("/api/v1/apps", &document).await.map(drop)
    }

    /// Calls the portal as a member of the team.
    pub(crate) async fn call(&self, path: &str, body: &Value) -> Result<Value, String> {
        let headers = [("Authorization", self.partner.as_str())];
        let request = http::post(&host(self.portal), path, JSON, &headers, &body.to_string());
        ask(self.portal, &request).await
    }

    /// The cookies of people who agreed to this app.
    pub(crate) async fn sessions(&self, app: &App) -> Result<Vec<String>, String> {
        let mut cookies = Vec::new();
        for _ in 0..self.people {
            cookies.push(session(self.port, &self.automation, &app.client_id).await?);
        }
        Ok(cookies)
    }

    /// Asks for the keys.
    pub(crate) fn jwks_request(&self) -> Vec<u8> {
        http::get(&self.app.host, CERTS, &[])
    }

    /// Asks for the claims of a fresh token.
    pub(crate) async fn userinfo_request(&self) -> Result<Vec<u8>, String> {
        let mut connection = Connection::open(self.port).await?;
        let told = self.app.sign_in(&mut connection, &self.cookies[0]).await?;
        let bearer = format!("Bearer {}", text(&told["access_token"])?);
        Ok(http::get(
            &self.app.host,
            USERINFO,
            &[("Authorization", &bearer)],
        ))
    }

    /// Authorization requests of people who are signed in and have agreed; keeps the codes.
    pub(crate) async fn authorize(&self, plan: &Plan) -> Result<(Line, Vec<String>), String> {
        let query = self.app.asked("openid email");
        let running = Arc::new(plan.begin()?);
        let mut tasks = Vec::new();
        for at in 0..plan.connections {
            let mut connection = Connection::open(self.port).await?;
            let request = self.app.authorize(&query, &self.cookies[at]);
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
        let requests = codes.iter().map(|code| self.app.redeem(code));
        let ready = Ready::dealt(requests.collect::<Result<_, _>>()?, plan.connections);
        measure::drive(plan, self.port, ready).await
    }

    /// Whole code flows: authorize, then redeem the code with a fresh assertion.
    pub(crate) async fn flow(&self, plan: &Plan) -> Result<Line, String> {
        let flow = |cookie: &String| Flow {
            app: Arc::clone(&self.app),
            cookie: cookie.clone(),
        };
        let flows = self.cookies.iter().take(plan.connections).map(flow);
        measure::drive(plan, self.port, flows.collect()).await
    }
}

/// Requests that were made beforehand, each sent once.
pub(crate) struct Ready(Vec<Vec<u8>>);

impl Ready {
    /// Deals them out to so many connections.
    pub(crate) fn dealt(requests: Vec<Vec<u8>>, connections: usize) -> Vec<Self> {
        let share = requests.len().div_ceil(connections).max(1);
        let parts = requests.chunks(share);
        parts.map(|part| Self(part.to_vec())).collect()
    }
}

impl Turn for Ready {
    async fn take(&mut self, connection: &mut Connection) -> Result<bool, String> {
        let Some(request) = self.0.pop() else {
            return Ok(false);
        };
        let answer = connection.ask(&request).await?;
        if answer.status != 200 {
            return Err(String::from_utf8_lossy(&answer.body).into_owned());
        }
        Ok(true)
    }
}

struct Flow {
    app: Arc<App>,
    cookie: String,
}

impl Turn for Flow {
    async fn take(&mut self, connection: &mut Connection) -> Result<bool, String> {
        self.app.sign_in(connection, &self.cookie).await?;
        Ok(true)
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

/// The code of a redirect.
pub(crate) fn code_of(location: Option<&str>) -> Result<String, String> {
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

/// The host of a port.
pub(crate) fn host(port: u16) -> String {
    format!("localhost:{port}")
}

/// The token endpoint.
pub(crate) const TOKEN: &str = "/api/openid_connect/token";
const USERINFO: &str = "/api/openid_connect/userinfo";
const CERTS: &str = "/api/openid_connect/certs";
const JSON: &str = "application/json";
/// The media type of forms.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
