//! Discovery, keys, logos, and pages of other origins.

use super::*;

const DISCOVERY: &str = "/.well-known/openid-configuration";
const CERTS: &str = "/api/openid_connect/certs";

#[tokio::test]
async fn documents_have_tags_and_may_be_kept_shortly() {
    let web = Web::sandbox(&[]).await;
    let document = web.get(DISCOVERY, &[]).await.json();
    assert_eq!(document["issuer"], "http://localhost:8401");
    assert_eq!(
        document["jwks_uri"],
        format!("http://localhost:8401{CERTS}")
    );
    // RFC 8414 §3: clients of plain OAuth find the same under its own name.
    let metadata = web
        .get("/.well-known/oauth-authorization-server", &[])
        .await;
    assert_eq!(metadata.json(), document);
    for path in [DISCOVERY, CERTS] {
        let answer = web.get(path, &[]).await;
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(answer.header("cache-control"), Some("public, max-age=300"));
        let etag = answer.header("etag").unwrap();
        let again = web.get(path, &[("if-none-match", etag)]).await;
        assert_eq!(
            (again.status, again.text.as_str()),
            (StatusCode::NOT_MODIFIED, "")
        );
        let weak = web
            .get(path, &[("if-none-match", &format!("\"x\", W/{etag}"))])
            .await;
        assert_eq!(weak.status, StatusCode::NOT_MODIFIED);
    }
    let keys = web.get(CERTS, &[]).await;
    assert!(keys.json()["keys"].as_array().unwrap().len() >= 3);
    assert!(!keys.text.contains("\"d\""));
}

#[tokio::test]
async fn pages_of_registered_origins_may_ask() {
    let app = es256("spa");
    let web = Web::sandbox(&[&app]).await;
    let (ours, foreign) = ("http://localhost:9", "https://evil.example");
    for path in [DISCOVERY, CERTS, USERINFO] {
        let answer = web.get(path, &[("origin", ours)]).await;
        assert_eq!(
            answer.header("access-control-allow-origin"),
            Some(ours),
            "{path}"
        );
        assert!(answer.headers.get_all("vary").iter().any(|v| v == "Origin"));
        let answer = web.get(path, &[("origin", foreign)]).await;
        assert_eq!(answer.header("access-control-allow-origin"), None, "{path}");
    }
    let answer = web.post(TOKEN, FORM, "", &[("origin", ours)]).await;
    assert_eq!(answer.header("access-control-allow-origin"), Some(ours));
    let ask = |origin: &str| {
        Request::builder()
            .method("OPTIONS")
            .uri(TOKEN)
            .header("origin", origin)
            .body(Body::empty())
            .unwrap()
    };
    let answer = web.send(ask(ours)).await;
    assert_eq!(
        (answer.status, answer.header("access-control-allow-methods")),
        (StatusCode::NO_CONTENT, Some("GET, POST"))
    );
    assert_eq!(
        web.send(ask(foreign))
            .await
            .header("access-control-allow-methods"),
        None
    );
    let authorize = web
        .get("/openid_connect/authorize", &[("origin", ours)])
        .await;
    assert_eq!(authorize.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn a_logo_stands_in_a_sandbox() {
    let app = es256("logo");
    let web = Web::sandbox(&[&app]).await;
    let digest = app.document.logo_digest().unwrap();
    let logo = web.get(&format!("/logos/{digest}"), &[]).await;
    assert_eq!(
        (logo.status, logo.header("content-type")),
        (StatusCode::OK, Some("image/svg+xml"))
    );
    assert!(
        logo.header("content-security-policy")
            .unwrap()
            .ends_with("sandbox")
    );
    for digest in ["nothing", &"0".repeat(64)] {
        assert_eq!(web.get(&format!("/logos/{digest}"), &[]).await.status, 404);
    }
}
