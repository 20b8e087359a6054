//! Members and invitations.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use durward_app::failure::Failure;
use durward_app::partner::teams::invitations::{self, Invite, Reply};
use durward_app::partner::teams::{self, RoleChange, TeamRefusal};
use durward_domain::permission::Role;

use super::views::InvitationPage;
use super::{asks_for_more, done, role_name, team_page};
use crate::portal::desk::Desk;
use crate::portal::entered::Entered;
use crate::shared::forms::Posted;
use crate::shared::page;

/// Changes somebody's roles, or removes them.
pub(super) async fn change(
    desk: Desk,
    Path((handle, whose)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Response> {
    let (removes, trace) = (posted.has("remove"), desk.trace());
    let at = (handle.as_str(), whose.as_str());
    let changed = if removes {
        teams::remove(&desk.keeper, &desk.member, at, &trace).await
    } else {
        let chosen = |name: &str| posted.fields().find(name).map(Role::parse);
        let change = RoleChange {
            sandbox: chosen("sandbox"),
            production: chosen("production"),
        };
        teams::set_roles(&desk.keeper, &desk.member, at, change, &trace).await
    };
    match changed {
        Ok(_) if removes => Ok(done(&handle, "removed")),
        Ok(_) => Ok(done(&handle, "roles")),
        Err(failure) => again(&desk, failure, &handle, Entered::default()).await,
    }
}

/// Invites somebody.
pub(super) async fn invite(
    desk: Desk,
    Path(handle): Path<String>,
    posted: Posted,
) -> Result<Response, Response> {
    let wanted = Invite {
        email: posted.text("email").to_owned(),
        sandbox: Role::parse(posted.text("invite_sandbox")),
        production: Role::parse(posted.text("invite_production")),
        language: desk.words().language().tag().to_owned(),
    };
    let invited =
        invitations::invite(&desk.keeper, &desk.member, &handle, &wanted, &desk.trace()).await;
    match invited {
        Ok(_) => Ok(done(&handle, "invited")),
        Err(failure) => {
            let mut entered = Entered::default();
            for name in ["email", "invite_sandbox", "invite_production"] {
                entered.set(name, posted.text(name));
            }
            again(&desk, failure, &handle, entered).await
        }
    }
}

/// Takes an invitation back.
pub(super) async fn withdraw(
    desk: Desk,
    Path((handle, id)): Path<(String, String)>,
    _: Posted,
) -> Result<Response, Response> {
    let at = (handle.as_str(), id.as_str());
    match invitations::withdraw(&desk.keeper, &desk.member, at, &desk.trace()).await {
        Ok(()) => Ok(done(&handle, "withdrawn")),
        Err(failure) => again(&desk, failure, &handle, Entered::default()).await,
    }
}

/// The team's page again, with what was refused; a page of its own for what asks for a stronger sign-in.
pub(super) async fn again(
    desk: &Desk,
    failure: Failure<TeamRefusal>,
    handle: &str,
    entered: Entered,
) -> Result<Response, Response> {
    let back = format!("/teams/{handle}");
    let refusal = match failure {
        Failure::Refused(refusal) if asks_for_more(&refusal) => {
            return Err(desk.refused(&refusal, &back));
        }
        Failure::Refused(TeamRefusal::NotFound(team)) => {
            return Err(desk.refused(&TeamRefusal::NotFound(team), "/team"));
        }
        Failure::Refused(refusal) => refusal,
        Failure::Fault(fault) => return Err(super::problem(fault)),
    };
    let field = match refusal {
        TeamRefusal::Name(_) => "team_name",
        TeamRefusal::Email(_)
        | TeamRefusal::AlreadyMember(_)
        | TeamRefusal::InvitationOpen(_)
        | TeamRefusal::NotGovernment
        | TeamRefusal::NoRole => "email",
        _ => "main",
    };
    let page = desk
        .page("/team")
        .with_error(field, desk.words().refusal(&refusal));
    team_page(desk, page, handle, entered).await
}

/// Shows what an invitation offers.
pub(super) async fn invitation(desk: Desk, Path(id): Path<String>) -> Result<Response, Response> {
    let one = invitations::find(&desk.keeper, &desk.member, &id)
        .await
        .map_err(|failure| desk.failed(failure, "/"))?;
    let words = desk.words();
    Ok(page::html(&InvitationPage {
        page: desk.page("/team"),
        sandbox: role_name(words, one.sandbox),
        production: role_name(words, one.production),
        expires: desk.moment(one.expires),
        id: one.id,
        team: one.team_name,
        agency: one.agency,
        who: one.invited_by,
    }))
}

/// Accepts or declines it.
pub(super) async fn reply(
    desk: Desk,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Response> {
    let reply = if posted.has("decline") {
        Reply::Decline
    } else {
        Reply::Accept
    };
    let view = invitations::reply(&desk.keeper, &desk.member, &id, reply, &desk.trace())
        .await
        .map_err(|failure| desk.failed(failure, "/"))?;
    let next = match reply {
        Reply::Accept => format!("/teams/{}", view.team),
        Reply::Decline => "/".to_owned(),
    };
    Ok(Redirect::to(&next).into_response())
}
