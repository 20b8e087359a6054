//! The mailed code and the mailed link.

use std::sync::Arc;

use durward_accounts::authenticator::totp;
use durward_accounts::email::EmailAddress;
use durward_accounts::journey::proof::{Act, Browser as Which, LinkVisit};
use durward_accounts::journey::sign_up::{Event as Step, SignUp};
use durward_accounts::journey::{Journey, JourneyRefusal, LIMITS};
use durward_domain::event::Event;
use durward_domain::programme::Limited;
use durward_store::{Conn, Fault as StoreFault, sessions};
use jiff::Timestamp;

use super::{PURPOSE, code_text, email_aad, refused, settle};
use crate::actor::Actor;
use crate::citizen::flow::{self, Flow};
use crate::citizen::note::note;
use crate::citizen::refusal::CitizenRefusal;
use crate::citizen::session::Browser;
use crate::citizen::{people, rate};
use crate::door::Door;
use crate::failure::{Failure, Fault};
use crate::record::Trace;

/// The code was typed in the browser that asked. Goes on also without one when the link was confirmed elsewhere.
///
/// # Errors
/// Refused when the code is wrong, too old or tried too often. An attempt is counted before it is judged.
pub async fn type_code(
    door: &Arc<Door>,
    browser: &Browser,
    typed: &str,
    trace: &Trace,
) -> Result<(), Failure<CitizenRefusal>> {
    if proceed_if_confirmed(door, browser, trace).await? {
        return Ok(());
    }
    let code = totp::digits(typed).map_err(|_| refused(JourneyRefusal::WrongCode))?;
    let candidates = door.hasher.candidates(&code_text(&code));
    let (now, flow, inner, trace) = (
        door.clock.now(),
        Flow::of(door, browser),
        Arc::clone(door),
        trace.clone(),
    );
    let answer = door
        .store
        .write(move |c| {
            let Some((hash, Some(Journey::SignUp(state @ SignUp::CheckEmail { .. })))) =
                flow.load(c, &inner, now)?
            else {
                return Ok(Err(JourneyRefusal::OutOfStep.into()));
            };
            let target = state
                .email()
                .map(|email| people::digest(&inner, email))
                .unwrap_or_default();
            let limit = rate::limit(&inner, Limited::CodePerAddress);
            if let Err(no) = rate::spend(c, &limit, &target, now)? {
                return Ok(Err(no));
            }
            let event = Step::Code {
                candidates: candidates.clone(),
            };
            confirm(c, &inner, &hash, state, event, now, &trace)
        })
        .await?;
    settle(answer)
}

/// Goes on when the mailed link was confirmed in another browser; `false` when it was not.
///
/// # Errors
/// A fault of the database.
pub async fn proceed_if_confirmed(
    door: &Arc<Door>,
    browser: &Browser,
    trace: &Trace,
) -> Result<bool, Fault> {
    let (now, flow, inner, trace) = (
        door.clock.now(),
        Flow::of(door, browser),
        Arc::clone(door),
        trace.clone(),
    );
    let went_on = door
        .store
        .write(move |c| {
            let Some((hash, Some(Journey::SignUp(state @ SignUp::CheckEmail { .. })))) =
                flow.load(c, &inner, now)?
            else {
                return Ok(false);
            };
            let Some(link) = sessions::spend_confirmed(c, &hash, PURPOSE, now.as_microsecond())?
            else {
                return Ok(false);
            };
            let event = Step::Link(LinkVisit {
                candidates: vec![link],
                browser: Which::Same,
                act: Act::Confirm,
            });
            Ok(confirm(c, &inner, &hash, state, event, now, &trace)?.is_ok())
        })
        .await?;
    Ok(went_on)
}

/// What a mailed link is about.
pub struct LinkView {
    /// The address that it confirms.
    pub email: EmailAddress,
    /// Whether this browser asked for it.
    pub is_here: bool,
}

