//! What a request asks of a sign-in, and the values that answer it.

use serde::{Deserialize, Serialize};

use super::{Aal, Achieved, DefaultAal, Identity, LevelOfService, LevelRefusal};
use crate::programme::Programme;

/// What a request asks, read once; everything after works with the values that were read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LevelAsk {
    identity: Option<AcrValue>,
    strength: Option<AcrValue>,
}

impl LevelAsk {
    /// Reads `acr_values`, or the class references of a SAML request joined by spaces.
    ///
    /// The highest of several values counts, by the order of the enum. A value that is not in the
    /// vocabulary is refused: silently dropping it could answer a lower level than was meant.
    pub fn parse(programme: &Programme, values: &str) -> Result<Self, LevelRefusal> {
        let mut ask = Self::default();
        for value in values.split_ascii_whitespace() {
            let Some(row) = programme.acr(value) else {
                return Err(LevelRefusal::UnknownValue(
                    value.chars().take(200).collect(),
                ));
            };
            // The first of equals stays: it is the one that the request prefers.
            if row.identity > ask.identity.as_ref().and_then(|known| known.identity) {
                ask.identity = Some(row.clone());
            }
            if row.strength > ask.strength.as_ref().and_then(|known| known.strength) {
                ask.strength = Some(row.clone());
            }
        }
        Ok(ask)
    }

    /// Does the request name an identity level?
    pub const fn names_identity(&self) -> bool {
        self.identity.is_some()
    }

    /// What the request asks to know about the person; nothing, if it does not say.
    pub fn identity(&self) -> IdentityAsk {
        self.identity
            .as_ref()
            .and_then(|row| row.identity)
            .unwrap_or(IdentityAsk::AuthOnly)
    }

    /// The strength that this request needs, given what the app is registered with.
    ///
    /// Verified data is never shown below AAL2.
    pub fn aal(&self, default: DefaultAal) -> Aal {
        let asked = self
            .strength
            .as_ref()
            .and_then(|row| row.strength)
            .unwrap_or(StrengthAsk::Default)
            .or(default);
        match self.identity() {
            IdentityAsk::AuthOnly => asked,
            _ => asked.max(Aal::Aal2),
        }
    }

    /// The level at which scopes of this request are granted.
    pub fn level(&self) -> LevelOfService {
        self.identity().needs()
    }

    /// May an app of this level of service ask it?
    pub fn judge(&self, registered: LevelOfService) -> Result<(), LevelRefusal> {
        if self.identity().needs() > registered {
            return Err(LevelRefusal::AboveRegistration(
                self.identity
                    .as_ref()
                    .map(|row| row.value.clone())
                    .unwrap_or_default(),
            ));
        }
        Ok(())
    }

    /// Does this sign-in satisfy the request?
    pub fn satisfied_by(&self, achieved: Achieved, default: DefaultAal) -> bool {
        achieved.identity >= self.identity().least() && achieved.aal >= self.aal(default)
    }

    /// The values to answer: as asked when the sign-in satisfies them, otherwise what was achieved.
    pub fn answer(
        &self,
        programme: &Programme,
        achieved: Achieved,
        default: DefaultAal,
    ) -> LevelAnswer {
        LevelAnswer {
            acr: self.answered_identity(programme, achieved.identity),
            aal: self.answered_strength(programme, achieved.aal, default),
        }
    }

    fn answered_identity(&self, programme: &Programme, achieved: Identity) -> String {
        if let Some(row) = &self.identity {
            let satisfied = match row.identity {
                Some(IdentityAsk::HighestKnown) | None => false,
                // The value names a facial match; it is only answered when there was one.
                Some(IdentityAsk::FacialMatchPreferred) => achieved >= Identity::FacialMatch,
                Some(other) => achieved >= other.least(),
            };
            if satisfied {
                return row.value.clone();
            }
        }
        // A person may be verified although the request did not ask for it: that is not told.
        let told = match self.identity() {
            IdentityAsk::AuthOnly => IdentityAsk::AuthOnly,
            IdentityAsk::HighestKnown | IdentityAsk::Verified => {
                told_as(achieved.min(Identity::Verified))
            }
            IdentityAsk::FacialMatchPreferred | IdentityAsk::FacialMatchRequired => {
                told_as(achieved)
            }
        };
        let generation = self
            .identity
            .as_ref()
            .map_or(Generation::Urn, |row| row.generation);
        let find = |generation| {
            programme
                .acr
                .iter()
                .find(|row| row.generation == generation && row.identity == Some(told))
                .map(|row| row.value.clone())
        };
        find(generation)
            .or_else(|| find(Generation::Ial))
            .unwrap_or_default()
    }

