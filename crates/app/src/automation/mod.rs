//! The test kit: what automated tests can do in a test-class environment.
//!
//! Everything here needs the environment's [`Kit`], which only a test-class environment has, and an [`Automation`],
//! which says how far the caller reaches: one team's test people and apps, or all of a demonstration.

pub mod clock;
pub mod faults;
pub mod keys;
mod kit;
pub mod mail;
pub mod people;
mod refusal;
pub mod sessions;
pub mod tokens;

use std::sync::Arc;

use durward_domain::permission::Action;
use durward_keyring::compare;

use crate::actor::{Actor, Permit};
use crate::door::Door;
use crate::failure::{Failure, Fault};
use crate::registry::RegisteredApp;

pub use clock::{ClockMove, move_clock};
pub use kit::Kit;
pub use people::{PersonMade, PersonWanted, delete_person, make_person, people_count};
pub use refusal::AutomationRefusal;
pub use sessions::{SessionMade, SessionWanted, open_session};

/// Shown authority over test people and apps of one environment.
pub struct Automation {
    reach: Reach,
    actor: Actor,
}

/// How far it goes.
#[derive(Clone)]
enum Reach {
    /// Everywhere: the one token of a demonstration or a simulator.
    Environment,
    /// To one team's own.
    Team(String),
}

impl Automation {
    /// The authority of a member who may use the test kit of a team; none in live class, or for another permit.
    pub fn of_member(door: &Door, permit: &Permit, team: &str) -> Option<Self> {
        door.kit.as_ref()?;
        (permit.action() == Action::UseTestKit).then(|| Self {
            reach: Reach::Team(team.to_owned()),
            actor: permit.actor().clone(),
        })
    }

    /// The team it is bound to.
    pub fn team(&self) -> Option<&str> {
        match &self.reach {
            Reach::Environment => None,
            Reach::Team(team) => Some(team),
        }
    }

    /// Under which name its test people are kept.
    fn owner(&self) -> String {
        match &self.reach {
            Reach::Environment => ENVIRONMENT_WIDE.to_owned(),
            Reach::Team(team) => format!("team:{team}"),
        }
    }

    fn reaches(&self, owner: &str) -> bool {
        matches!(self.reach, Reach::Environment) || owner == self.owner()
    }

    /// The app of this handle or client id, if it is within reach. An app of another team is as unknown as none.
    fn app(&self, door: &Door, name: &str) -> Result<Arc<RegisteredApp>, AutomationRefusal> {
        let registry = door.registry.load();
        let app = registry.app(name).or_else(|| registry.by_handle(name));
        app.filter(|app| {
            self.team()
                .is_none_or(|team| app.snapshot.document.team.as_str() == team)
        })
        .cloned()
        .ok_or_else(|| AutomationRefusal::NoApp(cut(name)))
    }
}

/// Judges a bearer token: `authorization` is the header of that name.
///
/// # Errors
/// [`AutomationRefusal::Absent`] in live class, where none of this exists; [`AutomationRefusal::Token`] for a token that
/// is unknown, over or revoked; or a fault.
pub async fn admit(
    door: &Arc<Door>,
    authorization: Option<&str>,
) -> Result<Automation, Failure<AutomationRefusal>> {
    let Some(kit) = &door.kit else {
        return Err(Failure::Refused(AutomationRefusal::Absent));
    };
    let sent = authorization
        .and_then(|header| header.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .ok_or(Failure::Refused(AutomationRefusal::Token))?;
    let candidates = door.hasher.candidates(sent);
    let fits = |known: &String| {
        candidates
            .iter()
            .any(|hash| compare::equal(hash.as_bytes(), known.as_bytes()))
    };
    if kit.environment_token().is_some_and(fits) {
        return Ok(Automation {
            reach: Reach::Environment,
            actor: Actor::Automation,
        });
    }
    let token = tokens::find(door, sent, candidates)
        .await?
        .ok_or(Failure::Refused(AutomationRefusal::Token))?;
    Ok(Automation {
        reach: Reach::Team(token.team),
        actor: Actor::TeamAutomation(token.token_id),
    })
}

/// Takes up what another node, or an earlier run, did: the clock and the faults. Live class has none of it.
///
/// # Errors
/// A fault of the database.
pub async fn follow(door: &Door) -> Result<(), Fault> {
    let Some(kit) = &door.kit else {
        return Ok(());
    };
    clock::follow(door, kit).await?;
    kit.load_faults(door).await
}

fn cut(text: &str) -> String {
    text.chars().take(80).collect()
}

const ENVIRONMENT_WIDE: &str = "environment";
