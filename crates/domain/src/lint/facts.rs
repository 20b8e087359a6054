//! What of a document is compared with other apps' documents. Kept beside them, so that no list is searched through.

use std::collections::BTreeSet;

use url::Host;

use super::{host, uri::Reading};
use crate::application::{AppDocument, Key};

/// One thing that two apps should not share.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fact {
    /// What it is.
    pub kind: FactKind,
    /// Its value, made comparable.
    pub value: String,
}

/// What a fact is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FactKind {
    /// The friendly name.
    Name,
    /// The fingerprint of a key.
    Key,
    /// The public host of an address.
    Host,
}

impl FactKind {
    /// The name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Key => "key",
            Self::Host => "host",
        }
    }
}

/// What of a document is compared.
pub fn facts(document: &AppDocument) -> BTreeSet<Fact> {
    let mut all = BTreeSet::new();
    let name = comparable(&document.friendly_name);
    if !name.is_empty() {
        all.insert(fact(FactKind::Name, name));
    }
    all.extend(
        document
            .keys
            .iter()
            .map(|key: &Key| fact(FactKind::Key, key.fingerprint())),
    );
    all.extend(
        super::subject::uris(document)
            .iter()
            .filter_map(|uri| match &uri.reading {
                Reading::Web {
                    host: Host::Domain(name),
                    ..
                } if !host::is_local(&Host::Domain(name.clone())) => {
                    Some(fact(FactKind::Host, name.to_ascii_lowercase()))
                }
                _ => None,
            }),
    );
    all
}

/// A name without case, spaces and signs.
pub(super) fn comparable(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .take(100)
        .collect()
}

fn fact(kind: FactKind, value: String) -> Fact {
    Fact { kind, value }
}
