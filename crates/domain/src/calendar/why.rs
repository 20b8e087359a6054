//! Each reason for a date: an English sentence, and a code with values from which pages say it in other languages.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use super::{NoticeKind, say};

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The day that it is about.
    pub date: Date,
    /// A plain sentence.
    pub sentence: String,
    /// Which reason it is; empty for one that has no words in other languages.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub code: String,
    /// The values of the sentence, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, Value>,
}

/// A value of a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A day.
    Day(Date),
    /// A number.
    Count(u32),
    /// Words that are the same in every language: a name, a reason that somebody gave.
    Text(String),
}

impl Step {
    /// A reason about a day.
    pub fn new(date: Date, why: &Why<'_>) -> Self {
        let (code, values) = why.parts();
        Self {
            date,
            sentence: why.sentence(),
            code: code.to_owned(),
            values: values
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        }
    }

    /// A reason in one English sentence alone.
    pub fn plain(date: Date, sentence: String) -> Self {
        Self {
            date,
            sentence,
            code: String::new(),
            values: BTreeMap::new(),
        }
    }
}

/// Why a date is what it is.
#[derive(Debug, Clone, Copy)]
pub enum Why<'a> {
    /// The request is complete on this day.
    Submitted(Date),
    /// It came after the cut-off of its day and counts from this one.
    CutOff(Time, Date),
    /// From this day on less notice is asked for, so that it counts from there.
    Eased(Date),
    /// Notice counts from the approval, which was on this day.
    Approved(Date),
    /// Notice counts from the approval, which is not before this day.
    NotApproved(Date),
    /// So many calendar days of notice end on this day.
    Notice(NoticeKind, u16, Date),
    /// So many working days of notice end on this day.
    WorkingNotice(NoticeKind, u16, Date),
    /// The first window on or after the end of the notice.
    NextRegular(Date),
    /// A window whose regular day has passed and which was moved.
    StillToCome(Date),
    /// A holiday: the deployment moves to the following Monday.
    HolidayMonday(Date, &'a str),
    /// A holiday: the deployment moves to the next business day.
    HolidayNext(Date, &'a str),
    /// That day is a holiday too: on to the next business day.
    HolidayToo(Date, &'a str),
    /// A holiday, on which these rules deploy all the same.
    HolidayKept(Date, &'a str),
    /// Staff moved the window.
    Moved(Date, Date, &'a str),
    /// A window in a freeze.
    Frozen(Date, (Date, Date), &'a str),
    /// A window in the team's own busy time.
    Busy(Date, (Date, Date), &'a str),
    /// A window without a free place.
    Full(Date, u16),
    /// The earliest deployment.
    Earliest(Date),
    /// A day was wished for that is before the earliest deployment.
    WishedEarly(Date),
    /// A day was wished for that is after it.
    WishedLater(Date),
    /// The deployment.
    On(Date),
    /// The window had passed at the approval.
    Passed(Date, Date),
    /// The notice had not ended in the window, for it counts from the approval.
    Ripens(Date, Date),
    /// The request was moved from one window to another.
    Replanned(Date, Date),
    /// No window until that day.
    NoWindow(Date),
}

impl Why<'_> {
    /// The sentence in English.
    pub fn sentence(&self) -> String {
        match *self {
            Self::Submitted(on) => format!("The complete request is submitted on {}.", say(on)),
            Self::CutOff(time, from) => format!(
                "It came after {}, so it counts as submitted on {}.",
                time.strftime("%H:%M"),
                say(from)
            ),
            Self::Eased(from) => format!(
                "From {} on less notice is asked for, so the notice counts from that day.",
                say(from)
            ),
            Self::Approved(on) => {
                format!("The notice counts from the approval on {}.", say(on))
            }
            Self::NotApproved(on) => format!(
                "The notice counts from the approval, which can be on {} at the earliest.",
                say(on)
            ),
            Self::Notice(kind, days, end) => format!(
                "{} needs {days} days of notice, which end on {}.",
                kind.subject(),
                say(end)
            ),
            Self::WorkingNotice(kind, days, end) => format!(
                "{} needs {days} working days of notice, which end on {}.",
                kind.subject(),
                say(end)
            ),
            Self::NextRegular(on) => format!("The next regular deployment day is {}.", say(on)),
            Self::StillToCome(on) => format!("The deployment of {} is still to come.", say(on)),
            Self::HolidayMonday(on, name) => format!(
                "{} is a holiday ({name}), so the deployment moves to the following Monday.",
                say(on)
            ),
            Self::HolidayNext(on, name) => format!(
                "{} is a holiday ({name}), so the deployment moves to the next business day.",
                say(on)
            ),
            Self::HolidayToo(on, name) => format!(
                "{} is a holiday too ({name}), so the deployment moves to the next business day.",
                say(on)
            ),
            Self::HolidayKept(on, name) => format!(
                "{} is a holiday ({name}); these rules deploy on holidays.",
                say(on)
            ),
            Self::Moved(from, to, reason) => format!(
                "The deployment of {} was moved to {}: {reason}",
                say(from),
                say(to)
            ),
            Self::Frozen(on, (from, to), reason) => format!(
                "Nothing is deployed on {}: there is a freeze from {} to {} ({reason}).",
                say(on),
                say(from),
                say(to)
            ),
            Self::Busy(on, (from, to), reason) => format!(
                "{} is in the team's busy time from {} to {} ({reason}).",
                say(on),
                say(from),
                say(to)
            ),
            Self::Full(on, places) => format!(
                "The window of {} is full: {places} of {places} places are taken.",
                say(on)
            ),
            Self::Earliest(on) => format!("The earliest deployment is on {}.", say(on)),
            Self::WishedEarly(on) => format!(
                "{} is wished for, which is before the earliest deployment.",
                say(on)
            ),
            Self::WishedLater(on) => format!(
                "{} is wished for, which is after the earliest deployment.",
                say(on)
            ),
            Self::On(on) => format!("The deployment is on {}.", say(on)),
            Self::Passed(from, to) => format!(
                "The window of {} had passed at the approval. The next one is on {}.",
                say(from),
                say(to)
            ),
            Self::Ripens(from, to) => format!(
                "The notice counts from the approval and ends after the window of {}. The deployment is on {}.",
                say(from),
                say(to)
            ),
            Self::Replanned(from, to) => format!(
                "The deployment was moved from {} to {}.",
                say(from),
                say(to)
            ),
            Self::NoWindow(until) => {
                format!("There is no deployment day until {}.", say(until))
            }
        }
    }

    fn parts(&self) -> (&'static str, Vec<(&'static str, Value)>) {
        use Value::{Count, Day, Text};
        let text = |text: &str| Text(text.to_owned());
        match *self {
            Self::Submitted(on) => ("submitted", vec![("on", Day(on))]),
            Self::CutOff(time, from) => (
                "cut-off",
                vec![
                    ("time", text(&time.strftime("%H:%M").to_string())),
                    ("on", Day(from)),
                ],
            ),
            Self::Eased(from) => ("eased", vec![("on", Day(from))]),
            Self::Approved(on) => ("approved", vec![("on", Day(on))]),
            Self::NotApproved(on) => ("not-approved", vec![("on", Day(on))]),
            Self::Notice(kind, days, end) => (
                kind.code(),
                vec![("days", Count(days.into())), ("on", Day(end))],
            ),
            Self::WorkingNotice(kind, days, end) => (
                kind.working_code(),
                vec![("days", Count(days.into())), ("on", Day(end))],
            ),
            Self::NextRegular(on) => ("next-regular", vec![("on", Day(on))]),
            Self::StillToCome(on) => ("still-to-come", vec![("on", Day(on))]),
            Self::HolidayMonday(on, name) => holiday("holiday-monday", on, name),
            Self::HolidayNext(on, name) => holiday("holiday-next", on, name),
            Self::HolidayToo(on, name) => holiday("holiday-too", on, name),
            Self::HolidayKept(on, name) => holiday("holiday-kept", on, name),
            Self::Moved(from, to, reason) => (
                "moved",
                vec![("on", Day(from)), ("to", Day(to)), ("reason", text(reason))],
            ),
            Self::Frozen(on, span, reason) => spanned("frozen", on, span, reason),
            Self::Busy(on, span, reason) => spanned("busy", on, span, reason),
            Self::Full(on, places) => (
                "full",
                vec![("on", Day(on)), ("places", Count(places.into()))],
            ),
            Self::Earliest(on) => ("earliest", vec![("on", Day(on))]),
            Self::WishedEarly(on) => ("wished-early", vec![("on", Day(on))]),
            Self::WishedLater(on) => ("wished-later", vec![("on", Day(on))]),
            Self::On(on) => ("on", vec![("on", Day(on))]),
            Self::Passed(from, to) => ("passed", vec![("on", Day(from)), ("to", Day(to))]),
            Self::Ripens(from, to) => ("ripens", vec![("on", Day(from)), ("to", Day(to))]),
            Self::Replanned(from, to) => ("replanned", vec![("on", Day(from)), ("to", Day(to))]),
            Self::NoWindow(until) => ("no-window", vec![("on", Day(until))]),
        }
    }
}

fn holiday(code: &'static str, on: Date, name: &str) -> (&'static str, Vec<(&'static str, Value)>) {
    (
        code,
        vec![
            ("on", Value::Day(on)),
            ("name", Value::Text(name.to_owned())),
        ],
    )
}

fn spanned(
    code: &'static str,
    on: Date,
    (from, to): (Date, Date),
    reason: &str,
) -> (&'static str, Vec<(&'static str, Value)>) {
    (
        code,
        vec![
            ("on", Value::Day(on)),
            ("from", Value::Day(from)),
            ("to", Value::Day(to)),
            ("reason", Value::Text(reason.to_owned())),
        ],
    )
}

/// Every code, for the words of pages.
pub const CODES: &[&str] = &[
    "submitted",
    "cut-off",
    "eased",
    "approved",
    "not-approved",
    "notice-new",
    "notice-change",
    "notice-push",
    "working-new",
    "working-change",
    "working-push",
    "next-regular",
    "still-to-come",
    "holiday-monday",
    "holiday-next",
    "holiday-too",
    "holiday-kept",
    "moved",
    "frozen",
    "busy",
    "full",
    "earliest",
    "wished-early",
    "wished-later",
    "on",
    "passed",
    "ripens",
    "replanned",
    "no-window",
    "every",
];
