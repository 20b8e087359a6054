//! Oneself, agencies, teams, members, invitations, transfers, staff, and the review of access.

use axum::extract::{Path, Query};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse as _;
use axum::routing::{delete, get, post, put};
use durward_app::operator::staff;
use durward_app::partner::teams::invitations::{self, Invite, Reply};
use durward_app::partner::teams::{self, RoleChange, TeamRefusal, review, transfer};
use durward_domain::event::Event;
use durward_domain::permission::{Action, Role};
use serde::Deserialize;
use serde_json::{Value, json};

use super::answers::{Answer, Asked, Sent, Told, answer, items, ok, page, told};
use super::bearer::Call;
use super::routes::{PAGED, Parameter, Route, Who};
use crate::shared::problem::Problem;
use crate::shared::route::Needs;

impl Told for TeamRefusal {
    fn fields(&self) -> Vec<(&'static str, Value)> {
        match self {
            Self::Subjects(changes) => {
                let total: u64 = changes.iter().filter_map(|one| one.subjects).sum();
                vec![("subjects", json!(changes)), ("confirm", json!(total))]
            }
            _ => Vec::new(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    name: String,
    #[serde(default)]
    description: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Agency {
    name: String,
    abbreviation: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AgencyName {
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Roles {
    #[serde(default, deserialize_with = "named")]
    sandbox: Option<Option<Role>>,
    #[serde(default, deserialize_with = "named")]
    production: Option<Option<Role>>,
}

/// `null` takes a role, which is not the same as leaving it as it is.
fn named<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Option<Role>>, D::Error> {
    Option::<Role>::deserialize(from).map(Some)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Invited {
    email: String,
    #[serde(default)]
    sandbox: Option<Role>,
    #[serde(default)]
    production: Option<Role>,
    #[serde(default)]
    language: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ToAgency {
    agency: String,
    #[serde(default)]
    confirm: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ToTeam {
    team: String,
    #[serde(default)]
    confirm: Option<u64>,
}

#[derive(Deserialize)]
struct To {
    #[serde(default)]
    to: String,
}

#[derive(Deserialize)]
struct Which {
    #[serde(default)]
    team: Option<String>,
    #[serde(default)]
    format: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StaffRole {
    email: String,
    role: Role,
}

async fn me(call: Call) -> Answer {
    let member = &call.member;
    let in_teams = teams::list(&call.keeper, member)
        .await
        .map_err(|fault| Problem::from(fault).as_json())?;
    let own: Vec<Value> = in_teams
        .into_iter()
        .filter(|team| team.sandbox.is_some() || team.production.is_some())
        .map(|team| json!(team))
        .collect();
    let staff: Vec<Role> = member
        .roles
        .iter()
        .filter(|held| held.team.is_none())
        .map(|held| held.role)
        .collect();
    let may: Vec<&str> = Action::ALL
        .iter()
        .filter(|action| member.reaches_somewhere(**action))
        .map(|action| action.as_str())
        .collect();
    let by_domain = member.standing == durward_app::actor::Standing::ApprovedDomain;
    ok(&json!({
        "id": member.id,
        "email": member.email,
        "name": member.name,
        "aal": member.aal.as_str(),
        "approved_domain": by_domain,
        "elevated_until": member.elevated_until,
        "teams": own,
        "staff_roles": staff,
        "may": may,
    }))
}

async fn agencies(call: Call, asked: Asked) -> Answer {
    let list = teams::agencies(&call.keeper)
        .await
        .map_err(|fault| Problem::from(fault).as_json())?;
    page(&asked, &list, |agency| agency.id.clone())
}

async fn add_agency(call: Call, sent: Sent) -> Answer {
    let body: Agency = sent.json()?;
    let what = (body.name.as_str(), body.abbreviation.as_str());
    let made = teams::add_agency(&call.keeper, &call.member, what, &call.trace)
        .await
        .map_err(told)?;
    answer(StatusCode::CREATED, &made)
}

async fn rename_agency(call: Call, Path(id): Path<String>, sent: Sent) -> Answer {
    let body: AgencyName = sent.json()?;
    let what = (id.as_str(), body.name.as_str());
    ok(
        &teams::rename_agency(&call.keeper, &call.member, what, &call.trace)
            .await
            .map_err(told)?,
    )
}

async fn list(call: Call, asked: Asked) -> Answer {
    let list = teams::list(&call.keeper, &call.member)
        .await
        .map_err(|fault| Problem::from(fault).as_json())?;
    page(&asked, &list, |team| team.handle.clone())
}

async fn create(call: Call, sent: Sent) -> Answer {
    let made = teams::create(&call.keeper, &call.member, &sent.json()?, &call.trace)
        .await
        .map_err(told)?;
    answer(StatusCode::CREATED, &made)
}

async fn find(call: Call, Path(handle): Path<String>) -> Answer {
    ok(&teams::team(&call.keeper, &call.member, &handle)
        .await
        .map_err(told)?)
}

async fn rename(call: Call, Path(handle): Path<String>, sent: Sent) -> Answer {
    let body: Named = sent.json()?;
    let what = (body.name.as_str(), body.description.as_str());
    ok(
        &teams::rename(&call.keeper, &call.member, &handle, what, &call.trace)
            .await
            .map_err(told)?,
    )
}

async fn remove(call: Call, Path(handle): Path<String>) -> Answer {
    teams::delete(&call.keeper, &call.member, &handle, &call.trace)
        .await
        .map_err(told)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn members(call: Call, Path(handle): Path<String>) -> Answer {
    let team = teams::team(&call.keeper, &call.member, &handle)
        .await
        .map_err(told)?;
    match team.members {
        Some(members) => items(&members),
        None => Err(told::<TeamRefusal>(
            durward_app::actor::Denied::Role {
                what: Action::ListMembers.sentence(),
            }
            .into(),
        )),
    }
}

async fn set_roles(
    call: Call,
    Path((handle, whose)): Path<(String, String)>,
    sent: Sent,
) -> Answer {
    let body: Roles = sent.json()?;
    let change = RoleChange {
        sandbox: body.sandbox,
        production: body.production,
    };
    let at = (handle.as_str(), whose.as_str());
    ok(
        &teams::set_roles(&call.keeper, &call.member, at, change, &call.trace)
            .await
            .map_err(told)?,
    )
}

async fn remove_member(call: Call, Path((handle, whose)): Path<(String, String)>) -> Answer {
    let at = (handle.as_str(), whose.as_str());
    teams::remove(&call.keeper, &call.member, at, &call.trace)
        .await
        .map_err(told)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn invited(call: Call, Path(handle): Path<String>) -> Answer {
    items(
        &invitations::of_team(&call.keeper, &call.member, &handle)
            .await
            .map_err(told)?,
    )
}

async fn invite(call: Call, Path(handle): Path<String>, sent: Sent) -> Answer {
    let body: Invited = sent.json()?;
    let language = body.language.unwrap_or_else(|| "en".to_owned());
    let wanted = Invite {
        email: body.email,
        sandbox: body.sandbox,
        production: body.production,
        language: if LANGUAGES.contains(&language.as_str()) {
            language
        } else {
            "en".to_owned()
        },
    };
    let made = invitations::invite(&call.keeper, &call.member, &handle, &wanted, &call.trace)
        .await
        .map_err(told)?;
    answer(StatusCode::CREATED, &made)
}

async fn withdraw(call: Call, Path((handle, id)): Path<(String, String)>) -> Answer {
    let at = (handle.as_str(), id.as_str());
    invitations::withdraw(&call.keeper, &call.member, at, &call.trace)
        .await
        .map_err(told)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn my_invitations(call: Call) -> Answer {
    let list = invitations::for_me(&call.keeper, &call.member)
        .await
        .map_err(|fault| Problem::from(fault).as_json())?;
    items(&list)
}

async fn accept(call: Call, Path(id): Path<String>) -> Answer {
    reply(call, &id, Reply::Accept).await
}

async fn decline(call: Call, Path(id): Path<String>) -> Answer {
    reply(call, &id, Reply::Decline).await
}

async fn reply(call: Call, id: &str, reply: Reply) -> Answer {
    ok(
        &invitations::reply(&call.keeper, &call.member, id, reply, &call.trace)
            .await
            .map_err(told)?,
    )
}

async fn agency_change(call: Call, Path(handle): Path<String>, Query(to): Query<To>) -> Answer {
    let at = (handle.as_str(), to.to.as_str());
    let changes = teams::agency_change(&call.keeper, &call.member, at)
        .await
        .map_err(told)?;
    let total: u64 = changes.iter().filter_map(|one| one.subjects).sum();
    ok(&json!({ "team": handle, "subjects": changes, "confirm": total }))
}

async fn change_agency(call: Call, Path(handle): Path<String>, sent: Sent) -> Answer {
    let body: ToAgency = sent.json()?;
    let at = (handle.as_str(), body.agency.as_str());
    ok(
        &teams::change_agency(&call.keeper, &call.member, at, body.confirm, &call.trace)
            .await
            .map_err(told)?,
    )
}

async fn transfer_plan(call: Call, Path(handle): Path<String>, Query(to): Query<To>) -> Answer {
    let at = (handle.as_str(), to.to.as_str());
    ok(&transfer::plan(&call.keeper, &call.member, at)
        .await
        .map_err(told)?)
}

async fn move_app(call: Call, Path(handle): Path<String>, sent: Sent) -> Answer {
    let body: ToTeam = sent.json()?;
    let at = (handle.as_str(), body.team.as_str());
    ok(
        &transfer::transfer(&call.keeper, &call.member, at, body.confirm, &call.trace)
            .await
            .map_err(told)?,
    )
}

async fn access(call: Call, Query(which): Query<Which>, headers: HeaderMap) -> Answer {
    let list = review::access(
        &call.keeper,
        &call.member,
        which.team.as_deref(),
        &call.trace,
    )
    .await
    .map_err(told)?;
    let accepts = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains("text/csv"));
    if which.format.as_deref() == Some("csv") || (which.format.is_none() && accepts) {
        return Ok(csv(&list));
    }
    items(&list)
}

/// The list as a file.
pub(crate) fn csv(list: &[review::Access]) -> axum::response::Response {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"access-review.csv\"",
        ),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, review::csv(list)).into_response()
}

async fn orphans(call: Call) -> Answer {
    items(
        &review::orphans(&call.keeper, &call.member)
            .await
            .map_err(told)?,
    )
}

async fn staff_list(call: Call) -> Answer {
    items(
        &staff::list(&call.keeper, &call.member)
            .await
            .map_err(told)?,
    )
}

async fn give_staff(call: Call, sent: Sent) -> Answer {
    let body: StaffRole = sent.json()?;
    let what = (body.email.as_str(), body.role);
    staff::give(&call.keeper, &call.member, what, &call.trace)
        .await
        .map_err(told)?;
    items(
        &staff::list(&call.keeper, &call.member)
            .await
            .map_err(told)?,
    )
}

async fn take_staff(call: Call, Path((whose, role)): Path<(String, String)>) -> Answer {
    let Some(role) = Role::parse(&role) else {
        return Err(told::<TeamRefusal>(TeamRefusal::RoleMisplaced.into()));
    };
    staff::take(
        &call.keeper,
        &call.member,
        (whose.as_str(), role),
        &call.trace,
    )
    .await
    .map_err(told)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

const LANGUAGES: [&str; 4] = ["en", "es", "fr", "zh-Hans"];
const MEMBERS: Needs = Needs::AnyOf(&[Action::ManageTeam, Action::ManageProductionMembers]);
const TRANSFERS: Needs = Needs::AnyOf(&[Action::TransferApp, Action::TransferLiveApp]);
const ROLES: &[Event] = &[Event::MemberRoleGiven, Event::MemberRoleTaken];
const TO: Parameter = Parameter {
    name: "to",
    required: true,
    sentence: "Where it would go.",
};

/// The calls of this area.
pub(super) static ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/api/v1/me",
        summary: "Who calls: address, level of the sign-in, roles, and what they allow.",
        who: Who::AnyMember,
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("Me")),
        handler: || get(me),
    },
    Route {
        method: "GET",
        path: "/api/v1/agencies",
        summary: "All agencies.",
        who: Who::AnyMember,
        events: &[],
        query: PAGED,
        body: None,
        answer: (200, Some("AgencyList")),
        handler: || get(agencies),
    },
    Route {
        method: "POST",
        path: "/api/v1/agencies",
        summary: "Add an agency.",
        who: Who::Member(Action::ManageAgencies),
        events: &[Event::AgencyAdded],
        query: &[],
        body: Some("NewAgency"),
        answer: (201, Some("Agency")),
        handler: || post(add_agency),
    },
    Route {
        method: "PUT",
        path: "/api/v1/agencies/{id}",
        summary: "Give an agency another name; its letters stay.",
        who: Who::Member(Action::ManageAgencies),
        events: &[Event::AgencyChanged],
        query: &[],
        body: Some("AgencyName"),
        answer: (200, Some("Agency")),
        handler: || put(rename_agency),
    },
    Route {
        method: "GET",
        path: "/api/v1/teams",
        summary: "The teams that one may see, with one's own roles.",
        who: Who::Member(Action::ViewTeam),
        events: &[],
        query: PAGED,
        body: None,
        answer: (200, Some("TeamList")),
        handler: || get(list),
    },
    Route {
        method: "POST",
        path: "/api/v1/teams",
        summary: "Create a team. A partner who does becomes its admin in the sandbox.",
        who: Who::Member(Action::CreateTeam),
        events: &[Event::TeamCreated, Event::MemberRoleGiven],
        query: &[],
        body: Some("NewTeam"),
        answer: (201, Some("Team")),
        handler: || post(create),
    },
    Route {
        method: "GET",
        path: "/api/v1/teams/{handle}",
        summary: "One team.",
        who: Who::Member(Action::ViewTeam),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("Team")),
        handler: || get(find),
    },
    Route {
        method: "PUT",
        path: "/api/v1/teams/{handle}",
        summary: "Give a team another name and description.",
        who: Who::Member(Action::ManageTeam),
        events: &[Event::TeamChanged],
        query: &[],
        body: Some("TeamName"),
        answer: (200, Some("Team")),
        handler: || put(rename),
    },
    Route {
        method: "DELETE",
        path: "/api/v1/teams/{handle}",
        summary: "Delete a team without apps.",
        who: Who::Member(Action::ManageTeam),
        events: &[Event::TeamDeleted, Event::MemberRoleTaken],
        query: &[],
        body: None,
        answer: (204, None),
        handler: || delete(remove),
    },
    Route {
        method: "GET",
        path: "/api/v1/teams/{handle}/members",
        summary: "The members of a team with their roles.",
        who: Who::Member(Action::ListMembers),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("MemberList")),
        handler: || get(members),
    },
    Route {
        method: "PUT",
        path: "/api/v1/teams/{handle}/members/{member}",
        summary: "Change somebody's roles in a team; never one's own. What is left out stays, `null` takes it.",
        who: Who::MemberBy(MEMBERS),
        events: ROLES,
        query: &[],
        body: Some("Roles"),
        answer: (200, Some("Team")),
        handler: || put(set_roles),
    },
    Route {
        method: "DELETE",
        path: "/api/v1/teams/{handle}/members/{member}",
        summary: "Remove somebody from a team.",
        who: Who::MemberBy(MEMBERS),
        events: ROLES,
        query: &[],
        body: None,
        answer: (204, None),
        handler: || delete(remove_member),
    },
    Route {
        method: "GET",
        path: "/api/v1/teams/{handle}/invitations",
        summary: "The open invitations to a team.",
        who: Who::Member(Action::ManageTeam),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("InvitationList")),
        handler: || get(invited),
    },
    Route {
        method: "POST",
        path: "/api/v1/teams/{handle}/invitations",
        summary: "Invite somebody to a team, by mail.",
        who: Who::MemberBy(MEMBERS),
        events: &[Event::MemberInvited],
        query: &[],
        body: Some("NewInvitation"),
        answer: (201, Some("Invitation")),
        handler: || post(invite),
    },
    Route {
        method: "DELETE",
        path: "/api/v1/teams/{handle}/invitations/{id}",
        summary: "Withdraw an invitation.",
        who: Who::Member(Action::ManageTeam),
        events: &[Event::MemberInvitationEnded],
        query: &[],
        body: None,
        answer: (204, None),
        handler: || delete(withdraw),
    },
    Route {
        method: "GET",
        path: "/api/v1/teams/{handle}/agency",
        summary: "How many subject identifiers a move of the team to another agency would change.",
        who: Who::Member(Action::ChangeAgency),
        events: &[],
        query: &[TO],
        body: None,
        answer: (200, Some("AgencyChange")),
        handler: || get(agency_change),
    },
    Route {
        method: "POST",
        path: "/api/v1/teams/{handle}/agency",
        summary: "Move a team to another agency. `confirm` is the number of subject identifiers that change.",
        who: Who::Member(Action::ChangeAgency),
        events: &[
            Event::TeamAgencyChanged,
            Event::ReleaseBuilt,
            Event::ReleaseDeployed,
        ],
        query: &[],
        body: Some("ToAgency"),
        answer: (200, Some("Team")),
        handler: || post(change_agency),
    },
    Route {
        method: "GET",
        path: "/api/v1/invitations",
        summary: "The open invitations for one's own address.",
        who: Who::AnyMember,
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("InvitationList")),
        handler: || get(my_invitations),
    },
    Route {
        method: "POST",
        path: "/api/v1/invitations/{id}/accept",
        summary: "Accept an invitation.",
        who: Who::AnyMember,
        events: &[Event::MemberInvitationEnded, Event::MemberRoleGiven],
        query: &[],
        body: None,
        answer: (200, Some("Invitation")),
        handler: || post(accept),
    },
    Route {
        method: "POST",
        path: "/api/v1/invitations/{id}/decline",
        summary: "Decline an invitation.",
        who: Who::AnyMember,
        events: &[Event::MemberInvitationEnded],
        query: &[],
        body: None,
        answer: (200, Some("Invitation")),
        handler: || post(decline),
    },
    Route {
        method: "GET",
        path: "/api/v1/apps/{handle}/transfer",
        summary: "What moving an app to another team would do.",
        who: Who::MemberBy(TRANSFERS),
        events: &[],
        query: &[TO],
        body: None,
        answer: (200, Some("Transfer")),
        handler: || get(transfer_plan),
    },
    Route {
        method: "POST",
        path: "/api/v1/apps/{handle}/transfer",
        summary: "Move an app to another team. `confirm` is the number of subject identifiers that change.",
        who: Who::MemberBy(TRANSFERS),
        events: &[
            Event::AppTransferred,
            Event::ReleaseBuilt,
            Event::ReleaseDeployed,
        ],
        query: &[],
        body: Some("ToTeam"),
        answer: (200, Some("Transfer")),
        handler: || post(move_app),
    },
    Route {
        method: "GET",
        path: "/api/v1/access-review",
        summary: "Who has which access, as JSON or CSV. Reading it is recorded.",
        who: Who::Member(Action::ReviewAccess),
        events: &[Event::AccessExported],
        query: &[
            Parameter {
                name: "team",
                required: false,
                sentence: "Of this team only.",
            },
            Parameter {
                name: "format",
                required: false,
                sentence: "`csv` for a file.",
            },
        ],
        body: None,
        answer: (200, Some("AccessList")),
        handler: || get(access),
    },
    Route {
        method: "GET",
        path: "/api/v1/orphan-teams",
        summary: "Teams that nobody looks after.",
        who: Who::Member(Action::ViewConsole),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("OrphanList")),
        handler: || get(orphans),
    },
    Route {
        method: "GET",
        path: "/api/v1/staff",
        summary: "The programme's staff.",
        who: Who::Member(Action::ViewConsole),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("StaffList")),
        handler: || get(staff_list),
    },
    Route {
        method: "POST",
        path: "/api/v1/staff",
        summary: "Give a staff role.",
        who: Who::Member(Action::ManageStaff),
        events: &[Event::MemberRoleGiven, Event::MemberAdded],
        query: &[],
        body: Some("StaffRole"),
        answer: (200, Some("StaffList")),
        handler: || post(give_staff),
    },
    Route {
        method: "DELETE",
        path: "/api/v1/staff/{member}/{role}",
        summary: "Take a staff role.",
        who: Who::Member(Action::ManageStaff),
        events: &[Event::MemberRoleTaken],
        query: &[],
        body: None,
        answer: (204, None),
        handler: || delete(take_staff),
    },
];
