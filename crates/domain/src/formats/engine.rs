//! Reading and writing, the same for every foreign format. Each format says only what its fields mean.

use serde_json::{Map, Value, json};

use super::fault::{FormatFault, NotExported};
use super::reader::Reader;
use super::{
    Format, Hints, Imported, Report, gov_uk, json, login_gov, nearest, oidc, overlay, saml, secret,
    xml, yaml,
};
use crate::application::{AppDocument, Extras, Protocol, Schema, Spelling};
use crate::environment::EnvironmentName;
use crate::id::{AppHandle, TeamHandle};

/// What is particular to a format.
pub(super) struct Spec {
    /// Every field that the format has.
    pub(super) known: &'static [&'static str],
    /// Fields that hold secrets. They are neither read nor written.
    pub(super) secrets: &'static [&'static str],
    /// Lists in which order has no meaning.
    pub(super) sets: &'static [&'static str],
    /// Whether people fill in templates of it.
    pub(super) placeholders: bool,
    /// The only protocol that it can say.
    pub(super) protocol: Option<Protocol>,
    /// Takes the fields into the document.
    pub(super) read: fn(&mut Reader, &mut AppDocument),
    /// The fields that a document says.
    pub(super) write: fn(&AppDocument) -> Map<String, Value>,
    /// Rules between fields. The document says what a boolean that came as 0 or 1 means.
    pub(super) rules: fn(&Map<String, Value>, &AppDocument) -> Vec<FormatFault>,
}

type Faults = Vec<FormatFault>;

fn spec(format: Format) -> &'static Spec {
    match format {
        Format::GovUkJson => &gov_uk::SPEC,
        Format::SamlMetadata => &saml::SPEC,
        Format::OidcMetadata => &oidc::SPEC,
        _ => &login_gov::SPEC,
    }
}

/// A foreign object out of its wrapping.
pub(super) struct Opened {
    pub(super) fields: Map<String, Value>,
    /// The name of the object around it, when that is not the usual one.
    pub(super) wrapper: Option<String>,
    /// The place of the fields in the text.
    pub(super) root: String,
    /// What Durward wrote beside.
    pub(super) rest: Option<Value>,
    /// What a person should know.
    pub(super) report: Report,
}

pub(super) fn import(text: &str, format: Format, hints: &Hints) -> Result<Imported, Faults> {
    if format.is_ours() {
        return ours(text, format, hints);
    }
    let mut opened = open(text, format).map_err(|fault| vec![fault])?;
    let rest = rest_of(&mut opened)?;
    let hints = complete(hints, &rest)?;
    let core = core(&opened, format, &hints)?;
    let document = with_rest(core.document, &rest, &opened.root)?;
    contradictions(&document, format, &core.fields, &opened.root)?;
    let mut report = core.report;
    report.notes.extend(opened.report.notes);
    report.kept.extend(opened.report.kept);
    Ok(Imported {
        format,
        document,
        report,
    })
}

pub(super) fn export(
    document: &AppDocument,
    format: Format,
    plain: bool,
) -> Result<(String, Vec<String>), NotExported> {
    let refused = |faults| NotExported { format, faults };
    if let Some(only) = spec(format).protocol
        && only != document.protocol
    {
        return Err(refused(vec![FormatFault::at(
            "/protocol",
            format!(
                "The app speaks {}, this format is for {}.",
                document.protocol.title(),
                only.title()
            ),
        )]));
    }
    let fields = written(document, format);
    let extras = document.extras.get(format.family());
    let opened = Opened {
        fields: fields.clone(),
        wrapper: extras.and_then(|extras| extras.wrapper.clone()),
        root: String::new(),
        rest: None,
        report: Report::default(),
    };
    let read_back = core(&opened, format, &Hints::of(document)).map_err(refused)?;
    let mut rest = overlay::between(&as_value(&read_back.document), &as_value(document));
    let beside = overlay::places(&rest);
    let rest = (!plain && !rest.is_empty()).then(|| {
        rest.insert("schema".into(), json!(Schema::V1));
        rest.insert("handle".into(), json!(document.handle));
        rest.insert("team".into(), json!(document.team));
        rest.insert("environment".into(), json!(document.environment));
        Value::Object(rest)
    });
    let mut faults = Vec::new();
    if let Some(rest) = &rest {
        secret::search(rest, "", false, &mut faults);
    }
    if !faults.is_empty() {
        return Err(refused(faults));
    }
    let text = close(fields.clone(), opened.wrapper, rest.clone(), format);
    // A character that the text cannot hold must not be lost unseen.
    match open(&text, format) {
        Ok(again) if again.fields == fields && again.rest == rest => Ok((text, beside)),
        Ok(_) => Err(refused(vec![FormatFault::at(
            "",
            "A text in it has characters or spaces that the format cannot hold.",
        )])),
        Err(fault) => Err(refused(vec![fault])),
    }
}

