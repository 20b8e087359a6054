//! Confirming an address: the code in a session of its person, or the button under the mailed link anywhere.

use std::sync::Arc;

use durward_accounts::authenticator::totp;
use durward_accounts::email::EmailAddress;
use durward_accounts::journey::JourneyRefusal;
use durward_domain::event::Event;
use durward_domain::programme::Limited;
use durward_store::email_claims::{self, ClaimRow};
use durward_store::{Conn, Fault as StoreFault, people as rows};
use jiff::Timestamp;

use super::{PAGE, code_text, count, open, refused};
use crate::actor::Actor;
use crate::citizen::letter::{Letter, Message, Wording};
use crate::citizen::note::note;
use crate::citizen::refusal::CitizenRefusal;
use crate::citizen::session::{self, Browser, SignedIn};
use crate::citizen::vault::Vault;
use crate::citizen::{people, rate};
use crate::door::Door;
use crate::failure::{Failure, Fault};
use crate::record::Trace;

/// The code of the newest mail to an address that waits.
///
/// # Errors
/// Refused when it is wrong, too old or tried too often. An attempt is counted before it is judged.
pub async fn type_code(
    door: &Arc<Door>,
    wording: &dyn Wording,
    who: &SignedIn,
    claim_id: &str,
    typed: &str,
    trace: &Trace,
) -> Result<(), Failure<CitizenRefusal>> {
    let code = totp::digits(typed).map_err(|_| refused(JourneyRefusal::WrongCode))?;
    let (inner, person, wanted) = (
        Arc::clone(door),
        who.person_id.to_string(),
        claim_id.to_owned(),
    );
    let now = door.clock.now();
    let found = door
        .store
        .read(move |c| {
            let claims = email_claims::of(c, &person, now.as_microsecond())?;
            let claim = claims.into_iter().find(|claim| claim.claim_id == wanted);
            claim.map(|claim| Found::of(c, &inner, claim)).transpose()
        })
        .await?;
    let Some(found) = found else {
        return Err(refused(JourneyRefusal::MailExpired));
    };
    let confirming = Confirming {
        code: Some(door.hasher.candidates(&code_text(&code))),
        ..found.confirming(door, wording, who.actor(), trace, now)?
    };
    confirming.run(door).await
}

/// What a mailed link is about.
pub struct LinkView {
    /// The address that it confirms.
    pub email: EmailAddress,
    /// Whether its person is signed in in this browser.
    pub is_here: bool,
}

/// Looks at a mailed link. Mail scanners do it too, so nothing happens.
///
/// # Errors
/// Refused when it is too old, was used, or is not the newest one.
pub async fn look_at_link(
    door: &Arc<Door>,
    browser: &Browser,
    token: &str,
) -> Result<LinkView, Failure<CitizenRefusal>> {
    let found = find(door, token).await?;
    Ok(LinkView {
        is_here: is_here(door, browser, &found.claim).await?,
        email: found.email,
    })
}

/// The button under a mailed link. It gives no session to anybody; `true` where its person is signed in.
///
/// # Errors
/// As above.
pub async fn confirm_link(
    door: &Arc<Door>,
    wording: &dyn Wording,
    browser: &Browser,
    token: &str,
    trace: &Trace,
) -> Result<bool, Failure<CitizenRefusal>> {
    let found = find(door, token).await?;
    let is_here = is_here(door, browser, &found.claim).await?;
    let actor = if is_here {
        Actor::Person(found.claim.person_id.clone())
    } else {
        Actor::Visitor
    };
    let now = door.clock.now();
    found
        .confirming(door, wording, actor, trace, now)?
        .run(door)
        .await?;
    Ok(is_here)
}

