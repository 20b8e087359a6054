//! Saving many documents at once: all of them or none.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use durward_domain::application::AppDocument;
use durward_domain::environment::EnvironmentName;
use durward_domain::event::Event;
use durward_domain::lint::Finding;
use durward_domain::refusal::{RefusalKind, Refuse};
use durward_store::apps::{self, ConfigurationRow, RevisionRow};
use durward_store::releases::ReleaseRow;
use durward_store::{Conn, Fault as StoreFault, FaultKind as StoreFaultKind};
use serde::Serialize;

use super::{KeepUnit, LiveAfter, Save, Saved, Written, may_save, stops, unit};
use crate::actor::Member;
use crate::failure::{Failure, Fault};
use crate::keeper::Keeper;
use crate::operator::build::{self, Wanted, Why};
use crate::partner::apps::AppRefusal;
use crate::partner::{lint, told};
use crate::record::Trace;

/// A document of a batch, and over what it is saved.
pub struct Sent {
    /// The document.
    pub document: AppDocument,
    /// Over what. What says the same as the document counts as seen: a batch that was sent before is no lost update.
    pub save: Save,
}

/// Saves documents, each as a new revision of its configuration, in one commit. Those of the sandbox go live in one
/// release.
///
/// # Errors
/// [`BatchRefusal`] with everything that is wrong with any of them, or a fault. Then nothing was saved.
pub async fn save_all(
    keeper: &Arc<Keeper>,
    member: &Member,
    sent: Vec<Sent>,
    note: &str,
    trace: &Trace,
) -> Result<Vec<Saved>, Failure<BatchRefusal>> {
    if sent.is_empty() || sent.len() > MOST {
        return Err(Failure::Refused(BatchRefusal::Count));
    }
    let mut findings = Vec::with_capacity(sent.len());
    let mut refused = Vec::new();
    let mut seen = Seen::default();
    for (index, one) in sent.iter().enumerate() {
        let document = &one.document;
        match judge(keeper, member, one, &mut seen).await {
            Ok(found) => findings.push(found),
            Err(Failure::Refused(refusal)) => {
                refused.push(RefusedDocument::new(index, document, &refusal));
            }
            Err(Failure::Fault(fault)) => return Err(Failure::Fault(fault)),
        }
    }
    if !refused.is_empty() {
        return Err(Failure::Refused(BatchRefusal::Documents(refused)));
    }
    let began_us = keeper.clock.real_now().as_microsecond();
    let units: Vec<KeepUnit> = sent
        .iter()
        .map(|one| {
            let event = Event::AppRevisionSaved;
            unit(keeper, member, &one.document, one.save, note, trace, event)
        })
        .collect();
    let documents: Vec<AppDocument> = sent.into_iter().map(|one| one.document).collect();
    let written = keeper.store.write(move |c| all_or_none(c, &units)).await?;
    let written = written.map_err(|refusals| {
        let refused = refusals.iter().filter_map(|(index, refusal)| {
            Some(RefusedDocument::new(
                *index,
                documents.get(*index)?,
                refusal,
            ))
        });
        Failure::Refused(BatchRefusal::Documents(refused.collect()))
    })?;
    let mut saved = Vec::with_capacity(written.len());
    for ((document, (row, version, changed)), findings) in
        documents.iter().zip(&written).zip(findings)
    {
        saved.push(Saved {
            handle: row.handle.clone(),
            environment: document.environment,
            version: *version,
            revision: row.number,
            revision_id: row.revision_id.clone(),
            created: *changed && *version == 1,
            changed: *changed,
            live: None,
            findings,
        });
    }
    for environment in keeper.environments.iter().map(|link| link.name) {
        if !environment.class().is_live() {
            let live = release(keeper, member, environment, &documents, &written, began_us).await?;
            for one in &mut saved {
                if one.environment == environment && one.changed {
                    one.live.clone_from(&live);
                }
            }
        }
    }
    Ok(saved)
}

/// What other documents of the batch claim.
#[derive(Default)]
struct Seen {
    teams: BTreeMap<String, String>,
    addresses: BTreeSet<(String, EnvironmentName)>,
    issuers: BTreeSet<(String, EnvironmentName)>,
}

async fn judge(
    keeper: &Keeper,
    member: &Member,
    Sent { document, save }: &Sent,
    seen: &mut Seen,
) -> Result<Vec<Finding>, Failure<AppRefusal>> {
    let environment = document.environment;
    let handle = document.handle.to_string();
    let team = document.team.to_string();
    // A new app has no team in the database yet: two documents must not give it two.
    if let Some(first) = seen.teams.insert(handle.clone(), team.clone())
        && first != team
    {
        return Err(Failure::Refused(AppRefusal::TeamFixed(first)));
    }
    if !seen.addresses.insert((handle.clone(), environment)) {
        return Err(Failure::Refused(AppRefusal::Exists {
            handle,
            environment,
        }));
    }
    let issuer = document.issuer.clone();
    if !seen.issuers.insert((issuer.clone(), environment)) {
        return Err(Failure::Refused(AppRefusal::IssuerTaken(issuer)));
    }
    may_save(keeper, member, document, *save)?;
    let findings = lint::findings(keeper, document).await?;
    let errors: Vec<Finding> = findings
        .iter()
        .filter(|finding| stops(document, finding))
        .cloned()
        .collect();
    if errors.is_empty() {
        Ok(findings)
    } else {
        Err(Failure::Refused(AppRefusal::Findings(errors)))
    }
}

