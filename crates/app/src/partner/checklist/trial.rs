//! What the sandbox saw of an app: counted by revision, and counted here for the revisions of the same shape.

use std::collections::HashMap;

use durward_domain::application::AppDocument;
use durward_domain::environment::EnvironmentName;
use durward_domain::launch::{Trial, differences};
use durward_domain::refusal::Refuse as _;
use durward_oidc::authorize::interaction::InteractionRefusal;
use durward_store::request_records::{self, Wanted};
use durward_store::{Conn, Fault as StoreFault, apps};

use super::document_of;
use crate::client::trail;
use crate::failure::Fault;
use crate::keeper::Keeper;

/// Did somebody ever sign in to the app in the sandbox?
///
/// # Errors
/// A fault.
pub async fn tried(keeper: &Keeper, handle: &str) -> Result<bool, Fault> {
    let handle = handle.to_owned();
    let uses = keeper
        .store
        .read(move |c| request_records::uses_of(c, SANDBOX, &handle, trail::OUTCOME))
        .await?;
    Ok(uses.iter().any(|one| one.value.ends_with(REDEEMED)))
}

/// What the sandbox saw with configurations of this shape: what was tried with another protocol, level or way to prove
/// the app says nothing of this one.
pub(super) async fn of(keeper: &Keeper, document: &AppDocument) -> Result<Trial, Fault> {
    let handle = document.handle.to_string();
    let seen = keeper.store.read(move |c| seen(c, &handle)).await?;
    let mut trial = Trial::default();
    for (tried, counts) in seen {
        if differences(&document_of(&tried)?, document).is_empty() {
            trial.signed_in += counts.signed_in;
            trial.cancelled += counts.cancelled;
            trial.signed_out += counts.signed_out;
            trial.not_verified += counts.not_verified;
        }
    }
    Ok(trial)
}

/// The documents that were tried, with what was seen of each.
fn seen(c: &mut Conn, handle: &str) -> Result<Vec<(String, Trial)>, StoreFault> {
    let mut by_revision: HashMap<String, Trial> = HashMap::new();
    for one in request_records::uses_of(c, SANDBOX, handle, trail::OUTCOME)? {
        let count = u64::try_from(one.uses).unwrap_or_default();
        let mut add = |end: &str, field: fn(&mut Trial) -> &mut u64| {
            if let Some(revision) = one.value.strip_suffix(end) {
                *field(by_revision.entry(revision.to_owned()).or_default()) += count;
            }
        };
        add(REDEEMED, |trial| &mut trial.signed_in);
        add(CANCELLED, |trial| &mut trial.cancelled);
        add(SIGNED_OUT, |trial| &mut trial.signed_out);
    }
    // Refusals are counted by their code only where they are kept whole.
    let wanted = Wanted {
        step: "authorize".to_owned(),
        code: InteractionRefusal::IdentityNotVerified.code().to_owned(),
        most: MOST,
        ..Wanted::default()
    };
    for one in request_records::of_app(c, SANDBOX, handle, &wanted)? {
        if let Some(revision) = one.request.revision_id {
            by_revision.entry(revision).or_default().not_verified += 1;
        }
    }
    let mut documents = Vec::with_capacity(by_revision.len());
    for (revision, trial) in by_revision {
        if let Some(row) = apps::find_revision(c, &revision)? {
            documents.push((row.document, trial));
        }
    }
    Ok(documents)
}

const SANDBOX: &str = EnvironmentName::Sandbox.as_str();
/// How a count of redeemed codes ends.
const REDEEMED: &str = " token ok";
const CANCELLED: &str = " authorize cancelled";
const SIGNED_OUT: &str = " logout ok";
const MOST: i64 = 50;
