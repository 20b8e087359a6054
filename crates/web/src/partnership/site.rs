//! The public pages: texts of the programme in Markdown, per language. What was edited is shown, else what the build carries.
//!
//! Staff write them, so they are not trusted: HTML stays text, and a link leads to a page here, to https or to a mailbox.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use durward_app::Keeper;
use durward_app::failure::Fault;
use durward_app::partner::site;
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd};

use crate::help::guides::{self, Rendered};
use crate::portal::session::Signed;
use crate::portal_router::Portal;
use crate::shared::i18n::{Language, Words};
use crate::shared::page::{self, view};
use crate::shared::problem::Problem;
use crate::shared::visit::Visit;

view! {
    /// A public page.
    SitePage in "partnership/site.html" {
        /// Its id.
        id: &'static str,
        /// What it says.
        text: Rendered,
    }
}

/// A public page.
pub struct Public {
    /// Its id.
    pub id: &'static str,
    texts: [&'static str; 4],
}

impl Public {
    /// The page of this id.
    pub fn find(id: &str) -> Option<&'static Self> {
        ALL.iter().find(|page| page.id == id)
    }

    /// Its address.
    pub fn path(&self) -> String {
        match self.id {
            "service" => "/partnership".to_owned(),
            id => format!("/partnership/{id}"),
        }
    }

    /// The text that the build carries.
    pub const fn text(&self, language: Language) -> &'static str {
        self.texts[language as usize]
    }
}

/// `/partnership`
///
/// # Errors
/// A fault.
pub async fn index(
    portal: State<Arc<Portal>>,
    visit: Visit,
    signed: Option<Signed>,
) -> Result<Response, Problem> {
    page(portal, Path("service".to_owned()), visit, signed).await
}

/// `/partnership/{page}`
///
/// # Errors
/// There is no such page.
pub async fn page(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    visit: Visit,
    signed: Option<Signed>,
) -> Result<Response, Problem> {
    let public = Public::find(&id).ok_or_else(Problem::not_found)?;
    let text = current(&portal.keeper, public, visit.language()).await?;
    Ok(page::html(&SitePage {
        page: super::frame(&portal, &visit, signed.as_ref(), &public.path()),
        id: public.id,
        text: render(&portal.keeper, visit.words(), &text),
    }))
}

/// The text that is shown.
pub(super) async fn current(
    keeper: &Keeper,
    public: &Public,
    language: Language,
) -> Result<String, Fault> {
    let newest = site::newest(keeper, (public.id, language.tag())).await?;
    Ok(newest.map_or_else(|| public.text(language).to_owned(), |newest| newest.text))
}

/// A text as a page, with the values of this installation in it.
pub(super) fn render(keeper: &Keeper, words: Words, text: &str) -> Rendered {
    let values = guides::values(keeper, words);
    let mut filled = text.to_owned();
    for (name, value) in values.iter().filter(|(name, _)| VALUES.contains(name)) {
        filled = filled.replace(&format!("{{{{{name}}}}}"), value);
    }
    guides::write(safe(&filled))
}

/// The events of a text without anything that could do more than be read.
fn safe(text: &str) -> impl Iterator<Item = Event<'_>> {
    let mut dropped = 0_usize;
    Parser::new_ext(text, Options::ENABLE_TABLES).filter_map(move |event| match event {
        Event::Html(html) | Event::InlineHtml(html) => Some(Event::Text(html)),
        Event::Start(Tag::HtmlBlock) => Some(Event::Start(Tag::Paragraph)),
        Event::End(TagEnd::HtmlBlock) => Some(Event::End(TagEnd::Paragraph)),
        // What describes a picture stays as words.
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => None,
        Event::Start(Tag::Link { ref dest_url, .. }) if !may_lead(dest_url) => {
            dropped += 1;
            None
        }
        Event::Start(Tag::Link {
            link_type,
            dest_url,
            id,
            ..
        }) => Some(Event::Start(Tag::Link {
            link_type,
            dest_url,
            title: CowStr::Borrowed(""),
            id,
        })),
        // Links do not nest, so the next end belongs to the one that was dropped.
        Event::End(TagEnd::Link) if dropped > 0 => {
            dropped -= 1;
            None
        }
        Event::Start(Tag::Heading { level, .. }) => Some(Event::Start(Tag::Heading {
            level,
            id: None,
            classes: Vec::new(),
            attrs: Vec::new(),
        })),
        other => Some(other),
    })
}

