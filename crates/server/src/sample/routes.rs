//! The sample's routes.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use super::Sample;
use super::client::ProviderFault;
use super::pages::{Choice, ErrorPage, PublicKeyPage, SignedInPage, SignedOut, Start, page, rows};
use super::visits::{Begun, Visit};

pub(super) fn router(sample: Arc<Sample>) -> Router {
    Router::new()
        .route("/", get(start))
        .route("/signin", get(sign_in))
        .route("/callback", get(callback))
        .route("/signed-in", get(signed_in))
        .route("/signout", get(sign_out))
        .route("/signed-out", get(signed_out))
        .route("/public-key", get(public_key))
        .route("/key.pem", get(key_pem))
        .route("/jwk.json", get(key_jwk))
        .route("/sample.css", get(stylesheet))
        .fallback(not_found)
        .with_state(sample)
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Chosen {
    environment: Option<String>,
    client_id: Option<String>,
    level: Option<String>,
    scope: Option<String>,
    redirect_uri: Option<String>,
}

async fn start(State(sample): State<Arc<Sample>>, Query(chosen): Query<Chosen>) -> Response {
    let environment = chosen.environment.unwrap_or_default();
    let level = chosen.level.unwrap_or_default();
    let choice = |value: &str, label: &str, wanted: &str| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        selected: value == wanted,
    };
    let page_of = Start {
        environments: sample
            .settings
            .environments
            .iter()
            .map(|(name, issuer)| choice(name, &format!("{name} ({issuer})"), &environment))
            .collect(),
        client_id: chosen
            .client_id
            .unwrap_or_else(|| sample.settings.client_id.clone()),
        levels: LEVELS
            .iter()
            .map(|(value, label)| choice(value, label, &level))
            .collect(),
        scope: chosen.scope.unwrap_or_else(|| SCOPE.to_owned()),
        redirect_uri: chosen.redirect_uri.unwrap_or_else(|| sample.callback()),
        base_url: sample.settings.base_url.clone(),
    };
    sample.page(StatusCode::OK, &page_of)
}

async fn sign_in(
    State(sample): State<Arc<Sample>>,
    headers: HeaderMap,
    Query(chosen): Query<Chosen>,
) -> Response {
    match begin(&sample, &headers, chosen).await {
        Ok(response) => response,
        Err(fault) => sample.error(&fault),
    }
}

