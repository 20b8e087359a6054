//! The portal takes over what its environments recorded of the requests of apps.
//!
//! A feed is read from the environment's database and written to the portal's: two commits, joined by a sequence. What is
//! read twice is written once.

use std::sync::Arc;

use durward_store::{client_requests, request_records};

use crate::client::trail;
use crate::failure::Fault;
use crate::keeper::{EnvironmentLink, Keeper};

/// Takes over everything that the environments of this process recorded. Answers how many requests that were.
///
/// # Errors
/// A fault of a database. What was taken over until then stays.
pub async fn pull(keeper: &Arc<Keeper>) -> Result<usize, Fault> {
    let mut taken = 0;
    for link in &keeper.environments {
        taken += pull_one(keeper, link).await?;
    }
    Ok(taken)
}

/// The same, with what the environments still hold in memory: a person asks for it now.
///
/// # Errors
/// As above.
pub async fn pull_now(keeper: &Arc<Keeper>) -> Result<(), Fault> {
    for link in &keeper.environments {
        if let Some(door) = &link.door {
            trail::flush(door).await?;
        }
    }
    pull(keeper).await.map(drop)
}

async fn pull_one(keeper: &Keeper, link: &EnvironmentLink) -> Result<usize, Fault> {
    let Some(door) = &link.door else {
        return Ok(0);
    };
    let environment = link.name.as_str();
    let mut taken = 0;
    loop {
        let from = keeper
            .store
            .read(move |c| request_records::cursor(c, environment))
            .await?;
        let feed = door
            .store
            .read(move |c| client_requests::after(c, from, AT_ONCE))
            .await?;
        if feed.until == from {
            return Ok(taken);
        }
        taken += feed.requests.len();
        let ours = keeper
            .store
            .write(move |c| request_records::take(c, environment, from, &feed))
            .await?;
        if !ours {
            // Another node takes this part over.
            return Ok(taken);
        }
    }
}

const AT_ONCE: i64 = 500;
