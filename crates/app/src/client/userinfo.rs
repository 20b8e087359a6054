//! Userinfo: what an access token tells, in one read unit, and one that uses up the proof of a bound token.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use durward_accounts::consent::KnownAttributes;
use durward_domain::attribute::Attribute;
use durward_domain::refusal::Refuse as _;
use durward_keyring::jose::jws;
use durward_oidc::client::Client;
use durward_oidc::dpop::ProofFault;
use durward_oidc::evidence::{self, Evidence, Outcome, Step};
use durward_oidc::subject::Subject;
use durward_oidc::userinfo::{self as rules, Grant, Scheme, UserinfoError};
use durward_store::grants::{self, TokenRow};
use durward_store::{Conn, Fault as StoreFault, FaultKind};
use serde_json::{Map, Value};

use super::access;
use super::encrypted;
use super::issue::Achieved;
use super::possession::{self, Headers, Target};
use super::trail::Asked;
use super::{released, standing};
use crate::citizen::addresses;
use crate::citizen::people::{self, Profile};
use crate::door::Door;
use crate::failure::{Failure, Fault};
use crate::record::Trace;

/// What an app is told. OpenID Connect Core §5.3.2
#[derive(Debug)]
pub enum UserinfoAnswer {
    /// Claims, as JSON.
    Plain(Map<String, Value>),
    /// Signed, encrypted or both, as the app asked.
    Token(String),
}

/// The claims of an access token; `method` is that of the request.
///
/// # Errors
/// [`UserinfoError`], or a fault.
pub async fn userinfo(
    door: &Arc<Door>,
    method: &str,
    headers: Headers<'_>,
    trace: &Trace,
) -> Result<UserinfoAnswer, Failure<UserinfoError>> {
    let mut seen = None;
    let outcome = match claims(door, method, headers, &mut seen, trace).await {
        Ok((client, claims)) => wrapped(door, &client, claims).await,
        Err(failure) => Err(failure),
    };
    if let Err(Failure::Refused(refusal)) = &outcome {
        noted(door, seen.as_ref(), *refusal, trace);
    }
    let told = match &outcome {
        Ok(_) => "answered",
        Err(Failure::Refused(refusal)) => refusal
            .oauth_error()
            .map_or("no_token", |error| error.as_str()),
        Err(Failure::Fault(_)) => "fault",
    };
    metrics::counter!("durward_userinfo_requests_total", "environment" => door.name.as_str(), "outcome" => told)
        .increment(1);
    outcome
}

/// Keeps what was refused. Answered requests are the business of the person and the app alone.
fn noted(door: &Door, seen: Option<&Seen>, refusal: UserinfoError, trace: &Trace) {
    let client = seen.and_then(|seen| {
        let registry = door.registry.load();
        Some(Arc::clone(&registry.app(&seen.client_id)?.client))
    });
    let asked = Asked {
        step: Step::Userinfo,
        outcome: Outcome::Refused,
        code: Some(refusal.code()),
        status: refusal.status(),
        client: client.as_ref(),
        sent_id: None,
        redirect_uri: None,
        flow: seen.map(|seen| seen.flow.as_str()),
        key: None,
    };
    door.trail.note(door, &asked, trace, || Evidence {
        sentence: Some(evidence::words(&refusal.to_string())),
        ..Evidence::default()
    });
}

/// Whose token was sent, and the sign-in that it came from.
struct Seen {
    client_id: String,
    flow: String,
}

/// Signs and encrypts, in this order, as the app asked.
async fn wrapped(
    door: &Door,
    client: &Client,
    claims: Map<String, Value>,
) -> Result<UserinfoAnswer, Failure<UserinfoError>> {
    let (signed, how) = (client.userinfo_algorithm(), client.userinfo_encryption);
    if signed.is_none() && how.is_none() {
        return Ok(UserinfoAnswer::Plain(claims));
    }
    let (content, cty) = match signed {
        Some(algorithm) => {
            let ring = door.keys.load();
            let key = ring
                .current(algorithm)
                .ok_or_else(|| Fault::internal(format!("there is no current {algorithm} key")))?;
            let claims = rules::signed_claims(claims, &door.issuer, &client.client_id);
            // Without a type, so that it never passes for an ID token as a hint (RFC 8725 §3.11).
            let token = jws::sign(key, "", &claims)
                .map_err(|error| Fault::internal(format!("signing claims: {error}")))?;
            (token, Some("JWT"))
        }
        None => (Value::Object(claims).to_string(), None),
    };
    let Some(how) = how else {
        return Ok(UserinfoAnswer::Token(content));
    };
    encrypted::for_app(door, client, how, cty, content.as_bytes())
        .await?
        .map(UserinfoAnswer::Token)
        .ok_or(Failure::Refused(UserinfoError::EncryptionKey))
}

