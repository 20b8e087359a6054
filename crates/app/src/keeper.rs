//! The portal: agreements, apps, launches, the calendar and releases.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use durward_domain::calendar::Calendar;
use durward_domain::environment::EnvironmentName;
use durward_domain::programme::Programme;
use durward_domain::release::Head;
use durward_keyring::jose::SigningKey;
use durward_keyring::random::Random;
use durward_keyring::seal::Sealer;
use durward_keyring::token::TokenHasher;
use durward_store::{Conn, Store, settings};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use crate::actor::Actor;
use crate::clock::Clock;
use crate::door::Door;
use crate::failure::Fault;
use crate::partner::sign_in::Provider;
use crate::picture::Pictures;
use crate::ports::mail::Smtp;
use crate::ports::outbound::Outbound;
use crate::record::{Note, Recorder, Trace};
use crate::secrets::Secrets;
use crate::signing_keys;

/// The control plane of the programme.
pub struct Keeper {
    /// The rules of the programme.
    pub programme: Arc<Programme>,
    /// Deployment windows.
    pub calendar: Calendar,
    /// The portal's own address, without a slash at the end.
    pub base_url: String,
    /// The portal's own database.
    pub store: Store,
    /// The keeper's time (calendar, requests, agreements, releases); `demo` can shift it. Sessions and tokens keep real time.
    pub clock: Clock,
    /// Chance.
    pub random: Random,
    /// Keyed hashes of cookies and tokens.
    pub hasher: Arc<TokenHasher>,
    /// Seals what a session keeps.
    pub sealer: Sealer,
    /// Writes the audit record.
    pub recorder: Recorder,
    /// Each environment, with the key that signs its releases.
    pub environments: Vec<EnvironmentLink>,
    /// How the portal signs its own users in.
    pub sign_in: PortalClient,
    /// Calls the URLs of apps.
    pub outbound: Outbound,
    /// Draws logos as mail shows them.
    pub pictures: Pictures,
    /// Where mail to members goes; without it notices are on their page only.
    pub post: Option<Smtp>,
    /// Only in `demo`: the clock may be moved and the sign-ins are shown.
    pub demo: bool,
    pub(crate) deploying: tokio::sync::Mutex<()>,
    /// Set once this node has released what was saved before it started.
    pub(crate) saved: tokio::sync::OnceCell<()>,
}

/// What it takes to open the portal.
pub struct KeeperSettings {
    /// The rules of the programme.
    pub programme: Arc<Programme>,
    /// The portal's own address, without a slash at the end.
    pub base_url: String,
    /// The portal's own database, migrated.
    pub store: Store,
    /// The keeper's time.
    pub clock: Clock,
    /// Chance.
    pub random: Random,
    /// The keys of the portal's database.
    pub secrets: Secrets,
    /// The environments of the programme.
    pub environments: Vec<EnvironmentSettings>,
    /// The live-class environment whose people sign in to the portal.
    pub sign_in: EnvironmentName,
    /// Calls the URLs of apps.
    pub outbound: Outbound,
    /// Where mail to members goes; without it notices are on their page only.
    pub post: Option<Smtp>,
    /// Whether this is a demonstration.
    pub demo: bool,
}

/// What the portal must know of an environment.
pub struct EnvironmentSettings {
    /// Which environment.
    pub name: EnvironmentName,
    /// Its issuer, without a slash at the end.
    pub issuer: String,
    /// The environment itself, when it runs in this process.
    pub door: Option<Arc<Door>>,
    /// What it shows when it asks for releases, when it runs elsewhere.
    pub pull_token: Option<String>,
}

/// The portal's hold on one environment.
pub struct EnvironmentLink {
    /// Which environment.
    pub name: EnvironmentName,
    /// Its issuer.
    pub issuer: String,
    /// The key that signs its releases: one per environment.
    pub release_key: Arc<SigningKey>,
    /// The environment itself, when it runs in this process.
    pub door: Option<Arc<Door>>,
    /// Keyed hash of what it shows when it asks for releases, when it runs elsewhere.
    pub(crate) pull_token: Option<String>,
    /// Where its releases stand; held while one is built, so that they follow each other.
    pub(crate) head: tokio::sync::Mutex<Option<Head>>,
    /// The sequence of the release that the environment refused last.
    pub(crate) refused: AtomicI64,
    /// The release up to which this node knows all to be noted as taken.
    pub(crate) noted: AtomicI64,
}

/// The portal as an ordinary app of its own live-class environment (OpenID Connect, `private_key_jwt`).
pub struct PortalClient {
    /// The environment whose people sign in to the portal.
    pub environment: EnvironmentName,
    /// The issuer of that environment.
    pub issuer: String,
    /// The portal's client id there.
    pub client_id: String,
    /// The portal's client key.
    pub key: Arc<SigningKey>,
    /// For calls to the provider.
    pub http: reqwest::Client,
    pub(crate) provider: ArcSwapOption<Provider>,
}

