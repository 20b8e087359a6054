//! `durward audit`: is the audit record whole?

use clap::{Args, Subcommand};
use durward_app::secrets::Secrets;
use durward_store::audit;

use super::out::{self, Stop};
use super::place::{self, Where};

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
            let store = place::look(each)?;
            let (master, owner) = (master.clone(), each.owner.clone());
            let report = store.read_blocking(move |c| {
                audit::verify(c, &Secrets::audit_key(&master, &owner), None)
            });
            let report =
                report.map_err(|fault| Stop::failure(format!("{}: {fault}", each.describe())))?;
            match &report.broken {
                None => out::print(&format!(
                    "{}: ok, {} entries sealed, {} waiting to be sealed",
                    each.owner, report.sealed, report.unsealed
                )),
                Some(flaw) => {
                    broken += 1;
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
                        "{}: BROKEN at entry{number}{id}: {}",
                        each.owner, flaw.flaw
                    ));
                }
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
