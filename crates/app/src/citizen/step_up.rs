//! A second factor in an open session, for a request that asks for more than the session proved.

use std::sync::Arc;

use durward_accounts::authenticator::method::Method;
use durward_accounts::authenticator::totp;
use durward_accounts::journey::JourneyRefusal;
use durward_accounts::limit::SECOND_FACTOR_PER_PERSON;
use durward_domain::event::Event;
use durward_store::{Conn, Fault as StoreFault, sessions};
use jiff::Timestamp;

use super::rate;
use super::refusal::CitizenRefusal;
use super::session::{self, Browser, SignedIn};
use super::sign_in::spend_code;
use crate::door::Door;
use crate::failure::Failure;
use crate::record::{Note, Trace};

/// A right code makes the session stronger and gives it a new cookie, whose token is the answer. Its public name and
/// what apps got from it stay.
pub(super) async fn try_totp(
    door: &Arc<Door>,
    browser: &Browser,
    typed: &str,
    trace: &Trace,
) -> Result<String, Failure<CitizenRefusal>> {
    let code = totp::digits(typed).map_err(|no| Failure::Refused(no.into()))?;
    let Some(who) = session::current(door, browser).await? else {
        return Err(Failure::Refused(JourneyRefusal::OutOfStep.into()));
    };
    let token = door.random.token();
    let new_hash = door.hasher.hash(&token);
    let (now, inner, trace) = (door.clock.now(), Arc::clone(door), trace.clone());
    let answer: Result<(), CitizenRefusal> = door
        .store
        .write(move |c| {
            let id = who.person_id.to_string();
            let last = match rate::count(c, &SECOND_FACTOR_PER_PERSON, &id, now)? {
                Ok(counted) => counted.last,
                Err(no) => return Ok(Err(no)),
            };
            let is_right = spend_code(c, &inner, &id, &code, now)?;
            let event = if is_right {
                Event::PersonFactorUsed
            } else {
                Event::PersonSignInRefused
            };
            inner.recorder.event(
                c,
                Note {
                    time: now,
                    actor: &who.actor(),
                    event,
                    subject: &id,
                    trace: Some(&trace),
                    detail: serde_json::json!({ "method": "totp", "session": who.session_id }),
                },
            )?;
            if !is_right {
                if last {
                    rate::lock(c, &SECOND_FACTOR_PER_PERSON, &id, now)?;
                }
                return Ok(Err(JourneyRefusal::WrongSecondFactor.into()));
            }
            rate::clear(c, &SECOND_FACTOR_PER_PERSON, &id)?;
            strengthen(c, &who, Method::Totp, &new_hash, now)
        })
        .await?;
    answer.map(|()| token).map_err(Failure::Refused)
}

/// One more method for an open session, which gets the cookie with this hash.
pub(super) fn strengthen(
    c: &mut Conn,
    who: &SignedIn,
    method: Method,
    new_hash: &str,
    now: Timestamp,
) -> Result<Result<(), CitizenRefusal>, StoreFault> {
    let methods = who.methods.clone().with(method);
    let rotation = sessions::Rotation {
        hash: new_hash,
        aal: methods
            .aal()
            .map_or(who.aal, |aal| aal.max(who.aal))
            .as_str(),
        methods: &methods.to_text(),
        amr: &methods.amr().join(" "),
        now_us: now.as_microsecond(),
    };
    Ok(
        if sessions::rotate_session(c, &who.session_hash, &rotation)? {
            Ok(())
        } else {
            Err(JourneyRefusal::OutOfStep.into())
        },
    )
}
