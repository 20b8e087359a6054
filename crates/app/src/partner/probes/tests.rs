//! Probes against servers on this machine that behave well, badly and hostile.

use std::sync::Mutex;

use durward_domain::application::AppDocument;
use durward_keyring::jose::{Algorithm, SigningKey, jws};

use super::*;
use crate::partner::save::{Input, Save, save_app};
use crate::testing::server::{TestServer, answers, says};
use crate::testing_portal::{TEAM, TestPortal};

/// A server that answers each request by this function of its head and body.
async fn serve(answer: impl Fn(&str, &str) -> String + Send + Sync + 'static) -> String {
    TestServer::plain(answer).await.url("127.0.0.1")
}

fn trace() -> Trace {
    Trace {
        request_id: "r".into(),
    }
}

/// A sandbox app of the team with these changes, saved.
async fn saved(portal: &TestPortal, change: impl FnOnce(&mut AppDocument)) -> Member {
    let admin = portal.member("admin").await.unwrap();
    let mut document = AppDocument::example();
    document.team = durward_domain::id::TeamHandle::parse(TEAM).unwrap();
    document.environment = EnvironmentName::Sandbox;
    change(&mut document);
    let input = Input::Document(Box::new(document));
    save_app(&portal.keeper, &admin, input, Save::Put, "", &trace())
        .await
        .unwrap();
    admin
}

fn outcome(report: &ProbeReport, probe: Probe) -> (&'static str, &str) {
    let item = report
        .items
        .iter()
        .find(|item| item.probe == probe.id())
        .unwrap();
    (item.outcome.as_str(), item.sentence.as_str())
}

async fn run_now(portal: &TestPortal, member: &Member) -> ProbeReport {
    let handle = AppDocument::example().handle.to_string();
    run(
        &portal.keeper,
        member,
        &handle,
        EnvironmentName::Sandbox,
        &trace(),
    )
    .await
    .unwrap()
}

#[tokio::test]
async fn a_good_app_passes_and_results_are_kept_with_their_age() {
    let portal = TestPortal::at("2026-11-10").await.unwrap();
    let sandbox = portal.keeper.environment(EnvironmentName::Sandbox).unwrap();
    let ring = sandbox.door.as_ref().unwrap().keys.load_full();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&heard);
    let key = SigningKey::generate(Algorithm::ES256).unwrap();
    let set = serde_json::json!({ "keys": [key.jwk()] }).to_string();
    let at = serve(move |head, body| {
        if head.starts_with("POST /push") {
            assert!(
                head.to_lowercase()
                    .contains("content-type: application/secevent+jwt")
            );
            let token = jws::Unverified::parse(body, 9999).unwrap();
            let key = ring.current(token.header.alg).unwrap().public();
            let good = token.verify(key, &[Algorithm::RS256, Algorithm::ES256]);
            log.lock()
                .unwrap()
                .push((token.header.typ.clone(), good.is_ok()));
            return says(
                if good.is_ok() {
                    "202 Accepted"
                } else {
                    "400 Bad Request"
                },
                "text/plain",
                "",
            );
        }
        match head.split(' ').nth(1).unwrap() {
            "/jwks" => says("200 OK", "application/json", &set),
            "/help" => says(
                "200 OK",
                "text/html",
                "<p>We could not verify you. Call us or visit an office.",
            ),
            _ => says("404 Not Found", "text/plain", ""),
        }
    })
    .await;
    let admin = saved(&portal, |document| {
        let oidc = document.oidc.as_mut().unwrap();
        oidc.redirect_uris = vec![format!("{at}/callback"), format!("{at}/other")];
        oidc.post_logout_redirect_uris.clear();
        oidc.jwks_uri = Some(format!("{at}/jwks"));
        document.return_to_app_url = None;
        document.push_notification_url = Some(format!("{at}/push"));
        document.failure_to_proof_url = Some(format!("{at}/help"));
    })
    .await;
    let report = run_now(&portal, &admin).await;
    assert_eq!(report.items.len(), 9, "{report:?}");
    for probe in [
        Probe::Reachable,
        Probe::PassThrough,
        Probe::Keys,
        Probe::PushAccepts,
        Probe::PushRefuses,
        Probe::FailureToProof,
    ] {
        assert_eq!(outcome(&report, probe).0, "passed", "{report:?}");
    }
    assert_eq!(outcome(&report, Probe::Hsts).0, "skipped");
    assert!(report.items.iter().all(|item| item.age_seconds < 60));
    let typ = Some("secevent+jwt".to_owned());
    assert_eq!(*heard.lock().unwrap(), [(typ.clone(), true), (typ, false)]);
    let handle = AppDocument::example().handle.to_string();
    let reader = portal.member("reader").await.unwrap();
    let seen = super::report(&portal.keeper, &reader, &handle, EnvironmentName::Sandbox)
        .await
        .unwrap();
    assert_eq!(seen.items.len(), 9);
    let refused = run(
        &portal.keeper,
        &reader,
        &handle,
        EnvironmentName::Sandbox,
        &trace(),
    )
    .await;
    assert!(matches!(refused, Err(Failure::Refused(no)) if no.code() == "permission/role"));
    let outsider = portal.member("outsider").await.unwrap();
    let hidden = super::report(&portal.keeper, &outsider, &handle, EnvironmentName::Sandbox).await;
    assert!(matches!(hidden, Err(Failure::Refused(no)) if no.kind() == RefusalKind::NotFound));
}

