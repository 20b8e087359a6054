//! Where a command looks: a configuration, or the data folder of a demo.

use std::path::PathBuf;

use clap::Args;
use durward_keyring::master::MasterKey;
use durward_store::Store;

use super::out::Stop;
use crate::config::{self, Secret};
use crate::roles::databases::PORTAL;
use crate::roles::{self, Place, heads};
use crate::secrets;

#[derive(Args)]
#[group(required = true, multiple = false)]
pub(super) struct Where {
    /// The configuration file.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data folder of a demo, or a copy of it.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// What was found there.
pub(super) struct Found {
    pub(super) places: Vec<Place>,
    data: PathBuf,
    master_key: Option<Secret>,
}

impl Where {
    pub(super) const fn of(config: Option<PathBuf>, data: Option<PathBuf>) -> Self {
        Self { config, data }
    }

    pub(super) fn find(&self) -> Result<Found, Stop> {
        if let Some(file) = &self.config {
            let config = config::load(file)?;
            let places = roles::of_config(&config);
            return Ok(Found {
                places,
                data: config.server.data,
                master_key: config.server.master_key,
            });
        }
        let data = self.data.clone().unwrap_or_default();
        if !data.is_dir() {
            return Err(Stop::failure(format!("{} is not a folder", data.display())));
        }
        Ok(Found {
            places: roles::of_folder(&data),
            data,
            master_key: None,
        })
    }
}

impl Found {
    pub(super) fn master_key(&self) -> Result<MasterKey, Stop> {
        Ok(secrets::read_master_key(
            &self.data,
            self.master_key.as_ref(),
        )?)
    }

    /// The file of an owner's exported audit heads.
    pub(super) fn heads(&self, owner: &str) -> PathBuf {
        heads::file(&self.data, owner)
    }

    /// The portal's database, to look at.
    pub(super) fn portal(&self) -> Result<Store, Stop> {
        let portal = self
            .places
            .iter()
            .find(|place| place.owner == PORTAL)
            .ok_or_else(|| Stop::failure("there is no portal here"))?;
        look(portal)
    }
}

/// Opens a database so that nothing in it can change, also while a server runs on it.
pub(super) fn look(place: &Place) -> Result<Store, Stop> {
    let opened = match place.file() {
        Some(file) if !file.exists() => {
            return Err(Stop::failure(format!(
                "{} is missing. Run durward migrate, or look elsewhere",
                place.describe()
            )));
        }
        Some(file) => Store::open_read_only(file),
        None => Store::open(&place.target),
    };
    opened.map_err(|fault| Stop::failure(format!("{}: {fault}", place.describe())))
}
