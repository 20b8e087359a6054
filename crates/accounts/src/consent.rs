//! Consent: which attributes an app gets, shown with their values, and the only door through which they leave.

use std::collections::{BTreeMap, BTreeSet};

use durward_domain::attribute::Attribute;
use durward_domain::level::LevelOfService;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::email::EmailAddress;

/// What a person agreed to for one app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// The attributes that were shown.
    pub attributes: BTreeSet<Attribute>,
    /// When.
    pub granted: Timestamp,
    /// When it was taken back.
    pub revoked: Option<Timestamp>,
    /// May the app stay connected when the person is away?
    #[serde(default)]
    pub offline: bool,
}

/// Why the consent page is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConsentReason {
    /// The person never used this app.
    NewApp,
    /// The app asks for more than before: these.
    NewAttributes(BTreeSet<Attribute>),
    /// The consent is too old.
    Expired,
    /// The person took it back.
    Revoked,
}

impl ConsentReason {
    /// A stable name, for pages and records.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::NewApp => "new_app",
            Self::NewAttributes(_) => "new_attributes",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

/// Must the person be asked? `days` is how long a consent lasts.
pub fn needed(
    previous: Option<&Consent>,
    wanted: &BTreeSet<Attribute>,
    now: Timestamp,
    days: u16,
) -> Option<ConsentReason> {
    let Some(previous) = previous else {
        return Some(ConsentReason::NewApp);
    };
    if previous.revoked.is_some() {
        return Some(ConsentReason::Revoked);
    }
    let age = now.duration_since(previous.granted);
    if age >= SignedDuration::from_hours(24 * i64::from(days)) {
        return Some(ConsentReason::Expired);
    }
    let new: BTreeSet<_> = wanted.difference(&previous.attributes).copied().collect();
    (!new.is_empty()).then_some(ConsentReason::NewAttributes(new))
}

impl Consent {
    /// The person pressed the button under these attributes.
    pub const fn grant(shown: BTreeSet<Attribute>, now: Timestamp) -> Self {
        Self {
            attributes: shown,
            granted: now,
            revoked: None,
            offline: false,
        }
    }

    /// Takes the wanted attributes out of what is known, if this consent covers them all and the level allows them.
    ///
    /// This is the only place where a [`ReleasedClaims`] is made.
    pub fn release(
        &self,
        wanted: &BTreeSet<Attribute>,
        level: LevelOfService,
        known: &KnownAttributes,
        now: Timestamp,
        days: u16,
    ) -> Result<ReleasedClaims, ConsentReason> {
        if let Some(reason) = needed(Some(self), wanted, now, days) {
            return Err(reason);
        }
        let values = wanted
            .iter()
            .filter(|attribute| attribute.allowed_at(level))
            .filter_map(|attribute| Some((*attribute, known.value(*attribute)?)))
            .collect();
        Ok(ReleasedClaims { values })
    }
}

/// What is known about a person. No `Debug`, no `Serialize`.
#[derive(Clone)]
pub struct KnownAttributes {
    /// The address that this app sees.
    pub email: EmailAddress,
    /// All confirmed addresses.
    pub all_emails: Vec<EmailAddress>,
    /// The language of the pages.
    pub locale: Option<String>,
    /// When the identity was verified.
    pub verified_at: Option<Timestamp>,
    /// Verified text attributes, such as the family name.
    pub verified: BTreeMap<Attribute, String>,
}

impl KnownAttributes {
    /// The app sees the address at this place of all; the first where there is none.
    pub fn seen_by(mut self, place: Option<usize>) -> Self {
        if let Some(email) = place.and_then(|place| self.all_emails.get(place)) {
            self.email = email.clone();
        }
        self
    }

    fn value(&self, attribute: Attribute) -> Option<Value> {
        let emails = |list: &[EmailAddress]| list.iter().map(|e| e.reveal().into()).collect();
        match attribute {
            Attribute::Email => Some(self.email.reveal().into()),
            Attribute::AllEmails => Some(Value::Array(emails(&self.all_emails))),
            Attribute::Locale => self.locale.clone().map(Value::String),
            Attribute::VerifiedAt => self.verified_at.map(|at| at.as_second().into()),
            other => self.verified.get(&other).cloned().map(Value::String),
        }
    }
}

/// One line of the consent page.
#[derive(Clone, PartialEq, Eq)]
pub struct ShownAttribute {
    /// Which attribute.
    pub attribute: Attribute,
    /// Its values as the app will get them; none if nothing is known.
    pub values: Vec<String>,
}

/// The lines of the consent page, in the order of the attributes.
pub fn shown(wanted: &BTreeSet<Attribute>, known: &KnownAttributes) -> Vec<ShownAttribute> {
    let as_text = |value: Value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    wanted
        .iter()
        .map(|attribute| {
            let values = match known.value(*attribute) {
                Some(Value::Array(list)) => list.into_iter().map(as_text).collect(),
                Some(_) if *attribute == Attribute::VerifiedAt => {
                    known.verified_at.iter().map(ToString::to_string).collect()
                }
                Some(value) => vec![as_text(value)],
                None => Vec::new(),
            };
            ShownAttribute {
                attribute: *attribute,
                values,
            }
        })
        .collect()
}

/// The addresses of which a person chooses the one that an app sees: all, where the app asks for one of several.
/// None where there is nothing to choose, also because the app sees them all.
pub fn choice_of_email<'a>(
    wanted: &BTreeSet<Attribute>,
    known: &'a KnownAttributes,
) -> &'a [EmailAddress] {
    let one = wanted.contains(&Attribute::Email) && !wanted.contains(&Attribute::AllEmails);
    if one && known.all_emails.len() > 1 {
        &known.all_emails
    } else {
        &[]
    }
}

