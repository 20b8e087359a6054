//! O1 and O2: what is due, and what waits for a review.

use axum::response::Response;
use durward_app::partner::launches::{self, LaunchSummary};
use durward_app::partner::today;
use durward_domain::launch::LaunchState;

use super::releases;
use super::views::{ReviewLine, Reviews, Today};
use crate::portal::desk::Desk;
use crate::portal::launch::answer_mark;
use crate::portal::overview::{self, NeedLine};
use crate::portal::parts::LaunchLine;
use crate::shared::page;
use crate::shared::problem::Problem;

/// O1.
pub async fn today(desk: Desk) -> Result<Response, Problem> {
    let words = desk.words();
    let found = today::today(&desk.keeper, &desk.member).await?;
    let next = found.next.as_ref();
    Ok(page::html(&Today {
        page: desk.page("/today"),
        today: found.date.to_string(),
        today_words: desk.day(found.date),
        needs: NeedLine::all(&desk, &found.needs),
        window: next.map(|next| next.date.to_string()).unwrap_or_default(),
        window_words: next.map(|next| desk.day(next.date)).unwrap_or_default(),
        window_reason: next.map(|next| next.reason.clone()).unwrap_or_default(),
        ships: next.and_then(|next| overview::next(words, found.date, next)),
        board: overview::board(words, &found.board),
        lead: overview::lead(words, &found.lead),
        burns: overview::burns(&desk, &found.usage),
        releases: found
            .releases
            .into_iter()
            .map(|release| releases::line(&desk, release))
            .collect(),
    }))
}

/// O2: the queue, what must be answered first at the top.
pub async fn reviews(desk: Desk) -> Result<Response, Problem> {
    let requests = launches::list(&desk.keeper, &desk.member, None).await?;
    let (mut waiting, rest): (Vec<&LaunchSummary>, Vec<&LaunchSummary>) = requests
        .iter()
        .partition(|launch| launch.state == LaunchState::Submitted);
    // What must be answered first comes first.
    waiting.sort_by_key(|launch| (launch.answer.map(|answer| answer.due), launch.submitted));
    let is_late = |launch: &&&LaunchSummary| launch.answer.is_some_and(|answer| answer.overdue);
    let overdue = u64::try_from(waiting.iter().filter(is_late).count()).unwrap_or_default();
    let words = desk.words();
    let decided = rest
        .into_iter()
        .filter(|launch| launch.state != LaunchState::Draft)
        .take(DECIDED)
        .collect();
    Ok(page::html(&Reviews {
        page: desk.page("/reviews"),
        promise: words.t_count(
            "reviews-promise",
            u64::from(desk.keeper.programme.review.answer_days),
        ),
        overdue: words.t_count("reviews-overdue", overdue),
        rows: waiting.into_iter().map(|one| line(&desk, one)).collect(),
        launches: lines(&desk, decided),
    }))
}

fn line(desk: &Desk, launch: &LaunchSummary) -> ReviewLine {
    let words = desk.words();
    ReviewLine {
        due: launch
            .answer
            .map(|answer| answer.due.to_string())
            .unwrap_or_default(),
        waited: launch
            .answer
            .map(|answer| words.t_count("answer-waited", u64::from(answer.waited)))
            .unwrap_or_default(),
        clock: answer_mark(words, launch.answer.is_some_and(|answer| answer.overdue)),
        launch: LaunchLine::of(words, desk.keeper.programme.time_zone(), launch),
    }
}

fn lines(desk: &Desk, launches: Vec<&LaunchSummary>) -> Vec<LaunchLine> {
    let zone = desk.keeper.programme.time_zone();
    launches
        .into_iter()
        .map(|launch| LaunchLine::of(desk.words(), zone, launch))
        .collect()
}

const DECIDED: usize = 20;
