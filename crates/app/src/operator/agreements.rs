//! Writing agreements, moving them on, and recording signatures.

use std::sync::Arc;

use durward_domain::agreement::{
    Agreement, AgreementState, AgreementStep, ListedApp, OrderTerms, Period, Side, Signature,
};
use durward_domain::event::Event;
use durward_domain::id::AgreementId;
use durward_domain::permission::Action;
use durward_store::agreements::{self, AgreementRow};
use durward_store::members;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::json;

use crate::actor::{Belongs, Member};
use crate::failure::Failure;
use crate::keeper::{Happened, Keeper};
use crate::partner::agreements::{AgreementDenied, AgreementView, canonical, find, may_for};
use crate::partner::checklist::agreement_of;
use crate::record::Trace;

/// What an account manager enters.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewAgreement {
    /// `GTC-Order-Mod`.
    pub number: String,
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

/// Enters an agreement. It begins at the intake.
///
/// # Errors
/// [`AgreementDenied`], or a fault.
pub async fn create(
    keeper: &Arc<Keeper>,
    member: &Member,
    new: NewAgreement,
    trace: &Trace,
) -> Result<AgreementView, Failure<AgreementDenied>> {
    let permit = member.may(
        Action::ManageAgreement,
        Belongs::ToProgramme,
        keeper.clock.real_now(),
    )?;
    let number = keeper
        .programme
        .agreement
        .number
        .parse(&new.number)
        .map_err(|bad| Failure::Refused(bad.into()))?;
    let period =
        Period::new(new.starts, new.ends).ok_or(Failure::Refused(AgreementDenied::Period))?;
    let agencies = keeper.store.read(members::agencies).await?;
    let agency = agencies
        .into_iter()
        .find(|agency| {
            agency.abbreviation.eq_ignore_ascii_case(&new.agency) || agency.name == new.agency
        })
        .ok_or_else(|| {
            Failure::Refused(AgreementDenied::NoAgency(
                new.agency.chars().take(60).collect(),
            ))
        })?;
    let now = keeper.clock.now();
    let agreement = Agreement {
        id: AgreementId::new(keeper.random.uuid_v7(now)),
        number,
        agency: agency.name,
        partner: new.partner,
        period,
        state: AgreementState::Intake,
        partner_signature: None,
        provider_signature: None,
        apps: new.apps,
        terms: new
            .terms
            .judged()
            .map_err(|bad| Failure::Refused(bad.into()))?,
    };
    let row = row(&agreement, agency.agency_id, 1, now.as_microsecond());
    let (unit_keeper, actor, trace, number) = (
        Arc::clone(keeper),
        permit.actor().clone(),
        trace.clone(),
        agreement.number.to_string(),
    );
    let subject = number.clone();
    let inserted = keeper.store.write(move |c| {
        if !agreements::insert(c, &row)? {
            return Ok(false);
        }
        let detail = json!({ "apps": agreement.apps.len() });
        unit_keeper.record(
            c,
            &Happened {
                actor: &actor,
                event: Event::AgreementCreated,
                subject: &subject,
                trace: Some(&trace),
                detail,
            },
        )?;
        Ok(true)
    });
    if !inserted.await? {
        return Err(Failure::Refused(AgreementDenied::Exists(number)));
    }
    find(keeper, member, &number).await
}

/// Moves an agreement on. Signatures have their own call.
///
/// # Errors
/// [`AgreementDenied`], or a fault.
pub async fn step(
    keeper: &Arc<Keeper>,
    member: &Member,
    number: &str,
    step: AgreementStep,
    trace: &Trace,
) -> Result<AgreementView, Failure<AgreementDenied>> {
    member.may(
        Action::ManageAgreement,
        Belongs::ToProgramme,
        keeper.clock.real_now(),
    )?;
    if matches!(
        step,
        AgreementStep::SignByPartner | AgreementStep::SignByProvider
    ) {
        return Err(Failure::Refused(AgreementDenied::SignInstead));
    }
    changed(
        keeper,
        member,
        number,
        Event::AgreementMoved,
        trace,
        |agreement| {
            agreement.state = agreement.state.after(step)?;
            if step == AgreementStep::ReturnToDrafting {
                // What was signed was another text.
                agreement.partner_signature = None;
                agreement.provider_signature = None;
            }
            Ok(())
        },
    )
    .await
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
    // Found first: what a member may not see tells nothing.
    find(keeper, member, number).await?;
    let now = keeper.clock.real_now();
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
    may_for(keeper, member, action, number).await?;
    member.may_somewhere(action, now)?;
    if name.trim().is_empty() || title.trim().is_empty() {
        return Err(Failure::Refused(AgreementDenied::NoName));
    }
    let signature = Signature::on_paper(name.trim(), title.trim(), keeper.today());
    changed(keeper, member, number, event, trace, |agreement| {
        agreement.state = agreement.state.after(step)?;
        match side {
            Side::Partner => agreement.partner_signature = Some(signature.clone()),
            Side::Provider => agreement.provider_signature = Some(signature.clone()),
        }
        Ok(())
    })
    .await
}

async fn changed(
    keeper: &Arc<Keeper>,
    member: &Member,
    number: &str,
    event: Event,
    trace: &Trace,
    change: impl Fn(&mut Agreement) -> Result<(), durward_domain::agreement::StepRefused>,
) -> Result<AgreementView, Failure<AgreementDenied>> {
    let wanted = canonical(keeper, number);
    let before = keeper
        .store
        .read(move |c| agreements::find(c, &wanted))
        .await?;
    let before = before.ok_or_else(|| Failure::Refused(AgreementDenied::missing(number)))?;
    let mut agreement = agreement_of(&before.document)?;
    change(&mut agreement).map_err(|refused| Failure::Refused(refused.into()))?;
    let next = row(
        &agreement,
        before.agency_id,
        before.version,
        keeper.clock.now().as_microsecond(),
    );
    let (unit_keeper, actor, trace) = (Arc::clone(keeper), member.actor(), trace.clone());
    let updated = keeper.store.write(move |c| {
        if !agreements::update(c, &next)? {
            return Ok(false);
        }
        let detail = json!({ "state": next.state });
        unit_keeper.record(
            c,
            &Happened {
                actor: &actor,
                event,
                subject: &next.number,
                trace: Some(&trace),
                detail,
            },
        )?;
        Ok(true)
    });
    if !updated.await? {
        return Err(Failure::Refused(AgreementDenied::Stale));
    }
    find(keeper, member, number).await
}

fn row(agreement: &Agreement, agency_id: String, version: i64, now_us: i64) -> AgreementRow {
    AgreementRow {
        number: agreement.number.to_string(),
        agency_id,
        state: agreement.state.as_str().to_owned(),
        starts: agreement.period.start.to_string(),
        ends: agreement.period.end.to_string(),
        document: serde_json::to_string(agreement).unwrap_or_default(),
        version,
        changed_us: now_us,
    }
}
