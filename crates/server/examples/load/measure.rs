//! Closed loops, their times, and the CPU time of a process.

use std::fmt;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::http::Connection;

/// What is measured and for how long.
#[derive(Clone)]
pub(crate) struct Plan {
    name: &'static str,
    /// How many at once.
    pub(crate) connections: usize,
    /// How long.
    pub(crate) time: Duration,
    pid: u32,
}

impl Plan {
    /// A plan.
    pub(crate) fn new(name: &'static str, connections: usize, seconds: u64, pid: u32) -> Self {
        Self {
            name,
            connections,
            time: Duration::from_secs(seconds),
            pid,
        }
    }

    /// How many requests to make ready for so many a second.
    pub(crate) fn share_of(&self, a_second: usize) -> usize {
        usize::try_from(self.time.as_secs()).unwrap_or(1).max(1) * a_second
    }

    /// Notes where the clocks stand.
    pub(crate) fn begin(&self) -> Result<Running, String> {
        Ok(Running {
            plan: self.clone(),
            server: cpu(self.pid)?,
            driver: cpu(std::process::id())?,
            at: Instant::now(),
        })
    }
}

/// A measurement that runs.
pub(crate) struct Running {
    plan: Plan,
    server: Duration,
    driver: Duration,
    /// When it began.
    pub(crate) at: Instant,
}

impl Running {
    /// Whether the time is up.
    pub(crate) fn is_over(&self) -> bool {
        self.at.elapsed() >= self.plan.time
    }

    /// The line, from how long each request took.
    pub(crate) fn end(&self, mut took: Vec<Duration>) -> Result<Line, String> {
        let time = self.at.elapsed();
        let server = cpu(self.plan.pid)?.saturating_sub(self.server);
        let driver = cpu(std::process::id())?.saturating_sub(self.driver);
        took.sort_unstable();
        let count = took.len().max(1);
        let each = |total: Duration| total.as_secs_f64() * 1e6 / count as f64;
        Ok(Line {
            name: self.plan.name,
            connections: self.plan.connections,
            per_second: took.len() as f64 / time.as_secs_f64(),
            middle: quantile(&took, 0.5),
            slow: quantile(&took, 0.99),
            server: each(server),
            driver: each(driver),
        })
    }
}

/// How long this share of the sorted times took at most, in microseconds.
pub(crate) fn quantile(sorted: &[Duration], share: f64) -> f64 {
    let index = (sorted.len().saturating_sub(1) as f64 * share) as usize;
    let found = sorted.get(index);
    found.map_or(0.0, |took| took.as_secs_f64() * 1e6)
}

/// One line of the table.
pub(crate) struct Line {
    name: &'static str,
    connections: usize,
    per_second: f64,
    middle: f64,
    slow: f64,
    server: f64,
    driver: f64,
}

impl Line {
    /// The head of the table.
    pub(crate) const HEADING: &str = "| request | connections | a second | p50 µs | p99 µs | server CPU µs | driver CPU µs |\n| --- | --: | --: | --: | --: | --: | --: |";
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "| {} | {} | {:.0} | {:.0} | {:.0} | {:.1} | {:.1} |",
            self.name,
            self.connections,
            self.per_second,
            self.middle,
            self.slow,
            self.server,
            self.driver
        )
    }
}

/// What one connection does again and again.
pub(crate) trait Turn: Send + 'static {
    /// Does it once; `false` when there is nothing left to do.
    fn take(
        &mut self,
        connection: &mut Connection,
    ) -> impl Future<Output = Result<bool, String>> + Send;
}

/// Lets each of these take turn after turn on a connection of its own.
pub(crate) async fn drive<T: Turn>(plan: &Plan, port: u16, turns: Vec<T>) -> Result<Line, String> {
    let mut ready = Vec::new();
    for turn in turns {
        ready.push((turn, Connection::open(port).await?));
    }
    let running = Arc::new(plan.begin()?);
    let tasks: Vec<_> = ready
        .into_iter()
        .map(|(mut turn, mut connection)| {
            let running = Arc::clone(&running);
            tokio::spawn(async move {
                let mut took = Vec::new();
                while !running.is_over() {
                    let began = Instant::now();
                    if !turn.take(&mut connection).await? {
                        break;
                    }
                    took.push(began.elapsed());
                }
                Ok(took)
            })
        })
        .collect();
    let took = gathered(tasks).await?;
    running.end(took)
}

/// Sends the same request again and again on each connection.
pub(crate) async fn repeat(plan: &Plan, port: u16, request: &[u8]) -> Result<Line, String> {
    let mut connections = Vec::new();
    for _ in 0..plan.connections {
        let mut connection = Connection::open(port).await?;
        for _ in 0..50 {
            connection.ask(request).await?;
        }
        connections.push(connection);
    }
    let running = Arc::new(plan.begin()?);
    let tasks: Vec<_> = connections
        .into_iter()
        .map(|mut connection| {
            let (running, request) = (Arc::clone(&running), request.to_vec());
            tokio::spawn(async move {
                let mut took = Vec::with_capacity(100_000);
                while !running.is_over() {
                    let began = Instant::now();
                    let answer = connection.ask(&request).await?;
                    took.push(began.elapsed());
                    if answer.status != 200 {
                        return Err(format!("an answer of {}", answer.status));
                    }
                }
                Ok(took)
            })
        })
        .collect();
    let took = gathered(tasks).await?;
    running.end(took)
}

/// The results of all connections.
pub(crate) async fn gathered<T>(
    tasks: Vec<tokio::task::JoinHandle<Result<Vec<T>, String>>>,
) -> Result<Vec<T>, String> {
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await.map_err(|error| error.to_string())??);
    }
    Ok(all)
}

/// Keeps a process on one processor, where `taskset` is installed; said aloud where not.
pub(crate) fn pin(pid: u32, processor: u32) {
    let done = Command::new("taskset")
        .args(["-a", "-p", "-c", &processor.to_string(), &pid.to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if !done.is_ok_and(|status| status.success()) {
        eprintln!("process {pid} could not be kept on processor {processor}; figures vary more");
    }
}

/// The CPU time that a process has spent, in its own code and in the system's.
pub(crate) fn cpu(pid: u32) -> Result<Duration, String> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .map_err(|error| format!("process {pid}: {error}"))?;
    // The name, in brackets, may hold anything.
    let (_, rest) = text.rsplit_once(") ").ok_or("an unknown form of /proc")?;
    let field = |index: usize| {
        rest.split(' ')
            .nth(index)
            .and_then(|number| number.parse::<u64>().ok())
            .ok_or("an unknown form of /proc")
    };
    // utime and stime are the 14th and 15th field of the line; a tick is a hundredth of a second on Linux.
    let ticks = field(11)? + field(12)?;
    Ok(Duration::from_millis(ticks * 10))
}
