//! The only place that reads the time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// The time as one part of the service sees it: real time plus a shift that a test or the demo page can move.
///
/// Clones share the shift. Identity providers of live class get a clock that nobody shifts. In a shifted environment
/// only its own affairs follow the shift: codes, tokens, sessions, mails, limits. What is made or read outside keeps
/// real time ([`Clock::real_now`]), so that real apps and authenticators go on working.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    shift_us: Arc<AtomicI64>,
    /// How much real time went by in a test, beyond what did.
    #[cfg(any(test, feature = "testing"))]
    passed_us: Arc<AtomicI64>,
}

impl Clock {
    /// A clock that shows real time.
    pub fn real() -> Self {
        Self::default()
    }

    /// Now, with the shift, cut to microseconds (the unit of every stored time).
    pub fn now(&self) -> Timestamp {
        let us = self
            .real_us()
            .saturating_add(self.shift_us.load(Ordering::Relaxed));
        Timestamp::from_microsecond(us).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// Real time, without the shift. All that comes from outside or goes there is judged and stamped by it:
    /// certificates, authenticator codes, client assertions, ID tokens.
    pub fn real_now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.real_us()).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// A time that this clock showed, as it is told outside: without the shift.
    pub fn told(&self, shown: Timestamp) -> Timestamp {
        let us = shown.as_microsecond().saturating_sub(self.shift_us());
        Timestamp::from_microsecond(us).unwrap_or(shown)
    }

    /// Makes the clock show `to` now and run on from there.
    pub fn set(&self, to: Timestamp) {
        self.shift_us.store(
            to.as_microsecond().saturating_sub(self.real_us()),
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

    /// Lets real time go by, in tests.
    #[cfg(any(test, feature = "testing"))]
    pub fn pass(&self, seconds: i64) {
        let us = seconds.saturating_mul(1_000_000);
        self.passed_us.fetch_add(us, Ordering::Relaxed);
    }

    #[cfg(any(test, feature = "testing"))]
    fn real_us(&self) -> i64 {
        Self::system_us().saturating_add(self.passed_us.load(Ordering::Relaxed))
    }

    #[cfg(not(any(test, feature = "testing")))]
    #[expect(clippy::unused_self, reason = "tests let time go by in one clock")]
    fn real_us(&self) -> i64 {
        Self::system_us()
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that owns the clock"
    )]
    fn system_us() -> i64 {
        Timestamp::now().as_microsecond()
    }
}
