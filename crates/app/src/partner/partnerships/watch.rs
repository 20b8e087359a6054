//! Notes what the portal sees: a task that is done elsewhere is noted with its time, told and recorded, once.

use std::sync::Arc;

use durward_domain::event::Event;
use durward_domain::partnership::{Move, Standing, Task};
use durward_store::partnerships::{self as rows, EntryRow, PartnershipRow, Wanted};
use durward_store::{Conn, Fault as StoreFault};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{facts, noted, standing_of, tell};
use crate::actor::Actor;
use crate::failure::Fault;
use crate::keeper::{Happened, Keeper};

/// Looks at every partnership that is pursued or rests, and answers how many tasks were done since.
///
/// # Errors
/// A fault.
pub async fn watch(keeper: &Arc<Keeper>) -> Result<usize, Fault> {
    let mut done = 0;
    for standing in [Standing::Open, Standing::Paused] {
        let mut before = (i64::MAX, String::new());
        loop {
            let from = before.clone();
            let page = keeper
                .store
                .read(move |c| {
                    let wanted = Wanted {
                        standing: standing.as_str(),
                        before: (from.0, &from.1),
                        limit: AT_ONCE,
                    };
                    let rows = rows::list(c, &wanted)?;
                    let last = rows
                        .last()
                        .map(|row| (row.created_us, row.partnership_id.clone()));
                    let mut behind = Vec::new();
                    for row in rows {
                        if !new_tasks(c, &row)?.is_empty() {
                            behind.push(row.partnership_id);
                        }
                    }
                    Ok((last, behind))
                })
                .await?;
            for id in page.1 {
                done += note(keeper, id).await?;
            }
            match page.0 {
                Some(last) => before = last,
                None => break,
            }
        }
    }
    Ok(done)
}

/// Notes what is new of one partnership.
async fn note(keeper: &Arc<Keeper>, id: String) -> Result<usize, Fault> {
    let unit = Arc::clone(keeper);
    let count = keeper
        .store
        .write(move |c| {
            let Some(row) = rows::find(c, &id)? else {
                return Ok(0);
            };
            let now = unit.clock.now();
            let mut last = None;
            let mut count = 0;
            for task in new_tasks(c, &row)? {
                if rows::do_task(c, &id, (task.as_str(), ""), now.as_microsecond())? {
                    say(c, &unit, &row, ("task", task.as_str()), now)?;
                    record(
                        c,
                        &unit,
                        (&row, Event::PartnershipTaskDone),
                        json!({ "task": task }),
                    )?;
                    last = Some(task);
                    count += 1;
                }
            }
            match last {
                Some(Task::Live) => live(c, &unit, row, now)?,
                Some(task) if standing_of(&row) == Standing::Open => {
                    tell::turn(c, &unit, (&row, task), now)?;
                }
                _ => {}
            }
            Ok(count)
        })
        .await?;
    Ok(count)
}

fn live(
    c: &mut Conn,
    keeper: &Keeper,
    mut row: PartnershipRow,
    now: Timestamp,
) -> Result<(), StoreFault> {
    let from = standing_of(&row);
    let Ok(to) = from.after(Move::GoLive) else {
        return Ok(());
    };
    row.standing = to.as_str().to_owned();
    row.reason = String::new();
    row.changed_us = now.as_microsecond();
    if rows::change(c, &row)? {
        say(c, keeper, &row, ("live", ""), now)?;
        let detail = json!({ "from": from, "to": to });
        record(c, keeper, (&row, Event::PartnershipMoved), detail)?;
        tell::standing(c, keeper, &row, "–")?;
    }
    Ok(())
}

/// What is seen and was not noted, in order.
fn new_tasks(c: &mut Conn, row: &PartnershipRow) -> Result<Vec<Task>, StoreFault> {
    let known = noted(c, row)?;
    let seen = facts::seen(c, row)?;
    Ok(seen
        .into_iter()
        .filter(|task| !known.contains_key(task))
        .collect())
}

fn say(
    c: &mut Conn,
    keeper: &Keeper,
    row: &PartnershipRow,
    (kind, text): (&str, &str),
    now: Timestamp,
) -> Result<(), StoreFault> {
    let entry = EntryRow {
        entry_id: keeper.random.uuid_v7(now).to_string(),
        partnership_id: row.partnership_id.clone(),
        author: String::new(),
        name: None,
        kind: kind.to_owned(),
        text: text.to_owned(),
        shared: true,
        created_us: now.as_microsecond(),
    };
    rows::say(c, &entry)
}

fn record(
    c: &mut Conn,
    keeper: &Keeper,
    (row, event): (&PartnershipRow, Event),
    detail: Value,
) -> Result<(), StoreFault> {
    keeper.record(
        c,
        &Happened {
            actor: &Actor::System("partnerships"),
            event,
            subject: &row.partnership_id,
            trace: None,
            detail,
        },
    )
}

const AT_ONCE: i64 = 100;
