//! A service provider of Login.gov: as its portal sends it (JSON), and as an entry of `service_providers.yml`.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::Report;
use super::engine::{Opened, Spec};
use super::fault::FormatFault;
use super::json::token;
use super::reader::Reader;
use crate::application::{
    AppDocument, Encryption, HelpText, Key, NameIdFormat, OidcSettings, Protocol, SamlSettings,
    TokenEndpointAuthMethod,
};
use crate::attribute::Attribute;
use crate::level::{DefaultAal, LevelOfService};

pub(super) const SPEC: Spec = Spec {
    known: KNOWN,
    secrets: &["encrypted_token", "private_key"],
    sets: &["attribute_bundle"],
    placeholders: true,
    protocol: None,
    read,
    write,
    rules: |_, _| Vec::new(),
};

fn read(from: &mut Reader, document: &mut AppDocument) {
    document.issuer = from.text("issuer", "/issuer").unwrap_or_default();
    if document.issuer.is_empty() {
        from.fault("issuer", "An app needs its issuer.");
    }
    document.app_name = from.text("app_name", "/app_name").unwrap_or_default();
    document.friendly_name = from
        .text("friendly_name", "/friendly_name")
        .unwrap_or_default();
    document.description = from.text("description", "/description").unwrap_or_default();
    let level = [
        (1, LevelOfService::AuthOnly),
        (2, LevelOfService::IdentityVerified),
    ];
    document.level_of_service =
        number(from, "ial", "/level_of_service", &level).unwrap_or_default();
    let aal = [
        (0, DefaultAal::Aal1),
        (1, DefaultAal::Aal1),
        (2, DefaultAal::Aal2),
        (3, DefaultAal::PhishingResistant),
    ];
    document.default_aal = number(from, "default_aal", "/default_aal", &aal).unwrap_or_default();
    if document.default_aal == DefaultAal::Aal1 && from.peek("default_aal").is_some() {
        from.respell("default_aal", "This is the default strength of sign-in.");
    }
    attributes(from, document);
    certificates(from, document);
    help(from, document);
    document.return_to_app_url = from.text("return_to_sp_url", "/return_to_app_url");
    document.failure_to_proof_url = from.text("failure_to_proof_url", "/failure_to_proof_url");
    document.push_notification_url = from.text("push_notification_url", "/push_notification_url");
    let pkce = protocol(from, document);
    match document.protocol {
        Protocol::Oidc => read_oidc(from, document, pkce),
        Protocol::Saml => read_saml(from, document),
    }
}

/// The protocol, and whether the app uses PKCE instead of a key. Where nothing says it, the fields tell.
fn protocol(from: &mut Reader, document: &mut AppDocument) -> Option<bool> {
    let long = [
        (
            "openid_connect_private_key_jwt",
            (Protocol::Oidc, Some(false)),
        ),
        ("openid_connect_pkce", (Protocol::Oidc, Some(true))),
        ("saml", (Protocol::Saml, None)),
        ("openid_connect", (Protocol::Oidc, None)),
        ("oidc", (Protocol::Oidc, None)),
    ];
    let named = from.word("protocol", "/protocol", &long);
    if from
        .peek("protocol")
        .is_some_and(|name| name != "oidc" && name != "saml")
    {
        from.respell("protocol", "The long name of the protocol was read.");
    }
    let identity = from.word("identity_protocol", "/protocol", &long);
    if identity.is_some() {
        from.respell("identity_protocol", "It was read as the protocol.");
    }
    if let (Some((one, _)), Some((other, _))) = (named, identity)
        && one != other
    {
        from.fault("identity_protocol", "protocol says otherwise.");
    }
    let (protocol, pkce) = named.or(identity).unwrap_or_else(|| {
        let saml = from.peek("acs_url").is_some();
        (if saml { Protocol::Saml } else { Protocol::Oidc }, None)
    });
    document.protocol = protocol;
    pkce.or(identity.and_then(|(_, pkce)| pkce))
}

