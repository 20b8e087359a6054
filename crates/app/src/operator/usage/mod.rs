//! Usage and billing of an order: invoice lines from the ledger of hand-offs, what they cost, and what is to come.
//!
//! The ledger alone is the source. Lines are kept only so that a page need not add up a month again; they carry what
//! they were made of, and are made again when that is another.

mod denied;
mod entries;
mod lines;
mod orders;
mod pressing;
mod supplement;
#[cfg(test)]
mod tests;
mod view;

use std::sync::Arc;

use durward_domain::billing::{Forecast, Known, forecast};
use durward_domain::permission::Action;
use durward_domain::price::{Estimate, Month, Shape, Usage};
use durward_store::{agreements, estimates};

pub use denied::UsageDenied;
pub use entries::{EntriesAsked, EntriesPage, EntryView, Export, entries, export};
pub use lines::{AppLines, MonthLines};
pub use pressing::{Burn, pressing};
pub use view::{AppView, MonthView, UsageSummary, UsageView};

use crate::actor::Member;
use crate::failure::{Failure, Fault, FaultKind};
use crate::keeper::Keeper;
use crate::partner::agreements::agencies_of;
use orders::Order;

/// The usage of every order that the member may see the usage of.
///
/// # Errors
/// A fault.
pub async fn list(keeper: &Arc<Keeper>, member: &Member) -> Result<Vec<UsageSummary>, Fault> {
    let mut list = Vec::new();
    for order in orders(keeper, member).await? {
        let (_, expected) = known(keeper, &order).await?;
        list.push(UsageSummary::of(keeper, &order, &expected));
    }
    Ok(list)
}

/// The usage of an order: its months with lines and prices, and the forecast. `under` is another price model to show
/// beside its own; without one it is the newest.
///
/// # Errors
/// [`UsageDenied`], or a fault.
pub async fn find(
    keeper: &Arc<Keeper>,
    member: &Member,
    number: &str,
    under: Option<u32>,
) -> Result<UsageView, Failure<UsageDenied>> {
    let order = order(keeper, member, number).await?;
    let other = view::other_model(keeper, &order, under).map_err(Failure::Refused)?;
    let (months, expected) = known(keeper, &order).await?;
    let sandbox = lines::in_sandbox(keeper, &order).await?;
    Ok(view::usage(
        keeper,
        &order,
        &months,
        (expected, other, sandbox),
    ))
}

/// The invoice lines of an order as CSV.
///
/// # Errors
/// [`UsageDenied`], or a fault.
pub async fn lines_csv(
    keeper: &Arc<Keeper>,
    member: &Member,
    number: &str,
) -> Result<String, Failure<UsageDenied>> {
    let usage = find(keeper, member, number, None).await?;
    Ok(supplement::file(&usage))
}

/// The lines of one month of an order.
///
/// # Errors
/// [`UsageDenied`], or a fault.
pub async fn month(
    keeper: &Arc<Keeper>,
    member: &Member,
    (number, month): (&str, Month),
    under: Option<u32>,
) -> Result<MonthView, Failure<UsageDenied>> {
    let order = order(keeper, member, number).await?;
    let other = view::other_model(keeper, &order, under).map_err(Failure::Refused)?;
    let span = Month::of(order.period.start)..=Month::of(order.period.end);
    if !span.contains(&month) {
        return Err(Failure::Refused(UsageDenied::month(&month.to_string())));
    }
    let (all, expected) = known(keeper, &order).await?;
    let lines = all.into_iter().find(|one| one.month == month);
    let lines = lines.unwrap_or_else(|| MonthLines::empty(month));
    Ok(view::month(keeper, (&order, &expected), &lines, other))
}

/// The lines of an order's months, with the forecast made from them and from the year before.
async fn known(keeper: &Arc<Keeper>, order: &Order) -> Result<(Vec<MonthLines>, Forecast), Fault> {
    let months = lines::of(keeper, order).await?;
    let before = lines::of(keeper, &order.year_before()).await?;
    let usage: Vec<(Month, Usage)> = before
        .iter()
        .chain(&months)
        .map(|one| (one.month, one.total.figures.usage()))
        .collect();
    let table = |month: Month| {
        keeper
            .programme
            .price_table(order.model(month), month.first_day())
    };
    let season = season(keeper, order).await?;
    let expected = forecast(&Known {
        season,
        period: order.period,
        today: keeper.today(),
        estimate: order.estimated,
        months: &usage,
        table: &table,
    });
    Ok((months, expected))
}

/// How busy each month is, as the estimate says that the agency accepted last.
async fn season(keeper: &Keeper, order: &Order) -> Result<Option<Shape>, Fault> {
    let agency = order.agency_id.clone();
    let found = keeper
        .store
        .read(move |c| estimates::accepted_of_agency(c, &agency));
    let Some(text) = found.await? else {
        return Ok(None);
    };
    let estimate: Estimate = serde_json::from_str(&text)
        .map_err(|error| Fault::new(FaultKind::Corrupt, format!("a stored estimate: {error}")))?;
    Ok(Some(estimate.plan.shape))
}

/// Every order of the programme with its forecast: what the warnings are made by.
pub(crate) async fn all(keeper: &Arc<Keeper>) -> Result<Vec<(String, String, Forecast)>, Fault> {
    let rows = keeper.store.read(agreements::all).await?;
    let mut list = Vec::new();
    for order in orders::of_rows(rows)? {
        let (_, expected) = known(keeper, &order).await?;
        list.push((order.number, order.agency_id, expected));
    }
    Ok(list)
}

async fn orders(keeper: &Arc<Keeper>, member: &Member) -> Result<Vec<Order>, Fault> {
    let agencies = agencies_of(keeper, member, Action::ViewUsage).await?;
    let rows = keeper.store.read(agreements::all).await?;
    let mut found = orders::of_rows(rows)?;
    found.retain(|order| agencies.allow(&order.agency_id));
    Ok(found)
}

/// The order of this number, or of another Mod of it.
async fn order(
    keeper: &Arc<Keeper>,
    member: &Member,
    number: &str,
) -> Result<Order, Failure<UsageDenied>> {
    let found = orders(keeper, member).await?;
    let mut found = found.into_iter();
    found
        .find(|order| order.numbers.iter().any(|one| one == number))
        .ok_or_else(|| Failure::Refused(UsageDenied::missing(number)))
}
