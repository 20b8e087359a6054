//! The pairwise subject: one random name of a person per agency.

use std::fmt;

use durward_keyring::Uuid;

/// What the apps of one agency call a person. Stored for each person and agency; never derived,
/// so that nothing links the subjects of two agencies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Subject(Uuid);

impl Subject {
    /// From a random UUID that the caller made.
    pub const fn new(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// Reads the hyphenated form.
    pub fn parse(text: &str) -> Option<Self> {
        Uuid::try_parse(text).ok().map(Self)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back() {
        let text = "0192d3a0-7c1e-4b43-8a6e-2f1c9f0e5d11";
        assert_eq!(
            Subject::parse(text).map(|s| s.to_string()).as_deref(),
            Some(text)
        );
        assert_eq!(Subject::parse("ada"), None);
    }
}
