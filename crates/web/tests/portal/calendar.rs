//! O3 by its pages, its calls and its feeds: what is added to the calendar, which requests move, and who is told.

mod feeds;

use serde_json::{Value, json};

use crate::api::launches::launch;
use crate::support::{Web, between};

/// A portal with a request for 30 November 2026.
struct Planned {
    web: Web,
    id: String,
}

impl Planned {
    async fn open() -> Self {
        let web = Web::open().await;
        web.save_both().await;
        let admin = web.token("admin").await;
        let made = web.post(&admin, "/launches", launch()).await.is(201);
        let id = made["id"].as_str().unwrap().to_owned();
        let path = format!("/launches/{id}/submit");
        let sent = web.post(&admin, &path, json!({})).await.is(200);
        assert_eq!(sent["window"], "2026-11-30");
        Self { web, id }
    }

    async fn window(&self) -> Value {
        let path = format!("/launches/{}", self.id);
        self.api("reader", "GET", &path, Value::Null).await.1["window"].clone()
    }

    async fn api(&self, who: &str, method: &str, path: &str, body: Value) -> (u16, Value) {
        self.web.api(who, method, path, &body).await
    }
}

#[tokio::test]
async fn by_api_a_moved_window_shows_first_what_moves_and_tells_the_owners() {
    let planned = Planned::open().await;
    let entries = "/calendar/entries";
    let moving = json!({ "kind": "move", "from": "2026-11-30", "to": "2026-12-02", "reason": "The data centre moves." });
    let (status, denied) = planned.api("admin", "POST", entries, moving.clone()).await;
    assert_eq!((status, &denied["code"]), (403, &json!("permission/role")));
    let preview = format!("{entries}/preview");
    let (status, shown) = planned
        .api("deployer", "POST", &preview, moving.clone())
        .await;
    assert_eq!(status, 200, "{shown}");
    let first = &shown["moves"][0];
    assert_eq!(
        (&first["launch"], &first["from"], &first["to"]),
        (
            &json!(planned.id),
            &json!("2026-11-30"),
            &json!("2026-12-02")
        )
    );
    assert_eq!(planned.window().await, "2026-11-30", "a look moves nothing");

    let stale = format!("{entries}?seen=other");
    let (status, refused) = planned
        .api("deployer", "POST", &stale, moving.clone())
        .await;
    assert_eq!(
        (status, &refused["code"]),
        (409, &json!("calendar/moved-meanwhile"))
    );
    let seen = format!("{entries}?seen={}", shown["seen"].as_str().unwrap());
    let (status, made) = planned.api("deployer", "POST", &seen, moving).await;
    assert_eq!((status, &made["entry"]["kind"]), (201, &json!("move")));
    assert_eq!(planned.window().await, "2026-12-02");

    let path = format!("/launches/{}", planned.id);
    let (_, view) = planned.api("reader", "GET", &path, Value::Null).await;
    let steps = view["explanation"].as_array().unwrap();
    assert_eq!(steps.last().unwrap()["code"], "replanned");
    let (_, notices) = planned.api("admin", "GET", "/notices", Value::Null).await;
    assert!(notices.to_string().contains("request-moved"), "{notices}");
    let cookie = planned.web.cookie("administrator").await;
    let audit = planned.web.page(&cookie, "/audit").await.shown();
    assert!(audit.contains("calendar.changed") && audit.contains("calendar.request_moved"));

    // The new day is the window of everybody, and a move is not taken back.
    let span = "/calendar?from=2026-11-28&to=2026-12-04";
    let (_, windows) = planned.api("reader", "GET", span, Value::Null).await;
    let days: Vec<&Value> = windows["windows"].as_array().unwrap().iter().collect();
    assert_eq!(
        days.iter().map(|day| &day["date"]).collect::<Vec<_>>(),
        ["2026-12-02", "2026-12-03"]
    );
    assert!(days[0]["reason"].as_str().unwrap().contains("was moved to"));
    let end = format!("{entries}/{}/end", made["entry"]["id"].as_str().unwrap());
    let back = json!({ "reason": "Called off" });
    let (status, refused) = planned.api("deployer", "POST", &end, back).await;
    assert_eq!(
        (status, &refused["code"]),
        (409, &json!("calendar/move-stays"))
    );
}

