//! Prices: versioned tables as programme data, and the only function that prices usage.

mod estimate;
mod fiscal;
mod table;

use serde::{Deserialize, Serialize};

pub use estimate::{
    BadPlan, Estimate, EstimatedLine, EstimatedMonth, EstimatedYear, Plan, Shape, estimate,
};
pub use fiscal::{FiscalRules, FiscalYear, Month};
pub use table::{BadPrices, PriceTable, Rate, Tier, Unit, UnitPrice};

use crate::money::{Cents, divided};

/// What was used in one billing month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Usage {
    /// People who signed in at least once.
    pub active_users: u32,
    /// Billable sign-ins.
    pub auths: u32,
    /// People whose identity was verified for this partner.
    pub new_proofings: u32,
    /// People who came verified, for the first time.
    pub existing_proofings: u32,
}

impl Usage {
    /// The quantity of a unit.
    pub const fn of(&self, unit: Unit) -> u32 {
        match unit {
            Unit::ActiveUserMonth => self.active_users,
            Unit::Auth => self.auths,
            Unit::NewProofing => self.new_proofings,
            Unit::ExistingProofing => self.existing_proofings,
        }
    }
}

/// What usage costs, line by line.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Priced {
    /// Every line, in the order of the units.
    pub lines: Vec<PricedLine>,
    /// The sum of the lines.
    pub total: Cents,
}

/// One line: a tier of a unit, or what its minimum adds, or what its cap takes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct PricedLine {
    /// What is counted.
    pub unit: Unit,
    /// Why the line is there.
    pub reason: LineReason,
    /// How many units it counts; none for a minimum and a cap.
    pub quantity: u32,
    /// Its amount. Only a cap's is negative.
    pub amount: Cents,
}

/// Why a line is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LineReason {
    /// A quantity at the price of a tier.
    Tier {
        /// The first unit of the tier, from 1.
        first: u32,
        /// The last unit of the tier; none for the highest.
        last: Option<u32>,
        /// The price of one.
        price: UnitPrice,
    },
    /// What is added so that the minimum is reached.
    Minimum {
        /// The least of a month.
        minimum: Cents,
    },
    /// What is taken away so that the cap is kept.
    Cap {
        /// The most of a month.
        cap: Cents,
    },
}

/// Prices one month of usage. The same table and usage give the same lines, always.
///
/// Each tier is rounded to a cent by itself, half up, so that the lines add up to the total.
/// A minimum is due in every month, also without usage; units without a rate are free.
pub fn price(table: &PriceTable, usage: &Usage) -> Priced {
    priced(table, usage, |_| true)
}

/// Prices one month of an order. `begun` says whether anybody used it in this month or an earlier one: before that no
/// minimum is due, unless the table says so.
pub fn price_month(table: &PriceTable, usage: &Usage, begun: bool) -> Priced {
    let due = begun || table.minimum_before_use;
    priced(table, usage, |line| {
        due || !matches!(line.reason, LineReason::Minimum { .. })
    })
}

fn priced(table: &PriceTable, usage: &Usage, counts: impl Fn(&PricedLine) -> bool) -> Priced {
    let mut lines = Vec::new();
    for rate in &table.rates {
        rate_lines(rate, usage.of(rate.unit), &mut lines);
    }
    lines.retain(counts);
    let total = lines.iter().map(|line| line.amount).sum();
    Priced { lines, total }
}

fn rate_lines(rate: &Rate, quantity: u32, lines: &mut Vec<PricedLine>) {
    let unit = rate.unit;
    let begin = lines.len();
    let mut below = 0;
    for tier in &rate.tiers {
        let bound = tier.up_to.unwrap_or(u32::MAX);
        let within = quantity.min(bound).saturating_sub(below);
        if within > 0 {
            let reason = LineReason::Tier {
                first: below + 1,
                last: tier.up_to,
                price: tier.price,
            };
            lines.push(PricedLine {
                unit,
                reason,
                quantity: within,
                amount: tier.price.times(within),
            });
        }
        below = bound;
    }
    let sum: Cents = lines.iter().skip(begin).map(|line| line.amount).sum();
    let adjusted = |limit: Cents, reason| {
        limit.checked_sub(sum).map(|amount| PricedLine {
            unit,
            reason,
            quantity: 0,
            amount,
        })
    };
    let minimum = rate.minimum.filter(|minimum| sum < *minimum);
    let cap = rate.cap.filter(|cap| sum > *cap);
    lines.extend(minimum.and_then(|minimum| adjusted(minimum, LineReason::Minimum { minimum })));
    lines.extend(cap.and_then(|cap| adjusted(cap, LineReason::Cap { cap })));
}

