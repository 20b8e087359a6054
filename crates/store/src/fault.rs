//! A fault is ours: the database did not do what was asked. It is logged once at the edge and
//! shown to people only as a reference number.

use std::borrow::Cow;
use std::fmt;

/// What kind of trouble it is, so that the edge can choose a status and an operator a remedy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// Too much is waiting, or another holder keeps the lock. Trying again later helps.
    Busy,
    /// The disk or its quota is full.
    DiskFull,
    /// The database cannot be reached or opened.
    Unavailable,
    /// The database accepts no writes.
    ReadOnly,
    /// A newer version of this program has changed the schema.
    SchemaTooNew,
    /// The schema is not there or not up to date.
    SchemaMissing,
    /// The database or a value in it is malformed.
    Corrupt,
    /// Nobody can tell whether the unit was committed. It must not be repeated blindly.
    Ambiguous,
    /// A text from outside that no database keeps: it holds a NUL character.
    Text,
    /// A mistake in this program: a bad statement, a broken constraint, a panic.
    Internal,
}

impl FaultKind {
    /// What happened and what to do, for an operator.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Busy => "The database is busy; try again shortly.",
            Self::DiskFull => "The disk of the database is full; free some space.",
            Self::Unavailable => {
                "The database cannot be reached; check that it is there and running."
            }
            Self::ReadOnly => "The database is read-only; check its permissions and its role.",
            Self::SchemaTooNew => {
                "The database was changed by a newer version of Durward; run that version."
            }
            Self::SchemaMissing => "The database schema is not up to date; run `durward migrate`.",
            Self::Corrupt => "The database is damaged; restore a backup.",
            Self::Ambiguous => "The connection was lost while committing; the outcome is unknown.",
            Self::Text => "A text that was sent holds a NUL character.",
            Self::Internal => "The database refused a statement of this program.",
        }
    }
}

/// A database fault. Safe to log: it never carries a parameter or a column value.
#[derive(Clone, Debug)]
pub struct Fault {
    kind: FaultKind,
    cause: Cow<'static, str>,
    context: Vec<&'static str>,
    repeat: Repeat,
}

/// Whether the database layer may run the unit again by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// The unit failed for good.
    Never,
    /// Another unit was in the way; nothing was committed.
    Serialization,
    /// The connection broke or went stale before COMMIT was sent.
    Reconnect,
}

impl Fault {
    /// A fault with a fixed cause. The cause must say nothing about values.
    pub const fn new(kind: FaultKind, cause: &'static str) -> Self {
        Self {
            kind,
            cause: Cow::Borrowed(cause),
            context: Vec::new(),
            repeat: Repeat::Never,
        }
    }

    /// The kind of trouble.
    pub const fn kind(&self) -> FaultKind {
        self.kind
    }

    /// Adds what was being done, once per layer.
    #[must_use]
    pub fn context(mut self, doing: &'static str) -> Self {
        self.context.push(doing);
        self
    }

    /// Nobody knows whether the unit was committed.
    pub(crate) fn ambiguous(cause: impl Into<Cow<'static, str>>) -> Self {
        Self::caused(FaultKind::Ambiguous, cause)
    }

    pub(crate) fn caused(kind: FaultKind, cause: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            cause: cause.into(),
            context: Vec::new(),
            repeat: Repeat::Never,
        }
    }

    pub(crate) const fn repeat(&self) -> Repeat {
        self.repeat
    }

    pub(crate) const fn repeating(mut self, repeat: Repeat) -> Self {
        self.repeat = repeat;
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.sentence())?;
        f.write_str(" (")?;
        for doing in self.context.iter().rev() {
            write!(f, "{doing}: ")?;
        }
        write!(f, "{})", self.cause)
    }
}

impl std::error::Error for Fault {}

