//! How a document moves on: every step by who may take it, signatures with the digest of what was signed, Mods beside what
//! they replace.

use std::sync::Arc;

use durward_domain::agreement::{AgreementState, AgreementStep, Paper, Purpose, Side, Signature};
use durward_domain::event::Event;
use durward_domain::permission::Action;
use durward_store::agreement_papers as papers;

use super::{SIDES, Written, commit, id, mods_of, moved, new_row};
use crate::actor::{Denied, Member};
use crate::failure::Failure;
use crate::keeper::Keeper;
use crate::partner::agreements::{AgreementDenied, AgreementView, Loaded, load, may_for, shown};
use crate::partner::notices::{AGREEMENT_MOVED, AGREEMENT_SIGNED};
use crate::record::Trace;

/// Moves a document on. Signatures have their own call.
///
/// # Errors
/// [`AgreementDenied`], or a fault.
pub async fn step(
    keeper: &Arc<Keeper>,
    member: &Member,
    number: &str,
    (step, reason): (AgreementStep, &str),
    trace: &Trace,
) -> Result<AgreementView, Failure<AgreementDenied>> {
    // Found first: what a member may not see tells nothing.
    let loaded = load(keeper, member, number).await?;
    let state = loaded.paper.state();
    if matches!(
        step,
        AgreementStep::SignByPartner | AgreementStep::SignByProvider
    ) {
        return Err(Failure::Refused(AgreementDenied::SignInstead));
    }
    let asks = step.asks(state);
    if asks.is_empty() {
        return Err(Failure::Refused(AgreementDenied::ByItself(step)));
    }
    may_any(keeper, member, number, asks).await?;
    let after = state
        .after(step)
        .map_err(|no| Failure::Refused(no.into()))?;
    let reason = reason.trim();
    if step.needs_reason() && reason.is_empty() {
        return Err(Failure::Refused(AgreementDenied::NoReason));
    }
    if reason.chars().count() > LONGEST_REASON {
        return Err(Failure::Refused(AgreementDenied::ReasonTooLong));
    }
    if step == AgreementStep::ClearByCounsel && loaded.row.written_by == member.id {
        return Err(Failure::Refused(AgreementDenied::OwnText));
    }
    let mut written = stepped(keeper, member, loaded, (step, after)).await?;
    reason.clone_into(&mut written.reason);
    written.tells(&AGREEMENT_MOVED, &member.name);
    commit(keeper, member, written, trace).await?;
    shown(keeper, member, number).await
}

async fn stepped(
    keeper: &Keeper,
    member: &Member,
    Loaded { row, mut paper }: Loaded,
    (step, after): (AgreementStep, AgreementState),
) -> Result<Written, Failure<AgreementDenied>> {
    paper.set_state(after);
    let mut word = step.as_str();
    if step == AgreementStep::ReturnToDrafting {
        // What was signed was another text: everyone sees that the signatures are gone.
        if SIDES.iter().any(|side| paper.signature(*side).is_some()) {
            word = "signatures_dropped";
        }
        for side in SIDES {
            paper.set_signature(side, None);
        }
    }
    let agency_id = row.agency_id.clone();
    let mut written = Written::of(keeper, row, &paper, Event::AgreementMoved, word);
    match step {
        AgreementStep::ClearByCounsel => written.text = Some((paper.sha256(), paper.text())),
        AgreementStep::RequestMod => {
            let next = next_mod(keeper, &paper).await?;
            written.begun = Some(new_row(keeper, &next, agency_id, &member.id));
        }
        AgreementStep::DropMod => {
            for mut one in mods_of(keeper, &paper.number()).await? {
                let later = one.row.number > written.next.number;
                if later && one.paper.state().after(AgreementStep::Terminate).is_ok() {
                    one.paper.set_state(AgreementState::Terminated);
                    written
                        .beside
                        .push((moved(keeper, one.row, &one.paper), "mod_dropped"));
                }
            }
        }
        _ => {}
    }
    Ok(written)
}

/// The next Mod that has no document yet: one that was given up keeps its number.
async fn next_mod(keeper: &Keeper, paper: &Paper) -> Result<Paper, Failure<AgreementDenied>> {
    let taken: Vec<String> = mods_of(keeper, &paper.number())
        .await?
        .into_iter()
        .map(|one| one.row.number)
        .collect();
    let mut next = paper.clone();
    loop {
        next = next
            .next_mod(id(keeper))
            .ok_or(Failure::Refused(AgreementDenied::NoNumber))?;
        if !taken.contains(&next.number().to_string()) {
            return Ok(next);
        }
    }
}

