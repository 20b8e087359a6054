//! Where the programs are that only tests need.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run;

/// The folder that holds `initdb` and `postgres`.
#[must_use]
pub fn postgres() -> Option<PathBuf> {
    let complete =
        |folder: &Path| folder.join("initdb").is_file() && folder.join("postgres").is_file();
    let mut versions = entries("/usr/lib/postgresql");
    versions.sort_by_key(|folder| {
        folder
            .file_name()
            .and_then(|name| name.to_str()?.parse::<u32>().ok())
    });
    let packaged = versions
        .into_iter()
        .rev()
        .map(|version| version.join("bin"));
    packaged
        .chain(search_path())
        .find(|folder| complete(folder))
}

/// A Chromium that Playwright can drive.
#[must_use]
pub fn chromium() -> Option<PathBuf> {
    if let Some(named) = variable("DURWARD_CHROMIUM")
        .map(PathBuf::from)
        .filter(|path| path.is_file())
    {
        return Some(named);
    }
    ["chromium", "chromium-browser", "google-chrome"]
        .iter()
        .find_map(|name| program(name))
}

/// A program on the search path.
#[must_use]
pub fn program(name: &str) -> Option<PathBuf> {
    search_path()
        .into_iter()
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

/// The major version of Node.js.
#[must_use]
pub fn node() -> Option<u32> {
    let text = run::quiet(Command::new("node").arg("--version")).ok()?;
    text.trim()
        .trim_start_matches('v')
        .split('.')
        .next()?
        .parse()
        .ok()
}

/// Whether the npm packages of a folder are there and as locked.
#[must_use]
pub fn npm_packages(folder: &str) -> bool {
    let folder = run::root().join(folder);
    let locked = modified(&folder.join("package-lock.json"));
    let installed = modified(&folder.join("node_modules/.package-lock.json"));
    matches!((locked, installed), (Some(locked), Some(installed)) if installed >= locked)
}

/// Whether there is a Python that makes virtual environments.
#[must_use]
pub fn python() -> bool {
    run::quiet(Command::new("python3").args(["-c", "import ensurepip, venv"])).is_ok()
}

/// Whether the packages of the sample app in Python are there and as required.
#[must_use]
pub fn python_packages() -> bool {
    let folder = run::root().join("examples/python");
    let required = modified(&folder.join("requirements.txt"));
    let installed = modified(&folder.join(PYTHON_MARK));
    matches!((required, installed), (Some(required), Some(installed)) if installed >= required)
}

/// Notes that they were installed now.
///
/// # Errors
/// The file cannot be written.
pub fn mark_python_packages() -> std::io::Result<()> {
    std::fs::write(run::root().join("examples/python").join(PYTHON_MARK), "")
}

/// Written once the packages are installed; a broken installation has none.
const PYTHON_MARK: &str = ".venv/durward-installed";

/// Whether this process may install packages.
#[must_use]
pub fn is_root() -> bool {
    run::quiet(Command::new("id").arg("-u")).is_ok_and(|text| text.trim() == "0")
}

fn search_path() -> Vec<PathBuf> {
    variable("PATH")
        .map(|path| std::env::split_paths(&path).collect())
        .unwrap_or_default()
}

fn variable(name: &str) -> Option<std::ffi::OsString> {
    std::env::var_os(name)
}

fn entries(folder: &str) -> Vec<PathBuf> {
    let Ok(read) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    read.flatten().map(|entry| entry.path()).collect()
}

fn modified(path: &Path) -> Option<std::time::SystemTime> {
    path.metadata().ok()?.modified().ok()
}
