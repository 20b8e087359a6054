//! The rules of an authorization request, in the order in which they are judged.

use std::fmt::Write as _;

use durward_domain::application::GrantType;
use durward_domain::level::LevelRefusal;

use super::request::{self, Prompts};
use super::rules::{
    Attempt, LONGEST, absent, ask, at_least, given, level_named, no_if, one_of, prompt_allowed,
    scope_known, short, verified_within,
};
use super::{HintRead, REQUEST_URI_PREFIX, ResponseMode, level};
use crate::dpop::is_thumbprint;
use crate::oauth::OAuthError;

/// One rule.
pub struct Check {
    /// The stable code.
    pub id: &'static str,
    /// The code of OAuth that goes with it.
    pub error: OAuthError,
    /// What a person reads.
    pub sentence: &'static str,
    /// Where the rule comes from: clauses of standards, else the reference, a policy or a bound of ours.
    pub clause: &'static str,
    /// Before or after client and redirect URI are proved.
    pub stage: Stage,
    /// Passes, or says what is wrong.
    pub(super) judge: fn(&Attempt<'_>) -> Result<(), Option<String>>,
}

/// How a refusal is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// By a page: it is not proved yet where to redirect.
    Page,
    /// By a redirect to the app.
    Redirect,
    /// By a redirect if the address is proved although it was not judged yet, else by a page.
    RedirectIfProved,
}

impl Stage {
    /// The same in words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Page => "a page",
            Self::Redirect => "the app, by a redirect",
            Self::RedirectIfProved => "the app where its redirect_uri is registered, else a page",
        }
    }
}

/// The list as a page, in the order in which the rules are judged.
pub fn markdown() -> String {
    let mut text = String::from(PREAMBLE);
    for (at, check) in CHECKS.iter().enumerate() {
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "| {} | {} | `{}` | `{}` | {} | {} |",
            at + 1,
            check.sentence,
            check.id,
            check.error.as_str(),
            check.clause,
            check.stage.as_str()
        );
    }
    text
}

