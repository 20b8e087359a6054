//! Launch and change requests as members see them.

mod denied;
pub(crate) mod interests;
pub(crate) mod reviewers;
mod stored;
mod suggestion;

use durward_domain::application::AppDocument;
use durward_domain::calendar::{Ask, Calendar, Explained, Step};
use durward_domain::change::ChangeClass;
use durward_domain::diff::DiffLine;
use durward_domain::environment::EnvironmentName;
use durward_domain::id::MemberId;
use durward_domain::launch::checklist::ChecklistItem;
use durward_domain::launch::{Answer, LaunchBody, LaunchState, answer};
use durward_domain::permission::Action;
use durward_store::comments::{self as comments_table, CommentRow};
use durward_store::launches::{self, LaunchRow};
use durward_store::{Conn, Fault as StoreFault, after_reviews, apps};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::apps::document_of;
use super::calendar;
use super::checklist::assess;
use super::comments::{self, Comment};
use super::members::name_in;
use crate::actor::{Belongs, Member};
use crate::failure::{Failure, Fault, FaultKind};
use crate::keeper::{Keeper, time};

pub use denied::LaunchDenied;
pub(crate) use stored::Stored;
pub use suggestion::suggested;

/// The first time, or a later change of what is live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RequestKind {
    /// Nothing of the app is live there yet.
    Launch,
    /// The app is live there.
    Change,
}

impl RequestKind {
    /// The word kept in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Launch => "launch",
            Self::Change => "change",
        }
    }
}

/// One request in a list.
#[derive(Clone, Debug, Serialize)]
pub struct LaunchSummary {
    /// Its id.
    pub id: String,
    /// Launch or change.
    pub kind: RequestKind,
    /// The app.
    pub app: String,
    /// The app's name as in the agreement.
    pub app_name: String,
    /// The environment it asks for.
    pub environment: EnvironmentName,
    /// The app's team.
    pub team: String,
    /// The agreement's number, as it was given.
    pub agreement: Option<String>,
    /// Where it stands.
    pub state: LaunchState,
    /// Rises with every step: the ETag.
    pub version: i64,
    /// The day that the partner wishes for.
    pub desired_date: Option<Date>,
    /// The day of its window: fixed once submitted, before that the earliest for a submission today.
    pub window: Option<Date>,
    /// When the window opens.
    pub window_opens: Option<Timestamp>,
    /// Who wrote it.
    pub author: String,
    /// When it was written.
    pub created: Timestamp,
    /// When it was last submitted.
    pub submitted: Option<Timestamp>,
    /// The release that brought it.
    pub release: Option<String>,
    /// How it stands against the programme's promise to answer, while it is in review.
    pub answer: Option<Answer>,
    /// The request that took its place.
    pub superseded_by: Option<String>,
}

/// One line of a timeline.
#[derive(Clone, Debug, Serialize)]
pub struct TimelineLine {
    /// When.
    pub time: Timestamp,
    /// Who.
    pub actor: String,
    /// What happened, as a word.
    pub event: String,
    /// The reason given.
    pub note: String,
}

/// One request with everything about it.
#[derive(Clone, Debug, Serialize)]
pub struct LaunchView {
    /// What lists show.
    #[serde(flatten)]
    pub summary: LaunchSummary,
    /// What was asked.
    pub request: LaunchBody,
    /// The checklist: as it is now, or as it was at the submission.
    pub checklist: Vec<ChecklistItem>,
    /// The items that are open and stop the submission.
    pub open_items: Vec<ChecklistItem>,
    /// Why the window is what it is.
    pub explanation: Vec<Step>,
    /// What happened, oldest first.
    pub timeline: Vec<TimelineLine>,
    /// Who approved what is under review.
    pub approvals: Vec<String>,
    /// How many people must approve.
    pub approvers_needed: u8,
    /// How weighty the difference is.
    pub class: ChangeClass,
    /// What differs from what is live; empty at a first launch, where everything is new.
    pub diff: Vec<DiffLine>,
    /// The revision that is asked for.
    pub revision: i64,
    /// The digest of its document: what a reviewer says yes to.
    pub document_sha256: String,
    /// The document that is asked for.
    pub document: AppDocument,
    /// How weighty each difference is, in the same order.
    pub line_classes: Vec<ChangeClass>,
    /// The document that was live when it was sent; while it can be changed, the one that is live now.
    #[serde(skip)]
    pub before: Option<AppDocument>,
    /// A revision that was saved after the one that is asked for.
    pub newer_revision: Option<i64>,
    /// What was said of its fields.
    pub comments: Vec<Comment>,
    /// The agency that this member belongs to and that asks: then others decide.
    pub conflict: Option<String>,
    /// What this member may do with it now.
    pub possible: Possible,
}

