//! Connected services: what a person shares with which app, and how they change or end it.

use std::sync::Arc;

use durward_accounts::consent::{ShownAttribute, choice_of_email, shown};
use durward_accounts::email::EmailAddress;
use durward_domain::event::Event;
use durward_domain::level::LevelOfService;
use durward_keyring::digest;
use durward_store::consents::{self, ServiceRow};
use durward_store::{Conn, Fault as StoreFault};
use jiff::Timestamp;
use serde_json::json;

use super::note::note;
use super::refusal::CitizenRefusal;
use super::session::SignedIn;
use super::{addresses, people};
use crate::client::standing;
use crate::door::Door;
use crate::failure::{Failure, Fault};
use crate::record::Trace;
use crate::registry::RegisteredApp;

/// An app that receives something of a person.
pub struct ConnectedService {
    /// Names it in addresses.
    pub id: String,
    /// The app; none when this environment does not serve it any more.
    pub app: Option<Arc<RegisteredApp>>,
    /// Since when without a break.
    pub since: Timestamp,
    /// What it may receive, with the values as they are now.
    pub attributes: Vec<ShownAttribute>,
    /// The addresses of which it receives one; empty when there is nothing to choose.
    pub emails: Vec<EmailAddress>,
    /// The address that it receives, where it receives one.
    pub email: EmailAddress,
    /// It may stay connected when the person is away.
    pub offline: bool,
    /// The last sign-in and its level.
    pub last: Option<(Timestamp, LevelOfService)>,
    client_id: String,
}

impl ConnectedService {
    /// The name that people know.
    pub fn name(&self) -> &str {
        self.app
            .as_ref()
            .map_or(&self.client_id, |app| &app.client.friendly_name)
    }
}

/// The services of a person, the newest first.
///
/// # Errors
/// A fault of the database.
pub async fn services(door: &Arc<Door>, who: &SignedIn) -> Result<Vec<ConnectedService>, Fault> {
    let (unit_door, person) = (Arc::clone(door), who.person_id.to_string());
    let services = door
        .store
        .read(move |c| {
            let Some(known) = people::known_in(c, &unit_door, &person)? else {
                return Ok(Vec::new());
            };
            let mut services = Vec::new();
            for row in consents::services_of(c, &person)? {
                let chosen = row.consent.email_digest.as_deref();
                let known = addresses::seen_by_app(c, &person, known.clone(), chosen)?;
                services.push((row, known));
            }
            Ok(services)
        })
        .await?;
    let registry = door.registry.load();
    let service = |(row, known): (ServiceRow, _)| {
        let ServiceRow { consent, used } = row;
        let agreed = standing::attributes(&consent.attributes);
        let last = used.and_then(|(at_us, level)| {
            Some((standing::at(at_us), LevelOfService::parse(&level).ok()?))
        });
        ConnectedService {
            id: id_of(&consent.client_id),
            app: registry.app(&consent.client_id).cloned(),
            since: standing::at(consent.since_us),
            attributes: shown(&agreed, &known),
            emails: choice_of_email(&agreed, &known).to_vec(),
            email: known.email,
            offline: consent.offline,
            last,
            client_id: consent.client_id,
        }
    };
    Ok(services.into_iter().map(service).collect())
}

/// One of them.
///
/// # Errors
/// Refused when the person is not connected to it; a fault of the database.
pub async fn service(
    door: &Arc<Door>,
    who: &SignedIn,
    id: &str,
) -> Result<ConnectedService, Failure<CitizenRefusal>> {
    services(door, who)
        .await?
        .into_iter()
        .find(|service| service.id == id)
        .ok_or(Failure::Refused(CitizenRefusal::NotConnected))
}

/// The service receives another of the person's addresses from now on.
///
/// # Errors
/// Refused when the person is not connected to it, or the address is not theirs; a fault of the database.
pub async fn share_email(
    door: &Arc<Door>,
    who: &SignedIn,
    id: &str,
    email: &str,
    trace: &Trace,
) -> Result<(), Failure<CitizenRefusal>> {
    let email = EmailAddress::parse(email).map_err(|no| Failure::Refused(no.into()))?;
    let (inner, who, id, trace) = (Arc::clone(door), who.clone(), id.to_owned(), trace.clone());
    let now = door.clock.now();
    door.store
        .write(move |c| {
            let person = who.person_id.to_string();
            let Some(client_id) = client_of(c, &person, &id)? else {
                return Ok(Err(CitizenRefusal::NotConnected));
            };
            let Some(digest) = addresses::kept_as(c, &inner, &person, &email)? else {
                return Ok(Err(CitizenRefusal::AddressNotYours));
            };
            consents::choose_email(c, &person, &client_id, &digest)?;
            let (actor, event) = (who.actor(), Event::PersonSharedEmailChanged);
            note(c, &inner, &actor, event, &client_id, json!({}), now, &trace)?;
            Ok(Ok(()))
        })
        .await?
        .map_err(Failure::Refused)?;
    metrics::counter!("durward_shared_emails_changed_total", "environment" => door.name.as_str())
        .increment(1);
    Ok(())
}

/// The person takes the consent back: everything that the app got from it ends, and it must ask again.
///
/// # Errors
/// Refused when the person is not connected to it; a fault of the database.
pub async fn disconnect(
    door: &Arc<Door>,
    who: &SignedIn,
    id: &str,
    trace: &Trace,
) -> Result<(), Failure<CitizenRefusal>> {
    let (inner, who, id, trace) = (Arc::clone(door), who.clone(), id.to_owned(), trace.clone());
    let now = door.clock.now();
    door.store
        .write(move |c| {
            let person = who.person_id.to_string();
            let Some(client_id) = client_of(c, &person, &id)? else {
                return Ok(Err(CitizenRefusal::NotConnected));
            };
            consents::revoke_consent(c, &person, &client_id, now.as_microsecond())?;
            let (actor, event) = (who.actor(), Event::PersonConsentRevoked);
            note(c, &inner, &actor, event, &client_id, json!({}), now, &trace)?;
            Ok(Ok(()))
        })
        .await?
        .map_err(Failure::Refused)?;
    metrics::counter!("durward_consents_revoked_total", "environment" => door.name.as_str())
        .increment(1);
    Ok(())
}

/// The app that one of the person's services names.
fn client_of(c: &mut Conn, person_id: &str, id: &str) -> Result<Option<String>, StoreFault> {
    let services = consents::services_of(c, person_id)?;
    Ok(services
        .into_iter()
        .map(|row| row.consent.client_id)
        .find(|client_id| id_of(client_id) == id))
}

/// A client id may be an address, which cannot be a part of one.
fn id_of(client_id: &str) -> String {
    digest::sha256_b64url(client_id.as_bytes())
}
