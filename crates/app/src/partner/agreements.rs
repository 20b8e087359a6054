//! Agreements as members see them.

mod denied;
mod endings;

use durward_domain::agreement::{
    Agreement, AgreementState, BadNumber, Gtc, GtcTerms, ListedApp, NumberParts, OrderTerms, Paper,
    PaperKind, Side, Signature, Standing, Warning, of_gtc, of_order,
};
use durward_domain::money::Cents;
use durward_domain::permission::Action;
use durward_store::agreement_papers::{self as papers, EventRow, FileRow, OverrideRow};
use durward_store::agreements::{self, AgreementRow};
use durward_store::{Conn, members};
use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;

pub use denied::AgreementDenied;
pub(crate) use endings::held;
pub use endings::{Ending, endings};

use super::checklist::agreement_of;
use crate::actor::{Belongs, Denied, Member};
use crate::failure::{Failure, Fault, FaultKind};
use crate::keeper::{Keeper, time};

/// One agreement.
#[derive(Clone, Debug, Serialize)]
pub struct AgreementView {
    /// `order`, or `gtc` for General Terms and Conditions.
    pub kind: PaperKind,
    /// `GTC-Order-Mod`; of General Terms and Conditions `GTC-Mod`.
    pub number: String,
    /// Its parts.
    pub parts: NumberParts,
    /// The agency that is billed.
    pub agency: String,
    /// The office of that agency.
    pub partner: String,
    /// Where it stands, as a word.
    pub state: String,
    /// Whether it holds on the keeper's day.
    pub standing: Standing,
    /// The first day of its period.
    pub starts: Date,
    /// The last day of its period.
    pub ends: Date,
    /// Days left of its period; negative after it.
    pub days_left: i32,
    /// The names of the apps that it lists.
    pub apps: Vec<String>,
    /// The apps with the level that it covers for each.
    pub listed_apps: Vec<ListedApp>,
    /// What it says besides.
    pub terms: OrderTerms,
    /// The partner's signature.
    pub partner_signature: Option<Signature>,
    /// The programme's signature.
    pub provider_signature: Option<Signature>,
    /// SHA-256 of the document as it is now: what a signature of today would sign.
    pub sha256: String,
    /// The steps that are possible now, signatures aside.
    pub steps: Vec<&'static str>,
    /// Rises with every change: the ETag.
    pub version: i64,
}

/// General Terms and Conditions.
#[derive(Clone, Debug, Serialize)]
pub struct GtcView {
    /// `gtc`.
    pub kind: PaperKind,
    /// `GTC-Mod`.
    pub number: String,
    /// The GTC without its Mod.
    pub gtc: String,
    /// The agency that is billed.
    pub agency: String,
    /// The office of that agency.
    pub partner: String,
    /// Where it stands, as a word.
    pub state: String,
    /// Whether it holds on the keeper's day.
    pub standing: Standing,
    /// The first day.
    pub starts: Date,
    /// The last day.
    pub ends: Date,
    /// Days left; negative after it.
    pub days_left: i32,
    /// What it says.
    pub terms: GtcTerms,
    /// The partner's signature.
    pub partner_signature: Option<Signature>,
    /// The programme's signature.
    pub provider_signature: Option<Signature>,
    /// SHA-256 of the document as it is now.
    pub sha256: String,
    /// The Orders under it.
    pub orders: Vec<String>,
    /// What the Orders in force are estimated at together, in cents.
    pub ordered: Cents,
    /// The steps that are possible now.
    pub steps: Vec<&'static str>,
    /// Rises with every change: the ETag.
    pub version: i64,
}

/// What belongs to a document besides its words.
#[derive(Clone, Debug, Serialize)]
pub struct Details {
    /// Its number.
    pub number: String,
    /// What is odd about it.
    pub warnings: Vec<Warning>,
    /// What happened to it, oldest first.
    pub history: Vec<HistoryEntry>,
    /// Its files, oldest first.
    pub files: Vec<FileEntry>,
    /// Its overrides, oldest first.
    pub overrides: Vec<OverrideEntry>,
    /// The other Mods of it.
    pub mods: Vec<String>,
}

