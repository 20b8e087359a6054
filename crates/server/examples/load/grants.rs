//! The rows of each grant, of introspection, and of the FAPI 2.0 profile.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use durward_keyring::jose::{Algorithm, SigningKey};
use serde_json::json;

use crate::app::{self, App};
use crate::http::{self, Connection};
use crate::measure::{self, Line, Plan, Turn};
use crate::scene::{FORM, Ready, Scene, TOKEN, code_of, form, text};

/// The apps of these rows.
pub(crate) struct Grants<'a> {
    scene: &'a Scene,
    machine: Arc<App>,
    reading: Arc<App>,
    secret_request: Vec<u8>,
    refreshing: Arc<App>,
    fapi: [Arc<App>; 2],
}

impl<'a> Grants<'a> {
    /// Registers them.
    pub(crate) async fn set(scene: &'a Scene) -> Result<Self, String> {
        let own = json!({ "grant_types": ["client_credentials"] });
        let with = |further: serde_json::Value| {
            let mut all = own.clone();
            if let (Some(all), serde_json::Value::Object(further)) = (all.as_object_mut(), further)
            {
                all.extend(further);
            }
            all
        };
        let by_secret = json!({
            "token_endpoint_auth_method": "client_secret_basic",
            "policies": { "auth_methods": ["client_secret_basic"] },
        });
        let secret = scene.app(Algorithm::ES256, with(by_secret)).await?;
        let path = format!("/api/v1/apps/{}/sandbox/secrets", secret.handle);
        let made = scene.call(&path, &json!({})).await?;
        let pair = form(&[(&secret.client_id, ""), (&text(&made["secret"])?, "")]);
        let (name, word) = pair.split_once("=&").ok_or("no form")?;
        let basic = STANDARD.encode(format!("{name}:{}", word.trim_end_matches('=')));
        let headers = [("Authorization", &*format!("Basic {basic}"))];
        let body = form(&[OWN]);
        let fapi = |algorithm| scene.app(algorithm, json!({ "fapi2": true }));
        Ok(Self {
            secret_request: http::post(&secret.host, TOKEN, FORM, &headers, &body),
            machine: scene.app(Algorithm::ES256, own.clone()).await?,
            reading: scene
                .app(
                    Algorithm::ES256,
                    with(json!({ "access_token_format": "jwt" })),
                )
                .await?,
            refreshing: scene
                .app(
                    Algorithm::ES256,
                    json!({ "grant_types": ["authorization_code", "refresh_token"] }),
                )
                .await?,
            fapi: [fapi(Algorithm::ES256).await?, fapi(Algorithm::PS256).await?],
            scene,
        })
    }

    /// A token for an app that proves itself by a secret.
    pub(crate) async fn by_secret(&self, plan: &Plan) -> Result<Line, String> {
        measure::repeat(plan, self.scene.port, &self.secret_request).await
    }

    /// A token for an app that proves itself by an assertion.
    pub(crate) async fn by_key(&self, plan: &Plan) -> Result<Line, String> {
        self.own(&self.machine, plan).await
    }

    /// The same, that the app can read.
    pub(crate) async fn readable(&self, plan: &Plan) -> Result<Line, String> {
        self.own(&self.reading, plan).await
    }

    async fn own(&self, app: &App, plan: &Plan) -> Result<Line, String> {
        let ready = own_requests(app, plan.share_of(20_000))?;
        let ready = Ready::dealt(ready, plan.connections);
        measure::drive(plan, self.scene.port, ready).await
    }

    /// Token requests of the app that proves itself by an assertion.
    pub(crate) fn own_tokens(&self, count: usize) -> Result<Vec<Vec<u8>>, String> {
        own_requests(&self.machine, count)
    }

    /// Introspection of a token of the app itself.
    pub(crate) async fn introspection(&self, plan: &Plan) -> Result<Line, String> {
        let app = &self.machine;
        let request = own_requests(app, 1)?.pop().ok_or("no request")?;
        let mut connection = Connection::open(self.scene.port).await?;
        let told = connection.ask(&request).await?.json()?;
        let token = text(&told["access_token"])?;
        let ask =
            |assertion: &String| app.post(INTROSPECT, &app.proved(assertion, &[("token", &token)]));
        let assertions = app.assertions(plan.share_of(20_000))?;
        let ready = Ready::dealt(assertions.iter().map(ask).collect(), plan.connections);
        measure::drive(plan, self.scene.port, ready).await
    }

    /// Refresh tokens, each used once and answered with the next.
    pub(crate) async fn refresh(&self, plan: &Plan) -> Result<Line, String> {
        let app = &self.refreshing;
        let cookies = self.scene.sessions(app).await?;
        let mut turns = Vec::new();
        for cookie in cookies.iter().take(plan.connections) {
            let mut connection = Connection::open(self.scene.port).await?;
            let told = app.sign_in(&mut connection, cookie).await?;
            turns.push(Refresh {
                app: Arc::clone(app),
                token: text(&told["refresh_token"])?,
                assertions: app.assertions(plan.share_of(10_000) / plan.connections)?,
            });
        }
        measure::drive(plan, self.scene.port, turns).await
    }

