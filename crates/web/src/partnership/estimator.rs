//! The cost estimator: a plan in the address, so that it can be kept and shared, and what it costs.

use std::sync::Arc;

use axum::extract::State;
use axum::http::Uri;
use axum::response::{IntoResponse as _, Response};
use durward_app::partner::estimates::{self, Choice};
use durward_domain::price::{BadPlan, Month, Plan, Shape};
use durward_domain::refusal::Refuse as _;

use super::estimates::OWN;
use super::shown::{Shown, style};
use crate::portal::desk;
use crate::portal::entered::Entered;
use crate::portal::parts::{Form, MONTHS};
use crate::portal::session::Signed;
use crate::portal_router::Portal;
use crate::shared::forms::Fields;
use crate::shared::i18n::Words;
use crate::shared::page::{self, Page, view};
use crate::shared::problem::Problem;
use crate::shared::visit::Visit;

view! {
    /// The estimator.
    Estimator in "partnership/estimator.html" {
        /// What was typed.
        form: Form,
        /// The price models: number and words.
        models: Vec<(String, String)>,
        /// The months of a shape of one's own: field, name and weight.
        months: Vec<(String, String, String)>,
        /// What it costs.
        shown: Option<Shown>,
        /// Where it can be saved: value and words. Empty for those who may not.
        places: Vec<(String, String)>,
        /// The plan, as the form that saves it sends it.
        plan: Vec<(&'static str, String)>,
        /// Where somebody unknown signs in, to come back to this estimate.
        sign_in: Option<String>,
    }
}

/// `/partnership/estimate`
pub async fn show(
    State(portal): State<Arc<Portal>>,
    uri: Uri,
    visit: Visit,
    signed: Option<Signed>,
) -> Result<Response, Response> {
    let fields = Fields::parse(uri.query().unwrap_or_default().as_bytes());
    let page = super::frame(&portal, &visit, signed.as_ref(), PATH);
    answer(&portal, (page, &visit), signed.as_ref(), &fields).await
}

/// The page for what was typed; `page` may hold errors of the form that saves.
pub(super) async fn answer(
    portal: &Portal,
    (mut page, visit): (Page, &Visit),
    signed: Option<&Signed>,
    fields: &Fields,
) -> Result<Response, Response> {
    let words = visit.words();
    page.open_to_search &= !fields.has("users");
    let mut shown = None;
    let mut plan = Vec::new();
    if fields.has("users") {
        match read(words, fields) {
            Ok(read) => match estimates::price(&portal.keeper, &read) {
                Ok(estimate) => {
                    shown = Some(Shown::of(words, &estimate));
                    plan = sent(fields);
                }
                Err(bad) => page = page.with_error(field(&bad), words.refusal(&bad)),
            },
            Err(wrong) => {
                for (name, key) in wrong {
                    page = page.with_error(name, words.t(key));
                }
            }
        }
    }
    let places = match signed.filter(|_| shown.is_some()) {
        Some(signed) => places(portal, words, signed, fields.text("for")).await?,
        None => Vec::new(),
    };
    let entered = entered(portal, fields);
    Ok(page::html(&Estimator {
        models: models(portal, words),
        months: MONTHS
            .iter()
            .zip(1..)
            .map(|(name, number)| {
                let field = format!("month_{number}");
                let weight = entered.text(&field).to_owned();
                (field, words.t(name), weight)
            })
            .collect(),
        form: Form::plain(entered),
        shown,
        places,
        plan,
        sign_in: signed.is_none().then(|| to_sign_in(visit.path_and_query())),
        page,
    }))
}

/// The address of the sign-in that comes back to this one: the plan is in it.
fn to_sign_in(back: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("return_to", back);
    format!("{}?{}", desk::SIGN_IN, query.finish())
}

/// Reads a plan.
///
/// # Errors
/// The fields that cannot be read, each with the key of what is wrong.
pub(super) fn read(
    words: Words,
    fields: &Fields,
) -> Result<Plan, Vec<(&'static str, &'static str)>> {
    let mut wrong = Vec::new();
    let mut number = |name: &'static str, empty: u32| {
        let text = fields.text(name);
        if text.is_empty() {
            return empty;
        }
        let read = style(words).parse_whole(text);
        read.and_then(|number| u32::try_from(number).ok())
            .unwrap_or_else(|| {
                wrong.push((name, "estimate-number-wrong"));
                0
            })
    };
    let (users, auths) = (number("users", 0), number("auths", 0));
    let new_proofings = number("new_proofings", 0);
    let existing_proofings = number("existing_proofings", 0);
    let (months, model) = (number("months", 12), number("model", 0));
    let own = MONTH_FIELDS.map(|name| u16::try_from(number(name, 100)).unwrap_or(u16::MAX));
    let start: Option<Month> = fields.text("start").parse().ok();
    if start.is_none() {
        wrong.push(("start", "estimate-start-wrong"));
    }
    let shape = match fields.text("shape") {
        "spring" => Shape::SPRING,
        "summer" => Shape::SUMMER,
        "year_end" => Shape::YEAR_END,
        "own" => Shape::new(own),
        _ => Shape::EVEN,
    };
    match start {
        Some(start) if wrong.is_empty() => Ok(Plan {
            model,
            start,
            months: u8::try_from(months).unwrap_or(u8::MAX),
            users,
            auths,
            new_proofings,
            existing_proofings,
            shape,
        }),
        _ => Err(wrong),
    }
}

