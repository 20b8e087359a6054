//! What staff and teams add to the calendar: the list, one form for each kind, and the list of requests that move.

use axum::extract::{Path, Query};
use axum::response::{IntoResponse as _, Redirect, Response};
use durward_app::failure::Failure;
use durward_app::partner::calendar::{
    self, CalendarDenied, Change, EntryAsk, EntryKind, EntryView, MovingView,
};
use durward_app::partner::members;
use durward_domain::environment::EnvironmentName;
use durward_domain::permission::Action;
use jiff::civil::Date;
use serde::Deserialize;

use super::tabs;
use crate::portal::desk::Desk;
use crate::portal::parts::{Mark, Tab, day, environment_name};
use crate::portal::reasons::{WhyLine, reasons};
use crate::shared::forms::Posted;
use crate::shared::i18n::Words;
use crate::shared::page::{self, Page, view};
use crate::shared::problem::Problem;

view! {
    /// O3: what is added to the rules.
    CalendarEntries in "console/calendar_entries.html" {
        /// The ways to look at the calendar.
        tabs: Vec<Tab>,
        /// What the member may add: the kind and its words.
        adds: Vec<(&'static str, String)>,
        /// What holds.
        open: Vec<EntryLine>,
        /// What was ended lately.
        ended: Vec<EntryLine>,
    }
}

view! {
    /// O3: something to add, and what it would move.
    EntryForm in "console/calendar_entry.html" {
        /// The kind.
        kind: &'static str,
        /// What is added.
        title: String,
        /// What that does.
        what: String,
        /// The teams to choose from.
        teams: Vec<String>,
        /// What was typed.
        typed: Typed,
        /// The environments and whether each is chosen.
        environments: Vec<(&'static str, String, bool)>,
        /// Whether the moves are shown, to be confirmed.
        confirms: bool,
        /// The entry in words.
        summary: String,
        /// What a confirmation must have seen.
        seen: String,
        /// Which requests move.
        moves: Vec<MoveLine>,
    }
}

/// One entry in a list.
pub struct EntryLine {
    /// Its id.
    pub id: String,
    /// What it is.
    pub mark: Mark,
    /// When and where, in words.
    pub what: String,
    /// Why.
    pub reason: String,
    /// Who and when.
    pub by: String,
    /// Whether the member may end it.
    pub may_end: bool,
}

/// One request that moves.
pub struct MoveLine {
    /// Where it is.
    pub href: String,
    /// The app and the environment.
    pub name: String,
    /// From when to when.
    pub line: String,
    /// Why.
    pub reasons: Vec<WhyLine>,
}

/// What was typed.
#[derive(Default)]
pub struct Typed {
    /// The team.
    pub team: String,
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// The name of a holiday.
    pub name: String,
    /// How many places.
    pub places: String,
    /// Why.
    pub reason: String,
}

/// What somebody is about to add.
struct Entered<'a> {
    kind: EntryKind,
    typed: Typed,
    chosen: &'a [EnvironmentName],
    teams: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    kind: String,
    from: String,
}

pub(super) async fn list(desk: Desk) -> Result<Response, Problem> {
    let page = desk.page("/calendar");
    Ok(page::html(&listed(&desk, page).await?))
}

async fn listed(desk: &Desk, page: Page) -> Result<CalendarEntries, Problem> {
    let words = desk.words();
    let (open, ended) = calendar::list(&desk.keeper, &desk.member).await?;
    let adds = EntryKind::ALL
        .into_iter()
        .filter(|kind| may_add(desk, *kind))
        .map(|kind| {
            let key = format!("entry-add-{}", kind.as_str());
            (kind.as_str(), words.t(&key))
        });
    Ok(CalendarEntries {
        tabs: tabs(words, "/calendar/changes"),
        adds: adds.collect(),
        open: open.iter().map(|entry| line(desk, entry)).collect(),
        ended: ended.iter().map(|entry| line(desk, entry)).collect(),
        page,
    })
}

pub(super) async fn new(desk: Desk, Query(wanted): Query<Wanted>) -> Result<Response, Response> {
    // Without a kind in the address, the first that the member may add.
    let kind = EntryKind::parse(&wanted.kind)
        .or_else(|| {
            EntryKind::ALL
                .into_iter()
                .find(|kind| may_add(&desk, *kind))
        })
        .unwrap_or(EntryKind::Freeze);
    if !may_add(&desk, kind) {
        return Err(desk.not_allowed(action(kind)));
    }
    let typed = Typed {
        from: wanted.from,
        ..Typed::default()
    };
    let page = desk.page("/calendar");
    let entered = Entered {
        kind,
        typed,
        chosen: &[],
        teams: teams(&desk).await?,
    };
    Ok(page::html(&form(&desk, page, entered)))
}

pub(super) async fn add(desk: Desk, posted: Posted) -> Result<Response, Response> {
    let kind = EntryKind::parse(posted.text("kind")).unwrap_or(EntryKind::Freeze);
    let typed = Typed {
        team: posted.text("team").to_owned(),
        from: posted.text("from").to_owned(),
        to: posted.text("to").to_owned(),
        name: posted.text("name").to_owned(),
        places: posted.text("places").to_owned(),
        reason: posted.text("reason").to_owned(),
    };
    let chosen: Vec<EnvironmentName> = EnvironmentName::ALL
        .into_iter()
        .filter(|name| posted.has(&format!("environment_{name}")))
        .collect();
    let asked = asked(kind, &typed, &chosen);
    let entered = Entered {
        kind,
        typed,
        chosen: &chosen,
        teams: teams(&desk).await?,
    };
    let ask = match asked {
        Ok(ask) => ask,
        Err(field) => {
            let page = desk
                .page("/calendar")
                .with_error(field, desk.words().t("date-wrong"));
            return Ok(page::html(&form(&desk, page, entered)));
        }
    };
    let seen = posted.text("seen");
    if !seen.is_empty() {
        match calendar::add(&desk.keeper, &desk.member, &ask, Some(seen), &desk.trace()).await {
            Ok(_) => return Ok(Redirect::to("/calendar/changes").into_response()),
            Err(Failure::Refused(CalendarDenied::MovedMeanwhile)) => {}
            Err(failure) => return refused(&desk, failure, entered),
        }
    }
    match calendar::preview(&desk.keeper, &desk.member, &ask).await {
        Ok(change) => Ok(page::html(&preview(
            &desk,
            entered,
            &ask,
            change,
            !seen.is_empty(),
        ))),
        Err(failure) => refused(&desk, failure, entered),
    }
}

pub(super) async fn end(
    desk: Desk,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Response> {
    let reason = posted.text("reason");
    match calendar::end(&desk.keeper, &desk.member, &id, reason, &desk.trace()).await {
        Ok(_) => Ok(Redirect::to("/calendar/changes").into_response()),
        Err(Failure::Refused(
            refusal @ (CalendarDenied::NoReason | CalendarDenied::LongReason),
        )) => {
            let sentence = desk.words().refusal(&refusal);
            let page = desk
                .page("/calendar")
                .with_error(format!("reason_{id}"), sentence);
            let shown = listed(&desk, page)
                .await
                .map_err(|problem| problem.as_page().into_response())?;
            Ok(page::html(&shown))
        }
        Err(failure) => Err(desk.failed(failure, "/calendar/changes")),
    }
}

/// What was typed as an entry, or the field that cannot be read.
fn asked(
    kind: EntryKind,
    typed: &Typed,
    environments: &[EnvironmentName],
) -> Result<EntryAsk, &'static str> {
    let date = |text: &str, field| text.trim().parse::<Date>().map_err(|_| field);
    let given = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
    Ok(EntryAsk {
        kind,
        team: given(&typed.team).filter(|_| kind == EntryKind::Peak),
        from: date(&typed.from, "from")?,
        to: match given(&typed.to) {
            Some(to) => Some(date(&to, "to")?),
            None => None,
        },
        name: given(&typed.name),
        reason: typed.reason.clone(),
        environments: environments.to_vec(),
        // What is no number is none.
        places: typed.places.trim().parse().ok(),
    })
}

#[expect(
    clippy::result_large_err,
    reason = "the refusal is the handler's own answer"
)]
fn refused(
    desk: &Desk,
    failure: Failure<CalendarDenied>,
    entered: Entered<'_>,
) -> Result<Response, Response> {
    use CalendarDenied as D;
    let refusal = match failure {
        Failure::Refused(refusal) => refusal,
        fault @ Failure::Fault(_) => return Err(desk.failed(fault, "/calendar/changes")),
    };
    let field = match &refusal {
        D::NoReason | D::LongReason => "reason",
        D::Past(_) | D::HolidayAlready(..) | D::NoHoliday(_) | D::NoWindowThere(_) => "from",
        D::Backwards | D::TooLong | D::OneDay | D::NotLater | D::NotWorking(_) => "to",
        D::NoName => "name",
        D::NoPlaces => "places",
        D::WhichTeam | D::NoTeam(_) => "team",
        D::NoWindow(_) => "from",
        _ => return Err(desk.refused(&refusal, "/calendar/changes")),
    };
    let sentence = desk.words().refusal(&refusal);
    let page = desk.page("/calendar").with_error(field, sentence);
    Ok(page::html(&form(desk, page, entered)))
}

