//! The ID token: who signed in, when and how. What is known about the person is told at userinfo, unless the request
//! or the app's policy asks for it here.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use durward_domain::level::LevelAnswer;
use durward_keyring::digest;
use durward_keyring::jose::Algorithm;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::subject::Subject;

/// What an ID token tells.
#[derive(Debug, Clone)]
pub struct SignInFacts<'a> {
    /// This issuer.
    pub issuer: &'a str,
    /// The app.
    pub client_id: &'a str,
    /// The person, as this app's agency calls them.
    pub subject: Subject,
    /// Of the request.
    pub nonce: &'a str,
    /// When the person proved who they are.
    pub auth_time: Timestamp,
    /// The answered levels: as asked where the sign-in satisfies it.
    pub level: LevelAnswer,
    /// What was used.
    pub amr: Vec<&'static str>,
    /// The session's public name.
    pub sid: &'a str,
    /// What is told about the person here too.
    pub told: Map<String, Value>,
}

/// The claims, in the form that is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IdToken {
    iss: String,
    sub: String,
    aud: String,
    exp: i64,
    iat: i64,
    nbf: i64,
    auth_time: i64,
    #[serde(skip_serializing_if = "String::is_empty")]
    nonce: String,
    acr: String,
    ial: String,
    aal: String,
    amr: Vec<&'static str>,
    sid: String,
    jti: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    c_hash: Option<String>,
    #[serde(flatten)]
    told: Map<String, Value>,
}

impl IdToken {
    /// The claims of one token. `jti` is chance that the caller drew.
    pub fn new(
        facts: SignInFacts<'_>,
        issued: Issued<'_>,
        jti: String,
        now: Timestamp,
        seconds: u32,
    ) -> Self {
        let until = now
            .saturating_add(SignedDuration::from_secs(i64::from(seconds)))
            .unwrap_or(Timestamp::MAX);
        Self {
            iss: facts.issuer.to_owned(),
            sub: facts.subject.to_string(),
            aud: facts.client_id.to_owned(),
            exp: until.as_second(),
            iat: now.as_second(),
            nbf: now.as_second(),
            auth_time: facts.auth_time.as_second(),
            nonce: facts.nonce.to_owned(),
            ial: facts.level.acr.clone(),
            acr: facts.level.acr,
            aal: facts.level.aal,
            amr: facts.amr,
            sid: facts.sid.to_owned(),
            jti,
            at_hash: half_hash(issued.algorithm, issued.access_token),
            c_hash: issued
                .code
                .and_then(|code| half_hash(issued.algorithm, code)),
            told: facts.told,
        }
    }
}

/// What is issued beside the ID token.
#[derive(Clone, Copy)]
pub struct Issued<'a> {
    /// The ID token's signature algorithm, which decides the hash.
    pub algorithm: Algorithm,
    /// The access token.
    pub access_token: &'a str,
    /// The code that was redeemed, if one was.
    pub code: Option<&'a str>,
}

/// The left half of the hash. OpenID Connect Core §3.1.3.6. Both claims are optional in the code flow; an
/// algorithm whose hash is not SHA-256 leaves them out.
fn half_hash(algorithm: Algorithm, value: &str) -> Option<String> {
    matches!(
        algorithm,
        Algorithm::RS256 | Algorithm::PS256 | Algorithm::ES256
    )
    .then(|| URL_SAFE_NO_PAD.encode(&digest::sha256(value.as_bytes())[..16]))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn token(algorithm: Algorithm) -> serde_json::Value {
        let facts = SignInFacts {
            issuer: "http://localhost:8401",
            client_id: "urn:app",
            subject: Subject::parse("0192d3a0-7c1e-4b43-8a6e-2f1c9f0e5d11").unwrap(),
            nonce: "n-0S6_WzA2Mj-0123456789",
            auth_time: Timestamp::from_second(1_800_000_000).unwrap(),
            level: LevelAnswer {
                acr: "urn:acr.login.gov:auth-only".into(),
                aal: "http://idmanagement.gov/ns/assurance/aal/2".into(),
            },
            amr: vec!["pwd", "otp", "mfa"],
            sid: "s1",
            told: Map::new(),
        };
        let issued = Issued {
            algorithm,
            access_token: "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y",
            code: Some("Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk"),
        };
        let now = Timestamp::from_second(1_800_000_100).unwrap();
        serde_json::to_value(IdToken::new(facts, issued, "j1".into(), now, 900)).unwrap()
    }

    #[test]
    fn hashes_of_the_openid_examples() {
        // OpenID Connect Core, appendix A.4 and A.6.
        let token = token(Algorithm::RS256);
        assert_eq!(token["at_hash"], "77QmUPtjPfzWtF2AnpK9RQ");
        assert_eq!(token["c_hash"], "LDktKdoQak3Pk0cnXxCltA");
    }

    #[test]
    fn every_claim_and_no_other() {
        let token = token(Algorithm::EdDSA);
        let names: Vec<_> = token.as_object().unwrap().keys().cloned().collect();
        assert_eq!(
            names.join(" "),
            "aal acr amr aud auth_time exp ial iat iss jti nbf nonce sid sub"
        );
        assert_eq!(
            (&token["iat"], &token["exp"]),
            (&1_800_000_100.into(), &1_800_001_000.into())
        );
    }
}
