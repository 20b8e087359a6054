//! The clock of a review: in how many working days the programme answers, and when the public may come.

use jiff::{Span, civil::Date};
use serde::Serialize;

use crate::calendar::Calendar;

/// How a request stands against the programme's promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The last day on which it is answered in time.
    pub due: Date,
    /// Working days since it was sent.
    pub waited: u16,
    /// Whether that day is over.
    pub overdue: bool,
}

/// The clock of a request that was sent on a day.
pub fn answer(calendar: &Calendar, submitted: Date, today: Date, days: u16) -> Answer {
    let due = working_days_after(calendar, submitted, days);
    Answer {
        due,
        waited: working_days_between(calendar, submitted, today),
        overdue: due < today,
    }
}

/// The last day of which what was sent then is late today.
pub fn late_since(calendar: &Calendar, today: Date, days: u16) -> Date {
    let mut day = today;
    while !answer(calendar, day, today, days).overdue && Date::MIN < day {
        day = day.saturating_sub(Span::new().days(1));
    }
    day
}

/// So many working days after a day; the day itself does not count.
pub fn working_days_after(calendar: &Calendar, from: Date, days: u16) -> Date {
    let mut day = from;
    let mut left = days;
    while left > 0 && day < Date::MAX {
        day = day.saturating_add(Span::new().days(1));
        if calendar.is_working(day) {
            left -= 1;
        }
    }
    day
}

/// Working days after the first day up to the last.
fn working_days_between(calendar: &Calendar, from: Date, to: Date) -> u16 {
    let mut day = from;
    let mut count = 0;
    while day < to && count < MOST {
        day = day.saturating_add(Span::new().days(1));
        count += u16::from(calendar.is_working(day));
    }
    count
}

/// More is simply long.
const MOST: u16 = 260;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::programme::Programme;

    fn check(submitted: &str, today: &str, due: &str, waited: u16, overdue: bool) {
        let calendar = Calendar::of(&Programme::named("us").unwrap());
        let found = answer(
            &calendar,
            submitted.parse().unwrap(),
            today.parse().unwrap(),
            5,
        );
        let due = due.parse().unwrap();
        assert_eq!(
            found,
            Answer {
                due,
                waited,
                overdue
            }
        );
    }

    #[test]
    fn five_working_days() {
        check("2026-11-16", "2026-11-16", "2026-11-23", 0, false);
        check("2026-11-16", "2026-11-23", "2026-11-23", 5, false);
        check("2026-11-16", "2026-11-24", "2026-11-23", 6, true);
        // Thanksgiving does not count.
        check("2026-11-20", "2026-11-30", "2026-11-30", 5, false);
        check("2026-11-21", "2026-11-22", "2026-11-30", 0, false);
    }

    #[test]
    fn what_was_sent_by_then_is_late() {
        let calendar = Calendar::of(&Programme::named("us").unwrap());
        for (today, late) in [
            ("2026-11-23", "2026-11-15"),
            ("2026-11-24", "2026-11-16"),
            ("2026-11-30", "2026-11-19"),
            ("2026-12-01", "2026-11-22"),
        ] {
            let found = late_since(&calendar, today.parse().unwrap(), 5);
            assert_eq!(found.to_string(), late, "{today}");
        }
    }
}
