//! People's own pages: signing up, signing in, consent, the account; the inbox of a test-class environment.

mod common;
mod emails;
mod inbox;
pub(crate) mod mail;
mod methods;
mod own;
mod passkeys;
mod services;
mod sign_in;
mod sign_up;
#[cfg(test)]
mod tests;
pub mod views;

use std::sync::Arc;

use axum::routing::{MethodRouter, get, post};
use durward_app::Door;
use durward_domain::event::Event;

pub(crate) use common::origin;
pub use mail::MailWords;

use crate::shared::route::{Caller, FORM, Forgery, Mounted, NONE, Rate, Route};

/// The routes of people's pages, as data.
pub const ROUTES: &[Route<Arc<Door>>] = &[
    // Sign in
    page("/", Caller::Anyone, || get(sign_in::show_email)),
    form("/", Caller::Anyone, &[], || post(sign_in::post_email)),
    page("/sign_in/password", Caller::Flow, || {
        get(sign_in::show_password)
    }),
    form("/sign_in/password", Caller::Flow, REFUSED, || {
        post(sign_in::post_password)
    }),
    page("/login/two_factor/authenticator", Caller::Flow, || {
        get(sign_in::show_second_factor)
    }),
    form(
        "/login/two_factor/authenticator",
        Caller::Flow,
        SIGNED_IN,
        || post(sign_in::post_second_factor),
    ),
    // Passkeys and security keys
    form("/sign_in/passkey/options", Caller::Anyone, &[], || {
        post(passkeys::options)
    }),
    form("/sign_in/passkey", Caller::Anyone, KEY_USED, || {
        post(passkeys::post_sign_in)
    }),
    page("/login/two_factor/webauthn", Caller::Flow, || {
        get(passkeys::show_use)
    }),
    form("/login/two_factor/webauthn", Caller::Flow, KEY_USED, || {
        post(passkeys::post_use)
    }),
    page("/webauthn_setup", Caller::Person, || {
        get(passkeys::show_setup)
    }),
    form(
        "/webauthn_setup",
        Caller::Person,
        &[Event::PersonFactorAdded],
        || post(passkeys::post_setup),
    ),
    // Create an account
    page("/sign_up/enter_email", Caller::Anyone, || {
        get(sign_up::show_email)
    }),
    form(
        "/sign_up/enter_email",
        Caller::Anyone,
        &[Event::PersonSignUpStarted],
        || post(sign_up::post_email),
    ),
    // Goes on with what the person confirmed on another device, and with nothing else.
    Route {
        forgery: Forgery::ByDesign,
        events: &[Event::PersonEmailConfirmed],
        ..page("/sign_up/verify_email", Caller::Flow, || {
            get(sign_up::show_code)
        })
    },
    form(
        "/sign_up/verify_email",
        Caller::Flow,
        &[Event::PersonSignUpStarted, Event::PersonEmailConfirmed],
        || post(sign_up::post_code),
    ),
    page("/sign_up/email/confirm", Caller::Anyone, || {
        get(sign_up::show_link)
    }),
    form(
        "/sign_up/email/confirm",
        Caller::Anyone,
        &[Event::PersonEmailConfirmed],
        || post(sign_up::post_link),
    ),
    page("/sign_up/create_password", Caller::Flow, || {
        get(sign_up::show_password)
    }),
    form("/sign_up/create_password", Caller::Flow, &[], || {
        post(sign_up::post_password)
    }),
    page("/authentication_methods_setup", Caller::Flow, || {
        get(sign_up::show_factors)
    }),
    form("/authentication_methods_setup", Caller::Flow, &[], || {
        post(sign_up::post_factors)
    }),
    page("/authenticator_setup", Caller::Flow, || {
        get(sign_up::show_authenticator)
    }),
    form("/authenticator_setup", Caller::Flow, CREATED, || {
        post(sign_up::post_authenticator)
    }),
    // The account
    page("/sign_up/completed", Caller::Person, || {
        get(own::show_consent)
    }),
    form("/sign_up/completed", Caller::Person, CONSENTED, || {
        post(own::post_consent)
    }),
    page("/account", Caller::Person, || get(own::show_account)),
    page("/account/connected_services", Caller::Person, || {
        get(services::show)
    }),
    page(
        "/account/connected_services/{service}/selected_email",
        Caller::Person,
        || get(services::show_email),
    ),
    form(
        "/account/connected_services/{service}/selected_email",
        Caller::Person,
        &[Event::PersonSharedEmailChanged],
        || post(services::post_email),
    ),
    page(
        "/account/connected_services/{service}/disconnect",
        Caller::Person,
        || get(services::show_disconnect),
    ),
    form(
        "/account/connected_services/{service}/disconnect",
        Caller::Person,
        &[Event::PersonConsentRevoked],
        || post(services::post_disconnect),
    ),
    page("/account/methods/{id}", Caller::Person, || {
        get(methods::show)
    }),
    form(
        "/account/methods/{id}",
        Caller::Person,
        &[Event::PersonFactorRenamed],
        || post(methods::post),
    ),
    page("/account/methods/{id}/remove", Caller::Person, || {
        get(methods::show_remove)
    }),
    form(
        "/account/methods/{id}/remove",
        Caller::Person,
        &[Event::PersonFactorRemoved],
        || post(methods::post_remove),
    ),
    page("/account/emails", Caller::Person, || get(emails::show)),
    form(
        "/account/emails",
        Caller::Person,
        &[Event::PersonEmailAsked],
        || post(emails::post),
    ),
    form(
        "/account/emails/change",
        Caller::Person,
        &[Event::PersonEmailRemoved, Event::PersonEmailMadePrimary],
        || post(emails::post_change),
    ),
    page("/account/emails/confirm", Caller::Person, || {
        get(emails::show_code)
    }),
    form(
        "/account/emails/confirm",
        Caller::Person,
        &[Event::PersonEmailAdded, Event::PersonEmailAsked],
        || post(emails::post_code),
    ),
    page("/account/emails/link", Caller::Anyone, || {
        get(emails::show_link)
    }),
    form(
        "/account/emails/link",
        Caller::Anyone,
        &[Event::PersonEmailAdded],
        || post(emails::post_link),
    ),
    page("/logout", Caller::Anyone, || get(own::show_sign_out)),
    form("/logout", Caller::Anyone, &[Event::PersonSignedOut], || {
        post(own::post_sign_out)
    }),
    form(
        "/sign_out",
        Caller::Anyone,
        &[Event::PersonSignedOut],
        || post(own::post_sign_out),
    ),
    // Real people's mail is never shown: in live class there is no such address.
    Route {
        mounted: Mounted::TestClass,
        ..page("/test/inbox", Caller::Automation, || get(inbox::show))
    },
];

