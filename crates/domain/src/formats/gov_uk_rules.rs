//! Rules between the fields of a GOV.UK One Login client. Its own registry checks few of them.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use url::Url;

use super::fault::FormatFault;
use super::{gov_uk, pem};
use crate::application::{AppDocument, Key, TokenEndpointAuthMethod};
use crate::environment::EnvironmentName;
use crate::level::LevelOfService;

pub(super) fn check(fields: &Map<String, Value>, document: &AppDocument) -> Vec<FormatFault> {
    let sheet = Sheet { fields, document };
    RULES
        .iter()
        .filter_map(|rule| rule(&sheet))
        .chain(sheet.urls())
        .collect()
}

type Rule = fn(&Sheet<'_>) -> Option<FormatFault>;

/// The rules in the order in which a person reads the form.
const RULES: &[Rule] = &[
    openid,
    landing_page_needs_identity,
    claims_need_identity,
    identity_needs_core,
    identity_needs_key,
    identity_forbids_missing_nonce,
    levels_fit_identity,
    one_key_source,
    source_agrees,
    a_key_where_one_signs,
    rsa_of_2048,
    secret_only_with_its_method,
    sector_form,
    sector_for_several_hosts,
    redirects_present,
];

struct Sheet<'a> {
    fields: &'a Map<String, Value>,
    document: &'a AppDocument,
}

impl Sheet<'_> {
    fn has(&self, name: &str) -> bool {
        self.fields.get(name).is_some_and(|value| {
            !value.is_null() && value.as_str() != Some("") && value.as_array() != Some(&Vec::new())
        })
    }

    fn list(&self, name: &str) -> Vec<&str> {
        let items = self.fields.get(name).and_then(Value::as_array);
        items
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.fields
            .get(name)?
            .as_str()
            .filter(|text| !text.is_empty())
    }

    fn identity(&self) -> bool {
        self.document.level_of_service == LevelOfService::IdentityVerified
    }

    fn method(&self) -> TokenEndpointAuthMethod {
        let oidc = self.document.oidc.as_ref();
        oidc.map(|oidc| oidc.token_endpoint_auth_method)
            .unwrap_or_default()
    }

    fn jar(&self) -> bool {
        self.document
            .oidc
            .as_ref()
            .is_some_and(|oidc| oidc.require_signed_request_object)
    }

    /// Outside the sandbox every address must be fit for the public.
    fn urls(&self) -> Vec<FormatFault> {
        if self.document.environment == EnvironmentName::Sandbox {
            return Vec::new();
        }
        let mut faults = Vec::new();
        for name in ["RedirectUrls", "PostLogoutRedirectUrls"] {
            for (index, url) in self.list(name).into_iter().enumerate() {
                faults.extend(
                    public(url).map(|why| FormatFault::at(format!("/{name}/{index}"), why)),
                );
            }
        }
        for name in ["BackChannelLogoutUri", "LandingPageUrl", "JwksUrl"] {
            let why = self.text(name).and_then(public);
            faults.extend(why.map(|why| FormatFault::at(format!("/{name}"), why)));
        }
        faults
    }
}

fn public(url: &str) -> Option<&'static str> {
    let Ok(parsed) = Url::parse(url) else {
        return Some("This is not an address.");
    };
    if parsed.scheme() != "https" {
        return Some("Outside the sandbox an address begins with https.");
    }
    let named = parsed.domain().is_some_and(|host| {
        host.contains('.') && host != "localhost" && !host.ends_with(".localhost")
    });
    if !named {
        return Some(
            "Outside the sandbox an address names a public host, not localhost and not a number.",
        );
    }
    parsed
        .fragment()
        .map(|_| "An address has no fragment (the part after #).")
}

fn at(name: &str, message: &str) -> Option<FormatFault> {
    Some(FormatFault::at(format!("/{name}"), message))
}

fn openid(sheet: &Sheet<'_>) -> Option<FormatFault> {
    let there = sheet.list("Scopes").contains(&"openid");
    (!there).then(|| at("Scopes", "The scope openid must be among them."))?
}

fn landing_page_needs_identity(sheet: &Sheet<'_>) -> Option<FormatFault> {
    (sheet.has("LandingPageUrl") && !sheet.identity()).then(|| {
        at(
            "LandingPageUrl",
            "A landing page is only for clients with IdentityVerificationSupported true.",
        )
    })?
}

fn claims_need_identity(sheet: &Sheet<'_>) -> Option<FormatFault> {
    (sheet.has("Claims") && !sheet.identity()).then(|| {
        at(
            "Claims",
            "Claims are only for clients with IdentityVerificationSupported true.",
        )
    })?
}

fn identity_needs_core(sheet: &Sheet<'_>) -> Option<FormatFault> {
    let core = format!("{}coreIdentityJWT", gov_uk::VOCABULARY);
    (sheet.identity() && !sheet.list("Claims").contains(&core.as_str())).then(|| {
        at(
            "Claims",
            "A client that verifies identities asks for the claim coreIdentityJWT.",
        )
    })?
}

