//! Agencies on their way to a partnership, one at each step before the agreement, and the estimate of a team.

use durward_app::Fault;
use durward_app::partner::estimates::{self, NewEstimate, Place};
use durward_app::partner::partnerships::{self, Act, Conversion};
use durward_domain::partnership::{Task, Typed};
use durward_domain::permission::Role;
use durward_domain::price::{Month, Plan, Shape};

use super::cast;
use super::seeds::{Stage, accepted};

/// Tells how far they are.
pub(super) async fn tell(stage: &Stage) -> Result<(), Fault> {
    stage.days_ago(24)?;
    let library = interested(stage, &LIBRARY).await?;
    stage.days_ago(21)?;
    introduced(stage, &library).await?;
    stage.days_ago(15)?;
    estimating(stage, &library).await?;
    stage.days_ago(12)?;
    team_estimates(stage).await?;
    stage.days_ago(8)?;
    let weather = interested(stage, &WEATHER).await?;
    stage.days_ago(5)?;
    introduced(stage, &weather).await?;
    stage.days_ago(1)?;
    interested(stage, &ARCHIVE).await?;
    Ok(())
}

/// An agency as it tells of itself.
struct Agency {
    name: &'static str,
    title: &'static str,
    email: &'static str,
    agency: &'static str,
    letters: &'static str,
    programme: &'static str,
    users: &'static str,
    auths: &'static str,
    proofed: &'static str,
}

/// The form that anyone sends. Answers the partnership.
async fn interested(stage: &Stage, one: &Agency) -> Result<String, Fault> {
    let proofing = if one.proofed.is_empty() {
        "auth_only"
    } else {
        "identity_verified"
    };
    let typed = Typed {
        name: one.name.to_owned(),
        title: one.title.to_owned(),
        email: one.email.to_owned(),
        agency: one.agency.to_owned(),
        agency_kind: "federal".to_owned(),
        programme: one.programme.to_owned(),
        estimated_users: one.users.to_owned(),
        estimated_auths: one.auths.to_owned(),
        proofing: proofing.to_owned(),
        estimated_idv_users: one.proofed.to_owned(),
        ..Typed::default()
    };
    let from = ("the demonstration", "en");
    let received = partnerships::receive(&stage.keeper, &typed, from, &stage.trace).await;
    Ok(accepted(one.agency, received)?.id)
}

/// The account manager takes it over and calls.
async fn introduced(stage: &Stage, id: &str) -> Result<(), Fault> {
    let manager = stage.who(Role::AccountManager, None)?;
    let assign = Act::Assign {
        manager: manager.email.clone(),
    };
    let call = Act::Done { task: Task::Call };
    for act in [assign, call] {
        let done = partnerships::act(&stage.keeper, manager, id, &act, &stage.trace).await;
        accepted("a partnership", done)?;
    }
    Ok(())
}

/// The service fits; the agency has its team and a first estimate.
async fn estimating(stage: &Stage, id: &str) -> Result<(), Fault> {
    let manager = stage.who(Role::AccountManager, None)?;
    let (keeper, trace) = (&stage.keeper, &stage.trace);
    let fits = Act::Judge {
        fit: true,
        reason: "Readers of every state sign in, with a peak in autumn.".to_owned(),
    };
    let done = partnerships::act(keeper, manager, id, &fits, trace).await;
    accepted("a judgement", done)?;
    let conversion = Conversion {
        agency: LIBRARY.agency.to_owned(),
        letters: Some(LIBRARY.letters.to_owned()),
        team: LIBRARY.programme.to_owned(),
        handle: None,
        email: Some(LIBRARY.email.to_owned()),
    };
    let done = partnerships::convert(keeper, manager, id, &conversion, trace).await;
    accepted("a new team", done)?;
    let new = estimate(stage, "With our account manager", (20_000, 260_000), 0);
    let place = Place::Partnership(id.to_owned());
    let saved = estimates::save(keeper, manager, &place, &new, trace).await;
    accepted("an estimate", saved)?;
    Ok(())
}

/// A team that has an agreement plans its next year; another one has accepted what it plans with.
async fn team_estimates(stage: &Stage) -> Result<(), Fault> {
    let name = "Next year, with two more apps";
    let next = estimate(stage, name, (9_000, 180_000), 2_400);
    of_team(stage, cast::FISHERIES, &next).await?;
    let plates = estimate(stage, "Renewals of a year", (40, 600), 0);
    let id = of_team(stage, cast::VEHICLES, &plates).await?;
    let admin = stage.admin(cast::VEHICLES)?;
    let done = estimates::accept(&stage.keeper, admin, &id, &stage.trace).await;
    accepted("an estimate", done)?;
    Ok(())
}

async fn of_team(stage: &Stage, team: &str, new: &NewEstimate) -> Result<String, Fault> {
    let (admin, place) = (stage.admin(team)?, Place::Team(team.to_owned()));
    let saved = estimates::save(&stage.keeper, admin, &place, new, &stage.trace).await;
    Ok(accepted("an estimate", saved)?.id)
}

fn estimate(
    stage: &Stage,
    name: &str,
    (users, auths): (u32, u32),
    new_proofings: u32,
) -> NewEstimate {
    let tables = stage.keeper.programme.price_tables(stage.today);
    NewEstimate {
        name: name.to_owned(),
        plan: Plan {
            model: tables.first().map_or(0, |table| table.model),
            start: Month::of(stage.today).next(),
            months: 24,
            users,
            auths,
            new_proofings,
            existing_proofings: 0,
            shape: Shape::SPRING,
        },
    }
}

const LIBRARY: Agency = Agency {
    name: "Hanna Vogt",
    title: "Head of reader services",
    email: "hanna.vogt@library.example.gov",
    agency: "Library Service",
    letters: "LIB",
    programme: "Reading Room",
    users: "20000",
    auths: "260000",
    proofed: "",
};
const WEATHER: Agency = Agency {
    name: "Isaac Boyd",
    title: "Product owner",
    email: "isaac.boyd@weather.example.gov",
    agency: "Weather Service",
    letters: "WEA",
    programme: "Storm Warnings",
    users: "150000",
    auths: "900000",
    proofed: "",
};
const ARCHIVE: Agency = Agency {
    name: "Mira Castle",
    title: "Programme manager",
    email: "mira.castle@archive.example.gov",
    agency: "State Archive",
    letters: "ARC",
    programme: "Record Requests",
    users: "4000",
    auths: "30000",
    proofed: "1500",
};
