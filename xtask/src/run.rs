//! Running other programs: a failure is a sentence that holds their output.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The folder of the workspace.
#[must_use]
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// The cargo that started this program.
#[must_use]
pub fn cargo() -> Command {
    let mut command = Command::new(tool_path("CARGO", "cargo"));
    command.current_dir(root());
    command
}

/// Runs a command without showing it, and gives what it printed; a failure is what it printed, too.
///
/// # Errors
/// The program is missing or ended with a failure.
pub fn quiet(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{name} could not be started: {error}"))?;
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(text);
    }
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    Err(format!("{text}\n{name} failed: {}", output.status))
}

/// Builds one target and gives the path of its executable, wherever the target folder is.
///
/// # Errors
/// The build failed; the text holds the compiler's words.
pub fn build(arguments: &[&str], name: &str) -> Result<PathBuf, String> {
    let mut command = cargo();
    command
        .arg("build")
        .args(arguments)
        .arg("--message-format=json-render-diagnostics");
    let text = quiet(&mut command)?;
    let wanted = format!("\"name\":\"{name}\"");
    text.lines()
        .filter(|line| line.contains("\"reason\":\"compiler-artifact\"") && line.contains(&wanted))
        .filter_map(|line| {
            after(line, "\"executable\":\"")?
                .split('"')
                .next()
                .map(PathBuf::from)
        })
        .next_back()
        .ok_or_else(|| format!("cargo built no executable called {name}"))
}

fn tool_path(variable: &str, otherwise: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| otherwise.to_owned())
}

fn after<'a>(line: &'a str, mark: &str) -> Option<&'a str> {
    line.split_once(mark).map(|(_, rest)| rest)
}
