//! A whole portal for tests: three environments in this process, teams, members and an agreement.

mod members;
mod seed;

use std::sync::Arc;

use durward_domain::application::AppDocument;
use durward_domain::environment::EnvironmentName;
use durward_domain::programme::Programme;
use durward_keyring::master::MasterKey;
use durward_keyring::random::Random;
use durward_store::testing::{TestStore, postgres, sqlite};
use durward_store::{Config, Durability, Store, apps};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::actor::Actor;
use crate::clock::Clock;
use crate::door::{Door, DoorSettings};
use crate::failure::Fault;
use crate::keeper::{EnvironmentSettings, Keeper, KeeperSettings, release_key};
use crate::operator::bootstrap;
use crate::operator::build::{self, Wanted, Why};
use crate::partner::save::{Save, Sent, save_all};
use crate::passwords::PasswordPool;
use crate::ports::mail::Post;
use crate::ports::outbound::Outbound;
use crate::record::Trace;
use crate::secrets::Secrets;
use seed::seed;

/// A portal with everything that a test wants to hold.
pub struct TestPortal {
    /// The portal.
    pub keeper: Arc<Keeper>,
    place: Place,
    stores: Vec<TestStore>,
}

/// What nodes of one portal have in common, besides their databases.
struct Place {
    programme: Arc<Programme>,
    master: MasterKey,
    production: String,
    outbound: Outbound,
}

/// The issuer of production, unless a test asks for another.
const PRODUCTION_ISSUER: &str = "http://localhost:8403";
/// The team that tests act for.
pub const TEAM: &str = "fisheries-digital";
/// A team of another agency.
pub const OTHER_TEAM: &str = "harbours";
/// An executed agreement of the team's agency, from October 2026 to September 2027.
pub const AGREEMENT: &str = "LGABCFY210001-0001-0000";

impl TestPortal {
    /// A portal whose clock stands at noon of a day in the programme's time zone.
    ///
    /// # Errors
    /// When a database or key cannot be made.
    pub async fn at(day: &str) -> Result<Self, Fault> {
        Self::with_production(day, PRODUCTION_ISSUER).await
    }

    /// The same, that calls foreign URLs and name servers by this client.
    ///
    /// # Errors
    /// As above.
    pub async fn calling(day: &str, outbound: Outbound) -> Result<Self, Fault> {
        Self::with(day, PRODUCTION_ISSUER, outbound).await
    }

    /// The same, whose production environment has this issuer.
    ///
    /// # Errors
    /// As above.
    pub async fn with_production(day: &str, issuer: &str) -> Result<Self, Fault> {
        Self::with(day, issuer, Outbound::for_tests()).await
    }

    /// One portal for each engine at hand: on SQLite always, and on PostgreSQL where the tests have one.
    ///
    /// # Errors
    /// As above.
    pub async fn on_both(day: &str) -> Result<Vec<Self>, Fault> {
        Self::under("us", day).await
    }

    /// The same under the rules of another programme.
    ///
    /// # Errors
    /// As above.
    pub async fn under(programme: &'static str, day: &str) -> Result<Vec<Self>, Fault> {
        Self::under_rules(named(programme)?, day).await
    }

    /// The same under rules of the test's own.
    ///
    /// # Errors
    /// As above.
    pub async fn under_rules(programme: Arc<Programme>, day: &str) -> Result<Vec<Self>, Fault> {
        let mut both = vec![[sqlite()?, sqlite()?]];
        if let Some(store) = postgres()? {
            both.extend(postgres()?.map(|production| [store, production]));
        }
        let mut portals = Vec::new();
        for stores in both {
            let (at, outbound) = ((Arc::clone(&programme), day), Outbound::for_tests());
            portals.push(Self::of(stores, at, PRODUCTION_ISSUER, outbound).await?);
        }
        Ok(portals)
    }

    async fn with(day: &str, issuer: &str, outbound: Outbound) -> Result<Self, Fault> {
        let at = (named("us")?, day);
        Self::of([sqlite()?, sqlite()?], at, issuer, outbound).await
    }

    /// Over a database for the portal and one for production; the others are on SQLite.
    async fn of(
        [store, production]: [TestStore; 2],
        (programme, day): (Arc<Programme>, &str),
        issuer: &str,
        outbound: Outbound,
    ) -> Result<Self, Fault> {
        let random = Random::system();
        let place = Place {
            programme,
            master: MasterKey::generate(&random),
            production: issuer.to_owned(),
            outbound,
        };
        let stores = vec![store, sqlite()?, sqlite()?, production];
        let opened = stores.iter().map(|store| (**store).clone()).collect();
        let day: Date = day.parse().map_err(|_| Fault::internal("not a day"))?;
        let noon = place.programme.noon(day);
        let keeper = place.open(opened, noon).await?;
        seed(&keeper).await?;
        bootstrap::portal_app(&keeper).await?;
        Ok(Self {
            keeper,
            place,
            stores,
        })
    }

    /// Another node of the same portal, at the same time: what a restart comes back with, or a second server.
    ///
    /// # Errors
    /// As above.
    pub async fn another_node(&self) -> Result<Arc<Keeper>, Fault> {
        let stores = self.stores.iter().map(|store| (**store).clone()).collect();
        self.place.open(stores, self.keeper.clock.now()).await
    }

    /// What another process needs to open a node of this portal: the master key, the time, and where the portal's
    /// database and those of its environments are.
    pub fn whereabouts(&self) -> Vec<String> {
        let mut told = vec![
            self.place.master.to_base64().to_string(),
            self.keeper.clock.now().to_string(),
        ];
        told.extend(self.stores.iter().map(|store| match store.config() {
            Config::Sqlite { path, .. } => path.display().to_string(),
            Config::Postgres { url, .. } => url.clone(),
        }));
        told
    }

