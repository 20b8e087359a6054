//! The apps that an agreement lists, and the nearest name when one is missing.

use serde::{Deserialize, Serialize};

use crate::level::LevelOfService;

/// One app on the list of an agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListedApp {
    /// The app name, exactly as signed.
    pub name: String,
    /// The highest level of service that is paid for.
    pub level: LevelOfService,
}

/// Whether an app is on the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing<'a> {
    /// It is.
    Listed(&'a ListedApp),
    /// It is not; this name is close to it.
    Missing {
        /// The nearest name of the list, if any is near.
        nearest: Option<&'a str>,
    },
}

/// Names must be equal as written: the signed name is the one that is billed.
pub(super) fn find<'a>(apps: &'a [ListedApp], name: &str) -> Listing<'a> {
    if let Some(app) = apps.iter().find(|app| app.name == name) {
        return Listing::Listed(app);
    }
    let wanted = plain(name);
    let nearest = apps
        .iter()
        .map(|app| (distance(&wanted, &plain(&app.name)), app.name.as_str()))
        .filter(|(steps, _)| *steps <= FEW_STEPS.max(wanted.len() / 3))
        .min()
        .map(|(_, name)| name);
    Listing::Missing { nearest }
}

const FEW_STEPS: usize = 2;
const LONGEST: usize = 200;

/// Letters and digits in lower case: case, spaces and signs do not make names far apart.
fn plain(name: &str) -> Vec<char> {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .take(LONGEST)
        .collect()
}

/// Levenshtein's distance, one row at a time.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut next = vec![i + 1];
        for ((j, y), above) in b.iter().enumerate().zip(row.windows(2)) {
            let left = next.get(j).copied().unwrap_or_default();
            let [corner, over] = above else { continue };
            next.push((left + 1).min(over + 1).min(corner + usize::from(x != y)));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nearest(name: &str) -> Option<String> {
        let apps = ["Fishing Licence", "Boat Register", "Harbour Fees"].map(|name| ListedApp {
            name: name.to_owned(),
            level: LevelOfService::AuthOnly,
        });
        match find(&apps, name) {
            Listing::Listed(app) => Some(format!("= {}", app.name)),
            Listing::Missing { nearest } => nearest.map(str::to_owned),
        }
    }

    #[test]
    fn exact_near_and_far() {
        assert_eq!(nearest("Boat Register").as_deref(), Some("= Boat Register"));
        assert_eq!(nearest("boat register").as_deref(), Some("Boat Register"));
        assert_eq!(nearest("Boat Registry").as_deref(), Some("Boat Register"));
        assert_eq!(
            nearest("Fishing License Prod").as_deref(),
            Some("Fishing Licence")
        );
        assert_eq!(nearest("Tax Return"), None);
        assert_eq!(nearest(""), None);
    }

    #[test]
    fn distances() {
        let steps = |a: &str, b: &str| distance(&plain(a), &plain(b));
        assert_eq!(
            (
                steps("kitten", "sitting"),
                steps("", "abc"),
                steps("abc", "abc")
            ),
            (3, 3, 0)
        );
    }
}
