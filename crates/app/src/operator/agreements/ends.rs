//! What happens to live apps that no Order covers any more: the programme's policy, carried out by the server. An app that a
//! Mod or a new Order covers again is resumed. The sandbox and staging are never touched.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use durward_domain::agreement::{AgreementNumber, Cover, Held, cover};
use durward_domain::application::AppDocument;
use durward_domain::calendar::say;
use durward_domain::environment::EnvironmentName;
use durward_domain::level::LevelOfService;
use durward_store::agreements::{self, AgreementRow};
use durward_store::denials;
use durward_store::{Conn, Fault as StoreFault, apps, releases};
use jiff::civil::{Date, Time};

use crate::failure::{Fault, FaultKind};
use crate::keeper::Keeper;
use crate::operator::suspension::{is_open, resume_by_rule, suspend_by_rule, was_done};
use crate::operator::{bootstrap, build};
use crate::partner::agreements::held;

/// Suspends every live app whose days are over, and resumes what is covered again; answers how many of both.
pub(crate) async fn act(keeper: &Arc<Keeper>) -> Result<u32, Fault> {
    let mut done = 0;
    for link in &keeper.environments {
        if !link.name.class().is_live() {
            continue;
        }
        let (environment, unit_keeper) = (link.name, Arc::clone(keeper));
        let (suspended, due) = keeper
            .store
            .read(move |c| {
                let open = denials::denied_in(c, environment.as_str())?;
                let suspended: Vec<String> = open
                    .into_iter()
                    .filter(is_open)
                    .map(|row| row.handle)
                    .collect();
                Ok((suspended, due_in(c, &unit_keeper, environment)?))
            })
            .await?;
        for handle in suspended {
            done += u32::from(resume(keeper, &handle, environment).await?);
        }
        for (handle, over) in due {
            done += u32::from(suspend(keeper, &handle, environment, &over).await?);
        }
    }
    Ok(done)
}

/// An app whose days are over.
struct Over {
    number: AgreementNumber,
    last: Date,
    suspends: Date,
}

async fn suspend(
    keeper: &Arc<Keeper>,
    handle: &str,
    environment: EnvironmentName,
    over: &Over,
) -> Result<bool, Fault> {
    let reason = format!(
        "Order {} covered this app until {}, and no other does. By the rules of the programme the app is suspended from {}. It is resumed when a Mod or a new Order covers it.",
        over.number,
        say(over.last),
        say(over.suspends)
    );
    let (unit_keeper, name) = (Arc::clone(keeper), handle.to_owned());
    let due = move |c: &mut Conn| Ok(over_in(c, &unit_keeper, environment, &name)?.is_some());
    suspend_by_rule(keeper, (handle, environment), &reason, due).await
}

async fn resume(
    keeper: &Arc<Keeper>,
    handle: &str,
    environment: EnvironmentName,
) -> Result<bool, Fault> {
    let (unit_keeper, name) = (Arc::clone(keeper), handle.to_owned());
    let over = move |c: &mut Conn| {
        let rules = &unit_keeper.programme.agreement;
        let stays = |day: Option<Date>| day.is_none_or(|day| day > unit_keeper.today());
        Ok(match covered(c, &unit_keeper, environment, &name)? {
            Some(Cover::Now) => true,
            Some(Cover::Until { last, .. }) => stays(rules.suspends_on(last)),
            // Taken out of the releases, or under another name: nothing covers it.
            Some(Cover::Never) | None => false,
        })
    };
    let reason =
        "An agreement covers the app again, or the rules of the programme let it stay live.";
    resume_by_rule(keeper, (handle, environment), reason, over).await
}