fn identity_needs_key(sheet: &Sheet<'_>) -> Option<FormatFault> {
    (sheet.identity() && sheet.method() == TokenEndpointAuthMethod::ClientSecretPost).then(
        || {
            at(
                "TokenAuthMethod",
                "A client that verifies identities uses private_key_jwt.",
            )
        },
    )?
}

fn identity_forbids_missing_nonce(sheet: &Sheet<'_>) -> Option<FormatFault> {
    let permitted = matches!(sheet.fields.get("PermitMissingNonce"), Some(value) if *value == true || *value == 1);
    (sheet.identity() && permitted).then(|| {
        at(
            "PermitMissingNonce",
            "A client that verifies identities must send a nonce.",
        )
    })?
}

fn levels_fit_identity(sheet: &Sheet<'_>) -> Option<FormatFault> {
    let above = sheet.list("ClientLoCs").iter().any(|level| *level != "P0");
    (above && !sheet.identity()).then(|| {
        at(
            "ClientLoCs",
            "Without IdentityVerificationSupported the only level is P0.",
        )
    })?
}

fn one_key_source(sheet: &Sheet<'_>) -> Option<FormatFault> {
    (sheet.has("PublicKey") && sheet.has("JwksUrl"))
        .then(|| at("JwksUrl", "Give PublicKey or JwksUrl, not both."))?
}

fn source_agrees(sheet: &Sheet<'_>) -> Option<FormatFault> {
    match sheet.text("PublicKeySource")? {
        "STATIC" if sheet.has("JwksUrl") => {
            at("PublicKeySource", "With JwksUrl the source is JWKS.")
        }
        "JWKS" if sheet.has("PublicKey") => {
            at("PublicKeySource", "With PublicKey the source is STATIC.")
        }
        "JWKS" if !sheet.has("JwksUrl") => at("JwksUrl", "The source JWKS needs JwksUrl."),
        _ => None,
    }
}

fn a_key_where_one_signs(sheet: &Sheet<'_>) -> Option<FormatFault> {
    let signs = sheet.method() == TokenEndpointAuthMethod::PrivateKeyJwt
        && sheet.has("TokenAuthMethod")
        || sheet.jar();
    (signs && !sheet.has("PublicKey") && !sheet.has("JwksUrl")).then(|| {
        at(
            "PublicKey",
            "private_key_jwt and signed requests need PublicKey or JwksUrl.",
        )
    })?
}

fn rsa_of_2048(sheet: &Sheet<'_>) -> Option<FormatFault> {
    let body = sheet.text("PublicKey")?;
    let text = if body.contains("-----BEGIN") {
        body.to_owned()
    } else {
        pem::armoured(body, "PUBLIC KEY")?
    };
    let facts = Key::Pem(text).read().ok()?.facts();
    let fits = facts.curve().is_none() && facts.bits >= 2048;
    (!fits).then(|| at("PublicKey", "The key must be RSA of 2048 bits or more."))?
}

fn secret_only_with_its_method(sheet: &Sheet<'_>) -> Option<FormatFault> {
    let by_secret = sheet.method() == TokenEndpointAuthMethod::ClientSecretPost;
    (sheet.has("ClientSecret") && !by_secret).then(|| {
        at(
            "ClientSecret",
            "A secret is only for TokenAuthMethod client_secret_post.",
        )
    })?
}

fn sector_form(sheet: &Sheet<'_>) -> Option<FormatFault> {
    let sector = sheet.text("SectorIdentifierUri")?;
    let fits = Url::parse(sector).is_ok_and(|url| {
        url.scheme() == "https"
            && url.domain().is_some_and(|host| host.contains('.'))
            && matches!(url.path(), "" | "/")
            && url.query().is_none()
            && url.fragment().is_none()
    });
    (!fits).then(|| {
        at(
            "SectorIdentifierUri",
            "The sector identifier is https and a host, without a path.",
        )
    })?
}

fn sector_for_several_hosts(sheet: &Sheet<'_>) -> Option<FormatFault> {
    let hosts: BTreeSet<String> = sheet
        .list("RedirectUrls")
        .into_iter()
        .filter_map(|url| Url::parse(url).ok()?.host_str().map(str::to_owned))
        .collect();
    (hosts.len() > 1 && !sheet.has("SectorIdentifierUri")).then(|| {
        at("SectorIdentifierUri", "Redirect URLs on several hosts need a sector identifier. It can never be changed after the first person signed in.")
    })?
}

fn redirects_present(sheet: &Sheet<'_>) -> Option<FormatFault> {
    (!sheet.has("RedirectUrls"))
        .then(|| at("RedirectUrls", "At least one redirect URL is needed."))?
}
