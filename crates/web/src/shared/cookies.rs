//! Cookies: their names, reading and setting them.

use axum::http::{HeaderMap, HeaderValue, header};

/// The names of one site's cookies and whether they travel by TLS only.
///
/// Ports share a cookie jar, so each environment has names of its own.
#[derive(Debug, Clone)]
pub struct CookieNames {
    session: String,
    flow: String,
    form: String,
    known_browser: String,
    secure: bool,
}

impl CookieNames {
    /// The names for a site: plain on loopback, `__Host-` elsewhere.
    pub fn of(site: &str, secure: bool) -> Self {
        let prefix = if secure { "__Host-" } else { "" };
        Self {
            session: format!("{prefix}durward_{site}"),
            flow: format!("{prefix}durward_{site}_flow"),
            form: format!("{prefix}durward_{site}_form"),
            known_browser: format!("{prefix}durward_{site}_browser"),
            secure,
        }
    }

    /// The name of the session cookie.
    pub fn session(&self) -> &str {
        &self.session
    }

    /// The session's value in these headers.
    pub fn session_in<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        find(headers, &self.session)
    }

    /// A header that sets the session cookie for as long as the browser runs.
    pub fn set_session(&self, value: &str) -> Option<HeaderValue> {
        self.set(&self.session, value, None)
    }

    /// A header that removes the session cookie.
    pub fn clear_session(&self) -> Option<HeaderValue> {
        self.set(&self.session, "", Some(0))
    }

    /// The value of the flow cookie in these headers: what this browser is in the middle of.
    pub fn flow_in<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        find(headers, &self.flow)
    }

    /// A header that sets the flow cookie for as long as the browser runs.
    pub fn set_flow(&self, value: &str) -> Option<HeaderValue> {
        self.set(&self.flow, value, None)
    }

    /// A header that removes the flow cookie.
    pub fn clear_flow(&self) -> Option<HeaderValue> {
        self.set(&self.flow, "", Some(0))
    }

    /// What accounts know this browser by, in these headers.
    pub fn known_browser_in<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        find(headers, &self.known_browser)
    }

    /// A header that sets what accounts know this browser by.
    pub fn set_known_browser(&self, value: &str) -> Option<HeaderValue> {
        self.set(&self.known_browser, value, Some(A_YEAR))
    }

    pub(super) fn form_in<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        find(headers, &self.form)
    }

    pub(super) fn set_form(&self, value: &str) -> Option<HeaderValue> {
        self.set(&self.form, value, None)
    }

    pub(super) fn set_language(&self, tag: &str) -> Option<HeaderValue> {
        self.set(LANGUAGE, tag, Some(A_YEAR))
    }

    /// A header that sets any cookie of ours. Nothing if the value cannot stand in a header.
    pub fn set(&self, name: &str, value: &str, max_age: Option<u32>) -> Option<HeaderValue> {
        let secure = if self.secure { "; Secure" } else { "" };
        let age = max_age
            .map(|seconds| format!("; Max-Age={seconds}"))
            .unwrap_or_default();
        HeaderValue::from_str(&format!(
            "{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}"
        ))
        .ok()
    }
}

/// The value of a cookie; the first one wins.
pub fn find<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, value)| *key == name && !value.is_empty())
        .map(|(_, value)| value)
}

/// The language that the person chose; shared by all sites of one host, and no secret.
pub(super) const LANGUAGE: &str = "durward_lang";
const A_YEAR: u32 = 31_536_000;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn elsewhere_than_on_loopback_cookies_are_bound_to_the_host() {
        let set = CookieNames::of("production", true)
            .set_session("abc")
            .unwrap();
        assert_eq!(
            set,
            "__Host-durward_production=abc; Path=/; HttpOnly; SameSite=Lax; Secure"
        );
        let set = CookieNames::of("sandbox", false).clear_session().unwrap();
        assert_eq!(
            set,
            "durward_sandbox=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"
        );
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(
            header::COOKIE,
            HeaderValue::from_static("a=1; durward_sandbox_form=x; durward_sandbox=y"),
        );
        let names = CookieNames::of("sandbox", false);
        assert_eq!(names.session_in(&headers), Some("y"));
        assert_eq!(names.form_in(&headers), Some("x"));
        assert_eq!(find(&headers, "durward"), None);
    }
}
