//! Redirect URIs: what is registered against what a request asks for.
//!
//! The match is that of two texts, letter by letter, as RFC 9700 §2.1 and §4.1.3 ask: nothing is normalised, not even
//! the case of scheme and host. A native app may use any port of a loopback address that it registered (RFC 8252 §7.3).

use crate::refusal::{RefusalKind, Refuse};

/// A URI taken apart just far enough to be compared; each part as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedirectUri {
    scheme: String,
    authority: Option<Authority>,
    /// Path and query, byte for byte.
    rest: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Authority {
    host: String,
    port: Option<String>,
}

/// Why a text is no redirect URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RedirectFault {
    /// Empty or longer than [`RedirectUri::MAX_BYTES`].
    #[error(
        "The redirect URI is empty or longer than {} characters.",
        RedirectUri::MAX_BYTES
    )]
    Length,
    /// Characters that no URI has.
    #[error("The redirect URI has spaces, backslashes, control or non-ASCII characters.")]
    Characters,
    /// No scheme.
    #[error("The redirect URI has no scheme such as https.")]
    Scheme,
    /// A fragment.
    #[error("The redirect URI has a fragment (a part after #).")]
    Fragment,
    /// A user name or password.
    #[error("The redirect URI has a user name or password.")]
    UserInfo,
    /// A web address without a host, or a port that is no number.
    #[error("The host or port of the redirect URI cannot be read.")]
    Host,
}

impl Refuse for RedirectFault {
    fn code(&self) -> &'static str {
        match self {
            Self::Length => "redirect/length",
            Self::Characters => "redirect/characters",
            Self::Scheme => "redirect/scheme",
            Self::Fragment => "redirect/fragment",
            Self::UserInfo => "redirect/user-info",
            Self::Host => "redirect/host",
        }
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }
}

impl RedirectUri {
    /// The longest URI that is read.
    pub const MAX_BYTES: usize = 2048;

    /// Takes a URI apart.
    pub fn parse(text: &str) -> Result<Self, RedirectFault> {
        if text.is_empty() || text.len() > Self::MAX_BYTES {
            return Err(RedirectFault::Length);
        }
        if !text.bytes().all(|b| b.is_ascii_graphic() && b != b'\\') {
            return Err(RedirectFault::Characters);
        }
        let (scheme, rest) = text.split_once(':').ok_or(RedirectFault::Scheme)?;
        if !is_scheme(scheme) {
            return Err(RedirectFault::Scheme);
        }
        if rest.contains('#') {
            return Err(RedirectFault::Fragment);
        }
        let scheme = scheme.to_owned();
        let Some(after) = rest.strip_prefix("//") else {
            if is_web(&scheme) {
                return Err(RedirectFault::Host);
            }
            return Ok(Self {
                scheme,
                authority: None,
                rest: rest.to_owned(),
            });
        };
        let end = after.find(['/', '?']).unwrap_or(after.len());
        let (authority, rest) = after.split_at(end);
        let authority = Authority::parse(authority, is_web(&scheme))?;
        Ok(Self {
            scheme,
            authority: Some(authority),
            rest: rest.to_owned(),
        })
    }

    /// The host, with its brackets when it is an IPv6 address.
    fn host(&self) -> Option<&str> {
        self.authority
            .as_ref()
            .map(|authority| authority.host.as_str())
    }

    /// May a person be sent to `requested` when this URI is registered?
    pub fn accepts(&self, requested: &Self, native: bool) -> bool {
        if self == requested {
            return true;
        }
        native
            && self.is_loopback()
            && requested.is_loopback()
            && self.host() == requested.host()
            && self.rest == requested.rest
    }

    /// A loopback address written in its one form. `localhost` is a name that a resolver may send elsewhere. RFC 8252 §8.3.
    fn is_loopback(&self) -> bool {
        self.scheme == "http" && matches!(self.host(), Some("127.0.0.1" | "[::1]"))
    }
}

/// Does nobody on the way read what is sent to this URI? With `loopback`, addresses of the person's own machine count.
pub fn is_private(text: &str, loopback: bool) -> bool {
    RedirectUri::parse(text).is_ok_and(|uri| {
        let own = uri.host().is_some_and(|host| {
            ["localhost", "127.0.0.1", "[::1]"]
                .iter()
                .any(|own| host.eq_ignore_ascii_case(own))
        });
        let is = |scheme: &str| uri.scheme.eq_ignore_ascii_case(scheme);
        is("https") || (loopback && own && is("http"))
    })
}

/// Is the requested URI among the registered ones? What cannot be read is never accepted.
pub fn registered(list: &[String], requested: &str, native: bool) -> bool {
    let Ok(requested) = RedirectUri::parse(requested) else {
        return false;
    };
    list.iter()
        .any(|text| RedirectUri::parse(text).is_ok_and(|uri| uri.accepts(&requested, native)))
}

