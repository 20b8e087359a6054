//! A browser session: who, since when, how strong, and when it ends.

use durward_domain::level::{Aal, Achieved, Identity};
use durward_domain::programme::SessionRules;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::authenticator::method::Methods;
use crate::person::PersonId;

/// One open session. The cookie holds a random token; only its keyed hash is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Keyed hash of the cookie's token.
    pub id: SessionId,
    /// A public name of the session (`sid`); stays the same when the id is rotated.
    pub sid: String,
    /// Whose.
    pub person: PersonId,
    /// When it was opened.
    pub created: Timestamp,
    /// The last request that counted.
    pub last_seen: Timestamp,
    /// The last time that the person proved who they are.
    pub auth_time: Timestamp,
    /// The last time that a second factor was proved.
    pub second_factor_time: Timestamp,
    /// What was proved.
    pub methods: Methods,
    /// How strong that is.
    pub aal: Aal,
    /// What is known about the person.
    pub identity: Identity,
}

impl Session {
    /// A new session after a complete sign-in.
    pub fn open(id: SessionId, sid: String, person: PersonId, signed_in: SignedIn) -> Self {
        Self {
            id,
            sid,
            person,
            created: signed_in.at,
            last_seen: signed_in.at,
            auth_time: signed_in.at,
            second_factor_time: signed_in.at,
            methods: signed_in.methods,
            aal: signed_in.aal,
            identity: signed_in.identity,
        }
    }

    /// Is it still open?
    pub fn judge(&self, now: Timestamp, rules: &SessionRules) -> Standing {
        if now.duration_since(self.created) >= seconds(rules.absolute_seconds) {
            return Standing::Ended(EndReason::Absolute);
        }
        let quiet = now.duration_since(self.last_seen);
        if quiet >= seconds(rules.idle_seconds) {
            return Standing::Ended(EndReason::Idle);
        }
        // One write per minute at most, so that reading pages costs no writes.
        if quiet >= TOUCH_AFTER {
            Standing::Touch
        } else {
            Standing::Open
        }
    }

    /// When it ends if no request comes.
    pub fn ends_at(&self, rules: &SessionRules) -> Timestamp {
        let idle = later(self.last_seen, rules.idle_seconds);
        idle.min(later(self.created, rules.absolute_seconds))
    }

    /// The session after a fresh proof: a new id, so that a cookie that leaked before is worth nothing.
    #[must_use]
    pub fn rotate(self, id: SessionId, proved: &Methods, at: Timestamp) -> Self {
        let everything = proved.is_multi_factor();
        let methods: Methods = self.methods.iter().chain(proved.iter()).collect();
        Self {
            id,
            last_seen: at,
            auth_time: if everything { at } else { self.auth_time },
            second_factor_time: at,
            aal: methods.aal().map_or(self.aal, |aal| aal.max(self.aal)),
            methods,
            ..self
        }
    }

    /// Was a second factor proved recently enough for a weighty action?
    pub fn is_stepped_up(&self, now: Timestamp, rules: &SessionRules) -> bool {
        now.duration_since(self.second_factor_time) < seconds(rules.step_up_seconds)
    }

    /// What this sign-in achieved, for [`durward_domain::level::LevelAsk`].
    pub const fn achieved(&self) -> Achieved {
        Achieved {
            identity: self.identity,
            aal: self.aal,
        }
    }
}

/// What a complete sign-in gives to its session.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// When.
    pub at: Timestamp,
    /// What was proved.
    pub methods: Methods,
    /// How strong that is.
    pub aal: Aal,
    /// What is known about the person.
    pub identity: Identity,
}

impl SignedIn {
    /// A sign-in with these methods; `None` if they are not two factors, which never opens a session.
    pub fn with(methods: Methods, identity: Identity, at: Timestamp) -> Option<Self> {
        let aal = methods.aal()?;
        Some(Self {
            at,
            methods,
            aal,
            identity,
        })
    }
}

/// The keyed hash of a session token.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionId(String);

impl SessionId {
    /// From the keyed hash.
    pub const fn new(hash: String) -> Self {
        Self(hash)
    }

    /// The keyed hash.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a session is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Open.
    Open,
    /// Open, and `last_seen` is to be written.
    Touch,
    /// Over.
    Ended(EndReason),
}

/// Why a session is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EndReason {
    /// No request for too long.
    Idle,
    /// Open for too long in all.
    Absolute,
}

/// What happens to a person's sessions after an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SessionEvent {
    /// A sign-in was completed.
    SignedIn,
    /// More was proved in a session.
    SteppedUp,
    /// The person signed out.
    SignedOut,
    /// The password was changed.
    PasswordChanged,
    /// Staff stopped the account.
    Suspended,
    /// The account was deleted.
    Deleted,
}

