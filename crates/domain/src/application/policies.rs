//! How strict the requests and tokens of an app are: the programme's policies, and what one app has instead.

use serde::{Deserialize, Serialize};

use super::TokenEndpointAuthMethod;

/// The programme's policies for OpenID Connect apps, as its file states them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policies {
    /// The least number of characters of `state`; 0 lets it be left out.
    pub min_state_length: u16,
    /// The least number of characters of `nonce` where one is sent.
    pub min_nonce_length: u16,
    /// Must each request have a `nonce`?
    pub require_nonce: bool,
    /// Must each request name an identity level in `acr_values`?
    pub require_acr_values: bool,
    /// Must each request have a code challenge? Those of public apps must in any case. RFC 7636
    pub require_pkce: bool,
    /// How an app may prove itself without a policy of its own.
    pub auth_methods: Vec<TokenEndpointAuthMethod>,
    /// The values of `prompt` that a request may have.
    pub prompts: Vec<PromptValue>,
    /// How far ahead `exp` of a client assertion may be, in seconds.
    pub assertion_seconds: u32,
    /// How long a code can be redeemed, in seconds.
    pub code_seconds: u32,
    /// How long an access token is good, in seconds.
    pub access_token_seconds: u32,
    /// How long an ID token is good, in seconds.
    pub id_token_seconds: u32,
    /// How long a refresh token is good without use, in seconds.
    pub refresh_token_seconds: u32,
    /// Are the claims of the granted scopes in the ID token too? Otherwise at userinfo alone.
    pub claims_in_id_token: bool,
}

/// What one app has instead of its programme's policies. Absent: the programme's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OwnPolicies {
    /// The least number of characters of `state`; 0 lets it be left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_state_length: Option<u16>,
    /// The least number of characters of `nonce` where one is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_nonce_length: Option<u16>,
    /// Must each request have a `nonce`?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_nonce: Option<bool>,
    /// Must each request name an identity level in `acr_values`?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_acr_values: Option<bool>,
    /// Must each request have a code challenge?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_pkce: Option<bool>,
    /// How the app may prove itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_methods: Option<Vec<TokenEndpointAuthMethod>>,
    /// The values of `prompt` that a request may have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompts: Option<Vec<PromptValue>>,
    /// How far ahead `exp` of a client assertion may be, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assertion_seconds: Option<u32>,
    /// How long a code can be redeemed, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_seconds: Option<u32>,
    /// How long an access token is good, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token_seconds: Option<u32>,
    /// How long an ID token is good, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token_seconds: Option<u32>,
    /// How long a refresh token is good without use, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token_seconds: Option<u32>,
    /// Are the claims of the granted scopes in the ID token too?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claims_in_id_token: Option<bool>,
}

/// A value of `prompt`. OpenID Connect Core 1.0 §3.1.2.1, Initiating User Registration 1.0
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum PromptValue {
    /// Show nothing.
    None,
    /// Sign in again.
    Login,
    /// Ask for consent again.
    Consent,
    /// Let the person choose who they are.
    SelectAccount,
    /// Begin with making an account.
    Create,
}

impl PromptValue {
    /// Every value.
    pub const ALL: [Self; 5] = [
        Self::None,
        Self::Login,
        Self::Consent,
        Self::SelectAccount,
        Self::Create,
    ];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Login => "login",
            Self::Consent => "consent",
            Self::SelectAccount => "select_account",
            Self::Create => "create",
        }
    }
}

/// The bounds of an app's own value of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Which policy.
    pub policy: &'static str,
    /// The least value.
    pub least: u32,
    /// The greatest value.
    pub most: u32,
}

/// The bounds of the policies that are numbers.
pub const BOUNDS: [Bounds; 7] = [
    bounds("min_state_length", 0, 200),
    bounds("min_nonce_length", 0, 200),
    bounds("assertion_seconds", 60, 3600),
    bounds("code_seconds", 10, 600),
    bounds("access_token_seconds", 60, 3600),
    bounds("id_token_seconds", 60, 3600),
    bounds("refresh_token_seconds", 3600, 31_536_000),
];

