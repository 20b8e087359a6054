//! Partnerships, estimates, price tables and the public pages.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{get, post, put};
use durward_app::Failure;
use durward_app::partner::estimates::{self, EstimateRefusal, NewEstimate, Place};
use durward_app::partner::partnerships::{
    self, Act, Conversion, Filter, InterestRefusal, PartnershipRefusal,
};
use durward_app::partner::site::{self, NewRevision, SiteRefusal};
use durward_domain::event::Event;
use durward_domain::partnership::{Standing, Typed};
use durward_domain::permission::Action;
use durward_domain::price::{BadPlan, Plan};
use durward_domain::refusal::Refuse as _;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answers::{Answer, Asked, Sent, Told, answer, items, ok, parameter, told};
use super::bearer::Call;
use super::routes::{LIMIT, Parameter, Route, Who};
use crate::partnership::site::Public;
use crate::shared::i18n::Language;
use crate::shared::problem::Problem;

/// The calls of partnership.
pub(super) static ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/api/v1/partnerships",
        summary: "Partnerships with their steps, and who waits for whom since when; newest first. Partners see their own.",
        who: Who::Member(Action::ViewPartnership),
        events: &[],
        query: &[
            Parameter {
                name: "standing",
                required: false,
                sentence: "Only those that are open, paused, lost or live.",
            },
            super::routes::AFTER,
            LIMIT,
        ],
        body: None,
        answer: (200, Some("PartnershipList")),
        handler: || get(list),
    },
    Route {
        method: "POST",
        path: "/api/v1/partnerships",
        summary: "Enter an interest that came by telephone or mail, and look after it.",
        who: Who::Member(Action::ManagePartnership),
        events: &[Event::InterestReceived],
        query: &[],
        body: Some("Interest"),
        answer: (201, Some("Partnership")),
        handler: || post(enter),
    },
    Route {
        method: "GET",
        path: "/api/v1/partnerships/{id}",
        summary: "One partnership with what was told, said and decided.",
        who: Who::Member(Action::ViewPartnership),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("Partnership")),
        handler: || get(find),
    },
    Route {
        method: "POST",
        path: "/api/v1/partnerships/{id}/steps",
        summary: "Take a step: assign, done, judge, note, pause, resume, lose or link.",
        who: Who::Member(Action::ManagePartnership),
        events: &[
            Event::PartnershipAssigned,
            Event::PartnershipTaskDone,
            Event::PartnershipJudged,
            Event::PartnershipNoted,
            Event::PartnershipMoved,
            Event::PartnershipTeamLinked,
        ],
        query: &[],
        body: Some("PartnershipStep"),
        answer: (200, Some("Partnership")),
        handler: || post(act),
    },
    Route {
        method: "POST",
        path: "/api/v1/partnerships/{id}/team",
        summary: "Make the agency, unless it is there, and its team, and invite its first admin.",
        who: Who::Member(Action::ManagePartnership),
        events: &[
            Event::AgencyAdded,
            Event::TeamCreated,
            Event::PartnershipTeamLinked,
            Event::PartnershipTaskDone,
        ],
        query: &[],
        body: Some("Conversion"),
        answer: (200, Some("Partnership")),
        handler: || post(convert),
    },
    Route {
        method: "GET",
        path: "/api/v1/partnerships/{id}/estimates",
        summary: "The estimates of a partnership, newest first.",
        who: Who::Member(Action::ViewPartnership),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("SavedEstimateList")),
        handler: || get(of_partnership),
    },
    Route {
        method: "POST",
        path: "/api/v1/partnerships/{id}/estimates",
        summary: "Save an estimate with a partnership.",
        who: Who::Member(Action::SaveEstimate),
        events: &[Event::EstimateSaved],
        query: &[],
        body: Some("NewEstimate"),
        answer: (201, Some("SavedEstimate")),
        handler: || post(save_with_partnership),
    },
    Route {
        method: "GET",
        path: "/api/v1/teams/{handle}/estimates",
        summary: "The estimates of a team, newest first.",
        who: Who::Member(Action::ViewPartnership),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("SavedEstimateList")),
        handler: || get(of_team),
    },
    Route {
        method: "POST",
        path: "/api/v1/teams/{handle}/estimates",
        summary: "Save an estimate with a team.",
        who: Who::Member(Action::SaveEstimate),
        events: &[Event::EstimateSaved],
        query: &[],
        body: Some("NewEstimate"),
        answer: (201, Some("SavedEstimate")),
        handler: || post(save_with_team),
    },
    Route {
        method: "GET",
        path: "/api/v1/estimates",
        summary: "The estimates that you may see, newest first: those of your teams, your own while you have no team, and for staff all.",
        who: Who::Member(Action::ViewPartnership),
        events: &[],
        query: &[super::routes::AFTER, LIMIT],
        body: None,
        answer: (200, Some("SavedEstimatePage")),
        handler: || get(every_estimate),
    },
    Route {
        method: "POST",
        path: "/api/v1/estimates",
        summary: "What a plan costs in each fiscal year. Nothing is kept.",
        who: Who::AnyMember,
        events: &[],
        query: &[],
        body: Some("Plan"),
        answer: (200, Some("Estimate")),
        handler: || post(price),
    },
    Route {
        method: "GET",
        path: "/api/v1/estimates/{id}",
        summary: "One saved estimate.",
        who: Who::Member(Action::ViewPartnership),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("SavedEstimate")),
        handler: || get(estimate),
    },
    Route {
        method: "POST",
        path: "/api/v1/estimates/{id}/accept",
        summary: "Accept an estimate for the partner; the one accepted before no longer is.",
        who: Who::Member(Action::AcceptEstimate),
        events: &[Event::EstimateAccepted],
        query: &[],
        body: None,
        answer: (200, Some("SavedEstimate")),
        handler: || post(accept),
    },
    Route {
        method: "GET",
        path: "/api/v1/prices",
        summary: "The price tables of the programme, each valid from a day on.",
        who: Who::AnyMember,
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("PriceTableList")),
        handler: || get(prices),
    },
    Route {
        method: "GET",
        path: "/api/v1/site/{page}/{language}",
        summary: "A public page about partnership in a language, with its revisions, newest first.",
        who: Who::Member(Action::EditSite),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("SitePage")),
        handler: || get(page),
    },
    Route {
        method: "PUT",
        path: "/api/v1/site/{page}/{language}",
        summary: "Save a public page over the revision that was seen.",
        who: Who::Member(Action::EditSite),
        events: &[Event::SitePageSaved],
        query: &[],
        body: Some("NewSiteRevision"),
        answer: (200, Some("SiteRevision")),
        handler: || put(write_page),
    },
];

