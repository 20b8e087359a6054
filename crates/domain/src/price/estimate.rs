//! An estimate: what planned usage will cost, month by month, summed for each fiscal year.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{FiscalYear, LineReason, Month, PricedLine, Unit, Usage, price};
use crate::money::Cents;
use crate::programme::Programme;
use crate::refusal::{RefusalKind, Refuse};

/// What a partner plans.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The price model.
    pub model: u32,
    /// The first month.
    pub start: Month,
    /// How many months.
    pub months: u8,
    /// People who sign in at least once in an average month.
    #[serde(default)]
    pub users: u32,
    /// Sign-ins of a year.
    #[serde(default)]
    pub auths: u32,
    /// People of a year whose identity is verified for this partner.
    #[serde(default)]
    pub new_proofings: u32,
    /// People of a year who come verified already.
    #[serde(default)]
    pub existing_proofings: u32,
    /// How busy each month is, January first; 100 is a month like any other.
    #[serde(default)]
    pub shape: Shape,
}

/// How busy each month of a year is, January first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Shape([u16; 12]);

impl Shape {
    /// Every month is the same.
    pub const EVEN: Self = Self([100; 12]);
    /// Busy from January to April, as with taxes.
    pub const SPRING: Self = Self([160, 200, 220, 240, 80, 60, 50, 50, 60, 80, 90, 110]);
    /// Busy from June to August.
    pub const SUMMER: Self = Self([60, 60, 80, 100, 140, 200, 220, 180, 90, 70, 60, 60]);
    /// Busy from October to December, as with yearly enrolment.
    pub const YEAR_END: Self = Self([90, 60, 60, 60, 60, 60, 60, 70, 90, 180, 260, 210]);

    /// A shape of one's own.
    pub const fn new(weights: [u16; 12]) -> Self {
        Self(weights)
    }

    /// The weights, January first.
    pub const fn weights(&self) -> &[u16; 12] {
        &self.0
    }

    fn whole(&self) -> u64 {
        self.0.iter().map(|weight| u64::from(*weight)).sum()
    }

    /// The share of a month in what a year counts. The shares of the twelve months add up to the year, to the unit.
    fn share(&self, of_year: u64, month: Month) -> u32 {
        let whole = self.whole();
        if whole == 0 {
            return 0;
        }
        let until = |count: usize| {
            let below: u64 = self.0.iter().take(count).map(|one| u64::from(*one)).sum();
            of_year * below / whole
        };
        let number = usize::from(month.month().unsigned_abs());
        u32::try_from(until(number) - until(number - 1)).unwrap_or(u32::MAX)
    }
}

impl Default for Shape {
    fn default() -> Self {
        Self::EVEN
    }
}

/// What a plan costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Estimate {
    /// The plan.
    pub plan: Plan,
    /// The currency, by its ISO 4217 code.
    pub currency: String,
    /// Each fiscal year that the plan touches.
    pub years: Vec<EstimatedYear>,
    /// Each month.
    pub months: Vec<EstimatedMonth>,
    /// The sum.
    pub total: Cents,
}

/// One fiscal year of an estimate, as far as the plan touches it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EstimatedYear {
    /// The year.
    pub year: FiscalYear,
    /// Its first month in the plan.
    pub first: Month,
    /// Its last month in the plan.
    pub last: Month,
    /// What it consists of.
    pub lines: Vec<EstimatedLine>,
    /// The sum of the lines.
    pub total: Cents,
}

/// The same line of several months, summed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EstimatedLine {
    /// What is counted.
    pub unit: Unit,
    /// Why the line is there.
    pub reason: LineReason,
    /// How many units it counts.
    pub quantity: u64,
    /// In how many months.
    pub months: u32,
    /// The amount.
    pub amount: Cents,
}

/// One month of an estimate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EstimatedMonth {
    /// The month.
    pub month: Month,
    /// What is used in it.
    pub usage: Usage,
    /// What it costs.
    pub total: Cents,
    /// The first day of the price table that holds in it.
    pub prices_from: Date,
}

/// A plan that cannot be priced.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPlan {
    /// Not a term that we estimate.
    #[error("An estimate covers between 1 and {most} months. Choose a term within that.", most = Plan::MOST_MONTHS)]
    Months,
    /// No month is busy, or one is too much.
    #[error(
        "The months must have weights between 0 and 1,000, and not all of them 0. 100 is a month like any other."
    )]
    Shape,
    /// Nothing is planned.
    #[error("Nothing is planned. Give a number of people, sign-ins or identity verifications.")]
    Nothing,
    /// More than anybody has.
    #[error("This number is larger than an estimate can hold. Give at most {most}.", most = Plan::MOST_USERS)]
    TooMuch,
    /// The price model has no prices for the first month.
    #[error(
        "Price model {0} has no prices in the first month. Choose another model or a later month."
    )]
    Model(u32),
}

