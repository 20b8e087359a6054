//! What an app asks of tokens that it holds: whether one is good (RFC 7662), and that it ends (RFC 7009).

use std::sync::Arc;

use durward_domain::event::Event;
use durward_domain::refusal::Refuse as _;
use durward_oidc::client::Client;
use durward_oidc::params::Params;
use durward_oidc::token::TokenError;
use durward_store::{Conn, Fault as StoreFault, client_tokens, grants};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::access;
use super::grant::refresh;
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
    #[serde(skip_serializing_if = "String::is_empty")]
    scope: String,
    /// Of access tokens alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'static str>,
    exp: i64,
    iat: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    acr: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aal: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cnf: Option<Confirmation>,
}

/// The key that a token is bound to. RFC 9449 §6.2
#[derive(Debug, Serialize)]
struct Confirmation {
    jkt: String,
}

/// Tells whether a token of the app that asks is good. What `token_type_hint` says is not needed to find it.
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
    let unit = Introspecting {
        door: Arc::clone(door),
        hashes: access::names(door, &asked.token),
        client: Arc::clone(&asked.client),
        sender: asked.sender,
        now: door.clock.now(),
    };
    let now = unit.now;
    let found = door.store.write(move |c| unit.run(c)).await?;
    let Some(good) = found.map_err(Failure::Refused)? else {
        return Ok(Introspection::default());
    };
    let level = match good.sign_in {
        Some((acr, achieved)) => Some(Achieved::read(acr, &achieved)?.answer()),
        None => None,
    };
    let (acr, aal) = level.map(|level| (level.acr, level.aal)).unzip();
    let seconds = |us: i64| {
        let at = Timestamp::from_microsecond(us).unwrap_or(now);
        door.clock.told(at).as_second()
    };
    Ok(Introspection {
        active: true,
        facts: Some(TokenFacts {
            iss: door.issuer.clone(),
            sub: good.subject,
            client_id: asked.client.client_id.clone(),
            scope: good.scope,
            token_type: good
                .is_access
                .then(|| good.jkt.as_ref().map_or("Bearer", |_| "DPoP")),
            cnf: good.jkt.map(|jkt| Confirmation { jkt }),
            exp: seconds(good.expires_us),
            iat: seconds(good.created_us),
            acr,
            aal,
        }),
    })
}

/// What the unit of a question works with.
struct Introspecting {
    door: Arc<Door>,
    hashes: Vec<String>,
    client: Arc<Client>,
    sender: Sender,
    now: Timestamp,
}

/// A token that is good, and the app's that asks.
struct Good {
    is_access: bool,
    subject: String,
    scope: String,
    /// The answered level, and what the grant remembers; none for an app itself.
    sign_in: Option<(String, String)>,
    created_us: i64,
    expires_us: i64,
    jkt: Option<String>,
}

impl Introspecting {
    fn run(&self, c: &mut Conn) -> Result<Result<Option<Good>, TokenError>, StoreFault> {
        if !self.sender.spend(c)? {
            return Ok(Err(TokenError::AssertionReplayed));
        }
        let (client_id, now_us) = (&self.client.client_id, self.now.as_microsecond());
        for hash in &self.hashes {
            if let Some(row) = grants::find_token(c, hash)? {
                let good = row.client_id == *client_id
                    && !row.revoked
                    && row.expires_us > now_us
                    && row.status == "active";
                return Ok(Ok(good.then_some(Good {
                    is_access: true,
                    subject: row.subject,
                    scope: row.scope,
                    sign_in: Some((row.acr, row.achieved)),
                    created_us: row.created_us,
                    expires_us: row.expires_us,
                    jkt: row.jkt,
                })));
            }
        }
        for hash in &self.hashes {
            if let Some(row) = client_tokens::find(c, hash)? {
                let good = row.client_id == *client_id && row.expires_us > now_us;
                return Ok(Ok(good.then_some(Good {
                    is_access: true,
                    subject: row.client_id,
                    scope: String::new(),
                    sign_in: None,
                    created_us: row.created_us,
                    expires_us: row.expires_us,
                    jkt: row.jkt,
                })));
            }
        }
        let Some((_, row)) = refresh::find(c, &self.hashes)? else {
            return Ok(Ok(None));
        };
        let good = row.grant.client_id == *client_id
            && row.spent_us.is_none()
            && row.expires_us > now_us
            && refresh::stands(c, &self.door, &self.client, &row.grant, self.now)?;
        Ok(Ok(good.then_some(Good {
            is_access: false,
            subject: row.grant.subject,
            scope: row.grant.scope,
            sign_in: Some((row.grant.acr, row.grant.achieved)),
            created_us: row.created_us,
            expires_us: row.expires_us,
            jkt: row.jkt,
        })))
    }
}

/// Ends an access token of the app that asks, or with a refresh token all that its authorization gave. One that is not known, or another app's, is no error: then there is
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
        hashes: access::names(door, &asked.token),
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
        Err(Failure::Fault(fault)) => return Err(Failure::Fault(fault)),
        Err(Failure::Refused(refused)) => refused,
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
            let client_id = &self.client.client_id;
            if grants::revoke_token(c, hash, client_id, now_us)?
                || client_tokens::revoke(c, hash, client_id, now_us)?
            {
                self.noted(c, Event::AccessTokenEnded, json!({}))?;
            }
        }
        // RFC 7009 §2.1: with a refresh token ends what was made from the same authorization.
        if let Some((_, row)) = refresh::find(c, &self.hashes)?
            && row.grant.client_id == self.client.client_id
            && row.grant.revoked_us.is_none()
        {
            grants::revoke_grant(c, &row.grant.grant_id, self.now.as_microsecond())?;
            let detail = json!({ "grant": row.grant.grant_id });
            self.noted(c, Event::GrantRevoked, detail)?;
        }
        Ok(Ok(()))
    }

    fn noted(&self, c: &mut Conn, event: Event, detail: Value) -> Result<(), StoreFault> {
        let client_id = &self.client.client_id;
        self.door.recorder.event(
            c,
            Note {
                time: self.now,
                actor: &Actor::Client(client_id.clone()),
                event,
                subject: client_id,
                trace: Some(&self.trace),
                detail,
            },
        )
    }
}

fn counted(door: &Door, what: &'static str) {
    metrics::counter!("durward_token_questions_total", "environment" => door.name.as_str(), "what" => what)
        .increment(1);
}
