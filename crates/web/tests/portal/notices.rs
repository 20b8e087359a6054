//! How notices reach members: choices, less mail from the mail itself, and what no notice ever holds.

use axum::body::Body;
use axum::http::Request;
use durward_app::partner::notices::{
    self, Delivery, KEY_ADDED, Notice, NoticeKind, REQUEST_DEPLOYED, To,
};
use durward_domain::environment::EnvironmentName;
use serde_json::{Value, json};

use crate::support::{FORM, PORTAL, Said, Web, browse};

/// The path of a link in a mail.
fn link(web: &Web, member: &str, kind: Option<&NoticeKind>) -> String {
    let url = notices::stop_link(&web.portal.keeper, member, kind);
    url.strip_prefix(PORTAL).unwrap().to_owned()
}

/// What a mail program or the page's own button sends: no cookie, no token of a form.
async fn press(web: &Web, path: &str, body: &str) -> Said {
    let request = Request::post(path)
        .header(FORM.0, FORM.1)
        .body(Body::from(body.to_owned()));
    web.send(request.unwrap()).await
}

async fn delivery(web: &Web, who: &str, kind: &NoticeKind) -> Delivery {
    let member = web.portal.member(who).await.unwrap();
    let all = notices::choices(&web.portal.keeper, &member).await.unwrap();
    all.iter()
        .find(|one| one.kind == kind)
        .map(|one| one.delivery)
        .unwrap()
}

#[tokio::test]
async fn a_member_chooses_for_each_kind_and_cannot_switch_security_off() {
    let web = Web::open().await;
    let cookie = web.cookie("developer").await;
    let page = web.page(&cookie, "/notices/choices").await.shown();
    assert!(page.contains("deliver_key-added"));
    assert!(!page.contains("deliver_ticket-opened"), "of staff");
    let chosen = [
        ("deliver_request-deployed", "portal"),
        ("deliver_key-added", "digest"),
    ];
    let at = "/notices/choices";
    let said = web.form(&cookie, at, at, &chosen).await;
    assert_eq!(said.status, 303, "{}", said.text);
    assert_eq!(
        delivery(&web, "developer", &REQUEST_DEPLOYED).await,
        Delivery::Portal
    );
    assert_eq!(
        delivery(&web, "developer", &KEY_ADDED).await,
        Delivery::Digest
    );
    assert_eq!(
        delivery(&web, "admin", &KEY_ADDED).await,
        Delivery::AtOnce,
        "another member"
    );
    for (field, value, code) in [
        (
            "deliver_key-added",
            "portal",
            "notices/cannot-be-switched-off",
        ),
        ("deliver_key-added", "never", "notices/delivery-unknown"),
        ("deliver_nothing", "portal", "notices/kind-unknown"),
    ] {
        let all = [("deliver_request-deployed", "digest"), (field, value)];
        let said = web.form(&cookie, at, at, &all).await;
        assert!((400..500).contains(&said.status), "{}", said.status);
        assert!(said.text.contains(code), "{}", said.text);
    }
    assert_eq!(
        delivery(&web, "developer", &REQUEST_DEPLOYED).await,
        Delivery::Portal,
        "all or nothing"
    );
}

#[tokio::test]
async fn the_api_shows_and_takes_choices() {
    let web = Web::open().await;
    let (status, list) = web
        .api("developer", "GET", "/notices/choices", &Value::Null)
        .await;
    assert_eq!(status, 200, "{list}");
    let kinds = list["items"].as_array().unwrap();
    let added = kinds.iter().find(|one| one["kind"] == "key-added").unwrap();
    assert_eq!(added["ways"], json!(["at-once", "digest"]));
    let wish = json!({ "choices": [{ "kind": "key-added", "delivery": "digest" }] });
    let (status, list) = web.api("developer", "PUT", "/notices/choices", &wish).await;
    assert_eq!(status, 200, "{list}");
    assert_eq!(
        delivery(&web, "developer", &KEY_ADDED).await,
        Delivery::Digest
    );
    let wish = json!({ "choices": [{ "kind": "key-added", "delivery": "portal" }] });
    let (status, problem) = web.api("developer", "PUT", "/notices/choices", &wish).await;
    assert_eq!(
        (status, problem["code"].as_str()),
        (422, Some("notices/cannot-be-switched-off"))
    );
}

#[tokio::test]
async fn a_link_of_a_mail_acts_only_after_its_button_and_for_its_reader_alone() {
    let web = Web::open().await;
    let id = web.id("developer").await;
    let path = link(&web, &id, Some(&REQUEST_DEPLOYED));
    // A mail program opens links by itself.
    for _ in 0..2 {
        let page = web.page("", &path).await.shown();
        assert!(page.contains("portal-notice-less") && !page.contains(&id));
    }
    assert_eq!(
        delivery(&web, "developer", &REQUEST_DEPLOYED).await,
        Delivery::AtOnce
    );
    let said = press(&web, &path, "daily=1").await;
    assert_eq!(said.status, 200, "{}", said.text);
    assert_eq!(
        delivery(&web, "developer", &REQUEST_DEPLOYED).await,
        Delivery::Digest
    );
    let said = press(&web, &path, "List-Unsubscribe=One-Click").await;
    assert_eq!(said.status, 200, "{}", said.text);
    assert_eq!(
        delivery(&web, "developer", &REQUEST_DEPLOYED).await,
        Delivery::Portal
    );
    // RFC 8058 allows a form in parts as well; and a second press changes nothing.
    let parts = Request::post(&path)
        .header("content-type", "multipart/form-data; boundary=x")
        .body(Body::from(
            "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n",
        ));
    assert_eq!(web.send(parts.unwrap()).await.status, 200);
    assert_eq!(
        delivery(&web, "admin", &REQUEST_DEPLOYED).await,
        Delivery::AtOnce,
        "another member"
    );
    assert_eq!(
        delivery(&web, "developer", &KEY_ADDED).await,
        Delivery::AtOnce,
        "another kind"
    );
}