impl Refuse for BadPlan {
    fn code(&self) -> &'static str {
        match self {
            Self::Months => "estimate/months",
            Self::Shape => "estimate/shape",
            Self::Nothing => "estimate/nothing",
            Self::TooMuch => "estimate/too-much",
            Self::Model(_) => "estimate/model",
        }
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }
}

impl Plan {
    /// The longest term, in months.
    pub const MOST_MONTHS: u8 = 60;
    /// The most people.
    pub const MOST_USERS: u32 = 300_000_000;
    const MOST_WEIGHT: u16 = 1000;

    fn judge(&self) -> Result<(), BadPlan> {
        if !(1..=Self::MOST_MONTHS).contains(&self.months) {
            return Err(BadPlan::Months);
        }
        let weights = self.shape.weights();
        if self.shape.whole() == 0 || weights.iter().any(|one| *one > Self::MOST_WEIGHT) {
            return Err(BadPlan::Shape);
        }
        let counts = [self.users, self.new_proofings, self.existing_proofings];
        if counts.iter().any(|count| *count > Self::MOST_USERS) {
            return Err(BadPlan::TooMuch);
        }
        if self.auths == 0 && counts.iter().all(|count| *count == 0) {
            return Err(BadPlan::Nothing);
        }
        Ok(())
    }

    fn usage(&self, month: Month) -> Usage {
        let share = |of_year| self.shape.share(of_year, month);
        Usage {
            active_users: share(u64::from(self.users) * 12),
            auths: share(u64::from(self.auths)),
            new_proofings: share(u64::from(self.new_proofings)),
            existing_proofings: share(u64::from(self.existing_proofings)),
        }
    }
}

/// What a plan costs under the programme's prices. Each month is priced by the table that holds on its first day.
///
/// # Errors
/// [`BadPlan`].
pub fn estimate(programme: &Programme, plan: &Plan) -> Result<Estimate, BadPlan> {
    plan.judge()?;
    let mut estimate = Estimate {
        plan: plan.clone(),
        currency: programme.fiscal.currency.clone(),
        years: Vec::new(),
        months: Vec::new(),
        total: Cents::ZERO,
    };
    let mut month = plan.start;
    for _ in 0..plan.months {
        let table = programme
            .price_table(plan.model, month.first_day())
            .ok_or(BadPlan::Model(plan.model))?;
        let usage = plan.usage(month);
        let priced = price(table, &usage);
        let year = programme.fiscal.year_of(month);
        estimate.year(year, month).add(month, &priced.lines);
        estimate.months.push(EstimatedMonth {
            month,
            usage,
            total: priced.total,
            prices_from: table.from,
        });
        month = month.next();
    }
    estimate.total = estimate.years.iter().map(|year| year.total).sum();
    Ok(estimate)
}

impl Estimate {
    /// The year that is filled now: months come in order.
    fn year(&mut self, year: FiscalYear, first: Month) -> &mut EstimatedYear {
        let at = match self.years.iter().position(|known| known.year == year) {
            Some(at) => at,
            None => {
                self.years.push(EstimatedYear {
                    year,
                    first,
                    last: first,
                    lines: Vec::new(),
                    total: Cents::ZERO,
                });
                self.years.len() - 1
            }
        };
        &mut self.years[at]
    }
}

impl EstimatedYear {
    fn add(&mut self, month: Month, lines: &[PricedLine]) {
        self.last = month;
        for line in lines {
            self.total = [self.total, line.amount].into_iter().sum();
            let same =
                |known: &&mut EstimatedLine| (known.unit, known.reason) == (line.unit, line.reason);
            if let Some(known) = self.lines.iter_mut().find(same) {
                known.quantity += u64::from(line.quantity);
                known.months += 1;
                known.amount = [known.amount, line.amount].into_iter().sum();
                continue;
            }
            self.lines.push(EstimatedLine {
                unit: line.unit,
                reason: line.reason,
                quantity: u64::from(line.quantity),
                months: 1,
                amount: line.amount,
            });
        }
        self.lines
            .sort_by_key(|line| (line.unit, line.reason.order()));
    }
}

