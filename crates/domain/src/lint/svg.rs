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
    let numbers = numbers(value);
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

/// Only elements and attributes that draw, not too many, and no copies of copies.
pub(super) fn allowed(text: &str) -> Option<String> {
    let document = Document::parse(text).ok()?;
    let elements = document.descendants().filter(Node::is_element);
    if elements.clone().count() > MOST_ELEMENTS {
        return Some(format!(
            "The SVG has more than {MOST_ELEMENTS} elements. Simplify it."
        ));
    }
    for node in elements {
        let name = node.tag_name().name();
        if ACTIVE.contains(&name.to_ascii_lowercase().as_str()) {
            // Named by the rule for active content.
            continue;
        }
        if node.tag_name().namespace() != Some(SVG) || !ELEMENTS.contains(&name) {
            return Some(format!(
                "The SVG has the element <{}>, which is not one that only draws. Save it as plain SVG.",
                cut(name)
            ));
        }
        if node.ancestors().count() > MOST_DEPTH {
            return Some(format!(
                "The SVG has more than {MOST_DEPTH} elements in each other. Simplify it."
            ));
        }
        for attribute in node.attributes() {
            if !is_allowed(attribute.namespace(), attribute.name()) {
                return Some(format!(
                    "The SVG has the attribute {} on <{name}>, which is not one that only draws. Save it as plain SVG.",
                    cut(attribute.name())
                ));
            }
        }
        if name == "use" && copies_copies(node) {
            return Some(
                "The SVG has a <use> inside something that another <use> copies. Draw it once."
                    .into(),
            );
        }
    }
    None
}

/// Width and height of the viewBox.
pub(super) fn size(text: &str) -> Option<(f64, f64)> {
    let document = Document::parse(text).ok()?;
    let numbers = numbers(document.root_element().attribute("viewBox")?);
    match numbers.as_slice() {
        [_, _, width, height] if *width > 0.0 && *height > 0.0 => Some((*width, *height)),
        _ => None,
    }
}

fn is_allowed(namespace: Option<&str>, name: &str) -> bool {
    // Handlers are named by the rule for active content.
    if name.to_ascii_lowercase().starts_with("on") {
        return true;
    }
    match namespace {
        None => {
            name.starts_with("data-") || name.starts_with("aria-") || ATTRIBUTES.contains(&name)
        }
        Some(XLINK) => matches!(name, "href" | "title"),
        Some(XML) => matches!(name, "space" | "lang" | "id" | "base"),
        Some(_) => false,
    }
}

/// A <use> that is copied itself multiplies: thirty of them draw a thousand million shapes.
fn copies_copies(node: Node<'_, '_>) -> bool {
    let referenced = |id: &str| {
        node.document().descendants().any(|other| {
            other.is_element()
                && other.attributes().any(|attribute| {
                    attribute.name() == "href"
                        && attribute.value().trim().strip_prefix('#') == Some(id)
                })
        })
    };
    node.ancestors()
        .filter_map(|ancestor| ancestor.attribute("id"))
        .any(referenced)
}

