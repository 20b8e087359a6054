//! The browser comes back with a code: redeem it, verify who it is, find the member, begin a session.

use std::sync::Arc;

use durward_domain::event::Event;
use durward_domain::refusal::Refuse;
use durward_store::members::{self, MemberRow, PortalSessionRow};
use durward_store::teams;
use durward_store::{Conn, Fault as StoreFault};
use serde_json::{Map, Value, json};

use super::session::token_place;
use super::{Flow, SignInRefusal, provider};
use crate::actor::Actor;
use crate::failure::Failure;
use crate::keeper::{Happened, Keeper};
use crate::record::Trace;

/// What the browser brings back.
#[derive(Clone, Debug, Default, serde::Deserialize)]
pub struct Callback {
    /// The code.
    #[serde(default)]
    pub code: Option<String>,
    /// Which sign-in.
    #[serde(default)]
    pub state: Option<String>,
    /// Which issuer answers (RFC 9207).
    #[serde(default)]
    pub iss: Option<String>,
    /// Why there is no code.
    #[serde(default)]
    pub error: Option<String>,
}

/// A session that has begun.
pub struct SignedIn {
    /// The session cookie's value.
    pub session: String,
    /// The page that the sign-in was for.
    pub return_to: String,
}

/// Finishes a sign-in. The flow cookie must be of the browser that began it.
///
/// # Errors
/// [`SignInRefusal`], or a fault.
pub async fn finish(
    keeper: &Arc<Keeper>,
    callback: &Callback,
    flow_cookie: Option<&str>,
    old_session: Option<&str>,
    trace: &Trace,
) -> Result<SignedIn, Failure<SignInRefusal>> {
    let outcome = attempt(keeper, callback, flow_cookie, old_session, trace).await;
    if let Err(Failure::Refused(refusal)) = &outcome {
        let (unit_keeper, trace, code) = (Arc::clone(keeper), trace.clone(), refusal.code());
        keeper
            .store
            .write(move |c| {
                let detail = json!({ "code": code });
                let actor = Actor::Visitor;
                unit_keeper.record(
                    c,
                    &Happened {
                        actor: &actor,
                        event: Event::MemberSignInRefused,
                        subject: "portal",
                        trace: Some(&trace),
                        detail,
                    },
                )
            })
            .await?;
    }
    outcome
}

async fn attempt(
    keeper: &Arc<Keeper>,
    callback: &Callback,
    flow_cookie: Option<&str>,
    old_session: Option<&str>,
    trace: &Trace,
) -> Result<SignedIn, Failure<SignInRefusal>> {
    let foreign = || Failure::Refused(SignInRefusal::Foreign);
    let state = callback
        .state
        .as_deref()
        .filter(|state| Some(*state) == flow_cookie)
        .ok_or_else(foreign)?;
    let flow = take_flow(keeper, state).await?.ok_or_else(foreign)?;
    if callback
        .iss
        .as_deref()
        .is_some_and(|iss| iss.trim_end_matches('/') != keeper.sign_in.issuer.trim_end_matches('/'))
    {
        return Err(Failure::Refused(SignInRefusal::Token("issuer")));
    }
    if let Some(error) = &callback.error {
        let word: String = error
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
            .take(60)
            .collect();
        let cancelled = word == "access_denied";
        return Err(Failure::Refused(if cancelled {
            SignInRefusal::Cancelled
        } else {
            SignInRefusal::Refused(word)
        }));
    }
    let code = callback.code.as_deref().ok_or_else(foreign)?;
    let provider = provider::known(keeper).await?;
    let tokens = provider.redeem(keeper, code, &flow.verifier).await?;
    let claims = provider
        .verify(keeper, &tokens.id_token, &flow.nonce)
        .await?;
    let info = provider.userinfo(keeper, &tokens.access_token).await?;
    if claims.get("sub").and_then(Value::as_str) != Some(info.sub.as_str()) {
        return Err(Failure::Refused(SignInRefusal::Token("subject")));
    }
    let email = info
        .email
        .filter(|_| info.email_verified)
        .ok_or(Failure::Refused(SignInRefusal::Email))?;
    begin(
        keeper,
        Arrival {
            claims,
            email: email.trim().to_lowercase(),
            id_token: tokens.id_token,
            flow,
        },
        old_session,
        trace,
    )
    .await
}

async fn take_flow(keeper: &Keeper, state: &str) -> Result<Option<Flow>, Failure<SignInRefusal>> {
    let hashes = keeper.hasher.candidates(state);
    let now_us = keeper.clock.real_now().as_microsecond();
    let taken = keeper
        .store
        .write(move |c| {
            for hash in &hashes {
                if let Some(sealed) = members::take_flow(c, hash, now_us)? {
                    return Ok(Some((hash.clone(), sealed)));
                }
            }
            Ok(None)
        })
        .await?;
    Ok(taken
        .map(|(hash, sealed)| Flow::open(keeper, &hash, &sealed))
        .transpose()?)
}

