//! One sample of each page of the help, rendered in every language.

use askama::Template as _;
use durward_domain::programme::Programme;

use super::attributes;
use super::errors;
use super::guides;
use super::pages::{self, HelpAttributes, HelpError, HelpErrors, HelpGuide, HelpIndex};
use crate::portal::samples::page;
use crate::shared::i18n::{Language, Words};

/// Every page of the help in this language.
pub(crate) fn samples(language: Language) -> Vec<String> {
    let page = || page(language, "/help");
    let mut texts = vec![
        HelpIndex {
            page: page(),
            guides: guides::ALL
                .iter()
                .map(|guide| (format!("/help/{}", guide.id), guide.title(language)))
                .collect(),
        }
        .render(),
    ];
    for guide in guides::ALL {
        let guide = guides::render(guide.text(language), &[]);
        texts.push(
            HelpGuide {
                page: page(),
                guide,
            }
            .render(),
        );
    }
    if let Some(programme) = Programme::named("us") {
        let rows = attributes::rows(&programme);
        texts.push(HelpAttributes { page: page(), rows }.render());
    }
    let entries = errors::entries();
    texts.push(
        HelpErrors {
            page: page(),
            entries,
        }
        .render(),
    );
    if let [entry, near @ ..] = entries {
        let near = near.iter().take(3).copied().collect();
        texts.push(
            HelpError {
                page: page(),
                entry: *entry,
                clause: Some("RFC 6749 §3.1"),
                place: pages::place(Words::of(language), 1),
                near,
            }
            .render(),
        );
    }
    texts.into_iter().map(Result::unwrap_or_default).collect()
}
