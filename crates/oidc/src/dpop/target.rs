//! Addresses as they are compared: alike when RFC 3986 says so.

use url::Url;

/// The address without query and fragment, after the normalization of syntax and scheme. RFC 9449 §4.3, RFC 3986 §6.2.2
/// and §6.2.3
pub(super) fn normalized(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let is_web = matches!(url.scheme(), "https" | "http") && url.has_host();
    // Names and passwords in an address are no part of any of ours.
    if !is_web || !url.username().is_empty() || url.password().is_some() || text.contains('\\') {
        return None;
    }
    Some(format!(
        "{}{}",
        url.origin().ascii_serialization(),
        decoded(url.path())
    ))
}

/// The path with escapes of letters that need none undone, and the others in capitals.
fn decoded(path: &str) -> String {
    let bytes = path.as_bytes();
    let mut out = String::with_capacity(path.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let escaped = (*byte == b'%')
            .then(|| path.get(at + 1..at + 3))
            .flatten()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match escaped {
            Some(plain) if plain.is_ascii_alphanumeric() || b"-._~".contains(&plain) => {
                out.push(char::from(plain));
            }
            Some(other) => out.push_str(&format!("%{other:02X}")),
            None => out.push(char::from(*byte)),
        }
        at += if escaped.is_some() { 3 } else { 1 };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::normalized;

    #[test]
    fn what_is_the_same_address() {
        let ours = normalized("https://id.example/api/token");
        assert!(ours.is_some());
        for same in [
            "HTTPS://ID.Example/api/token",
            "https://id.example:443/api/token",
            "https://id.example/api/token?a=b",
            "https://id.example/api/token#f",
            "https://id.example/x/../api/./token",
            "https://id.example/%61pi/tok%65n",
        ] {
            assert_eq!(normalized(same), ours, "{same}");
        }
        for other in [
            "http://id.example/api/token",
            "https://id.example:8443/api/token",
            "https://id.example/api/token/",
            "https://id.example/API/token",
            "https://id.example/api%2Ftoken",
            "https://id.example./api/token",
            "https://me@id.example/api/token",
            "https://id.example\\api\\token",
            "urn:id.example:api",
            "/api/token",
            "",
        ] {
            assert_ne!(normalized(other), ours, "{other}");
        }
        assert_eq!(
            normalized("http://h/a%2fb%zz"),
            Some("http://h/a%2Fb%zz".to_owned())
        );
    }
}
