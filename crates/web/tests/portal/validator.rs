//! The defects that other portals had, each tried at this one's API by a request made by hand.

use axum::body::Body;
use axum::http::Request;
use durward_domain::lint::RULES;
use serde_json::{Value, json};

use crate::support::{JSON, Web};

/// The rules that a save in production by hand is refused for.
async fn refused(web: &Web, change: impl FnOnce(&mut Value)) -> Vec<String> {
    let mut document = web.production();
    change(&mut document);
    let path = "/apps/fishing-licence/production";
    let (status, problem) = web.api("admin", "PUT", path, &document).await;
    assert_eq!(status, 422, "{problem}");
    problem["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["rule"].as_str().unwrap().to_owned())
        .collect()
}

async fn linted(web: &Web, change: impl FnOnce(&mut Value)) -> Vec<String> {
    let mut document = web.production();
    change(&mut document);
    let (status, answer) = web.api("developer", "POST", "/lint", &document).await;
    assert_eq!(status, 200);
    answer["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| {
            let said = |name: &str| finding[name].as_str().unwrap().to_owned();
            assert!(said("help").starts_with("http://localhost:8400/help/rules/"));
            format!("{} {} {}", said("severity"), said("rule"), said("path"))
        })
        .collect()
}

#[tokio::test]
async fn dangerous_addresses_are_never_saved() {
    let web = Web::open().await;
    for (uri, rule) in [
        ("javascript:alert(1)", "uri/dangerous-scheme"),
        ("data:text/html,x", "uri/dangerous-scheme"),
        ("vbscript:x", "uri/dangerous-scheme"),
        ("https:///no-host", "uri/form"),
        ("https://a@fisheries.gov/", "uri/user-info"),
        ("https://fisheries.gov\\@evil.example/", "uri/backslash"),
        ("https://*.fisheries.gov/", "uri/wildcard"),
    ] {
        let rules = refused(&web, |d| d["oidc"]["redirect_uris"] = json!([uri])).await;
        assert!(rules.iter().any(|found| found == rule), "{uri}: {rules:?}");
    }
    for (uri, rule) in [
        ("httpsx://fisheries.gov/", "uri/private-scheme"),
        ("https://127.1/cb", "uri/local-host"),
        ("https://0x7f.1/cb", "uri/local-host"),
        ("https://2130706433/cb", "uri/local-host"),
        ("https://0.0.0.0/cb", "uri/local-host"),
        ("https://[::1]/cb", "uri/local-host"),
        ("https://[::ffff:127.0.0.1]/cb", "uri/local-host"),
        ("https://10.1.2.3/cb", "uri/local-host"),
        ("http://fisheries.gov/cb", "uri/https"),
    ] {
        let found = linted(&web, |d| d["oidc"]["redirect_uris"] = json!([uri])).await;
        let expected = format!("error {rule} /oidc/redirect_uris/0");
        assert!(found.contains(&expected), "{uri}: {found:?}");
    }
    let good = linted(&web, |d| {
        d["oidc"]["redirect_uris"] = json!(["https://mylocalhost.agency.gov/cb"])
    })
    .await;
    assert!(
        good.iter().all(|found| !found.contains(" uri/")),
        "{good:?}"
    );
}

