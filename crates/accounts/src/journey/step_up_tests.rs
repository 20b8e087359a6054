#![expect(clippy::unwrap_used, reason = "tests")]

use super::super::LIMITS;
use super::*;
use durward_domain::refusal::Refuse as _;

fn person() -> PersonId {
    PersonId::parse("0192d3a0-7c1e-7b43-8a6e-2f1c9f0e5d11").unwrap()
}

fn tried_once(state: StepUp, event: Event) -> StepUp {
    state.on(event, &LIMITS).next
}

fn states() -> Vec<(&'static str, StepUp)> {
    let all = StepUp::begin(person(), Extent::Everything);
    let second = StepUp::begin(person(), Extent::SecondFactor);
    vec![
        ("enter_password", tried_once(all, Event::PasswordAttempt)),
        ("second_factor", tried_once(second, Event::TotpAttempt)),
        ("done", StepUp::Done),
    ]
}

fn events() -> Vec<(&'static str, Event)> {
    let attempt = Attempt(1);
    let later = Attempt(2);
    vec![
        ("password attempt", Event::PasswordAttempt),
        ("password right", Event::PasswordRight { attempt }),
        ("password wrong", Event::PasswordWrong { attempt }),
        (
            "password right, not counted",
            Event::PasswordRight { attempt: later },
        ),
        ("totp attempt", Event::TotpAttempt),
        ("totp right", Event::TotpRight { attempt }),
        ("totp wrong", Event::TotpWrong { attempt }),
        (
            "totp right, not counted",
            Event::TotpRight { attempt: later },
        ),
    ]
}

fn name(state: &StepUp) -> String {
    let json = serde_json::to_value(state).unwrap();
    json["state"].as_str().unwrap().to_owned()
}

fn effect(answer: &Result<Effect, JourneyRefusal>) -> String {
    match answer {
        Ok(Effect::Show) => "show".into(),
        Ok(Effect::VerifyPassword { .. }) => "verify-password".into(),
        Ok(Effect::VerifyTotp { .. }) => "verify-totp".into(),
        Ok(Effect::RenewSession { proved, .. }) => format!("renew-session({})", proved.to_text()),
        Err(no) => no.code().trim_start_matches("journey/").into(),
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
enter_password + password attempt -> enter_password, verify-password
enter_password + password right -> second_factor, show
enter_password + password wrong -> enter_password, wrong-password
second_factor + totp attempt -> second_factor, verify-totp
second_factor + totp right -> done, renew-session(totp)
second_factor + totp wrong -> second_factor, wrong-second-factor
";

#[test]
fn everything_means_both() {
    let attempt = Attempt(1);
    let state = StepUp::begin(person(), Extent::Everything);
    let state = tried_once(state, Event::PasswordAttempt);
    let state = tried_once(state, Event::PasswordRight { attempt });
    let state = tried_once(state, Event::TotpAttempt);
    let turn = state.on(Event::TotpRight { attempt }, &LIMITS);
    assert_eq!(effect(&turn.answer), "renew-session(password totp)");
}

#[test]
fn every_state_reads_back_from_json() {
    for (_, state) in states() {
        let json = serde_json::to_string(&state).unwrap();
        let back: StepUp = serde_json::from_str(&json).unwrap();
        assert_eq!(serde_json::to_string(&back).unwrap(), json);
    }
}
