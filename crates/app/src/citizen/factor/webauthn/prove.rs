//! A key's answer, as a second factor and alone.

use std::sync::Arc;

use durward_accounts::authenticator::method::{Method, Methods};
use durward_accounts::authenticator::webauthn::{WebauthnRefusal, method};
use durward_accounts::journey::sign_in::SignIn;
use durward_accounts::journey::{Journey, JourneyRefusal};
use durward_accounts::person::PersonId;
use durward_domain::event::Event;
use durward_store::{Conn, Fault as StoreFault, people};
use jiff::Timestamp;

use super::ceremony::{Answer, Proof};
use super::kept::{self, Asked, Found, Open};
use super::{ask, ceremonies, known, refused};
use crate::actor::Actor;
use crate::citizen::flow::{self, Flow, Scratch};
use crate::citizen::note::note;
use crate::citizen::refusal::CitizenRefusal;
use crate::citizen::session::{self, Browser, SignedIn};
use crate::citizen::sign_in::{count, open_session, outcome_of};
use crate::citizen::sign_up::Begun;
use crate::citizen::step_up::strengthen;
use crate::door::Door;
use crate::failure::{Failure, Fault};
use crate::record::Trace;

/// What the browser is asked for one of the keys of the person who proves a second factor, as JSON.
///
/// # Errors
/// Refused when no second factor is due in this browser, or the person has no key; a fault of the database.
pub async fn question(
    door: &Arc<Door>,
    browser: &Browser,
) -> Result<(String, Begun), Failure<CitizenRefusal>> {
    let ceremonies = ceremonies(door)?;
    let person = proving(door, browser)
        .await?
        .ok_or_else(|| refused(JourneyRefusal::OutOfStep))?
        .to_string();
    let known = known(door, &person).await?;
    if known.is_empty() {
        return Err(refused(WebauthnRefusal::Unknown));
    }
    let (options, state) = ceremonies.ask(&known).map_err(refused)?;
    let begun = ask(door, browser, Asked::One { person, state }).await?;
    Ok((options.to_string(), begun))
}

/// What the person in this browser could prove a second factor with.
///
/// # Errors
/// A fault of the database.
pub async fn is_due(door: &Arc<Door>, browser: &Browser) -> Result<Due, Fault> {
    let none = Due {
        has_key: false,
        has_other: true,
    };
    if ceremonies(door).is_err() {
        return Ok(none);
    }
    let Some(person) = proving(door, browser).await? else {
        return Ok(none);
    };
    let id = person.to_string();
    let rows = door
        .store
        .read(move |c| people::authenticators_of(c, &id))
        .await?;
    let (keys, others): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.kind == kept::KIND);
    Ok(Due {
        has_key: !keys.is_empty(),
        has_other: !others.is_empty(),
    })
}

/// What somebody whose second factor is due could prove it with.
#[derive(Debug, Clone, Copy)]
pub struct Due {
    /// A passkey or a security key.
    pub has_key: bool,
    /// Anything else.
    pub has_other: bool,
}

/// The person who proves a second factor in this browser.
async fn proving(door: &Arc<Door>, browser: &Browser) -> Result<Option<PersonId>, Fault> {
    let (inner, flow, now) = (Arc::clone(door), Flow::of(door, browser), door.clock.now());
    let signing_in = door
        .store
        .read(move |c| Ok(second_factor_of(c, &inner, &flow, now)?.map(|(_, person)| person)))
        .await?;
    if signing_in.is_some() {
        return Ok(signing_in);
    }
    let here = session::current(door, browser).await?;
    Ok(here.map(|who| who.person_id))
}

/// What a browser is asked in which nobody said who they are, as JSON, with the flow's cookie if it is a new one.
///
/// # Errors
/// Refused where passkeys do not work; a fault of the database.
pub async fn question_for_anyone(
    door: &Arc<Door>,
    browser: &Browser,
) -> Result<(String, Begun), Failure<CitizenRefusal>> {
    let (options, state) = ceremonies(door)?.ask_anyone().map_err(refused)?;
    let begun = ask(door, browser, Asked::Anyone { state }).await?;
    Ok((options.to_string(), begun))
}

