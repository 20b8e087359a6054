//! Saves and imports: how long, how soon the sandbox serves them, and how much is written.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Cast;
use super::crowd::{self, Api, Crowd, expect};
use super::server::{Place, Server};
use super::table::{Table, milliseconds, spread};
use crate::http::{self, Connection};
use crate::measure;
use crate::scene;

/// Saves of single apps.
pub(super) async fn measure(
    table: &mut Table,
    cast: &Cast,
    crowd: &Crowd,
    server: &Server,
) -> Result<(), String> {
    let mut connection = Connection::open(cast.portal).await?;
    let before = (server.written()?, measure::cpu(server.pid())?);
    let (mut times, mut told) = (Vec::new(), Vec::new());
    for at in 0..SAVES {
        let number = spread_out(at, crowd);
        let request = save(&cast.creator, crowd, number, 1);
        let (answer, took) = expect(&mut connection, &request, 200).await?;
        let live = answer.json()?["live"]["ms"].as_u64();
        told.push(Duration::from_millis(live.ok_or("a save is not live")?));
        times.push(took);
    }
    let each = |total: f64| total / SAVES as f64;
    let written = each((server.written()? - before.0) as f64) / 1e3;
    let cpu = each((measure::cpu(server.pid())? - before.1).as_secs_f64()) * 1e3;
    table.add("save: answered after, ms", spread(times));
    table.add("save: live in the sandbox after, as told, ms", spread(told));
    let mut seen = Vec::new();
    for at in 0..WATCHED {
        seen.push(watched(cast, crowd, spread_out(at, crowd)).await?);
    }
    table.add("save: served by the sandbox after, ms", spread(seen));
    table.add("save: written, kB", format!("{written:.0}"));
    table.add("save: server CPU, ms", format!("{cpu:.1}"));
    Ok(())
}

/// From the sending of a save until the sandbox takes a request that only the new revision allows.
async fn watched(cast: &Cast, crowd: &Crowd, number: usize) -> Result<Duration, String> {
    let port = cast.sandbox;
    let query = scene::form(&[
        ("client_id", &crowd::issuer(number)),
        ("redirect_uri", &crowd::redirect(number, 2)),
        ("response_type", "code"),
        ("scope", "openid email"),
        ("acr_values", "urn:acr.login.gov:auth-only"),
        ("state", "a-state-of-the-load-driver"),
        ("nonce", "a-nonce-of-the-load-driver"),
    ]);
    let path = format!("/openid_connect/authorize?{query}");
    let request = http::get(&format!("localhost:{port}"), &path, &[]);
    let mut connection = Connection::open(port).await?;
    if connection.ask(&request).await?.status < 400 {
        return Err("the sandbox takes an address that is not saved yet".to_owned());
    }
    let answered = Arc::new(AtomicBool::new(false));
    let (began, done) = (Instant::now(), Arc::clone(&answered));
    let watcher = tokio::spawn(async move {
        loop {
            let last = done.load(Ordering::Relaxed);
            let answer = connection.ask(&request).await?;
            if answer.status < 400 {
                return Ok(began.elapsed());
            }
            if last {
                return Err("the save was answered and is not served".to_owned());
            }
        }
    });
    let mut portal = Connection::open(cast.portal).await?;
    let request = save(&cast.creator, crowd, number, 2);
    expect(&mut portal, &request, 200).await?;
    answered.store(true, Ordering::Relaxed);
    watcher.await.map_err(|error| error.to_string())?
}

