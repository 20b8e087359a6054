//! Why a text is not an app document, and where.

use std::fmt;

use serde_path_to_error::{Path, Segment};

use super::AppDocument;
use crate::refusal::{RefusalKind, Refuse};

/// The text is not an app document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("The app document cannot be read{}: {message}.", place(.pointer))]
pub struct DocumentFault {
    /// Where, as a JSON Pointer; empty for the whole document.
    pub pointer: String,
    /// What is wrong there.
    pub message: String,
}

impl DocumentFault {
    /// A fault of the document as a whole.
    pub(super) fn whole(message: impl fmt::Display) -> Self {
        Self {
            pointer: String::new(),
            message: message.to_string().trim().to_owned(),
        }
    }
}

impl Refuse for DocumentFault {
    fn code(&self) -> &'static str {
        "document/unreadable"
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }
}

/// Refuses a document that is too long.
pub(super) fn within_limit(bytes: usize) -> Result<(), DocumentFault> {
    if bytes > AppDocument::MAX_BYTES {
        return Err(DocumentFault::whole(format!(
            "it has {bytes} bytes, at most {} are allowed",
            AppDocument::MAX_BYTES
        )));
    }
    Ok(())
}

/// A fault of the JSON reader.
pub(super) fn json(error: serde_path_to_error::Error<serde_json::Error>) -> DocumentFault {
    // A text that is not JSON has no useful path: the reader stopped somewhere inside.
    if !error.inner().is_data() && error.inner().line() > 0 {
        return DocumentFault::whole(error.inner());
    }
    DocumentFault {
        pointer: pointer(error.path()),
        message: suggested(error.into_inner().to_string()),
    }
}

/// A fault of the TOML reader.
pub(super) fn toml(error: serde_path_to_error::Error<toml::de::Error>) -> DocumentFault {
    DocumentFault {
        pointer: pointer(error.path()),
        message: suggested(error.into_inner().message().trim().to_owned()),
    }
}

/// Adds the name that was probably meant to what the reader says of an unknown one.
fn suggested(message: String) -> String {
    let mut names = message.split('`').skip(1).step_by(2);
    let unknown = message.starts_with("unknown field") || message.starts_with("unknown variant");
    match names.next().filter(|_| unknown) {
        Some(written) => match crate::formats::nearest(written, names) {
            Some(meant) => {
                let meant = meant.to_owned();
                format!("{message}; did you mean `{meant}`?")
            }
            None => message,
        },
        None => message,
    }
}

/// A path as a JSON Pointer, RFC 6901.
fn pointer(path: &Path) -> String {
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(format!("/{index}")),
            Segment::Map { key } => Some(format!("/{}", escape(key))),
            Segment::Enum { variant } => Some(format!("/{}", escape(variant))),
            Segment::Unknown => None,
        })
        .collect()
}

fn escape(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

fn place(pointer: &str) -> String {
    if pointer.is_empty() {
        String::new()
    } else {
        format!(" at {pointer}")
    }
}