#[tokio::test]
async fn a_security_notice_can_only_come_less_often() {
    let web = Web::open().await;
    let id = web.id("developer").await;
    let path = link(&web, &id, Some(&KEY_ADDED));
    assert_eq!(
        press(&web, &path, "List-Unsubscribe=One-Click")
            .await
            .status,
        200
    );
    assert_eq!(
        delivery(&web, "developer", &KEY_ADDED).await,
        Delivery::Digest
    );
    // The end of the daily mail does not end it either.
    let daily = link(&web, &id, None);
    let first = link(&web, &id, Some(&REQUEST_DEPLOYED));
    assert_eq!(press(&web, &first, "daily=1").await.status, 200);
    assert_eq!(press(&web, &daily, "").await.status, 200);
    assert_eq!(
        delivery(&web, "developer", &KEY_ADDED).await,
        Delivery::Digest
    );
    assert_eq!(
        delivery(&web, "developer", &REQUEST_DEPLOYED).await,
        Delivery::Portal
    );
}

#[tokio::test]
async fn a_forged_link_does_nothing() {
    let web = Web::open().await;
    let id = web.id("developer").await;
    let good = link(&web, &id, Some(&REQUEST_DEPLOYED));
    let (before, token) = good.split_once("t=").unwrap();
    let last = if token.ends_with('A') { 'B' } else { 'A' };
    let mut turned = token.to_owned();
    turned.pop();
    turned.push(last);
    let plain = format!("{{\"m\":\"{id}\",\"k\":\"request-deployed\"}}");
    // What the same key seals elsewhere is no link.
    let keeper = &web.portal.keeper;
    let moved = keeper
        .sealer
        .seal("portal/other", plain.as_bytes(), &keeper.random);
    let nobody = notices::stop_link(keeper, "nobody", Some(&REQUEST_DEPLOYED));
    let nobody = nobody.split_once("t=").unwrap().1.to_owned();
    let forged = [
        String::new(),
        "k1:AAAA".to_owned(),
        id.clone(),
        token[..token.len() - 4].to_owned(),
        turned,
        moved,
        "A".repeat(5000),
    ];
    for token in forged {
        let path = format!("{before}t={token}");
        for said in [web.page("", &path).await, press(&web, &path, "").await] {
            assert_eq!(said.status, 404, "{path}");
            assert!(said.text.contains("notices/link-unknown"), "{}", said.text);
        }
    }
    let said = press(&web, &format!("{before}t={nobody}"), "").await;
    assert_eq!(said.status, 404, "a member who is gone");
    assert_eq!(
        delivery(&web, "developer", &REQUEST_DEPLOYED).await,
        Delivery::AtOnce
    );
    assert!(!good.contains(&id), "no id of a person in the address");
}

/// What a person types or is must not come back in what members read.
const CANARY: &str = "zanariah.quillfeather";

#[tokio::test]
async fn no_notice_holds_anything_of_a_citizen() {
    let web = Web::open().await;
    let email = format!("{CANARY}@mail.example");
    let person = web.portal.person(&email).await.unwrap();
    web.save_both().await;
    // The citizen comes with their address in every place that an app can put it.
    for name in [EnvironmentName::Sandbox, EnvironmentName::Production] {
        let door = web.door(name);
        for path in [
            format!(
                "/openid_connect/authorize?client_id={CANARY}&login_hint={email}&state={CANARY}"
            ),
            format!("/openid_connect/logout?client_id={CANARY}&state={email}"),
        ] {
            browse(&door, &path, "").await;
        }
    }
    let keeper = &web.portal.keeper;
    let admin = web.portal.member("admin").await.unwrap();
    // Every kind, with the values that its own transition gives where the API reaches it.
    let token = json!({ "name": "build", "days": 7 });
    web.api("admin", "POST", "/tokens", &token).await;
    let hook =
        json!({ "url": "https://hooks.agency.gov/x?key=secret", "team": "fisheries-digital" });
    web.api("developer", "POST", "/webhooks", &hook).await;
    let ticket = json!({ "category": "sign_in", "subject": "Error page", "text": "Look", "request_id": "019a6f3e-2c41" });
    web.api("developer", "POST", "/tickets", &ticket).await;
    let (id, unit) = (admin.id.clone(), std::sync::Arc::clone(keeper));
    keeper
        .store
        .write(move |c| {
            notices::post(
                c,
                &unit,
                &Notice {
                    to: &[To::Member(&id)],
                    kind: &REQUEST_DEPLOYED,
                    link: "/launches/1".to_owned(),
                    values: vec![
                        ("app", "Fishing Licence".to_owned()),
                        ("environment", "production".to_owned()),
                    ],
                },
            )
        })
        .await
        .unwrap();
    let mut seen = 0;
    for who in ["admin", "developer", "reader", "manager", "administrator"] {
        let member = web.portal.member(who).await.unwrap();
        let own = notices::list(keeper, &member, None, 100).await.unwrap();
        seen += own.items.len();
        for one in own.items {
            let text = format!("{one:?}");
            assert!(!text.contains(CANARY), "{text}");
            assert!(!text.contains(&person), "{text}");
            assert!(!text.contains("secret"), "{text}");
        }
        let cookie = web.cookie(who).await;
        let page = web.page(&cookie, "/notices").await.shown();
        assert!(!page.contains(CANARY), "{who}");
    }
    assert!(seen >= 3, "{seen} notices");
}
