//! The authorization endpoint: a code at once where everything is there, otherwise a page of ours.

use std::sync::Arc;

use durward_domain::event::Event;
use durward_domain::refusal::{RefusalKind, Refuse, Simulated};
use durward_domain::release::{DenialKind, DeniedApp};
use durward_oidc::authorize::interaction::{InteractionRefusal, Next as Step};
use durward_oidc::authorize::{
    self as rules, AuthorizeRefusal, AuthorizeRequest, Carried, ClientAnswer, Outcome as Judgement,
    Target,
};
use durward_oidc::client::Client;
use durward_oidc::evidence::{self, Evidence, Outcome};
use durward_oidc::params::Params;

use super::carried::resolve;
use super::issue::{Issue, issue};
use super::pending;
use super::refused::Refused;
use super::standing::{self, Moment, Rows, Standing};
use super::trail::Asked;
use crate::citizen::session::{self, Browser};
use crate::door::Door;
use crate::failure::Fault;
use crate::record::Trace;

/// What becomes of an authorization request.
#[derive(Debug)]
pub enum AuthorizeOutcome {
    /// The browser goes to the app, with a code or an error.
    ToClient(ClientAnswer),
    /// A page of ours goes on; the flow cookie names the stored request.
    ToPage {
        /// The page.
        path: &'static str,
        /// The new flow cookie.
        set_flow: Option<String>,
    },
    /// The app or its address is not proved: a plain page, never a redirect.
    Refused(PageRefusal),
}

/// A refusal that only a page tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRefusal {
    code: &'static str,
    sentence: String,
    kind: RefusalKind,
    /// The app's friendly name, where the app is known.
    pub service: Option<String>,
    /// What is told of an app that is suspended or retired.
    pub denied: Option<Box<DeniedApp>>,
}

impl PageRefusal {
    pub(super) fn of(refusal: &impl Refuse, service: Option<&Client>) -> Self {
        Self {
            code: refusal.code(),
            sentence: refusal.to_string(),
            kind: refusal.kind(),
            service: service.map(|client| client.friendly_name.clone()),
            denied: None,
        }
    }

    /// The page of an app that nobody can sign in to.
    pub(super) fn denied(app: &DeniedApp) -> Self {
        Self {
            service: Some(app.page.name.clone()),
            denied: Some(Box::new(app.clone())),
            ..Self::of(&Closed::of(app.kind), None)
        }
    }
}

/// Nobody can sign in to this app, for now or for good.
#[derive(Debug, thiserror::Error)]
pub(super) enum Closed {
    /// For now.
    #[error(
        "Signing in to this service is stopped for now. Your account is not affected. Ask the help desk of the service."
    )]
    Suspended,
    /// For good.
    #[error(
        "This service has ended. Your account is not affected. Ask the help desk of the service."
    )]
    Retired,
}

impl Closed {
    pub(super) const fn of(kind: DenialKind) -> Self {
        match kind {
            DenialKind::Suspended => Self::Suspended,
            DenialKind::Retired => Self::Retired,
        }
    }
}

impl Refuse for Closed {
    fn code(&self) -> &'static str {
        match self {
            Self::Suspended => "authorize/app-suspended",
            Self::Retired => "authorize/app-retired",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Suspended => RefusalKind::Forbidden,
            Self::Retired => RefusalKind::Gone,
        }
    }
}

impl std::fmt::Display for PageRefusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl Refuse for PageRefusal {
    fn code(&self) -> &'static str {
        self.code
    }

    fn kind(&self) -> RefusalKind {
        self.kind
    }
}

