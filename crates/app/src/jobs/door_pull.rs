//! How an environment that runs apart from the portal follows it: it asks for the release after its own, proves it by
//! the key that it pinned, takes it, and tells how it fared. While the portal is away it serves what it has.

#[cfg(test)]
mod tests;
mod usage;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use durward_domain::refusal::Refuse;
use durward_domain::release::{Change, SignedDenyList, SignedManifest};
use reqwest::StatusCode;

use crate::canary;
use crate::deny_intake;
use crate::door::Door;
use crate::failure::{Failure, Fault};
use crate::keeper::http_client;
use crate::operator::pull::{Offer, Outcome};
use crate::release_intake::{self, IncomingApp};

/// Asks the portal for releases in the name of one environment.
pub struct Puller {
    door: Arc<Door>,
    address: String,
    usage_address: String,
    token: String,
    http: reqwest::Client,
    /// How often in a row it did not work.
    failures: AtomicU64,
    /// The release that was refused last: told once.
    refused: AtomicU64,
    /// Whether a deny list was refused: told once.
    refused_denials: AtomicBool,
    /// The release whose canary sign-in was told, plus one; 0 before the first.
    told: AtomicU64,
    /// Up to which number the portal has the billable hand-offs.
    handed_over: AtomicI64,
}

impl Puller {
    /// A puller for this environment at this portal.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(door: Arc<Door>, portal_url: &str, token: String) -> Result<Arc<Self>, Fault> {
        Ok(Arc::new(Self {
            address: format!("{portal_url}/api/v1/environments/{}/releases", door.name),
            usage_address: format!("{portal_url}/api/v1/environments/{}/usage", door.name),
            door,
            token,
            http: http_client()?,
            failures: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            refused_denials: AtomicBool::new(false),
            told: AtomicU64::new(0),
            handed_over: AtomicI64::new(0),
        }))
    }

    /// Whose puller it is.
    pub fn owner(&self) -> &'static str {
        self.door.name.as_str()
    }

    /// Asks once, and goes on while there are releases. A portal that does not answer is no fault: the pauses grow to
    /// about a second, and the log tells when it goes away and comes back.
    ///
    /// # Errors
    /// A fault of the environment's own database.
    pub async fn turn(&self) -> Result<(), Fault> {
        self.tell_canary().await;
        loop {
            match self.ask().await {
                Ok(None) => {
                    self.works();
                    return Ok(());
                }
                Ok(Some(offer)) => {
                    self.works();
                    if !self.take(offer).await? {
                        tokio::time::sleep(REFUSED).await;
                        return Ok(());
                    }
                    self.tell_canary().await;
                }
                Err(why) => {
                    tokio::time::sleep(self.failed(&why)).await;
                    return Ok(());
                }
            }
        }
    }

    /// The next release; `None` when the portal has none.
    async fn ask(&self) -> Result<Option<Offer>, String> {
        let served = self.door.registry.load();
        let mut query = vec![
            ("after", served.sequence.to_string()),
            ("wait", WAIT.as_secs().to_string()),
            ("denials", served.denials().to_string()),
        ];
        if served.sequence > 0 {
            query.push(("digest", served.digest.clone()));
        }
        let answer = self
            .http
            .get(format!("{}/next", self.address))
            .bearer_auth(&self.token)
            .query(&query)
            .send()
            .await
            .map_err(|error| chain(&error.without_url()))?;
        let status = answer.status();
        if status == StatusCode::NO_CONTENT {
            return Ok(None);
        }
        if answer
            .content_length()
            .is_some_and(|length| length > LARGEST)
        {
            return Err("the release is larger than this environment takes".to_owned());
        }
        let bytes = answer
            .bytes()
            .await
            .map_err(|error| chain(&error.without_url()))?;
        if status != StatusCode::OK {
            let text: String = String::from_utf8_lossy(&bytes).chars().take(300).collect();
            return Err(format!("{status}: {text}"));
        }
        serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|error| format!("the answer is no release: {error}"))
    }

    /// Takes a deny list or a release; `false` when it was refused, or taken before.
    async fn take(&self, offer: Offer) -> Result<bool, Fault> {
        if let Some(denials) = offer.denials {
            return self.take_denials(SignedDenyList::from_text(denials)).await;
        }
        let Some(manifest) = offer.manifest else {
            return Ok(false);
        };
        let apps: Vec<IncomingApp> = offer
            .apps
            .into_iter()
            .map(|app| IncomingApp {
                agency: app.agency,
                document: app.document,
            })
            .collect();
        let signed = SignedManifest::from_text(manifest);
        let before = self.door.registry.load().sequence;
        let refusal = match release_intake::install(&self.door, &signed, &apps).await {
            // An old one again is no step: whoever answers so is not asked at once again.
            Ok(installed) => return Ok(installed.sequence > before),
            Err(Failure::Refused(refusal)) => refusal,
            Err(Failure::Fault(fault)) => return Err(fault),
        };
        let sequence = self.door.registry.load().sequence + 1;
        if self.refused.swap(sequence, Ordering::Relaxed) != sequence {
            tracing::error!(environment = %self.door.name, sequence, code = refusal.code(), %refusal, "a release was refused");
            release_intake::note_refusal(&self.door, sequence, refusal.code()).await?;
            self.tell(&Outcome {
                sequence,
                refused: Some(refusal.code().to_owned()),
                canary: None,
            })
            .await;
        }
        Ok(false)
    }

    async fn take_denials(&self, list: SignedDenyList) -> Result<bool, Fault> {
        let before = self.door.registry.load().denials();
        let refusal = match deny_intake::install(&self.door, &list).await {
            Ok(_) => return Ok(self.door.registry.load().denials() > before),
            Err(Failure::Refused(refusal)) => refusal,
            Err(Failure::Fault(fault)) => return Err(fault),
        };
        if !self.refused_denials.swap(true, Ordering::Relaxed) {
            tracing::error!(environment = %self.door.name, code = refusal.code(), %refusal, "a deny list was refused");
            deny_intake::note_refusal(&self.door, &refusal).await?;
        }
        Ok(false)
    }

    /// Runs the canary after a release that none was told of yet, and tells how it ended.
    async fn tell_canary(&self) {
        let sequence = self.door.registry.load().sequence;
        if sequence == 0 || self.told.load(Ordering::Relaxed) == sequence + 1 {
            return;
        }
        let Ok(changed) = changed(&self.door).await else {
            return;
        };
        let canary = canary::run(&self.door, &changed).await;
        let nothing = canary.is_none();
        let told = self
            .tell(&Outcome {
                sequence,
                refused: None,
                canary,
            })
            .await;
        if nothing || told {
            self.told.store(sequence + 1, Ordering::Relaxed);
        }
    }

    async fn tell(&self, outcome: &Outcome) -> bool {
        let sent = self
            .http
            .post(format!("{}/outcome", self.address))
            .bearer_auth(&self.token)
            .json(outcome)
            .send()
            .await;
        sent.is_ok_and(|answer| answer.status().is_success())
    }

    fn works(&self) {
        if self.failures.swap(0, Ordering::Relaxed) > 0 {
            tracing::info!(environment = %self.door.name, "the portal gives releases again");
        }
    }

    /// How long to wait after a failure.
    fn failed(&self, why: &str) -> Duration {
        let before = self.failures.fetch_add(1, Ordering::Relaxed);
        if before == 0 {
            tracing::warn!(environment = %self.door.name, why, "the portal gives no releases; this environment serves what it has");
        } else {
            tracing::debug!(environment = %self.door.name, why, "still no releases");
        }
        let doubled = FIRST_PAUSE * (1 << before.min(4));
        doubled.min(LONGEST_PAUSE)
    }
}

/// The apps that the newest release set.
async fn changed(door: &Door) -> Result<Vec<String>, Fault> {
    let last = door
        .store
        .read(durward_store::installed::last_release)
        .await?;
    let manifest = last.and_then(|last| {
        SignedManifest::from_text(last.signed)
            .verify(&door.release_key)
            .ok()
    });
    let changes = manifest
        .map(|manifest| manifest.changes)
        .unwrap_or_default();
    Ok(changes
        .iter()
        .filter(|change| matches!(change, Change::Set { .. }))
        .map(|change| change.handle().to_string())
        .collect())
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    text
}

/// How long the portal may keep the answer back. Short, so that a process stops soon.
const WAIT: Duration = Duration::from_secs(2);
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_millis(800);
/// After a release that was refused: it will hardly be another one soon.
const REFUSED: Duration = Duration::from_secs(2);
const LARGEST: u64 = 256 * 1024 * 1024;
