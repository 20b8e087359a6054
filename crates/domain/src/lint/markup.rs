//! The little HTML that help text may have.

/// What is wrong with a text: only `p br ol ul li a strong em b`, `href` and `target` on links, tags closed.
pub(super) fn judge(text: &str, may_link: impl Fn(&str) -> bool) -> Option<String> {
    let mut open: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let after = rest.get(start + 1..).unwrap_or_default();
        let Some(end) = tag_end(after) else {
            return Some("A < is not closed by >. Write &lt; for the character itself.".into());
        };
        let tag = after.get(..end).unwrap_or_default();
        rest = after.get(end + 1..).unwrap_or_default();
        if let Some(name) = tag.strip_prefix('/') {
            let name = name.trim().to_ascii_lowercase();
            if open.pop().as_deref() != Some(name.as_str()) {
                return Some(format!(
                    "The tag </{name}> closes nothing. Close tags in order."
                ));
            }
            continue;
        }
        let tag = tag.strip_suffix('/').unwrap_or(tag);
        let length = tag
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(tag.len());
        let (name, attributes) = tag.split_at(length);
        let name = name.to_ascii_lowercase();
        if !TAGS.contains(&name.as_str()) {
            return Some(format!(
                "The tag <{name}> is not allowed. Use {} only.",
                TAGS.join(", ")
            ));
        }
        if let Some(fault) = judge_attributes(&name, attributes, &may_link) {
            return Some(fault);
        }
        if name != "br" {
            open.push(name);
        }
    }
    open.pop()
        .map(|name| format!("The tag <{name}> is never closed."))
}

/// The text without its tags.
pub(super) fn plain(text: &str) -> String {
    let mut inside = false;
    text.chars()
        .filter(|c| {
            let tag = inside || *c == '<';
            inside = tag && *c != '>';
            !tag
        })
        .collect()
}

/// The words of each link.
pub(super) fn links(text: &str) -> Vec<String> {
    let lower = text.to_ascii_lowercase();
    let mut all = Vec::new();
    let mut from = 0;
    while let Some(start) = lower.get(from..).and_then(|rest| rest.find("<a")) {
        let start = from + start;
        let Some(open) = lower.get(start..).and_then(|rest| rest.find('>')) else {
            break;
        };
        let inner = start + open + 1;
        let end = lower
            .get(inner..)
            .and_then(|rest| rest.find("</a"))
            .map_or(text.len(), |at| inner + at);
        if lower
            .get(start + 2..)
            .is_some_and(|rest| rest.starts_with([' ', '>', '\n', '\t']))
        {
            all.push(plain(text.get(inner..end).unwrap_or_default()));
        }
        from = end.max(inner);
    }
    all
}

/// Where the tag ends; a > inside quotes does not end it.
fn tag_end(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '>') => return Some(at),
            (None, '<') => return None,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
    }
    None
}

fn judge_attributes(tag: &str, text: &str, may_link: &impl Fn(&str) -> bool) -> Option<String> {
    let mut rest = text.trim();
    while !rest.is_empty() {
        let Some((name, after)) = rest.split_once('=') else {
            return Some(format!(
                "The attributes of <{tag}> cannot be read. Write name=\"value\"."
            ));
        };
        let name = name.trim().to_ascii_lowercase();
        let after = after.trim_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
        let Some((value, next)) = quote.and_then(|quote| after.get(1..)?.split_once(quote)) else {
            return Some(format!("The value of {name} must be in quotes."));
        };
        match (tag, name.as_str()) {
            ("a", "href") if !may_link(value) => {
                return Some(format!(
                    "Links must be https addresses on an approved domain. This one is {}.",
                    value.chars().take(60).collect::<String>()
                ));
            }
            ("a", "href") => {}
            ("a", "target") if value == "_blank" || value == "_self" => {}
            _ => return Some(format!("The attribute {name} is not allowed on <{tag}>.")),
        }
        rest = next.trim_start();
    }
    None
}

const TAGS: [&str; 9] = ["p", "br", "ol", "ul", "li", "a", "strong", "em", "b"];

#[cfg(test)]
mod tests {
    use super::*;

    fn bad(text: &str) -> bool {
        judge(text, |href| href.starts_with("https://agency.gov/")).is_some()
    }

    #[test]
    fn the_list_of_tags_and_attributes() {
        for good in [
            "",
            "Plain & simple",
            "<p>Use <strong>your</strong> card.<br>Now<br/></p>",
            "<ul><li>a</li></ul>",
            "<a href=\"https://agency.gov/x\" target='_blank'>Help</a>",
            "1 > 0",
        ] {
            assert!(!bad(good), "{good}");
        }
        for text in [
            "<script>x</script>",
            "<SCRIPT>x</SCRIPT>",
            "<img src=x onerror=y>",
            "<p onclick=\"x\">a</p>",
            "<p style='x'>a</p>",
            "<a href='http://agency.gov/x'>a</a>",
            "<a href='javascript:x'>a</a>",
            "<a href=https://agency.gov/>a</a>",
            "<p",
            "1 < 2",
            "<p>a",
            "a</p>",
            "<p><b>a</p></b>",
            "<!-- x -->",
            "<a href='https://agency.gov/' onfocus='x'>a</a>",
            "<a\u{a0}href='x'>",
            "<p/onclick='x'>",
            "<>",
            "<a href='https://agency.gov/'onclick='x'>a</a>",
            "<b <script>>",
        ] {
            assert!(bad(text), "{text}");
        }
        assert_eq!(
            links("<a href='x'>Click <b>here</b></a> and <A HREF='y'>there</A><abbr>"),
            ["Click here", "there"]
        );
        assert_eq!(plain("<p>Hi <b>you</b></p>!"), "Hi you!");
    }
}
