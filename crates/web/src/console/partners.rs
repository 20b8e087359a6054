//! O7: agencies, teams, teams that nobody looks after; and the programme's staff.

use std::sync::Arc;

use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use durward_app::failure::Failure;
use durward_app::operator::staff::{self, StaffMember};
use durward_app::partner::teams::review::{self, OrphanReason};
use durward_app::partner::teams::{self, TeamRefusal};
use durward_domain::event::Event;
use durward_domain::permission::{Action, Role};
use serde::Deserialize;

use crate::pages::{shows, takes};
use crate::portal::desk::Desk;
use crate::portal::entered::Entered;
use crate::portal::parts::{Form, Mark};
use crate::portal::teams::{asks_for_more, problem, role_name, seen};
use crate::portal_router::Portal;
use crate::shared::forms::Posted;
use crate::shared::page::{self, Page, view};
use crate::shared::route::{FORM, Route};

/// The pages of partners and staff.
pub const ROUTES: &[Route<Arc<Portal>>] = &[
    shows("/partners", || get(partners)).may(Action::ViewConsole),
    takes("/partners", FORM, &[Event::AgencyAdded], || {
        post(add_agency)
    })
    .may(Action::ManageAgencies),
    takes(
        "/partners/agencies/{id}",
        FORM,
        &[Event::AgencyChanged],
        || post(rename_agency),
    )
    .may(Action::ManageAgencies),
    shows("/staff", || get(list_staff)).may(Action::ViewConsole),
    takes(
        "/staff",
        FORM,
        &[Event::MemberRoleGiven, Event::MemberAdded],
        || post(give),
    )
    .may(Action::ManageStaff),
    takes("/staff/{member}", FORM, &[Event::MemberRoleTaken], || {
        post(take)
    })
    .may(Action::ManageStaff),
];

view! {
    /// O7: partners.
    Partners in "console/partners.html" {
        /// Teams that nobody looks after.
        orphans: Vec<OrphanLine>,
        /// Teams: short name, name, agency.
        teams: Vec<(String, String, String)>,
        /// Where more teams are.
        next: Option<String>,
        /// Agencies: id, name, letters.
        agencies: Vec<(String, String, String)>,
        /// What was typed.
        form: Form,
        /// Whether the reader may create teams.
        may_create: bool,
        /// Whether they add and rename agencies.
        may_agencies: bool,
        /// Whether they export who has access.
        may_review: bool,
    }
}

/// A team that nobody looks after.
pub struct OrphanLine {
    /// Its short name.
    pub handle: String,
    /// Its name.
    pub name: String,
    /// Its agency.
    pub agency: String,
    /// Apps and last sign-in.
    pub what: String,
    /// Why it is listed.
    pub mark: Mark,
}

