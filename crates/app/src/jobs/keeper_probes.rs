//! Tries the addresses of live apps once a day.

use std::sync::Arc;
use std::time::Duration;

use durward_domain::environment::EnvironmentName;
use durward_store::{apps, leases, probes};
use jiff::SignedDuration;

use crate::failure::Fault;
use crate::keeper::Keeper;
use crate::partner::apps::document_of;
use crate::partner::probes::daily;

/// How often the job looks for apps that are due.
pub const EVERY: Duration = Duration::from_secs(60);

/// Tries some of the live apps whose last results are a day old, and answers how many. One node at a time.
///
/// # Errors
/// A fault.
pub async fn run_due(keeper: &Arc<Keeper>, holder: &str) -> Result<usize, Fault> {
    let (now, holder) = (keeper.clock.real_now(), holder.to_owned());
    let before = now.checked_sub(DAY).unwrap_or(now).as_microsecond();
    let sandbox = EnvironmentName::Sandbox.as_str();
    let due = keeper
        .store
        .write(move |c| {
            if !leases::take(c, LEASE, &holder, now, HELD)? {
                return Ok(Vec::new());
            }
            let mut documents = Vec::new();
            for (_, _, revision) in probes::due(c, sandbox, before, AT_ONCE)? {
                documents.extend(apps::find_revision(c, &revision)?.map(|row| row.document));
            }
            Ok(documents)
        })
        .await?;
    let count = due.len();
    for document in due {
        daily(keeper, &document_of(&document)?).await?;
    }
    Ok(count)
}

const LEASE: &str = "probes";
/// Longer than one turn can take.
const HELD: Duration = Duration::from_secs(10 * 60);
/// Eight a minute are more than ten thousand a day.
const AT_ONCE: i64 = 8;
const DAY: SignedDuration = SignedDuration::from_hours(24);
