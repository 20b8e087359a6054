//! Bodies in, answers and problems out.

use std::collections::HashMap;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use durward_app::Failure;
use durward_app::operator::clock::ClockRefusal;
use durward_app::operator::releases::ReleaseDenied;
use durward_app::partner::agreements::AgreementDenied;
use durward_app::partner::apps::AppRefusal;
use durward_app::partner::calendar::SpanRefusal;
use durward_app::partner::inspector::NotFound;
use durward_app::partner::inspector::pasted::PastedRefusal;
use durward_app::partner::launches::LaunchDenied;
use durward_app::partner::tokens::TokenRefusal;
use durward_domain::agreement::BadNumber;
use durward_domain::refusal::{RefusalKind, Refuse};
use jiff::civil::Date;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::shared::limits::LimitRefusal;
use crate::shared::problem::Problem;

/// What an API call answers.
pub(super) type Answer = Result<Response, Problem>;

/// A refusal with what a program may want to know beside its sentence.
pub(super) trait Told: Refuse {
    fn fields(&self) -> Vec<(&'static str, Value)> {
        Vec::new()
    }
}

impl Told for AppRefusal {
    fn fields(&self) -> Vec<(&'static str, Value)> {
        if !self.faults().is_empty() {
            return vec![("faults", json!(self.faults()))];
        }
        let findings = self.findings();
        if findings.is_empty() {
            Vec::new()
        } else {
            vec![("findings", json!(findings))]
        }
    }
}

impl Told for LaunchDenied {
    fn fields(&self) -> Vec<(&'static str, Value)> {
        match self {
            Self::Open(items) => vec![("open_items", json!(items))],
            _ => Vec::new(),
        }
    }
}

impl Told for ReleaseDenied {
    fn fields(&self) -> Vec<(&'static str, Value)> {
        match self {
            Self::WindowClosed(window) => vec![("window", json!(window))],
            _ => Vec::new(),
        }
    }
}

impl Told for AgreementDenied {}
impl Told for BadNumber {}
impl Told for ClockRefusal {}
impl Told for NotFound {}
impl Told for PastedRefusal {}
impl Told for SpanRefusal {}
impl Told for TokenRefusal {}

/// A failure as a problem. What was sent and cannot be done is 422; a version that moved on is 412.
pub(super) fn told<R: Told>(failure: Failure<R>) -> Problem {
    match failure {
        Failure::Fault(fault) => Problem::from(fault).as_json(),
        Failure::Refused(refusal) => refused(&refusal),
    }
}

/// A refusal as a problem.
pub(super) fn refused(refusal: &impl Told) -> Problem {
    let mut problem = Problem::refused(refusal).as_json();
    if refusal.code().ends_with("/stale") {
        problem = problem.with_status(StatusCode::PRECONDITION_FAILED);
    } else if refusal.kind() == RefusalKind::Invalid {
        problem = problem.with_status(StatusCode::UNPROCESSABLE_ENTITY);
    }
    for (name, value) in refusal.fields() {
        problem = problem.with_field(name, value);
    }
    problem
}

/// 200 with JSON.
pub(super) fn ok(body: &impl Serialize) -> Answer {
    answer(StatusCode::OK, body)
}

/// A list.
pub(super) fn items(items: &impl Serialize) -> Answer {
    ok(&json!({ "items": items }))
}

/// A page of a list that is at hand whole: what follows the one that the last page named, and how to go on.
pub(super) fn page<T: Serialize>(asked: &Asked, list: &[T], key: impl Fn(&T) -> String) -> Answer {
    let limit = asked.limit()?;
    let start = match asked.text("after") {
        None => 0,
        Some(after) => match list.iter().position(|one| key(one) == after) {
            Some(at) => at + 1,
            None => return Err(no_such_place()),
        },
    };
    let rest = list.get(start..).unwrap_or_default();
    let shown = rest.get(..limit).unwrap_or(rest);
    let next = (rest.len() > limit)
        .then(|| shown.last().map(key))
        .flatten();
    onward(&shown, next)
}

/// A page and, when there is more, where the next one begins.
pub(super) fn onward(items: &impl Serialize, next: Option<String>) -> Answer {
    ok(&match next {
        Some(next) => json!({ "items": items, "next": next }),
        None => json!({ "items": items }),
    })
}

/// The place where a page should begin is unknown.
pub(super) fn no_such_place() -> Problem {
    parameter("after", "what the last page gave as next")
}

/// JSON with a status.
pub(super) fn answer(status: StatusCode, body: &impl Serialize) -> Answer {
    let text = serde_json::to_vec(body)
        .map_err(|error| Problem::fault(format!("writing an answer: {error}")).as_json())?;
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((status, headers, text).into_response())
}

/// The same with a version as its ETag.
pub(super) fn tagged(answer: Answer, version: i64) -> Answer {
    let mut response = answer?;
    if let Ok(tag) = HeaderValue::from_str(&format!("\"v{version}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    Ok(response)
}

/// Whether the caller has this version already (`If-None-Match`, RFC 9110 §13.1.2).
pub(super) fn seen(headers: &HeaderMap, version: i64) -> bool {
    let tags = headers.get(header::IF_NONE_MATCH);
    let tags = tags.and_then(|tags| tags.to_str().ok()).unwrap_or_default();
    tags.split(',')
        .map(str::trim)
        .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == format!("\"v{version}\""))
}

/// What `If-Match` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IfMatch {
    /// Nothing.
    Absent,
    /// `*`: something must be there.
    Any,
    /// This version; one that cannot be read is none that ever was.
    Version(i64),
}

