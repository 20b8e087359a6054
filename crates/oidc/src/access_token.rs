//! The access token of an app that wants to read it: a signed token. RFC 9068

use durward_keyring::jose::{Algorithm, PublicKey, jws};
use serde::Serialize;
use serde_json::Value;

/// What the header calls it. RFC 9068 §2.1
pub const TYPE: &str = "at+jwt";

/// The claims, in the form that is signed. RFC 9068 §2.2
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccessToken<'a> {
    /// This issuer.
    pub iss: &'a str,
    /// Who reads it: this issuer's own userinfo, for no other resource is known.
    pub aud: &'a str,
    /// The person, as the app's agency calls them; the app itself where no person is meant.
    pub sub: &'a str,
    /// The app.
    pub client_id: &'a str,
    /// When it was made, in seconds since 1970.
    pub iat: i64,
    /// Until when it is good.
    pub exp: i64,
    /// The name under which this issuer keeps it: an ended token is known by it.
    pub jti: &'a str,
    /// Granted scopes, space separated.
    pub scope: &'a str,
    /// The sign-in; none for an app itself. §2.2.1
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub sign_in: Option<SignIn<'a>>,
    /// The key that must be held. RFC 9449 §6.1
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cnf: Option<Confirmation<'a>>,
}

/// The sign-in that a token comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignIn<'a> {
    /// When the person proved who they are.
    pub auth_time: i64,
    /// The answered level.
    pub acr: &'a str,
    /// What was used.
    pub amr: Vec<&'static str>,
}

/// The key that a token is bound to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Confirmation<'a> {
    /// Its thumbprint.
    pub jkt: &'a str,
}

/// The name of a token that this issuer signed; none for any other text. `key` finds a published key by its id.
///
/// Nothing else of the token is used: what this issuer keeps under the name decides.
pub fn name<'k>(
    text: &str,
    issuer: &str,
    key: impl Fn(&str) -> Option<(Algorithm, &'k PublicKey)>,
) -> Option<String> {
    let token = jws::Unverified::parse(text, LONGEST).ok()?;
    if token.header.typ.as_deref() != Some(TYPE) {
        return None;
    }
    let (algorithm, key) = key(token.header.kid.as_deref()?)?;
    let claims = token.verify(key, &[algorithm]).ok()?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    (text("iss") == Some(issuer))
        .then(|| text("jti").map(str::to_owned))
        .flatten()
}

const LONGEST: usize = 8 * 1024;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use durward_keyring::jose::SigningKey;

    use super::*;

    const ISSUER: &str = "https://id.example.gov";

    fn token() -> AccessToken<'static> {
        AccessToken {
            iss: ISSUER,
            aud: ISSUER,
            sub: "s",
            client_id: "urn:app",
            iat: 100,
            exp: 1000,
            jti: "k1:name",
            scope: "openid email",
            sign_in: Some(SignIn {
                auth_time: 90,
                acr: "urn:acr.login.gov:auth-only",
                amr: vec!["pwd"],
            }),
            cnf: Some(Confirmation { jkt: "thumb" }),
        }
    }

    #[test]
    fn it_has_the_claims_of_the_profile() {
        let value = serde_json::to_value(token()).unwrap();
        for claim in [
            "iss",
            "exp",
            "aud",
            "sub",
            "client_id",
            "iat",
            "jti",
            "scope",
            "auth_time",
            "acr",
            "amr",
        ] {
            assert!(!value[claim].is_null(), "{claim}");
        }
        assert_eq!(value["cnf"]["jkt"], "thumb");
        let own = AccessToken {
            sign_in: None,
            cnf: None,
            ..token()
        };
        let own = serde_json::to_value(own).unwrap();
        assert!(own.get("auth_time").is_none() && own.get("cnf").is_none());
    }

    #[test]
    fn only_a_token_of_ours_has_a_name() {
        let key = SigningKey::generate(Algorithm::ES256).unwrap();
        let other = SigningKey::generate(Algorithm::ES256).unwrap();
        let named = |text: &str| {
            name(text, ISSUER, |kid| {
                (kid == key.kid()).then(|| (Algorithm::ES256, key.public()))
            })
        };
        let good = jws::sign(&key, TYPE, &token()).unwrap();
        assert_eq!(named(&good).as_deref(), Some("k1:name"));
        // RFC 8725 §3.11: an ID token is none, whoever signed it.
        assert_eq!(named(&jws::sign(&key, "JWT", &token()).unwrap()), None);
        assert_eq!(named(&jws::sign(&other, TYPE, &token()).unwrap()), None);
        let foreign = AccessToken {
            iss: "https://other.example.gov",
            ..token()
        };
        assert_eq!(named(&jws::sign(&key, TYPE, &foreign).unwrap()), None);
        let (head, rest) = good.split_once('.').unwrap();
        let (_, signature) = rest.split_once('.').unwrap();
        assert_eq!(named(&format!("{head}.e30.{signature}")), None);
        assert_eq!(named("k1:name"), None);
    }
}
