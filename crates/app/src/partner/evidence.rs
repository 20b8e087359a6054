//! Documents that a team keeps as evidence for the launches of an app: its authority to operate (ATO).

use std::sync::Arc;

use durward_domain::agreement::{BadUpload, examine};
use durward_domain::environment::EnvironmentName;
use durward_domain::event::Event;
use durward_domain::launch::{Ato, FileKind};
use durward_domain::permission::Action;
use durward_domain::refusal::{RefusalKind, Refuse};
use durward_keyring::digest::sha256_hex;
use durward_store::evidence::{self, EvidenceRow};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::json;

use super::apps::{AppRefusal, app};
use super::save::subject;
use crate::actor::{Belongs, Denied, Member};
use crate::failure::{Failure, Fault, FaultKind};
use crate::keeper::{Happened, Keeper, time};
use crate::record::Trace;

/// What a team keeps.
#[derive(Clone, Debug, Default)]
pub struct EvidenceAsk {
    /// The document's own number.
    pub document_id: String,
    /// The day from which it holds.
    pub issued: Option<Date>,
    /// Its last day.
    pub expires: Option<Date>,
    /// The document itself.
    pub content: Option<Vec<u8>>,
}

/// A document as people see it.
#[derive(Clone, Debug, Serialize)]
pub struct EvidenceView {
    /// Its id.
    pub id: String,
    /// The rule of the checklist that it is evidence for.
    pub rule: &'static str,
    /// The document's own number.
    pub document_id: String,
    /// The day from which it holds.
    pub issued: Date,
    /// Its last day.
    pub expires: Date,
    /// Whether it has ended, ends soon, or holds.
    pub standing: EvidenceStanding,
    /// What the file is; nothing where none is kept.
    pub file: Option<FileKind>,
    /// The file's length in bytes.
    pub size: i64,
    /// The file's digest.
    pub sha256: String,
    /// Who put it there.
    pub kept_by: String,
    /// When.
    pub kept: Timestamp,
}

/// Whether a document holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceStanding {
    /// It has not begun.
    Later,
    /// It holds.
    Holds,
    /// It holds and ends soon.
    EndsSoon,
    /// It has ended.
    Ended,
}

impl EvidenceStanding {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Later => "later",
            Self::Holds => "holds",
            Self::EndsSoon => "ends-soon",
            Self::Ended => "ended",
        }
    }
}

/// The documents of an app in an environment, newest first.
///
/// # Errors
/// [`EvidenceDenied`], or a fault.
pub async fn list(
    keeper: &Keeper,
    member: &Member,
    (handle, environment): (&str, EnvironmentName),
) -> Result<Vec<EvidenceView>, Failure<EvidenceDenied>> {
    app(keeper, member, handle, environment)
        .await
        .map_err(from_app)?;
    let rows = rows_of(keeper, handle, environment).await?;
    Ok(rows
        .iter()
        .map(|row| view(keeper, row))
        .collect::<Result<_, _>>()?)
}

/// Keeps a document of an app.
///
/// # Errors
/// [`EvidenceDenied`], or a fault.
pub async fn keep(
    keeper: &Arc<Keeper>,
    member: &Member,
    (handle, environment): (&str, EnvironmentName),
    ask: EvidenceAsk,
    trace: &Trace,
) -> Result<EvidenceView, Failure<EvidenceDenied>> {
    let found = app(keeper, member, handle, environment)
        .await
        .map_err(from_app)?;
    may(keeper, member, &found.summary.team)?;
    if !environment.class().is_live() {
        return Err(Failure::Refused(EvidenceDenied::NotReviewed));
    }
    let (issued, expires) = judge(keeper, &ask).map_err(Failure::Refused)?;
    let content = ask.content.filter(|content| !content.is_empty());
    let kind = content
        .as_deref()
        .map(examine)
        .transpose()
        .map_err(|bad| Failure::Refused(EvidenceDenied::File(bad)))?;
    if rows_of(keeper, handle, environment).await?.len() >= MOST {
        return Err(Failure::Refused(EvidenceDenied::TooMany));
    }
    let row = EvidenceRow {
        evidence_id: keeper.random.uuid_v7(keeper.clock.now()).to_string(),
        handle: handle.to_owned(),
        environment: environment.as_str().to_owned(),
        document_id: ask.document_id.trim().to_owned(),
        issued: issued.to_string(),
        expires: expires.to_string(),
        media_type: kind.map_or(String::new(), |kind| kind.media_type().to_owned()),
        size: content.as_ref().map_or(0, |content| {
            i64::try_from(content.len()).unwrap_or(i64::MAX)
        }),
        sha256: content.as_deref().map(sha256_hex).unwrap_or_default(),
        kept_by: member.id.clone(),
        keeper_name: member.name.clone(),
        kept_us: keeper.clock.now().as_microsecond(),
    };
    let shown = view(keeper, &row)?;
    let of = subject(handle, environment);
    let (unit_keeper, actor, trace) = (Arc::clone(keeper), member.actor(), trace.clone());
    keeper
        .store
        .write(move |c| {
            evidence::add(c, &row, content.as_deref())?;
            unit_keeper.record(
                c,
                &Happened {
                    actor: &actor,
                    event: Event::EvidenceKept,
                    subject: &of,
                    trace: Some(&trace),
                    detail: json!({ "evidence": row.evidence_id, "document": row.document_id, "expires": row.expires, "sha256": row.sha256 }),
                },
            )
        })
        .await?;
    Ok(shown)
}

