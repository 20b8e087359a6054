//! The pages of people, driven as a browser does: forms by their names, cookies kept, redirects followed by hand.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod emails;
mod passkeys;

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use durward_accounts::email::EmailAddress;
use durward_app::actor::Actor;
use durward_app::citizen::inbox;
use durward_app::citizen::people::{self, NewPerson};
use durward_app::ports::mail::Mail;
use durward_app::testing::apps::{STATE, TestApp};
use durward_app::testing::{AUTOMATION_TOKEN, TestDoor};
use durward_domain::application::{Logo, MediaType};
use durward_keyring::totp::TotpSecret;
use http_body_util::BodyExt as _;
use jiff::Timestamp;
use tower::ServiceExt as _;

use crate::door_router;
use crate::shared::SHOW_PASSWORD;
use crate::shared::forms::page_name;
use crate::shared::site::tests::site;

/// A browser window with its own cookies.
struct Window {
    router: Router,
    cookies: BTreeMap<String, String>,
    at: String,
    seen: Seen,
}

#[derive(Default)]
struct Seen {
    status: StatusCode,
    headers: HeaderMap,
    html: String,
}

impl Seen {
    fn page(&self) -> &str {
        page_name(&self.html).unwrap_or("")
    }

    fn location(&self) -> &str {
        self.headers
            .get(header::LOCATION)
            .map_or("", |to| to.to_str().unwrap())
    }
}

impl Window {
    fn new(test: &TestDoor) -> Self {
        let name = test.door.name.as_str();
        Self {
            router: door_router::router(&test.door, &site(name, &test.door.issuer)),
            cookies: BTreeMap::new(),
            at: String::new(),
            seen: Seen::default(),
        }
    }

    async fn send(&mut self, method: &str, path: &str, body: String, extra: &[(&str, &str)]) {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "localhost:8401")
            .header("accept", "text/html");
        if method == "POST" {
            request = request.header("content-type", "application/x-www-form-urlencoded");
        }
        let jar: Vec<_> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if !jar.is_empty() {
            request = request.header("cookie", jar.join("; "));
        }
        let mut request = request.body(Body::from(body)).unwrap();
        for (name, value) in extra {
            let name: header::HeaderName = name.parse().unwrap();
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        let (parts, body) = self
            .router
            .clone()
            .oneshot(request)
            .await
            .unwrap()
            .into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let bytes = body.collect().await.unwrap().to_bytes();
        self.at = path.to_owned();
        self.seen = Seen {
            status: parts.status,
            headers: parts.headers,
            html: String::from_utf8_lossy(&bytes).into_owned(),
        };
    }

    /// Opens an address and follows redirects on this site.
    async fn open(&mut self, path: &str) -> &str {
        self.send("GET", path, String::new(), &[]).await;
        self.follow().await;
        self.seen.page()
    }

    /// Presses the main button with these fields filled in, and follows redirects on this site.
    async fn submit(&mut self, fields: &[(&str, &str)]) -> &str {
        self.press(fields).await;
        self.follow().await;
        self.seen.page()
    }

    async fn press(&mut self, fields: &[(&str, &str)]) {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        for name in ["csrf_token", "confirmation", "request"] {
            if let Some(value) = hidden(&self.seen.html, name) {
                body.append_pair(name, &value);
            }
        }
        body.extend_pairs(fields);
        let (path, body) = (self.at.clone(), body.finish());
        self.send("POST", &path, body, &[]).await;
    }

    async fn follow(&mut self) {
        for _ in 0..5 {
            let to = self.seen.location().to_owned();
            if !self.seen.status.is_redirection() || !to.starts_with('/') {
                return;
            }
            self.send("GET", &to, String::new(), &[]).await;
        }
        panic!("redirects without end at {}", self.at);
    }

    async fn authorize(&mut self, app: &TestApp, changes: &[(&str, &str)]) -> &str {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(app.request(changes))
            .finish();
        self.open(&format!("/openid_connect/authorize?{query}"))
            .await
    }

