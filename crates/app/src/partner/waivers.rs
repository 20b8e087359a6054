//! Waivers: a rule of the validator does not hold for an app until a day. A reviewer gives one, never for an own app.

use std::sync::Arc;

use durward_domain::application::is_address;
use durward_domain::environment::EnvironmentName;
use durward_domain::event::Event;
use durward_domain::lint::{Rule, Waived};
use durward_domain::permission::Action;
use durward_domain::refusal::{RefusalKind, Refuse};
use durward_store::validator::{self, WaiverRow};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::apps::{AppRefusal, app};
use super::save::subject;
use super::{notices, told_of};
use crate::actor::{Belongs, Denied, Member};
use crate::failure::Failure;
use crate::keeper::{Happened, Keeper, time};
use crate::record::Trace;

/// What a reviewer writes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaiverAsk {
    /// The rule.
    pub rule: String,
    /// The e-mail address of the person who answers for the app meanwhile.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// The last day.
    pub until: Date,
}

/// A waiver as people see it.
#[derive(Clone, Debug, Serialize)]
pub struct Waiver {
    /// Its id.
    pub id: String,
    /// The app.
    pub handle: String,
    /// The environment.
    pub environment: String,
    /// The rule.
    pub rule: String,
    /// Who answers for the app meanwhile.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// The last day.
    pub until: String,
    /// The reviewer who gave it.
    pub by: String,
    /// When it was given.
    pub given: Timestamp,
    /// Does it hold today?
    pub holds: bool,
}

/// Waives a rule for an app in an environment until a day, in place of older waivers of that rule.
///
/// # Errors
/// [`WaiverRefusal`], or a fault.
pub async fn give(
    keeper: &Arc<Keeper>,
    member: &Member,
    (handle, environment): (&str, EnvironmentName),
    ask: &WaiverAsk,
    trace: &Trace,
) -> Result<Waiver, Failure<WaiverRefusal>> {
    let view = app(keeper, member, handle, environment)
        .await
        .map_err(from_app)?;
    may(keeper, member, &view.summary.team)?;
    if view.author == member.email || view.author_id == member.id {
        return Err(Failure::Refused(WaiverRefusal::Own));
    }
    judge(ask, keeper.today()).map_err(Failure::Refused)?;
    let now = keeper.clock.now();
    let row = WaiverRow {
        waiver_id: keeper.random.uuid_v7(now).to_string(),
        handle: handle.to_owned(),
        environment: environment.as_str().to_owned(),
        rule: ask.rule.clone(),
        owner: ask.owner.trim().to_owned(),
        reason: ask.reason.trim().to_owned(),
        until: ask.until.to_string(),
        given_by: member.id.clone(),
        given_by_email: member.email.clone(),
        given_us: now.as_microsecond(),
        ended_us: None,
    };
    let kept = row.clone();
    let (unit_keeper, actor, trace) = (Arc::clone(keeper), member.actor(), trace.clone());
    let of = subject(handle, environment);
    keeper
        .store
        .write(move |c| {
            validator::put_waiver(c, &row)?;
            unit_keeper.record(
                c,
                &Happened {
                    actor: &actor,
                    event: Event::RuleWaived,
                    subject: &of,
                    trace: Some(&trace),
                    detail: json!({ "waiver": row.waiver_id, "rule": row.rule, "owner": row.owner, "reason": row.reason, "until": row.until }),
                },
            )?;
            told_of::waiver(c, &unit_keeper, &actor, (&row, &notices::RULE_WAIVED))
        })
        .await?;
    Ok(shown(kept, keeper.today()))
}

/// Ends a waiver before its day.
///
/// # Errors
/// [`WaiverRefusal`], or a fault.
pub async fn end(
    keeper: &Arc<Keeper>,
    member: &Member,
    id: &str,
    trace: &Trace,
) -> Result<(), Failure<WaiverRefusal>> {
    let wanted = id.to_owned();
    let row = keeper
        .store
        .read(move |c| validator::find_waiver(c, &wanted))
        .await?
        .ok_or(Failure::Refused(WaiverRefusal::NotFound))?;
    let environment = EnvironmentName::parse(&row.environment)
        .map_err(|_| Failure::Refused(WaiverRefusal::NotFound))?;
    let handle = row.handle.clone();
    let team = keeper
        .store
        .read(move |c| durward_store::apps::team_of(c, &handle))
        .await?
        .ok_or(Failure::Refused(WaiverRefusal::NotFound))?;
    if !member.reaches(Action::ViewApp, Belongs::ToTeam(&team)) {
        return Err(Failure::Refused(WaiverRefusal::NotFound));
    }
    may(keeper, member, &team)?;
    let now = keeper.clock.now().as_microsecond();
    let (unit_keeper, actor, trace) = (Arc::clone(keeper), member.actor(), trace.clone());
    let of = subject(&row.handle, environment);
    let ended = keeper
        .store
        .write(move |c| {
            if !validator::end_waiver(c, &row.waiver_id, now)? {
                return Ok(false);
            }
            unit_keeper.record(
                c,
                &Happened {
                    actor: &actor,
                    event: Event::RuleWaiverEnded,
                    subject: &of,
                    trace: Some(&trace),
                    detail: json!({ "waiver": row.waiver_id, "rule": row.rule }),
                },
            )?;
            told_of::waiver(c, &unit_keeper, &actor, (&row, &notices::WAIVER_ENDED))?;
            Ok(true)
        })
        .await?;
    if ended {
        Ok(())
    } else {
        Err(Failure::Refused(WaiverRefusal::NotFound))
    }
}

