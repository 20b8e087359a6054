//! Apps in other people's formats: out of the portal and into it.

use std::sync::Arc;

use durward_domain::application::AppDocument;
use durward_domain::environment::EnvironmentName;
use durward_domain::formats::{self, Exported, Format, Hints, Imported, Report};
use durward_domain::lint::Finding;
use durward_domain::permission::Action;
use serde::Serialize;

use super::apps::{AppRefusal, app};
use super::lint;
use super::plan::{Plan, plan_document};
use super::save::{Input, Save, Saved, save_app};
use crate::actor::{Belongs, Denied, Member};
use crate::failure::Failure;
use crate::keeper::Keeper;
use crate::record::Trace;

/// A configuration in a format.
///
/// # Errors
/// [`AppRefusal::NotFound`], or [`AppRefusal::NotExported`] when the format cannot say the app.
pub async fn export(
    keeper: &Keeper,
    member: &Member,
    (handle, environment): (&str, EnvironmentName),
    format: Format,
    plain: bool,
) -> Result<(Exported, i64), Failure<AppRefusal>> {
    let view = app(keeper, member, handle, environment).await?;
    let exported = formats::export(&view.document, format, plain)
        .map_err(|refusal| Failure::Refused(refusal.into()))?;
    Ok((exported, view.summary.version))
}

/// A text in some format, and where it belongs.
#[derive(Debug, Clone, Default)]
pub struct Foreign {
    /// The text.
    pub text: String,
    /// The format; guessed when it is not named.
    pub format: Option<Format>,
    /// What the text does not say.
    pub hints: Hints,
}

/// What became of a text.
#[derive(Debug, Serialize)]
pub struct Import {
    /// What it was read as.
    pub format: Format,
    /// The app that it describes.
    pub document: AppDocument,
    /// What became of every field.
    pub report: Report,
    /// What the validator finds in the app.
    pub findings: Vec<Finding>,
    /// What saving it would change.
    pub plan: Plan,
    /// The save; nothing when it was only tried.
    pub saved: Option<Saved>,
}

/// Reads a text and judges the app; saves it when it is not only a trial.
///
/// # Errors
/// [`AppRefusal::NotImported`] with every fault of the text, or what saving refuses.
pub async fn import(
    keeper: &Arc<Keeper>,
    member: &Member,
    foreign: &Foreign,
    save: Option<Save>,
    trace: &Trace,
) -> Result<Import, Failure<AppRefusal>> {
    let Imported {
        format,
        document,
        report,
    } = formats::import(&foreign.text, foreign.format, &foreign.hints)
        .map_err(|refusal| Failure::Refused(refusal.into()))?;
    if !member.reaches(Action::ViewApp, Belongs::ToTeam(document.team.as_str())) {
        return Err(Denied::Role {
            what: Action::ViewApp.sentence(),
        }
        .into());
    }
    let plan = plan_document(keeper, member, &document).await?;
    let saved = match save {
        None => None,
        Some(save) => {
            let input = Input::Document(Box::new(document.clone()));
            let note = format!("Imported from {}.", format.title());
            Some(save_app(keeper, member, input, save, &note, trace).await?)
        }
    };
    Ok(Import {
        format,
        findings: lint::findings(keeper, &document).await?,
        document,
        report,
        plan,
        saved,
    })
}
