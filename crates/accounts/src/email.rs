//! E-mail addresses: parsed once at the door, never printed by accident.

use std::fmt;

use durward_domain::refusal::{RefusalKind, Refuse};

/// A person's e-mail address.
///
/// It has no `Display` and no `Serialize`; `Debug` prints no letter of it. Whoever needs the text
/// says so with [`EmailAddress::reveal`] or stores it with [`stored`].
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EmailAddress {
    /// Local part as typed, domain in lower case.
    text: String,
    at: usize,
}

impl EmailAddress {
    /// Reads an address as a person types it: surrounding blanks are dropped, the domain becomes lower case.
    pub fn parse(typed: &str) -> Result<Self, BadEmail> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Err(BadEmail::Empty);
        }
        if typed.len() > LONGEST {
            return Err(BadEmail::TooLong);
        }
        if !typed.is_ascii() {
            return Err(BadEmail::NotAscii);
        }
        let (local, domain) = typed.rsplit_once('@').ok_or(BadEmail::NoAt)?;
        if !is_local_part(local) {
            return Err(BadEmail::LocalPart);
        }
        if !is_domain(domain) {
            return Err(BadEmail::Domain);
        }
        let text = format!("{local}@{}", domain.to_ascii_lowercase());
        let at = local.len();
        Ok(Self { text, at })
    }

    /// The address as it is written to and shown to its owner.
    pub fn reveal(&self) -> &str {
        &self.text
    }

    /// The form that decides whether two addresses are the same account: all lower case.
    pub fn lookup_key(&self) -> String {
        self.text.to_ascii_lowercase()
    }

    /// The mailbox that mail to this address ends up in, as far as one can tell: a `+tag` is left out, and so are dots
    /// where the provider ignores them. Two addresses of one mailbox share its limits; they are still two addresses.
    pub fn mailbox_key(&self) -> String {
        let local = self.local_part().to_ascii_lowercase();
        let bare = local.split('+').next().unwrap_or_default();
        let domain = match self.domain() {
            "googlemail.com" => "gmail.com",
            domain => domain,
        };
        let bare = match domain {
            "gmail.com" => bare.replace('.', ""),
            _ => bare.to_owned(),
        };
        format!("{bare}@{domain}")
    }

    /// Refuses an address at one of these domains or below one of them.
    ///
    /// # Errors
    /// Refused when it is there.
    pub fn outside(self, throw_away: &[String]) -> Result<Self, BadEmail> {
        let is_below = |domain: &String| {
            self.domain()
                .strip_suffix(domain.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        if throw_away.iter().any(is_below) {
            return Err(BadEmail::ThrowAway);
        }
        Ok(self)
    }

    /// The part before the sign.
    pub fn local_part(&self) -> &str {
        &self.text[..self.at]
    }

    /// The domain, in lower case.
    pub fn domain(&self) -> &str {
        &self.text[self.at + 1..]
    }

    /// The first letter and the domain, for support pages and mail notices.
    pub fn masked(&self) -> String {
        let first: String = self.local_part().chars().take(1).collect();
        format!("{first}***@{}", self.domain())
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(hidden)")
    }
}

/// Serde for a row that is sealed before it is stored: `#[serde(with = "email::stored")]`.
pub mod stored {
    use serde::{Deserialize, Deserializer, Serializer, de};

    use super::EmailAddress;

    /// Writes the text.
    pub fn serialize<S: Serializer>(email: &EmailAddress, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(email.reveal())
    }

    /// Reads and checks the text.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<EmailAddress, D::Error> {
        EmailAddress::parse(&String::deserialize(from)?).map_err(de::Error::custom)
    }
}

/// Why a text is not an e-mail address. No variant repeats what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadEmail {
    /// Nothing was typed.
    #[error("Enter your e-mail address.")]
    Empty,
    /// More than 254 characters.
    #[error("The e-mail address is too long. Addresses have at most 254 characters.")]
    TooLong,
    /// Letters outside ASCII.
    #[error("Use an e-mail address of plain letters, digits and signs, without accents.")]
    NotAscii,
    /// No sign between name and domain.
    #[error("The e-mail address has no @ sign. Write it like name@example.com.")]
    NoAt,
    /// The part before the sign.
    #[error("The part before the @ sign is not valid. Check it for blanks and stray dots.")]
    LocalPart,
    /// The part after the sign.
    #[error("The part after the @ sign is not a domain. Write it like name@example.com.")]
    Domain,
    /// A provider whose mailboxes anybody can read, or that are gone in an hour.
    #[error(
        "This provider gives addresses away for a short time, so you could lose your account. Use an address that you will keep."
    )]
    ThrowAway,
}

impl Refuse for BadEmail {
    fn code(&self) -> &'static str {
        match self {
            Self::Empty => "email/empty",
            Self::TooLong => "email/too-long",
            Self::NotAscii => "email/not-ascii",
            Self::NoAt => "email/no-at-sign",
            Self::LocalPart => "email/local-part",
            Self::Domain => "email/domain",
            Self::ThrowAway => "email/throw-away",
        }
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }
}

/// RFC 5321 §4.5.3.1.3, less the angle brackets.
const LONGEST: usize = 254;

/// RFC 5322 dot-atom. Quoted local parts are refused: nobody has one, and mail headers have been forged with them.
fn is_local_part(local: &str) -> bool {
    (1..=64).contains(&local.len())
        && local.split('.').all(|atom| {
            !atom.is_empty()
                && atom
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
        })
}

