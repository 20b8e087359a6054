//! The data folder: the master key and the lock that keeps a second server away from the same files.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use durward_keyring::master::MasterKey;
use durward_keyring::random::Random;

use crate::config::Secret;

/// A data folder in use by this process. Dropping it lets another server have it.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    _lock: File,
}

impl DataFolder {
    /// Creates the folder if need be and takes it for this process.
    ///
    /// # Errors
    /// When it cannot be made, others may enter it, or another durward has it.
    pub fn take(path: &Path) -> Result<Self, FolderFault> {
        if !path.exists() {
            let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
            made.map_err(|cause| FolderFault::new(path, Wrong::NotMade(cause)))?;
        }
        let facts = path
            .metadata()
            .map_err(|cause| FolderFault::new(path, Wrong::Unreadable(cause)))?;
        if !facts.is_dir() {
            return Err(FolderFault::new(path, Wrong::NotAFolder));
        }
        if facts.permissions().mode() & 0o022 != 0 {
            return Err(FolderFault::new(path, Wrong::OthersMayWrite));
        }
        Ok(Self {
            path: path.to_owned(),
            _lock: lock(path)?,
        })
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The master key: the one in the configuration, or the one in the folder, made at first start.
    ///
    /// # Errors
    /// When it cannot be read or made, is not a key, or others may read it.
    pub fn master_key(
        &self,
        configured: Option<&Secret>,
        random: &Random,
    ) -> Result<MasterKey, FolderFault> {
        let file = self.path.join(MASTER_KEY);
        if configured.is_none() && !file.exists() {
            make_key(&self.path, &file, random)?;
        }
        read_master_key(&self.path, configured)
    }

    /// A small secret text of the folder, made at first use and readable by this user only.
    ///
    /// # Errors
    /// When it cannot be read or made.
    pub fn secret_file(
        &self,
        name: &str,
        make: impl FnOnce() -> Vec<u8>,
    ) -> Result<Vec<u8>, FolderFault> {
        let file = self.path.join(name);
        if !file.exists() {
            create(&self.path, &file, &make())?;
        }
        read_private(&file)
    }
}

/// Reads the master key without taking the folder: for commands that only look, also while a server runs.
///
/// # Errors
/// When there is none, it cannot be read, is not a key, or others may read it.
pub fn read_master_key(
    folder: &Path,
    configured: Option<&Secret>,
) -> Result<MasterKey, FolderFault> {
    let (text, place) = match configured {
        Some(secret) => (secret.expose().to_owned(), folder.to_owned()),
        None => {
            let file = folder.join(MASTER_KEY);
            (
                String::from_utf8(read_private(&file)?).unwrap_or_default(),
                file,
            )
        }
    };
    MasterKey::from_base64(text.trim()).map_err(|_| FolderFault::new(&place, Wrong::NotAKey))
}

/// Why the data folder cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{}: {wrong}", .path.display())]
pub struct FolderFault {
    path: PathBuf,
    wrong: Wrong,
}

impl FolderFault {
    fn new(path: &Path, wrong: Wrong) -> Self {
        Self {
            path: path.to_owned(),
            wrong,
        }
    }

    /// A stable code for logs and scripts.
    pub fn code(&self) -> &'static str {
        match self.wrong {
            Wrong::NotMade(_) | Wrong::NotWritten(_) => "data/not-writable",
            Wrong::Unreadable(_) | Wrong::NotAFolder => "data/unreadable",
            Wrong::OthersMayWrite | Wrong::OthersMayRead => "data/permissions",
            Wrong::Taken => "data/taken",
            Wrong::NotAKey => "data/not-a-key",
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum Wrong {
    #[error(
        "the data folder cannot be made: {0}. Make it yourself, or choose another with server.data or --data"
    )]
    NotMade(io::Error),
    #[error("cannot be written: {0}")]
    NotWritten(io::Error),
    #[error("cannot be read: {0}. Run durward as the user that owns it")]
    Unreadable(io::Error),
    #[error("is not a folder")]
    NotAFolder,
    #[error("other users may write in this folder. Run: chmod 700 on it")]
    OthersMayWrite,
    #[error(
        "other users may read this secret. Run: chmod 600 on it, and think about who may have read it"
    )]
    OthersMayRead,
    #[error("another durward is running with this data folder. Stop it, or choose another folder")]
    Taken,
    #[error(
        "the master key must be 32 bytes in base64. Restore it from your backup: without it sealed data cannot be read"
    )]
    NotAKey,
}

