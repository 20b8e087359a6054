//! The difference of two documents line by line of their JSON.

use serde::{Deserialize, Serialize};

use super::DiffKind;
use crate::application::AppDocument;

/// One line of both documents, or of one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawLine {
    /// Nothing where both have it.
    pub kind: Option<DiffKind>,
    /// The line.
    pub text: String,
}

impl RawLine {
    /// The sign at the start of the line, as `diff -u` writes it.
    pub const fn sign(&self) -> &'static str {
        match self.kind {
            Some(DiffKind::Added) => "+",
            Some(DiffKind::Removed) => "-",
            _ => " ",
        }
    }
}

/// Every difference with the three lines around it. The bytes of a logo stand as their digest.
pub fn raw(before: &AppDocument, after: &AppDocument) -> Vec<RawLine> {
    let (old, new) = (text_of(before), text_of(after));
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    near_changes(&compared(&old, &new))
}

/// In the order of the document.
fn text_of(document: &AppDocument) -> String {
    let text = document.snapshot().document.to_json_pretty();
    match &document.logo {
        None => text,
        Some(logo) => {
            let (kind, digest) = (logo.media_type.as_str(), logo.digest());
            let line =
                format!("\n  \"logo\": {{ \"media_type\": \"{kind}\", \"sha256\": \"{digest}\" }}");
            text.replacen("\n  \"logo\": null", &line, 1)
        }
    }
}

/// The longest common subsequence decides what stays.
fn compared(old: &[&str], new: &[&str]) -> Vec<RawLine> {
    let same = |(a, b): &(&&str, &&str)| a == b;
    let start = old.iter().zip(new).take_while(same).count();
    let (old_rest, new_rest) = (
        old.get(start..).unwrap_or_default(),
        new.get(start..).unwrap_or_default(),
    );
    let end = old_rest
        .iter()
        .rev()
        .zip(new_rest.iter().rev())
        .take_while(same)
        .count();
    let old_rest = old_rest.get(..old_rest.len() - end).unwrap_or_default();
    let new_rest = new_rest.get(..new_rest.len() - end).unwrap_or_default();
    let keep = |text: &&str| line(None, text);
    let mut lines: Vec<RawLine> = old.iter().take(start).map(keep).collect();
    lines.extend(middle(old_rest, new_rest));
    lines.extend(old.iter().skip(old.len() - end).map(keep));
    lines
}

fn middle(old: &[&str], new: &[&str]) -> Vec<RawLine> {
    let removed = |text: &&str| line(Some(DiffKind::Removed), text);
    let added = |text: &&str| line(Some(DiffKind::Added), text);
    // Documents that differ in thousands of lines have nothing to be aligned.
    if old.len().saturating_mul(new.len()) > MOST_CELLS {
        return old
            .iter()
            .map(removed)
            .chain(new.iter().map(added))
            .collect();
    }
    let width = new.len() + 1;
    let mut lengths = vec![0_u32; (old.len() + 1) * width];
    let at = |lengths: &[u32], i: usize, j: usize| lengths.get(i * width + j).copied().unwrap_or(0);
    for (i, a) in old.iter().enumerate().rev() {
        for (j, b) in new.iter().enumerate().rev() {
            let length = if a == b {
                at(&lengths, i + 1, j + 1) + 1
            } else {
                at(&lengths, i + 1, j).max(at(&lengths, i, j + 1))
            };
            if let Some(cell) = lengths.get_mut(i * width + j) {
                *cell = length;
            }
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut lines = Vec::with_capacity(old.len() + new.len());
    loop {
        match (old.get(i), new.get(j)) {
            (Some(a), Some(b)) if a == b => {
                lines.push(line(None, a));
                (i, j) = (i + 1, j + 1);
            }
            (Some(a), b) if b.is_none() || at(&lengths, i + 1, j) >= at(&lengths, i, j + 1) => {
                lines.push(removed(a));
                i += 1;
            }
            (_, Some(b)) => {
                lines.push(added(b));
                j += 1;
            }
            _ => return lines,
        }
    }
}

fn near_changes(lines: &[RawLine]) -> Vec<RawLine> {
    let changed: Vec<usize> = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.kind.is_some())
        .map(|(at, _)| at)
        .collect();
    let near = |at: usize| {
        let next = changed.partition_point(|one| *one < at);
        let around = [next.checked_sub(1), Some(next)];
        around
            .into_iter()
            .flatten()
            .filter_map(|index| changed.get(index))
            .any(|one| one.abs_diff(at) <= CONTEXT)
    };
    let mut shown = Vec::new();
    let mut last = None;
    for (at, one) in lines.iter().enumerate().filter(|(at, _)| near(*at)) {
        if last.is_some_and(|last: usize| last + 1 != at) {
            shown.push(line(None, "…"));
        }
        shown.push(one.clone());
        last = Some(at);
    }
    shown
}

fn line(kind: Option<DiffKind>, text: &str) -> RawLine {
    RawLine {
        kind,
        text: text.to_owned(),
    }
}

const CONTEXT: usize = 3;
const MOST_CELLS: usize = 4_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(old: &[&str], new: &[&str]) -> String {
        let lines = compared(old, new);
        lines
            .iter()
            .map(|line| format!("{}{}", line.sign(), line.text))
            .collect::<Vec<_>>()
            .join("|")
    }

    #[test]
    fn lines_that_both_have_stay() {
        assert_eq!(shown(&["a", "b", "c"], &["a", "x", "c"]), " a|-b|+x| c");
        assert_eq!(shown(&["a", "b"], &["a", "b"]), " a| b");
        assert_eq!(shown(&[], &["a"]), "+a");
        assert_eq!(
            shown(&["a", "b", "c", "d"], &["b", "d", "e"]),
            "-a| b|-c| d|+e"
        );
    }

    #[test]
    fn only_what_is_near_a_change_is_shown_and_no_picture() {
        let old = AppDocument::example();
        assert_eq!(raw(&old, &old), []);
        let mut new = old.clone();
        new.app_name = "Fishing".into();
        new.contacts.clear();
        let lines = raw(&old, &new);
        assert!(
            lines
                .iter()
                .any(|line| line.sign() == "+" && line.text.contains("Fishing\""))
        );
        assert!(lines.iter().any(|line| line.text == "…"));
        assert!(lines.iter().all(|line| !line.text.contains("base64")));
    }
}
