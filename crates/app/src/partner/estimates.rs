//! Estimates of usage and cost: priced for anyone, saved with a team or a partnership, one of them accepted.

mod places;

use std::sync::Arc;

use durward_domain::event::Event;
use durward_domain::permission::{Action, Role};
use durward_domain::price::{self, BadPlan, Estimate, Plan};
use durward_domain::refusal::{RefusalKind, Refuse};
use durward_store::estimates::{self, EstimateRow};
use durward_store::{Conn, members, partnerships};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

pub(crate) use places::belongs;
pub use places::{Choice, Place, places};
use places::{of_place, of_row, owner};

use super::notices::{self, ESTIMATE_ACCEPTED, ESTIMATE_SAVED, Notice, To};
use super::teams::Pen;
use crate::actor::{Belongs, Denied, Member};
use crate::failure::{Failure, Fault, FaultKind};
use crate::keeper::{Keeper, time};
use crate::record::Trace;

/// What is saved.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewEstimate {
    /// What it is called.
    pub name: String,
    /// What is planned.
    pub plan: Plan,
}

/// A saved estimate.
#[derive(Clone, Debug, Serialize)]
pub struct EstimateView {
    /// Its id.
    pub id: String,
    /// The team that it belongs to.
    pub team: Option<String>,
    /// The partnership that it belongs to.
    pub partnership: Option<String>,
    /// What it is called.
    pub name: String,
    /// Who saved it.
    pub author: String,
    /// When.
    pub created: Timestamp,
    /// When it was accepted; nothing while another one, or none, is.
    pub accepted: Option<Timestamp>,
    /// By whom.
    pub accepted_by: Option<String>,
    /// What it says.
    pub estimate: Estimate,
    /// Whether the member may accept it.
    #[serde(skip)]
    pub may_accept: bool,
}

/// A part of a list of estimates.
#[derive(Clone, Debug, Serialize)]
pub struct EstimatePage {
    /// The estimates.
    pub items: Vec<EstimateView>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// Why an estimate was not saved, shown or accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EstimateRefusal {
    /// The member may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The plan cannot be priced.
    #[error(transparent)]
    Plan(#[from] BadPlan),
    /// There is none that the member may see.
    #[error("There is no such estimate that you may see. Check its address.")]
    NotFound,
    /// No name, or too long.
    #[error("Give the estimate a name of 1 to 100 characters, so that others recognise it.")]
    Name,
    /// Too many of one place.
    #[error(
        "There are 100 estimates already. Change the plan of a new one before you save it, and save only what you need."
    )]
    TooMany,
}

impl Refuse for EstimateRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.code(),
            Self::Plan(plan) => plan.code(),
            Self::NotFound => "estimate/not-found",
            Self::Name => "estimate/name",
            Self::TooMany => "estimate/too-many",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Denied(denied) => denied.kind(),
            Self::Plan(plan) => plan.kind(),
            Self::NotFound => RefusalKind::NotFound,
            Self::Name => RefusalKind::Invalid,
            Self::TooMany => RefusalKind::Conflict,
        }
    }
}

/// What a plan costs. Nothing is kept.
///
/// # Errors
/// [`BadPlan`].
pub fn price(keeper: &Keeper, plan: &Plan) -> Result<Estimate, BadPlan> {
    price::estimate(&keeper.programme, plan)
}