impl Told for PartnershipRefusal {}
impl Told for EstimateRefusal {}
impl Told for BadPlan {}
impl Told for SiteRefusal {}

impl Told for InterestRefusal {
    fn fields(&self) -> Vec<(&'static str, Value)> {
        let Self::Wrong(wrong) = self else {
            return Vec::new();
        };
        let faults: Vec<Value> = wrong
            .iter()
            .map(|one| json!({ "field": one.field(), "code": one.code(), "message": one.to_string() }))
            .collect();
        vec![("faults", json!(faults))]
    }
}

async fn list(call: Call, asked: Asked) -> Answer {
    let standing = asked.text("standing").map(|text| {
        Standing::parse(text).ok_or_else(|| parameter("standing", "open, paused, lost or live"))
    });
    let filter = Filter {
        standing: standing.transpose()?,
        before: asked.text("after").map(str::to_owned),
        most: asked.number("limit")?.unwrap_or(PAGE),
    };
    let page = partnerships::list(&call.keeper, &call.member, &filter).await;
    ok(&page.map_err(|fault| Problem::from(fault).as_json())?)
}

async fn enter(call: Call, sent: Sent) -> Answer {
    let typed: Typed = sent.json()?;
    let (keeper, member) = (&call.keeper, &call.member);
    let entered = partnerships::enter(keeper, member, &typed, "en", &call.trace).await;
    let entered = entered.map_err(told)?;
    let view = partnerships::find(keeper, member, &entered.id).await;
    answer(StatusCode::CREATED, &view.map_err(told)?)
}

async fn find(call: Call, Path(id): Path<String>) -> Answer {
    ok(&partnerships::find(&call.keeper, &call.member, &id)
        .await
        .map_err(told)?)
}