/// Answers an authorization request of this browser.
///
/// # Errors
/// A fault of the database.
pub async fn authorize(
    door: &Arc<Door>,
    params: &Params,
    browser: &Browser,
    trace: &Trace,
) -> Result<AuthorizeOutcome, Fault> {
    let (params, carried) = resolve(door, params).await?;
    let params = params.as_ref();
    let (client, request) = match judged(door, params, &carried, trace).await? {
        Ok(valid) => valid,
        Err(outcome) => return Ok(outcome),
    };
    let now = door.clock.now();
    let standing = standing_of(door, browser, &client, &request).await?;
    let ask = standing::ask(door, &request)?;
    let moment = Moment {
        requested: now,
        agreed: false,
    };
    let step = standing::next(
        door,
        &client,
        &request,
        &ask,
        standing.as_ref(),
        moment,
        now,
    );
    match (step, standing) {
        (Step::Issue, Some(standing)) => {
            counted(door, "code");
            let dropped = request.dropped_scopes.clone();
            let made = Issue {
                client,
                request: *request,
                ask,
                standing,
                agreed: false,
                flow: Vec::new(),
                name: door.random.uuid_v7(now).to_string(),
            };
            let (client, name) = (Arc::clone(&made.client), made.name.clone());
            let to = issue(door, made, trace, now).await?;
            let told = Told {
                redirect_uri: params.get("redirect_uri"),
                client: Some(&client),
                dropped: &dropped,
                ..Told::default()
            };
            noted(door, params, told.of(&name), trace);
            Ok(AuthorizeOutcome::ToClient(to))
        }
        (Step::Refuse(refusal), _) => {
            let told = Told::ok(&client, &request.redirect_uri);
            noted(door, params, told.refused(&refusal, SEE_OTHER), trace);
            let to = refuse(door, &client, &request, refusal, trace).await?;
            Ok(AuthorizeOutcome::ToClient(to))
        }
        (step, _) => {
            counted(door, "page");
            let name = door.random.uuid_v7(now).to_string();
            let token = pending::store(door, &request, &name, now).await?;
            let told = Told::ok(&client, &request.redirect_uri).of(&name);
            noted(door, params, told.pending().without(&request), trace);
            Ok(AuthorizeOutcome::ToPage {
                path: pending::page_of(step),
                set_flow: Some(token),
            })
        }
    }
}

/// Stores a request that another site posted. Its browser comes back with its cookies by a redirect to
/// our own address, where [`pending::resume`] goes on: a cross-site POST carries none of them.
///
/// # Errors
/// A fault of the database.
pub async fn authorize_posted(
    door: &Arc<Door>,
    params: &Params,
    trace: &Trace,
) -> Result<AuthorizeOutcome, Fault> {
    let (params, carried) = resolve(door, params).await?;
    let params = params.as_ref();
    let (client, request) = match judged(door, params, &carried, trace).await? {
        Ok(valid) => valid,
        Err(outcome) => return Ok(outcome),
    };
    counted(door, "stored");
    let now = door.clock.now();
    let name = door.random.uuid_v7(now).to_string();
    let token = pending::store(door, &request, &name, now).await?;
    let told = Told::ok(&client, &request.redirect_uri).of(&name);
    noted(door, params, told.pending().without(&request), trace);
    Ok(AuthorizeOutcome::ToPage {
        path: pending::CONTINUE,
        set_flow: Some(token),
    })
}

/// What a request at this door is judged against.
pub(super) fn bounds(door: &Door) -> rules::Door<'_> {
    rules::Door {
        programme: &door.programme,
        issuer: &door.issuer,
        class: door.class(),
        strongest: super::STRONGEST,
    }
}

