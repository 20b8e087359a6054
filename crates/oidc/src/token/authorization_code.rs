//! The authorization-code grant: every rule of redeeming a code, in order.

use durward_keyring::{compare, digest};
use jiff::Timestamp;

use super::TokenError;
use crate::client::Client;
use crate::params::Params;

/// What the form asks. No `Debug`.
pub struct CodeGrant {
    /// The code.
    pub code: String,
    /// The redirect URI of the authorization request, if sent.
    pub redirect_uri: Option<String>,
    /// The PKCE verifier, if sent.
    pub code_verifier: Option<String>,
}

impl CodeGrant {
    pub(super) fn read(params: &Params) -> Result<Self, TokenError> {
        let code = params.get("code").ok_or(TokenError::Missing("code"))?;
        if code.len() > LONGEST_CODE {
            return Err(TokenError::Malformed("code"));
        }
        let code_verifier = params.get("code_verifier");
        if code_verifier.is_some_and(|verifier| !is_verifier(verifier)) {
            return Err(TokenError::Malformed("code_verifier"));
        }
        Ok(Self {
            code: code.to_owned(),
            redirect_uri: params.get("redirect_uri").map(str::to_owned),
            code_verifier: code_verifier.map(str::to_owned),
        })
    }
}

/// What is stored of a code, as far as it decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedCode {
    /// The app that got it.
    pub client_id: String,
    /// Where it was sent.
    pub redirect_uri: String,
    /// SHA-256 of the verifier.
    pub code_challenge: Option<String>,
    /// When it ends.
    pub expires: Timestamp,
    /// When it was redeemed before this attempt.
    pub spent: Option<Timestamp>,
}

/// Must `redirect_uri` be sent again?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedirectUriRule {
    /// Equal if sent: the shape of Login.gov, whose apps do not send it. The code is bound to the app and, by
    /// PKCE or `state`, to the browser all the same.
    EqualIfSent,
    /// Sent and equal. RFC 6749 §4.1.3
    Required,
}

/// Judges a code that was found by its keyed hash. `client` has proved itself.
pub fn judge(
    issued: &IssuedCode,
    sent: &CodeGrant,
    client: &Client,
    rule: RedirectUriRule,
    now: Timestamp,
) -> Result<(), TokenError> {
    // First of all: another app learns nothing of this code, and cannot have its tokens revoked.
    if issued.client_id != client.client_id {
        return Err(TokenError::CodeUnknown);
    }
    if issued.spent.is_some() {
        return Err(TokenError::CodeSpent);
    }
    if now >= issued.expires {
        return Err(TokenError::CodeExpired);
    }
    match (&sent.redirect_uri, rule) {
        (Some(uri), _) if *uri != issued.redirect_uri => return Err(TokenError::RedirectUri),
        (None, RedirectUriRule::Required) => return Err(TokenError::Missing("redirect_uri")),
        _ => {}
    }
    match (&issued.code_challenge, &sent.code_verifier) {
        (None, None) if client.is_public() => Err(TokenError::VerifierMissing),
        (None, None) => Ok(()),
        (Some(_), None) => Err(TokenError::VerifierMissing),
        // Otherwise a stripped challenge would go unnoticed. RFC 9700 §4.8.2
        (None, Some(_)) => Err(TokenError::VerifierUnexpected),
        (Some(challenge), Some(verifier)) => {
            let made = digest::sha256_b64url(verifier.as_bytes());
            if compare::equal(made.as_bytes(), challenge.as_bytes()) {
                Ok(())
            } else {
                Err(TokenError::VerifierWrong)
            }
        }
    }
}

const LONGEST_CODE: usize = 512;

/// RFC 7636 §4.1
fn is_verifier(text: &str) -> bool {
    (43..=128).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))
}
