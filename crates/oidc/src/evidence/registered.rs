//! What is registered of an app, for each rule that can refuse a request of it.

use super::Registered;
use crate::client::Client;

/// The registered settings and policies that a refusal is about, each under the parameter that it is compared with.
pub(super) fn registered(client: &Client, code: &str) -> Vec<Registered> {
    let policies = &client.policies;
    let values: (&str, Vec<String>) = match code {
        "authorize/redirect-uri-unregistered" | "authorize/redirect-uri-missing" => {
            ("redirect_uri", client.redirect_uris().to_vec())
        }
        "logout/redirect-uri-unregistered" => (
            "post_logout_redirect_uri",
            client.post_logout_redirect_uris().to_vec(),
        ),
        "authorize/acr-above-registration"
        | "authorize/acr-missing"
        | "authorize/acr-essential-unmet" => ("acr_values", one(client.level.as_str())),
        "authorize/acr-unavailable" => ("acr_values", one(client.default_aal.as_str())),
        "authorize/scope-unknown" | "authorize/scope-openid-missing" => {
            ("attributes", names(&client.attributes, |one| one.as_str()))
        }
        "authorize/state-missing" | "authorize/state-short" => {
            ("state", least(policies.min_state_length))
        }
        "authorize/nonce-missing" | "authorize/nonce-short" => {
            ("nonce", least(policies.min_nonce_length))
        }
        "authorize/prompt-not-allowed" => ("prompt", names(&policies.prompts, |one| one.as_str())),
        "authorize/code-challenge-missing" | "authorize/code-challenge-method-unsupported" => {
            ("code_challenge_method", one("S256"))
        }
        "authorize/par-required" => ("require_par", one(client.require_par)),
        "authorize/request-object-required" => (
            "require_signed_request_object",
            one(client.require_signed_request),
        ),
        "token/assertion-signature" | "authorize/request-object-invalid" => (
            "keys",
            client.keys.iter().map(|key| key.thumbprint()).collect(),
        ),
        "token/other-auth-method"
        | "token/several-auth-methods"
        | "token/public-client"
        | "token/basic-unreadable"
        | "token/auth-method-not-allowed"
        | "token/authorization-header-unsupported" => (
            "token_endpoint_auth_method",
            one(client.auth_method.as_str()),
        ),
        "token/grant-type-not-registered" => {
            ("grant_type", names(&client.grant_types, |one| one.as_str()))
        }
        "token/assertion-too-long" => ("exp", most(policies.assertion_seconds)),
        "token/code-expired" => ("code", most(policies.code_seconds)),
        "userinfo/token-invalid" => ("access_token", most(policies.access_token_seconds)),
        _ => return Vec::new(),
    };
    let (name, values) = values;
    vec![Registered {
        name: name.to_owned(),
        values: values.into_iter().take(MOST_VALUES).collect(),
    }]
}

fn one(value: impl ToString) -> Vec<String> {
    vec![value.to_string()]
}

fn names<'a, T: Copy + 'a>(
    list: impl IntoIterator<Item = &'a T>,
    name: fn(T) -> &'static str,
) -> Vec<String> {
    list.into_iter().map(|one| name(*one).to_owned()).collect()
}

/// Characters.
fn least(count: u16) -> Vec<String> {
    vec![format!("≥ {count}")]
}

/// Seconds.
fn most(seconds: u32) -> Vec<String> {
    vec![format!("≤ {seconds} s")]
}

const MOST_VALUES: usize = 50;

#[cfg(test)]
mod tests {
    use durward_domain::application::PromptValue;

    use super::*;
    use crate::client::sample;

    #[test]
    fn policies_of_the_app_are_told() {
        let client = sample::client(|document| {
            if let Some(oidc) = document.oidc.as_mut() {
                oidc.policies.min_state_length = Some(8);
                oidc.policies.prompts = Some(vec![PromptValue::None, PromptValue::Login]);
            }
        });
        let check = |code: &str, name: &str, values: &str| {
            let told = registered(&client, code);
            let told: Vec<_> = told
                .iter()
                .map(|one| (one.name.as_str(), one.values.join(" ")))
                .collect();
            assert_eq!(told, [(name, values.to_owned())], "{code}");
        };
        check("authorize/state-short", "state", "≥ 8");
        check("authorize/nonce-short", "nonce", "≥ 22");
        check("authorize/prompt-not-allowed", "prompt", "none login");
        check(
            "token/grant-type-not-registered",
            "grant_type",
            "authorization_code",
        );
        check("token/assertion-too-long", "exp", "≤ 3600 s");
        assert!(registered(&client, "authorize/cancelled").is_empty());
    }
}
