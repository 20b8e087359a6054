//! The parts of a demonstration: ports, addresses, the programme, the sample, and what its own page shows.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use durward_app::demonstration::{
    DemoEnvironment, DemoMember, DemoPerson, DemoSignIn, DemoTokens, Demonstration,
};
use durward_app::ports::mail::{Post, Smtp};
use durward_app::ports::mailbox::Mailbox;
use durward_app::ports::outbound::Outbound;
use durward_app::{Clock, Fault};
use durward_domain::environment::{EnvironmentClass, EnvironmentName};
use durward_domain::programme::Programme;
use durward_keyring::jose::SigningKey;
use durward_keyring::master::MasterKey;
use durward_keyring::random::Random;

use super::cast::{self, Colleague, SignIn};
use super::{DemoFault, apps};
use crate::listen::{ListenFault, Listener};
use crate::roles::open::{Cast, EnvironmentPart, PortalPart};
use crate::roles::{self, Place, process};
use crate::sample;
use crate::secrets::DataFolder;

/// The ports, taken before anything else: a busy one is told at once.
pub(super) struct Listeners {
    pub(super) portal: Listener,
    pub(super) environments: Vec<Listener>,
    pub(super) sample: Listener,
    pub(super) metrics: Listener,
}

impl Listeners {
    pub(super) fn bind(base: u16) -> Result<Self, ListenFault> {
        let at = |name: &str, offset: u16| Listener::bind_localhost(name, base + offset);
        let mut environments = Vec::new();
        for (name, offset) in EnvironmentName::ALL.into_iter().zip(1..) {
            environments.push(at(name.as_str(), offset)?);
        }
        Ok(Self {
            portal: at("portal", 0)?,
            environments,
            sample: at("sample", SAMPLE)?,
            metrics: at("metrics", METRICS)?,
        })
    }
}

/// Where everything is.
pub(super) struct Addresses {
    pub(super) portal: String,
    pub(super) environments: Vec<(EnvironmentName, String)>,
    pub(super) sample: String,
    pub(super) metrics: String,
}

impl Addresses {
    pub(super) fn of(base: u16) -> Self {
        let at = |offset: u16| format!("http://localhost:{}", base + offset);
        Self {
            portal: at(0),
            environments: EnvironmentName::ALL
                .into_iter()
                .zip(1..)
                .map(|(name, offset)| (name, at(offset)))
                .collect(),
            sample: at(SAMPLE),
            metrics: at(METRICS),
        }
    }
}

/// The programme of this folder: chosen at its first start, the same ever after.
pub(super) fn programme(
    folder: &DataFolder,
    wanted: Option<Arc<Programme>>,
) -> Result<Arc<Programme>, DemoFault> {
    let first = wanted
        .as_ref()
        .map_or("us", |programme| programme.name.as_str());
    let kept = folder.secret_file(PROGRAMME_FILE, || first.as_bytes().to_vec())?;
    let kept = String::from_utf8_lossy(&kept).trim().to_owned();
    match wanted {
        Some(wanted) if wanted.name == kept => Ok(wanted),
        Some(_) => Err(DemoFault::OtherProgramme(kept)),
        None => super::named(&kept),
    }
}

/// The sample's private key, made at the first start.
pub(super) fn sample_key(folder: &DataFolder) -> Result<SigningKey, DemoFault> {
    let wrong = |error| Fault::internal(format!("the sample's key: {error}"));
    let made = sample::new_key().map_err(wrong)?;
    let kept = folder.secret_file(sample::KEY_FILE, || made)?;
    Ok(sample::read_key(&kept).map_err(wrong)?)
}

