//! One sample or more of each view, rendered in every language.

use std::collections::BTreeSet;

use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use http_body_util::BodyExt as _;

use durward_domain::id::AppHandle;
use durward_domain::release::{DenialKind, DenialPage, DeniedApp};

use super::*;
use crate::shared::closed::Closed;
use crate::shared::forms::{self, TOKEN_FIELD};
use crate::shared::i18n::Language;
use crate::shared::page;
use crate::shared::problem::Problem;
use crate::shared::site::tests::site;
use crate::shared::visit::{RequestId, Visit};

/// A visit in this language.
pub(crate) fn visit(language: Language) -> Visit {
    let site = site("sandbox", "http://localhost:8401");
    let mut headers = HeaderMap::new();
    headers.insert(
        header::ACCEPT_LANGUAGE,
        HeaderValue::from_static(language.tag()),
    );
    Visit::read(
        &site,
        RequestId::sample(),
        &Uri::from_static("/sign_in?request=7"),
        &headers,
    )
}

fn app() -> AppCard {
    let logo = include_bytes!("../../../../../assets/img/mark.svg");
    AppCard {
        friendly_name: "Fishing Licence Online".to_owned(),
        logo: Some(data_address("image/svg+xml", logo)),
        help_text: Some("Use the e-mail address that you gave to the harbour office.".to_owned()),
        return_url: Some("https://licences.fisheries.columbia.gov/".to_owned()),
    }
}

#[expect(clippy::unwrap_used, reason = "tests")]
fn closed(kind: DenialKind, page: Page) -> Closed {
    let app = DeniedApp {
        handle: AppHandle::parse("fishing-licence").unwrap(),
        issuer: "urn:gov:fish".to_owned(),
        kind,
        since: jiff::Timestamp::UNIX_EPOCH,
        page: DenialPage {
            name: "Fishing Licence Online".to_owned(),
            link: Some("https://licences.fisheries.columbia.gov/".to_owned()),
            help_email: Some("help@fisheries.columbia.gov".to_owned()),
            help_phone: Some("+1 555 0100".to_owned()),
        },
    };
    Closed::of(app, "authorize/app-suspended".to_owned(), page)
}

