//! A queued unit: the closure, its answer while it waits for COMMIT, and the one who asked.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::oneshot;

use super::conn::Conn;
use crate::fault::{Fault, FaultKind};

/// A unit with the type of its answer hidden, so that a queue can hold many.
pub(crate) trait Unit: Send {
    /// Runs the closure and keeps its answer. May be called again after an undo.
    fn run(&mut self, conn: &mut Conn) -> Result<(), Fault>;
    /// Gives the kept answer, or the fault, to the one who asked.
    fn answer(self: Box<Self>, outcome: Result<(), Fault>);
    /// Nobody waits for the answer any more.
    fn abandoned(&self) -> bool;
    /// Asks for the log to be emptied once the batch is committed.
    fn empties_log(&self) -> bool {
        false
    }
}

/// Writes nothing itself; the writer thread empties its log after the batch and then answers.
pub(crate) struct EmptyLog {
    asker: oneshot::Sender<Result<(), Fault>>,
}

impl EmptyLog {
    pub(crate) fn boxed() -> (Box<dyn Unit>, oneshot::Receiver<Result<(), Fault>>) {
        let (asker, receiver) = oneshot::channel();
        (Box::new(Self { asker }), receiver)
    }
}

impl Unit for EmptyLog {
    fn run(&mut self, _: &mut Conn) -> Result<(), Fault> {
        Ok(())
    }

    fn answer(self: Box<Self>, outcome: Result<(), Fault>) {
        // The asker may have gone.
        drop(self.asker.send(outcome));
    }

    fn abandoned(&self) -> bool {
        self.asker.is_closed()
    }

    fn empties_log(&self) -> bool {
        true
    }
}

pub(crate) struct Pending<F, T> {
    work: F,
    kept: Option<T>,
    asker: oneshot::Sender<Result<T, Fault>>,
}

impl<F, T> Pending<F, T>
where
    F: Fn(&mut Conn) -> Result<T, Fault> + Send + 'static,
    T: Send + 'static,
{
    pub(crate) fn boxed(work: F) -> (Box<dyn Unit>, oneshot::Receiver<Result<T, Fault>>) {
        let (asker, receiver) = oneshot::channel();
        (
            Box::new(Self {
                work,
                kept: None,
                asker,
            }),
            receiver,
        )
    }
}

impl<F, T> Unit for Pending<F, T>
where
    F: Fn(&mut Conn) -> Result<T, Fault> + Send + 'static,
    T: Send + 'static,
{
    fn run(&mut self, conn: &mut Conn) -> Result<(), Fault> {
        self.kept = None;
        conn.failed = None;
        // A panic is undone like a fault; the connection holds no state of a half-run closure.
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.work)(conn)))
            .unwrap_or_else(|_| Err(Fault::new(FaultKind::Internal, "the unit panicked")));
        // An SQL error that the closure swallowed still faults the unit.
        if let Some(fault) = conn.failed.take() {
            return Err(fault);
        }
        self.kept = Some(outcome?);
        Ok(())
    }

    fn answer(mut self: Box<Self>, outcome: Result<(), Fault>) {
        let answer = outcome.and_then(|()| {
            self.kept
                .take()
                .ok_or(Fault::new(FaultKind::Internal, "the unit was not run"))
        });
        // The asker may have gone; the commit stands all the same.
        drop(self.asker.send(answer));
    }

    fn abandoned(&self) -> bool {
        self.asker.is_closed()
    }
}
