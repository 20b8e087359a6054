//! Whose requests a member may see.

use std::collections::{BTreeMap, BTreeSet};

use durward_domain::environment::EnvironmentName;
use durward_domain::permission::Action;
use durward_oidc::evidence;
use durward_store::members;
use durward_store::request_records::{self, RecordRow};

use crate::actor::{Belongs, Member};
use crate::failure::Fault;
use crate::keeper::Keeper;

/// What a member may see of requests.
pub(super) struct Reach {
    /// Of every app, and of unknown client ids.
    everything: bool,
    /// The apps of the member's teams.
    pub(super) apps: BTreeSet<String>,
    hosts: Hosts,
}

/// The hosts that a team has shown to be its own.
#[derive(Default)]
pub(super) struct Hosts {
    /// As they are.
    pub(super) exact: BTreeSet<String>,
    /// With everything below them.
    pub(super) domains: BTreeSet<String>,
}

impl Reach {
    pub(super) async fn of(keeper: &Keeper, member: &Member) -> Result<Self, Fault> {
        let everything = member.reaches(Action::InspectRequest, Belongs::ToProgramme);
        let teams: Vec<String> = member
            .teams()
            .into_iter()
            .filter(|team| member.reaches(Action::InspectRequest, Belongs::ToTeam(team)))
            .map(str::to_owned)
            .collect();
        let mut hosts = Hosts::default();
        let mut apps = BTreeSet::new();
        for team in teams {
            let own = verified_hosts(keeper, &team).await?;
            hosts.exact.extend(own.exact);
            hosts.domains.extend(own.domains);
            let own = keeper
                .store
                .read(move |c| request_records::apps_of_team(c, &team))
                .await?;
            apps.extend(own);
        }
        Ok(Self {
            everything,
            apps,
            hosts,
        })
    }

    /// May this record be shown?
    pub(super) fn sees(&self, row: &RecordRow) -> bool {
        let request = &row.request;
        if self.everything || self.apps.contains(&request.handle) {
            return true;
        }
        request.handle.is_empty()
            && request
                .redirect_host
                .as_deref()
                .is_some_and(|host| self.hosts.has(host))
    }

    /// Whether an app may be named.
    pub(super) fn may_name(&self, handle: &str) -> bool {
        self.everything || self.apps.contains(handle)
    }
}

impl Hosts {
    pub(super) fn has(&self, host: &str) -> bool {
        self.exact.contains(host)
            || self.domains.iter().any(|domain| {
                host == domain
                    || host
                        .strip_suffix(domain.as_str())
                        .is_some_and(|rest| rest.ends_with('.'))
            })
    }
}

/// The hosts of a team: its domains, and those of its configurations that were reviewed and deployed. What a team saves in
/// the sandbox nobody has looked at, and an address of one's own machine is everybody's.
pub(super) async fn verified_hosts(keeper: &Keeper, team: &str) -> Result<Hosts, Fault> {
    let wanted = team.to_owned();
    let (row, handles) = keeper
        .store
        .read(move |c| {
            Ok((
                members::find_team(c, &wanted)?,
                request_records::apps_of_team(c, &wanted)?,
            ))
        })
        .await?;
    let domains = row.map(|team| team.domains).unwrap_or_default();
    let mut hosts = Hosts {
        domains: domains
            .split_whitespace()
            .map(str::to_ascii_lowercase)
            .collect(),
        exact: BTreeSet::new(),
    };
    let live = keeper
        .environments
        .iter()
        .filter(|link| link.name.class().is_live());
    for door in live.filter_map(|link| link.door.as_ref()) {
        let registry = door.registry.load();
        for app in handles.iter().filter_map(|one| registry.by_handle(one)) {
            let uris = app.client.redirect_uris().iter();
            hosts.exact.extend(
                uris.filter_map(|uri| evidence::redirect_host(uri))
                    .filter(|host| !is_own_machine(host)),
            );
        }
    }
    Ok(hosts)
}

fn is_own_machine(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || host.starts_with('[')
        || host.parse::<std::net::Ipv4Addr>().is_ok()
}

/// Where else a client id is registered, of what may be named, and the ids that look like it.
pub(super) fn look_alikes(
    keeper: &Keeper,
    reach: &Reach,
    environment: EnvironmentName,
    client_id: &str,
) -> (Vec<EnvironmentName>, Vec<String>) {
    let mut elsewhere = Vec::new();
    let mut near: BTreeMap<usize, String> = BTreeMap::new();
    for link in &keeper.environments {
        let Some(door) = &link.door else { continue };
        let registry = door.registry.load();
        if link.name != environment {
            let there = registry.app(client_id);
            if there.is_some_and(|app| reach.may_name(app.client.handle.as_str())) {
                elsewhere.push(link.name);
            }
            continue;
        }
        let length = client_id.len();
        let candidates = registry
            .apps()
            .filter(|app| reach.may_name(app.client.handle.as_str()))
            .filter(|app| app.client.client_id.len().abs_diff(length) <= FAR)
            .take(MOST_COMPARED);
        for app in candidates {
            let distance = evidence::distance(client_id, &app.client.client_id);
            if distance <= FAR {
                near.insert(distance, app.client.client_id.clone());
            }
        }
    }
    (elsewhere, near.into_values().take(3).collect())
}

/// Letters that may differ: a changed one counts twice.
const FAR: usize = 6;
const MOST_COMPARED: usize = 2_000;
