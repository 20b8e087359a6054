//! The pages of partners and staff, by address.

use std::sync::Arc;

use axum::routing::{MethodRouter, get, post};
use durward_domain::event::Event;
use durward_domain::permission::Action;

use crate::console::{
    agreements, audit, calendar, demo, environments, partners, people, releases, today, tokens,
    usage,
};
use crate::demonstration;
use crate::help;
use crate::partnership;
use crate::portal::{
    app, edit, evidence, final_configuration, findings, first_administrator, formats, home,
    inspector, keys, kit, launch, notice_choices, notices, preview, probes, request, retirement,
    rotation, rules, secrets, support, suspension, teams, test_kit, versions, webhooks, wizard,
};
use crate::portal_router::Portal;
use crate::shared::route::{Caller, FORM, Forgery, Mounted, NONE, Needs, Rate, Route};

/// Every page of the portal, area by area.
pub fn rows() -> impl Iterator<Item = &'static Route<Arc<Portal>>> {
    AREAS.iter().copied().flatten()
}

const AREAS: &[&[Route<Arc<Portal>>]] = &[
    ROUTES,
    notices::ROUTES,
    notice_choices::ROUTES,
    formats::ROUTES,
    probes::ROUTES,
    help::ROUTES,
    rules::ROUTES,
    findings::ROUTES,
    inspector::ROUTES,
    test_kit::ROUTES,
    webhooks::ROUTES,
    keys::ROUTES,
    secrets::ROUTES,
    suspension::ROUTES,
    rotation::ROUTES,
    retirement::ROUTES,
    final_configuration::ROUTES,
    teams::ROUTES,
    partners::ROUTES,
    people::ROUTES,
    calendar::ROUTES,
    support::ROUTES,
    partnership::ROUTES,
    agreements::ROUTES,
    usage::ROUTES,
    evidence::ROUTES,
];

/// Pages of partners and staff.
pub const ROUTES: &[Route<Arc<Portal>>] = &[
    anyone("/", || get(home::front)),
    shows("/apps/{handle}/{environment}", || get(app::show)).may(Action::ViewApp),
    shows("/apps/{handle}/{environment}/document.json", || {
        get(app::document)
    })
    .may(Action::ViewApp),
    shows("/apps/{handle}/{environment}/keys", || get(keys::show)).may(Action::ViewApp),
    shows("/apps/{handle}/{environment}/test", || get(kit::show)).may(Action::ViewApp),
    shows("/apps/{handle}/{environment}/versions", || {
        get(versions::list)
    })
    .may(Action::ViewApp),
    shows("/apps/{handle}/{environment}/preview", || {
        get(preview::of_app)
    })
    .may(Action::ViewApp),
    shows("/apps/{handle}/{environment}/preview/{page}", || {
        get(preview::picture_of_app)
    })
    .may(Action::ViewApp),
    shows("/drafts/{id}/preview", || get(preview::of_draft)).may(Action::EditDraft),
    shows("/drafts/{id}/preview/{page}", || {
        get(preview::picture_of_draft)
    })
    .may(Action::EditDraft),
    shows("/apps/{handle}/{environment}/compare", || {
        get(versions::compare)
    })
    .may(Action::ViewApp),
    shows("/apps/{handle}/{environment}/checklist", || {
        get(request::checklist)
    })
    .may(Action::ViewApp),
    shows("/apps/new", || get(wizard::new)).may(Action::CreateSandboxApp),
    shows("/drafts/{id}/{step}", || get(wizard::step)).may(Action::EditDraft),
    shows("/apps/{handle}/{environment}/new", || {
        get(wizard::new_configuration)
    })
    .needs(Needs::ByEnvironment {
        sandbox: Action::CreateSandboxApp,
        live: Action::CreateProductionConfiguration,
    }),
    shows("/apps/{handle}/{environment}/edit", || get(edit::show)).needs(Needs::ByEnvironment {
        sandbox: Action::EditSandboxApp,
        live: Action::EditProductionConfiguration,
    }),
    shows("/apps/{handle}/{environment}/versions/{number}", || {
        get(versions::show)
    })
    .may(Action::ViewApp),
    shows("/apps/{handle}/{environment}/launch", || get(request::show)).may(Action::RequestLaunch),
    shows("/launches/{id}", || get(launch::show)).may(Action::ViewLaunch),
    shows("/tokens", || get(tokens::list)),
    shows("/today", || get(today::today)).may(Action::ViewConsole),
    shows("/reviews", || get(today::reviews)).may(Action::ViewConsole),
    shows("/releases", || get(releases::list)).may(Action::ViewRelease),
    shows("/releases/{id}", || get(releases::show)).may(Action::ViewRelease),
    shows("/environments", || get(environments::show)).may(Action::ViewRelease),
    shows("/audit", || get(audit::show)).may(Action::ViewAudit),
    takes("/apps/new", DOCUMENT, &[], || post(wizard::create)).may(Action::CreateSandboxApp),
    takes("/drafts/{id}/{step}", DOCUMENT, SAVES, || {
        post(wizard::post_step)
    })
    .may(Action::EditDraft),
    takes("/apps/{handle}/{environment}/new", DOCUMENT, SAVES, || {
        post(wizard::create_configuration)
    })
    .needs(Needs::ByEnvironment {
        sandbox: Action::CreateSandboxApp,
        live: Action::CreateProductionConfiguration,
    }),
    takes("/apps/{handle}/{environment}/edit", DOCUMENT, SAVES, || {
        post(edit::save)
    })
    .needs(Needs::ByEnvironment {
        sandbox: Action::EditSandboxApp,
        live: Action::EditProductionConfiguration,
    }),
    takes(
        "/apps/{handle}/{environment}/delete",
        FORM,
        &[Event::AppDeleted],
        || post(app::delete),
    )
    .needs(Needs::ByEnvironment {
        sandbox: Action::DeleteSandboxApp,
        live: Action::DeleteProductionConfiguration,
    }),
    takes(
        "/apps/{handle}/{environment}/versions/{number}",
        FORM,
        &[Event::AppRevisionRestored],
        || post(versions::restore),
    )
    .needs(Needs::ByEnvironment {
        sandbox: Action::EditSandboxApp,
        live: Action::EditProductionConfiguration,
    }),
    takes(
        "/apps/{handle}/{environment}/launch",
        FORM,
        REQUESTS,
        || post(request::send),
    )
    .may(Action::RequestLaunch),
    takes(
        "/launches/{id}/comments",
        FORM,
        &[Event::LaunchCommented],
        || post(launch::comment),
    )
    .needs(Needs::AnyOf(&[Action::RequestLaunch, Action::ReviewLaunch])),
    takes("/launches/{id}", FORM, REVIEWS, || post(launch::act)).needs(Needs::AnyOf(&[
        Action::RequestLaunch,
        Action::ReviewLaunch,
        Action::ApproveLaunch,
        Action::DeployRelease,
        Action::RollBack,
    ])),
    takes("/tokens", FORM, &[Event::MemberTokenMinted], || {
        post(tokens::mint)
    })
    .may(Action::MintToken),
    takes(
        "/tokens/{id}/revoke",
        FORM,
        &[Event::MemberTokenRevoked],
        || post(tokens::revoke),
    ),
    takes(
        "/releases/{id}/deploy",
        FORM,
        &[Event::ReleaseBuilt, Event::ReleaseDeployed],
        || post(releases::deploy),
    )
    .may(Action::DeployRelease),
    takes(
        "/releases/{id}/rollback",
        FORM,
        &[
            Event::ReleaseRolledBack,
            Event::LaunchRolledBack,
            Event::ChangeRolledBack,
        ],
        || post(releases::rollback),
    )
    .may(Action::RollBack),
    takes(
        "/releases/{id}/rollback-all",
        FORM,
        &[
            Event::ReleaseRolledBack,
            Event::LaunchRolledBack,
            Event::ChangeRolledBack,
        ],
        || post(releases::rollback_all),
    )
    .may(Action::RollBack),
    takes(
        "/environments/{environment}/repair",
        FORM,
        &[Event::ReleaseBuilt, Event::ReleaseDeployed],
        || post(environments::repair),
    )
    .may(Action::DeployRelease),
    shows("/first-administrator", || get(first_administrator::show)),
    takes(
        "/first-administrator",
        FORM,
        &[Event::MemberRoleGiven],
        || post(first_administrator::claim),
    ),
    takes("/audit", FORM, &[], || post(audit::verify)).may(Action::ViewAudit),
];

