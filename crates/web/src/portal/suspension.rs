//! Break-glass: an app's page where it is suspended and resumed, and its keys revoked.

use std::sync::Arc;

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use durward_app::operator::suspension::{self, Denial, Denials, SuspensionDenied};
use durward_app::partner::apps::AppView;
use durward_domain::application::Key;
use durward_domain::environment::EnvironmentName;
use durward_domain::event::Event;
use durward_domain::permission::Action;
use durward_domain::refusal::Refuse as _;
use durward_domain::release::DenialKind;
use jiff::Timestamp;
use jiff::civil::Date;

use super::app::{find, head};
use super::desk::{self, Desk};
use super::entered::Entered;
use super::parts::{Form, Mark};
use super::views::AppHead;
use crate::pages::{shows, takes};
use crate::portal_router::Portal;
use crate::shared::forms::Posted;
use crate::shared::i18n::Words;
use crate::shared::page::{self, Page, view};
use crate::shared::problem::Problem;
use crate::shared::route::{FORM, Route};

/// The page and what it does.
pub const ROUTES: &[Route<Arc<Portal>>] = &[
    shows("/apps/{handle}/{environment}/suspension", || get(show)).may(Action::ViewApp),
    takes(
        "/apps/{handle}/{environment}/suspend",
        FORM,
        &[Event::AppSuspended, Event::DenialsMade],
        || post(suspend),
    )
    .may(Action::SuspendApp),
    takes(
        "/apps/{handle}/{environment}/resume",
        FORM,
        &[Event::AppResumed, Event::DenialsMade],
        || post(resume),
    )
    .may(Action::SuspendApp),
    takes(
        "/apps/{handle}/{environment}/revoke-key",
        FORM,
        &[Event::AppKeyRevoked, Event::DenialsMade],
        || post(revoke),
    )
    .may(Action::RevokeKey),
];

view! {
    /// Whether people can sign in to an app, and what can be done about it at once.
    Suspension in "portal/app_suspension.html" {
        /// The head.
        head: AppHead,
        /// Why nobody can sign in, line by line; empty when people can.
        standing: Vec<(String, String)>,
        /// Whether it is suspended: then it can be resumed.
        suspended: bool,
        /// Whether it can be suspended.
        can_suspend: bool,
        /// Whether the member may suspend and resume it.
        may_suspend: bool,
        /// Whether they may revoke its keys.
        may_revoke: bool,
        /// Keys that can be revoked.
        keys: Vec<String>,
        /// Revoked keys: thumbprint, and why, who and when.
        revoked: Vec<(String, String)>,
        /// Earlier times, in words.
        history: Vec<String>,
        /// What was typed.
        form: Form,
    }
}

async fn show(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
) -> Result<Response, Response> {
    let app = find(&desk, &handle, &environment).await?;
    let page = desk.page("/");
    shown(&desk, &app, page, Entered::default()).await
}

async fn shown(
    desk: &Desk,
    app: &AppView,
    page: Page,
    entered: Entered,
) -> Result<Response, Response> {
    let words = desk.words();
    let (handle, environment) = (&app.summary.handle, app.summary.environment);
    let found = suspension::of_app(&desk.keeper, &desk.member, handle, environment)
        .await
        .map_err(|failure| desk.failed(failure, "/"))?;
    let head = head(desk, app, "suspension").await?;
    let keys = keys(app, &found);
    Ok(page::html(&Suspension {
        page,
        head,
        standing: standing(desk, &found),
        suspended: found.suspended,
        can_suspend: found.denial.is_none(),
        may_suspend: desk.may_for_programme(Action::SuspendApp),
        may_revoke: desk.may(Action::RevokeKey, &app.summary.team) && !keys.is_empty(),
        keys,
        revoked: found
            .revoked_keys
            .iter()
            .map(|key| {
                let values = [
                    ("reason", key.reason.as_str()),
                    ("who", &key.by),
                    ("when", &desk.moment(key.revoked)),
                ];
                let line = words.t_args("suspension-revoked-line", &values);
                (key.thumbprint.clone(), line)
            })
            .collect(),
        history: found.history.iter().map(|one| past(desk, one)).collect(),
        form: Form::plain(entered),
    }))
}

