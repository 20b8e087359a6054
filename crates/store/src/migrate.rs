//! Migrations: numbered files, one text for both engines, forward only.
//!
//! A file writes `BIGINT`, `BOOLEAN`, `BYTES` and ends each table with `) STRICT;`. SQLite gets
//! `INTEGER`, `INTEGER`, `BLOB` and `STRICT, WITHOUT ROWID`; PostgreSQL gets `BYTEA` and no `STRICT`.

use std::path::Path;

use refinery::{Migration, Runner};
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};

use crate::db::postgres::{Address, on_plain_thread};
use crate::db::{Config, Durability, sqlite};
use crate::fault::{Context as _, Fault, FaultKind};

/// Which migrations are there and which are still to come, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Already in the database.
    pub applied: Vec<String>,
    /// What `migrate` would do.
    pub pending: Vec<String>,
}

/// Brings a database up to date and tells what it did. Makes an SQLite file that is not there.
/// Several nodes may do this at once. Blocks.
pub fn migrate(config: &Config) -> Result<Vec<String>, Fault> {
    match config {
        Config::Sqlite { path, .. } => migrate_sqlite(path),
        Config::Postgres { url, .. } => {
            let address = Address::parse(url)?;
            on_plain_thread(|| migrate_postgres(&mut address.connect()?))
        }
    }
    .context("migrating")
}

/// Tells what [`migrate`] would do, and changes nothing. Blocks.
pub fn plan(config: &Config) -> Result<Plan, Fault> {
    match config {
        Config::Sqlite { path, .. } if !path.exists() => judge(&[], Engine::Sqlite),
        Config::Sqlite { path, .. } => plan_sqlite(&sqlite::connect_read_only(path)?),
        Config::Postgres { url, .. } => {
            let address = Address::parse(url)?;
            on_plain_thread(|| plan_postgres(&mut address.connect()?))
        }
    }
    .context("planning migrations")
}

/// Refuses a schema that is not exactly ours.
pub(crate) fn check_sqlite(conn: &Connection) -> Result<(), Fault> {
    up_to_date(plan_sqlite(conn)?)
}

pub(crate) fn check_postgres(client: &mut postgres::Client) -> Result<(), Fault> {
    up_to_date(plan_postgres(client)?)
}

fn up_to_date(plan: Plan) -> Result<(), Fault> {
    if plan.pending.is_empty() {
        return Ok(());
    }
    Err(Fault::caused(
        FaultKind::SchemaMissing,
        format!("not applied: {}", plan.pending.join(", ")),
    ))
}

fn migrate_sqlite(path: &Path) -> Result<Vec<String>, Fault> {
    let mut conn = sqlite::connect(path, Durability::Full)?;
    let plan = plan_sqlite(&conn)?;
    if plan.pending.is_empty() {
        return Ok(Vec::new());
    }
    conn.set_transaction_behavior(TransactionBehavior::Immediate);
    match runner(Engine::Sqlite)?.run(&mut conn) {
        Ok(_) => Ok(plan.pending),
        // Another process was faster: all migrations are one transaction, so ours left nothing.
        Err(_) if plan_sqlite(&conn).is_ok_and(|plan| plan.pending.is_empty()) => Ok(Vec::new()),
        Err(error) => Err(refinery_fault(&error)),
    }
}

fn migrate_postgres(client: &mut postgres::Client) -> Result<Vec<String>, Fault> {
    // The session holds the lock, so a lost connection frees it.
    client.batch_execute("SET lock_timeout = '60s'; SET statement_timeout = '10min'")?;
    client.execute("SELECT pg_advisory_lock($1)", &[&LOCK])?;
    let plan = plan_postgres(client)?;
    if !plan.pending.is_empty() {
        runner(Engine::Postgres)?
            .run(client)
            .map_err(|error| refinery_fault(&error))?;
    }
    client.execute("SELECT pg_advisory_unlock($1)", &[&LOCK])?;
    Ok(plan.pending)
}

fn plan_sqlite(conn: &Connection) -> Result<Plan, Fault> {
    let there: Option<i64> = conn
        .query_row(
            "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = $1",
            [HISTORY],
            |row| row.get(0),
        )
        .optional()?;
    if there.is_none() {
        return judge(&[], Engine::Sqlite);
    }
    let mut prepared = conn.prepare(APPLIED)?;
    let rows = prepared.query_map([], |row| {
        Ok(Applied {
            version: row.get(0)?,
            name: row.get(1)?,
            checksum: row.get(2)?,
        })
    })?;
    judge(&rows.collect::<Result<Vec<_>, _>>()?, Engine::Sqlite)
}

fn plan_postgres(client: &mut postgres::Client) -> Result<Plan, Fault> {
    let there = client.query_one("SELECT to_regclass($1)::text IS NOT NULL", &[&HISTORY])?;
    if !there.try_get::<_, bool>(0)? {
        return judge(&[], Engine::Postgres);
    }
    let mut applied = Vec::new();
    for row in client.query(APPLIED, &[])? {
        let (version, name, checksum) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        applied.push(Applied {
            version,
            name,
            checksum,
        });
    }
    judge(&applied, Engine::Postgres)
}

struct Applied {
    version: i32,
    name: String,
    checksum: String,
}

