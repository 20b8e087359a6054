//! Every page and every call of the portal, asked for by every role in every realm, against the printed matrix.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use durward_app::actor::Held;
use durward_app::testing_portal::{OTHER_TEAM, TEAM, TestPortal};
use durward_domain::level::Aal;
use durward_domain::permission::{Action, Grant, Realm, Role, grant_by_domain, grant_in};
use durward_keyring::mac::MacKey;
use durward_web::api::routes::{self, Who};
use durward_web::pages;
use durward_web::portal_router::{self, Portal};
use durward_web::shared::limits::Limits;
use durward_web::shared::route::{Caller, Needs, Route};
use durward_web::shared::site::{Site, SiteSettings};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

struct Web {
    portal: TestPortal,
    router: Router,
}

struct Answer {
    status: u16,
    text: String,
}

impl Answer {
    /// What a missing permission is answered with; nothing for any other answer.
    fn denied(&self) -> Option<&'static str> {
        let says = |text: &str| self.text.contains(text);
        if self.status != 403 {
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
        let router = portal_router::router(&state, all_pages());
        Self { portal, router }
    }

    async fn ask(&self, method: &str, path: &str, header: (&str, &str)) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header.0, header.1)
            .header(
                "content-type",
                if path.starts_with("/api") {
                    "application/json"
                } else {
                    "application/x-www-form-urlencoded"
                },
            )
            .body(if method == "GET" {
                Body::empty()
            } else {
                Body::from("{}")
            })
            .unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let status = answer.status().as_u16();
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status, text }
    }
}

fn all_pages() -> impl Iterator<Item = &'static Route<Arc<Portal>>> {
    // The demonstration's own pages need one; its clock does not.
    let demonstration = pages::DEMONSTRATION
        .iter()
        .filter(|row| row.caller != Caller::Anyone);
    pages::rows().chain(demonstration)
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
        let session = web.portal.session_of(&id, one.aal).await.unwrap();
        let cookie = format!("durward_portal={session}");
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
                let answer = web.ask(method, &address, header).await;
                asked.extend(actions.unwrap_or_default());
                // Whom the gate lets pass may still learn from the use case that the thing is not theirs.
                let found = answer.denied().filter(|_| needs.is_some());
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
    let admin = web.portal.token("admin").await.unwrap();
    let bearer = format!("Bearer {admin}");
    for document in [
        web.portal.sandbox_document(),
        web.portal.production_document(),
    ] {
        let request = Request::post("/api/v1/apps")
            .header("authorization", &bearer)
            .header("content-type", "application/json")
            .body(Body::from(document.to_json()))
            .unwrap();
        let saved = web.router.clone().oneshot(request).await.unwrap();
        assert_eq!(saved.status().as_u16(), 201);
    }
    let held = Realm::ALL.map(|realm| Held::in_team(OTHER_TEAM, realm, Role::PartnerAdmin));
    let stranger = web
        .portal
        .newcomer("stranger@agency.gov", &held)
        .await
        .unwrap();
    let session = web.portal.session_of(&stranger, Aal::Aal2).await.unwrap();
    let token = web.portal.token_of(&stranger, Aal::Aal2).await.unwrap();
    let (cookie, bearer) = (
        format!("durward_portal={session}"),
        format!("Bearer {token}"),
    );
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
            let answer = web.ask(method, &address, header).await;
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
    "GET /",
    "GET /calendar",
    "GET /tokens",
    "POST /tokens/{id}/revoke",
    "GET /first-administrator",
    "POST /first-administrator",
    "GET /notices",
    "POST /notices",
    "POST /notices/language",
    "GET /team",
    "GET /invitations/{id}",
    "POST /invitations/{id}",
];
const CALLS_FOR_EVERY_MEMBER: &[&str] = &[
    "GET /api/v1/notices",
    "GET /api/v1/tokens",
    "DELETE /api/v1/tokens/{id}",
    "GET /api/v1/me",
    "GET /api/v1/agencies",
    "GET /api/v1/invitations",
    "POST /api/v1/invitations/{id}/accept",
    "POST /api/v1/invitations/{id}/decline",
];