/// Every rule. The first that does not pass decides.
pub const CHECKS: &[Check] = &[
    page(
        "authorize/target-repeated",
        OAuthError::InvalidRequest,
        "client_id or redirect_uri is given more than once. Give each once.",
        "RFC 6749 §3.1",
        |a| no_if(a.params.repeats("client_id") || a.params.repeats("redirect_uri")),
    ),
    page(
        "authorize/client-missing",
        OAuthError::InvalidRequest,
        "The request names no client_id. Send the issuer of the app.",
        "RFC 6749 §4.1.1",
        |a| given(a, "client_id"),
    ),
    page(
        "authorize/client-unknown",
        OAuthError::InvalidRequest,
        "No app is registered under this client_id in this environment. Check its spelling and the environment.",
        "RFC 6749 §4.1.2.1",
        |a| no_if(a.client.is_none()),
    ),
    page(
        "authorize/client-inactive",
        OAuthError::UnauthorizedClient,
        "Signing in to this service is not possible at the moment. Go back to the service and ask its help desk.",
        "RFC 6749 §4.1.2.1 (unauthorized_client)",
        |a| no_if(!a.client.is_some_and(|c| c.active)),
    ),
    either(
        "authorize/request-object-invalid",
        OAuthError::InvalidRequestObject,
        "The request object of this request does not count.",
        "RFC 9101 §6; OpenID Connect Core 1.0 §6.3",
        |a| match &a.carried.fault {
            Some(fault) => Err(Some(fault.to_string())),
            // Whoever reads the request puts its parameters in its place.
            None => absent(a, "request"),
        },
    ),
    page(
        "authorize/request-uri-unknown",
        OAuthError::InvalidRequestUri,
        "The request_uri is not known here: it was used, it is too old, or it belongs to another app. Push the request again.",
        "RFC 9126 §4 and §7.3",
        |a| {
            let uri = a.params.get("request_uri").unwrap_or_default();
            no_if(uri.starts_with(REQUEST_URI_PREFIX))
        },
    ),
    page(
        "authorize/redirect-uri-missing",
        OAuthError::InvalidRequest,
        "The request names no redirect_uri. Send one that is registered for the app.",
        "OpenID Connect Core 1.0 §3.1.2.1",
        |a| given(a, "redirect_uri"),
    ),
    page(
        "authorize/redirect-uri-unregistered",
        OAuthError::InvalidRequest,
        "This redirect_uri is not registered for the app. Register it exactly as it is sent, or send a registered one.",
        "RFC 6749 §3.1.2.3 and §3.1.2.4; RFC 9700 §4.1.3; RFC 8252 §7.3",
        |a| {
            let uri = a.params.get("redirect_uri").unwrap_or_default();
            no_if(!a.client.is_some_and(|c| c.accepts_redirect(uri)))
        },
    ),
    tell(
        "authorize/parameter-repeated",
        OAuthError::InvalidRequest,
        "A parameter is given more than once. Give each once.",
        "RFC 6749 §3.1",
        |a| match a.params.repeated() {
            Some(name) => Err(Some(short(name))),
            None => Ok(()),
        },
    ),
    tell(
        "authorize/parameter-too-long",
        OAuthError::InvalidRequest,
        "A parameter is too long.",
        "bound of this service, within RFC 6749 §4.1.2.1 (invalid_request)",
        |a| match LONGEST
            .iter()
            .find(|(name, max)| a.params.get(name).is_some_and(|v| v.len() > *max))
        {
            Some((name, max)) => Err(Some(format!("{name}: at most {max} bytes"))),
            None => Ok(()),
        },
    ),
    tell(
        "authorize/request-uri-unsupported",
        OAuthError::RequestUriNotSupported,
        "A request_uri of another place is not read. Push the request to the PAR endpoint and send the request_uri that it gives.",
        "OpenID Connect Core 1.0 §3.1.2.6 (request_uri_not_supported)",
        |a| absent(a, "request_uri"),
    ),
    tell(
        "authorize/par-required",
        OAuthError::InvalidRequest,
        "This app must push its requests. Send them to the PAR endpoint first.",
        "RFC 9126 §6; FAPI 2.0 Security Profile §5.3.2.2",
        |a| no_if(a.client.is_some_and(|c| c.require_par) && !a.carried.pushed),
    ),
    tell(
        "authorize/request-object-required",
        OAuthError::InvalidRequest,
        "This app must sign its requests. Send them as a request object.",
        "RFC 9101 §10.5",
        |a| no_if(a.client.is_some_and(|c| c.require_signed_request) && !a.carried.signed),
    ),
    tell(
        "authorize/response-type-missing",
        OAuthError::InvalidRequest,
        "The request names no response_type. Send response_type=code.",
        "RFC 6749 §3.1.1",
        |a| given(a, "response_type"),
    ),
    tell(
        "authorize/response-type-unsupported",
        OAuthError::UnsupportedResponseType,
        "This response_type is not supported. Send response_type=code.",
        "RFC 6749 §3.1.1",
        |a| one_of(a, "response_type", RESPONSE_TYPES),
    ),
    tell(
        "authorize/grant-not-registered",
        OAuthError::UnauthorizedClient,
        "The app is not registered for the grant authorization_code. Add it to the grant types of the app.",
        "RFC 6749 §4.1.2.1 (unauthorized_client); RFC 7591 §2",
        |a| {
            let code = GrantType::AuthorizationCode;
            no_if(a.client.is_some_and(|c| !c.grant_types.contains(&code)))
        },
    ),
    tell(
        "authorize/response-mode-unsupported",
        OAuthError::InvalidRequest,
        "This response_mode is not supported. Send query, fragment or form_post, or leave it out.",
        "OAuth 2.0 Multiple Response Type Encoding Practices §2.1; OAuth 2.0 Form Post Response Mode §2",
        |a| match a.params.get("response_mode") {
            Some(mode) if ResponseMode::parse(mode).is_none() => Err(Some(short(mode))),
            _ => Ok(()),
        },
    ),
    tell(
        "authorize/scope-openid-missing",
        OAuthError::InvalidScope,
        "The scope does not contain openid. Add it.",
        "OpenID Connect Core 1.0 §3.1.2.1",
        |a| no_if(!request::words(a.params.get("scope")).any(|s| s == "openid")),
    ),
    tell(
        "authorize/scope-unknown",
        OAuthError::InvalidScope,
        "The scope names something that is not in scopes_supported of the discovery document.",
        "RFC 6749 §3.3; in live environments OpenID Connect Core 1.0 §3.1.2.1, which leaves it out",
        scope_known,
    ),
    tell(
        "authorize/claims-malformed",
        OAuthError::InvalidRequest,
        "claims is not a claims request of OpenID Connect. Send a JSON object with userinfo and id_token, or leave it out.",
        "OpenID Connect Core 1.0 §5.5",
        |a| match &a.claims {
            Ok(_) => Ok(()),
            Err(what) => Err(Some((*what).to_owned())),
        },
    ),
    tell(
        "authorize/acr-missing",
        OAuthError::InvalidRequest,
        "The request names no identity level. Send one in acr_values.",
        "policy require_acr_values",
        level_named,
    ),
    tell(
        "authorize/acr-essential-unmet",
        OAuthError::UnmetAuthenticationRequirements,
        "No value of the essential claim acr can be answered to this app. Ask for an identity level of acr_values_supported that the app is registered for.",
        "OpenID Connect Core 1.0 §5.5.1.1; OpenID Connect Core Unmet Authentication Requirements 1.0 §1",
        |a| {
            let wish = a
                .claims
                .as_ref()
                .ok()
                .and_then(|claims| claims.acr.as_ref());
            no_if(wish.is_some_and(|wish| wish.essential) && level::essential(a).is_none())
        },
    ),
    tell(
        "authorize/vtr-unsupported",
        OAuthError::InvalidRequest,
        "vtr is no longer read. Say the level in acr_values.",
        "Login.gov, OpenID Connect: Authorization (vtr is withdrawn)",
        |a| no_if(a.params.get("vtr").is_some() && a.params.get("acr_values").is_none()),
    ),
    tell(
        "authorize/acr-unknown",
        OAuthError::InvalidRequest,
        "acr_values names a level that is not in acr_values_supported of the discovery document.",
        "the acr values of the programme; Login.gov, OpenID Connect: Authorization (acr_values)",
        |a| match ask(a) {
            Err(LevelRefusal::UnknownValue(value)) => Err(Some(value)),
            _ => Ok(()),
        },
    ),
    tell(
        "authorize/acr-above-registration",
        OAuthError::UnauthorizedClient,
        "The app is registered for authentication only and may not ask for verified identities. Ask for a lower level, or change the app's level of service.",
        "level of service of the app; RFC 6749 §4.1.2.1 (unauthorized_client)",
        |a| match (ask(a), a.client) {
            (Ok(ask), Some(client)) => no_if(ask.judge(client.level).is_err()),
            _ => Ok(()),
        },
    ),
    tell(
        "authorize/acr-unavailable",
        OAuthError::UnmetAuthenticationRequirements,
        "This environment cannot give a sign-in this strong. Ask for a lower level, or change the default AAL of the app.",
        "OpenID Connect Core Unmet Authentication Requirements 1.0 §1",
        |a| match (ask(a), a.client) {
            (Ok(ask), Some(client)) => no_if(ask.aal(client.default_aal) > a.door.strongest),
            _ => Ok(()),
        },
    ),
    tell(
        "authorize/state-missing",
        OAuthError::InvalidRequest,
        "The request has no state. Send a fresh random value and check that it comes back.",
        "RFC 6749 §10.12; policy min_state_length",
        |a| no_if(a.policies().min_state_length > 0 && a.params.get("state").is_none()),
    ),
    tell(
        "authorize/state-short",
        OAuthError::InvalidRequest,
        "The state is too short to be unguessable. Send more characters of chance.",
        "RFC 6749 §10.10 and §10.12; policy min_state_length",
        |a| at_least(a, "state", a.policies().min_state_length),
    ),
    tell(
        "authorize/nonce-missing",
        OAuthError::InvalidRequest,
        "The request has no nonce. Send a fresh random value and check it in the ID token.",
        "OpenID Connect Core 1.0 §3.1.2.1; policy require_nonce",
        |a| no_if(a.policies().require_nonce && a.params.get("nonce").is_none()),
    ),
    tell(
        "authorize/nonce-short",
        OAuthError::InvalidRequest,
        "The nonce is too short to be unguessable. Send more characters of chance.",
        "OpenID Connect Core 1.0 §15.5.2; policy min_nonce_length",
        |a| at_least(a, "nonce", a.policies().min_nonce_length),
    ),
    tell(
        "authorize/prompt-unsupported",
        OAuthError::InvalidRequest,
        "prompt has a value that is not in prompt_values_supported of the discovery document.",
        "OpenID Connect Core 1.0 §3.1.2.1; Initiating User Registration via OpenID Connect 1.0 §4",
        |a| match Prompts::unknown(a.params.get("prompt")) {
            Some(word) => Err(Some(short(word))),
            None => Ok(()),
        },
    ),
    tell(
        "authorize/prompt-not-allowed",
        OAuthError::InvalidRequest,
        "The policy of this app does not allow this prompt. Send an allowed one, or change the policy of the app.",
        "policy prompts",
        prompt_allowed,
    ),
    tell(
        "authorize/prompt-contradictory",
        OAuthError::InvalidRequest,
        "prompt=none cannot be combined with another prompt. Send it alone.",
        "OpenID Connect Core 1.0 §3.1.2.1 (prompt none)",
        |a| no_if(Prompts::read(a.params.get("prompt")).is_contradictory()),
    ),
    tell(
        "authorize/max-age-malformed",
        OAuthError::InvalidRequest,
        "max_age is not a number of seconds.",
        "OpenID Connect Core 1.0 §3.1.2.1 (max_age)",
        |a| match a.params.get("max_age") {
            Some(text) => no_if(request::max_age(text).is_none()),
            None => Ok(()),
        },
    ),
    tell(
        "authorize/verified-within-malformed",
        OAuthError::InvalidRequest,
        "verified_within is not a number with d, w, m or y, such as 6m.",
        "Login.gov, OpenID Connect: Authorization (verified_within)",
        |a| no_if(!verified_within(a).0),
    ),
    tell(
        "authorize/verified-within-short",
        OAuthError::InvalidRequest,
        "verified_within must be at least 30 days.",
        "Login.gov, OpenID Connect: Authorization (verified_within)",
        |a| no_if(!verified_within(a).1),
    ),
    tell(
        "authorize/hint-invalid",
        OAuthError::InvalidRequest,
        "id_token_hint is no ID token that this service gave to the app. Send the last one that it gave, or leave it out.",
        "OpenID Connect Core 1.0 §3.1.2.2 (id_token_hint)",
        |a| no_if(a.carried.hint == HintRead::Bad),
    ),
    tell(
        "authorize/code-challenge-missing",
        OAuthError::InvalidRequest,
        "This app must use PKCE. Send code_challenge and code_challenge_method=S256.",
        "RFC 7636 §4.4.1; RFC 9700 §2.1.1; policy require_pkce",
        |a| no_if(a.policies().require_pkce && a.params.get("code_challenge").is_none()),
    ),
    tell(
        "authorize/code-challenge-method-unsupported",
        OAuthError::InvalidRequest,
        "The only code_challenge_method is S256. Send it with the code_challenge.",
        "RFC 7636 §4.3 and §4.4.1; RFC 9700 §2.1.1",
        |a| {
            let method = a.params.get("code_challenge_method");
            let challenge = a.params.get("code_challenge");
            // Left out means plain. RFC 7636 §4.3
            no_if(
                (challenge.is_some() || method.is_some())
                    && !method.is_some_and(|m| CHALLENGE_METHODS.contains(&m)),
            )
        },
    ),
    tell(
        "authorize/code-challenge-malformed",
        OAuthError::InvalidRequest,
        "code_challenge is not a SHA-256 in base64url: 43 characters.",
        "RFC 7636 §4.2",
        |a| match a.params.get("code_challenge") {
            Some(text) => no_if(request::challenge(text).is_none()),
            None => no_if(a.params.get("code_challenge_method").is_some()),
        },
    ),
    tell(
        "authorize/dpop-jkt-malformed",
        OAuthError::InvalidRequest,
        "dpop_jkt is not the thumbprint of a key: SHA-256 in base64url, 43 characters.",
        "RFC 9449 §10",
        |a| {
            no_if(
                a.params
                    .get("dpop_jkt")
                    .is_some_and(|jkt| !is_thumbprint(jkt)),
            )
        },
    ),
];

