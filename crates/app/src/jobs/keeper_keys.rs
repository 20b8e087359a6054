//! Tells teams of certificates that end soon: at 90, 60, 30, 14, 7 and 1 days, once each, by real time. One guarded row is
//! one telling, whatever restarts and however many nodes look.

use std::sync::Arc;

use durward_domain::application::{AppDocument, ContactKind};
use durward_domain::event::Event;
use durward_domain::permission::Role;
use durward_store::key_expiry::{self, LiveRow};
use durward_store::today::{self, KeyEndRow};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::actor::Actor;
use crate::failure::Fault;
use crate::keeper::{Happened, Keeper, time};
use crate::partner::apps::document_of;
use crate::partner::notices::{self, Notice, To};
use crate::partner::webhooks::{self, WebhookEvent};

/// The days before the end at which a key is told of.
pub const THRESHOLDS: [i64; 6] = [90, 60, 30, 14, 7, 1];

/// A certificate of a live configuration that ends within 90 days, or has ended.
#[derive(Clone, Debug)]
pub struct Ending {
    /// The app.
    pub handle: String,
    /// The environment.
    pub environment: String,
    /// The app's team.
    pub team: String,
    /// The app's name as in the agreement.
    pub app_name: String,
    /// SHA-256 of the certificate.
    pub fingerprint: String,
    /// When it ends.
    pub ends: Timestamp,
    /// Whole days that are left, a begun one counted; 0 or less when it has ended.
    pub days: i64,
    contacts: Vec<String>,
}

/// Tells of every certificate that has come to a threshold; answers how many were told.
///
/// # Errors
/// A fault; what was told stays told.
pub async fn tell(keeper: &Arc<Keeper>) -> Result<u32, Fault> {
    let mut told = 0;
    let all = endings(keeper).await?;
    keep(keeper, &all).await?;
    for ending in all {
        let Some(threshold) = threshold(ending.days) else {
            continue;
        };
        let unit_keeper = Arc::clone(keeper);
        let new = keeper.store.write(move |c| {
            let now_us = unit_keeper.clock.real_now().as_microsecond();
            let of = (ending.handle.as_str(), ending.environment.as_str());
            if !key_expiry::tell(c, of, &ending.fingerprint, threshold, now_us)? {
                return Ok(false);
            }
            let roles = [Role::PartnerAdmin, Role::PartnerDeveloper];
            let mut to = vec![To::Team(&ending.team, &roles)];
            to.extend(ending.contacts.iter().map(|one| To::Address(one, "en")));
            let zone = unit_keeper.programme.time_zone();
            let ends = ending.ends.to_zoned(zone.clone()).date().to_string();
            let link = format!("/apps/{}/{}/keys", ending.handle, ending.environment);
            notices::post(
                c,
                &unit_keeper,
                &Notice {
                    to: &to,
                    kind: &notices::KEY_EXPIRING,
                    link: link.clone(),
                    values: vec![
                        ("app", ending.app_name.clone()),
                        ("environment", ending.environment.clone()),
                        ("days", ending.days.to_string()),
                        ("ends", ends),
                        ("fingerprint", ending.fingerprint.clone()),
                    ],
                },
            )?;
            let data = json!({
                "app": ending.handle, "environment": ending.environment, "fingerprint": ending.fingerprint,
                "not_after": ending.ends, "days": ending.days, "threshold": threshold, "url": unit_keeper.url(&link),
            });
            webhooks::emit(c, &unit_keeper, &ending.team, WebhookEvent::KeyExpiring, &data)?;
            unit_keeper.record(
                c,
                &Happened {
                    actor: &Actor::System("keys"),
                    event: Event::KeyExpiryTold,
                    subject: &format!("{}/{}", ending.handle, ending.environment),
                    trace: None,
                    detail: json!({ "fingerprint": ending.fingerprint, "threshold": threshold }),
                },
            )?;
            Ok(true)
        });
        if new.await? {
            told += 1;
        }
    }
    Ok(told)
}

/// Keeps what was found for the first pages, which read no documents.
async fn keep(keeper: &Keeper, all: &[Ending]) -> Result<(), Fault> {
    let now_us = keeper.clock.real_now().as_microsecond();
    let rows: Vec<KeyEndRow> = all
        .iter()
        .map(|one| KeyEndRow {
            handle: one.handle.clone(),
            environment: one.environment.clone(),
            fingerprint: one.fingerprint.clone(),
            team: one.team.clone(),
            app_name: one.app_name.clone(),
            ends_us: one.ends.as_microsecond(),
        })
        .collect();
    keeper
        .store
        .write(move |c| today::keep_key_ends(c, &rows, now_us))
        .await?;
    Ok(())
}

