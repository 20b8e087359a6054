//! `durward apps`: app documents on the command line.

use clap::Subcommand;

use super::lint::Lint;
use super::out::Stop;

#[derive(Subcommand)]
pub(super) enum Apps {
    /// Judge documents by every rule, without a server. Ends with 1 when an error is found.
    Lint(Lint),
}

impl Apps {
    pub(super) fn run(self) -> Result<(), Stop> {
        match self {
            Self::Lint(lint) => lint.run(),
        }
    }
}
