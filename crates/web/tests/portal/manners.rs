//! What every call of the API has in common: problems in JSON, calls that are sent twice, pages of lists.

use durward_web::api::routes;
use serde_json::json;

use crate::support::{JSON, Said, Web};

/// The address of a row, with something in each of its places.
fn address(path: &str) -> String {
    let part = |part: &str| match part {
        "{environment}" => "sandbox".to_owned(),
        "{number}" if path.contains("revisions") => "1".to_owned(),
        other if other.starts_with('{') => "nothing".to_owned(),
        other => other.to_owned(),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn a_wrong_method_an_unknown_address_and_a_missing_token_are_problems() {
    let web = Web::open().await;
    let token = web.token("admin").await;
    for row in routes::rows() {
        let path = address(row.path);
        let allowed: Vec<&str> = routes::rows()
            .filter(|other| other.path == row.path)
            .map(|other| other.method)
            .collect();
        let wrong = ["PATCH", "PUT", "DELETE"]
            .into_iter()
            .find(|method| !allowed.contains(method))
            .unwrap();
        let what = format!("{wrong} {path}");
        let said = web.ask(&token, (wrong, &path), &[JSON], "{}").await;
        // A fixed address beside one with a place is the fixed one: /agreements/parse is no agreement.
        said.is_problem(&what, 405);
        assert_eq!(said.header("allow"), allowed.join(", "), "{what}");
        if row.who.needs_token() {
            let what = format!("{} {path} without a token", row.method);
            let said = web.ask("", (row.method, &path), &[JSON], "{}").await;
            said.is_problem(&what, 401);
        }
    }
    for path in [
        "/api",
        "/api/",
        "/api/v1",
        "/api/v1/",
        "/api/v2/apps",
        "/api/v1/apps/a/b/c/d/e",
    ] {
        for accept in ["*/*", "text/html"] {
            let said = web
                .ask(&token, ("GET", path), &[("accept", accept)], "")
                .await;
            said.is_problem(path, 404);
        }
    }
}

#[tokio::test]
async fn bodies_of_another_kind_broken_and_too_large_are_problems() {
    let web = Web::open().await;
    // An administrator is refused by the body here, not by a role of the team.
    let token = web.token("administrator").await;
    for path in ["/api/v1/agencies", "/api/v1/teams", "/api/v1/staff"] {
        let text = ("content-type", "text/plain");
        web.ask(&token, ("POST", path), &[text], "x")
            .await
            .is_problem(path, 415);
        web.ask(&token, ("POST", path), &[JSON], "{")
            .await
            .is_problem(path, 400);
        web.ask(&token, ("POST", path), &[JSON], "{\"x\":1}")
            .await
            .is_problem(path, 422);
        web.ask(&token, ("POST", path), &[JSON], vec![b' '; 3 << 20])
            .await
            .is_problem(path, 413);
    }
}

#[tokio::test]
async fn every_change_can_be_sent_twice_under_one_key() {
    let web = Web::open().await;
    let token = web.token("administrator").await;
    let mut changes = 0;
    for row in routes::rows() {
        if row.method == "GET" || !row.who.needs_token() {
            continue;
        }
        changes += 1;
        let (path, key) = (address(row.path), format!("key-{changes}"));
        let what = format!("{} {path}", row.method);
        let headers = [JSON, ("idempotency-key", key.as_str())];
        let first = web
            .ask(&token, (row.method, &path), &headers, "{\"x-unknown\":1}")
            .await;
        assert_eq!(first.header("idempotency-replayed"), "", "{what}");
        let again = web
            .ask(&token, (row.method, &path), &headers, "{\"x-unknown\":1}")
            .await;
        assert_eq!(again.status, first.status, "{what}");
        assert_eq!(
            again.header("idempotency-replayed"),
            "true",
            "{what}: {}",
            again.json
        );
        assert_eq!(again.json["code"], first.json["code"], "{what}");
        let other = web
            .ask(&token, (row.method, &path), &headers, "{\"x-unknown\":2}")
            .await;
        other.is_problem(&what, 422);
        assert_eq!(other.json["code"], "api/idempotency-key-reused", "{what}");
    }
    assert!(changes > 50, "{changes}");
    let long = "x".repeat(201);
    let bad = [JSON, ("idempotency-key", long.as_str())];
    web.ask(&token, ("POST", "/api/v1/teams"), &bad, "{}")
        .await
        .is_problem("a long key", 400);

    // What was made is made once.
    let headers = [JSON, ("idempotency-key", "one-agency")];
    let body = json!({ "name": "Agency of Tides", "abbreviation": "TIDE" }).to_string();
    let post = ("POST", "/api/v1/agencies");
    let made = web.ask(&token, post, &headers, body.clone()).await;
    assert_eq!(made.status, 201, "{}", made.json);
    let again = web.ask(&token, post, &headers, body.clone()).await;
    assert_eq!((again.status, &again.json), (201, &made.json));
    let anew = [JSON, ("idempotency-key", "another")];
    web.ask(&token, post, &anew, body)
        .await
        .is_problem("a second one", 409);
}

#[tokio::test]
async fn the_description_names_key_version_and_pages() {
    let web = Web::open().await;
    let said = web.ask("", ("GET", "/api/v1/openapi.json"), &[], "").await;
    for row in routes::rows() {
        let operation = &said.json["paths"][row.path][row.method.to_lowercase()];
        let parameters = operation["parameters"].as_array().unwrap();
        let has = |name: &str| parameters.iter().any(|one| one["name"] == name);
        let changes = row.method != "GET" && row.who.needs_token();
        assert_eq!(
            has("Idempotency-Key"),
            changes,
            "{} {}",
            row.method,
            row.path
        );
    }
    let put = &said.json["paths"]["/api/v1/apps/{handle}/{environment}"]["put"];
    assert!(put["parameters"].to_string().contains("If-Match"));
    for list in [
        "apps",
        "launches",
        "changes",
        "releases",
        "agreements",
        "teams",
        "agencies",
    ] {
        let get = &said.json["paths"][format!("/api/v1/{list}")]["get"];
        let text = get["parameters"].to_string();
        assert!(
            text.contains("\"after\"") && text.contains("\"limit\""),
            "{list}"
        );
    }
}

#[tokio::test]
async fn lists_come_in_pages_and_every_item_once() {
    let web = Web::open().await;
    let token = web.token("administrator").await;
    for letters in ["AAA", "BBB", "CCC", "DDD", "EEE"] {
        let body = json!({ "name": format!("Agency {letters}"), "abbreviation": letters });
        let made = web
            .ask(
                &token,
                ("POST", "/api/v1/agencies"),
                &[JSON],
                body.to_string(),
            )
            .await;
        assert_eq!(made.status, 201, "{}", made.json);
    }
    let admin = web.token("admin").await;
    for number in 0..4 {
        let mut document = web.sandbox();
        document["description"] = json!(format!("Number {number}"));
        let path = "/api/v1/apps/fishing-licence/sandbox";
        let saved = web
            .ask(&admin, ("PUT", path), &[JSON], document.to_string())
            .await;
        assert!(saved.status < 300, "{}", saved.json);
    }
    for (list, key) in [
        ("agencies", "id"),
        ("teams", "handle"),
        ("releases?environment=sandbox", "id"),
    ] {
        let sign = if list.contains('?') { '&' } else { '?' };
        let all = web
            .ask(&token, ("GET", &format!("/api/v1/{list}")), &[], "")
            .await;
        let keys = |said: &Said| -> Vec<String> {
            let items = said.json["items"].as_array().unwrap();
            let names = items
                .iter()
                .map(|item| item[key].as_str().unwrap().to_owned());
            names.collect()
        };
        assert!(all.json.get("next").is_none(), "{list}");
        let (mut seen, mut after) = (Vec::new(), String::new());
        loop {
            let path = format!("/api/v1/{list}{sign}limit=2{after}");
            let said = web.ask(&token, ("GET", &path), &[], "").await;
            assert_eq!(said.status, 200, "{path}: {}", said.json);
            let page = keys(&said);
            assert!(page.len() <= 2, "{path}");
            seen.extend(page);
            match said.json.get("next") {
                Some(next) => after = format!("&after={}", next.as_str().unwrap()),
                None => break,
            }
        }
        assert_eq!(seen, keys(&all), "{list}");
        assert!(seen.len() > 1, "{list}");
        let path = format!("/api/v1/{list}{sign}after=nowhere");
        web.ask(&token, ("GET", &path), &[], "")
            .await
            .is_problem(&path, 400);
        let path = format!("/api/v1/{list}{sign}limit=many");
        web.ask(&token, ("GET", &path), &[], "")
            .await
            .is_problem(&path, 400);
    }
}
