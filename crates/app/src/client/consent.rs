//! The consent page: what it shows, and its button.

use std::sync::Arc;

use durward_accounts::consent::{ShownAttribute, shown};

use super::pending::{self, Next};
use crate::citizen::people;
use crate::citizen::session::{self, Browser};
use crate::door::Door;
use crate::failure::Fault;
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
    let Some(known) = people::known(door, signed_in.person_id).await? else {
        return Ok(None);
    };
    Ok(Some(ConsentView {
        request: pending.name(),
        offline: pending.request.is_offline(),
        attributes: shown(&pending.request.attributes, &known),
        client: pending.client,
    }))
}

/// The person pressed the button: the consent is kept and the request goes on, in one unit. `request` is what the
/// page carried ([`ConsentView::request`]); if another request waits by now, its page is shown first.
///
/// # Errors
/// A fault of the database.
pub async fn give_consent(
    door: &Arc<Door>,
    browser: &Browser,
    request: &str,
    trace: &Trace,
) -> Result<Next, Fault> {
    pending::go_on(door, browser, trace, Some(request)).await
}
