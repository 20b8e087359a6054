//! Which format a text is in.

use serde_json::{Map, Value};

use super::Format;

/// The format that a text looks like.
pub fn detect(text: &str) -> Option<Format> {
    match text.trim_start().chars().next()? {
        '<' => Some(Format::SamlMetadata),
        '{' => {
            // What is wrong with it is said when it is read.
            let members: Map<String, Value> = serde_json::from_str(text).ok()?;
            let has = |name: &str| members.contains_key(name);
            if has("service_provider") || has("friendly_name") && !has("schema") {
                Some(Format::LoginGovJson)
            } else if has("ClientName") || has("RedirectUrls") || has("ClientID") {
                Some(Format::GovUkJson)
            } else if has("schema") || has("handle") {
                Some(Format::DurwardJson)
            } else if has("redirect_uris") || has("client_name") || has("client_id") {
                Some(Format::OidcMetadata)
            } else {
                None
            }
        }
        _ if text.lines().any(|line| {
            line.split_once('=')
                .is_some_and(|(name, value)| name.trim() == "schema" && value.contains("durward"))
        }) =>
        {
            Some(Format::DurwardToml)
        }
        _ if text.contains(':') => Some(Format::LoginGovYaml),
        _ => None,
    }
}
