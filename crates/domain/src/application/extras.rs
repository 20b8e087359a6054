//! Fields of other formats that the document has no place for.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

/// What an import kept, so that an export in the same format gives it back. Nothing else looks at it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Extras {
    /// Fields by name, without empty values.
    #[serde(skip_serializing_if = "Map::is_empty", deserialize_with = "writable")]
    pub fields: Map<String, Value>,
    /// Fields as JSON texts, where TOML could not say the value.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub raw: BTreeMap<String, String>,
    /// Mapped fields that were written in an own way.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub spelled: BTreeMap<String, Spelling>,
    /// The name of the object around the app.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wrapper: Option<String>,
}

/// How a mapped field was written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spelling {
    /// The value that an export would write, as a JSON text. When it is another by now, the spelling no longer holds.
    pub means: String,
    /// What was written, as a JSON text; nothing when the field was left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written: Option<String>,
}

impl Extras {
    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Keeps a field.
    pub fn keep(&mut self, name: &str, value: Value) {
        if says_toml(&value) {
            self.fields.insert(name.to_owned(), value);
        } else {
            self.raw.insert(name.to_owned(), value.to_string());
        }
    }

    /// Every kept field.
    pub fn kept(&self) -> impl Iterator<Item = (&str, Value)> {
        let fields = self
            .fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.clone()));
        let raw = self.raw.iter().filter_map(|(name, text)| {
            serde_json::from_str(text)
                .ok()
                .map(|value| (name.as_str(), value))
        });
        fields.chain(raw)
    }

    /// The names of the kept fields.
    pub fn kept_names(&self) -> impl Iterator<Item = &str> {
        self.fields
            .keys()
            .chain(self.raw.keys())
            .map(String::as_str)
    }

    /// A kept field.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.fields.get(name)
    }
}

/// TOML knows no empty value and no number above 63 bits.
fn says_toml(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Number(number) => number.is_f64() || number.is_i64(),
        Value::Array(items) => items.iter().all(says_toml),
        Value::Object(members) => members.values().all(says_toml),
        Value::Bool(_) | Value::String(_) => true,
    }
}

fn writable<'de, D: Deserializer<'de>>(from: D) -> Result<Map<String, Value>, D::Error> {
    let fields = Map::deserialize(from)?;
    match fields.iter().find(|(_, value)| !says_toml(value)) {
        None => Ok(fields),
        Some((name, _)) => Err(D::Error::custom(format!(
            "the kept field {name} has an empty value; write it as a JSON text under raw"
        ))),
    }
}
