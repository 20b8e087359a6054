//! Webhooks against a receiver on this machine: signatures, retries, switching off, replays, and who may.

use std::sync::Mutex;

use durward_keyring::mac::MacKey;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;
use crate::jobs::keeper_webhooks::{MOST_FAILURES, PAUSES, deliver_due};
use crate::partner::notices as told;
use crate::partner::webhooks::{self, Revealed, Wish};

/// A receiver that answers with this status; what it got, head and body.
struct Receiver {
    url: String,
    got: Arc<Mutex<Vec<(String, String)>>>,
    status: Arc<Mutex<u16>>,
}

async fn receiver(status: u16) -> Receiver {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!(
        "http://127.0.0.1:{}/hook?key=s3cret",
        listener.local_addr().unwrap().port()
    );
    let got: Arc<Mutex<Vec<(String, String)>>> = Arc::default();
    let answer = Arc::new(Mutex::new(status));
    let (kept, status) = (Arc::clone(&got), Arc::clone(&answer));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut text = Vec::new();
            let mut buffer = [0; 4096];
            let whole = loop {
                let read = stream.read(&mut buffer).await.unwrap();
                text.extend_from_slice(buffer.get(..read).unwrap());
                let so_far = String::from_utf8_lossy(&text).into_owned();
                if let Some((head, body)) = so_far.split_once("\r\n\r\n") {
                    let length = header(head, "content-length").parse().unwrap_or(0);
                    if body.len() >= length || read == 0 {
                        break (head.to_owned(), body.to_owned());
                    }
                }
            };
            kept.lock().unwrap().push(whole);
            let code = *status.lock().unwrap();
            let answer =
                format!("HTTP/1.1 {code} X\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok");
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    Receiver {
        url,
        got,
        status: answer,
    }
}

fn header(head: &str, name: &str) -> String {
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim().to_owned())
        .unwrap_or_default()
}

/// Whether one of the signatures is of this secret, as a receiver would judge it.
fn is_signed(secret: &str, head: &str, body: &str) -> bool {
    use base64::Engine as _;
    let plain = base64::engine::general_purpose::STANDARD;
    let key = plain
        .decode(secret.strip_prefix("whsec_").unwrap())
        .unwrap();
    let signed = format!(
        "{}.{}.{body}",
        header(head, "webhook-id"),
        header(head, "webhook-timestamp")
    );
    let key = MacKey::new(key.try_into().unwrap());
    header(head, "webhook-signature").split(' ').any(|one| {
        let tag = plain.decode(one.strip_prefix("v1,").unwrap()).unwrap();
        key.verify(signed.as_bytes(), &tag)
    })
}

async fn hook(
    portal: &TestPortal,
    who: &str,
    url: &str,
    events: &[&str],
) -> Result<Revealed, Failure<webhooks::WebhookDenied>> {
    let member = portal.member(who).await.unwrap();
    let wish = Wish {
        team: Some("fisheries-digital".to_owned()),
        url: Some(url.to_owned()),
        description: None,
        events: Some(events.iter().map(|one| (*one).to_owned()).collect()),
    };
    webhooks::create(&portal.keeper, &member, wish, &trace()).await
}