const fn bounds(policy: &'static str, least: u32, most: u32) -> Bounds {
    Bounds {
        policy,
        least,
        most,
    }
}

/// The longest life of a code for an app of the FAPI 2.0 security profile, in seconds. FAPI 2.0 §5.3.2.1
pub const LONGEST_FAPI_CODE_SECONDS: u32 = 60;

impl Policies {
    /// The policies that hold for an app.
    #[must_use]
    pub fn of_app(&self, own: &OwnPolicies, fapi2: bool) -> Self {
        let code_seconds = own.code_seconds.unwrap_or(self.code_seconds);
        Self {
            min_state_length: own.min_state_length.unwrap_or(self.min_state_length),
            min_nonce_length: own.min_nonce_length.unwrap_or(self.min_nonce_length),
            require_nonce: own.require_nonce.unwrap_or(self.require_nonce),
            require_acr_values: own.require_acr_values.unwrap_or(self.require_acr_values),
            require_pkce: fapi2 || own.require_pkce.unwrap_or(self.require_pkce),
            auth_methods: own
                .auth_methods
                .as_ref()
                .unwrap_or(&self.auth_methods)
                .clone(),
            prompts: own.prompts.as_ref().unwrap_or(&self.prompts).clone(),
            assertion_seconds: own.assertion_seconds.unwrap_or(self.assertion_seconds),
            code_seconds: if fapi2 {
                code_seconds.min(LONGEST_FAPI_CODE_SECONDS)
            } else {
                code_seconds
            },
            access_token_seconds: own
                .access_token_seconds
                .unwrap_or(self.access_token_seconds),
            id_token_seconds: own.id_token_seconds.unwrap_or(self.id_token_seconds),
            refresh_token_seconds: own
                .refresh_token_seconds
                .unwrap_or(self.refresh_token_seconds),
            claims_in_id_token: own.claims_in_id_token.unwrap_or(self.claims_in_id_token),
        }
    }
}

impl Policies {
    /// Each policy, as name and value for people.
    pub fn told(&self) -> Vec<(&'static str, String)> {
        OwnPolicies {
            min_state_length: Some(self.min_state_length),
            min_nonce_length: Some(self.min_nonce_length),
            require_nonce: Some(self.require_nonce),
            require_acr_values: Some(self.require_acr_values),
            require_pkce: Some(self.require_pkce),
            auth_methods: Some(self.auth_methods.clone()),
            prompts: Some(self.prompts.clone()),
            assertion_seconds: Some(self.assertion_seconds),
            code_seconds: Some(self.code_seconds),
            access_token_seconds: Some(self.access_token_seconds),
            id_token_seconds: Some(self.id_token_seconds),
            refresh_token_seconds: Some(self.refresh_token_seconds),
            claims_in_id_token: Some(self.claims_in_id_token),
        }
        .told()
    }
}

impl OwnPolicies {
    /// The policies that protect less than the programme's, each with the programme's value.
    pub fn weaker(&self, usual: &Policies) -> Vec<(&'static str, String)> {
        let shorter = |own: Option<u16>, usual: u16| own.is_some_and(|own| own < usual);
        let longer = |own: Option<u32>, usual: u32| own.is_some_and(|own| own > usual);
        let laxer = |own: Option<bool>, usual: bool| own == Some(false) && usual;
        let more_ways = self.auth_methods.as_ref().is_some_and(|own| {
            own.iter()
                .any(|method| !usual.auth_methods.contains(method))
        });
        let weaker = [
            (
                "min_state_length",
                shorter(self.min_state_length, usual.min_state_length),
            ),
            (
                "min_nonce_length",
                shorter(self.min_nonce_length, usual.min_nonce_length),
            ),
            (
                "require_nonce",
                laxer(self.require_nonce, usual.require_nonce),
            ),
            (
                "require_acr_values",
                laxer(self.require_acr_values, usual.require_acr_values),
            ),
            ("require_pkce", laxer(self.require_pkce, usual.require_pkce)),
            ("auth_methods", more_ways),
            (
                "assertion_seconds",
                longer(self.assertion_seconds, usual.assertion_seconds),
            ),
            (
                "code_seconds",
                longer(self.code_seconds, usual.code_seconds),
            ),
            (
                "access_token_seconds",
                longer(self.access_token_seconds, usual.access_token_seconds),
            ),
            (
                "id_token_seconds",
                longer(self.id_token_seconds, usual.id_token_seconds),
            ),
            (
                "refresh_token_seconds",
                longer(self.refresh_token_seconds, usual.refresh_token_seconds),
            ),
            (
                "claims_in_id_token",
                self.claims_in_id_token == Some(true) && !usual.claims_in_id_token,
            ),
        ];
        let told = usual.told();
        let named = |name: &str| told.iter().find(|(one, _)| *one == name).cloned();
        weaker
            .iter()
            .filter(|(_, is_weaker)| *is_weaker)
            .filter_map(|(name, _)| named(name))
            .collect()
    }

