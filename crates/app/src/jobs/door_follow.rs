//! How a node follows its environment: releases that another node took, and the clock that a test moved.

use std::sync::Arc;
use std::time::Duration;

use crate::automation;
use crate::door::Door;
use crate::failure::Fault;
use crate::release_intake;

/// How often a node looks. A deployment is visible on every node within a second.
pub const EVERY: Duration = Duration::from_millis(250);

/// Looks once: takes up the newest release and, in test class, the environment's clock and faults.
///
/// # Errors
/// A fault of the database.
pub async fn look(door: &Arc<Door>) -> Result<(), Fault> {
    release_intake::refresh(door).await?;
    automation::follow(door).await
}

/// Looks until the task is dropped. A fault is logged and the next look tries again: the node goes on with the
/// release it has.
pub async fn run(door: Arc<Door>) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut failing = false;
    loop {
        ticks.tick().await;
        match look(&door).await {
            Ok(()) => failing = false,
            Err(fault) if failing => {
                tracing::debug!(environment = %door.name, %fault, "still not following releases");
            }
            Err(fault) => {
                failing = true;
                tracing::error!(environment = %door.name, %fault, "not following releases");
            }
        }
    }
}