    fn answered_strength(
        &self,
        programme: &Programme,
        achieved: Aal,
        default: DefaultAal,
    ) -> String {
        if let Some(row) = &self.strength
            && row
                .strength
                .is_some_and(|asked| achieved >= asked.or(default))
        {
            return row.value.clone();
        }
        let told = match achieved {
            Aal::Aal1 => StrengthAsk::Aal1,
            Aal::Aal2 => StrengthAsk::Aal2,
            Aal::PhishingResistant => StrengthAsk::PhishingResistant,
            Aal::Piv => StrengthAsk::Piv,
        };
        programme
            .acr
            .iter()
            .find(|row| row.strength == Some(told))
            .map(|row| row.value.clone())
            .unwrap_or_default()
    }
}

/// The values of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LevelAnswer {
    /// What is known about the person: the claims `acr` and `ial`.
    pub acr: String,
    /// How strong the sign-in was: the claim `aal`.
    pub aal: String,
}

/// What a request asks to know about the person, in rising order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdentityAsk {
    /// Nothing.
    AuthOnly,
    /// A verified identity if the person has one.
    HighestKnown,
    /// A verified identity.
    Verified,
    /// A verified identity, with a facial match unless the person is verified already.
    FacialMatchPreferred,
    /// A verified identity with a facial match.
    FacialMatchRequired,
}

impl IdentityAsk {
    /// The least that must be known about the person.
    pub const fn least(self) -> Identity {
        match self {
            Self::AuthOnly | Self::HighestKnown => Identity::AuthOnly,
            Self::Verified | Self::FacialMatchPreferred => Identity::Verified,
            Self::FacialMatchRequired => Identity::FacialMatch,
        }
    }

    /// The level of service that an app needs to ask this.
    pub const fn needs(self) -> LevelOfService {
        match self {
            Self::AuthOnly => LevelOfService::AuthOnly,
            _ => LevelOfService::IdentityVerified,
        }
    }
}

/// The strength that a request asks for, in rising order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StrengthAsk {
    /// What the app is registered with.
    Default,
    /// At least [`Aal::Aal1`].
    Aal1,
    /// At least [`Aal::Aal2`].
    Aal2,
    /// At least [`Aal::PhishingResistant`].
    PhishingResistant,
    /// A government card.
    Piv,
}

impl StrengthAsk {
    /// The strength, given what the app is registered with.
    pub const fn or(self, default: DefaultAal) -> Aal {
        match self {
            Self::Default => default.aal(),
            Self::Aal1 => Aal::Aal1,
            Self::Aal2 => Aal::Aal2,
            Self::PhishingResistant => Aal::PhishingResistant,
            Self::Piv => Aal::Piv,
        }
    }
}

/// The generation of vocabulary that a value belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Generation {
    /// `…/assurance/loa/…`
    Loa,
    /// `…/assurance/ial/…`
    Ial,
    /// `urn:acr.login.gov:…`
    Urn,
    /// Strength of sign-in.
    Strength,
    /// Password classes of SAML.
    Saml,
}

/// One value of the level vocabulary: a row of the programme.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcrValue {
    /// The value in requests and answers.
    pub value: String,
    /// Its generation.
    pub generation: Generation,
    /// What it asks to know about the person.
    #[serde(default)]
    pub identity: Option<IdentityAsk>,
    /// The strength that it asks for.
    #[serde(default)]
    pub strength: Option<StrengthAsk>,
}

