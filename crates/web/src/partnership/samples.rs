//! One sample or more of each page of partnership, rendered in every language.

use askama::Template as _;
use durward_domain::price::{Plan, Shape, estimate};
use durward_domain::programme::Programme;

use super::edit::{SiteEdit, SitePages, SiteRevision};
use super::estimates::{EstimatePage, Estimates, SavedLine};
use super::estimator::Estimator;
use super::interest::{InterestPage, InterestSent};
use super::pipeline::{Can, Card, EntryShown, PartnershipPage, Partnerships, StepShown, TaskShown};
use super::shown::Shown;
use super::site::{ALL, SitePage};
use crate::help::guides;
use crate::portal::entered::Entered;
use crate::portal::parts::{Form, Mark};
use crate::portal::samples::page;
use crate::shared::i18n::{Language, Words};
use crate::shared::page::Page;

/// A partnership as lists show it.
pub(crate) fn card(words: Words) -> Card {
    Card {
        id: "019a6f3e-2c41-7d8a-9b30-5e6f7a8b9c0d".into(),
        reference: "P-7K3Q9D2M".into(),
        agency: "Bureau of Harbours".into(),
        programme: "Mooring permits".into(),
        step: words.t("partnership-step-introductions"),
        turn: Mark::new(
            "wait",
            words.t_args_count("partnership-waiting-partner", &[], ("days", 12)),
        ),
        since: Some(words.t1("partnership-since", "time", "2026-11-10 12:00 EST")),
        side: "partner",
        next: Some(words.t("partnership-task-joined")),
        manager: "Avery Stone".into(),
        team: "mooring".into(),
        standing: Mark::new("news", words.t("partnership-is-open")),
    }
}

fn form() -> Form {
    let mut entered = Entered::default();
    for (name, value) in [
        ("name", "First"),
        ("shape", "own"),
        ("for", "1"),
        ("text", "# Title"),
    ] {
        entered.set(name, value);
    }
    Form::plain(entered)
}

fn shown(words: Words) -> Option<Shown> {
    let plan = Plan {
        model: 3,
        start: "2027-01".parse().ok()?,
        months: 24,
        users: 10_000,
        auths: 5_000_000,
        new_proofings: 100,
        existing_proofings: 10,
        shape: Shape::SPRING,
    };
    let estimate = estimate(&*Programme::named("us")?, &plan).ok()?;
    Some(Shown::of(words, &estimate))
}

fn line(words: Words) -> SavedLine {
    let (who, time) = ("Robin Quill", "2026-11-10 12:00 EST");
    SavedLine {
        id: "1".into(),
        name: "First".into(),
        saved: words.t2("estimate-saved-by", "who", who, "time", time),
        accepted: Some(words.t2("estimate-accepted-by", "who", who, "time", time)),
        total: "$1,000.00".into(),
        years: vec![(
            words.t1("estimate-fiscal-year", "year", "2027"),
            "$1,000.00".into(),
        )],
        team: "mooring".into(),
    }
}

/// Every page of partnership in this language.
pub(crate) fn samples(language: Language) -> Vec<String> {
    let here = |path: &str| page(language, path);
    let words = Words::of(language);
    let mut texts: Vec<_> = ALL
        .iter()
        .map(|public| {
            SitePage {
                page: super::beside(here(&public.path()), true, &public.path()),
                id: public.id,
                text: guides::render(public.text(language), &[]),
            }
            .render()
        })
        .collect();
    texts.push(estimator(here("/partnership/estimate"), shown(words)).render());
    texts.push(estimator(here("/").with_error("users", "x"), None).render());
    for by_staff in [true, false] {
        let page = here("/partnerships");
        texts.push(
            InterestPage {
                page,
                form: form(),
                by_staff,
            }
            .render(),
        );
    }
    let reference = "P-7K3Q9D2M".to_owned();
    texts.push(
        InterestSent {
            page: here("/"),
            reference,
        }
        .render(),
    );
    let lines = vec![line(words)];
    texts.push(
        Estimates {
            page: here("/estimates"),
            lines,
            older: Some("/estimates?after=1.1".into()),
        }
        .render(),
    );
    if let Some(shown) = shown(words) {
        texts.push(
            EstimatePage {
                page: here("/estimates"),
                line: line(words),
                shown,
                may_accept: true,
                again: "/partnership/estimate".into(),
            }
            .render(),
        );
    }
    texts.extend(pipeline(&here));
    texts.extend(editing(&here));
    texts.into_iter().map(Result::unwrap_or_default).collect()
}

