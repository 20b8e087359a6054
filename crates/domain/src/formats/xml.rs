//! SAML metadata as XML, to and from fields. A document type is refused, and with it every entity.
//!
//! `roxmltree` reads: it has no entities beyond the five of XML and opens nothing. A signature is not checked here, and
//! the report says so: what is imported counts because of who imports it.

mod write;

use roxmltree::{Document, Node};
use serde_json::{Map, Value, json};

use super::engine::Opened;
use super::fault::FormatFault;
use super::{Note, Report};

pub(super) use write::write;

pub(super) fn read(text: &str) -> Result<Opened, FormatFault> {
    let document = Document::parse(text).map_err(|error| match error {
        roxmltree::Error::DtdDetected => FormatFault::at(
            "",
            "A document type or entity is not read. Remove the DOCTYPE.",
        ),
        other => FormatFault::at("", format!("The text is not XML: {other}.")),
    })?;
    let root = document.root_element();
    if root.has_tag_name((MD, "EntitiesDescriptor")) {
        return Err(FormatFault::at(
            "/EntitiesDescriptor",
            "These are several entities. Send one EntityDescriptor.",
        ));
    }
    if !root.has_tag_name((MD, "EntityDescriptor")) {
        return Err(FormatFault::at(
            "",
            "The text is not SAML metadata: it does not begin with an EntityDescriptor.",
        ));
    }
    let mut sheet = Sheet::default();
    sheet.attributes(
        root,
        "/EntityDescriptor",
        &["entityID", "ID", "validUntil", "cacheDuration"],
    )?;
    for child in elements(root) {
        sheet.entity_child(child)?;
    }
    if !sheet.has_provider {
        return Err(FormatFault::at(
            "/EntityDescriptor",
            "There is no SPSSODescriptor in it: it describes no service provider.",
        ));
    }
    if !sheet.other.is_empty() {
        sheet.fields.insert("other".to_owned(), sheet.other.into());
    }
    Ok(Opened {
        fields: sheet.fields,
        wrapper: None,
        root: String::new(),
        rest: sheet.rest,
        report: sheet.report,
    })
}

#[derive(Default)]
struct Sheet {
    fields: Map<String, Value>,
    other: Vec<Value>,
    rest: Option<Value>,
    has_provider: bool,
    report: Report,
}

impl Sheet {
    fn entity_child(&mut self, child: Node<'_, '_>) -> Result<(), FormatFault> {
        let place = "/EntityDescriptor";
        match name(child) {
            (Some(DS), "Signature") => {
                self.note(
                    "/EntityDescriptor/Signature",
                    "The signature of the metadata was not checked and is not kept.",
                );
                Ok(())
            }
            (Some(MD), "Extensions") => self.extensions(child, place),
            (Some(MD), "SPSSODescriptor") if !self.has_provider => {
                self.has_provider = true;
                self.provider(child)
            }
            (Some(MD), "SPSSODescriptor") => Err(FormatFault::at(
                format!("{place}/SPSSODescriptor"),
                "There is more than one. Send one.",
            )),
            (Some(MD), "Organization" | "AdditionalMetadataLocation") => self.keep(child, place),
            (Some(MD), "ContactPerson") => self.contact(child),
            (_, other) => Err(unknown(place, other, ENTITY)),
        }
    }

    fn provider(&mut self, node: Node<'_, '_>) -> Result<(), FormatFault> {
        const PLACE: &str = "/EntityDescriptor/SPSSODescriptor";
        self.attributes(
            node,
            PLACE,
            &[
                "protocolSupportEnumeration",
                "AuthnRequestsSigned",
                "WantAssertionsSigned",
                "id",
            ],
        )?;
        for child in elements(node) {
            match name(child) {
                (Some(DS), "Signature") => self.note(
                    "/EntityDescriptor/SPSSODescriptor/Signature",
                    "The signature was not checked and is not kept.",
                ),
                (Some(MD), "Extensions") => self.extensions(child, PLACE)?,
                (Some(MD), "KeyDescriptor") => {
                    let item = key_descriptor(child)?;
                    self.push("KeyDescriptor", item);
                }
                (Some(MD), service @ ("AssertionConsumerService" | "SingleLogoutService")) => {
                    let known = [
                        "Binding",
                        "Location",
                        "ResponseLocation",
                        "index",
                        "isDefault",
                    ];
                    let item = self.plain(child, &format!("{PLACE}/{service}"), &known)?;
                    self.push(service, item.into());
                }
                (Some(MD), "NameIDFormat") => self.push("NameIDFormat", text(child).into()),
                (
                    Some(MD),
                    "AttributeConsumingService"
                    | "ArtifactResolutionService"
                    | "ManageNameIDService"
                    | "Organization",
                ) => self.keep(child, PLACE)?,
                (Some(MD), "ContactPerson") => self.contact(child)?,
                (_, other) => return Err(unknown(PLACE, other, PROVIDER)),
            }
        }
        Ok(())
    }

