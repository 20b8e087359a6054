//! Revisions: kept for ever, compared and restored.

use std::sync::Arc;

use durward_domain::application::AppDocument;
use durward_domain::diff::{DiffLine, RawLine, diff, raw};
use durward_domain::environment::EnvironmentName;
use durward_store::apps::{self, RevisionRow};
use jiff::Timestamp;
use serde::Serialize;

use super::apps::{AppRefusal, Page, app, document_of};
use super::members::name_in;
use super::save::{Input, Save, Saved, save_app};
use crate::actor::Member;
use crate::failure::{Failure, Fault};
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

/// The newest revisions of a configuration, newest first.
///
/// # Errors
/// [`AppRefusal::NotFound`] when the member may see none.
pub async fn revisions(
    keeper: &Keeper,
    member: &Member,
    handle: &str,
    environment: EnvironmentName,
) -> Result<Vec<Revision>, Failure<AppRefusal>> {
    Ok(
        revisions_before(keeper, member, handle, environment, None, MOST)
            .await?
            .items,
    )
}

/// The revisions of a configuration below a number, newest first; and whether there are older ones.
///
/// # Errors
/// [`AppRefusal::NotFound`] when the member may see none.
pub async fn revisions_before(
    keeper: &Keeper,
    member: &Member,
    handle: &str,
    environment: EnvironmentName,
    below: Option<i64>,
    limit: usize,
) -> Result<Page<Revision>, Failure<AppRefusal>> {
    app(keeper, member, handle, environment).await?;
    let name = handle.to_owned();
    let limit = limit.clamp(1, MOST);
    let mut rows = keeper
        .store
        .read(move |c| {
            let (below, most) = (
                below.unwrap_or(i64::MAX),
                i64::try_from(limit + 1).unwrap_or(i64::MAX),
            );
            let mut list = Vec::new();
            for row in apps::revisions_before(c, &name, environment.as_str(), below, most)? {
                let author = name_in(c, &row.author)?;
                list.push((row, author));
            }
            Ok(list)
        })
        .await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows
        .last()
        .filter(|_| more)
        .map(|(row, _)| row.number.to_string());
    let items = rows
        .into_iter()
        .map(|(row, author)| revision(row, author))
        .collect::<Result<_, Fault>>()?;
    Ok(Page { items, next })
}

/// One revision of a configuration by its number.
///
/// # Errors
/// [`AppRefusal::NotFound`] when the member may see none, [`AppRefusal::Nothing`] when there is no such revision.
pub async fn revision_numbered(
    keeper: &Keeper,
    member: &Member,
    handle: &str,
    environment: EnvironmentName,
    number: i64,
) -> Result<Revision, Failure<AppRefusal>> {
    app(keeper, member, handle, environment).await?;
    let name = handle.to_owned();
    let found = keeper
        .store
        .read(move |c| {
            let Some(row) = apps::revision_numbered(c, &name, environment.as_str(), number)? else {
                return Ok(None);
            };
            let author = name_in(c, &row.author)?;
            Ok(Some((row, author)))
        })
        .await?;
    let (row, author) = found.ok_or(Failure::Refused(AppRefusal::Nothing("revision")))?;
    Ok(revision(row, author)?)
}

/// Two revisions beside each other.
#[derive(Clone, Debug, Serialize)]
pub struct Compared {
    /// The number of the one that is compared.
    pub from: i64,
    /// The number of the one that it is compared with.
    pub to: i64,
    /// What differs, in sentences.
    pub lines: Vec<DiffLine>,
    /// What differs, line by line of the document as JSON.
    pub raw: Vec<RawLine>,
}

/// What differs between two revisions of a configuration, by number.
///
/// # Errors
/// [`AppRefusal::Nothing`] when there is no such revision.
pub async fn compare(
    keeper: &Keeper,
    member: &Member,
    handle: &str,
    environment: EnvironmentName,
    (from, to): (i64, i64),
) -> Result<Compared, Failure<AppRefusal>> {
    let older = revision_numbered(keeper, member, handle, environment, from).await?;
    let newer = revision_numbered(keeper, member, handle, environment, to).await?;
    Ok(Compared {
        from,
        to,
        lines: diff(&older.document, &newer.document),
        raw: raw(&older.document, &newer.document),
    })
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
    why: &str,
    trace: &Trace,
) -> Result<Saved, Failure<AppRefusal>> {
    let older = revision_numbered(keeper, member, handle, environment, number).await?;
    let again = format!("Revision {number} again");
    let note = match why.trim() {
        "" => again,
        why => format!("{again}: {why}"),
    };
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

fn revision(row: RevisionRow, author: String) -> Result<Revision, Fault> {
    Ok(Revision {
        document: document_of(&row.document)?,
        id: row.revision_id,
        number: row.number,
        author,
        note: row.note,
        created: time(row.created_us),
    })
}

/// The most revisions in one answer.
const MOST: usize = 200;
