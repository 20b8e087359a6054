//! The secrets of an app in one environment, for members of its team. The portal keeps none of them: they are made in the
//! environment, shown once, and never leave it.

use std::sync::Arc;

use durward_domain::environment::EnvironmentName;
use durward_domain::permission::Action;
use durward_domain::refusal::{RefusalKind, Refuse};
use durward_store::client_secrets::SecretRow;
use jiff::Timestamp;
use serde::Serialize;

use super::apps::{self, AppRefusal, AppView};
use super::members;
use crate::actor::{Belongs, Denied, Member};
pub use crate::client::secrets::MOST;
use crate::client::secrets::{self as kept, Wanted};
use crate::door::Door;
use crate::failure::{Failure, Fault};
use crate::keeper::{Keeper, time};
use crate::record::Trace;

/// What is known of one secret; never the secret.
#[derive(Clone, Debug, Serialize)]
pub struct Secret {
    /// What names it.
    pub id: String,
    /// The name of the member who made it.
    pub made_by: String,
    /// When.
    pub created: Timestamp,
    /// Until when it is good.
    pub expires: Option<Timestamp>,
    /// When it was last used.
    pub used: Option<Timestamp>,
}

/// A secret that was just made: the only time that it is told.
#[derive(Serialize)]
pub struct MadeSecret {
    /// The secret.
    pub secret: String,
    /// What is known of it.
    #[serde(flatten)]
    pub facts: Secret,
}

/// Who may make and end secrets.
pub const fn action(environment: EnvironmentName) -> Action {
    match environment {
        EnvironmentName::Sandbox => Action::EditSandboxApp,
        _ => Action::ManageSecrets,
    }
}

/// Does this app prove itself by a secret?
pub fn has_secrets(app: &AppView) -> bool {
    use durward_domain::application::TokenEndpointAuthMethod as Method;
    app.document.oidc.as_ref().is_some_and(|oidc| {
        matches!(
            oidc.token_endpoint_auth_method,
            Method::ClientSecretBasic | Method::ClientSecretPost
        )
    })
}

/// Are secrets of this environment's apps kept in this process?
pub(super) fn kept_here(keeper: &Keeper, environment: EnvironmentName) -> bool {
    door(keeper, environment).is_some()
}

/// The secrets of an app that are good, the oldest first. None where the environment runs elsewhere.
///
/// # Errors
/// A fault.
pub async fn of_app(keeper: &Keeper, app: &AppView) -> Result<Option<Vec<Secret>>, Fault> {
    let Some(door) = door(keeper, app.summary.environment) else {
        return Ok(None);
    };
    let rows = kept::of_app(&door, &app.document.issuer, &app.summary.handle).await?;
    let mut secrets = Vec::with_capacity(rows.len());
    for row in rows {
        secrets.push(told(keeper, row).await?);
    }
    Ok(Some(secrets))
}

/// The same for a member, by the names of app and environment.
///
/// # Errors
/// [`SecretDenied`], or a fault.
pub async fn list(
    keeper: &Keeper,
    member: &Member,
    (handle, environment): (&str, EnvironmentName),
) -> Result<Vec<Secret>, Failure<SecretDenied>> {
    let app = find(keeper, member, handle, environment).await?;
    of_app(keeper, &app)
        .await?
        .ok_or(Failure::Refused(SecretDenied::Elsewhere))
}

/// Makes a secret for an app, good for so many days or until it is ended.
///
/// # Errors
/// [`SecretDenied`], or a fault.
pub async fn make(
    keeper: &Arc<Keeper>,
    member: &Member,
    (handle, environment): (&str, EnvironmentName),
    days: Option<u16>,
    trace: &Trace,
) -> Result<MadeSecret, Failure<SecretDenied>> {
    let (app, door) = open(keeper, member, handle, environment).await?;
    if !has_secrets(&app) {
        return Err(Failure::Refused(SecretDenied::OtherMethod));
    }
    if days.is_some_and(|days| !(1..=LONGEST_DAYS).contains(&days)) {
        return Err(Failure::Refused(SecretDenied::Days));
    }
    let wanted = Wanted {
        handle: app.summary.handle.clone(),
        client_id: app.document.issuer.clone(),
        made_by: member.id.clone(),
        days,
    };
    let made = kept::make(&door, wanted, &member.actor(), trace).await?;
    let (secret, row) = made.ok_or(Failure::Refused(SecretDenied::TooMany))?;
    Ok(MadeSecret {
        secret,
        facts: told(keeper, row).await?,
    })
}

