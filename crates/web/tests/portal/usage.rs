//! Usage and billing: real hand-offs of one environment, up to the pages, calls and files that tell of them.

use std::sync::Arc;

use durward_app::Door;
use durward_app::actor::Actor;
use durward_app::citizen::several::{self, ReadyPerson};
use durward_app::jobs::keeper_feed;
use durward_app::testing_portal::AGREEMENT;
use durward_app::walk::{self, Walker};
use durward_domain::environment::EnvironmentName;
use durward_keyring::digest;
use durward_keyring::totp::TotpSecret;
use serde_json::Value;

use crate::support::Web;

const PASSWORD: &str = "correct horse battery staple";

/// A portal with a live app that these many people went to, some of them twice.
async fn used(people: usize) -> (Web, String) {
    let web = Web::open().await;
    let mut document = web.portal.production_document();
    document.level_of_service = durward_domain::level::LevelOfService::AuthOnly;
    let handle = document.handle.to_string();
    web.portal.put_live(vec![document]).await.unwrap();
    let door = production(&web);
    for number in 0..people {
        let again = [handle.as_str(), handle.as_str()];
        visits(&door, number, &again[..1 + number % 2]).await;
    }
    keeper_feed::pull(&web.portal.keeper).await.unwrap();
    (web, handle)
}

fn production(web: &Web) -> Arc<Door> {
    let link = web.portal.keeper.environment(EnvironmentName::Production);
    link.unwrap().door.clone().unwrap()
}

async fn visits(door: &Arc<Door>, number: usize, handles: &[&str]) {
    let email = format!("person{number}@example.com");
    let totp = TotpSecret::generate(&door.random);
    let password = door.passwords.hash(PASSWORD.to_owned()).await.unwrap();
    let person = ReadyPerson::at(&email, password, totp.clone()).unwrap();
    several::create(door, &[person], &Actor::System("test"))
        .await
        .unwrap();
    let walker = Walker {
        email: &email,
        password: PASSWORD,
        totp: &totp,
    };
    walk::visit(door, walker, handles).await.unwrap();
}

#[tokio::test]
async fn a_session_is_one_line_entry_and_every_sum_leads_down_to_it() {
    let (web, handle) = used(4).await;
    let token = web.token("admin").await;
    let base = format!("/agreements/{AGREEMENT}/usage");
    let usage = web.get(&token, &base).await.is(200);
    let month = &usage["months"][0];
    // Four people in four sessions; who went there twice in one is one entry.
    assert_eq!(month["figures"]["auths"], 4, "{usage}");
    assert_eq!(
        (&month["entries"], &month["figures"]["users"]),
        (&4.into(), &4.into())
    );
    assert_eq!(month["apps"][0]["app"], handle.as_str());
    assert_eq!(usage["forecast"]["first_use"], month["month"]);
    let of = month["month"].as_str().unwrap();

    // The same again, also when nothing is kept.
    let again = web.get(&token, &base).await.is(200);
    assert_eq!(again, usage);
    let entries = web
        .get(&token, &format!("{base}/{of}/entries"))
        .await
        .is(200);
    assert_eq!(entries["items"].as_array().unwrap().len(), 4);
    let text = entries.to_string();
    assert!(
        !text.contains("person0@") && !text.contains("example.com"),
        "{text}"
    );
    let file = web
        .get(&token, &format!("{base}/{of}/entries.csv"))
        .await
        .shown();
    let (_, lines) = file.split_once('\n').unwrap();
    assert_eq!(month["digest"], digest::sha256_hex(lines.as_bytes()));
    let lines = web.get(&token, &format!("{base}/lines.csv")).await.shown();
    assert!(lines.contains(of) && lines.contains(month["digest"].as_str().unwrap()));

    // The pages show what the calls tell.
    let cookie = web.cookie("admin").await;
    assert!(
        web.page(&cookie, "/usage")
            .await
            .shown()
            .contains(AGREEMENT)
    );
    let page = web.page(&cookie, &base).await.shown();
    for part in [
        format!("data-month=\"{of}\" data-app=\"{handle}\""),
        "id=\"burn_down\"".to_owned(),
        "id=\"forecast_why\"".to_owned(),
    ] {
        assert!(page.contains(&part), "{part}");
    }
    let page = web.page(&cookie, &format!("{base}/{of}")).await.shown();
    assert!(page.contains(month["digest"].as_str().unwrap()) && page.contains("entries.csv"));
    let agreement = web
        .page(&cookie, &format!("/agreements/{AGREEMENT}"))
        .await
        .shown();
    assert!(agreement.contains(&format!("href=\"{base}\"")));
}

#[tokio::test]
async fn another_price_model_prices_the_same_usage() {
    let (web, _) = used(2).await;
    let base = format!("/agreements/{AGREEMENT}/usage");
    let (_, own) = web.api("admin", "GET", &base, &Value::Null).await;
    let model = own["price_model"].as_u64().unwrap();
    let models = own["models"].as_array().unwrap();
    for other in models.iter().filter(|one| one.as_u64() != Some(model)) {
        let path = format!("{base}?model={other}");
        let (_, under) = web.api("admin", "GET", &path, &Value::Null).await;
        assert_eq!(
            (&under["other_model"], &under["price_model"]),
            (other, &own["price_model"])
        );
        let of = &under["months"][0];
        assert_eq!(of["priced"], own["months"][0]["priced"], "its own stays");
        assert_eq!(under["under_other"], of["under_other"]["total"]);
        assert_ne!(of["under_other"]["total"], of["priced"]["total"]);
    }
    let (status, problem) = web
        .api("admin", "GET", &format!("{base}?model=99"), &Value::Null)
        .await;
    assert_eq!(
        (status, &problem["code"]),
        (422, &"usage/price-model".into())
    );
}

#[tokio::test]
async fn only_the_agency_and_the_programme_see_usage() {
    let (web, _) = used(1).await;
    let base = format!("/agreements/{AGREEMENT}/usage");
    for (who, status) in [
        ("admin", 200),
        ("manager", 200),
        ("administrator", 200),
        ("outsider", 404),
        ("developer", 403),
        ("reader", 403),
    ] {
        let token = web.token(who).await;
        let cookie = web.cookie(who).await;
        for end in ["", "/2026-11", "/lines.csv", "/2026-11/entries.csv"] {
            let path = format!("{base}{end}");
            assert_eq!(web.get(&token, &path).await.status, status, "{who} {path}");
            assert_eq!(
                web.page(&cookie, &path).await.status,
                status,
                "{who} {path}"
            );
        }
    }
    let list = web
        .get(&web.token("outsider").await, "/usage")
        .await
        .is(200);
    assert_eq!(list["items"], serde_json::json!([]));
}
