//! Apps and their configurations as a member sees them.

use std::collections::{BTreeMap, BTreeSet};

use durward_domain::application::{AppDocument, DocumentFault, Protocol};
use durward_domain::environment::EnvironmentName;
use durward_domain::formats::{FormatFault, NotExported, NotImported};
use durward_domain::id::BadId;
use durward_domain::level::LevelOfService;
use durward_domain::lint::{self as rules, Finding, Syntax};
use durward_domain::permission::Action;
use durward_domain::refusal::{RefusalKind, Refuse};
use durward_store::apps::{self, ConfigurationRow, ListedRow};
use durward_store::{Conn, Fault as StoreFault, releases};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::lint;
use crate::actor::{Belongs, Denied, Member};
use crate::failure::{Failure, Fault, FaultKind};
use crate::keeper::{Keeper, time};

/// One configuration in a list.
#[derive(Clone, Debug, Serialize)]
pub struct AppSummary {
    /// The app.
    pub handle: String,
    /// The environment of this configuration.
    pub environment: EnvironmentName,
    /// The app's team.
    pub team: String,
    /// The name as in the agreement.
    pub app_name: String,
    /// The name that people see.
    pub friendly_name: String,
    /// The client id or entity id.
    pub issuer: String,
    /// How it speaks with the identity provider.
    pub protocol: Protocol,
    /// Whether it may ask for verified identities.
    pub level_of_service: LevelOfService,
    /// Rises with every save: the ETag.
    pub version: i64,
    /// The newest revision's number.
    pub revision: i64,
    /// The number of the revision that the environment's release has; nothing when it is not live there.
    pub live_revision: Option<i64>,
    /// When it was last saved.
    pub changed: Timestamp,
}

/// One configuration with everything about it.
#[derive(Clone, Debug)]
pub struct AppView {
    /// What lists show.
    pub summary: AppSummary,
    /// The newest revision's id.
    pub revision_id: String,
    /// The newest revision's document.
    pub document: AppDocument,
    /// Who saved it.
    pub author: String,
    /// The id of the member who made the configuration.
    pub created_by: String,
    /// Their id.
    pub author_id: String,
    /// The document that the environment's current release has, when it is live.
    pub live: Option<AppDocument>,
    /// What the validator finds in the newest document.
    pub findings: Vec<Finding>,
}

/// Which part of the list of apps is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Listing<'a> {
    /// Only those after this handle.
    pub after: &'a str,
    /// Only those whose handle, names or issuer hold this.
    pub words: &'a str,
    /// At most so many, 1 to 500.
    pub limit: usize,
}

/// The configurations that a member may see, by handle, after a handle; and whether there are more.
///
/// # Errors
/// A fault.
pub async fn apps(
    keeper: &Keeper,
    member: &Member,
    after: &str,
    limit: usize,
) -> Result<Page<AppSummary>, Fault> {
    let listing = Listing {
        after,
        words: "",
        limit,
    };
    list(keeper, member, listing).await
}

