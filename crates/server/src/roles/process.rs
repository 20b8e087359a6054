//! What every long-running role begins with: threads, limits, logs and the crypto provider.

use std::io;
use std::num::NonZeroUsize;
use std::time::Duration;

use durward_store::{Store, settings};
use tokio::runtime::{Builder, Runtime};

use crate::config::Server;
use crate::listen::{Limits, Readiness};

/// The runtime that serves requests; 0 workers means one per core.
///
/// # Errors
/// When threads cannot be started.
pub fn runtime(workers: usize) -> io::Result<Runtime> {
    // Only the first provider of a process counts; a second call changes nothing.
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    Builder::new_multi_thread()
        .worker_threads(or_cores(workers))
        .thread_name("serve")
        .enable_all()
        .build()
}

/// That many, or one per core if it is 0.
pub fn or_cores(wanted: usize) -> usize {
    match wanted {
        0 => std::thread::available_parallelism().map_or(1, NonZeroUsize::get),
        wanted => wanted,
    }
}

/// The limits of every listener.
pub fn limits(server: &Server) -> Limits {
    Limits {
        connections: server.max_connections,
        head: Duration::from_secs(server.header_timeout_seconds),
        grace: Duration::from_secs(server.shutdown_grace_seconds),
        proxies: server.behind_proxy.clone(),
    }
}

/// Ready means that every database answers.
pub fn readiness(stores: &[(String, Store)]) -> Readiness {
    stores
        .iter()
        .fold(Readiness::default(), |readiness, (owner, store)| {
            let store = store.clone();
            readiness.with(&format!("database of {owner}"), move || {
                let store = store.clone();
                async move {
                    let read = store.read(|c| settings::find(c, "readiness")).await;
                    read.map(drop)
                        .map_err(|fault| fault.kind().sentence().to_owned())
                }
            })
        })
}