/// Records a signature: the partner's first, then the programme's.
///
/// # Errors
/// [`AgreementDenied`], or a fault.
pub async fn sign(
    keeper: &Arc<Keeper>,
    member: &Member,
    number: &str,
    (side, name, title): (Side, &str, &str),
    trace: &Trace,
) -> Result<AgreementView, Failure<AgreementDenied>> {
    let Loaded { row, mut paper } = load(keeper, member, number).await?;
    let (action, event, step) = match side {
        Side::Partner => (
            Action::SignAgreementForPartner,
            Event::AgreementSignedByPartner,
            AgreementStep::SignByPartner,
        ),
        Side::Provider => (
            Action::SignAgreementForProvider,
            Event::AgreementSignedByProvider,
            AgreementStep::SignByProvider,
        ),
    };
    // A role in a team signs for that team's agency alone, also where another role lets them look further.
    may_any(keeper, member, number, &[action]).await?;
    let (name, title) = (name.trim(), title.trim());
    if name.is_empty() || title.is_empty() || name.len().max(title.len()) > LONGEST_NAME {
        return Err(Failure::Refused(AgreementDenied::NoName));
    }
    let after = paper
        .state()
        .after(step)
        .map_err(|no| Failure::Refused(no.into()))?;
    apart(keeper, member, side, (&row.written_by, &paper)).await?;
    let signature = Signature {
        at: Some(keeper.clock.now()),
        by: Some(member.id.clone()),
        sha256: Some(paper.sha256()),
        ..Signature::on_paper(name, title, keeper.today())
    };
    paper.set_signature(side, Some(signature));
    paper.set_state(after);
    let mut written = Written::of(keeper, row, &paper, event, step.as_str());
    if after == AgreementState::Executed {
        for mut one in mods_of(keeper, &paper.number()).await? {
            if one.paper.state().in_force() {
                one.paper.set_state(AgreementState::Replaced);
                written
                    .beside
                    .push((moved(keeper, one.row, &one.paper), "replace"));
            }
        }
    }
    written.tells(&AGREEMENT_SIGNED, name);
    commit(keeper, member, written, trace).await?;
    shown(keeper, member, number).await
}

/// Who wrote the words or recorded the partner's signature does not sign for the programme; staff record a partner's
/// signature only from a scan that is here.
async fn apart(
    keeper: &Keeper,
    member: &Member,
    side: Side,
    (written_by, paper): (&str, &Paper),
) -> Result<(), Failure<AgreementDenied>> {
    let by_partner = paper
        .signature(Side::Partner)
        .and_then(|one| one.by.as_deref());
    match side {
        Side::Provider if written_by == member.id || by_partner == Some(&member.id) => {
            Err(Failure::Refused(AgreementDenied::SameSigner))
        }
        Side::Partner if member.is_staff() => {
            let number = paper.number().to_string();
            let files = keeper
                .store
                .read(move |c| papers::files(c, &number))
                .await?;
            files
                .iter()
                .any(|file| file.purpose == Purpose::SignedScan.as_str())
                .then_some(())
                .ok_or(Failure::Refused(AgreementDenied::ScanMissing))
        }
        _ => Ok(()),
    }
}

/// One of the actions, for the agency of the document.
pub(super) async fn may_any(
    keeper: &Keeper,
    member: &Member,
    number: &str,
    asks: &[Action],
) -> Result<(), Failure<AgreementDenied>> {
    let now = keeper.clock.real_now();
    let mut lacking = None;
    for action in asks {
        match may_for(keeper, member, *action, number).await {
            Ok(()) => return Ok(member.strong_enough(*action, now)?),
            Err(Failure::Refused(denied)) => lacking = Some(denied),
            Err(fault) => return Err(fault),
        }
    }
    let what = "Take a step of the programme's own.";
    Err(Failure::Refused(
        lacking.unwrap_or_else(|| Denied::Role { what }.into()),
    ))
}

const LONGEST_REASON: usize = 2000;
const LONGEST_NAME: usize = 200;
