//! Support for people: an account is found by what the person names, and suspended, reinstated or signed out. The page
//! with the answer has no address of its own, so that nothing of a person stands in one.

use std::sync::Arc;

use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use durward_app::Failure;
use durward_app::operator::people::{self, Measure, Named, PeopleDenied, Standing};
use durward_domain::environment::EnvironmentName;
use durward_domain::event::Event;
use durward_domain::permission::Action;

use crate::account::mail::MailWords;
use crate::pages::{shows, takes};
use crate::portal::desk::{self, Desk};
use crate::portal::entered::Entered;
use crate::portal::parts::{self, Form};
use crate::portal_router::Portal;
use crate::shared::forms::Posted;
use crate::shared::i18n::Words;
use crate::shared::page::{self, Page, view};
use crate::shared::problem::Problem;
use crate::shared::route::{FORM, Route};

/// The page and what it does.
pub const ROUTES: &[Route<Arc<Portal>>] = &[
    shows("/people", || get(show)).may(Action::FindPerson),
    takes("/people", FORM, &[Event::PersonLookedUp], || post(find)).may(Action::FindPerson),
    takes(
        "/people/measure",
        FORM,
        &[
            Event::PersonSuspended,
            Event::PersonReinstated,
            Event::PersonSessionsEnded,
        ],
        || post(measure),
    )
    .may(Action::SuspendPerson),
];

