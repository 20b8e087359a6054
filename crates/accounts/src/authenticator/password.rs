//! The password policy of NIST SP 800-63B-4 §3.1.1: length and a blocklist, no composition rules.

use std::{collections::HashSet, fmt, sync::LazyLock};

use durward_domain::programme::PasswordRules;
use durward_domain::refusal::{RefusalKind, Refuse};
use unicode_normalization::UnicodeNormalization as _;

use super::meter;
use crate::email::EmailAddress;

pub use super::meter::{Strength, Weakness};

/// A password in the form that is hashed: NFC. No `Debug` of its text, no `Display`, no `Serialize`.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// The form of a password typed at sign-in. Nothing of the policy is judged: an old password stays valid.
    pub fn typed(text: &str) -> Result<Self, BadPassword> {
        // Checked on the raw text first, so that a long one is refused before any work is done on it.
        if text.len() > LONGEST * 4 {
            return Err(BadPassword::TooLong);
        }
        let text: String = text.nfc().collect();
        if text.chars().count() > LONGEST {
            return Err(BadPassword::TooLong);
        }
        Ok(Self(text))
    }

    /// A new password, judged by the whole policy.
    pub fn choose(text: &str, context: &PasswordContext) -> Result<Self, BadPassword> {
        let password = Self::typed(text)?;
        let length = password.0.chars().count();
        if length == 0 {
            return Err(BadPassword::Empty);
        }
        if length < SHORTEST {
            return Err(BadPassword::TooShort { length });
        }
        if password.0.chars().any(char::is_control) {
            return Err(BadPassword::ControlCharacter);
        }
        let plain = password.0.to_lowercase();
        if is_repetition(&plain) {
            return Err(BadPassword::Repeated);
        }
        if is_sequence(&plain) {
            return Err(BadPassword::Sequence);
        }
        if is_common(&plain) {
            return Err(BadPassword::Common);
        }
        if let Some(word) = context.leaning_on(&plain) {
            return Err(BadPassword::Context(word));
        }
        let strength = meter::measure(&password.0, context.words());
        if strength.score < context.rules.least_score {
            return Err(BadPassword::Weak(strength));
        }
        Ok(password)
    }

    /// May it be the only thing that is asked for in a browser that is remembered? NIST SP 800-63B-4 §3.1.1.2
    pub fn may_carry_alone(&self) -> bool {
        self.0.chars().count() >= SHORTEST_ALONE
    }

    /// The text, for the hasher.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(hidden)")
    }
}

/// What a new password is judged by: the programme's rules, and the words that a guesser of this very account would
/// try first.
#[derive(Clone, Default)]
pub struct PasswordContext {
    words: Vec<(ContextWord, String)>,
    rules: PasswordRules,
}

impl PasswordContext {
    /// The words of one person at one service: parts of the address, names of the service and of the programme.
    pub fn new(email: &EmailAddress, service_names: &[&str], programme_names: &[&str]) -> Self {
        let parts = |text: &str| -> Vec<String> {
            text.split(|c: char| !c.is_alphanumeric())
                .map(str::to_lowercase)
                .collect()
        };
        let squeezed = |text: &str| -> String { text.to_lowercase().split_whitespace().collect() };
        let mut words = vec![
            (ContextWord::Email, email.lookup_key()),
            (ContextWord::Email, email.local_part().to_lowercase()),
            (ContextWord::Email, email.domain().to_owned()),
        ];
        for part in parts(&email.lookup_key()) {
            words.push((ContextWord::Email, part));
        }
        for (kind, names) in [
            (ContextWord::Service, service_names),
            (ContextWord::Programme, programme_names),
        ] {
            for name in names {
                words.push((kind, squeezed(name)));
                words.push((kind, name.to_lowercase()));
                words.extend(parts(name).into_iter().map(|part| (kind, part)));
            }
        }
        words.retain(|(_, word)| word.chars().count() >= SHORTEST_WORD);
        // Longest first: "fishing licence" before "fishing".
        words.sort_by_key(|(_, word)| std::cmp::Reverse(word.len()));
        Self {
            words,
            rules: PasswordRules::default(),
        }
    }

    /// The same words under the rules of a programme.
    #[must_use]
    pub const fn under(mut self, rules: PasswordRules) -> Self {
        self.rules = rules;
        self
    }

