//! Tokens of members: their teams and scopes.

use durward_app::partner::tokens::{self, Wish};
use durward_app::testing_portal::trace;
use durward_domain::refusal::Refuse as _;
use serde_json::json;

use crate::support::Web;

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
    let document = web.sandbox();
    let team = document["team"].as_str().unwrap().to_owned();
    let reads = limited(&web, "admin", &team, "apps:read").await;
    let writes = limited(&web, "admin", &team, "apps:read apps:write").await;
    let refused = web.post(&reads, "/apps", document.clone()).await;
    refused.refused(403, "permission/scope");
    let saved = web.post(&writes, "/apps", document).await;
    assert_eq!(saved.status, 201, "{}", saved.json);
    let list = web.get(&reads, "/apps?q=FISHING").await;
    assert_eq!(
        list.json["items"].as_array().unwrap().len(),
        1,
        "{}",
        list.json
    );
    let none = web.get(&reads, "/apps?q=%25nothing").await;
    assert!(none.json["items"].as_array().unwrap().is_empty());
    let launch = web.get(&writes, "/launches").await;
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
    let document = web.sandbox();
    let team = document["team"].as_str().unwrap().to_owned();
    let theirs = limited(&web, "developer", &team, "apps:read").await;
    let admin = web.token("admin").await;
    let path = format!("/teams/{team}/tokens");
    let list = web.get(&admin, &path).await;
    let id = list.json["items"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(list.json["items"][0]["scopes"], json!(["apps:read"]));
    let developer = web.token("developer").await;
    web.get(&developer, &path).await.is(403);
    let gone = web.delete(&admin, &format!("{path}/{id}")).await;
    assert_eq!(gone.status, 204);
    web.get(&theirs, "/apps").await.is(401);
}
