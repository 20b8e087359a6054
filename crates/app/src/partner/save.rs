//! Saving and deleting configurations. A save in the sandbox is live when it answers.

mod batch;
mod delete;

use std::sync::Arc;

use durward_domain::application::{AppDocument, Key};
use durward_domain::environment::{EnvironmentClass, EnvironmentName};
use durward_domain::event::Event;
use durward_domain::lint::{Finding, Syntax};
use durward_domain::permission::Action;
use durward_store::apps::{self, ConfigurationRow, RevisionRow};
use durward_store::releases::ReleaseRow;
use durward_store::{Conn, Fault as StoreFault, members, releases, validator};
use serde::Serialize;
use serde_json::json;

use super::apps::AppRefusal;
use super::{lint, told};
use crate::actor::{Actor, Belongs, Member};
use crate::failure::{Failure, Fault};
use crate::keeper::{Happened, Keeper, PORTAL_CLIENT_ID};
use crate::operator::build::{self, Wanted, Why};
use crate::operator::suspension;
use crate::record::Trace;

pub use batch::{BatchRefusal, RefusedDocument, Sent, UnreadableDocument, save_all};
pub use delete::delete_app;

/// What is saved: a text as it came, or a document that was put together by a page.
pub enum Input {
    /// JSON as it was sent.
    Json(Vec<u8>),
    /// A document.
    Document(Box<AppDocument>),
}

/// Sees to it that what is saved is for the address that it was sent to.
///
/// # Errors
/// [`AppRefusal::OtherAddress`], or that it is no document.
pub fn for_address(
    input: Input,
    handle: &str,
    environment: EnvironmentName,
) -> Result<Input, Failure<AppRefusal>> {
    let document = parsed(input)?;
    let (sent, address) = (
        subject(document.handle.as_str(), document.environment),
        subject(handle, environment),
    );
    if sent != address {
        return Err(Failure::Refused(AppRefusal::OtherAddress {
            document: sent,
            address: address.chars().take(100).collect(),
        }));
    }
    Ok(Input::Document(document))
}

fn parsed(input: Input) -> Result<Box<AppDocument>, Failure<AppRefusal>> {
    match input {
        Input::Json(bytes) => AppDocument::parse_json(&bytes)
            .map(Box::new)
            .map_err(|fault| Failure::Refused(AppRefusal::faulty(fault, &bytes, Syntax::Json))),
        Input::Document(document) => Ok(document),
    }
}

/// Over what it is saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Save {
    /// There must be none yet.
    Create,
    /// There must be one that still has this version.
    Replace {
        /// The version that the editor saw.
        seen_version: i64,
    },
    /// Whatever is there.
    Put,
}

/// A save that happened.
#[derive(Clone, Debug, Serialize)]
pub struct Saved {
    /// The app.
    pub handle: String,
    /// The environment.
    pub environment: EnvironmentName,
    /// The new version: the ETag.
    pub version: i64,
    /// The new revision's number.
    pub revision: i64,
    /// The new revision's id.
    pub revision_id: String,
    /// Whether this was the first save.
    pub created: bool,
    /// Whether there is a new revision; a document that says what is saved already makes none.
    pub changed: bool,
    /// How fast it was live; nothing where a launch makes it live, or while the environment cannot be reached.
    pub live: Option<LiveAfter>,
    /// What the validator found beside.
    pub findings: Vec<Finding>,
}

/// That a save is live.
#[derive(Clone, Debug, Serialize)]
pub struct LiveAfter {
    /// The release that brought it.
    pub release: String,
    /// From the save to the environment serving it.
    pub ms: u64,
}

/// Saves a configuration as a new revision.
///
/// In the sandbox every error of the validator refuses; elsewhere those that no configuration may have, and the launch
/// asks for the rest.
///
/// # Errors
/// [`AppRefusal`], or a fault.
pub async fn save_app(
    keeper: &Arc<Keeper>,
    member: &Member,
    input: Input,
    save: Save,
    note: &str,
    trace: &Trace,
) -> Result<Saved, Failure<AppRefusal>> {
    let document = parsed(input)?;
    may_save(keeper, member, &document, save)?;
    let findings = lint::findings(keeper, &document).await?;
    let stops: Vec<Finding> = findings
        .iter()
        .filter(|finding| stops(&document, finding))
        .cloned()
        .collect();
    if !stops.is_empty() {
        return Err(Failure::Refused(AppRefusal::Findings(stops)));
    }
    let kept = keep(
        keeper,
        member,
        &document,
        save,
        note,
        trace,
        Event::AppRevisionSaved,
    )
    .await?;
    let live = if kept.changed {
        make_live(keeper, &kept, &document, member.actor()).await?
    } else {
        None
    };
    Ok(Saved {
        handle: kept.row.handle.clone(),
        environment: document.environment,
        version: kept.version,
        revision: kept.row.number,
        revision_id: kept.row.revision_id,
        created: kept.changed && kept.version == 1,
        changed: kept.changed,
        live,
        findings,
    })
}

