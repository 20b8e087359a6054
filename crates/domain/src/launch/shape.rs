//! The shape of a configuration: what trying one in the sandbox tells of another.

use crate::application::{AppDocument, Encryption, OidcSettings, SamlSettings};

/// How two configurations are compared, as the end of a sentence.
pub(super) const COMPARED: &str = "with a configuration of this shape: compared are protocol, level of service, sign-in strength, attributes, how the app proves itself, what it must sign, and what it gets signed and encrypted.";

/// In what two configurations differ that trying the first says nothing of in the second. Addresses, names, keys and
/// words are each environment's own. More attributes than wanted were tried with the wanted ones.
pub fn differences(tried: &AppDocument, wanted: &AppDocument) -> Vec<&'static str> {
    let mut list = Vec::new();
    let mut compare = |name: &'static str, same: bool| {
        if !same {
            list.push(name);
        }
    };
    compare("protocol", tried.protocol == wanted.protocol);
    compare(
        "level of service",
        tried.level_of_service == wanted.level_of_service,
    );
    compare("sign-in strength", tried.default_aal == wanted.default_aal);
    compare(
        "attributes",
        wanted
            .attributes
            .iter()
            .all(|one| tried.attributes.contains(one)),
    );
    if let (Some(tried), Some(wanted)) = (&tried.oidc, &wanted.oidc) {
        for (name, read) in OIDC {
            compare(name, read(tried) == read(wanted));
        }
    }
    if let (Some(tried), Some(wanted)) = (&tried.saml, &wanted.saml) {
        for (name, read) in SAML {
            compare(name, read(tried) == read(wanted));
        }
    }
    list
}

type Reads<T> = &'static [(&'static str, fn(&T) -> String)];

const OIDC: Reads<OidcSettings> = &[
    ("how the app proves itself", |oidc| {
        format!("{:?}", oidc.token_endpoint_auth_method)
    }),
    ("FAPI 2.0", |oidc| oidc.fapi2.to_string()),
    ("grant types", |oidc| format!("{:?}", oidc.grant_types)),
    ("policies", |oidc| format!("{:?}", oidc.policies)),
    ("encryption of ID tokens", |oidc| {
        format!("{:?}", oidc.id_token_encrypted_response_alg)
    }),
    ("signature and encryption of userinfo", |oidc| {
        format!(
            "{:?} {:?}",
            oidc.userinfo_signed_response_alg, oidc.userinfo_encrypted_response_alg
        )
    }),
    ("pushed requests", |oidc| oidc.require_par.to_string()),
    ("signed requests", |oidc| {
        oidc.require_signed_request_object.to_string()
    }),
    ("DPoP", |oidc| oidc.dpop_bound_access_tokens.to_string()),
    ("signature of ID tokens", |oidc| {
        format!("{:?}", oidc.id_token_signed_response_alg)
    }),
];

const SAML: Reads<SamlSettings> = &[
    ("encryption", |saml| {
        (saml.encryption != Encryption::None).to_string()
    }),
    ("name ID format", |saml| {
        format!("{:?}", saml.name_id_format)
    }),
    ("signed responses", |saml| saml.sign_response.to_string()),
    ("signed requests", |saml| {
        saml.require_signed_requests.to_string()
    }),
];

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::{application::TokenEndpointAuthMethod, attribute::Attribute};

    fn check(change: impl FnOnce(&mut AppDocument), differs: &[&str]) {
        let mut wanted = AppDocument::example();
        change(&mut wanted);
        assert_eq!(differences(&AppDocument::example(), &wanted), differs);
    }

    #[test]
    fn what_makes_another_shape() {
        check(|_| {}, &[]);
        check(|d| d.friendly_name = "Other".into(), &[]);
        check(|d| d.attributes.clear(), &[]);
        check(|d| d.attributes.push(Attribute::Locale), &["attributes"]);
        check(
            |d| d.level_of_service = crate::level::LevelOfService::IdentityVerified,
            &["level of service"],
        );
        check(
            |d| {
                let oidc = d.oidc.as_mut().unwrap();
                oidc.token_endpoint_auth_method = TokenEndpointAuthMethod::None;
                oidc.redirect_uris.clear();
                oidc.fapi2 = true;
            },
            &["how the app proves itself", "FAPI 2.0"],
        );
    }
}
