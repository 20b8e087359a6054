//! What the database adds to the rules of the programme.

use durward_domain::calendar::{Calendar, Facts, Freeze, Moved, Peak};
use durward_domain::environment::EnvironmentName;
use durward_domain::programme::OneOff;
use durward_store::calendar::{self, EntryRow};
use durward_store::{Conn, Fault as StoreFault};
use jiff::Span;
use jiff::civil::Date;

use super::entries::EntryKind;
use crate::failure::Fault;
use crate::keeper::Keeper;

/// The calendar with everything that staff and teams added, and with how full its windows are.
///
/// # Errors
/// A fault.
pub async fn current(keeper: &Keeper) -> Result<Calendar, Fault> {
    let base = keeper.calendar.clone();
    let today = keeper.today();
    Ok(keeper
        .store
        .read(move |c| {
            let mut facts = added(&calendar::open(c)?);
            fill(c, &mut facts, today)?;
            Ok(base.with(facts))
        })
        .await?)
}

/// The same in a unit.
pub(super) fn current_in(c: &mut Conn, keeper: &Keeper) -> Result<Calendar, StoreFault> {
    let mut facts = added(&calendar::open(c)?);
    fill(c, &mut facts, keeper.today())?;
    Ok(keeper.calendar.with(facts))
}

/// The same without how full the windows are.
pub(super) fn rules_in(c: &mut Conn, keeper: &Keeper) -> Result<Calendar, StoreFault> {
    Ok(keeper.calendar.with(added(&calendar::open(c)?)))
}

/// What entries say; one that this version cannot read says nothing.
pub(super) fn added(entries: &[EntryRow]) -> Facts {
    let mut facts = Facts::default();
    for entry in entries {
        put(&mut facts, entry);
    }
    facts
}

pub(super) fn put(facts: &mut Facts, entry: &EntryRow) {
    let (Ok(from), Ok(to)) = (entry.from_day.parse::<Date>(), entry.to_day.parse::<Date>()) else {
        return;
    };
    let reason = entry.reason.clone();
    match EntryKind::parse(&entry.kind) {
        Some(EntryKind::Freeze) => facts.freezes.push(Freeze {
            from,
            to,
            reason,
            environments: environments(&entry.environments),
        }),
        Some(EntryKind::Holiday) => facts.added_holidays.push(OneOff {
            date: from,
            name: entry.name.clone(),
            instead_of: None,
        }),
        Some(EntryKind::NoHoliday) => {
            facts.removed_holidays.insert(from);
        }
        Some(EntryKind::Move) => facts.moved.push(Moved { from, to, reason }),
        Some(EntryKind::Places) => {
            let places = u16::try_from(entry.places).unwrap_or(u16::MAX);
            facts.places.insert(from, places);
        }
        Some(EntryKind::Peak) => facts.peaks.push(Peak {
            team: entry.team.clone(),
            from,
            to,
            reason,
        }),
        None => {}
    }
}

pub(super) fn environments(text: &str) -> Vec<EnvironmentName> {
    text.split_ascii_whitespace()
        .filter_map(|name| EnvironmentName::parse(name).ok())
        .collect()
}

fn fill(c: &mut Conn, facts: &mut Facts, today: Date) -> Result<(), StoreFault> {
    let from = today.saturating_sub(Span::new().days(SHOWN_BACK_DAYS));
    for (environment, day, count) in calendar::taken(c, &from.to_string())? {
        if let (Ok(environment), Ok(day)) = (EnvironmentName::parse(&environment), day.parse()) {
            let count = u16::try_from(count).unwrap_or(u16::MAX);
            facts.taken.insert((environment, day), count);
        }
    }
    Ok(())
}

/// How far back pages tell how full a window was.
const SHOWN_BACK_DAYS: i32 = 366;
