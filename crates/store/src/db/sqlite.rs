//! SQLite: reader threads on read-only connections and one writer thread that commits in groups.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::backup::Backup;
use rusqlite::{Connection, ErrorCode, OpenFlags, params_from_iter};

use super::conn::{Conn, Engine};
use super::queue::Queue;
use super::statement::Statement;
use super::unit::Unit;
use super::value::{Param, Row, Value};
use super::{Durability, Store, Threads, spawn};
use crate::fault::{Context as _, Fault, FaultKind};
use crate::migrate;

pub(super) fn open(path: &Path, durability: Durability) -> Result<Store, Fault> {
    if !path.exists() {
        return Err(Fault::new(
            FaultKind::SchemaMissing,
            "there is no database file",
        ));
    }
    let writer = connect(path, durability).context("opening the database for writing")?;
    migrate::check_sqlite(&writer)?;
    let readers = (0..reader_count())
        .map(|_| connect_read_only(path))
        .collect::<Result<Vec<_>, _>>()
        .context("opening the database for reading")?;
    start(path, writer, readers)
}

pub(super) fn open_read_only(path: &Path) -> Result<Store, Fault> {
    let writer = connect_read_only(path).context("opening the database")?;
    let reader = connect_read_only(path).context("opening the database")?;
    start(path, writer, vec![reader])
}

/// Opens a file for writing, and makes it (for this user only) when it is not there.
pub(crate) fn connect(path: &Path, durability: Durability) -> Result<Connection, Fault> {
    if !path.exists() {
        create_private(path)?;
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    settle(&conn)?;
    // What is deleted is overwritten where that costs no further page: sessions and people are gone.
    conn.execute_batch("PRAGMA secure_delete = FAST")?;
    // The mode is written into the file; the answer names the mode that is in force.
    let mode: String = conn.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(Fault::new(
            FaultKind::Unavailable,
            "this file system cannot hold a write-ahead log",
        ));
    }
    conn.execute_batch(match durability {
        Durability::Full => "PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864;",
        Durability::Normal => "PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 67108864;",
    })?;
    Ok(conn)
}

/// Opens a file for reading. A copy without its log in a folder that cannot be written is read as
/// it lies.
pub(crate) fn connect_read_only(path: &Path) -> Result<Connection, Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    settle(&conn)?;
    match conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| {
        row.get::<_, i64>(0)
    }) {
        Ok(_) => return Ok(conn),
        Err(rusqlite::Error::SqliteFailure(code, _))
            if matches!(code.code, ErrorCode::CannotOpen | ErrorCode::ReadOnly)
                && !has_log(path) => {}
        Err(error) => return Err(error.into()),
    }
    let text = path
        .to_string_lossy()
        .replace('%', "%25")
        .replace('?', "%3f")
        .replace('#', "%23");
    let conn = Connection::open_with_flags(
        format!("file:{text}?immutable=1"),
        flags | OpenFlags::SQLITE_OPEN_URI,
    )?;
    settle(&conn)?;
    Ok(conn)
}

pub(super) fn backup(source: &Path, target: &Path) -> Result<(), Fault> {
    create_private(target).context("making the backup file")?;
    let source = connect_read_only(source).context("reading the database")?;
    let mut copy = Connection::open(target)?;
    // In one step: a reader's snapshot holds up no writer, and a copy in pieces would start anew
    // at every commit.
    Backup::new(&source, &mut copy)?.run_to_completion(i32::MAX, PAUSE, None)?;
    integrity(&copy).context("checking the backup")
}

/// A connection and the texts rewritten for it.
pub(crate) struct SqliteConn {
    conn: Connection,
    texts: HashMap<(usize, usize), Arc<str>>,
}

impl SqliteConn {
    pub(crate) fn new(conn: Connection) -> Self {
        conn.set_prepared_statement_cache_capacity(STATEMENTS);
        Self {
            conn,
            texts: HashMap::new(),
        }
    }

