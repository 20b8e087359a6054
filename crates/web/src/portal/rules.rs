//! The rules of the validator, for everybody: a list, and a page for each that says why and what to do.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use durward_domain::lint::{RULES, Rule, Severity};

use super::desk;
use super::parts::Mark;
use super::session::Signed;
use crate::pages::shows;
use crate::portal_router::Portal;
use crate::shared::i18n::Words;
use crate::shared::page::{self, Page, view};
use crate::shared::problem::Problem;
use crate::shared::route::{Caller, Route};
use crate::shared::visit::Visit;

/// The pages.
pub const ROUTES: &[Route<Arc<Portal>>] = &[
    Route {
        caller: Caller::Anyone,
        ..shows("/help/rules", || get(list))
    },
    Route {
        caller: Caller::Anyone,
        ..shows("/help/rules/{group}", || get(group))
    },
    Route {
        caller: Caller::Anyone,
        ..shows("/help/rules/{group}/{rule}", || get(show))
    },
];

view! {
    /// Every rule, or those of one group.
    RuleList in "portal/rules.html" {
        /// The groups with their rules.
        groups: Vec<RuleGroup>,
        /// Whether there are others.
        is_part: bool,
    }
}

view! {
    /// One rule.
    RulePage in "portal/rule.html" {
        /// Its id.
        id: &'static str,
        /// What it asks for.
        sentence: &'static str,
        /// Why.
        why: &'static str,
        /// What to do.
        fix: &'static str,
        /// What it finds.
        bad: &'static str,
        /// The same, repaired.
        good: &'static str,
        /// Where it comes from.
        from: String,
        /// In the sandbox.
        test: Mark,
        /// Where real people sign in.
        live: Mark,
        /// Whether a reviewer may waive it.
        waivable: bool,
        /// The list of its group.
        group_href: String,
    }
}

/// Rules about one thing.
pub struct RuleGroup {
    /// The first part of their ids.
    pub id: String,
    /// They themselves.
    pub rules: Vec<RuleRow>,
}

/// One rule in the list.
pub struct RuleRow {
    /// Its id.
    pub id: &'static str,
    /// Its page.
    pub href: String,
    /// What it asks for.
    pub sentence: &'static str,
    /// In the sandbox.
    pub test: Mark,
    /// Where real people sign in.
    pub live: Mark,
}

async fn list(state: State<Arc<Portal>>, visit: Visit, signed: Option<Signed>) -> Response {
    page::html(&rules(frame(&state, &visit, signed.as_ref()), None))
}

/// A group, or a rule whose slash was escaped.
async fn group(
    state: State<Arc<Portal>>,
    visit: Visit,
    signed: Option<Signed>,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let page = frame(&state, &visit, signed.as_ref());
    if let Some(rule) = Rule::named(&name) {
        return Ok(page::html(&one(page, rule)));
    }
    let list = rules(page, Some(&name));
    if list.groups.is_empty() {
        return Err(Problem::not_found().as_page());
    }
    Ok(page::html(&list))
}

async fn show(
    state: State<Arc<Portal>>,
    visit: Visit,
    signed: Option<Signed>,
    Path((group, name)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let rule =
        Rule::named(&format!("{group}/{name}")).ok_or_else(|| Problem::not_found().as_page())?;
    Ok(page::html(&one(
        frame(&state, &visit, signed.as_ref()),
        rule,
    )))
}

fn frame(portal: &Portal, visit: &Visit, signed: Option<&Signed>) -> Page {
    let member = signed.map(|signed| &signed.session.member);
    desk::frame(&portal.keeper, visit, member, "/help/rules")
}

fn rules(page: Page, only: Option<&str>) -> RuleList {
    let mut groups: Vec<RuleGroup> = Vec::new();
    for rule in RULES {
        let (group, _) = rule.id.split_once('/').unwrap_or((rule.id, ""));
        if only.is_some_and(|only| only != group) {
            continue;
        }
        let row = RuleRow {
            id: rule.id,
            href: rule.help(),
            sentence: rule.sentence,
            test: mark(page.words, rule.test),
            live: mark(page.words, rule.live),
        };
        match groups.iter_mut().find(|known| known.id == group) {
            Some(known) => known.rules.push(row),
            None => groups.push(RuleGroup {
                id: group.to_owned(),
                rules: vec![row],
            }),
        }
    }
    RuleList {
        page,
        groups,
        is_part: only.is_some(),
    }
}

fn one(page: Page, rule: &'static Rule) -> RulePage {
    let (group, _) = rule.id.split_once('/').unwrap_or((rule.id, ""));
    RulePage {
        id: rule.id,
        sentence: rule.sentence,
        why: rule.why,
        fix: rule.fix,
        bad: rule.bad,
        good: rule.good,
        from: rule.from.join(" "),
        test: mark(page.words, rule.test),
        live: mark(page.words, rule.live),
        waivable: rule.waivable,
        group_href: format!("/help/rules/{group}"),
        page,
    }
}

/// A severity as pages show it.
pub(super) fn mark(words: Words, severity: Option<Severity>) -> Mark {
    match severity {
        Some(Severity::Error) => Mark::new("stop", words.t("severity-error")),
        Some(Severity::Warning) => Mark::new("wait", words.t("severity-warning")),
        Some(Severity::Info) => Mark::new("news", words.t("severity-info")),
        None => Mark::new("", words.t("rules-not-there")),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use askama::Template as _;

    use super::*;
    use crate::portal::samples::page;
    use crate::shared::i18n::Language;

    /// The list, a group, and two rules.
    pub(in crate::portal) fn samples(language: Language) -> Vec<String> {
        let page = || page(language, "/help/rules");
        let named = |id: &str| one(page(), Rule::named(id).unwrap_or(RULES[0])).render();
        [
            rules(page(), None).render(),
            rules(page(), Some("uri")).render(),
            named("uri/local-host"),
            named("key/private"),
        ]
        .into_iter()
        .map(Result::unwrap_or_default)
        .collect()
    }
}
