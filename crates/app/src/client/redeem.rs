//! The token endpoint: a code is redeemed in one write unit; what is signed is signed after it.

use std::sync::Arc;

use durward_domain::event::Event;
use durward_domain::refusal::Refuse;
use durward_keyring::jose::jws;
use durward_oidc::client::Client;
use durward_oidc::evidence::{self, AssertionEvidence, Evidence, Header, Outcome, Step};
use durward_oidc::id_token::{IdToken, Issued, SignInFacts};
use durward_oidc::params::Params;
use durward_oidc::subject::Subject;
use durward_oidc::token::authorization_code::{self, IssuedCode, RedirectUriRule};
use durward_oidc::token::{CodeGrant, TokenError, TokenRequest};
use durward_store::grants::{self, CodeRow, GrantRow};
use durward_store::{Conn, Fault as StoreFault};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use super::issue::Achieved;
use super::refused::Refused;
use super::sender::{Sender, endpoint, identify};
use super::standing;
use super::trail::Asked;
use crate::actor::Actor;
use crate::door::Door;
use crate::failure::{Failure, Fault};
use crate::record::{Note, Trace};

/// What a redeemed code gives. RFC 6749 §5.1
#[derive(Serialize)]
pub struct TokenAnswer {
    access_token: String,
    token_type: &'static str,
    expires_in: u32,
    id_token: String,
    scope: String,
}

impl TokenAnswer {
    /// The access token.
    pub fn access_token(&self) -> &str {
        &self.access_token
    }

    /// The ID token.
    pub fn id_token(&self) -> &str {
        &self.id_token
    }
}

/// Redeems a code: `body` is the form, `authorization` the header of that name.
///
/// # Errors
/// [`TokenError`], or a fault.
pub async fn redeem_code(
    door: &Arc<Door>,
    body: &[u8],
    authorization: Option<&str>,
    trace: &Trace,
) -> Result<TokenAnswer, Failure<TokenError>> {
    let mut seen = Seen::default();
    let outcome = redeem(door, body, authorization, &mut seen, trace).await;
    let refusal = match &outcome {
        Ok(_) => Ok(None),
        Err(Failure::Refused(refusal)) => Ok(Some(refusal)),
        Err(Failure::Fault(_)) => Err(()),
    };
    if let Ok(refusal) = refusal {
        noted(door, body, authorization, &seen, refusal, trace);
    }
    let told = match &outcome {
        Ok(_) => "issued",
        Err(Failure::Refused(refusal)) => refusal.oauth_error().as_str(),
        Err(Failure::Fault(_)) => "fault",
    };
    metrics::counter!("durward_token_requests_total", "environment" => door.name.as_str(), "outcome" => told)
        .increment(1);
    outcome
}

/// What came to light of a request on the way to its answer.
#[derive(Default)]
struct Seen {
    client: Option<Arc<Client>>,
    key: Option<String>,
    flow: Option<String>,
    issued_for: Option<String>,
}

impl Seen {
    fn grant(&mut self, grant: &GrantRow) {
        self.flow = Achieved::read(String::new(), &grant.achieved)
            .ok()
            .map(|achieved| achieved.flow)
            .filter(|flow| !flow.is_empty());
        self.issued_for = Some(grant.redirect_uri.clone());
    }
}