/// What a member may do with a request now; step-up aside.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Possible {
    /// Change what was asked.
    pub update: bool,
    /// Send it for review.
    pub submit: bool,
    /// Send it as an emergency.
    pub emergency: bool,
    /// Say what the review after an emergency found.
    pub after_review: bool,
    /// Take it back.
    pub withdraw: bool,
    /// Let a newer request take its place.
    pub supersede: bool,
    /// Comment on its fields.
    pub comment: bool,
    /// Say yes.
    pub approve: bool,
    /// Ask for something else, or say no.
    pub review: bool,
    /// Deploy it again after a roll-back.
    pub deploy: bool,
    /// Roll it back.
    pub rollback: bool,
}

/// One request.
///
/// # Errors
/// [`LaunchDenied::NotFound`] when there is none that the member may see.
pub async fn find(
    keeper: &Keeper,
    member: &Member,
    id: &str,
) -> Result<LaunchView, Failure<LaunchDenied>> {
    let wanted = id.to_owned();
    let loaded = keeper.store.read(move |c| load(c, &wanted)).await?;
    let loaded = loaded
        .filter(|loaded| member.reaches(Action::ViewLaunch, Belongs::ToTeam(&loaded.row.team)))
        .ok_or(Failure::Refused(LaunchDenied::NotFound))?;
    view(keeper, member, loaded).await
}

/// The requests that a member may see, newest first; of one app, or all.
///
/// # Errors
/// A fault.
pub async fn list(
    keeper: &Keeper,
    member: &Member,
    app: Option<&str>,
) -> Result<Vec<LaunchSummary>, Fault> {
    let app = app.map(str::to_owned);
    let everything = member.reaches(Action::ViewLaunch, Belongs::ToProgramme);
    let mut teams: Vec<String> = member.teams().into_iter().map(str::to_owned).collect();
    teams.sort_unstable();
    teams.dedup();
    let found = keeper
        .store
        .read(move |c| {
            let rows = match &app {
                Some(app) => launches::of_app(c, app)?,
                None if everything => launches::newest(c, LONGEST_LIST)?,
                // A team's requests do not vanish behind those of others.
                None => {
                    let mut rows = Vec::new();
                    for team in &teams {
                        rows.extend(launches::of_team(c, team, LONGEST_LIST)?);
                    }
                    rows.sort_by_key(|row| std::cmp::Reverse(row.created_us));
                    rows
                }
            };
            let mut list = Vec::with_capacity(rows.len());
            for row in rows {
                let author = name_in(c, &row.author)?;
                let document = apps::find_revision(c, &row.revision_id)?
                    .map(|row| row.document)
                    .unwrap_or_default();
                list.push((row, author, document));
            }
            Ok(list)
        })
        .await?;
    let calendar = calendar::current(keeper).await?;
    let mut list = Vec::with_capacity(found.len());
    for (row, author, document) in found {
        if member.reaches(Action::ViewLaunch, Belongs::ToTeam(&row.team)) {
            let stored = Stored::read(&row)?;
            list.push(summary(
                (keeper, &calendar),
                &row,
                &stored,
                author,
                document_of(&document)?.app_name,
            )?);
        }
    }
    Ok(list)
}

pub(crate) fn state_of(row: &LaunchRow) -> Result<LaunchState, Fault> {
    LaunchState::parse(&row.state).ok_or_else(|| corrupt(&row.state))
}

