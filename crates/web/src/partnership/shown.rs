//! How numbers, money and estimates are shown: tables, and a drawing with the same numbers.

use durward_domain::money::{Cents, NumberStyle};
use durward_domain::price::{Estimate, EstimatedLine, EstimatedYear, LineReason, Month};

use crate::portal::parts::MONTHS;
use crate::shared::i18n::Words;

/// An estimate as pages show it.
pub struct Shown {
    /// The sum.
    pub total: String,
    /// The price model.
    pub model: String,
    /// Its fiscal years.
    pub years: Vec<YearShown>,
    /// Its months.
    pub months: Vec<MonthShown>,
    /// The drawing.
    pub chart: Chart,
}

/// One fiscal year.
pub struct YearShown {
    /// Its number.
    pub year: String,
    /// Its months in the plan.
    pub span: String,
    /// The sum.
    pub total: String,
    /// What it consists of.
    pub lines: Vec<LineShown>,
}

/// One line of a fiscal year.
pub struct LineShown {
    /// What is counted, and why the line is there.
    pub what: String,
    /// How many; empty for a minimum or a cap.
    pub quantity: String,
    /// The price of one; empty for a minimum or a cap.
    pub price: String,
    /// The amount.
    pub amount: String,
}

/// One month.
pub struct MonthShown {
    /// Its name.
    pub name: String,
    /// The quantities, in the order of the units.
    pub counts: [String; 4],
    /// The amount.
    pub amount: String,
}

/// Bars as an SVG draws them.
pub struct Chart {
    /// The width.
    pub width: u32,
    /// The bars.
    pub bars: Vec<Bar>,
    /// The lines behind them: height and amount.
    pub lines: Vec<(u32, String)>,
}

/// One bar.
pub struct Bar {
    /// Its left side.
    pub x: u32,
    /// Its middle, where its name stands.
    pub middle: u32,
    /// Its top.
    pub y: u32,
    /// Its height.
    pub height: u32,
    /// Its colour.
    pub fill: &'static str,
    /// Its name; empty where there is no room for it.
    pub label: String,
    /// What it says.
    pub title: String,
}

impl Shown {
    /// An estimate in a language.
    pub fn of(words: Words, estimate: &Estimate) -> Self {
        let money = |amount| money(words, amount, &estimate.currency);
        Self {
            total: money(estimate.total),
            model: estimate.plan.model.to_string(),
            years: estimate
                .years
                .iter()
                .map(|year| YearShown::of(words, year, &estimate.currency))
                .collect(),
            months: estimate
                .months
                .iter()
                .map(|one| MonthShown {
                    name: month(words, one.month),
                    counts: [
                        one.usage.active_users,
                        one.usage.auths,
                        one.usage.new_proofings,
                        one.usage.existing_proofings,
                    ]
                    .map(|count| number(words, u64::from(count))),
                    amount: money(one.total),
                })
                .collect(),
            chart: Chart::of(words, estimate),
        }
    }
}

impl YearShown {
    fn of(words: Words, year: &EstimatedYear, currency: &str) -> Self {
        Self {
            year: year.year.get().to_string(),
            span: words.t2(
                "estimate-span-text",
                "first",
                &month(words, year.first),
                "last",
                &month(words, year.last),
            ),
            total: money(words, year.total, currency),
            lines: year
                .lines
                .iter()
                .map(|line| LineShown::of(words, line, currency))
                .collect(),
        }
    }
}

impl LineShown {
    fn of(words: Words, line: &EstimatedLine, currency: &str) -> Self {
        let unit = words.t(&format!("unit-{}", line.unit.as_str().replace('_', "-")));
        let count = |count: u32| number(words, u64::from(count));
        let (why, price) = match line.reason {
            LineReason::Tier { first, last, price } => {
                let why = match last {
                    Some(last) => words.t2(
                        "estimate-tier",
                        "first",
                        &count(first),
                        "last",
                        &count(last),
                    ),
                    None if first > 1 => words.t1("estimate-tier-open", "first", &count(first)),
                    None => words.t("estimate-tier-flat"),
                };
                let price = price.print(style(words));
                (why, style(words).with_currency(&price, currency))
            }
            LineReason::Minimum { minimum } => {
                let amount = money(words, minimum, currency);
                (
                    words.t1("estimate-minimum", "amount", &amount),
                    String::new(),
                )
            }
            LineReason::Cap { cap } => {
                let amount = money(words, cap, currency);
                (words.t1("estimate-cap", "amount", &amount), String::new())
            }
        };
        Self {
            what: format!("{unit}, {why}"),
            quantity: if line.quantity == 0 {
                String::new()
            } else {
                number(words, line.quantity)
            },
            price,
            amount: money(words, line.amount, currency),
        }
    }
}

