//! P9 and O6: the usage of orders, down to the entries of the ledger.

mod drawn;
mod explained;
#[cfg(test)]
pub(crate) mod samples;
pub mod views;

use std::sync::Arc;

use axum::extract::{Path, Query};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use durward_app::operator::usage::{self, Burn, EntriesAsked, MonthView, UsageDenied, UsageView};
use durward_domain::billing::Figures;
use durward_domain::money::{Cents, NumberStyle};
use durward_domain::permission::Action;
use durward_domain::price::Month;
use serde::Deserialize;

use crate::pages::shows;
use crate::portal::desk::Desk;
use crate::portal::parts::Mark;
use crate::portal_router::Portal;
use crate::shared::file_stream;
use crate::shared::i18n::Words;
use crate::shared::page;
use crate::shared::picture::Picture;
use crate::shared::problem::Problem;
use crate::shared::route::Route;
use views::{EntryLine, MonthLine, UsageCard, UsageMonthPage, UsageOrder, UsageOrders};

/// The pages of usage.
pub const ROUTES: &[Route<Arc<Portal>>] = &[
    shows("/usage", || get(list)).may(Action::ViewUsage),
    shows("/agreements/{number}/usage", || get(show)).may(Action::ViewUsage),
    shows("/agreements/{number}/usage/lines.csv", || get(lines_csv)).may(Action::ViewUsage),
    shows("/agreements/{number}/usage/{month}", || get(month)).may(Action::ViewUsage),
    shows("/agreements/{number}/usage/{month}/entries.csv", || {
        get(entries_csv)
    })
    .may(Action::ViewUsage),
];

/// Which part is wanted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    model: String,
    app: String,
    after: String,
}

impl Asked {
    fn app(&self) -> Option<&str> {
        Some(self.app.as_str()).filter(|app| !app.is_empty())
    }
}

/// How this page prints amounts and numbers.
#[derive(Clone)]
struct Print {
    words: Words,
    style: NumberStyle,
    currency: String,
}

impl Print {
    fn of(desk: &Desk) -> Self {
        let words = desk.words();
        Self {
            words,
            style: NumberStyle::of(words.language().tag()),
            currency: desk.keeper.programme.fiscal.currency.clone(),
        }
    }

    fn money(&self, amount: Cents) -> String {
        amount.say(self.style, &self.currency)
    }

    fn number(&self, number: u64) -> String {
        self.style.whole(number)
    }
}

/// The burn-down of an order for another page.
pub(crate) fn burn_picture(desk: &Desk, id: &'static str, burn: &Burn) -> Picture {
    let of = (&burn.order, &burn.forecast, burn.today);
    drawn::burn_down(&Print::of(desk), id, of)
}

async fn list(desk: Desk) -> Result<Response, Problem> {
    let print = Print::of(&desk);
    let found = usage::list(&desk.keeper, &desk.member).await?;
    let orders = found.into_iter().map(|order| UsageCard {
        mark: mark(&print, order.percent, order.exhausted.is_some()),
        spent: print.words.t_args(
            "usage-spent-of",
            &[
                ("spent", &print.money(order.spent)),
                ("estimated", &print.money(order.estimated)),
            ],
        ),
        expected: print.money(order.expected),
        exhausted: order.exhausted.map(|day| desk.day(day)),
        agency: format!("{} · {}", order.agency, order.partner),
        period: format!("{} – {}", desk.day(order.starts), desk.day(order.ends)),
        number: order.number,
    });
    Ok(page::html(&UsageOrders {
        page: desk.page("/usage"),
        orders: orders.collect(),
    }))
}

