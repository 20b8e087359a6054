//! Partner accounts: staff write them, partners see their own with the words that are meant for them.

use std::sync::Arc;

use durward_domain::agreement::AccountStatus;
use durward_domain::event::Event;
use durward_domain::permission::Action;
use durward_domain::refusal::{RefusalKind, Refuse};
use durward_store::members;
use durward_store::partner_accounts::{self, AccountRow};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::actor::{Belongs, Denied, Member};
use crate::failure::{Failure, Fault};
use crate::keeper::{Happened, Keeper};
use crate::record::Trace;

/// A partner account.
#[derive(Clone, Debug, Serialize)]
pub struct AccountView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Agency and office, such as `DHS-CBP`.
    pub requesting_agency: String,
    /// The agency's name.
    pub agency: String,
    /// Where the partnership stands.
    pub status: AccountStatus,
    /// The day it became a partner.
    pub became_partner: Option<Date>,
    /// What it is.
    pub description: String,
    /// Rises with every change: the ETag.
    pub version: i64,
}

/// What is entered for an account.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountEntry {
    /// Its name.
    pub name: String,
    /// Agency and office; stays as it was first entered.
    #[serde(default)]
    pub requesting_agency: String,
    /// The agency's abbreviation; stays as it was first entered.
    #[serde(default)]
    pub agency: String,
    /// Where the partnership stands.
    pub status: AccountStatus,
    /// The day it became a partner.
    #[serde(default)]
    pub became_partner: Option<Date>,
    /// What it is.
    #[serde(default)]
    pub description: String,
}

/// The accounts: staff see all, partners those of their teams' agencies.
///
/// # Errors
/// A fault.
pub async fn list(keeper: &Keeper, member: &Member) -> Result<Vec<AccountView>, Fault> {
    let all = member.reaches(Action::ViewAgreement, Belongs::ToProgramme);
    let teams: Vec<String> = member
        .teams()
        .into_iter()
        .filter(|team| member.reaches(Action::ViewAgreement, Belongs::ToTeam(team)))
        .map(str::to_owned)
        .collect();
    let (rows, agencies, own) = keeper
        .store
        .read(move |c| {
            let mut own = Vec::new();
            for team in &teams {
                own.extend(members::find_team(c, team)?.map(|team| team.agency_id));
            }
            Ok((partner_accounts::all(c)?, members::agencies(c)?, own))
        })
        .await?;
    Ok(rows
        .into_iter()
        .filter(|row| all || own.contains(&row.agency_id))
        .map(|row| {
            let agency = agencies
                .iter()
                .find(|agency| agency.agency_id == row.agency_id);
            view(
                row,
                agency.map(|agency| agency.name.clone()).unwrap_or_default(),
            )
        })
        .collect())
}

/// Adds an account, or changes the one with this id.
///
/// # Errors
/// [`AccountDenied`], or a fault.
pub async fn save(
    keeper: &Arc<Keeper>,
    member: &Member,
    (id, entry): (Option<&str>, AccountEntry),
    trace: &Trace,
) -> Result<AccountView, Failure<AccountDenied>> {
    let now = keeper.clock.real_now();
    member.may(Action::ManageAgreement, Belongs::ToProgramme, now)?;
    judge(&entry, id.is_none()).map_err(Failure::Refused)?;
    let row = match id {
        Some(id) => before(keeper, id).await?,
        None => begun(keeper, &entry).await?,
    };
    let next = AccountRow {
        name: entry.name.trim().to_owned(),
        status: entry.status.as_str().to_owned(),
        became: entry
            .became_partner
            .map(|day| day.to_string())
            .unwrap_or_default(),
        description: entry.description.trim().to_owned(),
        changed_us: now.as_microsecond(),
        ..row
    };
    let (unit_keeper, actor, trace, is_new) = (
        Arc::clone(keeper),
        member.actor(),
        trace.clone(),
        id.is_none(),
    );
    let saved = next.clone();
    let done = keeper.store.write(move |c| {
        let done = if is_new {
            partner_accounts::add(c, &next)?
        } else {
            partner_accounts::change(c, &next)?
        };
        if done {
            unit_keeper.record(
                c,
                &Happened {
                    actor: &actor,
                    event: Event::PartnerAccountSaved,
                    subject: &next.requesting_agency,
                    trace: Some(&trace),
                    detail: json!({ "status": next.status }),
                },
            )?;
        }
        Ok(done)
    });
    if !done.await? {
        return Err(Failure::Refused(AccountDenied::Taken));
    }
    let found = list(keeper, member).await?;
    found
        .into_iter()
        .find(|one| one.id == saved.account_id)
        .ok_or(Failure::Refused(AccountDenied::NotFound))
}

