//! The vault of one person: everything personal is sealed under a data key of the person's own, and that key under the
//! environment's. Destroying the one key destroys all that is left of a deleted account, in copies of the database too.

use std::collections::BTreeMap;

use durward_accounts::email::EmailAddress;
use durward_domain::attribute::Attribute;
use durward_keyring::random::Random;
use durward_keyring::seal::Sealer;
use durward_keyring::totp::TotpSecret;
use durward_store::people::{AuthenticatorRow, PersonRow};
use durward_store::{Conn, Fault as StoreFault, FaultKind, people};
use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::door::Door;
use crate::failure::Fault;

/// Seals and opens what belongs to one person.
#[derive(Clone)]
pub(crate) struct Vault {
    key: Sealer,
    sealed_key: String,
    random: Random,
}

impl Vault {
    /// A new person's, with a data key of its own.
    pub(crate) fn new(door: &Door, person_id: &str) -> Self {
        let key = Zeroizing::new(door.random.bytes::<32>());
        Self {
            sealed_key: door
                .sealer
                .seal(&key_aad(person_id), key.as_slice(), &door.random),
            key: Sealer::new(KEY, *key, None),
            random: door.random.clone(),
        }
    }

    /// The vault of an account.
    ///
    /// # Errors
    /// When the account is deleted, or its key does not open.
    pub(crate) fn open(door: &Door, person: &PersonRow) -> Result<Self, StoreFault> {
        Self::unlock(door, &person.person_id, person.sealed_data_key.as_deref())
    }

    /// The same for an account whose row is not at hand.
    ///
    /// # Errors
    /// As above, and when there is no such account or the database fails.
    pub(crate) fn of(c: &mut Conn, door: &Door, person_id: &str) -> Result<Self, StoreFault> {
        let person = people::find_person(c, person_id)?.ok_or(UNREADABLE)?;
        Self::open(door, &person)
    }

    /// The same by the data key as the account's row keeps it.
    ///
    /// # Errors
    /// When there is none any more, or it does not open.
    pub(crate) fn unlock(
        door: &Door,
        person_id: &str,
        sealed_key: Option<&str>,
    ) -> Result<Self, StoreFault> {
        let sealed_key = sealed_key.ok_or(UNREADABLE)?;
        let plain = door
            .sealer
            .open(&key_aad(person_id), sealed_key)
            .map_err(|_| UNREADABLE)?;
        let key: [u8; 32] = plain.as_slice().try_into().map_err(|_| UNREADABLE)?;
        Ok(Self {
            key: Sealer::new(KEY, key, None),
            sealed_key: sealed_key.to_owned(),
            random: door.random.clone(),
        })
    }

    /// The data key as the account's row keeps it.
    pub(crate) fn sealed_key(&self) -> &str {
        &self.sealed_key
    }

    /// Seals a value for one place: table, column and row id.
    pub(crate) fn seal(&self, aad: &str, plain: &[u8]) -> String {
        self.key.seal(aad, plain, &self.random)
    }

    /// Opens a value of that place.
    ///
    /// # Errors
    /// When it is not this person's, or was changed or moved.
    pub(crate) fn open_value(
        &self,
        aad: &str,
        sealed: &str,
    ) -> Result<Zeroizing<Vec<u8>>, StoreFault> {
        self.key.open(aad, sealed).map_err(|_| UNREADABLE)
    }

    /// An address, for the row with this digest.
    pub(crate) fn seal_email(&self, digest: &str, email: &EmailAddress) -> String {
        self.seal(&email_aad(digest), email.reveal().as_bytes())
    }

    /// The addresses of the account, oldest first.
    ///
    /// # Errors
    /// When one does not open, or the database fails.
    pub(crate) fn emails(
        &self,
        c: &mut Conn,
        person_id: &str,
    ) -> Result<Vec<EmailAddress>, StoreFault> {
        people::emails_of(c, person_id)?
            .into_iter()
            .map(|(digest, sealed)| self.email(&digest, &sealed))
            .collect()
    }

    /// The address of the row with this digest.
    ///
    /// # Errors
    /// When it does not open.
    pub(crate) fn email(&self, digest: &str, sealed: &str) -> Result<EmailAddress, StoreFault> {
        let plain = self.open_value(&email_aad(digest), sealed)?;
        let text = std::str::from_utf8(&plain).map_err(|_| UNREADABLE)?;
        EmailAddress::parse(text).map_err(|_| UNREADABLE)
    }

    /// Verified attributes, as the account's row keeps them.
    ///
    /// # Errors
    /// When they cannot be written down.
    pub(crate) fn seal_attributes(
        &self,
        person_id: &str,
        attributes: &BTreeMap<Attribute, String>,
    ) -> Result<String, Fault> {
        let plain = serde_json::to_vec(attributes)
            .map(Zeroizing::new)
            .map_err(|_| Fault::internal("attributes cannot be written down"))?;
        Ok(self.seal(&attributes_aad(person_id), &plain))
    }

    /// The same, opened.
    ///
    /// # Errors
    /// When they do not open.
    pub(crate) fn attributes(
        &self,
        person_id: &str,
        sealed: &str,
    ) -> Result<BTreeMap<Attribute, String>, StoreFault> {
        let plain = self.open_value(&attributes_aad(person_id), sealed)?;
        serde_json::from_slice(&plain).map_err(|_| UNREADABLE)
    }

    /// What a test person was made with.
    pub(crate) fn seal_persona(&self, person_id: &str, content: &[u8]) -> String {
        self.seal(&persona_aad(person_id), content)
    }

    /// The same, opened.
    ///
    /// # Errors
    /// When it does not open.
    pub(crate) fn persona(
        &self,
        person_id: &str,
        sealed: &str,
    ) -> Result<Zeroizing<Vec<u8>>, StoreFault> {
        self.open_value(&persona_aad(person_id), sealed)
    }

