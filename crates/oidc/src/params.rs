//! Parameters of a request: a list of pairs, in which no name comes twice.

/// Parameters of a query or of a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Params(Vec<(String, String)>);

/// The text is too long, or not a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadParams {
    /// More than [`Params::MAX_BYTES`].
    #[error("The request is too long.")]
    TooLong,
    /// Not `application/x-www-form-urlencoded`, or too many pairs.
    #[error("The parameters cannot be read. Send them as application/x-www-form-urlencoded.")]
    Unreadable,
}

impl Params {
    /// The longest query or form that is read.
    pub const MAX_BYTES: usize = 64 * 1024;
    const MAX_PAIRS: usize = 200;

    /// Reads a query string or a form body.
    pub fn parse(raw: &[u8]) -> Result<Self, BadParams> {
        if raw.len() > Self::MAX_BYTES {
            return Err(BadParams::TooLong);
        }
        let pairs: Vec<(String, String)> =
            serde_urlencoded::from_bytes(raw).map_err(|_| BadParams::Unreadable)?;
        // No parameter of ours has a NUL, and no database takes one.
        let has_nul = pairs
            .iter()
            .any(|(n, v)| n.contains('\0') || v.contains('\0'));
        if has_nul || pairs.len() > Self::MAX_PAIRS {
            return Err(BadParams::Unreadable);
        }
        Ok(Self(pairs))
    }

    /// From pairs that are decoded already.
    pub const fn new(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The value of a name. A parameter without a value counts as left out. RFC 6749 §3.1
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(n, v)| n == name && !v.is_empty())
            .map(|(_, v)| v.as_str())
    }

    /// Does this name come more than once?
    pub fn repeats(&self, name: &str) -> bool {
        self.0.iter().filter(|(n, _)| n == name).count() > 1
    }

    /// The first name that comes more than once. RFC 6749 §3.1 and §3.2
    pub fn repeated(&self) -> Option<&str> {
        self.0
            .iter()
            .map(|(name, _)| name.as_str())
            .find(|name| self.repeats(name))
    }

    /// The pairs, in the order of the request.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }
}

/// Adds pairs to the query of a URI that is kept byte for byte.
pub fn append(uri: &str, pairs: &[(&str, &str)]) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    let joint = match uri.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some((_, rest)) if rest.ends_with('&') => "",
        Some(_) => "&",
    };
    if query.is_empty() {
        return uri.to_owned();
    }
    format!("{uri}{joint}{query}")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn empty_means_absent_and_twice_is_seen() {
        let params = Params::parse(b"a=1&b=&c=x+y%21&a=2").unwrap();
        assert_eq!(params.get("a"), Some("1"));
        assert_eq!((params.get("b"), params.get("c")), (None, Some("x y!")));
        assert_eq!(params.repeated(), Some("a"));
    }

    #[test]
    fn long_queries_are_refused() {
        assert_eq!(
            Params::parse(&vec![b'a'; Params::MAX_BYTES + 1]),
            Err(BadParams::TooLong)
        );
        assert_eq!(Params::parse(b"a=%00"), Err(BadParams::Unreadable));
        assert_eq!(
            Params::parse("a=1&".repeat(201).as_bytes()),
            Err(BadParams::Unreadable)
        );
    }

    #[test]
    fn appending() {
        let check = |uri: &str, expected: &str| {
            assert_eq!(append(uri, &[("code", "a b"), ("state", "&")]), expected);
        };
        check("https://a.gov/cb", "https://a.gov/cb?code=a+b&state=%26");
        check(
            "https://a.gov/cb?x=1",
            "https://a.gov/cb?x=1&code=a+b&state=%26",
        );
        check("https://a.gov/cb?", "https://a.gov/cb?code=a+b&state=%26");
        check("gov.a.app:/cb", "gov.a.app:/cb?code=a+b&state=%26");
    }

    proptest! {
        #[test]
        fn parsing_never_panics(raw in proptest::collection::vec(any::<u8>(), 0..400)) {
            if let Ok(params) = Params::parse(&raw) {
                let _ = (params.repeated(), params.get("a"));
            }
        }
    }
}
