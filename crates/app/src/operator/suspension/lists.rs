//! Making the next deny list of an environment and handing it over.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use durward_domain::environment::EnvironmentName;
use durward_domain::event::Event;
use durward_domain::id::AppHandle;
use durward_domain::permission::Role;
use durward_domain::refusal::Refuse as _;
use durward_domain::release::{
    DenialKind, DenialPage, DeniedApp, DenyFormat, DenyList, SignedDenyList,
};
use durward_store::denials::{self, DeniedRow, RevokedKeyRow};
use durward_store::{Conn, Fault as StoreFault, apps};
use jiff::Timestamp;
use serde_json::json;

use super::by_rule::AGREEMENTS;
use super::{SuspensionDenied, event_of};
use crate::deny_intake;
use crate::failure::{Failure, Fault, FaultKind};
use crate::keeper::{EnvironmentLink, Happened, Keeper, time};
use crate::partner::notices::{self, Notice, To};
use crate::partner::steps::By;
use crate::partner::webhooks::{self, WebhookEvent};

/// What the next list changes.
#[derive(Clone)]
pub(crate) enum Change {
    /// Nobody can sign in to an app any more.
    Deny(Box<DeniedRow>),
    /// People can again.
    Lift(Box<DeniedRow>),
    /// A key proves nothing any more.
    Revoke(RevokedKeyRow),
}

impl Change {
    fn handle(&self) -> &str {
        match self {
            Self::Deny(row) | Self::Lift(row) => &row.handle,
            Self::Revoke(row) => &row.handle,
        }
    }
}

/// Makes the next list of an environment: `decide` says by what stands in the database what it changes. Signed outside the
/// unit; who finds the place in the sequence taken looks and decides again.
pub(crate) async fn make<D>(
    keeper: &Arc<Keeper>,
    environment: EnvironmentName,
    decide: D,
    by: &By,
) -> Result<(), Failure<SuspensionDenied>>
where
    D: Fn(&mut Conn) -> Result<Result<Change, SuspensionDenied>, StoreFault>
        + Clone
        + Send
        + Sync
        + 'static,
{
    let link = keeper
        .environment(environment)
        .ok_or(Failure::Refused(SuspensionDenied::NotFound))?;
    for _ in 0..ATTEMPTS {
        let decide = decide.clone();
        let held = held(keeper, link).await?;
        let (change, before) = keeper
            .store
            .read(move |c| Ok((decide(c)?, standing(c, environment)?)))
            .await?;
        let change = change.map_err(Failure::Refused)?;
        // A portal that was restored from a copy may be behind its environment.
        let sequence = before.sequence.max(held) + 1;
        let list = before.after(&change, sequence, keeper.clock.now())?;
        let signed = SignedDenyList::sign(&list, &link.release_key)
            .map_err(|refusal| Fault::internal(format!("signing a deny list: {refusal}")))?;
        if keep(keeper, (&list, signed), change, by).await? {
            return Ok(settled(keeper, link, sequence).await?);
        }
    }
    Err(Fault::new(
        FaultKind::Busy,
        "others changed the deny list at the same time",
    )
    .into())
}

/// What stands in the database.
struct Before {
    environment: EnvironmentName,
    sequence: u64,
    apps: Vec<DeniedRow>,
    keys: Vec<RevokedKeyRow>,
}

fn standing(c: &mut Conn, environment: EnvironmentName) -> Result<Before, StoreFault> {
    let name = environment.as_str();
    let last = denials::last_list(c, name)?.map_or(0, |(sequence, _)| sequence);
    Ok(Before {
        environment,
        sequence: u64::try_from(last).unwrap_or_default(),
        apps: denials::denied_in(c, name)?,
        keys: denials::revoked_keys(c, name, None)?,
    })
}

