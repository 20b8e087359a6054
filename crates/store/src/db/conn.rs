//! What a unit sees of the database: statements in, rows out.

use super::postgres::PostgresConn;
use super::sqlite::SqliteConn;
use super::statement::Statement;
use super::value::{Param, Row};
use crate::fault::{Fault, FaultKind};

/// One connection inside one transaction.
///
/// Any SQL error is a fault of the whole unit, also when the unit hides it: after one, every
/// further statement answers the same fault. So both engines behave alike.
pub struct Conn {
    pub(crate) engine: Engine,
    pub(crate) failed: Option<Fault>,
}

pub(crate) enum Engine {
    Sqlite(SqliteConn),
    Postgres(Box<PostgresConn>),
}

impl Conn {
    /// Runs a statement and tells how many rows it changed.
    pub fn exec(&mut self, statement: Statement, params: &[Param<'_>]) -> Result<u64, Fault> {
        self.run(statement, params, |engine| match engine {
            Engine::Sqlite(sqlite) => sqlite.exec(statement, params),
            Engine::Postgres(postgres) => postgres.exec(statement, params),
        })
    }

    /// Runs a statement and collects its rows.
    pub fn query(&mut self, statement: Statement, params: &[Param<'_>]) -> Result<Vec<Row>, Fault> {
        self.run(statement, params, |engine| match engine {
            Engine::Sqlite(sqlite) => sqlite.query(statement, params),
            Engine::Postgres(postgres) => postgres.query(statement, params),
        })
    }

    /// The row of a statement that answers one row or none.
    pub fn opt(
        &mut self,
        statement: Statement,
        params: &[Param<'_>],
    ) -> Result<Option<Row>, Fault> {
        let mut rows = self.query(statement, params)?;
        match rows.len() {
            0 | 1 => Ok(rows.pop()),
            _ => Err(self.fail(
                Fault::new(FaultKind::Internal, "more than one row").context(statement.name()),
            )),
        }
    }

    /// The row of a statement that always answers exactly one.
    pub fn one(&mut self, statement: Statement, params: &[Param<'_>]) -> Result<Row, Fault> {
        match self.opt(statement, params)? {
            Some(row) => Ok(row),
            None => {
                Err(self.fail(Fault::new(FaultKind::Internal, "no row").context(statement.name())))
            }
        }
    }

    /// Asks SQLite to examine every page and index. PostgreSQL does this with its own tools.
    pub fn integrity_check(&mut self) -> Result<(), Fault> {
        match &mut self.engine {
            Engine::Sqlite(sqlite) => sqlite.integrity_check(),
            Engine::Postgres(_) => Ok(()),
        }
    }

    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn prepare(&mut self, statement: Statement) -> Result<(), Fault> {
        match &mut self.engine {
            Engine::Sqlite(sqlite) => sqlite.prepare(statement),
            Engine::Postgres(postgres) => postgres.prepare(statement),
        }
        .map_err(|fault| fault.context(statement.name()))
    }

    fn run<T>(
        &mut self,
        statement: Statement,
        params: &[Param<'_>],
        work: impl FnOnce(&mut Engine) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        if let Some(fault) = &self.failed {
            return Err(fault.clone());
        }
        let outcome = if holds_nul(params) {
            // PostgreSQL cannot store it, so SQLite must not.
            Err(Fault::new(
                FaultKind::Text,
                "a text parameter holds a NUL character",
            ))
        } else {
            work(&mut self.engine)
        };
        outcome.map_err(|fault| self.fail(fault.context(statement.name())))
    }

    fn fail(&mut self, fault: Fault) -> Fault {
        self.failed = Some(fault.clone());
        fault
    }
}

fn holds_nul(params: &[Param<'_>]) -> bool {
    params
        .iter()
        .any(|param| matches!(param, Param::Text(text) if text.as_bytes().contains(&0)))
}
