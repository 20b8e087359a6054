//! Agencies, teams, members, invitations, transfers and staff by the API, and what must not work.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use durward_app::actor::Held;
use durward_app::testing_portal::{OTHER_TEAM, TEAM, TestPortal};
use durward_domain::environment::EnvironmentName;
use durward_domain::level::Aal;
use durward_domain::permission::{Realm, Role};
use durward_keyring::mac::MacKey;
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

struct Said {
    status: u16,
    json: Value,
    text: String,
}

impl Said {
    fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }

    #[track_caller]
    fn is(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.json
    }

    #[track_caller]
    fn refused(self, status: u16, code: &str) -> Value {
        assert_eq!((self.status, self.code()), (status, code), "{}", self.text);
        self.json
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
                limits: Limits::default(),
            },
            move || clock.real_now(),
        );
        let state = Portal::new(Arc::clone(&portal.keeper), site);
        Self {
            router: portal_router::router(&state, []),
            portal,
        }
    }

    async fn call(&self, token: &str, method: &str, path: &str, body: Value) -> Said {
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .body(if body.is_null() {
                Body::empty()
            } else {
                Body::from(body.to_string())
            })
            .unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let status = answer.status().as_u16();
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        Said {
            status,
            json: serde_json::from_slice(&bytes).unwrap_or_default(),
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    async fn get(&self, token: &str, path: &str) -> Said {
        self.call(token, "GET", path, Value::Null).await
    }

    async fn post(&self, token: &str, path: &str, body: Value) -> Said {
        self.call(token, "POST", path, body).await
    }

    /// A new member's id and token.
    async fn member(&self, name: &str, held: &[Held]) -> (String, String) {
        let email = if name.contains('@') {
            name.to_owned()
        } else {
            format!("{name}@agency.gov")
        };
        let id = self.portal.newcomer(&email, held).await.unwrap();
        let token = self.portal.token_of(&id, Aal::Aal2).await.unwrap();
        (id, token)
    }

    async fn token(&self, name: &str) -> String {
        self.portal.token(name).await.unwrap()
    }

    async fn id(&self, name: &str) -> String {
        self.portal.member(name).await.unwrap().id
    }

    async fn save(&self, token: &str, production: bool) {
        let document = if production {
            self.portal.production_document()
        } else {
            self.portal.sandbox_document()
        };
        let body = serde_json::from_str(&document.to_json()).unwrap();
        self.post(token, "/apps", body).await.is(201);
    }
}

fn both(team: &str, role: Role) -> [Held; 2] {
    Realm::ALL.map(|realm| Held::in_team(team, realm, role))
}

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
    let mut document: Value =
        serde_json::from_str(&web.portal.sandbox_document().to_json()).unwrap();
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
    web.call(&token, "DELETE", "/teams/fish-counters", Value::Null)
        .await
        .refused(409, "team/has-apps");
    web.call(
        &token,
        "DELETE",
        "/apps/fishing-licence/sandbox",
        Value::Null,
    )
    .await
    .is(204);
    web.call(&token, "DELETE", "/teams/fish-counters", Value::Null)
        .await
        .is(204);
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
    web.call(&outsider, "DELETE", &theirs, Value::Null)
        .await
        .refused(404, "invitation/not-found");
    web.call(&outsider, "DELETE", &format!("{path}/{id}"), Value::Null)
        .await
        .refused(404, "team/not-found");
    web.call(&admin, "DELETE", &format!("{path}/{id}"), Value::Null)
        .await
        .is(204);
    let (_, late) = web.member("late", &[]).await;
    web.post(&late, &format!("/invitations/{id}/accept"), Value::Null)
        .await
        .refused(410, "invitation/gone");

    // Whoever lost their role leaves no invitations behind that work.
    let (helper_id, helper) = web.member("helper", &both(TEAM, Role::PartnerAdmin)).await;
    let offer = json!({ "email": "guest@agency.gov", "sandbox": "partner_admin" });
    let made = web.post(&helper, &path, offer).await.is(201);
    web.call(
        &web.token("manager").await,
        "DELETE",
        &format!("/teams/{TEAM}/members/{helper_id}"),
        Value::Null,
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

#[tokio::test]
async fn nobody_raises_themselves_and_realms_do_not_mix() {
    let web = Web::open().await;
    let sandbox = [Held::in_team(TEAM, Realm::Sandbox, Role::PartnerAdmin)];
    let (own_id, sandbox_admin) = web.member("sandbox-admin", &sandbox).await;
    let developer = web.id("developer").await;
    let at = |id: &str| format!("/teams/{TEAM}/members/{id}");
    // Oneself.
    web.call(
        &sandbox_admin,
        "PUT",
        &at(&own_id),
        json!({ "production": "partner_admin" }),
    )
    .await
    .refused(403, "team/own-role");
    let admin_id = web.id("admin").await;
    let admin = web.token("admin").await;
    web.call(&admin, "DELETE", &at(&admin_id), Value::Null)
        .await
        .refused(403, "team/own-role");
    // Production by somebody with the sandbox only.
    web.call(
        &sandbox_admin,
        "PUT",
        &at(&developer),
        json!({ "production": null }),
    )
    .await
    .refused(403, "permission/role");
    web.call(&sandbox_admin, "DELETE", &at(&developer), Value::Null)
        .await
        .refused(403, "permission/role");
    web.call(
        &sandbox_admin,
        "PUT",
        &at(&developer),
        json!({ "sandbox": "partner_readonly" }),
    )
    .await
    .is(200);
    // A production admin gives production roles, but not that of an admin: that is the staff's.
    web.call(
        &admin,
        "PUT",
        &at(&own_id),
        json!({ "production": "partner_developer" }),
    )
    .await
    .is(200);
    web.call(
        &admin,
        "PUT",
        &at(&own_id),
        json!({ "production": "partner_admin" }),
    )
    .await
    .refused(403, "permission/role");
    let manager = web.token("manager").await;
    web.call(
        &manager,
        "PUT",
        &at(&own_id),
        json!({ "production": "partner_admin" }),
    )
    .await
    .is(200);
    web.call(
        &manager,
        "PUT",
        &at(&own_id),
        json!({ "production": "deployer" }),
    )
    .await
    .refused(422, "team/role-misplaced");
    // One factor is not enough for production, and an old one not for members of it.
    let weak = web.portal.token_of(&admin_id, Aal::Aal1).await.unwrap();
    web.call(&weak, "PUT", &at(&developer), json!({ "production": null }))
        .await
        .refused(403, "permission/level");
    web.save(&admin, false).await;
    let mut document: Value =
        serde_json::from_str(&web.portal.production_document().to_json()).unwrap();
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
    web.save(&admin, true).await;
    web.call(
        &only_sandbox,
        "PUT",
        "/apps/fishing-licence/production",
        document,
    )
    .await
    .refused(403, "permission/role");
    web.call(
        &only_sandbox,
        "DELETE",
        "/apps/fishing-licence/production",
        Value::Null,
    )
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
    web.call(
        &outsider,
        "PUT",
        &at(&developer),
        json!({ "sandbox": null }),
    )
    .await
    .refused(404, "team/not-found");
    web.get(&outsider, &format!("/teams/{TEAM}/members"))
        .await
        .refused(404, "team/not-found");
    let foreign = format!("/teams/{OTHER_TEAM}/members/{developer}");
    web.call(
        &outsider,
        "PUT",
        &foreign,
        json!({ "sandbox": "partner_admin" }),
    )
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
        web.call(&manager, "PUT", &at, json!({ realm: "partner_developer" }))
            .await
            .refused(409, "team/last-admin");
    }
    web.call(&manager, "DELETE", &at, Value::Null)
        .await
        .refused(409, "team/last-admin");
    web.member(
        "second",
        &[Held::in_team(TEAM, Realm::Sandbox, Role::PartnerAdmin)],
    )
    .await;
    web.call(&manager, "PUT", &at, json!({ "sandbox": null }))
        .await
        .is(200);
    web.call(&manager, "PUT", &at, json!({ "production": null }))
        .await
        .refused(409, "team/last-admin");

    let (developer, other) = (
        web.token("developer").await,
        web.member("colleague", &both(TEAM, Role::PartnerDeveloper))
            .await
            .1,
    );
    web.save(&developer, false).await;
    web.call(
        &other,
        "DELETE",
        "/apps/fishing-licence/sandbox",
        Value::Null,
    )
    .await
    .refused(403, "permission/role");
    web.call(
        &developer,
        "DELETE",
        "/apps/fishing-licence/sandbox",
        Value::Null,
    )
    .await
    .is(204);
}

#[tokio::test]
async fn an_app_moves_with_both_teams_and_says_whom_it_forgets() {
    let web = Web::open().await;
    let admin = web.token("admin").await;
    web.save(&admin, false).await;
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
    let mut document: Value =
        serde_json::from_str(&web.portal.sandbox_document().to_json()).unwrap();
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
    web.call(&mover, "PUT", "/apps/fishing-licence/sandbox", document)
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
    web.call(
        &mover,
        "DELETE",
        "/apps/fishing-licence/sandbox",
        Value::Null,
    )
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
    web.save(&admin, false).await;
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
    web.call(
        &administrator,
        "DELETE",
        &format!("/staff/{own_id}/administrator"),
        Value::Null,
    )
    .await
    .refused(403, "team/own-role");
    let reviewer = web.id("reviewer").await;
    web.call(
        &administrator,
        "DELETE",
        &format!("/staff/{reviewer}/reviewer"),
        Value::Null,
    )
    .await
    .is(204);
    web.call(
        &administrator,
        "DELETE",
        &format!("/staff/{reviewer}/reviewer"),
        Value::Null,
    )
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
    web.call(
        &manager,
        "PUT",
        &path,
        json!({ "name": "Harbour Authority" }),
    )
    .await
    .refused(409, "agency/taken");
    web.call(
        &manager,
        "PUT",
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
