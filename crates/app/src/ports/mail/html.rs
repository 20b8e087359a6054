//! The HTML part of a mail: the same words as its text, under the name and logo of the app.

use super::{Mail, MailApp};
use crate::picture::Picture;

/// Where the HTML part finds the logo: an inline part of the same mail. Nothing is ever fetched.
pub(super) const LOGO: &str = "cid:logo";

/// Writes the part; `logo` is where the picture is. Without a picture the words alone are shown.
pub fn html(mail: &Mail, app: &MailApp, picture: Option<(&Picture, &str)>) -> String {
    let language = if mail.language.is_empty() {
        "en"
    } else {
        &mail.language
    };
    let paragraphs: String = mail
        .text
        .split("\n\n")
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(|text| format!("<p>{}</p>\n", paragraph(text, mail)))
        .collect();
    let image = picture.map_or_else(String::new, |(picture, logo)| {
        format!(
            "<p><img src=\"{}\" alt=\"{}\" width=\"{}\" height=\"{}\"></p>\n",
            escape(logo),
            escape(&app.name),
            picture.width,
            picture.height
        )
    });
    format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head><meta charset=\"utf-8\"><title>{title}</title></head>\n\
         <body style=\"{BODY}\">\n{image}{paragraphs}</body>\n</html>\n",
        language = escape(language),
        title = escape(&mail.subject),
    )
}

/// Lines of a paragraph; links of the mail are links, its codes stand out.
fn paragraph(text: &str, mail: &Mail) -> String {
    let words = |line: &str| -> String {
        let shown: Vec<String> = line.split(' ').map(|word| one(word, mail)).collect();
        shown.join(" ")
    };
    let lines: Vec<String> = text.lines().map(words).collect();
    lines.join("<br>\n")
}

fn one(word: &str, mail: &Mail) -> String {
    let safe = escape(word);
    let is_web = word.starts_with("https://") || word.starts_with("http://");
    if is_web && mail.links.iter().any(|link| link == word) {
        return format!("<a href=\"{safe}\">{safe}</a>");
    }
    let code = mail.codes.iter().filter(|code| !code.is_empty());
    // Chinese puts no space before a code.
    let found = code.filter_map(|code| Some((word.split_once(code.as_str())?, code)));
    let alone = |text: &str, end: Option<char>| text.is_empty() || !end.is_some_and(is_plain);
    let mut found = found.filter(|((before, after), _)| {
        alone(before, before.chars().next_back()) && alone(after, after.chars().next())
    });
    match found.next() {
        Some(((before, after), code)) => format!(
            "{}<strong>{}</strong>{}",
            escape(before),
            escape(code),
            escape(after)
        ),
        None => safe,
    }
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric()
}

fn escape(text: &str) -> String {
    text.chars().fold(String::new(), |mut safe, c| {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
        safe
    })
}

/// Fonts of the reader's own machine; the colours of the mail program.
const BODY: &str = "font-family: system-ui, sans-serif; font-size: 16px; line-height: 1.5; max-width: 36em; overflow-wrap: anywhere";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_escaped_links_and_codes_stand_out() {
        let link = "https://id.example.gov/confirm?token=a&b=1";
        let mail = Mail {
            to: "a@b.gov".into(),
            subject: "Confirm <now>".into(),
            text: format!(
                "Your code: 123456\n验证码：123456。 9123456\nOr open:\n{link}\n\nhttps://evil.test/ \"<script>\" & co."
            ),
            links: vec![link.into(), "javascript:alert(1)".into()],
            codes: vec!["123456".into()],
            language: "fr".into(),
            app: None,
        };
        let app = MailApp {
            name: "Fish \"&\" Chips".into(),
            logo: None,
        };
        let picture = Picture {
            png: Vec::new(),
            width: 171,
            height: 40,
        };
        let text = html(&mail, &app, Some((&picture, LOGO)));
        for part in [
            "<html lang=\"fr\">",
            "<title>Confirm &lt;now&gt;</title>",
            "<img src=\"cid:logo\" alt=\"Fish &quot;&amp;&quot; Chips\" width=\"171\" height=\"40\">",
            "<p>Your code: <strong>123456</strong><br>\n验证码：<strong>123456</strong>。 9123456<br>",
            "<a href=\"https://id.example.gov/confirm?token=a&amp;b=1\">https://id.example.gov/confirm?token=a&amp;b=1</a></p>",
            "<p>https://evil.test/ &quot;&lt;script&gt;&quot; &amp; co.</p>",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        assert_eq!(text.matches("<a ").count(), 1);
        assert!(!html(&mail, &app, None).contains("<img"));
    }
}
