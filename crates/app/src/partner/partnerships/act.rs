//! The steps that account managers take in the pipeline.

use std::sync::Arc;

use durward_domain::event::Event;
use durward_domain::partnership::{Known, Move, Standing, Task};
use durward_domain::permission::Action;
use durward_store::partnerships::{self as rows, EntryRow, PartnershipRow};
use durward_store::{Conn, Fault as StoreFault, estimates, members};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{PartnershipRefusal, PartnershipView, find, standing_of, tell};
use crate::actor::{Belongs, Member};
use crate::failure::Failure;
use crate::keeper::Keeper;
use crate::partner::estimates::belongs;
use crate::partner::members::{Proof, with_roles};
use crate::partner::teams::{Pen, TeamRefusal};
use crate::record::Trace;

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Act {
    /// Give it to an account manager.
    Assign {
        /// Their address.
        manager: String,
    },
    /// Say that a task is done which the portal cannot see.
    Done {
        /// Which.
        task: Task,
    },
    /// Decide whether the service is a good fit. No fit gives it up.
    Judge {
        /// Whether it is.
        fit: bool,
        /// Why.
        reason: String,
    },
    /// Write a note.
    Note {
        /// The words.
        text: String,
        /// Whether the partner sees it.
        #[serde(default)]
        shared: bool,
    },
    /// Let it rest.
    Pause {
        /// Why.
        reason: String,
    },
    /// Go on.
    Resume {
        /// Why.
        reason: String,
    },
    /// Give it up.
    Lose {
        /// Why.
        reason: String,
    },
    /// Tie it to a team that is there.
    Link {
        /// The team's short name.
        team: String,
    },
}

/// Takes a step.
///
/// # Errors
/// [`PartnershipRefusal`], or a fault.
pub async fn act(
    keeper: &Arc<Keeper>,
    member: &Member,
    id: &str,
    act: &Act,
    trace: &Trace,
) -> Result<PartnershipView, Failure<PartnershipRefusal>> {
    let seen = find(keeper, member, id).await?;
    let place = belongs(seen.line.team.as_deref());
    member
        .may(Action::ManagePartnership, place, keeper.clock.real_now())
        .map_err(|denied| Failure::Refused(denied.into()))?;
    let unit = Unit {
        pen: Pen::new(keeper, member, trace),
        who: member.clone(),
        now: keeper.clock.now(),
    };
    let (id_in, step) = (id.to_owned(), act.clone());
    keeper
        .store
        .write(move |c| {
            let Some(row) = rows::find(c, &id_in)? else {
                return Ok(Err(PartnershipRefusal::NotFound));
            };
            unit.take(c, row, &step)
        })
        .await?
        .map_err(Failure::Refused)?;
    find(keeper, member, id).await
}

type Taken = Result<Result<(), PartnershipRefusal>, StoreFault>;

struct Unit {
    pen: Pen,
    who: Member,
    now: Timestamp,
}

impl Unit {
    fn take(&self, c: &mut Conn, row: PartnershipRow, act: &Act) -> Taken {
        match act {
            Act::Assign { manager } => self.assign(c, row, manager),
            Act::Done { task } => self.done(c, &row, *task),
            Act::Judge { fit, reason } => self.judge(c, row, *fit, reason),
            Act::Note { text, shared } => self.note(c, &row, text, *shared),
            Act::Pause { reason } => self.stand(c, row, Move::Pause, reason),
            Act::Resume { reason } => self.stand(c, row, Move::Resume, reason),
            Act::Lose { reason } => self.stand(c, row, Move::Lose, reason),
            Act::Link { team } => self.link(c, row, team),
        }
    }

    fn assign(&self, c: &mut Conn, mut row: PartnershipRow, manager: &str) -> Taken {
        let address = manager.trim().to_lowercase();
        let Some(found) = members::find_by_email(c, &address)? else {
            return Ok(Err(PartnershipRefusal::Manager));
        };
        let proof = Proof {
            aal: self.who.aal,
            elevated_until: self.now,
        };
        let found = with_roles(c, &self.pen.keeper.programme, found, proof)?;
        if !found.reaches(Action::ManagePartnership, Belongs::ToProgramme) {
            return Ok(Err(PartnershipRefusal::Manager));
        }
        row.manager = Some(found.id.clone());
        if !self.change(c, &row)? {
            return Ok(Err(PartnershipRefusal::Stale));
        }
        self.mark(c, &row, Task::Assigned)?;
        self.say(c, &row, ("assigned", &found.name, true))?;
        self.record(
            c,
            Event::PartnershipAssigned,
            &row,
            json!({ "manager": found.id }),
        )?;
        tell::assigned(c, &self.pen.keeper, &row, &found.id, &self.who.id)?;
        Ok(Ok(()))
    }

    fn done(&self, c: &mut Conn, row: &PartnershipRow, task: Task) -> Taken {
        if task.known() != Known::Said {
            return Ok(Err(PartnershipRefusal::Task));
        }
        if let Err(refused) = open(row) {
            return Ok(Err(refused));
        }
        if self.mark(c, row, task)? {
            self.say(c, row, ("task", task.as_str(), true))?;
            tell::turn(c, &self.pen.keeper, (row, task), self.now)?;
        }
        Ok(Ok(()))
    }