/// A document's file: its kind, a name for it, and the bytes.
///
/// # Errors
/// [`EvidenceDenied::NotFound`] when there is none that the member may see, or no file.
pub async fn file(
    keeper: &Keeper,
    member: &Member,
    id: &str,
) -> Result<(FileKind, String, Vec<u8>), Failure<EvidenceDenied>> {
    let (row, _) = find(keeper, member, id).await?;
    let wanted = row.evidence_id.clone();
    let content = keeper
        .store
        .read(move |c| evidence::content(c, &wanted))
        .await?;
    let kind = FileKind::parse(&row.media_type);
    let (Some(kind), Some(content)) = (kind, content) else {
        return Err(Failure::Refused(EvidenceDenied::NotFound));
    };
    Ok((kind, file_name(&row.document_id, kind), content))
}

/// Removes a document and its file. What was submitted with it keeps what it said.
///
/// # Errors
/// [`EvidenceDenied`], or a fault.
pub async fn remove(
    keeper: &Arc<Keeper>,
    member: &Member,
    id: &str,
    trace: &Trace,
) -> Result<(), Failure<EvidenceDenied>> {
    let (row, team) = find(keeper, member, id).await?;
    may(keeper, member, &team)?;
    let now_us = keeper.clock.now().as_microsecond();
    let (unit_keeper, actor, trace) = (Arc::clone(keeper), member.actor(), trace.clone());
    let by = member.id.clone();
    let of = format!("{}/{}", row.handle, row.environment);
    let removed = keeper
        .store
        .write(move |c| {
            if !evidence::remove(c, &row.evidence_id, &by, now_us)? {
                return Ok(false);
            }
            unit_keeper.record(
                c,
                &Happened {
                    actor: &actor,
                    event: Event::EvidenceRemoved,
                    subject: &of,
                    trace: Some(&trace),
                    detail: json!({ "evidence": row.evidence_id, "document": row.document_id }),
                },
            )?;
            Ok(true)
        })
        .await?;
    if removed {
        Ok(())
    } else {
        Err(Failure::Refused(EvidenceDenied::NotFound))
    }
}

/// What the checklist counts of an app.
pub(crate) async fn atos(
    keeper: &Keeper,
    handle: &str,
    environment: EnvironmentName,
) -> Result<Vec<Ato>, Fault> {
    let rows = rows_of(keeper, handle, environment).await?;
    let ato = |row: &EvidenceRow| -> Result<Ato, Fault> {
        Ok(Ato {
            document_id: row.document_id.clone(),
            issued: date(&row.issued)?,
            expires: date(&row.expires)?,
            has_file: !row.media_type.is_empty(),
            kept_by: row.keeper_name.clone(),
        })
    };
    rows.iter().map(ato).collect()
}

async fn rows_of(
    keeper: &Keeper,
    handle: &str,
    environment: EnvironmentName,
) -> Result<Vec<EvidenceRow>, Fault> {
    let handle = handle.to_owned();
    Ok(keeper
        .store
        .read(move |c| evidence::of_app(c, &handle, environment.as_str()))
        .await?)
}

/// A document of an app that the member may see, and the app's team.
async fn find(
    keeper: &Keeper,
    member: &Member,
    id: &str,
) -> Result<(EvidenceRow, String), Failure<EvidenceDenied>> {
    let wanted = id.to_owned();
    let found = keeper
        .store
        .read(move |c| {
            let Some(row) = evidence::find(c, &wanted)? else {
                return Ok(None);
            };
            let team = durward_store::apps::team_of(c, &row.handle)?;
            Ok(team.map(|team| (row, team)))
        })
        .await?;
    found
        .filter(|(_, team)| member.reaches(Action::ViewLaunch, Belongs::ToTeam(team)))
        .ok_or(Failure::Refused(EvidenceDenied::NotFound))
}

fn may(keeper: &Keeper, member: &Member, team: &str) -> Result<(), Failure<EvidenceDenied>> {
    let permit = member.may(
        Action::RequestLaunch,
        Belongs::ToTeam(team),
        keeper.clock.real_now(),
    );
    permit
        .map(drop)
        .map_err(|denied| Failure::Refused(denied.into()))
}

