//! Is an SVG a picture and nothing else?

use roxmltree::{Document, Node};

/// Well-formed, without a document type, with an `svg` root.
pub(super) fn form(text: &str) -> Option<String> {
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(error) => {
            return Some(format!(
                "The SVG cannot be read: {error}. Save it as plain SVG without a document type."
            ));
        }
    };
    let root = document.root_element();
    if root.tag_name().name() != "svg" || root.tag_name().namespace() != Some(SVG) {
        return Some(format!(
            "The root of the SVG must be <svg xmlns=\"{SVG}\">."
        ));
    }
    None
}

/// A `viewBox` of four numbers, two of them positive.
pub(super) fn view_box(text: &str) -> Option<String> {
    let document = Document::parse(text).ok()?;
    let Some(value) = document.root_element().attribute("viewBox") else {
        return Some(
            "The SVG is missing a viewBox. Add one, such as viewBox=\"0 0 171 40\".".into(),
        );
    };
    let numbers: Vec<f64> = value
        .split([' ', ',', '\n', '\t'])
        .filter(|part| !part.is_empty())
        .filter_map(|part| part.parse().ok())
        .collect();
    let good = matches!(numbers.as_slice(), [_, _, width, height] if *width > 0.0 && *height > 0.0);
    (!good).then(|| {
        "The viewBox of the SVG must be four numbers with a positive width and height.".into()
    })
}

/// Scripts, handlers, foreign content, and what can make them.
pub(super) fn active(text: &str) -> Option<String> {
    let document = Document::parse(text).ok()?;
    for node in document.descendants() {
        if node.is_pi() {
            return Some("The SVG has a processing instruction. Remove it.".into());
        }
        if !node.is_element() {
            continue;
        }
        let name = node.tag_name().name().to_ascii_lowercase();
        if ACTIVE.contains(&name.as_str()) {
            return Some(format!("The SVG has a <{name}> element. Remove it."));
        }
        // Editors leave elements of their own; browsers ignore them unless they are HTML.
        if node.tag_name().namespace() == Some(HTML) {
            return Some(format!("The SVG has the HTML element <{name}>. Remove it."));
        }
        for attribute in node.attributes() {
            let attribute_name = attribute.name().to_ascii_lowercase();
            if attribute_name.starts_with("on") {
                return Some(format!(
                    "The SVG has the handler {attribute_name}. Remove it."
                ));
            }
            if runs_code(attribute.value()) {
                return Some(format!(
                    "The attribute {attribute_name} of the SVG runs code. Remove it."
                ));
            }
            if ANIMATIONS.contains(&name.as_str())
                && attribute_name == "attributename"
                && is_risky_target(attribute.value())
            {
                return Some(format!(
                    "The SVG animates {}. Remove the animation.",
                    attribute.value()
                ));
            }
        }
    }
    None
}

/// References to anything outside the picture.
pub(super) fn external(text: &str) -> Option<String> {
    let document = Document::parse(text).ok()?;
    for node in document.descendants() {
        if node.is_pi() && node.pi().is_some_and(|pi| pi.target == "xml-stylesheet") {
            return Some("The SVG refers to a style sheet. Put its rules into the picture.".into());
        }
        if !node.is_element() {
            continue;
        }
        if let Some(found) = external_attribute(node) {
            return Some(found);
        }
        if node.tag_name().name().eq_ignore_ascii_case("style") {
            let css: String = node
                .descendants()
                .filter_map(|inner| if inner.is_text() { inner.text() } else { None })
                .collect();
            if reaches_out(&css) {
                return Some(
                    "The style of the SVG refers to something outside the picture. Remove it."
                        .into(),
                );
            }
        }
    }
    None
}

fn external_attribute(node: Node<'_, '_>) -> Option<String> {
    for attribute in node.attributes() {
        let name = attribute.name().to_ascii_lowercase();
        let value = attribute.value().trim();
        if matches!(name.as_str(), "href" | "src" | "data" | "action" | "srcset")
            && !value.is_empty()
            && !value.starts_with('#')
        {
            return Some(format!(
                "The SVG refers to {} outside the picture. Remove the {name}.",
                cut(value)
            ));
        }
        if name == "base" {
            return Some("The SVG sets a base address. Remove it.".into());
        }
        if reaches_out(value) {
            return Some(format!(
                "The attribute {name} of the SVG refers to something outside the picture. Remove it."
            ));
        }
    }
    None
}