/// A revision that was kept.
pub(crate) struct Kept {
    pub(crate) row: RevisionRow,
    pub(crate) version: i64,
    /// Whether the revision is new.
    pub(crate) changed: bool,
    /// When the save began, in real time.
    began_us: i64,
}

/// Keeps a document as the newest revision of its configuration.
pub(crate) async fn keep(
    keeper: &Arc<Keeper>,
    member: &Member,
    document: &AppDocument,
    save: Save,
    note: &str,
    trace: &Trace,
    event: Event,
) -> Result<Kept, Failure<AppRefusal>> {
    let began_us = keeper.clock.real_now().as_microsecond();
    let unit = unit(keeper, member, document, save, note, trace, event);
    let kept = keeper.store.write(move |c| unit.run(c)).await?;
    let (row, version, changed) = kept.map_err(Failure::Refused)?;
    Ok(Kept {
        row,
        version,
        changed,
        began_us,
    })
}

/// A revision that staff wrote and another one of them agreed to, kept in the unit of that decision.
pub(crate) struct FinalRevision(KeepUnit);

impl FinalRevision {
    /// The revision of `author`, saved over the version that both saw.
    pub(crate) fn new(
        keeper: &Arc<Keeper>,
        (approver, author): (&Member, &str),
        document: &AppDocument,
        seen_version: i64,
        (note, trace): (&str, &Trace),
    ) -> Self {
        let save = Save::Replace { seen_version };
        let event = Event::AppRevisionSaved;
        let mut unit = unit(keeper, approver, document, save, note, trace, event);
        author.clone_into(&mut unit.row.author);
        Self(unit)
    }

    /// Keeps it; answers its id and number.
    pub(crate) fn keep(
        &self,
        c: &mut Conn,
    ) -> Result<Result<(String, i64), AppRefusal>, StoreFault> {
        let kept = self.0.run(c)?;
        Ok(kept.map(|(row, ..)| (row.revision_id, row.number)))
    }
}

/// Refuses a document that no configuration of its environment may be.
pub(crate) async fn may_be_kept(
    keeper: &Keeper,
    document: &AppDocument,
) -> Result<(), Failure<AppRefusal>> {
    let mut findings = lint::findings(keeper, document).await?;
    findings.retain(|finding| stops(document, finding));
    if findings.is_empty() {
        Ok(())
    } else {
        Err(Failure::Refused(AppRefusal::Findings(findings)))
    }
}

fn unit(
    keeper: &Arc<Keeper>,
    member: &Member,
    document: &AppDocument,
    save: Save,
    note: &str,
    trace: &Trace,
    event: Event,
) -> KeepUnit {
    let now = keeper.clock.now();
    let row = RevisionRow {
        revision_id: keeper.random.uuid_v7(now).to_string(),
        handle: document.handle.to_string(),
        environment: document.environment.as_str().to_owned(),
        number: 0,
        document: document.to_json(),
        digest: document.digest(),
        author: member.id.clone(),
        note: note.trim().chars().take(500).collect(),
        created_us: now.as_microsecond(),
    };
    KeepUnit {
        keeper: Arc::clone(keeper),
        member: member.clone(),
        trace: trace.clone(),
        issuer: document.issuer.clone(),
        team: document.team.to_string(),
        environment: document.environment,
        words: words(document),
        keys: document.keys.iter().map(Key::fingerprint).collect(),
        save,
        event,
        facts: lint::facts_of(document),
        row,
    }
}

/// The revision, the version that it makes, and whether it is new.
type Written = (RevisionRow, i64, bool);

/// By what a configuration is found.
fn words(document: &AppDocument) -> String {
    let AppDocument {
        handle,
        app_name,
        friendly_name,
        issuer,
        ..
    } = document;
    format!("{handle}\n{app_name}\n{friendly_name}\n{issuer}")
}