fn is_domain(domain: &str) -> bool {
    let labels: Vec<&str> = domain.split('.').collect();
    let well_formed = |label: &&str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    domain.len() <= 253
        && labels.len() >= 2
        && labels.iter().all(well_formed)
        && labels
            .last()
            .is_some_and(|top| top.len() >= 2 && top.bytes().any(|b| b.is_ascii_alphabetic()))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(typed: &str, expected: Result<&str, BadEmail>) {
        let read = EmailAddress::parse(typed);
        assert_eq!(
            read.as_ref().map(EmailAddress::reveal),
            expected.as_ref().copied(),
            "{typed}"
        );
    }

    #[test]
    fn good_addresses() {
        check("ada@example.com", Ok("ada@example.com"));
        check("  Ada.L+x@Example.GOV ", Ok("Ada.L+x@example.gov"));
        check("o'neil@a-b.example.org", Ok("o'neil@a-b.example.org"));
        check(
            &format!("{}@example.com", "a".repeat(64)),
            Ok(&format!("{}@example.com", "a".repeat(64))),
        );
    }

    #[test]
    fn bad_addresses() {
        check("", Err(BadEmail::Empty));
        check("   ", Err(BadEmail::Empty));
        check("ada", Err(BadEmail::NoAt));
        check("@example.com", Err(BadEmail::LocalPart));
        check("a b@example.com", Err(BadEmail::LocalPart));
        check("a@b@example.com", Err(BadEmail::LocalPart));
        check("a..b@example.com", Err(BadEmail::LocalPart));
        check("\"a\"@example.com", Err(BadEmail::LocalPart));
        check("a\r\nBcc: x@example.com", Err(BadEmail::LocalPart));
        check(
            &format!("{}@example.com", "a".repeat(65)),
            Err(BadEmail::LocalPart),
        );
        check("a@localhost", Err(BadEmail::Domain));
        check("a@-x.com", Err(BadEmail::Domain));
        check("a@x..com", Err(BadEmail::Domain));
        check("a@127.0.0.1", Err(BadEmail::Domain));
        check("a@exämple.com", Err(BadEmail::NotAscii));
        check(
            &format!("a@{}.com", "b.".repeat(130)),
            Err(BadEmail::TooLong),
        );
    }

    #[test]
    fn the_same_person_in_any_case() {
        let a = EmailAddress::parse("Ada@Example.com").unwrap();
        let b = EmailAddress::parse("aDA@example.COM").unwrap();
        assert_eq!(a.lookup_key(), b.lookup_key());
    }

    #[test]
    fn nothing_slips_into_a_header() {
        for attack in [
            "ada@example.com\r\nBcc: eve@example.net",
            "ada@example.com\nBcc: eve@example.net",
            "ada\r\n@example.com",
            "ada@example.com,eve@example.net",
            "ada@example.com;eve@example.net",
            "<ada@example.com>",
            "Ada <ada@example.com>",
            "\"ada\\r\\nBcc: eve@example.net\"@example.com",
            "ada@example.com%0d%0aBcc:eve@example.net",
            "ada@example.com\u{0}",
            "ada@exam\u{2028}ple.com",
            "eve@evil.example@example.com",
        ] {
            assert!(EmailAddress::parse(attack).is_err(), "{attack:?}");
        }
    }

    #[test]
    fn nothing_that_looks_like_another_address_passes() {
        // Letters of other scripts, wide forms, and letters that some folding makes plain (U+0131, U+212A).
        for attack in [
            "\u{430}da@example.com",
            "ada@ex\u{430}mple.com",
            "ada\u{ff20}example.com",
            "ada@exampl\u{435}.com",
            "m\u{131}ke@example.com",
            "\u{212a}im@example.com",
            "ada@example\u{3002}com",
            "a\u{200b}da@example.com",
            "ada@example.com\u{202e}",
        ] {
            assert_eq!(
                EmailAddress::parse(attack),
                Err(BadEmail::NotAscii),
                "{attack:?}"
            );
        }
        // A name of another script shows as what it is, and is another address.
        let encoded = EmailAddress::parse("ada@xn--exmple-4nf.com").unwrap();
        assert_eq!(encoded.reveal(), "ada@xn--exmple-4nf.com");
        let plain = EmailAddress::parse("ada@example.com").unwrap();
        assert_ne!(encoded.lookup_key(), plain.lookup_key());
    }

    #[test]
    fn one_mailbox_has_one_limit() {
        let key = |text: &str| EmailAddress::parse(text).unwrap().mailbox_key();
        assert_eq!(key("Ada+tax@Example.com"), "ada@example.com");
        assert_eq!(key("a.d.a+x@googlemail.com"), "ada@gmail.com");
        assert_ne!(key("a.da@example.com"), key("ada@example.com"));
    }

    #[test]
    fn throw_away_domains() {
        let list = ["mailinator.com".to_owned()];
        let judged = |text: &str| EmailAddress::parse(text).unwrap().outside(&list).map(drop);
        assert_eq!(judged("a@mailinator.com"), Err(BadEmail::ThrowAway));
        assert_eq!(judged("a@box.Mailinator.com"), Err(BadEmail::ThrowAway));
        assert_eq!(judged("a@notmailinator.com"), Ok(()));
    }

    #[test]
    fn debug_shows_nothing() {
        let email = EmailAddress::parse("ada@example.com").unwrap();
        assert_eq!(format!("{email:?}"), "EmailAddress(hidden)");
        assert_eq!(email.masked(), "a***@example.com");
        assert_eq!((email.local_part(), email.domain()), ("ada", "example.com"));
    }

    proptest! {
        #[test]
        fn parsing_never_panics_and_is_stable(text in "\\PC{0,300}") {
            if let Ok(email) = EmailAddress::parse(&text) {
                prop_assert_eq!(EmailAddress::parse(email.reveal()), Ok(email));
            }
        }
    }
}
