//! Who acts, and what they may do: authority is shown as a [`Permit`], not remembered.

use durward_domain::level::Aal;
use std::collections::BTreeSet;

use durward_domain::permission::{Action, Grant, Realm, Role, grant_by_domain, grant_in};
use durward_domain::refusal::{RefusalKind, Refuse};
use durward_domain::token_scope::TokenScope;
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
    /// The holder of a team's automation token, by the token's id.
    TeamAutomation(String),
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
            Self::Automation | Self::TeamAutomation(_) => "automation",
            Self::System(_) => "system",
        }
    }

    /// The id within its kind; empty where there is none.
    pub fn id(&self) -> &str {
        match self {
            Self::Person(id) | Self::Client(id) | Self::Member(id) | Self::TeamAutomation(id) => id,
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
    /// The roles they were given.
    pub roles: Vec<Held>,
    /// How they came to be a member.
    pub standing: Standing,
    /// The strength of their sign-in, or of the one that made their token.
    pub aal: Aal,
    /// Until when a fresh second factor counts for what needs one.
    pub elevated_until: Timestamp,
    /// What the token that they came with is limited to; empty for a token without scopes, and in a session.
    pub scopes: BTreeSet<TokenScope>,
}

/// A role that a member was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// In which team and for which environments; nothing for a staff role.
    pub team: Option<(String, Realm)>,
    /// Which role.
    pub role: Role,
}

impl Held {
    /// A role in a team.
    pub fn in_team(team: impl Into<String>, realm: Realm, role: Role) -> Self {
        Self {
            team: Some((team.into(), realm)),
            role,
        }
    }

    /// A role in the programme.
    pub fn staff(role: Role) -> Self {
        Self { team: None, role }
    }

    fn reaches(&self, action: Action, belongs: Belongs<'_>, me: &str) -> bool {
        let realm = self.team.as_ref().map(|(_, realm)| *realm);
        let own = self.team.as_ref().map(|(team, _)| team.as_str());
        match (grant_in(self.role, realm, action), belongs) {
            (Grant::No, _) => false,
            (Grant::All, _) => true,
            (Grant::OwnTeam, Belongs::ToTeam(team) | Belongs::ToAuthor { team, .. }) => {
                own == Some(team)
            }
            (Grant::OwnWork, Belongs::ToAuthor { team, author }) => {
                own == Some(team) && author == me
            }
            (Grant::OwnTeam | Grant::OwnWork, _) => false,
        }
    }
}

/// How somebody came to be a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// By an approved e-mail domain: may do what the matrix gives to it, without any role.
    ApprovedDomain,
    /// By an invitation: has only the roles they were given.
    Invited,
}

