//! The staff, agencies, and the review of access.

use durward_app::actor::Held;
use durward_app::testing_portal::{OTHER_TEAM, TEAM};
use durward_domain::permission::Role;
use serde_json::{Value, json};

use crate::support::Web;

#[tokio::test]
async fn staff_roles_are_given_by_administrators_and_never_to_oneself() {
    let web = Web::open().await;
    let (administrator, manager) = (web.token("administrator").await, web.token("manager").await);
    let new = json!({ "email": "auditor@agency.gov", "role": "auditor" });
    web.post(&manager, "/staff", new.clone())
        .await
        .refused(403, "permission/role");
    let listed = web.post(&administrator, "/staff", new).await.is(200);
    assert!(listed.to_string().contains("auditor@agency.gov"));
    let own = json!({ "email": "administrator@agency.gov", "role": "deployer" });
    web.post(&administrator, "/staff", own)
        .await
        .refused(403, "team/own-role");
    let outside = json!({ "email": "a@contractor.example.com", "role": "support" });
    web.post(&administrator, "/staff", outside)
        .await
        .refused(422, "staff/not-approved");
    let partner = json!({ "email": "a@agency.gov", "role": "partner_admin" });
    web.post(&administrator, "/staff", partner)
        .await
        .refused(422, "team/role-misplaced");
    let own_id = web.id("administrator").await;
    web.delete(&administrator, &format!("/staff/{own_id}/administrator"))
        .await
        .refused(403, "team/own-role");
    let reviewer = web.id("reviewer").await;
    web.delete(&administrator, &format!("/staff/{reviewer}/reviewer"))
        .await
        .is(204);
    web.delete(&administrator, &format!("/staff/{reviewer}/reviewer"))
        .await
        .refused(404, "team/no-member");
    assert!(
        web.portal
            .member("reviewer")
            .await
            .unwrap()
            .roles
            .is_empty()
    );
}

#[tokio::test]
async fn access_is_reviewed_and_orphans_are_listed() {
    let web = Web::open().await;
    let (admin, auditor) = (
        web.token("admin").await,
        web.member("auditor", &[Held::staff(Role::Auditor)]).await.1,
    );
    let own = web.get(&admin, "/access-review").await.is(200);
    let teams: Vec<&str> = own["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["team"].as_str().unwrap())
        .collect();
    assert!(!teams.is_empty() && teams.iter().all(|team| *team == TEAM));
    let all = web.get(&auditor, "/access-review?format=csv").await;
    assert!(
        all.text
            .starts_with("team,agency,member,email,role,realm,last_sign_in,granted_by,granted\r\n")
    );
    assert!(all.text.contains(&format!(
        "{TEAM},Department of Fisheries,admin,admin@agency.gov,partner_admin,production,"
    )));
    assert!(all.text.contains("reviewer@agency.gov,reviewer,"));
    web.get(&admin, &format!("/access-review?team={OTHER_TEAM}"))
        .await
        .refused(403, "permission/role");
    web.get(&web.token("developer").await, "/access-review")
        .await
        .refused(403, "permission/role");

    let manager = web.token("manager").await;
    assert_eq!(
        web.get(&manager, "/orphan-teams").await.is(200)["items"][0]["handle"],
        "programme-office"
    );
    let lonely = json!({ "name": "Lonely", "agency": "ABC" });
    web.post(&manager, "/teams", lonely).await.is(201);
    let listed = web.get(&manager, "/orphan-teams").await.is(200);
    let lonely = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["handle"] == "lonely")
        .unwrap();
    assert_eq!(lonely["reason"], "no_admin");
    // The way back: staff invite an admin.
    let offer = json!({ "email": "rescuer@agency.gov", "sandbox": "partner_admin", "production": "partner_admin" });
    let made = web
        .post(&manager, "/teams/lonely/invitations", offer)
        .await
        .is(201);
    let (_, rescuer) = web.member("rescuer", &[]).await;
    web.post(
        &rescuer,
        &format!("/invitations/{}/accept", made["id"].as_str().unwrap()),
        Value::Null,
    )
    .await
    .is(200);
    assert!(
        !web.get(&manager, "/orphan-teams")
            .await
            .text
            .contains("lonely")
    );
    web.get(&admin, "/orphan-teams")
        .await
        .refused(403, "permission/role");
}

#[tokio::test]
async fn agencies_are_the_staffs() {
    let web = Web::open().await;
    let (admin, manager) = (web.token("admin").await, web.token("manager").await);
    let new = json!({ "name": "Bureau of Tides", "abbreviation": "TIDE" });
    web.post(&admin, "/agencies", new.clone())
        .await
        .refused(403, "permission/role");
    let made = web.post(&manager, "/agencies", new.clone()).await.is(201);
    web.post(&manager, "/agencies", new)
        .await
        .refused(409, "agency/taken");
    let path = format!("/agencies/{}", made["id"].as_str().unwrap());
    web.put(&manager, &path, json!({ "name": "Harbour Authority" }))
        .await
        .refused(409, "agency/taken");
    web.put(
        &manager,
        &path,
        json!({ "name": "Bureau of Tides and Waves" }),
    )
    .await
    .is(200);
    assert!(
        web.get(&admin, "/agencies")
            .await
            .is(200)
            .to_string()
            .contains("Waves")
    );
    web.post(
        &manager,
        "/agencies",
        json!({ "name": "Other", "abbreviation": "!" }),
    )
    .await
    .refused(422, "agency/letters");
}
