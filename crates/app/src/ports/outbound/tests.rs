//! The attacks that the client must stand.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustls::pki_types::CertificateDer;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;
use crate::testing::certificates::CERTIFICATES;

const QUICK: Limits = Limits::new(Duration::from_millis(400), 1000, Longer::Refused);

fn client(allow: &[&str], names: &[(&str, &[&str])]) -> Outbound {
    let allow = allow.iter().map(|net| net.parse().unwrap()).collect();
    let names: HashMap<String, Vec<IpAddr>> = names
        .iter()
        .map(|(name, list)| {
            (
                (*name).to_owned(),
                list.iter().map(|ip| ip.parse().unwrap()).collect(),
            )
        })
        .collect();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CERTIFICATES.root.clone()).unwrap();
    Outbound::fixed(allow, names, roots, Vec::new())
}

fn demo() -> Outbound {
    client(
        &["127.0.0.0/8", "::1/128"],
        &[("localhost", &["127.0.0.1"])],
    )
}

/// What a server does with a connection after it has read the head of the request.
#[derive(Clone)]
enum Does {
    Says(String),
    Drips,
    Endless,
    Silent,
    HangsUp,
}

struct Server {
    port: u16,
    calls: Arc<AtomicUsize>,
    heard: Arc<tokio::sync::Mutex<String>>,
}

async fn serve(does: Does, certificate: Option<CertificateDer<'static>>) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = Server {
        port: listener.local_addr().unwrap().port(),
        calls: Arc::default(),
        heard: Arc::default(),
    };
    let (calls, heard) = (Arc::clone(&server.calls), Arc::clone(&server.heard));
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            calls.fetch_add(1, Ordering::SeqCst);
            let (does, heard) = (does.clone(), Arc::clone(&heard));
            match &certificate {
                None => drop(tokio::spawn(act(stream, does, heard))),
                Some(der) => {
                    let acceptor = acceptor(der.clone());
                    tokio::spawn(async move {
                        if let Ok(stream) = acceptor.accept(stream).await {
                            act(stream, does, heard).await;
                        }
                    });
                }
            }
        }
    });
    server
}

fn acceptor(certificate: CertificateDer<'static>) -> tokio_rustls::TlsAcceptor {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], CERTIFICATES.key())
        .unwrap();
    Arc::new(config).into()
}

async fn act(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    does: Does,
    heard: Arc<tokio::sync::Mutex<String>>,
) {
    let mut head = vec![0; 4096];
    let read = stream.read(&mut head).await.unwrap_or(0);
    heard.lock().await.push_str(&String::from_utf8_lossy(
        head.get(..read).unwrap_or_default(),
    ));
    match does {
        Does::Says(text) => stream.write_all(text.as_bytes()).await.unwrap(),
        Does::Drips => {
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n")
                .await
                .unwrap();
            while stream.write_all(b"x").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        Does::Endless => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
            while stream.write_all(&[b'x'; 512]).await.is_ok() {}
        }
        Does::Silent => tokio::time::sleep(Duration::from_secs(20)).await,
        Does::HangsUp => {}
    }
    stream.shutdown().await.unwrap_or_default();
}

fn ok(body: &str) -> Does {
    says(
        "200 OK",
        "content-type: Application/JSON; charset=utf-8\r\n",
        body,
    )
}