/// Saves an estimate. The other side is told.
///
/// # Errors
/// [`EstimateRefusal`], or a fault.
pub async fn save(
    keeper: &Arc<Keeper>,
    member: &Member,
    place: &Place,
    new: &NewEstimate,
    trace: &Trace,
) -> Result<EstimateView, Failure<EstimateRefusal>> {
    let name = new.name.trim().to_owned();
    if !(1..=100).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        return Err(Failure::Refused(EstimateRefusal::Name));
    }
    let estimate = price(keeper, &new.plan).map_err(|bad| Failure::Refused(bad.into()))?;
    let owner = owner(keeper, member, place).await?;
    let now = keeper.clock.now();
    member
        .may(
            Action::SaveEstimate,
            owner.belongs(),
            keeper.clock.real_now(),
        )
        .map_err(|denied| Failure::Refused(denied.into()))?;
    let row = EstimateRow {
        estimate_id: keeper.random.uuid_v7(now).to_string(),
        partnership_id: owner.partnership,
        team: owner.team,
        name,
        model: i64::from(new.plan.model),
        result: written(&estimate)?,
        total_cents: estimate.total.get(),
        author: member.id.clone(),
        author_name: member.name.clone(),
        created_us: now.as_microsecond(),
        accepted_us: None,
        accepted_by: None,
    };
    let (pen, id, staff) = (
        Pen::new(keeper, member, trace),
        row.estimate_id.clone(),
        member.is_staff(),
    );
    keeper
        .store
        .write(move |c| {
            if of_place(c, &row)?.len() >= MOST {
                return Ok(Err(EstimateRefusal::TooMany));
            }
            estimates::add(c, &row)?;
            let detail = json!({ "team": row.team, "partnership": row.partnership_id, "model": row.model, "total_cents": row.total_cents });
            pen.record(c, Event::EstimateSaved, &row.estimate_id, detail)?;
            if let Some(team) = row.team.as_deref().filter(|_| staff) {
                let to = [To::Team(team, &[Role::PartnerAdmin])];
                tell(c, &pen, &row, (&ESTIMATE_SAVED, &to))?;
            }
            Ok(Ok(()))
        })
        .await?
        .map_err(Failure::Refused)?;
    find(keeper, member, &id).await
}

/// The estimates of a place, newest first.
///
/// # Errors
/// [`EstimateRefusal::NotFound`] when the member may not see it.
pub async fn list(
    keeper: &Keeper,
    member: &Member,
    place: &Place,
) -> Result<Vec<EstimateView>, Failure<EstimateRefusal>> {
    let owner = owner(keeper, member, place).await?;
    let rows = keeper
        .store
        .read(move |c| match (&owner.team, &owner.partnership) {
            (Some(team), _) => estimates::of_team(c, team),
            (None, Some(id)) => estimates::of_partnership(c, id),
            (None, None) => estimates::of_author(c, &owner.member),
        })
        .await?;
    rows.iter()
        .filter(|row| member.reaches(Action::ViewPartnership, of_row(row)))
        .map(|row| view(member, row).map_err(Failure::Fault))
        .collect()
}

/// Every estimate that the member may see, newest first; `after` is the `next` of the page before.
///
/// # Errors
/// A fault.
pub async fn all(
    keeper: &Keeper,
    member: &Member,
    (after, most): (Option<&str>, usize),
) -> Result<EstimatePage, Fault> {
    let most = most.clamp(1, MOST);
    let everything = member.reaches(Action::ViewPartnership, Belongs::ToProgramme);
    let after = after.and_then(cursor).unwrap_or((i64::MAX, String::new()));
    let who = member.clone();
    let found = keeper.store.read(move |c| {
        if everything {
            let limit = i64::try_from(most + 1).unwrap_or(i64::MAX);
            return estimates::all(c, (after.0, &after.1), limit);
        }
        let mut rows = estimates::of_author(c, &who.id)?;
        for team in who.teams() {
            rows.extend(estimates::of_team(c, team)?);
        }
        rows.retain(|row| {
            (row.created_us, &row.estimate_id) < (after.0, &after.1)
                && who.reaches(Action::ViewPartnership, of_row(row))
        });
        rows.sort_by(|a, b| (b.created_us, &b.estimate_id).cmp(&(a.created_us, &a.estimate_id)));
        Ok(rows)
    });
    let mut rows = found.await?;
    let more = rows.len() > most;
    rows.truncate(most);
    let last = rows.last().filter(|_| more);
    Ok(EstimatePage {
        next: last.map(|row| format!("{}.{}", row.created_us, row.estimate_id)),
        items: rows
            .iter()
            .map(|row| view(member, row))
            .collect::<Result<_, _>>()?,
    })
}

fn cursor(text: &str) -> Option<(i64, String)> {
    let (us, id) = text.split_once('.')?;
    Some((us.parse().ok()?, id.to_owned()))
}