struct Core {
    document: AppDocument,
    fields: Map<String, Value>,
    report: Report,
}

/// Reads the foreign fields alone. What was written in an own way is kept, so that writing gives it back.
fn core(opened: &Opened, format: Format, hints: &Hints) -> Result<Core, Faults> {
    let spec = spec(format);
    let mut faults = Vec::new();
    for name in spec.secrets {
        if opened
            .fields
            .get(*name)
            .is_some_and(|value| !value.is_null())
        {
            faults.push(FormatFault::at(
                format!("{}/{name}", opened.root),
                "Secrets are never imported. Remove the field; Durward makes a secret of its own where an app needs one.",
            ));
        }
    }
    let whole = Value::Object(opened.fields.clone());
    secret::search(&whole, &opened.root, spec.placeholders, &mut faults);
    if !faults.is_empty() {
        // Wrong values follow from these; unknown names do not.
        let mut reader = Reader::new(&opened.fields, &opened.root);
        reader.left(spec.known);
        faults.append(&mut reader.faults);
        return Err(faults);
    }
    let mut document = blank(hints)?;
    let mut reader = Reader::new(&opened.fields, &opened.root);
    (spec.read)(&mut reader, &mut document);
    let mut extras = Extras {
        wrapper: opened.wrapper.clone(),
        ..Extras::default()
    };
    for (name, value) in reader.left(spec.known) {
        extras.keep(&name, value);
    }
    faults = reader.faults;
    faults.extend(
        (spec.rules)(&opened.fields, &document)
            .into_iter()
            .map(|mut fault| {
                fault.path = format!("{}{}", opened.root, fault.path);
                fault
            }),
    );
    set_extras(&mut document, format, &extras);
    let usual = written(&document, format);
    for (name, value) in &usual {
        if !opened.fields.contains_key(name) {
            let spelling = Spelling {
                means: value.to_string(),
                written: None,
            };
            extras.spelled.insert(name.clone(), spelling);
        }
    }
    for (name, value) in &opened.fields {
        match usual.get(name) {
            Some(usual) if same(spec, name, usual, value) => {}
            // An empty value stands for the default, and is kept as it came.
            _ if !reader.respelt.contains(name)
                && !value.is_null()
                && value.as_str() != Some("") =>
            {
                if faults.is_empty() {
                    faults.push(FormatFault::at(
                        format!("{}/{}", opened.root, json::token(name)),
                        "Durward cannot keep this value as it is.",
                    ));
                }
            }
            None => extras.keep(name, value.clone()),
            Some(usual) => {
                let spelling = Spelling {
                    means: usual.to_string(),
                    written: Some(value.to_string()),
                };
                extras.spelled.insert(name.clone(), spelling);
            }
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    set_extras(&mut document, format, &extras);
    Ok(Core {
        document,
        fields: opened.fields.clone(),
        report: reader.report,
    })
}

fn set_extras(document: &mut AppDocument, format: Format, extras: &Extras) {
    document.extras.clear();
    if !extras.is_empty() {
        document
            .extras
            .insert(format.family().to_owned(), extras.clone());
    }
}

/// The foreign fields that a document says: mapped, kept, and each in the way that it came.
fn written(document: &AppDocument, format: Format) -> Map<String, Value> {
    let spec = spec(format);
    let mut fields = (spec.write)(document);
    let Some(extras) = document.extras.get(format.family()) else {
        return fields;
    };
    for (name, value) in extras.kept() {
        if !fields.contains_key(name) && !spec.secrets.contains(&name) && name != REST {
            fields.insert(name.to_owned(), value);
        }
    }
    for (name, spelling) in &extras.spelled {
        let means = serde_json::from_str::<Value>(&spelling.means).ok();
        if means.is_none() || fields.get(name) != means.as_ref() {
            continue;
        }
        match &spelling.written {
            None => {
                fields.remove(name);
            }
            Some(text) => {
                if let Ok(value) = serde_json::from_str(text) {
                    fields.insert(name.clone(), value);
                }
            }
        }
    }
    fields
}

fn same(spec: &Spec, name: &str, one: &Value, other: &Value) -> bool {
    if one == other {
        return true;
    }
    match (spec.sets.contains(&name), one.as_array(), other.as_array()) {
        (true, Some(one), Some(other)) => {
            one.iter().all(|item| other.contains(item))
                && other.iter().all(|item| one.contains(item))
        }
        _ => false,
    }
}

/// Where `durward` and the foreign fields tell different things, neither is silently preferred.
fn contradictions(
    document: &AppDocument,
    format: Format,
    fields: &Map<String, Value>,
    root: &str,
) -> Result<(), Faults> {
    let now = written(document, format);
    let spec = spec(format);
    let faults: Faults = fields
        .keys()
        .chain(now.keys().filter(|name| !fields.contains_key(*name)))
        .filter(|name| match (fields.get(*name), now.get(*name)) {
            (Some(sent), Some(now)) => !same(spec, name, sent, now),
            _ => true,
        })
        .map(|name| {
            FormatFault::at(
                format!("{root}/{}", json::token(name)),
                "The member durward says otherwise. Change both, or remove from durward what this field says.",
            )
        })
        .collect();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults)
    }
}

