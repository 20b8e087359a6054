//! What apps asked, kept so that their teams can see why it was answered as it was.
//!
//! A request only puts its record into memory; [`flush`] writes what gathered, many at once. No request waits for it.
//! What is kept is decided by [`durward_oidc::evidence`]: never state, nonce, hints, codes, tokens, secrets or a person.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use durward_oidc::client::Client;
use durward_oidc::evidence::{self, Evidence, Outcome, Step};
use durward_store::client_requests::{self, RequestRow, UseRow};
use jiff::Timestamp;

use crate::door::Door;
use crate::failure::{Fault, FaultKind};
use crate::record::Trace;

/// One request and what became of it.
pub(crate) struct Asked<'a> {
    pub(crate) step: Step,
    pub(crate) outcome: Outcome,
    /// The refusal's code.
    pub(crate) code: Option<&'static str>,
    /// The HTTP status.
    pub(crate) status: u16,
    /// The registered app.
    pub(crate) client: Option<&'a Arc<Client>>,
    /// The client id that was sent; counts where no app is registered under it.
    pub(crate) sent_id: Option<&'a str>,
    pub(crate) redirect_uri: Option<&'a str>,
    /// Connects the requests of one sign-in.
    pub(crate) flow: Option<&'a str>,
    /// The thumbprint of the client's key.
    pub(crate) key: Option<&'a str>,
}

/// The records of a door that are not written yet, bounded.
#[derive(Default)]
pub struct Trail(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    requests: Vec<(RequestRow, Evidence)>,
    apps: HashMap<String, App>,
    /// Counts of apps that were replaced by a release meanwhile, or could not be written.
    uses: Vec<UseRow>,
    unknown: Budget,
}

/// What was counted of one app since the last writing.
struct App {
    client: Arc<Client>,
    revision: String,
    outcomes: [[i64; Outcome::ALL.len()]; Step::ALL.len()],
    keys: Vec<(String, i64)>,
    redirects: Vec<(String, i64)>,
    last: Timestamp,
    budget: Budget,
}

/// How many requests are kept whole: all of a quiet app, some of a busy one. All are counted.
struct Budget(u32);

impl Default for Budget {
    fn default() -> Self {
        Self(BURST)
    }
}

impl Budget {
    fn spend(&mut self) -> bool {
        let left = self.0.checked_sub(1);
        self.0 = left.unwrap_or(0);
        left.is_some()
    }
}

impl Trail {
    /// Keeps a request. `evidence` is made only if there is room for it.
    pub(crate) fn note(
        &self,
        door: &Door,
        asked: &Asked<'_>,
        trace: &Trace,
        evidence: impl FnOnce() -> Evidence,
    ) {
        let now = door.clock.real_now();
        let Some(revision) = self.admit(door, asked, now) else {
            return;
        };
        let mut evidence = evidence();
        evidence.release = door.registry.load().sequence;
        let row = RequestRow {
            seq: 0,
            at_us: now.as_microsecond(),
            request_id: trace.request_id.clone(),
            flow: asked.flow.map(str::to_owned),
            step: asked.step.as_str().to_owned(),
            outcome: asked.outcome.as_str().to_owned(),
            code: asked.code.map(str::to_owned),
            status: i64::from(asked.status),
            client_id: match asked.client {
                Some(client) => client.client_id.clone(),
                None => asked.sent_id.map(evidence::client_id).unwrap_or_default(),
            },
            handle: asked
                .client
                .map(|client| client.handle.to_string())
                .unwrap_or_default(),
            revision_id: revision,
            redirect_host: asked.redirect_uri.and_then(evidence::redirect_host),
            key_id: asked.key.map(str::to_owned),
            detail: String::new(),
        };
        self.lock().requests.push((row, evidence));
    }

    /// Counts a request. Answers the served revision, if the request is to be kept whole.
    fn admit(&self, door: &Door, asked: &Asked<'_>, now: Timestamp) -> Option<Option<String>> {
        let mut waiting = self.lock();
        // Refusals are what people look for: the last quarter is theirs.
        let room = match asked.outcome {
            Outcome::Refused | Outcome::Cancelled => MOST_WAITING,
            Outcome::Ok | Outcome::Pending => MOST_WAITING / 4 * 3,
        };
        let has_room = waiting.requests.len() < room;
        let (kept, revision) = match asked.client {
            None => (waiting.unknown.spend(), None),
            Some(client) => {
                let app = waiting.app(door, client, now)?;
                app.count(asked, now);
                let kept = app.budget.spend();
                (kept, kept.then(|| app.revision.clone()))
            }
        };
        drop(waiting);
        if kept && has_room {
            return Some(revision);
        }
        metrics::counter!("durward_request_records_dropped_total", "environment" => door.name.as_str())
            .increment(1);
        None
    }

    /// What gathered, ready to be written. The next interval's room begins.
    fn take(&self) -> Option<Batch> {
        let mut waiting = self.lock();
        waiting.unknown.0 = waiting.unknown.0.saturating_add(REFILL).min(BURST);
        let mut uses = std::mem::take(&mut waiting.uses);
        waiting.apps.retain(|_, app| {
            app.counts(&mut uses);
            app.budget.0 = app.budget.0.saturating_add(REFILL);
            app.budget.0 < BURST
        });
        let requests = std::mem::take(&mut waiting.requests);
        drop(waiting);
        if requests.is_empty() && uses.is_empty() {
            return None;
        }
        let requests = requests.into_iter().map(|(row, evidence)| RequestRow {
            detail: serde_json::to_string(&evidence).unwrap_or_else(|_| "{}".to_owned()),
            ..row
        });
        Some(Batch {
            requests: requests.collect(),
            uses,
        })
    }

