//! What a portal of a test begins with: agencies, teams, members and an agreement.

use std::sync::Arc;

use durward_domain::agreement::{
    Agreement, AgreementNumber, AgreementState, ListedApp, OrderTerms, Period, Signature,
};
use durward_domain::id::AgreementId;
use durward_domain::level::LevelOfService;
use durward_domain::permission::Role;
use durward_store::agreements::{self, AgreementRow};
use durward_store::members::{self, AgencyRow, MemberRow, TeamRow};
use durward_store::roles;
use jiff::civil::Date;

use super::{AGREEMENT, OTHER_TEAM, TEAM};
use crate::failure::Fault;
use crate::keeper::Keeper;

const PEOPLE: [(&str, Role, &str); 9] = [
    ("admin", Role::PartnerAdmin, TEAM),
    ("developer", Role::PartnerDeveloper, TEAM),
    ("reader", Role::PartnerReadonly, TEAM),
    ("outsider", Role::PartnerAdmin, OTHER_TEAM),
    ("reviewer", Role::Reviewer, ""),
    ("second-reviewer", Role::Reviewer, ""),
    ("deployer", Role::Deployer, ""),
    ("manager", Role::AccountManager, ""),
    ("administrator", Role::Administrator, ""),
];

pub(super) async fn seed(keeper: &Arc<Keeper>) -> Result<(), Fault> {
    let now = keeper.clock.now();
    let ids: Vec<String> = (0..PEOPLE.len() + 3)
        .map(|_| keeper.random.uuid_v7(now).to_string())
        .collect();
    let agreement = agreement(AgreementId::new(keeper.random.uuid_v7(now)))?;
    keeper
        .store
        .write(move |c| {
            let now_us = now.as_microsecond();
            for (id, name, letters, team) in [
                (&ids[0], "Department of Fisheries", "ABC", TEAM),
                (&ids[1], "Harbour Authority", "HARB", OTHER_TEAM),
            ] {
                members::put_agency(
                    c,
                    &AgencyRow {
                        agency_id: id.clone(),
                        name: name.into(),
                        abbreviation: letters.into(),
                    },
                )?;
                let team = TeamRow {
                    handle: team.into(),
                    name: name.into(),
                    agency_id: id.clone(),
                    domains: String::new(),
                };
                members::put_team(c, &team, now_us)?;
            }
            for ((name, role, team), id) in PEOPLE.iter().zip(&ids[3..]) {
                let member = MemberRow {
                    member_id: id.clone(),
                    email: format!("{name}@agency.gov"),
                    name: (*name).into(),
                    subject: None,
                };
                members::put_member(c, &member, now_us)?;
                roles::give_everywhere(c, id, team, role.as_str(), now_us)?;
            }
            agreements::insert(
                c,
                &AgreementRow {
                    number: agreement.number.to_string(),
                    agency_id: ids[0].clone(),
                    state: agreement.state.as_str().into(),
                    starts: agreement.period.start.to_string(),
                    ends: agreement.period.end.to_string(),
                    document: serde_json::to_string(&agreement).unwrap_or_default(),
                    kind: agreements::ORDER.into(),
                    written_by: String::new(),
                    version: 1,
                    changed_us: now_us,
                },
            )?;
            Ok(())
        })
        .await?;
    Ok(())
}

fn agreement(id: AgreementId) -> Result<Agreement, Fault> {
    let broken = |_| Fault::internal("the agreement of tests");
    let day = |text: &str| {
        text.parse::<Date>()
            .map_err(|_| Fault::internal("the agreement of tests"))
    };
    let signature = |on: Date| Some(Signature::on_paper("A. Signer", "Director", on));
    Ok(Agreement {
        id,
        number: AgreementNumber::parse(AGREEMENT).map_err(broken)?,
        agency: "Department of Fisheries".into(),
        partner: "Fisheries Digital".into(),
        period: Period {
            start: day("2026-10-01")?,
            end: day("2027-09-30")?,
        },
        state: AgreementState::Executed,
        partner_signature: signature(day("2026-09-01")?),
        provider_signature: signature(day("2026-09-08")?),
        apps: ["Fishing Licence", "Harbour Permits"]
            .map(|name| ListedApp {
                name: name.into(),
                level: LevelOfService::IdentityVerified,
            })
            .into(),
        terms: OrderTerms::default(),
    })
}
