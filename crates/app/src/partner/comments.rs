//! Comments on the fields of a request: threads by JSON Pointer. What a reviewer writes is told with the decision.

use std::sync::Arc;

use durward_domain::application::AppDocument;
use durward_domain::event::Event;
use durward_domain::launch::{LaunchBody, LaunchState};
use durward_domain::permission::Action;
use durward_store::comments::{self, CommentRow};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::launches::{LaunchDenied, LaunchView, find};
use crate::actor::{Belongs, Member};
use crate::failure::{Failure, Fault};
use crate::keeper::{Happened, Keeper, time};
use crate::record::Trace;

/// A comment as its readers see it.
#[derive(Clone, Debug, Serialize)]
pub struct Comment {
    /// Its id.
    pub id: String,
    /// The field, as a JSON Pointer into the document, or under `/request` into what was asked; empty for the whole.
    pub path: String,
    /// Who wrote it.
    pub author: String,
    /// `staff` or `team`.
    pub side: String,
    /// What was written.
    pub text: String,
    /// When.
    pub written: Timestamp,
    /// Whether the other side sees it.
    pub told: bool,
    /// Whether it is settled.
    pub settled: bool,
}

/// Writes a comment. One of a reviewer on a request in review is told with the decision.
///
/// # Errors
/// [`LaunchDenied`], or a fault.
pub async fn write(
    keeper: &Arc<Keeper>,
    member: &Member,
    id: &str,
    (path, text): (&str, &str),
    trace: &Trace,
) -> Result<LaunchView, Failure<LaunchDenied>> {
    let view = find(keeper, member, id).await?;
    let side = side(keeper, member, &view.summary.team)?;
    if view.summary.state.is_final() {
        return Err(Failure::Refused(LaunchDenied::NotEditable(
            view.summary.state,
        )));
    }
    let text = text.trim();
    if text.is_empty() || text.chars().count() > LONGEST {
        return Err(Failure::Refused(LaunchDenied::Comment));
    }
    if !is_field(&view.document, &view.request, path) {
        return Err(Failure::Refused(LaunchDenied::NoSuchField(
            path.chars().take(100).collect(),
        )));
    }
    if view.comments.len() >= MOST {
        return Err(Failure::Refused(LaunchDenied::TooManyComments));
    }
    let now = keeper.clock.now();
    let waits = side == STAFF && view.summary.state == LaunchState::Submitted;
    let row = CommentRow {
        comment_id: keeper.random.uuid_v7(now).to_string(),
        launch_id: id.to_owned(),
        path: path.to_owned(),
        author: member.id.clone(),
        author_name: member.name.clone(),
        side: side.to_owned(),
        words: text.to_owned(),
        written_us: now.as_microsecond(),
        told_us: (!waits).then_some(now.as_microsecond()),
        closed_us: None,
    };
    let (unit_keeper, actor, trace) = (Arc::clone(keeper), member.actor(), trace.clone());
    keeper
        .store
        .write(move |c| {
            comments::add(c, &row)?;
            unit_keeper.record(
                c,
                &Happened {
                    actor: &actor,
                    event: Event::LaunchCommented,
                    subject: &row.launch_id,
                    trace: Some(&trace),
                    detail: json!({ "comment": row.comment_id, "path": row.path, "side": row.side }),
                },
            )
        })
        .await?;
    find(keeper, member, id).await
}

/// Settles a comment: of either side.
///
/// # Errors
/// [`LaunchDenied`], or a fault.
pub async fn settle(
    keeper: &Arc<Keeper>,
    member: &Member,
    (id, comment): (&str, &str),
    trace: &Trace,
) -> Result<LaunchView, Failure<LaunchDenied>> {
    let view = find(keeper, member, id).await?;
    side(keeper, member, &view.summary.team)?;
    if !view.comments.iter().any(|one| one.id == comment) {
        return Err(Failure::Refused(LaunchDenied::NotFound));
    }
    let (launch, comment, by) = (id.to_owned(), comment.to_owned(), member.id.clone());
    let now_us = keeper.clock.now().as_microsecond();
    let (unit_keeper, actor, trace) = (Arc::clone(keeper), member.actor(), trace.clone());
    keeper
        .store
        .write(move |c| {
            if !comments::close(c, (&comment, &launch), &by, now_us)? {
                return Ok(());
            }
            unit_keeper.record(
                c,
                &Happened {
                    actor: &actor,
                    event: Event::LaunchCommented,
                    subject: &launch,
                    trace: Some(&trace),
                    detail: json!({ "comment": comment, "settled": true }),
                },
            )
        })
        .await?;
    find(keeper, member, id).await
}

