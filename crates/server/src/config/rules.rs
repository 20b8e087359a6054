//! Rules that concern more than one key.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use durward_domain::environment::EnvironmentName;
use durward_keyring::jose::PublicKey;
use url::{Host, Url};

use super::{Config, ConfigFault, Database};

/// Refuses a configuration that would be unsafe or could not work.
pub(super) fn check(config: &Config) -> Result<(), ConfigFault> {
    listeners(config)?;
    mail_in(config)?;
    addresses(config)?;
    identity_provider(config)?;
    release_keys(config)?;
    pull_tokens(config)?;
    databases(config)
}

fn listeners(config: &Config) -> Result<(), ConfigFault> {
    let mut seen = BTreeSet::new();
    for (path, listen) in named_listeners(config) {
        if !seen.insert(listen) {
            return Err(ConfigFault::rule(
                path,
                format!("{listen} is already used by another listener"),
            ));
        }
        if !listen.ip().is_loopback() && config.server.behind_proxy.is_empty() {
            return Err(ConfigFault::rule(
                path,
                format!(
                    "{listen} is not a loopback address, and this server speaks plain HTTP. Listen on 127.0.0.1, or name the proxies that end TLS in server.behind_proxy"
                ),
            ));
        }
    }
    Ok(())
}

/// Whoever reaches it may hand over mail: it is for the operator's own network.
fn mail_in(config: &Config) -> Result<(), ConfigFault> {
    let Some(mail_in) = &config.portal.mail_in else {
        return Ok(());
    };
    let near = match mail_in.listen.ip() {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local(),
    };
    if !near {
        let listen = mail_in.listen;
        return Err(ConfigFault::rule(
            "portal.mail_in.listen".to_owned(),
            format!(
                "{listen} is neither a loopback nor a private address. Let the operator's mail server hand mail over inside the network"
            ),
        ));
    }
    let sound = !mail_in.domain.is_empty()
        && mail_in
            .domain
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-');
    if !sound {
        return Err(ConfigFault::rule(
            "portal.mail_in.domain".to_owned(),
            format!("{} is not a host name", mail_in.domain),
        ));
    }
    Ok(())
}

fn named_listeners(config: &Config) -> Vec<(String, SocketAddr)> {
    let mut all = vec![("metrics.listen".to_owned(), config.metrics.listen)];
    all.extend(
        config
            .portal
            .listen
            .map(|listen| ("portal.listen".to_owned(), listen)),
    );
    all.extend(
        config
            .environment
            .iter()
            .filter_map(|each| Some((format!("environment.{}.listen", each.name), each.listen?))),
    );
    all
}

fn addresses(config: &Config) -> Result<(), ConfigFault> {
    let mut seen = BTreeSet::new();
    let portal = ("portal.public_url".to_owned(), &config.portal.public_url);
    let issuers = config
        .environment
        .iter()
        .map(|each| (format!("environment.{}.issuer", each.name), &each.issuer));
    for (path, address) in issuers.chain([portal]) {
        if let Err(message) = public_address(address) {
            return Err(ConfigFault::rule(path, message));
        }
        if !seen.insert(address) {
            return Err(ConfigFault::rule(
                path,
                "two parts of the service have the same address",
            ));
        }
    }
    Ok(())
}

fn public_address(address: &str) -> Result<(), String> {
    let url = Url::parse(address).map_err(|error| format!("{address} is not a URL: {error}"))?;
    if address.ends_with('/') {
        return Err(format!("write {address} without the slash at the end"));
    }
    if url.query().is_some()
        || url.fragment().is_some()
        || url.path() != "/"
        || !url.username().is_empty()
    {
        return Err(format!(
            "{address} must have a scheme, a host and perhaps a port, and nothing more"
        ));
    }
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" => Ok(()),
        "http" if loopback => Ok(()),
        _ => Err(format!(
            "{address} must begin with https://; plain http is for loopback only"
        )),
    }
}

