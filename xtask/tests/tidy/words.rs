//! What no file of the project may hold.

use crate::tree::{self, none};

#[test]
fn lints_are_expected_with_a_reason_never_allowed() {
    let marks = [concat!("#[", "allow("), concat!("#![", "allow(")];
    none(
        &found(&["rs"], &marks),
        "write #[expect(lint, reason = \"…\")]",
    );
}

#[test]
fn nothing_is_left_for_later_in_the_code() {
    let marks = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("to", "do!("),
        concat!("unimple", "mented!("),
        concat!("XX", "X "),
    ];
    none(
        &found(&["rs", "sql", "mjs", "html", "ftl", "toml"], &marks),
        "finish it, or write it in the architecture page under \"Not yet\"",
    );
}

#[test]
fn no_path_of_a_builders_machine_is_left() {
    let marks = [
        concat!("/wo", "rk/"),
        concat!("/tmp/", "brief"),
        concat!("/ro", "ot/"),
        concat!("/tmp/", "target"),
        concat!("/ho", "me/"),
    ];
    none(
        &found(
            &[
                "rs", "toml", "md", "sql", "mjs", "json", "html", "ftl", "run", "snap",
            ],
            &marks,
        ),
        "a path that exists on one machine only",
    );
}

#[test]
fn the_readme_has_exactly_the_two_commands() {
    let readme = tree::files()
        .iter()
        .find(|file| file.path == "README.md")
        .map_or("", |file| file.text.as_str());
    let commands: Vec<&str> = readme
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with("cargo "))
        .collect();
    assert_eq!(
        commands,
        ["cargo run --release -- demo", "cargo xtask test"]
    );
}

fn found(endings: &[&str], marks: &[&str]) -> Vec<String> {
    let mut faults = Vec::new();
    for file in tree::files().iter().filter(|file| file.has_ending(endings)) {
        for (number, line) in file.lines() {
            faults.extend(
                marks
                    .iter()
                    .filter(|mark| line.contains(*mark))
                    .map(|mark| format!("{}:{number}: {}", file.path, mark.trim())),
            );
        }
    }
    faults
}