/// Keeps what was asked.
fn noted(
    door: &Door,
    body: &[u8],
    authorization: Option<&str>,
    seen: &Seen,
    refusal: Option<&TokenError>,
    trace: &Trace,
) {
    // An answered request of a busy app is only counted: then the form is not read again.
    let params = std::cell::OnceCell::new();
    let params = || params.get_or_init(|| Params::parse(body).unwrap_or_default());
    let code = refusal.map(Refuse::code);
    // A form whose shape was refused may still name a registered app.
    let named = match &seen.client {
        Some(_) => None,
        None => params()
            .get("client_id")
            .map(str::to_owned)
            .or_else(|| AssertionEvidence::read(params().get("client_assertion")?)?.iss),
    };
    let registered = || {
        Some(Arc::clone(
            &door.registry.load().app(named.as_deref()?)?.client,
        ))
    };
    let client = seen.client.clone().or_else(registered);
    let asked = Asked {
        step: Step::Token,
        outcome: refusal.map_or(Outcome::Ok, |_| Outcome::Refused),
        code,
        status: refusal.map_or(200, TokenError::status),
        client: client.as_ref(),
        sent_id: named.as_deref(),
        redirect_uri: refusal.and_then(|_| params().get("redirect_uri")),
        flow: seen.flow.as_deref(),
        key: seen.key.as_deref(),
    };
    let header = authorization.map_or(Header::Absent, |_| Header::Present);
    door.trail.note(door, &asked, trace, || {
        let issued_for = seen.issued_for.as_deref();
        Evidence {
            sentence: refusal.map(|refusal| evidence::words(&refusal.to_string())),
            ..Evidence::token(params(), header, client.as_deref(), code, issued_for)
        }
        .with_skew(door.clock.real_now().as_second())
    });
}

async fn redeem(
    door: &Arc<Door>,
    body: &[u8],
    authorization: Option<&str>,
    seen: &mut Seen,
    trace: &Trace,
) -> Result<TokenAnswer, Failure<TokenError>> {
    let request = TokenRequest::parse(body, authorization).map_err(Failure::Refused)?;
    let (now, real_now) = (door.clock.now(), door.clock.real_now());
    let sender = match identify(door, request.client, &door.documents.token_url, real_now).await {
        Ok(sender) => {
            if let Sender::Proved(client, proved) = &sender {
                seen.client = Some(Arc::clone(client));
                seen.key.clone_from(&proved.key);
            }
            sender
        }
        Err((client, refusal)) => {
            if let Some(client) = client {
                Refused::to_visitor(Event::TokenRefused, &client.client_id, &refusal)
                    .record(door, trace)
                    .await?;
                seen.client = Some(client);
            }
            return Err(Failure::Refused(refusal));
        }
    };
    let access_token = door.random.token();
    let code_hashes = door.hasher.candidates(&request.grant.code);
    if let Some(kit) = &door.kit {
        let client_id = match &sender {
            Sender::Proved(client, _) => Some(client.client_id.as_str()),
            Sender::Unclaimed(_) => None,
        };
        kit.at_token(door, client_id, &code_hashes, trace).await?;
    }
    let redeeming = Redeeming {
        door: Arc::clone(door),
        code_hashes,
        token_hash: door.hasher.hash(&access_token),
        grant: request.grant,
        sender,
        trace: trace.clone(),
        now,
        real_now,
    };
    let redeeming = Arc::new(redeeming);
    let unit = Arc::clone(&redeeming);
    let Redeemed {
        client,
        grant,
        refusal,
    } = door.store.write(move |c| unit.run(c)).await?;
    if let Some(grant) = &grant {
        seen.grant(grant);
    }
    if seen.client.is_none() {
        seen.client.clone_from(&client);
    }
    let (client, grant) = match (refusal, client, grant) {
        (None, Some(client), Some(grant)) => (client, grant),
        (refusal, ..) => {
            return Err(Failure::Refused(refusal.unwrap_or(TokenError::CodeUnknown)));
        }
    };
    // Spent before the tokens are signed: if signing fails the person starts again, which is cheaper than one
    // code yielding two token sets. RFC 6749 §4.1.2
    let signed = sign(
        door,
        &client,
        grant,
        &redeeming.grant.code,
        access_token,
        (real_now, trace),
    )
    .await?;
    Ok(signed)
}

/// What the unit works with. It may run twice, so it changes nothing of this.
struct Redeeming {
    door: Arc<Door>,
    code_hashes: Vec<String>,
    token_hash: String,
    grant: CodeGrant,
    sender: Sender,
    trace: Trace,
    /// The environment's time: how old codes are, and how long what is issued lasts here.
    now: Timestamp,
    /// The client's time: how old its assertion is.
    real_now: Timestamp,
}

/// What a unit found and decided.
struct Redeemed {
    client: Option<Arc<Client>>,
    /// The code's, once it is known to be this client's.
    grant: Option<GrantRow>,
    refusal: Option<TokenError>,
}

