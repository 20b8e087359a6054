//! What commands print, and how they end.

use std::io::{self, Write};

/// The end of a command that did not succeed.
#[derive(Debug)]
pub(super) struct Stop {
    pub(super) code: u8,
    pub(super) sentence: String,
}

impl Stop {
    /// Something did not work.
    pub(super) fn failure(sentence: impl Into<String>) -> Self {
        Self {
            code: 1,
            sentence: sentence.into(),
        }
    }

    /// The arguments do not make sense.
    pub(super) fn usage(sentence: impl Into<String>) -> Self {
        Self {
            code: 2,
            sentence: sentence.into(),
        }
    }

    /// The configuration does not make sense (`EX_CONFIG` of sysexits).
    pub(super) fn configuration(sentence: impl Into<String>) -> Self {
        Self {
            code: 78,
            sentence: sentence.into(),
        }
    }
}

/// Prints to standard output. A reader that has gone away (`| head`) is no error.
pub(super) fn print(text: &str) {
    let mut out = io::stdout().lock();
    drop(writeln!(out, "{}", text.trim_end_matches('\n')).and_then(|()| out.flush()));
}

/// Prints a sentence to standard error.
pub(super) fn error(sentence: &str) {
    drop(writeln!(io::stderr().lock(), "durward: {sentence}"));
}

/// Prints what is to be known beside the output to standard error.
pub(super) fn note(sentence: &str) {
    drop(writeln!(io::stderr().lock(), "{sentence}"));
}