    /// From the page with the address to the page with the key; the key.
    async fn sign_up(&mut self, test: &TestDoor, email: &str) -> TotpSecret {
        assert_eq!(self.open("/sign_up/enter_email").await, "sign-up-email");
        assert_eq!(
            self.submit(&[("email", email)]).await,
            "sign-up-check-email"
        );
        let code = newest(test, email).await.codes[0].clone();
        assert_eq!(self.submit(&[("code", &code)]).await, "sign-up-password");
        assert_eq!(
            self.submit(&[("password", PASSWORD)]).await,
            "factor-choice"
        );
        assert_eq!(self.submit(&[("factor", "totp")]).await, "totp-setup");
        let (_, rest) = self.seen.html.split_once("id=\"totp-key\">").unwrap();
        let key = rest.split('<').next().unwrap();
        assert!(key.split(' ').all(|group| group.len() == 4), "{key}");
        TotpSecret::from_base32(key).unwrap()
    }

    fn policy(&self) -> String {
        let policy = &self.seen.headers[header::CONTENT_SECURITY_POLICY];
        policy.to_str().unwrap().to_owned()
    }

    fn session(&self) -> Option<&String> {
        self.cookies.get("durward_sandbox")
    }
}

fn hidden(html: &str, name: &str) -> Option<String> {
    let (_, rest) = html.split_once(&format!("type=\"hidden\" name=\"{name}\""))?;
    let (_, value) = rest.split_once("value=\"")?;
    Some(value.split('"').next()?.to_owned())
}

async fn mails(test: &TestDoor, email: &str) -> Vec<Mail> {
    let address = EmailAddress::parse(email).unwrap();
    inbox::wait_for(&test.door, &address, Timestamp::UNIX_EPOCH, Duration::ZERO)
        .await
        .unwrap()
        .into_iter()
        .map(|received| received.mail)
        .collect()
}

async fn newest(test: &TestDoor, email: &str) -> Mail {
    mails(test, email).await.pop().unwrap()
}

async fn made(test: &TestDoor, email: &str) -> TotpSecret {
    let secret = TotpSecret::generate(&test.door.random);
    let new = NewPerson {
        email: EmailAddress::parse(email).unwrap(),
        password: PASSWORD.to_owned(),
        totp: Some(TotpSecret::from_bytes(*secret.as_bytes())),
        language: "en".to_owned(),
        verified: None,
        persona_of: None,
    };
    people::create(&test.door, new, &Actor::System("tests"), None, None)
        .await
        .unwrap();
    secret
}

fn code_now(test: &TestDoor, secret: &TotpSecret) -> String {
    secret.code(test.door.clock.real_now())
}

const PASSWORD: &str = "tide pools at noon";
const ANA: &str = "ana.reyes@example.com";