fn read_oidc(from: &mut Reader, document: &mut AppDocument, named: Option<bool>) {
    let pkce = from
        .flag("pkce", "/oidc/token_endpoint_auth_method")
        .or(named)
        .unwrap_or_default();
    document.oidc = Some(OidcSettings {
        token_endpoint_auth_method: if pkce {
            TokenEndpointAuthMethod::None
        } else {
            TokenEndpointAuthMethod::PrivateKeyJwt
        },
        redirect_uris: from
            .list("redirect_uris", "/oidc/redirect_uris")
            .unwrap_or_default(),
        ..OidcSettings::default()
    });
}

fn read_saml(from: &mut Reader, document: &mut AppDocument) {
    let mut saml = SamlSettings {
        acs_urls: from
            .text("acs_url", "/saml/acs_urls/0")
            .into_iter()
            .collect(),
        logout_url: from.text("assertion_consumer_logout_service_url", "/saml/logout_url"),
        ..SamlSettings::default()
    };
    if let Some(encryption) = from.word("block_encryption", "/saml/encryption", ENCRYPTION) {
        saml.encryption = encryption;
    }
    if let Some(sign) = from.flag("signed_response_message_requested", "/saml/sign_response") {
        saml.sign_response = sign;
    }
    if from.flag("email_nameid_format_allowed", "/saml/name_id_format") == Some(true) {
        saml.name_id_format = NameIdFormat::Email;
    }
    document.saml = Some(saml);
}

fn attributes(from: &mut Reader, document: &mut AppDocument) {
    let names = from
        .list("attribute_bundle", "/attributes")
        .unwrap_or_default();
    for (index, name) in names.iter().enumerate() {
        match Attribute::parse(name) {
            Ok(attribute) => document.attributes.push(attribute),
            Err(unknown) => {
                let path = format!("{}/{index}", from.place("attribute_bundle"));
                let known = Attribute::ALL.map(Attribute::as_str);
                from.faults.push(
                    FormatFault::at(path, unknown.to_string()).suggest(super::nearest(name, known)),
                );
            }
        }
    }
}

fn certificates(from: &mut Reader, document: &mut AppDocument) {
    for (index, pem) in from
        .list("certs", "/keys")
        .unwrap_or_default()
        .into_iter()
        .enumerate()
    {
        if pem.contains("-----BEGIN ") {
            document.keys.push(Key::Pem(pem));
        } else {
            from.faults.push(FormatFault::at(
                format!("{}/{index}", from.place("certs")),
                "This is the name of a file, not a certificate. Put the certificate itself here, in PEM.",
            ));
        }
    }
}

fn help(from: &mut Reader, document: &mut AppDocument) {
    let Some(value) = from.take("help_text", "/help_text") else {
        return;
    };
    let mut help = HelpText::default();
    let place = from.place("help_text");
    let Some(pages) = value.as_object() else {
        from.fault(
            "help_text",
            "This must be an object with sign_in, sign_up and forgot_password.",
        );
        return;
    };
    for (page, words) in pages {
        let target = match page.as_str() {
            "sign_in" => &mut help.sign_in,
            "sign_up" => &mut help.sign_up,
            "forgot_password" => &mut help.forgot_password,
            _ => {
                let fault =
                    FormatFault::at(format!("{place}/{}", token(page)), "There is no such page.")
                        .suggest(super::nearest(
                            page,
                            ["sign_in", "sign_up", "forgot_password"],
                        ));
                from.faults.push(fault);
                continue;
            }
        };
        let read: Option<BTreeMap<String, String>> = match words {
            Value::Null => Some(BTreeMap::new()),
            Value::Object(words) => words
                .iter()
                .filter(|(_, text)| !text.is_null())
                .map(|(language, text)| Some((language.clone(), text.as_str()?.to_owned())))
                .collect(),
            _ => None,
        };
        match read {
            Some(read) => *target = read,
            None => from.faults.push(FormatFault::at(
                format!("{place}/{}", token(page)),
                "This must be an object with a text for each language.",
            )),
        }
    }
    document.help_text = help;
    if help_value(&document.help_text).as_ref() != Some(&value) {
        from.respell("help_text", "Languages without a text were left out.");
    }
}

