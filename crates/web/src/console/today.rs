//! O1 and O2: what is due, and what waits for a review.

use axum::response::Response;
use durward_app::partner::launches::{self, LaunchSummary};
use durward_app::partner::today;
use durward_domain::launch::LaunchState;

use super::releases;
use super::views::{Reviews, Today};
use crate::portal::desk::Desk;
use crate::portal::overview::{self, NeedLine};
use crate::portal::parts::LaunchLine;
use crate::shared::page;
use crate::shared::problem::Problem;

/// O1.
pub async fn today(desk: Desk) -> Result<Response, Problem> {
    let words = desk.words();
    let found = today::today(&desk.keeper, &desk.member).await?;
    let needs = found
        .needs
        .iter()
        .map(|need| NeedLine::of(words, need, |time| desk.moment(time)))
        .collect();
    let next = found.next.as_ref();
    Ok(page::html(&Today {
        page: desk.page("/today"),
        today: found.date.to_string(),
        today_words: desk.day(found.date),
        needs,
        window: next.map(|next| next.date.to_string()).unwrap_or_default(),
        window_words: next.map(|next| desk.day(next.date)).unwrap_or_default(),
        window_reason: next.map(|next| next.reason.clone()).unwrap_or_default(),
        ships: next.and_then(|next| overview::next(words, found.date, next)),
        board: overview::board(words, &found.board),
        lead: overview::lead(words, &found.lead),
        releases: found
            .releases
            .into_iter()
            .map(|release| releases::line(&desk, release))
            .collect(),
    }))
}

/// O2: the queue, the oldest first.
pub async fn reviews(desk: Desk) -> Result<Response, Problem> {
    let requests = launches::list(&desk.keeper, &desk.member, None).await?;
    let (mut waiting, rest): (Vec<&LaunchSummary>, Vec<&LaunchSummary>) = requests
        .iter()
        .partition(|launch| launch.state == LaunchState::Submitted);
    waiting.sort_by_key(|launch| launch.submitted);
    let decided = rest
        .into_iter()
        .filter(|launch| launch.state != LaunchState::Draft)
        .take(DECIDED)
        .collect();
    Ok(page::html(&Reviews {
        page: desk.page("/reviews"),
        rows: lines(&desk, waiting),
        launches: lines(&desk, decided),
    }))
}

fn lines(desk: &Desk, launches: Vec<&LaunchSummary>) -> Vec<LaunchLine> {
    let zone = desk.keeper.programme.time_zone();
    launches
        .into_iter()
        .map(|launch| LaunchLine::of(desk.words(), zone, launch))
        .collect()
}

const DECIDED: usize = 20;
