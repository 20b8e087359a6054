//! Each rule of the checklist, open and closed.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::*;
use crate::{
    agreement::{AgreementNumber, AgreementState, ListedApp, OrderTerms, Period, Signature},
    application::{Encryption, Protocol, SamlSettings, TokenEndpointAuthMethod},
    calendar::Calendar,
    environment::EnvironmentName,
    id::{AgreementId, AppHandle},
    level::LevelOfService,
    lint::{LintContext, lint},
    probe::Probe,
    programme::Programme,
};

/// Everything about a request that is ready.
struct Case {
    document: AppDocument,
    body: LaunchBody,
    agreement: Option<Agreement>,
    may: bool,
    taken: bool,
    in_sandbox: bool,
    probes: Vec<ProbeFact>,
    live: Option<AppDocument>,
    trial: Trial,
    atos: Vec<Ato>,
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
        r#"{"app":"fishing-licence","agreement":"LGABCFY210001-0001-0000","desired_date":"2026-11-30","audience":"general_public","application_url":"https://fishing.gov/",
            "estimates":{"annual_registrations":1,"annual_authentications":2,"monthly_active_users":3,"seasonality":"spring"},
            "contacts":[{"kind":"pm","name":"P","email":"p@a.gov"},{"kind":"technical","name":"T","email":"t@a.gov"},{"kind":"billing","name":"B","email":"b@a.gov"},{"kind":"help_desk","name":"H","phone":"202 555 0100"}],
            "attestations":{"L08":"R. Quill","L18":"R. Quill","L19":"R. Quill"}}"#,
    )
    .unwrap();
    Case {
        document,
        body,
        agreement: Some(agreement()),
        may: true,
        taken: false,
        in_sandbox: false,
        probes: Vec::new(),
        live: None,
        trial: Trial {
            signed_in: 1,
            cancelled: 1,
            signed_out: 1,
            not_verified: 1,
        },
        atos: vec![ato("2025-11-30", "2028-11-30")],
        rehearsal: false,
        waivers: BTreeMap::new(),
    }
}

fn ato(issued: &str, expires: &str) -> Ato {
    Ato {
        document_id: "ATO-17".into(),
        issued: day(issued),
        expires: day(expires),
        has_file: true,
        kept_by: "R. Quill".into(),
    }
}

