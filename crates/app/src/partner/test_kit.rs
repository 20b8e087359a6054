//! The test kit of an app, handed over to members of its team: who may, and which environment it is.

use std::sync::Arc;

use durward_domain::environment::EnvironmentName;
use durward_domain::permission::Action;
use durward_domain::refusal::{RefusalKind, Refuse};

use super::apps::{self, AppRefusal, AppView};
use crate::actor::{Belongs, Denied, Member};
use crate::automation::Automation;
use crate::door::Door;
use crate::failure::Failure;
use crate::keeper::Keeper;

/// A member's hold on the test kit of one app.
pub struct TestKit {
    /// The app.
    pub app: AppView,
    /// Its environment.
    pub door: Arc<Door>,
    /// What the member reaches there: what belongs to the app's team.
    pub authority: Automation,
}

/// The test kit of an app, for a member who may use it.
///
/// # Errors
/// [`TestKitRefusal`], or a fault.
pub async fn open(
    keeper: &Keeper,
    member: &Member,
    handle: &str,
    environment: EnvironmentName,
) -> Result<TestKit, Failure<TestKitRefusal>> {
    let app = apps::app(keeper, member, handle, environment)
        .await
        .map_err(|failure| match failure {
            Failure::Refused(no) => Failure::Refused(TestKitRefusal::App(no)),
            Failure::Fault(fault) => Failure::Fault(fault),
        })?;
    let (team, now) = (&app.summary.team, keeper.clock.real_now());
    let permit = member
        .may(Action::UseTestKit, Belongs::ToTeam(team), now)
        .map_err(|denied| Failure::Refused(denied.into()))?;
    let door = keeper
        .environment(environment)
        .and_then(|link| link.door.clone());
    let held = door.and_then(|door| {
        let authority = Automation::of_member(&door, &permit, team)?;
        Some((door, authority))
    });
    match held {
        Some((door, authority)) => Ok(TestKit {
            app,
            door,
            authority,
        }),
        None => Err(Failure::Refused(TestKitRefusal::NotHere)),
    }
}

/// Why there is no test kit for a member.
#[derive(Debug, thiserror::Error)]
pub enum TestKitRefusal {
    /// The app is not to be seen.
    #[error(transparent)]
    App(#[from] AppRefusal),
    /// The member may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Live class, or an environment that another process plays.
    #[error(
        "There is no test kit here. It exists in test-class environments only, where the portal and the environment share a process."
    )]
    NotHere,
}

impl Refuse for TestKitRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::App(no) => no.code(),
            Self::Denied(no) => no.code(),
            Self::NotHere => "test-kit/not-here",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::App(no) => no.kind(),
            Self::Denied(no) => no.kind(),
            Self::NotHere => RefusalKind::NotFound,
        }
    }
}
