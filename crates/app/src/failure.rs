//! Refusal or fault, never blurred: a refusal is a decision about the caller, a fault is ours.

use std::fmt;

use durward_domain::refusal::Refuse;

pub use durward_store::FaultKind;

/// Something on our side went wrong. Shown to callers only as a reference number; logged once, at the edge.
#[derive(Debug)]
pub struct Fault {
    kind: FaultKind,
    context: String,
}

impl Fault {
    /// A fault with a sentence for the log. Never put personal data or secrets into it.
    pub fn new(kind: FaultKind, context: impl Into<String>) -> Self {
        Self {
            kind,
            context: context.into(),
        }
    }

    /// A fault of no special kind.
    pub fn internal(context: impl Into<String>) -> Self {
        Self::new(FaultKind::Internal, context)
    }

    /// What kind of fault: decides the status (503 when trying again helps).
    pub fn kind(&self) -> FaultKind {
        self.kind
    }

    /// Adds what was being done, outermost first.
    #[must_use]
    pub fn within(mut self, doing: &str) -> Self {
        self.context = format!("{doing}: {}", self.context);
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.context)
    }
}

impl std::error::Error for Fault {}

impl From<durward_store::Fault> for Fault {
    fn from(fault: durward_store::Fault) -> Self {
        Self {
            kind: fault.kind(),
            context: fault.to_string(),
        }
    }
}

/// Why a use case did not succeed.
#[derive(Debug)]
pub enum Failure<R> {
    /// The caller was refused; what the refusal recorded is kept.
    Refused(R),
    /// We failed; everything was undone.
    Fault(Fault),
}

impl<R: Refuse> fmt::Display for Failure<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => write!(f, "{}: {refusal}", refusal.code()),
            Self::Fault(fault) => fault.fmt(f),
        }
    }
}

impl<R> From<Fault> for Failure<R> {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl<R> From<durward_store::Fault> for Failure<R> {
    fn from(fault: durward_store::Fault) -> Self {
        Self::Fault(fault.into())
    }
}
