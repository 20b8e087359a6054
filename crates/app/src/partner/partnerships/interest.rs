//! The interest form: anyone may send it. It answers the same to everybody, whoever they are and whatever is known of them.

use std::sync::Arc;
use std::time::Duration;

use durward_domain::event::Event;
use durward_domain::money::NumberStyle;
use durward_domain::partnership::{self, Fault as Wrong, Interest, Standing, Task, Typed};
use durward_domain::permission::{Action, Role};
use durward_domain::refusal::{RefusalKind, Refuse};
use durward_store::partnerships::{self as rows, EntryRow, PartnershipRow};
use durward_store::{Conn, Fault as StoreFault, counters};
use serde_json::json;

use crate::actor::{Actor, Belongs, Denied, Member};
use crate::failure::{Failure, Fault, FaultKind};
use crate::keeper::{Happened, Keeper};
use crate::partner::notices::{self, INTEREST_CONFIRMED, INTEREST_RECEIVED, Notice, To};
use crate::record::Trace;

/// What the sender is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// What people call it by.
    pub reference: String,
    /// The id of the partnership; for staff only.
    pub id: String,
}

/// Why a form was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InterestRefusal {
    /// The member may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Fields are wrong.
    #[error("Some answers are missing or cannot be read: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))]
    Wrong(Vec<Wrong>),
    /// Too many forms.
    #[error("Many forms came from your network within the hour. Wait an hour and send it again.")]
    TooMany,
}

impl Refuse for InterestRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.code(),
            Self::Wrong(_) => "interest/wrong",
            Self::TooMany => "interest/too-many",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Denied(denied) => denied.kind(),
            Self::Wrong(_) => RefusalKind::Invalid,
            Self::TooMany => RefusalKind::TooMany,
        }
    }
}

/// Takes a form from somebody unknown. `network` is where it came from: each has its own budget. `language` is the one
/// that they read.
///
/// The mail that confirms it holds nothing that was typed: whoever names a stranger's address makes us send them nothing
/// of their own.
///
/// # Errors
/// [`InterestRefusal`], or a fault.
pub async fn receive(
    keeper: &Arc<Keeper>,
    typed: &Typed,
    (network, language): (&str, &str),
    trace: &Trace,
) -> Result<Received, Failure<InterestRefusal>> {
    let interest = read(keeper, typed, language)?;
    let budget = format!("interest:{}", keeper.hasher.hash(network));
    let mailed = format!("interest-mail:{}", keeper.hasher.hash(&interest.email));
    let new = New::of(keeper, &interest, language)?;
    let received = new.received();
    let (unit, trace) = (Arc::clone(keeper), trace.clone());
    keeper
        .store
        .write(move |c| {
            let now = unit.clock.real_now();
            let from_here = counters::hit(c, &budget, HOUR, now)?.hits;
            let everywhere = counters::hit(c, "interest", HOUR, now)?.hits;
            if from_here > MOST_FROM_ONE || everywhere > MOST_FROM_ALL {
                return Ok(Err(InterestRefusal::TooMany));
            }
            new.write(c, &unit, (&Actor::Visitor, ""), &trace)?;
            // Who is named again and again is mailed no more; the answer stays the same.
            if counters::hit(c, &mailed, DAY, now)?.hits <= MOST_MAILS {
                new.confirm(c, &unit)?;
            }
            Ok(Ok(()))
        })
        .await?
        .map_err(Failure::Refused)?;
    Ok(received)
}

/// Enters what an agency told an account manager, who looks after it from then on; numbers as `language` writes them.
///
/// # Errors
/// [`InterestRefusal`], or a fault.
pub async fn enter(
    keeper: &Arc<Keeper>,
    member: &Member,
    typed: &Typed,
    language: &str,
    trace: &Trace,
) -> Result<Received, Failure<InterestRefusal>> {
    member
        .may(
            Action::ManagePartnership,
            Belongs::ToProgramme,
            keeper.clock.real_now(),
        )
        .map_err(|denied| Failure::Refused(denied.into()))?;
    let interest = read(keeper, typed, language)?;
    let mut new = New::of(keeper, &interest, language)?;
    new.row.manager = Some(member.id.clone());
    let received = new.received();
    let (unit, trace, who) = (Arc::clone(keeper), trace.clone(), member.clone());
    keeper
        .store
        .write(move |c| {
            new.write(c, &unit, (&who.actor(), &who.id), &trace)?;
            let task = (Task::Assigned.as_str(), who.id.as_str());
            rows::do_task(c, &new.row.partnership_id, task, new.row.created_us)?;
            Ok(())
        })
        .await?;
    Ok(received)
}

