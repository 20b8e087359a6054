//! O1 and O2: what is due, and what waits for a review.

use axum::response::Response;
use durward_app::partner::launches::{self, LaunchSummary};
use durward_domain::launch::LaunchState;

use super::views::{Figure, Reviews, Today};
use crate::portal::desk::Desk;
use crate::portal::parts::LaunchLine;
use crate::shared::page;
use crate::shared::problem::Problem;

/// O1.
pub async fn today(desk: Desk) -> Result<Response, Problem> {
    let words = desk.words();
    let requests = launches::list(&desk.keeper, &desk.member, None).await?;
    let day = desk.keeper.today();
    let window = desk.keeper.calendar.window_from(day);
    let in_state = |states: &[LaunchState]| {
        requests
            .iter()
            .filter(|launch| states.contains(&launch.state))
            .collect::<Vec<_>>()
    };
    let waiting = in_state(&[LaunchState::Submitted]);
    let scheduled = in_state(&[LaunchState::Approved, LaunchState::Scheduled]);
    let next = window.as_ref().map_or(day, |window| window.date);
    let due: Vec<&LaunchSummary> = scheduled
        .iter()
        .copied()
        .filter(|launch| launch.window.is_some_and(|day| day <= next))
        .collect();
    let figure = |key: &str, count: usize, href: &str| Figure {
        label: words.t(key),
        value: count.to_string(),
        href: href.to_owned(),
    };
    Ok(page::html(&Today {
        page: desk.page("/today"),
        today: day.to_string(),
        today_words: desk.day(day),
        figures: vec![
            figure("figure-waiting", waiting.len(), "/reviews"),
            figure("figure-due", due.len(), ""),
            figure("figure-scheduled", scheduled.len(), "/calendar"),
            figure(
                "figure-live",
                in_state(&[LaunchState::Deployed, LaunchState::Verified]).len(),
                "/releases?environment=production",
            ),
        ],
        window: next.to_string(),
        window_words: desk.day(next),
        window_reason: window.map(|window| window.reason).unwrap_or_default(),
        due: lines(&desk, due),
        launches: lines(&desk, waiting),
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
