//! API tokens of members: made in a fresh session, kept as keyed hashes, shown once.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use durward_domain::event::Event;
use durward_domain::level::Aal;
use durward_domain::permission::Action;
use durward_domain::refusal::{RefusalKind, Refuse};
use durward_domain::token_scope::{TokenScope, UnknownScope};
use durward_store::members::{self, ApiTokenRow};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use super::members::{Proof, strength, with_roles};
use super::told_of;
use crate::actor::{Actor, Belongs, Denied, Held, Member, Standing};
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
    /// Who made it.
    pub owner: String,
    /// The only team that it reaches, if it is limited to one.
    pub team: Option<String>,
    /// The scopes that it is limited to; none for all that its owner may.
    pub scopes: Vec<&'static str>,
    /// When it was made.
    pub created: Timestamp,
    /// Until when it is good.
    pub expires: Timestamp,
    /// Until when it may also approve, deploy and the like.
    pub elevated_until: Timestamp,
    /// When it was last used, to the minute.
    pub used: Option<Timestamp>,
}

/// What a new token is to be.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// Its name, 1 to 100 characters.
    pub name: &'a str,
    /// For how many days, 1 to 90.
    pub days: u16,
    /// The only team that it is to reach; empty for all of the member's.
    pub team: &'a str,
    /// The scopes that it is limited to, with spaces between; empty for all that the member may.
    pub scopes: &'a str,
}

/// Makes a token with the member's own permissions at most.
///
/// # Errors
/// [`TokenRefusal`], or a fault.
pub async fn mint(
    keeper: &Arc<Keeper>,
    member: &Member,
    wish: Wish<'_>,
    trace: &Trace,
) -> Result<Minted, Failure<TokenRefusal>> {
    let now = keeper.clock.real_now();
    member
        .may_somewhere(Action::MintToken, now)
        .map_err(|denied| Failure::Refused(denied.into()))?;
    let name = wish.name.trim();
    if name.is_empty() || name.chars().count() > 100 {
        return Err(Failure::Refused(TokenRefusal::Name));
    }
    if !(1..=90).contains(&wish.days) {
        return Err(Failure::Refused(TokenRefusal::Days));
    }
    let scopes = TokenScope::list(wish.scopes)
        .map_err(|unknown| Failure::Refused(TokenRefusal::Scope(unknown)))?;
    let team = wish.team.trim();
    if !team.is_empty() && !member.teams().contains(&team) {
        return Err(Failure::Refused(TokenRefusal::Team));
    }
    let life = Duration::from_secs(u64::from(wish.days) * 86_400);
    let limits = (team, TokenScope::text(&scopes));
    let owner = (&*member.id, name, member.aal);
    Ok(mint_limited(keeper, owner, limits, life, member.actor(), Some(trace)).await?)
}

/// Makes a token for a member on behalf of the server: the seeds of a demonstration and the first administrator.
///
/// # Errors
/// A fault.
pub async fn mint_for(
    keeper: &Arc<Keeper>,
    owner: (&str, &str, Aal),
    life: Duration,
    actor: Actor,
    trace: Option<&Trace>,
) -> Result<Minted, Fault> {
    mint_limited(keeper, owner, ("", String::new()), life, actor, trace).await
}

async fn mint_limited(
    keeper: &Arc<Keeper>,
    (member_id, name, aal): (&str, &str, Aal),
    (team, scopes): (&str, String),
    life: Duration,
    actor: Actor,
    trace: Option<&Trace>,
) -> Result<Minted, Fault> {
    let now = keeper.clock.real_now();
    let token = format!("{PREFIX}{}", keeper.random.token());
    let expires = after(now, life);
    // What is made for one purpose never approves or deploys.
    let elevated_until = if team.is_empty() && scopes.is_empty() {
        after(now, ELEVATED.min(life))
    } else {
        now
    };
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
        team: team.to_owned(),
        scopes,
    };
    let (unit_keeper, trace) = (Arc::clone(keeper), trace.cloned());
    keeper
        .store
        .write(move |c| {
            members::insert_token(c, &row)?;
            let detail = json!({ "name": row.name, "expires": time(row.expires_us).to_string(), "team": row.team, "scopes": row.scopes });
            unit_keeper.record(
                c,
                &Happened {
                    actor: &actor,
                    event: Event::MemberTokenMinted,
                    subject: &row.member_id,
                    trace: trace.as_ref(),
                    detail,
                },
            )?;
            // Tokens that the server makes for a demonstration are on its own page.
            match &actor {
                Actor::Member(_) => told_of::token(c, &unit_keeper, &row),
                _ => Ok(()),
            }
        })
        .await?;
    Ok(Minted {
        token,
        expires,
        elevated_until,
    })
}

/// Whose tokens are listed or taken back.
#[derive(Clone, Copy, Debug)]
pub enum Whose<'a> {
    /// The member's own.
    Own,
    /// Those that members of a team made for that team; its partner admins look after them.
    OfTeam(&'a str),
}

/// Live tokens, newest first.
///
/// # Errors
/// [`TokenRefusal::Denied`] for a team that the member does not run, or a fault.
pub async fn list(
    keeper: &Keeper,
    member: &Member,
    whose: Whose<'_>,
) -> Result<Vec<TokenView>, Failure<TokenRefusal>> {
    may_look_after(keeper, member, whose)?;
    let now_us = keeper.clock.real_now().as_microsecond();
    let (id, team) = (member.id.clone(), team_of(whose));
    let rows = keeper
        .store
        .read(move |c| {
            let rows = match &team {
                None => members::tokens_of(c, &id, now_us)?,
                Some(team) => members::tokens_of_team(c, team, now_us)?,
            };
            let mut list = Vec::with_capacity(rows.len());
            for row in rows {
                let owner = members::find_member(c, &row.member_id)?;
                list.push((row, owner.map(|owner| owner.name).unwrap_or_default()));
            }
            Ok(list)
        })
        .await?;
    Ok(rows
        .into_iter()
        .map(|(row, owner)| TokenView {
            id: row.token_hash,
            name: row.name,
            owner,
            team: (!row.team.is_empty()).then_some(row.team),
            scopes: scopes_of(&row.scopes)
                .into_iter()
                .map(TokenScope::as_str)
                .collect(),
            created: time(row.created_us),
            expires: time(row.expires_us),
            elevated_until: time(row.elevated_until_us),
            used: row.used_us.map(time),
        })
        .collect())
}

