//! What the areas share: a portal behind its router, and the ways to ask it.

mod said;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use durward_app::actor::Held;
use durward_app::ports::outbound::Outbound;
use durward_app::testing_portal::TestPortal;
use durward_domain::environment::EnvironmentName;
use durward_domain::level::Aal;
use durward_keyring::mac::MacKey;
use durward_web::portal_router::{self, Portal};
use durward_web::shared::limits::Limits;
use durward_web::shared::route::{Caller, Route};
use durward_web::shared::site::{Site, SiteSettings};
use durward_web::{door_router, pages};
use serde_json::Value;
use tower::ServiceExt as _;

pub(crate) use said::Said;

/// The day that it is in the portal.
pub(crate) const TODAY: &str = "2026-11-10";
/// Where the portal is.
pub(crate) const PORTAL: &str = "http://localhost:8400";
/// The header of a body in JSON.
pub(crate) const JSON: (&str, &str) = ("content-type", "application/json");
/// The header of a form.
pub(crate) const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// A portal behind its router, with all its pages.
pub(crate) struct Web {
    pub(crate) portal: TestPortal,
    pub(crate) router: Router,
}

impl Web {
    pub(crate) async fn open() -> Self {
        Self::of(TestPortal::at(TODAY).await.unwrap())
    }

    /// One that calls others by this client.
    pub(crate) async fn calling(outbound: Outbound) -> Self {
        Self::of(TestPortal::calling(TODAY, outbound).await.unwrap())
    }

    pub(crate) fn of(portal: TestPortal) -> Self {
        let site = site(&portal, "portal", PORTAL);
        let state = Portal::new(Arc::clone(&portal.keeper), site);
        Self {
            router: portal_router::router(&state, all_pages()),
            portal,
        }
    }

    /// An environment of the portal behind a router of its own.
    pub(crate) fn door(&self, name: EnvironmentName) -> Router {
        let link = self.portal.keeper.environment(name).unwrap();
        let door = link.door.clone().unwrap();
        let site = site(&self.portal, name.as_str(), &door.issuer);
        door_router::router(&door, &site)
    }

    /// A token of one of the members.
    pub(crate) async fn token(&self, name: &str) -> String {
        self.portal.token(name).await.unwrap()
    }

    pub(crate) async fn id(&self, name: &str) -> String {
        self.portal.member(name).await.unwrap().id
    }

    /// A cookie of one of the members for the pages.
    pub(crate) async fn cookie(&self, name: &str) -> String {
        self.cookie_of(&self.id(name).await, Aal::Aal2).await
    }

    pub(crate) async fn cookie_of(&self, id: &str, aal: Aal) -> String {
        let session = self.portal.session_of(id, aal).await.unwrap();
        format!("durward_portal={session}")
    }

    /// A new member's id and token.
    pub(crate) async fn member(&self, name: &str, held: &[Held]) -> (String, String) {
        let email = if name.contains('@') {
            name.to_owned()
        } else {
            format!("{name}@agency.gov")
        };
        let id = self.portal.newcomer(&email, held).await.unwrap();
        let token = self.portal.token_of(&id, Aal::Aal2).await.unwrap();
        (id, token)
    }

    pub(crate) fn sandbox(&self) -> Value {
        serde_json::from_str(&self.portal.sandbox_document().to_json()).unwrap()
    }

    pub(crate) fn production(&self) -> Value {
        serde_json::from_str(&self.portal.production_document().to_json()).unwrap()
    }

