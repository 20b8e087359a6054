//! One request and its sign-in.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use durward_app::failure::Failure;
use durward_app::partner::apps;
use durward_app::partner::drafts::{self, DraftInput};
use durward_app::partner::inspector::{self, Claim, Hint, Inspected, NotFound};
use durward_domain::permission::Action;
use durward_oidc::evidence::{AssertionEvidence, Side, Step, Stretch};
use jiff::Timestamp;

use super::logouts::{self, LogoutLine};
use crate::portal::desk::Desk;
use crate::portal::entered::Entered;
use crate::portal::parts::{self, Mark};
use crate::portal::support;
use crate::shared::forms::Posted;
use crate::shared::i18n::Words;
use crate::shared::page::{self, view};
use crate::shared::problem::Problem;

view! {
    /// One request.
    RequestRecord in "portal/request_record.html" {
        /// The request.
        id: String,
        /// What became of it.
        mark: Mark,
        /// Step, environment and app in a line.
        about: String,
        /// The app's list of requests.
        list: Option<String>,
        /// Where support is asked about it, for who may ask.
        ask: Option<String>,
        /// The app, with its name in the address.
        app: Option<(String, String)>,
        /// The app's keys, where a key would help.
        keys: Option<String>,
        /// Why, in the reader's language.
        why: String,
        /// The refusal's own sentence, in English.
        sentence: String,
        /// The refusal's code.
        code: String,
        /// Where its rule is explained.
        help: String,
        /// What happened in this sign-in.
        steps: Vec<StepLine>,
        /// The tries to tell apps that the session ended.
        logouts: Vec<LogoutLine>,
        /// What the programme can tell besides.
        hints: Vec<String>,
        /// Sent beside registered.
        differences: Vec<DifferenceView>,
        /// Whether one click makes a draft, and what it would hold.
        fix: Option<String>,
        /// What was sent.
        sent: Vec<(String, String)>,
        /// What was registered.
        registered: Vec<(String, Vec<String>)>,
        /// Header and claims of the assertion.
        assertion: Vec<(String, String)>,
        /// The claims with what they must be.
        claims: Vec<ClaimLine>,
        /// What the clocks say.
        skew: String,
        /// Which key verified.
        key: String,
        /// Other facts.
        facts: Vec<(String, String)>,
    }
}

/// One step of a sign-in.
pub struct StepLine {
    /// When.
    pub time: String,
    /// Which endpoint.
    pub step: String,
    /// What became of it.
    pub mark: Mark,
    /// The refusal's code.
    pub code: String,
    /// Its page.
    pub href: String,
    /// Whether it is the one that is shown.
    pub current: bool,
}

/// A sent value beside the nearest registered one.
pub struct DifferenceView {
    /// The parameter.
    pub name: String,
    /// The sent value; the second of each pair says that the letters are marked.
    pub sent: Vec<(String, bool)>,
    /// The registered one.
    pub registered: Vec<(String, bool)>,
    /// The same in a sentence.
    pub sentence: String,
}

/// One claim.
pub struct ClaimLine {
    /// Its name.
    pub name: &'static str,
    /// What was sent.
    pub value: String,
    /// What it must be.
    pub expected: String,
    /// Whether it is.
    pub mark: Mark,
}

/// The page.
pub async fn show(desk: Desk, Path(id): Path<String>) -> Result<Response, Response> {
    let found = find(&desk, &id).await?;
    Ok(page::html(&render(&desk, found)))
}

/// Makes a draft of the configuration in which the request passes, and leads to it.
pub async fn fix(desk: Desk, Path(id): Path<String>, _: Posted) -> Result<Response, Response> {
    let found = find(&desk, &id).await?;
    let back = format!("/requests/{id}");
    let (Some(fix), Some(handle)) = (found.fix, found.app) else {
        return Ok(Redirect::to(&back).into_response());
    };
    let app = apps::app(&desk.keeper, &desk.member, &handle, found.environment)
        .await
        .map_err(|failure| desk.failed(failure, &back))?;
    let mut entered = Entered::changing(&app.document, app.summary.version);
    let name = fix.path.rsplit('/').next().unwrap_or_default();
    let lines = format!("{}\n{}", entered.text(name), fix.add);
    entered.set(name, lines.trim());
    let input = DraftInput {
        seen: None,
        name: "",
        team: &app.summary.team,
        entered: &entered.to_json(),
    };
    let draft = drafts::draft_save(&desk.keeper, &desk.member, input, Some(&desk.trace()))
        .await
        .map_err(|failure| desk.failed(failure, &back))?;
    Ok(Redirect::to(&format!("/drafts/{}/check", draft.id)).into_response())
}

