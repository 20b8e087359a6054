//! Every call of the API as a row: method, path, who may, what it records, what it takes and answers.

use std::sync::Arc;

use axum::routing::{MethodRouter, delete, get, post, put};
use durward_domain::event::Event;
use durward_domain::permission::Action;

use super::{
    agreements, apps, calendar, configuration, demo, formats, inspector, launches, openapi,
    releases, teams, tokens, validator,
};
use crate::portal_router::Portal;
use crate::shared::route::{self, Caller, Forgery, Mounted, Needs, Rate};

/// One call.
pub struct Route {
    /// The method.
    pub method: &'static str,
    /// The path with its parts in braces.
    pub path: &'static str,
    /// What it does.
    pub summary: &'static str,
    /// Who may call it.
    pub who: Who,
    /// What it records when it changes something.
    pub events: &'static [Event],
    /// Its parameters after the question mark.
    pub query: &'static [Parameter],
    /// The schema of its body.
    pub body: Option<&'static str>,
    /// The status of its answer when it succeeds, and its schema.
    pub answer: (u16, Option<&'static str>),
    pub(super) handler: fn() -> MethodRouter<Arc<Portal>>,
}

impl Route {
    /// The call as a row of the portal's table.
    pub fn row(&self) -> route::Route<Arc<Portal>> {
        let reads = self.method == "GET" || self.events.is_empty();
        route::Route {
            method: self.method,
            path: self.path,
            caller: match self.who {
                Who::Anyone => Caller::Anyone,
                Who::Member(action) => Caller::TokenOf(Needs::One(action)),
                Who::MemberBy(needs) => Caller::TokenOf(needs),
                Who::AnyMember => Caller::ApiToken,
                Who::Environment => Caller::Environment,
            },
            forgery: if reads {
                Forgery::ReadOnly
            } else {
                Forgery::NoCookie
            },
            rate: match self.who {
                Who::Anyone | Who::Environment => Rate::Open,
                Who::Member(_) | Who::MemberBy(_) | Who::AnyMember => Rate::Token,
            },
            body: match self.body {
                None => route::NONE,
                Some("AppDocument" | "ImportRequest") => DOCUMENT,
                Some("Batch") => BATCH,
                Some(_) => route::FORM,
            },
            events: self.events,
            mounted: Mounted::Always,
            handler: self.handler,
        }
    }
}

/// Who may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Anyone, without a token.
    Anyone,
    /// A member by bearer token, within the budget of calls, with this permission.
    Member(Action),
    /// The same with the permission that the address or the body asks for.
    MemberBy(Needs),
    /// A member by bearer token, whatever their roles.
    AnyMember,
    /// An environment that runs elsewhere, by its own token.
    Environment,
}

impl Who {
    /// Whether a member's token must be shown.
    pub const fn needs_token(self) -> bool {
        !matches!(self, Self::Anyone | Self::Environment)
    }

    /// Which permission is asked for.
    pub const fn needs(self) -> Option<Needs> {
        match self {
            Self::Member(action) => Some(Needs::One(action)),
            Self::MemberBy(needs) => Some(needs),
            Self::Anyone | Self::AnyMember | Self::Environment => None,
        }
    }
}

/// A parameter after the question mark.
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Whether it must be there.
    pub required: bool,
    /// What it is.
    pub sentence: &'static str,
}

/// Whether an address is of this path.
pub(super) fn fits(path: &str, address: &str) -> bool {
    let (mut parts, mut given) = (path.split('/'), address.split('/'));
    loop {
        match (parts.next(), given.next()) {
            (None, None) => return true,
            (Some(part), Some(given))
                if part == given || (part.starts_with('{') && !given.is_empty()) => {}
            _ => return false,
        }
    }
}

const CREATE: Needs = Needs::ByEnvironment {
    sandbox: Action::CreateSandboxApp,
    live: Action::CreateProductionConfiguration,
};
pub(super) const EDIT: Needs = Needs::ByEnvironment {
    sandbox: Action::EditSandboxApp,
    live: Action::EditProductionConfiguration,
};
const DELETE: Needs = Needs::ByEnvironment {
    sandbox: Action::DeleteSandboxApp,
    live: Action::DeleteProductionConfiguration,
};
/// A document with its logo.
const DOCUMENT: usize = 1024 * 1024;
/// A thousand documents with keys, half of them with a logo.
pub(crate) const BATCH: usize = 48 * 1024 * 1024;

