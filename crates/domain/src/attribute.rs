//! Attributes that an app may receive, and the scopes that release them.

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    level::LevelOfService,
    programme::Programme,
    refusal::{RefusalKind, Refuse},
};

/// One attribute, under the name that the app document uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
pub enum Attribute {
    /// The address that the person shares with this app.
    Email,
    /// All confirmed addresses.
    AllEmails,
    /// The language of the pages.
    Locale,
    /// When the identity was verified.
    VerifiedAt,
    /// The subject of the PIV or CAC certificate.
    X509Subject,
    /// The issuer of the PIV or CAC certificate.
    X509Issuer,
    /// Whether a PIV or CAC certificate was shown.
    X509Presented,
    /// Given name.
    FirstName,
    /// Family name.
    LastName,
    /// Date of birth.
    Dob,
    /// Social security number.
    Ssn,
    /// First line of the address.
    Address1,
    /// Second line of the address.
    Address2,
    /// City.
    City,
    /// State.
    State,
    /// ZIP code.
    Zipcode,
    /// Phone number.
    Phone,
}

impl Attribute {
    /// Every attribute.
    pub const ALL: [Self; 17] = [
        Self::Email,
        Self::AllEmails,
        Self::Locale,
        Self::VerifiedAt,
        Self::X509Subject,
        Self::X509Issuer,
        Self::X509Presented,
        Self::FirstName,
        Self::LastName,
        Self::Dob,
        Self::Ssn,
        Self::Address1,
        Self::Address2,
        Self::City,
        Self::State,
        Self::Zipcode,
        Self::Phone,
    ];

    /// The name in the app document.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::AllEmails => "all_emails",
            Self::Locale => "locale",
            Self::VerifiedAt => "verified_at",
            Self::X509Subject => "x509_subject",
            Self::X509Issuer => "x509_issuer",
            Self::X509Presented => "x509_presented",
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Dob => "dob",
            Self::Ssn => "ssn",
            Self::Address1 => "address1",
            Self::Address2 => "address2",
            Self::City => "city",
            Self::State => "state",
            Self::Zipcode => "zipcode",
            Self::Phone => "phone",
        }
    }

    /// Reads the name in the app document.
    pub fn parse(text: &str) -> Result<Self, UnknownAttribute> {
        Self::ALL
            .into_iter()
            .find(|attribute| attribute.as_str() == text)
            .ok_or_else(|| UnknownAttribute(text.chars().take(40).collect()))
    }

    /// Do only identity-verified apps receive it?
    pub const fn needs_identity_verified(self) -> bool {
        !matches!(
            self,
            Self::Email
                | Self::AllEmails
                | Self::Locale
                | Self::VerifiedAt
                | Self::X509Subject
                | Self::X509Issuer
                | Self::X509Presented
        )
    }

    /// May an app of this level receive it?
    pub const fn allowed_at(self, level: LevelOfService) -> bool {
        !self.needs_identity_verified() || matches!(level, LevelOfService::IdentityVerified)
    }

    /// Should a reviewer see a justification for it?
    pub const fn is_sensitive(self) -> bool {
        matches!(self, Self::Ssn | Self::Dob)
    }

    /// The scopes of a programme that release it, the narrowest first.
    pub fn scopes(self, programme: &Programme) -> Vec<&Scope> {
        let mut found: Vec<&Scope> = programme
            .scope
            .iter()
            .filter(|scope| scope.attributes.contains(&self))
            .collect();
        found.sort_by_key(|scope| scope.attributes.len());
        found
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<Attribute> for &'static str {
    fn from(attribute: Attribute) -> Self {
        attribute.as_str()
    }
}

impl TryFrom<String> for Attribute {
    type Error = UnknownAttribute;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl FromStr for Attribute {
    type Err = UnknownAttribute;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// No attribute has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "There is no attribute called \"{0}\". Use the names of the attribute list, such as email or first_name."
)]
pub struct UnknownAttribute(pub String);

