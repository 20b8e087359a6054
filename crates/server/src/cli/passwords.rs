//! `durward passwords`: what passwords are checked against.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use durward_accounts::authenticator::breached::{Breached, Entry};

use super::out::{self, Stop};

#[derive(Subcommand)]
pub(super) enum Passwords {
    /// Make a filter of a list of stolen passwords, for `passwords.breached_file`.
    BuildBreached(BuildBreached),
}

impl Passwords {
    pub(super) fn run(self) -> Result<(), Stop> {
        match self {
            Self::BuildBreached(command) => command.run(),
        }
    }
}

#[derive(Args)]
pub(super) struct BuildBreached {
    /// The list: a SHA-1 in hexadecimal a line, with `:` and how often it was seen, as Have I Been Pwned publishes it.
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// The filter to write. While it is built, each password of the list takes some 30 bytes of memory.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    /// Leave out passwords that were seen less often.
    #[arg(long, value_name = "TIMES", default_value_t = 1)]
    seen: u64,
}

impl BuildBreached {
    #[expect(clippy::disallowed_methods, reason = "a file that the operator names")]
    fn run(self) -> Result<(), Stop> {
        let entries = read(&self.from, self.seen)?;
        let breached = Breached::build(entries).map_err(|bad| named(&self.from, bad))?;
        // Beside its place first: a server that starts meanwhile reads the old one or the new one.
        let beside = self.to.with_extension("new");
        fs::write(&beside, breached.to_bytes()).map_err(|error| named(&beside, error))?;
        fs::rename(&beside, &self.to).map_err(|error| named(&self.to, error))?;
        out::print(&format!(
            "{}: {} stolen passwords",
            self.to.display(),
            breached.entries()
        ));
        Ok(())
    }
}

#[expect(clippy::disallowed_methods, reason = "a file that the operator names")]
fn read(file: &Path, least: u64) -> Result<Vec<Entry>, Stop> {
    let list = File::open(file).map_err(|error| named(file, error))?;
    let mut entries = Vec::new();
    for (at, line) in BufReader::new(list).lines().enumerate() {
        let line = line.map_err(|error| named(file, error))?;
        let entry = Entry::read(&line, least)
            .map_err(|bad| named(file, format!("line {}: {bad}", at + 1)))?;
        entries.extend(entry);
    }
    Ok(entries)
}

fn named(file: &Path, why: impl std::fmt::Display) -> Stop {
    Stop::failure(format!("{}: {why}", file.display()))
}
