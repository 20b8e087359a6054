//! Technical support tickets, their conversations, and the tokens of their reply addresses.

use crate::{Conn, Fault, Row, params, statements};

statements! {
    ADD_TICKET = "INSERT INTO tickets (ticket_id, team, category, handle, request_id, subject, state, opened_by, opened_us, changed_us)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)";
    FIND_TICKET = "SELECT t.ticket_id, t.team, t.category, t.handle, t.request_id, t.subject, t.state, t.opened_by, m.name, t.opened_us, t.changed_us
        FROM tickets t JOIN members m ON m.member_id = t.opened_by WHERE t.ticket_id = $1";
    TICKETS = "SELECT t.ticket_id, t.team, t.category, t.handle, t.request_id, t.subject, t.state, t.opened_by, m.name, t.opened_us, t.changed_us
        FROM tickets t JOIN members m ON m.member_id = t.opened_by
        WHERE (t.changed_us < $1 OR (t.changed_us = $1 AND t.ticket_id < $2)) AND ($3 = '' OR t.state = $3)
        ORDER BY t.changed_us DESC, t.ticket_id DESC LIMIT $4";
    TICKETS_OF_TEAM = "SELECT t.ticket_id, t.team, t.category, t.handle, t.request_id, t.subject, t.state, t.opened_by, m.name, t.opened_us, t.changed_us
        FROM tickets t JOIN members m ON m.member_id = t.opened_by
        WHERE t.team = $5 AND (t.changed_us < $1 OR (t.changed_us = $1 AND t.ticket_id < $2)) AND ($3 = '' OR t.state = $3)
        ORDER BY t.changed_us DESC, t.ticket_id DESC LIMIT $4";
    MOVE_TICKET = "UPDATE tickets SET state = $3, changed_us = $4 WHERE ticket_id = $1 AND state = $2 RETURNING ticket_id";
    ADD_MESSAGE = "INSERT INTO ticket_messages (message_id, ticket_id, author, side, via, text, moved_to, mail_ref, created_us)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (ticket_id, mail_ref) DO NOTHING RETURNING message_id";
    MESSAGES_OF = "SELECT x.message_id, x.ticket_id, x.author, m.name, x.side, x.via, x.text, x.moved_to, x.mail_ref, x.created_us
        FROM ticket_messages x JOIN members m ON m.member_id = x.author WHERE x.ticket_id = $1 ORDER BY x.created_us, x.message_id LIMIT 500";
    PUT_REPLY = "INSERT INTO ticket_replies (token_hash, ticket_id, member_id, created_us) VALUES ($1, $2, $3, $4) ON CONFLICT (token_hash) DO NOTHING";
    FIND_REPLY = "SELECT ticket_id, member_id FROM ticket_replies WHERE token_hash = $1";
}

/// One ticket.
#[derive(Clone, Debug)]
pub struct TicketRow {
    /// Time-ordered UUID.
    pub ticket_id: String,
    /// The team that asks.
    pub team: String,
    /// What it is about.
    pub category: String,
    /// The app; empty where it is about none.
    pub handle: String,
    /// The request at the door; empty where it is about none.
    pub request_id: String,
    /// What it is about in a line.
    pub subject: String,
    /// Where it stands.
    pub state: String,
    /// The member who opened it.
    pub opened_by: String,
    /// Their name; not written.
    pub opener: String,
    /// When it was opened.
    pub opened_us: i64,
    /// When something was last said or changed.
    pub changed_us: i64,
}

/// One answer or change of state.
#[derive(Clone, Debug)]
pub struct MessageRow {
    /// Time-ordered UUID.
    pub message_id: String,
    /// The ticket.
    pub ticket_id: String,
    /// The member who said it.
    pub author: String,
    /// Their name; not written.
    pub name: String,
    /// For which side.
    pub side: String,
    /// `portal`, `api` or `mail`.
    pub via: String,
    /// The text; empty for a change of state.
    pub text: String,
    /// The new state; empty for an answer.
    pub moved_to: String,
    /// The hash of a mail's Message-ID.
    pub mail_ref: Option<String>,
    /// When.
    pub created_us: i64,
}

