//! Writing agreements. How they move on is in [`way`], what stands beside their way in [`overrides`], their files in
//! [`files`], what follows their end in [`ends`].

pub(crate) mod ends;
pub mod files;
pub mod overrides;
pub mod way;

use std::sync::Arc;

use durward_domain::agreement::{
    Agreement, AgreementState, Gtc, GtcTerms, ListedApp, OrderTerms, Paper, PaperKind, PaperNumber,
    Period, Side,
};
use durward_domain::event::Event;
use durward_domain::id::AgreementId;
use durward_domain::permission::{Action, Role};
use durward_domain::price::Month;
use durward_store::agreement_papers::{self as papers, EventRow};
use durward_store::agreements::{self, AgreementRow};
use durward_store::members::{self, AgencyRow};
use durward_store::{Conn, Fault as StoreFault};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::json;

use crate::actor::Member;
use crate::failure::{Failure, Fault};
use crate::keeper::{Happened, Keeper};
use crate::partner::agreements::{
    AgreementDenied, AgreementView, GtcView, Loaded, find, find_gtc, load, may_for, may_for_agency,
    orders_and_gtcs, paper_of,
};
use crate::partner::notices::{self, Notice, NoticeKind, To};
use crate::record::Trace;

pub use way::{sign, step};

/// What is entered for an Order.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewAgreement {
    /// `GTC-Order-Mod`; without it the next Order under `gtc`.
    #[serde(default)]
    pub number: Option<String>,
    /// The GT&C, for the next number under it.
    #[serde(default)]
    pub gtc: Option<String>,
    /// The agency's abbreviation.
    pub agency: String,
    /// The office of that agency.
    pub partner: String,
    /// The first day of the period of performance.
    pub starts: Date,
    /// The last day of it.
    pub ends: Date,
    /// The apps that it lists, each with the level that it covers.
    #[serde(default)]
    pub apps: Vec<ListedApp>,
    /// What it says besides: estimate, price model, lines, funding, officials.
    #[serde(default)]
    pub terms: OrderTerms,
}

/// What is entered for General Terms and Conditions.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewGtc {
    /// The GTC number; without it the next one of the agency in the fiscal year.
    #[serde(default)]
    pub number: Option<String>,
    /// The agency's abbreviation.
    pub agency: String,
    /// The office of that agency.
    pub partner: String,
    /// The first day.
    pub starts: Date,
    /// The last day.
    pub ends: Date,
    /// What it says.
    #[serde(default)]
    pub terms: GtcTerms,
}

/// What an open document is changed to.
#[derive(Clone, Debug)]
pub struct Edited {
    /// The office of the agency.
    pub partner: String,
    /// The period.
    pub starts: Date,
    /// Its end.
    pub ends: Date,
    /// The words of either form.
    pub words: EditedWords,
}

/// The words of either form.
#[derive(Clone, Debug)]
pub enum EditedWords {
    /// Of General Terms and Conditions.
    Gtc(GtcTerms),
    /// Of an Order, with its apps.
    Order(OrderTerms, Vec<ListedApp>),
}

/// Enters an Order. It begins at the intake.
///
/// # Errors
/// [`AgreementDenied`], or a fault.
pub async fn create(
    keeper: &Arc<Keeper>,
    member: &Member,
    new: NewAgreement,
    trace: &Trace,
) -> Result<AgreementView, Failure<AgreementDenied>> {
    let agency = agency(keeper, member, &new.agency).await?;
    let period = period(new.starts, new.ends)?;
    let (orders, gtcs) = orders_and_gtcs(keeper).await?;
    let pattern = &keeper.programme.agreement.number;
    let refuse = |bad| Failure::Refused(AgreementDenied::from(bad));
    let number = match (new.number.as_deref().map(str::trim), new.gtc.as_deref()) {
        (Some(number), _) if !number.is_empty() => pattern.parse(number).map_err(refuse)?,
        (_, Some(gtc)) => {
            let gtc = pattern.parse_gtc(gtc).map_err(refuse)?;
            let taken: Vec<_> = orders.iter().map(|order| order.number.clone()).collect();
            pattern
                .next_order(&gtc, &taken)
                .ok_or(Failure::Refused(AgreementDenied::NoNumber))?
        }
        (number, None) => pattern.parse(number.unwrap_or_default()).map_err(refuse)?,
    };
    inside_gtc(&gtcs, number.gtc(), period)?;
    let paper = Paper::Order(Box::new(Agreement {
        id: id(keeper),
        number,
        agency: agency.name.clone(),
        partner: new.partner,
        period,
        state: AgreementState::Intake,
        partner_signature: None,
        provider_signature: None,
        apps: apps(new.apps)?,
        terms: new.terms.judged().map_err(bad_terms)?,
    }));
    let number = add(keeper, member, paper, agency.agency_id, trace).await?;
    find(keeper, member, &number).await
}

