//! The first second factor of an account that has none, at the end of its first sign-in.

use std::sync::Arc;

use durward_accounts::authenticator::totp;
use durward_accounts::journey::sign_in::{Effect, Event as Step};
use durward_accounts::journey::{Journey, JourneyRefusal, LIMITS};
use durward_domain::event::Event;
use durward_store::{Conn, Fault as StoreFault, people as rows};
use jiff::Timestamp;

use super::flow::{self, Flow};
use super::note::note;
use super::refusal::CitizenRefusal;
use super::session::{self, Browser, NewSession};
use super::sign_in::{UNEXPECTED, count, has_factor, open_session, outcome_of};
use super::vault::Vault;
use crate::actor::Actor;
use crate::door::Door;
use crate::failure::Failure;
use crate::record::Trace;

/// The first code of an authenticator app, for an account that has no second factor yet: adds it and opens a session.
pub(super) async fn add(
    door: &Arc<Door>,
    browser: &Browser,
    code: String,
    trace: &Trace,
) -> Result<NewSession, Failure<CitizenRefusal>> {
    let (now, flow, older) = (
        door.clock.now(),
        Flow::of(door, browser),
        session::hashes(door, browser),
    );
    let (inner, trace) = (Arc::clone(door), trace.clone());
    let answer = door
        .store
        .write(move |c| judge(c, &inner, &flow, &code, &older, now, &trace))
        .await?;
    count(
        door,
        match &answer {
            Ok(_) => "signed_in",
            Err(no) => outcome_of(no),
        },
    );
    answer.map_err(Failure::Refused)
}

fn judge(
    c: &mut Conn,
    door: &Door,
    flow: &Flow,
    code: &str,
    older: &[String],
    now: Timestamp,
    trace: &Trace,
) -> Result<Result<NewSession, CitizenRefusal>, StoreFault> {
    let Some((hash, Some(Journey::SignIn(state)))) = flow.load(c, door, now)? else {
        return Ok(Err(JourneyRefusal::OutOfStep.into()));
    };
    let turn = state.on(Step::TotpAttempt, &LIMITS);
    let (attempt, sealed) = match turn.answer {
        Ok(Effect::VerifyNewTotp {
            attempt,
            sealed_totp,
        }) => (attempt, sealed_totp),
        Ok(_) => return Ok(Err(JourneyRefusal::OutOfStep.into())),
        Err(no) => {
            flow::save(c, door, &hash, Some(&Journey::SignIn(turn.next)), now)?;
            return Ok(Err(no.into()));
        }
    };
    let secret = flow::open_totp(door, &sealed).ok_or(UNEXPECTED)?;
    let step = totp::judge(&secret, code, door.clock.real_now(), None).ok();
    let event = match step {
        Some(_) => Step::TotpRight { attempt },
        None => Step::TotpWrong { attempt },
    };
    let turn = turn.next.on(event, &LIMITS);
    match (turn.answer, step) {
        (Ok(Effect::AddTotp { person, methods }), Some(step)) => {
            flow::save(c, door, &hash, None, now)?;
            // Another browser may have set one up meanwhile: then that one counts.
            if has_factor(c, Some(person))? {
                return Ok(Err(JourneyRefusal::OutOfStep.into()));
            }
            let id = person.to_string();
            let row = Vault::of(c, door, &id)?.totp_row(door, &secret, step, now);
            rows::insert_authenticator(c, &id, &row)?;
            let (actor, event) = (Actor::Person(id.clone()), Event::PersonFactorAdded);
            let detail = serde_json::json!({ "method": "totp" });
            note(c, door, &actor, event, &id, detail, now, trace)?;
            open_session(c, door, person, &methods, older, now, trace)
        }
        (Ok(_), _) => Err(UNEXPECTED),
        (Err(no), _) => {
            flow::save(c, door, &hash, Some(&Journey::SignIn(turn.next)), now)?;
            Ok(Err(no.into()))
        }
    }
}