/// Every view in this language, rendered.
pub(crate) fn samples(language: Language) -> Vec<String> {
    let page = || Page::of(&visit(language));
    let email = || "ana.reyes@example.com".to_owned();
    let wrong = |field| page().with_error(field, page().t("code-wrong"));
    let texts = [
        closed(DenialKind::Suspended, page()).render(),
        closed(DenialKind::Retired, page()).render(),
        SignIn { page: page(), app: Some(app()), email: String::new(), passkeys: true }.render(),
        SignIn { page: page(), app: None, email: String::new(), passkeys: false }.render(),
        SignIn { page: page().with_error("email", page().t("email-wrong")), app: Some(app()), email: "ana".to_owned(), passkeys: true }.render(),
        SignUpEmail { page: page(), app: Some(app()), email: String::new() }.render(),
        SignUpEmail {
            page: page().with_error("email", page().t("email-wrong")),
            app: None,
            email: "ana".to_owned(),
        }
        .render(),
        SignUpCheckEmail { page: page(), email: email() }.render(),
        SignUpCheckEmail { page: wrong("code"), email: email() }.render(),
        LinkElsewhere { page: page() }.render(),
        ConfirmLink { page: page(), is_here: true, email: email(), confirmation: "c0nf".to_owned() }.render(),
        ConfirmLink { page: page(), is_here: false, email: email(), confirmation: "c0nf".to_owned() }.render(),
        Locked { page: page(), until: "2026-11-10 14:35 EST".to_owned(), minutes: "10".to_owned() }.render(),
        SignUpPassword { page: page(), email: email(), minimum: 15 }.render(),
        FactorChoice { page: page() }.render(),
        TotpSetup {
            page: page(),
            qr: qr_address("otpauth://totp/Columbia:ana?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Columbia").unwrap_or_default(),
            key: "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP".to_owned(),
        }
        .render(),
        SignInPassword { page: page(), app: Some(app()), email: email() }.render(),
        SecondFactor { page: page(), app: None }.render(),
        SecondFactor { page: wrong("code"), app: Some(app()) }.render(),
        consent(page()).render(),
        Consent { emails: email_choices(), ..consent(page()) }.render(),
        Consent { emails: email_choices(), ..consent(wrong("shared_email")) }.render(),
        account(page().signed_in(email()).with_notice(page::NoticeKind::Success, page().t("account-made"))).render(),
        Account { page: page().signed_in(email()), emails: vec![email()], methods: Vec::new(), services: Vec::new() }.render(),
        connected_services(page().signed_in(email())).render(),
        ConnectedServices { page: page().signed_in(email()), services: Vec::new() }.render(),
        SharedEmail { page: page().signed_in(email()), service: app().friendly_name, emails: email_choices() }.render(),
        SharedEmail { page: wrong("shared_email").signed_in(email()), service: app().friendly_name, emails: email_choices() }.render(),
        Disconnect { page: page().signed_in(email()), service: app().friendly_name }.render(),
        PasskeySetup { page: page(), options: OPTIONS.to_owned(), typed: String::new() }.render(),
        PasskeySetup { page: wrong("submit"), options: OPTIONS.to_owned(), typed: "My phone".to_owned() }.render(),
        PasskeyUse { page: page(), app: Some(app()), options: OPTIONS.to_owned(), other: true }.render(),
        MethodPage { page: page().signed_in(email()), method: method(&page()), typed: "My phone".to_owned() }.render(),
        MethodPage { page: wrong("name"), method: Method { last: true, used: None, ..method(&page()) }, typed: String::new() }.render(),
        MethodRemove { page: page(), method: method(&page()) }.render(),
        emails(page().signed_in(email())).render(),
        emails(wrong("email").signed_in(email())).render(),
        Emails { rows: Vec::from([row(1, true)]), waiting: Vec::new(), ..emails(page().signed_in(email())) }.render(),
        ConfirmAddress { page: page().signed_in(email()), email: email(), claim: "sample".to_owned() }.render(),
        ConfirmAddress { page: wrong("code"), email: email(), claim: "sample".to_owned() }.render(),
        address_link(page(), true, false).render(),
        address_link(page(), false, false).render(),
        address_link(page(), false, true).render(),
        SignedOut { page: page(), service: None }.render(),
        SignedOut { page: page(), service: Some(Service { name: app().friendly_name, link: app().return_url }) }.render(),
        LogoutConfirm { page: page(), service: None, hidden: Vec::new() }.render(),
        LogoutConfirm {
            page: page(),
            service: Some(app().friendly_name),
            hidden: vec![("state".to_owned(), "abc".to_owned())],
        }
        .render(),
        inbox(page()).render(),
    ];
    texts.into_iter().map(Result::unwrap_or_default).collect()
}

fn row(place: usize, is_only: bool) -> EmailRow {
    EmailRow {
        place,
        email: format!("ana{place}@fisheries.columbia.gov"),
        is_primary: place == 1,
        is_only,
    }
}

fn emails(page: Page) -> Emails {
    Emails {
        page,
        rows: vec![row(1, false), row(2, false)],
        waiting: vec![WaitingEmail {
            place: 1,
            email: "ana.reyes@example.com".to_owned(),
            code_page: "/account/emails/confirm?claim=sample".to_owned(),
        }],
        email: String::new(),
    }
}

fn address_link(page: Page, is_here: bool, is_done: bool) -> OpenAddressLink {
    OpenAddressLink {
        page,
        is_here,
        is_done,
        email: "ana.reyes@example.com".to_owned(),
        confirmation: "c0nf".to_owned(),
    }
}

