//! A file that is written while it is sent: a part at a time, and no further than the reader follows.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use durward_app::failure::Fault;
use durward_app::operator::usage::Export;
use http_body::Frame;
use tokio::sync::mpsc;

/// A CSV file to download. A fault in the middle breaks the connection off: nobody takes half a file for a whole one.
pub fn csv(mut export: Export, name: &str) -> Response {
    let (out, parts) = mpsc::channel(PARTS);
    tokio::spawn(async move {
        loop {
            let part = match export.next().await {
                Ok(None) => return,
                Ok(Some(part)) => Ok(Bytes::from(part)),
                Err(fault) => {
                    tracing::error!(%fault, "a download broke off");
                    Err(fault)
                }
            };
            let broken = part.is_err();
            // Nobody reads any more: the browser went away.
            if out.send(part).await.is_err() || broken {
                return;
            }
        }
    });
    named(Body::new(Parts(parts)), name)
}

/// A whole CSV file to download.
pub fn whole_csv(text: String, name: &str) -> Response {
    named(Body::from(text), name)
}

fn named(body: Body, name: &str) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    let mut set = |name, value: &'static str| headers.insert(name, HeaderValue::from_static(value));
    set(
        header::CONTENT_TYPE,
        "text/csv; charset=utf-8; header=present",
    );
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::CACHE_CONTROL, "no-store");
    set(
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; sandbox",
    );
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

struct Parts(mpsc::Receiver<Result<Bytes, Fault>>);

impl HttpBody for Parts {
    type Data = Bytes;
    type Error = Fault;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Fault>>> {
        let part = self.0.poll_recv(context);
        part.map(|part| part.map(|part| part.map(Frame::data)))
    }
}

/// Parts that wait for the reader.
const PARTS: usize = 2;
