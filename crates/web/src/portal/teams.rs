//! P2: teams, their members, invitations and roles; moving teams and apps.

mod moves;
mod people;
#[cfg(test)]
pub(crate) mod samples;
pub mod views;

use std::sync::Arc;

use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use durward_app::failure::Failure;
use durward_app::partner::teams::invitations;
use durward_app::partner::teams::{self, NewTeam, TeamRefusal, TeamView, review};
use durward_domain::event::Event;
use durward_domain::permission::{Action, Realm, Role};
use durward_domain::refusal::Refuse;
use jiff::Timestamp;
use serde::Deserialize;

use super::desk::Desk;
use super::entered::Entered;
use super::parts::Form;
use crate::api::teams::csv;
use crate::pages::{shows, takes};
use crate::partnership::pipeline;
use crate::portal_router::Portal;
use crate::shared::forms::Posted;
use crate::shared::i18n::Words;
use crate::shared::page::{self, NoticeKind, Page};
use crate::shared::problem::Problem;
use crate::shared::route::{FORM, Needs, Route};

use views::{InvitationLine, MemberCard, NewTeamPage, TeamCard, TeamPage, Teams};
pub use views::{Invited, NotInvited, invited};

/// The pages of teams.
pub const ROUTES: &[Route<Arc<Portal>>] = &[
    shows("/team", || get(list)),
    shows("/teams/new", || get(new)).may(Action::CreateTeam),
    takes(
        "/teams/new",
        FORM,
        &[Event::TeamCreated, Event::MemberRoleGiven],
        || post(create),
    )
    .may(Action::CreateTeam),
    shows("/teams/{handle}", || get(show)).may(Action::ViewTeam),
    takes("/teams/{handle}", FORM, &[Event::TeamChanged], || {
        post(rename)
    })
    .may(Action::ManageTeam),
    takes(
        "/teams/{handle}/delete",
        FORM,
        &[Event::TeamDeleted, Event::MemberRoleTaken],
        || post(delete),
    )
    .may(Action::ManageTeam),
    takes(
        "/teams/{handle}/members/{member}",
        FORM,
        &[Event::MemberRoleGiven, Event::MemberRoleTaken],
        || post(people::change),
    )
    .needs(MEMBERS),
    takes(
        "/teams/{handle}/invitations",
        FORM,
        &[Event::MemberInvited],
        || post(people::invite),
    )
    .needs(MEMBERS),
    takes(
        "/teams/{handle}/invitations/{id}/withdraw",
        FORM,
        &[Event::MemberInvitationEnded],
        || post(people::withdraw),
    )
    .may(Action::ManageTeam),
    shows("/invitations/{id}", || get(people::invitation)),
    takes(
        "/invitations/{id}",
        FORM,
        &[Event::MemberInvitationEnded, Event::MemberRoleGiven],
        || post(people::reply),
    ),
    shows("/teams/{handle}/agency", || get(moves::agency)).may(Action::ChangeAgency),
    takes(
        "/teams/{handle}/agency",
        FORM,
        &[
            Event::TeamAgencyChanged,
            Event::ReleaseBuilt,
            Event::ReleaseDeployed,
        ],
        || post(moves::change_agency),
    )
    .may(Action::ChangeAgency),
    shows("/transfer/{handle}", || get(moves::transfer)).needs(TRANSFERS),
    takes(
        "/transfer/{handle}",
        FORM,
        &[
            Event::AppTransferred,
            Event::ReleaseBuilt,
            Event::ReleaseDeployed,
        ],
        || post(moves::move_app),
    )
    .needs(TRANSFERS),
    Route {
        events: &[Event::AccessExported],
        ..shows("/access-review.csv", || get(access)).may(Action::ReviewAccess)
    },
];

/// What the page tells of what was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Told {
    done: String,
}

/// The member's own teams, and the invitations for them.
async fn list(desk: Desk) -> Result<Response, Problem> {
    let own = desk.member.teams();
    let teams = teams::list(&desk.keeper, &desk.member).await?;
    let words = desk.words();
    let cards = teams
        .into_iter()
        .filter(|team| own.contains(&team.handle.as_str()))
        .map(|team| TeamCard {
            sandbox: role_name(words, team.sandbox),
            production: role_name(words, team.production),
            handle: team.handle,
            name: team.name,
            agency: team.agency,
        });
    Ok(page::html(&Teams {
        page: desk.page("/team"),
        teams: cards.collect(),
        invitations: invited(&desk).await?,
        may_create: desk.member.reaches_somewhere(Action::CreateTeam),
    }))
}

/// The form of a new team.
async fn new(desk: Desk) -> Result<Response, Response> {
    let page = desk.page("/team");
    new_page(&desk, page, Entered::default()).await
}

