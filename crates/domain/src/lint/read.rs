//! Reads a document that may be faulty: every fault is a finding, and what is well formed is judged all the same.

use serde_json::{Map, Value};
use serde_path_to_error::Segment;

use super::{Finding, LintContext, Severity, lint};
use crate::application::{AppDocument, DocumentFault, OidcSettings, SamlSettings, Schema, wording};

/// How a document is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// JSON.
    Json,
    /// TOML.
    Toml,
}

/// A document as far as it could be read.
#[derive(Debug, Clone)]
pub struct Read {
    /// The document; faulty parts are absent, and parts that every document needs are made up. Nothing when the text
    /// is no JSON or TOML.
    pub document: Option<AppDocument>,
    /// What could not be read.
    pub faults: Vec<Finding>,
    /// Elements that were taken out of lists: where the list is, and which one, in order.
    removed: Vec<(Vec<String>, usize)>,
}

/// Reads a text as far as possible.
pub fn read(bytes: &[u8], syntax: Syntax) -> Read {
    let strict = match syntax {
        Syntax::Json => AppDocument::parse_json(bytes),
        Syntax::Toml => match std::str::from_utf8(bytes) {
            Ok(text) => AppDocument::parse_toml(text),
            Err(_) => Err(whole("it is not UTF-8 text")),
        },
    };
    let fault = match strict {
        Ok(document) => {
            return Read {
                document: Some(document),
                faults: Vec::new(),
                removed: Vec::new(),
            };
        }
        Err(fault) => fault,
    };
    if bytes.len() > AppDocument::MAX_BYTES {
        return Read::hopeless(&fault);
    }
    let value = match syntax {
        Syntax::Json => serde_json::from_slice::<Value>(bytes).ok(),
        Syntax::Toml => std::str::from_utf8(bytes)
            .ok()
            .and_then(|text| toml::from_str::<Value>(text).ok()),
    };
    match value {
        Some(mut value @ Value::Object(_)) => {
            let mut read = repair(&mut value);
            if read.faults.is_empty() {
                // Such as a field that is there twice, which a parsed value no longer shows.
                read.faults.push(super::unreadable(&fault));
            }
            read
        }
        Some(_) => Read::hopeless(&whole("it must be an object with fields")),
        None => Read::hopeless(&fault),
    }
}

impl Read {
    /// What is wrong with the text and with what it says, the worst first.
    pub fn judge(&self, context: &LintContext<'_>) -> Vec<Finding> {
        let mut findings = self.faults.clone();
        if let Some(document) = &self.document {
            let found = lint(document, context).into_iter().map(|mut finding| {
                finding.path = self.original(&finding.path);
                finding
            });
            // What is absent only because it could not be read is no finding of its own.
            findings.extend(found.filter(|finding| {
                !self
                    .faults
                    .iter()
                    .any(|fault| !fault.path.is_empty() && covers(&fault.path, &finding.path))
            }));
        }
        findings.sort_by_key(|finding| finding.severity);
        findings
    }

    fn hopeless(fault: &DocumentFault) -> Self {
        Self {
            document: None,
            faults: vec![super::unreadable(fault)],
            removed: Vec::new(),
        }
    }

    /// The place in the text of a place in what was read of it.
    fn original(&self, pointer: &str) -> String {
        let mut tokens: Vec<String> = pointer.split('/').skip(1).map(str::to_owned).collect();
        restore(&mut tokens, &self.removed);
        tokens.iter().map(|token| format!("/{token}")).collect()
    }
}

fn repair(value: &mut Value) -> Read {
    let mut read = Read {
        document: None,
        faults: Vec::new(),
        removed: Vec::new(),
    };
    for _ in 0..MOST_FAULTS {
        let error = match serde_path_to_error::deserialize::<&Value, AppDocument>(value) {
            Ok(document) => {
                read.document = Some(document);
                return read;
            }
            Err(error) => error,
        };
        let path: Vec<String> = error
            .path()
            .iter()
            .filter_map(|segment| match segment {
                Segment::Seq { index } => Some(index.to_string()),
                Segment::Map { key } => Some(key.clone()),
                Segment::Enum { variant } => Some(variant.clone()),
                Segment::Unknown => None,
            })
            .collect();
        if !mend(value, &path, &error.inner().to_string(), &mut read) {
            break;
        }
    }
    read
}

