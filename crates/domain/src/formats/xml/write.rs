//! Writes SAML metadata in the order that its schema asks for.

use serde_json::{Map, Value};

use super::{DS, MD, MDUI, OURS};

pub(crate) fn write(fields: &Map<String, Value>, rest: Option<&Value>) -> String {
    let mut out = Writer(String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"));
    out.open(
        0,
        &format!("md:EntityDescriptor xmlns:md=\"{MD}\" xmlns:ds=\"{DS}\" xmlns:mdui=\"{MDUI}\""),
        fields,
        &["entityID", "ID", "validUntil", "cacheDuration"],
    );
    let entity = out.kept(fields, "/Extensions");
    if rest.is_some() || !entity.is_empty() {
        out.line(1, "<md:Extensions>");
        for node in entity {
            out.tree(2, node);
        }
        if let Some(rest) = rest {
            out.line(
                2,
                &format!(
                    "<durward:App xmlns:durward=\"{OURS}\">{}</durward:App>",
                    escape(&ascii(&rest.to_string()))
                ),
            );
        }
        out.line(1, "</md:Extensions>");
    }
    out.open(
        1,
        "md:SPSSODescriptor",
        fields,
        &[
            "protocolSupportEnumeration",
            "AuthnRequestsSigned",
            "WantAssertionsSigned",
            "id",
        ],
    );
    out.provider(fields);
    out.line(1, "</md:SPSSODescriptor>");
    for node in out.kept(fields, "") {
        out.tree(1, node);
    }
    for contact in items(fields, "ContactPerson") {
        out.contact(contact);
    }
    out.line(0, "</md:EntityDescriptor>");
    out.0
}

struct Writer(String);

impl Writer {
    fn line(&mut self, depth: usize, text: &str) {
        self.0.push_str(&"  ".repeat(depth));
        self.0.push_str(text);
        self.0.push('\n');
    }

    fn open(&mut self, depth: usize, tag: &str, from: &Map<String, Value>, attributes: &[&str]) {
        self.line(depth, &format!("<{tag}{}>", said(from, attributes)));
    }

    fn kept<'a>(&self, fields: &'a Map<String, Value>, place: &str) -> Vec<&'a Value> {
        items(fields, "other")
            .filter(|node| node["in"] == *place)
            .collect()
    }

    fn provider(&mut self, fields: &Map<String, Value>) {
        let kept = self.kept(fields, "/SPSSODescriptor/Extensions");
        let names: Vec<&Value> = items(fields, "DisplayName").collect();
        if !kept.is_empty() || !names.is_empty() {
            self.line(2, "<md:Extensions>");
            if !names.is_empty() {
                self.line(3, "<mdui:UIInfo>");
                for name in names {
                    self.line(
                        4,
                        &format!(
                            "<mdui:DisplayName xml:lang=\"{}\">{}</mdui:DisplayName>",
                            escape(text(&name["lang"])),
                            escape(text(&name["text"]))
                        ),
                    );
                }
                self.line(3, "</mdui:UIInfo>");
            }
            for node in kept {
                self.tree(3, node);
            }
            self.line(2, "</md:Extensions>");
        }
        for key in items(fields, "KeyDescriptor") {
            self.key(key);
        }
        let services = self.kept(fields, "/SPSSODescriptor");
        let of = |wanted: &[&str]| -> Vec<&Value> {
            services
                .iter()
                .copied()
                .filter(|node| wanted.contains(&text(&node["name"])))
                .collect()
        };
        for node in of(&["Organization"]) {
            self.tree(2, node);
        }
        for node in of(&["ArtifactResolutionService"]) {
            self.tree(2, node);
        }
        self.services(fields, "SingleLogoutService");
        for node in of(&["ManageNameIDService"]) {
            self.tree(2, node);
        }
        for format in items(fields, "NameIDFormat") {
            self.line(
                2,
                &format!(
                    "<md:NameIDFormat>{}</md:NameIDFormat>",
                    escape(text(format))
                ),
            );
        }
        self.services(fields, "AssertionConsumerService");
        for node in of(&["AttributeConsumingService"]) {
            self.tree(2, node);
        }
    }

    fn services(&mut self, fields: &Map<String, Value>, name: &str) {
        for service in items(fields, name).filter_map(Value::as_object) {
            let known = [
                "Binding",
                "Location",
                "ResponseLocation",
                "index",
                "isDefault",
            ];
            self.line(2, &format!("<md:{name}{}/>", said(service, &known)));
        }
    }

    fn key(&mut self, key: &Value) {
        let Some(item) = key.as_object() else {
            return;
        };
        self.open(2, "md:KeyDescriptor", item, &["use"]);
        self.line(3, "<ds:KeyInfo>");
        if let Some(name) = item.get("KeyName") {
            self.line(
                4,
                &format!("<ds:KeyName>{}</ds:KeyName>", escape(text(name))),
            );
        }
        if let Some(body) = item.get("X509Certificate") {
            self.line(4, "<ds:X509Data>");
            self.line(
                5,
                &format!(
                    "<ds:X509Certificate>{}</ds:X509Certificate>",
                    escape(text(body))
                ),
            );
            self.line(4, "</ds:X509Data>");
        }
        self.line(3, "</ds:KeyInfo>");
        for method in items(item, "EncryptionMethod") {
            self.tree(3, method);
        }
        self.line(2, "</md:KeyDescriptor>");
    }

    fn contact(&mut self, contact: &Value) {
        let Some(item) = contact.as_object() else {
            return;
        };
        self.open(1, "md:ContactPerson", item, &["contactType"]);
        for name in ["Company", "GivenName", "SurName"] {
            if let Some(value) = item.get(name) {
                self.line(
                    2,
                    &format!("<md:{name}>{}</md:{name}>", escape(text(value))),
                );
            }
        }
        for name in ["EmailAddress", "TelephoneNumber"] {
            for value in items(item, name) {
                self.line(
                    2,
                    &format!("<md:{name}>{}</md:{name}>", escape(text(value))),
                );
            }
        }
        self.line(1, "</md:ContactPerson>");
    }

    /// A kept element, with its namespaces declared on itself.
    fn tree(&mut self, depth: usize, node: &Value) {
        let text = one(node);
        self.line(depth, &text);
    }
}

