//! The programme's staff: who has which role, given and taken by an administrator.

use std::sync::Arc;

use durward_domain::event::Event;
use durward_domain::permission::{Action, Role};
use durward_store::members::{self, MemberRow};
use durward_store::roles::{self, GrantRow};
use durward_store::teams;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use crate::actor::{Belongs, Member};
use crate::failure::Failure;
use crate::keeper::{Keeper, time};
use crate::partner::teams::invitations::is_address;
use crate::partner::teams::{Pen, TeamRefusal};
use crate::record::Trace;

/// One member of the staff.
#[derive(Clone, Debug, Serialize)]
pub struct StaffMember {
    /// The member's id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
    /// The staff roles.
    pub roles: Vec<Role>,
    /// When they signed in last.
    pub signed_in: Option<Timestamp>,
}

/// The programme's staff, by address.
///
/// # Errors
/// [`TeamRefusal::Denied`], or a fault.
pub async fn list(
    keeper: &Keeper,
    member: &Member,
) -> Result<Vec<StaffMember>, Failure<TeamRefusal>> {
    let now = keeper.clock.real_now();
    member.may(Action::ViewConsole, Belongs::ToProgramme, now)?;
    let (people, grants, seen) = keeper
        .store
        .read(|c| {
            Ok((
                members::members_of_team(c, "")?,
                roles::of_team(c, "")?,
                teams::last_sign_ins(c)?,
            ))
        })
        .await?;
    Ok(people
        .into_iter()
        .map(|person| StaffMember {
            roles: grants
                .iter()
                .filter(|row| row.member_id == person.member_id)
                .filter_map(|row| Role::parse(&row.role))
                .collect(),
            signed_in: seen
                .iter()
                .find(|(id, _)| *id == person.member_id)
                .map(|(_, at)| time(*at)),
            id: person.member_id,
            name: person.name,
            email: person.email,
        })
        .collect())
}

/// Gives a staff role to somebody with an approved address, never to oneself.
///
/// # Errors
/// [`TeamRefusal`], or a fault.
pub async fn give(
    keeper: &Arc<Keeper>,
    member: &Member,
    (email, role): (&str, Role),
    trace: &Trace,
) -> Result<(), Failure<TeamRefusal>> {
    let now = keeper.clock.real_now();
    member.may(Action::ManageStaff, Belongs::ToProgramme, now)?;
    let email = email.trim().to_lowercase();
    if !role.is_staff() {
        return Err(TeamRefusal::RoleMisplaced.into());
    }
    if !is_address(&email) {
        return Err(TeamRefusal::Email(email.chars().take(80).collect()).into());
    }
    if email == member.email {
        return Err(TeamRefusal::OwnRole.into());
    }
    if !keeper.programme.approves_email(&email) {
        return Err(TeamRefusal::NotApproved(email.chars().take(80).collect()).into());
    }
    let pen = Pen::new(keeper, member, trace);
    let new = MemberRow {
        member_id: keeper.random.uuid_v7(now).to_string(),
        name: email.split('@').next().unwrap_or_default().to_owned(),
        email,
        subject: None,
    };
    let giver = member.id.clone();
    let work = keeper.store.write(move |c| {
        let person = match members::find_by_email(c, &new.email)? {
            Some(person) => person,
            None => {
                members::put_member(c, &new, now.as_microsecond())?;
                let detail = json!({ "how": "staff" });
                pen.record(c, Event::MemberAdded, &new.member_id, detail)?;
                new.clone()
            }
        };
        let grant = GrantRow {
            member_id: person.member_id,
            team: String::new(),
            realm: String::new(),
            role: role.as_str().to_owned(),
            granted_by: giver.clone(),
            granted_us: now.as_microsecond(),
        };
        if roles::give(c, &grant)? {
            pen.role_given(c, &grant)?;
        }
        Ok(())
    });
    Ok(work.await?)
}

/// Takes a staff role, never one's own, and never the last administrator's.
///
/// # Errors
/// [`TeamRefusal`], or a fault.
pub async fn take(
    keeper: &Arc<Keeper>,
    member: &Member,
    (whose, role): (&str, Role),
    trace: &Trace,
) -> Result<(), Failure<TeamRefusal>> {
    let now = keeper.clock.real_now();
    member.may(Action::ManageStaff, Belongs::ToProgramme, now)?;
    if whose == member.id {
        return Err(TeamRefusal::OwnRole.into());
    }
    let (pen, whose) = (Pen::new(keeper, member, trace), whose.to_owned());
    let work = keeper.store.write(move |c| {
        let staff = roles::of_team(c, "")?;
        let Some(grant) = staff
            .iter()
            .find(|row| row.member_id == whose && row.role == role.as_str())
        else {
            return Ok(Err(TeamRefusal::NoMember));
        };
        let others = staff
            .iter()
            .any(|row| row.role == role.as_str() && row.member_id != whose);
        if role == Role::Administrator && !others {
            return Ok(Err(TeamRefusal::LastAdministrator));
        }
        roles::take_staff(c, &whose, role.as_str())?;
        pen.role_taken(c, grant)?;
        Ok(Ok(()))
    });
    work.await?.map_err(Failure::Refused)
}
