//! The pipeline: every partnership for staff, one's own for partners, and the steps that account managers take.

use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use durward_app::failure::Failure;
use durward_app::partner::estimates::{self, Place};
use durward_app::partner::partnerships::{
    self, Act, Conversion, Entry, Filter, PartnershipLine, PartnershipRefusal, PartnershipView,
};
use durward_domain::partnership::{Standing, StepProgress, StepState, Task, TaskProgress};
use durward_domain::permission::Action;
use durward_domain::refusal::Refuse as _;
use serde::Deserialize;

use super::estimates::SavedLine;
use super::shown::number;
use crate::portal::desk::Desk;
use crate::portal::entered::Entered;
use crate::portal::parts::{Form, Mark};
use crate::shared::forms::Posted;
use crate::shared::i18n::Words;
use crate::shared::page::{self, NoticeKind, Page, view};
use crate::shared::problem::Problem;

view! {
    /// Partnerships, newest first.
    Partnerships in "partnership/list.html" {
        /// The partnerships.
        lines: Vec<Card>,
        /// The filters by standing: id, words and whether it is chosen.
        standings: Vec<(&'static str, String, bool)>,
        /// Where older ones are.
        older: Option<String>,
        /// Whether the member may enter one.
        may_enter: bool,
    }
}

view! {
    /// One partnership.
    PartnershipPage in "partnership/show.html" {
        /// What lists show of it.
        card: Card,
        /// Its steps.
        steps: Vec<StepShown>,
        /// What the agency told: label and value.
        told: Vec<(String, String)>,
        /// What was said and decided.
        entries: Vec<EntryShown>,
        /// The estimates.
        estimates: Vec<SavedLine>,
        /// Whether the member may save an estimate with it.
        may_estimate: bool,
        /// What the member may do.
        can: Option<Can>,
        /// What was typed.
        form: Form,
    }
}

/// One partnership in a list.
pub struct Card {
    /// Its id.
    pub id: String,
    /// What people call it by.
    pub reference: String,
    /// The agency.
    pub agency: String,
    /// The programme or service.
    pub programme: String,
    /// The step that it is in.
    pub step: String,
    /// Who waits for whom, and since when; the standing where nobody does.
    pub turn: Mark,
    /// Since when, as an instant.
    pub since: Option<String>,
    /// The side whose turn it is, as its id; empty where it is nobody's.
    pub side: &'static str,
    /// The first open task.
    pub next: Option<String>,
    /// The account manager.
    pub manager: String,
    /// The team; empty while there is none.
    pub team: String,
    /// The standing.
    pub standing: Mark,
}

/// One step.
pub struct StepShown {
    /// Its id.
    pub id: &'static str,
    /// Its name.
    pub name: String,
    /// Where it is, as its id and in words.
    pub state: (&'static str, Mark),
    /// When it was done; or who waits for whom since when; or who begins it.
    pub said: String,
    /// Its tasks.
    pub tasks: Vec<TaskShown>,
}

/// One task.
pub struct TaskShown {
    /// Its id.
    pub id: &'static str,
    /// Its name.
    pub name: String,
    /// When it was done, or whose it is.
    pub said: String,
    /// Whether it is done.
    pub done: bool,
    /// Whether it is the next one.
    pub next: bool,
}

/// Something that was said or decided.
pub struct EntryShown {
    /// Who and when.
    pub who: String,
    /// What.
    pub text: String,
    /// Whether only staff see it.
    pub private: bool,
}

/// What an account manager may do with a partnership now.
pub struct Can {
    /// Say that the call was held.
    pub call: bool,
    /// Decide about the fit.
    pub judge: bool,
    /// Make or tie the team.
    pub team: bool,
    /// Pause and end it.
    pub stop: bool,
    /// Resume it.
    pub resume: bool,
    /// Their own address.
    pub me: String,
}

/// What a list shows.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    standing: String,
    before: Option<String>,
}

/// What was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Told {
    done: String,
}

