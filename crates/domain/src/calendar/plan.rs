//! The earliest window of a request, with each step of the reasoning.

use jiff::{
    Span,
    civil::{Date, Time},
};
use serde::Serialize;

use super::holidays::Book;
use super::why::{Step, Why};
use super::windows::Window;
use super::{Calendar, NoticeKind};
use crate::environment::EnvironmentName;
use crate::programme::{CountedFrom, Counting};
use crate::refusal::{RefusalKind, Refuse};

/// What a date is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The day of the complete request; the notice is that of its rules.
    pub submitted: Date,
    /// The time of day, where a cut-off may count.
    pub time: Option<Time>,
    /// The day of the approval, once there is one.
    pub approved: Option<Date>,
    /// For which notice.
    pub kind: NoticeKind,
    /// Where it is deployed.
    pub environment: EnvironmentName,
    /// Whose app it is.
    pub team: Option<&'a str>,
}

impl<'a> Ask<'a> {
    /// A request for production, of no team in particular.
    pub const fn new(submitted: Date, kind: NoticeKind) -> Self {
        Self {
            submitted,
            time: None,
            approved: None,
            kind,
            environment: EnvironmentName::Production,
            team: None,
        }
    }

    /// The same for an app of a team in an environment.
    #[must_use]
    pub const fn of(mut self, team: &'a str, environment: EnvironmentName) -> Self {
        self.team = Some(team);
        self.environment = environment;
        self
    }

    /// The same, submitted at a time of day.
    #[must_use]
    pub const fn at(mut self, time: Time) -> Self {
        self.time = Some(time);
        self
    }
}

/// A date with its reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explained {
    /// The earliest window.
    pub earliest: Date,
    /// The reasons, in order.
    pub steps: Vec<Step>,
}

/// No window within the years that are searched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "There is no deployment day between {from} and {until}. Ask the programme staff to end a freeze or to take a holiday out of the calendar."
)]
pub struct NoWindow {
    /// The first day that was looked at.
    pub from: Date,
    /// The last one.
    pub until: Date,
    /// What stood in the way.
    pub steps: Vec<Step>,
}

impl Refuse for NoWindow {
    fn code(&self) -> &'static str {
        "calendar/no-window"
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Unavailable
    }
}

impl Calendar {
    /// The earliest window for a complete request.
    ///
    /// # Errors
    /// [`NoWindow`] when freezes, holidays and full windows leave none within three years.
    pub fn earliest(&self, ask: &Ask<'_>) -> Result<Explained, NoWindow> {
        let (ripe, mut steps) = self.ripe(ask);
        let earliest = self.first_free(ask, ripe, &mut steps)?;
        steps.push(Step::new(earliest, &Why::Earliest(earliest)));
        Ok(Explained { earliest, steps })
    }

    /// The day on which the notice of a request has ended.
    pub fn notice_ends(&self, ask: &Ask<'_>) -> Date {
        self.ripe(ask).0
    }

    /// The first window on or after a day in which nothing stops the request.
    ///
    /// # Errors
    /// As [`Calendar::earliest`].
    pub fn free_from(&self, ask: &Ask<'_>, day: Date) -> Result<Explained, NoWindow> {
        let mut steps = Vec::new();
        let earliest = self.first_free(ask, day, &mut steps)?;
        Ok(Explained { earliest, steps })
    }

    /// What stops a request in a window, if anything: a freeze, its team's busy time, no place.
    pub fn stops(&self, ask: &Ask<'_>, window: Date) -> Option<Step> {
        if let Some(barred) = self.bars(ask, window) {
            return Some(barred);
        }
        let places = self.places_of(window)?;
        let taken = self.facts().taken.get(&(ask.environment, window));
        (taken.copied().unwrap_or_default() >= places)
            .then(|| Step::new(window, &Why::Full(window, places)))
    }

    /// What keeps a request from being deployed on a day at all: a freeze, or its team's busy time.
    pub fn bars(&self, ask: &Ask<'_>, day: Date) -> Option<Step> {
        let facts = self.facts();
        let mut freezes = facts.freezes.iter();
        if let Some(freeze) = freezes.find(|freeze| freeze.covers(ask.environment, day)) {
            let why = Why::Frozen(day, (freeze.from, freeze.to), &freeze.reason);
            return Some(Step::new(day, &why));
        }
        let mut peaks = facts.peaks.iter();
        let peak = peaks.find(|peak| ask.team.is_some_and(|team| peak.covers(team, day)))?;
        let why = Why::Busy(day, (peak.from, peak.to), &peak.reason);
        Some(Step::new(day, &why))
    }

    /// Is a day still a window for a request that was planned into it, places aside?
    pub fn keeps(&self, ask: &Ask<'_>, window: Date) -> bool {
        self.window_on(window).is_some() && self.bars(ask, window).is_none()
    }