    /// Saves the app of the tests in both environments.
    pub(crate) async fn save_both(&self) {
        let admin = self.token("admin").await;
        for document in [self.sandbox(), self.production()] {
            self.post(&admin, "/apps", document).await.is(201);
        }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Said {
        let said = send(&self.router, request).await;
        assert!(said.headers.contains_key("x-request-id"));
        said
    }

    /// A request with a token at a whole path.
    pub(crate) async fn ask(
        &self,
        token: &str,
        (method, path): (&str, &str),
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Said {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {token}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(body.into()).unwrap()).await
    }

    /// A call of the API at a path below its version; nothing is sent for [`Value::Null`].
    pub(crate) async fn call(&self, token: &str, method: &str, path: &str, body: Value) -> Said {
        let path = format!("/api/v1{path}");
        self.ask(token, (method, &path), &[JSON], sent(&body)).await
    }

    /// A call on the condition of a version.
    pub(crate) async fn matching(
        &self,
        token: &str,
        (method, path): (&str, &str),
        body: Value,
        tag: &str,
    ) -> Said {
        let path = format!("/api/v1{path}");
        let headers = [JSON, ("if-match", tag)];
        self.ask(token, (method, &path), &headers, sent(&body))
            .await
    }

    pub(crate) async fn get(&self, token: &str, path: &str) -> Said {
        self.call(token, "GET", path, Value::Null).await
    }

    pub(crate) async fn post(&self, token: &str, path: &str, body: Value) -> Said {
        self.call(token, "POST", path, body).await
    }

    pub(crate) async fn put(&self, token: &str, path: &str, body: Value) -> Said {
        self.call(token, "PUT", path, body).await
    }

    pub(crate) async fn delete(&self, token: &str, path: &str) -> Said {
        self.call(token, "DELETE", path, Value::Null).await
    }

    /// A call of one of the members by name: the status and what was said.
    pub(crate) async fn api(
        &self,
        who: &str,
        method: &str,
        path: &str,
        body: &Value,
    ) -> (u16, Value) {
        let token = self.token(who).await;
        let said = self.call(&token, method, path, body.clone()).await;
        (said.status, said.json)
    }

    /// A page for the browser with this cookie; none for an empty one.
    pub(crate) async fn page(&self, cookie: &str, path: &str) -> Said {
        browse(&self.router, path, cookie).await
    }

    /// Fills in a form of a page and sends it.
    pub(crate) async fn form(
        &self,
        cookie: &str,
        page: &str,
        to: &str,
        fields: &[(&str, &str)],
    ) -> Said {
        let page = self.page(cookie, page).await.shown();
        let token = between(&page, "name=\"csrf_token\"", "value=\"", "\"");
        let body = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("csrf_token", token)
            .extend_pairs(fields)
            .finish();
        let request = Request::post(to)
            .header(header::COOKIE, cookie)
            .header(FORM.0, FORM.1);
        self.send(request.body(Body::from(body)).unwrap()).await
    }
}

/// The rows that the portal of the tests has.
pub(crate) fn all_pages() -> impl Iterator<Item = &'static Route<Arc<Portal>>> {
    // The demonstration's own pages need one; its clock does not.
    let demonstration = pages::DEMONSTRATION
        .iter()
        .filter(|row| row.caller != Caller::Anyone);
    pages::rows().chain(demonstration)
}

pub(crate) async fn send(router: &Router, request: Request<Body>) -> Said {
    Said::of(router.clone().oneshot(request).await.unwrap()).await
}

/// A page of any router.
pub(crate) async fn browse(router: &Router, path: &str, cookies: &str) -> Said {
    let request = Request::get(path)
        .header(header::COOKIE, cookies)
        .header(header::ACCEPT, "text/html");
    send(router, request.body(Body::empty()).unwrap()).await
}

/// The text between two marks, after a third.
pub(crate) fn between<'a>(text: &'a str, after: &str, from: &str, to: &str) -> &'a str {
    let (_, rest) = text.split_once(after).unwrap();
    let (_, rest) = rest.split_once(from).unwrap();
    rest.split_once(to).unwrap().0
}

fn sent(body: &Value) -> String {
    if body.is_null() {
        String::new()
    } else {
        body.to_string()
    }
}

fn site(portal: &TestPortal, name: &str, base: &str) -> Arc<Site> {
    let clock = portal.keeper.clock.clone();
    let settings = SiteSettings {
        name: name.into(),
        title: "Columbia Sign-in".into(),
        practice: false,
        base_url: base.parse().unwrap(),
        portal_url: portal.keeper.base_url.clone(),
        other_hosts: Vec::new(),
        form_key: MacKey::new([7; 32]),
        random: portal.keeper.random.clone(),
        limits: Limits {
            large: portal_router::LARGE,
            // Nothing here is about time, and a busy machine is slow.
            time: Duration::from_secs(600),
            ..Limits::default()
        },
    };
    Site::new(settings, move || clock.real_now())
}
