//! Documents of apps: saved, read, changed and deleted.

use serde_json::{Value, json};

use crate::support::Web;

#[tokio::test]
async fn a_document_is_saved_read_changed_and_deleted_under_its_version() {
    let web = Web::open().await;
    let token = web.token("admin").await;
    let saved = web.post(&token, "/apps", web.sandbox()).await;
    assert_eq!(
        (saved.status, saved.header("etag")),
        (201, "\"v1\""),
        "{}",
        saved.json
    );
    assert_eq!(
        saved.header("location"),
        "/api/v1/apps/fishing-licence/sandbox"
    );
    assert!(saved.json["live"]["ms"].is_u64());
    web.post(&token, "/apps", web.sandbox()).await.is(409);

    let found = web.get(&token, "/apps/fishing-licence/sandbox").await;
    assert_eq!((found.status, found.header("etag")), (200, "\"v1\""));
    assert_eq!(found.json, web.sandbox());
    let mut changed = found.json;
    changed["friendly_name"] = "Fishing".into();
    let path = "/apps/fishing-licence/sandbox";
    let put = web
        .matching(&token, ("PUT", path), changed.clone(), "\"v1\"")
        .await;
    assert_eq!((put.status, put.header("etag")), (200, "\"v2\""));
    let stale = web
        .matching(&token, ("PUT", path), changed.clone(), "\"v1\"")
        .await;
    stale.refused(412, "app/stale");
    let elsewhere = web.put(&token, "/apps/other/sandbox", changed).await;
    elsewhere.refused(422, "app/other-address");
    web.matching(&token, ("DELETE", path), Value::Null, "\"v1\"")
        .await
        .is(412);
    web.matching(&token, ("DELETE", path), Value::Null, "\"v2\"")
        .await
        .is(204);
    web.get(&token, path).await.is(404);
}

#[tokio::test]
async fn bad_documents_are_problems_with_their_paths_and_lint_never_refuses() {
    let web = Web::open().await;
    let token = web.token("developer").await;
    let mut document = web.sandbox();
    document["colour"] = "blue".into();
    let refused = web.post(&token, "/apps", document.clone()).await;
    assert_eq!(
        (refused.status, refused.header("content-type")),
        (422, "application/problem+json")
    );
    assert_eq!(refused.json["findings"][0]["path"], "/colour");
    let lint = web.post(&token, "/lint", document).await;
    assert_eq!(
        (lint.status, &lint.json["findings"][0]["severity"]),
        (200, &json!("error"))
    );
    assert_eq!(lint.json["findings"][0]["path"], "/colour");
    let mut wild = web.sandbox();
    wild["oidc"]["redirect_uris"] = json!(["https://*.agency.gov/"]);
    let refused = web.post(&token, "/apps", wild.clone()).await;
    assert_eq!(
        (refused.status, refused.json["findings"][0]["path"].as_str()),
        (422, Some("/oidc/redirect_uris/0"))
    );
    let lint = web.post(&token, "/lint", wild).await;
    assert!(
        lint.json["findings"]
            .as_array()
            .unwrap()
            .iter()
            .any(|finding| finding["rule"] == "uri/wildcard")
    );
    let lint = web.ask(&token, ("POST", "/api/v1/lint"), &[], "{{{").await;
    assert_eq!(
        (lint.status, lint.json["findings"][0]["rule"].as_str()),
        (200, Some("document/unreadable"))
    );
    let kind = ("content-type", "application/toml");
    let toml = web.portal.sandbox_document().to_toml();
    web.ask(&token, ("POST", "/api/v1/apps"), &[kind], toml)
        .await
        .is(201);
}

#[tokio::test]
async fn a_caller_who_hangs_up_leaves_no_save_that_is_not_live() {
    let web = Web::open().await;
    let token = web.token("admin").await;
    web.post(&token, "/apps", web.sandbox()).await;
    let wait = |ms| tokio::time::sleep(std::time::Duration::from_millis(ms));
    for ms in (0..40).step_by(2) {
        let mut document = web.sandbox();
        document["description"] = json!(format!("after {ms} ms"));
        let path = "/apps/fishing-licence/sandbox";
        tokio::select! {
            _ = web.put(&token, path, document) => {}
            () = wait(ms) => {}
        }
    }
    // What still runs comes to its end.
    wait(1000).await;
    let status = "/apps/fishing-licence/sandbox/status";
    let found = web.get(&token, status).await;
    let app = &found.json["app"];
    assert!(app["revision"].as_i64() > Some(1), "{app}");
    assert_eq!(app["revision"], app["live_revision"]);
}
