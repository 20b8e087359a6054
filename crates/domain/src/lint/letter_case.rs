//! The one difference that browsers hide and an exact comparison does not.

use super::subject::Uri;
use super::uri::{Place, Reading};
use super::{Rule, Severity::Warning};

pub(super) static LETTER_CASE: Rule = Rule {
    id: "uri/letter-case",
    test: Some(Warning),
    live: Some(Warning),
    sentence: "Scheme and host of a redirect URI are written in small letters.",
    why: "Redirect URIs are compared letter by letter (RFC 9700 §4.1.3). Browsers and most libraries write scheme and host in small letters, so a request would be refused although it looks the same.",
    fix: "Write scheme and host in small letters, and send them like that.",
    bad: "https://App.Agency.gov/callback",
    good: "https://app.agency.gov/callback",
    from: &[],
    waivable: true,
    check: |subject, hits| {
        // What is no address is told by another rule.
        let compared = |uri: &&Uri<'_>| {
            matches!(uri.place, Place::Redirect | Place::PostLogout)
                && matches!(uri.reading, Reading::Web { .. } | Reading::Private(_))
        };
        for uri in subject.uris.iter().filter(compared) {
            if let Some(usual) = usual(uri.text) {
                hits.at(
                    &uri.path,
                    format!("Scheme or host has capital letters, and each letter counts. If the app sends {usual}, register that."),
                );
            }
        }
    },
};

/// The address with scheme and host as browsers write them, where that is another text.
fn usual(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once(':')?;
    let host = rest.strip_prefix("//").map_or(0, |after| {
        2 + after.find(['/', '?', '#']).unwrap_or(after.len())
    });
    let (host, rest) = rest.split_at(host);
    let usual = format!(
        "{}:{}{rest}",
        scheme.to_ascii_lowercase(),
        host.to_ascii_lowercase()
    );
    (usual != text).then_some(usual)
}

#[cfg(test)]
mod tests {
    use super::usual;

    #[test]
    fn only_what_browsers_change_is_told() {
        for (text, expected) in [
            ("https://App.gov/Cb?X=Y", Some("https://app.gov/Cb?X=Y")),
            ("HTTPS://app.gov", Some("https://app.gov")),
            ("Gov.app:/Cb", Some("gov.app:/Cb")),
            ("https://app.gov/Cb?X=Y", None),
            ("gov.app:/Cb", None),
            ("no scheme", None),
        ] {
            assert_eq!(usual(text).as_deref(), expected, "{text}");
        }
    }
}
