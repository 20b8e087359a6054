//! The binary as a child process, and what tests ask it over HTTP.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "tests"
)]

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

/// A running `durward`, killed when it is dropped.
pub(crate) struct Durward {
    child: Child,
}

impl Durward {
    /// Starts it and waits until these addresses are ready.
    pub(crate) async fn start(arguments: &[&str], ready: &[String]) -> Self {
        Self::start_with(arguments, &[], ready).await
    }

    /// The same, with these in its surroundings.
    pub(crate) async fn start_with(
        arguments: &[&str],
        surroundings: &[(&str, String)],
        ready: &[String],
    ) -> Self {
        let child = command(arguments)
            .envs(surroundings.iter().cloned())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut started = Self { child };
        for address in ready {
            started.wait_for(&format!("{address}/readyz")).await;
        }
        started
    }

    /// The same, with everything that it writes in this file.
    pub(crate) async fn start_into(log: &Path, arguments: &[&str], ready: &[String]) -> Self {
        let file = std::fs::File::create(log).unwrap();
        let child = command(arguments)
            .stdout(file.try_clone().unwrap())
            .stderr(file)
            .spawn()
            .unwrap();
        let mut started = Self { child };
        for address in ready {
            started.wait_for(&format!("{address}/readyz")).await;
        }
        started
    }

    async fn wait_for(&mut self, address: &str) {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(60) {
            if let Some(status) = self.child.try_wait().unwrap() {
                let mut said = String::new();
                if let Some(mut errors) = self.child.stderr.take() {
                    errors.read_to_string(&mut said).unwrap();
                }
                panic!("durward ended with {status}: {said}");
            }
            let answer = http().get(address).send().await;
            if answer.is_ok_and(|answer| answer.status() == 200) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{address} was not ready within a minute");
    }

    /// The first line of its output that has this in it.
    pub(crate) fn line_with(&mut self, wanted: &str) -> String {
        let lines = BufReader::new(self.child.stdout.take().unwrap()).lines();
        lines
            .map(Result::unwrap)
            .find(|line| line.contains(wanted))
            .unwrap()
    }

    /// As the loss of power to the process: no warning.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// As an operator stops it.
    pub(crate) fn stop(mut self) -> ExitStatus {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .unwrap()
                .success()
        );
        self.child.wait().unwrap()
    }
}

impl Drop for Durward {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Runs a command that ends by itself.
pub(crate) fn run(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

/// Runs a command and judges its exit code and what it says.
pub(crate) fn check(arguments: &[&str], code: i32, says: &str) {
    let output = run(arguments);
    let said = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    assert!(said.contains(says), "{arguments:?}: {said}");
    assert!(!said.contains("panicked"), "{arguments:?}: {said}");
}

pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_durward"));
    command.args(arguments).stdin(Stdio::null());
    command
}

/// A client that follows no redirects.
pub(crate) fn http() -> reqwest::Client {
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap()
}

/// The document at an address.
pub(crate) async fn json(address: &str) -> Value {
    let answer = http()
        .get(address)
        .header("accept", "application/json")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200, "{address}");
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

/// Posts a document with a bearer token; answers the status and the document.
pub(crate) async fn post(
    address: &str,
    token: &str,
    body: &Value,
) -> reqwest::Result<(u16, Value)> {
    let answer = http()
        .post(address)
        .bearer_auth(token)
        .json(body)
        .send()
        .await?;
    let status = answer.status().as_u16();
    let text = answer.text().await?;
    Ok((status, serde_json::from_str(&text).unwrap_or(Value::Null)))
}

/// The first of ten free ports in a row. Tests of one program and of several at once get different ones.
pub(crate) fn ten_ports() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
    let start = 22_000 + u16::try_from(std::process::id() % 150).unwrap() * 200;
    loop {
        let base = start + NEXT.fetch_add(1, Ordering::Relaxed) * 10;
        assert!(base < 60_000, "no ten free ports in a row");
        if (base..base + 10).all(free) {
            return base;
        }
    }
}

/// A running demonstration in a folder of its own.
pub(crate) struct Demo {
    pub(crate) process: Option<Durward>,
    pub(crate) base: u16,
    pub(crate) data: String,
}

impl Demo {
    pub(crate) async fn start(data: &Path, base: u16, more: &[&str]) -> Self {
        let (data, port) = (data.to_str().unwrap().to_owned(), base.to_string());
        let mut arguments = vec!["demo", "--data", &data, "--port", &port];
        arguments.extend(more);
        let ready: Vec<String> = [0, 1, 2, 3, 4, 9].map(|offset| at(base + offset)).into();
        let process = Some(Durward::start(&arguments, &ready).await);
        Self {
            process,
            base,
            data,
        }
    }

    pub(crate) fn portal(&self) -> String {
        at(self.base)
    }

    pub(crate) fn sandbox(&self) -> String {
        at(self.base + 1)
    }

    pub(crate) async fn document(&self) -> Value {
        json(&format!("{}/demo", self.portal())).await
    }

    pub(crate) fn kill(&mut self) {
        self.process.take().unwrap().kill();
    }

    pub(crate) fn stop(&mut self) {
        assert_eq!(self.process.take().unwrap().stop().code(), Some(0));
    }
}

fn at(port: u16) -> String {
    format!("http://localhost:{port}")
}
