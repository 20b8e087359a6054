//! Answers by mail. The address to answer to holds a token that is bound to a ticket and a member; only its keyed hash is
//! kept, and it is case-blind because mail servers are.

use std::sync::Arc;
use std::time::Duration;

use durward_domain::event::Event;
use durward_domain::refusal::{RefusalKind, Refuse};
use durward_keyring::digest::sha256_hex;
use durward_store::notices::NoticeRow;
use durward_store::{counters, tickets};
use mail_parser::{Message, MessageParser};
use serde_json::json;

use super::{TicketRefusal, Via, add, quoted, tell, text};
use crate::actor::{Actor, Member};
use crate::failure::{Failure, Fault};
use crate::keeper::{Happened, Keeper};
use crate::record::Trace;

/// Stands at the top of a mail that can be answered: what is below it is not read.
pub const REPLY_MARK: &str = "=== ^ ===";

/// Whether an envelope's recipient is a reply address.
pub fn is_reply_address(address: &str) -> bool {
    token_of(address).is_some()
}

/// Takes one mail to a reply address into its conversation.
///
/// # Errors
/// [`MailRefusal`] when it is not an answer of the member that the address was made for, or a fault.
pub async fn receive(
    keeper: &Arc<Keeper>,
    (sender, recipient): (&str, &str),
    raw: &[u8],
) -> Result<(), Failure<MailRefusal>> {
    let known = match token_of(recipient) {
        Some(token) => bound(keeper, &token).await?,
        None => None,
    };
    let outcome = judged(keeper, known.as_ref(), sender, raw).await;
    if let Err(Failure::Refused(refusal)) = &outcome {
        tracing::info!(code = refusal.code(), "a mail to support was refused");
        record(keeper, known.as_ref(), refusal).await?;
    }
    outcome
}

/// The address by which the member of a notice answers its ticket; nothing for other notices, or where no mail comes in.
pub(crate) async fn reply_address(
    keeper: &Keeper,
    row: &NoticeRow,
) -> Result<Option<String>, Fault> {
    let host = keeper.post.as_ref().and_then(|post| post.reply_host());
    let ticket = row.link.strip_prefix("/support/");
    let (Some(host), Some(ticket), Some(member)) = (host, ticket, row.member_id.as_deref()) else {
        return Ok(None);
    };
    if !row.kind.starts_with("ticket-") {
        return Ok(None);
    }
    let token = token(keeper, ticket, member);
    let address = format!("{PREFIX}{token}@{host}");
    let (hash, now_us) = (
        keeper.hasher.hash(&token),
        keeper.clock.real_now().as_microsecond(),
    );
    let of = (ticket.to_owned(), member.to_owned());
    keeper
        .store
        .write(move |c| {
            if tickets::find(c, &of.0)?.is_some() {
                tickets::put_reply(c, &hash, (&of.0, &of.1), now_us)?;
            }
            Ok(())
        })
        .await?;
    Ok(Some(address))
}

/// Nobody without the portal's key can make it: the digest of a keyed hash.
pub(super) fn token(keeper: &Keeper, ticket: &str, member: &str) -> String {
    let bound = keeper
        .hasher
        .hash(&format!("ticket-reply:{ticket}:{member}"));
    sha256_hex(bound.as_bytes())
        .chars()
        .take(TOKEN_LENGTH)
        .collect()
}

/// What a reply address is bound to.
struct Bound {
    ticket: String,
    member: Member,
    /// How many mails came to it within the hour.
    hits: i64,
}

async fn bound(keeper: &Arc<Keeper>, token: &str) -> Result<Option<Bound>, Fault> {
    let now = keeper.clock.real_now();
    let hashes = keeper.hasher.candidates(token);
    let unit = Arc::clone(keeper);
    let found = keeper
        .store
        .write(move |c| {
            for hash in &hashes {
                let Some((ticket, member)) = tickets::find_reply(c, hash)? else {
                    continue;
                };
                let hits = counters::hit(c, &format!("ticket-mail:{hash}"), WINDOW, now)?.hits;
                let member = tell::member(c, &unit, &member)?;
                return Ok(member.map(|member| Bound {
                    ticket,
                    member,
                    hits,
                }));
            }
            Ok(None)
        })
        .await?;
    Ok(found)
}

async fn judged(
    keeper: &Arc<Keeper>,
    known: Option<&Bound>,
    sender: &str,
    raw: &[u8],
) -> Result<(), Failure<MailRefusal>> {
    let known = known.ok_or(Failure::Refused(MailRefusal::Address))?;
    if known.hits > MOST_IN_WINDOW {
        return Err(Failure::Refused(MailRefusal::TooMany));
    }
    let (words, mail_ref) = read(sender, &known.member.email, raw).map_err(Failure::Refused)?;
    let said = (words, Via::Mail, mail_ref);
    add(keeper, &known.member, &known.ticket, said, &trace(keeper))
        .await
        .map_err(|failure| match failure {
            Failure::Refused(refusal) => Failure::Refused(MailRefusal::Ticket(refusal)),
            Failure::Fault(fault) => Failure::Fault(fault),
        })
}

