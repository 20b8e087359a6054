//! Dedicated domains of a team: named, proved by DNS, approved by the programme.
//!
//! The approved domain of the programme needs none of this; any other one does before live apps may use it.

use std::sync::Arc;
use std::time::Duration;

use durward_domain::event::Event;
use durward_domain::permission::Action;
use durward_domain::refusal::{RefusalKind, Refuse};
use durward_store::domains::{self, DomainRow};
use durward_store::{Conn, Fault as StoreFault, counters, members};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use url::Host;

use super::notices::{self, NoticeKind};
use super::told_of;
use crate::actor::{Belongs, Denied, Member};
use crate::failure::{Failure, Fault};
use crate::keeper::{Happened, Keeper, time};
use crate::record::Trace;

/// A domain of a team.
#[derive(Clone, Debug, Serialize)]
pub struct DomainView {
    /// The team.
    pub team: String,
    /// The domain.
    pub domain: String,
    /// Where it stands.
    pub state: DomainState,
    /// The name of the DNS record that proves it.
    pub record_name: String,
    /// The text of that record.
    pub record_text: String,
    /// What the DNS said when it was asked last and showed no proof.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub finding: String,
    /// When the DNS was asked last.
    pub checked: Option<Timestamp>,
    /// Since when it is proved.
    pub proved: Option<Timestamp>,
    /// Since when it is approved.
    pub approved: Option<Timestamp>,
}

/// Where a domain stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DomainState {
    /// Named; the DNS has not shown the token.
    Named,
    /// Proved; waits for approval.
    Proved,
    /// Approved: apps of the team may use it.
    Approved,
}

impl DomainState {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Named => "named",
            Self::Proved => "proved",
            Self::Approved => "approved",
        }
    }
}

/// The domains of a team.
///
/// # Errors
/// [`DomainRefusal::Team`] when the member does not see the team, or a fault.
pub async fn list(
    keeper: &Keeper,
    member: &Member,
    team: &str,
) -> Result<Vec<DomainView>, Failure<DomainRefusal>> {
    seen(keeper, member, team).await?;
    let team = team.to_owned();
    let rows = keeper
        .store
        .read(move |c| domains::of_team(c, &team))
        .await?;
    Ok(rows.into_iter().map(view).collect())
}

/// Proved domains of all teams that wait for approval; none for who may not approve.
///
/// # Errors
/// A fault.
pub async fn waiting(keeper: &Keeper, member: &Member) -> Result<Vec<DomainView>, Fault> {
    if !member.reaches(Action::ApproveDomain, Belongs::ToProgramme) {
        return Ok(Vec::new());
    }
    let rows = keeper.store.read(domains::waiting).await?;
    Ok(rows.into_iter().map(view).collect())
}

/// Names a domain. Naming it again shows the same token.
///
/// # Errors
/// [`DomainRefusal`], or a fault.
pub async fn name(
    keeper: &Arc<Keeper>,
    member: &Member,
    (team, domain): (&str, &str),
    trace: &Trace,
) -> Result<DomainView, Failure<DomainRefusal>> {
    permitted(keeper, member, team, Action::NameDomain).await?;
    let domain = parse(keeper, domain).map_err(Failure::Refused)?;
    let (token, by) = (keeper.random.token(), member.id.clone());
    let act = Act::new(keeper, member, (team, &domain), trace);
    act.write(move |c, act| {
        let now_us = act.keeper.clock.real_now().as_microsecond();
        let held = domains::of_team(c, &act.team)?;
        if held.len() >= MOST_DOMAINS && !held.iter().any(|row| row.domain == act.domain) {
            return Ok(Err(DomainRefusal::TooMany));
        }
        if domains::put(c, (&act.team, &act.domain), &token, &by, now_us)? {
            act.record(c, Event::DomainNamed)?;
        }
        Ok(Ok(()))
    })
    .await
}

