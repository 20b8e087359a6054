//! `durward audit`: is the audit record whole?

use clap::{Args, Subcommand};
use durward_app::secrets::Secrets;
use durward_keyring::master::MasterKey;
use durward_store::audit;

use super::out::{self, Stop};
use super::place::{self, Found, Where};
use crate::roles::{Place, heads};

#[derive(Subcommand)]
pub(super) enum Audit {
    /// Walk the record from its first entry to its last, also while a server runs. Ends with 1 when it is broken.
    Verify(Verify),
}

#[derive(Args)]
pub(super) struct Verify {
    #[command(flatten)]
    place: Where,
}

impl Audit {
    pub(super) fn run(self) -> Result<(), Stop> {
        match self {
            Self::Verify(verify) => verify.run(),
        }
    }
}

impl Verify {
    fn run(self) -> Result<(), Stop> {
        let found = self.place.find()?;
        let master = found.master_key()?;
        let mut broken = 0;
        for each in &found.places {
            if !is_whole(&found, each, &master)? {
                broken += 1;
            }
        }
        if broken > 0 {
            return Err(Stop::failure(
                "the audit record is broken: somebody or something changed it outside of durward (audit/broken)",
            ));
        }
        out::print("ok");
        Ok(())
    }
}

/// Walks one record and tells what it found.
fn is_whole(found: &Found, place: &Place, master: &MasterKey) -> Result<bool, Stop> {
    let (owner, key) = (&place.owner, Secrets::audit_key(master, &place.owner));
    // Before the database is opened: a running server seals on, and the chain may only be longer than the export.
    let file = found.heads(owner);
    let exported = match heads::read(&file, &key) {
        Ok(exported) => exported,
        Err(fault) => {
            out::print(&format!("{owner}: {fault}"));
            return Ok(false);
        }
    };
    let (exports, store) = (exported.is_some(), place::look(place)?);
    let report = store.read_blocking(move |c| audit::verify(c, &key, exported.as_ref()));
    let report = report.map_err(|fault| Stop::failure(format!("{}: {fault}", place.describe())))?;
    let Some(flaw) = &report.broken else {
        out::print(&format!(
            "{owner}: ok, {} entries sealed, {} waiting to be sealed",
            report.sealed, report.unsealed
        ));
        if report.sealed > 0 && !exports {
            out::print(&format!(
                "{owner}: warning: no exported heads in {}. That the end of the record is missing could not be seen",
                file.display()
            ));
        }
        return Ok(true);
    };
    let number = flaw
        .seq
        .map(|seq| format!(" number {seq}"))
        .unwrap_or_default();
    let id = flaw
        .entry
        .as_deref()
        .map(|id| format!(" {id}"))
        .unwrap_or_default();
    out::print(&format!(
        "{owner}: BROKEN at entry{number}{id}: {}",
        flaw.flaw
    ));
    Ok(false)
}
