#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use super::*;
use crate::billing::Spread;
use crate::price::{Rate, Tier, Unit, UnitPrice};

/// One cent for each hand-off, and a minimum.
fn table(minimum: Option<i64>) -> PriceTable {
    PriceTable {
        model: 9,
        from: jiff::civil::date(2020, 1, 1),
        minimum_before_use: false,
        rates: vec![Rate {
            unit: Unit::Auth,
            tiers: vec![Tier {
                up_to: None,
                price: UnitPrice::from_parts(u32::try_from(UnitPrice::PARTS_OF_A_CENT).unwrap()),
            }],
            minimum: minimum.map(Cents::new),
            cap: None,
        }],
    }
}

fn on(today: &str, estimate: i64, months: &[(&str, u32)], minimum: Option<i64>) -> Forecast {
    told(today, (estimate, None), months, table(minimum))
}

fn told(
    today: &str,
    (estimate, season): (i64, Option<Shape>),
    months: &[(&str, u32)],
    table: PriceTable,
) -> Forecast {
    let months: Vec<(Month, Usage)> = months
        .iter()
        .map(|(month, auths)| {
            let usage = Usage {
                auths: *auths,
                ..Usage::default()
            };
            (month.parse().unwrap(), usage)
        })
        .collect();
    let find = |_| Some(&table);
    forecast(&Known {
        period: Period::new("2026-10-01".parse().unwrap(), "2027-09-30".parse().unwrap()).unwrap(),
        today: today.parse().unwrap(),
        estimate: Cents::new(estimate),
        months: &months,
        table: &find,
        season,
    })
}

fn day(text: &str) -> Option<Date> {
    Some(text.parse().unwrap())
}

#[test]
fn the_first_month_is_stretched() {
    let f = on("2026-10-10", 100_000, &[("2026-10", 100)], None);
    assert_eq!(f.method, Method::Pace { days: 10, of: 31 });
    // 100 in 10 days, 310 a month, 21 of 31 days to come; then eleven months.
    assert_eq!((f.spent.get(), f.months[0].amount.get()), (100, 310));
    assert_eq!(f.months[1].amount.get(), 310);
    assert_eq!((f.total.get(), f.exhausted), (3720, None));
}

#[test]
fn the_mean_of_complete_months() {
    let f = on(
        "2026-12-31",
        1_000,
        &[("2026-10", 100), ("2026-11", 200), ("2026-12", 60)],
        None,
    );
    assert_eq!(f.method, Method::TrailingMean { months: 2 });
    assert_eq!(
        (f.spent.get(), f.months[2].basis),
        (360, Basis::LedgerAndExpected { days: 0, of: 31 })
    );
    assert_eq!(f.months[3].usage.auths, 150);
    // 360 until December; 150 a month: 960 at the end of April, and the rest of 40 in the first 9 days of May.
    assert_eq!(f.exhausted, day("2027-05-09"));
    assert_eq!(
        (f.percent_spent(), f.percent_total()),
        (Some(36), Some(171))
    );
}

#[test]
fn the_same_month_a_year_before_shows_the_season() {
    let mut months: Vec<(String, u32)> = (1..=9).map(|m| (format!("2026-{m:02}"), 100)).collect();
    months[3].1 = 1_000;
    for (month, count) in [
        ("2025-10", 100),
        ("2025-11", 100),
        ("2025-12", 100),
        ("2026-10", 200),
        ("2026-11", 200),
        ("2026-12", 200),
    ] {
        months.push((month.into(), count));
    }
    let months: Vec<(&str, u32)> = months.iter().map(|(m, c)| (m.as_str(), *c)).collect();
    let f = on("2027-01-15", 1_000_000, &months, None);
    assert_eq!(
        f.method,
        Method::Seasonal {
            months: 3,
            now: 600,
            before: 300
        }
    );
    let of = |month: &str| {
        f.months
            .iter()
            .find(|m| m.month == month.parse().unwrap())
            .unwrap()
            .usage
            .auths
    };
    assert_eq!((of("2027-04"), of("2027-05")), (2_000, 200));
}