/// Ends a secret at once.
///
/// # Errors
/// [`SecretDenied`], or a fault.
pub async fn end(
    keeper: &Arc<Keeper>,
    member: &Member,
    (handle, environment): (&str, EnvironmentName),
    id: &str,
    trace: &Trace,
) -> Result<(), Failure<SecretDenied>> {
    let (app, door) = open(keeper, member, handle, environment).await?;
    let of = (app.document.issuer.as_str(), app.summary.handle.as_str());
    if kept::end(&door, id, of, &member.actor(), trace).await? {
        Ok(())
    } else {
        Err(Failure::Refused(SecretDenied::NotFound))
    }
}

async fn open(
    keeper: &Keeper,
    member: &Member,
    handle: &str,
    environment: EnvironmentName,
) -> Result<(AppView, Arc<Door>), Failure<SecretDenied>> {
    let app = find(keeper, member, handle, environment).await?;
    let (team, now) = (&app.summary.team, keeper.clock.real_now());
    member
        .may(action(environment), Belongs::ToTeam(team), now)
        .map_err(|denied| Failure::Refused(denied.into()))?;
    let door = door(keeper, environment).ok_or(Failure::Refused(SecretDenied::Elsewhere))?;
    Ok((app, door))
}

async fn find(
    keeper: &Keeper,
    member: &Member,
    handle: &str,
    environment: EnvironmentName,
) -> Result<AppView, Failure<SecretDenied>> {
    apps::app(keeper, member, handle, environment)
        .await
        .map_err(|failure| match failure {
            Failure::Refused(refusal) => Failure::Refused(refusal.into()),
            Failure::Fault(fault) => Failure::Fault(fault),
        })
}

fn door(keeper: &Keeper, environment: EnvironmentName) -> Option<Arc<Door>> {
    keeper.environment(environment)?.door.clone()
}

async fn told(keeper: &Keeper, row: SecretRow) -> Result<Secret, Fault> {
    Ok(Secret {
        made_by: members::name_of(keeper, &row.made_by).await?,
        id: row.secret_id,
        created: time(row.created_us),
        expires: row.expires_us.map(time),
        used: row.used_us.map(time),
    })
}

/// Why no secret is made, shown or ended.
#[derive(Debug, thiserror::Error)]
pub enum SecretDenied {
    /// The app is not to be seen.
    #[error(transparent)]
    App(#[from] AppRefusal),
    /// The member may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The app proves itself otherwise.
    #[error(
        "This app does not prove itself by a secret. Set token_endpoint_auth_method to client_secret_basic or client_secret_post first."
    )]
    OtherMethod,
    /// It has two.
    #[error("This app has {MOST} secrets here. End the one that is not used any more first.")]
    TooMany,
    /// Not a number of days.
    #[error("Give a number of days from 1 to {LONGEST_DAYS}, or leave it out.")]
    Days,
    /// No such secret.
    #[error("There is no such secret any more.")]
    NotFound,
    /// Another process plays the environment.
    #[error(
        "This environment runs in another process, and secrets never travel. Let the app prove itself with a key (private_key_jwt)."
    )]
    Elsewhere,
}

impl Refuse for SecretDenied {
    fn code(&self) -> &'static str {
        match self {
            Self::App(refusal) => refusal.code(),
            Self::Denied(denied) => denied.code(),
            Self::OtherMethod => "secret/other-method",
            Self::TooMany => "secret/too-many",
            Self::Days => "secret/days",
            Self::NotFound => "secret/not-found",
            Self::Elsewhere => "secret/elsewhere",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::App(refusal) => refusal.kind(),
            Self::Denied(denied) => denied.kind(),
            Self::Days => RefusalKind::Invalid,
            Self::NotFound => RefusalKind::NotFound,
            Self::OtherMethod | Self::TooMany | Self::Elsewhere => RefusalKind::Conflict,
        }
    }
}

/// The longest life of a secret that has an end.
pub const LONGEST_DAYS: u16 = 730;
