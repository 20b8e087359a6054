//! Break-glass: suspending an app at once, lifting that, and revoking a key for good.
//!
//! What is denied stands in a signed list beside the releases ([`DenyList`]). Every change makes the next list of the
//! environment in one unit with what it records, so that two people who act at once follow each other.

mod by_rule;
mod denied;
mod lists;
mod refusal;
mod retired;

use std::sync::Arc;

use durward_domain::environment::EnvironmentName;
use durward_domain::event::Event;
use durward_domain::permission::Action;
use durward_domain::release::DenialKind;
use durward_store::denials::{self, DeniedRow, RevokedKeyRow};
use durward_store::{Conn, Fault as StoreFault, apps};
use jiff::Timestamp;
use serde::Serialize;

use super::bootstrap;
use crate::actor::{Belongs, Member};
use crate::failure::{Failure, Fault};
use crate::keeper::{Keeper, time};
use crate::partner::members::name_in;
use crate::partner::steps::By;
use crate::record::Trace;

pub(crate) use by_rule::{is_open, resume_by_rule, suspend_by_rule, was_done};
use denied::AppAt;
pub(crate) use lists::catch_up;
use lists::{Change, make};
pub use refusal::SuspensionDenied;
pub use retired::retired_names;
pub(crate) use retired::{is_retired, retire};

/// What is denied of one app in one environment.
#[derive(Clone, Debug, Serialize)]
pub struct Denials {
    /// The app.
    pub app: String,
    /// The environment.
    pub environment: EnvironmentName,
    /// Whether it is suspended now.
    pub suspended: bool,
    /// Why nobody can sign in now, if so.
    pub denial: Option<Denial>,
    /// Its revoked keys.
    pub revoked_keys: Vec<RevokedKey>,
    /// The newest deny list of the environment.
    pub deny_list: u64,
    /// Whether the environment holds that list, as far as the portal knows.
    pub in_force: bool,
    /// Earlier times, newest first.
    pub history: Vec<Denial>,
}

/// One time that nobody could sign in to an app.
#[derive(Clone, Debug, Serialize)]
pub struct Denial {
    /// For now or for good.
    pub kind: DenialKind,
    /// Why.
    pub reason: String,
    /// Who did it.
    pub by: String,
    /// Since when.
    pub since: Timestamp,
    /// When it ends by itself.
    pub until: Option<Timestamp>,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// Who ended it, and why.
    pub ended_by: Option<(String, String)>,
}

/// A key that proves nothing any more.
#[derive(Clone, Debug, Serialize)]
pub struct RevokedKey {
    /// Its thumbprint.
    pub thumbprint: String,
    /// Why.
    pub reason: String,
    /// Who revoked it.
    pub by: String,
    /// When.
    pub revoked: Timestamp,
}

/// Suspends an app at once. Codes, tokens and authorizations that it holds end with it.
///
/// # Errors
/// [`SuspensionDenied`], or a fault.
pub async fn suspend(
    keeper: &Arc<Keeper>,
    member: &Member,
    (handle, environment): (&str, EnvironmentName),
    (reason, until): (&str, Option<Timestamp>),
    trace: &Trace,
) -> Result<Denials, Failure<SuspensionDenied>> {
    may_suspend(keeper, member)?;
    let by = By::member(member, &given(reason)?, trace);
    if until.is_some_and(|until| until <= keeper.clock.now()) {
        return Err(Failure::Refused(SuspensionDenied::Past));
    }
    let name = handle.to_owned();
    // What a rule suspended may be suspended by a person too: the rule then lifts its own only.
    let free = move |c: &mut Conn| -> Result<bool, StoreFault> {
        let standing = suspension(c, &name, environment)?;
        Ok(standing.is_none_or(|row| is_open(&row)))
    };
    let how = (DenialKind::Suspended, until);
    deny(keeper, (handle, environment), how, &by, free).await?;
    show(keeper, handle, environment).await
}

/// Lifts a suspension. People sign in anew: what ended with it stays ended.
///
/// # Errors
/// [`SuspensionDenied`], or a fault.
pub async fn resume(
    keeper: &Arc<Keeper>,
    member: &Member,
    (handle, environment): (&str, EnvironmentName),
    reason: &str,
    trace: &Trace,
) -> Result<Denials, Failure<SuspensionDenied>> {
    may_suspend(keeper, member)?;
    let by = By::member(member, &given(reason)?, trace);
    lift(keeper, (handle, environment), &by).await?;
    show(keeper, handle, environment).await
}

