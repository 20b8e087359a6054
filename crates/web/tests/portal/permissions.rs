//! Every page and every call of the portal, asked for by every role in every realm, against the printed matrix.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::Request;
use durward_app::actor::Held;
use durward_app::testing_portal::{OTHER_TEAM, TEAM};
use durward_domain::level::Aal;
use durward_domain::permission::{Action, Grant, Realm, Role, grant_by_domain, grant_in};
use durward_web::api::routes::{self, Who};
use durward_web::shared::route::{Caller, Needs};

use crate::support::{FORM, JSON, Said, Web, all_pages};

/// What a missing permission is answered with; nothing for any other answer.
fn denied(said: &Said) -> Option<&'static str> {
    let says = |text: &str| said.text.contains(text);
    if said.status != 403 {
        return None;
    }
    if says("permission/role") || says("Your roles do not allow this") {
        Some("role")
    } else if says("permission/level") || says("data-page=\"portal-step-up\"") {
        Some("level")
    } else {
        None
    }
}

async fn ask(web: &Web, method: &str, path: &str, header: (&str, &str)) -> Said {
    let kind = if path.starts_with("/api") { JSON } else { FORM };
    let body = if method == "GET" {
        Body::empty()
    } else {
        Body::from("{}")
    };
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header.0, header.1)
        .header(kind.0, kind.1);
    web.send(request.body(body).unwrap()).await
}

/// Somebody who asks.
struct Asking {
    name: String,
    held: Vec<Held>,
    by_domain: bool,
    aal: Aal,
}

fn everybody() -> Vec<Asking> {
    let mut list = Vec::new();
    for role in Role::ALL {
        for aal in [Aal::Aal1, Aal::Aal2] {
            let held: Vec<Held> = if role.is_staff() {
                vec![Held::staff(role)]
            } else {
                Realm::ALL
                    .map(|realm| Held::in_team(TEAM, realm, role))
                    .into()
            };
            list.extend(held.into_iter().map(|held| Asking {
                name: format!(
                        "{role}-{}-{aal}",
                        held.team
                            .as_ref()
                            .map_or("staff", |(_, realm)| realm.as_str())
                    ),
                held: vec![held],
                by_domain: true,
                aal,
            }));
        }
    }
    for (name, by_domain) in [("newcomer", true), ("contractor", false)] {
        list.push(Asking {
            name: name.into(),
            held: Vec::new(),
            by_domain,
            aal: Aal::Aal2,
        });
    }
    list
}

impl Asking {
    fn email(&self) -> String {
        let domain = if self.by_domain {
            "agency.gov"
        } else {
            "contractor.example.com"
        };
        format!("{}@{domain}", self.name)
    }

    /// What the matrix says, worked out without the code under test.
    fn expected(&self, actions: &[Action]) -> Option<&'static str> {
        let reached: Vec<&Action> = actions
            .iter()
            .filter(|action| {
                let by_role = |held: &Held| {
                    let realm = held.team.as_ref().map(|(_, realm)| *realm);
                    grant_in(held.role, realm, **action) > Grant::No
                };
                (self.by_domain && grant_by_domain(**action) > Grant::No)
                    || self.held.iter().any(by_role)
            })
            .collect();
        if reached.is_empty() {
            Some("role")
        } else if self.aal == Aal::Aal1
            && reached
                .iter()
                .all(|action| action.realm() == Some(Realm::Production))
        {
            Some("level")
        } else {
            None
        }
    }
}

/// The addresses that a row stands for: with an environment in it, one in each class.
fn addresses(path: &str) -> Vec<String> {
    let filled = path
        .replace("{handle}", "no-such-app")
        .replace("{number}", "1")
        .replace("{step}", "settings")
        .replace("{format}", "durward-json");
    let fill = |environment: &str| {
        let text = filled.replace("{environment}", environment);
        text.split('/')
            .map(|part| if part.starts_with('{') { "none" } else { part })
            .collect::<Vec<_>>()
            .join("/")
    };
    if path.contains("{environment}") {
        vec![fill("sandbox"), fill("staging"), fill("production")]
    } else {
        vec![fill("")]
    }
}