/// Enters General Terms and Conditions. They begin at the intake.
///
/// # Errors
/// [`AgreementDenied`], or a fault.
pub async fn create_gtc(
    keeper: &Arc<Keeper>,
    member: &Member,
    new: NewGtc,
    trace: &Trace,
) -> Result<GtcView, Failure<AgreementDenied>> {
    let agency = agency(keeper, member, &new.agency).await?;
    let period = period(new.starts, new.ends)?;
    let pattern = &keeper.programme.agreement.number;
    let gtc = match new.number.as_deref().map(str::trim) {
        Some(number) if !number.is_empty() => pattern
            .parse_gtc(number)
            .map_err(|bad| Failure::Refused(bad.into()))?,
        _ => next_gtc(keeper, &agency.abbreviation).await?,
    };
    let paper = Paper::Gtc(Box::new(Gtc {
        id: id(keeper),
        number: pattern.first_mod(&gtc),
        agency: agency.name.clone(),
        partner: new.partner,
        period,
        state: AgreementState::Intake,
        partner_signature: None,
        provider_signature: None,
        terms: new.terms.judged().map_err(bad_terms)?,
    }));
    let number = add(keeper, member, paper, agency.agency_id, trace).await?;
    find_gtc(keeper, member, &number).await
}

/// The next number that the server offers: of a GT&C for an agency, or of an Order under a GT&C.
///
/// # Errors
/// [`AgreementDenied`], or a fault.
pub async fn next_number(
    keeper: &Keeper,
    member: &Member,
    (agency_letters, gtc): (Option<&str>, Option<&str>),
) -> Result<String, Failure<AgreementDenied>> {
    let now = keeper.clock.real_now();
    member.may_somewhere(Action::RequestAgreement, now)?;
    if let Some(gtc) = gtc {
        let pattern = &keeper.programme.agreement.number;
        let gtc = pattern
            .parse_gtc(gtc)
            .map_err(|bad| Failure::Refused(bad.into()))?;
        let (orders, _) = orders_and_gtcs(keeper).await?;
        let taken: Vec<_> = orders.iter().map(|order| order.number.clone()).collect();
        return pattern
            .next_order(&gtc, &taken)
            .map(|number| number.to_string())
            .ok_or(Failure::Refused(AgreementDenied::NoNumber));
    }
    let agency = agency(keeper, member, agency_letters.unwrap_or_default()).await?;
    next_gtc(keeper, &agency.abbreviation).await
}

/// Changes the words of a document that is still open.
///
/// # Errors
/// [`AgreementDenied`], or a fault.
pub async fn edit(
    keeper: &Arc<Keeper>,
    member: &Member,
    number: &str,
    (edited, seen): (Edited, Option<i64>),
    trace: &Trace,
) -> Result<(), Failure<AgreementDenied>> {
    let Loaded { row, mut paper } = load(keeper, member, number).await?;
    // Who asked for it may complete it until the programme begins to write.
    let action = match paper.state() {
        AgreementState::Intake => Action::RequestAgreement,
        _ => Action::ManageAgreement,
    };
    may_for(keeper, member, action, number).await?;
    member.strong_enough(action, keeper.clock.real_now())?;
    if !paper.state().is_open() {
        return Err(Failure::Refused(AgreementDenied::TextClosed));
    }
    if seen.is_some_and(|seen| seen != row.version) {
        return Err(Failure::Refused(AgreementDenied::Stale));
    }
    let held = period(edited.starts, edited.ends)?;
    match (&mut paper, edited.words) {
        (Paper::Gtc(gtc), EditedWords::Gtc(terms)) => {
            gtc.terms = terms.judged().map_err(bad_terms)?;
            gtc.partner = edited.partner;
        }
        (Paper::Order(order), EditedWords::Order(terms, listed)) => {
            let (_, gtcs) = orders_and_gtcs(keeper).await?;
            inside_gtc(&gtcs, order.number.gtc(), held)?;
            order.terms = terms.judged().map_err(bad_terms)?;
            order.apps = apps(listed)?;
            order.partner = edited.partner;
        }
        _ => return Err(Failure::Refused(AgreementDenied::OtherForm)),
    }
    paper.set_period(held);
    let mut written = Written::of(keeper, row, &paper, Event::AgreementEdited, "edited");
    written.next.written_by.clone_from(&member.id);
    commit(keeper, member, written, trace).await
}

