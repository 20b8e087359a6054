#![expect(clippy::unwrap_used, reason = "tests")]

use durward_domain::application::{GrantType, TokenEndpointAuthMethod};
use durward_domain::refusal::Refuse;
use jiff::Timestamp;
use proptest::prelude::*;

use super::authorization_code::{IssuedCode, RedirectUriRule, judge};
use super::*;
use crate::client::sample::{self, ID, REDIRECT};

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn parse(body: &str, header: Option<&str>) -> String {
    match TokenRequest::parse(body.as_bytes(), header) {
        Ok(_) => "ok".into(),
        Err(no) => format!("{} {} {}", no.status(), no.oauth_error(), no.code()),
    }
}

#[test]
fn forms() {
    let check = |body: &str, expected: &str| assert_eq!(parse(body, None), expected, "{body}");
    let good = "grant_type=authorization_code&code=c";
    check(good, "ok");
    check(
        &format!("{good}&code_verifier={VERIFIER}&client_id=x"),
        "ok",
    );
    check("", "400 invalid_request token/parameter-missing");
    check(
        "grant_type=authorization_code",
        "400 invalid_request token/parameter-missing",
    );
    check(
        "grant_type=password&code=c",
        "400 unsupported_grant_type token/grant-type-unsupported",
    );
    check(
        &format!("{good}&code=d"),
        "400 invalid_request token/parameter-repeated",
    );
    check(
        &format!("{good}&x=1&x=1"),
        "400 invalid_request token/parameter-repeated",
    );
    check(
        &format!("{good}&code_verifier=short"),
        "400 invalid_request token/parameter-malformed",
    );
    check(
        &format!("{good}&client_secret=s"),
        "400 invalid_request token/parameter-missing",
    );
    check(
        &format!("{good}&client_assertion=a"),
        "400 invalid_request token/parameter-missing",
    );
    check(
        &format!("{good}&client_assertion_type=a"),
        "400 invalid_request token/parameter-missing",
    );
    check(
        &format!("{good}&client_assertion_type=a&client_assertion=b"),
        "401 invalid_client token/assertion-type",
    );
    check(
        &format!("grant_type=authorization_code&code={}", "c".repeat(513)),
        "400 invalid_request token/parameter-malformed",
    );
    check(
        &format!("{good}&x={}", "c".repeat(70_000)),
        "413 invalid_request token/form-unreadable",
    );
    assert_eq!(
        parse(good, Some("Bearer eDp5")),
        "401 invalid_client token/authorization-header-unsupported"
    );
    assert_eq!(
        TokenError::SecretWrong.www_authenticate(true),
        Some("Basic realm=\"token\"")
    );
}

fn issued() -> IssuedCode {
    IssuedCode {
        client_id: ID.into(),
        redirect_uri: REDIRECT.into(),
        code_challenge: Some(CHALLENGE.into()),
        expires: at(300),
        spent: None,
    }
}

fn sent() -> CodeGrant {
    CodeGrant {
        code: "c".into(),
        redirect_uri: None,
        code_verifier: Some(VERIFIER.into()),
    }
}

fn check(
    code: impl FnOnce(&mut IssuedCode),
    grant: impl FnOnce(&mut CodeGrant),
    rule: RedirectUriRule,
    second: i64,
    expected: &str,
) {
    let (mut issued, mut sent) = (issued(), sent());
    code(&mut issued);
    grant(&mut sent);
    let client = sample::client(|_| ());
    let got = judge(&issued, &sent, &client, rule, at(second));
    let got = got.as_ref().map_or_else(Refuse::code, |()| "ok");
    assert_eq!(got, expected);
}

