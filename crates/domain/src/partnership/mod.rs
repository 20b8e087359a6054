//! The way of an agency to a live app: four steps, the tasks in them, whose turn it is and since when.

mod interest;
mod standing;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use interest::{AgencyKind, Fault, Interest, Proofing, Typed, read};
pub use standing::{Move, MoveRefused, Standing};

/// A step of the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Introductions, and whether the service is a good fit.
    Introductions,
    /// Usage is estimated, and integrations are tested.
    EstimateAndTest,
    /// The agreement between the agencies.
    Agreement,
    /// The integration goes live.
    Launch,
}

impl Step {
    /// Every step in order.
    pub const ALL: [Self; 4] = [
        Self::Introductions,
        Self::EstimateAndTest,
        Self::Agreement,
        Self::Launch,
    ];

    /// The id.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Introductions => "introductions",
            Self::EstimateAndTest => "estimate_and_test",
            Self::Agreement => "agreement",
            Self::Launch => "launch",
        }
    }
}

/// Who must do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The partner agency.
    Partner,
    /// The programme.
    Programme,
}

impl Side {
    /// The id.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Partner => "partner",
            Self::Programme => "programme",
        }
    }
}

/// How it becomes known that a task is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Known {
    /// The account manager says so.
    Said,
    /// A step in the pipeline is it.
    Done,
    /// The portal sees it elsewhere: teams, apps, agreements, launches.
    Seen,
}

macro_rules! tasks {
    ($($(#[$doc:meta])* $name:ident $id:literal $step:ident $side:ident $known:ident)+) => {
        /// Something that must be done on the way, in order.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Task {
            $($(#[$doc])* #[serde(rename = $id)] $name,)+
        }

        impl Task {
            /// Every task in order.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The id.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $id,)+ }
            }

            /// In which step it is.
            pub const fn step(self) -> Step {
                match self { $(Self::$name => Step::$step,)+ }
            }

            /// Whose turn it is.
            pub const fn side(self) -> Side {
                match self { $(Self::$name => Side::$side,)+ }
            }

            /// How it becomes known that it is done.
            pub const fn known(self) -> Known {
                match self { $(Self::$name => Known::$known,)+ }
            }
        }
    };
}

tasks! {
    /// The interest form was sent.
    Interest "interest" Introductions Partner Done
    /// An account manager looks after it.
    Assigned "assigned" Introductions Programme Done
    /// The introduction call was held.
    Call "call" Introductions Programme Said
    /// The service is a good fit.
    Fit "fit" Introductions Programme Done
    /// The agency has a team in the portal.
    Team "team" EstimateAndTest Programme Done
    /// Somebody of the agency has joined the team.
    Joined "joined" EstimateAndTest Partner Seen
    /// Usage was estimated.
    Estimated "estimated" EstimateAndTest Programme Seen
    /// The partner accepted an estimate.
    EstimateAccepted "estimate_accepted" EstimateAndTest Partner Seen
    /// The team has an app in the sandbox.
    SandboxApp "sandbox_app" EstimateAndTest Partner Seen
    /// Somebody signed in to it.
    SandboxSignIn "sandbox_sign_in" EstimateAndTest Partner Seen
    /// The partner gave funding and other information.
    AgreementInformation "agreement_information" Agreement Partner Seen
    /// The agreement is written and reviewed by counsel.
    AgreementWritten "agreement_written" Agreement Programme Seen
    /// The partner signed.
    AgreementPartnerSigned "agreement_partner_signed" Agreement Partner Seen
    /// Both have signed.
    AgreementExecuted "agreement_executed" Agreement Programme Seen
    /// A launch to production was requested.
    LaunchRequested "launch_requested" Launch Partner Seen
    /// It was approved and has its window.
    LaunchScheduled "launch_scheduled" Launch Programme Seen
    /// The integration is live.
    Live "live" Launch Programme Seen
}

impl Task {
    /// Reads an id.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|task| task.as_str() == text)
    }
}

/// How far a partnership is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// The step that it is in; the last one once everything is done.
    pub step: Step,
    /// Whose turn it is; nobody's once everything is done.
    pub waiting: Option<Waiting>,
    /// Every step with its tasks.
    pub steps: Vec<StepProgress>,
}

/// Who waits for whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// The first task that is open.
    pub task: Task,
    /// Who must do it.
    #[serde(rename = "for")]
    pub side: Side,
    /// Since when.
    pub since: Timestamp,
}

