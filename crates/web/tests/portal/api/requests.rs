//! Odd requests, repeated ones, and the table of calls.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use durward_web::api::routes::{self, Who};
use durward_web::portal_router;
use serde_json::{Value, json};

use crate::support::{JSON, Web};

#[tokio::test]
async fn odd_requests_are_problems_in_json() {
    let web = Web::open().await;
    let token = web.token("admin").await;
    let nobody = web
        .send(Request::get("/api/v1/apps").body(Body::empty()).unwrap())
        .await;
    assert_eq!(nobody.status, 401);
    assert!(nobody.header("www-authenticate").starts_with("Bearer"));
    for wrong in ["wrong", "dwp_wrong", ""] {
        assert_eq!(web.get(wrong, "/apps").await.status, 401, "{wrong}");
    }
    let missing = web.get(&token, "/nothing").await;
    assert_eq!(
        (missing.status, missing.header("content-type")),
        (404, "application/problem+json")
    );
    let method = web.delete(&token, "/apps").await;
    assert_eq!((method.status, method.header("allow")), (405, "GET, POST"));
    let launches = ("POST", "/api/v1/launches");
    let kind = ("content-type", "text/plain");
    web.ask(&token, launches, &[kind], "x").await.is(415);
    web.ask(&token, launches, &[JSON], "{").await.is(400);
    web.post(
        &token,
        "/launches",
        json!({ "app": "a1", "approved": true }),
    )
    .await
    .is(422);
    let large = vec![b'x'; 4 << 20];
    web.ask(&token, ("POST", "/api/v1/apps"), &[JSON], large)
        .await
        .is(413);
    web.get(&token, "/apps/fishing-licence/moon").await.is(404);
    web.get(&token, "/requests/none").await.is(404);
    web.post(&token, "/demo/clock", json!({ "to": "soon" }))
        .await
        .is(422);
    web.post(&token, "/demo/clock", json!({})).await.is(400);
    let week = web
        .post(&token, "/demo/clock", json!({ "advance": "P7D" }))
        .await;
    assert_eq!(week.json["today"], "2026-11-17");
}

/// Every row is mounted, asks for a token where it says so, and is described.
#[tokio::test]
async fn every_row_is_mounted_and_described() {
    let web = Web::open().await;
    let document = web
        .send(
            Request::get("/api/v1/openapi.json")
                .body(Body::empty())
                .unwrap(),
        )
        .await;
    assert_eq!(document.status, 200);
    for route in routes::rows() {
        let path = route
            .path
            .replace("{environment}", "sandbox")
            .replace("{number}", "1")
            .replace(['{', '}'], "");
        let answer = web
            .send(
                Request::builder()
                    .method(route.method)
                    .uri(path)
                    .body(Body::empty())
                    .unwrap(),
            )
            .await;
        let wanted = if route.who == Who::Anyone {
            StatusCode::OK
        } else {
            StatusCode::UNAUTHORIZED
        };
        assert_eq!(
            answer.status,
            wanted.as_u16(),
            "{} {}",
            route.method,
            route.path
        );
        let described = &document.json["paths"][route.path][route.method.to_lowercase()];
        assert_eq!(
            described["summary"], route.summary,
            "{} {}",
            route.method, route.path
        );
    }
    let table = portal_router::markdown([]);
    assert!(
        routes::rows().all(|route| table.contains(&format!("`{} {}`", route.method, route.path)))
    );
}

#[tokio::test]
async fn a_text_with_a_nul_is_the_callers_mistake() {
    let web = Web::open().await;
    let token = web.token("admin").await;
    for path in ["/launches/%00", "/apps/a%00/sandbox"] {
        let answer = web.get(&token, path).await;
        assert_eq!(answer.status, 400, "{path}: {}", answer.json);
        assert_eq!(answer.json["code"], "web/nul");
    }
}

#[tokio::test]
async fn a_repeated_call_is_answered_as_the_first_time_and_does_nothing() {
    let web = Web::open().await;
    let document = web.sandbox();
    let token = web.token("admin").await;
    let send = async |token: &str, key: &str, body: &Value| {
        let headers = [JSON, ("idempotency-key", key)];
        web.ask(token, ("POST", "/api/v1/apps"), &headers, body.to_string())
            .await
    };
    let first = send(&token, "k-1", &document).await;
    assert_eq!(first.status, 201, "{}", first.json);
    let again = send(&token, "k-1", &document).await;
    assert_eq!((again.status, &again.json), (201, &first.json));
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.header("etag"), first.header("etag"));
    let other = send(&token, "k-1", &json!({})).await;
    other.refused(422, "api/idempotency-key-reused");
    // A refusal is an answer too, and another member's key is another key.
    let refused = send(&token, "k-2", &document).await;
    assert_eq!(refused.status, 409, "{}", refused.json);
    let repeated = send(&token, "k-2", &document).await;
    assert_eq!(
        (repeated.status, &repeated.json["code"]),
        (409, &refused.json["code"])
    );
    let developer = web.token("developer").await;
    let fresh = send(&developer, "k-1", &document).await;
    assert_eq!(fresh.header("idempotency-replayed"), "");
}
