//! Roles of a team's members, in the sandbox and in production.

use std::sync::Arc;

use durward_domain::permission::{Action, Realm, Role};
use durward_domain::team::{Holding, loses_last_admin};
use durward_store::roles::{self, GrantRow};
use durward_store::{Conn, Fault as StoreFault, members};

use super::{Pen, TeamRefusal, TeamView, team, visible};
use crate::actor::{Belongs, Denied, Member};
use crate::failure::Failure;
use crate::keeper::Keeper;
use crate::record::Trace;

/// What becomes of somebody's roles in a team; what is not named stays.
#[derive(Clone, Copy, Debug, Default)]
pub struct RoleChange {
    /// The role in the sandbox; `Some(None)` takes it.
    pub sandbox: Option<Option<Role>>,
    /// The role in production; `Some(None)` takes it.
    pub production: Option<Option<Role>>,
}

impl RoleChange {
    fn realms(self) -> [(Realm, Option<Option<Role>>); 2] {
        [
            (Realm::Sandbox, self.sandbox),
            (Realm::Production, self.production),
        ]
    }
}

/// Changes the roles of a member of the team. Never one's own, and each realm keeps its last partner admin.
///
/// # Errors
/// [`TeamRefusal`], or a fault.
pub async fn set_roles(
    keeper: &Arc<Keeper>,
    member: &Member,
    (handle, whose): (&str, &str),
    change: RoleChange,
    trace: &Trace,
) -> Result<TeamView, Failure<TeamRefusal>> {
    visible(member, handle)?;
    if whose == member.id {
        return Err(TeamRefusal::OwnRole.into());
    }
    let named = [change.sandbox, change.production];
    if named.iter().flatten().flatten().any(|role| role.is_staff()) {
        return Err(TeamRefusal::RoleMisplaced.into());
    }
    let unit = Unit {
        pen: Pen::new(keeper, member, trace),
        member: member.clone(),
        team: handle.to_owned(),
        whose: whose.to_owned(),
        change,
    };
    let done = keeper.store.write(move |c| unit.run(c)).await?;
    done.map_err(Failure::Refused)?;
    team(keeper, member, handle).await
}

/// Removes somebody from the team: takes every role in it.
///
/// # Errors
/// [`TeamRefusal`], or a fault.
pub async fn remove(
    keeper: &Arc<Keeper>,
    member: &Member,
    at: (&str, &str),
    trace: &Trace,
) -> Result<TeamView, Failure<TeamRefusal>> {
    let change = RoleChange {
        sandbox: Some(None),
        production: Some(None),
    };
    set_roles(keeper, member, at, change, trace).await
}

/// Whether a member may change a role of this team and realm from one into another.
pub(super) fn may_change(
    keeper: &Keeper,
    member: &Member,
    (team, realm): (&str, Realm),
    (before, next): (Option<Role>, Option<Role>),
) -> Result<(), Denied> {
    let admin = Some(Role::PartnerAdmin);
    let action = match realm {
        Realm::Sandbox => Action::ManageTeam,
        Realm::Production if before == admin || next == admin => Action::GrantProductionAdmin,
        Realm::Production => Action::ManageProductionMembers,
    };
    let now = keeper.clock.real_now();
    member.may(action, Belongs::ToTeam(team), now).map(drop)
}

struct Unit {
    pen: Pen,
    member: Member,
    team: String,
    whose: String,
    change: RoleChange,
}

impl Unit {
    /// Decides everything, then writes.
    fn run(&self, c: &mut Conn) -> Result<Result<(), TeamRefusal>, StoreFault> {
        if members::find_team(c, &self.team)?.is_none() {
            return Ok(Err(TeamRefusal::NotFound(self.team.clone())));
        }
        let rows = roles::of_team(c, &self.team)?;
        if !rows.iter().any(|row| row.member_id == self.whose) {
            return Ok(Err(TeamRefusal::NoMember));
        }
        let held: Vec<Holding> = rows.iter().filter_map(holding).collect();
        let mut steps = Vec::new();
        for (realm, next) in self.change.realms() {
            let Some(next) = next else { continue };
            let before = held
                .iter()
                .find(|one| one.member == self.whose && one.realm == realm)
                .map(|one| one.role);
            if before == next {
                continue;
            }
            let place = (self.team.as_str(), realm);
            if let Err(denied) = may_change(&self.pen.keeper, &self.member, place, (before, next)) {
                return Ok(Err(TeamRefusal::Denied(denied)));
            }
            if loses_last_admin(&held, &self.whose, realm, next) {
                return Ok(Err(TeamRefusal::LastAdmin(realm)));
            }
            steps.push((realm, before, next));
        }
        for (realm, before, next) in steps {
            self.write(c, realm, (before, next))?;
        }
        Ok(Ok(()))
    }

    fn write(
        &self,
        c: &mut Conn,
        realm: Realm,
        (before, next): (Option<Role>, Option<Role>),
    ) -> Result<(), StoreFault> {
        let grant = |role: Role| GrantRow {
            member_id: self.whose.clone(),
            team: self.team.clone(),
            realm: realm.as_str().to_owned(),
            role: role.as_str().to_owned(),
            granted_by: self.member.id.clone(),
            granted_us: self.pen.keeper.clock.real_now().as_microsecond(),
        };
        if let Some(before) = before {
            roles::take(c, &self.whose, &self.team, realm.as_str())?;
            self.pen.role_taken(c, &grant(before))?;
        }
        if let Some(next) = next {
            roles::give(c, &grant(next))?;
            self.pen.role_given(c, &grant(next))?;
        }
        Ok(())
    }
}

pub(super) fn holding(row: &GrantRow) -> Option<Holding> {
    Some(Holding {
        member: row.member_id.clone(),
        realm: Realm::parse(&row.realm)?,
        role: Role::parse(&row.role)?,
    })
}
