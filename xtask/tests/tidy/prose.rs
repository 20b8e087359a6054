//! The pages about the project name what is there.

use crate::tree::{self, none};

const PAGE: &str = "docs/ARCHITECTURE.md";

#[test]
fn every_path_in_the_architecture_page_exists() {
    let root = xtask::run::root();
    let faults: Vec<String> = quoted(page(PAGE))
        .filter(|word| is_path(word))
        .filter(|path| !root.join(path.trim_end_matches('/')).exists())
        .map(str::to_owned)
        .collect();
    none(
        &faults,
        "docs/ARCHITECTURE.md names a path that is not there",
    );
}

#[test]
fn every_crate_is_named_in_the_architecture_page() {
    let faults: Vec<String> = tree::files()
        .iter()
        .filter_map(|file| file.path.strip_suffix("/Cargo.toml"))
        .filter(|folder| !folder.starts_with("examples/"))
        .filter(|folder| !page(PAGE).contains(&format!("`{folder}`")))
        .map(str::to_owned)
        .collect();
    none(&faults, "a crate is missing from docs/ARCHITECTURE.md");
}

#[test]
fn every_decision_is_linked_from_the_architecture_page() {
    let faults: Vec<String> = tree::files()
        .iter()
        .filter_map(|file| file.path.strip_prefix("docs/decisions/"))
        .filter(|name| !page(PAGE).contains(&format!("decisions/{name}")))
        .map(str::to_owned)
        .collect();
    none(&faults, "a decision record is not linked");
}

#[test]
fn links_between_our_pages_lead_somewhere() {
    let root = xtask::run::root();
    let mut faults = Vec::new();
    for file in tree::files()
        .iter()
        .filter(|file| file.path.ends_with(".md"))
    {
        let folder = root
            .join(&file.path)
            .parent()
            .map(std::path::Path::to_path_buf)
            .unwrap_or_default();
        for target in file
            .text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let target = target.split('#').next().unwrap_or_default();
            // Guides of the portal name the issuers of their installation as {{values}}.
            let elsewhere = target.is_empty()
                || target.contains("://")
                || ["mailto:", "{{"]
                    .iter()
                    .any(|begin| target.starts_with(begin));
            let there = if target.starts_with('/') {
                is_page(target)
            } else {
                folder.join(target).exists()
            };
            if !elsewhere && !there {
                faults.push(format!("{}: {target}", file.path));
            }
        }
    }
    none(&faults, "a link leads nowhere");
}

/// Whether a guide of the portal may link to this address of the portal.
fn is_page(address: &str) -> bool {
    let parts: Vec<&str> = address.split('/').collect();
    page("docs/generated/routes.md")
        .split("`GET ")
        .skip(1)
        .filter_map(|rest| rest.split('`').next())
        .any(|row| {
            let row: Vec<&str> = row.split('/').collect();
            row.len() == parts.len()
                && row
                    .iter()
                    .zip(&parts)
                    .all(|(name, part)| name == part || name.starts_with('{'))
        })
}

fn page(path: &str) -> &'static str {
    tree::files()
        .iter()
        .find(|file| file.path == path)
        .map_or("", |file| file.text.as_str())
}

/// Words between single backticks, outside fenced blocks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    let outside = text.split("```").step_by(2);
    outside.flat_map(|part| part.split('`').skip(1).step_by(2))
}

fn is_path(word: &str) -> bool {
    const TOPS: &[&str] = &[
        "crates/",
        "docs/",
        "xtask/",
        "tests-e2e/",
        "programmes/",
        ".ci/",
        ".cargo/",
        "assets/",
        "fuzz/",
    ];
    TOPS.iter().any(|top| word.starts_with(top)) && !word.contains(['*', '{', ' '])
}
