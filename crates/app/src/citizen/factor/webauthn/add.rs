//! A new key of somebody who is signed in.

use std::sync::Arc;

use durward_accounts::authenticator::name::{MethodName, MethodRefusal};
use durward_accounts::authenticator::webauthn::{WebauthnRefusal, method};
use durward_accounts::journey::JourneyRefusal;
use durward_domain::event::Event;
use durward_store::{Conn, Fault as StoreFault, people as rows};
use jiff::Timestamp;

use super::ceremony::Kept;
use super::kept::{self, Asked, Open};
use super::{ask, ceremonies, known, refused};
use crate::citizen::account;
use crate::citizen::flow::{Flow, Scratch};
use crate::citizen::methods;
use crate::citizen::note::note;
use crate::citizen::refusal::CitizenRefusal;
use crate::citizen::session::{self, Browser, SignedIn};
use crate::citizen::step_up::strengthen;
use crate::citizen::vault::Vault;
use crate::door::Door;
use crate::failure::Failure;
use crate::record::Trace;

/// What the browser is asked for a new key, as JSON, with the flow's cookie if it is a new one.
///
/// # Errors
/// Refused when nobody is signed in, or passkeys do not work here; a fault of the database.
pub async fn question_for_new(
    door: &Arc<Door>,
    browser: &Browser,
) -> Result<(String, crate::citizen::sign_up::Begun), Failure<CitizenRefusal>> {
    let ceremonies = ceremonies(door)?;
    let who = signed_in(door, browser).await?;
    let person = who.person_id.to_string();
    let known = known(door, &person).await?;
    // One handle for all keys of an account: an authenticator then keeps one passkey for it, and not several.
    let handle = known
        .first()
        .map_or_else(|| door.random.uuid_v4(), |kept| kept.handle);
    let emails = account::overview(door, &who).await?.emails;
    let name = emails.first().map_or("", |email| email.reveal());
    let (options, state) = ceremonies.create(handle, name, &known).map_err(refused)?;
    let asked = Asked::New {
        person,
        handle,
        state,
    };
    let begun = ask(door, browser, asked).await?;
    Ok((options.to_string(), begun))
}

/// Adds the key that the browser answered with under this name. It was used by that, so the session becomes as strong as
/// the key makes it; the answer is its new cookie's token.
///
/// # Errors
/// Refused when the answer is not one to the question of this browser, when the key is in an account already, or when
/// another method has the name; a fault of the database.
pub async fn add(
    door: &Arc<Door>,
    browser: &Browser,
    (typed_name, answer): (&str, &str),
    trace: &Trace,
) -> Result<String, Failure<CitizenRefusal>> {
    let ceremonies = ceremonies(door)?;
    let name = MethodName::typed(typed_name).map_err(refused)?;
    let who = signed_in(door, browser).await?;
    let (now, flow, inner) = (door.clock.now(), Flow::of(door, browser), Arc::clone(door));
    let question = door
        .store
        .read(move |c| kept::asked(c, &inner, &flow, now))
        .await?
        .ok_or_else(|| refused(WebauthnRefusal::Expired))?;
    let Asked::New {
        person,
        handle,
        state,
    } = &question.content.webauthn
    else {
        return Err(refused(WebauthnRefusal::Expired));
    };
    if *person != who.person_id.to_string() {
        return Err(refused(WebauthnRefusal::Expired));
    }
    let kept = ceremonies
        .created(answer, *handle, state)
        .map_err(refused)?;
    let token = door.random.token();
    let addition = Addition {
        question,
        name,
        kept,
        who,
        new_hash: door.hasher.hash(&token),
        now,
        trace: trace.clone(),
    };
    let inner = Arc::clone(door);
    let answer = door.store.write(move |c| addition.write(c, &inner)).await?;
    methods::count(door, if answer.is_ok() { "added" } else { "refused" });
    answer.map(|()| token).map_err(Failure::Refused)
}

async fn signed_in(
    door: &Arc<Door>,
    browser: &Browser,
) -> Result<SignedIn, Failure<CitizenRefusal>> {
    session::current(door, browser)
        .await?
        .ok_or_else(|| refused(JourneyRefusal::OutOfStep))
}

struct Addition {
    question: Scratch<Open>,
    name: MethodName,
    kept: Kept,
    who: SignedIn,
    new_hash: String,
    now: Timestamp,
    trace: Trace,
}

impl Addition {
    fn write(&self, c: &mut Conn, door: &Door) -> Result<Result<(), CitizenRefusal>, StoreFault> {
        if !self.question.spend(c)? {
            return Ok(Err(WebauthnRefusal::Expired.into()));
        }
        if kept::find(c, door, self.kept.id())?.is_some() {
            return Ok(Err(WebauthnRefusal::AlreadyAdded.into()));
        }
        let id = self.who.person_id.to_string();
        let vault = Vault::of(c, door, &id)?;
        if methods::is_taken(c, &vault, &id, None, &self.name)? {
            return Ok(Err(MethodRefusal::NameTaken.into()));
        }
        let row = kept::row(door, &vault, &self.kept, self.name.reveal(), self.now)?;
        rows::insert_authenticator(c, &id, &row)?;
        let method = method(self.kept.user_verified());
        let detail = serde_json::json!({
            "method": method.as_str(), "session": self.who.session_id, "backup_eligible": self.kept.backup_eligible(),
        });
        let event = Event::PersonFactorAdded;
        let (actor, now, trace) = (self.who.actor(), self.now, &self.trace);
        note(c, door, &actor, event, &id, detail, now, trace)?;
        strengthen(c, &self.who, method, &self.new_hash, now)
    }
}
