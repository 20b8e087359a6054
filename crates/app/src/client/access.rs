//! Access tokens that come back: under which name each is kept.

use durward_oidc::access_token;

use crate::door::Door;

/// The names under which a token may be kept: keyed hashes of a random one, the `jti` of a signed one.
pub(super) fn names(door: &Door, token: &str) -> Vec<String> {
    let ring = door.keys.load();
    match access_token::name(token, &door.issuer, |kid| ring.public(kid)) {
        Some(name) => vec![name],
        None => door.hasher.candidates(token),
    }
}
