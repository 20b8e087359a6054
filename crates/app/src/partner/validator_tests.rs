//! Waivers, what apps have in common, and the nightly check, on a portal with its environments.

use durward_domain::application::AppDocument;
use durward_domain::environment::EnvironmentName;
use durward_domain::lint::{Finding, Syntax};
use durward_domain::refusal::Refuse;

use super::lint;
use super::save::{Input, Save, save_app};
use super::waivers::{self, WaiverAsk, WaiverRefusal};
use crate::failure::Failure;
use crate::jobs::keeper_lint;
use crate::testing_portal::{TestPortal, trace};

const PRODUCTION: EnvironmentName = EnvironmentName::Production;

async fn portal() -> TestPortal {
    TestPortal::at("2026-11-10").await.unwrap()
}

async fn save(portal: &TestPortal, who: &str, document: AppDocument) {
    let member = portal.member(who).await.unwrap();
    save_app(
        &portal.keeper,
        &member,
        Input::Document(Box::new(document)),
        Save::Put,
        "",
        &trace(),
    )
    .await
    .unwrap();
}

fn elsewhere(portal: &TestPortal) -> AppDocument {
    let mut document = portal.production_document();
    if let Some(oidc) = &mut document.oidc {
        oidc.redirect_uris = vec!["https://agency.example.com/callback".into()];
    }
    document
}

fn ask(rule: &str) -> WaiverAsk {
    WaiverAsk {
        rule: rule.into(),
        owner: "robin.quill@fisheries.gov".into(),
        reason: "The domain moves to .gov in January.".into(),
        until: "2026-12-31".parse().unwrap(),
    }
}

async fn give(portal: &TestPortal, who: &str, ask: &WaiverAsk) -> Result<String, &'static str> {
    let member = portal.member(who).await.unwrap();
    let app = ("fishing-licence", PRODUCTION);
    match waivers::give(&portal.keeper, &member, app, ask, &trace()).await {
        Ok(waiver) => Ok(waiver.id),
        Err(Failure::Refused(refusal)) => Err(refusal.code()),
        Err(failure) => panic!("{failure:?}"),
    }
}

fn of<'a>(findings: &'a [Finding], rule: &str) -> &'a Finding {
    findings
        .iter()
        .find(|finding| finding.rule == rule)
        .unwrap()
}

#[tokio::test]
async fn a_reviewer_waives_a_rule_until_a_day() {
    let portal = portal().await;
    save(&portal, "admin", elsewhere(&portal)).await;
    let rule = "uri/approved-domain";
    for (who, wanted, code) in [
        ("admin", ask(rule), "permission/role"),
        ("reviewer", ask("key/private"), "waiver/never"),
        ("reviewer", ask("no/such-rule"), "waiver/no-rule"),
        (
            "reviewer",
            WaiverAsk {
                reason: "short".into(),
                ..ask(rule)
            },
            "waiver/reason",
        ),
        (
            "reviewer",
            WaiverAsk {
                owner: "Robin".into(),
                ..ask(rule)
            },
            "waiver/owner",
        ),
        (
            "reviewer",
            WaiverAsk {
                until: "2026-11-10".parse().unwrap(),
                ..ask(rule)
            },
            "waiver/until",
        ),
        (
            "reviewer",
            WaiverAsk {
                until: "2028-01-01".parse().unwrap(),
                ..ask(rule)
            },
            "waiver/until",
        ),
    ] {
        assert_eq!(give(&portal, who, &wanted).await, Err(code));
    }
    let document = elsewhere(&portal);
    let found = lint::findings(&portal.keeper, &document).await.unwrap();
    assert!(of(&found, rule).is_error());
    let id = give(&portal, "reviewer", &ask(rule)).await.unwrap();
    let found = lint::findings(&portal.keeper, &document).await.unwrap();
    assert!(!of(&found, rule).is_error());
    let waived = of(&found, rule).waived.clone().unwrap();
    assert_eq!(
        (waived.by.as_str(), waived.until.to_string().as_str()),
        ("reviewer@agency.gov", "2026-12-31")
    );
    // A stranger who writes this app's name into a document learns nothing of it.
    let outsider = portal.member("outsider").await.unwrap();
    let text = document.to_json();
    let seen = lint::lint(&portal.keeper, &outsider, text.as_bytes(), Syntax::Json)
        .await
        .unwrap();
    assert!(seen.iter().all(|finding| finding.waived.is_none()));
    let reviewer = portal.member("second-reviewer").await.unwrap();
    waivers::end(&portal.keeper, &reviewer, &id, &trace())
        .await
        .unwrap();
    assert!(matches!(
        waivers::end(&portal.keeper, &reviewer, &id, &trace()).await,
        Err(Failure::Refused(WaiverRefusal::NotFound))
    ));
    let found = lint::findings(&portal.keeper, &document).await.unwrap();
    assert!(of(&found, rule).is_error());
}

#[tokio::test]
async fn a_waiver_ends_by_itself() {
    let portal = portal().await;
    save(&portal, "admin", elsewhere(&portal)).await;
    give(
        &portal,
        "reviewer",
        &WaiverAsk {
            until: "2026-11-12".parse().unwrap(),
            ..ask("uri/approved-domain")
        },
    )
    .await
    .unwrap();
    let admin = portal.member("admin").await.unwrap();
    let document = elsewhere(&portal);
    for (day, error) in [("2026-11-12", false), ("2026-11-13", true)] {
        crate::operator::clock::move_to(
            &portal.keeper,
            &admin,
            &crate::operator::clock::Move::To(day.into()),
            &trace(),
        )
        .await
        .unwrap();
        let found = lint::findings(&portal.keeper, &document).await.unwrap();
        assert_eq!(of(&found, "uri/approved-domain").is_error(), error, "{day}");
    }
}

#[tokio::test]
async fn keys_and_issuers_of_others_are_known_without_reading_their_documents() {
    let portal = portal().await;
    save(&portal, "admin", portal.sandbox_document()).await;
    let mut other = portal.production_document();
    other.handle = "boat-register".parse().unwrap();
    other.keys = portal.sandbox_document().keys;
    let found = lint::findings(&portal.keeper, &other).await.unwrap();
    let rules: Vec<&str> = found.iter().map(|finding| finding.rule.as_str()).collect();
    assert!(
        rules.contains(&"key/shared") && rules.contains(&"key/sandbox-key"),
        "{rules:?}"
    );
    other.environment = EnvironmentName::Sandbox;
    other.issuer = portal.sandbox_document().issuer;
    let found = lint::findings(&portal.keeper, &other).await.unwrap();
    assert!(of(&found, "issuer/taken").is_error());
}

#[tokio::test]
async fn the_nightly_check_runs_once_a_day_and_tells_what_is_new() {
    let portal = portal().await;
    let first = keeper_lint::run_if_due(&portal.keeper).await.unwrap();
    // The portal's own app is live from the start.
    assert!(first.is_some_and(|checked| checked.apps > 0 && checked.news == 0));
    assert_eq!(keeper_lint::run_if_due(&portal.keeper).await.unwrap(), None);
    let administrator = portal.member("administrator").await.unwrap();
    lint::live_findings(&portal.keeper, &administrator)
        .await
        .unwrap();
    let admin = portal.member("admin").await.unwrap();
    assert!(lint::live_findings(&portal.keeper, &admin).await.is_err());
}