#[tokio::test]
async fn private_keys_and_active_pictures_are_refused_on_the_server() {
    use base64::Engine as _;
    let web = Web::open().await;
    for pem in [
        "-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIE\n-----END ENCRYPTED PRIVATE KEY-----",
    ] {
        let rules = refused(&web, |d| d["keys"] = json!([{ "pem": pem }])).await;
        assert!(rules.contains(&"key/private".to_owned()), "{rules:?}");
    }
    let jwk = json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "d": "AA" });
    let rules = refused(&web, |d| d["keys"] = json!([{ "jwk": jwk }])).await;
    assert!(rules.contains(&"key/private".to_owned()), "{rules:?}");
    let head = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'";
    for (svg, rule) in [
        (
            format!("{head}><script>1</script></svg>"),
            "logo/svg-active",
        ),
        (format!("{head} onload='x'/>"), "logo/svg-active"),
        (format!("{head}><foreignObject/></svg>"), "logo/svg-active"),
        (
            format!("{head}><image href='https://evil.example/x.png'/></svg>"),
            "logo/svg-external",
        ),
        (
            format!("{head}><style>@import 'https://evil.example';</style></svg>"),
            "logo/svg-external",
        ),
        (
            format!("{head}><animate attributeName='x'/></svg>"),
            "logo/svg-allowed",
        ),
        (
            format!("<!DOCTYPE svg [<!ENTITY a 'b'>]>{head}>&a;</svg>"),
            "logo/svg-form",
        ),
    ] {
        let base64 = base64::engine::general_purpose::STANDARD.encode(&svg);
        let logo = json!({ "media_type": "image/svg+xml", "base64": base64 });
        let rules = refused(&web, |d| d["logo"] = logo).await;
        assert!(rules.contains(&rule.to_owned()), "{svg}: {rules:?}");
    }
}

#[tokio::test]
async fn the_failure_to_proof_page_is_asked_for_on_every_path() {
    let web = Web::open().await;
    let found = linted(&web, |d| {
        d["level_of_service"] = json!("identity-verified");
        d["default_aal"] = json!("aal2");
        d["failure_to_proof_url"] = Value::Null;
    })
    .await;
    assert!(
        found.contains(&"error level/failure-to-proof-url /failure_to_proof_url".to_owned()),
        "{found:?}"
    );
}

#[tokio::test]
async fn what_was_deleted_cannot_be_changed_and_teams_are_checked_on_both_sides() {
    let web = Web::open().await;
    let document = web.sandbox();
    let (status, _) = web.api("admin", "POST", "/apps", &document).await;
    assert_eq!(status, 201);
    let path = "/apps/fishing-licence/sandbox";
    // Another team's admin, by hand, with either team in the document.
    let mut moved = document.clone();
    moved["team"] = json!("other-team");
    for body in [&document, &moved] {
        let (status, _) = web.api("outsider", "PUT", path, body).await;
        assert!((400..500).contains(&status), "{status}");
    }
    let (status, problem) = web.api("admin", "PUT", path, &moved).await;
    assert!((400..500).contains(&status), "{problem}");
    let (status, _) = web.api("admin", "DELETE", path, &Value::Null).await;
    assert_eq!(status, 204);
    for (method, path) in [
        ("GET", path.to_owned()),
        ("DELETE", path.to_owned()),
        ("POST", format!("{path}/revisions/1/restore")),
        ("GET", format!("{path}/waivers")),
    ] {
        let (status, problem) = web.api("admin", method, &path, &json!({})).await;
        assert_eq!(status, 404, "{method} {path}: {problem}");
    }
}

#[tokio::test]
async fn every_rule_has_a_page_that_anybody_can_read() {
    let web = Web::open().await;
    let get = |path: &str| {
        Request::get(path)
            .header("host", "localhost:8400")
            .body(Body::empty())
            .unwrap()
    };
    let (status, list) = web.send(get("/help/rules")).await.pair();
    assert_eq!(status, 200);
    for rule in RULES {
        let path = rule.help();
        assert!(list.contains(&path), "{path}");
        let (status, page) = web.send(get(&path)).await.pair();
        assert_eq!(status, 200, "{path}");
        assert!(page.contains(rule.id), "{path}");
    }
    assert_eq!(web.send(get("/help/rules/uri%2Fhttps")).await.status, 200);
    assert_eq!(web.send(get("/help/rules/uri/nothing")).await.status, 404);
}

#[tokio::test]
async fn findings_as_sarif() {
    let web = Web::open().await;
    let token = web.token("developer").await;
    let sarif = ("accept", "application/sarif+json");
    let said = web
        .ask(&token, ("POST", "/api/v1/lint"), &[JSON, sarif], "{}")
        .await;
    let (status, log) = (said.status, said.json);
    assert_eq!((status, log["version"].as_str()), (200, Some("2.1.0")));
    assert!(log["runs"][0]["results"].as_array().unwrap().len() > 3);
}