/// The rules of the request itself; no database is asked.
async fn judged(
    door: &Arc<Door>,
    params: &Params,
    carried: &Carried,
    trace: &Trace,
) -> Result<Result<(Arc<Client>, Box<AuthorizeRequest>), AuthorizeOutcome>, Fault> {
    let registry = door.registry.load();
    let client_id = params.get("client_id");
    let client = client_id.and_then(|id| registry.app(id).map(|app| Arc::clone(&app.client)));
    if !params.repeats("client_id")
        && let Some(app) = client_id.and_then(|id| registry.denied(id))
    {
        return closed(door, params, (client.as_ref(), app), trace)
            .await
            .map(Err);
    }
    Ok(Err(
        match rules::judge(params, carried, client.clone(), &bounds(door)) {
            Judgement::Valid { client, request } => {
                return Ok(
                    match simulated(door, params, (&client, &request), trace).await? {
                        Some(to) => Err(AuthorizeOutcome::ToClient(to)),
                        None => Ok((client, request)),
                    },
                );
            }
            Judgement::Page(refusal) => {
                counted(door, refusal.error().as_str());
                let told = Told {
                    client: client.as_ref(),
                    redirect_uri: params.get("redirect_uri"),
                    ..Told::default()
                };
                noted(
                    door,
                    params,
                    told.refused(&refusal, refusal.kind().status()),
                    trace,
                );
                if let Some(client) = &client {
                    Refused::to_visitor(Event::AuthorizeRefused, &client.client_id, &refusal)
                        .record(door, trace)
                        .await?;
                }
                AuthorizeOutcome::Refused(PageRefusal::of(&refusal, client.as_deref()))
            }
            Judgement::Redirect {
                to,
                refusal,
                client,
            } => {
                counted(door, refusal.error().as_str());
                let told = Told {
                    client: Some(&client),
                    redirect_uri: params.get("redirect_uri"),
                    ..Told::default()
                };
                noted(door, params, told.refused(&refusal, SEE_OTHER), trace);
                Refused::to_visitor(Event::AuthorizeRefused, &client.client_id, &refusal)
                    .record(door, trace)
                    .await?;
                AuthorizeOutcome::ToClient(to.explained(&door.portal_url, refusal.code()))
            }
        },
    ))
}

/// Tells that nobody can sign in to the app.
async fn closed(
    door: &Arc<Door>,
    params: &Params,
    (client, app): (Option<&Arc<Client>>, &DeniedApp),
    trace: &Trace,
) -> Result<AuthorizeOutcome, Fault> {
    let refusal = Closed::of(app.kind);
    counted(door, app.kind.as_str());
    let told = Told {
        client,
        redirect_uri: params.get("redirect_uri"),
        ..Told::default()
    };
    let told = told.refused(&refusal, refusal.kind().status());
    noted(door, params, told, trace);
    Refused::to_visitor(Event::AuthorizeRefused, &app.issuer, &refusal)
        .record(door, trace)
        .await?;
    Ok(AuthorizeOutcome::Refused(PageRefusal::denied(app)))
}

/// Where the browser goes with the error that the app's team has set, if it has set one.
async fn simulated(
    door: &Arc<Door>,
    params: &Params,
    (client, request): (&Arc<Client>, &AuthorizeRequest),
    trace: &Trace,
) -> Result<Option<ClientAnswer>, Fault> {
    let Some(kit) = &door.kit else {
        return Ok(None);
    };
    let Some(error) = kit.at_authorize(door, &client.client_id, trace).await? else {
        return Ok(None);
    };
    counted(door, error.as_str());
    let told = Told::ok(client, &request.redirect_uri);
    noted(door, params, told.refused(&Simulated, SEE_OTHER), trace);
    Ok(Some(
        ClientAnswer::error(
            Target::of(request, &door.issuer),
            error,
            &Simulated.to_string(),
        )
        .explained(&door.portal_url, Simulated.code()),
    ))
}

async fn standing_of(
    door: &Arc<Door>,
    browser: &Browser,
    client: &Arc<Client>,
    request: &AuthorizeRequest,
) -> Result<Option<Standing>, Fault> {
    let candidates = session::hashes(door, browser);
    if candidates.is_empty() {
        return Ok(None);
    }
    let choice = standing::wants_account_choice(request);
    let client = Arc::clone(client);
    let rows = door
        .store
        .read(move |c| Rows::read(c, &candidates, &client, choice))
        .await?;
    match rows {
        Some(rows) => Standing::judge(door, rows, door.clock.now()),
        None => Ok(None),
    }
}

