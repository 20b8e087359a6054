//! The binary as an operator meets it: answers and exit codes.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::process::{Command, Output};

fn durward(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_durward"))
        .args(arguments)
        .output()
        .unwrap()
}

fn check(arguments: &[&str], code: i32, says: &str) -> String {
    let output = durward(arguments);
    let said = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    assert!(said.contains(says), "{arguments:?}: {said}");
    said
}

#[test]
fn the_calendar_explains_itself() {
    let json = check(
        &[
            "calendar",
            "explain",
            "--programme",
            "us",
            "--submitted",
            "2026-11-10",
            "--json",
        ],
        0,
        "",
    );
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["earliest"], "2026-11-30");
    assert!(json["steps"].as_array().unwrap().len() >= 3);
    check(
        &["calendar", "explain", "--submitted", "2026-11-10"],
        0,
        "Earliest deployment: Monday 30 November 2026",
    );
    check(
        &[
            "calendar",
            "explain",
            "--submitted",
            "2026-11-10",
            "--push-url",
            "--json",
        ],
        0,
        "2026-12-03",
    );
    check(
        &[
            "calendar",
            "explain",
            "--programme",
            "us-2021",
            "--submitted",
            "2026-11-10",
            "--json",
        ],
        0,
        "\"earliest\": \"2026-11-19\"",
    );
    check(
        &[
            "calendar",
            "windows",
            "--from",
            "2026-11-20",
            "--to",
            "2026-12-03",
        ],
        0,
        "2026-11-30",
    );
}

#[test]
fn wrong_use_ends_with_2() {
    check(&[], 2, "Usage");
    check(&["fly"], 2, "fly");
    check(
        &["calendar", "explain", "--submitted", "yesterday"],
        2,
        "--submitted",
    );
    check(
        &[
            "calendar",
            "explain",
            "--programme",
            "mars",
            "--submitted",
            "2026-11-10",
        ],
        2,
        "Known: ",
    );
    check(
        &[
            "calendar",
            "windows",
            "--from",
            "2026-11-20",
            "--to",
            "2026-11-01",
        ],
        2,
        "--to",
    );
    check(&["--help"], 0, "calendar");
    check(&["--version"], 0, "durward");
}

#[test]
fn a_bad_configuration_ends_with_78() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("durward.toml");
    let path = file.to_str().unwrap();
    check(&["config", "show", "--config", path], 78, "cannot be read");
    std::fs::write(&file, "[server\n").unwrap();
    check(&["config", "show", "--config", path], 78, "config/syntax");
    std::fs::write(&file, "[server]\ncolour = 1\n").unwrap();
    check(&["config", "show", "--config", path], 78, "server.colour");
    check(&["config", "schema"], 0, "server.behind_proxy");
}

#[test]
fn an_app_document_is_judged_offline() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("app.json");
    let path = file.to_str().unwrap();
    std::fs::write(&file, "{\"schema\": \"durward.app/v1\", \"colour\": 1}").unwrap();
    let json = check(&["apps", "lint", path, "--json"], 1, "findings");
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["findings"][0]["severity"], "error");
    check(&["apps", "lint", path], 1, "errors.");
    let sarif = check(
        &["apps", "lint", path, path, "--format", "sarif"],
        1,
        "2.1.0",
    );
    let sarif: serde_json::Value = serde_json::from_str(&sarif).unwrap();
    let run = &sarif["runs"][0];
    let rule = &run["results"][0];
    let index = usize::try_from(rule["ruleIndex"].as_u64().unwrap()).unwrap();
    assert_eq!(run["tool"]["driver"]["rules"][index]["id"], rule["ruleId"]);
    assert_eq!(run["artifacts"].as_array().unwrap().len(), 2);
    check(&["apps", "lint", "/none/such"], 1, "cannot be read");
}

#[test]
fn a_list_of_stolen_passwords_becomes_a_filter() {
    let folder = tempfile::tempdir().unwrap();
    let (list, filter) = (folder.path().join("list.txt"), folder.path().join("filter"));
    let (list_path, filter_path) = (list.to_str().unwrap(), filter.to_str().unwrap());
    let build = |seen: &str, code: i32, says: &str| {
        let arguments = ["passwords", "build-breached", "--seen", seen];
        let files = ["--from", list_path, "--to", filter_path];
        check(&[&arguments[..], &files[..]].concat(), code, says)
    };
    let lines = "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:9659365\r\n7C4A8D09CA3762AF61E59520943DC26494F8941B:4\r\n";
    std::fs::write(&list, lines).unwrap();
    build("1", 0, "2 stolen passwords");
    build("5", 0, "1 stolen passwords");
    assert!(
        std::fs::read(&filter)
            .unwrap()
            .starts_with(b"durward-stolen-1")
    );
    build("10000000", 1, "the list has no passwords");
    std::fs::write(&list, format!("{lines}hunter2\n")).unwrap();
    build("1", 1, "line 3: a line is not a SHA-1");
}
