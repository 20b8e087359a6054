//! How an environment that runs elsewhere gets its releases: it asks for the one after its own, and says what it serves.
//!
//! The token lets it ask. What it gets proves itself by the release key that it pinned: whoever holds the token, or
//! stands between, can keep a release back and change nothing in it.

use std::sync::Arc;
use std::time::Duration;

use durward_domain::application::AppDocument;
use durward_domain::environment::EnvironmentName;
use durward_domain::event::Event;
use durward_domain::id::AgencyId;
use durward_domain::refusal::{RefusalKind, Refuse};
use durward_store::denials;
use durward_store::deployments::{self, CanaryRow, ReportRow};
use durward_store::releases::{self, ReleaseRow};
use durward_store::{Conn, Fault as StoreFault};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::build;
use crate::actor::Actor;
use crate::canary::CanaryRun;
use crate::failure::{Failure, Fault};
use crate::keeper::{EnvironmentLink, Happened, Keeper};
use crate::partner::{notices, told_of};

/// A release or a deny list on its way to an environment.
#[derive(Serialize, Deserialize)]
pub struct Offer {
    /// The manifest, signed by the environment's release key; absent where the offer is a deny list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manifest: Option<String>,
    /// The documents of the apps that it sets.
    #[serde(default)]
    pub apps: Vec<OfferedApp>,
    /// The newest deny list, signed by the same key. It comes ahead of releases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denials: Option<String>,
}

/// One app of an offered release.
#[derive(Serialize, Deserialize)]
pub struct OfferedApp {
    /// The agency whose pairwise subjects it sees.
    pub agency: AgencyId,
    /// The whole document, logo included.
    pub document: AppDocument,
}

/// What an environment serves when it asks.
#[derive(Clone, Debug)]
pub struct Served {
    /// The sequence of its release; 0 before the first.
    pub sequence: u64,
    /// The digest of that release's manifest; may be left out.
    pub digest: Option<String>,
    /// The sequence of the deny list that it holds, 0 before the first; who leaves it out is sent none.
    pub denials: Option<u64>,
}

/// How a release fared where it was sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// The release.
    pub sequence: u64,
    /// The code with which it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// The canary sign-in after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canary: Option<CanaryRun>,
}

/// Why an environment gets no release.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PullDenied {
    /// No token, a wrong one, or no environment that runs elsewhere.
    #[error(
        "This is not the token of an environment that runs elsewhere. Set `pull_token` of the environment to the same value at both ends."
    )]
    Token,
    /// It serves what the portal never built.
    #[error(
        "The environment serves release {served}, and the newest that this portal knows is {newest}. The portal's database may be an older copy: see \"Releases\" in the operator's guide."
    )]
    Ahead {
        /// What the environment serves.
        served: u64,
        /// The newest release here.
        newest: i64,
    },
    /// Another release of the same number.
    #[error(
        "The environment serves another release {0} than this portal built. It takes no further ones: see \"Releases\" in the operator's guide."
    )]
    Forked(u64),
}

impl Refuse for PullDenied {
    fn code(&self) -> &'static str {
        match self {
            Self::Token => "release/pull-token",
            Self::Ahead { .. } => "release/environment-ahead",
            Self::Forked(_) => "release/environment-forked",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Token => RefusalKind::Unauthenticated,
            Self::Ahead { .. } | Self::Forked(_) => RefusalKind::Conflict,
        }
    }
}

