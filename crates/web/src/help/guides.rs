//! Guides: Markdown in every language, with the values of this installation in it.

use std::fmt::Write as _;

use durward_app::Keeper;
use durward_domain::environment::EnvironmentClass;
use durward_domain::launch::checklist;
use durward_domain::lint::{self, Severity};
use durward_domain::programme::Programme;
use durward_oidc::dpop;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use crate::portal::test_kit;
use crate::shared::i18n::{Language, Words};

/// One guide in every language.
pub struct Guide {
    /// The last part of its address.
    pub id: &'static str,
    texts: [&'static str; 4],
}

impl Guide {
    /// The guide at this address.
    pub fn find(id: &str) -> Option<&'static Self> {
        ALL.iter().find(|guide| guide.id == id)
    }

    /// Its text in a language.
    pub const fn text(&self, language: Language) -> &'static str {
        self.texts[language as usize]
    }

    /// Its title: the first heading.
    pub fn title(&self, language: Language) -> &'static str {
        let first = self.text(language).lines().next().unwrap_or_default();
        first.trim_start_matches("# ")
    }
}

/// A guide as it is shown.
#[derive(Debug, PartialEq, Eq)]
pub struct Rendered {
    /// Its title.
    pub title: String,
    /// Address and words of its parts.
    pub parts: Vec<(String, String)>,
    /// The rest as HTML.
    pub body: String,
}

/// Renders a guide with values in it.
pub fn render(text: &str, values: &[(&str, String)]) -> Rendered {
    let mut text = text.to_owned();
    for (name, value) in values {
        text = text.replace(&format!("{{{{{name}}}}}"), value);
    }
    write(Parser::new_ext(&text, Options::ENABLE_TABLES))
}

/// Writes what a Markdown text holds as the HTML of our pages. HTML in it is written as it is.
pub(crate) fn write<'a>(events: impl Iterator<Item = Event<'a>>) -> Rendered {
    let mut writer = Writer::default();
    for event in events {
        writer.take(event);
    }
    writer.finish()
}

/// The values that guides may name, for this installation.
pub fn values(keeper: &Keeper, words: Words) -> Vec<(&'static str, String)> {
    let programme = &keeper.programme;
    let sandbox = keeper
        .environments
        .iter()
        .find(|link| !link.name.class().is_live());
    let mut rows = String::new();
    for link in &keeper.environments {
        // Writing to a String cannot fail.
        let _ = writeln!(rows, "| {} | `{}` |", link.name, link.issuer);
    }
    let notice = keeper.calendar.rules_on(keeper.today()).notice;
    let issuer = sandbox.map(|link| link.issuer.clone()).unwrap_or_default();
    let mut values = test_kit::guide_values(&issuer);
    values.extend([
        ("sandbox_issuer", issuer),
        ("issuer_rows", rows.trim_end().to_owned()),
        ("email_domains", programme.domains.email.join(", ")),
        ("min_state", programme.policies.min_state_length.to_string()),
        ("min_nonce", programme.policies.min_nonce_length.to_string()),
        ("policy_rows", policy_rows(programme)),
        ("code_seconds", programme.policies.code_seconds.to_string()),
        (
            "access_seconds",
            programme.policies.access_token_seconds.to_string(),
        ),
        (
            "refresh_days",
            (programme.policies.refresh_token_seconds / 86_400).to_string(),
        ),
        ("dpop_seconds", dpop::OLDEST_SECONDS.to_string()),
        (
            "par_seconds",
            durward_app::client::PUSHED_SECONDS.to_string(),
        ),
        ("portal_url", keeper.base_url.clone()),
        ("notice_push_url", notice.push_url.to_string()),
        ("answer_days", programme.review.answer_days.to_string()),
        (
            "calendar_rule",
            words.t2(
                "calendar-rule",
                "days",
                &notice.new.to_string(),
                "push",
                &notice.push_url.to_string(),
            ),
        ),
        ("programme", programme.title.clone()),
        ("api_rate", crate::api::budget::PER_MINUTE.to_string()),
        ("rules", rules()),
    ]);
    values
}