fn rest_of(opened: &mut Opened) -> Result<Map<String, Value>, Faults> {
    match opened.rest.take() {
        None => Ok(Map::new()),
        Some(Value::Object(rest)) => {
            let mut faults = Vec::new();
            let whole = Value::Object(rest);
            secret::search(
                &whole,
                &format!("{}/{REST}", opened.root),
                false,
                &mut faults,
            );
            match whole {
                Value::Object(rest) if faults.is_empty() => Ok(rest),
                _ => Err(faults),
            }
        }
        Some(_) => Err(vec![FormatFault::at(
            format!("{}/{REST}", opened.root),
            "This must be an object, as an export writes it.",
        )]),
    }
}

fn with_rest(
    document: AppDocument,
    rest: &Map<String, Value>,
    root: &str,
) -> Result<AppDocument, Faults> {
    let mut rest = rest.clone();
    for place in ["handle", "team", "environment"] {
        rest.remove(place);
    }
    if rest.is_empty() {
        return Ok(document);
    }
    let mut value = as_value(&document);
    overlay::apply(&mut value, &rest);
    AppDocument::from_value(value).map_err(|fault| {
        vec![FormatFault::at(
            format!("{root}/{REST}{}", fault.pointer),
            format!("{}.", fault.message),
        )]
    })
}

