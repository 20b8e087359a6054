//! Signing in to the portal: the real portal and the real production environment, which talk over HTTP.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request};
use durward_app::partner::sign_in::{member_by_session, start};
use durward_app::testing_portal::TestPortal;
use durward_domain::environment::EnvironmentName;
use durward_keyring::mac::MacKey;
use durward_web::door_router;
use durward_web::portal_router::{self, Portal};
use durward_web::shared::limits::Limits;
use durward_web::shared::site::{Site, SiteSettings};
use http_body_util::BodyExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt as _;

struct Web {
    portal: TestPortal,
    pages: Router,
    door: Router,
}

impl Web {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let portal = TestPortal::with_production("2026-11-10", &issuer)
            .await
            .unwrap();
        let production = portal
            .keeper
            .environment(EnvironmentName::Production)
            .unwrap()
            .door
            .clone()
            .unwrap();
        let door = door_router::router(&production, &site("production", &issuer, &portal));
        tokio::spawn(serve(listener, door.clone()));
        let state = Portal::new(
            Arc::clone(&portal.keeper),
            site("portal", "http://localhost:8400", &portal),
        );
        Self {
            pages: portal_router::router(&state, []),
            door,
            portal,
        }
    }

    /// The browser goes to sign in, is signed in at the door already, and comes back. Answers the portal's last answer.
    async fn sign_in(&self, person: &str, cookies: &str, query: &str) -> Answer {
        let begun = ask(&self.pages, &format!("/sign-in?{query}"), cookies).await;
        assert_eq!(begun.status, 303, "{}", begun.text);
        let flow = begun.cookie("durward_portal_flow").unwrap();
        let back = self.authorize(&begun.location, person).await;
        ask(
            &self.pages,
            &back,
            &format!("{cookies}; durward_portal_flow={flow}"),
        )
        .await
    }

    /// The door's answer to the portal's request: the path of the callback.
    async fn authorize(&self, url: &str, person: &str) -> String {
        let mut path = path_of(url);
        for _ in 0..5 {
            let answer = ask(&self.door, &path, &format!("durward_production={person}")).await;
            assert!(
                !answer.location.is_empty(),
                "{} {}",
                answer.status,
                answer.text
            );
            if answer.location.starts_with("http://localhost:8400/") {
                return path_of(&answer.location);
            }
            path = answer.location;
        }
        String::new()
    }
}

struct Answer {
    status: u16,
    location: String,
    headers: HeaderMap,
    text: String,
}

impl Answer {
    fn cookie(&self, name: &str) -> Option<String> {
        let cookies = self
            .headers
            .get_all("set-cookie")
            .iter()
            .filter_map(|value| value.to_str().ok());
        cookies
            .filter_map(|line| line.split(';').next()?.split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.to_owned())
    }
}

