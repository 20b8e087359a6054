//! What automated tests can do in a test-class environment: make people, open sessions, move the clock.
//!
//! Every function here asks for an [`Automation`], which only a test-class environment gives out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use durward_accounts::consent::Consent;
use durward_accounts::email::EmailAddress;
use durward_accounts::person::PersonId;
use durward_domain::attribute::Attribute;
use durward_domain::environment::EnvironmentClass;
use durward_domain::event::Event;
use durward_domain::level::{Aal, LevelOfService};
use durward_domain::refusal::{RefusalKind, Refuse};
use durward_keyring::compare;
use durward_keyring::totp::TotpSecret;
use durward_store::{grants, people as rows, settings};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::actor::Actor;
use crate::citizen::people::{self, NewPerson, Verified};
use crate::citizen::refusal::CitizenRefusal;
use crate::citizen::session::{NewSession, Opening};
use crate::client::STRONGEST;
use crate::client::redeem::AMR;
use crate::door::Door;
use crate::failure::{Failure, Fault};
use crate::record::{Note, Trace};

/// Shown authority: the holder of the environment's automation token.
pub struct Automation {
    _shown: (),
}

/// Judges a bearer token: `authorization` is the header of that name.
///
/// # Errors
/// [`AutomationRefusal::Absent`] in live class, where none of this exists; [`AutomationRefusal::Token`] otherwise.
pub fn admit(door: &Door, authorization: Option<&str>) -> Result<Automation, AutomationRefusal> {
    if door.class() != EnvironmentClass::Test {
        return Err(AutomationRefusal::Absent);
    }
    let sent = authorization
        .and_then(|header| header.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim());
    let (Some(sent), Some(known)) = (sent, &door.automation_token_hash) else {
        return Err(AutomationRefusal::Token);
    };
    let fits = door
        .hasher
        .candidates(sent)
        .iter()
        .any(|hash| compare::equal(hash.as_bytes(), known.as_bytes()));
    if fits {
        Ok(Automation { _shown: () })
    } else {
        Err(AutomationRefusal::Token)
    }
}

/// A test person as asked for. Everything may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonWanted {
    /// The address; made up when left out.
    #[serde(default)]
    pub email: Option<String>,
    /// `auth-only` or `identity-verified`.
    #[serde(default)]
    pub level: Option<LevelOfService>,
    /// `totp`, or nothing for a person who must still set a second factor up.
    #[serde(default)]
    pub factors: Option<Vec<String>>,
    /// Verified attributes by the names of the app document; those left out are made up.
    #[serde(default)]
    pub attributes: BTreeMap<Attribute, String>,
}

/// A test person with all that a script needs to sign in as them.
#[derive(Debug, Serialize)]
pub struct PersonMade {
    /// The account's id.
    pub id: String,
    /// The address.
    pub email: String,
    /// The password.
    pub password: String,
    /// The secret of the authenticator app in Base32; none if there is no second factor.
    pub totp_secret: Option<String>,
    /// The level.
    pub level: LevelOfService,
}

/// Makes a test person.
///
/// # Errors
/// [`AutomationRefusal`], or a fault.
pub async fn make_person(
    door: &Arc<Door>,
    _authority: &Automation,
    wanted: PersonWanted,
    trace: &Trace,
) -> Result<PersonMade, Failure<AutomationRefusal>> {
    let factors = wanted.factors.unwrap_or_else(|| vec!["totp".to_owned()]);
    if let Some(other) = factors.iter().find(|factor| factor.as_str() != "totp") {
        return Err(Failure::Refused(AutomationRefusal::Factor(cut(other))));
    }
    let typed = wanted.email.unwrap_or_else(|| {
        let tag = door.random.crockford(10).to_ascii_lowercase();
        format!("person-{tag}@example.com")
    });
    let email = EmailAddress::parse(&typed).map_err(|no| Failure::Refused(no.into()))?;
    let totp = (!factors.is_empty()).then(|| TotpSecret::generate(&door.random));
    let level = wanted.level.unwrap_or_default();
    let verified = verified(level, wanted.attributes, door.clock.now())?;
    // Chance, so that no list of leaked passwords holds it.
    let password = format!("test-{}", door.random.crockford(20));
    let new = NewPerson {
        email: email.clone(),
        password: password.clone(),
        totp: totp.clone(),
        language: "en".to_owned(),
        verified,
        persona_of: Some(ENVIRONMENT_WIDE.to_owned()),
    };
    let id = people::create(
        door,
        new,
        &Actor::Automation,
        Some(Event::TestPersonMade),
        Some(trace),
    )
    .await
    .map_err(refused)?;
    Ok(PersonMade {
        id: id.to_string(),
        email: email.reveal().to_owned(),
        password,
        totp_secret: totp.map(|secret| secret.base32()),
        level,
    })
}

