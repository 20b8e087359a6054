//! The several addresses of an account: asked for, confirmed by code or link, made the first, removed. Whether an
//! address belongs to somebody else shows nowhere but in the mail to it.

mod ask;
mod confirm;

use std::sync::Arc;

use durward_accounts::addresses::{self, AddressRefusal};
use durward_accounts::email::EmailAddress;
use durward_domain::event::Event;
use durward_store::email_claims::{self, ClaimRow};
use durward_store::{Conn, Fault as StoreFault, FaultKind, people as rows};
use jiff::Timestamp;

use super::addresses::kept_as;
use super::letter::{Letter, Message, Wording};
use super::note::note;
use super::refusal::CitizenRefusal;
use super::session::SignedIn;
use super::vault::Vault;
use crate::door::Door;
use crate::failure::{Failure, Fault};
use crate::record::Trace;

pub use ask::{ask, ask_again};
pub use confirm::{LinkView, confirm_link, look_at_link, type_code};

/// The addresses of an account.
pub struct Own {
    /// Those that are confirmed, the primary one first. Each signs in, and each gets every notice.
    pub confirmed: Vec<EmailAddress>,
    /// Those that wait for a confirmation.
    pub awaited: Vec<Awaited>,
}

/// An address that waits for a confirmation.
pub struct Awaited {
    /// Names it in addresses of pages.
    pub claim_id: String,
    /// The address.
    pub email: EmailAddress,
}

/// The addresses of a person.
///
/// # Errors
/// A fault of the database.
pub async fn own(door: &Arc<Door>, who: &SignedIn) -> Result<Own, Fault> {
    let (inner, id, now) = (
        Arc::clone(door),
        who.person_id.to_string(),
        door.clock.now(),
    );
    Ok(door
        .store
        .read(move |c| own_in(c, &inner, &id, now))
        .await?)
}

/// Removes an address: a confirmed one if there is another, one that waits in any case.
///
/// # Errors
/// Refused when it is the last confirmed one, or not one of the account's.
pub async fn remove(
    door: &Arc<Door>,
    wording: &dyn Wording,
    who: &SignedIn,
    typed: &str,
    trace: &Trace,
) -> Result<(), Failure<CitizenRefusal>> {
    let email = EmailAddress::parse(typed).map_err(|_| refused(AddressRefusal::NotYours))?;
    let now = door.clock.now();
    let confirmed = own(door, who).await?.confirmed;
    let account = door.url(PAGE);
    let message = Message::AddressRemoved {
        email: email.reveal(),
        link: &account,
    };
    // The removed one is told too: a thief would begin with it.
    let letters = Letter::to_all(door, wording, &confirmed, &who.language, &message, now)?;
    let (inner, who, trace) = (Arc::clone(door), who.clone(), trace.clone());
    let answer = door
        .store
        .write(move |c| {
            let id = who.person_id.to_string();
            let own = own_in(c, &inner, &id, now)?;
            let waits = |one: &&Awaited| addresses::has(std::slice::from_ref(&one.email), &email);
            if let Some(awaited) = own.awaited.iter().find(waits) {
                email_claims::spend(c, &awaited.claim_id, &id)?;
                return Ok(Ok(()));
            }
            if let Err(no) = addresses::may_remove(&email, &own.confirmed) {
                return Ok(Err(no.into()));
            }
            let Some(digest) = kept_as(c, &inner, &id, &email)? else {
                return Ok(Err(AddressRefusal::NotYours.into()));
            };
            rows::release_email(c, &digest, &id)?;
            Letter::post_all(&letters, c)?;
            let (event, detail) = (Event::PersonEmailRemoved, serde_json::json!({}));
            note(c, &inner, &who.actor(), event, &id, detail, now, &trace)?;
            Ok(Ok(()))
        })
        .await?;
    count(door, "removed", &answer);
    answer.map_err(Failure::Refused)
}

/// Makes a confirmed address the first of the account: apps that did not get another one receive it.
///
/// # Errors
/// Refused when it is not one of the account's.
pub async fn make_primary(
    door: &Arc<Door>,
    who: &SignedIn,
    typed: &str,
    trace: &Trace,
) -> Result<(), Failure<CitizenRefusal>> {
    let email = EmailAddress::parse(typed).map_err(|_| refused(AddressRefusal::NotYours))?;
    let (inner, who, trace) = (Arc::clone(door), who.clone(), trace.clone());
    let now = door.clock.now();
    let answer: Result<(), CitizenRefusal> = door
        .store
        .write(move |c| {
            let id = who.person_id.to_string();
            let Some(digest) = kept_as(c, &inner, &id, &email)? else {
                return Ok(Err(AddressRefusal::NotYours.into()));
            };
            rows::make_primary(c, &digest, &id, now.as_microsecond())?;
            let (event, detail) = (Event::PersonEmailMadePrimary, serde_json::json!({}));
            note(c, &inner, &who.actor(), event, &id, detail, now, &trace)?;
            Ok(Ok(()))
        })
        .await?;
    count(door, "made_primary", &answer);
    answer.map_err(Failure::Refused)
}

fn own_in(c: &mut Conn, door: &Door, person_id: &str, now: Timestamp) -> Result<Own, StoreFault> {
    let vault = Vault::of(c, door, person_id)?;
    let awaited = email_claims::of(c, person_id, now.as_microsecond())?;
    Ok(Own {
        confirmed: vault.emails(c, person_id)?,
        awaited: awaited
            .into_iter()
            .map(|claim| {
                Ok(Awaited {
                    email: open(&vault, &claim)?,
                    claim_id: claim.claim_id,
                })
            })
            .collect::<Result<_, StoreFault>>()?,
    })
}

fn open(vault: &Vault, claim: &ClaimRow) -> Result<EmailAddress, StoreFault> {
    let plain = vault.open_value(&aad(&claim.claim_id), &claim.sealed_email)?;
    let text = std::str::from_utf8(&plain).map_err(|_| UNREADABLE)?;
    EmailAddress::parse(text).map_err(|_| UNREADABLE)
}

fn refused(no: impl Into<CitizenRefusal>) -> Failure<CitizenRefusal> {
    Failure::Refused(no.into())
}

fn count<T>(door: &Door, done: &'static str, answer: &Result<T, CitizenRefusal>) {
    let environment = door.name.as_str();
    let outcome = if answer.is_ok() { done } else { "refused" };
    metrics::counter!("durward_emails_total", "environment" => environment, "outcome" => outcome)
        .increment(1);
}

fn code_text(code: &str) -> String {
    format!("address-code:{code}")
}

fn aad(claim_id: &str) -> String {
    format!("email_claims.sealed_email.{claim_id}")
}

/// Where the addresses of an account are.
pub const PAGE: &str = "/account/emails";
/// Where a mailed link leads.
pub const LINK_PATH: &str = "/account/emails/link";
const UNREADABLE: StoreFault =
    StoreFault::new(FaultKind::Corrupt, "an address of a person cannot be read");
