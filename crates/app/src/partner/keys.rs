//! The keys of an app: what is known of each, added and removed one at a time.

use std::collections::BTreeMap;
use std::sync::Arc;

use durward_domain::application::{AppDocument, Key, TokenEndpointAuthMethod};
use durward_domain::change::QUIET;
use durward_domain::environment::EnvironmentName;
use durward_domain::refusal::{RefusalKind, Refuse};
use durward_keyring::digest::sha256_hex;
use durward_keyring::jose::KeyFacts;
use durward_store::request_records;
use jiff::{SignedDuration, Timestamp};

use super::apps::{self, AppRefusal, AppView};
use super::save::{Input, Save, Saved, save_app};
use crate::actor::Member;
use crate::failure::{Failure, Fault};
use crate::keeper::{Keeper, time};
use crate::record::Trace;

/// What is known of one key.
#[derive(Clone, Debug)]
pub struct KeyView {
    /// The RFC 7638 thumbprint, or a digest of a text that cannot be read.
    pub thumbprint: String,
    /// SHA-256 of the certificate, or of what was given, in hexadecimal.
    pub sha256: String,
    /// Its facts, or why it cannot be read.
    pub facts: Result<KeyFacts, String>,
    /// How it was used.
    pub usage: Usage,
    /// Whether it can go.
    pub safety: Safety,
}

/// How a key was used in the last 30 days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Signatures that were verified with it.
    pub uses: i64,
    /// Its part of all of the app's, in percent; nothing while none is known.
    pub percent: Option<i64>,
    /// When last.
    pub last: Option<Timestamp>,
}

/// Whether a key can be removed without harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Safety {
    /// No use of any key of the app is known.
    Unknown,
    /// It is the only key.
    OnlyOne,
    /// Another key is used and this one was not for a while, or never.
    Safe,
    /// It is still used.
    InUse,
    /// It is new, and nothing tells yet.
    Waits,
}

/// The keys of a configuration with their use in the last 30 days.
///
/// # Errors
/// A fault.
pub async fn list(keeper: &Keeper, app: &AppView) -> Result<Vec<KeyView>, Fault> {
    let now = keeper.clock.real_now();
    let from = now.saturating_sub(WINDOW).unwrap_or(Timestamp::UNIX_EPOCH);
    let day = from.to_zoned(jiff::tz::TimeZone::UTC).date().to_string();
    let (environment, handle) = (app.summary.environment.as_str(), app.summary.handle.clone());
    let rows = keeper
        .store
        .read(move |c| request_records::key_uses(c, environment, &handle, &day))
        .await?;
    let mut uses: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    for row in rows {
        let sum = uses.entry(row.value).or_default();
        sum.0 += row.uses;
        sum.1 = sum.1.max(row.last_us);
    }
    let total: i64 = uses.values().map(|(count, _)| count).sum();
    let keys = &app.document.keys;
    Ok(keys
        .iter()
        .map(|key| {
            let thumbprint = key.fingerprint();
            let (count, last) = uses.get(&thumbprint).copied().unwrap_or_default();
            let usage = Usage {
                uses: count,
                percent: (total > 0).then(|| count.saturating_mul(100) / total.max(1)),
                last: (count > 0).then(|| time(last)),
            };
            let other = uses
                .iter()
                .filter(|(one, _)| **one != thumbprint)
                .map(|(_, (_, last))| *last)
                .max();
            KeyView {
                safety: if key.is_for_encryption() {
                    // It proves nothing, so its use is not seen; a needed one is missed when the document is judged.
                    Safety::Unknown
                } else {
                    judge(proving(&app.document), usage, other.map(time), now)
                },
                sha256: sha256(key),
                facts: key.facts(),
                thumbprint,
                usage,
            }
        })
        .collect())
}

fn judge(keys: usize, usage: Usage, other: Option<Timestamp>, now: Timestamp) -> Safety {
    match (keys, usage.last, other) {
        (0 | 1, _, _) => Safety::OnlyOne,
        (_, None, None) => Safety::Unknown,
        (_, None, Some(_)) => Safety::Safe,
        (_, Some(last), Some(other)) if other > last && now.duration_since(last) > UNUSED => {
            Safety::Safe
        }
        (_, Some(last), _) if now.duration_since(last) <= UNUSED => Safety::InUse,
        (_, Some(_), _) => Safety::Waits,
    }
}

fn sha256(key: &Key) -> String {
    let certificate = key.facts().ok().and_then(|facts| facts.certificate);
    match (certificate, key) {
        (Some(certificate), _) => certificate.fingerprint,
        (None, Key::Pem(text)) => sha256_hex(text.trim().as_bytes()),
        (None, Key::Jwk(_)) => sha256_hex(key.fingerprint().as_bytes()),
    }
}

