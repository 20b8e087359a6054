//! Test people: made, listed, put back and deleted. What they were made with is kept sealed and told again, since a
//! test person has no secrets from the tests.

use std::collections::BTreeMap;
use std::sync::Arc;

use durward_accounts::email::EmailAddress;
use durward_accounts::person::PersonId;
use durward_domain::attribute::Attribute;
use durward_domain::event::Event;
use durward_domain::level::LevelOfService;
use durward_domain::test_kit::Proofing;
use durward_domain::test_kit::persona;
use durward_keyring::totp::TotpSecret;
use durward_store::test_kit::{self, PersonaReset, PersonaRow};
use durward_store::{grants, people as rows};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Automation, AutomationRefusal, cut};
use crate::citizen::addresses::Addresses;
use crate::citizen::people::{self, NewPerson, Persona, Verified};
use crate::citizen::refusal::CitizenRefusal;
use crate::citizen::session;
use crate::citizen::vault::Vault;
use crate::door::Door;
use crate::failure::{Failure, Fault};
use crate::keeper::time;
use crate::record::{Note, Trace};

/// A test person as asked for. Everything may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonWanted {
    /// The address; made up when left out.
    #[serde(default)]
    pub email: Option<String>,
    /// Further addresses, taken as confirmed: the person chooses which of them an app receives.
    #[serde(default)]
    pub emails: Vec<String>,
    /// `auth-only` or `identity-verified`.
    #[serde(default)]
    pub level: Option<LevelOfService>,
    /// `totp`, or nothing for a person who must still set a second factor up.
    #[serde(default)]
    pub factors: Option<Vec<String>>,
    /// Verified attributes by the names of the app document; those left out are made up.
    #[serde(default)]
    pub attributes: BTreeMap<Attribute, String>,
    /// What becomes of an attempt to prove the identity; kept with the person.
    #[serde(default)]
    pub proofing: Option<String>,
    /// The app that the person is for, by short name or issuer: its clock moves without the team's other people.
    #[serde(default)]
    pub app: Option<String>,
}

/// A test person with all that a script needs to sign in as them.
#[derive(Debug, Serialize)]
pub struct PersonMade {
    /// The account's id.
    pub id: String,
    /// The address.
    pub email: String,
    /// Further addresses.
    pub emails: Vec<String>,
    /// The password.
    pub password: String,
    /// The secret of the authenticator app in Base32; none if there is no second factor.
    pub totp_secret: Option<String>,
    /// The level.
    pub level: LevelOfService,
    /// The second factors.
    pub factors: Vec<&'static str>,
    /// The verified attributes.
    pub attributes: BTreeMap<Attribute, String>,
    /// What becomes of an attempt to prove the identity.
    pub proofing: Proofing,
    /// The app that the person is for, by its short name.
    pub app: Option<String>,
    /// When the person was made.
    pub created: Timestamp,
    /// When the person was last put back.
    pub reset: Option<Timestamp>,
}

/// Makes a test person.
///
/// # Errors
/// [`AutomationRefusal`], or a fault.
pub async fn make_person(
    door: &Arc<Door>,
    authority: &Automation,
    wanted: PersonWanted,
    trace: &Trace,
) -> Result<PersonMade, Failure<AutomationRefusal>> {
    let (email, app, made) = judge(door, authority, wanted).map_err(Failure::Refused)?;
    let owner = authority.owner();
    let counted = owner.clone();
    let there = door
        .store
        .read(move |c| test_kit::count_personas(c, &counted))
        .await?;
    if there >= MOST {
        return Err(Failure::Refused(AutomationRefusal::TooManyPeople(MOST)));
    }
    let now = door.clock.now();
    let new = NewPerson {
        email: email.clone(),
        password: made.password.clone(),
        totp: made.totp(),
        language: "en".to_owned(),
        verified: made.verified(now),
        persona_of: Some(Persona {
            owner,
            app: app.clone(),
            content: made.write()?,
            emails: made.addresses()?.split_off(1),
        }),
    };
    let id = people::create(
        door,
        new,
        &authority.actor,
        Some(Event::TestPersonMade),
        Some(trace),
    )
    .await
    .map_err(refused)?;
    Ok(made.told(id.to_string(), app, now, None))
}

