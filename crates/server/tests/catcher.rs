//! The mail catcher, with a real mailer as its client and with rude ones.

#![expect(clippy::unwrap_used, reason = "tests")]

use durward_server::catcher::Catcher;
use jiff::Timestamp;
use lettre::message::header::ContentType;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn catcher() -> Catcher {
    Catcher::start(|| Timestamp::UNIX_EPOCH).await.unwrap()
}

async fn send(catcher: &Catcher, subject: &str, text: &str) {
    let mail = Message::builder()
        .from("Sign in <no-reply@id.example.gov>".parse().unwrap())
        .to("ada@example.gov".parse().unwrap())
        .subject(subject)
        .header(ContentType::TEXT_PLAIN)
        .body(text.to_owned())
        .unwrap();
    let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(&catcher.url())
        .unwrap()
        .build();
    transport.send(mail).await.unwrap();
}

/// Sends lines and reads what comes until the other side closes.
async fn talk(catcher: &Catcher, lines: &[u8]) -> String {
    let mut stream = TcpStream::connect(catcher.url().trim_start_matches("smtp://"))
        .await
        .unwrap();
    stream.write_all(lines).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).await.unwrap();
    answers
}

#[tokio::test]
async fn a_message_arrives_decoded() {
    let catcher = catcher().await;
    let mut arrivals = catcher.arrivals();
    let text = "Bienvenue, Zoë.\n.a line with a dot\n\nhttp://localhost:8403/sign_up/confirm?token=abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz\n您的代码 123456";
    send(&catcher, "Vérifiez votre adresse · 验证", text).await;
    arrivals.changed().await.unwrap();
    let messages = catcher.messages();
    assert_eq!(messages.len(), 1);
    let message = &messages[0];
    assert_eq!(message.subject, "Vérifiez votre adresse · 验证");
    assert_eq!(message.text.trim_end(), text);
    assert_eq!(message.to, ["ada@example.gov"]);
    assert_eq!(message.from, "no-reply@id.example.gov");
    assert!(message.links()[0].ends_with("uvwxyz"));
}

#[tokio::test]
async fn only_the_last_five_hundred_are_kept() {
    let catcher = catcher().await;
    let mut lines = b"EHLO test\r\n".to_vec();
    for number in 0..510 {
        lines.extend_from_slice(
            format!(
                "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nSubject: {number}\r\n\r\nx\r\n.\r\n"
            )
            .as_bytes(),
        );
    }
    lines.extend_from_slice(b"QUIT\r\n");
    assert!(talk(&catcher, &lines).await.ends_with("221 Bye\r\n"));
    let messages = catcher.messages();
    assert_eq!(messages.len(), 500);
    assert_eq!(messages[0].subject, "10");
}

#[tokio::test]
async fn bad_order_and_bad_lines_are_refused() {
    let catcher = catcher().await;
    let lines = b"RCPT TO:<c@d>\r\nDATA\r\nMAIL FROM c@d\r\nMAIL FROM:<a@b>\r\nMAIL FROM:<a@b>\r\nRCPT TO:<>\r\nNOOP\r\nRSET\r\nDATA\r\nHELO x\r\nVRFY x\r\nQUIT\r\n";
    let answers = talk(&catcher, lines).await;
    let codes: Vec<&str> = answers.lines().map(|line| &line[..3]).collect();
    assert_eq!(
        codes,
        [
            "220", "503", "503", "501", "250", "503", "501", "250", "250", "503", "250", "500",
            "221"
        ]
    );
    assert!(catcher.messages().is_empty());
}

#[tokio::test]
async fn too_much_is_refused_and_the_session_goes_on() {
    let catcher = catcher().await;
    let mut lines = b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n".to_vec();
    lines.extend(std::iter::repeat_n(b"0123456789abcdef\r\n".as_slice(), 70_000).flatten());
    lines.extend_from_slice(b".\r\n");
    lines.extend(std::iter::repeat_n(b'x', 5_000));
    lines.extend_from_slice(b"\r\nNOOP\r\nQUIT\r\n");
    let answers = talk(&catcher, &lines).await;
    let codes: Vec<&str> = answers.lines().map(|line| &line[..3]).collect();
    assert_eq!(
        codes,
        ["220", "250", "250", "354", "552", "500", "250", "221"]
    );
    assert!(catcher.messages().is_empty());
}
