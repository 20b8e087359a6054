//! Making an account. Nothing here tells a stranger whether an address has one: both ways show the same pages,
//! take the same work, and differ in the mail alone.

mod confirm;
#[expect(
    unreachable_pub,
    reason = "the policy stands before its step, in this file"
)]
mod finish;
mod mail;

use std::sync::Arc;

use durward_accounts::journey::{Journey, sign_up::SignUp};
use durward_store::{Fault as StoreFault, FaultKind};
use jiff::Timestamp;

use super::flow::Flow;
use super::password;
use super::refusal::CitizenRefusal;
use super::session::Browser;
use crate::door::Door;
use crate::failure::{Failure, Fault};

pub use confirm::{
    Confirmed, LinkView, confirm_link, look_at_link, proceed_if_confirmed, type_code,
};
pub use finish::finish;
pub use mail::{Begun, begin, resend};

/// A password was chosen. `services` names the services that the person is on the way to.
///
/// # Errors
/// Refused with the reason when the programme's policy does not allow it, or when it is known as stolen.
pub async fn choose_password(
    door: &Arc<Door>,
    browser: &Browser,
    typed: &str,
    services: &[&str],
) -> Result<(), Failure<CitizenRefusal>> {
    let journey = read_journey(door, &Flow::of(door, browser), door.clock.now()).await?;
    if let Some(Journey::SignUp(SignUp::ChoosePassword { email })) = &journey {
        password::judge(door, email, services, typed).map_err(refused)?;
    }
    finish::choose_password(door, browser, typed, services).await
}

async fn read_journey(
    door: &Arc<Door>,
    flow: &Flow,
    now: Timestamp,
) -> Result<Option<Journey>, Fault> {
    let (flow, inner) = (flow.clone(), Arc::clone(door));
    let found = door.store.read(move |c| flow.load(c, &inner, now)).await?;
    Ok(found.and_then(|(_, journey)| journey))
}

fn count(door: &Door, outcome: &'static str) {
    let environment = door.name.as_str();
    metrics::counter!("durward_sign_ups_total", "environment" => environment, "outcome" => outcome)
        .increment(1);
}

fn refused(no: impl Into<CitizenRefusal>) -> Failure<CitizenRefusal> {
    Failure::Refused(no.into())
}

fn settle<T>(answer: Result<T, CitizenRefusal>) -> Result<T, Failure<CitizenRefusal>> {
    answer.map_err(Failure::Refused)
}

fn code_text(code: &str) -> String {
    format!("mail-code:{code}")
}

fn email_aad(link_hash: &str) -> String {
    format!("confirmations.sealed_email.{link_hash}")
}

/// Where a mailed link leads.
pub const CONFIRM_PATH: &str = "/sign_up/email/confirm";
const PURPOSE: &str = "sign_up";
const UNEXPECTED: StoreFault = StoreFault::new(
    FaultKind::Internal,
    "a sign-up took a step that its journey does not have",
);
