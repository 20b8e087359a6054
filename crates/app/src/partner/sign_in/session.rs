//! Sessions of the portal.

use std::sync::Arc;

use durward_domain::event::Event;
use durward_store::members::{self, PortalSessionRow};
use jiff::Timestamp;
use serde_json::json;
use url::Url;

use super::provider;
use crate::actor::{Actor, Member};
use crate::failure::{Fault, FaultKind};
use crate::keeper::{Happened, Keeper, time};
use crate::partner::members::{Proof, strength, with_roles};
use crate::record::Trace;

/// A member with the session of their browser.
#[derive(Clone, Debug)]
pub struct PortalSession {
    /// Who.
    pub member: Member,
    /// When they last proved who they are.
    pub authenticated: Timestamp,
    /// When the session ends at the latest.
    pub expires: Timestamp,
}

/// The member that a session cookie stands for; nothing for one that is unknown, ended, idle or over.
///
/// # Errors
/// A fault.
pub async fn member_by_session(
    keeper: &Keeper,
    session: &str,
) -> Result<Option<PortalSession>, Fault> {
    let hashes = keeper.hasher.candidates(session);
    let rules = keeper.programme.sessions;
    let programme = Arc::clone(&keeper.programme);
    let now_us = keeper.clock.real_now().as_microsecond();
    let found = keeper
        .store
        .read(move |c| {
            for hash in &hashes {
                let Some(row) = members::find_session(c, hash)? else {
                    continue;
                };
                let idle = row.seen_us + i64::from(rules.idle_seconds) * 1_000_000;
                if row.expires_us <= now_us || idle <= now_us {
                    return Ok(None);
                }
                let Some(member) = members::find_member(c, &row.member_id)? else {
                    return Ok(None);
                };
                let elevated_until =
                    time(row.auth_us + i64::from(rules.step_up_seconds) * 1_000_000);
                let proof = Proof {
                    aal: strength(&row.aal),
                    elevated_until,
                };
                return Ok(Some((with_roles(c, &programme, member, proof)?, row)));
            }
            Ok(None)
        })
        .await?;
    let Some((member, row)) = found else {
        return Ok(None);
    };
    if now_us - row.seen_us > TOUCH_US {
        let hash = row.session_hash.clone();
        keeper
            .store
            .write(move |c| members::touch_session(c, &hash, now_us))
            .await?;
    }
    Ok(Some(PortalSession {
        member,
        authenticated: time(row.auth_us),
        expires: time(row.expires_us),
    }))
}

/// Where the browser goes after it signed out.
pub struct SignedOut {
    /// The provider's sign-out address, which ends that session too; the portal itself where none was.
    pub url: String,
}

/// Ends the session here and sends the browser to end it at the provider (OpenID Connect RP-Initiated Logout).
///
/// # Errors
/// A fault.
pub async fn sign_out(
    keeper: &Arc<Keeper>,
    session: Option<&str>,
    trace: &Trace,
) -> Result<SignedOut, Fault> {
    let home = keeper.url("/");
    let Some(session) = session else {
        return Ok(SignedOut { url: home });
    };
    let (unit_keeper, trace, hashes) = (
        Arc::clone(keeper),
        trace.clone(),
        keeper.hasher.candidates(session),
    );
    let ended = keeper
        .store
        .write(move |c| {
            for hash in &hashes {
                let Some(row) = members::find_session(c, hash)? else {
                    continue;
                };
                if members::end_session(c, hash, unit_keeper.clock.real_now().as_microsecond())? {
                    let actor = Actor::Member(row.member_id.clone());
                    let happened = Happened {
                        actor: &actor,
                        event: Event::MemberSignedOut,
                        subject: &row.member_id,
                        trace: Some(&trace),
                        detail: json!({}),
                    };
                    unit_keeper.record(c, &happened)?;
                    return Ok(Some(row));
                }
            }
            Ok(None)
        })
        .await?;
    let Some(row) = ended else {
        return Ok(SignedOut { url: home });
    };
    let hint = open(keeper, &row)?;
    // The session here is over also when the provider cannot be reached.
    let end = provider::known(keeper)
        .await
        .ok()
        .and_then(|provider| Url::parse(provider.end_session_endpoint.as_deref()?).ok());
    Ok(match end {
        Some(mut url) => {
            url.query_pairs_mut()
                .append_pair("id_token_hint", &hint)
                .append_pair("post_logout_redirect_uri", &home);
            SignedOut { url: url.into() }
        }
        None => SignedOut { url: home },
    })
}

fn open(keeper: &Keeper, row: &PortalSessionRow) -> Result<String, Fault> {
    let corrupt = || Fault::new(FaultKind::Corrupt, "a portal session cannot be opened");
    let plain = keeper
        .sealer
        .open(&token_place(&row.session_hash), &row.sealed_id_token)
        .map_err(|_| corrupt())?;
    String::from_utf8(plain.to_vec()).map_err(|_| corrupt())
}

pub(super) fn token_place(hash: &str) -> String {
    format!("portal_sessions.sealed_id_token.{hash}")
}

/// A session is noted as used at most this often.
const TOUCH_US: i64 = 60 * 1_000_000;