view! {
    /// Find an account, and what can be done about it.
    People in "console/people.html" {
        /// The environments: name, words and whether it is chosen.
        environments: Vec<(&'static str, String, bool)>,
        /// The account that was found.
        found: Option<Found>,
        /// What was done, in words.
        done: Option<String>,
        /// What was typed.
        form: Form,
    }
}

/// An account as staff sees it.
pub struct Found {
    /// Its id.
    pub id: String,
    /// The environment's name.
    pub environment: &'static str,
    /// What is said about it.
    pub lines: Vec<(String, String)>,
    /// Whether it is suspended.
    pub suspended: bool,
    /// Whether the member may do something about it.
    pub may: bool,
}

async fn show(desk: Desk) -> Result<Response, Response> {
    let page = desk.page("/people");
    Ok(shown(&desk, page, Entered::default(), None, None))
}

async fn find(desk: Desk, posted: Posted) -> Result<Response, Response> {
    let environment = desk::environment(posted.text("environment"))?;
    let (email, request) = (posted.text("email").trim(), posted.text("request").trim());
    let mut entered = Entered::default();
    for name in ["environment", "email", "request"] {
        entered.set(name, posted.text(name));
    }
    let page = desk.page("/people");
    let named = match (email.is_empty(), request.is_empty()) {
        (false, true) => Named::Email(email.to_owned()),
        (true, false) => Named::Request(request.to_owned()),
        _ => {
            let page = page.with_error("email", desk.words().t("people-one"));
            return Ok(shown(&desk, page, entered, None, None));
        }
    };
    let field = match named {
        Named::Email(_) => "email",
        Named::Request(_) => "request",
    };
    let (keeper, member) = (&desk.keeper, &desk.member);
    match people::find(keeper, member, environment, named, &desk.trace()).await {
        Ok(standing) => {
            let found = found(&desk, environment, standing);
            Ok(shown(&desk, page, entered, Some(found), None))
        }
        Err(Failure::Refused(no @ (PeopleDenied::Address | PeopleDenied::NotFound))) => {
            let page = page.with_error(field, desk.words().refusal(&no));
            Ok(shown(&desk, page, entered, None, None))
        }
        Err(failure) => Err(desk.failed(failure, "/people")),
    }
}

async fn measure(desk: Desk, posted: Posted) -> Result<Response, Response> {
    let environment = desk::environment(posted.text("environment"))?;
    let id = posted.text("person");
    let (measure, told) = if posted.has("suspend") {
        (Measure::Suspend, "people-done-suspend")
    } else if posted.has("reinstate") {
        (Measure::Reinstate, "people-done-reinstate")
    } else if posted.has("end_sessions") {
        (Measure::EndSessions, "people-done-end-sessions")
    } else {
        return Err(Problem::not_found().as_page().into_response());
    };
    let what = (measure, posted.text("reason"));
    let (keeper, member) = (&desk.keeper, &desk.member);
    let place = (environment, id);
    let mut page = desk.page("/people");
    let mut entered = Entered::default();
    entered.set("environment", environment.as_str());
    let done = people::take(keeper, member, place, what, &MailWords, &desk.trace()).await;
    let (standing, told) = match done {
        Ok(standing) => (standing, Some(desk.words().t(told))),
        Err(Failure::Refused(no @ (PeopleDenied::NoReason | PeopleDenied::PersonalReason))) => {
            entered.set("reason", posted.text("reason"));
            page = page.with_error("reason", desk.words().refusal(&no));
            let again = people::again(keeper, member, environment, id).await;
            (
                again.map_err(|failure| desk.failed(failure, "/people"))?,
                None,
            )
        }
        Err(failure) => return Err(desk.failed(failure, "/people")),
    };
    let found = found(&desk, environment, standing);
    Ok(shown(&desk, page, entered, Some(found), told))
}

fn shown(
    desk: &Desk,
    page: Page,
    entered: Entered,
    found: Option<Found>,
    done: Option<String>,
) -> Response {
    let words = desk.words();
    let links = desk.keeper.environments.iter();
    let names = links.map(|link| link.name).collect::<Vec<_>>();
    page::html(&People {
        page,
        environments: choices(words, &names, entered.text("environment")),
        found,
        done,
        form: Form::plain(entered),
    })
}

fn choices(
    words: Words,
    names: &[EnvironmentName],
    chosen: &str,
) -> Vec<(&'static str, String, bool)> {
    let choice = |name: &EnvironmentName| {
        let title = parts::environment_name(words, *name);
        (name.as_str(), title, name.as_str() == chosen)
    };
    names.iter().map(choice).collect()
}

fn found(desk: &Desk, environment: EnvironmentName, standing: Standing) -> Found {
    let may = desk.may_for_programme(Action::SuspendPerson);
    described(desk.words(), environment, standing, may)
}

fn described(words: Words, environment: EnvironmentName, standing: Standing, may: bool) -> Found {
    let suspended = standing.status == "suspended";
    let status = if suspended {
        words.t("people-status-suspended")
    } else {
        words.t("people-status-active")
    };
    Found {
        lines: vec![
            (words.t("people-id"), standing.id.clone()),
            (words.t("people-status"), status),
            (
                words.t("people-sessions"),
                standing.open_sessions.to_string(),
            ),
        ],
        id: standing.id,
        environment: environment.as_str(),
        suspended,
        may,
    }
}

#[cfg(test)]
pub(super) mod samples {
    use askama::Template as _;

    use super::*;
    use crate::portal::samples;
    use crate::shared::i18n::Language;

    /// The page before, and with an account that is active or suspended.
    pub(in crate::console) fn samples(language: Language) -> Vec<String> {
        let view = |status: Option<&str>| {
            let page = samples::page(language, "/people");
            let words = page.words;
            let environment = EnvironmentName::Production;
            let found = status.map(|status| {
                let standing = Standing {
                    id: "019a2b3c-0000-7000-8000-000000000001".to_owned(),
                    status: status.to_owned(),
                    open_sessions: 2,
                };
                described(words, environment, standing, true)
            });
            People {
                environments: choices(words, &EnvironmentName::ALL, environment.as_str()),
                done: found.as_ref().map(|_| words.t("people-done-end-sessions")),
                found,
                form: Form::plain(Entered::default()),
                page,
            }
        };
        [None, Some("active"), Some("suspended")]
            .into_iter()
            .map(|status| view(status).render().unwrap_or_default())
            .collect()
    }
}