type Refusals = Vec<(usize, AppRefusal)>;

/// Decides for all before it writes any: a refusal commits, so nothing may be written by then.
fn all_or_none(
    c: &mut Conn,
    units: &[KeepUnit],
) -> Result<Result<Vec<Written>, Refusals>, StoreFault> {
    let mut found = Vec::with_capacity(units.len());
    let mut refusals = Vec::new();
    for (index, unit) in units.iter().enumerate() {
        match decided(unit, c)? {
            Ok(one) => found.push(one),
            Err(refusal) => refusals.push((index, refusal)),
        }
    }
    if !refusals.is_empty() {
        return Ok(Err(refusals));
    }
    let mut written = Vec::with_capacity(units.len());
    for (unit, found) in units.iter().zip(found) {
        // A fault undoes what was written before it.
        let one = unit.write(c, found)?.map_err(|_| {
            StoreFault::new(
                StoreFaultKind::Internal,
                "a document of a batch was refused after it was judged",
            )
        })?;
        written.push(one);
    }
    Ok(Ok(written))
}

fn decided(
    unit: &KeepUnit,
    c: &mut Conn,
) -> Result<Result<Option<ConfigurationRow>, AppRefusal>, StoreFault> {
    let refusal = match unit.decide(c)? {
        Err(refusal @ (AppRefusal::Stale | AppRefusal::Exists { .. })) => refusal,
        decided => return Ok(decided),
    };
    let found = apps::find_configuration(c, &unit.row.handle, &unit.row.environment)?;
    Ok(match found {
        Some(found) if unit.says_nothing_new(&found) => Ok(Some(found)),
        _ => Err(refusal),
    })
}

async fn release(
    keeper: &Arc<Keeper>,
    member: &Member,
    environment: EnvironmentName,
    documents: &[AppDocument],
    written: &[Written],
    began_us: i64,
) -> Result<Option<LiveAfter>, Fault> {
    let changed: Vec<(&AppDocument, &RevisionRow)> = documents
        .iter()
        .zip(written)
        .filter(|(document, (_, _, changed))| *changed && document.environment == environment)
        .map(|(document, (row, _, _))| (document, row))
        .collect();
    if changed.is_empty() {
        return Ok(None);
    }
    let wanted: Vec<Wanted> = changed
        .iter()
        .map(|(document, row)| Wanted::newest(row, (*document).clone()))
        .collect();
    let told: Vec<(String, RevisionRow)> = changed
        .iter()
        .map(|(document, row)| (document.team.to_string(), (*row).clone()))
        .collect();
    let told = Arc::new(told);
    let unit_keeper = Arc::clone(keeper);
    let more = move |c: &mut Conn, release: &ReleaseRow| {
        told.iter().try_for_each(|(team, row)| {
            told::of_release(c, &unit_keeper, team, row, &release.release_id)
        })
    };
    let why = Why {
        kind: "save",
        reason: format!("{} apps were imported.", wanted.len()),
        actor: member.actor(),
    };
    let built = build::release(keeper, environment, wanted, why, more).await?;
    let took = keeper.clock.real_now().as_microsecond() - began_us;
    Ok(built.deployed.then(|| LiveAfter {
        release: built.release_id,
        ms: u64::try_from(took / 1000).unwrap_or_default(),
    }))
}

/// A document of a batch that cannot be saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RefusedDocument {
    /// Its place in the batch, from 0.
    pub index: usize,
    /// The app.
    pub handle: String,
    /// The environment.
    pub environment: EnvironmentName,
    /// The code of the refusal.
    pub code: &'static str,
    /// What is wrong and what to do.
    pub detail: String,
    /// What the validator found.
    pub findings: Vec<Finding>,
}

impl RefusedDocument {
    fn new(index: usize, document: &AppDocument, refusal: &AppRefusal) -> Self {
        Self {
            index,
            handle: document.handle.to_string(),
            environment: document.environment,
            code: refusal.code(),
            detail: refusal.to_string(),
            findings: refusal.findings().to_vec(),
        }
    }
}

/// A document of a batch that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnreadableDocument {
    /// Its place in the batch, from 0.
    pub index: usize,
    /// The code of the fault.
    pub code: &'static str,
    /// What is wrong.
    pub detail: String,
    /// JSON Pointer of the fault.
    pub path: String,
}

/// Why nothing of a batch was saved.
#[derive(Debug, thiserror::Error)]
pub enum BatchRefusal {
    /// None, or too many.
    #[error("Send 1 to 1000 documents at once.")]
    Count,
    /// Some of them cannot be saved.
    #[error("Nothing was saved: {} of the documents cannot be. See what is wrong with each, and send all again.", .0.len())]
    Documents(Vec<RefusedDocument>),
    /// Some of them cannot be read.
    #[error("Nothing was saved: {} of the documents cannot be read. See what is wrong with each, and send all again.", .0.len())]
    Unreadable(Vec<UnreadableDocument>),
    /// A version was seen of what is not sent.
    #[error(
        "\"seen\" names {0}, but no document is for that. Write it as handle/environment of a document."
    )]
    Seen(String),
}

impl Refuse for BatchRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Count => "batch/count",
            Self::Documents(_) => "batch/documents",
            Self::Unreadable(_) => "batch/unreadable",
            Self::Seen(_) => "batch/seen",
        }
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }
}

const MOST: usize = 1000;
