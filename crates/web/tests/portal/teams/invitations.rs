//! A newcomer's own team, and invitations.

use durward_app::testing_portal::{OTHER_TEAM, TEAM};
use durward_domain::permission::Role;
use serde_json::{Value, json};

use super::both;
use crate::support::Web;

#[tokio::test]
async fn a_newcomer_creates_a_team_and_has_the_sandbox_only() {
    let web = Web::open().await;
    let (_, token) = web.member("newcomer", &[]).await;
    let me = web.get(&token, "/me").await.is(200);
    assert_eq!(
        (&me["approved_domain"], &me["teams"]),
        (&json!(true), &json!([]))
    );
    assert_eq!(web.get(&token, "/apps").await.is(200)["items"], json!([]));
    let team = json!({ "name": "Fish Counters", "agency": "abc" });
    let made = web.post(&token, "/teams", team.clone()).await.is(201);
    assert_eq!(
        (&made["handle"], &made["agency"]),
        (&json!("fish-counters"), &json!("Department of Fisheries"))
    );
    assert_eq!(made["members"][0]["sandbox"], "partner_admin");
    assert_eq!(made["members"][0]["production"], Value::Null);
    web.post(&token, "/teams", team)
        .await
        .refused(409, "team/handle-taken");
    let nowhere = json!({ "name": "Ghosts", "agency": "No Such Agency" });
    web.post(&token, "/teams", nowhere)
        .await
        .refused(422, "team/no-agency");
    web.post(&token, "/teams", json!({ "name": "x", "agency": "ABC" }))
        .await
        .refused(422, "team/name");

    // The sandbox is theirs, production is not.
    let mut document = web.sandbox();
    document["team"] = "fish-counters".into();
    web.post(&token, "/apps", document.clone()).await.is(201);
    document["environment"] = "production".into();
    web.post(&token, "/apps", document)
        .await
        .refused(403, "permission/role");
    web.get(&token, "/agreements")
        .await
        .refused(403, "permission/role");
    let offer = json!({ "email": "x@agency.gov", "production": "partner_readonly" });
    web.post(&token, "/teams/fish-counters/invitations", offer)
        .await
        .refused(403, "permission/role");

    // A team with apps stays; without them it goes, and its short name with it.
    web.delete(&token, "/teams/fish-counters")
        .await
        .refused(409, "team/has-apps");
    web.delete(&token, "/apps/fishing-licence/sandbox")
        .await
        .is(204);
    web.delete(&token, "/teams/fish-counters").await.is(204);
    web.get(&token, "/teams/fish-counters")
        .await
        .refused(404, "team/not-found");
    let again = json!({ "name": "Fish Counters", "agency": "ABC" });
    web.post(&token, "/teams", again)
        .await
        .refused(409, "team/handle-taken");

    // Who was only invited creates nothing.
    let (_, contractor) = web.member("someone@contractor.example.com", &[]).await;
    let team = json!({ "name": "Contractors", "agency": "ABC" });
    web.post(&contractor, "/teams", team)
        .await
        .refused(403, "permission/role");
}

#[tokio::test]
async fn an_invitation_is_for_one_person_once() {
    let web = Web::open().await;
    let admin = web.token("admin").await;
    let path = format!("/teams/{TEAM}/invitations");
    let offer =
        json!({ "email": "New.Colleague@Contractor.example.com", "sandbox": "partner_developer" });
    let made = web.post(&admin, &path, offer.clone()).await.is(201);
    assert_eq!(made["email"], "new.colleague@contractor.example.com");
    web.post(&admin, &path, offer)
        .await
        .refused(409, "invitation/open");
    for (body, code) in [
        (
            json!({ "email": "nobody", "sandbox": "partner_developer" }),
            "team/email",
        ),
        (json!({ "email": "a@agency.gov" }), "team/no-role"),
        (
            json!({ "email": "a@agency.gov", "sandbox": "administrator" }),
            "team/role-misplaced",
        ),
    ] {
        web.post(&admin, &path, body).await.refused(422, code);
    }
    let present = json!({ "email": "developer@agency.gov", "sandbox": "partner_admin" });
    web.post(&admin, &path, present)
        .await
        .refused(409, "team/already-member");

    let accept = format!("/invitations/{}/accept", made["id"].as_str().unwrap());
    let outsider = web.token("outsider").await;
    web.post(&outsider, &accept, Value::Null)
        .await
        .refused(403, "invitation/other-person");
    web.post(&outsider, "/invitations/no-such/accept", Value::Null)
        .await
        .refused(404, "invitation/not-found");
    let (_, invited) = web
        .member("new.colleague@contractor.example.com", &[])
        .await;
    assert_eq!(
        web.get(&invited, "/invitations").await.is(200)["items"][0]["team"],
        TEAM
    );
    web.get(&invited, &format!("/teams/{TEAM}"))
        .await
        .refused(403, "permission/role");
    web.post(&invited, &accept, Value::Null).await.is(200);
    web.post(&invited, &accept, Value::Null)
        .await
        .refused(410, "invitation/gone");
    let me = web.get(&invited, "/me").await.is(200);
    assert_eq!(
        (&me["teams"][0]["sandbox"], &me["teams"][0]["production"]),
        (&json!("partner_developer"), &Value::Null)
    );

    // Withdrawn is over; another team's admin withdraws nothing.
    let offer = json!({ "email": "late@agency.gov", "sandbox": "partner_readonly" });
    let late = web.post(&admin, &path, offer).await.is(201);
    let id = late["id"].as_str().unwrap();
    let theirs = format!("/teams/{OTHER_TEAM}/invitations/{id}");
    web.delete(&outsider, &theirs)
        .await
        .refused(404, "invitation/not-found");
    web.delete(&outsider, &format!("{path}/{id}"))
        .await
        .refused(404, "team/not-found");
    web.delete(&admin, &format!("{path}/{id}")).await.is(204);
    let (_, late) = web.member("late", &[]).await;
    web.post(&late, &format!("/invitations/{id}/accept"), Value::Null)
        .await
        .refused(410, "invitation/gone");

    // Whoever lost their role leaves no invitations behind that work.
    let (helper_id, helper) = web.member("helper", &both(TEAM, Role::PartnerAdmin)).await;
    let offer = json!({ "email": "guest@agency.gov", "sandbox": "partner_admin" });
    let made = web.post(&helper, &path, offer).await.is(201);
    web.delete(
        &web.token("manager").await,
        &format!("/teams/{TEAM}/members/{helper_id}"),
    )
    .await
    .is(204);
    let (_, guest) = web.member("guest", &[]).await;
    let accept = format!("/invitations/{}/accept", made["id"].as_str().unwrap());
    web.post(&guest, &accept, Value::Null)
        .await
        .refused(410, "invitation/inviter-gone");
    assert_eq!(web.get(&guest, "/me").await.is(200)["teams"], json!([]));
}