/// Compares what the database says with what this program knows.
fn judge(applied: &[Applied], engine: Engine) -> Result<Plan, Fault> {
    let known = migrations(engine)?;
    for row in applied {
        let Some(ours) = known.iter().find(|ours| ours.version() == row.version) else {
            let cause = format!("it has migration {:04}_{}", row.version, row.name);
            return Err(Fault::caused(FaultKind::SchemaTooNew, cause));
        };
        if ours.name() != row.name || ours.checksum().to_string() != row.checksum {
            let cause = format!(
                "migration {:04}_{} was applied with another text",
                row.version, row.name
            );
            return Err(Fault::caused(FaultKind::SchemaTooNew, cause));
        }
    }
    let mut plan = Plan::default();
    for ours in &known {
        let there = applied.iter().any(|row| row.version == ours.version());
        let list = if there {
            &mut plan.applied
        } else {
            &mut plan.pending
        };
        list.push(format!("{:04}_{}", ours.version(), ours.name()));
    }
    Ok(plan)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Engine {
    Sqlite,
    Postgres,
}

fn runner(engine: Engine) -> Result<Runner, Fault> {
    Ok(Runner::new(&migrations(engine)?).set_grouped(true))
}

fn migrations(engine: Engine) -> Result<Vec<Migration>, Fault> {
    FILES
        .iter()
        .map(|(name, text)| {
            let (number, rest) = name.split_once('_').unwrap_or((name, ""));
            Migration::unapplied(&format!("V{number}__{rest}"), &fill_in(text, engine))
                .map_err(|error| refinery_fault(&error))
        })
        .collect()
}

/// Puts the engine's type names into a text, word by word, outside comments.
fn fill_in(text: &str, engine: Engine) -> String {
    let mut filled = String::with_capacity(text.len());
    for line in text.lines() {
        let (code, comment) = line.split_at(line.find("--").unwrap_or(line.len()));
        for piece in
            code.split_inclusive(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
        {
            let word = piece
                .trim_end_matches(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
            filled.push_str(match (word, engine) {
                ("BIGINT" | "BOOLEAN", Engine::Sqlite) => "INTEGER",
                ("BYTES", Engine::Sqlite) => "BLOB",
                ("BYTES", Engine::Postgres) => "BYTEA",
                // Rows live in the tree of their key, instead of in one tree with the key in another.
                ("STRICT", Engine::Sqlite) => "STRICT, WITHOUT ROWID",
                ("STRICT", Engine::Postgres) => "",
                _ => word,
            });
            filled.push_str(piece.get(word.len()..).unwrap_or_default());
        }
        filled.push_str(comment);
        filled.push('\n');
    }
    filled
}

fn refinery_fault(error: &refinery::Error) -> Fault {
    // Migrations hold no values of people, so the whole story may be told.
    let mut cause = error.to_string();
    let mut next = std::error::Error::source(error);
    while let Some(deeper) = next {
        cause = format!("{cause}: {deeper}");
        next = deeper.source();
    }
    Fault::caused(FaultKind::Internal, cause)
}

/// A file of `migrations/`.
macro_rules! migration {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../migrations/", $name, ".sql")),
        )
    };
}

/// The files of `migrations/` in order. Append only: a shipped file never changes.
const FILES: &[(&str, &str)] = &[
    migration!("0001_core"),
    migration!("0002_door"),
    migration!("0003_keeper"),
    migration!("0004_teams"),
    migration!("0005_validator"),
    migration!("0006_probes"),
    migration!("0007_requests"),
    migration!("0008_notices"),
    migration!("0009_lists"),
    migration!("0010_test_kit"),
    migration!("0011_configuration"),
    migration!("0012_tokens"),
    migration!("0013_probe_states"),
    migration!("0014_tickets"),
    migration!("0015_deployments"),
    migration!("0016_newest_requests"),
    migration!("0017_calendar"),
    migration!("0018_launch_evidence"),
    migration!("0019_usage"),
    migration!("0020_changes"),
    migration!("0021_notice_choices"),
    migration!("0022_partnerships"),
    migration!("0023_agreements"),
    migration!("0024_review_tellings"),
    migration!("0025_pushed_requests"),
    migration!("0026_backchannel_logouts"),
    migration!("0027_refresh_tokens"),
    migration!("0028_client_secrets"),
    migration!("0029_client_tokens"),
    migration!("0030_sealing_keys"),
    migration!("0031_browsers"),
    migration!("0032_email_claims"),
];
const HISTORY: &str = "refinery_schema_history";
const APPLIED: &str =
    "SELECT version, name, checksum FROM refinery_schema_history ORDER BY version";
/// `durward` in ASCII.
const LOCK: i64 = 0x64_7572_7761_7264;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::{Engine, FILES, fill_in};

    #[test]
    fn every_file_is_listed_in_order() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        let listed: Vec<String> = FILES
            .iter()
            .map(|(name, _)| format!("{name}.sql"))
            .collect();
        assert_eq!(names, listed);
    }

    #[test]
    fn types_are_filled_in_outside_comments() {
        let text = "-- BYTES\nCREATE TABLE t (a BYTES, b BIGINT NOT NULL, c BOOLEAN) STRICT;";
        assert_eq!(
            fill_in(text, Engine::Sqlite),
            "-- BYTES\nCREATE TABLE t (a BLOB, b INTEGER NOT NULL, c INTEGER) STRICT, WITHOUT ROWID;\n"
        );
        assert_eq!(
            fill_in(text, Engine::Postgres),
            "-- BYTES\nCREATE TABLE t (a BYTEA, b BIGINT NOT NULL, c BOOLEAN) ;\n"
        );
    }
}
