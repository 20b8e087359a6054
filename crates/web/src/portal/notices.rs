//! The member's notices, and their words in mail and on the page.

use std::sync::Arc;

use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use durward_app::Keeper;
use durward_app::citizen::letter::Written;
use durward_app::jobs::keeper_mail::{Digest, NoticeWording, Ways};
use durward_app::partner::notices::{self, NoticeView};
use durward_domain::money::{Cents, NumberStyle};
use serde::Deserialize;

use super::desk::Desk;
use super::{notice_choices, parts};
use crate::pages::{shows, takes};
use crate::partnership::shown::money;
use crate::portal_router::Portal;
use crate::shared::forms::Posted;
use crate::shared::i18n::{Language, Words};
use crate::shared::page::{self, NoticeKind, view};
use crate::shared::problem::Problem;
use crate::shared::route::{FORM, Route};

/// The pages of notices.
pub const ROUTES: &[Route<Arc<Portal>>] = &[
    shows("/notices", || get(list)),
    takes("/notices", FORM, &[], || post(read)),
    takes("/notices/language", FORM, &[], || post(language)),
];

view! {
    /// The member's notices.
    Notices in "portal/notices.html" {
        /// Newest first.
        lines: Vec<NoticeLine>,
        /// Where older ones are.
        older: Option<String>,
        /// The languages with the chosen one.
        choices: Vec<(&'static str, &'static str, bool)>,
        /// Whether any is new.
        any_new: bool,
    }
}

/// One notice on the page.
pub struct NoticeLine {
    /// Its heading.
    pub subject: String,
    /// What happened.
    pub text: String,
    /// Where it leads.
    pub href: String,
    /// When.
    pub time: String,
    /// Whether it is new.
    pub is_new: bool,
}

/// Where the page begins, and what it tells.
#[derive(Debug, Default, Deserialize)]
pub struct From {
    before: Option<String>,
    language: Option<String>,
}

async fn list(desk: Desk, Query(from): Query<From>) -> Result<Response, Response> {
    let fault = |fault| Problem::from(fault).as_page().into_response();
    let found = notices::list(&desk.keeper, &desk.member, from.before.as_deref(), AT_ONCE)
        .await
        .map_err(fault)?;
    let chosen = notices::language(&desk.keeper, &desk.member)
        .await
        .map_err(fault)?;
    let words = desk.words();
    let mut page = desk.page("/notices");
    if from.language.is_some() {
        page = page.with_notice(NoticeKind::Success, words.t("notices-language-saved"));
    }
    let lines: Vec<NoticeLine> = found
        .items
        .iter()
        .map(|notice| NoticeLine {
            subject: part(words, notice, "subject", ""),
            text: part(words, notice, "text", ""),
            href: notice.link.clone(),
            time: desk.moment(notice.created),
            is_new: notice.is_new,
        })
        .collect();
    Ok(page::html(&Notices {
        page,
        any_new: lines.iter().any(|line| line.is_new),
        lines,
        older: found.next.map(|next| format!("/notices?before={next}")),
        choices: Language::ALL
            .into_iter()
            .map(|one| (one.tag(), one.own_name(), one.tag() == chosen))
            .collect(),
    }))
}

async fn read(desk: Desk, _: Posted) -> Result<Response, Response> {
    notices::read_all(&desk.keeper, &desk.member)
        .await
        .map_err(|fault| Problem::from(fault).as_page().into_response())?;
    Ok(Redirect::to("/notices").into_response())
}

async fn language(desk: Desk, posted: Posted) -> Result<Response, Response> {
    let language = Language::parse(posted.text("notice_language")).unwrap_or_default();
    notices::speaks(&desk.keeper, &desk.member.id, language.tag())
        .await
        .map_err(|fault| Problem::from(fault).as_page().into_response())?;
    Ok(Redirect::to("/notices?language=saved").into_response())
}

/// Notices as mails, from the same catalogues as the pages.
pub struct NoticeWords;

