//! The request that a browser is in the middle of: kept in the row that its flow cookie names.

use std::sync::Arc;

use durward_accounts::email::EmailAddress;
use durward_domain::event::Event;
use durward_domain::level::Aal;
use durward_domain::refusal::Refuse as _;
use durward_keyring::{compare, digest};
use durward_oidc::authorize::interaction::{InteractionRefusal, Next as Step};
use durward_oidc::authorize::{AuthorizeRequest, ClientAnswer, Target};
use durward_oidc::params::Params;
use durward_store::sessions::{self, FlowRow};
use durward_store::{Conn, Fault as StoreFault};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::authorize::{self, PageRefusal, Told};
use super::issue::{Issue, issue};
use super::standing::{self, Moment, Rows, Standing};
use crate::actor::Actor;
use crate::citizen::refusal::CitizenRefusal;
use crate::citizen::session::{self, Browser};
use crate::door::Door;
use crate::failure::{Failure, Fault};
use crate::record::{Note, Trace};
use crate::registry::RegisteredApp;

/// Where a browser goes after a step.
#[derive(Debug)]
pub enum Next {
    /// To the app, with a code or an error.
    ToClient(ClientAnswer),
    /// To a page of ours.
    Page(&'static str),
    /// No app waits: to the account.
    Account,
    /// The app was changed meanwhile and no longer takes this request: a plain page.
    Refused(PageRefusal),
}

/// A stored request with the app that sent it.
#[derive(Clone)]
pub struct PendingRequest {
    /// The app.
    pub client: Arc<RegisteredApp>,
    /// What it asks.
    pub request: AuthorizeRequest,
    /// When it asked.
    pub requested: Timestamp,
    /// Connects the requests of this sign-in in the record of requests.
    pub(super) flow: String,
    pub(super) flow_hash: String,
}

impl PendingRequest {
    /// May the browser still be sent to where it came from?
    fn is_still_served(&self) -> bool {
        let client = &self.client.client;
        client.active && client.accepts_redirect(&self.request.redirect_uri)
    }

    /// What the consent page carries along, so that its button counts for the request that was shown: another
    /// window of the same browser may have begun a request of another app meanwhile.
    pub fn name(&self) -> String {
        digest::sha256_b64url(format!("request:{}", self.flow_hash).as_bytes())
    }
}

#[derive(Serialize, Deserialize)]
struct Stored {
    request: AuthorizeRequest,
    requested_us: i64,
    /// Empty in what an older version stored.
    #[serde(default)]
    name: String,
}

/// The request that waits in this browser.
///
/// # Errors
/// A fault of the database.
pub async fn request_in(
    door: &Arc<Door>,
    browser: &Browser,
) -> Result<Option<PendingRequest>, Fault> {
    let candidates = flow_hashes(door, browser);
    if candidates.is_empty() {
        return Ok(None);
    }
    let (unit_door, now) = (Arc::clone(door), door.clock.now());
    Ok(door
        .store
        .read(move |c| load(c, &unit_door, &candidates, now))
        .await?)
}

/// Goes on with the request of this browser after a step of its person.
///
/// # Errors
/// A fault of the database.
pub async fn resume(door: &Arc<Door>, browser: &Browser, trace: &Trace) -> Result<Next, Fault> {
    match go_on(door, browser, trace, None).await {
        Ok(next) => Ok(next),
        Err(Failure::Fault(fault)) => Err(fault),
        // Only a choice is refused, and nobody chose.
        Err(Failure::Refused(refusal)) => Err(Fault::internal(refusal.to_string())),
    }
}

/// The person goes back to the app without signing in. None when no app waits, or when it may no longer be returned to.
///
/// # Errors
/// A fault of the database.
pub async fn cancel(
    door: &Arc<Door>,
    browser: &Browser,
    trace: &Trace,
) -> Result<Option<ClientAnswer>, Fault> {
    let Some(pending) = request_in(door, browser).await? else {
        return Ok(None);
    };
    let signed_in = session::current(door, browser).await?;
    let actor = signed_in.map_or(Actor::Visitor, |person| person.actor());
    let (recorder, trace, now) = (door.recorder.clone(), trace.clone(), door.clock.now());
    let may_return = pending.is_still_served();
    let told = Told::ok(&pending.client.client, &pending.request.redirect_uri).of(&pending.flow);
    let refusal = InteractionRefusal::Cancelled;
    authorize::noted(door, &Params::default(), told.cancelled(&refusal), &trace);
    let (flow_hash, subject) = (pending.flow_hash, pending.request.client_id.clone());
    door.store
        .write(move |c| {
            sessions::delete_flow(c, &flow_hash)?;
            recorder.event(
                c,
                Note {
                    time: now,
                    actor: &actor,
                    event: Event::PersonCancelled,
                    subject: &subject,
                    trace: Some(&trace),
                    detail: json!({}),
                },
            )
        })
        .await?;
    if !may_return {
        return Ok(None);
    }
    Ok(Some(
        ClientAnswer::error(
            Target::of(&pending.request, &door.issuer),
            refusal.error(),
            &refusal.to_string(),
        )
        .explained(&door.portal_url, refusal.code()),
    ))
}

/// What the consent button sends.
#[derive(Clone, Copy)]
pub(super) struct Agreed<'a> {
    /// Names the request that the page showed.
    pub(super) request: &'a str,
    /// The chosen address.
    pub(super) email: Option<&'a EmailAddress>,
}

