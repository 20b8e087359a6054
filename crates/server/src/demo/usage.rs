//! People of the state sign in to the live apps, by the steps that everybody takes, so that there is something to bill.

use std::sync::Arc;

use durward_accounts::email::EmailAddress;
use durward_app::citizen::people::Verified;
use durward_app::citizen::several::{self, ReadyPerson};
use durward_app::jobs::{keeper_feed, keeper_usage};
use durward_app::passwords::PasswordPool;
use durward_app::walk::{self, Walker};
use durward_app::{Door, Fault};
use durward_domain::environment::EnvironmentName;
use durward_keyring::master::MasterKey;
use durward_keyring::totp::TotpSecret;

use super::agreements::LIVE_AGO;
use super::apps;
use super::cast::{CITIZENS, SignIn};
use super::seeds::{SEEDS, Stage};

/// Everybody visits on a day of their own group; the days lie between the launch and yesterday.
pub(super) async fn tell(
    stage: &Stage,
    doors: &[Arc<Door>],
    passwords: &PasswordPool,
    master: &MasterKey,
) -> Result<(), Fault> {
    let live = EnvironmentName::Production;
    let Some(door) = doors.iter().find(|door| door.name == live) else {
        return Ok(());
    };
    let visitors = visitors(door, passwords, master).await?;
    let days = i64::try_from(visitors.len() / AT_ONCE).unwrap_or(1);
    for (day, group) in (0..).zip(visitors.chunks(AT_ONCE)) {
        // More of them lately.
        let left = days - day;
        stage.days_ago(1 + (LIVE_AGO - 3) * left * left / (days * days))?;
        let mut going = tokio::task::JoinSet::new();
        for visitor in group {
            let (door, visitor) = (Arc::clone(door), visitor.clone());
            going.spawn(async move { visitor.goes(&door).await });
        }
        while let Some(went) = going.join_next().await {
            went.map_err(|_| Fault::internal("a visit was interrupted"))??;
        }
        keeper_feed::pull(&stage.keeper).await?;
    }
    stage.on(stage.today);
    keeper_usage::warn(&stage.keeper).await?;
    Ok(())
}

/// Somebody of the public whom the pages of the demonstration do not list.
#[derive(Clone)]
struct Visitor {
    email: String,
    password: String,
    totp: TotpSecret,
    to: &'static [&'static str],
}

impl Visitor {
    async fn goes(&self, door: &Arc<Door>) -> Result<(), Fault> {
        let walker = Walker {
            email: &self.email,
            password: &self.password,
            totp: &self.totp,
        };
        walk::visit(door, walker, self.to).await
    }
}

/// Makes their accounts. They share a password, which is hashed once.
async fn visitors(
    door: &Arc<Door>,
    passwords: &PasswordPool,
    master: &MasterKey,
) -> Result<Vec<Visitor>, Fault> {
    let shared = SignIn::of(master, "visitors").password;
    let password_phc = passwords.hash(shared.clone()).await?;
    let attributes = CITIZENS.iter().find_map(super::cast::Citizen::attributes);
    let (mut visitors, mut people) = (Vec::new(), Vec::new());
    for number in 0..VISITORS {
        let email = format!("visitor-{number}@example.com");
        let totp = SignIn::of(master, &email).totp;
        let to = WAYS[number % WAYS.len()];
        let verified = attributes
            .clone()
            .filter(|_| to.contains(&apps::SAMPLE.handle));
        people.push(ReadyPerson {
            email: EmailAddress::parse(&email).map_err(|_| Fault::internal("a seed's address"))?,
            password_phc: password_phc.clone(),
            totp: totp.clone(),
            language: "en".to_owned(),
            verified: verified.map(|attributes| Verified {
                at: door.clock.now(),
                attributes,
            }),
        });
        visitors.push(Visitor {
            email,
            password: shared.clone(),
            totp,
            to,
        });
    }
    several::create(door, &people, &SEEDS).await?;
    Ok(visitors)
}

const VISITORS: usize = 32;
const AT_ONCE: usize = 4;
/// To which apps they go, by turns.
const WAYS: [&[&str]; 4] = [
    &["plate-renewal"],
    &["lobster-quota"],
    &["plate-renewal", "lobster-quota"],
    &["harbour-guide"],
];