/// The release after what an environment serves, waited for at most so long; `None` when there is none then.
///
/// # Errors
/// [`PullDenied`], or a fault.
pub async fn next(
    keeper: &Arc<Keeper>,
    environment: &str,
    token: Option<&str>,
    served: Served,
    wait: Duration,
) -> Result<Option<Offer>, Failure<PullDenied>> {
    let link = admitted(keeper, environment, token)?;
    let name = link.name;
    let after = i64::try_from(served.sequence).unwrap_or(i64::MAX);
    let held = served.denials.and_then(|held| i64::try_from(held).ok());
    if let Some(held) = held {
        holds(keeper, name, held).await?;
    }
    let mut noted = false;
    let begun = tokio::time::Instant::now();
    loop {
        let (list, row) = keeper
            .store
            .read(move |c| {
                let list = denials::last_list(c, name.as_str())?
                    .filter(|(sequence, _)| held.is_some_and(|held| held < *sequence));
                Ok((list, releases::next(c, name.as_str(), after)?))
            })
            .await?;
        // Also to an environment whose releases do not fit any more: what is denied must reach it.
        if let Some((_, signed)) = list {
            return Ok(Some(Offer {
                manifest: None,
                apps: Vec::new(),
                denials: Some(signed),
            }));
        }
        if !std::mem::replace(&mut noted, true) {
            note(keeper, name, &served).await?;
        }
        if let Some(row) = row {
            return Ok(Some(offer(keeper, row).await?));
        }
        if begun.elapsed() >= wait.min(LONGEST_WAIT) {
            return Ok(None);
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Keeps how a release fared. Said twice it is kept once.
///
/// # Errors
/// [`PullDenied`], or a fault.
pub async fn outcome(
    keeper: &Arc<Keeper>,
    environment: &str,
    token: Option<&str>,
    outcome: Outcome,
) -> Result<(), Failure<PullDenied>> {
    let link = admitted(keeper, environment, token)?;
    let name = link.name;
    let sequence = i64::try_from(outcome.sequence).unwrap_or(i64::MAX);
    if let Some(code) = &outcome.refused {
        let (unit_keeper, code) = (
            Arc::clone(keeper),
            code.chars().take(80).collect::<String>(),
        );
        keeper
            .store
            .write(move |c| refused_in(c, &unit_keeper, name, (sequence, &code)))
            .await?;
    }
    if let Some(run) = outcome.canary {
        keep_canary(keeper, name, sequence, run).await?;
    }
    Ok(())
}

/// Keeps how the canary sign-in after a release ended.
pub(crate) async fn keep_canary(
    keeper: &Arc<Keeper>,
    environment: EnvironmentName,
    sequence: i64,
    run: CanaryRun,
) -> Result<(), Fault> {
    let unit_keeper = Arc::clone(keeper);
    keeper
        .store
        .write(move |c| {
            let row = CanaryRow {
                sequence,
                passed: run.failed.is_none(),
                step: run
                    .failed
                    .as_ref()
                    .map(|f| f.step.clone())
                    .unwrap_or_default(),
                sentence: run
                    .failed
                    .as_ref()
                    .map(|f| f.sentence.clone())
                    .unwrap_or_default(),
                took_us: i64::try_from(run.took_us).unwrap_or(i64::MAX),
                run_us: unit_keeper.clock.now().as_microsecond(),
            };
            if !deployments::insert_canary(c, environment.as_str(), &row)? {
                return Ok(());
            }
            let event = if row.passed {
                Event::CanaryPassed
            } else {
                Event::CanaryFailed
            };
            let detail = json!({ "step": row.step, "sentence": row.sentence });
            if !row.passed {
                let of = (environment.as_str(), sequence, row.sentence.as_str());
                told_of::trouble(c, &unit_keeper, &notices::CANARY_FAILED, of)?;
            }
            told(c, &unit_keeper, event, (environment, sequence), detail)
        })
        .await?;
    Ok(())
}

/// Keeps which deny list the environment holds.
async fn holds(keeper: &Keeper, environment: EnvironmentName, held: i64) -> Result<(), Fault> {
    let (name, now_us) = (
        environment.as_str(),
        keeper.clock.real_now().as_microsecond(),
    );
    let known = keeper
        .store
        .read(move |c| denials::find_report(c, name))
        .await?;
    if known != Some(held) {
        keeper
            .store
            .write(move |c| denials::put_report(c, name, held, now_us))
            .await?;
    }
    Ok(())
}

pub(super) fn admitted<'a>(
    keeper: &'a Keeper,
    environment: &str,
    token: Option<&str>,
) -> Result<&'a EnvironmentLink, PullDenied> {
    let name = EnvironmentName::parse(environment).map_err(|_| PullDenied::Token)?;
    let link = keeper.environment(name).ok_or(PullDenied::Token)?;
    let kept = link.pull_token.as_deref().ok_or(PullDenied::Token)?;
    let given = keeper.hasher.candidates(token.ok_or(PullDenied::Token)?);
    // Both are keyed hashes: how long a comparison takes tells nothing of the token.
    if given.iter().any(|one| one == kept) {
        Ok(link)
    } else {
        Err(PullDenied::Token)
    }
}

impl From<PullDenied> for Failure<PullDenied> {
    fn from(denied: PullDenied) -> Self {
        Self::Refused(denied)
    }
}

/// Keeps what the environment serves, and notes the releases that it took since.
async fn note(
    keeper: &Arc<Keeper>,
    environment: EnvironmentName,
    served: &Served,
) -> Result<(), Failure<PullDenied>> {
    let sequence = i64::try_from(served.sequence).unwrap_or(i64::MAX);
    let name = environment.as_str();
    let (last, same, known) = keeper
        .store
        .read(move |c| {
            let last = releases::last(c, name)?.map_or(0, |row| row.sequence);
            let same =
                releases::next(c, name, sequence - 1)?.filter(|row| row.sequence == sequence);
            Ok((
                last,
                same.map(|row| row.digest),
                deployments::find_report(c, name)?,
            ))
        })
        .await?;
    if sequence > last {
        let served = served.sequence;
        return Err(PullDenied::Ahead {
            served,
            newest: last,
        }
        .into());
    }
    let differs = |here: &String| served.digest.as_ref().is_some_and(|there| there != here);
    if same.as_ref().is_some_and(differs) {
        return Err(PullDenied::Forked(served.sequence).into());
    }
    let now_us = keeper.clock.real_now().as_microsecond();
    let fresh = known.as_ref().is_some_and(|known| {
        known.sequence == sequence && now_us.saturating_sub(known.seen_us) < SEEN_AGAIN_US
    });
    if fresh {
        return Ok(());
    }
    let report = ReportRow {
        sequence,
        digest: same.unwrap_or_default(),
        refused: known
            .filter(|known| known.sequence == sequence)
            .map(|known| known.refused)
            .unwrap_or_default(),
        seen_us: now_us,
    };
    let unit_keeper = Arc::clone(keeper);
    keeper
        .store
        .write(move |c| {
            deployments::put_report(c, name, &report)?;
            build::taken_in(
                c,
                &unit_keeper,
                environment,
                (0, sequence),
                "release intake",
            )
        })
        .await?;
    Ok(())
}

fn refused_in(
    c: &mut Conn,
    keeper: &Keeper,
    environment: EnvironmentName,
    (sequence, code): (i64, &str),
) -> Result<(), StoreFault> {
    let name = environment.as_str();
    let known = deployments::find_report(c, name)?;
    if known.as_ref().is_some_and(|known| known.refused == code) {
        return Ok(());
    }
    let report = ReportRow {
        sequence: known.as_ref().map_or(0, |known| known.sequence),
        digest: known.map(|known| known.digest).unwrap_or_default(),
        refused: code.to_owned(),
        seen_us: keeper.clock.real_now().as_microsecond(),
    };
    deployments::put_report(c, name, &report)?;
    let of = (name, sequence, code);
    told_of::trouble(c, keeper, &notices::RELEASE_REFUSED, of)?;
    let detail = json!({ "code": code });
    told(
        c,
        keeper,
        Event::ReleaseRefused,
        (environment, sequence),
        detail,
    )
}

fn told(
    c: &mut Conn,
    keeper: &Keeper,
    event: Event,
    (environment, sequence): (EnvironmentName, i64),
    detail: serde_json::Value,
) -> Result<(), StoreFault> {
    keeper.record(
        c,
        &Happened {
            actor: &Actor::System("release intake"),
            event,
            subject: &format!("{environment}/{sequence}"),
            trace: None,
            detail,
        },
    )
}

async fn offer(keeper: &Keeper, row: ReleaseRow) -> Result<Offer, Fault> {
    let apps = build::incoming(keeper, &row).await?;
    Ok(Offer {
        manifest: Some(row.signed),
        denials: None,
        apps: apps
            .into_iter()
            .map(|app| OfferedApp {
                agency: app.agency,
                document: app.document,
            })
            .collect(),
    })
}

/// How often is looked whether there is something new for who waits.
const LOOK: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(20);
/// An environment that serves the same as before is noted again after so long.
const SEEN_AGAIN_US: i64 = 2_000_000;
