//! Making a code: one write unit for the grant, its audit entry and what it uses up.

use std::sync::Arc;

use durward_accounts::consent::Consent;
use durward_domain::event::Event;
use durward_domain::level::{LevelAnswer, LevelAsk, LevelOfService};
use durward_oidc::authorize::{AskedClaims, AuthorizeRequest, ClientAnswer, Target};
use durward_oidc::client::Client;
use durward_oidc::oauth::OAuthError;
use durward_store::grants::{self, GrantRow};
use durward_store::{Conn, Fault as StoreFault, consents, pushed_requests, sessions};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::handoff::Handoff;
use super::standing::{Standing, attributes_text};
use crate::door::Door;
use crate::failure::Fault;
use crate::record::{Note, Trace};

/// What a grant remembers of the sign-in beside its columns.
#[derive(Serialize, Deserialize)]
pub(super) struct Achieved {
    /// The answered strength.
    pub(super) aal: String,
    /// The answered identity level; the same as the grant's column.
    #[serde(skip)]
    pub(super) acr: String,
    /// What was used to sign in.
    pub(super) amr: Vec<String>,
    /// The level at which scopes were granted.
    pub(super) level: LevelOfService,
    /// Connects the requests of the sign-in in the record of requests.
    #[serde(default)]
    pub(super) flow: String,
    /// What was asked for by name.
    #[serde(default, skip_serializing_if = "AskedClaims::is_empty")]
    pub(super) asked: AskedClaims,
    /// The thumbprint of the key that the code is bound to. RFC 9449 §10
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) dpop_jkt: Option<String>,
}

impl Achieved {
    pub(super) fn read(acr: String, text: &str) -> Result<Self, Fault> {
        let read: Self = serde_json::from_str(text)
            .map_err(|_| Fault::internal("what a grant remembers cannot be read"))?;
        Ok(Self { acr, ..read })
    }

    /// The key that the code of a grant is bound to, of what the grant remembers.
    pub(super) fn dpop_jkt(text: &str) -> Option<String> {
        Self::read(String::new(), text).ok()?.dpop_jkt
    }

    pub(super) fn answer(&self) -> LevelAnswer {
        LevelAnswer {
            acr: self.acr.clone(),
            aal: self.aal.clone(),
        }
    }
}

/// What a code is made of.
pub(super) struct Issue {
    pub(super) client: Arc<Client>,
    pub(super) request: AuthorizeRequest,
    pub(super) ask: LevelAsk,
    pub(super) standing: Standing,
    /// The person has just agreed: the consent is written with the grant.
    pub(super) agreed: bool,
    /// The stored request that is answered, by the hashes of the flow cookie.
    pub(super) flow: Vec<String>,
    /// Connects the requests of the sign-in in the record of requests.
    pub(super) name: String,
}

/// Makes a code and answers where the browser goes with it.
pub(super) async fn issue(
    door: &Arc<Door>,
    issue: Issue,
    trace: &Trace,
    now: Timestamp,
) -> Result<ClientAnswer, Fault> {
    let code = door.random.token();
    let to = ClientAnswer::success(Target::of(&issue.request, &door.issuer), &code);
    let used = UsedRequest::told(&issue.request, &door.issuer);
    let prepared = Prepared::of(door, issue, &code, now)?;
    let (unit_door, trace) = (Arc::clone(door), trace.clone());
    let is_first = door
        .store
        .write(move |c| prepared.write(c, &unit_door, &trace, now))
        .await?;
    if !is_first {
        return Ok(used);
    }
    metrics::counter!("durward_codes_issued_total", "environment" => door.name.as_str())
        .increment(1);
    Ok(to)
}

/// What the person has agreed to by now.
struct Agreed {
    attributes: String,
    /// The app stays connected when they are away.
    offline: bool,
    /// The address that they chose for the app, by the digest under which it is kept.
    email: Option<String>,
}

impl Agreed {
    /// What this request shows. What was agreed before and still counts stays agreed.
    fn of(
        door: &Door,
        request: &AuthorizeRequest,
        before: Option<&Consent>,
        now: Timestamp,
    ) -> Self {
        let days =
            SignedDuration::from_hours(24 * i64::from(door.programme.lifetimes.consent_days));
        let before = before
            .filter(|before| before.revoked.is_none() && now.duration_since(before.granted) < days);
        let mut all = request.attributes.clone();
        all.extend(before.iter().flat_map(|before| &before.attributes).copied());
        Self {
            attributes: attributes_text(&all),
            offline: request.is_offline() || before.is_some_and(|before| before.offline),
            email: None,
        }
    }

    fn write(&self, c: &mut Conn, grant: &GrantRow) -> Result<serde_json::Value, StoreFault> {
        let (person_id, client_id) = (&grant.person_id, &grant.client_id);
        consents::put_consent(c, person_id, client_id, &self.attributes, grant.created_us)?;
        if self.offline {
            consents::agree_offline(c, person_id, client_id)?;
        }
        if let Some(digest) = &self.email {
            consents::choose_email(c, person_id, client_id, digest)?;
        }
        Ok(json!({
            "attributes": self.attributes,
            "offline": self.offline,
            "email_chosen": self.email.is_some(),
        }))
    }
}

