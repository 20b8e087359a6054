//! The portal's API through the real router: paths, bodies, problems, versions, tokens.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use durward_app::partner::tokens::{self, Wish};
use durward_app::testing_portal::{AGREEMENT, TestPortal, trace};
use durward_domain::refusal::Refuse as _;
use durward_keyring::mac::MacKey;
use durward_web::api::routes::{self, Who};
use durward_web::portal_router::{self, Portal};
use durward_web::shared::limits::Limits;
use durward_web::shared::site::{Site, SiteSettings};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

struct Web {
    portal: TestPortal,
    router: Router,
}

struct Answered {
    status: u16,
    headers: HeaderMap,
    json: Value,
}

impl Answered {
    fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

impl Web {
    async fn open() -> Self {
        let portal = TestPortal::at("2026-11-10").await.unwrap();
        let clock = portal.keeper.clock.clone();
        let site = Site::new(
            SiteSettings {
                name: "portal".into(),
                title: "Partner Portal".into(),
                practice: false,
                base_url: "http://localhost:8400".parse().unwrap(),
                other_hosts: Vec::new(),
                form_key: MacKey::new([7; 32]),
                random: portal.keeper.random.clone(),
                limits: Limits {
                    large: portal_router::LARGE,
                    // Nothing here is about time, and a busy machine is slow.
                    time: Duration::from_secs(600),
                    ..Limits::default()
                },
            },
            move || clock.real_now(),
        );
        let state = Portal::new(Arc::clone(&portal.keeper), site);
        Self {
            router: portal_router::router(&state, []),
            portal,
        }
    }

    async fn send(&self, request: Request<Body>) -> Answered {
        let (parts, body) = self
            .router
            .clone()
            .oneshot(request)
            .await
            .unwrap()
            .into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        assert!(parts.headers.contains_key("x-request-id"));
        Answered {
            status: parts.status.as_u16(),
            headers: parts.headers,
            json: serde_json::from_slice(&bytes).unwrap_or_default(),
        }
    }

    async fn call(&self, token: &str, method: &str, path: &str, body: Value) -> Answered {
        self.matching(token, method, path, body, None).await
    }

    async fn matching(
        &self,
        token: &str,
        method: &str,
        path: &str,
        body: Value,
        if_match: Option<&str>,
    ) -> Answered {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header("authorization", format!("Bearer {token}"));
        if let Some(tag) = if_match {
            request = request.header("if-match", tag);
        }
        let body = if body.is_null() {
            Body::empty()
        } else {
            Body::from(body.to_string())
        };
        self.send(
            request
                .header("content-type", "application/json")
                .body(body)
                .unwrap(),
        )
        .await
    }

    fn sandbox(&self) -> Value {
        serde_json::from_str(&self.portal.sandbox_document().to_json()).unwrap()
    }

    fn production(&self) -> Value {
        serde_json::from_str(&self.portal.production_document().to_json()).unwrap()
    }

