//! Calls with an `Idempotency-Key`: sent again, they are answered as the first time and do nothing.
//!
//! The key and its answer are not in one commit with what the call did. So a call whose answer was lost with its node is
//! not done again: the caller is told to look first.

use std::sync::Arc;

use durward_domain::refusal::{RefusalKind, Refuse};
use durward_keyring::digest::sha256_hex;
use durward_store::repeated_calls;

use crate::actor::Member;
use crate::failure::{Failure, Fault, FaultKind};
use crate::keeper::Keeper;

/// What is to be done with a call.
pub enum Begun {
    /// Do it, and tell the answer to [`finish`].
    First(Ticket),
    /// It was done: this is its answer.
    Again {
        /// The status.
        status: u16,
        /// What [`finish`] was told.
        text: String,
    },
}

/// A call that was begun.
pub struct Ticket(String);

/// Begins a call of a member.
///
/// # Errors
/// [`RepeatRefusal`], or a fault.
pub async fn begin(
    keeper: &Arc<Keeper>,
    member: &Member,
    key: &str,
    request: &[u8],
) -> Result<Begun, Failure<RepeatRefusal>> {
    let fits =
        (1..=LONGEST).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    if !fits {
        return Err(Failure::Refused(RepeatRefusal::Key));
    }
    let call = sha256_hex(format!("{}\n{key}", member.id).as_bytes());
    let request = sha256_hex(request);
    let now_us = keeper.clock.real_now().as_microsecond();
    let (unit_call, unit_request) = (call.clone(), request.clone());
    let found = keeper
        .store
        .write(move |c| {
            repeated_calls::purge(c, now_us - KEPT_US)?;
            if repeated_calls::begin(c, &unit_call, &unit_request, now_us)? {
                return Ok(None);
            }
            repeated_calls::find(c, &unit_call)
        })
        .await?;
    let Some(found) = found else {
        return Ok(Begun::First(Ticket(call)));
    };
    if found.request_hash != request {
        return Err(Failure::Refused(RepeatRefusal::Other));
    }
    let Some((status, sealed)) = found.answer else {
        let waits = now_us - found.begun_us < AT_WORK_US;
        return Err(Failure::Refused(if waits {
            RepeatRefusal::AtWork
        } else {
            RepeatRefusal::Unknown
        }));
    };
    let text = keeper
        .sealer
        .open(&about(&call), &sealed)
        .map_err(|error| Fault::new(FaultKind::Corrupt, format!("a kept answer: {error}")))?;
    Ok(Begun::Again {
        status: u16::try_from(status).unwrap_or(500),
        text: String::from_utf8_lossy(&text).into_owned(),
    })
}

/// Keeps the answer of a call. One that only failed for now is forgotten, so that it can be sent again.
///
/// # Errors
/// A fault.
pub async fn finish(
    keeper: &Arc<Keeper>,
    ticket: Ticket,
    status: u16,
    text: &str,
) -> Result<(), Fault> {
    let Ticket(call) = ticket;
    if status >= 500 || status == 429 || text.len() > LARGEST {
        return Ok(keeper
            .store
            .write(move |c| repeated_calls::forget(c, &call))
            .await?);
    }
    let sealed = keeper
        .sealer
        .seal(&about(&call), text.as_bytes(), &keeper.random);
    let status = i64::from(status);
    Ok(keeper
        .store
        .write(move |c| repeated_calls::answer(c, &call, status, &sealed))
        .await?)
}

fn about(call: &str) -> String {
    format!("repeated_calls.sealed.{call}")
}

/// Why a call is not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RepeatRefusal {
    /// Not a key.
    #[error("An Idempotency-Key is 1 to 200 visible characters, such as a UUID.")]
    Key,
    /// The key was used for something else.
    #[error(
        "This Idempotency-Key was used for another call. Use a new one for each thing that you want done."
    )]
    Other,
    /// The first is not over.
    #[error("The call with this Idempotency-Key is being done. Wait a moment and send it again.")]
    AtWork,
    /// The first was lost with its node.
    #[error(
        "Nobody knows how the call with this Idempotency-Key ended. Look whether it was done, then use a new key."
    )]
    Unknown,
}

impl Refuse for RepeatRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Key => "api/idempotency-key",
            Self::Other => "api/idempotency-key-reused",
            Self::AtWork => "api/idempotency-at-work",
            Self::Unknown => "api/idempotency-unknown",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Key | Self::Other => RefusalKind::Invalid,
            Self::AtWork | Self::Unknown => RefusalKind::Conflict,
        }
    }
}

const LONGEST: usize = 200;
/// Larger answers are not kept: the call is done again.
const LARGEST: usize = 1024 * 1024;
const KEPT_US: i64 = 24 * 3600 * 1_000_000;
const AT_WORK_US: i64 = 60 * 1_000_000;
