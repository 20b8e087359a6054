//! Opening what a process plays: databases first, all at once; then keys, environments and the portal.

use std::sync::Arc;

use durward_accounts::authenticator::breached::Breached;
use durward_app::door::DoorSettings;
use durward_app::jobs::door_pull::Puller;
use durward_app::keeper::{self, EnvironmentSettings, KeeperSettings};
use durward_app::operator::bootstrap;
use durward_app::passwords::PasswordPool;
use durward_app::ports::mail::{Post, Smtp};
use durward_app::ports::outbound::Outbound;
use durward_app::secrets::Secrets;
use durward_app::{Clock, Door, Fault, FaultKind, Keeper};
use durward_domain::environment::EnvironmentName;
use durward_domain::programme::Programme;
use durward_keyring::jose::PublicKey;
use durward_keyring::master::MasterKey;
use durward_keyring::random::Random;
use durward_store::Store;
use tokio::task::JoinSet;

use super::Place;
use super::databases::PORTAL;

/// What a process plays.
pub struct Cast {
    /// The rules of the installation.
    pub programme: Arc<Programme>,
    /// The portal's address, also where another process plays it.
    pub portal_url: String,
    /// The portal, if this process plays it.
    pub portal: Option<PortalPart>,
    /// The environments that it plays.
    pub environments: Vec<EnvironmentPart>,
    /// The environments that another process plays.
    pub elsewhere: Vec<EnvironmentSettings>,
    /// Calls the URLs of apps.
    pub outbound: Outbound,
    /// Threads that hash passwords.
    pub password_threads: usize,
    /// Stolen passwords, which nobody can choose.
    pub breached: Option<Breached>,
    /// Whether missing databases are made and older ones brought up to date.
    pub migrate: bool,
}

/// The portal as a part.
pub struct PortalPart {
    /// Its database.
    pub place: Place,
    /// The environment whose people sign in to it.
    pub sign_in: EnvironmentName,
    /// Where mail to its members goes.
    pub post: Smtp,
    /// Whether this is a demonstration.
    pub demo: bool,
}

/// An environment as a part.
pub struct EnvironmentPart {
    /// Which one.
    pub name: EnvironmentName,
    /// Its issuer.
    pub issuer: String,
    /// Its database.
    pub place: Place,
    /// Where its mail goes.
    pub post: Post,
    /// The release key to pin; the portal's own when there is none.
    pub release_key: Option<PublicKey>,
    /// The demonstration's environment-wide automation token.
    pub automation_token: Option<String>,
    /// What it shows the portal when it asks for releases, in a process without the portal.
    pub pull_token: Option<String>,
}

/// Everything open, and nothing listening yet.
pub struct Opened {
    /// The portal, if this process plays it.
    pub keeper: Option<Arc<Keeper>>,
    /// The environments.
    pub doors: Vec<Arc<Door>>,
    /// Those that ask the portal for releases.
    pub pullers: Vec<Arc<Puller>>,
    /// Every database with its owner.
    pub stores: Vec<(String, Store)>,
    /// The threads that hash passwords.
    pub passwords: PasswordPool,
}