impl NoticeWording for NoticeWords {
    fn write(&self, keeper: &Keeper, language: &str, notice: &NoticeView, ways: &Ways) -> Written {
        let words = Words::of(Language::parse(language).unwrap_or_default());
        let title = keeper.programme.title.as_str();
        let mut text = format!(
            "{}\n\n{}\n",
            part(words, notice, "text", title),
            words.t2("notice-mail-footer", "link", &ways.url, "title", title)
        );
        if let Some(less) = &ways.less {
            let key = if ways.secures {
                "notice-mail-secures"
            } else {
                "notice-mail-less"
            };
            text.push_str(&format!("\n{}\n", words.t1(key, "link", less)));
        }
        Written {
            subject: part(words, notice, "subject", title),
            text,
        }
    }

    fn digest(&self, keeper: &Keeper, language: &str, digest: &Digest) -> Written {
        let words = Words::of(Language::parse(language).unwrap_or_default());
        let title = keeper.programme.title.as_str();
        let day = shown(words, "window", &digest.day);
        let shown = u64::try_from(digest.notices.len()).unwrap_or_default();
        let count = ("count", shown.saturating_add(digest.more));
        let mut lines = Vec::new();
        for (notice, url) in &digest.notices {
            let subject = part(words, notice, "subject", title);
            let text = part(words, notice, "text", title);
            lines.push(format!("{subject}\n{text}\n{url}"));
        }
        if digest.more > 0 {
            lines.push(words.t_count("digest-more", digest.more));
        }
        lines.push(words.t1("digest-all", "link", &digest.all));
        let kinds: Vec<String> = digest
            .kinds
            .iter()
            .map(|(kind, link)| format!("{}\n{link}", notice_choices::name_of(words, kind)))
            .collect();
        lines.push(format!("{}\n{}", words.t("digest-less"), kinds.join("\n")));
        lines.push(words.t2("digest-choices", "title", title, "link", &digest.choices));
        Written {
            subject: words.t_args_count("digest-subject", &[("day", &day)], count),
            text: format!("{}\n", lines.join("\n\n")),
        }
    }

    fn above(&self, language: &str) -> String {
        Words::of(Language::parse(language).unwrap_or_default()).t("ticket-mail-above")
    }
}

/// One text of a notice: its `subject` or `text`.
pub fn part(words: Words, notice: &NoticeView, which: &str, title: &str) -> String {
    let mut values: Vec<(&str, String)> = notice
        .values
        .iter()
        .map(|(name, value)| (name.as_str(), shown(words, name, value)))
        .collect();
    values.push(("title", title.to_owned()));
    let pairs: Vec<(&str, &str)> = values
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let key = format!("notice-{}-{which}", notice.kind);
    let count = notice
        .values
        .iter()
        .find(|(name, _)| name == "days")
        .and_then(|(_, value)| value.parse().ok());
    match count {
        Some(days) => words.t_args_count(&key, &pairs, ("days", days)),
        None => words.t_args(&key, &pairs),
    }
}

/// A value as the reader says it.
fn shown(words: Words, name: &str, value: &str) -> String {
    match name {
        "environment" => words
            .find(&format!("environment-{value}"))
            .unwrap_or_else(|| value.to_owned()),
        "state" => words
            .find(&format!("ticket-is-{}", value.replace('_', "-")))
            .unwrap_or_else(|| value.to_owned()),
        "role" => words
            .find(&format!("role-{}", value.replace('_', "-")))
            .unwrap_or_else(|| value.to_owned()),
        "realm" => words
            .find(&format!("realm-{value}"))
            .unwrap_or_else(|| value.to_owned()),
        "answer" => words
            .find(&format!("answer-{value}"))
            .unwrap_or_else(|| value.to_owned()),
        "task" => words
            .find(&format!("partnership-task-{}", value.replace('_', "-")))
            .unwrap_or_else(|| value.to_owned()),
        "standing" => words
            .find(&format!("partnership-is-{value}"))
            .unwrap_or_else(|| value.to_owned()),
        "stands" => words
            .find(&format!("agreement-state-{}", value.replace('_', "-")))
            .unwrap_or_else(|| value.to_owned()),
        "policy" => words
            .find(&format!("agreement-then-{value}"))
            .unwrap_or_else(|| value.to_owned()),
        "spent" | "estimated" => amount(words, value).unwrap_or_else(|| value.to_owned()),
        "window" | "ends" | "from" => value
            .parse()
            .map_or_else(|_| value.to_owned(), |date| parts::day(words, date)),
        _ => value.to_owned(),
    }
}