fn judge(entry: &AccountEntry, is_new: bool) -> Result<(), AccountDenied> {
    let length = entry.name.trim().chars().count();
    if !(2..=LONGEST_NAME).contains(&length) || entry.description.chars().count() > LONGEST_TEXT {
        return Err(AccountDenied::Name);
    }
    let office = entry.requesting_agency.trim();
    let shaped = (2..=40).contains(&office.len())
        && office
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-');
    if is_new && !shaped {
        return Err(AccountDenied::Office);
    }
    Ok(())
}

async fn before(keeper: &Keeper, id: &str) -> Result<AccountRow, Failure<AccountDenied>> {
    let id = id.to_owned();
    keeper
        .store
        .read(move |c| partner_accounts::find(c, &id))
        .await?
        .ok_or(Failure::Refused(AccountDenied::NotFound))
}

async fn begun(
    keeper: &Keeper,
    entry: &AccountEntry,
) -> Result<AccountRow, Failure<AccountDenied>> {
    let agencies = keeper.store.read(members::agencies).await?;
    let agency = agencies
        .into_iter()
        .find(|agency| {
            agency
                .abbreviation
                .eq_ignore_ascii_case(entry.agency.trim())
        })
        .ok_or(Failure::Refused(AccountDenied::NoAgency))?;
    Ok(AccountRow {
        account_id: keeper.random.uuid_v7(keeper.clock.real_now()).to_string(),
        name: String::new(),
        requesting_agency: entry.requesting_agency.trim().to_owned(),
        agency_id: agency.agency_id,
        status: String::new(),
        became: String::new(),
        description: String::new(),
        version: 1,
        changed_us: 0,
    })
}

fn view(row: AccountRow, agency: String) -> AccountView {
    AccountView {
        id: row.account_id,
        name: row.name,
        requesting_agency: row.requesting_agency,
        agency,
        status: AccountStatus::parse(&row.status).unwrap_or(AccountStatus::Prospect),
        became_partner: row.became.parse().ok(),
        description: row.description,
        version: row.version,
    }
}

/// Why an account was not written.
#[derive(Debug, thiserror::Error)]
pub enum AccountDenied {
    /// The member may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is none with this id.
    #[error("There is no such partner account. Load the list again.")]
    NotFound,
    /// Another account has it.
    #[error(
        "Another partner account has this name or this requesting agency, or this one changed meanwhile. Load the list again."
    )]
    Taken,
    /// No name, or too long a text.
    #[error(
        "A partner account needs a name of 2 to 120 characters and a description of at most 2,000. Correct it."
    )]
    Name,
    /// Not agency and office.
    #[error(
        "The requesting agency is written in capitals with a hyphen, such as DHS-CBP. Correct it."
    )]
    Office,
    /// There is no such agency.
    #[error("There is no agency with these letters. Use the abbreviation of one.")]
    NoAgency,
}

impl Refuse for AccountDenied {
    fn code(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.code(),
            Self::NotFound => "partner-account/not-found",
            Self::Taken => "partner-account/taken",
            Self::Name => "partner-account/name",
            Self::Office => "partner-account/requesting-agency",
            Self::NoAgency => "partner-account/no-agency",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Denied(denied) => denied.kind(),
            Self::NotFound => RefusalKind::NotFound,
            Self::Taken => RefusalKind::Conflict,
            Self::Name | Self::Office | Self::NoAgency => RefusalKind::Invalid,
        }
    }
}

impl From<Denied> for Failure<AccountDenied> {
    fn from(denied: Denied) -> Self {
        Self::Refused(denied.into())
    }
}

const LONGEST_NAME: usize = 120;
const LONGEST_TEXT: usize = 2000;