/// The answer of one of the person's keys as a second factor: opens a session, or makes an open one stronger. The new
/// cookie's token.
///
/// # Errors
/// Refused when it does not prove who this is; a fault of the database.
pub async fn prove(
    door: &Arc<Door>,
    browser: &Browser,
    answer: &str,
    trace: &Trace,
) -> Result<String, Failure<CitizenRefusal>> {
    let given = Given::read(door, browser, answer).await?;
    let Asked::One { person, state } = &given.question.content.webauthn else {
        return Err(refused(WebauthnRefusal::Expired));
    };
    if *person != given.found.person_id {
        return Err(refused(WebauthnRefusal::Unknown));
    }
    let judged = ceremonies(door)?.judge(&given.answer, state, given.found.kept.clone());
    given.end(door, browser, judged, trace).await
}

/// The answer of a key that checked its owner, with nothing else: the new session's token.
///
/// # Errors
/// As above.
pub async fn sign_in(
    door: &Arc<Door>,
    browser: &Browser,
    answer: &str,
    trace: &Trace,
) -> Result<String, Failure<CitizenRefusal>> {
    let given = Given::read(door, browser, answer).await?;
    let Asked::Anyone { state } = &given.question.content.webauthn else {
        return Err(refused(WebauthnRefusal::Expired));
    };
    let kept = given.found.kept.clone();
    let judged = ceremonies(door)?.judge_alone(&given.answer, state.clone(), kept);
    given.end(door, browser, judged, trace).await
}

/// An answer beside the question it is for and the key that it names.
struct Given {
    answer: Answer,
    question: Scratch<Open>,
    found: Found,
    now: Timestamp,
}

impl Given {
    async fn read(
        door: &Arc<Door>,
        browser: &Browser,
        answer: &str,
    ) -> Result<Self, Failure<CitizenRefusal>> {
        let answer = Answer::read(answer).map_err(refused)?;
        let (now, flow, inner) = (door.clock.now(), Flow::of(door, browser), Arc::clone(door));
        let id = answer.id().to_vec();
        let (question, found) = door
            .store
            .read(move |c| {
                let question = kept::asked(c, &inner, &flow, now)?;
                Ok((question, kept::find(c, &inner, &id)?))
            })
            .await?;
        Ok(Self {
            answer,
            question: question.ok_or_else(|| refused(WebauthnRefusal::Expired))?,
            found: found.ok_or_else(|| refused(WebauthnRefusal::Unknown))?,
            now,
        })
    }

    async fn end(
        self,
        door: &Arc<Door>,
        browser: &Browser,
        judged: Result<Proof, WebauthnRefusal>,
        trace: &Trace,
    ) -> Result<String, Failure<CitizenRefusal>> {
        let alone = matches!(self.question.content.webauthn, Asked::Anyone { .. });
        let here = session::current(door, browser).await?;
        let token = door.random.token();
        let end = End {
            given: self,
            alone,
            flow: Flow::of(door, browser),
            older: session::hashes(door, browser),
            here,
            new_hash: door.hasher.hash(&token),
            trace: trace.clone(),
        };
        let inner = Arc::clone(door);
        let answer = match judged {
            Ok(proof) => {
                door.store
                    .write(move |c| end.write(c, &inner, &proof))
                    .await?
            }
            Err(no) => {
                door.store
                    .write(move |c| end.refuse(c, &inner, no).map(|()| Err(no.into())))
                    .await?
            }
        };
        count(
            door,
            match &answer {
                Ok(_) => "signed_in",
                Err(no) => outcome_of(no),
            },
        );
        answer
            .map(|opened: Option<String>| opened.unwrap_or(token))
            .map_err(Failure::Refused)
    }
}

