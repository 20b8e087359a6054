//! Asks name servers for text records (RFC 1035): the proof that a domain is a team's own.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use durward_keyring::random::Random;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};

/// The name servers.
#[derive(Debug, Clone)]
pub struct Dns {
    servers: Vec<SocketAddr>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DnsFault {
    /// Not a name.
    #[error("The name cannot be looked up. Check its spelling.")]
    Name,
    /// None is known.
    #[error("This installation knows no name server. Its operators can set outbound.name_servers.")]
    NoServer,
    /// None answered.
    #[error("No name server answered. Try again in a minute.")]
    Silent,
    /// One refused or failed.
    #[error(
        "The name server could not answer for this name (code {0}). Check the domain's DNS servers."
    )]
    Refused(u8),
}

impl Dns {
    /// Asks these servers, the first one first.
    #[must_use]
    pub fn new(servers: Vec<SocketAddr>) -> Self {
        Self { servers }
    }

    /// The text records of a name; none when it has none or does not exist.
    ///
    /// # Errors
    /// [`DnsFault`].
    pub async fn text(&self, name: &str) -> Result<Vec<String>, DnsFault> {
        let mut fault = DnsFault::NoServer;
        for server in self.servers.iter().take(MOST_SERVERS) {
            let mut id = [0; 2];
            // A fresh id and a fresh port for each question: an answer cannot be guessed.
            Random::system().fill(&mut id);
            let question = question(name, id)?;
            let asked = tokio::time::timeout(PATIENCE, ask(*server, &question)).await;
            match asked {
                Ok(Ok(answer)) => match read(&answer, &question) {
                    Some(Ok(found)) => return Ok(found),
                    Some(Err(code)) => fault = DnsFault::Refused(code),
                    None => fault = DnsFault::Silent,
                },
                Ok(Err(_)) | Err(_) => fault = DnsFault::Silent,
            }
        }
        Err(fault)
    }
}

/// Reads the servers from a `resolv.conf`.
#[must_use]
pub fn servers_of(text: &str) -> Vec<SocketAddr> {
    text.lines()
        .filter_map(|line| line.trim().strip_prefix("nameserver"))
        .filter_map(|rest| rest.trim().split('%').next()?.parse().ok())
        .map(|address| SocketAddr::new(address, PORT))
        .collect()
}

