//! What a test-class environment has beside an environment of live class: faults that play, and the one token of a demo.

use std::sync::Arc;

use arc_swap::ArcSwap;
use durward_domain::environment::TestClass;
use durward_domain::event::Event;
use durward_domain::test_kit::{Fault as Played, Stage};
use durward_oidc::logout::LogoutRefusal;
use durward_oidc::oauth::OAuthError;
use durward_oidc::token::TokenError;
use durward_oidc::userinfo::UserinfoError;
use durward_store::{grants, test_kit};
use serde_json::json;

use crate::actor::Actor;
use crate::door::Door;
use crate::failure::{Failure, Fault};
use crate::record::{Note, Trace};

/// The test kit of one environment. It cannot be made without [`TestClass`], so nothing that starts here is ever
/// reached in live class.
pub struct Kit {
    class: TestClass,
    environment_token: Option<String>,
    faults: ArcSwap<Vec<OpenFault>>,
}

struct OpenFault {
    id: String,
    client_id: String,
    fault: Played,
}

impl Kit {
    /// The kit of an environment. `environment_token` is the keyed hash of the one token that reaches everything: only
    /// demonstrations and simulators have one.
    pub fn new(class: TestClass, environment_token: Option<String>) -> Self {
        Self {
            class,
            environment_token,
            faults: ArcSwap::default(),
        }
    }

    /// The environment's class, shown.
    pub fn class(&self) -> TestClass {
        self.class
    }

    /// Whether one token reaches everything: a demonstration, where all people are made up.
    pub fn is_demonstration(&self) -> bool {
        self.environment_token.is_some()
    }

    pub(super) fn environment_token(&self) -> Option<&String> {
        self.environment_token.as_ref()
    }

    /// Takes up the faults that may still play. An environment without any costs a request nothing.
    pub(crate) async fn load_faults(&self, door: &Door) -> Result<(), Fault> {
        let now_us = door.clock.real_now().as_microsecond();
        let rows = door
            .store
            .read(move |c| test_kit::open_faults(c, now_us))
            .await?;
        if rows.is_empty() && self.faults.load().is_empty() {
            return Ok(());
        }
        let open = rows
            .into_iter()
            .filter_map(|row| {
                Some(OpenFault {
                    fault: serde_json::from_str(&row.content).ok()?,
                    id: row.fault_id,
                    client_id: row.client_id,
                })
            })
            .collect();
        self.faults.store(Arc::new(open));
        Ok(())
    }

    /// The fault that an app meets at this stage, if its team has set one. It is used up once and recorded.
    pub(crate) async fn play(
        &self,
        door: &Arc<Door>,
        client_id: &str,
        stage: Stage,
        trace: &Trace,
    ) -> Result<Option<Played>, Fault> {
        let faults = self.faults.load_full();
        let meets =
            |open: &&OpenFault| open.client_id == client_id && open.fault.kind.stage() == stage;
        for open in faults.iter().filter(meets) {
            if play_one(door, open, trace).await? {
                return Ok(Some(open.fault.clone()));
            }
        }
        Ok(None)
    }

    /// The authorization endpoint, once the request proved to be a good one.
    pub(crate) async fn at_authorize(
        &self,
        door: &Arc<Door>,
        client_id: &str,
        trace: &Trace,
    ) -> Result<Option<OAuthError>, Fault> {
        let played = self.play(door, client_id, Stage::Authorize, trace).await?;
        Ok(played
            .and_then(|fault| fault.error)
            .and_then(|error| OAuthError::parse(&error)))
    }

    /// The token endpoint, before anything is used up. `client_id` is whom the request proved to be; of a public app
    /// that sends none, only the code tells.
    pub(crate) async fn at_token(
        &self,
        door: &Arc<Door>,
        client_id: Option<&str>,
        code_hashes: &[String],
        trace: &Trace,
    ) -> Result<(), Failure<TokenError>> {
        if self.faults.load().is_empty() {
            return Ok(());
        }
        let client_id = match client_id {
            Some(client_id) => Some(client_id.to_owned()),
            None => by_code(door, code_hashes).await?,
        };
        let Some(client_id) = client_id else {
            return Ok(());
        };
        self.delay(door, &client_id, Stage::TokenDelay, trace)
            .await?;
        let played = self.play(door, &client_id, Stage::Token, trace).await?;
        match played.map(|fault| (fault.status, fault.error)) {
            Some((Some(status), Some(error))) => Err(Failure::Refused(TokenError::Simulated {
                status,
                error: OAuthError::parse(&error).unwrap_or(OAuthError::ServerError),
            })),
            _ => Ok(()),
        }
    }

    /// Userinfo, once its token proved to be good.
    pub(crate) async fn at_userinfo(
        &self,
        door: &Arc<Door>,
        client_id: &str,
        trace: &Trace,
    ) -> Result<(), Failure<UserinfoError>> {
        self.delay(door, client_id, Stage::UserinfoDelay, trace)
            .await?;
        let played = self.play(door, client_id, Stage::Userinfo, trace).await?;
        match played.and_then(|fault| fault.status) {
            Some(status) => Err(Failure::Refused(UserinfoError::Simulated { status })),
            None => Ok(()),
        }
    }

    /// Signing out at an app's request.
    pub(crate) async fn at_logout(
        &self,
        door: &Arc<Door>,
        client_id: &str,
        trace: &Trace,
    ) -> Result<(), Failure<LogoutRefusal>> {
        match self.play(door, client_id, Stage::Logout, trace).await? {
            Some(_) => Err(Failure::Refused(LogoutRefusal::Simulated)),
            None => Ok(()),
        }
    }

    /// Waits as long as the app's team has set for this stage.
    pub(crate) async fn delay(
        &self,
        door: &Arc<Door>,
        client_id: &str,
        stage: Stage,
        trace: &Trace,
    ) -> Result<(), Fault> {
        let played = self.play(door, client_id, stage, trace).await?;
        if let Some(milliseconds) = played.and_then(|fault| fault.milliseconds) {
            tokio::time::sleep(std::time::Duration::from_millis(milliseconds.into())).await;
        }
        Ok(())
    }
}

async fn by_code(door: &Door, code_hashes: &[String]) -> Result<Option<String>, Fault> {
    let hashes = code_hashes.to_vec();
    let found = door.store.read(move |c| {
        for hash in &hashes {
            if let Some(row) = grants::find_by_code(c, hash)? {
                return Ok(Some(row.grant.client_id));
            }
        }
        Ok(None)
    });
    Ok(found.await?)
}

async fn play_one(door: &Arc<Door>, open: &OpenFault, trace: &Trace) -> Result<bool, Fault> {
    let (unit_door, trace) = (Arc::clone(door), trace.clone());
    let (id, client_id, fault) = (open.id.clone(), open.client_id.clone(), open.fault.clone());
    let (now, real_now) = (door.clock.now(), door.clock.real_now());
    let played = door
        .store
        .write(move |c| {
            let Some(left) = test_kit::play_fault(c, &id, real_now.as_microsecond())? else {
                return Ok(false);
            };
            unit_door.recorder.event(
                c,
                Note {
                    time: now,
                    actor: &Actor::System("test kit"),
                    event: Event::TestFaultPlayed,
                    subject: &client_id,
                    trace: Some(&trace),
                    detail: json!({ "fault": fault, "id": id, "plays_left": left }),
                },
            )?;
            Ok(true)
        })
        .await?;
    Ok(played)
}
