//! The published JSON Schema of the app document, made from the types that read it.

use std::borrow::Cow;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use crate::application::{AppDocument, ContactKind};
use crate::attribute::Attribute;
use crate::environment::EnvironmentName;
use crate::id::{AppHandle, TeamHandle};

/// The schema of `durward.app/v1`, JSON Schema draft 2020-12.
pub fn app_v1() -> Value {
    let schema = SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<AppDocument>();
    let mut schema = schema.to_value();
    if let Some(members) = schema.as_object_mut() {
        members.insert("$id".into(), json!("urn:durward:schema:app:v1"));
        members.insert("title".into(), json!("durward.app/v1"));
    }
    schema
}

/// Declares the schema of a type that reads itself from a text.
macro_rules! text_schema {
    ($name:ident, $schema:expr) => {
        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    };
}

text_schema!(AppHandle, handle("The app's short name."));
text_schema!(TeamHandle, handle("The short name of a team."));
text_schema!(
    EnvironmentName,
    json_schema!({ "type": "string", "enum": EnvironmentName::ALL.map(EnvironmentName::as_str) })
);
text_schema!(
    Attribute,
    json_schema!({ "type": "string", "enum": Attribute::ALL.map(Attribute::as_str) })
);
text_schema!(
    ContactKind,
    json_schema!({ "type": "string", "enum": ContactKind::NAMES })
);

fn handle(description: &str) -> Schema {
    json_schema!({
        "type": "string", "description": description, "minLength": 2, "maxLength": 64,
        "pattern": "^[a-z0-9][a-z0-9-]*[a-z0-9]$",
    })
}
