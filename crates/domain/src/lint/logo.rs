//! Rules for the logo.

use super::{
    Hits, Rule,
    Severity::{Error, Info, Warning},
    picture::Picture,
    subject::Subject,
    svg, svg_mail,
};
use crate::application::MediaType;

pub(super) static PRESENT: Rule = Rule {
    id: "logo/present",
    test: None,
    live: Some(Error),
    sentence: "The app has a logo.",
    why: "People recognise your service by it.",
    fix: "Add a PNG or SVG of at most 50 kB.",
    bad: "\"logo\": null",
    good: "\"logo\": { \"media_type\": \"image/svg+xml\", \"base64\": \"…\" }",
    from: &["L09"],
    waivable: true,
    check: |subject, hits| {
        if subject.document.logo.is_none() {
            hits.at(
                "/logo",
                "The logo is missing. Add a PNG or SVG of less than 50 kB.",
            );
        }
    },
};

pub(super) static SIZE: Rule = Rule {
    id: "logo/size",
    test: Some(Error),
    live: Some(Error),
    sentence: "The logo has at most 50 kB.",
    why: "Every person who signs in loads it.",
    fix: "Make it smaller: at most 50 kB.",
    bad: "a photograph of 2 MB",
    good: "a drawing of 6 kB",
    from: &["G1", "V22", "L09"],
    waivable: false,
    check: |subject, hits| {
        if let Some(bytes) = subject
            .logo
            .as_ref()
            .filter(|bytes| bytes.len() > MAX_BYTES)
        {
            hits.at(
                "/logo",
                format!(
                    "The logo has {} bytes. It must be less than 50 kB ({MAX_BYTES} bytes).",
                    bytes.len()
                ),
            );
        }
    },
};

pub(super) static TYPE: Rule = Rule {
    id: "logo/type",
    test: Some(Error),
    live: Some(Error),
    sentence: "The logo is what its type says: a PNG or an SVG.",
    why: "The bytes are looked at, not the name of the file. A browser must not find anything else in it than a picture.",
    fix: "Save it as PNG or SVG, and give it that type.",
    bad: "a GIF called logo.png",
    good: "a PNG called logo.png",
    from: &["G2", "V23", "V24", "L09"],
    waivable: false,
    check: |subject, hits| {
        let Some(logo) = &subject.document.logo else {
            return;
        };
        let Some(bytes) = &subject.logo else {
            hits.at("/logo/base64", "The logo is not Base64 text.");
            return;
        };
        let fits = match logo.media_type {
            MediaType::Png => bytes.starts_with(b"\x89PNG\r\n\x1a\n"),
            MediaType::Svg => std::str::from_utf8(bytes).is_ok_and(|text| {
                text.trim_start_matches('\u{feff}')
                    .trim_start()
                    .starts_with('<')
                    && text.contains("<svg")
            }),
        };
        if !fits {
            hits.at(
                "/logo",
                format!(
                    "The logo does not contain what its type {} says.",
                    logo.media_type.as_str()
                ),
            );
        }
    },
};

pub(super) static SVG_FORM: Rule = Rule {
    id: "logo/svg-form",
    test: Some(Error),
    live: Some(Error),
    sentence: "An SVG logo is well-formed XML without a document type or entities.",
    why: "Entities and document types can hide anything, and a picture that is not well-formed is drawn differently everywhere.",
    fix: "Save it as plain SVG.",
    bad: "<!DOCTYPE svg [ <!ENTITY a \"b\"> ]>",
    good: "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 171 40\">",
    from: &["G3", "L09"],
    waivable: false,
    check: |subject, hits| with_svg(subject, hits, svg::form),
};

pub(super) static SVG_VIEW_BOX: Rule = Rule {
    id: "logo/svg-view-box",
    test: Some(Error),
    live: Some(Error),
    sentence: "An SVG logo has a viewBox.",
    why: "Without a viewBox, browsers cannot scale the picture.",
    fix: "Add one with its corner, width and height.",
    bad: "<svg width=\"171\" height=\"40\">",
    good: "<svg viewBox=\"0 0 171 40\">",
    from: &["G3", "V25", "L09"],
    waivable: true,
    check: |subject, hits| with_svg(subject, hits, svg::view_box),
};

