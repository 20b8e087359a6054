//! The account page: what a person sees of their own account.

use std::sync::Arc;

use durward_accounts::email::EmailAddress;
use durward_store::{consents, people as rows};
use jiff::Timestamp;

use super::people;
use super::session::SignedIn;
use crate::door::Door;
use crate::failure::Fault;

/// A person's own account.
pub struct Overview {
    /// The addresses, oldest first.
    pub emails: Vec<EmailAddress>,
    /// The second factors: kind and when it was added.
    pub factors: Vec<(String, Timestamp)>,
    /// The services that receive something: their friendly name and since when.
    pub services: Vec<(String, Timestamp)>,
}

/// What the account page shows.
///
/// # Errors
/// A fault of the database.
pub async fn overview(door: &Arc<Door>, who: &SignedIn) -> Result<Overview, Fault> {
    let (inner, id) = (Arc::clone(door), who.person_id.to_string());
    let (emails, factors, agreed) = door
        .store
        .read(move |c| {
            Ok((
                people::emails_in(c, &inner, &id)?,
                rows::authenticators_of(c, &id)?,
                consents::consents_of(c, &id)?,
            ))
        })
        .await?;
    let at = |us| Timestamp::from_microsecond(us).unwrap_or(Timestamp::UNIX_EPOCH);
    let registry = door.registry.load();
    Ok(Overview {
        emails,
        factors: factors
            .into_iter()
            .map(|row| (row.kind, at(row.created_us)))
            .collect(),
        services: agreed
            .into_iter()
            .map(|row| {
                let name = registry
                    .app(&row.client_id)
                    .map(|app| app.snapshot.document.friendly_name.clone());
                (name.unwrap_or(row.client_id), at(row.given_us))
            })
            .collect(),
    })
}
