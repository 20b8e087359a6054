//! The mail of test people.

use std::sync::Arc;
use std::time::Duration;

use durward_accounts::email::EmailAddress;
use durward_store::test_kit;
use jiff::Timestamp;

use super::people::own_domain;
use super::{Automation, AutomationRefusal};
use crate::citizen::inbox::{self, Received};
use crate::citizen::people;
use crate::door::Door;
use crate::failure::{Failure, Fault};

/// Mail after a time, oldest first; waits for the first one that long. `to` is one address; without it, the mail of all
/// test people of the authority. A team reads the mail of its own test people since they were made, and every mail to
/// its own mail domain, such as `anything@fisheries-digital.example.com`.
///
/// # Errors
/// [`AutomationRefusal::OthersMail`], or a fault.
pub async fn read(
    door: &Arc<Door>,
    authority: &Automation,
    to: Option<&str>,
    after: Timestamp,
    wait: Duration,
) -> Result<Vec<Received>, Failure<AutomationRefusal>> {
    let Some(to) = to else {
        let owner = authority.owner();
        return Ok(inbox::wait_for_personas(door, &owner, after, wait).await?);
    };
    let to = EmailAddress::parse(to).map_err(|no| Failure::Refused(no.into()))?;
    let after = match authority.team() {
        None => after,
        Some(team) if to.domain().eq_ignore_ascii_case(&own_domain(team)) => after,
        Some(_) => match since(door, authority, &to).await? {
            Some(made) => after.max(made),
            None => return Err(Failure::Refused(AutomationRefusal::OthersMail)),
        },
    };
    Ok(inbox::wait_for(door, &to, after, wait).await?)
}

/// Just before the authority's test person with this address was made.
async fn since(
    door: &Door,
    authority: &Automation,
    to: &EmailAddress,
) -> Result<Option<Timestamp>, Fault> {
    let Some(person) = people::by_email(door, to).await? else {
        return Ok(None);
    };
    let id = person.to_string();
    let kept = door
        .store
        .read(move |c| test_kit::find_persona(c, &id))
        .await?;
    Ok(kept
        .filter(|row| authority.reaches(&row.owner))
        .and_then(|row| Timestamp::from_microsecond(row.created_us - 1).ok()))
}
