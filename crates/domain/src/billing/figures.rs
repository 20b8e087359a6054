//! The numbers of an invoice line.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::price::Usage;

/// What one app, or all apps of an order, had in one month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Figures {
    /// Hand-offs that told nothing verified.
    pub auths: u32,
    /// Hand-offs that told a verified identity.
    pub verified_auths: u32,
    /// People of the hand-offs that told nothing verified.
    pub auth_users: u32,
    /// People of the hand-offs that told a verified identity.
    pub verified_users: u32,
    /// People of all hand-offs.
    pub users: u32,
    /// People who are billed for signing in: all, less the verified ones.
    pub auth_billable: u32,
    /// The verified people by the age of their proofing.
    pub verified_by_age: Ages,
    /// The verified people who were not seen before in this period, by the age of their proofing.
    pub new_by_age: Ages,
    /// Of those whose proofing is in its first year: proofed for this partner, and billed for the first time.
    pub new_upfront: u32,
    /// Of those whose proofing is in its first year: proofed for somebody else, or billed before.
    pub new_existing: u32,
}

impl Figures {
    /// What is priced: people who are billed for signing in, all hand-offs, new proofings, and other people who came
    /// verified for the first time in the period.
    pub fn usage(&self) -> Usage {
        Usage {
            active_users: self.auth_billable,
            auths: self.auths.saturating_add(self.verified_auths),
            new_proofings: self.new_upfront,
            existing_proofings: self.new_by_age.sum().saturating_sub(self.new_upfront),
        }
    }
}

/// People by the age of their proofing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Ages {
    /// In its first year.
    pub year1: u32,
    /// In its second.
    pub year2: u32,
    /// In its third.
    pub year3: u32,
    /// In its fourth.
    pub year4: u32,
    /// In its fifth.
    pub year5: u32,
    /// Older.
    pub over5: u32,
    /// It is not known when it was.
    pub unknown: u32,
}

impl Ages {
    /// One more of this age.
    pub(super) fn add(&mut self, age: Age) {
        let place = match age {
            Age::Year(1) => &mut self.year1,
            Age::Year(2) => &mut self.year2,
            Age::Year(3) => &mut self.year3,
            Age::Year(4) => &mut self.year4,
            Age::Year(5) => &mut self.year5,
            Age::Year(_) => &mut self.over5,
            Age::Unknown => &mut self.unknown,
        };
        *place += 1;
    }

    /// All of them.
    pub fn sum(&self) -> u32 {
        self.named().into_iter().map(|(_, count)| count).sum()
    }

    /// Each with its name.
    pub const fn named(&self) -> [(&'static str, u32); 7] {
        [
            ("year1", self.year1),
            ("year2", self.year2),
            ("year3", self.year3),
            ("year4", self.year4),
            ("year5", self.year5),
            ("over5", self.over5),
            ("unknown", self.unknown),
        ]
    }
}

/// In which year of its life a proofing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Age {
    /// The first is 1.
    Year(u8),
    /// It is not known.
    Unknown,
}

impl Age {
    /// The age on a day. The second year begins on the anniversary, for a 29 February on the last day of that month.
    pub(super) fn on(day: Date, verified: Option<Date>) -> Self {
        let Some(verified) = verified else {
            return Self::Unknown;
        };
        let anniversary = |years: i16| {
            let month =
                crate::price::Month::new(verified.year().saturating_add(years), verified.month())?;
            Some(
                month
                    .first_day()
                    .with()
                    .day(verified.day().min(month.last_day().day()))
                    .build()
                    .unwrap_or(month.last_day()),
            )
        };
        let passed = (1..=5).take_while(|years| anniversary(*years).is_some_and(|due| due <= day));
        Self::Year(u8::try_from(passed.count()).unwrap_or(5).saturating_add(1))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_proofing_gets_older_on_its_anniversary() {
        let age = |verified: &str, on: &str| {
            Age::on(on.parse().unwrap(), Some(verified.parse().unwrap()))
        };
        assert_eq!(age("2025-11-10", "2025-11-10"), Age::Year(1));
        assert_eq!(age("2025-11-10", "2026-11-09"), Age::Year(1));
        assert_eq!(age("2025-11-10", "2026-11-10"), Age::Year(2));
        assert_eq!(age("2024-02-29", "2025-02-27"), Age::Year(1));
        assert_eq!(age("2024-02-29", "2025-02-28"), Age::Year(2));
        assert_eq!(age("2021-11-10", "2026-11-09"), Age::Year(5));
        assert_eq!(age("2021-11-10", "2026-11-10"), Age::Year(6));
        assert_eq!(age("1999-01-01", "2026-11-10"), Age::Year(6));
        // A clock that was set back makes nobody younger than new.
        assert_eq!(age("2026-12-01", "2026-11-10"), Age::Year(1));
        assert_eq!(Age::on("2026-11-10".parse().unwrap(), None), Age::Unknown);
    }
}
