//! P10, P11 and O2: one request: why it is when it is, what happened, what it changes, and the buttons.

mod acts;
mod said;

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use durward_app::partner::launches::{self, LaunchView, Possible, RequestKind};
use durward_app::partner::{agreements, lint};
use durward_domain::change::ChangeClass;
use durward_domain::diff::raw;
use durward_domain::launch::{LaunchBody, LaunchState};
use durward_domain::level::LevelOfService;
use durward_domain::permission::Action;

use super::desk::Desk;
use super::entered::Entered;
use super::parts::{self, FindingLine, Form, Group, LaunchLine, Mark, RuleLine};
use super::probes;
use super::reasons::reasons;
use super::views::{Launch, TimelineRow};
use crate::shared::i18n::Words;
use crate::shared::page;
use crate::shared::problem::Problem;

pub use acts::act;
pub(in crate::portal) use said::said_of;
pub use said::{REQUEST_FIELDS, Thread, comment};

/// The request's page.
pub async fn show(desk: Desk, Path(id): Path<String>) -> Result<Response, Response> {
    let found = find(&desk, &id).await?;
    render(&desk, found, Entered::default(), None).await
}

async fn find(desk: &Desk, id: &str) -> Result<LaunchView, Response> {
    launches::find(&desk.keeper, &desk.member, id)
        .await
        .map_err(|failure| desk.failed(failure, "/"))
}

fn here(id: &str) -> String {
    format!("/launches/{id}")
}

