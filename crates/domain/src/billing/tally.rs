//! Adding up a month of the ledger: one pass over the entries, apps one after another, each in the order of its entries.
//!
//! What is kept in memory is a few bytes for each person of the month, never the entries.

use std::collections::HashMap;

use durward_keyring::digest::{Sha256, sha256};
use jiff::civil::Date;

use super::UsageLevel;
use super::csv;
use super::figures::{Age, Figures};

/// One entry of the ledger, with what was known of the person before this month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub entry: i64,
    /// Digest of session, app and level.
    pub event: String,
    /// When, as UTC to the second.
    pub at: String,
    /// The programme's day.
    pub day: Date,
    /// What was told.
    pub level: UsageLevel,
    /// The answered `acr`.
    pub acr: String,
    /// Digest of the pairwise subject.
    pub person: String,
    /// The day of the proofing.
    pub verified: Option<Date>,
    /// Whether this partner asked for the proofing.
    pub proofed_here: bool,
    /// Verified at this app in an earlier month of the period.
    pub seen_by_app: bool,
    /// Verified at an app of the order in an earlier month of the period.
    pub seen_by_order: bool,
    /// This proofing was met before at an app of the partner.
    pub proofing_seen: bool,
}

/// What an app or an order comes to, with the SHA-256 of the lines that it was made of: those of the CSV export, without
/// its header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Total {
    /// The numbers.
    pub figures: Figures,
    /// The digest of the lines.
    pub digest: String,
}

/// Adds entries up.
#[derive(Default)]
pub struct Tally {
    order: People,
    app: People,
    order_digest: Sha256,
    app_digest: Sha256,
}

impl Tally {
    /// Takes in the next entry of the current app. `app` names it in the lines.
    pub fn add(&mut self, app: &csv::App<'_>, entry: &Entry) {
        let line = csv::line(app, entry);
        self.app_digest.update(line.as_bytes());
        self.order_digest.update(line.as_bytes());
        let key = person(&entry.person);
        self.app.add(key, entry, entry.seen_by_app);
        self.order.add(key, entry, entry.seen_by_order);
    }

    /// Ends the current app.
    pub fn end_app(&mut self) -> Total {
        Total {
            figures: std::mem::take(&mut self.app).figures(),
            digest: std::mem::take(&mut self.app_digest).hex(),
        }
    }

    /// Ends the order.
    pub fn end(self) -> Total {
        Total {
            figures: self.order.figures(),
            digest: self.order_digest.hex(),
        }
    }
}

#[derive(Default)]
struct People {
    known: HashMap<[u8; 16], Known>,
    auths: u32,
    verified_auths: u32,
}

/// What is remembered of one person.
#[derive(Default, Clone, Copy)]
struct Known {
    auth: bool,
    verified: Option<First>,
}

/// The first verified hand-off of the month decides how a person counts.
#[derive(Clone, Copy)]
struct First {
    entry: i64,
    age: Age,
    new: bool,
    upfront: bool,
}

impl People {
    fn add(&mut self, key: [u8; 16], entry: &Entry, seen: bool) {
        let known = self.known.entry(key).or_default();
        match entry.level {
            UsageLevel::Auth => {
                self.auths += 1;
                known.auth = true;
            }
            UsageLevel::Verified => {
                self.verified_auths += 1;
                if known.verified.is_none_or(|first| entry.entry < first.entry) {
                    let age = Age::on(entry.day, entry.verified);
                    known.verified = Some(First {
                        entry: entry.entry,
                        age,
                        new: !seen,
                        upfront: age == Age::Year(1) && entry.proofed_here && !entry.proofing_seen,
                    });
                }
            }
        }
    }

    fn figures(self) -> Figures {
        let mut figures = Figures {
            auths: self.auths,
            verified_auths: self.verified_auths,
            ..Figures::default()
        };
        for known in self.known.values() {
            figures.users += 1;
            figures.auth_users += u32::from(known.auth);
            let Some(first) = known.verified else {
                continue;
            };
            figures.verified_users += 1;
            figures.verified_by_age.add(first.age);
            if first.new {
                figures.new_by_age.add(first.age);
                figures.new_upfront += u32::from(first.upfront);
                figures.new_existing += u32::from(first.age == Age::Year(1) && !first.upfront);
            }
        }
        figures.auth_billable = figures.users - figures.verified_users;
        figures
    }
}

/// Sixteen bytes stand for a person: a month with all people of the earth would mix up none of them.
fn person(text: &str) -> [u8; 16] {
    let mut key = [0; 16];
    for (to, from) in key.iter_mut().zip(sha256(text.as_bytes())) {
        *to = from;
    }
    key
}

#[cfg(test)]
#[path = "tally_tests.rs"]
mod tests;
