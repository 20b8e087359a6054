//! The calendar as files that calendar programs subscribe to.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use std::sync::Arc;

use durward_app::partner::calendar::{self, EntryKind, Feed};
use durward_domain::calendar::ics::{Entry, When, file};
use url::Url;

use super::{endings, tabs};
use crate::portal::desk::Desk;
use crate::portal::parts::{Mark, Tab, environment_name};
use crate::portal::reasons;
use crate::portal_router::Portal;
use crate::shared::forms::Posted;
use crate::shared::i18n::{Language, Words};
use crate::shared::page::{self, view};
use crate::shared::problem::Problem;
use crate::shared::visit::Visit;

view! {
    /// The addresses for calendar programs.
    Subscribe in "console/calendar_subscribe.html" {
        /// The ways to look at the calendar.
        tabs: Vec<Tab>,
        /// The address for everybody.
        public: String,
        /// The member's own, the one time that it is seen.
        own: Option<String>,
        /// When the member's own was made.
        made: Option<String>,
    }
}

pub(super) async fn show(desk: Desk) -> Result<Response, Problem> {
    Ok(page::html(&shown(&desk, None).await?))
}

pub(super) async fn act(desk: Desk, posted: Posted) -> Result<Response, Problem> {
    if posted.has("end") {
        calendar::end_feed(&desk.keeper, &desk.member, &desk.trace()).await?;
        return Ok(Redirect::to("/calendar/subscribe").into_response());
    }
    let language = desk.words().language().tag();
    let token = calendar::make_feed(&desk.keeper, &desk.member, language, &desk.trace()).await?;
    let own = desk.keeper.url(&format!("/calendar/feeds/{token}.ics"));
    Ok(page::html(&shown(&desk, Some(own)).await?))
}

async fn shown(desk: &Desk, own: Option<String>) -> Result<Subscribe, Problem> {
    let made = calendar::feed_of(&desk.keeper, &desk.member).await?;
    Ok(Subscribe {
        tabs: tabs(desk.words(), "/calendar/subscribe"),
        public: desk.keeper.url("/calendar.ics"),
        own,
        made: made.map(|made| desk.moment(made)),
        page: desk.page("/calendar"),
    })
}

pub(super) async fn public(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
) -> Result<Response, Problem> {
    let feed = calendar::public_feed(&portal.keeper).await?;
    Ok(answer(&portal, visit.words(), &feed, "public"))
}

pub(super) async fn private(
    State(portal): State<Arc<Portal>>,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    let token = token.strip_suffix(".ics").unwrap_or(&token);
    match calendar::private_feed(&portal.keeper, token).await? {
        Some(feed) => {
            let language = feed.language.as_deref().and_then(Language::parse);
            let words = Words::of(language.unwrap_or_default());
            Ok(answer(&portal, words, &feed, "private"))
        }
        None => Ok((
            StatusCode::NOT_FOUND,
            [(header::CONTENT_TYPE, "text/plain; charset=utf-8")],
            "This address is not in use. Make a new one on the page of the deployment calendar.\n",
        )
            .into_response()),
    }
}

fn answer(portal: &Portal, words: Words, feed: &Feed, cache: &str) -> Response {
    let keeper = &portal.keeper;
    let text = file(
        &words.t("calendar-title"),
        words.language().tag(),
        keeper.clock.real_now(),
        &lines(words, feed, &keeper.base_url),
    );
    let headers = [
        (
            header::CONTENT_TYPE,
            "text/calendar; charset=utf-8".to_owned(),
        ),
        (header::CACHE_CONTROL, format!("{cache}, max-age=900")),
        (
            header::CONTENT_DISPOSITION,
            "inline; filename=\"deployments.ics\"".to_owned(),
        ),
    ];
    (headers, text).into_response()
}

/// What a feed holds, in the words of its reader.
pub(super) fn lines(words: Words, feed: &Feed, base_url: &str) -> Vec<Entry> {
    let host = Url::parse(base_url).ok();
    let host = host.as_ref().and_then(Url::host_str).unwrap_or("portal");
    let hours = |day| When::Time(feed.calendar.opens_at(day), feed.calendar.closes_at(day));
    let mut list: Vec<Entry> = feed
        .windows
        .iter()
        .map(|window| Entry {
            uid: format!("window-{}@{host}", window.date),
            when: hours(window.date),
            summary: words.t("legend-window"),
            description: reasons::window(words, window),
            url: format!(
                "{base_url}/calendar/month?month={}",
                window.date.strftime("%Y-%m")
            ),
        })
        .collect();
    list.extend(feed.holidays.iter().map(|holiday| Entry {
        uid: format!("holiday-{}@{host}", holiday.observed),
        when: When::Days(holiday.observed, holiday.observed),
        summary: holiday.name.clone(),
        description: words.t("legend-holiday"),
        url: String::new(),
    }));
    list.extend(feed.entries.iter().map(|entry| {
        let key = if entry.kind == EntryKind::Peak {
            "entry-peak"
        } else {
            "entry-freeze"
        };
        Entry {
            uid: format!("{}@{host}", entry.id),
            when: When::Days(entry.from, entry.to),
            summary: match &entry.team {
                Some(team) => format!("{}: {team}", words.t(key)),
                None => words.t(key),
            },
            description: entry.reason.clone(),
            url: String::new(),
        }
    }));
    list.extend(feed.requests.iter().filter_map(|request| {
        let place = environment_name(words, request.environment);
        Some(Entry {
            uid: format!("request-{}@{host}", request.id),
            when: hours(request.window?),
            summary: format!("{} – {place}", request.app_name),
            description: Mark::of_state(words, request.state).text,
            url: format!("{base_url}/launches/{}", request.id),
        })
    }));
    list.extend(endings::entries(words, &feed.endings, (base_url, host)));
    list.retain(|entry| match entry.when {
        When::Days(_, to) => to >= feed.from,
        When::Time(..) => true,
    });
    list
}