/// The authority's test people, in the order in which they were made, after this id: at most so many, and where more are.
///
/// # Errors
/// A fault of the database.
pub async fn list(
    door: &Door,
    authority: &Automation,
    after: Option<&str>,
    limit: usize,
) -> Result<(Vec<PersonMade>, Option<String>), Fault> {
    let (owner, after) = (authority.owner(), after.unwrap_or_default().to_owned());
    let limit = limit.clamp(1, LIST);
    let mut found = door
        .store
        .read(move |c| {
            test_kit::personas_of(
                c,
                &owner,
                &after,
                i64::try_from(limit + 1).unwrap_or(i64::MAX),
            )
        })
        .await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found
        .last()
        .filter(|_| more)
        .map(|row| row.person_id.clone());
    let people = found
        .into_iter()
        .map(|row| open(door, row))
        .collect::<Result<_, Fault>>()?;
    Ok((people, next))
}

/// One test person, with the secrets.
///
/// # Errors
/// [`AutomationRefusal::NoPerson`], or a fault.
pub async fn person(
    door: &Door,
    authority: &Automation,
    id: &str,
) -> Result<PersonMade, Failure<AutomationRefusal>> {
    let row = own(door, authority, id).await?;
    Ok(open(door, row)?)
}

/// Puts a test person back to how they were made, with a fresh password and authenticator: sessions, codes and tokens
/// end, consents are taken back, attributes are as made.
///
/// # Errors
/// [`AutomationRefusal::NoPerson`], or a fault.
pub async fn reset_person(
    door: &Arc<Door>,
    authority: &Automation,
    id: &str,
    trace: &Trace,
) -> Result<PersonMade, Failure<AutomationRefusal>> {
    let unknown = || Failure::Refused(AutomationRefusal::NoPerson);
    let row = own(door, authority, id).await?;
    let vault = vault_of(door, &row)?;
    let person_id = PersonId::parse(&row.person_id).ok_or_else(unknown)?;
    let mut made = Made::read(door, &row)?;
    made.password = password(door);
    let totp = made
        .totp_secret
        .is_some()
        .then(|| TotpSecret::generate(&door.random));
    made.totp_secret = totp.as_ref().map(TotpSecret::base32);
    let now = door.clock.now();
    let phc = door.passwords.hash(made.password.clone()).await?;
    let verified = made.verified(now);
    let sealed_attributes = verified
        .as_ref()
        .map(|verified| vault.seal_attributes(&row.person_id, &verified.attributes))
        .transpose()?;
    let factor = totp.map(|secret| vault.totp_row(door, &secret, 0, now));
    let sealed = vault.seal_persona(&row.person_id, &made.write()?);
    let emails = made.addresses()?;
    let addresses = Addresses::of(door, &vault, &emails);
    let (recorder, actor, trace) = (
        door.recorder.clone(),
        authority.actor.clone(),
        trace.clone(),
    );
    let closing = session::Closing::of(door, &trace);
    door.store
        .write(move |c| {
            let (id, now_us) = (person_id.to_string(), now.as_microsecond());
            let to = PersonaReset {
                password_phc: &phc,
                sealed_attributes: sealed_attributes.as_deref(),
                verified_us: verified.as_ref().map(|_| now_us),
                sealed: &sealed,
            };
            if !addresses.are_free(c, &id)? {
                return Ok(Err(CitizenRefusal::AddressTaken.into()));
            }
            if !test_kit::reset_persona(c, &id, &to, now_us)? {
                return Ok(Err(AutomationRefusal::NoPerson));
            }
            addresses.replace(c, &id, now_us)?;
            grants::revoke_everything_of(c, &id, now_us)?;
            closing.all_of(c, &id)?;
            if let Some(factor) = &factor {
                rows::insert_authenticator(c, &id, factor)?;
            }
            recorder.event(
                c,
                Note {
                    time: now,
                    actor: &actor,
                    event: Event::TestPersonReset,
                    subject: &id,
                    trace: Some(&trace),
                    detail: json!({}),
                },
            )?;
            Ok(Ok(()))
        })
        .await?
        .map_err(Failure::Refused)?;
    door.sessions_ended.notify_one();
    Ok(made.told(row.person_id, row.app, time(row.created_us), Some(now)))
}

/// Deletes a test person.
///
/// # Errors
/// [`AutomationRefusal::NoPerson`], or a fault.
pub async fn delete_person(
    door: &Arc<Door>,
    authority: &Automation,
    id: &str,
    trace: &Trace,
) -> Result<(), Failure<AutomationRefusal>> {
    let unknown = || Failure::Refused(AutomationRefusal::NoPerson);
    let person_id = PersonId::parse(id).ok_or_else(unknown)?;
    if authority.team().is_some() {
        own(door, authority, id).await?;
    }
    let event = Event::TestPersonDeleted;
    if people::delete(door, person_id, &authority.actor, event, Some(trace)).await? {
        Ok(())
    } else {
        Err(unknown())
    }
}