/// A number from a short list.
fn number<T: Copy>(from: &mut Reader, name: &str, to: &str, meanings: &[(i64, T)]) -> Option<T> {
    let value = from.take(name, to)?;
    let number = value.as_i64().or_else(|| {
        let number = value.as_str()?.trim().parse().ok()?;
        from.respell(name, "The text was read as a number.");
        Some(number)
    });
    let found = meanings.iter().find(|(known, _)| Some(*known) == number);
    if found.is_none() {
        let known: Vec<String> = meanings
            .iter()
            .map(|(known, _)| known.to_string())
            .collect();
        from.fault(name, format!("This must be one of: {}.", known.join(", ")));
    }
    found.map(|(_, meaning)| *meaning)
}

fn write(document: &AppDocument) -> Map<String, Value> {
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| {
        if !value.is_null() && value.as_str() != Some("") {
            fields.insert(name.to_owned(), value);
        }
    };
    put("issuer", json!(document.issuer));
    put("app_name", json!(document.app_name));
    put("friendly_name", json!(document.friendly_name));
    put("description", json!(document.description));
    let ial = match document.level_of_service {
        LevelOfService::AuthOnly => 1,
        LevelOfService::IdentityVerified => 2,
    };
    put("ial", json!(ial));
    let aal = match document.default_aal {
        DefaultAal::Aal1 => Value::Null,
        DefaultAal::Aal2 => json!(2),
        DefaultAal::PhishingResistant | DefaultAal::Piv => json!(3),
    };
    put("default_aal", aal);
    put("attribute_bundle", json!(document.attributes));
    let certs: Vec<&str> = document
        .keys
        .iter()
        .filter_map(|key| match key {
            Key::Pem(pem) if pem.contains("-----BEGIN ") => Some(pem.as_str()),
            _ => None,
        })
        .collect();
    put("certs", json!(certs));
    put(
        "help_text",
        help_value(&document.help_text).unwrap_or_default(),
    );
    put("return_to_sp_url", json!(document.return_to_app_url));
    put("failure_to_proof_url", json!(document.failure_to_proof_url));
    put(
        "push_notification_url",
        json!(document.push_notification_url),
    );
    match (document.protocol, &document.oidc, &document.saml) {
        (Protocol::Oidc, oidc, _) => {
            put("protocol", json!("oidc"));
            if let Some(oidc) = oidc {
                put("redirect_uris", json!(oidc.redirect_uris));
                match oidc.token_endpoint_auth_method {
                    TokenEndpointAuthMethod::None => put("pkce", json!(true)),
                    TokenEndpointAuthMethod::PrivateKeyJwt => put("pkce", json!(false)),
                    _ => {}
                }
            }
        }
        (Protocol::Saml, _, saml) => {
            put("protocol", json!("saml"));
            if let Some(saml) = saml {
                put("acs_url", json!(saml.acs_urls.first()));
                put(
                    "assertion_consumer_logout_service_url",
                    json!(saml.logout_url),
                );
                let block = ENCRYPTION
                    .iter()
                    .find(|(_, known)| *known == saml.encryption);
                put("block_encryption", json!(block.map(|(name, _)| *name)));
                put(
                    "signed_response_message_requested",
                    json!(saml.sign_response),
                );
                let email = saml.name_id_format == NameIdFormat::Email;
                put("email_nameid_format_allowed", json!(email));
            }
        }
    }
    fields
}

fn help_value(help: &HelpText) -> Option<Value> {
    (*help != HelpText::default()).then(|| json!(help))
}

pub(super) fn open_json(mut members: Map<String, Value>) -> Result<Opened, FormatFault> {
    let inner = match members.get_mut(WRAPPER) {
        Some(Value::Object(inner)) => Some(std::mem::take(inner)),
        Some(_) => {
            return Err(FormatFault::at(
                format!("/{WRAPPER}"),
                "This must be an object.",
            ));
        }
        None => None,
    };
    if inner.is_some() && members.len() > 1 {
        let other = members.keys().find(|name| *name != WRAPPER);
        let path = other
            .map(|name| format!("/{}", token(name)))
            .unwrap_or_default();
        return Err(FormatFault::at(
            path,
            "There is something beside service_provider.",
        ));
    }
    let (fields, wrapper, root) = match inner {
        Some(inner) => (inner, None, format!("/{WRAPPER}")),
        None => (members, Some(String::new()), String::new()),
    };
    Ok(Opened {
        fields,
        wrapper,
        root,
        rest: None,
        report: Report::default(),
    })
}

