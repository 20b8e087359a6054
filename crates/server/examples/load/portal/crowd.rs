//! Many teams and many apps, made through the API as a partner makes them.

use std::time::{Duration, Instant};

use durward_keyring::jose::{Algorithm, SigningKey};
use serde_json::{Value, json};

use crate::http::{self, Answer, Connection};
use crate::scene::text;

/// The portal's API with one member's token.
pub(super) struct Api {
    pub(super) port: u16,
    pub(super) bearer: String,
}

impl Api {
    pub(super) fn of(port: u16, member: &Value) -> Result<Self, String> {
        Ok(Self {
            port,
            bearer: format!("Bearer {}", text(&member["api_token"])?),
        })
    }

    pub(super) fn get(&self, path: &str) -> Vec<u8> {
        let headers = [("Authorization", self.bearer.as_str())];
        http::get(&self.host(), &format!("/api/v1{path}"), &headers)
    }

    pub(super) fn send(&self, method: &str, path: &str, body: &Value) -> Vec<u8> {
        let headers = [("Authorization", self.bearer.as_str())];
        let path = format!("/api/v1{path}");
        http::send(
            method,
            &self.host(),
            &path,
            "application/json",
            &headers,
            &body.to_string(),
        )
    }

    fn host(&self) -> String {
        format!("localhost:{}", self.port)
    }
}

/// Sends one request, and again when its token has no calls left for now; how long the answer took.
pub(super) async fn ask(
    connection: &mut Connection,
    request: &[u8],
) -> Result<(Answer, Duration), String> {
    loop {
        let began = Instant::now();
        let answer = connection.ask(request).await?;
        if answer.status != 429 {
            return Ok((answer, began.elapsed()));
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// The same, when the answer must be this.
pub(super) async fn expect(
    connection: &mut Connection,
    request: &[u8],
    status: u16,
) -> Result<(Answer, Duration), String> {
    let (answer, took) = ask(connection, request).await?;
    if answer.status == status {
        return Ok((answer, took));
    }
    let said: String = String::from_utf8_lossy(&answer.body)
        .chars()
        .take(600)
        .collect();
    Err(format!("{} instead of {status}: {said}", answer.status))
}

/// What there is: teams `load-team-0 …` and apps `load-00000 …`, an even share of the apps in each team.
pub(super) struct Crowd {
    pub(super) teams: usize,
    pub(super) apps: usize,
    /// The key and the team of each app.
    made: Vec<(Value, usize)>,
}

impl Crowd {
    pub(super) const fn none() -> Self {
        Self {
            teams: 0,
            apps: 0,
            made: Vec::new(),
        }
    }

    /// Makes the keys of the apps below a number, and settles their teams.
    pub(super) fn settle(&mut self, until: usize) -> Result<(), String> {
        while self.made.len() < until {
            let key = SigningKey::generate(Algorithm::ES256).map_err(|error| error.to_string())?;
            let jwk = serde_json::to_value(key.jwk()).map_err(|error| error.to_string())?;
            self.made.push((jwk, self.made.len() % self.teams.max(1)));
        }
        Ok(())
    }

    /// Makes more of them, up to these numbers. The new apps are imported a thousand at a time.
    pub(super) async fn grow(
        &mut self,
        api: &Api,
        agency: &str,
        (teams, apps): (usize, usize),
    ) -> Result<(), String> {
        let mut connection = Connection::open(api.port).await?;
        while self.teams < teams {
            let number = self.teams;
            let team = json!({ "name": format!("Load Team {number}"), "handle": team(number), "agency": agency });
            let request = api.send("POST", "/teams", &team);
            expect(&mut connection, &request, 201).await?;
            self.teams += 1;
        }
        while self.apps < apps {
            let until = apps.min(self.apps + AT_ONCE);
            self.settle(until)?;
            let batch = self.batch(self.apps..until, 0);
            let request = api.send("POST", "/apps/batch", &batch);
            expect(&mut connection, &request, 200).await?;
            self.apps = until;
        }
        Ok(())
    }

    pub(super) fn batch(&self, numbers: std::ops::Range<usize>, edition: usize) -> Value {
        let documents: Vec<Value> = numbers
            .map(|number| self.document(number, edition))
            .collect();
        json!({ "documents": documents })
    }

    /// The document of one app; another edition has another redirect address. Every fourth app has a logo.
    pub(super) fn document(&self, number: usize, edition: usize) -> Value {
        let (key, at) = &self.made[number];
        let mut document = json!({
            "schema": "durward.app/v1", "handle": handle(number), "team": team(*at),
            "environment": "sandbox", "app_name": format!("Load App {number}"), "friendly_name": format!("Load {number}"),
            "issuer": issuer(number), "protocol": "oidc", "level_of_service": "auth-only", "default_aal": "aal1",
            "attributes": ["email", "all_emails"],
            "oidc": {
                "token_endpoint_auth_method": "private_key_jwt", "id_token_signed_response_alg": "ES256",
                "redirect_uris": [redirect(number, 0), redirect(number, edition)],
            },
            "keys": [{ "jwk": key }],
            "contacts": [{ "kind": "technical", "name": "Rowan Field", "email": "rowan.field@example.gov", "phone": "+1 202 555 0100" }],
            "help_text": { "sign_in": { "en": "Sign in with the address that you use at work.", "es": "Inicie sesión con la dirección que usa en el trabajo." } },
        });
        if edition == 0 {
            document["oidc"]["redirect_uris"] = json!([redirect(number, 0)]);
        }
        if number.is_multiple_of(4) {
            document["logo"] = json!({ "media_type": "image/svg+xml", "base64": logo(number) });
        }
        document
    }
}

pub(super) fn handle(number: usize) -> String {
    format!("load-{number:05}")
}

pub(super) fn issuer(number: usize) -> String {
    format!("urn:gov:durward:load:{number:05}")
}

pub(super) fn redirect(number: usize, edition: usize) -> String {
    format!("https://app-{number}.example.gov/callback/{edition}")
}

fn team(number: usize) -> String {
    format!("load-team-{number}")
}

/// A picture of some ten thousand bytes.
fn logo(number: usize) -> String {
    use base64::Engine as _;
    let mut svg =
        String::from("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 100 100\">");
    for at in 0..180 {
        let (x, y) = ((number + at * 7) % 90, (number / 90 + at * 13) % 90);
        svg.push_str(&format!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"9\" height=\"9\" fill=\"#1b4d5c\"/>"
        ));
    }
    svg.push_str("</svg>");
    base64::engine::general_purpose::STANDARD.encode(svg)
}

const AT_ONCE: usize = 1000;
