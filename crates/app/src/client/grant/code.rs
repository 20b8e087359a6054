//! A code is redeemed. RFC 6749 §4.1.3

use std::sync::Arc;

use durward_domain::event::Event;
use durward_oidc::client::Client;
use durward_oidc::dpop;
use durward_oidc::token::authorization_code::{self, IssuedCode, RedirectUriRule};
use durward_oidc::token::{CodeGrant, TokenError};
use durward_store::grants::{self, CodeRow};
use durward_store::{Conn, Fault as StoreFault};

use super::seen::Seen;
use super::sign::{self, TokenAnswer};
use super::spend;
use super::unit::{Drawn, Granted, Outcome, Spending, Unit};
use crate::client::issue::Achieved;
use crate::client::standing;
use crate::failure::Failure;

/// Redeems a code; `drawn` is what its holder gets.
pub(super) async fn redeem(
    unit: Unit,
    grant: CodeGrant,
    drawn: Drawn,
    seen: &mut Seen,
) -> Result<TokenAnswer, Failure<TokenError>> {
    let door = Arc::clone(&unit.door);
    let hashes = door.hasher.candidates(&grant.code);
    unit.at_kit(&hashes).await?;
    let code = grant.code.clone();
    let (real_now, trace) = (unit.real_now, unit.trace.clone());
    let redeeming = Redeeming {
        unit,
        hashes,
        grant,
    };
    let granted = spend(Arc::new(redeeming), seen).await?;
    // Spent before the tokens are signed: if signing fails the person starts again, which is cheaper than one
    // code yielding two token sets. RFC 6749 §4.1.2
    sign::answer(&door, granted, Some(&code), drawn, (real_now, &trace)).await
}

struct Redeeming {
    unit: Unit,
    hashes: Vec<String>,
    grant: CodeGrant,
}

impl Spending for Redeeming {
    fn unit(&self) -> &Unit {
        &self.unit
    }

    fn run(&self, c: &mut Conn) -> Result<Outcome, StoreFault> {
        let unit = &self.unit;
        let unknown = TokenError::CodeUnknown;
        let found = unit.begin(c, unknown, |c| self.find(c), |(_, row)| &row.grant)?;
        let (client, (hash, row)) = match found {
            Ok(found) => found,
            Err(refused) => return Ok(refused),
        };
        let refusal = match self.judge(&client, &row) {
            // Another request may be first between the two statements.
            Ok(()) if !grants::spend_code(c, hash, unit.now.as_microsecond())? => {
                Some(TokenError::CodeSpent)
            }
            judged => judged.err(),
        };
        if let Some(refusal) = refusal {
            let of = (client, row.grant);
            return unit.refuse_grant(c, of, Event::CodeReplayed, refusal);
        }
        let granted = Granted {
            refreshes: client.may_refresh(),
            client,
            grant: row.grant,
            scope: None,
            jkt: unit.jkt().map(str::to_owned),
        };
        unit.keep(c, &granted, Event::CodeRedeemed)?;
        Ok(Outcome::granted(granted))
    }
}

impl Redeeming {
    fn find(&self, c: &mut Conn) -> Result<Option<(&str, CodeRow)>, StoreFault> {
        for hash in &self.hashes {
            if let Some(row) = grants::find_by_code(c, hash)? {
                return Ok(Some((hash, row)));
            }
        }
        Ok(None)
    }

    fn judge(&self, client: &Client, row: &CodeRow) -> Result<(), TokenError> {
        let issued = IssuedCode {
            client_id: row.grant.client_id.clone(),
            redirect_uri: row.grant.redirect_uri.clone(),
            code_challenge: row.grant.code_challenge.clone(),
            expires: standing::at(row.grant.expires_us),
            spent: row.grant.spent_us.map(standing::at),
        };
        authorization_code::judge(
            &issued,
            &self.grant,
            client,
            RedirectUriRule::EqualIfSent,
            self.unit.now,
        )?;
        if row.grant.revoked_us.is_some() || !row.session_open {
            return Err(TokenError::SessionEnded);
        }
        let bound = Achieved::dpop_jkt(&row.grant.achieved);
        dpop::binding(client, self.unit.proof.as_ref(), bound.as_deref())?;
        Ok(())
    }
}