fn read(
    keeper: &Keeper,
    typed: &Typed,
    language: &str,
) -> Result<Interest, Failure<InterestRefusal>> {
    partnership::read(typed, keeper.today(), NumberStyle::of(language))
        .map_err(|wrong| Failure::Refused(InterestRefusal::Wrong(wrong)))
}

struct New {
    row: PartnershipRow,
    email: String,
    programme: String,
    entry_id: String,
}

impl New {
    fn of(keeper: &Keeper, interest: &Interest, language: &str) -> Result<Self, Fault> {
        let now = keeper.clock.now();
        let text = serde_json::to_string(interest)
            .map_err(|error| Fault::new(FaultKind::Corrupt, format!("an interest: {error}")))?;
        Ok(Self {
            row: PartnershipRow {
                partnership_id: keeper.random.uuid_v7(now).to_string(),
                reference: format!("P-{}", keeper.random.crockford(8)),
                standing: Standing::Open.as_str().to_owned(),
                agency: interest.agency.clone(),
                interest: text,
                contact: interest.email.to_ascii_lowercase(),
                language: language.to_owned(),
                team: None,
                manager: None,
                manager_name: None,
                fit: String::new(),
                reason: String::new(),
                version: 1,
                from_us: now.as_microsecond(),
                created_us: now.as_microsecond(),
                changed_us: now.as_microsecond(),
            },
            email: interest.email.clone(),
            programme: interest.programme.clone(),
            entry_id: keeper.random.uuid_v7(now).to_string(),
        })
    }

    fn received(&self) -> Received {
        Received {
            reference: self.row.reference.clone(),
            id: self.row.partnership_id.clone(),
        }
    }

    fn write(
        &self,
        c: &mut Conn,
        keeper: &Keeper,
        (actor, author): (&Actor, &str),
        trace: &Trace,
    ) -> Result<(), StoreFault> {
        let row = &self.row;
        rows::add(c, row)?;
        let task = (Task::Interest.as_str(), author);
        rows::do_task(c, &row.partnership_id, task, row.created_us)?;
        rows::say(
            c,
            &EntryRow {
                entry_id: self.entry_id.clone(),
                partnership_id: row.partnership_id.clone(),
                author: author.to_owned(),
                name: None,
                kind: "interest".to_owned(),
                text: String::new(),
                shared: true,
                created_us: row.created_us,
            },
        )?;
        keeper.record(
            c,
            &Happened {
                actor,
                event: Event::InterestReceived,
                subject: &row.partnership_id,
                trace: Some(trace),
                detail: json!({ "reference": row.reference }),
            },
        )?;
        if row.manager.is_some() {
            return Ok(());
        }
        let notice = Notice {
            to: &[To::Team("", &[Role::AccountManager])],
            kind: &INTEREST_RECEIVED,
            link: format!("/partnerships/{}", row.partnership_id),
            values: vec![
                ("reference", row.reference.clone()),
                ("agency", row.agency.clone()),
                ("programme", self.programme.clone()),
            ],
        };
        notices::post(c, keeper, &notice)
    }

    fn confirm(&self, c: &mut Conn, keeper: &Keeper) -> Result<(), StoreFault> {
        let notice = Notice {
            to: &[To::Address(&self.email, &self.row.language)],
            kind: &INTEREST_CONFIRMED,
            link: "/partnership".to_owned(),
            values: vec![("reference", self.row.reference.clone())],
        };
        notices::post(c, keeper, &notice)
    }
}

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);
const MOST_FROM_ONE: i64 = 20;
const MOST_FROM_ALL: i64 = 500;
const MOST_MAILS: i64 = 3;