impl Before {
    fn after(
        mut self,
        change: &Change,
        sequence: u64,
        created: Timestamp,
    ) -> Result<DenyList, Fault> {
        match change {
            Change::Deny(row) => self.apps.push(DeniedRow::clone(row)),
            Change::Lift(row) => self.apps.retain(|one| one.denial_id != row.denial_id),
            Change::Revoke(row) => self.keys.push(row.clone()),
        }
        let mut apps = Vec::with_capacity(self.apps.len());
        for row in self.apps {
            apps.push(denied_app(row)?);
        }
        // An app that is both suspended and retired shows that it is retired.
        apps.sort_by(|one, other| {
            (&one.handle, other.kind, one.since).cmp(&(&other.handle, one.kind, other.since))
        });
        let mut keys: BTreeMap<AppHandle, BTreeSet<String>> = BTreeMap::new();
        for row in self.keys {
            keys.entry(handle(&row.handle)?)
                .or_default()
                .insert(row.thumbprint);
        }
        Ok(DenyList {
            format: DenyFormat::V1,
            environment: self.environment,
            sequence,
            apps,
            keys,
            created,
        })
    }
}

fn denied_app(row: DeniedRow) -> Result<DeniedApp, Fault> {
    let corrupt = |what: &str| Fault::new(FaultKind::Corrupt, format!("a denied app: {what}"));
    let page: DenialPage =
        serde_json::from_str(&row.page).map_err(|_| corrupt("its page cannot be read"))?;
    Ok(DeniedApp {
        handle: handle(&row.handle)?,
        issuer: row.issuer,
        kind: DenialKind::parse(&row.kind).ok_or_else(|| corrupt("its kind is unknown"))?,
        since: time(row.since_us),
        page,
    })
}

fn handle(text: &str) -> Result<AppHandle, Fault> {
    AppHandle::parse(text).map_err(|bad| Fault::new(FaultKind::Corrupt, bad.to_string()))
}

/// Keeps the list with what it changes; `false` when somebody was faster.
async fn keep(
    keeper: &Arc<Keeper>,
    (list, signed): (&DenyList, SignedDenyList),
    change: Change,
    by: &By,
) -> Result<bool, Fault> {
    let (unit_keeper, by, environment) = (Arc::clone(keeper), by.clone(), list.environment);
    let sequence = i64::try_from(list.sequence).unwrap_or(i64::MAX);
    let kept = keeper.store.write(move |c| {
        let (name, now_us) = (
            environment.as_str(),
            unit_keeper.clock.now().as_microsecond(),
        );
        if !denials::insert_list(c, name, sequence, signed.as_str(), now_us)? {
            return Ok(false);
        }
        let done = match &change {
            Change::Deny(row) => denials::insert_app(c, row).map(|()| true)?,
            Change::Revoke(row) => denials::insert_key(c, name, row)?,
            Change::Lift(row) => {
                denials::end_app(c, &row.denial_id, now_us, (by.actor.id(), &by.note))?
            }
        };
        if !done {
            return Err(StoreFault::new(
                FaultKind::Busy,
                "what is denied changed while its list was made",
            ));
        }
        told(c, &unit_keeper, (environment, sequence), &change, &by)?;
        Ok(true)
    });
    Ok(kept.await?)
}

