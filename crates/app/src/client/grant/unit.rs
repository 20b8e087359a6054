//! What the units of all grants share: who sends, what is refused and recorded, and the token that is kept.

use std::sync::Arc;

use durward_domain::application::GrantType;
use durward_domain::event::Event;
use durward_oidc::client::Client;
use durward_oidc::dpop::{Proof, ProofFault};
use durward_oidc::token::{self, TokenError};
use durward_store::grants::{self, GrantRow};
use durward_store::{Conn, Fault as StoreFault, refresh_tokens};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::actor::Actor;
use crate::client::possession;
use crate::client::refused::Refused;
use crate::client::sender::{Sender, endpoint};
use crate::door::Door;
use crate::failure::Failure;
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
    /// Of the refresh token that is given.
    refresh_hash: String,
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
    /// Less than was granted, where the app asked for less.
    pub(super) scope: Option<String>,
    /// Is a new refresh token given?
    pub(super) refreshes: bool,
    /// The key that they are bound to.
    pub(super) jkt: Option<String>,
}

/// Tokens that were drawn before the unit; it keeps their hashes.
pub(super) struct Drawn {
    pub(super) access: String,
    /// Under which name the access token is kept.
    pub(super) name: String,
    pub(super) refresh: String,
}

impl Outcome {
    /// Tokens are given.
    pub(super) fn granted(granted: Granted) -> Self {
        Self {
            client: Some(Arc::clone(&granted.client)),
            grant: Some(granted.grant.clone()),
            granted: Ok(granted),
        }
    }
}

impl Unit {
    /// The common part, and the tokens that may be given.
    pub(super) fn new(
        door: &Arc<Door>,
        (sender, proof): (Sender, Option<Proof>),
        asked: GrantType,
        trace: &Trace,
        real_now: Timestamp,
    ) -> (Self, Drawn) {
        let access = door.random.token();
        let drawn = Drawn {
            name: door.hasher.hash(&access),
            access,
            refresh: door.random.token(),
        };
        let unit = Self {
            door: Arc::clone(door),
            sender,
            proof,
            asked,
            token_hash: drawn.name.clone(),
            refresh_hash: door.hasher.hash(&drawn.refresh),
            trace: trace.clone(),
            now: door.clock.now(),
            real_now,
        };
        (unit, drawn)
    }

    /// What the test kit of the app's team has set for this endpoint, if there is a kit. `codes` are the hashes of the
    /// code that is redeemed.
    pub(super) async fn at_kit(&self, codes: &[String]) -> Result<(), Failure<TokenError>> {
        let Some(kit) = &self.door.kit else {
            return Ok(());
        };
        let client_id = self.proved().map(|client| client.client_id.as_str());
        kit.at_token(&self.door, client_id, codes, &self.trace)
            .await
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

    /// Uses up what proves the sender, finds what is spent, and the client that may spend it; otherwise what was refused.
    pub(super) fn begin<R>(
        &self,
        c: &mut Conn,
        unknown: TokenError,
        find: impl FnOnce(&mut Conn) -> Result<Option<R>, StoreFault>,
        grant: impl FnOnce(&R) -> &GrantRow,
    ) -> Result<Result<(Arc<Client>, R), Outcome>, StoreFault> {
        if let Err(refusal) = self.use_up(c)? {
            return self.refuse(c, self.proved(), refusal).map(Err);
        }
        let found = match find(c)? {
            Some(row) => self
                .client(&grant(&row).client_id, unknown)
                .map(|client| (client, row)),
            None => Err(unknown),
        };
        match found {
            Ok(found) => Ok(Ok(found)),
            Err(refusal) => self.refuse(c, self.proved(), refusal).map(Err),
        }
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
    pub(super) fn client(
        &self,
        client_id: &str,
        unknown: TokenError,
    ) -> Result<Arc<Client>, TokenError> {
        let client = match &self.sender {
            Sender::Proved(client, _) => Arc::clone(client),
            Sender::Unclaimed(presented) => {
                let client = self
                    .door
                    .registry
                    .load()
                    .app(client_id)
                    .map(|app| Arc::clone(&app.client))
                    .ok_or(unknown)?;
                let endpoint = endpoint(&self.door, &self.door.documents.token_url);
                presented.judge(&client, None, &endpoint, self.real_now)?;
                client
            }
        };
        token::allowed(&client, self.asked)?;
        Ok(client)
    }

    /// Keeps what is given, and records it.
    pub(super) fn keep(
        &self,
        c: &mut Conn,
        granted: &Granted,
        event: Event,
    ) -> Result<(), StoreFault> {
        let (grant_id, policies) = (&granted.grant.grant_id, &granted.client.policies);
        let now_us = self.now.as_microsecond();
        let until_us = self.after(policies.access_token_seconds);
        let of = (grant_id.as_str(), granted.scope.as_deref());
        grants::insert_token(c, &self.token_hash, of, now_us, until_us, self.jkt())?;
        if granted.refreshes {
            let until_us = self.after(policies.refresh_token_seconds);
            // An app that proves itself needs no other bond. RFC 9449 §5
            let jkt = self.jkt().filter(|_| granted.client.is_public());
            let hash = &self.refresh_hash;
            refresh_tokens::insert(c, hash, grant_id, (now_us, until_us), jkt)?;
        }
        let mut detail = json!({ "grant": grant_id, "key": self.sender.key() });
        if let Some(scope) = &granted.scope {
            detail["scope"] = scope.as_str().into();
        }
        let client = &granted.client;
        self.note(c, event, Some(client), &client.client_id, detail)
    }

    /// So many seconds from now.
    pub(super) fn after(&self, seconds: u32) -> i64 {
        let us = i64::from(seconds) * 1_000_000;
        self.now.as_microsecond().saturating_add(us)
    }

    /// Takes the whole authorization back: what it gave once was asked for again. RFC 9700 §4.5, §4.14
    fn replayed(
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

    /// What was refused about an authorization, with what follows from it.
    pub(super) fn refuse_grant(
        &self,
        c: &mut Conn,
        (client, grant): (Arc<Client>, GrantRow),
        replayed: Event,
        refusal: TokenError,
    ) -> Result<Outcome, StoreFault> {
        if refusal.revokes_issued_tokens() {
            self.replayed(c, replayed, &client, &grant)?;
            return Ok(Outcome {
                client: Some(client),
                grant: Some(grant),
                granted: Err(refusal),
            });
        }
        let foreign = grant.client_id != client.client_id;
        let refused = self.refuse(c, Some(&client), refusal)?;
        Ok(Outcome {
            // What is another app's tells this one nothing.
            grant: Some(grant).filter(|_| !foreign),
            ..refused
        })
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