    pub(crate) fn exec(
        &mut self,
        statement: Statement,
        params: &[Param<'_>],
    ) -> Result<u64, Fault> {
        let text = self.text(statement);
        let changed = self
            .conn
            .prepare_cached(&text)?
            .execute(params_from_iter(params))?;
        Ok(changed as u64)
    }

    pub(crate) fn query(
        &mut self,
        statement: Statement,
        params: &[Param<'_>],
    ) -> Result<Vec<Row>, Fault> {
        let text = self.text(statement);
        let mut prepared = self.conn.prepare_cached(&text)?;
        let columns = prepared.column_count();
        let mut rows = prepared.query(params_from_iter(params))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let values = (0..columns).map(|column| Ok(Value::from_sqlite(row.get_ref(column)?)));
            found.push(Row(values.collect::<Result<_, rusqlite::Error>>()?));
        }
        Ok(found)
    }

    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn prepare(&mut self, statement: Statement) -> Result<(), Fault> {
        self.conn.prepare(&statement.sqlite())?;
        Ok(())
    }

    /// How a statement would be answered, one line for each step.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn plan(&mut self, statement: Statement) -> Result<Vec<String>, Fault> {
        let text = format!("EXPLAIN QUERY PLAN {}", statement.sqlite());
        let mut prepared = self.conn.prepare(&text)?;
        let mut rows = prepared.raw_query();
        let mut lines = Vec::new();
        while let Some(row) = rows.next()? {
            lines.push(row.get(3)?);
        }
        Ok(lines)
    }

    pub(crate) fn integrity_check(&mut self) -> Result<(), Fault> {
        integrity(&self.conn)
    }

    fn text(&mut self, statement: Statement) -> Arc<str> {
        let text = self
            .texts
            .entry(statement.key())
            .or_insert_with(|| statement.sqlite().into());
        Arc::clone(text)
    }
}

fn start(path: &Path, writer: Connection, readers: Vec<Connection>) -> Result<Store, Fault> {
    Store::assemble("sqlite", Some(path.to_owned()), |queues| {
        let mut threads = Threads::default();
        let writes = Arc::clone(&queues.writes);
        let conn = wrap(writer);
        threads.writers.push(spawn("store-write".into(), move || {
            write_loop(&writes, conn)
        })?);
        for (number, reader) in readers.into_iter().enumerate() {
            let reads = Arc::clone(&queues.reads);
            let conn = wrap(reader);
            threads
                .readers
                .push(spawn(format!("store-read-{number}"), move || {
                    read_loop(&reads, conn)
                })?);
        }
        Ok(threads)
    })
}

fn wrap(conn: Connection) -> Conn {
    Conn {
        engine: Engine::Sqlite(SqliteConn::new(conn)),
        failed: None,
    }
}

fn read_loop(queue: &Queue<Box<dyn Unit>>, mut conn: Conn) {
    loop {
        let units = queue.take(1);
        if units.is_empty() {
            return;
        }
        for mut unit in units.into_iter().filter(|unit| !unit.abandoned()) {
            let outcome = read_one(&mut conn, unit.as_mut());
            unit.answer(outcome);
        }
    }
}

fn read_one(conn: &mut Conn, unit: &mut dyn Unit) -> Result<(), Fault> {
    step(conn, "BEGIN")?;
    let outcome = unit.run(conn);
    // A damaged file may have ended the transaction already.
    if in_transaction(conn) {
        step(conn, "ROLLBACK")?;
    }
    outcome
}

fn write_loop(queue: &Queue<Box<dyn Unit>>, mut conn: Conn) {
    loop {
        let mut batch = queue.take(BATCH);
        if batch.is_empty() {
            if let Err(fault) = empty_log(&conn) {
                tracing::warn!(%fault, "the log was not moved into the database file at the end");
            }
            return;
        }
        match run_batch(&mut conn, &mut batch) {
            Ok(outcomes) => answer(&conn, batch.into_iter().zip(outcomes)),
            Err(fault) => {
                tracing::debug!(%fault, units = batch.len(), "a batch was undone");
                for unit in batch {
                    unit.answer(Err(fault.clone()));
                }
            }
        }
    }
}

/// Those who asked for an empty log wait until it is; the others do not wait for that.
fn answer(conn: &Conn, done: impl Iterator<Item = (Box<dyn Unit>, Result<(), Fault>)>) {
    let mut last = Vec::new();
    for (unit, outcome) in done {
        if unit.empties_log() {
            last.push((unit, outcome));
        } else {
            unit.answer(outcome);
        }
    }
    if last.is_empty() {
        return;
    }
    let emptied = empty_log(conn);
    for (unit, outcome) in last {
        unit.answer(outcome.and(emptied.clone()));
    }
}

/// Moves the log into the file. What another reader still needs stays for the next time.
fn empty_log(conn: &Conn) -> Result<(), Fault> {
    let Engine::Sqlite(SqliteConn { conn, .. }) = &conn.engine else {
        return Ok(());
    };
    if conn.is_readonly("main")? {
        return Ok(());
    }
    // Writers wait for this thread, so it does not wait long for readers.
    conn.busy_timeout(LOG_PATIENCE)?;
    let emptied = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    conn.busy_timeout(PATIENCE)?;
    match emptied {
        Err(rusqlite::Error::SqliteFailure(code, _))
            if matches!(
                code.code,
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked
            ) =>
        {
            Ok(())
        }
        emptied => Ok(emptied?),
    }
}