/// To which team something belongs, or that it belongs to the whole programme.
#[derive(Clone, Copy, Debug)]
pub enum Belongs<'a> {
    /// To one team, by handle.
    ToTeam(&'a str),
    /// To one team, and this member made it.
    ToAuthor {
        /// The team's handle.
        team: &'a str,
        /// The member's id.
        author: &'a str,
    },
    /// To this member alone, who has no team yet.
    ToMember(&'a str),
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
    /// The token's scopes leave it out.
    #[error("The scopes of this token do not allow this: {what} Make a token with a scope for it.")]
    Scope {
        /// The action's sentence.
        what: &'static str,
    },
    /// It belongs to production, and the sign-in was too weak for that.
    #[error(
        "This belongs to production and needs a sign-in with two factors. Sign in again with your second factor, then repeat it."
    )]
    Level,
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
            Self::Scope { .. } => "permission/scope",
            Self::Level => "permission/level",
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
    /// [`Denied::Role`] when no role reaches it, [`Denied::Level`] when it belongs to production and the sign-in had one
    /// factor, [`Denied::StepUp`] when the second factor is too old.
    pub fn may(
        &self,
        action: Action,
        belongs: Belongs<'_>,
        now: Timestamp,
    ) -> Result<Permit, Denied> {
        if !self.reaches(action, belongs) {
            return Err(self.lacking(action));
        }
        self.strong_enough(action, now)?;
        Ok(Permit {
            actor: self.actor(),
            action,
        })
    }

    /// Whether the sign-in is strong and fresh enough for this, whatever the roles are.
    ///
    /// # Errors
    /// [`Denied::Level`] or [`Denied::StepUp`].
    pub fn strong_enough(&self, action: Action, now: Timestamp) -> Result<(), Denied> {
        if action.needs_two_factors() && self.aal < Aal::Aal2 {
            return Err(Denied::Level);
        }
        if action.needs_step_up() && now >= self.elevated_until {
            return Err(Denied::StepUp);
        }
        Ok(())
    }

    /// Whether the member gave a second factor within the step-up time.
    ///
    /// # Errors
    /// [`Denied::Level`] or [`Denied::StepUp`].
    pub fn stepped_up(&self, now: Timestamp) -> Result<(), Denied> {
        if self.aal < Aal::Aal2 {
            return Err(Denied::Level);
        }
        if now >= self.elevated_until {
            return Err(Denied::StepUp);
        }
        Ok(())
    }

    /// The same for something that is done by anyone with the role in any team, or for the programme.
    ///
    /// # Errors
    /// As [`Self::may`]; a missing second factor is told before a missing role.
    pub fn may_somewhere(&self, action: Action, now: Timestamp) -> Result<Permit, Denied> {
        if !self.reaches_somewhere(action) {
            return Err(self.lacking(action));
        }
        self.strong_enough(action, now)?;
        Ok(Permit {
            actor: self.actor(),
            action,
        })
    }

    /// Whether a role of the member reaches this, a fresh second factor aside: what pages offer.
    pub fn reaches(&self, action: Action, belongs: Belongs<'_>) -> bool {
        if !self.in_scope(action) {
            return false;
        }
        let by_domain = self.standing == Standing::ApprovedDomain
            && match (grant_by_domain(action), belongs) {
                (Grant::All, _) => true,
                (Grant::OwnWork, Belongs::ToMember(id)) => id == self.id,
                _ => false,
            };
        by_domain
            || self
                .roles
                .iter()
                .any(|held| held.reaches(action, belongs, &self.id))
    }

    /// Whether a role of the member reaches this for anything at all: what a route asks before it looks at what for.
    pub fn reaches_somewhere(&self, action: Action) -> bool {
        if !self.in_scope(action) {
            return false;
        }
        let by_domain =
            self.standing == Standing::ApprovedDomain && grant_by_domain(action) > Grant::No;
        let by_role = |held: &Held| {
            let realm = held.team.as_ref().map(|(_, realm)| *realm);
            grant_in(held.role, realm, action) > Grant::No
        };
        by_domain || self.roles.iter().any(by_role)
    }

    fn lacking(&self, action: Action) -> Denied {
        let what = action.sentence();
        if self.in_scope(action) {
            Denied::Role { what }
        } else {
            Denied::Scope { what }
        }
    }

    fn in_scope(&self, action: Action) -> bool {
        self.scopes.is_empty() || self.scopes.iter().any(|scope| scope.allows(action))
    }

    /// Whether the member belongs to the programme's staff.
    pub fn is_staff(&self) -> bool {
        self.roles.iter().any(|held| held.role.is_staff())
    }

    /// The member's role in a realm of a team.
    pub fn role_in(&self, team: &str, realm: Realm) -> Option<Role> {
        let there = |held: &&Held| {
            held.team
                .as_ref()
                .is_some_and(|(own, of)| own == team && *of == realm)
        };
        self.roles.iter().find(there).map(|held| held.role)
    }

    /// The teams the member has a role in.
    pub fn teams(&self) -> Vec<&str> {
        let mut teams: Vec<&str> = self
            .roles
            .iter()
            .filter_map(|held| held.team.as_ref())
            .map(|(team, _)| team.as_str())
            .collect();
        teams.sort_unstable();
        teams.dedup();
        teams
    }

    /// The member as the audit record names them.
    pub fn actor(&self) -> Actor {
        Actor::Member(self.id.clone())
    }
}
