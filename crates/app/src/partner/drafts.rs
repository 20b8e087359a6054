//! Drafts of the wizard: several at a time, shared by the team.

use std::sync::Arc;

use durward_domain::event::Event;
use durward_domain::permission::Action;
use durward_store::apps::{self, DraftRow};
use durward_store::{Conn, Fault as StoreFault};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::apps::AppRefusal;
use super::members::name_in;
use crate::actor::{Actor, Belongs, Member};
use crate::failure::{Failure, Fault, FaultKind};
use crate::keeper::{Happened, Keeper, time};
use crate::record::Trace;

/// An unfinished wizard.
#[derive(Clone, Debug, Serialize)]
pub struct Draft {
    /// Its id.
    pub id: String,
    /// What the team calls it; empty where it has no name of its own.
    pub name: String,
    /// The team.
    pub team: String,
    /// What was entered so far, as the page names it.
    pub entered: Value,
    /// Rises with every save: the ETag.
    pub version: i64,
    /// Who began it.
    pub author: String,
    /// Who saved it last.
    pub editor: String,
    /// When it was begun.
    pub created: Timestamp,
    /// When it was last saved.
    pub changed: Timestamp,
}

/// What is kept of a draft.
#[derive(Clone, Copy, Debug)]
pub struct DraftInput<'a> {
    /// The draft and the version that its editor saw; nothing for a new one.
    pub seen: Option<(&'a str, i64)>,
    /// What the team calls it.
    pub name: &'a str,
    /// The team.
    pub team: &'a str,
    /// What was entered so far.
    pub entered: &'a Value,
}

/// A draft that was kept.
#[derive(Clone, Debug, Serialize)]
pub struct DraftKept {
    /// Its id.
    pub id: String,
    /// Its new version.
    pub version: i64,
}

/// Saves a draft of a team.
///
/// # Errors
/// [`AppRefusal::Denied`] for another team, [`AppRefusal::Nothing`] when the id is of none that the member may change,
/// [`AppRefusal::DraftStale`] when somebody saved it since its editor saw it, [`AppRefusal::DraftTooLong`].
pub async fn draft_save(
    keeper: &Arc<Keeper>,
    member: &Member,
    input: DraftInput<'_>,
    trace: Option<&Trace>,
) -> Result<DraftKept, Failure<AppRefusal>> {
    let real_now = keeper.clock.real_now();
    member.may(Action::EditDraft, Belongs::ToTeam(input.team), real_now)?;
    let document = input.entered.to_string();
    if document.len() > MOST_BYTES {
        return Err(Failure::Refused(AppRefusal::DraftTooLong));
    }
    if let Some((id, _)) = input.seen {
        draft_find(keeper, member, id).await?;
    }
    let now = keeper.clock.now();
    let (id, version) = match input.seen {
        Some((id, version)) => (id.to_owned(), version),
        None => (keeper.random.uuid_v7(now).to_string(), 0),
    };
    let row = DraftRow {
        draft_id: id.clone(),
        team: input.team.to_owned(),
        author: member.id.clone(),
        document,
        changed_us: now.as_microsecond(),
        name: input.name.trim().chars().take(LONGEST_NAME).collect(),
        editor: member.id.clone(),
        version,
        created_us: now.as_microsecond(),
    };
    let note = Written::new(keeper, member, Event::DraftSaved, trace);
    let kept = keeper
        .store
        .write(move |c| {
            let version = if row.version == 0 {
                apps::insert_draft(c, &row)?
            } else {
                apps::update_draft(c, &row)?
            };
            if version.is_some() {
                note.record(c, &row.draft_id, &row.team)?;
            }
            Ok(version)
        })
        .await?;
    match kept {
        Some(version) => Ok(DraftKept { id, version }),
        None => {
            let theirs = draft_find(keeper, member, &id).await?;
            Err(Failure::Refused(AppRefusal::DraftStale(theirs.editor)))
        }
    }
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
        .read(move |c| {
            apps::find_draft(c, &wanted)?
                .map(|row| named(c, row))
                .transpose()
        })
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
                for row in apps::drafts_of_team(c, team)? {
                    list.push(named(c, row)?);
                }
            }
            list.sort_by_key(|row| std::cmp::Reverse(row.changed_us));
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

/// The same with names in place of members' ids.
fn named(c: &mut Conn, row: DraftRow) -> Result<DraftRow, StoreFault> {
    let editor = if row.editor.is_empty() {
        &row.author
    } else {
        &row.editor
    };
    let editor = name_in(c, editor)?;
    Ok(DraftRow {
        author: name_in(c, &row.author)?,
        editor,
        ..row
    })
}

fn draft(row: DraftRow) -> Result<Draft, Fault> {
    let entered = serde_json::from_str(&row.document)
        .map_err(|_| Fault::new(FaultKind::Corrupt, "a stored draft is not JSON"))?;
    Ok(Draft {
        id: row.draft_id,
        name: row.name,
        team: row.team,
        entered,
        version: row.version,
        author: row.author,
        editor: row.editor,
        created: time(if row.created_us == 0 {
            row.changed_us
        } else {
            row.created_us
        }),
        changed: time(row.changed_us),
    })
}

/// As long as a document may be.
const MOST_BYTES: usize = 512 * 1024;
const LONGEST_NAME: usize = 80;
