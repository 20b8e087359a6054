//! `cargo xtask docs`: writes `docs/generated/` from the crates' own data.

use crate::run;

/// Runs the tests that compare the generated pages, in the mode in which they write instead.
///
/// # Errors
/// A page could not be written, or a crate does not compile.
pub fn run() -> Result<(), String> {
    for tests in WRITERS {
        let mut command = run::cargo();
        command
            .args(["test", "--quiet", "--package"])
            .args(tests)
            .env("DURWARD_WRITE_DOCS", "1");
        run::quiet(&mut command)?;
    }
    println!("docs/generated/ is up to date");
    Ok(())
}

/// The tests that write: the package and how to choose them.
const WRITERS: [&[&str]; 3] = [
    &["xtask", "--test", "generated"],
    &["durward-web", "--lib", "generated"],
    &["durward-server", "--test", "config"],
];
