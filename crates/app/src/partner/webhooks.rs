//! Webhooks: what happens to a team's apps, keys and requests is told to the team's own programs.
//!
//! An event is written in the unit of its cause, with a delivery for each endpoint that wants it. A job delivers at least
//! once, signed after Standard Webhooks.

mod denied;
pub mod events;
pub mod signature;
mod view;

use std::sync::Arc;

use durward_domain::event::Event;
use durward_domain::permission::Action;
use durward_store::webhooks::{self, DeliveryRow, MessageRow, WebhookRow};
use durward_store::{Conn, Fault as StoreFault, members};
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Value, json};

use super::told_of;
use crate::actor::{Belongs, Member};
use crate::failure::{Failure, Fault};
use crate::keeper::{Happened, Keeper};
use crate::record::Trace;

pub use denied::WebhookDenied;
pub use events::WebhookEvent;
pub use view::{
    AttemptView, DeliveryPage, DeliveryView, WebhookView, deliveries, delivery, find, list,
};

/// Tells a team's endpoints what happened, in the unit of its cause. A team without endpoints costs one look.
///
/// # Errors
/// A fault of the database.
pub fn emit(
    c: &mut Conn,
    keeper: &Keeper,
    team: &str,
    event: WebhookEvent,
    data: &Value,
) -> Result<(), StoreFault> {
    let endpoints: Vec<WebhookRow> = webhooks::of_team(c, team)?
        .into_iter()
        .filter(|one| wants(&one.events, event.id()))
        .collect();
    if endpoints.is_empty() {
        return Ok(());
    }
    let message = message(keeper, team, event, data);
    webhooks::add_message(c, &message)?;
    for endpoint in endpoints {
        webhooks::add_delivery(c, &first(keeper, &endpoint, &message))?;
    }
    Ok(())
}

/// What an endpoint is made of or changed to.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    /// The team; only when it is made.
    #[serde(default)]
    pub team: Option<String>,
    /// Where to.
    #[serde(default)]
    pub url: Option<String>,
    /// What the team says about it.
    #[serde(default)]
    pub description: Option<String>,
    /// Event types; `["*"]` is all of them.
    #[serde(default)]
    pub events: Option<Vec<String>>,
}

/// An endpoint with its secret: the only time that it is seen.
#[derive(serde::Serialize)]
pub struct Revealed {
    /// The endpoint.
    #[serde(flatten)]
    pub webhook: WebhookView,
    /// The secret, with its `whsec_` prefix.
    pub secret: String,
}

/// Makes an endpoint. Its secret is shown once, now.
///
/// # Errors
/// [`WebhookDenied`], or a fault.
pub async fn create(
    keeper: &Arc<Keeper>,
    member: &Member,
    wish: Wish,
    trace: &Trace,
) -> Result<Revealed, Failure<WebhookDenied>> {
    let team = match wish.team.as_deref().map(str::trim) {
        Some(team) if !team.is_empty() => team.to_owned(),
        _ => only_team(member)?,
    };
    may(keeper, member, &team)?;
    let now_us = keeper.clock.real_now().as_microsecond();
    let id = keeper.random.uuid_v7(keeper.clock.real_now()).to_string();
    let (secret, sealed) = new_secret(keeper, &id);
    let row = WebhookRow {
        webhook_id: id.clone(),
        team,
        url: address(keeper, wish.url.as_deref().unwrap_or_default())?,
        description: described(wish.description.as_deref().unwrap_or_default()),
        events: wanted(&wish.events.unwrap_or_else(|| vec!["*".to_owned()]))?,
        sealed_secret: sealed,
        sealed_previous: None,
        previous_until_us: None,
        failures: 0,
        disabled_us: None,
        disabled_why: None,
        version: 1,
        created_by: member.id.clone(),
        created_us: now_us,
    };
    let unit = Unit::of(keeper, member, trace, Event::WebhookCreated);
    let made = keeper.store.write(move |c| {
        if members::find_team(c, &row.team)?.is_none() {
            return Ok(Err(WebhookDenied::NotFound));
        }
        if webhooks::of_team(c, &row.team)?.len() >= MOST_OF_A_TEAM {
            return Ok(Err(WebhookDenied::TooMany));
        }
        webhooks::insert(c, &row)?;
        unit.note(c, &row)?;
        Ok(Ok(()))
    });
    made.await?.map_err(Failure::Refused)?;
    Ok(Revealed {
        webhook: find(keeper, member, &id).await?,
        secret,
    })
}

