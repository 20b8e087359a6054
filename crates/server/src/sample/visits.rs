//! Who is at the sample: sign-ins that were begun, and what came back. In memory only.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use super::client::SignedIn;

/// What one browser is doing.
#[derive(Clone, Default)]
pub(super) struct Visit {
    /// The sign-in that was begun and not yet answered.
    pub(super) begun: Option<Begun>,
    /// The sign-in that succeeded.
    pub(super) signed_in: Option<SignedIn>,
}

/// What must fit when the answer comes.
#[derive(Clone)]
pub(super) struct Begun {
    pub(super) redirect_uri: String,
    pub(super) environment: String,
    pub(super) client_id: String,
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
}

/// All visits, the oldest forgotten first.
#[derive(Default)]
pub(super) struct Visits(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    by_cookie: HashMap<String, Visit>,
    order: VecDeque<String>,
}

impl Visits {
    pub(super) fn of(&self, cookie: &str) -> Option<Visit> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .by_cookie
            .get(cookie)
            .cloned()
    }

    pub(super) fn keep(&self, cookie: &str, visit: Visit) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.by_cookie.insert(cookie.to_owned(), visit).is_none() {
            inner.order.push_back(cookie.to_owned());
        }
        while inner.order.len() > MOST
            && let Some(oldest) = inner.order.pop_front()
        {
            inner.by_cookie.remove(&oldest);
        }
    }

    /// Takes the begun sign-in away, so that an answer counts once.
    pub(super) fn take_begun(&self, cookie: &str) -> Option<Begun> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .by_cookie
            .get_mut(cookie)?
            .begun
            .take()
    }
}

const MOST: usize = 10_000;
