//! One document: where it stands, what may be done to it, and what was.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use durward_app::operator::suspension;
use durward_app::partner::agreements::{self, AgreementView, Details};
use durward_app::partner::launches;
use durward_domain::agreement::{
    AgreementState, AgreementStep, PaperKind, Purpose, Side, Signature,
};
use durward_domain::level::LevelOfService;
use durward_domain::permission::Action;

use super::mark_of;
use super::views::{AgreementPage, FileLine, HistoryLine, OverrideLine};
use crate::console::views::Listed;
use crate::partnership::shown::money;
use crate::portal::desk::Desk;
use crate::portal::parts::{LaunchLine, Mark};
use crate::shared::i18n::Words;
use crate::shared::page::{self, Page};
use crate::shared::problem::Problem;

pub(super) async fn show(desk: Desk, Path(number): Path<String>) -> Result<Response, Response> {
    let page = desk.page("/agreements");
    drawn(&desk, page, &number).await
}

/// The page with what is wrong in it.
pub(super) async fn drawn(desk: &Desk, page: Page, number: &str) -> Result<Response, Response> {
    let words = desk.words();
    let failed = |failure| desk.failed(failure, "/agreements");
    let one = agreements::find(&desk.keeper, &desk.member, number)
        .await
        .map_err(failed)?;
    let details = agreements::details(&desk.keeper, &desk.member, number)
        .await
        .map_err(failed)?;
    let requests = launches::list(&desk.keeper, &desk.member, None)
        .await
        .map_err(|fault| Problem::from(fault).as_page().into_response())?;
    let retired = suspension::retired_names(&desk.keeper)
        .await
        .map_err(|fault| Problem::from(fault).as_page().into_response())?;
    let zone = desk.keeper.programme.time_zone();
    let state = AgreementState::parse(&one.state);
    let manages = desk.may_for_programme(Action::ManageAgreement);
    let asks = desk.member.reaches_somewhere(Action::RequestAgreement);
    let overrides = desk.may_for_programme(Action::OverrideAgreement);
    Ok(page::html(&AgreementPage {
        page,
        mark: mark_of(desk, &one),
        kind: one.kind.as_str(),
        form_name: words.t(match one.kind {
            PaperKind::Gtc => "agreement-form-gtc",
            PaperKind::Order => "agreement-form-order",
        }),
        agency: format!("{} · {}", one.agency, one.partner),
        parts: parts(words, &one),
        facts: facts(desk, &one),
        links: links(desk, &one, &details),
        apps: one
            .listed_apps
            .iter()
            .map(|app| Listed {
                name: app.name.clone(),
                mark: match app.level {
                    _ if retired.contains(&app.name) => {
                        Mark::new("stop", words.t("denial-retired"))
                    }
                    LevelOfService::AuthOnly => Mark::new("", words.t("level-auth-only")),
                    LevelOfService::IdentityVerified => {
                        Mark::new("news", words.t("level-identity-verified"))
                    }
                },
            })
            .collect(),
        launches: requests
            .iter()
            .filter(|launch| launch.agreement.as_deref() == Some(one.number.as_str()))
            .map(|launch| LaunchLine::of(words, zone, launch))
            .collect(),
        may_edit: state.is_some_and(|state| {
            state.is_open() && (manages || (asks && state == AgreementState::Intake))
        }),
        sign: signs(desk, state),
        signer: desk.member.name.clone(),
        steps: steps(desk, state),
        files: details
            .files
            .iter()
            .map(|file| FileLine {
                id: file.id.clone(),
                name: file.name.clone(),
                purpose: words.t(&format!(
                    "agreement-purpose-{}",
                    file.purpose.replace('_', "-")
                )),
                facts: format!(
                    "{} B · SHA-256 {} · {} · {}",
                    file.size,
                    file.sha256,
                    file.kept_by,
                    desk.moment(file.kept)
                ),
            })
            .collect(),
        may_add: asks,
        purposes: Purpose::ALL
            .map(|one| {
                (
                    one.as_str(),
                    words.t(&format!(
                        "agreement-purpose-{}",
                        one.as_str().replace('_', "-")
                    )),
                )
            })
            .into(),
        history: history(desk, &details),
        overrides: override_lines(desk, &details),
        states: if overrides {
            AgreementState::ALL
                .map(|one| (one.as_str(), state_words(words, one.as_str())))
                .into()
        } else {
            Vec::new()
        },
        warnings: if state.is_some_and(AgreementState::is_open) {
            details.warnings
        } else {
            Vec::new()
        },
        sha256: one.sha256,
        number: one.number,
    }))
}