    /// Whole flows of the FAPI 2.0 security profile with assertions and ID tokens by ES256.
    pub(crate) async fn fapi_es256(&self, plan: &Plan) -> Result<Line, String> {
        self.fapi(&self.fapi[0], plan).await
    }

    /// The same by PS256.
    pub(crate) async fn fapi_ps256(&self, plan: &Plan) -> Result<Line, String> {
        self.fapi(&self.fapi[1], plan).await
    }

    async fn fapi(&self, app: &Arc<App>, plan: &Plan) -> Result<Line, String> {
        let cookies = self.scene.sessions(app).await?;
        let mut turns = Vec::new();
        for cookie in cookies.iter().take(plan.connections) {
            let mut turn = Fapi {
                app: Arc::clone(app),
                cookie: cookie.clone(),
                holder: SigningKey::generate(Algorithm::ES256)
                    .map_err(|error| error.to_string())?,
                nonce: String::new(),
                assertions: app.assertions(plan.share_of(1_500) * 2 / plan.connections + 2)?,
            };
            // The first one learns the nonce.
            turn.take(&mut Connection::open(self.scene.port).await?)
                .await?;
            turns.push(turn);
        }
        measure::drive(plan, self.scene.port, turns).await
    }
}

fn own_requests(app: &App, count: usize) -> Result<Vec<Vec<u8>>, String> {
    let request = |assertion: &String| app.post(TOKEN, &app.proved(assertion, &[OWN]));
    Ok(app.assertions(count)?.iter().map(request).collect())
}

struct Refresh {
    app: Arc<App>,
    token: String,
    assertions: Vec<String>,
}

impl Turn for Refresh {
    async fn take(&mut self, connection: &mut Connection) -> Result<bool, String> {
        let Some(assertion) = self.assertions.pop() else {
            return Ok(false);
        };
        let pairs = [
            ("grant_type", "refresh_token"),
            ("refresh_token", self.token.as_str()),
        ];
        let body = self.app.proved(&assertion, &pairs);
        let told = connection.ask(&self.app.post(TOKEN, &body)).await?.json()?;
        self.token = text(&told["refresh_token"]).map_err(|_| format!("refused: {told}"))?;
        Ok(true)
    }
}

/// A pushed request, its authorization, and its code redeemed by the holder of a key.
struct Fapi {
    app: Arc<App>,
    cookie: String,
    holder: SigningKey,
    nonce: String,
    assertions: Vec<String>,
}

impl Fapi {
    /// A proof of possession for the token endpoint. RFC 9449 §4.2
    fn proof(&self) -> Result<String, String> {
        let head = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": self.holder.public().jwk() });
        let mut body = json!({
            "jti": self.app.random.token(), "htm": "POST", "iat": app::now()?,
            "htu": format!("{}{TOKEN}", self.app.issuer),
        });
        if !self.nonce.is_empty() {
            body["nonce"] = self.nonce.as_str().into();
        }
        let [head, body] = [head, body].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
        let signed = format!("{head}.{body}");
        let signature = self.holder.sign(signed.as_bytes());
        let signature = signature.map_err(|error| error.to_string())?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

impl Turn for Fapi {
    async fn take(&mut self, connection: &mut Connection) -> Result<bool, String> {
        let [Some(pushing), Some(redeeming)] = [self.assertions.pop(), self.assertions.pop()]
        else {
            return Ok(false);
        };
        let proof = form(&[
            ("client_assertion_type", app::ASSERTION_TYPE),
            ("client_assertion", &pushing),
        ]);
        let body = format!("{}&{proof}", self.app.asked("openid email"));
        let told = connection.ask(&self.app.post(PAR, &body)).await?.json()?;
        let uri = text(&told["request_uri"]).map_err(|_| format!("not pushed: {told}"))?;
        let query = form(&[("client_id", &self.app.client_id), ("request_uri", &uri)]);
        let answer = connection
            .ask(&self.app.authorize(&query, &self.cookie))
            .await?;
        let code = code_of(answer.header("location"))?;
        let mut body = self.app.redeeming(&redeeming, &code);
        loop {
            let proof = self.proof()?;
            let headers = [("DPoP", proof.as_str())];
            let request = http::post(&self.app.host, TOKEN, FORM, &headers, &body);
            let answer = connection.ask(&request).await?;
            let nonce = answer.header("dpop-nonce").map(str::to_owned);
            let told = answer.json()?;
            if told["token_type"] == "DPoP" {
                self.nonce = nonce.unwrap_or_else(|| self.nonce.clone());
                return Ok(true);
            }
            match nonce {
                Some(nonce) if told["error"] == "use_dpop_nonce" && nonce != self.nonce => {
                    self.nonce = nonce;
                    body = self.app.redeeming(&self.app.assertion()?, &code);
                }
                _ => return Err(format!("refused: {told}")),
            }
        }
    }
}

const OWN: (&str, &str) = ("grant_type", "client_credentials");
const PAR: &str = "/api/openid_connect/par";
const INTROSPECT: &str = "/api/openid_connect/introspect";