    fn judge(&self, c: &mut Conn, mut row: PartnershipRow, fit: bool, reason: &str) -> Taken {
        let Some(reason) = reason_of(reason) else {
            return Ok(Err(PartnershipRefusal::Reason));
        };
        if let Err(refused) = open(&row) {
            return Ok(Err(refused));
        }
        row.fit = if fit { "yes" } else { "no" }.to_owned();
        row.reason.clone_from(&reason);
        if !fit {
            row.standing = Standing::Lost.as_str().to_owned();
        }
        if !self.change(c, &row)? {
            return Ok(Err(PartnershipRefusal::Stale));
        }
        let kind = if fit { "fit" } else { "no_fit" };
        self.say(c, &row, (kind, &reason, true))?;
        self.record(c, Event::PartnershipJudged, &row, json!({ "fit": fit }))?;
        if fit {
            self.mark(c, &row, Task::Fit)?;
            tell::turn(c, &self.pen.keeper, (&row, Task::Fit), self.now)?;
        } else {
            tell::standing(c, &self.pen.keeper, &row, &reason)?;
        }
        Ok(Ok(()))
    }

    fn note(&self, c: &mut Conn, row: &PartnershipRow, text: &str, shared: bool) -> Taken {
        let Some(text) = words(text, 1, 5000) else {
            return Ok(Err(PartnershipRefusal::Note));
        };
        self.say(c, row, ("note", &text, shared))?;
        self.record(c, Event::PartnershipNoted, row, json!({ "shared": shared }))?;
        Ok(Ok(()))
    }

    fn stand(&self, c: &mut Conn, mut row: PartnershipRow, what: Move, reason: &str) -> Taken {
        let Some(reason) = reason_of(reason) else {
            return Ok(Err(PartnershipRefusal::Reason));
        };
        let from = standing_of(&row);
        let to = match from.after(what) {
            Ok(to) => to,
            Err(refused) => return Ok(Err(refused.into())),
        };
        row.standing = to.as_str().to_owned();
        row.reason.clone_from(&reason);
        if to == Standing::Open {
            // The other side is not to blame for the rest.
            row.from_us = self.now.as_microsecond();
            if row.fit == "no" {
                row.fit = String::new();
            }
        }
        if !self.change(c, &row)? {
            return Ok(Err(PartnershipRefusal::Stale));
        }
        self.say(c, &row, (what.as_str(), &reason, true))?;
        let detail = json!({ "from": from, "to": to });
        self.record(c, Event::PartnershipMoved, &row, detail)?;
        tell::standing(c, &self.pen.keeper, &row, &reason)?;
        Ok(Ok(()))
    }

    fn link(&self, c: &mut Conn, mut row: PartnershipRow, team: &str) -> Taken {
        if let Err(refused) = open(&row) {
            return Ok(Err(refused));
        }
        if row.team.is_some() {
            return Ok(Err(PartnershipRefusal::HasTeam));
        }
        if row.fit != "yes" {
            return Ok(Err(PartnershipRefusal::NoFit));
        }
        let Some(team) = members::find_team(c, team.trim())? else {
            let missing = team.trim().chars().take(60).collect();
            return Ok(Err(TeamRefusal::NotFound(missing).into()));
        };
        row.team = Some(team.handle.clone());
        if !self.change(c, &row)? {
            return Ok(Err(PartnershipRefusal::Stale));
        }
        estimates::give(c, &row.partnership_id, &team.handle)?;
        self.mark(c, &row, Task::Team)?;
        self.say(c, &row, ("team", &team.name, true))?;
        let detail = json!({ "team": team.handle });
        self.record(c, Event::PartnershipTeamLinked, &row, detail)?;
        tell::turn(c, &self.pen.keeper, (&row, Task::Team), self.now)?;
        Ok(Ok(()))
    }

    fn change(&self, c: &mut Conn, row: &PartnershipRow) -> Result<bool, StoreFault> {
        let mut row = row.clone();
        row.changed_us = self.now.as_microsecond();
        rows::change(c, &row)
    }

    fn mark(&self, c: &mut Conn, row: &PartnershipRow, task: Task) -> Result<bool, StoreFault> {
        let what = (task.as_str(), self.who.id.as_str());
        let now_us = self.now.as_microsecond();
        let new = rows::do_task(c, &row.partnership_id, what, now_us)?;
        if new {
            let detail = json!({ "task": task });
            self.record(c, Event::PartnershipTaskDone, row, detail)?;
        }
        Ok(new)
    }

    fn say(
        &self,
        c: &mut Conn,
        row: &PartnershipRow,
        (kind, text, shared): (&str, &str, bool),
    ) -> Result<(), StoreFault> {
        rows::say(
            c,
            &EntryRow {
                entry_id: self.pen.keeper.random.uuid_v7(self.now).to_string(),
                partnership_id: row.partnership_id.clone(),
                author: self.who.id.clone(),
                name: None,
                kind: kind.to_owned(),
                text: text.to_owned(),
                shared,
                created_us: self.now.as_microsecond(),
            },
        )
    }

    fn record(
        &self,
        c: &mut Conn,
        event: Event,
        row: &PartnershipRow,
        detail: Value,
    ) -> Result<(), StoreFault> {
        self.pen.record(c, event, &row.partnership_id, detail)
    }
}

/// Steps are taken while it is pursued.
pub(super) fn open(row: &PartnershipRow) -> Result<(), PartnershipRefusal> {
    match standing_of(row) {
        Standing::Open => Ok(()),
        _ => Err(PartnershipRefusal::NotOpen),
    }
}

fn reason_of(text: &str) -> Option<String> {
    words(text, 3, 2000)
}

/// Plain text of a length: line ends in one spelling, no other control characters.
fn words(text: &str, least: usize, most: usize) -> Option<String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.trim();
    let plain = text
        .chars()
        .all(|c| c == '\n' || c == '\t' || !c.is_control());
    (plain && (least..=most).contains(&text.chars().count())).then(|| text.to_owned())
}
