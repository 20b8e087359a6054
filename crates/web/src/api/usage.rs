//! Usage of orders: invoice lines, forecast, entries of the ledger and their export.

use axum::extract::Path;
use axum::routing::get;
use durward_app::operator::usage::{self, EntriesAsked, UsageDenied};
use durward_domain::event::Event;
use durward_domain::permission::Action;
use durward_domain::price::Month;

use super::answers::{Answer, Asked, Told, ok, onward, page, parameter, refused, told};
use super::bearer::Call;
use super::routes::{AFTER, LIMIT, PAGED, Parameter, Route, Who};
use crate::shared::file_stream;
use crate::shared::problem::Problem;

impl Told for UsageDenied {}

pub(super) static ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/api/v1/usage",
        summary: "The usage of each order whose usage one may see, with its forecast in short.",
        who: Who::Member(Action::ViewUsage),
        events: &[],
        query: PAGED,
        body: None,
        answer: (200, Some("UsageList")),
        handler: || get(list),
    },
    Route {
        method: "GET",
        path: "/api/v1/agreements/{number}/usage",
        summary: "The usage of an order: invoice lines of every month, prices, forecast.",
        who: Who::Member(Action::ViewUsage),
        events: &[],
        query: &[MODEL],
        body: None,
        answer: (200, Some("Usage")),
        handler: || get(find),
    },
    Route {
        method: "GET",
        path: "/api/v1/agreements/{number}/usage/lines.csv",
        summary: "The invoice lines of an order as CSV: a line for each app and month, and one for each month of all apps.",
        who: Who::Member(Action::ViewUsage),
        events: &[],
        query: &[],
        body: None,
        answer: (200, None),
        handler: || get(lines_csv),
    },
    Route {
        method: "GET",
        path: "/api/v1/agreements/{number}/usage/{month}",
        summary: "The invoice lines of one month of an order.",
        who: Who::Member(Action::ViewUsage),
        events: &[],
        query: &[MODEL],
        body: None,
        answer: (200, Some("UsageMonth")),
        handler: || get(month),
    },
    Route {
        method: "GET",
        path: "/api/v1/agreements/{number}/usage/{month}/entries",
        summary: "The pseudonymous entries of the ledger behind the lines of a month.",
        who: Who::Member(Action::ViewUsage),
        events: &[],
        query: &[APP, AFTER, LIMIT],
        body: None,
        answer: (200, Some("UsageEntryList")),
        handler: || get(entries),
    },
    Route {
        method: "GET",
        path: "/api/v1/agreements/{number}/usage/{month}/entries.csv",
        summary: "The same entries as CSV. The SHA-256 of its lines, without the first, is the digest of the invoice line.",
        who: Who::Member(Action::ViewUsage),
        events: &[Event::UsageExported],
        query: &[APP],
        body: None,
        answer: (200, None),
        handler: || get(entries_csv),
    },
];

const MODEL: Parameter = Parameter {
    name: "model",
    required: false,
    sentence: "Another price model to price the same usage by; absent: the newest.",
};

const APP: Parameter = Parameter {
    name: "app",
    required: false,
    sentence: "The short name of one app; absent: all apps of the order.",
};

async fn list(call: Call, asked: Asked) -> Answer {
    let list = usage::list(&call.keeper, &call.member)
        .await
        .map_err(|fault| Problem::from(fault).as_json())?;
    page(&asked, &list, |order| order.number.clone())
}

async fn find(call: Call, Path(number): Path<String>, asked: Asked) -> Answer {
    let model = model(&asked)?;
    let view = usage::find(&call.keeper, &call.member, &number, model).await;
    ok(&view.map_err(told)?)
}

async fn lines_csv(call: Call, Path(number): Path<String>) -> Answer {
    let text = usage::lines_csv(&call.keeper, &call.member, &number).await;
    let name = format!("invoice-lines-{number}.csv");
    Ok(file_stream::whole_csv(text.map_err(told)?, &name))
}

async fn month(call: Call, Path((number, month)): Path<(String, String)>, asked: Asked) -> Answer {
    let which = (number.as_str(), month_of(&month)?);
    let view = usage::month(&call.keeper, &call.member, which, model(&asked)?).await;
    ok(&view.map_err(told)?)
}

async fn entries(
    call: Call,
    Path((number, month)): Path<(String, String)>,
    asked: Asked,
) -> Answer {
    let wanted = EntriesAsked {
        month: month_of(&month)?,
        app: asked.text("app").map(str::to_owned),
        after: asked.text("after").map(str::to_owned),
        most: asked.limit()?,
    };
    let page = usage::entries(&call.keeper, &call.member, &number, &wanted).await;
    let page = page.map_err(told)?;
    onward(&page.items, page.next)
}

async fn entries_csv(
    call: Call,
    Path((number, month)): Path<(String, String)>,
    asked: Asked,
) -> Answer {
    let of = month_of(&month)?;
    let which = (of, asked.text("app"));
    let export = usage::export(&call.keeper, &call.member, &number, which, &call.trace).await;
    let name = format!("usage-{number}-{of}.csv");
    Ok(file_stream::csv(export.map_err(told)?, &name))
}

fn model(asked: &Asked) -> Result<Option<u32>, Problem> {
    let read = |text: &str| text.parse::<u32>();
    let model = asked.text("model").map(read).transpose();
    model.map_err(|_| parameter("model", "the number of a price model"))
}

fn month_of(text: &str) -> Result<Month, Problem> {
    text.parse().map_err(|_| refused(&UsageDenied::month(text)))
}