/// Shared by [`resume`] and the consent button.
pub(super) async fn go_on(
    door: &Arc<Door>,
    browser: &Browser,
    trace: &Trace,
    agreed_to: Option<Agreed<'_>>,
) -> Result<Next, Failure<CitizenRefusal>> {
    let now = door.clock.now();
    let flow = flow_hashes(door, browser);
    let chosen = agreed_to.and_then(|agreed| agreed.email).cloned();
    let (pending, rows) = read(door, browser, flow.clone(), chosen, now).await?;
    let standing = match rows {
        Some(rows) => Standing::judge(door, rows, now)?,
        None => None,
    };
    let Some(pending) = pending else {
        return Ok(nothing_waits(door, browser, standing).await?);
    };
    let agreed = match agreed_to {
        // Nobody agreed to what waits now: its own page is shown.
        Some(Agreed { request, .. })
            if !compare::equal(request.as_bytes(), pending.name().as_bytes()) =>
        {
            return Ok(Next::Page(CONSENT));
        }
        Some(Agreed { email: Some(_), .. })
            if standing
                .as_ref()
                .is_some_and(|person| person.email.is_none()) =>
        {
            return Err(Failure::Refused(CitizenRefusal::AddressNotYours));
        }
        shown => shown.is_some(),
    };
    let client = Arc::clone(&pending.client.client);
    let told = Told::ok(&client, &pending.request.redirect_uri).of(&pending.flow);
    if let Some(app) = door.registry.load().denied(&client.client_id) {
        let closed = authorize::Closed::of(app.kind);
        let told = told.refused(&closed, closed.kind().status());
        authorize::noted(door, &Params::default(), told, trace);
        return Ok(Next::Refused(PageRefusal::denied(app)));
    }
    if !pending.is_still_served() {
        let told = told.refused(&Changed, Changed.kind().status());
        authorize::noted(door, &Params::default(), told, trace);
        return Ok(Next::Refused(PageRefusal::of(&Changed, Some(&client))));
    }
    let ask = standing::ask(door, &pending.request)?;
    let moment = Moment {
        requested: pending.requested,
        agreed,
    };
    let step = standing::next(
        door,
        &client,
        &pending.request,
        &ask,
        standing.as_ref(),
        moment,
        now,
    );
    match (step, standing) {
        (Step::Issue, Some(standing)) => {
            let made = Issue {
                name: pending.flow.clone(),
                client: Arc::clone(&client),
                request: pending.request.clone(),
                ask,
                standing,
                agreed,
                flow,
            };
            let to = issue(door, made, trace, now).await?;
            authorize::noted(door, &Params::default(), told, trace);
            Ok(Next::ToClient(to))
        }
        (Step::Refuse(refusal), _) => {
            let told = told.refused(&refusal, authorize::SEE_OTHER);
            authorize::noted(door, &Params::default(), told, trace);
            let to = authorize::refuse(door, &client, &pending.request, refusal, trace).await?;
            let flow_hash = pending.flow_hash;
            door.store
                .write(move |c| sessions::delete_flow(c, &flow_hash))
                .await?;
            Ok(Next::ToClient(to))
        }
        (step, _) => Ok(Next::Page(page_of(step))),
    }
}

async fn nothing_waits(
    door: &Arc<Door>,
    browser: &Browser,
    standing: Option<Standing>,
) -> Result<Next, Fault> {
    let signed_in = match standing {
        Some(_) => true,
        None => session::current(door, browser).await?.is_some(),
    };
    Ok(if signed_in {
        Next::Account
    } else {
        Next::Page(SIGN_IN)
    })
}

