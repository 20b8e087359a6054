//! Reading the workspace: one pass, text files only.

use std::path::Path;
use std::sync::LazyLock;

/// A text file of the project, with its path from the root.
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl File {
    pub(crate) fn has_ending(&self, endings: &[&str]) -> bool {
        endings.contains(&self.path.rsplit('.').next().unwrap_or_default())
    }

    /// Lines with their numbers up to the file's own tests, which the house keeps last.
    pub(crate) fn product_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.lines()
            .take_while(|(_, line)| !line.trim_start().starts_with("#[cfg(test)]"))
    }

    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line))
    }
}

/// Every text file of the project.
pub(crate) fn files() -> &'static [File] {
    static FILES: LazyLock<Vec<File>> = LazyLock::new(|| {
        let mut found = Vec::new();
        collect(&xtask::run::root(), "", &mut found);
        found.sort_by(|one, other| one.path.cmp(&other.path));
        found
    });
    &FILES
}

/// The product sources of one crate.
pub(crate) fn sources(name: &str) -> impl Iterator<Item = &'static File> {
    let start = format!("crates/{name}/src/");
    files()
        .iter()
        .filter(move |file| file.path.starts_with(&start) && file.path.ends_with(".rs"))
}

/// Fails with every fault on its own line.
#[track_caller]
pub(crate) fn none(faults: &[String], rule: &str) {
    assert!(faults.is_empty(), "{rule}\n  {}", faults.join("\n  "));
}

const TEXT: &[&str] = &[
    "rs", "toml", "md", "sql", "mjs", "js", "json", "html", "ftl", "scss", "css", "sh", "run",
    "yml", "snap",
];
/// Built by others or by machines.
const SKIPPED: &[&str] = &[
    "target",
    "node_modules",
    ".git",
    "test-output",
    "data",
    "dist",
    "static",
    "vendor",
];

fn collect(root: &Path, folder: &str, found: &mut Vec<File>) {
    let Ok(entries) = std::fs::read_dir(root.join(folder)) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if folder.is_empty() {
            name.clone()
        } else {
            format!("{folder}/{name}")
        };
        if entry.path().is_dir() {
            if !SKIPPED.contains(&name.as_str()) {
                collect(root, &path, found);
            }
            continue;
        }
        let is_text = TEXT.contains(&name.rsplit('.').next().unwrap_or_default())
            && !name.ends_with("-lock.json");
        if let Some(text) = is_text
            .then(|| std::fs::read_to_string(entry.path()).ok())
            .flatten()
        {
            found.push(File { path, text });
        }
    }
}