async fn find(door: &Arc<Door>, token: &str) -> Result<Found, Failure<CitizenRefusal>> {
    let (inner, candidates) = (Arc::clone(door), door.hasher.candidates(token));
    let now_us = door.clock.now().as_microsecond();
    let found = door
        .store
        .read(move |c| {
            for hash in &candidates {
                if let Some(claim) = email_claims::find_by_link(c, hash, now_us)? {
                    return Found::of(c, &inner, claim).map(Some);
                }
            }
            Ok(None)
        })
        .await?;
    found.ok_or_else(|| refused(JourneyRefusal::WrongLink))
}

async fn is_here(door: &Arc<Door>, browser: &Browser, claim: &ClaimRow) -> Result<bool, Fault> {
    let who = session::current(door, browser).await?;
    Ok(who.is_some_and(|who| who.person_id.to_string() == claim.person_id))
}

/// A claim with what its account has.
struct Found {
    claim: ClaimRow,
    vault: Vault,
    email: EmailAddress,
    confirmed: Vec<EmailAddress>,
    language: String,
}

impl Found {
    fn of(c: &mut Conn, door: &Door, claim: ClaimRow) -> Result<Self, StoreFault> {
        let vault = Vault::of(c, door, &claim.person_id)?;
        let person = rows::find_person(c, &claim.person_id)?;
        Ok(Self {
            email: open(&vault, &claim)?,
            confirmed: vault.emails(c, &claim.person_id)?,
            language: person.map(|row| row.language).unwrap_or_default(),
            vault,
            claim,
        })
    }

    fn confirming(
        self,
        door: &Door,
        wording: &dyn Wording,
        actor: Actor,
        trace: &Trace,
        now: Timestamp,
    ) -> Result<Confirming, Fault> {
        let account = door.url(PAGE);
        let message = Message::AddressAdded {
            email: self.email.reveal(),
            link: &account,
        };
        let digest = people::digest(door, &self.email);
        Ok(Confirming {
            letters: Letter::to_all(
                door,
                wording,
                &self.confirmed,
                &self.language,
                &message,
                now,
            )?,
            sealed: self.vault.seal_email(&digest, &self.email),
            digest,
            claim: self.claim,
            code: None,
            actor,
            trace: trace.clone(),
            now,
        })
    }
}

/// One confirmation, as a unit.
struct Confirming {
    claim: ClaimRow,
    /// Keyed hashes of a code that was typed; the link needs none.
    code: Option<Vec<String>>,
    digest: String,
    sealed: String,
    letters: Vec<Letter>,
    actor: Actor,
    trace: Trace,
    now: Timestamp,
}

impl Confirming {
    async fn run(self, door: &Arc<Door>) -> Result<(), Failure<CitizenRefusal>> {
        let inner = Arc::clone(door);
        let answer = door.store.write(move |c| self.judge(c, &inner)).await?;
        count(door, "added", &answer);
        answer.map_err(Failure::Refused)
    }

    fn judge(&self, c: &mut Conn, door: &Door) -> Result<Result<(), CitizenRefusal>, StoreFault> {
        let (id, now) = (&self.claim.person_id, self.now);
        if let Some(typed) = &self.code {
            let limit = rate::limit(door, Limited::CodePerAddress);
            if let Err(no) = rate::spend(c, &limit, &self.digest, now)? {
                return Ok(Err(no));
            }
            if !typed.contains(&self.claim.code_hash) {
                return Ok(Err(JourneyRefusal::WrongCode.into()));
            }
        }
        // Of two that confirm at once, one takes the claim away.
        if !email_claims::spend(c, &self.claim.claim_id, id)? {
            return Ok(Err(JourneyRefusal::WrongLink.into()));
        }
        if !rows::claim_email(c, &self.digest, id, &self.sealed, now.as_microsecond())? {
            return Ok(Err(CitizenRefusal::AddressTaken));
        }
        Letter::post_all(&self.letters, c)?;
        let (event, detail) = (Event::PersonEmailAdded, serde_json::json!({}));
        note(c, door, &self.actor, event, id, detail, now, &self.trace)?;
        Ok(Ok(()))
    }
}
