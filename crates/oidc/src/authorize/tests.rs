#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use durward_domain::application::{AppDocument, GrantType, OwnPolicies, TokenEndpointAuthMethod};
use durward_domain::attribute::Attribute;
use durward_domain::level::{DefaultAal, Generation, LevelOfService};
use proptest::prelude::*;

use super::*;
use crate::client::sample::{self, ID, REDIRECT};

const ISSUER: &str = "http://localhost:8401";
const LONG: &str = "0123456789abcdefghijklmnop";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const NS: &str = "http://idmanagement.gov/ns/assurance";

const GOOD: &[(&str, &str)] = &[
    ("client_id", ID),
    ("redirect_uri", REDIRECT),
    ("response_type", "code"),
    ("scope", "openid email"),
    ("acr_values", "urn:acr.login.gov:auth-only"),
    ("state", LONG),
    ("nonce", LONG),
];

/// The good request with some values replaced (empty: left out) or added.
fn with(changes: &[(&str, &str)]) -> Params {
    let mut pairs: Vec<(String, String)> = GOOD
        .iter()
        .filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name))
        .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
        .collect();
    pairs.extend(
        changes
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned())),
    );
    Params::new(pairs)
}

fn run(params: &Params, client: Client, class: EnvironmentClass) -> Outcome {
    let programme = Programme::named("us").unwrap();
    let door = Door {
        programme: &programme,
        issuer: ISSUER,
        class,
        strongest: Aal::Aal2,
    };
    let known = params.get("client_id") == Some(ID);
    judge(
        params,
        &Carried::PLAIN,
        known.then(|| Arc::new(client)),
        &door,
    )
}

fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Valid { .. } => "valid".into(),
        Outcome::Page(refusal) => format!("page {}", refusal.code()),
        Outcome::Redirect { refusal, .. } => {
            format!("redirect {} {}", refusal.code(), refusal.error())
        }
    }
}

fn check(changes: &[(&str, &str)], expected: &str) {
    let got = run(
        &with(changes),
        sample::client(|_| ()),
        EnvironmentClass::Test,
    );
    assert_eq!(outcome(&got), expected, "{changes:?}");
}

fn check_as(change: impl FnOnce(&mut AppDocument), changes: &[(&str, &str)], expected: &str) {
    let got = run(
        &with(changes),
        sample::client(change),
        EnvironmentClass::Test,
    );
    assert_eq!(outcome(&got), expected, "{changes:?}");
}

fn valid(client: Client, changes: &[(&str, &str)], class: EnvironmentClass) -> AuthorizeRequest {
    match run(&with(changes), client, class) {
        Outcome::Valid { request, .. } => *request,
        other => unreachable!("{}", outcome(&other)),
    }
}

fn public(document: &mut AppDocument) {
    document.oidc.as_mut().unwrap().token_endpoint_auth_method = TokenEndpointAuthMethod::None;
}

fn verified(document: &mut AppDocument) {
    document.level_of_service = LevelOfService::IdentityVerified;
    document.attributes = vec![Attribute::Email, Attribute::FirstName, Attribute::Ssn];
}

