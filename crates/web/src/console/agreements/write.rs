//! A new document, and the words of one that is still open.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use durward_app::failure::Failure;
use durward_app::operator::agreements::{
    self as office, Edited, EditedWords, NewAgreement, NewGtc,
};
use durward_app::partner::agreements;
use durward_domain::agreement::{
    Agreement, Billing, Duty, Gtc, GtcTerms, Line, ListedApp, Official, OrderTerms, Paper,
    PaperKind, Party, Side,
};
use durward_domain::level::LevelOfService;
use durward_domain::money::{BadAmount, Cents, NumberStyle};
use durward_domain::refusal::Refuse;
use jiff::civil::Date;

use super::document::billing_key;
use super::views::{AgreementForm, PartyFields};
use crate::portal::desk::Desk;
use crate::portal::entered::Entered;
use crate::portal::parts::Form;
use crate::shared::forms::Posted;
use crate::shared::page::{self, Page};
use crate::shared::problem::Problem;

pub(super) async fn new(desk: Desk, Path(kind): Path<String>) -> Result<Response, Response> {
    let page = desk.page("/agreements");
    let mut typed = Entered::default();
    typed.set(
        "price_model",
        &OrderTerms::default().price_model.to_string(),
    );
    form(&desk, page, (kind_of(&kind)?, None), typed).await
}

pub(super) async fn create(
    desk: Desk,
    Path(kind): Path<String>,
    posted: Posted,
) -> Result<Response, Response> {
    let kind = kind_of(&kind)?;
    let typed = typed(&posted);
    let read = match Typed::read(&posted, kind) {
        Ok(read) => read,
        Err(wrong) => {
            let page = wrong.on(desk.page("/agreements"), &desk);
            return form(&desk, page, (kind, None), typed).await;
        }
    };
    let (keeper, member, trace) = (&desk.keeper, &desk.member, desk.trace());
    let some = |name: &str| Some(posted.text(name).to_owned()).filter(|text| !text.is_empty());
    let (agency, partner) = (posted.text("agency").to_owned(), read.partner.clone());
    let made = match read.words {
        EditedWords::Gtc(terms) => {
            let new = NewGtc {
                number: some("number"),
                agency,
                partner,
                starts: read.starts,
                ends: read.ends,
                terms,
            };
            office::create_gtc(keeper, member, new, &trace)
                .await
                .map(|view| view.number)
        }
        EditedWords::Order(terms, apps) => {
            let new = NewAgreement {
                number: some("number"),
                gtc: some("gtc"),
                agency,
                partner,
                starts: read.starts,
                ends: read.ends,
                apps,
                terms,
            };
            office::create(keeper, member, new, &trace)
                .await
                .map(|view| view.number)
        }
    };
    match made {
        Ok(number) => Ok(Redirect::to(&format!("/agreements/{number}")).into_response()),
        Err(failure) => refused(&desk, failure, (kind, None), typed).await,
    }
}

pub(super) async fn edit(desk: Desk, Path(number): Path<String>) -> Result<Response, Response> {
    let failed = |failure| desk.failed(failure, "/agreements");
    let paper = agreements::paper(&desk.keeper, &desk.member, &number)
        .await
        .map_err(failed)?;
    let version = agreements::find(&desk.keeper, &desk.member, &number)
        .await
        .map_err(failed)?
        .version;
    let mut typed = written(&paper);
    typed.set("version", &version.to_string());
    let page = desk.page("/agreements");
    form(&desk, page, (paper.kind(), Some(&number)), typed).await
}

pub(super) async fn save(
    desk: Desk,
    Path(number): Path<String>,
    posted: Posted,
) -> Result<Response, Response> {
    let paper = agreements::paper(&desk.keeper, &desk.member, &number)
        .await
        .map_err(|failure| desk.failed(failure, "/agreements"))?;
    let which = (paper.kind(), Some(number.as_str()));
    let typed = typed(&posted);
    let read = match Typed::read(&posted, paper.kind()) {
        Ok(read) => read,
        Err(wrong) => {
            let page = wrong.on(desk.page("/agreements"), &desk);
            return form(&desk, page, which, typed).await;
        }
    };
    let seen = posted.text("version").parse().ok();
    let edited = (read, seen);
    match office::edit(&desk.keeper, &desk.member, &number, edited, &desk.trace()).await {
        Ok(()) => Ok(Redirect::to(&format!("/agreements/{number}")).into_response()),
        Err(failure) => refused(&desk, failure, which, typed).await,
    }
}

