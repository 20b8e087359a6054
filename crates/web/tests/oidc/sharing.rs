//! What people share with apps: one of several addresses, chosen on the consent page; their connected services.

use serde_json::json;

use super::*;

/// A person with three addresses in one browser, with the cookies that it got.
struct Ana {
    emails: Vec<String>,
    session: String,
    flow: String,
}

impl Ana {
    async fn at(web: &Web) -> Self {
        let further = ["ana.second@example.com", "ana.third@example.com"];
        let made = web
            .api("/test/api/people", &json!({ "emails": further }))
            .await;
        assert_eq!(made.status, 201, "{}", made.text);
        let person = made.json();
        assert_eq!(person["emails"], json!(further));
        let first = person["email"].as_str().unwrap().to_owned();
        let session = web
            .api("/test/api/sessions", &json!({ "email": further[0] }))
            .await;
        Self {
            session: session.json()["cookie"].as_str().unwrap().to_owned(),
            flow: String::new(),
            emails: [vec![first], further.map(str::to_owned).to_vec()].concat(),
        }
    }

    fn cookies(&self) -> String {
        [self.session.as_str(), self.flow.as_str()]
            .iter()
            .filter(|cookie| !cookie.is_empty())
            .copied()
            .collect::<Vec<_>>()
            .join("; ")
    }

    /// Goes to the app, and on to the consent page.
    async fn asked(&mut self, web: &Web, app: &TestApp, changes: &[(&str, &str)]) -> Answer {
        let answer = web.authorize(app, changes, &self.cookies()).await;
        assert_eq!(answer.location().path(), CONSENT, "{}", answer.text);
        let flow = answer.header("set-cookie").unwrap();
        self.flow = flow.split(';').next().unwrap().to_owned();
        self.opens(web, CONSENT).await
    }

    async fn opens(&self, web: &Web, path: &str) -> Answer {
        let cookies = self.cookies();
        web.get(path, &[("cookie", &cookies), ("accept", "text/html")])
            .await
    }

    /// Sends the form of a page with these fields.
    async fn sends(&self, web: &Web, page: &Answer, path: &str, fields: &[(&str, &str)]) -> Answer {
        let hidden = ["csrf_token", "request"]
            .into_iter()
            .filter_map(|name| Some((name.to_owned(), hidden(&page.text, name)?)));
        let given = fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let body = encoded(&hidden.chain(given).collect::<Vec<_>>());
        let cookies = self.cookies();
        let headers = [("cookie", cookies.as_str()), ("accept", "text/html")];
        web.post(path, FORM, &body, &headers).await
    }
}

fn hidden(html: &str, name: &str) -> Option<String> {
    let (_, rest) = html.split_once(&format!("name=\"{name}\" id=\"{name}\" value=\""))?;
    Some(rest.split('"').next()?.to_owned())
}

