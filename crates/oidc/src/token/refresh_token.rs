//! The refresh-token grant: every rule of using a refresh token, in order. RFC 6749 §6, RFC 9700 §4.14

use jiff::Timestamp;

use super::TokenError;
use crate::client::Client;
use crate::params::Params;

/// What the form asks. No `Debug`.
pub struct RefreshGrant {
    /// The refresh token.
    pub token: String,
    /// A narrower scope, if sent.
    pub scope: Option<String>,
}

impl RefreshGrant {
    pub(super) fn read(params: &Params) -> Result<Self, TokenError> {
        let token = params
            .get("refresh_token")
            .ok_or(TokenError::Missing("refresh_token"))?;
        if token.len() > LONGEST_TOKEN {
            return Err(TokenError::Malformed("refresh_token"));
        }
        let scope = params.get("scope");
        if scope.is_some_and(|scope| scope.len() > LONGEST_SCOPE) {
            return Err(TokenError::Malformed("scope"));
        }
        Ok(Self {
            token: token.to_owned(),
            scope: scope.map(str::to_owned),
        })
    }
}

/// What is stored of a refresh token and its authorization, as far as it decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedRefresh {
    /// The app that got it.
    pub client_id: String,
    /// The granted scopes.
    pub scope: String,
    /// When it ends unused.
    pub expires: Timestamp,
    /// Was it used up before this attempt?
    pub spent: bool,
    /// Do authorization, session or offline consent, and account still stand?
    pub stands: bool,
}

/// Judges a refresh token that was found by its keyed hash; answers the narrower scope, if one is asked. `client`
/// has proved itself.
///
/// # Errors
/// [`TokenError`].
pub fn judge(
    issued: &IssuedRefresh,
    sent: &RefreshGrant,
    client: &Client,
    now: Timestamp,
) -> Result<Option<String>, TokenError> {
    // First of all: another app learns nothing of this token, and cannot have its family revoked.
    if issued.client_id != client.client_id {
        return Err(TokenError::RefreshUnknown);
    }
    // Before all that may be over: who sends it again may have stolen it.
    if issued.spent {
        return Err(TokenError::RefreshReplayed);
    }
    if !issued.stands {
        return Err(TokenError::AuthorizationEnded);
    }
    if now >= issued.expires {
        return Err(TokenError::RefreshExpired);
    }
    narrowed(&issued.scope, sent.scope.as_deref())
}

/// RFC 6749 §6: never more than was granted.
fn narrowed(granted: &str, asked: Option<&str>) -> Result<Option<String>, TokenError> {
    let Some(asked) = asked else {
        return Ok(None);
    };
    let has = |list: &str, name: &str| list.split_ascii_whitespace().any(|one| one == name);
    if let Some(wider) = asked
        .split_ascii_whitespace()
        .find(|name| !has(granted, name))
    {
        return Err(TokenError::ScopeWider(wider.chars().take(80).collect()));
    }
    let kept: Vec<_> = granted
        .split_ascii_whitespace()
        .filter(|name| has(asked, name))
        .collect();
    Ok(Some(kept.join(" ")).filter(|scope| !scope.is_empty()))
}

const LONGEST_TOKEN: usize = 512;
const LONGEST_SCOPE: usize = 2048;

#[cfg(test)]
mod tests {
    use durward_domain::refusal::Refuse as _;

    use super::*;
    use crate::client::sample::{self, ID};

    fn check(change: impl FnOnce(&mut IssuedRefresh), scope: Option<&str>, expected: &str) {
        let mut issued = IssuedRefresh {
            client_id: ID.into(),
            scope: "openid email offline_access".into(),
            expires: Timestamp::MAX,
            spent: false,
            stands: true,
        };
        change(&mut issued);
        let sent = RefreshGrant {
            token: "t".into(),
            scope: scope.map(str::to_owned),
        };
        let client = sample::client(|_| ());
        let got = match judge(&issued, &sent, &client, Timestamp::UNIX_EPOCH) {
            Ok(scope) => scope.unwrap_or_else(|| "all".to_owned()),
            Err(refusal) => format!("{} {}", refusal.oauth_error(), refusal.code()),
        };
        assert_eq!(got, expected, "{scope:?}");
    }

    /// RFC 6749 §6.
    #[test]
    fn scopes_are_narrowed_and_never_widened() {
        check(|_| (), None, "all");
        check(|_| (), Some("email openid"), "openid email");
        check(|_| (), Some("email"), "email");
        check(
            |_| (),
            Some("openid profile"),
            "invalid_scope token/scope-wider",
        );
        check(|_| (), Some("nonsense"), "invalid_scope token/scope-wider");
    }

    /// RFC 6749 §5.2, RFC 9700 §4.14.2.
    #[test]
    fn what_is_over_gives_nothing() {
        check(
            |i| i.spent = true,
            None,
            "invalid_grant token/refresh-token-replayed",
        );
        check(
            |i| i.stands = false,
            None,
            "invalid_grant token/authorization-ended",
        );
        check(
            |i| i.expires = Timestamp::UNIX_EPOCH,
            None,
            "invalid_grant token/refresh-token-expired",
        );
        // A used one of a grant that ended is still the sign of a thief.
        check(
            |i| (i.spent, i.stands) = (true, false),
            None,
            "invalid_grant token/refresh-token-replayed",
        );
        // Another app learns nothing, not even that it was used.
        check(
            |i| (i.spent, i.client_id) = (true, "urn:other".into()),
            None,
            "invalid_grant token/refresh-token-unknown",
        );
    }
}
