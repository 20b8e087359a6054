//! The life of an app from its first save to its roll-back, and what attacks it on the way.
mod agreements;
mod attacks;
mod calendar;
mod canary;
mod changes;
mod domains;
mod ends;
mod final_configuration;
mod inspector;
mod launches;
mod life;
mod many;
mod notices;
mod probes;
mod racers;
mod retirement;
mod rotation;
mod saves;
mod stopped;
mod suspension;
mod webhooks;
mod window;

use std::sync::Arc;

use durward_domain::application::{AppDocument, Key};
use durward_domain::environment::EnvironmentName;
use durward_domain::id::{AppHandle, TeamHandle};
use durward_domain::launch::{LaunchBody, LaunchState};
use durward_domain::level::{DefaultAal, LevelOfService};
use durward_domain::refusal::Refuse;

use super::apps::{AppRefusal, app, apps};
use super::launches::{LaunchDenied, LaunchView, RequestKind, find};
use super::save::{Input, Save, Saved, delete_app, save_app};
use super::{drafts, plan, requests, revisions};
use crate::actor::Member;
use crate::failure::Failure;
use crate::jobs::keeper_deploy::run_due;
use crate::operator::clock::{Move, move_to};
use crate::operator::releases::{self, ReleaseDenied};
use crate::operator::review;
use crate::testing_portal::{AGREEMENT, OTHER_TEAM, TestPortal, trace};

const PRODUCTION: EnvironmentName = EnvironmentName::Production;
const SANDBOX: EnvironmentName = EnvironmentName::Sandbox;

async fn portal() -> TestPortal {
    TestPortal::at("2026-11-10").await.unwrap()
}

async fn save(
    portal: &TestPortal,
    member: &Member,
    document: AppDocument,
    how: Save,
) -> Result<Saved, Failure<AppRefusal>> {
    save_app(
        &portal.keeper,
        member,
        Input::Document(Box::new(document)),
        how,
        "",
        &trace(),
    )
    .await
}

fn code<T, R: Refuse>(result: Result<T, Failure<R>>) -> &'static str {
    match result {
        Ok(_) => "ok",
        Err(Failure::Refused(refusal)) => refusal.code(),
        Err(Failure::Fault(fault)) => panic!("{fault}"),
    }
}

fn body(portal: &TestPortal, json: &str) -> LaunchBody {
    let _ = portal;
    let mut body: LaunchBody = serde_json::from_str(
        r#"{"app":"fishing-licence","estimates":{"annual_registrations":1000,"annual_authentications":20000,"monthly_active_users":900,"seasonality":"spring"},
        "audience":"general_public","application_url":"https://fishing.agency.gov/","attestations":{"L08":"R. Quill","L18":"R. Quill","L19":"R. Quill"},
        "contacts":[{"kind":"technical","name":"T","email":"t@agency.gov"},{"kind":"program","name":"P","email":"p@agency.gov"},{"kind":"billing","name":"B","email":"b@agency.gov"},{"kind":"help_desk","name":"H","phone":"202 555 0100"}]}"#,
    )
    .unwrap();
    body.agreement = Some(AGREEMENT.into());
    if !json.is_empty() {
        body.desired_date = Some(json.parse().unwrap());
    }
    body
}

/// A submitted launch of the production configuration.
async fn submitted(portal: &TestPortal, document: AppDocument, desired: &str) -> LaunchView {
    let admin = portal.member("admin").await.unwrap();
    save(portal, &admin, document, Save::Create).await.unwrap();
    let launch = requests::create(
        &portal.keeper,
        &admin,
        RequestKind::Launch,
        body(portal, desired),
        &trace(),
    )
    .await
    .unwrap();
    assert_eq!(launch.summary.state, LaunchState::Draft);
    requests::submit(&portal.keeper, &admin, &launch.summary.id, "", &trace())
        .await
        .unwrap()
}

async fn approve(
    portal: &TestPortal,
    who: &str,
    id: &str,
) -> Result<LaunchView, Failure<LaunchDenied>> {
    let reviewer = portal.member(who).await.unwrap();
    review::approve(&portal.keeper, &reviewer, id, ("", None), &trace()).await
}

async fn clock(portal: &TestPortal, to: &str) -> usize {
    let admin = portal.member("admin").await.unwrap();
    move_to(&portal.keeper, &admin, &Move::To(to.into()), &trace())
        .await
        .unwrap()
        .launched
}