/// Notes a fault and takes it out. False when that is not possible.
fn mend(value: &mut Value, path: &[String], said: &str, read: &mut Read) -> bool {
    let missing = wording::between(said, "missing field `", "`");
    let unknown = wording::between(said, "unknown field `", "`");
    let mut place: Vec<String> = path.to_vec();
    if let Some(field) = missing.or(unknown)
        && place.last().map(String::as_str) != Some(field)
    {
        place.push(field.to_owned());
    }
    let (rule, message) = match (missing, unknown) {
        (Some(field), _) => (
            "document/missing-field",
            format!("The field {field} is missing. Add it."),
        ),
        (_, Some(field)) => ("document/unknown-field", unknown_field(field, &place, said)),
        _ => ("document/wrong-value", wording::sentence(said)),
    };
    let mut shown: Vec<String> = place.iter().map(|token| escape(token)).collect();
    restore(&mut shown, &read.removed);
    let shown: String = shown.iter().map(|token| format!("/{token}")).collect();
    // What was taken out as faulty is missing now; that is no second fault.
    if missing.is_none() || read.faults.iter().all(|fault| fault.path != shown) {
        read.faults.push(Finding {
            rule: rule.to_owned(),
            severity: Severity::Error,
            path: shown,
            message,
            waived: None,
        });
    }
    if let [field] = place.as_slice()
        && let Some((_, made_up)) = NEEDED.iter().find(|(name, _)| name == field)
        && let Value::Object(fields) = value
    {
        fields.insert(field.clone(), Value::String((*made_up).to_owned()));
        return true;
    }
    // A part that lacks something goes as a whole.
    let faulty = if missing.is_some() { path } else { &place };
    take_out(value, faulty, &mut read.removed)
}

fn take_out(value: &mut Value, path: &[String], removed: &mut Vec<(Vec<String>, usize)>) -> bool {
    let Some((last, parents)) = path.split_last() else {
        return false;
    };
    let mut holder = &mut *value;
    for (depth, token) in parents.iter().enumerate() {
        let next = match holder {
            Value::Object(fields) => fields.get_mut(token),
            Value::Array(items) => token
                .parse::<usize>()
                .ok()
                .and_then(|index| items.get_mut(index)),
            _ => None,
        };
        match next {
            Some(next) => holder = next,
            // The reader names parts that the text does not have, such as the kind of a key.
            None => {
                let shorter = path.get(..=depth).unwrap_or_default().to_vec();
                return take_out(value, &shorter, removed);
            }
        }
    }
    match holder {
        Value::Object(fields) => {
            fields.remove(last).is_some() || take_out_parent(value, parents, removed)
        }
        Value::Array(items) => match last.parse::<usize>() {
            Ok(index) if index < items.len() => {
                items.remove(index);
                let list = parents.iter().map(|token| escape(token)).collect();
                removed.push((list, index));
                true
            }
            _ => take_out_parent(value, parents, removed),
        },
        _ => take_out_parent(value, parents, removed),
    }
}

fn take_out_parent(
    value: &mut Value,
    parents: &[String],
    removed: &mut Vec<(Vec<String>, usize)>,
) -> bool {
    !parents.is_empty() && take_out(value, parents, removed)
}

/// Undoes removals, the last one first: indexes at or behind a removed element move by one.
fn restore(tokens: &mut [String], removed: &[(Vec<String>, usize)]) {
    for (list, index) in removed.iter().rev() {
        if tokens.len() > list.len()
            && tokens.iter().zip(list).all(|(a, b)| a == b)
            && let Some(token) = tokens.get_mut(list.len())
            && let Ok(at) = token.parse::<usize>()
            && at >= *index
        {
            *token = (at + 1).to_string();
        }
    }
}

