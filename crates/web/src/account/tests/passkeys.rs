//! Passkeys and security keys on the pages, and answers that are stolen, changed or sent again.

use durward_app::testing::keys::SoftKey;
use serde_json::Value;

use super::*;
use crate::shared::PASSKEY;

/// What the page asks the browser.
fn options(html: &str) -> Value {
    let (_, rest) = html.split_once("data-options=\"").unwrap();
    let text = rest.split('"').next().unwrap();
    let plain = text.replace("&#34;", "\"").replace("&quot;", "\"");
    serde_json::from_str(&plain).unwrap()
}

impl Window {
    /// Signs in with password and code, up to the account.
    async fn signs_in(&mut self, test: &TestDoor, email: &str, secret: &TotpSecret) {
        self.open("/").await;
        self.submit(&[("email", email)]).await;
        self.submit(&[("password", PASSWORD)]).await;
        let code = code_now(test, secret);
        assert_eq!(self.submit(&[("code", &code)]).await, "account");
    }

    async fn adds_key(&mut self, test: &TestDoor, name: &str) -> SoftKey {
        assert_eq!(self.open("/webauthn_setup").await, "webauthn-setup");
        assert!(
            self.seen.html.contains("id=\"name\" value=\"\""),
            "no name yet"
        );
        let mut key = SoftKey::new(&test.door.issuer).unwrap();
        let answer = key.create(&options(&self.seen.html)).unwrap().to_string();
        let page = self
            .submit(&[("name", name), ("credential", &answer)])
            .await;
        assert_eq!(page, "account");
        key
    }

    /// What the sign-in page's script asks for.
    async fn asked(&mut self) -> Value {
        self.open("/").await;
        let token = hidden(&self.seen.html, "csrf_token").unwrap();
        let body = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("csrf_token", &token)
            .finish();
        self.send("POST", "/sign_in/passkey/options", body, &[])
            .await;
        assert_eq!(self.seen.status, StatusCode::OK, "{}", self.seen.html);
        let asked = serde_json::from_str(&self.seen.html).unwrap();
        self.open("/").await;
        asked
    }

    /// Sends a key's answer from the page that is open.
    async fn answers(&mut self, path: &str, answer: &Value) -> &str {
        self.at = path.to_owned();
        self.submit(&[("credential", &answer.to_string())]).await
    }