async fn claims(
    door: &Arc<Door>,
    method: &str,
    headers: Headers<'_>,
    seen: &mut Option<Seen>,
    trace: &Trace,
) -> Result<(Arc<Client>, Map<String, Value>), Failure<UserinfoError>> {
    let (scheme, token) = rules::presented(headers.authorization).map_err(Failure::Refused)?;
    let proof = match scheme {
        Scheme::Bearer => None,
        Scheme::Dpop => {
            let target = Target {
                method,
                url: &door.documents.userinfo_url,
                access_token: Some(token),
            };
            possession::judge(door, headers.dpop, target)
                .map_err(|fault| Failure::Refused(fault.into()))?
        }
    };
    let candidates = access::names(door, token);
    let unit_door = Arc::clone(door);
    let found = door
        .store
        .read(move |c| read(c, &unit_door, &candidates))
        .await?;
    let refused = || Failure::Refused(UserinfoError::InvalidToken);
    let Found {
        client,
        token,
        achieved,
        wanted,
        known,
    } = found.ok_or_else(refused)?;
    let now = door.clock.now();
    *seen = Some(Seen {
        client_id: token.client_id,
        flow: achieved.flow.clone(),
    });
    if token.revoked || token.expires_us <= now.as_microsecond() {
        return Err(refused());
    }
    let proved = proof.as_ref().map(|proof| proof.key.as_str());
    scheme
        .admits(token.jkt.as_deref(), proved)
        .map_err(Failure::Refused)?;
    // Only the holder of a good token can fill the memory of proofs.
    if let Some(proof) = proof
        && !door
            .store
            .write(move |c| possession::spend(c, Some(&proof)))
            .await?
    {
        return Err(Failure::Refused(ProofFault::Replayed.into()));
    }
    if !token.scope.split_ascii_whitespace().any(|s| s == "openid") {
        return Err(Failure::Refused(UserinfoError::InsufficientScope));
    }
    if let (Some(kit), Some(seen)) = (&door.kit, seen.as_ref()) {
        kit.at_userinfo(door, &seen.client_id, trace).await?;
    }
    let released = match (&known, token.consent) {
        (Some(known), Some(consent)) => {
            released::values(door, &wanted, (known, consent), achieved.level).ok_or_else(refused)?
        }
        _ => BTreeMap::new(),
    };
    let subject = Subject::parse(&token.subject)
        .ok_or_else(|| Fault::internal("a stored subject cannot be read"))?;
    let claims = rules::claims(
        &door.programme,
        &Grant {
            issuer: &door.issuer,
            subject,
            scope: &token.scope,
            asked: &achieved.asked.userinfo,
            level: achieved.level,
            answer: achieved.answer(),
            released: &released,
        },
    );
    Ok((client, claims))
}

struct Found {
    client: Arc<Client>,
    token: TokenRow,
    achieved: Achieved,
    /// What scopes, registration and consent all allow.
    wanted: BTreeSet<Attribute>,
    known: Option<KnownAttributes>,
}

/// The token, and what is known about its person where it may tell any of it.
fn read(c: &mut Conn, door: &Door, candidates: &[String]) -> Result<Option<Found>, StoreFault> {
    for hash in candidates {
        let Some(token) = grants::find_token(c, hash)? else {
            continue;
        };
        let registry = door.registry.load();
        let client = registry
            .app(&token.client_id)
            .filter(|app| app.client.active);
        let (Some(app), "active") = (client, token.status.as_str()) else {
            return Ok(None);
        };
        // A consent that was taken back ends what it released.
        let Some(consent) = token
            .consent
            .as_ref()
            .filter(|consent| consent.revoked_us.is_none())
        else {
            return Ok(None);
        };
        let agreed = standing::attributes(&consent.attributes);
        let achieved = Achieved::read(token.acr.clone(), &token.achieved)
            .map_err(|_| StoreFault::new(FaultKind::Corrupt, "what a grant remembers"))?;
        let asked = &achieved.asked.userinfo;
        let mut wanted = released::wanted(&door.programme, &token.scope, asked, &app.client);
        wanted.retain(|attribute| agreed.contains(attribute));
        let known = if wanted.is_empty() {
            None
        } else {
            let profile = Profile {
                language: token.language.clone(),
                verified_us: token.verified_us,
                sealed_data_key: token.sealed_data_key.clone(),
                sealed_attributes: token.sealed_attributes.clone(),
            };
            let known = people::known_of(c, door, &token.person_id, profile)?;
            let chosen = consent.email_digest.as_deref();
            known
                .map(|known| addresses::seen_by_app(c, &token.person_id, known, chosen))
                .transpose()?
        };
        return Ok(Some(Found {
            achieved,
            client: Arc::clone(&app.client),
            token,
            wanted,
            known,
        }));
    }
    Ok(None)
}
