//! Which agreements a member reaches: staff all, partners those of their teams' agencies.

use durward_domain::agreement::Paper;
use durward_domain::permission::Action;
use durward_store::agreements::{self, AgreementRow};
use durward_store::members;

use super::{AgreementDenied, canonical, paper_of};
use crate::actor::{Belongs, Denied, Member};
use crate::failure::{Failure, Fault};
use crate::keeper::Keeper;

/// A document that the member may see, with its row.
#[derive(Clone, Debug)]
pub(crate) struct Loaded {
    pub(crate) row: AgreementRow,
    pub(crate) paper: Paper,
}

/// The document with this number, when the member may see it.
pub(crate) async fn load(
    keeper: &Keeper,
    member: &Member,
    number: &str,
) -> Result<Loaded, Failure<AgreementDenied>> {
    let agencies = agencies_of(keeper, member, Action::ViewAgreement).await?;
    let row = found(keeper, number).await?;
    let row = row
        .filter(|row| agencies.allow(&row.agency_id))
        .ok_or_else(|| Failure::Refused(AgreementDenied::missing(number)))?;
    let paper = paper_of(&row)?;
    Ok(Loaded { row, paper })
}

/// Sees to it that a role of the member reaches this for the agreement's own agency, a fresh second factor aside.
pub(crate) async fn may_for(
    keeper: &Keeper,
    member: &Member,
    action: Action,
    number: &str,
) -> Result<(), Failure<AgreementDenied>> {
    match found(keeper, number).await? {
        Some(row) => may_for_agency(keeper, member, action, &row.agency_id).await,
        None => Err(lacks(action)),
    }
}

/// The same for an agency.
pub(crate) async fn may_for_agency(
    keeper: &Keeper,
    member: &Member,
    action: Action,
    agency_id: &str,
) -> Result<(), Failure<AgreementDenied>> {
    let agencies = agencies_of(keeper, member, action).await?;
    agencies
        .allow(agency_id)
        .then_some(())
        .ok_or_else(|| lacks(action))
}

/// Of which agencies a member sees agreements.
pub(crate) enum Agencies {
    All,
    These(Vec<String>),
}

impl Agencies {
    pub(crate) fn allow(&self, agency_id: &str) -> bool {
        match self {
            Self::All => true,
            Self::These(ids) => ids.iter().any(|id| id == agency_id),
        }
    }
}

pub(crate) async fn agencies_of(
    keeper: &Keeper,
    member: &Member,
    action: Action,
) -> Result<Agencies, Fault> {
    if member.reaches(action, Belongs::ToProgramme) {
        return Ok(Agencies::All);
    }
    let teams: Vec<String> = member
        .teams()
        .into_iter()
        .filter(|team| member.reaches(action, Belongs::ToTeam(team)))
        .map(str::to_owned)
        .collect();
    let ids = keeper
        .store
        .read(move |c| {
            let mut ids = Vec::new();
            for team in &teams {
                ids.extend(members::find_team(c, team)?.map(|team| team.agency_id));
            }
            Ok(ids)
        })
        .await?;
    Ok(Agencies::These(ids))
}

fn lacks(action: Action) -> Failure<AgreementDenied> {
    let what = action.sentence();
    Failure::Refused(Denied::Role { what }.into())
}

async fn found(keeper: &Keeper, number: &str) -> Result<Option<AgreementRow>, Fault> {
    let wanted = canonical(keeper, number);
    Ok(keeper
        .store
        .read(move |c| agreements::find_either(c, &wanted))
        .await?)
}
