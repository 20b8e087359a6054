//! One request as a page sees it: who visits, in which language, with which form token.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Uri, header};

use durward_app::citizen::session::Browser;
use durward_app::record::Trace;

use super::cookies;
use super::csrf;
use super::i18n::{Language, Words};
use super::limits::ClientAddress;
use super::problem::Problem;
use super::site::Site;

/// One request as a page sees it. An extractor; asked for twice, it is the same visit.
#[derive(Clone)]
pub struct Visit(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    site: Arc<Site>,
    request_id: RequestId,
    language: Language,
    chosen: Option<Language>,
    session: Option<String>,
    flow: Option<String>,
    form: String,
    form_is_new: bool,
    uri: Uri,
    network: Option<IpAddr>,
    known_by: Option<String>,
    agent: String,
}

impl Visit {
    /// Reads a visit from a request's address and headers.
    pub fn read(site: &Arc<Site>, request_id: RequestId, uri: &Uri, headers: &HeaderMap) -> Self {
        let chosen = parameter(uri, "locale").and_then(|tag| Language::parse(&tag));
        let accepts = headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok());
        let language = Language::negotiate(
            chosen.map(Language::tag),
            cookies::find(headers, cookies::LANGUAGE),
            accepts,
        );
        let known = site
            .cookies
            .form_in(headers)
            .filter(|value| value.len() <= LONGEST_FORM_COOKIE);
        Self(Arc::new(Inner {
            request_id,
            language,
            chosen,
            session: site.cookies.session_in(headers).map(str::to_owned),
            flow: site.cookies.flow_in(headers).map(str::to_owned),
            form_is_new: known.is_none(),
            network: None,
            known_by: site.cookies.known_browser_in(headers).map(str::to_owned),
            agent: agent_in(headers),
            form: known.map_or_else(|| site.random.token(), str::to_owned),
            uri: uri.clone(),
            site: Arc::clone(site),
        }))
    }

    /// The same visit in the language that an app asks for; what the visitor chose by the address comes first.
    #[must_use]
    pub fn asked_in(self, language: Language) -> Self {
        if self.0.chosen.is_some() || self.0.language == language {
            return self;
        }
        Self(Arc::new(Inner {
            language,
            ..Inner::clone(&self.0)
        }))
    }

    /// The same visit, from this address.
    #[must_use]
    fn from(self, address: IpAddr) -> Self {
        let network = (!address.is_unspecified()).then_some(address);
        Self(Arc::new(Inner {
            network,
            ..Inner::clone(&self.0)
        }))
    }

    /// The site that is visited.
    pub fn site(&self) -> &Arc<Site> {
        &self.0.site
    }

    /// The id of this request, also in the `X-Request-Id` header.
    pub fn request_id(&self) -> &str {
        &self.0.request_id.0
    }

    /// The words of the visitor's language.
    pub fn words(&self) -> Words {
        Words::of(self.0.language)
    }

    /// The visitor's language.
    pub fn language(&self) -> Language {
        self.0.language
    }

    /// The value of the session cookie, as sent; nobody has checked it yet.
    pub fn session(&self) -> Option<&str> {
        self.0.session.as_deref()
    }

    /// The value of the flow cookie, as sent.
    pub fn flow(&self) -> Option<&str> {
        self.0.flow.as_deref()
    }

    /// What the use cases of people know of this browser.
    pub fn browser(&self) -> Browser {
        Browser {
            session: self.0.session.clone(),
            flow: self.0.flow.clone(),
            language: self.0.language.tag().to_owned(),
            network: self.0.network,
            known_by: self.0.known_by.clone(),
            agent: self.0.agent.clone(),
        }
    }

    /// What connects everything that this request does.
    pub fn trace(&self) -> Trace {
        Trace {
            request_id: self.request_id().to_owned(),
        }
    }

    /// The path and query that were asked for.
    pub fn path_and_query(&self) -> &str {
        self.0
            .uri
            .path_and_query()
            .map_or("/", |path| path.as_str())
    }

    /// The path that was asked for.
    pub fn path(&self) -> &str {
        self.0.uri.path()
    }

    /// The token that a form of this visitor carries.
    pub fn form_token(&self) -> String {
        csrf::token(&self.0.site.form_key, self.form_secret())
    }

    /// What form tokens of this visitor are bound to: the session, or the form cookie of someone unknown.
    pub(super) fn form_secret(&self) -> &str {
        self.0.session.as_deref().unwrap_or(&self.0.form)
    }

    /// The cookies that a page must set for this visitor.
    pub(super) fn cookies(&self) -> impl Iterator<Item = HeaderValue> {
        let names = &self.0.site.cookies;
        let form = self
            .0
            .form_is_new
            .then(|| names.set_form(&self.0.form))
            .flatten();
        let language = self
            .0
            .chosen
            .and_then(|language| names.set_language(language.tag()));
        form.into_iter().chain(language)
    }

    /// The same page in another language.
    pub(super) fn in_language(&self, language: Language) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in
            url::form_urlencoded::parse(self.0.uri.query().unwrap_or("").as_bytes())
        {
            if name != "locale" {
                query.append_pair(&name, &value);
            }
        }
        query.append_pair("locale", language.tag());
        format!("{}?{}", self.0.uri.path(), query.finish())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        if let Some(visit) = parts.extensions.get::<Self>() {
            return Ok(visit.clone());
        }
        let (Some(site), Some(id)) = (
            parts.extensions.get::<Arc<Site>>(),
            parts.extensions.get::<RequestId>(),
        ) else {
            return Err(Problem::fault(
                "a route asks for the visit but stands outside the shell",
            ));
        };
        let visit = Self::read(site, id.clone(), &parts.uri, &parts.headers)
            .from(ClientAddress::of(&parts.extensions));
        parts.extensions.insert(visit.clone());
        Ok(visit)
    }
}

/// The id of a request, printed at the foot of pages and sent as `X-Request-Id`.
#[derive(Debug, Clone)]
pub struct RequestId(pub(super) Arc<str>);

impl RequestId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    #[cfg(test)]
    pub(crate) fn sample() -> Self {
        Self(Arc::from("019a6f3e-2c41-7d8a-9b30-5e6f7a8b9c0d"))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for RequestId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts
            .extensions
            .get::<Self>()
            .cloned()
            .unwrap_or_else(|| Self(Arc::from(""))))
    }
}

fn parameter(uri: &Uri, name: &str) -> Option<String> {
    url::form_urlencoded::parse(uri.query()?.as_bytes())
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

/// Enough to tell the family of a browser.
fn agent_in(headers: &HeaderMap) -> String {
    let said = headers.get(header::USER_AGENT);
    let text = said.and_then(|value| value.to_str().ok()).unwrap_or("");
    text.chars().take(LONGEST_AGENT).collect()
}

const LONGEST_AGENT: usize = 512;
const LONGEST_FORM_COOKIE: usize = 64;