/// Everything that a change writes in one unit.
pub(super) struct Written {
    /// The document, with the version that was read.
    pub next: AgreementRow,
    /// Other documents that move with it.
    pub beside: Vec<(AgreementRow, &'static str)>,
    /// A Mod that begins.
    pub begun: Option<AgreementRow>,
    pub event: Event,
    /// The word of the history.
    pub word: &'static str,
    pub reason: String,
    /// What is put before the signers: its digest and itself.
    pub text: Option<(String, String)>,
    /// An override that this carries out: its id.
    pub decides: Option<String>,
    pub notice: Option<(&'static NoticeKind, Vec<(&'static str, String)>)>,
}

impl Written {
    pub(super) fn of(
        keeper: &Keeper,
        before: AgreementRow,
        paper: &Paper,
        event: Event,
        word: &'static str,
    ) -> Self {
        Self {
            next: moved(keeper, before, paper),
            beside: Vec::new(),
            begun: None,
            event,
            word,
            reason: String::new(),
            text: None,
            decides: None,
            notice: None,
        }
    }

    pub(super) fn tells(&mut self, kind: &'static NoticeKind, who: &str) {
        let note = if self.reason.is_empty() {
            "–"
        } else {
            &self.reason
        };
        let all = [
            ("number", self.next.number.clone()),
            ("stands", self.next.state.clone()),
            ("note", note.to_owned()),
            ("who", who.to_owned()),
        ];
        let values = all
            .into_iter()
            .filter(|(name, _)| kind.values.contains(name));
        self.notice = Some((kind, values.collect()));
    }
}

/// The row of a document after a change.
pub(super) fn moved(keeper: &Keeper, before: AgreementRow, paper: &Paper) -> AgreementRow {
    AgreementRow {
        state: paper.state().as_str().to_owned(),
        starts: paper.period().start.to_string(),
        ends: paper.period().end.to_string(),
        document: paper.kept(),
        changed_us: keeper.clock.now().as_microsecond(),
        ..before
    }
}

/// Writes a change with its history, its record and its notices; refuses when anything of it changed meanwhile.
pub(super) async fn commit(
    keeper: &Arc<Keeper>,
    member: &Member,
    written: Written,
    trace: &Trace,
) -> Result<(), Failure<AgreementDenied>> {
    let (unit_keeper, member_id) = (Arc::clone(keeper), member.id.clone());
    let (actor, trace) = (member.actor(), trace.clone());
    let done = keeper.store.write(move |c| {
        let Written { next, beside, .. } = &written;
        let mut rows = beside.iter().map(|(row, _)| row).chain([next]);
        // All of it is looked at before any of it is written: a refusal keeps what was written.
        if !rows.try_fold(true, |fits, row| Ok::<_, StoreFault>(fits && as_read(c, row)?))? {
            return Ok(Err(AgreementDenied::Stale));
        }
        if let Some(begun) = &written.begun
            && agreements::find_either(c, &begun.number)?.is_some()
        {
            return Ok(Err(AgreementDenied::Exists(begun.number.clone())));
        }
        let now_us = unit_keeper.clock.now().as_microsecond();
        if let Some(id) = &written.decides
            && !papers::decide_override(c, id, (&member_id, "confirmed"), now_us)?
        {
            return Ok(Err(AgreementDenied::Decided));
        }
        agreements::update(c, next)?;
        history(c, &unit_keeper, next, &member_id, (written.word, &written.reason))?;
        for (row, word) in beside {
            agreements::update(c, row)?;
            history(c, &unit_keeper, row, &member_id, (word, &written.reason))?;
        }
        if let Some(begun) = &written.begun {
            agreements::insert(c, begun)?;
            history(c, &unit_keeper, begun, &member_id, ("mod_begun", &written.reason))?;
        }
        if let Some((sha256, text)) = &written.text {
            papers::keep_text(c, &next.number, (sha256, text), now_us)?;
        }
        unit_keeper.record(
            c,
            &Happened {
                actor: &actor,
                event: written.event,
                subject: &next.number,
                trace: Some(&trace),
                detail: json!({ "state": next.state, "step": written.word, "reason": written.reason }),
            },
        )?;
        if let Some((kind, values)) = &written.notice {
            tell(c, &unit_keeper, next, kind, values.clone())?;
        }
        Ok(Ok(()))
    });
    done.await?.map_err(Failure::Refused)
}

