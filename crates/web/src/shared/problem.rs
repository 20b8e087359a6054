//! A "no" or a fault as an answer: problem+json (RFC 9457) for programs, a page for people.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use durward_app::failure::{Failure, Fault, FaultKind};
use durward_domain::refusal::Refuse;
use durward_domain::release::DeniedApp;
use durward_oidc::evidence::logged_path;
use durward_oidc::oauth::error_uri;
use serde_json::{Map, Value};

use super::closed::Closed;
use super::page::{self, Page, View};
use super::visit::Visit;
use crate::help::errors;

/// An answer that is not what the caller asked for. The shell gives it its form, once it has passed all layers.
#[derive(Debug, Clone)]
pub struct Problem(Box<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    code: Cow<'static, str>,
    status: StatusCode,
    sentence: String,
    fields: Map<String, Value>,
    headers: HeaderMap,
    fault: Option<String>,
    shape: Shape,
    service: Option<Service>,
    denied: Option<Box<DeniedApp>>,
}

impl Problem {
    /// A refusal: the caller sees its code and its sentence.
    pub fn refused(refusal: &(impl Refuse + ?Sized)) -> Self {
        let status =
            StatusCode::from_u16(refusal.kind().status()).unwrap_or(StatusCode::BAD_REQUEST);
        Self::new(refusal.code(), status, refusal.to_string())
    }

    /// A fault of ours: the caller sees a reference number only, the log has the rest.
    pub fn fault(fault: impl fmt::Display) -> Self {
        let mut problem = Self::new("fault", StatusCode::INTERNAL_SERVER_ERROR, FAULT.to_owned());
        problem.0.fault = Some(fault.to_string());
        problem
    }

    /// A fault of ours with all its causes.
    pub fn fault_chain(fault: &dyn Error) -> Self {
        let mut text = fault.to_string();
        let mut cause = fault.source();
        while let Some(next) = cause {
            text = format!("{text}: {next}");
            cause = next.source();
        }
        Self::fault(text)
    }

    /// Any other answer of this kind.
    pub fn new(
        code: impl Into<Cow<'static, str>>,
        status: StatusCode,
        sentence: impl Into<String>,
    ) -> Self {
        Self(Box::new(Inner {
            code: code.into(),
            status,
            sentence: sentence.into(),
            fields: Map::new(),
            headers: HeaderMap::new(),
            fault: None,
            shape: Shape::Asked,
            service: None,
            denied: None,
        }))
    }

    /// There is nothing at this address.
    pub fn not_found() -> Self {
        Self::new(
            "web/not-found",
            StatusCode::NOT_FOUND,
            "There is nothing at this address. Check it for mistakes.",
        )
    }

