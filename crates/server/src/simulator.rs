//! `durward simulator`: the sandbox door with one exact configuration, offline, for a partner's own CI.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use durward_app::door::DoorSettings;
use durward_app::passwords::PasswordPool;
use durward_app::ports::mail::Post;
use durward_app::ports::outbound::Outbound;
use durward_app::release_intake::{self, IncomingApp};
use durward_app::secrets::Secrets;
use durward_app::{Clock, Door, Fault};
use durward_domain::application::AppDocument;
use durward_domain::environment::EnvironmentName;
use durward_domain::id::{AgencyId, RevisionId};
use durward_domain::programme::Programme;
use durward_domain::release::{Change, Head, SignedManifest};
use durward_keyring::jose::{Algorithm, SigningKey};
use durward_keyring::master::MasterKey;
use durward_keyring::random::Random;
use durward_store::{Config as Target, Durability, Store, migrate};
use serde::Serialize;

use crate::config::Server;
use crate::listen::{ListenFault, Listener, Serving};
use crate::roles::open::Opened;
use crate::roles::{process, routers, work};

/// What `durward simulator` was asked for.
pub struct Options {
    /// The app.
    pub document: AppDocument,
    /// The programme whose rules hold.
    pub programme: Arc<Programme>,
    /// The port; 0 takes a free one.
    pub port: u16,
    /// A token to use instead of a fresh one.
    pub token: Option<String>,
}

/// What a script must know of a running simulator.
#[derive(Serialize)]
pub struct Ready {
    /// The issuer, which is also the base of every address.
    pub issuer: String,
    /// Where discovery is.
    pub discovery: String,
    /// Where the test API is.
    pub test_api: String,
    /// What the test API wants as a bearer token.
    pub automation_token: String,
    /// The app's client id.
    pub client_id: String,
    /// Its redirect URIs.
    pub redirect_uris: Vec<String>,
    /// The process, to be ended by SIGTERM.
    pub pid: u32,
}

/// Starts the door, tells `ready` where it is, and runs until it is stopped. Nothing of it stays.
///
/// # Errors
/// A sentence about the port, the temporary folder or the document.
pub async fn run(
    options: Options,
    ready: impl FnOnce(&Ready) -> io::Result<()>,
) -> Result<(), SimulatorFault> {
    let listener = Listener::bind_localhost("simulator", options.port)?;
    let port = listener
        .address()
        .map_or(options.port, |address| address.port());
    let issuer = format!("http://localhost:{port}");
    let random = Random::system();
    let folder = Temporary::make(&random)?;
    let master = MasterKey::generate(&random);
    let token = options
        .token
        .unwrap_or_else(|| format!("dws_{}", random.token()));
    let passwords = PasswordPool::start(1, 64, Secrets::pepper(&master), random.clone())?;
    let store = store(&folder.path).await?;
    let release_key = SigningKey::generate(Algorithm::ES256)
        .map_err(|error| Fault::internal(format!("making a key: {error}")))?;
    let name = EnvironmentName::Sandbox;
    let door = Door::open(DoorSettings {
        name,
        programme: options.programme,
        issuer: issuer.clone(),
        portal_url: issuer.clone(),
        store: store.clone(),
        clock: Clock::real(),
        random: random.clone(),
        secrets: Secrets::derive(&master, name.as_str(), &random),
        passwords: passwords.clone(),
        post: Post::Inbox,
        release_key: release_key.public().clone(),
        automation_token: Some(token.clone()),
        outbound: Outbound::with_loopback(Vec::new()),
    })
    .await?;
    install(&door, &options.document, &release_key).await?;
    let stores = vec![(name.to_string(), store)];
    let limits = process::limits(&Server::default());
    let mut serving = Serving::new(limits.clone(), process::readiness(&stores));
    serving.add(listener, routers::door(&door, &master, &random)?);
    let opened = Opened {
        pullers: Vec::new(),
        keeper: None,
        doors: vec![door],
        stores,
        passwords,
    };
    let jobs = work::start(&opened, &folder.path, &random);
    ready(&Ready {
        discovery: format!("{issuer}/.well-known/openid-configuration"),
        test_api: format!("{issuer}/test/api"),
        issuer,
        automation_token: token,
        client_id: options.document.issuer.clone(),
        redirect_uris: options
            .document
            .oidc
            .map(|oidc| oidc.redirect_uris)
            .unwrap_or_default(),
        pid: std::process::id(),
    })?;
    serving.until_stopped().await;
    jobs.stop(limits.grace).await;
    drop(opened);
    drop(folder);
    Ok(())
}

/// The one release of a simulator, signed and taken like any other.
async fn install(
    door: &Arc<Door>,
    document: &AppDocument,
    release_key: &SigningKey,
) -> Result<(), SimulatorFault> {
    let refused = |why: String| SimulatorFault::Document(why);
    let revision = RevisionId::new(door.random.uuid_v4());
    let agency = AgencyId::new(door.random.uuid_v4());
    let changes = vec![Change::set(&document.snapshot(), revision, agency)];
    let manifest = Head::beginning(door.name)
        .next(changes, door.clock.real_now())
        .map_err(|error| refused(error.to_string()))?;
    let signed =
        SignedManifest::sign(&manifest, release_key).map_err(|error| refused(error.to_string()))?;
    let app = IncomingApp {
        agency,
        document: document.clone(),
    };
    release_intake::install(door, &signed, &[app])
        .await
        .map_err(|failure| refused(failure.to_string()))?;
    if door.registry.load().app(&document.issuer).is_none() {
        return Err(refused(
            "only apps of the protocol oidc can be simulated".to_owned(),
        ));
    }
    Ok(())
}

async fn store(folder: &Path) -> Result<Store, Fault> {
    let target = Target::Sqlite {
        path: folder.join("sandbox.sqlite3"),
        // It is thrown away at the end: a power cut loses nothing that anybody wants back.
        durability: Durability::Normal,
    };
    let opened = tokio::task::spawn_blocking(move || {
        migrate::migrate(&target)?;
        Store::open(&target)
    });
    Ok(opened
        .await
        .map_err(|_| Fault::internal("opening was interrupted"))??)
}

/// A folder that goes with its owner.
struct Temporary {
    path: PathBuf,
}

impl Temporary {
    fn make(random: &Random) -> io::Result<Self> {
        use std::os::unix::fs::DirBuilderExt as _;
        let name = format!("durward-simulator-{}", random.crockford(16));
        let path = std::env::temp_dir().join(name);
        std::fs::DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Self { path })
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.path));
    }
}

/// Why a simulator did not start.
#[derive(Debug, thiserror::Error)]
pub enum SimulatorFault {
    /// The port.
    #[error("{0} ({code})", code = .0.code())]
    Listen(#[from] ListenFault),
    /// The document cannot be served.
    #[error("the app cannot be served: {0} (simulator/document)")]
    Document(String),
    /// A file or a socket.
    #[error("the simulator cannot start: {0}")]
    Io(#[from] io::Error),
    /// Something else of ours.
    #[error("the simulator cannot start: {0}")]
    Fault(#[from] Fault),
}