/// The addresses that a page offers, and which of them is chosen.
fn offered(html: &str) -> (Vec<String>, Vec<String>) {
    let controls = html
        .split("<input ")
        .filter(|control| control.contains("name=\"shared_email\""));
    let value = |control: &str| {
        let (_, rest) = control.split_once("value=\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    let all: Vec<_> = controls.clone().map(value).collect();
    let chosen = controls
        .filter(|control| control.split('>').next().unwrap().contains(" checked"))
        .map(value);
    (all, chosen.collect())
}

async fn told(web: &Web, app: &TestApp, answer: &Answer) -> String {
    let code = answer.query("code").unwrap();
    let tokens = web.token(&app.form(&web.test, &code, &[])).await.json();
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let info = web.get(USERINFO, &[("authorization", &bearer)]).await;
    info.json()["email"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn who_has_several_addresses_chooses_on_the_consent_page() {
    let (app, all) = (es256("one"), {
        let mut app = es256("all");
        app.document
            .attributes
            .push(durward_domain::attribute::Attribute::AllEmails);
        app
    });
    let web = Web::sandbox(&[&app, &all]).await;
    let mut ana = Ana::at(&web).await;
    let page = ana.asked(&web, &app, &[]).await;
    assert_eq!(
        offered(&page.text),
        (ana.emails.clone(), vec![ana.emails[0].clone()])
    );
    let choice = [("shared_email", ana.emails[2].as_str())];
    let answer = ana.sends(&web, &page, CONSENT, &choice).await;
    assert_eq!(told(&web, &app, &answer).await, ana.emails[2]);
    // Next time the choice is remembered.
    let page = ana.asked(&web, &app, &[("prompt", "consent")]).await;
    assert_eq!(offered(&page.text).1, [ana.emails[2].clone()]);
    // An app that sees them all leaves no choice.
    let every = [("scope", "openid email all_emails")];
    let page = ana.asked(&web, &all, &every).await;
    assert_eq!(offered(&page.text).0, Vec::<String>::new());
    for email in &ana.emails {
        assert!(page.text.contains(email.as_str()), "{}", page.text);
    }
}

#[tokio::test]
async fn an_address_that_is_not_offered_is_refused_beside_the_choice() {
    let app = es256("one");
    let web = Web::sandbox(&[&app]).await;
    let mut ana = Ana::at(&web).await;
    let page = ana.asked(&web, &app, &[]).await;
    for (wrong, words) in [
        (
            "bea@example.com",
            "This address is not one of your account.",
        ),
        ("bea", "@"),
    ] {
        let answer = ana
            .sends(&web, &page, CONSENT, &[("shared_email", wrong)])
            .await;
        assert_eq!(answer.status, 422, "{}", answer.text);
        assert!(answer.text.contains("id=\"shared_email_error\""));
        assert!(answer.text.contains(words), "{}", answer.text);
        assert_eq!(offered(&answer.text).1, [ana.emails[0].clone()]);
    }
    // Without the form's token nobody agrees to anything.
    let cookies = ana.cookies();
    let request = hidden(&page.text, "request").unwrap();
    let body = encoded(&[
        ("request".to_owned(), request),
        ("shared_email".to_owned(), ana.emails[1].clone()),
    ]);
    let forged = web
        .post(CONSENT, FORM, &body, &[("cookie", &cookies)])
        .await;
    assert!(forged.status.is_client_error(), "{}", forged.status);
}

#[tokio::test]
async fn further_addresses_of_test_people_are_theirs_alone() {
    let web = Web::sandbox(&[]).await;
    let make = async |body: serde_json::Value| web.api("/test/api/people", &body).await;
    let made = make(json!({ "email": "a@example.com", "emails": ["b@example.com"] })).await;
    assert_eq!(made.status, 201);
    let many: Vec<_> = (0..12).map(|n| format!("m{n}@example.com")).collect();
    for (body, code) in [
        (
            json!({ "email": "c@example.com", "emails": ["B@example.com"] }),
            "sign-up/address-taken",
        ),
        (json!({ "email": "b@example.com" }), "sign-up/address-taken"),
        (
            json!({ "email": "c@example.com", "emails": ["C@example.com"] }),
            "automation/email-twice",
        ),
        (json!({ "emails": many }), "automation/too-many-emails"),
        (json!({ "emails": ["nobody"] }), "email/no-at-sign"),
    ] {
        let answer = make(body.clone()).await;
        assert_eq!(answer.json()["code"], code, "{body}");
    }
    // Nothing of what was refused is left.
    assert_eq!(make(json!({ "email": "c@example.com" })).await.status, 201);
    // Put back, a person has their addresses again.
    let path = format!(
        "/test/api/people/{}/reset",
        made.json()["id"].as_str().unwrap()
    );
    let reset = web.api(&path, &json!({})).await;
    assert_eq!(reset.status, 200, "{}", reset.text);
    assert_eq!(reset.json()["emails"], json!(["b@example.com"]));
    let session = json!({ "email": "b@example.com" });
    assert_eq!(web.api("/test/api/sessions", &session).await.status, 201);
}

/// Ana at the list of her services, with an app that she just signed in to.
async fn connected(web: &Web, app: &TestApp) -> (Ana, Answer, String) {
    let mut ana = Ana::at(web).await;
    let page = ana.asked(web, app, &[]).await;
    let choice = [("shared_email", ana.emails[1].as_str())];
    let answer = ana.sends(web, &page, CONSENT, &choice).await;
    let code = answer.query("code").unwrap();
    let tokens = web.token(&app.form(&web.test, &code, &[])).await.json();
    let token = tokens["access_token"].as_str().unwrap().to_owned();
    let list = ana.opens(web, SERVICES).await;
    assert_eq!(list.status, 200, "{}", list.text);
    (ana, list, token)
}

async fn info(web: &Web, token: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    web.get(USERINFO, &[("authorization", &bearer)]).await
}

fn service(list: &Answer) -> String {
    let (_, rest) = list.text.split_once("data-service=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn connected_services_tell_what_is_shared_and_the_address_is_changed() {
    let app = es256("tides");
    let web = Web::sandbox(&[&app]).await;
    let (ana, list, token) = connected(&web, &app).await;
    let today = web.test.door.programme.date_of(web.test.door.clock.now());
    for shown in [
        app.document.friendly_name.as_str(),
        ana.emails[1].as_str(),
        "Sign-in without verified identity",
        today.to_string().as_str(),
    ] {
        assert!(list.text.contains(shown), "no {shown} in {}", list.text);
    }
    let path = format!("{SERVICES}/{}/selected_email", service(&list));
    assert!(list.text.contains(&path), "{}", list.text);
    let page = ana.opens(&web, &path).await;
    assert_eq!(
        offered(&page.text),
        (ana.emails.clone(), vec![ana.emails[1].clone()])
    );
    let choice = [("shared_email", ana.emails[2].as_str())];
    let answer = ana.sends(&web, &page, &path, &choice).await;
    assert_eq!(answer.location().path(), SERVICES);
    let told = ana.opens(&web, answer.header("location").unwrap()).await;
    assert!(told.text.contains("receives the address that you chose"));
    assert_eq!(info(&web, &token).await.json()["email"], ana.emails[2]);
    // An address of nobody is refused beside the choice.
    let wrong = [("shared_email", "bea@example.com")];
    let answer = ana.sends(&web, &page, &path, &wrong).await;
    assert_eq!(answer.status, 422);
    assert!(answer.text.contains("id=\"shared_email_error\""));
    assert_eq!(info(&web, &token).await.json()["email"], ana.emails[2]);
}

#[tokio::test]
async fn who_disconnects_a_service_is_asked_again() {
    let app = es256("tides");
    let web = Web::sandbox(&[&app]).await;
    let (mut ana, list, token) = connected(&web, &app).await;
    // A code that the app has not redeemed yet.
    let waiting = web.code(&app, &ana.session).await;
    let path = format!("{SERVICES}/{}/disconnect", service(&list));
    let page = ana.opens(&web, &path).await;
    assert!(page.text.contains("data-page=\"disconnect\""));
    assert_eq!(info(&web, &token).await.status, 200);
    let answer = ana.sends(&web, &page, &path, &[]).await;
    assert_eq!(answer.location().path(), SERVICES);
    let told = ana.opens(&web, answer.header("location").unwrap()).await;
    assert!(told.text.contains("The service is disconnected."));
    assert!(!told.text.contains("data-service"));
    assert_eq!(info(&web, &token).await.status, 401);
    let late = web.token(&app.form(&web.test, &waiting, &[])).await;
    assert_eq!(late.status, 400, "{}", late.text);
    // Nothing is there to disconnect or to change any more.
    for path in [path.clone(), path.replace("disconnect", "selected_email")] {
        assert_eq!(ana.opens(&web, &path).await.status, 404);
    }
    assert_eq!(ana.sends(&web, &page, &path, &[]).await.status, 404);
    // The next sign-in asks, and what was chosen before is forgotten.
    let page = ana.asked(&web, &app, &[]).await;
    assert_eq!(offered(&page.text).1, [ana.emails[0].clone()]);
}

#[tokio::test]
async fn nobody_else_changes_or_ends_what_a_person_shares() {
    let app = es256("tides");
    let web = Web::sandbox(&[&app]).await;
    let (ana, list, token) = connected(&web, &app).await;
    let [change, end] =
        ["selected_email", "disconnect"].map(|to| format!("{SERVICES}/{}/{to}", service(&list)));
    let choice = ("shared_email", ana.emails[2].as_str());
    let as_before = async || {
        let info = info(&web, &token).await;
        assert_eq!(info.json()["email"], ana.emails[1]);
    };
    // Somebody else, with a session and a page of their own, names Ana's service.
    let bea = Ana {
        session: web.cookie(&[]).await,
        flow: String::new(),
        emails: Vec::new(),
    };
    let own = bea.opens(&web, "/logout").await;
    assert!(hidden(&own.text, "csrf_token").is_some());
    assert_eq!(bea.opens(&web, &change).await.status, 404);
    assert_eq!(bea.opens(&web, &end).await.status, 404);
    assert_eq!(bea.sends(&web, &own, &change, &[choice]).await.status, 404);
    assert_eq!(bea.sends(&web, &own, &end, &[]).await.status, 404);
    as_before().await;
    // Also where they are connected to it themselves, it is their own connection.
    let bea = Ana {
        session: web.cookie(&[&app]).await,
        ..bea
    };
    let own = bea.opens(&web, &end).await;
    let answer = bea.sends(&web, &own, &change, &[choice]).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    assert_eq!(bea.sends(&web, &own, &end, &[]).await.status, 303);
    as_before().await;
    // Another site's form: without the token, with a made-up one, with that of somebody else, from another origin.
    let mine = ana.opens(&web, &end).await;
    for token in [
        None,
        Some("guess".to_owned()),
        hidden(&own.text, "csrf_token"),
    ] {
        for path in [&change, &end] {
            let pairs = [token.clone().map(|token| ("csrf_token".to_owned(), token))];
            let mut pairs: Vec<_> = pairs.into_iter().flatten().collect();
            pairs.push((choice.0.to_owned(), choice.1.to_owned()));
            let cookie = ana.session.as_str();
            let answer = web
                .post(path, FORM, &encoded(&pairs), &[("cookie", cookie)])
                .await;
            assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
        }
    }
    let token = hidden(&mine.text, "csrf_token").unwrap();
    let body = encoded(&[("csrf_token".to_owned(), token)]);
    let foreign = [
        ("cookie", ana.session.as_str()),
        ("origin", "https://evil.example"),
    ];
    let answer = web.post(&end, FORM, &body, &foreign).await;
    assert!(answer.status.is_client_error(), "{}", answer.status);
    // Nobody at all.
    for path in [&change, &end] {
        assert_eq!(web.get(path, &[]).await.location().path(), "/");
    }
    as_before().await;
}

const SERVICES: &str = "/account/connected_services";
const CONSENT: &str = "/sign_up/completed";
