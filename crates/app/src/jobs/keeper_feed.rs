//! The portal takes over what its environments recorded: the requests of apps, and the hand-offs that are billed.
//!
//! A feed is read from the environment's database and written to the portal's: two commits, joined by a sequence. What is
//! read twice is written once.

use std::sync::Arc;

use durward_store::usage::UsageFeed;
use durward_store::usage_ledger::{self, Placed};
use durward_store::{client_requests, request_records, usage};
use jiff::{SignedDuration, Timestamp};

use crate::client::trail;
use crate::door::Door;
use crate::failure::Fault;
use crate::keeper::{EnvironmentLink, Keeper, time};

/// Takes over everything that the environments of this process recorded. Answers how many requests and hand-offs that were.
///
/// # Errors
/// A fault of a database. What was taken over until then stays.
pub async fn pull(keeper: &Arc<Keeper>) -> Result<usize, Fault> {
    let mut taken = 0;
    for link in &keeper.environments {
        taken += pull_one(keeper, link).await?;
        taken += pull_usage(keeper, link).await?;
    }
    Ok(taken)
}

/// The same, with what the environments still hold in memory: a person asks for it now.
///
/// # Errors
/// As above.
pub async fn pull_now(keeper: &Arc<Keeper>) -> Result<(), Fault> {
    for link in &keeper.environments {
        if let Some(door) = &link.door {
            trail::flush(door).await?;
        }
    }
    pull(keeper).await.map(drop)
}

async fn pull_one(keeper: &Keeper, link: &EnvironmentLink) -> Result<usize, Fault> {
    let Some(door) = &link.door else {
        return Ok(0);
    };
    let environment = link.name.as_str();
    let mut taken = 0;
    loop {
        let from = keeper
            .store
            .read(move |c| request_records::cursor(c, environment))
            .await?;
        let feed = door
            .store
            .read(move |c| client_requests::after(c, from, AT_ONCE))
            .await?;
        if feed.until == from {
            return Ok(taken);
        }
        taken += feed.requests.len();
        let ours = keeper
            .store
            .write(move |c| request_records::take(c, environment, from, &feed))
            .await?;
        if !ours {
            // Another node takes this part over.
            return Ok(taken);
        }
    }
}

async fn pull_usage(keeper: &Keeper, link: &EnvironmentLink) -> Result<usize, Fault> {
    let Some(door) = &link.door else {
        return Ok(0);
    };
    let mut taken = 0;
    loop {
        number(door).await?;
        let from = usage_cursor(keeper, link).await?;
        let feed = door
            .store
            .read(move |c| usage::after(c, from, AT_ONCE))
            .await?;
        if feed.until == from {
            return Ok(taken);
        }
        taken += feed.rows.len();
        if !take_usage(keeper, link, from, feed).await? {
            return Ok(taken);
        }
    }
}

/// Numbers what waits for it. Only this touches the counter, so people who sign in do not wait for each other.
pub(crate) async fn number(door: &Door) -> Result<(), Fault> {
    while door.store.read(usage::is_waiting).await? {
        door.store.write(|c| usage::number(c, AT_ONCE)).await?;
    }
    Ok(())
}

pub(crate) async fn usage_cursor(keeper: &Keeper, link: &EnvironmentLink) -> Result<i64, Fault> {
    let environment = link.name.as_str();
    let read = keeper
        .store
        .read(move |c| usage_ledger::cursor(c, environment));
    Ok(read.await?)
}

/// Writes a part of the feed into the ledger. The portal's calendar says which day it was: in a demonstration whose time
/// was moved, the hand-offs of people move with it.
pub(crate) async fn take_usage(
    keeper: &Keeper,
    link: &EnvironmentLink,
    from: i64,
    feed: UsageFeed,
) -> Result<bool, Fault> {
    let shift = SignedDuration::from_micros(keeper.clock.shift_us());
    let placed = |row: &usage::UsageRow| {
        let at = time(row.at_us).checked_add(shift);
        let at = at.unwrap_or(Timestamp::UNIX_EPOCH);
        let day = keeper.calendar.date_of(at);
        Placed {
            at_us: at.as_microsecond(),
            day: day.to_string(),
            month: day.strftime("%Y-%m").to_string(),
        }
    };
    let places: Vec<Placed> = feed.rows.iter().map(placed).collect();
    let environment = link.name.as_str();
    let take = keeper
        .store
        .write(move |c| usage_ledger::take(c, environment, from, &feed, &places));
    Ok(take.await?)
}

const AT_ONCE: i64 = 500;
