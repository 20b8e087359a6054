//! What the validator finds in an app, what the nightly check found, and waivers.

use std::sync::Arc;

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use durward_app::failure::Failure;
use durward_app::partner::apps::AppView;
use durward_app::partner::lint;
use durward_app::partner::waivers::{self, Waiver, WaiverAsk, WaiverRefusal};
use durward_domain::event::Event;
use durward_domain::lint::Rule;
use durward_domain::permission::Action;
use durward_domain::refusal::Refuse as _;
use jiff::civil::Date;

use super::app::{find, head};
use super::desk::{self, Desk};
use super::parts::{self, FindingLine, Mark};
use super::views::AppHead;
use crate::pages::{shows, takes};
use crate::portal_router::Portal;
use crate::shared::forms::Posted;
use crate::shared::page::{self, view};
use crate::shared::problem::Problem;
use crate::shared::route::{FORM, Route};

/// The pages.
pub const ROUTES: &[Route<Arc<Portal>>] = &[
    shows("/apps/{handle}/{environment}/findings", || get(show)).may(Action::ViewApp),
    takes(
        "/apps/{handle}/{environment}/findings",
        FORM,
        &[Event::RuleWaived],
        || post(give),
    )
    .may(Action::WaiveRule),
    takes("/waivers/{id}/end", FORM, &[Event::RuleWaiverEnded], || {
        post(end)
    })
    .may(Action::WaiveRule),
    shows("/findings", || get(live)).may(Action::ViewConsole),
];

view! {
    /// P4: what the validator finds, the nightly check, waivers.
    AppFindings in "portal/app_findings.html" {
        /// The head.
        head: AppHead,
        /// What it finds now.
        findings: Vec<FindingLine>,
        /// Whether real people sign in there.
        is_live_class: bool,
        /// When the nightly check was.
        checked: Option<String>,
        /// What it found that the one before did not.
        added: Vec<FindingLine>,
        /// The waivers, newest first.
        waivers: Vec<WaiverLine>,
        /// Whether the member may give one.
        may_waive: bool,
        /// The rules that can be waived here.
        rules: Vec<String>,
        /// What was typed.
        form: WaiverForm,
    }
}

view! {
    /// Live apps in which the nightly check found something.
    LiveFindings in "portal/live_findings.html" {
        /// The worst first.
        lines: Vec<LiveLine>,
    }
}

/// One waiver.
pub struct WaiverLine {
    /// Its id.
    pub id: String,
    /// The rule.
    pub rule: String,
    /// Why.
    pub reason: String,
    /// Who, by whom, until when.
    pub line: String,
    /// Whether it holds.
    pub mark: Mark,
    /// Whether the member may end it.
    pub may_end: bool,
}

/// What a reviewer typed.
#[derive(Default)]
pub struct WaiverForm {
    /// The rule.
    pub rule: String,
    /// Who answers for the app.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// The last day.
    pub until: String,
}

/// One live app.
pub struct LiveLine {
    /// App and environment.
    pub name: String,
    /// Its page.
    pub href: String,
    /// When it was checked.
    pub checked: String,
    /// How many errors.
    pub errors: Option<Mark>,
    /// How many warnings.
    pub warnings: Option<Mark>,
    /// Whether something is new.
    pub is_new: bool,
}

async fn show(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
) -> Result<Response, Response> {
    let app = find(&desk, &handle, &environment).await?;
    let page = desk.page("/");
    Ok(page::html(
        &shown(&desk, &app, page, WaiverForm::default()).await?,
    ))
}

async fn shown(
    desk: &Desk,
    app: &AppView,
    page: page::Page,
    form: WaiverForm,
) -> Result<AppFindings, Response> {
    let words = desk.words();
    let (handle, environment) = (app.summary.handle.as_str(), app.summary.environment);
    let last = lint::last_check(&desk.keeper, &desk.member, handle, environment)
        .await
        .map_err(|failure| desk.failed(failure, "/"))?;
    let given = waivers::waivers(&desk.keeper, &desk.member, handle, environment)
        .await
        .map_err(|failure| desk.failed(failure, "/"))?;
    let may_waive = desk.may(Action::WaiveRule, &app.summary.team)
        && !desk.member.teams().contains(&app.summary.team.as_str());
    let mut rules: Vec<String> = Vec::new();
    for finding in &app.findings {
        let waivable = Rule::named(&finding.rule).is_some_and(|rule| rule.waivable);
        if waivable && !rules.contains(&finding.rule) {
            rules.push(finding.rule.clone());
        }
    }
    Ok(AppFindings {
        findings: FindingLine::all(words, &app.findings),
        is_live_class: environment.class().is_live(),
        checked: last.as_ref().map(|last| desk.moment(last.when)),
        added: last
            .map(|last| FindingLine::all(words, &last.added))
            .unwrap_or_default(),
        waivers: given
            .into_iter()
            .map(|waiver| line(desk, waiver, may_waive))
            .collect(),
        may_waive,
        rules,
        form,
        head: head(desk, app, "findings").await?,
        page,
    })
}

fn line(desk: &Desk, waiver: Waiver, may_waive: bool) -> WaiverLine {
    let words = desk.words();
    let mark = if waiver.holds {
        Mark::new("good", words.t("waiver-holds"))
    } else {
        Mark::new("", words.t("waiver-ended"))
    };
    let until = waiver
        .until
        .parse::<Date>()
        .map_or_else(|_| waiver.until.clone(), |day| desk.day(day));
    WaiverLine {
        line: words.t_args(
            "waiver-line",
            &[
                ("owner", &waiver.owner),
                ("by", &waiver.by),
                ("until", &until),
            ],
        ),
        may_end: may_waive && waiver.holds,
        id: waiver.id,
        rule: waiver.rule,
        reason: waiver.reason,
        mark,
    }
}

