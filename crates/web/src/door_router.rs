//! The table of contents of an environment: every route of its door, as data.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, options, post};
use durward_app::Door;
use durward_domain::event::Event;
use durward_oidc::discovery::{
    AUTHORIZE, CERTS, DISCOVERY_PATH, INTROSPECTION, LOGOUT, METADATA_PATH, PUSH, REVOCATION,
    TOKEN, USERINFO,
};

use crate::account;
use crate::oidc::{authorize, documents, logos, logout, push, token, tokens, userinfo};
use crate::shared::route::{self, Caller, FORM, Forgery, Mounted, NONE, Rate, Route};
use crate::shared::shell;
use crate::shared::site::Site;
use crate::test_api;

/// The whole router of an environment, in its frame.
pub fn router(door: &Arc<Door>, site: &Arc<Site>) -> Router {
    let routes = route::mount(rows(), door.kit.is_some()).with_state(Arc::clone(door));
    shell::wrap(site, routes)
}

/// Every row.
pub fn rows() -> impl Iterator<Item = &'static Route<Arc<Door>>> {
    ROUTES.iter().chain(account::ROUTES).chain(test_api::ROUTES)
}

/// The table as `docs/generated/routes.md` prints it.
pub fn markdown() -> String {
    route::markdown("Environments", rows())
}

const ROUTES: &[Route<Arc<Door>>] = &[
    // Documents
    read("GET", DISCOVERY_PATH, || get(documents::discovery)),
    read("OPTIONS", DISCOVERY_PATH, || options(documents::preflight)),
    read("GET", METADATA_PATH, || get(documents::discovery)),
    read("OPTIONS", METADATA_PATH, || options(documents::preflight)),
    read("GET", CERTS.path, || get(documents::certs)),
    read("OPTIONS", CERTS.path, || options(documents::preflight)),
    read("GET", "/logos/{digest}", || get(logos::get)),
    read("GET", "/logos/{digest}/mail", || get(logos::as_in_mail)),
    // Sign-in for apps
    by_design("GET", AUTHORIZE.path, NONE, AUTHORIZED, || {
        get(authorize::get)
    }),
    by_design("POST", AUTHORIZE.path, FORM, AUTHORIZED, || {
        post(authorize::post)
    }),
    by_design(
        "GET",
        durward_app::client::pending::CONTINUE,
        NONE,
        AUTHORIZED,
        || get(authorize::resume),
    ),
    Route {
        caller: Caller::Client,
        forgery: Forgery::NoCookie,
        body: FORM,
        events: &[Event::AuthorizeRefused],
        ..read("POST", PUSH.path, || post(push::post))
    },
    Route {
        caller: Caller::Client,
        forgery: Forgery::NoCookie,
        body: FORM,
        events: &[
            Event::CodeRedeemed,
            Event::CodeReplayed,
            Event::ClientTokenMade,
            Event::RefreshTokenUsed,
            Event::RefreshTokenReplayed,
            Event::TokenRefused,
        ],
        ..read("POST", TOKEN.path, || post(token::post))
    },
    Route {
        caller: Caller::Client,
        forgery: Forgery::NoCookie,
        body: FORM,
        events: &[Event::TokenRefused],
        ..read("POST", INTROSPECTION.path, || post(tokens::introspect))
    },
    Route {
        caller: Caller::Client,
        forgery: Forgery::NoCookie,
        body: FORM,
        events: &[
            Event::AccessTokenEnded,
            Event::GrantRevoked,
            Event::TokenRefused,
        ],
        ..read("POST", REVOCATION.path, || post(tokens::revoke))
    },
    read("OPTIONS", PUSH.path, || options(documents::preflight)),
    read("OPTIONS", TOKEN.path, || options(documents::preflight)),
    read("OPTIONS", REVOCATION.path, || options(documents::preflight)),
    claims("GET", || get(userinfo::answer)),
    claims("POST", || post(userinfo::answer)),
    read("OPTIONS", USERINFO.path, || options(documents::preflight)),
    by_design("GET", LOGOUT.path, NONE, SIGNED_OUT, || get(logout::get)),
    Route {
        forgery: Forgery::FormToken,
        rate: Rate::Forms,
        ..by_design("POST", LOGOUT.path, FORM, SIGNED_OUT, || post(logout::post))
    },
];

const AUTHORIZED: &[Event] = &[Event::AuthorizeRefused, Event::CodeIssued];
const SIGNED_OUT: &[Event] = &[Event::PersonSignedOut, Event::LogoutRefused];

type Handler = fn() -> axum::routing::MethodRouter<Arc<Door>>;

const fn read(method: &'static str, path: &'static str, handler: Handler) -> Route<Arc<Door>> {
    Route {
        method,
        path,
        caller: Caller::Anyone,
        forgery: Forgery::ReadOnly,
        rate: Rate::Open,
        body: NONE,
        events: &[],
        mounted: Mounted::Always,
        handler,
    }
}

const fn by_design(
    method: &'static str,
    path: &'static str,
    body: usize,
    events: &'static [Event],
    handler: Handler,
) -> Route<Arc<Door>> {
    Route {
        forgery: Forgery::ByDesign,
        body,
        events,
        ..read(method, path, handler)
    }
}

const fn claims(method: &'static str, handler: Handler) -> Route<Arc<Door>> {
    Route {
        caller: Caller::AccessToken,
        forgery: Forgery::NoCookie,
        ..read(method, USERINFO.path, handler)
    }
}