/// What to do with one session, and with the person's others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consequence {
    /// The session in which it happened.
    pub this: Fate,
    /// Every other session of the person.
    pub others: Fate,
}

/// What becomes of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It stays.
    Stays,
    /// It gets a new id.
    Rotates,
    /// It ends.
    Ends,
}

impl SessionEvent {
    /// Every event.
    pub const ALL: [Self; 6] = [
        Self::SignedIn,
        Self::SteppedUp,
        Self::SignedOut,
        Self::PasswordChanged,
        Self::Suspended,
        Self::Deleted,
    ];

    /// The one table of what ends and what rotates.
    pub const fn consequence(self) -> Consequence {
        use Fate::{Ends, Rotates, Stays};
        let (this, others) = match self {
            Self::SignedIn | Self::SteppedUp => (Rotates, Stays),
            Self::SignedOut => (Ends, Stays),
            Self::PasswordChanged => (Rotates, Ends),
            Self::Suspended | Self::Deleted => (Ends, Ends),
        };
        Consequence { this, others }
    }
}

const TOUCH_AFTER: SignedDuration = SignedDuration::from_secs(60);

const fn seconds(n: u32) -> SignedDuration {
    SignedDuration::from_secs(n as i64)
}

fn later(from: Timestamp, n: u32) -> Timestamp {
    from.saturating_add(seconds(n)).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use durward_domain::programme::Programme;

    use super::*;
    use crate::authenticator::method::Method;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn rules() -> SessionRules {
        Programme::named("us").unwrap().sessions
    }

    fn session() -> Session {
        let both = Methods::usual(Aal::Aal2);
        let signed_in = SignedIn::with(both, Identity::AuthOnly, at(0)).unwrap();
        let person = PersonId::parse("0192d3a0-7c1e-7b43-8a6e-2f1c9f0e5d11").unwrap();
        Session::open(
            SessionId::new("k1:a".into()),
            "sid".into(),
            person,
            signed_in,
        )
    }

    /// Created at 0, last seen at the first second, judged at the second.
    fn check(last_seen: i64, now: i64, expected: Standing) {
        let session = Session {
            last_seen: at(last_seen),
            ..session()
        };
        assert_eq!(
            session.judge(at(now), &rules()),
            expected,
            "{last_seen} {now}"
        );
    }

    #[test]
    fn idle_and_absolute() {
        check(0, 0, Standing::Open);
        check(0, 59, Standing::Open);
        check(0, 60, Standing::Touch);
        check(0, 899, Standing::Touch);
        check(0, 900, Standing::Ended(EndReason::Idle));
        check(43_190, 43_199, Standing::Open);
        check(43_190, 43_200, Standing::Ended(EndReason::Absolute));
    }

    #[test]
    fn the_end_is_the_earlier_of_two() {
        assert_eq!(session().ends_at(&rules()), at(900));
        let late = Session {
            last_seen: at(43_000),
            ..session()
        };
        assert_eq!(late.ends_at(&rules()), at(43_200));
    }

    #[test]
    fn one_factor_opens_no_session() {
        let one = Methods::default().with(Method::Password);
        assert!(SignedIn::with(one, Identity::AuthOnly, at(0)).is_none());
    }

    #[test]
    fn a_second_factor_alone_leaves_the_time_of_the_sign_in() {
        let totp = Methods::default().with(Method::Totp);
        let after = session().rotate(SessionId::new("k1:b".into()), &totp, at(100));
        assert_eq!(
            (after.auth_time, after.second_factor_time),
            (at(0), at(100))
        );
        assert_eq!((after.id.as_str(), after.sid.as_str()), ("k1:b", "sid"));
        assert_eq!(after.aal, Aal::Aal2);
    }

    #[test]
    fn a_whole_sign_in_renews_it() {
        let both = Methods::usual(Aal::Aal2);
        let after = session().rotate(SessionId::new("k1:b".into()), &both, at(100));
        assert_eq!(after.auth_time, at(100));
        assert!(after.is_stepped_up(at(999), &rules()));
        assert!(!after.is_stepped_up(at(1_000), &rules()));
    }

    #[test]
    fn consequences() {
        let table: Vec<_> = SessionEvent::ALL
            .iter()
            .map(|e| (*e, e.consequence().this, e.consequence().others))
            .collect();
        assert_eq!(
            table,
            [
                (SessionEvent::SignedIn, Fate::Rotates, Fate::Stays),
                (SessionEvent::SteppedUp, Fate::Rotates, Fate::Stays),
                (SessionEvent::SignedOut, Fate::Ends, Fate::Stays),
                (SessionEvent::PasswordChanged, Fate::Rotates, Fate::Ends),
                (SessionEvent::Suspended, Fate::Ends, Fate::Ends),
                (SessionEvent::Deleted, Fate::Ends, Fate::Ends),
            ]
        );
    }
}