/// One entry of a history.
#[derive(Clone, Debug, Serialize)]
pub struct HistoryEntry {
    /// When, by the keeper's clock.
    pub time: jiff::Timestamp,
    /// Who.
    pub actor: String,
    /// What.
    pub word: String,
    /// The state afterwards.
    pub state: String,
    /// Why.
    pub reason: String,
}

/// One file.
#[derive(Clone, Debug, Serialize)]
pub struct FileEntry {
    /// Its id.
    pub id: String,
    /// What it is for.
    pub purpose: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub media_type: String,
    /// SHA-256 of its content.
    pub sha256: String,
    /// Its length in bytes.
    pub size: i64,
    /// Who handed it in.
    pub kept_by: String,
    /// When.
    pub kept: jiff::Timestamp,
}

/// One override.
#[derive(Clone, Debug, Serialize)]
pub struct OverrideEntry {
    /// Its id.
    pub id: String,
    /// What changes.
    pub change: Value,
    /// Why.
    pub reason: String,
    /// Who asked.
    pub asked_by: String,
    /// When.
    pub asked: jiff::Timestamp,
    /// Who decided; empty while it is open.
    pub decided_by: String,
    /// `confirmed` or `refused`; empty while it is open.
    pub outcome: String,
    /// Whether the member who looks may confirm it.
    pub may_confirm: bool,
}

/// A document that the member may see, with its row.
#[derive(Clone, Debug)]
pub(crate) struct Loaded {
    pub(crate) row: AgreementRow,
    pub(crate) paper: Paper,
}

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

/// The document with this number, when the member may see it.
pub(crate) async fn load(
    keeper: &Keeper,
    member: &Member,
    number: &str,
) -> Result<Loaded, Failure<AgreementDenied>> {
    let agencies = agencies_of(keeper, member, Action::ViewAgreement).await?;
    let row = found(keeper, number).await?;
    let row = row
        .filter(|row| agencies.allow(&row.agency_id))
        .ok_or_else(|| Failure::Refused(AgreementDenied::missing(number)))?;
    let paper = paper_of(&row)?;
    Ok(Loaded { row, paper })
}

/// Sees to it that a role of the member reaches this for the agreement's own agency, a fresh second factor aside.
pub(crate) async fn may_for(
    keeper: &Keeper,
    member: &Member,
    action: Action,
    number: &str,
) -> Result<(), Failure<AgreementDenied>> {
    match found(keeper, number).await? {
        Some(row) => may_for_agency(keeper, member, action, &row.agency_id).await,
        None => Err(lacks(action)),
    }
}

