//! Proofs of possession at the endpoints of a door: judged against its time and nonces, used up in the caller's unit.
//! RFC 9449

use durward_oidc::dpop::{Expected, Proof, ProofFault, Sent};
use durward_store::{Conn, Fault as StoreFault, proof_ids};

use crate::door::Door;

/// The headers by which an app shows who it is and what it holds.
#[derive(Debug, Clone, Copy, Default)]
pub struct Headers<'a> {
    /// `Authorization`.
    pub authorization: Option<&'a str>,
    /// `DPoP`.
    pub dpop: Sent<'a>,
}

/// What is asked, as a proof must name it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target<'a> {
    pub(super) method: &'a str,
    pub(super) url: &'a str,
    /// The access token that comes with it.
    pub(super) access_token: Option<&'a str>,
}

impl<'a> Target<'a> {
    /// A form that is posted to an endpoint.
    pub(super) const fn form(url: &'a str) -> Self {
        Self {
            method: "POST",
            url,
            access_token: None,
        }
    }
}

/// Judges what was sent, if anything was.
pub(super) fn judge(
    door: &Door,
    sent: Sent<'_>,
    target: Target<'_>,
) -> Result<Option<Proof>, ProofFault> {
    sent.judge(&Expected {
        method: target.method,
        url: target.url,
        access_token: target.access_token,
        nonces: &door.nonces,
        now: door.clock.real_now(),
    })
}

/// Uses up a proof: `false` when another request did before.
pub(super) fn spend(c: &mut Conn, proof: Option<&Proof>) -> Result<bool, StoreFault> {
    match proof {
        Some(proof) => proof_ids::spend(c, &proof.name, proof.until.as_microsecond()),
        None => Ok(true),
    }
}

/// The nonce for the next proof of an app.
pub fn dpop_nonce(door: &Door) -> String {
    door.nonces.current(door.clock.real_now())
}