    fn words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(|(_, word)| word.as_str())
    }

    /// The first of the words without which too little of the password is left.
    fn leaning_on(&self, plain: &str) -> Option<ContextWord> {
        let mut left = plain.to_owned();
        let mut found = None;
        for (kind, word) in &self.words {
            if left.contains(word.as_str()) {
                found = found.or(Some(*kind));
                left = left.replace(word.as_str(), "");
            }
        }
        let too_little = left.chars().filter(|c| !c.is_whitespace()).count() < SHORTEST;
        found.filter(|_| too_little)
    }
}

/// Where a context word comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContextWord {
    /// The person's e-mail address.
    Email,
    /// The service the person is on the way to.
    Service,
    /// This programme.
    Programme,
}

impl fmt::Display for ContextWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Email => "your e-mail address",
            Self::Service => "the name of the service",
            Self::Programme => "the name of this sign-in service",
        })
    }
}

/// Why a password cannot be chosen. No variant repeats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPassword {
    /// Nothing was typed.
    #[error("Enter a password.")]
    Empty,
    /// Fewer than [`SHORTEST`] characters.
    #[error(
        "The password has {length} characters. Use at least {SHORTEST}; a few unrelated words are easy to remember."
    )]
    TooShort {
        /// How many it has.
        length: usize,
    },
    /// More than [`LONGEST`] characters.
    #[error("The password is too long. Use at most {LONGEST} characters.")]
    TooLong,
    /// A tab, a line end or the like.
    #[error(
        "The password holds a character that cannot be typed on every keyboard, such as a tab. Leave it out."
    )]
    ControlCharacter,
    /// One short piece again and again.
    #[error("The password repeats one piece again and again. Choose another.")]
    Repeated,
    /// A run of neighbours.
    #[error("The password is a row of neighbouring letters or digits. Choose another.")]
    Sequence,
    /// On the list of common passwords.
    #[error("Many people use this password, so it is tried first by thieves. Choose another.")]
    Common,
    /// Made of words that belong to the person or the service.
    #[error("The password is mostly {0}, which is easy to guess. Choose another.")]
    Context(ContextWord),
    /// Too few guesses lead to it.
    #[error("The password is easy to guess. {} Add a word or two that do not belong together.", .0.why)]
    Weak(Strength),
    /// On the list of stolen passwords.
    #[error(
        "This password was found in a list of stolen passwords, so thieves try it first. Choose one that you use nowhere else."
    )]
    Breached,
}

impl Refuse for BadPassword {
    fn code(&self) -> &'static str {
        match self {
            Self::Empty => "password/empty",
            Self::TooShort { .. } => "password/too-short",
            Self::TooLong => "password/too-long",
            Self::ControlCharacter => "password/control-character",
            Self::Repeated => "password/repeated",
            Self::Sequence => "password/sequence",
            Self::Common => "password/common",
            Self::Context(ContextWord::Email) => "password/like-your-email",
            Self::Context(ContextWord::Service) => "password/like-the-service",
            Self::Context(ContextWord::Programme) => "password/like-the-programme",
            Self::Weak(strength) => strength.why.code(),
            Self::Breached => "password/breached",
        }
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }
}

/// Enough because a password is never the only factor. NIST SP 800-63B-4 §3.1.1.2
pub const SHORTEST: usize = 8;
/// NIST asks for at least 64 to be accepted.
pub const LONGEST: usize = 256;
/// Enough where nothing else is asked for.
pub const SHORTEST_ALONE: usize = 15;
const SHORTEST_WORD: usize = 4;

static COMMON: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("common_passwords.txt").lines().collect());

/// On the list, as it is, or with digits and signs added at its end.
fn is_common(plain: &str) -> bool {
    let bare = plain.trim_end_matches(|c: char| c.is_ascii_digit() || c.is_ascii_punctuation());
    COMMON.contains(plain)
        || COMMON.contains(plain.trim())
        || (plain.len() - bare.len() <= 6 && COMMON.contains(bare))
}

/// A piece of at most four characters, repeated to the end.
fn is_repetition(plain: &str) -> bool {
    let chars: Vec<char> = plain.chars().collect();
    (1..=4).any(|n| chars.len() >= 2 * n && chars.iter().zip(&chars[n..]).all(|(a, b)| a == b))
}

