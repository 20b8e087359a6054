//! A secret of the client, in the Authorization header or in the form. RFC 6749 §2.3.1

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use durward_domain::application::TokenEndpointAuthMethod as Method;
use jiff::Timestamp;

use super::TokenError;
use crate::params::Params;

/// What was sent. No `Debug`.
pub(super) struct Secret {
    pub(super) client_id: String,
    pub(super) secret: String,
    pub(super) method: Method,
}

/// What is kept of a secret that was found by its keyed hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldSecret {
    /// What names it.
    pub id: String,
    /// The app that it was made for.
    pub client_id: String,
    /// Until when it is good.
    pub expires: Option<Timestamp>,
}

impl Secret {
    /// Reads a secret, if one was sent: in one of the two places, not in both.
    pub(super) fn read(
        params: &Params,
        authorization: Option<&str>,
    ) -> Result<Option<Self>, TokenError> {
        match (authorization, params.get("client_secret")) {
            (Some(_), Some(_)) => Err(TokenError::SeveralMethods),
            (Some(header), None) => Self::basic(header).map(Some),
            (None, Some(secret)) => {
                let client_id = params
                    .get("client_id")
                    .ok_or(TokenError::Missing("client_id"))?;
                Self::of(
                    client_id.to_owned(),
                    secret.to_owned(),
                    Method::ClientSecretPost,
                )
                .map(Some)
            }
            (None, None) => Ok(None),
        }
    }

    fn basic(header: &str) -> Result<Self, TokenError> {
        let (scheme, credentials) = header.split_once(' ').unwrap_or((header, ""));
        if !scheme.eq_ignore_ascii_case("basic") {
            return Err(TokenError::BasicUnsupported);
        }
        let unreadable = || TokenError::BasicUnreadable;
        if header.len() > LONGEST_HEADER {
            return Err(unreadable());
        }
        let text = STANDARD
            .decode(credentials.trim())
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .ok_or_else(unreadable)?;
        // No secret of ours has a colon; a client id that was not encoded may have some.
        let (id, secret) = text.rsplit_once(':').ok_or_else(unreadable)?;
        let id = decoded(id).ok_or_else(unreadable)?;
        let secret = decoded(secret).ok_or_else(unreadable)?;
        if id.is_empty() || secret.is_empty() {
            return Err(unreadable());
        }
        Self::of(id, secret, Method::ClientSecretBasic)
    }

    fn of(client_id: String, secret: String, method: Method) -> Result<Self, TokenError> {
        if secret.len() > LONGEST_SECRET {
            return Err(TokenError::Malformed("client_secret"));
        }
        Ok(Self {
            client_id,
            secret,
            method,
        })
    }
}

/// `application/x-www-form-urlencoded`, strictly: no broken escapes, no control characters.
fn decoded(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let pair = [bytes.next()?, bytes.next()?];
                if !pair.iter().all(u8::is_ascii_hexdigit) {
                    return None;
                }
                u8::from_str_radix(std::str::from_utf8(&pair).ok()?, 16).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(out)
        .ok()
        .filter(|text| !text.chars().any(char::is_control))
}

const LONGEST_HEADER: usize = 4096;
const LONGEST_SECRET: usize = 512;

#[cfg(test)]
mod tests {
    use durward_domain::refusal::Refuse as _;
    use proptest::prelude::*;

    use super::*;

    fn read(form: &str, header: Option<&str>) -> String {
        let params = Params::parse(form.as_bytes()).unwrap_or_default();
        match Secret::read(&params, header) {
            Ok(None) => "none".to_owned(),
            Ok(Some(one)) => format!("{} {} {}", one.method.as_str(), one.client_id, one.secret),
            Err(no) => format!("{} {} {}", no.status(), no.oauth_error(), no.code()),
        }
    }

    fn basic(text: &str) -> String {
        read("", Some(&format!("Basic {}", STANDARD.encode(text))))
    }

    /// RFC 6749 §2.3.1: both parts are form-encoded before they are joined.
    #[test]
    fn secrets_in_the_header() {
        assert_eq!(basic("app:s3cret"), "client_secret_basic app s3cret");
        assert_eq!(basic("urn%3Aapp:s"), "client_secret_basic urn:app s");
        assert_eq!(basic("urn:app:s"), "client_secret_basic urn:app s");
        assert_eq!(basic("a+b%20c:s"), "client_secret_basic a b c s");
        let bad = "401 invalid_client token/basic-unreadable";
        for text in ["app", ":s", "app:", "a%:s", "a%zz:s", "a%ff:s", "a:%00"] {
            assert_eq!(basic(text), bad, "{text}");
        }
        assert_eq!(read("", Some("Basic ???")), bad);
        assert_eq!(read("", Some("Basic")), bad);
        let other = "401 invalid_client token/authorization-header-unsupported";
        assert_eq!(read("", Some("Bearer x")), other);
        assert_eq!(read("", Some("")), other);
    }

    #[test]
    fn secrets_in_the_form_and_in_both() {
        assert_eq!(
            read("client_id=app&client_secret=s", None),
            "client_secret_post app s"
        );
        assert_eq!(
            read("client_secret=s", None),
            "400 invalid_request token/parameter-missing"
        );
        assert_eq!(
            read("client_id=app&client_secret=s", Some("Basic YTpz")),
            "400 invalid_request token/several-auth-methods"
        );
        assert_eq!(read("client_id=app", None), "none");
    }

    proptest! {
        #[test]
        fn headers_never_panic(header in "\\PC{0,80}", text in "\\PC{0,40}") {
            let _ = read("", Some(&header));
            let _ = basic(&text);
        }
    }
}
