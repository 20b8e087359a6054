//! Jobs, outbox, counters, settings and leases.

use std::sync::Mutex;
use std::time::Duration;

use durward_store::testing::TestStore;
use durward_store::{counters, jobs, leases, outbox, settings};
use uuid::Uuid;

use crate::{at, on_both};

const MINUTE: Duration = Duration::from_secs(60);

fn add_job(store: &TestStore, n: u128, dedup: Option<&'static str>, due: i64) -> bool {
    store
        .write_blocking(move |c| {
            let id = Uuid::from_u128(n);
            jobs::add(
                c,
                &jobs::NewJob {
                    id,
                    kind: "probe",
                    dedup,
                    payload: "{}",
                    run_at: at(due),
                },
            )
        })
        .unwrap()
}

on_both! {
    fn a_job_is_unique_while_pending(store: &TestStore) {
        assert!(add_job(store, 1, Some("x"), 0));
        assert!(!add_job(store, 2, Some("x"), 0));
        assert!(add_job(store, 3, None, 5) && add_job(store, 4, None, 5));
        let job = store.write_blocking(|c| jobs::claim(c, at(1), MINUTE)).unwrap().unwrap();
        assert_eq!((job.id.as_str(), job.attempt), (Uuid::from_u128(1).to_string().as_str(), 1));
        assert!(store.write_blocking(|c| jobs::claim(c, at(1), MINUTE)).unwrap().is_none());
        let late = job.clone();
        // The lock ends: another worker gets it, and the first can no longer finish it.
        let again = store.write_blocking(|c| jobs::claim(c, at(61), MINUTE)).unwrap().unwrap();
        assert_eq!((again.id.as_str(), again.attempt), (job.id.as_str(), 2));
        assert!(!store.write_blocking(move |c| jobs::done(c, &late)).unwrap());
        let failed = again.clone();
        assert!(store.write_blocking(move |c| jobs::retry(c, &failed, at(70), "later")).unwrap());
        assert!(!add_job(store, 5, Some("x"), 0));
        let third = store.write_blocking(|c| {
            jobs::claim(c, at(70), MINUTE)?; // 3 and 4 were due before
            jobs::claim(c, at(70), MINUTE)?;
            jobs::claim(c, at(70), MINUTE)
        }).unwrap().unwrap();
        assert_eq!((third.id.as_str(), third.attempt), (job.id.as_str(), 3));
        assert!(store.write_blocking(move |c| jobs::give_up(c, &third, at(71), "never")).unwrap());
        assert!(add_job(store, 6, Some("x"), 0));
        assert_eq!(store.read_blocking(jobs::tally).unwrap(), (3, 1));
        assert_eq!(store.read_blocking(jobs::next_due).unwrap(), Some(at(0)));
    }

    fn each_job_goes_to_one_worker(store: &TestStore) {
        for n in 0..40 {
            add_job(store, n, None, 0);
        }
        let claimed = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    while let Some(job) = store.write_blocking(|c| jobs::claim(c, at(1), MINUTE)).unwrap() {
                        claimed.lock().unwrap().push(job.id);
                    }
                });
            }
        });
        let mut claimed = claimed.into_inner().unwrap();
        claimed.sort();
        claimed.dedup();
        assert_eq!(claimed.len(), 40);
    }

    fn a_message_is_sent_once(store: &TestStore) {
        store.write_blocking(|c| outbox::add(c, &outbox::NewMessage {
            id: Uuid::from_u128(1), kind: "mail", recipient: "r", content: "c", created: at(0),
        })).unwrap();
        let message = store.write_blocking(|c| outbox::claim(c, at(0), MINUTE)).unwrap().unwrap();
        assert!(store.write_blocking(|c| outbox::claim(c, at(0), MINUTE)).unwrap().is_none());
        assert_eq!((message.recipient.as_str(), message.content.as_str()), ("r", "c"));
        let copy = message.clone();
        assert!(store.write_blocking(move |c| outbox::retry(c, &copy, at(9), "closed")).unwrap());
        let message = store.write_blocking(|c| outbox::claim(c, at(9), MINUTE)).unwrap().unwrap();
        let copy = message.clone();
        assert!(store.write_blocking(move |c| outbox::sent(c, &message, at(10))).unwrap());
        assert!(!store.write_blocking(move |c| outbox::give_up(c, &copy, at(10), "x")).unwrap());
        assert_eq!(store.read_blocking(outbox::waiting).unwrap(), 0);
        assert_eq!(store.write_blocking(|c| outbox::sweep(c, at(11))).unwrap(), 1);
    }

    fn attempts_are_counted_in_windows(store: &TestStore) {
        let hit = |second| store.write_blocking(move |c| counters::hit(c, "login:x", MINUTE, at(second))).unwrap();
        assert_eq!((hit(0).hits, hit(59).hits), (1, 2));
        assert_eq!((hit(60).hits, hit(60).since), (1, at(60)));
        store.write_blocking(|c| counters::extend(c, "login:x", at(500))).unwrap();
        assert_eq!(hit(400).hits, 3);
        let found = store.read_blocking(|c| counters::find(c, "login:x", at(499))).unwrap().unwrap();
        assert_eq!((found.hits, found.until), (3, at(500)));
        assert!(store.read_blocking(|c| counters::find(c, "login:x", at(500))).unwrap().is_none());
        assert_eq!(store.write_blocking(|c| counters::sweep(c, at(500))).unwrap(), 1);
        hit(600);
        store.write_blocking(|c| counters::clear(c, "login:x")).unwrap();
        assert_eq!(hit(601).hits, 1);
    }

    fn settings_have_versions(store: &TestStore) {
        assert!(store.write_blocking(|c| settings::put_new(c, "release", "a")).unwrap());
        assert!(!store.write_blocking(|c| settings::put_new(c, "release", "b")).unwrap());
        assert_eq!(store.write_blocking(|c| settings::put(c, "release", "c")).unwrap(), 2);
        assert!(!store.write_blocking(|c| settings::replace(c, "release", "d", 1)).unwrap());
        assert!(store.write_blocking(|c| settings::replace(c, "release", "d", 2)).unwrap());
        let found = store.read_blocking(|c| settings::find(c, "release")).unwrap().unwrap();
        assert_eq!((found.content.as_str(), found.version), ("d", 3));
        assert!(store.read_blocking(|c| settings::find(c, "other")).unwrap().is_none());
    }

    fn a_lease_has_one_holder(store: &TestStore) {
        let take = |who: &'static str, second| {
            store.write_blocking(move |c| leases::take(c, "deployer", who, at(second), MINUTE)).unwrap()
        };
        assert!(take("a", 0) && !take("b", 30) && take("a", 30));
        assert!(!take("b", 89) && take("b", 90) && !take("a", 91));
        store.write_blocking(|c| leases::release(c, "deployer", "b")).unwrap();
        assert!(take("a", 92));
    }
}
