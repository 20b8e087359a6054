//! `cargo xtask TASK`: everything a developer does that is more than one cargo command.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool talks to a person"
)]

use std::process::ExitCode;

use xtask::{bench, docs, fuzz, setup, shelves};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.first().map(String::as_str) {
        Some("setup") => setup::run().map(|lines| lines.iter().for_each(|line| println!("{line}"))),
        Some("test") => shelves::run(&arguments[1..]),
        Some("docs") => docs::run(),
        Some("fuzz") => fuzz::run(&arguments[1..]),
        Some("bench") => bench::run(&arguments[1..]),
        Some("help" | "--help" | "-h") => {
            println!("{USAGE}");
            Ok(())
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

const USAGE: &str = "cargo xtask setup            install what the tests need (root: through apt; else: say what is missing)
cargo xtask test [SHELF…]    set up and run every test; shelves: fmt clippy unit build browser
cargo xtask docs             write docs/generated/ again
cargo xtask fuzz [TARGET…]   run the fuzz targets, --seconds N each (300); --list; needs a nightly compiler
cargo xtask bench [ARG…]     build the release, start a demo, run the load driver with ARG… against it
cargo xtask bench portal     the same for the partner portal: 100 apps beside 10,000; --apps N --teams N --repeat N";
