//! An app gets a token for itself. RFC 6749 §4.4

use std::sync::Arc;

use durward_domain::event::Event;
use durward_oidc::client::Client;
use durward_oidc::dpop;
use durward_oidc::token::{self, TokenError};
use durward_store::client_tokens::{self, ClientTokenRow};
use durward_store::{Conn, Fault as StoreFault};
use serde_json::json;

use super::sign::{self, TokenAnswer};
use super::unit::{Drawn, Unit};
use crate::failure::Failure;

/// Gives a token that stands for the app alone.
pub(super) async fn own(unit: Unit, drawn: Drawn) -> Result<TokenAnswer, Failure<TokenError>> {
    let door = Arc::clone(&unit.door);
    unit.at_kit(&[]).await?;
    let (real_now, jkt) = (unit.real_now, unit.jkt().map(str::to_owned));
    let name = drawn.name.clone();
    let granted = door.store.write(move |c| run(c, &unit, &name)).await?;
    let client = granted.map_err(Failure::Refused)?;
    Ok(sign::own(&door, &client, drawn, jkt, real_now)?)
}

fn run(
    c: &mut Conn,
    unit: &Unit,
    name: &str,
) -> Result<Result<Arc<Client>, TokenError>, StoreFault> {
    let judged = match unit.use_up(c)? {
        Ok(()) => judge(unit),
        Err(refusal) => Err(refusal),
    };
    let client = match judged {
        Ok(client) => client,
        Err(refusal) => {
            unit.refuse(c, unit.proved(), refusal.clone())?;
            return Ok(Err(refusal));
        }
    };
    let row = ClientTokenRow {
        client_id: client.client_id.clone(),
        created_us: unit.now.as_microsecond(),
        expires_us: unit.after(client.policies.access_token_seconds),
        jkt: unit.jkt().map(str::to_owned),
    };
    client_tokens::insert(c, name, &row)?;
    let detail = json!({ "key": unit.sender.key() });
    let (event, subject) = (Event::ClientTokenMade, &client.client_id);
    unit.note(c, event, Some(&client), subject, detail)?;
    Ok(Ok(client))
}

fn judge(unit: &Unit) -> Result<Arc<Client>, TokenError> {
    let client = unit.client("", TokenError::ClientUnknown)?;
    token::own_allowed(&client)?;
    dpop::binding(&client, unit.proof.as_ref(), None)?;
    Ok(client)
}
