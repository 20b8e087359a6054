//! Rules for OpenID Connect apps.

use super::{
    Rule,
    Severity::{Error, Warning},
};
use crate::application::{
    Protocol, SigningAlgorithm, TokenEndpointAuthMethod as Method, redirects,
};
use crate::environment::EnvironmentClass;

pub(super) static REDIRECT_PRESENT: Rule = Rule {
    id: "oidc/redirect-present",
    test: Some(Error),
    live: Some(Error),
    sentence: "An OpenID Connect app has a redirect URI.",
    why: "Without a redirect URI nobody can come back from the sign-in.",
    fix: "Add at least one.",
    bad: "\"redirect_uris\": []",
    good: "\"redirect_uris\": [\"https://app.agency.gov/callback\"]",
    from: &[],
    waivable: false,
    check: |subject, hits| {
        if subject.speaks(Protocol::Oidc) && subject.document.redirect_uris().is_empty() {
            hits.at(
                "/oidc/redirect_uris",
                "No redirect URI is registered. Add at least one.",
            );
        }
    },
};

pub(super) static KEY_PRESENT: Rule = Rule {
    id: "key/present",
    test: Some(Error),
    live: Some(Error),
    sentence: "An app that proves itself with a key has registered one.",
    why: "An app that proves itself with a key cannot sign in anyone before its public key is known.",
    fix: "Add a public key or certificate, or the address where you publish your keys.",
    bad: "\"keys\": []",
    good: "\"keys\": [{ \"pem\": \"-----BEGIN CERTIFICATE-----…\" }]",
    from: &["K9", "V16", "L10"],
    waivable: false,
    check: |subject, hits| {
        let Some(oidc) = subject
            .document
            .oidc
            .as_ref()
            .filter(|_| subject.speaks(Protocol::Oidc))
        else {
            return;
        };
        let bare = subject.keys.iter().all(|key| key.encryption) && oidc.jwks_uri.is_none();
        if bare
            && matches!(
                oidc.token_endpoint_auth_method,
                Method::PrivateKeyJwt | Method::TlsClientAuth
            )
        {
            let method = oidc.token_endpoint_auth_method.as_str();
            hits.at(
                "/keys",
                format!(
                    "The method {method} needs a public key or certificate, or a jwks_uri. Add one."
                ),
            );
        } else if bare && oidc.require_signed_request_object {
            hits.at(
                "/keys",
                "Signed requests need a public key or certificate, or a jwks_uri. Add one.",
            );
        }
    },
};

pub(super) static ENCRYPTION_KEY: Rule = Rule {
    id: "key/encryption",
    test: Some(Error),
    live: Some(Error),
    sentence: "An app that asks for encrypted answers has a key to encrypt them for.",
    why: "Nothing can be encrypted for an app whose key is not known, and what it asked to be encrypted is not sent in the clear.",
    fix: "Add a JSON Web Key with \"use\": \"enc\" that fits: RSA for RSA-OAEP-256, EC for ECDH-ES. Or publish one at your jwks_uri.",
    bad: "\"id_token_encrypted_response_alg\": \"ECDH-ES\", \"keys\": []",
    good: "\"keys\": [{ \"jwk\": { \"kty\": \"EC\", \"use\": \"enc\", … } }]",
    from: &[],
    waivable: false,
    check: |subject, hits| {
        let Some(oidc) = subject
            .document
            .oidc
            .as_ref()
            .filter(|oidc| oidc.jwks_uri.is_none() && subject.speaks(Protocol::Oidc))
        else {
            return;
        };
        for (name, alg) in [
            (
                "id_token_encrypted_response_alg",
                oidc.id_token_encrypted_response_alg,
            ),
            (
                "userinfo_encrypted_response_alg",
                oidc.userinfo_encrypted_response_alg,
            ),
        ] {
            let Some(alg) = alg else { continue };
            let mut keys = subject.document.keys.iter();
            let fits = keys.any(|key| key.read_encryption().is_ok_and(|key| key.fits(alg.into())));
            if !fits {
                let alg = alg.as_str();
                hits.at(
                    format!("/oidc/{name}"),
                    format!("No key of the app receives {alg}. Add a JSON Web Key with \"use\": \"enc\", or publish one at a jwks_uri."),
                );
            }
        }
    },
};

pub(super) static ENC_WITHOUT_ALG: Rule = Rule {
    id: "oidc/encryption-alone",
    test: Some(Error),
    live: Some(Error),
    sentence: "Who names a content encryption names how its key is told.",
    why: "Without it nothing is encrypted, though the settings look as if it were (OpenID Connect Registration 1.0 §2).",
    fix: "Set the …_encrypted_response_alg too, or leave …_encrypted_response_enc out.",
    bad: "\"userinfo_encrypted_response_enc\": \"A256GCM\"",
    good: "\"userinfo_encrypted_response_alg\": \"ECDH-ES\", \"userinfo_encrypted_response_enc\": \"A256GCM\"",
    from: &[],
    waivable: false,
    check: |subject, hits| {
        let Some(oidc) = subject.document.oidc.as_ref() else {
            return;
        };
        let pairs = [
            (
                "id_token",
                oidc.id_token_encrypted_response_alg,
                oidc.id_token_encrypted_response_enc,
            ),
            (
                "userinfo",
                oidc.userinfo_encrypted_response_alg,
                oidc.userinfo_encrypted_response_enc,
            ),
        ];
        for (name, alg, enc) in pairs {
            if alg.is_none() && enc.is_some() {
                hits.at(
                    format!("/oidc/{name}_encrypted_response_enc"),
                    format!("Nothing is encrypted without {name}_encrypted_response_alg. Set it too, or leave this out."),
                );
            }
        }
    },
};

