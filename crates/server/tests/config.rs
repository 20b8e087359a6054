//! The configuration: the sample, unknown keys, the environment, secrets from files, and the printed reference.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "tests"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use durward_server::config::{self, Config, ConfigFault};

fn docs(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs")
        .join(name)
}

fn sample() -> String {
    std::fs::read_to_string(docs("durward.sample.toml")).unwrap()
}

fn read(text: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigFault> {
    config::read(
        text,
        variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    )
}

#[test]
fn the_sample_is_accepted() {
    let config = read(&sample(), &[]).unwrap();
    assert_eq!(config.environment.len(), 3);
    assert_eq!(config.server.behind_proxy.len(), 1);
}

#[test]
fn an_unknown_key_is_refused_with_its_path() {
    check(
        "[server]\ndata",
        "[server]\ncolour = \"red\"\ndata",
        &[],
        "server.colour",
        "unknown field",
    );
    check(
        "[environment.database]\npostgres",
        "[environment.database]\nsize = 3\npostgres",
        &[],
        "environment[2].database.size",
        "unknown field",
    );
    check(
        "[programme]",
        "[programm]\n[programme]",
        &[],
        "programm",
        "unknown field",
    );
    check(
        "",
        "",
        &[("DURWARD__SERVER__COLOUR", "red")],
        "server.colour",
        "unknown field",
    );
    check(
        "[outbound]",
        "[outbound]\nallow_file = \"/x\"",
        &[],
        "outbound.allow_file",
        "unknown field",
    );
}

#[test]
fn a_wrong_value_is_refused_with_its_path() {
    check(
        "workers = 0",
        "workers = \"many\"",
        &[],
        "server.workers",
        "invalid type",
    );
    check(
        "name = \"staging\"",
        "name = \"test\"",
        &[],
        "environment[1].name",
        "unknown variant",
    );
    check(
        "listen = \"0.0.0.0:8400\"",
        "listen = \"8400\"",
        &[],
        "portal.listen",
        "invalid socket address",
    );
    check(
        "",
        "",
        &[("DURWARD__NONSENSE", "1")],
        "DURWARD__NONSENSE",
        "names a section and a key",
    );
}

#[test]
fn unsafe_settings_are_refused() {
    check(
        "behind_proxy = [\"10.0.0.0/8\"]",
        "",
        &[],
        "portal.listen",
        "plain HTTP",
    );
    check(
        "https://secure.id",
        "http://secure.id",
        &[],
        "environment.production.issuer",
        "https://",
    );
    check(
        "https://secure.id.example.gov",
        "https://secure.id.example.gov/",
        &[],
        "environment.production.issuer",
        "slash at the end",
    );
    check(
        "identity_provider = \"production\"",
        "identity_provider = \"sandbox\"",
        &[],
        "portal.identity_provider",
        "test API",
    );
    check(
        "name = \"staging\"",
        "name = \"sandbox\"",
        &[],
        "environment",
        "listed twice",
    );
    check(
        "sqlite = \"portal.sqlite3\"",
        "sqlite = \"sandbox.sqlite3\"",
        &[],
        "portal.database",
        "database of their own",
    );
    check(
        "0.0.0.0:8402",
        "0.0.0.0:8401",
        &[],
        "environment.staging.listen",
        "already used",
    );
}

#[test]
fn the_environment_overrides_the_file() {
    let variables = [
        ("DURWARD__SERVER__WORKERS", "3"),
        ("DURWARD__PORTAL__LISTEN", "127.0.0.1:9000"),
        (
            "DURWARD__ENVIRONMENT__PRODUCTION__ISSUER",
            "https://id.example.gov",
        ),
        ("DURWARD__ENVIRONMENT__SANDBOX__DATABASE__THREADS", "9"),
        ("DURWARD__OUTBOUND__ALLOW", "[\"10.1.0.0/16\"]"),
        ("DURWARD__MAIL__SMTP", "12345"),
        ("PATH", "/bin"),
    ];
    let config = read(&sample(), &variables).unwrap();
    assert_eq!(config.server.workers, 3);
    assert_eq!(config.portal.listen.unwrap().port(), 9000);
    assert_eq!(config.environment[2].issuer, "https://id.example.gov");
    assert_eq!(config.environment[0].database.threads, 9);
    assert_eq!(config.outbound.allow.len(), 1);
    assert_eq!(config.mail.smtp.expose(), "12345");
}

#[test]
fn secrets_come_from_files_and_are_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("postgres");
    std::fs::write(&file, "postgres://user:hunter2@db/staging\n").unwrap();
    let file = file.to_str().unwrap();
    let config = read(
        &sample(),
        &[(
            "DURWARD__ENVIRONMENT__STAGING__DATABASE__POSTGRES_FILE",
            file,
        )],
    )
    .unwrap();
    let secret = config.environment[1].database.postgres.as_ref().unwrap();
    assert_eq!(secret.expose(), "postgres://user:hunter2@db/staging");
    let shown = config.redacted() + &format!("{config:?}");
    assert!(shown.contains("(secret)"));
    assert!(
        !shown.contains("hunter2") && !shown.contains("change-me"),
        "{shown}"
    );
    check(
        "smtp =",
        "smtp_file = \"/none\"\n#",
        &[],
        "mail.smtp_file",
        "/none cannot be read",
    );
    check(
        "smtp =",
        "smtp_file = \"/none\"\nsmtp =",
        &[],
        "mail.smtp_file",
        "not both",
    );
}

