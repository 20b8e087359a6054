//! A refresh token is used. RFC 6749 §6

use std::collections::BTreeSet;
use std::sync::Arc;

use durward_accounts::consent;
use durward_domain::event::Event;
use durward_oidc::client::Client;
use durward_oidc::dpop;
use durward_oidc::token::refresh_token::{self as rules, IssuedRefresh};
use durward_oidc::token::{RefreshGrant, TokenError};
use durward_store::grants::GrantRow;
use durward_store::refresh_tokens::{self, RefreshRow};
use durward_store::{Conn, Fault as StoreFault, consents, people, sessions};
use jiff::Timestamp;

use super::seen::Seen;
use super::sign::{self, TokenAnswer};
use super::spend;
use super::unit::{Drawn, Granted, Outcome, Spending, Unit};
use crate::citizen::session;
use crate::client::{released, standing};
use crate::door::Door;
use crate::failure::Failure;

/// Uses a refresh token; `drawn` is what its holder gets.
pub(super) async fn refresh(
    unit: Unit,
    grant: RefreshGrant,
    drawn: Drawn,
    seen: &mut Seen,
) -> Result<TokenAnswer, Failure<TokenError>> {
    let door = Arc::clone(&unit.door);
    unit.at_kit(&[]).await?;
    let (real_now, trace) = (unit.real_now, unit.trace.clone());
    let refreshing = Refreshing {
        hashes: door.hasher.candidates(&grant.token),
        unit,
        grant,
    };
    let granted = spend(Arc::new(refreshing), seen).await?;
    sign::answer(&door, granted, None, drawn, (real_now, &trace)).await
}

struct Refreshing {
    unit: Unit,
    hashes: Vec<String>,
    grant: RefreshGrant,
}

impl Spending for Refreshing {
    fn unit(&self) -> &Unit {
        &self.unit
    }

    fn run(&self, c: &mut Conn) -> Result<Outcome, StoreFault> {
        let unit = &self.unit;
        let unknown = TokenError::RefreshUnknown;
        let found = unit.begin(c, unknown, |c| find(c, &self.hashes), |(_, row)| &row.grant)?;
        let (client, (hash, row)) = match found {
            Ok(found) => found,
            Err(refused) => return Ok(refused),
        };
        let issued = IssuedRefresh {
            client_id: row.grant.client_id.clone(),
            scope: row.grant.scope.clone(),
            expires: standing::at(row.expires_us),
            spent: row.spent_us.is_some(),
            stands: stands(c, &unit.door, &client, &row.grant, unit.now)?,
        };
        let judged = rules::judge(&issued, &self.grant, &client, unit.now).and_then(|scope| {
            dpop::binding(&client, unit.proof.as_ref(), row.jkt.as_deref())?;
            Ok(scope)
        });
        let judged = match judged {
            // Another request may be first between the two statements.
            Ok(_) if !self.spend(c, &client, hash)? => Err(TokenError::RefreshReplayed),
            judged => judged,
        };
        match judged {
            Ok(scope) => {
                let granted = Granted {
                    refreshes: client.rotates(),
                    client,
                    grant: row.grant,
                    scope,
                    jkt: unit.jkt().map(str::to_owned),
                };
                unit.keep(c, &granted, Event::RefreshTokenUsed)?;
                Ok(Outcome::granted(granted))
            }
            Err(refusal) => {
                let of = (client, row.grant);
                unit.refuse_grant(c, of, Event::RefreshTokenReplayed, refusal)
            }
        }
    }
}

impl Refreshing {
    /// Uses it up, or lets it last longer where it is not rotated. `false` when another request was first.
    fn spend(&self, c: &mut Conn, client: &Client, hash: &str) -> Result<bool, StoreFault> {
        if client.rotates() {
            return refresh_tokens::spend(c, hash, self.unit.now.as_microsecond());
        }
        let until_us = self.unit.after(client.policies.refresh_token_seconds);
        refresh_tokens::prolong(c, hash, until_us)?;
        Ok(true)
    }
}

/// A refresh token by the hashes under which it may be kept.
pub(in crate::client) fn find<'a>(
    c: &mut Conn,
    hashes: &'a [String],
) -> Result<Option<(&'a str, RefreshRow)>, StoreFault> {
    for hash in hashes {
        if let Some(row) = refresh_tokens::find(c, hash)? {
            return Ok(Some((hash, row)));
        }
    }
    Ok(None)
}

/// Does all stand that an authorization rests on: itself, the account, the consent to what it still releases, and
/// the session or the consent to do without it?
pub(in crate::client) fn stands(
    c: &mut Conn,
    door: &Door,
    client: &Client,
    grant: &GrantRow,
    now: Timestamp,
) -> Result<bool, StoreFault> {
    if grant.revoked_us.is_some() {
        return Ok(false);
    }
    let Some(person) = people::find_person(c, &grant.person_id)? else {
        return Ok(false);
    };
    if person.status != "active" {
        return Ok(false);
    }
    let Some(row) = consents::find_consent(c, &grant.person_id, &grant.client_id)? else {
        return Ok(false);
    };
    let agreed = standing::read_consent(row);
    let mut wanted = released::wanted(&door.programme, &grant.scope, &BTreeSet::new(), client);
    wanted.retain(|attribute| agreed.attributes.contains(attribute));
    let days = door.programme.lifetimes.consent_days;
    if consent::needed(Some(&agreed), &wanted, now, days).is_some() {
        return Ok(false);
    }
    if grant.offline {
        return Ok(agreed.offline);
    }
    let session = sessions::find_session_by_id(c, &grant.session_id)?;
    Ok(session.is_some_and(|row| session::is_open(door, &row, &person, now)))
}
