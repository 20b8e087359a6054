#![expect(clippy::unwrap_used, reason = "tests")]

use super::super::LIMITS;
use super::super::proof::Browser;
use super::*;
use durward_domain::refusal::Refuse as _;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn ada() -> EmailAddress {
    EmailAddress::parse("ada@example.com").unwrap()
}

fn secrets(n: u8) -> Option<MailSecrets> {
    Some(MailSecrets {
        code: format!("k1:code{n}"),
        link: format!("k1:link{n}"),
    })
}

fn link(n: u8, browser: Browser, act: Act) -> Event {
    Event::Link(LinkVisit {
        candidates: vec![format!("k1:link{n}")],
        browser,
        act,
    })
}

fn code(n: u8) -> Event {
    Event::Code {
        candidates: vec!["k2:other".into(), format!("k1:code{n}")],
    }
}

fn checking(secrets: Option<MailSecrets>) -> SignUp {
    let event = Event::Email {
        email: ada(),
        secrets,
    };
    SignUp::begin().on(event, at(0), &LIMITS).next
}

fn states() -> Vec<(&'static str, SignUp)> {
    let mut tried = Attempts::default();
    tried.begin(10);
    vec![
        ("enter_email", SignUp::EnterEmail),
        ("check_email", checking(secrets(1))),
        ("check_email (has account)", checking(None)),
        ("choose_password", SignUp::ChoosePassword { email: ada() }),
        (
            "set_up_totp",
            SignUp::SetUpTotp {
                email: ada(),
                password_hash: "$argon2id$".into(),
                sealed_totp: "sealed".into(),
                tried,
            },
        ),
        ("done", SignUp::Done),
    ]
}

fn events() -> Vec<(&'static str, Event)> {
    let attempt = Attempt(1);
    vec![
        (
            "email",
            Event::Email {
                email: ada(),
                secrets: secrets(2),
            },
        ),
        (
            "email of an account",
            Event::Email {
                email: ada(),
                secrets: None,
            },
        ),
        (
            "resend",
            Event::Resend {
                secrets: secrets(2),
            },
        ),
        ("right code", code(1)),
        ("wrong code", code(9)),
        ("look at link", link(1, Browser::Same, Act::Look)),
        ("confirm link", link(1, Browser::Same, Act::Confirm)),
        ("look elsewhere", link(1, Browser::Other, Act::Look)),
        ("confirm elsewhere", link(1, Browser::Other, Act::Confirm)),
        ("wrong link", link(9, Browser::Same, Act::Confirm)),
        (
            "password",
            Event::Password {
                password_hash: "$argon2id$".into(),
                sealed_totp: "sealed".into(),
            },
        ),
        ("totp attempt", Event::TotpAttempt),
        ("totp right", Event::TotpRight { attempt, step: 7 }),
        ("totp wrong", Event::TotpWrong { attempt }),
        (
            "totp right, not counted",
            Event::TotpRight {
                attempt: Attempt(2),
                step: 7,
            },
        ),
    ]
}

fn name(state: &SignUp) -> String {
    let json = serde_json::to_value(state).unwrap();
    json["state"].as_str().unwrap().to_owned()
}

fn effect(answer: &Result<Effect, JourneyRefusal>) -> &'static str {
    match answer {
        Ok(Effect::Show) => "show",
        Ok(Effect::SendConfirmation(_)) => "send-confirmation",
        Ok(Effect::SendAccountExists(_)) => "send-account-exists",
        Ok(Effect::ShowConfirmButton) => "show-button",
        Ok(Effect::VerifyTotp { .. }) => "verify-totp",
        Ok(Effect::CreateAccount(_)) => "create-account",
        Err(no) => no.code().trim_start_matches("journey/"),
    }
}

