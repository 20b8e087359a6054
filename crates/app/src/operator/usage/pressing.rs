//! The orders that use up their estimates first, with what is to come of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use durward_domain::billing::Forecast;
use durward_store::usage_lines;
use jiff::civil::Date;
use serde::Serialize;

use super::{UsageSummary, known, orders};
use crate::actor::Member;
use crate::failure::Fault;
use crate::keeper::Keeper;

/// An order and what is to come of it.
#[derive(Clone, Debug, Serialize)]
pub struct Burn {
    /// The order.
    #[serde(flatten)]
    pub order: UsageSummary,
    /// What was used, and what is to come.
    pub forecast: Forecast,
    /// The keeper's day.
    pub today: Date,
}

/// The orders in force whose usage the member may see and that will use most of their estimates.
///
/// # Errors
/// A fault.
pub async fn pressing(
    keeper: &Arc<Keeper>,
    member: &Member,
    most: usize,
) -> Result<Vec<Burn>, Fault> {
    let today = keeper.today();
    let mut running = orders(keeper, member).await?;
    running.retain(|order| order.period.contains(today));
    if running.len() > MOST_FORECAST {
        // Those that were warned of come first: a page does not forecast every order of the programme.
        let warned: BTreeSet<String> = keeper
            .store
            .read(usage_lines::warned)
            .await?
            .into_iter()
            .collect();
        running.sort_by_key(|order| {
            let is_warned = order.numbers.iter().any(|number| warned.contains(number));
            (!is_warned, order.period.end)
        });
        running.truncate(MOST_FORECAST);
    }
    let mut burns = Vec::with_capacity(running.len());
    for order in &running {
        let (_, forecast) = known(keeper, order).await?;
        burns.push(Burn {
            order: UsageSummary::of(keeper, order, &forecast),
            forecast,
            today,
        });
    }
    burns.sort_by_key(|burn| std::cmp::Reverse(burn.forecast.percent_total()));
    burns.truncate(most);
    Ok(burns)
}

const MOST_FORECAST: usize = 12;
