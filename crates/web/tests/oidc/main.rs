//! The door's protocol routes, by the real router in process: whole flows, and every bad input.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod access_tokens;
mod attacks;
mod bad_input;
mod documents;
mod dpop;
mod encrypted;
mod fapi;
mod flows;
mod logout;
mod public_clients;
mod sharing;
mod table;
mod test_api;
mod test_kit;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use durward_app::testing::TestDoor;
use durward_app::testing::apps::TestApp;
use durward_keyring::jose::Algorithm;
use durward_keyring::mac::MacKey;
use durward_web::door_router;
use durward_web::shared::limits::Limits;
use durward_web::shared::site::{Site, SiteSettings};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

/// An environment behind its router.
struct Web {
    test: TestDoor,
    router: Router,
}

/// What came back.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    fn location(&self) -> url::Url {
        let location = self
            .header("location")
            .unwrap_or_else(|| panic!("no redirect: {}", self.text));
        url::Url::parse("http://localhost:8401")
            .unwrap()
            .join(location)
            .unwrap()
    }

    fn query(&self, name: &str) -> Option<String> {
        let found = self.location();
        found
            .query_pairs()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.into_owned())
    }
}

impl Web {
    async fn sandbox(apps: &[&TestApp]) -> Self {
        let test = TestDoor::sandbox().await.unwrap();
        test.serve(apps).await.unwrap();
        Self::of(test)
    }

    fn of(test: TestDoor) -> Self {
        let door = Arc::clone(&test.door);
        let settings = SiteSettings {
            name: door.name.as_str().to_owned(),
            title: "Columbia Sign-in".to_owned(),
            practice: true,
            base_url: door.issuer.parse().unwrap(),
            portal_url: door.portal_url.clone(),
            other_hosts: Vec::new(),
            form_key: MacKey::new([7; 32]),
            random: door.random.clone(),
            limits: Limits::default(),
        };
        let clock = door.clock.clone();
        let site = Site::new(settings, move || clock.now());
        Self {
            router: door_router::router(&door, &site),
            test,
        }
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::get(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::empty()).unwrap()).await
    }

    async fn post(&self, path: &str, kind: &str, body: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::post(path).header(header::CONTENT_TYPE, kind);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body.to_owned())).unwrap())
            .await
    }

    async fn authorize(&self, app: &TestApp, changes: &[(&str, &str)], cookie: &str) -> Answer {
        let query = encoded(&app.request(changes));
        let path = format!("/openid_connect/authorize?{query}");
        self.get(&path, &[("cookie", cookie), ("accept", "text/html")])
            .await
    }

    async fn token(&self, form: &str) -> Answer {
        self.post(TOKEN, FORM, form, &[]).await
    }

    async fn api(&self, path: &str, body: &Value) -> Answer {
        self.post(
            path,
            "application/json",
            &body.to_string(),
            &[("authorization", &bearer())],
        )
        .await
    }

    /// A session's cookie by the test API, with consent to these apps.
    async fn cookie(&self, apps: &[&TestApp]) -> String {
        let person = self
            .api("/test/api/people", &serde_json::json!({}))
            .await
            .json();
        let consent: Vec<_> = apps.iter().map(|app| app.id()).collect();
        let wanted =
            serde_json::json!({ "email": person["email"], "aal": "aal2", "consent": consent });
        let session = self.api("/test/api/sessions", &wanted).await;
        assert_eq!(session.status, 201, "{}", session.text);
        session.json()["cookie"].as_str().unwrap().to_owned()
    }

    async fn code(&self, app: &TestApp, cookie: &str) -> String {
        self.authorize(app, &[], cookie)
            .await
            .query("code")
            .unwrap()
    }
}

/// Status, error and refusal code of an answer.
fn verdict(answer: &Answer) -> String {
    let body = answer.json();
    format!(
        "{} {} {}",
        answer.status.as_u16(),
        body["error"].as_str().unwrap_or("-"),
        body["code"].as_str().unwrap_or("-")
    )
}

fn es256(name: &str) -> TestApp {
    TestApp::private_key_jwt(name, Algorithm::ES256).unwrap()
}

fn bearer() -> String {
    format!("Bearer {}", durward_app::testing::AUTOMATION_TOKEN)
}

fn encoded(pairs: &[(String, String)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const TOKEN: &str = "/api/openid_connect/token";
const USERINFO: &str = "/api/openid_connect/userinfo";
const FORM: &str = "application/x-www-form-urlencoded";
