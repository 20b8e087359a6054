//! Looks after open rotations: tells the team when its app can be switched, when the old key can go, and when it is gone.

use std::sync::Arc;

use durward_domain::change::{QUIET_DAYS, RotationStage};
use durward_domain::environment::EnvironmentName;
use durward_domain::event::Event;
use durward_domain::permission::Role;
use durward_store::rotations::{self, RotationRow};
use durward_store::{Conn, Fault as StoreFault};
use serde_json::json;

use super::standing;
use crate::actor::Actor;
use crate::failure::Fault;
use crate::keeper::{Happened, Keeper};
use crate::partner::notices::{self, Notice, NoticeKind, To};

/// Notes what became of every open rotation; answers how many came to another stage.
///
/// # Errors
/// A fault; what was noted stays noted.
pub async fn watch(keeper: &Arc<Keeper>) -> Result<u32, Fault> {
    let mut moved = 0;
    for row in keeper.store.read(rotations::open).await? {
        if look(keeper, row).await? {
            moved += 1;
        }
    }
    Ok(moved)
}

/// Notes the end of an app's rotation that has come to it, so that the next one can begin.
pub(super) async fn settle(
    keeper: &Arc<Keeper>,
    (handle, environment): (&str, EnvironmentName),
) -> Result<(), Fault> {
    let name = handle.to_owned();
    let newest = keeper
        .store
        .read(move |c| rotations::newest(c, &name, environment.as_str()))
        .await?;
    if let Some(row) = newest.filter(|row| row.ended_us.is_none()) {
        look(keeper, row).await?;
    }
    Ok(())
}

/// `true` when it came to another stage since it was looked at last.
async fn look(keeper: &Arc<Keeper>, row: RotationRow) -> Result<bool, Fault> {
    let (seen, now) = (row.clone(), keeper.clock.real_now());
    // Most looks find nothing new, and write nothing.
    let stage = keeper
        .store
        .read(move |c| Ok(standing(c, &seen, now)?.facts.stage(now)));
    if stage.await?.as_str() == row.stage {
        return Ok(false);
    }
    let unit_keeper = Arc::clone(keeper);
    let moved = keeper.store.write(move |c| {
        let now = unit_keeper.clock.real_now();
        let stage = standing(c, &row, now)?.facts.stage(now);
        if stage.as_str() == row.stage {
            return Ok(false);
        }
        let first = if stage.is_over() {
            rotations::end(c, &row.rotation_id, stage.as_str(), now.as_microsecond())?
        } else {
            let steps = (row.stage.as_str(), stage.as_str());
            rotations::set_stage(c, &row.rotation_id, steps)?
        };
        if first {
            told(c, &unit_keeper, &row, stage)?;
        }
        Ok(first)
    });
    Ok(moved.await?)
}

fn told(
    c: &mut Conn,
    keeper: &Keeper,
    row: &RotationRow,
    stage: RotationStage,
) -> Result<(), StoreFault> {
    let kind: &'static NoticeKind = match stage {
        RotationStage::WaitsForUse => &notices::ROTATION_LIVE,
        RotationStage::Ready => &notices::ROTATION_READY,
        RotationStage::Done => &notices::ROTATION_DONE,
        _ => return Ok(()),
    };
    if stage == RotationStage::Done {
        let happened = Happened {
            actor: &Actor::System("keys"),
            event: Event::RotationEnded,
            subject: &format!("{}/{}", row.handle, row.environment),
            trace: None,
            detail: json!({ "old_key": row.old_thumbprint, "new_key": row.new_thumbprint }),
        };
        keeper.record(c, &happened)?;
    }
    let notice = Notice {
        to: &[
            To::Member(&row.author),
            To::Team(&row.team, &[Role::PartnerAdmin, Role::PartnerDeveloper]),
        ],
        kind,
        link: format!("/apps/{}/{}/rotation", row.handle, row.environment),
        values: vec![
            ("app", row.handle.clone()),
            ("environment", row.environment.clone()),
            ("old_key", row.old_thumbprint.clone()),
            ("new_key", row.new_thumbprint.clone()),
            ("days", QUIET_DAYS.to_string()),
        ],
    };
    notices::post(c, keeper, &notice)
}
