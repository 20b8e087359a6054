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

/// What a browser does with a call of a page: asks beforehand, calls, and hides the answer unless it may be read.
async fn page_reads(web: &Web, origin: &[&str], method: &str, path: &str) -> bool {
    let request = |method: &str, more: &[(&str, &str)]| {
        let mut request = Request::builder().method(method).uri(path);
        for one in origin {
            request = request.header("origin", *one);
        }
        for (name, value) in more {
            request = request.header(*name, *value);
        }
        request.body(Body::empty()).unwrap()
    };
    let first = origin.first().copied();
    let asked = [
        ("access-control-request-method", method),
        (
            "access-control-request-headers",
            "authorization,content-type,dpop",
        ),
    ];
    let before = web.send(request("OPTIONS", &asked)).await;
    let allowed = before
        .header("access-control-allow-headers")
        .unwrap_or_default()
        .to_owned();
    let may_ask = before.status == 204
        && before.header("access-control-allow-origin") == first
        && before
            .header("access-control-allow-methods")
            .unwrap_or_default()
            .contains(method)
        && ["authorization", "content-type", "dpop"]
            .iter()
            .all(|name| allowed.contains(name));
    let answer = web.send(request(method, &[("content-type", FORM)])).await;
    assert_ne!(answer.status, 404, "{path}");
    let may_read = answer.header("access-control-allow-origin") == first;
    assert_eq!(may_ask, may_read, "{method} {path} for {origin:?}");
    for answer in [&before, &answer] {
        assert_eq!(answer.header("access-control-allow-credentials"), None);
        assert_ne!(answer.header("access-control-allow-origin"), Some("*"));
        assert!(
            answer.headers.get_all("vary").iter().any(|v| v == "Origin"),
            "{path}"
        );
    }
    if may_read {
        assert_eq!(
            answer.header("access-control-expose-headers"),
            Some("DPoP-Nonce, WWW-Authenticate, X-Request-Id")
        );
    }
    may_read
}

const OPEN: [(&str, &str); 9] = [
    ("GET", DISCOVERY),
    ("GET", "/.well-known/oauth-authorization-server"),
    ("GET", CERTS),
    ("POST", TOKEN),
    ("POST", "/api/openid_connect/revoke"),
    ("POST", "/api/openid_connect/par"),
    ("GET", USERINFO),
    ("POST", USERINFO),
    ("POST", TOKEN),
];

#[tokio::test]
async fn pages_of_registered_origins_may_ask() {
    let mut app = es256("spa");
    app.document.oidc.as_mut().unwrap().redirect_uris.extend(
        [
            "https://spa.example.gov/cb",
            "https://spa.example.gov:8443/cb",
            "gov.example.spa:/cb",
        ]
        .map(str::to_owned),
    );
    let web = Web::sandbox(&[&app]).await;
    for (method, path) in OPEN {
        for ours in [
            "http://localhost:9",
            "https://spa.example.gov",
            "https://spa.example.gov:8443",
        ] {
            assert!(
                page_reads(&web, &[ours], method, path).await,
                "{method} {path} {ours}"
            );
        }
        for foreign in [
            &["https://evil.example"][..],
            &["null"],
            &["*"],
            &[""],
            &["https://spa.example.gov:443"],
            &["https://spa.example.gov:8444"],
            &["http://spa.example.gov"],
            &["https://SPA.example.gov"],
            &["https://spa.example.gov."],
            &["https://spa.example.gov/"],
            &["https://spa.example.gov.evil.example"],
            &["https://evil-spa.example.gov"],
            &["https://a@spa.example.gov"],
            &["gov.example.spa:"],
            &["gov.example.spa://"],
            &["http://localhost"],
            &["http://localhost:90"],
            &["http://localhost:9", "https://evil.example"],
            &["http://localhost:9 https://evil.example"],
        ] {
            assert!(
                !page_reads(&web, foreign, method, path).await,
                "{method} {path} {foreign:?}"
            );
        }
    }
    // What acts by a cookie, and what is for servers, is read by no page.
    let ours = ("origin", "http://localhost:9");
    for path in [
        "/openid_connect/authorize",
        "/openid_connect/logout",
        "/account",
    ] {
        let answer = web.get(path, &[ours]).await;
        assert_eq!(answer.header("access-control-allow-origin"), None, "{path}");
    }
    let answer = web
        .post("/api/openid_connect/introspect", FORM, "", &[ours])
        .await;
    assert_eq!(answer.header("access-control-allow-origin"), None);
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
