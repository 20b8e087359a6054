//! Sign-out that an app asks for.

use super::*;

fn query(pairs: &[(&str, &str)]) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    format!("/openid_connect/logout?{query}")
}

fn field<'a>(html: &'a str, name: &str) -> &'a str {
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