/// One step and its tasks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepProgress {
    /// The step.
    pub step: Step,
    /// Where it is.
    pub state: StepState,
    /// When its last task was done; nothing while one is open.
    pub done: Option<Timestamp>,
    /// Its tasks.
    pub tasks: Vec<TaskProgress>,
}

/// Where a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// Every task is done.
    Done,
    /// The first open task is in it.
    Current,
    /// It comes later.
    Ahead,
}

impl StepState {
    /// The id.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Current => "current",
            Self::Ahead => "ahead",
        }
    }
}

/// One task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct TaskProgress {
    /// The task.
    pub task: Task,
    /// Whose it is.
    pub side: Side,
    /// How it becomes known.
    pub known: Known,
    /// When it was done.
    pub done: Option<Timestamp>,
}

/// How far it is, from what is done. `from` is when its clock began: the interest, or the last time it was resumed.
///
/// The turn is that of the first open task. It began when the tasks before it were done, and not before `from`.
pub fn progress(done: &BTreeMap<Task, Timestamp>, from: Timestamp) -> Progress {
    let open = Task::ALL
        .iter()
        .copied()
        .find(|task| !done.contains_key(task));
    let waiting = open.map(|task| Waiting {
        task,
        side: task.side(),
        since: done
            .range(..task)
            .map(|(_, at)| *at)
            .max()
            .unwrap_or(from)
            .max(from),
    });
    let current = open.map_or(Step::Launch, Task::step);
    let steps = Step::ALL.map(|step| {
        let tasks: Vec<TaskProgress> = Task::ALL
            .iter()
            .filter(|task| task.step() == step)
            .map(|task| TaskProgress {
                task: *task,
                side: task.side(),
                known: task.known(),
                done: done.get(task).copied(),
            })
            .collect();
        let state = match tasks.iter().all(|one| one.done.is_some()) {
            true => StepState::Done,
            false if step == current => StepState::Current,
            false => StepState::Ahead,
        };
        StepProgress {
            step,
            state,
            done: tasks
                .iter()
                .map(|one| one.done)
                .max()
                .flatten()
                .filter(|_| state == StepState::Done),
            tasks,
        }
    });
    Progress {
        step: current,
        waiting,
        steps: steps.into(),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn after(tasks: &[(Task, i64)], from: i64) -> (Task, Side, i64) {
        let done = tasks
            .iter()
            .map(|(task, second)| (*task, at(*second)))
            .collect();
        let waiting = progress(&done, at(from)).waiting.unwrap();
        (waiting.task, waiting.side, waiting.since.as_second())
    }

    #[test]
    fn the_turn_is_that_of_the_first_open_task_since_the_last_before_it() {
        let sent = [(Task::Interest, 10)];
        assert_eq!(after(&sent, 10), (Task::Assigned, Side::Programme, 10));
        let invited = [
            (Task::Interest, 10),
            (Task::Assigned, 20),
            (Task::Call, 40),
            (Task::Fit, 30),
            (Task::Team, 50),
            // Done ahead of its turn: it does not move the clock.
            (Task::SandboxApp, 90),
        ];
        assert_eq!(after(&invited, 10), (Task::Joined, Side::Partner, 50));
        assert_eq!(after(&invited, 70), (Task::Joined, Side::Partner, 70));
    }

    #[test]
    fn everything_done_waits_for_nobody() {
        let done = Task::ALL.iter().map(|task| (*task, at(5))).collect();
        let progress = progress(&done, at(1));
        assert_eq!(progress.waiting, None);
        assert!(
            progress
                .steps
                .iter()
                .all(|step| step.state == StepState::Done)
        );
        assert_eq!(progress.steps[0].done, Some(at(5)));
    }

    #[test]
    fn tasks_stand_in_the_order_of_their_steps() {
        assert!(Task::ALL.is_sorted_by_key(|task| task.step()));
        assert!(Task::ALL.is_sorted());
        for task in Task::ALL {
            assert_eq!(Task::parse(task.as_str()), Some(*task));
        }
        let begun = progress(&BTreeMap::new(), at(0));
        let states: Vec<&str> = begun.steps.iter().map(|step| step.state.as_str()).collect();
        assert_eq!(states, ["current", "ahead", "ahead", "ahead"]);
    }
}
