//! API tokens of members: made in a fresh session, kept as keyed hashes, shown once.

use std::sync::Arc;
use std::time::Duration;

use durward_domain::event::Event;
use durward_domain::level::Aal;
use durward_domain::permission::Action;
use durward_domain::refusal::{RefusalKind, Refuse};
use durward_store::members::{self, ApiTokenRow};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use super::members::{Proof, strength, with_roles};
use crate::actor::{Actor, Denied, Member};
use crate::failure::{Failure, Fault};
use crate::keeper::{Happened, Keeper, time};
use crate::record::Trace;

/// A token that was just made: the only time that it is seen.
#[derive(Serialize)]
pub struct Minted {
    /// The token itself.
    pub token: String,
    /// Until when it is good.
    pub expires: Timestamp,
    /// Until when it may also approve, deploy and the like.
    pub elevated_until: Timestamp,
}

/// One token in a list.
#[derive(Clone, Debug, Serialize)]
pub struct TokenView {
    /// What names it for revoking; not the token.
    pub id: String,
    /// What its owner called it.
    pub name: String,
    /// When it was made.
    pub created: Timestamp,
    /// Until when it is good.
    pub expires: Timestamp,
    /// Until when it may also approve, deploy and the like.
    pub elevated_until: Timestamp,
    /// When it was last used.
    pub used: Option<Timestamp>,
}

/// Makes a token with the member's own permissions, good for some days (1 to 90).
///
/// # Errors
/// [`TokenRefusal`], or a fault.
pub async fn mint(
    keeper: &Arc<Keeper>,
    member: &Member,
    name: &str,
    days: u16,
    trace: &Trace,
) -> Result<Minted, Failure<TokenRefusal>> {
    let now = keeper.clock.real_now();
    member
        .may_somewhere(Action::MintToken, now)
        .map_err(|denied| Failure::Refused(denied.into()))?;
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 100 {
        return Err(Failure::Refused(TokenRefusal::Name));
    }
    if !(1..=90).contains(&days) {
        return Err(Failure::Refused(TokenRefusal::Days));
    }
    let life = Duration::from_secs(u64::from(days) * 86_400);
    Ok(mint_for(
        keeper,
        (&member.id, name, member.aal),
        life,
        member.actor(),
        Some(trace),
    )
    .await?)
}

/// Makes a token for a member on behalf of the server: the seeds of a demonstration and the first administrator.
///
/// # Errors
/// A fault.
pub async fn mint_for(
    keeper: &Arc<Keeper>,
    (member_id, name, aal): (&str, &str, Aal),
    life: Duration,
    actor: Actor,
    trace: Option<&Trace>,
) -> Result<Minted, Fault> {
    let now = keeper.clock.real_now();
    let token = format!("{PREFIX}{}", keeper.random.token());
    let expires = after(now, life);
    let elevated_until = after(now, ELEVATED.min(life));
    let row = ApiTokenRow {
        token_hash: keeper.hasher.hash(&token),
        member_id: member_id.to_owned(),
        name: name.to_owned(),
        elevated_until_us: elevated_until.as_microsecond(),
        created_us: now.as_microsecond(),
        expires_us: expires.as_microsecond(),
        used_us: None,
        revoked_us: None,
        aal: aal.as_str().to_owned(),
    };
    let (unit_keeper, trace) = (Arc::clone(keeper), trace.cloned());
    keeper
        .store
        .write(move |c| {
            members::insert_token(c, &row)?;
            let detail = json!({ "name": row.name, "expires": time(row.expires_us).to_string() });
            unit_keeper.record(
                c,
                &Happened {
                    actor: &actor,
                    event: Event::MemberTokenMinted,
                    subject: &row.member_id,
                    trace: trace.as_ref(),
                    detail,
                },
            )
        })
        .await?;
    Ok(Minted {
        token,
        expires,
        elevated_until,
    })
}