const REFUSED: &[Event] = &[Event::PersonSignInRefused, Event::PersonLocked];
const SIGNED_IN: &[Event] = &[
    Event::PersonSignedIn,
    Event::PersonFactorUsed,
    Event::PersonSignInRefused,
    Event::PersonLocked,
    Event::CodeIssued,
];
const KEY_USED: &[Event] = &[
    Event::PersonSignedIn,
    Event::PersonFactorUsed,
    Event::PersonKeyCopied,
    Event::PersonSignInRefused,
    Event::CodeIssued,
];
const CREATED: &[Event] = &[
    Event::PersonCreated,
    Event::PersonFactorAdded,
    Event::PersonSignedIn,
    Event::CodeIssued,
];
const CONSENTED: &[Event] = &[
    Event::PersonConsented,
    Event::PersonCancelled,
    Event::CodeIssued,
];

type Handler = fn() -> MethodRouter<Arc<Door>>;

const fn page(path: &'static str, caller: Caller, handler: Handler) -> Route<Arc<Door>> {
    Route {
        method: "GET",
        path,
        caller,
        forgery: Forgery::ReadOnly,
        rate: Rate::Open,
        body: NONE,
        events: &[],
        mounted: Mounted::Always,
        handler,
    }
}

const fn form(
    path: &'static str,
    caller: Caller,
    events: &'static [Event],
    handler: Handler,
) -> Route<Arc<Door>> {
    Route {
        method: "POST",
        forgery: Forgery::FormToken,
        rate: Rate::Forms,
        body: FORM,
        events,
        ..page(path, caller, handler)
    }
}
