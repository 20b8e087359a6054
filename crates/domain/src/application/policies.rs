//! How strict the requests and tokens of an app are: the programme's policies, and what one app has instead.

use serde::{Deserialize, Serialize};

use super::TokenEndpointAuthMethod;

/// Each policy: what it is, its type, and when an app's own value (the first) protects less than the programme's.
macro_rules! policies {
    ($($(#[doc = $doc:literal])+ $name:ident: $kind:ty, $weaker:expr;)+) => {
        /// The programme's policies for OpenID Connect apps, as its file states them.
        #[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Policies {
            $($(#[doc = $doc])+ pub $name: $kind,)+
        }

        /// What one app has instead of its programme's policies. Absent: the programme's.
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
        #[serde(default, deny_unknown_fields)]
        pub struct OwnPolicies {
            $($(#[doc = $doc])+ #[serde(skip_serializing_if = "Option::is_none")] pub $name: Option<$kind>,)+
        }

        impl Policies {
            /// The app's own, and the programme's where it has none.
            fn or_own(&self, own: &OwnPolicies) -> Self {
                Self {
                    $($name: own.$name.as_ref().unwrap_or(&self.$name).to_owned(),)+
                }
            }

            /// Each policy, as name and value for people.
            pub fn told(&self) -> Vec<(&'static str, String)> {
                vec![$((stringify!($name), self.$name.told()),)+]
            }
        }

        impl OwnPolicies {
            /// Each policy that differs from the programme's, as name and value for people.
            pub fn told(&self) -> Vec<(&'static str, String)> {
                let own = [$(self.$name.as_ref().map(|own| (stringify!($name), own.told())),)+];
                own.into_iter().flatten().collect()
            }

            /// The policies that protect less than the programme's, each with the programme's value.
            pub fn weaker(&self, usual: &Policies) -> Vec<(&'static str, String)> {
                let mut weaker = Vec::new();
                $(
                    let is_weaker: fn(&$kind, &$kind) -> bool = $weaker;
                    if self.$name.as_ref().is_some_and(|own| is_weaker(own, &usual.$name)) {
                        weaker.push((stringify!($name), usual.$name.told()));
                    }
                )+
                weaker
            }
        }
    };
}

policies! {
    /// The least number of characters of `state`; 0 lets it be left out.
    min_state_length: u16, |own, usual| own < usual;
    /// The least number of characters of `nonce` where one is sent.
    min_nonce_length: u16, |own, usual| own < usual;
    /// Must each request have a `nonce`?
    require_nonce: bool, |own, usual| !own && *usual;
    /// Must each request name an identity level in `acr_values`?
    require_acr_values: bool, |own, usual| !own && *usual;
    /// Must each request have a code challenge?
    require_pkce: bool, |own, usual| !own && *usual;
    /// How the app may prove itself.
    auth_methods: Vec<TokenEndpointAuthMethod>, |own, usual| own.iter().any(|one| !usual.contains(one));
    /// The values of `prompt` that a request may have.
    prompts: Vec<PromptValue>, |_, _| false;
    /// How far ahead `exp` of a client assertion may be, in seconds.
    assertion_seconds: u32, |own, usual| own > usual;
    /// How long a code can be redeemed, in seconds.
    code_seconds: u32, |own, usual| own > usual;
    /// How long an access token is good, in seconds.
    access_token_seconds: u32, |own, usual| own > usual;
    /// How long an ID token is good, in seconds.
    id_token_seconds: u32, |own, usual| own > usual;
    /// How long a refresh token is good without use, in seconds.
    refresh_token_seconds: u32, |own, usual| own > usual;
    /// Are the claims of the granted scopes in the ID token too?
    claims_in_id_token: bool, |own, usual| *own && !usual;
}

impl Policies {
    /// The policies that hold for an app.
    #[must_use]
    pub fn of_app(&self, own: &OwnPolicies, fapi2: bool) -> Self {
        let mut holding = self.or_own(own);
        if fapi2 {
            holding.require_pkce = true;
            holding.code_seconds = holding.code_seconds.min(LONGEST_FAPI_CODE_SECONDS);
        }
        holding
    }
}

impl OwnPolicies {
    /// Has the app none of its own?
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A value for people.
trait Told {
    fn told(&self) -> String;
}

impl Told for u16 {
    fn told(&self) -> String {
        self.to_string()
    }
}

impl Told for u32 {
    fn told(&self) -> String {
        self.to_string()
    }
}

impl Told for bool {
    fn told(&self) -> String {
        if *self { "yes" } else { "no" }.to_owned()
    }
}

impl Told for Vec<TokenEndpointAuthMethod> {
    fn told(&self) -> String {
        self.iter()
            .map(|one| one.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    }
}

impl Told for Vec<PromptValue> {
    fn told(&self) -> String {
        self.iter()
            .map(|one| one.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    }
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
