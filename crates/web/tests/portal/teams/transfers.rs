//! Apps that move to another team, and teams to another agency.

use durward_app::testing_portal::{OTHER_TEAM, TEAM};
use durward_domain::environment::EnvironmentName;
use durward_domain::permission::Role;
use serde_json::json;

use super::both;
use crate::support::Web;

#[tokio::test]
async fn an_app_moves_with_both_teams_and_says_whom_it_forgets() {
    let web = Web::open().await;
    let admin = web.token("admin").await;
    web.post(&admin, "/apps", web.sandbox()).await.is(201);
    let path = "/apps/fishing-licence/transfer";
    // Neither team's admin alone.
    web.post(&admin, path, json!({ "team": OTHER_TEAM }))
        .await
        .refused(404, "team/not-found");
    let outsider = web.token("outsider").await;
    web.post(&outsider, path, json!({ "team": OTHER_TEAM }))
        .await
        .refused(404, "transfer/no-app");
    let reads = [
        both(TEAM, Role::PartnerAdmin),
        both(OTHER_TEAM, Role::PartnerReadonly),
    ]
    .concat();
    let (_, half) = web.member("half", &reads).await;
    web.post(&half, path, json!({ "team": OTHER_TEAM }))
        .await
        .refused(403, "permission/role");
    // By a document neither.
    let mut document = web.sandbox();
    document["team"] = OTHER_TEAM.into();
    let (_, mover) = web
        .member(
            "mover",
            &[
                both(TEAM, Role::PartnerAdmin),
                both(OTHER_TEAM, Role::PartnerAdmin),
            ]
            .concat(),
        )
        .await;
    web.put(&mover, "/apps/fishing-licence/sandbox", document)
        .await
        .refused(409, "app/team-fixed");
    // Somebody is known to it.
    let client = web.portal.sandbox_document().issuer;
    web.portal.known_in_sandbox(TEAM, &client).await.unwrap();
    web.portal.known_in_sandbox(TEAM, &client).await.unwrap();
    let plan = web
        .get(&mover, &format!("{path}?to={OTHER_TEAM}"))
        .await
        .is(200);
    assert_eq!(
        plan["subjects"],
        json!([{ "environment": "sandbox", "apps": 1, "subjects": 2 }])
    );
    let told = web
        .post(&mover, path, json!({ "team": OTHER_TEAM }))
        .await
        .refused(409, "team/subjects-change");
    assert_eq!(told["confirm"], 2);
    web.post(&mover, path, json!({ "team": OTHER_TEAM, "confirm": 1 }))
        .await
        .refused(409, "team/subjects-change");
    web.post(&mover, path, json!({ "team": OTHER_TEAM, "confirm": 2 }))
        .await
        .is(200);
    let found = web
        .get(&mover, "/apps/fishing-licence/sandbox")
        .await
        .is(200);
    assert_eq!(found["team"], OTHER_TEAM);
    let status = web
        .get(&outsider, "/apps/fishing-licence/sandbox/status")
        .await
        .is(200);
    assert_eq!(status["app"]["revision"], status["app"]["live_revision"]);
    web.get(&admin, "/apps/fishing-licence/sandbox")
        .await
        .refused(404, "app/not-found");
    web.post(&mover, path, json!({ "team": OTHER_TEAM }))
        .await
        .refused(409, "team/nothing-changes");
    // A deleted app goes nowhere.
    web.delete(&mover, "/apps/fishing-licence/sandbox")
        .await
        .is(204);
    web.post(&mover, path, json!({ "team": TEAM }))
        .await
        .refused(404, "transfer/no-app");
    let administrator = web.token("administrator").await;
    web.post(
        &administrator,
        "/apps/portal/transfer",
        json!({ "team": TEAM }),
    )
    .await
    .refused(403, "transfer/portal");
}

#[tokio::test]
async fn a_team_changes_its_agency_only_with_the_number_of_identifiers() {
    let web = Web::open().await;
    let (admin, manager) = (web.token("admin").await, web.token("manager").await);
    web.post(&admin, "/apps", web.sandbox()).await.is(201);
    let client = web.portal.sandbox_document().issuer;
    web.portal.known_in_sandbox(TEAM, &client).await.unwrap();
    let path = format!("/teams/{TEAM}/agency");
    web.post(&admin, &path, json!({ "agency": "HARB" }))
        .await
        .refused(403, "permission/role");
    let seen = web.get(&manager, &format!("{path}?to=HARB")).await.is(200);
    assert_eq!(
        (&seen["confirm"], &seen["subjects"][0]["environment"]),
        (&json!(1), &json!("sandbox"))
    );
    web.post(&manager, &path, json!({ "agency": "HARB" }))
        .await
        .refused(409, "team/subjects-change");
    let moved = web
        .post(&manager, &path, json!({ "agency": "HARB", "confirm": 1 }))
        .await
        .is(200);
    assert_eq!(moved["agency"], "Harbour Authority");
    web.post(&manager, &path, json!({ "agency": "HARB" }))
        .await
        .refused(409, "team/nothing-changes");
    // The environment knows the agency at once.
    let door = web
        .portal
        .keeper
        .environment(EnvironmentName::Sandbox)
        .and_then(|link| link.door.clone())
        .unwrap();
    let agency = door
        .registry
        .load()
        .by_handle("fishing-licence")
        .map(|app| app.client.agency.to_string());
    assert_eq!(agency, web.portal.agency_of(TEAM).await.ok());
}
