//! Keys as foreign formats write them: without armour, or with.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::application::Key;

/// The Base64 of a PEM text without its armour, when it has the label.
pub(super) fn body(pem: &str, label: &str) -> Option<String> {
    let text = pem.trim();
    let inner = text
        .strip_prefix(&format!("-----BEGIN {label}-----"))?
        .strip_suffix(&format!("-----END {label}-----"))?;
    let body: String = inner.split_whitespace().collect();
    STANDARD.decode(&body).ok().map(|_| body)
}

/// A PEM text of a Base64 body; nothing when it is not Base64.
pub(super) fn armoured(body: &str, label: &str) -> Option<String> {
    let body: String = body.split_whitespace().collect();
    if body.is_empty() || STANDARD.decode(&body).is_err() {
        return None;
    }
    let mut text = format!("-----BEGIN {label}-----\n");
    for (index, c) in body.chars().enumerate() {
        if index > 0 && index % 64 == 0 {
            text.push('\n');
        }
        text.push(c);
    }
    text.push_str(&format!("\n-----END {label}-----\n"));
    Some(text)
}

/// A public key as Base64 of its SPKI, when it can be read.
pub(super) fn spki(key: &Key) -> Option<String> {
    if let Key::Pem(pem) = key
        && let Some(body) = body(pem, "PUBLIC KEY")
    {
        return Some(body);
    }
    key.read()
        .ok()
        .map(|key| STANDARD.encode(key.to_spki_der()))
}
