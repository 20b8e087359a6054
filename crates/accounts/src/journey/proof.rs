//! What a mail proves: a code to type, or a link to follow, in the browser that asked for it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Attempts, JourneyLimits, JourneyRefusal};

/// The secrets of one mail, as keyed hashes. A mail without secrets ("you have an account already")
/// leads to a page that looks the same and where every code is wrong.
#[derive(Clone, Serialize, Deserialize)]
pub struct MailSecrets {
    /// Keyed hash of the code.
    pub code: String,
    /// Keyed hash of the token in the link.
    pub link: String,
}

/// A mail that was sent in a journey.
#[derive(Clone, Serialize, Deserialize)]
pub struct Mailed {
    secrets: Option<MailSecrets>,
    sent: Timestamp,
    mails: u32,
    tried: Attempts,
}

impl Mailed {
    /// The first mail, or one more after `before`; refused when there were too many.
    pub(super) fn send(
        before: Option<&Self>,
        secrets: Option<MailSecrets>,
        now: Timestamp,
        limits: &JourneyLimits,
    ) -> Result<Self, JourneyRefusal> {
        let mails = before.map_or(0, |m| m.mails);
        if mails >= limits.mails {
            return Err(JourneyRefusal::TooManyMails);
        }
        Ok(Self {
            secrets,
            sent: now,
            mails: mails + 1,
            tried: Attempts::default(),
        })
    }

    /// Judges a typed code, given as its keyed hashes under every live key. Counted first.
    pub(super) fn try_code(
        &mut self,
        candidates: &[String],
        now: Timestamp,
        limits: &JourneyLimits,
    ) -> Result<(), JourneyRefusal> {
        if self.tried.begin(limits.codes_per_mail).is_none() {
            return Err(JourneyRefusal::TooManyCodes);
        }
        self.fresh(now, limits)?;
        // The hashes are keyed, so comparing them in varying time tells nothing of the code.
        match &self.secrets {
            Some(secrets) if candidates.contains(&secrets.code) => Ok(()),
            _ => Err(JourneyRefusal::WrongCode),
        }
    }

    /// Judges a link. It is 256 bits of chance, so following it is not counted.
    pub(super) fn try_link(
        &self,
        visit: &LinkVisit,
        now: Timestamp,
        limits: &JourneyLimits,
    ) -> Result<(), JourneyRefusal> {
        if visit.browser == Browser::Other {
            return Err(JourneyRefusal::OtherBrowser);
        }
        self.fresh(now, limits)?;
        match &self.secrets {
            Some(secrets) if visit.candidates.contains(&secrets.link) => Ok(()),
            _ => Err(JourneyRefusal::WrongLink),
        }
    }

    /// How many codes may still be tried.
    pub const fn codes_left(&self, limits: &JourneyLimits) -> u32 {
        self.tried.left(limits.codes_per_mail)
    }

    fn fresh(&self, now: Timestamp, limits: &JourneyLimits) -> Result<(), JourneyRefusal> {
        if now.duration_since(self.sent) >= SignedDuration::from_secs(limits.mail_seconds) {
            return Err(JourneyRefusal::MailExpired);
        }
        Ok(())
    }
}

/// Someone follows a mailed link.
#[derive(Debug, Clone)]
pub struct LinkVisit {
    /// Keyed hashes of the link's token under every live key.
    pub candidates: Vec<String>,
    /// Is it the browser that the journey is bound to?
    pub browser: Browser,
    /// Looking, or acting?
    pub act: Act,
}

/// Which browser follows a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Browser {
    /// The one that asked for the mail.
    Same,
    /// Any other. It is told to go back; it never confirms, since the one that asked may belong to somebody
    /// who wants an account with a foreign address.
    Other,
}

/// What following a link does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// GET: mail scanners do it too, so nothing happens but a page with a button.
    Look,
    /// POST: the button.
    Confirm,
}