/// A pushed request makes one code. RFC 9126 §7.3
#[derive(Debug, thiserror::Error)]
#[error("The pushed request was used already. Push the request again.")]
struct UsedRequest;

impl UsedRequest {
    fn told(request: &AuthorizeRequest, issuer: &str) -> ClientAnswer {
        ClientAnswer::error(
            Target::of(request, issuer),
            OAuthError::InvalidRequestUri,
            &Self.to_string(),
        )
    }
}

/// Everything that the unit writes, made before it: a unit may run twice.
struct Prepared {
    code_hash: String,
    grant: GrantRow,
    agency: String,
    fresh_subject: Option<String>,
    touch: Option<String>,
    consent: Option<Agreed>,
    level: LevelOfService,
    flow: Vec<String>,
    pushed: Option<String>,
    handoff: Option<Handoff>,
    actor: crate::actor::Actor,
    detail: serde_json::Value,
}

impl Prepared {
    fn of(door: &Door, issue: Issue, code: &str, now: Timestamp) -> Result<Self, Fault> {
        let Issue {
            client,
            request,
            ask,
            standing,
            agreed,
            flow,
            name,
        } = issue;
        let consent = agreed.then(|| Agreed {
            email: standing.email.clone(),
            ..Agreed::of(door, &request, standing.consent.as_ref(), now)
        });
        let signed_in = standing.signed_in;
        let answer = ask.answer(&door.programme, signed_in.achieved(), client.default_aal);
        let achieved = Achieved {
            aal: answer.aal,
            acr: String::new(),
            amr: signed_in.amr.clone(),
            level: ask.level(),
            flow: name,
            asked: request.asked.clone(),
            dpop_jkt: request.dpop_jkt.clone(),
        };
        let (scope, offline) = (request.scope(), request.is_offline());
        let seconds = i64::from(client.policies.code_seconds);
        let grant = GrantRow {
            grant_id: door.random.uuid_v7(now).to_string(),
            client_id: request.client_id,
            redirect_uri: request.redirect_uri,
            code_challenge: request.code_challenge,
            person_id: signed_in.person_id.to_string(),
            session_id: signed_in.session_id.clone(),
            subject: standing.subject.clone().unwrap_or_default(),
            nonce: Some(request.nonce).filter(|nonce| !nonce.is_empty()),
            acr: answer.acr,
            achieved: serde_json::to_string(&achieved)
                .map_err(|_| Fault::internal("a grant cannot be written down"))?,
            auth_us: signed_in.auth_time.as_microsecond(),
            created_us: now.as_microsecond(),
            expires_us: now.as_microsecond().saturating_add(seconds * 1_000_000),
            spent_us: None,
            revoked_us: None,
            offline,
            scope,
        };
        let at = door.clock.told(now);
        Ok(Self {
            handoff: Handoff::of(&client, &signed_in, (ask.level(), &grant.acr), at),
            code_hash: door.hasher.hash(code),
            agency: client.agency.to_string(),
            fresh_subject: standing
                .subject
                .is_none()
                .then(|| door.random.uuid_v4().to_string()),
            touch: standing.touch.then(|| signed_in.session_hash.clone()),
            detail: json!({ "grant": grant.grant_id, "scope": grant.scope, "acr": grant.acr, "dropped": request.dropped_scopes.len() }),
            actor: signed_in.actor(),
            level: ask.level(),
            grant,
            consent,
            flow,
            pushed: request.pushed,
        })
    }

    fn write(
        &self,
        c: &mut Conn,
        door: &Door,
        trace: &Trace,
        now: Timestamp,
    ) -> Result<bool, StoreFault> {
        let now_us = now.as_microsecond();
        let (person_id, client_id) = (&self.grant.person_id, &self.grant.client_id);
        if let Some(hash) = &self.pushed
            && !pushed_requests::take(c, hash, client_id)?
        {
            return Ok(false);
        }
        let note = |event, detail| Note {
            time: now,
            actor: &self.actor,
            event,
            subject: client_id,
            trace: Some(trace),
            detail,
        };
        if let Some(hash) = &self.touch {
            sessions::touch_session(c, hash, now_us)?;
        }
        if let Some(agreed) = &self.consent {
            let detail = agreed.write(c, &self.grant)?;
            door.recorder
                .event(c, note(Event::PersonConsented, detail))?;
        }
        consents::used(c, person_id, client_id, self.level.as_str(), now_us)?;
        let named = match &self.fresh_subject {
            None => None,
            Some(fresh) => Some(GrantRow {
                subject: consents::subject_for(c, person_id, &self.agency, fresh)?,
                ..self.grant.clone()
            }),
        };
        let grant = named.as_ref().unwrap_or(&self.grant);
        grants::insert_grant(c, &self.code_hash, grant)?;
        if let Some(handoff) = &self.handoff {
            handoff.write(c, &grant.subject)?;
        }
        for hash in &self.flow {
            sessions::delete_flow(c, hash)?;
        }
        door.recorder
            .event(c, note(Event::CodeIssued, self.detail.clone()))?;
        Ok(true)
    }
}
