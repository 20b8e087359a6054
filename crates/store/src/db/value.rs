//! What goes into a statement and what comes out of it, the same for both engines.

use std::fmt;

use jiff::Timestamp;
use rusqlite::types::{ToSqlOutput, ValueRef};

use crate::fault::{Fault, FaultKind};

/// One column of a row.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// SQL NULL.
    Null,
    /// BIGINT, and BOOLEAN on SQLite.
    Int(i64),
    /// BOOLEAN on PostgreSQL.
    Bool(bool),
    /// TEXT.
    Text(String),
    /// BYTEA or BLOB.
    Blob(Vec<u8>),
    /// What the column holds is not what a column may hold; told why.
    Malformed(&'static str),
}

impl Value {
    pub(crate) fn from_sqlite(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(number) => Self::Int(number),
            ValueRef::Real(_) => Self::Malformed("a floating-point number"),
            ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => Self::Text(text.to_owned()),
                Err(_) => Self::Malformed("text that is not UTF-8"),
            },
            ValueRef::Blob(bytes) => Self::Blob(bytes.to_vec()),
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Int(_) => "a number",
            Self::Bool(_) => "a boolean",
            Self::Text(_) => "text",
            Self::Blob(_) => "bytes",
            Self::Malformed(what) => what,
        }
    }
}

// Values may be personal or secret, so only their type is shown.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One row of an answer. Columns are counted from 0 in the order of the SELECT or RETURNING list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row(pub(crate) Vec<Value>);

impl Row {
    /// A TEXT column that is not NULL.
    pub fn text(&self, column: usize) -> Result<String, Fault> {
        self.opt_text(column)?
            .ok_or_else(|| self.wrong(column, "text"))
    }

    /// A TEXT column.
    pub fn opt_text(&self, column: usize) -> Result<Option<String>, Fault> {
        match self.0.get(column) {
            Some(Value::Text(text)) => Ok(Some(text.clone())),
            Some(Value::Null) => Ok(None),
            _ => Err(self.wrong(column, "text")),
        }
    }

    /// A BIGINT column that is not NULL.
    pub fn int(&self, column: usize) -> Result<i64, Fault> {
        self.opt_int(column)?
            .ok_or_else(|| self.wrong(column, "a number"))
    }

    /// A BIGINT column.
    pub fn opt_int(&self, column: usize) -> Result<Option<i64>, Fault> {
        match self.0.get(column) {
            Some(Value::Int(number)) => Ok(Some(*number)),
            Some(Value::Null) => Ok(None),
            _ => Err(self.wrong(column, "a number")),
        }
    }

    /// A BOOLEAN column that is not NULL.
    pub fn bool(&self, column: usize) -> Result<bool, Fault> {
        self.opt_bool(column)?
            .ok_or_else(|| self.wrong(column, "a boolean"))
    }

    /// A BOOLEAN column.
    pub fn opt_bool(&self, column: usize) -> Result<Option<bool>, Fault> {
        match self.0.get(column) {
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(Value::Int(0)) => Ok(Some(false)),
            Some(Value::Int(1)) => Ok(Some(true)),
            Some(Value::Null) => Ok(None),
            _ => Err(self.wrong(column, "a boolean")),
        }
    }

    /// A BYTES column that is not NULL.
    pub fn blob(&self, column: usize) -> Result<Vec<u8>, Fault> {
        self.opt_blob(column)?
            .ok_or_else(|| self.wrong(column, "bytes"))
    }

    /// A BYTES column.
    pub fn opt_blob(&self, column: usize) -> Result<Option<Vec<u8>>, Fault> {
        match self.0.get(column) {
            Some(Value::Blob(bytes)) => Ok(Some(bytes.clone())),
            Some(Value::Null) => Ok(None),
            _ => Err(self.wrong(column, "bytes")),
        }
    }

    /// A BIGINT column that holds microseconds UTC.
    pub fn time(&self, column: usize) -> Result<Timestamp, Fault> {
        Timestamp::from_microsecond(self.int(column)?).map_err(|_| self.wrong(column, "a time"))
    }

    /// A BIGINT column that holds microseconds UTC or NULL.
    pub fn opt_time(&self, column: usize) -> Result<Option<Timestamp>, Fault> {
        self.opt_int(column)?
            .map(Timestamp::from_microsecond)
            .transpose()
            .map_err(|_| self.wrong(column, "a time"))
    }

    fn wrong(&self, column: usize, wanted: &str) -> Fault {
        let kind = match self.0.get(column) {
            Some(Value::Malformed(_)) => FaultKind::Corrupt,
            _ => FaultKind::Internal,
        };
        let found = self.0.get(column).map_or("nothing", Value::name);
        Fault::caused(
            kind,
            format!("column {column} should hold {wanted} and holds {found}"),
        )
    }
}

/// One parameter of a statement. Made by [`params!`](crate::params).
#[derive(Clone, Copy)]
pub enum Param<'a> {
    /// SQL NULL.
    Null,
    /// BIGINT.
    Int(i64),
    /// BOOLEAN.
    Bool(bool),
    /// TEXT.
    Text(&'a str),
    /// BYTEA or BLOB.
    Blob(&'a [u8]),
}

impl fmt::Debug for Param<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "NULL",
            Self::Int(_) => "a number",
            Self::Bool(_) => "a boolean",
            Self::Text(_) => "text",
            Self::Blob(_) => "bytes",
        })
    }
}

/// The parameters of a statement in order: `&params![id, now, None::<&str>]`.
///
/// Takes `&str`, `&String`, integers up to 64 bits signed, `bool`, bytes, `Timestamp` (stored as
/// microseconds) and options of these.
#[macro_export]
macro_rules! params {
    () => { [] as [$crate::Param<'_>; 0] };
    ($($value:expr),+ $(,)?) => { [$($crate::Param::from($value)),+] };
}

impl<'a> From<&'a str> for Param<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Param<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Param<'_> {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<i32> for Param<'_> {
    fn from(number: i32) -> Self {
        Self::Int(number.into())
    }
}

impl From<u32> for Param<'_> {
    fn from(number: u32) -> Self {
        Self::Int(number.into())
    }
}

impl From<bool> for Param<'_> {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl<'a> From<&'a [u8]> for Param<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Blob(bytes)
    }
}

impl<'a> From<&'a Vec<u8>> for Param<'a> {
    fn from(bytes: &'a Vec<u8>) -> Self {
        Self::Blob(bytes)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Param<'a> {
    fn from(bytes: &'a [u8; N]) -> Self {
        Self::Blob(bytes)
    }
}

impl From<Timestamp> for Param<'_> {
    fn from(time: Timestamp) -> Self {
        Self::Int(time.as_microsecond())
    }
}

impl<'a, T> From<Option<T>> for Param<'a>
where
    Param<'a>: From<T>,
{
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::from)
    }
}

impl<'a> From<&'a Option<String>> for Param<'a> {
    fn from(text: &'a Option<String>) -> Self {
        text.as_deref().map_or(Self::Null, Self::Text)
    }
}

impl rusqlite::ToSql for Param<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self {
            Self::Null => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(number),
            Self::Bool(flag) => ValueRef::Integer(flag.into()),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}