/// One transaction for all units. An outer fault means that none of them was kept.
fn run_batch(
    conn: &mut Conn,
    batch: &mut [Box<dyn Unit>],
) -> Result<Vec<Result<(), Fault>>, Fault> {
    step(conn, "BEGIN IMMEDIATE").context("beginning a batch")?;
    let outcomes = batch
        .iter_mut()
        .map(|unit| run_unit(conn, unit.as_mut()))
        .collect::<Result<Vec<_>, _>>()
        .and_then(|outcomes| match step(conn, "COMMIT") {
            Ok(()) => Ok(outcomes),
            Err(fault) => Err(commit_fault(fault)),
        });
    if outcomes.is_err() && in_transaction(conn) {
        step(conn, "ROLLBACK").context("undoing a batch")?;
    }
    outcomes
}

/// The inner result is the unit's own; an outer fault ends the batch.
fn run_unit(conn: &mut Conn, unit: &mut dyn Unit) -> Result<Result<(), Fault>, Fault> {
    step(conn, "SAVEPOINT unit")?;
    let outcome = unit.run(conn);
    // A full disk or an I/O error may make SQLite undo the whole transaction, neighbours included.
    if !in_transaction(conn) {
        let fault = Fault::new(FaultKind::Unavailable, "SQLite undid the transaction");
        return Err(outcome.err().unwrap_or(fault));
    }
    if outcome.is_err() {
        step(conn, "ROLLBACK TO unit")?;
    }
    step(conn, "RELEASE unit")?;
    Ok(outcome)
}

/// When the log could not be written to the end, a later recovery may or may not find the commit.
fn commit_fault(fault: Fault) -> Fault {
    match fault.kind() {
        FaultKind::DiskFull | FaultKind::Busy | FaultKind::ReadOnly | FaultKind::Internal => fault,
        _ => Fault::ambiguous(fault.to_string()),
    }
    .context("committing a batch")
}

fn step(conn: &mut Conn, text: &str) -> Result<(), Fault> {
    match &mut conn.engine {
        Engine::Sqlite(sqlite) => {
            sqlite.conn.prepare_cached(text)?.execute([])?;
            Ok(())
        }
        Engine::Postgres(_) => Err(Fault::new(FaultKind::Internal, "not an SQLite connection")),
    }
}

fn in_transaction(conn: &Conn) -> bool {
    matches!(&conn.engine, Engine::Sqlite(sqlite) if !sqlite.conn.is_autocommit())
}

fn settle(conn: &Connection) -> Result<(), Fault> {
    conn.busy_timeout(PATIENCE)?;
    conn.execute_batch(
        "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;",
    )?;
    Ok(())
}

fn integrity(conn: &Connection) -> Result<(), Fault> {
    let mut prepared = conn.prepare("PRAGMA integrity_check(10)")?;
    let mut rows = prepared.query([])?;
    // The lines name pages, tables and indexes, never values.
    let mut findings = Vec::new();
    while let Some(row) = rows.next()? {
        let line: String = row.get(0)?;
        if line != "ok" {
            findings.push(line.replace('\n', " "));
        }
    }
    if findings.is_empty() {
        return Ok(());
    }
    Err(Fault::caused(
        FaultKind::Corrupt,
        format!("integrity_check: {}", findings.join("; ")),
    ))
}

fn create_private(path: &Path) -> Result<(), Fault> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(|error| {
        Fault::caused(
            FaultKind::Unavailable,
            format!("the file could not be made: {}", error.kind()),
        )
    })
}

fn has_log(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    std::fs::metadata(PathBuf::from(log)).is_ok_and(|log| log.len() > 0)
}

fn reader_count() -> usize {
    std::thread::available_parallelism()
        .map_or(2, usize::from)
        .clamp(2, 8)
}

/// Units per commit. Bounds how long the first of them waits for the last.
const BATCH: usize = 256;
/// How long to wait for a lock that another program holds.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long emptying the log waits for readers of older states.
const LOG_PATIENCE: Duration = Duration::from_millis(50);
/// Between the steps of a backup that found the database locked.
const PAUSE: Duration = Duration::from_millis(50);
/// Prepared statements kept per connection; more than there are in this crate.
const STATEMENTS: usize = 1024;
