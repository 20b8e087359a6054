//! The portal: agreements, apps, launches, the calendar and releases.

use std::sync::Arc;

use durward_domain::calendar::Calendar;
use durward_domain::environment::EnvironmentName;
use durward_domain::programme::Programme;
use durward_keyring::jose::SigningKey;
use durward_keyring::random::Random;
use durward_keyring::seal::Sealer;
use durward_keyring::token::TokenHasher;
use durward_store::Store;

use crate::clock::Clock;
use crate::door::Door;
use crate::record::Recorder;

/// The control plane of the programme.
pub struct Keeper {
    /// The rules of the programme.
    pub programme: Arc<Programme>,
    /// Deployment windows.
    pub calendar: Calendar,
    /// The portal's own address, without a slash at the end.
    pub base_url: String,
    /// The portal's own database.
    pub store: Store,
    /// The keeper's time; `demo` can shift it.
    pub clock: Clock,
    /// Chance.
    pub random: Random,
    /// Keyed hashes of cookies and tokens.
    pub hasher: TokenHasher,
    /// Seals what a session keeps.
    pub sealer: Sealer,
    /// Writes the audit record.
    pub recorder: Recorder,
    /// Each environment, with the key that signs its releases.
    pub environments: Vec<EnvironmentLink>,
    /// How the portal signs its own users in.
    pub sign_in: PortalClient,
    /// Only in `demo`: the clock may be moved and the sign-ins are shown.
    pub demo: bool,
}

/// The portal's hold on one environment.
pub struct EnvironmentLink {
    /// Which environment.
    pub name: EnvironmentName,
    /// Its issuer.
    pub issuer: String,
    /// The key that signs its releases: one per environment.
    pub release_key: Arc<SigningKey>,
    /// The environment itself, when it runs in this process.
    pub door: Option<Arc<Door>>,
}

/// The portal as an ordinary app of its own live-class environment (OpenID Connect, `private_key_jwt`).
pub struct PortalClient {
    /// The environment whose people sign in to the portal.
    pub environment: EnvironmentName,
    /// The issuer of that environment.
    pub issuer: String,
    /// The portal's client id there.
    pub client_id: String,
    /// The portal's client key.
    pub key: Arc<SigningKey>,
    /// For calls to the token endpoint.
    pub http: reqwest::Client,
}

impl Keeper {
    /// The link to one environment.
    pub fn environment(&self, name: EnvironmentName) -> Option<&EnvironmentLink> {
        self.environments.iter().find(|link| link.name == name)
    }
}