/// What the process plays.
pub(super) fn cast(
    addresses: &Addresses,
    programme: &Arc<Programme>,
    data: &Path,
    master: &MasterKey,
    smtp: &str,
) -> Result<Cast, Fault> {
    let mut places = roles::of_folder(data).into_iter();
    let portal = places
        .next()
        .ok_or_else(|| Fault::internal("no place for the portal"))?;
    let environments = addresses.environments.iter().zip(places);
    Ok(Cast {
        programme: Arc::clone(programme),
        portal_url: addresses.portal.clone(),
        portal: Some(PortalPart {
            place: portal,
            sign_in: EnvironmentName::Production,
            post: Smtp::new(smtp, PORTAL_SENDER)?
                .with_replies(Some("portal.example.gov".to_owned())),
            demo: true,
        }),
        environments: environments
            .map(|((name, issuer), place)| environment(*name, issuer, place, master, smtp))
            .collect::<Result<_, Fault>>()?,
        elsewhere: Vec::new(),
        outbound: Outbound::with_loopback(crate::config::system_name_servers()),
        password_threads: process::or_cores(0),
        breached: None,
        migrate: true,
    })
}

fn environment(
    name: EnvironmentName,
    issuer: &str,
    place: Place,
    master: &MasterKey,
    smtp: &str,
) -> Result<EnvironmentPart, Fault> {
    let test = name.class() == EnvironmentClass::Test;
    let sender = format!("{} <{name}@identity.example.gov>", name.title());
    Ok(EnvironmentPart {
        name,
        issuer: issuer.to_owned(),
        place,
        post: if test {
            Post::Inbox
        } else {
            Post::Smtp(Smtp::new(smtp, &sender)?)
        },
        release_key: None,
        automation_token: test.then(|| cast::automation_token(master)),
        pull_token: None,
    })
}

/// What the demonstration's own page shows.
pub(super) fn demonstration(
    addresses: &Addresses,
    master: &MasterKey,
    sample_key: &str,
    (mailbox, smtp): (Mailbox, String),
) -> Demonstration {
    let member = |one: &Colleague| DemoMember {
        role: one.role,
        team: one.team.map(str::to_owned),
        name: one.name.to_owned(),
        sign_in: sign_in(master, one.email),
    };
    let environment = |(name, issuer): &(EnvironmentName, String)| DemoEnvironment {
        name: *name,
        issuer: issuer.clone(),
        automation_token: (name.class() == EnvironmentClass::Test)
            .then(|| cast::automation_token(master)),
    };
    Demonstration {
        portal: addresses.portal.clone(),
        sample_app: addresses.sample.clone(),
        sample_key: sample_key.to_owned(),
        environments: addresses.environments.iter().map(environment).collect(),
        staff: cast::STAFF.iter().map(member).collect(),
        partners: cast::PARTNERS.iter().map(member).collect(),
        people: cast::CITIZENS
            .iter()
            .map(|one| DemoPerson {
                level: one.level(),
                sign_in: sign_in(master, one.email),
            })
            .collect(),
        mailbox,
        smtp,
        tokens: DemoTokens::default(),
    }
}

fn sign_in(master: &MasterKey, email: &str) -> DemoSignIn {
    let SignIn { password, totp } = SignIn::of(master, email);
    DemoSignIn {
        email: email.to_owned(),
        password,
        totp,
    }
}

/// The sample relying party, preset to its own app.
pub(super) fn sample_router(
    addresses: &Addresses,
    key: SigningKey,
    random: &Random,
) -> Result<Router, Fault> {
    sample::router(sample::Settings {
        base_url: addresses.sample.clone(),
        environments: addresses
            .environments
            .iter()
            .map(|(name, issuer)| (name.to_string(), issuer.clone()))
            .collect(),
        client_id: apps::SAMPLE.client_id(),
        key,
        random: random.clone(),
        now: || Clock::real().now(),
    })
    .map_err(Fault::internal)
}

/// The port of the sample after the portal's.
const SAMPLE: u16 = 4;
/// The last port that is used after the portal's.
pub(super) const METRICS: u16 = 9;
const PORTAL_SENDER: &str = "Partner portal <portal@identity.example.gov>";
const PROGRAMME_FILE: &str = "programme";