    /// The same with another status.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.0.status = status;
        self
    }

    /// The same with one more field in its JSON.
    #[must_use]
    pub fn with_field(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.fields.insert(name.to_owned(), value.into());
        self
    }

    /// The same with a header.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.insert(name, value);
        self
    }

    /// The same, always as a page: for addresses that only browsers follow.
    #[must_use]
    pub fn as_page(mut self) -> Self {
        self.0.shape = Shape::Page;
        self
    }

    /// The same, always as JSON: for addresses that only programs call.
    #[must_use]
    pub fn as_json(mut self) -> Self {
        self.0.shape = Shape::Json;
        self
    }

    /// The same, naming the service that sent the person here and a way back to it.
    #[must_use]
    pub fn with_service(mut self, name: impl Into<String>, link: Option<String>) -> Self {
        self.0.service = Some(Service {
            name: name.into(),
            link,
        });
        self
    }

    /// The same as the page of an app that nobody can sign in to.
    #[must_use]
    pub fn with_denied(mut self, app: DeniedApp) -> Self {
        self.0.denied = Some(Box::new(app));
        self
    }

    /// The same as something that passes: trying again later helps.
    fn unavailable(mut self) -> Self {
        self.0.code = Cow::Borrowed("unavailable");
        self.0.status = StatusCode::SERVICE_UNAVAILABLE;
        self.0.sentence = UNAVAILABLE.to_owned();
        self.with_header(header::RETRY_AFTER, HeaderValue::from_static("30"))
    }

    /// The stable code.
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The sentence in English.
    pub fn sentence(&self) -> &str {
        &self.0.sentence
    }

    /// What its JSON says besides.
    pub fn fields(&self) -> &Map<String, Value> {
        &self.0.fields
    }

    /// The answer in its final form; a fault is logged here and nowhere else.
    pub(crate) fn answer(self, visit: &Visit, accepts_page: bool) -> Response {
        let request_id = visit.request_id();
        let path = logged_path(visit.path());
        match &self.0.fault {
            Some(fault) => tracing::error!(request_id, %path, fault, "a fault"),
            None => tracing::info!(request_id, %path, code = %self.0.code, "refused"),
        }
        let page = match self.0.shape {
            Shape::Page => true,
            Shape::Json => false,
            Shape::Asked => accepts_page,
        };
        let headers = self.0.headers.clone();
        let mut response = if page {
            self.page(visit)
        } else {
            self.json(request_id)
        };
        response.headers_mut().extend(headers);
        response
    }

    fn json(&self, request_id: &str) -> Response {
        let inner = &self.0;
        let mut body = Map::new();
        body.insert(
            "type".to_owned(),
            format!("urn:durward:problem:{}", inner.code).into(),
        );
        body.insert(
            "title".to_owned(),
            inner.status.canonical_reason().unwrap_or("Problem").into(),
        );
        body.insert("status".to_owned(), inner.status.as_u16().into());
        body.insert("detail".to_owned(), inner.sentence.clone().into());
        body.insert("code".to_owned(), inner.code.as_ref().into());
        body.insert("request_id".to_owned(), request_id.into());
        for (name, value) in &inner.fields {
            body.entry(name.clone()).or_insert_with(|| value.clone());
        }
        let headers = [
            (header::CONTENT_TYPE, "application/problem+json"),
            (header::CACHE_CONTROL, "no-store"),
        ];
        (inner.status, headers, Value::Object(body).to_string()).into_response()
    }

    fn page(self, visit: &Visit) -> Response {
        let inner = *self.0;
        let explained = explained(visit, &inner.code);
        if let Some(app) = inner.denied {
            let view =
                Closed::of(*app, inner.code.into_owned(), Page::of(visit)).explained(explained);
            return page::html_with(inner.status, &view);
        }
        let words = visit.words();
        let own = words.find(&format!("error-{}", inner.code.replace('/', "-")));
        let is_of_app = is_of_app(&inner.code);
        let (sentence, detail) = match own {
            Some(sentence) => (sentence, None),
            // What an app did wrong is told to people in plain words, and to its team as it is.
            None if is_of_app => (words.t("error-of-app"), Some(inner.sentence)),
            None => (inner.sentence, None),
        };
        let view = ErrorView {
            page: Page::of(visit),
            sentence,
            detail,
            code: inner.code.into_owned(),
            is_fault: inner.fault.is_some(),
            is_missing: inner.status == StatusCode::NOT_FOUND,
            service: inner.service,
            of_portal: visit.site().is_portal,
            explained,
        };
        page::html_with(inner.status, &view)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.0.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl<R: Refuse> From<Failure<R>> for Problem {
    fn from(failure: Failure<R>) -> Self {
        match failure {
            Failure::Refused(refusal) => Self::refused(&refusal),
            Failure::Fault(fault) => fault.into(),
        }
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        if fault.kind() == FaultKind::Text {
            return Self::new(
                "web/nul",
                StatusCode::BAD_REQUEST,
                "What was sent holds a NUL character, which no text has. Take it out and send it again.",
            );
        }
        let problem = Self::fault_chain(&fault);
        match fault.kind() {
            FaultKind::Busy
            | FaultKind::DiskFull
            | FaultKind::Unavailable
            | FaultKind::ReadOnly => problem.unavailable(),
            _ => problem,
        }
    }
}

/// The service that a problem belongs to.
#[derive(Debug, Clone)]
pub struct Service {
    /// The name that people know it by.
    pub name: String,
    /// A way back to it.
    pub link: Option<String>,
}

#[derive(Debug, Clone, Copy)]
enum Shape {
    Asked,
    Page,
    Json,
}

/// The page of a problem.
#[derive(askama::Template)]
#[template(path = "shared/error.html")]
pub struct ErrorView {
    /// The frame.
    pub page: Page,
    /// The stable code.
    pub code: String,
    /// What happened and what to do.
    pub sentence: String,
    /// What the team of the app should know, in English.
    pub detail: Option<String>,
    /// Whether it is ours.
    pub is_fault: bool,
    /// Whether the address leads nowhere.
    pub is_missing: bool,
    /// The service that sent the person here.
    pub service: Option<Service>,
    /// Whether it is a page for partners, with a way back to their start page.
    pub of_portal: bool,
    /// Where the code is explained.
    pub explained: Option<String>,
}

impl View for ErrorView {
    fn page(&self) -> &Page {
        &self.page
    }
}

/// Where the code is explained: at the portal, and at a door what an app did.
fn explained(visit: &Visit, code: &str) -> Option<String> {
    let site = visit.site();
    let code = errors::find(code)?.code;
    if site.is_portal {
        return Some(format!("/help/errors/{code}"));
    }
    (is_of_app(code) && !site.portal_url.is_empty()).then(|| error_uri(&site.portal_url, code))
}

/// Whether it is about a request that an app sent the browser with.
fn is_of_app(code: &str) -> bool {
    ["authorize/", "logout/"]
        .iter()
        .any(|start| code.starts_with(start))
}

/// Whether a caller would rather see a page: it names `text/html`, as browsers do.
pub(super) fn accepts_page(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

const FAULT: &str = "Something went wrong on our side. Try again in a few minutes.";
const UNAVAILABLE: &str = "The service cannot do this right now. Try again in a few minutes.";
