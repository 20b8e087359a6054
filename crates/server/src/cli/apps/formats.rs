//! `durward apps export` and `durward apps import`.

use std::path::PathBuf;

use clap::Args;
use durward_domain::environment::EnvironmentName;
use durward_domain::formats::{self, Format, Hints, Imported};
use durward_domain::id::{AppHandle, TeamHandle};

use super::apply;
use super::files;
use super::portal::{Address, block};
use crate::cli::out::{self, Stop};

#[derive(Args)]
pub(in crate::cli) struct Export {
    /// The app's short name.
    #[arg(value_name = "HANDLE")]
    handle: AppHandle,
    /// The environment of the configuration.
    #[arg(long, value_name = "NAME", default_value = "sandbox")]
    environment: EnvironmentName,
    /// durward-json, durward-toml, login-gov-json, login-gov-yaml, gov-uk-json, saml-metadata or oidc-metadata.
    #[arg(long, value_name = "NAME", default_value = "durward-json")]
    format: Format,
    /// Leave out what the format cannot say instead of sending it along in a member named durward.
    #[arg(long)]
    plain: bool,
    /// Write to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    address: Address,
}

impl Export {
    pub(super) fn run(self) -> Result<(), Stop> {
        let portal = self.address.open()?;
        let path = format!(
            "/apps/{}/{}/export?format={}&plain={}",
            self.handle, self.environment, self.format, self.plain
        );
        let answer = block(portal.get(&path))?.good()?;
        match &self.out {
            Some(file) => files::write(file, &answer.text),
            None => {
                out::print(&answer.text);
                Ok(())
            }
        }
    }
}

#[derive(Args)]
pub(in crate::cli) struct Import {
    /// The text; `-` reads standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Its format. Without it the format is guessed.
    #[arg(long, value_name = "NAME")]
    format: Option<Format>,
    /// The team that will own the app.
    #[arg(long, value_name = "TEAM")]
    team: Option<TeamHandle>,
    /// The app's short name.
    #[arg(long, value_name = "HANDLE")]
    handle: Option<AppHandle>,
    /// The environment that the configuration is for.
    #[arg(long, value_name = "NAME")]
    environment: Option<EnvironmentName>,
    /// Write the document to this file: TOML when its name ends so, otherwise JSON.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Save it through the portal.
    #[arg(long)]
    apply: bool,
    #[command(flatten)]
    address: OptionalAddress,
}

/// The portal is needed only with `--apply`.
#[derive(Args)]
struct OptionalAddress {
    /// The portal's address, for --apply.
    #[arg(long, value_name = "URL", env = "DURWARD_PORTAL")]
    portal: Option<reqwest::Url>,
    /// A file with the API token, for --apply. Without it the token is taken from DURWARD_TOKEN.
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
}

impl Import {
    pub(super) fn run(self) -> Result<(), Stop> {
        let hints = Hints {
            handle: self.handle,
            team: self.team,
            environment: self.environment,
        };
        let text = files::text(&self.file)?;
        let imported = formats::import(&text, self.format, &hints).map_err(|refused| {
            let lines: Vec<String> = refused
                .faults
                .iter()
                .map(|fault| format!("  {fault}"))
                .collect();
            Stop::failure(format!(
                "{} cannot be imported:\n{}",
                self.file.display(),
                lines.join("\n")
            ))
        })?;
        report(&imported);
        let document = &imported.document;
        match &self.out {
            Some(file) if files::is_toml(file) => files::write(file, &document.to_toml())?,
            Some(file) => files::write(file, &format!("{}\n", document.to_json_pretty()))?,
            None if self.apply => {}
            None => out::print(&document.to_json_pretty()),
        }
        if !self.apply {
            return Ok(());
        }
        let Some(portal) = self.address.portal else {
            return Err(Stop::usage("--apply needs --portal or DURWARD_PORTAL"));
        };
        let address = Address::new(portal, self.address.token_file);
        let said = block(apply::one(&address.open()?, document, None))?;
        out::print(&said.sentence);
        Ok(())
    }
}

/// What became of the fields, beside the document: to standard error.
fn report(imported: &Imported) {
    out::note(&format!(
        "read as {}; {} fields found their place",
        imported.format.title(),
        imported.report.mapped.len()
    ));
    for path in &imported.report.kept {
        out::note(&format!("kept under extras: {path}"));
    }
    for note in &imported.report.notes {
        out::note(&format!("{}: {}", note.path, note.message));
    }
}
