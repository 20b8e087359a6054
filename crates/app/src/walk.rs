//! One person's way through the door to an app, by the steps that everybody takes: nothing is left out.

use std::fmt;
use std::sync::Arc;

use durward_keyring::digest;
use durward_keyring::totp::TotpSecret;
use durward_oidc::params::Params;

use crate::citizen::session::Browser;
use crate::citizen::sign_in;
use crate::client::authorize::{AuthorizeOutcome, authorize};
use crate::client::consent::{Agreement, consent_view, give_consent};
use crate::client::pending::{Next, resume};
use crate::door::Door;
use crate::failure::Fault;
use crate::record::Trace;
use crate::registry::RegisteredApp;

/// What somebody signs in with.
#[derive(Clone, Copy)]
pub struct Walker<'a> {
    /// The address.
    pub email: &'a str,
    /// The password.
    pub password: &'a str,
    /// The secret of the authenticator app.
    pub totp: &'a TotpSecret,
}

/// Where a way stopped, and why.
#[derive(Debug)]
pub(crate) struct Stopped {
    /// The step: `authorize`, `password`, `second-factor` or `consent`.
    pub(crate) step: &'static str,
    pub(crate) sentence: String,
}

impl Stopped {
    fn at(step: &'static str, why: impl fmt::Display) -> Self {
        Self {
            step,
            sentence: why.to_string(),
        }
    }
}

/// A browser that nobody has signed in with.
pub(crate) fn fresh() -> Browser {
    Browser {
        session: None,
        flow: None,
        language: "en".to_owned(),
        ..Browser::default()
    }
}

/// What an app asks for to sign somebody in, in its own name.
pub(crate) fn request(app: &RegisteredApp, challenge: &str, nonce: &str) -> Vec<(String, String)> {
    let uri = app.client.redirect_uris().first().cloned();
    [
        ("client_id", app.client.client_id.as_str()),
        ("redirect_uri", uri.as_deref().unwrap_or_default()),
        ("response_type", "code"),
        ("scope", "openid email"),
        ("state", nonce),
        ("nonce", nonce),
        ("code_challenge", challenge),
        ("code_challenge_method", "S256"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

/// Goes to an app with this browser: signs in where that is needed, agrees where that is needed, and answers the address
/// at the app, with the code in it.
pub(crate) async fn to_app(
    door: &Arc<Door>,
    browser: &mut Browser,
    asked: Vec<(String, String)>,
    walker: Walker<'_>,
    trace: &Trace,
) -> Result<String, Stopped> {
    match authorize(door, &Params::new(asked), browser, trace).await {
        Ok(AuthorizeOutcome::ToClient(to)) => return Ok(to.location().unwrap_or_default()),
        Ok(AuthorizeOutcome::ToPage { set_flow, .. }) => browser.flow = set_flow,
        Ok(other) => return Err(Stopped::at("authorize", format!("{other:?}"))),
        Err(fault) => return Err(Stopped::at("authorize", fault)),
    }
    if browser.session.is_none() {
        sign_in(door, browser, walker, trace).await?;
    }
    match resume(door, browser, trace).await {
        Ok(Next::ToClient(to)) => Ok(to.location().unwrap_or_default()),
        Ok(_) => agree(door, browser, trace).await,
        Err(fault) => Err(Stopped::at("consent", fault)),
    }
}

async fn sign_in(
    door: &Arc<Door>,
    browser: &mut Browser,
    walker: Walker<'_>,
    trace: &Trace,
) -> Result<(), Stopped> {
    let begun = sign_in::begin(door, browser, walker.email)
        .await
        .map_err(|failure| Stopped::at("password", failure))?;
    if begun.set_flow.is_some() {
        browser.flow = begun.set_flow;
    }
    sign_in::try_password(door, browser, walker.password, None, trace)
        .await
        .map_err(|failure| Stopped::at("password", failure))?;
    let code = walker.totp.code(door.clock.now());
    let session = sign_in::try_totp(door, browser, &code, trace)
        .await
        .map_err(|failure| Stopped::at("second-factor", failure))?;
    browser.session = Some(session);
    Ok(())
}

async fn agree(door: &Arc<Door>, browser: &Browser, trace: &Trace) -> Result<String, Stopped> {
    let view = consent_view(door, browser)
        .await
        .map_err(|fault| Stopped::at("consent", fault))?
        .ok_or_else(|| Stopped::at("consent", "the consent page was not reached"))?;
    let agreed = Agreement {
        request: &view.request,
        email: None,
    };
    match give_consent(door, browser, agreed, trace).await {
        Ok(Next::ToClient(to)) => Ok(to.location().unwrap_or_default()),
        Ok(Next::Page(page)) => Err(Stopped::at(
            "consent",
            format!("{page} came instead of the app"),
        )),
        Ok(_) => Err(Stopped::at("consent", "the way did not lead to the app")),
        Err(fault) => Err(Stopped::at("consent", fault)),
    }
}

/// Somebody of a demonstration goes to these apps, one after the other, in one session.
///
/// # Errors
/// A fault: an app is not served, or the way stopped.
pub async fn visit(door: &Arc<Door>, walker: Walker<'_>, handles: &[&str]) -> Result<(), Fault> {
    let mut browser = fresh();
    for handle in handles {
        let app = door.registry.load().by_handle(handle).cloned();
        let app = app.ok_or_else(|| Fault::internal(format!("{handle} is not served")))?;
        let trace = Trace {
            request_id: door.random.uuid_v7(door.clock.real_now()).to_string(),
        };
        let (verifier, nonce) = (door.random.token(), door.random.token());
        let challenge = digest::sha256_b64url(verifier.as_bytes());
        let asked = request(&app, &challenge, &nonce);
        to_app(door, &mut browser, asked, walker, &trace)
            .await
            .map_err(|end| Fault::internal(format!("{handle}, {}: {}", end.step, end.sentence)))?;
    }
    Ok(())
}
