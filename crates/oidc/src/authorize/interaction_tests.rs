#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use durward_domain::level::Identity;
use durward_domain::programme::Programme;

use super::*;
use crate::authorize::AskedClaims;
use crate::authorize::Prompts;
use crate::authorize::ResponseMode;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn request(prompt: &str, max_age: Option<u32>, acr_values: &str) -> AuthorizeRequest {
    AuthorizeRequest {
        client_id: "urn:app".into(),
        redirect_uri: "https://app.example.gov/cb".into(),
        scopes: vec!["openid".into()],
        dropped_scopes: Vec::new(),
        asked: AskedClaims::default(),
        attributes: BTreeSet::new(),
        acr_values: acr_values.into(),
        response_mode: ResponseMode::Query,
        state: String::new(),
        nonce: String::new(),
        prompts: Prompts::read(Some(prompt)),
        max_age,
        verified_within: None,
        subjects: None,
        hinted: None,
        code_challenge: None,
        dpop_jkt: None,
        pushed: None,
        login_hint: None,
        locales: Vec::new(),
    }
}

/// Signed in at 0, the request came in at 1000, now is 1001; all pages were passed.
const PASSED: SessionFacts = SessionFacts {
    auth_time: Timestamp::UNIX_EPOCH,
    achieved: Achieved {
        identity: Identity::AuthOnly,
        aal: Aal::Aal2,
    },
    verified: None,
    person: Meant::Yes,
    requested: Timestamp::UNIX_EPOCH,
    account_confirmed: true,
    consent_needed: false,
    consented_now: false,
};

fn session() -> SessionFacts {
    SessionFacts {
        auth_time: at(0),
        requested: at(1000),
        ..PASSED
    }
}

fn check(request: &AuthorizeRequest, session: Option<SessionFacts>, expected: Next) {
    let ask = request.ask(&Programme::named("us").unwrap()).unwrap();
    let got = next(request, &ask, DefaultAal::Aal1, session.as_ref(), at(1001));
    assert_eq!(got, expected);
}

#[test]
fn nobody_is_signed_in() {
    check(&request("", None, ""), None, Next::SignIn);
    check(&request("login", None, ""), None, Next::SignIn);
    check(&request("create", None, ""), None, Next::SignUp);
    let refused = Next::Refuse(InteractionRefusal::LoginRequired);
    check(&request("none", None, ""), None, refused);
}

#[test]
fn somebody_is_signed_in() {
    check(&request("", None, ""), Some(session()), Next::Issue);
    check(&request("none", None, ""), Some(session()), Next::Issue);
    check(&request("create", None, ""), Some(session()), Next::Issue);
    check(
        &request("select_account", None, ""),
        Some(session()),
        Next::Issue,
    );
    let unconfirmed = SessionFacts {
        account_confirmed: false,
        ..session()
    };
    check(&request("", None, ""), Some(unconfirmed), Next::Issue);
    check(
        &request("select_account", None, ""),
        Some(unconfirmed),
        Next::SelectAccount,
    );
}

#[test]
fn freshness() {
    let fresh = SessionFacts {
        auth_time: at(1001),
        ..session()
    };
    check(
        &request("login", None, ""),
        Some(session()),
        Next::Reauthenticate,
    );
    check(&request("login", None, ""), Some(fresh), Next::Issue);
    check(&request("", Some(1001), ""), Some(session()), Next::Issue);
    check(
        &request("", Some(1000), ""),
        Some(session()),
        Next::Reauthenticate,
    );
    check(&request("", Some(0), ""), Some(fresh), Next::Issue);
    let refused = Next::Refuse(InteractionRefusal::LoginRequired);
    check(&request("none", Some(10), ""), Some(session()), refused);
}

#[test]
fn levels() {
    let weak = SessionFacts {
        achieved: Achieved {
            identity: Identity::AuthOnly,
            aal: Aal::Aal1,
        },
        ..session()
    };
    let aal2 = "http://idmanagement.gov/ns/assurance/aal/2";
    check(&request("", None, ""), Some(weak), Next::Issue);
    check(
        &request("", None, aal2),
        Some(weak),
        Next::StepUp(Aal::Aal2),
    );
    let refused = Next::Refuse(InteractionRefusal::InteractionRequired);
    check(&request("none", None, aal2), Some(weak), refused);
    let unverified = Next::Refuse(InteractionRefusal::IdentityNotVerified);
    let verified = "urn:acr.login.gov:verified";
    check(&request("", None, verified), Some(session()), unverified);
    let known = SessionFacts {
        achieved: Achieved {
            identity: Identity::Verified,
            aal: Aal::Aal2,
        },
        ..session()
    };
    check(&request("", None, verified), Some(known), Next::Issue);
}

#[test]
fn consent() {
    let needed = SessionFacts {
        consent_needed: true,
        ..session()
    };
    check(&request("", None, ""), Some(needed), Next::Consent);
    let refused = Next::Refuse(InteractionRefusal::ConsentRequired);
    check(&request("none", None, ""), Some(needed), refused);
    check(
        &request("consent", None, ""),
        Some(session()),
        Next::Consent,
    );
    let given = SessionFacts {
        consented_now: true,
        ..session()
    };
    check(&request("consent", None, ""), Some(given), Next::Issue);
}

/// OpenID Connect Core §3.1.2.1 (`id_token_hint`) and §5.5.1 (`sub`).
#[test]
fn a_request_can_mean_one_person() {
    let hinted = |prompt: &str| AuthorizeRequest {
        hinted: Some("ada".into()),
        ..request(prompt, None, "")
    };
    let meant = |request: &AuthorizeRequest, subject| Meant::judge(request, subject);
    assert_eq!(meant(&hinted(""), Some("ada")), Meant::Yes);
    assert_eq!(meant(&hinted(""), Some("bob")), Meant::HintedOther);
    assert_eq!(meant(&hinted(""), None), Meant::HintedOther);
    let only = AuthorizeRequest {
        subjects: Some(["ada".to_owned()].into()),
        ..hinted("")
    };
    assert_eq!(meant(&only, Some("ada")), Meant::Yes);
    assert_eq!(meant(&only, Some("bob")), Meant::OnlyOther);
    let other = |person| SessionFacts {
        person,
        ..session()
    };
    let refused = Next::Refuse(InteractionRefusal::OtherPerson);
    let hint_other = Some(other(Meant::HintedOther));
    check(&hinted(""), hint_other, Next::Reauthenticate);
    check(&hinted("none"), hint_other, refused);
    // Whoever signed in then is still somebody else.
    let fresh = SessionFacts {
        auth_time: at(1000),
        ..other(Meant::HintedOther)
    };
    check(&hinted(""), Some(fresh), refused);
    check(&only, Some(other(Meant::OnlyOther)), refused);
    assert_eq!(
        InteractionRefusal::OtherPerson.error(),
        OAuthError::LoginRequired
    );
}

#[test]
fn an_old_verification_is_told() {
    let asked = |acr: &str| AuthorizeRequest {
        verified_within: Some(30),
        ..request("", None, acr)
    };
    let verified = |days: i64| SessionFacts {
        achieved: Achieved {
            identity: Identity::Verified,
            aal: Aal::Aal2,
        },
        verified: Some(at(1001 - days * 86_400)),
        ..session()
    };
    let level = "urn:acr.login.gov:verified";
    check(&asked(level), Some(verified(30)), Next::Issue);
    check(
        &asked(level),
        Some(verified(31)),
        Next::Refuse(InteractionRefusal::VerificationOld),
    );
    check(
        &asked("urn:acr.login.gov:auth-only"),
        Some(verified(31)),
        Next::Issue,
    );
}