fn one(node: &Value) -> String {
    let name = text(&node["name"]);
    let mut tag = format!("<{name} xmlns=\"{}\"", escape(text(&node["namespace"])));
    for (index, attribute) in node["attributes"]
        .as_array()
        .into_iter()
        .flatten()
        .enumerate()
    {
        let (namespace, name, value) = (
            text(&attribute[0]),
            text(&attribute[1]),
            escape(text(&attribute[2])),
        );
        match namespace {
            "" => tag.push_str(&format!(" {name}=\"{value}\"")),
            super::XML => tag.push_str(&format!(" xml:{name}=\"{value}\"")),
            _ => tag.push_str(&format!(
                " xmlns:a{index}=\"{}\" a{index}:{name}=\"{value}\"",
                escape(namespace)
            )),
        }
    }
    tag.push('>');
    for part in node["content"].as_array().into_iter().flatten() {
        match part {
            Value::String(text) => tag.push_str(&escape(text)),
            node => tag.push_str(&one(node)),
        }
    }
    tag.push_str(&format!("</{name}>"));
    tag
}

fn items<'a>(fields: &'a Map<String, Value>, name: &str) -> impl Iterator<Item = &'a Value> {
    fields
        .get(name)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn said(from: &Map<String, Value>, names: &[&str]) -> String {
    names
        .iter()
        .filter_map(|name| {
            let value = match from.get(*name)? {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            Some(format!(" {name}=\"{}\"", escape(&value)))
        })
        .collect()
}

fn escape(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '&' => "&amp;".to_owned(),
            '<' => "&lt;".to_owned(),
            '>' => "&gt;".to_owned(),
            '"' => "&quot;".to_owned(),
            '\t' | '\n' | '\r' => format!("&#{};", c as u32),
            other => other.to_string(),
        })
        .collect()
}

/// JSON in ASCII: XML cannot hold every character.
fn ascii(json: &str) -> String {
    let mut units = [0u16; 2];
    json.chars()
        .map(|c| {
            if c.is_ascii() && c != '\u{7f}' {
                return c.to_string();
            }
            c.encode_utf16(&mut units)
                .iter()
                .map(|unit| format!("\\u{unit:04x}"))
                .collect()
        })
        .collect()
}
