//! What the validator keeps: facts that apps have in common, waivers, and the results of the nightly check.

use crate::{Conn, Fault, Row, params, statements};

statements! {
    CLEAR_FACTS = "DELETE FROM lint_facts WHERE handle = $1 AND environment = $2";
    PUT_FACT = "INSERT INTO lint_facts (kind, value, environment, handle) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    KEY_ELSEWHERE = "SELECT handle FROM lint_facts WHERE kind = 'key' AND value = $1 AND handle <> $2 LIMIT 1";
    KEY_IN = "SELECT handle FROM lint_facts WHERE kind = 'key' AND value = $1 AND environment = $2 LIMIT 1";
    NAME_LIVE = "SELECT f.handle FROM lint_facts f JOIN release_apps r ON r.environment = f.environment AND r.handle = f.handle
        WHERE f.kind = 'name' AND f.value = $1 AND f.environment = $2 AND f.handle <> $3 LIMIT 1";
    INSERT_WAIVER = "INSERT INTO waivers (waiver_id, handle, environment, rule, owner, reason, until_date, given_by, given_us)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    WAIVERS_OF = "SELECT w.waiver_id, w.handle, w.environment, w.rule, w.owner, w.reason, w.until_date, w.given_by, m.email, w.given_us, w.ended_us
        FROM waivers w JOIN members m ON m.member_id = w.given_by WHERE w.handle = $1 AND w.environment = $2 ORDER BY w.given_us DESC LIMIT 200";
    FIND_WAIVER = "SELECT w.waiver_id, w.handle, w.environment, w.rule, w.owner, w.reason, w.until_date, w.given_by, m.email, w.given_us, w.ended_us
        FROM waivers w JOIN members m ON m.member_id = w.given_by WHERE w.waiver_id = $1";
    END_WAIVER = "UPDATE waivers SET ended_us = $2 WHERE waiver_id = $1 AND ended_us IS NULL RETURNING waiver_id";
    END_WAIVERS_OF_RULE = "UPDATE waivers SET ended_us = $4 WHERE handle = $1 AND environment = $2 AND rule = $3 AND ended_us IS NULL";
    PUT_RESULT = "INSERT INTO lint_results (environment, handle, revision_id, checked_us, errors, warnings, findings, added)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (environment, handle) DO UPDATE SET revision_id = excluded.revision_id,
        checked_us = excluded.checked_us, errors = excluded.errors, warnings = excluded.warnings, findings = excluded.findings, added = excluded.added";
    RESULT_OF = "SELECT environment, handle, revision_id, checked_us, errors, warnings, findings, added FROM lint_results
        WHERE environment = $1 AND handle = $2";
    RESULTS_WITH_FINDINGS = "SELECT environment, handle, revision_id, checked_us, errors, warnings, findings, added FROM lint_results
        WHERE errors > 0 OR warnings > 0 ORDER BY errors DESC, warnings DESC, handle LIMIT $1";
    DELETE_GONE_RESULTS = "DELETE FROM lint_results WHERE NOT EXISTS (SELECT 1 FROM release_apps r
        WHERE r.environment = lint_results.environment AND r.handle = lint_results.handle)";
    DOCUMENTS = "SELECT c.handle, c.environment, v.document FROM configurations c JOIN revisions v ON v.revision_id = c.revision_id
        WHERE c.deleted_us IS NULL AND (c.handle > $1 OR (c.handle = $1 AND c.environment > $2)) ORDER BY c.handle, c.environment LIMIT $3";
    LIVE_APPS = "SELECT r.handle, r.revision_id, v.document FROM release_apps r JOIN revisions v ON v.revision_id = r.revision_id
        WHERE r.environment = $1 AND r.handle > $2 ORDER BY r.handle LIMIT $3";
}

/// Replaces the facts of a configuration: kind and value of each.
pub fn put_facts(
    c: &mut Conn,
    handle: &str,
    environment: &str,
    facts: &[(&str, String)],
) -> Result<(), Fault> {
    c.exec(CLEAR_FACTS, &params![handle, environment])?;
    for (kind, value) in facts {
        c.exec(PUT_FACT, &params![*kind, value, environment, handle])?;
    }
    Ok(())
}

/// Does another app use a key, in whatever environment?
pub fn key_elsewhere(c: &mut Conn, fingerprint: &str, handle: &str) -> Result<bool, Fault> {
    Ok(c.opt(KEY_ELSEWHERE, &params![fingerprint, handle])?
        .is_some())
}

/// Does any app use a key in an environment?
pub fn key_in(c: &mut Conn, fingerprint: &str, environment: &str) -> Result<bool, Fault> {
    Ok(c.opt(KEY_IN, &params![fingerprint, environment])?.is_some())
}

/// Has another live app of an environment a name?
pub fn name_live(c: &mut Conn, name: &str, environment: &str, handle: &str) -> Result<bool, Fault> {
    Ok(c.opt(NAME_LIVE, &params![name, environment, handle])?
        .is_some())
}

/// A rule that does not hold for an app until a day.
#[derive(Clone, Debug)]
pub struct WaiverRow {
    /// Time-ordered UUID.
    pub waiver_id: String,
    /// The app.
    pub handle: String,
    /// The environment.
    pub environment: String,
    /// The rule.
    pub rule: String,
    /// Who answers for the app meanwhile.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// The last day, as ISO text.
    pub until: String,
    /// The reviewer's id.
    pub given_by: String,
    /// The reviewer's e-mail address; not written.
    pub given_by_email: String,
    /// When it was given.
    pub given_us: i64,
    /// When it was ended before its day.
    pub ended_us: Option<i64>,
}

