//! The deployment calendar as partners ask it.

use durward_domain::calendar::{Explained, NoticeKind, Window};
use durward_domain::refusal::{RefusalKind, Refuse};
use jiff::civil::Date;

use crate::keeper::Keeper;

/// The windows of a span of days, both ends included.
///
/// # Errors
/// [`SpanRefusal`] when the span is longer than ten years or ends before it begins.
pub fn windows(keeper: &Keeper, from: Date, to: Date) -> Result<Vec<Window>, SpanRefusal> {
    let days = from.until(to).map_or(i32::MAX, |span| span.get_days());
    match days {
        0..=LONGEST_SPAN_DAYS => Ok(keeper.calendar.windows(from, to)),
        ..0 => Err(SpanRefusal::Backwards),
        _ => Err(SpanRefusal::TooLong),
    }
}

/// The earliest window for a new app that is submitted on a day, with its reasons.
pub fn earliest(keeper: &Keeper, submitted: Date, push_url: bool) -> Explained {
    let kind = if push_url {
        NoticeKind::PushUrl
    } else {
        NoticeKind::New
    };
    keeper.calendar.earliest(submitted, kind)
}

/// Why windows were not listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpanRefusal {
    /// It ends before it begins.
    #[error("The span ends before it begins. Give the earlier day as \"from\".")]
    Backwards,
    /// Too many days.
    #[error("The span is longer than ten years. Ask for a shorter one.")]
    TooLong,
}

impl Refuse for SpanRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Backwards => "calendar/backwards",
            Self::TooLong => "calendar/too-long",
        }
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }
}

const LONGEST_SPAN_DAYS: i32 = 3653;
