//! Requests that wait for a reviewer, and reviews that are owed after emergencies.

use durward_domain::calendar::Calendar;
use durward_domain::launch::{LaunchState, answer, late_since};
use durward_store::today::{self as rows, Of};
use jiff::civil::Time;

use super::super::{Brief, briefs, in_states, loaded};
use super::{FIRST, Need, NeedItem, NeedKind, SHOWN, need};
use crate::actor::Member;
use crate::failure::Fault;
use crate::keeper::Keeper;
use crate::operator::after_review;
use crate::partner::calendar;

/// What is late, then all that waits, each with the working days that it waits.
pub(super) async fn waiting(keeper: &Keeper, of: &Of) -> Result<Vec<Need>, Fault> {
    let calendar = calendar::current(keeper).await?;
    let days = keeper.programme.review.answer_days;
    let late = late_since(&calendar, keeper.today(), days);
    let ended = late.tomorrow().unwrap_or(late);
    let before_us = keeper
        .programme
        .instant(ended, Time::midnight())
        .as_microsecond();
    let (late, found) = keeper
        .store
        .read(move |c| {
            let (count, ids) = rows::sent_before(c, before_us, SHOWN)?;
            Ok((count, loaded(c, ids)?))
        })
        .await?;
    let late = of_kind((keeper, &calendar), NeedKind::Overdue, late, briefs(found)?);
    let (all, list) = in_states(keeper, of, &[LaunchState::Submitted], SHOWN).await?;
    let all = i64::try_from(all).unwrap_or(i64::MAX);
    let all = of_kind((keeper, &calendar), NeedKind::Review, all, list);
    Ok(late.into_iter().chain(all).collect())
}

fn of_kind(
    (keeper, calendar): (&Keeper, &Calendar),
    kind: NeedKind,
    count: i64,
    list: Vec<Brief>,
) -> Option<Need> {
    let since = list.first().and_then(|one| one.submitted);
    let items = list
        .into_iter()
        .take(FIRST)
        .map(|one| {
            let days = keeper.programme.review.answer_days;
            let clock = one
                .submitted
                .map(|sent| answer(calendar, calendar.date_of(sent), keeper.today(), days));
            NeedItem {
                waited: clock.map(|clock| clock.waited),
                due: clock.map(|clock| clock.due),
                ..NeedItem::of(one.app_name, format!("/launches/{}", one.id))
            }
        })
        .collect();
    need(kind, count, "/reviews", items).map(|found| Need { since, ..found })
}

/// What went live as an emergency and nobody looked at since.
pub(super) async fn owed(keeper: &Keeper, member: &Member) -> Result<Option<Need>, Fault> {
    let open = after_review::open_for(keeper, member).await?;
    let ids: Vec<String> = open
        .iter()
        .take(FIRST)
        .map(|one| one.request.clone())
        .collect();
    let found = keeper.store.read(move |c| loaded(c, ids.clone())).await?;
    let due = |id: &str| {
        let owed = open.iter().find(|one| one.request == id)?;
        Some(keeper.programme.date_of(owed.due))
    };
    let items = briefs(found)?
        .into_iter()
        .map(|one| NeedItem {
            due: due(&one.id),
            ..NeedItem::of(one.app_name, format!("/launches/{}", one.id))
        })
        .collect();
    let (count, since) = (open.len(), open.first().map(|one| one.since));
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let found = need(NeedKind::AfterReview, count, "/today", items);
    Ok(found.map(|found| Need { since, ..found }))
}