/// The teams for which the member may name busy times.
async fn teams(desk: &Desk) -> Result<Vec<String>, Response> {
    let all = members::teams(&desk.keeper, &desk.member)
        .await
        .map_err(|fault| Problem::from(fault).as_page().into_response())?;
    Ok(all
        .into_iter()
        .map(|(team, _)| team)
        .filter(|team| desk.may(Action::NamePeak, team))
        .collect())
}

fn form(desk: &Desk, page: Page, entered: Entered<'_>) -> EntryForm {
    let Entered {
        kind,
        typed,
        chosen,
        teams,
    } = entered;
    let words = desk.words();
    EntryForm {
        kind: kind.as_str(),
        title: words.t(&format!("entry-add-{}", kind.as_str())),
        what: words.t(&format!("entry-what-{}", kind.as_str())),
        teams,
        environments: EnvironmentName::ALL
            .into_iter()
            .filter(|name| name.class().is_live())
            .map(|name| {
                let text = environment_name(words, name);
                (name.as_str(), text, chosen.contains(&name))
            })
            .collect(),
        typed,
        confirms: false,
        summary: String::new(),
        seen: String::new(),
        moves: Vec::new(),
        page,
    }
}

fn preview(
    desk: &Desk,
    entered: Entered<'_>,
    ask: &EntryAsk,
    change: Change,
    again: bool,
) -> EntryForm {
    let words = desk.words();
    let mut page = desk.page("/calendar");
    if again {
        let sentence = words.refusal(&CalendarDenied::MovedMeanwhile);
        page = page.with_notice(page::NoticeKind::Warning, sentence);
    }
    let to = ask.to.unwrap_or(ask.from);
    let summary = summary(words, ask.kind, (ask.from, to), &ask.environments);
    EntryForm {
        confirms: true,
        summary,
        seen: change.seen,
        moves: change
            .moves
            .iter()
            .map(|moving| move_line(words, moving))
            .collect(),
        ..form(desk, page, entered)
    }
}