impl Authority {
    fn parse(text: &str, web: bool) -> Result<Self, RedirectFault> {
        if text.contains('@') {
            return Err(RedirectFault::UserInfo);
        }
        let port_at = match text.rfind(']') {
            Some(bracket) if text.starts_with('[') => {
                text[bracket..].find(':').map(|at| at + bracket)
            }
            Some(_) => return Err(RedirectFault::Host),
            None => text.find(':'),
        };
        let (host, port) = match port_at {
            Some(at) => (&text[..at], Some(&text[at + 1..])),
            None => (text, None),
        };
        if let Some(port) = port
            && (port.is_empty()
                || port.len() > 5
                || !port.bytes().all(|b| b.is_ascii_digit())
                || port.parse::<u16>().is_err())
        {
            return Err(RedirectFault::Host);
        }
        if host.is_empty() && web {
            return Err(RedirectFault::Host);
        }
        Ok(Self {
            host: host.to_owned(),
            port: port.map(str::to_owned),
        })
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
}

fn is_web(scheme: &str) -> bool {
    ["http", "https"]
        .iter()
        .any(|web| scheme.eq_ignore_ascii_case(web))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(registered_uri: &str, requested: &str, web: bool, native: bool) {
        let list = [registered_uri.to_owned()];
        assert_eq!(registered(&list, requested, false), web, "web {requested}");
        assert_eq!(
            registered(&list, requested, true),
            native,
            "native {requested}"
        );
    }

    #[test]
    fn two_texts_are_compared_letter_by_letter() {
        check(
            "https://app.gov/cb?a=1",
            "https://app.gov/cb?a=1",
            true,
            true,
        );
        check("https://APP.gov/cb", "https://APP.gov/cb", true, true);
        check("https://APP.gov/cb", "https://app.gov/cb", false, false);
        for near in [
            "https://APP.gov/cb",
            "HTTPS://app.gov/cb",
            "Https://App.Gov/cb",
            "https://app.gov/CB",
            "https://app.gov/cb/",
            "https://app.gov/cb?",
            "https://app.gov/cb?a=1",
            "https://app.gov:443/cb",
            "http://app.gov/cb",
            "https://app.gov/%63b",
            "https://app.gov/x/../cb",
            "https://app.gov./cb",
        ] {
            check("https://app.gov/cb", near, false, false);
        }
    }

    #[test]
    fn what_cannot_be_read_is_never_accepted() {
        for bad in [
            "",
            "cb",
            "//app.gov/cb",
            "https:/app.gov/cb",
            "https:app.gov",
            "https://",
            "https:///cb",
            "https://u@app.gov/cb",
            "https://u:p@app.gov/cb",
            "https://app.gov/cb#x",
            "https://app.gov\\@evil.test/cb",
            "https://app.gov/c b",
            "https://app.gov:port/cb",
            "https://app.gov:/cb",
            "https://app.gov:99999/cb",
            "https://app.gov:1:2/cb",
            "https://äpp.gov/cb",
            "https://app.gov/cb\n",
        ] {
            assert!(RedirectUri::parse(bad).is_err(), "{bad}");
            assert!(!registered(&[bad.to_owned()], bad, true), "{bad}");
        }
    }

    #[test]
    fn a_native_app_may_use_any_port_of_its_loopback_address() {
        check(
            "http://127.0.0.1/cb",
            "http://127.0.0.1:51004/cb",
            false,
            true,
        );
        check("http://127.0.0.1:1/cb", "http://127.0.0.1/cb", false, true);
        check("http://[::1]/cb", "http://[::1]:9/cb", false, true);
        for far in [
            "HTTP://127.0.0.1:5/cb",
            "http://127.0.0.1:5/CB",
            "http://127.0.0.1:5/cb?",
            "http://127.0.0.1:/cb",
            "http://[::0001]:5/cb",
            "http://127.0.0.1:5/other",
            "http://[::1]:5/cb",
            "http://localhost:5/cb",
            "https://127.0.0.1:5/cb",
            "http://127.1:5/cb",
            "http://127.0.0.1.evil.test:5/cb",
        ] {
            check("http://127.0.0.1/cb", far, false, false);
        }
        check("http://localhost/cb", "http://localhost:5/cb", false, false);
        check("https://app.gov/cb", "https://app.gov:5/cb", false, false);
    }

    #[test]
    fn private_use_schemes_match_exactly() {
        check("gov.parks.app:/cb", "gov.parks.app:/cb", true, true);
        check("gov.parks.app:/cb", "gov.parks.app://cb", false, false);
        check(
            "gov.parks.app://result",
            "GOV.parks.app://result",
            false,
            false,
        );
    }
}
