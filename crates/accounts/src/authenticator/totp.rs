//! A code of an authenticator app: six digits that change every thirty seconds. RFC 6238

use durward_domain::refusal::{RefusalKind, Refuse};
use durward_keyring::totp::TotpSecret;
use jiff::Timestamp;
use uuid::Uuid;

/// An authenticator app that a person has set up.
pub struct TotpAuthenticator {
    /// Its id.
    pub id: Uuid,
    /// What the person calls it.
    pub name: String,
    /// The shared secret, sealed.
    pub sealed_secret: String,
    /// The last time step whose code was accepted; neither it nor an older one is accepted again.
    pub last_step: Option<u64>,
    /// When it was set up.
    pub created: Timestamp,
}

/// Judges a typed code. The answer is the time step that the caller spends: a guarded write
/// (`last_step < step`) decides between two racers.
pub fn judge(
    secret: &TotpSecret,
    typed: &str,
    now: Timestamp,
    last_step: Option<u64>,
) -> Result<u64, BadTotp> {
    let code = digits(typed)?;
    secret.verify(&code, now, last_step).ok_or(BadTotp::Wrong)
}

/// The digits of a typed code; blanks and hyphens are dropped. What is no code is not counted as an attempt.
pub fn digits(typed: &str) -> Result<String, BadTotp> {
    if typed.len() > 64 {
        return Err(BadTotp::Malformed);
    }
    let code: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .collect();
    if code.is_empty() {
        return Err(BadTotp::Empty);
    }
    if code.len() != 6 || !code.bytes().all(|b| b.is_ascii_digit()) {
        return Err(BadTotp::Malformed);
    }
    Ok(code)
}

/// Why a code is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadTotp {
    /// Nothing was typed.
    #[error("Enter the code of your authenticator app.")]
    Empty,
    /// Not six digits.
    #[error("The code has six digits. Enter the one that your authenticator app shows now.")]
    Malformed,
    /// Another code, or one that was used.
    #[error(
        "This code is wrong or was used before. Wait for the next code of your authenticator app and enter it; check that your phone's clock is right."
    )]
    Wrong,
}

impl Refuse for BadTotp {
    fn code(&self) -> &'static str {
        match self {
            Self::Empty => "totp/empty",
            Self::Malformed => "totp/malformed",
            Self::Wrong => "totp/wrong",
        }
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_codes() {
        assert_eq!(digits("123 456"), Ok("123456".to_owned()));
        assert_eq!(digits("123-456 "), Ok("123456".to_owned()));
        for (typed, code) in [
            ("", "totp/empty"),
            ("  ", "totp/empty"),
            ("12345", "totp/malformed"),
            ("1234567", "totp/malformed"),
            ("12345a", "totp/malformed"),
            ("１２３４５６", "totp/malformed"),
        ] {
            assert_eq!(digits(typed).map_err(|r| r.code()), Err(code), "{typed}");
        }
    }
}