struct KeepUnit {
    keeper: Arc<Keeper>,
    member: Member,
    trace: Trace,
    issuer: String,
    team: String,
    environment: EnvironmentName,
    words: String,
    keys: Vec<String>,
    save: Save,
    event: Event,
    facts: Vec<(&'static str, String)>,
    row: RevisionRow,
}

impl KeepUnit {
    /// Decides, then writes.
    fn run(&self, c: &mut Conn) -> Result<Result<Written, AppRefusal>, StoreFault> {
        match self.decide(c)? {
            Ok(found) => self.write(c, found),
            Err(refusal) => Ok(Err(refusal)),
        }
    }

    /// Whether it may be saved, and over what. The team of the app row counts, never the one that the document claims.
    fn decide(
        &self,
        c: &mut Conn,
    ) -> Result<Result<Option<ConfigurationRow>, AppRefusal>, StoreFault> {
        let (handle, environment) = (self.row.handle.as_str(), self.row.environment.as_str());
        if members::find_team(c, &self.team)?.is_none() {
            return Ok(Err(AppRefusal::NoTeam(self.team.clone())));
        }
        let found = apps::find_configuration(c, handle, environment)?;
        if let Some(owner) = apps::team_of(c, handle)?
            && owner != self.team
        {
            // Which team it is tells nothing to strangers.
            let known = self
                .member
                .reaches(Action::ViewApp, Belongs::ToTeam(&owner));
            return Ok(Err(if found.is_some() && known {
                AppRefusal::TeamFixed(owner)
            } else {
                AppRefusal::HandleTaken(handle.to_owned())
            }));
        }
        if let Some(owner) = apps::issuer_owner(c, environment, &self.issuer)?
            && owner != handle
        {
            return Ok(Err(AppRefusal::IssuerTaken(self.issuer.clone())));
        }
        if suspension::is_retired(c, handle, self.environment)? {
            return Ok(Err(AppRefusal::Retired(self.environment)));
        }
        if let Some(key) = suspension::revoked_key_of(c, handle, self.environment, &self.keys)? {
            return Ok(Err(AppRefusal::KeyRevoked(key)));
        }
        // The issuer of a deleted configuration stays its own too.
        let fixed = apps::issuer_of(c, handle, environment)?;
        Ok(match (&found, self.save) {
            (Some(_), Save::Create) => Err(self.exists()),
            (None, Save::Replace { .. }) => Err(AppRefusal::NotFound {
                handle: handle.to_owned(),
                environment: self.environment,
            }),
            _ if fixed.as_ref().is_some_and(|fixed| *fixed != self.issuer) => {
                Err(AppRefusal::IssuerFixed(fixed.unwrap_or_default()))
            }
            (Some(found), Save::Replace { seen_version }) if found.version != seen_version => {
                Err(AppRefusal::Stale)
            }
            _ => Ok(found),
        })
    }

    fn write(
        &self,
        c: &mut Conn,
        found: Option<ConfigurationRow>,
    ) -> Result<Result<Written, AppRefusal>, StoreFault> {
        let (handle, environment) = (self.row.handle.as_str(), self.row.environment.as_str());
        let mut row = self.row.clone();
        let version = match &found {
            Some(found) if self.says_nothing_new(found) => {
                // A repeated save is no event: programs send the same document at every build.
                row.revision_id.clone_from(&found.revision_id);
                row.number = found.number;
                return Ok(Ok((row, found.version, false)));
            }
            Some(found) => {
                row.number = apps::next_number(c, handle, environment)?;
                let Some(version) = apps::update_configuration(c, &row, found.version)? else {
                    return Ok(Err(AppRefusal::Stale));
                };
                version
            }
            None => {
                apps::ensure_app(c, handle, &self.team, row.created_us)?;
                row.number = apps::next_number(c, handle, environment)?;
                let Some(version) = apps::insert_configuration(c, &row, &self.issuer)? else {
                    return Ok(Err(self.exists()));
                };
                version
            }
        };
        apps::insert_revision(c, &row)?;
        apps::put_words(c, handle, environment, &self.words)?;
        validator::put_facts(c, handle, environment, &self.facts)?;
        told::of_save(
            c,
            &self.keeper,
            (&self.member, &self.trace),
            (&self.team, &row),
            found.as_ref().map(|found| found.document.as_str()),
        )?;
        let event = if found.is_none() {
            Event::AppCreated
        } else {
            self.event
        };
        self.keeper.record(
            c,
            &Happened {
                actor: &self.member.actor(),
                event,
                subject: &subject(handle, self.environment),
                trace: Some(&self.trace),
                detail: json!({ "revision": row.number, "digest": row.digest }),
            },
        )?;
        Ok(Ok((row, version, true)))
    }

