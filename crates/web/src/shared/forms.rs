//! Forms: reading what was posted, and listing the controls of a page for other people's scripts.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, StatusCode, header};

use super::csrf;
use super::limits::ClientAddress;
use super::multipart::{self, Part};
use super::problem::Problem;
use super::visit::Visit;

/// The fields of a form that one of our own pages sent: source and token are checked, floods are slowed.
pub struct Posted {
    fields: Fields,
    files: Vec<Part>,
    /// The visit.
    pub visit: Visit,
}

impl Posted {
    /// The text of a field without surrounding space, empty if it is absent.
    pub fn text(&self, name: &str) -> &str {
        self.fields.text(name)
    }

    /// The text of a field exactly as typed, for passwords.
    pub fn exact(&self, name: &str) -> &str {
        self.fields.exact(name)
    }

    /// Whether a box is ticked or a named button was used.
    pub fn has(&self, name: &str) -> bool {
        self.fields.has(name)
    }

    /// All fields.
    pub fn fields(&self) -> &Fields {
        &self.fields
    }

    /// The file that was chosen in this control.
    pub fn file(&self, name: &str) -> Option<&Part> {
        self.files
            .iter()
            .find(|part| part.name == name && !part.bytes.is_empty())
    }
}

impl Posted {
    /// Every file that was chosen in this control.
    pub fn files<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Part> {
        self.files
            .iter()
            .filter(move |part| part.name == name && !part.bytes.is_empty())
    }
}

impl<S: Send + Sync> FromRequest<S> for Posted {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let visit = Visit::from_request_parts(&mut parts, state)
            .await
            .map_err(Problem::as_page)?;
        let site = Arc::clone(visit.site());
        csrf::check_source(&site, &parts.headers)
            .map_err(|refusal| Problem::refused(&refusal).as_page())?;
        // A session cookie spares nobody: whether it is a session is only known after a read of the database.
        let address = ClientAddress::of(&parts.extensions);
        site.budget
            .spend(address, site.now())
            .map_err(|refusal| Problem::refused(&refusal).as_page())?;
        let (fields, files) = read(Request::from_parts(parts, body), state)
            .await
            .map_err(Problem::as_page)?;
        csrf::check_token(
            &site.form_key,
            visit.form_secret(),
            fields.exact(TOKEN_FIELD),
        )
        .map_err(|refusal| Problem::refused(&refusal).as_page())?;
        Ok(Self {
            fields,
            files,
            visit,
        })
    }
}

/// Reads a form of either kind: with or without files.
async fn read<S: Send + Sync>(request: Request, state: &S) -> Result<(Fields, Vec<Part>), Problem> {
    let kind = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let Some(boundary) = kind.and_then(multipart::boundary).map(str::to_owned) else {
        return Ok((Fields::from_request(request, state).await?, Vec::new()));
    };
    let bytes = body(request, state).await?;
    let parts = multipart::parse(&bytes, &boundary).ok_or_else(|| {
        Problem::new(
            "form/unreadable",
            StatusCode::BAD_REQUEST,
            "The form was cut short on its way. Send it again.",
        )
    })?;
    let (files, fields): (Vec<Part>, Vec<Part>) =
        parts.into_iter().partition(|part| part.file.is_some());
    let fields = fields
        .into_iter()
        .map(|part| (part.name, String::from_utf8_lossy(&part.bytes).into_owned()))
        .collect();
    Ok((Fields(fields), files))
}

async fn body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    Bytes::from_request(request, state)
        .await
        .map_err(|rejection| {
            Problem::new(
                "limits/body-unreadable",
                rejection.status(),
                "What was sent could not be read. Send it again.",
            )
        })
}

