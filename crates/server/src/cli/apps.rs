//! `durward apps`: app documents on the command line.

mod apply;
pub(super) mod files;
mod formats;
mod plan;
pub(super) mod portal;

use clap::Subcommand;

use super::lint::Lint;
use super::out::{self, Stop};

#[derive(Subcommand)]
pub(super) enum Apps {
    /// Judge documents by every rule, without a server. Ends with 1 when an error is found.
    Lint(Lint),
    /// Fetch a configuration from the portal, in any format.
    Export(formats::Export),
    /// Turn a text of another format into an app document, and save it with --apply.
    Import(formats::Import),
    /// Say what documents would change: differences, class, checklist, earliest deployment. Saves nothing.
    Plan(plan::Plan),
    /// Save documents through the portal. What is saved already is left alone; a newer version is never overwritten unseen.
    Apply(apply::Apply),
    /// Print the JSON Schema of the app document.
    Schema,
}

impl Apps {
    pub(super) fn run(self) -> Result<(), Stop> {
        match self {
            Self::Lint(lint) => lint.run(),
            Self::Export(export) => export.run(),
            Self::Import(import) => import.run(),
            Self::Plan(plan) => plan.run(),
            Self::Apply(apply) => apply.run(),
            Self::Schema => {
                let schema = durward_domain::formats::schema::app_v1();
                out::print(&serde_json::to_string_pretty(&schema).unwrap_or_default());
                Ok(())
            }
        }
    }
}
