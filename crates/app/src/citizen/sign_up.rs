//! Making an account. Nothing here tells a stranger whether an address has one: both ways show the same pages,
//! take the same work, and differ in the mail alone.

use std::sync::Arc;

use durward_accounts::authenticator::method::{Method, Methods};
use durward_accounts::authenticator::password::{Password, PasswordContext};
use durward_accounts::authenticator::totp;
use durward_accounts::email::EmailAddress;
use durward_accounts::journey::proof::{Act, Browser as Which, LinkVisit, MailSecrets};
use durward_accounts::journey::sign_up::{Effect, Event as Step, NewAccount, SignUp};
use durward_accounts::journey::{self, Journey, JourneyRefusal, LIMITS};
use durward_accounts::limit::{CODE_PER_ADDRESS, MAIL_PER_ADDRESS};
use durward_domain::event::Event;
use durward_keyring::totp::TotpSecret;
use durward_store::{Conn, Fault as StoreFault, FaultKind, sessions};
use jiff::{SignedDuration, Timestamp};

use super::flow::{self, Flow};
use super::letter::{Letter, Message, Wording};
use super::people::{self, AccountRows, Beginning};
use super::rate;
use super::refusal::CitizenRefusal;
use super::session::{self, Browser, NewSession, Opening};
use crate::actor::Actor;
use crate::door::Door;
use crate::failure::{Failure, Fault};
use crate::record::{Note, Trace};

/// A journey was begun, or its mail was sent again.
pub struct Begun {
    /// The flow cookie to set, where the browser had none.
    pub set_flow: Option<String>,
}

/// Takes an address and mails to it: a code and a link, or that there is an account already.
///
/// # Errors
/// Refused when the address cannot be read or too many mails were asked for.
pub async fn begin(
    door: &Arc<Door>,
    wording: &dyn Wording,
    browser: &Browser,
    typed: &str,
    trace: &Trace,
) -> Result<Begun, Failure<CitizenRefusal>> {
    let email = EmailAddress::parse(typed).map_err(refused)?;
    send(door, wording, browser, Some(email), trace).await
}

/// Sends another mail to the same address.
///
/// # Errors
/// Refused when no mail is awaited or too many were sent.
pub async fn resend(
    door: &Arc<Door>,
    wording: &dyn Wording,
    browser: &Browser,
    trace: &Trace,
) -> Result<Begun, Failure<CitizenRefusal>> {
    send(door, wording, browser, None, trace).await
}

async fn send(
    door: &Arc<Door>,
    wording: &dyn Wording,
    browser: &Browser,
    given: Option<EmailAddress>,
    trace: &Trace,
) -> Result<Begun, Failure<CitizenRefusal>> {
    let now = door.clock.now();
    let flow = Flow::of(door, browser);
    let (inner, reading, wanted) = (Arc::clone(door), flow.clone(), given.clone());
    let found = door
        .store
        .read(move |c| {
            let known = reading.load(c, &inner, now)?;
            let email = wanted.clone().or_else(|| awaited(known.as_ref()));
            let owner = match &email {
                Some(email) => people::find(c, &people::digests(&inner, email))?,
                None => None,
            };
            Ok(email.map(|email| (known.map(|(hash, _)| hash), email, owner)))
        })
        .await?;
    let Some((known_hash, email, owner)) = found else {
        return Err(refused(JourneyRefusal::OutOfStep));
    };
    let (code, token) = (
        door.random.digits(journey::CODE_DIGITS),
        door.random.token(),
    );
    let link_hash = door.hasher.hash(&token);
    let secrets = owner.is_none().then(|| MailSecrets {
        code: door.hasher.hash(&code_text(&code)),
        link: link_hash,
    });
    let letter = compose(
        door,
        wording,
        browser,
        &email,
        owner.as_ref(),
        &code,
        &token,
        now,
    )?;
    let set_flow = known_hash.is_none().then(|| door.random.token());
    let flow_hash = match (&known_hash, &set_flow) {
        (Some(hash), _) => hash.clone(),
        (None, Some(token)) => door.hasher.hash(token),
        (None, None) => return Err(Fault::internal("a flow without a name").into()),
    };
    let mailing = Mailing {
        email,
        is_new: given.is_some(),
        secrets,
        letter,
        flow_hash,
        now,
    };
    let (inner, trace) = (Arc::clone(door), trace.clone());
    settle(
        door.store
            .write(move |c| mailing.send(c, &inner, &flow, &trace))
            .await?,
    )?;
    count(door, "mailed");
    Ok(Begun { set_flow })
}

