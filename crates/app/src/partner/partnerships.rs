//! Partnerships: from the interest form to the live app. The pipeline of account managers, and what the partner sees of it.

mod act;
mod convert;
mod facts;
mod interest;
mod refusal;
mod tell;
#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
mod tests;
mod watch;

use std::collections::BTreeMap;

use durward_domain::partnership::{self, Interest, Progress, Side, Standing, Task};
use durward_domain::permission::Action;
use durward_store::partnerships::{self as rows, EntryRow, PartnershipRow, Wanted};
use durward_store::{Conn, Fault as StoreFault};
use jiff::Timestamp;
use serde::Serialize;

use super::estimates::belongs;
use crate::actor::{Belongs, Member};
use crate::failure::{Failure, Fault, FaultKind};
use crate::keeper::{Keeper, time};

pub use act::{Act, act};
pub use convert::{Conversion, convert};
pub use interest::{InterestRefusal, Received, enter, receive};
pub use refusal::PartnershipRefusal;
pub use watch::watch;

/// One partnership in a list.
#[derive(Clone, Debug, Serialize)]
pub struct PartnershipLine {
    /// Its id.
    pub id: String,
    /// What people call it by.
    pub reference: String,
    /// The agency, as it was told.
    pub agency: String,
    /// The programme or service.
    pub programme: String,
    /// Whether it is pursued.
    pub standing: Standing,
    /// The agency's team.
    pub team: Option<String>,
    /// The name of the account manager.
    pub manager: Option<String>,
    /// When the form came.
    pub created: Timestamp,
    /// How far it is.
    pub progress: Progress,
    /// For how many days, by the calendar, the one whose turn it is was waited for; nothing while nobody's.
    pub days_waiting: Option<i64>,
}

/// One partnership.
#[derive(Clone, Debug, Serialize)]
pub struct PartnershipView {
    /// What lists show of it.
    #[serde(flatten)]
    pub line: PartnershipLine,
    /// What the agency told.
    pub interest: Interest,
    /// Whether the service is a good fit; nothing before that is decided.
    pub fit: Option<bool>,
    /// Why it rests, was lost, or does not fit.
    pub reason: String,
    /// What was said and decided, in order; for the partner only what is shared.
    pub entries: Vec<Entry>,
    /// Rises with every change.
    pub version: i64,
    /// Whether the member looks after it.
    #[serde(skip)]
    pub may_manage: bool,
    /// The language of whoever sent the form.
    #[serde(skip)]
    pub language: String,
}

/// Something that was said or decided.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// Who; empty where the portal saw it.
    pub author: String,
    /// `interest`, `assigned`, `task`, `fit`, `no_fit`, `note`, `pause`, `resume`, `lose`, `team` or `live`.
    pub kind: String,
    /// The words; of a task its id.
    pub text: String,
    /// Whether the partner sees it.
    pub shared: bool,
    /// When.
    pub created: Timestamp,
}

/// Which partnerships are wanted.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// In this standing.
    pub standing: Option<Standing>,
    /// Those before this one; what [`PartnershipPage::next`] said.
    pub before: Option<String>,
    /// How many at most.
    pub most: usize,
}

/// One page of partnerships, newest first.
#[derive(Clone, Debug, Serialize)]
pub struct PartnershipPage {
    /// The partnerships.
    pub items: Vec<PartnershipLine>,
    /// What `before` is for the next page.
    pub next: Option<String>,
}

/// The partnerships that a member may see, newest first: staff all, partners those of their teams.
///
/// # Errors
/// A fault.
pub async fn list(
    keeper: &Keeper,
    member: &Member,
    filter: &Filter,
) -> Result<PartnershipPage, Fault> {
    let standing = filter.standing.map_or("", Standing::as_str);
    let limit = filter.most.clamp(1, MOST_AT_ONCE);
    let all = member.reaches(Action::ViewPartnership, Belongs::ToProgramme);
    let teams: Vec<String> = if all {
        Vec::new()
    } else {
        let may = |team: &&str| member.reaches(Action::ViewPartnership, Belongs::ToTeam(team));
        member
            .teams()
            .into_iter()
            .filter(may)
            .map(str::to_owned)
            .collect()
    };
    let before = filter.before.as_deref().and_then(cursor);
    let before = before.unwrap_or((i64::MAX, String::new()));
    let now = keeper.clock.now();
    let found = keeper.store.read(move |c| {
        let mut rows: Vec<PartnershipRow> = Vec::new();
        if all {
            let wanted = Wanted {
                standing,
                before: (before.0, &before.1),
                limit: i64::try_from(limit + 1).unwrap_or(i64::MAX),
            };
            rows = rows::list(c, &wanted)?;
        }
        for team in &teams {
            rows.extend(rows::of_team(c, team)?);
        }
        rows.retain(|row| standing.is_empty() || row.standing == standing);
        let mut lines = Vec::with_capacity(rows.len());
        for row in rows {
            let progress = progress_of(c, &row, now)?;
            lines.push((row, progress));
        }
        Ok(lines)
    });
    let mut found = found.await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let last = found.last().filter(|_| more && all);
    Ok(PartnershipPage {
        next: last.map(|(row, _)| format!("{}.{}", row.created_us, row.partnership_id)),
        items: found
            .into_iter()
            .map(|(row, progress)| line(keeper, &row, progress, now))
            .collect::<Result<_, _>>()?,
    })
}

