//! What is kept of a request so that its team can see why it was answered as it was.
//!
//! Only what a list below names is kept. Of everything else, and of state, nonce, login_hint, codes, tokens and secrets
//! in any case, at most that it was there and how long it was. No signature is kept.

mod assertion;
mod clean;
mod difference;
mod registered;

use serde::{Deserialize, Serialize};

pub use assertion::{AssertionEvidence, Decoded, decode, decode_encrypted};
pub use clean::{client_id, logged_path, redirect_host, uri, word, words};
pub use difference::{Side, Stretch, difference, distance, nearest};

use registered::registered;

use crate::client::Client;
use crate::params::Params;

/// Which endpoint was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The PAR endpoint: a request that is left before its browser comes.
    Push,
    /// The authorization endpoint, and what the person did on the pages after it.
    Authorize,
    /// The token endpoint.
    Token,
    /// The userinfo endpoint.
    Userinfo,
    /// The sign-out endpoint.
    Logout,
    /// The app is told that a session ended: the one step that we begin.
    Backchannel,
}

impl Step {
    /// Every step, in the order of a sign-in.
    pub const ALL: [Self; 6] = [
        Self::Push,
        Self::Authorize,
        Self::Token,
        Self::Userinfo,
        Self::Logout,
        Self::Backchannel,
    ];

    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::Authorize => "authorize",
            Self::Token => "token",
            Self::Userinfo => "userinfo",
            Self::Logout => "logout",
            Self::Backchannel => "backchannel",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == text)
    }
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It got what it asked for.
    Ok,
    /// It was refused.
    Refused,
    /// The person went back without signing in.
    Cancelled,
    /// A person is asked.
    Pending,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 4] = [Self::Ok, Self::Refused, Self::Cancelled, Self::Pending];

    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Refused => "refused",
            Self::Cancelled => "cancelled",
            Self::Pending => "pending",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|outcome| outcome.as_str() == text)
    }
}

/// What is kept of one request beside its columns.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Evidence {
    /// What was sent, in the order of the list.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sent: Vec<Sent>,
    /// What was registered at that time, of what the refusal is about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub registered: Vec<Registered>,
    /// The client assertion or ID token that came with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assertion: Option<AssertionEvidence>,
    /// By how many seconds the sender's clock is ahead of ours (negative: behind), as `iat` tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skew: Option<i64>,
    /// Scopes that were asked for and left out of the answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dropped: Vec<String>,
    /// The refusal's sentence, with what it names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sentence: Option<String>,
    /// Of a sign-out that is told to the app: which try it was, and when the next one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tried: Option<Tried>,
    /// The sequence of the release that was served.
    pub release: u64,
}

/// A try to tell an app that a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// The first is 1.
    pub number: i64,
    /// When the next one is, in seconds since 1970; none after the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<i64>,
}

/// One sent parameter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// Its name.
    pub name: String,
    /// Its value, where the list allows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// How many characters it had, where only that is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<usize>,
}

/// One registered setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    /// The parameter that it is compared with.
    pub name: String,
    /// Its values.
    pub values: Vec<String>,
}

impl Evidence {
    /// Of an authorization request. Of a request object only the header is kept where it is encrypted.
    pub fn authorize(params: &Params, client: Option<&Client>, refusal: Option<&str>) -> Self {
        let known = client.map(Client::redirect_uris).unwrap_or_default();
        Self {
            sent: sent(params, AUTHORIZE, known),
            assertion: params
                .get("request")
                .and_then(AssertionEvidence::read_object),
            registered: client
                .zip(refusal)
                .map(|(client, code)| registered(client, code))
                .unwrap_or_default(),
            ..Self::default()
        }
    }

    /// Of a request that is pushed: that of an authorization request, with the proof of its client.
    pub fn push(params: &Params, client: Option<&Client>, refusal: Option<&str>) -> Self {
        let request = Self::authorize(params, client, refusal);
        let proof = params
            .get("client_assertion")
            .and_then(AssertionEvidence::read);
        // One is kept: that of the object where the refusal is about it.
        let is_of_object = refusal.is_some_and(|code| code.starts_with("authorize/"));
        Self {
            assertion: match request.assertion {
                Some(object) if is_of_object => Some(object),
                object => proof.or(object),
            },
            ..request
        }
    }

