//! Who sees which request, and what the record tells.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use durward_oidc::params::Params;
use durward_store::client_requests::{self, RequestRow};
use serde_json::json;

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

#[tokio::test]
async fn the_tries_to_tell_a_sign_out_are_shown_to_the_team_of_the_app() {
    let (portal, document) = saved().await;
    let link = portal.keeper.environment(EnvironmentName::Sandbox).unwrap();
    let door = link.door.as_ref().unwrap();
    let now = door.clock.real_now().as_microsecond();
    let row = |handle: &str, step: &str, code: Option<&str>, detail: &str| RequestRow {
        seq: 0,
        at_us: now,
        request_id: "out-1".to_owned(),
        flow: None,
        step: step.to_owned(),
        outcome: if code.is_some() { "refused" } else { "ok" }.to_owned(),
        code: code.map(str::to_owned),
        status: 503,
        client_id: String::new(),
        handle: handle.to_owned(),
        revision_id: None,
        redirect_host: None,
        key_id: None,
        detail: detail.to_owned(),
    };
    let own = document.handle.as_str();
    let failed = Some("backchannel/answered");
    let rows = vec![
        row(own, "logout", None, "{}"),
        row("somebody-elses", "backchannel", None, "{}"),
        row(
            own,
            "backchannel",
            failed,
            r#"{"tried":{"number":1,"next":1800000000}}"#,
        ),
        row(own, "backchannel", failed, r#"{"tried":{"number":2}}"#),
    ];
    door.store
        .write(move |c| client_requests::append(c, &rows, &[]))
        .await
        .unwrap();
    let admin = portal.member("admin").await.unwrap();
    let found = inspector::inspect(&portal.keeper, &admin, "out-1")
        .await
        .ok()
        .unwrap();
    let told: Vec<_> = found
        .logouts
        .iter()
        .map(|one| {
            (
                one.app.as_str(),
                one.number,
                one.next.map(|at| at.as_second()),
            )
        })
        .collect();
    assert_eq!(
        told,
        [(own, Some(1), Some(1_800_000_000)), (own, Some(2), None)]
    );
}

#[tokio::test]
async fn of_an_encrypted_request_object_the_header_is_judged() {
    let (portal, _) = saved().await;
    let member = portal.member("admin").await.unwrap();
    let judged = async |header: serde_json::Value| {
        let text = format!("{}.a.b.c.d", URL_SAFE_NO_PAD.encode(header.to_string()));
        pasted::explain(&portal.keeper, &member, &text, EnvironmentName::Sandbox)
            .await
            .ok()
            .unwrap()
    };
    let good = judged(json!({ "alg": "ECDH-ES", "enc": "A256GCM" })).await;
    assert_eq!((good.kind, good.refused_by), ("encrypted", None));
    let other = judged(json!({ "alg": "RSA1_5", "enc": "A256GCM", "kid": "k9" })).await;
    let wrong: Vec<_> = other.claims.iter().filter(|claim| !claim.passes).collect();
    assert_eq!([wrong[0].name, wrong[1].name], ["alg", "kid"]);
    assert!(other.refused_by.is_some());
}
