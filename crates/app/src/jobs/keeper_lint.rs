//! The nightly check: every live app is judged again, for certificates grow old and rules grow.

use std::collections::BTreeSet;
use std::sync::Arc;

use durward_domain::environment::EnvironmentName;
use durward_domain::lint::{Finding, Severity};
use durward_domain::permission::Role;
use durward_store::settings;
use durward_store::validator::{self, LiveApp, ResultRow};

use crate::failure::Fault;
use crate::keeper::Keeper;
use crate::partner::apps::document_of;
use crate::partner::lint;
use crate::partner::notices::{self, FINDINGS_NEW, Notice, To};
use crate::partner::webhooks::{self, WebhookEvent};

/// What one check did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// How many live apps were judged.
    pub apps: u64,
    /// In how many of them something is new.
    pub news: u64,
}

/// Checks all live apps unless that was done on the keeper's day already.
///
/// # Errors
/// A fault.
pub async fn run_if_due(keeper: &Arc<Keeper>) -> Result<Option<Checked>, Fault> {
    let today = keeper.today().to_string();
    let last = keeper.store.read(|c| settings::find(c, LAST_DAY)).await?;
    if last.is_some_and(|last| last.content == today) {
        return Ok(None);
    }
    let checked = run(keeper).await?;
    keeper
        .store
        .write(move |c| settings::put(c, LAST_DAY, &today))
        .await?;
    Ok(Some(checked))
}

/// Checks all live apps now.
///
/// # Errors
/// A fault.
pub async fn run(keeper: &Arc<Keeper>) -> Result<Checked, Fault> {
    learn_facts(keeper).await?;
    let mut checked = Checked::default();
    for environment in EnvironmentName::ALL
        .into_iter()
        .filter(|name| name.class().is_live())
    {
        let mut after = String::new();
        loop {
            let start = after.clone();
            let batch = keeper
                .store
                .read(move |c| validator::live_apps(c, environment.as_str(), &start, AT_ONCE))
                .await?;
            let Some(last) = batch.last() else { break };
            after.clone_from(&last.handle);
            let mut judged = Vec::with_capacity(batch.len());
            for app in batch {
                judged.push(judge(keeper, environment, app).await?);
                tokio::task::yield_now().await;
            }
            checked.apps += judged.len() as u64;
            checked.news += judged.iter().filter(|one| one.told.is_some()).count() as u64;
            keep(keeper, judged).await?;
        }
    }
    keeper.store.write(validator::delete_gone_results).await?;
    Ok(checked)
}

/// What is kept of one app, and what its team is told where something is new.
struct Judged {
    row: ResultRow,
    told: Option<Told>,
}

/// Judges one app.
async fn judge(
    keeper: &Keeper,
    environment: EnvironmentName,
    app: LiveApp,
) -> Result<Judged, Fault> {
    let document = document_of(&app.document)?;
    let findings = lint::findings(keeper, &document).await?;
    let handle = app.handle.clone();
    let before = keeper
        .store
        .read(move |c| validator::result_of(c, environment.as_str(), &handle))
        .await?;
    let known: Option<BTreeSet<(String, String)>> = before
        .map(|row| {
            Ok::<_, Fault>(
                lint::findings_of(&row.findings)?
                    .into_iter()
                    .map(|finding| (finding.rule, finding.path))
                    .collect(),
            )
        })
        .transpose()?;
    // The first check tells nothing new: what it finds was there when the app was launched.
    let added: Vec<&Finding> = findings
        .iter()
        .filter(|finding| finding.severity != Severity::Info && finding.waived.is_none())
        .filter(|finding| {
            known
                .as_ref()
                .is_some_and(|known| !known.contains(&(finding.rule.clone(), finding.path.clone())))
        })
        .collect();
    let count = |severity: Severity| {
        let number = findings
            .iter()
            .filter(|finding| finding.severity == severity && finding.waived.is_none())
            .count();
        i64::try_from(number).unwrap_or(i64::MAX)
    };
    let row = ResultRow {
        environment: environment.as_str().to_owned(),
        handle: app.handle,
        revision_id: app.revision_id,
        checked_us: keeper.clock.now().as_microsecond(),
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
        findings: json(&findings)?,
        added: json(&added)?,
    };
    let told = added.first().map(|first| Told {
        team: document.team.to_string(),
        app: document.app_name.clone(),
        count: added.len().to_string(),
        first: first.message.clone(),
        findings: serde_json::json!(added),
    });
    Ok(Judged { row, told })
}

/// Keeps many results in one commit: each for itself would hold up those who save.
async fn keep(keeper: &Arc<Keeper>, judged: Vec<Judged>) -> Result<(), Fault> {
    let keeper_in = Arc::clone(keeper);
    let work = keeper.store.write(move |c| {
        for Judged { row, told } in &judged {
            validator::put_result(c, row)?;
            let Some(told) = told else { continue };
            let link = format!("/apps/{}/{}/findings", row.handle, row.environment);
            let data = serde_json::json!({
                "app": row.handle, "environment": row.environment, "findings": told.findings,
                "url": keeper_in.url(&link),
            });
            webhooks::emit(
                c,
                &keeper_in,
                &told.team,
                WebhookEvent::LintNewFinding,
                &data,
            )?;
            notices::post(
                c,
                &keeper_in,
                &Notice {
                    to: &[To::Team(
                        &told.team,
                        &[Role::PartnerAdmin, Role::PartnerDeveloper],
                    )],
                    kind: &FINDINGS_NEW,
                    link,
                    values: vec![
                        ("app", told.app.clone()),
                        ("environment", row.environment.clone()),
                        ("count", told.count.clone()),
                        ("first", told.first.clone()),
                    ],
                },
            )?;
        }
        Ok(())
    });
    Ok(work.await?)
}

/// What the team is told.
struct Told {
    team: String,
    app: String,
    count: String,
    first: String,
    findings: serde_json::Value,
}

/// Configurations that were saved before facts were kept are gone through once.
async fn learn_facts(keeper: &Arc<Keeper>) -> Result<(), Fault> {
    if keeper
        .store
        .read(|c| settings::find(c, FACTS_KNOWN))
        .await?
        .is_some()
    {
        return Ok(());
    }
    let mut after = (String::new(), String::new());
    loop {
        let start = after.clone();
        let rows = keeper
            .store
            .read(move |c| validator::documents(c, (&start.0, &start.1), AT_ONCE))
            .await?;
        let Some((handle, environment, _)) = rows.last() else {
            break;
        };
        after = (handle.clone(), environment.clone());
        let mut learnt = Vec::with_capacity(rows.len());
        for (handle, environment, document) in rows {
            learnt.push((
                handle,
                environment,
                lint::facts_of(&document_of(&document)?),
            ));
        }
        keeper
            .store
            .write(move |c| {
                learnt.iter().try_for_each(|(handle, environment, facts)| {
                    validator::put_facts(c, handle, environment, facts)
                })
            })
            .await?;
    }
    keeper
        .store
        .write(|c| settings::put(c, FACTS_KNOWN, "1"))
        .await?;
    Ok(())
}

fn json(findings: &impl serde::Serialize) -> Result<String, Fault> {
    serde_json::to_string(findings).map_err(|error| Fault::internal(error.to_string()))
}

const LAST_DAY: &str = "lint.last_day";
const FACTS_KNOWN: &str = "lint.facts_known";
const AT_ONCE: i64 = 100;
