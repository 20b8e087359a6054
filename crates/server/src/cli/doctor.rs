//! `durward doctor`: is the running service well, seen from outside?

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use reqwest::Client;
use serde_json::Value;

use super::out::{self, Stop};
use crate::config::{self, Config};

#[derive(Args)]
pub(super) struct Doctor {
    /// The configuration file of the running service.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

impl Doctor {
    pub(super) fn run(self) -> Result<(), Stop> {
        let config = config::load(&self.config)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let runtime =
            runtime.map_err(|error| Stop::failure(format!("the runtime cannot start: {error}")))?;
        let faults = runtime.block_on(examine(&config))?;
        if faults > 0 {
            return Err(Stop::failure(format!("{faults} checks failed")));
        }
        Ok(())
    }
}

async fn examine(config: &Config) -> Result<usize, Stop> {
    // Only the first provider of a process counts.
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    let http = Client::builder()
        .timeout(PATIENCE)
        .build()
        .map_err(|error| Stop::failure(error.to_string()))?;
    let mut faults = 0;
    let mut say = |what: &str, found: Result<(), String>| match found {
        Ok(()) => out::print(&format!("ok     {what}")),
        Err(fault) => {
            faults += 1;
            out::print(&format!("FAULT  {what}: {fault}"));
        }
    };
    let operators = format!("http://{}", config.metrics.listen);
    let fronts = config
        .environment
        .iter()
        .map(|each| &each.issuer)
        .chain([&config.portal.public_url, &operators]);
    for front in fronts {
        say(
            &format!("{front}/readyz"),
            text(&http, &format!("{front}/readyz")).await.map(drop),
        );
    }
    for each in &config.environment {
        let address = format!("{}/.well-known/openid-configuration", each.issuer);
        say(&address, discovery(&http, &address, &each.issuer).await);
    }
    Ok(faults)
}

/// The discovery document must name the issuer, and its keys must be there.
async fn discovery(http: &Client, address: &str, issuer: &str) -> Result<(), String> {
    let document = json(http, address).await?;
    if document["issuer"] != issuer {
        return Err(format!(
            "it names the issuer {} instead of {issuer}",
            document["issuer"]
        ));
    }
    let keys = json(http, document["jwks_uri"].as_str().unwrap_or_default()).await?;
    match keys["keys"].as_array() {
        Some(keys) if !keys.is_empty() => Ok(()),
        _ => Err("its key set is empty".to_owned()),
    }
}

async fn json(http: &Client, address: &str) -> Result<Value, String> {
    serde_json::from_str(&text(http, address).await?).map_err(|error| format!("not JSON: {error}"))
}

async fn text(http: &Client, address: &str) -> Result<String, String> {
    let answer = http
        .get(address)
        .send()
        .await
        .map_err(|error| format!("no answer: {}", error.without_url()))?;
    let status = answer.status();
    let body = answer
        .text()
        .await
        .map_err(|error| error.without_url().to_string())?;
    if status.is_success() {
        Ok(body)
    } else {
        Err(format!(
            "{status}: {}",
            body.lines().next().unwrap_or_default()
        ))
    }
}

const PATIENCE: Duration = Duration::from_secs(10);
