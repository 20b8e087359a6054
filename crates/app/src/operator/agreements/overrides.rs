//! Overrides: what the way of a document does not allow, asked for with a reason and carried out by a second person. None is
//! silent: each is an event, an entry of the history and a notice.

use std::sync::Arc;

use durward_domain::agreement::{AgreementState, Paper, Period};
use durward_domain::event::Event;
use durward_domain::permission::Action;
use durward_store::agreement_papers::{self as papers, OverrideRow};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::way::may_any;
use super::{Written, commit, history, tell};
use crate::actor::Member;
use crate::failure::{Failure, Fault, FaultKind};
use crate::keeper::{Happened, Keeper};
use crate::partner::agreements::{AgreementDenied, AgreementView, Loaded, load, shown};
use crate::partner::notices::{AGREEMENT_MOVED, AGREEMENT_OVERRIDE};
use crate::record::Trace;

/// What is to change. At least one of the three.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Another state, whatever the steps are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<AgreementState>,
    /// Another first day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts: Option<Date>,
    /// Another last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<Date>,
}

/// Asks for an override; answers its id.
///
/// # Errors
/// [`AgreementDenied`], or a fault.
pub async fn ask(
    keeper: &Arc<Keeper>,
    member: &Member,
    number: &str,
    (change, reason): (&Change, &str),
    trace: &Trace,
) -> Result<String, Failure<AgreementDenied>> {
    let Loaded { row, mut paper } = load(keeper, member, number).await?;
    may_any(keeper, member, number, &[Action::OverrideAgreement]).await?;
    let reason = reason.trim().to_owned();
    if reason.is_empty() {
        return Err(Failure::Refused(AgreementDenied::NoReason));
    }
    apply(&mut paper, change)?;
    let asked = OverrideRow {
        override_id: keeper.random.uuid_v7(keeper.clock.real_now()).to_string(),
        number: row.number.clone(),
        version: row.version,
        change: serde_json::to_string(change).unwrap_or_default(),
        reason,
        asked_by: member.id.clone(),
        asker: String::new(),
        asked_us: keeper.clock.now().as_microsecond(),
        decided_by: String::new(),
        decided_us: None,
        outcome: String::new(),
    };
    let id = asked.override_id.clone();
    let (unit_keeper, actor, trace) = (Arc::clone(keeper), member.actor(), trace.clone());
    let who = member.name.clone();
    keeper
        .store
        .write(move |c| {
            papers::add_override(c, &asked)?;
            history(c, &unit_keeper, &row, actor.id(), ("override_asked", &asked.reason))?;
            let values = vec![
                ("number", row.number.clone()),
                ("who", who.clone()),
                ("note", asked.reason.clone()),
            ];
            tell(c, &unit_keeper, &row, &AGREEMENT_OVERRIDE, values)?;
            unit_keeper.record(
                c,
                &Happened {
                    actor: &actor,
                    event: Event::AgreementOverrideAsked,
                    subject: &row.number,
                    trace: Some(&trace),
                    detail: json!({ "override": asked.override_id, "change": asked.change, "reason": asked.reason }),
                },
            )
        })
        .await?;
    Ok(id)
}

/// Carries an override out, or refuses it: once, by somebody else than who asked.
///
/// # Errors
/// [`AgreementDenied`], or a fault.
pub async fn decide(
    keeper: &Arc<Keeper>,
    member: &Member,
    (number, id): (&str, &str),
    confirms: bool,
    trace: &Trace,
) -> Result<AgreementView, Failure<AgreementDenied>> {
    let Loaded { row, mut paper } = load(keeper, member, number).await?;
    may_any(keeper, member, number, &[Action::OverrideAgreement]).await?;
    let wanted = id.to_owned();
    let asked = keeper
        .store
        .read(move |c| papers::find_override(c, &wanted))
        .await?
        .filter(|asked| asked.number == row.number)
        .ok_or(Failure::Refused(AgreementDenied::NoOverride))?;
    if asked.decided_us.is_some() {
        return Err(Failure::Refused(AgreementDenied::Decided));
    }
    if !confirms {
        refuse(keeper, member, asked, trace).await?;
        return shown(keeper, member, number).await;
    }
    if asked.asked_by == member.id {
        return Err(Failure::Refused(AgreementDenied::OwnOverride));
    }
    if asked.version != row.version {
        return Err(Failure::Refused(AgreementDenied::Stale));
    }
    let change: Change = serde_json::from_str(&asked.change)
        .map_err(|error| Fault::new(FaultKind::Corrupt, format!("a stored override: {error}")))?;
    apply(&mut paper, &change)?;
    let mut written = Written::of(
        keeper,
        row,
        &paper,
        Event::AgreementOverridden,
        "overridden",
    );
    written.reason = asked.reason;
    written.decides = Some(asked.override_id);
    written.tells(&AGREEMENT_MOVED, &member.name);
    commit(keeper, member, written, trace).await?;
    shown(keeper, member, number).await
}

async fn refuse(
    keeper: &Arc<Keeper>,
    member: &Member,
    asked: OverrideRow,
    trace: &Trace,
) -> Result<(), Failure<AgreementDenied>> {
    let (unit_keeper, actor, trace) = (Arc::clone(keeper), member.actor(), trace.clone());
    let done = keeper.store.write(move |c| {
        let now_us = unit_keeper.clock.now().as_microsecond();
        if !papers::decide_override(c, &asked.override_id, (actor.id(), "refused"), now_us)? {
            return Ok(false);
        }
        unit_keeper.record(
            c,
            &Happened {
                actor: &actor,
                event: Event::AgreementOverrideRefused,
                subject: &asked.number,
                trace: Some(&trace),
                detail: json!({ "override": asked.override_id }),
            },
        )?;
        Ok(true)
    });
    done.await?
        .then_some(())
        .ok_or(Failure::Refused(AgreementDenied::Decided))
}

fn apply(paper: &mut Paper, change: &Change) -> Result<(), Failure<AgreementDenied>> {
    let held = paper.period();
    let period = Period::new(
        change.starts.unwrap_or(held.start),
        change.ends.unwrap_or(held.end),
    )
    .ok_or(Failure::Refused(AgreementDenied::Period))?;
    let state = change.state.unwrap_or(paper.state());
    if period == held && state == paper.state() {
        return Err(Failure::Refused(AgreementDenied::NothingChanges));
    }
    paper.set_period(period);
    paper.set_state(state);
    Ok(())
}
