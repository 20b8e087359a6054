//! Agreements as members see them.

use durward_domain::agreement::{
    Agreement, AgreementNumber, BadNumber, BadTerms, ListedApp, NumberParts, OrderTerms, Signature,
    Standing, StepRefused,
};
use durward_domain::permission::Action;
use durward_domain::refusal::{RefusalKind, Refuse};
use durward_store::agreements::{self, AgreementRow};
use durward_store::members;
use jiff::civil::Date;
use serde::Serialize;

use super::checklist::agreement_of;
use crate::actor::{Belongs, Denied, Member};
use crate::failure::{Failure, Fault};
use crate::keeper::Keeper;

/// One agreement.
#[derive(Clone, Debug, Serialize)]
pub struct AgreementView {
    /// `GTC-Order-Mod`.
    pub number: AgreementNumber,
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
    /// The steps that are possible now, signatures aside.
    pub steps: Vec<&'static str>,
    /// Rises with every change: the ETag.
    pub version: i64,
}

/// The agreements that a member may see: staff all, partners those of their teams' agencies.
///
/// # Errors
/// A fault.
pub async fn list(keeper: &Keeper, member: &Member) -> Result<Vec<AgreementView>, Fault> {
    let agencies = agencies_of(keeper, member, Action::ViewAgreement).await?;
    let rows = keeper.store.read(agreements::all).await?;
    rows.into_iter()
        .filter(|row| agencies.allow(row))
        .map(|row| view(keeper, row))
        .collect()
}

/// One agreement.
///
/// # Errors
/// [`AgreementDenied::NotFound`] when there is none that the member may see.
pub async fn find(
    keeper: &Keeper,
    member: &Member,
    number: &str,
) -> Result<AgreementView, Failure<AgreementDenied>> {
    let agencies = agencies_of(keeper, member, Action::ViewAgreement).await?;
    let wanted = canonical(keeper, number);
    let row = keeper
        .store
        .read(move |c| agreements::find(c, &wanted))
        .await?;
    let row = row
        .filter(|row| agencies.allow(row))
        .ok_or_else(|| Failure::Refused(AgreementDenied::missing(number)))?;
    Ok(view(keeper, row)?)
}

/// Sees to it that a role of the member reaches this for the agreement's own agency, a fresh second factor aside.
pub(crate) async fn may_for(
    keeper: &Keeper,
    member: &Member,
    action: Action,
    number: &str,
) -> Result<(), Failure<AgreementDenied>> {
    let agencies = agencies_of(keeper, member, action).await?;
    let wanted = canonical(keeper, number);
    let row = keeper
        .store
        .read(move |c| agreements::find(c, &wanted))
        .await?;
    if row.is_some_and(|row| agencies.allow(&row)) {
        Ok(())
    } else {
        Err(Denied::Role {
            what: action.sentence(),
        }
        .into())
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

/// Why an agreement was not shown, written or moved.
#[derive(Debug, thiserror::Error)]
pub enum AgreementDenied {
    /// The member may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The number cannot be read.
    #[error(transparent)]
    Number(#[from] BadNumber),
    /// There is none that the member may see.
    #[error("There is no agreement {0} that you may see. Check the number.")]
    NotFound(String),
    /// The number is taken.
    #[error("There is an agreement {0} already.")]
    Exists(String),
    /// There is no such agency.
    #[error("There is no agency \"{0}\". Use the abbreviation of one.")]
    NoAgency(String),
    /// The terms cannot stand.
    #[error(transparent)]
    Terms(#[from] BadTerms),
    /// The period ends before it begins.
    #[error("The period must end after it begins.")]
    Period,
    /// The state machine says no.
    #[error(transparent)]
    Step(#[from] StepRefused),
    /// Signing has its own call.
    #[error("A signature is recorded with its name and title. Sign it instead.")]
    SignInstead,
    /// A signature without a name.
    #[error("A signature needs a name and a title.")]
    NoName,
    /// Somebody was first.
    #[error("The agreement changed since you loaded it. Load it again and repeat your step.")]
    Stale,
}

impl AgreementDenied {
    pub(crate) fn missing(number: &str) -> Self {
        Self::NotFound(number.chars().take(60).collect())
    }
}

impl Refuse for AgreementDenied {
    fn code(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.code(),
            Self::Number(bad) => bad.code(),
            Self::NotFound(_) => "agreement/not-found",
            Self::Exists(_) => "agreement/exists",
            Self::NoAgency(_) => "agreement/no-agency",
            Self::Terms(bad) => bad.code(),
            Self::Period => "agreement/period",
            Self::Step(refused) => refused.code(),
            Self::SignInstead => "agreement/sign-instead",
            Self::NoName => "agreement/signature-without-name",
            Self::Stale => "agreement/stale",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Denied(denied) => denied.kind(),
            Self::NotFound(_) => RefusalKind::NotFound,
            Self::Step(refused) => refused.kind(),
            Self::Exists(_) | Self::Stale => RefusalKind::Conflict,
            Self::Number(_)
            | Self::Terms(_)
            | Self::NoAgency(_)
            | Self::Period
            | Self::SignInstead
            | Self::NoName => RefusalKind::Invalid,
        }
    }
}

impl From<Denied> for Failure<AgreementDenied> {
    fn from(denied: Denied) -> Self {
        Self::Refused(denied.into())
    }
}

/// Of which agencies a member sees agreements.
enum Agencies {
    All,
    These(Vec<String>),
}

impl Agencies {
    fn allow(&self, row: &AgreementRow) -> bool {
        match self {
            Self::All => true,
            Self::These(ids) => ids.contains(&row.agency_id),
        }
    }
}

async fn agencies_of(keeper: &Keeper, member: &Member, action: Action) -> Result<Agencies, Fault> {
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

pub(crate) fn view(keeper: &Keeper, row: AgreementRow) -> Result<AgreementView, Fault> {
    let agreement: Agreement = agreement_of(&row.document)?;
    let today = keeper.today();
    Ok(AgreementView {
        parts: keeper.programme.agreement.number.parts(&agreement.number),
        state: agreement.state.as_str().to_owned(),
        standing: agreement.standing(today),
        starts: agreement.period.start,
        ends: agreement.period.end,
        days_left: agreement.days_left(today),
        apps: agreement.apps.iter().map(|app| app.name.clone()).collect(),
        steps: agreement.state.steps().map(|step| step.as_str()).collect(),
        number: agreement.number,
        agency: agreement.agency,
        partner: agreement.partner,
        listed_apps: agreement.apps,
        terms: agreement.terms,
        partner_signature: agreement.partner_signature,
        provider_signature: agreement.provider_signature,
        version: row.version,
    })
}