impl UnitPrice {
    /// The price of a quantity, to the cent, half up.
    ///
    /// A price is at most 1,000 and a quantity is a `u32`: the product always fits, the programme is refused otherwise.
    pub fn times(self, quantity: u32) -> Cents {
        let exact = i128::from(self.parts()) * i128::from(quantity);
        Cents::new(divided(exact, UnitPrice::PARTS_OF_A_CENT).unwrap_or(i64::MAX))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::programme::Programme;

    fn table(model: u32) -> PriceTable {
        let us = Programme::named("us").unwrap();
        us.price_table(model, jiff::civil::date(2026, 11, 23))
            .unwrap()
            .clone()
    }

    fn auths(auths: u32) -> Usage {
        Usage {
            auths,
            ..Usage::default()
        }
    }

    #[test]
    fn lines_explain_the_total() {
        let priced = price(&table(3), &auths(150_000));
        let text: Vec<String> = priced
            .lines
            .iter()
            .map(|line| format!("{:?} {}", line.unit, line.amount))
            .collect();
        assert_eq!(text, ["Auth 5000.00", "Auth 1500.00"]);
        assert_eq!(priced.total, Cents::new(650_000));
    }

    #[test]
    fn the_minimum_and_the_cap_are_lines_of_their_own() {
        let least = price(&table(3), &auths(10));
        assert_eq!(least.total, Cents::new(25_000));
        assert!(matches!(
            least.lines.last().unwrap().reason,
            LineReason::Minimum { .. }
        ));
        let most = price(&table(3), &auths(u32::MAX));
        assert_eq!(most.total, Cents::new(40_000_000));
        let last = most.lines.last().unwrap();
        assert!(matches!(last.reason, LineReason::Cap { .. }) && last.amount.is_negative());
    }

    #[test]
    fn no_minimum_is_due_before_the_first_use_unless_the_table_says_so() {
        let mut table = table(3);
        let none = Usage::default();
        assert_eq!(price_month(&table, &none, false), Priced::default());
        assert_eq!(price_month(&table, &none, true), price(&table, &none));
        table.minimum_before_use = true;
        assert_eq!(price_month(&table, &none, false).total, Cents::new(25_000));
    }

    fn prices() -> impl Strategy<Value = PriceTable> {
        let rate = (
            proptest::collection::btree_map(1..5_000_u32, 0..200_000_u32, 0..4),
            0..200_000_u32,
            proptest::option::of(0..9_000_i64),
            proptest::option::of(9_000..900_000_i64),
        );
        proptest::collection::vec(rate, 4).prop_map(|rates| PriceTable {
            model: 9,
            from: jiff::civil::date(2020, 1, 1),
            minimum_before_use: false,
            rates: Unit::ALL
                .into_iter()
                .zip(rates)
                .map(|(unit, (bounds, rest, minimum, cap))| Rate {
                    unit,
                    tiers: bounds
                        .into_iter()
                        .map(|(up_to, price)| (Some(up_to), price))
                        .chain([(None, rest)])
                        .map(|(up_to, price)| Tier {
                            up_to,
                            price: UnitPrice::from_parts(price),
                        })
                        .collect(),
                    minimum: minimum.map(Cents::new),
                    cap: cap.map(Cents::new),
                })
                .collect(),
        })
    }

    fn usage() -> impl Strategy<Value = Usage> {
        [0..9_000_u32, 0..9_000, 0..9_000, 0..9_000].prop_map(
            |[active_users, auths, new_proofings, existing_proofings]| Usage {
                active_users,
                auths,
                new_proofings,
                existing_proofings,
            },
        )
    }

    proptest! {
        #[test]
        fn more_usage_never_costs_less(table in prices(), usage in usage(), more in usage()) {
            let larger = Usage {
                active_users: usage.active_users + more.active_users,
                auths: usage.auths + more.auths,
                new_proofings: usage.new_proofings + more.new_proofings,
                existing_proofings: usage.existing_proofings + more.existing_proofings,
            };
            prop_assert!(price(&table, &usage).total <= price(&table, &larger).total);
        }

        #[test]
        fn one_more_unit_costs_at_most_the_highest_price(table in prices(), usage in usage()) {
            let larger = Usage { auths: usage.auths + 1, ..usage };
            let step = price(&table, &larger).total.checked_sub(price(&table, &usage).total).unwrap();
            let highest = table.rates.iter().filter(|rate| rate.unit == Unit::Auth).flat_map(|rate| &rate.tiers).map(|tier| tier.price).max().unwrap();
            prop_assert!(step.get() <= highest.times(1).get() + 1);
        }

        #[test]
        fn minimum_and_cap_are_kept_and_lines_add_up(table in prices(), usage in usage()) {
            let priced = price(&table, &usage);
            prop_assert_eq!(priced.lines.iter().map(|line| line.amount).sum::<Cents>(), priced.total);
            for rate in &table.rates {
                let sum: Cents = priced.lines.iter().filter(|line| line.unit == rate.unit).map(|line| line.amount).sum();
                prop_assert!(rate.minimum.is_none_or(|minimum| minimum <= sum));
                prop_assert!(rate.cap.is_none_or(|cap| sum <= cap));
            }
            prop_assert_eq!(price(&table, &usage), priced);
        }
    }
}
