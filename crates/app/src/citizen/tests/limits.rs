//! Limits hold over new starts and nodes, and by the clock of the environment.

use durward_accounts::limit::Limit;

use super::*;
use crate::citizen::rate;

const GROWING: Limit = Limit {
    name: "growing",
    max: 2,
    seconds: 60,
    growth_percent: 100,
    longest_seconds: 150,
};

async fn spend(door: &Arc<Door>, limit: Limit) -> Result<(), u64> {
    let now = door.clock.now();
    let answer = door
        .store
        .write(move |c| rate::spend(c, &limit, "somebody", now))
        .await
        .unwrap();
    answer.map_err(|no| match no {
        CitizenRefusal::Locked { wait, .. } => wait.retry_after_seconds,
        other => panic!("{other}"),
    })
}

/// Spends until it is refused; how long the wait is then.
async fn wait_of(door: &Arc<Door>) -> u64 {
    assert_eq!(spend(door, GROWING).await, Ok(()));
    assert_eq!(spend(door, GROWING).await, Ok(()));
    let wait = spend(door, GROWING).await.unwrap_err();
    let again = spend(door, GROWING).await.unwrap_err();
    assert!((wait - 1..=wait).contains(&again), "{again} {wait}");
    wait
}

#[tokio::test]
async fn waits_grow_over_a_new_start_and_end_by_the_clock() {
    for test in TestDoor::on_both().await.unwrap() {
        assert_eq!(wait_of(&test.door).await, 60);
        test.advance(61);
        let again = test.another_node().await.unwrap();
        assert_eq!(wait_of(&again).await, 120, "remembered by the database");
        test.advance(121);
        assert_eq!(wait_of(&test.door).await, 150, "no longer than the longest");
        // Who keeps quiet for as long as the longest wait is forgiven.
        test.advance(301);
        assert_eq!(wait_of(&test.door).await, 60);
    }
}

#[tokio::test]
async fn a_success_forgives() {
    let test = TestDoor::sandbox().await.unwrap();
    wait_of(&test.door).await;
    let clear = |c: &mut durward_store::Conn| rate::clear(c, &GROWING, "somebody");
    test.door.store.write(clear).await.unwrap();
    assert_eq!(wait_of(&test.door).await, 60);
}

#[tokio::test]
async fn racers_at_two_nodes_do_not_slip_past_a_limit() {
    for test in TestDoor::on_both().await.unwrap() {
        let nodes = [Arc::clone(&test.door), test.another_node().await.unwrap()];
        let limit = Limit { max: 5, ..GROWING };
        let mut racers = tokio::task::JoinSet::new();
        for turn in 0..24 {
            let door = Arc::clone(&nodes[turn % 2]);
            racers.spawn(async move { spend(&door, limit).await });
        }
        let answers = racers.join_all().await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 5);
    }
}
