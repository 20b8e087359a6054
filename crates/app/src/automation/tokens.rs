//! Automation tokens of teams: made on the test page, kept as keyed hashes in the environment, shown once.

use std::sync::Arc;

use durward_domain::event::Event;
use durward_store::test_kit::{self, TestTokenRow};
use jiff::Timestamp;
use serde_json::json;

use super::{Automation, AutomationRefusal};
use crate::door::Door;
use crate::failure::{Failure, Fault};
use crate::keeper::time;
use crate::record::{Note, Trace};

/// One token in a list.
#[derive(Clone, Debug)]
pub struct TestToken {
    /// What names it for revoking; not the token.
    pub id: String,
    /// What its maker called it.
    pub name: String,
    /// When it was made.
    pub created: Timestamp,
    /// Until when it is good.
    pub expires: Timestamp,
    /// When it was last used.
    pub used: Option<Timestamp>,
}

/// A token as asked for.
pub struct TokenWanted<'a> {
    /// What its maker calls it.
    pub name: &'a str,
    /// For how many days.
    pub days: u16,
    /// The member who makes it.
    pub made_by: &'a str,
}

/// Makes a token for the team of this authority and answers it: the only time that it is seen.
///
/// # Errors
/// [`AutomationRefusal`], or a fault.
pub async fn make(
    door: &Arc<Door>,
    authority: &Automation,
    wanted: TokenWanted<'_>,
    trace: &Trace,
) -> Result<String, Failure<AutomationRefusal>> {
    let team = authority
        .team()
        .ok_or(Failure::Refused(AutomationRefusal::NoToken))?;
    let name = wanted.name.trim();
    if name.is_empty() || name.chars().count() > 100 {
        return Err(Failure::Refused(AutomationRefusal::TokenName));
    }
    if !(1..=LONGEST_DAYS).contains(&wanted.days) {
        return Err(Failure::Refused(AutomationRefusal::TokenDays));
    }
    let now = door.clock.real_now();
    let token = format!("{PREFIX}{}", door.random.token());
    let life_us = i64::from(wanted.days) * 86_400_000_000;
    let row = TestTokenRow {
        token_id: door.random.uuid_v7(now).to_string(),
        team: team.to_owned(),
        name: name.to_owned(),
        made_by: wanted.made_by.to_owned(),
        created_us: now.as_microsecond(),
        expires_us: now.as_microsecond().saturating_add(life_us),
        used_us: None,
    };
    let (hash, recorder, trace) = (
        door.hasher.hash(&token),
        door.recorder.clone(),
        trace.clone(),
    );
    let actor = authority.actor.clone();
    let made = door
        .store
        .write(move |c| {
            if test_kit::tokens_of(c, &row.team, row.created_us)?.len() >= MOST {
                return Ok(false);
            }
            test_kit::insert_token(c, &hash, &row)?;
            recorder.event(
                c,
                Note {
                    time: now,
                    actor: &actor,
                    event: Event::TestTokenMade,
                    subject: &row.team,
                    trace: Some(&trace),
                    detail: json!({ "token": row.token_id, "expires": time(row.expires_us).to_string() }),
                },
            )?;
            Ok(true)
        })
        .await?;
    if made {
        Ok(token)
    } else {
        Err(Failure::Refused(AutomationRefusal::TooManyTokens(MOST)))
    }
}

/// The live tokens of the authority's team, newest first.
///
/// # Errors
/// A fault of the database.
pub async fn list(door: &Door, authority: &Automation) -> Result<Vec<TestToken>, Fault> {
    let Some(team) = authority.team().map(str::to_owned) else {
        return Ok(Vec::new());
    };
    let now_us = door.clock.real_now().as_microsecond();
    let rows = door
        .store
        .read(move |c| test_kit::tokens_of(c, &team, now_us))
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| TestToken {
            id: row.token_id,
            name: row.name,
            created: time(row.created_us),
            expires: time(row.expires_us),
            used: row.used_us.map(time),
        })
        .collect())
}

/// Takes a token of the authority's team back.
///
/// # Errors
/// [`AutomationRefusal::NoToken`], or a fault.
pub async fn revoke(
    door: &Arc<Door>,
    authority: &Automation,
    id: &str,
    trace: &Trace,
) -> Result<(), Failure<AutomationRefusal>> {
    let unknown = || Failure::Refused(AutomationRefusal::NoToken);
    let team = authority.team().ok_or_else(unknown)?.to_owned();
    let (recorder, trace, id) = (door.recorder.clone(), trace.clone(), id.to_owned());
    let (actor, now) = (authority.actor.clone(), door.clock.real_now());
    let revoked = door
        .store
        .write(move |c| {
            if !test_kit::revoke_token(c, &id, &team, now.as_microsecond())? {
                return Ok(false);
            }
            recorder.event(
                c,
                Note {
                    time: now,
                    actor: &actor,
                    event: Event::TestTokenRevoked,
                    subject: &team,
                    trace: Some(&trace),
                    detail: json!({ "token": id }),
                },
            )?;
            Ok(true)
        })
        .await?;
    if revoked { Ok(()) } else { Err(unknown()) }
}

/// The live token that was sent; a use is noted once a minute.
pub(super) async fn find(
    door: &Arc<Door>,
    sent: &str,
    candidates: Vec<String>,
) -> Result<Option<TestTokenRow>, Fault> {
    if !sent.starts_with(PREFIX) || sent.len() > LONGEST {
        return Ok(None);
    }
    let now_us = door.clock.real_now().as_microsecond();
    let found = door
        .store
        .read(move |c| {
            for hash in &candidates {
                if let Some(row) = test_kit::find_token(c, hash)? {
                    return Ok(Some(row));
                }
            }
            Ok(None)
        })
        .await?
        .filter(|row| row.expires_us > now_us);
    if let Some(row) = &found
        && row.used_us.is_none_or(|used| now_us - used > MINUTE_US)
    {
        let id = row.token_id.clone();
        door.store
            .write(move |c| test_kit::touch_token(c, &id, now_us))
            .await?;
    }
    Ok(found)
}

/// Tells a leaked token from other text.
pub const PREFIX: &str = "dwt_";
/// The longest life of a token.
pub const LONGEST_DAYS: u16 = 365;
const LONGEST: usize = 100;
const MOST: usize = 20;
const MINUTE_US: i64 = 60_000_000;
