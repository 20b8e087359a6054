//! Sessions of test people, as after a full sign-in.

use std::collections::BTreeSet;
use std::sync::Arc;

use durward_accounts::authenticator::method::{Methods, known_amr};
use durward_accounts::consent::Consent;
use durward_accounts::email::EmailAddress;
use durward_accounts::person::PersonId;
use durward_domain::attribute::Attribute;
use durward_domain::event::Event;
use durward_domain::level::Aal;
use durward_store::consents;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::people::own;
use super::{Automation, AutomationRefusal, cut};
use crate::citizen::people;
use crate::citizen::session::{NewSession, Opening};
use crate::client::STRONGEST;
use crate::door::Door;
use crate::failure::Failure;
use crate::record::{Note, Trace};

/// A session as asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionWanted {
    /// Whose, by address.
    #[serde(default)]
    pub email: String,
    /// Whose, by the account's id, instead of the address.
    #[serde(default)]
    pub id: Option<String>,
    /// How strong the sign-in was.
    #[serde(default)]
    pub aal: Option<Aal>,
    /// What was used, by the names of RFC 8176.
    #[serde(default)]
    pub amr: Option<Vec<String>>,
    /// Issuers of the apps to which the person has agreed already.
    #[serde(default)]
    pub consent: Vec<String>,
}

/// A session that was opened.
pub struct SessionMade {
    /// The session cookie's value.
    pub token: String,
    /// When it ends at the latest.
    pub expires: Timestamp,
}

/// Opens a session as after a full sign-in, with consents given.
///
/// # Errors
/// [`AutomationRefusal`], or a fault.
pub async fn open_session(
    door: &Arc<Door>,
    authority: &Automation,
    wanted: SessionWanted,
    trace: &Trace,
) -> Result<SessionMade, Failure<AutomationRefusal>> {
    let aal = wanted.aal.unwrap_or(Aal::Aal2);
    if aal > STRONGEST {
        return Err(Failure::Refused(AutomationRefusal::TooStrong(aal)));
    }
    let amr = amr(wanted.amr, aal).map_err(Failure::Refused)?;
    let agreed = consents_of(door, authority, &wanted.consent).map_err(Failure::Refused)?;
    let person_id = whose(door, authority, &wanted.email, wanted.id.as_deref()).await?;
    let now = door.clock.now();
    let opening = Opening {
        person_id,
        aal,
        methods: Methods::usual(aal),
        amr,
        at: now,
    };
    let session = NewSession::prepare(door, &opening);
    let expires = Timestamp::from_microsecond(session.expires_us()).unwrap_or(Timestamp::MAX);
    let token = session.token.clone();
    let (unit_door, recorder, actor, trace) = (
        Arc::clone(door),
        door.recorder.clone(),
        authority.actor.clone(),
        trace.clone(),
    );
    door.store
        .write(move |c| {
            let (person, now_us) = (person_id.to_string(), now.as_microsecond());
            session.start(c, &unit_door, &[], &trace)?;
            for (client_id, attributes) in &agreed {
                consents::put_consent(c, &person, client_id, attributes, now_us)?;
            }
            recorder.event(
                c,
                Note {
                    time: now,
                    actor: &actor,
                    event: Event::TestSessionMade,
                    subject: &person,
                    trace: Some(&trace),
                    detail: json!({ "session": session.session_id(), "aal": aal.as_str(), "consents": agreed.len() }),
                },
            )
        })
        .await?;
    Ok(SessionMade { token, expires })
}

/// The person that is meant, if they are within reach.
async fn whose(
    door: &Arc<Door>,
    authority: &Automation,
    email: &str,
    id: Option<&str>,
) -> Result<PersonId, Failure<AutomationRefusal>> {
    let unknown = || Failure::Refused(AutomationRefusal::NoPerson);
    let person = match id {
        Some(id) => {
            let row = own(door, authority, id).await?;
            return PersonId::parse(&row.person_id).ok_or_else(unknown);
        }
        None => {
            let email = EmailAddress::parse(email).map_err(|no| Failure::Refused(no.into()))?;
            people::by_email(door, &email).await?.ok_or_else(unknown)?
        }
    };
    if authority.team().is_some() {
        own(door, authority, &person.to_string()).await?;
    }
    Ok(person)
}

fn amr(wanted: Option<Vec<String>>, aal: Aal) -> Result<Vec<String>, AutomationRefusal> {
    let Some(wanted) = wanted else {
        let usual = Methods::usual(aal).amr();
        return Ok(usual.into_iter().map(str::to_owned).collect());
    };
    let known = known_amr();
    match wanted.iter().find(|name| !known.contains(name.as_str())) {
        Some(unknown) => Err(AutomationRefusal::Method(cut(unknown))),
        None => Ok(wanted),
    }
}

/// For each issuer, everything that its app is registered for, as if the person had agreed to it all.
fn consents_of(
    door: &Door,
    authority: &Automation,
    apps: &[String],
) -> Result<Vec<(String, String)>, AutomationRefusal> {
    let now = door.clock.now();
    apps.iter()
        .map(|name| {
            let app = authority.app(door, name)?;
            let shown: BTreeSet<Attribute> = app.client.attributes.clone();
            let consent = Consent::grant(shown, now);
            let names: Vec<_> = consent.attributes.iter().map(|a| a.as_str()).collect();
            Ok((app.client.client_id.clone(), names.join(" ")))
        })
        .collect()
}
