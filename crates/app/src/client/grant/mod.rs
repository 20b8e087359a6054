//! The token endpoint. Each grant is judged and kept in one write unit; what is signed is signed after it.

mod code;
mod own;
pub(super) mod refresh;
mod seen;
mod sign;
mod unit;

use std::sync::Arc;

use durward_domain::event::Event;
use durward_oidc::token::{Grant, TokenError, TokenRequest};

use super::possession::{self, Headers, Target};
use super::refused::Refused;
use super::sender::{Sender, identify};
use crate::door::Door;
use crate::failure::Failure;
use crate::record::Trace;
use seen::{Seen, noted};
use unit::{Spending, Unit};

pub use sign::TokenAnswer;

/// Gives tokens for a grant: `body` is the form.
///
/// # Errors
/// [`TokenError`], or a fault.
pub async fn grant_tokens(
    door: &Arc<Door>,
    body: &[u8],
    headers: Headers<'_>,
    trace: &Trace,
) -> Result<TokenAnswer, Failure<TokenError>> {
    let mut seen = Seen::default();
    let outcome = grant(door, body, headers, &mut seen, trace).await;
    let refusal = match &outcome {
        Ok(_) => Ok(None),
        Err(Failure::Refused(refusal)) => Ok(Some(refusal)),
        Err(Failure::Fault(_)) => Err(()),
    };
    if let Ok(refusal) = refusal {
        noted(door, body, headers.authorization, &seen, refusal, trace);
    }
    let told = match &outcome {
        Ok(_) => "issued",
        Err(Failure::Refused(refusal)) => refusal.oauth_error().as_str(),
        Err(Failure::Fault(_)) => "fault",
    };
    metrics::counter!("durward_token_requests_total", "environment" => door.name.as_str(), "grant" => seen.grant_type, "outcome" => told)
        .increment(1);
    outcome
}

async fn grant(
    door: &Arc<Door>,
    body: &[u8],
    headers: Headers<'_>,
    seen: &mut Seen,
    trace: &Trace,
) -> Result<TokenAnswer, Failure<TokenError>> {
    let request = TokenRequest::parse(body, headers.authorization).map_err(Failure::Refused)?;
    seen.grant_type = request.grant.kind().as_str();
    let real_now = door.clock.real_now();
    let sender = match identify(door, request.client, &door.documents.token_url, real_now).await {
        Ok(sender) => sender,
        Err(Failure::Fault(fault)) => return Err(Failure::Fault(fault)),
        Err(Failure::Refused((client, refusal))) => {
            if let Some(client) = client {
                Refused::to_visitor(Event::TokenRefused, &client.client_id, &refusal)
                    .record(door, trace)
                    .await?;
                seen.client = Some(client);
            }
            return Err(Failure::Refused(refusal));
        }
    };
    if let Sender::Proved(client, proved) = &sender {
        seen.client = Some(Arc::clone(client));
        seen.key.clone_from(&proved.key);
    }
    let target = Target::form(&door.documents.token_url);
    let proof = match possession::judge(door, headers.dpop, target) {
        Ok(proof) => proof,
        Err(fault) => {
            let refusal = TokenError::Proof(fault);
            if let Some(client) = &seen.client {
                Refused::to_visitor(Event::TokenRefused, &client.client_id, &refusal)
                    .record(door, trace)
                    .await?;
            }
            return Err(Failure::Refused(refusal));
        }
    };
    let asked = request.grant.kind();
    let (unit, drawn) = Unit::new(door, (sender, proof), asked, trace, real_now);
    match request.grant {
        Grant::Code(grant) => code::redeem(unit, grant, drawn, seen).await,
        Grant::Refresh(grant) => refresh::refresh(unit, grant, drawn, seen).await,
        Grant::Own => own::own(unit, drawn).await,
    }
}

/// Runs a grant's unit. What it found is seen, whatever it decided.
async fn spend<S: Spending + 'static>(
    spending: Arc<S>,
    seen: &mut Seen,
) -> Result<unit::Granted, Failure<TokenError>> {
    let door = Arc::clone(&spending.unit().door);
    let outcome = door.store.write(move |c| spending.run(c)).await?;
    if let Some(grant) = &outcome.grant {
        seen.grant(grant);
    }
    if seen.client.is_none() {
        seen.client.clone_from(&outcome.client);
    }
    outcome.granted.map_err(Failure::Refused)
}
