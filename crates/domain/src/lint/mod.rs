//! One validator for pages, API, command line, review and deployment.
//!
//! Every rule is a value with its id, its severity in each class of environment, one sentence, its documentation
//! and its check. A page, the API and the command line print the same rule.

mod contact;
mod document;
mod facts;
pub(crate) mod host;
mod issuer;
mod key;
mod letter_case;
mod level;
mod logo;
mod markup;
mod name;
mod oidc;
mod picture;
mod policy;
pub mod presets;
mod read;
mod saml;
pub mod sarif;
mod subject;
mod svg;
mod svg_mail;
mod uri;
mod words;

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{application::AppDocument, environment::EnvironmentClass, programme::Programme};
pub use facts::{Fact, FactKind, facts};
pub use logo::drawn_in_mail;
pub use read::{Read, Syntax, read};
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
    /// Why it asks.
    pub why: &'static str,
    /// What to do when it finds something.
    pub fix: &'static str,
    /// An example that it finds.
    pub bad: &'static str,
    /// The same, repaired.
    pub good: &'static str,
    /// Where it comes from: rules of the checklist (`L07`), and of the list of checks that the programme publishes.
    pub from: &'static [&'static str],
    /// May a reviewer waive it for an app?
    pub waivable: bool,
    check: fn(&Subject<'_>, &mut Hits),
}

impl Rule {
    /// The rule with an id.
    pub fn named(id: &str) -> Option<&'static Self> {
        RULES.iter().copied().find(|rule| rule.id == id)
    }

    /// The page that explains it, on the portal.
    pub fn help(&self) -> String {
        help(self.id)
    }

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
    /// That a reviewer waived the rule for this app, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waived: Option<Waived>,
}

impl Finding {
    /// Must it be repaired? A waived finding need not be.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error && self.waived.is_none()
    }

    /// The page that explains its rule, on the portal.
    pub fn help(&self) -> String {
        help(&self.rule)
    }
}

/// That a rule does not hold for an app until a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waived {
    /// Who answers for the app meanwhile.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// The last day.
    pub until: Date,
    /// The reviewer who gave it.
    pub by: String,
}

/// Marks the findings of rules that were waived. A rule that cannot be waived stays as it is.
pub fn waive(findings: &mut [Finding], waived: impl Fn(&str) -> Option<Waived>) {
    for finding in findings {
        if Rule::named(&finding.rule).is_some_and(|rule| rule.waivable) {
            finding.waived = waived(&finding.rule);
        }
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
    /// What other configurations have in common with the document.
    pub others: &'a Others,
}

/// What other configurations of the programme have in common with a document. They stay unnamed: a team must not learn
/// about another's apps.
#[derive(Debug, Clone, Default)]
pub struct Others {
    /// Does another app use its issuer in this environment?
    pub issuer_taken: bool,
    /// Has another live app its friendly name?
    pub friendly_name_taken: bool,
    /// Fingerprints of those of its keys that other apps use.
    pub shared_keys: BTreeSet<String>,
    /// Hosts of the app's own configuration in the sandbox.
    pub sandbox_hosts: BTreeSet<String>,
    /// Does the agreement cover identity verification, when an agreement is at hand?
    pub agreement_covers_identity: Option<bool>,
}

impl<'a> LintContext<'a> {
    /// The context of a document of which nothing else is known, such as on a command line.
    pub fn alone(programme: &'a Programme, now: Timestamp) -> Self {
        Self {
            programme,
            dedicated_domains: &[],
            today: programme.date_of(now),
            now,
            sandbox_keys: &NO_KEYS,
            listed_apps: None,
            others: &NO_OTHERS,
        }
    }
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
            waived: None,
        }));
    }
    findings.sort_by_key(|finding| finding.severity);
    findings
}

/// The same for a JSON text. What cannot be read there is a finding too; the rest is judged all the same.
pub fn lint_bytes(bytes: &[u8], context: &LintContext<'_>) -> Vec<Finding> {
    read(bytes, Syntax::Json).judge(context)
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
        waived: None,
    }
}

