//! Signing in: address, password, second factor. An address without an account goes through the same pages.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use durward_accounts::authenticator::method::Methods;
use durward_accounts::authenticator::password::Password;
use durward_accounts::authenticator::totp;
use durward_accounts::email::EmailAddress;
use durward_accounts::journey::sign_in::{Effect, Event as Step, SignIn};
use durward_accounts::journey::{Attempt, Journey, JourneyRefusal, LIMITS};
use durward_accounts::limit::{PASSWORD_PER_PERSON, SECOND_FACTOR_PER_PERSON, SIGN_IN_PER_NETWORK};
use durward_accounts::person::{PersonId, PersonStatus};
use durward_domain::event::Event;
use durward_keyring::totp::TotpSecret;
use durward_store::{Conn, Fault as StoreFault, FaultKind, people as rows};
use jiff::Timestamp;

use super::flow::{self, Flow};
use super::note::note;
use super::people;
use super::rate;
use super::refusal::CitizenRefusal;
use super::session::{self, Browser, NewSession, Opening};
use super::sign_up::Begun;
use super::step_up;
use super::vault::Vault;
use crate::actor::Actor;
use crate::door::Door;
use crate::failure::Failure;
use crate::record::Trace;

/// Takes an address. Whether it has an account shows nowhere.
///
/// # Errors
/// Refused when the address cannot be read.
pub async fn begin(
    door: &Arc<Door>,
    browser: &Browser,
    typed: &str,
) -> Result<Begun, Failure<CitizenRefusal>> {
    let email = EmailAddress::parse(typed).map_err(refused)?;
    let now = door.clock.now();
    let flow = Flow::of(door, browser);
    let (inner, fresh) = (Arc::clone(door), door.random.token());
    let fresh_hash = door.hasher.hash(&fresh);
    let was_known = door
        .store
        .write(move |c| {
            let known = flow.load(c, &inner, now)?.map(|(hash, _)| hash);
            let owner = people::find(c, &people::digests(&inner, &email))?;
            let event = Step::Email {
                email: email.clone(),
                person: owner.and_then(|row| PersonId::parse(&row.person_id)),
            };
            let turn = SignIn::begin().on(event, &LIMITS);
            let hash = known.as_deref().unwrap_or(&fresh_hash);
            flow::save(c, &inner, hash, Some(&Journey::SignIn(turn.next)), now)?;
            Ok(known.is_some())
        })
        .await?;
    Ok(Begun {
        set_flow: (!was_known).then_some(fresh),
    })
}

/// Forgets the address, to begin with another.
///
/// # Errors
/// A fault of the database.
pub async fn start_over(
    door: &Arc<Door>,
    browser: &Browser,
) -> Result<(), Failure<CitizenRefusal>> {
    let (now, flow, inner) = (door.clock.now(), Flow::of(door, browser), Arc::clone(door));
    door.store
        .write(move |c| match flow.load(c, &inner, now)? {
            Some((hash, Some(_))) => flow::save(c, &inner, &hash, None, now),
            _ => Ok(()),
        })
        .await?;
    Ok(())
}

/// A password was typed. It is counted, then checked, then the outcome is told to the journey.
///
/// # Errors
/// Refused when address and password do not belong together, or when too many were tried.
pub async fn try_password(
    door: &Arc<Door>,
    browser: &Browser,
    typed: &str,
    network: Option<IpAddr>,
    trace: &Trace,
) -> Result<(), Failure<CitizenRefusal>> {
    let now = door.clock.now();
    let flow = Flow::of(door, browser);
    let (inner, counting, noting) = (Arc::clone(door), flow.clone(), trace.clone());
    let counted = door
        .store
        .write(move |c| count_password(c, &inner, &counting, network, now, &noting))
        .await?;
    let check = match counted {
        Ok(check) => check,
        Err(no) => {
            count(door, outcome_of(&no));
            return Err(Failure::Refused(no));
        }
    };
    let password = Password::typed(typed).map_or_else(|_| String::new(), |p| p.reveal().to_owned());
    let is_right = door.passwords.verify(password, check.phc.clone()).await?;
    let (inner, trace) = (Arc::clone(door), trace.clone());
    let answer = door
        .store
        .write(move |c| tell_password(c, &inner, &flow, &check, is_right, now, &trace))
        .await?;
    if let Err(no) = &answer {
        count(door, outcome_of(no));
    }
    answer.map_err(Failure::Refused)
}