fn parts(words: Words, one: &AgreementView) -> Vec<(String, String)> {
    [
        ("part-gtc", one.parts.gtc.clone()),
        ("part-order", one.parts.order.clone()),
        ("part-mod", one.parts.modification.clone()),
        ("part-year", one.parts.fiscal_year.to_string()),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .map(|(key, value)| (words.t(key), value))
    .collect()
}

fn facts(desk: &Desk, one: &AgreementView) -> Vec<(String, String)> {
    let words = desk.words();
    let mut facts = vec![
        (
            words.t("agreement-period"),
            format!("{} – {}", desk.day(one.starts), desk.day(one.ends)),
        ),
        (
            words.t("agreement-left"),
            words.t_count("days", u64::try_from(one.days_left).unwrap_or_default()),
        ),
    ];
    if one.kind == PaperKind::Order {
        let currency = &desk.keeper.programme.fiscal.currency;
        facts.push((
            words.t("agreement-estimated"),
            money(words, one.terms.estimated, currency),
        ));
        facts.push((
            words.t("agreement-price-model"),
            one.terms.price_model.to_string(),
        ));
        let policy = desk.keeper.programme.agreement.expiry.as_str();
        facts.push((
            words.t("agreement-then"),
            words.t(&format!("agreement-then-{policy}")),
        ));
    }
    for (side, signed) in [
        (
            "agreement-partner-signature",
            one.partner_signature.as_ref(),
        ),
        (
            "agreement-provider-signature",
            one.provider_signature.as_ref(),
        ),
    ] {
        facts.push((words.t(side), signature(desk, signed, &one.sha256)));
    }
    facts
}

/// Who signed, when, and whether what was signed is what is here.
fn signature(desk: &Desk, signature: Option<&Signature>, now: &str) -> String {
    let words = desk.words();
    let Some(signed) = signature else {
        return words.t("agreement-unsigned");
    };
    let when = signed
        .at
        .map_or_else(|| signed.on.to_string(), |at| desk.moment(at));
    let mut text = format!("{}, {} ({when})", signed.name, signed.title);
    if let Some(sha256) = &signed.sha256 {
        text.push_str(" SHA-256 ");
        text.push_str(sha256);
        if sha256 != now {
            text.push_str(" – ");
            text.push_str(&words.t("agreement-signed-other"));
        }
    }
    text
}

/// The other Mods, and the usage of a signed order.
fn links(desk: &Desk, one: &AgreementView, details: &Details) -> Vec<(String, String)> {
    let words = desk.words();
    let signed = one.partner_signature.is_some() && one.provider_signature.is_some();
    let billed =
        signed && one.kind == PaperKind::Order && desk.member.reaches_somewhere(Action::ViewUsage);
    let usage = billed.then(|| {
        (
            words.t1("usage-of", "number", &one.number),
            format!("/agreements/{}/usage", one.number),
        )
    });
    let mods = details
        .mods
        .iter()
        .filter(|number| **number != one.number)
        .map(|number| {
            (
                words.t1("agreement-other-mod", "number", number),
                format!("/agreements/{number}"),
            )
        });
    usage.into_iter().chain(mods).collect()
}

fn signs(desk: &Desk, state: Option<AgreementState>) -> Option<(&'static str, String)> {
    let (side, action, key) = match state? {
        AgreementState::OutForPartnerSignature => (
            Side::Partner,
            Action::SignAgreementForPartner,
            "agreement-sign-partner",
        ),
        AgreementState::ProviderSignature => (
            Side::Provider,
            Action::SignAgreementForProvider,
            "agreement-sign-provider",
        ),
        _ => return None,
    };
    desk.member
        .reaches_somewhere(action)
        .then(|| (side.as_str(), desk.words().t(key)))
}

fn steps(desk: &Desk, state: Option<AgreementState>) -> Vec<(&'static str, String)> {
    let Some(state) = state else {
        return Vec::new();
    };
    state
        .steps()
        .filter(|step| {
            !matches!(
                step,
                AgreementStep::SignByPartner | AgreementStep::SignByProvider
            )
        })
        .filter(|step| {
            let asks = step.asks(state);
            asks.iter()
                .any(|action| desk.member.reaches_somewhere(*action))
        })
        .map(|step| (step.as_str(), desk.words().t(&word_key(step.as_str()))))
        .collect()
}

fn history(desk: &Desk, details: &Details) -> Vec<HistoryLine> {
    let words = desk.words();
    let lines = details.history.iter().map(|one| HistoryLine {
        time: desk.moment(one.time),
        what: words.t(&word_key(&one.word)),
        who: if one.actor == "agreements" {
            words.t("agreement-by-server")
        } else {
            one.actor.clone()
        },
        state: state_words(words, &one.state),
        reason: one.reason.clone(),
    });
    lines.collect()
}

fn override_lines(desk: &Desk, details: &Details) -> Vec<OverrideLine> {
    let words = desk.words();
    let lines = details.overrides.iter().map(|one| {
        let part = |name: &str| one.change.get(name).and_then(|value| value.as_str());
        let mut change: Vec<String> = part("state")
            .map(|state| state_words(words, state))
            .into_iter()
            .collect();
        for (name, key) in [("starts", "agreement-starts"), ("ends", "agreement-ends")] {
            change.extend(part(name).map(|day| format!("{}: {day}", words.t(key))));
        }
        let outcome = match one.outcome.as_str() {
            "" => words.t("agreement-override-open"),
            outcome => words.t1(
                &format!("agreement-override-{outcome}"),
                "who",
                &one.decided_by,
            ),
        };
        OverrideLine {
            id: one.id.clone(),
            change: change.join(", "),
            facts: format!("{} · {} · {outcome}", one.asked_by, desk.moment(one.asked)),
            reason: one.reason.clone(),
            open: one.outcome.is_empty(),
            may_confirm: one.may_confirm,
        }
    });
    lines.collect()
}

fn word_key(word: &str) -> String {
    format!("agreement-step-{}", word.replace('_', "-"))
}

fn state_words(words: Words, state: &str) -> String {
    words.t(&format!("agreement-state-{}", state.replace('_', "-")))
}
