//! The canary: after a release, a synthetic person signs in to a synthetic app, by the same steps as everybody.
//!
//! There is no bypass: the password is hashed, the code of the authenticator app is checked, consent is given, the code
//! is redeemed and the ID token verified. The person is made for one run and deleted at its end.

use std::sync::Arc;
use tokio::time::Instant;

use durward_accounts::email::EmailAddress;
use durward_domain::event::Event;
use durward_keyring::digest;
use durward_keyring::jose::jws;
use durward_keyring::totp::TotpSecret;
use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::citizen::people::{self, NewPerson};
use crate::citizen::session;
use crate::client::Headers;
use crate::client::grant::grant_tokens;
use crate::client::userinfo::{UserinfoAnswer, userinfo};
use crate::door::Door;
use crate::record::Trace;
use crate::registry::RegisteredApp;
use crate::walk::{self, Walker};

/// The short name of the synthetic app.
pub const CANARY_HANDLE: &str = "durward-canary";
/// Its client id.
pub const CANARY_CLIENT_ID: &str = "urn:durward:canary";

/// The step at which an app of the release itself is looked at.
pub const APP_STEP: &str = "app";

/// How a canary sign-in ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CanaryRun {
    /// How long it took, in microseconds.
    pub took_us: u64,
    /// Where it stopped; nothing when it came to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<CanaryFailure>,
}

/// Where a canary sign-in stopped, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CanaryFailure {
    /// The step: `app`, `person`, `authorize`, `password`, `second-factor`, `consent`, `token`, `userinfo` or `sign-out`.
    pub step: String,
    /// What was wrong there.
    pub sentence: String,
}

/// Where the synthetic app would take the answer. Nothing listens there and nothing is sent.
pub fn redirect_uri(issuer: &str) -> String {
    format!("{issuer}/canary")
}

/// Looks at these apps, then signs in to the synthetic app. `None` where the environment serves no synthetic app. What
/// goes wrong on the way is the answer.
pub async fn run(door: &Arc<Door>, changed: &[String]) -> Option<CanaryRun> {
    let app = door.registry.load().app(CANARY_CLIENT_ID).cloned()?;
    let begun = Instant::now();
    let failed = match apps(door, changed) {
        Err(failure) => Some(failure),
        Ok(()) => signed_in(door, &app).await.err(),
    };
    if let Some(failure) = &failed {
        tracing::error!(environment = %door.name, step = failure.step, why = failure.sentence, "the canary could not sign in");
    }
    let took_us = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
    Some(CanaryRun { took_us, failed })
}

/// Looks at the apps of a release alone, where the environment serves the synthetic app. Answers only what is wrong.
pub fn look_at(door: &Door, changed: &[String]) -> Option<CanaryRun> {
    door.registry.load().app(CANARY_CLIENT_ID)?;
    let failed = apps(door, changed).err()?;
    tracing::error!(environment = %door.name, why = failed.sentence, "the canary cannot use an app");
    Some(CanaryRun {
        took_us: 0,
        failed: Some(failed),
    })
}

/// Every app that the release set must be there with an address to go back to, or nobody can sign in to it.
fn apps(door: &Door, changed: &[String]) -> Result<(), CanaryFailure> {
    let registry = door.registry.load();
    for handle in changed {
        let Some(app) = registry.by_handle(handle) else {
            continue;
        };
        let issuer = app.client.client_id.as_str();
        let same = registry
            .app(issuer)
            .is_some_and(|found| Arc::ptr_eq(found, app));
        if !same {
            return Err(stopped(
                APP_STEP,
                format!("{handle} does not answer to its client id"),
            ));
        }
        if app.client.redirect_uris().is_empty() {
            return Err(stopped(
                APP_STEP,
                format!("{handle} has no address to go back to"),
            ));
        }
    }
    Ok(())
}