/// The same for an agency.
pub(crate) async fn may_for_agency(
    keeper: &Keeper,
    member: &Member,
    action: Action,
    agency_id: &str,
) -> Result<(), Failure<AgreementDenied>> {
    let agencies = agencies_of(keeper, member, action).await?;
    agencies
        .allow(agency_id)
        .then_some(())
        .ok_or_else(|| lacks(action))
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

fn lacks(action: Action) -> Failure<AgreementDenied> {
    let what = action.sentence();
    Failure::Refused(Denied::Role { what }.into())
}

async fn found(keeper: &Keeper, number: &str) -> Result<Option<AgreementRow>, Fault> {
    let wanted = canonical(keeper, number);
    Ok(keeper
        .store
        .read(move |c| agreements::find_either(c, &wanted))
        .await?)
}

/// A partner learns that an app is listed twice, not in which agreement of another agency.
fn own_warnings(warnings: Vec<Warning>) -> Vec<Warning> {
    warnings
        .into_iter()
        .filter(|one| one.code != "agreement/app-in-two-orders")
        .collect()
}

fn entry(row: EventRow) -> HistoryEntry {
    HistoryEntry {
        time: time(row.time_us),
        actor: row.actor,
        word: row.word,
        state: row.state,
        reason: row.reason,
    }
}

fn file(row: FileRow) -> FileEntry {
    FileEntry {
        id: row.file_id,
        purpose: row.purpose,
        name: row.name,
        media_type: row.media_type,
        sha256: row.sha256,
        size: row.size,
        kept_by: row.kept_by,
        kept: time(row.kept_us),
    }
}

fn overridden(row: OverrideRow, member: &Member, may: bool) -> OverrideEntry {
    OverrideEntry {
        may_confirm: may && row.decided_us.is_none() && row.asked_by != member.id,
        id: row.override_id,
        change: serde_json::from_str(&row.change).unwrap_or_default(),
        reason: row.reason,
        asked_by: row.asker,
        asked: time(row.asked_us),
        decided_by: row.decided_by,
        outcome: row.outcome,
    }
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

/// Of which agencies a member sees agreements.
pub(crate) enum Agencies {
    All,
    These(Vec<String>),
}

impl Agencies {
    pub(crate) fn allow(&self, agency_id: &str) -> bool {
        match self {
            Self::All => true,
            Self::These(ids) => ids.iter().any(|id| id == agency_id),
        }
    }
}

pub(crate) async fn agencies_of(
    keeper: &Keeper,
    member: &Member,
    action: Action,
) -> Result<Agencies, Fault> {
    if member.reaches(action, Belongs::ToProgramme) {
        return Ok(Agencies::All);
    }
    let teams: Vec<String> = member
        .teams()
        .into_iter()
        .filter(|team| member.reaches(action, Belongs::ToTeam(team)))
        .map(str::to_owned)
        .collect();
    let ids = keeper
        .store
        .read(move |c| {
            let mut ids = Vec::new();
            for team in &teams {
                ids.extend(members::find_team(c, team)?.map(|team| team.agency_id));
            }
            Ok(ids)
        })
        .await?;
    Ok(Agencies::These(ids))
}

/// Either document in the shape of an Order.
pub(crate) fn view(keeper: &Keeper, row: &AgreementRow) -> Result<AgreementView, Fault> {
    let paper = paper_of(row)?;
    let today = keeper.today();
    let (parts, apps, terms) = match &paper {
        Paper::Order(order) => {
            let pattern = &keeper.programme.agreement.number;
            (
                pattern.parts(&order.number),
                order.apps.clone(),
                order.terms.clone(),
            )
        }
        Paper::Gtc(gtc) => {
            let pattern = &keeper.programme.agreement.number;
            (
                pattern.parts_of_gtc(&gtc.number),
                Vec::new(),
                OrderTerms::default(),
            )
        }
    };
    let signature = |side| paper.signature(side).cloned();
    Ok(AgreementView {
        kind: paper.kind(),
        number: row.number.clone(),
        parts,
        agency: paper.agency().to_owned(),
        partner: paper.partner().to_owned(),
        state: paper.state().as_str().to_owned(),
        standing: paper.standing(today),
        starts: paper.period().start,
        ends: paper.period().end,
        days_left: paper.period().days_left(today),
        apps: apps.iter().map(|app| app.name.clone()).collect(),
        listed_apps: apps,
        terms,
        partner_signature: signature(Side::Partner),
        provider_signature: signature(Side::Provider),
        sha256: paper.sha256(),
        steps: paper.state().steps().map(|step| step.as_str()).collect(),
        version: row.version,
    })
}

fn gtc_view(keeper: &Keeper, row: &AgreementRow, orders: &[Agreement]) -> Result<GtcView, Fault> {
    let Paper::Gtc(gtc) = paper_of(row)? else {
        return Err(Fault::internal("an Order where a GT&C was looked for"));
    };
    let one = view(keeper, row)?;
    let under = || {
        orders
            .iter()
            .filter(|order| order.number.gtc() == gtc.number.gtc())
    };
    Ok(GtcView {
        kind: one.kind,
        number: one.number,
        gtc: gtc.number.gtc().to_owned(),
        agency: one.agency,
        partner: one.partner,
        state: one.state,
        standing: one.standing,
        starts: one.starts,
        ends: one.ends,
        days_left: one.days_left,
        partner_signature: one.partner_signature,
        provider_signature: one.provider_signature,
        sha256: one.sha256,
        orders: under().map(|order| order.number.to_string()).collect(),
        ordered: under()
            .filter(|order| order.state.in_force())
            .map(|order| order.terms.estimated)
            .sum(),
        steps: one.steps,
        version: one.version,
        terms: gtc.terms,
    })
}