/// Which tickets are wanted, newest change first.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Of this team; of all teams when it is nothing.
    pub team: Option<&'a str>,
    /// In this state; in any when it is empty.
    pub state: &'a str,
    /// Changed before this time, and at that time only those with a smaller id.
    pub before: (i64, &'a str),
    /// At most so many.
    pub limit: i64,
}

/// Adds a ticket.
pub fn add(c: &mut Conn, t: &TicketRow) -> Result<(), Fault> {
    c.exec(
        ADD_TICKET,
        &params![
            &t.ticket_id,
            &t.team,
            &t.category,
            &t.handle,
            &t.request_id,
            &t.subject,
            &t.state,
            &t.opened_by,
            t.opened_us
        ],
    )?;
    Ok(())
}

/// One ticket.
pub fn find(c: &mut Conn, ticket_id: &str) -> Result<Option<TicketRow>, Fault> {
    c.opt(FIND_TICKET, &params![ticket_id])?
        .map(|row| ticket(&row))
        .transpose()
}

/// Tickets, newest change first.
pub fn list(c: &mut Conn, wanted: &Wanted<'_>) -> Result<Vec<TicketRow>, Fault> {
    let (us, id) = wanted.before;
    let rows = match wanted.team {
        None => c.query(TICKETS, &params![us, id, wanted.state, wanted.limit])?,
        Some(team) => c.query(
            TICKETS_OF_TEAM,
            &params![us, id, wanted.state, wanted.limit, team],
        )?,
    };
    rows.iter().map(ticket).collect()
}

/// Moves a ticket on from a state; `false` when it was in another by then.
pub fn move_on(
    c: &mut Conn,
    ticket_id: &str,
    (from, to): (&str, &str),
    now_us: i64,
) -> Result<bool, Fault> {
    Ok(c.opt(MOVE_TICKET, &params![ticket_id, from, to, now_us])?
        .is_some())
}

/// Adds to a conversation; `false` when the same mail is there already.
pub fn say(c: &mut Conn, m: &MessageRow) -> Result<bool, Fault> {
    let mail = m.mail_ref.as_deref();
    let added = c.opt(
        ADD_MESSAGE,
        &params![
            &m.message_id,
            &m.ticket_id,
            &m.author,
            &m.side,
            &m.via,
            &m.text,
            &m.moved_to,
            mail,
            m.created_us
        ],
    )?;
    Ok(added.is_some())
}

/// A conversation in order.
pub fn messages(c: &mut Conn, ticket_id: &str) -> Result<Vec<MessageRow>, Fault> {
    c.query(MESSAGES_OF, &params![ticket_id])?
        .iter()
        .map(|row| {
            Ok(MessageRow {
                message_id: row.text(0)?,
                ticket_id: row.text(1)?,
                author: row.text(2)?,
                name: row.text(3)?,
                side: row.text(4)?,
                via: row.text(5)?,
                text: row.text(6)?,
                moved_to: row.text(7)?,
                mail_ref: row.opt_text(8)?,
                created_us: row.int(9)?,
            })
        })
        .collect()
}

/// Keeps the token of a reply address.
pub fn put_reply(
    c: &mut Conn,
    token_hash: &str,
    (ticket_id, member_id): (&str, &str),
    now_us: i64,
) -> Result<(), Fault> {
    c.exec(
        PUT_REPLY,
        &params![token_hash, ticket_id, member_id, now_us],
    )?;
    Ok(())
}

/// The ticket and the member of a reply address.
pub fn find_reply(c: &mut Conn, token_hash: &str) -> Result<Option<(String, String)>, Fault> {
    c.opt(FIND_REPLY, &params![token_hash])?
        .map(|row| Ok((row.text(0)?, row.text(1)?)))
        .transpose()
}

fn ticket(row: &Row) -> Result<TicketRow, Fault> {
    Ok(TicketRow {
        ticket_id: row.text(0)?,
        team: row.text(1)?,
        category: row.text(2)?,
        handle: row.text(3)?,
        request_id: row.text(4)?,
        subject: row.text(5)?,
        state: row.text(6)?,
        opened_by: row.text(7)?,
        opener: row.text(8)?,
        opened_us: row.int(9)?,
        changed_us: row.int(10)?,
    })
}
