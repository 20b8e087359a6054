//! The crate graph is the table of the house, and deciding crates stay free of the world.

use std::collections::BTreeSet;

use crate::tree::{self, none};

/// Crate, and which of ours it may use.
const MAY_USE: &[(&str, &[&str])] = &[
    ("keyring", &[]),
    ("domain", &["keyring"]),
    ("accounts", &["domain", "keyring"]),
    ("oidc", &["domain", "keyring"]),
    ("saml", &["domain", "keyring"]),
    ("store", &["keyring", "domain", "accounts", "oidc", "saml"]),
    (
        "app",
        &["keyring", "domain", "accounts", "oidc", "saml", "store"],
    ),
    (
        "web",
        &["keyring", "domain", "accounts", "oidc", "saml", "app"],
    ),
    (
        "server",
        &[
            "keyring", "domain", "accounts", "oidc", "saml", "store", "app", "web",
        ],
    ),
];

pub(crate) const DECIDING: &[&str] = &["keyring", "domain", "accounts", "oidc", "saml"];

/// What a deciding crate may use of other people's work: no runtime, no sockets, no database.
const DECIDING_MAY_USE: &[&str] = &[
    "arc-swap",
    "base64",
    "imbl",
    "jiff",
    "miniz_oxide",
    "png",
    "psl",
    "roxmltree",
    "saphyr-parser",
    "schemars",
    "serde",
    "serde_json",
    "serde_path_to_error",
    "serde_urlencoded",
    "thiserror",
    "toml",
    "unicode-normalization",
    "url",
    "uuid",
    "xorf",
    "zeroize",
    "zxcvbn",
];

/// Only `keyring` names these.
const CRYPTO: &[&str] = &[
    "argon2",
    "aws-lc-rs",
    "subtle",
    "totp-rs",
    "x509-parser",
    "rcgen",
    "ring",
    "sha2",
    "sha1",
    "hmac",
    "rsa",
    "p256",
    "ed25519-dalek",
    "aes-gcm",
];

#[test]
fn there_are_nine_crates() {
    let expected: BTreeSet<String> = MAY_USE.iter().map(|(name, _)| (*name).to_owned()).collect();
    let found: BTreeSet<String> = manifests().map(|(name, _)| name).collect();
    assert_eq!(
        found, expected,
        "a tenth crate needs a decision record and a line here"
    );
}

#[test]
fn the_crate_graph_is_the_table() {
    let mut faults = Vec::new();
    for (name, manifest) in manifests() {
        let allowed = MAY_USE
            .iter()
            .find(|(crate_name, _)| *crate_name == name)
            .map_or(&[][..], |(_, allowed)| allowed);
        // A crate may name itself for its tests, to turn a feature on.
        for used in dependencies(&manifest, true) {
            if let Some(ours) = used
                .strip_prefix("durward-")
                .filter(|ours| *ours != name && !allowed.contains(ours))
            {
                faults.push(format!("{name} uses {ours}"));
            }
        }
    }
    none(&faults, "the crate graph differs from docs/ARCHITECTURE.md");
}

#[test]
fn deciding_crates_use_only_listed_libraries() {
    let mut faults = Vec::new();
    for (name, manifest) in manifests().filter(|(name, _)| DECIDING.contains(&name.as_str())) {
        for used in dependencies(&manifest, false)
            .into_iter()
            .filter(|used| !used.starts_with("durward-"))
        {
            let listed = DECIDING_MAY_USE.contains(&used.as_str())
                || (name == "keyring" && CRYPTO.contains(&used.as_str()));
            if !listed {
                faults.push(format!("{name} uses {used}"));
            }
        }
    }
    none(
        &faults,
        "a deciding crate uses a library that is not on its list",
    );
}

#[test]
fn only_the_keyring_names_a_crypto_library() {
    let mut faults = Vec::new();
    for (name, manifest) in manifests().filter(|(name, _)| name != "keyring") {
        faults.extend(
            dependencies(&manifest, false)
                .into_iter()
                .filter(|used| CRYPTO.contains(&used.as_str()))
                .map(|used| format!("{name} uses {used}")),
        );
    }
    none(&faults, "cryptography lives in keyring");
}

#[test]
fn every_crate_takes_the_lints_of_the_workspace() {
    let faults: Vec<String> = tree::files()
        .iter()
        .filter(|file| file.path.ends_with("/Cargo.toml") && !apart(&file.path))
        .filter(|file| {
            parse(&file.text)
                .get("lints")
                .and_then(|lints| lints.get("workspace")?.as_bool())
                != Some(true)
        })
        .map(|file| file.path.clone())
        .collect();
    none(&faults, "a crate without `[lints] workspace = true`");
}

/// What is no member of the workspace: fuzz targets, and samples that partners copy.
fn apart(path: &str) -> bool {
    path.starts_with("fuzz/") || path.starts_with("examples/")
}

#[test]
fn web_never_names_the_store() {
    let faults: Vec<String> = tree::sources("web")
        .filter(|file| file.text.contains("durward_store"))
        .map(|file| file.path.clone())
        .collect();
    none(&faults, "web goes through app, never to the store");
}

#[test]
fn the_partner_side_never_names_accounts() {
    let partner_side = |path: &str| {
        ["/portal/", "/partner/", "/portal.rs", "/partner.rs"]
            .iter()
            .any(|part| path.contains(part))
    };
    let faults: Vec<String> = tree::files()
        .iter()
        .filter(|file| {
            file.path.starts_with("crates/")
                && partner_side(&file.path)
                && file.text.contains("durward_accounts")
        })
        .map(|file| file.path.clone())
        .collect();
    none(&faults, "the partner side cannot even name a person's data");
}

fn manifests() -> impl Iterator<Item = (String, toml::Table)> {
    tree::files().iter().filter_map(|file| {
        let name = file
            .path
            .strip_prefix("crates/")?
            .strip_suffix("/Cargo.toml")?;
        Some((name.to_owned(), parse(&file.text)))
    })
}

fn dependencies(manifest: &toml::Table, with_tests: bool) -> Vec<String> {
    let kinds: &[&str] = if with_tests {
        &["dependencies", "build-dependencies", "dev-dependencies"]
    } else {
        &["dependencies", "build-dependencies"]
    };
    kinds
        .iter()
        .filter_map(|kind| manifest.get(*kind)?.as_table())
        .flat_map(|table| table.keys().cloned())
        .collect()
}

fn parse(text: &str) -> toml::Table {
    text.parse().unwrap_or_default()
}
