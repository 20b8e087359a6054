//! The address, and the mail that goes to it.

use std::sync::Arc;

use durward_accounts::email::EmailAddress;
use durward_accounts::journey::proof::MailSecrets;
use durward_accounts::journey::sign_up::{Event as Step, SignUp};
use durward_accounts::journey::{self, Journey, JourneyRefusal, LIMITS};
use durward_domain::event::Event;
use durward_domain::programme::Limited;
use durward_store::{Conn, Fault as StoreFault, sessions};
use jiff::{SignedDuration, Timestamp};

use super::{CONFIRM_PATH, PURPOSE, code_text, count, email_aad, refused, settle};
use crate::actor::Actor;
use crate::citizen::flow::{self, Flow};
use crate::citizen::letter::{self, Letter, Message, Wording};
use crate::citizen::note::note;
use crate::citizen::refusal::CitizenRefusal;
use crate::citizen::session::Browser;
use crate::citizen::{people, rate};
use crate::door::Door;
use crate::failure::{Failure, Fault};
use crate::ports::mail::MailApp;
use crate::record::Trace;

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
    let email = EmailAddress::parse(typed)
        .and_then(|email| email.outside(&door.programme.sign_up.throw_away_domains))
        .map_err(refused)?;
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
    let unguessable = door.random.token();
    // A mail to somebody who has an account holds no secret. The same rows are written all the same, with a code that
    // nobody can type, so that neither the work nor any later answer tells the two apart.
    let awaited_code = match owner {
        None => &code,
        Some(_) => &unguessable,
    };
    let secrets = MailSecrets {
        code: door.hasher.hash(&code_text(awaited_code)),
        link: door.hasher.hash(&token),
    };
    let app = letter::on_the_way_to(door, browser).await?;
    let letter = compose(
        door,
        wording,
        (browser, app),
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
        network: rate::network(door, browser),
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
    (browser, app): (&Browser, Option<MailApp>),
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
    Letter::compose(door, wording, email, (language, app), &message, now)
}

/// One mail on its way, with the step of the journey that sends it.
struct Mailing {
    email: EmailAddress,
    is_new: bool,
    secrets: MailSecrets,
    letter: Letter,
    flow_hash: String,
    network: Option<String>,
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
        if let Some(network) = self.network.as_ref().filter(|_| self.is_new) {
            let limit = rate::limit(door, Limited::SignUpPerNetwork);
            if let Err(no) = rate::spend(c, &limit, network, self.now)? {
                return Ok(Err(no));
            }
        }
        let target = people::mailbox_digest(door, &self.email);
        let limit = rate::limit(door, Limited::MailPerAddress);
        if let Err(no) = rate::spend(c, &limit, &target, self.now)? {
            return Ok(Err(no));
        }
        let state = match flow.load(c, door, self.now)? {
            Some((_, Some(Journey::SignUp(state @ SignUp::CheckEmail { .. })))) => state,
            _ => SignUp::begin(),
        };
        let secrets = Some(self.secrets.clone());
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
        let secrets = &self.secrets;
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