/// The pages that a demonstration has besides.
pub const DEMONSTRATION: &[Route<Arc<Portal>>] = &[
    Route {
        caller: Caller::Anyone,
        events: &[Event::MemberTokenMinted],
        ..shows("/demo", || get(demonstration::show))
    },
    Route {
        caller: Caller::Anyone,
        ..shows("/demo/inbox", || get(demonstration::inbox))
    },
    takes("/demo/clock", FORM, &[Event::DemoClockMoved], || {
        post(demo::move_clock)
    })
    .may(Action::MoveDemoClock),
];

pub(crate) const fn shows(
    path: &'static str,
    handler: fn() -> MethodRouter<Arc<Portal>>,
) -> Route<Arc<Portal>> {
    Route {
        method: "GET",
        path,
        caller: Caller::Member,
        forgery: Forgery::ReadOnly,
        rate: Rate::Open,
        body: NONE,
        events: &[],
        mounted: Mounted::Always,
        handler,
    }
}

pub(crate) const fn anyone(
    path: &'static str,
    handler: fn() -> MethodRouter<Arc<Portal>>,
) -> Route<Arc<Portal>> {
    Route {
        caller: Caller::Anyone,
        ..shows(path, handler)
    }
}

pub(crate) const fn takes(
    path: &'static str,
    body: usize,
    events: &'static [Event],
    handler: fn() -> MethodRouter<Arc<Portal>>,
) -> Route<Arc<Portal>> {
    Route {
        method: "POST",
        path,
        caller: Caller::Member,
        forgery: Forgery::FormToken,
        rate: Rate::Forms,
        body,
        events,
        mounted: Mounted::Always,
        handler,
    }
}

/// A form with a document's fields, keys and logo.
const DOCUMENT: usize = 512 * 1024;
const SAVES: &[Event] = &[
    Event::DraftSaved,
    Event::DraftDeleted,
    Event::AppCreated,
    Event::AppRevisionSaved,
    Event::ReleaseBuilt,
    Event::ReleaseDeployed,
];
const REQUESTS: &[Event] = &[
    Event::LaunchCreated,
    Event::LaunchSubmitted,
    Event::ChangeCreated,
    Event::ChangeSubmitted,
];
const REVIEWS: &[Event] = &[
    Event::LaunchApproved,
    Event::LaunchScheduled,
    Event::LaunchChangesRequested,
    Event::LaunchRejected,
    Event::LaunchWithdrawn,
    Event::LaunchSuperseded,
    Event::LaunchRolledBack,
    Event::ChangeApproved,
    Event::ChangeScheduled,
    Event::ChangeChangesRequested,
    Event::ChangeRejected,
    Event::ChangeWithdrawn,
    Event::ChangeRolledBack,
    Event::ChangeAfterReviewed,
];