async fn show(
    desk: Desk,
    Path(number): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Response> {
    let model = asked.model.parse().ok();
    let found = usage::find(&desk.keeper, &desk.member, &number, model).await;
    let view = found.map_err(|failure| desk.failed(failure, "/usage"))?;
    Ok(page::html(&order(&desk, &view)))
}

fn order(desk: &Desk, view: &UsageView) -> UsageOrder {
    let print = Print::of(desk);
    let (words, order) = (print.words, &view.order);
    let day = |date| desk.day(date);
    let mut facts = vec![
        (words.t("usage-estimate"), print.money(order.estimated)),
        (words.t("usage-spent"), print.money(order.spent)),
        (words.t("usage-expected"), print.money(order.expected)),
        (
            words.t("usage-exhausted"),
            order
                .exhausted
                .map_or_else(|| words.t("usage-not-exhausted"), day),
        ),
    ];
    if let (Some(model), Some(sum)) = (view.other_model, view.under_other) {
        facts.push((
            words.t1("usage-under-model", "model", &model.to_string()),
            print.money(sum),
        ));
    }
    UsageOrder {
        page: desk.page("/usage"),
        number: order.number.clone(),
        agency: format!("{} · {}", order.agency, order.partner),
        period: format!("{} – {}", day(order.starts), day(order.ends)),
        mark: mark(&print, order.percent, order.exhausted.is_some()),
        facts,
        picture: drawn::burn_down(
            &print,
            "burn_down",
            (&view.order, &view.forecast, view.today),
        ),
        other: view.other_model.map(|model| model.to_string()),
        models: view
            .models
            .iter()
            .filter(|model| **model != view.price_model)
            .map(ToString::to_string)
            .collect(),
        price_model: view.price_model.to_string(),
        months: view
            .months
            .iter()
            .rev()
            .flat_map(|month| month_lines(&print, month))
            .collect(),
        explained: explained::forecast(&print, view, &day),
        apps: view.apps.join(", "),
        in_sandbox: u64::try_from(view.in_sandbox).unwrap_or(0),
        demo: desk.keeper.demo,
    }
}

/// The lines of a month: all apps, then each where there are several.
fn month_lines(print: &Print, month: &MonthView) -> Vec<MonthLine> {
    let line = |name: String, handle: &str, figures: &Figures| MonthLine {
        month: month.month.clone(),
        name,
        app: handle.to_owned(),
        numbers: [
            figures.users,
            figures.auths.saturating_add(figures.verified_auths),
            figures.verified_users,
            figures.new_upfront,
            figures.new_by_age.sum().saturating_sub(figures.new_upfront),
            figures.auth_billable,
        ]
        .map(|number| print.number(number.into()))
        .to_vec(),
        amount: String::new(),
        other: String::new(),
        whole: handle.is_empty(),
    };
    let mut lines = vec![MonthLine {
        amount: print.money(month.priced.total),
        other: month
            .under_other
            .as_ref()
            .map(|priced| print.money(priced.total))
            .unwrap_or_default(),
        ..line(print.words.t("usage-all-apps"), "", &month.figures)
    }];
    lines.extend(month.apps.iter().map(|app| MonthLine {
        amount: print.money(app.share),
        ..line(
            app.line.app_name.clone(),
            &app.line.app,
            &app.line.sum.figures,
        )
    }));
    lines
}

async fn month(
    desk: Desk,
    Path((number, month)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Response> {
    let of = month_of(&desk, &month)?;
    let failed = |failure| desk.failed(failure, "/usage");
    let model = asked.model.parse().ok();
    let found = usage::month(&desk.keeper, &desk.member, (&number, of), model).await;
    let view = found.map_err(failed)?;
    let wanted = EntriesAsked {
        month: of,
        app: asked.app().map(str::to_owned),
        after: Some(asked.after.clone()).filter(|after| !after.is_empty()),
        most: AT_ONCE,
    };
    let found = usage::entries(&desk.keeper, &desk.member, &number, &wanted).await;
    let entries = found.map_err(failed)?;
    let print = Print::of(&desk);
    let words = print.words;
    Ok(page::html(&UsageMonthPage {
        page: desk.page("/usage"),
        months: month_lines(&print, &view),
        priced: explained::priced(&print, &view.priced),
        other: view
            .under_other
            .as_ref()
            .map(|priced| explained::priced(&print, priced))
            .unwrap_or_default(),
        price_model: view.price_model.to_string(),
        ages: explained::ages(&print, &view.figures),
        digests: explained::digests(&print, &view),
        entries: entries
            .items
            .into_iter()
            .map(|entry| EntryLine {
                level: words.t(&format!("usage-level-{}", entry.level)),
                verified: entry
                    .verified_on
                    .map(|day| day.to_string())
                    .unwrap_or_default(),
                here: entry.level == "verified" && entry.proofed_for_partner,
                entry: entry.entry.to_string(),
                time: entry.time,
                app: entry.app_name,
                person: entry.person,
            })
            .collect(),
        next: entries.next,
        app: asked.app.clone(),
        complete: view.complete,
        month: view.month,
        number,
    }))
}

async fn lines_csv(desk: Desk, Path(number): Path<String>) -> Result<Response, Response> {
    let text = usage::lines_csv(&desk.keeper, &desk.member, &number).await;
    let text = text.map_err(|failure| desk.failed(failure, "/usage"))?;
    Ok(file_stream::whole_csv(
        text,
        &format!("invoice-lines-{number}.csv"),
    ))
}

async fn entries_csv(
    desk: Desk,
    Path((number, month)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Response> {
    let of = month_of(&desk, &month)?;
    let which = (of, asked.app());
    let export = usage::export(&desk.keeper, &desk.member, &number, which, &desk.trace()).await;
    let export = export.map_err(|failure| desk.failed(failure, "/usage"))?;
    Ok(file_stream::csv(
        export,
        &format!("usage-{number}-{of}.csv"),
    ))
}

#[expect(
    clippy::result_large_err,
    reason = "the refusal is the handler's own answer"
)]
fn month_of(desk: &Desk, text: &str) -> Result<Month, Response> {
    text.parse().map_err(|_| {
        desk.refused(&UsageDenied::month(text), "/usage")
            .into_response()
    })
}

/// How much of the estimate is spent.
fn mark(print: &Print, percent: Option<u64>, exhausted: bool) -> Mark {
    let words = print.words;
    match percent {
        None => Mark::new("", words.t("usage-no-estimate")),
        Some(percent) => {
            let shade = match percent {
                100.. => "stop",
                80.. => "wait",
                _ if exhausted => "wait",
                _ => "good",
            };
            Mark::new(
                shade,
                words.t1("usage-percent", "percent", &percent.to_string()),
            )
        }
    }
}

const AT_ONCE: usize = 50;
