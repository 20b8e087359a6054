//! Less mail, from the mail itself: a link that works without signing in.
//!
//! The link holds a sealed text: who reads the address learns nothing of the reader, and nobody else can make one. It names
//! one member and one kind, so it can do no more than its button says. Opening it changes nothing, since mail programs and
//! filters open links by themselves; a form does, or the one-click request of a mail program (RFC 8058).

use std::sync::Arc;

use durward_store::{members, notices as rows};
use serde::{Deserialize, Serialize};

use super::choices::keep;
use super::delivery::chosen_or_usual;
use super::{Choice, ChoiceRefusal, Delivery, NoticeKind};
use crate::failure::Failure;
use crate::keeper::Keeper;
use crate::record::Trace;

/// What a link of a mail is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// The kind; nothing stands for the mail of a day.
    pub kind: Option<&'static NoticeKind>,
    member_id: String,
}

impl Stop {
    /// The least mail that the kind can be set to.
    pub fn least(&self) -> Delivery {
        match self.kind {
            Some(kind) if kind.secures => Delivery::Digest,
            _ => Delivery::Portal,
        }
    }

    /// Whether the kind can come once a day instead.
    pub fn can_be_daily(&self) -> bool {
        self.kind.is_some()
    }
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    m: String,
    k: String,
}

/// The link with which this member gets less of a kind, or no mail of a day.
pub fn stop_link(keeper: &Keeper, member_id: &str, kind: Option<&NoticeKind>) -> String {
    let plain = Sealed {
        m: member_id.to_owned(),
        k: kind.map_or(DAILY, |kind| kind.id).to_owned(),
    };
    let plain = serde_json::to_vec(&plain).unwrap_or_default();
    let token = keeper.sealer.seal(PLACE, &plain, &keeper.random);
    keeper.url(&format!("/notices/less?t={token}"))
}

/// What a link is for.
///
/// # Errors
/// [`ChoiceRefusal::Link`] when this portal did not make it.
pub fn stop_of(keeper: &Keeper, token: &str) -> Result<Stop, ChoiceRefusal> {
    if token.len() > LONGEST {
        return Err(ChoiceRefusal::Link);
    }
    let plain = keeper
        .sealer
        .open(PLACE, token)
        .map_err(|_| ChoiceRefusal::Link)?;
    let sealed: Sealed = serde_json::from_slice(&plain).map_err(|_| ChoiceRefusal::Link)?;
    let kind = match sealed.k.as_str() {
        DAILY => None,
        id => Some(NoticeKind::find(id).ok_or(ChoiceRefusal::Link)?),
    };
    Ok(Stop {
        kind,
        member_id: sealed.m,
    })
}

/// Does what the link says: its kind comes as `wanted`, as far as it can; the mail of a day ends.
///
/// # Errors
/// [`ChoiceRefusal`], or a fault.
pub async fn stop(
    keeper: &Arc<Keeper>,
    token: &str,
    wanted: Delivery,
    trace: &Trace,
) -> Result<Stop, Failure<ChoiceRefusal>> {
    let stop = stop_of(keeper, token).map_err(Failure::Refused)?;
    if let Some(kind) = stop.kind
        && !kind.ways().contains(&wanted)
    {
        return Err(Failure::Refused(ChoiceRefusal::Secures(kind.id)));
    }
    let (unit, asked, trace) = (Arc::clone(keeper), stop.clone(), trace.clone());
    let known = keeper
        .store
        .write(move |c| {
            if members::find_member(c, &asked.member_id)?.is_none() {
                return Ok(false);
            }
            let chosen = rows::choices_of(c, &asked.member_id)?;
            let now = |kind: &NoticeKind| {
                let found = chosen.iter().find(|(id, _)| id == kind.id);
                chosen_or_usual(kind, found.map(|(_, delivery)| delivery.as_str()))
            };
            let less: Vec<Choice> = match asked.kind {
                Some(kind) => vec![Choice {
                    kind,
                    delivery: wanted,
                }],
                // What keeps safe still comes.
                None => NoticeKind::ALL
                    .iter()
                    .copied()
                    .filter(|kind| !kind.secures && now(kind) == Delivery::Digest)
                    .map(|kind| Choice {
                        kind,
                        delivery: Delivery::Portal,
                    })
                    .collect(),
            };
            let less: Vec<Choice> = less
                .into_iter()
                .filter(|one| now(one.kind) != one.delivery)
                .collect();
            if !less.is_empty() {
                keep(c, &unit, &asked.member_id, (&less, "mail"), Some(&trace))?;
            }
            Ok(true)
        })
        .await?;
    if known {
        Ok(stop)
    } else {
        Err(Failure::Refused(ChoiceRefusal::Link))
    }
}

/// What the sealed text is bound to: nothing else that the portal seals opens here.
const PLACE: &str = "notices/less";
/// Stands for the mail of a day.
const DAILY: &str = "*";
const LONGEST: usize = 600;
