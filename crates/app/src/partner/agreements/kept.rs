//! Agreements as they are kept, whoever asks.

use durward_domain::agreement::{Agreement, AgreementState, Gtc, Paper, PaperKind};
use durward_store::Conn;
use durward_store::agreements::{self, AgreementRow};

use crate::failure::{Fault, FaultKind};
use crate::keeper::Keeper;
use crate::partner::checklist::agreement_of;

/// The Order with this number; where a Mod took its place, or outlives it, the Mod in force.
pub(crate) fn current(
    c: &mut Conn,
    number: &str,
) -> Result<Option<AgreementRow>, durward_store::Fault> {
    let found = agreements::find(c, number)?;
    let passed = [AgreementState::Replaced, AgreementState::Expired];
    let passed = |row: &AgreementRow| passed.iter().any(|state| row.state == state.as_str());
    if !found.as_ref().is_some_and(passed) {
        return Ok(found);
    }
    let key = number.rsplit_once('-').map_or(number, |(key, _)| key);
    let later = agreements::all(c)?.into_iter().find(|row| {
        let same = row
            .number
            .rsplit_once('-')
            .is_some_and(|(own, _)| own == key);
        same && AgreementState::parse(&row.state).is_some_and(AgreementState::in_force)
    });
    Ok(later.or(found))
}

/// Every Order and every GT&C.
pub(crate) async fn orders_and_gtcs(keeper: &Keeper) -> Result<(Vec<Agreement>, Vec<Gtc>), Fault> {
    let (orders, gtcs) = keeper
        .store
        .read(|c| {
            Ok((
                agreements::all(c)?,
                agreements::of_kind(c, agreements::GTC)?,
            ))
        })
        .await?;
    let orders = orders.iter().map(|row| agreement_of(&row.document));
    let gtcs = gtcs
        .iter()
        .map(|row| serde_json::from_str::<Gtc>(&row.document).map_err(|error| corrupt(&error)));
    Ok((
        orders.collect::<Result<_, _>>()?,
        gtcs.collect::<Result<_, _>>()?,
    ))
}

/// The GT&C under which Orders are written: the Mod in force, or the last one while none is.
pub(crate) fn gtc_in_force<'a>(gtcs: &'a [Gtc], gtc: &str) -> Option<&'a Gtc> {
    let of_it = || gtcs.iter().filter(|one| one.number.gtc() == gtc);
    of_it().find(|one| one.state.in_force()).or_else(|| {
        of_it()
            .filter(|one| one.state != AgreementState::Terminated)
            .max_by_key(|one| one.number.modification())
    })
}

/// Reads a document that was kept.
pub(crate) fn paper_of(row: &AgreementRow) -> Result<Paper, Fault> {
    let kind = if row.kind == agreements::GTC {
        PaperKind::Gtc
    } else {
        PaperKind::Order
    };
    Paper::read(kind, &row.document).map_err(|error| corrupt(&error))
}

fn corrupt(error: &serde_json::Error) -> Fault {
    Fault::new(FaultKind::Corrupt, format!("a stored agreement: {error}"))
}