fn estimator(page: Page, shown: Option<Shown>) -> Estimator {
    let words = page.words;
    Estimator {
        form: form(),
        models: vec![(
            "3".into(),
            words.t2("estimate-model-option", "model", "3", "from", "2024-10-01"),
        )],
        months: vec![("month_1".into(), words.t("january"), "100".into())],
        places: vec![(
            "team:mooring".into(),
            words.t1("estimate-place-team", "team", "Mooring"),
        )],
        plan: vec![("users", "10000".into())],
        sign_in: shown.is_none().then(|| "/sign-in".to_owned()),
        shown,
        page,
    }
}

fn pipeline(here: &dyn Fn(&str) -> Page) -> Vec<Result<String, askama::Error>> {
    let page = here("/partnerships");
    let words = page.words;
    let list = Partnerships {
        lines: vec![card(words)],
        standings: vec![("", words.t("partnerships-all"), true)],
        older: Some("/partnerships?before=1".into()),
        may_enter: true,
        page,
    };
    let show = |can| PartnershipPage {
        page: here("/partnerships"),
        card: card(words),
        steps: vec![StepShown {
            said: words.t1("partnership-begins", "side", "x"),
            id: "introductions",
            name: words.t("partnership-step-introductions"),
            state: (
                "current",
                Mark::new("wait", words.t("partnership-state-current")),
            ),
            tasks: vec![TaskShown {
                id: "interest",
                name: words.t("partnership-task-interest"),
                said: words.t1("partnership-done-on", "time", "2026-11-10 12:00 EST"),
                done: true,
                next: false,
            }],
        }],
        told: vec![(words.t("partnership-contact"), "Robin Quill".into())],
        entries: vec![EntryShown {
            who: "Avery Stone".into(),
            text: words.t1("partnership-entry-note", "text", "Call on Monday."),
            private: true,
        }],
        estimates: vec![line(words)],
        may_estimate: true,
        can,
        form: form(),
    };
    let can = |resume: bool| Can {
        call: true,
        judge: !resume,
        team: true,
        stop: true,
        resume,
        me: "avery.stone@agency.gov".into(),
    };
    vec![
        list.render(),
        show(Some(can(false))).render(),
        show(Some(can(true))).render(),
        show(None).render(),
    ]
}

fn editing(here: &dyn Fn(&str) -> Page) -> Vec<Result<String, askama::Error>> {
    let page = here("/site");
    let words = page.words;
    let said = words.t_args(
        "site-edit-revision",
        &[
            ("number", "1"),
            ("who", "Avery Stone"),
            ("time", "2026-11-10 12:00 EST"),
        ],
    );
    let list = SitePages {
        languages: vec!["English"],
        rows: vec![(
            words.t("site-service"),
            "/partnership".into(),
            vec![("/site/service/en".into(), words.t("site-edit-built-in"))],
        )],
        page,
    };
    let text = || guides::render("# Title\n\nWords.", &[]);
    let edit = SiteEdit {
        page: here("/site"),
        heading: words.t2("site-edit-heading", "page", "x", "language", "English"),
        href: "/site/service/en".into(),
        public: "/partnership".into(),
        form: form(),
        preview: Some(text()),
        revisions: vec![("/site/service/en/revisions/1".into(), said.clone())],
    };
    let revision = SiteRevision {
        page: here("/site"),
        heading: words.t1("site-edit-old", "number", "1"),
        back: "/site/service/en".into(),
        said,
        text: text(),
        is_newest: false,
    };
    vec![list.render(), edit.render(), revision.render()]
}
