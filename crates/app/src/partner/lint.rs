//! The one validator, with what the portal knows: the team's domains, the keys of the sandbox, the keeper's day.

use std::collections::BTreeSet;

use durward_domain::application::{AppDocument, Key};
use durward_domain::environment::EnvironmentName;
use durward_domain::lint::{self, Finding, LintContext};
use durward_store::{apps, members};

use super::apps::document_of;
use crate::failure::Fault;
use crate::keeper::Keeper;

/// What the validator finds in a text. A text that is no document is a finding too.
///
/// # Errors
/// A fault; never a refusal.
pub async fn lint(keeper: &Keeper, bytes: &[u8]) -> Result<Vec<Finding>, Fault> {
    match AppDocument::parse_json(bytes) {
        Ok(document) => findings(keeper, &document).await,
        Err(fault) => Ok(vec![lint::unreadable(&fault)]),
    }
}

/// What the validator finds in a document.
///
/// # Errors
/// A fault.
pub async fn findings(keeper: &Keeper, document: &AppDocument) -> Result<Vec<Finding>, Fault> {
    let known = known(keeper, document).await?;
    Ok(lint::lint(
        document,
        &LintContext {
            programme: &keeper.programme,
            dedicated_domains: &known.domains,
            today: keeper.today(),
            now: keeper.clock.real_now(),
            sandbox_keys: &known.sandbox_keys,
            listed_apps: None,
        },
    ))
}

/// What else counts when a document is judged.
pub(crate) struct Known {
    /// Domains proved to be the team's own.
    pub(crate) domains: Vec<String>,
    /// Fingerprints of the keys that the app's sandbox configuration uses.
    pub(crate) sandbox_keys: BTreeSet<String>,
}

pub(crate) async fn known(keeper: &Keeper, document: &AppDocument) -> Result<Known, Fault> {
    let (team, handle) = (document.team.to_string(), document.handle.to_string());
    let live = document.environment.class().is_live();
    let (team, sandbox) = keeper
        .store
        .read(move |c| {
            let team = members::find_team(c, &team)?;
            let sandbox = if live {
                apps::find_configuration(c, &handle, EnvironmentName::Sandbox.as_str())?
            } else {
                None
            };
            Ok((team, sandbox))
        })
        .await?;
    let domains = team
        .map(|team| team.domains.split_whitespace().map(str::to_owned).collect())
        .unwrap_or_default();
    let sandbox = sandbox.map(|row| document_of(&row.document)).transpose()?;
    let sandbox_keys = sandbox
        .map(|sandbox| sandbox.keys.iter().map(Key::fingerprint).collect())
        .unwrap_or_default();
    Ok(Known {
        domains,
        sandbox_keys,
    })
}