const fn told_as(identity: Identity) -> IdentityAsk {
    match identity {
        Identity::AuthOnly => IdentityAsk::AuthOnly,
        Identity::Verified => IdentityAsk::Verified,
        Identity::FacialMatch => IdentityAsk::FacialMatchRequired,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::refusal::Refuse;

    const NS: &str = "http://idmanagement.gov/ns/assurance";

    fn ask(values: &str) -> Result<LevelAsk, LevelRefusal> {
        LevelAsk::parse(&Programme::named("us").unwrap(), &values.replace("NS", NS))
    }

    fn answer(values: &str, identity: Identity, aal: Aal) -> (String, String) {
        let us = Programme::named("us").unwrap();
        let answer = ask(values)
            .unwrap()
            .answer(&us, Achieved { identity, aal }, DefaultAal::Aal1);
        (answer.acr.replace(NS, "NS"), answer.aal.replace(NS, "NS"))
    }

    #[test]
    fn the_highest_value_counts_by_enum_never_by_text() {
        // As text "urn:…" sorts above "http://…"; the level is still the verified one.
        let mixed = ask("urn:acr.login.gov:auth-only NS/ial/2").unwrap();
        assert_eq!(mixed.identity(), IdentityAsk::Verified);
        assert_eq!(
            mixed.judge(LevelOfService::AuthOnly).unwrap_err().code(),
            "level/above-registration"
        );
        assert_eq!(mixed.judge(LevelOfService::IdentityVerified), Ok(()));
        let strength = ask("NS/aal/2 NS/aal/2?hspd12=true NS/aal/3").unwrap();
        assert_eq!(strength.aal(DefaultAal::Aal1), Aal::Piv);
    }

    #[test]
    fn an_unknown_level_is_refused() {
        for bad in [
            "NS/ial/9",
            "urn:acr.login.gov:super",
            "NS/ial/1 nonsense",
            "NS/IAL/1",
        ] {
            assert_eq!(ask(bad).unwrap_err().code(), "level/unknown-value", "{bad}");
        }
        assert!(!ask("").unwrap().names_identity());
    }

    #[test]
    fn verified_data_needs_two_factors() {
        assert_eq!(ask("NS/ial/2").unwrap().aal(DefaultAal::Aal1), Aal::Aal2);
        assert_eq!(ask("NS/ial/1").unwrap().aal(DefaultAal::Aal1), Aal::Aal1);
        assert_eq!(ask("NS/ial/1").unwrap().aal(DefaultAal::Piv), Aal::Piv);
        assert_eq!(
            ask("urn:gov:gsa:ac:classes:sp:PasswordProtectedTransport:duo")
                .unwrap()
                .aal(DefaultAal::PhishingResistant),
            Aal::PhishingResistant
        );
    }

    #[test]
    fn answered_as_asked_when_satisfied() {
        let check = |asked: &str, identity, aal, acr: &str, strength: &str| {
            assert_eq!(
                answer(asked, identity, aal),
                (acr.to_owned(), strength.to_owned()),
                "{asked}"
            );
        };
        check(
            "NS/loa/1",
            Identity::AuthOnly,
            Aal::Aal2,
            "NS/loa/1",
            "NS/aal/2",
        );
        check(
            "NS/ial/1 NS/aal/3",
            Identity::Verified,
            Aal::Piv,
            "NS/ial/1",
            "NS/aal/3",
        );
        check(
            "NS/ial/2",
            Identity::FacialMatch,
            Aal::Aal2,
            "NS/ial/2",
            "NS/aal/2",
        );
        check(
            "urn:acr.login.gov:verified NS/aal/2",
            Identity::Verified,
            Aal::PhishingResistant,
            "urn:acr.login.gov:verified",
            "NS/aal/2",
        );
        // Otherwise what was achieved, in the request's own generation.
        check(
            "NS/loa/3",
            Identity::AuthOnly,
            Aal::Aal1,
            "NS/loa/1",
            "NS/aal/1",
        );
        check(
            "NS/ial/0",
            Identity::Verified,
            Aal::Aal2,
            "NS/ial/2",
            "NS/aal/2",
        );
        check(
            "urn:acr.login.gov:verified-facial-match-preferred",
            Identity::Verified,
            Aal::Aal2,
            "urn:acr.login.gov:verified",
            "NS/aal/2",
        );
        check(
            "NS/ial/1 NS/aal/2?hspd12=true",
            Identity::AuthOnly,
            Aal::PhishingResistant,
            "NS/ial/1",
            "NS/aal/2?phishing_resistant=true",
        );
        check(
            "",
            Identity::Verified,
            Aal::Aal2,
            "urn:acr.login.gov:auth-only",
            "NS/aal/2",
        );
    }

    #[test]
    fn what_satisfies_what() {
        let satisfied = |asked: &str, identity, aal| {
            ask(asked)
                .unwrap()
                .satisfied_by(Achieved { identity, aal }, DefaultAal::Aal1)
        };
        assert!(satisfied("NS/ial/1", Identity::AuthOnly, Aal::Aal1));
        assert!(!satisfied(
            "NS/ial/1 NS/aal/2",
            Identity::AuthOnly,
            Aal::Aal1
        ));
        assert!(!satisfied("NS/ial/2", Identity::AuthOnly, Aal::Aal2));
        assert!(!satisfied("NS/ial/2", Identity::Verified, Aal::Aal1));
        assert!(satisfied("NS/ial/2", Identity::FacialMatch, Aal::Piv));
        assert!(!satisfied(
            "NS/ial/2?bio=required",
            Identity::Verified,
            Aal::Piv
        ));
        assert!(satisfied(
            "NS/aal/2?phishing_resistant=true",
            Identity::AuthOnly,
            Aal::Piv
        ));
        assert!(!satisfied(
            "NS/aal/2?hspd12=true",
            Identity::AuthOnly,
            Aal::PhishingResistant
        ));
    }
}
