//! The first administrator of a service: a link that the server prints once, and that works once.

use std::sync::Arc;
use std::time::Duration;

use durward_domain::event::Event;
use durward_domain::permission::Role;
use durward_domain::refusal::{RefusalKind, Refuse};
use durward_store::{Conn, Fault as StoreFault, roles, settings};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::actor::Member;
use crate::failure::{Failure, Fault};
use crate::keeper::{Happened, Keeper};
use crate::record::Trace;

/// Where the link leads.
pub const PATH: &str = "/first-administrator";

/// A new link while there is no administrator; an older one ends with it. Only its hash is kept.
///
/// # Errors
/// A fault.
pub async fn link(keeper: &Arc<Keeper>) -> Result<Option<String>, Fault> {
    let token = keeper.random.token();
    let life = i64::try_from(LIFE.as_micros()).unwrap_or(i64::MAX);
    let kept = Kept {
        hash: keeper.hasher.hash(&token),
        expires_us: keeper
            .clock
            .real_now()
            .as_microsecond()
            .saturating_add(life),
    };
    let kept = serde_json::to_string(&kept)
        .map_err(|_| Fault::internal("the first administrator's link cannot be written down"))?;
    let written = keeper.store.write(move |c| {
        if there_is_one(c)? {
            return Ok(false);
        }
        settings::put(c, SETTING, &kept)?;
        Ok(true)
    });
    let written = written.await?;
    Ok(written.then(|| format!("{}?token={token}", keeper.url(PATH))))
}

/// Makes the member who opened the link the first administrator.
///
/// # Errors
/// [`LinkRefusal`] when the link is old, was used, or there is an administrator; or a fault.
pub async fn claim(
    keeper: &Arc<Keeper>,
    member: &Member,
    token: &str,
    trace: &Trace,
) -> Result<(), Failure<LinkRefusal>> {
    let candidates = keeper.hasher.candidates(token);
    let (inner, id, actor, trace) = (
        Arc::clone(keeper),
        member.id.clone(),
        member.actor(),
        trace.clone(),
    );
    let claimed = keeper.store.write(move |c| {
        let kept = settings::find(c, SETTING)?;
        let link = kept
            .as_ref()
            .and_then(|kept| serde_json::from_str::<Kept>(&kept.content).ok());
        let (Some(kept), Some(link)) = (kept, link) else {
            return Ok(Err(LinkRefusal));
        };
        let good = candidates.contains(&link.hash)
            && inner.clock.real_now().as_microsecond() < link.expires_us;
        // Spent by a guarded write: of two who open it at once one is too late.
        if !good || there_is_one(c)? || !settings::replace(c, SETTING, "", kept.version)? {
            return Ok(Err(LinkRefusal));
        }
        let role = Role::Administrator.as_str();
        let now_us = inner.clock.real_now().as_microsecond();
        roles::give_everywhere(c, &id, "", role, now_us)?;
        inner.record(
            c,
            &Happened {
                actor: &actor,
                event: Event::MemberRoleGiven,
                subject: &id,
                trace: Some(&trace),
                detail: json!({ "role": role, "by": "the first administrator's link" }),
            },
        )?;
        Ok(Ok(()))
    });
    claimed.await?.map_err(Failure::Refused)
}

fn there_is_one(c: &mut Conn) -> Result<bool, StoreFault> {
    let staff = roles::of_team(c, "")?;
    Ok(staff
        .iter()
        .any(|held| held.role == Role::Administrator.as_str()))
}

#[derive(Serialize, Deserialize)]
struct Kept {
    hash: String,
    expires_us: i64,
}

/// Why the link did nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "This link does not work: it was used, it is old, or there is an administrator already. While there is none, each start of the server prints a new one."
)]
pub struct LinkRefusal;

impl Refuse for LinkRefusal {
    fn code(&self) -> &'static str {
        "member/first-administrator-link"
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Gone
    }
}

const SETTING: &str = "first_administrator";
const LIFE: Duration = Duration::from_secs(24 * 60 * 60);

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use durward_domain::environment::EnvironmentName;
    use durward_domain::programme::Programme;
    use durward_keyring::master::MasterKey;
    use durward_keyring::random::Random;
    use durward_store::members::{self, MemberRow};

    use super::*;
    use durward_domain::level::Aal;

    use crate::actor::Standing;
    use crate::clock::Clock;
    use crate::keeper::{EnvironmentSettings, KeeperSettings};
    use crate::secrets::Secrets;

    #[tokio::test]
    async fn the_newest_link_works_once() {
        let store = durward_store::testing::sqlite().unwrap();
        let keeper = portal(&store).await;
        let older = link(&keeper).await.unwrap().unwrap();
        let newer = link(&keeper).await.unwrap().unwrap();
        assert!(newer.starts_with("http://localhost:8400/first-administrator?token="));
        let (one, other) = (member(&keeper, "one").await, member(&keeper, "other").await);
        assert!(tried(&keeper, &one, &older).await.is_err());
        assert!(tried(&keeper, &one, "?token=").await.is_err());
        assert!(tried(&keeper, &one, &newer).await.is_ok());
        assert!(tried(&keeper, &other, &newer).await.is_err());
        assert_eq!(link(&keeper).await.unwrap(), None);
        let held = store
            .read(move |c| roles::of_member(c, &one.id))
            .await
            .unwrap();
        assert_eq!((held.len(), held[0].role.as_str()), (1, "administrator"));
    }

    async fn tried(keeper: &Arc<Keeper>, member: &Member, link: &str) -> Result<(), ()> {
        let token = link.split_once("token=").unwrap().1;
        let trace = Trace {
            request_id: "test".to_owned(),
        };
        claim(keeper, member, token, &trace).await.map_err(drop)
    }

    async fn member(keeper: &Arc<Keeper>, name: &str) -> Member {
        let row = MemberRow {
            member_id: keeper.random.uuid_v4().to_string(),
            email: format!("{name}@agency.gov"),
            name: name.to_owned(),
            subject: None,
        };
        let member = Member {
            id: row.member_id.clone(),
            email: row.email.clone(),
            name: row.name.clone(),
            roles: Vec::new(),
            standing: Standing::ApprovedDomain,
            aal: Aal::Aal2,
            elevated_until: keeper.clock.real_now(),
            scopes: std::collections::BTreeSet::new(),
        };
        let work = keeper.store.write(move |c| members::put_member(c, &row, 1));
        assert!(work.await.unwrap());
        member
    }

    async fn portal(store: &durward_store::Store) -> Arc<Keeper> {
        let random = Random::system();
        let settings = KeeperSettings {
            programme: Programme::named("us").unwrap(),
            base_url: "http://localhost:8400".to_owned(),
            store: store.clone(),
            clock: Clock::real(),
            secrets: Secrets::derive(&MasterKey::generate(&random), "portal", &random),
            random,
            environments: vec![EnvironmentSettings {
                name: EnvironmentName::Production,
                issuer: "http://localhost:8403".to_owned(),
                door: None,
                pull_token: None,
            }],
            sign_in: EnvironmentName::Production,
            outbound: crate::ports::outbound::Outbound::for_tests(),
            post: None,
            demo: false,
        };
        Keeper::open(settings).await.unwrap()
    }
}
