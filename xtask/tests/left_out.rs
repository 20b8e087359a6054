//! Says, at every plain `cargo test`, what it could not or does not run. Not a test: it never fails.

use std::io::Write as _;

use xtask::tools;

fn main() {
    let mut lines = vec![
        "browser tests and real clients in tests-e2e: `cargo xtask test browser` runs them"
            .to_owned(),
    ];
    if tools::postgres().is_none() {
        lines.push(
            "storage tests on PostgreSQL, which is not installed: `cargo xtask setup` installs it"
                .to_owned(),
        );
    }
    let mut out = std::io::stdout().lock();
    for line in lines {
        // A closed stream leaves nobody to tell.
        drop(writeln!(out, "left out: {line}"));
    }
}
