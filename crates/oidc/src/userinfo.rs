//! Userinfo: an access token in, the released claims of its scopes out.

use std::collections::{BTreeMap, BTreeSet};

use durward_domain::attribute::{Attribute, GrantedScopes};
use durward_domain::level::{LevelAnswer, LevelOfService};
use durward_domain::programme::Programme;
use durward_domain::refusal::{RefusalKind, Refuse, Simulated};
use serde_json::{Map, Value, json};

use crate::dpop::{self, ProofFault};
use crate::oauth::OAuthError;
use crate::subject::Subject;

/// How an access token is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Alone. RFC 6750
    Bearer,
    /// With a proof that its key is held. RFC 9449 §7.1
    Dpop,
}

impl Scheme {
    /// Of an `Authorization` header.
    pub fn of(authorization: Option<&str>) -> Option<Self> {
        let (scheme, _) = authorization?.split_once(' ')?;
        if scheme.eq_ignore_ascii_case("bearer") {
            Some(Self::Bearer)
        } else if scheme.eq_ignore_ascii_case("dpop") {
            Some(Self::Dpop)
        } else {
            None
        }
    }

    /// May a token that is bound to this key, or to none, be sent so by whoever proved to hold `proved`? Otherwise a
    /// stolen token would be good again without its key. RFC 9449 §7.2
    pub fn admits(self, bound: Option<&str>, proved: Option<&str>) -> Result<(), UserinfoError> {
        match (self, bound, proved) {
            (Self::Bearer, None, _) => Ok(()),
            (Self::Dpop, None, _) => Err(UserinfoError::NotBound),
            (Self::Bearer, Some(_), _) => Err(UserinfoError::Bound),
            (Self::Dpop, Some(bound), Some(proved)) if bound == proved => Ok(()),
            (Self::Dpop, Some(_), Some(_)) => Err(ProofFault::OtherKey.into()),
            (Self::Dpop, Some(_), None) => Err(ProofFault::Missing.into()),
        }
    }
}

/// Takes the token out of the `Authorization` header. RFC 6750 §2.1, RFC 9449 §7.1
pub fn presented(authorization: Option<&str>) -> Result<(Scheme, &str), UserinfoError> {
    let header = authorization.ok_or(UserinfoError::NoToken)?;
    let (_, token) = header.split_once(' ').ok_or(UserinfoError::Malformed)?;
    let scheme = Scheme::of(authorization).ok_or(UserinfoError::NoToken)?;
    let token = token.trim_start_matches(' ');
    let well_formed = (1..=4096).contains(&token.len())
        && token
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-._~+/=".contains(&b));
    if well_formed {
        Ok((scheme, token))
    } else {
        Err(UserinfoError::Malformed)
    }
}

/// What an access token stands for.
pub struct Grant<'a> {
    /// This issuer.
    pub issuer: &'a str,
    /// The person, as this app's agency calls them.
    pub subject: Subject,
    /// The granted scopes, space-separated.
    pub scope: &'a str,
    /// Claims that the request asked for by name. OpenID Connect Core §5.5
    pub asked: &'a BTreeSet<String>,
    /// The level of the request.
    pub level: LevelOfService,
    /// The answered levels.
    pub answer: LevelAnswer,
    /// The attributes that the person released to this app.
    pub released: &'a BTreeMap<Attribute, Value>,
}

/// The answer: `sub`, `iss`, the levels, and what scopes and consent both allow.
pub fn claims(programme: &Programme, grant: &Grant<'_>) -> Map<String, Value> {
    let mut claims = about_the_person(programme, grant);
    claims.insert("sub".into(), grant.subject.to_string().into());
    claims.insert("iss".into(), grant.issuer.into());
    claims.insert("ial".into(), grant.answer.acr.clone().into());
    claims.insert("aal".into(), grant.answer.aal.clone().into());
    claims
}

