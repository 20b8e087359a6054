//! The burn-down: what was used, and what is to come, against the estimate.

use durward_app::operator::usage::UsageSummary;
use durward_domain::billing::{Basis, Forecast};
use durward_domain::money::Cents;
use jiff::civil::Date;

use super::Print;
use crate::shared::picture::{Band, Frame, Picture, Plot, PlotLine, Shade, TableCell};

pub(super) fn burn_down(
    print: &Print,
    id: &'static str,
    (order, forecast, today): (&UsageSummary, &Forecast, Date),
) -> Picture {
    let words = print.words;
    let (start, end) = (order.starts, order.ends);
    let along = |day: Date| share(days(start, day), days(start, end) + 1);
    let least = forecast
        .months
        .last()
        .map_or(Cents::ZERO, |month| month.low);
    let most = forecast
        .months
        .last()
        .map_or(Cents::ZERO, |month| month.high);
    let top = forecast.total.max(forecast.estimate).max(most);
    let up = |amount: Cents| share(amount.get(), top.get().saturating_mul(10) / 9);
    let today = today.clamp(start, end);
    let (mut known, mut ahead) = (vec![(0.0, 0.0)], Vec::new());
    let (mut low, mut high) = (Vec::new(), Vec::new());
    let mut rows = Vec::new();
    for month in &forecast.months {
        let last = month.month.last_day().min(end);
        let point = (along(last.tomorrow().unwrap_or(last)), up(month.sum));
        if month.basis != Basis::Ledger {
            low.push((point.0, up(month.low)));
            high.push((point.0, up(month.high)));
        }
        let basis = match month.basis {
            Basis::Ledger => {
                known.push(point);
                "usage-basis-ledger"
            }
            Basis::LedgerAndExpected { .. } => {
                ahead.push(point);
                "usage-basis-both"
            }
            Basis::Expected => {
                ahead.push(point);
                "usage-basis-expected"
            }
        };
        rows.push(vec![
            TableCell::text(month.month.to_string()),
            TableCell::text(print.money(month.amount)),
            TableCell::text(print.money(month.sum)),
            TableCell::text(format!(
                "{} – {}",
                print.money(month.low),
                print.money(month.high)
            )),
            TableCell::text(words.t(basis)),
        ]);
    }
    if !ahead.is_empty() {
        let now = (along(today), up(forecast.spent));
        known.push(now);
        for line in [&mut ahead, &mut low, &mut high] {
            line.insert(0, now);
        }
    }
    let band = (ahead.len() > 1 && forecast.band.is_some()).then_some(Band {
        shade: Shade::News,
        low,
        high,
    });
    let levels = if forecast.estimate > Cents::ZERO {
        vec![(up(forecast.estimate), print.money(forecast.estimate))]
    } else {
        Vec::new()
    };
    Plot {
        frame: Frame {
            id,
            title: words.t("usage-picture"),
            description: words.t_args(
                "usage-picture-what",
                &[
                    ("spent", &print.money(forecast.spent)),
                    ("expected", &print.money(forecast.total)),
                    ("estimated", &print.money(forecast.estimate)),
                    ("low", &print.money(least)),
                    ("high", &print.money(most)),
                ],
            ),
            signs: vec![
                (Shade::Good, words.t("usage-sign-spent")),
                (Shade::News, words.t("usage-sign-expected")),
                (Shade::Stop, words.t("usage-estimate")),
            ],
        },
        ticks: [start, end]
            .map(|day| (along(day), day.to_string()))
            .to_vec(),
        levels,
        marks: vec![(along(today), words.t("usage-today"))],
        band,
        lines: [(Shade::Good, known), (Shade::News, ahead)]
            .into_iter()
            .filter(|(_, points)| points.len() > 1)
            .map(|(shade, points)| PlotLine { shade, points })
            .collect(),
        head: [
            "usage-month",
            "usage-amount",
            "usage-sum",
            "usage-band",
            "usage-basis",
        ]
        .map(|key| words.t(key))
        .to_vec(),
        rows,
    }
    .picture(words)
}

fn days(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| span.get_days().into())
}

/// A place in the picture. Amounts are computed before: here they only become pixels.
fn share(part: i64, whole: i64) -> f64 {
    let thousandths = i128::from(part) * 10_000 / i128::from(whole.max(1));
    let thousandths = u32::try_from(thousandths.clamp(0, 10_000)).unwrap_or(0);
    f64::from(thousandths) / 10_000.0
}