    /// Of a token request. `issued_for` is the redirect URI that the code was issued for.
    pub fn token(
        params: &Params,
        header: Header,
        client: Option<&Client>,
        refusal: Option<&str>,
        issued_for: Option<&str>,
    ) -> Self {
        let mut known: Vec<String> = client
            .map(Client::redirect_uris)
            .unwrap_or_default()
            .to_vec();
        known.extend(issued_for.map(str::to_owned));
        let mut sent = sent(params, TOKEN, &known);
        if header == Header::Present {
            sent.push(Sent {
                name: "Authorization".to_owned(),
                value: None,
                length: None,
            });
        }
        let mut registered = client
            .zip(refusal)
            .map(|(client, code)| registered(client, code))
            .unwrap_or_default();
        if let (Some("token/redirect-uri"), Some(uri)) = (refusal, issued_for) {
            registered.push(Registered {
                name: "redirect_uri".to_owned(),
                values: vec![uri.to_owned()],
            });
        }
        Self {
            sent,
            registered,
            assertion: params
                .get("client_assertion")
                .and_then(AssertionEvidence::read),
            ..Self::default()
        }
    }

    /// Of a request to sign out.
    pub fn logout(params: &Params, client: Option<&Client>, refusal: Option<&str>) -> Self {
        let known = client
            .map(Client::post_logout_redirect_uris)
            .unwrap_or_default();
        Self {
            sent: sent(params, LOGOUT, known),
            registered: client
                .zip(refusal)
                .map(|(client, code)| registered(client, code))
                .unwrap_or_default(),
            assertion: params
                .get("id_token_hint")
                .and_then(AssertionEvidence::read_id_token),
            ..Self::default()
        }
    }

    /// Of a try to tell an app that a session ended.
    pub fn backchannel(client: &Client) -> Self {
        let uri = client.backchannel_logout_uri.clone();
        Self {
            registered: vec![Registered {
                name: "backchannel_logout_uri".to_owned(),
                values: uri.into_iter().collect(),
            }],
            ..Self::default()
        }
    }

    /// The skew that the assertion's `iat` tells.
    pub fn with_skew(mut self, now_seconds: i64) -> Self {
        self.skew = self
            .assertion
            .as_ref()
            .and_then(|assertion| assertion.iat)
            .map(|iat| iat.saturating_sub(now_seconds));
        self
    }

    /// The sent value of a name.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.sent
            .iter()
            .find(|sent| sent.name == name)?
            .value
            .as_deref()
    }

    /// The registered values of a name.
    pub fn registered(&self, name: &str) -> &[String] {
        self.registered
            .iter()
            .find(|setting| setting.name == name)
            .map(|setting| setting.values.as_slice())
            .unwrap_or_default()
    }
}

/// Did the request carry an `Authorization` header?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Header {
    /// Yes.
    Present,
    /// No.
    Absent,
}

/// What may be kept of a parameter.
#[derive(Clone, Copy)]
enum Keep {
    /// A client id.
    Id,
    /// A URI, whose foreign parts are blanked.
    Uri,
    /// Words of a vocabulary.
    Words,
    /// How long it was.
    Length,
    /// That it was there.
    Presence,
}

const AUTHORIZE: &[(&str, Keep)] = &[
    ("client_id", Keep::Id),
    ("redirect_uri", Keep::Uri),
    ("response_type", Keep::Words),
    ("response_mode", Keep::Words),
    ("scope", Keep::Words),
    ("acr_values", Keep::Words),
    ("vtr", Keep::Words),
    ("prompt", Keep::Words),
    ("max_age", Keep::Words),
    ("verified_within", Keep::Words),
    ("locale", Keep::Words),
    ("ui_locales", Keep::Words),
    ("code_challenge_method", Keep::Words),
    ("code_challenge", Keep::Length),
    ("state", Keep::Length),
    ("nonce", Keep::Length),
    ("login_hint", Keep::Presence),
    ("id_token_hint", Keep::Presence),
    ("claims", Keep::Presence),
    ("request", Keep::Presence),
    ("request_uri", Keep::Presence),
];

