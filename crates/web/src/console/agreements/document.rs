//! The document to be read and printed: as a page, as a PDF, and as the exact bytes that are signed.

use axum::extract::{Path, Query};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use durward_app::partner::agreements;
use durward_domain::agreement::{GtcTerms, Official, OrderTerms, Paper, Party, Side};
use serde::Deserialize;

use super::views::AgreementDocument;
use crate::partnership::shown::{money, number};
use crate::portal::desk::Desk;
use crate::shared::i18n::{Language, Words};
use crate::shared::page;
use crate::shared::pdf::{self, Line};

/// One part of a document.
pub struct Part {
    /// Its heading.
    pub heading: String,
    /// Label and value.
    pub rows: Vec<(String, String)>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Which {
    sha256: Option<String>,
}

pub(super) async fn show(desk: Desk, Path(number): Path<String>) -> Result<Response, Response> {
    let paper = read(&desk, &number).await?;
    let (title, parts) = drawn(&paper, &desk.keeper.programme.fiscal.currency);
    Ok(page::html(&AgreementDocument {
        page: desk.page("/agreements"),
        number: paper.number().to_string(),
        title,
        parts,
    }))
}

pub(super) async fn as_pdf(desk: Desk, Path(number): Path<String>) -> Result<Response, Response> {
    let paper = read(&desk, &number).await?;
    let (title, parts) = drawn(&paper, &desk.keeper.programme.fiscal.currency);
    let mut lines = vec![Line::Title(title.clone())];
    for part in parts {
        lines.push(Line::Heading(part.heading));
        for (label, value) in part.rows {
            lines.push(Line::Pair(label, value));
        }
    }
    let name = format!("{}.pdf", paper.number());
    Ok(file("application/pdf", &name, pdf::write(&title, &lines)))
}

pub(super) async fn as_bytes(
    desk: Desk,
    Path(number): Path<String>,
    Query(which): Query<Which>,
) -> Result<Response, Response> {
    let text = agreements::text(&desk.keeper, &desk.member, &number, which.sha256.as_deref())
        .await
        .map_err(|failure| desk.failed(failure, "/agreements"))?;
    Ok(file(
        "application/json",
        &format!("{number}.json"),
        text.into_bytes(),
    ))
}

async fn read(desk: &Desk, number: &str) -> Result<Paper, Response> {
    agreements::paper(&desk.keeper, &desk.member, number)
        .await
        .map_err(|failure| desk.failed(failure, "/agreements"))
}

/// A file that a browser keeps and never shows in the portal's name.
pub(super) fn file(kind: &'static str, name: &str, content: Vec<u8>) -> Response {
    let mut response = content.into_response();
    let headers = response.headers_mut();
    let fixed = [
        (header::CONTENT_TYPE, kind),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let plain: String = name
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.'))
        .collect();
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{plain}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// Title and parts, in the language of the contract: both sides read the same words.
pub(super) fn drawn(paper: &Paper, currency: &str) -> (String, Vec<Part>) {
    let words = Words::of(Language::English);
    let key = match paper {
        Paper::Gtc(_) => "agreement-form-gtc",
        Paper::Order(_) => "agreement-form-order",
    };
    let number = paper.number().to_string();
    let title = format!("{} {number}", words.t(key));
    let period = paper.period();
    let mut rows = Rows::new(words);
    rows.add("f-agreement", number);
    rows.add("f-agency", paper.agency().to_owned());
    rows.add("agreement-partner", paper.partner().to_owned());
    rows.add("agreement-starts", period.start.to_string());
    rows.add("agreement-ends", period.end.to_string());
    let mut parts = vec![rows.part("agreement-part-parties")];
    match paper {
        Paper::Gtc(gtc) => parts.extend(gtc_parts(words, &gtc.terms, currency)),
        Paper::Order(order) => {
            parts.extend(order_parts(words, &order.terms, currency));
            let mut rows = Rows::new(words);
            for app in &order.apps {
                rows.0
                    .push((app.name.clone(), app.level.title().to_owned()));
            }
            parts.push(rows.part("agreement-apps"));
        }
    }
    parts.push(signatures(words, paper));
    (title, parts)
}

struct Rows(Vec<(String, String)>, Words);

impl Rows {
    const fn new(words: Words) -> Self {
        Self(Vec::new(), words)
    }

    fn add(&mut self, key: &str, value: String) {
        if !value.is_empty() {
            self.0.push((self.1.t(key), value));
        }
    }

    fn part(self, key: &str) -> Part {
        Part {
            heading: self.1.t(key),
            rows: self.0,
        }
    }
}

fn order_parts(words: Words, terms: &OrderTerms, currency: &str) -> Vec<Part> {
    let mut rows = Rows::new(words);
    rows.add(
        "agreement-estimated",
        money(words, terms.estimated, currency),
    );
    rows.add("agreement-price-model", terms.price_model.to_string());
    rows.add(
        "agreement-billing",
        words.t(&billing_key(terms.billing.as_str())),
    );
    rows.add("agreement-tas", terms.tas.clone());
    rows.add("agreement-betc", terms.betc.clone());
    rows.add("agreement-alc", terms.alc.clone());
    let expires = terms.funding_expires.map(|day| day.to_string());
    rows.add("agreement-funding", expires.unwrap_or_default());
    rows.add("agreement-need", terms.need.clone());
    rows.add("agreement-changes", terms.changes.clone());
    let mut lines = Rows::new(words);
    for line in &terms.lines {
        let sum = format!(
            "{} × {} ({}) = {}",
            number(words, line.quantity.into()),
            money(words, line.price, currency),
            line.unit,
            money(words, line.amount, currency)
        );
        lines.0.push((line.description.clone(), sum));
    }
    vec![
        rows.part("agreement-part-funding"),
        lines.part("agreement-lines"),
        officials(words, &terms.officials),
    ]
}

fn gtc_parts(words: Words, terms: &GtcTerms, currency: &str) -> Vec<Part> {
    let mut rows = Rows::new(words);
    let answer = |yes: bool| words.t(if yes { "agreement-yes" } else { "agreement-no" });
    rows.add("agreement-authority", terms.authority.clone());
    rows.add("agreement-scope", terms.scope.clone());
    rows.add(
        "agreement-estimated",
        money(words, terms.estimated, currency),
    );
    rows.add("agreement-recurring", answer(terms.recurring));
    rows.add("agreement-advance", answer(terms.advance_payment));
    rows.add("agreement-assisted", answer(terms.assisted_acquisition));
    rows.add("agreement-dispute", terms.dispute_days.to_string());
    rows.add("agreement-termination", terms.termination_days.to_string());
    rows.add("agreement-changes", terms.changes.clone());
    vec![
        party(words, "agreement-requesting", &terms.requesting),
        party(words, "agreement-servicing", &terms.servicing),
        rows.part("agreement-part-terms"),
        officials(words, &terms.officials),
    ]
}

fn party(words: Words, key: &str, party: &Party) -> Part {
    let mut rows = Rows::new(words);
    rows.add("agreement-party-name", party.name.clone());
    rows.add("agreement-party-address", party.address.clone());
    rows.add(
        "agreement-party-agency-identifier",
        party.agency_identifier.clone(),
    );
    rows.add("agreement-party-alc", party.alc.clone());
    rows.add("agreement-party-uei", party.uei.clone());
    rows.part(key)
}

fn officials(words: Words, all: &[Official]) -> Part {
    let mut rows = Rows::new(words);
    for one in all {
        let label = format!(
            "{} · {}",
            words.t(&format!("agreement-side-{}", one.side.as_str())),
            words.t(&format!("agreement-duty-{}", one.duty.as_str()))
        );
        let told: Vec<&str> = [&one.name, &one.title, &one.email, &one.phone]
            .into_iter()
            .map(String::as_str)
            .filter(|text| !text.is_empty())
            .collect();
        rows.0.push((label, told.join(", ")));
    }
    rows.part("agreement-officials")
}

fn signatures(words: Words, paper: &Paper) -> Part {
    let mut rows = Rows::new(words);
    for (side, key) in [
        (Side::Partner, "agreement-partner-signature"),
        (Side::Provider, "agreement-provider-signature"),
    ] {
        let said = match paper.signature(side) {
            Some(signed) => {
                let when = signed
                    .at
                    .map_or_else(|| signed.on.to_string(), |at| at.to_string());
                let digest = signed.sha256.as_deref().unwrap_or("–");
                format!(
                    "{}, {}, {when}, SHA-256 {digest}",
                    signed.name, signed.title
                )
            }
            None => words.t("agreement-unsigned"),
        };
        rows.add(key, said);
    }
    rows.add("agreement-digest", paper.sha256());
    rows.part("agreement-part-signatures")
}

pub(super) fn billing_key(id: &str) -> String {
    format!("agreement-billing-{id}")
}