/// Everything that the unit at the end of a proof needs.
struct End {
    given: Given,
    alone: bool,
    flow: Flow,
    older: Vec<String>,
    here: Option<SignedIn>,
    new_hash: String,
    trace: Trace,
}

impl End {
    /// The token of the session that was opened, or none when an open one became stronger.
    fn write(
        &self,
        c: &mut Conn,
        door: &Door,
        proof: &Proof,
    ) -> Result<Result<Option<String>, CitizenRefusal>, StoreFault> {
        // Spent first: of several with the same answer one gets on, on whatever node.
        let (given, now) = (&self.given, self.given.now);
        if !given.question.spend(c)? || !given.found.used(c, proof, now)? {
            return Ok(Err(WebauthnRefusal::Expired.into()));
        }
        let Some(person) = PersonId::parse(&given.found.person_id) else {
            return Err(crate::citizen::sign_in::UNEXPECTED);
        };
        let method = method(proof.user_verified);
        if self.alone {
            let methods = Methods::default().with(method);
            if let Some((hash, _)) = self.flow.load(c, door, now)? {
                flow::save(c, door, &hash, None, now)?;
            }
            return self.open(c, door, person, &methods);
        }
        match second_factor_of(c, door, &self.flow, now)? {
            Some((hash, due)) if due == person => {
                flow::save(c, door, &hash, None, now)?;
                let methods = Methods::default().with(Method::Password).with(method);
                self.open(c, door, person, &methods)
            }
            _ => self.step_up(c, door, person, method),
        }
    }

    fn open(
        &self,
        c: &mut Conn,
        door: &Door,
        person: PersonId,
        methods: &Methods,
    ) -> Result<Result<Option<String>, CitizenRefusal>, StoreFault> {
        let now = self.given.now;
        let opened = open_session(c, door, person, methods, &self.older, now, &self.trace)?;
        Ok(opened.map(|session| Some(session.token)))
    }

    fn step_up(
        &self,
        c: &mut Conn,
        door: &Door,
        person: PersonId,
        method: Method,
    ) -> Result<Result<Option<String>, CitizenRefusal>, StoreFault> {
        let Some(who) = self.here.as_ref().filter(|who| who.person_id == person) else {
            return Ok(Err(JourneyRefusal::OutOfStep.into()));
        };
        let detail = serde_json::json!({ "method": method.as_str(), "session": who.session_id });
        let (id, now) = (person.to_string(), self.given.now);
        let event = Event::PersonFactorUsed;
        note(c, door, &who.actor(), event, &id, detail, now, &self.trace)?;
        let stronger = strengthen(c, who, method, &self.new_hash, now)?;
        Ok(stronger.map(|()| None))
    }

    /// A key that was named and does not prove it is noted with its account; a copy is noted as one.
    fn refuse(&self, c: &mut Conn, door: &Door, no: WebauthnRefusal) -> Result<(), StoreFault> {
        let event = match no {
            WebauthnRefusal::Cloned => Event::PersonKeyCopied,
            _ => Event::PersonSignInRefused,
        };
        let detail = serde_json::json!({ "method": "webauthn", "refused": durward_domain::refusal::Refuse::code(&no) });
        let (id, now) = (&self.given.found.person_id, self.given.now);
        let actor = Actor::Visitor;
        note(c, door, &actor, event, id, detail, now, &self.trace)
    }
}

/// The person whose second factor is due in this flow, with the flow's hash.
fn second_factor_of(
    c: &mut Conn,
    door: &Door,
    flow: &Flow,
    now: Timestamp,
) -> Result<Option<(String, PersonId)>, StoreFault> {
    Ok(match flow.load(c, door, now)? {
        Some((hash, Some(Journey::SignIn(SignIn::SecondFactor { person, .. })))) => {
            Some((hash, person))
        }
        _ => None,
    })
}