/// The claims of the person alone: what scopes, asked claims and consent all allow.
pub fn about_the_person(programme: &Programme, grant: &Grant<'_>) -> Map<String, Value> {
    let granted = GrantedScopes::judge(programme, grant.scope, grant.level);
    let mut attributes = granted.attributes().clone();
    let asked = grant.asked.iter().flat_map(|name| attributes_of(name));
    attributes.extend(asked.filter(|attribute| attribute.allowed_at(grant.level)));
    let mut claims = Map::new();
    for attribute in &attributes {
        let Some(value) = grant.released.get(attribute) else {
            continue;
        };
        for name in claims_of(*attribute) {
            match *name {
                ADDRESS => {}
                name if name.ends_with(VERIFIED) => drop(claims.insert(name.into(), true.into())),
                name => drop(claims.insert(name.into(), value.clone())),
            }
        }
    }
    let parts = address(&attributes, grant.released);
    if !parts.is_empty() {
        claims.insert(ADDRESS.into(), Value::Object(parts));
    }
    // A scope never tells more than its row of the programme says.
    claims.retain(|name, _| granted.claims().contains(name) || grant.asked.contains(name));
    claims
}

/// The attributes that tell a claim; none for a claim that is not about what an app is registered for.
pub fn attributes_of(claim: &str) -> impl Iterator<Item = Attribute> {
    Attribute::ALL
        .into_iter()
        .filter(move |attribute| claims_of(*attribute).contains(&claim))
}

/// The claims as a signed answer has them: whose they are and for whom. OpenID Connect Core §5.3.2
pub fn signed_claims(
    mut claims: Map<String, Value>,
    issuer: &str,
    client_id: &str,
) -> Map<String, Value> {
    claims.insert("iss".into(), issuer.into());
    claims.insert("aud".into(), client_id.into());
    claims
}

/// Why no claims are given. RFC 6750 §3.1
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UserinfoError {
    /// No bearer token was sent.
    #[error("The request has no access token. Send it as Authorization: Bearer TOKEN.")]
    NoToken,
    /// The header cannot be read.
    #[error("The Authorization header cannot be read. Send it as Authorization: Bearer TOKEN.")]
    Malformed,
    /// No such token, or it ended.
    #[error(
        "The access token is unknown, expired or revoked. Send the person through sign-in again."
    )]
    InvalidToken,
    /// A bound token without its proof.
    #[error(
        "This access token is bound to a key. Send it as Authorization: DPoP TOKEN, with a DPoP proof."
    )]
    Bound,
    /// A proof with a token that is not bound.
    #[error(
        "This access token is not bound to a key. Send it as Authorization: Bearer TOKEN, without a DPoP proof."
    )]
    NotBound,
    /// The proof of possession does not count, or is missing.
    #[error(transparent)]
    Proof(#[from] ProofFault),
    /// A token without `openid`.
    #[error("The access token does not have the scope openid.")]
    InsufficientScope,
    /// Answers are to be encrypted, and there is no key for it.
    #[error(
        "The answers of this app are to be encrypted, and no key of the app with \"use\": \"enc\" fits. Register one, or publish one at its jwks_uri."
    )]
    EncryptionKey,
    /// A fault that the app's team set in a test-class environment.
    #[error("The team of this app has set this answer in the test kit.")]
    Simulated {
        /// The HTTP status.
        status: u16,
    },
}

impl UserinfoError {
    /// The HTTP status.
    pub fn status(self) -> u16 {
        match self {
            Self::Simulated { status } => status,
            other => other.kind().status(),
        }
    }

    /// The error code on the wire; none if no token was sent.
    pub const fn oauth_error(self) -> Option<OAuthError> {
        match self {
            Self::NoToken => None,
            Self::Simulated { status } if status >= 500 => Some(OAuthError::ServerError),
            Self::Simulated { .. } => Some(OAuthError::InvalidToken),
            Self::Malformed | Self::EncryptionKey => Some(OAuthError::InvalidRequest),
            Self::InvalidToken | Self::Bound | Self::NotBound => Some(OAuthError::InvalidToken),
            Self::Proof(fault) => Some(fault.oauth_error()),
            Self::InsufficientScope => Some(OAuthError::InsufficientScope),
        }
    }

