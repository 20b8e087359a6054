//! Partnership: the public pages, the estimator and the interest form, which anyone may read and send; the pipeline of
//! account managers and what partners see of it.

pub mod edit;
pub mod estimates;
pub mod estimator;
pub mod interest;
pub mod pipeline;
#[cfg(test)]
pub(crate) mod samples;
pub mod shown;
pub mod site;

use std::sync::Arc;

use axum::routing::{get, post};
use durward_domain::event::Event;
use durward_domain::permission::Action;

use crate::pages::{shows, takes};
use crate::portal::desk;
use crate::portal::session::Signed;
use crate::portal_router::Portal;
use crate::shared::page::{NavLink, Page, Section};
use crate::shared::route::{Caller, FORM, Route};
use crate::shared::visit::Visit;

/// The pages of partnership.
pub const ROUTES: &[Route<Arc<Portal>>] = &[
    anyone("/partnership", || get(site::index)),
    anyone("/partnership/estimate", || get(estimator::show)),
    anyone("/partnership/interest", || get(interest::show)),
    Route {
        caller: Caller::Anyone,
        ..takes(
            "/partnership/interest",
            FORM,
            &[Event::InterestReceived],
            || post(interest::send),
        )
    },
    anyone("/partnership/interest/sent", || get(interest::sent)),
    anyone("/partnership/{page}", || get(site::page)),
    shows("/estimates", || get(estimates::list)).may(Action::ViewPartnership),
    takes("/estimates", FORM, &[Event::EstimateSaved], || {
        post(estimates::save)
    })
    .may(Action::SaveEstimate),
    shows("/estimates/{id}", || get(estimates::show)).may(Action::ViewPartnership),
    takes("/estimates/{id}", FORM, &[Event::EstimateAccepted], || {
        post(estimates::accept)
    })
    .may(Action::AcceptEstimate),
    shows("/partnerships", || get(pipeline::list)).may(Action::ViewPartnership),
    shows("/partnerships/new", || get(interest::new)).may(Action::ManagePartnership),
    takes(
        "/partnerships/new",
        FORM,
        &[Event::InterestReceived],
        || post(interest::enter),
    )
    .may(Action::ManagePartnership),
    shows("/partnerships/{id}", || get(pipeline::show)).may(Action::ViewPartnership),
    takes("/partnerships/{id}", FORM, STEPS, || post(pipeline::act)).may(Action::ManagePartnership),
    takes("/partnerships/{id}/team", FORM, CONVERTS, || {
        post(pipeline::convert)
    })
    .may(Action::ManagePartnership),
    shows("/site", || get(edit::list)).may(Action::EditSite),
    shows("/site/{page}/{language}", || get(edit::show)).may(Action::EditSite),
    takes(
        "/site/{page}/{language}",
        TEXT,
        &[Event::SitePageSaved],
        || post(edit::save),
    )
    .may(Action::EditSite),
    shows("/site/{page}/{language}/revisions/{number}", || {
        get(edit::revision)
    })
    .may(Action::EditSite),
    takes(
        "/site/{page}/{language}/revisions/{number}",
        FORM,
        &[Event::SitePageSaved],
        || post(edit::restore),
    )
    .may(Action::EditSite),
];

const fn anyone(
    path: &'static str,
    handler: fn() -> axum::routing::MethodRouter<Arc<Portal>>,
) -> Route<Arc<Portal>> {
    Route {
        caller: Caller::Anyone,
        ..shows(path, handler)
    }
}

/// The frame of a public page, with the other ones beside it.
pub(crate) fn frame(portal: &Portal, visit: &Visit, signed: Option<&Signed>, here: &str) -> Page {
    let page = desk::frame(&portal.keeper, visit, signed.map(Signed::member), here);
    beside(page, here)
}

/// The same page with the public pages first in its navigation.
pub(crate) fn beside(mut page: Page, here: &str) -> Page {
    let words = page.words;
    let links = site::ALL
        .iter()
        .map(|one| (one.path(), format!("site-{}", one.id)))
        .chain(
            [("estimate", "site-estimate"), ("interest", "site-interest")]
                .map(|(end, key)| (format!("/partnership/{end}"), key.to_owned())),
        )
        .map(|(href, key)| NavLink {
            text: words.t(&key),
            current: href == here,
            href,
        })
        .collect();
    let section = Section {
        heading: words.t("site-nav"),
        links,
    };
    page.sections.insert(0, section);
    page
}

/// A page of 60,000 characters as a form sends it.
const TEXT: usize = 512 * 1024;
const STEPS: &[Event] = &[
    Event::PartnershipAssigned,
    Event::PartnershipTaskDone,
    Event::PartnershipJudged,
    Event::PartnershipNoted,
    Event::PartnershipMoved,
    Event::PartnershipTeamLinked,
];
const CONVERTS: &[Event] = &[
    Event::AgencyAdded,
    Event::TeamCreated,
    Event::PartnershipTeamLinked,
    Event::PartnershipTaskDone,
];