#[tokio::test]
async fn by_page_a_freeze_is_looked_at_confirmed_and_ended() {
    let planned = Planned::open().await;
    let web = &planned.web;
    let cookie = web.cookie("deployer").await;
    let (list, form) = ("/calendar/changes", "/calendar/changes/new?kind=freeze");
    let mut fields = vec![
        ("kind", "freeze"),
        ("from", "2026-11-28"),
        ("to", "2026-12-04"),
        ("environment_production", "1"),
        ("reason", "Elections"),
    ];
    let wrong = [("kind", "freeze"), ("from", "soon"), ("reason", "x")];
    let said = web.form(&cookie, form, list, &wrong).await;
    assert_eq!(said.status, 422);
    assert!(said.text.contains("id=\"from_error\""));
    let look = web.form(&cookie, form, list, &fields).await.shown();
    assert!(look.contains("id=\"moves\"") && look.contains("Fishing Licence"));
    assert_eq!(planned.window().await, "2026-11-30");
    let seen = between(&look, "id=\"seen\"", "value=\"", "\"").to_owned();
    fields.push(("seen", &seen));
    assert_eq!(web.form(&cookie, form, list, &fields).await.status, 303);
    assert_eq!(planned.window().await, "2026-12-10");
    // Staging is not frozen, so its window is still one.
    let days = "/calendar?from=2026-12-01&to=2026-12-10";
    let (_, said) = planned.api("reader", "GET", days, Value::Null).await;
    assert_eq!(said["windows"].as_array().unwrap().len(), 2);

    // What the owner reads, in two languages.
    let admin = web.cookie("admin").await;
    let page = format!("/launches/{}", planned.id);
    let english = web.page(&admin, &page).await.shown();
    assert!(english.contains("there is a freeze from") && english.contains("Elections"));
    let spanish = web.page(&admin, &format!("{page}?locale=es")).await.shown();
    assert!(spanish.contains("hay una congelación del"));
    for view in [
        "/calendar/month?month=2026-12",
        "/calendar/year?year=2026",
        "/calendar?from=2026-12-01",
    ] {
        let shown = web.page(&admin, view).await.shown();
        assert!(
            shown.contains("data-kind=\"freeze\"") && shown.contains("Elections"),
            "{view}"
        );
    }
    // A partner reads the list and may only name a busy time.
    let shown = web.page(&admin, list).await.shown();
    assert!(shown.contains("id=\"add_peak\"") && !shown.contains("id=\"add_freeze\""));
    assert_eq!(web.page(&admin, form).await.status, 403);

    let shown = web.page(&cookie, list).await.shown();
    let entry = between(&shown, "data-entry=\"", "", "\"").to_owned();
    let end = format!("/calendar/changes/{entry}/end");
    let nothing = web.form(&cookie, list, &end, &[("reason", " ")]).await;
    assert_eq!(nothing.status, 422);
    let reason = [("reason", "Called off")];
    assert_eq!(web.form(&admin, list, &end, &reason).await.status, 403);
    assert_eq!(web.form(&cookie, list, &end, &reason).await.status, 303);
    let shown = web.page(&cookie, list).await.shown();
    assert!(shown.contains("id=\"no_entries\"") && shown.contains("id=\"ended\""));
    assert_eq!(
        planned.window().await,
        "2026-12-10",
        "who was promised a day keeps it"
    );
}

#[tokio::test]
async fn a_busy_time_is_told_to_its_team_and_to_staff_alone() {
    let web = Web::open().await;
    let peak = json!({ "kind": "peak", "team": "fisheries-digital", "from": "2026-11-28", "to": "2026-12-04", "reason": "Season opens" });
    let (status, _) = web
        .api("outsider", "POST", "/calendar/entries", &peak)
        .await;
    assert_eq!(status, 403);
    let (status, made) = web.api("admin", "POST", "/calendar/entries", &peak).await;
    assert_eq!(status, 201, "{made}");
    let ask = "/calendar/earliest?submitted=2026-11-10&team=fisheries-digital";
    let (_, mine) = web.api("reader", "GET", ask, &Value::Null).await;
    assert_eq!(mine["earliest"], "2026-12-10");
    assert!(mine["steps"].to_string().contains("Season opens"));
    let (status, refused) = web.api("outsider", "GET", ask, &Value::Null).await;
    assert_eq!(
        (status, &refused["code"]),
        (422, &json!("calendar/no-team"))
    );
    let (_, theirs) = web
        .api("outsider", "GET", "/calendar/entries", &Value::Null)
        .await;
    assert_eq!(theirs["items"], json!([]));
    let (_, staff) = web
        .api("reviewer", "GET", "/calendar/entries", &Value::Null)
        .await;
    assert_eq!(staff["items"][0]["reason"], "Season opens");
    for (who, sees) in [("reader", true), ("outsider", false)] {
        let cookie = web.cookie(who).await;
        let page = web.page(&cookie, "/calendar?from=2026-11-01").await.shown();
        assert_eq!(page.contains("Season opens"), sees, "{who}");
    }
}

