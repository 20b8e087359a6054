//! Sign-out that an app asks for.

use super::*;

fn query(pairs: &[(&str, &str)]) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    format!("/openid_connect/logout?{query}")
}

pub(crate) fn field<'a>(html: &'a str, name: &str) -> &'a str {
    let (_, rest) = html.split_once(&format!("name=\"{name}\"")).unwrap();
    rest.split_once("value=\"")
        .unwrap()
        .1
        .split('"')
        .next()
        .unwrap()
}

#[tokio::test]
async fn by_the_apps_token_at_once_and_otherwise_by_the_persons_word() {
    let app = es256("bye");
    let web = Web::sandbox(&[&app]).await;
    let cookie = web.cookie(&[&app]).await;
    let code = web.code(&app, &cookie).await;
    let tokens = web.token(&app.form(&web.test, &code, &[])).await.json();
    let back = "http://localhost:9/bye/out";
    let state = ("state", "s-0123456789012345678901");
    let unproved = query(&[
        ("client_id", app.id()),
        ("post_logout_redirect_uri", back),
        state,
    ]);
    let page = web
        .get(&unproved, &[("cookie", &cookie), ("accept", "text/html")])
        .await;
    assert!(
        page.text.contains("data-page=\"logout-confirm\""),
        "{}",
        page.text
    );
    assert!(
        page.header("content-security-policy")
            .unwrap()
            .contains("http://localhost:9")
    );
    let form_cookie = page
        .header("set-cookie")
        .map(|c| c.split(';').next().unwrap().to_owned());
    let both = [Some(cookie.clone()), form_cookie]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join("; ");
    let sent = |stay: bool| {
        let mut pairs = vec![
            ("csrf_token", field(&page.text, "csrf_token")),
            ("client_id", app.id()),
            ("post_logout_redirect_uri", back),
            state,
        ];
        if stay {
            pairs.push(("stay", "1"));
        }
        url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .finish()
    };
    let post = async |body: String| {
        web.post("/openid_connect/logout", FORM, &body, &[("cookie", &both)])
            .await
    };
    assert_eq!(post(sent(true)).await.location().path(), "/account");
    assert_eq!(
        web.authorize(&app, &[("prompt", "none")], &cookie)
            .await
            .query("error"),
        None
    );
    let done = post(sent(false)).await;
    assert_eq!(
        done.location().as_str(),
        format!("{back}?state={}", state.1)
    );
    assert!(done.header("set-cookie").unwrap().contains("Max-Age=0"));
    assert_eq!(
        web.authorize(&app, &[("prompt", "none")], &cookie)
            .await
            .query("error")
            .unwrap(),
        "login_required"
    );
    // Signed out already: the app's wish is done at once, also with the old token.
    let hint = tokens["id_token"].as_str().unwrap();
    let hinted = query(&[("id_token_hint", hint), ("post_logout_redirect_uri", back)]);
    assert_eq!(
        web.get(&hinted, &[("cookie", &cookie)])
            .await
            .location()
            .as_str(),
        back
    );
    let page = web
        .get("/openid_connect/logout", &[("accept", "text/html")])
        .await;
    assert!(page.text.contains("data-page=\"signed-out\""));
}