/// The waivers of a configuration, newest first, those that ended too.
///
/// # Errors
/// [`WaiverRefusal`] when there is no such configuration that the member may see, or a fault.
pub async fn waivers(
    keeper: &Keeper,
    member: &Member,
    handle: &str,
    environment: EnvironmentName,
) -> Result<Vec<Waiver>, Failure<WaiverRefusal>> {
    app(keeper, member, handle, environment)
        .await
        .map_err(from_app)?;
    let handle = handle.to_owned();
    let rows = keeper
        .store
        .read(move |c| validator::waivers_of(c, &handle, environment.as_str()))
        .await?;
    let today = keeper.today();
    Ok(rows.into_iter().map(|row| shown(row, today)).collect())
}

/// Why a waiver was not given or not ended.
#[derive(Debug, thiserror::Error)]
pub enum WaiverRefusal {
    /// The member may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The app cannot be shown.
    #[error(transparent)]
    App(AppRefusal),
    /// A reviewer of an own app.
    #[error(
        "You belong to the app's team or wrote its newest revision. Ask another reviewer for the waiver."
    )]
    Own,
    /// No such rule.
    #[error("There is no rule \"{0}\". The rules are listed at /help/rules.")]
    NoRule(String),
    /// A rule that holds for everybody.
    #[error("The rule {0} cannot be waived: what it forbids is dangerous or useless for any app.")]
    Never(String),
    /// Nobody answers for it.
    #[error("Write the e-mail address of the person who answers for the app meanwhile.")]
    Owner,
    /// No reason.
    #[error("Write in 10 to 500 characters why the rule need not hold.")]
    Reason,
    /// Too long, or over already.
    #[error("The last day must be after today and within a year.")]
    Until,
    /// No such waiver.
    #[error("There is no such waiver, or it has ended already.")]
    NotFound,
}

impl Refuse for WaiverRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.code(),
            Self::App(refusal) => refusal.code(),
            Self::Own => "waiver/own-app",
            Self::NoRule(_) => "waiver/no-rule",
            Self::Never(_) => "waiver/never",
            Self::Owner => "waiver/owner",
            Self::Reason => "waiver/reason",
            Self::Until => "waiver/until",
            Self::NotFound => "waiver/not-found",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Denied(denied) => denied.kind(),
            Self::App(refusal) => refusal.kind(),
            Self::Own => RefusalKind::Forbidden,
            Self::NotFound => RefusalKind::NotFound,
            Self::NoRule(_) | Self::Never(_) | Self::Owner | Self::Reason | Self::Until => {
                RefusalKind::Invalid
            }
        }
    }
}

/// Does a waiver hold on a day?
pub(crate) fn holds(row: &WaiverRow, today: Date) -> bool {
    row.ended_us.is_none() && row.until.parse::<Date>().is_ok_and(|until| today <= until)
}

/// A waiver as findings show it.
pub(crate) fn waived(row: &WaiverRow) -> Option<Waived> {
    Some(Waived {
        owner: row.owner.clone(),
        reason: row.reason.clone(),
        until: row.until.parse().ok()?,
        by: row.given_by_email.clone(),
    })
}

fn judge(ask: &WaiverAsk, today: Date) -> Result<(), WaiverRefusal> {
    let rule = Rule::named(&ask.rule)
        .ok_or_else(|| WaiverRefusal::NoRule(ask.rule.chars().take(60).collect()))?;
    if !rule.waivable {
        return Err(WaiverRefusal::Never(rule.id.to_owned()));
    }
    if !is_address(ask.owner.trim()) {
        return Err(WaiverRefusal::Owner);
    }
    let reason = ask.reason.trim();
    if !(10..=500).contains(&reason.chars().count()) || reason.contains('\0') {
        return Err(WaiverRefusal::Reason);
    }
    let last = today.checked_add(366.days()).unwrap_or(Date::MAX);
    if ask.until <= today || ask.until > last {
        return Err(WaiverRefusal::Until);
    }
    Ok(())
}

/// Only a reviewer who is not of the team.
fn may(keeper: &Keeper, member: &Member, team: &str) -> Result<(), Failure<WaiverRefusal>> {
    let now = keeper.clock.real_now();
    member
        .may(Action::WaiveRule, Belongs::ToTeam(team), now)
        .map_err(|denied| Failure::Refused(WaiverRefusal::Denied(denied)))?;
    if member.teams().contains(&team) {
        return Err(Failure::Refused(WaiverRefusal::Own));
    }
    Ok(())
}

fn from_app(failure: Failure<AppRefusal>) -> Failure<WaiverRefusal> {
    match failure {
        Failure::Refused(refusal) => Failure::Refused(WaiverRefusal::App(refusal)),
        Failure::Fault(fault) => Failure::Fault(fault),
    }
}

fn shown(row: WaiverRow, today: Date) -> Waiver {
    Waiver {
        holds: holds(&row, today),
        id: row.waiver_id,
        handle: row.handle,
        environment: row.environment,
        rule: row.rule,
        owner: row.owner,
        reason: row.reason,
        until: row.until,
        by: row.given_by_email,
        given: time(row.given_us),
    }
}
