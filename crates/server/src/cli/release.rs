//! `durward release`: what was deployed, whether it is what was signed, and going on or back.

mod local;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use durward_domain::environment::EnvironmentName;
use durward_domain::release::{Head, SignedManifest};
use durward_keyring::jose::PublicKey;
use reqwest::Url;
use serde_json::{Value, json};

use super::apps::files;
use super::apps::portal::{Address, Portal, block};
use super::out::{self, Stop};
use super::place::Where;

#[derive(Subcommand)]
pub(super) enum Release {
    /// List the releases of an environment, the newest first.
    List(List),
    /// Show one release and what it changed.
    Show(Show),
    /// Show what a release changed, field by field; through the portal.
    Diff(Diff),
    /// Check every release of an environment, in the portal's database or through the portal, or one by its id.
    Verify(Verify),
    /// Make what a release brought current again, as a new release; through the portal.
    Deploy(Deploy),
    /// Take back what a release brought, or roll a whole environment back, as a new release; through the portal.
    Rollback(Rollback),
}

/// Where releases are looked for.
#[derive(Args)]
#[group(id = "place", required = true, multiple = true, args = ["config", "data", "portal"])]
struct Source {
    /// The configuration file.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data folder of a demo, or a copy of it.
    #[arg(long, value_name = "DIR", conflicts_with = "config")]
    data: Option<PathBuf>,
    /// The portal's address, where neither of these is given.
    #[arg(long, value_name = "URL", env = "DURWARD_PORTAL")]
    portal: Option<Url>,
}

#[derive(Args)]
struct Shape {
    /// A file with the API token, for --portal. Without it the token is taken from DURWARD_TOKEN.
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// How to answer.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

#[derive(Args)]
pub(super) struct List {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    shape: Shape,
    /// Which environment.
    #[arg(long, value_name = "NAME")]
    environment: EnvironmentName,
    /// How many.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(i64).range(1..=1000))]
    limit: i64,
}

#[derive(Args)]
pub(super) struct Show {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    shape: Shape,
    /// The release's id.
    #[arg(value_name = "ID")]
    id: String,
}

#[derive(Args)]
pub(super) struct Diff {
    #[command(flatten)]
    address: Address,
    /// How to answer.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The release's id.
    #[arg(value_name = "ID")]
    id: String,
}

#[derive(Args)]
pub(super) struct Verify {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    shape: Shape,
    /// Which environment: every release of it, from the first.
    #[arg(
        long,
        value_name = "NAME",
        required_unless_present = "id",
        conflicts_with = "id"
    )]
    environment: Option<EnvironmentName>,
    /// The pinned release key in PEM, as `durward keys release` prints it; through the portal.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// The release's id, through the portal.
    #[arg(value_name = "ID")]
    id: Option<String>,
}

#[derive(Args)]
pub(super) struct Deploy {
    #[command(flatten)]
    address: Address,
    /// How to answer.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The release's id.
    #[arg(value_name = "ID")]
    id: String,
}

#[derive(Args)]
pub(super) struct Rollback {
    #[command(flatten)]
    address: Address,
    /// How to answer.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Why.
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
    /// The app, where the release changed several.
    #[arg(long, value_name = "HANDLE", requires = "id")]
    app: Option<String>,
    /// Roll this whole environment back, with --to.
    #[arg(long, value_name = "NAME", requires = "to", conflicts_with = "id")]
    whole: Option<EnvironmentName>,
    /// The sequence of the release that the whole environment goes back to.
    #[arg(long, value_name = "SEQUENCE", requires = "whole")]
    to: Option<i64>,
    /// The release's id.
    #[arg(value_name = "ID", required_unless_present = "whole")]
    id: Option<String>,
}

impl Release {
    pub(super) fn run(self) -> Result<(), Stop> {
        match self {
            Self::List(list) => list.run(),
            Self::Show(show) => show.run(),
            Self::Diff(diff) => {
                let found = one(&diff.address.open()?, &diff.id)?;
                print(diff.format, &found, &differences(&found));
                Ok(())
            }
            Self::Verify(verify) => verify.run(),
            Self::Deploy(deploy) => {
                let path = format!("/releases/{}/deploy", segment(&deploy.id)?);
                made(deploy.format, &deploy.address.open()?, &path, &json!({}))
            }
            Self::Rollback(rollback) => rollback.run(),
        }
    }
}

