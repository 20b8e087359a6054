//! The description of the API (OpenAPI 3.1), put together from the rows and the schemas.

use std::sync::{Arc, LazyLock};

use axum::extract::State;
use serde_json::{Map, Value, json};

use super::answers::{Answer, ok};
use super::routes::{Route, Who, rows};
use crate::portal_router::Portal;

pub(super) async fn document(State(portal): State<Arc<Portal>>) -> Answer {
    let mut document = DOCUMENT.clone();
    if let Value::Object(fields) = &mut document {
        fields.insert(
            "servers".to_owned(),
            json!([{ "url": portal.keeper.base_url }]),
        );
    }
    ok(&document)
}

/// Without the server's address, which each installation has of its own.
static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let mut paths: Map<String, Value> = Map::new();
    for route in rows() {
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        if let Value::Object(methods) = path {
            methods.insert(route.method.to_ascii_lowercase(), operation(route));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Durward portal API",
            "version": "1",
            "description": "Errors are application/problem+json (RFC 9457). Every answer carries X-Request-Id.",
        },
        "paths": paths,
        "components": {
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer", "description": "A member's API token." } },
            "schemas": schemas(),
        },
    })
});

fn operation(route: &Route) -> Value {
    let mut operation = json!({
        "summary": route.summary,
        "operationId": id(route),
        "parameters": parameters(route),
        "responses": responses(route),
    });
    if let Value::Object(fields) = &mut operation {
        if let Some(body) = route.body {
            fields.insert("requestBody".to_owned(), json!({ "required": !OPTIONAL_BODIES.contains(&body), "content": { "application/json": { "schema": reference(body) } } }));
        }
        if route.who != Who::Anyone {
            fields.insert("security".to_owned(), json!([{ "token": [] }]));
        }
        if let Some(needs) = route.who.needs() {
            let permission = needs.to_string().replace('`', "");
            fields.insert("x-permission".to_owned(), permission.into());
        }
    }
    operation
}

fn parameters(route: &Route) -> Vec<Value> {
    let in_path = route
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let mut list: Vec<Value> = in_path
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    list.extend(route.query.iter().map(|parameter| {
        json!({ "name": parameter.name, "in": "query", "required": parameter.required, "description": parameter.sentence, "schema": { "type": "string" } })
    }));
    if route.method != "GET" && route.who.needs_token() {
        list.push(json!({ "name": "Idempotency-Key", "in": "header", "required": false, "description": "A name of your own for this call, such as a UUID: sent again with the same content, it is answered as it was and done once. Kept a day.", "schema": { "type": "string", "maxLength": 200 } }));
    }
    if JUDGES_IF_MATCH.contains(&(route.method, route.path)) {
        list.push(json!({ "name": "If-Match", "in": "header", "required": false, "description": "The ETag that was seen.", "schema": { "type": "string" } }));
    }
    list
}

fn responses(route: &Route) -> Value {
    let (status, schema) = route.answer;
    let success = match schema {
        Some(schema) => {
            json!({ "description": "Done.", "content": { "application/json": { "schema": reference(schema) } } })
        }
        None => json!({ "description": "Done." }),
    };
    let problem = json!({ "description": "A problem.", "content": { "application/problem+json": { "schema": reference("Problem") } } });
    let mut map = Map::new();
    map.insert(status.to_string(), success.clone());
    if route.method == "PUT" && status == 200 && route.path.contains("/apps/") {
        map.insert("201".to_owned(), success);
    }
    map.insert("default".to_owned(), problem);
    Value::Object(map)
}

/// A name for generated clients, such as `post_launches_id_submit`.
fn id(route: &Route) -> String {
    let path = route
        .path
        .trim_start_matches("/api/v1")
        .replace(['{', '}', '.'], "")
        .replace(['/', '-'], "_");
    format!("{}{path}", route.method.to_ascii_lowercase())
}

fn reference(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

/// The schemas as they are written; a test reads them.
fn schemas() -> Value {
    let mut all = Map::new();
    for source in SCHEMAS {
        all.extend(serde_json::from_str::<Map<String, Value>>(source).unwrap_or_default());
    }
    Value::Object(all)
}

/// One file for each area.
const SCHEMAS: &[&str] = &[
    include_str!("schemas.json"),
    include_str!("teams.json"),
    include_str!("launches.json"),
    include_str!("environments.json"),
    include_str!("calendar.json"),
    include_str!("partnerships.json"),
    include_str!("changes.json"),
    include_str!("notices.json"),
    include_str!("today.json"),
];
/// The calls that take the version that was seen.
const JUDGES_IF_MATCH: [(&str, &str); 8] = [
    ("PUT", "/api/v1/apps/{handle}/{environment}"),
    ("DELETE", "/api/v1/apps/{handle}/{environment}"),
    (
        "POST",
        "/api/v1/apps/{handle}/{environment}/revisions/{number}/restore",
    ),
    ("POST", "/api/v1/import"),
    ("PUT", "/api/v1/drafts/{id}"),
    ("PUT", "/api/v1/launches/{id}"),
    ("PUT", "/api/v1/changes/{id}"),
    ("PATCH", "/api/v1/webhooks/{id}"),
];
const OPTIONAL_BODIES: [&str; 4] = ["Step", "Approval", "RollBack", "Repair"];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_call_that_takes_a_version_is_there() {
        for (method, path) in JUDGES_IF_MATCH {
            let mut all = rows();
            assert!(
                all.any(|row| (row.method, row.path) == (method, path)),
                "{method} {path}"
            );
        }
    }

    #[test]
    fn every_schema_that_is_named_is_there_and_every_one_there_is_named() {
        let schemas = schemas();
        let known: BTreeSet<String> = schemas
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name.clone())
            .collect();
        let text = DOCUMENT.to_string();
        for name in &known {
            assert!(
                text.contains(&format!("\"#/components/schemas/{name}\"")),
                "{name} is never used"
            );
        }
        for part in text.split("#/components/schemas/").skip(1) {
            let name = part.split('"').next().unwrap_or_default();
            assert!(known.contains(name), "{name} is missing");
        }
    }

    #[test]
    fn operation_ids_are_unique() {
        let ids: BTreeSet<String> = rows().map(id).collect();
        assert_eq!(ids.len(), rows().count());
        assert!(ids.contains("post_launches_id_request_changes"));
    }
}