pub(super) fn move_line(words: Words, moving: &MovingView) -> MoveLine {
    let environment = EnvironmentName::parse(&moving.environment)
        .map(|name| environment_name(words, name))
        .unwrap_or_default();
    MoveLine {
        href: format!("/launches/{}", moving.launch),
        name: format!("{} – {environment}", moving.app_name),
        line: words.t2(
            "entry-move-line",
            "from",
            &day(words, moving.from),
            "to",
            &day(words, moving.to),
        ),
        reasons: reasons(words, &moving.steps),
    }
}

/// When and where, in words.
pub(super) fn summary(
    words: Words,
    kind: EntryKind,
    (from, to): (Date, Date),
    environments: &[EnvironmentName],
) -> String {
    let (first, last) = (day(words, from), day(words, to));
    let days = match kind {
        EntryKind::Move => words.t2("entry-days-move", "from", &first, "to", &last),
        _ if from == to => first,
        _ => words.t2("entry-days", "from", &first, "to", &last),
    };
    let names: Vec<String> = environments
        .iter()
        .map(|name| environment_name(words, *name))
        .collect();
    if names.is_empty() {
        days
    } else {
        format!("{days} · {}", names.join(", "))
    }
}

fn line(desk: &Desk, entry: &EntryView) -> EntryLine {
    let words = desk.words();
    let mut what = summary(
        words,
        entry.kind,
        (entry.from, entry.to),
        &entry.environments,
    );
    if let Some(places) = entry.places {
        what = format!(
            "{what} · {}",
            words.t1("entry-places-count", "places", &places.to_string())
        );
    }
    if let Some(team) = &entry.team {
        what = format!("{what} · {team}");
    }
    if !entry.name.is_empty() {
        what = format!("{what} · {}", entry.name);
    }
    let (key, time, reason) = match entry.ended {
        Some(ended) => ("entry-ended-by", ended, &entry.end_reason),
        None => ("entry-added-by", entry.added, &entry.reason),
    };
    let shade = if entry.ended.is_some() { "" } else { "wait" };
    EntryLine {
        id: entry.id.clone(),
        mark: Mark::new(shade, words.t(&format!("entry-{}", entry.kind.as_str()))),
        what,
        reason: reason.clone(),
        by: words.t2(key, "name", &entry.by, "time", &desk.moment(time)),
        may_end: entry.ended.is_none() && entry.kind != EntryKind::Move && may(desk, entry),
    }
}

fn may(desk: &Desk, entry: &EntryView) -> bool {
    match &entry.team {
        Some(team) => desk.may(Action::NamePeak, team),
        None => desk.may_for_programme(Action::ManageCalendar),
    }
}

fn may_add(desk: &Desk, kind: EntryKind) -> bool {
    match kind {
        EntryKind::Peak => desk.member.reaches_somewhere(Action::NamePeak),
        _ => desk.may_for_programme(Action::ManageCalendar),
    }
}

const fn action(kind: EntryKind) -> Action {
    match kind {
        EntryKind::Peak => Action::NamePeak,
        _ => Action::ManageCalendar,
    }
}
