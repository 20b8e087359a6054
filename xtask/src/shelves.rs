//! `cargo xtask test`: every test there is, shelf by shelf, stopping at the first that fails.

use std::process::Command;
use std::time::Instant;

use crate::{run, setup, tools};

/// Runs the named shelves, or all of them.
///
/// # Errors
/// A shelf failed; the text holds its output.
pub fn run(names: &[String]) -> Result<(), String> {
    if let Some(unknown) = names
        .iter()
        .find(|name| SHELVES.iter().all(|shelf| shelf.name != name.as_str()))
    {
        return Err(format!(
            "There is no shelf called {unknown}; there are: {}.",
            SHELVES
                .iter()
                .map(|shelf| shelf.name)
                .collect::<Vec<_>>()
                .join(" ")
        ));
    }
    let mut summary = Vec::new();
    for shelf in SHELVES.iter().filter(|shelf| {
        names.is_empty() || shelf.name == "setup" || names.iter().any(|name| name == shelf.name)
    }) {
        println!("{:<8} {}", shelf.name, shelf.what);
        let seconds = stopwatch();
        let result = (shelf.work)();
        let line = format!(
            "{:<8} {:>6.1} s  {}",
            shelf.name,
            seconds(),
            result.as_deref().unwrap_or("FAILED")
        );
        summary.push(line);
        if let Err(output) = result {
            println!("{output}\n");
            print_summary(&summary);
            return Err(format!(
                "The shelf `{}` failed; what follows it was not run. Again: cargo xtask test {}",
                shelf.name, shelf.name
            ));
        }
    }
    print_summary(&summary);
    Ok(())
}

struct Shelf {
    name: &'static str,
    what: &'static str,
    work: fn() -> Result<String, String>,
}

const SHELVES: &[Shelf] = &[
    Shelf {
        name: "setup",
        what: "PostgreSQL, Chromium, Node.js, Python, their packages",
        work: || setup::run().map(|found| found.join(", ")),
    },
    Shelf {
        name: "fmt",
        what: "cargo fmt --check",
        work: fmt,
    },
    Shelf {
        name: "assets",
        what: "style sheet and scripts, built again and compared",
        work: assets,
    },
    Shelf {
        name: "clippy",
        what: "cargo clippy, warnings are errors",
        work: clippy,
    },
    Shelf {
        name: "unit",
        what: "cargo test --workspace, storage on SQLite and PostgreSQL, tidy",
        work: unit,
    },
    Shelf {
        name: "build",
        what: "the durward binary",
        work: || run::build(BINARY, "durward").map(|path| path.display().to_string()),
    },
    Shelf {
        name: "browser",
        what: "real clients and Chromium against a running demo",
        work: browser,
    },
];

/// The sample app has a lock file and a target folder of its own, as in a partner's hands.
const EXAMPLE: &[&str] = &[
    "--locked",
    "--manifest-path",
    "examples/rust/Cargo.toml",
    "--target-dir",
    "target/examples",
    "--config",
    "profile.dev.debug=false",
];
const BINARY: &[&str] = &["--package", "durward-server", "--bin", "durward"];

fn fmt() -> Result<String, String> {
    run::quiet(run::cargo().args(["fmt", "--all", "--check"])).map(|_| "tidy".to_owned())
}

fn assets() -> Result<String, String> {
    let folder = run::root().join("assets");
    run::quiet(
        Command::new("node")
            .args(["build.mjs", "--check"])
            .current_dir(folder),
    )
    .map(|_| "as built from their sources".to_owned())
}

fn clippy() -> Result<String, String> {
    let mut command = run::cargo();
    command.args([
        "clippy",
        "--quiet",
        "--workspace",
        "--all-targets",
        "--",
        "--deny",
        "warnings",
    ]);
    run::quiet(&mut command).map(|_| "no warnings".to_owned())
}

fn unit() -> Result<String, String> {
    let mut command = run::cargo();
    command
        .args(["test", "--workspace", "--no-fail-fast"])
        .env("DURWARD_REQUIRE_POSTGRES", "1");
    if let Some(folder) = tools::postgres() {
        command.env("DURWARD_POSTGRES_BIN", folder);
    }
    let text = run::quiet(&mut command).map_err(|text| without_passed(&text))?;
    let left_out = text.lines().filter(|line| line.starts_with("left out: "));
    for line in left_out.filter(|line| !line.contains("xtask test browser")) {
        println!("{line}");
    }
    let (passed, ignored) = (count(&text, " passed;"), count(&text, " ignored;"));
    Ok(format!("{passed} tests passed, {ignored} ignored"))
}

/// What a reader of a failure wants: everything but the lines of tests that passed.
fn without_passed(text: &str) -> String {
    let passed = |line: &str| line.starts_with("test ") && line.ends_with(" ok");
    let kept: Vec<&str> = text.lines().filter(|line| !passed(line)).collect();
    kept.join("\n")
}

fn browser() -> Result<String, String> {
    let binary = run::build(BINARY, "durward")?;
    let example = run::build(EXAMPLE, "durward-example-rust")?;
    let mut command = Command::new("node");
    command
        .arg("run.mjs")
        .current_dir(run::root().join("tests-e2e"))
        .env("DURWARD_BIN", binary)
        .env("DURWARD_EXAMPLE_RUST", example);
    if let Some(path) = tools::chromium() {
        command.env("DURWARD_CHROMIUM", path);
    }
    let text = run::quiet(&mut command)?;
    let passed = text
        .lines()
        .rev()
        .find_map(|line| {
            line.trim_start_matches(['#', 'ℹ', ' '])
                .strip_prefix("pass ")
        })
        .unwrap_or("0")
        .to_owned();
    Ok(format!("{passed} tests passed, pictures in test-output/"))
}

/// Adds up the numbers before a mark in the lines of the test harness.
fn count(text: &str, mark: &str) -> u64 {
    let number = |line: &str| {
        line.split_once(mark)?
            .0
            .rsplit(' ')
            .next()?
            .parse::<u64>()
            .ok()
    };
    text.lines()
        .filter(|line| line.starts_with("test result:"))
        .filter_map(number)
        .sum()
}

fn stopwatch() -> impl Fn() -> f64 {
    let start = Instant::now();
    move || start.elapsed().as_secs_f64()
}

fn print_summary(lines: &[String]) {
    println!("\n{}", lines.join("\n"));
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn counts_are_added_over_test_programs() {
        let text = "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured\nnoise 9 passed;\ntest result: ok. 4 passed; 0 failed; 0 ignored;";
        assert_eq!((count(text, " passed;"), count(text, " ignored;")), (7, 1));
    }
}
