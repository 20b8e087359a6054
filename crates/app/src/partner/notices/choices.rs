//! What a member chose for each kind of notice.

use std::collections::BTreeMap;
use std::sync::Arc;

use durward_domain::event::Event;
use durward_domain::refusal::{RefusalKind, Refuse};
use durward_store::{Conn, Fault as StoreFault, notices};
use serde_json::json;

use super::delivery::chosen_or_usual;
use super::{Delivery, NoticeKind};
use crate::actor::{Actor, Member};
use crate::failure::{Failure, Fault};
use crate::keeper::{Happened, Keeper};
use crate::record::Trace;

/// A kind with how it reaches a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The kind.
    pub kind: &'static NoticeKind,
    /// How it comes.
    pub delivery: Delivery,
}

/// Every kind that the member may get, with how it reaches them.
///
/// # Errors
/// A fault.
pub async fn choices(keeper: &Keeper, member: &Member) -> Result<Vec<Choice>, Fault> {
    let id = member.id.clone();
    let chosen = keeper
        .store
        .read(move |c| notices::choices_of(c, &id))
        .await?;
    let chosen: BTreeMap<String, String> = chosen.into_iter().collect();
    Ok(NoticeKind::ALL
        .iter()
        .copied()
        .filter(|kind| !kind.for_staff || member.is_staff())
        .map(|kind| Choice {
            kind,
            delivery: chosen_or_usual(kind, chosen.get(kind.id).map(String::as_str)),
        })
        .collect())
}

/// Notes what a member chose; the kinds that are not named stay as they are.
///
/// # Errors
/// [`ChoiceRefusal`]: then nothing is noted. Or a fault.
pub async fn choose(
    keeper: &Arc<Keeper>,
    member: &Member,
    wanted: &[(String, String)],
    trace: &Trace,
) -> Result<(), Failure<ChoiceRefusal>> {
    let mut read = Vec::with_capacity(wanted.len());
    for (kind, delivery) in wanted {
        read.push(parse(kind, delivery).map_err(Failure::Refused)?);
    }
    let now = choices(keeper, member).await?;
    read.retain(|one| !now.contains(one));
    if read.is_empty() {
        return Ok(());
    }
    let (unit, id, trace) = (Arc::clone(keeper), member.id.clone(), trace.clone());
    keeper
        .store
        .write(move |c| keep(c, &unit, &id, (&read, "page"), Some(&trace)))
        .await?;
    Ok(())
}

fn parse(kind: &str, delivery: &str) -> Result<Choice, ChoiceRefusal> {
    let kind = NoticeKind::find(kind).ok_or_else(|| ChoiceRefusal::Unknown(cut(kind)))?;
    let delivery =
        Delivery::parse(delivery).ok_or_else(|| ChoiceRefusal::Delivery(cut(delivery)))?;
    if !kind.ways().contains(&delivery) {
        return Err(ChoiceRefusal::Secures(kind.id));
    }
    Ok(Choice { kind, delivery })
}

/// Notes choices in a unit, and that they were made: on the page, or by the link of a mail.
pub(super) fn keep(
    c: &mut Conn,
    keeper: &Keeper,
    member_id: &str,
    (chosen, by): (&[Choice], &str),
    trace: Option<&Trace>,
) -> Result<(), StoreFault> {
    let now_us = keeper.clock.real_now().as_microsecond();
    for one in chosen {
        notices::choose(c, member_id, (one.kind.id, one.delivery.as_str()), now_us)?;
    }
    let list: Vec<_> = chosen
        .iter()
        .map(|one| json!({ "kind": one.kind.id, "delivery": one.delivery }))
        .collect();
    keeper.record(
        c,
        &Happened {
            actor: &Actor::Member(member_id.to_owned()),
            event: Event::MemberNoticesChosen,
            subject: member_id,
            trace,
            detail: json!({ "by": by, "chosen": list }),
        },
    )
}

fn cut(text: &str) -> String {
    text.chars().take(40).collect()
}

/// Why a choice was not noted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChoiceRefusal {
    /// No such kind.
    #[error("There is no kind of notice \"{0}\". Take one of the list.")]
    Unknown(String),
    /// No such way.
    #[error("\"{0}\" is no way for a notice. Choose at-once, digest or portal.")]
    Delivery(String),
    /// It keeps accounts and apps safe.
    #[error(
        "Notices of the kind {0} keep accounts and apps safe and cannot be switched off. Choose mail at once or one mail a day."
    )]
    Secures(&'static str),
    /// The link of a mail was changed on its way, or is not of this portal.
    #[error(
        "This link does not belong to a mail of this portal. Open the whole link from the mail, or sign in and choose under Notices."
    )]
    Link,
}

impl Refuse for ChoiceRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown(_) => "notices/kind-unknown",
            Self::Delivery(_) => "notices/delivery-unknown",
            Self::Secures(_) => "notices/cannot-be-switched-off",
            Self::Link => "notices/link-unknown",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Unknown(_) | Self::Delivery(_) | Self::Secures(_) => RefusalKind::Invalid,
            Self::Link => RefusalKind::NotFound,
        }
    }
}
