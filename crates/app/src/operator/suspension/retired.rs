//! Apps that have ended for good: denied in the name of the request that asked for it, and never lifted.

use std::collections::BTreeSet;
use std::sync::Arc;

use durward_domain::environment::EnvironmentName;
use durward_domain::release::DenialKind;
use durward_store::{Conn, Fault as StoreFault, apps, denials};

use super::{SuspensionDenied, deny};
use crate::failure::{Failure, Fault};
use crate::keeper::Keeper;
use crate::partner::apps::document_of;
use crate::partner::steps::By;

/// Ends an app for good. An app that has ended stays so.
///
/// # Errors
/// A fault.
pub(crate) async fn retire(
    keeper: &Arc<Keeper>,
    (handle, environment): (&str, EnvironmentName),
    reason: &str,
) -> Result<(), Fault> {
    let name = handle.to_owned();
    let free = move |c: &mut Conn| is_retired(c, &name, environment).map(|retired| !retired);
    let how = (DenialKind::Retired, None);
    match deny(
        keeper,
        (handle, environment),
        how,
        &By::server(reason),
        free,
    )
    .await
    {
        Ok(()) | Err(Failure::Refused(SuspensionDenied::Already)) => Ok(()),
        Err(Failure::Refused(refusal)) => {
            Err(Fault::internal(format!("retiring {handle}: {refusal}")))
        }
        Err(Failure::Fault(fault)) => Err(fault),
    }
}

/// Whether an app has ended in an environment, for good.
pub(crate) fn is_retired(
    c: &mut Conn,
    handle: &str,
    environment: EnvironmentName,
) -> Result<bool, StoreFault> {
    let all = denials::denials_of(c, environment.as_str(), handle)?;
    Ok(all
        .iter()
        .any(|row| row.ended_us.is_none() && row.kind == DenialKind::Retired.as_str()))
}

/// The names, as agreements list them, of the apps that have ended in production.
///
/// # Errors
/// A fault.
pub async fn retired_names(keeper: &Keeper) -> Result<BTreeSet<String>, Fault> {
    let environment = EnvironmentName::Production.as_str();
    let found = keeper.store.read(move |c| {
        let mut documents = Vec::new();
        for row in denials::denied_in(c, environment)? {
            if row.kind == DenialKind::Retired.as_str() {
                documents.extend(apps::find_configuration(c, &row.handle, environment)?);
            }
        }
        Ok(documents)
    });
    let mut names = BTreeSet::new();
    for row in found.await? {
        names.insert(document_of(&row.document)?.app_name);
    }
    Ok(names)
}