/// Why a key is not added or removed.
#[derive(Debug, thiserror::Error)]
pub enum KeyDenied {
    /// Nothing was given.
    #[error("Paste a key or choose a file.")]
    Nothing,
    /// What was given is no public key.
    #[error("This is no public key that can be used: {0}")]
    Unreadable(String),
    /// It is there already.
    #[error("This key is there already.")]
    There,
    /// No such key.
    #[error("There is no such key any more.")]
    NotFound,
    /// The last key of an app that proves itself with one.
    #[error("This is the app's only key, and it proves itself with it. Add the next key first.")]
    Last,
    /// It is used.
    #[error("This key is still used. Tick the box to remove it nevertheless.")]
    InUse,
    /// Saving was refused.
    #[error(transparent)]
    App(#[from] AppRefusal),
}

impl Refuse for KeyDenied {
    fn code(&self) -> &'static str {
        match self {
            Self::Nothing => "key/nothing",
            Self::Unreadable(_) => "key/not-usable",
            Self::There => "key/there",
            Self::NotFound => "key/not-found",
            Self::Last => "key/last",
            Self::InUse => "key/in-use",
            Self::App(refusal) => refusal.code(),
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Nothing | Self::Unreadable(_) => RefusalKind::Invalid,
            Self::NotFound => RefusalKind::NotFound,
            Self::There | Self::Last | Self::InUse => RefusalKind::Conflict,
            Self::App(refusal) => refusal.kind(),
        }
    }
}

/// Adds keys beside those that are there: certificates and public keys in PEM, a certificate in DER, a JWK or a set of
/// them. A private key is refused and forgotten.
///
/// # Errors
/// [`KeyDenied`], or a fault.
pub async fn add(
    keeper: &Arc<Keeper>,
    member: &Member,
    (handle, environment): (&str, EnvironmentName),
    given: &[u8],
    trace: &Trace,
) -> Result<Saved, Failure<KeyDenied>> {
    let app = find(keeper, member, handle, environment).await?;
    let mut document = app.document.clone();
    for key in read(given)? {
        key.facts()
            .map_err(|why| Failure::Refused(KeyDenied::Unreadable(why)))?;
        let there =
            |one: &Key| one.fingerprint() == key.fingerprint() && sha256(one) == sha256(&key);
        if document.keys.iter().any(there) {
            return Err(Failure::Refused(KeyDenied::There));
        }
        document.keys.push(key);
    }
    save(keeper, member, (&app, document), "A key was added.", trace).await
}

/// Names the address where the app publishes its keys; an empty one takes it away.
///
/// # Errors
/// [`KeyDenied`], or a fault.
pub async fn publish(
    keeper: &Arc<Keeper>,
    member: &Member,
    (handle, environment): (&str, EnvironmentName),
    address: &str,
    trace: &Trace,
) -> Result<Saved, Failure<KeyDenied>> {
    let app = find(keeper, member, handle, environment).await?;
    let mut document = app.document.clone();
    let address = Some(address.trim().to_owned()).filter(|address| !address.is_empty());
    if address.is_none() && proving(&document) == 0 && proves_by_key(&document) {
        return Err(Failure::Refused(KeyDenied::Last));
    }
    if let Some(oidc) = &mut document.oidc {
        oidc.jwks_uri = address;
    }
    let note = "The address of the keys was changed.";
    save(keeper, member, (&app, document), note, trace).await
}

/// Removes a key. One that is still used only when that was `confirmed`.
///
/// # Errors
/// [`KeyDenied`], or a fault.
pub async fn remove(
    keeper: &Arc<Keeper>,
    member: &Member,
    (handle, environment): (&str, EnvironmentName),
    (sha256, confirmed): (&str, bool),
    trace: &Trace,
) -> Result<Saved, Failure<KeyDenied>> {
    let app = find(keeper, member, handle, environment).await?;
    let views = list(keeper, &app).await?;
    let at = views
        .iter()
        .position(|one| one.sha256 == sha256)
        .ok_or(Failure::Refused(KeyDenied::NotFound))?;
    let mut document = app.document.clone();
    let published = document
        .oidc
        .as_ref()
        .is_some_and(|oidc| oidc.jwks_uri.is_some());
    let proves = !document.keys[at].is_for_encryption();
    if proves && proving(&document) == 1 && proves_by_key(&document) && !published {
        return Err(Failure::Refused(KeyDenied::Last));
    }
    let safe = views.get(at).is_some_and(|one| one.safety == Safety::Safe);
    let used = views.get(at).is_some_and(|one| one.usage.uses > 0);
    if used && !safe && !confirmed {
        return Err(Failure::Refused(KeyDenied::InUse));
    }
    document.keys.remove(at);
    save(
        keeper,
        member,
        (&app, document),
        "A key was removed.",
        trace,
    )
    .await
}

async fn find(
    keeper: &Arc<Keeper>,
    member: &Member,
    handle: &str,
    environment: EnvironmentName,
) -> Result<AppView, Failure<KeyDenied>> {
    apps::app(keeper, member, handle, environment)
        .await
        .map_err(of_app)
}