/// `/partnerships`
pub async fn list(desk: Desk, Query(asked): Query<Asked>) -> Result<Response, Response> {
    let words = desk.words();
    let chosen = Standing::parse(&asked.standing);
    let filter = Filter {
        standing: chosen,
        before: asked.before,
        most: AT_ONCE,
    };
    let found = partnerships::list(&desk.keeper, &desk.member, &filter)
        .await
        .map_err(|fault| Problem::from(fault).as_page().into_response())?;
    let standing = chosen.map_or("", Standing::as_str);
    let mut standings = vec![("", words.t("partnerships-all"), chosen.is_none())];
    standings.extend(Standing::ALL.map(|one| {
        (
            one.as_str(),
            standing_words(words, one),
            chosen == Some(one),
        )
    }));
    Ok(page::html(&Partnerships {
        page: desk.page("/partnerships"),
        lines: found.items.iter().map(|one| card(&desk, one)).collect(),
        standings,
        older: found
            .next
            .map(|next| format!("/partnerships?standing={standing}&before={next}")),
        may_enter: desk.may_for_programme(Action::ManagePartnership),
    }))
}

/// `/partnerships/{id}`
pub async fn show(
    desk: Desk,
    Path(id): Path<String>,
    Query(told): Query<Told>,
) -> Result<Response, Response> {
    let mut page = desk.page("/partnerships");
    if told.done == "1" {
        page = page.with_notice(NoticeKind::Success, desk.words().t("partnership-done"));
    }
    render(&desk, page, &id, Entered::default()).await
}

/// Takes a step.
pub async fn act(desk: Desk, Path(id): Path<String>, posted: Posted) -> Result<Response, Response> {
    let text = |name| posted.text(name).to_owned();
    let act = match ACTS
        .into_iter()
        .find(|name| posted.has(name))
        .unwrap_or("note")
    {
        "assign" => Act::Assign {
            manager: text("manager"),
        },
        "assign_me" => Act::Assign {
            manager: desk.member.email.clone(),
        },
        "call" => Act::Done { task: Task::Call },
        "fit_yes" => Act::Judge {
            fit: true,
            reason: text("fit_reason"),
        },
        "fit_no" => Act::Judge {
            fit: false,
            reason: text("fit_reason"),
        },
        "pause" => Act::Pause {
            reason: text("reason"),
        },
        "resume" => Act::Resume {
            reason: text("reason"),
        },
        "lose" => Act::Lose {
            reason: text("reason"),
        },
        "link" => Act::Link {
            team: text("link_team"),
        },
        _ => Act::Note {
            text: text("text"),
            shared: posted.text("shared") == "1",
        },
    };
    let done = partnerships::act(&desk.keeper, &desk.member, &id, &act, &desk.trace()).await;
    let field = match act {
        Act::Judge { .. } => "fit_reason",
        Act::Link { .. } => "link_team",
        Act::Assign { .. } => "manager",
        Act::Note { .. } => "text",
        _ => "reason",
    };
    answer(&desk, &id, &posted, done, |_| field).await
}

