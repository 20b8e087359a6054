//! What an order will come to: the usage of the months to come, from the months that were, priced by its table.
//!
//! Whole numbers only, rounded half up: the same ledger and day give the same forecast, always.

use jiff::civil::Date;
use serde::Serialize;

use super::band::{Band, band};
use crate::agreement::Period;
use crate::money::Cents;
use crate::price::{Month, PriceTable, Shape, Usage, price_month};

/// What is known on a day.
pub struct Known<'a> {
    /// The order's period.
    pub period: Period,
    /// The day of the forecast.
    pub today: Date,
    /// What the order estimates.
    pub estimate: Cents,
    /// The usage of each month; months without usage may be left out. Those before the period show the seasons.
    pub months: &'a [(Month, Usage)],
    /// The table by which a month is priced.
    pub table: &'a dyn Fn(Month) -> Option<&'a PriceTable>,
    /// How busy each month of the year is, as the accepted estimate says.
    pub season: Option<Shape>,
}

/// The forecast of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Forecast {
    /// How the months to come were found.
    pub method: Method,
    /// Every month of the period.
    pub months: Vec<ForecastMonth>,
    /// What was used until the day of the forecast comes to.
    pub spent: Cents,
    /// What the whole period will come to.
    pub total: Cents,
    /// What the order estimates.
    pub estimate: Cents,
    /// The day on which the estimate is used up, if that is within the period.
    pub exhausted: Option<Date>,
    /// The first month with use: minimums are due from it on.
    #[serde(serialize_with = "as_opt_text")]
    pub first_use: Option<Month>,
    /// How far the months to come may be off; nothing where nothing is expected.
    pub band: Option<Band>,
}

impl Forecast {
    /// How much of the estimate is spent, in whole percent, rounded down; none where there is no estimate.
    pub fn percent_spent(&self) -> Option<u64> {
        percent(self.spent, self.estimate)
    }

    /// How much of the estimate the whole period will take.
    pub fn percent_total(&self) -> Option<u64> {
        percent(self.total, self.estimate)
    }
}

fn percent(part: Cents, whole: Cents) -> Option<u64> {
    let share = i128::from(part.get())
        .checked_mul(100)?
        .checked_div(i128::from(whole.get()))?;
    (whole > Cents::ZERO).then(|| u64::try_from(share).unwrap_or(0))
}

/// How the months to come are found: the first of these that the known months allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Method {
    /// The same month a year before, times how much more or less the last complete months had than theirs.
    Seasonal {
        /// How many complete months were compared.
        months: u32,
        /// Hand-offs of these months.
        now: u64,
        /// Hand-offs of the same months a year before.
        before: u64,
    },
    /// The mean of the last complete months.
    TrailingMean {
        /// How many.
        months: u32,
    },
    /// The current month so far, stretched to a whole month.
    Pace {
        /// The days so far, today included.
        days: u32,
        /// The days of the month.
        of: u32,
    },
    /// Nothing was used yet: only what is due without usage.
    Nothing,
}

/// One month of a forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ForecastMonth {
    /// The month.
    #[serde(serialize_with = "as_text")]
    pub month: Month,
    /// Where its usage comes from.
    pub basis: Basis,
    /// Its usage.
    #[serde(flatten)]
    pub usage: Usage,
    /// What it comes to.
    pub amount: Cents,
    /// What the period comes to at its end.
    pub sum: Cents,
    /// The least that the period comes to at its end, as far as the band says.
    pub low: Cents,
    /// The most.
    pub high: Cents,
}

/// Where the usage of a month comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Basis {
    /// It is over: the ledger.
    Ledger,
    /// The ledger so far, and the expected usage for the days left.
    LedgerAndExpected {
        /// The days left.
        days: u32,
        /// The days of the month that are in the period.
        of: u32,
    },
    /// The expected usage.
    Expected,
}

fn as_text<S: serde::Serializer>(month: &Month, out: S) -> Result<S::Ok, S::Error> {
    out.collect_str(month)
}

fn as_opt_text<S: serde::Serializer>(month: &Option<Month>, out: S) -> Result<S::Ok, S::Error> {
    match month {
        Some(month) => out.collect_str(month),
        None => out.serialize_none(),
    }
}