fn identity_provider(config: &Config) -> Result<(), ConfigFault> {
    let names: BTreeSet<EnvironmentName> =
        config.environment.iter().map(|each| each.name).collect();
    if names.len() != config.environment.len() {
        return Err(ConfigFault::rule(
            "environment",
            "an environment is listed twice",
        ));
    }
    if config.portal.listen.is_none() {
        return Ok(());
    }
    let provider = config.portal.identity_provider;
    let path = "portal.identity_provider";
    if !provider.class().is_live() {
        return Err(ConfigFault::rule(
            path,
            "the sandbox cannot sign people in to the portal: its test API can open a session for anyone. Use production",
        ));
    }
    if !names.contains(&provider) {
        return Err(ConfigFault::rule(
            path,
            format!("there is no [[environment]] with the name {provider}"),
        ));
    }
    Ok(())
}

/// Who takes releases must know who signs them, from a place that the sender of releases cannot change.
fn release_keys(config: &Config) -> Result<(), ConfigFault> {
    for environment in &config.environment {
        let path = format!("environment.{}.release_key", environment.name);
        match (&environment.release_key, config.portal.listen) {
            (None, None) => {
                return Err(ConfigFault::rule(
                    path,
                    "this process has no portal, so the key that signs releases must be named here. `durward keys release` prints it where the portal is",
                ));
            }
            (Some(pem), _) => {
                PublicKey::from_pem(pem)
                    .map_err(|fault| ConfigFault::rule(path, fault.to_string()))?;
            }
            (None, Some(_)) => {}
        }
    }
    Ok(())
}

/// An environment that runs apart from the portal shows a token there; both ends have it.
fn pull_tokens(config: &Config) -> Result<(), ConfigFault> {
    let portal_is_here = config.portal.listen.is_some();
    for environment in &config.environment {
        let path = |key: &str| format!("environment.{}.{key}", environment.name);
        let token = environment.pull_token.as_ref();
        match (environment.listen, token, portal_is_here) {
            (None, _, false) => {
                return Err(ConfigFault::rule(
                    path("listen"),
                    "say where it listens. Only beside a portal may it be left out, for an environment that another process plays",
                ));
            }
            (None, None, true) => {
                return Err(ConfigFault::rule(
                    path("pull_token"),
                    "another process plays this environment, since it has no `listen`. Set the token with which it asks for releases, or say where it listens",
                ));
            }
            (Some(_), Some(_), true) => {
                return Err(ConfigFault::rule(
                    path("pull_token"),
                    "this process plays both the portal and this environment, so nothing is pulled. Leave the token out",
                ));
            }
            _ => {}
        }
        if token.is_some_and(|token| token.expose().len() < SHORTEST_TOKEN) {
            return Err(ConfigFault::rule(
                path("pull_token"),
                format!(
                    "use at least {SHORTEST_TOKEN} characters, such as `openssl rand -hex 32` prints"
                ),
            ));
        }
    }
    Ok(())
}

const SHORTEST_TOKEN: usize = 32;

fn databases(config: &Config) -> Result<(), ConfigFault> {
    let portal = ("portal.database".to_owned(), &config.portal.database);
    let environments = config.played().map(|each| {
        (
            format!("environment.{}.database", each.name),
            &each.database,
        )
    });
    let mut seen: Vec<&Database> = Vec::new();
    for (path, database) in environments.chain([portal]) {
        if database.sqlite.is_some() && database.postgres.is_some() {
            return Err(ConfigFault::rule(
                path,
                "set either sqlite or postgres, not both",
            ));
        }
        if database.threads == 0 {
            return Err(ConfigFault::rule(
                format!("{path}.threads"),
                "at least one thread is needed",
            ));
        }
        let shared = |other: &&&Database| {
            (database.sqlite.is_some() && database.sqlite == other.sqlite)
                || (database.postgres.is_some() && database.postgres == other.postgres)
        };
        if seen.iter().find(shared).is_some() {
            return Err(ConfigFault::rule(
                path,
                "the portal and each environment need a database of their own",
            ));
        }
        seen.push(database);
    }
    Ok(())
}
