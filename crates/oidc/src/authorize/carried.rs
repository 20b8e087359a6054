//! How the parameters of a request came: in the address, pushed before, or in a signed object.

use super::request_object::ObjectFault;

/// How the parameters came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Carried {
    /// The app pushed them before, and proved itself. RFC 9126
    pub pushed: bool,
    /// The name under which the pushed request is kept, until a code is made for it.
    pub kept: Option<String>,
    /// The app signed them. RFC 9101
    pub signed: bool,
    /// It tried to sign them.
    pub fault: Option<ObjectFault>,
    /// What became of their `id_token_hint`.
    pub hint: HintRead,
}

impl Carried {
    /// In the query or the form, by whoever held the browser.
    pub const PLAIN: Self = Self {
        pushed: false,
        kept: None,
        signed: false,
        fault: None,
        hint: HintRead::Unread,
    };
}

/// What became of an `id_token_hint`, which only this issuer's keys can tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum HintRead {
    /// There was none, or nobody looked at it.
    #[default]
    Unread,
    /// It is no ID token of ours for this app.
    Bad,
    /// It means this person, as the app's agency calls them.
    Subject(String),
}

/// The beginning of every `request_uri` of ours. RFC 9126 §2.2
pub const REQUEST_URI_PREFIX: &str = "urn:ietf:params:oauth:request_uri:";
