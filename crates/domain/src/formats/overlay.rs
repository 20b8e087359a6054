//! The rest of a document: what a foreign format cannot say.

use serde_json::{Map, Value};

/// Objects of the document that are compared member by member; everything else is one value.
const SETTINGS: [&str; 3] = ["oidc", "saml", "help_text"];

/// What to lay over one document (as JSON) to get another.
pub(super) fn between(from: &Value, to: &Value) -> Map<String, Value> {
    let mut rest = Map::new();
    let (Some(from), Some(to)) = (from.as_object(), to.as_object()) else {
        return rest;
    };
    for name in from.keys().chain(to.keys()) {
        let (old, new) = (from.get(name), to.get(name));
        if old == new || rest.contains_key(name) {
            continue;
        }
        let value = match (old, new) {
            (Some(Value::Object(old)), Some(Value::Object(new)))
                if SETTINGS.contains(&name.as_str()) =>
            {
                let members = old.keys().chain(new.keys());
                members
                    .filter(|member| old.get(*member) != new.get(*member))
                    .map(|member| {
                        let value = new.get(member).cloned().unwrap_or(Value::Null);
                        (member.clone(), value)
                    })
                    .collect::<Map<_, _>>()
                    .into()
            }
            (_, new) => new.cloned().unwrap_or(Value::Null),
        };
        rest.insert(name.clone(), value);
    }
    rest
}

/// Lays the rest over a document. An empty value stands for the default.
pub(super) fn apply(document: &mut Value, rest: &Map<String, Value>) {
    let Some(document) = document.as_object_mut() else {
        return;
    };
    for (name, value) in rest {
        match (document.get_mut(name), value) {
            (_, Value::Null) => {
                document.remove(name);
            }
            (Some(Value::Object(old)), Value::Object(new)) if SETTINGS.contains(&name.as_str()) => {
                for (member, value) in new {
                    if value.is_null() {
                        old.remove(member);
                    } else {
                        old.insert(member.clone(), value.clone());
                    }
                }
            }
            _ => {
                document.insert(name.clone(), value.clone());
            }
        }
    }
}

/// The places that the rest speaks of, as JSON Pointers.
pub(super) fn places(rest: &Map<String, Value>) -> Vec<String> {
    rest.iter()
        .flat_map(|(name, value)| match value {
            Value::Object(members) if SETTINGS.contains(&name.as_str()) => members
                .keys()
                .map(|member| format!("/{name}/{member}"))
                .collect(),
            _ => vec![format!("/{name}")],
        })
        .collect()
}
