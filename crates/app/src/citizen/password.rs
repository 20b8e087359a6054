//! A password that a person chooses: judged, then hashed, before the unit that keeps it.

use std::sync::Arc;

use durward_accounts::authenticator::password::{BadPassword, Password, PasswordContext};
use durward_accounts::email::EmailAddress;

use super::refusal::CitizenRefusal;
use crate::door::Door;
use crate::failure::Failure;

/// A password that may be kept.
pub struct Chosen {
    /// Its hash, as a PHC string.
    pub phc: String,
    /// May it be all that a remembered browser is asked for?
    pub may_carry_alone: bool,
}

/// Judges a new password and hashes it. `services` names the services that the person is on the way to.
///
/// # Errors
/// Refused with the reason when the policy does not allow it.
pub async fn choose(
    door: &Arc<Door>,
    email: &EmailAddress,
    services: &[&str],
    typed: &str,
) -> Result<Chosen, Failure<CitizenRefusal>> {
    let password = judge(door, email, services, typed).map_err(refused)?;
    let may_carry_alone = password.may_carry_alone();
    let phc = door.passwords.hash(password.reveal().to_owned()).await?;
    Ok(Chosen {
        phc,
        may_carry_alone,
    })
}

/// Judges a new password by the programme's rules and the stolen passwords that this server knows.
///
/// # Errors
/// The reason when the policy does not allow it.
pub fn judge(
    door: &Door,
    email: &EmailAddress,
    services: &[&str],
    typed: &str,
) -> Result<Password, BadPassword> {
    let context = PasswordContext::new(email, services, &[&door.programme.title, PRODUCT])
        .under(door.programme.passwords);
    let password = Password::choose(typed, &context)?;
    if door.passwords.is_breached(&password) {
        return Err(BadPassword::Breached);
    }
    Ok(password)
}

fn refused(no: BadPassword) -> Failure<CitizenRefusal> {
    Failure::Refused(no.into())
}

const PRODUCT: &str = "Durward";