/// Changes address, description or events. `seen` is the version that the editor saw.
///
/// # Errors
/// [`WebhookDenied`], or a fault.
pub async fn change(
    keeper: &Arc<Keeper>,
    member: &Member,
    id: &str,
    (wish, seen): (Wish, Option<i64>),
    trace: &Trace,
) -> Result<WebhookView, Failure<WebhookDenied>> {
    let mut row = of_member(keeper, member, id).await?;
    if wish.team.is_some_and(|team| team != row.team) {
        return Err(Failure::Refused(WebhookDenied::TeamFixed));
    }
    if seen.is_some_and(|seen| seen != row.version) {
        return Err(Failure::Refused(WebhookDenied::Stale));
    }
    if let Some(url) = &wish.url {
        row.url = address(keeper, url)?;
    }
    if let Some(words) = &wish.description {
        row.description = described(words);
    }
    if let Some(events) = &wish.events {
        row.events = wanted(events)?;
    }
    let unit = Unit::of(keeper, member, trace, Event::WebhookChanged);
    let changed = keeper.store.write(move |c| {
        if webhooks::change(c, &row)?.is_none() {
            return Ok(Err(WebhookDenied::Stale));
        }
        unit.note(c, &row)?;
        Ok(Ok(()))
    });
    changed.await?.map_err(Failure::Refused)?;
    find(keeper, member, id).await
}

/// Gives an endpoint a new secret, shown once. For a day the one before signs beside it.
///
/// # Errors
/// [`WebhookDenied`], or a fault.
pub async fn rotate(
    keeper: &Arc<Keeper>,
    member: &Member,
    id: &str,
    trace: &Trace,
) -> Result<Revealed, Failure<WebhookDenied>> {
    let row = of_member(keeper, member, id).await?;
    let (secret, sealed) = new_secret(keeper, id);
    let until_us = keeper
        .clock
        .real_now()
        .saturating_add(OVERLAP)
        .map_or(i64::MAX, |until| until.as_microsecond());
    let unit = Unit::of(keeper, member, trace, Event::WebhookSecretRotated);
    let rotated = keeper.store.write(move |c| {
        if webhooks::rotate(c, &row, &sealed, until_us)?.is_none() {
            return Ok(Err(WebhookDenied::Stale));
        }
        unit.note(c, &row)?;
        Ok(Ok(()))
    });
    rotated.await?.map_err(Failure::Refused)?;
    Ok(Revealed {
        webhook: find(keeper, member, id).await?,
        secret,
    })
}

/// Switches an endpoint off or on.
///
/// # Errors
/// [`WebhookDenied`], or a fault.
pub async fn switch(
    keeper: &Arc<Keeper>,
    member: &Member,
    id: &str,
    on: bool,
    trace: &Trace,
) -> Result<WebhookView, Failure<WebhookDenied>> {
    let row = of_member(keeper, member, id).await?;
    let now_us = keeper.clock.real_now().as_microsecond();
    let event = if on {
        Event::WebhookEnabled
    } else {
        Event::WebhookDisabled
    };
    let unit = Unit::of(keeper, member, trace, event);
    keeper
        .store
        .write(move |c| {
            let done = if on {
                webhooks::enable(c, &row.webhook_id)?
            } else {
                webhooks::disable(c, &row.webhook_id, now_us, BY_ITS_TEAM)?
            };
            if done.is_some() {
                unit.note(c, &row)?;
            }
            Ok(())
        })
        .await?;
    find(keeper, member, id).await
}

/// Deletes an endpoint with its secrets.
///
/// # Errors
/// [`WebhookDenied`], or a fault.
pub async fn delete(
    keeper: &Arc<Keeper>,
    member: &Member,
    id: &str,
    trace: &Trace,
) -> Result<(), Failure<WebhookDenied>> {
    let row = of_member(keeper, member, id).await?;
    let now_us = keeper.clock.real_now().as_microsecond();
    let unit = Unit::of(keeper, member, trace, Event::WebhookDeleted);
    keeper
        .store
        .write(move |c| {
            if webhooks::delete(c, &row.webhook_id, now_us)?.is_some() {
                unit.note(c, &row)?;
            }
            Ok(())
        })
        .await?;
    Ok(())
}

/// Sends a test event to one endpoint, whatever it listens to. Answers the delivery.
///
/// # Errors
/// [`WebhookDenied`], or a fault.
pub async fn test(
    keeper: &Arc<Keeper>,
    member: &Member,
    id: &str,
    trace: &Trace,
) -> Result<DeliveryView, Failure<WebhookDenied>> {
    let row = of_member(keeper, member, id).await?;
    if row.disabled_us.is_some() {
        return Err(Failure::Refused(WebhookDenied::Disabled));
    }
    let data = json!({ "webhook": row.webhook_id });
    let message = message(keeper, &row.team, WebhookEvent::Test, &data);
    let first = first(keeper, &row, &message);
    let made = first.delivery_id.clone();
    let unit = Unit::of(keeper, member, trace, Event::WebhookTested);
    keeper
        .store
        .write(move |c| {
            webhooks::add_message(c, &message)?;
            webhooks::add_delivery(c, &first)?;
            unit.note(c, &row)
        })
        .await?;
    delivery(keeper, member, id, &made).await
}

