//! Invitations to a team: mailed to an address, accepted by whoever signs in with it.

use std::collections::BTreeMap;
use std::sync::Arc;

use durward_domain::event::Event;
use durward_domain::permission::{Realm, Role};
use durward_store::members;
use durward_store::roles::{self, GrantRow};
use durward_store::teams::{self, InvitationRow};
use durward_store::{Conn, Fault as StoreFault, estimates};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use super::roles::may_change;
use super::{Pen, TeamRefusal, agency_names, manages, short, visible};
use crate::actor::{Member, Standing};
use crate::failure::{Failure, Fault};
use crate::keeper::{Keeper, time};
use crate::partner::members::{Proof, with_roles};
use crate::partner::notices::{self, INVITED, Notice, To};
use crate::partner::told_of;
use crate::record::Trace;

/// An invitation as the team's admins and the invited see it.
#[derive(Clone, Debug, Serialize)]
pub struct InvitationView {
    /// Its id.
    pub id: String,
    /// The team's short name.
    pub team: String,
    /// The team's name.
    pub team_name: String,
    /// The agency's name.
    pub agency: String,
    /// For which address.
    pub email: String,
    /// The role in the sandbox.
    pub sandbox: Option<Role>,
    /// The role in production.
    pub production: Option<Role>,
    /// Who invited.
    pub invited_by: String,
    /// Until when it is good.
    pub expires: Timestamp,
}

/// Whom a member invites, and as what.
#[derive(Clone, Debug)]
pub struct Invite {
    /// The address.
    pub email: String,
    /// The role in the sandbox.
    pub sandbox: Option<Role>,
    /// The role in production.
    pub production: Option<Role>,
    /// The language of the mail.
    pub language: String,
}

/// Invites somebody to a team, by mail.
///
/// # Errors
/// [`TeamRefusal`], or a fault.
pub async fn invite(
    keeper: &Arc<Keeper>,
    member: &Member,
    handle: &str,
    invite: &Invite,
    trace: &Trace,
) -> Result<InvitationView, Failure<TeamRefusal>> {
    visible(member, handle)?;
    let wanted = [
        (Realm::Sandbox, invite.sandbox),
        (Realm::Production, invite.production),
    ];
    if invite.sandbox.or(invite.production).is_none() {
        manages(keeper, member, handle)?;
        return Err(TeamRefusal::NoRole.into());
    }
    for (realm, role) in wanted {
        let Some(role) = role else { continue };
        if role.is_staff() {
            return Err(TeamRefusal::RoleMisplaced.into());
        }
        may_change(keeper, member, (handle, realm), (None, Some(role)))?;
    }
    let email = invite.email.trim().to_lowercase();
    if !is_address(&email) {
        return Err(TeamRefusal::Email(short(&email)).into());
    }
    if member.standing == Standing::Invited && !keeper.programme.approves_email(&email) {
        return Err(TeamRefusal::NotGovernment.into());
    }
    let now_us = keeper.clock.real_now().as_microsecond();
    let text = |role: Option<Role>| {
        role.map(|role| role.as_str().to_owned())
            .unwrap_or_default()
    };
    let unit = Unit {
        pen: Pen::new(keeper, member, trace),
        inviter: member.name.clone(),
        language: invite.language.clone(),
        row: InvitationRow {
            invitation_id: keeper.random.token(),
            team: handle.to_owned(),
            email,
            sandbox_role: text(invite.sandbox),
            production_role: text(invite.production),
            invited_by: member.id.clone(),
            created_us: now_us,
            expires_us: now_us + LIFE_US,
            ended_how: String::new(),
        },
    };
    let written = keeper.store.write(move |c| unit.run(c)).await?;
    written.map_err(Failure::Refused)
}

struct Unit {
    pen: Pen,
    inviter: String,
    language: String,
    row: InvitationRow,
}

impl Unit {
    fn run(&self, c: &mut Conn) -> Result<Result<InvitationView, TeamRefusal>, StoreFault> {
        let row = &self.row;
        let Some(team) = members::find_team(c, &row.team)? else {
            return Ok(Err(TeamRefusal::NotFound(row.team.clone())));
        };
        if let Some(member) = members::find_by_email(c, &row.email)? {
            let held = roles::of_team(c, &row.team)?;
            if held.iter().any(|one| one.member_id == member.member_id) {
                return Ok(Err(TeamRefusal::AlreadyMember(row.email.clone())));
            }
        }
        let open = teams::open_invitations(c, &row.team, row.created_us)?;
        if open.iter().any(|other| other.email == row.email) {
            return Ok(Err(TeamRefusal::InvitationOpen(row.email.clone())));
        }
        if open.len() >= MOST_OPEN {
            return Ok(Err(TeamRefusal::TooManyInvitations));
        }
        teams::invite(c, row, &self.language)?;
        let detail = json!({ "invitation": digest(&row.invitation_id), "sandbox": row.sandbox_role, "production": row.production_role });
        self.pen
            .record(c, Event::MemberInvited, &row.team, detail)?;
        let agencies = agency_names(c)?;
        let view = view(row, (&team.name, &agencies, &team.agency_id), &self.inviter);
        let notice = Notice {
            to: &[To::Address(&row.email, &self.language)],
            kind: &INVITED,
            link: format!("/invitations/{}", row.invitation_id),
            values: vec![
                ("team", view.team_name.clone()),
                ("agency", view.agency.clone()),
                ("who", self.inviter.clone()),
            ],
        };
        notices::post(c, &self.pen.keeper, &notice)?;
        Ok(Ok(view))
    }
}

