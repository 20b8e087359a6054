//! Passkeys and security keys: added, asked for as a second factor, and standing alone. What a key answers is judged
//! before the unit that counts it; the unit spends the question and the key's counter.

mod add;
mod ceremony;
mod kept;
mod prove;

pub use add::{add, question_for_new};
pub use prove::{Due, is_due, prove, question, question_for_anyone, sign_in};

use std::sync::Arc;

use durward_accounts::authenticator::webauthn::WebauthnRefusal;
use durward_store::Fault as StoreFault;
use durward_store::people::AuthenticatorRow;

use self::ceremony::{Ceremonies, Kept};
use self::kept::Asked;
use crate::citizen::flow::{self, Flow};
use crate::citizen::refusal::CitizenRefusal;
use crate::citizen::session::Browser;
use crate::citizen::sign_up::Begun;
use crate::citizen::vault::Vault;
use crate::door::Door;
use crate::failure::{Failure, Fault};

/// Whether passkeys work at the address of this environment.
pub fn work_here(door: &Door) -> bool {
    ceremonies(door).is_ok()
}

/// Whether the key in this row checked its owner when it was added.
pub(in crate::citizen) fn user_verified(
    vault: &Vault,
    row: &AuthenticatorRow,
) -> Result<bool, StoreFault> {
    Ok(kept::opened(vault, row)?.user_verified())
}

fn ceremonies(door: &Door) -> Result<Ceremonies, Failure<CitizenRefusal>> {
    Ceremonies::of(&door.issuer, &door.programme.title)
        .ok_or_else(|| refused(WebauthnRefusal::Unavailable))
}

/// Keeps a question for this browser, which gets a flow if it has none.
async fn ask(door: &Arc<Door>, browser: &Browser, asked: Asked) -> Result<Begun, Fault> {
    let (now, flow, inner) = (door.clock.now(), Flow::of(door, browser), Arc::clone(door));
    let fresh = door.random.token();
    let fresh_hash = door.hasher.hash(&fresh);
    let was_known = door
        .store
        .write(move |c| {
            let known = flow.load(c, &inner, now)?.map(|(hash, _)| hash);
            let hash = known.as_deref().unwrap_or(&fresh_hash);
            if known.is_none() {
                flow::save(c, &inner, hash, None, now)?;
            }
            asked.keep(c, &inner, hash, now)?;
            Ok(known.is_some())
        })
        .await?;
    Ok(Begun {
        set_flow: (!was_known).then_some(fresh),
    })
}

async fn known(door: &Arc<Door>, person_id: &str) -> Result<Vec<Kept>, Fault> {
    let (inner, id) = (Arc::clone(door), person_id.to_owned());
    Ok(door
        .store
        .read(move |c| kept::keys_of(c, &inner, &id))
        .await?)
}

fn refused(no: impl Into<CitizenRefusal>) -> Failure<CitizenRefusal> {
    Failure::Refused(no.into())
}