/// Tells the partner's admins and the account managers.
pub(crate) fn tell(
    c: &mut Conn,
    keeper: &Keeper,
    row: &AgreementRow,
    kind: &'static NoticeKind,
    values: Vec<(&'static str, String)>,
) -> Result<(), StoreFault> {
    let teams = members::teams(c)?;
    let mut to: Vec<To<'_>> = teams
        .iter()
        .filter(|team| team.agency_id == row.agency_id)
        .map(|team| To::Team(&team.handle, &[Role::PartnerAdmin]))
        .collect();
    to.push(To::Team("", &[Role::AccountManager]));
    notices::post(
        c,
        keeper,
        &Notice {
            to: &to,
            kind,
            link: format!("/agreements/{}", row.number),
            values,
        },
    )
}

/// Adds to the history of a document.
pub(crate) fn history(
    c: &mut Conn,
    keeper: &Keeper,
    row: &AgreementRow,
    actor: &str,
    (word, reason): (&str, &str),
) -> Result<(), StoreFault> {
    let now = keeper.clock.now();
    papers::add_event(
        c,
        &EventRow {
            event_id: keeper.random.uuid_v7(keeper.clock.real_now()).to_string(),
            number: row.number.clone(),
            time_us: now.as_microsecond(),
            actor: actor.to_owned(),
            word: word.to_owned(),
            state: row.state.clone(),
            reason: reason.to_owned(),
        },
    )
}

fn as_read(c: &mut Conn, row: &AgreementRow) -> Result<bool, StoreFault> {
    let found = agreements::find_either(c, &row.number)?;
    Ok(found.is_some_and(|found| found.version == row.version))
}

async fn add(
    keeper: &Arc<Keeper>,
    member: &Member,
    paper: Paper,
    agency_id: String,
    trace: &Trace,
) -> Result<String, Failure<AgreementDenied>> {
    let number = paper.number().to_string();
    let row = new_row(keeper, &paper, agency_id, &member.id);
    let (unit_keeper, actor, trace) = (Arc::clone(keeper), member.actor(), trace.clone());
    let inserted = keeper.store.write(move |c| {
        if !agreements::insert(c, &row)? {
            return Ok(false);
        }
        history(c, &unit_keeper, &row, actor.id(), ("entered", ""))?;
        unit_keeper.record(
            c,
            &Happened {
                actor: &actor,
                event: Event::AgreementCreated,
                subject: &row.number,
                trace: Some(&trace),
                detail: json!({ "kind": row.kind }),
            },
        )?;
        Ok(true)
    });
    if !inserted.await? {
        return Err(Failure::Refused(AgreementDenied::Exists(number)));
    }
    Ok(number)
}

/// The row of a document that begins.
pub(super) fn new_row(
    keeper: &Keeper,
    paper: &Paper,
    agency_id: String,
    member_id: &str,
) -> AgreementRow {
    let empty = AgreementRow {
        number: paper.number().to_string(),
        agency_id,
        state: String::new(),
        starts: String::new(),
        ends: String::new(),
        document: String::new(),
        version: 1,
        changed_us: 0,
        kind: paper.kind().as_str().to_owned(),
        written_by: member_id.to_owned(),
    };
    moved(keeper, empty, paper)
}

/// The other documents with the same number in other Mods, by rising Mod.
pub(super) async fn mods_of(keeper: &Keeper, number: &PaperNumber) -> Result<Vec<Loaded>, Fault> {
    let (kind, key) = match number {
        PaperNumber::Gtc(gtc) => (PaperKind::Gtc, format!("{}-", gtc.gtc())),
        PaperNumber::Order(order) => (PaperKind::Order, format!("{}-", order.billing_key())),
    };
    let rows = keeper
        .store
        .read(move |c| agreements::of_kind(c, kind.as_str()))
        .await?;
    let own = number.to_string();
    rows.into_iter()
        .filter(|row| row.number.starts_with(&key) && row.number != own)
        .map(|row| {
            let paper = paper_of(&row)?;
            Ok(Loaded { row, paper })
        })
        .collect()
}

pub(super) fn id(keeper: &Keeper) -> AgreementId {
    AgreementId::new(keeper.random.uuid_v7(keeper.clock.now()))
}

async fn next_gtc(keeper: &Keeper, letters: &str) -> Result<String, Failure<AgreementDenied>> {
    let (orders, gtcs) = orders_and_gtcs(keeper).await?;
    let mut taken: Vec<&str> = gtcs.iter().map(|gtc| gtc.number.gtc()).collect();
    taken.extend(orders.iter().map(|order| order.number.gtc()));
    let year = keeper.programme.fiscal.year_of(Month::of(keeper.today()));
    keeper
        .programme
        .agreement
        .number
        .next_gtc(letters, year.get(), &taken)
        .ok_or(Failure::Refused(AgreementDenied::NoNumber))
}

/// The agency that is meant, when the member may ask for its agreements.
async fn agency(
    keeper: &Keeper,
    member: &Member,
    asked: &str,
) -> Result<AgencyRow, Failure<AgreementDenied>> {
    let action = Action::RequestAgreement;
    member.may_somewhere(action, keeper.clock.real_now())?;
    let agencies = keeper.store.read(members::agencies).await?;
    let found = agencies
        .into_iter()
        .find(|agency| agency.abbreviation.eq_ignore_ascii_case(asked) || agency.name == asked);
    let Some(found) = found else {
        let asked = asked.chars().take(60).collect();
        return Err(Failure::Refused(AgreementDenied::NoAgency(asked)));
    };
    may_for_agency(keeper, member, action, &found.agency_id).await?;
    Ok(found)
}

fn period(starts: Date, ends: Date) -> Result<Period, Failure<AgreementDenied>> {
    Period::new(starts, ends).ok_or(Failure::Refused(AgreementDenied::Period))
}

/// An Order lies in the period of its GT&C, as far as that is known here.
fn inside_gtc(gtcs: &[Gtc], gtc: &str, held: Period) -> Result<(), Failure<AgreementDenied>> {
    match crate::partner::agreements::gtc_in_force(gtcs, gtc) {
        Some(found) if !found.period.covers(held) => {
            Err(Failure::Refused(AgreementDenied::OutsideGtc {
                gtc: found.number.to_string(),
                starts: found.period.start,
                ends: found.period.end,
            }))
        }
        _ => Ok(()),
    }
}

/// Names without space around them, each once.
fn apps(listed: Vec<ListedApp>) -> Result<Vec<ListedApp>, Failure<AgreementDenied>> {
    let mut kept: Vec<ListedApp> = Vec::with_capacity(listed.len());
    for app in listed {
        let name = app.name.trim().to_owned();
        if name.is_empty() || name.chars().count() > LONGEST_NAME {
            return Err(Failure::Refused(AgreementDenied::AppName));
        }
        if kept.iter().any(|known| known.name == name) {
            return Err(Failure::Refused(AgreementDenied::AppTwice(name)));
        }
        kept.push(ListedApp { name, ..app });
    }
    Ok(kept)
}

fn bad_terms(bad: durward_domain::agreement::BadTerms) -> Failure<AgreementDenied> {
    Failure::Refused(bad.into())
}

/// Both sides, in the order in which they sign.
pub(super) const SIDES: [Side; 2] = Side::ALL;
const LONGEST_NAME: usize = 200;