/// CSS that loads something. A backslash can spell any of the words differently, so that it counts as one.
fn reaches_out(css: &str) -> bool {
    let css: String = css
        .to_ascii_lowercase()
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    if css.contains("@import")
        || css.contains("image-set(")
        || css.contains("expression(")
        || css.contains("-moz-binding")
    {
        return true;
    }
    let inner = css
        .split("url(")
        .skip(1)
        .any(|rest| !rest.trim_start_matches(['"', '\'']).starts_with('#'));
    inner || (css.contains('\\') && css.contains('('))
}

fn runs_code(value: &str) -> bool {
    let value: String = value
        .to_ascii_lowercase()
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .collect();
    [
        "javascript:",
        "vbscript:",
        "data:text/html",
        "data:image/svg",
        "data:application",
    ]
    .iter()
    .any(|start| value.contains(start))
}

fn is_risky_target(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    value.ends_with("href") || value.starts_with("on") || value == "src"
}

fn cut(text: &str) -> String {
    text.chars().take(60).collect()
}

const SVG: &str = "http://www.w3.org/2000/svg";
const HTML: &str = "http://www.w3.org/1999/xhtml";
const ACTIVE: [&str; 14] = [
    "script",
    "foreignobject",
    "handler",
    "listener",
    "iframe",
    "embed",
    "object",
    "audio",
    "video",
    "canvas",
    "link",
    "meta",
    "form",
    "input",
];
const ANIMATIONS: [&str; 5] = [
    "animate",
    "set",
    "animatetransform",
    "animatemotion",
    "animatecolor",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn svg(inner: &str) -> String {
        format!(
            "<svg xmlns=\"{SVG}\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" viewBox=\"0 0 10 10\">{inner}</svg>"
        )
    }

    #[test]
    fn a_plain_picture_passes() {
        let good = svg(
            "<defs><linearGradient id='g'/></defs><style>.a{fill:url(#g)}</style><rect fill='url(#g)' style='stroke: #fff'/><use href='#g'/><use xlink:href='#g'/><animate attributeName='opacity'/>",
        );
        for check in [form, view_box, active, external] {
            assert_eq!(check(&good), None);
        }
        assert_eq!(form(&format!("<?xml version=\"1.0\"?>\n{good}")), None);
    }

    #[test]
    fn what_is_no_svg() {
        for bad in [
            "<svg",
            "<svg/>",
            "<html xmlns='http://www.w3.org/2000/svg'/>",
            "hello",
            "<!DOCTYPE svg [<!ENTITY x 'y'>]><svg xmlns='http://www.w3.org/2000/svg'>&x;</svg>",
            "<!DOCTYPE svg><svg xmlns='http://www.w3.org/2000/svg'/>",
        ] {
            assert!(form(bad).is_some(), "{bad}");
        }
        for bad in [
            "",
            " viewBox=''",
            " viewBox='0 0 1'",
            " viewBox='0 0 0 1'",
            " viewbox='0 0 1 1'",
        ] {
            assert!(
                view_box(&format!("<svg xmlns='{SVG}'{bad}/>")).is_some(),
                "{bad}"
            );
        }
    }

    #[test]
    fn everything_that_could_act() {
        for bad in [
            "<script>1</script>",
            "<SCRIPT/>",
            "<s:script xmlns:s='http://www.w3.org/2000/svg'/>",
            "<rect onload='x'/>",
            "<rect ONCLICK='x'/>",
            "<foreignObject/>",
            "<a href='javascript:x'/>",
            "<a href=' java&#10;script:x'/>",
            "<a xlink:href='JaVaScRiPt:x'/>",
            "<set attributeName='href' to='x'/>",
            "<animate attributeName='xlink:href'/>",
            "<set attributeName='onload' to='x'/>",
            "<b xmlns='http://www.w3.org/1999/xhtml'/>",
            "<animate values='javascript:x'/>",
            "<iframe/>",
            "<?xml-stylesheet href='x'?>",
            "<image href='data:image/svg+xml;base64,AA'/>",
        ] {
            assert!(active(&svg(bad)).is_some(), "{bad}");
        }
    }

    #[test]
    fn everything_that_could_reach_out() {
        for bad in [
            "<use href='https://evil.test/a.svg#b'/>",
            "<image xlink:href='//evil.test/a.png'/>",
            "<image href='data:image/png;base64,AA'/>",
            "<rect fill='url(https://evil.test/a)'/>",
            "<rect style=\"fill:url( 'http://evil.test')\"/>",
            "<style>@import 'http://evil.test';</style>",
            "<style>@IMPORT url(x)</style>",
            "<style>a{b:url(x)}</style>",
            "<style>a{b:u\\72l(x)}</style>",
            "<g xml:base='http://evil.test'/>",
            "<feImage href='x'/>",
            "<?xml-stylesheet href='x'?>",
        ] {
            assert!(external(&svg(bad)).is_some(), "{bad}");
        }
    }
}
