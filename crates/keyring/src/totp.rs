//! Codes of an authenticator app: TOTP (RFC 6238) with SHA-1, six digits, thirty seconds.

use std::fmt;

use jiff::Timestamp;
use totp_rs::{Builder, Secret, Totp};
use zeroize::Zeroizing;

use crate::compare;
use crate::random::Random;

/// The secret that a person's authenticator app shares with us: 160 bits.
#[derive(Clone)]
pub struct TotpSecret {
    bytes: Zeroizing<[u8; 20]>,
}

impl TotpSecret {
    /// Draws a new secret.
    #[must_use]
    pub fn generate(random: &Random) -> Self {
        Self::from_bytes(random.bytes())
    }

    /// Takes the bytes of a stored secret.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 20]) -> Self {
        Self {
            bytes: Zeroizing::new(bytes),
        }
    }

    /// Reads base32, in groups or not, of either case.
    #[must_use]
    pub fn from_base32(text: &str) -> Option<Self> {
        let compact: String = text.split_whitespace().collect();
        let secret = Secret::try_from_base32(compact.to_ascii_uppercase()).ok()?;
        secret.as_ref().try_into().ok().map(Self::from_bytes)
    }

    /// The secret's bytes, to be sealed.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 20] {
        &self.bytes
    }

    /// The secret in base32, upper case, no padding.
    #[must_use]
    pub fn base32(&self) -> String {
        Secret::from(*self.bytes).to_base32()
    }

    /// The secret for typing by hand: `ABCD EFGH …`.
    #[must_use]
    pub fn grouped(&self) -> String {
        let text = self.base32();
        let mut grouped = String::with_capacity(text.len() + text.len() / 4);
        for (at, character) in text.chars().enumerate() {
            if at > 0 && at % 4 == 0 {
                grouped.push(' ');
            }
            grouped.push(character);
        }
        grouped
    }

    /// The `otpauth` address for the QR code. `label` names the account, `issuer` the service.
    #[must_use]
    pub fn uri(&self, label: &str, issuer: &str) -> String {
        format!(
            "otpauth://totp/{issuer}:{label}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits=6&period=30",
            issuer = percent_encoded(issuer),
            label = percent_encoded(label),
            secret = self.base32(),
        )
    }

    /// The step whose code this is: the current one, the one before or the one after.
    ///
    /// A step at or before `last_step` is refused, so that no code works twice (RFC 6238 §5.2). Store the answer.
    #[must_use]
    pub fn verify(&self, code: &str, at: Timestamp, last_step: Option<u64>) -> Option<u64> {
        let code: String = code.split_whitespace().collect();
        let (totp, now) = (self.totp(), step(at));
        (now.saturating_sub(1)..=now + 1)
            .filter(|step| last_step.is_none_or(|last| *step > last))
            .find(|step| {
                let expected = totp.generate(step * PERIOD).to_string();
                compare::equal(expected.as_bytes(), code.as_bytes())
            })
    }

    /// The code at a time.
    #[must_use]
    pub fn code(&self, at: Timestamp) -> String {
        self.totp().generate(step(at) * PERIOD).to_string()
    }

    fn totp(&self) -> Totp {
        Builder::new()
            .with_secret(Secret::from(*self.bytes))
            .with_digits(6)
            .with_step_duration(PERIOD)
            .build_noncompliant()
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(..)")
    }
}

/// Times before 1970 count as 1970.
fn step(at: Timestamp) -> u64 {
    u64::try_from(at.as_second()).unwrap_or(0) / PERIOD
}

fn percent_encoded(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

const PERIOD: u64 = 30;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn secret() -> TotpSecret {
        TotpSecret::from_bytes(*b"12345678901234567890")
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_codes_of_rfc_6238_appendix_b() {
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(secret().code(at(second)), code);
        }
    }

    #[test]
    fn one_step_of_drift_is_allowed_and_two_are_not() {
        let code = secret().code(at(1_000_000));
        for drift in [-30, 0, 30] {
            let found = secret().verify(&code, at(1_000_000 + drift), None);
            assert_eq!(found, Some(33_333));
        }
        assert_eq!(secret().verify(&code, at(1_000_000 + 60), None), None);
        assert_eq!(secret().verify(&code, at(1_000_000 - 60), None), None);
    }

    #[test]
    fn a_code_works_once_and_no_older_one_after_it() {
        let code = secret().code(at(1_000_000));
        let step = secret().verify(&code, at(1_000_000), None);
        assert_eq!(secret().verify(&code, at(1_000_000), step), None);
        let before = secret().code(at(1_000_000 - 30));
        assert_eq!(secret().verify(&before, at(1_000_000), step), None);
        let after = secret().code(at(1_000_000 + 30));
        assert_eq!(
            secret().verify(&after, at(1_000_000 + 30), step),
            Some(33_334)
        );
    }

    #[test]
    fn spaces_are_forgiven_and_other_lengths_are_not() {
        assert!(secret().verify(" 287 082 ", at(59), None).is_some());
        for wrong in ["", "28708", "2870820", "94287082", "abcdef"] {
            assert_eq!(secret().verify(wrong, at(59), None), None);
        }
    }

    #[test]
    fn base32_comes_in_groups_of_four_and_goes_back() {
        assert_eq!(
            secret().grouped(),
            "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
        );
        let typed = secret().grouped().to_lowercase();
        let back = TotpSecret::from_base32(&typed).unwrap();
        assert_eq!(back.as_bytes(), secret().as_bytes());
        assert!(TotpSecret::from_base32("GEZD").is_none());
        assert!(TotpSecret::from_base32("1!").is_none());
    }

    #[test]
    fn the_address_is_encoded() {
        let uri = secret().uri("ada@example.gov", "State of Durward");
        let expected = "otpauth://totp/State%20of%20Durward:ada%40example.gov?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
                        &issuer=State%20of%20Durward&algorithm=SHA1&digits=6&period=30";
        assert_eq!(uri, expected);
    }
}
