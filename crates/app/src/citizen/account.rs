//! The account page: what a person sees of their own account.

use std::sync::Arc;

use durward_accounts::email::EmailAddress;
use durward_store::people as rows;
use jiff::Timestamp;

use super::people;
use super::services::{self, ConnectedService};
use super::session::SignedIn;
use crate::door::Door;
use crate::failure::Fault;

/// A person's own account.
pub struct Overview {
    /// The addresses, oldest first.
    pub emails: Vec<EmailAddress>,
    /// The second factors: kind and when it was added.
    pub factors: Vec<(String, Timestamp)>,
    /// The services that receive something, the newest first.
    pub services: Vec<ConnectedService>,
}

/// What the account page shows.
///
/// # Errors
/// A fault of the database.
pub async fn overview(door: &Arc<Door>, who: &SignedIn) -> Result<Overview, Fault> {
    let (inner, id) = (Arc::clone(door), who.person_id.to_string());
    let services = services::services(door, who).await?;
    let (emails, factors) = door
        .store
        .read(move |c| {
            Ok((
                people::emails_in(c, &inner, &id)?,
                rows::authenticators_of(c, &id)?,
            ))
        })
        .await?;
    let at = |us| Timestamp::from_microsecond(us).unwrap_or(Timestamp::UNIX_EPOCH);
    Ok(Overview {
        emails,
        factors: factors
            .into_iter()
            .map(|row| (row.kind, at(row.created_us)))
            .collect(),
        services,
    })
}
