//! How strict requests and tokens of an app are: what a form offers, and what a page shows.

use durward_domain::application::{AppDocument, Policies, Protocol};

use super::fields::{self, Kind, POLICY};
use crate::shared::i18n::Words;

/// A policy that an app can have of its own.
pub struct PolicyField {
    /// Its field.
    pub name: &'static str,
    /// What it is called.
    pub label: String,
    /// How it is filled in, where that needs saying, and what holds if nothing is chosen.
    pub hint: String,
    /// Whether it is answered by yes or no.
    pub is_yes_no: bool,
}

impl PolicyField {
    /// Every policy, with the programme's value.
    pub fn all(words: Words, usual: &Policies) -> Vec<Self> {
        let told = usual.told();
        fields::policies()
            .map(|field| {
                let policy = &field.name[POLICY.len()..];
                let value = told.iter().find(|(name, _)| *name == policy);
                let value = value.map(|(_, value)| policy_value(words, value));
                let usual = words.t1("policy-usual", "value", &value.unwrap_or_default());
                let how = words.find(&format!("{}-hint", field.label));
                Self {
                    name: field.name,
                    label: words.t(field.label),
                    hint: how.map_or_else(|| usual.clone(), |how| format!("{how} {usual}")),
                    is_yes_no: field.kind == Kind::Choice,
                }
            })
            .collect()
    }
}

/// A policy that holds for an app, beside its programme's.
pub struct PolicyLine {
    /// What it is called.
    pub label: String,
    /// The programme's value.
    pub usual: String,
    /// The value that holds.
    pub holds: String,
    /// Whether the app has one of its own.
    pub is_own: bool,
}

impl PolicyLine {
    /// Every policy of an app that speaks OpenID Connect.
    pub fn all(words: Words, document: &AppDocument, usual: &Policies) -> Vec<Self> {
        let oidc = document.oidc.as_ref();
        let Some(oidc) = oidc.filter(|_| document.protocol == Protocol::Oidc) else {
            return Vec::new();
        };
        let own = oidc.policies.told();
        let holding = usual.of_app(&oidc.policies, oidc.fapi2).told();
        let lines = usual.told().into_iter().zip(holding);
        lines
            .map(|((name, usual), (_, holds))| Self {
                label: words.t(&format!("f-policy-{}", name.replace('_', "-"))),
                usual: policy_value(words, &usual),
                holds: policy_value(words, &holds),
                is_own: own.iter().any(|(one, _)| *one == name),
            })
            .collect()
    }
}

fn policy_value(words: Words, value: &str) -> String {
    match value {
        "yes" => words.t("policy-true"),
        "no" => words.t("policy-false"),
        other => other.to_owned(),
    }
}
