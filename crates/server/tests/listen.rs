//! Listeners over real sockets: health, metrics, limits, a taken port, a graceful end.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::routing::get;
use durward_server::listen::{Limits, Listener, Readiness, Serving};
use durward_server::telemetry;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const ANY: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

fn limits() -> Limits {
    Limits {
        head: Duration::from_millis(300),
        grace: Duration::from_secs(5),
        ..Limits::default()
    }
}

fn router() -> Router {
    let slow = || async {
        tokio::time::sleep(Duration::from_millis(400)).await;
        "slow"
    };
    let who = |ConnectInfo(client): ConnectInfo<SocketAddr>| async move { client.ip().to_string() };
    Router::new()
        .route("/slow", get(slow))
        .route("/who", get(who))
}

async fn ask(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn health_and_metrics_are_answered() {
    let mut serving = Serving::new(limits(), Readiness::default());
    let (app, operators) = (
        Listener::bind("app", ANY).unwrap(),
        Listener::bind("metrics", ANY).unwrap(),
    );
    let (at, metrics_at) = (app.address().unwrap(), operators.address().unwrap());
    serving.add(app, router());
    serving.add_metrics(operators, telemetry::start_metrics().unwrap());
    assert!(ask(at, "/healthz").await.starts_with("HTTP/1.1 200"));
    assert!(ask(at, "/readyz").await.ends_with("ready\n"));
    assert!(ask(at, "/who").await.ends_with("127.0.0.1"));
    assert!(ask(at, "/metrics").await.starts_with("HTTP/1.1 404"));
    assert!(ask(metrics_at, "/readyz").await.starts_with("HTTP/1.1 200"));
    let metrics = ask(metrics_at, "/metrics").await;
    assert!(
        metrics.contains(
            "durward_http_requests_total{listener=\"app\",method=\"GET\",status=\"2xx\"}"
        ),
        "{metrics}"
    );
}

#[tokio::test]
async fn a_failing_probe_means_not_ready() {
    let readiness = Readiness::default().with("database", || async { Err("gone".to_owned()) });
    let mut serving = Serving::new(limits(), readiness);
    let listener = Listener::bind("app", ANY).unwrap();
    let at = listener.address().unwrap();
    serving.add(listener, router());
    let answer = ask(at, "/readyz").await;
    assert!(
        answer.starts_with("HTTP/1.1 503") && answer.ends_with("database: gone\n"),
        "{answer}"
    );
    assert!(ask(at, "/healthz").await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_taken_port_is_said_in_a_sentence() {
    let listener = Listener::bind("portal", ANY).unwrap();
    let fault = Listener::bind("portal", listener.address().unwrap()).unwrap_err();
    assert_eq!(fault.code(), "listen/port-in-use");
    assert!(
        fault.to_string().contains("the port is already in use"),
        "{fault}"
    );
}

#[tokio::test]
async fn localhost_is_heard_by_either_name() {
    let listener = Listener::bind_localhost("portal", 0).unwrap();
    let port = listener.address().unwrap().port();
    let mut serving = Serving::new(limits(), Readiness::default());
    serving.add(listener, router());
    assert!(
        ask(SocketAddr::from((Ipv4Addr::LOCALHOST, port)), "/healthz")
            .await
            .starts_with("HTTP/1.1 200")
    );
    if let Ok(mut stream) = TcpStream::connect(("::1", port)).await {
        stream
            .write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            .await
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"));
    }
}

#[tokio::test]
async fn a_client_that_never_ends_its_head_is_cut_off() {
    let mut serving = Serving::new(limits(), Readiness::default());
    let listener = Listener::bind("app", ANY).unwrap();
    let at = listener.address().unwrap();
    serving.add(listener, router());
    let mut stream = TcpStream::connect(at).await.unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: local")
        .await
        .unwrap();
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(3), stream.read_to_end(&mut answer)).await;
    drop(read.unwrap());
    assert!(!String::from_utf8_lossy(&answer).contains("200 OK"));
}

#[tokio::test]
async fn running_requests_end_before_the_process_does() {
    let mut serving = Serving::new(limits(), Readiness::default());
    let listener = Listener::bind("app", ANY).unwrap();
    let at = listener.address().unwrap();
    serving.add(listener, router());
    let stop = serving.stopper();
    let running = tokio::spawn(ask(at, "/slow"));
    tokio::time::sleep(Duration::from_millis(100)).await;
    let stopped = tokio::spawn(serving.until_stopped());
    stop.send_replace(true);
    assert!(running.await.unwrap().ends_with("slow"));
    stopped.await.unwrap();
    assert!(TcpStream::connect(at).await.is_err());
}
