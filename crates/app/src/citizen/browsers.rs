//! Browsers that an account knows: its person signed in with them, with every proof. A stranger who guesses cannot lock
//! the owner out of one, and a sign-in with a new one is told.

use std::sync::Arc;

use durward_accounts::browser::Details;
use durward_keyring::digest;
use durward_store::browsers::{self, BrowserRow};
use durward_store::{Conn, Fault as StoreFault, FaultKind};
use jiff::Timestamp;

use super::session::{self, Browser};
use super::vault::Vault;
use crate::door::Door;
use crate::failure::Fault;

/// A browser of an account, for its owner.
pub struct Known {
    /// Names it in forms.
    pub browser_id: String,
    /// Where and what it was last.
    pub details: Details,
    /// When the person first signed in with it.
    pub first: Timestamp,
    /// When the person last did.
    pub seen: Timestamp,
    /// Is it the one that asks?
    pub is_this: bool,
}

/// How an account knows the browser that its person just signed in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Met {
    /// Names the row.
    pub browser_id: String,
    /// Was it unknown before?
    pub is_new: bool,
}

/// What the cookie of a browser holds after it opened this session. A new one each time, so that nobody can plant one;
/// it does not lead back to the session.
pub fn token(session_token: &str) -> String {
    digest::sha256_b64url(format!("known-browser:{session_token}").as_bytes())
}

/// The account of this new session knows the browser from now on. `browser` is as it asked, with the cookies it sent.
///
/// # Errors
/// When the database fails.
pub async fn remember(
    door: &Arc<Door>,
    browser: &Browser,
    session_token: &str,
) -> Result<(), Fault> {
    let (inner, browser, token) = (Arc::clone(door), browser.clone(), session_token.to_owned());
    let (candidates, now) = (door.hasher.candidates(session_token), door.clock.now());
    let met = door
        .store
        .write(move |c| match session::find_with_person(c, &candidates)? {
            Some((row, _)) => meet(c, &inner, &browser, &row.person_id, &token, now).map(Some),
            None => Ok(None),
        })
        .await?;
    if let Some(met) = met {
        let environment = door.name.as_str();
        let known = if met.is_new { "new" } else { "known" };
        metrics::counter!("durward_browsers_total", "environment" => environment, "browser" => known)
            .increment(1);
    }
    Ok(())
}

/// The browser as an account knows it, if it does.
///
/// # Errors
/// When the database fails.
pub fn known(
    c: &mut Conn,
    door: &Door,
    browser: &Browser,
    person_id: &str,
) -> Result<Option<BrowserRow>, StoreFault> {
    for hash in hashes(door, browser) {
        if let Some(row) = browsers::find(c, &hash, person_id)? {
            return Ok(Some(row));
        }
    }
    Ok(None)
}

/// A person proved everything that was asked for, and got this session: the account knows the browser from now on.
///
/// # Errors
/// When the database fails.
pub fn meet(
    c: &mut Conn,
    door: &Door,
    browser: &Browser,
    person_id: &str,
    session_token: &str,
    now: Timestamp,
) -> Result<Met, StoreFault> {
    let new_hash = door.hasher.hash(&token(session_token));
    let before = known(c, door, browser, person_id)?;
    // Others who use this browser are known by the same cookie, and it is about to change.
    for hash in hashes(door, browser) {
        browsers::move_to(c, &hash, &new_hash)?;
    }
    let (browser_id, is_new) = match before {
        Some(row) => (row.browser_id, false),
        None => (door.random.uuid_v7(now).to_string(), true),
    };
    let details = Details::of(browser.network, &browser.agent);
    let plain = serde_json::to_vec(&details).map_err(|_| UNREADABLE)?;
    let vault = Vault::of(c, door, person_id)?;
    let sealed_details = vault.seal(&aad(&browser_id), &plain);
    let now_us = now.as_microsecond();
    if is_new {
        let row = BrowserRow {
            browser_id: browser_id.clone(),
            token_hash: new_hash,
            sealed_details,
            first_us: now_us,
            seen_us: now_us,
            told_us: None,
        };
        browsers::insert(c, person_id, &row)?;
    } else {
        browsers::see(c, &browser_id, &sealed_details, now_us)?;
    }
    Ok(Met { browser_id, is_new })
}

/// Every browser that an account knows, the last one used first.
///
/// # Errors
/// When the database fails or what is sealed does not open.
pub fn of(
    c: &mut Conn,
    door: &Door,
    browser: &Browser,
    person_id: &str,
) -> Result<Vec<Known>, StoreFault> {
    let (vault, hashes) = (Vault::of(c, door, person_id)?, hashes(door, browser));
    let time = |us| Timestamp::from_microsecond(us).map_err(|_| UNREADABLE);
    browsers::of(c, person_id)?
        .into_iter()
        .map(|row| {
            let plain = vault.open_value(&aad(&row.browser_id), &row.sealed_details)?;
            Ok(Known {
                details: serde_json::from_slice(&plain).map_err(|_| UNREADABLE)?,
                first: time(row.first_us)?,
                seen: time(row.seen_us)?,
                is_this: hashes.contains(&row.token_hash),
                browser_id: row.browser_id,
            })
        })
        .collect()
}

fn hashes(door: &Door, browser: &Browser) -> Vec<String> {
    let token = browser.known_by.as_deref();
    token
        .map(|token| door.hasher.candidates(token))
        .unwrap_or_default()
}

fn aad(browser_id: &str) -> String {
    format!("browsers.sealed_details.{browser_id}")
}

const UNREADABLE: StoreFault =
    StoreFault::new(FaultKind::Corrupt, "a browser of a person cannot be read");