async fn find(desk: &Desk, id: &str) -> Result<Inspected, Response> {
    inspector::inspect(&desk.keeper, &desk.member, id)
        .await
        .map_err(|failure: Failure<NotFound>| match failure {
            Failure::Refused(refusal) => Problem::refused(&refusal).as_page().into_response(),
            Failure::Fault(fault) => Problem::from(fault).as_page().into_response(),
        })
}

fn render(desk: &Desk, found: Inspected) -> RequestRecord {
    let words = desk.words();
    let environment = parts::environment_name(words, found.environment);
    let code = found.code.clone().unwrap_or_default();
    let step = super::step(words, found.step);
    let about = match &found.app {
        Some(_) => format!("{step} · {environment}"),
        None => format!(
            "{step} · {environment} · {}",
            words.t("inspect-app-unknown")
        ),
    };
    let may_fix = found.app.is_some()
        && desk
            .member
            .teams()
            .iter()
            .any(|team| desk.may(Action::EditDraft, team));
    RequestRecord {
        page: desk.page("/requests"),
        mark: super::mark(words, found.outcome),
        about,
        list: found
            .app
            .as_ref()
            .map(|app| format!("/apps/{app}/{}/requests", found.environment)),
        ask: desk
            .member
            .reaches_somewhere(Action::OpenTicket)
            .then(|| support::about_request(found.app.as_deref(), &found.request_id)),
        app: found.app.as_ref().map(|app| {
            let href = format!("/apps/{app}/{}", found.environment);
            (app.clone(), href)
        }),
        keys: found
            .app
            .as_ref()
            .filter(|_| code == UNVERIFIED)
            .map(|app| format!("/apps/{app}/{}/keys", found.environment)),
        why: why(words, found.outcome.as_str(), &code),
        sentence: found.sentence.clone().unwrap_or_default(),
        help: super::help(&code),
        steps: found
            .steps
            .iter()
            // They have a list of their own.
            .filter(|one| one.step != Step::Backchannel)
            .map(|one| StepLine {
                time: desk.moment(one.time),
                step: super::step(words, one.step),
                mark: super::mark(words, one.outcome),
                code: one.code.clone().unwrap_or_default(),
                href: format!("/requests/{}", one.request_id),
                current: one.request_id == found.request_id,
            })
            .collect(),
        logouts: found
            .logouts
            .iter()
            .map(|one| logouts::line(desk, one))
            .collect(),
        hints: hint_lines(words, &found.hints),
        differences: found
            .differences
            .iter()
            .map(|one| difference(words, &one.name, &one.parts))
            .collect(),
        fix: found.fix.filter(|_| may_fix).map(|fix| fix.add),
        sent: found
            .sent
            .iter()
            .map(|sent| {
                let value = match (&sent.value, sent.length) {
                    (Some(value), _) => value.clone(),
                    (None, Some(length)) => {
                        words.t1("inspect-length", "count", &length.to_string())
                    }
                    (None, None) => words.t("inspect-present"),
                };
                (sent.name.clone(), value)
            })
            .collect(),
        registered: found
            .registered
            .iter()
            .map(|one| (one.name.clone(), one.values.clone()))
            .collect(),
        assertion: found
            .assertion
            .as_ref()
            .map(|assertion| assertion_lines(desk, assertion))
            .unwrap_or_default(),
        claims: claim_lines(words, &found.claims),
        skew: found
            .skew_seconds
            .map(|seconds| skew(words, seconds))
            .unwrap_or_default(),
        key: found
            .key
            .as_ref()
            .map(|key| words.t1("inspect-key-used", "key", key))
            .unwrap_or_default(),
        facts: vec![
            (words.t("inspect-status"), found.status.to_string()),
            (words.t("inspect-client"), found.client_id.clone()),
            (
                words.t("inspect-host"),
                found.redirect_host.clone().unwrap_or_default(),
            ),
            (words.t("inspect-release"), found.release.to_string()),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty() && value != "0")
        .collect(),
        code,
        id: found.request_id,
    }
}