const TOKEN: &[(&str, Keep)] = &[
    ("grant_type", Keep::Words),
    ("client_id", Keep::Id),
    ("redirect_uri", Keep::Uri),
    ("client_assertion_type", Keep::Words),
    ("client_assertion", Keep::Presence),
    ("client_secret", Keep::Presence),
    ("code", Keep::Presence),
    ("code_verifier", Keep::Length),
    ("refresh_token", Keep::Presence),
    ("scope", Keep::Words),
];

const LOGOUT: &[(&str, Keep)] = &[
    ("client_id", Keep::Id),
    ("post_logout_redirect_uri", Keep::Uri),
    ("id_token_hint", Keep::Presence),
    ("logout_hint", Keep::Presence),
    ("state", Keep::Length),
    ("ui_locales", Keep::Words),
];

fn sent(params: &Params, list: &[(&str, Keep)], known: &[String]) -> Vec<Sent> {
    let mut kept = Vec::new();
    for (name, keep) in list {
        for (_, value) in params.pairs().iter().filter(|(n, _)| n == name).take(2) {
            let (value, length) = match keep {
                Keep::Id => (Some(client_id(value)), None),
                Keep::Uri => (Some(uri(value, known)), None),
                Keep::Words => (Some(clean::words(value)), None),
                Keep::Length => (None, Some(value.chars().count())),
                Keep::Presence => (None, None),
            };
            kept.push(Sent {
                name: (*name).to_owned(),
                value,
                length,
            });
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::sample;

    fn params(pairs: &[(&str, &str)]) -> Params {
        Params::new(
            pairs
                .iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
                .collect(),
        )
    }

    #[test]
    fn nothing_outside_the_list_is_kept() {
        let canary = "CANARYjane.doe@example.gov";
        let client = sample::client(|_| ());
        let names = [
            "state",
            "nonce",
            "login_hint",
            "code",
            "code_verifier",
            "client_secret",
            "access_token",
            "password",
            "id_token_hint",
            "claims",
            "request",
            "email",
            "client_id",
            "redirect_uri",
            "scope",
            "acr_values",
            "prompt",
            "ui_locales",
            "post_logout_redirect_uri",
            "client_assertion",
            "refresh_token",
            "code_challenge",
        ];
        let all: Vec<_> = names.iter().map(|name| (*name, canary)).collect();
        let sent = params(&all);
        for evidence in [
            Evidence::authorize(
                &sent,
                Some(&client),
                Some("authorize/redirect-uri-unregistered"),
            ),
            Evidence::token(
                &sent,
                Header::Present,
                Some(&client),
                Some("token/redirect-uri"),
                None,
            ),
            Evidence::logout(
                &sent,
                Some(&client),
                Some("logout/redirect-uri-unregistered"),
            ),
        ] {
            let text = format!("{evidence:?}");
            assert!(!text.contains("CANARY") && !text.contains("jane"), "{text}");
        }
        let evidence = Evidence::authorize(&sent, None, None);
        assert!(
            evidence
                .sent
                .iter()
                .any(|s| s.name == "state" && s.length == Some(26))
        );
    }

    #[test]
    fn the_registered_values_of_the_rule_are_kept() {
        let client = sample::client(|_| ());
        let sent = params(&[
            ("client_id", sample::ID),
            ("redirect_uri", "https://a.gov/Callback?x=1#f"),
        ]);
        let evidence = Evidence::authorize(
            &sent,
            Some(&client),
            Some("authorize/redirect-uri-unregistered"),
        );
        assert_eq!(
            evidence.value("redirect_uri"),
            Some("https://a.gov/Callback?x=…#…")
        );
        assert_eq!(evidence.registered("redirect_uri"), client.redirect_uris());
        assert!(
            Evidence::authorize(&sent, Some(&client), None)
                .registered
                .is_empty()
        );
    }
}