/// Delivers once more what was delivered or missed: the same message under the same id, signed anew.
///
/// # Errors
/// [`WebhookDenied`], or a fault.
pub async fn replay(
    keeper: &Arc<Keeper>,
    member: &Member,
    (id, which): (&str, &str),
    trace: &Trace,
) -> Result<DeliveryView, Failure<WebhookDenied>> {
    let row = of_member(keeper, member, id).await?;
    if row.disabled_us.is_some() {
        return Err(Failure::Refused(WebhookDenied::Disabled));
    }
    let now = keeper.clock.real_now();
    let made = keeper.random.uuid_v7(now).to_string();
    let (again, which) = (made.clone(), which.to_owned());
    let unit = Unit::of(keeper, member, trace, Event::WebhookReplayed);
    let replayed = keeper.store.write(move |c| {
        let found = webhooks::find_delivery(c, &which)?;
        let Some(found) = found.filter(|found| found.webhook_id == row.webhook_id) else {
            return Ok(Err(WebhookDenied::NotFound));
        };
        let delivery = DeliveryRow {
            delivery_id: again.clone(),
            replay_of: Some(which.clone()),
            state: "waiting".to_owned(),
            attempts: 0,
            run_at_us: now.as_microsecond(),
            created_us: now.as_microsecond(),
            done_us: None,
            ..found
        };
        webhooks::add_delivery(c, &delivery)?;
        unit.note(c, &row)?;
        Ok(Ok(()))
    });
    replayed.await?.map_err(Failure::Refused)?;
    delivery(keeper, member, id, &made).await
}

/// An endpoint of a team that the member may manage webhooks of.
async fn of_member(
    keeper: &Keeper,
    member: &Member,
    id: &str,
) -> Result<WebhookRow, Failure<WebhookDenied>> {
    let id = id.to_owned();
    let found = keeper.store.read(move |c| webhooks::find(c, &id)).await?;
    let row = found.ok_or(Failure::Refused(WebhookDenied::NotFound))?;
    // A stranger is not told that it exists.
    if !member.reaches(Action::ManageWebhooks, Belongs::ToTeam(&row.team)) {
        return Err(Failure::Refused(WebhookDenied::NotFound));
    }
    may(keeper, member, &row.team)?;
    Ok(row)
}

fn may(keeper: &Keeper, member: &Member, team: &str) -> Result<(), Failure<WebhookDenied>> {
    let now = keeper.clock.real_now();
    member
        .may(Action::ManageWebhooks, Belongs::ToTeam(team), now)
        .map(drop)
        .map_err(|denied| Failure::Refused(denied.into()))
}

/// The one team that the member manages webhooks of.
fn only_team(member: &Member) -> Result<String, Failure<WebhookDenied>> {
    let mut teams = member.teams();
    teams.retain(|team| member.reaches(Action::ManageWebhooks, Belongs::ToTeam(team)));
    match teams.as_slice() {
        [one] => Ok((*one).to_owned()),
        _ => Err(Failure::Refused(WebhookDenied::NoTeam)),
    }
}

struct Unit {
    keeper: Arc<Keeper>,
    member: Member,
    trace: Trace,
    event: Event,
}

impl Unit {
    fn of(keeper: &Arc<Keeper>, member: &Member, trace: &Trace, event: Event) -> Self {
        Self {
            keeper: Arc::clone(keeper),
            member: member.clone(),
            trace: trace.clone(),
            event,
        }
    }

    fn note(&self, c: &mut Conn, row: &WebhookRow) -> Result<(), StoreFault> {
        self.keeper.record(
            c,
            &Happened {
                actor: &self.member.actor(),
                event: self.event,
                subject: &row.webhook_id,
                trace: Some(&self.trace),
                // The path and the query of an address may hold a key of the receiver.
                detail: json!({ "team": row.team, "host": host(&row.url), "events": row.events }),
            },
        )?;
        let reaches_out = matches!(
            self.event,
            Event::WebhookCreated | Event::WebhookChanged | Event::WebhookSecretRotated
        );
        if !reaches_out {
            return Ok(());
        }
        let of = (row.webhook_id.as_str(), row.team.as_str(), row.url.as_str());
        told_of::webhook(c, &self.keeper, &self.member.actor(), of)
    }
}

