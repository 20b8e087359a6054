//! The frame of every page and the headers that it is sent with.

use std::borrow::Cow;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use super::i18n::{Language, Words};
use super::problem::Problem;
use super::visit::Visit;

/// What the layout of a page needs; every view holds one as `page`.
pub struct Page {
    /// The words of the visitor's language.
    pub words: Words,
    /// The same page in each language.
    pub languages: Vec<LanguageLink>,
    /// The service's name in the header.
    pub title: String,
    /// Where the service's name leads.
    pub home: &'static str,
    /// The environment's name, where a banner warns that it is for tests.
    pub practice: Option<String>,
    /// The token of this visitor's forms.
    pub form_token: String,
    /// The id of this request.
    pub request_id: String,
    /// Who is signed in, as shown beside the sign-out button.
    pub person: Option<String>,
    /// Where the sign-out button posts to.
    pub sign_out: &'static str,
    /// Where somebody unknown signs in, on pages that need no sign-in.
    pub sign_in: Option<&'static str>,
    /// Whether search engines may list the page.
    pub open_to_search: bool,
    /// What is wrong with the form, in the order of its fields.
    pub errors: Vec<FieldError>,
    /// News above the content.
    pub notice: Option<Notice>,
    /// The side navigation of partners and staff.
    pub sections: Vec<Section>,
    form_origins: Vec<String>,
    cookies: Vec<HeaderValue>,
    framing: Framing,
    scripts: Vec<&'static str>,
    asks: bool,
}

impl Page {
    /// The frame for this visit.
    pub fn of(visit: &Visit) -> Self {
        let language = visit.language();
        Self {
            words: visit.words(),
            languages: Language::ALL
                .map(|other| LanguageLink {
                    tag: other.tag(),
                    name: other.own_name(),
                    href: visit.in_language(other),
                    current: other == language,
                })
                .into(),
            title: visit.site().title.clone(),
            home: "/",
            practice: visit.site().notice.clone(),
            form_token: visit.form_token(),
            request_id: visit.request_id().to_owned(),
            person: None,
            sign_out: "/sign_out",
            sign_in: None,
            open_to_search: false,
            errors: Vec::new(),
            notice: None,
            sections: Vec::new(),
            form_origins: Vec::new(),
            cookies: visit.cookies().collect(),
            framing: Framing::None,
            scripts: Vec::new(),
            asks: false,
        }
    }

    /// The same, for someone who is signed in.
    #[must_use]
    pub fn signed_in(mut self, person: impl Into<String>) -> Self {
        self.person = Some(person.into());
        self
    }

    /// The same with something wrong in a field.
    #[must_use]
    pub fn with_error(
        mut self,
        field: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) -> Self {
        self.errors.push(FieldError {
            field: field.into(),
            message: message.into(),
        });
        self
    }

    /// The same with news above the content.
    #[must_use]
    pub fn with_notice(mut self, kind: NoticeKind, text: impl Into<String>) -> Self {
        self.notice = Some(Notice {
            kind,
            text: text.into(),
        });
        self
    }

    /// The same, whose forms may end, by a redirect, at these origins of an app.
    #[must_use]
    pub fn with_form_origins(mut self, origins: impl IntoIterator<Item = String>) -> Self {
        self.form_origins.extend(origins);
        self
    }

    /// The same with the side navigation of partners or staff.
    #[must_use]
    pub fn with_sections(mut self, sections: Vec<Section>) -> Self {
        self.sections = sections;
        self
    }

    /// The same with one more cookie to set.
    #[must_use]
    pub fn with_cookie(mut self, cookie: Option<HeaderValue>) -> Self {
        self.cookies.extend(cookie);
        self
    }

    /// The same, that shows other pages of this site in frames.
    #[must_use]
    pub fn with_frames(mut self) -> Self {
        self.framing = Framing::Shows;
        self
    }

    /// The same with one of our own scripts, which makes it more comfortable; only then may the browser run any.
    #[must_use]
    pub fn with_script(mut self, address: &'static str) -> Self {
        self.scripts.push(address);
        self
    }

    /// The same, whose script may ask this site for more.
    #[must_use]
    pub fn with_questions(mut self) -> Self {
        self.asks = true;
        self
    }

    /// The same as a picture of itself: it may stand in a frame of this site, sets no cookie, and nothing in it can be sent.
    #[must_use]
    pub fn as_picture(mut self) -> Self {
        self.framing = Framing::Stands;
        self.cookies.clear();
        self.scripts.clear();
        self.asks = false;
        self.form_token.clear();
        self
    }

    /// The text of a key.
    pub fn t(&self, key: &str) -> String {
        self.words.t(key)
    }

    /// The text of a key with one value.
    pub fn t1(&self, key: &str, name: &str, value: &str) -> String {
        self.words.t1(key, name, value)
    }

    /// The text of a key with two values.
    pub fn t2(&self, key: &str, name: &str, value: &str, other: &str, second: &str) -> String {
        self.words.t2(key, name, value, other, second)
    }

    /// The text of a key that depends on a number.
    pub fn t_count(&self, key: &str, count: &u64) -> String {
        self.words.t_count(key, *count)
    }

