//! Many apps: what a save writes, lists of members of many teams, and batches against each other.

use durward_store::testing::rows_written;

use super::*;
use crate::partner::apps::{Listing, list, live_counts};
use crate::partner::save::{BatchRefusal, Sent, save_all};
use crate::partner::teams::{self, NewTeam};
use crate::partner::webhooks::{self, Wish};

fn numbered(portal: &TestPortal, team: &str, number: usize) -> AppDocument {
    let mut document = portal.sandbox_document();
    document.handle = AppHandle::parse(&format!("many-{number:03}")).unwrap();
    document.team = TeamHandle::parse(team).unwrap();
    document.app_name = format!("Many {number}");
    document.friendly_name = format!("Many Things {number}");
    document.issuer = format!("urn:gov:gsa:openidconnect.profiles:sp:sso:MANY:N{number}");
    document
}

fn put(document: AppDocument) -> Sent {
    Sent {
        document,
        save: Save::Put,
    }
}

async fn import(portal: &TestPortal, sent: Vec<Sent>) -> Result<Vec<Saved>, Failure<BatchRefusal>> {
    let admin = portal.member("admin").await.unwrap();
    save_all(&portal.keeper, &admin, sent, "", &trace()).await
}

/// What was refused, by place and code.
fn refused(result: Result<Vec<Saved>, Failure<BatchRefusal>>) -> Vec<(usize, &'static str)> {
    match result {
        Err(Failure::Refused(BatchRefusal::Documents(refused))) => {
            refused.iter().map(|one| (one.index, one.code)).collect()
        }
        other => panic!("{other:?}"),
    }
}

/// How many rows the portal and the sandbox have written.
async fn rows(portal: &TestPortal) -> (i64, i64) {
    let door = portal.keeper.environment(SANDBOX).unwrap();
    let door = door.door.as_ref().unwrap();
    let portal = portal.keeper.store.write(rows_written).await.unwrap();
    (portal, door.store.write(rows_written).await.unwrap())
}

/// How many rows the save of an app writes that is there already.
async fn rows_of_a_save(portal: &TestPortal, number: usize) -> (i64, i64) {
    let admin = portal.member("admin").await.unwrap();
    let mut document = numbered(portal, "fisheries-digital", number);
    document.friendly_name.push_str(" Again");
    let before = rows(portal).await;
    let saved = save(portal, &admin, document, Save::Put).await.unwrap();
    assert!(saved.changed && saved.live.is_some());
    let after = rows(portal).await;
    (after.0 - before.0, after.1 - before.1)
}

#[tokio::test]
async fn a_save_writes_as_much_among_many_apps_as_among_few() {
    let portal = portal().await;
    let documents = |numbers: std::ops::Range<usize>| {
        numbers
            .map(|number| put(numbered(&portal, "fisheries-digital", number)))
            .collect::<Vec<_>>()
    };
    import(&portal, documents(0..2)).await.unwrap();
    let few = rows_of_a_save(&portal, 0).await;
    import(&portal, documents(2..302)).await.unwrap();
    assert_eq!(rows_of_a_save(&portal, 150).await, few);
    // The same document again is no event: only the token or session that brings it is noted, elsewhere.
    let before = rows(&portal).await;
    let same = import(&portal, documents(200..300)).await.unwrap();
    assert!(same.iter().all(|saved| !saved.changed));
    assert_eq!(rows(&portal).await, before);
}

#[tokio::test]
async fn a_member_of_many_teams_reads_all_their_apps_part_by_part() {
    let portal = portal().await;
    let admin = portal.member("admin").await.unwrap();
    let agency = portal.agency_of("fisheries-digital").await.unwrap();
    for number in 0..18 {
        let new = NewTeam {
            name: format!("Crew {number}"),
            handle: Some(format!("crew-{number}")),
            agency: agency.clone(),
            description: String::new(),
        };
        teams::create(&portal.keeper, &admin, &new, &trace())
            .await
            .unwrap();
    }
    // Others' apps stand between their own.
    let outsider = portal.member("outsider").await.unwrap();
    let mut own = Vec::new();
    for number in 0..40 {
        if number % 3 == 2 {
            let document = numbered(&portal, OTHER_TEAM, number);
            save(&portal, &outsider, document, Save::Create)
                .await
                .unwrap();
        } else {
            let document = numbered(&portal, &format!("crew-{}", number % 18), number);
            own.push(document.handle.to_string());
            import(&portal, vec![put(document)]).await.unwrap();
        }
    }
    let admin = portal.member("admin").await.unwrap();
    assert!(admin.teams().len() > 16);
    for limit in [1, 4, 100] {
        let (mut found, mut after) = (Vec::new(), String::new());
        loop {
            let listing = Listing {
                after: &after,
                words: "MANY things",
                limit,
            };
            let page = list(&portal.keeper, &admin, listing).await.unwrap();
            found.extend(page.items.into_iter().map(|app| {
                assert_eq!(app.live_revision, Some(app.revision));
                app.handle
            }));
            let Some(next) = page.next else { break };
            after = next;
        }
        assert_eq!(found, own, "{limit} at once");
    }
    let counts = live_counts(&portal.keeper, &admin).await.unwrap();
    assert_eq!(counts.get(&SANDBOX), Some(&(own.len() as u64)));
    let staff = portal.member("administrator").await.unwrap();
    let counts = live_counts(&portal.keeper, &staff).await.unwrap();
    assert_eq!(counts.get(&SANDBOX), Some(&40));
}