/// Revokes a key of an app at once and for good: no release, roll-back or save brings it back.
///
/// # Errors
/// [`SuspensionDenied`], or a fault.
pub async fn revoke_key(
    keeper: &Arc<Keeper>,
    member: &Member,
    (handle, environment): (&str, EnvironmentName),
    (thumbprint, reason): (&str, &str),
    trace: &Trace,
) -> Result<Denials, Failure<SuspensionDenied>> {
    let app = AppAt::seen(keeper, member, handle, environment).await?;
    let permit = member.may(
        Action::RevokeKey,
        Belongs::ToTeam(&app.team),
        keeper.clock.real_now(),
    )?;
    let by = By::member(member, &given(reason)?, trace);
    if bootstrap::is_own(keeper, environment, handle) {
        return Err(Failure::Refused(SuspensionDenied::OwnApp));
    }
    let known = app.knows_key(thumbprint);
    let row = RevokedKeyRow {
        handle: handle.to_owned(),
        thumbprint: thumbprint.to_owned(),
        reason: by.note.clone(),
        actor: permit.actor().id().to_owned(),
        revoked_us: keeper.clock.now().as_microsecond(),
    };
    let decide = move |c: &mut Conn| -> Result<Result<Change, SuspensionDenied>, StoreFault> {
        let revoked = denials::revoked_keys(c, environment.as_str(), Some(&row.handle))?;
        if revoked.iter().any(|one| one.thumbprint == row.thumbprint) {
            return Ok(Err(SuspensionDenied::KeyAlready));
        }
        Ok(match known {
            true => Ok(Change::Revoke(row.clone())),
            false => Err(SuspensionDenied::KeyUnknown),
        })
    };
    make(keeper, environment, decide, &by).await?;
    show(keeper, handle, environment).await
}

/// What is denied of an app, for members who may see it.
///
/// # Errors
/// [`SuspensionDenied`], or a fault.
pub async fn of_app(
    keeper: &Keeper,
    member: &Member,
    handle: &str,
    environment: EnvironmentName,
) -> Result<Denials, Failure<SuspensionDenied>> {
    AppAt::seen(keeper, member, handle, environment).await?;
    show(keeper, handle, environment).await
}

/// An app that nobody can sign in to.
#[derive(Clone, Debug)]
pub struct DeniedApp {
    /// The app.
    pub app: String,
    /// Its team.
    pub team: String,
    /// Why.
    pub denial: Denial,
}

/// The apps that are suspended or retired in an environment now.
///
/// # Errors
/// A fault.
pub async fn denied_in(
    keeper: &Keeper,
    environment: EnvironmentName,
) -> Result<Vec<DeniedApp>, Fault> {
    let found = keeper.store.read(move |c| {
        let mut list = Vec::new();
        for row in denials::denied_in(c, environment.as_str())? {
            let app = row.handle.clone();
            let team = apps::team_of(c, &app)?.unwrap_or_default();
            if let Some(denial) = seen(c, row)? {
                list.push(DeniedApp { app, team, denial });
            }
        }
        Ok(list)
    });
    Ok(found.await?)
}

/// Why nobody can sign in to an app now, if so.
///
/// # Errors
/// A fault.
pub async fn current(
    keeper: &Keeper,
    handle: &str,
    environment: EnvironmentName,
) -> Result<Option<Denial>, Fault> {
    let handle = handle.to_owned();
    let found =
        keeper.store.read(
            move |c| match denials::find_denied(c, environment.as_str(), &handle)? {
                Some(row) => seen(c, row),
                None => Ok(None),
            },
        );
    Ok(found.await?)
}

/// Whether nobody can sign in to an app, suspended or retired.
///
/// # Errors
/// A fault of the database.
pub fn is_denied(
    c: &mut Conn,
    handle: &str,
    environment: EnvironmentName,
) -> Result<bool, StoreFault> {
    Ok(denials::find_denied(c, environment.as_str(), handle)?.is_some())
}

/// Lifts the suspensions whose time is over.
pub(crate) async fn lift_due(keeper: &Arc<Keeper>) -> Result<(), Fault> {
    let now_us = keeper.clock.now().as_microsecond();
    for link in &keeper.environments {
        let environment = link.name;
        let due = keeper.store.read(move |c| {
            let rows = denials::denied_in(c, environment.as_str())?;
            Ok(rows
                .into_iter()
                .filter(|row| row.until_us.is_some_and(|until| until <= now_us))
                .collect::<Vec<_>>())
        });
        for row in due.await? {
            let by = By::server("The suspension was until now.");
            match lift(keeper, (&row.handle, environment), &by).await {
                Ok(()) | Err(Failure::Refused(_)) => {}
                Err(Failure::Fault(fault)) => return Err(fault),
            }
        }
    }
    Ok(())
}

fn may_suspend(keeper: &Keeper, member: &Member) -> Result<(), Failure<SuspensionDenied>> {
    member.may(
        Action::SuspendApp,
        Belongs::ToProgramme,
        keeper.clock.real_now(),
    )?;
    Ok(())
}

fn given(reason: &str) -> Result<String, Failure<SuspensionDenied>> {
    let reason: String = reason.trim().chars().take(LONGEST_REASON).collect();
    if reason.is_empty() {
        return Err(Failure::Refused(SuspensionDenied::NoReason));
    }
    Ok(reason)
}

