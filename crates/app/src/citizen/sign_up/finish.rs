//! The password, the authenticator app, and the account that they make.

use std::sync::Arc;

use durward_accounts::authenticator::method::{Method, Methods};
use durward_accounts::authenticator::password::{Password, PasswordContext};
use durward_accounts::authenticator::totp;
use durward_accounts::email::EmailAddress;
use durward_accounts::journey::sign_in::SignIn;
use durward_accounts::journey::sign_up::{Effect, Event as Step, NewAccount, SignUp};
use durward_accounts::journey::{Journey, JourneyRefusal, LIMITS};
use durward_domain::event::Event;
use durward_keyring::totp::TotpSecret;
use durward_store::{Conn, Fault as StoreFault};
use jiff::Timestamp;

use super::{UNEXPECTED, count, read_journey, refused, settle};
use crate::actor::Actor;
use crate::citizen::first_factor;
use crate::citizen::flow::{self, Flow};
use crate::citizen::letter::{self, Letter, Message, Wording};
use crate::citizen::note::note;
use crate::citizen::people::{AccountRows, Beginning};
use crate::citizen::refusal::CitizenRefusal;
use crate::citizen::session::{self, Browser, NewSession, Opening};
use crate::door::Door;
use crate::failure::Failure;
use crate::record::Trace;

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

/// The first code of the authenticator app: makes the account and signs the person in, in one unit. For an account
/// that has no second factor yet, it adds the app and signs in.
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
    let email = match read_journey(door, &flow, now).await? {
        Some(Journey::SignUp(SignUp::SetUpTotp { email, .. })) => email,
        Some(Journey::SignIn(SignIn::SetUpTotp { .. })) => {
            return first_factor::add(door, browser, code, trace).await;
        }
        _ => return Err(refused(JourneyRefusal::OutOfStep)),
    };
    let link = door.url("/account");
    let message = Message::AccountCreated { link: &link };
    let app = letter::on_the_way_to(door, browser).await?;
    let to = (browser.language.as_str(), app);
    let letter = Letter::compose(door, wording, &email, to, &message, now)?;
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
        let event = match totp::judge(&secret, &self.code, door.clock.real_now(), None) {
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
        session.start(c, door, &self.older, &self.trace)?;
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