/// What `response_type` may be; discovery says the same.
pub const RESPONSE_TYPES: &[&str] = &["code"];
/// What `code_challenge_method` may be; discovery says the same.
pub const CHALLENGE_METHODS: &[&str] = &["S256"];

const PREAMBLE: &str = "# The authorization request, rule by rule\n\nGenerated from `crates/oidc/src/authorize/checks.rs`. The rules are judged in this order, and the first that does not pass is the answer. A request object is opened, and a pushed request is fetched, before the first of them. A policy has the programme's value, or the app's own where the app has one.\n\n| order | rule, as the refusal says it | code | OAuth error | where it comes from | who is told |\n| --- | --- | --- | --- | --- | --- |\n";

const fn page(
    id: &'static str,
    error: OAuthError,
    sentence: &'static str,
    clause: &'static str,
    judge: fn(&Attempt<'_>) -> Result<(), Option<String>>,
) -> Check {
    check(Stage::Page, id, error, sentence, clause, judge)
}

const fn tell(
    id: &'static str,
    error: OAuthError,
    sentence: &'static str,
    clause: &'static str,
    judge: fn(&Attempt<'_>) -> Result<(), Option<String>>,
) -> Check {
    check(Stage::Redirect, id, error, sentence, clause, judge)
}

const fn either(
    id: &'static str,
    error: OAuthError,
    sentence: &'static str,
    clause: &'static str,
    judge: fn(&Attempt<'_>) -> Result<(), Option<String>>,
) -> Check {
    check(Stage::RedirectIfProved, id, error, sentence, clause, judge)
}

const fn check(
    stage: Stage,
    id: &'static str,
    error: OAuthError,
    sentence: &'static str,
    clause: &'static str,
    judge: fn(&Attempt<'_>) -> Result<(), Option<String>>,
) -> Check {
    Check {
        id,
        error,
        sentence,
        clause,
        stage,
        judge,
    }
}
