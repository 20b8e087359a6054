//! A demonstration in a process of its own, started and stopped as often as wanted on the same data folder.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::http::{self, Connection};

/// How it is started.
pub(super) struct Place {
    pub(super) program: PathBuf,
    pub(super) folder: PathBuf,
    pub(super) base: u16,
}

/// The running server.
pub(super) struct Server {
    child: Child,
}

impl Server {
    /// Starts it; how long it took until it said that it is ready.
    pub(super) async fn start(place: &Place) -> Result<(Self, Duration), String> {
        let began = Instant::now();
        let child = Command::new(&place.program)
            .arg("demo")
            .arg("--data")
            .arg(&place.folder)
            .arg("--port")
            .arg(place.base.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("durward could not be started: {error}"))?;
        let server = Self { child };
        let request = http::get("localhost", "/readyz", &[]);
        for _ in 0..12_000 {
            if let Ok(mut connection) = Connection::open(place.base).await
                && let Ok(answer) = connection.ask(&request).await
                && answer.status == 200
            {
                return Ok((server, began.elapsed()));
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Err("durward was not ready within a minute".to_owned())
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Memory that is resident, in megabytes.
    pub(super) fn resident(&self) -> Result<f64, String> {
        let text = self.proc("status")?;
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib: f64 = line
            .and_then(|line| line.split_whitespace().next()?.parse().ok())
            .ok_or("an unknown form of /proc")?;
        Ok(kib / 1024.0)
    }

    /// How many bytes its calls have written so far: files, their logs, and answers.
    pub(super) fn written(&self) -> Result<u64, String> {
        let text = self.proc("io")?;
        let line = text.lines().find_map(|line| line.strip_prefix("wchar:"));
        line.and_then(|line| line.trim().parse().ok())
            .ok_or_else(|| "an unknown form of /proc".to_owned())
    }

    fn proc(&self, name: &str) -> Result<String, String> {
        std::fs::read_to_string(format!("/proc/{}/{name}", self.pid()))
            .map_err(|error| error.to_string())
    }
}

impl Drop for Server {
    /// Asks it to stop and waits until it has.
    fn drop(&mut self) {
        let asked = Command::new("kill")
            .arg("-TERM")
            .arg(self.child.id().to_string())
            .stderr(Stdio::null())
            .status();
        if !asked.is_ok_and(|status| status.success()) {
            drop(self.child.kill());
        }
        drop(self.child.wait());
    }
}

/// The size of the databases and their logs in megabytes.
pub(super) fn stored(folder: &Path) -> f64 {
    let mut bytes = 0;
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.metadata() {
                Ok(facts) if facts.is_dir() => folders.push(entry.path()),
                Ok(facts) => bytes += facts.len(),
                Err(_) => {}
            }
        }
    }
    bytes as f64 / 1e6
}