/// The address whose mail this browser awaits.
fn awaited(known: Option<&(String, Option<Journey>)>) -> Option<EmailAddress> {
    match known {
        Some((_, Some(Journey::SignUp(SignUp::CheckEmail { email, .. })))) => Some(email.clone()),
        _ => None,
    }
}

#[expect(
    clippy::too_many_arguments,
    reason = "everything that the two mails are made of"
)]
fn compose(
    door: &Door,
    wording: &dyn Wording,
    browser: &Browser,
    email: &EmailAddress,
    owner: Option<&durward_store::people::PersonRow>,
    code: &str,
    token: &str,
    now: Timestamp,
) -> Result<Letter, Fault> {
    let minutes = LIMITS.mail_seconds.unsigned_abs() / 60;
    let link = match owner {
        None => door.url(&format!("{CONFIRM_PATH}?token={token}")),
        Some(_) => door.url("/"),
    };
    let (language, message) = match owner {
        None => (
            browser.language.as_str(),
            Message::ConfirmEmail {
                code,
                link: &link,
                minutes,
            },
        ),
        Some(owner) => (
            owner.language.as_str(),
            Message::AccountExists { link: &link },
        ),
    };
    Letter::compose(door, wording, email, language, &message, now)
}

/// One mail on its way, with the step of the journey that sends it.
struct Mailing {
    email: EmailAddress,
    is_new: bool,
    secrets: Option<MailSecrets>,
    letter: Letter,
    flow_hash: String,
    now: Timestamp,
}

impl Mailing {
    fn send(
        &self,
        c: &mut Conn,
        door: &Door,
        flow: &Flow,
        trace: &Trace,
    ) -> Result<Result<(), CitizenRefusal>, StoreFault> {
        let target = people::digest(door, &self.email);
        if let Err(no) = rate::count(c, &MAIL_PER_ADDRESS, &target, self.now)? {
            return Ok(Err(no));
        }
        let state = match flow.load(c, door, self.now)? {
            Some((_, Some(Journey::SignUp(state @ SignUp::CheckEmail { .. })))) => state,
            _ => SignUp::begin(),
        };
        let secrets = self.secrets.clone();
        let event = if self.is_new {
            Step::Email {
                email: self.email.clone(),
                secrets,
            }
        } else {
            Step::Resend { secrets }
        };
        let turn = state.on(event, self.now, &LIMITS);
        let next = Journey::SignUp(turn.next);
        flow::save(c, door, &self.flow_hash, Some(&next), self.now)?;
        if let Err(no) = turn.answer {
            return Ok(Err(no.into()));
        }
        self.keep_confirmation(c, door)?;
        self.letter.post(c)?;
        let detail = serde_json::json!({ "again": !self.is_new });
        note(
            c,
            door,
            &Actor::Visitor,
            Event::PersonSignUpStarted,
            "",
            detail,
            self.now,
            trace,
        )?;
        Ok(Ok(()))
    }

