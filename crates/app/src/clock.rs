//! The only place that reads the time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// The time as one part of the service sees it: real time plus a shift that a test or the demo page can move.
///
/// Clones share the shift. Identity providers of live class get a clock that nobody shifts.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    shift_us: Arc<AtomicI64>,
}

impl Clock {
    /// A clock that shows real time.
    pub fn real() -> Self {
        Self::default()
    }

    /// Now, with the shift, cut to microseconds (the unit of every stored time).
    pub fn now(&self) -> Timestamp {
        let us = Self::real_us().saturating_add(self.shift_us.load(Ordering::Relaxed));
        Timestamp::from_microsecond(us).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// Real time, without the shift: certificates are judged by it.
    pub fn real_now(&self) -> Timestamp {
        Timestamp::from_microsecond(Self::real_us()).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// Makes the clock show `to` now and run on from there.
    pub fn set(&self, to: Timestamp) {
        self.shift_us.store(
            to.as_microsecond().saturating_sub(Self::real_us()),
            Ordering::Relaxed,
        );
    }

    /// The shift against real time, in microseconds; kept so that a restart goes on with it.
    pub fn shift_us(&self) -> i64 {
        self.shift_us.load(Ordering::Relaxed)
    }

    /// Takes up a shift that was kept.
    pub fn restore_shift(&self, shift_us: i64) {
        self.shift_us.store(shift_us, Ordering::Relaxed);
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that owns the clock"
    )]
    fn real_us() -> i64 {
        Timestamp::now().as_microsecond()
    }
}
