//! Every call of the API as a row: method, path, who may, what it records, what it takes and answers.

mod agreements;
mod changes;
mod demo;
mod documents;
mod formats;
mod inspector;
mod launches;
mod releases;
mod rules;
mod versions;

use std::sync::Arc;

use axum::routing::MethodRouter;
use durward_domain::event::Event;
use durward_domain::permission::Action;

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
                Some("NewEvidence" | "AgreementFile") => crate::portal_router::EVIDENCE,
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

/// Where a page of a list begins.
pub(super) const AFTER: Parameter = Parameter {
    name: "after",
    required: false,
    sentence: "Begin after this one: what the page before gave as next.",
};
/// How long it is.
pub(super) const LIMIT: Parameter = Parameter {
    name: "limit",
    required: false,
    sentence: "At most so many, up to 500; without it 200.",
};
/// A page of a list.
pub(super) const PAGED: &[Parameter] = &[AFTER, LIMIT];

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
    documents::ROUTES,
    versions::ROUTES,
    formats::ROUTES,
    agreements::ROUTES,
    launches::ROUTES,
    changes::ROUTES,
    releases::ROUTES,
    inspector::ROUTES,
    demo::ROUTES,
    rules::ROUTES,
    super::probes::ROUTES,
    super::tokens::ROUTES,
    super::teams::ROUTES,
    super::webhooks::ROUTES,
    super::batch::ROUTES,
    super::tickets::ROUTES,
    super::partnerships::ROUTES,
    super::environments::ROUTES,
    super::calendar::ROUTES,
    super::evidence::ROUTES,
    super::suspension::ROUTES,
    super::people::ROUTES,
    super::rotation::ROUTES,
    super::secrets::ROUTES,
    super::final_configuration::ROUTES,
    super::notices::ROUTES,
    super::agreements::ROUTES,
    super::usage::ROUTES,
    super::today::ROUTES,
    super::changes::ROUTES,
];