    /// Our own rest and the name to show have meanings; everything else there is kept as it is.
    fn extensions(&mut self, node: Node<'_, '_>, place: &str) -> Result<(), FormatFault> {
        let within = format!("{place}/Extensions");
        for child in elements(node) {
            match name(child) {
                (Some(OURS), "App") => {
                    let json = super::json::object(&text(child))?;
                    self.rest = Some(Value::Object(json));
                }
                (Some(MDUI), "UIInfo") if place.ends_with("SPSSODescriptor") => {
                    let only_names =
                        elements(child).all(|part| name(part) == (Some(MDUI), "DisplayName"));
                    if !only_names {
                        self.keep(child, &within)?;
                    }
                    for part in
                        elements(child).filter(|part| name(*part) == (Some(MDUI), "DisplayName"))
                    {
                        if only_names {
                            let lang = part.attribute((XML, "lang")).unwrap_or_default();
                            self.push("DisplayName", json!({ "lang": lang, "text": text(part) }));
                        }
                    }
                }
                _ => self.keep(child, &within)?,
            }
        }
        Ok(())
    }

    fn contact(&mut self, node: Node<'_, '_>) -> Result<(), FormatFault> {
        const PLACE: &str = "/EntityDescriptor/ContactPerson";
        let mut item = self.plain(node, PLACE, &["contactType"])?;
        for child in elements(node) {
            match name(child) {
                (Some(MD), part @ ("Company" | "GivenName" | "SurName")) => {
                    item.insert(part.to_owned(), text(child).into());
                }
                (Some(MD), part @ ("EmailAddress" | "TelephoneNumber")) => {
                    let list = item.entry(part).or_insert_with(|| json!([]));
                    if let Some(list) = list.as_array_mut() {
                        list.push(text(child).into());
                    }
                }
                (_, other) => return Err(unknown(PLACE, other, CONTACT)),
            }
        }
        self.push("ContactPerson", item.into());
        Ok(())
    }

    /// The attributes of an element as an object.
    fn plain(
        &mut self,
        node: Node<'_, '_>,
        place: &str,
        known: &[&str],
    ) -> Result<Map<String, Value>, FormatFault> {
        let mut item = Map::new();
        for attribute in node.attributes() {
            if attribute.namespace().is_some() {
                self.note(
                    place,
                    &format!(
                        "The attribute {} of another namespace is not kept.",
                        attribute.name()
                    ),
                );
                continue;
            }
            if !known.contains(&attribute.name()) {
                return Err(unknown(place, &format!("@{}", attribute.name()), known));
            }
            let value = match (attribute.name(), attribute.value().trim()) {
                ("AuthnRequestsSigned" | "WantAssertionsSigned" | "isDefault", "true" | "1") => {
                    json!(true)
                }
                ("AuthnRequestsSigned" | "WantAssertionsSigned" | "isDefault", "false" | "0") => {
                    json!(false)
                }
                _ => json!(attribute.value()),
            };
            item.insert(attribute.name().to_owned(), value);
        }
        Ok(item)
    }

    fn attributes(
        &mut self,
        node: Node<'_, '_>,
        place: &str,
        known: &[&str],
    ) -> Result<(), FormatFault> {
        let item = self.plain(node, place, known)?;
        self.fields.extend(item);
        Ok(())
    }

    fn push(&mut self, name: &str, item: Value) {
        let list = self.fields.entry(name).or_insert_with(|| json!([]));
        if let Some(list) = list.as_array_mut() {
            list.push(item);
        }
    }

    fn keep(&mut self, node: Node<'_, '_>, place: &str) -> Result<(), FormatFault> {
        self.report
            .kept
            .push(format!("{place}/{}", node.tag_name().name()));
        let mut kept = tree(node, place, 0)?;
        kept["in"] = place.trim_start_matches("/EntityDescriptor").into();
        self.other.push(kept);
        Ok(())
    }

    fn note(&mut self, path: &str, message: &str) {
        self.report.notes.push(Note {
            path: path.to_owned(),
            message: message.to_owned(),
        });
    }
}