async fn give(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Response> {
    let name = desk::environment(&environment)?;
    let back = format!("/apps/{handle}/{environment}/findings");
    let form = WaiverForm {
        rule: posted.text("rule").to_owned(),
        owner: posted.text("owner").to_owned(),
        reason: posted.text("reason").to_owned(),
        until: posted.text("until").to_owned(),
    };
    let ask = WaiverAsk {
        rule: form.rule.clone(),
        owner: form.owner.clone(),
        reason: form.reason.clone(),
        // A day that cannot be read is over.
        until: form.until.parse().unwrap_or(Date::MIN),
    };
    let given = waivers::give(
        &desk.keeper,
        &desk.member,
        (&handle, name),
        &ask,
        &desk.trace(),
    )
    .await;
    let refusal = match given {
        Ok(_) => return Ok(Redirect::to(&back).into_response()),
        Err(Failure::Refused(refusal)) => refusal,
        Err(failure) => return Err(desk.failed(failure, &back)),
    };
    let field = match &refusal {
        WaiverRefusal::Owner => "owner",
        WaiverRefusal::Reason => "reason",
        WaiverRefusal::Until => "until",
        other => return Err(desk.refused(other, &back)),
    };
    let sentence = desk.words().refusal(&refusal);
    let app = find(&desk, &handle, &environment).await?;
    let page = desk.page("/").with_error(field, sentence);
    let status = Problem::refused(&refusal).status();
    debug_assert!(refusal.code().starts_with("waiver/"));
    Ok(page::html_with(
        status,
        &shown(&desk, &app, page, form).await?,
    ))
}

async fn end(desk: Desk, Path(id): Path<String>, posted: Posted) -> Result<Response, Response> {
    let back = match posted.text("back") {
        path if path.starts_with("/apps/") => path.to_owned(),
        _ => "/".to_owned(),
    };
    waivers::end(&desk.keeper, &desk.member, &id, &desk.trace())
        .await
        .map_err(|failure| desk.failed(failure, &back))?;
    Ok(Redirect::to(&back).into_response())
}

async fn live(desk: Desk) -> Result<Response, Response> {
    let words = desk.words();
    let found = lint::live_findings(&desk.keeper, &desk.member)
        .await
        .map_err(|failure| desk.failed(failure, "/"))?;
    let count = |shade, key: &str, number: u64| {
        (number > 0).then(|| Mark::new(shade, words.t_count(key, number)))
    };
    Ok(page::html(&LiveFindings {
        page: desk.page("/findings"),
        lines: found
            .into_iter()
            .map(|app| LiveLine {
                name: format!(
                    "{} – {}",
                    app.handle,
                    parts::environment_name(words, app.environment)
                ),
                href: format!("/apps/{}/{}/findings", app.handle, app.environment),
                checked: words.t1("findings-checked", "time", &desk.moment(app.checked)),
                errors: count("stop", "findings-errors", app.errors),
                warnings: count("wait", "findings-warnings", app.warnings),
                is_new: app.news > 0,
            })
            .collect(),
    }))
}

#[cfg(test)]
pub(super) mod tests {
    use askama::Template as _;

    use super::*;
    use crate::portal::samples;
    use crate::shared::i18n::Language;

    /// An app's findings with waivers, and the live apps.
    pub(in crate::portal) fn samples(language: Language) -> Vec<String> {
        let page = || samples::page(language, "/");
        let words = page().words;
        let app = AppFindings {
            head: samples::head(&page(), "findings"),
            findings: samples::findings(&page()),
            is_live_class: true,
            checked: Some("2026-11-10 03:00 EST".to_owned()),
            added: samples::findings(&page()),
            waivers: vec![WaiverLine {
                id: "019a6f3e".to_owned(),
                rule: "uri/approved-domain".to_owned(),
                reason: "The domain moves to .gov in January.".to_owned(),
                line: words.t_args(
                    "waiver-line",
                    &[
                        ("owner", "robin.quill@fisheries.gov"),
                        ("by", "a.reviewer@gsa.gov"),
                        ("until", "2027-01-31"),
                    ],
                ),
                mark: Mark::new("good", words.t("waiver-holds")),
                may_end: true,
            }],
            may_waive: true,
            rules: vec!["uri/approved-domain".to_owned()],
            form: WaiverForm::default(),
            page: page().with_error("owner", "Write the e-mail address."),
        };
        let live = LiveFindings {
            lines: vec![LiveLine {
                name: "fishing-licence – production".to_owned(),
                href: "/apps/fishing-licence/production/findings".to_owned(),
                checked: words.t1("findings-checked", "time", "2026-11-10 03:00 EST"),
                errors: Some(Mark::new("stop", words.t_count("findings-errors", 1))),
                warnings: Some(Mark::new("wait", words.t_count("findings-warnings", 2))),
                is_new: true,
            }],
            page: page(),
        };
        let none = LiveFindings {
            lines: Vec::new(),
            page: page(),
        };
        [app.render(), live.render(), none.render()]
            .into_iter()
            .map(Result::unwrap_or_default)
            .collect()
    }
}