/// The field that a refusal is about.
pub(super) fn field(bad: &BadPlan) -> &'static str {
    match bad {
        BadPlan::Months => "months",
        BadPlan::Shape => "shape",
        BadPlan::Model(_) => "model",
        BadPlan::Nothing | BadPlan::TooMuch => "users",
    }
}

/// The plan of a saved estimate as the estimator's address.
pub(super) fn address(plan: &Plan) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in [
        ("users", plan.users.to_string()),
        ("auths", plan.auths.to_string()),
        ("new_proofings", plan.new_proofings.to_string()),
        ("existing_proofings", plan.existing_proofings.to_string()),
        ("start", plan.start.to_string()),
        ("months", plan.months.to_string()),
        ("model", plan.model.to_string()),
    ] {
        query.append_pair(name, &value);
    }
    let shape = SHAPES.iter().find(|(_, shape)| *shape == plan.shape);
    query.append_pair("shape", shape.map_or("own", |(id, _)| id));
    if shape.is_none() {
        for (name, weight) in MONTH_FIELDS.iter().zip(plan.shape.weights()) {
            query.append_pair(name, &weight.to_string());
        }
    }
    format!("{PATH}?{}", query.finish())
}

/// What the form that saves sends again.
fn sent(fields: &Fields) -> Vec<(&'static str, String)> {
    let names = PLAN_FIELDS.iter().chain(&MONTH_FIELDS).copied();
    names
        .filter(|name| fields.has(name))
        .map(|name| (name, fields.text(name).to_owned()))
        .collect()
}

fn entered(portal: &Portal, fields: &Fields) -> Entered {
    let keeper = &portal.keeper;
    let mut entered = Entered::default();
    let next = Month::of(keeper.today()).next();
    let tables = keeper.programme.price_tables(next.first_day());
    let model = tables.first().map_or(0, |table| table.model);
    entered.set("start", &next.to_string());
    entered.set("months", "12");
    entered.set("shape", "even");
    entered.set("model", &model.to_string());
    for name in MONTH_FIELDS {
        entered.set(name, "100");
    }
    for name in PLAN_FIELDS
        .iter()
        .chain(&MONTH_FIELDS)
        .chain(&["name", "place", "for"])
    {
        if fields.has(name) {
            entered.set(name, fields.text(name));
        }
    }
    entered
}

