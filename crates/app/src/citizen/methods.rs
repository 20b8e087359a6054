//! What a person signs in with, beside the password: the list of the account page, and naming and removing each.

use std::sync::Arc;

use durward_accounts::authenticator::name::{MethodName, MethodRefusal};
use durward_domain::event::Event;
use durward_store::people::AuthenticatorRow;
use durward_store::{Conn, Fault as StoreFault, authenticators, people as rows};
use jiff::Timestamp;

use super::factor::webauthn;
use super::note::note;
use super::refusal::CitizenRefusal;
use super::session::SignedIn;
use super::vault::Vault;
use crate::door::Door;
use crate::failure::{Failure, Fault};
use crate::record::Trace;

/// One of a person's methods.
pub struct Held {
    /// Its id in addresses.
    pub id: String,
    /// What it is.
    pub kind: HeldKind,
    /// The name that the person gave it, if any.
    pub name: Option<String>,
    /// When it was added.
    pub added: Timestamp,
    /// When it was last used.
    pub used: Option<Timestamp>,
}

/// What a method is, as people tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeldKind {
    /// A passkey: it checks its owner.
    Passkey,
    /// A security key that is only touched.
    SecurityKey,
    /// A government card.
    Card,
    /// An authenticator app.
    App,
    /// A phone that gets codes.
    Phone,
    /// A list of backup codes.
    BackupCodes,
}

/// The methods of somebody who is signed in, oldest first.
///
/// # Errors
/// A fault of the database.
pub async fn list(door: &Arc<Door>, who: &SignedIn) -> Result<Vec<Held>, Fault> {
    let (inner, id) = (Arc::clone(door), who.person_id.to_string());
    Ok(door
        .store
        .read(move |c| {
            let vault = Vault::of(c, &inner, &id)?;
            rows::authenticators_of(c, &id)?
                .iter()
                .map(|row| held(&vault, row))
                .collect()
        })
        .await?)
}

/// Gives a method another name, or none.
///
/// # Errors
/// Refused when the name is too long or another method has it, or when there is no such method; a fault of the database.
pub async fn rename(
    door: &Arc<Door>,
    who: &SignedIn,
    method_id: &str,
    typed: &str,
    trace: &Trace,
) -> Result<(), Failure<CitizenRefusal>> {
    let name = MethodName::typed(typed).map_err(|no| Failure::Refused(no.into()))?;
    let method_id = method_id.to_owned();
    change(door, who, "renamed", trace, move |c, door, person_id| {
        let vault = Vault::of(c, door, person_id)?;
        if is_taken(c, &vault, person_id, Some(&method_id), &name)? {
            return Ok(Err(MethodRefusal::NameTaken));
        }
        let sealed = vault.seal_name(&method_id, name.reveal());
        let kind = authenticators::rename(c, &method_id, person_id, &sealed)?;
        Ok(kind
            .map(|kind| (Event::PersonFactorRenamed, kind))
            .ok_or(MethodRefusal::Unknown))
    })
    .await
}

/// Removes a method, never the last.
///
/// # Errors
/// Refused when it is the last one or there is no such method; a fault of the database.
pub async fn remove(
    door: &Arc<Door>,
    who: &SignedIn,
    method_id: &str,
    trace: &Trace,
) -> Result<(), Failure<CitizenRefusal>> {
    let method_id = method_id.to_owned();
    change(door, who, "removed", trace, move |c, _, person_id| {
        if let Some(kind) = authenticators::remove(c, &method_id, person_id)? {
            return Ok(Ok((Event::PersonFactorRemoved, kind)));
        }
        let left = rows::authenticators_of(c, person_id)?;
        Ok(Err(
            if left.iter().any(|row| row.authenticator_id == method_id) {
                MethodRefusal::Last
            } else {
                MethodRefusal::Unknown
            },
        ))
    })
    .await
}

/// One change of one method, with its line in the audit record.
async fn change(
    door: &Arc<Door>,
    who: &SignedIn,
    outcome: &'static str,
    trace: &Trace,
    work: impl Fn(&mut Conn, &Door, &str) -> Result<Result<(Event, String), MethodRefusal>, StoreFault>
    + Send
    + Sync
    + 'static,
) -> Result<(), Failure<CitizenRefusal>> {
    let (inner, who, trace, now) = (
        Arc::clone(door),
        who.clone(),
        trace.clone(),
        door.clock.now(),
    );
    let answer = door
        .store
        .write(move |c| {
            let id = who.person_id.to_string();
            let (event, kind) = match work(c, &inner, &id)? {
                Ok(done) => done,
                Err(no) => return Ok(Err(no)),
            };
            let detail = serde_json::json!({ "method": kind, "session": who.session_id });
            note(c, &inner, &who.actor(), event, &id, detail, now, &trace)?;
            Ok(Ok(()))
        })
        .await?;
    count(door, if answer.is_ok() { outcome } else { "refused" });
    answer.map_err(|no| Failure::Refused(no.into()))
}

/// Whether another of the person's methods has this name.
pub(super) fn is_taken(
    c: &mut Conn,
    vault: &Vault,
    person_id: &str,
    own: Option<&str>,
    name: &MethodName,
) -> Result<bool, StoreFault> {
    for row in rows::authenticators_of(c, person_id)? {
        let is_other = own.is_none_or(|own| row.authenticator_id != own);
        if is_other && name.is_like(&vault.name(&row)?) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Counts a change of somebody's methods.
pub(super) fn count(door: &Door, outcome: &'static str) {
    let environment = door.name.as_str();
    metrics::counter!("durward_method_changes_total", "environment" => environment, "outcome" => outcome)
        .increment(1);
}

fn held(vault: &Vault, row: &AuthenticatorRow) -> Result<Held, StoreFault> {
    let at = |us| Timestamp::from_microsecond(us).unwrap_or(Timestamp::UNIX_EPOCH);
    let kind = match row.kind.as_str() {
        "webauthn" if webauthn::user_verified(vault, row)? => HeldKind::Passkey,
        "webauthn" => HeldKind::SecurityKey,
        "piv" => HeldKind::Card,
        "phone" => HeldKind::Phone,
        "backup_codes" => HeldKind::BackupCodes,
        _ => HeldKind::App,
    };
    let name = vault.name(row)?;
    Ok(Held {
        id: row.authenticator_id.clone(),
        kind,
        name: (!name.is_empty()).then_some(name),
        added: at(row.created_us),
        used: row.used_us.map(at),
    })
}