/// Attributes that a person released to one app: made by [`Consent::release`] alone. No `Debug`.
#[derive(Clone)]
pub struct ReleasedClaims {
    values: BTreeMap<Attribute, Value>,
}

impl ReleasedClaims {
    /// Which attributes are in it.
    pub fn attributes(&self) -> BTreeSet<Attribute> {
        self.values.keys().copied().collect()
    }

    /// The value of one attribute.
    pub fn value(&self, attribute: Attribute) -> Option<&Value> {
        self.values.get(&attribute)
    }

    /// The values by attribute, for the protocol that writes them.
    pub const fn values(&self) -> &BTreeMap<Attribute, Value> {
        &self.values
    }

    /// The values by the names of the app document, for a sealed row.
    pub fn to_json(&self) -> Map<String, Value> {
        self.values
            .iter()
            .map(|(attribute, value)| (attribute.as_str().to_owned(), value.clone()))
            .collect()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const YEAR: u16 = 365;

    fn at(day: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + day * 86_400).unwrap()
    }

    fn set(names: &str) -> BTreeSet<Attribute> {
        names
            .split_whitespace()
            .map(|n| Attribute::parse(n).unwrap())
            .collect()
    }

    fn known() -> KnownAttributes {
        let email = EmailAddress::parse("ada@example.com").unwrap();
        KnownAttributes {
            all_emails: vec![
                email.clone(),
                EmailAddress::parse("al@example.org").unwrap(),
            ],
            email,
            locale: Some("es".into()),
            verified_at: Some(at(0)),
            verified: [(Attribute::FirstName, "Ada".into())].into(),
        }
    }

    /// Consent given on day 0 for `had`; is the page shown on `day` for `wanted`?
    fn check(had: &str, wanted: &str, day: i64, expected: Option<&str>) {
        let consent = Consent::grant(set(had), at(0));
        let reason = needed(Some(&consent), &set(wanted), at(day), YEAR);
        assert_eq!(reason.as_ref().map(ConsentReason::as_str), expected);
    }

    #[test]
    fn when_the_page_is_shown() {
        assert_eq!(
            needed(None, &set(""), at(0), YEAR),
            Some(ConsentReason::NewApp)
        );
        check("email", "email", 1, None);
        check("email locale", "email", 364, None);
        check("email", "email locale", 1, Some("new_attributes"));
        check("email", "email", 365, Some("expired"));
        check("", "", 1, None);
    }

    #[test]
    fn only_the_new_ones_are_named() {
        let consent = Consent::grant(set("email"), at(0));
        assert_eq!(
            needed(Some(&consent), &set("email locale"), at(1), YEAR),
            Some(ConsentReason::NewAttributes(set("locale")))
        );
    }

    #[test]
    fn a_revoked_consent_releases_nothing() {
        let consent = Consent {
            revoked: Some(at(1)),
            ..Consent::grant(set("email"), at(0))
        };
        let answer = consent.release(
            &set("email"),
            LevelOfService::AuthOnly,
            &known(),
            at(2),
            YEAR,
        );
        assert_eq!(answer.err(), Some(ConsentReason::Revoked));
    }

    #[test]
    fn released_is_what_was_wanted_and_no_more() {
        let consent = Consent::grant(set("email locale first_name"), at(0));
        let release = |wanted: &str, level| {
            let claims = consent.release(&set(wanted), level, &known(), at(1), YEAR);
            Value::Object(claims.ok().unwrap().to_json()).to_string()
        };
        assert_eq!(
            release("email", LevelOfService::AuthOnly),
            r#"{"email":"ada@example.com"}"#
        );
        assert_eq!(
            release("email first_name", LevelOfService::AuthOnly),
            r#"{"email":"ada@example.com"}"#
        );
        assert_eq!(
            release("first_name", LevelOfService::IdentityVerified),
            r#"{"first_name":"Ada"}"#
        );
    }

    #[test]
    fn one_of_several_addresses_is_chosen() {
        let check = |wanted: &str, known: &KnownAttributes, expected: usize| {
            assert_eq!(choice_of_email(&set(wanted), known).len(), expected);
        };
        check("email", &known(), 2);
        check("email locale", &known(), 2);
        check("locale", &known(), 0);
        check("email all_emails", &known(), 0);
        let mut one = known();
        one.all_emails.truncate(1);
        check("email", &one, 0);
        for (place, seen) in [
            (None, "ada@example.com"),
            (Some(0), "ada@example.com"),
            (Some(1), "al@example.org"),
            // Removed meanwhile.
            (Some(2), "ada@example.com"),
        ] {
            assert_eq!(known().seen_by(place).email.reveal(), seen);
        }
    }

    #[test]
    fn the_page_shows_the_values() {
        let lines: Vec<_> = shown(&set("email all_emails verified_at phone"), &known())
            .into_iter()
            .map(|line| (line.attribute.as_str(), line.values.join(", ")))
            .collect();
        assert_eq!(
            lines,
            [
                ("email", "ada@example.com".to_owned()),
                ("all_emails", "ada@example.com, al@example.org".to_owned()),
                ("verified_at", at(0).to_string()),
                ("phone", String::new()),
            ]
        );
    }
}
