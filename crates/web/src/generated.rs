//! The pages under `docs/generated/` that this crate's own data writes; `DURWARD_WRITE_DOCS=1` writes them anew.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use crate::shared::forms;
use crate::shared::i18n::Language;
use crate::{account, console, door_router, help, pages, portal, portal_router};

#[test]
fn routes() {
    let pages = pages::rows().chain(pages::DEMONSTRATION);
    compare(
        "routes.md",
        &format!(
            "# Routes\n\nGenerated from the tables in `crates/web/src/`. Bodies are at most so many bytes; 0 takes none.\n\n{}\n{}",
            door_router::markdown(),
            portal_router::markdown(pages)
        ),
    );
}

#[test]
fn authorize() {
    compare("authorize.md", &durward_oidc::authorize::markdown());
}

#[test]
fn notices() {
    compare("notices.md", &durward_app::partner::notices::markdown());
}

#[test]
fn forms() {
    let english = Language::default();
    let people = account::views::samples::samples(english);
    let partners = portal::samples::samples(english);
    let staff = console::samples::samples(english);
    let help = help::samples::samples(english);
    let list =
        |heading: &str, pages: &[String]| forms::list(heading, pages.iter().map(String::as_str));
    compare(
        "forms.md",
        &format!(
            "# Forms\n\nGenerated from the samples of every page: its `data-page`, and the `name` and `id` of each control.\nThe main button of a page is the only `type=\"submit\"` without a `name`.\n\n{}\n{}\n{}\n{}",
            list("People", &people),
            list("Partners", &partners),
            list("Programme staff", &staff),
            list("Help", &help)
        ),
    );
}

#[expect(
    clippy::disallowed_methods,
    reason = "the test compares files of the repository"
)]
fn compare(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs/generated")
        .join(name);
    if std::env::var_os("DURWARD_WRITE_DOCS").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == text,
        "docs/generated/{name} is not up to date; run `cargo xtask docs`"
    );
}