    fn put_back(&self, uses: Vec<UseRow>) {
        let mut waiting = self.lock();
        if waiting.uses.len() + uses.len() <= MOST_USES {
            waiting.uses.extend(uses);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn app(&mut self, door: &Door, client: &Arc<Client>, now: Timestamp) -> Option<&mut App> {
        let fresh = |budget| App {
            revision: door
                .registry
                .load()
                .app(&client.client_id)
                .map(|app| app.revision.clone())
                .unwrap_or_default(),
            client: Arc::clone(client),
            outcomes: Default::default(),
            keys: Vec::new(),
            redirects: Vec::new(),
            last: now,
            budget,
        };
        // Two look-ups: the entry alone would copy the id for every request.
        if let Some(app) = self.apps.get_mut(&client.client_id)
            && !Arc::ptr_eq(&app.client, client)
        {
            app.counts(&mut self.uses);
            *app = fresh(Budget(app.budget.0));
        }
        if !self.apps.contains_key(&client.client_id) {
            self.apps
                .insert(client.client_id.clone(), fresh(Budget::default()));
        }
        self.apps.get_mut(&client.client_id)
    }
}

impl App {
    fn count(&mut self, asked: &Asked<'_>, now: Timestamp) {
        self.last = now;
        self.outcomes[asked.step as usize][asked.outcome as usize] += 1;
        if let Some(key) = asked.key {
            add(&mut self.keys, key);
        }
        if let (Outcome::Ok | Outcome::Pending, Step::Authorize, Some(uri)) =
            (asked.outcome, asked.step, asked.redirect_uri)
            && let Some(registered) = self.client.matching_redirect(uri)
        {
            add(&mut self.redirects, registered);
        }
    }

    /// Moves the counts out.
    fn counts(&mut self, uses: &mut Vec<UseRow>) {
        let outcomes = std::mem::take(&mut self.outcomes);
        let (keys, redirects) = (
            std::mem::take(&mut self.keys),
            std::mem::take(&mut self.redirects),
        );
        let day = self
            .last
            .to_zoned(jiff::tz::TimeZone::UTC)
            .date()
            .to_string();
        let one = |kind: &str, value: String, count: i64| UseRow {
            handle: self.client.handle.to_string(),
            kind: kind.to_owned(),
            value,
            day: day.clone(),
            uses: count,
            last_us: self.last.as_microsecond(),
        };
        for (step, counts) in Step::ALL.into_iter().zip(outcomes) {
            for (outcome, count) in Outcome::ALL.into_iter().zip(counts) {
                if count > 0 {
                    let what = format!(
                        "{} {step} {outcome}",
                        self.revision,
                        step = step.as_str(),
                        outcome = outcome.as_str()
                    );
                    uses.push(one(OUTCOME, what, count));
                }
            }
        }
        uses.extend(keys.into_iter().map(|(key, count)| one(KEY, key, count)));
        uses.extend(
            redirects
                .into_iter()
                .map(|(uri, count)| one(REDIRECT, uri, count)),
        );
    }
}

fn add(counts: &mut Vec<(String, i64)>, value: &str) {
    match counts.iter_mut().find(|(one, _)| one == value) {
        Some((_, count)) => *count += 1,
        None => counts.push((value.to_owned(), 1)),
    }
}

struct Batch {
    requests: Vec<RequestRow>,
    uses: Vec<UseRow>,
}

/// Writes what gathered in the door's memory, in one unit.
///
/// # Errors
/// A fault of the database. The counts are then written the next time; the records are lost.
pub async fn flush(door: &Door) -> Result<(), Fault> {
    let Some(batch) = door.trail.take() else {
        return Ok(());
    };
    let batch = Arc::new(batch);
    let unit = Arc::clone(&batch);
    let written = door
        .store
        .write(move |c| client_requests::append(c, &unit.requests, &unit.uses))
        .await;
    let Err(fault) = written else { return Ok(()) };
    // What may have been counted is not counted again.
    if !matches!(fault.kind(), FaultKind::Ambiguous | FaultKind::Text) {
        door.trail.put_back(batch.uses.clone());
    }
    let lost = u64::try_from(batch.requests.len()).unwrap_or(u64::MAX);
    metrics::counter!("durward_request_records_dropped_total", "environment" => door.name.as_str())
        .increment(lost);
    Err(fault.into())
}

/// What a count counts: the client's key, by thumbprint.
pub const KEY: &str = durward_store::request_records::KEY;
/// What a count counts: a registered redirect URI.
pub const REDIRECT: &str = "redirect_uri";
/// What a count counts: `REVISION STEP OUTCOME`.
pub const OUTCOME: &str = "outcome";
/// With ten writings a second: five thousand records a second and door.
const MOST_WAITING: usize = 512;
/// Records of one app that are kept at once.
const BURST: u32 = 400;
/// And of each interval after that.
const REFILL: u32 = 10;
const MOST_USES: usize = 10_000;
