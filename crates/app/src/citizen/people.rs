//! Accounts as such: found, read, made and deleted. Signing up, the demo's seeds and the test API share this.

use std::collections::BTreeMap;
use std::sync::Arc;

use durward_accounts::authenticator::password::Password;
use durward_accounts::consent::KnownAttributes;
use durward_accounts::email::EmailAddress;
use durward_accounts::person::{PersonId, PersonStatus};
use durward_domain::attribute::Attribute;
use durward_domain::event::Event;
use durward_keyring::totp::TotpSecret;
use durward_store::people::{AuthenticatorRow, PersonRow};
use durward_store::test_kit::PersonaRow;
use durward_store::{Conn, Fault as StoreFault, grants, people, test_kit};
use jiff::Timestamp;

use super::addresses::Addresses;
use super::refusal::CitizenRefusal;
use super::session;
use super::vault::{self, Vault};
use crate::actor::Actor;
use crate::door::Door;
use crate::failure::{Failure, Fault};
use crate::record::{Note, Trace};

/// What an account begins with when it is not made on the pages.
pub struct NewPerson {
    /// The address, taken as confirmed.
    pub email: EmailAddress,
    /// The password.
    pub password: String,
    /// The secret of the authenticator app, if there is one.
    pub totp: Option<TotpSecret>,
    /// The language of pages and mails.
    pub language: String,
    /// What was verified about the person; `None` for authentication only.
    pub verified: Option<Verified>,
    /// Whose test person this is, in test-class environments.
    pub persona_of: Option<Persona>,
}

/// What makes an account a test person.
pub struct Persona {
    /// Who made it.
    pub owner: String,
    /// The app it is for; empty for none in particular.
    pub app: String,
    /// What it was made with; kept sealed.
    pub content: Vec<u8>,
    /// Further addresses, taken as confirmed.
    pub emails: Vec<EmailAddress>,
}

/// A verified identity.
pub struct Verified {
    /// When.
    pub at: Timestamp,
    /// The attributes.
    pub attributes: BTreeMap<Attribute, String>,
}

/// Makes an account. `event` says on what occasion, beside the event that one was made.
///
/// # Errors
/// Refused when the address has an account or the password is too long; a fault of the database.
pub async fn create(
    door: &Arc<Door>,
    new: NewPerson,
    by: &Actor,
    event: Option<Event>,
    trace: Option<&Trace>,
) -> Result<PersonId, Failure<CitizenRefusal>> {
    let now = door.clock.now();
    let password =
        Password::typed(&new.password).map_err(|no| Failure::Refused(CitizenRefusal::from(no)))?;
    let phc = door.passwords.hash(password.reveal().to_owned()).await?;
    let mut account = AccountRows::prepare(
        door,
        &Beginning {
            email: &new.email,
            password_phc: phc,
            totp: new.totp.as_ref().map(|secret| (secret, 0)),
            language: &new.language,
            verified: new.verified.as_ref(),
            persona_of: new
                .persona_of
                .as_ref()
                .map(|persona| persona.owner.as_str()),
        },
        now,
    )?;
    let persona = new.persona_of.map(|persona| {
        account.emails.and(door, &account.vault, &persona.emails);
        let person_id = account.person_id.to_string();
        PersonaRow {
            sealed: account.vault.seal_persona(&person_id, &persona.content),
            sealed_data_key: Some(account.vault.sealed_key().to_owned()),
            person_id,
            owner: persona.owner,
            app: persona.app,
            created_us: now.as_microsecond(),
            reset_us: None,
        }
    });
    let (inner, by, trace) = (Arc::clone(door), by.clone(), trace.cloned());
    let person_id = account.person_id;
    let made = door
        .store
        .write(move |c| {
            if !account.insert(c, now)? {
                return Ok(false);
            }
            if let Some(persona) = &persona {
                test_kit::insert_persona(c, persona)?;
            }
            let subject = account.person_id.to_string();
            for event in [Some(Event::PersonCreated), event].into_iter().flatten() {
                inner.recorder.event(
                    c,
                    Note {
                        time: now,
                        actor: &by,
                        event,
                        subject: &subject,
                        trace: trace.as_ref(),
                        detail: serde_json::json!({}),
                    },
                )?;
            }
            Ok(true)
        })
        .await?;
    if made {
        Ok(person_id)
    } else {
        Err(Failure::Refused(CitizenRefusal::AddressTaken))
    }
}

