//! The several addresses of one account: which may be added, and which may go.

use durward_domain::refusal::{RefusalKind, Refuse};

use crate::email::EmailAddress;

/// May this address be asked for? `awaited` are those that wait for a confirmation; asking again for one of them is
/// fine.
///
/// # Errors
/// Refused when the account has it, or has enough.
pub fn may_ask(
    email: &EmailAddress,
    confirmed: &[EmailAddress],
    awaited: &[EmailAddress],
    most: usize,
) -> Result<(), AddressRefusal> {
    if has(confirmed, email) {
        return Err(AddressRefusal::Yours);
    }
    let others = awaited.iter().filter(|other| !is_same(other, email));
    if confirmed.len() + others.count() >= most {
        return Err(AddressRefusal::Enough);
    }
    Ok(())
}

/// May this confirmed address be removed?
///
/// # Errors
/// Refused when the account does not have it, or has no other.
pub fn may_remove(email: &EmailAddress, confirmed: &[EmailAddress]) -> Result<(), AddressRefusal> {
    if !has(confirmed, email) {
        return Err(AddressRefusal::NotYours);
    }
    if confirmed.len() <= 1 {
        return Err(AddressRefusal::Last);
    }
    Ok(())
}

/// Is this address among those of an account?
pub fn has(emails: &[EmailAddress], email: &EmailAddress) -> bool {
    emails.iter().any(|other| is_same(other, email))
}

fn is_same(one: &EmailAddress, other: &EmailAddress) -> bool {
    one.lookup_key() == other.lookup_key()
}

/// Why an account's addresses stay as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressRefusal {
    /// It is confirmed already.
    #[error("This e-mail address belongs to your account already.")]
    Yours,
    /// The account has as many as it may have.
    #[error("Your account has as many e-mail addresses as it can have. Remove one first.")]
    Enough,
    /// It is not one of the account's.
    #[error("Your account does not have this e-mail address. Look at the list again.")]
    NotYours,
    /// It is the only one.
    #[error("This is the only e-mail address of your account. Add another one first.")]
    Last,
}

impl AddressRefusal {
    /// Every refusal.
    pub const ALL: [Self; 4] = [Self::Yours, Self::Enough, Self::NotYours, Self::Last];
}

impl Refuse for AddressRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Yours => "addresses/yours-already",
            Self::Enough => "addresses/enough",
            Self::NotYours => "addresses/not-yours",
            Self::Last => "addresses/last",
        }
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Conflict
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn emails(texts: &[&str]) -> Vec<EmailAddress> {
        texts
            .iter()
            .map(|text| EmailAddress::parse(text).unwrap())
            .collect()
    }

    fn ask(email: &str, confirmed: &[&str], awaited: &[&str]) -> Result<(), AddressRefusal> {
        let email = EmailAddress::parse(email).unwrap();
        may_ask(&email, &emails(confirmed), &emails(awaited), 3)
    }

    #[test]
    fn what_may_be_asked_for() {
        assert_eq!(ask("b@example.com", &["a@example.com"], &[]), Ok(()));
        assert_eq!(
            ask("A@Example.com", &["a@example.com"], &[]),
            Err(AddressRefusal::Yours)
        );
        let (two, one) = (["a@example.com", "b@example.com"], ["c@example.com"]);
        assert_eq!(
            ask("d@example.com", &two, &one),
            Err(AddressRefusal::Enough)
        );
        assert_eq!(ask("c@example.com", &two, &one), Ok(()), "once more");
    }

    #[test]
    fn the_last_one_stays() {
        let remove = |email: &str, confirmed: &[&str]| {
            may_remove(&EmailAddress::parse(email).unwrap(), &emails(confirmed))
        };
        assert_eq!(
            remove("a@example.com", &["a@example.com", "b@example.com"]),
            Ok(())
        );
        assert_eq!(
            remove("a@example.com", &["a@example.com"]),
            Err(AddressRefusal::Last)
        );
        assert_eq!(
            remove("c@example.com", &["a@example.com"]),
            Err(AddressRefusal::NotYours)
        );
    }
}
