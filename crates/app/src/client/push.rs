//! The PAR endpoint: an app leaves a request before its browser comes. RFC 9126

use std::sync::Arc;

use durward_domain::event::Event;
use durward_domain::refusal::{RefusalKind, Refuse};
use durward_oidc::authorize::{
    self as rules, AuthorizeRefusal, Carried, Outcome as Judgement, REQUEST_URI_PREFIX,
};
use durward_oidc::client::Client;
use durward_oidc::dpop::{self, Proof, ProofFault};
use durward_oidc::evidence::{self, Evidence, Outcome, Step};
use durward_oidc::oauth::OAuthError;
use durward_oidc::params::Params;
use durward_oidc::token::TokenError;
use durward_store::pushed_requests;
use serde::Serialize;

use super::authorize::bounds;
use super::carried::{Kept, aad, opened, with_hint};
use super::possession::{self, Headers, Target};
use super::refused::Refused;
use super::sender::{Sender, authenticate};
use super::trail::Asked;
use crate::actor::Actor;
use crate::door::Door;
use crate::failure::{Failure, Fault};
use crate::record::Trace;

/// Where the browser is sent with, and until when. RFC 9126 §2.2
#[derive(Serialize)]
pub struct Pushed {
    request_uri: String,
    expires_in: u32,
}

/// Why a request is not kept.
#[derive(Debug, thiserror::Error)]
pub enum PushRefusal {
    /// The client did not prove itself, or the form cannot be read.
    #[error(transparent)]
    Client(TokenError),
    /// The request would be refused at the authorization endpoint.
    #[error("{0}")]
    Request(Box<AuthorizeRefusal>),
    /// A `request_uri` in a request that is pushed. RFC 9126 §2.1
    #[error("A request that is pushed has no request_uri. Leave it out.")]
    Nested,
}

impl PushRefusal {
    /// The error code on the wire.
    pub fn oauth_error(&self) -> OAuthError {
        match self {
            Self::Client(refusal) => refusal.oauth_error(),
            // RFC 9126 §2.3 knows no page: whose client id it is was proved before.
            Self::Request(refusal) => refusal.error(),
            Self::Nested => OAuthError::InvalidRequest,
        }
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Client(refusal) => refusal.status(),
            Self::Request(_) | Self::Nested => 400,
        }
    }
}

impl Refuse for PushRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Client(refusal) => refusal.code(),
            Self::Request(refusal) => refusal.code(),
            Self::Nested => "par/request-uri",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Client(refusal) => refusal.kind(),
            Self::Request(refusal) => refusal.kind(),
            Self::Nested => RefusalKind::Invalid,
        }
    }
}

/// Keeps a request of an app that proves itself: `body` is the form.
///
/// # Errors
/// [`PushRefusal`], or a fault.
pub async fn push(
    door: &Arc<Door>,
    body: &[u8],
    headers: Headers<'_>,
    trace: &Trace,
) -> Result<Pushed, Failure<PushRefusal>> {
    let mut seen = Seen::default();
    let outcome = pushed(door, body, headers, &mut seen).await;
    let told = match &outcome {
        Ok(_) => "kept",
        Err(Failure::Refused(refusal)) => refusal.oauth_error().as_str(),
        Err(Failure::Fault(_)) => "fault",
    };
    metrics::counter!("durward_pushed_requests_total", "environment" => door.name.as_str(), "outcome" => told)
        .increment(1);
    match &outcome {
        Ok(_) => noted(door, &seen, None, trace),
        Err(Failure::Refused(refusal)) => {
            noted(door, &seen, Some(refusal), trace);
            if let Some(client) = &seen.client {
                let mut refused =
                    Refused::to_visitor(Event::AuthorizeRefused, &client.client_id, refusal);
                if seen.key.is_some() {
                    refused.actor = Actor::Client(client.client_id.clone());
                }
                refused.record(door, trace).await?;
            }
        }
        Err(Failure::Fault(_)) => {}
    }
    outcome
}

/// What came to light of a request on the way to its answer.
#[derive(Default)]
struct Seen {
    params: Params,
    client: Option<Arc<Client>>,
    key: Option<String>,
}