/// The release key of an environment, made at first use. Its public half is what the environment pins.
///
/// # Errors
/// A fault of the database, or a key that the master key does not open.
pub async fn release_key(
    store: &Store,
    secrets: &Secrets,
    random: &Random,
    environment: EnvironmentName,
    clock: &Clock,
) -> Result<Arc<SigningKey>, Fault> {
    let purpose = format!("release:{environment}");
    signing_keys::ensure_one(store, &secrets.sealer, random, &purpose, clock.real_now()).await
}

impl Keeper {
    /// Opens the portal: loads or makes its keys and takes up the kept shift of the demonstration's clock.
    ///
    /// # Errors
    /// A fault of the database, or keys that the master key does not open.
    pub async fn open(settings: KeeperSettings) -> Result<Arc<Self>, Fault> {
        let KeeperSettings {
            programme,
            base_url,
            store,
            clock,
            random,
            secrets,
            environments,
            sign_in,
            outbound,
            post,
            demo,
        } = settings;
        if !sign_in.class().is_live() {
            // Its test API opens sessions for anyone.
            return Err(Fault::internal(
                "a test-class environment cannot sign in to the portal",
            ));
        }
        let now = clock.real_now();
        let key =
            signing_keys::ensure_one(&store, &secrets.sealer, &random, CLIENT_KEY, now).await?;
        let mut links = Vec::with_capacity(environments.len());
        for one in environments {
            let release_key = release_key(&store, &secrets, &random, one.name, &clock).await?;
            links.push(EnvironmentLink {
                name: one.name,
                issuer: one.issuer,
                release_key,
                door: one.door,
                pull_token: one.pull_token.map(|token| secrets.hasher.hash(&token)),
                head: tokio::sync::Mutex::new(None),
                refused: AtomicI64::new(0),
                noted: AtomicI64::new(0),
            });
        }
        let issuer = links
            .iter()
            .find(|link| link.name == sign_in)
            .map(|link| link.issuer.clone())
            .ok_or_else(|| {
                Fault::internal("the environment that signs in to the portal is not configured")
            })?;
        if demo {
            let kept = store.read(|c| settings::find(c, CLOCK_SHIFT)).await?;
            if let Some(shift) = kept.and_then(|kept| kept.content.parse().ok()) {
                clock.restore_shift(shift);
            }
        }
        Ok(Arc::new(Self {
            calendar: Calendar::of(&programme),
            programme,
            base_url,
            hasher: Arc::clone(&secrets.hasher),
            sealer: secrets.sealer.clone(),
            recorder: secrets.recorder.clone(),
            environments: links,
            sign_in: PortalClient {
                environment: sign_in,
                issuer,
                client_id: PORTAL_CLIENT_ID.to_owned(),
                key,
                http: http_client()?,
                provider: ArcSwapOption::empty(),
            },
            outbound,
            pictures: Pictures::default(),
            post,
            demo,
            deploying: tokio::sync::Mutex::new(()),
            saved: tokio::sync::OnceCell::new(),
            store,
            clock,
            random,
        }))
    }

    /// The link to one environment.
    pub fn environment(&self, name: EnvironmentName) -> Option<&EnvironmentLink> {
        self.environments.iter().find(|link| link.name == name)
    }

    /// The keeper's day, in the programme's time zone.
    pub fn today(&self) -> Date {
        self.calendar.date_of(self.clock.now())
    }

    /// An address of the portal.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    /// Records what happened in the audit record, at real time.
    pub(crate) fn record(
        &self,
        c: &mut Conn,
        happened: &Happened<'_>,
    ) -> Result<(), durward_store::Fault> {
        let mut detail = happened.detail.clone();
        if self.clock.shift_us() != 0
            && let Value::Object(fields) = &mut detail
        {
            fields.insert(
                "keeper_time".to_owned(),
                self.clock.now().to_string().into(),
            );
        }
        self.recorder.event(
            c,
            Note {
                time: self.clock.real_now(),
                actor: happened.actor,
                event: happened.event,
                subject: happened.subject,
                trace: happened.trace,
                detail,
            },
        )
    }
}

/// One thing that happened in the portal.
pub(crate) struct Happened<'a> {
    pub(crate) actor: &'a Actor,
    pub(crate) event: durward_domain::event::Event,
    pub(crate) subject: &'a str,
    pub(crate) trace: Option<&'a Trace>,
    pub(crate) detail: Value,
}

/// Microseconds as a time; the beginning of time where they are out of range.
pub(crate) fn time(us: i64) -> Timestamp {
    Timestamp::from_microsecond(us).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The portal's client id in the environment that signs its users in.
pub const PORTAL_CLIENT_ID: &str = "urn:durward:portal";
/// The setting that keeps the shift of the demonstration's clock, in microseconds.
pub(crate) const CLOCK_SHIFT: &str = "demo.clock_shift_us";
const CLIENT_KEY: &str = "portal_client";

pub(crate) fn http_client() -> Result<reqwest::Client, Fault> {
    // A second installation in the same process is refused, and harmless.
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(3))
        .timeout(Duration::from_secs(10))
        .no_proxy()
        .build()
        .map_err(|error| Fault::internal(format!("making the HTTP client: {error}")))
}