#[test]
fn a_minimum_is_due_from_the_first_use_on() {
    let f = on("2026-11-10", 6_000, &[], Some(500));
    assert_eq!(
        (f.method, f.spent.get(), f.total.get(), f.first_use),
        (Method::Nothing, 0, 0, None)
    );
    let mut always = table(Some(500));
    always.minimum_before_use = true;
    let f = told("2026-11-10", (6_000, None), &[], always);
    assert_eq!((f.spent.get(), f.total.get()), (1_000, 6_000));
    assert_eq!(f.exhausted, day("2027-09-30"));
    // Nothing in October: its minimum is not owed. A month without use after the first one is.
    let f = on(
        "2027-01-10",
        6_000,
        &[("2026-11", 10), ("2027-01", 3)],
        Some(500),
    );
    let amounts: Vec<i64> = f.months.iter().take(4).map(|m| m.amount.get()).collect();
    assert_eq!(amounts, [0, 500, 500, 500]);
    assert_eq!(
        (f.spent.get(), f.first_use),
        (1_500, "2026-11".parse().ok())
    );
    // The minimum is not spent twice in the month that runs; an app that was live before owes it from the start.
    let f = on("2026-11-10", 6_000, &[("2026-08", 10)], Some(500));
    assert_eq!((f.spent.get(), f.months[1].amount.get()), (1_000, 500));
}

#[test]
fn the_band_is_as_wide_as_the_months_lay_apart() {
    let months = [("2026-10", 80), ("2026-11", 100), ("2026-12", 120)];
    let f = on("2027-01-01", 0, &months, None);
    let band = f.band.clone().unwrap();
    assert_eq!(
        (band.low, band.high, band.basis),
        (800, 1_200, Spread::Months { months: 3 })
    );
    // 300 until December, eight whole months and 30 of 31 days to come, 80 to 120 a month.
    let last = f.months.last().unwrap();
    assert_eq!(
        (last.low.get(), last.high.get()),
        (300 + 78 + 640, 300 + 116 + 960)
    );
    // One month says nothing of how months differ.
    let f = on("2026-11-01", 0, &[("2026-10", 80)], None);
    let band = f.band.unwrap();
    assert_eq!(
        (band.low, band.high, band.basis),
        (500, 1_500, Spread::Unknown)
    );
    assert_eq!(on("2026-11-01", 0, &[], None).band, None);
    // Months that do not differ leave the season of the estimate: April is three times the mean of these.
    let even = [("2026-10", 100), ("2026-11", 100), ("2026-12", 100)];
    let season = Shape::new([100, 100, 100, 300, 50, 100, 100, 100, 100, 100, 100, 100]);
    let f = told("2027-01-01", (0, Some(season)), &even, table(None));
    let of = |month: usize| {
        let (one, before) = (f.months[month], f.months[month - 1]);
        let step = |to: Cents, from: Cents| to.get() - from.get();
        (step(one.low, before.low), step(one.high, before.high))
    };
    assert_eq!((of(5), of(6), of(7)), ((100, 100), (100, 300), (50, 100)));
}

#[test]
fn before_and_after_the_period() {
    let f = on("2026-09-01", 1_000, &[], None);
    assert_eq!(
        (f.spent, f.total, f.exhausted),
        (Cents::ZERO, Cents::ZERO, None)
    );
    let f = on(
        "2027-11-01",
        150,
        &[("2026-10", 100), ("2027-01", 100)],
        None,
    );
    assert_eq!((f.spent.get(), f.total.get()), (200, 200));
    assert_eq!(f.exhausted, day("2027-01-16"));
    assert!(f.months.iter().all(|m| m.basis == Basis::Ledger));
    assert_eq!(
        on("2026-11-10", 0, &[("2026-11", 9)], None).percent_spent(),
        None
    );
}

proptest! {
    #[test]
    fn months_add_up_and_the_day_is_in_the_period(
        counts in proptest::collection::vec(0..100_000_u32, 24),
        later in 0..365_i64,
        estimate in 1..2_000_000_i64,
    ) {
        let first: Date = "2025-10-01".parse().unwrap();
        let today: Date = "2026-10-01".parse::<Date>().unwrap().checked_add(jiff::Span::new().days(later)).unwrap();
        let mut months = Vec::new();
        let mut month = Month::of(first);
        for count in &counts {
            if month <= Month::of(today) {
                months.push((month, Usage { auths: *count, ..Usage::default() }));
            }
            month = month.next();
        }
        let table = table(None);
        let find = |_| Some(&table);
        let period = Period::new("2026-10-01".parse().unwrap(), "2027-09-30".parse().unwrap()).unwrap();
        let known = Known { period, today, estimate: Cents::new(estimate), months: &months, table: &find, season: Some(Shape::SPRING) };
        let f = forecast(&known);
        prop_assert_eq!(f.months.len(), 12);
        prop_assert_eq!(f.months.iter().map(|m| m.amount).sum::<Cents>(), f.total);
        prop_assert!(f.spent <= f.total);
        prop_assert!(f.months.iter().all(|m| m.low <= m.sum && m.sum <= m.high));
        prop_assert_eq!(f.exhausted.is_some(), f.total.get() >= estimate);
        prop_assert!(f.exhausted.is_none_or(|day| period.contains(day)));
        prop_assert_eq!(forecast(&known), f);
    }
}
