//! Tells apps that a session ended, after that was committed. Back-Channel Logout 1.0 §2.5
//!
//! Signed here and not in the unit that ends the session. What an app does not take is tried again, ever more slowly, and
//! given up; each try is kept among the requests of the app.

use std::sync::Arc;
use std::time::Duration;

use durward_domain::event::Event;
use durward_domain::refusal::Refuse as _;
use durward_keyring::jose::jws;
use durward_oidc::client::Client;
use durward_oidc::evidence::{self, Evidence, Outcome, Step, Tried};
use durward_oidc::logout_token::{EndedSession, LogoutToken, TYPE, UntoldRefusal};
use durward_oidc::subject::Subject;
use durward_store::backchannel_logouts::{self as logouts, LogoutRow};
use serde_json::json;

use super::delivery;
use crate::actor::Actor;
use crate::citizen::session::Closing;
use crate::client::encrypted;
use crate::client::trail::Asked;
use crate::door::Door;
use crate::failure::Fault;
use crate::ports::outbound::{Content, Limits};
use crate::record::{Note, Trace};

/// Tells every app that is due; answers how many tries that took. Several nodes may do this at once: each is claimed.
///
/// # Errors
/// A fault of the database.
pub async fn deliver_due(door: &Arc<Door>) -> Result<u32, Fault> {
    let now = door.clock.real_now();
    if !door.store.read(move |c| logouts::any_due(c, now)).await? {
        return Ok(0);
    }
    delivery::drain(
        || async {
            let now = door.clock.real_now();
            let until_us = delivery::held_until(now);
            let claim = door
                .store
                .write(move |c| logouts::claim(c, now, until_us, OF_ONE_APP));
            Ok(claim.await?)
        },
        |due| attempt(Arc::clone(door), due),
    )
    .await
}

/// Ends the sessions that have reached their greatest age, and writes down whom to tell.
///
/// A session that is only unused for a while is not told: the person may be at work in an app.
///
/// # Errors
/// A fault of the database.
pub async fn end_expired(door: &Arc<Door>) -> Result<(), Fault> {
    loop {
        let trace = Trace {
            request_id: door.random.uuid_v7(door.clock.real_now()).to_string(),
        };
        let closing = Closing::of(door, &trace);
        let ended = door
            .store
            .write(move |c| closing.expired(c, EXPIRED_AT_ONCE));
        if ended.await? < usize::try_from(EXPIRED_AT_ONCE).unwrap_or(usize::MAX) {
            return Ok(());
        }
    }
}

async fn attempt(door: Arc<Door>, due: LogoutRow) -> Result<(), Fault> {
    let found = door.registry.load().app(&due.client_id).cloned();
    let listening = found.as_ref().and_then(|app| {
        let uri = app.client.backchannel_logout_uri.as_deref()?;
        Some((&app.client, uri))
    });
    let now_us = door.clock.real_now().as_microsecond();
    let Some((client, uri)) = listening else {
        // It left, or does not want to hear of it any more.
        count(&door, "dropped");
        door.store
            .write(move |c| logouts::done(c, &due, "dropped", now_us))
            .await?;
        return Ok(());
    };
    let (status, refusal) = match token(&door, client, &due).await? {
        None => (None, Some(UntoldRefusal::NoKey)),
        Some(token) => told(&door, uri, &token).await,
    };
    keep(&door, client, due, status, refusal).await
}

async fn told(door: &Door, uri: &str, token: &str) -> (Option<u16>, Option<UntoldRefusal>) {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("logout_token", token)
        .finish();
    let content = Content {
        media_type: "application/x-www-form-urlencoded",
        headers: &[],
        body: body.into_bytes(),
    };
    let tried = delivery::post(&door.outbound, uri, content, LIMITS).await;
    let refusal = tried.error.map(|error| match tried.status {
        Some(status) => UntoldRefusal::Answered(status),
        None => UntoldRefusal::Unreached(error),
    });
    (tried.status, refusal)
}

