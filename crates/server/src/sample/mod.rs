//! The sample relying party of `demo`: a small app of its own that signs people in through any of the environments.
//!
//! It knows nothing of the rest of this program: it speaks OpenID Connect over HTTP like every other app.

mod client;
mod pages;
mod routes;
mod visits;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use durward_keyring::jose::{Algorithm, SigningKey};
use durward_keyring::random::Random;
use jiff::Timestamp;

pub use client::{ProviderFault, SignedIn};
use visits::Visits;

/// Where the sample's private key is kept in the data folder.
pub const KEY_FILE: &str = "sample.key";

/// What the sample needs to know.
pub struct Settings {
    /// Its own address, without a slash at the end.
    pub base_url: String,
    /// The environments by name, with their issuers; the first is preset.
    pub environments: Vec<(String, String)>,
    /// The client id that is preset.
    pub client_id: String,
    /// Its private key.
    pub key: SigningKey,
    /// Chance.
    pub random: Random,
    /// Real time.
    pub now: fn() -> Timestamp,
}

/// Makes a private key for the sample, as the bytes that its file keeps.
///
/// # Errors
/// When the crypto library fails.
pub fn new_key() -> Result<Vec<u8>, durward_keyring::jose::SigningKeyError> {
    Ok(SigningKey::generate(Algorithm::ES256)?.to_pkcs8().to_vec())
}

/// Reads the key that [`new_key`] made.
///
/// # Errors
/// When the bytes are not such a key.
pub fn read_key(pkcs8: &[u8]) -> Result<SigningKey, durward_keyring::jose::SigningKeyError> {
    SigningKey::from_pkcs8(Algorithm::ES256, pkcs8)
}

/// The sample as a router.
///
/// # Errors
/// When its HTTP client cannot be made.
pub fn router(settings: Settings) -> Result<Router, String> {
    let http = reqwest::Client::builder()
        .timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .map_err(|error| format!("the sample's HTTP client cannot start: {error}"))?;
    Ok(routes::router(Arc::new(Sample {
        settings,
        http,
        visits: Visits::default(),
    })))
}

/// The running sample.
struct Sample {
    settings: Settings,
    http: reqwest::Client,
    visits: Visits,
}

const PATIENCE: Duration = Duration::from_secs(10);
