//! PostgreSQL: plain threads with one connection each, SERIALIZABLE, with bounded repeats.
//!
//! The client runs a runtime of its own and must not be used on a thread of another one.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use postgres::types::{ToSql, Type};
use postgres::{Client, NoTls};

use super::conn::{Conn, Engine};
use super::queue::Queue;
use super::statement::Statement;
use super::unit::Unit;
use super::value::{Param, Row, Value};
use super::{Store, Threads, spawn};
use crate::fault::{Context as _, Fault, FaultKind, Repeat};
use crate::migrate;

pub(super) fn open(url: &str, threads: usize) -> Result<Store, Fault> {
    let address = Address::parse(url)?;
    on_plain_thread(|| migrate::check_postgres(&mut address.connect()?))?;
    Store::assemble("postgres", None, |queues| {
        let mut started = Threads::default();
        for number in 0..threads.max(1) {
            for (name, access, queue, threads) in [
                ("write", Access::Write, &queues.writes, &mut started.writers),
                ("read", Access::Read, &queues.reads, &mut started.readers),
            ] {
                let queue = Arc::clone(queue);
                let conn = PostgresConn::new(address.clone(), access);
                threads.push(spawn(format!("store-{name}-{number}"), move || {
                    serve(&queue, conn)
                })?);
            }
        }
        Ok(started)
    })
}

/// Runs work where no runtime is: the client would panic inside one.
pub(crate) fn on_plain_thread<T: Send>(
    work: impl FnOnce() -> Result<T, Fault> + Send,
) -> Result<T, Fault> {
    std::thread::scope(|scope| scope.spawn(work).join()).unwrap_or(Err(Fault::new(
        FaultKind::Internal,
        "a database thread panicked",
    )))
}

/// A parsed address, with what every session of ours asks for.
#[derive(Clone)]
pub(crate) struct Address(postgres::Config);

impl Address {
    pub(crate) fn parse(url: &str) -> Result<Self, Fault> {
        // The parser's message may quote the address, and the address holds the password.
        let mut config: postgres::Config = url.parse().map_err(|_| {
            Fault::new(
                FaultKind::Unavailable,
                "the PostgreSQL address is malformed",
            )
        })?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_PATIENCE);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(SILENCE);
        }
        if config.get_application_name().is_none() {
            config.application_name("durward");
        }
        Ok(Self(config))
    }

    pub(crate) fn connect(&self) -> Result<Client, Fault> {
        let mut client = self.0.connect(NoTls).map_err(|error| {
            let fault = Fault::from(error).repeating(Repeat::Never);
            match fault.kind() {
                FaultKind::Internal => Fault::caused(FaultKind::Unavailable, fault.to_string()),
                _ => fault,
            }
            .context("connecting to PostgreSQL")
        })?;
        client.batch_execute(SESSION)?;
        let durable = client.query_one("SHOW synchronous_commit", &[])?;
        if durable.try_get::<_, &str>(0)? == "off" {
            client.batch_execute("SET synchronous_commit = on")?;
        }
        Ok(client)
    }
}

/// One connection, made when first needed and made anew when broken.
pub(crate) struct PostgresConn {
    address: Address,
    access: Access,
    client: Option<Client>,
    prepared: HashMap<(usize, usize), postgres::Statement>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Write,
}

impl PostgresConn {
    fn new(address: Address, access: Access) -> Self {
        Self {
            address,
            access,
            client: None,
            prepared: HashMap::new(),
        }
    }

