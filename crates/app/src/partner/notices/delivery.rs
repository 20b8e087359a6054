//! How a notice reaches its reader besides the page.

use durward_store::notices::{self, Way};
use durward_store::{Conn, Fault as StoreFault};
use serde::{Deserialize, Serialize};

use super::NoticeKind;

/// How a notice reaches its reader besides the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Delivery {
    /// By a mail of its own.
    AtOnce,
    /// With others in one mail a day.
    Digest,
    /// On the page alone.
    Portal,
}

impl Delivery {
    /// Every way, the loudest first.
    pub const ALL: [Self; 3] = [Self::AtOnce, Self::Digest, Self::Portal];

    /// The word that the API and the database have for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AtOnce => "at-once",
            Self::Digest => "digest",
            Self::Portal => "portal",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.as_str() == text)
    }

    pub(super) const fn way(self) -> Way {
        match self {
            Self::AtOnce => Way::AtOnce,
            Self::Digest => Way::Digest,
            Self::Portal => Way::Portal,
        }
    }
}

/// How a kind reaches a member now.
pub(super) fn of(c: &mut Conn, member_id: &str, kind: &NoticeKind) -> Result<Delivery, StoreFault> {
    let chosen = notices::choice_of(c, member_id, kind.id)?;
    Ok(chosen_or_usual(kind, chosen.as_deref()))
}

/// What was chosen, as far as the kind allows it.
pub(super) fn chosen_or_usual(kind: &NoticeKind, chosen: Option<&str>) -> Delivery {
    let chosen = chosen.and_then(Delivery::parse);
    chosen
        .filter(|way| kind.ways().contains(way))
        .unwrap_or(kind.usual)
}

#[cfg(test)]
mod tests {
    use super::super::{KEY_ADDED, NoticeKind, REQUEST_DEPLOYED};
    use super::*;

    #[test]
    fn what_keeps_safe_is_never_switched_off() {
        assert_eq!(
            chosen_or_usual(&KEY_ADDED, Some("portal")),
            Delivery::AtOnce
        );
        assert_eq!(
            chosen_or_usual(&KEY_ADDED, Some("digest")),
            Delivery::Digest
        );
        assert_eq!(
            chosen_or_usual(&REQUEST_DEPLOYED, Some("portal")),
            Delivery::Portal
        );
        assert_eq!(
            chosen_or_usual(&REQUEST_DEPLOYED, Some("never")),
            Delivery::AtOnce
        );
        for kind in NoticeKind::ALL {
            assert!(kind.ways().contains(&kind.usual), "{}", kind.id);
            assert!(!kind.sentence.trim().is_empty(), "{}", kind.id);
        }
    }
}
