//! The public pages about partnership: their texts per language, with every revision and its author.

use std::sync::Arc;

use durward_domain::event::Event;
use durward_domain::permission::Action;
use durward_domain::refusal::{RefusalKind, Refuse};
use durward_store::site::{self, SiteRow};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use super::teams::Pen;
use crate::actor::{Belongs, Denied, Member};
use crate::failure::{Failure, Fault};
use crate::keeper::{Keeper, time};
use crate::record::Trace;

/// One revision.
#[derive(Clone, Debug, Serialize)]
pub struct Revision {
    /// Its number; 0 is the text that the build carries.
    pub number: i64,
    /// The whole text, in Markdown.
    pub text: String,
    /// Why it was written.
    pub note: String,
    /// Who wrote it.
    pub author: String,
    /// When.
    pub created: Timestamp,
}

/// What is saved.
#[derive(Clone, Debug)]
pub struct NewRevision {
    /// The whole text.
    pub text: String,
    /// Why.
    pub note: String,
    /// The number of the revision that the writer saw; 0 for the text that the build carries.
    pub over: i64,
}

/// Why a page was not saved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SiteRefusal {
    /// The member may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No text, or too long.
    #[error(
        "Write a text of at most 60,000 characters that begins with a title: a line such as \"# Title\"."
    )]
    Text,
    /// Too long a note.
    #[error("Say in at most 200 characters what you changed.")]
    Note,
    /// Somebody was first.
    #[error(
        "Somebody saved this page since you opened it. Your text is kept below: compare it with the newest revision, then save again."
    )]
    Stale,
    /// There is no such page or revision.
    #[error("There is no such page or revision. Check its address.")]
    NotFound,
}

impl Refuse for SiteRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.code(),
            Self::Text => "site/text",
            Self::Note => "site/note",
            Self::Stale => "site/stale",
            Self::NotFound => "site/not-found",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Denied(denied) => denied.kind(),
            Self::Text | Self::Note => RefusalKind::Invalid,
            Self::Stale => RefusalKind::Conflict,
            Self::NotFound => RefusalKind::NotFound,
        }
    }
}

/// The newest revision of a page; nothing while it is as the build carries it. Anyone may read it.
///
/// # Errors
/// A fault.
pub async fn newest(keeper: &Keeper, place: (&str, &str)) -> Result<Option<Revision>, Fault> {
    let (page, language) = (place.0.to_owned(), place.1.to_owned());
    let row = keeper
        .store
        .read(move |c| site::newest(c, &page, &language))
        .await?;
    Ok(row.map(revision))
}

/// The revisions of a page, newest first.
///
/// # Errors
/// [`SiteRefusal::Denied`], or a fault.
pub async fn history(
    keeper: &Keeper,
    member: &Member,
    place: (&str, &str),
) -> Result<Vec<Revision>, Failure<SiteRefusal>> {
    may(keeper, member)?;
    let (page, language) = (place.0.to_owned(), place.1.to_owned());
    let rows = keeper
        .store
        .read(move |c| site::list(c, &page, &language))
        .await?;
    Ok(rows.into_iter().map(revision).collect())
}

/// One revision.
///
/// # Errors
/// [`SiteRefusal::NotFound`], or another refusal or a fault.
pub async fn find(
    keeper: &Keeper,
    member: &Member,
    place: (&str, &str),
    number: i64,
) -> Result<Revision, Failure<SiteRefusal>> {
    may(keeper, member)?;
    let (page, language) = (place.0.to_owned(), place.1.to_owned());
    let row = keeper
        .store
        .read(move |c| site::find(c, &page, &language, number))
        .await?;
    row.map(revision)
        .ok_or(Failure::Refused(SiteRefusal::NotFound))
}

/// Saves a page over the revision that the writer saw. A restored revision is saved like any other.
///
/// # Errors
/// [`SiteRefusal`], or a fault.
pub async fn save(
    keeper: &Arc<Keeper>,
    member: &Member,
    place: (&str, &str),
    new: &NewRevision,
    trace: &Trace,
) -> Result<Revision, Failure<SiteRefusal>> {
    may(keeper, member)?;
    let text = text(&new.text).ok_or(Failure::Refused(SiteRefusal::Text))?;
    let note = new.note.trim().to_owned();
    if note.chars().count() > 200 || note.chars().any(char::is_control) {
        return Err(Failure::Refused(SiteRefusal::Note));
    }
    let row = SiteRow {
        page: place.0.to_owned(),
        language: place.1.to_owned(),
        revision: new.over.saturating_add(1),
        text,
        note,
        author: member.id.clone(),
        author_name: member.name.clone(),
        created_us: keeper.clock.now().as_microsecond(),
    };
    let (pen, over, saved) = (Pen::new(keeper, member, trace), new.over, row.clone());
    keeper
        .store
        .write(move |c| {
            let newest = site::newest(c, &row.page, &row.language)?;
            let seen = newest.map_or(0, |newest| newest.revision);
            if seen != over || !site::add(c, &row)? {
                return Ok(Err(SiteRefusal::Stale));
            }
            let subject = format!("{}/{}", row.page, row.language);
            let detail = json!({ "revision": row.revision });
            pen.record(c, Event::SitePageSaved, &subject, detail)?;
            Ok(Ok(()))
        })
        .await?
        .map_err(Failure::Refused)?;
    Ok(revision(saved))
}

fn may(keeper: &Keeper, member: &Member) -> Result<(), Failure<SiteRefusal>> {
    member
        .may(
            Action::EditSite,
            Belongs::ToProgramme,
            keeper.clock.real_now(),
        )
        .map(drop)
        .map_err(|denied| Failure::Refused(denied.into()))
}

/// Line ends in one spelling; a title first.
fn text(given: &str) -> Option<String> {
    let text = given.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.trim();
    let plain = text
        .chars()
        .all(|c| c == '\n' || c == '\t' || !c.is_control());
    let titled = text
        .strip_prefix("# ")
        .and_then(|rest| rest.lines().next())
        .is_some_and(|title| !title.trim().is_empty());
    (plain && titled && text.chars().count() <= 60_000).then(|| format!("{text}\n"))
}

fn revision(row: SiteRow) -> Revision {
    Revision {
        number: row.revision,
        text: row.text,
        note: row.note,
        author: row.author_name,
        created: time(row.created_us),
    }
}