/// Keeps what a try came to, and decides what follows.
async fn keep(
    door: &Arc<Door>,
    client: &Arc<Client>,
    due: LogoutRow,
    status: Option<u16>,
    refusal: Option<UntoldRefusal>,
) -> Result<(), Fault> {
    let now = door.clock.real_now();
    let next = delivery::next(now, due.attempts, &PAUSES);
    let what = match (&refusal, next) {
        (None, _) => What::Told,
        (Some(_), Some(at)) => What::Again(at),
        (Some(_), None) => What::GivenUp,
    };
    count(door, what.as_str());
    let trace = Trace {
        request_id: due.request_id.clone(),
    };
    let asked = Asked {
        step: Step::Backchannel,
        outcome: refusal.as_ref().map_or(Outcome::Ok, |_| Outcome::Refused),
        code: refusal.as_ref().map(UntoldRefusal::code),
        status: status.unwrap_or_default(),
        client: Some(client),
        sent_id: None,
        redirect_uri: client.backchannel_logout_uri.as_deref(),
        flow: None,
        key: None,
    };
    door.trail.note(door, &asked, &trace, || Evidence {
        sentence: refusal
            .as_ref()
            .map(|refusal| evidence::words(&format!("{refusal} {}", what.sentence(due.attempts)))),
        tried: Some(Tried {
            number: due.attempts,
            next: what.next(),
        }),
        ..Evidence::backchannel(client)
    });
    let recorder = door.recorder.clone();
    let code = refusal.as_ref().map(UntoldRefusal::code);
    door.store
        .write(move |c| {
            let now_us = now.as_microsecond();
            match what {
                What::Told => logouts::done(c, &due, "told", now_us).map(drop),
                What::Again(at) => logouts::again(c, &due, at.as_microsecond()).map(drop),
                What::GivenUp => {
                    logouts::done(c, &due, "failed", now_us)?;
                    recorder.event(
                        c,
                        Note {
                            time: now,
                            actor: &Actor::System("logouts"),
                            event: Event::LogoutUntold,
                            subject: &due.client_id,
                            trace: Some(&trace),
                            detail: json!({ "session": due.session_id, "tries": due.attempts, "code": code }),
                        },
                    )
                }
            }
        })
        .await?;
    Ok(())
}

#[derive(Clone, Copy)]
enum What {
    Told,
    Again(jiff::Timestamp),
    GivenUp,
}

impl What {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Told => "told",
            Self::Again(_) => "postponed",
            Self::GivenUp => "failed",
        }
    }

    fn next(self) -> Option<i64> {
        match self {
            Self::Again(at) => Some(at.as_second()),
            Self::Told | Self::GivenUp => None,
        }
    }

    fn sentence(self, tries: i64) -> String {
        match self {
            Self::Told => String::new(),
            Self::Again(at) => format!("This was try {tries}; the next is at {at:.0}."),
            Self::GivenUp => format!("It is given up after {tries} tries."),
        }
    }
}

/// Signed, and encrypted where the app's ID tokens are (§2.4); `None` when it has no key for that.
async fn token(door: &Door, client: &Client, due: &LogoutRow) -> Result<Option<String>, Fault> {
    let signed = signed(door, client, due)?;
    match client.id_token_encryption {
        None => Ok(Some(signed)),
        Some(how) => encrypted::for_app(door, client, how, Some("JWT"), signed.as_bytes()).await,
    }
}

fn signed(door: &Door, client: &Client, due: &LogoutRow) -> Result<String, Fault> {
    let algorithm = client.id_token_algorithm();
    let ring = door.keys.load_full();
    let key = ring
        .current(algorithm)
        .ok_or_else(|| Fault::internal(format!("there is no current {algorithm} key")))?;
    let ended = EndedSession {
        issuer: &door.issuer,
        client_id: &client.client_id,
        subject: Subject::parse(&due.subject)
            .ok_or_else(|| Fault::internal("a stored subject cannot be read"))?,
        sid: &due.session_id,
    };
    let token = LogoutToken::new(ended, door.random.token(), door.clock.real_now());
    jws::sign(key, TYPE, &token)
        .map_err(|error| Fault::internal(format!("signing a logout token: {error}")))
}

fn count(door: &Door, outcome: &'static str) {
    let environment = door.name.as_str();
    metrics::counter!("durward_backchannel_logouts_total", "environment" => environment, "outcome" => outcome)
        .increment(1);
}

/// How often is looked for what another node wrote down, or what is tried again.
pub const EVERY: Duration = Duration::from_secs(1);
/// How often sessions are looked at that have reached their greatest age.
pub const EXPIRED: Duration = Duration::from_secs(30);
/// Seconds between the tries: together about an hour and a half. Later it would surprise more than help.
pub const PAUSES: [i64; 6] = [2, 10, 60, 300, 1200, 3600];
const LIMITS: Limits = Limits::NOTICE;
/// A slow app does not keep the others waiting.
const OF_ONE_APP: i64 = 4;
const EXPIRED_AT_ONCE: i64 = 200;
