//! Servers of others, on this machine: what a test lets the product call.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};

use rustls::pki_types::CertificateDer;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::certificates::CERTIFICATES;
use crate::ports::outbound::Outbound;

/// A server that counts who connects.
pub struct TestServer {
    port: u16,
    connections: Arc<AtomicUsize>,
    scheme: &'static str,
}

impl TestServer {
    /// By plain HTTP: answers each request by a function of its head and body.
    pub async fn plain(answer: impl Fn(&str, &str) -> String + Send + Sync + 'static) -> Self {
        Self::start(answer, None).await
    }

    /// By TLS, as `app.example.gov`.
    pub async fn tls(answer: impl Fn(&str, &str) -> String + Send + Sync + 'static) -> Self {
        Self::start(answer, Some(acceptor(&CERTIFICATES.good))).await
    }

    async fn start(
        answer: impl Fn(&str, &str) -> String + Send + Sync + 'static,
        tls: Option<TlsAcceptor>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            connections: Arc::default(),
            scheme: if tls.is_some() { "https" } else { "http" },
        };
        let (answer, connections) = (Arc::new(answer), Arc::clone(&server.connections));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                let (answer, tls) = (Arc::clone(&answer), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => act(stream, &*answer).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                act(stream, &*answer).await;
                            }
                        }
                    }
                });
            }
        });
        server
    }

    /// Its address by this host name, without a path.
    #[must_use]
    pub fn url(&self, host: &str) -> String {
        format!("{}://{host}:{}", self.scheme, self.port)
    }

    /// How many connections it has taken.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }
}

/// What ends TLS in front of a server by plain HTTP on this machine, as `localhost`.
pub struct TestProxy {
    port: u16,
    target: Arc<AtomicU16>,
}

impl TestProxy {
    /// Listens; leads to nothing yet.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let target = Arc::new(AtomicU16::new(0));
        let (tls, leads_to) = (acceptor(&CERTIFICATES.local), Arc::clone(&target));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (tls, port) = (tls.clone(), leads_to.load(Ordering::SeqCst));
                tokio::spawn(async move {
                    let near = tls.accept(stream).await;
                    let far = TcpStream::connect(("127.0.0.1", port)).await;
                    if let (Ok(mut near), Ok(mut far)) = (near, far) {
                        drop(tokio::io::copy_bidirectional(&mut near, &mut far).await);
                    }
                });
            }
        });
        Self { port, target }
    }

    /// Connections from now on lead to this port.
    pub fn lead_to(&self, port: u16) {
        self.target.store(port, Ordering::SeqCst);
    }

    /// Its address, without a path.
    #[must_use]
    pub fn url(&self) -> String {
        format!("https://localhost:{}", self.port)
    }
}

fn acceptor(certificate: &CertificateDer<'static>) -> TlsAcceptor {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], CERTIFICATES.key())
        .unwrap();
    Arc::new(config).into()
}

/// A whole answer.
#[must_use]
pub fn says(status: &str, media_type: &str, body: &str) -> String {
    answers(status, &format!("content-type: {media_type}\r\n"), body)
}

/// A whole answer with these headers, each ended by CRLF.
#[must_use]
pub fn answers(status: &str, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// A client that may call these ranges, knows these names and trusts the root of the tests.
#[must_use]
pub fn outbound(
    allow: &[&str],
    names: &[(&str, &[&str])],
    name_servers: Vec<SocketAddr>,
) -> Outbound {
    let allow = allow.iter().map(|net| net.parse().unwrap()).collect();
    let names: HashMap<String, Vec<IpAddr>> = names
        .iter()
        .map(|(name, list)| {
            let list = list.iter().map(|address| address.parse().unwrap());
            ((*name).to_owned(), list.collect())
        })
        .collect();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CERTIFICATES.root.clone()).unwrap();
    Outbound::fixed(allow, names, roots, name_servers)
}

async fn act(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    answer: &(impl Fn(&str, &str) -> String + Send + Sync),
) {
    let mut text = String::new();
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer).await.unwrap_or(0);
        text.push_str(&String::from_utf8_lossy(
            buffer.get(..read).unwrap_or_default(),
        ));
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            if read == 0 {
                return;
            }
            continue;
        };
        let length = head
            .lines()
            .find_map(|line| {
                let line = line.to_lowercase();
                line.strip_prefix("content-length: ")?.parse().ok()
            })
            .unwrap_or(0);
        if body.len() >= length || read == 0 {
            drop(stream.write_all(answer(head, body).as_bytes()).await);
            drop(stream.shutdown().await);
            return;
        }
    }
}
