//! Rules for what an app has instead of its programme's policies, and for what it may ask the token endpoint for.

use super::{
    Rule,
    Severity::{Error, Warning},
    Subject,
};
use crate::application::{
    BOUNDS, GrantType, OidcSettings, Protocol, TokenEndpointAuthMethod as Method,
};

pub(super) static RANGE: Rule = Rule {
    id: "oidc/policy-range",
    test: Some(Error),
    live: Some(Error),
    sentence: "A policy of an app is within the bounds of its kind.",
    why: "A code that lives for hours, or a token that lives for a second, serves nobody.",
    fix: "Choose a value within the bounds that the finding names, or leave the policy out.",
    bad: "\"policies\": { \"code_seconds\": 86400 }",
    good: "\"policies\": { \"code_seconds\": 120 }",
    from: &[],
    waivable: false,
    check: |subject, hits| {
        let Some(oidc) = settings(subject) else {
            return;
        };
        for (name, value) in oidc.policies.told() {
            let bounds = BOUNDS.iter().find(|bounds| bounds.policy == name);
            let number: Option<u32> = value.parse().ok();
            if let (Some(bounds), Some(number)) = (bounds, number)
                && !(bounds.least..=bounds.most).contains(&number)
            {
                let (least, most) = (bounds.least, bounds.most);
                hits.at(
                    format!("/oidc/policies/{name}"),
                    format!("{number} is not within the bounds of {name}: {least} to {most}. Choose another value, or leave it out."),
                );
            }
        }
    },
};

pub(super) static WEAKER: Rule = Rule {
    id: "oidc/policy-weaker",
    test: None,
    live: Some(Warning),
    sentence: "An app where real people sign in is as strict as its programme.",
    why: "The programme's policies protect the people who sign in. Who needs a weaker one should know why, and so should the reviewer.",
    fix: "Leave the policy out, or tell the reviewer why the app needs it.",
    bad: "\"policies\": { \"min_state_length\": 8 }",
    good: "\"policies\": {}",
    from: &[],
    waivable: true,
    check: |subject, hits| {
        let Some(oidc) = settings(subject) else {
            return;
        };
        for (name, usual) in oidc.policies.weaker(&subject.context.programme.policies) {
            hits.at(
                format!("/oidc/policies/{name}"),
                format!("{name} is weaker than the programme's, which is {usual}. Leave it out, or tell the reviewer why the app needs it."),
            );
        }
    },
};

pub(super) static GRANTS: Rule = Rule {
    id: "oidc/grant-types",
    test: Some(Error),
    live: Some(Error),
    sentence: "What an app may ask the token endpoint for goes together.",
    why: "Refresh tokens come with a code, and an app that proves nothing cannot get a token for itself (RFC 6749 §6 and §4.4).",
    fix: "Add authorization_code, or leave the other one out.",
    bad: "\"grant_types\": [\"refresh_token\"]",
    good: "\"grant_types\": [\"authorization_code\", \"refresh_token\"]",
    from: &[],
    waivable: false,
    check: |subject, hits| {
        let Some(oidc) = settings(subject) else {
            return;
        };
        let has = |one: GrantType| oidc.grant_types.contains(&one);
        let path = "/oidc/grant_types";
        if oidc.grant_types.is_empty() {
            hits.at(path, "The app may ask for nothing. Add authorization_code.");
        }
        if has(GrantType::RefreshToken) && !has(GrantType::AuthorizationCode) {
            hits.at(path, "Refresh tokens come with a code. Add authorization_code, or leave refresh_token out.");
        }
        if has(GrantType::ClientCredentials) && oidc.token_endpoint_auth_method == Method::None {
            hits.at(path, "A public app proves nothing, so it gets no token for itself. Leave client_credentials out, or choose how the app proves itself.");
        }
    },
};

fn settings<'a>(subject: &Subject<'a>) -> Option<&'a OidcSettings> {
    let oidc = subject.document.oidc.as_ref();
    oidc.filter(|_| subject.speaks(Protocol::Oidc))
}
