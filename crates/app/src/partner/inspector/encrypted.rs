//! The header of an encrypted request object beside what it must say. RFC 9101 §6.1

use durward_oidc::authorize::request_object::ENCRYPTION;
use durward_oidc::evidence::Decoded;
use serde_json::Value;

use super::Claim;

/// Each member of the header that decides whether it can be opened. `ours` are the ids of the environment's keys.
pub(super) fn claims(decoded: &Decoded, ours: Vec<String>) -> Vec<Claim> {
    let header = |name: &str| decoded.header.get(name).and_then(Value::as_str);
    let known = |name, list: Vec<String>| Claim {
        name,
        value: header(name).map(str::to_owned),
        passes: header(name).is_some_and(|value| list.iter().any(|one| one == value)),
        expected: list.join(" "),
    };
    let algorithms = ENCRYPTION.algorithms.iter().map(ToString::to_string);
    let encryptions = ENCRYPTION.encryptions.iter().map(ToString::to_string);
    let mut claims = vec![
        known("alg", algorithms.collect()),
        known("enc", encryptions.collect()),
    ];
    // Without one, every key of ours is tried.
    if header("kid").is_some() {
        claims.push(known("kid", ours));
    }
    claims
}

/// The rule that refuses what cannot be opened.
pub(super) const REFUSED_BY: &str = "authorize/request-object-invalid";