pub(super) static OTHER_SETTINGS: Rule = Rule {
    id: "protocol/other-settings",
    test: Some(Warning),
    live: Some(Warning),
    sentence: "A document has settings of its own protocol only.",
    why: "Settings of the other protocol have no effect, and mislead who reads them.",
    fix: "Set them to null.",
    bad: "\"protocol\": \"oidc\", \"saml\": { … }",
    good: "\"protocol\": \"oidc\", \"saml\": null",
    from: &[],
    waivable: true,
    check: |subject, hits| {
        if subject.speaks(Protocol::Oidc) && subject.document.saml.is_some() {
            hits.at("/saml", "The app speaks OpenID Connect, so that its SAML settings have no effect. Remove them.");
        }
        if subject.speaks(Protocol::Saml) && subject.document.oidc.is_some() {
            hits.at("/oidc", "The app speaks SAML, so that its OpenID Connect settings have no effect. Remove them.");
        }
    },
};

pub(super) static AUTH_METHOD: Rule = Rule {
    id: "oidc/auth-method",
    test: Some(Error),
    live: Some(Error),
    sentence: "An app proves itself in a way that its policies allow.",
    why: "A way that the policies do not name is refused at the token endpoint. The programme's policy names no secrets: a secret is known to both sides and can leak from either.",
    fix: "Use private_key_jwt, or name the way in auth_methods of the app's policies, which is reviewed.",
    bad: "\"token_endpoint_auth_method\": \"client_secret_basic\"",
    good: "\"token_endpoint_auth_method\": \"client_secret_basic\", \"policies\": { \"auth_methods\": [\"client_secret_basic\"] }",
    from: &[],
    waivable: false,
    check: |subject, hits| {
        let Some(oidc) = subject
            .document
            .oidc
            .as_ref()
            // What a FAPI 2.0 app may choose is the profile's.
            .filter(|oidc| !oidc.fapi2 && subject.speaks(Protocol::Oidc))
        else {
            return;
        };
        let policies = &subject.context.programme.policies;
        let allowed = policies.of_app(&oidc.policies, oidc.fapi2).auth_methods;
        let method = oidc.token_endpoint_auth_method;
        if !allowed.contains(&method) {
            hits.at(
                "/oidc/token_endpoint_auth_method",
                format!(
                    "The policies of the app do not allow {}. Use private_key_jwt, or name it in auth_methods of its policies.",
                    method.as_str()
                ),
            );
        }
    },
};

pub(super) static FAPI: Rule = Rule {
    id: "oidc/fapi2",
    test: Some(Error),
    live: Some(Error),
    sentence: "A FAPI 2.0 app is set up as the profile asks.",
    why: "The switch alone brings pushed requests, PKCE, tokens bound to a key (DPoP) and short codes. The app itself must prove itself with a key, and its redirect URIs must be private.",
    fix: "Change what the finding names, or turn off fapi2.",
    bad: "\"fapi2\": true, \"token_endpoint_auth_method\": \"client_secret_basic\"",
    good: "\"fapi2\": true, \"token_endpoint_auth_method\": \"private_key_jwt\"",
    from: &[],
    waivable: false,
    check: |subject, hits| {
        let Some(oidc) = subject
            .document
            .oidc
            .as_ref()
            .filter(|oidc| oidc.fapi2 && subject.speaks(Protocol::Oidc))
        else {
            return;
        };
        if oidc.token_endpoint_auth_method != Method::PrivateKeyJwt {
            hits.at(
                "/oidc/token_endpoint_auth_method",
                "A FAPI 2.0 app proves itself with private_key_jwt here. Choose it and register a key.",
            );
        }
        let loopback = subject.document.environment.class() == EnvironmentClass::Test;
        for (at, uri) in oidc.redirect_uris.iter().enumerate() {
            if !redirects::is_private(uri, loopback) {
                hits.at(
                    format!("/oidc/redirect_uris/{at}"),
                    "A FAPI 2.0 app has https redirect URIs only; in the sandbox also http on its own machine.",
                );
            }
        }
    },
};

pub(super) static FAPI_ID_TOKEN: Rule = Rule {
    id: "oidc/fapi2-id-token",
    test: Some(Warning),
    live: Some(Error),
    sentence: "ID tokens and userinfo of a FAPI 2.0 app are signed with PS256, ES256 or EdDSA.",
    why: "FAPI 2.0 does not allow RS256. As long as it is registered, what is signed is signed with PS256, which the app may not expect.",
    fix: "Set id_token_signed_response_alg, and userinfo_signed_response_alg where there is one, to PS256, ES256 or EdDSA.",
    bad: "\"fapi2\": true, \"id_token_signed_response_alg\": \"RS256\"",
    good: "\"fapi2\": true, \"id_token_signed_response_alg\": \"ES256\"",
    from: &[],
    waivable: false,
    check: |subject, hits| {
        let Some(oidc) = subject
            .document
            .oidc
            .as_ref()
            .filter(|oidc| oidc.fapi2 && subject.speaks(Protocol::Oidc))
        else {
            return;
        };
        for (name, chosen) in [
            ("id_token", Some(oidc.id_token_signed_response_alg)),
            ("userinfo", oidc.userinfo_signed_response_alg),
        ] {
            if chosen == Some(SigningAlgorithm::RS256) {
                hits.at(
                    format!("/oidc/{name}_signed_response_alg"),
                    "FAPI 2.0 does not allow RS256. Set PS256, ES256 or EdDSA.",
                );
            }
        }
    },
};
