//! The final configuration that staff make for an app of a team: a second one of them agrees before it is a revision. The
//! team sees what was changed, and sends its request as always.

mod decide;
mod denied;

use std::sync::Arc;

use durward_domain::application::AppDocument;
use durward_domain::diff::{DiffLine, RawLine, diff, raw};
use durward_domain::environment::EnvironmentName;
use durward_domain::event::Event;
use durward_domain::permission::{Action, Role};
use durward_store::final_configurations::{self, ProposalRow};
use durward_store::{Conn, Fault as StoreFault, apps};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use crate::actor::{Belongs, Member};
use crate::failure::{Failure, Fault};
use crate::keeper::{Happened, Keeper, time};
use crate::partner::apps::{AppRefusal, AppView, app, document_of};
use crate::partner::launches::interests;
use crate::partner::members::name_in;
use crate::partner::notices::{self, Notice, NoticeKind, To};
use crate::partner::save;
use crate::record::Trace;

pub use decide::{Verdict, decide};
pub use denied::FinalDenied;

/// A final configuration as members see it.
#[derive(Clone, Debug, Serialize)]
pub struct FinalView {
    /// Its id.
    pub id: String,
    /// The app.
    pub app: String,
    /// The environment.
    pub environment: EnvironmentName,
    /// `proposed`, `approved` or `rejected`.
    pub state: String,
    /// Why it was made.
    pub reason: String,
    /// Who wrote it.
    pub author: String,
    /// When.
    pub created: Timestamp,
    /// Who decided, when, and what they said.
    pub decided_by: Option<String>,
    /// When.
    pub decided: Option<Timestamp>,
    /// What they said.
    pub note: String,
    /// What it changes in the configuration that it was written over.
    pub diff: Vec<DiffLine>,
    /// The digest of the document: what the second person says yes to.
    pub document_sha256: String,
    /// The document.
    pub document: AppDocument,
    /// The revision that it became.
    pub revision: Option<i64>,
    /// Whether this member may decide on it now.
    pub may_decide: bool,
    /// The lines of both documents.
    #[serde(skip)]
    pub raw: Vec<RawLine>,
}

/// The final configurations of an app, the newest first.
///
/// # Errors
/// [`FinalDenied`], or a fault.
pub async fn list(
    keeper: &Keeper,
    member: &Member,
    handle: &str,
    environment: EnvironmentName,
) -> Result<Vec<FinalView>, Failure<FinalDenied>> {
    let view = seen(keeper, member, handle, environment).await?;
    let team = view.summary.team.clone();
    let conflict = interests::conflict(keeper, member, &team).await?;
    let decides = conflict.is_none()
        && member.reaches(Action::DecideFinalConfiguration, Belongs::ToProgramme);
    let name = handle.to_owned();
    let found = keeper.store.read(move |c| {
        let mut list = Vec::new();
        for row in final_configurations::of_app(c, &name, environment.as_str())? {
            list.push(loaded(c, row)?);
        }
        Ok(list)
    });
    let mut list = Vec::new();
    for loaded in found.await? {
        let may = decides && loaded.row.author != member.id && loaded.row.decided_us.is_none();
        list.push(loaded.view(environment, may)?);
    }
    Ok(list)
}

struct Loaded {
    row: ProposalRow,
    base: String,
    author: String,
    decided_by: Option<String>,
    revision: Option<i64>,
}

fn loaded(c: &mut Conn, row: ProposalRow) -> Result<Loaded, StoreFault> {
    let base = apps::find_revision(c, &row.base_revision_id)?;
    let revision = match &row.revision_id {
        Some(id) => apps::find_revision(c, id)?.map(|row| row.number),
        None => None,
    };
    let decided_by = match row.decided_us {
        Some(_) => Some(name_in(c, &row.decided_by)?),
        None => None,
    };
    Ok(Loaded {
        base: base.map(|base| base.document).unwrap_or_default(),
        author: name_in(c, &row.author)?,
        decided_by,
        revision,
        row,
    })
}

impl Loaded {
    fn view(self, environment: EnvironmentName, may_decide: bool) -> Result<FinalView, Fault> {
        let (base, document) = (document_of(&self.base)?, document_of(&self.row.document)?);
        Ok(FinalView {
            id: self.row.proposal_id,
            app: self.row.handle,
            environment,
            state: self.row.state,
            reason: self.row.reason,
            author: self.author,
            created: time(self.row.created_us),
            decided_by: self.decided_by,
            decided: self.row.decided_us.map(time),
            note: self.row.note,
            diff: diff(&base, &document),
            raw: raw(&base, &document),
            document_sha256: self.row.digest,
            document,
            revision: self.revision,
            may_decide,
        })
    }
}

