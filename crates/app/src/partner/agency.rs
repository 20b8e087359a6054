//! The agency of a team, for what the forms suggest.

use durward_store::members;

use crate::failure::Fault;
use crate::keeper::Keeper;

/// The agency of a team as suggestions name it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgencyWords {
    /// Its full name.
    pub name: String,
    /// Its abbreviation.
    pub abbreviation: String,
}

/// The agency of a team; empty words for a team that there is not.
///
/// # Errors
/// A fault.
pub async fn agency_of(keeper: &Keeper, team: &str) -> Result<AgencyWords, Fault> {
    let wanted = team.to_owned();
    let found = keeper
        .store
        .read(move |c| {
            let Some(team) = members::find_team(c, &wanted)? else {
                return Ok(None);
            };
            let agencies = members::agencies(c)?;
            Ok(agencies
                .into_iter()
                .find(|agency| agency.agency_id == team.agency_id))
        })
        .await?;
    Ok(found
        .map(|agency| AgencyWords {
            name: agency.name,
            abbreviation: agency.abbreviation,
        })
        .unwrap_or_default())
}