/// The open invitations to a team.
///
/// # Errors
/// [`TeamRefusal`], or a fault.
pub async fn of_team(
    keeper: &Keeper,
    member: &Member,
    handle: &str,
) -> Result<Vec<InvitationView>, Failure<TeamRefusal>> {
    manages(keeper, member, handle)?;
    let (team, now_us) = (handle.to_owned(), keeper.clock.real_now().as_microsecond());
    let found = keeper
        .store
        .read(move |c| {
            let rows = teams::open_invitations(c, &team, now_us)?;
            views(c, rows)
        })
        .await?;
    Ok(found)
}

/// The open invitations for the member's own address.
///
/// # Errors
/// A fault.
pub async fn for_me(keeper: &Keeper, member: &Member) -> Result<Vec<InvitationView>, Fault> {
    let (email, now_us) = (
        member.email.clone(),
        keeper.clock.real_now().as_microsecond(),
    );
    Ok(keeper
        .store
        .read(move |c| {
            let rows = teams::invitations_for(c, &email, now_us)?;
            views(c, rows)
        })
        .await?)
}

/// One open invitation, for whom it is for.
///
/// # Errors
/// [`TeamRefusal`] when it is over, unknown, or for somebody else; or a fault.
pub async fn find(
    keeper: &Keeper,
    member: &Member,
    id: &str,
) -> Result<InvitationView, Failure<TeamRefusal>> {
    let wanted = id.to_owned();
    let found = keeper
        .store
        .read(move |c| teams::find_invitation(c, &wanted))
        .await?;
    let row = found.ok_or(TeamRefusal::InvitationNotFound)?;
    // Who it is for, and whether it is open, is nobody else's affair.
    if row.email != member.email {
        return Err(TeamRefusal::OtherPerson.into());
    }
    if !is_open(keeper, &row) {
        return Err(TeamRefusal::InvitationGone.into());
    }
    let list = keeper
        .store
        .read(move |c| views(c, vec![row.clone()]))
        .await?;
    list.into_iter()
        .next()
        .ok_or_else(|| TeamRefusal::InvitationGone.into())
}

/// What becomes of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// The roles are taken on.
    Accept,
    /// They are not.
    Decline,
}

/// Answers an invitation. Accepting gives its roles, if whoever invited still may give them.
///
/// # Errors
/// [`TeamRefusal`], or a fault.
pub async fn reply(
    keeper: &Arc<Keeper>,
    member: &Member,
    id: &str,
    reply: Reply,
    trace: &Trace,
) -> Result<InvitationView, Failure<TeamRefusal>> {
    let view = find(keeper, member, id).await?;
    let unit = Answering {
        pen: Pen::new(keeper, member, trace),
        member: member.clone(),
        view: view.clone(),
        reply,
    };
    let done = keeper.store.write(move |c| unit.run(c)).await?;
    done.map_err(Failure::Refused)?;
    Ok(view)
}

struct Answering {
    pen: Pen,
    member: Member,
    view: InvitationView,
    reply: Reply,
}

impl Answering {
    fn run(&self, c: &mut Conn) -> Result<Result<(), TeamRefusal>, StoreFault> {
        let now_us = self.pen.keeper.clock.real_now().as_microsecond();
        let id = &self.view.id;
        let Some(row) = teams::find_invitation(c, id)? else {
            return Ok(Err(TeamRefusal::InvitationNotFound));
        };
        let inviter_may = self.reply == Reply::Decline || self.inviter_may(c, &row)?;
        let how = match (self.reply, inviter_may) {
            (Reply::Decline, _) => "declined",
            (Reply::Accept, true) => "accepted",
            (Reply::Accept, false) => "refused",
        };
        // Spent by a guarded write: of two who answer at once one is too late.
        if !teams::end_invitation(c, id, now_us, how)? {
            return Ok(Err(TeamRefusal::InvitationGone));
        }
        let detail = json!({ "invitation": digest(id), "how": how });
        self.pen
            .record(c, Event::MemberInvitationEnded, &row.team, detail)?;
        let of = (
            row.invited_by.as_str(),
            row.team.as_str(),
            row.email.as_str(),
        );
        if how != "refused" {
            told_of::invitation(c, &self.pen.keeper, of, how)?;
        }
        if !inviter_may {
            return Ok(Err(TeamRefusal::InviterGone));
        }
        if self.reply == Reply::Decline {
            return Ok(Ok(()));
        }
        for (realm, role) in [
            (Realm::Sandbox, &row.sandbox_role),
            (Realm::Production, &row.production_role),
        ] {
            if role.is_empty() {
                continue;
            }
            let grant = GrantRow {
                member_id: self.member.id.clone(),
                team: row.team.clone(),
                realm: realm.as_str().to_owned(),
                role: role.clone(),
                granted_by: row.invited_by.clone(),
                granted_us: now_us,
            };
            if roles::give(c, &grant)? {
                self.pen.role_given(c, &grant)?;
            }
        }
        estimates::adopt(c, &self.member.id, &row.team)?;
        Ok(Ok(()))
    }

