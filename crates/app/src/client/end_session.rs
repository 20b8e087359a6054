//! Sign-out that an app asks for. OpenID Connect RP-Initiated Logout 1.0

use std::sync::Arc;

use durward_domain::event::Event;
use durward_domain::refusal::Refuse;
use durward_oidc::client::Client;
use durward_oidc::evidence::{self, Evidence, Outcome, Step};
use durward_oidc::logout::{LogoutRefusal, LogoutRequest};
use durward_oidc::params::Params;

use super::refused::Refused;
use super::trail::Asked;
use crate::citizen::session::{self, Browser};
use crate::door::Door;
use crate::failure::Failure;
use crate::record::Trace;

/// What becomes of a request to sign out.
#[derive(Debug)]
pub enum EndSession {
    /// Done; the browser goes back to the app.
    ToClient(String),
    /// Done, or nobody was signed in; our own page.
    SignedOut {
        /// The app's friendly name, and a way back to it.
        service: Option<(String, Option<String>)>,
    },
    /// The person is asked first.
    Confirm {
        /// The app's friendly name.
        service: Option<String>,
        /// Where the browser goes afterwards.
        target: Option<String>,
    },
}

/// Signs out if the app proves by an ID token that it means this session, or if nobody is signed in; otherwise the
/// person is asked.
///
/// # Errors
/// [`LogoutRefusal`], always told by a page; or a fault.
pub async fn end_session(
    door: &Arc<Door>,
    params: &Params,
    browser: &Browser,
    trace: &Trace,
) -> Result<EndSession, Failure<LogoutRefusal>> {
    let request = judged(door, params, trace).await?;
    let Some(signed_in) = session::current(door, browser).await? else {
        noted(
            door,
            params,
            request.client.as_ref(),
            Outcome::Ok,
            None,
            trace,
        );
        return Ok(done(request));
    };
    if request.sid.as_deref() != Some(signed_in.session_id.as_str()) {
        noted(
            door,
            params,
            request.client.as_ref(),
            Outcome::Pending,
            None,
            trace,
        );
        return Ok(EndSession::Confirm {
            service: request.client.map(|client| client.friendly_name.clone()),
            target: request.target,
        });
    }
    session::end(door, browser, trace).await?;
    noted(
        door,
        params,
        request.client.as_ref(),
        Outcome::Ok,
        None,
        trace,
    );
    Ok(done(request))
}

/// The person pressed the button.
///
/// # Errors
/// As [`end_session`].
pub async fn confirm_end_session(
    door: &Arc<Door>,
    params: &Params,
    browser: &Browser,
    trace: &Trace,
) -> Result<EndSession, Failure<LogoutRefusal>> {
    let request = judged(door, params, trace).await?;
    session::end(door, browser, trace).await?;
    noted(
        door,
        params,
        request.client.as_ref(),
        Outcome::Ok,
        None,
        trace,
    );
    Ok(done(request))
}

async fn judged(
    door: &Arc<Door>,
    params: &Params,
    trace: &Trace,
) -> Result<LogoutRequest, Failure<LogoutRefusal>> {
    let keys = door.keys.load().public_keys();
    let registry = door.registry.load();
    let found = LogoutRequest::judge(params, &door.issuer, &keys, |id| {
        registry.app(id).map(|app| Arc::clone(&app.client))
    });
    let refusal = match found {
        Ok(mut request) => {
            if request.client.as_ref().is_some_and(|app| !app.active) {
                // Everybody may sign out; nobody is sent to an app that is suspended.
                request.target = None;
            }
            if let (Some(kit), Some(client)) = (&door.kit, &request.client) {
                let played = kit.at_logout(door, &client.client_id, trace).await;
                if let Err(Failure::Refused(refusal)) = &played {
                    let (client, outcome) = (request.client.as_ref(), Outcome::Refused);
                    noted(door, params, client, outcome, Some(refusal), trace);
                }
                played?;
            }
            return Ok(request);
        }
        Err(refusal) => refusal,
    };
    let app = params.get("client_id").and_then(|id| registry.app(id));
    let client = app.map(|app| &app.client);
    noted(
        door,
        params,
        client,
        Outcome::Refused,
        Some(&refusal),
        trace,
    );
    if let Some(app) = app {
        Refused::to_visitor(Event::LogoutRefused, &app.client.client_id, &refusal)
            .record(door, trace)
            .await?;
    }
    Err(Failure::Refused(refusal))
}

/// Keeps what was asked, unless no app asked: our own page signs out too.
fn noted(
    door: &Door,
    params: &Params,
    client: Option<&Arc<Client>>,
    outcome: Outcome,
    refusal: Option<&LogoutRefusal>,
    trace: &Trace,
) {
    if client.is_none() && refusal.is_none() {
        return;
    }
    let code = refusal.map(Refuse::code);
    let status = match (refusal, outcome, params.get("post_logout_redirect_uri")) {
        (Some(refusal), ..) => refusal.kind().status(),
        (None, Outcome::Ok, Some(_)) => 303,
        _ => 200,
    };
    let asked = Asked {
        step: Step::Logout,
        outcome,
        code,
        status,
        client,
        sent_id: params.get("client_id"),
        redirect_uri: params.get("post_logout_redirect_uri"),
        flow: None,
        key: None,
    };
    door.trail.note(door, &asked, trace, || Evidence {
        sentence: refusal.map(|refusal| evidence::words(&refusal.to_string())),
        ..Evidence::logout(params, client.map(Arc::as_ref), code)
    });
}

fn done(request: LogoutRequest) -> EndSession {
    match request.target {
        Some(target) => EndSession::ToClient(target),
        None => EndSession::SignedOut {
            service: request.client.map(|client| {
                let back = client.return_to_app_url.clone();
                (client.friendly_name.clone(), back.filter(|_| client.active))
            }),
        },
    }
}