async fn ask(server: SocketAddr, question: &[u8]) -> std::io::Result<Vec<u8>> {
    let own: SocketAddr = match server {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let socket = UdpSocket::bind(own).await?;
    // Connected: datagrams of others are not delivered.
    socket.connect(server).await?;
    socket.send(question).await?;
    let mut buffer = vec![0; LONGEST_DATAGRAM];
    loop {
        let length = socket.recv(&mut buffer).await?;
        let answer = buffer.get(..length).unwrap_or_default();
        if !belongs(answer, question) {
            continue;
        }
        // Cut off: the whole answer comes by TCP.
        if answer.get(2).is_some_and(|flags| flags & 0x02 != 0) {
            return ask_again(server, question).await;
        }
        return Ok(answer.to_vec());
    }
}

async fn ask_again(server: SocketAddr, question: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(server).await?;
    let length = u16::try_from(question.len()).unwrap_or_default();
    stream.write_all(&length.to_be_bytes()).await?;
    stream.write_all(question).await?;
    let length = stream.read_u16().await?;
    let mut answer = vec![0; usize::from(length)];
    stream.read_exact(&mut answer).await?;
    Ok(answer)
}

/// A question for text records, with room for long answers (EDNS0, RFC 6891).
fn question(name: &str, id: [u8; 2]) -> Result<Vec<u8>, DnsFault> {
    let mut bytes = vec![id[0], id[1], 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 1];
    let name = name.trim_end_matches('.');
    if name.is_empty() || name.len() > 253 {
        return Err(DnsFault::Name);
    }
    for label in name.split('.') {
        let length = u8::try_from(label.len()).map_err(|_| DnsFault::Name)?;
        if length == 0 || length > 63 || !label.is_ascii() {
            return Err(DnsFault::Name);
        }
        bytes.push(length);
        bytes.extend_from_slice(label.as_bytes());
    }
    bytes.push(0);
    bytes.extend_from_slice(&TEXT_IN_INTERNET);
    let [high, low] = ROOM.to_be_bytes();
    bytes.extend_from_slice(&[0, 0, 41, high, low, 0, 0, 0, 0, 0, 0]);
    Ok(bytes)
}

/// Whether this answers that: the same id and the same question.
fn belongs(answer: &[u8], question: &[u8]) -> bool {
    let asked = question
        .get(HEAD..question.len().saturating_sub(OPTIONS))
        .unwrap_or_default();
    let is_answer = answer.get(2).is_some_and(|flags| flags & 0x80 != 0);
    let counted = answer.get(4..6) == Some(&[0, 1]);
    let echoed = answer.get(HEAD..HEAD + asked.len()).unwrap_or_default();
    is_answer
        && counted
        && answer.get(..2) == question.get(..2)
        && echoed.eq_ignore_ascii_case(asked)
}

/// The texts of an answer, or the server's code; nothing for one that cannot be read.
fn read(answer: &[u8], question: &[u8]) -> Option<Result<Vec<String>, u8>> {
    if !belongs(answer, question) {
        return None;
    }
    match answer.get(3)? & 0x0f {
        0 => {}
        // The name does not exist.
        3 => return Some(Ok(Vec::new())),
        code => return Some(Err(code)),
    }
    let count = pair(answer, 6)?;
    let mut at = question.len().checked_sub(OPTIONS)?;
    let mut texts = Vec::new();
    for _ in 0..count.min(MOST_RECORDS) {
        at = after_name(answer, at)?;
        let is_text = answer.get(at..at + 4)? == TEXT_IN_INTERNET;
        let length = usize::from(pair(answer, at + 8)?);
        let data = answer.get(at + 10..at + 10 + length)?;
        if is_text {
            texts.push(joined(data)?);
        }
        at += 10 + length;
    }
    Some(Ok(texts))
}

/// The parts of one text record, joined.
fn joined(mut data: &[u8]) -> Option<String> {
    let mut bytes = Vec::new();
    while let Some((length, rest)) = data.split_first() {
        let length = usize::from(*length);
        bytes.extend_from_slice(rest.get(..length)?);
        data = rest.get(length..)?;
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// Where a name ends. A pointer ends it; it need not be followed.
fn after_name(answer: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match *answer.get(at)? {
            0 => return Some(at + 1),
            length if length & 0xc0 == 0xc0 => return Some(at + 2),
            length if length & 0xc0 == 0 => at += 1 + usize::from(length),
            _ => return None,
        }
    }
}

fn pair(bytes: &[u8], at: usize) -> Option<u16> {
    let two: [u8; 2] = bytes.get(at..at + 2)?.try_into().ok()?;
    Some(u16::from_be_bytes(two))
}

const PORT: u16 = 53;
const HEAD: usize = 12;
const OPTIONS: usize = 11;
const TEXT_IN_INTERNET: [u8; 4] = [0, 16, 0, 1];
/// What fits into one datagram on every path (DNS flag day 2020).
const ROOM: u16 = 1232;
const LONGEST_DATAGRAM: usize = 4096;
const MOST_SERVERS: usize = 3;
const MOST_RECORDS: u16 = 100;
const PATIENCE: Duration = Duration::from_secs(3);

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn answer(question: &[u8], code: u8, texts: &[&[&str]]) -> Vec<u8> {
        let mut bytes = question[..question.len() - OPTIONS].to_vec();
        bytes[2] = 0x81;
        bytes[3] = 0x80 | code;
        bytes[7] = u8::try_from(texts.len()).unwrap();
        bytes[11] = 0;
        for parts in texts {
            bytes.extend_from_slice(&[0xc0, 12]);
            bytes.extend_from_slice(&TEXT_IN_INTERNET);
            bytes.extend_from_slice(&[0, 0, 0, 60]);
            let data: Vec<u8> = parts
                .iter()
                .flat_map(|part| [&[u8::try_from(part.len()).unwrap()], part.as_bytes()].concat())
                .collect();
            bytes.extend_from_slice(&u16::try_from(data.len()).unwrap().to_be_bytes());
            bytes.extend_from_slice(&data);
        }
        bytes
    }

    #[test]
    fn texts_are_read_and_parts_are_joined() {
        let asked = question("_durward-challenge.fishing.com", [7, 9]).unwrap();
        let texts: &[&[&str]] = &[&["v=spf1"], &["durward-", "one"]];
        let found = read(&answer(&asked, 0, texts), &asked).unwrap().unwrap();
        assert_eq!(found, ["v=spf1", "durward-one"]);
        assert_eq!(read(&answer(&asked, 3, &[]), &asked), Some(Ok(Vec::new())));
        assert_eq!(read(&answer(&asked, 2, &[]), &asked), Some(Err(2)));
    }

    #[test]
    fn answers_to_other_questions_do_not_count() {
        let asked = question("a.example.com", [1, 2]).unwrap();
        for other in [
            question("a.example.com", [1, 3]).unwrap(),
            question("b.example.com", [1, 2]).unwrap(),
        ] {
            assert_eq!(read(&answer(&other, 0, &[&["x"]]), &asked), None);
        }
        assert_eq!(read(&asked, &asked), None);
    }

    #[test]
    fn broken_answers_never_panic() {
        let asked = question("a.example.com", [1, 2]).unwrap();
        let good = answer(&asked, 0, &[&["one", "two"], &["three"]]);
        for end in 0..good.len() {
            drop(read(&good[..end], &asked));
        }
        for at in 0..good.len() {
            for value in [0, 1, 0x3f, 0x40, 0xc0, 0xff] {
                let mut bad = good.clone();
                bad[at] = value;
                drop(read(&bad, &asked));
            }
        }
    }

    #[test]
    fn names_that_cannot_be_asked() {
        let long = "a".repeat(64);
        for name in ["", ".", "a..b", &long, "ä.example", &"a.".repeat(130)] {
            assert_eq!(question(name, [0, 0]), Err(DnsFault::Name), "{name}");
        }
    }

    #[test]
    fn servers_of_a_file() {
        let text =
            "# one\nnameserver 10.0.0.1\nsearch a.b\n nameserver fe80::1%eth0\nnameserver x\n";
        let found: Vec<String> = servers_of(text).iter().map(SocketAddr::to_string).collect();
        assert_eq!(found, ["10.0.0.1:53", "[fe80::1]:53"]);
    }

    #[tokio::test]
    async fn a_question_over_the_network_and_again_by_tcp() {
        let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = udp.local_addr().unwrap();
        let tcp = tokio::net::TcpListener::bind(address).await.unwrap();
        tokio::spawn(async move {
            let mut buffer = [0; 512];
            let (length, from) = udp.recv_from(&mut buffer).await.unwrap();
            let asked = &buffer[..length];
            let mut forged = answer(asked, 0, &[&["forged"]]);
            forged[0] ^= 1;
            udp.send_to(&forged, from).await.unwrap();
            let mut cut = answer(asked, 0, &[]);
            cut[2] |= 0x02;
            udp.send_to(&cut, from).await.unwrap();
            let (mut stream, _) = tcp.accept().await.unwrap();
            let length = stream.read_u16().await.unwrap();
            let mut asked = vec![0; usize::from(length)];
            stream.read_exact(&mut asked).await.unwrap();
            let whole = answer(&asked, 0, &[&["proof"]]);
            stream
                .write_u16(u16::try_from(whole.len()).unwrap())
                .await
                .unwrap();
            stream.write_all(&whole).await.unwrap();
        });
        assert_eq!(
            Dns::new(vec![address]).text("a.example.com").await.unwrap(),
            ["proof"]
        );
        assert_eq!(
            Dns::new(Vec::new()).text("a.b").await.unwrap_err(),
            DnsFault::NoServer
        );
    }
}