impl LineReason {
    /// Tiers first, from the lowest; then the minimum, then the cap.
    const fn order(self) -> (u8, u32) {
        match self {
            Self::Tier { first, .. } => (0, first),
            Self::Minimum { .. } => (1, 0),
            Self::Cap { .. } => (2, 0),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plan() -> Plan {
        Plan {
            model: 3,
            start: "2027-01".parse().unwrap(),
            months: 12,
            users: 50_000,
            auths: 1_000_000,
            new_proofings: 6_000,
            existing_proofings: 3_000,
            shape: Shape::EVEN,
        }
    }

    fn made(plan: &Plan) -> Estimate {
        estimate(&Programme::named("us").unwrap(), plan).unwrap()
    }

    #[test]
    fn a_plan_is_split_at_the_first_of_october() {
        let estimate = made(&plan());
        let years: Vec<_> = estimate
            .years
            .iter()
            .map(|year| {
                (
                    year.year.get(),
                    year.first.to_string(),
                    year.last.to_string(),
                )
            })
            .collect();
        assert_eq!(
            years,
            [
                (2027, "2027-01".to_owned(), "2027-09".to_owned()),
                (2028, "2027-10".to_owned(), "2027-12".to_owned())
            ]
        );
        // A month: 83,333 sign-ins at 0.05, 500 new at 3.00, 250 known at 0.75.
        assert_eq!(
            estimate.months[0].total,
            Cents::new(416_665 + 150_000 + 18_750)
        );
        assert_eq!(
            estimate.years.iter().map(|year| year.total).sum::<Cents>(),
            estimate.total
        );
    }

    #[test]
    fn what_cannot_be_priced_says_so() {
        let us = Programme::named("us").unwrap();
        let code = |plan: Plan| estimate(&us, &plan).unwrap_err().code();
        assert_eq!(
            code(Plan {
                months: 0,
                ..plan()
            }),
            "estimate/months"
        );
        assert_eq!(
            code(Plan {
                months: 61,
                ..plan()
            }),
            "estimate/months"
        );
        assert_eq!(
            code(Plan {
                shape: Shape::new([0; 12]),
                ..plan()
            }),
            "estimate/shape"
        );
        assert_eq!(
            code(Plan {
                shape: Shape::new([1001; 12]),
                ..plan()
            }),
            "estimate/shape"
        );
        assert_eq!(code(Plan { model: 9, ..plan() }), "estimate/model");
        assert_eq!(
            code(Plan {
                start: "2019-01".parse().unwrap(),
                ..plan()
            }),
            "estimate/model"
        );
        assert_eq!(
            code(Plan {
                users: u32::MAX,
                ..plan()
            }),
            "estimate/too-much"
        );
        let nothing = Plan {
            users: 0,
            auths: 0,
            new_proofings: 0,
            existing_proofings: 0,
            ..plan()
        };
        assert_eq!(code(nothing), "estimate/nothing");
    }

    #[test]
    fn an_estimate_is_read_back_as_it_was_written() {
        let estimate = made(&Plan {
            model: 2,
            months: 60,
            shape: Shape::SPRING,
            ..plan()
        });
        let text = serde_json::to_string(&estimate).unwrap();
        assert_eq!(serde_json::from_str::<Estimate>(&text).unwrap(), estimate);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_among_the_months(auths in 1..u32::MAX, weights in proptest::array::uniform12(0..1000_u16), month in 1..12_i8) {
            prop_assume!(weights.iter().any(|one| *one > 0));
            let plan = Plan { auths, shape: Shape::new(weights), start: Month::new(2027, month).unwrap(), ..plan() };
            let estimate = made(&plan);
            let sum: u64 = estimate.months.iter().map(|one| u64::from(one.usage.auths)).sum();
            prop_assert_eq!(sum, u64::from(auths));
            let lines: Cents = estimate.years.iter().flat_map(|year| &year.lines).map(|line| line.amount).sum();
            prop_assert_eq!(lines, estimate.total);
            prop_assert_eq!(estimate.months.iter().map(|one| one.total).sum::<Cents>(), estimate.total);
        }

        #[test]
        fn a_larger_plan_never_costs_less(auths in 0..90_000_000_u32, more in 0..90_000_000_u32, model in 2..4_u32) {
            let small = Plan { auths, model, ..plan() };
            let large = Plan { auths: auths + more, ..small.clone() };
            prop_assert!(made(&small).total <= made(&large).total);
        }
    }
}
