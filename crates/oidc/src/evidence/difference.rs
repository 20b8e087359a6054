//! What was sent beside what is registered, letter by letter.

use serde::Serialize;

/// A stretch of letters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stretch {
    /// On which side it stands.
    pub side: Side,
    /// The letters.
    pub text: String,
}

/// On which side letters stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// In both.
    Both,
    /// Only in what was sent.
    Sent,
    /// Only in what is registered.
    Registered,
}

/// Takes both texts apart. Long ones are compared by their beginnings and ends only.
pub fn difference(sent: &str, registered: &str) -> Vec<Stretch> {
    let (a, b): (Vec<char>, Vec<char>) = (sent.chars().collect(), registered.chars().collect());
    let head = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let (a_rest, b_rest) = (&a[head..], &b[head..]);
    let tail = a_rest
        .iter()
        .rev()
        .zip(b_rest.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let (a_mid, b_mid) = (
        &a_rest[..a_rest.len() - tail],
        &b_rest[..b_rest.len() - tail],
    );
    let mut stretches = Vec::new();
    push(&mut stretches, Side::Both, &a[..head]);
    if a_mid.len() > LONGEST || b_mid.len() > LONGEST {
        push(&mut stretches, Side::Sent, a_mid);
        push(&mut stretches, Side::Registered, b_mid);
    } else {
        let mut fine = Vec::new();
        middle(&mut fine, a_mid, b_mid);
        if fine.len() > MOST_STRETCHES {
            // Letters that two different texts happen to share tell nothing.
            fine.clear();
            push(&mut fine, Side::Sent, a_mid);
            push(&mut fine, Side::Registered, b_mid);
        }
        stretches.extend(fine);
    }
    push(&mut stretches, Side::Both, &a_rest[a_rest.len() - tail..]);
    stretches
}

/// The one that is least different, if any is.
pub fn nearest<'a>(sent: &str, registered: &'a [String]) -> Option<&'a str> {
    registered
        .iter()
        .take(MOST)
        .min_by_key(|one| distance(sent, one))
        .map(String::as_str)
}

/// How many letters are only in one of two texts.
pub fn distance(one: &str, other: &str) -> usize {
    difference(one, other)
        .iter()
        .filter(|stretch| stretch.side != Side::Both)
        .map(|stretch| stretch.text.chars().count())
        .sum()
}

/// The longest common subsequence, walked from its table.
fn middle(stretches: &mut Vec<Stretch>, a: &[char], b: &[char]) {
    let width = b.len() + 1;
    let mut table = vec![0_u16; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            table[i * width + j] = if a[i] == b[j] {
                table[(i + 1) * width + j + 1] + 1
            } else {
                table[(i + 1) * width + j].max(table[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        if a[i] == b[j] {
            push(stretches, Side::Both, &a[i..=i]);
            (i, j) = (i + 1, j + 1);
        } else if table[(i + 1) * width + j] >= table[i * width + j + 1] {
            push(stretches, Side::Sent, &a[i..=i]);
            i += 1;
        } else {
            push(stretches, Side::Registered, &b[j..=j]);
            j += 1;
        }
    }
    push(stretches, Side::Sent, &a[i..]);
    push(stretches, Side::Registered, &b[j..]);
}

fn push(stretches: &mut Vec<Stretch>, side: Side, letters: &[char]) {
    if letters.is_empty() {
        return;
    }
    match stretches.last_mut() {
        Some(last) if last.side == side => last.text.extend(letters),
        _ => stretches.push(Stretch {
            side,
            text: letters.iter().collect(),
        }),
    }
}

const LONGEST: usize = 300;
const MOST_STRETCHES: usize = 7;
const MOST: usize = 50;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(sent: &str, registered: &str, expected: &str) {
        let marked: String = difference(sent, registered)
            .iter()
            .map(|stretch| match stretch.side {
                Side::Both => stretch.text.clone(),
                Side::Sent => format!("[-{}]", stretch.text),
                Side::Registered => format!("[+{}]", stretch.text),
            })
            .collect();
        assert_eq!(marked, expected);
    }

    #[test]
    fn letters_that_differ_are_marked() {
        check(
            "https://a.gov/cb/",
            "https://a.gov/cb",
            "https://a.gov/cb[-/]",
        );
        check(
            "https://a.gov/Callback",
            "https://a.gov/callback",
            "https://a.gov/[-C][+c]allback",
        );
        check("http://a.gov/cb", "https://a.gov/cb", "http[+s]://a.gov/cb");
        check("", "x", "[+x]");
        check("same", "same", "same");
    }

    #[test]
    fn the_nearest_is_found() {
        let registered = ["https://b.gov/".to_owned(), "https://a.gov/cb".to_owned()];
        assert_eq!(
            nearest("https://a.gov/cb/", &registered),
            Some("https://a.gov/cb")
        );
        assert_eq!(nearest("x", &[]), None);
        assert_eq!(distance("urn:a", "urn:b"), 2);
    }

    proptest! {
        #[test]
        fn both_sides_are_kept_whole(sent in ".{0,40}", registered in ".{0,40}") {
            let stretches = difference(&sent, &registered);
            let side = |other: Side| -> String {
                stretches.iter().filter(|s| s.side != other).map(|s| s.text.as_str()).collect()
            };
            prop_assert_eq!(side(Side::Registered), sent);
            prop_assert_eq!(side(Side::Sent), registered);
        }
    }
}
