//! The reference of every key, from the tables that stand beside the sections.

use std::fmt::Write as _;

use super::{environment, mail, metrics, outbound, passwords, portal, programme, server};

/// One key of the configuration.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Its path; `*` stands for the name of an environment.
    pub path: &'static str,
    /// What it takes.
    pub kind: &'static str,
    /// What holds when it is absent; `None` when it must be set.
    pub default: Option<&'static str>,
    /// What it does.
    pub meaning: &'static str,
    /// May it be given as `KEY_file`, and is it hidden when shown?
    pub secret: bool,
}

impl Key {
    pub(super) const fn new(
        path: &'static str,
        kind: &'static str,
        default: &'static str,
        meaning: &'static str,
    ) -> Self {
        Self {
            path,
            kind,
            default: Some(default),
            meaning,
            secret: false,
        }
    }

    pub(super) const fn required(
        path: &'static str,
        kind: &'static str,
        meaning: &'static str,
    ) -> Self {
        Self {
            path,
            kind,
            default: None,
            meaning,
            secret: false,
        }
    }

    pub(super) const fn secret(
        path: &'static str,
        kind: &'static str,
        default: &'static str,
        meaning: &'static str,
    ) -> Self {
        Self {
            path,
            kind,
            default: Some(default),
            meaning,
            secret: true,
        }
    }

    pub(super) const fn required_secret(
        path: &'static str,
        kind: &'static str,
        meaning: &'static str,
    ) -> Self {
        Self {
            path,
            kind,
            default: None,
            meaning,
            secret: true,
        }
    }

    /// The environment variable that overrides it.
    pub fn variable(&self) -> String {
        format!("DURWARD__{}", self.path.replace('.', "__").to_uppercase()).replace('*', "NAME")
    }
}

/// Every key, section by section.
pub fn keys() -> impl Iterator<Item = &'static Key> {
    SECTIONS.iter().flat_map(|(_, keys)| keys.iter())
}

/// The reference as a Markdown page.
pub fn markdown() -> String {
    let mut page = String::from(HEAD);
    for (title, keys) in SECTIONS {
        let _ = write!(
            page,
            "\n## `{title}`\n\n| key | takes | default | environment variable |\n|---|---|---|---|\n"
        );
        for key in *keys {
            let default = key.default.unwrap_or("**required**");
            let secret = if key.secret { " (secret)" } else { "" };
            let _ = writeln!(
                page,
                "| `{}`{secret} | {} | {default} | `{}` |",
                key.path,
                key.kind,
                key.variable()
            );
        }
        page.push('\n');
        for key in *keys {
            let _ = writeln!(page, "- `{}`: {}", key.path, key.meaning);
        }
    }
    page
}

const SECTIONS: &[(&str, &[Key])] = &[
    ("[server]", server::KEYS),
    ("[programme]", programme::KEYS),
    ("[portal]", portal::KEYS),
    ("[[environment]]", environment::KEYS),
    ("[mail]", mail::KEYS),
    ("[metrics]", metrics::KEYS),
    ("[outbound]", outbound::KEYS),
    ("[passwords]", passwords::KEYS),
];

const HEAD: &str = "# Configuration

One TOML file, given with `durward serve --config FILE`. A sample is [durward.sample.toml](../durward.sample.toml).
Unknown keys are refused with their path, and the exit code is 78.

- An environment variable overrides the file: `DURWARD__SECTION__KEY`. For an environment, its name stands after `ENVIRONMENT`, such as `DURWARD__ENVIRONMENT__PRODUCTION__ISSUER`.
- A key marked *secret* can be read from a file: write `KEY_file = \"/path\"`, or set `DURWARD__SECTION__KEY_FILE`.
- `durward config show --config FILE` prints what is in force, without secrets.
";
