//! One sample or more of each page of partners, rendered in every language.

use std::collections::BTreeSet;

use askama::Template as _;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use durward_app::actor::{Held, Member, Standing};
use durward_app::partner::launches::Possible;
use durward_domain::application::{AppDocument, Policies};
use durward_domain::calendar::{Ask, Calendar, NoticeKind};
use durward_domain::diff::{DiffLine, diff, raw};
use durward_domain::environment::EnvironmentName;
use durward_domain::launch::LaunchState;
use durward_domain::launch::checklist::{ChecklistItem, ItemState, Turn};
use durward_domain::level::Aal;
use durward_domain::lint::{Finding, Severity};
use durward_domain::permission::{Realm, Role};
use durward_domain::programme::Programme;
use jiff::Timestamp;
use jiff::civil::date;

use super::desk;
use super::entered::Entered;
use super::fields::Step;
use super::first_administrator::FirstAdministrator;
use super::parts::*;
use super::policies::{PolicyField, PolicyLine};
use super::reasons::{WhyLine, reasons as lines_of};
use super::views::*;
use crate::shared::forms::{self, TOKEN_FIELD};
use crate::shared::i18n::Language;
use crate::shared::page::{NoticeKind as News, Page};
use crate::shared::site::tests::site;
use crate::shared::visit::{RequestId, Visit};

/// A page of the portal for a partner who is staff too, so that everything is shown.
pub(crate) fn page(language: Language, here: &str) -> Page {
    let site = site("portal", "http://localhost:8400");
    let mut headers = HeaderMap::new();
    headers.insert(
        header::ACCEPT_LANGUAGE,
        HeaderValue::from_static(language.tag()),
    );
    let visit = Visit::read(&site, RequestId::sample(), &Uri::from_static("/"), &headers);
    let member = Member {
        id: "019a6f3e-2c41-7d8a-9b30-5e6f7a8b9c0d".to_owned(),
        email: "robin.quill@fisheries.gov".to_owned(),
        name: "Robin Quill".to_owned(),
        roles: vec![
            Held::in_team("fisheries-digital", Realm::Sandbox, Role::PartnerAdmin),
            Held::in_team("fisheries-digital", Realm::Production, Role::PartnerAdmin),
            Held::staff(Role::Administrator),
        ],
        standing: Standing::ApprovedDomain,
        aal: Aal::Aal2,
        elevated_until: Timestamp::UNIX_EPOCH,
        scopes: BTreeSet::new(),
    };
    let mut page = Page::of(&visit)
        .signed_in("Robin Quill")
        .with_sections(desk::sections(visit.words(), Some(&member), true, here));
    page.sign_out = "/sign-out";
    page
}

fn entered() -> Entered {
    Entered::of(&AppDocument::example())
}

#[expect(clippy::unwrap_used, reason = "samples of tests")]
fn us() -> Policies {
    Programme::named("us").unwrap().policies.clone()
}

#[expect(clippy::unwrap_used, reason = "samples of tests")]
fn with_policies() -> AppDocument {
    let mut document = AppDocument::example();
    document.oidc.as_mut().unwrap().policies.min_state_length = Some(8);
    document
}

fn form(page: &Page, entered: Entered) -> Form {
    Form {
        policies: PolicyField::all(page.words, &us()),
        warnings: vec![(
            "issuer",
            "The issuer is not of the recommended shape.".to_owned(),
        )],
        issuer_example: "urn:gov:gsa:openidconnect.profiles:sp:sso:FISHERIES:FISHING_LICENCE"
            .to_owned(),
        teams: vec![(
            "fisheries-digital".to_owned(),
            "Fisheries Digital".to_owned(),
        )],
        attributes: [
            ("email", false),
            ("all_emails", false),
            ("first_name", true),
            ("ssn", true),
        ]
        .map(|(id, verified)| AttributeChoice {
            id,
            label: page.t(&format!("attribute-{}", id.replace('_', "-"))),
            verified,
            reason: super::fields::named(&format!("justification_{id}"))
                .map_or("", |field| field.name),
        })
        .into(),
        environments: vec![
            (
                "sandbox",
                page.t("environment-sandbox"),
                page.t("environment-test-what"),
            ),
            (
                "production",
                page.t("environment-production"),
                page.t("environment-live-what"),
            ),
        ],
        extra: Some("redirect_uris"),
        ..Form::plain(entered)
    }
}