impl Redeeming {
    /// Uses up the assertion, finds, judges and spends the code, keeps the token. A refusal is kept with its evidence.
    fn run(&self, c: &mut Conn) -> Result<Redeemed, StoreFault> {
        if !self.sender.spend(c)? {
            let client = match &self.sender {
                Sender::Proved(client, _) => Some(client),
                Sender::Unclaimed(_) => None,
            };
            return self.refuse(c, client, TokenError::AssertionReplayed);
        }
        let Some((hash, row)) = self.find(c)? else {
            let client = match &self.sender {
                Sender::Proved(client, _) => Some(client),
                Sender::Unclaimed(_) => None,
            };
            return self.refuse(c, client, TokenError::CodeUnknown);
        };
        let client = match self.client(&row.grant) {
            Ok(client) => client,
            Err(refusal) => return self.refuse(c, None, refusal),
        };
        let refusal = match self.judge(&client, &row) {
            // Another request may be first between the two statements.
            Ok(()) if !grants::spend_code(c, hash, self.now.as_microsecond())? => {
                Some(TokenError::CodeSpent)
            }
            judged => judged.err(),
        };
        match refusal {
            None => self.keep(c, &client, &row.grant)?,
            Some(ref refusal) if refusal.revokes_issued_tokens() => {
                self.replayed(c, &client, &row.grant)?;
            }
            Some(refusal) => {
                let foreign = refusal == TokenError::CodeUnknown;
                let refused = self.refuse(c, Some(&client), refusal)?;
                return Ok(Redeemed {
                    // Another app's code tells this one nothing.
                    grant: Some(row.grant).filter(|_| !foreign),
                    ..refused
                });
            }
        }
        Ok(Redeemed {
            client: Some(client),
            grant: Some(row.grant),
            refusal,
        })
    }

    fn find(&self, c: &mut Conn) -> Result<Option<(&str, CodeRow)>, StoreFault> {
        for hash in &self.code_hashes {
            if let Some(row) = grants::find_by_code(c, hash)? {
                return Ok(Some((hash, row)));
            }
        }
        Ok(None)
    }

    fn client(&self, grant: &GrantRow) -> Result<Arc<Client>, TokenError> {
        let presented = match &self.sender {
            Sender::Proved(client, _) => return Ok(Arc::clone(client)),
            Sender::Unclaimed(presented) => presented,
        };
        let client = self
            .door
            .registry
            .load()
            .app(&grant.client_id)
            .map(|app| Arc::clone(&app.client))
            .ok_or(TokenError::CodeUnknown)?;
        let endpoint = endpoint(&self.door, &self.door.documents.token_url);
        presented.judge(&client, None, &endpoint, self.real_now)?;
        Ok(client)
    }

    fn judge(&self, client: &Client, row: &CodeRow) -> Result<(), TokenError> {
        let issued = IssuedCode {
            client_id: row.grant.client_id.clone(),
            redirect_uri: row.grant.redirect_uri.clone(),
            code_challenge: row.grant.code_challenge.clone(),
            expires: standing::at(row.grant.expires_us),
            spent: row.grant.spent_us.map(standing::at),
        };
        authorization_code::judge(
            &issued,
            &self.grant,
            client,
            RedirectUriRule::EqualIfSent,
            self.now,
        )?;
        if row.grant.revoked_us.is_some() || !row.session_open {
            return Err(TokenError::SessionEnded);
        }
        Ok(())
    }

    fn keep(&self, c: &mut Conn, client: &Arc<Client>, grant: &GrantRow) -> Result<(), StoreFault> {
        let seconds = i64::from(client.policies.access_token_seconds);
        let now_us = self.now.as_microsecond();
        let until_us = now_us.saturating_add(seconds * 1_000_000);
        grants::insert_token(c, &self.token_hash, &grant.grant_id, now_us, until_us)?;
        let key = match &self.sender {
            Sender::Proved(_, proved) => proved.key.as_deref(),
            Sender::Unclaimed(_) => None,
        };
        let detail = json!({ "grant": grant.grant_id, "key": key });
        self.note(
            c,
            Event::CodeRedeemed,
            Some(client),
            &client.client_id,
            detail,
        )
    }