impl Refuse for UnknownAttribute {
    fn code(&self) -> &'static str {
        "attribute/unknown"
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }
}

/// A scope of OpenID Connect: a row of the programme.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// The name in the request.
    pub name: String,
    /// Do only identity-verified requests get it?
    pub identity_verified: bool,
    /// The claims that it releases.
    pub claims: Vec<String>,
    /// The attributes behind those claims.
    pub attributes: Vec<Attribute>,
}

impl Scope {
    /// May a request at this level have it?
    pub const fn allowed_at(&self, level: LevelOfService) -> bool {
        !self.identity_verified || matches!(level, LevelOfService::IdentityVerified)
    }
}

/// What a request's `scope` comes to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GrantedScopes {
    names: Vec<String>,
    dropped: Vec<String>,
    claims: BTreeSet<String>,
    attributes: BTreeSet<Attribute>,
}

impl GrantedScopes {
    /// Reads a space-separated list for a request at one level.
    ///
    /// Unknown scopes and those above the level are dropped, and named in `dropped`; RFC 6749 §3.3
    /// allows that if the answer says which scopes were granted.
    pub fn judge(programme: &Programme, scope: &str, level: LevelOfService) -> Self {
        let mut granted = Self::default();
        for name in scope.split_ascii_whitespace() {
            if granted
                .names
                .iter()
                .chain(&granted.dropped)
                .any(|known| known == name)
            {
                continue;
            }
            match programme.scope(name) {
                Some(row) if row.allowed_at(level) => {
                    granted.names.push(row.name.clone());
                    granted.claims.extend(row.claims.iter().cloned());
                    granted.attributes.extend(row.attributes.iter().copied());
                }
                _ => granted.dropped.push(name.to_owned()),
            }
        }
        granted
    }

    /// Is `openid` among them?
    pub fn has_openid(&self) -> bool {
        self.has("openid")
    }

    /// Is this scope among them?
    pub fn has(&self, name: &str) -> bool {
        self.names.iter().any(|known| known == name)
    }

    /// The granted scopes, in the order of the request.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// What was asked and not granted.
    pub fn dropped(&self) -> &[String] {
        &self.dropped
    }

    /// The claims that the granted scopes release.
    pub const fn claims(&self) -> &BTreeSet<String> {
        &self.claims
    }

    /// The attributes that the granted scopes release.
    pub const fn attributes(&self) -> &BTreeSet<Attribute> {
        &self.attributes
    }
}

impl fmt::Display for GrantedScopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names.join(" "))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn granted(scope: &str, level: LevelOfService) -> String {
        GrantedScopes::judge(&Programme::named("us").unwrap(), scope, level).to_string()
    }

    #[test]
    fn verified_scopes_need_the_level() {
        let asked = "openid email profile profile:verified_at openid nonsense";
        assert_eq!(
            granted(asked, LevelOfService::AuthOnly),
            "openid email profile:verified_at"
        );
        assert_eq!(
            granted(asked, LevelOfService::IdentityVerified),
            "openid email profile profile:verified_at"
        );
    }

    #[test]
    fn a_scope_is_as_strict_as_its_attributes() {
        for scope in &Programme::named("us").unwrap().scope {
            let needs = scope
                .attributes
                .iter()
                .any(|attribute| attribute.needs_identity_verified());
            assert_eq!(scope.identity_verified, needs, "{}", scope.name);
        }
    }

    #[test]
    fn every_attribute_has_a_scope_and_reads_back() {
        let us = Programme::named("us").unwrap();
        for attribute in Attribute::ALL {
            assert!(!attribute.scopes(&us).is_empty(), "{attribute}");
            let json = serde_json::to_string(&attribute).unwrap();
            assert_eq!(serde_json::from_str::<Attribute>(&json).unwrap(), attribute);
        }
        assert_eq!(Attribute::Dob.scopes(&us)[0].name, "profile:birthdate");
        assert_eq!(
            Attribute::parse("shoe_size").unwrap_err().code(),
            "attribute/unknown"
        );
    }
}