/// The caller's word counts first, then what Durward wrote beside.
fn complete(hints: &Hints, rest: &Map<String, Value>) -> Result<Hints, Faults> {
    let said = |name: &str| rest.get(name).and_then(Value::as_str);
    let found = Hints {
        handle: hints
            .handle
            .clone()
            .or_else(|| said("handle").and_then(|text| AppHandle::parse(text).ok())),
        team: hints
            .team
            .clone()
            .or_else(|| said("team").and_then(|text| TeamHandle::parse(text).ok())),
        environment: hints
            .environment
            .or_else(|| said("environment").and_then(|text| EnvironmentName::parse(text).ok())),
    };
    let mut faults = Vec::new();
    for (there, what) in [
        (found.handle.is_some(), "handle"),
        (found.team.is_some(), "team"),
        (found.environment.is_some(), "environment"),
    ] {
        if !there {
            faults.push(FormatFault::at(
                "",
                format!("The format does not say the {what} of the app. Give it beside the text."),
            ));
        }
    }
    if faults.is_empty() {
        Ok(found)
    } else {
        Err(faults)
    }
}

fn blank(hints: &Hints) -> Result<AppDocument, Faults> {
    let value = json!({
        "schema": Schema::V1, "handle": hints.handle, "team": hints.team, "environment": hints.environment,
    });
    AppDocument::from_value(value).map_err(|fault| vec![FormatFault::at("", fault.message)])
}

fn as_value(document: &AppDocument) -> Value {
    serde_json::to_value(document).unwrap_or_default()
}

/// Our own document. Hints move it elsewhere.
fn ours(text: &str, format: Format, hints: &Hints) -> Result<Imported, Faults> {
    let parsed = if format == Format::DurwardToml {
        AppDocument::parse_toml(text)
    } else {
        json::object(text).map_err(|fault| vec![fault])?;
        AppDocument::parse_json(text.as_bytes())
    };
    let mut document = parsed.map_err(|fault| {
        vec![FormatFault::at(
            fault.pointer,
            format!("{}.", fault.message.trim_end_matches('.')),
        )]
    })?;
    let mut faults = Vec::new();
    secret::search(&as_value(&document), "", false, &mut faults);
    if !faults.is_empty() {
        return Err(faults);
    }
    if let Some(handle) = &hints.handle {
        document.handle.clone_from(handle);
    }
    if let Some(team) = &hints.team {
        document.team.clone_from(team);
    }
    if let Some(environment) = hints.environment {
        document.environment = environment;
    }
    Ok(Imported {
        format,
        document,
        report: Report::default(),
    })
}

fn open(text: &str, format: Format) -> Result<Opened, FormatFault> {
    let mut opened = match format {
        Format::SamlMetadata => return xml::read(text),
        Format::LoginGovYaml => login_gov::open_yaml(yaml::read(text)?)?,
        Format::LoginGovJson => login_gov::open_json(json::object(text)?)?,
        _ => Opened {
            fields: json::object(text)?,
            wrapper: None,
            root: String::new(),
            rest: None,
            report: Report::default(),
        },
    };
    opened.rest = opened.fields.remove(REST);
    if opened.rest.is_none()
        && opened.fields.len() == 1
        && let Some((name, Value::Array(_))) = opened.fields.iter().next()
        && nearest(name, ["items", "service_providers", "clients"]).is_some()
    {
        return Err(FormatFault::at(
            "",
            "This is a list of apps. Send one app at a time.",
        ));
    }
    Ok(opened)
}

fn close(
    mut fields: Map<String, Value>,
    wrapper: Option<String>,
    rest: Option<Value>,
    format: Format,
) -> String {
    if format == Format::SamlMetadata {
        return xml::write(&fields, rest.as_ref());
    }
    if let Some(rest) = rest {
        fields.insert(REST.to_owned(), rest);
    }
    let pretty = |value: &Value| {
        format!(
            "{}\n",
            serde_json::to_string_pretty(value).unwrap_or_default()
        )
    };
    match format {
        Format::LoginGovYaml => yaml::write(&login_gov::close_yaml(fields, wrapper)),
        Format::LoginGovJson => pretty(&login_gov::close_json(fields, wrapper)),
        _ => pretty(&Value::Object(fields)),
    }
}

/// The member in which a foreign text carries what its format cannot say.
pub(super) const REST: &str = "durward";