impl IfMatch {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let Some(value) = headers.get(header::IF_MATCH) else {
            return Self::Absent;
        };
        match value.to_str().map(str::trim) {
            Ok("*") => Self::Any,
            Ok(tag) => {
                let version = tag
                    .strip_prefix("\"v")
                    .and_then(|rest| rest.strip_suffix('"'))
                    .and_then(|number| number.parse().ok());
                Self::Version(version.unwrap_or(-1))
            }
            Err(_) => Self::Version(-1),
        }
    }

    /// The version, when one is named.
    pub(super) const fn version(self) -> Option<i64> {
        match self {
            Self::Version(version) => Some(version),
            Self::Absent | Self::Any => None,
        }
    }
}

/// A body as it was sent, with its media type.
pub(super) struct Sent {
    pub(super) bytes: Bytes,
    kind: Option<String>,
}

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .map(|value| {
                value
                    .split(';')
                    .next()
                    .unwrap_or_default()
                    .trim()
                    .to_ascii_lowercase()
            });
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| {
                if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                    Problem::refused(&LimitRefusal::TooLarge).as_json()
                } else {
                    malformed("The body could not be read. Send it again.")
                }
            })?;
        Ok(Self { bytes, kind })
    }
}

impl Sent {
    /// Whether the body says that it is TOML.
    pub(super) fn is_toml(&self) -> bool {
        self.kind
            .as_deref()
            .is_some_and(|kind| kind == "application/toml" || kind == "text/toml")
    }

    /// Refuses what says that it is something else than JSON. A body without a type is read as JSON.
    pub(super) fn must_be_json(&self) -> Result<(), Problem> {
        match self.kind.as_deref() {
            None | Some("application/json") => Ok(()),
            Some(kind) if kind.starts_with("application/") && kind.ends_with("+json") => Ok(()),
            Some(_) => Err(Problem::new(
                "api/media-type",
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "Send JSON, as application/json.",
            )
            .as_json()),
        }
    }

    /// The body as a value. An empty body is an empty object.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        self.must_be_json()?;
        let bytes: &[u8] = if self.bytes.iter().all(u8::is_ascii_whitespace) {
            b"{}"
        } else {
            &self.bytes
        };
        serde_json::from_slice(bytes).map_err(|error| {
            if error.is_data() {
                let sentence = format!("The body is not what this call takes: {error}.");
                Problem::new("api/body", StatusCode::UNPROCESSABLE_ENTITY, sentence).as_json()
            } else {
                malformed(&format!("The body is not JSON: {error}."))
            }
        })
    }
}

/// The parameters after the question mark.
pub(super) struct Asked(HashMap<String, String>);

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self::of(&parts.uri))
    }
}

impl Asked {
    fn of(uri: &Uri) -> Self {
        Self(
            url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
                .into_owned()
                .collect(),
        )
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(String::as_str)
            .filter(|text| !text.is_empty())
    }

    /// A day.
    pub(super) fn date(&self, name: &'static str) -> Result<Option<Date>, Problem> {
        self.text(name)
            .map(|text| {
                text.parse()
                    .map_err(|_| parameter(name, "a day such as 2026-11-30"))
            })
            .transpose()
    }

    /// A day that must be there.
    pub(super) fn must_date(&self, name: &'static str) -> Result<Date, Problem> {
        self.date(name)?
            .ok_or_else(|| parameter(name, "a day such as 2026-11-30"))
    }

    /// `true` or `false`; absent is false.
    pub(super) fn truth(&self, name: &'static str) -> Result<bool, Problem> {
        match self.text(name) {
            None | Some("false" | "0") => Ok(false),
            Some("true" | "1") => Ok(true),
            Some(_) => Err(parameter(name, "true or false")),
        }
    }

    /// How many items a page has.
    pub(super) fn limit(&self) -> Result<usize, Problem> {
        Ok(self.number("limit")?.unwrap_or(PAGE).clamp(1, MOST))
    }

    /// A whole number.
    pub(super) fn number(&self, name: &'static str) -> Result<Option<usize>, Problem> {
        self.text(name)
            .map(|text| text.parse().map_err(|_| parameter(name, "a whole number")))
            .transpose()
    }
}

/// A parameter that cannot be read.
pub(super) fn parameter(name: &'static str, wanted: &str) -> Problem {
    malformed(&format!("The parameter \"{name}\" must be {wanted}.")).with_field("parameter", name)
}

fn malformed(sentence: &str) -> Problem {
    Problem::new(
        "api/malformed",
        StatusCode::BAD_REQUEST,
        sentence.to_owned(),
    )
    .as_json()
}

const PAGE: usize = 200;
const MOST: usize = 500;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn if_match() {
        let of = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_MATCH, HeaderValue::from_static(text));
            IfMatch::of(&headers)
        };
        assert_eq!(IfMatch::of(&HeaderMap::new()), IfMatch::Absent);
        assert_eq!(of("*"), IfMatch::Any);
        assert_eq!(of("\"v12\""), IfMatch::Version(12));
        for odd in ["v12", "W/\"v12\"", "\"12\"", ""] {
            assert_eq!(of(odd), IfMatch::Version(-1), "{odd}");
        }
    }
}
