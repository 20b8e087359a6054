//! Agreements as members see them.

mod denied;
mod endings;
mod kept;
mod reach;
mod views;

use durward_domain::agreement::{
    Agreement, BadNumber, NumberParts, Paper, PaperKind, of_gtc, of_order,
};
use durward_domain::permission::Action;
use durward_store::agreement_papers as papers;
use durward_store::agreements;

pub use denied::AgreementDenied;
pub(crate) use endings::held;
pub use endings::{Ending, endings};
pub(crate) use kept::{current, gtc_in_force, orders_and_gtcs, paper_of};
pub(crate) use reach::{Agencies, Loaded, agencies_of, load, may_for, may_for_agency};
pub(crate) use views::view;
pub use views::{AgreementView, Details, FileEntry, GtcView, HistoryEntry, OverrideEntry};

use self::views::{entry, file, gtc_view, overridden, own_warnings};
use crate::actor::{Belongs, Member};
use crate::failure::{Failure, Fault};
use crate::keeper::Keeper;

/// The Orders that a member may see: staff all, partners those of their teams' agencies.
///
/// # Errors
/// A fault.
pub async fn list(keeper: &Keeper, member: &Member) -> Result<Vec<AgreementView>, Fault> {
    let agencies = agencies_of(keeper, member, Action::ViewAgreement).await?;
    let rows = keeper.store.read(agreements::all).await?;
    rows.into_iter()
        .filter(|row| agencies.allow(&row.agency_id))
        .map(|row| view(keeper, &row))
        .collect()
}

/// The General Terms and Conditions that a member may see.
///
/// # Errors
/// A fault.
pub async fn list_gtcs(keeper: &Keeper, member: &Member) -> Result<Vec<GtcView>, Fault> {
    let agencies = agencies_of(keeper, member, Action::ViewAgreement).await?;
    let rows = keeper
        .store
        .read(|c| agreements::of_kind(c, agreements::GTC))
        .await?;
    let (orders, _) = orders_and_gtcs(keeper).await?;
    rows.iter()
        .filter(|row| agencies.allow(&row.agency_id))
        .map(|row| gtc_view(keeper, row, &orders))
        .collect()
}

/// One Order, or General Terms and Conditions in the same shape.
///
/// # Errors
/// [`AgreementDenied::NotFound`] when there is none that the member may see.
pub async fn find(
    keeper: &Keeper,
    member: &Member,
    number: &str,
) -> Result<AgreementView, Failure<AgreementDenied>> {
    let loaded = load(keeper, member, number).await?;
    Ok(view(keeper, &loaded.row)?)
}

/// General Terms and Conditions.
///
/// # Errors
/// [`AgreementDenied::NotFound`] when there are none that the member may see.
pub async fn find_gtc(
    keeper: &Keeper,
    member: &Member,
    number: &str,
) -> Result<GtcView, Failure<AgreementDenied>> {
    let loaded = load(keeper, member, number).await?;
    if loaded.paper.kind() != PaperKind::Gtc {
        return Err(Failure::Refused(AgreementDenied::missing(number)));
    }
    let (orders, _) = orders_and_gtcs(keeper).await?;
    Ok(gtc_view(keeper, &loaded.row, &orders)?)
}

/// A document after a change of the member's own.
pub(crate) async fn shown(
    keeper: &Keeper,
    member: &Member,
    number: &str,
) -> Result<AgreementView, Failure<AgreementDenied>> {
    find(keeper, member, number).await
}

/// Warnings, history, files and overrides of a document.
///
/// # Errors
/// [`AgreementDenied::NotFound`] when there is none that the member may see.
pub async fn details(
    keeper: &Keeper,
    member: &Member,
    number: &str,
) -> Result<Details, Failure<AgreementDenied>> {
    let Loaded { row, paper } = load(keeper, member, number).await?;
    let (orders, gtcs) = orders_and_gtcs(keeper).await?;
    let warnings = match &paper {
        Paper::Gtc(gtc) => of_gtc(gtc, &orders),
        Paper::Order(order) => {
            let others: Vec<Agreement> = orders
                .iter()
                .filter(|other| other.number != order.number)
                .cloned()
                .collect();
            of_order(order, gtc_in_force(&gtcs, order.number.gtc()), &others)
        }
    };
    let mods = match &paper {
        Paper::Gtc(own) => gtcs
            .iter()
            .filter(|gtc| gtc.number.gtc() == own.number.gtc() && gtc.number != own.number)
            .map(|gtc| gtc.number.to_string())
            .collect(),
        Paper::Order(own) => orders
            .iter()
            .filter(|one| one.number.billing_key() == own.number.billing_key())
            .filter(|one| one.number != own.number)
            .map(|one| one.number.to_string())
            .collect(),
    };
    let wanted = row.number.clone();
    let (events, files, overrides) = keeper
        .store
        .read(move |c| {
            Ok((
                papers::events(c, &wanted)?,
                papers::files(c, &wanted)?,
                papers::overrides(c, &wanted)?,
            ))
        })
        .await?;
    let may = member.reaches(Action::OverrideAgreement, Belongs::ToProgramme);
    Ok(Details {
        number: row.number,
        // What partners see of each other ends at their own agency.
        warnings: if member.is_staff() {
            warnings
        } else {
            own_warnings(warnings)
        },
        history: events.into_iter().map(entry).collect(),
        files: files.into_iter().map(file).collect(),
        overrides: overrides
            .into_iter()
            .map(|one| overridden(one, member, may))
            .collect(),
        mods,
    })
}

/// The exact text that carries this digest: as it was signed, or as it is now.
///
/// # Errors
/// [`AgreementDenied::NotFound`] when there is none that the member may see.
pub async fn text(
    keeper: &Keeper,
    member: &Member,
    number: &str,
    sha256: Option<&str>,
) -> Result<String, Failure<AgreementDenied>> {
    let Loaded { row, paper } = load(keeper, member, number).await?;
    let Some(sha256) = sha256.filter(|wanted| *wanted != paper.sha256()) else {
        return Ok(paper.text());
    };
    let wanted = sha256.to_owned();
    keeper
        .store
        .read(move |c| papers::text(c, &row.number, &wanted))
        .await?
        .ok_or_else(|| Failure::Refused(AgreementDenied::missing(number)))
}

/// The document itself, to be drawn as a page or a file.
///
/// # Errors
/// [`AgreementDenied::NotFound`] when there is none that the member may see.
pub async fn paper(
    keeper: &Keeper,
    member: &Member,
    number: &str,
) -> Result<Paper, Failure<AgreementDenied>> {
    Ok(load(keeper, member, number).await?.paper)
}

/// Takes an agreement number apart.
///
/// # Errors
/// [`BadNumber`] names the part that is wrong.
pub fn parse(keeper: &Keeper, number: &str) -> Result<NumberParts, BadNumber> {
    let pattern = &keeper.programme.agreement.number;
    pattern.parse(number).map(|number| pattern.parts(&number))
}

/// A number in its canonical form; as it was given where it has not the programme's shape.
pub(crate) fn canonical(keeper: &Keeper, number: &str) -> String {
    let pattern = &keeper.programme.agreement.number;
    pattern
        .parse_paper(number)
        .map_or_else(|_| number.to_owned(), |number| number.to_string())
}