/// One partnership.
///
/// # Errors
/// [`PartnershipRefusal::NotFound`] when there is none that the member may see.
pub async fn find(
    keeper: &Keeper,
    member: &Member,
    id: &str,
) -> Result<PartnershipView, Failure<PartnershipRefusal>> {
    let (wanted, now) = (id.to_owned(), keeper.clock.now());
    let found = keeper.store.read(move |c| {
        let Some(row) = rows::find(c, &wanted)? else {
            return Ok(None);
        };
        let progress = progress_of(c, &row, now)?;
        let entries = rows::entries(c, &wanted)?;
        Ok(Some((row, progress, entries)))
    });
    let (row, progress, entries) = found
        .await?
        .filter(|(row, ..)| member.reaches(Action::ViewPartnership, belongs(row.team.as_deref())))
        .ok_or(Failure::Refused(PartnershipRefusal::NotFound))?;
    let sees_all = member.reaches(Action::ViewPartnership, Belongs::ToProgramme);
    Ok(PartnershipView {
        may_manage: member.reaches(Action::ManagePartnership, belongs(row.team.as_deref())),
        line: line(keeper, &row, progress, now)?,
        interest: interest_of(&row)?,
        fit: match row.fit.as_str() {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        },
        entries: entries
            .into_iter()
            .filter(|entry| sees_all || entry.shared)
            .map(entry)
            .collect(),
        reason: row.reason,
        language: row.language,
        version: row.version,
    })
}

/// What is done, told or seen, and so how far it is.
fn progress_of(c: &mut Conn, row: &PartnershipRow, now: Timestamp) -> Result<Progress, StoreFault> {
    let mut done = noted(c, row)?;
    // What nobody has noted yet is done now: it never moves a time that was noted.
    for task in facts::seen(c, row)? {
        done.entry(task).or_insert(now);
    }
    Ok(partnership::progress(&done, time(row.from_us)))
}

/// What was noted as done.
fn noted(c: &mut Conn, row: &PartnershipRow) -> Result<BTreeMap<Task, Timestamp>, StoreFault> {
    Ok(rows::tasks(c, &row.partnership_id)?
        .into_iter()
        .filter_map(|(task, us)| Some((Task::parse(&task)?, time(us))))
        .collect())
}

fn line(
    keeper: &Keeper,
    row: &PartnershipRow,
    progress: Progress,
    now: Timestamp,
) -> Result<PartnershipLine, Fault> {
    let standing = standing_of(row);
    let waiting = progress.waiting.filter(|_| standing == Standing::Open);
    Ok(PartnershipLine {
        id: row.partnership_id.clone(),
        reference: row.reference.clone(),
        agency: row.agency.clone(),
        programme: interest_of(row)?.programme,
        standing,
        team: row.team.clone(),
        manager: row.manager_name.clone(),
        created: time(row.created_us),
        days_waiting: waiting.map(|one| {
            let since = keeper.programme.date_of(one.since);
            let days = keeper.programme.date_of(now) - since;
            i64::from(days.get_days()).max(0)
        }),
        progress: Progress {
            waiting,
            ..progress
        },
    })
}

fn entry(row: EntryRow) -> Entry {
    Entry {
        author: row.name.unwrap_or_default(),
        kind: row.kind,
        text: row.text,
        shared: row.shared,
        created: time(row.created_us),
    }
}

fn standing_of(row: &PartnershipRow) -> Standing {
    Standing::parse(&row.standing).unwrap_or(Standing::Open)
}

fn interest_of(row: &PartnershipRow) -> Result<Interest, Fault> {
    serde_json::from_str(&row.interest)
        .map_err(|error| Fault::new(FaultKind::Corrupt, format!("a stored interest: {error}")))
}

fn cursor(text: &str) -> Option<(i64, String)> {
    let (us, id) = text.split_once('.')?;
    Some((us.parse().ok()?, id.to_owned()))
}

/// The partnerships in which it is the member's turn, newest first.
///
/// # Errors
/// A fault.
pub async fn waiting_for(keeper: &Keeper, member: &Member) -> Result<Vec<PartnershipLine>, Fault> {
    let manages = member.reaches(Action::ManagePartnership, Belongs::ToProgramme);
    let filter = Filter {
        standing: Some(Standing::Open),
        most: MOST_AT_ONCE,
        ..Filter::default()
    };
    let mut found = list(keeper, member, &filter).await?.items;
    let teams = member.teams();
    found.retain(|line| match line.progress.waiting.map(|one| one.side) {
        Some(Side::Partner) => line
            .team
            .as_deref()
            .is_some_and(|team| teams.contains(&team)),
        Some(Side::Programme) => {
            let looks_after = line
                .manager
                .as_ref()
                .is_none_or(|name| *name == member.name);
            manages && looks_after
        }
        None => false,
    });
    Ok(found)
}

const MOST_AT_ONCE: usize = 100;