/// Deletes a test person.
///
/// # Errors
/// [`AutomationRefusal::NoPerson`], or a fault.
pub async fn delete_person(
    door: &Arc<Door>,
    _authority: &Automation,
    id: &str,
    trace: &Trace,
) -> Result<(), Failure<AutomationRefusal>> {
    let unknown = || Failure::Refused(AutomationRefusal::NoPerson);
    let id = PersonId::parse(id).ok_or_else(unknown)?;
    let event = Event::TestPersonDeleted;
    if people::delete(door, id, &Actor::Automation, event, Some(trace)).await? {
        Ok(())
    } else {
        Err(unknown())
    }
}

/// A session as asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionWanted {
    /// Whose.
    pub email: String,
    /// How strong the sign-in was.
    #[serde(default)]
    pub aal: Option<Aal>,
    /// What was used, by the names of RFC 8176.
    #[serde(default)]
    pub amr: Option<Vec<String>>,
    /// Issuers of the apps to which the person has agreed already.
    #[serde(default)]
    pub consent: Vec<String>,
}

/// A session that was opened.
pub struct SessionMade {
    /// The session cookie's value.
    pub token: String,
    /// When it ends at the latest.
    pub expires: Timestamp,
}

/// Opens a session as after a full sign-in, with consents given.
///
/// # Errors
/// [`AutomationRefusal`], or a fault.
pub async fn open_session(
    door: &Arc<Door>,
    _authority: &Automation,
    wanted: SessionWanted,
    trace: &Trace,
) -> Result<SessionMade, Failure<AutomationRefusal>> {
    let aal = wanted.aal.unwrap_or(Aal::Aal2);
    if aal > STRONGEST {
        return Err(Failure::Refused(AutomationRefusal::TooStrong(aal)));
    }
    let amr = amr(wanted.amr)?;
    let consents = consents(door, &wanted.consent)?;
    let email = EmailAddress::parse(&wanted.email).map_err(|no| Failure::Refused(no.into()))?;
    let person_id = people::by_email(door, &email)
        .await?
        .ok_or(Failure::Refused(AutomationRefusal::NoPerson))?;
    let now = door.clock.now();
    let opening = Opening {
        person_id,
        aal,
        amr,
        at: now,
    };
    let session = NewSession::prepare(door, &opening);
    let expires = Timestamp::from_microsecond(session.expires_us()).unwrap_or(Timestamp::MAX);
    let token = session.token.clone();
    let (recorder, trace) = (door.recorder.clone(), trace.clone());
    door.store
        .write(move |c| {
            let (person, now_us) = (person_id.to_string(), now.as_microsecond());
            session.start(c, &[], now_us)?;
            for (client_id, attributes) in &consents {
                grants::put_consent(c, &person, client_id, attributes, now_us)?;
            }
            recorder.event(
                c,
                Note {
                    time: now,
                    actor: &Actor::Automation,
                    event: Event::TestSessionMade,
                    subject: &person,
                    trace: Some(&trace),
                    detail: json!({ "session": session.session_id(), "aal": aal.as_str(), "consents": consents.len() }),
                },
            )
        })
        .await?;
    Ok(SessionMade { token, expires })
}

