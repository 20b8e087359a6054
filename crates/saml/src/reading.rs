//! A SAML message taken apart for reading. Nothing is trusted and no signature is checked.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use roxmltree::{Document, Node, ParsingOptions};

/// What a message says, field by field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The root element: `AuthnRequest`, `LogoutRequest`, `Response`, `EntityDescriptor` …
    pub kind: String,
    /// Attributes and elements that matter, in order.
    pub fields: Vec<Field>,
    /// The XML.
    pub xml: String,
}

/// One field of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// Why a message cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Not base64.
    #[error("SAMLRequest is not base64. Copy the whole value.")]
    Base64,
    /// Larger than is read, before or after it was inflated.
    #[error("The message is larger than {} bytes.", LONGEST)]
    TooLarge,
    /// Neither deflated nor XML.
    #[error("The message is neither XML nor deflated XML.")]
    NotXml,
    /// XML with a document type or another fault.
    #[error("The XML cannot be read: {0}.")]
    Xml(String),
}

/// Reads the value of `SAMLRequest` or `SAMLResponse`: base64 of XML, deflated or not.
pub fn message(text: &str) -> Result<Reading, Unreadable> {
    if text.len() > LONGEST * 2 {
        return Err(Unreadable::TooLarge);
    }
    let compact: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let bytes = BASE64
        .decode(compact.replace('-', "+").replace('_', "/"))
        .map_err(|_| Unreadable::Base64)?;
    if bytes.first() == Some(&b'<') {
        return xml(&String::from_utf8(bytes).map_err(|_| Unreadable::NotXml)?);
    }
    // A small message can stand for a very large one: it is inflated up to the limit and no further.
    let plain =
        miniz_oxide::inflate::decompress_to_vec_with_limit(&bytes, LONGEST).map_err(|error| {
            match error.status {
                miniz_oxide::inflate::TINFLStatus::HasMoreOutput => Unreadable::TooLarge,
                _ => Unreadable::NotXml,
            }
        })?;
    xml(&String::from_utf8(plain).map_err(|_| Unreadable::NotXml)?)
}

/// Reads XML: a message or metadata. A document type is refused: it could name other files and grow without end.
pub fn xml(text: &str) -> Result<Reading, Unreadable> {
    if text.len() > LONGEST {
        return Err(Unreadable::TooLarge);
    }
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: MOST_NODES,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(text, options)
        .map_err(|error| Unreadable::Xml(error.to_string()))?;
    let root = document.root_element();
    let mut fields = Vec::new();
    for node in root.descendants().filter(Node::is_element) {
        let name = node.tag_name().name();
        // The parts of a signature say nothing to a person but which algorithms it uses.
        if HIDDEN.contains(&name) {
            continue;
        }
        for attribute in node.attributes() {
            push(
                &mut fields,
                &format!("{name}@{}", attribute.name()),
                attribute.value(),
            );
        }
        if let Some(text) = node.text().map(str::trim).filter(|text| !text.is_empty()) {
            push(&mut fields, name, text);
        }
    }
    Ok(Reading {
        kind: root.tag_name().name().to_owned(),
        fields,
        xml: text.to_owned(),
    })
}

impl Reading {
    /// The first value of a field.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|field| field.name == name)
            .map(|field| field.value.as_str())
    }

    /// Whether the message carries a signature element.
    pub fn is_signed(&self) -> bool {
        self.value("SignatureMethod@Algorithm").is_some()
    }
}

fn push(fields: &mut Vec<Field>, name: &str, value: &str) {
    if fields.len() >= MOST_FIELDS {
        return;
    }
    fields.push(Field {
        name: name.to_owned(),
        value: value.chars().take(LONGEST_VALUE).collect(),
    });
}

const HIDDEN: &[&str] = &["SignatureValue", "DigestValue", "CipherValue"];
const LONGEST: usize = 256 * 1024;
const LONGEST_VALUE: usize = 4_000;
const MOST_NODES: u32 = 20_000;
const MOST_FIELDS: usize = 300;
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const REQUEST: &str = r#"<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_1" Version="2.0" AssertionConsumerServiceURL="https://a.gov/acs"><saml:Issuer>urn:a</saml:Issuer></samlp:AuthnRequest>"#;

    fn encoded(bytes: &[u8]) -> String {
        BASE64.encode(bytes)
    }

    #[test]
    fn plain_and_deflated_messages_are_read() {
        let deflated = miniz_oxide::deflate::compress_to_vec(REQUEST.as_bytes(), 6);
        for text in [encoded(REQUEST.as_bytes()), encoded(&deflated)] {
            let reading = message(&text).unwrap();
            assert_eq!(reading.kind, "AuthnRequest");
            assert_eq!(reading.value("Issuer"), Some("urn:a"));
            assert_eq!(
                reading.value("AuthnRequest@AssertionConsumerServiceURL"),
                Some("https://a.gov/acs")
            );
            assert!(!reading.is_signed());
        }
    }

    #[test]
    fn bombs_and_rubbish_are_refused() {
        let bomb = miniz_oxide::deflate::compress_to_vec(&vec![b' '; 50_000_000], 6);
        assert_eq!(message(&encoded(&bomb)), Err(Unreadable::TooLarge));
        assert_eq!(message("***"), Err(Unreadable::Base64));
        assert_eq!(message("AAAA"), Err(Unreadable::NotXml));
        assert_eq!(xml(&" ".repeat(LONGEST + 1)), Err(Unreadable::TooLarge));
        let laughs = r#"<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;&b;">]><a>&d;</a>"#;
        assert!(matches!(xml(laughs), Err(Unreadable::Xml(_))));
        let many = format!("<a>{}</a>", "<b/>".repeat(30_000));
        assert!(matches!(xml(&many), Err(Unreadable::Xml(_))));
        let deep = "<a>".repeat(20_000);
        assert!(matches!(xml(&deep), Err(Unreadable::Xml(_))));
    }
}
