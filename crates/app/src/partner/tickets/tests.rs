use durward_domain::ticket::{TicketCategory, TicketSide, TicketState};
use durward_store::notices::{self, NoticeRow};
use durward_store::tickets as store;

use super::*;
use crate::testing_portal::{TestPortal, trace};

fn new() -> NewTicket {
    NewTicket {
        team: None,
        category: TicketCategory::SignIn,
        subject: "Sign-ins end at an error page".to_owned(),
        text: "Since this morning.".to_owned(),
        app: None,
        request_id: None,
    }
}

/// The address by which a member answers a ticket, as the job that mails makes it.
async fn address(portal: &TestPortal, ticket: &str, member: &str) -> String {
    let token = mail::token(&portal.keeper, ticket, member);
    let hash = portal.keeper.hasher.hash(&token);
    let (ticket, member) = (ticket.to_owned(), member.to_owned());
    portal
        .keeper
        .store
        .write(move |c| store::put_reply(c, &hash, (&ticket, &member), 1))
        .await
        .unwrap();
    format!("support+{token}@localhost")
}

fn written(from: &str, more: &str, body: &str) -> Vec<u8> {
    format!("From: {from}\r\nTo: support@localhost\r\nSubject: Re\r\n{more}\r\n{body}\r\n")
        .into_bytes()
}

async fn notices_of(portal: &TestPortal, member: &str) -> Vec<NoticeRow> {
    let id = member.to_owned();
    portal
        .keeper
        .store
        .read(move |c| notices::of_member(c, &id, (i64::MAX, ""), 50))
        .await
        .unwrap()
}

async fn refused(portal: &TestPortal, to: &str, from: &str, raw: &[u8]) -> &'static str {
    match receive(&portal.keeper, (from, to), raw).await {
        Err(Failure::Refused(refusal)) => durward_domain::refusal::Refuse::code(&refusal),
        other => {
            assert!(other.is_ok());
            "taken"
        }
    }
}

#[tokio::test]
async fn a_conversation_goes_both_ways_by_page_and_mail() {
    let portal = TestPortal::at("2026-11-10").await.unwrap();
    let keeper = &portal.keeper;
    let developer = portal.member("developer").await.unwrap();
    let manager = portal.member("manager").await.unwrap();
    let opened = open(keeper, &developer, &new(), Via::Portal, &trace())
        .await
        .unwrap();
    let id = opened.ticket.id.clone();
    assert_eq!(
        notices_of(&portal, &manager.id).await[0].kind,
        "ticket-opened"
    );
    let answered = answer(keeper, &manager, &id, "Which browser?", Via::Api, &trace())
        .await
        .unwrap();
    assert_eq!(answered.ticket.state, TicketState::WaitingForPartner);
    let told = notices_of(&portal, &developer.id).await;
    assert_eq!(told[0].kind, "ticket-answered");
    assert!(told[0].detail.contains("Which browser?"));

    let to = address(&portal, &id, &developer.id).await;
    let raw = written(
        &developer.email,
        "Message-ID: <1@x>\r\n",
        "All of them.\r\n\r\nOn Tuesday Sam wrote:\r\n> Which browser?",
    );
    for _ in 0..2 {
        receive(keeper, (&developer.email, &to.to_uppercase()), &raw)
            .await
            .unwrap();
    }
    let now = find(keeper, &manager, &id).await.unwrap();
    assert_eq!(now.messages.len(), 3, "the same mail counts once");
    assert_eq!(now.messages[2].text, "All of them.");
    assert_eq!(
        (now.messages[2].via.as_str(), now.messages[2].side),
        ("mail", TicketSide::Partner)
    );
    assert_eq!(now.ticket.state, TicketState::WaitingForSupport);

    let html = written(
        &developer.email,
        "Content-Type: text/html\r\n",
        "<p>Still <b>so</b></p><script>alert(1)</script>",
    );
    receive(keeper, (&developer.email, &to), &html)
        .await
        .unwrap();
    let now = find(keeper, &developer, &id).await.unwrap();
    assert!(
        !now.messages[3].text.contains('<'),
        "{}",
        now.messages[3].text
    );
    let closed = move_to(
        keeper,
        &developer,
        &id,
        (TicketState::Closed, Via::Portal),
        &trace(),
    )
    .await
    .unwrap();
    assert!(!closed.may_answer && closed.next.is_empty());
    assert_eq!(
        refused(&portal, &to, &developer.email, &raw).await,
        "ticket/closed"
    );
}

