//! The deployment calendar: windows, the earliest one, and what is added to the rules.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{get, post};
use durward_app::partner::agreements;
use durward_app::partner::calendar::{self, CalendarDenied, EntryAsk, Question};
use durward_domain::calendar::NoticeKind;
use durward_domain::environment::EnvironmentName;
use durward_domain::event::Event;
use durward_domain::permission::Action;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answers::{Answer, Asked, Sent, Told, answer, items, ok, told};
use super::apps::at;
use super::bearer::Call;
use super::routes::{Parameter, Route, Who};
use crate::shared::route::Needs;

/// The calls of the calendar.
pub(super) static ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/api/v1/calendar",
        summary: "The windows of a span of days, and the ends of agreements that the member may see.",
        who: Who::Member(Action::ViewLaunch),
        events: &[],
        query: &[
            Parameter {
                name: "from",
                required: true,
                sentence: "The first day.",
            },
            Parameter {
                name: "to",
                required: true,
                sentence: "The last day.",
            },
        ],
        body: None,
        answer: (200, Some("Windows")),
        handler: || get(windows),
    },
    Route {
        method: "GET",
        path: "/api/v1/calendar/earliest",
        summary: "The earliest window for a request, with its reasons.",
        who: Who::Member(Action::ViewLaunch),
        events: &[],
        query: &[
            Parameter {
                name: "submitted",
                required: false,
                sentence: "The day of the submission; absent: the keeper's day.",
            },
            Parameter {
                name: "push_url",
                required: false,
                sentence: "Whether the push-notification URL is new or changes its domain.",
            },
            Parameter {
                name: "change",
                required: false,
                sentence: "Whether the app is live there already.",
            },
            Parameter {
                name: "environment",
                required: false,
                sentence: "Where; absent: production.",
            },
            Parameter {
                name: "team",
                required: false,
                sentence: "Whose app it is, so that the busy times of the team count.",
            },
        ],
        body: None,
        answer: (200, Some("Explained")),
        handler: || get(earliest),
    },
    Route {
        method: "GET",
        path: "/api/v1/calendar/entries",
        summary: "Freezes, adjusted holidays, moved windows, places and busy times that hold now.",
        who: Who::Member(Action::ViewLaunch),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("CalendarEntryList")),
        handler: || get(entries),
    },
    Route {
        method: "POST",
        path: "/api/v1/calendar/entries",
        summary: "Add an entry; the requests that lose their window move, and their owners are told.",
        who: Who::MemberBy(CHANGES),
        events: &[Event::CalendarChanged, Event::CalendarRequestMoved],
        query: &[Parameter {
            name: "seen",
            required: false,
            sentence: "The value of the preview: the entry is added only if the same requests move.",
        }],
        body: Some("NewCalendarEntry"),
        answer: (201, Some("CalendarChanged")),
        handler: || post(add),
    },
    Route {
        method: "POST",
        path: "/api/v1/calendar/entries/preview",
        summary: "Which requests an entry would move; nothing is added.",
        who: Who::MemberBy(CHANGES),
        events: &[],
        query: &[],
        body: Some("NewCalendarEntry"),
        answer: (200, Some("CalendarPreview")),
        handler: || post(preview),
    },
    Route {
        method: "POST",
        path: "/api/v1/calendar/entries/{id}/end",
        summary: "End an entry. What was moved because of it stays where it is.",
        who: Who::MemberBy(CHANGES),
        events: &[Event::CalendarEntryEnded, Event::CalendarRequestMoved],
        query: &[],
        body: Some("EndCalendarEntry"),
        answer: (200, Some("CalendarChanged")),
        handler: || post(end),
    },
];

const CHANGES: Needs = Needs::AnyOf(&[Action::ManageCalendar, Action::NamePeak]);

async fn windows(call: Call, asked: Asked) -> Answer {
    let (from, to) = (asked.must_date("from")?, asked.must_date("to")?);
    let windows = calendar::windows(&call.keeper, from, to)
        .await
        .map_err(told)?;
    let ends = agreements::endings(&call.keeper, &call.member, from, to)
        .await
        .map_err(durward_app::Failure::<CalendarDenied>::Fault)
        .map_err(told)?;
    ok(&json!({ "windows": windows, "agreements": ends }))
}

async fn earliest(call: Call, asked: Asked) -> Answer {
    let push_url = asked.truth("push_url")?;
    let change = asked.truth("change")?;
    let question = Question {
        submitted: asked.date("submitted")?,
        kind: match (push_url, change) {
            (true, _) => NoticeKind::PushUrl,
            (false, true) => NoticeKind::Change,
            (false, false) => NoticeKind::New,
        },
        environment: match asked.text("environment") {
            Some(name) => at(name)?,
            None => EnvironmentName::Production,
        },
        team: asked.text("team").map(str::to_owned),
    };
    ok(&calendar::earliest(&call.keeper, &call.member, &question)
        .await
        .map_err(told)?)
}

async fn entries(call: Call) -> Answer {
    let (open, _) = calendar::list(&call.keeper, &call.member)
        .await
        .map_err(durward_app::Failure::<CalendarDenied>::Fault)
        .map_err(told)?;
    items(&open)
}

async fn preview(call: Call, sent: Sent) -> Answer {
    let ask: EntryAsk = sent.json()?;
    ok(&calendar::preview(&call.keeper, &call.member, &ask)
        .await
        .map_err(told)?)
}

async fn add(call: Call, asked: Asked, sent: Sent) -> Answer {
    let ask: EntryAsk = sent.json()?;
    let (entry, change) = calendar::add(
        &call.keeper,
        &call.member,
        &ask,
        asked.text("seen"),
        &call.trace,
    )
    .await
    .map_err(told)?;
    answer(
        StatusCode::CREATED,
        &json!({ "entry": entry, "moves": change.moves }),
    )
}

async fn end(call: Call, Path(id): Path<String>, sent: Sent) -> Answer {
    let asked: End = sent.json()?;
    let (entry, change) =
        calendar::end(&call.keeper, &call.member, &id, &asked.reason, &call.trace)
            .await
            .map_err(told)?;
    ok(&json!({ "entry": entry, "moves": change.moves }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct End {
    reason: String,
}

impl Told for CalendarDenied {
    fn fields(&self) -> Vec<(&'static str, Value)> {
        match self {
            Self::NoWindow(none) => vec![("steps", json!(none.steps))],
            _ => Vec::new(),
        }
    }
}
