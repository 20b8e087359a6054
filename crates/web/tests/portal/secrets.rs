//! The secrets of an app by the API and on the page of its keys: who may make and end them, and what is ever shown.

use durward_app::actor::Held;
use durward_app::testing_portal::{OTHER_TEAM, TEAM};
use durward_domain::level::Aal;
use durward_domain::permission::{Realm, Role};
use serde_json::{Value, json};

use crate::support::{Said, Web, between};

const PLACE: &str = "/apps/fishing-licence";

/// The app of the tests in both environments, proving itself by a secret.
async fn open() -> Web {
    let web = Web::open().await;
    let admin = web.token("admin").await;
    for mut document in [web.sandbox(), web.production()] {
        document["oidc"]["token_endpoint_auth_method"] = json!("client_secret_basic");
        document["oidc"]["policies"] = json!({ "auth_methods": ["client_secret_basic"] });
        web.post(&admin, "/apps", document).await.is(201);
    }
    web
}

/// Everybody of the team and of the staff: the name, what is held, and whether secrets are theirs to make in the
/// sandbox and in production.
fn everybody() -> Vec<(String, Held, [bool; 2])> {
    let mut list = Vec::new();
    for role in Role::ALL {
        if role.is_staff() {
            let all = role == Role::Administrator;
            list.push((role.to_string(), Held::staff(role), [all, all]));
            continue;
        }
        let makes = matches!(role, Role::PartnerAdmin | Role::PartnerDeveloper);
        for (realm, may) in [
            (Realm::Sandbox, [makes, false]),
            (Realm::Production, [false, makes]),
        ] {
            let held = Held::in_team(TEAM, realm, role);
            list.push((format!("{role}-{realm}"), held, may));
        }
    }
    list
}

fn ids(list: &Value) -> Vec<&str> {
    let items = list["items"].as_array().unwrap();
    items
        .iter()
        .map(|one| one["id"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn each_role_makes_and_ends_secrets_where_the_matrix_says_and_nobody_reads_one() {
    let web = open().await;
    let admin = web.token("admin").await;
    for (name, held, may) in everybody() {
        let (id, token) = web.member(&format!("asks-{name}"), &[held]).await;
        let cookie = web.cookie_of(&id, Aal::Aal2).await;
        for (environment, may) in ["sandbox", "production"].into_iter().zip(may) {
            let what = format!("{name} in {environment}");
            let path = format!("{PLACE}/{environment}/secrets");
            let there = web.post(&admin, &path, json!({})).await.is(201);
            let (kept, secret) = (there["id"].as_str().unwrap(), &there["secret"]);
            let secret = secret.as_str().unwrap();
            let one = format!("{path}/{kept}");
            // All of the team and the staff see that there is one, and nobody sees it.
            let list = web.get(&token, &path).await;
            assert!(!list.text.contains(secret), "{what}");
            assert_eq!(ids(&list.is(200)), [kept], "{what}");
            let page = web
                .page(&cookie, &format!("{PLACE}/{environment}/keys"))
                .await;
            let page = page.shown();
            assert!(!page.contains(secret), "{what}");
            assert!(page.contains(&format!("data-secret=\"{kept}\"")), "{what}");
            for button in [
                "id=\"make_secret\"".to_owned(),
                format!("id=\"end_{kept}\""),
            ] {
                assert_eq!(page.contains(&button), may, "{what}: {button}");
            }
            let made = web.post(&token, &path, json!({ "days": 1 })).await;
            let ended = if may {
                let made = made.is(201);
                assert_ne!(made["secret"], secret, "{what}");
                let own = made["id"].as_str().unwrap();
                web.delete(&token, &format!("{path}/{own}")).await.is(204);
                web.delete(&token, &one).await
            } else {
                made.refused(403, "permission/role");
                web.delete(&token, &one)
                    .await
                    .refused(403, "permission/role");
                web.delete(&admin, &one).await
            };
            assert_eq!(ended.status, 204, "{what}");
            let again = web.delete(&admin, &one).await;
            again.refused(404, "secret/not-found");
        }
    }
}

#[tokio::test]
async fn the_page_shows_a_new_secret_once_and_says_who_made_it() {
    let web = open().await;
    let cookie = web.cookie("developer").await;
    let keys = format!("{PLACE}/sandbox/keys");
    let to = format!("{PLACE}/sandbox/secrets");
    let fill = async |fields: &[(&str, &str)]| web.form(&cookie, &keys, &to, fields).await;
    let made = fill(&[("make_secret", "1"), ("days", "30")]).await.shown();
    let secret = between(&made, "id=\"made_secret\"", ">", "<").to_owned();
    assert_eq!(secret.len(), 43);
    let later = web.page(&cookie, &keys).await.shown();
    assert!(!later.contains(&secret));
    let developer = web.token("developer").await;
    let list = web.get(&developer, &to).await.is(200);
    let maker = list["items"][0]["made_by"].as_str().unwrap();
    assert_ne!(maker, web.id("developer").await, "a name, not an id");
    assert!(later.contains(maker), "{maker}");
    // A number of days that is none, and one secret too many.
    for days in ["0", "731", "many", "-1"] {
        let refused = fill(&[("make_secret", "1"), ("days", days)]).await;
        assert!(refused.text.contains("from 1 to 730"), "{days}");
    }
    fill(&[("make_secret", "1"), ("days", "")]).await.shown();
    let full = web.page(&cookie, &keys).await.shown();
    assert!(!full.contains("id=\"make_secret\""));
    let third = web.post(&developer, &to, json!({})).await;
    third.refused(409, "secret/too-many");
}

#[tokio::test]
async fn another_team_learns_nothing_of_a_secret() {
    let web = open().await;
    let admin = web.token("admin").await;
    let path = format!("{PLACE}/sandbox/secrets");
    let made = web.post(&admin, &path, json!({})).await.is(201);
    let one = format!("{path}/{}", made["id"].as_str().unwrap());
    let held = Realm::ALL.map(|realm| Held::in_team(OTHER_TEAM, realm, Role::PartnerAdmin));
    let (_, stranger) = web.member("stranger", &held).await;
    let unseen = |said: Said| drop(said.refused(404, "app/not-found"));
    unseen(web.get(&stranger, &path).await);
    unseen(web.post(&stranger, &path, json!({})).await);
    unseen(web.delete(&stranger, &one).await);
    // Without a second factor production is refused, and the sandbox is not.
    let developer = web.id("developer").await;
    let weak = web.portal.token_of(&developer, Aal::Aal1).await.unwrap();
    web.post(&weak, &path, json!({})).await.is(201);
    let live = format!("{PLACE}/production/secrets");
    let refused = web.post(&weak, &live, json!({})).await;
    refused.refused(403, "permission/level");
}