impl Source {
    /// The portal, if it was named.
    fn portal(&self, shape: &Shape) -> Result<Option<Portal>, Stop> {
        // A database that was named counts more than an address in the environment of the command.
        let named = self.config.is_none() && self.data.is_none();
        let address = self
            .portal
            .clone()
            .filter(|_| named)
            .map(|portal| Address::new(portal, shape.token_file.clone()));
        address.map(|address| address.open()).transpose()
    }

    fn place(self) -> Where {
        Where::of(self.config, self.data)
    }
}

impl List {
    fn run(self) -> Result<(), Stop> {
        let rows = match self.source.portal(&self.shape)? {
            Some(portal) => {
                let most = usize::try_from(self.limit).unwrap_or(usize::MAX);
                newest(&portal, self.environment, most)?
            }
            None => local::list(&self.source.place(), self.environment, self.limit)?,
        };
        let text = if rows.is_empty() {
            format!("{} has no release yet.", self.environment)
        } else {
            rows.iter().map(line).collect::<Vec<_>>().join("\n")
        };
        print(self.shape.format, &json!({ "items": rows }), &text);
        Ok(())
    }
}

impl Show {
    fn run(self) -> Result<(), Stop> {
        let found = match self.source.portal(&self.shape)? {
            Some(portal) => one(&portal, &self.id)?,
            None => local::show(&self.source.place(), &self.id)?,
        };
        let mut text = format!(
            "{}\ndigest {}\nroot   {}\nby     {}\nwhy    {}",
            line(&found),
            words(&found["digest"]),
            words(&found["root"]),
            words(&found["author"]),
            words(&found["reason"])
        );
        for change in found["changes"].as_array().into_iter().flatten() {
            text.push_str(&format!("\n  {}", changed(change)));
        }
        print(self.shape.format, &found, &text);
        Ok(())
    }
}

impl Verify {
    fn run(self) -> Result<(), Stop> {
        let portal = self.source.portal(&self.shape)?;
        match (portal, self.environment, &self.id) {
            (portal, Some(environment), _) => {
                let (releases, apps) = match portal {
                    Some(portal) => walked(&portal, environment, &pinned(self.key.as_deref())?)?,
                    None => local::verify(&self.source.place(), environment)?,
                };
                print(
                    self.shape.format,
                    &json!({ "ok": true, "releases": releases, "apps": apps }),
                    &format!("ok, {releases} releases, {apps} apps"),
                );
                Ok(())
            }
            (Some(portal), None, Some(id)) => {
                let key = pinned(self.key.as_deref())?;
                let found = one(&portal, id)?;
                judged(&found, &key)?;
                print(
                    self.shape.format,
                    &json!({ "ok": true, "id": id, "digest": found["digest"] }),
                    &format!(
                        "ok, release {} of {}",
                        found["sequence"],
                        words(&found["environment"])
                    ),
                );
                Ok(())
            }
            _ => Err(Stop::usage(
                "verify an environment with --environment, or one release by its id with --portal and --key",
            )),
        }
    }
}

/// The release key that a file holds.
fn pinned(file: Option<&Path>) -> Result<PublicKey, Stop> {
    let file =
        file.ok_or_else(|| Stop::usage("name the file of the pinned release key with --key"))?;
    PublicKey::from_pem(&files::text(file)?)
        .map_err(|fault| Stop::failure(format!("{}: {fault}", file.display())))
}

/// Checks every release of an environment as the portal tells it, from the first; how many releases and apps there are.
/// A key that signed earlier ones and was replaced since is not known here: those are checked in the database.
fn walked(
    portal: &Portal,
    environment: EnvironmentName,
    key: &PublicKey,
) -> Result<(u64, usize), Stop> {
    let mut head = Head::beginning(environment);
    for line in newest(portal, environment, usize::MAX)?.iter().rev() {
        let id = words(&line["id"]);
        let found = one(portal, id)?;
        let signed = found["signed"]
            .as_str()
            .ok_or_else(|| Stop::failure(HIDDEN))?;
        let said = (words(&found["digest"]), words(&found["root"]));
        let keys = std::slice::from_ref(key);
        head = local::follow(&head, signed, said, keys).map_err(|why| {
            local::broken(found["sequence"].as_i64().unwrap_or_default(), id, &why)
        })?;
    }
    Ok((head.sequence(), head.tree().len()))
}