fn key_descriptor(node: Node<'_, '_>) -> Result<Value, FormatFault> {
    const PLACE: &str = "/EntityDescriptor/SPSSODescriptor/KeyDescriptor";
    let mut item = Map::new();
    for attribute in node.attributes() {
        if attribute.name() != "use" || attribute.namespace().is_some() {
            return Err(unknown(PLACE, &format!("@{}", attribute.name()), &["use"]));
        }
        item.insert("use".to_owned(), attribute.value().into());
    }
    let mut methods = Vec::new();
    for child in elements(node) {
        match name(child) {
            (Some(DS), "KeyInfo") => {
                for part in node
                    .descendants()
                    .filter(|part| part.is_element() && part.tag_name().namespace() == Some(DS))
                {
                    match part.tag_name().name() {
                        "X509Certificate" if item.contains_key("X509Certificate") => {
                            return Err(FormatFault::at(
                                PLACE,
                                "A chain of certificates is not read. Give the one certificate of the app.",
                            ));
                        }
                        "X509Certificate" => {
                            let body: String = text(part).split_whitespace().collect();
                            item.insert("X509Certificate".to_owned(), body.into());
                        }
                        "KeyName" => {
                            item.insert("KeyName".to_owned(), text(part).into());
                        }
                        "KeyInfo" | "X509Data" => {}
                        other => {
                            return Err(unknown(
                                PLACE,
                                other,
                                &["KeyName", "X509Data", "X509Certificate"],
                            ));
                        }
                    }
                }
            }
            (Some(MD), "EncryptionMethod") => methods.push(tree(child, PLACE, 0)?),
            (_, other) => return Err(unknown(PLACE, other, &["KeyInfo", "EncryptionMethod"])),
        }
    }
    if !methods.is_empty() {
        item.insert("EncryptionMethod".to_owned(), methods.into());
    }
    Ok(item.into())
}

/// An element that is kept as it is.
fn tree(node: Node<'_, '_>, place: &str, depth: usize) -> Result<Value, FormatFault> {
    if depth > 16 {
        return Err(FormatFault::at(
            place,
            "The elements are nested too deeply.",
        ));
    }
    let mut content = Vec::new();
    for child in node.children() {
        if child.is_element() {
            content.push(tree(child, place, depth + 1)?);
        } else if child.is_text()
            && let Some(text) = child.text()
            && !text.trim().is_empty()
        {
            content.push(text.into());
        }
    }
    let attributes: Vec<Value> = node
        .attributes()
        .map(|attribute| {
            json!([
                attribute.namespace().unwrap_or_default(),
                attribute.name(),
                attribute.value()
            ])
        })
        .collect();
    let (namespace, name) = name(node);
    Ok(
        json!({ "namespace": namespace.unwrap_or_default(), "name": name, "attributes": attributes, "content": content }),
    )
}

fn elements<'a, 'i>(node: Node<'a, 'i>) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(Node::is_element)
}

fn name<'a>(node: Node<'a, '_>) -> (Option<&'a str>, &'a str) {
    (node.tag_name().namespace(), node.tag_name().name())
}

fn text(node: Node<'_, '_>) -> String {
    let whole: String = node.children().filter_map(|child| child.text()).collect();
    whole.trim().to_owned()
}

fn unknown(place: &str, name: &str, known: &[&str]) -> FormatFault {
    let short: String = name.chars().take(60).collect();
    FormatFault::at(
        format!("{place}/{short}"),
        format!(
            "Metadata of a service provider has no {short} here, or Durward has no place for it."
        ),
    )
    .suggest(super::nearest(name, known.iter().copied()))
}

const MD: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
const MDUI: &str = "urn:oasis:names:tc:SAML:metadata:ui";
const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
const XML: &str = "http://www.w3.org/XML/1998/namespace";
const OURS: &str = "urn:durward:app:v1";

const ENTITY: &[&str] = &[
    "SPSSODescriptor",
    "Organization",
    "ContactPerson",
    "Extensions",
    "AdditionalMetadataLocation",
];
const PROVIDER: &[&str] = &[
    "AssertionConsumerService",
    "AttributeConsumingService",
    "KeyDescriptor",
    "NameIDFormat",
    "SingleLogoutService",
    "ArtifactResolutionService",
    "ManageNameIDService",
];
const CONTACT: &[&str] = &[
    "Company",
    "GivenName",
    "SurName",
    "EmailAddress",
    "TelephoneNumber",
];
