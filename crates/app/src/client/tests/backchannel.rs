//! Apps hear that a session ended: which, when, by what token, and how often it is tried.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use durward_accounts::authenticator::method::Methods;
use durward_domain::application::KeyManagement;
use durward_domain::event::Event;
use durward_store::audit;

use super::trail::{kept, outline};
use super::*;
use crate::actor::Actor;
use crate::citizen::people;
use crate::citizen::session::{NewSession, Opening};
use crate::jobs::door_logouts::{PAUSES, deliver_due, end_expired};
use crate::testing::server::{TestServer, answers};

/// A program of apps that is told, and takes it or not.
pub(super) struct Told {
    server: TestServer,
    pub(super) heard: Arc<Mutex<Vec<(String, String)>>>,
    works: Arc<AtomicBool>,
}

impl Told {
    pub(super) async fn start() -> Self {
        let heard: Arc<Mutex<Vec<(String, String)>>> = Arc::default();
        let works = Arc::new(AtomicBool::new(true));
        let (into, up) = (Arc::clone(&heard), Arc::clone(&works));
        let server = TestServer::plain(move |head, body| {
            assert!(head.starts_with("POST /"), "{head}");
            assert!(head.contains("application/x-www-form-urlencoded"), "{head}");
            if !up.load(Ordering::SeqCst) {
                return answers("503 Busy", "", "later");
            }
            let path = head.split(' ').nth(1).unwrap().to_owned();
            into.lock().unwrap().push((path, body.to_owned()));
            answers("200 OK", "cache-control: no-store\r\n", "")
        })
        .await;
        Self {
            server,
            heard,
            works,
        }
    }

    pub(super) fn app(&self, name: &str, algorithm: Algorithm) -> TestApp {
        let mut app = TestApp::private_key_jwt(name, algorithm).unwrap();
        app.document.oidc.as_mut().unwrap().backchannel_logout_uri =
            Some(format!("{}/{name}", self.server.url("localhost")));
        app
    }

    /// The paths that were called, in order of their names.
    pub(super) fn paths(&self) -> Vec<String> {
        let mut paths: Vec<_> = self
            .heard
            .lock()
            .unwrap()
            .iter()
            .map(|one| one.0.clone())
            .collect();
        paths.sort();
        paths
    }

    /// The token that was posted to a path.
    fn token(&self, path: &str) -> jws::Unverified {
        jws::Unverified::parse(&self.posted(path), 9_999).unwrap()
    }

    fn posted(&self, path: &str) -> String {
        let heard = self.heard.lock().unwrap();
        let (_, body) = heard.iter().find(|one| one.0 == path).unwrap();
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(body.as_bytes())
            .into_owned()
            .collect();
        assert_eq!(pairs.len(), 1, "{body}");
        assert_eq!(pairs[0].0, "logout_token");
        pairs[0].1.clone()
    }
}

/// Signs in at an app; the claims of its ID token and the access token.
async fn used(test: &TestDoor, app: &TestApp, browser: &Browser) -> (Value, String) {
    let code = code(test, app, browser).await;
    let answer = redeem(test, &app.form(test, &code, &[]))
        .await
        .ok()
        .unwrap();
    (claims(&answer), answer.access_token().to_owned())
}

#[tokio::test]
async fn every_app_of_the_session_hears_its_end_by_a_token_of_its_own() {
    for test in doors().await {
        let told = Told::start().await;
        let (ferry, dock) = (
            told.app("ferry", Algorithm::ES256),
            told.app("dock", Algorithm::PS256),
        );
        let (deaf, unused, unredeemed) = (
            es256("deaf"),
            told.app("unused", Algorithm::ES256),
            told.app("unredeemed", Algorithm::ES256),
        );
        let apps = [&ferry, &dock, &deaf, &unused, &unredeemed];
        test.serve(&apps).await.unwrap();
        let (_, browser) = test.sign_in(&apps).await.unwrap();
        let (_, elsewhere) = test.sign_in(&apps).await.unwrap();
        used(&test, &ferry, &elsewhere).await;
        let (known, _) = used(&test, &ferry, &browser).await;
        used(&test, &ferry, &browser).await;
        let (other, _) = used(&test, &dock, &browser).await;
        used(&test, &deaf, &browser).await;
        code(&test, &unredeemed, &browser).await;
        assert_eq!(deliver_due(&test.door).await.unwrap(), 0);
        assert!(session::end(&test.door, &browser, &trace()).await.unwrap());
        assert_eq!(deliver_due(&test.door).await.unwrap(), 2);
        assert_eq!(deliver_due(&test.door).await.unwrap(), 0);
        assert_eq!(told.paths(), ["/dock", "/ferry"]);
        for (path, algorithm, known) in [
            ("/ferry", Algorithm::ES256, &known),
            ("/dock", Algorithm::PS256, &other),
        ] {
            let token = told.token(path);
            // Back-Channel Logout 1.0 §2.4
            assert_eq!(token.header.typ.as_deref(), Some("logout+jwt"));
            let ring = test.door.keys.load_full();
            let key = ring.current(algorithm).unwrap();
            assert_eq!(token.header.kid.as_deref(), Some(key.kid()));
            let claims = token.verify(key.public(), &[algorithm]).unwrap();
            for same in ["iss", "sub", "aud", "sid"] {
                assert_eq!(claims[same], known[same], "{same}");
            }
            assert!(claims.get("nonce").is_none());
            assert_eq!(
                claims["events"],
                json!({ "http://schemas.openid.net/event/backchannel-logout": {} })
            );
        }
        let (rows, _) = kept(&test).await;
        let ours: Vec<_> = outline(&rows)
            .into_iter()
            .filter(|line| line.starts_with("backchannel"))
            .collect();
        assert_eq!(ours, ["backchannel ok - 200", "backchannel ok - 200"]);
    }
}

