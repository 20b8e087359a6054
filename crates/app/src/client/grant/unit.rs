//! What the units of all grants share: who sends, what is refused and recorded, and the token that is kept.

use std::sync::Arc;

use durward_domain::application::GrantType;
use durward_domain::event::Event;
use durward_oidc::client::Client;
use durward_oidc::dpop::{Proof, ProofFault};
use durward_oidc::token::{self, TokenError};
use durward_store::grants::{self, GrantRow};
use durward_store::{Conn, Fault as StoreFault};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::actor::Actor;
use crate::client::possession;
use crate::client::refused::Refused;
use crate::client::sender::{Sender, endpoint};
use crate::door::Door;
use crate::record::{Note, Trace};

/// What a unit works with. It may run twice, so it changes nothing of this.
pub(super) struct Unit {
    pub(super) door: Arc<Door>,
    pub(super) sender: Sender,
    /// Of the key that the tokens are to be bound to.
    pub(super) proof: Option<Proof>,
    /// What is asked.
    asked: GrantType,
    /// Of the access token that is given.
    token_hash: String,
    pub(super) trace: Trace,
    /// The environment's time: how old codes are, and how long what is issued lasts here.
    pub(super) now: Timestamp,
    /// The client's time: how old its assertion is.
    pub(super) real_now: Timestamp,
}

/// A grant that is judged and used up in one write unit.
pub(super) trait Spending: Send + Sync {
    /// The common part.
    fn unit(&self) -> &Unit;

    /// Uses up the proof, finds, judges and spends the grant, keeps the token. A refusal is kept with its evidence.
    fn run(&self, c: &mut Conn) -> Result<Outcome, StoreFault>;
}

/// What a unit found and decided.
pub(super) struct Outcome {
    pub(super) client: Option<Arc<Client>>,
    /// The authorization, once it is known to be this client's.
    pub(super) grant: Option<GrantRow>,
    pub(super) granted: Result<Granted, TokenError>,
}

/// For what tokens are made.
pub(super) struct Granted {
    pub(super) client: Arc<Client>,
    pub(super) grant: GrantRow,
    /// Are they bound to a key?
    pub(super) bound: bool,
}

impl Outcome {
    /// Tokens are given for this authorization.
    pub(super) fn granted(client: Arc<Client>, grant: GrantRow, bound: bool) -> Self {
        Self {
            client: Some(Arc::clone(&client)),
            grant: Some(grant.clone()),
            granted: Ok(Granted {
                client,
                grant,
                bound,
            }),
        }
    }
}

impl Unit {
    /// The common part, and the access token that will be given.
    pub(super) fn new(
        door: &Arc<Door>,
        (sender, proof): (Sender, Option<Proof>),
        asked: GrantType,
        trace: &Trace,
        real_now: Timestamp,
    ) -> (Self, String) {
        let token = door.random.token();
        let unit = Self {
            door: Arc::clone(door),
            sender,
            proof,
            asked,
            token_hash: door.hasher.hash(&token),
            trace: trace.clone(),
            now: door.clock.now(),
            real_now,
        };
        (unit, token)
    }

    /// Uses up what proves the sender, and the key that it holds.
    pub(super) fn use_up(&self, c: &mut Conn) -> Result<Result<(), TokenError>, StoreFault> {
        if !self.sender.spend(c)? {
            return Ok(Err(TokenError::AssertionReplayed));
        }
        if !possession::spend(c, self.proof.as_ref())? {
            return Ok(Err(ProofFault::Replayed.into()));
        }
        Ok(Ok(()))
    }

    /// The key that the tokens are bound to.
    pub(super) fn jkt(&self) -> Option<&str> {
        self.proof.as_ref().map(|proof| proof.key.as_str())
    }

    /// The client that proved itself.
    pub(super) const fn proved(&self) -> Option<&Arc<Client>> {
        match &self.sender {
            Sender::Proved(client, _) => Some(client),
            Sender::Unclaimed(_) => None,
        }
    }

    /// The client that asks: that of the authorization where the form names none. It may ask for this.
    pub(super) fn client(&self, client_id: &str) -> Result<Arc<Client>, TokenError> {
        let client = match &self.sender {
            Sender::Proved(client, _) => Arc::clone(client),
            Sender::Unclaimed(presented) => {
                let client = self
                    .door
                    .registry
                    .load()
                    .app(client_id)
                    .map(|app| Arc::clone(&app.client))
                    .ok_or(TokenError::CodeUnknown)?;
                let endpoint = endpoint(&self.door, &self.door.documents.token_url);
                presented.judge(&client, None, &endpoint, self.real_now)?;
                client
            }
        };
        token::allowed(&client, self.asked)?;
        Ok(client)
    }

    /// Keeps the access token.
    pub(super) fn keep_token(
        &self,
        c: &mut Conn,
        client: &Client,
        grant: &GrantRow,
    ) -> Result<(), StoreFault> {
        let seconds = i64::from(client.policies.access_token_seconds);
        let now_us = self.now.as_microsecond();
        let until_us = now_us.saturating_add(seconds * 1_000_000);
        let (hash, jkt) = (&self.token_hash, self.jkt());
        grants::insert_token(c, hash, &grant.grant_id, now_us, until_us, jkt)
    }

    /// Takes the whole authorization back: what it gave once was asked for again. RFC 9700 §4.5, §4.14
    pub(super) fn replayed(
        &self,
        c: &mut Conn,
        event: Event,
        client: &Arc<Client>,
        grant: &GrantRow,
    ) -> Result<(), StoreFault> {
        grants::revoke_grant(c, &grant.grant_id, self.now.as_microsecond())?;
        let detail = json!({ "grant": grant.grant_id });
        let by = self.is_proved().then_some(client);
        self.note(c, event, by, &client.client_id, detail)
    }

    /// Records a refusal.
    pub(super) fn refuse(
        &self,
        c: &mut Conn,
        client: Option<&Arc<Client>>,
        refusal: TokenError,
    ) -> Result<Outcome, StoreFault> {
        // A code that nobody knows, sent by nobody in particular, is no evidence of anything.
        if let Some(client) = client {
            let mut refused = Refused::to_visitor(Event::TokenRefused, &client.client_id, &refusal);
            // A public client proves nothing but its code, and that was refused.
            if self.is_proved() {
                refused.actor = Actor::Client(client.client_id.clone());
            }
            refused.record_in(c, &self.door, &self.trace, self.now)?;
        }
        Ok(Outcome {
            client: client.cloned(),
            grant: None,
            granted: Err(refusal),
        })
    }

    /// Did a key of the client sign for this request?
    fn is_proved(&self) -> bool {
        self.sender.key().is_some()
    }

    /// Records what happened; without a client, by a visitor.
    pub(super) fn note(
        &self,
        c: &mut Conn,
        event: Event,
        client: Option<&Arc<Client>>,
        subject: &str,
        detail: Value,
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