/// The live apps that are to be suspended now. Only the apps of agencies with an Order that is over are looked at.
fn due_in(
    c: &mut Conn,
    keeper: &Keeper,
    environment: EnvironmentName,
) -> Result<Vec<(String, Over)>, StoreFault> {
    let today = keeper.today();
    if keeper.programme.agreement.suspends_on(today).is_none() {
        return Ok(Vec::new());
    }
    let mut orders: BTreeMap<String, Vec<AgreementRow>> = BTreeMap::new();
    for row in agreements::all(c)? {
        orders.entry(row.agency_id.clone()).or_default().push(row);
    }
    let mut due = Vec::new();
    for (agency_id, rows) in orders {
        let held = held(c, keeper, &rows)?;
        let listed: BTreeSet<&str> = held
            .iter()
            .flat_map(|one| one.order.apps.iter().map(|app| app.name.as_str()))
            .collect();
        let uncovered = |name: &&str| {
            LevelOfService::ALL
                .iter()
                .any(|level| matches!(cover(&held, name, *level, today), Cover::Until { .. }))
        };
        if !listed.iter().any(uncovered) {
            continue;
        }
        for (handle, document) in releases::of_agency(c, environment.as_str(), &agency_id)? {
            let document = read(&document)?;
            if bootstrap::is_own(keeper, environment, &handle) {
                continue;
            }
            let over = ended(keeper, cover_of(keeper, &held, &document));
            if let Some(over) = over
                && is_due(c, keeper, (&handle, environment), &over)?
            {
                due.push((handle, over));
            }
        }
    }
    Ok(due)
}

/// The same for one app.
fn over_in(
    c: &mut Conn,
    keeper: &Keeper,
    environment: EnvironmentName,
    handle: &str,
) -> Result<Option<Over>, StoreFault> {
    let over = covered(c, keeper, environment, handle)?.and_then(|cover| ended(keeper, cover));
    match over {
        Some(over) if is_due(c, keeper, (handle, environment), &over)? => Ok(Some(over)),
        _ => Ok(None),
    }
}

/// Its day has come, and the server did not act on that day or later: a member who resumed the app has the last word.
fn is_due(
    c: &mut Conn,
    keeper: &Keeper,
    app: (&str, EnvironmentName),
    over: &Over,
) -> Result<bool, StoreFault> {
    if over.suspends > keeper.today() {
        return Ok(false);
    }
    let since = keeper.programme.instant(over.suspends, Time::midnight());
    Ok(!was_done(c, app, since.as_microsecond())?)
}

/// Whether an agreement covers a live app; nothing when the app is not in the releases.
fn covered(
    c: &mut Conn,
    keeper: &Keeper,
    environment: EnvironmentName,
    handle: &str,
) -> Result<Option<Cover>, StoreFault> {
    let Some((revision, _)) = releases::app_in(c, environment.as_str(), handle)? else {
        return Ok(None);
    };
    let (revision, agency) = (
        apps::find_revision(c, &revision)?,
        build::agency_of(c, handle)?,
    );
    let (Some(revision), Some(agency)) = (revision, agency) else {
        return Ok(None);
    };
    let rows = agreements::of_agency(c, &agency)?;
    let held = held(c, keeper, &rows)?;
    Ok(Some(cover_of(keeper, &held, &read(&revision.document)?)))
}

fn cover_of(keeper: &Keeper, held: &[Held], document: &AppDocument) -> Cover {
    let level = document.level_of_service;
    cover(held, &document.app_name, level, keeper.today())
}

/// When an app is to be suspended; nothing while it is covered, and for one that no Order ever covered.
fn ended(keeper: &Keeper, cover: Cover) -> Option<Over> {
    match cover {
        Cover::Never | Cover::Now => None,
        Cover::Until { number, last } => Some(Over {
            number,
            last,
            suspends: keeper.programme.agreement.suspends_on(last)?,
        }),
    }
}

fn read(document: &str) -> Result<AppDocument, StoreFault> {
    AppDocument::parse_json(document.as_bytes())
        .map_err(|_| StoreFault::new(FaultKind::Corrupt, "a stored revision"))
}
