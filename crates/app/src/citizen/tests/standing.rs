use crate::citizen::standing::{self, Measure, Standing};

use super::*;

#[tokio::test]
async fn a_suspended_account_is_signed_out_told_and_kept_out_until_it_is_reinstated() {
    let mut doors = vec![TestDoor::sandbox().await.unwrap()];
    doors.extend(TestDoor::postgres().await.unwrap());
    for test in doors {
        let (id, secret) = made(&test, ANA).await;
        let mut window = Window::new(&test);
        window.sign_in_with(ANA, PASSWORD).await.unwrap();
        let code = secret.code(test.door.clock.real_now());
        window.totp(&code).await.unwrap();
        assert_eq!(found(&test, id).await.unwrap().open_sessions, 1);

        let suspended = take(&test, id, Measure::Suspend).await.unwrap();
        assert_eq!(
            (suspended.status.as_str(), suspended.open_sessions),
            ("suspended", 0)
        );
        assert_eq!(window.who().await, None);
        assert_eq!(newest(&test.door, ANA).await.subject, "suspended fr");
        // Twice is refused, and nobody is told twice.
        assert_eq!(take(&test, id, Measure::Suspend).await, None);
        assert_eq!(take(&test, id, Measure::EndSessions).await, None);
        assert_eq!(mails(&test.door, ANA).await.len(), 1);

        // Only who proves the account learns of it.
        test.advance(31);
        let mut again = Window::new(&test);
        again.sign_in_with(ANA, PASSWORD).await.unwrap();
        let code = secret.code(test.door.clock.real_now());
        assert_eq!(again.totp(&code).await, Err("person/suspended"));

        let back = take(&test, id, Measure::Reinstate).await.unwrap();
        assert_eq!(back.status, "active");
        test.advance(31);
        let mut last = Window::new(&test);
        last.sign_in_with(ANA, PASSWORD).await.unwrap();
        let code = secret.code(test.door.clock.real_now());
        last.totp(&code).await.unwrap();
        let ended = take(&test, id, Measure::EndSessions).await.unwrap();
        assert_eq!((ended.status.as_str(), ended.open_sessions), ("active", 0));
        assert_eq!(last.who().await, None);
    }
}

#[tokio::test]
async fn an_account_is_found_by_its_exact_address_or_by_a_request_and_by_nothing_else() {
    let test = TestDoor::sandbox().await.unwrap();
    let (ana, _) = made(&test, ANA).await;
    made(&test, "ana.reyes.2@example.com").await;
    let now = test.door.clock.now();
    let by_email = async |typed: &str| {
        let digests = people::digests(&test.door, &address(typed));
        let found = test
            .door
            .store
            .read(move |c| standing::by_email(c, &digests, now));
        found.await.unwrap().map(|found| found.id)
    };
    assert_eq!(
        by_email("ANA.reyes@example.com").await,
        Some(ana.to_string())
    );
    assert_eq!(by_email("ana@example.com").await, None);
    let by_request = async |id: &'static str| {
        let found = test
            .door
            .store
            .read(move |c| standing::by_request(c, id, now));
        found.await.unwrap().map(|found| found.id)
    };
    // "r-1" is the request of every test step; the making of the accounts had none.
    assert_eq!(by_request("r-1").await, None);
    take(&test, ana, Measure::EndSessions).await.unwrap();
    assert_eq!(by_request("r-1").await, Some(ana.to_string()));
}

async fn take(test: &TestDoor, id: PersonId, measure: Measure) -> Option<Standing> {
    let (id, by) = (id.to_string(), Actor::Member("m-1".to_owned()));
    let why = ("asked for by phone", &by);
    let trace = trace();
    let taken = standing::take(&test.door, &PlainWords, (&id, measure), why, &trace);
    taken.await.unwrap()
}

async fn found(test: &TestDoor, id: PersonId) -> Option<Standing> {
    let now = test.door.clock.now();
    let found = test
        .door
        .store
        .read(move |c| standing::by_id(c, &id.to_string(), now));
    found.await.unwrap()
}