    pub(crate) fn exec(
        &mut self,
        statement: Statement,
        params: &[Param<'_>],
    ) -> Result<u64, Fault> {
        let prepared = self.prepared(statement)?;
        let values = typed(&prepared, params)?;
        let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(AsRef::as_ref).collect();
        Ok(self.client()?.execute(&prepared, &values)?)
    }

    pub(crate) fn query(
        &mut self,
        statement: Statement,
        params: &[Param<'_>],
    ) -> Result<Vec<Row>, Fault> {
        let prepared = self.prepared(statement)?;
        let values = typed(&prepared, params)?;
        let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(AsRef::as_ref).collect();
        self.client()?
            .query(&prepared, &values)?
            .iter()
            .map(row)
            .collect()
    }

    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn prepare(&mut self, statement: Statement) -> Result<(), Fault> {
        self.client()?.prepare(statement.sql())?;
        Ok(())
    }

    fn prepared(&mut self, statement: Statement) -> Result<postgres::Statement, Fault> {
        if let Some(prepared) = self.prepared.get(&statement.key()) {
            return Ok(prepared.clone());
        }
        let prepared = self.client()?.prepare(statement.sql())?;
        self.prepared.insert(statement.key(), prepared.clone());
        Ok(prepared)
    }

    fn client(&mut self) -> Result<&mut Client, Fault> {
        self.client.as_mut().ok_or(NO_CONNECTION)
    }

    fn begin(&mut self) -> Result<(), Fault> {
        if self.client.as_ref().is_none_or(Client::is_closed) {
            self.prepared.clear();
            self.client = Some(self.address.connect()?);
        }
        let access = self.access;
        self.client()?.batch_execute(match access {
            Access::Read => "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY",
            Access::Write => "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE",
        })?;
        Ok(())
    }

    /// COMMIT on a transaction that has failed answers the tag ROLLBACK without an error, and the
    /// client hides tags. The SELECT before it fails in such a transaction, and then COMMIT is not
    /// run at all; both travel together.
    fn commit(&mut self) -> Result<(), Fault> {
        let client = self.client()?;
        if client.is_closed() {
            // Nothing was sent yet, so the server has undone the transaction.
            return Err(NO_CONNECTION.repeating(Repeat::Reconnect));
        }
        let Err(error) = client.batch_execute("SELECT 1; COMMIT") else {
            return Ok(());
        };
        let definite = error.as_db_error().is_some_and(|told| {
            let code = told.code().code();
            told.severity() == "ERROR"
                && code != "40003"
                && !code.starts_with("08")
                && !code.starts_with("57")
        });
        if definite || self.access == Access::Read {
            return Err(Fault::from(error));
        }
        Err(Fault::ambiguous(
            "PostgreSQL gave no clear answer to COMMIT",
        ))
    }

    /// Leaves the transaction, and the connection when even that fails.
    fn rollback(&mut self) {
        if self
            .client
            .as_mut()
            .is_none_or(|client| client.batch_execute("ROLLBACK").is_err())
        {
            self.forget();
        }
    }

    fn forget(&mut self) {
        self.client = None;
        self.prepared.clear();
    }
}

fn serve(queue: &Queue<Box<dyn Unit>>, conn: PostgresConn) {
    let reads = conn.access == Access::Read;
    let mut conn = Conn {
        engine: Engine::Postgres(Box::new(conn)),
        failed: None,
    };
    loop {
        let units = queue.take(1);
        if units.is_empty() {
            return;
        }
        for mut unit in units
            .into_iter()
            .filter(|unit| !(reads && unit.abandoned()))
        {
            let outcome = persist(&mut conn, unit.as_mut());
            unit.answer(outcome);
        }
    }
}

/// Tries a unit until it is committed, fails for good or has used up its tries.
fn persist(conn: &mut Conn, unit: &mut dyn Unit) -> Result<(), Fault> {
    let mut pause = FIRST_PAUSE;
    let mut reconnected = false;
    let mut tries = 1;
    loop {
        let Err(fault) = attempt(conn, unit) else {
            return Ok(());
        };
        tracing::debug!(%fault, tries, "a unit was undone");
        match fault.repeat() {
            Repeat::Serialization if tries < TRIES => {
                std::thread::sleep(pause);
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            Repeat::Reconnect if !reconnected => {
                reconnected = true;
                inner(conn)?.forget();
            }
            _ => return Err(fault),
        }
        tries += 1;
    }
}

fn attempt(conn: &mut Conn, unit: &mut dyn Unit) -> Result<(), Fault> {
    inner(conn)?.begin().context("beginning a transaction")?;
    let outcome = unit.run(conn);
    let conn = inner(conn)?;
    let outcome = outcome.and_then(|()| conn.commit().context("committing a transaction"));
    if outcome.is_err() {
        conn.rollback();
    }
    outcome
}

fn inner(conn: &mut Conn) -> Result<&mut PostgresConn, Fault> {
    match &mut conn.engine {
        Engine::Postgres(postgres) => Ok(postgres),
        Engine::Sqlite(_) => Err(Fault::new(
            FaultKind::Internal,
            "not a PostgreSQL connection",
        )),
    }
}

/// Gives each parameter the type that the server inferred for it.
fn typed<'a>(
    statement: &postgres::Statement,
    params: &'a [Param<'a>],
) -> Result<Vec<Box<dyn ToSql + Sync + 'a>>, Fault> {
    if statement.params().len() != params.len() {
        let (wanted, given) = (statement.params().len(), params.len());
        let cause = format!("the statement wants {wanted} parameters and was given {given}");
        return Err(Fault::caused(FaultKind::Internal, cause));
    }
    statement
        .params()
        .iter()
        .zip(params)
        .map(|(wanted, param)| typed_one(wanted, *param))
        .collect()
}

