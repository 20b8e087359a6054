//! Metadata of a SAML service provider. `xml` turns the text into fields; here they get their meaning.

use serde_json::{Map, Value, json};

use super::engine::Spec;
use super::pem;
use super::reader::Reader;
use crate::application::{
    AppDocument, Contact, ContactKind, Key, NameIdFormat, Protocol, SamlSettings,
};

pub(super) const SPEC: Spec = Spec {
    known: &[
        "AssertionConsumerService",
        "AuthnRequestsSigned",
        "ContactPerson",
        "DisplayName",
        "ID",
        "KeyDescriptor",
        "NameIDFormat",
        "SingleLogoutService",
        "WantAssertionsSigned",
        "cacheDuration",
        "entityID",
        "id",
        "other",
        "protocolSupportEnumeration",
        "validUntil",
    ],
    secrets: &[],
    sets: &[],
    placeholders: true,
    protocol: Some(Protocol::Saml),
    read,
    write,
    rules: |_, _| Vec::new(),
};

fn read(from: &mut Reader, document: &mut AppDocument) {
    document.protocol = Protocol::Saml;
    document.issuer = from.text("entityID", "/issuer").unwrap_or_default();
    if document.issuer.is_empty() {
        from.fault("entityID", "A service provider needs its entity id.");
    }
    let signed = from
        .flag("AuthnRequestsSigned", "/saml/require_signed_requests")
        .unwrap_or_default();
    if from.flag("WantAssertionsSigned", "") == Some(false) {
        from.respell("WantAssertionsSigned", "Durward signs every assertion.");
    }
    if from
        .text("protocolSupportEnumeration", "")
        .is_some_and(|text| text != PROTOCOL)
    {
        from.respell(
            "protocolSupportEnumeration",
            "Durward speaks SAML 2.0 only.",
        );
    }
    let acs = objects(from, "AssertionConsumerService", "/saml/acs_urls");
    let acs_urls: Vec<String> = locations(&acs, &[POST]);
    if acs_urls.is_empty() {
        from.fault(
            "AssertionConsumerService",
            "An address for the binding HTTP-POST is needed: that is how assertions are sent.",
        );
    }
    let logout = objects(from, "SingleLogoutService", "/saml/logout_url");
    document.saml = Some(SamlSettings {
        acs_urls,
        logout_url: locations(&logout, &[POST, REDIRECT]).into_iter().next(),
        name_id_format: name_id(from),
        require_signed_requests: signed,
        ..SamlSettings::default()
    });
    keys(from, document);
    display_name(from, document);
    contacts(from, document);
    let usual = write(document);
    for (name, what) in [
        (
            "AssertionConsumerService",
            "Only addresses for HTTP-POST are used, in their order; the others and the indices are kept.",
        ),
        (
            "SingleLogoutService",
            "One logout address is used, that for HTTP-POST before that for HTTP-Redirect; the others are kept.",
        ),
        (
            "NameIDFormat",
            "Durward knows the formats persistent and emailAddress; the list is kept.",
        ),
        (
            "KeyDescriptor",
            "Each certificate is used for signatures and for encryption; what it was for is kept.",
        ),
        (
            "DisplayName",
            "One name is shown; names in other languages are kept.",
        ),
        (
            "ContactPerson",
            "Contacts were read as far as Durward has a place for them; the rest is kept.",
        ),
    ] {
        if let Some(sent) = from.peek(name)
            && usual.get(name) != Some(sent)
        {
            from.respell(name, what);
        }
    }
}

fn objects(from: &mut Reader, name: &str, to: &str) -> Vec<Map<String, Value>> {
    let items = from.take(name, to);
    let items = items
        .as_ref()
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    items.filter_map(|item| item.as_object().cloned()).collect()
}

fn said<'a>(item: &'a Map<String, Value>, name: &str) -> &'a str {
    item.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn locations(items: &[Map<String, Value>], bindings: &[&str]) -> Vec<String> {
    bindings
        .iter()
        .flat_map(|binding| {
            items
                .iter()
                .filter(move |item| said(item, "Binding") == *binding)
        })
        .map(|item| said(item, "Location").to_owned())
        .filter(|location| !location.is_empty())
        .collect()
}

fn name_id(from: &mut Reader) -> NameIdFormat {
    let formats = from
        .list("NameIDFormat", "/saml/name_id_format")
        .unwrap_or_default();
    let known = formats.iter().find_map(|format| match format.as_str() {
        PERSISTENT => Some(NameIdFormat::Persistent),
        EMAIL => Some(NameIdFormat::Email),
        _ => None,
    });
    known.unwrap_or_default()
}