/// Tells the app that a valid request ends without a code.
pub(super) async fn refuse(
    door: &Arc<Door>,
    client: &Client,
    request: &AuthorizeRequest,
    refusal: InteractionRefusal,
    trace: &Trace,
) -> Result<ClientAnswer, Fault> {
    counted(door, refusal.error().as_str());
    Refused::to_visitor(Event::AuthorizeRefused, &client.client_id, &refusal)
        .record(door, trace)
        .await?;
    Ok(ClientAnswer::error(
        Target::of(request, &door.issuer),
        refusal.error(),
        &refusal.to_string(),
    )
    .explained(&door.portal_url, refusal.code()))
}

impl From<&AuthorizeRefusal> for PageRefusal {
    fn from(refusal: &AuthorizeRefusal) -> Self {
        Self::of(refusal, None)
    }
}

/// What became of an authorization request, for the record of requests.
#[derive(Clone)]
pub(super) struct Told<'a> {
    client: Option<&'a Arc<Client>>,
    redirect_uri: Option<&'a str>,
    flow: Option<&'a str>,
    /// Scopes that were left out.
    dropped: &'a [String],
    outcome: Outcome,
    code: Option<&'static str>,
    sentence: Option<String>,
    status: u16,
}

impl Default for Told<'_> {
    fn default() -> Self {
        Self {
            client: None,
            redirect_uri: None,
            flow: None,
            dropped: &[],
            outcome: Outcome::Ok,
            code: None,
            sentence: None,
            status: SEE_OTHER,
        }
    }
}

impl<'a> Told<'a> {
    pub(super) fn ok(client: &'a Arc<Client>, redirect_uri: &'a str) -> Self {
        Self {
            client: Some(client),
            redirect_uri: Some(redirect_uri),
            ..Self::default()
        }
    }

    pub(super) fn of(self, flow: &'a str) -> Self {
        Self {
            flow: Some(flow),
            ..self
        }
    }

    fn without(self, request: &'a AuthorizeRequest) -> Self {
        Self {
            dropped: &request.dropped_scopes,
            ..self
        }
    }

    pub(super) fn refused(self, refusal: &impl Refuse, status: u16) -> Self {
        Self {
            outcome: Outcome::Refused,
            code: Some(refusal.code()),
            sentence: Some(refusal.to_string()),
            status,
            ..self
        }
    }

    pub(super) fn cancelled(self, refusal: &impl Refuse) -> Self {
        Self {
            outcome: Outcome::Cancelled,
            ..self.refused(refusal, SEE_OTHER)
        }
    }

    fn pending(self) -> Self {
        Self {
            outcome: Outcome::Pending,
            ..self
        }
    }
}

/// Keeps what was asked. `params` are those of the first request; what a person does later sends none.
pub(super) fn noted(door: &Door, params: &Params, told: Told<'_>, trace: &Trace) {
    let asked = Asked {
        step: evidence::Step::Authorize,
        outcome: told.outcome,
        code: told.code,
        status: told.status,
        client: told.client,
        sent_id: params.get("client_id"),
        redirect_uri: told.redirect_uri,
        flow: told.flow,
        key: None,
    };
    door.trail.note(door, &asked, trace, || Evidence {
        sentence: told.sentence.as_deref().map(evidence::words),
        dropped: told.dropped.iter().map(|one| evidence::word(one)).collect(),
        ..Evidence::authorize(params, told.client.map(Arc::as_ref), told.code)
    });
}

/// The status of a redirect.
pub(super) const SEE_OTHER: u16 = 303;

fn counted(door: &Door, outcome: &'static str) {
    metrics::counter!("durward_authorize_requests_total", "environment" => door.name.as_str(), "outcome" => outcome)
        .increment(1);
}