pub(crate) fn launch_line(page: &Page, state: LaunchState) -> LaunchLine {
    LaunchLine {
        id: "019a6f3e-2c41-7d8a-9b30-5e6f7a8b9c0d".to_owned(),
        name: "Fishing Licence".to_owned(),
        what: page.t1(
            "request-launch",
            "environment",
            &page.t("environment-production"),
        ),
        team: "fisheries-digital".to_owned(),
        window: "2026-11-30".to_owned(),
        submitted: page.t1("submitted-at", "time", "2026-11-10 10:04 EST"),
        mark: Mark::of_state(page.words, state),
    }
}

pub(super) fn head(page: &Page, tab: &str) -> AppHead {
    let words = page.words;
    let place = |environment: EnvironmentName, current| Place {
        environment: environment_name(words, environment),
        href: format!("/apps/fishing-licence/{environment}"),
        mark: Mark::of_app(words, 4, Some(if current { 4 } else { 3 })),
        current,
    };
    AppHead {
        name: "Fishing Licence".to_owned(),
        friendly_name: "Fishing Licence Online".to_owned(),
        handle: "fishing-licence".to_owned(),
        team: "fisheries-digital".to_owned(),
        environment: environment_name(words, EnvironmentName::Sandbox),
        is_sandbox: true,
        mark: Mark::of_app(words, 4, Some(4)),
        denial: None,
        base: "/apps/fishing-licence/sandbox".to_owned(),
        places: vec![
            place(EnvironmentName::Sandbox, true),
            place(EnvironmentName::Production, false),
        ],
        tabs: [
            ("tab-settings", ""),
            ("tab-keys", "keys"),
            ("tab-test", "test"),
            ("tab-versions", "versions"),
            ("tab-findings", "findings"),
            ("tab-checklist", "checklist"),
            ("tab-launch", "launch"),
        ]
        .map(|(key, end)| Tab {
            text: page.t(key),
            href: format!("/apps/fishing-licence/sandbox/{end}"),
            current: end == tab,
        })
        .into(),
    }
}

pub(crate) fn differences() -> Vec<DiffLine> {
    let old = AppDocument::example();
    let mut new = old.clone();
    new.friendly_name = "Fishing Licences".to_owned();
    if let Some(oidc) = &mut new.oidc {
        oidc.redirect_uris = vec!["https://licences.fisheries.gov/callback".to_owned()];
    }
    diff(&old, &new)
}

pub(crate) fn reasons(page: &Page) -> Vec<WhyLine> {
    let programme = Programme::named("us").unwrap_or_else(|| unreachable!());
    let ask = Ask::new(date(2026, 11, 10), NoticeKind::New);
    let found = Calendar::of(&programme).earliest(&ask);
    lines_of(
        page.words,
        &found.map(|found| found.steps).unwrap_or_default(),
    )
}

pub(super) fn findings(page: &Page) -> Vec<FindingLine> {
    let finding = |rule: &str, severity, message: &str| Finding {
        rule: rule.to_owned(),
        severity,
        path: "/issuer".to_owned(),
        message: message.to_owned(),
        waived: None,
    };
    FindingLine::all(
        page.words,
        &[
            finding(
                "logo/present",
                Severity::Error,
                "There is no logo. Add a PNG or SVG of less than 50 kB.",
            ),
            finding(
                "issuer/shape",
                Severity::Warning,
                "The issuer is not of the recommended shape.",
            ),
            finding(
                "help-text/translations",
                Severity::Info,
                "The help text is in English only.",
            ),
        ],
    )
}