/// Makes the agency's team.
pub async fn convert(
    desk: Desk,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Response> {
    let given = |name| Some(posted.text(name).to_owned()).filter(|text| !text.is_empty());
    let conversion = Conversion {
        agency: posted.text("agency").to_owned(),
        letters: given("letters"),
        team: posted.text("team").to_owned(),
        handle: None,
        email: given("email"),
    };
    let (keeper, member) = (&desk.keeper, &desk.member);
    let done = partnerships::convert(keeper, member, &id, &conversion, &desk.trace()).await;
    answer(&desk, &id, &posted, done, |code| match code {
        "team/agency-letters" => "letters",
        "team/agency-taken" | "team/no-agency" => "agency",
        "team/email" | "team/already-member" | "team/already-invited" => "email",
        _ => "team",
    })
    .await
}

/// The partnerships of the member's own teams that are not over, for home and team pages.
pub(crate) async fn own(desk: &Desk, team: Option<&str>) -> Result<Vec<Card>, Problem> {
    let filter = Filter {
        most: AT_ONCE,
        ..Filter::default()
    };
    let found = partnerships::list(&desk.keeper, &desk.member, &filter).await?;
    let teams = desk.member.teams();
    let shown = |line: &&PartnershipLine| {
        let its = line.team.as_deref();
        let wanted = match team {
            Some(team) => its == Some(team),
            None => its.is_some_and(|its| teams.contains(&its)),
        };
        wanted && matches!(line.standing, Standing::Open | Standing::Paused)
    };
    Ok(found
        .items
        .iter()
        .filter(shown)
        .map(|line| card(desk, line))
        .collect())
}

fn card(desk: &Desk, line: &PartnershipLine) -> Card {
    Card::of(desk.words(), line, |time| desk.moment(time))
}

impl Card {
    /// A partnership in a language.
    pub fn of(
        words: Words,
        line: &PartnershipLine,
        moment: impl Fn(jiff::Timestamp) -> String,
    ) -> Self {
        let standing = Mark::new(shade(line.standing), standing_words(words, line.standing));
        let days = u64::try_from(line.days_waiting.unwrap_or_default()).unwrap_or_default();
        let waiting = line.progress.waiting;
        Self {
            id: line.id.clone(),
            reference: line.reference.clone(),
            agency: line.agency.clone(),
            programme: line.programme.clone(),
            step: words.t(&key("partnership-step", line.progress.step.as_str())),
            turn: waiting.map_or_else(
                || standing.clone(),
                |waiting| {
                    let key = key("partnership-waiting", waiting.side.as_str());
                    Mark::new("wait", words.t_args_count(&key, &[], ("days", days)))
                },
            ),
            since: waiting
                .map(|waiting| words.t1("partnership-since", "time", &moment(waiting.since))),
            side: waiting.map_or("", |waiting| waiting.side.as_str()),
            next: waiting.map(|waiting| task_words(words, waiting.task)),
            manager: line
                .manager
                .clone()
                .unwrap_or_else(|| words.t("partnership-nobody")),
            team: line.team.clone().unwrap_or_default(),
            standing,
        }
    }
}

async fn answer(
    desk: &Desk,
    id: &str,
    posted: &Posted,
    done: Result<PartnershipView, Failure<PartnershipRefusal>>,
    field: impl Fn(&str) -> &'static str,
) -> Result<Response, Response> {
    let back = format!("/partnerships/{id}");
    match done {
        Ok(_) => Ok(Redirect::to(&format!("{back}?done=1")).into_response()),
        Err(Failure::Refused(no))
            if !no.code().starts_with("permission/") && no.code() != "partnership/not-found" =>
        {
            let text = desk.words().refusal(&no);
            let page = desk
                .page("/partnerships")
                .with_error(field(no.code()), text);
            let mut entered = Entered::default();
            for (name, value) in posted.fields().iter() {
                entered.set(name, value);
            }
            render(desk, page, id, entered).await
        }
        Err(failure) => Err(desk.failed(failure, &back)),
    }
}

async fn render(
    desk: &Desk,
    page: Page,
    id: &str,
    mut entered: Entered,
) -> Result<Response, Response> {
    let view = partnerships::find(&desk.keeper, &desk.member, id)
        .await
        .map_err(|failure| desk.failed(failure, "/partnerships"))?;
    let saved = estimates::list(
        &desk.keeper,
        &desk.member,
        &Place::Partnership(id.to_owned()),
    )
    .await
    .map_err(|failure| desk.failed(failure, "/partnerships"))?;
    let words = desk.words();
    let interest = &view.interest;
    for (name, value) in [
        ("agency", &interest.agency),
        ("team", &interest.programme),
        ("email", &interest.email),
    ] {
        if entered.text(name).is_empty() {
            entered.set(name, value);
        }
    }
    let team = view.line.team.as_deref().unwrap_or_default();
    Ok(page::html(&PartnershipPage {
        card: card(desk, &view.line),
        steps: steps(desk, &view),
        told: told(desk, &view),
        entries: view.entries.iter().map(|one| entry(desk, one)).collect(),
        estimates: saved
            .iter()
            .map(|one| SavedLine::of(words, one, |time| desk.moment(time)))
            .collect(),
        may_estimate: desk.may(Action::SaveEstimate, team),
        can: view.may_manage.then(|| can(desk, &view)),
        form: Form::plain(entered),
        page,
    }))
}

fn can(desk: &Desk, view: &PartnershipView) -> Can {
    let open = view.line.standing == Standing::Open;
    let done = |task: Task| {
        let mut tasks = view.line.progress.steps.iter().flat_map(|step| &step.tasks);
        tasks.any(|one| one.task == task && one.done.is_some())
    };
    Can {
        call: open && !done(Task::Call),
        judge: open && view.fit.is_none(),
        team: open && view.fit == Some(true) && view.line.team.is_none(),
        stop: matches!(view.line.standing, Standing::Open | Standing::Paused),
        resume: matches!(view.line.standing, Standing::Paused | Standing::Lost),
        me: desk.member.email.clone(),
    }
}

fn steps(desk: &Desk, view: &PartnershipView) -> Vec<StepShown> {
    let words = desk.words();
    let waiting = view.line.progress.waiting;
    let next = waiting.map(|waiting| waiting.task);
    let shown = |one: &TaskProgress| TaskShown {
        id: one.task.as_str(),
        name: task_words(words, one.task),
        said: match one.done {
            Some(time) => words.t1("partnership-done-on", "time", &desk.moment(time)),
            None => words.t(&key("partnership-side", one.side.as_str())),
        },
        done: one.done.is_some(),
        next: next == Some(one.task),
    };
    let steps = view.line.progress.steps.iter();
    steps
        .map(|step| StepShown {
            id: step.step.as_str(),
            said: step_said(desk, view, step),
            name: words.t(&key("partnership-step", step.step.as_str())),
            state: (
                step.state.as_str(),
                Mark::new(
                    match step.state {
                        StepState::Done => "good",
                        StepState::Current => "wait",
                        StepState::Ahead => "",
                    },
                    words.t(&key("partnership-state", step.state.as_str())),
                ),
            ),
            tasks: step.tasks.iter().map(shown).collect(),
        })
        .collect()
}

/// When a step was done; who waits for whom in it, and since when; or who begins it.
fn step_said(desk: &Desk, view: &PartnershipView, step: &StepProgress) -> String {
    let words = desk.words();
    match (step.state, view.line.progress.waiting) {
        (StepState::Done, _) => step.done.map_or_else(String::new, |time| {
            words.t1("partnership-done-on", "time", &desk.moment(time))
        }),
        (StepState::Current, Some(waiting)) => {
            let card = card(desk, &view.line);
            let since = words.t1("partnership-since", "time", &desk.moment(waiting.since));
            format!("{}, {since}", card.turn.text)
        }
        _ => {
            let mut open = step.tasks.iter().filter(|task| task.done.is_none());
            open.next().map_or_else(String::new, |task| {
                let side = words.t(&key("partnership-side", task.side.as_str()));
                words.t1("partnership-begins", "side", &side)
            })
        }
    }
}

fn told(desk: &Desk, view: &PartnershipView) -> Vec<(String, String)> {
    let words = desk.words();
    let told = &view.interest;
    let count = |count: u32| number(words, u64::from(count));
    let mut rows = vec![
        (
            "partnership-contact",
            format!("{}, {}, {}", told.name, told.title, told.email),
        ),
        (
            "interest-agency-kind",
            words.t(&key("interest-kind", told.agency_kind.as_str())),
        ),
        ("interest-programme", told.programme.clone()),
        ("interest-estimated-users", count(told.estimated_users)),
        ("interest-estimated-auths", count(told.estimated_auths)),
        (
            "interest-proofing",
            words.t(&key("interest-proofing", told.proofing.as_str())),
        ),
    ];
    if told.federally_funded {
        rows.push(("interest-federally-funded", words.t("yes")));
    }
    if told.estimated_idv_users > 0 {
        let users = count(told.estimated_idv_users);
        rows.push(("interest-estimated-idv-users", users));
    }
    if let Some(day) = told.launch_date {
        rows.push(("interest-launch-date", desk.day(day)));
    }
    if !told.comments.is_empty() {
        rows.push(("interest-comments", told.comments.clone()));
    }
    rows.into_iter()
        .map(|(key, value)| (words.t(key), value))
        .collect()
}

fn entry(desk: &Desk, one: &Entry) -> EntryShown {
    let words = desk.words();
    let text = match one.kind.as_str() {
        "task" => {
            Task::parse(&one.text).map_or_else(|| one.text.clone(), |task| task_words(words, task))
        }
        _ => one.text.clone(),
    };
    let author = if one.author.is_empty() {
        words.t("partnership-entry-portal")
    } else {
        one.author.clone()
    };
    EntryShown {
        who: format!("{author} · {}", desk.moment(one.created)),
        text: words.t1(&key("partnership-entry", &one.kind), "text", &text),
        private: !one.shared,
    }
}

fn task_words(words: Words, task: Task) -> String {
    words.t(&key("partnership-task", task.as_str()))
}

fn standing_words(words: Words, standing: Standing) -> String {
    words.t(&key("partnership-is", standing.as_str()))
}

const fn shade(standing: Standing) -> &'static str {
    match standing {
        Standing::Open => "news",
        Standing::Paused => "wait",
        Standing::Lost => "stop",
        Standing::Live => "good",
    }
}

fn key(begin: &str, id: &str) -> String {
    format!("{begin}-{}", id.replace('_', "-"))
}

const AT_ONCE: usize = 50;
const ACTS: [&str; 9] = [
    "assign",
    "assign_me",
    "call",
    "fit_yes",
    "fit_no",
    "pause",
    "resume",
    "lose",
    "link",
];