fn numbers(value: &str) -> Vec<f64> {
    value
        .split([' ', ',', '\n', '\t', '\r'])
        .filter(|part| !part.is_empty())
        .filter_map(|part| part.parse().ok())
        .collect()
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
            if value.to_ascii_lowercase().starts_with("data:") {
                return Some(
                    "The SVG has an embedded file, such as a photograph. Draw the logo in the picture itself."
                        .into(),
                );
            }
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
const XLINK: &str = "http://www.w3.org/1999/xlink";
const XML: &str = "http://www.w3.org/XML/1998/namespace";
const MOST_ELEMENTS: usize = 2000;
const MOST_DEPTH: usize = 40;
/// Elements that draw, and those that say how or what.
const ELEMENTS: [&str; 41] = [
    "svg",
    "g",
    "defs",
    "symbol",
    "use",
    "title",
    "desc",
    "metadata",
    "style",
    "switch",
    "path",
    "rect",
    "circle",
    "ellipse",
    "line",
    "polyline",
    "polygon",
    "text",
    "tspan",
    "textPath",
    "a",
    "linearGradient",
    "radialGradient",
    "stop",
    "pattern",
    "clipPath",
    "mask",
    "marker",
    "filter",
    "feBlend",
    "feColorMatrix",
    "feComponentTransfer",
    "feComposite",
    "feFlood",
    "feFuncA",
    "feGaussianBlur",
    "feMerge",
    "feMergeNode",
    "feOffset",
    "feDropShadow",
    "image",
];
/// Attributes that say how to draw.
const ATTRIBUTES: [&str; 146] = [
    "id",
    "class",
    "style",
    "lang",
    "tabindex",
    "role",
    "version",
    "baseProfile",
    "viewBox",
    "preserveAspectRatio",
    "width",
    "height",
    "x",
    "y",
    "x1",
    "y1",
    "x2",
    "y2",
    "cx",
    "cy",
    "r",
    "rx",
    "ry",
    "fx",
    "fy",
    "fr",
    "dx",
    "dy",
    "d",
    "points",
    "pathLength",
    "rotate",
    "textLength",
    "lengthAdjust",
    "startOffset",
    "method",
    "spacing",
    "side",
    "transform",
    "transform-origin",
    "transform-box",
    "href",
    "target",
    "offset",
    "gradientUnits",
    "gradientTransform",
    "spreadMethod",
    "patternUnits",
    "patternContentUnits",
    "patternTransform",
    "clipPathUnits",
    "maskUnits",
    "maskContentUnits",
    "markerUnits",
    "markerWidth",
    "markerHeight",
    "refX",
    "refY",
    "orient",
    "filterUnits",
    "primitiveUnits",
    "in",
    "in2",
    "result",
    "mode",
    "operator",
    "type",
    "values",
    "k1",
    "k2",
    "k3",
    "k4",
    "tableValues",
    "slope",
    "intercept",
    "amplitude",
    "exponent",
    "stdDeviation",
    "edgeMode",
    "media",
    "overflow",
    "clip",
    "clip-path",
    "clip-rule",
    "mask",
    "mask-type",
    "filter",
    "opacity",
    "fill",
    "fill-opacity",
    "fill-rule",
    "stroke",
    "stroke-dasharray",
    "stroke-dashoffset",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-miterlimit",
    "stroke-opacity",
    "stroke-width",
    "stop-color",
    "stop-opacity",
    "color",
    "color-interpolation",
    "color-interpolation-filters",
    "color-rendering",
    "display",
    "visibility",
    "flood-color",
    "flood-opacity",
    "lighting-color",
    "marker",
    "marker-start",
    "marker-mid",
    "marker-end",
    "paint-order",
    "image-rendering",
    "shape-rendering",
    "text-rendering",
    "font",
    "font-family",
    "font-size",
    "font-size-adjust",
    "font-stretch",
    "font-style",
    "font-variant",
    "font-weight",
    "kerning",
    "letter-spacing",
    "word-spacing",
    "text-anchor",
    "text-decoration",
    "dominant-baseline",
    "alignment-baseline",
    "baseline-shift",
    "direction",
    "unicode-bidi",
    "writing-mode",
    "white-space",
    "vector-effect",
    "isolation",
    "mix-blend-mode",
    "enable-background",
    "pointer-events",
    "systemLanguage",
    "requiredFeatures",
    "src",
];
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
    fn only_what_draws_is_allowed() {
        for good in [
            "<g id='a' fill='#fff' data-name='x' aria-label='y'><path d='M0 0'/></g><use href='#a'/>",
            "<title>x</title><style>.a{fill:red}</style><clipPath id='c'><rect width='1'/></clipPath>",
        ] {
            assert_eq!(allowed(&svg(good)), None, "{good}");
        }
        for bad in [
            "<animate attributeName='opacity'/>",
            "<set/>",
            "<blink/>",
            "<x:y xmlns:x='urn:x'/>",
            "<rect xmlns:x='urn:x' x:label='a'/>",
            "<rect formaction='x'/>",
            "<Rect/>",
            "<g id='a'><use href='#b'/></g><g id='b'><path/></g><use href='#a'/>",
            "<use id='a' href='#a'/>",
            &("<g>".repeat(50) + &"</g>".repeat(50)),
            &"<g/>".repeat(2001),
        ] {
            assert!(allowed(&svg(bad)).is_some(), "{bad}");
        }
        assert_eq!(size(&svg("")), Some((10.0, 10.0)));
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