    fn replayed(
        &self,
        c: &mut Conn,
        client: &Arc<Client>,
        grant: &GrantRow,
    ) -> Result<(), StoreFault> {
        grants::revoke_grant(c, &grant.grant_id, self.now.as_microsecond())?;
        let detail = json!({ "grant": grant.grant_id });
        let by = self.is_proved().then_some(client);
        self.note(c, Event::CodeReplayed, by, &client.client_id, detail)
    }

    fn refuse(
        &self,
        c: &mut Conn,
        client: Option<&Arc<Client>>,
        refusal: TokenError,
    ) -> Result<Redeemed, StoreFault> {
        // A code that nobody knows, sent by nobody in particular, is no evidence of anything.
        if let Some(client) = client {
            let mut refused = Refused::to_visitor(Event::TokenRefused, &client.client_id, &refusal);
            // A public client proves nothing but its code, and that was refused.
            if self.is_proved() {
                refused.actor = Actor::Client(client.client_id.clone());
            }
            refused.record_in(c, &self.door, &self.trace, self.now)?;
        }
        Ok(Redeemed {
            client: client.cloned(),
            grant: None,
            refusal: Some(refusal),
        })
    }

    /// Did a key of the client sign for this request?
    fn is_proved(&self) -> bool {
        matches!(&self.sender, Sender::Proved(_, proved) if proved.key.is_some())
    }

    fn note(
        &self,
        c: &mut Conn,
        event: Event,
        client: Option<&Arc<Client>>,
        subject: &str,
        detail: serde_json::Value,
    ) -> Result<(), StoreFault> {
        let actor = client.map_or(Actor::Visitor, |client| {
            Actor::Client(client.client_id.clone())
        });
        self.door.recorder.event(
            c,
            Note {
                time: self.now,
                actor: &actor,
                event,
                subject,
                trace: Some(&self.trace),
                detail,
            },
        )
    }
}

async fn sign(
    door: &Arc<Door>,
    client: &Client,
    grant: GrantRow,
    code: &str,
    access_token: String,
    (real_now, trace): (Timestamp, &Trace),
) -> Result<TokenAnswer, Fault> {
    let algorithm = client.id_token_algorithm();
    let ring = door.keys.load_full();
    let key = ring
        .current(algorithm)
        .ok_or_else(|| Fault::internal(format!("there is no current {algorithm} key")))?;
    let achieved = Achieved::read(grant.acr, &grant.achieved)?;
    let subject = Subject::parse(&grant.subject)
        .ok_or_else(|| Fault::internal("a stored subject cannot be read"))?;
    let facts = SignInFacts {
        issuer: &door.issuer,
        client_id: &client.client_id,
        subject,
        nonce: grant.nonce.as_deref().unwrap_or_default(),
        auth_time: door.clock.told(standing::at(grant.auth_us)).min(real_now),
        level: achieved.answer(),
        amr: known_amr(&achieved.amr),
        sid: &grant.session_id,
    };
    let issued = Issued {
        algorithm,
        access_token: &access_token,
        code,
    };
    let policies = &client.policies;
    let jti = door.random.token();
    let id_token = IdToken::new(facts, issued, jti, real_now, policies.id_token_seconds);
    let spoilt = match &door.kit {
        Some(kit) => {
            kit.spoil(door, &client.client_id, (key, &id_token), trace)
                .await?
        }
        None => None,
    };
    let id_token = match spoilt {
        Some(spoilt) => spoilt,
        None => jws::sign(key, "JWT", &id_token)
            .map_err(|error| Fault::internal(format!("signing an ID token: {error}")))?,
    };
    Ok(TokenAnswer {
        access_token,
        token_type: "Bearer",
        expires_in: policies.access_token_seconds,
        id_token,
        scope: grant.scope,
    })
}

/// The stored methods by the names of RFC 8176; others are left out.
fn known_amr(stored: &[String]) -> Vec<&'static str> {
    AMR.into_iter()
        .filter(|name| stored.iter().any(|known| known == name))
        .collect()
}

/// What this build can put into `amr`.
pub const AMR: [&str; 3] = ["pwd", "otp", "mfa"];