#[test]
fn redeeming() {
    use RedirectUriRule::{EqualIfSent, Required};
    check(|_| (), |_| (), EqualIfSent, 0, "ok");
    check(|_| (), |_| (), EqualIfSent, 299, "ok");
    check(|_| (), |_| (), EqualIfSent, 300, "token/code-expired");
    check(|_| (), |_| (), Required, 0, "token/parameter-missing");
    check(
        |_| (),
        |s| s.redirect_uri = Some(REDIRECT.into()),
        Required,
        0,
        "ok",
    );
    check(
        |_| (),
        |s| s.redirect_uri = Some("https://x/".into()),
        EqualIfSent,
        0,
        "token/redirect-uri",
    );
    check(
        |_| (),
        |s| s.code_verifier = None,
        EqualIfSent,
        0,
        "token/verifier-missing",
    );
    check(
        |_| (),
        |s| s.code_verifier = Some(CHALLENGE.into()),
        EqualIfSent,
        0,
        "token/verifier-wrong",
    );
    check(
        |i| i.code_challenge = None,
        |_| (),
        EqualIfSent,
        0,
        "token/verifier-unexpected",
    );
    check(
        |i| i.code_challenge = None,
        |s| s.code_verifier = None,
        EqualIfSent,
        0,
        "ok",
    );
    check(
        |i| i.spent = Some(at(1)),
        |_| (),
        EqualIfSent,
        2,
        "token/code-spent",
    );
    // Another app learns nothing, not even that the code was spent.
    check(
        |i| {
            i.spent = Some(at(1));
            i.client_id = "urn:other".into();
        },
        |_| (),
        EqualIfSent,
        2,
        "token/code-unknown",
    );
}

#[test]
fn only_what_was_used_before_revokes() {
    assert!(TokenError::RefreshReplayed.revokes_issued_tokens());
    assert!(!TokenError::RefreshExpired.revokes_issued_tokens());
    assert!(TokenError::CodeSpent.revokes_issued_tokens());
    assert!(!TokenError::CodeUnknown.revokes_issued_tokens());
    assert_eq!(
        TokenError::CodeSpent.oauth_error().as_str(),
        "invalid_grant"
    );
}

#[test]
fn a_public_client_without_a_challenge_gets_nothing() {
    let client = sample::client(|d| {
        d.oidc.as_mut().unwrap().token_endpoint_auth_method = TokenEndpointAuthMethod::None;
    });
    let issued = IssuedCode {
        code_challenge: None,
        ..issued()
    };
    let sent = CodeGrant {
        code_verifier: None,
        ..sent()
    };
    let got = judge(&issued, &sent, &client, RedirectUriRule::EqualIfSent, at(0));
    assert_eq!(got, Err(TokenError::VerifierMissing));
}

/// RFC 6749 §5.2: `unauthorized_client`.
#[test]
fn an_app_asks_for_what_it_is_registered_for() {
    let client = sample::client(|d| {
        d.oidc.as_mut().unwrap().grant_types = vec![GrantType::RefreshToken];
    });
    assert_eq!(allowed(&client, GrantType::RefreshToken), Ok(()));
    let refused = allowed(&client, GrantType::AuthorizationCode).unwrap_err();
    assert_eq!(
        (refused.oauth_error().as_str(), refused.status()),
        ("unauthorized_client", 400)
    );
}

/// RFC 6749 §4.4 and §5.2.
#[test]
fn a_token_for_the_app_itself() {
    let own = "grant_type=client_credentials";
    assert_eq!(parse(own, None), "ok");
    assert_eq!(
        parse(&format!("{own}&scope=openid"), None),
        "400 invalid_scope token/own-scope"
    );
    let public = sample::client(|d| {
        d.oidc.as_mut().unwrap().token_endpoint_auth_method = TokenEndpointAuthMethod::None;
    });
    let refused = own_allowed(&public).unwrap_err();
    assert_eq!(refused.oauth_error().as_str(), "unauthorized_client");
    assert_eq!(own_allowed(&sample::client(|_| ())), Ok(()));
}

proptest! {
    #[test]
    fn parsing_never_panics(body in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = TokenRequest::parse(&body, None);
    }

    #[test]
    fn assertions_never_panic(text in "[A-Za-z0-9_.-]{0,200}") {
        let body = format!(
            "grant_type=authorization_code&code=c&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion={text}"
        );
        let _ = TokenRequest::parse(body.as_bytes(), None);
    }
}
