//! Signing in to the portal: the real portal and the real production environment, which talk over HTTP.

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use durward_app::partner::sign_in::{member_by_session, start};
use durward_app::testing_portal::TestPortal;
use durward_domain::environment::EnvironmentName;
use http_body_util::BodyExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt as _;

use crate::support::{PORTAL, Said, TODAY, Web, browse};

/// The portal, and the production environment where its members sign in.
struct Both {
    web: Web,
    door: Router,
}

impl Both {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let portal = TestPortal::with_production(TODAY, &issuer).await.unwrap();
        let web = Web::of(portal);
        let door = web.door(EnvironmentName::Production);
        tokio::spawn(serve(listener, door.clone()));
        Self { web, door }
    }

    /// The browser goes to sign in, is signed in at the door already, and comes back. Answers the portal's last answer.
    async fn sign_in(&self, person: &str, cookies: &str, query: &str) -> Said {
        let begun = browse(&self.web.router, &format!("/sign-in?{query}"), cookies).await;
        assert_eq!(begun.status, 303, "{}", begun.text);
        let flow = begun.cookie("durward_portal_flow").unwrap();
        let back = self.authorize(begun.header("location"), person).await;
        browse(
            &self.web.router,
            &back,
            &format!("{cookies}; durward_portal_flow={flow}"),
        )
        .await
    }

    /// The door's answer to the portal's request: the path of the callback.
    async fn authorize(&self, url: &str, person: &str) -> String {
        let mut path = path_of(url);
        for _ in 0..5 {
            let answer = browse(&self.door, &path, &format!("durward_production={person}")).await;
            assert!(
                !answer.header("location").is_empty(),
                "{} {}",
                answer.status,
                answer.text
            );
            if answer.header("location").starts_with(&format!("{PORTAL}/")) {
                return path_of(answer.header("location"));
            }
            path = answer.header("location").to_owned();
        }
        String::new()
    }
}

#[tokio::test]
async fn a_member_signs_in_steps_up_and_out() {
    let both = Both::open().await;
    let person = both.web.portal.person("reviewer@agency.gov").await.unwrap();
    let done = both.sign_in(&person, "", "return_to=%2Freview").await;
    assert_eq!(
        (done.status, done.header("location")),
        (303, "/review"),
        "{}",
        done.text
    );
    let session = done.cookie("durward_portal").unwrap();
    let found = member_by_session(&both.web.portal.keeper, &session)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.member.email, "reviewer@agency.gov");
    assert!(found.member.is_staff() && found.member.elevated_until > found.authenticated);

    // A step-up asks for a fresh sign-in.
    let step_up = browse(
        &both.web.router,
        "/sign-in?step_up=1",
        &format!("durward_portal={session}"),
    )
    .await;
    assert!(
        step_up.header("location").contains("prompt=login"),
        "{}",
        step_up.header("location")
    );

    // The second sign-in is the same member, by subject; the older session ends.
    let again = both
        .sign_in(
            &person,
            &format!("durward_portal={session}"),
            "return_to=https://evil.example/",
        )
        .await;
    assert_eq!(again.header("location"), "/");
    assert!(
        member_by_session(&both.web.portal.keeper, &session)
            .await
            .unwrap()
            .is_none()
    );
    let newer = again.cookie("durward_portal").unwrap();
    let trace = durward_app::testing_portal::trace();
    let out =
        durward_app::partner::sign_in::sign_out(&both.web.portal.keeper, Some(&newer), &trace)
            .await
            .unwrap();
    assert!(
        out.url.contains("/openid_connect/logout?id_token_hint="),
        "{}",
        out.url
    );
    assert!(
        member_by_session(&both.web.portal.keeper, &newer)
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn an_approved_address_becomes_a_member_without_a_team_and_others_are_refused() {
    let both = Both::open().await;
    let newcomer = both.web.portal.person("new.comer@parks.gov").await.unwrap();
    let done = both.sign_in(&newcomer, "", "").await;
    let session = done.cookie("durward_portal").unwrap();
    let found = member_by_session(&both.web.portal.keeper, &session)
        .await
        .unwrap()
        .unwrap();
    assert!(found.member.roles.is_empty());
    let stranger = both.web.portal.person("someone@example.com").await.unwrap();
    let refused = both.sign_in(&stranger, "", "").await;
    assert_eq!(
        (refused.status, refused.header("location")),
        (303, "/sign-in/not-invited")
    );
    assert!(
        refused
            .cookie("durward_portal")
            .is_none_or(|value| value.is_empty())
    );
    let told = browse(&both.web.router, refused.header("location"), "").await;
    assert_eq!(told.status, 403);
    assert!(
        told.text.contains("portal-not-invited") && !told.text.contains("code="),
        "{}",
        told.text
    );
}

#[tokio::test]
async fn an_answer_belongs_to_the_browser_that_asked_and_counts_once() {
    let both = Both::open().await;
    let person = both.web.portal.person("reviewer@agency.gov").await.unwrap();
    let begun = start(&both.web.portal.keeper, None, "/").await.unwrap();
    let back = both.authorize(&begun.url, &person).await;
    let other = browse(&both.web.router, &back, "durward_portal_flow=another").await;
    assert!(
        other.status == 400 && other.text.contains("sign-in/foreign"),
        "{}",
        other.text
    );
    assert_eq!(browse(&both.web.router, &back, "").await.status, 400);
    let own = format!("durward_portal_flow={}", begun.flow);
    let done = browse(&both.web.router, &back, &own).await;
    assert_eq!(done.status, 303, "{}", done.text);
    assert_eq!(browse(&both.web.router, &back, &own).await.status, 400);
    let begun = start(&both.web.portal.keeper, None, "/").await.unwrap();
    let cancelled = format!("/sign-in/callback?error=access_denied&state={}", begun.flow);
    let cancelled = browse(
        &both.web.router,
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

fn path_of(url: &str) -> String {
    let url = url::Url::parse(url).unwrap();
    format!("{}?{}", url.path(), url.query().unwrap_or_default())
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