/// A password attempt that was counted.
struct Check {
    attempt: Attempt,
    email: EmailAddress,
    person: Option<PersonId>,
    phc: Option<String>,
    last: bool,
}

fn count_password(
    c: &mut Conn,
    door: &Door,
    flow: &Flow,
    network: Option<IpAddr>,
    now: Timestamp,
    trace: &Trace,
) -> Result<Result<Check, CitizenRefusal>, StoreFault> {
    let Some((hash, Some(Journey::SignIn(state)))) = flow.load(c, door, now)? else {
        return Ok(Err(JourneyRefusal::OutOfStep.into()));
    };
    let Some(email) = state.email().cloned() else {
        return Ok(Err(JourneyRefusal::OutOfStep.into()));
    };
    // People on the server's own machine share one address, and so do all behind it when it is not told of proxies.
    if let Some(network) = network.filter(|address| !address.is_loopback()) {
        let target = door
            .hasher
            .hash(&format!("network:{}", one_network(network)));
        if let Err(no) = rate::count(c, &SIGN_IN_PER_NETWORK, &target, now)? {
            return Ok(Err(no));
        }
    }
    // By address, so that an account without one is locked like an account with one.
    let target = people::digest(door, &email);
    let last = match rate::count(c, &PASSWORD_PER_PERSON, &target, now)? {
        Ok(counted) => counted.last,
        Err(no) => return Ok(Err(no)),
    };
    let turn = state.on(Step::PasswordAttempt, &LIMITS);
    flow::save(c, door, &hash, Some(&Journey::SignIn(turn.next)), now)?;
    let (attempt, person) = match turn.answer {
        Ok(Effect::VerifyPassword { attempt, person }) => (attempt, person),
        Ok(_) => return Err(UNEXPECTED),
        Err(no) => return Ok(Err(no.into())),
    };
    if last {
        let subject = person.map(|id| id.to_string()).unwrap_or_default();
        let detail = serde_json::json!({ "limit": PASSWORD_PER_PERSON.name });
        note(
            c,
            door,
            &Actor::Visitor,
            Event::PersonLocked,
            &subject,
            detail,
            now,
            trace,
        )?;
    }
    let row = match person {
        Some(id) => rows::find_person(c, &id.to_string())?,
        None => None,
    };
    Ok(Ok(Check {
        attempt,
        email,
        person,
        phc: row.and_then(|row| row.password_phc),
        last,
    }))
}

/// One household holds a whole /64 of IPv6: each of its addresses would otherwise be a fresh start.
fn one_network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(six) => match six.to_ipv4_mapped() {
            Some(four) => IpAddr::V4(four),
            None => IpAddr::V6(Ipv6Addr::from_bits(six.to_bits() & (u128::MAX << 64))),
        },
        four @ IpAddr::V4(_) => four,
    }
}

fn tell_password(
    c: &mut Conn,
    door: &Door,
    flow: &Flow,
    check: &Check,
    is_right: bool,
    now: Timestamp,
    trace: &Trace,
) -> Result<Result<(), CitizenRefusal>, StoreFault> {
    let Some((hash, Some(Journey::SignIn(state)))) = flow.load(c, door, now)? else {
        return Ok(Err(JourneyRefusal::OutOfStep.into()));
    };
    // The check took a while. If the browser changed the address meanwhile, the outcome belongs to another account.
    let is_same = matches!(&state, SignIn::EnterPassword { email, person, .. }
        if *email == check.email && *person == check.person);
    if !is_same {
        return Ok(Err(JourneyRefusal::OutOfStep.into()));
    }
    let attempt = check.attempt;
    let event = match (is_right, has_factor(c, check.person)?) {
        (true, true) => Step::PasswordRight { attempt },
        (true, false) => Step::PasswordRightAlone {
            attempt,
            sealed_totp: flow::seal_totp(door, &TotpSecret::generate(&door.random)),
        },
        (false, _) => Step::PasswordWrong { attempt },
    };
    let turn = state.on(event, &LIMITS);
    flow::save(c, door, &hash, Some(&Journey::SignIn(turn.next)), now)?;
    let target = people::digest(door, &check.email);
    match turn.answer {
        Ok(_) => {
            rate::clear(c, &PASSWORD_PER_PERSON, &target)?;
            Ok(Ok(()))
        }
        Err(no) => {
            if check.last {
                rate::lock(c, &PASSWORD_PER_PERSON, &target, now)?;
            }
            let subject = check.person.map(|id| id.to_string()).unwrap_or_default();
            let detail = serde_json::json!({ "method": "password" });
            let event = Event::PersonSignInRefused;
            note(
                c,
                door,
                &Actor::Visitor,
                event,
                &subject,
                detail,
                now,
                trace,
            )?;
            Ok(Err(no.into()))
        }
    }
}

