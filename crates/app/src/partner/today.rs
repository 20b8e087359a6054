//! The first page of partners and of staff: what needs the reader, the next window and what ships in it, where apps stand
//! between sandbox and production, how long requests took, and the last releases. Nothing here reads a whole table.

mod board;
mod lead;
mod needs;

use std::sync::Arc;

use durward_domain::environment::EnvironmentName;
use durward_domain::launch::LaunchState;
use durward_domain::permission::Action;
use durward_store::launches::LaunchRow;
use durward_store::today::{self as rows, Of};
use durward_store::{Conn, Fault as StoreFault, launches};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::launches::{RequestKind, kind_of, state_of};
use super::told::app_name;
use crate::actor::{Belongs, Member};
use crate::failure::{Fault, FaultKind};
use crate::keeper::{Keeper, time};
use crate::operator::releases::{self, ReleaseSummary};
use crate::operator::usage::{self, Burn};

pub use board::{BoardApp, BoardPlace, BoardRequest};
pub use lead::{Lead, LeadTime};
pub use needs::{Need, NeedItem, NeedKind};

/// What somebody should know today.
#[derive(Clone, Debug, Serialize)]
pub struct Today {
    /// The keeper's day.
    pub date: Date,
    /// What needs the reader, the most pressing first.
    pub needs: Vec<Need>,
    /// The next window.
    pub next: Option<NextWindow>,
    /// Apps on their way, by environment.
    pub board: Vec<BoardApp>,
    /// How long requests took to be live.
    pub lead: Lead,
    /// The last releases of production.
    pub releases: Vec<ReleaseSummary>,
    /// The orders that use most of their estimates, with their forecasts.
    pub usage: Vec<Burn>,
}

/// A window and what ships in it.
#[derive(Clone, Debug, Serialize)]
pub struct NextWindow {
    /// Its day.
    pub date: Date,
    /// Why it is one.
    pub reason: String,
    /// What is approved for it, or waits since an earlier one.
    pub ships: Vec<Brief>,
}

/// A request in short.
#[derive(Clone, Debug, Serialize)]
pub struct Brief {
    /// Its id.
    pub id: String,
    /// Launch or change.
    pub kind: RequestKind,
    /// The app.
    pub app: String,
    /// The app's name as in the agreement.
    pub app_name: String,
    /// The environment it asks for.
    pub environment: EnvironmentName,
    /// The app's team.
    pub team: String,
    /// Where it stands.
    pub state: LaunchState,
    /// The day of its window.
    pub window: Option<Date>,
    /// When it was last submitted.
    pub submitted: Option<Timestamp>,
    /// When it was written.
    pub created: Timestamp,
}

/// Today, for a member.
///
/// # Errors
/// A fault.
pub async fn today(keeper: &Arc<Keeper>, member: &Member) -> Result<Today, Fault> {
    let of = if member.reaches(Action::ViewLaunch, Belongs::ToProgramme) {
        Of::All
    } else {
        let mut teams: Vec<String> = member.teams().into_iter().map(str::to_owned).collect();
        teams.sort_unstable();
        teams.dedup();
        Of::Teams(teams)
    };
    let next = next(keeper, &of).await?;
    let releases = releases::page(
        keeper,
        member,
        EnvironmentName::Production,
        (None, RELEASES),
    )
    .await?
    .map(|(list, _)| list)
    .unwrap_or_default();
    Ok(Today {
        date: keeper.today(),
        needs: needs::of(keeper, member, &of).await?,
        next,
        board: board::of(keeper, member, &of).await?,
        lead: lead::of(keeper, &of).await?,
        releases,
        usage: usage::pressing(keeper, member, ORDERS).await?,
    })
}

async fn next(keeper: &Keeper, of: &Of) -> Result<Option<NextWindow>, Fault> {
    let calendar = super::calendar::current(keeper).await?;
    let Some(window) = calendar.window_from(keeper.today()) else {
        return Ok(None);
    };
    let mut ships = in_states(
        keeper,
        of,
        &[LaunchState::Scheduled, LaunchState::Approved],
        MOST,
    )
    .await?
    .1;
    ships.retain(|one| one.window.is_some_and(|day| day <= window.date));
    Ok(Some(NextWindow {
        date: window.date,
        reason: window.reason,
        ships,
    }))
}

/// How many requests are in one of these states, and the oldest of them.
async fn in_states(
    keeper: &Keeper,
    of: &Of,
    states: &'static [LaunchState],
    limit: i64,
) -> Result<(u64, Vec<Brief>), Fault> {
    let of = of.clone();
    let (count, found) = keeper
        .store
        .read(move |c| {
            let (mut count, mut found) = (0, Vec::new());
            for state in states {
                let (more, ids) = rows::in_state(c, &of, state.as_str(), limit)?;
                count += more;
                found.extend(loaded(c, ids)?);
            }
            Ok((count, found))
        })
        .await?;
    let mut list = briefs(found)?;
    list.sort_by_key(|one| one.submitted.unwrap_or(one.created));
    Ok((u64::try_from(count).unwrap_or_default(), list))
}

fn loaded(c: &mut Conn, ids: Vec<String>) -> Result<Vec<(LaunchRow, String)>, StoreFault> {
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        if let Some(row) = launches::find(c, &id)? {
            let name = app_name(c, &row.revision_id, &row.handle)?;
            found.push((row, name));
        }
    }
    Ok(found)
}

fn briefs(rows: Vec<(LaunchRow, String)>) -> Result<Vec<Brief>, Fault> {
    rows.into_iter()
        .map(|(row, app_name)| {
            let environment = EnvironmentName::parse(&row.environment)
                .map_err(|bad| Fault::new(FaultKind::Corrupt, bad.to_string()))?;
            Ok(Brief {
                kind: kind_of(&row),
                state: state_of(&row)?,
                window: row
                    .window_date
                    .as_deref()
                    .and_then(|date| date.parse().ok()),
                submitted: row.submitted_us.map(time),
                created: time(row.created_us),
                id: row.launch_id,
                app: row.handle,
                team: row.team,
                app_name,
                environment,
            })
        })
        .collect()
}

/// Requests that are read of each state.
const MOST: i64 = 50;
/// Releases that are shown.
const RELEASES: usize = 5;
/// Orders that are shown.
const ORDERS: usize = 3;
