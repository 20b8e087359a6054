//! The floor: a server in a process of its own that only answers.

use std::convert::Infallible;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, ExitCode, Stdio};

use axum::body::Bytes;
use http_body_util::Full;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::measure;

/// The first argument that makes this program the floor.
pub(crate) const COMMAND: &str = "floor-server";

/// The running floor.
pub(crate) struct Floor {
    child: Child,
    port: u16,
}

impl Floor {
    /// Starts it with answers of this size.
    pub(crate) fn start(size: usize, pin: bool) -> Result<Self, String> {
        let program = std::env::current_exe().map_err(|error| error.to_string())?;
        let mut child = Command::new(program)
            .arg(COMMAND)
            .arg(size.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("the floor could not be started: {error}"))?;
        let output = child.stdout.take().ok_or("the floor has no output")?;
        let mut line = String::new();
        BufReader::new(output)
            .read_line(&mut line)
            .map_err(|error| error.to_string())?;
        let port = line.trim().parse().map_err(|_| "the floor told no port")?;
        if pin {
            measure::pin(child.id(), 0);
        }
        Ok(Self { child, port })
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its port.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Floor {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Serves until it is killed.
pub(crate) fn serve() -> ExitCode {
    let size = std::env::args()
        .nth(2)
        .and_then(|size| size.parse().ok())
        .unwrap_or(0);
    let built = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let served = built.map(|runtime| runtime.block_on(listen(size)));
    match served {
        Ok(Ok(())) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

async fn listen(size: usize) -> std::io::Result<()> {
    let body = Bytes::from(vec![b'x'; size]);
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("{}", listener.local_addr()?.port());
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let body = body.clone();
        tokio::spawn(async move {
            let answer = service_fn(move |_: Request<hyper::body::Incoming>| {
                let answer = Response::new(Full::new(body.clone()));
                async move { Ok::<_, Infallible>(answer) }
            });
            let http = hyper::server::conn::http1::Builder::new();
            drop(http.serve_connection(TokioIo::new(stream), answer).await);
        });
    }
}
