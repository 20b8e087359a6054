//! Tells reviewers of requests that wait longer than the programme promised, once for each time they were sent. One guarded
//! row is one telling, whatever restarts and however many nodes look.

use std::sync::Arc;

use durward_domain::launch::{LaunchState, answer};
use durward_store::{launches, review_tellings};
use jiff::SignedDuration;

use crate::failure::Fault;
use crate::keeper::{Keeper, time};
use crate::partner::calendar;
use crate::partner::launches::reviewers;

/// Tells of every request whose answer is late; answers how many were told.
///
/// # Errors
/// A fault; what was told stays told.
pub async fn tell(keeper: &Arc<Keeper>) -> Result<u32, Fault> {
    let days = keeper.programme.review.answer_days;
    // Working days are never shorter than days: nothing that was sent since then is late.
    let span = SignedDuration::from_hours(24 * i64::from(days));
    let before = keeper.clock.now().saturating_sub(span);
    let before_us = before.map_or(0, |time| time.as_microsecond());
    let waiting = keeper
        .store
        .read(move |c| review_tellings::untold(c, before_us, AT_ONCE))
        .await?;
    if waiting.is_empty() {
        return Ok(0);
    }
    let (calendar, today) = (calendar::current(keeper).await?, keeper.today());
    let mut told = 0;
    for (id, round) in waiting {
        let clock = answer(&calendar, calendar.date_of(time(round)), today, days);
        if !clock.overdue {
            break;
        }
        let unit_keeper = Arc::clone(keeper);
        let new = keeper.store.write(move |c| {
            // It may have been answered meanwhile.
            let Some(row) = launches::find(c, &id)?.filter(|row| {
                row.submitted_us == Some(round) && row.state == LaunchState::Submitted.as_str()
            }) else {
                return Ok(false);
            };
            let now_us = unit_keeper.clock.now().as_microsecond();
            if !review_tellings::tell(c, &id, round, now_us)? {
                return Ok(false);
            }
            reviewers::told_of_delay(c, &unit_keeper, &row, clock.due)?;
            Ok(true)
        });
        told += u32::from(new.await?);
    }
    Ok(told)
}

/// The rest is told the next time.
const AT_ONCE: i64 = 200;