pub(crate) fn kind_of(row: &LaunchRow) -> RequestKind {
    if row.kind == "change" {
        RequestKind::Change
    } else {
        RequestKind::Launch
    }
}

pub(crate) struct Loaded {
    pub(crate) row: LaunchRow,
    author: String,
    timeline: Vec<TimelineLine>,
    pub(crate) document: String,
    number: i64,
    names: Vec<(String, String)>,
    comments: Vec<CommentRow>,
    before: Option<String>,
    newest: Option<i64>,
    owed: bool,
}

pub(crate) fn load(c: &mut Conn, id: &str) -> Result<Option<Loaded>, StoreFault> {
    let Some(row) = launches::find(c, id)? else {
        return Ok(None);
    };
    let mut timeline = Vec::new();
    for event in launches::events_of(c, id)? {
        let actor = name_in(c, &event.actor)?;
        timeline.push(TimelineLine {
            time: time(event.time_us),
            actor,
            event: event.event,
            note: event.note,
        });
    }
    let revision = apps::find_revision(c, &row.revision_id)?;
    let mut names = Vec::new();
    if let Ok(stored) = Stored::read(&row) {
        for approver in &stored.approvals {
            let id = approver.to_string();
            names.push((id.clone(), name_in(c, &id)?));
        }
    }
    let author = name_in(c, &row.author)?;
    let (document, number) = revision
        .map(|revision| (revision.document, revision.number))
        .unwrap_or_default();
    let place = durward_store::releases::app_in(c, &row.environment, &row.handle)?;
    let live = place.map(|(revision, _)| revision);
    let before = match Stored::read(&row) {
        Ok(stored) if !state_of(&row).is_ok_and(is_editable) => stored.live_revision,
        _ => live,
    };
    let before = match before {
        Some(revision) => apps::find_revision(c, &revision)?.map(|row| row.document),
        None => None,
    };
    let newest = apps::find_configuration(c, &row.handle, &row.environment)?;
    Ok(Some(Loaded {
        owed: after_reviews::find(c, id)?.is_some_and(|owed| owed.done_us.is_none()),
        comments: comments_table::of_launch(c, id)?,
        before,
        newest: newest.map(|row| row.number),
        row,
        author,
        timeline,
        document,
        number,
        names,
    }))
}

/// A request with its checklist: judged now while it can be changed, as submitted after.
pub(crate) async fn view(
    keeper: &Keeper,
    member: &Member,
    loaded: Loaded,
) -> Result<LaunchView, Failure<LaunchDenied>> {
    let Loaded {
        owed,
        row,
        author,
        timeline,
        document,
        number,
        names,
        comments,
        before,
        newest,
    } = loaded;
    let mut stored = Stored::read(&row)?;
    let state = state_of(&row)?;
    let document = document_of(&document)?;
    let calendar = calendar::current(keeper).await?;
    let mut summary = summary(
        (keeper, &calendar),
        &row,
        &stored,
        author,
        document.app_name.clone(),
    )?;
    let mut explanation = match &row.explanation {
        Some(text) => {
            serde_json::from_str::<Vec<Step>>(text).map_err(|error| corrupt(&error.to_string()))?
        }
        None => Vec::new(),
    };
    let mut open_items = Vec::new();
    if is_editable(state) {
        let now = assess(keeper, member, &document, &stored.body).await?;
        summary.window = now.window.as_ref().map(|found| found.earliest);
        explanation = now.window.map_or(now.reasons, |found| found.steps);
        open_items = now
            .items
            .iter()
            .filter(|item| item.stops())
            .cloned()
            .collect();
        stored.checklist = now.items;
        stored.class = now.judged.class;
        stored.approvers_needed = now.judged.approvers;
        (stored.diff, stored.line_classes) = now.judged.lines.into_iter().unzip();
    }
    let conflict = interests::conflict(keeper, member, &row.team).await?;
    let possible = possible(member, &row, state, &stored, (conflict.is_some(), owed));
    Ok(LaunchView {
        possible,
        request: stored.body,
        checklist: stored.checklist,
        open_items,
        explanation,
        timeline,
        approvals: names.into_iter().map(|(_, name)| name).collect(),
        approvers_needed: stored.approvers_needed,
        class: stored.class,
        diff: stored.diff,
        line_classes: stored.line_classes,
        before: before.as_deref().map(document_of).transpose()?,
        newer_revision: newest.filter(|newest| *newest > number && !state.is_final()),
        comments: comments::visible(member, &row.team, &comments),
        conflict,
        revision: number,
        document_sha256: document.digest(),
        document,
        summary,
    })
}

