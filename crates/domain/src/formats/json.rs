//! JSON in which no member is named twice: the second would silently replace the first.

use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::fault::FormatFault;

/// Reads one JSON object.
pub(super) fn object(text: &str) -> Result<Map<String, Value>, FormatFault> {
    match value(text)? {
        Value::Object(members) => Ok(members),
        _ => Err(FormatFault::at("", "The text is not a JSON object.")),
    }
}

fn value(text: &str) -> Result<Value, FormatFault> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let not_json =
        |error: serde_json::Error| FormatFault::at("", format!("The text is not JSON: {error}."));
    let value = Strict::deserialize(&mut reader).map_err(not_json)?;
    reader.end().map_err(not_json)?;
    Ok(value.0)
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Seed.deserialize(from).map(Self)
    }
}

struct Seed;

impl<'de> DeserializeSeed<'de> for Seed {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = from.next_element_seed(Seed)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = from.next_key::<String>()? {
            let value = from.next_value_seed(Seed)?;
            if members.contains_key(&name) {
                return Err(serde::de::Error::custom(format!(
                    "the member \"{name}\" is there twice"
                )));
            }
            members.insert(name, value);
        }
        Ok(Value::Object(members))
    }
}

/// One part of a JSON Pointer. RFC 6901.
pub(super) fn token(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