fn rules(page: &Page) -> Vec<RuleLine> {
    let item = |rule: &str, state, blocking, sentence: &str| ChecklistItem {
        rule: rule.to_owned(),
        sentence: sentence.to_owned(),
        state,
        blocking,
        how_to_close: "Give the number (GTC-Order-Mod) of an executed agreement.".to_owned(),
        turn: Turn::Agreement,
        evidence: "No number was given.".to_owned(),
        link: "/agreements".to_owned(),
    };
    [
        item(
            "L01",
            ItemState::Open,
            true,
            "The agreement is signed by both sides.",
        ),
        item(
            "L08",
            ItemState::Open,
            false,
            "The addresses belong to an environment with an authority to operate (ATO).",
        ),
        item("L09", ItemState::Closed, true, "The app has a valid logo."),
        item(
            "L12",
            ItemState::Waived,
            true,
            "A SAML app gets encrypted assertions.",
        ),
    ]
    .iter()
    .map(|item| RuleLine::of(page.words, item))
    .collect()
}

fn steps(page: &Page, current: Step) -> Vec<StepLink> {
    Step::ALL
        .iter()
        .map(|step| StepLink {
            title: page.t(step.title()),
            href: format!("/drafts/1/{}", step.as_str()),
            current: *step == current,
        })
        .collect()
}

fn draft_place() -> DraftPlace {
    DraftPlace {
        id: "1".to_owned(),
        name: "The spring release".to_owned(),
        version: "3".to_owned(),
        editor: "Ada Marsh".to_owned(),
        changed: "2026-11-10 10:04 EST".to_owned(),
    }
}

fn conflict(page: &Page) -> Conflict {
    let mut theirs = entered();
    theirs.set("friendly_name", "Fishing Licences");
    let lines = super::form::versus(page.words, &entered(), &theirs, Step::Settings);
    Conflict {
        who: "Ada Marsh".to_owned(),
        when: "2026-11-10 10:04 EST".to_owned(),
        lines,
    }
}

fn wizard(page: Page, step: Step, entered: Entered) -> Wizard {
    Wizard {
        step,
        step_number: step.number().to_string(),
        steps_in_all: Step::ALL.len().to_string(),
        place: "Fishing Licence · Sandbox".to_owned(),
        from: (step == Step::Settings).then(|| page.t("environment-sandbox")),
        form: form(&page, entered),
        action: String::new(),
        back: step
            .before()
            .map(|step| format!("/drafts/1/{}", step.as_str())),
        draft: Some(draft_place()),
        conflict: None,
        steps: steps(&page, step),
        page,
    }
}

/// Every page of partners in this language.
pub(crate) fn samples(language: Language) -> Vec<String> {
    let page = |here: &str| page(language, here);
    let mut texts = vec![home(page("/")).render(), empty_home(page("/")).render()];
    for step in Step::ALL.into_iter().filter(|step| *step != Step::Check) {
        texts.push(wizard(page("/apps/new"), step, entered()).render());
    }
    let mut saml = entered();
    saml.set("protocol", "saml");
    texts.push(wizard(page("/"), Step::Redirects, saml).render());
    let wrong = page("/")
        .with_error(
            "redirect_uris",
            "The URI \"ftp://a\" has a scheme that is not allowed.",
        )
        .with_error("logo", page("/").t("logo-no-picture"));
    texts.push(wizard(wrong, Step::Redirects, entered()).render());
    let both = conflict(&page("/"));
    texts.push(
        Wizard {
            conflict: Some(both),
            ..wizard(page("/"), Step::Settings, entered())
        }
        .render(),
    );
    texts.push(preview(page("/").with_frames()).render());
    texts.push(check(page("/apps/new")).render());
    texts.push(edit(page("/")).render());
    texts.extend(app_pages(&page));
    texts.extend(request_pages(&page));
    let mut texts: Vec<String> = texts.into_iter().map(Result::unwrap_or_default).collect();
    texts.extend(super::notices::tests::samples(language));
    texts.extend(super::notice_choices::tests::samples(language));
    texts.extend(super::rules::tests::samples(language));
    texts.extend(super::findings::tests::samples(language));
    texts.extend(super::probes::tests::samples(language));
    texts.extend(super::support::samples::samples(language));
    texts.extend(crate::partnership::samples::samples(language));
    texts.extend(crate::console::agreements::samples::samples(language));
    texts.extend(super::inspector::samples::samples(language));
    texts.extend(super::formats::tests::samples(language));
    texts.extend(super::webhooks::tests::samples(language));
    texts.extend(super::keys::tests::samples(language));
    texts.extend(super::suspension::tests::samples(language));
    texts.extend(super::rotation::tests::samples(language));
    texts.extend(super::retirement::tests::samples(language));
    texts.extend(super::final_configuration::tests::samples(language));
    texts.extend(super::evidence::tests::samples(language));
    texts.extend(super::teams::samples::samples(language));
    texts
}

