//! One log line and two figures per request. The path is logged without its query and without addresses of people, and
//! no header but the request id.

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::Response;

use durward_oidc::evidence::logged_path;

use crate::telemetry::{DURATION, REQUESTS};

pub(super) fn observed(router: Router, listener: Arc<str>) -> Router {
    // Wrapped as a whole, so that the layer also sees what the inner fallback answers.
    Router::new()
        .fallback_service(router)
        .layer(middleware::from_fn(move |request: Request, next: Next| {
            let listener = Arc::clone(&listener);
            async move { observe(&listener, request, next).await }
        }))
}

async fn observe(listener: &str, request: Request, next: Next) -> Response {
    let method = known(request.method());
    let path = logged_path(request.uri().path()).into_owned();
    #[expect(
        clippy::disallowed_methods,
        reason = "measures a duration for a metric"
    )]
    let begun = Instant::now();
    let response = next.run(request).await;
    let took = begun.elapsed();
    let status = response.status();
    metrics::counter!(REQUESTS, "listener" => listener.to_owned(), "method" => method, "status" => class(status)).increment(1);
    metrics::histogram!(DURATION, "listener" => listener.to_owned()).record(took.as_secs_f64());
    let id = response
        .headers()
        .get("x-request-id")
        .and_then(|id| id.to_str().ok())
        .unwrap_or_default();
    let (status, ms) = (status.as_u16(), took.as_secs_f64() * 1000.0);
    match (path.as_str(), status) {
        (_, 500..) if path != "/readyz" => tracing::error!(
            listener,
            request_id = id,
            method,
            path,
            status,
            ms,
            "request"
        ),
        ("/healthz" | "/readyz" | "/metrics", _) => {
            tracing::debug!(listener, method, path, status, ms, "request")
        }
        _ => tracing::info!(
            listener,
            request_id = id,
            method,
            path,
            status,
            ms,
            "request"
        ),
    }
    response
}

/// A fixed set, so that strangers cannot make new series.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        100..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        _ => "5xx",
    }
}
