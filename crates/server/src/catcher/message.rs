//! One caught message, decoded.

use std::fmt;

use jiff::Timestamp;
use mail_parser::MessageParser;

/// A message as a person reads it.
#[derive(Clone)]
pub struct Message {
    /// The envelope's sender.
    pub from: String,
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// Where answers go.
    pub answer_to: Option<String>,
    /// The subject, decoded.
    pub subject: String,
    /// The text part, decoded.
    pub text: String,
    /// When it arrived.
    pub time: Timestamp,
    headers: Vec<(String, String)>,
}

impl Message {
    pub(super) fn read(from: &str, to: &[String], raw: &[u8], time: Timestamp) -> Self {
        let parsed = MessageParser::default().parse(raw);
        let subject = parsed
            .as_ref()
            .and_then(|message| message.subject())
            .unwrap_or_default()
            .to_owned();
        let text = parsed
            .as_ref()
            .and_then(|message| message.body_text(0))
            .unwrap_or_default();
        let answer_to = parsed
            .as_ref()
            .and_then(|message| message.reply_to())
            .and_then(|address| address.first())
            .and_then(|one| one.address())
            .map(str::to_owned);
        let headers = parsed
            .as_ref()
            .map(|message| {
                let raw = message.headers_raw();
                // A long one is folded over several lines.
                raw.map(|(name, value)| (name.to_owned(), unfolded(value)))
                    .collect()
            })
            .unwrap_or_default();
        Self {
            from: from.to_owned(),
            to: to.to_vec(),
            answer_to,
            subject,
            text: text.replace("\r\n", "\n"),
            time,
            headers,
        }
    }

    /// A header as it came; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map_or("", |(_, value)| value.as_str())
    }

    /// The web addresses in the text, in order.
    pub fn links(&self) -> Vec<String> {
        let words = self
            .text
            .split_whitespace()
            .map(|word| word.trim_matches(['<', '>', '(', ')', '"']));
        words
            .filter(|word| word.starts_with("http://") || word.starts_with("https://"))
            .map(|word| word.trim_end_matches(['.', ',', ';']).to_owned())
            .collect()
    }
}

/// Addresses and codes stay out of logs.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message({})", self.time)
    }
}
fn unfolded(value: &str) -> String {
    let lines: Vec<&str> = value.lines().map(str::trim).collect();
    lines.join(" ").trim().to_owned()
}