#[tokio::test]
async fn a_member_signs_in_steps_up_and_out() {
    let web = Web::open().await;
    let person = web.portal.person("reviewer@agency.gov").await.unwrap();
    let done = web.sign_in(&person, "", "return_to=%2Freview").await;
    assert_eq!(
        (done.status, done.location.as_str()),
        (303, "/review"),
        "{}",
        done.text
    );
    let session = done.cookie("durward_portal").unwrap();
    let found = member_by_session(&web.portal.keeper, &session)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.member.email, "reviewer@agency.gov");
    assert!(found.member.is_staff() && found.member.elevated_until > found.authenticated);

    // A step-up asks for a fresh sign-in.
    let step_up = ask(
        &web.pages,
        "/sign-in?step_up=1",
        &format!("durward_portal={session}"),
    )
    .await;
    assert!(
        step_up.location.contains("prompt=login"),
        "{}",
        step_up.location
    );

    // The second sign-in is the same member, by subject; the older session ends.
    let again = web
        .sign_in(
            &person,
            &format!("durward_portal={session}"),
            "return_to=https://evil.example/",
        )
        .await;
    assert_eq!(again.location, "/");
    assert!(
        member_by_session(&web.portal.keeper, &session)
            .await
            .unwrap()
            .is_none()
    );
    let newer = again.cookie("durward_portal").unwrap();
    let trace = durward_app::testing_portal::trace();
    let out = durward_app::partner::sign_in::sign_out(&web.portal.keeper, Some(&newer), &trace)
        .await
        .unwrap();
    assert!(
        out.url.contains("/openid_connect/logout?id_token_hint="),
        "{}",
        out.url
    );
    assert!(
        member_by_session(&web.portal.keeper, &newer)
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn an_approved_address_becomes_a_member_without_a_team_and_others_are_refused() {
    let web = Web::open().await;
    let newcomer = web.portal.person("new.comer@parks.gov").await.unwrap();
    let done = web.sign_in(&newcomer, "", "").await;
    let session = done.cookie("durward_portal").unwrap();
    let found = member_by_session(&web.portal.keeper, &session)
        .await
        .unwrap()
        .unwrap();
    assert!(found.member.roles.is_empty());
    let stranger = web.portal.person("someone@example.com").await.unwrap();
    let refused = web.sign_in(&stranger, "", "").await;
    assert_eq!(
        (refused.status, refused.location.as_str()),
        (303, "/sign-in/not-invited")
    );
    assert!(
        refused
            .cookie("durward_portal")
            .is_none_or(|value| value.is_empty())
    );
    let told = ask(&web.pages, &refused.location, "").await;
    assert_eq!(told.status, 403);
    assert!(
        told.text.contains("portal-not-invited") && !told.text.contains("code="),
        "{}",
        told.text
    );
}

#[tokio::test]
async fn an_answer_belongs_to_the_browser_that_asked_and_counts_once() {
    let web = Web::open().await;
    let person = web.portal.person("reviewer@agency.gov").await.unwrap();
    let begun = start(&web.portal.keeper, None, "/").await.unwrap();
    let back = web.authorize(&begun.url, &person).await;
    let other = ask(&web.pages, &back, "durward_portal_flow=another").await;
    assert!(
        other.status == 400 && other.text.contains("sign-in/foreign"),
        "{}",
        other.text
    );
    assert_eq!(ask(&web.pages, &back, "").await.status, 400);
    let own = format!("durward_portal_flow={}", begun.flow);
    let done = ask(&web.pages, &back, &own).await;
    assert_eq!(done.status, 303, "{}", done.text);
    assert_eq!(ask(&web.pages, &back, &own).await.status, 400);
    let begun = start(&web.portal.keeper, None, "/").await.unwrap();
    let cancelled = format!("/sign-in/callback?error=access_denied&state={}", begun.flow);
    let cancelled = ask(
        &web.pages,
        &cancelled,
        &format!("durward_portal_flow={}", begun.flow),
    )
    .await;
    assert!(
        cancelled.text.contains("sign-in/cancelled"),
        "{}",
        cancelled.text
    );
}

async fn ask(router: &Router, path: &str, cookies: &str) -> Answer {
    let request = Request::get(path)
        .header("cookie", cookies)
        .header("accept", "text/html")
        .body(Body::empty())
        .unwrap();
    let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
    let text = String::from_utf8_lossy(&body.collect().await.unwrap().to_bytes()).into_owned();
    let location = parts
        .headers
        .get("location")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    Answer {
        status: parts.status.as_u16(),
        location,
        headers: parts.headers,
        text,
    }
}

fn path_of(url: &str) -> String {
    let url = url::Url::parse(url).unwrap();
    format!("{}?{}", url.path(), url.query().unwrap_or_default())
}

fn site(name: &str, base: &str, portal: &TestPortal) -> Arc<Site> {
    let clock = portal.keeper.clock.clone();
    Site::new(
        SiteSettings {
            name: name.into(),
            title: "Columbia Sign-in".into(),
            practice: false,
            base_url: base.parse().unwrap(),
            other_hosts: Vec::new(),
            form_key: MacKey::new([7; 32]),
            random: portal.keeper.random.clone(),
            limits: Limits::default(),
        },
        move || clock.real_now(),
    )
}

/// As much of HTTP/1.1 as the portal's client needs: one request a connection, with a length.
async fn serve(listener: TcpListener, router: Router) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(answer(stream, router.clone()));
    }
}

async fn answer(mut stream: TcpStream, router: Router) {
    let mut bytes = Vec::new();
    let (head, length) = loop {
        let mut part = [0; 4096];
        let read = stream.read(&mut part).await.unwrap();
        if read == 0 {
            return;
        }
        bytes.extend_from_slice(&part[..read]);
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
            bytes.drain(..end + 4);
            let length = head.lines().find_map(|line| {
                line.to_lowercase()
                    .strip_prefix("content-length:")?
                    .trim()
                    .parse()
                    .ok()
            });
            break (head, length.unwrap_or(0));
        }
    };
    while bytes.len() < length {
        let mut part = [0; 4096];
        let read = stream.read(&mut part).await.unwrap();
        bytes.extend_from_slice(&part[..read]);
    }
    let mut lines = head.lines();
    let mut first = lines.next().unwrap().split(' ');
    let mut request = Request::builder()
        .method(first.next().unwrap())
        .uri(first.next().unwrap());
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        request = request.header(name, value);
    }
    let response = router
        .oneshot(request.body(Body::from(bytes)).unwrap())
        .await
        .unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let mut text = format!(
        "HTTP/1.1 {} x\r\nconnection: close\r\ncontent-length: {}\r\n",
        parts.status.as_u16(),
        body.len()
    );
    for (name, value) in parts
        .headers
        .iter()
        .filter(|(name, _)| *name != "content-length")
    {
        text.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
    }
    text.push_str("\r\n");
    stream.write_all(text.as_bytes()).await.unwrap();
    stream.write_all(&body).await.unwrap();
}
