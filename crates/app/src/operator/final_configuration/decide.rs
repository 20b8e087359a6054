//! The second person's decision: the revision and the decision are kept in one unit.

use std::sync::Arc;

use durward_domain::environment::EnvironmentName;
use durward_domain::event::Event;
use durward_domain::launch::{LaunchEvent, LaunchRefusal, LaunchState};
use durward_domain::permission::Action;
use durward_store::final_configurations::{self, ProposalRow};
use durward_store::{Conn, Fault as StoreFault, apps, launches};
use serde_json::json;

use super::{FinalDenied, FinalView, given, newest, seen, told};
use crate::actor::{Belongs, Member};
use crate::failure::{Failure, Fault};
use crate::keeper::{Happened, Keeper};
use crate::partner::apps::document_of;
use crate::partner::launches::{Stored, interests, state_of};
use crate::partner::notices;
use crate::partner::save::FinalRevision;
use crate::partner::steps::{self, By, Current};
use crate::record::Trace;

/// What the second person says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It becomes the newest revision.
    Approve,
    /// It does not.
    Reject,
}

/// Decides on a final configuration. `seen_digest` is the digest of the document that the member looked at.
///
/// # Errors
/// [`FinalDenied`], or a fault.
pub async fn decide(
    keeper: &Arc<Keeper>,
    member: &Member,
    (handle, environment): (&str, EnvironmentName),
    (verdict, seen_digest, note): (Verdict, &str, &str),
    trace: &Trace,
) -> Result<FinalView, Failure<FinalDenied>> {
    let view = seen(keeper, member, handle, environment).await?;
    let name = handle.to_owned();
    let open = keeper.store.read(move |c| {
        let all = final_configurations::of_app(c, &name, environment.as_str())?;
        Ok(all.into_iter().next())
    });
    let row = open.await?.ok_or(Failure::Refused(FinalDenied::NotFound))?;
    if row.author == member.id {
        // Told before the role: it is the reason that no other role would change.
        return Err(Failure::Refused(LaunchRefusal::OwnRequest.into()));
    }
    let now = keeper.clock.real_now();
    member.may(Action::DecideFinalConfiguration, Belongs::ToProgramme, now)?;
    if let Some(agency) = interests::conflict(keeper, member, &view.summary.team).await? {
        return Err(Failure::Refused(
            LaunchRefusal::ConflictOfInterest(agency).into(),
        ));
    }
    if row.decided_us.is_some() {
        return Err(Failure::Refused(FinalDenied::Decided));
    }
    if !seen_digest.is_empty() && seen_digest != row.digest {
        return Err(Failure::Refused(LaunchRefusal::StaleReview.into()));
    }
    let note = match verdict {
        Verdict::Approve => note.trim().chars().take(500).collect(),
        Verdict::Reject => given(note)?,
    };
    let revision = match verdict {
        Verdict::Reject => None,
        Verdict::Approve if row.base_revision_id != view.revision_id => {
            return Err(Failure::Refused(FinalDenied::BaseMoved));
        }
        Verdict::Approve => Some(FinalRevision::new(
            keeper,
            (member, &row.author),
            &document_of(&row.document)?,
            view.summary.version,
            (&format!("Final configuration: {}", row.reason), trace),
        )),
    };
    let unit = Unit {
        keeper: Arc::clone(keeper),
        by: By::member(member, &note, trace),
        team: view.summary.team.clone(),
        row,
        revision,
    };
    let done = keeper.store.write(move |c| unit.run(c)).await?;
    done.map_err(Failure::Refused)?;
    if verdict == Verdict::Approve {
        send_back(keeper, member, (handle, environment), trace).await?;
    }
    newest(keeper, member, handle, environment).await
}

struct Unit {
    keeper: Arc<Keeper>,
    by: By,
    team: String,
    row: ProposalRow,
    revision: Option<FinalRevision>,
}

impl Unit {
    fn run(&self, c: &mut Conn) -> Result<Result<(), FinalDenied>, StoreFault> {
        let now_us = self.keeper.clock.now().as_microsecond();
        let row = &self.row;
        let standing = final_configurations::find(c, &row.proposal_id)?;
        if standing.is_none_or(|row| row.decided_us.is_some()) {
            return Ok(Err(FinalDenied::Decided));
        }
        let (state, event, kind, kept) = match &self.revision {
            None => (
                "rejected",
                Event::FinalRejected,
                &notices::FINAL_REJECTED,
                None,
            ),
            Some(revision) => {
                let current = apps::find_configuration(c, &row.handle, &row.environment)?;
                if current.is_none_or(|one| one.revision_id != row.base_revision_id) {
                    return Ok(Err(FinalDenied::BaseMoved));
                }
                match revision.keep(c)? {
                    Ok((id, _)) => (
                        "approved",
                        Event::FinalApproved,
                        &notices::FINAL_APPROVED,
                        Some(id),
                    ),
                    Err(refusal) => return Ok(Err(refusal.into())),
                }
            }
        };
        let said = (self.by.actor.id(), now_us, self.by.note.as_str());
        if !final_configurations::decide(c, &row.proposal_id, state, said, kept.as_deref())? {
            // Undoes the revision: somebody else decided in the same moment.
            return Err(StoreFault::new(
                durward_store::FaultKind::Busy,
                "a final configuration was decided on meanwhile",
            ));
        }
        let happened = Happened {
            actor: &self.by.actor,
            event,
            subject: &format!("{}/{}", row.handle, row.environment),
            trace: self.by.trace.as_ref(),
            detail: json!({ "proposal": row.proposal_id, "author": row.author, "digest": row.digest, "note": self.by.note }),
        };
        self.keeper.record(c, &happened)?;
        told(c, &self.keeper, (row, &self.team), kind, &self.by.note)?;
        Ok(Ok(()))
    }
}

/// A request that was sent with an older revision goes back to its team, which looks at the final one and sends it again.
async fn send_back(
    keeper: &Arc<Keeper>,
    member: &Member,
    (handle, environment): (&str, EnvironmentName),
    trace: &Trace,
) -> Result<(), Fault> {
    let name = handle.to_owned();
    let rows = keeper.store.read(move |c| launches::of_app(c, &name));
    for row in rows.await? {
        let decided_on = matches!(
            state_of(&row)?,
            LaunchState::Submitted | LaunchState::Approved | LaunchState::Scheduled
        );
        let here = row.environment == environment.as_str();
        let mut stored = Stored::read(&row)?;
        if !here || !decided_on || row.release_id.is_some() || stored.body.retire.is_some() {
            continue;
        }
        stored.approvals.clear();
        let next = Current {
            row,
            stored,
            state: LaunchState::ChangesRequested,
        };
        let by = By::member(member, SENT_BACK, trace);
        // Who was faster moved it: then it is not at this revision any more, or on its way.
        steps::write(keeper, next, vec![(LaunchEvent::RequestChanges, by)]).await?;
    }
    Ok(())
}

const SENT_BACK: &str =
    "The programme made the final configuration. Look at what it changes, and submit again.";