pub(crate) const fn is_editable(state: LaunchState) -> bool {
    matches!(state, LaunchState::Draft | LaunchState::ChangesRequested)
}

/// The window that a request gets: the earliest, or the first free one on or after the day that is wished for.
pub(crate) fn window_for(
    calendar: &Calendar,
    ask: &Ask<'_>,
    earliest: Explained,
    desired: Option<Date>,
) -> Explained {
    // Without a window on or after that day the earliest is offered, and the checklist tells it.
    calendar
        .wished(ask, earliest.clone(), desired)
        .unwrap_or(earliest)
}

fn possible(
    member: &Member,
    row: &LaunchRow,
    state: LaunchState,
    stored: &Stored,
    (conflict, owed): (bool, bool),
) -> Possible {
    use durward_domain::launch::LaunchEvent as E;
    let may = |action| member.reaches(action, Belongs::ToTeam(&row.team));
    let can = |event| state.after(event).is_some();
    let me = MemberId::parse(&member.id).ok();
    let is_author = me.is_some_and(|me| stored.authors.contains(&me));
    let has_approved = me.is_some_and(|me| stored.approvals.contains(&me));
    Possible {
        update: is_editable(state) && may(Action::RequestLaunch),
        submit: can(E::Submit) && may(Action::RequestLaunch),
        emergency: can(E::Submit)
            && may(Action::RequestLaunch)
            && kind_of(row) == RequestKind::Change,
        after_review: owed && may(Action::ReviewLaunch) && !is_author && !has_approved,
        withdraw: can(E::Withdraw) && may(Action::RequestLaunch),
        supersede: can(E::Supersede) && row.release_id.is_none() && may(Action::RequestLaunch),
        comment: !state.is_final() && (may(Action::RequestLaunch) || may(Action::ReviewLaunch)),
        approve: can(E::Approve)
            && may(Action::ApproveLaunch)
            && !is_author
            && !has_approved
            && !conflict,
        review: can(E::Reject) && may(Action::ReviewLaunch) && !conflict,
        deploy: state == LaunchState::RolledBack && may(Action::DeployRelease),
        rollback: can(E::RollBack) && may(Action::RollBack) && stored.body.retire.is_none(),
    }
}

fn summary(
    (keeper, calendar): (&Keeper, &Calendar),
    row: &LaunchRow,
    stored: &Stored,
    author: String,
    app_name: String,
) -> Result<LaunchSummary, Fault> {
    let environment =
        EnvironmentName::parse(&row.environment).map_err(|bad| corrupt(&bad.to_string()))?;
    let state = state_of(row)?;
    let submitted = row.submitted_us.map(time);
    let answer = submitted
        .filter(|_| state == LaunchState::Submitted)
        .map(|sent| {
            let days = keeper.programme.review.answer_days;
            answer(calendar, calendar.date_of(sent), keeper.today(), days)
        });
    Ok(LaunchSummary {
        answer,
        superseded_by: stored.superseded_by.clone(),
        id: row.launch_id.clone(),
        kind: kind_of(row),
        app: row.handle.clone(),
        app_name,
        environment,
        team: row.team.clone(),
        agreement: row.agreement.clone(),
        state,
        version: row.version,
        desired_date: stored.body.desired_date,
        window: row
            .window_date
            .as_deref()
            .and_then(|date| date.parse().ok()),
        window_opens: row.window_us.map(time),
        author,
        created: time(row.created_us),
        submitted,
        release: row.release_id.clone(),
    })
}

fn corrupt(what: &str) -> Fault {
    Fault::new(FaultKind::Corrupt, format!("a stored request: {what}"))
}

const LONGEST_LIST: i64 = 500;