pub(super) fn close_json(fields: Map<String, Value>, wrapper: Option<String>) -> Value {
    if wrapper.as_deref() == Some("") {
        Value::Object(fields)
    } else {
        json!({ WRAPPER: fields })
    }
}

pub(super) fn open_yaml(value: Value) -> Result<Opened, FormatFault> {
    let Value::Object(mut members) = value else {
        return Err(FormatFault::at(
            "",
            "The text is not a YAML mapping of issuers to apps.",
        ));
    };
    let mut root = String::new();
    let environment = ENVIRONMENTS
        .iter()
        .find(|name| members.contains_key(**name));
    if let Some(name) = environment {
        match (members.len(), members.remove(*name)) {
            (1, Some(Value::Object(inner))) => members = inner,
            _ => {
                return Err(FormatFault::at(
                    "",
                    "Send one app: one issuer, with its fields below it.",
                ));
            }
        }
        root = format!("/{name}");
    }
    let count = members.len();
    let (Some((issuer, Value::Object(mut fields))), 1) = (members.into_iter().next(), count) else {
        return Err(FormatFault::at(
            root,
            format!(
                "Send one app: one issuer, with its fields below it. There are {count} keys here."
            ),
        ));
    };
    let root = format!("{root}/{}", token(&issuer));
    if fields.contains_key("issuer") {
        return Err(FormatFault::at(
            format!("{root}/issuer"),
            "The issuer is the key above; remove this field.",
        ));
    }
    fields.insert("issuer".to_owned(), issuer.into());
    Ok(Opened {
        fields,
        wrapper: environment.map(|name| (*name).to_owned()),
        root,
        rest: None,
        report: Report::default(),
    })
}

pub(super) fn close_yaml(mut fields: Map<String, Value>, wrapper: Option<String>) -> Value {
    let issuer = match fields.remove("issuer") {
        Some(Value::String(issuer)) => issuer,
        _ => String::new(),
    };
    let entry = json!({ issuer: fields });
    match wrapper.filter(|name| ENVIRONMENTS.contains(&name.as_str())) {
        Some(name) => json!({ name: entry }),
        None => entry,
    }
}

const WRAPPER: &str = "service_provider";

const ENVIRONMENTS: &[&str] = &["production", "development", "test"];

const ENCRYPTION: &[(&str, Encryption)] = &[
    ("none", Encryption::None),
    ("aes256-cbc", Encryption::Aes256Cbc),
    ("aes256-gcm", Encryption::Aes256Gcm),
];

/// The columns of its table, what its API adds, and what only its YAML has.
const KNOWN: &[&str] = &[
    "acs_url",
    "active",
    "agency",
    "agency_id",
    "allow_prompt_login",
    "app_id",
    "app_name",
    "approved",
    "assertion_consumer_logout_service_url",
    "attribute_bundle",
    "block_encryption",
    "certs",
    "created_at",
    "default_aal",
    "default_help_text",
    "description",
    "email_nameid_format_allowed",
    "failure_to_proof_url",
    "friendly_name",
    "group_id",
    "help_text",
    "iaa",
    "iaa_end_date",
    "iaa_start_date",
    "ial",
    "id",
    "identity_protocol",
    "in_person_proofing_enabled",
    "irs_attempts_api_enabled",
    "issuer",
    "launch_date",
    "logo",
    "logo_file",
    "metadata_url",
    "native",
    "piv_cac",
    "piv_cac_scoped_by_email",
    "pkce",
    "post_idv_follow_up_url",
    "prod_config",
    "protocol",
    "push_notification_url",
    "redirect_uris",
    "remote_logo_key",
    "restrict_to_deploy_env",
    "return_to_sp_url",
    "saml_emailaddress_attribute_enabled",
    "service_provider_id",
    "signature",
    "signed_response_message_requested",
    "sp_initiated_login_url",
    "status",
    "updated_at",
    "use_legacy_name_id_behavior",
    "user_id",
    "uuid",
];
