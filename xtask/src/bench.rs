//! `cargo xtask bench`: the release build under load on this machine.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::{ports, run};

/// Builds, starts a demo in a folder of its own, runs the driver with these arguments, stops the demo.
///
/// # Errors
/// The build failed, the demo did not become ready, or the driver failed.
pub fn run(arguments: &[String]) -> Result<(), String> {
    println!("building the release");
    let package = ["--release", "--package", "durward-server"];
    let durward = run::build(&[&package[..], &["--bin", "durward"]].concat(), "durward")?;
    let driver = run::build(&[&package[..], &["--example", "load"]].concat(), "load")?;
    let base = ports::free_base().ok_or("No ten free ports in a row were found for the demo.")?;
    if arguments.first().is_some_and(|first| first == "portal") {
        return portal(&driver, &durward, base, &arguments[1..]);
    }
    let demo = Demo::start(&durward, base)?;
    demo.wait()?;
    let mut command = Command::new(driver);
    command
        .arg("--demo")
        .arg(format!("http://localhost:{base}"))
        .arg("--pid")
        .arg(demo.child.id().to_string())
        .args(arguments);
    let status = command
        .status()
        .map_err(|error| format!("the load driver could not be started: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("the load driver failed: {status}"))
    }
}

/// The partner portal with many apps. The driver starts and stops the demo itself, for it measures that too.
fn portal(driver: &Path, durward: &Path, base: u16, arguments: &[String]) -> Result<(), String> {
    let folder = std::env::temp_dir().join(format!("durward-bench-{}", std::process::id()));
    let status = Command::new(driver)
        .arg("portal")
        .arg("--durward")
        .arg(durward)
        .arg("--base")
        .arg(base.to_string())
        .arg("--folder")
        .arg(&folder)
        .args(arguments)
        .status();
    drop(std::fs::remove_dir_all(&folder));
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("the load driver failed: {status}")),
        Err(error) => Err(format!("the load driver could not be started: {error}")),
    }
}

struct Demo {
    child: Child,
    folder: PathBuf,
    base: u16,
}

impl Demo {
    fn start(durward: &Path, base: u16) -> Result<Demo, String> {
        let folder = std::env::temp_dir().join(format!("durward-bench-{}", std::process::id()));
        let mut command = Command::new(durward);
        command
            .arg("demo")
            .arg("--data")
            .arg(&folder)
            .arg("--port")
            .arg(base.to_string());
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let child = command
            .spawn()
            .map_err(|error| format!("durward could not be started: {error}"))?;
        Ok(Demo {
            child,
            folder,
            base,
        })
    }

    /// Waits until the demo says that it is ready, on its health address.
    fn wait(&self) -> Result<(), String> {
        for _ in 0..300 {
            if self.answers_ready() {
                return Ok(());
            }
            sleep(Duration::from_millis(100));
        }
        Err("The demo was not ready within thirty seconds.".to_owned())
    }

    fn answers_ready(&self) -> bool {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.base)) else {
            return false;
        };
        let asked = stream
            .write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        let mut answer = String::new();
        asked.is_ok()
            && stream.read_to_string(&mut answer).is_ok()
            && answer.starts_with("HTTP/1.1 200")
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let asked = run::quiet(
            Command::new("kill")
                .arg("-TERM")
                .arg(self.child.id().to_string()),
        );
        if asked.is_err() {
            drop(self.child.kill());
        }
        drop(self.child.wait());
        drop(std::fs::remove_dir_all(&self.folder));
    }
}