async fn deny<F>(
    keeper: &Arc<Keeper>,
    (handle, environment): (&str, EnvironmentName),
    (kind, until): (DenialKind, Option<Timestamp>),
    by: &By,
    free: F,
) -> Result<(), Failure<SuspensionDenied>>
where
    F: Fn(&mut Conn) -> Result<bool, StoreFault> + Clone + Send + Sync + 'static,
{
    if bootstrap::is_own(keeper, environment, handle) {
        return Err(Failure::Refused(SuspensionDenied::OwnApp));
    }
    let app = AppAt::find(keeper, handle, environment).await?;
    let now = keeper.clock.now();
    let row = app.row(
        keeper.random.uuid_v7(now).to_string(),
        kind,
        (now, until),
        by,
    )?;
    let decide = move |c: &mut Conn| -> Result<Result<Change, SuspensionDenied>, StoreFault> {
        Ok(match free(c)? {
            false => Err(SuspensionDenied::Already),
            true => Ok(Change::Deny(Box::new(row.clone()))),
        })
    };
    make(keeper, environment, decide, by).await?;
    Ok(())
}

async fn lift(
    keeper: &Arc<Keeper>,
    (handle, environment): (&str, EnvironmentName),
    by: &By,
) -> Result<(), Failure<SuspensionDenied>> {
    let handle = handle.to_owned();
    let decide = move |c: &mut Conn| -> Result<Result<Change, SuspensionDenied>, StoreFault> {
        Ok(match suspension(c, &handle, environment)? {
            Some(row) => Ok(Change::Lift(Box::new(row))),
            None => Err(SuspensionDenied::NotSuspended),
        })
    };
    make(keeper, environment, decide, by).await?;
    Ok(())
}

fn suspension(
    c: &mut Conn,
    handle: &str,
    environment: EnvironmentName,
) -> Result<Option<DeniedRow>, StoreFault> {
    let all = denials::denials_of(c, environment.as_str(), handle)?;
    Ok(all
        .into_iter()
        .find(|row| row.ended_us.is_none() && row.kind == DenialKind::Suspended.as_str()))
}

async fn show(
    keeper: &Keeper,
    handle: &str,
    environment: EnvironmentName,
) -> Result<Denials, Failure<SuspensionDenied>> {
    let (name, place) = (handle.to_owned(), environment.as_str());
    let (all, keys, newest) = keeper
        .store
        .read(move |c| {
            let mut all = Vec::new();
            for row in denials::denials_of(c, place, &name)? {
                all.extend(seen(c, row)?);
            }
            let mut keys = Vec::new();
            for row in denials::revoked_keys(c, place, Some(&name))? {
                keys.push(RevokedKey {
                    by: name_in(c, &row.actor)?,
                    thumbprint: row.thumbprint,
                    reason: row.reason,
                    revoked: time(row.revoked_us),
                });
            }
            let newest = denials::last_list(c, place)?.map_or(0, |(sequence, _)| sequence);
            Ok((all, keys, newest))
        })
        .await?;
    let newest = u64::try_from(newest).unwrap_or_default();
    let in_force = match keeper.environment(environment) {
        Some(link) => lists::held(keeper, link).await? >= newest,
        None => false,
    };
    let (open, history): (Vec<Denial>, Vec<Denial>) =
        all.into_iter().partition(|one| one.ended.is_none());
    let suspended = open.iter().any(|one| one.kind == DenialKind::Suspended);
    Ok(Denials {
        app: handle.to_owned(),
        environment,
        suspended,
        denial: open.into_iter().max_by_key(|one| one.kind),
        revoked_keys: keys,
        deny_list: newest,
        in_force,
        history,
    })
}

/// A row as members see it; nothing for a kind that this version does not know.
fn seen(c: &mut Conn, row: DeniedRow) -> Result<Option<Denial>, StoreFault> {
    let Some(kind) = DenialKind::parse(&row.kind) else {
        return Ok(None);
    };
    let ended_by = match row.ended_us {
        Some(_) => Some((name_in(c, &row.ended_by)?, row.ended_reason)),
        None => None,
    };
    Ok(Some(Denial {
        kind,
        by: name_in(c, &row.actor)?,
        reason: row.reason,
        since: time(row.since_us),
        until: row.until_us.map(time),
        ended: row.ended_us.map(time),
        ended_by,
    }))
}

/// Refuses a document that brings a revoked key.
pub(crate) fn revoked_key_of(
    c: &mut Conn,
    handle: &str,
    environment: EnvironmentName,
    fingerprints: &[String],
) -> Result<Option<String>, StoreFault> {
    let revoked = denials::revoked_keys(c, environment.as_str(), Some(handle))?;
    Ok(revoked
        .into_iter()
        .map(|row| row.thumbprint)
        .find(|thumbprint| fingerprints.contains(thumbprint)))
}

/// What an audit entry and a notice name it.
fn event_of(change: &Change) -> Event {
    match change {
        Change::Deny(row) if row.kind == DenialKind::Retired.as_str() => Event::AppRetired,
        Change::Deny(_) => Event::AppSuspended,
        Change::Lift(_) => Event::AppResumed,
        Change::Revoke(_) => Event::AppKeyRevoked,
    }
}

const LONGEST_REASON: usize = 500;
