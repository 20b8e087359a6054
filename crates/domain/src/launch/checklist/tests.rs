//! Each rule of the checklist, open and closed.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::*;
use crate::{
    agreement::{AgreementState, ListedApp, Period, Signature},
    application::{Encryption, SamlSettings, TokenEndpointAuthMethod},
    calendar::Calendar,
    environment::EnvironmentName,
    id::{AgreementId, AppHandle},
    lint::{LintContext, lint},
    programme::Programme,
};

/// Everything about a request that is ready.
struct Case {
    document: AppDocument,
    body: LaunchBody,
    agreement: Option<Agreement>,
    may: bool,
    taken: bool,
    first: bool,
    rehearsal: bool,
    waivers: BTreeMap<String, String>,
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn ready() -> Case {
    let mut document = AppDocument::example();
    document.environment = EnvironmentName::Production;
    let oidc = document.oidc.as_mut().unwrap();
    oidc.redirect_uris = vec!["https://fishing.fisheries.gov/callback".into()];
    oidc.post_logout_redirect_uris = Vec::new();
    let body = serde_json::from_str(
        r#"{"app":"fishing-licence","agreement":"LGABCFY210001-0001-0000","desired_date":"2026-11-30","audience":"general_public",
            "estimates":{"annual_registrations":1,"annual_authentications":2,"monthly_active_users":3,"seasonality":"spring"},
            "contacts":[{"kind":"pm","name":"P","email":"p@a.gov"},{"kind":"billing","name":"B","email":"b@a.gov"},{"kind":"help_desk","name":"H","phone":"202 555 0100"}],
            "attestations":{"L08":"R. Quill","L18":"R. Quill","L19":"R. Quill"}}"#,
    )
    .unwrap();
    Case {
        document,
        body,
        agreement: Some(agreement()),
        may: true,
        taken: false,
        first: true,
        rehearsal: false,
        waivers: BTreeMap::new(),
    }
}

fn agreement() -> Agreement {
    let signature = Some(Signature {
        name: "A".into(),
        title: "Director".into(),
        on: day("2026-09-01"),
    });
    Agreement {
        id: AgreementId::parse("0192d3a0-7c1e-7b43-8a6e-2f1c9f0e5d11").unwrap(),
        number: AgreementNumber::parse("LGABCFY210001-0001-0000").unwrap(),
        agency: "Department of Fisheries".into(),
        partner: "Fisheries Digital".into(),
        period: Period::new(day("2026-10-01"), day("2027-09-30")).unwrap(),
        state: AgreementState::Executed,
        partner_signature: signature.clone(),
        provider_signature: signature,
        apps: vec![ListedApp {
            name: "Fishing Licence".into(),
            level: LevelOfService::AuthOnly,
        }],
    }
}

fn items(case: &Case) -> Vec<ChecklistItem> {
    let programme = Programme::named("us").unwrap();
    let now: Timestamp = "2026-11-10T12:00:00Z".parse().unwrap();
    let context = LintContext {
        programme: &programme,
        dedicated_domains: &[],
        today: day("2026-11-10"),
        now,
        sandbox_keys: &BTreeSet::new(),
        listed_apps: None,
        others: &crate::lint::Others::default(),
    };
    let findings = lint(&case.document, &context);
    let earliest = day("2026-11-30");
    checklist(&ChecklistFacts {
        document: &case.document,
        findings: &findings,
        body: &case.body,
        agreement: case.agreement.as_ref(),
        earliest: Some(earliest),
        window: Calendar::of(&programme)
            .window_from(
                case.body
                    .desired_date
                    .map_or(earliest, |wish| wish.max(earliest)),
            )
            .map_or(earliest, |window| window.date),
        first_launch: case.first,
        rehearsal: case.rehearsal,
        requester_may_launch: case.may,
        issuer_taken: case.taken,
        sandbox: Some(&AppDocument::example()),
        sandbox_sign_ins: None,
        probes: &[],
        waivers: &case.waivers,
    })
}

/// The rules that are open after a change of the ready request.
fn check(change: impl FnOnce(&mut Case), open: &[&str]) {
    let mut case = ready();
    change(&mut case);
    let items = items(&case);
    let found: Vec<&str> = items
        .iter()
        .filter(|item| item.state == ItemState::Open)
        .map(|item| item.rule.as_str())
        .collect();
    assert_eq!(found, open, "{items:#?}");
}

fn redirect(uri: &str) -> impl FnOnce(&mut Case) {
    move |case| case.document.oidc.as_mut().unwrap().redirect_uris = vec![uri.to_owned()]
}

#[test]
fn a_ready_request_has_nothing_open() {
    check(|_| {}, &[]);
    let ids: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
    let expected: Vec<String> = (1..=20).map(|number| format!("L{number:02}")).collect();
    assert_eq!(ids, expected);
}

#[test]
fn a_rehearsal_misses_only_the_configuration_for_production() {
    check(|c| c.rehearsal = true, &["L05"]);
    // What it has in common with the sandbox is no fault: it is the sandbox's.
    let shared = AppDocument::example().redirect_uris()[0].clone();
    check(redirect(&shared), &["L07", "L20"]);
    check(
        |c| {
            redirect(&shared)(c);
            c.rehearsal = true;
        },
        &["L05", "L07"],
    );
}

