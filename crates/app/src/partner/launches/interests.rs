//! Conflicts of interest: a reviewer with a role in a team of the agency that asks does not decide.

use durward_store::{Conn, Fault as StoreFault, members};

use crate::actor::Member;
use crate::failure::Fault;
use crate::keeper::Keeper;

/// The agency of a team, if the member has a role in any team of that agency.
pub(crate) async fn conflict(
    keeper: &Keeper,
    member: &Member,
    team: &str,
) -> Result<Option<String>, Fault> {
    let own: Vec<String> = member.teams().into_iter().map(str::to_owned).collect();
    let team = team.to_owned();
    let found = keeper.store.read(move |c| in_common(c, &own, &team));
    Ok(found.await?)
}

/// The agency of a team, if one of these teams is of the same.
pub(super) fn in_common(
    c: &mut Conn,
    own: &[String],
    team: &str,
) -> Result<Option<String>, StoreFault> {
    if own.is_empty() {
        return Ok(None);
    }
    let Some(asking) = members::find_team(c, team)? else {
        return Ok(None);
    };
    for one in own {
        let agency = members::find_team(c, one)?.map(|team| team.agency_id);
        if agency.as_ref() == Some(&asking.agency_id) {
            let all = members::agencies(c)?;
            let name = all
                .into_iter()
                .find(|agency| agency.agency_id == asking.agency_id);
            return Ok(Some(name.map_or(asking.name, |agency| agency.name)));
        }
    }
    Ok(None)
}
