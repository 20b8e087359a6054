//! Log lines and metrics. Neither ever holds an address line's query, a form value, or a person's data.

use std::io;
use std::sync::OnceLock;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::config::LogFormat;

/// Starts log lines on standard error. A second call changes nothing.
///
/// # Errors
/// When the filter cannot be read.
pub fn start_logs(format: LogFormat, filter: &str) -> Result<(), String> {
    let filter =
        EnvFilter::try_new(filter).map_err(|error| format!("server.log_level: {error}"))?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_span_events(FmtSpan::NONE);
    let started = match format {
        LogFormat::Json => lines
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .try_init(),
        LogFormat::Pretty => lines.compact().with_target(false).try_init(),
    };
    // Only the first subscriber of a process counts; tests start several servers in one.
    drop(started);
    Ok(())
}

/// Starts metrics for this process and answers the handle that renders them.
///
/// # Errors
/// When the recorder cannot be made.
pub fn start_metrics() -> Result<PrometheusHandle, String> {
    if let Some(handle) = HANDLE.get() {
        return Ok(handle.clone());
    }
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)
        .map_err(|error| format!("metrics cannot start: {error}"))?
        .build_recorder();
    let handle = HANDLE.get_or_init(|| recorder.handle()).clone();
    // Fails only when a recorder is there already, which then goes on.
    drop(metrics::set_global_recorder(recorder));
    metrics::describe_counter!(
        REQUESTS,
        "Requests answered, by listener, method and class of status."
    );
    metrics::describe_histogram!(
        DURATION,
        metrics::Unit::Seconds,
        "Time from request head to response head, by listener."
    );
    metrics::describe_gauge!(CONNECTIONS, "Open connections, by listener.");
    Ok(handle)
}

/// Requests answered.
pub const REQUESTS: &str = "durward_http_requests_total";
/// Time to answer.
pub const DURATION: &str = "durward_http_request_duration_seconds";
/// Open connections.
pub const CONNECTIONS: &str = "durward_http_connections";

static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
const SECONDS: &[f64] = &[
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];