/// The same, of those that fit.
///
/// # Errors
/// A fault.
pub async fn list(
    keeper: &Keeper,
    member: &Member,
    listing: Listing<'_>,
) -> Result<Page<AppSummary>, Fault> {
    let limit = listing.limit.clamp(1, 500);
    let everything = member.reaches(Action::ViewApp, Belongs::ToProgramme);
    let teams: BTreeSet<String> = member.teams().into_iter().map(str::to_owned).collect();
    let wanted = apps::Wanted {
        after: listing.after.to_owned(),
        words: listing.words.to_owned(),
        // One app has at most three configurations; a page never ends inside one.
        limit: i64::try_from(limit + 3).unwrap_or(i64::MAX),
    };
    let (rows, next) = keeper
        .store
        .read(move |c| {
            // Where they are first: who belongs to many teams would have all their documents read for one page.
            let mut places = if everything {
                let all = apps::places(c, &wanted)?;
                all.into_iter().map(|(place, _)| place).collect()
            } else if teams.len() <= FEW_TEAMS {
                let mut places = Vec::new();
                for team in &teams {
                    places.extend(apps::places_of_team(c, team, &wanted)?);
                }
                places.sort_unstable();
                places
            } else {
                places_of_many(c, &teams, wanted.clone())?
            };
            let more = places.len() > limit;
            if more && let (Some((first, _)), Some((last, _))) = (places.first(), places.get(limit))
            {
                let (first, last) = (first.clone(), last.clone());
                places.retain(|(handle, _)| *handle < last || *handle == first);
            }
            let next = places
                .last()
                .filter(|_| more)
                .map(|(handle, _)| handle.clone());
            let mut rows = Vec::with_capacity(places.len());
            for place in places {
                rows.extend(apps::listed(c, place)?);
            }
            Ok((rows, next))
        })
        .await?;
    let items = rows.into_iter().map(listed).collect::<Result<_, Fault>>()?;
    Ok(Page { items, next })
}

/// The same places as asking for each team gives, by going through all apps until a page is full: one question instead of
/// hundreds.
fn places_of_many(
    c: &mut Conn,
    teams: &BTreeSet<String>,
    mut wanted: apps::Wanted,
) -> Result<Vec<apps::Place>, StoreFault> {
    let enough = usize::try_from(wanted.limit).unwrap_or(usize::MAX);
    let mut found = Vec::new();
    wanted.limit = AT_ONCE;
    loop {
        let mut part = apps::places(c, &wanted)?;
        let whole = part.len() < usize::try_from(AT_ONCE).unwrap_or(usize::MAX);
        if !whole && let Some(((last, _), _)) = part.last() {
            // The last app may go on in the next part.
            let last = last.clone();
            part.retain(|((handle, _), _)| *handle < last);
        }
        if let Some(((last, _), _)) = part.last() {
            wanted.after.clone_from(last);
        }
        found.extend(
            part.into_iter()
                .filter(|(_, team)| teams.contains(team))
                .map(|(place, _)| place),
        );
        if whole || found.len() >= enough {
            found.truncate(enough);
            return Ok(found);
        }
    }
}

/// How many apps that a member may see are live in each environment.
///
/// # Errors
/// A fault.
pub async fn live_counts(
    keeper: &Keeper,
    member: &Member,
) -> Result<BTreeMap<EnvironmentName, u64>, Fault> {
    let everything = member.reaches(Action::ViewApp, Belongs::ToProgramme);
    let teams: Vec<String> = member.teams().into_iter().map(str::to_owned).collect();
    let counts = keeper
        .store
        .read(move |c| {
            let mut counts = BTreeMap::new();
            for environment in EnvironmentName::ALL {
                let name = environment.as_str();
                let mut count = 0;
                if everything {
                    count = releases::count_of(c, name, None)?;
                } else {
                    for team in &teams {
                        count += releases::count_of(c, name, Some(team))?;
                    }
                }
                counts.insert(environment, u64::try_from(count).unwrap_or_default());
            }
            Ok(counts)
        })
        .await?;
    Ok(counts)
}