#[test]
fn every_key_is_documented_and_in_the_sample() {
    let mut documented = BTreeSet::new();
    for key in config::keys() {
        assert!(
            documented.insert(key.path),
            "{} is documented twice",
            key.path
        );
    }
    let sample = sample();
    for path in &documented {
        let name = path.rsplit('.').next().unwrap();
        assert!(
            sample.contains(&format!("\n{name} = "))
                || sample.contains(&format!("# {name} = "))
                || sample.contains(&format!("# {name}_file = ")),
            "{path} is missing in the sample"
        );
    }
    let table: toml::Table = toml::from_str(&sample).unwrap();
    let mut used = BTreeSet::new();
    collect(&toml::Value::Table(table), "", &mut used);
    for path in used {
        assert!(
            documented.contains(path.as_str()),
            "{path} is not documented"
        );
    }
}

#[test]
fn the_printed_reference_is_up_to_date() {
    let path = docs("generated/config.md");
    let now = config::markdown();
    if std::env::var_os("DURWARD_WRITE_DOCS").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let printed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        printed == now,
        "docs/generated/config.md is old: run `durward config schema > docs/generated/config.md`"
    );
}

/// Changes the sample and expects a refusal at `path` that says `message`.
fn check(from: &str, to: &str, variables: &[(&str, &str)], path: &str, message: &str) {
    let sample = sample();
    assert!(sample.contains(from), "{from} is not in the sample");
    let text = sample.replacen(from, to, 1);
    let Err(fault) = read(&text, variables) else {
        panic!("{to} was accepted")
    };
    let said = fault.to_string();
    assert!(
        said.starts_with(&format!("{path}: ")) && said.contains(message),
        "{said}"
    );
}

fn collect(value: &toml::Value, path: &str, used: &mut BTreeSet<String>) {
    let below = |name: &str| {
        if path.is_empty() {
            name.to_owned()
        } else {
            format!("{path}.{name}")
        }
    };
    match value {
        toml::Value::Table(table) => table
            .iter()
            .for_each(|(name, inner)| collect(inner, &below(name), used)),
        toml::Value::Array(items) if items.iter().any(toml::Value::is_table) => {
            items
                .iter()
                .for_each(|inner| collect(inner, &below("*"), used));
        }
        _ => drop(used.insert(path.to_owned())),
    }
}