pub(super) fn has_factor(c: &mut Conn, person: Option<PersonId>) -> Result<bool, StoreFault> {
    match person {
        Some(id) => Ok(!rows::authenticators_of(c, &id.to_string())?.is_empty()),
        None => Ok(false),
    }
}

/// A code of the authenticator app was typed. Right, it opens a session, in the same unit that spends its time step;
/// in an open session it makes that session stronger. The answer is the new cookie's token.
///
/// # Errors
/// Refused when the code is wrong or was used before, or when too many were tried.
pub async fn try_totp(
    door: &Arc<Door>,
    browser: &Browser,
    typed: &str,
    trace: &Trace,
) -> Result<String, Failure<CitizenRefusal>> {
    match sign_in_totp(door, browser, typed, trace).await {
        Err(Failure::Refused(CitizenRefusal::Journey(JourneyRefusal::OutOfStep))) => {
            step_up::try_totp(door, browser, typed, trace).await
        }
        answer => answer.map(|session| session.token),
    }
}

async fn sign_in_totp(
    door: &Arc<Door>,
    browser: &Browser,
    typed: &str,
    trace: &Trace,
) -> Result<NewSession, Failure<CitizenRefusal>> {
    let code = totp::digits(typed).map_err(refused)?;
    let (now, flow, older) = (
        door.clock.now(),
        Flow::of(door, browser),
        session::hashes(door, browser),
    );
    let (inner, trace) = (Arc::clone(door), trace.clone());
    let answer = door
        .store
        .write(move |c| judge_totp(c, &inner, &flow, &code, &older, now, &trace))
        .await?;
    match &answer {
        Ok(_) => count(door, "signed_in"),
        Err(CitizenRefusal::Journey(JourneyRefusal::OutOfStep)) => {}
        Err(no) => count(door, outcome_of(no)),
    }
    answer.map_err(Failure::Refused)
}

fn judge_totp(
    c: &mut Conn,
    door: &Door,
    flow: &Flow,
    code: &str,
    older: &[String],
    now: Timestamp,
    trace: &Trace,
) -> Result<Result<NewSession, CitizenRefusal>, StoreFault> {
    let Some((hash, Some(Journey::SignIn(state @ SignIn::SecondFactor { person, .. })))) =
        flow.load(c, door, now)?
    else {
        return Ok(Err(JourneyRefusal::OutOfStep.into()));
    };
    let id = person.to_string();
    // Counted first, for the account and for the journey; both counts are kept whatever the code is.
    let last = match rate::count(c, &SECOND_FACTOR_PER_PERSON, &id, now)? {
        Ok(counted) => counted.last,
        Err(no) => return Ok(Err(no)),
    };
    let turn = state.on(Step::TotpAttempt, &LIMITS);
    let attempt = match turn.answer {
        Ok(Effect::VerifyTotp { attempt, .. }) => attempt,
        Ok(_) => return Err(UNEXPECTED),
        Err(no) => {
            flow::save(c, door, &hash, Some(&Journey::SignIn(turn.next)), now)?;
            return Ok(Err(no.into()));
        }
    };
    let event = if spend_code(c, door, &id, code, now)? {
        Step::TotpRight { attempt }
    } else {
        Step::TotpWrong { attempt }
    };
    let turn = turn.next.on(event, &LIMITS);
    match turn.answer {
        Ok(Effect::OpenSession { person, methods }) => {
            flow::save(c, door, &hash, None, now)?;
            open_session(c, door, person, &methods, older, now, trace)
        }
        Ok(_) => Err(UNEXPECTED),
        Err(no) => {
            flow::save(c, door, &hash, Some(&Journey::SignIn(turn.next)), now)?;
            let actor = Actor::Visitor;
            let detail = serde_json::json!({ "method": "totp" });
            let event = Event::PersonSignInRefused;
            note(c, door, &actor, event, &id, detail, now, trace)?;
            if last {
                rate::lock(c, &SECOND_FACTOR_PER_PERSON, &id, now)?;
                let detail = serde_json::json!({ "limit": SECOND_FACTOR_PER_PERSON.name });
                let event = Event::PersonLocked;
                note(c, door, &actor, event, &id, detail, now, trace)?;
            }
            Ok(Err(no.into()))
        }
    }
}