async fn suspend(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Response> {
    let place = (handle.as_str(), desk::environment(&environment)?);
    let until = match day(&desk, posted.text("until")) {
        Ok(until) => until,
        Err(()) => {
            let message = desk.words().t("suspension-until-unread");
            return again(&desk, place, &posted, ("until", message)).await;
        }
    };
    let what = (posted.text("reason"), until);
    let done = suspension::suspend(&desk.keeper, &desk.member, place, what, &desk.trace()).await;
    answered(&desk, place, &posted, done).await
}

async fn resume(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Response> {
    let place = (handle.as_str(), desk::environment(&environment)?);
    let reason = posted.text("reason");
    let done = suspension::resume(&desk.keeper, &desk.member, place, reason, &desk.trace()).await;
    answered(&desk, place, &posted, done).await
}

async fn revoke(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Response> {
    let place = (handle.as_str(), desk::environment(&environment)?);
    let what = (posted.text("key"), posted.text("key_reason"));
    let done = suspension::revoke_key(&desk.keeper, &desk.member, place, what, &desk.trace()).await;
    answered(&desk, place, &posted, done).await
}

async fn answered(
    desk: &Desk,
    (handle, environment): (&str, EnvironmentName),
    posted: &Posted,
    done: Result<Denials, durward_app::Failure<SuspensionDenied>>,
) -> Result<Response, Response> {
    let here = format!("/apps/{handle}/{environment}/suspension");
    let refusal = match done {
        Ok(_) => return Ok(Redirect::to(&here).into_response()),
        Err(durward_app::Failure::Refused(refusal)) => refusal,
        Err(failure) => return Err(desk.failed(failure, &here)),
    };
    let field = match refusal {
        SuspensionDenied::NoReason if posted.has("key") => "key_reason",
        SuspensionDenied::NoReason => "reason",
        SuspensionDenied::Past => "until",
        _ => return Err(desk.refused(&refusal, &here)),
    };
    let message = desk.words().refusal(&refusal);
    debug_assert!(!refusal.code().is_empty());
    again(desk, (handle, environment), posted, (field, message)).await
}

/// The page with what was typed and what is wrong with it.
async fn again(
    desk: &Desk,
    (handle, environment): (&str, EnvironmentName),
    posted: &Posted,
    (field, message): (&'static str, String),
) -> Result<Response, Response> {
    let app = find(desk, handle, environment.as_str()).await?;
    let page = desk.page("/").with_error(field, message);
    let mut entered = Entered::default();
    for name in ["reason", "until", "key_reason"] {
        entered.set(name, posted.text(name));
    }
    shown(desk, &app, page, entered).await
}

/// The end of a suspension: noon of a day, or none.
fn day(desk: &Desk, text: &str) -> Result<Option<Timestamp>, ()> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let day: Date = text.trim().parse().map_err(|_| ())?;
    Ok(Some(desk.keeper.programme.noon(day)))
}

/// The keys of the app that are not revoked.
fn keys(app: &AppView, found: &Denials) -> Vec<String> {
    let live = app.live.iter().flat_map(|live| &live.keys);
    let mut keys: Vec<String> = app
        .document
        .keys
        .iter()
        .chain(live)
        .map(Key::fingerprint)
        .filter(|key| !found.revoked_keys.iter().any(|one| one.thumbprint == *key))
        .collect();
    keys.sort();
    keys.dedup();
    keys
}

fn standing(desk: &Desk, found: &Denials) -> Vec<(String, String)> {
    let words = desk.words();
    let Some(denial) = &found.denial else {
        return Vec::new();
    };
    let mut lines = vec![
        (words.t("suspension-state"), kind_words(words, denial.kind)),
        (words.t("suspension-reason"), denial.reason.clone()),
        (words.t("suspension-by"), denial.by.clone()),
        (words.t("suspension-since"), desk.moment(denial.since)),
    ];
    if let Some(until) = denial.until {
        lines.push((words.t("suspension-until"), desk.moment(until)));
    }
    let held = if found.in_force {
        "suspension-in-force"
    } else {
        "suspension-on-its-way"
    };
    lines.push((words.t("suspension-environment"), words.t(held)));
    lines
}

fn past(desk: &Desk, denial: &Denial) -> String {
    let (who, why) = denial.ended_by.clone().unwrap_or_default();
    let ended = denial.ended.map(|ended| desk.moment(ended));
    let values = [
        ("kind", kind_words(desk.words(), denial.kind)),
        ("from", desk.moment(denial.since)),
        ("to", ended.unwrap_or_default()),
        ("by", denial.by.clone()),
        ("reason", denial.reason.clone()),
        ("who", who),
        ("why", why),
    ];
    let values: Vec<(&str, &str)> = values
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    desk.words().t_args("suspension-past", &values)
}

fn kind_words(words: Words, kind: DenialKind) -> String {
    words.t(&format!("denial-{}", kind.as_str()))
}

/// The mark of an app that nobody can sign in to, and the sentence of its head.
pub(crate) async fn warned(
    desk: &Desk,
    handle: &str,
    environment: EnvironmentName,
) -> Result<Option<(Mark, String)>, Response> {
    let found = suspension::current(&desk.keeper, handle, environment)
        .await
        .map_err(|fault| Problem::from(fault).as_page().into_response())?;
    let words = desk.words();
    Ok(found.map(|denial| {
        let sentence = words.t2(
            "denial-head",
            "when",
            &desk.moment(denial.since),
            "reason",
            &denial.reason,
        );
        (Mark::new("stop", kind_words(words, denial.kind)), sentence)
    }))
}

#[cfg(test)]
pub(crate) mod tests {
    use askama::Template as _;

    use super::*;
    use crate::portal::samples;
    use crate::shared::i18n::Language;

    /// The page of an app that is suspended, and of one that is not.
    pub(in crate::portal) fn samples(language: Language) -> Vec<String> {
        let page = || samples::page(language, "/");
        let words = page().words;
        let view = |suspended: bool| {
            let mut head = samples::head(&page(), "suspension");
            let mark = Mark::new("stop", words.t("denial-suspended"));
            head.denial = suspended.then(|| (mark, "A key leaked.".to_owned()));
            Suspension {
                head,
                standing: vec![(words.t("suspension-reason"), "A key leaked.".to_owned())],
                suspended,
                can_suspend: !suspended,
                may_suspend: true,
                may_revoke: true,
                keys: vec!["Dk2…".to_owned()],
                revoked: vec![("Ab1…".to_owned(), "It leaked.".to_owned())],
                history: vec!["Until the first of November.".to_owned()],
                form: Form::plain(Entered::default()),
                page: page().with_error("reason", "Give a reason."),
            }
        };
        [view(true).render(), view(false).render()]
            .into_iter()
            .map(Result::unwrap_or_default)
            .collect()
    }
}
