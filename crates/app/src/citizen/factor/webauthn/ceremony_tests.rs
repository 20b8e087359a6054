//! Every rule of a ceremony, against a key in software that can lie.

use super::*;
use crate::testing::keys::SoftKey;

const HERE: &str = "http://localhost:8401";

fn here() -> Ceremonies {
    Ceremonies::of(HERE, "Durward").unwrap()
}

fn added(here: &Ceremonies, handle: Uuid, verifies: bool) -> (SoftKey, Kept) {
    let (options, state) = here.create(handle, "ana@example.com", &[]).unwrap();
    let mut key = SoftKey::new(HERE).unwrap();
    key.verifies = verifies;
    let answer = key.create(&options).unwrap();
    let kept = here.created(&answer.to_string(), handle, &state).unwrap();
    (key, kept)
}

#[test]
fn a_key_is_added_and_stands_alone_when_it_checks_its_owner() {
    let (here, handle) = (here(), Uuid::from_u128(7));
    let (mut key, kept) = added(&here, handle, true);
    assert!(kept.user_verified() && kept.platform);
    assert_eq!(kept.discoverable, Some(true));
    assert_eq!(kept.model, Some(SoftKey::MODEL));

    let (options, state) = here.ask_anyone().unwrap();
    assert_eq!(options["userVerification"], "required");
    let answer = Answer::read(&key.answer(&options).unwrap().to_string()).unwrap();
    let proof = here.judge_alone(&answer, state, kept.clone()).unwrap();
    assert!(proof.user_verified);
    assert_eq!(proof.kept.counter(), 1);

    // One that checked its owner once must do so ever after.
    let (options, state) = here.ask(std::slice::from_ref(&kept)).unwrap();
    assert_eq!(options["userVerification"], "preferred");
    key.verifies = false;
    let answer = Answer::read(&key.answer(&options).unwrap().to_string()).unwrap();
    let no = here.judge(&answer, &state, kept).err();
    assert_eq!(no, Some(WebauthnRefusal::NotVerified));
}

#[test]
fn a_key_without_a_pin_is_a_second_factor_and_never_stands_alone() {
    let (here, handle) = (here(), Uuid::from_u128(7));
    let (mut key, kept) = added(&here, handle, false);
    assert!(!kept.user_verified());
    let (options, state) = here.ask(std::slice::from_ref(&kept)).unwrap();
    let answer = Answer::read(&key.answer(&options).unwrap().to_string()).unwrap();
    let proof = here.judge(&answer, &state, kept.clone()).unwrap();
    assert!(!proof.user_verified);

    let (options, state) = here.ask_anyone().unwrap();
    let answer = Answer::read(&key.answer(&options).unwrap().to_string()).unwrap();
    let no = here.judge_alone(&answer, state, proof.kept).err();
    assert_eq!(no, Some(WebauthnRefusal::NotVerified));
}

#[test]
fn what_was_not_asked_here_is_not_taken() {
    let (here, handle) = (here(), Uuid::from_u128(7));
    let (mut key, kept) = added(&here, handle, true);
    let judged = |key: &mut SoftKey, options: &Value, state: &SecurityKeyAuthentication| {
        let answer = key.answer(options).unwrap().to_string();
        let answer = Answer::read(&answer)?;
        here.judge(&answer, state, kept.clone()).map(|_| ())
    };
    let (options, state) = here.ask(std::slice::from_ref(&kept)).unwrap();
    let (others, _) = here.ask(std::slice::from_ref(&kept)).unwrap();
    let expired = Err(WebauthnRefusal::Expired);
    assert_eq!(judged(&mut key, &others, &state), expired);
    for origin in [
        "http://localhost:8402",
        "https://localhost:8401",
        "http://evil.localhost:8401",
    ] {
        key.origin = origin.to_owned();
        let other = Err(WebauthnRefusal::OtherSite);
        assert_eq!(judged(&mut key, &options, &state), other, "{origin}");
    }
    key.origin = HERE.to_owned();
    key.cross_origin = true;
    let other = Err(WebauthnRefusal::OtherSite);
    assert_eq!(judged(&mut key, &options, &state), other);
    key.cross_origin = false;
    key.handle = Uuid::from_u128(8).as_bytes().to_vec();
    let unknown = Err(WebauthnRefusal::Unknown);
    assert_eq!(judged(&mut key, &options, &state), unknown);
    key.handle = handle.as_bytes().to_vec();
    key.backed_up = true;
    let invalid = Err(WebauthnRefusal::Invalid);
    assert_eq!(
        judged(&mut key, &options, &state),
        invalid,
        "the flag changed"
    );
    key.backed_up = false;
    assert_eq!(judged(&mut key, &options, &state), Ok(()));
}

#[test]
fn a_counter_that_goes_backwards_is_a_copy() {
    let (here, handle) = (here(), Uuid::from_u128(7));
    let (mut key, kept) = added(&here, handle, true);
    key.counter = 40;
    let (options, state) = here.ask(std::slice::from_ref(&kept)).unwrap();
    let answer = Answer::read(&key.answer(&options).unwrap().to_string()).unwrap();
    let kept = here.judge(&answer, &state, kept).unwrap().kept;
    assert_eq!(kept.counter(), 41);
    // The same answer again, as asked before the account knew of the new count.
    let no = here.judge(&answer, &state, kept.clone()).err();
    assert_eq!(no, Some(WebauthnRefusal::Cloned));
    key.counter = 7;
    let (options, state) = here.ask(std::slice::from_ref(&kept)).unwrap();
    let answer = Answer::read(&key.answer(&options).unwrap().to_string()).unwrap();
    let no = here.judge(&answer, &state, kept).err();
    assert_eq!(no, Some(WebauthnRefusal::Cloned));
}

#[test]
fn keys_are_bound_to_names_and_not_to_numbers() {
    assert!(Ceremonies::of("https://127.0.0.1:8401", "Durward").is_none());
    assert!(Ceremonies::of("https://secure.example.gov", "Durward").is_some());
}

#[test]
fn what_is_no_answer_is_told_so() {
    for text in ["", "{}", "null", "[1]", "\"x\""] {
        let no = Answer::read(text).err();
        assert_eq!(no, Some(WebauthnRefusal::Unanswered), "{text}");
    }
}