    /// What is wrong with a field.
    pub fn error_of(&self, field: &str) -> Option<&str> {
        self.errors
            .iter()
            .find(|error| error.field == field)
            .map(|error| error.message.as_str())
    }

    /// The language's tag for the `lang` attribute.
    pub fn language_tag(&self) -> &'static str {
        self.words.language().tag()
    }

    /// The address of the style sheet.
    pub fn style(&self) -> &'static str {
        super::STYLE
    }

    /// The address of the signs.
    pub fn sprite(&self) -> &'static str {
        super::SPRITE
    }

    /// The address of the tab's picture.
    pub fn favicon(&self) -> &'static str {
        super::FAVICON
    }

    /// The address of the mark.
    pub fn mark(&self) -> &'static str {
        super::MARK
    }

    /// The addresses of its scripts.
    pub fn scripts(&self) -> &[&'static str] {
        &self.scripts
    }

    fn policy(&self) -> Option<HeaderValue> {
        let mut policy = String::from(
            "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; base-uri 'none'; ",
        );
        if !self.scripts.is_empty() {
            policy.push_str("script-src 'self'; ");
        }
        if self.asks {
            policy.push_str("connect-src 'self'; ");
        }
        policy.push_str(match self.framing {
            Framing::None => "frame-ancestors 'none'; form-action 'self'",
            Framing::Shows => "frame-src 'self'; frame-ancestors 'none'; form-action 'self'",
            Framing::Stands => "frame-ancestors 'self'; form-action 'none'",
        });
        if matches!(self.framing, Framing::Stands) {
            return HeaderValue::from_str(&policy).ok();
        }
        // An origin holds no space, comma or semicolon; anything else would rewrite the policy.
        for origin in self
            .form_origins
            .iter()
            .filter(|origin| !origin.contains([' ', ',', ';', '\'', '"']))
        {
            policy.push(' ');
            policy.push_str(origin);
        }
        HeaderValue::from_str(&policy).ok()
    }
}

/// How a page stands to frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Framing {
    /// It neither shows nor stands in one.
    None,
    /// It shows pages of this site.
    Shows,
    /// It stands in one of this site.
    Stands,
}

/// A page's own content: a template with its frame.
pub trait View: askama::Template {
    /// The frame.
    fn page(&self) -> &Page;
}

/// Declares a view: the struct, its template and its frame.
macro_rules! view {
    ($(#[$doc:meta])* $name:ident in $path:literal { $($(#[$field_doc:meta])* $field:ident: $kind:ty,)* }) => {
        $(#[$doc])*
        #[derive(askama::Template)]
        #[template(path = $path)]
        pub struct $name {
            /// The frame.
            pub page: $crate::shared::page::Page,
            $($(#[$field_doc])* pub $field: $kind,)*
        }

        impl $crate::shared::page::View for $name {
            fn page(&self) -> &$crate::shared::page::Page {
                &self.page
            }
        }
    };
}
pub(crate) use view;

/// A view as an answer. A form with errors is answered with 422, so that programs see the "no" too.
pub fn html(view: &impl View) -> Response {
    let status = if view.page().errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    html_with(status, view)
}

/// A view as an answer with this status.
pub fn html_with(status: StatusCode, view: &impl View) -> Response {
    match view.render() {
        Ok(text) => with_headers(status, view.page(), text),
        Err(fault) => Problem::fault_chain(&fault).into_response(),
    }
}

/// A view whose text was changed after it was rendered, as an answer.
pub fn html_text(view: &impl View, text: String) -> Response {
    with_headers(StatusCode::OK, view.page(), text)
}

fn with_headers(status: StatusCode, page: &Page, text: String) -> Response {
    let mut response = (status, Html(text)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::CONTENT_LANGUAGE,
        HeaderValue::from_static(page.language_tag()),
    );
    if let Some(policy) = page.policy() {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    for cookie in &page.cookies {
        headers.append(header::SET_COOKIE, cookie.clone());
    }
    response
}

/// The same page in another language.
pub struct LanguageLink {
    /// The language's tag.
    pub tag: &'static str,
    /// Its own name.
    pub name: &'static str,
    /// Where it is.
    pub href: String,
    /// Whether the page is in it now.
    pub current: bool,
}

/// What is wrong with one field.
pub struct FieldError {
    /// The field's id, which is its name, or the id of one line of a list.
    pub field: Cow<'static, str>,
    /// The sentence.
    pub message: String,
}

/// News above the content.
pub struct Notice {
    /// How it looks.
    pub kind: NoticeKind,
    /// What it says.
    pub text: String,
}

/// How news looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeKind {
    /// Good news.
    Success,
    /// Something to know.
    Info,
    /// Something to look at.
    Warning,
}

impl NoticeKind {
    /// The end of its class.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Info => "info",
            Self::Warning => "warning",
        }
    }
}

/// A part of the side navigation.
pub struct Section {
    /// Its heading, or nothing.
    pub heading: String,
    /// Its links.
    pub links: Vec<NavLink>,
}

/// A link of the side navigation.
pub struct NavLink {
    /// The words.
    pub text: String,
    /// Where it leads.
    pub href: String,
    /// Whether it is this page.
    pub current: bool,
}
