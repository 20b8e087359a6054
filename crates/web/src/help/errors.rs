//! The dictionary of refusals, read from the page that is generated from the code.

use std::sync::LazyLock;

use durward_oidc::authorize::{CHECKS, Check};

/// One refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The stable code, such as `launch/agreement-unsigned`.
    pub code: &'static str,
    /// What is said and what to do; where a value stands in it, there is `…`.
    pub sentence: &'static str,
}

/// Every refusal, by code.
pub fn entries() -> &'static [Entry] {
    &ENTRIES
}

/// One refusal by its code.
pub fn find(code: &str) -> Option<Entry> {
    let entries = entries();
    let at = entries
        .binary_search_by(|entry| entry.code.cmp(code))
        .ok()?;
    entries.get(at).copied()
}

/// The rule of the authorization endpoint that a code belongs to, with its place in the order; none for other codes.
pub fn rule(code: &str) -> Option<(usize, &'static Check)> {
    let at = CHECKS.iter().position(|check| check.id == code)?;
    CHECKS.get(at).map(|check| (at + 1, check))
}

fn read(text: &'static str) -> Vec<Entry> {
    let mut entries: Vec<Entry> = text
        .lines()
        .filter_map(|line| {
            let mut cells = line
                .strip_prefix("| `")?
                .trim_end_matches(" |")
                .split(" | ");
            Some(Entry {
                code: cells.next()?.trim_end_matches('`'),
                sentence: cells.next()?,
            })
        })
        .collect();
    entries.sort_unstable_by_key(|entry| entry.code);
    entries
}

static ENTRIES: LazyLock<Vec<Entry>> =
    LazyLock::new(|| read(include_str!("../../../../docs/generated/errors.md")));

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_rule_of_authorize_is_known_with_its_place() {
        let (at, first) = rule(CHECKS[0].id).unwrap();
        assert_eq!((at, first.id), (1, CHECKS[0].id));
        assert!(find(first.id).is_some() && rule("token/code-spent").is_none());
    }

    #[test]
    fn the_generated_page_is_read_whole() {
        assert!(entries().len() > 100);
        let known = find("app/exists").unwrap();
        assert!(known.sentence.contains(' '), "{known:?}");
        assert_eq!(find("app/no-such"), None);
        for entry in entries() {
            assert!(!entry.sentence.is_empty(), "{} says nothing", entry.code);
        }
    }
}
