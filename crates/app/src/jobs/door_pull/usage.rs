//! Hands the billable hand-offs of this environment to the portal, part by part, from where it has got to.

use std::sync::atomic::Ordering;

use durward_store::usage;

use super::{Puller, chain};
use crate::failure::Fault;
use crate::jobs::keeper_feed;
use crate::operator::usage_intake::{MOST, UsagePart, UsageTaken};

impl Puller {
    /// Hands over what is there. A portal that does not answer gets it with the next turn.
    ///
    /// # Errors
    /// A fault of the environment's own database.
    pub async fn hand_over_usage(&self) -> Result<(), Fault> {
        let most = i64::try_from(MOST).unwrap_or(i64::MAX);
        loop {
            keeper_feed::number(&self.door).await?;
            let from = self.handed_over.load(Ordering::Relaxed);
            let feed = self.door.store.read(move |c| usage::after(c, from, most));
            let feed = feed.await?;
            if feed.until == from {
                return Ok(());
            }
            let part = UsagePart {
                from,
                until: feed.until,
                rows: feed.rows.into_iter().map(Into::into).collect(),
            };
            match self.send_usage(&part).await {
                // After a restart the first answer tells how far the portal has got.
                Ok(taken) if taken.seq != from => {
                    self.handed_over.store(taken.seq, Ordering::Relaxed);
                }
                Ok(_) => return Ok(()),
                Err(why) => {
                    tracing::debug!(environment = %self.door.name, why, "the portal takes no usage now");
                    return Ok(());
                }
            }
        }
    }

    async fn send_usage(&self, part: &UsagePart) -> Result<UsageTaken, String> {
        let answer = self
            .http
            .post(&self.usage_address)
            .bearer_auth(&self.token)
            .json(part)
            .send()
            .await
            .map_err(|error| chain(&error.without_url()))?;
        let status = answer.status();
        if !status.is_success() {
            return Err(status.to_string());
        }
        answer
            .json()
            .await
            .map_err(|error| chain(&error.without_url()))
    }
}
