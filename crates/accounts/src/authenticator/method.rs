//! Ways to prove who one is, and what each counts for. NIST SP 800-63B-4 §2, §3

use std::collections::BTreeSet;

use durward_domain::level::Aal;
use serde::{Deserialize, Serialize};

/// One way that was used in a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// A password.
    Password,
    /// A passkey that checked its owner: a PIN, a finger, a face.
    Passkey,
    /// A security key that was only touched.
    SecurityKey,
    /// A government card, which asks for its PIN.
    Piv,
    /// A code of an authenticator app.
    Totp,
    /// A code by text message.
    Sms,
    /// A code by phone call.
    Voice,
    /// A code of a list that was printed or kept.
    BackupCode,
    /// A browser in which a second factor was proved not long ago.
    RememberedBrowser,
}

/// What a method counts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// It proves something that the person knows, or is.
    pub knows: bool,
    /// It proves something that the person has.
    pub has: bool,
    /// What is proved is bound to this server, so that a false page cannot pass it on.
    pub phishing_resistant: bool,
    /// The values for `amr`. RFC 8176 §2
    pub amr: &'static [&'static str],
}

impl Method {
    /// Every method, in the order in which they are offered: phishing-resistant first.
    pub const ALL: [Self; 9] = [
        Self::Password,
        Self::Passkey,
        Self::SecurityKey,
        Self::Piv,
        Self::Totp,
        Self::Sms,
        Self::Voice,
        Self::BackupCode,
        Self::RememberedBrowser,
    ];

    /// The name as stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Passkey => "passkey",
            Self::SecurityKey => "security_key",
            Self::Piv => "piv",
            Self::Totp => "totp",
            Self::Sms => "sms",
            Self::Voice => "voice",
            Self::BackupCode => "backup_code",
            Self::RememberedBrowser => "remembered_browser",
        }
    }

    /// Reads a stored name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.as_str() == text)
    }

    /// The one table of what methods count for.
    pub const fn counts(self) -> Counts {
        const fn counts(
            knows: bool,
            has: bool,
            phishing_resistant: bool,
            amr: &'static [&'static str],
        ) -> Counts {
            Counts {
                knows,
                has,
                phishing_resistant,
                amr,
            }
        }
        match self {
            Self::Password => counts(true, false, false, &["pwd"]),
            Self::Passkey => counts(true, true, true, &["pop", "user"]),
            Self::SecurityKey => counts(false, true, true, &["pop"]),
            Self::Piv => counts(true, true, true, &["sc", "pin"]),
            Self::Totp | Self::BackupCode => counts(false, true, false, &["otp"]),
            Self::Sms => counts(false, true, false, &["sms"]),
            Self::Voice => counts(false, true, false, &["tel"]),
            // No proof of its own: it says that there was one.
            Self::RememberedBrowser => counts(false, false, false, &[]),
        }
    }
}

/// The methods of one sign-in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Methods(BTreeSet<Method>);

impl Methods {
    /// The set with one more method.
    #[must_use]
    pub fn with(mut self, method: Method) -> Self {
        self.0.insert(method);
        self
    }

    /// Was this method used?
    pub fn contains(&self, method: Method) -> bool {
        self.0.contains(&method)
    }

    /// Two different kinds of factor were proved.
    pub fn is_multi_factor(&self) -> bool {
        self.0.iter().any(|m| m.counts().knows) && self.0.iter().any(|m| m.counts().has)
    }

    /// How strong a sign-in with these methods is; `None` if it opens no session.
    pub fn aal(&self) -> Option<Aal> {
        let resists = self.0.iter().any(|m| m.counts().phishing_resistant);
        match self.is_multi_factor() {
            _ if self.contains(Method::Piv) => Some(Aal::Piv),
            true if resists => Some(Aal::PhishingResistant),
            true => Some(Aal::Aal2),
            false => (self.contains(Method::Password) && self.contains(Method::RememberedBrowser))
                .then_some(Aal::Aal1),
        }
    }