/// A refused mail is in the audit record, without what it said and who claims to have sent it. A flood of them fills the
/// log of the server only.
async fn record(
    keeper: &Arc<Keeper>,
    known: Option<&Bound>,
    refusal: &MailRefusal,
) -> Result<(), Fault> {
    let ticket = known.map_or_else(String::new, |known| known.ticket.clone());
    let detail = json!({
        "code": refusal.code(),
        "address_of": known.map(|known| known.member.id.clone()),
    });
    let (unit, trace, now) = (Arc::clone(keeper), trace(keeper), keeper.clock.real_now());
    keeper
        .store
        .write(move |c| {
            if counters::hit(c, "ticket-mail-refused", WINDOW, now)?.hits > MOST_RECORDED {
                return Ok(());
            }
            unit.record(
                c,
                &Happened {
                    actor: &Actor::System("mail"),
                    event: Event::TicketMailRefused,
                    subject: &ticket,
                    trace: Some(&trace),
                    detail: detail.clone(),
                },
            )
        })
        .await?;
    Ok(())
}

fn trace(keeper: &Keeper) -> Trace {
    Trace {
        request_id: keeper.random.uuid_v7(keeper.clock.real_now()).to_string(),
    }
}

/// The answer in a mail and the hash of its id.
fn read(sender: &str, wanted: &str, raw: &[u8]) -> Result<(String, Option<String>), MailRefusal> {
    if raw.len() > LARGEST {
        return Err(MailRefusal::TooLarge);
    }
    let mail = MessageParser::default()
        .parse(raw)
        .ok_or(MailRefusal::Unreadable)?;
    if sender.is_empty() || is_automatic(&mail) {
        return Err(MailRefusal::Automatic);
    }
    if !is_from(&mail, wanted) {
        return Err(MailRefusal::Sender);
    }
    let body = mail.body_text(0).unwrap_or_default();
    let body: String = body
        .replace("\r\n", "\n")
        .chars()
        .filter(|c| *c == '\n' || *c == '\t' || !c.is_control())
        .collect();
    let words = text(&quoted::above(&body)).map_err(|_| MailRefusal::Empty)?;
    let mail_ref = mail.message_id().map(|id| sha256_hex(id.as_bytes()));
    Ok((words, mail_ref))
}

/// One sender, and it is the member that the address was made for.
fn is_from(mail: &Message<'_>, wanted: &str) -> bool {
    let mut from = mail
        .header_values("From")
        .filter_map(|value| value.as_address())
        .flat_map(|address| address.iter());
    let first = from.next().and_then(|one| one.address());
    first.is_some_and(|address| address.eq_ignore_ascii_case(wanted)) && from.next().is_none()
}

/// Out-of-office notes, lists, bounces, and what this portal sent itself.
fn is_automatic(mail: &Message<'_>) -> bool {
    let says = |name: &'static str| mail.header_raw(name).map(|text| text.trim().to_lowercase());
    let submitted = says("Auto-Submitted").is_some_and(|text| !text.starts_with("no"));
    let bulk = says("Precedence")
        .is_some_and(|text| ["bulk", "junk", "list", "auto_reply"].contains(&text.as_str()));
    submitted
        || bulk
        || ["List-Id", "X-Autoreply", "X-Autorespond"]
            .into_iter()
            .any(|name| says(name).is_some())
}

/// The token in `support+TOKEN@HOST`.
fn token_of(address: &str) -> Option<String> {
    let (local, _) = address.trim().rsplit_once('@')?;
    let token = local.to_ascii_lowercase();
    let token = token.strip_prefix(PREFIX)?;
    let sound = token.len() == TOKEN_LENGTH && token.bytes().all(|byte| byte.is_ascii_hexdigit());
    sound.then(|| token.to_owned())
}

/// Why a mail was not taken into a conversation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailRefusal {
    /// No ticket has this address.
    #[error("No support ticket has this address. Answer on the ticket's page.")]
    Address,
    /// Somebody else.
    #[error("The address to answer to was made for another sender. Answer on the ticket's page.")]
    Sender,
    /// A machine.
    #[error("Automatic answers are not taken.")]
    Automatic,
    /// Too large.
    #[error("The mail is larger than 256 kB. Write plain text without attachments.")]
    TooLarge,
    /// Not a mail.
    #[error("The mail could not be read.")]
    Unreadable,
    /// Nothing above the quotation, or too much.
    #[error("Write your answer above the quoted mail, in at most 10,000 characters.")]
    Empty,
    /// Too many.
    #[error("Too many mails within the hour. Answer on the ticket's page.")]
    TooMany,
    /// The ticket takes no answer of this member.
    #[error(transparent)]
    Ticket(TicketRefusal),
}

impl Refuse for MailRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Address => "mail-in/address",
            Self::Sender => "mail-in/sender",
            Self::Automatic => "mail-in/automatic",
            Self::TooLarge => "mail-in/too-large",
            Self::Unreadable => "mail-in/unreadable",
            Self::Empty => "mail-in/empty",
            Self::TooMany => "mail-in/too-many",
            Self::Ticket(refusal) => refusal.code(),
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Address => RefusalKind::NotFound,
            Self::Sender | Self::Automatic => RefusalKind::Forbidden,
            Self::TooLarge => RefusalKind::TooLarge,
            Self::Unreadable | Self::Empty => RefusalKind::Invalid,
            Self::TooMany => RefusalKind::TooMany,
            Self::Ticket(refusal) => refusal.kind(),
        }
    }
}

const PREFIX: &str = "support+";
const TOKEN_LENGTH: usize = 40;
const LARGEST: usize = 256 * 1024;
const MOST_IN_WINDOW: i64 = 20;
const MOST_RECORDED: i64 = 200;
const WINDOW: Duration = Duration::from_secs(3600);
