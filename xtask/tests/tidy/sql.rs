//! SQL lives in the store, says which columns it wants, and changes the schema only by numbered migrations.

use crate::tree::{self, File, none};

#[test]
fn sql_lives_only_in_the_store() {
    let mut faults = Vec::new();
    for file in tree::files().iter().filter(|file| {
        file.path.starts_with("crates/")
            && file.path.ends_with(".rs")
            && !file.path.starts_with("crates/store/")
    }) {
        faults.extend(
            file.lines()
                .filter(|(_, line)| is_sql(line))
                .map(|(number, line)| format!("{}:{number}: {}", file.path, line.trim())),
        );
    }
    none(&faults, "SQL outside crates/store");
}

#[test]
fn no_statement_selects_every_column() {
    let every_column = concat!("SELECT", " *");
    let mut faults = Vec::new();
    for file in store() {
        faults.extend(
            file.lines()
                .filter(|(_, line)| line.contains(every_column))
                .map(|(number, _)| format!("{}:{number}", file.path)),
        );
    }
    none(&faults, "a statement names its columns");
}

#[test]
fn migrations_are_numbered_without_gaps() {
    let numbers: Vec<Option<usize>> = migrations()
        .map(|file| {
            let (number, words) = file
                .path
                .rsplit('/')
                .next()?
                .strip_suffix(".sql")?
                .split_once('_')?;
            (number.len() == 4 && !words.is_empty())
                .then(|| number.parse().ok())
                .flatten()
        })
        .collect();
    let expected: Vec<Option<usize>> = (1..=numbers.len()).map(Some).collect();
    assert_eq!(
        numbers, expected,
        "migrations are called NNNN_what.sql, from 0001 without gaps"
    );
    assert!(!numbers.is_empty(), "crates/store/migrations is empty");
}

#[test]
fn every_migration_says_what_old_code_does_meanwhile() {
    let header = |file: &File| {
        file.text
            .lines()
            .take_while(|line| line.starts_with("--"))
            .collect::<Vec<_>>()
            .join(" ")
            .to_lowercase()
    };
    let faults: Vec<String> = migrations()
        .filter(|file| !header(file).contains("old code"))
        .map(|file| file.path.clone())
        .collect();
    none(
        &faults,
        "a migration begins with a comment that says what it does and a sentence about old code",
    );
}

#[test]
fn sql_stays_portable() {
    let mut faults = Vec::new();
    for file in store()
        .filter(|file| file.path.starts_with("crates/store/src/") || file.path.ends_with(".sql"))
    {
        for (number, line) in file
            .product_lines()
            .filter(|(_, line)| !line.trim_start().starts_with(['/', '-']))
        {
            faults.extend(
                UNPORTABLE
                    .iter()
                    .filter(|word| line.contains(*word))
                    .map(|word| format!("{}:{number}: {word}", file.path)),
            );
        }
    }
    none(&faults, "one SQL text for both engines");
}

const UNPORTABLE: &[&str] = &[
    " FOR UPDATE",
    "NOW()",
    "CURRENT_TIMESTAMP",
    "AUTOINCREMENT",
    " SERIAL ",
    "INSERT OR ",
    "JSONB",
    "TIMESTAMPTZ",
];

fn is_sql(line: &str) -> bool {
    let has = |words: &[&str]| words.iter().all(|word| line.contains(word));
    has(&["SELECT ", " FROM "])
        || has(&["INSERT INTO "])
        || has(&["DELETE FROM "])
        || has(&["UPDATE ", " SET "])
        || has(&["CREATE TABLE "])
}

fn store() -> impl Iterator<Item = &'static File> {
    tree::files()
        .iter()
        .filter(|file| file.path.starts_with("crates/store/") && file.has_ending(&["rs", "sql"]))
}

fn migrations() -> impl Iterator<Item = &'static File> {
    tree::files().iter().filter(|file| {
        file.path.starts_with("crates/store/migrations/") && file.path.ends_with(".sql")
    })
}
