//! What may be written in a ticket.

use super::{NewTicket, TicketRefusal};

/// What is wrong with the words of a new ticket, all at once and in the order of its form; [`open`] tells the first.
pub fn faults(new: &NewTicket) -> Vec<TicketRefusal> {
    let judged = [
        request_id(new.request_id.as_deref()).err(),
        subject(&new.subject).err(),
        text(&new.text).err(),
    ];
    judged.into_iter().flatten().collect()
}

pub(super) fn given(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// Plain text: line ends in one spelling, no other control characters.
pub(super) fn text(given: &str) -> Result<String, TicketRefusal> {
    let text = given.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.trim();
    let plain = text
        .chars()
        .all(|c| c == '\n' || c == '\t' || !c.is_control());
    if plain && !text.is_empty() && text.chars().count() <= LONGEST_TEXT {
        Ok(text.to_owned())
    } else {
        Err(TicketRefusal::Text)
    }
}

pub(super) fn subject(given: &str) -> Result<String, TicketRefusal> {
    let text = given.trim();
    if (3..=150).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
        Ok(text.to_owned())
    } else {
        Err(TicketRefusal::Subject)
    }
}

pub(super) fn request_id(text: Option<&str>) -> Result<String, TicketRefusal> {
    let id = given(text).unwrap_or_default();
    let known = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if id.len() <= LONGEST_ID && id.bytes().all(known) {
        Ok(id.to_owned())
    } else {
        Err(TicketRefusal::RequestId)
    }
}

/// The longest id of a ticket or a request.
pub(super) const LONGEST_ID: usize = 64;
const LONGEST_TEXT: usize = 10_000;
