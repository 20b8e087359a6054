//! What environments say of themselves: the release they serve, the one they refused, and their canary sign-ins.

use crate::{Conn, Fault, Row, params, statements};

statements! {
    PUT_REPORT = "INSERT INTO environment_reports (environment, sequence, digest, refused, seen_us) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (environment) DO UPDATE SET sequence = excluded.sequence, digest = excluded.digest,
            refused = excluded.refused, seen_us = excluded.seen_us";
    FIND_REPORT = "SELECT sequence, digest, refused, seen_us FROM environment_reports WHERE environment = $1";
    INSERT_CANARY = "INSERT INTO canary_runs (environment, sequence, passed, step, sentence, took_us, run_us) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (environment, sequence) DO NOTHING RETURNING sequence";
    FIND_CANARY = "SELECT sequence, passed, step, sentence, took_us, run_us FROM canary_runs WHERE environment = $1 AND sequence = $2";
    CANARIES_FROM = "SELECT sequence, passed, step, sentence, took_us, run_us FROM canary_runs
        WHERE environment = $1 AND sequence >= $2 ORDER BY sequence";
    LAST_CANARY = "SELECT sequence, passed, step, sentence, took_us, run_us FROM canary_runs WHERE environment = $1 ORDER BY sequence DESC LIMIT 1";
    NOT_DEPLOYED_TO = "SELECT release_id, sequence, digest FROM releases
        WHERE environment = $1 AND sequence > $2 AND sequence <= $3 AND deployed_us IS NULL ORDER BY sequence";
}

/// What an environment last said of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportRow {
    /// The release that it serves.
    pub sequence: i64,
    /// The digest of that release's manifest.
    pub digest: String,
    /// The code with which it refused the next one; empty when it did not.
    pub refused: String,
    /// When it said so.
    pub seen_us: i64,
}

/// How the canary sign-in after a release ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CanaryRow {
    /// The release.
    pub sequence: i64,
    /// Whether it came to its end.
    pub passed: bool,
    /// Where it stopped; empty when it passed.
    pub step: String,
    /// What was wrong there.
    pub sentence: String,
    /// How long it took.
    pub took_us: i64,
    /// When it ended.
    pub run_us: i64,
}

/// Keeps what an environment says of itself, in place of what it said before.
pub fn put_report(c: &mut Conn, environment: &str, report: &ReportRow) -> Result<(), Fault> {
    c.exec(
        PUT_REPORT,
        &params![
            environment,
            report.sequence,
            &report.digest,
            &report.refused,
            report.seen_us
        ],
    )?;
    Ok(())
}

/// What an environment last said of itself.
pub fn find_report(c: &mut Conn, environment: &str) -> Result<Option<ReportRow>, Fault> {
    c.opt(FIND_REPORT, &params![environment])?
        .map(|row| {
            Ok(ReportRow {
                sequence: row.int(0)?,
                digest: row.text(1)?,
                refused: row.text(2)?,
                seen_us: row.int(3)?,
            })
        })
        .transpose()
}

/// Keeps how a canary sign-in ended; `false` when one of this release is kept already: the first one counts.
pub fn insert_canary(c: &mut Conn, environment: &str, run: &CanaryRow) -> Result<bool, Fault> {
    let p = params![
        environment,
        run.sequence,
        run.passed,
        &run.step,
        &run.sentence,
        run.took_us,
        run.run_us
    ];
    Ok(c.opt(INSERT_CANARY, &p)?.is_some())
}

/// The canary sign-in after a release.
pub fn find_canary(
    c: &mut Conn,
    environment: &str,
    sequence: i64,
) -> Result<Option<CanaryRow>, Fault> {
    c.opt(FIND_CANARY, &params![environment, sequence])?
        .map(|row| canary(&row))
        .transpose()
}

/// The canary sign-ins at and after a release, in order.
pub fn canaries_from(
    c: &mut Conn,
    environment: &str,
    sequence: i64,
) -> Result<Vec<CanaryRow>, Fault> {
    c.query(CANARIES_FROM, &params![environment, sequence])?
        .iter()
        .map(canary)
        .collect()
}

/// The newest canary sign-in of an environment.
pub fn last_canary(c: &mut Conn, environment: &str) -> Result<Option<CanaryRow>, Fault> {
    c.opt(LAST_CANARY, &params![environment])?
        .map(|row| canary(&row))
        .transpose()
}

/// Releases after a sequence and up to another that are not noted as deployed, as (release, sequence, digest).
pub fn not_deployed_to(
    c: &mut Conn,
    environment: &str,
    (after, sequence): (i64, i64),
) -> Result<Vec<(String, i64, String)>, Fault> {
    c.query(NOT_DEPLOYED_TO, &params![environment, after, sequence])?
        .iter()
        .map(|row| Ok((row.text(0)?, row.int(1)?, row.text(2)?)))
        .collect()
}

fn canary(row: &Row) -> Result<CanaryRow, Fault> {
    Ok(CanaryRow {
        sequence: row.int(0)?,
        passed: row.bool(1)?,
        step: row.text(2)?,
        sentence: row.text(3)?,
        took_us: row.int(4)?,
        run_us: row.int(5)?,
    })
}