/// Creates one.
async fn create(desk: Desk, posted: Posted) -> Result<Response, Response> {
    let wanted = NewTeam {
        name: posted.text("team_name").to_owned(),
        handle: Some(posted.text("team_handle").to_owned()),
        agency: posted.text("agency").to_owned(),
        description: posted.text("description").to_owned(),
    };
    match teams::create(&desk.keeper, &desk.member, &wanted, &desk.trace()).await {
        Ok(team) => {
            Ok(Redirect::to(&format!("/teams/{}?done=created", team.handle)).into_response())
        }
        Err(Failure::Refused(refusal)) if field_of(&refusal).is_some() => {
            let mut entered = Entered::default();
            for name in ["team_name", "team_handle", "agency", "description"] {
                entered.set(name, posted.text(name));
            }
            let field = field_of(&refusal).unwrap_or("team_name");
            let page = desk
                .page("/team")
                .with_error(field, desk.words().refusal(&refusal));
            new_page(&desk, page, entered).await
        }
        Err(failure) => Err(desk.failed(failure, "/teams/new")),
    }
}

fn field_of(refusal: &TeamRefusal) -> Option<&'static str> {
    match refusal {
        TeamRefusal::Name(_) => Some("team_name"),
        TeamRefusal::Handle(_) | TeamRefusal::HandleTaken(_) => Some("team_handle"),
        TeamRefusal::NoAgency(_) => Some("agency"),
        _ => None,
    }
}

async fn new_page(desk: &Desk, page: Page, entered: Entered) -> Result<Response, Response> {
    let agencies = teams::agencies(&desk.keeper).await.map_err(problem)?;
    Ok(page::html(&NewTeamPage {
        page,
        form: Form::plain(entered),
        agencies: agencies
            .into_iter()
            .map(|agency| (agency.id, agency.name))
            .collect(),
    }))
}

/// One team.
async fn show(
    desk: Desk,
    Path(handle): Path<String>,
    Query(told): Query<Told>,
) -> Result<Response, Response> {
    let mut page = desk.page("/team");
    if let Some((_, key)) = DONE.iter().find(|(what, _)| *what == told.done) {
        page = page.with_notice(NoticeKind::Success, desk.words().t(key));
    }
    let mut entered = Entered::default();
    // Most who are invited come to build; an invitation without any role lets nobody in.
    entered.set("invite_sandbox", Role::PartnerDeveloper.as_str());
    team_page(&desk, page, &handle, entered).await
}

pub(super) async fn team_page(
    desk: &Desk,
    page: Page,
    handle: &str,
    entered: Entered,
) -> Result<Response, Response> {
    let team = teams::team(&desk.keeper, &desk.member, handle)
        .await
        .map_err(|failure| desk.failed(failure, "/team"))?;
    let words = desk.words();
    let may = |action| desk.may(action, handle);
    let (sandbox, production) = (
        may(Action::ManageTeam),
        may(Action::ManageProductionMembers),
    );
    let open = if sandbox {
        invitations::of_team(&desk.keeper, &desk.member, handle)
            .await
            .map_err(|failure| desk.failed(failure, "/team"))?
    } else {
        Vec::new()
    };
    let choices = |admin: bool| -> Vec<(&'static str, String)> {
        let roles = PARTNER
            .into_iter()
            .filter(|role| admin || *role != Role::PartnerAdmin)
            .map(|role| (role.as_str(), role_name(words, Some(role))));
        std::iter::once(("", words.t("role-none")))
            .chain(roles)
            .collect()
    };
    let own_production = desk.member.role_in(handle, Realm::Production).is_some();
    let belongs = desk.member.teams().contains(&handle);
    Ok(page::html(&TeamPage {
        page,
        partnerships: pipeline::own(desk, Some(handle))
            .await
            .map_err(|problem| problem.as_page().into_response())?,
        back: if belongs { "/team" } else { "/partners" },
        belongs,
        no_production: belongs && !own_production,
        may_app: may(Action::CreateSandboxApp),
        may_sandbox: sandbox,
        may_production: production,
        may_invite: sandbox || production,
        may_manage: sandbox,
        may_review: may(Action::ReviewAccess),
        may_agency: may(Action::ChangeAgency),
        sandbox_choices: choices(true),
        production_choices: choices(may(Action::GrantProductionAdmin)),
        members: members(desk, &team),
        invitations: open
            .into_iter()
            .map(|one| InvitationLine {
                what: words.t_args(
                    "team-invitation-what",
                    &[
                        ("sandbox", &role_name(words, one.sandbox)),
                        ("production", &role_name(words, one.production)),
                        ("time", &desk.moment(one.expires)),
                    ],
                ),
                id: one.id,
                email: one.email,
            })
            .collect(),
        form: Form::plain(entered),
        apps: team.apps.to_string(),
        domains: team.domains.join(", "),
        handle: team.handle,
        name: team.name,
        description: team.description,
        agency: team.agency,
    }))
}