/// One page of a list.
#[derive(Clone, Debug, Serialize)]
pub struct Page<T> {
    /// The things.
    pub items: Vec<T>,
    /// After what the next page begins; nothing on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// One configuration.
///
/// # Errors
/// [`AppRefusal::NotFound`] when there is none that the member may see.
pub async fn app(
    keeper: &Keeper,
    member: &Member,
    handle: &str,
    environment: EnvironmentName,
) -> Result<AppView, Failure<AppRefusal>> {
    let name = handle.to_owned();
    let found = keeper
        .store
        .read(move |c| {
            let Some(row) = apps::find_configuration(c, &name, environment.as_str())? else {
                return Ok(None);
            };
            let live = match releases::app_in(c, environment.as_str(), &name)? {
                Some((revision, _)) => apps::find_revision(c, &revision)?,
                None => None,
            };
            Ok(Some((row, live)))
        })
        .await?;
    let missing = || AppRefusal::NotFound {
        handle: handle.to_owned(),
        environment,
    };
    let (row, live) = found.ok_or_else(|| Failure::Refused(missing()))?;
    if !member.reaches(Action::ViewApp, Belongs::ToTeam(&row.team)) {
        return Err(Failure::Refused(missing()));
    }
    let document = document_of(&row.document)?;
    let findings = lint::findings(keeper, &document).await?;
    let author = super::members::name_of(keeper, &row.author).await?;
    Ok(AppView {
        summary: summary(&row, &document, live.as_ref().map(|live| live.number)),
        revision_id: row.revision_id.clone(),
        author,
        created_by: row.created_by.clone(),
        author_id: row.author.clone(),
        live: live.map(|live| document_of(&live.document)).transpose()?,
        document,
        findings,
    })
}

/// Refuses a document that claims the handle of an app of another team; that team is named to its own members alone.
pub(crate) async fn not_anothers(
    keeper: &Keeper,
    member: &Member,
    document: &AppDocument,
) -> Result<(), Failure<AppRefusal>> {
    let handle = document.handle.to_string();
    let owner = keeper
        .store
        .read(move |c| apps::team_of(c, &handle))
        .await?
        .filter(|owner| *owner != document.team.as_str());
    match owner {
        None => Ok(()),
        Some(owner) if member.reaches(Action::ViewApp, Belongs::ToTeam(&owner)) => {
            Err(Failure::Refused(AppRefusal::TeamFixed(owner)))
        }
        Some(_) => Err(Failure::Refused(AppRefusal::HandleTaken(
            document.handle.to_string(),
        ))),
    }
}

/// Why an app could not be shown or changed.
#[derive(Debug, thiserror::Error)]
pub enum AppRefusal {
    /// The member may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The environment or handle in an address cannot be read.
    #[error(transparent)]
    BadId(#[from] BadId),
    /// There is none that the member may see.
    #[error(
        "There is no configuration of \"{handle}\" in {environment} that you may see. Check the short name and your teams."
    )]
    NotFound {
        /// The app.
        handle: String,
        /// The environment.
        environment: EnvironmentName,
    },
    /// There is no such draft or revision that the member may see.
    #[error("There is no such {0} that you may see. It may have been deleted.")]
    Nothing(&'static str),
    /// The text is not an app document.
    #[error(transparent)]
    Unreadable(#[from] DocumentFault),
    /// The text is not an app document; everything that is wrong with it.
    #[error(transparent)]
    Faulty(Box<Faulty>),
    /// The text is no app in its format.
    #[error(transparent)]
    NotImported(#[from] NotImported),
    /// The format cannot say the app.
    #[error(transparent)]
    NotExported(#[from] NotExported),
    /// The validator found what must be repaired first.
    #[error("The document has {} that must be repaired: {}", count(.0.len()), first(.0))]
    Findings(Vec<Finding>),
    /// Somebody saved since the editor loaded it.
    #[error(
        "Somebody saved a newer version of this configuration. Load it again and repeat your change."
    )]
    Stale,
    /// Somebody saved the draft since the editor loaded it.
    #[error(
        "{0} saved this draft while you were working on it. Compare both versions and save again."
    )]
    DraftStale(String),
    /// A draft is not a store.
    #[error("A draft can have at most 512 KiB. Shorten what you typed.")]
    DraftTooLong,
    /// There is one already.
    #[error("\"{handle}\" has a configuration in {environment} already. Change that one.")]
    Exists {
        /// The app.
        handle: String,
        /// The environment.
        environment: EnvironmentName,
    },
    /// Another app has it.
    #[error(
        "Another app uses the issuer \"{0}\" in this environment. Choose one of your own; an issuer is never used again."
    )]
    IssuerTaken(String),
    /// It cannot change.
    #[error(
        "The issuer is fixed at \"{0}\" and cannot be changed: people's identifiers and your app's settings hang on it."
    )]
    IssuerFixed(String),
    /// The handle belongs to another team.
    #[error("The short name \"{0}\" belongs to another team. Choose another short name.")]
    HandleTaken(String),
    /// A document cannot move an app.
    #[error(
        "The app belongs to the team \"{0}\" and a document cannot move it. Ask your account manager to move an app."
    )]
    TeamFixed(String),
    /// There is no such team.
    #[error("There is no team \"{0}\". Use the short name of one of your teams.")]
    NoTeam(String),
    /// The document is for another address.
    #[error(
        "The document is for \"{document}\", but it was sent to \"{address}\". Send it to its own address."
    )]
    OtherAddress {
        /// `handle/environment` of the document.
        document: String,
        /// `handle/environment` of the address.
        address: String,
    },
    /// A key that proves nothing any more.
    #[error(
        "The key {0} is revoked in this environment and never comes back. Take it out and add a new one."
    )]
    KeyRevoked(String),
    /// It has ended.
    #[error(
        "The app is retired in {0} for good: its configuration and its history stay as they are. A new service needs an app with another short name and issuer."
    )]
    Retired(EnvironmentName),
    /// It is live.
    #[error("The configuration is live in {0}. Ask the programme staff to roll it back first.")]
    StillLive(EnvironmentName),
    /// A request stands on it.
    #[error(
        "A request for {0} is in review or waits for its window. Withdraw it first, then delete the configuration."
    )]
    Requested(EnvironmentName),
    /// The portal's own app.
    #[error(
        "This is the portal's own app. The server keeps it; it cannot be changed or removed here."
    )]
    Portal,
}

