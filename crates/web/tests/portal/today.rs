//! The first pages of partners and staff, and the same by the API.

use durward_app::testing_portal::AGREEMENT;
use serde_json::Value;

use crate::launches::submitted;
use crate::support::Web;

#[tokio::test]
async fn the_first_page_shows_what_the_api_tells() {
    let web = Web::open().await;
    let (status, today) = web.api("admin", "GET", "/today", &Value::Null).await;
    assert_eq!(status, 200, "{today}");
    assert_eq!(today["date"], "2026-11-10");
    assert_eq!(today["board"], serde_json::json!([]));
    assert_eq!(today["next"]["ships"], serde_json::json!([]));
    web.save_both().await;
    let (_, today) = web.api("admin", "GET", "/today", &Value::Null).await;
    let app = &today["board"][0];
    assert_eq!(app["places"].as_array().map(Vec::len), Some(2), "{app}");
    assert_eq!(app["places"][0]["live_revision"], 1, "the sandbox is live");
    assert_eq!(app["places"][1]["live_revision"], Value::Null);
    let handle = app["app"].as_str().unwrap().to_owned();
    let page = web.page(&web.cookie("admin").await, "/").await.shown();
    for part in [
        "<svg",
        "role=\"group\"",
        "id=\"board_title\"",
        &format!("/apps/{handle}/production"),
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains(" style="), "the policy forbids it");
    // Another team sees none of it, and neither does its first page.
    let (_, other) = web.api("outsider", "GET", "/today", &Value::Null).await;
    assert_eq!(other["board"], serde_json::json!([]));
    let page = web.page(&web.cookie("outsider").await, "/").await.shown();
    assert!(!page.contains(&handle));
}

#[tokio::test]
async fn staff_see_what_waits_for_them() {
    let web = Web::open().await;
    let ticket =
        serde_json::json!({ "category": "sign_in", "subject": "Error page", "text": "Look" });
    web.api("developer", "POST", "/tickets", &ticket).await;
    let (_, today) = web.api("manager", "GET", "/today", &Value::Null).await;
    let needs = today["needs"].as_array().unwrap();
    let found = needs.iter().find(|need| need["kind"] == "ticket").unwrap();
    assert_eq!(
        (&found["count"], &found["href"]),
        (&1.into(), &"/support".into())
    );
    assert_eq!(found["items"][0]["title"], "Error page");
    let page = web
        .page(&web.cookie("manager").await, "/today")
        .await
        .shown();
    assert!(page.contains("Error page") && page.contains("console-today"));
    let said = web.page(&web.cookie("admin").await, "/today").await;
    assert_eq!(said.status, 403, "a partner");
}

/// The kinds of things that need somebody, with their counts.
async fn needs(web: &Web, who: &str) -> Vec<(String, u64)> {
    let (_, today) = web.api(who, "GET", "/today", &Value::Null).await;
    let needs = today["needs"].as_array().unwrap().iter();
    needs
        .map(|need| {
            let kind = need["kind"].as_str().unwrap().to_owned();
            (kind, need["count"].as_u64().unwrap())
        })
        .collect()
}

#[tokio::test]
async fn a_late_answer_stands_first_with_the_days_that_it_waits() {
    let web = Web::open().await;
    let id = submitted(&web).await;
    let review = ("review".to_owned(), 1);
    assert_eq!(needs(&web, "reviewer").await, std::slice::from_ref(&review));
    assert!(needs(&web, "deployer").await.is_empty(), "no reviewer");
    // Five working days, and Veterans Day is none.
    for (day, late) in [("2026-11-18", false), ("2026-11-19", true)] {
        let to = serde_json::json!({ "to": day });
        web.api("deployer", "POST", "/demo/clock", &to).await;
        let found = needs(&web, "reviewer").await;
        assert_eq!(
            found.contains(&("overdue".to_owned(), 1)),
            late,
            "{found:?}"
        );
    }
    let (_, today) = web.api("reviewer", "GET", "/today", &Value::Null).await;
    let first = &today["needs"][0];
    assert_eq!(first["kind"], "overdue");
    let item = &first["items"][0];
    assert_eq!(item["href"], format!("/launches/{id}"));
    assert_eq!(item["waited"], 6);
    assert_eq!(item["due"], "2026-11-18");
    let page = web.page(&web.cookie("reviewer").await, "/today").await;
    assert!(page.shown().contains("6 working days"));
    let reviewer = web.token("reviewer").await;
    let path = format!("/launches/{id}/approve");
    web.post(&reviewer, &path, serde_json::json!({}))
        .await
        .is(200);
    let found = needs(&web, "reviewer").await;
    assert!(
        !found.iter().any(|(kind, _)| kind == "overdue"),
        "{found:?}"
    );
}

#[tokio::test]
async fn an_agreement_waits_for_one_after_the_other() {
    let web = Web::open().await;
    let manager = web.token("manager").await;
    let number = "LGABCFY260009-0001-0000";
    let new = serde_json::json!({ "number": number, "agency": "ABC", "partner": "Fisheries Digital", "starts": "2026-12-01", "ends": "2027-11-30",
        "apps": [{ "name": "Boat Registration", "level": "auth-only" }] });
    web.post(&manager, "/agreements", new).await.is(201);
    let signature =
        |side: &str| serde_json::json!({ "side": side, "name": "A. Signer", "title": "Director" });
    let step = |name: &str| serde_json::json!({ "step": name });
    let way = [
        ("manager", "move-on", "steps", step("start_drafting")),
        ("manager", "move-on", "steps", step("send_to_counsel")),
        ("reviewer", "counsel", "steps", step("clear_by_counsel")),
        ("admin", "sign", "signatures", signature("partner")),
        ("manager", "move-on", "steps", step("send_to_provider")),
        ("administrator", "sign", "signatures", signature("provider")),
    ];
    for (who, kind, what, body) in way {
        let wanted = (kind.to_owned(), 1);
        assert!(needs(&web, who).await.contains(&wanted), "{who} {kind}");
        let outsider = needs(&web, "outsider").await;
        assert!(!outsider.iter().any(|(kind, _)| kind == "sign"));
        let token = web.token(who).await;
        web.post(&token, &format!("/agreements/{number}/{what}"), body)
            .await
            .is(200);
        let found = needs(&web, who).await;
        assert!(
            kind == "move-on" || !found.contains(&wanted),
            "{who} {kind}"
        );
    }
}

#[tokio::test]
async fn the_burn_down_of_an_agreement_stands_on_the_first_page_of_those_who_see_usage() {
    let web = Web::open().await;
    let (_, today) = web.api("admin", "GET", "/today", &Value::Null).await;
    let order = &today["usage"][0];
    assert_eq!(order["number"], AGREEMENT);
    assert!(order["forecast"]["months"].as_array().unwrap().len() > 1);
    web.save_both().await;
    for (who, path, shows) in [
        ("admin", "/", true),
        ("manager", "/today", true),
        ("outsider", "/", false),
    ] {
        let page = web.page(&web.cookie(who).await, path).await.shown();
        assert_eq!(page.contains("id=\"burn_down_title\""), shows, "{who}");
        assert_eq!(page.contains(AGREEMENT), shows, "{who}");
    }
}
