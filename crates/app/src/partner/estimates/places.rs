//! With what an estimate is saved: a team, a partnership, or its author until they have a team.

use durward_domain::permission::Action;
use durward_store::estimates::{self, EstimateRow};
use durward_store::partnerships::{self, PartnershipRow};
use durward_store::{Conn, Fault as StoreFault, members};

use super::EstimateRefusal;
use crate::actor::{Belongs, Member};
use crate::failure::{Failure, Fault};
use crate::keeper::Keeper;

/// With what an estimate is saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// With a team, by handle.
    Team(String),
    /// With a partnership, by id.
    Partnership(String),
    /// With its author: with their first team, now or once they have one.
    Own,
}

/// A place that a member may choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// A team.
    Team {
        /// Its handle.
        handle: String,
        /// Its name.
        name: String,
    },
    /// A partnership.
    Partnership {
        /// Its id.
        id: String,
        /// What people call it by.
        reference: String,
        /// The agency, as it was told.
        agency: String,
    },
    /// The member, who has no team yet.
    Own,
}

/// Where the member may save: first with the partnership of this id, where they come from one; then with the
/// partnerships that they are the contact of, and with their teams; as their own while they have neither.
///
/// # Errors
/// A fault.
pub async fn places(keeper: &Keeper, member: &Member, from: &str) -> Result<Vec<Choice>, Fault> {
    let (from, who) = (from.to_owned(), member.clone());
    let found = keeper.store.read(move |c| {
        let mut near = Vec::new();
        if let Some(row) = partnerships::find(c, &from)? {
            near.push(row);
        }
        near.extend(partnerships::of_contact(c, &address(&who))?);
        let own = who.teams();
        let teams = members::teams(c)?;
        let teams = teams.into_iter();
        Ok((
            near,
            teams
                .filter(|team| own.contains(&team.handle.as_str()))
                .collect::<Vec<_>>(),
        ))
    });
    let (near, teams) = found.await?;
    let mut choices = Vec::new();
    for row in near {
        let owner = Owner::of_partnership(member, &row);
        let choice = Choice::Partnership {
            id: row.partnership_id,
            reference: row.reference,
            agency: row.agency,
        };
        if member.reaches(Action::SaveEstimate, owner.belongs()) && !choices.contains(&choice) {
            choices.push(choice);
        }
    }
    choices.extend(
        teams
            .into_iter()
            .filter(|team| member.reaches(Action::SaveEstimate, Belongs::ToTeam(&team.handle)))
            .map(|team| Choice::Team {
                handle: team.handle,
                name: team.name,
            }),
    );
    let own = member.teams().is_empty()
        && member.reaches(Action::SaveEstimate, Belongs::ToMember(&member.id));
    if own {
        choices.push(Choice::Own);
    }
    Ok(choices)
}

/// To whom an estimate of a place belongs.
pub(super) struct Owner {
    pub(super) team: Option<String>,
    pub(super) partnership: Option<String>,
    pub(super) member: String,
    /// Whether the member may see it, and save with it, as its contact or author.
    own: bool,
}

impl Owner {
    fn of_partnership(member: &Member, row: &PartnershipRow) -> Self {
        Self {
            team: row.team.clone(),
            partnership: Some(row.partnership_id.clone()),
            member: member.id.clone(),
            own: row.contact == address(member),
        }
    }

    pub(super) fn belongs(&self) -> Belongs<'_> {
        match self.team.as_deref() {
            None if self.own => Belongs::ToMember(&self.member),
            team => belongs(team),
        }
    }
}

/// The owner of a place. A team's estimates belong to its open partnership too.
pub(super) async fn owner(
    keeper: &Keeper,
    member: &Member,
    place: &Place,
) -> Result<Owner, Failure<EstimateRefusal>> {
    let (wanted, who) = (place.clone(), member.clone());
    let found = keeper
        .store
        .read(move |c| match &wanted {
            Place::Team(team) => of_team(c, &who, team),
            Place::Partnership(id) => {
                let row = partnerships::find(c, id)?;
                Ok(row.map(|row| Owner::of_partnership(&who, &row)))
            }
            Place::Own => match first_team(&who) {
                Some(team) => of_team(c, &who, team),
                None => Ok(Some(Owner {
                    team: None,
                    partnership: None,
                    member: who.id.clone(),
                    own: true,
                })),
            },
        })
        .await?;
    found
        .filter(|owner| member.reaches(Action::ViewPartnership, owner.belongs()))
        .ok_or(Failure::Refused(EstimateRefusal::NotFound))
}

fn of_team(c: &mut Conn, member: &Member, handle: &str) -> Result<Option<Owner>, StoreFault> {
    let Some(team) = members::find_team(c, handle)? else {
        return Ok(None);
    };
    let open = partnerships::of_team(c, &team.handle)?
        .into_iter()
        .find(|row| matches!(row.standing.as_str(), "open" | "paused"));
    Ok(Some(Owner {
        team: Some(team.handle),
        partnership: open.map(|row| row.partnership_id),
        member: member.id.clone(),
        own: false,
    }))
}

fn first_team(member: &Member) -> Option<&str> {
    let may = |team: &&str| member.reaches(Action::SaveEstimate, Belongs::ToTeam(team));
    member.teams().into_iter().find(may)
}

/// Everything that was saved where this one is.
pub(super) fn of_place(c: &mut Conn, row: &EstimateRow) -> Result<Vec<EstimateRow>, StoreFault> {
    match (row.team.as_deref(), row.partnership_id.as_deref()) {
        (Some(team), _) => estimates::of_team(c, team),
        (None, Some(id)) => estimates::of_partnership(c, id),
        (None, None) => estimates::of_author(c, &row.author),
    }
}

/// To whom a saved estimate belongs: what has no team yet is its author's, and the programme sees it.
pub(super) fn of_row(row: &EstimateRow) -> Belongs<'_> {
    match row.team.as_deref() {
        Some(team) => Belongs::ToTeam(team),
        None => Belongs::ToMember(&row.author),
    }
}

/// What belongs to no team yet is the programme's.
pub(crate) const fn belongs(team: Option<&str>) -> Belongs<'_> {
    match team {
        Some(team) => Belongs::ToTeam(team),
        None => Belongs::ToProgramme,
    }
}

/// The member's address as partnerships keep it.
fn address(member: &Member) -> String {
    member.email.to_ascii_lowercase()
}
