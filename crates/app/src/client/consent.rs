//! The consent page: what it shows, and its button.

use std::sync::Arc;

use durward_accounts::consent::{ShownAttribute, choice_of_email, shown};
use durward_accounts::email::EmailAddress;
use durward_store::consents;

use super::pending::{self, Next};
use crate::citizen::refusal::CitizenRefusal;
use crate::citizen::session::{self, Browser};
use crate::citizen::{addresses, people};
use crate::door::Door;
use crate::failure::{Failure, Fault};
use crate::record::Trace;
use crate::registry::RegisteredApp;

/// What the consent page shows.
pub struct ConsentView {
    /// The app that asks.
    pub client: Arc<RegisteredApp>,
    /// Names the request; the page's form carries it to [`give_consent`].
    pub request: String,
    /// What it would receive, with the values.
    pub attributes: Vec<ShownAttribute>,
    /// The addresses of which the person chooses one for the app; empty when there is nothing to choose.
    pub emails: Vec<EmailAddress>,
    /// The address that the app receives unless the person chooses another.
    pub email: EmailAddress,
    /// The app would stay connected when the person is away.
    pub offline: bool,
}

/// What the consent page of this browser shows; none when no app waits or nobody is signed in.
///
/// # Errors
/// A fault of the database.
pub async fn consent_view(
    door: &Arc<Door>,
    browser: &Browser,
) -> Result<Option<ConsentView>, Fault> {
    let Some(pending) = pending::request_in(door, browser).await? else {
        return Ok(None);
    };
    let Some(signed_in) = session::current(door, browser).await? else {
        return Ok(None);
    };
    let (unit_door, person) = (Arc::clone(door), signed_in.person_id.to_string());
    let client_id = pending.request.client_id.clone();
    let known = door
        .store
        .read(move |c| {
            let Some(known) = people::known_in(c, &unit_door, &person)? else {
                return Ok(None);
            };
            let consent = consents::find_consent(c, &person, &client_id)?;
            let chosen = consent.and_then(|consent| consent.email_digest);
            addresses::seen_by_app(c, &person, known, chosen.as_deref()).map(Some)
        })
        .await?;
    let Some(known) = known else {
        return Ok(None);
    };
    let wanted = &pending.request.attributes;
    Ok(Some(ConsentView {
        request: pending.name(),
        offline: pending.request.is_offline(),
        attributes: shown(wanted, &known),
        emails: choice_of_email(wanted, &known).to_vec(),
        email: known.email,
        client: pending.client,
    }))
}

/// What the person pressed the button under.
#[derive(Clone, Copy)]
pub struct Agreement<'a> {
    /// The request that the page showed ([`ConsentView::request`]).
    pub request: &'a str,
    /// The address that was chosen for the app, where there was a choice.
    pub email: Option<&'a str>,
}

/// The person pressed the button: the consent is kept and the request goes on, in one unit. If another request than the
/// shown one waits by now, its page is shown first.
///
/// # Errors
/// Refused when the chosen address is not one of the account's; a fault of the database.
pub async fn give_consent(
    door: &Arc<Door>,
    browser: &Browser,
    agreed: Agreement<'_>,
    trace: &Trace,
) -> Result<Next, Failure<CitizenRefusal>> {
    let email = agreed.email.map(EmailAddress::parse).transpose();
    let email = email.map_err(|no| Failure::Refused(no.into()))?;
    let agreed = pending::Agreed {
        request: agreed.request,
        email: email.as_ref(),
    };
    pending::go_on(door, browser, trace, Some(agreed)).await
}
