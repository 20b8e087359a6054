//! Support tickets by mail, from the portal's mail over the catcher and back by SMTP.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use durward_app::jobs::keeper_mail;
use durward_app::partner::tickets::{self, NewTicket, Via};
use durward_app::ports::mail::Smtp;
use durward_app::testing_portal::{TestPortal, trace};
use durward_domain::ticket::{TicketCategory, TicketState};
use durward_server::catcher::{Catcher, Message};
use durward_server::mail_in::MailIn;
use durward_web::portal::notices::NoticeWords;
use jiff::Timestamp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Hands one mail over and gives the answer to its text.
async fn hand_over(catcher: &Catcher, (from, to): (&str, &str), mail: &str) -> String {
    let lines = format!(
        "EHLO x\r\nMAIL FROM:<{from}>\r\nRCPT TO:<{to}>\r\nDATA\r\n{mail}\r\n.\r\nQUIT\r\n"
    );
    let mut stream = TcpStream::connect(catcher.url().trim_start_matches("smtp://"))
        .await
        .unwrap();
    stream.write_all(lines.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).await.unwrap();
    let after = answers.split_once("354 ").unwrap().1;
    after.lines().nth(1).unwrap().to_owned()
}

fn mail_to(catcher: &Catcher, to: &str) -> Message {
    let mut all = catcher.messages();
    all.retain(|mail| mail.to == [to]);
    all.pop().unwrap()
}

#[tokio::test]
async fn a_ticket_is_answered_by_mail_and_a_forged_answer_is_refused() {
    let catcher = Catcher::start(|| Timestamp::UNIX_EPOCH).await.unwrap();
    let mut portal = TestPortal::at("2026-11-10").await.unwrap();
    let post = Smtp::new(&catcher.url(), "Partner Portal <no-reply@localhost>").unwrap();
    let post = post.with_replies(Some("localhost".into()));
    loop {
        // A unit of work that is just done may still hold the portal.
        if let Some(keeper) = Arc::get_mut(&mut portal.keeper) {
            keeper.post = Some(post);
            break;
        }
        tokio::task::yield_now().await;
    }
    let keeper = &portal.keeper;
    catcher.answers_go_to(MailIn::new(Arc::clone(keeper)));
    let developer = portal.member("developer").await.unwrap();
    let manager = portal.member("manager").await.unwrap();
    let new = NewTicket {
        team: None,
        category: TicketCategory::SignIn,
        subject: "Página de error · 错误".to_owned(),
        text: "Since this morning.".to_owned(),
        app: None,
        request_id: None,
    };
    let opened = tickets::open(keeper, &developer, &new, Via::Portal, &trace()).await;
    let id = opened.unwrap().ticket.id;
    keeper_mail::deliver_due(keeper, &NoticeWords)
        .await
        .unwrap();
    let asked = mail_to(&catcher, &manager.email);
    assert!(asked.subject.ends_with("Página de error · 错误"));
    assert!(asked.text.contains("Since this morning."));

    // Support answers by mail, and the partner answers that.
    let text = format!(
        "From: Support <{}>\r\nSubject: Re\r\nMessage-ID: <1@x>\r\n\r\nWhich browser?\r\n\r\n> Since",
        manager.email
    );
    let to = asked.answer_to.unwrap();
    let taken = hand_over(&catcher, (&manager.email, &to), &text).await;
    assert_eq!(taken, "250 2.0.0 Taken");
    keeper_mail::deliver_due(keeper, &NoticeWords)
        .await
        .unwrap();
    let answered = mail_to(&catcher, &developer.email);
    assert!(answered.text.contains("Which browser?"));
    let to = answered.answer_to.unwrap();
    let from_developer = format!("From: {}\r\n\r\nAll of them.", developer.email);
    let from_outsider = "From: outsider@agency.gov\r\n\r\nClose it.";
    let taken = hand_over(&catcher, (&developer.email, &to), &from_developer).await;
    assert_eq!(taken, "250 2.0.0 Taken");

    let forged = format!("support+{}@localhost", "0123456789".repeat(4));
    let of_manager = mail_to(&catcher, &manager.email).answer_to.unwrap();
    let large = format!("{from_developer}{}", "\r\nmore".repeat(60_000));
    for (to, mail, answer) in [
        (&forged, from_developer.as_str(), "550 5.1.1"),
        (&to, from_outsider, "550 5.7.1"),
        (&of_manager, from_developer.as_str(), "550 5.7.1"),
        (&to, large.as_str(), "552 5.3.4"),
    ] {
        let told = hand_over(&catcher, (&developer.email, to), mail).await;
        assert!(told.starts_with(answer), "{told}");
    }
    let seen = tickets::find(keeper, &manager, &id).await.unwrap();
    let said: Vec<&str> = seen.messages.iter().map(|one| one.text.as_str()).collect();
    assert_eq!(
        said,
        ["Since this morning.", "Which browser?", "All of them."]
    );
    assert_eq!(seen.ticket.state, TicketState::WaitingForSupport);
}
