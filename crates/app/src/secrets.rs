//! The keys that one database's secrets hang on, all derived from the master key of the installation.

use durward_keyring::mac::MacKey;
use durward_keyring::master::MasterKey;
use durward_keyring::random::Random;
use durward_keyring::seal::Sealer;
use durward_keyring::token::TokenHasher;
use durward_oidc::dpop::Nonces;
use durward_store::sealing::GenerationRow;

use crate::record::Recorder;
use crate::sealing::Generations;

/// What seals, hashes and records for one database.
#[derive(Clone)]
pub struct Secrets {
    /// Seals personal data and keys at rest.
    pub sealer: Sealer,
    /// Hashes cookies, codes and tokens.
    pub hasher: std::sync::Arc<TokenHasher>,
    /// Finds what is personal without reading it: addresses, credentials, certificates.
    pub fingerprints: std::sync::Arc<TokenHasher>,
    /// What the two are derived from, generation by generation.
    pub generations: Generations,
    /// Writes the audit record.
    pub recorder: Recorder,
    /// The nonces of proofs of possession: the same at every node.
    pub nonces: Nonces,
}

impl Secrets {
    /// Derives the keys of one database; `owner` is `portal` or the environment's name.
    pub fn derive(master: &MasterKey, owner: &str, random: &Random) -> Self {
        let key = |purpose: &str| master.derive(&format!("durward/{owner}/{purpose}/1"));
        let generations = Generations::of(master, owner);
        let (sealer, fingerprints) = generations.first();
        Self {
            sealer,
            fingerprints: std::sync::Arc::new(fingerprints),
            generations,
            hasher: std::sync::Arc::new(TokenHasher::new(("k1", key("token")), None)),
            nonces: Nonces::new(MacKey::new(key("dpop-nonce"))),
            recorder: Recorder::new(Self::audit_key(master, owner), random.clone()),
        }
    }

    /// Uses the generations of sealing keys that the database names.
    pub fn take_up(&self, rows: &[GenerationRow]) {
        let keys = (&self.sealer, self.fingerprints.as_ref());
        self.generations.take_up(rows, keys);
    }

    /// The key of a database's audit record: all that verifying a copy needs.
    pub fn audit_key(master: &MasterKey, owner: &str) -> MacKey {
        MacKey::new(master.derive(&format!("durward/{owner}/audit/1")))
    }

    /// The pepper of passwords, one for the installation.
    pub fn pepper(master: &MasterKey) -> MacKey {
        MacKey::new(master.derive("durward/password/1"))
    }
}
