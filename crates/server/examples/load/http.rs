//! HTTP/1.1 over one kept connection, with as little work as possible: the driver must not be what is measured.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

/// One connection.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// What came back.
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: u16,
    head: String,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// A header, by its name in lower case.
    pub(crate) fn header<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        header(&self.head, name)
    }

    /// Every header of a name in lower case.
    pub(crate) fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        named(&self.head, name)
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Result<serde_json::Value, String> {
        serde_json::from_slice(&self.body).map_err(|_| {
            format!(
                "no JSON: {} {}",
                self.status,
                String::from_utf8_lossy(&self.body)
            )
        })
    }
}

impl Connection {
    /// Connects to a port of this machine.
    pub(crate) async fn open(port: u16) -> Result<Self, String> {
        Self::open_from(IpAddr::V4(Ipv4Addr::LOCALHOST), port).await
    }

    /// The same from another address of this machine.
    pub(crate) async fn open_from(from: IpAddr, port: u16) -> Result<Self, String> {
        let failed = |error: std::io::Error| format!("connecting to port {port}: {error}");
        let socket = TcpSocket::new_v4().map_err(failed)?;
        socket.bind(SocketAddr::new(from, 0)).map_err(failed)?;
        let to = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
        let stream = socket.connect(to).await.map_err(failed)?;
        stream
            .set_nodelay(true)
            .map_err(|error| error.to_string())?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(16 * 1024),
        })
    }

    /// Sends a request and waits for its answer.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> Result<Answer, String> {
        let lost = |error: std::io::Error| format!("the connection was lost: {error}");
        self.stream.write_all(request).await.map_err(lost)?;
        self.buffer.clear();
        let end = loop {
            if let Some(end) = find_end(&self.buffer) {
                break end;
            }
            if self.stream.read_buf(&mut self.buffer).await.map_err(lost)? == 0 {
                return Err("the server closed the connection".to_owned());
            }
        };
        let head = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
        let status = head
            .get(9..12)
            .and_then(|status| status.parse().ok())
            .ok_or("no status line")?;
        let length: usize = match header(&head, "content-length") {
            Some(length) => length.parse().map_err(|_| "a bad content-length")?,
            None if header(&head, "transfer-encoding").is_some() => {
                return Err("a chunked answer, which this client does not read".to_owned());
            }
            None => 0,
        };
        while self.buffer.len() < end + length {
            if self.stream.read_buf(&mut self.buffer).await.map_err(lost)? == 0 {
                return Err("the server closed the connection".to_owned());
            }
        }
        Ok(Answer {
            status,
            head,
            body: self.buffer[end..end + length].to_vec(),
        })
    }
}

/// A GET request.
pub(crate) fn get(host: &str, path: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    let mut text = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    text.into_bytes()
}

/// A POST request.
pub(crate) fn post(
    host: &str,
    path: &str,
    kind: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Vec<u8> {
    send("POST", host, path, kind, headers, body)
}

/// A request with a body.
pub(crate) fn send(
    method: &str,
    host: &str,
    path: &str,
    kind: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Vec<u8> {
    let length = body.len().to_string();
    let mut all = vec![("Content-Type", kind), ("Content-Length", length.as_str())];
    all.extend(headers);
    let mut request = get(host, path, &all);
    request.splice(..3, method.bytes());
    request.extend_from_slice(body.as_bytes());
    request
}

fn find_end(buffer: &[u8]) -> Option<usize> {
    let at = buffer.windows(4).position(|four| four == b"\r\n\r\n")?;
    Some(at + 4)
}

fn header<'a>(head: &'a str, name: &'a str) -> Option<&'a str> {
    named(head, name).next()
}

fn named<'a>(head: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .filter(move |(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}
