//! Keys that apps publish themselves: read at first use, kept for minutes, read again when a key id is unknown.
//!
//! Nothing here runs inside a unit of work.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwapOption;
use durward_oidc::client::Client;
use durward_oidc::token::{KeySet, KeySetFault, TokenError};
use jiff::{SignedDuration, Timestamp};

use crate::ports::outbound::{Limits, Outbound, OutboundRefusal};

/// The published keys of every app that has a `jwks_uri`.
#[derive(Default)]
pub struct KeySources {
    /// By client id; only registered apps get in.
    sources: Mutex<HashMap<String, Arc<Source>>>,
}

/// The media types of a key set (RFC 7517 §8.5.2).
pub const KEY_SET_TYPES: [&str; 2] = ["application/json", "application/jwk-set+json"];

/// Why published keys cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeysFault {
    /// The address does not answer as it must.
    #[error(transparent)]
    Call(#[from] OutboundRefusal),
    /// The answer is no sound set.
    #[error("In the answer, {0}.")]
    Set(KeySetFault),
}

/// Reads a key set.
///
/// # Errors
/// [`KeysFault`].
pub async fn fetch(outbound: &Outbound, uri: &str) -> Result<KeySet, KeysFault> {
    let accept = "application/jwk-set+json, application/json";
    let answer = outbound.get(uri, accept, Limits::KEYS).await?;
    let answer = answer.success(uri)?.of_type(&KEY_SET_TYPES)?;
    KeySet::parse(&answer.body).map_err(KeysFault::Set)
}

impl KeySources {
    /// The keys as they were last read; `None` when they must be read first.
    pub(super) fn held(&self, client: &Client, now: Timestamp) -> Option<Arc<Held>> {
        let source = self.source(client)?;
        let held = source.held.load_full()?;
        held.is_fresh(now).then_some(held)
    }

    /// Reads the keys anew, unless that was done since `seen` or too often. When the source fails, keys that were
    /// read within [`STALE`] go on counting.
    pub(super) async fn renewed(
        &self,
        outbound: &Outbound,
        client: &Client,
        seen: Option<&Arc<Held>>,
        now: Timestamp,
    ) -> Result<Arc<Held>, TokenError> {
        let Some(source) = self.source(client) else {
            return Err(TokenError::AssertionSignature);
        };
        // One at a time for each app; who waited takes what the first one brought.
        let mut attempts = source.attempts.lock().await;
        let held = source.held.load_full();
        if let Some(held) = &held
            && held.is_fresh(now)
            && seen.is_none_or(|seen| !Arc::ptr_eq(seen, held))
        {
            return Ok(Arc::clone(held));
        }
        if attempts.may(now) {
            let outcome = fetch(outbound, &source.uri).await;
            let told = if outcome.is_ok() { "read" } else { "failed" };
            metrics::counter!("durward_client_keys_total", "outcome" => told).increment(1);
            match outcome {
                Ok(set) => {
                    attempts.fault = None;
                    let held = Arc::new(Held { set, read: now });
                    source.held.store(Some(Arc::clone(&held)));
                    return Ok(held);
                }
                Err(fault) => {
                    let why = fault.to_string();
                    tracing::warn!(
                        client = client.client_id,
                        uri = source.uri,
                        why,
                        "the keys of an app cannot be read"
                    );
                    attempts.fault = Some(why);
                }
            }
        }
        match (held, &attempts.fault) {
            (Some(held), _) if now.duration_since(held.read) <= STALE => Ok(held),
            (_, fault) => Err(TokenError::KeysUnavailable {
                uri: source.uri.clone(),
                why: fault
                    .clone()
                    .unwrap_or_else(|| OutboundRefusal::Request.to_string()),
            }),
        }
    }

    fn source(&self, client: &Client) -> Option<Arc<Source>> {
        let uri = client.jwks_uri.as_ref()?;
        let mut sources = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        match sources.get(&client.client_id) {
            Some(source) if source.uri == *uri => Some(Arc::clone(source)),
            _ => {
                // A new address begins anew: keys of the old one are not the app's any more.
                let source = Arc::new(Source {
                    uri: uri.clone(),
                    held: ArcSwapOption::empty(),
                    attempts: tokio::sync::Mutex::default(),
                });
                sources.insert(client.client_id.clone(), Arc::clone(&source));
                Some(source)
            }
        }
    }
}

struct Source {
    uri: String,
    held: ArcSwapOption<Held>,
    attempts: tokio::sync::Mutex<Attempts>,
}

/// Keys and when they were read.
pub(super) struct Held {
    pub(super) set: KeySet,
    read: Timestamp,
}

impl Held {
    fn is_fresh(&self, now: Timestamp) -> bool {
        now.duration_since(self.read) <= FRESH
    }
}

#[derive(Default)]
struct Attempts {
    /// When the address was read lately.
    lately: Vec<Timestamp>,
    /// Why the last attempt failed.
    fault: Option<String>,
}

impl Attempts {
    fn may(&mut self, now: Timestamp) -> bool {
        self.lately
            .retain(|at| now.duration_since(*at).abs() < SignedDuration::from_mins(1));
        if self.lately.len() >= MOST_A_MINUTE {
            return false;
        }
        self.lately.push(now);
        true
    }
}

/// Keys are read again after this time: a key that was taken down is accepted no longer than this.
const FRESH: SignedDuration = SignedDuration::from_mins(10);
/// Keys go on counting for this time while their source fails.
const STALE: SignedDuration = SignedDuration::from_hours(4);
/// Anyone can name an unknown key id; each costs the app's server a call.
const MOST_A_MINUTE: usize = 5;

/// The refusal that names what is wrong with the key of an assertion, once the published keys are at hand.
pub(super) fn unpublished(client: &Client, set: &KeySet, kid: Option<&str>) -> TokenError {
    match (kid, &client.jwks_uri) {
        (Some(kid), Some(uri)) if !set.has(kid) => TokenError::KeyUnpublished {
            kid: kid
                .chars()
                .filter(|c| c.is_ascii_graphic())
                .take(100)
                .collect(),
            uri: uri.clone(),
        },
        _ => TokenError::AssertionSignature,
    }
}