/// Imports of five hundred apps in one call, and the same by the command line.
pub(super) async fn import(
    table: &mut Table,
    cast: &Cast,
    crowd: &mut Crowd,
    place: &Place,
) -> Result<(), String> {
    let api = &cast.creator;
    let mut connection = Connection::open(cast.portal).await?;
    let first = crowd.apps;
    crowd.settle(first + 2 * IMPORTED)?;
    let good = crowd.batch(first..first + IMPORTED, 0);
    let mut bad = good.clone();
    bad["documents"][IMPORTED - 1]["oidc"]["redirect_uris"] = json!(["javascript:alert(1)"]);
    let request = api.send("POST", "/apps/batch", &bad);
    let (_, took) = expect(&mut connection, &request, 422).await?;
    let looked = api.get(&format!("/apps?q={}", crowd::handle(first)));
    let (found, _) = expect(&mut connection, &looked, 200).await?;
    if found.json()?["items"] != json!([]) {
        return Err("a refused import left an app behind".to_owned());
    }
    table.add(
        "import of 500, the last one wrong: refused after, ms",
        milliseconds(took),
    );
    let request = api.send("POST", "/apps/batch", &good);
    let (answer, took) = expect(&mut connection, &request, 200).await?;
    let live = answer.json()?["items"][0]["live"]["ms"].as_u64();
    live.ok_or("an import is not live")?;
    table.add(
        "import of 500: live and answered after, ms",
        milliseconds(took),
    );
    let (_, took) = expect(&mut connection, &request, 200).await?;
    table.add("the same again, unchanged, ms", milliseconds(took));
    crowd.apps += IMPORTED;
    let numbers = crowd.apps..crowd.apps + IMPORTED;
    let folder = place.folder.with_extension("files");
    files(&folder, crowd, numbers)?;
    for (name, arguments) in [
        ("durward apps plan, 500 files, ms", ["apps", "plan"]),
        ("durward apps apply, 500 files, ms", ["apps", "apply"]),
        ("durward apps apply again, unchanged, ms", ["apps", "apply"]),
    ] {
        table.add(
            name,
            milliseconds(command(cast, place, &folder, &arguments)?),
        );
    }
    crowd.apps += IMPORTED;
    crowd.settle(crowd.apps)?;
    files(&folder, crowd, 0..crowd.apps)?;
    let name = "durward apps lint, all apps, ms";
    table.add(
        name,
        milliseconds(command(cast, place, &folder, &["apps", "lint"])?),
    );
    drop(std::fs::remove_dir_all(&folder));
    Ok(())
}

/// How long a command takes.
fn command(
    cast: &Cast,
    place: &Place,
    folder: &Path,
    arguments: &[&str],
) -> Result<Duration, String> {
    let began = Instant::now();
    let token = cast.creator.bearer.trim_start_matches("Bearer ");
    let mut command = Command::new(&place.program);
    command.args(arguments).arg(folder).stdout(Stdio::null());
    if arguments != ["apps", "lint"] {
        command
            .arg("--portal")
            .arg(format!("http://localhost:{}", cast.portal))
            .env("DURWARD_TOKEN", token);
    }
    let status = command.status().map_err(|error| error.to_string())?;
    if status.success() {
        Ok(began.elapsed())
    } else {
        Err(format!("durward {} failed: {status}", arguments.join(" ")))
    }
}

fn files(folder: &Path, crowd: &Crowd, numbers: std::ops::Range<usize>) -> Result<(), String> {
    drop(std::fs::remove_dir_all(folder));
    std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    for number in numbers {
        let file = folder.join(format!("{}.json", crowd::handle(number)));
        let text = crowd.document(number, 0).to_string();
        std::fs::write(file, text).map_err(|error| error.to_string())?;
    }
    Ok(())
}

fn save(api: &Api, crowd: &Crowd, number: usize, edition: usize) -> Vec<u8> {
    let path = format!("/apps/{}/sandbox", crowd::handle(number));
    let document: Value = crowd.document(number, edition);
    api.send("PUT", &path, &document)
}

/// Apps all over the list, none of them twice.
fn spread_out(at: usize, crowd: &Crowd) -> usize {
    at * crowd.apps / SAVES
}

/// How many single saves, each of another app.
pub(super) const SAVES: usize = 100;
const WATCHED: usize = 20;
const IMPORTED: usize = 500;
