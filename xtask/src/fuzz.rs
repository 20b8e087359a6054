//! `cargo xtask fuzz`: the parsers of foreign input under libFuzzer, by hand. It needs a nightly compiler and clang or
//! gcc, and no other tool.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run;

/// Lists the targets, or runs those that are named (all of them when none is) for some seconds each.
///
/// # Errors
/// An unknown target or argument, no nightly compiler, a build that failed, or an input that a target fell over.
pub fn run(arguments: &[String]) -> Result<(), String> {
    let all = targets()?;
    let asked = Asked::read(arguments, &all)?;
    if asked.list {
        all.iter().for_each(|name| println!("{name}"));
        return Ok(());
    }
    for name in &asked.targets {
        println!("{name}: {} seconds", asked.seconds);
        one(name, asked.seconds)?;
    }
    Ok(())
}

struct Asked {
    list: bool,
    seconds: u32,
    targets: Vec<String>,
}

impl Asked {
    fn read(arguments: &[String], all: &[String]) -> Result<Self, String> {
        let mut asked = Self {
            list: false,
            seconds: SECONDS,
            targets: Vec::new(),
        };
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            match argument.as_str() {
                "--list" => asked.list = true,
                "--seconds" => {
                    let number = rest.next().and_then(|number| number.parse().ok());
                    asked.seconds = number.ok_or("--seconds needs a whole number.")?;
                }
                name if all.iter().any(|known| known == name) => {
                    asked.targets.push(name.to_owned());
                }
                other => {
                    return Err(format!(
                        "There is no target {other}. The targets are {}.",
                        all.join(", ")
                    ));
                }
            }
        }
        if asked.targets.is_empty() {
            asked.targets = all.to_vec();
        }
        Ok(asked)
    }
}

fn one(name: &str, seconds: u32) -> Result<(), String> {
    let fuzz = run::root().join("fuzz");
    let binary = build(&fuzz, name)?;
    // What is found is kept beside the build; the seeds of the project are only read.
    let found = fuzz.join("target").join("corpus").join(name);
    let seeds = fuzz.join("seeds").join(name);
    std::fs::create_dir_all(&found).map_err(|error| format!("{}: {error}", found.display()))?;
    let mut command = Command::new(binary);
    command
        .current_dir(fuzz.join("target"))
        .arg(format!("-max_total_time={seconds}"))
        .args(["-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1"])
        .arg(&found);
    if seeds.is_dir() {
        command.arg(&seeds);
    }
    let status = command
        .status()
        .map_err(|error| format!("{name} could not be started: {error}"))?;
    status.success().then_some(()).ok_or_else(|| {
        format!("{name} fell over an input: {status}. The input lies in fuzz/target.")
    })
}

/// Builds with a coverage map for libFuzzer. A target triple is named, so that build scripts are built without it.
fn build(fuzz: &Path, name: &str) -> Result<PathBuf, String> {
    let mut command = Command::new("rustup");
    command
        .args([
            "run",
            "nightly",
            "cargo",
            "build",
            "--release",
            "--target",
            TRIPLE,
        ])
        .args(["--bin", name, "--target-dir", "target"])
        .current_dir(fuzz)
        .env("RUSTFLAGS", FLAGS.join(" "))
        .env_remove("RUSTUP_TOOLCHAIN");
    run::quiet(&mut command)?;
    Ok(fuzz.join("target").join(TRIPLE).join("release").join(name))
}

fn targets() -> Result<Vec<String>, String> {
    let folder = run::root().join("fuzz").join("fuzz_targets");
    let entries =
        std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| {
            let name = entry.ok()?.file_name().into_string().ok()?;
            name.strip_suffix(".rs").map(str::to_owned)
        })
        .collect();
    names.sort();
    Ok(names)
}

const SECONDS: u32 = 300;
const TRIPLE: &str = "x86_64-unknown-linux-gnu";
const FLAGS: [&str; 7] = [
    "--cfg fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cdebug-assertions",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(arguments: &[&str]) -> Result<(u32, Vec<String>), String> {
        let arguments: Vec<String> = arguments.iter().map(|text| (*text).to_owned()).collect();
        let all = ["jwe".to_owned(), "jwk".to_owned()];
        Asked::read(&arguments, &all).map(|asked| (asked.seconds, asked.targets))
    }

    #[test]
    fn targets_and_seconds_are_read() {
        let both = vec!["jwe".to_owned(), "jwk".to_owned()];
        assert_eq!(asked(&[]), Ok((300, both)));
        let one = vec!["jwk".to_owned()];
        assert_eq!(asked(&["--seconds", "5", "jwk"]), Ok((5, one)));
        assert!(asked(&["--seconds"]).is_err());
        assert!(asked(&["xml"]).is_err_and(|said| said.contains("jwe, jwk")));
    }

    #[test]
    fn every_target_is_a_program_and_has_seeds_where_it_reads_tokens() {
        let manifest = std::fs::read_to_string(run::root().join("fuzz/Cargo.toml"));
        let manifest = manifest.unwrap_or_default();
        for name in targets().unwrap_or_default() {
            assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
        }
        for name in ["authorize", "jwe", "jwk", "jws", "request_object"] {
            assert!(run::root().join("fuzz/seeds").join(name).is_dir(), "{name}");
        }
    }
}
