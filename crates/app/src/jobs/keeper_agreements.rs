//! Tells of agreements that end: at 120, 60 and 30 days once each, by the keeper's clock, and when they have ended. One
//! guarded row is one telling, whatever restarts and however many nodes look. Then the policy acts on live apps.

use std::sync::Arc;

use durward_domain::agreement::{AgreementState, AgreementStep, Paper, Standing};
use durward_domain::event::Event;
use durward_store::agreement_papers as papers;
use durward_store::agreements::{self, AgreementRow};
use serde_json::json;

use crate::actor::Actor;
use crate::failure::Fault;
use crate::keeper::{Happened, Keeper};
use crate::operator::agreements::{ends, history, tell as tell_partners};
use crate::partner::agreements::paper_of;
use crate::partner::notices::{AGREEMENT_ENDED, AGREEMENT_ENDING};

/// The days before the end at which partners are told.
pub const THRESHOLDS: [i64; 3] = [120, 60, 30];

/// Tells of agreements that end, and does to live apps what the programme's policy says when no Order covers them any more.
///
/// # Errors
/// A fault; what was done stays done.
pub async fn run(keeper: &Arc<Keeper>) -> Result<(), Fault> {
    tell(keeper).await?;
    ends::act(keeper).await?;
    Ok(())
}

/// Tells of every agreement that came to a threshold or to its end; answers how many were told.
///
/// # Errors
/// A fault; what was told stays told.
pub(crate) async fn tell(keeper: &Arc<Keeper>) -> Result<u32, Fault> {
    let today = keeper.today();
    let mut told = 0;
    for (row, paper) in signed(keeper).await? {
        let left = i64::from(paper.period().days_left(today));
        let done = match paper.standing(today) {
            Standing::Active | Standing::PendingStart => {
                let Some(threshold) = THRESHOLDS.into_iter().rfind(|days| left <= *days) else {
                    continue;
                };
                ending(keeper, row, &paper, (threshold, left)).await?
            }
            Standing::Expired if paper.state().in_force() => expired(keeper, row, paper).await?,
            _ => false,
        };
        told += u32::from(done);
    }
    Ok(told)
}

async fn signed(keeper: &Keeper) -> Result<Vec<(AgreementRow, Paper)>, Fault> {
    let rows = keeper
        .store
        .read(|c| {
            let mut rows = agreements::all(c)?;
            rows.extend(agreements::of_kind(c, agreements::GTC)?);
            Ok(rows)
        })
        .await?;
    rows.into_iter()
        .filter(|row| AgreementState::parse(&row.state).is_some_and(AgreementState::in_force))
        .map(|row| {
            let paper = paper_of(&row)?;
            Ok((row, paper))
        })
        .collect()
}

async fn ending(
    keeper: &Arc<Keeper>,
    row: AgreementRow,
    paper: &Paper,
    (threshold, left): (i64, i64),
) -> Result<bool, Fault> {
    let (unit_keeper, ends) = (Arc::clone(keeper), paper.period().end.to_string());
    let done = keeper.store.write(move |c| {
        let now_us = unit_keeper.clock.now().as_microsecond();
        if !papers::tell_end(c, &row.number, threshold, now_us)? {
            return Ok(false);
        }
        let values = vec![
            ("number", row.number.clone()),
            ("days", left.to_string()),
            ("ends", ends.clone()),
            (
                "policy",
                unit_keeper.programme.agreement.expiry.as_str().to_owned(),
            ),
        ];
        tell_partners(c, &unit_keeper, &row, &AGREEMENT_ENDING, values)?;
        unit_keeper.record(
            c,
            &Happened {
                actor: &Actor::System("agreements"),
                event: Event::AgreementEndTold,
                subject: &row.number,
                trace: None,
                detail: json!({ "threshold": threshold }),
            },
        )?;
        Ok(true)
    });
    Ok(done.await?)
}

async fn expired(keeper: &Arc<Keeper>, row: AgreementRow, mut paper: Paper) -> Result<bool, Fault> {
    let Ok(after) = paper.state().after(AgreementStep::Expire) else {
        return Ok(false);
    };
    paper.set_state(after);
    let unit_keeper = Arc::clone(keeper);
    let ends = paper.period().end.to_string();
    let next = AgreementRow {
        state: after.as_str().to_owned(),
        document: paper.kept(),
        changed_us: keeper.clock.now().as_microsecond(),
        ..row
    };
    let done = keeper.store.write(move |c| {
        if !agreements::update(c, &next)? {
            return Ok(false);
        }
        history(c, &unit_keeper, &next, "agreements", ("expire", ""))?;
        let values = vec![
            ("number", next.number.clone()),
            ("ends", ends.clone()),
            (
                "policy",
                unit_keeper.programme.agreement.expiry.as_str().to_owned(),
            ),
        ];
        tell_partners(c, &unit_keeper, &next, &AGREEMENT_ENDED, values)?;
        unit_keeper.record(
            c,
            &Happened {
                actor: &Actor::System("agreements"),
                event: Event::AgreementExpired,
                subject: &next.number,
                trace: None,
                detail: json!({ "ends": ends }),
            },
        )?;
        Ok(true)
    });
    Ok(done.await?)
}