pub(super) static SVG_ACTIVE: Rule = Rule {
    id: "logo/svg-active",
    test: Some(Error),
    live: Some(Error),
    sentence: "An SVG logo has no scripts, handlers or foreign content.",
    why: "A logo is shown on the page where people type their password. It must be a picture only: no scripts, no handlers, no foreign content.",
    fix: "Remove what the finding names, or save it as plain SVG.",
    bad: "<svg onload=\"…\"><script>…</script></svg>",
    good: "<svg viewBox=\"0 0 171 40\"><path d=\"…\"/></svg>",
    from: &["G3", "V26", "L09"],
    waivable: false,
    check: |subject, hits| with_svg(subject, hits, svg::active),
};

pub(super) static SVG_EXTERNAL: Rule = Rule {
    id: "logo/svg-external",
    test: Some(Error),
    live: Some(Error),
    sentence: "An SVG logo refers to nothing outside itself.",
    why: "A reference to another server would tell it who signs in. An embedded photograph is not judged and not small.",
    fix: "Draw everything in the picture itself.",
    bad: "<image href=\"https://…\"/>",
    good: "<use href=\"#fish\"/>",
    from: &["G3", "L09"],
    waivable: false,
    check: |subject, hits| with_svg(subject, hits, svg::external),
};

pub(super) static PNG_FORM: Rule = Rule {
    id: "logo/png-form",
    test: Some(Error),
    live: Some(Error),
    sentence: "A PNG logo can be decoded, is one still picture, and has nothing behind its end.",
    why: "A broken file is drawn differently everywhere, and behind the end of a picture another file can hide.",
    fix: "Save it again as a plain PNG of at most 2048 pixels each way.",
    bad: "a PNG with a ZIP file behind it",
    good: "a PNG of 342 × 80 pixels",
    from: &["G2", "L09"],
    waivable: false,
    check: |subject, hits| {
        if let Some(Err(reason)) = &subject.picture {
            hits.at("/logo", reason.clone());
        }
    },
};

pub(super) static PNG_LARGE: Rule = Rule {
    id: "logo/png-large",
    test: Some(Info),
    live: Some(Warning),
    sentence: "A PNG logo is at most twice as large as its place.",
    why: "The place for the logo has 171 × 40 points. More than 342 × 80 pixels cost time and are never seen.",
    fix: "Save it with at most 342 × 80 pixels, or as SVG.",
    bad: "1710 × 400 pixels",
    good: "342 × 80 pixels",
    from: &["G4"],
    waivable: true,
    check: |subject, hits| {
        with_picture(subject, hits, |picture| {
            (picture.width > 342 || picture.height > 80).then(|| {
                format!(
                    "The PNG has {} × {} pixels. The place for it shows 342 × 80 at most.",
                    picture.width, picture.height
                )
            })
        })
    },
};

pub(super) static ASPECT: Rule = Rule {
    id: "logo/aspect",
    test: Some(Info),
    live: Some(Warning),
    sentence: "The logo is neither very wide nor very tall.",
    why: "It must fit into a place of 171 × 40 points. An extreme shape becomes too small to be seen.",
    fix: "Use a shape between 1 : 2 and 8 : 1.",
    bad: "1200 × 60",
    good: "171 × 40",
    from: &["G5"],
    waivable: true,
    check: |subject, hits| {
        let shape = match (&subject.picture, &subject.logo) {
            (Some(Ok(picture)), _) => Some((f64::from(picture.width), f64::from(picture.height))),
            (None, Some(bytes)) => std::str::from_utf8(bytes).ok().and_then(svg::size),
            _ => None,
        };
        if let Some((width, height)) = shape
            && (width > height * 8.0 || height > width * 2.0)
        {
            hits.at(
                "/logo",
                format!("The logo is {width} wide and {height} tall. Use a shape between 1 : 2 and 8 : 1."),
            );
        }
    },
};

pub(super) static OPAQUE: Rule = Rule {
    id: "logo/opaque",
    test: Some(Info),
    live: Some(Warning),
    sentence: "A PNG logo has a transparent background.",
    why: "A box of another colour stands out on the page, and in dark colours of the browser.",
    fix: "Save it with a transparent background.",
    bad: "a white box",
    good: "a transparent background",
    from: &["G6"],
    waivable: true,
    check: |subject, hits| {
        with_picture(subject, hits, |picture| {
            (!picture.has_transparency)
                .then(|| "The PNG has no transparent background. Save it with one.".to_owned())
        })
    },
};

