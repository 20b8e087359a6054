//! `errors.md`: every code that a refusal may carry. A code means one thing, so it is named in one place.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

#[test]
fn every_code_is_listed_and_named_once() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    visit(
        &xtask::run::root().join("crates"),
        "crates",
        &mut |path, text| {
            for (line, code) in codes(text) {
                places
                    .entry(code)
                    .or_default()
                    .push(format!("{path}:{line}"));
            }
        },
    );
    let doubled: Vec<String> = places
        .iter()
        .filter(|(_, found)| found.len() > 1)
        .map(|(code, found)| format!("{code}: {}", found.join(", ")))
        .collect();
    assert!(
        doubled.is_empty(),
        "a code is given in two places\n  {}",
        doubled.join("\n  ")
    );
    crate::page("errors.md", &text(&places));
}

fn text(places: &BTreeMap<String, Vec<String>>) -> String {
    let mut text = String::from(
        "# Refusal codes\n\nA refusal carries a stable code and a sentence. The sentence stands beside the code, where the table says.\n\n| code | where |\n| --- | --- |\n",
    );
    for (code, found) in places {
        let path = found[0].split(':').next().unwrap_or_default();
        // Writing to a String cannot fail.
        let _ = writeln!(text, "| `{code}` | `{path}` |");
    }
    text
}

/// The codes in the bodies of functions called `code` before the file's own tests, once for each body.
fn codes(text: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut body: Option<(usize, usize)> = None;
    for (index, line) in text
        .lines()
        .enumerate()
        .take_while(|(_, line)| line.trim() != "#[cfg(test)]")
    {
        let indent = line.len() - line.trim_start().len();
        if line.contains("fn code(") && line.trim_end().ends_with('{') {
            body = Some((indent, found.len()));
            continue;
        }
        let Some((start, first)) = body else { continue };
        if line.trim() == "}" && indent == start {
            body = None;
            continue;
        }
        for code in line
            .split('"')
            .skip(1)
            .step_by(2)
            .filter(|word| is_code(word))
        {
            if !found[first..].iter().any(|(_, known)| known == code) {
                found.push((index + 1, code.to_owned()));
            }
        }
    }
    found
}

fn is_code(word: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    word.split_once('/')
        .is_some_and(|(area, rest)| plain(area) && plain(rest))
}

fn visit(folder: &Path, name: &str, work: &mut impl FnMut(&str, &str)) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    let mut entries: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        let name = format!(
            "{name}/{}",
            path.file_name().unwrap_or_default().to_string_lossy()
        );
        if path.is_dir() {
            visit(&path, &name, work);
        } else if name.contains("/src/") && name.ends_with(".rs") {
            work(&name, &std::fs::read_to_string(&path).unwrap_or_default());
        }
    }
}

#[test]
fn codes_are_found_in_bodies_called_code_only() {
    let text = "impl Refuse for X {\n    fn code(&self) -> &'static str {\n        match self {\n            A => \"a/b-c\",\n            B | C => \"a/b-c\",\n        }\n    }\n}\nfn f() {\n    g(\"x/y\");\n}\n";
    assert_eq!(codes(text), [(4, "a/b-c".to_owned())]);
}
