//! What probes of apps found.

use crate::{Conn, Fault, Row, params, statements};

statements! {
    PUT = "INSERT INTO probe_results (handle, environment, probe, target, outcome, code, sentence, took_us, probed_us)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (handle, environment, probe, target) DO UPDATE SET outcome = excluded.outcome, code = excluded.code,
        sentence = excluded.sentence, took_us = excluded.took_us, probed_us = excluded.probed_us
        WHERE probe_results.probed_us <= excluded.probed_us";
    PUT_RUN = "INSERT INTO probe_runs (handle, environment, probed_us) VALUES ($1, $2, $3)
        ON CONFLICT (handle, environment) DO UPDATE SET probed_us = excluded.probed_us";
    LAST_RUN = "SELECT probed_us FROM probe_runs WHERE handle = $1 AND environment = $2";
    RESULTS = "SELECT probe, target, outcome, code, sentence, took_us, probed_us FROM probe_results
        WHERE handle = $1 AND environment = $2 ORDER BY probe, target";
    PURGE = "DELETE FROM probe_results WHERE handle = $1 AND environment = $2 AND probed_us < $3";
    PUT_STATE = "INSERT INTO probe_states (handle, environment, probe, target, failing, tried_us)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (handle, environment, probe, target)
        DO UPDATE SET failing = excluded.failing, tried_us = excluded.tried_us";
    STATES = "SELECT probe, target, failing FROM probe_states WHERE handle = $1 AND environment = $2";
    PURGE_STATES = "DELETE FROM probe_states WHERE handle = $1 AND environment = $2 AND tried_us < $3";
    DUE = "SELECT a.handle, a.environment, a.revision_id FROM release_apps a
        LEFT JOIN probe_runs r ON r.handle = a.handle AND r.environment = a.environment
        WHERE a.environment <> $1 AND (r.probed_us IS NULL OR r.probed_us < $2) ORDER BY r.probed_us, a.handle LIMIT $3";
}

/// What one probe of one target found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultRow {
    /// Which probe.
    pub probe: String,
    /// Of what.
    pub target: String,
    /// `passed`, `warning`, `failed` or `skipped`.
    pub outcome: String,
    /// The code of what is wrong; empty when nothing is.
    pub code: String,
    /// What was found.
    pub sentence: String,
    /// How long it took.
    pub took_us: i64,
    /// When.
    pub probed_us: i64,
}

/// Keeps what a run found; older results of other targets go.
pub fn put_run(
    c: &mut Conn,
    (handle, environment): (&str, &str),
    results: &[ResultRow],
    now_us: i64,
) -> Result<(), Fault> {
    for one in results {
        c.exec(
            PUT,
            &params![
                handle,
                environment,
                &one.probe,
                &one.target,
                &one.outcome,
                &one.code,
                &one.sentence,
                one.took_us,
                now_us
            ],
        )?;
    }
    c.exec(PURGE, &params![handle, environment, now_us])?;
    c.exec(PUT_RUN, &params![handle, environment, now_us])?;
    Ok(())
}

/// When a configuration was probed last.
pub fn last_run(c: &mut Conn, handle: &str, environment: &str) -> Result<Option<i64>, Fault> {
    c.opt(LAST_RUN, &params![handle, environment])?
        .map(|row| row.int(0))
        .transpose()
}

/// The newest results of a configuration.
pub fn results(c: &mut Conn, handle: &str, environment: &str) -> Result<Vec<ResultRow>, Fault> {
    c.query(RESULTS, &params![handle, environment])?
        .iter()
        .map(result)
        .collect()
}

/// Whether the daily probe of a target failed the last time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateRow {
    /// Which probe.
    pub probe: String,
    /// Of what.
    pub target: String,
    /// Whether it failed.
    pub failing: bool,
}

/// What the last daily run of a live app found.
pub fn states(c: &mut Conn, handle: &str, environment: &str) -> Result<Vec<StateRow>, Fault> {
    c.query(STATES, &params![handle, environment])?
        .iter()
        .map(|row| {
            Ok(StateRow {
                probe: row.text(0)?,
                target: row.text(1)?,
                failing: row.bool(2)?,
            })
        })
        .collect()
}

/// Keeps what a daily run found; targets that it did not try are forgotten.
pub fn put_states(
    c: &mut Conn,
    (handle, environment): (&str, &str),
    states: &[StateRow],
    now_us: i64,
) -> Result<(), Fault> {
    for one in states {
        c.exec(
            PUT_STATE,
            &params![
                handle,
                environment,
                &one.probe,
                &one.target,
                one.failing,
                now_us
            ],
        )?;
    }
    c.exec(PURGE_STATES, &params![handle, environment, now_us])?;
    Ok(())
}

/// Live apps outside `except` that were not probed since: handle, environment and revision; those never probed and
/// those longest ago first.
pub fn due(
    c: &mut Conn,
    except: &str,
    before_us: i64,
    most: i64,
) -> Result<Vec<(String, String, String)>, Fault> {
    c.query(DUE, &params![except, before_us, most])?
        .iter()
        .map(|row| Ok((row.text(0)?, row.text(1)?, row.text(2)?)))
        .collect()
}

fn result(row: &Row) -> Result<ResultRow, Fault> {
    Ok(ResultRow {
        probe: row.text(0)?,
        target: row.text(1)?,
        outcome: row.text(2)?,
        code: row.text(3)?,
        sentence: row.text(4)?,
        took_us: row.int(5)?,
        probed_us: row.int(6)?,
    })
}
