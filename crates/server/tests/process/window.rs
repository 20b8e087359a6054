//! A demonstration with many launches that wait for one window, and how far it has come with them.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::path::Path;

use durward_keyring::jose::{Algorithm, SigningKey};
use durward_store::{Config, Durability, Store, agreements, apps, deployments, launches, releases};
use serde_json::{Value, json};

use crate::support::{Demo, post};

pub(crate) const AGREEMENT: &str = "LGABCFY210001-0001-0000";
/// A launch of the demonstration that waits for the same window.
const LIKE: &str = "campsite-booking";

pub(crate) fn handle(number: usize) -> String {
    format!("window-{number:03}")
}

fn document(team: &Value, number: usize) -> Value {
    let key = SigningKey::generate(Algorithm::ES256).unwrap();
    json!({
        "schema": "durward.app/v1", "handle": handle(number), "team": team, "environment": "production",
        "app_name": format!("Window {number}"), "friendly_name": format!("Window {number}"),
        "issuer": format!("urn:gov:gsa:openidconnect.profiles:sp:sso:WINDOW:N{number}"), "attributes": ["email"],
        "oidc": { "redirect_uris": [format!("https://n{number}.example.gov/callback")] },
        "keys": [{ "jwk": serde_json::to_value(key.jwk()).unwrap() }],
        "contacts": [{ "kind": "technical", "name": "Robin Quill", "email": "robin.quill@fisheries.example.gov" }],
    })
}

/// The portal's database of a demonstration that does not run.
pub(crate) fn portal_of(data: &Path) -> Store {
    let config = Config::Sqlite {
        path: data.join("portal.sqlite3"),
        durability: Durability::Full,
    };
    Store::open(&config).unwrap()
}

pub(crate) fn portal_read_only(data: &Path) -> Store {
    Store::open_read_only(&data.join("portal.sqlite3")).unwrap()
}

/// Makes a demonstration in which launches of so many apps are approved for one window; answers what it told of itself
/// before it was stopped. The configurations are saved as a
/// partner saves them; the requests are made like one that is there.
pub(crate) async fn prepared(data: &Path, base: u16, many: usize) -> Value {
    let mut demo = Demo::start(data, base, &["--at", "2026-11-10"]).await;
    let told = demo.document().await;
    let partners = told["partners"].as_array().unwrap();
    let admin = partners.iter().find(|one| one["role"] == "partner_admin");
    let admin = admin.unwrap();
    let documents: Vec<Value> = (0..many).map(|n| document(&admin["team"], n)).collect();
    let address = format!("{}/api/v1/apps/batch", demo.portal());
    let token = admin["api_token"].as_str().unwrap();
    let sent = json!({ "documents": documents });
    let saved = post(&address, token, &sent).await.unwrap();
    assert_eq!(saved.0, 200, "{}", saved.1);
    demo.stop();
    let store = portal_of(data);
    store
        .write(move |c| {
            let mut row = agreements::find(c, AGREEMENT)?.unwrap();
            let mut agreement: Value = serde_json::from_str(&row.document).unwrap();
            let listed = agreement["apps"].as_array_mut().unwrap();
            let one = listed[0].clone();
            for number in 0..many {
                let mut app = one.clone();
                app["name"] = format!("Window {number}").into();
                listed.push(app);
            }
            row.document = agreement.to_string();
            assert!(agreements::update(c, &row)?);
            let like = launches::of_app(c, LIKE)?.remove(0);
            for number in 0..many {
                let mut row = like.clone();
                row.launch_id = format!("{}{number:012}", &like.launch_id[..24]);
                row.handle = handle(number);
                let configuration = apps::find_configuration(c, &row.handle, "production")?;
                row.revision_id = configuration.unwrap().revision_id;
                row.request = row.request.replace(LIKE, &row.handle);
                let agreement = like.agreement.as_deref().unwrap();
                row.request = row.request.replace(agreement, AGREEMENT);
                row.agreement = Some(AGREEMENT.to_owned());
                launches::insert(c, &row)?;
                row.version = 1;
                assert!(launches::update(c, &row)?);
            }
            Ok(())
        })
        .await
        .unwrap();
    told
}

/// How far production has come: releases built, noted as taken and watched by the canary, and requests that are live.
pub(crate) async fn progress(store: &Store) -> (i64, i64, i64, usize) {
    store
        .read(|c| {
            let built = releases::last(c, "production")?.map_or(0, |row| row.sequence);
            let waiting = deployments::not_deployed_to(c, "production", (0, i64::MAX))?;
            let noted = waiting.first().map_or(built, |(_, at, _)| at - 1);
            let watched = deployments::last_canary(c, "production")?.map_or(0, |run| run.sequence);
            let rows = launches::newest(c, 1000)?;
            let live = rows.iter().filter(|row| row.state == "deployed").count();
            Ok((built, noted, watched, live))
        })
        .await
        .unwrap()
}

/// Every app is in one release, which was noted as taken; every request is live and says so once.
pub(crate) async fn each_once(store: &Store, many: usize) {
    store
        .read(move |c| {
            let made = releases::newest(c, "production", 2000)?;
            for number in 0..many {
                let handle = handle(number);
                let mut brought = Vec::new();
                for release in &made {
                    let changes = releases::changes_of(c, &release.release_id)?;
                    if changes.iter().any(|change| change.handle == handle) {
                        brought.push(release);
                    }
                }
                let launch = launches::of_app(c, &handle)?.remove(0);
                let [release] = brought.as_slice() else {
                    panic!("{handle} is in {} releases", brought.len())
                };
                assert!(release.deployed_us.is_some(), "{handle}");
                assert_eq!(launch.release_id.as_ref(), Some(&release.release_id));
                assert_eq!(launch.state, "deployed", "{handle}");
                let told = launches::events_of(c, &launch.launch_id)?;
                let told = told.iter().filter(|line| line.event == "deploy").count();
                assert_eq!(told, 1, "{handle}");
            }
            Ok(())
        })
        .await
        .unwrap();
}