/// The fields of a form from anywhere, unchecked: for endpoints that programs and other sites post to.
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads a query string or a form body.
    pub fn parse(text: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(text).into_owned().collect())
    }

    /// The text of a field without surrounding space, empty if it is absent.
    pub fn text(&self, name: &str) -> &str {
        self.exact(name).trim()
    }

    /// The text of a field exactly as sent, empty if it is absent.
    pub fn exact(&self, name: &str) -> &str {
        self.find(name).unwrap_or("")
    }

    /// The first field of this name.
    pub fn find(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Every value of this name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether there is a field of this name.
    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// The first name that is given twice, which OAuth forbids.
    pub fn repeated(&self) -> Option<&str> {
        let names = self.0.iter().map(|(name, _)| name.as_str());
        names
            .clone()
            .enumerate()
            .find(|(at, name)| names.clone().take(*at).any(|other| other == *name))
            .map(|(_, name)| name)
    }

    /// Every field in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_form(request.headers()) {
            return Err(Problem::new(
                "form/media-type",
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "Send this as a form, with the media type application/x-www-form-urlencoded.",
            ));
        }
        Ok(Self::parse(&body(request, state).await?))
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let sent = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("");
    sent.split(';').next().is_some_and(|kind| {
        kind.trim()
            .eq_ignore_ascii_case("application/x-www-form-urlencoded")
    })
}

/// One control of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control {
    /// The element: `input`, `select`, `textarea` or `button`.
    pub element: String,
    /// Its type, such as `email`, `radio` or `submit`.
    pub kind: String,
    /// Its name; empty for the main button.
    pub name: String,
    /// Its id.
    pub id: String,
}

/// The name that a page's body carries in `data-page`.
pub fn page_name(html: &str) -> Option<&str> {
    html.split_once("<body data-page=\"")?.1.split('"').next()
}

/// The controls of a page, in order.
pub fn controls(html: &str) -> Vec<Control> {
    let mut found = Vec::new();
    for piece in html.split('<').skip(1) {
        let end = piece
            .find(|c: char| c.is_whitespace() || c == '>')
            .unwrap_or(piece.len());
        let element = &piece[..end];
        if !matches!(element, "input" | "select" | "textarea" | "button") {
            continue;
        }
        let tag = piece.split('>').next().unwrap_or("");
        let kind =
            attribute(tag, "type").unwrap_or(if element == "button" { "submit" } else { "" });
        found.push(Control {
            element: element.to_owned(),
            kind: kind.to_owned(),
            name: attribute(tag, "name").unwrap_or("").to_owned(),
            id: attribute(tag, "id").unwrap_or("").to_owned(),
        });
    }
    found
}

/// The list of pages and their controls, as `docs/generated/forms.md` prints it; of pages of one name the first counts.
pub fn list<'a>(heading: &str, pages: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = format!("## {heading}\n");
    let mut seen = BTreeSet::new();
    for html in pages {
        if !seen.insert(page_name(html)) {
            continue;
        }
        // Writing to a String cannot fail.
        let _ = write!(text, "\n### `{}`\n\n", page_name(html).unwrap_or(""));
        let controls: Vec<_> = controls(html)
            .into_iter()
            .filter(|control| control.name != TOKEN_FIELD)
            .collect();
        if controls.is_empty() {
            text.push_str("No controls.\n");
            continue;
        }
        text.push_str("| name | id | control |\n| --- | --- | --- |\n");
        for Control {
            element,
            kind,
            name,
            id,
        } in controls
        {
            let name = if name.is_empty() {
                "(main button)".to_owned()
            } else {
                format!("`{name}`")
            };
            let _ = writeln!(
                text,
                "| {name} | `{id}` | {} |",
                [element, kind].join(" ").trim_end()
            );
        }
    }
    text
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split_once(&format!(" {name}=\""))?.1.split('"').next()
}

/// The hidden field that holds the form token.
pub const TOKEN_FIELD: &str = "csrf_token";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_trimmed_and_repeats_noticed() {
        let fields = Fields::parse(b"email=+a%40b.gov+&password=+x+&email=c");
        assert_eq!(
            (fields.text("email"), fields.exact("password")),
            ("a@b.gov", " x ")
        );
        assert_eq!(fields.repeated(), Some("email"));
        assert_eq!(Fields::parse(b"a=1&b=2").repeated(), None);
    }

    #[test]
    fn controls_of_a_page_are_listed() {
        let html = "<body data-page=\"x\"><input type=\"text\" name=\"a\" id=\"b\"><button type=\"submit\" id=\"c\">";
        assert_eq!(page_name(html), Some("x"));
        let found = controls(html);
        assert_eq!(
            (
                found[0].name.as_str(),
                found[1].id.as_str(),
                found[1].name.as_str()
            ),
            ("a", "c", "")
        );
        assert!(list("People", [html]).contains("| (main button) | `c` | button submit |"));
    }
}