/// Keeps a waiver in place of older ones of the same rule.
pub fn put_waiver(c: &mut Conn, w: &WaiverRow) -> Result<(), Fault> {
    c.exec(
        END_WAIVERS_OF_RULE,
        &params![&w.handle, &w.environment, &w.rule, w.given_us],
    )?;
    c.exec(
        INSERT_WAIVER,
        &params![
            &w.waiver_id,
            &w.handle,
            &w.environment,
            &w.rule,
            &w.owner,
            &w.reason,
            &w.until,
            &w.given_by,
            w.given_us
        ],
    )?;
    Ok(())
}

/// The waivers of a configuration, newest first, those that ended too.
pub fn waivers_of(c: &mut Conn, handle: &str, environment: &str) -> Result<Vec<WaiverRow>, Fault> {
    c.query(WAIVERS_OF, &params![handle, environment])?
        .iter()
        .map(waiver)
        .collect()
}

/// One waiver.
pub fn find_waiver(c: &mut Conn, waiver_id: &str) -> Result<Option<WaiverRow>, Fault> {
    c.opt(FIND_WAIVER, &params![waiver_id])?
        .map(|row| waiver(&row))
        .transpose()
}

/// Ends a waiver before its day. False when it had ended.
pub fn end_waiver(c: &mut Conn, waiver_id: &str, now_us: i64) -> Result<bool, Fault> {
    Ok(c.opt(END_WAIVER, &params![waiver_id, now_us])?.is_some())
}

fn waiver(row: &Row) -> Result<WaiverRow, Fault> {
    Ok(WaiverRow {
        waiver_id: row.text(0)?,
        handle: row.text(1)?,
        environment: row.text(2)?,
        rule: row.text(3)?,
        owner: row.text(4)?,
        reason: row.text(5)?,
        until: row.text(6)?,
        given_by: row.text(7)?,
        given_by_email: row.text(8)?,
        given_us: row.int(9)?,
        ended_us: row.opt_int(10)?,
    })
}

/// What the last nightly check of a live app found.
#[derive(Clone, Debug)]
pub struct ResultRow {
    /// The environment.
    pub environment: String,
    /// The app.
    pub handle: String,
    /// The revision that was live.
    pub revision_id: String,
    /// When it was checked.
    pub checked_us: i64,
    /// How many errors that are not waived.
    pub errors: i64,
    /// How many warnings.
    pub warnings: i64,
    /// The findings as JSON.
    pub findings: String,
    /// Those that the check before did not have, as JSON.
    pub added: String,
}

/// Keeps the result of a check in place of the one before.
pub fn put_result(c: &mut Conn, r: &ResultRow) -> Result<(), Fault> {
    c.exec(
        PUT_RESULT,
        &params![
            &r.environment,
            &r.handle,
            &r.revision_id,
            r.checked_us,
            r.errors,
            r.warnings,
            &r.findings,
            &r.added
        ],
    )?;
    Ok(())
}

/// The result of the last check of an app.
pub fn result_of(
    c: &mut Conn,
    environment: &str,
    handle: &str,
) -> Result<Option<ResultRow>, Fault> {
    c.opt(RESULT_OF, &params![environment, handle])?
        .map(|row| result(&row))
        .transpose()
}

/// The apps in which something was found, the worst first.
pub fn results_with_findings(c: &mut Conn, limit: i64) -> Result<Vec<ResultRow>, Fault> {
    c.query(RESULTS_WITH_FINDINGS, &params![limit])?
        .iter()
        .map(result)
        .collect()
}

/// Forgets the results of apps that are no longer live.
pub fn delete_gone_results(c: &mut Conn) -> Result<u64, Fault> {
    c.exec(DELETE_GONE_RESULTS, &params![])
}

fn result(row: &Row) -> Result<ResultRow, Fault> {
    Ok(ResultRow {
        environment: row.text(0)?,
        handle: row.text(1)?,
        revision_id: row.text(2)?,
        checked_us: row.int(3)?,
        errors: row.int(4)?,
        warnings: row.int(5)?,
        findings: row.text(6)?,
        added: row.text(7)?,
    })
}

/// An app as the releases of its environment hold it.
#[derive(Clone, Debug)]
pub struct LiveApp {
    /// The app.
    pub handle: String,
    /// The revision.
    pub revision_id: String,
    /// Its document as JSON.
    pub document: String,
}

/// The live apps of an environment after a handle.
pub fn live_apps(
    c: &mut Conn,
    environment: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<LiveApp>, Fault> {
    c.query(LIVE_APPS, &params![environment, after, limit])?
        .iter()
        .map(|row| {
            Ok(LiveApp {
                handle: row.text(0)?,
                revision_id: row.text(1)?,
                document: row.text(2)?,
            })
        })
        .collect()
}

/// The newest documents of all configurations after one: handle, environment and JSON of each.
pub fn documents(
    c: &mut Conn,
    (handle, environment): (&str, &str),
    limit: i64,
) -> Result<Vec<(String, String, String)>, Fault> {
    c.query(DOCUMENTS, &params![handle, environment, limit])?
        .iter()
        .map(|row| Ok((row.text(0)?, row.text(1)?, row.text(2)?)))
        .collect()
}