#[tokio::test]
async fn an_unregistered_target_gets_a_page() {
    let app = es256("away");
    let web = Web::sandbox(&[&app]).await;
    for pairs in [
        [
            ("client_id", app.id()),
            ("post_logout_redirect_uri", "https://evil.example/"),
        ],
        [
            ("client_id", "urn:nobody"),
            ("post_logout_redirect_uri", "http://localhost:9/away/out"),
        ],
        [("id_token_hint", "nonsense"), ("state", "x")],
    ] {
        let answer = web.get(&query(&pairs), &[("accept", "text/html")]).await;
        assert_eq!(
            (answer.status, answer.header("location")),
            (StatusCode::BAD_REQUEST, None)
        );
        assert!(answer.text.contains("data-page=\"error\"") && answer.text.contains("logout/"));
        let explained = format!("{}/help/errors/logout/", web.test.door.portal_url);
        assert!(answer.text.contains(&explained), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_posted_wish_comes_back_and_a_forged_word_does_not_count() {
    let app = es256("posted");
    let web = Web::sandbox(&[&app]).await;
    let cookie = web.cookie(&[&app]).await;
    let body = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", app.id())
        .append_pair("csrf", "1")
        .finish();
    let back = web.post("/openid_connect/logout", FORM, &body, &[]).await;
    assert_eq!(back.location().path(), "/openid_connect/logout");
    assert_eq!(back.query("client_id").as_deref(), Some(app.id()));
    assert_eq!(back.query("csrf"), None);
    let forged = web
        .post(
            "/openid_connect/logout",
            FORM,
            "csrf_token=guess",
            &[("cookie", &cookie)],
        )
        .await;
    assert_eq!(forged.status, 403);
    assert!(
        web.authorize(&app, &[("prompt", "none")], &cookie)
            .await
            .query("code")
            .is_some()
    );
}

/// The hint, other parameters, and what the browser gets.
type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], Gets);

/// What the browser gets for one request of the conformance suite's plan for RP-initiated logout.
#[derive(Debug, PartialEq)]
enum Gets {
    /// Back to the app at once, with this query.
    Back(&'static str),
    /// A question, then signed out on our own page.
    Question,
    /// Our own page, signed out.
    SignedOut,
    /// A page that says what is wrong; still signed in.
    Refusal(&'static str),
}

#[tokio::test]
async fn each_request_of_the_certification_plan() {
    let app = es256("plan");
    let web = Web::sandbox(&[&app]).await;
    let long = "s".repeat(128);
    let long: &'static str = Box::leak(format!("state={long}").into_boxed_str());
    let state = ("state", &long["state=".len()..]);
    let back = ("post_logout_redirect_uri", "http://localhost:9/plan/out");
    let bad = (
        "post_logout_redirect_uri",
        "http://localhost:9/plan/elsewhere",
    );
    let more = (
        "post_logout_redirect_uri",
        "http://localhost:9/plan/out?foo=bar",
    );
    let plan: [Row<'_>; 12] = [
        ("good", &[back, state], Gets::Back(long)),
        ("good", &[back], Gets::Back("")),
        ("good", &[state], Gets::SignedOut),
        (
            "good",
            &[back, state, ("client_id", app.id())],
            Gets::Back(long),
        ),
        (
            "good",
            &[back, state, ("ui_locales", "fr")],
            Gets::Back(long),
        ),
        ("", &[], Gets::Question),
        ("", &[state], Gets::Question),
        ("", &[back, state], Gets::Refusal("logout/client-missing")),
        (
            "good",
            &[bad, state],
            Gets::Refusal("logout/redirect-uri-unregistered"),
        ),
        (
            "good",
            &[more, state],
            Gets::Refusal("logout/redirect-uri-unregistered"),
        ),
        (
            "changed",
            &[back, state],
            Gets::Refusal("logout/hint-invalid"),
        ),
        (
            "foreign",
            &[back, state],
            Gets::Refusal("logout/hint-invalid"),
        ),
    ];
    for (hint, pairs, expected) in plan {
        let cookie = web.cookie(&[&app]).await;
        let code = web.code(&app, &cookie).await;
        let tokens = web.token(&app.form(&web.test, &code, &[])).await.json();
        let good = tokens["id_token"].as_str().unwrap();
        let hint = match hint {
            "good" => good.to_owned(),
            "changed" => changed(good),
            "foreign" => foreign(good),
            _ => String::new(),
        };
        let mut all = pairs.to_vec();
        if !hint.is_empty() {
            all.push(("id_token_hint", &hint));
        }
        let answer = web
            .get(
                &query(&all),
                &[("cookie", &cookie), ("accept", "text/html")],
            )
            .await;
        let got = if answer.header("location").is_some() {
            let location = answer.location();
            assert_eq!(location.path(), "/plan/out");
            let Gets::Back(query) = &expected else {
                panic!("{pairs:?} goes back, not {expected:?}");
            };
            assert_eq!(location.query().unwrap_or_default(), *query);
            expected
        } else if answer.text.contains("data-page=\"logout-confirm\"") {
            Gets::Question
        } else if answer.text.contains("data-page=\"signed-out\"") {
            Gets::SignedOut
        } else {
            let Gets::Refusal(code) = &expected else {
                panic!("{pairs:?}: {}", answer.text);
            };
            assert!(answer.text.contains(code), "{pairs:?}: {}", answer.text);
            assert_eq!(answer.status, 400);
            expected
        };
        let again = web.authorize(&app, &[("prompt", "none")], &cookie).await;
        let ended = matches!(got, Gets::Back(_) | Gets::SignedOut);
        assert_eq!(
            again.query("error").as_deref(),
            ended.then_some("login_required"),
            "{pairs:?}"
        );
    }
}

/// A part of the payload is another one; the signature is as it was.
fn changed(token: &str) -> String {
    use base64::Engine as _;
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    let b64 = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let payload = String::from_utf8(b64.decode(&parts[1]).unwrap()).unwrap();
    parts[1] = b64.encode(payload.replacen("\"sub\":\"", "\"sub\":\"x", 1));
    parts.join(".")
}

/// The same claims, signed by somebody else.
fn foreign(token: &str) -> String {
    use durward_keyring::jose::{SigningKey, jws};
    let claims = jws::Unverified::parse(token, 10_000)
        .unwrap()
        .untrusted_claims()
        .unwrap();
    jws::sign(
        &SigningKey::generate(Algorithm::RS256).unwrap(),
        "JWT",
        &claims,
    )
    .unwrap()
}

#[tokio::test]
async fn the_page_speaks_the_language_that_the_app_asks_for() {
    let app = es256("langue");
    let web = Web::sandbox(&[&app]).await;
    let cookie = web.cookie(&[&app]).await;
    for (pairs, language) in [
        (vec![("ui_locales", "xx fr-CA es")], "fr"),
        (vec![("ui_locales", "fr"), ("locale", "es")], "es"),
        (vec![("ui_locales", "zh")], "zh-Hans"),
        (vec![("logout_hint", "ana@example.com")], "en"),
    ] {
        let mut pairs = pairs;
        pairs.push(("client_id", app.id()));
        let page = web
            .get(
                &query(&pairs),
                &[("cookie", &cookie), ("accept", "text/html")],
            )
            .await;
        assert!(page.text.contains("data-page=\"logout-confirm\""));
        assert!(
            page.text.contains(&format!("<html lang=\"{language}\"")),
            "{pairs:?}"
        );
        // A posted wish keeps what the page needs.
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&pairs)
            .finish();
        let back = web.post("/openid_connect/logout", FORM, &body, &[]).await;
        for (name, value) in &pairs {
            assert_eq!(back.query(name).as_deref(), Some(*value));
        }
    }
}