    /// A restored revision stays an event of its own, also when it says what is saved.
    fn says_nothing_new(&self, found: &ConfigurationRow) -> bool {
        self.event == Event::AppRevisionSaved && found.document == self.row.document
    }

    fn exists(&self) -> AppRefusal {
        AppRefusal::Exists {
            handle: self.row.handle.clone(),
            environment: self.environment,
        }
    }
}

/// In a test-class environment a revision is released at once.
pub(crate) async fn make_live(
    keeper: &Arc<Keeper>,
    kept: &Kept,
    document: &AppDocument,
    actor: Actor,
) -> Result<Option<LiveAfter>, Fault> {
    if document.environment.class().is_live() {
        return Ok(None);
    }
    let why = Why {
        kind: "save",
        reason: format!("{} was saved.", document.handle),
        actor,
    };
    let wanted = vec![Wanted::newest(&kept.row, document.clone())];
    let (unit_keeper, row, team) = (
        Arc::clone(keeper),
        kept.row.clone(),
        document.team.to_string(),
    );
    let more = move |c: &mut Conn, release: &ReleaseRow| {
        told::of_release(c, &unit_keeper, &team, &row, &release.release_id)
    };
    let built = build::release(keeper, document.environment, wanted, why, more).await?;
    if !built.deployed {
        return Ok(None);
    }
    let took = keeper
        .clock
        .real_now()
        .as_microsecond()
        .saturating_sub(kept.began_us);
    Ok(Some(LiveAfter {
        release: built.release_id,
        ms: u64::try_from(took / 1000).unwrap_or_default(),
    }))
}

/// Whether a finding refuses the save.
fn stops(document: &AppDocument, finding: &Finding) -> bool {
    let everywhere = NEVER_SAVED.iter().any(|rule| finding.rule == *rule);
    // The unit that saves refuses an issuer that is taken, with a code of its own.
    finding.is_error()
        && finding.rule != "issuer/taken"
        && (everywhere || !document.environment.class().is_live())
}

fn may_save(
    keeper: &Keeper,
    member: &Member,
    document: &AppDocument,
    save: Save,
) -> Result<(), Failure<AppRefusal>> {
    let action = match (document.environment.class(), save) {
        (EnvironmentClass::Test, Save::Create) => Action::CreateSandboxApp,
        (EnvironmentClass::Test, _) => Action::EditSandboxApp,
        (EnvironmentClass::Live, Save::Create) => Action::CreateProductionConfiguration,
        (EnvironmentClass::Live, _) => Action::EditProductionConfiguration,
    };
    if document.issuer == PORTAL_CLIENT_ID {
        return Err(Failure::Refused(AppRefusal::Portal));
    }
    member.may(
        action,
        Belongs::ToTeam(document.team.as_str()),
        keeper.clock.real_now(),
    )?;
    Ok(())
}

/// An app in an environment, as the audit record names it.
pub(crate) fn subject(handle: &str, environment: EnvironmentName) -> String {
    format!("{handle}/{environment}")
}

/// What no configuration may have, also one that is not live yet: it would be dangerous, or useless, to keep it.
const NEVER_SAVED: &[&str] = &[
    "issuer/present",
    "issuer/form",
    "uri/form",
    "uri/wildcard",
    "uri/user-info",
    "uri/backslash",
    "uri/dangerous-scheme",
    "document/control-characters",
    "key/private",
    "key/unreadable",
    "logo/svg-active",
    "logo/svg-external",
    "logo/svg-allowed",
    "logo/svg-form",
    "logo/png-form",
    "logo/type",
    "logo/size",
    "help-text/markup",
];

/// Whether the environment's releases hold the app.
pub(crate) fn is_live(
    c: &mut Conn,
    handle: &str,
    environment: EnvironmentName,
) -> Result<bool, StoreFault> {
    Ok(releases::app_in(c, environment.as_str(), handle)?.is_some())
}
