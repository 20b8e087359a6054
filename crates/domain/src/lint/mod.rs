//! One validator for pages, API, command line, review and deployment.
//!
//! Every rule is a value with its id, its severity in each class of environment, one sentence, its documentation
//! and its check. A page, the API and the command line print the same rule.

pub(crate) mod host;
mod issuer;
mod key;
mod level;
mod logo;
mod markup;
mod name;
mod oidc;
mod saml;
mod subject;
mod svg;
mod uri;
mod words;

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{application::AppDocument, environment::EnvironmentClass, programme::Programme};
use subject::Subject;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Must be repaired.
    Error,
    /// Should be looked at.
    Warning,
    /// Good to know.
    Info,
}

impl Severity {
    /// The name in documents.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// One rule of the validator.
#[derive(Debug)]
pub struct Rule {
    /// Its stable name.
    pub id: &'static str,
    /// Its severity where apps are tried; nothing where it does not hold there.
    pub test: Option<Severity>,
    /// Its severity where real people sign in.
    pub live: Option<Severity>,
    /// What it asks for.
    pub sentence: &'static str,
    /// Why, and what to do.
    pub doc: &'static str,
    check: fn(&Subject<'_>, &mut Hits),
}

impl Rule {
    /// Its severity in a class of environment.
    pub const fn severity(&self, class: EnvironmentClass) -> Option<Severity> {
        match class {
            EnvironmentClass::Test => self.test,
            EnvironmentClass::Live => self.live,
        }
    }
}

/// Something that a rule found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The rule's id.
    pub rule: String,
    /// How much it matters in the document's environment.
    pub severity: Severity,
    /// Where, as a JSON Pointer.
    pub path: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl Finding {
    /// Must it be repaired?
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// What the rules must know beside the document.
#[derive(Debug, Clone)]
pub struct LintContext<'a> {
    /// The rules of the installation.
    pub programme: &'a Programme,
    /// Domains that were proved to be the team's own, such as `fishing-licence.com`.
    pub dedicated_domains: &'a [String],
    /// The keeper's day.
    pub today: Date,
    /// The real time: certificates are judged by it, wherever the keeper's clock stands.
    pub now: Timestamp,
    /// Fingerprints ([`crate::application::Key::fingerprint`]) of keys that test-class configurations use.
    pub sandbox_keys: &'a BTreeSet<String>,
    /// The app names that the agreement lists, when an agreement is at hand.
    pub listed_apps: Option<&'a [String]>,
}

/// Judges a document by every rule, for the class of its own environment. The worst comes first.
pub fn lint(document: &AppDocument, context: &LintContext<'_>) -> Vec<Finding> {
    let class = document.environment.class();
    let subject = Subject::new(document, context);
    let mut findings = Vec::new();
    for rule in RULES {
        let Some(severity) = rule.severity(class) else {
            continue;
        };
        let mut hits = Hits::default();
        (rule.check)(&subject, &mut hits);
        findings.extend(hits.0.into_iter().map(|hit| Finding {
            rule: rule.id.to_owned(),
            severity,
            path: hit.path,
            message: hit.message,
        }));
    }
    findings.sort_by_key(|finding| finding.severity);
    findings
}

/// The same for a JSON text. A text that is no document is a finding too.
pub fn lint_bytes(bytes: &[u8], context: &LintContext<'_>) -> Vec<Finding> {
    match AppDocument::parse_json(bytes) {
        Ok(document) => lint(&document, context),
        Err(fault) => vec![unreadable(&fault)],
    }
}

/// The finding for a text that is no document.
pub fn unreadable(fault: &crate::application::DocumentFault) -> Finding {
    Finding {
        rule: UNREADABLE.to_owned(),
        severity: Severity::Error,
        path: fault.pointer.clone(),
        message: format!(
            "The document cannot be read here: {}.",
            fault.message.trim_end_matches('.')
        ),
    }
}

/// The rule id of a text that is no document.
pub const UNREADABLE: &str = "document/unreadable";

/// Every rule, in the order in which they are read.
pub static RULES: &[&Rule] = &[
    &name::APP_NAME_PRESENT,
    &name::FRIENDLY_NAME_PRESENT,
    &name::CHARACTERS,
    &name::ENVIRONMENT_WORD,
    &name::FRIENDLY_ENVIRONMENT_WORD,
    &name::FRIENDLY_STYLE,
    &name::MUST_CONTAIN,
    &name::LISTED,
    &issuer::PRESENT,
    &issuer::FORM,
    &issuer::SHAPE,
    &issuer::ENVIRONMENT_WORD,
    &issuer::TRAILING_SLASH,
    &uri::FORM,
    &uri::WILDCARD,
    &uri::USER_INFO,
    &uri::FRAGMENT,
    &uri::BACKSLASH,
    &uri::DANGEROUS_SCHEME,
    &uri::PRIVATE_SCHEME,
    &uri::HTTPS,
    &uri::LOCAL_HOST,
    &uri::APPROVED_DOMAIN,
    &uri::TWICE,
    &oidc::REDIRECT_PRESENT,
    &oidc::KEY_PRESENT,
    &oidc::OTHER_SETTINGS,
    &oidc::FAPI,
    &saml::ACS_PRESENT,
    &saml::KEY_PRESENT,
    &saml::LOGOUT_PRESENT,
    &saml::ENCRYPTED,
    &saml::CBC,
    &saml::RETURN_PRESENT,
    &key::PRIVATE,
    &key::UNREADABLE,
    &key::WEAK,
    &key::SHA1,
    &key::EXPIRED,
    &key::EXPIRES_SOON,
    &key::NOT_YET_VALID,
    &key::LONG_VALIDITY,
    &key::SERIAL,
    &key::SANDBOX_KEY,
    &key::TWICE,
    &key::MANY,
    &level::ATTRIBUTES,
    &level::STRENGTH,
    &level::FAILURE_TO_PROOF,
    &level::SAML_BUNDLE,
    &level::SENSITIVE,
    &logo::PRESENT,
    &logo::SIZE,
    &logo::TYPE,
    &logo::SVG_FORM,
    &logo::SVG_VIEW_BOX,
    &logo::SVG_ACTIVE,
    &logo::SVG_EXTERNAL,
    &words::LANGUAGE,
    &words::MARKUP,
    &words::LENGTH,
    &words::TRANSLATIONS,
    &words::CONTACT_ADDRESS,
    &words::CONTACT_PRESENT,
];

/// What a rule's check reports.
#[derive(Default)]
struct Hits(Vec<Hit>);

struct Hit {
    path: String,
    message: String,
}

impl Hits {
    fn at(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.0.push(Hit {
            path: path.into(),
            message: message.into(),
        });
    }
}

#[cfg(test)]
mod tests;