async fn refused(
    desk: &Desk,
    failure: Failure<agreements::AgreementDenied>,
    which: (PaperKind, Option<&str>),
    typed: Entered,
) -> Result<Response, Response> {
    match failure {
        Failure::Refused(no) if !no.code().starts_with("permission/") => {
            let field = match &no {
                agreements::AgreementDenied::Terms(bad) => bad.field(),
                agreements::AgreementDenied::Period
                | agreements::AgreementDenied::OutsideGtc { .. } => "ends",
                agreements::AgreementDenied::NoAgency(_) => "agency",
                agreements::AgreementDenied::AppName | agreements::AgreementDenied::AppTwice(_) => {
                    "apps"
                }
                _ if which.1.is_some() => "partner",
                _ => "number",
            };
            let page = desk
                .page("/agreements")
                .with_error(field, desk.words().refusal(&no));
            form(desk, page, which, typed).await
        }
        failure => Err(desk.failed(failure, "/agreements")),
    }
}

async fn form(
    desk: &Desk,
    page: Page,
    (kind, number): (PaperKind, Option<&str>),
    typed: Entered,
) -> Result<Response, Response> {
    let words = desk.words();
    let fault = |problem: Problem| problem.as_page().into_response();
    let gtcs = agreements::list_gtcs(&desk.keeper, &desk.member)
        .await
        .map_err(|failure| fault(failure.into()))?;
    let mut known: Vec<String> = gtcs.into_iter().map(|one| one.gtc).collect();
    known.dedup();
    let title = match (number, kind) {
        (Some(number), _) => number.to_owned(),
        (None, PaperKind::Gtc) => words.t("agreement-new-gtc"),
        (None, PaperKind::Order) => words.t("agreement-new-order"),
    };
    Ok(page::html(&AgreementForm {
        title,
        back: number.map_or_else(
            || "/agreements".to_owned(),
            |number| format!("/agreements/{number}"),
        ),
        action: number.map_or_else(
            || format!("/agreements/new/{}", kind.as_str()),
            |number| format!("/agreements/{number}/edit"),
        ),
        kind: kind.as_str(),
        is_new: number.is_none(),
        agencies: super::agencies(desk).await.map_err(fault)?,
        gtcs: known,
        currency: desk.keeper.programme.fiscal.currency.clone(),
        parties: ["requesting", "servicing"]
            .map(|side| PartyFields {
                legend: words.t(&format!("agreement-{side}")),
                fields: PARTY
                    .iter()
                    .map(|field| {
                        let name = format!("{side}_{field}");
                        let label =
                            words.t(&format!("agreement-party-{}", field.replace('_', "-")));
                        let value = typed.text(&name).to_owned();
                        (name, label, value)
                    })
                    .collect(),
            })
            .into(),
        billings: Billing::ALL
            .map(|one| (one.as_str(), words.t(&billing_key(one.as_str()))))
            .into(),
        form: Form::plain(typed),
        page,
    }))
}

#[expect(
    clippy::result_large_err,
    reason = "the refusal is the handler's own answer"
)]
fn kind_of(text: &str) -> Result<PaperKind, Response> {
    match text {
        "gtc" => Ok(PaperKind::Gtc),
        "order" => Ok(PaperKind::Order),
        _ => Err(Problem::not_found().as_page().into_response()),
    }
}

/// What was typed, to be shown again.
fn typed(posted: &Posted) -> Entered {
    let mut typed = Entered::default();
    for name in FIELDS {
        typed.set(name, posted.text(name));
    }
    for side in ["requesting", "servicing"] {
        for field in PARTY {
            let name = format!("{side}_{field}");
            typed.set(&name, posted.text(&name));
        }
    }
    typed
}

/// The words of a document as the form has them.
fn written(paper: &Paper) -> Entered {
    let mut typed = Entered::default();
    typed.set("partner", paper.partner());
    typed.set("starts", &paper.period().start.to_string());
    typed.set("ends", &paper.period().end.to_string());
    match paper {
        Paper::Gtc(gtc) => write_gtc(&mut typed, gtc),
        Paper::Order(order) => write_order(&mut typed, order),
    }
    typed
}