fn members(desk: &Desk, team: &TeamView) -> Option<Vec<MemberCard>> {
    let words = desk.words();
    let sandbox = desk.may(Action::ManageTeam, &team.handle);
    let production = desk.may(Action::ManageProductionMembers, &team.handle);
    let admins = desk.may(Action::GrantProductionAdmin, &team.handle);
    let choices = |now: Option<Role>, admin: bool| {
        let mut list = vec![(String::new(), words.t("role-none"), now.is_none())];
        for role in PARTNER {
            if admin || role != Role::PartnerAdmin {
                let text = role_name(words, Some(role));
                list.push((role.as_str().to_owned(), text, now == Some(role)));
            }
        }
        list
    };
    let cards = team.members.as_ref()?.iter().map(|one| {
        let own = one.id == desk.member.id;
        // The production role of an admin is the staff's to take.
        let may_production = production && (admins || one.production != Some(Role::PartnerAdmin));
        MemberCard {
            own,
            may_edit: !own && (sandbox || may_production),
            may_sandbox: sandbox,
            may_production,
            sandbox: role_name(words, one.sandbox),
            production: role_name(words, one.production),
            sandbox_choices: choices(one.sandbox, true),
            production_choices: choices(one.production, admins),
            seen: seen(desk, one.signed_in),
            id: one.id.clone(),
            name: one.name.clone(),
            email: one.email.clone(),
        }
    });
    Some(cards.collect())
}

/// Gives a team another name.
async fn rename(
    desk: Desk,
    Path(handle): Path<String>,
    posted: Posted,
) -> Result<Response, Response> {
    let what = (posted.text("team_name"), posted.text("description"));
    match teams::rename(&desk.keeper, &desk.member, &handle, what, &desk.trace()).await {
        Ok(_) => Ok(done(&handle, "renamed")),
        Err(failure) => people::again(&desk, failure, &handle, Entered::default()).await,
    }
}

/// Deletes a team.
async fn delete(desk: Desk, Path(handle): Path<String>, _: Posted) -> Result<Response, Response> {
    match teams::delete(&desk.keeper, &desk.member, &handle, &desk.trace()).await {
        Ok(()) => Ok(Redirect::to("/team").into_response()),
        Err(failure) => people::again(&desk, failure, &handle, Entered::default()).await,
    }
}

/// Of which team.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Which {
    team: Option<String>,
}

/// Who has which access, as a file.
async fn access(desk: Desk, Query(which): Query<Which>) -> Result<Response, Response> {
    let list = review::access(
        &desk.keeper,
        &desk.member,
        which.team.as_deref(),
        &desk.trace(),
    )
    .await
    .map_err(|failure| desk.failed(failure, "/team"))?;
    Ok(csv(&list))
}

pub(super) fn done(handle: &str, what: &str) -> Response {
    Redirect::to(&format!("/teams/{handle}?done={what}")).into_response()
}

pub(crate) fn problem(fault: durward_app::Fault) -> Response {
    Problem::from(fault).as_page().into_response()
}

/// When somebody signed in last, in words.
pub(crate) fn seen(desk: &Desk, time: Option<Timestamp>) -> String {
    match time {
        Some(time) => desk.words().t1("seen-at", "time", &desk.moment(time)),
        None => desk.words().t("seen-never"),
    }
}

/// The role's name in the reader's language.
pub(crate) fn role_name(words: Words, role: Option<Role>) -> String {
    match role {
        Some(role) => words.t(&format!("role-{}", role.as_str().replace('_', "-"))),
        None => words.t("role-none"),
    }
}

/// Whether a refusal asks for a stronger sign-in, which has a page of its own.
pub(crate) fn asks_for_more(refusal: &TeamRefusal) -> bool {
    refusal.code().starts_with("permission/")
}

const PARTNER: [Role; 3] = [
    Role::PartnerAdmin,
    Role::PartnerDeveloper,
    Role::PartnerReadonly,
];
const MEMBERS: Needs = Needs::AnyOf(&[Action::ManageTeam, Action::ManageProductionMembers]);
const TRANSFERS: Needs = Needs::AnyOf(&[Action::TransferApp, Action::TransferLiveApp]);
/// What was just done, and its words.
const DONE: [(&str, &str); 6] = [
    ("created", "team-done-created"),
    ("renamed", "team-done-renamed"),
    ("invited", "team-done-invited"),
    ("roles", "team-done-roles"),
    ("removed", "team-done-removed"),
    ("withdrawn", "team-done-withdrawn"),
];