/// The forecast of an order on a day.
pub fn forecast(known: &Known<'_>) -> Forecast {
    let method = method(known);
    let now = Month::of(known.today);
    let bills = Bills::of(known, method);
    let band = band(known, method);
    let (mut months, mut spent, mut exhausted) = (Vec::new(), Cents::ZERO, None);
    let [mut sum, mut low, mut high] = [Cents::ZERO; 3];
    let mut month = Month::of(known.period.start);
    while month <= Month::of(known.period.end) {
        let span = Span::of(month, known.period);
        let had = used(known, month);
        let so_far = bills.amount(month, &had);
        let (basis, rest) = if month < now {
            (Basis::Ledger, Usage::default())
        } else {
            let left = span.left(known.today);
            let rest = scaled(&expected(known, method, month), left, span.whole);
            let of = span.days;
            (
                if month == now {
                    Basis::LedgerAndExpected { days: left, of }
                } else {
                    Basis::Expected
                },
                rest,
            )
        };
        let usage = added(&had, &rest);
        let amount = bills.amount(month, &usage);
        if month < now || (month == now && known.today >= known.period.start) {
            spent = plus(spent, so_far);
        }
        exhausted = exhausted.or_else(|| span.day_of(known.estimate, sum, amount));
        sum = plus(sum, amount);
        let edge =
            |thousandths| bills.amount(month, &added(&had, &scaled(&rest, thousandths, 1_000)));
        let (least, most) = band.as_ref().map_or((1_000, 1_000), |band| band.of(month));
        low = plus(low, edge(least));
        high = plus(high, edge(most));
        months.push(ForecastMonth {
            month,
            basis,
            usage,
            amount,
            sum,
            low,
            high,
        });
        month = month.next();
    }
    Forecast {
        method,
        months,
        spent,
        total: sum,
        estimate: known.estimate,
        exhausted,
        first_use: bills.first_use,
        band,
    }
}

/// What a month comes to, with the minimums that are due in it.
struct Bills<'a, 'k> {
    known: &'a Known<'k>,
    first_use: Option<Month>,
    /// From when minimums are due: the first use, or today where use is expected.
    begin: Option<Month>,
}

impl<'a, 'k> Bills<'a, 'k> {
    fn of(known: &'a Known<'k>, method: Method) -> Self {
        let with_use = known
            .months
            .iter()
            .filter(|(_, usage)| *usage != Usage::default());
        let first_use = with_use.map(|(month, _)| *month).min();
        let expects = method != Method::Nothing;
        Self {
            known,
            first_use,
            begin: first_use.or(expects.then(|| Month::of(known.today))),
        }
    }

    fn amount(&self, month: Month, usage: &Usage) -> Cents {
        let begun = self.begin.is_some_and(|begin| begin <= month);
        (self.known.table)(month)
            .map_or(Cents::ZERO, |table| price_month(table, usage, begun).total)
    }
}

/// The days of a month that are in the period.
struct Span {
    first: Date,
    last: Date,
    days: u32,
    /// The days of the whole month.
    whole: u32,
}

impl Span {
    fn of(month: Month, period: Period) -> Self {
        let first = month.first_day().max(period.start);
        let last = month.last_day().min(period.end);
        Self {
            first,
            last,
            days: days(first, last),
            whole: days(month.first_day(), month.last_day()),
        }
    }

    /// The days after today.
    fn left(&self, today: Date) -> u32 {
        match today.tomorrow() {
            Ok(tomorrow) => days(self.first.max(tomorrow), self.last),
            Err(_) => 0,
        }
    }

    /// The day on which the estimate is reached, if this month's amount reaches it.
    fn day_of(&self, estimate: Cents, before: Cents, amount: Cents) -> Option<Date> {
        if estimate <= Cents::ZERO || plus(before, amount) < estimate {
            return None;
        }
        let missing = i128::from(estimate.get()) - i128::from(before.get());
        let day = (missing * i128::from(self.days) + i128::from(amount.get()) - 1)
            .checked_div(i128::from(amount.get()))
            .unwrap_or(1)
            .clamp(1, i128::from(self.days.max(1)));
        let later = jiff::Span::new().days(i64::try_from(day).unwrap_or(1) - 1);
        Some(self.first.checked_add(later).unwrap_or(self.last))
    }
}

/// Days from one to the other, both included; none when they are the other way round.
fn days(first: Date, last: Date) -> u32 {
    let between = first.until(last).map_or(-1, |span| span.get_days());
    u32::try_from(between + 1).unwrap_or(0)
}

