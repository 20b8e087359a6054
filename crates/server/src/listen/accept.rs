//! One accept loop: caps, timeouts, and the graceful end of each connection.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tower::{Service, ServiceExt};

use super::{Limits, client_address};
use crate::telemetry::CONNECTIONS;

/// What all sockets of one listener share.
pub(super) struct Gate {
    name: Arc<str>,
    limits: Limits,
    free: Arc<Semaphore>,
}

impl Gate {
    pub(super) fn new(name: Arc<str>, limits: Limits) -> Self {
        let free = Arc::new(Semaphore::new(
            limits.connections.clamp(1, Semaphore::MAX_PERMITS),
        ));
        Self { name, limits, free }
    }
}

/// Accepts until told to stop, then waits for running requests, at most the grace time.
pub(super) async fn run(
    gate: Arc<Gate>,
    listener: TcpListener,
    router: Router,
    mut stop: watch::Receiver<bool>,
) {
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = accept(&gate, &listener) => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        let Some((stream, peer, permit)) = accepted else {
            continue;
        };
        serve(&gate, stream, peer, permit, router.clone(), &graceful);
    }
    drop(listener);
    if tokio::time::timeout(gate.limits.grace, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!(listener = %gate.name, "some requests were still running when the grace time ended");
    }
}

/// A place first, then a connection: what is over the cap waits in the kernel's queue.
async fn accept(
    gate: &Gate,
    listener: &TcpListener,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let permit = Arc::clone(&gate.free).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer, permit)),
        Err(error) => {
            // Such as too many open files: pausing lets others close, instead of spinning.
            tracing::warn!(listener = %gate.name, %error, "a connection could not be accepted");
            tokio::time::sleep(PAUSE).await;
            None
        }
    }
}

fn serve(
    gate: &Arc<Gate>,
    stream: TcpStream,
    peer: SocketAddr,
    permit: OwnedSemaphorePermit,
    router: Router,
    graceful: &GracefulShutdown,
) {
    // Answers are small; waiting to fill a packet only adds delay.
    drop(stream.set_nodelay(true));
    let proxies = gate.limits.proxies.clone();
    let service = tower::service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        let client = client_address(peer, request.headers(), &proxies);
        request.extensions_mut().insert(ConnectInfo(client));
        let mut router = router.clone();
        async move {
            let ready = ServiceExt::<hyper::Request<Body>>::ready(&mut router).await?;
            ready.call(request).await
        }
    });
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(gate.limits.head)
        .keep_alive(true);
    let connection = builder
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
        .into_owned();
    let watched = graceful.watch(connection);
    let gate = Arc::clone(gate);
    tokio::spawn(async move {
        metrics::gauge!(CONNECTIONS, "listener" => gate.name.to_string()).increment(1.0);
        if let Err(error) = watched.await {
            tracing::debug!(listener = %gate.name, %error, "a connection ended early");
        }
        metrics::gauge!(CONNECTIONS, "listener" => gate.name.to_string()).decrement(1.0);
        drop(permit);
    });
}

const PAUSE: Duration = Duration::from_millis(100);
