//! Partnership: the public pages, the estimator and the interest form, which anyone may read and send; the pipeline of
//! account managers and what partners see of it.

pub mod edit;
pub mod estimates;
pub mod estimator;
pub mod interest;
pub mod pipeline;
pub mod robots;
#[cfg(test)]
pub(crate) mod samples;
pub mod shown;
pub mod site;

use std::sync::Arc;

use axum::routing::{get, post};
use durward_domain::event::Event;
use durward_domain::permission::Action;

use crate::pages::{anyone, shows, takes};
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
    anyone("/robots.txt", || get(robots::robots)),
    anyone("/sitemap.xml", || get(robots::sitemap)),
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

/// The frame of a public page: the other ones beside it, whoever is signed in, and the way into the portal.
pub(crate) fn frame(portal: &Portal, visit: &Visit, signed: Option<&Signed>, here: &str) -> Page {
    let mut page = desk::frame(&portal.keeper, visit, signed.map(Signed::member), here);
    page.open_to_search = true;
    beside(page, portal.keeper.demo, here)
}

/// The same page with the public pages in its navigation instead of the portal's own.
pub(crate) fn beside(mut page: Page, demo: bool, here: &str) -> Page {
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
    let (heading, way) = match page.person {
        Some(_) => ("site-nav-portal", ("nav-home", "/")),
        None => ("site-nav-partners", ("nav-sign-in", desk::SIGN_IN)),
    };
    let way = [way, ("nav-help", "/help")].map(|(key, href)| NavLink {
        text: words.t(key),
        href: href.to_owned(),
        current: false,
    });
    let portal = Section {
        heading: words.t(heading),
        links: way.into(),
    };
    page.sections = vec![section, portal];
    page.sections.extend(desk::demonstration(words, demo));
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