#[test]
fn good_requests() {
    check(&[], "valid");
    check(&[("prompt", "select_account")], "valid");
    check(&[("prompt", "login consent")], "valid");
    check(&[("prompt", "none")], "valid");
    check(&[("verified_within", "1y")], "valid");
    check(&[("claims", r#"{"userinfo": {"email": null}}"#)], "valid");
    check(&[("display", "popup"), ("claims_locales", "fr")], "valid");
    for mode in ResponseMode::ALL {
        check(&[("response_mode", mode.as_str())], "valid");
    }
    check(&[("max_age", "0")], "valid");
    check(&[("login_hint", "ada@example.com")], "valid");
    check(&[("unknown_parameter", "x")], "valid");
    check(&[("acr_values", "")], "valid");
    check(
        &[("acr_values", &format!("{NS}/ial/1 {NS}/aal/2"))],
        "valid",
    );
    check(&[("vtr", "[\"C1\"]")], "valid");
    check(
        &[
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ],
        "valid",
    );
}

#[test]
fn nothing_redirects_before_client_and_target_are_proved() {
    check(&[("client_id", "")], "page authorize/client-missing");
    check(
        &[("client_id", "urn:nobody")],
        "page authorize/client-unknown",
    );
    check(
        &[("client_id", &ID.to_lowercase())],
        "page authorize/client-unknown",
    );
    check(
        &[("redirect_uri", "")],
        "page authorize/redirect-uri-missing",
    );
    check(
        &[("redirect_uri", "https://evil.example/")],
        "page authorize/redirect-uri-unregistered",
    );
    check(
        &[("redirect_uri", &format!("{REDIRECT}/"))],
        "page authorize/redirect-uri-unregistered",
    );
    check(
        &[("redirect_uri", &format!("{REDIRECT}?a=b"))],
        "page authorize/redirect-uri-unregistered",
    );
    check(
        &[
            ("redirect_uri", REDIRECT),
            ("redirect_uri", "https://evil.example/"),
        ],
        "page authorize/target-repeated",
    );
    check(
        &[("client_id", ID), ("client_id", ID)],
        "page authorize/target-repeated",
    );
    let mut off = sample::client(|_| ());
    off.active = false;
    let got = run(&with(&[]), off, EnvironmentClass::Test);
    assert_eq!(outcome(&got), "page authorize/client-inactive");
}

#[test]
fn everything_else_is_told_to_the_app() {
    check(
        &[("nonce", LONG), ("nonce", LONG)],
        "redirect authorize/parameter-repeated invalid_request",
    );
    check(
        &[("state", &"s".repeat(2049))],
        "redirect authorize/parameter-too-long invalid_request",
    );
    check(
        &[("request", "e30.e30.e30")],
        "redirect authorize/request-object-invalid invalid_request_object",
    );
    check(
        &[
            ("request", "e30.e30.e30"),
            ("redirect_uri", "https://evil.example/"),
        ],
        "page authorize/request-object-invalid",
    );
    check(
        &[("request_uri", "urn:x")],
        "redirect authorize/request-uri-unsupported request_uri_not_supported",
    );
    check(
        &[("request_uri", &format!("{REQUEST_URI_PREFIX}x"))],
        "page authorize/request-uri-unknown",
    );
    check(
        &[("response_type", "")],
        "redirect authorize/response-type-missing invalid_request",
    );
    check(
        &[("response_type", "id_token")],
        "redirect authorize/response-type-unsupported unsupported_response_type",
    );
    check(
        &[("response_type", "code token")],
        "redirect authorize/response-type-unsupported unsupported_response_type",
    );
    check(
        &[("response_mode", "jwt")],
        "redirect authorize/response-mode-unsupported invalid_request",
    );
    check(
        &[("scope", "")],
        "redirect authorize/scope-openid-missing invalid_scope",
    );
    check(
        &[("scope", "email")],
        "redirect authorize/scope-openid-missing invalid_scope",
    );
    check(
        &[("scope", "openid nonsense")],
        "redirect authorize/scope-unknown invalid_scope",
    );
    check(
        &[("acr_values", "urn:x")],
        "redirect authorize/acr-unknown invalid_request",
    );
    check(
        &[("acr_values", "urn:acr.login.gov:auth-only urn:x")],
        "redirect authorize/acr-unknown invalid_request",
    );
    check(
        &[("acr_values", "urn:acr.login.gov:verified")],
        "redirect authorize/acr-above-registration unauthorized_client",
    );
    check(
        &[("acr_values", &format!("{NS}/ial/2"))],
        "redirect authorize/acr-above-registration unauthorized_client",
    );
    check(
        &[(
            "acr_values",
            &format!("urn:acr.login.gov:auth-only {NS}/ial/2"),
        )],
        "redirect authorize/acr-above-registration unauthorized_client",
    );
    check(
        &[("acr_values", &format!("{NS}/aal/2?hspd12=true"))],
        "redirect authorize/acr-unavailable unmet_authentication_requirements",
    );
    check(
        &[("acr_values", &format!("{NS}/aal/3"))],
        "redirect authorize/acr-unavailable unmet_authentication_requirements",
    );
    check(
        &[("acr_values", ""), ("vtr", "[\"C2\"]")],
        "redirect authorize/vtr-unsupported invalid_request",
    );
    check(
        &[("state", "")],
        "redirect authorize/state-missing invalid_request",
    );
    check(
        &[("state", &LONG[..21])],
        "redirect authorize/state-short invalid_request",
    );
    check(&[("state", &LONG[..22])], "valid");
    check(
        &[("nonce", "")],
        "redirect authorize/nonce-missing invalid_request",
    );
    check(
        &[("nonce", "short")],
        "redirect authorize/nonce-short invalid_request",
    );
    check(
        &[("prompt", "maybe")],
        "redirect authorize/prompt-unsupported invalid_request",
    );
    check(
        &[("prompt", "none login")],
        "redirect authorize/prompt-contradictory invalid_request",
    );
    check(
        &[("max_age", "-1")],
        "redirect authorize/max-age-malformed invalid_request",
    );
    check(
        &[("max_age", "1.5")],
        "redirect authorize/max-age-malformed invalid_request",
    );
    check(
        &[("code_challenge", CHALLENGE)],
        "redirect authorize/code-challenge-method-unsupported invalid_request",
    );
    check(
        &[
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "plain"),
        ],
        "redirect authorize/code-challenge-method-unsupported invalid_request",
    );
    check(
        &[
            ("code_challenge", "short"),
            ("code_challenge_method", "S256"),
        ],
        "redirect authorize/code-challenge-malformed invalid_request",
    );
    check(
        &[("code_challenge_method", "S256")],
        "redirect authorize/code-challenge-malformed invalid_request",
    );
    check(
        &[("dpop_jkt", "short")],
        "redirect authorize/dpop-jkt-malformed invalid_request",
    );
    check_as(
        public,
        &[],
        "redirect authorize/code-challenge-missing invalid_request",
    );
    check_as(
        public,
        &[
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ],
        "valid",
    );
    check_as(
        |d| d.default_aal = DefaultAal::Piv,
        &[],
        "redirect authorize/acr-unavailable unmet_authentication_requirements",
    );
}

fn policy(change: impl Fn(&mut OwnPolicies)) -> impl FnOnce(&mut AppDocument) {
    move |document| change(&mut document.oidc.as_mut().unwrap().policies)
}

#[test]
fn policies_of_the_app_decide() {
    let levels = |own: &mut OwnPolicies| own.require_acr_values = Some(true);
    let missing = "redirect authorize/acr-missing invalid_request";
    check_as(policy(levels), &[("acr_values", "")], missing);
    check_as(
        policy(levels),
        &[("acr_values", &format!("{NS}/aal/2"))],
        missing,
    );
    check_as(policy(levels), &[], "valid");
    let by_claim = r#"{"id_token": {"acr": {"value": "urn:acr.login.gov:auth-only"}}}"#;
    let claims = [("acr_values", ""), ("claims", by_claim)];
    check_as(policy(levels), &claims, "valid");
    let prompts = |own: &mut OwnPolicies| own.prompts = Some(vec![Prompt::SelectAccount]);
    check_as(policy(prompts), &[("prompt", "select_account")], "valid");
    check_as(policy(prompts), &[], "valid");
    check_as(
        policy(prompts),
        &[("prompt", "login select_account")],
        "redirect authorize/prompt-not-allowed invalid_request",
    );
    // A certification client: a state and a nonce of ten characters, or none.
    let lax = |own: &mut OwnPolicies| {
        own.min_state_length = Some(0);
        own.min_nonce_length = Some(8);
        own.require_nonce = Some(false);
    };
    for (state, nonce) in [("0123456789", "0123456789"), ("", "")] {
        check_as(
            policy(lax),
            &[("state", state), ("nonce", nonce), ("acr_values", "")],
            "valid",
        );
    }
    let got = run(
        &with(&[("nonce", "short")]),
        sample::client(policy(lax)),
        EnvironmentClass::Test,
    );
    let Outcome::Redirect { refusal, .. } = got else {
        unreachable!("a redirect")
    };
    assert!(
        refusal
            .to_string()
            .ends_with("(5 of at least 8 characters)"),
        "{refusal}"
    );
}

/// OpenID Connect Core §5.5 and §5.5.1.1
#[test]
fn claims_that_are_asked_for_by_name() {
    let claims = |text: &str| [("claims".to_owned(), text.to_owned())];
    let check_claims = |change: fn(&mut AppDocument), text: &str, expected: &str| {
        let [(name, text)] = &claims(text);
        check_as(change, &[(name, text), ("acr_values", "")], expected);
    };
    check_claims(
        |_| (),
        "[]",
        "redirect authorize/claims-malformed invalid_request",
    );
    let essential = r#"{"id_token": {"acr": {"essential": true, "values": ["urn:x", "urn:acr.login.gov:verified"]}}}"#;
    check_claims(
        |_| (),
        essential,
        "redirect authorize/acr-essential-unmet unmet_authentication_requirements",
    );
    check_claims(verified, essential, "valid");
    // A value that names a level is never passed over where it is only wished.
    let wished = r#"{"id_token": {"acr": {"values": ["urn:x"]}}}"#;
    check_claims(
        verified,
        wished,
        "redirect authorize/acr-unknown invalid_request",
    );
    let read = |client, text: &str| {
        valid(
            client,
            &[("claims", text), ("acr_values", "")],
            EnvironmentClass::Test,
        )
    };
    let request = read(sample::client(verified), essential);
    assert_eq!(request.acr_values, "urn:acr.login.gov:verified");
    let text = r#"{"userinfo": {"given_name": {"essential": true}, "phone": null}, "id_token": {"sub": {"value": "ada"}, "all_emails": null}}"#;
    let request = read(sample::client(verified), text);
    assert_eq!(request.acr_values, "urn:acr.login.gov:verified");
    assert_eq!(request.subjects, Some(BTreeSet::from(["ada".to_owned()])));
    // The app is registered for neither phone nor all_emails.
    assert_eq!(
        request.attributes,
        BTreeSet::from([Attribute::Email, Attribute::FirstName])
    );
    let request = read(sample::client(|_| ()), text);
    assert_eq!(request.acr_values, "");
    assert_eq!(
        request.attributes,
        BTreeSet::from([Attribute::Email, Attribute::AllEmails])
    );
}

/// RFC 7591 §2: what an app may do at the token endpoint bounds what it may ask for here.
#[test]
fn an_app_for_itself_alone_sends_nobody() {
    check_as(
        |d| d.oidc.as_mut().unwrap().grant_types = vec![GrantType::ClientCredentials],
        &[],
        "redirect authorize/grant-not-registered unauthorized_client",
    );
}

#[test]
fn whoever_names_every_level_asks_for_none() {
    let us = Programme::named("us").unwrap();
    let all: Vec<_> = us
        .acr
        .iter()
        .filter(|row| row.identity.is_some())
        .map(|row| row.value.as_str())
        .collect();
    let request = valid(
        sample::client(|_| ()),
        &[("acr_values", &format!("{} {NS}/aal/2", all.join(" ")))],
        EnvironmentClass::Test,
    );
    assert_eq!(request.acr_values, format!("{NS}/aal/2"));
    // The whole list of the discovery document is every strength too.
    let listed: Vec<_> = us
        .acr
        .iter()
        .filter(|row| row.generation != Generation::Saml)
        .filter(|row| {
            row.strength
                .is_none_or(|ask| ask.or(DefaultAal::Aal1) <= Aal::Aal2)
        })
        .map(|row| row.value.as_str())
        .collect();
    let request = valid(
        sample::client(|_| ()),
        &[("acr_values", &listed.join(" "))],
        EnvironmentClass::Test,
    );
    assert_eq!(request.acr_values, "");
    check(
        &[("acr_values", &all[1..].join(" "))],
        "redirect authorize/acr-above-registration unauthorized_client",
    );
}

#[test]
fn how_long_ago_a_verification_may_be() {
    let check = |text: &str, days: Option<u32>| assert_eq!(request::days(text), days, "{text}");
    check("30d", Some(30));
    check("5w", Some(35));
    check("6m", Some(180));
    check("1y", Some(365));
    for bad in [
        "",
        "d",
        "30",
        "-1d",
        "1.5y",
        "30 d",
        "30D",
        "1234567890d",
        "١d",
    ] {
        check(bad, None);
    }
    let refused =
        |text: &str, expected: &str| super::tests::check(&[("verified_within", text)], expected);
    refused(
        "soon",
        "redirect authorize/verified-within-malformed invalid_request",
    );
    refused(
        "29d",
        "redirect authorize/verified-within-short invalid_request",
    );
    refused(
        "4w",
        "redirect authorize/verified-within-short invalid_request",
    );
}

/// OpenID Connect Core §3.1.2.1
#[test]
fn a_hint_is_an_id_token_of_ours() {
    let programme = Programme::named("us").unwrap();
    let door = Door {
        programme: &programme,
        issuer: ISSUER,
        class: EnvironmentClass::Test,
        strongest: Aal::Aal2,
    };
    let judged = |hint| {
        let carried = Carried {
            hint,
            ..Carried::PLAIN
        };
        let client = Arc::new(sample::client(|_| ()));
        judge(&with(&[]), &carried, Some(client), &door)
    };
    let bad = judged(HintRead::Bad);
    assert_eq!(
        outcome(&bad),
        "redirect authorize/hint-invalid invalid_request"
    );
    let Outcome::Valid { request, .. } = judged(HintRead::Subject("ada".into())) else {
        unreachable!("it is valid")
    };
    assert_eq!(request.hinted.as_deref(), Some("ada"));
}

#[test]
fn a_demand_that_cannot_be_met_is_never_passed_over() {
    check_as(
        |d| d.oidc.as_mut().unwrap().require_par = true,
        &[],
        "redirect authorize/par-required invalid_request",
    );
    check_as(
        |d| d.oidc.as_mut().unwrap().require_signed_request_object = true,
        &[],
        "redirect authorize/request-object-required invalid_request",
    );
}

#[test]
fn every_check_is_tested_above_and_unique() {
    let source = include_str!("tests.rs");
    let ids: BTreeSet<_> = CHECKS.iter().map(|c| c.id).collect();
    assert_eq!(ids.len(), CHECKS.len());
    for id in ids {
        assert!(source.contains(&format!(" {id}")), "{id} has no test");
    }
}

#[test]
fn every_check_names_where_it_comes_from() {
    for check in CHECKS {
        let known = [
            "RFC ",
            "OpenID Connect",
            "FAPI",
            "Login.gov",
            "OAuth 2.0",
            "policy ",
            "programme",
            "of the app",
            "of this service",
        ];
        let named = known.iter().any(|source| check.clause.contains(source));
        assert!(named, "{}: {}", check.id, check.clause);
        assert!(!check.clause.contains('|') && !check.sentence.contains('|'));
    }
}

#[test]
fn pages_come_before_redirects() {
    let first_redirect = CHECKS
        .iter()
        .position(|c| c.stage == Stage::Redirect)
        .unwrap();
    assert!(
        CHECKS[first_redirect..]
            .iter()
            .all(|c| c.stage == Stage::Redirect)
    );
}

#[test]
fn an_error_redirect_says_everything() {
    let got = run(
        &with(&[("scope", "email")]),
        sample::client(|_| ()),
        EnvironmentClass::Test,
    );
    let Outcome::Redirect { to, .. } = got else {
        unreachable!("a redirect")
    };
    assert_eq!(
        to.location().unwrap(),
        format!(
            "{REDIRECT}?error=invalid_scope&error_description=The+scope+does+not+contain+openid.+Add+it.&state={LONG}&iss=http%3A%2F%2Flocalhost%3A8401"
        )
    );
}

#[test]
fn a_repeated_state_is_not_echoed() {
    let got = run(
        &with(&[("state", LONG), ("state", "x")]),
        sample::client(|_| ()),
        EnvironmentClass::Test,
    );
    let Outcome::Redirect { to, .. } = got else {
        unreachable!("a redirect")
    };
    let to = to.location().unwrap();
    assert!(!to.contains("state="), "{to}");
}

#[test]
fn success_carries_code_state_and_issuer() {
    let request = valid(sample::client(|_| ()), &[], EnvironmentClass::Test);
    assert_eq!(
        ClientAnswer::success(Target::of(&request, ISSUER), "c0de")
            .location()
            .unwrap(),
        format!("{REDIRECT}?code=c0de&state={LONG}&iss=http%3A%2F%2Flocalhost%3A8401")
    );
}

#[test]
fn live_drops_unknown_scopes_and_says_so() {
    let request = valid(
        sample::client(|_| ()),
        &[("scope", "openid email nonsense")],
        EnvironmentClass::Live,
    );
    assert_eq!(request.scope(), "openid email");
    assert_eq!(request.dropped_scopes, ["nonsense"]);
}

#[test]
fn scopes_above_the_level_or_the_registration_are_dropped() {
    let request = valid(
        sample::client(|_| ()),
        &[("scope", "openid email profile locale")],
        EnvironmentClass::Test,
    );
    assert_eq!(request.scope(), "openid email");
    assert_eq!(request.dropped_scopes, ["profile", "locale"]);
    assert_eq!(request.attributes, BTreeSet::from([Attribute::Email]));
}

#[test]
fn without_acr_the_attributes_decide_never_above_what_is_allowed() {
    let acr = |client: Client, scope: &str| {
        let changes = [("acr_values", ""), ("scope", scope)];
        valid(client, &changes, EnvironmentClass::Test).acr_values
    };
    assert_eq!(acr(sample::client(|_| ()), "openid email profile"), "");
    assert_eq!(acr(sample::client(verified), "openid email"), "");
    assert_eq!(
        acr(sample::client(verified), "openid profile:name"),
        "urn:acr.login.gov:verified"
    );
}

#[test]
fn a_request_reads_back_from_json() {
    let challenge = [
        ("code_challenge", &*format!("{CHALLENGE}=")),
        ("code_challenge_method", "S256"),
        ("prompt", "login"),
        ("max_age", "99999999999"),
        ("ui_locales", "es fr"),
        ("locale", "zh"),
    ];
    let request = valid(sample::client(|_| ()), &challenge, EnvironmentClass::Test);
    assert_eq!(request.code_challenge.as_deref(), Some(CHALLENGE));
    assert_eq!(request.max_age, Some(u32::MAX));
    assert_eq!(request.locales, ["zh", "es", "fr"]);
    assert!(request.prompts.has(Prompt::Login));
    let json = serde_json::to_string(&request).unwrap();
    assert_eq!(
        serde_json::from_str::<AuthorizeRequest>(&json).unwrap(),
        request
    );
}

proptest! {
    #[test]
    fn judging_never_panics(
        name in "client_id|redirect_uri|scope|acr_values|prompt|max_age|code_challenge|code_challenge_method|state|locale",
        value in "\\PC{0,80}",
    ) {
        let _ = run(&with(&[(&name, &value)]), sample::client(|_| ()), EnvironmentClass::Test);
    }
}
