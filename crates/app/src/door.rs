//! One environment: everything a sign-in needs, and nothing of the portal.

use std::sync::Arc;

use arc_swap::ArcSwap;
use durward_domain::environment::{EnvironmentClass, EnvironmentName};
use durward_domain::programme::Programme;
use durward_keyring::jose::jwe::KeyManagement;
use durward_keyring::jose::{Algorithm, PublicKey};
use durward_keyring::random::Random;
use durward_keyring::seal::Sealer;
use durward_keyring::token::TokenHasher;
use durward_oidc::authorize::request_object;
use durward_oidc::dpop::Nonces;
use durward_store::{Store, sealing};

use crate::automation::{self, Kit};
use crate::client::documents::Documents;
use crate::client::key_source::KeySources;
use crate::client::trail::Trail;
use crate::clock::Clock;
use crate::failure::Fault;
use crate::passwords::PasswordPool;
use crate::picture::Pictures;
use crate::ports::mail::Post;
use crate::ports::outbound::Outbound;
use crate::record::Recorder;
use crate::registry::Registry;
use crate::release_intake;
use crate::ring::KeyRing;
use crate::sealing::Generations;
use crate::secrets::Secrets;
use crate::signing_keys;

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
    /// Keyed hashes of cookies, codes and tokens.
    pub hasher: Arc<TokenHasher>,
    /// Keyed fingerprints of what is personal: addresses, credentials, certificates.
    pub fingerprints: Arc<TokenHasher>,
    /// Seals personal data and secrets at rest.
    pub sealer: Sealer,
    /// What the two are derived from, generation by generation.
    pub generations: Generations,
    /// Writes the audit record.
    pub recorder: Recorder,
    /// The nonces that proofs of possession must have.
    pub nonces: Nonces,
    /// Password hashing, bounded.
    pub passwords: PasswordPool,
    /// Where mail goes.
    pub post: Post,
    /// Calls the URLs of apps.
    pub outbound: Outbound,
    /// The release key this environment accepts, pinned.
    pub release_key: PublicKey,
    /// The test kit; a live-class environment has none and cannot have one.
    pub kit: Option<Kit>,
    /// The apps it serves now.
    pub registry: ArcSwap<Registry>,
    /// The keys it signs with now.
    pub keys: ArcSwap<KeyRing>,
    /// What it tells about itself, made once.
    pub documents: Documents,
    /// Keys that apps publish at their own addresses.
    pub(crate) key_sources: KeySources,
    /// What apps asked and is not written yet.
    pub trail: Trail,
    /// Somebody's session ended, and apps may have to hear of it: wakes the job that tells them.
    pub sessions_ended: Arc<tokio::sync::Notify>,
    /// Logos as mail shows them.
    pub(crate) pictures: Pictures,
    pub(crate) refreshing: tokio::sync::Mutex<()>,
}

/// What it takes to open an environment.
pub struct DoorSettings {
    /// Which environment.
    pub name: EnvironmentName,
    /// The rules of the programme.
    pub programme: Arc<Programme>,
    /// The issuer, without a slash at the end.
    pub issuer: String,
    /// Where the portal is.
    pub portal_url: String,
    /// The environment's own database, migrated.
    pub store: Store,
    /// The environment's time.
    pub clock: Clock,
    /// Chance.
    pub random: Random,
    /// The keys of its database.
    pub secrets: Secrets,
    /// The password threads, shared by the environments of a process.
    pub passwords: PasswordPool,
    /// Where mail goes. A test-class environment takes only [`Post::Inbox`].
    pub post: Post,
    /// Calls the URLs of apps.
    pub outbound: Outbound,
    /// The release key to pin.
    pub release_key: PublicKey,
    /// The demo's environment-wide automation token; dropped in live class.
    pub automation_token: Option<String>,
}

impl Door {
    /// Opens an environment: makes or loads its keys and serves the release its database holds.
    ///
    /// # Errors
    /// A fault of the database; keys that the master key does not open; an installed release that the pinned key
    /// did not sign.
    pub async fn open(settings: DoorSettings) -> Result<Arc<Self>, Fault> {
        let Secrets {
            sealer,
            hasher,
            fingerprints,
            generations,
            recorder,
            nonces,
        } = settings.secrets;
        let (store, random) = (&settings.store, &settings.random);
        let now = settings.clock.real_now();
        let rows = store.read(sealing::generations).await?;
        generations.take_up(&rows, (&sealer, &fingerprints));
        let held =
            signing_keys::ensure(store, &sealer, random, SIGNING_KEYS, &SIGNING, now).await?;
        let request = request_encryption();
        let decryption =
            signing_keys::ensure(store, &sealer, random, REQUEST_KEYS, request, now).await?;
        let test_class = settings.name.class() == EnvironmentClass::Test;
        let kit = settings.name.test_class().map(|class| {
            let token = settings.automation_token.as_deref();
            Kit::new(class, token.map(|token| hasher.hash(token)))
        });
        // Programs register apps in the sandbox alone, and at the portal, which owns them.
        let registration = (settings.name == EnvironmentName::Sandbox
            && !settings.portal_url.is_empty())
        .then(|| {
            let portal = settings.portal_url.trim_end_matches('/');
            format!("{portal}{REGISTRATION_PATH}")
        });
        let documents = Documents::new(
            &settings.programme,
            &settings.issuer,
            &SIGNING,
            registration.as_deref(),
        );
        let door = Arc::new(Self {
            documents,
            kit,
            name: settings.name,
            programme: settings.programme,
            issuer: settings.issuer,
            portal_url: settings.portal_url,
            clock: settings.clock,
            hasher,
            fingerprints,
            generations,
            sealer,
            recorder,
            nonces,
            passwords: settings.passwords,
            post: if test_class {
                Post::Inbox
            } else {
                settings.post
            },
            outbound: settings.outbound,
            release_key: settings.release_key,
            registry: ArcSwap::from_pointee(Registry::beginning(settings.name)),
            keys: ArcSwap::from_pointee(KeyRing::new(held, decryption)),
            key_sources: KeySources::default(),
            trail: Trail::default(),
            sessions_ended: Arc::default(),
            pictures: Pictures::default(),
            refreshing: tokio::sync::Mutex::new(()),
            store: settings.store,
            random: settings.random,
        });
        release_intake::refresh(&door).await?;
        automation::follow(&door).await?;
        Ok(door)
    }

    /// Test or live.
    pub fn class(&self) -> EnvironmentClass {
        self.name.class()
    }

    /// An address of this environment.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.issuer)
    }
}

/// How requests may be encrypted for us: one key each.
pub(crate) fn request_encryption() -> &'static [KeyManagement] {
    request_object::ENCRYPTION.algorithms
}

/// The purpose of the keys that sign ID tokens.
pub const SIGNING_KEYS: &str = "id_token";
/// The purpose of the keys that apps encrypt their requests for.
pub const REQUEST_KEYS: &str = "request_object";

/// Where the portal takes registrations of programs.
const REGISTRATION_PATH: &str = "/api/v1/register";
/// One key each: what an app can choose for its ID tokens.
pub(crate) const SIGNING: [Algorithm; 4] = [
    Algorithm::RS256,
    Algorithm::ES256,
    Algorithm::PS256,
    Algorithm::EdDSA,
];