fn method(known: &Known<'_>) -> Method {
    let now = Month::of(known.today);
    let begun = known
        .months
        .iter()
        .filter(|(month, usage)| *month < now && *usage != Usage::default())
        .map(|(month, _)| *month)
        .min();
    let complete: Vec<Month> = (1..=COMPARED)
        .map_while(|back| before(now, back))
        .take_while(|month| begun.is_some_and(|begun| begun <= *month))
        .collect();
    let sum = |back: u32| -> u64 {
        complete
            .iter()
            .filter_map(|month| before(*month, back))
            .map(|month| u64::from(used(known, month).auths))
            .sum()
    };
    let (this, last) = (sum(0), sum(YEAR));
    let months = u32::try_from(complete.len()).unwrap_or(0);
    // A year back, the months to come must be there too.
    let a_year = begun
        .zip(before(now, YEAR))
        .is_some_and(|(begun, year)| begun <= year);
    if a_year && last > 0 && months == COMPARED {
        return Method::Seasonal {
            months,
            now: this,
            before: last,
        };
    }
    if months > 0 {
        return Method::TrailingMean { months };
    }
    if used(known, now) != Usage::default() {
        let span = Span::of(now, known.period);
        return Method::Pace {
            days: days(span.first, known.today).max(1),
            of: span.whole,
        };
    }
    Method::Nothing
}

/// The usage that a whole month to come is expected to have.
fn expected(known: &Known<'_>, method: Method, month: Month) -> Usage {
    let now = Month::of(known.today);
    match method {
        Method::Seasonal {
            now: this,
            before: last,
            ..
        } => {
            // The year before the months that are known entirely.
            let mut model = month;
            while model >= now {
                match before(model, YEAR) {
                    Some(earlier) => model = earlier,
                    None => return Usage::default(),
                }
            }
            let usage = used(known, model);
            each(&usage, |count| {
                rounded(u128::from(count) * u128::from(this), u128::from(last))
            })
        }
        Method::TrailingMean { months } => {
            let mut sum = [0_u64; 4];
            for month in (1..=months).filter_map(|back| before(now, back)) {
                let usage = used(known, month);
                for (sum, count) in sum.iter_mut().zip(counts(&usage)) {
                    *sum += u64::from(count);
                }
            }
            let mean = sum.map(|sum| rounded(u128::from(sum), u128::from(months)));
            usage_of(mean)
        }
        Method::Pace { days, of } => each(&used(known, now), |count| {
            rounded(u128::from(count) * u128::from(of), u128::from(days))
        }),
        Method::Nothing => Usage::default(),
    }
}

pub(super) fn used(known: &Known<'_>, month: Month) -> Usage {
    known
        .months
        .iter()
        .find(|(of, _)| *of == month)
        .map(|(_, usage)| *usage)
        .unwrap_or_default()
}

fn scaled(usage: &Usage, part: u32, whole: u32) -> Usage {
    each(usage, |count| {
        rounded(u128::from(count) * u128::from(part), u128::from(whole))
    })
}

fn added(one: &Usage, other: &Usage) -> Usage {
    let mut sums = counts(one);
    for (sum, more) in sums.iter_mut().zip(counts(other)) {
        *sum = sum.saturating_add(more);
    }
    usage_of(sums)
}

fn each(usage: &Usage, change: impl Fn(u32) -> u32) -> Usage {
    usage_of(counts(usage).map(change))
}

const fn counts(usage: &Usage) -> [u32; 4] {
    [
        usage.active_users,
        usage.auths,
        usage.new_proofings,
        usage.existing_proofings,
    ]
}

const fn usage_of([active_users, auths, new_proofings, existing_proofings]: [u32; 4]) -> Usage {
    Usage {
        active_users,
        auths,
        new_proofings,
        existing_proofings,
    }
}

/// Half up.
pub(super) fn rounded(part: u128, whole: u128) -> u32 {
    let result = (2 * part + whole).checked_div(2 * whole).unwrap_or(0);
    u32::try_from(result).unwrap_or(u32::MAX)
}

fn plus(one: Cents, other: Cents) -> Cents {
    one.checked_add(other).unwrap_or(Cents::new(i64::MAX))
}

/// So many months earlier.
pub(super) fn before(month: Month, months: u32) -> Option<Month> {
    let back = jiff::Span::new().months(i64::from(months));
    month.first_day().checked_sub(back).ok().map(Month::of)
}

pub(super) const YEAR: u32 = 12;
/// Complete months that are looked at.
pub(super) const COMPARED: u32 = 3;

#[cfg(test)]
#[path = "forecast_tests.rs"]
mod tests;