/// The live tokens of a member, newest first.
///
/// # Errors
/// A fault.
pub async fn list(keeper: &Keeper, member: &Member) -> Result<Vec<TokenView>, Fault> {
    let (id, now_us) = (member.id.clone(), keeper.clock.real_now().as_microsecond());
    let rows = keeper
        .store
        .read(move |c| members::tokens_of(c, &id, now_us))
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| TokenView {
            id: row.token_hash,
            name: row.name,
            created: time(row.created_us),
            expires: time(row.expires_us),
            elevated_until: time(row.elevated_until_us),
            used: row.used_us.map(time),
        })
        .collect())
}

/// Takes a token of one's own back.
///
/// # Errors
/// [`TokenRefusal::NotFound`] when it is not the member's, or a fault.
pub async fn revoke(
    keeper: &Arc<Keeper>,
    member: &Member,
    id: &str,
    trace: &Trace,
) -> Result<(), Failure<TokenRefusal>> {
    let (unit_keeper, member_id, actor, trace, id) = (
        Arc::clone(keeper),
        member.id.clone(),
        member.actor(),
        trace.clone(),
        id.to_owned(),
    );
    let revoked = keeper
        .store
        .write(move |c| {
            if !members::revoke_token(
                c,
                &id,
                &member_id,
                unit_keeper.clock.real_now().as_microsecond(),
            )? {
                return Ok(false);
            }
            let detail = json!({});
            unit_keeper.record(
                c,
                &Happened {
                    actor: &actor,
                    event: Event::MemberTokenRevoked,
                    subject: &member_id,
                    trace: Some(&trace),
                    detail,
                },
            )?;
            Ok(true)
        })
        .await?;
    if revoked {
        Ok(())
    } else {
        Err(Failure::Refused(TokenRefusal::NotFound))
    }
}

/// The member that a bearer token stands for; nothing for one that is unknown, over, or taken back.
///
/// # Errors
/// A fault.
pub async fn member_by_token(keeper: &Keeper, token: &str) -> Result<Option<Member>, Fault> {
    if !token.starts_with(PREFIX) || token.len() > LONGEST {
        return Ok(None);
    }
    let hashes = keeper.hasher.candidates(token);
    let now_us = keeper.clock.real_now().as_microsecond();
    let programme = Arc::clone(&keeper.programme);
    Ok(keeper
        .store
        .read(move |c| {
            for hash in &hashes {
                let Some(row) = members::find_token(c, hash)? else {
                    continue;
                };
                if row.revoked_us.is_some() || row.expires_us <= now_us {
                    return Ok(None);
                }
                let Some(member) = members::find_member(c, &row.member_id)? else {
                    return Ok(None);
                };
                let proof = Proof {
                    aal: strength(&row.aal),
                    elevated_until: time(row.elevated_until_us),
                };
                return with_roles(c, &programme, member, proof).map(Some);
            }
            Ok(None)
        })
        .await?)
}

/// Why a token was not made or taken back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenRefusal {
    /// The member may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No name.
    #[error("Give the token a name of at most 100 characters, so that you know it again.")]
    Name,
    /// Too short or too long a life.
    #[error("A token lives 1 to 90 days. Choose a number between.")]
    Days,
    /// Not the member's.
    #[error("You have no such token. It may have been taken back already.")]
    NotFound,
}

impl Refuse for TokenRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.code(),
            Self::Name => "token/name",
            Self::Days => "token/days",
            Self::NotFound => "token/not-found",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Denied(denied) => denied.kind(),
            Self::Name | Self::Days => RefusalKind::Invalid,
            Self::NotFound => RefusalKind::NotFound,
        }
    }
}

fn after(now: Timestamp, life: Duration) -> Timestamp {
    time(
        now.as_microsecond()
            .saturating_add(i64::try_from(life.as_micros()).unwrap_or(i64::MAX)),
    )
}

/// Tells a leaked token from other text.
const PREFIX: &str = "dwp_";
const LONGEST: usize = 100;
/// For how long a token may approve, deploy and the like.
const ELEVATED: Duration = Duration::from_secs(3600);
