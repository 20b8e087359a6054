//! The store: where it is, its queues and its database threads.

pub(crate) mod conn;
pub(crate) mod postgres;
mod queue;
pub(crate) mod sqlite;
pub(crate) mod statement;
mod unit;
pub(crate) mod value;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::oneshot;

use crate::fault::{Fault, FaultKind};
use conn::Conn;
use queue::{Queue, Rejected};
use unit::{EmptyLog, Pending, Unit};

/// Where the database is.
#[derive(Clone)]
pub enum Config {
    /// A file of this machine.
    Sqlite {
        /// The database file. Its folder must exist.
        path: PathBuf,
        /// What a power cut may cost.
        durability: Durability,
    },
    /// A PostgreSQL server, or an engine that speaks its protocol.
    Postgres {
        /// `postgres://user:password@host/database` or `key=value` pairs.
        url: String,
        /// Connections for writing, and as many again for reading.
        threads: usize,
    },
}

/// When SQLite waits for the disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// At every commit: nothing acknowledged is lost, also not by a power cut.
    #[default]
    Full,
    /// At checkpoints: a power cut may lose the last moments, a crash of the program nothing.
    Normal,
}

/// A handle on the database. Clones share the same threads, which end with the last clone.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

pub(crate) struct Shared {
    reads: Arc<Queue<Box<dyn Unit>>>,
    writes: Arc<Queue<Box<dyn Unit>>>,
    threads: Mutex<Threads>,
    file: Option<PathBuf>,
    engine: &'static str,
    read_units: AtomicU64,
    write_units: AtomicU64,
}

impl Store {
    /// Opens a database whose schema is up to date. Blocks while it connects.
    pub fn open(config: &Config) -> Result<Self, Fault> {
        match config {
            Config::Sqlite { path, durability } => sqlite::open(path, *durability),
            Config::Postgres { url, threads } => postgres::open(url, *threads),
        }
    }

    /// Opens an SQLite file for tools that must not change it, such as a copy or a running
    /// service's database. Its schema is not checked and every write faults as read-only.
    pub fn open_read_only(path: &Path) -> Result<Self, Fault> {
        sqlite::open_read_only(path)
    }

    /// Runs a unit that only reads, in one consistent snapshot. It may run more than once.
    pub async fn read<T, F>(&self, unit: F) -> Result<T, Fault>
    where
        F: Fn(&mut Conn) -> Result<T, Fault> + Send + 'static,
        T: Send + 'static,
    {
        let answer = submit(&self.shared.reads, unit)?;
        self.shared.read_units.fetch_add(1, Ordering::Relaxed);
        answer.await.unwrap_or(Err(CLOSED))
    }

    /// Runs a unit that writes. It may run more than once, so it must do nothing outside its
    /// connection. The answer comes after COMMIT; a fault means that nothing was kept, except
    /// where its kind is [`FaultKind::Ambiguous`].
    pub async fn write<T, F>(&self, unit: F) -> Result<T, Fault>
    where
        F: Fn(&mut Conn) -> Result<T, Fault> + Send + 'static,
        T: Send + 'static,
    {
        let answer = submit(&self.shared.writes, unit)?;
        self.shared.write_units.fetch_add(1, Ordering::Relaxed);
        answer.await.unwrap_or(Err(CLOSED))
    }

    /// [`Self::read`] for tools without an async runtime.
    pub fn read_blocking<T, F>(&self, unit: F) -> Result<T, Fault>
    where
        F: Fn(&mut Conn) -> Result<T, Fault> + Send + 'static,
        T: Send + 'static,
    {
        submit(&self.shared.reads, unit)?
            .blocking_recv()
            .unwrap_or(Err(CLOSED))
    }

    /// [`Self::write`] for tools without an async runtime.
    pub fn write_blocking<T, F>(&self, unit: F) -> Result<T, Fault>
    where
        F: Fn(&mut Conn) -> Result<T, Fault> + Send + 'static,
        T: Send + 'static,
    {
        submit(&self.shared.writes, unit)?
            .blocking_recv()
            .unwrap_or(Err(CLOSED))
    }

