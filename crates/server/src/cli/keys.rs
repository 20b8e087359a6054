//! `durward keys`: the signing keys of the portal and of each environment.

use clap::{Args, Subcommand};
use durward_app::door::{REQUEST_KEYS, SIGNING_KEYS};
use durward_app::secrets::Secrets;
use durward_app::signing_keys;
use durward_domain::environment::EnvironmentName;
use durward_keyring::random::Random;
use durward_store::keys;
use jiff::Timestamp;

use super::out::{self, Stop};
use super::place::{self, Where};
use crate::roles::databases::PORTAL;

#[derive(Subcommand)]
pub(super) enum Keys {
    /// List every signing key with its state; never the keys themselves.
    List(List),
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

impl Keys {
    pub(super) fn run(self) -> Result<(), Stop> {
        match self {
            Self::List(list) => list.run(),
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