fn models(portal: &Portal, words: Words) -> Vec<(String, String)> {
    let keeper = &portal.keeper;
    // A table that begins within the next years can be planned with.
    let mut models: Vec<u32> = keeper
        .programme
        .price
        .iter()
        .map(|table| table.model)
        .collect();
    models.sort_unstable_by(|a, b| b.cmp(a));
    models.dedup();
    models
        .into_iter()
        .filter_map(|model| {
            let tables = keeper.programme.price.iter();
            let first = tables
                .filter(|table| table.model == model)
                .min_by_key(|table| table.from)?;
            let number = model.to_string();
            let from = first.from.to_string();
            let text = words.t2("estimate-model-option", "model", &number, "from", &from);
            Some((number, text))
        })
        .collect()
}

/// Where somebody may save, as value and words.
async fn places(
    portal: &Portal,
    words: Words,
    signed: &Signed,
    wanted: &str,
) -> Result<Vec<(String, String)>, Response> {
    let found = estimates::places(&portal.keeper, signed.member(), wanted).await;
    let found = found.map_err(|fault| Problem::from(fault).as_page().into_response())?;
    let shown = |choice| match choice {
        Choice::Partnership {
            id,
            reference,
            agency,
        } => {
            let pairs = [("reference", reference.as_str()), ("agency", &agency)];
            let text = words.t_args("estimate-place-partnership", &pairs);
            (format!("partnership:{id}"), text)
        }
        Choice::Team { handle, name } => {
            let text = words.t1("estimate-place-team", "team", &name);
            (format!("team:{handle}"), text)
        }
        Choice::Own => (OWN.to_owned(), words.t("estimate-place-own")),
    };
    Ok(found.into_iter().map(shown).collect())
}

/// The refusal of a plan is one of the estimator's own.
pub(super) fn is_plan(code: &str) -> bool {
    code.starts_with("estimate/")
}

/// The code of a refusal as its field in the form that saves.
pub(super) fn saved_field(refusal: &estimates::EstimateRefusal) -> &'static str {
    match refusal {
        estimates::EstimateRefusal::Plan(bad) => field(bad),
        other if other.code() == "estimate/name" => "name",
        _ => "place",
    }
}

const PATH: &str = "/partnership/estimate";
const SHAPES: [(&str, Shape); 4] = [
    ("even", Shape::EVEN),
    ("spring", Shape::SPRING),
    ("summer", Shape::SUMMER),
    ("year_end", Shape::YEAR_END),
];
const PLAN_FIELDS: [&str; 8] = [
    "users",
    "auths",
    "new_proofings",
    "existing_proofings",
    "start",
    "months",
    "model",
    "shape",
];
const MONTH_FIELDS: [&str; 12] = [
    "month_1", "month_2", "month_3", "month_4", "month_5", "month_6", "month_7", "month_8",
    "month_9", "month_10", "month_11", "month_12",
];

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::shared::i18n::Language;

    #[test]
    fn an_address_gives_its_plan_again() {
        let words = Words::of(Language::English);
        for shape in [
            Shape::SUMMER,
            Shape::new([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
        ] {
            let plan = Plan {
                model: 3,
                start: "2027-02".parse().unwrap(),
                months: 24,
                users: 5,
                auths: 6,
                new_proofings: 7,
                existing_proofings: 8,
                shape,
            };
            let address = address(&plan);
            let query = address.split_once('?').unwrap().1;
            assert_eq!(read(words, &Fields::parse(query.as_bytes())), Ok(plan));
        }
    }

    #[test]
    fn numbers_are_read_as_the_language_writes_them() {
        let read =
            |language, query: &str| read(Words::of(language), &Fields::parse(query.as_bytes()));
        let query = "users=1.000&start=2027-02&model=3";
        assert_eq!(read(Language::Spanish, query).unwrap().users, 1000);
        assert_eq!(
            read(Language::English, query).unwrap_err(),
            [("users", "estimate-number-wrong")]
        );
        assert_eq!(
            read(Language::English, "users=x&auths=-1&start=soon&model=3").unwrap_err(),
            [
                ("users", "estimate-number-wrong"),
                ("auths", "estimate-number-wrong"),
                ("start", "estimate-start-wrong")
            ]
        );
    }
}