async fn pushed(
    door: &Arc<Door>,
    body: &[u8],
    headers: Headers<'_>,
    seen: &mut Seen,
) -> Result<Pushed, Failure<PushRefusal>> {
    let form = (body, headers.authorization);
    let url = &door.documents.push_url;
    let (client, sender) = match authenticate(door, form, url, &mut seen.params).await {
        Ok(proved) => proved,
        Err(Failure::Fault(fault)) => return Err(Failure::Fault(fault)),
        Err(Failure::Refused((client, refusal))) => {
            seen.client = client;
            return Err(Failure::Refused(PushRefusal::Client(refusal)));
        }
    };
    seen.client = Some(Arc::clone(&client));
    seen.key = sender.key().map(str::to_owned);
    let params = &seen.params;
    if params.get("request_uri").is_some() {
        return Err(Failure::Refused(PushRefusal::Nested));
    }
    let by_client = |fault: ProofFault| Failure::Refused(PushRefusal::Client(fault.into()));
    let proof = possession::judge(door, headers.dpop, Target::form(url)).map_err(by_client)?;
    let (own, carried) = opened(door, &client, params).await;
    let carried = Carried {
        pushed: true,
        ..carried
    };
    // A public app says who it is by its client_id alone, which then is the one of the request.
    let own = with_client(&own, &client);
    let carried = with_hint(door, &own, carried);
    let own = bound(own, &client, proof.as_ref()).map_err(by_client)?;
    match rules::judge(&own, &carried, Some(Arc::clone(&client)), &bounds(door)) {
        Judgement::Valid { .. } => {}
        Judgement::Page(refusal) | Judgement::Redirect { refusal, .. } => {
            return Err(Failure::Refused(PushRefusal::Request(Box::new(refusal))));
        }
    }
    keep(door, (&client, sender, proof), &own, carried.signed).await
}

async fn keep(
    door: &Arc<Door>,
    (client, sender, proof): (&Client, Sender, Option<Proof>),
    params: &Params,
    signed: bool,
) -> Result<Pushed, Failure<PushRefusal>> {
    let client_id = client.client_id.clone();
    let pairs = params.pairs().iter();
    let kept = Kept {
        signed,
        pairs: pairs
            .filter(|(name, _)| !OF_THE_CLIENT.contains(&name.as_str()))
            .cloned()
            .collect(),
    };
    let token = door.random.token();
    let hash = door.hasher.hash(&token);
    let plain = serde_json::to_vec(&kept)
        .map_err(|_| Fault::internal("a pushed request cannot be written down"))?;
    let sealed = door.sealer.seal(&aad(&hash), &plain, &door.random);
    let until = door.clock.now().as_microsecond() + i64::from(PUSHED_SECONDS) * 1_000_000;
    door.store
        .write(move |c| {
            if !sender.spend(c)? {
                return Ok(Err(TokenError::AssertionReplayed));
            }
            if !possession::spend(c, proof.as_ref())? {
                return Ok(Err(ProofFault::Replayed.into()));
            }
            pushed_requests::put(c, &hash, &client_id, &sealed, until)?;
            Ok(Ok(()))
        })
        .await?
        .map_err(|refusal| Failure::Refused(PushRefusal::Client(refusal)))?;
    Ok(Pushed {
        request_uri: format!("{REQUEST_URI_PREFIX}{token}"),
        expires_in: PUSHED_SECONDS,
    })
}

/// The parameters with the client id that was proved, which an assertion alone may have named.
fn with_client(params: &Params, client: &Client) -> Params {
    let mut pairs = params.pairs().to_vec();
    if params.get("client_id").is_none() {
        pairs.push(("client_id".to_owned(), client.client_id.clone()));
    }
    Params::new(pairs)
}

/// The parameters with the key that a proof showed: the code will be bound to it. RFC 9449 §10.1
fn bound(params: Params, client: &Client, proof: Option<&Proof>) -> Result<Params, ProofFault> {
    let Some(proof) = proof else {
        return Ok(params);
    };
    dpop::binding(client, Some(proof), params.get("dpop_jkt"))?;
    let mut pairs = params.pairs().to_vec();
    if params.get("dpop_jkt").is_none() {
        pairs.push(("dpop_jkt".to_owned(), proof.key.clone()));
    }
    Ok(Params::new(pairs))
}

fn noted(door: &Door, seen: &Seen, refusal: Option<&PushRefusal>, trace: &Trace) {
    let code = refusal.map(Refuse::code);
    let asked = Asked {
        step: Step::Push,
        outcome: refusal.map_or(Outcome::Ok, |_| Outcome::Refused),
        code,
        status: refusal.map_or(201, PushRefusal::status),
        client: seen.client.as_ref(),
        sent_id: seen.params.get("client_id"),
        redirect_uri: seen.params.get("redirect_uri"),
        flow: None,
        key: seen.key.as_deref(),
    };
    door.trail.note(door, &asked, trace, || Evidence {
        sentence: refusal.map(|refusal| evidence::words(&refusal.to_string())),
        ..Evidence::push(&seen.params, seen.client.as_deref(), code)
    });
}

/// What proves the client is no part of its request.
const OF_THE_CLIENT: [&str; 3] = ["client_assertion", "client_assertion_type", "client_secret"];

/// How long a pushed request is kept, in seconds: the browser comes at once. FAPI 2.0 Security Profile §5.3.2.2
pub const PUSHED_SECONDS: u32 = 90;