fn says(status: &str, headers: &str, body: &str) -> Does {
    Does::Says(format!(
        "HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    ))
}

async fn refused(outbound: &Outbound, url: &str) -> OutboundRefusal {
    outbound.get(url, "*/*", QUICK).await.unwrap_err()
}

fn private(host: &str) -> OutboundRefusal {
    OutboundRefusal::PrivateAddress {
        host: host.to_owned(),
    }
}

#[tokio::test]
async fn an_answer_of_a_listed_address_by_plain_http() {
    let server = serve(ok("{}"), None).await;
    let url = format!("http://localhost:{}/keys#part", server.port);
    let answer = demo().get(&url, "application/json", QUICK).await.unwrap();
    assert_eq!(
        (answer.status, answer.body.as_slice()),
        (200, b"{}".as_slice())
    );
    assert_eq!(answer.media_type().as_deref(), Some("application/json"));
    assert_eq!(answer.address.unwrap().port(), server.port);
    let heard = server.heard.lock().await;
    assert!(heard.starts_with("GET /keys HTTP/1.1\r\n"), "{heard}");
    assert!(
        heard.to_lowercase().contains("user-agent: durward/"),
        "{heard}"
    );
}

#[tokio::test]
async fn a_post_carries_its_headers_and_body() {
    let server = serve(says("202 Accepted", "", ""), None).await;
    let url = format!("http://127.0.0.1:{}/hook", server.port);
    let content = Content {
        media_type: "application/secevent+jwt",
        headers: &[("durward-signature", "abc")],
        body: b"a.b.c".to_vec(),
    };
    assert!(
        demo()
            .post(&url, content, QUICK)
            .await
            .unwrap()
            .is_success()
    );
    let heard = server.heard.lock().await.to_lowercase();
    assert!(
        heard.contains("durward-signature: abc") && heard.ends_with("a.b.c"),
        "{heard}"
    );
    let content = Content {
        media_type: "text/plain",
        headers: &[("a\r\nb", "c")],
        body: Vec::new(),
    };
    assert_eq!(
        demo().post(&url, content, QUICK).await.unwrap_err(),
        OutboundRefusal::Request
    );
}

#[tokio::test]
async fn loopback_and_private_addresses_in_every_spelling_are_not_called() {
    let none = client(
        &[],
        &[
            ("localhost", &["127.0.0.1"]),
            ("rebind.example.com", &["10.0.0.5"]),
        ],
    );
    for url in [
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://0/",
        "https://127.0.0.1./",
        "https://%31%32%37.0.0.1/",
        "https://\u{2460}\u{2461}\u{2466}.0.0.1/",
        "https://[::1]/",
        "https://[::]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://[fe80::1]/",
        "https://[fd00:ec2::254]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://100.100.100.200/",
        "https://168.63.129.16/",
        "https://localhost/",
        "https://LOCALHOST/",
        "https://rebind.example.com/",
    ] {
        let found = refused(&none, url).await;
        assert!(
            matches!(found, OutboundRefusal::PrivateAddress { .. }),
            "{url}: {found:?}"
        );
    }
}

#[tokio::test]
async fn a_name_that_answers_with_both_kinds_of_addresses_is_not_called() {
    let server = serve(ok("{}"), None).await;
    let mixed = client(
        &[],
        &[("mixed.example.com", &["93.184.216.34", "127.0.0.1"])],
    );
    let url = format!("https://mixed.example.com:{}/", server.port);
    assert_eq!(refused(&mixed, &url).await, private("mixed.example.com"));
    assert_eq!(server.calls.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn urls_of_other_forms_are_not_called() {
    let one = client(&[], &[("app.example.gov", &["93.184.216.34"])]);
    for (url, code) in [
        ("ftp://app.example.gov/", "outbound/scheme"),
        ("file:///etc/passwd", "outbound/scheme"),
        ("javascript:alert(1)", "outbound/scheme"),
        ("httpsx://app.example.gov/", "outbound/scheme"),
        ("http://app.example.gov/", "outbound/plain-http"),
        ("https://user@app.example.gov/", "outbound/user-info"),
        ("https://user:secret@app.example.gov/", "outbound/user-info"),
        ("https://app.example.gov\\@127.0.0.1/", "outbound/url"),
        (" https://app.example.gov/", "outbound/url"),
        ("https://app.example.gov/\r\nx: y", "outbound/url"),
        ("https://", "outbound/url"),
        ("app.example.gov", "outbound/url"),
        ("https://app.example.gov:22/", "outbound/port"),
        ("https://app.example.gov:0/", "outbound/port"),
        ("https://app.example.gov:6379/", "outbound/port"),
        ("https://nowhere.example.gov/", "outbound/name-unknown"),
    ] {
        use durward_domain::refusal::Refuse as _;
        assert_eq!(refused(&one, url).await.code(), code, "{url}");
    }
}

#[tokio::test]
async fn a_redirect_is_reported_and_not_followed() {
    let inside = serve(ok("secret"), None).await;
    let target = format!("http://127.0.0.1:{}/", inside.port);
    let server = serve(
        says("302 Found", &format!("location: {target}\r\n"), ""),
        None,
    )
    .await;
    let url = format!("http://localhost:{}/", server.port);
    let answer = demo().get(&url, "*/*", QUICK).await.unwrap();
    assert_eq!(answer.redirect(&url).as_deref(), Some(target.as_str()));
    let wanted = OutboundRefusal::Redirected {
        status: 302,
        target,
    };
    assert_eq!(answer.success(&url).unwrap_err(), wanted);
    assert_eq!(inside.calls.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn slow_silent_endless_and_broken_answers_are_refused() {
    for (does, code) in [
        (Does::Drips, "outbound/too-slow"),
        (Does::Silent, "outbound/too-slow"),
        (Does::Endless, "outbound/too-large"),
        (ok(&"x".repeat(1001)), "outbound/too-large"),
        (Does::HangsUp, "outbound/broken"),
        (
            Does::Says("SSH-2.0-OpenSSH_9.6\r\n".into()),
            "outbound/broken",
        ),
    ] {
        use durward_domain::refusal::Refuse as _;
        let server = serve(does, None).await;
        let url = format!("http://localhost:{}/", server.port);
        assert_eq!(refused(&demo(), &url).await.code(), code);
    }
    let gone = format!("http://localhost:{}/", free_port().await);
    assert!(matches!(
        refused(&demo(), &gone).await,
        OutboundRefusal::Unreachable { .. }
    ));
}

#[tokio::test]
async fn the_beginning_of_a_long_page_is_kept() {
    let server = serve(Does::Endless, None).await;
    let url = format!("http://localhost:{}/", server.port);
    let limits = Limits::new(Duration::from_secs(2), 1000, Longer::Cut);
    assert_eq!(
        demo().get(&url, "*/*", limits).await.unwrap().body.len(),
        1000
    );
}

#[tokio::test]
async fn another_media_type_is_refused_where_one_is_expected() {
    let server = serve(says("200 OK", "content-type: text/html\r\n", "<p>"), None).await;
    let url = format!("http://localhost:{}/", server.port);
    let answer = demo().get(&url, "*/*", QUICK).await.unwrap();
    let refusal = answer.of_type(&["application/json"]).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "The answer is of type \u{201c}text/html\u{201d}. It must be application/json."
    );
}

#[tokio::test]
async fn a_certificate_is_checked_for_chain_name_and_time() {
    let names: &[(&str, &[&str])] = &[
        ("app.example.gov", &["127.0.0.1"]),
        ("other.example.gov", &["127.0.0.1"]),
    ];
    let one = client(&["127.0.0.0/8"], names);
    let good = serve(ok("{}"), Some(CERTIFICATES.good.clone())).await;
    let limits = Limits::new(Duration::from_secs(2), 1000, Longer::Refused);
    let url = format!("https://app.example.gov:{}/", good.port);
    let answer = one.get(&url, "*/*", limits).await.unwrap();
    assert_eq!(
        answer.certificate.as_deref(),
        Some(CERTIFICATES.good.as_ref())
    );

    let wrong = |host: &str, what| OutboundRefusal::Certificate {
        host: host.to_owned(),
        what,
    };
    let url = format!("https://other.example.gov:{}/", good.port);
    let found = one.get(&url, "*/*", limits).await.unwrap_err();
    assert_eq!(found, wrong("other.example.gov", "it is for another name"));

    let expired = serve(ok("{}"), Some(CERTIFICATES.expired.clone())).await;
    let url = format!("https://app.example.gov:{}/", expired.port);
    let found = one.get(&url, "*/*", limits).await.unwrap_err();
    assert_eq!(found, wrong("app.example.gov", "it has expired"));

    let stranger = Outbound::fixed(
        vec!["127.0.0.0/8".parse().unwrap()],
        HashMap::from([(
            "app.example.gov".to_owned(),
            vec!["127.0.0.1".parse().unwrap()],
        )]),
        rustls::RootCertStore::empty(),
        Vec::new(),
    );
    let url = format!("https://app.example.gov:{}/", good.port);
    let found = stranger.get(&url, "*/*", limits).await.unwrap_err();
    assert_eq!(
        found,
        wrong(
            "app.example.gov",
            "it does not lead to a public certificate authority"
        )
    );

    let plain = serve(ok("{}"), None).await;
    let url = format!("https://app.example.gov:{}/", plain.port);
    assert!(matches!(
        one.get(&url, "*/*", limits).await.unwrap_err(),
        OutboundRefusal::Tls { .. }
    ));
}

async fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().port()
}
