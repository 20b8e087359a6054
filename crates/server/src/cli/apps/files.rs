//! Files with documents, one or a folder of them.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use durward_domain::application::AppDocument;

use crate::cli::out::Stop;

/// A document and where it came from.
pub(super) struct Read {
    pub(super) file: PathBuf,
    pub(super) document: AppDocument,
}

/// Every document of a file or of a folder with its sub-folders, in the order of their names. Nothing is done before all
/// of them can be read.
pub(super) fn documents(path: &Path) -> Result<Vec<Read>, Stop> {
    let mut files = Vec::new();
    if path.is_dir() {
        collect(path, &mut files, 0)?;
        if files.is_empty() {
            return Err(Stop::failure(format!(
                "{} holds no .json or .toml file",
                path.display()
            )));
        }
    } else {
        files.push(path.to_owned());
    }
    files.sort();
    let mut faults = Vec::new();
    let mut read: Vec<Read> = Vec::new();
    for file in files {
        let text = text(&file)?;
        let document = if is_toml(&file) {
            AppDocument::parse_toml(&text)
        } else {
            AppDocument::parse_json(text.as_bytes())
        };
        match document {
            Err(fault) => faults.push(format!("{}: {fault}", file.display())),
            Ok(document) => {
                let twice = read.iter().find(|other| {
                    other.document.handle == document.handle
                        && other.document.environment == document.environment
                });
                if let Some(other) = twice {
                    faults.push(format!(
                        "{} and {} describe the same app in the same environment",
                        other.file.display(),
                        file.display()
                    ));
                }
                read.push(Read { file, document });
            }
        }
    }
    if faults.is_empty() {
        Ok(read)
    } else {
        Err(Stop::failure(faults.join("\n")))
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>, depth: usize) -> Result<(), Stop> {
    let unreadable = |error: std::io::Error| {
        Stop::failure(format!("{} cannot be read: {error}", folder.display()))
    };
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let hidden = path
            .file_name()
            .is_none_or(|name| name.to_string_lossy().starts_with('.'));
        if hidden {
            continue;
        }
        if path.is_dir() && depth < 8 {
            collect(&path, files, depth + 1)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "json")
            || is_toml(&path)
        {
            files.push(path);
        }
    }
    Ok(())
}

pub(super) fn is_toml(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("toml"))
}

/// The text of a file; `-` is standard input.
pub(in crate::cli) fn text(path: &Path) -> Result<String, Stop> {
    let unreadable = |error: std::io::Error| {
        Stop::failure(format!("{} cannot be read: {error}", path.display()))
    };
    if path.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin()
            .lock()
            .take(AppDocument::MAX_BYTES as u64 + 1)
            .read_to_string(&mut text)
            .map_err(unreadable)?;
        return Ok(text);
    }
    #[expect(
        clippy::disallowed_methods,
        reason = "the command line reads the file that it is given"
    )]
    std::fs::read_to_string(path).map_err(unreadable)
}

/// Writes a file that the caller named.
#[expect(
    clippy::disallowed_methods,
    reason = "the command line writes the file that it is given"
)]
pub(super) fn write(path: &Path, text: &str) -> Result<(), Stop> {
    std::fs::write(path, text)
        .map_err(|error| Stop::failure(format!("{} cannot be written: {error}", path.display())))
}
