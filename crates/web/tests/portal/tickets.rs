//! Support tickets by the API and by pages: a whole conversation, and what others see of it.

use serde_json::{Value, json};

use crate::support::Web;

async fn page(web: &Web, who: &str, path: &str) -> (u16, String) {
    let cookie = web.cookie(who).await;
    web.page(&cookie, path).await.pair()
}

#[tokio::test]
async fn a_ticket_is_opened_answered_solved_and_hidden_from_others() {
    let web = Web::open().await;
    let none = Value::Null;
    let new = json!({ "category": "sign_in", "subject": "Error page", "text": "<b>Look</b>", "request_id": "019a6f3e-2c41" });
    let (status, opened) = web.api("developer", "POST", "/tickets", &new).await;
    assert_eq!(status, 201, "{opened}");
    assert_eq!(
        (opened["state"].as_str(), opened["team"].as_str()),
        (Some("open"), Some("fisheries-digital"))
    );
    let path = format!("/tickets/{}", opened["id"].as_str().unwrap());
    let answers = format!("{path}/answers");
    let (status, answered) = web
        .api("manager", "POST", &answers, &json!({ "text": "Which?" }))
        .await;
    assert_eq!(status, 201, "{answered}");
    assert_eq!(answered["state"], "waiting_for_partner");
    assert_eq!(answered["messages"][1]["side"], "support");

    // Another team sees nothing, and cannot tell it from a ticket that is not there.
    for (method, path) in [
        ("GET", path.clone()),
        ("POST", answers.clone()),
        ("POST", format!("{path}/state")),
    ] {
        let body = if path.ends_with("state") {
            json!({ "state": "closed" })
        } else {
            json!({ "text": "Mine" })
        };
        let (status, problem) = web.api("outsider", method, &path, &body).await;
        assert_eq!(
            (status, problem["code"].as_str()),
            (404, Some("ticket/not-found")),
            "{method} {path}"
        );
    }
    let (_, list) = web.api("outsider", "GET", "/tickets", &none).await;
    assert_eq!(list["items"], json!([]));
    let (_, list) = web
        .api(
            "manager",
            "GET",
            "/tickets?state=waiting_for_partner",
            &none,
        )
        .await;
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    let foreign =
        json!({ "category": "other", "subject": "Error page", "text": "Look", "team": "harbours" });
    let (status, problem) = web.api("developer", "POST", "/tickets", &foreign).await;
    assert_eq!(
        (status, problem["code"].as_str()),
        (422, Some("ticket/team"))
    );
    let (status, _) = web
        .api("reader", "POST", &answers, &json!({ "text": "No" }))
        .await;
    assert_eq!(status, 403);

    // A line of a mail's head cannot be smuggled into a subject, nor a control character into a text.
    for (subject, code) in [
        ("Hello\r\nBcc: all@agency.gov", "ticket/subject"),
        ("Hello\u{0}there", "ticket/subject"),
        ("Hello\u{85}there", "ticket/subject"),
    ] {
        let new = json!({ "category": "other", "subject": subject, "text": "Look" });
        let (status, problem) = web.api("developer", "POST", "/tickets", &new).await;
        assert_eq!((status, problem["code"].as_str()), (422, Some(code)));
    }
    let new = json!({ "category": "other", "subject": "Hello", "text": "\u{1b}[2J" });
    let (status, problem) = web.api("developer", "POST", "/tickets", &new).await;
    assert_eq!(
        (status, problem["code"].as_str()),
        (422, Some("ticket/text"))
    );

    let (status, shown) = page(
        &web,
        "developer",
        &format!("/support/{}", opened["id"].as_str().unwrap()),
    )
    .await;
    assert_eq!(status, 200);
    assert!(
        shown.contains("&#60;b&#62;Look") || shown.contains("&lt;b&gt;Look"),
        "plain text only"
    );
    assert!(shown.contains("/requests/019a6f3e-2c41"));
    assert!(!shown.contains("<b>Look"));
    let (status, _) = page(
        &web,
        "outsider",
        &format!("/support/{}", opened["id"].as_str().unwrap()),
    )
    .await;
    assert_eq!(status, 404);
    let (status, form) = page(
        &web,
        "developer",
        "/support/new?request=abc-1&app=fishing-licence",
    )
    .await;
    assert_eq!(status, 200);
    assert!(form.contains("value=\"abc-1\"") && form.contains("value=\"fishing-licence\""));

    let state = format!("{path}/state");
    let (status, solved) = web
        .api("developer", "POST", &state, &json!({ "state": "solved" }))
        .await;
    assert_eq!(
        (status, solved["state"].as_str()),
        (200, Some("solved")),
        "{solved}"
    );
    let (status, _) = web
        .api("manager", "POST", &state, &json!({ "state": "closed" }))
        .await;
    assert_eq!(status, 200);
    let (status, problem) = web
        .api("developer", "POST", &answers, &json!({ "text": "More" }))
        .await;
    assert_eq!(
        (status, problem["code"].as_str()),
        (409, Some("ticket/closed"))
    );
}
