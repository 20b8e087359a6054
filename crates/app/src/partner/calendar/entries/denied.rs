//! Why the calendar was not changed.

use durward_domain::calendar::{Calendar, NoWindow, say};
use durward_domain::refusal::{RefusalKind, Refuse};
use jiff::civil::Date;

use super::{EntryAsk, EntryKind, check_reason, days_between};
use crate::actor::Denied;
use crate::failure::Failure;

/// Why the calendar was not changed.
#[derive(Debug, thiserror::Error)]
pub enum CalendarDenied {
    /// The member may not.
    #[error(transparent)]
    Denied(Denied),
    /// There is none that the member may see.
    #[error("There is no such entry of the calendar. Load the list again.")]
    NotFound,
    /// Ended before.
    #[error("This entry was ended already. Load the list again.")]
    Ended,
    /// A move is not taken back.
    #[error("A moved window is not moved back by ending the entry. Move the window again instead.")]
    MoveStays,
    /// The list of moves changed.
    #[error(
        "The requests that move changed since you looked. Look at the list again and confirm it."
    )]
    MovedMeanwhile,
    /// Nowhere to go.
    #[error(transparent)]
    NoWindow(NoWindow),
    /// No reason.
    #[error("Write a reason: it is shown beside each date that it changes.")]
    NoReason,
    /// Too long.
    #[error("The reason is longer than 300 characters. Shorten it.")]
    LongReason,
    /// Ends before it begins.
    #[error("The last day is before the first. Give the earlier day first.")]
    Backwards,
    /// Too long.
    #[error("The span is longer than 366 days. Make it shorter.")]
    TooLong,
    /// Over.
    #[error("{} is over. Choose a day that is still to come.", say(*.0))]
    Past(Date),
    /// One day only.
    #[error("This is about one day. Leave the last day out.")]
    OneDay,
    /// A holiday has a name.
    #[error("Write the name of the holiday, in at most 100 characters.")]
    NoName,
    /// It is one.
    #[error("{} is a holiday already: {}.", say(*.0), .1)]
    HolidayAlready(Date, String),
    /// It is none.
    #[error("{} is no holiday. Choose the day on which one is observed.", say(*.0))]
    NoHoliday(Date),
    /// It is none.
    #[error("{} is no window. Choose a day on which deployments happen.", say(*.0))]
    NoWindowThere(Date),
    /// Where to.
    #[error(
        "Say to which day the window moves. It must be later, for earlier would cut the notice of its requests."
    )]
    NotLater,
    /// Not a day to work on.
    #[error("{} is a weekend, a holiday or frozen. Choose a working day.", say(*.0))]
    NotWorking(Date),
    /// At least one.
    #[error(
        "Say how many places the window has, 1 to 1000. To close it, make a freeze of one day."
    )]
    NoPlaces,
    /// Saves are live at once there.
    #[error(
        "In the sandbox every save is live at once, so nothing is frozen there. Name staging or production."
    )]
    Sandbox,
    /// No such team.
    #[error("There is no team \"{0}\".")]
    NoTeam(String),
    /// Whose.
    #[error("Say which team is busy.")]
    WhichTeam,
    /// Only a busy time has one.
    #[error("Only a busy time belongs to a team. Leave the team out.")]
    NoTeamHere,
}

impl From<Denied> for Failure<CalendarDenied> {
    fn from(denied: Denied) -> Self {
        Self::Refused(CalendarDenied::Denied(denied))
    }
}

impl Refuse for CalendarDenied {
    fn code(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.code(),
            Self::NoWindow(none) => none.code(),
            Self::NotFound => "calendar/not-found",
            Self::Ended => "calendar/ended",
            Self::MoveStays => "calendar/move-stays",
            Self::MovedMeanwhile => "calendar/moved-meanwhile",
            Self::NoReason => "calendar/no-reason",
            Self::LongReason => "calendar/long-reason",
            Self::Backwards => "calendar/entry-backwards",
            Self::TooLong => "calendar/entry-too-long",
            Self::Past(_) => "calendar/past",
            Self::OneDay => "calendar/one-day",
            Self::NoName => "calendar/no-name",
            Self::HolidayAlready(..) => "calendar/holiday-already",
            Self::NoHoliday(_) => "calendar/no-holiday",
            Self::NoWindowThere(_) => "calendar/no-window-there",
            Self::NotLater => "calendar/not-later",
            Self::NotWorking(_) => "calendar/not-working-day",
            Self::NoPlaces => "calendar/no-places",
            Self::Sandbox => "calendar/sandbox",
            Self::NoTeam(_) => "calendar/no-team",
            Self::WhichTeam => "calendar/which-team",
            Self::NoTeamHere => "calendar/no-team-here",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Denied(denied) => denied.kind(),
            Self::NoWindow(none) => none.kind(),
            Self::NotFound => RefusalKind::NotFound,
            Self::Ended | Self::MoveStays | Self::MovedMeanwhile => RefusalKind::Conflict,
            _ => RefusalKind::Invalid,
        }
    }
}

/// Whether an entry makes sense.
pub(super) fn judge(
    ask: &EntryAsk,
    calendar: &Calendar,
    today: Date,
) -> Result<(), CalendarDenied> {
    use CalendarDenied as D;
    check_reason(ask.reason.trim())?;
    let to = ask.to.unwrap_or(ask.from);
    if to < ask.from {
        return Err(match ask.kind {
            EntryKind::Move => D::NotLater,
            _ => D::Backwards,
        });
    }
    if to < today {
        return Err(D::Past(to));
    }
    if days_between(ask.from, to) > LONGEST_DAYS {
        return Err(D::TooLong);
    }
    if ask.environments.iter().any(|name| !name.class().is_live()) {
        return Err(D::Sandbox);
    }
    match ask.kind {
        EntryKind::Freeze | EntryKind::Peak => Ok(()),
        EntryKind::Move => judge_move(ask, calendar, today),
        _ if to != ask.from => Err(D::OneDay),
        EntryKind::Holiday => {
            let name = ask.name.as_deref().unwrap_or_default().trim();
            if !(1..=LONGEST_NAME).contains(&name.chars().count()) || name.contains('\0') {
                return Err(D::NoName);
            }
            match calendar.holiday_on(ask.from) {
                Some(holiday) => Err(D::HolidayAlready(ask.from, holiday.name)),
                None => Ok(()),
            }
        }
        EntryKind::NoHoliday => match calendar.holiday_on(ask.from) {
            Some(_) => Ok(()),
            None => Err(D::NoHoliday(ask.from)),
        },
        EntryKind::Places => {
            if !ask
                .places
                .is_some_and(|places| (1..=1000).contains(&places))
            {
                return Err(D::NoPlaces);
            }
            match calendar.window_on(ask.from) {
                Some(_) => Ok(()),
                None => Err(D::NoWindowThere(ask.from)),
            }
        }
    }
}

fn judge_move(ask: &EntryAsk, calendar: &Calendar, today: Date) -> Result<(), CalendarDenied> {
    use CalendarDenied as D;
    if ask.from < today {
        return Err(D::Past(ask.from));
    }
    if calendar.window_on(ask.from).is_none() {
        return Err(D::NoWindowThere(ask.from));
    }
    let to = ask.to.filter(|to| *to > ask.from).ok_or(D::NotLater)?;
    if calendar.is_closed(to) || !calendar.is_working(to) {
        return Err(D::NotWorking(to));
    }
    Ok(())
}

const LONGEST_DAYS: i32 = 366;
const LONGEST_NAME: usize = 100;