/// Opens all of it.
///
/// # Errors
/// A database that cannot be used, keys that the master key does not open, or a release by a key that is not pinned.
pub async fn open(mut cast: Cast, master: &MasterKey, random: &Random) -> Result<Opened, Fault> {
    let passwords = PasswordPool::start(
        cast.password_threads,
        PASSWORDS_WAITING * cast.password_threads.max(1),
        Secrets::pepper(master),
        random.clone(),
    )?
    .knowing(cast.breached.take());
    let stores = stores(&cast).await?;
    let store_of = |owner: &str| {
        let found = stores.iter().find(|(name, _)| name == owner);
        found.map(|(_, store)| store.clone()).ok_or_else(|| {
            Fault::new(
                FaultKind::Internal,
                format!("the database of {owner} is not open"),
            )
        })
    };
    let portal = match &cast.portal {
        Some(_) => Some((
            store_of(PORTAL)?,
            Secrets::derive(master, PORTAL, random),
            Clock::real(),
        )),
        None => None,
    };
    let mut opening = JoinSet::new();
    let mut tokens = Vec::new();
    for (at, part) in cast.environments.into_iter().enumerate() {
        let owner = part.name.as_str();
        tokens.extend(part.pull_token.map(|token| (part.name, token)));
        let release_key = match (part.release_key, &portal) {
            (Some(pinned), _) => pinned,
            (None, Some((store, secrets, clock))) => {
                let key = keeper::release_key(store, secrets, random, part.name, clock).await?;
                key.public().clone()
            }
            (None, None) => {
                return Err(Fault::internal(format!(
                    "no release key is pinned for {owner}"
                )));
            }
        };
        let settings = DoorSettings {
            name: part.name,
            programme: Arc::clone(&cast.programme),
            issuer: part.issuer,
            portal_url: cast.portal_url.clone(),
            store: store_of(owner)?,
            clock: Clock::real(),
            random: random.clone(),
            secrets: Secrets::derive(master, owner, random),
            passwords: passwords.clone(),
            post: part.post,
            outbound: cast.outbound.clone(),
            release_key,
            automation_token: part.automation_token,
        };
        opening.spawn(async move {
            let name = settings.name;
            let opened = Door::open(settings).await;
            (at, opened.map_err(|fault| fault.within(name.as_str())))
        });
    }
    let mut doors = Vec::new();
    while let Some(opened) = opening.join_next().await {
        let (at, door) = opened.map_err(|_| Fault::internal("opening was interrupted"))?;
        doors.push((at, door?));
    }
    doors.sort_by_key(|(at, _)| *at);
    let doors: Vec<Arc<Door>> = doors.into_iter().map(|(_, door)| door).collect();
    let mut pullers = Vec::new();
    for door in &doors {
        let token = tokens.iter().find(|(name, _)| *name == door.name);
        if let Some((_, token)) = token {
            pullers.push(Puller::new(
                Arc::clone(door),
                &cast.portal_url,
                token.clone(),
            )?);
        }
    }
    let keeper = match (cast.portal, portal) {
        (Some(part), Some((store, secrets, clock))) => {
            let settings = KeeperSettings {
                programme: cast.programme,
                base_url: cast.portal_url,
                store,
                clock,
                random: random.clone(),
                secrets,
                environments: doors
                    .iter()
                    .map(|door| EnvironmentSettings {
                        name: door.name,
                        issuer: door.issuer.clone(),
                        door: Some(Arc::clone(door)),
                        pull_token: None,
                    })
                    .chain(cast.elsewhere)
                    .collect(),
                sign_in: part.sign_in,
                outbound: cast.outbound,
                post: Some(part.post),
                demo: part.demo,
            };
            let keeper = Keeper::open(settings)
                .await
                .map_err(|fault| fault.within(PORTAL))?;
            bootstrap::portal_app(&keeper).await?;
            bootstrap::canary_apps(&keeper).await?;
            Some(keeper)
        }
        _ => None,
    };
    Ok(Opened {
        keeper,
        doors,
        pullers,
        stores,
        passwords,
    })
}

async fn stores(cast: &Cast) -> Result<Vec<(String, Store)>, Fault> {
    let portal = cast.portal.iter().map(|part| &part.place);
    let environments = cast.environments.iter().map(|part| &part.place);
    let mut opening = Vec::new();
    for place in portal.chain(environments) {
        let (place, migrate) = (place.clone(), cast.migrate);
        opening.push(tokio::task::spawn_blocking(move || {
            let opened = place.open(migrate);
            let named = opened.map_err(|fault| Fault::from(fault).within(&place.describe()));
            named.map(|store| (place.owner, store))
        }));
    }
    let mut stores = Vec::with_capacity(opening.len());
    for one in opening {
        stores.push(
            one.await
                .map_err(|_| Fault::internal("opening was interrupted"))??,
        );
    }
    Ok(stores)
}

/// How many sign-ins may wait for each password thread: about two seconds' worth.
const PASSWORDS_WAITING: usize = 64;
