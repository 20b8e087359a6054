//! What the deliveries to programs of others have in common: several at once, what a try came to, when the next one is.

use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;

use crate::failure::Fault;
use crate::ports::outbound::{Content, Limits, Outbound};

/// What a try came to.
pub(super) struct Tried {
    pub(super) took: SignedDuration,
    pub(super) status: Option<u16>,
    pub(super) error: Option<String>,
    pub(super) answer: String,
}

/// Posts once. Whatever comes back, or nothing, is told.
pub(super) async fn post(
    outbound: &Outbound,
    url: &str,
    content: Content<'_>,
    limits: Limits,
) -> Tried {
    #[expect(
        clippy::disallowed_methods,
        reason = "how long a program took is shown to its team; nothing is decided by it"
    )]
    let began = std::time::Instant::now();
    let answered = outbound.post(url, content, limits).await;
    let took = SignedDuration::try_from(began.elapsed()).unwrap_or(SignedDuration::ZERO);
    match answered {
        Ok(answer) => Tried {
            took,
            status: Some(answer.status),
            error: (!answer.is_success()).then(|| format!("answered {}", answer.status)),
            answer: String::from_utf8_lossy(&answer.body)
                .chars()
                .filter(|letter| *letter != '\0')
                .take(KEPT_ANSWER)
                .collect(),
        },
        Err(refusal) => Tried {
            took,
            status: None,
            error: Some(refusal.to_string()),
            answer: String::new(),
        },
    }
}

/// Claims and tries until nothing is due, several at once. Answers how many were tried.
///
/// # Errors
/// A fault of the database.
pub(super) async fn drain<T, C, A>(
    claim: impl Fn() -> C,
    attempt: impl Fn(T) -> A,
) -> Result<u32, Fault>
where
    C: Future<Output = Result<Option<T>, Fault>>,
    A: Future<Output = Result<(), Fault>> + Send + 'static,
{
    let mut tried = 0;
    let mut running: JoinSet<Result<(), Fault>> = JoinSet::new();
    loop {
        while running.len() < AT_ONCE {
            let Some(due) = claim().await? else { break };
            tried += 1;
            running.spawn(attempt(due));
        }
        match running.join_next().await {
            None => return Ok(tried),
            Some(Ok(outcome)) => outcome?,
            Some(Err(_)) => return Err(Fault::internal("a delivery was interrupted")),
        }
    }
}

/// When the next try is, after so many; none when it is given up. `pauses` are seconds.
pub(super) fn next(now: Timestamp, attempts: i64, pauses: &[i64]) -> Option<Timestamp> {
    let pause = usize::try_from(attempts - 1)
        .ok()
        .and_then(|at| pauses.get(at))?;
    now.checked_add(SignedDuration::from_secs(*pause)).ok()
}

/// Until when a claimed one belongs to its worker: longer than a try may take.
pub(super) fn held_until(now: Timestamp) -> i64 {
    now.saturating_add(HOLD)
        .map_or(i64::MAX, |until| until.as_microsecond())
}

const AT_ONCE: usize = 8;
const KEPT_ANSWER: usize = 2000;
const HOLD: SignedDuration = SignedDuration::from_secs(60);