    /// Whether whoever invited still may give what they offered, their second factor aside.
    fn inviter_may(&self, c: &mut Conn, row: &InvitationRow) -> Result<bool, StoreFault> {
        let keeper = &self.pen.keeper;
        let Some(inviter) = members::find_member(c, &row.invited_by)? else {
            return Ok(false);
        };
        let proof = Proof {
            aal: durward_domain::level::Aal::Aal2,
            elevated_until: Timestamp::MAX,
        };
        let inviter = with_roles(c, &keeper.programme, inviter, proof)?;
        let offers = [
            (Realm::Sandbox, Role::parse(&row.sandbox_role)),
            (Realm::Production, Role::parse(&row.production_role)),
        ];
        Ok(offers
            .into_iter()
            .filter(|(_, role)| role.is_some())
            .all(|(realm, role)| {
                may_change(keeper, &inviter, (&row.team, realm), (None, role)).is_ok()
            }))
    }
}

/// Takes an invitation back.
///
/// # Errors
/// [`TeamRefusal`], or a fault.
pub async fn withdraw(
    keeper: &Arc<Keeper>,
    member: &Member,
    (handle, id): (&str, &str),
    trace: &Trace,
) -> Result<(), Failure<TeamRefusal>> {
    manages(keeper, member, handle)?;
    let (pen, team, id) = (
        Pen::new(keeper, member, trace),
        handle.to_owned(),
        id.to_owned(),
    );
    let now_us = keeper.clock.real_now().as_microsecond();
    let done = keeper.store.write(move |c| {
        let found = teams::find_invitation(c, &id)?.filter(|row| row.team == team);
        if found.is_none() {
            return Ok(Err(TeamRefusal::InvitationNotFound));
        }
        if !teams::end_invitation(c, &id, now_us, "withdrawn")? {
            return Ok(Err(TeamRefusal::InvitationGone));
        }
        let detail = json!({ "invitation": digest(&id), "how": "withdrawn" });
        pen.record(c, Event::MemberInvitationEnded, &team, detail)?;
        Ok(Ok(()))
    });
    done.await?.map_err(Failure::Refused)
}

fn views(c: &mut Conn, rows: Vec<InvitationRow>) -> Result<Vec<InvitationView>, StoreFault> {
    let agencies = agency_names(c)?;
    let mut list = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(team) = members::find_team(c, &row.team)? else {
            continue;
        };
        let inviter = members::find_member(c, &row.invited_by)?;
        let inviter = inviter.map(|inviter| inviter.name).unwrap_or_default();
        list.push(view(
            &row,
            (&team.name, &agencies, &team.agency_id),
            &inviter,
        ));
    }
    Ok(list)
}

fn view(
    row: &InvitationRow,
    (team, agencies, agency): (&str, &BTreeMap<String, String>, &str),
    inviter: &str,
) -> InvitationView {
    InvitationView {
        id: row.invitation_id.clone(),
        team: row.team.clone(),
        team_name: team.to_owned(),
        agency: agencies.get(agency).cloned().unwrap_or_default(),
        email: row.email.clone(),
        sandbox: Role::parse(&row.sandbox_role),
        production: Role::parse(&row.production_role),
        invited_by: inviter.to_owned(),
        expires: time(row.expires_us),
    }
}

fn is_open(keeper: &Keeper, row: &InvitationRow) -> bool {
    row.ended_how.is_empty() && row.expires_us > keeper.clock.real_now().as_microsecond()
}

/// The audit record names an invitation, and gives nobody its link.
fn digest(id: &str) -> String {
    durward_keyring::digest::sha256_hex(id.as_bytes())
        .chars()
        .take(16)
        .collect()
}

/// Whether mail can go there: what the sign-in service would take as an address too.
pub(crate) fn is_address(email: &str) -> bool {
    let Some((local, host)) = email.rsplit_once('@') else {
        return false;
    };
    let odd = |letter: char| !letter.is_ascii_graphic() || "@,;:<>()[]\\\"".contains(letter);
    let labels: Vec<&str> = host.split('.').collect();
    let good_label = |label: &&str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
    };
    email.len() <= 254
        && !local.is_empty()
        && local.len() <= 64
        && !local.chars().any(odd)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && labels.len() >= 2
        && labels.iter().all(good_label)
}

const LIFE_US: i64 = 7 * 24 * 3600 * 1_000_000;
const MOST_OPEN: usize = 100;