/// The refusal that another key repairs.
const UNVERIFIED: &str = "token/assertion-signature";

/// Claims beside what they must be.
pub(super) fn claim_lines(words: Words, claims: &[Claim]) -> Vec<ClaimLine> {
    claims
        .iter()
        .map(|claim| ClaimLine {
            name: claim.name,
            value: claim
                .value
                .clone()
                .unwrap_or_else(|| words.t("inspect-missing")),
            expected: claim.expected.clone(),
            mark: if claim.passes {
                Mark::new("good", words.t("inspect-passes"))
            } else {
                Mark::new("stop", words.t("inspect-fails"))
            },
        })
        .collect()
}

/// Hints in the reader's language.
pub(super) fn hint_lines(words: Words, hints: &[Hint]) -> Vec<String> {
    hints
        .iter()
        .map(|hint| {
            let value = words
                .find(&format!("environment-{}", hint.value))
                .unwrap_or_else(|| hint.value.clone());
            words.t1(&format!("inspect-hint-{}", hint.kind), "value", &value)
        })
        .collect()
}

/// Why, by code where the catalogue has words for it, otherwise by outcome.
fn why(words: Words, outcome: &str, code: &str) -> String {
    let own = format!("inspect-why-{}", code.replace('/', "-"));
    words
        .find(&own)
        .unwrap_or_else(|| words.t(&format!("inspect-why-{outcome}")))
}

pub(super) fn skew(words: Words, seconds: i64) -> String {
    let (key, count) = match seconds {
        -2..=2 => ("inspect-skew-none", 0),
        ahead @ 3.. => ("inspect-skew-ahead", ahead.unsigned_abs()),
        behind => ("inspect-skew-behind", behind.unsigned_abs()),
    };
    words.t_count(key, count)
}

pub(super) fn difference(words: Words, name: &str, parts: &[Stretch]) -> DifferenceView {
    let side = |other: Side| -> Vec<(String, bool)> {
        parts
            .iter()
            .filter(|part| part.side != other)
            .map(|part| (part.text.clone(), part.side != Side::Both))
            .collect()
    };
    let only = |side: Side| {
        let parts = parts.iter().filter(|part| part.side == side);
        let texts: Vec<String> = parts.map(|part| format!("“{}”", part.text)).collect();
        texts.join(", ")
    };
    let (more, less) = (only(Side::Sent), only(Side::Registered));
    let sentence = match (more.is_empty(), less.is_empty()) {
        (true, true) => words.t("inspect-difference-none"),
        (false, true) => words.t1("inspect-difference-more", "sent", &more),
        (true, false) => words.t1("inspect-difference-less", "registered", &less),
        (false, false) => words.t2(
            "inspect-difference-both",
            "sent",
            &more,
            "registered",
            &less,
        ),
    };
    DifferenceView {
        name: name.to_owned(),
        sent: side(Side::Registered),
        registered: side(Side::Sent),
        sentence,
    }
}

fn assertion_lines(desk: &Desk, assertion: &AssertionEvidence) -> Vec<(String, String)> {
    let moment = |seconds: Option<i64>| {
        let time = Timestamp::from_second(seconds?).ok()?;
        Some(format!("{} ({})", desk.moment(time), seconds?))
    };
    let lines = [
        ("alg", assertion.alg.clone()),
        ("kid", assertion.kid.clone()),
        ("typ", assertion.typ.clone()),
        ("enc", assertion.enc.clone()),
        ("iss", assertion.iss.clone()),
        ("sub", assertion.sub.clone()),
        (
            "aud",
            Some(assertion.aud.join(" ")).filter(|aud| !aud.is_empty()),
        ),
        ("exp", moment(assertion.exp)),
        ("iat", moment(assertion.iat)),
        ("nbf", moment(assertion.nbf)),
        ("jti (SHA-256)", assertion.jti_sha256.clone()),
    ];
    lines
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect()
}
