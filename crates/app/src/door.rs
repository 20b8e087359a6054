//! One environment: everything a sign-in needs, and nothing of the portal.

use std::sync::Arc;

use arc_swap::ArcSwap;
use durward_domain::environment::{EnvironmentClass, EnvironmentName};
use durward_domain::programme::Programme;
use durward_keyring::jose::PublicKey;
use durward_keyring::random::Random;
use durward_keyring::seal::Sealer;
use durward_keyring::token::TokenHasher;
use durward_store::Store;

use crate::clock::Clock;
use crate::passwords::PasswordPool;
use crate::ports::mail::Post;
use crate::record::Recorder;
use crate::registry::Registry;
use crate::ring::KeyRing;

/// One environment of the programme: its issuer, keys, people and the release it serves.
pub struct Door {
    /// Which environment.
    pub name: EnvironmentName,
    /// The rules of the programme.
    pub programme: Arc<Programme>,
    /// The issuer, which is also the base of every address; without a slash at the end.
    pub issuer: String,
    /// Where the portal is, for links on error pages.
    pub portal_url: String,
    /// The environment's own database.
    pub store: Store,
    /// Real time; in a test-class environment the test API can shift it.
    pub clock: Clock,
    /// Chance.
    pub random: Random,
    /// Keyed hashes of cookies, codes, tokens and addresses.
    pub hasher: TokenHasher,
    /// Seals personal data and secrets at rest.
    pub sealer: Sealer,
    /// Writes the audit record.
    pub recorder: Recorder,
    /// Password hashing, bounded.
    pub passwords: PasswordPool,
    /// Where mail goes.
    pub post: Post,
    /// The release key this environment accepts, pinned.
    pub release_key: PublicKey,
    /// The keyed hash of the demo's environment-wide automation token; `None` outside `demo` and in live class.
    pub automation_token_hash: Option<String>,
    /// The apps it serves now.
    pub registry: ArcSwap<Registry>,
    /// The keys it signs with now.
    pub keys: ArcSwap<KeyRing>,
}

impl Door {
    /// Test or live.
    pub fn class(&self) -> EnvironmentClass {
        self.name.class()
    }

    /// An address of this environment.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.issuer)
    }
}
