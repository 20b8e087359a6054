//! `/healthz` (the process lives), `/readyz` (it can do its work) and `/metrics`.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;

type Answer = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

/// What must work before requests should come here.
#[derive(Clone, Default)]
pub struct Readiness {
    draining: Arc<AtomicBool>,
    probes: Vec<(String, Arc<dyn Fn() -> Answer + Send + Sync>)>,
}

impl Readiness {
    /// Adds a named probe, such as one per database. It answers what is wrong in a few words without secrets.
    #[must_use]
    pub fn with<F>(mut self, name: &str, probe: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), String>> + Send + 'static,
    {
        self.probes
            .push((name.to_owned(), Arc::new(move || Box::pin(probe()))));
        self
    }

    /// From now on the answer is no: the process is stopping.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// What is wrong, line by line; empty when ready.
    pub async fn faults(&self) -> Vec<String> {
        if self.draining.load(Ordering::Relaxed) {
            return vec!["stopping".to_owned()];
        }
        let mut faults = Vec::new();
        for (name, probe) in &self.probes {
            match tokio::time::timeout(PATIENCE, probe()).await {
                Ok(Ok(())) => {}
                Ok(Err(fault)) => faults.push(format!("{name}: {fault}")),
                Err(_) => faults.push(format!("{name}: no answer")),
            }
        }
        faults
    }
}

impl fmt::Debug for Readiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.probes.iter().map(|(name, _)| name))
            .finish()
    }
}

/// Puts the health paths in front of a router.
pub(super) fn with_health(router: Router, readiness: Readiness) -> Router {
    Router::new()
        .route(
            "/healthz",
            get(|| async { plain(StatusCode::OK, "ok\n".to_owned()) }),
        )
        .route("/readyz", get(move || ready(readiness.clone())))
        .fallback_service(router)
}

/// The operators' page of figures.
pub(super) fn with_metrics(metrics: PrometheusHandle) -> Router {
    Router::new().route(
        "/metrics",
        get(move || {
            let metrics = metrics.clone();
            async move {
                metrics.run_upkeep();
                plain(StatusCode::OK, metrics.render())
            }
        }),
    )
}

async fn ready(readiness: Readiness) -> Response {
    let faults = readiness.faults().await;
    if faults.is_empty() {
        return plain(StatusCode::OK, "ready\n".to_owned());
    }
    plain(StatusCode::SERVICE_UNAVAILABLE, faults.join("\n") + "\n")
}

fn plain(status: StatusCode, text: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, text).into_response()
}

const PATIENCE: Duration = Duration::from_secs(2);