pub(super) async fn save(
    keeper: &Arc<Keeper>,
    member: &Member,
    (app, document): (&AppView, AppDocument),
    note: &str,
    trace: &Trace,
) -> Result<Saved, Failure<KeyDenied>> {
    let over = Save::Replace {
        seen_version: app.summary.version,
    };
    let input = Input::Document(Box::new(document));
    save_app(keeper, member, input, over, note, trace)
        .await
        .map_err(of_app)
}

fn of_app(failure: Failure<AppRefusal>) -> Failure<KeyDenied> {
    match failure {
        Failure::Refused(refusal) => Failure::Refused(refusal.into()),
        Failure::Fault(fault) => Failure::Fault(fault),
    }
}

fn proves_by_key(document: &AppDocument) -> bool {
    document.oidc.as_ref().is_some_and(|oidc| {
        oidc.token_endpoint_auth_method == TokenEndpointAuthMethod::PrivateKeyJwt
    })
}

/// How many keys can prove the app.
fn proving(document: &AppDocument) -> usize {
    let keys = document.keys.iter();
    keys.filter(|key| !key.is_for_encryption()).count()
}

/// The keys in a text or a file.
pub(super) fn read(given: &[u8]) -> Result<Vec<Key>, Failure<KeyDenied>> {
    let unreadable = |why: &str| Failure::Refused(KeyDenied::Unreadable(why.to_owned()));
    if given.iter().all(u8::is_ascii_whitespace) {
        return Err(Failure::Refused(KeyDenied::Nothing));
    }
    let Ok(text) = std::str::from_utf8(given) else {
        return Ok(vec![Key::Pem(pem_of_der(given))]);
    };
    let text = text.trim();
    if text.starts_with('{') {
        let value: serde_json::Value = serde_json::from_str(text)
            .map_err(|error| unreadable(&format!("the JSON cannot be read: {error}.")))?;
        let members = value
            .as_object()
            .ok_or_else(|| unreadable("it is no JSON object."))?;
        let Some(set) = members.get("keys") else {
            return Ok(vec![Key::Jwk(members.clone())]);
        };
        let list = set.as_array().into_iter().flatten();
        let keys: Vec<Key> = list
            .filter_map(|one| one.as_object().cloned().map(Key::Jwk))
            .collect();
        if keys.is_empty() || keys.len() > MOST_AT_ONCE {
            return Err(unreadable("a set holds 1 to 20 keys."));
        }
        return Ok(keys);
    }
    if !text.contains("-----BEGIN") {
        return Ok(vec![Key::Pem(pem_of_der(given))]);
    }
    let mut keys = Vec::new();
    for block in text.split("-----BEGIN").skip(1) {
        let end = block
            .find("-----END")
            .and_then(|at| Some(at + 8 + block.get(at + 8..)?.find("-----")? + 5))
            .ok_or_else(|| unreadable("the PEM text has no end."))?;
        let block = block.get(..end).unwrap_or(block);
        keys.push(Key::Pem(format!("-----BEGIN{block}\n")));
    }
    if keys.len() > MOST_AT_ONCE {
        return Err(unreadable("at most 20 keys can be added at once."));
    }
    Ok(keys)
}

/// A certificate in DER as the PEM text that documents hold.
fn pem_of_der(der: &[u8]) -> String {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
    for line in text.as_bytes().chunks(64) {
        pem.push_str(&String::from_utf8_lossy(line));
        pem.push('\n');
    }
    pem.push_str("-----END CERTIFICATE-----\n");
    pem
}

const WINDOW: SignedDuration = SignedDuration::from_hours(30 * 24);
/// A key that another one took over from is safe to remove when it was not used for so long.
const UNUSED: SignedDuration = QUIET;
const MOST_AT_ONCE: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn check(keys: usize, last_days: Option<i64>, other_days: Option<i64>, expected: Safety) {
        let now = Timestamp::from_second(1_800_000_000).unwrap_or(Timestamp::UNIX_EPOCH);
        let ago = |days: i64| {
            now.saturating_sub(SignedDuration::from_hours(days * 24))
                .unwrap_or(now)
        };
        let usage = Usage {
            last: last_days.map(ago),
            ..Usage::default()
        };
        assert_eq!(judge(keys, usage, other_days.map(ago), now), expected);
    }

    #[test]
    fn a_key_is_safe_to_remove_once_another_took_over() {
        check(1, Some(20), None, Safety::OnlyOne);
        check(2, None, None, Safety::Unknown);
        check(2, None, Some(1), Safety::Safe);
        check(2, Some(8), Some(1), Safety::Safe);
        check(2, Some(6), Some(1), Safety::InUse);
        check(2, Some(8), Some(9), Safety::Waits);
        check(2, Some(0), None, Safety::InUse);
    }
}