fn write_order(typed: &mut Entered, order: &Agreement) {
    let terms = &order.terms;
    let apps = order
        .apps
        .iter()
        .map(|app| format!("{}; {}", app.name, app.level.as_str()));
    let lines = terms.lines.iter().map(|line| {
        format!(
            "{}; {}; {}; {}",
            line.description, line.unit, line.quantity, line.price
        )
    });
    for (name, value) in [
        ("estimated", terms.estimated.to_string()),
        ("apps", apps.collect::<Vec<_>>().join("\n")),
        ("price_model", terms.price_model.to_string()),
        ("lines", lines.collect::<Vec<_>>().join("\n")),
        ("billing", terms.billing.as_str().to_owned()),
        ("tas", terms.tas.clone()),
        ("betc", terms.betc.clone()),
        ("alc", terms.alc.clone()),
        (
            "funding_expires",
            terms
                .funding_expires
                .map(|day| day.to_string())
                .unwrap_or_default(),
        ),
        ("need", terms.need.clone()),
        ("changes", terms.changes.clone()),
        ("officials", officials(&terms.officials)),
    ] {
        typed.set(name, &value);
    }
}

fn write_gtc(typed: &mut Entered, gtc: &Gtc) {
    let terms = &gtc.terms;
    for (side, party) in [
        ("requesting", &terms.requesting),
        ("servicing", &terms.servicing),
    ] {
        let values = [
            &party.name,
            &party.address,
            &party.agency_identifier,
            &party.alc,
            &party.uei,
        ];
        for (field, value) in PARTY.iter().zip(values) {
            typed.set(&format!("{side}_{field}"), value);
        }
    }
    let tick = |yes: bool| if yes { "1" } else { "" }.to_owned();
    for (name, value) in [
        ("estimated", terms.estimated.to_string()),
        ("authority", terms.authority.clone()),
        ("scope", terms.scope.clone()),
        ("recurring", tick(terms.recurring)),
        ("advance_payment", tick(terms.advance_payment)),
        ("assisted_acquisition", tick(terms.assisted_acquisition)),
        ("dispute_days", terms.dispute_days.to_string()),
        ("termination_days", terms.termination_days.to_string()),
        ("changes", terms.changes.clone()),
        ("officials", officials(&terms.officials)),
    ] {
        typed.set(name, &value);
    }
}