#[tokio::test]
async fn events_arrive_signed_once_and_only_those_that_were_asked_for() {
    let portal = portal().await;
    let receiver = receiver(200).await;
    let made = hook(&portal, "admin", &receiver.url, &["app.*", "key.added"])
        .await
        .unwrap();
    let admin = portal.member("admin").await.unwrap();
    save(&portal, &admin, portal.sandbox_document(), Save::Create)
        .await
        .unwrap();
    submitted(&portal, portal.production_document(), "2026-11-24").await;
    while deliver_due(&portal.keeper).await.unwrap() > 0 {}
    let got = receiver.got.lock().unwrap().clone();
    let types: Vec<String> = got
        .iter()
        .map(|(_, body)| {
            serde_json::from_str::<serde_json::Value>(body).unwrap()["type"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(
        types,
        [
            "app.saved",
            "key.added",
            "key.added",
            "app.deployed",
            "app.saved",
            "key.added",
            "key.added"
        ]
    );
    for (head, body) in &got {
        assert!(is_signed(&made.secret, head, body));
        assert!(!is_signed(
            "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
            head,
            body
        ));
        assert!(!body.contains("BEGIN"), "{body}");
    }
    // Nothing is delivered twice.
    assert_eq!(deliver_due(&portal.keeper).await.unwrap(), 0);

    // A new secret: for a day both sign.
    let rotated = webhooks::rotate(&portal.keeper, &admin, &made.webhook.id, &trace())
        .await
        .unwrap();
    assert_ne!(rotated.secret, made.secret);
    let tested = webhooks::test(&portal.keeper, &admin, &made.webhook.id, &trace())
        .await
        .unwrap();
    deliver_due(&portal.keeper).await.unwrap();
    let (head, body) = receiver.got.lock().unwrap().last().unwrap().clone();
    assert!(is_signed(&made.secret, &head, &body) && is_signed(&rotated.secret, &head, &body));
    portal.keeper.clock.pass(25 * 3600);
    let again = webhooks::replay(
        &portal.keeper,
        &admin,
        (&made.webhook.id, &tested.id),
        &trace(),
    )
    .await
    .unwrap();
    deliver_due(&portal.keeper).await.unwrap();
    let (later, body) = receiver.got.lock().unwrap().last().unwrap().clone();
    assert_eq!(header(&later, "webhook-id"), header(&head, "webhook-id"));
    assert!(!is_signed(&made.secret, &later, &body) && is_signed(&rotated.secret, &later, &body));
    let log = webhooks::delivery(&portal.keeper, &admin, &made.webhook.id, &again.id)
        .await
        .unwrap();
    assert_eq!((log.state.as_str(), log.attempts.len()), ("delivered", 1));
    assert_eq!(log.attempts.first().unwrap().status, Some(200));
    assert_eq!(log.replay_of, Some(tested.id));
}

#[tokio::test]
async fn what_fails_is_tried_for_a_day_and_then_the_endpoint_is_switched_off_with_a_notice() {
    let portal = portal().await;
    let receiver = receiver(503).await;
    let made = hook(&portal, "developer", &receiver.url, &["*"])
        .await
        .unwrap();
    let id = made.webhook.id.as_str();
    let admin = portal.member("admin").await.unwrap();
    let first = webhooks::test(&portal.keeper, &admin, id, &trace())
        .await
        .unwrap();
    assert_eq!(deliver_due(&portal.keeper).await.unwrap(), 1);
    assert_eq!(
        deliver_due(&portal.keeper).await.unwrap(),
        0,
        "not before its pause is over"
    );
    for pause in PAUSES {
        portal.keeper.clock.pass(pause);
        assert_eq!(deliver_due(&portal.keeper).await.unwrap(), 1);
    }
    let log = webhooks::delivery(&portal.keeper, &admin, id, &first.id)
        .await
        .unwrap();
    assert_eq!(
        (log.state.as_str(), log.attempts.len()),
        ("failed", PAUSES.len() + 1)
    );
    assert!((23 * 3600..=24 * 3600).contains(&PAUSES.iter().sum::<i64>()));
    for _ in log.attempts.len()..usize::try_from(MOST_FAILURES).unwrap() {
        webhooks::test(&portal.keeper, &admin, id, &trace())
            .await
            .unwrap();
        deliver_due(&portal.keeper).await.unwrap();
    }
    let off = webhooks::find(&portal.keeper, &admin, id).await.unwrap();
    assert!(!off.enabled);
    assert_eq!(
        code(webhooks::test(&portal.keeper, &admin, id, &trace()).await),
        "webhook/disabled"
    );
    let notices = told::list(&portal.keeper, &admin, None, 10)
        .await
        .unwrap()
        .items;
    assert_eq!(
        notices
            .iter()
            .filter(|one| one.kind == "webhook-disabled")
            .count(),
        1
    );
    // The receiver's own key, in the query of its address, is told to nobody.
    assert!(!format!("{notices:?}").contains("s3cret"));

    // What it misses meanwhile can be had later.
    save(&portal, &admin, portal.sandbox_document(), Save::Create)
        .await
        .unwrap();
    assert_eq!(deliver_due(&portal.keeper).await.unwrap(), 0);
    *receiver.status.lock().unwrap() = 204;
    assert!(
        webhooks::switch(&portal.keeper, &admin, id, true, &trace())
            .await
            .unwrap()
            .enabled
    );
    let page = webhooks::deliveries(&portal.keeper, &admin, id, (None, 50))
        .await
        .unwrap();
    let missed = page
        .items
        .iter()
        .find(|one| one.event == "app.saved")
        .unwrap();
    assert_eq!(missed.state, "missed");
    let again = webhooks::replay(&portal.keeper, &admin, (id, &missed.id), &trace())
        .await
        .unwrap();
    deliver_due(&portal.keeper).await.unwrap();
    let log = webhooks::delivery(&portal.keeper, &admin, id, &again.id)
        .await
        .unwrap();
    assert_eq!(log.state, "delivered");
    assert_eq!(
        webhooks::find(&portal.keeper, &admin, id)
            .await
            .unwrap()
            .failures,
        0
    );
}

#[tokio::test]
async fn strangers_and_readers_reach_no_webhook_and_bad_addresses_are_refused() {
    let portal = portal().await;
    let made = hook(&portal, "admin", "https://hooks.agency.gov/a", &["*"])
        .await
        .unwrap();
    for who in ["outsider", "reader", "reviewer"] {
        let member = portal.member(who).await.unwrap();
        let id = made.webhook.id.as_str();
        assert_eq!(
            code(webhooks::find(&portal.keeper, &member, id).await),
            "webhook/not-found"
        );
        assert_eq!(
            code(webhooks::rotate(&portal.keeper, &member, id, &trace()).await),
            "webhook/not-found"
        );
        assert_eq!(
            code(webhooks::delete(&portal.keeper, &member, id, &trace()).await),
            "webhook/not-found"
        );
        assert!(
            webhooks::list(&portal.keeper, &member, Some("fisheries-digital"))
                .await
                .unwrap()
                .is_empty()
        );
        assert_eq!(
            code(hook(&portal, who, "https://hooks.agency.gov/b", &["*"]).await),
            "permission/role"
        );
    }
    for url in [
        "",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "http://hooks.agency.gov/",
        "https://user:password@hooks.agency.gov/",
        "ftp://hooks.agency.gov/",
    ] {
        assert_eq!(
            code(hook(&portal, "admin", url, &["*"]).await),
            "webhook/url",
            "{url}"
        );
    }
    assert_eq!(
        code(hook(&portal, "admin", "https://a.gov/", &["no.such"]).await),
        "webhook/event"
    );
    // An address inside may be written down, and is never called.
    for url in [
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[fd00::1]/",
    ] {
        let Ok(inside) = hook(&portal, "admin", url, &["*"]).await else {
            continue;
        };
        let admin = portal.member("admin").await.unwrap();
        let id = inside.webhook.id;
        let sent = webhooks::test(&portal.keeper, &admin, &id, &trace())
            .await
            .unwrap();
        deliver_due(&portal.keeper).await.unwrap();
        let log = webhooks::delivery(&portal.keeper, &admin, &id, &sent.id)
            .await
            .unwrap();
        let tried = log.attempts.first().unwrap();
        assert!(tried.status.is_none() && tried.error.is_some(), "{url}");
    }
    // Of another webhook's delivery nothing is told, though both are the team's.
    let other = hook(&portal, "admin", "https://hooks.agency.gov/c", &["*"])
        .await
        .unwrap();
    let admin = portal.member("admin").await.unwrap();
    let sent = webhooks::test(&portal.keeper, &admin, &other.webhook.id, &trace())
        .await
        .unwrap();
    let crossed = webhooks::replay(
        &portal.keeper,
        &admin,
        (&made.webhook.id, &sent.id),
        &trace(),
    )
    .await;
    assert_eq!(code(crossed), "webhook/not-found");
    // The secret is nowhere in what is shown again.
    let shown = serde_json::to_string(
        &webhooks::find(&portal.keeper, &admin, &made.webhook.id)
            .await
            .unwrap(),
    )
    .unwrap();
    assert!(!shown.contains(&made.secret) && !shown.contains("whsec"));
}
