//! Signing in to the portal, as an ordinary relying party of the programme's own live-class environment: code flow with
//! PKCE and `private_key_jwt` over HTTP, ID token checked by signature.

mod callback;
mod provider;
mod session;

use std::sync::Arc;

use durward_domain::refusal::{RefusalKind, Refuse};
use durward_keyring::digest::sha256_b64url;
use durward_store::members;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::actor::Member;
use crate::failure::{Failure, Fault, FaultKind};
use crate::keeper::Keeper;

pub use callback::{Callback, SignedIn, finish};
pub use provider::Provider;
pub use session::{PortalSession, SignedOut, member_by_session, sign_out};

/// A sign-in that has begun.
pub struct Started {
    /// Where the browser goes.
    pub url: String,
    /// What the browser must bring back as a cookie: the flow belongs to it alone.
    pub flow: String,
}

/// Begins a sign-in. With a member it is a step-up: the same person proves again who they are.
///
/// # Errors
/// [`SignInRefusal::Provider`] when the sign-in service cannot be reached, or a fault.
pub async fn start(
    keeper: &Arc<Keeper>,
    step_up: Option<&Member>,
    return_to: &str,
) -> Result<Started, Failure<SignInRefusal>> {
    let provider = provider::known(keeper).await?;
    let (state, nonce, verifier) = (
        keeper.random.token(),
        keeper.random.token(),
        keeper.random.token(),
    );
    let challenge = sha256_b64url(verifier.as_bytes());
    let flow = Flow {
        nonce: nonce.clone(),
        verifier,
        return_to: own_path(return_to).to_owned(),
        step_up: step_up.map(|member| member.id.clone()),
    };
    let mut url = Url::parse(&provider.authorization_endpoint).map_err(|_| {
        Failure::Refused(SignInRefusal::Provider(
            "its authorization endpoint is no address",
        ))
    })?;
    let redirect_uri = keeper.url(CALLBACK);
    url.query_pairs_mut().extend_pairs([
        ("client_id", keeper.sign_in.client_id.as_str()),
        ("response_type", "code"),
        ("redirect_uri", &redirect_uri),
        ("scope", "openid email"),
        ("state", &state),
        ("nonce", &nonce),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
        ("acr_values", ACR),
    ]);
    if step_up.is_some() {
        url.query_pairs_mut().append_pair("prompt", "login");
    }
    let hash = keeper.hasher.hash(&state);
    let plain =
        serde_json::to_vec(&flow).map_err(|_| Fault::internal("a sign-in cannot be written"))?;
    let sealed = keeper
        .sealer
        .seal(&flow_place(&hash), &plain, &keeper.random);
    let expires_us = keeper
        .clock
        .real_now()
        .as_microsecond()
        .saturating_add(FLOW_LIFE_US);
    keeper
        .store
        .write(move |c| members::put_flow(c, &hash, &sealed, expires_us))
        .await?;
    Ok(Started {
        url: url.into(),
        flow: state,
    })
}

/// Why a sign-in to the portal failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignInRefusal {
    /// The identity provider could not be asked, or answered nonsense.
    #[error("The sign-in service did not answer as it should: {0}. Try again in a minute.")]
    Provider(&'static str),
    /// The person went back.
    #[error("You came back without signing in. Sign in again when you want to.")]
    Cancelled,
    /// The provider refused.
    #[error("The sign-in service refused: {0}. Try again.")]
    Refused(String),
    /// Another browser, too late, or twice.
    #[error(
        "This sign-in was begun in another browser, is too old, or was used already. Sign in again."
    )]
    Foreign,
    /// The ID token does not hold.
    #[error("The answer of the sign-in service could not be verified ({0}). Sign in again.")]
    Token(&'static str),
    /// No confirmed address.
    #[error("Your account has no confirmed e-mail address. Confirm it, then sign in again.")]
    Email,
    /// Not approved.
    #[error(
        "Your e-mail address is not of an approved domain, and nobody has invited you. Ask a partner admin of your agency for an invitation."
    )]
    NotAMember,
    /// The address belongs to another account.
    #[error(
        "This e-mail address belongs to a member who signs in with another account. Ask the programme staff for help."
    )]
    OtherAccount,
    /// A step-up as somebody else.
    #[error("You proved to be somebody else than who is signed in. Sign out first.")]
    OtherPerson,
}

impl Refuse for SignInRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Provider(_) => "sign-in/provider",
            Self::Cancelled => "sign-in/cancelled",
            Self::Refused(_) => "sign-in/refused",
            Self::Foreign => "sign-in/foreign",
            Self::Token(_) => "sign-in/token",
            Self::Email => "sign-in/email-unconfirmed",
            Self::NotAMember => "sign-in/not-a-member",
            Self::OtherAccount => "sign-in/other-account",
            Self::OtherPerson => "sign-in/other-person",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Provider(_) => RefusalKind::Unavailable,
            Self::Cancelled | Self::Refused(_) | Self::Foreign | Self::Token(_) => {
                RefusalKind::Invalid
            }
            Self::Email | Self::NotAMember | Self::OtherAccount | Self::OtherPerson => {
                RefusalKind::Forbidden
            }
        }
    }
}

/// What the portal must remember until the browser comes back.
#[derive(Serialize, Deserialize)]
struct Flow {
    nonce: String,
    verifier: String,
    return_to: String,
    step_up: Option<String>,
}

impl Flow {
    fn open(keeper: &Keeper, hash: &str, sealed: &str) -> Result<Self, Fault> {
        let plain = keeper
            .sealer
            .open(&flow_place(hash), sealed)
            .map_err(|_| Fault::new(FaultKind::Corrupt, "a stored sign-in cannot be opened"))?;
        serde_json::from_slice(&plain)
            .map_err(|_| Fault::new(FaultKind::Corrupt, "a stored sign-in cannot be read"))
    }
}

/// A path of the portal itself; never another site.
fn own_path(path: &str) -> &str {
    let own = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && !path.contains(char::is_control);
    if own { path } else { "/" }
}

fn flow_place(hash: &str) -> String {
    format!("portal_flows.sealed.{hash}")
}

/// Where the provider sends the browser back.
pub const CALLBACK: &str = "/sign-in/callback";
/// A password and a second factor, no verified identity.
const ACR: &str =
    "http://idmanagement.gov/ns/assurance/ial/1 http://idmanagement.gov/ns/assurance/aal/2";
const FLOW_LIFE_US: i64 = 24 * 3600 * 1_000_000;