async fn signed_in(door: &Arc<Door>, app: &RegisteredApp) -> Result<(), CanaryFailure> {
    let (random, trace) = (
        &door.random,
        Trace {
            request_id: random_id(door),
        },
    );
    let password = random.token();
    let totp = TotpSecret::generate(random);
    let address = format!("canary-{}@canary.invalid", random.token().to_lowercase());
    let email = EmailAddress::parse(&address).map_err(|bad| stopped("person", bad))?;
    let new = NewPerson {
        email,
        password: password.clone(),
        totp: Some(totp.clone()),
        language: "en".to_owned(),
        verified: None,
        persona_of: None,
    };
    let person = people::create(door, new, &CANARY, None, Some(&trace))
        .await
        .map_err(|failure| stopped("person", failure))?;
    let walker = Walker {
        email: &address,
        password: &password,
        totp: &totp,
    };
    let outcome = walk(door, app, walker, &trace).await;
    let deleted = people::delete(door, person, &CANARY, Event::PersonDeleted, Some(&trace)).await;
    outcome?;
    deleted
        .map(drop)
        .map_err(|fault| stopped("sign-out", fault))
}

async fn walk(
    door: &Arc<Door>,
    app: &RegisteredApp,
    walker: Walker<'_>,
    trace: &Trace,
) -> Result<(), CanaryFailure> {
    let (verifier, nonce) = (door.random.token(), door.random.token());
    let mut browser = walk::fresh();
    let asked = walk::request(app, &digest::sha256_b64url(verifier.as_bytes()), &nonce);
    let to = walk::to_app(door, &mut browser, asked, walker, trace)
        .await
        .map_err(|end| stopped(end.step, end.sentence))?;
    redeemed(door, &to, (&verifier, &nonce, walker.email), trace).await?;
    session::end(door, &browser, trace)
        .await
        .map(drop)
        .map_err(|fault| stopped("sign-out", fault))
}

async fn redeemed(
    door: &Arc<Door>,
    to: &str,
    (verifier, nonce, email): (&str, &str, &str),
    trace: &Trace,
) -> Result<(), CanaryFailure> {
    let code = url::Url::parse(to).ok().and_then(|to| {
        to.query_pairs()
            .find(|(name, _)| name == "code")
            .map(|(_, code)| code.into_owned())
    });
    let code = code.ok_or_else(|| stopped("token", "the answer has no code"))?;
    let form = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("grant_type", "authorization_code"),
            ("client_id", CANARY_CLIENT_ID),
            ("code", &code),
            ("redirect_uri", &redirect_uri(&door.issuer)),
            ("code_verifier", verifier),
        ])
        .finish();
    let answer = grant_tokens(door, form.as_bytes(), Headers::default(), trace)
        .await
        .map_err(|failure| stopped("token", failure))?;
    let token = jws::Unverified::parse(answer.id_token(), MAX_TOKEN)
        .map_err(|error| stopped("token", error))?;
    let ring = door.keys.load();
    let key = token.header.kid.as_deref().and_then(|kid| ring.public(kid));
    let (algorithm, key) =
        key.ok_or_else(|| stopped("token", "the ID token's key is not published"))?;
    let claims = token
        .verify(key, &[algorithm])
        .map_err(|error| stopped("token", error))?;
    if claims.get("nonce").and_then(|found| found.as_str()) != Some(nonce)
        || claims.get("iss").and_then(|found| found.as_str()) != Some(&door.issuer)
    {
        return Err(stopped(
            "token",
            "the ID token is not the one that was asked for",
        ));
    }
    let bearer = format!("Bearer {}", answer.access_token());
    let headers = Headers {
        authorization: Some(&bearer),
        ..Headers::default()
    };
    let told = userinfo(door, "GET", headers, trace)
        .await
        .map_err(|failure| stopped("userinfo", failure))?;
    let UserinfoAnswer::Plain(told) = told else {
        return Err(stopped("userinfo", "the answer is not what was asked for"));
    };
    match told.get("email").and_then(|found| found.as_str()) {
        Some(found) if found == email => Ok(()),
        _ => Err(stopped("userinfo", "another e-mail address came back")),
    }
}

fn random_id(door: &Door) -> String {
    door.random.uuid_v7(door.clock.real_now()).to_string()
}

fn stopped(step: &str, why: impl std::fmt::Display) -> CanaryFailure {
    CanaryFailure {
        step: step.to_owned(),
        sentence: why.to_string().chars().take(300).collect(),
    }
}

const CANARY: Actor = Actor::System("canary");
const MAX_TOKEN: usize = 64 * 1024;