/// A text that is not an app document.
#[derive(Debug, thiserror::Error)]
#[error("{fault}")]
pub struct Faulty {
    fault: DocumentFault,
    findings: Vec<Finding>,
}

impl AppRefusal {
    /// The refusal of a text, with everything that is wrong with it.
    pub fn faulty(fault: DocumentFault, bytes: &[u8], syntax: Syntax) -> Self {
        let findings = rules::read(bytes, syntax).faults;
        Self::Faulty(Box::new(Faulty { fault, findings }))
    }

    /// What is wrong with a text in another format, for answers that list it.
    pub fn faults(&self) -> &[FormatFault] {
        match self {
            Self::NotImported(refusal) => &refusal.faults,
            Self::NotExported(refusal) => &refusal.faults,
            _ => &[],
        }
    }

    /// What the validator found, for answers that list it.
    pub fn findings(&self) -> Vec<Finding> {
        match self {
            Self::Findings(findings) => findings.clone(),
            Self::Unreadable(fault) => vec![rules::unreadable(fault)],
            Self::Faulty(faulty) => faulty.findings.clone(),
            _ => Vec::new(),
        }
    }
}

impl Refuse for AppRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.code(),
            Self::BadId(bad) => bad.code(),
            Self::NotFound { .. } => "app/not-found",
            Self::Nothing(_) => "app/nothing-there",
            Self::Unreadable(fault) => fault.code(),
            Self::Faulty(faulty) => faulty.fault.code(),
            Self::NotImported(refusal) => refusal.code(),
            Self::NotExported(refusal) => refusal.code(),
            Self::Findings(_) => "app/findings",
            Self::DraftStale(_) => "app/draft-stale",
            Self::DraftTooLong => "app/draft-too-long",
            Self::Stale => "app/stale",
            Self::Exists { .. } => "app/exists",
            Self::IssuerTaken(_) => "app/issuer-taken",
            Self::KeyRevoked(_) => "app/key-revoked",
            Self::Retired(_) => "app/retired",
            Self::IssuerFixed(_) => "app/issuer-fixed",
            Self::HandleTaken(_) => "app/handle-taken",
            Self::TeamFixed(_) => "app/team-fixed",
            Self::NoTeam(_) => "app/no-team",
            Self::OtherAddress { .. } => "app/other-address",
            Self::StillLive(_) => "app/still-live",
            Self::Requested(_) => "app/requested",
            Self::Portal => "app/portal",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Denied(denied) => denied.kind(),
            Self::NotExported(refusal) => refusal.kind(),
            Self::BadId(_)
            | Self::Unreadable(_)
            | Self::Faulty(_)
            | Self::NotImported(_)
            | Self::Findings(_)
            | Self::OtherAddress { .. }
            | Self::NoTeam(_) => RefusalKind::Invalid,
            Self::DraftTooLong => RefusalKind::TooLarge,
            Self::NotFound { .. } | Self::Nothing(_) => RefusalKind::NotFound,
            Self::Stale
            | Self::DraftStale(_)
            | Self::Exists { .. }
            | Self::IssuerTaken(_)
            | Self::KeyRevoked(_)
            | Self::Retired(_)
            | Self::IssuerFixed(_)
            | Self::HandleTaken(_)
            | Self::TeamFixed(_)
            | Self::StillLive(_)
            | Self::Requested(_) => RefusalKind::Conflict,
            Self::Portal => RefusalKind::Forbidden,
        }
    }
}