    async fn clock(&self, token: &str, to: &str) {
        assert_eq!(
            self.call(token, "POST", "/demo/clock", json!({ "to": to }))
                .await
                .status,
            200
        );
    }
}

fn launch() -> Value {
    json!({
        "app": "fishing-licence", "environment": "production", "agreement": AGREEMENT, "desired_date": "2026-11-30",
        "estimates": { "annual_registrations": 1000, "annual_authentications": 20000, "monthly_active_users": 900, "seasonality": "spring" },
        "audience": "general_public", "application_url": "https://fishing.agency.gov/",
        "contacts": [{ "kind": "technical", "name": "R. Quill", "email": "r.quill@agency.gov", "phone": "" }],
        "attestations": { "L08": "R. Quill" }, "note": ""
    })
}

#[tokio::test]
async fn a_document_is_saved_read_changed_and_deleted_under_its_version() {
    let web = Web::open().await;
    let token = web.portal.token("admin").await.unwrap();
    let saved = web.call(&token, "POST", "/apps", web.sandbox()).await;
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
    assert_eq!(
        web.call(&token, "POST", "/apps", web.sandbox())
            .await
            .status,
        409
    );

    let found = web
        .call(&token, "GET", "/apps/fishing-licence/sandbox", Value::Null)
        .await;
    assert_eq!((found.status, found.header("etag")), (200, "\"v1\""));
    assert_eq!(found.json, web.sandbox());
    let mut changed = found.json;
    changed["friendly_name"] = "Fishing".into();
    let path = "/apps/fishing-licence/sandbox";
    let put = web
        .matching(&token, "PUT", path, changed.clone(), Some("\"v1\""))
        .await;
    assert_eq!((put.status, put.header("etag")), (200, "\"v2\""));
    let stale = web
        .matching(&token, "PUT", path, changed.clone(), Some("\"v1\""))
        .await;
    assert_eq!(
        (stale.status, stale.json["code"].as_str()),
        (412, Some("app/stale"))
    );
    let elsewhere = web
        .call(&token, "PUT", "/apps/other/sandbox", changed)
        .await;
    assert_eq!(
        (elsewhere.status, elsewhere.json["code"].as_str()),
        (422, Some("app/other-address"))
    );
    assert_eq!(
        web.matching(&token, "DELETE", path, Value::Null, Some("\"v1\""))
            .await
            .status,
        412
    );
    assert_eq!(
        web.matching(&token, "DELETE", path, Value::Null, Some("\"v2\""))
            .await
            .status,
        204
    );
    assert_eq!(web.call(&token, "GET", path, Value::Null).await.status, 404);
}

#[tokio::test]
async fn bad_documents_are_problems_with_their_paths_and_lint_never_refuses() {
    let web = Web::open().await;
    let token = web.portal.token("developer").await.unwrap();
    let mut document = web.sandbox();
    document["colour"] = "blue".into();
    let refused = web.call(&token, "POST", "/apps", document.clone()).await;
    assert_eq!(
        (refused.status, refused.header("content-type")),
        (422, "application/problem+json")
    );
    assert_eq!(refused.json["findings"][0]["path"], "/colour");
    let lint = web.call(&token, "POST", "/lint", document).await;
    assert_eq!(
        (lint.status, &lint.json["findings"][0]["severity"]),
        (200, &json!("error"))
    );
    assert_eq!(lint.json["findings"][0]["path"], "/colour");
    let mut wild = web.sandbox();
    wild["oidc"]["redirect_uris"] = json!(["https://*.agency.gov/"]);
    let refused = web.call(&token, "POST", "/apps", wild.clone()).await;
    assert_eq!(
        (refused.status, refused.json["findings"][0]["path"].as_str()),
        (422, Some("/oidc/redirect_uris/0"))
    );
    let lint = web.call(&token, "POST", "/lint", wild).await;
    assert!(
        lint.json["findings"]
            .as_array()
            .unwrap()
            .iter()
            .any(|finding| finding["rule"] == "uri/wildcard")
    );
    let odd = Request::post("/api/v1/lint")
        .header("authorization", format!("Bearer {token}"))
        .body(Body::from("{{{"))
        .unwrap();
    let lint = web.send(odd).await;
    assert_eq!(
        (lint.status, lint.json["findings"][0]["rule"].as_str()),
        (200, Some("document/unreadable"))
    );
    let toml = Request::post("/api/v1/apps")
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/toml")
        .body(Body::from(web.portal.sandbox_document().to_toml()))
        .unwrap();
    assert_eq!(web.send(toml).await.status, 201);
}

#[tokio::test]
async fn a_launch_by_api_on_its_monday() {
    let web = Web::open().await;
    let (admin, reviewer, deployer) = (
        web.portal.token("admin").await.unwrap(),
        web.portal.token("reviewer").await.unwrap(),
        web.portal.token("deployer").await.unwrap(),
    );
    assert_eq!(
        web.call(&admin, "POST", "/launches", launch()).await.json["code"],
        "launch/no-configuration"
    );
    let mut unready = web.production();
    unready["logo"] = Value::Null;
    assert_eq!(web.call(&admin, "POST", "/apps", unready).await.status, 201);
    let made = web.call(&admin, "POST", "/launches", launch()).await;
    assert_eq!(
        (made.status, made.json["state"].as_str()),
        (201, Some("draft")),
        "{}",
        made.json
    );
    let id = made.json["id"].as_str().unwrap().to_owned();
    assert_eq!(made.header("location"), format!("/api/v1/launches/{id}"));
    assert_eq!(made.json["open_items"][0]["rule"], "L09");
    let refused = web
        .call(
            &admin,
            "POST",
            &format!("/launches/{id}/submit"),
            Value::Null,
        )
        .await;
    assert_eq!(
        (refused.status, refused.json["code"].as_str()),
        (422, Some("launch/checklist-open"))
    );
    assert_eq!(refused.json["open_items"][0]["rule"], "L09");

    assert_eq!(
        web.call(
            &admin,
            "PUT",
            "/apps/fishing-licence/production",
            web.production()
        )
        .await
        .status,
        200
    );
    let submitted = web
        .call(&admin, "POST", &format!("/launches/{id}/submit"), json!({}))
        .await;
    assert_eq!(
        (submitted.status, submitted.json["state"].as_str()),
        (200, Some("submitted")),
        "{}",
        submitted.json
    );
    assert_eq!(submitted.json["window"], "2026-11-30");
    assert!(
        submitted.json["explanation"]
            .to_string()
            .contains("Thanksgiving")
    );
    assert_eq!(
        web.call(
            &admin,
            "POST",
            &format!("/launches/{id}/approve"),
            json!({})
        )
        .await
        .status,
        403
    );
    let stale = web
        .call(
            &reviewer,
            "POST",
            &format!("/launches/{id}/approve"),
            json!({ "document_sha256": "other" }),
        )
        .await;
    assert_eq!(stale.json["code"], "launch/stale-review");
    let seen = submitted.json["document_sha256"].clone();
    let approved = web
        .call(
            &reviewer,
            "POST",
            &format!("/launches/{id}/approve"),
            json!({ "document_sha256": seen }),
        )
        .await;
    assert_eq!(approved.json["state"], "scheduled", "{}", approved.json);
    let early = web
        .call(
            &deployer,
            "POST",
            &format!("/launches/{id}/deploy"),
            Value::Null,
        )
        .await;
    assert_eq!(
        (early.status, &early.json["window"]),
        (409, &json!("2026-11-30"))
    );

    web.clock(&deployer, "2026-11-30").await;
    let live = web
        .call(&admin, "GET", &format!("/launches/{id}"), Value::Null)
        .await;
    assert_eq!(live.json["state"], "deployed");
    let release = live.json["release"].as_str().unwrap().to_owned();
    let releases = web
        .call(
            &deployer,
            "GET",
            "/releases?environment=production",
            Value::Null,
        )
        .await;
    assert_eq!(
        (
            &releases.json["items"][0]["id"],
            &releases.json["items"][0]["current"]
        ),
        (&json!(release), &json!(true))
    );
    let back = web
        .call(
            &deployer,
            "POST",
            &format!("/releases/{release}/rollback"),
            json!({ "app": "fishing-licence", "reason": "It fails." }),
        )
        .await;
    assert_eq!(
        (back.status, back.json["kind"].as_str()),
        (200, Some("rollback")),
        "{}",
        back.json
    );
    assert_eq!(
        web.call(&admin, "GET", &format!("/launches/{id}"), Value::Null)
            .await
            .json["state"],
        "rolled_back"
    );
    let again = web
        .call(
            &deployer,
            "POST",
            &format!("/releases/{release}/deploy"),
            Value::Null,
        )
        .await;
    assert_eq!(again.json["kind"], "redeploy", "{}", again.json);
    assert_eq!(
        web.call(&admin, "GET", &format!("/launches/{id}"), Value::Null)
            .await
            .json["state"],
        "deployed"
    );
}

#[tokio::test]
async fn the_calendar_and_agreement_numbers() {
    let web = Web::open().await;
    let token = web.portal.token("reader").await.unwrap();
    let windows = web
        .call(
            &token,
            "GET",
            "/calendar?from=2026-11-20&to=2026-12-05",
            Value::Null,
        )
        .await;
    let days: Vec<&str> = windows.json["windows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|window| window["date"].as_str().unwrap())
        .collect();
    assert_eq!(days, ["2026-11-30", "2026-12-03"]);
    let earliest = web
        .call(
            &token,
            "GET",
            "/calendar/earliest?submitted=2026-11-10&push_url=false",
            Value::Null,
        )
        .await;
    assert_eq!(earliest.json["earliest"], "2026-11-30");
    let push = web
        .call(
            &token,
            "GET",
            "/calendar/earliest?submitted=2026-11-10&push_url=true",
            Value::Null,
        )
        .await;
    assert_eq!(push.json["earliest"], "2026-12-03");
    assert_eq!(
        web.call(
            &token,
            "GET",
            "/calendar?from=tomorrow&to=2026-12-05",
            Value::Null
        )
        .await
        .status,
        400
    );
    assert_eq!(
        web.call(
            &token,
            "GET",
            "/calendar?from=2026-12-05&to=2026-12-01",
            Value::Null
        )
        .await
        .status,
        422
    );
    let parsed = web
        .call(
            &token,
            "POST",
            "/agreements/parse",
            json!({ "number": AGREEMENT }),
        )
        .await;
    assert_eq!((parsed.status, &parsed.json["mod"]), (200, &json!("0000")));
    assert_eq!(
        web.call(
            &token,
            "POST",
            "/agreements/parse",
            json!({ "number": "X-1" })
        )
        .await
        .status,
        422
    );
    let list = web.call(&token, "GET", "/agreements", Value::Null).await;
    assert_eq!(list.json["items"][0]["apps"][0], "Fishing Licence");
    let outsider = web.portal.token("outsider").await.unwrap();
    assert_eq!(
        web.call(&outsider, "GET", "/agreements", Value::Null)
            .await
            .json["items"],
        json!([])
    );
    assert_eq!(
        web.call(
            &outsider,
            "GET",
            &format!("/agreements/{AGREEMENT}"),
            Value::Null
        )
        .await
        .status,
        404
    );
}

#[tokio::test]
async fn an_agreement_goes_its_way_to_both_signatures() {
    let web = Web::open().await;
    let (manager, admin) = (
        web.portal.token("manager").await.unwrap(),
        web.portal.token("admin").await.unwrap(),
    );
    let number = "LGABCFY260007-0001-0000";
    let new = json!({ "number": number, "agency": "ABC", "partner": "Fisheries Digital", "starts": "2026-12-01", "ends": "2027-11-30",
        "apps": [{ "name": "Boat Registration", "level": "auth-only" }] });
    assert_eq!(
        web.call(&admin, "POST", "/agreements", new.clone())
            .await
            .status,
        403
    );
    assert_eq!(
        web.call(&manager, "POST", "/agreements", new.clone())
            .await
            .status,
        201
    );
    assert_eq!(
        web.call(&manager, "POST", "/agreements", new).await.status,
        409
    );
    let signature = json!({ "side": "partner", "name": "A. Signer", "title": "Director" });
    let path = format!("/agreements/{number}/signatures");
    assert_eq!(
        web.call(&admin, "POST", &path, signature.clone())
            .await
            .json["code"],
        "agreement/step-not-possible"
    );
    for step in ["start_drafting", "send_to_counsel", "clear_by_counsel"] {
        assert_eq!(
            web.call(
                &manager,
                "POST",
                &format!("/agreements/{number}/steps"),
                json!({ "step": step })
            )
            .await
            .status,
            200,
            "{step}"
        );
    }
    assert_eq!(
        web.call(&admin, "POST", &path, signature).await.json["state"],
        "partner_signed"
    );
    web.call(
        &manager,
        "POST",
        &format!("/agreements/{number}/steps"),
        json!({ "step": "send_to_provider" }),
    )
    .await;
    let provider = json!({ "side": "provider", "name": "P. Rovider", "title": "Director" });
    assert_eq!(
        web.call(&admin, "POST", &path, provider.clone())
            .await
            .status,
        403
    );
    assert_eq!(
        web.call(&manager, "POST", &path, provider).await.json["state"],
        "executed"
    );
}

#[tokio::test]
async fn odd_requests_are_problems_in_json() {
    let web = Web::open().await;
    let token = web.portal.token("admin").await.unwrap();
    let nobody = web
        .send(Request::get("/api/v1/apps").body(Body::empty()).unwrap())
        .await;
    assert_eq!(nobody.status, 401);
    assert!(nobody.header("www-authenticate").starts_with("Bearer"));
    for wrong in ["wrong", "dwp_wrong", ""] {
        assert_eq!(
            web.call(wrong, "GET", "/apps", Value::Null).await.status,
            401,
            "{wrong}"
        );
    }
    let missing = web.call(&token, "GET", "/nothing", Value::Null).await;
    assert_eq!(
        (missing.status, missing.header("content-type")),
        (404, "application/problem+json")
    );
    let method = web.call(&token, "DELETE", "/apps", Value::Null).await;
    assert_eq!((method.status, method.header("allow")), (405, "GET, POST"));
    let kind = Request::post("/api/v1/launches")
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "text/plain");
    assert_eq!(
        web.send(kind.body(Body::from("x")).unwrap()).await.status,
        415
    );
    let broken = Request::post("/api/v1/launches")
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json");
    assert_eq!(
        web.send(broken.body(Body::from("{")).unwrap()).await.status,
        400
    );
    assert_eq!(
        web.call(
            &token,
            "POST",
            "/launches",
            json!({ "app": "a1", "approved": true })
        )
        .await
        .status,
        422
    );
    let large = Request::post("/api/v1/apps")
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json");
    assert_eq!(
        web.send(large.body(Body::from(vec![b'x'; 4 << 20])).unwrap())
            .await
            .status,
        413
    );
    assert_eq!(
        web.call(&token, "GET", "/apps/fishing-licence/moon", Value::Null)
            .await
            .status,
        404
    );
    assert_eq!(
        web.call(&token, "GET", "/requests/none", Value::Null)
            .await
            .status,
        404
    );
    assert_eq!(
        web.call(&token, "POST", "/demo/clock", json!({ "to": "soon" }))
            .await
            .status,
        422
    );
    assert_eq!(
        web.call(&token, "POST", "/demo/clock", json!({}))
            .await
            .status,
        400
    );
    let week = web
        .call(&token, "POST", "/demo/clock", json!({ "advance": "P7D" }))
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
async fn the_keepers_clock_does_not_age_tokens() {
    let web = Web::open().await;
    let reviewer = web.portal.token("reviewer").await.unwrap();
    let later = web.portal.keeper.clock.clone();
    // Months later by the keeper: still good for approving, and the answer is about the request.
    later.set(
        web.portal
            .keeper
            .programme
            .noon("2027-03-01".parse().unwrap()),
    );
    let answer = web
        .call(&reviewer, "POST", "/launches/none/approve", json!({}))
        .await;
    assert_eq!(
        (answer.status, answer.json["code"].as_str()),
        (404, Some("launch/not-found"))
    );
}

#[tokio::test]
async fn a_text_with_a_nul_is_the_callers_mistake() {
    let web = Web::open().await;
    let token = web.portal.token("admin").await.unwrap();
    for path in ["/launches/%00", "/apps/a%00/sandbox"] {
        let answer = web.call(&token, "GET", path, Value::Null).await;
        assert_eq!(answer.status, 400, "{path}: {}", answer.json);
        assert_eq!(answer.json["code"], "web/nul");
    }
}

#[tokio::test]
async fn a_caller_who_hangs_up_leaves_no_save_that_is_not_live() {
    let web = Web::open().await;
    let token = web.portal.token("admin").await.unwrap();
    web.call(&token, "POST", "/apps", web.sandbox()).await;
    let wait = |ms| tokio::time::sleep(std::time::Duration::from_millis(ms));
    for ms in (0..40).step_by(2) {
        let mut document = web.sandbox();
        document["description"] = json!(format!("after {ms} ms"));
        let path = "/apps/fishing-licence/sandbox";
        tokio::select! {
            _ = web.call(&token, "PUT", path, document) => {}
            () = wait(ms) => {}
        }
    }
    // What still runs comes to its end.
    wait(1000).await;
    let status = "/apps/fishing-licence/sandbox/status";
    let found = web.call(&token, "GET", status, Value::Null).await;
    let app = &found.json["app"];
    assert!(app["revision"].as_i64() > Some(1), "{app}");
    assert_eq!(app["revision"], app["live_revision"]);
}

/// A token of one of the members, limited to a team and to scopes.
async fn limited(web: &Web, name: &str, team: &str, scopes: &str) -> String {
    let member = web.portal.member(name).await.unwrap();
    let wish = Wish {
        name: "pipeline",
        days: 7,
        team,
        scopes,
    };
    let minted = tokens::mint(&web.portal.keeper, &member, wish, &trace()).await;
    minted.unwrap_or_else(|failure| panic!("{failure:?}")).token
}

#[tokio::test]
async fn a_scoped_token_does_what_its_scopes_name_and_nothing_more() {
    let web = Web::open().await;
    let document = serde_json::to_value(web.portal.sandbox_document()).unwrap();
    let team = document["team"].as_str().unwrap().to_owned();
    let reads = limited(&web, "admin", &team, "apps:read").await;
    let writes = limited(&web, "admin", &team, "apps:read apps:write").await;
    let refused = web.call(&reads, "POST", "/apps", document.clone()).await;
    assert_eq!(
        (refused.status, &refused.json["code"]),
        (403, &json!("permission/scope"))
    );
    let saved = web.call(&writes, "POST", "/apps", document).await;
    assert_eq!(saved.status, 201, "{}", saved.json);
    let list = web
        .call(&reads, "GET", "/apps?q=FISHING", Value::Null)
        .await;
    assert_eq!(
        list.json["items"].as_array().unwrap().len(),
        1,
        "{}",
        list.json
    );
    let none = web
        .call(&reads, "GET", "/apps?q=%25nothing", Value::Null)
        .await;
    assert!(none.json["items"].as_array().unwrap().is_empty());
    let launch = web.call(&writes, "GET", "/launches", Value::Null).await;
    assert_eq!(launch.json["code"], "permission/scope");
}

#[tokio::test]
async fn a_staff_members_token_without_that_team_and_unknown_scopes_are_refused() {
    let web = Web::open().await;
    let member = web.portal.member("reviewer").await.unwrap();
    for (team, scopes, code) in [
        ("fisheries-digital", "", "token/team"),
        ("", "apps:everything", "token/scope"),
    ] {
        let wish = Wish {
            name: "x",
            days: 1,
            team,
            scopes,
        };
        let Err(durward_app::Failure::Refused(refusal)) =
            tokens::mint(&web.portal.keeper, &member, wish, &trace()).await
        else {
            panic!("minted");
        };
        assert_eq!(refusal.code(), code);
    }
}

#[tokio::test]
async fn a_team_admin_sees_and_takes_back_the_teams_tokens() {
    let web = Web::open().await;
    let document = serde_json::to_value(web.portal.sandbox_document()).unwrap();
    let team = document["team"].as_str().unwrap().to_owned();
    let theirs = limited(&web, "developer", &team, "apps:read").await;
    let admin = web.portal.token("admin").await.unwrap();
    let path = format!("/teams/{team}/tokens");
    let list = web.call(&admin, "GET", &path, Value::Null).await;
    let id = list.json["items"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(list.json["items"][0]["scopes"], json!(["apps:read"]));
    let developer = web.portal.token("developer").await.unwrap();
    assert_eq!(
        web.call(&developer, "GET", &path, Value::Null).await.status,
        403
    );
    let gone = web
        .call(&admin, "DELETE", &format!("{path}/{id}"), Value::Null)
        .await;
    assert_eq!(gone.status, 204);
    assert_eq!(
        web.call(&theirs, "GET", "/apps", Value::Null).await.status,
        401
    );
}

#[tokio::test]
async fn a_repeated_call_is_answered_as_the_first_time_and_does_nothing() {
    let web = Web::open().await;
    let document = serde_json::to_value(web.portal.sandbox_document()).unwrap();
    let token = web.portal.token("admin").await.unwrap();
    let send = async |token: &str, key: &str, body: &Value| {
        let request = Request::builder()
            .method("POST")
            .uri("/api/v1/apps")
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .header("idempotency-key", key)
            .body(Body::from(body.to_string()));
        web.send(request.unwrap()).await
    };
    let first = send(&token, "k-1", &document).await;
    assert_eq!(first.status, 201, "{}", first.json);
    let again = send(&token, "k-1", &document).await;
    assert_eq!((again.status, &again.json), (201, &first.json));
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.header("etag"), first.header("etag"));
    let other = send(&token, "k-1", &json!({})).await;
    assert_eq!(
        (other.status, &other.json["code"]),
        (422, &json!("api/idempotency-key-reused"))
    );
    // A refusal is an answer too, and another member's key is another key.
    let refused = send(&token, "k-2", &document).await;
    assert_eq!(refused.status, 409, "{}", refused.json);
    let repeated = send(&token, "k-2", &document).await;
    assert_eq!(
        (repeated.status, &repeated.json["code"]),
        (409, &refused.json["code"])
    );
    let developer = web.portal.token("developer").await.unwrap();
    let fresh = send(&developer, "k-1", &document).await;
    assert_eq!(fresh.header("idempotency-replayed"), "");
}

#[tokio::test]
async fn formats_go_out_and_in_and_a_repeated_save_is_none() {
    let web = Web::open().await;
    let token = web.portal.token("developer").await.unwrap();
    assert_eq!(
        web.call(&token, "POST", "/apps", web.sandbox())
            .await
            .status,
        201
    );
    let path = "/apps/fishing-licence/sandbox";
    let again = web.call(&token, "PUT", path, web.sandbox()).await;
    assert_eq!(
        (again.status, again.header("etag"), &again.json["changed"]),
        (200, "\"v1\"", &false.into())
    );
    let known = Request::get(format!("/api/v1{path}"))
        .header("authorization", format!("Bearer {token}"))
        .header("if-none-match", "\"v1\"")
        .body(Body::empty())
        .unwrap();
    let known = web.send(known).await;
    assert_eq!((known.status, known.header("etag")), (304, "\"v1\""));

    for (format, kind) in [
        ("login-gov-json", "application/json"),
        ("oidc-metadata", "application/json"),
        ("durward-toml", "application/toml"),
    ] {
        let out = web
            .call(
                &token,
                "GET",
                &format!("{path}/export?format={format}"),
                Value::Null,
            )
            .await;
        assert_eq!(
            (out.status, out.header("content-type"), out.header("etag")),
            (200, kind, "\"v1\""),
            "{format}"
        );
        if out.json.is_object() {
            let body = json!({ "text": out.json.to_string(), "dry_run": true });
            let read = web.call(&token, "POST", "/import", body).await;
            assert_eq!(read.status, 200, "{}", read.json);
            assert_eq!(
                (&read.json["document"], &read.json["plan"]["changes"]),
                (&web.sandbox(), &false.into())
            );
        }
    }
    let none = web
        .call(
            &token,
            "GET",
            &format!("{path}/export?format=saml-metadata"),
            Value::Null,
        )
        .await;
    assert_eq!(
        (none.status, none.json["code"].as_str()),
        (409, Some("format/not-exported"))
    );
    let unknown = web
        .call(
            &token,
            "GET",
            &format!("{path}/export?format=word"),
            Value::Null,
        )
        .await;
    assert_eq!(
        (unknown.status, unknown.json["code"].as_str()),
        (422, Some("format/unknown"))
    );
    let bad = json!({ "text": "{\"ClientName\":\"{CLIENT_NAME}\",\"Scops\":[]}", "handle": "ab", "team": "fisheries-digital", "environment": "sandbox" });
    let bad = web.call(&token, "POST", "/import", bad).await;
    assert_eq!(
        (bad.status, bad.json["code"].as_str()),
        (422, Some("format/not-imported")),
        "{}",
        bad.json
    );
    assert_eq!(bad.json["faults"][0]["placeholder"], "{CLIENT_NAME}");
    let stranger = json!({ "text": web.sandbox().to_string().replace("fisheries-digital", "no-team-of-mine") });
    assert_eq!(
        web.call(&token, "POST", "/import", stranger).await.status,
        403
    );
    let reader = web.portal.token("reader").await.unwrap();
    let body = json!({ "text": web.sandbox().to_string() });
    assert_eq!(web.call(&reader, "POST", "/import", body).await.status, 403);
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
    let token = web.portal.token("admin").await.unwrap();
    let document = web.production();
    let first = web.call(&token, "POST", "/plan", document.clone()).await;
    assert_eq!(
        (&first.json["changes"], &first.json["saved_version"]),
        (&true.into(), &Value::Null),
        "{}",
        first.json
    );
    assert_eq!(
        web.call(&token, "POST", "/apps", document.clone())
            .await
            .status,
        201
    );
    let same = web.call(&token, "POST", "/plan", document.clone()).await;
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
    let plan = web.call(&token, "POST", "/plan", worse).await;
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

/// Documents of apps of their own.
fn many(web: &Web, count: usize) -> Vec<Value> {
    let base = serde_json::to_value(web.portal.sandbox_document()).unwrap();
    (0..count)
        .map(|number| {
            let mut document = base.clone();
            document["handle"] = json!(format!("bulk-{number}"));
            document["app_name"] = json!(format!("Bulk {number}"));
            document["friendly_name"] = json!(format!("Bulk Service {number}"));
            document["issuer"] = json!(format!(
                "urn:gov:gsa:openidconnect.profiles:sp:sso:BULK:N{number}"
            ));
            document
        })
        .collect()
}

#[tokio::test]
async fn five_hundred_apps_are_saved_in_one_call_or_none_of_them() {
    let web = Web::open().await;
    let token = web.portal.token("admin").await.unwrap();
    let mut documents = many(&web, 500);
    documents[3]["issuer"] = documents[2]["issuer"].clone();
    documents[7]["oidc"]["redirect_uris"] = json!(["javascript:alert(1)"]);
    let refused = web
        .call(
            &token,
            "POST",
            "/apps/batch",
            json!({ "documents": documents }),
        )
        .await;
    assert_eq!(
        (refused.status, &refused.json["code"]),
        (422, &json!("batch/documents"))
    );
    let wrong: Vec<i64> = refused.json["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|item| item["index"].as_i64())
        .collect();
    assert_eq!(wrong, [3, 7]);
    let list = web.call(&token, "GET", "/apps?q=bulk", Value::Null).await;
    assert!(
        list.json["items"].as_array().unwrap().is_empty(),
        "{}",
        list.json
    );

    let saved = web
        .call(
            &token,
            "POST",
            "/apps/batch",
            json!({ "documents": many(&web, 500) }),
        )
        .await;
    assert_eq!(saved.status, 200, "{}", saved.json);
    let items = saved.json["items"].as_array().unwrap();
    let release = &items[0]["live"]["release"];
    assert!(release.is_string() && items.len() == 500);
    assert!(items.iter().all(|item| item["live"]["release"] == *release));
    let again = web
        .call(
            &token,
            "POST",
            "/apps/batch",
            json!({ "documents": many(&web, 500) }),
        )
        .await;
    let unchanged = again.json["items"].as_array().unwrap();
    assert!(unchanged.iter().all(|item| item["changed"] == false));
}

#[tokio::test]
async fn a_batch_names_what_it_saw() {
    let web = Web::open().await;
    let token = web.portal.token("admin").await.unwrap();
    let send = async |body: Value| web.call(&token, "POST", "/apps/batch", body).await;
    let mut documents = many(&web, 2);
    let new = json!({ "bulk-0/sandbox": null, "bulk-1/sandbox": null });
    let saved = send(json!({ "documents": documents, "seen": new })).await;
    assert_eq!(saved.status, 200, "{}", saved.json);

    documents[0]["friendly_name"] = json!("Bulk Nought");
    documents[1]["friendly_name"] = json!("Bulk One");
    let stale = json!({ "bulk-0/sandbox": 1, "bulk-1/sandbox": 7 });
    let refused = send(json!({ "documents": documents, "seen": stale })).await;
    assert_eq!(refused.json["code"], "batch/documents");
    assert_eq!(refused.json["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        (
            &refused.json["items"][0]["index"],
            &refused.json["items"][0]["code"]
        ),
        (&json!(1), &json!("app/stale"))
    );
    let list = web.call(&token, "GET", "/apps?q=nought", Value::Null).await;
    assert_eq!(list.json["items"], json!([]));
    let seen = json!({ "bulk-0/sandbox": 1, "bulk-1/sandbox": 1 });
    let saved = send(json!({ "documents": documents, "seen": seen })).await;
    assert_eq!(saved.json["items"][1]["version"], 2, "{}", saved.json);

    let other = json!({ "bulk-9/sandbox": 1 });
    let refused = send(json!({ "documents": documents, "seen": other })).await;
    assert_eq!(refused.json["code"], "batch/seen");
    documents[1]["freindly_name"] = json!("x");
    let refused = send(json!({ "documents": documents })).await;
    assert_eq!(
        (
            refused.status,
            &refused.json["code"],
            &refused.json["items"][0]["index"]
        ),
        (422, &json!("batch/unreadable"), &json!(1))
    );
    assert!(
        refused.json["detail"]
            .as_str()
            .unwrap()
            .starts_with("Nothing was saved: 1 of")
    );
}