view! {
    /// The programme's staff.
    Staff in "console/staff.html" {
        /// The members.
        staff: Vec<StaffLine>,
        /// What was typed.
        form: Form,
        /// The roles to give: value and name.
        roles: Vec<(&'static str, String)>,
        /// Whether the reader gives and takes roles.
        may_manage: bool,
    }
}

/// A member of the staff.
pub struct StaffLine {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
    /// When they signed in last.
    pub seen: String,
    /// The roles: value and name.
    pub roles: Vec<(&'static str, String)>,
    /// Whether it is the reader.
    pub own: bool,
}

/// Which part of a long list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct After {
    after: String,
}

async fn partners(desk: Desk, Query(asked): Query<After>) -> Result<Response, Response> {
    let page = desk.page("/partners");
    render(&desk, page, &asked.after, Entered::default()).await
}

async fn add_agency(desk: Desk, posted: Posted) -> Result<Response, Response> {
    let what = (posted.text("agency_name"), posted.text("letters"));
    match teams::add_agency(&desk.keeper, &desk.member, what, &desk.trace()).await {
        Ok(_) => Ok(Redirect::to("/partners").into_response()),
        Err(Failure::Refused(refusal)) if !asks_for_more(&refusal) => {
            let mut entered = Entered::default();
            entered.set("agency_name", what.0);
            entered.set("letters", what.1);
            let field = match refusal {
                TeamRefusal::Letters => "letters",
                _ => "agency_name",
            };
            let text = desk.words().refusal(&refusal);
            let page = desk.page("/partners").with_error(field, text);
            render(&desk, page, "", entered).await
        }
        Err(failure) => Err(desk.failed(failure, "/partners")),
    }
}

async fn rename_agency(
    desk: Desk,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Response> {
    let what = (id.as_str(), posted.text("name"));
    teams::rename_agency(&desk.keeper, &desk.member, what, &desk.trace())
        .await
        .map_err(|failure| desk.failed(failure, "/partners"))?;
    Ok(Redirect::to("/partners").into_response())
}

async fn render(
    desk: &Desk,
    page: Page,
    after: &str,
    entered: Entered,
) -> Result<Response, Response> {
    let words = desk.words();
    let orphans = review::orphans(&desk.keeper, &desk.member)
        .await
        .map_err(|failure| desk.failed(failure, "/"))?;
    let agencies = teams::agencies(&desk.keeper).await.map_err(problem)?;
    let all = teams::list(&desk.keeper, &desk.member)
        .await
        .map_err(problem)?;
    let mut rest = all.into_iter().filter(|team| team.handle.as_str() > after);
    let shown: Vec<(String, String, String)> = rest
        .by_ref()
        .take(PAGE)
        .map(|team| (team.handle, team.name, team.agency))
        .collect();
    let next = rest.next().and(shown.last());
    Ok(page::html(&Partners {
        page,
        next: next.map(|(handle, ..)| format!("/partners?after={handle}")),
        teams: shown,
        agencies: agencies
            .into_iter()
            .map(|agency| (agency.id, agency.name, agency.abbreviation))
            .collect(),
        orphans: orphans
            .into_iter()
            .map(|one| OrphanLine {
                what: format!(
                    "{} · {}",
                    words.t_count("orphan-apps", one.apps),
                    seen(desk, one.last_sign_in)
                ),
                mark: Mark::new(
                    "stop",
                    words.t(match one.reason {
                        OrphanReason::NoAdmin => "orphan-no-admin",
                        OrphanReason::AdminsAway => "orphan-admins-away",
                        OrphanReason::NobodySignsIn => "orphan-nobody",
                    }),
                ),
                handle: one.handle,
                name: one.name,
                agency: one.agency,
            })
            .collect(),
        form: Form::plain(entered),
        may_create: desk.may_for_programme(Action::CreateTeam),
        may_agencies: desk.may_for_programme(Action::ManageAgencies),
        may_review: desk.may_for_programme(Action::ReviewAccess),
    }))
}

async fn list_staff(desk: Desk) -> Result<Response, Response> {
    let page = desk.page("/staff");
    staff_page(&desk, page, Entered::default()).await
}

async fn give(desk: Desk, posted: Posted) -> Result<Response, Response> {
    let email = posted.text("email");
    let given = match Role::parse(posted.text("role")) {
        Some(role) => staff::give(&desk.keeper, &desk.member, (email, role), &desk.trace()).await,
        None => Err(TeamRefusal::RoleMisplaced.into()),
    };
    match given {
        Ok(()) => Ok(Redirect::to("/staff").into_response()),
        Err(Failure::Refused(refusal)) if !asks_for_more(&refusal) => {
            let mut entered = Entered::default();
            entered.set("email", email);
            entered.set("role", posted.text("role"));
            let text = desk.words().refusal(&refusal);
            let page = desk.page("/staff").with_error("email", text);
            staff_page(&desk, page, entered).await
        }
        Err(failure) => Err(desk.failed(failure, "/staff")),
    }
}

async fn take(desk: Desk, Path(whose): Path<String>, posted: Posted) -> Result<Response, Response> {
    let taken = match Role::parse(posted.text("role")) {
        Some(role) => {
            let what = (whose.as_str(), role);
            staff::take(&desk.keeper, &desk.member, what, &desk.trace()).await
        }
        None => Err(TeamRefusal::RoleMisplaced.into()),
    };
    taken.map_err(|failure| desk.failed(failure, "/staff"))?;
    Ok(Redirect::to("/staff").into_response())
}

async fn staff_page(desk: &Desk, page: Page, entered: Entered) -> Result<Response, Response> {
    let words = desk.words();
    let found = staff::list(&desk.keeper, &desk.member)
        .await
        .map_err(|failure| desk.failed(failure, "/"))?;
    let named = |role: Role| (role.as_str(), role_name(words, Some(role)));
    let line = |one: StaffMember| StaffLine {
        own: one.id == desk.member.id,
        seen: seen(desk, one.signed_in),
        roles: one.roles.into_iter().map(named).collect(),
        id: one.id,
        name: one.name,
        email: one.email,
    };
    Ok(page::html(&Staff {
        page,
        staff: found.into_iter().map(line).collect(),
        form: Form::plain(entered),
        roles: Role::ALL
            .into_iter()
            .filter(|role| role.is_staff())
            .map(named)
            .collect(),
        may_manage: desk.may_for_programme(Action::ManageStaff),
    }))
}

const PAGE: usize = 100;

#[cfg(test)]
pub(crate) mod samples {
    use super::*;
    use crate::portal::samples::page;
    use crate::shared::i18n::Language;

    /// Every view of this area.
    pub(crate) fn samples(language: Language) -> Vec<String> {
        use askama::Template as _;
        let partners = Partners {
            orphans: vec![OrphanLine {
                handle: "lonely".into(),
                name: "Lonely Team".into(),
                agency: "Department of Fisheries".into(),
                what: "1 app".into(),
                mark: Mark::new("stop", page(language, "/").t("orphan-no-admin")),
            }],
            teams: vec![(
                "harbours".into(),
                "Harbours".into(),
                "Harbour Authority".into(),
            )],
            next: Some("/partners?after=harbours".into()),
            agencies: vec![("1".into(), "Harbour Authority".into(), "HARB".into())],
            form: Form::plain(Entered::default()),
            may_create: true,
            may_agencies: true,
            may_review: true,
            page: page(language, "/partners"),
        };
        let staff = Staff {
            staff: vec![StaffLine {
                id: "1".into(),
                name: "Robin Quill".into(),
                email: "robin.quill@agency.gov".into(),
                seen: page(language, "/").t("seen-never"),
                roles: vec![("reviewer", page(language, "/").t("role-reviewer"))],
                own: false,
            }],
            form: Form::plain(Entered::default()),
            roles: vec![("auditor", page(language, "/").t("role-auditor"))],
            may_manage: true,
            page: page(language, "/staff"),
        };
        vec![
            partners.render().unwrap_or_default(),
            staff.render().unwrap_or_default(),
        ]
    }
}
