//! Reading the configuration: the file, then the environment over it, then secrets from their files.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::{Config, keys, rules};

/// Why a configuration cannot be used. The exit code is 78.
#[derive(Debug, thiserror::Error)]
pub enum ConfigFault {
    /// The file cannot be read.
    #[error("the configuration file {} cannot be read: {cause}", .path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// The file is not TOML.
    #[error("the configuration is not valid TOML: {0}")]
    Syntax(String),
    /// A key is unknown, is missing, or has a value of the wrong kind.
    #[error("{path}: {message}")]
    Value {
        /// The path of the key.
        path: String,
        /// What is wrong.
        message: String,
    },
    /// The file of a secret cannot be read.
    #[error("{key}: the file {} cannot be read: {cause}", .path.display())]
    SecretFile {
        /// The key.
        key: String,
        /// Which file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// A value breaks a rule.
    #[error("{path}: {message}")]
    Rule {
        /// The path of the key.
        path: String,
        /// What is wrong and what to do.
        message: String,
    },
}

impl ConfigFault {
    /// A stable code for logs and scripts.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "config/unreadable",
            Self::Syntax(_) => "config/syntax",
            Self::Value { .. } => "config/value",
            Self::SecretFile { .. } => "config/secret-file",
            Self::Rule { .. } => "config/rule",
        }
    }

    pub(super) fn rule(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Rule {
            path: path.into(),
            message: message.into(),
        }
    }
}

/// Reads the file and the environment of this process.
///
/// # Errors
/// When the file cannot be read or breaks a rule.
pub fn load(path: &Path) -> Result<Config, ConfigFault> {
    #[expect(clippy::disallowed_methods, reason = "the configuration is read here")]
    let text = std::fs::read_to_string(path).map_err(|cause| ConfigFault::Unreadable {
        path: path.to_owned(),
        cause,
    })?;
    read(
        &text,
        std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        }),
    )
}

/// Reads a configuration from its text and a list of environment variables.
///
/// # Errors
/// When it is not TOML, names an unknown key, or breaks a rule.
pub fn read(
    text: &str,
    variables: impl Iterator<Item = (String, String)>,
) -> Result<Config, ConfigFault> {
    let mut table: Table =
        toml::from_str(text).map_err(|error| ConfigFault::Syntax(error.to_string()))?;
    let mut variables: Vec<(String, String)> = variables
        .filter(|(name, _)| name.starts_with(PREFIX))
        .collect();
    variables.sort();
    for (name, value) in &variables {
        overlay(&mut table, name, value)?;
    }
    read_secret_files(&mut table, "")?;
    let config: Config =
        serde_path_to_error::deserialize(Value::Table(table)).map_err(|error| {
            ConfigFault::Value {
                path: match error.path().to_string() {
                    path if path == "." => "configuration".to_owned(),
                    path => path,
                },
                message: error.inner().to_string().trim().to_owned(),
            }
        })?;
    rules::check(&config)?;
    Ok(config)
}

/// Puts one variable into the table. `DURWARD__ENVIRONMENT__PRODUCTION__ISSUER` finds the environment by its name.
fn overlay(table: &mut Table, name: &str, value: &str) -> Result<(), ConfigFault> {
    let path: Vec<String> = name[PREFIX.len()..]
        .to_lowercase()
        .split("__")
        .map(str::to_owned)
        .collect();
    let unusable = |message: &str| ConfigFault::Value {
        path: name.to_owned(),
        message: message.to_owned(),
    };
    let Some((key, parents)) = path.split_last().filter(|(_, parents)| !parents.is_empty()) else {
        return Err(unusable(
            "a variable names a section and a key, such as DURWARD__SERVER__LOG",
        ));
    };
    let mut place = table;
    let mut parents = parents.iter();
    while let Some(parent) = parents.next() {
        let next = place
            .entry(parent.clone())
            .or_insert_with(|| match parent.as_str() {
                ENVIRONMENT => Value::Array(Vec::new()),
                _ => Value::Table(Table::new()),
            });
        place = match next {
            Value::Table(inner) => inner,
            Value::Array(items) if parent == ENVIRONMENT => {
                let wanted = parents
                    .next()
                    .ok_or_else(|| unusable("the name of the environment is missing"))?;
                named(items, wanted)
                    .ok_or_else(|| unusable("[[environment]] is not a list of tables"))?
            }
            _ => return Err(unusable("this path leads through a plain value")),
        };
    }
    place.insert(key.clone(), typed(&path, value));
    Ok(())
}

fn named<'a>(items: &'a mut Vec<Value>, name: &str) -> Option<&'a mut Table> {
    let is_it = |item: &Value| item.get("name").and_then(Value::as_str) == Some(name);
    let index = items.iter().position(is_it).unwrap_or_else(|| {
        items.push(Value::Table(Table::from_iter([(
            "name".to_owned(),
            Value::String(name.to_owned()),
        )])));
        items.len() - 1
    });
    items.get_mut(index)?.as_table_mut()
}

/// Numbers, truth values and lists are read as TOML; everything else, and every secret, is text.
fn typed(path: &[String], value: &str) -> Value {
    let text = || Value::String(value.to_owned());
    if is_secret(&path.join(".")) {
        return text();
    }
    let parsed = toml::from_str::<Table>(&format!("value = {value}")).ok();
    match parsed.and_then(|mut table| table.remove("value")) {
        Some(value @ (Value::Integer(_) | Value::Boolean(_) | Value::Array(_))) => value,
        _ => text(),
    }
}

/// Replaces `KEY_file` of a secret by the content of that file.
fn read_secret_files(table: &mut Table, prefix: &str) -> Result<(), ConfigFault> {
    let names: Vec<String> = table.keys().cloned().collect();
    for name in names {
        let path = if prefix.is_empty() {
            name.clone()
        } else {
            format!("{prefix}.{name}")
        };
        if let Some(base) = name
            .strip_suffix("_file")
            .filter(|_| is_secret(path.trim_end_matches("_file")))
        {
            let Some(Value::String(file)) = table.remove(&name) else {
                return Err(ConfigFault::Value {
                    path,
                    message: "expected the path of a file".to_owned(),
                });
            };
            if table.contains_key(base) {
                return Err(ConfigFault::rule(
                    path,
                    format!("set either {base} or {name}, not both"),
                ));
            }
            table.insert(
                base.to_owned(),
                Value::String(secret_from(&path, Path::new(&file))?),
            );
            continue;
        }
        match table.get_mut(&name) {
            Some(Value::Table(inner)) => read_secret_files(inner, &path)?,
            Some(Value::Array(items)) => {
                for inner in items.iter_mut().filter_map(Value::as_table_mut) {
                    read_secret_files(inner, &format!("{path}.*"))?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn secret_from(key: &str, path: &Path) -> Result<String, ConfigFault> {
    #[expect(clippy::disallowed_methods, reason = "the configuration is read here")]
    let text = std::fs::read_to_string(path).map_err(|cause| ConfigFault::SecretFile {
        key: key.to_owned(),
        path: path.to_owned(),
        cause,
    })?;
    Ok(text.trim_end_matches(['\n', '\r']).to_owned())
}

/// Is this the path of a secret? In `environment.production.…` the name stands for `*`.
fn is_secret(path: &str) -> bool {
    let same = |pattern: &str| {
        let mut parts = path.split('.');
        pattern.split('.').all(|part| {
            parts
                .next()
                .is_some_and(|given| part == "*" || part == given)
        }) && parts.next().is_none()
    };
    keys().any(|key| key.secret && same(key.path))
}

const PREFIX: &str = "DURWARD__";
const ENVIRONMENT: &str = "environment";