fn home(page: Page) -> Home {
    let words = page.words;
    let place = |environment, revision, live| Place {
        environment: environment_name(words, environment),
        href: "/apps/fishing-licence/sandbox".to_owned(),
        mark: Mark::of_app(words, revision, live),
        current: false,
    };
    Home {
        newcomer: false,
        may_team: true,
        partnerships: Vec::new(),
        invitations: Vec::new(),
        teams: "Fisheries Digital".to_owned(),
        may_create: true,
        window_words: "Thursday".to_owned(),
        ships: super::overview::samples::pictures(words)[0].take(),
        board: super::overview::samples::pictures(words)[1].take(),
        q: String::new(),
        needs: vec![super::overview::samples::need(words)],
        burns: vec![crate::console::usage::samples::burn(words)],
        apps: ["Fishing Licence", "Harbour Permits", "Boat Registration"]
            .map(|name| AppLine {
                name: name.to_owned(),
                handle: name.to_lowercase().replace(' ', "-"),
                team: "fisheries-digital".to_owned(),
                places: vec![
                    place(EnvironmentName::Sandbox, 4, Some(4)),
                    place(EnvironmentName::Production, 2, Some(1)),
                    place(EnvironmentName::Staging, 1, None),
                ],
            })
            .into(),
        next: Some("/?after=x".to_owned()),
        drafts: vec![DraftLine {
            id: "1".to_owned(),
            name: "Tide Tables".to_owned(),
            what: page.t("environment-sandbox"),
            href: "/drafts/1/check".to_owned(),
            changed: "2026-11-10 10:04 EST".to_owned(),
        }],
        launches: vec![
            launch_line(&page, LaunchState::Scheduled),
            launch_line(&page, LaunchState::Deployed),
        ],
        page,
    }
}

fn empty_home(page: Page) -> Home {
    Home {
        newcomer: false,
        may_team: true,
        partnerships: Vec::new(),
        invitations: Vec::new(),
        page,
        teams: String::new(),
        may_create: true,
        window_words: String::new(),
        ships: None,
        board: None,
        q: String::new(),
        needs: Vec::new(),
        burns: Vec::new(),
        apps: Vec::new(),
        next: None,
        drafts: Vec::new(),
        launches: Vec::new(),
    }
}

fn preview(page: Page) -> Preview {
    let language = page.words.language();
    Preview {
        place: "Fishing Licence · Sandbox".to_owned(),
        back: "/apps/fishing-licence/sandbox".to_owned(),
        languages: vec![Tab {
            text: "English".to_owned(),
            href: "/apps/fishing-licence/sandbox/preview?language=en".to_owned(),
            current: true,
        }],
        shots: super::preview::shots(page.words, "/apps/fishing-licence/sandbox", language),
        page,
    }
}

fn check(page: Page) -> WizardCheck {
    WizardCheck {
        step_number: "9".to_owned(),
        draft: Some(draft_place()),
        conflict: None,
        place: "Fishing Licence · Sandbox".to_owned(),
        is_sandbox: true,
        changes: differences(),
        findings: findings(&page),
        groups: Group::all(page.words, &entered(), |step| {
            format!("/drafts/1/{}", step.as_str())
        }),
        form: Form::plain(Entered::default()),
        save_key: "create-in-sandbox",
        back: "/drafts/1/help-text".to_owned(),
        steps: steps(&page, Step::Check),
        page,
    }
}

