//! `durward release`: what was deployed, and whether it is what was signed.

use clap::{Args, Subcommand};
use durward_app::secrets::Secrets;
use durward_domain::environment::EnvironmentName;
use durward_domain::release::{Head, SignedManifest};
use durward_keyring::jose::{Algorithm, PublicKey, SigningKey};
use durward_keyring::random::Random;
use durward_store::releases::ReleaseRow;
use durward_store::{Store, keys, releases};
use jiff::Timestamp;

use super::out::{self, Stop};
use super::place::{Found, Where};
use crate::roles::databases::PORTAL;

#[derive(Subcommand)]
pub(super) enum Release {
    /// List the releases of an environment, the newest first.
    List(List),
    /// Show one release and what it changed.
    Show(Show),
    /// Check every release of an environment: its signature, its sequence, its parent and its root.
    Verify(Verify),
}

#[derive(Args)]
pub(super) struct List {
    #[command(flatten)]
    place: Where,
    /// Which environment.
    #[arg(long, value_name = "NAME")]
    environment: EnvironmentName,
    /// How many.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(i64).range(1..=1000))]
    limit: i64,
}

#[derive(Args)]
pub(super) struct Show {
    #[command(flatten)]
    place: Where,
    /// The release's id.
    #[arg(value_name = "ID")]
    id: String,
}

#[derive(Args)]
pub(super) struct Verify {
    #[command(flatten)]
    place: Where,
    /// Which environment.
    #[arg(long, value_name = "NAME")]
    environment: EnvironmentName,
}

impl Release {
    pub(super) fn run(self) -> Result<(), Stop> {
        match self {
            Self::List(list) => list.run(),
            Self::Show(show) => show.run(),
            Self::Verify(verify) => verify.run(),
        }
    }
}

impl List {
    fn run(self) -> Result<(), Stop> {
        let (name, limit) = (self.environment.to_string(), self.limit);
        let rows = self
            .place
            .find()?
            .portal()?
            .read_blocking(move |c| releases::newest(c, &name, limit))?;
        if rows.is_empty() {
            out::print(&format!("{} has no release yet.", self.environment));
        }
        for row in rows {
            out::print(&line(&row));
        }
        Ok(())
    }
}

impl Show {
    fn run(self) -> Result<(), Stop> {
        let store = self.place.find()?.portal()?;
        let id = self.id.clone();
        let row = store.read_blocking(move |c| releases::find(c, &id))?;
        let row = row.ok_or_else(|| Stop::failure(format!("there is no release {}", self.id)))?;
        out::print(&line(&row));
        out::print(&format!(
            "digest {}\nroot   {}\nby     {}\nwhy    {}",
            row.digest, row.root, row.author, row.reason
        ));
        for change in store.read_blocking(move |c| releases::changes_of(c, &row.release_id))? {
            let to = change.revision_id.as_deref().unwrap_or("taken out");
            let from = change.before_revision_id.as_deref().unwrap_or("new");
            out::print(&format!("  {}: {from} -> {to}", change.handle));
        }
        Ok(())
    }
}

impl Verify {
    fn run(self) -> Result<(), Stop> {
        let found = self.place.find()?;
        let store = found.portal()?;
        let keys = release_keys(&found, &store, self.environment)?;
        let mut head = Head::beginning(self.environment);
        let mut after = 0;
        loop {
            let name = self.environment.to_string();
            let rows = store.read_blocking(move |c| releases::after(c, &name, after))?;
            let Some(last) = rows.last() else { break };
            after = last.sequence;
            for row in &rows {
                head = follow(&head, row, &keys).map_err(|why| {
                    Stop::failure(format!(
                        "release {} ({}) is not right: {why} (release/broken)",
                        row.sequence, row.release_id
                    ))
                })?;
            }
        }
        out::print(&format!(
            "ok, {} releases, {} apps",
            head.sequence(),
            head.tree().len()
        ));
        Ok(())
    }
}

fn follow(head: &Head, row: &ReleaseRow, keys: &[PublicKey]) -> Result<Head, String> {
    let signed = SignedManifest::from_text(row.signed.clone());
    let manifest = keys
        .iter()
        .find_map(|key| signed.verify(key).ok())
        .ok_or("no release key of this environment signed it")?;
    if manifest.hash() != row.digest || manifest.root != row.root {
        return Err("its row is about another manifest than the signed one".to_owned());
    }
    head.accepts(&manifest)
        .map_err(|refusal| refusal.to_string())
}

/// The release keys are sealed in the portal's database; only their public halves are used here.
fn release_keys(
    found: &Found,
    store: &Store,
    environment: EnvironmentName,
) -> Result<Vec<PublicKey>, Stop> {
    let sealer = Secrets::derive(&found.master_key()?, PORTAL, &Random::system()).sealer;
    let rows =
        store.read_blocking(move |c| keys::keys_for(c, &format!("release:{environment}")))?;
    let mut public = Vec::new();
    for row in rows {
        let unreadable = || {
            Stop::failure(format!(
                "the release key {} cannot be opened with this master key",
                row.kid
            ))
        };
        let pkcs8 = sealer
            .open(
                &format!("signing_keys.sealed_key.{}", row.kid),
                &row.sealed_key,
            )
            .map_err(|_| unreadable())?;
        let algorithm: Algorithm = row.algorithm.parse().map_err(|_| unreadable())?;
        public.push(
            SigningKey::from_pkcs8(algorithm, &pkcs8)
                .map_err(|_| unreadable())?
                .public()
                .clone(),
        );
    }
    Ok(public)
}

fn line(row: &ReleaseRow) -> String {
    let time = |us: i64| {
        Timestamp::from_microsecond(us)
            .map(|at| at.strftime("%F %H:%MZ").to_string())
            .unwrap_or_default()
    };
    let deployed = row.deployed_us.map_or_else(
        || "not deployed".to_owned(),
        |us| format!("deployed {}", time(us)),
    );
    format!(
        "{:>6}  {:9}  built {}  {deployed}  {}",
        row.sequence,
        row.kind,
        time(row.created_us),
        row.release_id
    )
}