/// Every call, area by area.
pub fn rows() -> impl Iterator<Item = &'static Route> {
    AREAS.iter().copied().flatten()
}

static AREAS: &[&[Route]] = &[
    ROUTES,
    super::probes::ROUTES,
    tokens::ROUTES,
    teams::ROUTES,
    super::webhooks::ROUTES,
    super::batch::ROUTES,
    super::tickets::ROUTES,
    super::environments::ROUTES,
];

/// The first calls.
pub static ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/api/v1/openapi.json",
        summary: "This description.",
        who: Who::Anyone,
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("Any")),
        handler: || get(openapi::document),
    },
    Route {
        method: "GET",
        path: "/api/v1/apps",
        summary: "The configurations of one's teams; staff see all.",
        who: Who::Member(Action::ViewApp),
        events: &[],
        query: &[
            Parameter {
                name: "after",
                required: false,
                sentence: "Begin after this handle.",
            },
            Parameter {
                name: "limit",
                required: false,
                sentence: "At most so many, up to 500.",
            },
            Parameter {
                name: "q",
                required: false,
                sentence: "Only those whose handle, names or issuer hold this.",
            },
        ],
        body: None,
        answer: (200, Some("AppList")),
        handler: || get(apps::list),
    },
    Route {
        method: "POST",
        path: "/api/v1/apps",
        summary: "Save a new configuration. In the sandbox it is live when this answers.",
        who: Who::MemberBy(CREATE),
        events: &[
            Event::AppCreated,
            Event::ReleaseBuilt,
            Event::ReleaseDeployed,
        ],
        query: &[],
        body: Some("AppDocument"),
        answer: (201, Some("Saved")),
        handler: || post(apps::create),
    },
    Route {
        method: "GET",
        path: "/api/v1/apps/{handle}/{environment}",
        summary: "The document of a configuration, with its version as ETag.",
        who: Who::Member(Action::ViewApp),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("AppDocument")),
        handler: || get(apps::find),
    },
    Route {
        method: "PUT",
        path: "/api/v1/apps/{handle}/{environment}",
        summary: "Save a configuration again; with If-Match only over the version that was seen.",
        who: Who::MemberBy(EDIT),
        events: &[
            Event::AppCreated,
            Event::AppRevisionSaved,
            Event::ReleaseBuilt,
            Event::ReleaseDeployed,
        ],
        query: &[],
        body: Some("AppDocument"),
        answer: (200, Some("Saved")),
        handler: || put(apps::put),
    },
    Route {
        method: "DELETE",
        path: "/api/v1/apps/{handle}/{environment}",
        summary: "Delete a configuration. In the sandbox it is gone at once.",
        who: Who::MemberBy(DELETE),
        events: &[
            Event::AppDeleted,
            Event::ReleaseBuilt,
            Event::ReleaseDeployed,
        ],
        query: &[],
        body: None,
        answer: (204, None),
        handler: || delete(apps::delete),
    },
    Route {
        method: "GET",
        path: "/api/v1/apps/{handle}/{environment}/status",
        summary: "What is saved, what is live, and what the validator finds.",
        who: Who::Member(Action::ViewApp),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("AppStatus")),
        handler: || get(apps::status),
    },
    Route {
        method: "GET",
        path: "/api/v1/apps/{handle}/{environment}/revisions",
        summary: "The revisions of a configuration, newest first.",
        who: Who::Member(Action::ViewApp),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("RevisionList")),
        handler: || get(apps::revisions),
    },
    Route {
        method: "GET",
        path: "/api/v1/apps/{handle}/{environment}/compare",
        summary: "What differs between two revisions, in sentences and line by line.",
        who: Who::Member(Action::ViewApp),
        events: &[],
        query: &[
            Parameter {
                name: "from",
                required: false,
                sentence: "The number of the first revision; by default the one before the second.",
            },
            Parameter {
                name: "to",
                required: false,
                sentence: "The number of the second revision; by default the newest.",
            },
        ],
        body: None,
        answer: (200, Some("Compared")),
        handler: || get(configuration::compare),
    },
    Route {
        method: "GET",
        path: "/api/v1/drafts",
        summary: "The drafts of your teams, newest first.",
        who: Who::Member(Action::EditDraft),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("DraftList")),
        handler: || get(configuration::drafts),
    },
    Route {
        method: "POST",
        path: "/api/v1/drafts",
        summary: "Begin a draft, which the team shares.",
        who: Who::Member(Action::EditDraft),
        events: &[Event::DraftSaved],
        query: &[],
        body: Some("DraftInput"),
        answer: (201, Some("DraftKept")),
        handler: || post(configuration::begin),
    },
    Route {
        method: "GET",
        path: "/api/v1/drafts/{id}",
        summary: "One draft.",
        who: Who::Member(Action::EditDraft),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("Draft")),
        handler: || get(configuration::draft),
    },
    Route {
        method: "PUT",
        path: "/api/v1/drafts/{id}",
        summary: "Save a draft; with If-Match only over the version that was seen.",
        who: Who::Member(Action::EditDraft),
        events: &[Event::DraftSaved],
        query: &[],
        body: Some("DraftInput"),
        answer: (200, Some("DraftKept")),
        handler: || put(configuration::put),
    },
    Route {
        method: "DELETE",
        path: "/api/v1/drafts/{id}",
        summary: "Throw a draft away.",
        who: Who::Member(Action::EditDraft),
        events: &[Event::DraftDeleted],
        query: &[],
        body: None,
        answer: (204, None),
        handler: || delete(configuration::forget),
    },
    Route {
        method: "POST",
        path: "/api/v1/apps/{handle}/{environment}/revisions/{number}/restore",
        summary: "Save an older revision again, as a new one.",
        who: Who::MemberBy(EDIT),
        events: &[
            Event::AppRevisionSaved,
            Event::ReleaseBuilt,
            Event::ReleaseDeployed,
        ],
        query: &[],
        body: Some("Why"),
        answer: (200, Some("Saved")),
        handler: || post(apps::restore),
    },
    Route {
        method: "GET",
        path: "/api/v1/apps/{handle}/{environment}/export",
        summary: "A configuration in a format. What the format cannot say travels in a member named durward.",
        who: Who::Member(Action::ViewApp),
        events: &[],
        query: &[
            Parameter {
                name: "format",
                required: false,
                sentence: "durward-json (the default), durward-toml, login-gov-json, login-gov-yaml, gov-uk-json, saml-metadata or oidc-metadata.",
            },
            Parameter {
                name: "plain",
                required: false,
                sentence: "true leaves the member durward out.",
            },
        ],
        body: None,
        answer: (200, Some("Any")),
        handler: || get(formats::export),
    },
    Route {
        method: "POST",
        path: "/api/v1/import",
        summary: "Read an app in a format and save it; with dry_run only say what a save would do. If-Match as for PUT.",
        who: Who::MemberBy(CREATE),
        events: &[
            Event::AppCreated,
            Event::AppRevisionSaved,
            Event::ReleaseBuilt,
            Event::ReleaseDeployed,
        ],
        query: &[],
        body: Some("ImportRequest"),
        answer: (200, Some("Import")),
        handler: || post(formats::import),
    },
    Route {
        method: "GET",
        path: "/api/v1/schema/app/v1",
        summary: "The JSON Schema of the app document.",
        who: Who::Anyone,
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("Any")),
        handler: || get(formats::app_schema),
    },
    Route {
        method: "POST",
        path: "/api/v1/lint",
        summary: "What the validator finds in a document. Never refuses a bad one.",
        who: Who::Member(Action::ViewApp),
        events: &[],
        query: &[],
        body: Some("AppDocument"),
        answer: (200, Some("Findings")),
        handler: || post(apps::lint),
    },
    Route {
        method: "POST",
        path: "/api/v1/plan",
        summary: "What a document would change: differences, class, open items, earliest window.",
        who: Who::Member(Action::ViewApp),
        events: &[],
        query: &[],
        body: Some("AppDocument"),
        answer: (200, Some("Plan")),
        handler: || post(apps::plan),
    },
    Route {
        method: "GET",
        path: "/api/v1/calendar",
        summary: "The windows of a span of days.",
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
        handler: || get(calendar::windows),
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
        ],
        body: None,
        answer: (200, Some("Explained")),
        handler: || get(calendar::earliest),
    },
    Route {
        method: "GET",
        path: "/api/v1/agreements",
        summary: "The agreements of one's agencies; staff see all.",
        who: Who::Member(Action::ViewAgreement),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("AgreementList")),
        handler: || get(agreements::list),
    },
    Route {
        method: "POST",
        path: "/api/v1/agreements",
        summary: "Enter an agreement.",
        who: Who::Member(Action::ManageAgreement),
        events: &[Event::AgreementCreated],
        query: &[],
        body: Some("NewAgreement"),
        answer: (201, Some("Agreement")),
        handler: || post(agreements::create),
    },
    Route {
        method: "POST",
        path: "/api/v1/agreements/parse",
        summary: "Take an agreement number apart.",
        who: Who::Member(Action::ViewAgreement),
        events: &[],
        query: &[],
        body: Some("AgreementNumber"),
        answer: (200, Some("NumberParts")),
        handler: || post(agreements::parse),
    },
    Route {
        method: "GET",
        path: "/api/v1/agreements/{number}",
        summary: "One agreement.",
        who: Who::Member(Action::ViewAgreement),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("Agreement")),
        handler: || get(agreements::find),
    },
    Route {
        method: "POST",
        path: "/api/v1/agreements/{number}/steps",
        summary: "Move an agreement on.",
        who: Who::Member(Action::ManageAgreement),
        events: &[Event::AgreementMoved],
        query: &[],
        body: Some("AgreementStep"),
        answer: (200, Some("Agreement")),
        handler: || post(agreements::step),
    },
    Route {
        method: "POST",
        path: "/api/v1/agreements/{number}/signatures",
        summary: "Record a signature.",
        who: Who::MemberBy(Needs::AnyOf(&[
            Action::SignAgreementForPartner,
            Action::SignAgreementForProvider,
        ])),
        events: &[
            Event::AgreementSignedByPartner,
            Event::AgreementSignedByProvider,
        ],
        query: &[],
        body: Some("NewSignature"),
        answer: (200, Some("Agreement")),
        handler: || post(agreements::sign),
    },
    Route {
        method: "GET",
        path: "/api/v1/launches",
        summary: "Launch requests, newest first.",
        who: Who::Member(Action::ViewLaunch),
        events: &[],
        query: &[
            Parameter {
                name: "app",
                required: false,
                sentence: "Of this app only.",
            },
            Parameter {
                name: "state",
                required: false,
                sentence: "In this state only.",
            },
        ],
        body: None,
        answer: (200, Some("LaunchList")),
        handler: || get(launches::list_launches),
    },
    Route {
        method: "POST",
        path: "/api/v1/launches",
        summary: "Write a launch request. It is a draft until it is submitted.",
        who: Who::Member(Action::RequestLaunch),
        events: &[Event::LaunchCreated],
        query: &[],
        body: Some("LaunchBody"),
        answer: (201, Some("Launch")),
        handler: || post(launches::create_launch),
    },
    Route {
        method: "GET",
        path: "/api/v1/launches/{id}",
        summary: "One request with its checklist, window, reasons and timeline.",
        who: Who::Member(Action::ViewLaunch),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("Launch")),
        handler: || get(launches::find),
    },
    Route {
        method: "PUT",
        path: "/api/v1/launches/{id}",
        summary: "Change what a request asks for, while nobody reviews it.",
        who: Who::Member(Action::RequestLaunch),
        events: &[Event::LaunchCreated],
        query: &[],
        body: Some("LaunchBody"),
        answer: (200, Some("Launch")),
        handler: || put(launches::update),
    },
    Route {
        method: "POST",
        path: "/api/v1/launches/{id}/submit",
        summary: "Send a request for review. The notice counts from now.",
        who: Who::Member(Action::RequestLaunch),
        events: &[Event::LaunchSubmitted],
        query: &[],
        body: Some("Step"),
        answer: (200, Some("Launch")),
        handler: || post(launches::submit),
    },
    Route {
        method: "POST",
        path: "/api/v1/launches/{id}/withdraw",
        summary: "Take a request back.",
        who: Who::Member(Action::RequestLaunch),
        events: &[Event::LaunchWithdrawn],
        query: &[],
        body: Some("Step"),
        answer: (200, Some("Launch")),
        handler: || post(launches::withdraw),
    },
    Route {
        method: "POST",
        path: "/api/v1/launches/{id}/approve",
        summary: "Approve a request; never one's own.",
        who: Who::Member(Action::ApproveLaunch),
        events: &[Event::LaunchApproved, Event::LaunchScheduled],
        query: &[],
        body: Some("Approval"),
        answer: (200, Some("Launch")),
        handler: || post(launches::approve),
    },
    Route {
        method: "POST",
        path: "/api/v1/launches/{id}/request-changes",
        summary: "Ask the partner for something else.",
        who: Who::Member(Action::ReviewLaunch),
        events: &[Event::LaunchChangesRequested],
        query: &[],
        body: Some("Step"),
        answer: (200, Some("Launch")),
        handler: || post(launches::request_changes),
    },
    Route {
        method: "POST",
        path: "/api/v1/launches/{id}/reject",
        summary: "Say no to a request.",
        who: Who::Member(Action::ReviewLaunch),
        events: &[Event::LaunchRejected],
        query: &[],
        body: Some("Step"),
        answer: (200, Some("Launch")),
        handler: || post(launches::reject),
    },
    Route {
        method: "POST",
        path: "/api/v1/launches/{id}/verify",
        summary: "Say that a deployed request was seen to work.",
        who: Who::Member(Action::RequestLaunch),
        events: &[Event::LaunchVerified],
        query: &[],
        body: Some("Step"),
        answer: (200, Some("Launch")),
        handler: || post(launches::verify),
    },
    Route {
        method: "POST",
        path: "/api/v1/launches/{id}/deploy",
        summary: "Deploy a request again after a roll-back.",
        who: Who::Member(Action::DeployRelease),
        events: &[
            Event::LaunchDeployed,
            Event::ReleaseBuilt,
            Event::ReleaseDeployed,
        ],
        query: &[],
        body: None,
        answer: (200, Some("Launch")),
        handler: || post(launches::deploy),
    },
    Route {
        method: "POST",
        path: "/api/v1/launches/{id}/rollback",
        summary: "Roll back what a request brought.",
        who: Who::Member(Action::RollBack),
        events: &[
            Event::LaunchRolledBack,
            Event::ReleaseRolledBack,
            Event::ReleaseDeployed,
        ],
        query: &[],
        body: Some("Step"),
        answer: (200, Some("Launch")),
        handler: || post(launches::rollback),
    },
    Route {
        method: "GET",
        path: "/api/v1/changes",
        summary: "Change requests, newest first.",
        who: Who::Member(Action::ViewLaunch),
        events: &[],
        query: &[
            Parameter {
                name: "app",
                required: false,
                sentence: "Of this app only.",
            },
            Parameter {
                name: "state",
                required: false,
                sentence: "In this state only.",
            },
        ],
        body: None,
        answer: (200, Some("LaunchList")),
        handler: || get(launches::list_changes),
    },
    Route {
        method: "POST",
        path: "/api/v1/changes",
        summary: "Write a change request. It is a draft until it is submitted.",
        who: Who::Member(Action::RequestLaunch),
        events: &[Event::ChangeCreated],
        query: &[],
        body: Some("LaunchBody"),
        answer: (201, Some("Launch")),
        handler: || post(launches::create_change),
    },
    Route {
        method: "GET",
        path: "/api/v1/changes/{id}",
        summary: "One request with its checklist, window, reasons and timeline.",
        who: Who::Member(Action::ViewLaunch),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("Launch")),
        handler: || get(launches::find),
    },
    Route {
        method: "PUT",
        path: "/api/v1/changes/{id}",
        summary: "Change what a request asks for, while nobody reviews it.",
        who: Who::Member(Action::RequestLaunch),
        events: &[Event::ChangeCreated],
        query: &[],
        body: Some("LaunchBody"),
        answer: (200, Some("Launch")),
        handler: || put(launches::update),
    },
    Route {
        method: "POST",
        path: "/api/v1/changes/{id}/submit",
        summary: "Send a request for review. The notice counts from now.",
        who: Who::Member(Action::RequestLaunch),
        events: &[Event::ChangeSubmitted],
        query: &[],
        body: Some("Step"),
        answer: (200, Some("Launch")),
        handler: || post(launches::submit),
    },
    Route {
        method: "POST",
        path: "/api/v1/changes/{id}/withdraw",
        summary: "Take a request back.",
        who: Who::Member(Action::RequestLaunch),
        events: &[Event::ChangeWithdrawn],
        query: &[],
        body: Some("Step"),
        answer: (200, Some("Launch")),
        handler: || post(launches::withdraw),
    },
    Route {
        method: "POST",
        path: "/api/v1/changes/{id}/approve",
        summary: "Approve a request; never one's own.",
        who: Who::Member(Action::ApproveLaunch),
        events: &[Event::ChangeApproved, Event::ChangeScheduled],
        query: &[],
        body: Some("Approval"),
        answer: (200, Some("Launch")),
        handler: || post(launches::approve),
    },
    Route {
        method: "POST",
        path: "/api/v1/changes/{id}/request-changes",
        summary: "Ask the partner for something else.",
        who: Who::Member(Action::ReviewLaunch),
        events: &[Event::ChangeChangesRequested],
        query: &[],
        body: Some("Step"),
        answer: (200, Some("Launch")),
        handler: || post(launches::request_changes),
    },
    Route {
        method: "POST",
        path: "/api/v1/changes/{id}/reject",
        summary: "Say no to a request.",
        who: Who::Member(Action::ReviewLaunch),
        events: &[Event::ChangeRejected],
        query: &[],
        body: Some("Step"),
        answer: (200, Some("Launch")),
        handler: || post(launches::reject),
    },
    Route {
        method: "POST",
        path: "/api/v1/changes/{id}/verify",
        summary: "Say that a deployed request was seen to work.",
        who: Who::Member(Action::RequestLaunch),
        events: &[Event::ChangeVerified],
        query: &[],
        body: Some("Step"),
        answer: (200, Some("Launch")),
        handler: || post(launches::verify),
    },
    Route {
        method: "POST",
        path: "/api/v1/changes/{id}/deploy",
        summary: "Deploy a request again after a roll-back.",
        who: Who::Member(Action::DeployRelease),
        events: &[
            Event::ChangeDeployed,
            Event::ReleaseBuilt,
            Event::ReleaseDeployed,
        ],
        query: &[],
        body: None,
        answer: (200, Some("Launch")),
        handler: || post(launches::deploy),
    },
    Route {
        method: "POST",
        path: "/api/v1/changes/{id}/rollback",
        summary: "Roll back what a request brought.",
        who: Who::Member(Action::RollBack),
        events: &[
            Event::ChangeRolledBack,
            Event::ReleaseRolledBack,
            Event::ReleaseDeployed,
        ],
        query: &[],
        body: Some("Step"),
        answer: (200, Some("Launch")),
        handler: || post(launches::rollback),
    },
    Route {
        method: "GET",
        path: "/api/v1/releases",
        summary: "The releases of an environment, newest first.",
        who: Who::Member(Action::ViewRelease),
        events: &[],
        query: &[Parameter {
            name: "environment",
            required: false,
            sentence: "Which environment; absent: production.",
        }],
        body: None,
        answer: (200, Some("ReleaseList")),
        handler: || get(releases::list),
    },
    Route {
        method: "GET",
        path: "/api/v1/releases/{id}",
        summary: "One release with what it changed.",
        who: Who::Member(Action::ViewRelease),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("Release")),
        handler: || get(releases::find),
    },
    Route {
        method: "POST",
        path: "/api/v1/releases/{id}/deploy",
        summary: "Make the state of a release's apps current again, as a new release.",
        who: Who::Member(Action::DeployRelease),
        events: &[
            Event::ReleaseBuilt,
            Event::ReleaseDeployed,
            Event::LaunchDeployed,
            Event::ChangeDeployed,
        ],
        query: &[],
        body: None,
        answer: (200, Some("Release")),
        handler: || post(releases::deploy),
    },
    Route {
        method: "POST",
        path: "/api/v1/releases/{id}/rollback",
        summary: "Take back what a release changed, of one app or all, as a new release.",
        who: Who::Member(Action::RollBack),
        events: &[
            Event::ReleaseRolledBack,
            Event::ReleaseDeployed,
            Event::LaunchRolledBack,
            Event::ChangeRolledBack,
        ],
        query: &[],
        body: Some("RollBack"),
        answer: (200, Some("Release")),
        handler: || post(releases::rollback),
    },
    Route {
        method: "GET",
        path: "/api/v1/apps/{handle}/{environment}/requests",
        summary: "What an app asked of an environment, newest first; kept for 30 days.",
        who: Who::Member(Action::InspectRequest),
        events: &[],
        query: &[
            Parameter {
                name: "step",
                required: false,
                sentence: "Of this step: authorize, token, userinfo or logout.",
            },
            Parameter {
                name: "outcome",
                required: false,
                sentence: "With this outcome: ok, refused, cancelled or pending.",
            },
            Parameter {
                name: "code",
                required: false,
                sentence: "With this refusal code.",
            },
            Parameter {
                name: "from",
                required: false,
                sentence: "From this time on.",
            },
            Parameter {
                name: "until",
                required: false,
                sentence: "Before this time.",
            },
            Parameter {
                name: "after",
                required: false,
                sentence: "Older than the last page, as its next says.",
            },
            Parameter {
                name: "limit",
                required: false,
                sentence: "At most so many, up to 200.",
            },
        ],
        body: None,
        answer: (200, Some("RequestList")),
        handler: || get(inspector::list),
    },
    Route {
        method: "POST",
        path: "/api/v1/requests/explain",
        summary: "Judge a pasted request by the rules of the door, with no effect. Nothing of it is kept.",
        who: Who::Member(Action::InspectRequest),
        events: &[],
        query: &[],
        body: Some("PastedRequest"),
        answer: (200, Some("ExplainedRequest")),
        handler: || post(inspector::explain),
    },
    Route {
        method: "GET",
        path: "/api/v1/requests/{request_id}",
        summary: "Why a request at the door was answered as it was.",
        who: Who::Member(Action::InspectRequest),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("Inspected")),
        handler: || get(inspector::find),
    },
    Route {
        method: "GET",
        path: "/api/v1/demo/clock",
        summary: "What the keeper's clock shows.",
        who: Who::Member(Action::ViewLaunch),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("Clock")),
        handler: || get(demo::clock),
    },
    Route {
        method: "POST",
        path: "/api/v1/demo/clock",
        summary: "Move the keeper's clock; answers when what was due has been done. Only in a demonstration.",
        who: Who::Member(Action::MoveDemoClock),
        events: &[Event::DemoClockMoved],
        query: &[],
        body: Some("ClockMove"),
        answer: (200, Some("Clock")),
        handler: || post(demo::move_clock),
    },
    Route {
        method: "GET",
        path: "/api/v1/rules",
        summary: "Every rule of the validator.",
        who: Who::Anyone,
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("RuleList")),
        handler: || get(validator::rules),
    },
    Route {
        method: "GET",
        path: "/api/v1/apps/{handle}/{environment}/waivers",
        summary: "The waivers of a configuration, newest first.",
        who: Who::Member(Action::ViewApp),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("WaiverList")),
        handler: || get(validator::waivers),
    },
    Route {
        method: "POST",
        path: "/api/v1/apps/{handle}/{environment}/waivers",
        summary: "Waive a rule for an app until a day; of reviewers, never for an own app.",
        who: Who::Member(Action::WaiveRule),
        events: &[Event::RuleWaived],
        query: &[],
        body: Some("NewWaiver"),
        answer: (201, Some("Waiver")),
        handler: || post(validator::give),
    },
    Route {
        method: "DELETE",
        path: "/api/v1/waivers/{id}",
        summary: "End a waiver before its day.",
        who: Who::Member(Action::WaiveRule),
        events: &[Event::RuleWaiverEnded],
        query: &[],
        body: None,
        answer: (204, None),
        handler: || delete(validator::end),
    },
    Route {
        method: "GET",
        path: "/api/v1/apps/{handle}/{environment}/check",
        summary: "What the last nightly check of a live app found.",
        who: Who::Member(Action::ViewApp),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("LastCheck")),
        handler: || get(validator::check),
    },
    Route {
        method: "GET",
        path: "/api/v1/findings",
        summary: "The live apps in which the nightly check found something; of staff.",
        who: Who::Member(Action::ViewConsole),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("LiveFindings")),
        handler: || get(validator::live),
    },
];
