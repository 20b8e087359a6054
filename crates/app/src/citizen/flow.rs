//! What one browser is in the middle of: a journey, sealed in the row that its flow cookie names.

use std::sync::Arc;

use durward_accounts::email::EmailAddress;
use durward_accounts::journey::{self, Journey, sign_in::SignIn, sign_up::SignUp};
use durward_keyring::totp::TotpSecret;
use durward_store::{Conn, Fault as StoreFault, FaultKind, sessions};
use jiff::{SignedDuration, Timestamp};

use super::session::Browser;
use crate::door::Door;
use crate::failure::Fault;

/// Where a browser is, with what the page of that step shows.
pub enum Step {
    /// Nothing was begun, or it is done.
    Nothing,
    /// Sign up: a mail is on its way.
    CheckEmail {
        /// To this address.
        email: EmailAddress,
    },
    /// Sign up: choose a password.
    ChoosePassword {
        /// The confirmed address.
        email: EmailAddress,
    },
    /// Sign up, or the first sign-in of an account without a second factor: set up an authenticator app.
    SetUpTotp {
        /// The account's address.
        email: EmailAddress,
        /// The secret that the page shows.
        secret: TotpSecret,
    },
    /// Sign in: the password.
    EnterPassword {
        /// The address.
        email: EmailAddress,
    },
    /// Sign in: the second factor.
    SecondFactor,
}

/// The step that a browser is at.
///
/// # Errors
/// When the database fails.
pub async fn step(door: &Arc<Door>, browser: &Browser) -> Result<Step, Fault> {
    let flow = Flow::of(door, browser);
    let door = Arc::clone(door);
    let now = door.clock.now();
    let (journey, door) = {
        let inner = Arc::clone(&door);
        let found = door.store.read(move |c| flow.load(c, &inner, now)).await?;
        (found.and_then(|(_, journey)| journey), door)
    };
    Ok(match journey {
        Some(Journey::SignUp(SignUp::CheckEmail { email, .. })) => Step::CheckEmail { email },
        Some(Journey::SignUp(SignUp::ChoosePassword { email })) => Step::ChoosePassword { email },
        Some(
            Journey::SignUp(SignUp::SetUpTotp {
                email, sealed_totp, ..
            })
            | Journey::SignIn(SignIn::SetUpTotp {
                email, sealed_totp, ..
            }),
        ) => match open_totp(&door, &sealed_totp) {
            Some(secret) => Step::SetUpTotp { email, secret },
            None => Step::Nothing,
        },
        Some(Journey::SignIn(SignIn::EnterPassword { email, .. })) => Step::EnterPassword { email },
        Some(Journey::SignIn(SignIn::SecondFactor { .. })) => Step::SecondFactor,
        _ => Step::Nothing,
    })
}

/// The flow of a browser, by the hashes that its cookie may be stored under.
#[derive(Clone)]
pub(super) struct Flow {
    candidates: Vec<String>,
}

impl Flow {
    pub(super) fn of(door: &Door, browser: &Browser) -> Self {
        Self {
            candidates: browser
                .flow
                .as_deref()
                .map(|token| door.hasher.candidates(token))
                .unwrap_or_default(),
        }
    }

    /// Whether a stored hash is this browser's.
    pub(super) fn is(&self, flow_hash: &str) -> bool {
        self.candidates.iter().any(|known| known == flow_hash)
    }

    /// The hash and the journey of the flow, if there is one. A journey that cannot be opened is none.
    pub(super) fn load(
        &self,
        c: &mut Conn,
        door: &Door,
        now: Timestamp,
    ) -> Result<Option<(String, Option<Journey>)>, StoreFault> {
        for hash in &self.candidates {
            if let Some(row) = sessions::find_flow(c, hash, now.as_microsecond())? {
                let journey = row.sealed_journey.and_then(|sealed| {
                    let plain = door.sealer.open(&journey_aad(hash), &sealed).ok()?;
                    serde_json::from_slice(&plain).ok()
                });
                return Ok(Some((hash.clone(), journey)));
            }
        }
        Ok(None)
    }
}