/// One page of the certificates that end, as they were last read, and where the next page begins.
///
/// # Errors
/// A fault.
pub async fn page(
    keeper: &Keeper,
    after: &str,
    limit: usize,
) -> Result<(Vec<Ending>, Option<String>), Fault> {
    let (ends_us, name) = after
        .split_once('.')
        .and_then(|(us, name)| Some((us.parse().ok()?, name.to_owned())))
        .unwrap_or((i64::MIN, String::new()));
    let most = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let mut rows = keeper
        .store
        .read(move |c| today::key_ends_after(c, (ends_us, &name), most))
        .await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|row| {
        let of = (&row.handle, &row.environment, &row.fingerprint);
        format!("{}.{}/{}/{}", row.ends_us, of.0, of.1, of.2)
    });
    let now = keeper.clock.real_now();
    let ending = |row: KeyEndRow| {
        let ends = time(row.ends_us);
        Ending {
            handle: row.handle,
            environment: row.environment,
            team: row.team,
            app_name: row.app_name,
            fingerprint: row.fingerprint,
            ends,
            days: days(ends.duration_since(now)),
            contacts: Vec::new(),
        }
    };
    Ok((rows.into_iter().map(ending).collect(), next))
}

/// Every certificate of what is live that ends within 90 days or has ended, the next to end first.
///
/// # Errors
/// A fault.
pub async fn endings(keeper: &Keeper) -> Result<Vec<Ending>, Fault> {
    let now = keeper.clock.real_now();
    let mut found = Vec::new();
    for link in &keeper.environments {
        let mut after = String::new();
        loop {
            let (name, start) = (link.name.as_str(), after.clone());
            let rows = keeper
                .store
                .read(move |c| key_expiry::live(c, name, &start, AT_ONCE))
                .await?;
            let Some(last) = rows.last() else { break };
            after.clone_from(&last.handle);
            for row in rows
                .iter()
                .filter(|row| row.document.contains("CERTIFICATE"))
            {
                found.extend(of_app(row, &document_of(&row.document)?, now));
            }
        }
    }
    found.sort_by_key(|one| one.ends);
    Ok(found)
}

fn of_app(row: &LiveRow, document: &AppDocument, now: Timestamp) -> Vec<Ending> {
    let contacts: Vec<String> = document
        .contacts
        .iter()
        .filter(|one| one.kind == ContactKind::Technical && one.email.contains('@'))
        .map(|one| one.email.trim().to_lowercase())
        .collect();
    let certificates = document
        .keys
        .iter()
        .filter_map(|key| key.read().ok()?.facts().certificate);
    certificates
        .map(|certificate| Ending {
            handle: row.handle.clone(),
            environment: row.environment.clone(),
            team: row.team.clone(),
            app_name: document.app_name.clone(),
            days: days(certificate.not_after.duration_since(now)),
            fingerprint: certificate.fingerprint,
            ends: certificate.not_after,
            contacts: contacts.clone(),
        })
        .filter(|one| one.days <= 90)
        .collect()
}

/// Days that are left, a begun one counted.
fn days(left: SignedDuration) -> i64 {
    let seconds = left.as_secs();
    if seconds <= 0 {
        return seconds / DAY;
    }
    (seconds + DAY - 1) / DAY
}

/// The last threshold that was reached: who adds a key that ends in 20 days is told once of 30, not of 90 and 60 too.
fn threshold(days: i64) -> Option<i64> {
    THRESHOLDS
        .into_iter()
        .rev()
        .find(|threshold| (1..=*threshold).contains(&days))
}

const DAY: i64 = 24 * 60 * 60;
const AT_ONCE: i64 = 500;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_day_has_the_threshold_that_was_reached_last() {
        let check = |left: i64, expected| assert_eq!(threshold(left), expected, "{left}");
        check(91, None);
        check(90, Some(90));
        check(61, Some(90));
        check(60, Some(60));
        check(20, Some(30));
        check(7, Some(7));
        check(2, Some(7));
        check(1, Some(1));
        check(0, None);
        check(-3, None);
        assert_eq!(days(SignedDuration::from_secs(1)), 1);
        assert_eq!(days(SignedDuration::from_secs(DAY)), 1);
        assert_eq!(days(SignedDuration::from_secs(DAY + 1)), 2);
    }
}
