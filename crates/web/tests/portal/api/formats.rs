//! Formats of others, plans and imports.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::support::Web;

#[tokio::test]
async fn formats_go_out_and_in_and_a_repeated_save_is_none() {
    let web = Web::open().await;
    let token = web.token("developer").await;
    web.post(&token, "/apps", web.sandbox()).await.is(201);
    let path = "/apps/fishing-licence/sandbox";
    let again = web.put(&token, path, web.sandbox()).await;
    assert_eq!(
        (again.status, again.header("etag"), &again.json["changed"]),
        (200, "\"v1\"", &false.into())
    );
    let tag = ("if-none-match", "\"v1\"");
    let known = web
        .ask(&token, ("GET", &format!("/api/v1{path}")), &[tag], "")
        .await;
    assert_eq!((known.status, known.header("etag")), (304, "\"v1\""));

    for (format, kind) in [
        ("login-gov-json", "application/json"),
        ("oidc-metadata", "application/json"),
        ("durward-toml", "application/toml"),
    ] {
        let out = web
            .get(&token, &format!("{path}/export?format={format}"))
            .await;
        assert_eq!(
            (out.status, out.header("content-type"), out.header("etag")),
            (200, kind, "\"v1\""),
            "{format}"
        );
        if out.json.is_object() {
            let body = json!({ "text": out.json.to_string(), "dry_run": true });
            let read = web.post(&token, "/import", body).await;
            assert_eq!(read.status, 200, "{}", read.json);
            assert_eq!(
                (&read.json["document"], &read.json["plan"]["changes"]),
                (&web.sandbox(), &false.into())
            );
        }
    }
    let none = web
        .get(&token, &format!("{path}/export?format=saml-metadata"))
        .await;
    none.refused(409, "format/not-exported");
    let unknown = web.get(&token, &format!("{path}/export?format=word")).await;
    unknown.refused(422, "format/unknown");
    let bad = json!({ "text": "{\"ClientName\":\"{CLIENT_NAME}\",\"Scops\":[]}", "handle": "ab", "team": "fisheries-digital", "environment": "sandbox" });
    let bad = web.post(&token, "/import", bad).await;
    assert_eq!(
        (bad.status, bad.json["code"].as_str()),
        (422, Some("format/not-imported")),
        "{}",
        bad.json
    );
    assert_eq!(bad.json["faults"][0]["placeholder"], "{CLIENT_NAME}");
    let stranger = json!({ "text": web.sandbox().to_string().replace("fisheries-digital", "no-team-of-mine") });
    web.post(&token, "/import", stranger).await.is(403);
    let reader = web.token("reader").await;
    let body = json!({ "text": web.sandbox().to_string() });
    web.post(&reader, "/import", body).await.is(403);
    let schema = web
        .send(
            Request::get("/api/v1/schema/app/v1")
                .body(Body::empty())
                .unwrap(),
        )
        .await;
    assert_eq!(schema.header("content-type"), "application/schema+json");
}

#[tokio::test]
async fn a_plan_says_what_a_save_opens_and_closes() {
    let web = Web::open().await;
    let token = web.token("admin").await;
    let document = web.production();
    let first = web.post(&token, "/plan", document.clone()).await;
    assert_eq!(
        (&first.json["changes"], &first.json["saved_version"]),
        (&true.into(), &Value::Null),
        "{}",
        first.json
    );
    web.post(&token, "/apps", document.clone()).await.is(201);
    let same = web.post(&token, "/plan", document.clone()).await;
    assert_eq!(
        (&same.json["changes"], &same.json["saved_version"]),
        (&false.into(), &1.into())
    );
    assert_eq!(
        same.json["checklist_delta"],
        json!({ "opened": [], "closed": [] })
    );
    let mut worse = document;
    worse["oidc"]["redirect_uris"] = json!(["http://localhost:1/cb"]);
    let plan = web.post(&token, "/plan", worse).await;
    assert!(
        !plan.json["checklist_delta"]["opened"]
            .as_array()
            .unwrap()
            .is_empty(),
        "{}",
        plan.json
    );
    assert!(plan.json["earliest"]["earliest"].is_string());
}
