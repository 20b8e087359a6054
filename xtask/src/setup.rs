//! `cargo xtask setup`: finds or installs what the tests need beyond Rust.

use std::process::Command;

use crate::{run, tools};

/// Installs what is missing, and gives one line for each thing found.
///
/// # Errors
/// Something is missing and cannot be installed from here; the text names each thing and how to install it.
pub fn run() -> Result<Vec<String>, String> {
    let wanted: Vec<&Need> = NEEDS
        .iter()
        .filter(|need| (need.found)().is_none())
        .collect();
    if !wanted.is_empty() && tools::is_root() && tools::program("apt-get").is_some() {
        install(&wanted)?;
    }
    let missing: Vec<String> = NEEDS
        .iter()
        .filter(|need| (need.found)().is_none())
        .map(Need::sentence)
        .collect();
    if !missing.is_empty() {
        return Err(missing.join("\n"));
    }
    for folder in ["assets", "tests-e2e", "examples/node"] {
        npm_packages(folder)?;
    }
    python_packages()?;
    Ok(NEEDS
        .iter()
        .filter_map(|need| Some(format!("{}: {}", need.name, (need.found)()?)))
        .collect())
}

fn npm_packages(folder: &str) -> Result<(), String> {
    if tools::npm_packages(folder) {
        return Ok(());
    }
    let mut command = Command::new("npm");
    command
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(run::root().join(folder));
    run::quiet(&mut command).map(|_| ()).map_err(|text| {
        format!("{text}\nThe npm packages could not be installed: run `npm ci` in {folder}.")
    })
}

/// What the sample app in Python needs, in its own environment, as its README says.
fn python_packages() -> Result<(), String> {
    if tools::python_packages() {
        return Ok(());
    }
    let folder = run::root().join("examples/python");
    let installed = run::quiet(
        Command::new("python3")
            .args(["-m", "venv", ".venv"])
            .current_dir(&folder),
    )
    .and_then(|_| {
        let mut pip = Command::new(folder.join(".venv/bin/pip"));
        pip.args(["install", "--quiet", "--requirement", "requirements.txt"])
            .current_dir(&folder);
        run::quiet(&mut pip)
    })
    .and_then(|_| tools::mark_python_packages().map_err(|error| error.to_string()));
    installed.map_err(|text| {
        format!("{text}\nThe packages of the sample app in Python could not be installed: do what examples/python/README.md says.")
    })
}

struct Need {
    name: &'static str,
    packages: &'static [&'static str],
    found: fn() -> Option<String>,
}

impl Need {
    fn sentence(&self) -> String {
        format!(
            "{} is missing: install it with `apt-get install {}` as root, or in your system's own way.",
            self.name,
            self.packages.join(" ")
        )
    }
}

const NEEDS: &[Need] = &[
    Need {
        name: "PostgreSQL (initdb, postgres)",
        packages: &["postgresql"],
        found: || Some(tools::postgres()?.display().to_string()),
    },
    Need {
        name: "Chromium",
        packages: &["chromium"],
        found: || Some(tools::chromium()?.display().to_string()),
    },
    Need {
        name: "Node.js 20 or newer",
        packages: &["nodejs"],
        found: || {
            tools::node()
                .filter(|major| *major >= 20)
                .map(|major| major.to_string())
        },
    },
    Need {
        name: "Python 3 with venv",
        packages: &["python3", "python3-venv"],
        found: || tools::python().then(|| "python3".to_owned()),
    },
    Need {
        name: "npm",
        packages: &["npm"],
        found: || Some(tools::program("npm")?.display().to_string()),
    },
];

fn install(wanted: &[&Need]) -> Result<(), String> {
    let packages: Vec<&str> = wanted
        .iter()
        .flat_map(|need| need.packages)
        .copied()
        .collect();
    println!("installing {} through apt", packages.join(" "));
    run::quiet(apt().arg("update"))?;
    run::quiet(
        apt()
            .args(["install", "-y", "--no-install-recommends"])
            .args(&packages),
    )
    .map(|_| ())
}

fn apt() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").arg("-q");
    command
}