/// Asks the DNS for the token.
///
/// # Errors
/// [`DomainRefusal`], or a fault. A DNS that shows no token is no refusal: the finding tells.
pub async fn check(
    keeper: &Arc<Keeper>,
    member: &Member,
    (team, domain): (&str, &str),
    trace: &Trace,
) -> Result<DomainView, Failure<DomainRefusal>> {
    permitted(keeper, member, team, Action::NameDomain).await?;
    let act = Act::new(keeper, member, (team, domain), trace);
    let (look, now) = (act.clone(), keeper.clock.real_now());
    let row = keeper
        .store
        .write(move |c| {
            let name = format!("domain-check:{}", look.team);
            if counters::hit(c, &name, WINDOW, now)?.hits > MOST_IN_WINDOW {
                return Ok(Err(DomainRefusal::TooOften));
            }
            Ok(domains::find(c, &look.team, &look.domain)?.ok_or_else(|| look.missing()))
        })
        .await?
        .map_err(Failure::Refused)?;
    let finding = shown(keeper, &row.domain, &row.token)
        .await
        .err()
        .unwrap_or_default();
    act.write(move |c, act| {
        let Some(row) = domains::find(c, &act.team, &act.domain)? else {
            return Ok(Err(act.missing()));
        };
        let now_us = now.as_microsecond();
        // What was proved once stays so; the probes of its apps tell when the record goes.
        let proved = row
            .proved_us
            .or_else(|| finding.is_empty().then_some(now_us));
        domains::checked(c, (&act.team, &act.domain), now_us, &finding, proved)?;
        if proved.is_some() && row.proved_us.is_none() {
            act.record(c, Event::DomainProved)?;
            act.tell(c, &notices::DOMAIN_PROVED)?;
        }
        Ok(Ok(()))
    })
    .await
}

/// Approves a proved domain: from now on the validator counts it as the team's own.
///
/// # Errors
/// [`DomainRefusal`], or a fault.
pub async fn approve(
    keeper: &Arc<Keeper>,
    member: &Member,
    (team, domain): (&str, &str),
    trace: &Trace,
) -> Result<DomainView, Failure<DomainRefusal>> {
    permitted(keeper, member, team, Action::ApproveDomain).await?;
    let act = Act::new(keeper, member, (team, domain), trace);
    let by = member.id.clone();
    act.write(move |c, act| {
        let Some(row) = domains::find(c, &act.team, &act.domain)? else {
            return Ok(Err(act.missing()));
        };
        if row.proved_us.is_none() {
            return Ok(Err(DomainRefusal::NotProved { domain: row.domain }));
        }
        // Two people: who named it does not approve it.
        if row.added_by == by {
            return Ok(Err(DomainRefusal::Own));
        }
        let now_us = act.keeper.clock.real_now().as_microsecond();
        if domains::approve(c, (&act.team, &act.domain), &by, now_us)? {
            act.record(c, Event::DomainApproved)?;
            act.tell(c, &notices::DOMAIN_APPROVED)?;
        }
        Ok(Ok(()))
    })
    .await
}

/// Takes a domain from a team.
///
/// # Errors
/// [`DomainRefusal`], or a fault.
pub async fn remove(
    keeper: &Arc<Keeper>,
    member: &Member,
    (team, domain): (&str, &str),
    trace: &Trace,
) -> Result<(), Failure<DomainRefusal>> {
    permitted(keeper, member, team, Action::NameDomain).await?;
    let act = Act::new(keeper, member, (team, domain), trace);
    keeper
        .store
        .write(move |c| {
            if !domains::remove(c, &act.team, &act.domain)? {
                return Ok(Err(act.missing()));
            }
            act.record(c, Event::DomainRemoved)?;
            act.tell(c, &notices::DOMAIN_REMOVED)?;
            Ok(Ok(()))
        })
        .await?
        .map_err(Failure::Refused)
}

