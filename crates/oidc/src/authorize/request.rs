//! A valid authorization request, as it is kept while its person signs in.

use std::collections::BTreeSet;

pub use durward_domain::application::PromptValue as Prompt;
use durward_domain::attribute::{Attribute, GrantedScopes};
use durward_domain::level::{LevelAsk, LevelRefusal};
use durward_domain::programme::Programme;
use serde::{Deserialize, Serialize};

use super::rules::Attempt;
use super::{AskedClaims, HintRead, ResponseMode, level};
use crate::client::Client;

/// A request that passed every check. `Debug` leaves out `login_hint` and `state`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizeRequest {
    /// Who asks.
    pub client_id: String,
    /// Where the answer goes.
    pub redirect_uri: String,
    /// The granted scopes, in the order of the request.
    pub scopes: Vec<String>,
    /// What was asked and not granted: unknown, above the level, or not registered for the app.
    pub dropped_scopes: Vec<String>,
    /// What was asked for by name, in the parameter `claims`.
    #[serde(default, skip_serializing_if = "AskedClaims::is_empty")]
    pub asked: AskedClaims,
    /// What the granted scopes and the asked claims would release of what the app is registered for.
    pub attributes: BTreeSet<Attribute>,
    /// The level, as `acr_values`, with what the app's settings added.
    pub acr_values: String,
    /// How the answer travels.
    #[serde(default)]
    pub response_mode: ResponseMode,
    /// Comes back with the answer.
    pub state: String,
    /// Comes back in the ID token.
    pub nonce: String,
    /// What the person must be asked.
    pub prompts: Prompts,
    /// How old the sign-in may be, in seconds.
    pub max_age: Option<u32>,
    /// How long ago the identity may have been verified, in days.
    #[serde(default)]
    pub verified_within: Option<u32>,
    /// Who alone may sign in, as the app's agency calls them: by the claim `sub`.
    #[serde(default)]
    pub subjects: Option<BTreeSet<String>>,
    /// Who is meant, as the app's agency calls them: by `id_token_hint`.
    #[serde(default)]
    pub hinted: Option<String>,
    /// SHA-256 of the verifier, base64url.
    pub code_challenge: Option<String>,
    /// The name of the pushed request that this is: it is used up when a code is made.
    #[serde(default)]
    pub pushed: Option<String>,
    /// The thumbprint of the key that the code is bound to. RFC 9449 §10
    #[serde(default)]
    pub dpop_jkt: Option<String>,
    /// The address that the app expects; fills the form and nothing else.
    pub login_hint: Option<String>,
    /// Languages that the app wishes, the best first.
    pub locales: Vec<String>,
}

impl AuthorizeRequest {
    /// Reads parameters that passed the checks.
    pub(super) fn read(attempt: &Attempt<'_>) -> Option<Self> {
        let Attempt { params, door, .. } = attempt;
        let client = attempt.client?;
        let (ask, acr_values) = level::ask(attempt).ok()?;
        let claims = attempt.claims.as_ref().ok()?;
        let scope = params.get("scope")?;
        let granted = GrantedScopes::judge(door.programme, scope, ask.level());
        let (scopes, not_registered) = registered(door.programme, &granted, client);
        let mut dropped_scopes = granted.dropped().to_vec();
        dropped_scopes.extend(not_registered);
        let mut attributes = granted.attributes().clone();
        let asked = claims.asked.attributes().into_iter();
        attributes.extend(asked.filter(|attribute| attribute.allowed_at(ask.level())));
        attributes.retain(|attribute| client.attributes.contains(attribute));
        let locales = words(params.get("locale"))
            .chain(words(params.get("ui_locales")))
            .map(str::to_owned)
            .collect();
        Some(Self {
            client_id: client.client_id.clone(),
            redirect_uri: params.get("redirect_uri")?.to_owned(),
            scopes,
            dropped_scopes,
            asked: claims.asked.clone(),
            attributes,
            acr_values,
            response_mode: ResponseMode::read(params.get("response_mode")),
            state: params.get("state").unwrap_or_default().to_owned(),
            nonce: params.get("nonce").unwrap_or_default().to_owned(),
            prompts: Prompts::read(params.get("prompt")),
            max_age: params.get("max_age").and_then(max_age),
            verified_within: params.get("verified_within").and_then(days),
            subjects: claims.subjects.clone(),
            hinted: match &attempt.carried.hint {
                HintRead::Subject(subject) => Some(subject.clone()),
                HintRead::Unread | HintRead::Bad => None,
            },
            code_challenge: params.get("code_challenge").and_then(challenge),
            pushed: attempt.carried.kept.clone(),
            dpop_jkt: params.get("dpop_jkt").map(str::to_owned),
            login_hint: params.get("login_hint").map(str::to_owned),
            locales,
        })
    }

