//! What is written down of a hand-off to an app: the row that is billed, without a way back to the account.

use durward_domain::billing::UsageLevel;
use durward_domain::level::{Identity, LevelOfService};
use durward_keyring::digest;
use durward_oidc::client::Client;
use durward_store::usage::{self, UsageRow};
use durward_store::{Conn, Fault as StoreFault};
use jiff::Timestamp;

use crate::canary::CANARY_CLIENT_ID;
use crate::citizen::session::SignedIn;
use crate::keeper::PORTAL_CLIENT_ID;

/// A hand-off that is billed, but for the person's subject.
pub(super) struct Handoff(UsageRow);

impl Handoff {
    /// The hand-off of this person to this app; none for the service's own apps, which nobody is billed for.
    pub(super) fn of(
        client: &Client,
        signed_in: &SignedIn,
        (asked, acr): (LevelOfService, &str),
        at: Timestamp,
    ) -> Option<Self> {
        if [CANARY_CLIENT_ID, PORTAL_CLIENT_ID].contains(&client.client_id.as_str()) {
            return None;
        }
        let verified =
            asked == LevelOfService::IdentityVerified && signed_in.identity >= Identity::Verified;
        let level = if verified {
            UsageLevel::Verified
        } else {
            UsageLevel::Auth
        };
        let agency = client.agency.to_string();
        Some(Self(UsageRow {
            seq: 0,
            event: digest_of(&[
                "event",
                &signed_in.session_id,
                level.as_str(),
                &client.client_id,
            ]),
            at_us: at.as_microsecond(),
            handle: client.handle.to_string(),
            issuer: client.client_id.clone(),
            app_name: client.app_name.clone(),
            level: level.as_str().to_owned(),
            acr: acr.to_owned(),
            person: String::new(),
            verified_us: signed_in
                .verified
                .filter(|_| verified)
                .map(Timestamp::as_microsecond),
            proofed_here: verified && signed_in.verified_for.as_ref() == Some(&agency),
            agency,
        }))
    }

    /// Writes it down in the unit that makes the code, once for each session, app and level.
    pub(super) fn write(&self, c: &mut Conn, subject: &str) -> Result<(), StoreFault> {
        let row = UsageRow {
            person: person_of(subject),
            ..self.0.clone()
        };
        usage::add(c, &row).map(drop)
    }
}

/// What the ledger calls a person whom an app knows by this subject. The app's agency can make the same of its own records;
/// the random subject cannot be guessed from it.
pub(super) fn person_of(subject: &str) -> String {
    digest_of(&["person", subject])
}

fn digest_of(parts: &[&str]) -> String {
    let text = format!("durward-usage:{}", parts.join(":"));
    // Hexadecimal: no cell of an export begins with a sign.
    digest::sha256_hex(text.as_bytes())
}