fn officials(all: &[Official]) -> String {
    let lines = all.iter().map(|one| {
        let fields = [
            one.side.as_str(),
            one.duty.as_str(),
            &one.name,
            &one.title,
            &one.email,
            &one.phone,
        ];
        fields.join("; ")
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// What is wrong with what was typed: the field, and the sentence or the key of its words.
enum Wrong {
    Amount(&'static str, BadAmount),
    Field(&'static str, &'static str),
}

impl Wrong {
    fn on(self, page: Page, desk: &Desk) -> Page {
        match self {
            Self::Amount(field, bad) => page.with_error(field, desk.words().refusal(&bad)),
            Self::Field(field, key) => page.with_error(field, desk.words().t(key)),
        }
    }
}

struct Typed;

impl Typed {
    fn read(posted: &Posted, kind: PaperKind) -> Result<Edited, Wrong> {
        let day = |name: &'static str| {
            posted
                .text(name)
                .parse::<Date>()
                .map_err(|_| Wrong::Field(name, "agreement-wrong-day"))
        };
        let (starts, ends) = (day("starts")?, day("ends")?);
        let words = match kind {
            PaperKind::Gtc => EditedWords::Gtc(gtc_terms(posted)?),
            PaperKind::Order => EditedWords::Order(order_terms(posted)?, apps(posted)?),
        };
        Ok(Edited {
            partner: posted.text("partner").to_owned(),
            starts,
            ends,
            words,
        })
    }
}

fn order_terms(posted: &Posted) -> Result<OrderTerms, Wrong> {
    let mut lines = Vec::new();
    for row in rows(posted, "lines") {
        let [description, unit, quantity, price] = row[..] else {
            return Err(Wrong::Field("lines", "agreement-wrong-lines"));
        };
        lines.push(Line {
            description: description.to_owned(),
            unit: unit.to_owned(),
            quantity: quantity
                .parse()
                .map_err(|_| Wrong::Field("lines", "agreement-wrong-lines"))?,
            price: money("lines", price)?,
            amount: Cents::ZERO,
        });
    }
    let expires = posted.text("funding_expires");
    let model = posted.text("price_model");
    Ok(OrderTerms {
        estimated: money("estimated", posted.text("estimated"))?,
        price_model: if model.is_empty() {
            OrderTerms::default().price_model
        } else {
            model.parse().unwrap_or_default()
        },
        lines,
        billing: Billing::parse(posted.text("billing")).unwrap_or(Billing::Monthly),
        tas: posted.text("tas").to_owned(),
        betc: posted.text("betc").to_owned(),
        alc: posted.text("alc").to_owned(),
        funding_expires: if expires.is_empty() {
            None
        } else {
            let day = expires.parse();
            Some(day.map_err(|_| Wrong::Field("funding_expires", "agreement-wrong-day"))?)
        },
        need: posted.text("need").to_owned(),
        changes: posted.text("changes").to_owned(),
        officials: read_officials(posted)?,
    })
}

fn gtc_terms(posted: &Posted) -> Result<GtcTerms, Wrong> {
    let party = |side: &str| {
        let field = |name: &str| posted.text(&format!("{side}_{name}")).to_owned();
        Party {
            name: field("name"),
            address: field("address"),
            agency_identifier: field("agency_identifier"),
            alc: field("alc"),
            uei: field("uei"),
        }
    };
    let days = |name: &'static str| match posted.text(name) {
        "" => Ok(0),
        text => text
            .parse()
            .map_err(|_| Wrong::Field(name, "agreement-wrong-number")),
    };
    Ok(GtcTerms {
        requesting: party("requesting"),
        servicing: party("servicing"),
        recurring: posted.has("recurring"),
        authority: posted.text("authority").to_owned(),
        scope: posted.text("scope").to_owned(),
        advance_payment: posted.has("advance_payment"),
        assisted_acquisition: posted.has("assisted_acquisition"),
        estimated: money("estimated", posted.text("estimated"))?,
        dispute_days: days("dispute_days")?,
        termination_days: days("termination_days")?,
        changes: posted.text("changes").to_owned(),
        officials: read_officials(posted)?,
    })
}

fn apps(posted: &Posted) -> Result<Vec<ListedApp>, Wrong> {
    let mut listed = Vec::new();
    for row in rows(posted, "apps") {
        let level = match row.get(1).copied().unwrap_or("auth-only") {
            "auth-only" => LevelOfService::AuthOnly,
            "identity-verified" => LevelOfService::IdentityVerified,
            _ => return Err(Wrong::Field("apps", "agreement-wrong-apps")),
        };
        listed.push(ListedApp {
            name: row.first().copied().unwrap_or_default().to_owned(),
            level,
        });
    }
    Ok(listed)
}

fn read_officials(posted: &Posted) -> Result<Vec<Official>, Wrong> {
    let wrong = || Wrong::Field("officials", "agreement-wrong-officials");
    let mut found = Vec::new();
    for row in rows(posted, "officials") {
        let field = |place: usize| row.get(place).copied().unwrap_or_default();
        found.push(Official {
            side: Side::parse(field(0)).ok_or_else(wrong)?,
            duty: Duty::parse(field(1)).ok_or_else(wrong)?,
            name: field(2).to_owned(),
            title: field(3).to_owned(),
            email: field(4).to_owned(),
            phone: field(5).to_owned(),
        });
    }
    Ok(found)
}

/// The lines of a field, each in its parts.
fn rows<'a>(posted: &'a Posted, name: &str) -> Vec<Vec<&'a str>> {
    posted
        .text(name)
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.split(';').map(str::trim).collect())
        .collect()
}

fn money(field: &'static str, text: &str) -> Result<Cents, Wrong> {
    if text.is_empty() {
        return Ok(Cents::ZERO);
    }
    Cents::parse(text, NumberStyle::ENGLISH).map_err(|bad| Wrong::Amount(field, bad))
}

const PARTY: [&str; 5] = ["name", "address", "agency_identifier", "alc", "uei"];
const FIELDS: &[&str] = &[
    "agency",
    "gtc",
    "number",
    "version",
    "partner",
    "starts",
    "ends",
    "estimated",
    "apps",
    "price_model",
    "lines",
    "billing",
    "tas",
    "betc",
    "alc",
    "funding_expires",
    "need",
    "authority",
    "scope",
    "recurring",
    "advance_payment",
    "assisted_acquisition",
    "dispute_days",
    "termination_days",
    "changes",
    "officials",
];
