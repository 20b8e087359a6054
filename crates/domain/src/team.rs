//! Agencies, their teams, and the members of the portal.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    id::{AgencyId, MemberId, TeamHandle, TeamId},
    permission::{Action, Grant, Role, grant},
    refusal::{RefusalKind, Refuse},
};

/// An agency of the government.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agency {
    /// Its id.
    pub id: AgencyId,
    /// Its name.
    pub name: String,
    /// Its letters, as in agreement numbers.
    pub abbreviation: String,
}

/// A team of one agency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Team {
    /// Its id.
    pub id: TeamId,
    /// Its short name.
    pub handle: TeamHandle,
    /// Its name.
    pub name: String,
    /// Its agency.
    pub agency: AgencyId,
}

/// A member of the portal: a partner, a staff member, or both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Its id.
    pub id: MemberId,
    /// The e-mail address with which the member signs in.
    pub email: String,
    /// The roles.
    #[serde(default)]
    pub roles: BTreeSet<HeldRole>,
}

impl Member {
    /// How far an action reaches for this member, over all roles, on something of a team.
    ///
    /// `None` asks about something that belongs to no team.
    pub fn may(&self, action: Action, team: Option<&TeamHandle>) -> bool {
        self.roles
            .iter()
            .any(|held| match grant(held.role, action) {
                Grant::No => false,
                Grant::OwnTeam => held.team.is_some() && held.team.as_ref() == team,
                Grant::All => true,
            })
    }

    /// How far an action reaches for this member at most.
    pub fn reach(&self, action: Action) -> Grant {
        self.roles
            .iter()
            .map(|held| grant(held.role, action))
            .max()
            .unwrap_or(Grant::No)
    }

    /// The teams for which this member may do an action by a partner role.
    pub fn teams_for(&self, action: Action) -> impl Iterator<Item = &TeamHandle> {
        self.roles
            .iter()
            .filter(move |held| grant(held.role, action) > Grant::No)
            .filter_map(|held| held.team.as_ref())
    }

    /// Does this member belong to the programme's staff?
    pub fn is_staff(&self) -> bool {
        self.roles.iter().any(|held| held.role.is_staff())
    }

    /// Does this member hold the role in any team or as staff?
    pub fn holds(&self, role: Role) -> bool {
        self.roles.iter().any(|held| held.role == role)
    }
}

/// One role of a member: a partner role in a team, or a staff role.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Loose", into = "Loose")]
pub struct HeldRole {
    role: Role,
    team: Option<TeamHandle>,
}

impl HeldRole {
    /// A role, in a team exactly when it is a partner role.
    pub fn new(role: Role, team: Option<TeamHandle>) -> Result<Self, RoleMisplaced> {
        match (role.is_staff(), &team) {
            (true, Some(_)) => Err(RoleMisplaced::StaffInTeam(role)),
            (false, None) => Err(RoleMisplaced::PartnerWithoutTeam(role)),
            _ => Ok(Self { role, team }),
        }
    }

    /// The role.
    pub const fn role(&self) -> Role {
        self.role
    }

    /// The team of a partner role.
    pub const fn team(&self) -> Option<&TeamHandle> {
        self.team.as_ref()
    }
}

/// A role in the wrong place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RoleMisplaced {
    /// Staff roles belong to no team.
    #[error("The role {0} belongs to the programme's staff and not to a team. Leave the team out.")]
    StaffInTeam(Role),
    /// Partner roles belong to a team.
    #[error("The role {0} belongs to a team. Name the team.")]
    PartnerWithoutTeam(Role),
}

impl Refuse for RoleMisplaced {
    fn code(&self) -> &'static str {
        match self {
            Self::StaffInTeam(_) => "team/staff-role-in-team",
            Self::PartnerWithoutTeam(_) => "team/partner-role-without-team",
        }
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Loose {
    role: Role,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    team: Option<TeamHandle>,
}

impl TryFrom<Loose> for HeldRole {
    type Error = RoleMisplaced;

    fn try_from(loose: Loose) -> Result<Self, Self::Error> {
        Self::new(loose.role, loose.team)
    }
}

impl From<HeldRole> for Loose {
    fn from(held: HeldRole) -> Self {
        Self {
            role: held.role,
            team: held.team,
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn team(handle: &str) -> TeamHandle {
        TeamHandle::parse(handle).unwrap()
    }

    fn member(roles: &[(Role, Option<&str>)]) -> Member {
        Member {
            id: MemberId::parse("0192d3a0-7c1e-7b43-8a6e-2f1c9f0e5d11").unwrap(),
            email: "someone@agency.gov".into(),
            roles: roles
                .iter()
                .map(|(role, handle)| HeldRole::new(*role, handle.map(team)).unwrap())
                .collect(),
        }
    }

    #[test]
    fn a_partner_role_ends_at_its_team() {
        let developer = member(&[
            (Role::PartnerDeveloper, Some("fisheries")),
            (Role::PartnerReadonly, Some("harbours")),
        ]);
        assert!(developer.may(Action::EditSandboxApp, Some(&team("fisheries"))));
        assert!(!developer.may(Action::EditSandboxApp, Some(&team("harbours"))));
        assert!(developer.may(Action::ViewApp, Some(&team("harbours"))));
        assert!(!developer.may(Action::ViewApp, Some(&team("forests"))));
        assert!(!developer.may(Action::ViewApp, None));
        assert_eq!(developer.reach(Action::EditSandboxApp), Grant::OwnTeam);
        assert_eq!(developer.teams_for(Action::EditSandboxApp).count(), 1);
        assert!(!developer.is_staff());
    }

    #[test]
    fn staff_reach_every_team() {
        let reviewer = member(&[(Role::Reviewer, None)]);
        assert!(reviewer.may(Action::ApproveLaunch, Some(&team("fisheries"))));
        assert!(!reviewer.may(Action::DeployRelease, None));
        assert!(reviewer.is_staff() && reviewer.holds(Role::Reviewer));
        assert!(!member(&[]).may(Action::ViewApp, Some(&team("fisheries"))));
    }

    #[test]
    fn roles_in_the_wrong_place_are_refused() {
        assert_eq!(
            HeldRole::new(Role::Auditor, Some(team("ab")))
                .unwrap_err()
                .code(),
            "team/staff-role-in-team"
        );
        assert_eq!(
            HeldRole::new(Role::PartnerAdmin, None).unwrap_err().code(),
            "team/partner-role-without-team"
        );
        assert!(serde_json::from_str::<HeldRole>(r#"{"role":"partner_admin"}"#).is_err());
        let held: HeldRole =
            serde_json::from_str(r#"{"role":"partner_admin","team":"fisheries"}"#).unwrap();
        assert_eq!(held.team(), Some(&team("fisheries")));
    }
}