/// The table of rules as Markdown, for `docs/generated/rules.md`.
pub fn markdown() -> String {
    use std::fmt::Write as _;
    let mut text = String::from(
        "# Rules of the validator\n\nGenerated from `crates/domain/src/lint/`. The portal explains each under `/help/rules/`.\n\n| rule | sandbox | live | waivable | from | what it asks for |\n|---|---|---|---|---|---|\n",
    );
    let word = |severity: Option<Severity>| severity.map_or("–", Severity::as_str);
    for rule in RULES {
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} | {} | {} |",
            rule.id,
            word(rule.test),
            word(rule.live),
            if rule.waivable { "yes" } else { "no" },
            rule.from.join(" "),
            rule.sentence
        );
    }
    text
}

fn help(rule: &str) -> String {
    format!("/help/rules/{rule}")
}

static NO_KEYS: BTreeSet<String> = BTreeSet::new();
static NO_OTHERS: Others = Others {
    issuer_taken: false,
    friendly_name_taken: false,
    shared_keys: BTreeSet::new(),
    sandbox_hosts: BTreeSet::new(),
    agreement_covers_identity: None,
};

/// The rule id of a text that is no document.
pub const UNREADABLE: &str = "document/unreadable";

/// Every rule, in the order in which they are read.
pub static RULES: &[&Rule] = &[
    &document::UNREADABLE,
    &document::UNKNOWN_FIELD,
    &document::WRONG_VALUE,
    &document::MISSING_FIELD,
    &document::CONTROL_CHARACTERS,
    &name::APP_NAME_PRESENT,
    &name::FRIENDLY_NAME_PRESENT,
    &name::CHARACTERS,
    &name::MIXED_SCRIPTS,
    &name::ENVIRONMENT_WORD,
    &name::FRIENDLY_ENVIRONMENT_WORD,
    &name::FRIENDLY_STYLE,
    &name::FRIENDLY_LENGTH,
    &name::FRIENDLY_ACRONYM,
    &name::RESERVED_WORD,
    &name::FRIENDLY_TAKEN,
    &name::MUST_CONTAIN,
    &name::LISTED,
    &issuer::PRESENT,
    &issuer::FORM,
    &issuer::TAKEN,
    &issuer::SHAPE,
    &issuer::RECOMMENDED,
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
    &uri::PLAIN_HTTP,
    &uri::LOCAL_HOST,
    &uri::APPROVED_DOMAIN,
    &uri::SANDBOX_HOST,
    &uri::MANY_HOSTS,
    &uri::PUSH_PORT,
    &uri::TWICE,
    &letter_case::LETTER_CASE,
    &oidc::REDIRECT_PRESENT,
    &oidc::KEY_PRESENT,
    &oidc::OTHER_SETTINGS,
    &oidc::FAPI,
    &oidc::AUTH_METHOD,
    &oidc::ENCRYPTION_KEY,
    &oidc::ENC_WITHOUT_ALG,
    &oidc::FAPI_ID_TOKEN,
    &policy::RANGE,
    &policy::WEAKER,
    &policy::GRANTS,
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
    &key::SHARED,
    &key::KEY_ID,
    &key::TWICE,
    &key::MANY,
    &level::ATTRIBUTES,
    &level::STRENGTH,
    &level::FAILURE_TO_PROOF,
    &level::COVERED,
    &level::SAML_BUNDLE,
    &level::SENSITIVE,
    &logo::PRESENT,
    &logo::SIZE,
    &logo::TYPE,
    &logo::PNG_FORM,
    &logo::PNG_LARGE,
    &logo::ASPECT,
    &logo::OPAQUE,
    &logo::CONTRAST,
    &logo::PADDING,
    &logo::SVG_FORM,
    &logo::SVG_VIEW_BOX,
    &logo::SVG_ACTIVE,
    &logo::SVG_EXTERNAL,
    &logo::SVG_ALLOWED,
    &logo::SVG_MAIL,
    &words::LANGUAGE,
    &words::MARKUP,
    &words::PRESET,
    &words::LENGTH,
    &words::TRANSLATIONS,
    &words::LINK_TEXT,
    &words::LEGAL,
    &words::GENERIC,
    &words::HELP_DESK,
    &words::OLD_PASSWORD,
    &contact::ADDRESS,
    &contact::PRESENT,
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