#[tokio::test]
async fn batches_at_once_end_whole_and_a_stale_version_stops_all() {
    let portal = portal().await;
    let team = "fisheries-digital";
    let edition = |number, name: &str| {
        let mut document = numbered(&portal, team, number);
        document.friendly_name = format!("{name} {number}");
        put(document)
    };
    // Two batches over the same apps, in opposite order: whichever is last has them all.
    let (first, second) = tokio::join!(
        import(&portal, (0..60).map(|n| edition(n, "First")).collect()),
        import(
            &portal,
            (0..60).rev().map(|n| edition(n, "Second")).collect()
        ),
    );
    let versions = |saved: &[Saved]| -> std::collections::BTreeSet<i64> {
        saved.iter().map(|saved| saved.version).collect()
    };
    let (first, second) = (versions(&first.unwrap()), versions(&second.unwrap()));
    assert_eq!((first.len(), second.len()), (1, 1));
    assert_ne!(first, second);
    let winner = if first.contains(&2) {
        "First"
    } else {
        "Second"
    };
    let admin = portal.member("admin").await.unwrap();
    let page = apps(&portal.keeper, &admin, "", 500).await.unwrap();
    assert_eq!(page.items.len(), 60);
    for app in page.items {
        assert!(app.friendly_name.starts_with(winner));
        assert_eq!(app.live_revision, Some(2));
    }

    // What was seen: a new app, one version, and one that somebody saved since.
    let seen = |number, name, save| Sent {
        save,
        ..edition(number, name)
    };
    let stale = [
        seen(60, "Third", Save::Create),
        seen(0, "Third", Save::Replace { seen_version: 2 }),
        seen(1, "Third", Save::Replace { seen_version: 1 }),
        seen(2, "Third", Save::Create),
        // Another edition was seen, but this one says what is saved.
        seen(3, winner, Save::Replace { seen_version: 1 }),
    ];
    let before = rows(&portal).await;
    let result = import(&portal, stale.into()).await;
    assert_eq!(refused(result), [(2, "app/stale"), (3, "app/exists")]);
    assert_eq!(rows(&portal).await, before);

    // One app has one team, also one that is not there yet.
    let mut moved = numbered(&portal, OTHER_TEAM, 61);
    moved.environment = PRODUCTION;
    let result = import(&portal, vec![edition(61, "Fourth"), put(moved)]).await;
    assert_eq!(refused(result), [(1, "app/team-fixed")]);
}

#[tokio::test]
async fn programs_hear_of_every_app_of_a_batch() {
    let portal = portal().await;
    let admin = portal.member("admin").await.unwrap();
    let wish = Wish {
        team: Some("fisheries-digital".to_owned()),
        url: Some("http://127.0.0.1:9/hook".to_owned()),
        description: None,
        events: Some(vec!["app.saved".to_owned(), "app.deployed".to_owned()]),
    };
    let made = webhooks::create(&portal.keeper, &admin, wish, &trace())
        .await
        .unwrap();
    let documents = (0..5).map(|number| put(numbered(&portal, "fisheries-digital", number)));
    import(&portal, documents.collect()).await.unwrap();
    let id = &made.webhook.id;
    let page = webhooks::deliveries(&portal.keeper, &admin, id, (None, 100))
        .await
        .unwrap();
    let of = |event: &str| page.items.iter().filter(|one| one.event == event).count();
    assert_eq!((of("app.saved"), of("app.deployed")), (5, 5));
}
