//! What staff and partners add to the rules: holidays, freezes, moved windows, places, busy times.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Serialize;

use crate::environment::EnvironmentName;
use crate::programme::OneOff;

/// What is decided besides the rules of the programme. Days are inclusive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Holidays that staff added.
    pub added_holidays: Vec<OneOff>,
    /// Computed holidays that staff took out, by the day on which each is observed.
    pub removed_holidays: BTreeSet<Date>,
    /// Spans in which nothing is deployed.
    pub freezes: Vec<Freeze>,
    /// Windows that staff moved, in the order in which they did.
    pub moved: Vec<Moved>,
    /// Places of single windows; the others have the number of the programme.
    pub places: BTreeMap<Date, u16>,
    /// How many places of a window are taken.
    pub taken: BTreeMap<(EnvironmentName, Date), u16>,
    /// The busy times of teams.
    pub peaks: Vec<Peak>,
}

/// A span in which nothing is deployed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Freeze {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// Why.
    pub reason: String,
    /// Where; nothing for every environment.
    pub environments: Vec<EnvironmentName>,
}

impl Freeze {
    /// Does it stop every deployment of that day?
    pub fn is_of_all(&self, day: Date) -> bool {
        self.environments.is_empty() && (self.from..=self.to).contains(&day)
    }

    /// Does it stop deployments there on that day?
    pub fn covers(&self, environment: EnvironmentName, day: Date) -> bool {
        (self.from..=self.to).contains(&day)
            && (self.environments.is_empty() || self.environments.contains(&environment))
    }
}

/// A window that staff moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moved {
    /// Where it was.
    pub from: Date,
    /// Where it is.
    pub to: Date,
    /// Why.
    pub reason: String,
}

/// A busy time of a team: none of its own apps is deployed inside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Peak {
    /// Whose.
    pub team: String,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// Why.
    pub reason: String,
}

impl Peak {
    /// Does it stop deployments of that team on that day?
    pub fn covers(&self, team: &str, day: Date) -> bool {
        self.team == team && (self.from..=self.to).contains(&day)
    }
}
