//! What members see of an agreement.

use durward_domain::agreement::{
    Agreement, GtcTerms, ListedApp, NumberParts, OrderTerms, Paper, PaperKind, Side, Signature,
    Standing, Warning,
};
use durward_domain::money::Cents;
use durward_store::agreement_papers::{EventRow, FileRow, OverrideRow};
use durward_store::agreements::AgreementRow;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;

use super::paper_of;
use crate::actor::Member;
use crate::failure::Fault;
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

pub(super) fn gtc_view(
    keeper: &Keeper,
    row: &AgreementRow,
    orders: &[Agreement],
) -> Result<GtcView, Fault> {
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

/// A partner learns that an app is listed twice, not in which agreement of another agency.
pub(super) fn own_warnings(warnings: Vec<Warning>) -> Vec<Warning> {
    warnings
        .into_iter()
        .filter(|one| one.code != "agreement/app-in-two-orders")
        .collect()
}

pub(super) fn entry(row: EventRow) -> HistoryEntry {
    HistoryEntry {
        time: time(row.time_us),
        actor: row.actor,
        word: row.word,
        state: row.state,
        reason: row.reason,
    }
}

pub(super) fn file(row: FileRow) -> FileEntry {
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

pub(super) fn overridden(row: OverrideRow, member: &Member, may: bool) -> OverrideEntry {
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
