//! The calendar, agreements and their numbers.

use durward_app::testing_portal::AGREEMENT;
use serde_json::{Value, json};

use crate::support::{Said, Web};

#[tokio::test]
async fn the_calendar_and_agreement_numbers() {
    let web = Web::open().await;
    let token = web.token("reader").await;
    let windows = web
        .get(&token, "/calendar?from=2026-11-20&to=2026-12-05")
        .await;
    let days: Vec<&str> = windows.json["windows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|window| window["date"].as_str().unwrap())
        .collect();
    assert_eq!(days, ["2026-11-30", "2026-12-03"]);
    let earliest = web
        .get(
            &token,
            "/calendar/earliest?submitted=2026-11-10&push_url=false",
        )
        .await;
    assert_eq!(earliest.json["earliest"], "2026-11-30");
    let push = web
        .get(
            &token,
            "/calendar/earliest?submitted=2026-11-10&push_url=true",
        )
        .await;
    assert_eq!(push.json["earliest"], "2026-12-03");
    web.get(&token, "/calendar?from=tomorrow&to=2026-12-05")
        .await
        .is(400);
    web.get(&token, "/calendar?from=2026-12-05&to=2026-12-01")
        .await
        .is(422);
    let parsed = web
        .post(&token, "/agreements/parse", json!({ "number": AGREEMENT }))
        .await;
    assert_eq!((parsed.status, &parsed.json["mod"]), (200, &json!("0000")));
    web.post(&token, "/agreements/parse", json!({ "number": "X-1" }))
        .await
        .is(422);
    let list = web.get(&token, "/agreements").await;
    assert_eq!(list.json["items"][0]["apps"][0], "Fishing Licence");
    let outsider = web.token("outsider").await;
    assert_eq!(
        web.get(&outsider, "/agreements").await.json["items"],
        json!([])
    );
    web.get(&outsider, &format!("/agreements/{AGREEMENT}"))
        .await
        .is(404);
}

/// Takes a step and sees what the document's state is then.
async fn step(web: &Web, who: &str, number: &str, body: Value) -> Said {
    web.post(who, &format!("/agreements/{number}/steps"), body)
        .await
}

#[tokio::test]
async fn an_agreement_goes_its_way_to_both_signatures() {
    let web = Web::open().await;
    let (manager, admin) = (web.token("manager").await, web.token("admin").await);
    let (reviewer, signer) = (
        web.token("reviewer").await,
        web.token("administrator").await,
    );
    let number = "LGABCFY260007-0001-0000";
    let new = json!({ "number": "LGABC260007-0001-0000", "agency": "ABC", "partner": "Fisheries Digital", "starts": "2026-12-01", "ends": "2027-11-30",
        "apps": [{ "name": "Boat Registration", "level": "auth-only" }] });
    let developer = web.token("developer").await;
    web.post(&developer, "/agreements", new.clone())
        .await
        .is(403);
    // With and without FY is one number.
    let made = web.post(&manager, "/agreements", new.clone()).await.is(201);
    assert_eq!(made["number"], number);
    web.post(&manager, "/agreements", new).await.is(409);
    let signature = json!({ "side": "partner", "name": "A. Signer", "title": "Director" });
    let path = format!("/agreements/{number}/signatures");
    web.post(&admin, &path, signature.clone())
        .await
        .refused(409, "agreement/step-not-possible");
    for named in ["start_drafting", "send_to_counsel"] {
        step(&web, &manager, number, json!({ "step": named }))
            .await
            .is(200);
    }
    let clear = json!({ "step": "clear_by_counsel" });
    step(&web, &manager, number, clear.clone())
        .await
        .refused(403, "permission/role");
    step(&web, &reviewer, number, clear).await.is(200);
    let signed = web.post(&admin, &path, signature).await.is(200);
    assert_eq!(signed["state"], "partner_signed");
    assert_eq!(signed["partner_signature"]["sha256"], signed["sha256"]);
    step(
        &web,
        &manager,
        number,
        json!({ "step": "send_to_provider" }),
    )
    .await
    .is(200);
    let provider = json!({ "side": "provider", "name": "P. Rovider", "title": "Director" });
    web.post(&admin, &path, provider.clone()).await.is(403);
    // Who wrote the text does not sign it for the programme.
    web.post(&manager, &path, provider.clone())
        .await
        .refused(403, "agreement/same-signer");
    let executed = web.post(&signer, &path, provider).await.is(200);
    assert_eq!(executed["state"], "executed");

    // A Mod runs beside what it replaces, and an end needs a reason.
    step(&web, &admin, number, json!({ "step": "request_mod" }))
        .await
        .is(200);
    let details = web
        .get(&manager, &format!("/agreements/{number}/details"))
        .await
        .is(200);
    assert_eq!(details["mods"], json!(["LGABCFY260007-0001-0001"]));
    step(&web, &manager, number, json!({ "step": "terminate" }))
        .await
        .refused(422, "agreement/reason-missing");
    step(&web, &manager, number, json!({ "step": "replace" }))
        .await
        .refused(409, "agreement/step-by-itself");
}

#[tokio::test]
async fn an_override_needs_a_second_person_and_happens_once() {
    let web = Web::open().await;
    let (manager, other) = (web.token("manager").await, web.token("administrator").await);
    let path = format!("/agreements/{AGREEMENT}/overrides");
    let ask = json!({ "change": { "ends": "2027-12-31" }, "reason": "The Mod is late." });
    let id = web.post(&manager, &path, ask).await.is(201)["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let confirm = format!("{path}/{id}/confirm");
    web.post(&manager, &confirm, json!({}))
        .await
        .refused(403, "agreement/own-override");
    let after = web.post(&other, &confirm, json!({})).await.is(200);
    assert_eq!(after["ends"], "2027-12-31");
    web.post(&other, &confirm, json!({}))
        .await
        .refused(409, "agreement/override-decided");
}

#[tokio::test]
async fn files_are_told_by_their_content() {
    let web = Web::open().await;
    let admin = web.token("admin").await;
    let path = format!("/agreements/{AGREEMENT}/files");
    // <!doctype html><script>alert(1)</script>
    let page = json!({ "purpose": "signed_scan", "name": "scan.pdf", "base64": "PCFkb2N0eXBlIGh0bWw+PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==" });
    assert_eq!(web.post(&admin, &path, page).await.status, 422);
    // A PDF, with a name that is none.
    let file = json!({ "purpose": "signed_scan", "name": "../x.html", "base64": "JVBERi0xLjcKMSAwIG9iajw8L1R5cGUvQ2F0YWxvZz4+ZW5kb2JqCiUlRU9GCg==" });
    let id = web.post(&admin, &path, file).await.is(201)["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let kept = web.get(&admin, &format!("{path}/{id}")).await;
    assert_eq!(kept.header("content-type"), "application/pdf");
    assert_eq!(kept.header("x-content-type-options"), "nosniff");
    assert_eq!(
        kept.header("content-disposition"),
        "attachment; filename=\"x.pdf\""
    );
    let outsider = web.token("outsider").await;
    web.get(&outsider, &format!("{path}/{id}")).await.is(404);
}
