//! `durward keys`: the signing keys of the portal and of each environment.

use clap::{Args, Subcommand};
use durward_app::door::{REQUEST_KEYS, SIGNING_KEYS};
use durward_app::key_life::{self, KeyMoved};
use durward_app::sealing::{self, Progress, Step};
use durward_app::secrets::Secrets;
use durward_app::{Failure, signing_keys};
use durward_domain::environment::EnvironmentName;
use durward_domain::refusal::Refuse;
use durward_keyring::random::Random;
use durward_store::{Store, keys};
use jiff::Timestamp;

use super::out::{self, Stop};
use super::place::{self, Where};
use crate::roles::databases::PORTAL;
use crate::roles::process::runtime;

#[derive(Subcommand)]
pub(super) enum Keys {
    /// List every signing key with its state; never the keys themselves.
    List(List),
    /// Make a key of an environment and publish it, before it is used.
    Stage(Stage),
    /// Use a staged key from now on; the one until now stays published.
    Promote(Move),
    /// Take down a key that is not used any more.
    Retire(Move),
    /// Begin to move everything that an environment keeps sealed to new keys; its nodes do that while they serve.
    RotateSealing(Sealing),
    /// Show the sealing keys of an environment, and how far a rotation is.
    Sealing(Sealing),
    /// Print the public keys that sign releases, as `environment.*.release_key` takes them.
    Release(Release),
}

#[derive(Args)]
pub(super) struct List {
    #[command(flatten)]
    place: Where,
}

#[derive(Args)]
pub(super) struct Release {
    #[command(flatten)]
    place: Where,
}

#[derive(Args)]
pub(super) struct Stage {
    #[command(flatten)]
    place: Where,
    /// Whose key: sandbox, staging or production.
    #[arg(long)]
    environment: EnvironmentName,
    /// RS256, PS256, ES256 or EdDSA for signatures; RSA-OAEP-256 or ECDH-ES for encrypted requests.
    #[arg(long)]
    algorithm: String,
}

#[derive(Args)]
pub(super) struct Sealing {
    #[command(flatten)]
    place: Where,
    /// Whose keys: sandbox, staging or production.
    #[arg(long)]
    environment: EnvironmentName,
}

#[derive(Args)]
pub(super) struct Move {
    #[command(flatten)]
    place: Where,
    /// Whose key: sandbox, staging or production.
    #[arg(long)]
    environment: EnvironmentName,
    /// Do not wait until everybody has read the new key, or until what the old one signed has ended.
    #[arg(long)]
    now: bool,
    /// The id of the key, as the list shows it.
    #[arg(allow_hyphen_values = true)]
    kid: String,
}

/// What a key becomes.
enum To {
    Current,
    Retired,
}

impl Stage {
    fn run(self) -> Result<(), Stop> {
        let (store, secrets) = opened(&self.place, self.environment)?;
        let (random, now) = (Random::system(), now());
        let staging = key_life::stage(
            (&store, &secrets.recorder),
            (&secrets.sealer, &random),
            &self.algorithm,
            now,
        );
        told(&awaited(staging)?);
        Ok(())
    }
}

impl Move {
    fn run(self, to: To) -> Result<(), Stop> {
        let (store, secrets) = opened(&self.place, self.environment)?;
        let (key, now) = ((self.kid.as_str(), self.now), now());
        let base = (&store, &secrets.recorder);
        let moved = match to {
            To::Current => awaited(key_life::promote(base, key, now))?,
            To::Retired => awaited(key_life::retire(base, key, now))?,
        };
        told(&moved);
        Ok(())
    }
}

impl Sealing {
    fn begin(self) -> Result<(), Stop> {
        let (store, secrets) = opened(&self.place, self.environment)?;
        awaited(sealing::begin((&store, &secrets.recorder), now()))?;
        tell(&store, self.environment)?;
        out::print(
            "Every node that serves the environment takes part; durward keys sealing shows how far it is.",
        );
        Ok(())
    }

    fn show(self) -> Result<(), Stop> {
        let (store, _) = opened(&self.place, self.environment)?;
        tell(&store, self.environment)
    }
}

fn tell(store: &Store, environment: EnvironmentName) -> Result<(), Stop> {
    let now = now();
    let progress = store.read_blocking(move |c| sealing::progress(c, now))?;
    out::print(&format!("{environment}: {}", in_words(&progress)));
    for (table, rows) in &progress.left {
        out::print(&format!("{table:18} {rows}"));
    }
    Ok(())
}

