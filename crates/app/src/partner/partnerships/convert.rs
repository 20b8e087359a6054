//! From an interest to members of the portal: the agency, its team, and the invitation of the first admin.

use std::sync::Arc;

use durward_domain::permission::{Action, Role};
use serde::Deserialize;

use super::{Act, PartnershipRefusal, PartnershipView, act, find};
use crate::actor::Member;
use crate::failure::Failure;
use crate::keeper::Keeper;
use crate::partner::estimates::belongs;
use crate::partner::teams::invitations::{Invite, invite};
use crate::partner::teams::{self, NewTeam, TeamRefusal};
use crate::record::Trace;

/// What an agency becomes in the portal.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conversion {
    /// The agency: the id, the letters or the name of one that is there, or the name of a new one.
    pub agency: String,
    /// The letters of a new agency, as in agreement numbers.
    #[serde(default)]
    pub letters: Option<String>,
    /// The name of its team.
    pub team: String,
    /// The team's short name; made of the name when it is left out.
    #[serde(default)]
    pub handle: Option<String>,
    /// Whom to invite as the team's first admin; the contact of the form when it is left out.
    #[serde(default)]
    pub email: Option<String>,
}

/// Makes the agency, unless it is there, and its team, ties the team to the partnership and invites its first admin, who signs for the agency.
///
/// Each is a use case of its own: when one is refused, those before it are done, and a team that was made can be tied.
///
/// # Errors
/// [`PartnershipRefusal`], or a fault.
pub async fn convert(
    keeper: &Arc<Keeper>,
    member: &Member,
    id: &str,
    conversion: &Conversion,
    trace: &Trace,
) -> Result<PartnershipView, Failure<PartnershipRefusal>> {
    let seen = find(keeper, member, id).await?;
    member
        .may(
            Action::ManagePartnership,
            belongs(seen.line.team.as_deref()),
            keeper.clock.real_now(),
        )
        .map_err(|denied| Failure::Refused(denied.into()))?;
    if seen.line.team.is_some() {
        return Err(Failure::Refused(PartnershipRefusal::HasTeam));
    }
    if seen.line.standing != durward_domain::partnership::Standing::Open {
        return Err(Failure::Refused(PartnershipRefusal::NotOpen));
    }
    if seen.fit != Some(true) {
        return Err(Failure::Refused(PartnershipRefusal::NoFit));
    }
    let new = NewTeam {
        name: conversion.team.clone(),
        handle: conversion.handle.clone(),
        agency: agency(keeper, member, conversion, trace).await?,
        description: String::new(),
    };
    let team = teams::create(keeper, member, &new, trace)
        .await
        .map_err(refused)?;
    let link = Act::Link {
        team: team.handle.clone(),
    };
    act(keeper, member, id, &link, trace).await?;
    let email = conversion
        .email
        .as_deref()
        .map(str::trim)
        .unwrap_or_default();
    let first = Invite {
        email: if email.is_empty() {
            seen.interest.email.clone()
        } else {
            email.to_owned()
        },
        sandbox: Some(Role::PartnerAdmin),
        // This person works on the agreement and asks for the launch.
        production: Some(Role::PartnerAdmin),
        language: seen.language.clone(),
    };
    invite(keeper, member, &team.handle, &first, trace)
        .await
        .map_err(refused)?;
    find(keeper, member, id).await
}

/// The id of the agency; a new one is added.
async fn agency(
    keeper: &Arc<Keeper>,
    member: &Member,
    conversion: &Conversion,
    trace: &Trace,
) -> Result<String, Failure<PartnershipRefusal>> {
    let wanted = conversion.agency.trim();
    let known = teams::agencies(keeper).await?.into_iter().find(|agency| {
        agency.id == wanted
            || agency.name.eq_ignore_ascii_case(wanted)
            || agency.abbreviation.eq_ignore_ascii_case(wanted)
    });
    if let Some(agency) = known {
        return Ok(agency.id);
    }
    let letters = conversion.letters.as_deref().unwrap_or_default();
    let added = teams::add_agency(keeper, member, (wanted, letters), trace).await;
    Ok(added.map_err(refused)?.id)
}

fn refused(failure: Failure<TeamRefusal>) -> Failure<PartnershipRefusal> {
    match failure {
        Failure::Refused(refusal) => Failure::Refused(refusal.into()),
        Failure::Fault(fault) => Failure::Fault(fault),
    }
}