#[tokio::test]
async fn the_days_of_a_page_and_of_the_api_are_the_same_ones() {
    let web = Web::open().await;
    let cookie = web.cookie("reader").await;
    let (_, said) = web
        .api(
            "reader",
            "GET",
            "/calendar?from=2026-01-01&to=2026-12-31",
            &Value::Null,
        )
        .await;
    let page = web.page(&cookie, "/calendar/year?year=2026").await.shown();
    let windows = said["windows"].as_array().unwrap();
    assert_eq!(windows.len(), 53);
    for window in windows {
        let day = window["date"].as_str().unwrap();
        assert!(page.contains(&format!("datetime=\"{day}\"")), "{day}");
    }
    // A window in a freeze of everything is none for programs, and closed on the page.
    let whole = json!({ "kind": "freeze", "from": "2026-12-24", "reason": "A day of rest" });
    let (status, _) = web
        .api("deployer", "POST", "/calendar/entries", &whole)
        .await;
    assert_eq!(status, 201);
    let days = "/calendar?from=2026-12-18&to=2026-12-31";
    let (_, said) = web.api("reader", "GET", days, &Value::Null).await;
    let left: Vec<&Value> = said["windows"].as_array().unwrap().iter().collect();
    assert_eq!((left.len(), &left[0]["date"]), (1, &json!("2026-12-31")));
    let page = web
        .page(&cookie, "/calendar/month?month=2026-12")
        .await
        .shown();
    assert!(page.contains("data-kind=\"closed\""));
    for wrong in [
        "/calendar?from=yesterday",
        "/calendar/month?month=13",
        "/calendar/year?year=never",
        "/calendar/year?year=32767",
    ] {
        web.page(&cookie, wrong).await.shown();
    }
    let asked = web.page(&cookie, "/calendar?submitted=soon").await;
    assert_eq!(asked.status, 422);
    assert!(asked.text.contains("id=\"submitted_error\""));
    let asked = web
        .page(&cookie, "/calendar?submitted=2026-11-10")
        .await
        .shown();
    assert!(asked.contains("Thanksgiving") && asked.contains("2026-11-30"));
}

#[tokio::test]
async fn the_end_of_an_agreement_is_shown_to_its_agency_and_to_staff_alone() {
    let planned = Planned::open().await;
    let web = &planned.web;
    let span = "/calendar?from=2027-09-01&to=2027-10-31";
    for (who, sees) in [("reader", true), ("manager", true), ("outsider", false)] {
        let (status, said) = planned.api(who, "GET", span, Value::Null).await;
        assert_eq!(status, 200, "{said}");
        assert!(!said["windows"].as_array().unwrap().is_empty());
        let first = &said["agreements"][0];
        assert_eq!(!first.is_null(), sees, "{who}: {said}");
        if sees {
            assert_eq!(first["number"], "LGABCFY210001-0001-0000");
            assert_eq!(first["ends"], "2027-09-30");
            assert_eq!(first["policy"], "warn");
            assert_eq!(first["suspends"], Value::Null);
            assert_eq!(first["apps"], json!(["Fishing Licence", "Harbour Permits"]));
        }
        let cookie = web.cookie(who).await;
        for page in [
            "/calendar?from=2027-08-01",
            "/calendar/month?month=2027-09",
            "/calendar/year?year=2027",
        ] {
            let shown = web.page(&cookie, page).await.shown();
            let there = shown.contains("data-kind=\"agreement\"");
            assert_eq!(there, sees, "{who} {page}");
            assert_eq!(shown.contains("LGABCFY210001-0001-0000"), sees);
        }
        let shown = web.page(&cookie, "/calendar/month?month=2027-10").await;
        assert!(!shown.shown().contains("data-kind=\"agreement\""));
    }
}