/// Deletes an account with its sessions and everything that apps got from it. `false` when there was none.
///
/// # Errors
/// A fault of the database.
pub async fn delete(
    door: &Arc<Door>,
    person_id: PersonId,
    by: &Actor,
    event: Event,
    trace: Option<&Trace>,
) -> Result<bool, Fault> {
    let now = door.clock.now();
    let (inner, by, trace) = (Arc::clone(door), by.clone(), trace.cloned());
    let unnamed = || Trace {
        request_id: door.random.uuid_v7(door.clock.real_now()).to_string(),
    };
    let closing = session::Closing::of(door, &trace.clone().unwrap_or_else(unnamed));
    let deleted = door
        .store
        .write(move |c| {
            let id = person_id.to_string();
            let active = people::find_person(c, &id)?
                .is_some_and(|row| row.status == PersonStatus::Active.as_str());
            if !active {
                return Ok(false);
            }
            let now_us = now.as_microsecond();
            grants::revoke_everything_of(c, &id, now_us)?;
            closing.all_of(c, &id)?;
            people::close_person(c, &id)?;
            test_kit::delete_persona(c, &id)?;
            inner.recorder.event(
                c,
                Note {
                    time: now,
                    actor: &by,
                    event,
                    subject: &id,
                    trace: trace.as_ref(),
                    detail: serde_json::json!({}),
                },
            )?;
            Ok(true)
        })
        .await?;
    door.sessions_ended.notify_one();
    Ok(deleted)
}

/// Whose address this is.
///
/// # Errors
/// A fault of the database.
pub async fn by_email(door: &Door, email: &EmailAddress) -> Result<Option<PersonId>, Fault> {
    let candidates = digests(door, email);
    let found = door.store.read(move |c| find(c, &candidates)).await?;
    Ok(found.and_then(|row| PersonId::parse(&row.person_id)))
}

/// What is known about a person, opened: for consent and for what apps receive. `None` for a deleted account.
///
/// # Errors
/// A fault of the database, or values that the environment's key does not open.
pub async fn known(
    door: &Arc<Door>,
    person_id: PersonId,
) -> Result<Option<KnownAttributes>, Fault> {
    let inner = Arc::clone(door);
    let known = door
        .store
        .read(move |c| known_in(c, &inner, &person_id.to_string()))
        .await?;
    Ok(known)
}

/// The same inside a unit.
///
/// # Errors
/// As above.
pub fn known_in(
    c: &mut Conn,
    door: &Door,
    person_id: &str,
) -> Result<Option<KnownAttributes>, StoreFault> {
    let Some(person) = people::find_person(c, person_id)? else {
        return Ok(None);
    };
    let profile = Profile {
        language: person.language,
        verified_us: person.verified_us,
        sealed_data_key: person.sealed_data_key,
        sealed_attributes: person.sealed_attributes,
    };
    known_of(c, door, person_id, profile)
}

/// What the row of an account says about its person.
pub(crate) struct Profile {
    pub(crate) language: String,
    pub(crate) verified_us: Option<i64>,
    pub(crate) sealed_data_key: Option<String>,
    pub(crate) sealed_attributes: Option<String>,
}

/// The same for an account whose row the caller has read.
pub(crate) fn known_of(
    c: &mut Conn,
    door: &Door,
    person_id: &str,
    person: Profile,
) -> Result<Option<KnownAttributes>, StoreFault> {
    let Some(sealed_key) = person.sealed_data_key.as_deref() else {
        return Ok(None);
    };
    let vault = Vault::unlock(door, person_id, Some(sealed_key))?;
    let emails = vault.emails(c, person_id)?;
    let Some(email) = emails.first().cloned() else {
        return Ok(None);
    };
    let verified = match &person.sealed_attributes {
        Some(sealed) => vault.attributes(person_id, sealed)?,
        None => BTreeMap::new(),
    };
    Ok(Some(KnownAttributes {
        email,
        all_emails: emails,
        locale: Some(person.language),
        verified_at: person
            .verified_us
            .and_then(|us| Timestamp::from_microsecond(us).ok()),
        verified,
    }))
}