    fn says(&self, words: &str) {
        assert_eq!(self.seen.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(self.seen.html.contains(words), "{}", self.seen.html);
    }
}

const ALONE: &str = "/sign_in/passkey";

/// Ana with a passkey, signed out.
async fn ana() -> (TestDoor, Window, SoftKey) {
    let test = TestDoor::sandbox().await.unwrap();
    let secret = made(&test, ANA).await;
    let mut ana = Window::new(&test);
    ana.signs_in(&test, ANA, &secret).await;
    let key = ana.adds_key(&test, "My phone").await;
    assert!(ana.seen.html.contains("My phone"));
    ana.open("/logout").await;
    ana.submit(&[]).await;
    assert!(ana.session().is_none());
    (test, ana, key)
}

#[tokio::test]
async fn a_passkey_signs_in_with_nothing_else() {
    let (_test, mut ana, mut key) = ana().await;
    let asked = ana.asked().await;
    assert!(
        ana.policy()
            .contains("script-src 'self'; connect-src 'self';")
    );
    assert!(ana.seen.html.contains(PASSKEY));
    assert!(ana.seen.html.contains("autocomplete=\"username webauthn\""));
    assert_eq!(asked["userVerification"], "required");
    let answer = key.answer(&asked).unwrap();
    assert_eq!(ana.answers(ALONE, &answer).await, "account");
    assert!(ana.session().is_some());
}

#[tokio::test]
async fn after_the_password_the_passkey_is_offered_first() {
    let (_test, mut ana, mut key) = ana().await;
    ana.open("/").await;
    ana.submit(&[("email", ANA)]).await;
    assert_eq!(ana.submit(&[("password", PASSWORD)]).await, "webauthn");
    assert!(
        ana.seen
            .html
            .contains("href=\"/login/two_factor/authenticator\"")
    );
    assert!(!ana.policy().contains("connect-src"));
    let answer = key.answer(&options(&ana.seen.html)).unwrap();
    ana.submit(&[("credential", &answer.to_string())]).await;
    assert_eq!(ana.seen.page(), "account");
}

#[tokio::test]
async fn an_answer_counts_once_and_in_the_browser_that_was_asked() {
    let (test, mut ana, mut key) = ana().await;
    let asked = ana.asked().await;
    let answer = key.answer(&asked).unwrap();
    let mut thief = Window::new(&test);
    thief.asked().await;
    assert_eq!(thief.answers(ALONE, &answer).await, "sign-in");
    thief.says("no longer open");
    let mut nobody = Window::new(&test);
    nobody.open("/").await;
    assert_eq!(nobody.answers(ALONE, &answer).await, "sign-in");
    nobody.says("no longer open");

    assert_eq!(ana.answers(ALONE, &answer).await, "account");
    ana.open("/logout").await;
    ana.submit(&[]).await;
    ana.open("/").await;
    assert_eq!(ana.answers(ALONE, &answer).await, "sign-in");
    ana.says("no longer open");

    // A question is good for five minutes.
    let asked = ana.asked().await;
    let answer = key.answer(&asked).unwrap();
    test.advance(301);
    ana.open("/").await;
    assert_eq!(ana.answers(ALONE, &answer).await, "sign-in");
    ana.says("no longer open");
    assert!(ana.session().is_none() && thief.session().is_none());
}

#[tokio::test]
async fn a_key_of_somebody_else_proves_nothing() {
    let (test, mut ana, _) = ana().await;
    let secret = made(&test, "ben@example.com").await;
    let mut ben = Window::new(&test);
    ben.signs_in(&test, "ben@example.com", &secret).await;
    let mut bens = ben.adds_key(&test, "").await;
    ana.open("/").await;
    ana.submit(&[("email", ANA)]).await;
    ana.submit(&[("password", PASSWORD)]).await;
    let answer = bens.answer(&options(&ana.seen.html)).unwrap();
    ana.submit(&[("credential", &answer.to_string())]).await;
    assert_eq!(ana.seen.page(), "webauthn");
    ana.says("We do not know this passkey");

    // Nor does a key that nobody added, or one that says another name than its own.
    let asked = ana.asked().await;
    let mut strange = SoftKey::new(&test.door.issuer).unwrap();
    strange.handle = bens.handle.clone();
    let answer = strange.answer(&asked).unwrap();
    assert_eq!(ana.answers(ALONE, &answer).await, "sign-in");
    ana.says("We do not know this passkey");
    bens.handle = vec![7; 16];
    let answer = bens.answer(&asked).unwrap();
    ana.answers(ALONE, &answer).await;
    ana.says("We do not know this passkey");
    assert!(ana.session().is_none());
}

#[tokio::test]
async fn what_is_changed_on_its_way_is_refused() {
    let (_test, mut ana, mut key) = ana().await;
    let asked = ana.asked().await;
    let good = key.answer(&asked).unwrap();
    let client = |change: &dyn Fn(&mut Value)| {
        use base64::Engine as _;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD;
        let text = good["response"]["clientDataJSON"].as_str().unwrap();
        let mut said: Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap();
        change(&mut said);
        let mut changed = good.clone();
        changed["response"]["clientDataJSON"] = URL_SAFE_NO_PAD.encode(said.to_string()).into();
        changed
    };
    let other_site = client(&|said| said["origin"] = "https://evil.example".into());
    ana.answers(ALONE, &other_site).await;
    ana.says("another site");
    let framed = client(&|said| said["crossOrigin"] = true.into());
    ana.answers(ALONE, &framed).await;
    ana.says("another site");
    let more = client(&|said| said["more"] = 1.into());
    ana.answers(ALONE, &more).await;
    ana.says("is not right");
    let created = client(&|said| said["type"] = "webauthn.create".into());
    ana.answers(ALONE, &created).await;
    ana.says("is not right");
    for text in ["", "{}", "[]", "not json"] {
        ana.at = ALONE.to_owned();
        ana.submit(&[("credential", text)]).await;
        ana.says("sent no answer");
    }
    assert!(ana.session().is_none());
}

#[tokio::test]
async fn a_key_that_stands_alone_checks_its_owner_and_is_no_copy() {
    let (_test, mut ana, mut key) = ana().await;
    let asked = ana.asked().await;
    key.verifies = false;
    let answer = key.answer(&asked).unwrap();
    ana.answers(ALONE, &answer).await;
    ana.says("did not check that it is you");
    key.verifies = true;
    key.counter = 50;
    let answer = key.answer(&asked).unwrap();
    assert_eq!(ana.answers(ALONE, &answer).await, "account");
    ana.open("/logout").await;
    ana.submit(&[]).await;
    let asked = ana.asked().await;
    key.counter = 20;
    let answer = key.answer(&asked).unwrap();
    ana.answers(ALONE, &answer).await;
    ana.says("may have been copied");
    assert!(ana.session().is_none());
}

#[tokio::test]
async fn methods_are_named_and_removed_after_a_fresh_proof_and_never_the_last() {
    let (test, mut ana, mut key) = ana().await;
    let asked = ana.asked().await;
    let answer = key.answer(&asked).unwrap();
    ana.answers(ALONE, &answer).await;
    let mut links: Vec<String> = ana
        .seen
        .html
        .split("href=\"/account/methods/")
        .skip(1)
        .map(|rest| format!("/account/methods/{}", rest.split('"').next().unwrap()))
        .collect();
    assert_eq!(links.len(), 2);
    let (app, phone) = (links.remove(0), links.remove(0));
    assert_eq!(ana.open(&app).await, "method");
    assert_eq!(ana.submit(&[("name", "MY PHONE")]).await, "method");
    ana.says("has this name");
    assert_eq!(ana.submit(&[("name", &"x".repeat(81))]).await, "method");
    ana.says("too long");
    assert_eq!(ana.submit(&[("name", "At home")]).await, "account");
    assert!(ana.seen.html.contains("At home"));

    // Ben neither sees nor removes what is Ana's.
    let secret = made(&test, "ben@example.com").await;
    let mut ben = Window::new(&test);
    ben.signs_in(&test, "ben@example.com", &secret).await;
    assert_eq!(ben.open(&app).await, "account");
    let page = format!("{app}/remove");
    ben.at.clone_from(&page);
    ben.submit(&[]).await;
    assert_eq!(ben.seen.page(), "account");

    // After a quarter of an hour a second factor is asked for again.
    test.advance(16 * 60 / 2);
    ana.open("/account").await;
    test.advance(16 * 60 / 2);
    assert_eq!(ana.open(&page).await, "webauthn");
    let answer = key.answer(&options(&ana.seen.html)).unwrap();
    ana.submit(&[("credential", &answer.to_string())]).await;
    assert_eq!(ana.open(&page).await, "method-remove");
    assert_eq!(ana.submit(&[]).await, "account");
    assert!(!ana.seen.html.contains("At home"));
    let page = format!("{phone}/remove");
    assert_eq!(ana.open(&page).await, "method");
    ana.at = page;
    ana.submit(&[]).await;
    ana.says("This is your only method");
}

#[tokio::test]
async fn an_app_that_asks_for_it_gets_what_resists_phishing() {
    let test = TestDoor::sandbox().await.unwrap();
    let app = TestApp::public("tides").unwrap();
    test.serve(&[&app]).await.unwrap();
    let secret = made(&test, ANA).await;
    let mut ana = Window::new(&test);
    let asked = "http://idmanagement.gov/ns/assurance/aal/2?phishing_resistant=true urn:acr.login.gov:auth-only";
    assert_eq!(
        ana.authorize(&app, &[("acr_values", asked)]).await,
        "sign-in"
    );
    ana.submit(&[("email", ANA)]).await;
    ana.submit(&[("password", PASSWORD)]).await;
    // An authenticator app alone is not enough: a passkey is added on the way.
    let code = code_now(&test, &secret);
    assert_eq!(ana.submit(&[("code", &code)]).await, "webauthn-setup");
    let mut key = SoftKey::new(&test.door.issuer).unwrap();
    let answer = key.create(&options(&ana.seen.html)).unwrap().to_string();
    assert_eq!(ana.submit(&[("credential", &answer)]).await, "consent");
    ana.submit(&[]).await;
    assert!(ana.seen.location().starts_with(app.redirect_uri()));
}