#[tokio::test]
async fn mail_on_the_way_to_an_app_names_it_and_shows_its_logo_as_png() {
    let test = TestDoor::sandbox().await.unwrap();
    let mut app = TestApp::public("tides").unwrap();
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 171 40\"><rect width=\"171\" height=\"40\" fill=\"#005ea2\"/></svg>";
    app.document.logo = Some(Logo::new(MediaType::Svg, svg.as_bytes()));
    app.document.friendly_name = "Tide <Tables>".into();
    let mut written = TestApp::public("letters").unwrap();
    let letters = svg.replace("<rect", "<text y='9'>Tides</text><rect");
    written.document.logo = Some(Logo::new(MediaType::Svg, letters.as_bytes()));
    test.serve(&[&app, &written]).await.unwrap();

    let mut ana = Window::new(&test);
    assert_eq!(ana.authorize(&app, &[]).await, "sign-in");
    ana.sign_up(&test, ANA).await;
    let mail = newest(&test, ANA).await;
    assert!(
        mail.text
            .starts_with("You are on your way to Tide <Tables>."),
        "{}",
        mail.text
    );
    let named = mail.app.clone().unwrap();
    let digest = named.logo.clone().unwrap();
    ana.send("GET", &format!("/logos/{digest}/mail"), String::new(), &[])
        .await;
    assert_eq!(ana.seen.status, StatusCode::OK);
    assert_eq!(ana.seen.headers[header::CONTENT_TYPE], "image/png");
    assert!(
        ana.seen.headers[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap()
            .contains("sandbox")
    );

    // What cannot be drawn is named in words; a mail without an app names none.
    let mut ben = Window::new(&test);
    ben.authorize(&written, &[]).await;
    ben.open("/sign_up/enter_email").await;
    ben.submit(&[("email", "ben@example.com")]).await;
    let digest = newest(&test, "ben@example.com")
        .await
        .app
        .unwrap()
        .logo
        .unwrap();
    ben.send("GET", &format!("/logos/{digest}/mail"), String::new(), &[])
        .await;
    assert_eq!(ben.seen.status, StatusCode::NOT_FOUND);
    ben.send("GET", &format!("/logos/{digest}"), String::new(), &[])
        .await;
    assert_eq!(ben.seen.headers[header::CONTENT_TYPE], "image/svg+xml");
    let mut eve = Window::new(&test);
    eve.open("/sign_up/enter_email").await;
    eve.submit(&[("email", "eve@example.com")]).await;
    assert_eq!(newest(&test, "eve@example.com").await.app, None);
    for digest in ["0".repeat(64), "..".to_owned(), "%2e%2e%2f".to_owned()] {
        eve.send("GET", &format!("/logos/{digest}/mail"), String::new(), &[])
            .await;
        assert_eq!(eve.seen.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_new_person_signs_up_on_the_way_to_an_app_and_signs_in_again() {
    let test = TestDoor::sandbox().await.unwrap();
    let app = TestApp::public("tides").unwrap();
    test.serve(&[&app]).await.unwrap();
    let mut ana = Window::new(&test);
    assert_eq!(ana.authorize(&app, &[]).await, "sign-in");
    assert!(ana.seen.html.contains(&app.document.friendly_name));
    let secret = ana.sign_up(&test, ANA).await;
    assert!(ana.session().is_none());
    let code = code_now(&test, &secret);
    assert_eq!(ana.submit(&[("code", &code)]).await, "consent");
    assert!(ana.session().is_some());
    assert!(ana.seen.html.contains(ANA), "consent shows the values");
    let policy = ana.policy();
    assert!(!policy.contains("script-src"), "no script where none is");
    assert!(
        policy.contains("form-action 'self' http://localhost:9"),
        "{policy}"
    );
    ana.submit(&[]).await;
    assert_eq!(ana.seen.status, StatusCode::SEE_OTHER);
    let back = ana.seen.location().to_owned();
    assert!(
        back.starts_with(app.redirect_uri()) && back.contains("code="),
        "{back}"
    );
    assert!(back.contains(&format!("state={STATE}")), "{back}");
    assert_eq!(ana.open("/account").await, "account");
    assert!(ana.seen.html.contains(&app.document.friendly_name));

    // Out, and in again: the consent stands.
    assert_eq!(ana.open("/logout").await, "logout-confirm");
    let before = ana.session().cloned();
    assert_eq!(ana.submit(&[]).await, "signed-out");
    assert!(ana.session().is_none());
    ana.cookies
        .insert("durward_sandbox".to_owned(), before.unwrap());
    assert_eq!(ana.open("/account").await, "sign-in", "the session is over");
    test.advance(30);
    assert_eq!(ana.authorize(&app, &[]).await, "sign-in");
    assert_eq!(ana.submit(&[("email", ANA)]).await, "sign-in-password");
    let policy = ana.policy();
    assert!(policy.contains("; script-src 'self';"), "{policy}");
    assert!(ana.seen.html.contains(SHOW_PASSWORD));
    assert_eq!(ana.submit(&[("password", PASSWORD)]).await, "second-factor");
    let code = code_now(&test, &secret);
    ana.submit(&[("code", &code)]).await;
    assert!(
        ana.seen.location().starts_with(app.redirect_uri()),
        "{} {}",
        ana.seen.status,
        ana.seen.location()
    );
    let subjects: Vec<_> = mails(&test, ANA)
        .await
        .into_iter()
        .map(|m| m.subject)
        .collect();
    assert_eq!(subjects.len(), 2, "{subjects:?}");
}

#[tokio::test]
async fn a_link_opened_elsewhere_confirms_there_and_goes_on_here() {
    let test = TestDoor::sandbox().await.unwrap();
    let (mut desk, mut phone) = (Window::new(&test), Window::new(&test));
    desk.open("/sign_up/enter_email").await;
    desk.submit(&[("email", ANA)]).await;
    let link = newest(&test, ANA).await.links[0].clone();
    let link = link.strip_prefix("http://localhost:8401").unwrap();
    for _ in 0..3 {
        assert_eq!(phone.open(link).await, "sign-up-confirm");
    }
    assert!(phone.seen.html.contains("id=\"elsewhere\""));
    assert_eq!(
        desk.open("/sign_up/verify_email").await,
        "sign-up-check-email",
        "looking did nothing"
    );
    assert_eq!(phone.submit(&[]).await, "link-elsewhere");
    assert_eq!(phone.open("/sign_up/create_password").await, "sign-in");
    // The person presses Continue without a code, or comes back to the page.
    assert_eq!(desk.submit(&[("code", "")]).await, "sign-up-password");
    assert_eq!(phone.open(link).await, "error", "spent");
    assert!(phone.seen.html.contains("journey/wrong-link"));
}

#[tokio::test]
async fn a_link_opened_here_goes_on_here() {
    let test = TestDoor::sandbox().await.unwrap();
    let mut ana = Window::new(&test);
    ana.open("/sign_up/enter_email").await;
    ana.submit(&[("email", ANA)]).await;
    let link = newest(&test, ANA).await.links[0].clone();
    let link = link.strip_prefix("http://localhost:8401").unwrap();
    assert_eq!(ana.open(link).await, "sign-up-confirm");
    assert!(!ana.seen.html.contains("id=\"elsewhere\""));
    assert_eq!(ana.submit(&[]).await, "sign-up-password");
}

/// What a stranger sees of a page: without what is drawn anew for each visit.
fn without_chance(window: &Window, email: &str) -> String {
    let mut text = window.seen.html.replace(email, "EMAIL");
    if let Some(token) = hidden(&text, "csrf_token") {
        text = text.replace(&token, "TOKEN");
    }
    let (before, rest) = text.split_once("id=\"request_id\">").unwrap();
    let (_, after) = rest.split_once('<').unwrap();
    format!("{} {before}{after}", window.seen.status)
}

#[tokio::test]
async fn pages_tell_a_stranger_nothing_about_an_address() {
    let test = TestDoor::sandbox().await.unwrap();
    made(&test, ANA).await;
    let mut pages = Vec::new();
    for email in [ANA, "nobody@example.com"] {
        let mut window = Window::new(&test);
        let mut seen = Vec::new();
        window.open("/sign_up/enter_email").await;
        window.submit(&[("email", email)]).await;
        seen.push(without_chance(&window, email));
        window.submit(&[("resend", "1")]).await;
        seen.push(without_chance(&window, email));
        window.open("/").await;
        window.submit(&[("email", email)]).await;
        seen.push(without_chance(&window, email));
        window.submit(&[("password", "wrong horse")]).await;
        seen.push(without_chance(&window, email));
        pages.push(seen);
    }
    assert_eq!(pages[0], pages[1]);
    assert!(pages[0][3].contains("The email address or the password is wrong."));
}

#[tokio::test]
async fn what_was_typed_stays_and_secrets_do_not() {
    let test = TestDoor::sandbox().await.unwrap();
    let mut window = Window::new(&test);
    window.open("/").await;
    assert_eq!(window.submit(&[("email", "ana.reyes")]).await, "sign-in");
    assert_eq!(window.seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(window.seen.html.contains("value=\"ana.reyes\""));
    assert!(window.seen.html.contains("id=\"email_error\""));
    window.submit(&[("email", ANA)]).await;
    window.submit(&[("password", "wrong horse")]).await;
    assert_eq!(window.seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!window.seen.html.contains("wrong horse"));

    window.open("/sign_up/enter_email").await;
    window.submit(&[("email", ANA)]).await;
    let code = newest(&test, ANA).await.codes[0].clone();
    window.submit(&[("code", &code)]).await;
    assert_eq!(
        window.submit(&[("password", "ana.reyes1")]).await,
        "sign-up-password"
    );
    assert!(window.seen.html.contains("mostly your email address"));
    assert!(!window.seen.html.contains("ana.reyes1"));
}

#[tokio::test]
async fn too_many_codes_show_until_when() {
    let test = TestDoor::sandbox().await.unwrap();
    let secret = made(&test, ANA).await;
    let mut thief = Window::new(&test);
    thief.open("/").await;
    thief.submit(&[("email", ANA)]).await;
    thief.submit(&[("password", PASSWORD)]).await;
    let wrong = format!(
        "{:06}",
        (code_now(&test, &secret).parse::<u32>().unwrap() + 3) % 1_000_000
    );
    for _ in 0..10 {
        assert_eq!(thief.submit(&[("code", &wrong)]).await, "second-factor");
        thief.open("/login/two_factor/authenticator").await;
    }
    let right = code_now(&test, &secret);
    assert_eq!(thief.submit(&[("code", &right)]).await, "locked");
    assert_eq!(thief.seen.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(thief.seen.headers.contains_key("retry-after"));
    assert!(thief.seen.html.contains("That is in 10 min."));
    assert!(thief.session().is_none());
}

#[tokio::test]
async fn declining_to_share_goes_back_to_the_app() {
    let test = TestDoor::sandbox().await.unwrap();
    let app = TestApp::public("tides").unwrap();
    test.serve(&[&app]).await.unwrap();
    let secret = made(&test, ANA).await;
    let mut ana = Window::new(&test);
    ana.authorize(&app, &[]).await;
    ana.submit(&[("email", ANA)]).await;
    ana.submit(&[("password", PASSWORD)]).await;
    let code = code_now(&test, &secret);
    assert_eq!(ana.submit(&[("code", &code)]).await, "consent");
    ana.submit(&[("cancel", "1")]).await;
    let back = ana.seen.location();
    assert!(
        back.starts_with(app.redirect_uri()) && back.contains("error=access_denied"),
        "{back}"
    );
    assert_eq!(ana.open("/sign_up/completed").await, "account");
}

#[tokio::test]
async fn a_service_that_wants_a_fresh_sign_in_gets_one() {
    let test = TestDoor::sandbox().await.unwrap();
    let app = TestApp::public("tides").unwrap();
    test.serve(&[&app]).await.unwrap();
    let secret = made(&test, ANA).await;
    let mut ana = Window::new(&test);
    ana.open("/").await;
    ana.submit(&[("email", ANA)]).await;
    ana.submit(&[("password", PASSWORD)]).await;
    let code = code_now(&test, &secret);
    assert_eq!(ana.submit(&[("code", &code)]).await, "account");
    assert_eq!(
        ana.authorize(&app, &[]).await,
        "consent",
        "no second sign-in"
    );
    test.advance(60);
    assert_eq!(ana.authorize(&app, &[("prompt", "login")]).await, "sign-in");
    ana.submit(&[("email", ANA)]).await;
    ana.submit(&[("password", PASSWORD)]).await;
    let before = ana.session().cloned();
    let code = code_now(&test, &secret);
    assert_eq!(ana.submit(&[("code", &code)]).await, "consent");
    assert_ne!(ana.session().cloned(), before, "a new cookie");
}

#[tokio::test]
async fn forms_need_their_token() {
    let test = TestDoor::sandbox().await.unwrap();
    let mut window = Window::new(&test);
    window.open("/").await;
    window
        .send("POST", "/", "email=ana%40example.com".to_owned(), &[])
        .await;
    assert_eq!(window.seen.status, StatusCode::FORBIDDEN);
    for row in super::ROUTES.iter().filter(|row| row.method == "POST") {
        let mut stranger = Window::new(&test);
        stranger.send("POST", row.path, String::new(), &[]).await;
        assert_eq!(stranger.seen.status, StatusCode::FORBIDDEN, "{}", row.path);
    }
}

#[tokio::test]
async fn a_session_that_was_planted_before_is_not_the_one_after_a_sign_in() {
    let test = TestDoor::sandbox().await.unwrap();
    let secret = made(&test, ANA).await;
    let mut attacker = Window::new(&test);
    attacker.open("/").await;
    // What the attacker has from the same pages is planted in the browser of Ana, and a guess for the session.
    let mut ana = Window::new(&test);
    ana.cookies.clone_from(&attacker.cookies);
    ana.cookies
        .insert("durward_sandbox".to_owned(), "planted".to_owned());
    ana.open("/").await;
    ana.submit(&[("email", ANA)]).await;
    ana.submit(&[("password", PASSWORD)]).await;
    test.advance(30);
    let code = code_now(&test, &secret);
    assert_eq!(ana.submit(&[("code", &code)]).await, "account");
    let session = ana.session().cloned().unwrap();
    assert_ne!(session, "planted");
    for cookies in [
        attacker.cookies.clone(),
        [("durward_sandbox".to_owned(), "planted".to_owned())].into(),
    ] {
        attacker.cookies = cookies;
        assert_ne!(attacker.open("/account").await, "account");
    }
}

#[tokio::test]
async fn pages_out_of_order_lead_to_the_step_that_is_due() {
    let test = TestDoor::sandbox().await.unwrap();
    let mut window = Window::new(&test);
    for path in [
        "/sign_in/password",
        "/login/two_factor/authenticator",
        "/sign_up/verify_email",
        "/sign_up/create_password",
        "/authentication_methods_setup",
        "/authenticator_setup",
        "/sign_up/completed",
        "/account",
    ] {
        assert_eq!(window.open(path).await, "sign-in", "{path}");
    }
    window.submit(&[("email", ANA)]).await;
    assert_eq!(
        window.open("/authenticator_setup").await,
        "sign-in-password"
    );
}

#[tokio::test]
async fn mail_comes_in_the_language_of_the_pages() {
    let test = TestDoor::sandbox().await.unwrap();
    for (tag, subject) in [
        ("en", "Confirm your email"),
        ("es", "Confirme su correo"),
        ("fr", "Confirmez votre adresse"),
        ("zh", "请确认您在"),
    ] {
        let mut window = Window::new(&test);
        window
            .open(&format!("/sign_up/enter_email?locale={tag}"))
            .await;
        window.at = "/sign_up/enter_email".to_owned();
        let email = format!("{tag}@example.com");
        window.submit(&[("email", &email)]).await;
        let mail = newest(&test, &email).await;
        assert!(mail.subject.starts_with(subject), "{}", mail.subject);
        assert!(mail.text.contains(&mail.codes[0]) && mail.text.contains(&mail.links[0]));
        assert!(!mail.text.contains('{'), "{}", mail.text);
    }
}

#[tokio::test]
async fn the_inbox_is_a_page_in_the_demo_and_json_for_a_token() {
    let test = TestDoor::sandbox().await.unwrap();
    let mut window = Window::new(&test);
    window.open("/sign_up/enter_email").await;
    window.submit(&[("email", ANA)]).await;
    let code = newest(&test, ANA).await.codes[0].clone();
    assert_eq!(window.open("/test/inbox").await, "test-inbox");
    assert!(window.seen.html.contains(&code));
    assert_eq!(
        window.open("/test/inbox?to=bo%40example.com").await,
        "test-inbox"
    );
    assert!(!window.seen.html.contains(&code));
    let path = "/test/inbox?to=Ana.Reyes%40example.com&wait=1";
    let json = ("accept", "application/json");
    window.send("GET", path, String::new(), &[json]).await;
    assert_eq!(window.seen.status, StatusCode::UNAUTHORIZED);
    let bearer = format!("Bearer {AUTOMATION_TOKEN}");
    let token = ("authorization", bearer.as_str());
    window
        .send("GET", path, String::new(), &[json, token])
        .await;
    let list: serde_json::Value = serde_json::from_str(&window.seen.html).unwrap();
    assert_eq!(list["items"][0]["codes"][0], code.as_str());
    assert_eq!(list["items"][0]["kind"], "mail");
}

#[tokio::test]
async fn a_live_class_has_no_inbox() {
    let smtp = durward_app::ports::mail::Smtp::new("smtp://127.0.0.1:9", "a@example.gov").unwrap();
    let test = TestDoor::open(
        durward_domain::environment::EnvironmentName::Production,
        "http://localhost:8401",
        durward_app::ports::mail::Post::Smtp(smtp),
    )
    .await
    .unwrap();
    let mut window = Window::new(&test);
    window.send("GET", "/test/inbox", String::new(), &[]).await;
    assert_eq!(window.seen.status, StatusCode::NOT_FOUND);
    assert_eq!(window.open("/").await, "sign-in");
}

#[tokio::test]
async fn an_account_without_a_second_factor_is_led_to_set_one_up() {
    let test = TestDoor::sandbox().await.unwrap();
    let new = NewPerson {
        email: EmailAddress::parse(ANA).unwrap(),
        password: PASSWORD.to_owned(),
        totp: None,
        language: "en".to_owned(),
        verified: None,
        persona_of: None,
    };
    people::create(&test.door, new, &Actor::Automation, None, None)
        .await
        .unwrap();
    let mut ana = Window::new(&test);
    ana.open("/").await;
    ana.submit(&[("email", ANA)]).await;
    assert_eq!(ana.submit(&[("password", PASSWORD)]).await, "totp-setup");
    let (_, rest) = ana.seen.html.split_once("id=\"totp-key\">").unwrap();
    let secret = TotpSecret::from_base32(rest.split('<').next().unwrap()).unwrap();
    let code = code_now(&test, &secret);
    assert_eq!(ana.submit(&[("code", &code)]).await, "account");
}