/// One estimate.
///
/// # Errors
/// [`EstimateRefusal::NotFound`] when there is none that the member may see.
pub async fn find(
    keeper: &Keeper,
    member: &Member,
    id: &str,
) -> Result<EstimateView, Failure<EstimateRefusal>> {
    let wanted = id.to_owned();
    let row = keeper
        .store
        .read(move |c| estimates::find(c, &wanted))
        .await?
        .filter(|row| member.reaches(Action::ViewPartnership, of_row(row)))
        .ok_or(Failure::Refused(EstimateRefusal::NotFound))?;
    Ok(view(member, &row)?)
}

/// Accepts an estimate for the partner; the one accepted before no longer is.
///
/// # Errors
/// [`EstimateRefusal`], or a fault.
pub async fn accept(
    keeper: &Arc<Keeper>,
    member: &Member,
    id: &str,
    trace: &Trace,
) -> Result<EstimateView, Failure<EstimateRefusal>> {
    let seen = find(keeper, member, id).await?;
    let now = keeper.clock.now();
    member
        .may(
            Action::AcceptEstimate,
            belongs(seen.team.as_deref()),
            keeper.clock.real_now(),
        )
        .map_err(|denied| Failure::Refused(denied.into()))?;
    let (pen, who, id_in) = (
        Pen::new(keeper, member, trace),
        member.clone(),
        id.to_owned(),
    );
    keeper
        .store
        .write(move |c| {
            let Some(row) = estimates::find(c, &id_in)? else {
                return Ok(Err(EstimateRefusal::NotFound));
            };
            if row.accepted_us.is_some() {
                return Ok(Ok(()));
            }
            estimates::accept(c, &row, &who.id, now.as_microsecond())?;
            let detail = json!({ "team": row.team, "partnership": row.partnership_id, "total_cents": row.total_cents });
            pen.record(c, Event::EstimateAccepted, &row.estimate_id, detail)?;
            let manager = match row.partnership_id.as_deref() {
                Some(id) => partnerships::find(c, id)?.and_then(|row| row.manager),
                None => None,
            };
            let to = match &manager {
                Some(id) => [To::Member(id)],
                None => [To::Team("", &[Role::AccountManager])],
            };
            tell(c, &pen, &row, (&ESTIMATE_ACCEPTED, &to))?;
            Ok(Ok(()))
        })
        .await?
        .map_err(Failure::Refused)?;
    find(keeper, member, id).await
}

fn tell(
    c: &mut Conn,
    pen: &Pen,
    row: &EstimateRow,
    (kind, to): (&'static notices::NoticeKind, &[To<'_>]),
) -> Result<(), durward_store::Fault> {
    let who = match &pen.actor {
        crate::actor::Actor::Member(id) => members::find_member(c, id)?.map(|member| member.name),
        _ => None,
    };
    let team = match row.team.as_deref() {
        Some(team) => members::find_team(c, team)?.map(|team| team.name),
        None => None,
    };
    let values = vec![
        ("name", row.name.clone()),
        ("team", team.unwrap_or_else(|| "–".to_owned())),
        ("who", who.unwrap_or_default()),
    ];
    let notice = Notice {
        to,
        kind,
        link: format!("/estimates/{}", row.estimate_id),
        values,
    };
    notices::post(c, &pen.keeper, &notice)
}

fn view(member: &Member, row: &EstimateRow) -> Result<EstimateView, Fault> {
    let estimate = serde_json::from_str(&row.result)
        .map_err(|error| Fault::new(FaultKind::Corrupt, format!("a stored estimate: {error}")))?;
    let row = row.clone();
    Ok(EstimateView {
        may_accept: row.accepted_us.is_none()
            && member.reaches(Action::AcceptEstimate, belongs(row.team.as_deref())),
        id: row.estimate_id,
        team: row.team,
        partnership: row.partnership_id,
        name: row.name,
        author: row.author_name,
        created: time(row.created_us),
        accepted: row.accepted_us.map(time),
        accepted_by: row.accepted_by,
        estimate,
    })
}

fn written(estimate: &Estimate) -> Result<String, Fault> {
    serde_json::to_string(estimate)
        .map_err(|error| Fault::new(FaultKind::Corrupt, format!("an estimate: {error}")))
}

const MOST: usize = 100;