fn judge(keeper: &Keeper, ask: &EvidenceAsk) -> Result<(Date, Date), EvidenceDenied> {
    let number = ask.document_id.trim();
    if number.is_empty() || number.chars().count() > LONGEST || number.chars().any(char::is_control)
    {
        return Err(EvidenceDenied::Number);
    }
    let issued = ask.issued.ok_or(EvidenceDenied::Issued)?;
    let expires = ask.expires.ok_or(EvidenceDenied::Expires)?;
    if expires <= issued {
        return Err(EvidenceDenied::Backwards);
    }
    if expires < keeper.today() {
        return Err(EvidenceDenied::Ended(expires));
    }
    Ok((issued, expires))
}

fn view(keeper: &Keeper, row: &EvidenceRow) -> Result<EvidenceView, Fault> {
    let ato = Ato {
        document_id: row.document_id.clone(),
        issued: date(&row.issued)?,
        expires: date(&row.expires)?,
        has_file: !row.media_type.is_empty(),
        kept_by: row.keeper_name.clone(),
    };
    let (today, soon) = (keeper.today(), keeper.programme.review.evidence_days);
    let standing = if ato.expires < today {
        EvidenceStanding::Ended
    } else if today < ato.issued {
        EvidenceStanding::Later
    } else if ato.ends_soon(today, soon) {
        EvidenceStanding::EndsSoon
    } else {
        EvidenceStanding::Holds
    };
    Ok(EvidenceView {
        id: row.evidence_id.clone(),
        rule: RULE,
        issued: ato.issued,
        expires: ato.expires,
        document_id: ato.document_id,
        standing,
        file: FileKind::parse(&row.media_type),
        size: row.size,
        sha256: row.sha256.clone(),
        kept_by: ato.kept_by,
        kept: time(row.kept_us),
    })
}

fn date(text: &str) -> Result<Date, Fault> {
    text.parse()
        .map_err(|_| Fault::new(FaultKind::Corrupt, format!("a stored day: {text}")))
}

/// The document's number with only what every file system takes.
fn file_name(number: &str, kind: FileKind) -> String {
    let safe: String = number
        .chars()
        .map(|letter| match letter {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' => letter,
            _ => '-',
        })
        .collect();
    format!("{safe}.{}", kind.extension())
}

fn from_app(failure: Failure<AppRefusal>) -> Failure<EvidenceDenied> {
    match failure {
        Failure::Refused(refusal) => Failure::Refused(EvidenceDenied::App(Box::new(refusal))),
        Failure::Fault(fault) => Failure::Fault(fault),
    }
}

/// Why a document was not kept or shown.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceDenied {
    /// The member may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is no such configuration.
    #[error(transparent)]
    App(Box<AppRefusal>),
    /// The file.
    #[error(transparent)]
    File(#[from] BadUpload),
    /// There is none that the member may see.
    #[error("There is no such document that you may see. Look at the list of the app.")]
    NotFound,
    /// Nothing is reviewed there.
    #[error("The sandbox needs no evidence. Keep it for staging or production.")]
    NotReviewed,
    /// No number.
    #[error("Write the document's own number, of at most 80 characters.")]
    Number,
    /// No first day.
    #[error("Write the day from which the document holds, such as 2026-11-30.")]
    Issued,
    /// No last day.
    #[error("Write the last day of the document, such as 2029-11-30.")]
    Expires,
    /// It ends before it begins.
    #[error("The document ends before it begins. Look at both days.")]
    Backwards,
    /// It is over.
    #[error("The document ended on {0}. Keep the one that follows it.")]
    Ended(Date),
    /// Enough.
    #[error("Fifty documents are kept for this app already. Remove one that is not needed.")]
    TooMany,
}

impl EvidenceDenied {
    /// The field that it is about.
    pub const fn field(&self) -> Option<&'static str> {
        match self {
            Self::Number => Some("document_id"),
            Self::Issued => Some("issued"),
            Self::Expires | Self::Backwards | Self::Ended(_) => Some("expires"),
            Self::File(_) => Some("file"),
            _ => None,
        }
    }
}

impl Refuse for EvidenceDenied {
    fn code(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.code(),
            Self::App(refusal) => refusal.code(),
            Self::File(bad) => bad.code(),
            Self::NotFound => "evidence/not-found",
            Self::NotReviewed => "evidence/not-reviewed",
            Self::Number => "evidence/number",
            Self::Issued => "evidence/issued",
            Self::Expires => "evidence/expires",
            Self::Backwards => "evidence/backwards",
            Self::Ended(_) => "evidence/ended",
            Self::TooMany => "evidence/too-many",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Denied(denied) => denied.kind(),
            Self::App(refusal) => refusal.kind(),
            Self::File(bad) => bad.kind(),
            Self::NotFound => RefusalKind::NotFound,
            Self::TooMany => RefusalKind::Conflict,
            _ => RefusalKind::Invalid,
        }
    }
}

/// The rule of the checklist.
const RULE: &str = "L08";
const MOST: usize = 50;
const LONGEST: usize = 80;