    /// Has the app none of its own?
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Each policy that differs from the programme's, as name and value for people.
    pub fn told(&self) -> Vec<(&'static str, String)> {
        let mut told = Vec::new();
        let mut put = |name, value: Option<String>| told.extend(value.map(|v| (name, v)));
        put(
            "min_state_length",
            self.min_state_length.map(|n| n.to_string()),
        );
        put(
            "min_nonce_length",
            self.min_nonce_length.map(|n| n.to_string()),
        );
        put("require_nonce", self.require_nonce.map(yes));
        put("require_acr_values", self.require_acr_values.map(yes));
        put("require_pkce", self.require_pkce.map(yes));
        put(
            "auth_methods",
            self.auth_methods
                .as_ref()
                .map(|list| joined(list, |one| one.as_str())),
        );
        put(
            "prompts",
            self.prompts
                .as_ref()
                .map(|list| joined(list, |one| one.as_str())),
        );
        put(
            "assertion_seconds",
            self.assertion_seconds.map(|n| n.to_string()),
        );
        put("code_seconds", self.code_seconds.map(|n| n.to_string()));
        put(
            "access_token_seconds",
            self.access_token_seconds.map(|n| n.to_string()),
        );
        put(
            "id_token_seconds",
            self.id_token_seconds.map(|n| n.to_string()),
        );
        put(
            "refresh_token_seconds",
            self.refresh_token_seconds.map(|n| n.to_string()),
        );
        put("claims_in_id_token", self.claims_in_id_token.map(yes));
        told
    }
}

fn yes(value: bool) -> String {
    if value { "yes" } else { "no" }.to_owned()
}

fn joined<T: Copy>(list: &[T], name: fn(&T) -> &'static str) -> String {
    list.iter().map(name).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::programme::Programme;

    #[test]
    fn an_app_has_its_own_and_else_the_programmes() {
        let us = Programme::named("us").unwrap().policies.clone();
        assert_eq!(us.of_app(&OwnPolicies::default(), false), us);
        let own = OwnPolicies {
            min_state_length: Some(8),
            require_nonce: Some(false),
            code_seconds: Some(120),
            ..OwnPolicies::default()
        };
        let app = us.of_app(&own, false);
        assert_eq!((app.min_state_length, app.require_nonce), (8, false));
        assert_eq!(app.code_seconds, 120);
        assert_eq!(app.min_nonce_length, us.min_nonce_length);
        assert_eq!(own.told().len(), 3);
        let weaker: Vec<_> = own.weaker(&us).into_iter().map(|(name, _)| name).collect();
        assert_eq!(weaker, ["min_state_length", "require_nonce"]);
        assert_eq!(us.told().len(), 13);
        assert!(us.told().contains(&("code_seconds", "300".into())));
    }

    /// FAPI 2.0 security profile §5.3.2.1: codes of at most 60 seconds, PKCE always.
    #[test]
    fn fapi_is_never_laxer() {
        let us = Programme::named("us").unwrap().policies.clone();
        let own = OwnPolicies {
            require_pkce: Some(false),
            code_seconds: Some(300),
            ..OwnPolicies::default()
        };
        let app = us.of_app(&own, true);
        assert!(app.require_pkce && app.code_seconds == 60);
    }
}
