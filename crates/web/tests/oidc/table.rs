//! The table of routes keeps what it says.

use std::collections::BTreeSet;

use durward_web::door_router;
use durward_web::shared::route::{Caller, Forgery, Mounted};

use super::*;

#[test]
fn every_row_is_there_once_and_plausible() {
    let mut seen = BTreeSet::new();
    for row in door_router::rows() {
        let name = format!("{} {}", row.method, row.path);
        assert!(seen.insert((row.method, row.path)), "{name} is there twice");
        assert!(
            row.path.starts_with('/') && !row.path.contains("//"),
            "{name}"
        );
        assert!(
            matches!(row.method, "GET" | "POST" | "PUT" | "DELETE" | "OPTIONS"),
            "{name}"
        );
        if row.forgery == Forgery::ReadOnly {
            assert!(
                row.method != "DELETE" && row.events.is_empty(),
                "{name} changes something"
            );
        }
        if matches!(row.caller, Caller::Person | Caller::Flow) && row.method != "GET" {
            assert_eq!(row.forgery, Forgery::FormToken, "{name}");
        }
        if row.path.starts_with("/test/") {
            assert_eq!(row.mounted, Mounted::TestClass, "{name}");
        }
    }
    assert!(seen.contains(&("POST", TOKEN)));
    let table = door_router::markdown();
    assert_eq!(
        table.lines().filter(|line| line.starts_with("| `")).count(),
        seen.len()
    );
}

#[tokio::test]
async fn every_row_is_mounted_and_what_is_not_a_row_is_not() {
    let web = Web::sandbox(&[]).await;
    for row in door_router::rows() {
        let path = row.path.replace("{digest}", "x").replace("{id}", "x");
        let request = Request::builder()
            .method(row.method)
            .uri(&path)
            .body(Body::empty())
            .unwrap();
        let answer = web.send(request).await;
        let told = answer.text.contains("web/not-found") && !path.starts_with("/logos");
        assert!(
            answer.status != 405 && !told,
            "{} {path}: {}",
            row.method,
            answer.status
        );
        assert!(
            answer.status.as_u16() < 500,
            "{} {path}: {}",
            row.method,
            answer.status
        );
        let refused = answer.status == 401 || answer.status == 403;
        if matches!(row.caller, Caller::Automation | Caller::AccessToken) {
            assert!(
                refused,
                "{} {path} lets anyone in: {}",
                row.method, answer.status
            );
        }
    }
}