    /// A node of the portal that is told of, in this process.
    ///
    /// # Errors
    /// As above.
    pub async fn node_of(told: &[String]) -> Result<Arc<Keeper>, Fault> {
        let broken = || Fault::internal("the whereabouts of a portal");
        let [master, now, places @ ..] = told else {
            return Err(broken());
        };
        let place = Place {
            programme: named("us")?,
            master: MasterKey::from_base64(master).map_err(|_| broken())?,
            production: PRODUCTION_ISSUER.into(),
            outbound: Outbound::for_tests(),
        };
        let mut stores = Vec::new();
        for place in places {
            let config = if place.contains("dbname=") {
                Config::Postgres {
                    url: place.clone(),
                    threads: 2,
                }
            } else {
                Config::Sqlite {
                    path: place.into(),
                    durability: Durability::Full,
                }
            };
            stores.push(Store::open(&config)?);
        }
        let now = now.parse().map_err(|_| broken())?;
        place.open(stores, now).await
    }

    /// What an environment serves for an app: the revision.
    pub fn served(&self, environment: EnvironmentName, handle: &str) -> Option<String> {
        let door = self.keeper.environment(environment)?.door.as_ref()?;
        let registry = door.registry.load();
        registry.by_handle(handle).map(|app| app.revision.clone())
    }

    /// Saves documents of the team for production and releases them at once, without launches.
    ///
    /// # Errors
    /// When one of them cannot be saved.
    pub async fn put_live(&self, documents: Vec<AppDocument>) -> Result<(), Fault> {
        let admin = self.member("admin").await?;
        let mut sent = Vec::with_capacity(documents.len());
        let mut wanted = Vec::with_capacity(documents.len());
        for document in documents {
            let save = Save::Put;
            sent.push(Sent {
                document: document.clone(),
                save,
            });
            wanted.push(document);
        }
        let saved = save_all(&self.keeper, &admin, sent, "", &trace())
            .await
            .map_err(|failure| Fault::internal(format!("{failure:?}")))?;
        let ids: Vec<String> = saved.into_iter().map(|saved| saved.revision_id).collect();
        let rows = self.keeper.store.read(move |c| {
            let mut rows = Vec::with_capacity(ids.len());
            for id in &ids {
                rows.extend(apps::find_revision(c, id)?);
            }
            Ok(rows)
        });
        let rows = rows.await?;
        let wanted = rows
            .iter()
            .zip(wanted)
            .map(|(row, document)| Wanted::set(row, document))
            .collect();
        let why = Why {
            kind: "window",
            reason: "For a test.".to_owned(),
            actor: Actor::System("test"),
        };
        let production = EnvironmentName::Production;
        build::release(&self.keeper, production, wanted, why, build::nothing_more).await?;
        Ok(())
    }

    /// A complete document of the team's app for the sandbox.
    pub fn sandbox_document(&self) -> AppDocument {
        AppDocument::example()
    }

    /// A document of the same app for production, which passes the checklist.
    pub fn production_document(&self) -> AppDocument {
        let mut document = AppDocument::example();
        document.environment = EnvironmentName::Production;
        document.issuer.push_str(":LIVE");
        if let Some(oidc) = &mut document.oidc {
            oidc.redirect_uris = vec!["https://fishing.agency.gov/callback".into()];
            oidc.post_logout_redirect_uris = vec!["https://fishing.agency.gov/".into()];
        }
        document
    }
}

impl Place {
    /// Opens a node over the portal's database and those of the environments.
    async fn open(&self, stores: Vec<Store>, now: Timestamp) -> Result<Arc<Keeper>, Fault> {
        let [store, doors @ ..] = stores.as_slice() else {
            return Err(Fault::internal("a portal without a database"));
        };
        let (random, clock) = (Random::system(), Clock::real());
        let programme = Arc::clone(&self.programme);
        let master = &self.master;
        let secrets = Secrets::derive(master, "portal", &random);
        let passwords = PasswordPool::start(1, 64, Secrets::pepper(master), random.clone())?;
        let mut environments = Vec::new();
        for (at, (name, door_store)) in EnvironmentName::ALL.into_iter().zip(doors).enumerate() {
            let key = release_key(store, &secrets, &random, name, &clock).await?;
            let issuer = match name {
                EnvironmentName::Production => self.production.clone(),
                _ => format!("http://localhost:{}", 8401 + at),
            };
            let door = Door::open(DoorSettings {
                name,
                programme: Arc::clone(&programme),
                issuer: issuer.clone(),
                portal_url: "http://localhost:8400".into(),
                store: door_store.clone(),
                clock: Clock::real(),
                random: random.clone(),
                secrets: Secrets::derive(master, name.as_str(), &random),
                passwords: passwords.clone(),
                post: Post::Inbox,
                outbound: self.outbound.clone(),
                release_key: key.public().clone(),
                automation_token: None,
            })
            .await?;
            environments.push(EnvironmentSettings {
                name,
                issuer,
                door: Some(door),
                pull_token: None,
            });
        }
        clock.set(now);
        Keeper::open(KeeperSettings {
            programme,
            base_url: "http://localhost:8400".into(),
            store: store.clone(),
            clock,
            random,
            secrets,
            environments,
            sign_in: EnvironmentName::Production,
            outbound: self.outbound.clone(),
            post: None,
            demo: true,
        })
        .await
    }
}

fn named(programme: &str) -> Result<Arc<Programme>, Fault> {
    Programme::named(programme).ok_or_else(|| Fault::internal("no programme of this name"))
}

/// The request id of tests.
pub fn trace() -> Trace {
    Trace {
        request_id: "0192d3a0-7c1e-7b43-8a6e-2f1c9f0e5d11".into(),
    }
}