/// Where a test puts the environment's clock.
#[derive(Debug, Clone, Copy)]
pub enum ClockMove {
    /// So much further ahead.
    Advance(SignedDuration),
    /// Back to real time. What was made meanwhile keeps the times it got.
    Reset,
}

/// Moves the environment's clock, on every node. Codes, tokens, sessions, mails and limits follow it. Authenticator
/// codes, client assertions and ID tokens keep real time, so that real apps and authenticators go on working.
///
/// # Errors
/// [`AutomationRefusal::Clock`], or a fault.
pub async fn move_clock(
    door: &Arc<Door>,
    _authority: &Automation,
    to: ClockMove,
    trace: &Trace,
) -> Result<Timestamp, Failure<AutomationRefusal>> {
    let by_us = match to {
        ClockMove::Advance(by) if by.is_negative() || by > FURTHEST => {
            return Err(Failure::Refused(AutomationRefusal::Clock));
        }
        ClockMove::Advance(by) => Some(i64::try_from(by.as_micros()).unwrap_or(i64::MAX)),
        ClockMove::Reset => None,
    };
    let (recorder, trace, now) = (door.recorder.clone(), trace.clone(), door.clock.now());
    let shift = door
        .store
        .write(move |c| {
            let (shift, detail) = match by_us {
                Some(by_us) => {
                    let before =
                        settings::find(c, CLOCK)?.and_then(|kept| kept.content.parse().ok());
                    let shift = before.unwrap_or(0_i64).saturating_add(by_us);
                    (shift, json!({ "seconds": by_us / 1_000_000 }))
                }
                None => (0, json!({ "reset": true })),
            };
            settings::put(c, CLOCK, &shift.to_string())?;
            recorder.event(
                c,
                Note {
                    time: now,
                    actor: &Actor::Automation,
                    event: Event::TestClockMoved,
                    subject: "clock",
                    trace: Some(&trace),
                    detail,
                },
            )?;
            Ok(shift)
        })
        .await?;
    door.clock.restore_shift(shift);
    Ok(door.clock.now())
}

/// Takes up the clock that another node, or an earlier run, moved. Live class has real time only.
///
/// # Errors
/// A fault of the database.
pub async fn follow_clock(door: &Door) -> Result<(), Fault> {
    if door.class() != EnvironmentClass::Test {
        return Ok(());
    }
    let kept = door.store.read(|c| settings::find(c, CLOCK)).await?;
    if let Some(shift) = kept.and_then(|kept| kept.content.parse().ok()) {
        door.clock.restore_shift(shift);
    }
    Ok(())
}

/// How many people there are, for the status page.
///
/// # Errors
/// A fault of the database.
pub async fn people_count(door: &Door, _authority: &Automation) -> Result<i64, Fault> {
    Ok(door.store.read(rows::count).await?)
}

/// Why a call of an automated test is refused.
#[derive(Debug, thiserror::Error)]
pub enum AutomationRefusal {
    /// Live class: nothing of this exists.
    #[error("There is nothing at this address. Check it for mistakes.")]
    Absent,
    /// No token, or a wrong one.
    #[error(
        "This call needs the automation token of this environment as Authorization: Bearer TOKEN."
    )]
    Token,
    /// No such person.
    #[error("There is no such person in this environment.")]
    NoPerson,
    /// The account could not be made.
    #[error(transparent)]
    Person(#[from] CitizenRefusal),
    /// The address cannot be read.
    #[error(transparent)]
    Email(#[from] durward_accounts::email::BadEmail),
    /// A factor that this build does not have.
    #[error(
        "There is no second factor called \"{0}\". Use totp, or an empty list for a person without one."
    )]
    Factor(String),
    /// A stronger sign-in than this build can give.
    #[error("This environment cannot give a sign-in as strong as {0}. Ask for aal1 or aal2.")]
    TooStrong(Aal),
    /// A method that this build does not have.
    #[error("There is no method called \"{0}\". Use pwd, otp and mfa.")]
    Method(String),
    /// No app of that issuer.
    #[error("No app is registered under the issuer \"{0}\" in this environment.")]
    NoApp(String),
    /// Attributes that only verified people have.
    #[error(
        "Only an identity-verified person has {0}. Ask for the level identity-verified, or leave it out."
    )]
    NotVerified(Attribute),
    /// An attribute that is no part of an identity.
    #[error("{0} follows from the account and cannot be set.")]
    NotSettable(Attribute),
    /// Back, or too far.
    #[error(
        "The clock only moves ahead, at most ten years at once, or back to real time. Send a duration such as PT15M as advance, or reset as true."
    )]
    Clock,
}

