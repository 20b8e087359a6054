//! Launches and their releases.

use durward_app::testing_portal::AGREEMENT;
use serde_json::{Value, json};

use crate::support::Web;

/// A launch of the app of the tests that passes the checklist.
pub(crate) fn launch() -> Value {
    let contacts = ["technical", "program", "billing", "help_desk"].map(
        |kind| json!({ "kind": kind, "name": "R. Quill", "email": "r.quill@agency.gov", "phone": "" }),
    );
    json!({
        "app": "fishing-licence", "environment": "production", "agreement": AGREEMENT, "desired_date": "2026-11-30",
        "estimates": { "annual_registrations": 1000, "annual_authentications": 20000, "monthly_active_users": 900, "seasonality": "spring" },
        "audience": "general_public", "application_url": "https://fishing.agency.gov/",
        "contacts": contacts,
        "attestations": { "L08": "R. Quill", "L18": "R. Quill", "L19": "R. Quill" }, "note": ""
    })
}

#[tokio::test]
async fn a_launch_by_api_on_its_monday() {
    let web = Web::open().await;
    let (admin, reviewer, deployer) = (
        web.token("admin").await,
        web.token("reviewer").await,
        web.token("deployer").await,
    );
    assert_eq!(
        web.post(&admin, "/launches", launch()).await.json["code"],
        "launch/no-configuration"
    );
    let mut unready = web.production();
    unready["logo"] = Value::Null;
    web.post(&admin, "/apps", unready).await.is(201);
    let made = web.post(&admin, "/launches", launch()).await;
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
        .post(&admin, &format!("/launches/{id}/submit"), Value::Null)
        .await;
    assert_eq!(
        (refused.status, refused.json["code"].as_str()),
        (422, Some("launch/checklist-open"))
    );
    assert_eq!(refused.json["open_items"][0]["rule"], "L09");

    web.put(&admin, "/apps/fishing-licence/production", web.production())
        .await
        .is(200);
    let submitted = web
        .post(&admin, &format!("/launches/{id}/submit"), json!({}))
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
    web.post(&admin, &format!("/launches/{id}/approve"), json!({}))
        .await
        .is(403);
    let stale = web
        .post(
            &reviewer,
            &format!("/launches/{id}/approve"),
            json!({ "document_sha256": "other" }),
        )
        .await;
    assert_eq!(stale.json["code"], "launch/stale-review");
    let seen = submitted.json["document_sha256"].clone();
    let approved = web
        .post(
            &reviewer,
            &format!("/launches/{id}/approve"),
            json!({ "document_sha256": seen }),
        )
        .await;
    assert_eq!(approved.json["state"], "scheduled", "{}", approved.json);
    let early = web
        .post(&deployer, &format!("/launches/{id}/deploy"), Value::Null)
        .await;
    assert_eq!(
        (early.status, &early.json["window"]),
        (409, &json!("2026-11-30"))
    );

    web.post(&deployer, "/demo/clock", json!({ "to": "2026-11-30" }))
        .await
        .is(200);
    let live = web.get(&admin, &format!("/launches/{id}")).await;
    assert_eq!(live.json["state"], "deployed");
    let release = live.json["release"].as_str().unwrap().to_owned();
    let releases = web.get(&deployer, "/releases?environment=production").await;
    assert_eq!(
        (
            &releases.json["items"][0]["id"],
            &releases.json["items"][0]["current"]
        ),
        (&json!(release), &json!(true))
    );
    let back = web
        .post(
            &deployer,
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
        web.get(&admin, &format!("/launches/{id}")).await.json["state"],
        "rolled_back"
    );
    let again = web
        .post(
            &deployer,
            &format!("/releases/{release}/deploy"),
            Value::Null,
        )
        .await;
    assert_eq!(again.json["kind"], "redeploy", "{}", again.json);
    assert_eq!(
        web.get(&admin, &format!("/launches/{id}")).await.json["state"],
        "deployed"
    );
}

#[tokio::test]
async fn the_keepers_clock_does_not_age_tokens() {
    let web = Web::open().await;
    let reviewer = web.token("reviewer").await;
    let later = web.portal.keeper.clock.clone();
    // Months later by the keeper: still good for approving, and the answer is about the request.
    later.set(
        web.portal
            .keeper
            .programme
            .noon("2027-03-01".parse().unwrap()),
    );
    let answer = web
        .post(&reviewer, "/launches/none/approve", json!({}))
        .await;
    answer.refused(404, "launch/not-found");
}
