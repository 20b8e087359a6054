//! The answer that the browser carries to the app: a code or an error, in the query, the fragment or a form.

use serde::{Deserialize, Serialize};

use super::AuthorizeRequest;
use crate::oauth::{OAuthError, description, error_uri};
use crate::params::append;

/// How the answer travels. OAuth 2.0 Multiple Response Type Encoding Practices §2.1, OAuth 2.0 Form Post Response Mode
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseMode {
    /// In the query of the redirect URI: how a code travels unless the request says otherwise.
    #[default]
    Query,
    /// In its fragment, which no server log sees.
    Fragment,
    /// In a form that the browser posts there.
    FormPost,
}

impl ResponseMode {
    /// Every value; discovery says the same.
    pub const ALL: [Self; 3] = [Self::Query, Self::Fragment, Self::FormPost];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Fragment => "fragment",
            Self::FormPost => "form_post",
        }
    }

    /// Reads a word; none for another one.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == text)
    }

    /// What a request asks for; an unknown word counts as the default, which carries its error.
    pub(super) fn read(text: Option<&str>) -> Self {
        text.and_then(Self::parse).unwrap_or_default()
    }
}

/// Where an answer goes, and how.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// The registered redirect URI of the request.
    pub redirect_uri: &'a str,
    /// How the answer travels.
    pub mode: ResponseMode,
    /// Comes back as it was sent.
    pub state: Option<&'a str>,
    /// This issuer. RFC 9207
    pub issuer: &'a str,
}

impl<'a> Target<'a> {
    /// Of a request that passed.
    pub fn of(request: &'a AuthorizeRequest, issuer: &'a str) -> Self {
        Self {
            redirect_uri: &request.redirect_uri,
            mode: request.response_mode,
            state: Some(request.state.as_str()).filter(|state| !state.is_empty()),
            issuer,
        }
    }
}

/// What the browser carries to the app. No `Debug`: it may hold a code.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientAnswer {
    redirect_uri: String,
    mode: ResponseMode,
    pairs: Vec<(&'static str, String)>,
}

impl ClientAnswer {
    /// A code. RFC 6749 §4.1.2, RFC 9207
    pub fn success(target: Target<'_>, code: &str) -> Self {
        Self::new(target, vec![("code", code.to_owned())])
    }

    /// An error. RFC 6749 §4.1.2.1, RFC 9207
    pub fn error(target: Target<'_>, error: OAuthError, sentence: &str) -> Self {
        let pairs = vec![
            ("error", error.as_str().to_owned()),
            ("error_description", description(sentence)),
        ];
        Self::new(target, pairs)
    }

    /// The same error with the page that explains its code. RFC 6749 §4.1.2.1
    #[must_use]
    pub fn explained(mut self, portal: &str, code: &str) -> Self {
        self.pairs.insert(2, ("error_uri", error_uri(portal, code)));
        self
    }

    fn new(target: Target<'_>, mut pairs: Vec<(&'static str, String)>) -> Self {
        pairs.extend(target.state.map(|state| ("state", state.to_owned())));
        pairs.push(("iss", target.issuer.to_owned()));
        Self {
            redirect_uri: target.redirect_uri.to_owned(),
            mode: target.mode,
            pairs,
        }
    }

    /// The address that the browser is sent to; none where the answer is posted as a form.
    pub fn location(&self) -> Option<String> {
        let pairs: Vec<(&str, &str)> = self
            .pairs
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        match self.mode {
            ResponseMode::Query => Some(append(&self.redirect_uri, &pairs)),
            // A registered URI has no fragment of its own.
            ResponseMode::Fragment => Some(format!(
                "{}#{}",
                self.redirect_uri,
                append("", &pairs).trim_start_matches('?')
            )),
            ResponseMode::FormPost => None,
        }
    }

    /// Where the form is posted, or the browser sent to.
    pub fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// The fields of the form, or of the query.
    pub fn pairs(&self) -> &[(&'static str, String)] {
        &self.pairs
    }
}

impl std::fmt::Debug for ClientAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientAnswer")
            .field("redirect_uri", &self.redirect_uri)
            .field("mode", &self.mode)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(mode: ResponseMode) -> Target<'static> {
        Target {
            redirect_uri: "https://a.example.gov/cb?x=1",
            mode,
            state: Some("s t"),
            issuer: "https://id.example.gov",
        }
    }

    #[test]
    fn each_mode_carries_the_same() {
        let location = |mode| ClientAnswer::success(target(mode), "c0de").location();
        let tail = "code=c0de&state=s+t&iss=https%3A%2F%2Fid.example.gov";
        assert_eq!(
            location(ResponseMode::Query),
            Some(format!("https://a.example.gov/cb?x=1&{tail}"))
        );
        assert_eq!(
            location(ResponseMode::Fragment),
            Some(format!("https://a.example.gov/cb?x=1#{tail}"))
        );
        assert_eq!(location(ResponseMode::FormPost), None);
        let form = ClientAnswer::success(target(ResponseMode::FormPost), "c0de");
        let names: Vec<_> = form.pairs().iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["code", "state", "iss"]);
        assert_eq!(form.redirect_uri(), "https://a.example.gov/cb?x=1");
    }

    /// RFC 6749 §4.1.2.1
    #[test]
    fn an_error_leads_to_its_explanation() {
        let error = OAuthError::InvalidScope;
        let answer = ClientAnswer::error(target(ResponseMode::FormPost), error, "No.")
            .explained("https://portal.example.gov/", "authorize/scope-unknown");
        let pairs: Vec<_> = answer
            .pairs()
            .iter()
            .map(|(n, v)| format!("{n}={v}"))
            .collect();
        let expected = "error=invalid_scope error_description=No. error_uri=https://portal.example.gov/help/errors/authorize/scope-unknown state=s t iss=https://id.example.gov";
        assert_eq!(pairs.join(" "), expected);
    }

    #[test]
    fn nothing_of_a_code_is_printed() {
        let answer = ClientAnswer::success(target(ResponseMode::Query), "c0de");
        assert!(!format!("{answer:?}").contains("c0de"));
    }
}