    /// Moves what SQLite's log holds into the database file and empties the log, between two commits
    /// of the writer thread. A log that another reader still needs is left for the next time; that
    /// is no fault. PostgreSQL sees to its log itself.
    pub async fn checkpoint(&self) -> Result<(), Fault> {
        if self.shared.file.is_none() {
            return Ok(());
        }
        let (unit, answer) = EmptyLog::boxed();
        push(&self.shared.writes, unit)?;
        answer.await.unwrap_or(Err(CLOSED))
    }

    /// Copies an SQLite database into a new file while the service runs. Blocks until it is done.
    pub fn backup_to(&self, target: &Path) -> Result<(), Fault> {
        match &self.shared.file {
            Some(source) => sqlite::backup(source, target),
            None => Err(Fault::new(
                FaultKind::Internal,
                "only SQLite is copied this way; use pg_dump for PostgreSQL",
            )),
        }
    }

    /// How many units were asked for since the start, read and written: what a request costs.
    pub fn units(&self) -> (u64, u64) {
        let count = |units: &AtomicU64| units.load(Ordering::Relaxed);
        (
            count(&self.shared.read_units),
            count(&self.shared.write_units),
        )
    }

    /// `sqlite` or `postgres`, for logs and the status page.
    pub fn engine(&self) -> &'static str {
        self.shared.engine
    }

    fn assemble(
        engine: &'static str,
        file: Option<PathBuf>,
        start: impl FnOnce(&Queues) -> Result<Threads, Fault>,
    ) -> Result<Self, Fault> {
        let queues = Queues {
            reads: Arc::new(Queue::new(QUEUE_LENGTH)),
            writes: Arc::new(Queue::new(QUEUE_LENGTH)),
        };
        let threads = start(&queues)?;
        let shared = Shared {
            reads: queues.reads,
            writes: queues.writes,
            threads: Mutex::new(threads),
            file,
            engine,
            read_units: AtomicU64::new(0),
            write_units: AtomicU64::new(0),
        };
        Ok(Self {
            shared: Arc::new(shared),
        })
    }
}

/// The database threads of a store.
#[derive(Default)]
pub(crate) struct Threads {
    readers: Vec<JoinHandle<()>>,
    writers: Vec<JoinHandle<()>>,
}

/// The two queues while the threads behind them are being started.
pub(crate) struct Queues {
    reads: Arc<Queue<Box<dyn Unit>>>,
    writes: Arc<Queue<Box<dyn Unit>>>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        let threads =
            std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        // Readers go first: SQLite removes its log with the last connection, if that one may write.
        self.reads.close();
        join(threads.readers);
        self.writes.close();
        join(threads.writers);
    }
}

fn join(threads: Vec<JoinHandle<()>>) {
    for thread in threads {
        // The last handle may be dropped by a unit, on one of these very threads.
        if thread.thread().id() != std::thread::current().id() {
            drop(thread.join());
        }
    }
}

fn submit<T, F>(
    queue: &Queue<Box<dyn Unit>>,
    work: F,
) -> Result<oneshot::Receiver<Result<T, Fault>>, Fault>
where
    F: Fn(&mut Conn) -> Result<T, Fault> + Send + 'static,
    T: Send + 'static,
{
    let (unit, answer) = Pending::boxed(work);
    push(queue, unit)?;
    Ok(answer)
}

fn push(queue: &Queue<Box<dyn Unit>>, unit: Box<dyn Unit>) -> Result<(), Fault> {
    queue.push(unit).map_err(|rejected| match rejected {
        Rejected::Full => Fault::new(FaultKind::Busy, "the queue is full"),
        Rejected::Closed => CLOSED,
    })
}

/// Microseconds of the moment that lies so far ahead, at most the end of time.
pub(crate) fn micros_after(now: Timestamp, ahead: Duration) -> i64 {
    now.as_microsecond()
        .saturating_add(i64::try_from(ahead.as_micros()).unwrap_or(i64::MAX))
}

fn spawn(name: String, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, Fault> {
    std::thread::Builder::new()
        .name(name)
        .spawn(work)
        .map_err(|_| Fault::new(FaultKind::Unavailable, "no thread could be started"))
}

/// Units waiting per queue. At 20,000 units a second this is a twentieth of a second of work.
const QUEUE_LENGTH: usize = 1024;
const CLOSED: Fault = Fault::new(FaultKind::Unavailable, "the store is closed");
