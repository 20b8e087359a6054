//! What a new request begins with: what the app, its agreement and its last request say already.

use durward_domain::agreement::Standing;
use durward_domain::application::AppDocument;
use durward_domain::launch::LaunchBody;
use durward_store::launches;

use super::Stored;
use crate::actor::Member;
use crate::failure::Fault;
use crate::keeper::Keeper;
use crate::partner::agreements;

/// A request for a configuration, filled with what is known. Dates, attestations and words are each request's own.
///
/// # Errors
/// A fault.
pub async fn suggested(
    keeper: &Keeper,
    member: &Member,
    document: &AppDocument,
) -> Result<LaunchBody, Fault> {
    let handle = document.handle.to_string();
    let rows = keeper
        .store
        .read(move |c| launches::of_app(c, &handle))
        .await?;
    let mut body = LaunchBody::new(document.handle.clone(), document.environment);
    let here = |row: &&launches::LaunchRow| row.environment == document.environment.as_str();
    // The newest of this environment; of another one where there is none here.
    let last = rows.iter().find(here).or_else(|| rows.first());
    if let Some(row) = last {
        let last = Stored::read(row)?.body;
        body.agreement = last.agreement;
        body.estimates = last.estimates;
        body.audience = last.audience;
        body.application_url = last.application_url;
        body.contacts = last.contacts;
    }
    for contact in &document.contacts {
        if !body.contacts.iter().any(|known| known.kind == contact.kind) {
            body.contacts.push(contact.clone());
        }
    }
    let all = agreements::list(keeper, member).await?;
    let lists = |number: &str| {
        let found = all.iter().find(|one| one.number == number);
        found.is_some_and(|one| one.apps.contains(&document.app_name))
    };
    if !body.agreement.as_deref().is_some_and(lists) {
        let listing = all
            .iter()
            .filter(|one| one.apps.contains(&document.app_name));
        let best = listing.max_by_key(|one| (one.standing == Standing::Active, one.ends));
        body.agreement = best.map(|one| one.number.to_string()).or(body.agreement);
    }
    Ok(body)
}