/// Records what happened, and tells the team's admins and programs.
fn told(
    c: &mut Conn,
    keeper: &Keeper,
    (environment, sequence): (EnvironmentName, i64),
    change: &Change,
    by: &By,
) -> Result<(), StoreFault> {
    let handle = change.handle();
    let mut record = |event: Event, subject: String, detail| {
        keeper.record(
            c,
            &Happened {
                actor: &by.actor,
                event,
                subject: &subject,
                trace: by.trace.as_ref(),
                detail,
            },
        )
    };
    let mut detail = json!({ "reason": by.note, "deny_list": sequence });
    if let (Change::Revoke(row), Some(fields)) = (change, detail.as_object_mut()) {
        fields.insert("fingerprint".to_owned(), row.thumbprint.clone().into());
    }
    record(
        event_of(change),
        format!("{handle}/{environment}"),
        detail.clone(),
    )?;
    record(
        Event::DenialsMade,
        format!("{environment}/{sequence}"),
        json!({ "app": handle }),
    )?;
    let Some(team) = apps::team_of(c, handle)? else {
        return Ok(());
    };
    let (kind, hook) = match change {
        Change::Deny(row) if row.kind == DenialKind::Retired.as_str() => {
            (&notices::APP_RETIRED, WebhookEvent::AppRetired)
        }
        Change::Deny(_) => (&notices::APP_SUSPENDED, WebhookEvent::AppSuspended),
        Change::Lift(_) => (&notices::APP_RESUMED, WebhookEvent::AppResumed),
        Change::Revoke(_) => (&notices::KEY_REVOKED, WebhookEvent::KeyRevoked),
    };
    let mut values = vec![
        ("app", handle.to_owned()),
        ("environment", environment.as_str().to_owned()),
        ("reason", by.note.clone()),
    ];
    if let Change::Revoke(row) = change {
        values.push(("fingerprint", row.thumbprint.clone()));
    }
    let mut to = vec![match kind == &notices::APP_RETIRED {
        true => To::Team(&team, notices::EVERYONE),
        false => To::Team(&team, &[Role::PartnerAdmin]),
    }];
    if by.actor.id() == AGREEMENTS {
        to.push(To::Team("", &[Role::AccountManager]));
    }
    let notice = Notice {
        to: &to,
        kind,
        link: format!("/apps/{handle}/{environment}"),
        values,
    };
    notices::post(c, keeper, &notice)?;
    let mut data = json!({ "app": handle, "environment": environment, "reason": by.note });
    if let (Change::Revoke(row), Some(fields)) = (change, data.as_object_mut()) {
        fields.insert("fingerprint".to_owned(), row.thumbprint.clone().into());
    }
    webhooks::emit(c, keeper, &team, hook, &data)
}

/// Hands the newest lists to the environments of this process that do not hold them.
pub(crate) async fn catch_up(keeper: &Arc<Keeper>) -> Result<(), Fault> {
    for link in &keeper.environments {
        deliver(keeper, link).await?;
    }
    Ok(())
}

/// The sequence of the list that an environment holds, as far as the portal knows.
pub(super) async fn held(keeper: &Keeper, link: &EnvironmentLink) -> Result<u64, Fault> {
    if let Some(door) = &link.door {
        return Ok(door.registry.load().denials());
    }
    let name = link.name.as_str();
    let reported = keeper
        .store
        .read(move |c| denials::find_report(c, name))
        .await?;
    Ok(reported
        .and_then(|sequence| u64::try_from(sequence).ok())
        .unwrap_or_default())
}

/// Brings an environment of this process up to the newest list.
async fn deliver(keeper: &Keeper, link: &EnvironmentLink) -> Result<(), Fault> {
    let Some(door) = &link.door else {
        return Ok(());
    };
    let name = link.name.as_str();
    let last = keeper
        .store
        .read(move |c| denials::last_list(c, name))
        .await?;
    let Some((sequence, signed)) = last else {
        return Ok(());
    };
    if u64::try_from(sequence).unwrap_or_default() <= door.registry.load().denials() {
        return Ok(());
    }
    match deny_intake::install(door, &SignedDenyList::from_text(signed)).await {
        Ok(_) => Ok(()),
        Err(Failure::Refused(refusal)) => {
            tracing::error!(environment = %link.name, sequence, code = refusal.code(), %refusal, "the environment refused a deny list");
            deny_intake::note_refusal(door, &refusal).await
        }
        Err(Failure::Fault(fault)) => Err(fault),
    }
}

/// Hands the list over, or waits a moment for an environment that runs elsewhere: it mostly has it within that.
async fn settled(keeper: &Keeper, link: &EnvironmentLink, sequence: u64) -> Result<(), Fault> {
    deliver(keeper, link).await?;
    let begun = tokio::time::Instant::now();
    while link.pull_token.is_some()
        && begun.elapsed() < SETTLES
        && held(keeper, link).await? < sequence
    {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

const ATTEMPTS: usize = 20;
const SETTLES: Duration = Duration::from_millis(1500);
