//! `durward check`: would a server with this configuration start? Nothing is changed.

use std::path::PathBuf;

use clap::Args;
use durward_app::ports::mail::Smtp;
use durward_app::sealing::{self, Progress};
use durward_domain::programme::Programme;
use durward_store::migrate;

use super::out::{self, Stop};
use super::{keys, place};
use crate::config::{self, Config};
use crate::roles::databases::PORTAL;
use crate::roles::{self, Place};
use crate::secrets::{self, MASTER_KEY};

#[derive(Args)]
pub(super) struct Check {
    /// The configuration file.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

impl Check {
    pub(super) fn run(self) -> Result<(), Stop> {
        let config = config::load(&self.config)?;
        out::print("ok     configuration");
        let mut faults = 0;
        for (what, found) in findings(&config) {
            match found {
                Ok(()) => out::print(&format!("ok     {what}")),
                Err(fault) => {
                    faults += 1;
                    out::print(&format!("FAULT  {what}: {fault}"));
                }
            }
        }
        if faults > 0 {
            return Err(Stop::failure(format!(
                "{faults} of these must be repaired before a server can start"
            )));
        }
        Ok(())
    }
}

fn findings(config: &Config) -> Vec<(String, Result<(), String>)> {
    let mut findings = Vec::new();
    let programme = Programme::named(&config.programme.name).map(drop);
    let known = || {
        format!(
            "there is no programme called \"{}\". Known: {}",
            config.programme.name,
            Programme::names().join(", ")
        )
    };
    findings.push(("programme".to_owned(), programme.ok_or_else(known)));
    let (data, configured) = (&config.server.data, config.server.master_key.as_ref());
    if configured.is_none() && !data.join(MASTER_KEY).exists() {
        findings.push(("master key: will be made at first start".to_owned(), Ok(())));
    } else {
        let key = secrets::read_master_key(data, configured);
        findings.push((
            "master key".to_owned(),
            key.map(drop).map_err(|fault| fault.to_string()),
        ));
    }
    let mail = Smtp::new(config.mail.smtp.expose(), &config.mail.from);
    findings.push((
        "mail settings".to_owned(),
        mail.map(drop).map_err(|fault| fault.to_string()),
    ));
    if config.passwords.breached_file.is_some() {
        findings.push((
            "stolen passwords".to_owned(),
            config.passwords.breached().map(drop),
        ));
    }
    for place in roles::of_config(config) {
        let judged = match migrate::plan(&place.target) {
            Ok(plan) if plan.pending.is_empty() => Ok(()),
            Ok(plan) => Err(format!(
                "not up to date: {}. Run durward migrate",
                plan.pending.join(", ")
            )),
            Err(fault) => Err(fault.to_string()),
        };
        let is_current = judged.is_ok();
        findings.push((place.describe(), judged));
        if is_current && place.owner != PORTAL {
            findings.push(sealed(&place));
        }
    }
    findings
}

/// Rows under another key than the current one are read while a rotation goes on, and by nobody after it.
fn sealed(place: &Place) -> (String, Result<(), String>) {
    let read = || -> Result<Progress, String> {
        let store = place::look(place).map_err(|stop| stop.sentence)?;
        let found = store.read_blocking(|c| sealing::progress(c, keys::now()));
        found.map_err(|fault| fault.to_string())
    };
    let what = format!("sealing keys of {}", place.owner);
    match read() {
        Err(fault) => (what, Err(fault)),
        Ok(progress) if progress.is_overdue() => {
            let tables: Vec<String> = progress
                .left
                .iter()
                .map(|(table, rows)| format!("{rows} of {table}"))
                .collect();
            let fault = format!(
                "{} is used, and these rows are under a key that nobody reads any more: {}. Restore them from a backup, or delete them",
                progress.current,
                tables.join(", ")
            );
            (what, Err(fault))
        }
        Ok(progress) => (format!("{what}: {}", keys::in_words(&progress)), Ok(())),
    }
}