/// Writes a final configuration. It waits for a second person.
///
/// # Errors
/// [`FinalDenied`], or a fault.
pub async fn propose(
    keeper: &Arc<Keeper>,
    member: &Member,
    (handle, environment): (&str, EnvironmentName),
    (input, reason): (save::Input, &str),
    trace: &Trace,
) -> Result<FinalView, Failure<FinalDenied>> {
    let view = seen(keeper, member, handle, environment).await?;
    let now = keeper.clock.real_now();
    member.may(Action::ProposeFinalConfiguration, Belongs::ToProgramme, now)?;
    let reason = given(reason)?;
    let document = save::for_address(input, handle, environment).map_err(of_app)?;
    let save::Input::Document(document) = document else {
        return Err(Fault::internal("a document that was not read").into());
    };
    fits(&view, &document)?;
    save::may_be_kept(keeper, &document).await.map_err(of_app)?;
    let now = keeper.clock.now();
    let row = ProposalRow {
        proposal_id: keeper.random.uuid_v7(now).to_string(),
        handle: handle.to_owned(),
        environment: environment.as_str().to_owned(),
        base_revision_id: view.revision_id.clone(),
        document: document.to_json(),
        digest: document.digest(),
        reason,
        author: member.id.clone(),
        created_us: now.as_microsecond(),
        state: "proposed".to_owned(),
        decided_by: String::new(),
        decided_us: None,
        note: String::new(),
        revision_id: None,
    };
    let (unit_keeper, actor, unit_trace) = (Arc::clone(keeper), member.actor(), trace.clone());
    let (unit_row, team) = (row, view.summary.team.clone());
    let kept = keeper.store.write(move |c| {
        if !final_configurations::propose(c, &unit_row)? {
            return Ok(false);
        }
        let happened = Happened {
            actor: &actor,
            event: Event::FinalProposed,
            subject: &format!("{}/{}", unit_row.handle, unit_row.environment),
            trace: Some(&unit_trace),
            detail: json!({ "proposal": unit_row.proposal_id, "digest": unit_row.digest, "reason": unit_row.reason }),
        };
        unit_keeper.record(c, &happened)?;
        told(c, &unit_keeper, (&unit_row, &team), &notices::FINAL_PROPOSED, &unit_row.reason)?;
        Ok(true)
    });
    if !kept.await? {
        return Err(Failure::Refused(FinalDenied::Waits));
    }
    newest(keeper, member, handle, environment).await
}

async fn newest(
    keeper: &Keeper,
    member: &Member,
    handle: &str,
    environment: EnvironmentName,
) -> Result<FinalView, Failure<FinalDenied>> {
    let mut all = list(keeper, member, handle, environment).await?;
    if all.is_empty() {
        return Err(Failure::Refused(FinalDenied::NotFound));
    }
    Ok(all.swap_remove(0))
}

/// Tells the team what staff make of its app.
fn told(
    c: &mut Conn,
    keeper: &Keeper,
    (row, team): (&ProposalRow, &str),
    kind: &'static NoticeKind,
    note: &str,
) -> Result<(), StoreFault> {
    let notice = Notice {
        to: &[
            To::Member(&row.author),
            To::Team(team, &[Role::PartnerAdmin, Role::PartnerDeveloper]),
        ],
        kind,
        link: format!("/apps/{}/{}/final", row.handle, row.environment),
        values: vec![
            ("app", row.handle.clone()),
            ("environment", row.environment.clone()),
            (
                "note",
                if note.is_empty() {
                    "–".to_owned()
                } else {
                    note.to_owned()
                },
            ),
        ],
    };
    notices::post(c, keeper, &notice)
}

/// The app, in an environment where a request makes a configuration live.
async fn seen(
    keeper: &Keeper,
    member: &Member,
    handle: &str,
    environment: EnvironmentName,
) -> Result<AppView, Failure<FinalDenied>> {
    let view = app(keeper, member, handle, environment)
        .await
        .map_err(of_app)?;
    if !environment.class().is_live() {
        return Err(Failure::Refused(FinalDenied::Sandbox));
    }
    Ok(view)
}

/// What staff may not change either, and that something is changed.
fn fits(view: &AppView, document: &AppDocument) -> Result<(), Failure<FinalDenied>> {
    if document.team != view.document.team {
        let refusal = AppRefusal::TeamFixed(view.summary.team.clone());
        return Err(Failure::Refused(refusal.into()));
    }
    if document.issuer != view.document.issuer {
        let refusal = AppRefusal::IssuerFixed(view.document.issuer.clone());
        return Err(Failure::Refused(refusal.into()));
    }
    if *document == view.document {
        return Err(Failure::Refused(FinalDenied::NothingDiffers));
    }
    Ok(())
}

fn given(reason: &str) -> Result<String, Failure<FinalDenied>> {
    let reason: String = reason.trim().chars().take(LONGEST_REASON).collect();
    if reason.is_empty() {
        return Err(Failure::Refused(FinalDenied::NoReason));
    }
    Ok(reason)
}

fn of_app(failure: Failure<AppRefusal>) -> Failure<FinalDenied> {
    match failure {
        Failure::Refused(refusal) => Failure::Refused(refusal.into()),
        Failure::Fault(fault) => Failure::Fault(fault),
    }
}

const LONGEST_REASON: usize = 500;