async fn begin(
    sample: &Sample,
    headers: &HeaderMap,
    chosen: Chosen,
) -> Result<Response, ProviderFault> {
    let random = &sample.settings.random;
    let begun = Begun {
        redirect_uri: chosen
            .redirect_uri
            .map(|uri| uri.trim().to_owned())
            .filter(|uri| !uri.is_empty())
            .unwrap_or_else(|| sample.callback()),
        environment: chosen.environment.unwrap_or_default(),
        client_id: chosen.client_id.unwrap_or_default().trim().to_owned(),
        state: random.token(),
        nonce: random.token(),
        verifier: random.token(),
    };
    let level = chosen.level.unwrap_or_else(|| LEVELS[0].0.to_owned());
    let scope = chosen.scope.unwrap_or_else(|| SCOPE.to_owned());
    let provider = sample.discover(&begun.environment).await?;
    let target = sample.request(&provider, &begun, &level, &scope)?;
    let cookie = cookie(headers).map_or_else(|| random.token(), str::to_owned);
    sample.visits.keep(
        &cookie,
        Visit {
            begun: Some(begun),
            signed_in: None,
        },
    );
    let set = format!("{COOKIE}={cookie}; Path=/; HttpOnly; SameSite=Lax");
    Ok(([(header::SET_COOKIE, set)], Redirect::to(&target)).into_response())
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Answer {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

async fn callback(
    State(sample): State<Arc<Sample>>,
    headers: HeaderMap,
    Query(answer): Query<Answer>,
) -> Response {
    match finish(&sample, &headers, answer).await {
        Ok(()) => Redirect::to("/signed-in").into_response(),
        Err(fault) => sample.error(&fault),
    }
}

async fn finish(sample: &Sample, headers: &HeaderMap, answer: Answer) -> Result<(), ProviderFault> {
    let unasked = || {
        ProviderFault::new(
            "sample/state",
            "This answer does not belong to a sign-in that this browser began here. Start again.",
        )
    };
    let cookie = cookie(headers).ok_or_else(unasked)?;
    let begun = sample.visits.take_begun(cookie).ok_or_else(unasked)?;
    if answer.state.as_deref() != Some(&begun.state) {
        return Err(unasked());
    }
    if let Some(code) = answer.error {
        return Err(ProviderFault {
            code,
            sentence: answer.error_description.unwrap_or_default(),
            request_id: None,
        });
    }
    let code = answer.code.ok_or_else(|| {
        ProviderFault::new(
            "sample/answer",
            "The provider's answer has neither a code nor an error.",
        )
    })?;
    let signed_in = sample.redeem(&begun, &code).await?;
    sample.visits.keep(
        cookie,
        Visit {
            begun: None,
            signed_in: Some(signed_in),
        },
    );
    Ok(())
}

async fn signed_in(State(sample): State<Arc<Sample>>, headers: HeaderMap) -> Response {
    let Some(signed_in) = sample.visit(&headers).signed_in else {
        return Redirect::to("/").into_response();
    };
    let email = signed_in
        .userinfo
        .get("email")
        .and_then(|email| email.as_str())
        .unwrap_or_default();
    let page_of = SignedInPage {
        environment: signed_in.environment.clone(),
        client_id: signed_in.client_id.clone(),
        name: email.to_owned(),
        id_token: rows(&signed_in.id_token),
        userinfo: rows(&signed_in.userinfo),
    };
    sample.page(StatusCode::OK, &page_of)
}

async fn sign_out(State(sample): State<Arc<Sample>>, headers: HeaderMap) -> Response {
    let (Some(cookie), Some(signed_in)) = (cookie(&headers), sample.visit(&headers).signed_in)
    else {
        return Redirect::to("/signed-out").into_response();
    };
    sample.visits.keep(cookie, Visit::default());
    let target = match sample.discover(&signed_in.environment).await {
        Ok(provider) => sample.sign_out(&provider, &signed_in.client_id),
        Err(fault) => Err(fault),
    };
    target.map_or_else(
        |fault| sample.error(&fault),
        |target| Redirect::to(&target).into_response(),
    )
}

async fn signed_out(State(sample): State<Arc<Sample>>) -> Response {
    sample.page(StatusCode::OK, &SignedOut)
}

async fn public_key(State(sample): State<Arc<Sample>>) -> Response {
    let page_of = PublicKeyPage {
        callback: sample.callback(),
        signed_out: format!("{}/signed-out", sample.settings.base_url),
        pem: sample.settings.key.public().to_pem(),
        jwk: serde_json::to_string_pretty(&sample.settings.key.jwk()).unwrap_or_default(),
    };
    sample.page(StatusCode::OK, &page_of)
}

async fn key_pem(State(sample): State<Arc<Sample>>) -> Response {
    (
        [(header::CONTENT_TYPE, "application/x-pem-file")],
        sample.settings.key.public().to_pem(),
    )
        .into_response()
}

async fn key_jwk(State(sample): State<Arc<Sample>>) -> Response {
    axum::Json(sample.settings.key.jwk()).into_response()
}

async fn stylesheet() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "max-age=300"),
    ];
    (headers, include_str!("../../static/sample.css")).into_response()
}

async fn not_found(State(sample): State<Arc<Sample>>) -> Response {
    let page_of = ErrorPage {
        code: "not found".to_owned(),
        sentence: "There is no such page in this sample.".to_owned(),
        request_id: None,
    };
    sample.page(StatusCode::NOT_FOUND, &page_of)
}

impl Sample {
    fn page(&self, status: StatusCode, template: &impl askama::Template) -> Response {
        let issuers: Vec<&str> = self
            .settings
            .environments
            .iter()
            .map(|(_, issuer)| issuer.as_str())
            .collect();
        page(status, template, &issuers.join(" "))
    }

    fn error(&self, fault: &ProviderFault) -> Response {
        let page_of = ErrorPage {
            code: fault.code.clone(),
            sentence: fault.sentence.clone(),
            request_id: fault.request_id.clone(),
        };
        self.page(StatusCode::BAD_REQUEST, &page_of)
    }

    fn visit(&self, headers: &HeaderMap) -> Visit {
        cookie(headers)
            .and_then(|cookie| self.visits.of(cookie))
            .unwrap_or_default()
    }
}

/// The sample's cookie, if it looks like one that it made.
fn cookie(headers: &HeaderMap) -> Option<&str> {
    let lines = headers
        .get_all(header::COOKIE)
        .into_iter()
        .filter_map(|line| line.to_str().ok());
    let mut pairs = lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs
        .find(|(name, value)| *name == COOKIE && value.len() == TOKEN_LENGTH)
        .map(|(_, value)| value)
}

const COOKIE: &str = "durward_sample";
const TOKEN_LENGTH: usize = 43;
const SCOPE: &str = "openid email";
const LEVELS: &[(&str, &str)] = &[
    ("urn:acr.login.gov:auth-only", "Sign-in only"),
    ("urn:acr.login.gov:verified", "Verified identity"),
];
