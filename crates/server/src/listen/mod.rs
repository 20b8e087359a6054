//! Listeners: our own accept loop with a head timeout, a connection cap and a graceful end.

mod accept;
mod client;
mod health;
mod observe;

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use ipnet::IpNet;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::watch;
use tokio::task::JoinSet;

pub use client::client_address;
pub use health::Readiness;

/// A bound port, not yet answering.
#[derive(Debug)]
pub struct Listener {
    name: Arc<str>,
    sockets: Vec<TcpListener>,
}

impl Listener {
    /// Takes the port. Port 0 takes any free one.
    ///
    /// # Errors
    /// A sentence when the port is in use or may not be taken.
    pub fn bind(name: &str, address: SocketAddr) -> Result<Self, ListenFault> {
        Ok(Self {
            name: name.into(),
            sockets: vec![socket(name, address)?],
        })
    }

    /// Takes a port of this machine on both 127.0.0.1 and, where there is one, ::1: `localhost` may mean either.
    ///
    /// # Errors
    /// A sentence when the port is in use or may not be taken.
    pub fn bind_localhost(name: &str, port: u16) -> Result<Self, ListenFault> {
        let mut listener = Self::bind(name, SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
        let six = SocketAddr::new(
            IpAddr::V6(Ipv6Addr::LOCALHOST),
            listener.address().map_or(port, |address| address.port()),
        );
        match socket(name, six) {
            Ok(also) => listener.sockets.push(also),
            Err(fault) if fault.cause.kind() == io::ErrorKind::AddrInUse => return Err(fault),
            // A machine without IPv6.
            Err(_) => {}
        }
        Ok(listener)
    }

    /// Where it listens.
    pub fn address(&self) -> Option<SocketAddr> {
        self.sockets.first()?.local_addr().ok()
    }
}

/// Why a port cannot be taken.
#[derive(Debug, thiserror::Error)]
#[error("the {name} cannot listen on {address}: {}", reason(.cause))]
pub struct ListenFault {
    name: String,
    address: SocketAddr,
    cause: io::Error,
}

impl ListenFault {
    /// A stable code for logs and scripts.
    pub fn code(&self) -> &'static str {
        match self.cause.kind() {
            io::ErrorKind::AddrInUse => "listen/port-in-use",
            _ => "listen/refused",
        }
    }
}

/// Limits of every listener.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Open connections per listener.
    pub connections: usize,
    /// Time for a request's head.
    pub head: Duration,
    /// Time for running requests after a stop signal.
    pub grace: Duration,
    /// Proxies whose `X-Forwarded-For` counts.
    pub proxies: Vec<IpNet>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            head: Duration::from_secs(10),
            grace: Duration::from_secs(20),
            proxies: Vec::new(),
        }
    }
}

/// All listeners of a process, answering until told to stop.
#[derive(Debug)]
pub struct Serving {
    limits: Limits,
    readiness: Readiness,
    stop: watch::Sender<bool>,
    running: JoinSet<()>,
}

impl Serving {
    /// Nothing listens yet.
    pub fn new(limits: Limits, readiness: Readiness) -> Self {
        Self {
            limits,
            readiness,
            stop: watch::Sender::new(false),
            running: JoinSet::new(),
        }
    }

    /// Answers a listener with a router, besides `/healthz` and `/readyz`.
    pub fn add(&mut self, listener: Listener, router: Router) {
        let router = health::with_health(router, self.readiness.clone());
        self.answer(listener, router);
    }

    /// Answers the operators' listener: `/metrics`, `/healthz` and `/readyz`.
    pub fn add_metrics(&mut self, listener: Listener, metrics: PrometheusHandle) {
        let router = health::with_metrics(metrics);
        self.add(listener, router);
    }

    fn answer(&mut self, listener: Listener, router: Router) {
        let router = observe::observed(router, Arc::clone(&listener.name));
        let door = Arc::new(accept::Gate::new(
            Arc::clone(&listener.name),
            self.limits.clone(),
        ));
        for socket in listener.sockets {
            let stop = self.stop.subscribe();
            self.running
                .spawn(accept::run(Arc::clone(&door), socket, router.clone(), stop));
        }
    }

    /// A handle that stops all listeners.
    pub fn stopper(&self) -> watch::Sender<bool> {
        self.stop.clone()
    }

    /// Waits for SIGTERM or SIGINT (or the stopper), then for running requests, at most the grace time.
    pub async fn until_stopped(mut self) {
        let mut stopped = self.stop.subscribe();
        tokio::select! {
            () = signal() => tracing::info!("stopping: no new connections, running requests go on"),
            _ = stopped.wait_for(|stop| *stop) => {}
        }
        self.readiness.drain();
        self.stop.send_replace(true);
        while self.running.join_next().await.is_some() {}
        tracing::info!("stopped");
    }
}

/// Takes a port.
pub(crate) fn socket(name: &str, address: SocketAddr) -> Result<TcpListener, ListenFault> {
    let bind = || {
        let socket = if address.is_ipv4() {
            TcpSocket::new_v4()?
        } else {
            TcpSocket::new_v6()?
        };
        // A restart must not wait for connections of the last run to be forgotten.
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        socket.listen(BACKLOG)
    };
    bind().map_err(|cause| ListenFault {
        name: name.to_owned(),
        address,
        cause,
    })
}

fn reason(cause: &io::Error) -> String {
    match cause.kind() {
        io::ErrorKind::AddrInUse => {
            "the port is already in use. Stop the other program, or choose another port".to_owned()
        }
        io::ErrorKind::PermissionDenied => {
            "this user may not take the port. Choose one above 1023".to_owned()
        }
        io::ErrorKind::AddrNotAvailable => "this machine does not have the address".to_owned(),
        _ => cause.to_string(),
    }
}

async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
    ) {
        (Ok(mut terminate), Ok(mut interrupt)) => {
            tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
        }
        _ => std::future::pending().await,
    }
}

const BACKLOG: u32 = 1024;