struct Arrival {
    claims: Map<String, Value>,
    email: String,
    id_token: String,
    flow: Flow,
}

async fn begin(
    keeper: &Arc<Keeper>,
    arrival: Arrival,
    old_session: Option<&str>,
    trace: &Trace,
) -> Result<SignedIn, Failure<SignInRefusal>> {
    let now = keeper.clock.real_now();
    let session = keeper.random.token();
    let session_hash = keeper.hasher.hash(&session);
    let auth_time = arrival
        .claims
        .get("auth_time")
        .and_then(Value::as_i64)
        .unwrap_or_default();
    let text = |name: &str| {
        arrival
            .claims
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let row = PortalSessionRow {
        sealed_id_token: keeper.sealer.seal(
            &token_place(&session_hash),
            arrival.id_token.as_bytes(),
            &keeper.random,
        ),
        session_hash,
        member_id: String::new(),
        aal: text("aal"),
        auth_us: auth_time.saturating_mul(1_000_000),
        created_us: now.as_microsecond(),
        seen_us: now.as_microsecond(),
        expires_us: now.as_microsecond()
            + i64::from(keeper.programme.sessions.absolute_seconds) * 1_000_000,
    };
    let unit = BeginUnit {
        keeper: Arc::clone(keeper),
        new_id: keeper.random.uuid_v7(keeper.clock.now()).to_string(),
        subject: text("sub"),
        email: arrival.email,
        step_up: arrival.flow.step_up.clone(),
        old_sessions: old_session
            .map(|old| keeper.hasher.candidates(old))
            .unwrap_or_default(),
        trace: trace.clone(),
        row,
    };
    keeper
        .store
        .write(move |c| unit.run(c))
        .await?
        .map_err(Failure::Refused)?;
    Ok(SignedIn {
        session,
        return_to: arrival.flow.return_to,
    })
}

struct BeginUnit {
    keeper: Arc<Keeper>,
    new_id: String,
    subject: String,
    email: String,
    step_up: Option<String>,
    old_sessions: Vec<String>,
    trace: Trace,
    row: PortalSessionRow,
}

impl BeginUnit {
    fn run(&self, c: &mut Conn) -> Result<Result<(), SignInRefusal>, StoreFault> {
        let member = match self.member(c)? {
            Ok(member) => member,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if self
            .step_up
            .as_ref()
            .is_some_and(|id| *id != member.member_id)
        {
            return Ok(Err(SignInRefusal::OtherPerson));
        }
        for old in &self.old_sessions {
            members::end_session(c, old, self.row.created_us)?;
        }
        members::insert_session(
            c,
            &PortalSessionRow {
                member_id: member.member_id.clone(),
                ..self.row.clone()
            },
        )?;
        members::signed_in(c, &member.member_id, self.row.created_us)?;
        let event = if self.step_up.is_some() {
            Event::MemberSteppedUp
        } else {
            Event::MemberSignedIn
        };
        self.record(c, &member.member_id, event, json!({ "aal": self.row.aal }))?;
        Ok(Ok(()))
    }

    /// Whose sign-in it is. The subject decides; the address only the first time.
    fn member(&self, c: &mut Conn) -> Result<Result<MemberRow, SignInRefusal>, StoreFault> {
        if let Some(member) = members::find_by_subject(c, &self.subject)? {
            return Ok(Ok(member));
        }
        if let Some(member) = members::find_by_email(c, &self.email)? {
            let bound = members::bind_subject(c, &member.member_id, &self.subject)?;
            return Ok(if bound {
                Ok(member)
            } else {
                Err(SignInRefusal::OtherAccount)
            });
        }
        let how = if self.keeper.programme.approves_email(&self.email) {
            "approved domain"
        } else if !teams::invitations_for(c, &self.email, self.row.created_us)?.is_empty() {
            "invitation"
        } else {
            return Ok(Err(SignInRefusal::NotAMember));
        };
        let name = self.email.split('@').next().unwrap_or_default().to_owned();
        let member = MemberRow {
            member_id: self.new_id.clone(),
            email: self.email.clone(),
            name,
            subject: None,
        };
        members::put_member(c, &member, self.keeper.clock.now().as_microsecond())?;
        members::bind_subject(c, &member.member_id, &self.subject)?;
        self.record(
            c,
            &member.member_id,
            Event::MemberAdded,
            json!({ "how": how }),
        )?;
        Ok(Ok(member))
    }

    fn record(
        &self,
        c: &mut Conn,
        member_id: &str,
        event: Event,
        detail: Value,
    ) -> Result<(), StoreFault> {
        let actor = Actor::Member(member_id.to_owned());
        self.keeper.record(
            c,
            &Happened {
                actor: &actor,
                event,
                subject: member_id,
                trace: Some(&self.trace),
                detail,
            },
        )
    }
}
