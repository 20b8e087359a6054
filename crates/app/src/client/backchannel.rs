//! Apps hear that a session ended: written down in the unit that ends it, told by [`crate::jobs::door_logouts`].

use durward_store::backchannel_logouts::{self as logouts, Ended};
use durward_store::{Conn, Fault as StoreFault};

use crate::registry::Registry;

/// Writes down which apps must hear that this session ended, and those that waited for it to end.
///
/// # Errors
/// A fault of the database.
pub(crate) fn tell(c: &mut Conn, registry: &Registry, ended: &Ended<'_>) -> Result<(), StoreFault> {
    add(c, registry, ended, None)?;
    logouts::release(c, ended)
}

/// The same person signed in again in the same browser, after the session had become too old. Nobody is signed out of an
/// app by that; its session is one with the new one, and ends with it.
///
/// # Errors
/// A fault of the database.
pub(crate) fn hold(
    c: &mut Conn,
    registry: &Registry,
    ended: &Ended<'_>,
    holder: &str,
) -> Result<(), StoreFault> {
    add(c, registry, ended, Some(holder))?;
    logouts::hold_on(c, ended.session_id, holder)
}

fn add(
    c: &mut Conn,
    registry: &Registry,
    ended: &Ended<'_>,
    holder: Option<&str>,
) -> Result<(), StoreFault> {
    for (client_id, subject) in logouts::apps_of(c, ended.session_id)? {
        let listens = registry
            .app(&client_id)
            .is_some_and(|app| app.client.backchannel_logout_uri.is_some());
        if listens {
            logouts::add(c, ended, (&client_id, &subject), holder)?;
        }
    }
    Ok(())
}