fn consent(page: Page) -> Consent {
    let attributes = [
        ("email", "ana.reyes@example.com"),
        ("first_name", "Ana"),
        ("last_name", "Reyes"),
        ("dob", "1984-03-12"),
        ("phone", "+1 202 555 0143"),
    ]
    .map(|(id, value)| Shared::of(&page, id, value));
    Consent {
        page,
        app: app(),
        attributes: attributes.into(),
        emails: Vec::new(),
        offline: true,
        request: "sample".to_owned(),
    }
}

fn email_choices() -> Vec<EmailChoice> {
    let choice = |(place, email): (usize, &str)| EmailChoice {
        place,
        email: email.to_owned(),
        is_chosen: place == 1,
    };
    let emails = ["ana.reyes@example.com", "ana@fisheries.example.gov"];
    (1..).zip(emails).map(choice).collect()
}

fn method(page: &Page) -> Method {
    Method {
        id: "01a20b79-52f3-7af2-9b2e-c151f0a95fc9".to_owned(),
        name: "My phone".to_owned(),
        own_name: "My phone".to_owned(),
        kind: page.t("method-passkey"),
        added: "2026-11-10".to_owned(),
        used: Some("2026-11-12".to_owned()),
        last: false,
    }
}

/// What a browser is asked for a passkey.
const OPTIONS: &str = r#"{"challenge":"Y2hhbGxlbmdl","rpId":"localhost"}"#;

fn account(page: Page) -> Account {
    let method = method(&page);
    let service = Connected {
        name: app().friendly_name,
        since: "2026-11-12".to_owned(),
    };
    Account {
        page,
        emails: vec!["ana.reyes@example.com".to_owned()],
        methods: vec![method],
        services: vec![service],
    }
}

fn connected_services(page: Page) -> ConnectedServices {
    let all = ConnectedService {
        id: "fishing".to_owned(),
        name: app().friendly_name,
        logo: app().logo,
        link: app().return_url,
        since: "2026-03-02".to_owned(),
        last: Some("2026-11-10 14:03 EST".to_owned()),
        level: Some(page.t("services-level-identity-verified")),
        offline: true,
        attributes: vec![
            Shared::of(&page, "email", "ana.reyes@example.com"),
            Shared::of(&page, "first_name", "Ana"),
        ],
        has_choice: true,
    };
    let little = ConnectedService {
        id: "gone".to_owned(),
        name: "urn:gov:gsa:openidconnect.profiles:sp:sso:FISH:LICENCE".to_owned(),
        logo: None,
        link: None,
        since: "2025-12-01".to_owned(),
        last: None,
        level: None,
        offline: false,
        attributes: Vec::new(),
        has_choice: false,
    };
    ConnectedServices {
        page,
        services: vec![all, little],
    }
}

fn inbox(page: Page) -> TestInbox {
    let message = TestMessage {
        to: "ana.reyes@example.com".to_owned(),
        subject: "Confirm your e-mail address".to_owned(),
        time: "2026-11-10 14:03:22 UTC".to_owned(),
        logo: Some(MailLogo {
            name: "Fishing Licence Online".to_owned(),
            source: format!("/logos/{}/mail", "0".repeat(64)),
            width: 171,
            height: 40,
        }),
        text: "Type this code: 482913".to_owned(),
        links: vec!["http://localhost:8401/sign_up/email/confirm?token=a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f8".to_owned()],
        codes: vec!["482913".to_owned()],
    };
    TestInbox {
        page,
        to: String::new(),
        count: 1,
        messages: vec![message],
    }
}

/// The error pages: refused, refused for a service, nothing there, a fault.
pub(crate) async fn error_samples(language: Language) -> Vec<String> {
    let problems = [
        Problem::new(
            "oidc/redirect-unknown",
            StatusCode::BAD_REQUEST,
            "The address to return to is not registered.",
        )
        .with_service(
            "Fishing Licence Online",
            Some("https://licences.fisheries.columbia.gov/".to_owned()),
        ),
        Problem::not_found(),
        Problem::fault("the disk is full"),
    ];
    let mut texts = Vec::new();
    for problem in problems {
        let response = problem.as_page().answer(&visit(language), true);
        let body = response
            .into_body()
            .collect()
            .await
            .map(|body| body.to_bytes())
            .unwrap_or_default();
        texts.push(String::from_utf8_lossy(&body).into_owned());
    }
    texts
}

