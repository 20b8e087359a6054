//! Agencies, teams, members, invitations, transfers and staff by the API, and what must not work.

mod invitations;
mod members;
mod staff;
mod transfers;

use durward_app::actor::Held;
use durward_domain::permission::{Realm, Role};

pub(crate) fn both(team: &str, role: Role) -> [Held; 2] {
    Realm::ALL.map(|realm| Held::in_team(team, realm, role))
}