impl Chart {
    /// The bottom of the bars.
    pub const BOTTOM: u32 = 180;
    const LEFT: u32 = 90;
    const HEIGHT: u32 = 160;

    fn of(words: Words, estimate: &Estimate) -> Self {
        let most = estimate.months.iter().map(|one| one.total).max();
        let most = u64::try_from(most.map_or(0, Cents::get)).unwrap_or_default();
        let top = nice(most.max(100));
        let count = u32::try_from(estimate.months.len()).unwrap_or(1).max(1);
        let step = (600 / count).clamp(14, 46);
        let height_of = |cents: u64| {
            u32::try_from(u128::from(cents) * u128::from(Self::HEIGHT) / u128::from(top))
                .unwrap_or_default()
        };
        let fiscal = |at: Month| {
            let found = estimate.years.iter().position(|year| year.last >= at);
            found.unwrap_or_default()
        };
        let bars = (0_u32..).zip(&estimate.months).map(|(at, one)| {
            let cents = u64::try_from(one.total.get()).unwrap_or_default();
            let height = height_of(cents).max(1);
            let x = Self::LEFT + at * step;
            let every = if step >= 30 { 1 } else { 3 };
            Bar {
                x,
                middle: x + (step - 4) / 2,
                y: Self::BOTTOM - height,
                height,
                fill: FILLS[fiscal(one.month) % FILLS.len()],
                label: if at % every == 0 {
                    format!("{:02}/{:02}", one.month.month(), one.month.year() % 100)
                } else {
                    String::new()
                },
                title: format!(
                    "{}: {}",
                    month(words, one.month),
                    money(words, one.total, &estimate.currency)
                ),
            }
        });
        Self {
            bars: bars.collect(),
            width: Self::LEFT + count * step + 10,
            lines: [0, top / 2, top]
                .map(|cents| {
                    let amount = Cents::new(i64::try_from(cents).unwrap_or(i64::MAX));
                    (
                        Self::BOTTOM - height_of(cents),
                        money(words, amount, &estimate.currency),
                    )
                })
                .into(),
        }
    }

    /// How wide a bar is.
    pub fn bar(&self) -> u32 {
        let step = match self.bars.as_slice() {
            [first, second, ..] => second.x - first.x,
            _ => 46,
        };
        step - 4
    }

    /// Where the lines end.
    pub fn right(&self) -> u32 {
        self.width - 10
    }
}

/// The next round amount: 1, 2 or 5 with noughts.
fn nice(most: u64) -> u64 {
    let mut unit: u64 = 1;
    loop {
        for times in [1, 2, 5] {
            let round = unit.saturating_mul(times);
            if round >= most {
                return round;
            }
        }
        unit = unit.saturating_mul(10);
    }
}

/// An amount with its currency.
pub fn money(words: Words, amount: Cents, currency: &str) -> String {
    amount.say(style(words), currency)
}

/// A whole number.
pub fn number(words: Words, number: u64) -> String {
    style(words).whole(number)
}

/// How a language writes numbers.
pub fn style(words: Words) -> NumberStyle {
    NumberStyle::of(words.language().tag())
}

/// A month with its year.
pub fn month(words: Words, month: Month) -> String {
    let name = MONTHS[usize::from(month.month().unsigned_abs() - 1) % 12];
    words.t2(
        "month-title",
        "month",
        &words.t(name),
        "year",
        &month.year().to_string(),
    )
}

/// Two fiscal years beside each other differ.
const FILLS: [&str; 2] = ["#005ea2", "#73b3e7"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shared::i18n::Language;

    #[test]
    fn amounts_are_written_as_the_language_does() {
        let of = |language| money(Words::of(language), Cents::new(123_456), "USD");
        assert_eq!(of(Language::English), "$1,234.56");
        assert_eq!(of(Language::French), "1\u{202f}234,56\u{a0}$");
        assert_eq!(of(Language::Spanish), "1.234,56\u{a0}$");
    }

    #[test]
    fn the_scale_is_round() {
        assert_eq!(
            [1, 3, 7, 100, 101, 999].map(nice),
            [1, 5, 10, 100, 200, 1000]
        );
        assert!(nice(u64::MAX) > 0);
    }
}
