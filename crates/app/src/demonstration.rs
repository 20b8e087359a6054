//! What a demonstration shows of itself: addresses, sign-ins, fresh API tokens, and the mail it caught.
//!
//! Only `durward demo` makes one. A service for real people has none, and the pages that show it are not there.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use durward_domain::environment::EnvironmentName;
use durward_domain::level::{Aal, LevelOfService};
use durward_domain::permission::Role;
use durward_keyring::totp::TotpSecret;
use durward_store::members;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;

use crate::actor::Actor;
use crate::failure::Fault;
use crate::keeper::Keeper;
use crate::partner::tokens;
use crate::ports::mailbox::Mailbox;

/// A demonstration as its own pages show it.
pub struct Demonstration {
    /// The portal.
    pub portal: String,
    /// The sample relying party.
    pub sample_app: String,
    /// The public key of the sample relying party, as PEM.
    pub sample_key: String,
    /// The environments.
    pub environments: Vec<DemoEnvironment>,
    /// The programme's staff; the first is an administrator.
    pub staff: Vec<DemoMember>,
    /// Partners.
    pub partners: Vec<DemoMember>,
    /// People.
    pub people: Vec<DemoPerson>,
    /// The mail of the live-class environments.
    pub mailbox: Mailbox,
    /// Where the mail server of the demonstration takes mail, such as answers to support tickets.
    pub smtp: String,
    /// The API tokens that were made last.
    pub tokens: DemoTokens,
}

/// One environment.
pub struct DemoEnvironment {
    /// Which one.
    pub name: EnvironmentName,
    /// Its issuer.
    pub issuer: String,
    /// The token that reaches everything in its test API; none in live class.
    pub automation_token: Option<String>,
}

/// Somebody who signs in to the portal.
pub struct DemoMember {
    /// The role.
    pub role: Role,
    /// The team of a partner.
    pub team: Option<String>,
    /// The name.
    pub name: String,
    /// How they sign in.
    pub sign_in: DemoSignIn,
}

/// Somebody of the public.
pub struct DemoPerson {
    /// Whether the identity is verified.
    pub level: LevelOfService,
    /// How they sign in.
    pub sign_in: DemoSignIn,
}

/// What somebody signs in with, in every environment.
pub struct DemoSignIn {
    /// The address.
    pub email: String,
    /// The password.
    pub password: String,
    /// The secret of the authenticator app.
    pub totp: TotpSecret,
}

/// The API tokens that were made last, by address.
#[derive(Default)]
pub struct DemoTokens(Mutex<Option<Minted>>);

struct Minted {
    at: Timestamp,
    by_email: Arc<BTreeMap<String, String>>,
}

impl Demonstration {
    /// An API token for each member, by address: made anew when the last ones are half an hour old, so that each may
    /// still approve and deploy.
    ///
    /// # Errors
    /// A fault.
    pub async fn api_tokens(
        &self,
        keeper: &Arc<Keeper>,
    ) -> Result<Arc<BTreeMap<String, String>>, Fault> {
        let mut made = self.tokens.0.lock().await;
        let now = keeper.clock.real_now();
        if let Some(minted) = &*made
            && now.duration_since(minted.at) < FRESH
        {
            return Ok(Arc::clone(&minted.by_email));
        }
        let emails: Vec<String> = self
            .members()
            .map(|one| one.sign_in.email.clone())
            .collect();
        let ids = keeper
            .store
            .read(move |c| {
                let mut ids = Vec::with_capacity(emails.len());
                for email in &emails {
                    if let Some(member) = members::find_by_email(c, email)? {
                        ids.push((email.clone(), member.member_id));
                    }
                }
                Ok(ids)
            })
            .await?;
        let mut minting = tokio::task::JoinSet::new();
        for (email, id) in ids {
            let keeper = Arc::clone(keeper);
            minting.spawn(async move {
                let minted = tokens::mint_for(
                    &keeper,
                    (&id, NAME, Aal::Aal2),
                    LIFE,
                    Actor::System("demo"),
                    None,
                );
                minted.await.map(|minted| (email, minted.token))
            });
        }
        let mut tokens = BTreeMap::new();
        while let Some(minted) = minting.join_next().await {
            let (email, token) =
                minted.map_err(|_| Fault::internal("making a token was interrupted"))??;
            tokens.insert(email, token);
        }
        let tokens = Arc::new(tokens);
        *made = Some(Minted {
            at: now,
            by_email: Arc::clone(&tokens),
        });
        Ok(tokens)
    }

    /// Staff, then partners.
    pub fn members(&self) -> impl Iterator<Item = &DemoMember> {
        self.staff.iter().chain(&self.partners)
    }
}

const FRESH: SignedDuration = SignedDuration::from_mins(30);
const LIFE: Duration = Duration::from_secs(12 * 60 * 60);
const NAME: &str = "Demonstration";
