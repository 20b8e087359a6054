//! Drafts of the wizard: several at a time, shared by the team.

use std::sync::Arc;

use durward_domain::event::Event;
use durward_domain::permission::Action;
use durward_store::apps::{self, DraftRow};
use durward_store::{Conn, Fault as StoreFault};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::apps::AppRefusal;
use crate::actor::{Actor, Belongs, Member};
use crate::failure::{Failure, Fault, FaultKind};
use crate::keeper::{Happened, Keeper, time};
use crate::record::Trace;

/// An unfinished wizard.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Its id.
    pub id: String,
    /// The team.
    pub team: String,
    /// What was entered so far, as the page names it.
    pub entered: Value,
    /// When it was last saved.
    pub changed: Timestamp,
}

/// Saves a draft of a team; without an id a new one. Answers its id.
///
/// # Errors
/// [`AppRefusal::Denied`] for another team, [`AppRefusal::Nothing`] when the id is of none that the member may change.
pub async fn draft_save(
    keeper: &Arc<Keeper>,
    member: &Member,
    id: Option<&str>,
    (team, entered): (&str, &Value),
    trace: Option<&Trace>,
) -> Result<String, Failure<AppRefusal>> {
    let real_now = keeper.clock.real_now();
    member.may(Action::EditDraft, Belongs::ToTeam(team), real_now)?;
    if let Some(id) = id {
        draft_find(keeper, member, id).await?;
    }
    let now = keeper.clock.now();
    let row = DraftRow {
        draft_id: id.map_or_else(|| keeper.random.uuid_v7(now).to_string(), str::to_owned),
        team: team.to_owned(),
        author: member.id.clone(),
        document: entered.to_string(),
        changed_us: now.as_microsecond(),
    };
    let id = row.draft_id.clone();
    let note = Written::new(keeper, member, Event::DraftSaved, trace);
    keeper
        .store
        .write(move |c| {
            apps::put_draft(c, &row)?;
            note.record(c, &row.draft_id, &row.team)
        })
        .await?;
    Ok(id)
}

/// One draft.
///
/// # Errors
/// [`AppRefusal::Nothing`] when there is none that the member may change.
pub async fn draft_find(
    keeper: &Keeper,
    member: &Member,
    id: &str,
) -> Result<Draft, Failure<AppRefusal>> {
    let wanted = id.to_owned();
    let found = keeper
        .store
        .read(move |c| apps::find_draft(c, &wanted))
        .await?;
    let row = found
        .filter(|row| member.reaches(Action::EditDraft, Belongs::ToTeam(&row.team)))
        .ok_or(Failure::Refused(AppRefusal::Nothing("draft")))?;
    Ok(draft(row)?)
}

/// The drafts of the member's teams, newest first.
///
/// # Errors
/// A fault.
pub async fn drafts(keeper: &Keeper, member: &Member) -> Result<Vec<Draft>, Fault> {
    let teams: Vec<String> = member
        .teams()
        .into_iter()
        .filter(|team| member.reaches(Action::EditDraft, Belongs::ToTeam(team)))
        .map(str::to_owned)
        .collect();
    let rows = keeper
        .store
        .read(move |c| {
            let mut list = Vec::new();
            for team in &teams {
                list.extend(apps::drafts_of_team(c, team)?);
            }
            Ok(list)
        })
        .await?;
    rows.into_iter().map(draft).collect()
}

/// Forgets a draft.
///
/// # Errors
/// [`AppRefusal::Nothing`] when there is none that the member may change.
pub async fn draft_delete(
    keeper: &Arc<Keeper>,
    member: &Member,
    id: &str,
    trace: &Trace,
) -> Result<(), Failure<AppRefusal>> {
    let draft = draft_find(keeper, member, id).await?;
    let note = Written::new(keeper, member, Event::DraftDeleted, Some(trace));
    keeper
        .store
        .write(move |c| {
            apps::delete_draft(c, &draft.id)?;
            note.record(c, &draft.id, &draft.team)
        })
        .await?;
    Ok(())
}

/// What a unit records of a written draft.
struct Written {
    keeper: Arc<Keeper>,
    actor: Actor,
    event: Event,
    trace: Option<Trace>,
}

impl Written {
    fn new(keeper: &Arc<Keeper>, member: &Member, event: Event, trace: Option<&Trace>) -> Self {
        Self {
            keeper: Arc::clone(keeper),
            actor: member.actor(),
            event,
            trace: trace.cloned(),
        }
    }

    fn record(&self, c: &mut Conn, id: &str, team: &str) -> Result<(), StoreFault> {
        self.keeper.record(
            c,
            &Happened {
                actor: &self.actor,
                event: self.event,
                subject: id,
                trace: self.trace.as_ref(),
                detail: json!({ "team": team }),
            },
        )
    }
}

fn draft(row: DraftRow) -> Result<Draft, Fault> {
    let entered = serde_json::from_str(&row.document)
        .map_err(|_| Fault::new(FaultKind::Corrupt, "a stored draft is not JSON"))?;
    Ok(Draft {
        id: row.draft_id,
        team: row.team,
        entered,
        changed: time(row.changed_us),
    })
}
