//! One SMTP session: the part of RFC 5321 that a mailer on this machine uses.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// One message with its envelope.
#[derive(Debug)]
pub(crate) struct Incoming {
    /// The envelope's sender; empty for a notice of a mail server.
    pub(crate) from: String,
    /// The envelope's recipients.
    pub(crate) to: Vec<String>,
    /// The message.
    pub(crate) raw: Vec<u8>,
}

/// Takes messages.
pub(crate) trait Take: Send + Sync + 'static {
    /// Takes one and answers the sender's mail server: a code and a word.
    fn take(&self, mail: Incoming) -> impl Future<Output = &'static str> + Send;
}

/// Speaks until QUIT or the end of the stream; hands on each message.
pub(crate) async fn run(stream: TcpStream, taker: &impl Take) -> io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read);
    let mut envelope = Envelope::default();
    write.write_all(b"220 durward\r\n").await?;
    loop {
        let answer = match line(&mut read, LONGEST_LINE).await? {
            Line::End => return Ok(()),
            Line::TooLong => "500 Line too long",
            Line::Text(text) => match Command::read(&text) {
                Command::Data if envelope.to.is_empty() => "503 Name a recipient first",
                Command::Data => {
                    write
                        .write_all(b"354 End with a line that is a single dot\r\n")
                        .await?;
                    match data(&mut read).await? {
                        Some(raw) => {
                            let Envelope { from, to } = std::mem::take(&mut envelope);
                            let from = from.unwrap_or_default();
                            taker.take(Incoming { from, to, raw }).await
                        }
                        None => {
                            envelope = Envelope::default();
                            "552 Message too large"
                        }
                    }
                }
                Command::Quit => return write.write_all(b"221 Bye\r\n").await,
                command => envelope.take(command),
            },
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
}

#[derive(Default)]
struct Envelope {
    from: Option<String>,
    to: Vec<String>,
}

impl Envelope {
    fn take(&mut self, command: Command) -> &'static str {
        match command {
            Command::Hello { extended } => {
                *self = Self::default();
                if extended {
                    "250-durward\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 1048576"
                } else {
                    "250 durward"
                }
            }
            Command::Mail(_) if self.from.is_some() => "503 A message is already begun",
            Command::Mail(from) => {
                self.from = Some(from);
                "250 Sender noted"
            }
            Command::Recipient(_) if self.from.is_none() => "503 Name a sender first",
            Command::Recipient(_) if self.to.len() == MOST_RECIPIENTS => "452 Too many recipients",
            Command::Recipient(to) => {
                self.to.push(to);
                "250 Recipient noted"
            }
            Command::Reset => {
                *self = Self::default();
                "250 Forgotten"
            }
            Command::Nothing => "250 Still here",
            Command::Malformed => "501 The address is missing or malformed",
            Command::Data | Command::Quit | Command::Unknown => "500 Unknown command",
        }
    }
}

enum Command {
    Hello { extended: bool },
    Mail(String),
    Recipient(String),
    Data,
    Reset,
    Nothing,
    Quit,
    Malformed,
    Unknown,
}

impl Command {
    fn read(line: &str) -> Self {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => Self::Hello { extended: true },
            "HELO" => Self::Hello { extended: false },
            "MAIL" => path(rest, "FROM:").map_or(Self::Malformed, Self::Mail),
            "RCPT" => match path(rest, "TO:") {
                Some(to) if !to.is_empty() => Self::Recipient(to),
                _ => Self::Malformed,
            },
            "DATA" => Self::Data,
            "RSET" => Self::Reset,
            "NOOP" => Self::Nothing,
            "QUIT" => Self::Quit,
            _ => Self::Unknown,
        }
    }
}

/// `FROM:<address> PARAMETERS`; an empty address is the sender of a notice.
fn path(rest: &str, keyword: &str) -> Option<String> {
    let rest = rest.trim_start();
    let given = rest.get(..keyword.len())?;
    let address = rest.get(keyword.len()..)?.trim_start().strip_prefix('<')?;
    let (address, _) = address.split_once('>')?;
    given
        .eq_ignore_ascii_case(keyword)
        .then(|| address.to_owned())
}

/// The lines up to the single dot, with the doubled dots undone; `None` when they are over the size.
async fn data(read: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Option<Vec<u8>>> {
    let mut raw = Vec::new();
    let mut over = false;
    loop {
        let mut text = Vec::new();
        let count = patient(read.take(LARGEST as u64 + 2).read_until(b'\n', &mut text)).await?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if text == b".\r\n" || text == b".\n" {
            return Ok((!over).then_some(raw));
        }
        let undotted = text.strip_prefix(b".").unwrap_or(&text);
        over |= raw.len() + undotted.len() > LARGEST;
        if !over {
            raw.extend_from_slice(undotted);
        }
    }
}

enum Line {
    Text(String),
    TooLong,
    End,
}

async fn line(read: &mut (impl AsyncBufRead + Unpin), longest: usize) -> io::Result<Line> {
    let mut text = Vec::new();
    patient(read.take(longest as u64).read_until(b'\n', &mut text)).await?;
    if text.is_empty() {
        return Ok(Line::End);
    }
    if text.last() != Some(&b'\n') && text.len() == longest {
        // The rest of the line is dropped, so that it is not read as a command.
        while text.last() != Some(&b'\n') {
            text.clear();
            if patient(read.take(longest as u64).read_until(b'\n', &mut text)).await? == 0 {
                return Ok(Line::End);
            }
        }
        return Ok(Line::TooLong);
    }
    Ok(Line::Text(
        String::from_utf8_lossy(&text)
            .trim_end_matches(['\r', '\n'])
            .to_owned(),
    ))
}

async fn patient<T>(read: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    tokio::time::timeout(PATIENCE, read)
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

const LARGEST: usize = 1024 * 1024;
const LONGEST_LINE: usize = 2048;
const MOST_RECIPIENTS: usize = 100;
const PATIENCE: Duration = Duration::from_secs(60);