    /// The `amr` values, each once, and `mfa` when two kinds were used.
    pub fn amr(&self) -> Vec<&'static str> {
        let mfa: &[&str] = if self.is_multi_factor() {
            &["mfa"]
        } else {
            &[]
        };
        let mut names = Vec::new();
        for name in self.0.iter().flat_map(|m| m.counts().amr).chain(mfa) {
            if !names.contains(name) {
                names.push(*name);
            }
        }
        names
    }

    /// The methods, in order.
    pub fn iter(&self) -> impl Iterator<Item = Method> + '_ {
        self.0.iter().copied()
    }

    /// The stored text: names with a blank between.
    pub fn to_text(&self) -> String {
        let names: Vec<_> = self.0.iter().map(|m| m.as_str()).collect();
        names.join(" ")
    }

    /// Reads the stored text; `None` if a name is unknown.
    pub fn parse(text: &str) -> Option<Self> {
        text.split_ascii_whitespace()
            .map(Method::parse)
            .collect::<Option<_>>()
            .map(Self)
    }

    /// The usual methods of a sign-in of this strength.
    pub fn usual(aal: Aal) -> Self {
        let second = match aal {
            Aal::Aal1 => Method::RememberedBrowser,
            Aal::Aal2 => Method::Totp,
            Aal::PhishingResistant => Method::Passkey,
            Aal::Piv => Method::Piv,
        };
        Self::default().with(Method::Password).with(second)
    }
}

impl FromIterator<Method> for Methods {
    fn from_iter<I: IntoIterator<Item = Method>>(from: I) -> Self {
        Self(from.into_iter().collect())
    }
}

/// Every value that may stand in the `amr` claim.
pub fn known_amr() -> BTreeSet<&'static str> {
    let every: Methods = Method::ALL.into_iter().collect();
    every.amr().into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::Method::*;
    use super::*;

    #[test]
    fn what_opens_a_session_and_how_strong_it_is() {
        let check = |methods: &[Method], aal: Option<Aal>, amr: &str| {
            let methods: Methods = methods.iter().copied().collect();
            assert_eq!(methods.aal(), aal, "{methods:?}");
            assert_eq!(methods.amr().join(" "), amr, "{methods:?}");
        };
        // One factor opens nothing, whatever it is.
        check(&[Password], None, "pwd");
        check(&[Totp], None, "otp");
        check(&[SecurityKey], None, "pop");
        check(&[RememberedBrowser], None, "");
        check(&[Totp, RememberedBrowser], None, "otp");
        // Two things that one has are one kind of factor.
        check(&[Totp, Sms, BackupCode], None, "otp sms");
        check(&[Password, RememberedBrowser], Some(Aal::Aal1), "pwd");
        check(&[Password, Totp], Some(Aal::Aal2), "pwd otp mfa");
        check(&[Password, Sms], Some(Aal::Aal2), "pwd sms mfa");
        check(&[Password, Voice], Some(Aal::Aal2), "pwd tel mfa");
        check(&[Password, BackupCode], Some(Aal::Aal2), "pwd otp mfa");
        check(
            &[Password, SecurityKey],
            Some(Aal::PhishingResistant),
            "pwd pop mfa",
        );
        // These check their owner themselves, so they stand alone.
        check(&[Passkey], Some(Aal::PhishingResistant), "pop user mfa");
        check(&[Piv], Some(Aal::Piv), "sc pin mfa");
        check(
            &[Password, Totp, Passkey],
            Some(Aal::PhishingResistant),
            "pwd pop user otp mfa",
        );
        check(&[Password, Piv], Some(Aal::Piv), "pwd sc pin mfa");
    }

    #[test]
    fn the_usual_methods_are_as_strong_as_asked() {
        for aal in [Aal::Aal1, Aal::Aal2, Aal::PhishingResistant, Aal::Piv] {
            assert_eq!(Methods::usual(aal).aal(), Some(aal));
        }
    }

    #[test]
    fn the_stored_text_reads_back() {
        let every: Methods = Method::ALL.into_iter().collect();
        assert_eq!(Methods::parse(&every.to_text()), Some(every));
        assert_eq!(Methods::parse(""), Some(Methods::default()));
        assert_eq!(Methods::parse("password magic"), None);
    }
}