    /// What a request gets whose team wishes for a day: the earliest window, or the first free one on or after that day.
    ///
    /// # Errors
    /// As [`Calendar::earliest`], for the day that is wished for.
    pub fn wished(
        &self,
        ask: &Ask<'_>,
        earliest: Explained,
        desired: Option<Date>,
    ) -> Result<Explained, NoWindow> {
        let Some(desired) = desired else {
            return Ok(earliest);
        };
        let Explained {
            earliest,
            mut steps,
        } = earliest;
        if desired <= earliest {
            if desired < earliest {
                steps.push(Step::new(earliest, &Why::WishedEarly(desired)));
            }
            return Ok(Explained { earliest, steps });
        }
        let found = self.free_from(ask, desired)?;
        steps.push(Step::new(desired, &Why::WishedLater(desired)));
        if found.earliest != desired {
            steps.extend(found.steps);
        }
        steps.push(Step::new(found.earliest, &Why::On(found.earliest)));
        Ok(Explained {
            earliest: found.earliest,
            steps,
        })
    }

    /// When the notice ends: by the rules of the submission, or by later ones where those would end it sooner. So nobody waits
    /// longer than who asks later.
    fn ripe(&self, ask: &Ask<'_>) -> (Date, Vec<Step>) {
        let mut found = self.ripe_alone(ask);
        for begin in self.changes_of_rules_after(ask.submitted) {
            let again = Ask {
                submitted: begin,
                time: None,
                ..*ask
            };
            let (ripe, steps) = self.ripe_alone(&again);
            if ripe < found.0 {
                let first = Step::new(ask.submitted, &Why::Submitted(ask.submitted));
                let eased = Step::new(begin, &Why::Eased(begin));
                let rest = steps.into_iter().skip(1);
                found = (ripe, [first, eased].into_iter().chain(rest).collect());
            }
        }
        found
    }

    /// When the notice ends by the rules of the submission, with each step.
    fn ripe_alone(&self, ask: &Ask<'_>) -> (Date, Vec<Step>) {
        let rules = self.rules_on(ask.submitted);
        let book = self.book(rules, ask.submitted, ask.submitted);
        let mut steps = vec![Step::new(ask.submitted, &Why::Submitted(ask.submitted))];
        let mut start = ask.submitted;
        if let (Some(cut_off), Some(time)) = (rules.notice.cut_off, ask.time)
            && time > cut_off
        {
            start = match rules.notice.counting {
                Counting::CalendarDays => plus(start, 1),
                Counting::WorkingDays => working_days(&book, start, 1),
            };
            steps.push(Step::new(start, &Why::CutOff(cut_off, start)));
        }
        if rules.notice.counted_from == CountedFrom::Approval {
            let (from, why) = match ask.approved {
                Some(day) => (day.max(start), Why::Approved(day.max(start))),
                None => (start, Why::NotApproved(start)),
            };
            start = from;
            steps.push(Step::new(from, &why));
        }
        let days = rules.notice.days(ask.kind);
        let ripe = match rules.notice.counting {
            Counting::CalendarDays => plus(start, days.into()),
            Counting::WorkingDays => {
                let reach = plus(start, i32::from(days).saturating_mul(3));
                working_days(&self.book(rules, start, reach), start, days)
            }
        };
        let why = match rules.notice.counting {
            Counting::CalendarDays => Why::Notice(ask.kind, days, ripe),
            Counting::WorkingDays => Why::WorkingNotice(ask.kind, days, ripe),
        };
        steps.push(Step::new(ripe, &why));
        (ripe, steps)
    }

    fn first_free(
        &self,
        ask: &Ask<'_>,
        ripe: Date,
        steps: &mut Vec<Step>,
    ) -> Result<Date, NoWindow> {
        let until = plus(ripe, SEARCH_DAYS);
        let mut from = ripe;
        let mut first = true;
        while from <= until {
            let to = plus(from, SEARCH_STEP_DAYS).min(until);
            for window in self.windows(from, to) {
                let stop = self.stops(ask, window.date);
                if first || stop.is_none() {
                    tell(&window, ripe, steps);
                }
                first = false;
                let Some(stop) = stop else {
                    return Ok(window.date);
                };
                // A freeze of many windows is told once.
                let known = steps.iter().any(|step| {
                    step.code == stop.code
                        && stop.code != "full"
                        && step.values.get("from") == stop.values.get("from")
                        && step.values.get("to") == stop.values.get("to")
                });
                if !known {
                    steps.push(stop);
                }
            }
            if to >= until {
                break;
            }
            from = plus(to, 1);
        }
        steps.push(Step::new(until, &Why::NoWindow(until)));
        Err(NoWindow {
            from: ripe,
            until,
            steps: std::mem::take(steps),
        })
    }
}

/// The steps that lead to a window.
fn tell(window: &Window, ripe: Date, steps: &mut Vec<Step>) {
    let regular = window.steps.first().map_or(window.date, |step| step.date);
    let why = if regular < ripe {
        Why::StillToCome(regular)
    } else {
        Why::NextRegular(regular)
    };
    steps.push(Step::new(regular, &why));
    steps.extend(window.steps.iter().cloned());
}

fn plus(date: Date, days: i32) -> Date {
    date.saturating_add(Span::new().days(days))
}

/// The n-th working day after a day.
fn working_days(book: &Book, from: Date, days: u16) -> Date {
    let limit = plus(from, SEARCH_DAYS);
    let mut date = from;
    let mut left = days;
    while left > 0 && date < limit {
        date = plus(date, 1);
        if book.is_working(date) {
            left -= 1;
        }
    }
    date
}

/// How far ahead a window is looked for, and how many days at once.
const SEARCH_DAYS: i32 = 1_100;
const SEARCH_STEP_DAYS: i32 = 70;