/// Whether the DNS shows the token; otherwise a sentence that tells what it shows.
pub(crate) async fn shown(keeper: &Keeper, domain: &str, token: &str) -> Result<(), String> {
    let name = record_name(domain);
    let texts = keeper
        .outbound
        .dns()
        .text(&name)
        .await
        .map_err(|fault| fault.to_string())?;
    let wanted = record_text(token);
    if texts.iter().any(|text| text.trim() == wanted) {
        return Ok(());
    }
    Err(if texts.is_empty() {
        format!("{name} has no TXT record yet. A new record may take some minutes to be seen.")
    } else {
        format!("{name} has a TXT record, but not with the token of this team. Compare the two.")
    })
}

/// Why a domain was not named, proved or approved.
#[derive(Debug, thiserror::Error)]
pub enum DomainRefusal {
    /// The member may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No such team, or none that the member may see.
    #[error("There is no team \"{0}\" that you may see. Check its short name.")]
    Team(String),
    /// The team has not named it.
    #[error("The team has not named the domain {0}. Name it first.")]
    NotFound(String),
    /// Not a domain.
    #[error(
        "This is not a domain name such as fishing.com. Write the name alone, without https:// and without a path."
    )]
    Malformed,
    /// A suffix under which anyone can register.
    #[error(
        "{0} is not one team's domain: anybody can register names in it. Name the domain that your team registered."
    )]
    PublicSuffix(String),
    /// Approved for everyone.
    #[error("{0} is in a domain that the programme approves for every team. It needs no proof.")]
    Approved(String),
    /// Enough.
    #[error("The team has twenty domains already. Give up one that it does not need.")]
    TooMany,
    /// Too many look-ups.
    #[error("The DNS was asked often just now. Try again in a minute.")]
    TooOften,
    /// The proof is missing.
    #[error(
        "The DNS of {domain} has not shown the team's token yet. Set the TXT record and check it."
    )]
    NotProved {
        /// The domain.
        domain: String,
    },
    /// Who named it.
    #[error("You named this domain yourself. Somebody else must approve it.")]
    Own,
}

impl DomainRefusal {
    /// Whether it is about what was typed.
    pub fn is_of_the_name(&self) -> bool {
        matches!(
            self,
            Self::Malformed | Self::PublicSuffix(_) | Self::Approved(_) | Self::TooMany
        )
    }
}

impl Refuse for DomainRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.code(),
            Self::Team(_) => "domain/team-not-found",
            Self::NotFound(_) => "domain/not-named",
            Self::Malformed => "domain/malformed",
            Self::PublicSuffix(_) => "domain/public-suffix",
            Self::Approved(_) => "domain/approved-for-all",
            Self::TooMany => "domain/too-many",
            Self::TooOften => "domain/too-often",
            Self::NotProved { .. } => "domain/not-proved",
            Self::Own => "domain/own",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Denied(denied) => denied.kind(),
            Self::Team(_) | Self::NotFound(_) => RefusalKind::NotFound,
            Self::Malformed | Self::PublicSuffix(_) | Self::Approved(_) => RefusalKind::Invalid,
            Self::TooMany | Self::NotProved { .. } => RefusalKind::Conflict,
            Self::TooOften => RefusalKind::TooMany,
            Self::Own => RefusalKind::Forbidden,
        }
    }
}

/// One write about one domain.
#[derive(Clone)]
struct Act {
    keeper: Arc<Keeper>,
    member: Member,
    trace: Trace,
    team: String,
    domain: String,
}

impl Act {
    fn new(
        keeper: &Arc<Keeper>,
        member: &Member,
        (team, domain): (&str, &str),
        trace: &Trace,
    ) -> Self {
        Self {
            keeper: Arc::clone(keeper),
            member: member.clone(),
            trace: trace.clone(),
            team: team.to_owned(),
            domain: domain.trim().trim_end_matches('.').to_ascii_lowercase(),
        }
    }

    fn tell(&self, c: &mut Conn, kind: &'static NoticeKind) -> Result<(), StoreFault> {
        let of = (self.team.as_str(), self.domain.as_str(), kind);
        told_of::domain(c, &self.keeper, &self.member.actor(), of)
    }

