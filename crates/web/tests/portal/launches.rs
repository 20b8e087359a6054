//! Launch requests under attack: whose they are, what was seen of them, who decides, and what is told.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use durward_app::actor::Held;
use durward_app::testing_portal::TEAM;
use durward_domain::permission::{Realm, Role};
use serde_json::{Value, json};

use crate::api::launches::launch;
use crate::support::Web;

const PDF: &[u8] = b"%PDF-1.7\n%%EOF\n";
const EVIDENCE: &str = "/apps/fishing-licence/production/evidence";

/// A request of the app of the tests, as a draft.
async fn draft(web: &Web) -> String {
    web.save_both().await;
    let admin = web.token("admin").await;
    let made = web.post(&admin, "/launches", launch()).await.is(201);
    made["id"].as_str().unwrap().to_owned()
}

/// The same in review.
pub(crate) async fn submitted(web: &Web) -> String {
    let id = draft(web).await;
    act(web, "admin", &id, "submit", json!({})).await.is(200);
    id
}

/// A step of one of the members.
async fn act(web: &Web, who: &str, id: &str, step: &str, body: Value) -> crate::support::Said {
    let token = web.token(who).await;
    web.post(&token, &format!("/launches/{id}/{step}"), body)
        .await
}

fn ato(content: &[u8]) -> Value {
    json!({ "document_id": "ATO-7", "issued": "2026-01-15", "expires": "2029-01-14", "base64": STANDARD.encode(content) })
}

#[tokio::test]
async fn evidence_is_its_teams_and_a_document_is_what_its_content_says() {
    let web = Web::open().await;
    web.save_both().await;
    let (admin, outsider) = (web.token("admin").await, web.token("outsider").await);
    let kept = web.post(&admin, EVIDENCE, ato(PDF)).await.is(201);
    let one = format!("/evidence/{}", kept["id"].as_str().unwrap());
    for (method, path, body) in [
        ("GET", EVIDENCE, Value::Null),
        ("POST", EVIDENCE, ato(PDF)),
        ("GET", &format!("{one}/file"), Value::Null),
        ("DELETE", &one, Value::Null),
    ] {
        let said = web.call(&outsider, method, path, body).await;
        assert_eq!(said.status, 404, "{method} {path}: {}", said.text);
    }
    let reader = web.token("reader").await;
    web.delete(&reader, &one)
        .await
        .refused(403, "permission/role");

    for (content, status, code) in [
        (&b"<html><script>"[..], 422, "evidence/file-kind"),
        (b"MZ\x90\0%PDF-", 422, "evidence/file-kind"),
        (b"PK\x03\x04", 422, "evidence/file-kind"),
        (b"%PDF-1.7\n cut short", 422, "agreement/file-mixed"),
        (
            b"%PDF-1.7\n<</OpenAction 1 0 R>>\n%%EOF\n",
            422,
            "agreement/file-active",
        ),
    ] {
        web.post(&admin, EVIDENCE, ato(content))
            .await
            .refused(status, code);
    }
    let large = [b"%PDF-".as_slice(), &vec![b' '; 5 * 1024 * 1024]].concat();
    web.post(&admin, EVIDENCE, ato(&large))
        .await
        .refused(413, "evidence/file-too-large");
    // What is larger than any document is not even read.
    let endless = vec![b' '; 8 * 1024 * 1024];
    let said = web.post(&admin, EVIDENCE, ato(&endless)).await;
    assert_eq!(said.status, 413);
    let listed = web.get(&admin, EVIDENCE).await.is(200);
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));
    // Nothing in it acts in the portal's name.
    let file = web.get(&admin, &format!("{one}/file")).await;
    assert_eq!(file.header("x-content-type-options"), "nosniff");
    assert!(file.header("content-disposition").starts_with("attachment"));
    assert!(file.header("content-security-policy").contains("sandbox"));
}

