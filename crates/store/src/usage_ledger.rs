//! The portal's ledger of billable hand-offs: pulled from the environments' feeds, each event once.

use crate::usage::UsageFeed;
use crate::{Conn, Fault, Row, params, statements};

statements! {
    CURSOR = "SELECT seq FROM usage_cursors WHERE environment = $1";
    MAKE_CURSOR = "INSERT INTO usage_cursors (environment, seq, entries, apps) VALUES ($1, 0, 0, 0) ON CONFLICT (environment) DO NOTHING";
    // Another node may have pulled the same part: the first one counts.
    MOVE_CURSOR = "UPDATE usage_cursors SET seq = $3 WHERE environment = $1 AND seq = $2 RETURNING entries, apps";
    COUNTED = "UPDATE usage_cursors SET entries = $2, apps = $3 WHERE environment = $1";
    FIND_APP = "SELECT app FROM usage_apps WHERE environment = $1 AND agency = $2 AND handle = $3 AND issuer = $4 AND app_name = $5";
    ADD_APP = "INSERT INTO usage_apps (environment, app, agency, handle, issuer, app_name) VALUES ($1, $2, $3, $4, $5, $6)";
    // An environment that was restored from a backup gives its numbers out again: the event decides, not the number.
    ADD_ENTRY = "INSERT INTO usage_ledger (environment, entry, event, at_us, day, month, app, level, acr, person, verified_us, proofed_here)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (environment, event) DO NOTHING RETURNING entry";
    ADD_TO_MONTH = "INSERT INTO usage_months (environment, app, month, entries, last_entry) VALUES ($1, $2, $3, 1, $4)
        ON CONFLICT (environment, app, month) DO UPDATE SET entries = usage_months.entries + 1, last_entry = excluded.last_entry";
    APPS_OF_AGENCY = "SELECT app, agency, handle, issuer, app_name FROM usage_apps WHERE environment = $1 AND agency = $2 ORDER BY app_name, handle, issuer";
    MONTHS_OF = "SELECT month, entries, last_entry FROM usage_months WHERE environment = $1 AND app = $2 ORDER BY month";
    // What was seen before is looked up by person, and only for verified people. $6 lists the order's apps as ,1,5,
    ENTRIES = "SELECT l.entry, l.event, l.at_us, l.day, l.level, l.acr, l.person, l.verified_us, l.proofed_here,
            l.level = 'verified' AND EXISTS (SELECT 1 FROM usage_ledger e WHERE e.environment = l.environment AND e.person = l.person
                AND e.level = 'verified' AND e.app = l.app AND e.month < l.month AND e.day >= $5),
            l.level = 'verified' AND EXISTS (SELECT 1 FROM usage_ledger e WHERE e.environment = l.environment AND e.person = l.person
                AND e.level = 'verified' AND e.month < l.month AND e.day >= $5 AND $6 LIKE '%,' || CAST(e.app AS TEXT) || ',%'),
            l.level = 'verified' AND EXISTS (SELECT 1 FROM usage_ledger e WHERE e.environment = l.environment AND e.person = l.person
                AND e.level = 'verified' AND e.entry < l.entry AND e.verified_us = l.verified_us)
        FROM usage_ledger l WHERE l.environment = $1 AND l.app = $2 AND l.month = $3 AND l.entry > $4
        ORDER BY l.entry LIMIT $7";
}

/// The day of a hand-off in the programme's time zone, and its month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// When, in the portal's time.
    pub at_us: i64,
    /// As `2026-11-10`.
    pub day: String,
    /// As `2026-11`.
    pub month: String,
}

/// An app as it was called when people were handed to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageApp {
    /// Its number in the ledger.
    pub app: i64,
    /// Its agency.
    pub agency: String,
    /// Its handle.
    pub handle: String,
    /// Its client id.
    pub issuer: String,
    /// The name that an agreement lists.
    pub app_name: String,
}

/// How much there is of one app in one month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageMonth {
    /// As `2026-11`.
    pub month: String,
    /// How many entries.
    pub entries: i64,
    /// The last of them.
    pub last_entry: i64,
}

/// One entry of the ledger, with what was known of the person before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerRow {
    /// Rises in the order of arrival.
    pub entry: i64,
    /// Digest of session, app and level.
    pub event: String,
    /// When, in the portal's time.
    pub at_us: i64,
    /// The programme's day.
    pub day: String,
    /// `auth` or `verified`.
    pub level: String,
    /// What was answered as `acr`.
    pub acr: String,
    /// Digest of the pairwise subject.
    pub person: String,
    /// When the identity was verified.
    pub verified_us: Option<i64>,
    /// Whether an app of this agency asked for the proofing.
    pub proofed_here: bool,
    /// Verified at this app in an earlier month of the period.
    pub seen_by_app: bool,
    /// Verified at an app of the order in an earlier month of the period.
    pub seen_by_order: bool,
    /// This proofing was met before at an app of the agency.
    pub proofing_seen: bool,
}

