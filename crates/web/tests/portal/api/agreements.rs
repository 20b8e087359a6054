//! The calendar, agreements and their numbers.

use durward_app::testing_portal::AGREEMENT;
use serde_json::json;

use crate::support::Web;

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

#[tokio::test]
async fn an_agreement_goes_its_way_to_both_signatures() {
    let web = Web::open().await;
    let (manager, admin) = (web.token("manager").await, web.token("admin").await);
    let number = "LGABCFY260007-0001-0000";
    let new = json!({ "number": number, "agency": "ABC", "partner": "Fisheries Digital", "starts": "2026-12-01", "ends": "2027-11-30",
        "apps": [{ "name": "Boat Registration", "level": "auth-only" }] });
    web.post(&admin, "/agreements", new.clone()).await.is(403);
    web.post(&manager, "/agreements", new.clone()).await.is(201);
    web.post(&manager, "/agreements", new).await.is(409);
    let signature = json!({ "side": "partner", "name": "A. Signer", "title": "Director" });
    let path = format!("/agreements/{number}/signatures");
    assert_eq!(
        web.post(&admin, &path, signature.clone()).await.json["code"],
        "agreement/step-not-possible"
    );
    for step in ["start_drafting", "send_to_counsel", "clear_by_counsel"] {
        assert_eq!(
            web.post(
                &manager,
                &format!("/agreements/{number}/steps"),
                json!({ "step": step })
            )
            .await
            .status,
            200,
            "{step}"
        );
    }
    assert_eq!(
        web.post(&admin, &path, signature).await.json["state"],
        "partner_signed"
    );
    web.post(
        &manager,
        &format!("/agreements/{number}/steps"),
        json!({ "step": "send_to_provider" }),
    )
    .await;
    let provider = json!({ "side": "provider", "name": "P. Rovider", "title": "Director" });
    web.post(&admin, &path, provider.clone()).await.is(403);
    assert_eq!(
        web.post(&manager, &path, provider).await.json["state"],
        "executed"
    );
}