#[tokio::test]
async fn what_an_app_does_not_take_is_tried_again_ever_more_slowly_and_given_up() {
    let told = Told::start().await;
    let app = told.app("ferry", Algorithm::ES256);
    for later in [true, false] {
        let (test, browser) = sandbox(&app).await;
        told.works.store(false, Ordering::SeqCst);
        used(&test, &app, &browser).await;
        session::end(&test.door, &browser, &trace()).await.unwrap();
        for (turn, pause) in PAUSES.iter().enumerate() {
            assert_eq!(deliver_due(&test.door).await.unwrap(), 1, "try {turn}");
            assert_eq!(deliver_due(&test.door).await.unwrap(), 0, "too soon");
            test.advance(pause + 1);
        }
        told.works.store(later, Ordering::SeqCst);
        assert_eq!(deliver_due(&test.door).await.unwrap(), 1);
        test.advance(86_400);
        assert_eq!(deliver_due(&test.door).await.unwrap(), 0);
        let (rows, _) = kept(&test).await;
        let tries: Vec<_> = rows.iter().filter_map(|row| row.1.tried).collect();
        let numbers: Vec<i64> = tries.iter().map(|tried| tried.number).collect();
        assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7]);
        let nexts = tries.iter().filter(|tried| tried.next.is_some()).count();
        assert_eq!(nexts, PAUSES.len(), "after the last there is no next");
        let last = rows.last().unwrap();
        let all = outline(&rows);
        assert_eq!(
            all.iter()
                .filter(|line| *line == "backchannel refused backchannel/answered 503")
                .count(),
            PAUSES.len() + usize::from(!later)
        );
        assert_eq!(last.0.outcome, if later { "ok" } else { "refused" });
        assert_eq!(last.0.request_id, trace().request_id);
        let untold = test
            .door
            .store
            .read(|c| audit::about(c, "urn:gov:test:sso:ferry", 100))
            .await
            .unwrap()
            .into_iter()
            .filter(|entry| entry.event == Event::LogoutUntold.id())
            .count();
        assert_eq!(untold, usize::from(!later));
        if !later {
            assert!(
                last.1
                    .sentence
                    .as_deref()
                    .unwrap()
                    .contains("given up after 7 tries"),
                "{:?}",
                last.1
            );
        }
    }
}

#[tokio::test]
async fn a_logout_token_is_encrypted_where_the_id_token_is() {
    let told = Told::start().await;
    let uri = format!("{}/sealed", told.server.url("localhost"));
    let mut reader = super::encrypted::reader("sealed", KeyManagement::EcdhEs, |app| {
        let oidc = app.document.oidc.as_mut().unwrap();
        oidc.id_token_encrypted_response_alg = Some(KeyManagement::EcdhEs);
        oidc.backchannel_logout_uri = Some(uri);
    });
    let (test, browser) = sandbox(&reader.app).await;
    let code = code(&test, &reader.app, &browser).await;
    redeem(&test, &reader.app.form(&test, &code, &[]))
        .await
        .unwrap();
    session::end(&test.door, &browser, &trace()).await.unwrap();
    assert_eq!(deliver_due(&test.door).await.unwrap(), 1);
    let (inner, cty) = reader.open(&told.posted("/sealed"));
    assert_eq!(cty.as_deref(), Some("JWT"));
    let inner = jws::Unverified::parse(&inner, 9_999).unwrap();
    assert_eq!(inner.header.typ.as_deref(), Some("logout+jwt"));
    // Without the key nothing is sent.
    let (_, browser) = test.sign_in(&[&reader.app]).await.unwrap();
    let code = super::code(&test, &reader.app, &browser).await;
    redeem(&test, &reader.app.form(&test, &code, &[]))
        .await
        .unwrap();
    session::end(&test.door, &browser, &trace()).await.unwrap();
    reader.app.document.keys.pop();
    test.serve(&[&reader.app]).await.unwrap();
    assert_eq!(deliver_due(&test.door).await.unwrap(), 1);
    assert_eq!(told.paths().len(), 1);
    let (rows, _) = kept(&test).await;
    assert_eq!(
        outline(&rows).last().unwrap(),
        "backchannel refused backchannel/no-encryption-key 0"
    );
}