/// Adds context to the fault of a result.
pub trait Context<T> {
    /// Says what was being done when the fault came.
    fn context(self, doing: &'static str) -> Result<T, Fault>;
}

impl<T> Context<T> for Result<T, Fault> {
    fn context(self, doing: &'static str) -> Self {
        self.map_err(|fault| fault.context(doing))
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match error {
            rusqlite::Error::SqliteFailure(code, message) => {
                let kind = match code.code {
                    ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => FaultKind::Busy,
                    ErrorCode::DiskFull => FaultKind::DiskFull,
                    ErrorCode::ReadOnly => FaultKind::ReadOnly,
                    ErrorCode::CannotOpen
                    | ErrorCode::PermissionDenied
                    | ErrorCode::SystemIoFailure => FaultKind::Unavailable,
                    ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => FaultKind::Corrupt,
                    _ => FaultKind::Internal,
                };
                let message = message.unwrap_or_else(|| code.to_string());
                Self::caused(kind, format!("SQLite {}: {message}", code.extended_code))
            }
            // The error also holds the statement; its message alone says what is wrong.
            rusqlite::Error::SqlInputError { msg, .. } => {
                Self::caused(FaultKind::Internal, format!("SQLite: {msg}"))
            }
            rusqlite::Error::InvalidParameterCount(given, wanted) => Self::caused(
                FaultKind::Internal,
                format!("the statement wants {wanted} parameters and was given {given}"),
            ),
            rusqlite::Error::MultipleStatement => Self::new(
                FaultKind::Internal,
                "the text holds more than one statement",
            ),
            rusqlite::Error::ExecuteReturnedResults => {
                Self::new(FaultKind::Internal, "the statement answers rows; use query")
            }
            _ => Self::new(FaultKind::Internal, "SQLite could not be used as asked"),
        }
    }
}

impl From<postgres::Error> for Fault {
    fn from(error: postgres::Error) -> Self {
        let Some(told) = error.as_db_error() else {
            return if error.is_closed() || has_io_cause(&error) {
                Self::new(
                    FaultKind::Unavailable,
                    "PostgreSQL: the connection was lost",
                )
                .repeating(Repeat::Reconnect)
            } else {
                Self::caused(FaultKind::Internal, format!("PostgreSQL client: {error}"))
            };
        };
        let code = told.code().code();
        let (kind, repeat) = match code {
            "40001" | "40P01" => (FaultKind::Busy, Repeat::Serialization),
            // The statement or the shape of its answer is no longer what this connection prepared.
            "0A000" | "26000" => (FaultKind::Internal, Repeat::Reconnect),
            "57P01" | "57P02" | "57P05" => (FaultKind::Unavailable, Repeat::Reconnect),
            "25006" => (FaultKind::ReadOnly, Repeat::Never),
            "53100" => (FaultKind::DiskFull, Repeat::Never),
            "55P03" | "57014" | "53300" => (FaultKind::Busy, Repeat::Never),
            "3D000" | "57P03" | "57P04" => (FaultKind::Unavailable, Repeat::Never),
            _ => match code.get(..2) {
                Some("XX") => (FaultKind::Corrupt, Repeat::Never),
                Some("08") => (FaultKind::Unavailable, Repeat::Reconnect),
                Some("28") => (FaultKind::Unavailable, Repeat::Never),
                _ => (FaultKind::Internal, Repeat::Never),
            },
        };
        let mut cause = format!("PostgreSQL {code}");
        // Messages may quote values. Those of class 42 quote only the statement, which is ours.
        if code.starts_with("42") {
            cause.push_str(": ");
            cause.push_str(told.message());
        }
        for named in [told.table(), told.column(), told.constraint()]
            .into_iter()
            .flatten()
        {
            cause.push(' ');
            cause.push_str(named);
        }
        Self::caused(kind, cause).repeating(repeat)
    }
}

fn has_io_cause(error: &postgres::Error) -> bool {
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        if cause.is::<std::io::Error>() {
            return true;
        }
        next = cause.source();
    }
    false
}