/// How many people there are, for the status page.
///
/// # Errors
/// A fault of the database.
pub async fn people_count(door: &Door, _authority: &Automation) -> Result<i64, Fault> {
    Ok(door.store.read(rows::count).await?)
}

/// The mail domain that a team has for itself: every mail to it in a test-class environment is the team's.
pub fn own_domain(team: &str) -> String {
    format!("{team}.{SHARED_DOMAIN}")
}

/// The row of a test person within reach; another team's is as unknown as none.
pub(super) async fn own(
    door: &Door,
    authority: &Automation,
    id: &str,
) -> Result<PersonaRow, Failure<AutomationRefusal>> {
    let wanted = id.to_owned();
    let found = door
        .store
        .read(move |c| test_kit::find_persona(c, &wanted))
        .await?;
    found
        .filter(|row| authority.reaches(&row.owner))
        .ok_or(Failure::Refused(AutomationRefusal::NoPerson))
}

fn vault_of(door: &Door, row: &PersonaRow) -> Result<Vault, Fault> {
    let vault = Vault::unlock(door, &row.person_id, row.sealed_data_key.as_deref());
    Ok(vault?)
}

/// What a test person was made with, as it is sealed.
#[derive(Serialize, Deserialize)]
struct Made {
    email: String,
    #[serde(default)]
    emails: Vec<String>,
    password: String,
    totp_secret: Option<String>,
    level: LevelOfService,
    attributes: BTreeMap<Attribute, String>,
    proofing: Proofing,
}

impl Made {
    fn read(door: &Door, row: &PersonaRow) -> Result<Self, Fault> {
        let plain = vault_of(door, row)?.persona(&row.person_id, &row.sealed)?;
        serde_json::from_slice(&plain)
            .ok()
            .ok_or_else(|| Fault::internal("what a test person was made with cannot be read"))
    }

    fn write(&self) -> Result<Vec<u8>, Fault> {
        serde_json::to_vec(self)
            .map_err(|_| Fault::internal("a test person cannot be written down"))
    }

    /// All addresses, the first of them first.
    fn addresses(&self) -> Result<Vec<EmailAddress>, Fault> {
        [&self.email]
            .into_iter()
            .chain(&self.emails)
            .map(|email| EmailAddress::parse(email))
            .collect::<Result<_, _>>()
            .map_err(|_| Fault::internal("an address of a test person cannot be read"))
    }

    fn totp(&self) -> Option<TotpSecret> {
        self.totp_secret
            .as_deref()
            .and_then(TotpSecret::from_base32)
    }

    fn verified(&self, at: Timestamp) -> Option<Verified> {
        (self.level == LevelOfService::IdentityVerified).then(|| Verified {
            at,
            attributes: self.attributes.clone(),
        })
    }

    fn told(
        self,
        id: String,
        app: String,
        created: Timestamp,
        reset: Option<Timestamp>,
    ) -> PersonMade {
        PersonMade {
            id,
            email: self.email,
            emails: self.emails,
            password: self.password,
            factors: self.totp_secret.iter().map(|_| TOTP).collect(),
            totp_secret: self.totp_secret,
            level: self.level,
            attributes: self.attributes,
            proofing: self.proofing,
            app: Some(app).filter(|app| !app.is_empty()),
            created,
            reset,
        }
    }
}

fn open(door: &Door, row: PersonaRow) -> Result<PersonMade, Fault> {
    let made = Made::read(door, &row)?;
    let reset = row.reset_us.map(time);
    Ok(made.told(row.person_id, row.app, time(row.created_us), reset))
}

/// Every rule about a wanted person: the address, the app by its handle, and what is kept.
fn judge(
    door: &Door,
    authority: &Automation,
    wanted: PersonWanted,
) -> Result<(EmailAddress, String, Made), AutomationRefusal> {
    let factors = wanted.factors.unwrap_or_else(|| vec![TOTP.to_owned()]);
    if let Some(other) = factors.iter().find(|factor| factor.as_str() != TOTP) {
        return Err(AutomationRefusal::Factor(cut(other)));
    }
    let app = match wanted.app.as_deref() {
        Some(name) => {
            let app = authority.app(door, name)?;
            app.snapshot.document.handle.to_string()
        }
        None => String::new(),
    };
    let email = address(door, authority, wanted.email)?;
    let emails = further(door, authority, &email, wanted.emails)?;
    let level = wanted.level.unwrap_or_default();
    let attributes = attributes(door, level, wanted.attributes)?;
    let proofing = match wanted.proofing.as_deref() {
        None => Proofing::Verified,
        Some(text) => {
            Proofing::parse(text).ok_or_else(|| AutomationRefusal::Proofing(cut(text)))?
        }
    };
    if level == LevelOfService::IdentityVerified && proofing != Proofing::Verified {
        return Err(AutomationRefusal::ProofingDone);
    }
    let totp = (!factors.is_empty()).then(|| TotpSecret::generate(&door.random));
    let made = Made {
        email: email.reveal().to_owned(),
        emails,
        password: password(door),
        totp_secret: totp.map(|secret| secret.base32()),
        level,
        attributes,
        proofing,
    };
    Ok((email, app, made))
}

