//! Members and teams as they see each other, and who a session or token stands for.

use durward_domain::level::Aal;
use durward_domain::permission::{Action, Realm, Role};
use durward_domain::programme::Programme;
use durward_store::members::{self, MemberRow};
use durward_store::roles::{self, GrantRow};
use durward_store::{Conn, Fault as StoreFault};
use jiff::Timestamp;

use crate::actor::{Belongs, Held, Member, Standing};
use crate::failure::Fault;
use crate::keeper::Keeper;

/// The teams that a member may see, as (short name, name).
///
/// # Errors
/// A fault.
pub async fn teams(keeper: &Keeper, member: &Member) -> Result<Vec<(String, String)>, Fault> {
    let teams = keeper.store.read(members::teams).await?;
    Ok(teams
        .into_iter()
        .filter(|team| member.reaches(Action::ViewTeam, Belongs::ToTeam(&team.handle)))
        .map(|team| (team.handle, team.name))
        .collect())
}

/// The name of a member, or the word of what else acted.
pub(crate) async fn name_of(keeper: &Keeper, id: &str) -> Result<String, Fault> {
    let wanted = id.to_owned();
    Ok(keeper.store.read(move |c| name_in(c, &wanted)).await?)
}

pub(crate) fn name_in(c: &mut Conn, id: &str) -> Result<String, StoreFault> {
    Ok(members::find_member(c, id)?.map_or_else(|| id.to_owned(), |member| member.name))
}

/// The member behind a row, with their roles.
pub(crate) fn with_roles(
    c: &mut Conn,
    programme: &Programme,
    row: MemberRow,
    proof: Proof,
) -> Result<Member, StoreFault> {
    let roles = roles::of_member(c, &row.member_id)?
        .iter()
        .filter_map(held)
        .collect();
    let standing = if programme.approves_email(&row.email) {
        Standing::ApprovedDomain
    } else {
        Standing::Invited
    };
    Ok(Member {
        id: row.member_id,
        email: row.email,
        name: row.name,
        roles,
        standing,
        aal: proof.aal,
        elevated_until: proof.elevated_until,
        scopes: std::collections::BTreeSet::new(),
    })
}

/// A role as it is kept; nothing for one that this version does not know.
fn held(row: &GrantRow) -> Option<Held> {
    let role = Role::parse(&row.role)?;
    if role.is_staff() {
        return row.team.is_empty().then(|| Held::staff(role));
    }
    let realm = Realm::parse(&row.realm)?;
    (!row.team.is_empty()).then(|| Held::in_team(row.team.clone(), realm, role))
}

/// How and when a member proved who they are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Proof {
    /// How strongly.
    pub(crate) aal: Aal,
    /// Until when that counts for what needs a fresh second factor.
    pub(crate) elevated_until: Timestamp,
}

/// The strength that the sign-in service told in its `aal` claim, or that was kept; the weakest when it is unknown.
pub(crate) fn strength(text: &str) -> Aal {
    if let Ok(known) = Aal::parse(text) {
        return known;
    }
    match text.strip_prefix("http://idmanagement.gov/ns/assurance/aal/2") {
        Some("") => Aal::Aal2,
        Some("?phishing_resistant=true") => Aal::PhishingResistant,
        Some("?hspd12=true") => Aal::Piv,
        _ => Aal::Aal1,
    }
}
