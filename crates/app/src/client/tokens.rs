//! What an app asks of tokens that it holds: whether one is good (RFC 7662), and that it ends (RFC 7009).

use std::sync::Arc;

use durward_domain::event::Event;
use durward_domain::refusal::Refuse as _;
use durward_oidc::client::Client;
use durward_oidc::params::Params;
use durward_oidc::token::TokenError;
use durward_store::{Conn, Fault as StoreFault, grants};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use super::issue::Achieved;
use super::refused::Refused;
use super::sender::{Sender, authenticate};
use crate::actor::Actor;
use crate::door::Door;
use crate::failure::Failure;
use crate::record::{Note, Trace};

/// What is told of a token. Of one that is not good, or not this app's, nothing but that. RFC 7662 §2.2
#[derive(Debug, Default, Serialize)]
pub struct Introspection {
    active: bool,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    facts: Option<TokenFacts>,
}

#[derive(Debug, Serialize)]
struct TokenFacts {
    iss: String,
    sub: String,
    client_id: String,
    scope: String,
    token_type: &'static str,
    exp: i64,
    iat: i64,
    acr: String,
    aal: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    cnf: Option<Confirmation>,
}

/// The key that a token is bound to. RFC 9449 §6.2
#[derive(Debug, Serialize)]
struct Confirmation {
    jkt: String,
}

/// Tells whether an access token of the app that asks is good.
///
/// # Errors
/// [`TokenError`] of the app's proof, or a fault.
pub async fn introspect(
    door: &Arc<Door>,
    body: &[u8],
    authorization: Option<&str>,
    trace: &Trace,
) -> Result<Introspection, Failure<TokenError>> {
    let url = &door.documents.introspection_url;
    let asked = ask(door, (body, authorization), url, trace).await?;
    counted(door, "introspect");
    if asked.client.is_public() {
        return Err(Failure::Refused(TokenError::PublicClient));
    }
    let (hashes, client_id) = (
        door.hasher.candidates(&asked.token),
        asked.client.client_id.clone(),
    );
    let sender = asked.sender;
    let found = door
        .store
        .write(move |c| {
            if !sender.spend(c)? {
                return Ok(Err(TokenError::AssertionReplayed));
            }
            for hash in &hashes {
                if let Some(row) = grants::find_token(c, hash)? {
                    return Ok(Ok(Some(row)));
                }
            }
            Ok(Ok(None))
        })
        .await?
        .map_err(Failure::Refused)?;
    let now = door.clock.now();
    let good = found.filter(|row| {
        row.client_id == client_id
            && !row.revoked
            && row.expires_us > now.as_microsecond()
            && row.status == "active"
    });
    let Some(row) = good else {
        return Ok(Introspection::default());
    };
    let achieved = Achieved::read(row.acr, &row.achieved)?;
    let answer = achieved.answer();
    let seconds = |us: i64| {
        let at = Timestamp::from_microsecond(us).unwrap_or(now);
        door.clock.told(at).as_second()
    };
    Ok(Introspection {
        active: true,
        facts: Some(TokenFacts {
            iss: door.issuer.clone(),
            sub: row.subject,
            client_id,
            scope: row.scope,
            token_type: row.jkt.as_ref().map_or("Bearer", |_| "DPoP"),
            cnf: row.jkt.map(|jkt| Confirmation { jkt }),
            exp: seconds(row.expires_us),
            iat: seconds(row.created_us),
            acr: answer.acr,
            aal: answer.aal,
        }),
    })
}

/// Ends an access token of the app that asks. One that is not known, or another app's, is no error: then there is
/// nothing to end. RFC 7009 §2.2
///
/// # Errors
/// [`TokenError`] of the app's proof, or a fault.
pub async fn revoke(
    door: &Arc<Door>,
    body: &[u8],
    authorization: Option<&str>,
    trace: &Trace,
) -> Result<(), Failure<TokenError>> {
    let url = &door.documents.revocation_url;
    let asked = ask(door, (body, authorization), url, trace).await?;
    counted(door, "revoke");
    let unit = Revoking {
        door: Arc::clone(door),
        hashes: door.hasher.candidates(&asked.token),
        client: asked.client,
        sender: asked.sender,
        trace: trace.clone(),
        now: door.clock.now(),
    };
    let done = door.store.write(move |c| unit.run(c)).await?;
    done.map_err(Failure::Refused)
}

/// A form that a client sent about a token.
struct Asked {
    client: Arc<Client>,
    sender: Sender,
    token: String,
}

async fn ask(
    door: &Arc<Door>,
    form: (&[u8], Option<&str>),
    url: &str,
    trace: &Trace,
) -> Result<Asked, Failure<TokenError>> {
    let mut params = Params::default();
    let (client, refusal) = match authenticate(door, form, url, &mut params).await {
        Ok((client, sender)) => match params.get("token") {
            Some(token) => {
                return Ok(Asked {
                    client,
                    sender,
                    token: token.to_owned(),
                });
            }
            None => (Some(client), TokenError::Missing("token")),
        },
        Err(refused) => refused,
    };
    if let Some(client) = client {
        Refused::to_visitor(Event::TokenRefused, &client.client_id, &refusal)
            .record(door, trace)
            .await?;
    }
    tracing::debug!(code = refusal.code(), "a question about a token");
    Err(Failure::Refused(refusal))
}

/// What the unit works with.
struct Revoking {
    door: Arc<Door>,
    hashes: Vec<String>,
    client: Arc<Client>,
    sender: Sender,
    trace: Trace,
    now: Timestamp,
}

impl Revoking {
    fn run(&self, c: &mut Conn) -> Result<Result<(), TokenError>, StoreFault> {
        if !self.sender.spend(c)? {
            return Ok(Err(TokenError::AssertionReplayed));
        }
        for hash in &self.hashes {
            let now_us = self.now.as_microsecond();
            if grants::revoke_token(c, hash, &self.client.client_id, now_us)? {
                self.noted(c)?;
            }
        }
        Ok(Ok(()))
    }

    fn noted(&self, c: &mut Conn) -> Result<(), StoreFault> {
        let client_id = &self.client.client_id;
        self.door.recorder.event(
            c,
            Note {
                time: self.now,
                actor: &Actor::Client(client_id.clone()),
                event: Event::AccessTokenEnded,
                subject: client_id,
                trace: Some(&self.trace),
                detail: json!({}),
            },
        )
    }
}

fn counted(door: &Door, what: &'static str) {
    metrics::counter!("durward_token_questions_total", "environment" => door.name.as_str(), "what" => what)
        .increment(1);
}