#[tokio::test]
async fn another_team_neither_sees_nor_moves_nor_comments_a_request() {
    let web = Web::open().await;
    let id = submitted(&web).await;
    let reviewer = web.token("reviewer").await;
    let words = json!({ "path": "/friendly_name", "text": "Is this its name?" });
    let path = format!("/launches/{id}/comments");
    let said = web.post(&reviewer, &path, words.clone()).await.is(201);
    let comment = said["comments"][0]["id"].as_str().unwrap().to_owned();
    let outsider = web.token("outsider").await;
    let settle = format!("{path}/{comment}/settle");
    for (method, path) in [
        ("GET", format!("/launches/{id}")),
        ("PUT", format!("/launches/{id}")),
        ("POST", format!("/launches/{id}/submit")),
        ("POST", format!("/launches/{id}/withdraw")),
        ("POST", settle),
        ("POST", path),
    ] {
        let body = if path.ends_with("/comments") {
            words.clone()
        } else if method == "PUT" {
            launch()
        } else {
            json!({})
        };
        web.call(&outsider, method, &path, body)
            .await
            .refused(404, "launch/not-found");
    }
    let again = web.get(&reviewer, &format!("/launches/{id}")).await;
    assert_eq!(again.json["state"], "submitted");
    assert_eq!(again.json["comments"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn what_was_seen_is_what_is_sent_and_approved() {
    let web = Web::open().await;
    let id = draft(&web).await;
    let admin = web.token("admin").await;
    let path = format!("/launches/{id}");
    let seen = web.get(&admin, &path).await.header("etag").to_owned();
    let mut other = launch();
    other["audience"] = json!("Somebody else");
    web.put(&admin, &path, other).await.is(200);
    let submit = format!("{path}/submit");
    let stale = web
        .matching(&admin, ("POST", &submit), json!({}), &seen)
        .await;
    assert_eq!(stale.code(), "launch/stale", "{}", stale.text);
    let stale = web.matching(&admin, ("PUT", &path), launch(), &seen).await;
    assert_eq!(stale.code(), "launch/stale", "{}", stale.text);
    let fresh = web.get(&admin, &path).await.header("etag").to_owned();
    let sent = web
        .matching(&admin, ("POST", &submit), json!({}), &fresh)
        .await
        .is(200);
    let hash = sent["document_sha256"].as_str().unwrap().to_owned();
    act(
        &web,
        "reviewer",
        &id,
        "approve",
        json!({ "document_sha256": "0".repeat(64) }),
    )
    .await
    .refused(409, "launch/stale-review");
    act(
        &web,
        "reviewer",
        &id,
        "approve",
        json!({ "document_sha256": hash }),
    )
    .await
    .is(200);
    // What is decided is decided.
    act(&web, "admin", &id, "submit", json!({}))
        .await
        .refused(409, "launch/not-now");
}

#[tokio::test]
async fn an_open_item_and_a_level_above_the_agreement_stop_the_submission() {
    let web = Web::open().await;
    web.save_both().await;
    let (manager, admin) = (web.token("manager").await, web.token("admin").await);
    let number = "LGABCFY260008-0001-0000";
    let new = json!({ "number": number, "agency": "ABC", "partner": "Fisheries Digital", "starts": "2026-11-01", "ends": "2027-10-31",
        "apps": [{ "name": "Fishing Licence", "level": "auth-only" }] });
    web.post(&manager, "/agreements", new).await.is(201);
    let mut wish = launch();
    wish["agreement"] = json!(number);
    let made = web.post(&admin, "/launches", wish.clone()).await.is(201);
    let id = made["id"].as_str().unwrap().to_owned();
    let said = act(&web, "admin", &id, "submit", json!({})).await;
    let open = said.refused(422, "launch/checklist-open")["open_items"].clone();
    assert_eq!(open[0]["rule"], "L01", "nobody has signed: {open}");
    for item in open.as_array().unwrap() {
        assert!(item["how_to_close"].as_str().unwrap().ends_with('.'));
        assert!(item["link"].as_str().unwrap().starts_with('/'));
    }
    let path = format!("/agreements/{number}");
    for (who, step) in [
        ("manager", "start_drafting"),
        ("manager", "send_to_counsel"),
        ("reviewer", "clear_by_counsel"),
    ] {
        let token = web.token(who).await;
        web.post(&token, &format!("{path}/steps"), json!({ "step": step }))
            .await
            .is(200);
    }
    let sign = |side: &str| json!({ "side": side, "name": "A. Signer", "title": "Director" });
    web.post(&admin, &format!("{path}/signatures"), sign("partner"))
        .await
        .is(200);
    web.post(
        &manager,
        &format!("{path}/steps"),
        json!({ "step": "send_to_provider" }),
    )
    .await
    .is(200);
    let signer = web.token("administrator").await;
    web.post(&signer, &format!("{path}/signatures"), sign("provider"))
        .await
        .is(200);

    let mut above = web.production();
    above["level_of_service"] = json!("identity-verified");
    above["default_aal"] = json!("aal2");
    above["failure_to_proof_url"] = json!("https://fishing.agency.gov/other-ways");
    web.put(&admin, "/apps/fishing-licence/production", above)
        .await
        .is(200);
    let said = act(&web, "admin", &id, "submit", json!({})).await;
    let open = said.refused(422, "launch/checklist-open")["open_items"].clone();
    let rules: Vec<&str> = open
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|item| item["rule"].as_str())
        .collect();
    assert!(
        rules.contains(&"L04") && !rules.contains(&"L01"),
        "{rules:?}"
    );
    let stays = web.get(&admin, &format!("/launches/{id}")).await;
    assert_eq!(stays.json["state"], "draft");
}

#[tokio::test]
async fn neither_the_author_nor_somebody_of_the_agency_decides() {
    let web = Web::open().await;
    web.save_both().await;
    let both = [
        Held::staff(Role::Reviewer),
        Held::in_team(TEAM, Realm::Production, Role::PartnerAdmin),
    ];
    let (_, author) = web.member("both", &both).await;
    let made = web.post(&author, "/launches", launch()).await.is(201);
    let path = format!("/launches/{}", made["id"].as_str().unwrap());
    web.post(&author, &format!("{path}/submit"), json!({}))
        .await
        .is(200);
    web.post(&author, &format!("{path}/approve"), json!({}))
        .await
        .refused(403, "launch/own-request");
    let torn = [
        Held::staff(Role::Reviewer),
        Held::in_team(TEAM, Realm::Sandbox, Role::PartnerReadonly),
    ];
    let (_, torn) = web.member("torn", &torn).await;
    for step in ["approve", "request-changes", "reject"] {
        web.post(&torn, &format!("{path}/{step}"), json!({ "reason": "No." }))
            .await
            .refused(403, "launch/conflict-of-interest");
    }
    // None of them was told to decide.
    for (token, expected) in [(&author, 0), (&torn, 0), (&web.token("reviewer").await, 1)] {
        let notices = web.get(token, "/notices").await.is(200);
        let waits = notices["items"].as_array().unwrap().iter();
        let waits = waits.filter(|one| one["kind"] == "review-waits").count();
        assert_eq!(waits, expected, "{notices}");
    }
}

#[tokio::test]
async fn what_was_taken_back_or_refused_is_approved_by_nobody() {
    let web = Web::open().await;
    let id = submitted(&web).await;
    act(
        &web,
        "admin",
        &id,
        "withdraw",
        json!({ "note": "Not yet." }),
    )
    .await
    .is(200);
    for step in ["approve", "request-changes", "reject"] {
        act(&web, "reviewer", &id, step, json!({ "reason": "No." }))
            .await
            .refused(409, "launch/not-now");
    }
    act(&web, "admin", &id, "submit", json!({}))
        .await
        .refused(409, "launch/not-now");
    let admin = web.token("admin").await;
    let next = web.post(&admin, "/launches", launch()).await.is(201);
    let next = next["id"].as_str().unwrap().to_owned();
    act(&web, "admin", &next, "submit", json!({})).await.is(200);
    act(
        &web,
        "reviewer",
        &next,
        "reject",
        json!({ "reason": "No." }),
    )
    .await
    .is(200);
    act(&web, "second-reviewer", &next, "approve", json!({}))
        .await
        .refused(409, "launch/not-now");
}

#[tokio::test]
async fn every_decision_is_in_the_timeline_and_told_to_the_team() {
    let web = Web::open().await;
    let id = submitted(&web).await;
    let steps = [
        ("reviewer", "request-changes", "request-changes"),
        ("admin", "submit", "request-submitted"),
        ("admin", "withdraw", "request-withdrawn"),
    ];
    for (who, step, _) in steps {
        act(&web, who, &id, step, json!({ "reason": "Because." }))
            .await
            .is(200);
    }
    let admin = web.token("admin").await;
    let second = web.post(&admin, "/launches", launch()).await.is(201);
    let second = second["id"].as_str().unwrap().to_owned();
    let more = [
        ("admin", "submit", "request-submitted"),
        ("reviewer", "approve", "request-scheduled"),
    ];
    for (who, step, _) in more {
        act(&web, who, &second, step, json!({})).await.is(200);
    }
    let deployer = web.token("deployer").await;
    web.post(&deployer, "/demo/clock", json!({ "to": "2026-11-30" }))
        .await
        .is(200);
    let because = json!({ "reason": "Because." });
    act(&web, "deployer", &second, "rollback", because)
        .await
        .is(200);
    let told = web.get(&admin, "/notices?limit=100").await.is(200);
    let kinds: Vec<&str> = told["items"]
        .as_array()
        .unwrap()
        .iter()
        .rev()
        .filter_map(|one| one["kind"].as_str())
        .filter(|kind| kind.starts_with("request-"))
        .collect();
    let expected: Vec<&str> = ["request-submitted"]
        .into_iter()
        .chain(steps.iter().chain(&more).map(|(_, _, kind)| *kind))
        .chain(["request-deployed", "request-rolled-back"])
        .collect();
    assert_eq!(kinds, expected);
    for (request, words) in [
        (
            &id,
            &["create", "submit", "request_changes", "submit", "withdraw"][..],
        ),
        (
            &second,
            &[
                "create",
                "submit",
                "approve",
                "schedule",
                "deploy",
                "check",
                "roll_back",
            ],
        ),
    ] {
        let seen = web
            .get(&admin, &format!("/launches/{request}"))
            .await
            .is(200);
        let lines = seen["timeline"].as_array().unwrap();
        let events: Vec<&str> = lines
            .iter()
            .filter_map(|line| line["event"].as_str())
            .collect();
        assert_eq!(events, words);
        assert!(
            lines
                .iter()
                .all(|line| line["actor"].as_str().is_some_and(|who| !who.is_empty()))
        );
    }
}
