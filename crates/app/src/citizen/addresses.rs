//! The addresses of accounts as rows, and which of them an app receives.

use durward_accounts::consent::KnownAttributes;
use durward_accounts::email::EmailAddress;
use durward_store::{Conn, Fault as StoreFault, FaultKind, people as rows};

use super::people;
use super::vault::Vault;
use crate::door::Door;

/// Addresses that an account is about to get, oldest first.
pub(crate) struct Addresses(Vec<Address>);

struct Address {
    /// The digests under which another account may have it.
    digests: Vec<String>,
    digest: String,
    sealed: String,
}

impl Addresses {
    /// The rows of these addresses.
    pub(crate) fn of<'a>(
        door: &Door,
        vault: &Vault,
        emails: impl IntoIterator<Item = &'a EmailAddress>,
    ) -> Self {
        let address = |email| {
            let digest = people::digest(door, email);
            Address {
                digests: people::digests(door, email),
                sealed: vault.seal_email(&digest, email),
                digest,
            }
        };
        Self(emails.into_iter().map(address).collect())
    }

    /// And these after them.
    pub(crate) fn and<'a>(
        &mut self,
        door: &Door,
        vault: &Vault,
        emails: impl IntoIterator<Item = &'a EmailAddress>,
    ) {
        self.0.extend(Self::of(door, vault, emails).0);
    }

    /// Has no other account one of them?
    pub(crate) fn are_free(&self, c: &mut Conn, person_id: &str) -> Result<bool, StoreFault> {
        for address in &self.0 {
            let owner = people::find(c, &address.digests)?;
            if owner.is_some_and(|row| row.person_id != person_id) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Gives them to an account; `false` when another was first with one of them.
    pub(crate) fn claim(
        &self,
        c: &mut Conn,
        person_id: &str,
        now_us: i64,
    ) -> Result<bool, StoreFault> {
        // The time keeps their order.
        for (address, at_us) in self.0.iter().zip(now_us..) {
            if !rows::claim_email(c, &address.digest, person_id, &address.sealed, at_us)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Gives them to an account in place of all that it has. Nobody else has one of them ([`Self::are_free`]).
    pub(crate) fn replace(
        &self,
        c: &mut Conn,
        person_id: &str,
        now_us: i64,
    ) -> Result<(), StoreFault> {
        rows::release_emails(c, person_id)?;
        if self.claim(c, person_id, now_us)? {
            return Ok(());
        }
        let what = "an address was taken at the same moment";
        Err(StoreFault::new(FaultKind::Busy, what))
    }
}

/// The digest under which an account keeps this address; none when it is not one of the account's.
pub(crate) fn kept_as(
    c: &mut Conn,
    door: &Door,
    person_id: &str,
    email: &EmailAddress,
) -> Result<Option<String>, StoreFault> {
    let candidates = people::digests(door, email);
    let kept = rows::emails_of(c, person_id)?;
    Ok(kept
        .into_iter()
        .map(|(digest, _)| digest)
        .find(|digest| candidates.contains(digest)))
}

/// What is known of a person as an app sees it for which they chose the address that is kept under this digest.
pub(crate) fn seen_by_app(
    c: &mut Conn,
    person_id: &str,
    known: KnownAttributes,
    chosen: Option<&str>,
) -> Result<KnownAttributes, StoreFault> {
    let Some(chosen) = chosen else {
        return Ok(known);
    };
    let kept = rows::emails_of(c, person_id)?;
    Ok(known.seen_by(kept.iter().position(|(digest, _)| digest == chosen)))
}
