//! Usage as it is told.

use durward_domain::billing::{Figures, Forecast};
use durward_domain::money::Cents;
use durward_domain::price::{Month, PriceTable, Priced, Usage, price, price_month};
use jiff::civil::Date;
use serde::Serialize;

use super::denied::UsageDenied;
use super::lines::{AppLines, MonthLines};
use super::orders::Order;
use crate::keeper::Keeper;

/// An order in a list.
#[derive(Clone, Debug, Serialize)]
pub struct UsageSummary {
    /// The newest Mod.
    pub number: String,
    /// The agency that is billed.
    pub agency: String,
    /// The office of that agency.
    pub partner: String,
    /// The first day.
    pub starts: Date,
    /// The last day.
    pub ends: Date,
    /// What the order estimates, in cents.
    pub estimated: Cents,
    /// What was used comes to.
    pub spent: Cents,
    /// What the whole period will come to.
    pub expected: Cents,
    /// The spent part of the estimate, in whole percent.
    pub percent: Option<u64>,
    /// The day on which the estimate is used up.
    pub exhausted: Option<Date>,
    /// The currency of every amount.
    pub currency: String,
}

impl UsageSummary {
    pub(super) fn of(keeper: &Keeper, order: &Order, expected: &Forecast) -> Self {
        Self {
            number: order.number.clone(),
            agency: order.agency.clone(),
            partner: order.partner.clone(),
            starts: order.period.start,
            ends: order.period.end,
            estimated: order.estimated,
            spent: expected.spent,
            expected: expected.total,
            percent: expected.percent_spent(),
            exhausted: expected.exhausted,
            currency: keeper.programme.fiscal.currency.clone(),
        }
    }
}

/// The usage of an order.
#[derive(Clone, Debug, Serialize)]
pub struct UsageView {
    /// The order.
    #[serde(flatten)]
    pub order: UsageSummary,
    /// The price model of the newest Mod.
    pub price_model: u32,
    /// The other price model that is shown.
    pub other_model: Option<u32>,
    /// Every price model.
    pub models: Vec<u32>,
    /// The months with usage, each with its lines.
    pub months: Vec<MonthView>,
    /// What is to come.
    pub forecast: Forecast,
    /// What the months come to under the other price model.
    pub under_other: Option<Cents>,
    /// The apps that the order lists.
    pub apps: Vec<String>,
    /// Hand-offs in the sandbox this month: never billed.
    pub in_sandbox: i64,
    /// Whether the price table of the day makes minimums due before anybody signed in.
    pub minimum_before_use: bool,
    /// The keeper's day.
    pub today: Date,
}

/// One month of an order.
#[derive(Clone, Debug, Serialize)]
pub struct MonthView {
    /// As `2026-11`.
    pub month: String,
    /// Whether it is over.
    pub complete: bool,
    /// All apps together.
    pub figures: Figures,
    /// How many entries of the ledger.
    pub entries: u64,
    /// The SHA-256 of these entries as the CSV export writes them, without its header.
    pub digest: String,
    /// The price model of the month.
    pub price_model: u32,
    /// What it comes to.
    pub priced: Priced,
    /// What it would come to under the other price model.
    pub under_other: Option<Priced>,
    /// The line of each app.
    pub apps: Vec<AppView>,
}

/// The line of an app.
#[derive(Clone, Debug, Serialize)]
pub struct AppView {
    /// The line.
    #[serde(flatten)]
    pub line: AppLines,
    /// Its share of the month's amount.
    pub share: Cents,
}

/// The price model that is shown beside the order's own.
pub(super) fn other_model(
    keeper: &Keeper,
    order: &Order,
    wanted: Option<u32>,
) -> Result<Option<u32>, UsageDenied> {
    let models = models(keeper);
    match wanted {
        Some(model) if models.contains(&model) => Ok(Some(model)),
        Some(model) => {
            let known: Vec<String> = models.iter().map(ToString::to_string).collect();
            Err(UsageDenied::Model(model, known.join(", ")))
        }
        None => {
            let others = models.into_iter().rev();
            Ok(others
                .into_iter()
                .find(|model| *model != order.newest_model()))
        }
    }
}

fn models(keeper: &Keeper) -> Vec<u32> {
    let tables = keeper.programme.price_tables(keeper.today());
    tables.into_iter().map(|table| table.model).collect()
}

