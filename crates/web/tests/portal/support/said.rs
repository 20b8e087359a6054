//! An answer, and what a test asks of it.

use axum::http::HeaderMap;
use axum::response::Response;
use http_body_util::BodyExt as _;
use serde_json::Value;

/// An answer; `json` is null where the body is none.
pub(crate) struct Said {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) json: Value,
    pub(crate) text: String,
}

impl Said {
    pub(super) async fn of(answer: Response) -> Self {
        let (parts, body) = answer.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Self {
            status: parts.status.as_u16(),
            headers: parts.headers,
            json: serde_json::from_slice(&bytes).unwrap_or_default(),
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    /// A header; empty where there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }

    /// The value of a cookie that is set.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        let cookies = self
            .headers
            .get_all("set-cookie")
            .iter()
            .filter_map(|value| value.to_str().ok());
        cookies
            .filter_map(|line| line.split(';').next()?.split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.to_owned())
    }

    /// The code of a refusal; empty where it is none.
    pub(crate) fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }

    /// The body in JSON of an answer with this status.
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.json
    }

    /// The body of a refusal with this status and code.
    #[track_caller]
    pub(crate) fn refused(self, status: u16, code: &str) -> Value {
        assert_eq!((self.status, self.code()), (status, code), "{}", self.text);
        self.json
    }

    /// The text of a page that is shown.
    #[track_caller]
    pub(crate) fn shown(self) -> String {
        assert_eq!(self.status, 200, "{}", self.text);
        self.text
    }

    /// Status and text.
    pub(crate) fn pair(self) -> (u16, String) {
        (self.status, self.text)
    }

    /// A problem as RFC 9457 and the API want it.
    #[track_caller]
    pub(crate) fn is_problem(&self, what: &str, status: u16) {
        assert_eq!(self.status, status, "{what}: {}", self.json);
        let kind = self.header("content-type");
        assert_eq!(kind, "application/problem+json", "{what}");
        for name in ["type", "title", "status", "detail", "code", "request_id"] {
            let value = &self.json[name];
            assert!(!value.is_null(), "{what} lacks {name}: {}", self.json);
        }
        let id = self.header("x-request-id");
        assert_eq!(self.json["request_id"], id, "{what}");
    }
}
