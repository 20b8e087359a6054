//! What an environment that runs elsewhere hands over of its feed: the hand-offs that are billed, each once.
//!
//! The same feed and the same cursor as for an environment of this process, but pushed: the portal calls no environment.

use std::sync::Arc;

use durward_domain::billing::UsageLevel;
use durward_store::usage::{UsageFeed, UsageRow};
use serde::{Deserialize, Serialize};

use super::pull::{PullDenied, admitted};
use crate::failure::Failure;
use crate::jobs::keeper_feed;
use crate::keeper::Keeper;

/// A part of a feed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Sent")]
pub struct UsagePart {
    /// After which number it was read.
    pub from: i64,
    /// Up to which number it reads.
    pub until: i64,
    /// The hand-offs.
    pub rows: Vec<HandedOver>,
}

/// One hand-off, without a way back to the account.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandedOver {
    seq: i64,
    event: String,
    at_us: i64,
    agency: String,
    handle: String,
    issuer: String,
    app_name: String,
    level: String,
    acr: String,
    person: String,
    verified_us: Option<i64>,
    proofed_here: bool,
}

/// How far the portal has taken the feed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageTaken {
    /// The number of the last hand-off that it has.
    pub seq: i64,
}

/// A part as it comes, before it is judged.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    from: i64,
    until: i64,
    rows: Vec<HandedOver>,
}

impl TryFrom<Sent> for UsagePart {
    type Error = &'static str;

    fn try_from(sent: Sent) -> Result<Self, Self::Error> {
        if sent.rows.len() > MOST {
            return Err("a part has at most 50 hand-offs");
        }
        let mut last = sent.from;
        for row in &sent.rows {
            if row.seq <= last || row.seq > sent.until {
                return Err("the numbers of hand-offs rise, from after `from` to `until`");
            }
            last = row.seq;
            row.judge()?;
        }
        if sent.from < 0 || sent.until < 0 {
            return Err("numbers of hand-offs are not negative");
        }
        Ok(Self {
            from: sent.from,
            until: sent.until,
            rows: sent.rows,
        })
    }
}

impl HandedOver {
    fn judge(&self) -> Result<(), &'static str> {
        let texts = [
            &self.event,
            &self.agency,
            &self.handle,
            &self.issuer,
            &self.app_name,
            &self.acr,
            &self.person,
        ];
        if texts.iter().any(|text| text.len() > LONGEST) {
            return Err("a text of a hand-off is too long");
        }
        match UsageLevel::parse(&self.level) {
            Some(_) => Ok(()),
            None => Err("the level of a hand-off is auth or verified"),
        }
    }
}

impl From<UsageRow> for HandedOver {
    fn from(row: UsageRow) -> Self {
        Self {
            seq: row.seq,
            event: row.event,
            at_us: row.at_us,
            agency: row.agency,
            handle: row.handle,
            issuer: row.issuer,
            app_name: row.app_name,
            level: row.level,
            acr: row.acr,
            person: row.person,
            verified_us: row.verified_us,
            proofed_here: row.proofed_here,
        }
    }
}

impl From<HandedOver> for UsageRow {
    fn from(row: HandedOver) -> Self {
        Self {
            seq: row.seq,
            event: row.event,
            at_us: row.at_us,
            agency: row.agency,
            handle: row.handle,
            issuer: row.issuer,
            app_name: row.app_name,
            level: row.level,
            acr: row.acr,
            person: row.person,
            verified_us: row.verified_us,
            proofed_here: row.proofed_here,
        }
    }
}

/// Takes a part over that begins where the portal has got to; another one changes nothing. Answers how far it has got.
///
/// # Errors
/// [`PullDenied`], or a fault.
pub async fn take(
    keeper: &Arc<Keeper>,
    environment: &str,
    token: Option<&str>,
    part: UsagePart,
) -> Result<UsageTaken, Failure<PullDenied>> {
    let link = admitted(keeper, environment, token)?;
    let feed = UsageFeed {
        until: part.until,
        rows: part.rows.into_iter().map(UsageRow::from).collect(),
    };
    keeper_feed::take_usage(keeper, link, part.from, feed).await?;
    let seq = keeper_feed::usage_cursor(keeper, link).await?;
    Ok(UsageTaken { seq })
}

/// How many hand-offs a part has at the most.
pub const MOST: usize = 50;
const LONGEST: usize = 500;
