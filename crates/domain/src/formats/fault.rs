//! Why a text is not an app in some format, and where.

use serde::Serialize;

use super::Format;
use crate::refusal::{RefusalKind, Refuse};

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FormatFault {
    /// Where, as a JSON Pointer into the text; empty for the whole.
    pub path: String,
    /// What is wrong there, as a sentence.
    pub message: String,
    /// What to write instead, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
    /// The name of the placeholder that was left in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub placeholder: Option<String>,
}

impl FormatFault {
    pub(super) fn at(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            message: message.into(),
            suggestion: None,
            placeholder: None,
        }
    }

    pub(super) fn suggest(mut self, suggestion: Option<impl Into<String>>) -> Self {
        self.suggestion = suggestion.map(Into::into);
        self
    }
}

impl std::fmt::Display for FormatFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)?;
        match &self.suggestion {
            Some(suggestion) => write!(f, " Did you mean {suggestion}?"),
            None => Ok(()),
        }
    }
}

/// The text was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("The text cannot be imported: {}", first(.faults))]
pub struct NotImported {
    /// What it was read as, where that is known.
    pub format: Option<Format>,
    /// Everything that is wrong.
    pub faults: Vec<FormatFault>,
}

impl NotImported {
    pub(super) fn whole(format: Option<Format>, message: impl Into<String>) -> Self {
        Self {
            format,
            faults: vec![FormatFault::at("", message)],
        }
    }
}

impl Refuse for NotImported {
    fn code(&self) -> &'static str {
        "format/not-imported"
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }
}

/// The app cannot be said in the format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("This app cannot be written as {}: {}", .format.title(), first(.faults))]
pub struct NotExported {
    /// The format.
    pub format: Format,
    /// What is in the way.
    pub faults: Vec<FormatFault>,
}

impl Refuse for NotExported {
    fn code(&self) -> &'static str {
        "format/not-exported"
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Conflict
    }
}

fn first(faults: &[FormatFault]) -> String {
    let more = match faults.len() {
        0 | 1 => String::new(),
        count => format!(" ({} more)", count - 1),
    };
    faults
        .first()
        .map(|fault| format!("{fault}{more}"))
        .unwrap_or_default()
}
