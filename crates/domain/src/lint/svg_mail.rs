//! Can an SVG be drawn on the server, for mail, without cost? A renderer follows every reference: what is small as text can be
//! immense as a picture, so that references are counted before anything is drawn.

use std::collections::HashMap;

use roxmltree::{Document, Node};

/// What is not drawn: letters need fonts that the server does not have; effects, dashes and copies of copies can cost more
/// than a logo is worth.
pub(super) fn undrawn(text: &str) -> Option<String> {
    let document = Document::parse(text).ok()?;
    let what = found(text, &document)?;
    Some(format!(
        "The SVG has {what}, which is not drawn in mail; mail names the app in words. Turn it into plain paths, or add the logo as PNG."
    ))
}

fn found(text: &str, document: &Document<'_>) -> Option<String> {
    let names = Names::of(document);
    let nested = || Some("clips or masks within each other".to_owned());
    let mut drawn = text.len();
    for node in document.descendants().filter(Node::is_element) {
        let name = node.tag_name().name();
        if UNDRAWN.contains(&name) {
            return Some(format!("a <{name}> element"));
        }
        if name == "style" && node.descendants().any(|css| css.text().is_some_and(cuts)) {
            return Some("a style sheet with clips or masks".to_owned());
        }
        let inside_a_cut = node.ancestors().skip(1).any(is_shape_of_a_cut);
        if inside_a_cut && is_cut(node) {
            return nested();
        }
        for part in names.led_to(node) {
            if inside_a_cut && part.descendants().any(is_cut) {
                return nested();
            }
            drawn += names.size(part);
            if drawn > MOST_DRAWN {
                return Some("copies, clips or masks of large parts".to_owned());
            }
        }
    }
    // As an attribute or in a style sheet: thousands of dashes are drawn one by one.
    let dashes = text.contains("stroke-dasharray");
    dashes.then(|| "dashed lines (stroke-dasharray)".to_owned())
}

/// The elements that have a name. Two with one name count both.
struct Names<'a, 'input>(HashMap<&'a str, Vec<Node<'a, 'input>>>);

impl<'a, 'input> Names<'a, 'input> {
    fn of(document: &'a Document<'input>) -> Self {
        let mut names: HashMap<&str, Vec<Node<'_, '_>>> = HashMap::new();
        for node in document.descendants() {
            if let Some(id) = node.attribute("id") {
                names.entry(id).or_default().push(node);
            }
        }
        Self(names)
    }

    fn named(&self, id: &str) -> &[Node<'a, 'input>] {
        self.0.get(id).map_or(&[], Vec::as_slice)
    }

    /// How much text is drawn for a part: its own, and that of what it copies and is cut to. What that leads to is counted
    /// whole as well: a copy within a cut.
    fn size(&self, part: Node<'a, 'input>) -> usize {
        let mut whole = part.range().len();
        for one in part.descendants().flat_map(|node| self.led_to(node)) {
            whole += one.range().len();
            let further = one.descendants().flat_map(|node| self.led_to(node));
            whole += further.map(|last| last.range().len()).sum::<usize>();
            if whole > MOST_DRAWN {
                break;
            }
        }
        whole
    }

    /// What a <use> copies, and the clips and masks of any element.
    fn led_to(&self, node: Node<'a, 'input>) -> Vec<Node<'a, 'input>> {
        let mut found = Vec::new();
        for attribute in node.attributes() {
            match attribute.name() {
                "href" if node.tag_name().name() == "use" => {
                    let id = attribute.value().trim().strip_prefix('#');
                    found.extend(id.map(|id| self.named(id)).unwrap_or_default());
                }
                "mask" | "clip-path" | "style" => {
                    let links = attribute.value().split("url(").skip(1);
                    for link in links.filter_map(|rest| rest.split(')').next()) {
                        let link = link.trim().trim_matches(['"', '\'']);
                        let id = link.strip_prefix('#').unwrap_or_default();
                        let all = self.named(id).iter().copied();
                        found.extend(all.filter(|one| is_shape_of_a_cut(*one)));
                    }
                }
                _ => {}
            }
        }
        found
    }
}

/// Is an element cut to a shape?
fn is_cut(node: Node<'_, '_>) -> bool {
    node.attributes().any(|attribute| match attribute.name() {
        "mask" | "clip-path" => true,
        "style" => cuts(attribute.value()),
        _ => false,
    })
}

fn is_shape_of_a_cut(node: Node<'_, '_>) -> bool {
    matches!(node.tag_name().name(), "mask" | "clipPath")
}

/// Does CSS clip or mask, however it is spelled?
fn cuts(css: &str) -> bool {
    let css = css.to_ascii_lowercase();
    css.contains("mask") || css.contains("clip-path") || css.contains('\\')
}

const UNDRAWN: [&str; 4] = ["text", "marker", "pattern", "filter"];
/// Eight times a whole logo.
const MOST_DRAWN: usize = 400_000;
