//! The description of the test API (OpenAPI 3.1).

use std::sync::{Arc, LazyLock};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use durward_app::Door;
use durward_domain::test_kit::FaultKind;
use serde_json::{Value, json};

use super::answers;
use crate::shared::problem::Problem;

/// `GET /test/api/openapi.json`
pub(super) async fn document(State(door): State<Arc<Door>>) -> Result<Response, Problem> {
    let mut document = DOCUMENT.clone();
    document["servers"] = json!([{ "url": door.issuer }]);
    answers::json(StatusCode::OK, &document)
}

/// Without the server's address. The list of faults comes from the rules.
static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let mut document: Value = serde_json::from_str(TEXT).unwrap_or_default();
    let kinds: Vec<_> = FaultKind::ALL.iter().map(|kind| kind.as_str()).collect();
    let told: Vec<_> = FaultKind::ALL
        .iter()
        .map(|kind| format!("`{kind}`: {}", kind.sentence()))
        .collect();
    document["components"]["schemas"]["FaultKind"] =
        json!({ "type": "string", "enum": kinds, "description": told.join(" ") });
    document
});

const TEXT: &str = include_str!("openapi.json");

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::test_api::ROUTES;

    #[test]
    fn it_tells_of_every_route_and_of_no_other() {
        let rows: BTreeSet<_> = ROUTES
            .iter()
            .map(|row| format!("{} {}", row.method.to_ascii_lowercase(), row.path))
            .collect();
        let told: BTreeSet<_> = DOCUMENT["paths"]
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(path, methods)| {
                methods
                    .as_object()
                    .unwrap()
                    .keys()
                    .map(move |method| format!("{method} {path}"))
            })
            .collect();
        assert_eq!(told, rows);
    }

    #[test]
    fn every_schema_is_there_and_used() {
        let text = DOCUMENT.to_string();
        let schemas = DOCUMENT["components"]["schemas"].as_object().unwrap();
        for name in schemas.keys() {
            let used = format!("\"#/components/schemas/{name}\"");
            assert!(text.contains(&used), "{name} is never used");
        }
        for part in text.split("#/components/schemas/").skip(1) {
            let name = part.split('"').next().unwrap_or_default();
            assert!(schemas.contains_key(name), "{name} is missing");
        }
    }
}
