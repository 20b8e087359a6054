//! Revisions: kept for ever, compared and restored.

use std::sync::Arc;

use durward_domain::application::AppDocument;
use durward_domain::diff::{DiffLine, diff};
use durward_domain::environment::EnvironmentName;
use durward_store::apps::{self, RevisionRow};
use jiff::Timestamp;
use serde::Serialize;

use super::apps::{AppRefusal, app, document_of};
use super::members::name_in;
use super::save::{Input, Save, Saved, save_app};
use crate::actor::Member;
use crate::failure::Failure;
use crate::keeper::{Keeper, time};
use crate::record::Trace;

/// One revision.
#[derive(Clone, Debug, Serialize)]
pub struct Revision {
    /// Its id.
    pub id: String,
    /// Counts up from 1.
    pub number: i64,
    /// Who saved it.
    pub author: String,
    /// Why.
    pub note: String,
    /// When.
    pub created: Timestamp,
    /// The document.
    #[serde(skip)]
    pub document: AppDocument,
}

/// The revisions of a configuration, newest first.
///
/// # Errors
/// [`AppRefusal::NotFound`] when the member may see none.
pub async fn revisions(
    keeper: &Keeper,
    member: &Member,
    handle: &str,
    environment: EnvironmentName,
) -> Result<Vec<Revision>, Failure<AppRefusal>> {
    app(keeper, member, handle, environment).await?;
    let name = handle.to_owned();
    let rows = keeper
        .store
        .read(move |c| {
            let mut list = Vec::new();
            for row in apps::revisions_of(c, &name, environment.as_str())? {
                let author = name_in(c, &row.author)?;
                list.push((row, author));
            }
            Ok(list)
        })
        .await?;
    rows.into_iter()
        .map(|(row, author)| Ok(revision(row, author)?))
        .collect()
}

/// What differs between two revisions of a configuration, by number.
///
/// # Errors
/// [`AppRefusal::Nothing`] when there is no such revision.
pub async fn diff_revisions(
    keeper: &Keeper,
    member: &Member,
    handle: &str,
    environment: EnvironmentName,
    (older, newer): (i64, i64),
) -> Result<Vec<DiffLine>, Failure<AppRefusal>> {
    let list = revisions(keeper, member, handle, environment).await?;
    let find = |number: i64| {
        let found = list.iter().find(|revision| revision.number == number);
        found.ok_or(Failure::Refused(AppRefusal::Nothing("revision")))
    };
    Ok(diff(&find(older)?.document, &find(newer)?.document))
}

/// Saves an older revision again, as a new one.
///
/// # Errors
/// As a save; [`AppRefusal::Nothing`] when there is no such revision.
pub async fn restore(
    keeper: &Arc<Keeper>,
    member: &Member,
    handle: &str,
    environment: EnvironmentName,
    (number, seen_version): (i64, i64),
    trace: &Trace,
) -> Result<Saved, Failure<AppRefusal>> {
    let list = revisions(keeper, member, handle, environment).await?;
    let older = list.into_iter().find(|revision| revision.number == number);
    let older = older.ok_or(Failure::Refused(AppRefusal::Nothing("revision")))?;
    let note = format!("Revision {number} again");
    save_app(
        keeper,
        member,
        Input::Document(Box::new(older.document)),
        Save::Replace { seen_version },
        &note,
        trace,
    )
    .await
}

fn revision(row: RevisionRow, author: String) -> Result<Revision, crate::failure::Fault> {
    Ok(Revision {
        document: document_of(&row.document)?,
        id: row.revision_id,
        number: row.number,
        author,
        note: row.note,
        created: time(row.created_us),
    })
}