/// The host of an address: what records and notices may name.
pub(crate) fn host(url: &str) -> String {
    let url = url::Url::parse(url).ok();
    let host = url.as_ref().and_then(url::Url::host_str);
    host.unwrap_or("?").to_owned()
}

fn wants(filter: &str, event: &str) -> bool {
    let family = event.split('.').next().unwrap_or_default();
    filter.split(' ').any(|one| {
        one == "*" || one == event || one.strip_suffix(".*").is_some_and(|one| one == family)
    })
}

fn message(keeper: &Keeper, team: &str, event: WebhookEvent, data: &Value) -> MessageRow {
    let now = keeper.clock.real_now();
    let id = keeper.random.uuid_v7(now);
    let payload =
        json!({ "type": event.id(), "timestamp": now.to_string(), "team": team, "data": data });
    MessageRow {
        message_id: format!("msg_{}", id.simple()),
        team: team.to_owned(),
        event: event.id().to_owned(),
        payload: payload.to_string(),
        created_us: now.as_microsecond(),
    }
}

fn first(keeper: &Keeper, endpoint: &WebhookRow, message: &MessageRow) -> DeliveryRow {
    let now = keeper.clock.real_now();
    let on = endpoint.disabled_us.is_none();
    DeliveryRow {
        delivery_id: keeper.random.uuid_v7(now).to_string(),
        webhook_id: endpoint.webhook_id.clone(),
        message_id: message.message_id.clone(),
        event: message.event.clone(),
        replay_of: None,
        // What an endpoint misses while it is off can be replayed.
        state: if on { "waiting" } else { "missed" }.to_owned(),
        attempts: 0,
        run_at_us: now.as_microsecond(),
        created_us: now.as_microsecond(),
        done_us: None,
    }
}

fn address(keeper: &Keeper, url: &str) -> Result<String, Failure<WebhookDenied>> {
    let url = url.trim();
    if url.len() > LONGEST_URL {
        return Err(Failure::Refused(WebhookDenied::Url(
            "it is longer than 2,000 characters".to_owned(),
        )));
    }
    keeper
        .outbound
        .check(url)
        .map_err(|refusal| Failure::Refused(WebhookDenied::Url(refusal.to_string())))?;
    let parsed = url::Url::parse(url).ok();
    let here = parsed
        .as_ref()
        .and_then(url::Url::host)
        .is_some_and(|host| match host {
            url::Host::Domain(name) => name == "localhost",
            url::Host::Ipv4(address) => address.is_loopback(),
            url::Host::Ipv6(address) => address.is_loopback(),
        });
    // What is told may name requests and people of a team: in the clear it never leaves this machine.
    if !here && parsed.is_none_or(|url| url.scheme() != "https") {
        return Err(Failure::Refused(WebhookDenied::Url(
            "it is not https".to_owned(),
        )));
    }
    Ok(url.to_owned())
}

fn described(words: &str) -> String {
    words.trim().chars().take(200).collect()
}

fn wanted(events: &[String]) -> Result<String, Failure<WebhookDenied>> {
    let mut list: Vec<&str> = Vec::new();
    for event in events.iter().map(|event| event.trim()) {
        let family = event.strip_suffix(".*");
        let known = event == "*"
            || WebhookEvent::ALL.iter().any(|one| {
                one.id() == event || family.is_some_and(|family| one.family() == family)
            });
        if !known {
            let named = event.chars().take(60).collect();
            return Err(Failure::Refused(WebhookDenied::Event(named)));
        }
        if !list.contains(&event) {
            list.push(event);
        }
    }
    if list.is_empty() {
        return Err(Failure::Refused(WebhookDenied::NoEvent));
    }
    Ok(list.join(" "))
}

fn new_secret(keeper: &Keeper, id: &str) -> (String, String) {
    let key: [u8; 32] = keeper.random.bytes();
    let sealed = keeper.sealer.seal(&place(id), &key, &keeper.random);
    (signature::shown(&key), sealed)
}

/// The key of a sealed secret.
pub(crate) fn opened(keeper: &Keeper, id: &str, sealed: &str) -> Result<[u8; 32], Fault> {
    let key = keeper
        .sealer
        .open(&place(id), sealed)
        .map_err(|_| Fault::internal("the secret of a webhook does not open"))?;
    <[u8; 32]>::try_from(key.as_slice())
        .map_err(|_| Fault::internal("the secret of a webhook has another length"))
}

fn place(id: &str) -> String {
    format!("webhooks.secret.{id}")
}

/// The reason that is kept when a team switches its endpoint off.
pub(crate) const BY_ITS_TEAM: &str = "Its team switched it off.";
const MOST_OF_A_TEAM: usize = 20;
const LONGEST_URL: usize = 2000;
const OVERLAP: SignedDuration = SignedDuration::from_hours(24);