/// Keeps a journey, or forgets it when it is done.
pub(super) fn save(
    c: &mut Conn,
    door: &Door,
    flow_hash: &str,
    journey: Option<&Journey>,
    now: Timestamp,
) -> Result<(), StoreFault> {
    let sealed = journey
        .and_then(|journey| serde_json::to_vec(journey).ok())
        .map(|plain| {
            door.sealer
                .seal(&journey_aad(flow_hash), &plain, &door.random)
        });
    let until = now
        .saturating_add(SignedDuration::from_secs(journey::LIMITS.journey_seconds))
        .unwrap_or(Timestamp::MAX);
    sessions::put_journey(
        c,
        flow_hash,
        sealed.as_deref(),
        now.as_microsecond(),
        until.as_microsecond(),
    )
}

/// Keeps what a set-up or a challenge needs on its next page, sealed and for this flow alone, in place of what was kept.
pub(super) fn put_scratch<T: serde::Serialize>(
    c: &mut Conn,
    door: &Door,
    flow_hash: &str,
    scratch: &T,
) -> Result<(), StoreFault> {
    let plain = serde_json::to_vec(scratch).map_err(|_| UNWRITABLE)?;
    let sealed = door
        .sealer
        .seal(&scratch_aad(flow_hash), &plain, &door.random);
    sessions::put_scratch(c, flow_hash, Some(&sealed))
}

/// What was kept, with the text it is kept as. What cannot be opened or is of another kind is nothing.
pub(super) fn scratch<T: serde::de::DeserializeOwned>(
    c: &mut Conn,
    door: &Door,
    flow: &Flow,
    now: Timestamp,
) -> Result<Option<Scratch<T>>, StoreFault> {
    for hash in &flow.candidates {
        let Some(sealed) = sessions::find_scratch(c, hash, now.as_microsecond())? else {
            continue;
        };
        let content = door
            .sealer
            .open(&scratch_aad(hash), &sealed)
            .ok()
            .and_then(|plain| serde_json::from_slice(&plain).ok());
        return Ok(content.map(|content| Scratch {
            flow_hash: hash.clone(),
            sealed,
            content,
        }));
    }
    Ok(None)
}

/// What a flow kept.
pub(super) struct Scratch<T> {
    flow_hash: String,
    sealed: String,
    /// Opened.
    pub(super) content: T,
}

impl<T> Scratch<T> {
    /// Takes it away. Of two that found it, one gets `true`.
    pub(super) fn spend(&self, c: &mut Conn) -> Result<bool, StoreFault> {
        sessions::spend_scratch(c, &self.flow_hash, &self.sealed)
    }
}

/// Seals the secret of an authenticator app that is being set up.
pub(super) fn seal_totp(door: &Door, secret: &TotpSecret) -> String {
    door.sealer.seal(TOTP_AAD, secret.as_bytes(), &door.random)
}

/// Opens it again.
pub(super) fn open_totp(door: &Door, sealed: &str) -> Option<TotpSecret> {
    let plain = door.sealer.open(TOTP_AAD, sealed).ok()?;
    Some(TotpSecret::from_bytes(plain.as_slice().try_into().ok()?))
}

fn scratch_aad(flow_hash: &str) -> String {
    format!("flows.sealed_scratch.{flow_hash}")
}

fn journey_aad(flow_hash: &str) -> String {
    format!("flows.sealed_journey.{flow_hash}")
}

/// The secret lies inside a sealed journey, so the flow's own hash is bound already.
const TOTP_AAD: &str = "journey.sealed_totp";

const UNWRITABLE: StoreFault = StoreFault::new(
    FaultKind::Internal,
    "what a flow keeps cannot be written down",
);