/// A page here, a part of this one, https, or a mailbox.
fn may_lead(to: &str) -> bool {
    let plain = !to
        .chars()
        .any(|c| c.is_control() || c.is_whitespace() || c == '\\');
    let here = to.starts_with('#') || (to.starts_with('/') && !to.starts_with("//"));
    let known = ["https://", "mailto:"].iter().any(|scheme| {
        to.get(..scheme.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
    });
    plain && (here || known)
}

macro_rules! pages {
    ($($id:literal),+) => {
        &[$(Public {
            id: $id,
            texts: [
                include_str!(concat!("../../site/en/", $id, ".md")),
                include_str!(concat!("../../site/es/", $id, ".md")),
                include_str!(concat!("../../site/fr/", $id, ".md")),
                include_str!(concat!("../../site/zh-Hans/", $id, ".md")),
            ],
        }),+]
    };
}

/// Every public page, in the order of the navigation.
pub const ALL: &[Public] = pages!("service", "steps", "agreement", "tips", "questions");
/// The values that these pages may name.
const VALUES: [&str; 4] = [
    "programme",
    "email_domains",
    "calendar_rule",
    "sandbox_issuer",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn html(text: &str) -> String {
        guides::write(safe(text)).body
    }

    #[test]
    fn html_stays_text() {
        for attack in [
            "<script>alert(1)</script>",
            "Hello <script>alert(1)</script> you",
            "<img src=x onerror=alert(1)>",
            "<svg/onload=alert(1)>",
            "<iframe src=\"https://evil.example/\"></iframe>",
            "<style>body{display:none}</style>",
            "<a href=\"javascript:alert(1)\">x</a>",
            "a <b onmouseover=alert(1)>b</b>",
            "# Title <script>alert(1)</script>\n\n## Part <img src=x onerror=alert(1)>",
            "| <script>alert(1)</script> |\n| --- |\n| <img src=x onerror=alert(1)> |",
            "```\"><script>alert(1)</script>\nx\n```",
            "<div>\n\n[x](javascript:alert(1))\n\n</div>",
        ] {
            let shown = html(attack);
            for bad in [
                "<script",
                "<img",
                "<svg",
                "<iframe",
                "<style",
                "<b ",
                "<div>",
                "<a href=\"javascript",
            ] {
                assert!(!shown.contains(bad), "{attack}: {shown}");
            }
        }
    }

    #[test]
    fn links_lead_only_where_they_may() {
        for attack in [
            "[x](javascript:alert(1))",
            "[x](JaVaScRiPt:alert(1))",
            "[x](java\u{0}script:alert(1))",
            "[x](&#106;avascript:alert(1))",
            "[x](data:text/html;base64,PHNjcmlwdD4=)",
            "[x](vbscript:x)",
            "[x](//evil.example/)",
            "[x](/\\evil.example/)",
            "[x](http://evil.example/)",
            "[x](</\t/evil.example>)",
            "<javascript:alert(1)>",
            "![x](https://evil.example/pixel.png)",
            "[x][y]\n\n[y]: javascript:alert(1)",
            "[![x](javascript:a)](javascript:b)",
        ] {
            let shown = html(attack);
            assert!(!shown.contains("href"), "{attack}: {shown}");
            assert!(!shown.contains("src"), "{attack}: {shown}");
        }
        for good in [
            "[x](/partnership/steps)",
            "[x](https://agency.gov/a?b=c)",
            "[x](mailto:help@agency.gov)",
            "[x](#part-1)",
        ] {
            assert!(html(good).contains("href"), "{good}");
        }
        let quoted = html("[x](<https://a.gov/\"onmouseover=alert(1)> \"t\" )");
        assert!(
            quoted.contains("href") && !quoted.contains("\"onmouseover"),
            "{quoted}"
        );
        let titled = html("[x](https://a.gov/ 't\" onclick=alert(1)')");
        assert!(
            titled.contains("href") && !titled.contains("onclick"),
            "{titled}"
        );
    }

    #[test]
    fn every_page_has_the_same_parts_in_every_language() {
        for page in ALL {
            let parts = |language| guides::write(safe(page.text(language))).parts.len();
            for language in Language::ALL {
                let text = page.text(language);
                assert!(text.starts_with("# "), "{} {language:?}", page.id);
                assert_eq!(
                    parts(language),
                    parts(Language::English),
                    "{} {language:?}",
                    page.id
                );
            }
        }
    }
}
