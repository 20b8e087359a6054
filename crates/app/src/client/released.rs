//! What a grant tells about its person: what scopes or asked claims name, the app is registered for, and the person
//! agreed to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use durward_accounts::consent::KnownAttributes;
use durward_domain::attribute::{Attribute, GrantedScopes};
use durward_domain::level::LevelOfService;
use durward_domain::programme::Programme;
use durward_oidc::client::Client;
use durward_oidc::subject::Subject;
use durward_oidc::userinfo::{self as rules, Grant};
use durward_store::consents::{self, ConsentRow};
use durward_store::grants::GrantRow;
use serde_json::{Map, Value};

use super::issue::Achieved;
use super::standing;
use crate::citizen::{addresses, people};
use crate::door::Door;
use crate::failure::Fault;

/// What scopes and claims that were asked for by name could tell an app.
pub(super) fn wanted(
    programme: &Programme,
    scope: &str,
    asked: &BTreeSet<String>,
    client: &Client,
) -> BTreeSet<Attribute> {
    let granted = GrantedScopes::judge(programme, scope, LevelOfService::IdentityVerified);
    let mut wanted = granted.attributes().clone();
    wanted.extend(asked.iter().flat_map(|name| rules::attributes_of(name)));
    wanted.retain(|attribute| client.attributes.contains(attribute));
    wanted
}

/// The values of these attributes; none where the consent no longer covers them.
pub(super) fn values(
    door: &Door,
    wanted: &BTreeSet<Attribute>,
    (known, consent): (&KnownAttributes, ConsentRow),
    level: LevelOfService,
) -> Option<BTreeMap<Attribute, Value>> {
    let consent = standing::read_consent(consent);
    let days = door.programme.lifetimes.consent_days;
    let released = consent.release(wanted, level, known, door.clock.now(), days);
    Some(released.ok()?.values().clone())
}

/// What the ID token of a grant tells about its person: what the request asked for there by name, and all that the
/// scopes release if the app's policy says so.
pub(super) async fn in_id_token(
    door: &Arc<Door>,
    client: &Client,
    grant: &GrantRow,
    (achieved, subject): (&Achieved, Subject),
) -> Result<Map<String, Value>, Fault> {
    let scope = if client.policies.claims_in_id_token {
        grant.scope.as_str()
    } else {
        ""
    };
    let asked = &achieved.asked.id_token;
    let mut wanted = wanted(&door.programme, scope, asked, client);
    if wanted.is_empty() {
        return Ok(Map::new());
    }
    let (unit_door, person, client_id) = (
        Arc::clone(door),
        grant.person_id.clone(),
        client.client_id.clone(),
    );
    let found = door
        .store
        .read(move |c| {
            let consent = consents::find_consent(c, &person, &client_id)?;
            let known = people::known_in(c, &unit_door, &person)?;
            let Some((consent, known)) = consent.zip(known) else {
                return Ok(None);
            };
            let chosen = consent.email_digest.as_deref();
            let known = addresses::seen_by_app(c, &person, known, chosen)?;
            Ok(Some((consent, known)))
        })
        .await?;
    let Some((consent, known)) = found else {
        return Ok(Map::new());
    };
    let agreed = standing::attributes(&consent.attributes);
    wanted.retain(|attribute| agreed.contains(attribute));
    let released = values(door, &wanted, (&known, consent), achieved.level).unwrap_or_default();
    let told = Grant {
        issuer: &door.issuer,
        subject,
        scope,
        asked,
        level: achieved.level,
        answer: achieved.answer(),
        released: &released,
    };
    Ok(rules::about_the_person(&door.programme, &told))
}
