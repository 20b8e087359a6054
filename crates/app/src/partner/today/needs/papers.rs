//! Agreements on their way: who is to sign, to clear or to move them on.

use durward_domain::agreement::AgreementState;
use durward_domain::permission::Action;
use durward_store::agreements::{self as rows, AgreementRow};

use super::{FIRST, Need, NeedItem, NeedKind, need};
use crate::actor::{Belongs, Member};
use crate::failure::Fault;
use crate::keeper::{Keeper, time};
use crate::partner::agreements::{Agencies, agencies_of};

/// What waits for this member's signature, or for a step that is theirs.
pub(super) async fn waiting(keeper: &Keeper, member: &Member) -> Result<Vec<Need>, Fault> {
    use AgreementState as S;
    let staff = |action| member.reaches(action, Belongs::ToProgramme);
    let mut needs = Vec::new();
    // Account managers may record a partner's signature, but do not wait to.
    if !staff(Action::ManageAgreement) && member.reaches_somewhere(Action::SignAgreementForPartner)
    {
        let own = agencies_of(keeper, member, Action::SignAgreementForPartner).await?;
        let states = &[S::OutForPartnerSignature];
        needs.extend(of(keeper, states, NeedKind::Sign, &own).await?);
    }
    let turns: [(Action, NeedKind, &'static [S]); 3] = [
        (
            Action::SignAgreementForProvider,
            NeedKind::Sign,
            &[S::ProviderSignature],
        ),
        (
            Action::ReviewAgreement,
            NeedKind::Counsel,
            &[S::CounselReview],
        ),
        (
            Action::ManageAgreement,
            NeedKind::MoveOn,
            &[S::Intake, S::Drafting, S::PartnerSigned],
        ),
    ];
    for (action, kind, states) in turns {
        if staff(action) {
            needs.extend(of(keeper, states, kind, &Agencies::All).await?);
        }
    }
    Ok(needs)
}

async fn of(
    keeper: &Keeper,
    states: &'static [AgreementState],
    kind: NeedKind,
    whose: &Agencies,
) -> Result<Option<Need>, Fault> {
    let found = keeper.store.read(move |c| {
        let mut found = Vec::new();
        for state in states {
            found.extend(rows::in_state(c, state.as_str())?);
        }
        Ok(found)
    });
    let mut list: Vec<AgreementRow> = found.await?;
    list.retain(|row| whose.allow(&row.agency_id));
    list.sort_by_key(|row| row.changed_us);
    let items = list
        .iter()
        .take(FIRST)
        .map(|row| NeedItem::of(row.number.clone(), format!("/agreements/{}", row.number)))
        .collect();
    let count = i64::try_from(list.len()).unwrap_or(i64::MAX);
    let since = list.first().map(|row| time(row.changed_us));
    Ok(need(kind, count, "/agreements", items).map(|found| Need { since, ..found }))
}