/// The address that was wanted, or one in the team's own mail domain.
fn address(
    door: &Door,
    authority: &Automation,
    wanted: Option<String>,
) -> Result<EmailAddress, AutomationRefusal> {
    let own = authority
        .team()
        .map_or_else(|| SHARED_DOMAIN.to_owned(), own_domain);
    let typed = wanted.unwrap_or_else(|| {
        let tag = door.random.crockford(10).to_ascii_lowercase();
        format!("person-{tag}@{own}")
    });
    let email = EmailAddress::parse(&typed)?;
    let domain = email.domain().to_ascii_lowercase();
    let is_of_a_team = domain.ends_with(&format!(".{SHARED_DOMAIN}"));
    if authority.team().is_some() && is_of_a_team && domain != own {
        return Err(AutomationRefusal::OthersAddress);
    }
    Ok(email)
}

/// Further addresses, each once.
fn further(
    door: &Door,
    authority: &Automation,
    first: &EmailAddress,
    wanted: Vec<String>,
) -> Result<Vec<String>, AutomationRefusal> {
    if wanted.len() >= MOST_EMAILS {
        return Err(AutomationRefusal::TooManyEmails(MOST_EMAILS - 1));
    }
    let mut seen = vec![first.lookup_key()];
    wanted
        .into_iter()
        .map(|typed| {
            let email = address(door, authority, Some(typed))?;
            let key = email.lookup_key();
            if seen.contains(&key) {
                return Err(AutomationRefusal::EmailTwice);
            }
            seen.push(key);
            Ok(email.reveal().to_owned())
        })
        .collect()
}

fn attributes(
    door: &Door,
    level: LevelOfService,
    given: BTreeMap<Attribute, String>,
) -> Result<BTreeMap<Attribute, String>, AutomationRefusal> {
    if let Some(attribute) = given.keys().find(|a| !a.needs_identity_verified()) {
        return Err(AutomationRefusal::NotSettable(*attribute));
    }
    if level == LevelOfService::AuthOnly {
        return match given.keys().next() {
            Some(attribute) => Err(AutomationRefusal::NotVerified(*attribute)),
            None => Ok(given),
        };
    }
    let now = door.clock.now();
    let today = now.to_zoned(door.programme.time_zone().clone()).date();
    for (attribute, value) in &given {
        persona::check(&door.programme, *attribute, value, today)?;
    }
    let made_up = MADE_UP.into_iter().map(|(a, text)| (a, text.to_owned()));
    let mut attributes: BTreeMap<_, _> = made_up.collect();
    attributes.extend(given);
    Ok(attributes)
}

/// Chance, so that no list of leaked passwords holds it.
fn password(door: &Door) -> String {
    format!("test-{}", door.random.crockford(20))
}

fn refused(failure: Failure<CitizenRefusal>) -> Failure<AutomationRefusal> {
    match failure {
        Failure::Refused(no) => Failure::Refused(no.into()),
        Failure::Fault(fault) => Failure::Fault(fault),
    }
}

/// A fictional identity. The number has an area that is never given out.
const MADE_UP: [(Attribute, &str); 9] = [
    (Attribute::FirstName, "Fakey"),
    (Attribute::LastName, "McFakerson"),
    (Attribute::Dob, "1938-10-06"),
    (Attribute::Ssn, "900-66-1234"),
    (Attribute::Address1, "1 Harbour Street"),
    (Attribute::City, "Great Falls"),
    (Attribute::State, "MT"),
    (Attribute::Zipcode, "59010"),
    (Attribute::Phone, "+12025550100"),
];
const TOTP: &str = "totp";
/// Mail to it goes nowhere (RFC 2606).
const SHARED_DOMAIN: &str = "example.com";
const MOST: i64 = 1_000;
/// How many addresses a person can have.
const MOST_EMAILS: usize = 12;
const LIST: usize = 100;
