//! The pages of the inspector with everything that they can show.

use askama::Template as _;
use durward_app::partner::inspector::LogoutTry;
use durward_oidc::evidence::{Outcome, Step, difference};

use super::find::FindRequest;
use super::list::AppRequests;
use super::logouts::{self, LogoutLine};
use super::paste::{Made, PasteRequest, RuleLine};
use super::show::{self, ClaimLine, RequestRecord, StepLine};
use super::{RequestLine, mark, step};
use crate::portal::parts::Mark;
use crate::portal::samples::{head, page};
use crate::shared::i18n::{Language, Words};

pub(in crate::portal) fn samples(language: Language) -> Vec<String> {
    let words = Words::of(language);
    let find = FindRequest {
        page: page(language, "/requests").with_error("id", words.t("inspect-find-wrong")),
        id: "?".to_owned(),
    };
    [
        find.render(),
        list(language).render(),
        record(language).render(),
        paste(language).render(),
    ]
    .into_iter()
    .map(Result::unwrap_or_default)
    .collect()
}

fn list(language: Language) -> AppRequests {
    let words = Words::of(language);
    let frame = page(language, "/");
    let line = |outcome, code: &str| RequestLine {
        id: "0192d3a0-7c1e".to_owned(),
        href: "/requests/0192d3a0-7c1e".to_owned(),
        time: "2026-11-10 12:00 EST".to_owned(),
        step: step(words, Step::Authorize),
        mark: mark(words, outcome),
        code: code.to_owned(),
        help: super::help(code),
        about: "urn:gov:gsa:x".to_owned(),
    };
    let option = |value: &str, text: String| (value.to_owned(), text, false);
    AppRequests {
        head: head(&frame, "requests"),
        page: frame,
        lines: Outcome::ALL.into_iter().map(|one| line(one, "")).collect(),
        older: Some("/apps/fishing-licence/sandbox/requests?before=3".to_owned()),
        steps: Step::ALL
            .into_iter()
            .map(|one| option(one.as_str(), step(words, one)))
            .collect(),
        outcomes: Outcome::ALL
            .into_iter()
            .map(|one| option(one.as_str(), mark(words, one).text))
            .collect(),
        ages: ["hour", "day", "week"]
            .map(|one| option(one, words.t(&format!("inspect-age-{one}"))))
            .to_vec(),
        code: String::new(),
        filtered: true,
        unmatched: vec![line(Outcome::Refused, "authorize/client-unknown")],
        redirects: vec![(
            "https://fish.example.gov/callback".to_owned(),
            "2026-11-10 12:00 EST".to_owned(),
        )],
    }
}

fn logout(words: Words, code: Option<&str>, next: Option<&str>) -> LogoutLine {
    let tried = LogoutTry {
        time: jiff::Timestamp::UNIX_EPOCH,
        app: "fishing-licence".to_owned(),
        outcome: code.map_or(Outcome::Ok, |_| Outcome::Refused),
        code: code.map(str::to_owned),
        sentence: None,
        status: 503,
        number: Some(2),
        next: None,
    };
    LogoutLine {
        time: "2026-11-10 12:00 EST".to_owned(),
        app: tried.app.clone(),
        mark: mark(words, tried.outcome),
        said: logouts::said(words, &tried, next),
        code: code.unwrap_or_default().to_owned(),
        help: code.map(super::help).unwrap_or_default(),
    }
}

fn record(language: Language) -> RequestRecord {
    let words = Words::of(language);
    let parts = difference("https://a.gov/CB/", "https://a.gov/cb");
    RequestRecord {
        page: page(language, "/requests"),
        id: "0192d3a0-7c1e".to_owned(),
        mark: mark(words, Outcome::Refused),
        about: "…".to_owned(),
        app: Some((
            "fishing-licence".to_owned(),
            "/apps/fishing-licence/sandbox".to_owned(),
        )),
        keys: Some("/apps/fishing-licence/sandbox/keys".to_owned()),
        list: Some("/apps/fishing-licence/sandbox/requests".to_owned()),
        ask: Some("/support/new?category=sign_in&request=0192d3a0-7c1e".to_owned()),
        why: words.t("inspect-why-authorize-redirect-uri-unregistered"),
        sentence: "This redirect_uri is not registered for the app.".to_owned(),
        code: "authorize/redirect-uri-unregistered".to_owned(),
        help: super::help("authorize/redirect-uri-unregistered"),
        steps: vec![StepLine {
            time: "2026-11-10 12:00 EST".to_owned(),
            step: step(words, Step::Token),
            mark: mark(words, Outcome::Ok),
            code: String::new(),
            href: "/requests/0192d3a0-7c1e".to_owned(),
            current: true,
        }],
        logouts: [
            (Some("backchannel/answered"), Some("13:00")),
            (Some("backchannel/unreached"), None),
            (Some("backchannel/no-encryption-key"), None),
            (None, None),
        ]
        .map(|(code, next)| logout(words, code, next))
        .into(),
        hints: HINTS
            .iter()
            .map(|kind| words.t1(&format!("inspect-hint-{kind}"), "value", "x"))
            .collect(),
        differences: vec![show::difference(words, "redirect_uri", &parts)],
        fix: Some("https://a.gov/CB/".to_owned()),
        sent: vec![("redirect_uri".to_owned(), "https://a.gov/CB/".to_owned())],
        registered: vec![(
            "redirect_uri".to_owned(),
            vec!["https://a.gov/cb".to_owned(), "https://a.gov/b".to_owned()],
        )],
        assertion: vec![("alg".to_owned(), "RS256".to_owned())],
        claims: vec![ClaimLine {
            name: "aud",
            value: "https://a.gov".to_owned(),
            expected: "https://b.gov".to_owned(),
            mark: Mark::new("stop", words.t("inspect-fails")),
        }],
        skew: show::skew(words, 31),
        key: words.t1("inspect-key-used", "key", "x"),
        facts: vec![(words.t("inspect-status"), "400".to_owned())],
    }
}

fn paste(language: Language) -> PasteRequest {
    let words = Words::of(language);
    let record = record(language);
    PasteRequest {
        page: page(language, "/tools/request"),
        text: "client_id=x".to_owned(),
        environments: vec![("sandbox".to_owned(), "sandbox".to_owned(), true)],
        made: Some(Made {
            what: KINDS
                .map(|kind| words.t(&format!("paste-kind-{kind}")))
                .join(" · "),
            mark: Some(Mark::new("good", words.t("paste-passes"))),
            refused_by: Some(("authorize/x".to_owned(), super::help("authorize/x"))),
            rules: vec![RuleLine {
                code: "authorize/x",
                help: super::help("authorize/x"),
                sentence: "This request is wrong.".to_owned(),
                mark: Mark::new("", words.t("paste-not-reached")),
            }],
            claims: record.claims,
            fields: vec![("claims.iss".to_owned(), "x".to_owned())],
            differences: record.differences,
            hints: record.hints,
        }),
    }
}

/// What a pasted request can be.
const KINDS: [&str; 6] = [
    "authorize",
    "client-assertion",
    "id-token",
    "request-object",
    "jwt",
    "saml",
];
/// What the hints of a request can be.
const HINTS: [&str; 14] = [
    "registered-in",
    "did-you-mean",
    "key-named",
    "key-unnamed",
    "key-registered-in",
    "audience-of",
    "registered-since",
    "uri-registered-in",
    "differs-in-case",
    "differs-in-slash",
    "differs-in-query",
    "differs-in-scheme",
    "differs-in-host",
    "differs-in-port",
];