fn typed_one<'a>(wanted: &Type, param: Param<'a>) -> Result<Box<dyn ToSql + Sync + 'a>, Fault> {
    Ok(match param {
        Param::Null => Box::new(Nothing),
        Param::Bool(flag) => Box::new(flag),
        Param::Text(text) => Box::new(text),
        Param::Blob(bytes) => Box::new(bytes),
        Param::Int(number) if *wanted == Type::INT4 => {
            Box::new(i32::try_from(number).map_err(|_| {
                Fault::new(
                    FaultKind::Internal,
                    "a number is too large; cast the parameter to BIGINT",
                )
            })?)
        }
        Param::Int(number) => Box::new(number),
    })
}

/// NULL of whatever type is wanted.
#[derive(Debug)]
struct Nothing;

impl ToSql for Nothing {
    fn to_sql(
        &self,
        _: &Type,
        _: &mut postgres::types::private::BytesMut,
    ) -> Result<postgres::types::IsNull, Box<dyn std::error::Error + Sync + Send>> {
        Ok(postgres::types::IsNull::Yes)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    postgres::types::to_sql_checked!();
}

fn row(row: &postgres::Row) -> Result<Row, Fault> {
    let columns = row.columns().iter().enumerate();
    let values = columns.map(|(place, column)| value(row, place, column.type_()));
    Ok(Row(values.collect::<Result<_, postgres::Error>>()?))
}

fn value(row: &postgres::Row, place: usize, kind: &Type) -> Result<Value, postgres::Error> {
    let value = match *kind {
        Type::INT8 => row.try_get::<_, Option<i64>>(place)?.map(Value::Int),
        Type::INT4 => row
            .try_get::<_, Option<i32>>(place)?
            .map(|number| Value::Int(number.into())),
        Type::BOOL => row.try_get::<_, Option<bool>>(place)?.map(Value::Bool),
        Type::TEXT | Type::VARCHAR | Type::NAME | Type::BPCHAR => {
            row.try_get::<_, Option<String>>(place)?.map(Value::Text)
        }
        Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(place)?.map(Value::Blob),
        // A sum of BIGINT is NUMERIC, for one.
        _ => Some(Value::Malformed(
            "a type that only PostgreSQL has; cast it in the statement",
        )),
    };
    Ok(value.unwrap_or(Value::Null))
}

const SESSION: &str = "SET statement_timeout = '30s'; SET lock_timeout = '10s'; \
    SET idle_in_transaction_session_timeout = '60s'; SET client_min_messages = 'warning'";
const NO_CONNECTION: Fault = Fault::new(
    FaultKind::Unavailable,
    "PostgreSQL: the connection was lost",
);
const CONNECT_PATIENCE: Duration = Duration::from_secs(5);
/// After this long without an acknowledgement the server counts as gone.
const SILENCE: Duration = Duration::from_secs(15);
/// With doubling pauses the last try comes after about a second.
const TRIES: u32 = 16;
const FIRST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::{Access, Address, PostgresConn, Statement, on_plain_thread};
    use crate::Config;
    use crate::testing::postgres_config;

    const ADD: Statement = Statement::new("ADD", "INSERT INTO settings VALUES ($1, 'x', 1)");

    #[test]
    fn a_commit_that_only_rolls_back_is_a_fault() {
        let Some(Config::Postgres { url, .. }) = postgres_config(true).unwrap() else {
            return;
        };
        on_plain_thread(|| {
            let mut conn = PostgresConn::new(Address::parse(&url)?, Access::Write);
            conn.begin()?;
            conn.exec(ADD, &crate::params!["a"])?;
            assert!(conn.exec(ADD, &crate::params!["a"]).is_err());
            assert!(conn.commit().is_err());
            conn.rollback();
            conn.begin()?;
            conn.exec(ADD, &crate::params!["a"])?;
            conn.commit()
        })
        .unwrap();
    }
}
