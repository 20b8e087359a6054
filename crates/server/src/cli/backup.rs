//! `durward backup`: a consistent copy of every embedded database, also while a server runs.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use clap::Args;

use super::out::{self, Stop};
use super::place::{self, Where};
use crate::roles::heads;

#[derive(Args)]
pub(super) struct Backup {
    #[command(flatten)]
    place: Where,
    /// Put the master key beside the copies. Whoever has both can read everything.
    #[arg(long)]
    with_master_key: bool,
    /// The folder to write, new or empty.
    #[arg(value_name = "OUT")]
    out: PathBuf,
}

impl Backup {
    pub(super) fn run(self) -> Result<(), Stop> {
        let found = self.place.find()?;
        let key = if self.with_master_key {
            Some(found.master_key()?.to_base64())
        } else {
            None
        };
        empty_folder(&self.out)
            .map_err(|error| Stop::failure(format!("{}: {error}", self.out.display())))?;
        for each in &found.places {
            if each.file().is_none() {
                out::print(&format!(
                    "{}: not copied. Use pg_dump or the backup of your PostgreSQL service",
                    each.describe()
                ));
                continue;
            }
            // Heads first: the copy of the database must not be older than they are.
            let (from, to) = (
                found.heads(&each.owner),
                heads::file(&self.out, &each.owner),
            );
            heads::copy(&from, &to)
                .map_err(|error| Stop::failure(format!("{}: {error}", from.display())))?;
            let target = self.out.join(format!("{}.sqlite3", each.owner));
            place::look(each)?
                .backup_to(&target)
                .map_err(|fault| Stop::failure(format!("{}: {fault}", each.describe())))?;
            out::print(&format!("{}: copied to {}", each.owner, target.display()));
        }
        match key {
            Some(key) => write_key(&self.out.join("master.key"), &key)
                .map_err(|error| Stop::failure(format!("master.key: {error}")))?,
            None => out::print(
                "The master key is not in this backup. Keep a copy of it elsewhere: without it sealed data cannot be read.",
            ),
        }
        Ok(())
    }
}

fn empty_folder(path: &Path) -> io::Result<()> {
    if path.exists() {
        let empty = fs::read_dir(path)?.next().is_none();
        return if empty {
            Ok(())
        } else {
            Err(io::Error::other("the folder is not empty"))
        };
    }
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

fn write_key(path: &Path, key: &str) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(format!("{key}\n").as_bytes())?;
    file.sync_all()
}