    /// The row of a new authenticator.
    pub(crate) fn authenticator(
        &self,
        door: &Door,
        content: &AuthenticatorContent<'_>,
        now: Timestamp,
    ) -> AuthenticatorRow {
        let id = door.random.uuid_v7(now).to_string();
        AuthenticatorRow {
            sealed_name: self.seal(&name_aad(&id), content.name.as_bytes()),
            sealed_secret: self.seal(&secret_aad(&id), content.secret),
            lookup_digest: content.lookup.map(|text| fingerprint(door, text)),
            sealed_lookup: content
                .lookup
                .map(|text| self.seal(&lookup_aad(&id), text.as_bytes())),
            authenticator_id: id,
            kind: content.kind.to_owned(),
            last_step: content.last_step,
            created_us: now.as_microsecond(),
            used_us: None,
        }
    }

    /// The row of a new authenticator app, with the step that is spent already.
    pub(crate) fn totp_row(
        &self,
        door: &Door,
        secret: &TotpSecret,
        step: u64,
        now: Timestamp,
    ) -> AuthenticatorRow {
        let content = AuthenticatorContent {
            kind: "totp",
            name: "",
            secret: secret.as_bytes(),
            lookup: None,
            last_step: i64::try_from(step).unwrap_or(i64::MAX),
        };
        self.authenticator(door, &content, now)
    }

    /// The name that its owner gave to an authenticator; empty for none.
    ///
    /// # Errors
    /// When it does not open.
    pub(crate) fn name(&self, row: &AuthenticatorRow) -> Result<String, StoreFault> {
        let plain = self.open_value(&name_aad(&row.authenticator_id), &row.sealed_name)?;
        String::from_utf8(plain.to_vec()).map_err(|_| UNREADABLE)
    }

    /// Another name for the authenticator with this id.
    pub(crate) fn seal_name(&self, authenticator_id: &str, name: &str) -> String {
        self.seal(&name_aad(authenticator_id), name.as_bytes())
    }

    /// Another secret for the authenticator with this id.
    pub(crate) fn seal_secret(&self, authenticator_id: &str, secret: &[u8]) -> String {
        self.seal(&secret_aad(authenticator_id), secret)
    }

    /// The secret of an authenticator.
    ///
    /// # Errors
    /// When it does not open.
    pub(crate) fn secret(&self, row: &AuthenticatorRow) -> Result<Zeroizing<Vec<u8>>, StoreFault> {
        self.open_value(&secret_aad(&row.authenticator_id), &row.sealed_secret)
    }

    /// What finds an authenticator without its owner.
    ///
    /// # Errors
    /// When it does not open.
    pub(crate) fn lookup(
        &self,
        authenticator_id: &str,
        sealed: &str,
    ) -> Result<Zeroizing<String>, StoreFault> {
        let plain = self.open_value(&lookup_aad(authenticator_id), sealed)?;
        let text = std::str::from_utf8(&plain).map_err(|_| UNREADABLE)?;
        Ok(Zeroizing::new(text.to_owned()))
    }

    /// The secret of an authenticator app.
    ///
    /// # Errors
    /// When it does not open.
    pub(crate) fn totp_secret(&self, row: &AuthenticatorRow) -> Result<TotpSecret, StoreFault> {
        let plain = self.secret(row)?;
        let bytes = plain.as_slice().try_into().map_err(|_| UNREADABLE)?;
        Ok(TotpSecret::from_bytes(bytes))
    }
}

/// What an authenticator begins with.
pub(crate) struct AuthenticatorContent<'a> {
    /// `totp`, `phone`, `backup_codes`, `webauthn` or `piv`.
    pub(crate) kind: &'a str,
    /// The name its owner gave it.
    pub(crate) name: &'a str,
    /// The secret, in the form of its kind.
    pub(crate) secret: &'a [u8],
    /// What finds it without its owner, with the kind in front, such as `webauthn:` and the credential's id.
    pub(crate) lookup: Option<&'a str>,
    /// The time step that is spent already.
    pub(crate) last_step: i64,
}

/// The keyed fingerprint under which something personal is found now. It is not the hash of tokens: tokens are random
/// and forgotten, whereas an address can be guessed and stays for years, so this key is the one that is rotated.
pub(crate) fn fingerprint(door: &Door, text: &str) -> String {
    door.fingerprints.hash(text)
}

/// The fingerprints under which it may be stored while a rotation lasts.
pub(crate) fn fingerprints(door: &Door, text: &str) -> Vec<String> {
    door.fingerprints.candidates(text)
}

pub(crate) const UNREADABLE: StoreFault = StoreFault::new(
    FaultKind::Corrupt,
    "a sealed value of a person does not open",
);

pub(crate) fn key_aad(person_id: &str) -> String {
    format!("people.sealed_data_key.{person_id}")
}

fn attributes_aad(person_id: &str) -> String {
    format!("people.sealed_attributes.{person_id}")
}

fn email_aad(digest: &str) -> String {
    format!("person_emails.sealed_email.{digest}")
}

fn persona_aad(person_id: &str) -> String {
    format!("test_personas.sealed.{person_id}")
}

fn name_aad(authenticator_id: &str) -> String {
    format!("authenticators.sealed_name.{authenticator_id}")
}

fn secret_aad(authenticator_id: &str) -> String {
    format!("authenticators.sealed_secret.{authenticator_id}")
}

fn lookup_aad(authenticator_id: &str) -> String {
    format!("authenticators.sealed_lookup.{authenticator_id}")
}

/// A person has one data key for life.
const KEY: &str = "p1";