    /// Writes in a unit of work, and answers the domain as it is then.
    async fn write(
        self,
        unit: impl Fn(&mut Conn, &Self) -> Result<Result<(), DomainRefusal>, StoreFault>
        + Send
        + 'static,
    ) -> Result<DomainView, Failure<DomainRefusal>> {
        let keeper = Arc::clone(&self.keeper);
        keeper
            .store
            .write(move |c| match unit(c, &self)? {
                Ok(()) => self.now(c),
                Err(refusal) => Ok(Err(refusal)),
            })
            .await?
            .map_err(Failure::Refused)
    }

    fn missing(&self) -> DomainRefusal {
        DomainRefusal::NotFound(self.domain.clone())
    }

    fn now(&self, c: &mut Conn) -> Result<Result<DomainView, DomainRefusal>, StoreFault> {
        let row = domains::find(c, &self.team, &self.domain)?;
        Ok(row.map(view).ok_or_else(|| self.missing()))
    }

    fn record(&self, c: &mut Conn, event: Event) -> Result<(), StoreFault> {
        self.keeper.record(
            c,
            &Happened {
                actor: &self.member.actor(),
                event,
                subject: &self.team,
                trace: Some(&self.trace),
                detail: json!({ "domain": self.domain }),
            },
        )
    }
}

async fn seen(keeper: &Keeper, member: &Member, team: &str) -> Result<(), Failure<DomainRefusal>> {
    let handle = team.to_owned();
    let known = keeper
        .store
        .read(move |c| members::find_team(c, &handle))
        .await?;
    let sees = member.reaches(Action::ViewTeam, Belongs::ToTeam(team));
    if known.is_none() || !sees {
        return Err(Failure::Refused(DomainRefusal::Team(team.to_owned())));
    }
    Ok(())
}

async fn permitted(
    keeper: &Keeper,
    member: &Member,
    team: &str,
    action: Action,
) -> Result<(), Failure<DomainRefusal>> {
    seen(keeper, member, team).await?;
    member
        .may(action, Belongs::ToTeam(team), keeper.clock.real_now())
        .map(drop)
        .map_err(|denied| Failure::Refused(denied.into()))
}

/// A domain that one owner registers: not an address, not a public suffix, not approved for everyone anyway.
fn parse(keeper: &Keeper, text: &str) -> Result<String, DomainRefusal> {
    let text = text.trim().trim_end_matches('.');
    if text.len() > 253
        || !text.contains('.')
        || text.contains(['/', ':', '@', '*', '?', '#', '\\', '%', ' '])
    {
        return Err(DomainRefusal::Malformed);
    }
    let Ok(Host::Domain(domain)) = Host::parse(text) else {
        return Err(DomainRefusal::Malformed);
    };
    if domain
        .split('.')
        .any(|label| label.is_empty() || label.len() > 63)
    {
        return Err(DomainRefusal::Malformed);
    }
    if keeper.programme.approves_production_host(&domain) {
        return Err(DomainRefusal::Approved(domain));
    }
    // Without an owner's own label the name is a public suffix such as co.uk or github.io.
    if psl::domain_str(&domain).is_none() {
        return Err(DomainRefusal::PublicSuffix(domain));
    }
    Ok(domain)
}

fn view(row: DomainRow) -> DomainView {
    let state = match (row.proved_us, row.approved_us) {
        (_, Some(_)) => DomainState::Approved,
        (Some(_), None) => DomainState::Proved,
        (None, None) => DomainState::Named,
    };
    DomainView {
        record_name: record_name(&row.domain),
        record_text: record_text(&row.token),
        state,
        team: row.team,
        domain: row.domain,
        finding: row.finding,
        checked: row.checked_us.map(time),
        proved: row.proved_us.map(time),
        approved: row.approved_us.map(time),
    }
}

fn record_name(domain: &str) -> String {
    format!("_durward-challenge.{domain}")
}

fn record_text(token: &str) -> String {
    format!("durward-domain={token}")
}

const MOST_DOMAINS: usize = 20;
const WINDOW: Duration = Duration::from_secs(60);
const MOST_IN_WINDOW: i64 = 10;
