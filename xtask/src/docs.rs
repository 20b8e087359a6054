//! `cargo xtask docs`: writes `docs/generated/` from the crates' own data.

use crate::run;

/// Runs the tests that compare the generated pages, in the mode in which they write instead.
///
/// # Errors
/// A page could not be written, or a crate does not compile.
pub fn run() -> Result<(), String> {
    let mut command = run::cargo();
    command
        .args([
            "test",
            "--quiet",
            "--package",
            "xtask",
            "--test",
            "generated",
        ])
        .env("DURWARD_WRITE_DOCS", "1");
    run::quiet(&mut command)?;
    println!("docs/generated/ is up to date");
    Ok(())
}
