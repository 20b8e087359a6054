#![expect(clippy::unwrap_used, reason = "tests")]

use super::super::LIMITS;
use super::*;
use durward_domain::refusal::Refuse as _;

fn ada() -> EmailAddress {
    EmailAddress::parse("ada@example.com").unwrap()
}

fn person() -> PersonId {
    PersonId::parse("0192d3a0-7c1e-7b43-8a6e-2f1c9f0e5d11").unwrap()
}

fn once() -> Attempts {
    let mut tried = Attempts::default();
    tried.begin(10);
    tried
}

fn password_of(person: Option<PersonId>) -> SignIn {
    SignIn::EnterPassword {
        email: ada(),
        person,
        tried: once(),
    }
}

fn states() -> Vec<(&'static str, SignIn)> {
    let person = person();
    vec![
        ("enter_email", SignIn::begin()),
        ("enter_password", password_of(Some(person))),
        ("enter_password (nobody)", password_of(None)),
        (
            "second_factor",
            SignIn::SecondFactor {
                email: ada(),
                person,
                tried: once(),
            },
        ),
        (
            "set_up_totp",
            SignIn::SetUpTotp {
                email: ada(),
                person,
                sealed_totp: "sealed".into(),
                tried: once(),
            },
        ),
        ("done", SignIn::Done),
    ]
}

fn events() -> Vec<(&'static str, Event)> {
    let attempt = Attempt(1);
    vec![
        (
            "email",
            Event::Email {
                email: ada(),
                person: Some(person()),
            },
        ),
        (
            "unknown email",
            Event::Email {
                email: ada(),
                person: None,
            },
        ),
        ("password attempt", Event::PasswordAttempt),
        ("password right", Event::PasswordRight { attempt }),
        (
            "password right alone",
            Event::PasswordRightAlone {
                attempt,
                sealed_totp: "sealed".into(),
            },
        ),
        ("password wrong", Event::PasswordWrong { attempt }),
        (
            "password right, not counted",
            Event::PasswordRight {
                attempt: Attempt(2),
            },
        ),
        ("totp attempt", Event::TotpAttempt),
        ("totp right", Event::TotpRight { attempt }),
        ("totp wrong", Event::TotpWrong { attempt }),
        (
            "totp right, not counted",
            Event::TotpRight {
                attempt: Attempt(2),
            },
        ),
        ("start over", Event::StartOver),
    ]
}

fn name(state: &SignIn) -> String {
    let json = serde_json::to_value(state).unwrap();
    json["state"].as_str().unwrap().to_owned()
}

fn effect(answer: &Result<Effect, JourneyRefusal>) -> &'static str {
    match answer {
        Ok(Effect::Show) => "show",
        Ok(Effect::VerifyPassword { person: None, .. }) => "verify-made-up-password",
        Ok(Effect::VerifyPassword { .. }) => "verify-password",
        Ok(Effect::VerifyTotp { .. }) => "verify-totp",
        Ok(Effect::VerifyNewTotp { .. }) => "verify-new-totp",
        Ok(Effect::AddTotp { .. }) => "add-totp",
        Ok(Effect::OpenSession { .. }) => "open-session",
        Err(no) => no.code().trim_start_matches("journey/"),
    }
}

#[test]
fn every_state_meets_every_event() {
    let mut table = String::new();
    for (state_name, state) in states() {
        for (event_name, event) in events() {
            let turn = state.clone().on(event, &LIMITS);
            let answer = effect(&turn.answer);
            let next = name(&turn.next);
            if answer == "out-of-step" {
                assert_eq!(next, name(&state), "out of step changes nothing");
                continue;
            }
            table += &format!("{state_name} + {event_name} -> {next}, {answer}\n");
        }
    }
    assert_eq!(table, TABLE, "\n{table}");
}

/// Whatever is not in this table is out of step and changes nothing.
const TABLE: &str = "\
enter_email + email -> enter_password, show
enter_email + unknown email -> enter_password, show
enter_email + start over -> enter_email, show
enter_password + email -> enter_password, show
enter_password + unknown email -> enter_password, show
enter_password + password attempt -> enter_password, verify-password
enter_password + password right -> second_factor, show
enter_password + password right alone -> set_up_totp, show
enter_password + password wrong -> enter_password, wrong-password
enter_password + start over -> enter_email, show
enter_password (nobody) + email -> enter_password, show
enter_password (nobody) + unknown email -> enter_password, show
enter_password (nobody) + password attempt -> enter_password, verify-made-up-password
enter_password (nobody) + password right -> enter_password, wrong-password
enter_password (nobody) + password right alone -> enter_password, wrong-password
enter_password (nobody) + password wrong -> enter_password, wrong-password
enter_password (nobody) + start over -> enter_email, show
second_factor + totp attempt -> second_factor, verify-totp
second_factor + totp right -> done, open-session
second_factor + totp wrong -> second_factor, wrong-second-factor
second_factor + start over -> enter_email, show
set_up_totp + totp attempt -> set_up_totp, verify-new-totp
set_up_totp + totp right -> done, add-totp
set_up_totp + totp wrong -> set_up_totp, wrong-second-factor
set_up_totp + start over -> enter_email, show
";

#[test]
fn nobody_and_somebody_look_the_same() {
    let page_after = |person| {
        let event = Event::Email {
            email: ada(),
            person,
        };
        SignIn::begin().on(event, &LIMITS).next.page()
    };
    assert_eq!(page_after(None), page_after(Some(person())));
}

#[test]
fn passwords_and_codes_end() {
    let mut state = password_of(None);
    for n in 2..=LIMITS.passwords {
        let turn = state.on(Event::PasswordAttempt, &LIMITS);
        assert!(turn.answer.is_ok(), "{n}");
        state = turn.next;
    }
    assert_eq!(
        effect(&state.on(Event::PasswordAttempt, &LIMITS).answer),
        "too-many-passwords"
    );
    let mut state = SignIn::SecondFactor {
        email: ada(),
        person: person(),
        tried: Attempts::default(),
    };
    for _ in 0..LIMITS.second_factors {
        state = state.on(Event::TotpAttempt, &LIMITS).next;
    }
    assert_eq!(
        effect(&state.on(Event::TotpAttempt, &LIMITS).answer),
        "too-many-second-factors"
    );
}

#[test]
fn the_session_names_both_methods() {
    let state = SignIn::SecondFactor {
        email: ada(),
        person: person(),
        tried: once(),
    };
    let turn = state.on(
        Event::TotpRight {
            attempt: Attempt(1),
        },
        &LIMITS,
    );
    let Ok(Effect::OpenSession { methods, .. }) = turn.answer else {
        unreachable!("a right code opens the session")
    };
    assert_eq!(methods.amr(), ["pwd", "otp", "mfa"]);
}

#[test]
fn every_state_reads_back_from_json() {
    for (_, state) in states() {
        let json = serde_json::to_string(&super::super::Journey::SignIn(state)).unwrap();
        let back: super::super::Journey = serde_json::from_str(&json).unwrap();
        assert_eq!(serde_json::to_string(&back).unwrap(), json);
    }
}
