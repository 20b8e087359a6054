//! What must not be in a text: private keys, shared secrets, placeholders that nobody replaced.

use serde_json::Value;

use super::fault::FormatFault;
use super::json::token;

/// Looks through a whole value. The first two are refused everywhere; placeholders where the caller says so.
pub(super) fn search(value: &Value, path: &str, placeholders: bool, faults: &mut Vec<FormatFault>) {
    match value {
        Value::String(text) => {
            if text.contains("PRIVATE KEY-----") {
                faults.push(FormatFault::at(
                    path,
                    "This is a private key. Durward takes public keys only. Treat it as lost: make a new pair, keep the private half, send the public one.",
                ));
            } else if placeholders
                && !(text == super::gov_uk::SEPARATELY && path.ends_with("/ClientSecret"))
                && let Some(name) = placeholder(text)
            {
                faults.push(FormatFault {
                    path: path.to_owned(),
                    message: format!(
                        "The placeholder {name} is still there. Put the value in its place, or remove the field."
                    ),
                    suggestion: None,
                    placeholder: Some(name),
                });
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                search(item, &format!("{path}/{index}"), placeholders, faults);
            }
        }
        Value::Object(members) => {
            let private_key = members.contains_key("kty")
                && ["d", "p", "q", "dp", "dq", "qi", "oth", "k"]
                    .iter()
                    .any(|member| members.contains_key(*member));
            if private_key {
                faults.push(FormatFault::at(
                    path,
                    "This JSON Web Key has private members. Durward takes public keys only. Treat it as lost: make a new pair, keep the private half, send the public one.",
                ));
                return;
            }
            for (name, member) in members {
                search(
                    member,
                    &format!("{path}/{}", token(name)),
                    placeholders,
                    faults,
                );
            }
        }
        _ => {}
    }
}

/// The placeholder in a text, such as `{CLIENT_NAME}`, `CLIENT_NAME}` or `<REPLACE_ME>`, as it should have been spelt.
pub(super) fn placeholder(text: &str) -> Option<String> {
    let text = text.trim();
    let mut rest = text;
    while let Some(start) = rest.find(['{', '<']) {
        let after = rest.get(start + 1..).unwrap_or_default();
        if let Some(end) = after.find(['}', '>']) {
            let name = after.get(..end).unwrap_or_default();
            if is_name(name) || name.starts_with("REPLACE_") {
                let angle = rest.as_bytes().get(start) == Some(&b'<');
                return Some(if angle {
                    format!("<{name}>")
                } else {
                    format!("{{{}}}", known(name))
                });
            }
        }
        rest = after;
    }
    // A brace lost in editing.
    let bare = text.trim_matches(['{', '}']);
    (bare.len() < text.len() && is_name(bare)).then(|| format!("{{{}}}", known(bare)))
}

fn is_name(name: &str) -> bool {
    name.len() >= 3
        && name.starts_with(|c: char| c.is_ascii_uppercase())
        && name
            .chars()
            .all(|c| c.is_ascii_uppercase() || matches!(c, '_' | ' ' | '-'))
}

/// The published name of a placeholder that was spelt a little differently.
fn known(name: &str) -> String {
    super::suggest::nearest(name, PLACEHOLDERS.iter().copied())
        .map_or_else(|| name.replace([' ', '-'], "_"), str::to_owned)
}

const PLACEHOLDERS: &[&str] = &[
    "BACKCHANNEL_LOGOUT_URI",
    "CLAIMS",
    "CLIENT_NAME",
    "JWKS_URL",
    "LANDINGPAGE_URL",
    "POSTLOGOUT_REDIRECT_URLS",
    "PROVIDE_SEPARATELY",
    "PUBLIC_KEY",
    "REDIRECT_URLS",
    "SECTORIDENTIFIER_URI",
];

#[cfg(test)]
mod tests {
    use super::placeholder;

    #[test]
    fn placeholders_are_named_as_published() {
        for (text, name) in [
            ("{CLIENT_NAME}", "{CLIENT_NAME}"),
            ("CLIENT_NAME}", "{CLIENT_NAME}"),
            ("{SECTOR_IDENTIFIER_URL}", "{SECTORIDENTIFIER_URI}"),
            ("{LANDING_PAGEURL}", "{LANDINGPAGE_URL}"),
            ("{PROVIDED SEPARATELY}", "{PROVIDE_SEPARATELY}"),
            ("https://{REDIRECT_URLS}/cb", "{REDIRECT_URLS}"),
            ("{MY_OWN}", "{MY_OWN}"),
            ("<REPLACE_ME.png>", "<REPLACE_ME.png>"),
            ("<REPLACE_WITH_COMMS>", "<REPLACE_WITH_COMMS>"),
        ] {
            assert_eq!(placeholder(text).as_deref(), Some(name), "{text}");
        }
        for text in [
            "Fishing",
            "{}",
            "https://a.gov/{id}",
            "a < b",
            "<strong>x</strong>",
            "P0",
        ] {
            assert_eq!(placeholder(text), None, "{text}");
        }
    }
}