async fn render(
    desk: &Desk,
    found: LaunchView,
    entered: Entered,
    error: Option<(&'static str, String)>,
) -> Result<Response, Response> {
    let words = desk.words();
    let zone = desk.keeper.programme.time_zone();
    let problem = |fault| Problem::from(fault).as_page().into_response();
    let others = launches::list(&desk.keeper, &desk.member, Some(&found.summary.app))
        .await
        .map_err(problem)?;
    let findings = lint::findings(&desk.keeper, &found.document)
        .await
        .map_err(problem)?;
    let mut frame = desk.page(if desk.member.is_staff() {
        "/reviews"
    } else {
        "/"
    });
    if let Some((field, sentence)) = error {
        frame = frame.with_error(field, sentence);
    }
    let summary = &found.summary;
    let app_href = format!("/apps/{}/{}", summary.app, summary.environment);
    let is_new = found.diff.is_empty() && summary.kind == RequestKind::Launch;
    let window = summary
        .window
        .map(|day| day.to_string())
        .unwrap_or_default();
    let panel = probes::panel(desk, &summary.app, summary.environment, &summary.team).await?;
    Ok(page::html(&Launch {
        probes: panel,
        page: frame,
        id: summary.id.clone(),
        name: summary.app_name.clone(),
        what: parts::what(words, summary.kind, summary.environment),
        team: summary.team.clone(),
        author: summary.author.clone(),
        edit_href: format!("{app_href}/launch?request={}", summary.id),
        app_href: app_href.clone(),
        state: summary.state.as_str(),
        mark: Mark::of_state(words, summary.state),
        window_key: window_key(summary.state),
        window_words: summary.window.map(|day| desk.day(day)).unwrap_or_default(),
        window,
        is_late: summary
            .desired_date
            .zip(summary.window)
            .is_some_and(|(desired, window)| desired < window),
        reasons: reasons(words, &found.explanation),
        version: summary.version.to_string(),
        document_sha256: found.document_sha256.clone(),
        possible: found.possible,
        decides: found.possible.approve || found.possible.review,
        has_actions: has_actions(found.possible) || why_not_approve(desk, &found).is_some(),
        why_not_approve: why_not_approve(desk, &found),
        form: Form::plain(entered),
        approvals: approvals(desk, &found),
        timeline: timeline(desk, &found),
        is_due: matches!(
            summary.state,
            LaunchState::Approved | LaunchState::Scheduled | LaunchState::Submitted
        ),
        class_words: words.t2(
            "class-words",
            "class",
            &class(desk, found.class),
            "count",
            &found.approvers_needed.to_string(),
        ),
        groups: if is_new {
            Group::all(words, &Entered::of(&found.document), |_| String::new())
        } else {
            Vec::new()
        },
        answer: answer(desk, &found),
        newer: found
            .newer_revision
            .map(|number| words.t1("launch-newer", "number", &number.to_string())),
        replace_href: found
            .possible
            .supersede
            .then(|| format!("{app_href}/launch?replace={}", summary.id)),
        superseded_by: summary
            .superseded_by
            .as_ref()
            .map(|id| format!("/launches/{id}")),
        classed: classed(desk, &found),
        raw: found
            .before
            .as_ref()
            .map(|before| raw(before, &found.document))
            .unwrap_or_default(),
        document_text: if is_new {
            found.document.snapshot().document.to_json_pretty()
        } else {
            String::new()
        },
        threads: said::threads(desk, &found),
        comment_fields: said::fields_of(desk, &found),
        may_comment: found.possible.comment,
        agreement: agreement(desk, &found).await,
        diff: found.diff.clone(),
        findings: FindingLine::all(words, &findings),
        asked: asked(desk, &found.request),
        agreement_href: summary
            .agreement
            .as_ref()
            .map(|number| format!("/agreements/{number}")),
        checklist: found
            .checklist
            .iter()
            .map(|item| RuleLine::of(words, item))
            .collect(),
        previous: others
            .iter()
            .filter(|other| other.id != summary.id)
            .map(|other| LaunchLine::of(words, zone, other))
            .collect(),
    }))
}

const fn has_actions(possible: Possible) -> bool {
    let Possible {
        update,
        submit,
        withdraw,
        approve,
        review,
        deploy,
        rollback,
        supersede,
        emergency,
        after_review,
        comment: _,
    } = possible;
    emergency
        || after_review
        || update
        || submit
        || withdraw
        || approve
        || review
        || deploy
        || rollback
        || supersede
}

/// Until when the programme answers, and whether that day is over.
fn answer(desk: &Desk, found: &LaunchView) -> Option<(String, Mark)> {
    let answer = found.summary.answer?;
    let words = desk.words();
    let text = words.t1("answer-due", "day", &desk.day(answer.due));
    let waited = words.t_count("answer-waited", u64::from(answer.waited));
    Some((
        format!("{text} {waited}"),
        answer_mark(words, answer.overdue),
    ))
}

/// Whether an answer is in time.
pub(crate) fn answer_mark(words: Words, overdue: bool) -> Mark {
    if overdue {
        Mark::new("stop", words.t("answer-overdue"))
    } else {
        Mark::new("", words.t("answer-in-time"))
    }
}

/// Each difference as a sentence with its class.
fn classed(desk: &Desk, found: &LaunchView) -> Vec<(String, Mark)> {
    let classes = found.line_classes.iter();
    let lines = found.diff.iter().zip(classes);
    lines
        .map(|(line, class_of)| {
            let shade = match class_of {
                ChangeClass::Standard => "good",
                ChangeClass::Normal => "news",
                ChangeClass::Significant => "wait",
            };
            let mark = Mark::new(shade, class(desk, *class_of));
            (line.sentence.clone(), mark)
        })
        .collect()
}

/// What the agreement says of the app, label and value.
async fn agreement(desk: &Desk, found: &LaunchView) -> Vec<(String, String)> {
    let words = desk.words();
    let Some(number) = &found.summary.agreement else {
        return Vec::new();
    };
    let Ok(agreement) = agreements::find(&desk.keeper, &desk.member, number.trim()).await else {
        return vec![(words.t("f-agreement"), number.clone())];
    };
    let name = &found.document.app_name;
    let listed = agreement.listed_apps.iter().find(|app| app.name == *name);
    let covers = match listed {
        Some(app) => {
            let verified = app.level == LevelOfService::IdentityVerified;
            let key = if verified {
                "agreement-covers-verified"
            } else {
                "agreement-covers-auth"
            };
            words.t1(key, "app", name)
        }
        None => words.t1("agreement-lists-not", "app", name),
    };
    vec![
        (words.t("f-agreement"), agreement.number.to_string()),
        (words.t("agreement-partner"), agreement.partner.clone()),
        (
            words.t("agreement-period"),
            format!(
                "{} – {}",
                desk.day(agreement.starts),
                desk.day(agreement.ends)
            ),
        ),
        (words.t("agreement-match"), covers),
    ]
}

/// A reviewer who cannot approve is told why.
fn why_not_approve(desk: &Desk, found: &LaunchView) -> Option<String> {
    let could = desk.may_for_programme(Action::ApproveLaunch)
        && found.summary.state == LaunchState::Submitted;
    let key = match (
        could && !found.possible.approve,
        found.approvals.contains(&desk.member.name),
    ) {
        (false, _) => return None,
        (true, true) => "approved-already",
        (true, false) => match &found.conflict {
            Some(agency) => return Some(desk.words().t1("conflict-of-interest", "agency", agency)),
            None => "own-request",
        },
    };
    Some(desk.words().t(key))
}

fn approvals(desk: &Desk, found: &LaunchView) -> String {
    let words = desk.words();
    let count = format!("{}/{}", found.approvals.len(), found.approvers_needed);
    if found.approvals.is_empty() {
        return words.t1(
            "approvals-none",
            "count",
            &found.approvers_needed.to_string(),
        );
    }
    words.t2(
        "approvals",
        "count",
        &count,
        "names",
        &found.approvals.join(", "),
    )
}

fn timeline(desk: &Desk, found: &LaunchView) -> Vec<TimelineRow> {
    let words = desk.words();
    let rows = found.timeline.iter().map(|line| TimelineRow {
        time: desk.moment(line.time),
        actor: line.actor.clone(),
        event: words.t(&format!("event-{}", line.event.replace('_', "-"))),
        note: line.note.clone(),
    });
    rows.collect()
}

fn class(desk: &Desk, class: ChangeClass) -> String {
    desk.words().t(match class {
        ChangeClass::Standard => "class-standard",
        ChangeClass::Normal => "class-normal",
        ChangeClass::Significant => "class-significant",
    })
}

const fn window_key(state: LaunchState) -> &'static str {
    match state {
        LaunchState::Draft | LaunchState::ChangesRequested => "window-if-today",
        _ => "window-title",
    }
}