fn agreement() -> Agreement {
    let signature = Some(Signature::on_paper("A", "Director", day("2026-09-01")));
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
        terms: OrderTerms::default(),
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
        live: case.live.as_ref(),
        rehearsal: case.rehearsal,
        requester_may_launch: case.may,
        issuer_taken: case.taken,
        issuer_in_sandbox: case.in_sandbox,
        sandbox: Some(&AppDocument::example()),
        trial: case.trial,
        atos: &case.atos,
        ends_soon_days: 60,
        grace_ends: day("2026-12-07"),
        probes: &case.probes,
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

fn passes(outcome: ProbeOutcome) -> impl FnOnce(&mut Case) {
    move |case| {
        case.probes = vec![ProbeFact {
            probe: Probe::PassThrough,
            target: "https://fishing.fisheries.gov/callback".into(),
            outcome,
            sentence: "It leads on to https://gate.example.".into(),
        }];
    }
}

#[test]
fn an_address_that_people_pass_through_must_be_registered() {
    check(passes(ProbeOutcome::Failed), &["L20"]);
    check(passes(ProbeOutcome::Passed), &[]);
    check(passes(ProbeOutcome::Skipped), &[]);
    let mut case = ready();
    passes(ProbeOutcome::Failed)(&mut case);
    assert_eq!(open_blocking(&items(&case)), ["L20"]);
    let mut case = ready();
    case.in_sandbox = true;
    assert!(
        open_blocking(&items(&case)).is_empty(),
        "advice for the reviewer"
    );
}

#[test]
fn every_rule_says_how_it_is_closed_in_a_sentence() {
    for rule in RULES {
        for text in [rule.sentence, rule.how_to_close] {
            assert!(
                text.ends_with('.') && text.len() > 15,
                "{}: {text}",
                rule.id
            );
        }
        assert_ne!(rule.sentence, rule.how_to_close);
    }
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
    check(|c| c.body.estimates.annual_registrations = None, &["L16"]);
    check(
        |c| {
            c.body.estimates.annual_registrations = None;
            c.live = Some(c.document.clone());
        },
        &[],
    );
    check(|c| c.body.desired_date = Some(day("2026-11-26")), &["L17"]);
    check(|c| c.body.desired_date = None, &[]);
    check(|c| c.body.attestations.clear(), &["L19"]);
    check(|c| c.taken = true, &["L20"]);
    check(|c| c.in_sandbox = true, &["L20"]);
}

#[test]
fn only_blocking_items_stop_and_waivers_are_shown() {
    let mut case = ready();
    case.body.attestations.clear();
    case.body
        .attestations
        .insert("L19".into(), "R. Quill".into());
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

#[test]
fn the_authority_to_operate() {
    // A name alone is for the reviewer to weigh, and stops nothing.
    check(|c| c.atos.clear(), &["L08"]);
    check_stops(|c| c.atos.clear(), &[]);
    check_stops(
        |c| {
            c.atos.clear();
            c.body.attestations.remove("L08");
        },
        &["L08"],
    );
    check_stops(|c| c.atos = vec![ato("2025-01-01", "2026-11-29")], &["L08"]);
    check_stops(|c| c.atos = vec![ato("2026-12-01", "2028-01-01")], &["L08"]);
    check(|c| c.atos = vec![ato("2025-01-01", "2027-01-10")], &["L08"]);
    check_stops(|c| c.atos = vec![ato("2025-01-01", "2027-01-10")], &[]);
    check(|c| c.atos.push(ato("2020-01-01", "2023-01-01")), &[]);
}

#[test]
fn the_sandbox() {
    let untried = |c: &mut Case| {
        c.trial = Trial {
            signed_in: 3,
            ..Trial::default()
        }
    };
    check(untried, &["L18"]);
    check_stops(untried, &[]);
    check_stops(
        |c| {
            untried(c);
            c.body.attestations.remove("L18");
        },
        &["L18"],
    );
    check(
        |c| {
            untried(c);
            c.body.attestations.remove("L18");
            c.rehearsal = true;
        },
        &["L05"],
    );
    // A change of the same shape needs no new trial.
    check(
        |c| {
            untried(c);
            c.body.attestations.remove("L18");
            c.live = Some(c.document.clone());
        },
        &[],
    );
}

#[test]
fn a_launch_names_everybody_and_a_change_the_engineers() {
    let few = |c: &mut Case| c.body.contacts.clear();
    check_stops(few, &["L15"]);
    check(|c| c.document.contacts.clear(), &[]);
    check_stops(
        |c| {
            few(c);
            c.live = Some(c.document.clone());
        },
        &[],
    );
}

#[test]
fn the_public_comes_after_the_grace_period() {
    check(|c| c.body.public_date = Some(day("2026-12-07")), &[]);
    check(|c| c.body.public_date = Some(day("2026-12-01")), &["L17"]);
    check_stops(|c| c.body.public_date = Some(day("2026-12-01")), &[]);
    check_stops(|c| c.body.public_date = Some(day("2026-11-27")), &["L17"]);
}

#[test]
fn each_item_leads_to_the_page_that_closes_it() {
    let mut case = ready();
    let link = |case: &Case, rule: &str| {
        let items = items(case);
        items
            .into_iter()
            .find(|item| item.rule == rule)
            .unwrap()
            .link
    };
    assert_eq!(link(&case, "L01"), "/agreements/LGABCFY210001-0001-0000");
    assert_eq!(
        link(&case, "L09"),
        "/apps/fishing-licence/production/edit#logo"
    );
    assert_eq!(
        link(&case, "L08"),
        "/apps/fishing-licence/production/evidence"
    );
    assert_eq!(link(&case, "L18"), "/apps/fishing-licence/sandbox/test");
    case.agreement = None;
    assert_eq!(link(&case, "L01"), "/agreements");
}

/// The rules that stop the submission after a change of the ready request.
fn check_stops(change: impl FnOnce(&mut Case), open: &[&str]) {
    let mut case = ready();
    change(&mut case);
    assert_eq!(open_blocking(&items(&case)), open, "{:#?}", items(&case));
}
