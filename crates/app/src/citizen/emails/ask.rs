//! Asking for an address, and the mail that goes to it.

use std::sync::Arc;

use durward_accounts::addresses::{self, AddressRefusal};
use durward_accounts::email::EmailAddress;
use durward_accounts::journey::{self, LIMITS};
use durward_domain::event::Event;
use durward_domain::programme::Limited;
use durward_store::email_claims::{self, ClaimRow};
use durward_store::people::PersonRow;
use durward_store::{Conn, Fault as StoreFault};
use jiff::{SignedDuration, Timestamp};

use super::{LINK_PATH, Own, aad, code_text, count, own, own_in, refused};
use crate::citizen::letter::{Letter, Message, Wording};
use crate::citizen::note::note;
use crate::citizen::refusal::CitizenRefusal;
use crate::citizen::session::SignedIn;
use crate::citizen::vault::Vault;
use crate::citizen::{people, rate};
use crate::door::Door;
use crate::failure::{Failure, Fault};
use crate::record::Trace;

/// Asks for an address; a mail goes to it. The answer names what waits now.
///
/// # Errors
/// Refused when the address cannot be read, is the account's already, or is one too many.
pub async fn ask(
    door: &Arc<Door>,
    wording: &dyn Wording,
    who: &SignedIn,
    typed: &str,
    trace: &Trace,
) -> Result<String, Failure<CitizenRefusal>> {
    let email = EmailAddress::parse(typed)
        .and_then(|email| email.outside(&door.programme.sign_up.throw_away_domains))
        .map_err(refused)?;
    send(door, wording, who, email, trace).await
}

/// Sends another mail to an address that waits; the older one stops working.
///
/// # Errors
/// Refused when it does not wait any more.
pub async fn ask_again(
    door: &Arc<Door>,
    wording: &dyn Wording,
    who: &SignedIn,
    claim_id: &str,
    trace: &Trace,
) -> Result<String, Failure<CitizenRefusal>> {
    let awaited = own(door, who).await?.awaited;
    let Some(one) = awaited.into_iter().find(|one| one.claim_id == claim_id) else {
        return Err(refused(AddressRefusal::NotYours));
    };
    send(door, wording, who, one.email, trace).await
}

async fn send(
    door: &Arc<Door>,
    wording: &dyn Wording,
    who: &SignedIn,
    email: EmailAddress,
    trace: &Trace,
) -> Result<String, Failure<CitizenRefusal>> {
    let now = door.clock.now();
    let (inner, id, wanted) = (Arc::clone(door), who.person_id.to_string(), email.clone());
    let (vault, own, owner) = door
        .store
        .read(move |c| {
            Ok((
                Vault::of(c, &inner, &id)?,
                own_in(c, &inner, &id, now)?,
                people::find(c, &people::digests(&inner, &wanted))?,
            ))
        })
        .await?;
    may_ask(door, &email, &own).map_err(refused)?;
    let secrets = Secrets::draw(door);
    let letter = secrets.letter(door, wording, &email, owner.as_ref(), who, now)?;
    let asking = Asking {
        claim: secrets.claim(door, &vault, &email, owner.is_some(), who, now),
        email,
        letter,
        who: who.clone(),
        now,
        trace: trace.clone(),
    };
    let claim_id = asking.claim.claim_id.clone();
    let inner = Arc::clone(door);
    let answer = door.store.write(move |c| asking.keep(c, &inner)).await?;
    count(door, "asked", &answer);
    answer.map(|()| claim_id).map_err(Failure::Refused)
}

fn may_ask(door: &Door, email: &EmailAddress, own: &Own) -> Result<(), AddressRefusal> {
    let awaited: Vec<EmailAddress> = own.awaited.iter().map(|one| one.email.clone()).collect();
    let most = usize::from(door.programme.sign_up.most_addresses);
    addresses::may_ask(email, &own.confirmed, &awaited, most)
}

struct Secrets {
    code: String,
    token: String,
    /// Nobody can type it.
    unguessable: String,
}

impl Secrets {
    fn draw(door: &Door) -> Self {
        Self {
            code: door.random.digits(journey::CODE_DIGITS),
            token: door.random.token(),
            unguessable: door.random.token(),
        }
    }

    /// Whoever owns the address already learns that somebody asked for it, and gets no secret.
    fn letter(
        &self,
        door: &Door,
        wording: &dyn Wording,
        email: &EmailAddress,
        owner: Option<&PersonRow>,
        who: &SignedIn,
        now: Timestamp,
    ) -> Result<Letter, Fault> {
        let minutes = LIMITS.mail_seconds.unsigned_abs() / 60;
        let link = match owner {
            None => door.url(&format!("{LINK_PATH}?token={}", self.token)),
            Some(_) => door.url("/"),
        };
        let (language, message) = match owner {
            None => (
                &who.language,
                Message::ConfirmAddress {
                    code: &self.code,
                    link: &link,
                    minutes,
                },
            ),
            Some(owner) => (&owner.language, Message::AddressInUse { link: &link }),
        };
        Letter::compose(door, wording, email, (language, None), &message, now)
    }

    /// The same row whether or not somebody owns the address.
    fn claim(
        &self,
        door: &Door,
        vault: &Vault,
        email: &EmailAddress,
        is_owned: bool,
        who: &SignedIn,
        now: Timestamp,
    ) -> ClaimRow {
        let claim_id = door.random.uuid_v7(now).to_string();
        let (code, token) = if is_owned {
            (&self.unguessable, &self.unguessable)
        } else {
            (&self.code, &self.token)
        };
        let until = now
            .saturating_add(SignedDuration::from_secs(LIMITS.mail_seconds))
            .unwrap_or(Timestamp::MAX);
        ClaimRow {
            sealed_email: vault.seal(&aad(&claim_id), email.reveal().as_bytes()),
            claim_id,
            person_id: who.person_id.to_string(),
            link_hash: door.hasher.hash(token),
            code_hash: door.hasher.hash(&code_text(code)),
            created_us: now.as_microsecond(),
            expires_us: until.as_microsecond(),
        }
    }
}

/// One address that is asked for, as a unit.
struct Asking {
    claim: ClaimRow,
    email: EmailAddress,
    letter: Letter,
    who: SignedIn,
    now: Timestamp,
    trace: Trace,
}

impl Asking {
    fn keep(&self, c: &mut Conn, door: &Door) -> Result<Result<(), CitizenRefusal>, StoreFault> {
        let id = &self.claim.person_id;
        let mailbox = people::mailbox_digest(door, &self.email);
        for (limited, target) in [
            (Limited::EmailPerPerson, id),
            (Limited::MailPerAddress, &mailbox),
        ] {
            let limit = rate::limit(door, limited);
            if let Err(no) = rate::spend(c, &limit, target, self.now)? {
                return Ok(Err(no));
            }
        }
        let own = own_in(c, door, id, self.now)?;
        if let Err(no) = may_ask(door, &self.email, &own) {
            return Ok(Err(no.into()));
        }
        for older in &own.awaited {
            if addresses::has(std::slice::from_ref(&older.email), &self.email) {
                email_claims::spend(c, &older.claim_id, id)?;
            }
        }
        email_claims::insert(c, &self.claim)?;
        self.letter.post(c)?;
        let (event, detail) = (Event::PersonEmailAsked, serde_json::json!({}));
        let actor = self.who.actor();
        note(c, door, &actor, event, id, detail, self.now, &self.trace)?;
        Ok(Ok(()))
    }
}