/// How far a rotation of sealing keys is.
pub(super) fn in_words(progress: &Progress) -> String {
    let (current, left) = (&progress.current, progress.rows_left());
    match &progress.step {
        Step::Announced { next } => {
            format!("{current} is used; {next} is being taken up by every node")
        }
        Step::Resealing { old, total } => {
            let done = total.saturating_sub(left).max(0);
            format!(
                "{current} is used; {done} of {total} rows were moved to it, and {left} are left under {old}"
            )
        }
        Step::Idle => format!("{current} is used"),
    }
}

/// The environment's database, to be changed, also while a server runs on it.
fn opened(place: &Where, environment: EnvironmentName) -> Result<(Store, Secrets), Stop> {
    let found = place.find()?;
    let owner = environment.to_string();
    let mut places = found.places.iter();
    let place = places
        .find(|each| each.owner == owner)
        .ok_or_else(|| Stop::failure(format!("{owner} is not played here")))?;
    // Opening it as a reader first tells of a missing file without making one.
    place::look(place)?;
    let store = place.open(false);
    let store = store.map_err(|fault| Stop::failure(format!("{}: {fault}", place.describe())))?;
    let secrets = Secrets::derive(&found.master_key()?, &owner, &Random::system());
    secrets.take_up(&store.read_blocking(durward_store::sealing::generations)?);
    Ok((store, secrets))
}

fn awaited<T, R: Refuse>(work: impl Future<Output = Result<T, Failure<R>>>) -> Result<T, Stop> {
    let runtime = runtime(1).map_err(|error| Stop::failure(error.to_string()))?;
    runtime.block_on(work).map_err(|failure| match failure {
        Failure::Refused(refusal) => Stop::failure(format!("{refusal} ({})", refusal.code())),
        Failure::Fault(fault) => Stop::failure(fault.to_string()),
    })
}

fn told(moved: &KeyMoved) {
    out::print(&format!(
        "{} {} is {}",
        moved.algorithm, moved.kid, moved.state
    ));
    if let Some(replaced) = &moved.replaced {
        out::print(&format!("{} {replaced} is retiring", moved.algorithm));
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a command is given at the time of this machine"
)]
pub(super) fn now() -> Timestamp {
    Timestamp::now()
}

impl Keys {
    pub(super) fn run(self) -> Result<(), Stop> {
        match self {
            Self::List(list) => list.run(),
            Self::Stage(stage) => stage.run(),
            Self::Promote(promote) => promote.run(To::Current),
            Self::Retire(retire) => retire.run(To::Retired),
            Self::RotateSealing(sealing) => sealing.begin(),
            Self::Sealing(sealing) => sealing.show(),
            Self::Release(release) => release.run(),
        }
    }
}

impl List {
    fn run(self) -> Result<(), Stop> {
        let found = self.place.find()?;
        let environments = found.places.iter().filter(|place| place.owner != PORTAL);
        let releases: Vec<String> = environments
            .map(|place| format!("release:{}", place.owner))
            .collect();
        for each in &found.places {
            let purposes = match each.owner.as_str() {
                PORTAL => std::iter::once("portal_client".to_owned())
                    .chain(releases.iter().cloned())
                    .collect(),
                _ => vec![SIGNING_KEYS.to_owned(), REQUEST_KEYS.to_owned()],
            };
            let rows = place::look(each)?.read_blocking(move |c| {
                let mut rows = Vec::new();
                for purpose in &purposes {
                    rows.extend(keys::keys_for(c, purpose)?);
                }
                Ok(rows)
            });
            for row in
                rows.map_err(|fault| Stop::failure(format!("{}: {fault}", each.describe())))?
            {
                let made = Timestamp::from_microsecond(row.created_us)
                    .map(|at| at.strftime("%F").to_string())
                    .unwrap_or_default();
                out::print(&format!(
                    "{:10}  {:18}  {:12}  {:8}  {made}  {}",
                    each.owner, row.purpose, row.algorithm, row.state, row.kid
                ));
            }
        }
        Ok(())
    }
}

impl Release {
    fn run(self) -> Result<(), Stop> {
        let found = self.place.find()?;
        let secrets = Secrets::derive(&found.master_key()?, PORTAL, &Random::system());
        let portal = found.portal()?;
        for name in EnvironmentName::ALL {
            let purpose = format!("release:{name}");
            for row in portal.read_blocking(move |c| keys::keys_for(c, &purpose))? {
                let key = signing_keys::public_half(&secrets.sealer, &row);
                let key = key.map_err(|fault| Stop::failure(fault.to_string()))?;
                out::print(&format!("{name} ({})\n{}", row.state, key.to_pem()));
            }
        }
        Ok(())
    }
}