/// Looks at a mailed link. Mail scanners do it too, so nothing happens.
///
/// # Errors
/// Refused when the link is not the newest one or too old.
pub async fn look_at_link(
    door: &Arc<Door>,
    browser: &Browser,
    token: &str,
) -> Result<LinkView, Failure<CitizenRefusal>> {
    let (now, flow, inner) = (door.clock.now(), Flow::of(door, browser), Arc::clone(door));
    let candidates = door.hasher.candidates(token);
    let found = door
        .store
        .read(move |c| {
            let Some((hash, row)) = find_link(c, &candidates, now)? else {
                return Ok(None);
            };
            let plain = inner.sealer.open(&email_aad(&hash), &row.sealed_email);
            let email = plain
                .ok()
                .and_then(|plain| EmailAddress::parse(std::str::from_utf8(&plain).ok()?).ok());
            Ok(email.map(|email| LinkView {
                email,
                is_here: flow.is(&row.flow_hash),
            }))
        })
        .await?;
    found.ok_or_else(|| refused(JourneyRefusal::WrongLink))
}

/// Where a link was confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmed {
    /// In the browser that asked: it goes on.
    Here,
    /// In another: this one says so and goes nowhere; the one that asked goes on.
    Elsewhere,
}

/// The button under a mailed link.
///
/// # Errors
/// Refused when the link is not the newest one or too old.
pub async fn confirm_link(
    door: &Arc<Door>,
    browser: &Browser,
    token: &str,
    trace: &Trace,
) -> Result<Confirmed, Failure<CitizenRefusal>> {
    let (now, flow, inner, trace) = (
        door.clock.now(),
        Flow::of(door, browser),
        Arc::clone(door),
        trace.clone(),
    );
    let candidates = door.hasher.candidates(token);
    let answer = door
        .store
        .write(move |c| {
            let Some((link, row)) = find_link(c, &candidates, now)? else {
                return Ok(Err(JourneyRefusal::WrongLink.into()));
            };
            if flow.is(&row.flow_hash) {
                let Some((hash, Some(Journey::SignUp(state)))) = flow.load(c, &inner, now)? else {
                    return Ok(Err(JourneyRefusal::OutOfStep.into()));
                };
                let event = Step::Link(LinkVisit {
                    candidates: candidates.clone(),
                    browser: Which::Same,
                    act: Act::Confirm,
                });
                let went = confirm(c, &inner, &hash, state, event, now, &trace)?;
                return Ok(went.map(|()| Confirmed::Here));
            }
            if sessions::confirm_link(c, &link, now.as_microsecond())? {
                let detail = serde_json::json!({ "elsewhere": true });
                let event = Event::PersonEmailConfirmed;
                note(c, &inner, &Actor::Visitor, event, "", detail, now, &trace)?;
            }
            Ok(Ok(Confirmed::Elsewhere))
        })
        .await?;
    settle(answer)
}

fn find_link(
    c: &mut Conn,
    candidates: &[String],
    now: Timestamp,
) -> Result<Option<(String, sessions::ConfirmationRow)>, StoreFault> {
    for hash in candidates {
        if let Some(row) = sessions::find_confirmation(c, hash, now.as_microsecond())?
            && row.purpose == PURPOSE
        {
            return Ok(Some((hash.clone(), row)));
        }
    }
    Ok(None)
}

/// One step that confirms the address, or refuses to.
fn confirm(
    c: &mut Conn,
    door: &Door,
    flow_hash: &str,
    state: SignUp,
    event: Step,
    now: Timestamp,
    trace: &Trace,
) -> Result<Result<(), CitizenRefusal>, StoreFault> {
    let turn = state.on(event, now, &LIMITS);
    let next = Journey::SignUp(turn.next);
    flow::save(c, door, flow_hash, Some(&next), now)?;
    if let Err(no) = turn.answer {
        return Ok(Err(no.into()));
    }
    sessions::cancel_confirmations(c, flow_hash, PURPOSE)?;
    let (event, detail) = (Event::PersonEmailConfirmed, serde_json::json!({}));
    note(c, door, &Actor::Visitor, event, "", detail, now, trace)?;
    Ok(Ok(()))
}
