//! What the programme's staff may do about the account of a person: find it by what the person names, an exact address
//! or the id of a request, and suspend it, reinstate it or sign it out. There is no list of people.

use std::sync::Arc;

use durward_accounts::email::EmailAddress;
use durward_domain::environment::EnvironmentName;
use durward_domain::event::Event;
use durward_domain::permission::Action;
use durward_domain::refusal::{RefusalKind, Refuse};
use serde_json::json;

use crate::actor::{Belongs, Denied, Member};
use crate::citizen::letter::Wording;
use crate::citizen::people;
use crate::citizen::standing;
pub use crate::citizen::standing::{Measure, Standing};
use crate::door::Door;
use crate::failure::Failure;
use crate::keeper::Keeper;
use crate::record::{Note, Trace};

/// By what an account is found.
#[derive(Clone, Debug)]
pub enum Named {
    /// By an exact address.
    Email(String),
    /// By the id of a request, as error pages show it.
    Request(String),
}

/// Finds an account. That somebody looked is in the audit record of the environment; the address is not.
///
/// # Errors
/// [`PeopleDenied`], or a fault.
pub async fn find(
    keeper: &Keeper,
    member: &Member,
    environment: EnvironmentName,
    named: Named,
    trace: &Trace,
) -> Result<Standing, Failure<PeopleDenied>> {
    let actor = may(keeper, member, Action::FindPerson)?;
    let door = door_of(keeper, environment)?;
    let (digests, request) = match named {
        Named::Email(text) => {
            let email =
                EmailAddress::parse(&text).map_err(|_| Failure::Refused(PeopleDenied::Address))?;
            (people::digests(&door, &email), None)
        }
        Named::Request(id) => (Vec::new(), Some(id)),
    };
    let (now, recorder, trace) = (door.clock.now(), door.recorder.clone(), trace.clone());
    let found = door
        .store
        .write(move |c| {
            let found = match &request {
                Some(id) => standing::by_request(c, id, now)?,
                None => standing::by_email(c, &digests, now)?,
            };
            let by = if request.is_some() {
                "request"
            } else {
                "email"
            };
            recorder.event(
                c,
                Note {
                    time: now,
                    actor: &actor,
                    event: Event::PersonLookedUp,
                    subject: found.as_ref().map_or("", |found| &found.id),
                    trace: Some(&trace),
                    detail: json!({ "by": by }),
                },
            )?;
            Ok(found)
        })
        .await?;
    found.ok_or(Failure::Refused(PeopleDenied::NotFound))
}

/// Suspends an account, reinstates it or ends its sessions, with a reason that the audit record keeps. The person is
/// mailed, without the reason.
///
/// # Errors
/// [`PeopleDenied`], or a fault.
pub async fn take(
    keeper: &Keeper,
    member: &Member,
    (environment, id): (EnvironmentName, &str),
    (measure, reason): (Measure, &str),
    wording: &dyn Wording,
    trace: &Trace,
) -> Result<Standing, Failure<PeopleDenied>> {
    let actor = may(keeper, member, Action::SuspendPerson)?;
    let door = door_of(keeper, environment)?;
    let reason: String = reason.trim().chars().take(LONGEST_REASON).collect();
    if reason.is_empty() {
        return Err(Failure::Refused(PeopleDenied::NoReason));
    }
    // People are named by their id alone: an address would stay in the record for ever.
    if reason.contains('@') {
        return Err(Failure::Refused(PeopleDenied::PersonalReason));
    }
    known(&door, id).await?;
    standing::take(&door, wording, (id, measure), (&reason, &actor), trace)
        .await?
        .ok_or(Failure::Refused(PeopleDenied::Already))
}

/// How an account stands that was found before, for the page that shows a refusal beside it.
///
/// # Errors
/// [`PeopleDenied`], or a fault.
pub async fn again(
    keeper: &Keeper,
    member: &Member,
    environment: EnvironmentName,
    id: &str,
) -> Result<Standing, Failure<PeopleDenied>> {
    may(keeper, member, Action::SuspendPerson)?;
    let door = door_of(keeper, environment)?;
    known(&door, id).await
}

async fn known(door: &Door, id: &str) -> Result<Standing, Failure<PeopleDenied>> {
    let (now, wanted) = (door.clock.now(), id.to_owned());
    let found = door.store.read(move |c| standing::by_id(c, &wanted, now));
    found.await?.ok_or(Failure::Refused(PeopleDenied::NotFound))
}

/// Why an account was not found, or nothing was done about it.
#[derive(Debug, thiserror::Error)]
pub enum PeopleDenied {
    /// The member may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The environment runs in another process.
    #[error(
        "This environment runs in another process, and the portal does not reach its people from here. Ask where it runs."
    )]
    Elsewhere,
    /// Not an address.
    #[error("This is not an e-mail address. Give the whole address, as the person typed it.")]
    Address,
    /// There is none.
    #[error(
        "No account has this address or id, and no single account belongs to this request. Check what you were told."
    )]
    NotFound,
    /// No reason.
    #[error("Give a reason. The audit record keeps it.")]
    NoReason,
    /// A reason with an address in it.
    #[error("The reason has an address in it, and the audit record keeps none. Leave it out.")]
    PersonalReason,
    /// It is so already.
    #[error("The account is so already, or suspended. Look it up again.")]
    Already,
}

impl Refuse for PeopleDenied {
    fn code(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.code(),
            Self::Elsewhere => "people/elsewhere",
            Self::Address => "people/address",
            Self::NotFound => "people/not-found",
            Self::NoReason => "people/no-reason",
            Self::PersonalReason => "people/personal-reason",
            Self::Already => "people/already",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Denied(denied) => denied.kind(),
            Self::NotFound => RefusalKind::NotFound,
            Self::Address | Self::NoReason | Self::PersonalReason => RefusalKind::Invalid,
            Self::Already | Self::Elsewhere => RefusalKind::Conflict,
        }
    }
}

impl From<Denied> for Failure<PeopleDenied> {
    fn from(denied: Denied) -> Self {
        Self::Refused(denied.into())
    }
}

fn may(
    keeper: &Keeper,
    member: &Member,
    action: Action,
) -> Result<crate::actor::Actor, Failure<PeopleDenied>> {
    let permit = member.may(action, Belongs::ToProgramme, keeper.clock.real_now())?;
    Ok(permit.actor().clone())
}

fn door_of(
    keeper: &Keeper,
    environment: EnvironmentName,
) -> Result<Arc<Door>, Failure<PeopleDenied>> {
    let link = keeper.environment(environment);
    link.and_then(|link| link.door.clone())
        .ok_or(Failure::Refused(PeopleDenied::Elsewhere))
}

const LONGEST_REASON: usize = 500;
