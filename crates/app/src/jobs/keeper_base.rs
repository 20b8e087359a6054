//! Whether a request still stands on what is live: another release may have changed the app since it was submitted.

use std::sync::Arc;

use durward_domain::diff::diff;
use durward_domain::environment::EnvironmentName;
use durward_domain::launch::{LaunchEvent, LaunchState};
use durward_store::launches::LaunchRow;
use durward_store::{apps, releases};

use crate::failure::Fault;
use crate::keeper::Keeper;
use crate::partner::apps::document_of;
use crate::partner::launches::Stored;
use crate::partner::steps::{self, By, Current};

/// What changed under a request since it was submitted, in a sentence; nothing when it stands on what is live.
pub(crate) async fn moved(
    keeper: &Keeper,
    row: &LaunchRow,
    stored: &Stored,
) -> Result<Option<String>, Fault> {
    if stored.body.retire.is_some() {
        // Whatever is live ends.
        return Ok(None);
    }
    let (handle, environment) = (row.handle.clone(), row.environment.clone());
    let base = stored.live_revision.clone();
    let found = keeper.store.read(move |c| {
        let live = releases::app_in(c, &environment, &handle)?.map(|(revision, _)| revision);
        if live == base {
            return Ok(None);
        }
        let mut read = |id: Option<String>| match id {
            Some(id) => apps::find_revision(c, &id),
            None => Ok(None),
        };
        Ok(Some((read(base.clone())?, read(live)?)))
    });
    let Some((before, now)) = found.await? else {
        return Ok(None);
    };
    let place = &row.environment;
    Ok(Some(match (before, now) {
        (Some(before), Some(now)) => {
            let (old, new) = (document_of(&before.document)?, document_of(&now.document)?);
            let lines: Vec<String> = diff(&old, &new)
                .into_iter()
                .take(SHOWN)
                .map(|line| line.sentence)
                .collect();
            format!(
                "Revision {} is live in {place} now, no longer revision {}: {}.",
                now.number,
                before.number,
                lines.join("; ")
            )
        }
        (None, Some(now)) => format!("Revision {} is live in {place} meanwhile.", now.number),
        (_, None) => format!("The app is no longer live in {place}."),
    }))
}

/// Sends a request back whose base moved: its review was of another difference.
pub(crate) async fn sent_back(keeper: &Arc<Keeper>, row: &LaunchRow) -> Result<bool, Fault> {
    let mut stored = Stored::read(row)?;
    if EnvironmentName::parse(&row.environment).is_err() {
        return Ok(false);
    }
    let Some(sentence) = moved(keeper, row, &stored).await? else {
        return Ok(false);
    };
    stored.approvals.clear();
    let next = Current {
        row: row.clone(),
        stored,
        state: LaunchState::ChangesRequested,
    };
    let by = By::server(format!(
        "Not deployed: what is live changed since it was submitted. {sentence} Look at the difference and submit again."
    ));
    steps::write(keeper, next, vec![(LaunchEvent::RequestChanges, by)]).await?;
    Ok(true)
}

const SHOWN: usize = 5;
