//! Why amounts and forecasts are what they are, in words.

use durward_app::operator::usage::{MonthView, UsageView};
use durward_domain::billing::{Basis, Figures, ForecastMonth, Method, Spread};
use durward_domain::price::{LineReason, Priced};
use jiff::civil::Date;

use super::Print;

/// The forecast, line by line.
pub(super) fn forecast(
    print: &Print,
    view: &UsageView,
    day: &dyn Fn(Date) -> String,
) -> Vec<String> {
    let (words, forecast) = (print.words, &view.forecast);
    let text = |number: u64| print.number(number);
    let mut lines = vec![words.t1("usage-why-today", "day", &day(view.today))];
    lines.push(match forecast.method {
        Method::Seasonal {
            months,
            now,
            before,
        } => words.t_args(
            "usage-why-seasonal",
            &[
                ("months", &months.to_string()),
                ("now", &text(now)),
                ("before", &text(before)),
            ],
        ),
        Method::TrailingMean { months } => words.t_count("usage-why-mean", months.into()),
        Method::Pace { days, of } => words.t_args(
            "usage-why-pace",
            &[("days", &days.to_string()), ("of", &of.to_string())],
        ),
        Method::Nothing => words.t("usage-why-nothing"),
    });
    // Months before the first use come to nothing; the line about minimums says since when it counts.
    let before = |month: &&ForecastMonth| month.basis == Basis::Ledger && month.sum.get() == 0;
    for month in forecast.months.iter().skip_while(before) {
        let key = match month.basis {
            Basis::Ledger => "usage-why-month-ledger",
            Basis::LedgerAndExpected { .. } => "usage-why-month-both",
            Basis::Expected => "usage-why-month-expected",
        };
        let (left, of) = match month.basis {
            Basis::LedgerAndExpected { days, of } => (days, of),
            _ => (0, 0),
        };
        lines.push(words.t_args(
            key,
            &[
                ("month", &month.month.to_string()),
                ("users", &text(month.usage.active_users.into())),
                ("auths", &text(month.usage.auths.into())),
                ("new", &text(month.usage.new_proofings.into())),
                ("existing", &text(month.usage.existing_proofings.into())),
                ("left", &left.to_string()),
                ("of", &of.to_string()),
                ("amount", &print.money(month.amount)),
                ("sum", &print.money(month.sum)),
            ],
        ));
    }
    lines.push(match forecast.first_use {
        _ if view.minimum_before_use => words.t("usage-why-minimum-always"),
        Some(first) => words.t1("usage-why-minimum", "month", &first.to_string()),
        None => words.t("usage-why-minimum-later"),
    });
    lines.extend(band(print, view));
    lines.push(match forecast.exhausted {
        Some(on) => words.t1("usage-why-exhausted", "day", &day(on)),
        None if forecast.estimate.get() > 0 => words.t("usage-why-enough"),
        None => words.t("usage-why-no-estimate"),
    });
    lines
}

/// How the area around the forecast is made.
fn band(print: &Print, view: &UsageView) -> Vec<String> {
    let words = print.words;
    let Some(band) = &view.forecast.band else {
        return Vec::new();
    };
    let percent = |thousandths: u32| print.number(u64::from((thousandths + 5) / 10));
    let edges = [("low", percent(band.low)), ("high", percent(band.high))];
    let edges: Vec<(&str, &str)> = edges
        .iter()
        .map(|(name, text)| (*name, text.as_str()))
        .collect();
    let mut lines = vec![match band.basis {
        Spread::Months { months } => {
            words.t_args_count("usage-why-band", &edges, ("count", months.into()))
        }
        Spread::Unknown => words.t_args("usage-why-band-unknown", &edges),
    }];
    lines.extend(band.season.map(|_| words.t("usage-why-band-season")));
    lines
}

/// What usage comes to, line by line, with the sum.
pub(super) fn priced(print: &Print, priced: &Priced) -> Vec<(String, String)> {
    let words = print.words;
    let mut lines: Vec<(String, String)> = priced
        .lines
        .iter()
        .map(|line| {
            let unit = words.t(&format!(
                "usage-unit-{}",
                line.unit.as_str().replace('_', "-")
            ));
            let text = match line.reason {
                LineReason::Tier { price, .. } => words.t_args(
                    "usage-line-tier",
                    &[
                        ("unit", &unit),
                        ("quantity", &print.number(line.quantity.into())),
                        (
                            "price",
                            &print
                                .style
                                .with_currency(&price.print(print.style), &print.currency),
                        ),
                    ],
                ),
                LineReason::Minimum { minimum } => words.t2(
                    "usage-line-minimum",
                    "unit",
                    &unit,
                    "amount",
                    &print.money(minimum),
                ),
                LineReason::Cap { cap } => {
                    words.t2("usage-line-cap", "unit", &unit, "amount", &print.money(cap))
                }
            };
            (text, print.money(line.amount))
        })
        .collect();
    lines.push((words.t("usage-line-sum"), print.money(priced.total)));
    lines
}

/// The verified people by the age of their proofing: all, and the new ones of the period.
pub(super) fn ages(print: &Print, figures: &Figures) -> Vec<(String, String, String)> {
    let words = print.words;
    let number = |count: u32| print.number(count.into());
    let mut rows: Vec<_> = figures
        .verified_by_age
        .named()
        .into_iter()
        .zip(figures.new_by_age.named())
        .map(|((name, all), (_, new))| {
            (
                words.t(&format!("usage-age-{name}")),
                number(all),
                number(new),
            )
        })
        .collect();
    rows.insert(
        1,
        (
            words.t("usage-age-existing"),
            String::new(),
            number(figures.new_existing),
        ),
    );
    rows.insert(
        1,
        (
            words.t("usage-age-upfront"),
            String::new(),
            number(figures.new_upfront),
        ),
    );
    rows
}

/// The digests of a month, with what each is of.
pub(super) fn digests(print: &Print, month: &MonthView) -> Vec<(String, String)> {
    let words = print.words;
    let of = |name: &str, entries: u64| {
        words.t_args_count("usage-digest-of", &[("name", name)], ("count", entries))
    };
    let mut rows = vec![(
        of(&words.t("usage-all-apps"), month.entries),
        month.digest.clone(),
    )];
    let apps = month.apps.iter().map(|app| &app.line);
    rows.extend(apps.map(|app| (of(&app.app_name, app.sum.entries), app.sum.digest.clone())));
    rows
}
