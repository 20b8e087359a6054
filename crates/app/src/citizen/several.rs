//! Several accounts at once, for the seeds of a demonstration: one password hash serves every environment of an
//! installation, and one unit holds them all.

use std::sync::Arc;

use durward_accounts::email::EmailAddress;
use durward_domain::event::Event;
use durward_keyring::totp::TotpSecret;

use super::people::{AccountRows, Beginning, Verified};
use crate::actor::Actor;
use crate::door::Door;
use crate::failure::Fault;
use crate::record::Note;

/// An account whose password is hashed already, with the installation's pepper.
pub struct ReadyPerson {
    /// The address, taken as confirmed.
    pub email: EmailAddress,
    /// The hash of the password, as [`crate::passwords::PasswordPool::hash`] makes it.
    pub password_phc: String,
    /// The secret of the authenticator app.
    pub totp: TotpSecret,
    /// The language of pages and mails.
    pub language: String,
    /// What was verified about the person; `None` for authentication only.
    pub verified: Option<Verified>,
}

impl ReadyPerson {
    /// An account for authentication only; none where the address is no address.
    pub fn at(email: &str, password_phc: String, totp: TotpSecret) -> Option<Self> {
        Some(Self {
            email: EmailAddress::parse(email).ok()?,
            password_phc,
            totp,
            language: "en".to_owned(),
            verified: None,
        })
    }
}

/// Makes those accounts whose address has none yet. Answers how many it made.
///
/// # Errors
/// A fault of the database.
pub async fn create(door: &Arc<Door>, people: &[ReadyPerson], by: &Actor) -> Result<usize, Fault> {
    let now = door.clock.now();
    let mut accounts = Vec::with_capacity(people.len());
    for person in people {
        let beginning = Beginning {
            email: &person.email,
            password_phc: person.password_phc.clone(),
            totp: Some((&person.totp, 0)),
            language: &person.language,
            verified: person.verified.as_ref(),
            persona_of: None,
        };
        accounts.push(AccountRows::prepare(door, &beginning, now)?);
    }
    let (inner, by) = (Arc::clone(door), by.clone());
    let work = door.store.write(move |c| {
        let mut made = 0;
        for account in &accounts {
            if !account.insert(c, now)? {
                continue;
            }
            made += 1;
            inner.recorder.event(
                c,
                Note {
                    time: now,
                    actor: &by,
                    event: Event::PersonCreated,
                    subject: &account.person_id.to_string(),
                    trace: None,
                    detail: serde_json::json!({}),
                },
            )?;
        }
        Ok(made)
    });
    Ok(work.await?)
}