fn keys(from: &mut Reader, document: &mut AppDocument) {
    for (index, item) in objects(from, "KeyDescriptor", "/keys").iter().enumerate() {
        let Some(pem) = pem::armoured(said(item, "X509Certificate"), "CERTIFICATE") else {
            from.faults.push(super::FormatFault::at(
                format!("{}/{index}", from.place("KeyDescriptor")),
                "This is not a certificate in Base64.",
            ));
            continue;
        };
        let key = Key::Pem(pem);
        if !document.keys.contains(&key) {
            document.keys.push(key);
        }
    }
}

fn display_name(from: &mut Reader, document: &mut AppDocument) {
    let names = objects(from, "DisplayName", "/friendly_name");
    let name = names
        .iter()
        .find(|name| said(name, "lang") == "en")
        .or(names.first());
    document.friendly_name = name
        .map(|name| said(name, "text").to_owned())
        .unwrap_or_default();
    document.app_name.clone_from(&document.friendly_name);
}

fn contacts(from: &mut Reader, document: &mut AppDocument) {
    for item in objects(from, "ContactPerson", "/contacts") {
        let (_, kind) = KINDS
            .iter()
            .find(|(name, _)| *name == said(&item, "contactType"))
            .unwrap_or(&("other", ContactKind::Security));
        let first = |name: &str| {
            let items = item.get(name).and_then(Value::as_array);
            let text = items
                .and_then(|items| items.first())
                .and_then(Value::as_str);
            text.unwrap_or_default().to_owned()
        };
        let name = format!("{} {}", said(&item, "GivenName"), said(&item, "SurName"));
        let email = first("EmailAddress");
        document.contacts.push(Contact {
            kind: *kind,
            name: name.trim().to_owned(),
            email: email.strip_prefix("mailto:").unwrap_or(&email).to_owned(),
            phone: first("TelephoneNumber"),
        });
    }
}

fn write(document: &AppDocument) -> Map<String, Value> {
    let saml = document.saml.clone().unwrap_or_default();
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| {
        let empty = value.is_null()
            || value.as_array().is_some_and(Vec::is_empty)
            || value.as_str() == Some("");
        if !empty {
            fields.insert(name.to_owned(), value);
        }
    };
    put("entityID", json!(document.issuer));
    put("protocolSupportEnumeration", json!(PROTOCOL));
    put("AuthnRequestsSigned", json!(saml.require_signed_requests));
    put("WantAssertionsSigned", json!(true));
    let acs: Vec<Value> = saml
        .acs_urls
        .iter()
        .enumerate()
        .map(|(index, url)| {
            let mut acs = json!({ "Binding": POST, "Location": url, "index": index.to_string() });
            if index == 0 {
                acs["isDefault"] = json!(true);
            }
            acs
        })
        .collect();
    put("AssertionConsumerService", acs.into());
    if let Some(url) = &saml.logout_url {
        put(
            "SingleLogoutService",
            json!([{ "Binding": POST, "Location": url }]),
        );
    }
    let format = match saml.name_id_format {
        NameIdFormat::Persistent => PERSISTENT,
        NameIdFormat::Email => EMAIL,
    };
    put("NameIDFormat", json!([format]));
    let certificates: Vec<Value> = document
        .keys
        .iter()
        .filter_map(|key| match key {
            Key::Pem(pem) => pem::body(pem, "CERTIFICATE"),
            Key::Jwk(_) => None,
        })
        .map(|body| json!({ "X509Certificate": body }))
        .collect();
    put("KeyDescriptor", certificates.into());
    if !document.friendly_name.trim().is_empty() {
        put(
            "DisplayName",
            json!([{ "lang": "en", "text": document.friendly_name.trim() }]),
        );
    }
    put(
        "ContactPerson",
        document.contacts.iter().map(contact).collect(),
    );
    fields
}

fn contact(contact: &Contact) -> Value {
    let kind = KINDS.iter().find(|(_, kind)| *kind == contact.kind);
    let mut item = json!({ "contactType": kind.map_or("other", |(name, _)| *name) });
    if !contact.name.trim().is_empty() {
        item["GivenName"] = json!(contact.name.trim());
    }
    if !contact.email.trim().is_empty() {
        item["EmailAddress"] = json!([format!("mailto:{}", contact.email.trim())]);
    }
    if !contact.phone.trim().is_empty() {
        item["TelephoneNumber"] = json!([contact.phone.trim()]);
    }
    item
}

const KINDS: [(&str, ContactKind); 5] = [
    ("technical", ContactKind::Technical),
    ("support", ContactKind::HelpDesk),
    ("administrative", ContactKind::Program),
    ("billing", ContactKind::Billing),
    ("other", ContactKind::Security),
];

pub(super) const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
const POST: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";
const REDIRECT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
const PERSISTENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
const EMAIL: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