/// The keyed digest under which an address is stored now.
pub fn digest(door: &Door, email: &EmailAddress) -> String {
    vault::fingerprint(door, &digest_of(email))
}

/// The keyed digests under which an address may be stored.
pub fn digests(door: &Door, email: &EmailAddress) -> Vec<String> {
    vault::fingerprints(door, &digest_of(email))
}

/// The keyed digest of the mailbox behind an address, for limits on mail.
pub(super) fn mailbox_digest(door: &Door, email: &EmailAddress) -> String {
    vault::fingerprint(door, &format!("mailbox:{}", email.mailbox_key()))
}

/// The account with an address, by the address's digests.
pub(super) fn find(c: &mut Conn, digests: &[String]) -> Result<Option<PersonRow>, StoreFault> {
    for digest in digests {
        if let Some(row) = people::find_by_email(c, digest)? {
            return Ok(Some(row));
        }
    }
    Ok(None)
}

/// The addresses of an account, oldest first.
pub(super) fn emails_in(
    c: &mut Conn,
    door: &Door,
    person_id: &str,
) -> Result<Vec<EmailAddress>, StoreFault> {
    Vault::of(c, door, person_id)?.emails(c, person_id)
}

/// What an account begins with.
pub(super) struct Beginning<'a> {
    pub(super) email: &'a EmailAddress,
    pub(super) password_phc: String,
    /// The secret with the step that is spent already.
    pub(super) totp: Option<(&'a TotpSecret, u64)>,
    pub(super) language: &'a str,
    pub(super) verified: Option<&'a Verified>,
    pub(super) persona_of: Option<&'a str>,
}

/// The rows of a new account.
pub(super) struct AccountRows {
    pub(super) person_id: PersonId,
    pub(super) vault: Vault,
    emails: Addresses,
    person: PersonRow,
    factor: Option<AuthenticatorRow>,
}

impl AccountRows {
    pub(super) fn prepare(
        door: &Door,
        from: &Beginning<'_>,
        now: Timestamp,
    ) -> Result<Self, Fault> {
        let person_id = PersonId::new(door.random.uuid_v7(now));
        let id = person_id.to_string();
        let vault = Vault::new(door, &id);
        let sealed_attributes = from
            .verified
            .map(|verified| vault.seal_attributes(&id, &verified.attributes))
            .transpose()?;
        let factor = from
            .totp
            .map(|(secret, step)| vault.totp_row(door, secret, step, now));
        Ok(Self {
            person_id,
            emails: Addresses::of(door, &vault, [from.email]),
            person: PersonRow {
                person_id: id,
                status: PersonStatus::Active.as_str().to_owned(),
                password_phc: Some(from.password_phc.clone()),
                language: from.language.to_owned(),
                persona_of: from.persona_of.map(str::to_owned),
                sealed_data_key: Some(vault.sealed_key().to_owned()),
                sealed_attributes,
                verified_us: from.verified.map(|verified| verified.at.as_microsecond()),
                // A person who is made verified was proofed for nobody.
                verified_for: None,
            },
            factor,
            vault,
        })
    }

    /// Writes the account; `false`, and nothing is written, when an address has one.
    pub(super) fn insert(&self, c: &mut Conn, now: Timestamp) -> Result<bool, StoreFault> {
        let (id, now_us) = (&self.person.person_id, now.as_microsecond());
        if !self.emails.are_free(c, id)? {
            return Ok(false);
        }
        people::insert_person(c, &self.person, now_us)?;
        // The unique digest decides between two nodes that both saw no account above.
        if !self.emails.claim(c, id, now_us)? {
            people::remove_unclaimed(c, id)?;
            return Ok(false);
        }
        if let Some(factor) = &self.factor {
            people::insert_authenticator(c, id, factor)?;
        }
        Ok(true)
    }
}

fn digest_of(email: &EmailAddress) -> String {
    format!("email:{}", email.lookup_key())
}
