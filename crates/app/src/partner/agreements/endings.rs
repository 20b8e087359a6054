//! Agreements that end, and what that does to live apps: what the calendar shows to those who may see it.

use std::collections::BTreeMap;

use durward_domain::agreement::{Agreement, AgreementState, Cover, Held, Paper, PaperKind, cover};
use durward_domain::permission::Action;
use durward_domain::programme::ExpiryPolicy;
use durward_store::agreements::{self, AgreementRow};
use durward_store::{Conn, Fault as StoreFault};
use jiff::Span;
use jiff::civil::Date;
use serde::Serialize;

use super::{agencies_of, paper_of};
use crate::actor::Member;
use crate::failure::{Fault, FaultKind};
use crate::keeper::{Keeper, time};

/// An agreement that ends.
#[derive(Clone, Debug, Serialize)]
pub struct Ending {
    /// `order`, or `gtc` for General Terms and Conditions.
    pub kind: PaperKind,
    /// Its number.
    pub number: String,
    /// The agency that is billed.
    pub agency: String,
    /// Its last day.
    pub ends: Date,
    /// What the programme's policy says for apps that nothing covers afterwards.
    pub policy: ExpiryPolicy,
    /// The apps that it lists and no other signed Order covers on the day after.
    pub apps: Vec<String>,
    /// The day on which these are suspended; nothing where they stay live.
    pub suspends: Option<Date>,
}

impl Ending {
    /// Is there a day of it within these, both included?
    fn is_within(&self, from: Date, to: Date) -> bool {
        let within = |day: Date| (from..=to).contains(&day);
        within(self.ends) || self.suspends.is_some_and(within)
    }
}

/// The agreements of which a member sees an end, or what follows it, within a span of days; by their last day.
///
/// # Errors
/// A fault.
pub async fn endings(
    keeper: &Keeper,
    member: &Member,
    from: Date,
    to: Date,
) -> Result<Vec<Ending>, Fault> {
    let agencies = agencies_of(keeper, member, Action::ViewAgreement).await?;
    let (orders, gtcs, terminated) = keeper
        .store
        .read(|c| {
            Ok((
                agreements::all(c)?,
                agreements::of_kind(c, agreements::GTC)?,
                agreements::terminated(c)?,
            ))
        })
        .await?;
    let mut by_agency: BTreeMap<String, Vec<Held>> = BTreeMap::new();
    for row in orders.iter().filter(|row| agencies.allow(&row.agency_id)) {
        let held = held_of(keeper, row, &terminated)?;
        by_agency
            .entry(row.agency_id.clone())
            .or_default()
            .push(held);
    }
    let mut found = Vec::new();
    for held in by_agency.values() {
        found.extend(held.iter().filter_map(|one| of_order(keeper, one, held)));
    }
    for row in gtcs.iter().filter(|row| agencies.allow(&row.agency_id)) {
        found.extend(of_gtc(keeper, &paper_of(row)?));
    }
    found.retain(|one| one.is_within(from, to));
    found.sort_by(|one, other| (one.ends, &one.number).cmp(&(other.ends, &other.number)));
    Ok(found)
}

fn of_order(keeper: &Keeper, held: &Held, all: &[Held]) -> Option<Ending> {
    let order = &held.order;
    let expired = order.state == AgreementState::Expired;
    if !(order.state.in_force() || expired) {
        return None;
    }
    let (rules, ends) = (&keeper.programme.agreement, order.period.end);
    let after = ends.saturating_add(Span::new().days(1));
    let uncovered = |name: &str, level| matches!(cover(all, name, level, after), Cover::Until { number, .. } if number == order.number);
    let apps: Vec<String> = order
        .apps
        .iter()
        .filter(|app| uncovered(&app.name, app.level))
        .map(|app| app.name.clone())
        .collect();
    let suspends = rules.suspends_on(ends).filter(|_| !apps.is_empty());
    Some(Ending {
        kind: PaperKind::Order,
        number: order.number.to_string(),
        agency: order.agency.clone(),
        ends,
        policy: rules.expiry,
        apps,
        suspends,
    })
}

fn of_gtc(keeper: &Keeper, paper: &Paper) -> Option<Ending> {
    let shown = paper.state().in_force() || paper.state() == AgreementState::Expired;
    shown.then(|| Ending {
        kind: PaperKind::Gtc,
        number: paper.number().to_string(),
        agency: paper.agency().to_owned(),
        ends: paper.period().end,
        policy: keeper.programme.agreement.expiry,
        apps: Vec::new(),
        suspends: None,
    })
}

/// The Orders of these rows with the days on which they were terminated.
pub(crate) fn held(
    c: &mut Conn,
    keeper: &Keeper,
    rows: &[AgreementRow],
) -> Result<Vec<Held>, StoreFault> {
    let terminated = agreements::terminated(c)?;
    rows.iter()
        .map(|row| held_of(keeper, row, &terminated))
        .collect()
}

fn held_of(
    keeper: &Keeper,
    row: &AgreementRow,
    terminated: &BTreeMap<String, i64>,
) -> Result<Held, StoreFault> {
    let order: Agreement = serde_json::from_str(&row.document)
        .map_err(|_| StoreFault::new(FaultKind::Corrupt, "a stored agreement"))?;
    let ended = terminated.get(&row.number);
    Ok(Held {
        order,
        ended: ended.map(|us| keeper.programme.date_of(time(*us))),
    })
}
