//! `GET /demo`: a demonstration tells people and programs where everything is and how to sign in.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::{Query, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use durward_app::demonstration::{DemoMember, DemoSignIn, Demonstration};
use durward_app::operator::clock;
use durward_app::ports::mailbox::{CaughtMail, Mailbox};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::console::demo;
use crate::portal::session::Signed;
use crate::portal_router::Portal;
use crate::shared::problem::Problem;
use crate::shared::visit::Visit;

/// Where everything is and how to sign in: a page for people, a document for programs.
///
/// # Errors
/// Not found where this is no demonstration.
pub async fn show(
    State(portal): State<Arc<Portal>>,
    shown: Option<Extension<Arc<Demonstration>>>,
    visit: Visit,
    signed: Option<Signed>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Extension(shown) = shown.ok_or_else(Problem::not_found)?;
    if !wants_json(&headers) {
        return Ok(demo::show(&portal, &shown, &visit, signed.as_ref()));
    }
    let document = document(&portal, &shown).await.map_err(Problem::as_json)?;
    Ok(json_answer(&document))
}

/// The mail of the live-class environments: a page for people, the test API's form for programs.
///
/// # Errors
/// Not found where this is no demonstration, and a parameter that cannot be read.
pub async fn inbox(
    portal: State<Arc<Portal>>,
    shown: Option<Extension<Arc<Demonstration>>>,
    visit: Visit,
    signed: Option<Signed>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    asked: Query<demo::Asked>,
) -> Result<Response, Response> {
    match &shown {
        Some(Extension(shown)) if wants_json(&headers) => {
            let answer = mail(&shown.mailbox, query.as_deref().unwrap_or_default()).await;
            answer.map_err(IntoResponse::into_response)
        }
        _ => demo::inbox(portal, shown, visit, signed, asked).await,
    }
}

/// Whether a program asks.
fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT);
    let accept = accept
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    accept.contains("application/json") && !accept.contains("text/html")
}

/// `to`, `after` and `wait` as in the test API's inbox.
async fn mail(mailbox: &Mailbox, query: &str) -> Result<Response, Problem> {
    let asked = Asked::read(query).map_err(Problem::as_json)?;
    let found = mailbox
        .wait_for(asked.to.as_deref(), asked.after, asked.wait)
        .await;
    let items: Vec<Value> = found.into_iter().map(mail_document).collect();
    Ok(json_answer(&json!({ "items": items })))
}

struct Asked {
    to: Option<String>,
    after: Option<Timestamp>,
    wait: Duration,
}

impl Asked {
    fn read(query: &str) -> Result<Self, Problem> {
        let mut asked = Self {
            to: None,
            after: None,
            wait: Duration::ZERO,
        };
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "to" if !value.trim().is_empty() => asked.to = Some(value.trim().to_owned()),
                "after" if !value.is_empty() => {
                    let time = value
                        .parse()
                        .map_err(|_| unreadable("after", "a time such as 2026-11-10T17:00:00Z"))?;
                    asked.after = Some(time);
                }
                "wait" if !value.is_empty() => {
                    let seconds = value
                        .parse()
                        .map_err(|_| unreadable("wait", "a number of seconds"))?;
                    asked.wait = Duration::from_secs(seconds);
                }
                _ => {}
            }
        }
        Ok(asked)
    }
}

fn unreadable(name: &str, wanted: &str) -> Problem {
    Problem::new(
        "demo/parameter",
        axum::http::StatusCode::BAD_REQUEST,
        format!("The parameter {name} must be {wanted}."),
    )
}

fn mail_document(mail: CaughtMail) -> Value {
    let codes = mail.codes();
    json!({
        "kind": "mail",
        "from": mail.from,
        "to": mail.to.join(", "),
        "answer_to": mail.answer_to,
        "subject": mail.subject,
        "text": mail.text,
        "links": mail.links,
        "codes": codes,
        "time": mail.time,
    })
}

async fn document(portal: &Portal, shown: &Demonstration) -> Result<Value, Problem> {
    let tokens = shown
        .api_tokens(&portal.keeper)
        .await
        .map_err(Problem::from)?;
    let member = |one: &DemoMember| {
        let mut fields = signing_in(&one.sign_in);
        fields.insert("role".into(), one.role.as_str().into());
        fields.insert("name".into(), one.name.clone().into());
        if let Some(team) = &one.team {
            fields.insert("team".into(), team.clone().into());
        }
        let token = tokens.get(&one.sign_in.email).cloned();
        fields.insert("api_token".into(), token.into());
        Value::Object(fields)
    };
    let mut environments = Map::new();
    for environment in &shown.environments {
        let mut fields = Map::new();
        fields.insert("issuer".into(), environment.issuer.clone().into());
        fields.insert("class".into(), environment.name.class().as_str().into());
        if let Some(token) = &environment.automation_token {
            fields.insert("automation_token".into(), token.clone().into());
        }
        environments.insert(environment.name.to_string(), Value::Object(fields));
    }
    let people = shown.people.iter().map(|one| {
        let mut fields = signing_in(&one.sign_in);
        fields.insert("level".into(), one.level.as_str().into());
        Value::Object(fields)
    });
    Ok(json!({
        "portal": shown.portal,
        "environments": environments,
        "sample_app": shown.sample_app,
        "staff": shown.staff.iter().map(member).collect::<Vec<_>>(),
        "partners": shown.partners.iter().map(member).collect::<Vec<_>>(),
        "people": people.collect::<Vec<_>>(),
        "inbox": format!("{}/demo/inbox", shown.portal),
        "smtp": shown.smtp,
        "programme": portal.keeper.programme.name,
        "clock": clock::view(&portal.keeper),
    }))
}

fn signing_in(with: &DemoSignIn) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert("email".into(), with.email.clone().into());
    fields.insert("password".into(), with.password.clone().into());
    fields.insert("totp_secret".into(), with.totp.base32().into());
    fields
}

fn json_answer(document: &Value) -> Response {
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, document.to_string()).into_response()
}
