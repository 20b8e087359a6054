//! Who sees which request, and what the record tells.

use durward_oidc::params::Params;

use super::*;
use crate::citizen::session::Browser;
use crate::client;
use crate::partner::inspector::{self, Filter, pasted};
use crate::record::Trace;

async fn ask(portal: &TestPortal, id: &str, pairs: &[(&str, &str)]) {
    let link = portal.keeper.environment(EnvironmentName::Sandbox).unwrap();
    let door = link.door.as_ref().unwrap();
    let pairs = pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let trace = Trace {
        request_id: id.to_owned(),
    };
    client::authorize(
        door,
        &Params::new(pairs.collect()),
        &Browser::default(),
        &trace,
    )
    .await
    .unwrap();
}

async fn saved() -> (TestPortal, AppDocument) {
    let portal = portal().await;
    let document = portal.sandbox_document();
    let admin = portal.member("admin").await.unwrap();
    let input = Input::Document(Box::new(document.clone()));
    save_app(&portal.keeper, &admin, input, Save::Create, "", &trace())
        .await
        .ok();
    (portal, document)
}

#[tokio::test]
async fn a_refused_redirect_is_explained_to_its_team_alone() {
    let (portal, document) = saved().await;
    let registered = document.oidc.as_ref().unwrap().redirect_uris[0].clone();
    let sent = format!("{registered}/");
    ask(
        &portal,
        "refused-1",
        &[("client_id", &document.issuer), ("redirect_uri", &sent)],
    )
    .await;
    let admin = portal.member("admin").await.unwrap();
    let found = inspector::inspect(&portal.keeper, &admin, "refused-1")
        .await
        .ok()
        .unwrap();
    assert_eq!(
        found.code.as_deref(),
        Some("authorize/redirect-uri-unregistered")
    );
    assert_eq!(found.differences[0].nearest, registered);
    assert_eq!(found.fix.unwrap().add, sent);
    assert!(
        found
            .hints
            .iter()
            .any(|hint| hint.kind == "differs-in-slash")
    );
    let list = inspector::requests(
        &portal.keeper,
        &admin,
        (document.handle.as_str(), EnvironmentName::Sandbox),
        &Filter {
            most: 10,
            ..Filter::default()
        },
    )
    .await
    .ok()
    .unwrap();
    assert_eq!(list.items.len(), 1);
    let outsider = portal.member("outsider").await.unwrap();
    let foreign = inspector::inspect(&portal.keeper, &outsider, "refused-1").await;
    assert!(matches!(foreign, Err(Failure::Refused(_))));
}

#[tokio::test]
async fn an_unknown_client_id_is_nobodys_without_a_verified_host() {
    let (portal, document) = saved().await;
    let uri = document.oidc.as_ref().unwrap().redirect_uris[0].clone();
    let near = format!("{}x", document.issuer);
    ask(
        &portal,
        "unknown-1",
        &[("client_id", &near), ("redirect_uri", &uri)],
    )
    .await;
    for name in ["admin", "outsider"] {
        let member = portal.member(name).await.unwrap();
        let found = inspector::inspect(&portal.keeper, &member, "unknown-1").await;
        assert!(matches!(found, Err(Failure::Refused(_))), "{name}");
    }
    let staff = portal.member("reviewer").await.unwrap();
    let found = inspector::inspect(&portal.keeper, &staff, "unknown-1")
        .await
        .ok()
        .unwrap();
    assert_eq!(found.app, None);
    assert!(found.hints.iter().any(|hint| hint.value == document.issuer));
}

#[tokio::test]
async fn what_is_pasted_is_judged_and_another_teams_app_is_not_told() {
    let (portal, document) = saved().await;
    let query = format!(
        "client_id={}&redirect_uri=https://wrong.gov/&scope=openid",
        document.issuer
    );
    let explain = async |name: &str, text: &str| {
        let member = portal.member(name).await.unwrap();
        pasted::explain(&portal.keeper, &member, text, EnvironmentName::Sandbox).await
    };
    let own = explain("admin", &query).await.ok().unwrap();
    assert_eq!(
        own.refused_by.as_deref(),
        Some("authorize/redirect-uri-unregistered")
    );
    assert_eq!(own.app.as_deref(), Some(document.handle.as_str()));
    let foreign = explain("outsider", &query).await.ok().unwrap();
    assert_eq!(
        foreign.refused_by.as_deref(),
        Some("authorize/client-unknown")
    );
    assert_eq!((foreign.app, foreign.hints.len()), (None, 0));
    for bad in ["", "hello", "<a", "eyJ.eyJ.x", "SAMLRequest=%2A"] {
        assert!(explain("admin", bad).await.is_err(), "{bad}");
    }
    assert!(explain("admin", &"a".repeat(70_000)).await.is_err());
}
