//! Pages that are written from the code. Plain `cargo test` compares them; `cargo xtask docs` writes them.

mod domain;
mod errors;

use std::path::PathBuf;

/// Compares a page of `docs/generated/` with what the code says now, or writes it.
#[track_caller]
pub(crate) fn page(name: &str, text: &str) {
    let path: PathBuf = xtask::run::root().join("docs/generated").join(name);
    if std::env::var_os("DURWARD_WRITE_DOCS").is_some() {
        let written = std::fs::write(&path, text);
        assert!(
            written.is_ok(),
            "{} could not be written: {written:?}",
            path.display()
        );
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let differing = kept.lines().zip(text.lines()).find(|(old, new)| old != new);
    assert!(
        kept == text,
        "docs/generated/{name} is not up to date, first at {differing:?}: run `cargo xtask docs`"
    );
}