fn covers(outer: &str, inner: &str) -> bool {
    inner
        .strip_prefix(outer)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn unknown_field(field: &str, place: &[String], said: &str) -> String {
    let known: Vec<&str> = said.split('`').skip(3).step_by(2).collect();
    let short: String = field.chars().take(60).collect();
    let mut message = format!("There is no field \"{short}\" here.");
    if let Some(close) = wording::nearest(field, known.iter().copied()) {
        message.push_str(&format!(" Did you mean \"{close}\"?"));
        return message;
    }
    // A field of the right name in the wrong place.
    for (part, fields) in [
        ("oidc", fields_of(&OidcSettings::default())),
        ("saml", fields_of(&SamlSettings::default())),
    ] {
        if place.len() == 1
            && let Some(close) = wording::nearest(field, fields.keys().map(String::as_str))
        {
            message.push_str(&format!(" Did you mean \"{close}\" in \"{part}\"?"));
            return message;
        }
    }
    if !known.is_empty() {
        message.push_str(&format!(" The fields here are: {}.", known.join(", ")));
    }
    message
}

fn fields_of(settings: &impl serde::Serialize) -> Map<String, Value> {
    match serde_json::to_value(settings) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

fn whole(message: &str) -> DocumentFault {
    DocumentFault {
        pointer: String::new(),
        message: message.to_owned(),
    }
}

/// One token of a JSON Pointer, RFC 6901.
pub(super) fn escape(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

/// What every document needs, and what stands in for it while the rest is judged.
const NEEDED: [(&str, &str); 4] = [
    ("schema", Schema::NAME),
    ("handle", "app"),
    ("team", "team"),
    ("environment", "sandbox"),
];

const MOST_FAULTS: usize = 200;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::programme::Programme;

    fn found(text: &str) -> Vec<(String, String)> {
        let programme = Programme::named("us").unwrap();
        let context = LintContext::alone(&programme, "2026-11-10T12:00:00Z".parse().unwrap());
        read(text.as_bytes(), Syntax::Json)
            .judge(&context)
            .into_iter()
            .map(|finding| {
                (
                    format!("{} {}", finding.rule, finding.path),
                    finding.message,
                )
            })
            .collect()
    }

    fn changed(change: impl FnOnce(&mut Value)) -> Vec<(String, String)> {
        let mut value = serde_json::to_value(AppDocument::example()).unwrap();
        change(&mut value);
        found(&value.to_string())
    }

    fn places(found: &[(String, String)]) -> Vec<&str> {
        found.iter().map(|(place, _)| place.as_str()).collect()
    }

    #[test]
    fn every_fault_is_told_and_the_rest_is_judged() {
        let all = changed(|v| {
            v["redirect_uris"] = serde_json::json!(["https://a.gov/cb"]);
            v["default_aal"] = serde_json::json!(2);
            v["colour"] = serde_json::json!("red");
            v["attributes"] = serde_json::json!(["bogus", "email", "nonsense", "ssn"]);
            v["oidc"]["redirect_uri"] = serde_json::json!("x");
            v["oidc"]["redirect_uris"] = serde_json::json!([5, "javascript:x"]);
            v["keys"][1] = serde_json::json!({ "pme": "x" });
            v["contacts"] = serde_json::json!([{ "name": "A" }, { "kind": "boss" }]);
        });
        let mut sorted = places(&all);
        sorted.sort_unstable();
        assert_eq!(
            sorted,
            [
                "document/missing-field /contacts/0/kind",
                "document/unknown-field /colour",
                "document/unknown-field /oidc/redirect_uri",
                "document/unknown-field /redirect_uris",
                "document/wrong-value /attributes/0",
                "document/wrong-value /attributes/2",
                "document/wrong-value /contacts/1/kind",
                "document/wrong-value /default_aal",
                "document/wrong-value /keys/1",
                "document/wrong-value /oidc/redirect_uris/0",
                "level/attributes /attributes/3",
                "uri/dangerous-scheme /oidc/redirect_uris/1",
            ]
        );
        let said = |place: &str| {
            all.iter()
                .find(|(at, _)| at.ends_with(place))
                .map(|(_, message)| message.as_str())
                .unwrap()
        };
        assert_eq!(
            said(" /redirect_uris"),
            "There is no field \"redirect_uris\" here. Did you mean \"redirect_uris\" in \"oidc\"?"
        );
        assert_eq!(
            said("/oidc/redirect_uri"),
            "There is no field \"redirect_uri\" here. Did you mean \"redirect_uris\"?"
        );
        assert_eq!(
            said("/oidc/redirect_uris/0"),
            "This must be a text, not the number 5."
        );
        assert!(said("/contacts/0/kind").starts_with("The field kind is missing."));
        for (_, message) in &all {
            for jargon in ["variant", "expected", "sequence", "struct", "`"] {
                assert!(!message.contains(jargon), "{message}");
            }
        }
    }

    #[test]
    fn what_every_document_needs() {
        let all = found("{}");
        assert_eq!(
            places(&all)[..4],
            [
                "document/missing-field /schema",
                "document/missing-field /handle",
                "document/missing-field /team",
                "document/missing-field /environment",
            ]
        );
        assert!(places(&all).contains(&"issuer/present /issuer"));
        assert!(
            places(&changed(|v| v["environment"] = "prod".into()))
                .contains(&"document/wrong-value /environment")
        );
        assert!(
            places(&changed(|v| v["handle"] = "No Such Handle".into()))
                .contains(&"document/wrong-value /handle")
        );
    }

    #[test]
    fn texts_that_are_no_documents() {
        for text in [
            "",
            "{",
            "[]",
            "5",
            "null",
            "\"x\"",
            "{\"a\":",
            "\u{0}",
            &"[".repeat(100_000),
            &"{\"a\":".repeat(10_000),
            &format!("{{\"a\":\"{}\"}}", "x".repeat(600_000)),
        ] {
            let all = found(text);
            assert_eq!(all.len(), 1);
            assert!(all[0].0.starts_with("document/unreadable "), "{all:?}");
        }
        let twice = AppDocument::example()
            .to_json()
            .replacen('{', "{\"handle\":\"x\",", 1);
        assert_eq!(places(&found(&twice)), ["document/unreadable /handle"]);
    }

    #[test]
    fn toml_is_read_the_same_way() {
        let text = "schema = \"durward.app/v1\"\nhandle = \"a-b\"\nteam = \"t-t\"\nenvironment = \"sandbox\"\ncolour = 1\n[oidc]\nfapi = true\n";
        let read = read(text.as_bytes(), Syntax::Toml);
        let paths: Vec<&str> = read
            .faults
            .iter()
            .map(|fault| fault.path.as_str())
            .collect();
        assert_eq!(paths.len(), 2);
        assert!(paths.contains(&"/colour") && paths.contains(&"/oidc/fapi"));
        assert_eq!(read.document.unwrap().handle.as_str(), "a-b");
    }
}
