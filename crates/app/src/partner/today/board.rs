//! Where apps stand between sandbox and production, and what holds them up.

use std::sync::Arc;

use durward_domain::environment::EnvironmentName;
use durward_domain::launch::LaunchState;
use durward_domain::permission::Action;
use durward_store::today::Of;
use durward_store::{apps as rows, launches as requests};
use jiff::civil::Date;
use serde::Serialize;

use super::in_states;
use crate::actor::{Belongs, Member};
use crate::failure::{Failure, Fault};
use crate::keeper::Keeper;
use crate::partner::apps::{self, Listing, listed};
use crate::partner::launches::{self, is_editable, state_of};

/// An app with its environments.
#[derive(Clone, Debug, Serialize)]
pub struct BoardApp {
    /// The app.
    pub app: String,
    /// Its name as in the agreement.
    pub app_name: String,
    /// Its team.
    pub team: String,
    /// Where it stands, for each environment that it has a configuration or a request for.
    pub places: Vec<BoardPlace>,
}

/// An app in one environment.
#[derive(Clone, Debug, Serialize)]
pub struct BoardPlace {
    /// The environment.
    pub environment: EnvironmentName,
    /// The newest revision's number.
    pub revision: i64,
    /// The number of the revision that is live.
    pub live_revision: Option<i64>,
    /// The request that is on its way there.
    pub request: Option<BoardRequest>,
}

/// A request on its way.
#[derive(Clone, Debug, Serialize)]
pub struct BoardRequest {
    /// Its id.
    pub id: String,
    /// Where it stands.
    pub state: LaunchState,
    /// The day of its window.
    pub window: Option<Date>,
    /// How many items of the checklist are open and stop it.
    pub blockers: u64,
}

pub(super) async fn of(
    keeper: &Arc<Keeper>,
    member: &Member,
    of: &Of,
) -> Result<Vec<BoardApp>, Fault> {
    let (_, open) = in_states(keeper, of, ON_THEIR_WAY, SHOWN).await?;
    let mut handles: Vec<String> = Vec::new();
    for one in open {
        if !handles.contains(&one.app) {
            handles.push(one.app);
        }
    }
    if matches!(of, Of::Teams(_)) && handles.len() < MOST {
        let listing = Listing {
            after: "",
            words: "",
            limit: MOST,
        };
        for app in apps::list(keeper, member, listing).await?.items {
            if !handles.contains(&app.handle) {
                handles.push(app.handle);
            }
        }
    }
    handles.truncate(MOST);
    let mut board = Vec::new();
    for handle in handles {
        board.extend(row(keeper, member, handle).await?);
    }
    let mut judged = 0;
    for app in &mut board {
        for request in app
            .places
            .iter_mut()
            .filter_map(|place| place.request.as_mut())
            .filter(|request| is_editable(request.state))
        {
            // Judging a checklist costs more than all of the rest.
            judged += 1;
            if judged > JUDGED {
                return Ok(board);
            }
            request.blockers = match launches::find(keeper, member, &request.id).await {
                Ok(view) => u64::try_from(view.open_items.len()).unwrap_or_default(),
                Err(Failure::Refused(_)) => 0,
                Err(Failure::Fault(fault)) => return Err(fault),
            };
        }
    }
    Ok(board)
}

async fn row(keeper: &Keeper, member: &Member, handle: String) -> Result<Option<BoardApp>, Fault> {
    let name = handle.clone();
    let (found, asked) = keeper
        .store
        .read(move |c| {
            let mut found = Vec::new();
            for environment in EnvironmentName::ALL {
                let place = (name.clone(), environment.as_str().to_owned());
                found.extend(rows::listed(c, place)?);
            }
            Ok((found, requests::of_app(c, &name)?))
        })
        .await?;
    let mut app: Option<BoardApp> = None;
    for one in found {
        let one = listed(one)?;
        if !member.reaches(Action::ViewApp, Belongs::ToTeam(&one.team)) {
            return Ok(None);
        }
        let mut request = None;
        for row in &asked {
            let state = state_of(row)?;
            if row.environment == one.environment.as_str() && ON_THEIR_WAY.contains(&state) {
                request = Some(BoardRequest {
                    id: row.launch_id.clone(),
                    state,
                    window: row
                        .window_date
                        .as_deref()
                        .and_then(|date| date.parse().ok()),
                    blockers: 0,
                });
                break;
            }
        }
        let board = app.get_or_insert_with(|| BoardApp {
            app: handle.clone(),
            app_name: one.app_name.clone(),
            team: one.team.clone(),
            places: Vec::new(),
        });
        board.places.push(BoardPlace {
            environment: one.environment,
            revision: one.revision,
            live_revision: one.live_revision,
            request,
        });
    }
    Ok(app)
}

const ON_THEIR_WAY: &[LaunchState] = &[
    LaunchState::ChangesRequested,
    LaunchState::Submitted,
    LaunchState::Approved,
    LaunchState::Scheduled,
    LaunchState::Draft,
];
/// Requests that are read of each state.
const SHOWN: i64 = 12;
/// Apps on the board.
const MOST: usize = 12;
/// Checklists that are judged for one page.
const JUDGED: usize = 4;
