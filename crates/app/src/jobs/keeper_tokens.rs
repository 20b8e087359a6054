//! Tells of tokens that end within a week, once each, by real time: members of tokens for the API, teams of tokens for the
//! test kit. One guarded row is one telling, whatever restarts and however many nodes look.

use std::sync::Arc;

use durward_domain::permission::Role;
use durward_store::{test_kit, token_tellings};

use crate::failure::Fault;
use crate::keeper::{Keeper, time};
use crate::partner::notices::{self, Notice, To};

/// A token that ends.
struct Ending {
    /// Under which its telling is kept.
    key: String,
    name: String,
    expires_us: i64,
    whose: Whose,
}

enum Whose {
    Member(String),
    Team(String),
}

/// Tells of every token that ends within a week; answers how many were told.
///
/// # Errors
/// A fault; what was told stays told.
pub async fn tell(keeper: &Arc<Keeper>) -> Result<u32, Fault> {
    let mut told = 0;
    for ending in endings(keeper).await? {
        let unit_keeper = Arc::clone(keeper);
        let new = keeper.store.write(move |c| {
            let now_us = unit_keeper.clock.real_now().as_microsecond();
            if !token_tellings::tell(c, &ending.key, now_us)? {
                return Ok(false);
            }
            let roles = [Role::PartnerAdmin, Role::PartnerDeveloper];
            let (to, link) = match &ending.whose {
                Whose::Member(id) => (To::Member(id), "/tokens".to_owned()),
                Whose::Team(team) => (To::Team(team, &roles), format!("/teams/{team}")),
            };
            let left = ending.expires_us.saturating_sub(now_us).max(1);
            let zone = unit_keeper.programme.time_zone();
            let ends = time(ending.expires_us).to_zoned(zone.clone()).date();
            let values = vec![
                ("name", ending.name.clone()),
                ("days", ((left - 1) / DAY_US + 1).to_string()),
                ("ends", ends.to_string()),
            ];
            let notice = Notice {
                to: &[to],
                kind: &notices::TOKEN_ENDING,
                link,
                values,
            };
            notices::post(c, &unit_keeper, &notice)?;
            Ok(true)
        });
        told += u32::from(new.await?);
    }
    Ok(told)
}

async fn endings(keeper: &Keeper) -> Result<Vec<Ending>, Fault> {
    let now_us = keeper.clock.real_now().as_microsecond();
    let span = (now_us, now_us.saturating_add(WEEK_US));
    let rows = keeper
        .store
        .read(move |c| token_tellings::ending(c, span, LONG_US, AT_ONCE))
        .await?;
    let mut found: Vec<Ending> = rows
        .into_iter()
        .map(|row| Ending {
            key: row.token_hash,
            name: row.name,
            expires_us: row.expires_us,
            whose: Whose::Member(row.member_id),
        })
        .collect();
    let doors = keeper.environments.iter();
    for door in doors.filter_map(|link| link.door.as_ref()) {
        let rows = door
            .store
            .read(move |c| test_kit::tokens_ending(c, span, LONG_US, AT_ONCE))
            .await?;
        found.extend(rows.into_iter().map(|row| Ending {
            key: row.token_id,
            name: row.name,
            expires_us: row.expires_us,
            whose: Whose::Team(row.team),
        }));
    }
    Ok(found)
}

const DAY_US: i64 = 24 * 3_600_000_000;
const WEEK_US: i64 = 7 * DAY_US;
/// Who makes a token for a few days knows that it ends.
const LONG_US: i64 = 8 * DAY_US;
const AT_ONCE: i64 = 500;