/// What was asked, label and value; what was not said is left out.
fn asked(desk: &Desk, body: &LaunchBody) -> Vec<(String, String)> {
    let words = desk.words();
    let number = |number: Option<u64>| number.map(|number| number.to_string());
    let mut list = vec![
        ("f-agreement", body.agreement.clone()),
        (
            "f-desired-date",
            body.desired_date.map(|date| desk.day(date)),
        ),
        ("f-public-date", body.public_date.map(|date| desk.day(date))),
        (
            "f-registrations",
            number(body.estimates.annual_registrations),
        ),
        (
            "f-authentications",
            number(body.estimates.annual_authentications),
        ),
        ("f-active", number(body.estimates.monthly_active_users)),
        ("f-seasonality", body.estimates.seasonality.clone()),
        ("f-audience", body.audience.clone()),
        ("f-application-url", body.application_url.clone()),
        ("f-retire", body.retire.clone()),
    ];
    for contact in &body.contacts {
        let key = match contact.kind.as_str() {
            "technical" => "contact-technical",
            "program" => "contact-program",
            "billing" => "contact-billing",
            "help_desk" => "contact-help-desk",
            _ => "contact-security",
        };
        let words = [contact.name.as_str(), &contact.email, &contact.phone];
        let text = words
            .into_iter()
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(", ");
        list.push((key, Some(text)));
    }
    list.push(("f-request-note", body.note.clone()));
    list.into_iter()
        .filter_map(|(key, value)| Some((words.t(key), value.filter(|value| !value.is_empty())?)))
        .collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::said::Said;
    use super::*;
    use crate::shared::page::Page;

    /// A thread as its page shows it.
    pub(crate) fn thread(page: &Page) -> Thread {
        Thread {
            label: page.t("f-audience"),
            href: "/apps/fishing-licence/production/launch#audience".to_owned(),
            lines: vec![Said {
                id: "019a6f3e-1".to_owned(),
                who: page.t2(
                    "comment-by-staff",
                    "who",
                    "Ada Marsh",
                    "time",
                    "2026-11-11 09:12 EST",
                ),
                text: "Who else?".to_owned(),
                mark: Some(Mark::new("news", page.t("comment-waits"))),
                may_settle: true,
            }],
        }
    }
}