async fn read(
    door: &Arc<Door>,
    browser: &Browser,
    flow: Vec<String>,
    chosen: Option<EmailAddress>,
    now: Timestamp,
) -> Result<(Option<PendingRequest>, Option<Rows>), Fault> {
    if flow.is_empty() {
        return Ok((None, None));
    }
    let (unit_door, session) = (Arc::clone(door), session::hashes(door, browser));
    Ok(door
        .store
        .read(move |c| {
            let Some(pending) = load(c, &unit_door, &flow, now)? else {
                return Ok((None, None));
            };
            let choice = standing::wants_account_choice(&pending.request);
            let rows = Rows::read(c, &session, &pending.client.client, choice)?;
            let rows = match (rows, &chosen) {
                (Some(rows), Some(email)) => Some(rows.choosing(c, &unit_door, email)?),
                (rows, _) => rows,
            };
            Ok((Some(pending), rows))
        })
        .await?)
}

/// The stored request of these flow hashes. One whose app is no longer served counts as none.
fn load(
    c: &mut Conn,
    door: &Door,
    candidates: &[String],
    now: Timestamp,
) -> Result<Option<PendingRequest>, StoreFault> {
    for hash in candidates {
        let Some(sealed) =
            sessions::find_flow(c, hash, now.as_microsecond())?.and_then(|row| row.request)
        else {
            continue;
        };
        let stored = door
            .sealer
            .open(&aad(hash), &sealed)
            .ok()
            .and_then(|plain| serde_json::from_slice::<Stored>(&plain).ok());
        let Some(stored) = stored else { continue };
        let registry = door.registry.load();
        let Some(client) = registry.app(&stored.request.client_id) else {
            continue;
        };
        return Ok(Some(PendingRequest {
            client: Arc::clone(client),
            request: stored.request,
            requested: standing::at(stored.requested_us),
            flow: stored.name,
            flow_hash: hash.clone(),
        }));
    }
    Ok(None)
}

/// Stores a request under a new flow cookie, whose token is the answer.
pub(super) async fn store(
    door: &Arc<Door>,
    request: &AuthorizeRequest,
    name: &str,
    now: Timestamp,
) -> Result<String, Fault> {
    let token = door.random.token();
    let hash = door.hasher.hash(&token);
    let stored = Stored {
        request: request.clone(),
        requested_us: now.as_microsecond(),
        name: name.to_owned(),
    };
    let plain = serde_json::to_vec(&stored)
        .map_err(|_| Fault::internal("a request cannot be written down"))?;
    let flow = FlowRow {
        request: Some(door.sealer.seal(&aad(&hash), &plain, &door.random)),
        sealed_journey: None,
    };
    let seconds = i64::from(door.programme.lifetimes.authorize_request_seconds);
    let now_us = now.as_microsecond();
    let until_us = now_us.saturating_add(seconds * 1_000_000);
    // No audit entry: it would let anybody write rows that stay for ever, and nothing is decided yet.
    door.store
        .write(move |c| sessions::put_flow(c, &hash, &flow, now_us, until_us))
        .await?;
    Ok(token)
}

/// The page of a step. Choosing an account is part of the consent page, which says who is signed in.
pub(super) const fn page_of(step: Step) -> &'static str {
    match step {
        Step::SignUp => SIGN_UP,
        Step::StepUp(Aal::PhishingResistant | Aal::Piv) => WEBAUTHN,
        Step::StepUp(_) => SECOND_FACTOR,
        Step::SelectAccount | Step::Consent => CONSENT,
        Step::SignIn | Step::Reauthenticate | Step::Issue | Step::Refuse(_) => SIGN_IN,
    }
}

fn flow_hashes(door: &Door, browser: &Browser) -> Vec<String> {
    browser
        .flow
        .as_deref()
        .map(|token| door.hasher.candidates(token))
        .unwrap_or_default()
}

fn aad(flow_hash: &str) -> String {
    format!("flows.request.{flow_hash}")
}

/// The app was changed while its person was signing in.
#[derive(Debug, thiserror::Error)]
#[error("This app was changed while you were signing in. Go back to it and start again.")]
struct Changed;

impl durward_domain::refusal::Refuse for Changed {
    fn code(&self) -> &'static str {
        "authorize/app-changed"
    }

    fn kind(&self) -> durward_domain::refusal::RefusalKind {
        durward_domain::refusal::RefusalKind::Conflict
    }
}

/// Sign in, by e-mail first.
pub const SIGN_IN: &str = "/";
/// Create an account.
pub const SIGN_UP: &str = "/sign_up/enter_email";
/// The second factor.
pub const SECOND_FACTOR: &str = "/login/two_factor/authenticator";
/// A passkey or a security key; whoever has none is led to where one is added.
pub const WEBAUTHN: &str = "/login/two_factor/webauthn";
/// Consent.
pub const CONSENT: &str = "/sign_up/completed";
/// Where a posted request comes back to.
pub const CONTINUE: &str = "/openid_connect/authorize/continue";
