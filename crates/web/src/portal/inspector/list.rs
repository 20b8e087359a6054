//! The requests of one configuration.

use axum::extract::{Path, Query};
use axum::response::Response;
use durward_app::partner::inspector::{self, Filter, RequestSummary};
use durward_oidc::evidence::{Outcome, Step};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::RequestLine;
use crate::portal::app;
use crate::portal::desk::Desk;
use crate::portal::views::AppHead;
use crate::shared::page::{self, view};

view! {
    /// The requests of a configuration.
    AppRequests in "portal/app_requests.html" {
        /// The app.
        head: AppHead,
        /// Newest first.
        lines: Vec<RequestLine>,
        /// Where older ones are.
        older: Option<String>,
        /// The steps to choose, each with whether it is chosen.
        steps: Vec<(String, String, bool)>,
        /// The outcomes.
        outcomes: Vec<(String, String, bool)>,
        /// The ages.
        ages: Vec<(String, String, bool)>,
        /// The refusal's code that is looked for.
        code: String,
        /// Whether anything is chosen.
        filtered: bool,
        /// Requests of unknown client ids to the team's hosts.
        unmatched: Vec<RequestLine>,
        /// When each redirect URI was last used.
        redirects: Vec<(String, String)>,
    }
}

/// What is chosen.
#[derive(Debug, Default, Deserialize)]
pub struct Chosen {
    #[serde(default)]
    step: String,
    #[serde(default)]
    outcome: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    age: String,
    before: Option<i64>,
}

/// The list with its filters.
pub async fn list(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
    Query(chosen): Query<Chosen>,
) -> Result<Response, Response> {
    let view = app::find(&desk, &handle, &environment).await?;
    let place = (view.summary.handle.as_str(), view.summary.environment);
    let (keeper, member, words) = (&desk.keeper, &desk.member, desk.words());
    let now = keeper.clock.real_now();
    let filter = Filter {
        step: Step::parse(&chosen.step),
        outcome: Outcome::parse(&chosen.outcome),
        code: Some(chosen.code.trim().to_owned()).filter(|code| !code.is_empty()),
        from: from(&chosen.age, now),
        until: None,
        before: chosen.before,
        most: AT_ONCE,
    };
    let failed = |failure| desk.failed(failure, "/");
    let found = inspector::requests(keeper, member, place, &filter)
        .await
        .map_err(failed)?;
    let unmatched = inspector::unmatched(keeper, member, place)
        .await
        .map_err(failed)?;
    let redirects = inspector::redirect_uses(keeper, member, place)
        .await
        .map_err(failed)?;
    let base = format!("/apps/{handle}/{environment}/requests");
    let older = found.next.map(|next| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in [
            ("step", &chosen.step),
            ("outcome", &chosen.outcome),
            ("code", &chosen.code),
            ("age", &chosen.age),
            ("before", &next),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        format!("{base}?{}", query.finish())
    });
    let option = |value: &str, text: String, now: &str| (value.to_owned(), text, value == now);
    Ok(page::html(&AppRequests {
        page: desk.page("/"),
        head: app::head(&desk, &view, "requests").await?,
        lines: found.items.iter().map(|one| line(&desk, one)).collect(),
        older,
        steps: Step::ALL
            .into_iter()
            .map(|step| option(step.as_str(), super::step(words, step), &chosen.step))
            .collect(),
        outcomes: Outcome::ALL
            .into_iter()
            .map(|outcome| {
                option(
                    outcome.as_str(),
                    super::mark(words, outcome).text,
                    &chosen.outcome,
                )
            })
            .collect(),
        ages: AGES
            .iter()
            .map(|(value, _)| option(value, words.t(&format!("inspect-age-{value}")), &chosen.age))
            .collect(),
        filtered: filter.step.is_some()
            || filter.outcome.is_some()
            || filter.code.is_some()
            || filter.from.is_some(),
        code: chosen.code,
        unmatched: unmatched.iter().map(|one| line(&desk, one)).collect(),
        redirects: redirects
            .into_iter()
            .map(|(uri, last)| (uri, desk.moment(last)))
            .collect(),
    }))
}

fn line(desk: &Desk, one: &RequestSummary) -> RequestLine {
    let code = one.code.clone().unwrap_or_default();
    RequestLine {
        id: one.request_id.clone(),
        href: format!("/requests/{}", one.request_id),
        time: desk.moment(one.time),
        step: super::step(desk.words(), one.step),
        mark: super::mark(desk.words(), one.outcome),
        help: super::help(&code),
        code,
        about: one.client_id.clone(),
    }
}

fn from(age: &str, now: Timestamp) -> Option<Timestamp> {
    let (_, hours) = AGES.iter().find(|(value, _)| *value == age)?;
    now.checked_sub(SignedDuration::from_hours(*hours)).ok()
}

const AGES: [(&str, i64); 3] = [("hour", 1), ("day", 24), ("week", 24 * 7)];
const AT_ONCE: usize = 50;
