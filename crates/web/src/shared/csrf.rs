//! Protection against forged forms: where a post comes from, and a token bound to the visitor's cookie.

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use durward_domain::refusal::{RefusalKind, Refuse};
use durward_keyring::mac::MacKey;

use super::site::Site;

/// Why a form was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ForgeryRefusal {
    /// Another site sent the form.
    #[error("This form was sent from another site. Open the page here and send it again.")]
    Foreign,
    /// The token is missing or belongs to another visit.
    #[error("This form is too old. Open the page again and send it once more.")]
    Stale,
}

impl Refuse for ForgeryRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Foreign => "form/foreign",
            Self::Stale => "form/stale",
        }
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Forbidden
    }
}

/// The token of a visitor's forms.
pub(super) fn token(key: &MacKey, secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(key.tag(&message(secret)))
}

/// Says no to a token that was not made for this visitor.
pub(super) fn check_token(key: &MacKey, secret: &str, token: &str) -> Result<(), ForgeryRefusal> {
    let tag = URL_SAFE_NO_PAD
        .decode(token)
        .map_err(|_| ForgeryRefusal::Stale)?;
    if key.verify(&message(secret), &tag) {
        Ok(())
    } else {
        Err(ForgeryRefusal::Stale)
    }
}

/// Says no to a post that a browser sends for another site.
///
/// Programs that send neither header are no browser under another site's control; the token still counts.
pub(super) fn check_source(site: &Site, headers: &HeaderMap) -> Result<(), ForgeryRefusal> {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &axum::http::HeaderValue| value.to_str().ok())
    };
    if text(header::ORIGIN).is_some_and(|origin| !site.is_own_origin(origin)) {
        return Err(ForgeryRefusal::Foreign);
    }
    match text(header::HeaderName::from_static("sec-fetch-site")) {
        None | Some("same-origin" | "none") => Ok(()),
        Some(_) => Err(ForgeryRefusal::Foreign),
    }
}

fn message(secret: &str) -> Vec<u8> {
    [b"form\0", secret.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;
    use crate::shared::site::tests::site;

    #[test]
    fn a_token_counts_for_its_visitor_only() {
        let key = MacKey::new([7; 32]);
        let made = token(&key, "anna");
        assert_eq!(check_token(&key, "anna", &made), Ok(()));
        assert_eq!(check_token(&key, "bert", &made), Err(ForgeryRefusal::Stale));
        assert_eq!(check_token(&key, "anna", ""), Err(ForgeryRefusal::Stale));
    }

    #[test]
    fn a_post_from_another_site_is_refused() {
        let site = site("sandbox", "http://localhost:8401");
        let from = |name: &'static str, value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, HeaderValue::from_static(value));
            check_source(&site, &headers)
        };
        assert_eq!(from("origin", "http://localhost:8401"), Ok(()));
        assert_eq!(
            from("origin", "http://localhost:8402"),
            Err(ForgeryRefusal::Foreign)
        );
        assert_eq!(from("origin", "null"), Err(ForgeryRefusal::Foreign));
        assert_eq!(
            from("sec-fetch-site", "same-site"),
            Err(ForgeryRefusal::Foreign)
        );
        assert_eq!(from("x-other", "1"), Ok(()));
    }
}
