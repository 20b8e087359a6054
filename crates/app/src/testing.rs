//! A door for tests: a throw-away database, a clock that stands where a test puts it, seeded chance.

pub mod apps;
pub mod certificates;
pub mod keys;
pub mod proofs;
pub mod server;

use std::sync::Arc;

use durward_accounts::authenticator::breached::{Breached, Entry};
use durward_domain::environment::EnvironmentName;
use durward_domain::programme::Programme;
use durward_domain::release::Head;
use durward_keyring::jose::{Algorithm, PublicKey, SigningKey};
use durward_keyring::master::MasterKey;
use durward_keyring::random::Random;
use durward_store::testing::TestStore;

use crate::citizen::letter::{Message, Wording, Written};
use crate::clock::Clock;
use crate::door::{Door, DoorSettings};
use crate::failure::Fault;
use crate::passwords::PasswordPool;
use crate::ports::mail::Post;
use crate::ports::outbound::Outbound;
use crate::secrets::Secrets;

/// A door with everything that a test wants to hold.
pub struct TestDoor {
    /// The door.
    pub door: Arc<Door>,
    /// The key that signs its releases.
    pub release_key: Arc<SigningKey>,
    head: tokio::sync::Mutex<Head>,
    master: MasterKey,
    store: TestStore,
}

/// The demo's automation token of every test door.
pub const AUTOMATION_TOKEN: &str = "automation-token-of-tests";

impl TestDoor {
    /// A sandbox on SQLite; its clock begins near real time, as sessions and codes of browsers do.
    ///
    /// # Errors
    /// When the database or the keys cannot be made.
    pub async fn sandbox() -> Result<Self, Fault> {
        Self::open(
            EnvironmentName::Sandbox,
            "http://localhost:8401",
            Post::Inbox,
        )
        .await
    }

    /// An environment with this name, address and way to send mail.
    ///
    /// # Errors
    /// As above.
    pub async fn open(name: EnvironmentName, issuer: &str, post: Post) -> Result<Self, Fault> {
        Self::over(durward_store::testing::sqlite()?, name, issuer, post).await
    }

    /// A sandbox on PostgreSQL, or none where that is not installed.
    ///
    /// # Errors
    /// As above.
    pub async fn postgres() -> Result<Option<Self>, Fault> {
        let Some(store) = durward_store::testing::postgres()? else {
            return Ok(None);
        };
        let (name, issuer) = (EnvironmentName::Sandbox, "http://localhost:8401");
        Self::over(store, name, issuer, Post::Inbox).await.map(Some)
    }

    /// One on each engine that is installed.
    ///
    /// # Errors
    /// As above.
    pub async fn on_both() -> Result<Vec<Self>, Fault> {
        let mut doors = vec![Self::sandbox().await?];
        doors.extend(Self::postgres().await?);
        Ok(doors)
    }

    /// The same environment at another node, or after a new start: with nothing in memory of what happened before.
    ///
    /// # Errors
    /// As above.
    pub async fn another_node(&self) -> Result<Arc<Door>, Fault> {
        let settings = settings(
            &self.store,
            &self.master,
            self.door.name,
            &self.door.issuer,
            self.door.post.clone(),
            self.release_key.public().clone(),
            Random::system(),
        )?;
        let node = Door::open(settings).await?;
        let ahead = self.door.clock.now().duration_since(node.clock.now());
        node.clock.pass(ahead.as_secs());
        Ok(node)
    }

    async fn over(
        store: TestStore,
        name: EnvironmentName,
        issuer: &str,
        post: Post,
    ) -> Result<Self, Fault> {
        let master = MasterKey::generate(&Random::seeded(6));
        let release_key = SigningKey::generate(Algorithm::ES256)
            .map_err(|fault| Fault::internal(fault.to_string()))?;
        let public = release_key.public().clone();
        let chance = Random::seeded(7);
        let settings = settings(&store, &master, name, issuer, post, public, chance)?;
        let door = Door::open(settings).await?;
        Ok(Self {
            door,
            release_key: Arc::new(release_key),
            head: tokio::sync::Mutex::new(Head::beginning(name)),
            master,
            store,
        })
    }

    /// Lets time go by, everywhere: authenticators and apps get older with the door.
    pub fn advance(&self, seconds: i64) {
        self.door.clock.pass(seconds);
    }
}

/// A password that everybody would take for a good one, but that was stolen somewhere.
pub const STOLEN_PASSWORD: &str = "violet kayak ladder";

/// The list of stolen passwords that every test door knows.
fn stolen() -> Option<Breached> {
    // Its SHA-1, as the published lists have it.
    let line = "C553C357694A37587C690E1B0919E41C7AB0B0FE:3";
    let entry = Entry::read(line, 1).ok().flatten()?;
    Breached::build(vec![entry]).ok()
}

fn settings(
    store: &TestStore,
    master: &MasterKey,
    name: EnvironmentName,
    issuer: &str,
    post: Post,
    release_key: PublicKey,
    random: Random,
) -> Result<DoorSettings, Fault> {
    Ok(DoorSettings {
        name,
        programme: Programme::named("us")
            .ok_or_else(|| Fault::internal("no programme called us"))?,
        issuer: issuer.to_owned(),
        portal_url: "http://localhost:8400".to_owned(),
        store: (**store).clone(),
        clock: Clock::real(),
        random: random.clone(),
        secrets: Secrets::derive(master, name.as_str(), &random),
        passwords: PasswordPool::start(1, 64, Secrets::pepper(master), random)?.knowing(stolen()),
        post,
        outbound: Outbound::for_tests(),
        release_key,
        automation_token: Some(AUTOMATION_TOKEN.to_owned()),
    })
}

/// Mails in words that a test can look for.
pub struct PlainWords;

impl Wording for PlainWords {
    fn write(&self, _: &Door, language: &str, message: &Message<'_>, app: Option<&str>) -> Written {
        let (subject, text) = match message {
            Message::ConfirmEmail { code, link, .. } => ("confirm", format!("{code} {link}")),
            Message::AccountSuspended => ("suspended", String::new()),
            Message::AccountReinstated { link } => ("reinstated", (*link).to_owned()),
            Message::SignedOutEverywhere { link } => ("signed out", (*link).to_owned()),
            Message::AccountExists { link } => ("exists", (*link).to_owned()),
            Message::AccountCreated { link } => ("created", (*link).to_owned()),
            Message::ConfirmAddress { code, link, .. } => ("address", format!("{code} {link}")),
            Message::AddressInUse { link } => ("in use", (*link).to_owned()),
            Message::AddressAdded { email, .. } => ("added", (*email).to_owned()),
            Message::AddressRemoved { email, .. } => ("removed", (*email).to_owned()),
        };
        Written {
            subject: format!("{subject} {language}"),
            text: match app {
                Some(name) => format!("{text} {name}"),
                None => text,
            },
        }
    }
}
