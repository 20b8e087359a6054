//! `durward demo`: everything in one process on this machine, with the people and apps of a state that does not exist.

mod agreements;
mod apps;
mod cast;
mod first_start;
mod papers;
mod parts;
mod pipeline;
mod print;
mod seeds;
mod story;
mod usage;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use durward_app::operator::clock::{self, Move};
use durward_app::{Clock, Fault};
use durward_domain::programme::Programme;
use durward_keyring::random::Random;
use jiff::civil::Date;

use crate::catcher::Catcher;
use crate::config::Server;
use crate::listen::{ListenFault, Serving};
use crate::mail_in::MailIn;
use crate::roles::open::open;
use crate::roles::{process, routers, work};
use crate::secrets::{DataFolder, FolderFault};
use crate::telemetry;
use first_start::Unfinished;
use parts::{Addresses, Listeners};
use story::Sample;

/// What `durward demo` was asked for.
pub struct Options {
    /// The data folder.
    pub data: PathBuf,
    /// The programme; `None` keeps the one that the folder was made with, `us` at first.
    pub programme: Option<String>,
    /// The keeper's day.
    pub at: Option<Date>,
    /// The portal's port; the others follow it.
    pub port: u16,
}

/// Starts everything, tells where it is, and runs until it is stopped.
///
/// # Errors
/// A sentence about the folder, a port, a database or the options.
pub async fn run(options: Options) -> Result<(), DemoFault> {
    let random = Random::system();
    let programme = options.programme.as_deref().map(named).transpose()?;
    let listeners = Listeners::bind(options.port)?;
    let folder = DataFolder::take(&options.data)?;
    let master = folder.master_key(None, &random)?;
    let unfinished = Unfinished::begin(folder.path())?;
    let programme = parts::programme(&folder, programme)?;
    let key = parts::sample_key(&folder)?;
    let catcher = Catcher::start(|| Clock::real().now()).await?;
    let metrics = telemetry::start_metrics().map_err(Fault::internal)?;

    let addresses = Addresses::of(options.port);
    let cast = parts::cast(
        &addresses,
        &programme,
        folder.path(),
        &master,
        &catcher.url(),
    )?;
    let opened = open(cast, &master, &random).await?;
    let keeper = opened
        .keeper
        .clone()
        .ok_or_else(|| Fault::internal("no portal"))?;
    let sample = Sample {
        key: key.public(),
        url: &addresses.sample,
    };
    if !seeds::are_there(&keeper).await? {
        if unfinished.is_none() {
            return Err(DemoFault::NotADemo(folder.path().to_owned()));
        }
        first_start::seed(&opened, &keeper, &master, &sample, options.at).await?;
    }
    if let Some(unfinished) = unfinished {
        unfinished.end()?;
    }
    first_start::sample_follows(&keeper, &sample).await?;
    if let Some(at) = options.at {
        let moved = clock::start_at(&keeper, &Move::To(at.to_string())).await;
        seeds::accepted("the clock", moved)?;
    }

    catcher.answers_go_to(MailIn::new(Arc::clone(&keeper)));
    let demonstration = Arc::new(parts::demonstration(
        &addresses,
        &master,
        &key.public().to_pem(),
        (catcher.mailbox(), catcher.url()),
    ));
    let limits = process::limits(&Server::default());
    let mut serving = Serving::new(limits.clone(), process::readiness(&opened.stores));
    let portal = routers::portal(&keeper, Some(&demonstration), &master, &random)?;
    serving.add(listeners.portal, portal);
    for (door, listener) in opened.doors.iter().zip(listeners.environments) {
        serving.add(listener, routers::door(door, &master, &random)?);
    }
    serving.add(
        listeners.sample,
        parts::sample_router(&addresses, key, &random)?,
    );
    serving.add_metrics(listeners.metrics, metrics);
    let jobs = work::start(&opened, folder.path(), &random);
    print::welcome(&demonstration, &keeper, folder.path(), &addresses.metrics);
    serving.until_stopped().await;
    work::stop(jobs, &opened, limits.grace).await;
    Ok(())
}

fn named(name: &str) -> Result<Arc<Programme>, DemoFault> {
    Programme::named(name).ok_or_else(|| DemoFault::NoProgramme(name.to_owned()))
}

/// Why the demonstration did not start.
#[derive(Debug, thiserror::Error)]
pub enum DemoFault {
    /// The data folder.
    #[error("{0} ({code})", code = .0.code())]
    Folder(#[from] FolderFault),
    /// A port.
    #[error("{0} ({code})", code = .0.code())]
    Listen(#[from] ListenFault),
    /// A file or a socket.
    #[error("the demonstration cannot start: {0}")]
    Io(#[from] io::Error),
    /// Something else of ours, such as a full disk.
    #[error("the demonstration cannot start: {0}")]
    Fault(#[from] Fault),
    /// The folder is no demonstration's.
    #[error(
        "{folder} holds the databases of another installation. Choose another folder with --data (demo/not-a-demo)",
        folder = .0.display()
    )]
    NotADemo(PathBuf),
    /// The programme of a folder does not change.
    #[error(
        "this folder was made with the programme {0}. Leave --programme out, or choose another folder with --data (demo/other-programme)"
    )]
    OtherProgramme(String),
    /// There is no such programme.
    #[error("there is no programme called \"{0}\". Known: {known}", known = Programme::names().join(", "))]
    NoProgramme(String),
}

impl DemoFault {
    /// Whether the arguments are to blame.
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::NoProgramme(_) | Self::OtherProgramme(_))
    }
}
