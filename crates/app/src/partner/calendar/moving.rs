//! Requests that a change of the calendar moves to another window, never to an earlier one.

use std::sync::Arc;

use durward_domain::calendar::{Calendar, Explained, NoWindow, Step, Why, say};
use durward_domain::event::Event;
use durward_domain::launch::LaunchState;
use durward_domain::permission::Role;
use durward_keyring::digest::sha256_hex;
use durward_store::launches::{self, LaunchRow};
use durward_store::{Conn, Fault as StoreFault, calendar};
use jiff::civil::Date;
use serde::Serialize;
use serde_json::json;

use super::{ask_of, explain_more, facts, plan_into, window_of};
use crate::failure::Fault;
use crate::keeper::{Happened, Keeper};
use crate::partner::launches::{RequestKind, Stored, kind_of};
use crate::partner::notices::{self, Notice, To};
use crate::partner::steps::{self, By};
use crate::partner::told::app_name;
use crate::partner::webhooks::{self, WebhookEvent};

/// What a change of the calendar does to the requests that are planned.
#[derive(Clone, Debug, Serialize)]
pub struct Change {
    /// Which requests move, in the order of their windows.
    pub moves: Vec<MovingView>,
    /// What a confirmation must have seen.
    pub seen: String,
}

/// One request that moves.
#[derive(Clone, Debug, Serialize)]
pub struct MovingView {
    /// The request.
    pub launch: String,
    /// The app.
    pub app: String,
    /// The app's name.
    pub app_name: String,
    /// Its team.
    pub team: String,
    /// Where.
    pub environment: String,
    /// The window that it has.
    pub from: Date,
    /// The window that it gets.
    pub to: Date,
    /// Why.
    pub steps: Vec<Step>,
}

pub(super) struct Moving {
    row: LaunchRow,
    pub(super) view: MovingView,
}

/// Which planned requests lose their window between two calendars, and where they go. `moved` is a window that moves as a
/// whole.
pub(super) fn between(
    c: &mut Conn,
    keeper: &Keeper,
    before: &Calendar,
    after: &Calendar,
    moved: Option<(Date, Date)>,
) -> Result<Result<Vec<Moving>, NoWindow>, StoreFault> {
    let today = keeper.today();
    let mut calendar = after.clone();
    let mut found = Vec::new();
    for id in calendar::planned(c)? {
        let Some(row) = launches::find(c, &id)? else {
            continue;
        };
        // An emergency is deployed outside of all windows.
        if Stored::read(&row).is_ok_and(|stored| stored.way.is_emergency()) {
            continue;
        }
        let Some(window) = window_of(&row).filter(|window| *window >= today) else {
            continue;
        };
        let team = row.team.clone();
        let ask = ask_of(keeper, &row, &team);
        let target = moved.filter(|(from, _)| *from == window);
        if target.is_none() && (!before.keeps(&ask, window) || after.keeps(&ask, window)) {
            continue;
        }
        let from = target.map_or(window, |(_, to)| to);
        // Its own place is free for itself.
        let place = (ask.environment, window);
        let mut facts = calendar.facts().clone();
        if let Some(taken) = facts.taken.get_mut(&place) {
            *taken = taken.saturating_sub(1);
        }
        calendar = calendar.with(facts);
        let planned = match calendar.free_from(&ask, from) {
            Ok(planned) => planned,
            Err(none) => return Ok(Err(none)),
        };
        let mut facts = calendar.facts().clone();
        *facts
            .taken
            .entry((ask.environment, planned.earliest))
            .or_default() += 1;
        calendar = calendar.with(facts);
        let view = view_of(c, &row, window, planned)?;
        found.push(Moving { row, view });
    }
    Ok(Ok(found))
}

/// A request on its way from one window to another.
fn view_of(
    c: &mut Conn,
    row: &LaunchRow,
    from: Date,
    planned: Explained,
) -> Result<MovingView, StoreFault> {
    let (to, mut steps) = (planned.earliest, planned.steps);
    steps.push(Step::new(to, &Why::Replanned(from, to)));
    Ok(MovingView {
        launch: row.launch_id.clone(),
        app: row.handle.clone(),
        app_name: app_name(c, &row.revision_id, &row.handle)?,
        team: row.team.clone(),
        environment: row.environment.clone(),
        from,
        to,
        steps,
    })
}

