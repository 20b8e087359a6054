//! A bounded pool of threads for password hashing, so that a storm of sign-ins cannot starve everything else.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Mutex, PoisonError};

use durward_accounts::authenticator::breached::Breached;
use durward_accounts::authenticator::password::Password;
use durward_keyring::mac::MacKey;
use durward_keyring::password::PasswordHasher;
use durward_keyring::random::Random;
use tokio::sync::oneshot;

use crate::failure::{Fault, FaultKind};

type Work = Box<dyn FnOnce(&mut PasswordHasher) + Send>;

/// Argon2id on its own threads, each with one reusable memory buffer, behind a bounded queue.
#[derive(Clone)]
pub struct PasswordPool {
    queue: SyncSender<Work>,
    random: Random,
    decoy: Arc<str>,
    breached: Option<Arc<Breached>>,
}

impl PasswordPool {
    /// Starts `threads` hashing threads; at most `waiting` requests wait for them.
    ///
    /// # Errors
    /// When a thread cannot be started or the first hash fails.
    pub fn start(
        threads: usize,
        waiting: usize,
        pepper: MacKey,
        random: Random,
    ) -> Result<Self, Fault> {
        let (queue, work) = sync_channel::<Work>(waiting);
        let work = Arc::new(Mutex::new(work));
        for number in 0..threads.max(1) {
            let work = Arc::clone(&work);
            let hasher = PasswordHasher::new(pepper.clone());
            std::thread::Builder::new()
                .name(format!("password-{number}"))
                .spawn(move || {
                    let_others_first();
                    serve(&work, hasher);
                })
                .map_err(|error| Fault::internal(format!("starting a password thread: {error}")))?;
        }
        // Verified against when no person has the address, so that the answer takes the same time.
        let decoy = PasswordHasher::new(pepper).hash(&random.token(), &random);
        Ok(Self {
            queue,
            random,
            decoy: decoy.into(),
            breached: None,
        })
    }

    /// The same threads, for servers that know a list of stolen passwords.
    #[must_use]
    pub fn knowing(mut self, breached: Option<Breached>) -> Self {
        self.breached = breached.map(Arc::new);
        self
    }

    /// Is this one of the stolen passwords, as far as they are known here?
    pub fn is_breached(&self, password: &Password) -> bool {
        let breached = self.breached.as_ref();
        breached.is_some_and(|breached| breached.contains(password))
    }

    /// Hashes a password to a PHC string.
    ///
    /// # Errors
    /// `Busy` when the queue is full.
    pub async fn hash(&self, password: String) -> Result<String, Fault> {
        let random = self.random.clone();
        self.run(move |hasher| hasher.hash(&password, &random))
            .await
    }

    /// Whether the password fits; without a stored hash (nobody has this address) takes as long and answers `false`.
    ///
    /// # Errors
    /// `Busy` when the queue is full.
    pub async fn verify(&self, password: String, phc: Option<String>) -> Result<bool, Fault> {
        let known = phc.is_some();
        let phc = phc.unwrap_or_else(|| self.decoy.to_string());
        let fits = self
            .run(move |hasher| hasher.verify(&password, &phc))
            .await?;
        Ok(known && fits)
    }

    async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut PasswordHasher) -> T + Send + 'static,
    ) -> Result<T, Fault> {
        let (answer, result) = oneshot::channel();
        let work: Work = Box::new(move |hasher| {
            let _ = answer.send(job(hasher));
        });
        match self.queue.try_send(work) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => {
                return Err(Fault::new(FaultKind::Busy, "the password queue is full"));
            }
            Err(TrySendError::Disconnected(_)) => {
                return Err(Fault::internal("the password threads are gone"));
            }
        }
        result
            .await
            .map_err(|_| Fault::internal("a password thread died"))
    }
}

fn serve(work: &Mutex<Receiver<Work>>, mut hasher: PasswordHasher) {
    loop {
        let next = work.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match next {
            Ok(job) => job(&mut hasher),
            Err(_) => return,
        }
    }
}

/// A hash keeps a core busy for many milliseconds: on a machine with few of them, whoever asks for tokens and keys would
/// wait for it. Only Linux knows a priority of one thread; elsewhere hashing shares the cores evenly.
fn let_others_first() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(NICENESS) {
        tracing::warn!(%error, "hashing passwords runs at the priority of everything else");
    }
}

/// A tenth of a core's share: what is small goes first, and passwords are still judged on a server that is never idle.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

#[cfg(all(test, target_os = "linux"))]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[tokio::test]
    async fn hashing_lets_others_first() {
        let pepper = MacKey::new([7; 32]);
        let pool = PasswordPool::start(1, 1, pepper, Random::seeded(1)).unwrap();
        let own = rustix::process::getpriority_process(None).unwrap();
        let hashing = pool.run(|_| rustix::process::getpriority_process(None).unwrap());
        let hashing = hashing.await.unwrap();
        assert_eq!(hashing, (own + NICENESS).min(19));
        // Nobody else is slowed down by it.
        assert_eq!(rustix::process::getpriority_process(None).unwrap(), own);
    }
}