#[test]
fn every_state_meets_every_event() {
    let mut table = String::new();
    for (state_name, state) in states() {
        for (event_name, event) in events() {
            let turn = state.clone().on(event, at(60), &LIMITS);
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
enter_email + email -> check_email, send-confirmation
enter_email + email of an account -> check_email, send-account-exists
check_email + email -> check_email, send-confirmation
check_email + email of an account -> check_email, send-account-exists
check_email + resend -> check_email, send-confirmation
check_email + right code -> choose_password, show
check_email + wrong code -> check_email, wrong-code
check_email + look at link -> check_email, show-button
check_email + confirm link -> choose_password, show
check_email + look elsewhere -> check_email, other-browser
check_email + confirm elsewhere -> check_email, other-browser
check_email + wrong link -> check_email, wrong-link
check_email (has account) + email -> check_email, send-confirmation
check_email (has account) + email of an account -> check_email, send-account-exists
check_email (has account) + resend -> check_email, send-confirmation
check_email (has account) + right code -> check_email, wrong-code
check_email (has account) + wrong code -> check_email, wrong-code
check_email (has account) + look at link -> check_email, wrong-link
check_email (has account) + confirm link -> check_email, wrong-link
check_email (has account) + look elsewhere -> check_email, other-browser
check_email (has account) + confirm elsewhere -> check_email, other-browser
check_email (has account) + wrong link -> check_email, wrong-link
choose_password + password -> set_up_totp, show
set_up_totp + totp attempt -> set_up_totp, verify-totp
set_up_totp + totp right -> done, create-account
set_up_totp + totp wrong -> set_up_totp, wrong-second-factor
";

#[test]
fn codes_are_counted_before_they_are_judged() {
    let mut state = checking(secrets(1));
    for _ in 0..LIMITS.codes_per_mail {
        state = state.on(code(9), at(1), &LIMITS).next;
    }
    let turn = state.on(code(1), at(2), &LIMITS);
    assert_eq!(effect(&turn.answer), "too-many-codes");
    // A new mail begins a new count, and the old code is worth nothing.
    let state = turn
        .next
        .on(
            Event::Resend {
                secrets: secrets(2),
            },
            at(3),
            &LIMITS,
        )
        .next;
    let turn = state.on(code(1), at(4), &LIMITS);
    assert_eq!(effect(&turn.answer), "wrong-code");
    assert_eq!(
        effect(&turn.next.on(code(2), at(5), &LIMITS).answer),
        "show"
    );
}

#[test]
fn mails_are_counted_also_for_a_corrected_address() {
    let mut state = checking(secrets(1));
    for _ in 1..LIMITS.mails {
        state = state
            .on(
                Event::Email {
                    email: ada(),
                    secrets: secrets(2),
                },
                at(1),
                &LIMITS,
            )
            .next;
    }
    let turn = state.on(
        Event::Resend {
            secrets: secrets(3),
        },
        at(2),
        &LIMITS,
    );
    assert_eq!(effect(&turn.answer), "too-many-mails");
    assert_eq!(
        effect(&turn.next.on(code(2), at(3), &LIMITS).answer),
        "show"
    );
}

#[test]
fn an_old_mail_confirms_nothing() {
    let late = at(LIMITS.mail_seconds);
    let state = checking(secrets(1));
    assert_eq!(
        effect(&state.clone().on(code(1), late, &LIMITS).answer),
        "mail-expired"
    );
    let confirm = link(1, Browser::Same, Act::Confirm);
    assert_eq!(
        effect(&state.on(confirm, late, &LIMITS).answer),
        "mail-expired"
    );
}

#[test]
fn the_account_begins_with_what_was_chosen() {
    let state = checking(secrets(1)).on(code(1), at(1), &LIMITS).next;
    let password = Event::Password {
        password_hash: "$argon2id$x".into(),
        sealed_totp: "sealed-secret".into(),
    };
    let state = state.on(password, at(2), &LIMITS).next;
    let turn = state.on(Event::TotpAttempt, at(3), &LIMITS);
    let Ok(Effect::VerifyTotp { attempt, .. }) = turn.answer else {
        unreachable!("a first attempt is verified")
    };
    let turn = turn
        .next
        .on(Event::TotpRight { attempt, step: 42 }, at(4), &LIMITS);
    let Ok(Effect::CreateAccount(account)) = turn.answer else {
        unreachable!("a right code makes the account")
    };
    assert_eq!(account.email.reveal(), "ada@example.com");
    assert_eq!(
        (
            account.password_hash.as_str(),
            account.sealed_totp.as_str(),
            account.totp_step
        ),
        ("$argon2id$x", "sealed-secret", 42)
    );
}

#[test]
fn every_state_reads_back_from_json() {
    for (_, state) in states() {
        let json = serde_json::to_string(&state).unwrap();
        let back: SignUp = serde_json::from_str(&json).unwrap();
        assert_eq!(serde_json::to_string(&back).unwrap(), json);
    }
}
