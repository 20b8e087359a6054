//! What calendar programs subscribe to: the windows for everybody, and a member's own requests at a private address.

use std::sync::Arc;

use durward_domain::calendar::{Calendar, Holiday, Window};
use durward_domain::event::Event;
use durward_domain::level::Aal;
use durward_store::{calendar, members};
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use serde_json::json;

use super::{EntryKind, EntryView};
use crate::actor::Member;
use crate::failure::Fault;
use crate::keeper::{Happened, Keeper, time};
use crate::partner::agreements::{Ending, endings};
use crate::partner::launches::{self, LaunchSummary};
use crate::partner::members::{Proof, with_roles};
use crate::record::Trace;

/// What a feed holds.
pub struct Feed {
    /// The day from which it tells.
    pub from: Date,
    /// The last day of which it tells.
    pub to: Date,
    /// The windows.
    pub windows: Vec<Window>,
    /// The holidays.
    pub holidays: Vec<Holiday>,
    /// Freezes, and the busy times of the member's teams.
    pub entries: Vec<EntryView>,
    /// The member's requests.
    pub requests: Vec<LaunchSummary>,
    /// The ends of the member's agreements.
    pub endings: Vec<Ending>,
    /// The calendar, for the hours of windows.
    pub calendar: Calendar,
    /// The language to write in; nothing when the reader asks for one.
    pub language: Option<String>,
}

/// Windows, holidays and freezes: what everybody may know.
///
/// # Errors
/// A fault.
pub async fn public_feed(keeper: &Keeper) -> Result<Feed, Fault> {
    let calendar = super::current(keeper).await?;
    let today = keeper.today();
    let from = today.saturating_sub(Span::new().months(PAST_MONTHS));
    let to = today.saturating_add(Span::new().months(COMING_MONTHS));
    let open = keeper.store.read(calendar::open).await?;
    let entries = open
        .iter()
        .filter(|row| row.kind == EntryKind::Freeze.as_str())
        .filter_map(super::entries::view)
        .collect();
    Ok(Feed {
        from,
        to,
        windows: calendar.open_windows(from, to),
        holidays: calendar.holidays_between(from, to),
        entries,
        requests: Vec::new(),
        endings: Vec::new(),
        calendar,
        language: None,
    })
}

/// The same with the requests, busy times and ends of agreements of the member whose private address it is; nothing for an address that nobody
/// has. It shows what the member may see today.
///
/// # Errors
/// A fault.
pub async fn private_feed(keeper: &Keeper, token: &str) -> Result<Option<Feed>, Fault> {
    let candidates = keeper.hasher.candidates(token);
    let programme = Arc::clone(&keeper.programme);
    let found = keeper
        .store
        .read(move |c| {
            for hash in &candidates {
                let Some((id, language)) = calendar::feed_by_token(c, hash)? else {
                    continue;
                };
                let Some(row) = members::find_member(c, &id)? else {
                    continue;
                };
                // It only reads, and proves nothing about who asks.
                let proof = Proof {
                    aal: Aal::Aal1,
                    elevated_until: Timestamp::MIN,
                };
                let member = with_roles(c, &programme, row, proof)?;
                return Ok(Some((member, language)));
            }
            Ok(None)
        })
        .await?;
    let Some((member, language)) = found else {
        return Ok(None);
    };
    let mut feed = public_feed(keeper).await?;
    let (open, _) = super::list(keeper, &member).await?;
    feed.entries = open
        .into_iter()
        .filter(|entry| matches!(entry.kind, EntryKind::Freeze | EntryKind::Peak))
        .collect();
    let requests = launches::list(keeper, &member, None).await?;
    feed.requests = requests
        .into_iter()
        .filter(|request| request.window.is_some_and(|day| day >= feed.from))
        .collect();
    feed.endings = endings(keeper, &member, feed.from, feed.to).await?;
    feed.language = Some(language);
    Ok(Some(feed))
}

/// When the member's private address was made.
///
/// # Errors
/// A fault.
pub async fn feed_of(keeper: &Keeper, member: &Member) -> Result<Option<Timestamp>, Fault> {
    let id = member.id.clone();
    let made = keeper
        .store
        .read(move |c| calendar::feed_of(c, &id))
        .await?;
    Ok(made.map(time))
}

/// Makes a private address in place of an older one, and answers its secret part: the only time that it is seen.
///
/// # Errors
/// A fault.
pub async fn make_feed(
    keeper: &Arc<Keeper>,
    member: &Member,
    language: &str,
    trace: &Trace,
) -> Result<String, Fault> {
    let token = keeper.random.token();
    let hash = keeper.hasher.hash(&token);
    let now_us = keeper.clock.real_now().as_microsecond();
    let (unit_keeper, id, language) = (Arc::clone(keeper), member.id.clone(), language.to_owned());
    let (actor, trace) = (member.actor(), trace.clone());
    keeper
        .store
        .write(move |c| {
            calendar::put_feed(c, &id, &hash, &language, now_us)?;
            unit_keeper.record(
                c,
                &Happened {
                    actor: &actor,
                    event: Event::CalendarFeedMade,
                    subject: &id,
                    trace: Some(&trace),
                    detail: json!({}),
                },
            )
        })
        .await?;
    Ok(token)
}

/// Ends the member's private address; false when there is none.
///
/// # Errors
/// A fault.
pub async fn end_feed(keeper: &Arc<Keeper>, member: &Member, trace: &Trace) -> Result<bool, Fault> {
    let (unit_keeper, id) = (Arc::clone(keeper), member.id.clone());
    let (actor, trace) = (member.actor(), trace.clone());
    Ok(keeper
        .store
        .write(move |c| {
            if !calendar::end_feed(c, &id)? {
                return Ok(false);
            }
            unit_keeper.record(
                c,
                &Happened {
                    actor: &actor,
                    event: Event::CalendarFeedEnded,
                    subject: &id,
                    trace: Some(&trace),
                    detail: json!({}),
                },
            )?;
            Ok(true)
        })
        .await?)
}

const PAST_MONTHS: i32 = 1;
const COMING_MONTHS: i32 = 18;