#[tokio::test]
async fn mail_that_is_no_answer_of_the_member_is_refused() {
    let portal = TestPortal::at("2026-11-10").await.unwrap();
    let developer = portal.member("developer").await.unwrap();
    let outsider = portal.member("outsider").await.unwrap();
    let opened = open(&portal.keeper, &developer, &new(), Via::Portal, &trace())
        .await
        .unwrap();
    let id = opened.ticket.id;
    let to = address(&portal, &id, &developer.id).await;
    let own = developer.email.as_str();
    let plain = written(own, "", "Hello");
    let forged = format!("support+{}@localhost", "a".repeat(40));
    assert_eq!(
        refused(&portal, &forged, own, &plain).await,
        "mail-in/address"
    );
    assert_eq!(
        refused(&portal, "support@localhost", own, &plain).await,
        "mail-in/address"
    );
    let other = written(&outsider.email, "", "Hello");
    assert_eq!(refused(&portal, &to, own, &other).await, "mail-in/sender");
    let two = written(&format!("{own}, {}", outsider.email), "", "Hello");
    assert_eq!(refused(&portal, &to, own, &two).await, "mail-in/sender");
    for header in [
        "Auto-Submitted: auto-replied\r\n",
        "Precedence: bulk\r\n",
        "List-Id: <x.y>\r\n",
    ] {
        let raw = written(own, header, "I am away");
        assert_eq!(
            refused(&portal, &to, own, &raw).await,
            "mail-in/automatic",
            "{header}"
        );
    }
    assert_eq!(refused(&portal, &to, "", &plain).await, "mail-in/automatic");
    let huge = written(own, "", &"a".repeat(300 * 1024));
    assert_eq!(refused(&portal, &to, own, &huge).await, "mail-in/too-large");
    let long = written(own, "", &"a\r\n".repeat(11_000));
    assert_eq!(refused(&portal, &to, own, &long).await, "mail-in/empty");
    let quoted = written(own, "", "> Hello");
    assert_eq!(refused(&portal, &to, own, &quoted).await, "mail-in/empty");

    // A token for someone who may not see the ticket, as after leaving the team.
    let theirs = address(&portal, &id, &outsider.id).await;
    let raw = written(&outsider.email, "", "Hello");
    assert_eq!(
        refused(&portal, &theirs, &outsider.email, &raw).await,
        "ticket/not-found"
    );
    let kept = find(&portal.keeper, &developer, &id).await.unwrap();
    assert_eq!(kept.messages.len(), 1);
    let subject = id.clone();
    let recorded = portal
        .keeper
        .store
        .read(move |c| durward_store::audit::about(c, &subject, 100))
        .await
        .unwrap();
    let refused_mails: Vec<_> = recorded
        .iter()
        .filter(|entry| entry.event == "ticket.mail_refused")
        .collect();
    assert_eq!(refused_mails.len(), 10);
    for entry in &refused_mails {
        assert!(!entry.detail.to_string().contains('@'), "no address");
    }
    let nowhere = portal
        .keeper
        .store
        .read(|c| durward_store::audit::about(c, "", 100))
        .await
        .unwrap();
    assert_eq!(nowhere.len(), 2, "what has no ticket is recorded too");
    for _ in 0..20 {
        refused(&portal, &to, own, &huge).await;
    }
    let last = refused(&portal, &to, own, &plain).await;
    assert_eq!(last, "mail-in/too-many");
}
