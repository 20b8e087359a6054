//! Reading and verifying the audit record of the portal.

use std::sync::Arc;

use durward_domain::event::Event;
use durward_domain::permission::Action;
use durward_domain::refusal::{RefusalKind, Refuse};
use durward_store::audit::{self, Entry};
use jiff::Timestamp;
use serde_json::json;

use crate::actor::{Belongs, Denied, Member, Permit};
use crate::failure::Failure;
use crate::keeper::{Happened, Keeper};
use crate::partner::members::name_in;
use crate::record::Trace;

/// What is looked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    /// What happened to this; empty for everything.
    pub subject: &'a str,
    /// What this request did; empty for every request.
    pub request_id: &'a str,
}

/// One entry as staff see it.
#[derive(Clone, Debug)]
pub struct AuditLine {
    /// When.
    pub time: Timestamp,
    /// What happened, an id of the event catalogue.
    pub event: String,
    /// To what.
    pub subject: String,
    /// Who did it: a member's name, or the kind and id of another actor.
    pub actor: String,
    /// In which request.
    pub request_id: String,
}

/// What a verification found.
#[derive(Clone, Debug)]
pub struct Verification {
    /// How many entries are in the chain and right.
    pub sealed: u64,
    /// How many wait to be chained.
    pub waiting: u64,
    /// The first fault: the entry and what is wrong with it.
    pub broken: Option<String>,
}

/// The newest entries, or those of one subject or one request.
///
/// # Errors
/// [`AuditDenied`], or a fault.
pub async fn entries(
    keeper: &Keeper,
    member: &Member,
    wanted: Wanted<'_>,
) -> Result<Vec<AuditLine>, Failure<AuditDenied>> {
    may(keeper, member)?;
    let (subject, request_id) = (wanted.subject.to_owned(), wanted.request_id.to_owned());
    let found = keeper
        .store
        .read(move |c| {
            let mut entries = match (subject.as_str(), request_id.as_str()) {
                ("", "") => audit::list(c, None, MOST)?,
                (subject, "") => audit::about(c, subject, MOST)?,
                (_, request) => audit::of_request(c, request)?,
            };
            entries.retain(|entry| {
                subject.is_empty() || entry.subject.as_deref() == Some(subject.as_str())
            });
            let mut list = Vec::with_capacity(entries.len());
            for entry in entries {
                let actor = match entry.actor.kind.as_str() {
                    "member" => name_in(c, &entry.actor.id)?,
                    kind => format!("{kind} {}", entry.actor.id).trim().to_owned(),
                };
                list.push(line(entry, actor));
            }
            Ok(list)
        })
        .await?;
    Ok(found)
}

/// Walks the whole record and says whether anything in it was changed.
///
/// # Errors
/// [`AuditDenied`], or a fault.
pub async fn verify(
    keeper: &Arc<Keeper>,
    member: &Member,
    trace: &Trace,
) -> Result<Verification, Failure<AuditDenied>> {
    let permit = may(keeper, member)?;
    let unit_keeper = Arc::clone(keeper);
    let report = keeper
        .store
        .read(move |c| audit::verify(c, unit_keeper.recorder.key(), None))
        .await?;
    let broken = report.broken.as_ref().map(|broken| {
        let entry = broken.entry.as_deref().unwrap_or("?");
        format!("{entry}: {}", broken.flaw)
    });
    let (unit_keeper, actor, trace) = (Arc::clone(keeper), permit.actor().clone(), trace.clone());
    let detail = json!({ "sealed": report.sealed, "whole": broken.is_none() });
    keeper
        .store
        .write(move |c| {
            unit_keeper.record(
                c,
                &Happened {
                    actor: &actor,
                    event: Event::AuditVerified,
                    subject: "audit",
                    trace: Some(&trace),
                    detail: detail.clone(),
                },
            )
        })
        .await?;
    Ok(Verification {
        sealed: report.sealed,
        waiting: report.unsealed,
        broken,
    })
}

/// Why the record was not shown.
#[derive(Debug, thiserror::Error)]
pub enum AuditDenied {
    /// The member may not.
    #[error(transparent)]
    Denied(#[from] Denied),
}

impl Refuse for AuditDenied {
    fn code(&self) -> &'static str {
        let Self::Denied(denied) = self;
        denied.code()
    }

    fn kind(&self) -> RefusalKind {
        let Self::Denied(denied) = self;
        denied.kind()
    }
}

fn may(keeper: &Keeper, member: &Member) -> Result<Permit, Failure<AuditDenied>> {
    member
        .may(
            Action::ViewAudit,
            Belongs::ToProgramme,
            keeper.clock.real_now(),
        )
        .map_err(|denied| Failure::Refused(denied.into()))
}

fn line(entry: Entry, actor: String) -> AuditLine {
    AuditLine {
        time: entry.time,
        event: entry.event,
        subject: entry.subject.unwrap_or_default(),
        actor,
        request_id: entry.request_id.unwrap_or_default(),
    }
}

const MOST: u32 = 100;