/// The open comments that a team sees at the fields of a configuration: those of its request that is open.
///
/// # Errors
/// A fault.
pub async fn at_fields(
    keeper: &Keeper,
    member: &Member,
    (handle, environment): (&str, &str),
) -> Result<Vec<Comment>, Fault> {
    let (handle, environment) = (handle.to_owned(), environment.to_owned());
    let found = keeper
        .store
        .read(move |c| {
            let rows = durward_store::launches::of_app(c, &handle)?;
            let open = rows.into_iter().find(|row| {
                row.environment == environment
                    && LaunchState::parse(&row.state).is_some_and(|state| {
                        !state.is_final() && !state.is_live() && state != LaunchState::RolledBack
                    })
            });
            match open {
                Some(row) => Ok(Some((comments::of_launch(c, &row.launch_id)?, row.team))),
                None => Ok(None),
            }
        })
        .await?;
    let Some((rows, team)) = found else {
        return Ok(Vec::new());
    };
    if !member.reaches(Action::ViewLaunch, Belongs::ToTeam(&team)) {
        return Ok(Vec::new());
    }
    Ok(visible(member, &team, &rows)
        .into_iter()
        .filter(|comment| !comment.settled)
        .collect())
}

/// The comments that a member may see: all that were told, and those of the own side.
pub(crate) fn visible(member: &Member, team: &str, rows: &[CommentRow]) -> Vec<Comment> {
    let mine = if member.reaches(Action::ReviewLaunch, Belongs::ToTeam(team)) {
        STAFF
    } else {
        TEAM
    };
    let shown = rows
        .iter()
        .filter(|row| row.told_us.is_some() || row.side == mine);
    shown
        .map(|row| Comment {
            id: row.comment_id.clone(),
            path: row.path.clone(),
            author: row.author_name.clone(),
            side: row.side.clone(),
            text: row.words.clone(),
            written: time(row.written_us),
            told: row.told_us.is_some(),
            settled: row.closed_us.is_some(),
        })
        .collect()
}

/// On which side a member writes.
fn side(
    keeper: &Keeper,
    member: &Member,
    team: &str,
) -> Result<&'static str, Failure<LaunchDenied>> {
    let (belongs, now) = (Belongs::ToTeam(team), keeper.clock.real_now());
    if member.reaches(Action::RequestLaunch, belongs) {
        member.may(Action::RequestLaunch, belongs, now)?;
        return Ok(TEAM);
    }
    member.may(Action::ReviewLaunch, belongs, now)?;
    Ok(STAFF)
}

/// Does a pointer name a field of the document, or under `/request` of what was asked?
fn is_field(document: &AppDocument, body: &LaunchBody, path: &str) -> bool {
    if path.is_empty() {
        return true;
    }
    let read = |value: Result<Value, serde_json::Error>, path: &str| {
        let value = value.unwrap_or_default();
        // A list or a table may have lost or not yet have the entry that is spoken of.
        let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        let is_open = |value: &Value| value.is_array() || value.is_object() && !parent.is_empty();
        value.pointer(path).is_some() || value.pointer(parent).is_some_and(is_open)
    };
    if path.len() > LONGEST_PATH || !path.starts_with('/') {
        return false;
    }
    match path.strip_prefix("/request") {
        Some(rest) if rest.starts_with('/') => read(serde_json::to_value(body), rest),
        _ => read(serde_json::to_value(document), path),
    }
}

/// In a step's unit: what reviewers wrote goes out with their decision.
pub(crate) fn told_with(
    c: &mut durward_store::Conn,
    event: durward_domain::launch::LaunchEvent,
    launch_id: &str,
    now_us: i64,
) -> Result<(), durward_store::Fault> {
    use durward_domain::launch::LaunchEvent as E;
    if matches!(event, E::Approve | E::RequestChanges | E::Reject) {
        comments::tell(c, launch_id, now_us)?;
    }
    Ok(())
}

const STAFF: &str = "staff";
const TEAM: &str = "team";
const LONGEST: usize = 2000;
const LONGEST_PATH: usize = 200;
const MOST: usize = 200;