    /// The `WWW-Authenticate` header of an answer to a token that was sent so. RFC 6750 §3, RFC 9449 §7.1
    pub fn www_authenticate(self, scheme: Option<Scheme>) -> String {
        let algorithms: Vec<_> = dpop::ALGORITHMS.iter().map(|a| a.name()).collect();
        let dpop = format!("DPoP realm=\"userinfo\", algs=\"{}\"", algorithms.join(" "));
        let by_dpop = scheme == Some(Scheme::Dpop) || matches!(self, Self::Bound | Self::Proof(_));
        let bearer = "Bearer realm=\"userinfo\"".to_owned();
        let Some(error) = self.oauth_error() else {
            return format!("{bearer}, {dpop}");
        };
        format!(
            "{}, error=\"{error}\", error_description=\"{}\"",
            if by_dpop { dpop } else { bearer },
            crate::oauth::description(&self.to_string())
        )
    }
}

impl Refuse for UserinfoError {
    fn code(&self) -> &'static str {
        match self {
            Self::NoToken => "userinfo/no-token",
            Self::Malformed => "userinfo/header-malformed",
            Self::InvalidToken => "userinfo/token-invalid",
            Self::Bound => "userinfo/token-bound",
            Self::NotBound => "userinfo/token-not-bound",
            Self::Proof(fault) => fault.code(),
            Self::InsufficientScope => "userinfo/scope-insufficient",
            Self::EncryptionKey => "userinfo/encryption-key",
            Self::Simulated { .. } => Simulated.code(),
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Malformed | Self::EncryptionKey => RefusalKind::Invalid,
            Self::NoToken | Self::InvalidToken | Self::Bound | Self::NotBound | Self::Proof(_) => {
                RefusalKind::Unauthenticated
            }
            Self::InsufficientScope => RefusalKind::Forbidden,
            Self::Simulated { .. } => RefusalKind::Unavailable,
        }
    }
}

/// The claims that tell one attribute. The parts of an address are told together.
const fn claims_of(attribute: Attribute) -> &'static [&'static str] {
    match attribute {
        Attribute::Email => &["email", "email_verified"],
        Attribute::AllEmails => &["all_emails"],
        Attribute::Locale => &["locale"],
        Attribute::VerifiedAt => &["verified_at"],
        Attribute::X509Subject => &["x509_subject"],
        Attribute::X509Issuer => &["x509_issuer"],
        Attribute::X509Presented => &["x509_presented"],
        Attribute::FirstName => &["given_name"],
        Attribute::LastName => &["family_name"],
        Attribute::Dob => &["birthdate"],
        Attribute::Ssn => &["social_security_number"],
        Attribute::Phone => &["phone", "phone_verified"],
        Attribute::Address1
        | Attribute::Address2
        | Attribute::City
        | Attribute::State
        | Attribute::Zipcode => &[ADDRESS],
    }
}

const ADDRESS: &str = "address";
const VERIFIED: &str = "_verified";