/// Takes a token back.
///
/// # Errors
/// [`TokenRefusal::NotFound`] when there is none, [`TokenRefusal::Denied`], or a fault.
pub async fn revoke(
    keeper: &Arc<Keeper>,
    member: &Member,
    whose: Whose<'_>,
    id: &str,
    trace: &Trace,
) -> Result<(), Failure<TokenRefusal>> {
    may_look_after(keeper, member, whose)?;
    let (unit_keeper, member_id, team) = (Arc::clone(keeper), member.id.clone(), team_of(whose));
    let (actor, trace, id) = (member.actor(), trace.clone(), id.to_owned());
    let revoked = keeper
        .store
        .write(move |c| {
            let now_us = unit_keeper.clock.real_now().as_microsecond();
            let owner = match &team {
                None => {
                    members::revoke_token(c, &id, &member_id, now_us)?.then(|| member_id.clone())
                }
                Some(team) => members::revoke_token_of_team(c, &id, team, now_us)?,
            };
            let Some(owner) = owner else {
                return Ok(false);
            };
            unit_keeper.record(
                c,
                &Happened {
                    actor: &actor,
                    event: Event::MemberTokenRevoked,
                    subject: &owner,
                    trace: Some(&trace),
                    detail: json!({ "team": team }),
                },
            )?;
            told_of::token_revoked(c, &unit_keeper, &actor, (&owner, &id))?;
            Ok(true)
        })
        .await?;
    if revoked {
        Ok(())
    } else {
        Err(Failure::Refused(TokenRefusal::NotFound))
    }
}

fn may_look_after(
    keeper: &Keeper,
    member: &Member,
    whose: Whose<'_>,
) -> Result<(), Failure<TokenRefusal>> {
    if let Whose::OfTeam(team) = whose {
        if !member.reaches(Action::ViewTeam, Belongs::ToTeam(team)) {
            return Err(Failure::Refused(TokenRefusal::NoTeam));
        }
        let now = keeper.clock.real_now();
        let permit = member.may(Action::ManageTeam, Belongs::ToTeam(team), now);
        permit.map_err(|denied| Failure::Refused(denied.into()))?;
    }
    Ok(())
}

fn team_of(whose: Whose<'_>) -> Option<String> {
    match whose {
        Whose::Own => None,
        Whose::OfTeam(team) => Some(team.to_owned()),
    }
}

/// The scopes that were kept. One that this version does not know allows nothing.
fn scopes_of(text: &str) -> BTreeSet<TokenScope> {
    text.split_ascii_whitespace()
        .filter_map(|name| TokenScope::parse(name).ok())
        .collect()
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
    let found = keeper
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
                let member = with_roles(c, &programme, member, proof)?;
                return Ok(limited(member, &row).map(|member| (member, row)));
            }
            Ok(None)
        })
        .await?;
    let Some((member, row)) = found else {
        return Ok(None);
    };
    if row.used_us.is_none_or(|used| used < now_us - NOTED_EACH_US) {
        let noted = keeper.store.write(move |c| {
            members::token_used(c, &row.token_hash, now_us, now_us - NOTED_EACH_US)
        });
        noted.await?;
    }
    Ok(Some(member))
}

/// The member within the limits of the token; nothing when a limit cannot be read.
fn limited(mut member: Member, row: &ApiTokenRow) -> Option<Member> {
    member.scopes = scopes_of(&row.scopes);
    if member.scopes.is_empty() && !row.scopes.is_empty() {
        return None;
    }
    if !row.team.is_empty() {
        // What comes with an approved e-mail domain or a staff role is not the team's.
        member.standing = Standing::Invited;
        let of_team = |held: &Held| {
            let team = held.team.as_ref().map(|(team, _)| team.as_str());
            team == Some(row.team.as_str())
        };
        member.roles.retain(of_team);
    }
    Some(member)
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
    /// A scope that does not exist.
    #[error(transparent)]
    Scope(#[from] UnknownScope),
    /// Not a team of the member's.
    #[error("You have no role in that team. Choose one of your own teams, or none.")]
    Team,
    /// Not a team that the member sees.
    #[error("There is no such team that you may see. Check its short name.")]
    NoTeam,
    /// Not the member's.
    #[error("You have no such token. It may have been taken back already.")]
    NotFound,
}

impl Refuse for TokenRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.code(),
            Self::Scope(unknown) => unknown.code(),
            Self::Team => "token/team",
            Self::Name => "token/name",
            Self::Days => "token/days",
            Self::NoTeam => "token/team-not-found",
            Self::NotFound => "token/not-found",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Denied(denied) => denied.kind(),
            Self::Name | Self::Days | Self::Scope(_) | Self::Team => RefusalKind::Invalid,
            Self::NoTeam | Self::NotFound => RefusalKind::NotFound,
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
/// The use of a token is noted once in this time.
const NOTED_EACH_US: i64 = 60_000_000;
/// For how long a token may approve, deploy and the like.
const ELEVATED: Duration = Duration::from_secs(3600);