#[tokio::test]
async fn nobody_is_called_whom_the_environment_must_not_call() {
    let mut app = es256("inside");
    app.document.oidc.as_mut().unwrap().backchannel_logout_uri =
        Some("http://10.0.0.1/out".to_owned());
    let (test, browser) = sandbox(&app).await;
    used(&test, &app, &browser).await;
    session::end(&test.door, &browser, &trace()).await.unwrap();
    assert_eq!(deliver_due(&test.door).await.unwrap(), 1);
    let (rows, _) = kept(&test).await;
    assert_eq!(
        outline(&rows).last().unwrap(),
        "backchannel refused backchannel/unreached 0"
    );
}

#[tokio::test]
async fn every_end_of_a_session_is_told() {
    let told = Told::start().await;
    let app = told.app("ferry", Algorithm::ES256);
    let (test, first) = sandbox(&app).await;
    let tries = async || deliver_due(&test.door).await.unwrap();
    // The account is deleted.
    let (person, browser) = test.sign_in(&[&app]).await.unwrap();
    used(&test, &app, &browser).await;
    let id = durward_accounts::person::PersonId::parse(&person.id).unwrap();
    let by = Actor::System("test");
    assert!(
        people::delete(&test.door, id, &by, Event::PersonDeleted, None)
            .await
            .unwrap()
    );
    assert_eq!(tries().await, 1);
    // Somebody else signs in in the same browser.
    used(&test, &app, &first).await;
    let (other, _) = test.sign_in(&[&app]).await.unwrap();
    let mut browser = replaced(&test, &first, &other.id).await;
    assert_eq!(tries().await, 1);
    // The same person again, twice: told when the last session ends, of all three.
    for _ in 0..2 {
        used(&test, &app, &browser).await;
        browser = replaced(&test, &browser, &other.id).await;
        assert_eq!(tries().await, 0);
    }
    used(&test, &app, &browser).await;
    session::end(&test.door, &browser, &trace()).await.unwrap();
    assert_eq!(tries().await, 3);
    // The session has reached its greatest age; one that is only unused is not told.
    let (_, browser) = test.sign_in(&[&app]).await.unwrap();
    used(&test, &app, &browser).await;
    test.advance(i64::from(test.door.programme.sessions.idle_seconds) + 1);
    end_expired(&test.door).await.unwrap();
    assert_eq!(tries().await, 0);
    test.advance(i64::from(test.door.programme.sessions.absolute_seconds));
    end_expired(&test.door).await.unwrap();
    assert_eq!(tries().await, 1);
    end_expired(&test.door).await.unwrap();
    assert_eq!(tries().await, 0);
}

/// A new session of a person takes the place of this browser's.
async fn replaced(test: &TestDoor, browser: &Browser, person: &str) -> Browser {
    let now = test.door.clock.now();
    let opening = Opening {
        person_id: durward_accounts::person::PersonId::parse(person).unwrap(),
        aal: durward_domain::level::Aal::Aal2,
        methods: Methods::usual(durward_domain::level::Aal::Aal2),
        amr: ["pwd", "otp", "mfa"].map(str::to_owned).into(),
        at: now,
    };
    let session = NewSession::prepare(&test.door, &opening);
    let token = session.token.clone();
    let (door, older) = (Arc::clone(&test.door), session::hashes(&test.door, browser));
    test.door
        .store
        .write(move |c| session.start(c, &door, &older, &trace()))
        .await
        .unwrap();
    Browser {
        session: Some(token),
        ..browser.clone()
    }
}

#[tokio::test]
async fn an_app_that_left_or_listens_no_more_is_not_called() {
    let told = Told::start().await;
    let mut app = told.app("ferry", Algorithm::ES256);
    let (test, browser) = sandbox(&app).await;
    used(&test, &app, &browser).await;
    session::end(&test.door, &browser, &trace()).await.unwrap();
    app.document.oidc.as_mut().unwrap().backchannel_logout_uri = None;
    test.serve(&[&app]).await.unwrap();
    assert_eq!(deliver_due(&test.door).await.unwrap(), 1);
    assert!(told.paths().is_empty());
    test.advance(86_400);
    assert_eq!(deliver_due(&test.door).await.unwrap(), 0);
}