/// Each character is the next (or the one before) of the character to its left.
fn is_sequence(plain: &str) -> bool {
    let codes: Vec<i64> = plain.chars().map(|c| i64::from(u32::from(c))).collect();
    [1, -1]
        .iter()
        .any(|step| codes.windows(2).all(|pair| pair[1] - pair[0] == *step))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn context() -> PasswordContext {
        let email = EmailAddress::parse("jane.smithson@fisheries.example").unwrap();
        PasswordContext::new(&email, &["Fishing Licence Online"], &["Durward"])
    }

    fn check(text: &str, code: &str) {
        let answer = Password::choose(text, &context());
        let got = answer.as_ref().map_or_else(Refuse::code, |_| "ok");
        assert_eq!(got, code, "{text}");
    }

    #[test]
    fn good_passwords() {
        check("tide pools at noon", "ok");
        check("xK7#qpLw", "ok");
        check("ÄÖÜßäöüé", "ok");
        check("鯨鯨海豚飛魚山海", "ok");
        check(
            &"aB3$"
                .repeat(0)
                .chars()
                .chain("quiet harbour ".repeat(9).chars())
                .collect::<String>(),
            "ok",
        );
        check("jane.smithson likes kippers", "ok");
    }

    #[test]
    fn bad_passwords() {
        check("", "password/empty");
        check("short 7", "password/too-short");
        check(&"a b c d ".repeat(40), "password/too-long");
        check("tab\there and", "password/control-character");
        check("aaaaaaaaaa", "password/repeated");
        check("xyxyxyxyxy", "password/repeated");
        check("abcdefghij", "password/sequence");
        check("98765432", "password/sequence");
        check("PassWord", "password/common");
        check("Password2026!", "password/common");
        check("correcthorsebatterystaple", "password/common");
        check("qwertyuiop", "password/common");
        check("smithson1975", "password/like-your-email");
        check(
            "jane.smithson@fisheries.example",
            "password/like-your-email",
        );
        check("fisheries!!", "password/like-your-email");
        check("fishing licence", "password/like-the-service");
        check("FishingLicenceOnline1", "password/like-the-service");
        check("durward99", "password/like-the-programme");
    }

    #[test]
    fn what_the_meter_finds() {
        check("mapmapmapmap3", "password/weak-repeats");
        check("sdfghjkl;'", "password/weak-keys");
        check("14.02.1983", "password/weak-date");
        check("margaret5", "password/weak-name");
        check("xylophone", "password/weak-word");
        // A password of chance is good enough, as short as it may be.
        check("qkvzmwpe", "ok");
        let strict = PasswordRules { least_score: 3 };
        let answer = Password::choose("qkvzmwpe", &context().under(strict));
        assert!(matches!(
            answer,
            Err(BadPassword::Weak(Strength { score: 2, .. }))
        ));
    }

    #[test]
    fn fifteen_may_stand_alone() {
        let alone = |text: &str| Password::typed(text).unwrap().may_carry_alone();
        assert!(!alone("fourteen chars"));
        assert!(alone("fifteen letters"));
        // Fourteen characters, however many bytes they have.
        assert!(!alone("海海海海海海海海海海海海海海"));
    }

    #[test]
    fn one_length_for_every_way_to_type_an_accent() {
        let composed = Password::typed("caf\u{e9} caf\u{e9}").unwrap();
        let decomposed = Password::typed("cafe\u{301} cafe\u{301}").unwrap();
        assert!(composed == decomposed);
        assert_eq!(format!("{composed:?}"), "Password(hidden)");
    }

    #[test]
    fn all_of_256_code_points_are_accepted() {
        let long: String = (0..256)
            .map(|i| {
                if i % 7 == 0 {
                    '海'
                } else {
                    char::from(b'a' + (i * i % 23) as u8)
                }
            })
            .collect();
        check(&long, "ok");
        assert_eq!(
            Password::typed(&format!("{long}x")),
            Err(BadPassword::TooLong)
        );
    }

    #[test]
    fn the_list_is_lower_case_and_without_doubles() {
        let lines: Vec<_> = include_str!("common_passwords.txt").lines().collect();
        assert!(lines.len() >= 300);
        assert_eq!(COMMON.len(), lines.len());
        assert!(
            lines
                .iter()
                .all(|l| *l == l.to_lowercase() && *l == l.trim())
        );
    }

    proptest! {
        // The meter takes a while for a hundred characters.
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn judging_never_panics(text in "\\PC{0,600}") {
            let _ = Password::choose(&text, &context());
        }
    }
}