pub(super) static CONTRAST: Rule = Rule {
    id: "logo/contrast",
    test: Some(Info),
    live: Some(Warning),
    sentence: "A PNG logo can be seen on white.",
    why: "The page is white. What has a contrast below 3 to it cannot be seen by many people (WCAG 1.4.11). Look at it on a dark header too.",
    fix: "Use a darker version of the logo.",
    bad: "a white logo",
    good: "a dark blue logo",
    from: &["G7"],
    waivable: true,
    check: |subject, hits| {
        with_picture(subject, hits, |picture| {
            picture.contrast.is_none_or(|contrast| contrast < 3.0).then(|| picture.contrast.map_or_else(|| "Nothing can be seen in the PNG.".to_owned(), |contrast| format!("The contrast of the logo with white is {contrast:.1}. It should be 3 or more.")))
        })
    },
};

pub(super) static PADDING: Rule = Rule {
    id: "logo/padding",
    test: Some(Info),
    live: Some(Warning),
    sentence: "A PNG logo has no wide empty margins.",
    why: "Margins make the logo itself smaller than its place.",
    fix: "Cut the empty margins off.",
    bad: "a logo in the middle of an empty square",
    good: "a logo that fills its picture",
    from: &["G8"],
    waivable: true,
    check: |subject, hits| {
        with_picture(subject, hits, |picture| {
            (picture.margin > 0.2 && picture.contrast.is_some()).then(|| {
                format!(
                    "{:.0} % of one side of the PNG are empty. Cut the margins off.",
                    picture.margin * 100.0
                )
            })
        })
    },
};

pub(super) static SVG_ALLOWED: Rule = Rule {
    id: "logo/svg-allowed",
    test: Some(Error),
    live: Some(Error),
    sentence: "An SVG logo has drawing elements and attributes only.",
    why: "Only what is known to draw and do nothing else is let through: shapes, text, colours, gradients, clips and masks.",
    fix: "Save it as plain SVG (Inkscape: Plain SVG; Illustrator: Presentation Attributes), or remove what the finding names.",
    bad: "<sodipodi:namedview/>, <animate/>, data-name=\"Layer 1\"",
    good: "<path d=\"…\" fill=\"#005ea2\"/>",
    from: &["G3", "L09"],
    waivable: false,
    check: |subject, hits| with_svg(subject, hits, svg::allowed),
};

pub(super) static SVG_MAIL: Rule = Rule {
    id: "logo/svg-mail",
    test: Some(Info),
    live: Some(Info),
    sentence: "An SVG logo can be drawn for mail.",
    why: "Mail programs show no SVG, so the server draws a PNG of it. It draws shapes, colours, gradients, clips and masks. It has no fonts and draws no effects.",
    fix: "Turn letters into paths and leave out effects, or add the logo as PNG. Otherwise mail names the app in words.",
    bad: "<text>Fishing Licence</text>",
    good: "<path d=\"…\"/>",
    from: &[],
    waivable: true,
    check: |subject, hits| with_svg(subject, hits, svg_mail::undrawn),
};

/// May the server draw this SVG? Only what no rule refuses, within bounds that make it cheap.
///
/// # Errors
/// A sentence that says why not.
pub fn drawn_in_mail(svg: &[u8]) -> Result<&str, String> {
    let text = std::str::from_utf8(svg).map_err(|_| "The SVG is no text.".to_owned())?;
    if text.len() > MAX_BYTES {
        return Err("The SVG is too large.".to_owned());
    }
    let rules = [
        svg::form,
        svg::view_box,
        svg::active,
        svg::external,
        svg::allowed,
        svg_mail::undrawn,
    ];
    match rules.into_iter().find_map(|rule| rule(text)) {
        None => Ok(text),
        Some(why) => Err(why),
    }
}

/// "Less than 50 kB."
pub(super) const MAX_BYTES: usize = 50_000;

fn with_svg(subject: &Subject<'_>, hits: &mut Hits, check: fn(&str) -> Option<String>) {
    let is_svg = subject
        .document
        .logo
        .as_ref()
        .is_some_and(|logo| logo.media_type == MediaType::Svg);
    if let Some(bytes) = subject.logo.as_ref().filter(|_| is_svg)
        && let Ok(text) = std::str::from_utf8(bytes)
        && let Some(message) = check(text)
    {
        hits.at("/logo", message);
    }
}

fn with_picture(subject: &Subject<'_>, hits: &mut Hits, check: fn(&Picture) -> Option<String>) {
    if let Some(Ok(picture)) = &subject.picture
        && let Some(message) = check(picture)
    {
        hits.at("/logo", message);
    }
}
