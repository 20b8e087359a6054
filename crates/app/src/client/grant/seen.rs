//! What is kept of a request to the token endpoint, for the app's team.

use std::cell::OnceCell;
use std::sync::Arc;

use durward_domain::refusal::Refuse;
use durward_oidc::client::Client;
use durward_oidc::evidence::{self, AssertionEvidence, Evidence, Header, Outcome, Step};
use durward_oidc::params::Params;
use durward_oidc::token::TokenError;
use durward_store::grants::GrantRow;

use crate::client::issue::Achieved;
use crate::client::trail::Asked;
use crate::door::Door;
use crate::record::Trace;

/// What came to light of a request on the way to its answer.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) client: Option<Arc<Client>>,
    pub(super) key: Option<String>,
    pub(super) grant_type: &'static str,
    flow: Option<String>,
    issued_for: Option<String>,
}

impl Seen {
    pub(super) fn grant(&mut self, grant: &GrantRow) {
        self.flow = Achieved::read(String::new(), &grant.achieved)
            .ok()
            .map(|achieved| achieved.flow)
            .filter(|flow| !flow.is_empty());
        self.issued_for = Some(grant.redirect_uri.clone());
    }
}

/// Keeps what was asked.
pub(super) fn noted(
    door: &Door,
    body: &[u8],
    authorization: Option<&str>,
    seen: &Seen,
    refusal: Option<&TokenError>,
    trace: &Trace,
) {
    // An answered request of a busy app is only counted: then the form is not read again.
    let params = OnceCell::new();
    let params = || params.get_or_init(|| Params::parse(body).unwrap_or_default());
    let code = refusal.map(Refuse::code);
    // A form whose shape was refused may still name a registered app.
    let named = match &seen.client {
        Some(_) => None,
        None => params()
            .get("client_id")
            .map(str::to_owned)
            .or_else(|| AssertionEvidence::read(params().get("client_assertion")?)?.iss),
    };
    let registered = || {
        Some(Arc::clone(
            &door.registry.load().app(named.as_deref()?)?.client,
        ))
    };
    let client = seen.client.clone().or_else(registered);
    let asked = Asked {
        step: Step::Token,
        outcome: refusal.map_or(Outcome::Ok, |_| Outcome::Refused),
        code,
        status: refusal.map_or(200, TokenError::status),
        client: client.as_ref(),
        sent_id: named.as_deref(),
        redirect_uri: refusal.and_then(|_| params().get("redirect_uri")),
        flow: seen.flow.as_deref(),
        key: seen.key.as_deref(),
    };
    let header = authorization.map_or(Header::Absent, |_| Header::Present);
    door.trail.note(door, &asked, trace, || {
        let issued_for = seen.issued_for.as_deref();
        Evidence {
            sentence: refusal.map(|refusal| evidence::words(&refusal.to_string())),
            ..Evidence::token(params(), header, client.as_deref(), code, issued_for)
        }
        .with_skew(door.clock.real_now().as_second())
    });
}