/// The programme's policies, a row of a table for each.
fn policy_rows(programme: &Programme) -> String {
    let rows = programme.policies.told().into_iter();
    rows.map(|(name, value)| format!("| `{name}` | {value} |"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The rules of production as they are configured. Rules speak English.
fn rules() -> String {
    let mut text = String::new();
    for rule in checklist::RULES {
        let _ = writeln!(
            text,
            "- **{}** <span lang=\"en\">{}</span>",
            rule.id, rule.sentence
        );
    }
    text.push('\n');
    for rule in lint::RULES {
        if rule.severity(EnvironmentClass::Live) == Some(Severity::Error) {
            let _ = writeln!(
                text,
                "- [`{id}`](/help/rules/{id}) <span lang=\"en\">{sentence}</span>",
                id = rule.id,
                sentence = rule.sentence
            );
        }
    }
    text
}

/// Turns Markdown events into the HTML of our pages.
#[derive(Default)]
struct Writer<'a> {
    title: String,
    parts: Vec<(String, String)>,
    body: String,
    /// The heading that is open, with its text so far.
    heading: Option<(HeadingLevel, String)>,
    /// Events since the last heading.
    waiting: Vec<Event<'a>>,
}

impl<'a> Writer<'a> {
    fn take(&mut self, event: Event<'a>) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                self.flush();
                self.heading = Some((level, String::new()));
            }
            Event::End(TagEnd::Heading(level)) => self.close_heading(level),
            Event::Text(text) | Event::Code(text) if self.heading.is_some() => {
                if let Some((_, words)) = &mut self.heading {
                    words.push_str(&text);
                }
            }
            other => self.waiting.push(other),
        }
    }

    fn close_heading(&mut self, level: HeadingLevel) {
        let words = self
            .heading
            .take()
            .map(|(_, words)| words)
            .unwrap_or_default();
        let mut shown = String::new();
        html::push_html(&mut shown, [Event::Text(words.clone().into())].into_iter());
        if level == HeadingLevel::H1 {
            self.title = words;
            return;
        }
        let id = format!("part-{}", self.parts.len() + 1);
        let _ = write!(self.body, "<h2 id=\"{id}\">{shown}</h2>");
        self.parts.push((id, words));
    }

    fn flush(&mut self) {
        let mut text = String::new();
        html::push_html(&mut text, self.waiting.drain(..));
        // Wide things scroll in a box of their own, which the keyboard reaches.
        self.body.push_str(
            &text
                .replace(
                    "<table>",
                    "<div class=\"dw-scroll\" tabindex=\"0\"><table class=\"usa-table\">",
                )
                .replace("</table>", "</table></div>")
                .replace("<pre>", "<pre class=\"dw-code\" tabindex=\"0\">")
                .replace("<th>", "<th scope=\"col\">")
                .replace("<a href", "<a class=\"usa-link\" href"),
        );
    }

    fn finish(mut self) -> Rendered {
        self.flush();
        Rendered {
            title: self.title,
            parts: self.parts,
            body: self.body,
        }
    }
}

macro_rules! guides {
    ($($id:literal),+) => {
        &[$(Guide {
            id: $id,
            texts: [
                include_str!(concat!("../../guides/en/", $id, ".md")),
                include_str!(concat!("../../guides/es/", $id, ".md")),
                include_str!(concat!("../../guides/fr/", $id, ".md")),
                include_str!(concat!("../../guides/zh-Hans/", $id, ".md")),
            ],
        }),+]
    };
}

/// Every guide, in the order of the index.
pub const ALL: &[Guide] = guides!(
    "sandbox",
    "oidc",
    "policies",
    "grants",
    "dpop",
    "encryption",
    "fapi",
    "saml",
    "production",
    "look",
    "samples",
    "test-kit",
    "faq"
);

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn placeholders(text: &str) -> BTreeSet<&str> {
        text.split("{{")
            .skip(1)
            .map(|rest| rest.split_once("}}").unwrap().0)
            .collect()
    }

    fn links(text: &str) -> BTreeSet<&str> {
        text.split("](")
            .skip(1)
            .map(|rest| rest.split_once(')').unwrap().0)
            .collect()
    }

    #[test]
    fn every_language_has_the_same_parts_values_and_links() {
        for guide in ALL {
            let english = guide.text(Language::English);
            let parts = render(english, &[]).parts.len();
            for language in Language::ALL {
                let text = guide.text(language);
                assert!(text.starts_with("# "), "{} {language:?}", guide.id);
                assert_eq!(
                    render(text, &[]).parts.len(),
                    parts,
                    "{} {language:?}",
                    guide.id
                );
                assert_eq!(
                    placeholders(text),
                    placeholders(english),
                    "{} {language:?}",
                    guide.id
                );
                assert_eq!(links(text), links(english), "{} {language:?}", guide.id);
            }
        }
    }

    #[test]
    fn a_guide_becomes_a_page() {
        let text = "# Title & more\n\nSay {{what}}.\n\n## First\n\n| a |\n| --- |\n| `b` |\n\n```\nx < y\n```\n";
        let shown = render(text, &[("what", "hello".to_owned())]);
        assert_eq!(shown.title, "Title & more");
        assert_eq!(shown.parts, [("part-1".to_owned(), "First".to_owned())]);
        assert!(
            shown.body.starts_with("<p>Say hello.</p>"),
            "{}",
            shown.body
        );
        assert!(
            shown.body.contains("<h2 id=\"part-1\">First</h2>"),
            "{}",
            shown.body
        );
        assert!(
            shown.body.contains("<table class=\"usa-table\">"),
            "{}",
            shown.body
        );
        assert!(shown.body.contains("x &lt; y"), "{}", shown.body);
    }
}