#[test]
fn each_rule_says_whose_turn_it_is() {
    let of = |turn: Turn| -> Vec<&str> {
        let rules = RULES.iter().filter(|rule| rule.turn == turn);
        rules.map(|rule| rule.id).collect()
    };
    assert_eq!(of(Turn::Agreement), ["L01", "L02", "L03", "L04"]);
    assert_eq!(of(Turn::Request), ["L08", "L16", "L17", "L19"]);
    assert_eq!(of(Turn::Staff), ["L14"]);
}

#[test]
fn the_agreement() {
    check(|c| c.agreement = None, &["L01", "L02", "L03", "L04"]);
    check(|c| c.body.agreement = Some("LG-1".into()), &["L01"]);
    check(
        |c| c.agreement.as_mut().unwrap().provider_signature = None,
        &["L01"],
    );
    check(
        |c| c.agreement.as_mut().unwrap().state = AgreementState::Drafting,
        &["L01"],
    );
    check(
        |c| {
            c.agreement.as_mut().unwrap().period =
                Period::new(day("2026-01-01"), day("2026-11-29")).unwrap()
        },
        &["L02"],
    );
    check(|c| c.body.desired_date = Some(day("2027-10-01")), &["L02"]);
    check(|c| c.document.app_name = "Fishing".into(), &["L03", "L04"]);
    check(
        |c| {
            c.document.level_of_service = LevelOfService::IdentityVerified;
            c.document.default_aal = crate::level::DefaultAal::Aal2;
            c.document.failure_to_proof_url = Some("https://fisheries.gov/help".into());
        },
        &["L04"],
    );
}

#[test]
fn the_configuration() {
    check(
        |c| c.document.environment = EnvironmentName::Staging,
        &["L05"],
    );
    check(|c| c.document.friendly_name.clear(), &["L05"]);
    check(redirect("http://fishing.fisheries.gov/callback"), &["L07"]);
    check(redirect("https://localhost/callback"), &["L07"]);
    check(redirect("https://127.1/callback"), &["L07"]);
    check(redirect("https://fishing.example.com/callback"), &["L07"]);
    check(redirect("https://mylocalhost.agency.gov/callback"), &[]);
    check(|c| c.document.logo = None, &["L09"]);
    check(|c| c.document.keys.clear(), &["L10"]);
    check(
        |c| {
            c.document.keys.insert(
                0,
                crate::application::Key::Pem(include_str!("../../lint/samples/weak.pem").into()),
            )
        },
        &["L10"],
    );
    check(
        |c| {
            c.document.keys.insert(
                0,
                crate::application::Key::Pem(include_str!("../../lint/samples/long.pem").into()),
            )
        },
        &["L10"],
    );
    check(
        |c| {
            c.document.keys.clear();
            c.document.oidc.as_mut().unwrap().token_endpoint_auth_method =
                TokenEndpointAuthMethod::None;
        },
        &[],
    );
    check(
        |c| {
            c.document.app_name = "Fishing Licence Production".into();
            c.agreement.as_mut().unwrap().apps[0].name = "Fishing Licence Production".into();
        },
        &["L06"],
    );
    check(
        |c| {
            c.document.protocol = Protocol::Saml;
            c.document.oidc = None;
            c.document.saml = Some(SamlSettings {
                acs_urls: vec!["https://fisheries.gov/acs".into()],
                encryption: Encryption::None,
                ..SamlSettings::default()
            });
        },
        &["L11", "L12"],
    );
    check(
        |c| {
            c.document.level_of_service = LevelOfService::IdentityVerified;
            c.document.default_aal = crate::level::DefaultAal::Aal2;
            c.agreement.as_mut().unwrap().apps[0].level = LevelOfService::IdentityVerified;
        },
        &["L13"],
    );
}

#[test]
fn the_request() {
    check(|c| c.may = false, &["L14"]);
    check(|c| c.document.contacts.clear(), &["L15"]);
    check(|c| c.body.estimates.annual_registrations = None, &["L16"]);
    check(
        |c| {
            c.body.estimates.annual_registrations = None;
            c.first = false;
        },
        &[],
    );
    check(|c| c.body.desired_date = Some(day("2026-11-26")), &["L17"]);
    check(|c| c.body.desired_date = None, &[]);
    check(|c| c.body.attestations.clear(), &["L08", "L18", "L19"]);
    check(|c| c.taken = true, &["L20"]);
}

#[test]
fn only_blocking_items_stop_and_waivers_are_shown() {
    let mut case = ready();
    case.body.attestations.clear();
    case.body.contacts.clear();
    assert_eq!(open_blocking(&items(&case)), Vec::<String>::new());
    case.document.logo = None;
    case.body.app = AppHandle::parse("fishing-licence").unwrap();
    assert_eq!(open_blocking(&items(&case)), ["L09"]);
    case.waivers.insert(
        "L09".into(),
        "A. Admin, until the new logo is approved.".into(),
    );
    let items = items(&case);
    assert_eq!(open_blocking(&items), Vec::<String>::new());
    let logo = items.iter().find(|item| item.rule == "L09").unwrap();
    assert_eq!(logo.state, ItemState::Waived);
    assert!(logo.evidence.contains("A. Admin"));
}

#[test]
fn the_window_counts_for_the_agreement_not_the_day_that_is_wished_for() {
    // The agreement ends on a Tuesday, and the window of the Monday before is the Thursday after.
    check(
        |case| {
            case.body.desired_date = Some(day("2027-09-27"));
            let end = day("2027-09-28");
            let agreement = case.agreement.as_mut().unwrap();
            agreement.period = Period::new(day("2026-10-01"), end).unwrap();
        },
        &["L02"],
    );
    check(
        |case| case.body.desired_date = Some(day("9999-12-31")),
        &["L17"],
    );
}
