//! What people read and whom to write to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The agency's own words on three pages, per language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct HelpText {
    /// On the sign-in page.
    pub sign_in: BTreeMap<String, String>,
    /// On the page that makes an account.
    pub sign_up: BTreeMap<String, String>,
    /// On the page for a forgotten password.
    pub forgot_password: BTreeMap<String, String>,
}

impl HelpText {
    /// The three pages with their names, in order.
    pub fn pages(&self) -> [(&'static str, &BTreeMap<String, String>); 3] {
        [
            ("sign_in", &self.sign_in),
            ("sign_up", &self.sign_up),
            ("forgot_password", &self.forgot_password),
        ]
    }
}

/// A person to write to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// For what.
    pub kind: ContactKind,
    /// Their name.
    #[serde(default)]
    pub name: String,
    /// Their e-mail address.
    #[serde(default)]
    pub email: String,
    /// Their telephone number.
    #[serde(default)]
    pub phone: String,
}

impl Contact {
    /// Can this person be found: a name, and an e-mail address or a telephone number?
    pub fn is_reachable(&self) -> bool {
        !self.name.trim().is_empty()
            && (is_email(self.email.trim())
                || self.phone.chars().filter(char::is_ascii_digit).count() >= 7)
    }
}

/// What a contact is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactKind {
    /// Engineers of the app.
    #[serde(alias = "tech", alias = "tech_support", alias = "technical_support")]
    Technical,
    /// The owner of the programme or product.
    #[serde(
        alias = "programme",
        alias = "program_manager",
        alias = "product",
        alias = "product_owner",
        alias = "project",
        alias = "pm",
        alias = "business"
    )]
    Program,
    /// Who pays.
    #[serde(alias = "finance")]
    Billing,
    /// Who answers the public.
    #[serde(alias = "help-desk", alias = "helpdesk", alias = "support")]
    HelpDesk,
    /// Who hears of security matters.
    Security,
}

impl ContactKind {
    /// Every name that is read; the first five are written.
    pub const NAMES: [&'static str; 19] = [
        "technical",
        "program",
        "billing",
        "help_desk",
        "security",
        "tech",
        "tech_support",
        "technical_support",
        "programme",
        "program_manager",
        "product",
        "product_owner",
        "project",
        "pm",
        "business",
        "finance",
        "help-desk",
        "helpdesk",
        "support",
    ];

    /// The name in documents.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Technical => "technical",
            Self::Program => "program",
            Self::Billing => "billing",
            Self::HelpDesk => "help_desk",
            Self::Security => "security",
        }
    }

    /// The name in a sentence.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Technical => "technical",
            Self::Program => "programme",
            Self::Billing => "billing",
            Self::HelpDesk => "help desk",
            Self::Security => "security",
        }
    }
}

/// Does this look like an e-mail address?
pub fn is_address(text: &str) -> bool {
    is_email(text)
}

/// Does this look like an e-mail address? Only a delivered message proves that it is one.
pub(crate) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    !local.is_empty()
        && text.len() <= 254
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && text.chars().all(|c| !c.is_whitespace() && !c.is_control())
        && !local.contains('@')
}
