//! `durward serve`: the portal and environments that a configuration names.

use std::io::{self, Write as _};
use std::sync::Arc;

use durward_app::Fault;
use durward_app::keeper::EnvironmentSettings;
use durward_app::operator::first_administrator;
use durward_app::ports::mail::{Post, Smtp};
use durward_app::ports::outbound::Outbound;
use durward_domain::environment::EnvironmentClass;
use durward_domain::programme::Programme;
use durward_keyring::jose::PublicKey;
use durward_keyring::random::Random;

use super::open::{Cast, EnvironmentPart, PortalPart, open};
use super::{Place, databases, process, routers, work};
use crate::config::{Config, Environment};
use crate::listen::{ListenFault, Listener, Serving, socket};
use crate::mail_in::MailIn;
use crate::secrets::{DataFolder, FolderFault};
use crate::telemetry;

/// Opens everything, answers, and runs until it is stopped.
///
/// # Errors
/// A sentence about the folder, a port, a database or the configuration.
pub async fn run(config: Config) -> Result<(), ServeFault> {
    let random = Random::system();
    let programme = Programme::named(&config.programme.name)
        .ok_or_else(|| ServeFault::NoProgramme(config.programme.name.clone()))?;
    // Ports first: a busy one is told before anything is touched.
    let portal_listener = config
        .portal
        .listen
        .map(|listen| Listener::bind("portal", listen));
    let portal_listener = portal_listener.transpose()?;
    let mut listeners = Vec::with_capacity(config.environment.len());
    for environment in config.played() {
        if let Some(listen) = environment.listen {
            listeners.push(Listener::bind(environment.name.as_str(), listen)?);
        }
    }
    let mail_listener = match &config.portal.mail_in {
        Some(mail_in) if config.portal.listen.is_some() => Some(socket("mail", mail_in.listen)?),
        _ => None,
    };
    let metrics_listener = Listener::bind("metrics", config.metrics.listen)?;
    let folder = DataFolder::take(&config.server.data)?;
    let master = folder.master_key(config.server.master_key.as_ref(), &random)?;
    let metrics = telemetry::start_metrics().map_err(Fault::internal)?;

    let opened = open(cast(&config, &programme)?, &master, &random).await?;
    let limits = process::limits(&config.server);
    let mut serving = Serving::new(limits.clone(), process::readiness(&opened.stores));
    if let (Some(keeper), Some(listener)) = (&opened.keeper, portal_listener) {
        serving.add(listener, routers::portal(keeper, None, &master, &random)?);
        if let Some(listener) = mail_listener {
            tokio::spawn(MailIn::new(Arc::clone(keeper)).answer(listener));
        }
    }
    for (door, listener) in opened.doors.iter().zip(listeners) {
        serving.add(listener, routers::door(door, &master, &random)?);
    }
    serving.add_metrics(metrics_listener, metrics);
    let jobs = work::start(&opened, folder.path(), &random);
    tell(&config);
    if let Some(keeper) = &opened.keeper
        && let Some(link) = first_administrator::link(keeper).await?
    {
        tell_link(&link);
    }
    serving.until_stopped().await;
    work::stop(jobs, &opened, limits.grace).await;
    Ok(())
}

fn cast(config: &Config, programme: &Arc<Programme>) -> Result<Cast, Fault> {
    let mut places = databases::of_config(config).into_iter();
    let portal = match config.portal.listen {
        Some(_) => {
            let post = Smtp::new(config.mail.smtp.expose(), &config.mail.from)?;
            let mail_in = config.portal.mail_in.as_ref();
            let replies = mail_in.map(|mail_in| mail_in.domain.clone());
            places.next().map(|place| PortalPart {
                place,
                sign_in: config.portal.identity_provider,
                post: post.with_replies(replies),
                demo: false,
            })
        }
        None => None,
    };
    let environments = config.played().zip(places);
    let elsewhere = config.elsewhere().map(|each| EnvironmentSettings {
        name: each.name,
        issuer: each.issuer.clone(),
        door: None,
        pull_token: each
            .pull_token
            .as_ref()
            .map(|token| token.expose().to_owned()),
    });
    Ok(Cast {
        programme: Arc::clone(programme),
        portal_url: config.portal.public_url.clone(),
        portal,
        environments: environments
            .map(|(environment, place)| part(config, environment, place))
            .collect::<Result<_, Fault>>()?,
        elsewhere: elsewhere.collect(),
        outbound: Outbound::new(config.outbound.allow.clone(), config.outbound.servers()),
        password_threads: process::or_cores(config.server.password_threads),
        breached: config.passwords.breached().map_err(Fault::internal)?,
        migrate: config.server.migrate_on_start,
    })
}

fn part(
    config: &Config,
    environment: &Environment,
    place: Place,
) -> Result<EnvironmentPart, Fault> {
    let post = match environment.name.class() {
        EnvironmentClass::Test => Post::Inbox,
        EnvironmentClass::Live => {
            Post::Smtp(Smtp::new(config.mail.smtp.expose(), &config.mail.from)?)
        }
    };
    let release_key = environment.release_key.as_deref().map(PublicKey::from_pem);
    Ok(EnvironmentPart {
        name: environment.name,
        issuer: environment.issuer.clone(),
        place,
        post,
        release_key: release_key
            .transpose()
            .map_err(|fault| Fault::internal(format!("{}: {fault}", environment.name)))?,
        automation_token: None,
        pull_token: environment
            .pull_token
            .as_ref()
            .map(|token| token.expose().to_owned()),
    })
}

/// To standard output and not to the log: whoever has it becomes administrator.
fn tell_link(link: &str) {
    let text = format!(
        "This service has no administrator yet. Make an account, sign in to the portal, and open this link within a day:\n{link}\n"
    );
    let mut out = io::stdout().lock();
    // A reader that has gone away is no error: the next start prints another link.
    drop(out.write_all(text.as_bytes()).and_then(|()| out.flush()));
}

fn tell(config: &Config) {
    if let Some(listen) = config.portal.listen {
        tracing::info!(%listen, url = config.portal.public_url, "the portal answers");
    }
    for environment in &config.environment {
        let issuer = &environment.issuer;
        match environment.listen {
            Some(listen) => {
                tracing::info!(environment = %environment.name, %listen, issuer, "the environment answers");
            }
            None => {
                tracing::info!(environment = %environment.name, issuer, "the environment runs elsewhere and pulls its releases");
            }
        }
    }
    tracing::info!(listen = %config.metrics.listen, "metrics and health answer");
}

/// Why the service did not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeFault {
    /// The data folder.
    #[error("{0} ({code})", code = .0.code())]
    Folder(#[from] FolderFault),
    /// A port.
    #[error("{0} ({code})", code = .0.code())]
    Listen(#[from] ListenFault),
    /// A database, a key, or another thing of ours.
    #[error("the service cannot start: {0}")]
    Fault(#[from] Fault),
    /// The configuration names a programme that there is not.
    #[error(
        "programme.name: there is no programme called \"{0}\". Known: {known}", known = Programme::names().join(", ")
    )]
    NoProgramme(String),
}

impl ServeFault {
    /// Whether the configuration is to blame.
    pub fn is_configuration(&self) -> bool {
        matches!(self, Self::NoProgramme(_))
    }
}