async fn act(call: Call, Path(id): Path<String>, sent: Sent) -> Answer {
    let act: Act = sent.json()?;
    let done = partnerships::act(&call.keeper, &call.member, &id, &act, &call.trace).await;
    ok(&done.map_err(told)?)
}

async fn convert(call: Call, Path(id): Path<String>, sent: Sent) -> Answer {
    let conversion: Conversion = sent.json()?;
    let (keeper, member) = (&call.keeper, &call.member);
    let done = partnerships::convert(keeper, member, &id, &conversion, &call.trace).await;
    ok(&done.map_err(told)?)
}

async fn of_partnership(call: Call, Path(id): Path<String>) -> Answer {
    saved_with(&call, &Place::Partnership(id)).await
}

async fn of_team(call: Call, Path(handle): Path<String>) -> Answer {
    saved_with(&call, &Place::Team(handle)).await
}

async fn saved_with(call: &Call, place: &Place) -> Answer {
    let saved = estimates::list(&call.keeper, &call.member, place).await;
    items(&saved.map_err(told)?)
}

async fn save_with_partnership(call: Call, Path(id): Path<String>, sent: Sent) -> Answer {
    save(&call, &Place::Partnership(id), &sent).await
}

async fn save_with_team(call: Call, Path(handle): Path<String>, sent: Sent) -> Answer {
    save(&call, &Place::Team(handle), &sent).await
}

async fn save(call: &Call, place: &Place, sent: &Sent) -> Answer {
    let new: NewEstimate = sent.json()?;
    let saved = estimates::save(&call.keeper, &call.member, place, &new, &call.trace).await;
    answer(StatusCode::CREATED, &saved.map_err(told)?)
}

async fn price(call: Call, sent: Sent) -> Answer {
    let plan: Plan = sent.json()?;
    let priced = estimates::price(&call.keeper, &plan).map_err(Failure::Refused);
    ok(&priced.map_err(told)?)
}

async fn every_estimate(call: Call, asked: Asked) -> Answer {
    let part = (asked.text("after"), asked.number("limit")?.unwrap_or(PAGE));
    let page = estimates::all(&call.keeper, &call.member, part).await;
    ok(&page.map_err(|fault| Problem::from(fault).as_json())?)
}

async fn estimate(call: Call, Path(id): Path<String>) -> Answer {
    let found = estimates::find(&call.keeper, &call.member, &id).await;
    ok(&found.map_err(told)?)
}

async fn accept(call: Call, Path(id): Path<String>) -> Answer {
    let accepted = estimates::accept(&call.keeper, &call.member, &id, &call.trace).await;
    ok(&accepted.map_err(told)?)
}

async fn prices(call: Call) -> Answer {
    let programme = &call.keeper.programme;
    ok(&json!({ "currency": programme.fiscal.currency, "items": programme.price }))
}

async fn page(call: Call, Path((id, language)): Path<(String, String)>) -> Answer {
    let (public, language) = known(&id, &language)?;
    let place = (public.id, language.tag());
    let history = site::history(&call.keeper, &call.member, place).await;
    let revisions = history.map_err(told)?;
    let text = revisions
        .first()
        .map_or(public.text(language), |newest| newest.text.as_str());
    ok(
        &json!({ "page": public.id, "language": language.tag(), "text": text, "revisions": revisions }),
    )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewSiteRevision {
    text: String,
    #[serde(default)]
    note: String,
    over: i64,
}

async fn write_page(
    call: Call,
    Path((id, language)): Path<(String, String)>,
    sent: Sent,
) -> Answer {
    let (public, language) = known(&id, &language)?;
    let NewSiteRevision { text, note, over } = sent.json()?;
    let new = NewRevision { text, note, over };
    let place = (public.id, language.tag());
    let saved = site::save(&call.keeper, &call.member, place, &new, &call.trace).await;
    ok(&saved.map_err(told)?)
}

fn known(id: &str, language: &str) -> Result<(&'static Public, Language), Problem> {
    let language = Language::ALL.into_iter().find(|one| one.tag() == language);
    Public::find(id)
        .zip(language)
        .ok_or_else(|| told(Failure::Refused(SiteRefusal::NotFound)))
}

const PAGE: usize = 50;
