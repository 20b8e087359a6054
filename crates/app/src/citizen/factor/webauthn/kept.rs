//! Where keys are kept, sealed with their person, and what one browser was asked, good once and for five minutes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use durward_store::people::AuthenticatorRow;
use durward_store::{Conn, Fault as StoreFault, FaultKind, authenticators, people};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, SecurityKeyAuthentication, SecurityKeyRegistration,
};

use super::ceremony::{Kept, Proof};
use crate::citizen::flow::{self, Flow, Scratch};
use crate::citizen::vault::{self, AuthenticatorContent, UNREADABLE, Vault};
use crate::door::Door;

/// What a browser was asked.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Asked {
    /// For a new key of this person.
    New {
        person: String,
        handle: Uuid,
        state: SecurityKeyRegistration,
    },
    /// For one of this person's keys.
    One {
        person: String,
        state: SecurityKeyAuthentication,
    },
    /// For any key.
    Anyone { state: DiscoverableAuthentication },
}

/// A question with its end, as the flow keeps it.
#[derive(Serialize, Deserialize)]
pub(super) struct Open {
    pub(super) webauthn: Asked,
    until_us: i64,
}

impl Asked {
    /// Keeps it for this browser, in place of an older question.
    pub(super) fn keep(
        &self,
        c: &mut Conn,
        door: &Door,
        flow_hash: &str,
        now: Timestamp,
    ) -> Result<(), StoreFault> {
        let until = now.saturating_add(GOOD_FOR).unwrap_or(Timestamp::MAX);
        let open = Open {
            webauthn: self.clone(),
            until_us: until.as_microsecond(),
        };
        flow::put_scratch(c, door, flow_hash, &open)
    }
}

/// What this browser was asked in the last five minutes and has not answered yet.
pub(super) fn asked(
    c: &mut Conn,
    door: &Door,
    flow: &Flow,
    now: Timestamp,
) -> Result<Option<Scratch<Open>>, StoreFault> {
    let found = flow::scratch::<Open>(c, door, flow, now)?;
    Ok(found.filter(|scratch| scratch.content.until_us > now.as_microsecond()))
}

/// The keys of a person, oldest first, with their vault.
pub(super) fn keys_of(c: &mut Conn, door: &Door, person_id: &str) -> Result<Vec<Kept>, StoreFault> {
    let vault = Vault::of(c, door, person_id)?;
    people::authenticators_of(c, person_id)?
        .iter()
        .filter(|row| row.kind == KIND)
        .map(|row| opened(&vault, row))
        .collect()
}

/// A key that was found by its credential's id, with its person.
pub(super) struct Found {
    pub(super) person_id: String,
    pub(super) row: AuthenticatorRow,
    pub(super) vault: Vault,
    pub(super) kept: Kept,
}

/// The key with this credential id.
pub(super) fn find(c: &mut Conn, door: &Door, id: &[u8]) -> Result<Option<Found>, StoreFault> {
    for digest in vault::fingerprints(door, &lookup(id)) {
        if let Some((person_id, row)) = authenticators::find_by_lookup(c, &digest)? {
            let vault = Vault::of(c, door, &person_id)?;
            let kept = opened(&vault, &row)?;
            return Ok(Some(Found {
                person_id,
                row,
                vault,
                kept,
            }));
        }
    }
    Ok(None)
}

impl Found {
    /// Keeps what the key became by being used. Of two answers at once, one counts.
    pub(super) fn used(
        &self,
        c: &mut Conn,
        proof: &Proof,
        now: Timestamp,
    ) -> Result<bool, StoreFault> {
        let plain = serde_json::to_vec(&proof.kept).map_err(|_| UNWRITABLE)?;
        let sealed = self.vault.seal_secret(&self.row.authenticator_id, &plain);
        let counter = i64::from(proof.kept.counter());
        authenticators::advance(c, &self.row, &sealed, counter, now.as_microsecond())
    }
}

/// The row of a new key.
pub(super) fn row(
    door: &Door,
    vault: &Vault,
    kept: &Kept,
    name: &str,
    now: Timestamp,
) -> Result<AuthenticatorRow, StoreFault> {
    let secret = serde_json::to_vec(kept).map_err(|_| UNWRITABLE)?;
    let content = AuthenticatorContent {
        kind: KIND,
        name,
        secret: &secret,
        lookup: Some(&lookup(kept.id())),
        last_step: i64::from(kept.counter()),
    };
    Ok(vault.authenticator(door, &content, now))
}

/// The key in a row.
pub(super) fn opened(vault: &Vault, row: &AuthenticatorRow) -> Result<Kept, StoreFault> {
    serde_json::from_slice(&vault.secret(row)?).map_err(|_| UNREADABLE)
}

fn lookup(id: &[u8]) -> String {
    format!("{KIND}:{}", URL_SAFE_NO_PAD.encode(id))
}

/// The kind of its row.
pub(super) const KIND: &str = "webauthn";
const GOOD_FOR: SignedDuration = SignedDuration::from_mins(5);
const UNWRITABLE: StoreFault =
    StoreFault::new(FaultKind::Internal, "a passkey cannot be written down");