#[tokio::test]
async fn bad_endpoints_fail_with_a_sentence_and_runs_are_bounded() {
    let portal = TestPortal::at("2026-11-10").await.unwrap();
    let at = serve(|head, _| match head.split(' ').nth(1).unwrap() {
        "/push" => says("200 OK", "text/plain", "taken"),
        "/jwks" => says(
            "200 OK",
            "application/json",
            r#"{"keys":[{"kty":"oct","kid":"a","k":"AAAA"}]}"#,
        ),
        "/help" => says(
            "200 OK",
            "text/html",
            "<form><input type=\"password\" name=p></form> help",
        ),
        _ => says("503 Busy", "text/plain", ""),
    })
    .await;
    let admin = saved(&portal, |document| {
        let oidc = document.oidc.as_mut().unwrap();
        oidc.redirect_uris = vec![
            format!("{at}/callback"),
            "https://licences.fisheries.gov/callback".into(),
        ];
        oidc.post_logout_redirect_uris.clear();
        oidc.jwks_uri = Some(format!("{at}/jwks"));
        document.return_to_app_url = None;
        document.push_notification_url = Some(format!("{at}/push"));
        document.failure_to_proof_url = Some(format!("{at}/help"));
    })
    .await;
    let report = run_now(&portal, &admin).await;
    assert_eq!(outcome(&report, Probe::Reachable).0, "warning");
    assert!(
        outcome(&report, Probe::Keys)
            .1
            .contains("private or secret"),
        "{report:?}"
    );
    assert_eq!(outcome(&report, Probe::PushAccepts).0, "passed");
    assert_eq!(outcome(&report, Probe::PushRefuses).0, "failed");
    assert_eq!(outcome(&report, Probe::FailureToProof).0, "failed");
    let unknown = report
        .items
        .iter()
        .find(|item| item.target.contains("fisheries.gov"))
        .unwrap();
    // Names of a demonstration are fictional.
    assert_eq!(
        (unknown.outcome, unknown.code.as_str()),
        (ProbeOutcome::Warning, "outbound/name-unknown")
    );
    assert_eq!(report.items.iter().filter(|item| item.blocking).count(), 2);

    let handle = AppDocument::example().handle.to_string();
    for _ in 0..5 {
        run_now(&portal, &admin).await;
    }
    let often = run(
        &portal.keeper,
        &admin,
        &handle,
        EnvironmentName::Sandbox,
        &trace(),
    )
    .await;
    assert!(matches!(
        often,
        Err(Failure::Refused(ProbeRefusal::TooOften { .. }))
    ));

    // What the configuration no longer says is not shown.
    saved(&portal, |document| {
        let oidc = document.oidc.as_mut().unwrap();
        oidc.redirect_uris = vec!["http://localhost:9/callback".into()];
        oidc.post_logout_redirect_uris.clear();
        document.return_to_app_url = None;
    })
    .await;
    let left = newest(&portal.keeper, &{
        let mut document = AppDocument::example();
        document.environment = EnvironmentName::Sandbox;
        document.oidc.as_mut().unwrap().redirect_uris = vec!["http://localhost:9/callback".into()];
        document
            .oidc
            .as_mut()
            .unwrap()
            .post_logout_redirect_uris
            .clear();
        document.return_to_app_url = None;
        document
    })
    .await
    .unwrap();
    assert!(left.items.is_empty(), "{left:?}");
}

#[tokio::test]
async fn an_address_that_a_redirect_uri_leads_on_to_is_registered_too() {
    let gate = serve(|_, _| says("200 OK", "text/html", "signed in")).await;
    let to = format!("{}/app", gate.trim_end_matches('/'));
    let target = to.clone();
    let first = serve(move |head, _| {
        // The browser of a person who went back; no code is ever sent.
        if head.contains("/callback?error=access_denied ") {
            answers("302 Found", &format!("location: {target}\r\n"), "")
        } else {
            says("200 OK", "text/html", "")
        }
    })
    .await;
    let portal = TestPortal::at("2026-11-10").await.unwrap();
    let callback = format!("{}/callback", first.trim_end_matches('/'));
    for (registered, expected) in [
        (vec![callback.clone()], "failed"),
        (vec![callback, to], "passed"),
    ] {
        let admin = saved(&portal, |document| {
            let oidc = document.oidc.as_mut().unwrap();
            oidc.redirect_uris = registered;
            oidc.post_logout_redirect_uris.clear();
            document.return_to_app_url = None;
        })
        .await;
        let report = run_now(&portal, &admin).await;
        let (found, sentence) = outcome(&report, Probe::PassThrough);
        assert_eq!(found, expected, "{sentence}");
    }
}