fn edit(page: Page) -> Edit {
    let mut form = form(&page, entered());
    (form.fixed, form.issuer_fixed, form.keeps_uploads) = (true, true, true);
    Edit {
        name: "Fishing Licence".to_owned(),
        place: "Fishing Licence · Sandbox".to_owned(),
        back: "/apps/fishing-licence/sandbox".to_owned(),
        is_sandbox: true,
        version: "4".to_owned(),
        overtaken: Some(("5".to_owned(), differences())),
        steps: Step::ALL
            .into_iter()
            .filter(|step| *step != Step::Check)
            .collect(),
        form,
        page,
    }
}

fn app_pages(page: &dyn Fn(&str) -> Page) -> Vec<askama::Result<String>> {
    let frame = page("/");
    let app = App {
        head: head(&frame, ""),
        waiting: differences(),
        findings: findings(&frame),
        may_edit: true,
        staging: Some("/apps/fishing-licence/staging/new".to_owned()),
        promote: Some("/apps/fishing-licence/production/new".to_owned()),
        next: Some(true),
        groups: Group::all(frame.words, &entered(), |_| String::new()),
        policies: PolicyLine::all(frame.words, &with_policies(), &us()),
        revision: "4".to_owned(),
        author: "Robin Quill".to_owned(),
        version: "4".to_owned(),
        may_delete: true,
        ask: Some(super::support::about_app("fishing-licence")),
        transfer: Some("/transfer/fishing-licence".to_owned()),
        suspension: true,
        retire: Some("/apps/fishing-licence/production/retire".to_owned()),
        page: page("/").with_notice(News::Success, frame.t1("saved-live", "ms", "34")),
    };
    let key = |mark, first: &str| KeyCard {
        kind: format!("EC, 256 {}", frame.t("key-bits")),
        fingerprint: "Xq2pajBuVxEDoIiQsAwAeLFs43TETKLrufDHMM18RzPAE".to_owned(),
        sha256: format!("{first}86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
        mark,
        safety: Mark::new("good", frame.t("key-safe")),
        asks: true,
        facts: vec![(frame.t("key-not-after"), "2027-11-10 10:04 EST".to_owned())],
    };
    let keys = AppKeys {
        head: head(&frame, "keys"),
        jwks_uri: Some("https://licences.fisheries.gov/jwks".to_owned()),
        keys: vec![
            key(Mark::new("good", frame.t("key-good")), "9f"),
            key(
                Mark::new("wait", frame.words.t_count("key-expires-in", 12)),
                "7c",
            ),
        ],
        may_edit: true,
        request: Some("/apps/fishing-licence/production/launch".to_owned()),
        secrets: Some(super::views::AppSecrets {
            cards: vec![super::views::SecretCard {
                id: "019a2b3c-0000-7000-8000-000000000001".to_owned(),
                facts: vec![(frame.t("secret-ends"), frame.t("secret-no-end"))],
            }],
            made: Some("Q0s0ChrcBUkkAv0XAJmQ4RmDSBNRzYpZ8lYFZpI1kZ0".to_owned()),
            is_here: true,
            may: true,
            is_full: false,
        }),
        page: page("/"),
    };
    let test = AppTest {
        head: head(&frame, "test"),
        has_kit: true,
        sample: Some("http://localhost:8404/?client_id=x".to_owned()),
        inbox: Some("http://localhost:8401/test/inbox".to_owned()),
        lacks: vec![(
            frame.t("f-redirect-uris"),
            "http://localhost:8404/callback".to_owned(),
            "/apps/fishing-licence/sandbox/edit".to_owned(),
        )],
        example: Some("ISSUER=http://localhost:8401 node app.mjs".to_owned()),
        endpoints: vec![(frame.t("f-issuer"), entered().text("issuer").to_owned()), (frame.t("endpoint-token"), "http://localhost:8401/api/openid_connect/token".to_owned())],
        snippet: Some("OIDC_CLIENT_ID=urn:gov:gsa:openidconnect.profiles:sp:sso:FISH:LICENCE\nOIDC_CLIENT_AUTH=private_key_jwt".to_owned()),
        page: page("/"),
    };
    let revision = |number: &str, newest| RevisionLine {
        number: number.to_owned(),
        time: "2026-11-10 10:04 EST".to_owned(),
        author: "Robin Quill".to_owned(),
        note: "The new address".to_owned(),
        marks: if newest {
            vec![Mark::new("news", frame.t("revision-newest"))]
        } else {
            Vec::new()
        },
        changes: differences(),
        compare: (!newest).then(|| "/apps/fishing-licence/sandbox/versions/3".to_owned()),
        may_restore: !newest,
    };
    let versions = AppVersions {
        head: head(&frame, "versions"),
        revisions: vec![revision("4", true), revision("3", false)],
        choices: vec![
            ("4".to_owned(), "2026-11-10 10:04 EST".to_owned()),
            ("3".to_owned(), "2026-11-09 10:04 EST".to_owned()),
        ],
        next: Some("/apps/fishing-licence/sandbox/versions?before=3".to_owned()),
        page: page("/"),
    };
    let (old, new) = (AppDocument::example(), {
        let mut new = AppDocument::example();
        new.friendly_name = "Fishing Licences".to_owned();
        new
    });
    let version = AppVersion {
        head: head(&frame, "versions"),
        heading: frame.t2("versions-two", "from", "4", "to", "3"),
        sides: vec![(
            frame.t1("revision", "number", "4"),
            "2026-11-10 10:04 EST · Robin Quill".to_owned(),
        )],
        lines: differences(),
        raw: raw(&old, &new),
        restore: Some("/apps/fishing-licence/sandbox/versions/3".to_owned()),
        form: Form::plain(Entered::default()),
        version: "4".to_owned(),
        page: page("/"),
    };
    let launch = AppLaunch {
        head: head(&frame, "launch"),
        next_href: Some("/apps/fishing-licence/production/new".to_owned()),
        next_text: frame.t("launch-next-configure"),
        launches: vec![launch_line(&frame, LaunchState::Rejected)],
        page: page("/"),
    };
    vec![
        app.render(),
        keys.render(),
        super::test_kit::samples::page(page("/"), head(&frame, "test")).render(),
        test.render(),
        versions.render(),
        version.render(),
        launch.render(),
    ]
}

fn request_pages(page: &dyn Fn(&str) -> Page) -> Vec<askama::Result<String>> {
    let frame = page("/");
    let checklist = Checklist {
        probes: super::probes::tests::panel(frame.words),
        head: head(&frame, "checklist"),
        summary: frame.words.t_count("checklist-summary", 1),
        may_launch: true,
        ask_key: "ask-launch",
        open: Vec::new(),
        waits: rules(&frame).into_iter().take(1).collect(),
        rehearsal: true,
        next_href: Some("/apps/fishing-licence/production/new".to_owned()),
        later: rules(&frame).into_iter().skip(1).take(1).collect(),
        done: rules(&frame).into_iter().skip(2).collect(),
        earliest: Some(date(2026, 11, 30)),
        reasons: reasons(&page("/")),
        page: page("/"),
    };
    let contact = |title: &str, name, email, phone, must| ContactFields {
        title: frame.t(title),
        name,
        email,
        phone,
        must,
    };
    let form = LaunchForm {
        head: head(&frame, "launch"),
        title_key: "ask-launch",
        is_launch: true,
        earliest: Some(date(2026, 11, 30)),
        reasons: reasons(&page("/")),
        open: rules(&frame).into_iter().take(1).collect(),
        form: Form::plain(Entered::default()),
        agreements: vec![AgreementHint {
            number: "LGABCFY210001-0001-0000".to_owned(),
            apps: "Fishing Licence, Harbour Permits".to_owned(),
        }],
        contacts: vec![
            contact(
                "contact-technical",
                "contact_technical_name",
                "contact_technical_email",
                "contact_technical_phone",
                true,
            ),
            contact(
                "contact-billing",
                "contact_billing_name",
                "contact_billing_email",
                "contact_billing_phone",
                false,
            ),
        ],
        attestations: vec![Attestation {
            name: "attestation_L08",
            sentence:
                "L08 The addresses belong to an environment with an authority to operate (ATO)."
                    .to_owned(),
            how: frame.t("f-attest-hint"),
        }],
        grace: "Monday 7 December 2026".to_owned(),
        replaces: Some("019a6f3e-2c41-7d8a-9b30-5e6f7a8b9c0d".to_owned()),
        page: page("/").with_error(
            "agreement",
            "There is no agreement with the number LGABCFY210001-0001-0009.",
        ),
    };
    let all = Possible {
        supersede: true,
        emergency: true,
        after_review: true,
        comment: true,
        update: true,
        submit: true,
        withdraw: true,
        approve: true,
        review: true,
        deploy: true,
        rollback: true,
    };
    let reason = Reason {
        page: page("/"),
        title: frame.t("launch-rollback"),
        what: "Fishing Licence".to_owned(),
        action: "/launches/1".to_owned(),
        hidden: vec![("rollback", "1".to_owned())],
        form: Form::plain(Entered::default()),
        button: frame.t("launch-rollback"),
        back: "/launches/1".to_owned(),
    };
    vec![
        checklist.render(),
        form.render(),
        launch(page("/reviews"), LaunchState::Submitted, all).render(),
        launch(
            page("/"),
            LaunchState::Scheduled,
            Possible {
                withdraw: true,
                ..Possible::default()
            },
        )
        .render(),
        reason.render(),
        StepUp {
            page: page("/"),
            return_to: "/launches/1".to_owned(),
        }
        .render(),
        FirstAdministrator {
            page: page("/"),
            token: "a-token".to_owned(),
        }
        .render(),
    ]
}

fn launch(page: Page, state: LaunchState, possible: Possible) -> Launch {
    let words = page.words;
    let is_new = state == LaunchState::Scheduled;
    Launch {
        probes: super::probes::tests::panel(words),
        name: "Fishing Licence".to_owned(),
        what: page.t1(
            "request-launch",
            "environment",
            &page.t("environment-production"),
        ),
        team: "fisheries-digital".to_owned(),
        author: "Robin Quill".to_owned(),
        app_href: "/apps/fishing-licence/production".to_owned(),
        edit_href: "/apps/fishing-licence/production/launch?request=1".to_owned(),
        state: state.as_str(),
        mark: Mark::of_state(words, state),
        window_key: "window-title",
        window: "2026-11-30".to_owned(),
        window_words: day(words, date(2026, 11, 30)),
        is_late: true,
        reasons: reasons(&page),
        version: "3".to_owned(),
        document_sha256: "00".to_owned(),
        has_actions: true,
        decides: possible.review,
        why_not_approve: is_new.then(|| page.t("own-request")),
        possible,
        form: Form::plain(Entered::default()),
        approvals: page.t2("approvals", "count", "1/2", "names", "Ada Marsh"),
        timeline: vec![
            TimelineRow {
                time: "2026-11-10 10:04 EST".to_owned(),
                actor: "Robin Quill".to_owned(),
                event: page.t("event-submit"),
                note: String::new(),
            },
            TimelineRow {
                time: "2026-11-11 09:12 EST".to_owned(),
                actor: "Ada Marsh".to_owned(),
                event: page.t("event-approve"),
                note: "All good.".to_owned(),
            },
        ],
        is_due: true,
        class_words: page.t2(
            "class-words",
            "class",
            &page.t("class-significant"),
            "count",
            "1",
        ),
        id: "019a6f3e-2c41-7d8a-9b30-5e6f7a8b9c0d".to_owned(),
        answer: Some((
            page.t1("answer-due", "day", "17 November 2026"),
            super::launch::answer_mark(words, true),
        )),
        newer: Some(page.t1("launch-newer", "number", "4")),
        replace_href: Some("/apps/fishing-licence/production/launch?replace=1".to_owned()),
        superseded_by: is_new.then(|| "/launches/2".to_owned()),
        classed: differences()
            .into_iter()
            .map(|line| {
                (
                    line.sentence,
                    Mark::new("wait", page.t("class-significant")),
                )
            })
            .collect(),
        raw: Vec::new(),
        document_text: if is_new {
            "{ }".to_owned()
        } else {
            String::new()
        },
        threads: vec![super::launch::tests::thread(&page)],
        comment_fields: vec![(String::new(), page.t("comment-whole"))],
        may_comment: true,
        agreement: vec![(page.t("agreement-match"), "Fishing Licence".to_owned())],
        diff: if is_new { Vec::new() } else { differences() },
        groups: if is_new {
            Group::all(words, &entered(), |_| String::new())
        } else {
            Vec::new()
        },
        findings: findings(&page),
        asked: vec![
            (page.t("f-audience"), "Anglers".to_owned()),
            (page.t("f-registrations"), "20000".to_owned()),
        ],
        agreement_href: Some("/agreements/LGABCFY210001-0001-0000".to_owned()),
        checklist: rules(&page),
        previous: vec![launch_line(&page, LaunchState::Withdrawn)],
        page,
    }
}

/// What holds for every page: a name, a heading, the language, no inline style or script, controls with name, id and
/// label, one main button at most, and a token in each form that posts.
pub(crate) fn judge(language: Language, html: &str) -> String {
    let name = forms::page_name(html)
        .map(str::to_owned)
        .unwrap_or_default();
    assert!(!name.is_empty(), "a page without a name: {html}");
    assert!(
        html.contains(&format!("<html lang=\"{}\">", language.tag())),
        "{name}"
    );
    assert!(
        !html.contains(" style=") && !html.contains("<script"),
        "{name} breaks the policy"
    );
    assert_eq!(html.matches("<h1").count(), 1, "{name} has one heading");
    let controls = forms::controls(html);
    let main = controls
        .iter()
        .filter(|control| control.kind == "submit" && control.name.is_empty())
        .count();
    assert!(main <= 1, "{name} has {main} main buttons");
    let mut ids = BTreeSet::new();
    for control in &controls {
        assert!(
            !control.id.is_empty() && ids.insert(control.id.clone()),
            "{name}: {control:?}"
        );
        if matches!(control.kind.as_str(), "submit" | "hidden") {
            continue;
        }
        assert!(!control.name.is_empty(), "{name}: {control:?}");
        let labelled = html.contains(&format!(
            "<label class=\"usa-label\" for=\"{}\"",
            control.id
        ));
        assert!(
            labelled || html.contains(&format!("__label\" for=\"{}\"", control.id)),
            "{name}: {control:?} has no label"
        );
    }
    let tokens = controls
        .iter()
        .filter(|control| control.name == TOKEN_FIELD)
        .count();
    assert_eq!(
        tokens,
        html.matches("<form method=\"post\"").count(),
        "form tokens of {name}"
    );
    for piece in html.split(" id=\"").skip(1) {
        let id = piece.split('"').next().unwrap_or("");
        assert_eq!(
            html.matches(&format!(" id=\"{id}\"")).count(),
            1,
            "{name}: the id {id} twice"
        );
    }
    name
}

/// Writes pages where `DURWARD_SAMPLES` says, to look at.
#[expect(
    clippy::disallowed_methods,
    reason = "a test writes where it is told to"
)]
pub(crate) fn write_out(part: &str, language: Language, pages: &[String]) {
    let Some(folder) = option_env!("DURWARD_SAMPLES") else {
        return;
    };
    for (number, html) in pages.iter().enumerate() {
        let name = forms::page_name(html)
            .map(str::to_owned)
            .unwrap_or_default();
        let path = format!("{folder}/{part}-{}-{number:02}-{name}.html", language.tag());
        assert!(std::fs::write(path, html).is_ok());
    }
}

#[test]
fn every_page_of_partners_renders_in_every_language() {
    let mut names = BTreeSet::new();
    for language in Language::ALL {
        let pages = samples(language);
        names.extend(pages.iter().map(|html| judge(language, html)));
        write_out("portal", language, &pages);
    }
    assert!(names.len() > 23, "{names:?}");
}