/// The newest releases of an environment that the portal shows, at most so many.
fn newest(portal: &Portal, environment: EnvironmentName, most: usize) -> Result<Vec<Value>, Stop> {
    let (mut list, mut after) = (Vec::new(), String::new());
    loop {
        let path = format!("/releases?environment={environment}&limit=100{after}");
        let answer = block(portal.get(&path))?.good()?.json();
        list.extend(answer["items"].as_array().cloned().unwrap_or_default());
        match answer["next"].as_str() {
            Some(next) if list.len() < most => after = format!("&after={}", segment(next)?),
            _ => break,
        }
    }
    list.truncate(most);
    Ok(list)
}

/// Whether a release is what its key signed: the signature, the environment, the sequence, the hash and the root.
fn judged(found: &Value, key: &PublicKey) -> Result<(), Stop> {
    let broken = |why: &str| {
        Stop::failure(format!(
            "release {} is not right: {why} (release/broken)",
            found["sequence"]
        ))
    };
    let signed = found["signed"]
        .as_str()
        .ok_or_else(|| Stop::failure(HIDDEN))?;
    let manifest = SignedManifest::from_text(signed.to_owned())
        .verify(key)
        .map_err(|refusal| broken(&refusal.to_string()))?;
    let same = manifest.hash() == words(&found["digest"])
        && manifest.root == words(&found["root"])
        && Some(manifest.sequence) == found["sequence"].as_u64()
        && manifest.environment.as_str() == words(&found["environment"]);
    if same {
        Ok(())
    } else {
        Err(broken("it is about another manifest than the signed one"))
    }
}

impl Rollback {
    fn run(self) -> Result<(), Stop> {
        let portal = self.address.open()?;
        if let (Some(environment), Some(to)) = (self.whole, self.to) {
            let path = format!("/environments/{environment}/rollback");
            let body = json!({ "to": to, "reason": self.reason });
            return made(self.format, &portal, &path, &body);
        }
        let id = self.id.unwrap_or_default();
        let path = format!("/releases/{}/rollback", segment(&id)?);
        let mut body = json!({ "reason": self.reason });
        if let Some(app) = self.app {
            body["app"] = app.into();
        }
        made(self.format, &portal, &path, &body)
    }
}

/// Asks for a new release and tells of it.
fn made(format: Format, portal: &Portal, path: &str, body: &Value) -> Result<(), Stop> {
    let found = block(portal.post(path, body.to_string()))?.good()?.json();
    print(format, &found, &line(&found));
    Ok(())
}

fn one(portal: &Portal, id: &str) -> Result<Value, Stop> {
    let path = format!("/releases/{}", segment(id)?);
    Ok(block(portal.get(&path))?.good()?.json())
}

/// An id as a part of an address.
fn segment(id: &str) -> Result<&str, Stop> {
    let plain = |sign: char| sign.is_ascii_alphanumeric() || sign == '-';
    if !id.is_empty() && id.chars().all(plain) {
        Ok(id)
    } else {
        Err(Stop::usage(format!("{id} is not the id of a release")))
    }
}

fn print(format: Format, answer: &Value, text: &str) {
    match format {
        Format::Text => out::print(text),
        Format::Json => out::print(&serde_json::to_string_pretty(answer).unwrap_or_default()),
    }
}

fn line(found: &Value) -> String {
    let time = |value: &Value| {
        words(value)
            .parse::<jiff::Timestamp>()
            .map(|at| at.strftime("%F %H:%MZ").to_string())
            .unwrap_or_default()
    };
    let deployed = if found["deployed"].is_null() {
        "not deployed".to_owned()
    } else {
        format!("deployed {}", time(&found["deployed"]))
    };
    format!(
        "{:>6}  {:9}  built {}  {deployed}  {}",
        found["sequence"].as_i64().unwrap_or_default(),
        words(&found["kind"]),
        time(&found["created"]),
        words(&found["id"])
    )
}

fn changed(change: &Value) -> String {
    let number = |value: &Value, none: &str| match value {
        Value::Null => none.to_owned(),
        Value::String(text) => text.clone(),
        other => format!("revision {other}"),
    };
    format!(
        "{}: {} -> {}",
        words(&change["app"]),
        number(&change["before"], "new"),
        number(&change["after"], "taken out")
    )
}

fn differences(found: &Value) -> String {
    let mut text = line(found);
    for change in found["changes"].as_array().into_iter().flatten() {
        text.push_str(&format!("\n{}", changed(change)));
        for one in change["diff"].as_array().into_iter().flatten() {
            text.push_str(&format!("\n  {}", words(&one["sentence"])));
        }
    }
    text
}

fn words(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

const HIDDEN: &str = "the portal shows the signed manifest only to who may see every app";