/// Which entries are wanted.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// The environment.
    pub environment: &'a str,
    /// The app's number.
    pub app: i64,
    /// The month.
    pub month: &'a str,
    /// After this entry.
    pub after: i64,
    /// The first day of the period.
    pub since: &'a str,
    /// All apps of the order, as `,1,5,`.
    pub apps: &'a str,
    /// At most so many.
    pub most: i64,
}

/// How far the feed of an environment was pulled.
pub fn cursor(c: &mut Conn, environment: &str) -> Result<i64, Fault> {
    c.opt(CURSOR, &params![environment])?
        .map_or(Ok(0), |row| row.int(0))
}

/// Takes in a part of a feed that was read after `from`, each row with its place in the portal's calendar. False when
/// another node was faster; then nothing is changed.
pub fn take(
    c: &mut Conn,
    environment: &str,
    from: i64,
    feed: &UsageFeed,
    places: &[Placed],
) -> Result<bool, Fault> {
    c.exec(MAKE_CURSOR, &params![environment])?;
    let Some(row) = c.opt(MOVE_CURSOR, &params![environment, from, feed.until])? else {
        return Ok(false);
    };
    let (mut entries, mut apps) = (row.int(0)?, row.int(1)?);
    for (r, placed) in feed.rows.iter().zip(places) {
        let app = app_number(c, environment, r, &mut apps)?;
        let added = c.opt(
            ADD_ENTRY,
            &params![
                environment,
                entries + 1,
                &r.event,
                placed.at_us,
                &placed.day,
                &placed.month,
                app,
                &r.level,
                &r.acr,
                &r.person,
                r.verified_us,
                r.proofed_here
            ],
        )?;
        if added.is_some() {
            entries += 1;
            c.exec(
                ADD_TO_MONTH,
                &params![environment, app, &placed.month, entries],
            )?;
        }
    }
    c.exec(COUNTED, &params![environment, entries, apps])?;
    Ok(true)
}

fn app_number(
    c: &mut Conn,
    environment: &str,
    r: &crate::usage::UsageRow,
    apps: &mut i64,
) -> Result<i64, Fault> {
    let found = c.opt(
        FIND_APP,
        &params![environment, &r.agency, &r.handle, &r.issuer, &r.app_name],
    )?;
    if let Some(row) = found {
        return row.int(0);
    }
    *apps += 1;
    c.exec(
        ADD_APP,
        &params![
            environment,
            *apps,
            &r.agency,
            &r.handle,
            &r.issuer,
            &r.app_name
        ],
    )?;
    Ok(*apps)
}

/// The apps of an agency that people were handed to, by name.
pub fn apps_of_agency(
    c: &mut Conn,
    environment: &str,
    agency: &str,
) -> Result<Vec<UsageApp>, Fault> {
    c.query(APPS_OF_AGENCY, &params![environment, agency])?
        .iter()
        .map(|row| {
            Ok(UsageApp {
                app: row.int(0)?,
                agency: row.text(1)?,
                handle: row.text(2)?,
                issuer: row.text(3)?,
                app_name: row.text(4)?,
            })
        })
        .collect()
}

/// The months in which people were handed to an app.
pub fn months_of(c: &mut Conn, environment: &str, app: i64) -> Result<Vec<UsageMonth>, Fault> {
    c.query(MONTHS_OF, &params![environment, app])?
        .iter()
        .map(|row| {
            Ok(UsageMonth {
                month: row.text(0)?,
                entries: row.int(1)?,
                last_entry: row.int(2)?,
            })
        })
        .collect()
}

/// Entries of an app and month, in order.
pub fn entries(c: &mut Conn, wanted: &Wanted<'_>) -> Result<Vec<LedgerRow>, Fault> {
    let asked = params![
        wanted.environment,
        wanted.app,
        wanted.month,
        wanted.after,
        wanted.since,
        wanted.apps,
        wanted.most
    ];
    c.query(ENTRIES, &asked)?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<LedgerRow, Fault> {
    Ok(LedgerRow {
        entry: row.int(0)?,
        event: row.text(1)?,
        at_us: row.int(2)?,
        day: row.text(3)?,
        level: row.text(4)?,
        acr: row.text(5)?,
        person: row.text(6)?,
        verified_us: row.opt_int(7)?,
        proofed_here: row.bool(8)?,
        seen_by_app: row.bool(9)?,
        seen_by_order: row.bool(10)?,
        proofing_seen: row.bool(11)?,
    })
}