async fn all(language: Language) -> Vec<String> {
    let mut texts = samples(language);
    texts.extend(error_samples(language).await);
    texts
}

#[tokio::test]
async fn every_page_renders_in_every_language() {
    let mut pages = BTreeSet::new();
    for language in Language::ALL {
        for html in all(language).await {
            let name = forms::page_name(&html)
                .map(str::to_owned)
                .unwrap_or_default();
            assert!(!name.is_empty(), "a page without a name: {html}");
            assert!(
                html.contains(&format!("<html lang=\"{}\">", language.tag())),
                "{name}"
            );
            assert!(
                html.contains("Test") || language != Language::English,
                "{name} has no banner"
            );
            assert!(
                !html.contains(" style=") && !html.contains("<script"),
                "{name} breaks the policy"
            );
            assert!(html.contains("<h1"), "{name} has no heading");
            pages.insert(name);
        }
    }
    assert_eq!(pages.len(), 29, "{pages:?}");
}

#[tokio::test]
async fn every_control_has_a_name_an_id_and_a_label() {
    for html in all(Language::English).await {
        let name = forms::page_name(&html)
            .map(str::to_owned)
            .unwrap_or_default();
        let controls = forms::controls(&html);
        let main = controls
            .iter()
            .filter(|control| control.kind == "submit" && control.name.is_empty())
            .count();
        assert_eq!(
            main,
            usize::from(FORM_PAGES.contains(&name.as_str())),
            "main buttons of {name}"
        );
        let mut ids = BTreeSet::new();
        for control in &controls {
            assert!(
                !control.id.is_empty() && ids.insert(control.id.clone()),
                "{name}: {control:?}"
            );
            if control.kind == "submit" {
                continue;
            }
            assert!(!control.name.is_empty(), "{name}: {control:?}");
            let labelled = control.kind == "hidden"
                || html.contains(&format!(
                    "<label class=\"usa-label\" for=\"{}\"",
                    control.id
                ));
            let ticked = html.contains(&format!("__label\" for=\"{}\"", control.id));
            assert!(labelled || ticked, "{name}: {control:?} has no label");
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
    }
}

#[test]
fn a_page_with_errors_says_so_in_title_summary_and_field() {
    let page = Page::of(&visit(Language::English)).with_error("email", "Type an e-mail address.");
    let html = SignIn {
        page,
        app: None,
        email: String::new(),
        passkeys: true,
    }
    .render()
    .unwrap_or_default();
    assert!(html.contains("<title>Error: Sign in"));
    assert!(html.contains("<a class=\"usa-link\" href=\"#email\">Type an e-mail address.</a>"));
    assert!(html.contains("id=\"email_error\">Type an e-mail address.</span>"));
}

#[tokio::test]
#[expect(
    clippy::disallowed_methods,
    reason = "a test writes where it is told to"
)]
async fn samples_can_be_written_out_to_look_at() {
    let Some(folder) = option_env!("DURWARD_SAMPLES") else {
        return;
    };
    for language in Language::ALL {
        for (number, html) in all(language).await.into_iter().enumerate() {
            let name = forms::page_name(&html)
                .map(str::to_owned)
                .unwrap_or_default();
            let path = format!("{folder}/{}-{number:02}-{name}.html", language.tag());
            assert!(std::fs::write(path, html).is_ok());
        }
    }
}

/// The pages with a form of their own.
const FORM_PAGES: &[&str] = &[
    "sign-in",
    "sign-up-email",
    "sign-up-check-email",
    "sign-up-confirm",
    "sign-up-password",
    "factor-choice",
    "totp-setup",
    "sign-in-password",
    "second-factor",
    "consent",
    "shared-email",
    "disconnect",
    "emails",
    "emails-confirm",
    "emails-link",
    "logout-confirm",
    "webauthn-setup",
    "webauthn",
    "method",
    "method-remove",
    "test-inbox",
];