#[tokio::test]
async fn every_route_answers_every_role_as_the_matrix_says() {
    let web = Web::open().await;
    let rows: Vec<(&str, &str, Option<Needs>, bool)> = all_pages()
        .map(|row| (row.method, row.path, row.caller.needs(), false))
        .chain(
            routes::rows()
                .filter(|row| row.who != Who::Anyone)
                .map(|row| (row.method, row.path, row.who.needs(), true)),
        )
        .collect();
    let mut wrong = Vec::new();
    let mut asked = BTreeSet::new();
    for one in everybody() {
        let id = web.portal.newcomer(&one.email(), &one.held).await.unwrap();
        let cookie = web.cookie_of(&id, one.aal).await;
        let token = web.portal.token_of(&id, one.aal).await.unwrap();
        let bearer = format!("Bearer {token}");
        for (method, path, needs, api) in &rows {
            for address in addresses(path) {
                let actions = needs.map(|needs| needs.actions(path, &address));
                let expected = actions.as_deref().and_then(|actions| one.expected(actions));
                let header = if *api {
                    ("authorization", bearer.as_str())
                } else {
                    ("cookie", cookie.as_str())
                };
                let answer = ask(&web, method, &address, header).await;
                asked.extend(actions.unwrap_or_default());
                // Whom the gate lets pass may still learn from the use case that the thing is not theirs.
                let found = denied(&answer).filter(|_| needs.is_some());
                if found != expected {
                    wrong.push(format!(
                        "{} {method} {address}: {found:?} ({}), not {expected:?}",
                        one.name, answer.status
                    ));
                }
                assert!(answer.status < 500, "{} {method} {address}", one.name);
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let unused: Vec<_> = Action::ALL
        .iter()
        .filter(|action| !asked.contains(action) && !WITHOUT_A_ROUTE.contains(action))
        .collect();
    assert!(unused.is_empty(), "no route asks for {unused:?}");
}

#[tokio::test]
async fn every_page_that_names_no_permission_is_known() {
    let open: BTreeSet<String> = all_pages()
        .filter(|row| row.caller == Caller::Member)
        .map(|row| format!("{} {}", row.method, row.path))
        .collect();
    assert_eq!(open, listed(FOR_EVERY_MEMBER));
    let calls: BTreeSet<String> = routes::rows()
        .filter(|row| row.who == Who::AnyMember)
        .map(|row| format!("{} {}", row.method, row.path))
        .collect();
    assert_eq!(calls, listed(CALLS_FOR_EVERY_MEMBER));
}

fn listed(rows: &[&str]) -> BTreeSet<String> {
    rows.iter().map(|row| (*row).to_owned()).collect()
}

#[tokio::test]
async fn the_admin_of_another_team_reaches_nothing_of_this_one() {
    let web = Web::open().await;
    web.save_both().await;
    let held = Realm::ALL.map(|realm| Held::in_team(OTHER_TEAM, realm, Role::PartnerAdmin));
    let (stranger, token) = web.member("stranger", &held).await;
    let cookie = web.cookie_of(&stranger, Aal::Aal2).await;
    let bearer = format!("Bearer {token}");
    let pages = all_pages().map(|row| (row.method, row.path, false));
    let calls = routes::rows().map(|row| (row.method, row.path, true));
    for (method, path, api) in pages.chain(calls) {
        if !path.contains("{handle}") && !path.contains("{team}") {
            continue;
        }
        for address in addresses(path) {
            let address = address
                .replace("no-such-app", "fishing-licence")
                .replace("/staging", "/sandbox");
            let address = if path.contains("/teams/{handle}") {
                address.replace("fishing-licence", TEAM)
            } else {
                address
            };
            let header = if api {
                ("authorization", bearer.as_str())
            } else {
                ("cookie", cookie.as_str())
            };
            let answer = ask(&web, method, &address, header).await;
            // A form without its token, or a body that says nothing, is refused before anything is looked up.
            let refused = match method {
                "GET" => matches!(answer.status, 403 | 404),
                _ => matches!(answer.status, 400 | 403 | 404 | 422),
            };
            assert!(
                refused,
                "{method} {address}: {} {}",
                answer.status, answer.text
            );
            assert!(!answer.text.contains("Fishing"), "{method} {address}");
        }
    }
}

/// What no row asks for by itself: the use case of another row does.
const WITHOUT_A_ROUTE: &[Action] = &[
    Action::SuspendApp,
    Action::ManageProviderKeys,
    Action::UseTestKit,
    Action::ManageProgramme,
    Action::GrantProductionAdmin,
];
const FOR_EVERY_MEMBER: &[&str] = &[
    "GET /calendar",
    "GET /calendar/month",
    "GET /calendar/year",
    "GET /calendar/changes",
    "GET /calendar/subscribe",
    "POST /calendar/subscribe",
    "GET /tokens",
    "POST /tokens/{id}/revoke",
    "GET /first-administrator",
    "POST /first-administrator",
    "GET /notices",
    "GET /notices/choices",
    "POST /notices",
    "POST /notices/choices",
    "POST /notices/language",
    "GET /team",
    "GET /invitations/{id}",
    "POST /invitations/{id}",
];
const CALLS_FOR_EVERY_MEMBER: &[&str] = &[
    "GET /api/v1/notices",
    "GET /api/v1/notices/choices",
    "PUT /api/v1/notices/choices",
    "GET /api/v1/prices",
    "POST /api/v1/estimates",
    "GET /api/v1/today",
    "GET /api/v1/tokens",
    "DELETE /api/v1/tokens/{id}",
    "GET /api/v1/me",
    "GET /api/v1/agencies",
    "GET /api/v1/invitations",
    "POST /api/v1/invitations/{id}/accept",
    "POST /api/v1/invitations/{id}/decline",
];
