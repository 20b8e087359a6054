//! Who acts, and what they may do: authority is shown as a [`Permit`], not remembered.

use durward_domain::permission::{Action, Grant, Role, grant};
use durward_domain::refusal::{RefusalKind, Refuse};
use jiff::Timestamp;

/// Who did something, as the audit record tells it. Never an address or a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A person at the door, by account id.
    Person(String),
    /// A browser nobody has signed in with yet.
    Visitor,
    /// A client, by its client id.
    Client(String),
    /// A member of the portal, by member id.
    Member(String),
    /// The holder of an automation token of a test-class environment.
    Automation,
    /// The server itself: the deployer, the sealer, the seeds.
    System(&'static str),
}

impl Actor {
    /// The kind's word.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Person(_) => "person",
            Self::Visitor => "visitor",
            Self::Client(_) => "client",
            Self::Member(_) => "member",
            Self::Automation => "automation",
            Self::System(_) => "system",
        }
    }

    /// The id within its kind; empty where there is none.
    pub fn id(&self) -> &str {
        match self {
            Self::Person(id) | Self::Client(id) | Self::Member(id) => id,
            Self::System(part) => part,
            Self::Visitor | Self::Automation => "",
        }
    }
}

/// A signed-in member of the portal with their roles.
#[derive(Clone, Debug)]
pub struct Member {
    /// The member's id.
    pub id: String,
    /// The work address: who they are to their colleagues.
    pub email: String,
    /// Their name.
    pub name: String,
    /// Roles as (team, role); staff roles have no team.
    pub roles: Vec<(Option<String>, Role)>,
    /// Until when a fresh second factor counts for what needs one.
    pub elevated_until: Timestamp,
}

/// To which team something belongs, or that it belongs to the whole programme.
#[derive(Clone, Copy, Debug)]
pub enum Belongs<'a> {
    /// To one team, by handle.
    ToTeam(&'a str),
    /// To the programme.
    ToProgramme,
}

/// Shown authority: only [`Member::may`] makes one.
#[derive(Clone, Debug)]
pub struct Permit {
    actor: Actor,
    action: Action,
}

impl Permit {
    /// Who holds it.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// For what.
    pub fn action(&self) -> Action {
        self.action
    }
}

/// Why a member may not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// None of the member's roles allows it here.
    #[error(
        "Your roles do not allow this: {what} Ask a partner admin of your team or the programme staff."
    )]
    Role {
        /// The action's sentence.
        what: &'static str,
    },
    /// It needs a second factor given within the step-up time.
    #[error(
        "This needs a fresh second factor. Sign in again with your second factor, then repeat it."
    )]
    StepUp,
}

impl Refuse for Denied {
    fn code(&self) -> &'static str {
        match self {
            Self::Role { .. } => "permission/role",
            Self::StepUp => "permission/step-up",
        }
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Forbidden
    }
}

impl Member {
    /// Shows that the member may do this to something that belongs there.
    ///
    /// # Errors
    /// [`Denied::Role`] when no role reaches it, [`Denied::StepUp`] when the second factor is too old.
    pub fn may(
        &self,
        action: Action,
        belongs: Belongs<'_>,
        now: Timestamp,
    ) -> Result<Permit, Denied> {
        if !self.reaches(action, belongs) {
            return Err(Denied::Role {
                what: action.sentence(),
            });
        }
        if action.needs_step_up() && now >= self.elevated_until {
            return Err(Denied::StepUp);
        }
        Ok(Permit {
            actor: self.actor(),
            action,
        })
    }

    /// The same for something that is done by anyone with the role in any team, or for the programme.
    ///
    /// # Errors
    /// As [`Self::may`]; a missing second factor is told before a missing role.
    pub fn may_somewhere(&self, action: Action, now: Timestamp) -> Result<Permit, Denied> {
        let teams = self.teams().into_iter().map(Belongs::ToTeam);
        let mut denied = Denied::Role {
            what: action.sentence(),
        };
        for belongs in teams.chain([Belongs::ToProgramme]) {
            match self.may(action, belongs, now) {
                Ok(permit) => return Ok(permit),
                Err(Denied::StepUp) => denied = Denied::StepUp,
                Err(Denied::Role { .. }) => {}
            }
        }
        Err(denied)
    }

    /// Whether a role of the member reaches this, a fresh second factor aside: what pages offer.
    pub fn reaches(&self, action: Action, belongs: Belongs<'_>) -> bool {
        self.roles
            .iter()
            .any(|(team, role)| match (grant(*role, action), team, belongs) {
                (Grant::No, _, _) => false,
                (Grant::All, _, _) => true,
                (Grant::OwnTeam, Some(own), Belongs::ToTeam(team)) => own == team,
                (Grant::OwnTeam, _, _) => false,
            })
    }

    /// Whether the member belongs to the programme's staff.
    pub fn is_staff(&self) -> bool {
        self.roles.iter().any(|(_, role)| role.is_staff())
    }

    /// The teams the member has a role in.
    pub fn teams(&self) -> Vec<&str> {
        let mut teams: Vec<&str> = self
            .roles
            .iter()
            .filter_map(|(team, _)| team.as_deref())
            .collect();
        teams.dedup();
        teams
    }

    /// The member as the audit record names them.
    pub fn actor(&self) -> Actor {
        Actor::Member(self.id.clone())
    }
}
