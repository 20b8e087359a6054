//! What runs by itself beside the listeners: each job again and again, until the process stops.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use durward_app::{Fault, FaultKind};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

/// The jobs of a process.
pub struct Jobs {
    stop: watch::Sender<bool>,
    running: JoinSet<()>,
}

impl Default for Jobs {
    fn default() -> Self {
        Self {
            stop: watch::Sender::new(false),
            running: JoinSet::new(),
        }
    }
}

impl Jobs {
    /// Does this again and again with a pause after each time. A fault is logged once per kind while it lasts, and the
    /// pauses grow until the job works again.
    pub fn every<F>(
        &mut self,
        name: &'static str,
        owner: &str,
        pause: Duration,
        work: impl Fn() -> F + Send + Sync + 'static,
    ) where
        F: Future<Output = Result<(), Fault>> + Send,
    {
        self.woken(name, owner, (pause, Arc::default()), work);
    }

    /// The same, and at once whenever `wake` is told.
    pub fn woken<F>(
        &mut self,
        name: &'static str,
        owner: &str,
        (pause, wake): (Duration, Arc<Notify>),
        work: impl Fn() -> F + Send + Sync + 'static,
    ) where
        F: Future<Output = Result<(), Fault>> + Send,
    {
        let mut stop = self.stop.subscribe();
        let owner = owner.to_owned();
        self.running.spawn(async move {
            let mut told = Told::default();
            let mut wait = pause;
            loop {
                // What has begun is ended: a stop is looked at between two times only.
                tokio::select! {
                    () = tokio::time::sleep(wait) => {}
                    () = wake.notified() => {}
                    _ = stop.wait_for(|stop| *stop) => return,
                }
                match work().await {
                    Ok(()) => {
                        told.works_again(name, &owner);
                        wait = pause;
                    }
                    Err(fault) => {
                        told.failed(name, &owner, &fault);
                        wait = (wait * 2).clamp(pause, LONGEST_WAIT.max(pause));
                    }
                }
            }
        });
    }

    /// Tells all jobs to stop and waits until what they had begun is done, at most so long.
    pub async fn stop(mut self, grace: Duration) {
        self.stop.send_replace(true);
        let ended = async { while self.running.join_next().await.is_some() {} };
        if tokio::time::timeout(grace, ended).await.is_err() {
            tracing::warn!("some jobs were still running when the grace time ended");
        }
    }
}

/// Which faults of a job the log knows already.
#[derive(Default)]
struct Told(HashSet<FaultKind>);

impl Told {
    fn failed(&mut self, name: &str, owner: &str, fault: &Fault) {
        metrics::counter!(FAULTS, "job" => name.to_owned(), "owner" => owner.to_owned())
            .increment(1);
        if self.0.insert(fault.kind()) {
            tracing::error!(job = name, owner, kind = ?fault.kind(), %fault, "a job failed and is tried again");
        }
    }

    fn works_again(&mut self, name: &str, owner: &str) {
        if !self.0.is_empty() {
            self.0.clear();
            tracing::info!(job = name, owner, "the job works again");
        }
    }
}

const FAULTS: &str = "durward_job_faults_total";
const LONGEST_WAIT: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_job_that_fails_is_tried_again_and_what_began_is_ended() {
        let (times, ended) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (count, end) = (Arc::clone(&times), Arc::clone(&ended));
        let mut jobs = Jobs::default();
        jobs.every("test", "portal", Duration::from_millis(10), move || {
            let (count, end) = (Arc::clone(&count), Arc::clone(&end));
            async move {
                let first = count.fetch_add(1, Ordering::Relaxed) == 0;
                tokio::time::sleep(Duration::from_millis(5)).await;
                end.fetch_add(1, Ordering::Relaxed);
                if first {
                    return Err(Fault::internal("the first time fails"));
                }
                Ok(())
            }
        });
        tokio::time::sleep(Duration::from_millis(500)).await;
        jobs.stop(Duration::from_secs(1)).await;
        assert!(times.load(Ordering::Relaxed) > 10);
        assert_eq!(times.load(Ordering::Relaxed), ended.load(Ordering::Relaxed));
    }

    #[tokio::test]
    async fn a_job_is_woken_before_its_time() {
        let (wake, done) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let end = Arc::clone(&done);
        let mut jobs = Jobs::default();
        let pause = Duration::from_secs(3600);
        jobs.woken("test", "portal", (pause, Arc::clone(&wake)), move || {
            let end = Arc::clone(&end);
            async move {
                end.notify_one();
                Ok(())
            }
        });
        wake.notify_one();
        done.notified().await;
        jobs.stop(Duration::from_secs(1)).await;
    }
}