impl From<Denied> for Failure<AppRefusal> {
    fn from(denied: Denied) -> Self {
        Self::Refused(denied.into())
    }
}

/// Reads a document that was kept.
pub(crate) fn document_of(text: &str) -> Result<AppDocument, Fault> {
    AppDocument::parse_json(text.as_bytes()).map_err(|fault| {
        Fault::new(
            FaultKind::Corrupt,
            format!("a stored app document: {fault}"),
        )
    })
}

/// What a list says of a configuration. Of its document, which may hold a picture, the names are read alone.
pub(crate) fn listed(row: ListedRow) -> Result<AppSummary, Fault> {
    let corrupt = |what: String| Fault::new(FaultKind::Corrupt, what);
    let names: Names = serde_json::from_str(&row.document)
        .map_err(|fault| corrupt(format!("a stored app document: {fault}")))?;
    let environment =
        EnvironmentName::parse(&row.environment).map_err(|bad| corrupt(bad.to_string()))?;
    Ok(AppSummary {
        handle: row.handle,
        environment,
        team: row.team,
        app_name: names.app_name,
        friendly_name: names.friendly_name,
        issuer: row.issuer,
        protocol: names.protocol,
        level_of_service: names.level_of_service,
        version: row.version,
        revision: row.number,
        live_revision: row.live_number,
        changed: time(row.changed_us),
    })
}

#[derive(Deserialize)]
struct Names {
    #[serde(default)]
    app_name: String,
    #[serde(default)]
    friendly_name: String,
    #[serde(default)]
    protocol: Protocol,
    #[serde(default)]
    level_of_service: LevelOfService,
}

fn summary(
    row: &ConfigurationRow,
    document: &AppDocument,
    live_revision: Option<i64>,
) -> AppSummary {
    AppSummary {
        handle: row.handle.clone(),
        environment: document.environment,
        team: row.team.clone(),
        app_name: document.app_name.clone(),
        friendly_name: document.friendly_name.clone(),
        issuer: row.issuer.clone(),
        protocol: document.protocol,
        level_of_service: document.level_of_service,
        version: row.version,
        revision: row.number,
        live_revision,
        changed: time(row.changed_us),
    }
}

fn count(number: usize) -> String {
    if number == 1 {
        "one error".to_owned()
    } else {
        format!("{number} errors")
    }
}

fn first(findings: &[Finding]) -> String {
    findings
        .first()
        .map(|finding| finding.message.clone())
        .unwrap_or_default()
}

/// Up to so many teams are asked one by one.
const FEW_TEAMS: usize = 16;
/// Few in tests, so that few apps come in several parts.
const AT_ONCE: i64 = if cfg!(test) { 7 } else { 1000 };