    /// The level that is asked.
    pub fn ask(&self, programme: &Programme) -> Result<LevelAsk, LevelRefusal> {
        LevelAsk::parse(programme, &self.acr_values)
    }

    /// Would the app stay connected when the person is away?
    pub fn is_offline(&self) -> bool {
        self.scopes.iter().any(|name| name == OFFLINE_ACCESS)
    }

    /// The granted scopes as one text.
    pub fn scope(&self) -> String {
        self.scopes.join(" ")
    }
}

impl std::fmt::Debug for AuthorizeRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuthorizeRequest")
            .field("client_id", &self.client_id)
            .field("redirect_uri", &self.redirect_uri)
            .field("scopes", &self.scopes)
            .field("acr_values", &self.acr_values)
            .finish_non_exhaustive()
    }
}

/// The values of `prompt` in one request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Prompts(BTreeSet<Prompt>);

impl Prompts {
    pub(super) fn read(text: Option<&str>) -> Self {
        let known = |word| Prompt::ALL.into_iter().find(|p| p.as_str() == word);
        Self(words(text).filter_map(known).collect())
    }

    /// Those that are not among the allowed ones.
    pub(super) fn beyond(&self, allowed: &[Prompt]) -> Option<Prompt> {
        self.0.iter().copied().find(|one| !allowed.contains(one))
    }

    pub(super) fn unknown(text: Option<&str>) -> Option<&str> {
        words(text).find(|word| !Prompt::ALL.iter().any(|p| p.as_str() == *word))
    }

    /// Is this value among them?
    pub fn has(&self, prompt: Prompt) -> bool {
        self.0.contains(&prompt)
    }

    pub(super) fn is_contradictory(&self) -> bool {
        self.has(Prompt::None) && self.0.len() > 1
    }
}

/// The scope with which tokens outlive the session. It is ignored where the app has no refresh tokens.
/// OpenID Connect Core §11
const OFFLINE_ACCESS: &str = "offline_access";

/// The scopes that release something the app is registered for (or nothing at all, as `openid`), and the others.
fn registered(
    programme: &Programme,
    granted: &GrantedScopes,
    client: &Client,
) -> (Vec<String>, Vec<String>) {
    granted.names().iter().cloned().partition(|name| {
        if name == OFFLINE_ACCESS {
            return client.may_refresh();
        }
        programme.scope(name).is_some_and(|scope| {
            scope.attributes.is_empty()
                || scope
                    .attributes
                    .iter()
                    .any(|a| client.attributes.contains(a))
        })
    })
}

pub(super) fn words(text: Option<&str>) -> impl Iterator<Item = &str> {
    text.unwrap_or_default().split_ascii_whitespace()
}

/// Seconds; more than a number holds counts as very long.
pub(super) fn max_age(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.len() <= 20 && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u32::MAX))
}

/// The days of `verified_within`: a number with `d`, `w`, `m` or `y`, of 1, 7, 30 and 365 days.
pub(super) fn days(text: &str) -> Option<u32> {
    let (number, each) = [('d', 1), ('w', 7), ('m', 30), ('y', 365)]
        .into_iter()
        .find_map(|(unit, each)| Some((text.strip_suffix(unit)?, each)))?;
    let is_number = (1..=9).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    let number: u32 = number.parse().ok().filter(|_| is_number)?;
    Some(number.saturating_mul(each))
}

/// The challenge without padding, which some libraries add.
pub(super) fn challenge(text: &str) -> Option<String> {
    let bare = text.strip_suffix('=').unwrap_or(text);
    let well_formed = bare.len() == 43
        && bare
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    well_formed.then(|| bare.to_owned())
}