    /// The link must be found from any browser; an older one of this flow stops working.
    fn keep_confirmation(&self, c: &mut Conn, door: &Door) -> Result<(), StoreFault> {
        let Some(secrets) = &self.secrets else {
            return sessions::cancel_confirmations(c, &self.flow_hash, PURPOSE);
        };
        let sealed = door.sealer.seal(
            &email_aad(&secrets.link),
            self.email.reveal().as_bytes(),
            &door.random,
        );
        let until = self
            .now
            .saturating_add(SignedDuration::from_secs(LIMITS.mail_seconds))
            .unwrap_or(Timestamp::MAX);
        sessions::replace_confirmation(
            c,
            &sessions::NewConfirmation {
                link_hash: &secrets.link,
                flow_hash: &self.flow_hash,
                code_hash: &secrets.code,
                sealed_email: &sealed,
                purpose: PURPOSE,
                expires_us: until.as_microsecond(),
            },
        )
    }
}

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
            if let Err(no) = rate::count(c, &CODE_PER_ADDRESS, &target, now)? {
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

/// A password was chosen. `services` names the services that the person is on the way to.
///
/// # Errors
/// Refused with the reason when the policy does not allow it.
pub async fn choose_password(
    door: &Arc<Door>,
    browser: &Browser,
    typed: &str,
    services: &[&str],
) -> Result<(), Failure<CitizenRefusal>> {
    let now = door.clock.now();
    let flow = Flow::of(door, browser);
    let Some(Journey::SignUp(SignUp::ChoosePassword { email })) =
        read_journey(door, &flow, now).await?
    else {
        return Err(refused(JourneyRefusal::OutOfStep));
    };
    let context = PasswordContext::new(&email, services, &[&door.programme.title, "Durward"]);
    let password = Password::choose(typed, &context).map_err(refused)?;
    let password_hash = door.passwords.hash(password.reveal().to_owned()).await?;
    let sealed_totp = flow::seal_totp(door, &TotpSecret::generate(&door.random));
    let inner = Arc::clone(door);
    let answer = door
        .store
        .write(move |c| {
            let Some((hash, Some(Journey::SignUp(state)))) = flow.load(c, &inner, now)? else {
                return Ok(Err(JourneyRefusal::OutOfStep.into()));
            };
            // The hash took a while: it must still be the same address.
            if state.email() != Some(&email) {
                return Ok(Err(JourneyRefusal::OutOfStep.into()));
            }
            let event = Step::Password {
                password_hash: password_hash.clone(),
                sealed_totp: sealed_totp.clone(),
            };
            let turn = state.on(event, now, &LIMITS);
            flow::save(c, &inner, &hash, Some(&Journey::SignUp(turn.next)), now)?;
            Ok(turn.answer.map(|_| ()).map_err(CitizenRefusal::from))
        })
        .await?;
    settle(answer)
}

/// The first code of the authenticator app: makes the account and signs the person in, in one unit.
///
/// # Errors
/// Refused when the code is wrong, or when somebody else made an account with the address meanwhile.
pub async fn finish(
    door: &Arc<Door>,
    wording: &dyn Wording,
    browser: &Browser,
    typed: &str,
    trace: &Trace,
) -> Result<NewSession, Failure<CitizenRefusal>> {
    let code = totp::digits(typed).map_err(refused)?;
    let now = door.clock.now();
    let flow = Flow::of(door, browser);
    let Some(Journey::SignUp(SignUp::SetUpTotp { email, .. })) =
        read_journey(door, &flow, now).await?
    else {
        return Err(refused(JourneyRefusal::OutOfStep));
    };
    let link = door.url("/account");
    let message = Message::AccountCreated { link: &link };
    let letter = Letter::compose(door, wording, &email, &browser.language, &message, now)?;
    let ending = Ending {
        older: session::hashes(door, browser),
        language: browser.language.clone(),
        code,
        email,
        letter,
        now,
        trace: trace.clone(),
    };
    let inner = Arc::clone(door);
    let answer = door
        .store
        .write(move |c| ending.judge(c, &inner, &flow))
        .await?;
    count(
        door,
        match &answer {
            Ok(_) => "created",
            Err(CitizenRefusal::AddressTaken) => "address_taken",
            Err(_) => "refused",
        },
    );
    settle(answer)
}

/// The end of a sign-up, as one unit.
struct Ending {
    older: Vec<String>,
    language: String,
    code: String,
    email: EmailAddress,
    letter: Letter,
    now: Timestamp,
    trace: Trace,
}

impl Ending {
    fn judge(
        &self,
        c: &mut Conn,
        door: &Door,
        flow: &Flow,
    ) -> Result<Result<NewSession, CitizenRefusal>, StoreFault> {
        let Some((hash, Some(Journey::SignUp(state)))) = flow.load(c, door, self.now)? else {
            return Ok(Err(JourneyRefusal::OutOfStep.into()));
        };
        if state.email() != Some(&self.email) {
            return Ok(Err(JourneyRefusal::OutOfStep.into()));
        }
        // Counted first: a wrong code costs an attempt whatever happens after this.
        let turn = state.on(Step::TotpAttempt, self.now, &LIMITS);
        let (attempt, sealed_totp) = match turn.answer {
            Ok(Effect::VerifyTotp {
                attempt,
                sealed_totp,
            }) => (attempt, sealed_totp),
            Ok(_) => return Err(UNEXPECTED),
            Err(no) => {
                flow::save(c, door, &hash, Some(&Journey::SignUp(turn.next)), self.now)?;
                return Ok(Err(no.into()));
            }
        };
        let secret = flow::open_totp(door, &sealed_totp).ok_or(UNEXPECTED)?;
        let event = match totp::judge(&secret, &self.code, self.now, None) {
            Ok(step) => Step::TotpRight { attempt, step },
            Err(_) => Step::TotpWrong { attempt },
        };
        let turn = turn.next.on(event, self.now, &LIMITS);
        match turn.answer {
            Ok(Effect::CreateAccount(account)) => {
                flow::save(c, door, &hash, None, self.now)?;
                self.create(c, door, &account, &secret)
            }
            Ok(_) => Err(UNEXPECTED),
            Err(no) => {
                flow::save(c, door, &hash, Some(&Journey::SignUp(turn.next)), self.now)?;
                Ok(Err(no.into()))
            }
        }
    }

    fn create(
        &self,
        c: &mut Conn,
        door: &Door,
        account: &NewAccount,
        secret: &TotpSecret,
    ) -> Result<Result<NewSession, CitizenRefusal>, StoreFault> {
        let beginning = Beginning {
            email: &account.email,
            password_phc: account.password_hash.clone(),
            totp: Some((secret, account.totp_step)),
            language: &self.language,
            verified: None,
            persona_of: None,
        };
        let rows = AccountRows::prepare(door, &beginning, self.now).map_err(|_| UNEXPECTED)?;
        if !rows.insert(c, self.now)? {
            return Ok(Err(CitizenRefusal::AddressTaken));
        }
        let methods: Methods = [Method::Password, Method::Totp].into_iter().collect();
        let opening = Opening::with(rows.person_id, &methods, self.now).ok_or(UNEXPECTED)?;
        let session = NewSession::prepare(door, &opening);
        session.start(c, &self.older, self.now.as_microsecond())?;
        self.letter.post(c)?;
        let id = rows.person_id.to_string();
        let actor = Actor::Person(id.clone());
        let details = [
            (
                Event::PersonCreated,
                serde_json::json!({ "rules_of_use": "accepted" }),
            ),
            (
                Event::PersonFactorAdded,
                serde_json::json!({ "method": "totp" }),
            ),
            (
                Event::PersonSignedIn,
                serde_json::json!({ "session": session.session_id(), "amr": methods.amr() }),
            ),
        ];
        for (event, detail) in details {
            note(c, door, &actor, event, &id, detail, self.now, &self.trace)?;
        }
        Ok(Ok(session))
    }
}

async fn read_journey(
    door: &Arc<Door>,
    flow: &Flow,
    now: Timestamp,
) -> Result<Option<Journey>, Fault> {
    let (flow, inner) = (flow.clone(), Arc::clone(door));
    let found = door.store.read(move |c| flow.load(c, &inner, now)).await?;
    Ok(found.and_then(|(_, journey)| journey))
}

#[expect(clippy::too_many_arguments, reason = "one note, with nothing left out")]
fn note(
    c: &mut Conn,
    door: &Door,
    actor: &Actor,
    event: Event,
    subject: &str,
    detail: serde_json::Value,
    time: Timestamp,
    trace: &Trace,
) -> Result<(), StoreFault> {
    door.recorder.event(
        c,
        Note {
            time,
            actor,
            event,
            subject,
            trace: Some(trace),
            detail,
        },
    )
}

fn count(door: &Door, outcome: &'static str) {
    let environment = door.name.as_str();
    metrics::counter!("durward_sign_ups_total", "environment" => environment, "outcome" => outcome)
        .increment(1);
}

fn refused(no: impl Into<CitizenRefusal>) -> Failure<CitizenRefusal> {
    Failure::Refused(no.into())
}

fn settle<T>(answer: Result<T, CitizenRefusal>) -> Result<T, Failure<CitizenRefusal>> {
    answer.map_err(Failure::Refused)
}

fn code_text(code: &str) -> String {
    format!("mail-code:{code}")
}

fn email_aad(link_hash: &str) -> String {
    format!("confirmations.sealed_email.{link_hash}")
}

/// Where a mailed link leads.
pub const CONFIRM_PATH: &str = "/sign_up/email/confirm";
const PURPOSE: &str = "sign_up";
const UNEXPECTED: StoreFault = StoreFault::new(
    FaultKind::Internal,
    "a sign-up took a step that its journey does not have",
);