/// The operating system drops the lock when the process ends, however it ends.
fn lock(folder: &Path) -> Result<File, FolderFault> {
    let file = OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(false)
        .mode(0o600)
        .open(folder.join(LOCK));
    let file = file.map_err(|cause| FolderFault::new(folder, Wrong::NotWritten(cause)))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(FolderFault::new(folder, Wrong::Taken)),
        Err(TryLockError::Error(cause)) => Err(FolderFault::new(folder, Wrong::NotWritten(cause))),
    }
}

fn make_key(folder: &Path, file: &Path, random: &Random) -> Result<(), FolderFault> {
    let mut bytes = [0_u8; 32];
    random.fill(&mut bytes);
    let text = STANDARD.encode(bytes);
    create(folder, file, format!("{text}\n").as_bytes())
}

/// Written beside and renamed, so that a crash leaves the whole file or none.
fn create(folder: &Path, file: &Path, content: &[u8]) -> Result<(), FolderFault> {
    let beside = file.with_extension("new");
    let write = || -> io::Result<()> {
        let mut new = OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(true)
            .mode(0o600)
            .open(&beside)?;
        new.write_all(content)?;
        new.sync_all()?;
        std::fs::rename(&beside, file)?;
        OpenOptions::new().read(true).open(folder)?.sync_all()
    };
    write().map_err(|cause| FolderFault::new(file, Wrong::NotWritten(cause)))
}

fn read_private(path: &Path) -> Result<Vec<u8>, FolderFault> {
    let unreadable = |cause| FolderFault::new(path, Wrong::Unreadable(cause));
    let mut file = OpenOptions::new()
        .read(true)
        .open(path)
        .map_err(unreadable)?;
    if file.metadata().map_err(unreadable)?.mode() & 0o077 != 0 {
        return Err(FolderFault::new(path, Wrong::OthersMayRead));
    }
    let mut content = Vec::new();
    file.read_to_end(&mut content).map_err(unreadable)?;
    Ok(content)
}

/// The file of the master key in the data folder.
pub const MASTER_KEY: &str = "master.key";
const LOCK: &str = "durward.lock";

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::fs::Permissions;

    use super::*;

    #[test]
    fn the_key_is_made_once_and_is_private() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("deep/data");
        let first = DataFolder::take(&path)
            .unwrap()
            .master_key(None, &Random::system())
            .unwrap();
        let again = DataFolder::take(&path)
            .unwrap()
            .master_key(None, &Random::system())
            .unwrap();
        assert_eq!(first.derive("test")[..], again.derive("test")[..]);
        assert_eq!(
            path.join(MASTER_KEY).metadata().unwrap().mode() & 0o777,
            0o600
        );
        assert_eq!(path.metadata().unwrap().mode() & 0o777, 0o700);
    }

    #[test]
    fn a_second_server_is_refused() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("data");
        let held = DataFolder::take(&path).unwrap();
        assert_eq!(DataFolder::take(&path).unwrap_err().code(), "data/taken");
        drop(held);
        DataFolder::take(&path).unwrap();
    }

    #[test]
    fn a_key_that_others_may_read_is_refused() {
        let place = tempfile::tempdir().unwrap();
        let folder = DataFolder::take(&place.path().join("data")).unwrap();
        folder.master_key(None, &Random::system()).unwrap();
        let file = folder.path().join(MASTER_KEY);
        std::fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
        assert_eq!(
            folder
                .master_key(None, &Random::system())
                .unwrap_err()
                .code(),
            "data/permissions"
        );
    }

    #[test]
    fn a_damaged_key_is_never_replaced() {
        let place = tempfile::tempdir().unwrap();
        let folder = DataFolder::take(&place.path().join("data")).unwrap();
        folder
            .secret_file(MASTER_KEY, || b"not a key".to_vec())
            .unwrap();
        assert_eq!(
            folder
                .master_key(None, &Random::system())
                .unwrap_err()
                .code(),
            "data/not-a-key"
        );
    }

    #[test]
    fn a_folder_that_others_may_write_is_refused() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("data");
        drop(DataFolder::take(&path).unwrap());
        std::fs::set_permissions(&path, Permissions::from_mode(0o777)).unwrap();
        assert_eq!(
            DataFolder::take(&path).unwrap_err().code(),
            "data/permissions"
        );
    }
}
