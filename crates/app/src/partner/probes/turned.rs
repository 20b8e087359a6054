//! The daily run of a live app: its team is told when something that worked fails now, and not again while it does.

use std::sync::Arc;

use durward_domain::application::AppDocument;
use durward_domain::permission::Role;
use durward_domain::probe::ProbeOutcome;
use durward_store::probes::{self, ResultRow, StateRow};
use durward_store::{Conn, Fault as StoreFault};
use serde_json::json;

use super::{attempt, keep};
use crate::actor::Actor;
use crate::failure::Fault;
use crate::keeper::Keeper;
use crate::partner::notices::{self, Notice, To};
use crate::partner::webhooks::{self, WebhookEvent};

/// Tries everything of a live app, keeps the results and tells its team what turned.
///
/// # Errors
/// A fault.
pub(crate) async fn daily(keeper: &Arc<Keeper>, document: &AppDocument) -> Result<(), Fault> {
    let (handle, environment) = (document.handle.to_string(), document.environment);
    let mut rows = attempt(keeper, document).await?;
    let known = keeper
        .store
        .read(move |c| known(c, (&handle, environment.as_str())))
        .await?;
    if !turned(&known, &rows).is_empty() {
        // One lost packet is no news: what fails twice in a row is.
        rows = attempt(keeper, document).await?;
    }
    let (unit, document) = (Arc::clone(keeper), document.clone());
    keeper
        .store
        .write(move |c| {
            let of = (document.handle.as_str(), environment.as_str());
            let known = self::known(c, of)?;
            let actor = Actor::System("probes");
            keep(c, &unit, (of.0, environment), &rows, (&actor, None))?;
            let states: Vec<StateRow> = rows.iter().map(state).collect();
            probes::put_states(c, of, &states, unit.clock.real_now().as_microsecond())?;
            tell(c, &unit, &document, &turned(&known, &rows))
        })
        .await?;
    Ok(())
}

/// What the last daily run found; for a target that none has tried yet, what the newest run by hand did.
fn known(c: &mut Conn, (handle, environment): (&str, &str)) -> Result<Vec<StateRow>, StoreFault> {
    let mut known = probes::states(c, handle, environment)?;
    for row in probes::results(c, handle, environment)? {
        let one = state(&row);
        if !known.iter().any(|known| same(known, &one)) {
            known.push(one);
        }
    }
    Ok(known)
}

/// What fails now and did not before. What was never tried before is no news: its first result is on the page.
fn turned<'a>(known: &[StateRow], rows: &'a [ResultRow]) -> Vec<&'a ResultRow> {
    let failed = rows.iter().filter(|row| state(row).failing);
    failed
        .filter(|row| {
            let now = state(row);
            known.iter().any(|was| same(was, &now) && !was.failing)
        })
        .collect()
}

fn tell(
    c: &mut Conn,
    keeper: &Keeper,
    document: &AppDocument,
    turned: &[&ResultRow],
) -> Result<(), StoreFault> {
    let Some(first) = turned.first() else {
        return Ok(());
    };
    let (team, environment) = (document.team.as_str(), document.environment);
    let link = format!("/apps/{}/{environment}/checklist#probes", document.handle);
    let roles = [Role::PartnerAdmin, Role::PartnerDeveloper];
    let notice = Notice {
        to: &[To::Team(team, &roles)],
        kind: &notices::PROBE_FAILING,
        link: link.clone(),
        values: vec![
            ("app", document.app_name.clone()),
            ("environment", environment.to_string()),
            ("count", turned.len().to_string()),
            ("target", first.target.clone()),
            ("why", first.sentence.clone()),
        ],
    };
    notices::post(c, keeper, &notice)?;
    let failed = turned.iter().map(|row| {
        json!({ "probe": row.probe, "target": row.target, "code": row.code, "sentence": row.sentence })
    });
    let data = json!({
        "app": document.handle, "environment": environment, "failed": failed.collect::<Vec<_>>(),
        "url": keeper.url(&link),
    });
    webhooks::emit(c, keeper, team, WebhookEvent::ProbeFailing, &data)
}

fn state(row: &ResultRow) -> StateRow {
    StateRow {
        probe: row.probe.clone(),
        target: row.target.clone(),
        failing: row.outcome == ProbeOutcome::Failed.as_str(),
    }
}

fn same(one: &StateRow, other: &StateRow) -> bool {
    one.probe == other.probe && one.target == other.target
}