/// Whether the code is right in one of the person's apps; its time step is spent then. Authenticators show codes of
/// real time, wherever a test put the environment's clock.
pub(super) fn spend_code(
    c: &mut Conn,
    door: &Door,
    person_id: &str,
    code: &str,
    now: Timestamp,
) -> Result<bool, StoreFault> {
    for row in rows::authenticators_of(c, person_id)? {
        if row.kind != "totp" {
            continue;
        }
        let secret = Vault::of(c, door, person_id)?.totp_secret(&row)?;
        let last_step = u64::try_from(row.last_step).ok();
        if let Ok(step) = totp::judge(&secret, code, door.clock.real_now(), last_step) {
            let step = i64::try_from(step).unwrap_or(i64::MAX);
            // Of two browsers with the same code, one spends the step.
            return rows::spend_step(c, &row.authenticator_id, step, now.as_microsecond());
        }
    }
    Ok(false)
}

pub(super) fn open_session(
    c: &mut Conn,
    door: &Door,
    person: PersonId,
    methods: &Methods,
    older: &[String],
    now: Timestamp,
    trace: &Trace,
) -> Result<Result<NewSession, CitizenRefusal>, StoreFault> {
    let id = person.to_string();
    rate::clear(c, &SECOND_FACTOR_PER_PERSON, &id)?;
    // Asked only now, so that nobody else learns of a suspension.
    let status = rows::find_person(c, &id)?
        .and_then(|row| PersonStatus::parse(&row.status))
        .unwrap_or(PersonStatus::Deleted);
    let actor = Actor::Person(id.clone());
    if let Err(no) = status.may_sign_in() {
        let detail = serde_json::json!({ "status": status.as_str() });
        let event = Event::PersonSignInRefused;
        note(c, door, &actor, event, &id, detail, now, trace)?;
        return Ok(Err(no.into()));
    }
    let opening = Opening::with(person, methods, now).ok_or(UNEXPECTED)?;
    let session = NewSession::prepare(door, &opening);
    session.start(c, door, older, trace)?;
    let detail = serde_json::json!({ "session": session.session_id(), "amr": methods.amr() });
    let event = Event::PersonSignedIn;
    note(c, door, &actor, event, &id, detail, now, trace)?;
    Ok(Ok(session))
}

pub(super) fn outcome_of(no: &CitizenRefusal) -> &'static str {
    match no {
        CitizenRefusal::Journey(JourneyRefusal::WrongPassword) => "wrong_password",
        CitizenRefusal::Journey(JourneyRefusal::WrongSecondFactor) => "wrong_second_factor",
        CitizenRefusal::Locked { .. } => "locked",
        _ => "refused",
    }
}

pub(super) fn count(door: &Door, outcome: &'static str) {
    let environment = door.name.as_str();
    metrics::counter!("durward_sign_ins_total", "environment" => environment, "outcome" => outcome)
        .increment(1);
}

fn refused(no: impl Into<CitizenRefusal>) -> Failure<CitizenRefusal> {
    Failure::Refused(no.into())
}

pub(super) const UNEXPECTED: StoreFault = StoreFault::new(
    FaultKind::Internal,
    "a sign-in took a step that its journey does not have",
);

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_household_are_counted_together() {
        let check = |address: &str, counted: &str| {
            let network: IpAddr = address.parse().unwrap();
            assert_eq!(one_network(network).to_string(), counted);
        };
        check("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::");
        check("2001:db8:1:2::1", "2001:db8:1:2::");
        check("::ffff:192.0.2.7", "192.0.2.7");
        check("192.0.2.7", "192.0.2.7");
    }
}