/// What is shown before a confirmation.
pub(super) fn change(moves: &[Moving]) -> Change {
    let mut text = String::new();
    for one in moves {
        text.push_str(&format!(
            "{} {} {} {}\n",
            one.view.launch, one.row.version, one.view.from, one.view.to
        ));
    }
    Change {
        moves: moves.iter().map(|one| one.view.clone()).collect(),
        seen: sha256_hex(text.as_bytes()),
    }
}

/// Moves the requests and tells their owners, in the unit of the change. `false` when somebody was faster.
pub(super) fn apply(
    c: &mut Conn,
    keeper: &Keeper,
    moves: Vec<Moving>,
    by: &By,
) -> Result<bool, StoreFault> {
    for Moving { mut row, view } in moves {
        plan_into(keeper, &mut row, view.to);
        explain_more(&mut row, view.steps.clone());
        if !launches::update(c, &row)? {
            return Ok(false);
        }
        tell(c, keeper, &row, &view, by)?;
    }
    Ok(true)
}

fn tell(
    c: &mut Conn,
    keeper: &Keeper,
    row: &LaunchRow,
    view: &MovingView,
    by: &By,
) -> Result<(), StoreFault> {
    let note = if by.note.is_empty() {
        "–".to_owned()
    } else {
        by.note.clone()
    };
    let line = By {
        note: format!("From {} to {}. {note}", say(view.from), say(view.to)),
        ..by.clone()
    };
    steps::line(c, keeper, row, "moved", &line)?;
    let data = json!({
        "request": row.launch_id, "app": row.handle, "environment": row.environment,
        "from": view.from, "window": view.to, "note": note,
    });
    let hook = match kind_of(row) {
        RequestKind::Launch => WebhookEvent::LaunchScheduled,
        RequestKind::Change => WebhookEvent::ChangeScheduled,
    };
    if row.state == LaunchState::Scheduled.as_str() {
        webhooks::emit(c, keeper, &row.team, hook, &data)?;
    }
    notices::post(
        c,
        keeper,
        &Notice {
            to: &[
                To::Member(&row.author),
                To::Team(&row.team, &[Role::PartnerAdmin]),
            ],
            kind: &notices::REQUEST_MOVED,
            link: format!("/launches/{}", row.launch_id),
            values: vec![
                ("app", view.app_name.clone()),
                ("environment", row.environment.clone()),
                ("window", view.to.to_string()),
                ("from", view.from.to_string()),
                ("note", note),
            ],
        },
    )?;
    keeper.record(
        c,
        &Happened {
            actor: &by.actor,
            event: Event::CalendarRequestMoved,
            subject: &row.launch_id,
            trace: by.trace.as_ref(),
            detail: json!({ "app": row.handle, "environment": row.environment, "from": view.from, "to": view.to }),
        },
    )
}

/// Keeps a request out of a freeze or a busy time of its team that holds today, whatever window it had: it goes to the next
/// one. `true` when it must not be deployed now.
pub(crate) async fn postpone(keeper: &Arc<Keeper>, row: &LaunchRow) -> Result<bool, Fault> {
    let today = keeper.today();
    let calendar = super::current(keeper).await?;
    let ask = ask_of(keeper, row, &row.team);
    let Some(barred) = calendar.bars(&ask, today) else {
        return Ok(false);
    };
    let (id, version) = (row.launch_id.clone(), row.version);
    let unit_keeper = Arc::clone(keeper);
    let by = By::server(barred.sentence);
    keeper
        .store
        .write(move |c| {
            let calendar = facts::current_in(c, &unit_keeper)?;
            let Some(mut row) = launches::find(c, &id)?.filter(|row| row.version == version) else {
                return Ok(());
            };
            let team = row.team.clone();
            let ask = ask_of(&unit_keeper, &row, &team);
            let from = window_of(&row).unwrap_or(today);
            let Ok(planned) = calendar.free_from(&ask, today) else {
                // Nothing opens for years: it waits where it is.
                return Ok(());
            };
            let view = view_of(c, &row, from, planned)?;
            plan_into(&unit_keeper, &mut row, view.to);
            explain_more(&mut row, view.steps.clone());
            if launches::update(c, &row)? {
                tell(c, &unit_keeper, &row, &view, &by)?;
            }
            Ok(())
        })
        .await?;
    Ok(true)
}
