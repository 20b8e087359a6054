//! The portal's API, as the command line calls it.

use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use durward_domain::application::AppDocument;
use reqwest::{Client, Method, Response, StatusCode, Url, header};
use serde_json::Value;

use super::files;
use crate::cli::out::Stop;

/// Where the portal is and who calls.
#[derive(Args)]
pub(in crate::cli) struct Address {
    /// The portal's address.
    #[arg(long, value_name = "URL", env = "DURWARD_PORTAL")]
    portal: Url,
    /// A file with the API token. Without it the token is taken from DURWARD_TOKEN.
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
}

/// A portal with a token.
pub(in crate::cli) struct Portal {
    http: Client,
    base: String,
    token: String,
}

/// An answer: its status, its version and its text.
pub(in crate::cli) struct Answered {
    pub(in crate::cli) status: StatusCode,
    /// The ETag as it came.
    pub(in crate::cli) tag: Option<String>,
    pub(in crate::cli) text: String,
}

impl Address {
    pub(in crate::cli) const fn new(portal: Url, token_file: Option<PathBuf>) -> Self {
        Self { portal, token_file }
    }

    /// Opens the way to the portal. A token travels over TLS, or stays on this machine.
    pub(in crate::cli) fn open(&self) -> Result<Portal, Stop> {
        let own = matches!(
            self.portal.host_str(),
            Some("localhost" | "127.0.0.1" | "[::1]")
        );
        if self.portal.scheme() != "https" && !own {
            return Err(Stop::usage(
                "the portal's address must begin with https: a token must not travel in the clear",
            ));
        }
        let token = match &self.token_file {
            Some(file) => files::text(file)?,
            None => token_of_environment().ok_or_else(|| {
                Stop::usage("there is no token: set DURWARD_TOKEN or name a file with --token-file")
            })?,
        };
        // Only the first provider of a process counts.
        drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
        let http = Client::builder()
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| Stop::failure(error.to_string()))?;
        Ok(Portal {
            http,
            base: self.portal.as_str().trim_end_matches('/').to_owned(),
            token: token.trim().to_owned(),
        })
    }
}

impl Portal {
    pub(in crate::cli) async fn get(&self, path: &str) -> Result<Answered, Stop> {
        self.call(Method::GET, path, None, None).await
    }

    pub(in crate::cli) async fn post(&self, path: &str, body: String) -> Result<Answered, Stop> {
        self.call(Method::POST, path, Some(body), None).await
    }

    /// Saves over the version that was seen, and over no other.
    pub(super) async fn put(&self, path: &str, body: String, seen: &str) -> Result<Answered, Stop> {
        self.call(Method::PUT, path, Some(body), Some(seen)).await
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
        seen: Option<&str>,
    ) -> Result<Answered, Stop> {
        let mut waited = Duration::ZERO;
        loop {
            let mut request = self
                .http
                .request(method.clone(), format!("{}/api/v1{path}", self.base))
                .bearer_auth(&self.token);
            if let Some(body) = &body {
                request = request
                    .header(header::CONTENT_TYPE, "application/json")
                    .body(body.clone());
            }
            if let Some(seen) = seen {
                request = request.header(header::IF_MATCH, seen);
            }
            let answer = request
                .send()
                .await
                .map_err(|error| self.unreachable(&error))?;
            // Too many calls: the portal says when the token has some again.
            let pause = pause(&answer).filter(|pause| waited + *pause <= PATIENCE);
            let Some(pause) = pause else {
                return self.read(answer).await;
            };
            tokio::time::sleep(pause).await;
            waited += pause;
        }
    }

    async fn read(&self, answer: Response) -> Result<Answered, Stop> {
        let status = answer.status();
        let tag = answer.headers().get(header::ETAG);
        let tag = tag.and_then(|tag| tag.to_str().ok()).map(str::to_owned);
        let text = answer
            .text()
            .await
            .map_err(|error| self.unreachable(&error))?;
        Ok(Answered { status, tag, text })
    }

    fn unreachable(&self, error: &reqwest::Error) -> Stop {
        let why = if error.is_timeout() {
            "it did not answer in time".to_owned()
        } else {
            let mut why = error.to_string();
            let mut source = std::error::Error::source(error);
            while let Some(cause) = source {
                why = cause.to_string();
                source = cause.source();
            }
            why
        };
        Stop::failure(format!("the portal {} cannot be reached: {why}", self.base))
    }
}

impl Answered {
    pub(in crate::cli) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// The answer when it is a success, otherwise what the portal says about it.
    pub(in crate::cli) fn good(self) -> Result<Self, Stop> {
        if self.status.is_success() {
            Ok(self)
        } else {
            Err(Stop::failure(self.problem()))
        }
    }

    /// The portal's words about what it refused.
    pub(super) fn problem(&self) -> String {
        let problem = self.json();
        let detail = problem["detail"]
            .as_str()
            .unwrap_or("the portal answered without a reason");
        let mut text = format!("{detail} ({}", self.status.as_u16());
        if let Some(code) = problem["code"].as_str() {
            text.push_str(&format!(", {code}"));
        }
        if let Some(id) = problem["request_id"].as_str() {
            text.push_str(&format!(", request {id}"));
        }
        text.push(')');
        for line in problem["findings"].as_array().into_iter().flatten() {
            text.push_str(&finding(line));
        }
        for line in problem["faults"].as_array().into_iter().flatten() {
            text.push_str(&format!(
                "\n  {}  {}",
                line["path"].as_str().unwrap_or_default(),
                line["message"].as_str().unwrap_or_default()
            ));
        }
        text
    }
}

/// How long to wait before a call that was one too many is sent again.
fn pause(answer: &Response) -> Option<Duration> {
    if answer.status() != StatusCode::TOO_MANY_REQUESTS {
        return None;
    }
    let seconds = answer.headers().get(header::RETRY_AFTER);
    let seconds = seconds.and_then(|text| text.to_str().ok()?.parse().ok());
    Some(Duration::from_secs(seconds.unwrap_or(1).max(1)))
}

/// One finding of the validator, on a line of its own.
pub(super) fn finding(line: &Value) -> String {
    format!(
        "\n  {}  {}  {}",
        line["rule"].as_str().unwrap_or_default(),
        line["path"].as_str().unwrap_or_default(),
        line["message"].as_str().unwrap_or_default()
    )
}

/// The address of a configuration under the API.
pub(super) fn place(document: &AppDocument) -> String {
    format!("/apps/{}/{}", document.handle, document.environment)
}

/// Runs one command to its end.
pub(in crate::cli) fn block<T>(work: impl Future<Output = Result<T, Stop>>) -> Result<T, Stop> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime
        .map_err(|error| Stop::failure(format!("the runtime cannot start: {error}")))?
        .block_on(work)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the token of a command line comes from its environment"
)]
fn token_of_environment() -> Option<String> {
    std::env::var("DURWARD_TOKEN")
        .ok()
        .filter(|token| !token.trim().is_empty())
}

const PATIENCE: Duration = Duration::from_secs(60);