/// An amount that was kept as a plain number with its currency.
fn amount(words: Words, value: &str) -> Option<String> {
    let (amount, currency) = value.split_once(' ')?;
    let amount = Cents::parse(amount, NumberStyle::ENGLISH).ok()?;
    Some(money(words, amount, currency))
}

const AT_ONCE: usize = 30;

#[cfg(test)]
pub(super) mod tests {
    use askama::Template as _;
    use durward_app::partner::notices::NoticeKind as Kind;
    use jiff::Timestamp;

    use super::*;
    use crate::portal::samples;

    fn example(kind: &Kind) -> NoticeView {
        NoticeView {
            id: String::new(),
            kind: kind.id.to_owned(),
            link: "/launches/1".to_owned(),
            values: kind
                .values
                .iter()
                .map(|name| {
                    let value = match *name {
                        "window" | "ends" | "from" => "2026-11-30",
                        "environment" => "production",
                        "days" => "7",
                        "role" => "partner_admin",
                        "realm" => "sandbox",
                        "answer" => "accepted",
                        other => other,
                    };
                    ((*name).to_owned(), value.to_owned())
                })
                .collect(),
            created: Timestamp::UNIX_EPOCH,
            is_new: true,
        }
    }

    /// The page with and without notices.
    pub(in crate::portal) fn samples(language: Language) -> Vec<String> {
        let words = Words::of(language);
        let full = Notices {
            page: samples::page(language, "/notices"),
            lines: Kind::ALL
                .iter()
                .map(|kind| NoticeLine {
                    subject: part(words, &example(kind), "subject", "Sign in"),
                    text: part(words, &example(kind), "text", "Sign in"),
                    href: "/launches/1".to_owned(),
                    time: "2026-11-10 12:00 EST".to_owned(),
                    is_new: true,
                })
                .collect(),
            older: Some("/notices?before=1.2".to_owned()),
            choices: vec![("en", "English", true), ("es", "Español", false)],
            any_new: true,
        };
        let empty = Notices {
            page: samples::page(language, "/notices"),
            lines: Vec::new(),
            older: None,
            choices: vec![("en", "English", true)],
            any_new: false,
        };
        [full.render(), empty.render()]
            .into_iter()
            .map(Result::unwrap_or_default)
            .collect()
    }

    #[test]
    fn every_kind_has_words_with_its_values_in_every_language() {
        for language in Language::ALL {
            let words = Words::of(language);
            for kind in Kind::ALL {
                for which in ["subject", "text"] {
                    let key = format!("notice-{}-{which}", kind.id);
                    assert!(words.find(&key).is_some(), "{key} in {}", language.tag());
                    let text = part(words, &example(kind), which, "Sign in");
                    assert!(!text.contains("{$"), "{key} in {}: {text}", language.tag());
                }
                let text = part(words, &example(kind), "text", "Sign in");
                for name in kind.values.iter().filter(|name| !["days"].contains(name)) {
                    let value = match *name {
                        "window" | "ends" | "from" => "2026",
                        "environment" | "role" | "realm" | "answer" => continue,
                        other => other,
                    };
                    assert!(text.contains(value), "{} {name}: {text}", kind.id);
                }
            }
        }
    }
}
