//! Rules for the logo.

use super::{Hits, Rule, Severity::Error, subject::Subject, svg};
use crate::application::MediaType;

pub(super) static PRESENT: Rule = Rule {
    id: "logo/present",
    test: None,
    live: Some(Error),
    sentence: "The app has a logo.",
    doc: "People recognise your service by it. PNG or SVG, less than 50 kB.",
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
    doc: "Every person who signs in loads it.",
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
    doc: "The bytes are looked at, not the name of the file.",
    check: |subject, hits| {
        let Some(logo) = &subject.document.logo else {
            return;
        };
        let Some(bytes) = &subject.logo else {
            hits.at("/logo/base64", "The logo is not Base64 text.");
            return;
        };
        let fits = match logo.media_type {
            MediaType::Png => {
                bytes.starts_with(b"\x89PNG\r\n\x1a\n") && bytes.get(12..16) == Some(b"IHDR")
            }
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
    doc: "Save it as plain SVG. Entities can hide anything.",
    check: |subject, hits| with_svg(subject, hits, svg::form),
};

pub(super) static SVG_VIEW_BOX: Rule = Rule {
    id: "logo/svg-view-box",
    test: Some(Error),
    live: Some(Error),
    sentence: "An SVG logo has a viewBox.",
    doc: "Without it, browsers cannot scale the picture.",
    check: |subject, hits| with_svg(subject, hits, svg::view_box),
};

pub(super) static SVG_ACTIVE: Rule = Rule {
    id: "logo/svg-active",
    test: Some(Error),
    live: Some(Error),
    sentence: "An SVG logo has no scripts, handlers or foreign content.",
    doc: "A logo is shown on the page where people type their password. It must be a picture only.",
    check: |subject, hits| with_svg(subject, hits, svg::active),
};

pub(super) static SVG_EXTERNAL: Rule = Rule {
    id: "logo/svg-external",
    test: Some(Error),
    live: Some(Error),
    sentence: "An SVG logo refers to nothing outside itself.",
    doc: "A reference to another server would tell it who signs in.",
    check: |subject, hits| with_svg(subject, hits, svg::external),
};

/// "Less than 50 kB."
const MAX_BYTES: usize = 50_000;

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