impl Refuse for AutomationRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Absent => "web/not-found",
            Self::Token => "automation/token",
            Self::NoPerson => "automation/no-person",
            Self::Person(no) => no.code(),
            Self::Email(no) => no.code(),
            Self::Factor(_) => "automation/factor-unknown",
            Self::TooStrong(_) => "automation/level-unavailable",
            Self::Method(_) => "automation/method-unknown",
            Self::NoApp(_) => "automation/app-unknown",
            Self::NotVerified(_) => "automation/not-verified",
            Self::NotSettable(_) => "automation/attribute-not-settable",
            Self::Clock => "automation/clock",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Absent | Self::NoPerson => RefusalKind::NotFound,
            Self::Token => RefusalKind::Unauthenticated,
            Self::Person(no) => no.kind(),
            _ => RefusalKind::Invalid,
        }
    }
}

fn refused(failure: Failure<CitizenRefusal>) -> Failure<AutomationRefusal> {
    match failure {
        Failure::Refused(no) => Failure::Refused(no.into()),
        Failure::Fault(fault) => Failure::Fault(fault),
    }
}

fn verified(
    level: LevelOfService,
    given: BTreeMap<Attribute, String>,
    now: Timestamp,
) -> Result<Option<Verified>, Failure<AutomationRefusal>> {
    if let Some(attribute) = given.keys().find(|a| !a.needs_identity_verified()) {
        return Err(Failure::Refused(AutomationRefusal::NotSettable(*attribute)));
    }
    if level == LevelOfService::AuthOnly {
        return match given.keys().next() {
            Some(attribute) => Err(Failure::Refused(AutomationRefusal::NotVerified(*attribute))),
            None => Ok(None),
        };
    }
    let made_up = MADE_UP.into_iter().map(|(a, text)| (a, text.to_owned()));
    let mut attributes: BTreeMap<_, _> = made_up.collect();
    attributes.extend(given);
    Ok(Some(Verified {
        at: now,
        attributes,
    }))
}

fn amr(wanted: Option<Vec<String>>) -> Result<Vec<String>, Failure<AutomationRefusal>> {
    let Some(wanted) = wanted else {
        return Ok(AMR.map(str::to_owned).to_vec());
    };
    match wanted.iter().find(|name| !AMR.contains(&name.as_str())) {
        Some(unknown) => Err(Failure::Refused(AutomationRefusal::Method(cut(unknown)))),
        None => Ok(wanted),
    }
}

/// For each issuer, everything that its app is registered for, as if the person had agreed to it all.
fn consents(
    door: &Door,
    issuers: &[String],
) -> Result<Vec<(String, String)>, Failure<AutomationRefusal>> {
    let registry = door.registry.load();
    let now = door.clock.now();
    issuers
        .iter()
        .map(|issuer| {
            let app = registry
                .app(issuer)
                .ok_or_else(|| Failure::Refused(AutomationRefusal::NoApp(cut(issuer))))?;
            let shown: BTreeSet<Attribute> = app.client.attributes.clone();
            let consent = Consent::grant(shown, now);
            let names: Vec<_> = consent.attributes.iter().map(|a| a.as_str()).collect();
            Ok((issuer.clone(), names.join(" ")))
        })
        .collect()
}

fn cut(text: &str) -> String {
    text.chars().take(80).collect()
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
const ENVIRONMENT_WIDE: &str = "environment";
const CLOCK: &str = "automation/clock_shift_us";
const FURTHEST: SignedDuration = SignedDuration::from_hours(24 * 3653);