/// OpenID Connect Core §5.1.1
fn address(
    granted: &BTreeSet<Attribute>,
    released: &BTreeMap<Attribute, Value>,
) -> Map<String, Value> {
    let text = |attribute: Attribute| {
        released
            .get(&attribute)
            .filter(|_| granted.contains(&attribute))
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    };
    let street: Vec<_> = [Attribute::Address1, Attribute::Address2]
        .into_iter()
        .filter_map(text)
        .collect();
    let (city, state, zip) = (
        text(Attribute::City),
        text(Attribute::State),
        text(Attribute::Zipcode),
    );
    let mut parts = Map::new();
    if !street.is_empty() {
        parts.insert("street_address".into(), street.join("\n").into());
    }
    for (name, value) in [("locality", city), ("region", state), ("postal_code", zip)] {
        if let Some(value) = value {
            parts.insert(name.into(), value.into());
        }
    }
    if !parts.is_empty() {
        let region: Vec<_> = [state, zip].into_iter().flatten().collect();
        let last: Vec<_> = city
            .map(str::to_owned)
            .into_iter()
            .chain((!region.is_empty()).then(|| region.join(" ")))
            .collect();
        let lines: Vec<_> = street
            .iter()
            .map(|s| (*s).to_owned())
            .chain((!last.is_empty()).then(|| last.join(", ")))
            .collect();
        parts.insert("formatted".into(), json!(lines.join("\n")));
    }
    parts
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn released() -> BTreeMap<Attribute, Value> {
        [
            (Attribute::Email, json!("ada@example.com")),
            (Attribute::FirstName, json!("Ada")),
            (Attribute::Address1, json!("1 Main St")),
            (Attribute::City, json!("Springfield")),
            (Attribute::State, json!("IL")),
            (Attribute::Zipcode, json!("62701")),
        ]
        .into()
    }

    fn check(scope: &str, level: LevelOfService, expected: &str) {
        check_asked(scope, &[], level, expected);
    }

    fn check_asked(scope: &str, asked: &[&str], level: LevelOfService, expected: &str) {
        let us = Programme::named("us").unwrap();
        let released = released();
        let grant = Grant {
            issuer: "http://localhost:8401",
            subject: Subject::parse("0192d3a0-7c1e-4b43-8a6e-2f1c9f0e5d11").unwrap(),
            scope,
            asked: &asked.iter().map(|name| (*name).to_owned()).collect(),
            level,
            answer: LevelAnswer {
                acr: "urn:acr.login.gov:auth-only".into(),
                aal: "http://idmanagement.gov/ns/assurance/aal/2".into(),
            },
            released: &released,
        };
        let names: Vec<_> = claims(&us, &grant).keys().cloned().collect();
        assert_eq!(names.join(" "), expected, "{scope} {asked:?}");
    }

    /// OpenID Connect Core §5.5: a claim that is asked for by name comes without its scope, and its neighbours do not.
    #[test]
    fn claims_that_are_asked_for_by_name() {
        let auth_only = LevelOfService::AuthOnly;
        check_asked("openid", &["email"], auth_only, "aal email ial iss sub");
        check_asked("openid", &["given_name"], auth_only, "aal ial iss sub");
        let verified = LevelOfService::IdentityVerified;
        check_asked(
            "openid email",
            &["given_name", "address"],
            verified,
            "aal address email email_verified given_name ial iss sub",
        );
    }

    #[test]
    fn scopes_decide_what_is_told() {
        use LevelOfService::{AuthOnly, IdentityVerified};
        check("openid", AuthOnly, "aal ial iss sub");
        check(
            "openid email",
            AuthOnly,
            "aal email email_verified ial iss sub",
        );
        check("openid locale", AuthOnly, "aal ial iss sub");
        check("openid profile address", AuthOnly, "aal ial iss sub");
        check(
            "openid profile:name",
            IdentityVerified,
            "aal given_name ial iss sub",
        );
        check(
            "openid address",
            IdentityVerified,
            "aal address ial iss sub",
        );
    }

    /// The scopes and claims table of the programme: what each scope tells of a person about whom all is known, at each
    /// level of a request.
    #[test]
    fn what_each_scope_tells_at_each_level() {
        let us = Programme::named("us").unwrap();
        let released: BTreeMap<_, _> = Attribute::ALL.map(|one| (one, json!("x"))).into();
        let told = |scope: &str, level| {
            let grant = Grant {
                issuer: "http://localhost:8401",
                subject: Subject::parse("0192d3a0-7c1e-4b43-8a6e-2f1c9f0e5d11").unwrap(),
                scope,
                asked: &BTreeSet::new(),
                level,
                answer: LevelAnswer {
                    acr: String::new(),
                    aal: String::new(),
                },
                released: &released,
            };
            let names: Vec<_> = about_the_person(&us, &grant).keys().cloned().collect();
            names.join(" ")
        };
        let x509 = "x509_issuer x509_presented x509_subject";
        let table = [
            ("openid", "", ""),
            ("email", "email email_verified", "email email_verified"),
            ("all_emails", "all_emails", "all_emails"),
            ("locale", "locale", "locale"),
            ("profile:verified_at", "verified_at", "verified_at"),
            ("x509", x509, x509),
            ("x509:subject", "x509_subject", "x509_subject"),
            ("x509:issuer", "x509_issuer", "x509_issuer"),
            ("x509:presented", "x509_presented", "x509_presented"),
            (
                "profile",
                "",
                "birthdate family_name given_name verified_at",
            ),
            ("profile:name", "", "family_name given_name"),
            ("profile:birthdate", "", "birthdate"),
            ("address", "", "address"),
            ("phone", "", "phone phone_verified"),
            ("social_security_number", "", "social_security_number"),
        ];
        for (scope, auth_only, verified) in table {
            assert_eq!(told(scope, LevelOfService::AuthOnly), auth_only, "{scope}");
            assert_eq!(
                told(scope, LevelOfService::IdentityVerified),
                verified,
                "{scope}"
            );
        }
        let named: BTreeSet<_> = table.iter().map(|row| row.0).collect();
        let all: BTreeSet<_> = us.scope.iter().map(|scope| scope.name.as_str()).collect();
        assert!(
            all.iter()
                .all(|one| named.contains(one) || *one == "offline_access"),
            "{all:?}"
        );
    }

    #[test]
    fn an_address_is_formatted() {
        let all = released().keys().copied().collect();
        let parts = address(&all, &released());
        assert_eq!(parts["formatted"], "1 Main St\nSpringfield, IL 62701");
        assert_eq!(parts["postal_code"], "62701");
    }

    #[test]
    fn bearer_headers() {
        let check = |header: Option<&str>, expected: Result<&str, &str>| {
            let told = presented(header).map(|(_, token)| token);
            assert_eq!(told.map_err(|e| e.code()), expected, "{header:?}");
        };
        check(Some("Bearer abc"), Ok("abc"));
        check(Some("bearer a-b._~+/="), Ok("a-b._~+/="));
        check(Some("dPoP abc"), Ok("abc"));
        check(None, Err("userinfo/no-token"));
        check(Some("Basic abc"), Err("userinfo/no-token"));
        check(Some("Bearer"), Err("userinfo/header-malformed"));
        check(Some("Bearer "), Err("userinfo/header-malformed"));
        check(Some("Bearer a b"), Err("userinfo/header-malformed"));
        check(
            Some(&format!("Bearer {}", "a".repeat(4097))),
            Err("userinfo/header-malformed"),
        );
    }

    #[test]
    fn a_bound_token_is_good_with_its_key_alone() {
        let check = |scheme: Scheme, bound, proved, expected: &str| {
            let told = scheme.admits(bound, proved).err();
            assert_eq!(told.map_or("ok", |e| e.code()), expected);
        };
        check(Scheme::Bearer, None, None, "ok");
        check(Scheme::Bearer, Some("k"), None, "userinfo/token-bound");
        check(Scheme::Bearer, Some("k"), Some("k"), "userinfo/token-bound");
        check(Scheme::Dpop, Some("k"), Some("k"), "ok");
        check(Scheme::Dpop, Some("k"), Some("x"), "dpop/other-key");
        check(Scheme::Dpop, Some("k"), None, "dpop/missing");
        check(Scheme::Dpop, None, Some("k"), "userinfo/token-not-bound");
    }

    #[test]
    fn errors_name_themselves() {
        assert_eq!(
            UserinfoError::NoToken.www_authenticate(None),
            "Bearer realm=\"userinfo\", DPoP realm=\"userinfo\", \
             algs=\"RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA\""
        );
        let nonce = UserinfoError::Proof(ProofFault::Nonce).www_authenticate(Some(Scheme::Dpop));
        assert!(nonce.starts_with("DPoP ") && nonce.contains("error=\"use_dpop_nonce\", "));
        assert!(
            UserinfoError::InvalidToken
                .www_authenticate(Some(Scheme::Bearer))
                .starts_with("Bearer realm=\"userinfo\", error=\"invalid_token\", ")
        );
    }

    proptest! {
        #[test]
        fn bearer_never_panics(header in "\\PC{0,80}") {
            let _ = presented(Some(&header));
        }
    }
}