pub(super) fn usage(
    keeper: &Keeper,
    order: &Order,
    lines: &[MonthLines],
    (forecast, other, in_sandbox): (Forecast, Option<u32>, i64),
) -> UsageView {
    // Every month from the first with use until today: a minimum is due in those without use too.
    let had = |of: Month| lines.iter().find(|one| one.month == of).cloned();
    let begun = forecast.months.iter().map(|one| one.month);
    let owes =
        |of: &Month| of.first_day() <= keeper.today() && owed(keeper, (order, &forecast), *of);
    let months: Vec<MonthView> = begun
        .filter(|of| had(*of).is_some() || owes(of))
        .map(|of| {
            let lines = had(of).unwrap_or_else(|| MonthLines::empty(of));
            month(keeper, (order, &forecast), &lines, other)
        })
        .collect();
    let under_other = other.map(|_| {
        let sums = months.iter().filter_map(|one| one.under_other.as_ref());
        sums.map(|priced| priced.total).sum()
    });
    UsageView {
        order: UsageSummary::of(keeper, order, &forecast),
        price_model: order.newest_model(),
        other_model: other,
        models: models(keeper),
        months,
        forecast,
        under_other,
        apps: order.apps.keys().cloned().collect(),
        in_sandbox,
        minimum_before_use: table(keeper, order.newest_model(), Month::of(keeper.today()))
            .is_some_and(|table| table.minimum_before_use),
        today: keeper.today(),
    }
}

/// Whether a month without use costs anything.
fn owed(keeper: &Keeper, (order, forecast): (&Order, &Forecast), of: Month) -> bool {
    let begun = forecast.first_use.is_some_and(|first| first <= of);
    table(keeper, order.model(of), of)
        .is_some_and(|table| price_month(table, &Usage::default(), begun).total > Cents::ZERO)
}

pub(super) fn month(
    keeper: &Keeper,
    (order, forecast): (&Order, &Forecast),
    lines: &MonthLines,
    other: Option<u32>,
) -> MonthView {
    let model = order.model(lines.month);
    let usage = lines.total.figures.usage();
    let begun = forecast.first_use.is_some_and(|first| first <= lines.month);
    let priced =
        |model| table(keeper, model, lines.month).map(|table| price_month(table, &usage, begun));
    let own = priced(model).unwrap_or_default();
    let weights: Vec<Cents> = lines
        .apps
        .iter()
        .map(|app| {
            table(keeper, model, lines.month).map_or(Cents::ZERO, |table| {
                price(table, &app.sum.figures.usage()).total
            })
        })
        .collect();
    let shares = shares(own.total, &weights);
    MonthView {
        month: lines.month.to_string(),
        complete: lines.month.last_day() < keeper.today(),
        figures: lines.total.figures,
        entries: lines.total.entries,
        digest: lines.total.digest.clone(),
        price_model: model,
        priced: own,
        under_other: other.and_then(priced),
        apps: lines
            .apps
            .iter()
            .zip(shares)
            .map(|(line, share)| AppView {
                line: line.clone(),
                share,
            })
            .collect(),
    }
}

fn table(keeper: &Keeper, model: u32, month: Month) -> Option<&PriceTable> {
    keeper.programme.price_table(model, month.first_day())
}

/// Parts a total by what each app would cost alone; what is left over by rounding goes to the first ones, a cent each.
fn shares(total: Cents, weights: &[Cents]) -> Vec<Cents> {
    let whole: i128 = weights.iter().map(|weight| i128::from(weight.get())).sum();
    let exact = |weight: &Cents| {
        let part = i128::from(total.get()) * i128::from(weight.get());
        part.checked_div(whole)
            .and_then(|part| i64::try_from(part).ok())
            .unwrap_or(0)
    };
    let mut shares: Vec<i64> = weights.iter().map(exact).collect();
    let mut left = total.get() - shares.iter().sum::<i64>();
    for share in &mut shares {
        let cent = left.signum();
        *share += cent;
        left -= cent;
    }
    shares.into_iter().map(Cents::new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parted(total: i64, weights: &[i64]) -> Vec<i64> {
        let weights: Vec<Cents> = weights.iter().copied().map(Cents::new).collect();
        shares(Cents::new(total), &weights)
            .into_iter()
            .map(Cents::get)
            .collect()
    }

    #[test]
    fn shares_add_up_to_the_cent() {
        assert_eq!(parted(100, &[1, 1, 1]), [34, 33, 33]);
        assert_eq!(parted(50_000, &[3, 1]), [37_500, 12_500]);
        assert_eq!(parted(0, &[5, 5]), [0, 0]);
        assert!(parted(10, &[]).is_empty());
    }
}
