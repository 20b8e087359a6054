//! Samples of the pages of usage.

use askama::Template as _;
use durward_domain::money::{Cents, NumberStyle};

use super::views::{EntryLine, MonthLine, UsageCard, UsageMonthPage, UsageOrder, UsageOrders};
use super::{Print, mark};
use crate::portal::overview::BurnLine;
use crate::portal::samples::page;
use crate::shared::i18n::{Language, Words};
use crate::shared::picture::{Frame, Picture, Plot, PlotLine, Shade, TableCell};

/// Every page of usage, in this language.
pub(crate) fn samples(language: Language) -> Vec<String> {
    let words = Words::of(language);
    let print = Print {
        words,
        style: NumberStyle::of(language.tag()),
        currency: "USD".to_owned(),
    };
    let amount = print.money(Cents::new(123_456));
    let line = |whole: bool| MonthLine {
        month: "2026-11".to_owned(),
        name: "Fishing Licence".to_owned(),
        app: if whole { "" } else { "fishing-licence" }.to_owned(),
        numbers: vec![print.number(1_234); 6],
        amount: amount.clone(),
        other: amount.clone(),
        whole,
    };
    let card = UsageCard {
        number: "LGABCFY210001-0001-0000".to_owned(),
        agency: "Department of Fisheries".to_owned(),
        period: "2026-10-01 – 2027-09-30".to_owned(),
        mark: mark(&print, Some(85), true),
        spent: amount.clone(),
        expected: amount.clone(),
        exhausted: Some("2027-05-01".to_owned()),
    };
    let pairs = || vec![(words.t("usage-line-sum"), amount.clone())];
    let month = UsageMonthPage {
        page: page(language, "/usage"),
        number: "LGABCFY210001-0001-0000".to_owned(),
        month: "2026-11".to_owned(),
        complete: false,
        months: vec![line(true), line(false)],
        price_model: "2".to_owned(),
        priced: pairs(),
        other: pairs(),
        ages: vec![(words.t("usage-age-year1"), "3".to_owned(), "2".to_owned())],
        digests: vec![(words.t("usage-all-apps"), "c0ffee".to_owned())],
        entries: vec![EntryLine {
            entry: "1".to_owned(),
            time: "2026-11-10T12:00:00Z".to_owned(),
            app: "Fishing Licence".to_owned(),
            level: words.t("usage-level-verified"),
            person: "c0ffee".to_owned(),
            verified: "2026-01-01".to_owned(),
            here: true,
        }],
        next: Some("1.50".to_owned()),
        app: "fishing-licence".to_owned(),
    };
    let texts = [
        UsageOrders {
            page: page(language, "/usage"),
            orders: vec![card],
        }
        .render(),
        UsageOrders {
            page: page(language, "/usage"),
            orders: Vec::new(),
        }
        .render(),
        order(&print, language, vec![line(true), line(false)]).render(),
        order(&print, language, Vec::new()).render(),
        month.render(),
    ];
    texts.into_iter().map(Result::unwrap_or_default).collect()
}

fn order(print: &Print, language: Language, months: Vec<MonthLine>) -> UsageOrder {
    let words = print.words;
    UsageOrder {
        page: page(language, "/usage"),
        number: "LGABCFY210001-0001-0000".to_owned(),
        agency: "Department of Fisheries".to_owned(),
        period: "2026-10-01 – 2027-09-30".to_owned(),
        mark: mark(print, None, false),
        facts: vec![(words.t("usage-estimate"), print.money(Cents::new(100)))],
        picture: picture(print),
        price_model: "2".to_owned(),
        other: Some("3".to_owned()),
        models: vec!["3".to_owned(), "4".to_owned()],
        months,
        explained: vec![words.t("usage-why-nothing")],
        apps: "Fishing Licence".to_owned(),
        in_sandbox: 3,
        demo: true,
    }
}

fn picture(print: &Print) -> Picture {
    let words = print.words;
    Plot {
        frame: Frame {
            id: "burn_down",
            title: words.t("usage-picture"),
            description: words.t("usage-picture-what"),
            signs: vec![(Shade::Good, words.t("usage-sign-spent"))],
        },
        ticks: vec![(0.0, "2026-10-01".to_owned())],
        levels: vec![(0.9, print.money(Cents::new(100)))],
        marks: vec![(0.2, words.t("usage-today"))],
        band: None,
        lines: vec![PlotLine {
            shade: Shade::Good,
            points: vec![(0.0, 0.0), (0.2, 0.3)],
        }],
        head: vec![words.t("usage-month")],
        rows: vec![vec![TableCell::text("2026-10")]],
    }
    .picture(words)
}

/// An order of the first pages.
pub(crate) fn burn(words: Words) -> BurnLine {
    let print = Print {
        words,
        style: NumberStyle::of(words.language().tag()),
        currency: "USD".to_owned(),
    };
    BurnLine {
        number: "LGABCFY210001-0001-0000".to_owned(),
        href: "/agreements/LGABCFY210001-0001-0000/usage".to_owned(),
        agency: "Department of Fisheries".to_owned(),
        picture: picture(&print),
    }
}
