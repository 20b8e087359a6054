//! Roles of members, and who may change them.

use durward_app::actor::Held;
use durward_app::testing_portal::{OTHER_TEAM, TEAM};
use durward_domain::level::Aal;
use durward_domain::permission::{Realm, Role};
use serde_json::json;

use super::both;
use crate::support::Web;

#[tokio::test]
async fn nobody_raises_themselves_and_realms_do_not_mix() {
    let web = Web::open().await;
    let sandbox = [Held::in_team(TEAM, Realm::Sandbox, Role::PartnerAdmin)];
    let (own_id, sandbox_admin) = web.member("sandbox-admin", &sandbox).await;
    let developer = web.id("developer").await;
    let at = |id: &str| format!("/teams/{TEAM}/members/{id}");
    // Oneself.
    web.put(
        &sandbox_admin,
        &at(&own_id),
        json!({ "production": "partner_admin" }),
    )
    .await
    .refused(403, "team/own-role");
    let admin_id = web.id("admin").await;
    let admin = web.token("admin").await;
    web.delete(&admin, &at(&admin_id))
        .await
        .refused(403, "team/own-role");
    // Production by somebody with the sandbox only.
    web.put(
        &sandbox_admin,
        &at(&developer),
        json!({ "production": null }),
    )
    .await
    .refused(403, "permission/role");
    web.delete(&sandbox_admin, &at(&developer))
        .await
        .refused(403, "permission/role");
    web.put(
        &sandbox_admin,
        &at(&developer),
        json!({ "sandbox": "partner_readonly" }),
    )
    .await
    .is(200);
    // A production admin gives production roles, but not that of an admin: that is the staff's.
    web.put(
        &admin,
        &at(&own_id),
        json!({ "production": "partner_developer" }),
    )
    .await
    .is(200);
    web.put(
        &admin,
        &at(&own_id),
        json!({ "production": "partner_admin" }),
    )
    .await
    .refused(403, "permission/role");
    let manager = web.token("manager").await;
    web.put(
        &manager,
        &at(&own_id),
        json!({ "production": "partner_admin" }),
    )
    .await
    .is(200);
    web.put(&manager, &at(&own_id), json!({ "production": "deployer" }))
        .await
        .refused(422, "team/role-misplaced");
    // One factor is not enough for production, and an old one not for members of it.
    let weak = web.portal.token_of(&admin_id, Aal::Aal1).await.unwrap();
    web.put(&weak, &at(&developer), json!({ "production": null }))
        .await
        .refused(403, "permission/level");
    web.post(&admin, "/apps", web.sandbox()).await.is(201);
    let mut document = web.production();
    web.post(&weak, "/apps", document.clone())
        .await
        .refused(403, "permission/level");
    document["description"] = "by the sandbox".into();
    let (_, only_sandbox) = web
        .member(
            "only-sandbox",
            &[Held::in_team(TEAM, Realm::Sandbox, Role::PartnerAdmin)],
        )
        .await;
    web.post(&admin, "/apps", web.production()).await.is(201);
    web.put(&only_sandbox, "/apps/fishing-licence/production", document)
        .await
        .refused(403, "permission/role");
    web.delete(&only_sandbox, "/apps/fishing-licence/production")
        .await
        .refused(403, "permission/role");
    web.post(
        &only_sandbox,
        "/launches",
        json!({ "app": "fishing-licence", "environment": "production" }),
    )
    .await
    .refused(403, "permission/role");
    // Across teams.
    let outsider = web.token("outsider").await;
    web.put(&outsider, &at(&developer), json!({ "sandbox": null }))
        .await
        .refused(404, "team/not-found");
    web.get(&outsider, &format!("/teams/{TEAM}/members"))
        .await
        .refused(404, "team/not-found");
    let foreign = format!("/teams/{OTHER_TEAM}/members/{developer}");
    web.put(&outsider, &foreign, json!({ "sandbox": "partner_admin" }))
        .await
        .refused(404, "team/no-member");
    // Who only reads sees no members.
    web.get(
        &web.token("reader").await,
        &format!("/teams/{TEAM}/members"),
    )
    .await
    .refused(403, "permission/role");
}

#[tokio::test]
async fn each_realm_keeps_its_last_admin_and_a_developer_deletes_what_they_made() {
    let web = Web::open().await;
    let (manager, admin_id) = (web.token("manager").await, web.id("admin").await);
    let at = format!("/teams/{TEAM}/members/{admin_id}");
    for realm in ["sandbox", "production"] {
        web.put(&manager, &at, json!({ realm: "partner_developer" }))
            .await
            .refused(409, "team/last-admin");
    }
    web.delete(&manager, &at)
        .await
        .refused(409, "team/last-admin");
    web.member(
        "second",
        &[Held::in_team(TEAM, Realm::Sandbox, Role::PartnerAdmin)],
    )
    .await;
    web.put(&manager, &at, json!({ "sandbox": null }))
        .await
        .is(200);
    web.put(&manager, &at, json!({ "production": null }))
        .await
        .refused(409, "team/last-admin");

    let (developer, other) = (
        web.token("developer").await,
        web.member("colleague", &both(TEAM, Role::PartnerDeveloper))
            .await
            .1,
    );
    web.post(&developer, "/apps", web.sandbox()).await.is(201);
    web.delete(&other, "/apps/fishing-licence/sandbox")
        .await
        .refused(403, "permission/role");
    web.delete(&developer, "/apps/fishing-licence/sandbox")
        .await
        .is(204);
}
