//! What the rules look at, and what they have in common.

use durward_domain::application::{Policies, PromptValue};
use durward_domain::attribute::GrantedScopes;
use durward_domain::level::{LevelAsk, LevelOfService, LevelRefusal};

use super::asked::{self, ClaimsRequest};
use super::{Carried, Door, Prompts, level, request};
use crate::client::Client;
use crate::params::Params;

/// What the rules look at.
pub(super) struct Attempt<'a> {
    pub(super) params: &'a Params,
    pub(super) carried: &'a Carried,
    pub(super) client: Option<&'a Client>,
    pub(super) door: &'a Door<'a>,
    /// The parameter `claims`, or what is wrong with it.
    pub(super) claims: Result<ClaimsRequest, &'static str>,
}

impl<'a> Attempt<'a> {
    pub(super) fn new(
        params: &'a Params,
        carried: &'a Carried,
        client: Option<&'a Client>,
        door: &'a Door<'a>,
    ) -> Self {
        Self {
            params,
            carried,
            client,
            door,
            claims: ClaimsRequest::read(params, door.programme),
        }
    }

    /// The policies of the app, or the programme's as long as no app is known.
    pub(super) fn policies(&self) -> &Policies {
        self.client
            .map_or(&self.door.programme.policies, |client| &client.policies)
    }
}

/// May the browser be sent to the redirect URI of the request, although another rule failed before it was judged?
pub(super) fn is_target_proved(a: &Attempt<'_>) -> bool {
    let uri = a.params.get("redirect_uri").unwrap_or_default();
    a.client
        .is_some_and(|c| c.active && c.accepts_redirect(uri))
}

/// Bounds of what is stored with a request or echoed.
pub(super) const LONGEST: &[(&str, usize)] = &[
    ("state", 2048),
    ("nonce", 512),
    ("claims", asked::LONGEST),
    ("scope", 2048),
    ("acr_values", 2048),
    ("login_hint", 320),
    ("prompt", 100),
    ("ui_locales", 200),
    ("locale", 20),
];

/// The state to echo with an error: given once, and not so long that the redirect would break.
pub(super) fn echoed_state(params: &Params) -> Option<&str> {
    params
        .get("state")
        .filter(|state| state.len() <= 2048 && !params.repeats("state"))
}

/// What the request asks, with what the app's settings add when it names no identity level.
pub(super) fn ask(a: &Attempt<'_>) -> Result<LevelAsk, LevelRefusal> {
    level::ask(a).map(|(ask, _)| ask)
}

pub(super) fn scope_known(a: &Attempt<'_>) -> Result<(), Option<String>> {
    // A live app keeps working while its team corrects the request; what was dropped is recorded.
    if a.door.class.is_live() {
        return Ok(());
    }
    let scope = a.params.get("scope").unwrap_or_default();
    let granted = GrantedScopes::judge(a.door.programme, scope, LevelOfService::IdentityVerified);
    match granted.dropped().first() {
        Some(unknown) => Err(Some(short(unknown))),
        None => Ok(()),
    }
}

/// A prompt that the app's policy does not have.
pub(super) fn prompt_allowed(a: &Attempt<'_>) -> Result<(), Option<String>> {
    let allowed = &a.policies().prompts;
    match Prompts::read(a.params.get("prompt")).beyond(allowed) {
        None => Ok(()),
        Some(word) => {
            let allowed: Vec<_> = allowed
                .iter()
                .map(|one| PromptValue::as_str(*one))
                .collect();
            Err(Some(format!(
                "{}; allowed: {}",
                word.as_str(),
                allowed.join(" ")
            )))
        }
    }
}

/// An app that must name a level names it in `acr_values`, or by the claim `acr`.
pub(super) fn level_named(a: &Attempt<'_>) -> Result<(), Option<String>> {
    let by_claim = a.claims.as_ref().is_ok_and(|claims| claims.acr.is_some());
    let by_value = request::words(a.params.get("acr_values")).any(|value| {
        a.door
            .programme
            .acr(value)
            .is_some_and(|row| row.identity.is_some())
    });
    no_if(a.policies().require_acr_values && !by_claim && !by_value)
}

/// The least that `verified_within` may ask: nobody is verified anew each month.
const LEAST_DAYS: u32 = 30;

/// `verified_within` in its form, and not shorter than is allowed.
pub(super) fn verified_within(a: &Attempt<'_>) -> (bool, bool) {
    match a.params.get("verified_within").map(request::days) {
        None => (true, true),
        Some(None) => (false, true),
        Some(Some(days)) => (true, days >= LEAST_DAYS),
    }
}

pub(super) const fn no_if(wrong: bool) -> Result<(), Option<String>> {
    if wrong { Err(None) } else { Ok(()) }
}

pub(super) fn given(a: &Attempt<'_>, name: &str) -> Result<(), Option<String>> {
    no_if(a.params.get(name).is_none())
}

pub(super) fn absent(a: &Attempt<'_>, name: &str) -> Result<(), Option<String>> {
    no_if(a.params.get(name).is_some())
}

pub(super) fn one_of(a: &Attempt<'_>, name: &str, allowed: &[&str]) -> Result<(), Option<String>> {
    match a.params.get(name) {
        Some(value) if !allowed.contains(&value) => Err(Some(short(value))),
        _ => Ok(()),
    }
}

pub(super) fn at_least(a: &Attempt<'_>, name: &str, min: u16) -> Result<(), Option<String>> {
    let min = usize::from(min);
    match a.params.get(name).map(|v| v.chars().count()) {
        Some(n) if n < min => Err(Some(format!("{n} of at least {min} characters"))),
        _ => Ok(()),
    }
}

pub(super) fn short(text: &str) -> String {
    text.chars().take(80).collect()
}
