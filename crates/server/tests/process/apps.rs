//! A partner's repository: `durward apps` against a running portal, from export to apply and back.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{Demo, check, http, run, ten_ports};

/// A team's clone of its repository, with a token beside it.
struct Clone {
    demo: Demo,
    folder: PathBuf,
    token: String,
    _kept: tempfile::TempDir,
}

impl Clone {
    async fn open() -> Self {
        let kept = tempfile::tempdir().unwrap();
        let data = kept.path().join("demo");
        let demo = Demo::start(&data, ten_ports(), &["--at", "2026-11-10"]).await;
        let token = demo.document().await["partners"][0]["api_token"]
            .as_str()
            .unwrap()
            .to_owned();
        let folder = kept.path().join("apps");
        fs::create_dir(&folder).unwrap();
        fs::write(kept.path().join("token"), &token).unwrap();
        Self {
            demo,
            folder,
            token,
            _kept: kept,
        }
    }

    fn token_file(&self) -> String {
        self.folder
            .with_file_name("token")
            .to_str()
            .unwrap()
            .to_owned()
    }

    fn with<'a>(&self, arguments: &[&'a str], token: &'a str, portal: &'a str) -> Vec<&'a str> {
        let mut all = vec!["apps"];
        all.extend(arguments);
        all.extend(["--portal", portal, "--token-file", token]);
        all
    }

    fn check(&self, arguments: &[&str], code: i32, says: &str) {
        check(
            &self.with(arguments, &self.token_file(), &self.demo.portal()),
            code,
            says,
        );
    }

    fn output(&self, arguments: &[&str]) -> String {
        let output = run(&self.with(arguments, &self.token_file(), &self.demo.portal()));
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    fn file(&self, name: &str) -> String {
        self.folder.join(name).to_str().unwrap().to_owned()
    }

    /// A call to the API: the status and the ETag.
    async fn get(&self, path: &str, seen: Option<&str>) -> (u16, String) {
        let address = format!("{}/api/v1{path}", self.demo.portal());
        let mut request = http().get(address).bearer_auth(&self.token);
        if let Some(seen) = seen {
            request = request.header("if-none-match", seen);
        }
        let answer = request.send().await.unwrap();
        let tag = answer.headers()["etag"].to_str().unwrap().to_owned();
        (answer.status().as_u16(), tag)
    }

    /// How many apps of these words there are.
    async fn list(&self, words: &str) -> usize {
        let address = format!("{}/api/v1/apps?q={words}", self.demo.portal());
        let answer = http().get(address).bearer_auth(&self.token).send();
        let text = answer.await.unwrap().text().await.unwrap();
        let list: Value = serde_json::from_str(&text).unwrap();
        list["items"].as_array().unwrap().len()
    }

    /// One of the team's apps in the sandbox.
    async fn an_app(&self) -> String {
        let address = format!("{}/api/v1/apps", self.demo.portal());
        let answer = http()
            .get(address)
            .bearer_auth(&self.token)
            .send()
            .await
            .unwrap();
        let list: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        let found = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|app| app["environment"] == "sandbox");
        found.unwrap()["handle"].as_str().unwrap().to_owned()
    }
}

fn edit(file: &str, from: &str, to: &str) {
    let text = fs::read_to_string(file).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(file, text.replace(from, to)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_is_planned_applied_and_never_overwrites_unseen() {
    let clone = Clone::open().await;
    let handle = clone.an_app().await;
    let path = format!("/apps/{handle}/sandbox");
    let (file, folder) = (
        clone.file("app.toml"),
        clone.folder.to_str().unwrap().to_owned(),
    );
    clone.check(
        &[
            "export",
            &handle,
            "--format",
            "durward-toml",
            "--out",
            &file,
        ],
        0,
        "",
    );
    let (status, first) = clone.get(&path, None).await;
    assert_eq!(status, 200);
    assert_eq!(clone.get(&path, Some(&first)).await, (304, first.clone()));

    // What was exported is what is saved: nothing to do, however often.
    clone.check(&["plan", &folder, "--exit-code"], 0, "no change");
    clone.check(&["apply", &folder], 0, "no change");
    assert_eq!(clone.get(&path, None).await.1, first);

    // An edit is planned in words, applied once, and nothing the second time.
    edit(&file, "friendly_name = \"", "friendly_name = \"The ");
    clone.check(&["plan", &folder, "--exit-code"], 1, "Friendly name: ");
    let plan = clone.file("../plan.json");
    clone.check(
        &["plan", &file, "--save", &plan],
        0,
        "live as soon as it is saved",
    );
    let answer: Value = serde_json::from_str(&clone.output(&["plan", &file, "--json"])).unwrap();
    assert_eq!(
        (&answer["plans"][0]["changes"], &answer["plans"][0]["class"]),
        (&true.into(), &"normal".into())
    );
    clone.check(&["apply", &file], 0, "saved (version");
    let (_, second) = clone.get(&path, None).await;
    assert_ne!(second, first);
    clone.check(&["apply", &file], 0, "no change");
    assert_eq!(clone.get(&path, None).await.1, second);

    // A plan from before somebody else's save overwrites nothing.
    edit(&file, "friendly_name = \"The ", "friendly_name = \"Our ");
    clone.check(
        &["apply", &file, "--plan", &plan],
        1,
        "somebody saved a newer version",
    );
    assert_eq!(clone.get(&path, None).await.1, second);

    // What cannot be read or saved is told with its place, and nothing is saved.
    edit(&file, "friendly_name", "freindly_name");
    clone.check(&["apply", &folder], 1, "did you mean `friendly_name`");
    edit(&file, "freindly_name", "friendly_name");
    edit(&file, "/callback\"", "/*/callback\"");
    clone.check(&["plan", &file], 1, "uri/wildcard");
    clone.check(&["apply", &file], 1, "app/findings");
    assert_eq!(clone.get(&path, None).await.1, second);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_formats_go_in_and_out_and_a_production_plan_names_its_day() {
    let clone = Clone::open().await;
    let handle = clone.an_app().await;
    for format in ["login-gov-json", "login-gov-yaml", "oidc-metadata"] {
        let file = clone.file(&format!("../{format}"));
        clone.check(
            &["export", &handle, "--format", format, "--out", &file],
            0,
            "",
        );
        // Our own text needs no hints, and applying it changes nothing.
        clone.check(&["import", &file, "--apply"], 0, "no change");
    }
    clone.check(
        &["export", &handle, "--format", "saml-metadata"],
        1,
        "format/not-exported",
    );

    let team = clone.demo.document().await["partners"][0]["team"]
        .as_str()
        .unwrap()
        .to_owned();
    let foreign = clone.file("../foreign.json");
    fs::write(&foreign, r#"{"service_provider":{"issuer":"urn:gov:gsa:openidconnect.profiles:sp:sso:FISH:BOATS","friendly_name":"Boats","app_name":"Boats","ial":1,"pkce":true,"redirect_uris":["http://localhost:9999/cb"],"agency_id":7}}"#).unwrap();
    let document = clone.file("boats.json");
    let place = ["--team", &team, "--handle", "boats"];
    let mut arguments = vec![
        "import",
        &foreign,
        "--environment",
        "sandbox",
        "--out",
        &document,
    ];
    arguments.extend(place);
    clone.check(
        &arguments,
        0,
        "kept under extras: /service_provider/agency_id",
    );
    clone.check(&["apply", &document], 0, "created (version 1), live after");
    let again = clone.output(&["export", "boats", "--format", "login-gov-json"]);
    let sent: Value = serde_json::from_str(&fs::read_to_string(&foreign).unwrap()).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&again).unwrap(), sent);

    edit(
        &document,
        "\"environment\": \"sandbox\"",
        "\"environment\": \"production\"",
    );
    clone.check(&["plan", &document], 0, "earliest deployment: 2026-1");
    clone.check(&["plan", &document], 0, "checklist opens: L");
    edit(&foreign, "\"agency_id\"", "\"agencyid\"");
    clone.check(
        &[
            "import",
            &foreign,
            "--handle",
            "x1",
            "--team",
            &team,
            "--environment",
            "sandbox",
        ],
        1,
        "Did you mean agency_id?",
    );
    fs::write(&foreign, r#"{"ClientName":"{CLIENT_NAME}"}"#).unwrap();
    clone.check(
        &[
            "import",
            &foreign,
            "--handle",
            "x1",
            "--team",
            &team,
            "--environment",
            "sandbox",
        ],
        1,
        "{CLIENT_NAME}",
    );
    the_way_in_is_guarded(&clone, Path::new(&document));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_is_applied_whole_or_not_at_all() {
    let clone = Clone::open().await;
    let handle = clone.an_app().await;
    let (first, folder) = (
        clone.file("a.json"),
        clone.folder.to_str().unwrap().to_owned(),
    );
    let out = [
        "export",
        &handle,
        "--format",
        "durward-json",
        "--out",
        &first,
    ];
    clone.check(&out, 0, "");
    let text = fs::read_to_string(&first).unwrap();
    let mut document: Value = serde_json::from_str(&text).unwrap();
    let issuer = document["issuer"].as_str().unwrap().to_owned();
    for number in 0..3 {
        document["handle"] = format!("folder-{number}").into();
        document["issuer"] = format!("{issuer}:F{number}").into();
        document["app_name"] = format!("Folder {number}").into();
        document["friendly_name"] = format!("Folder {number}").into();
        fs::write(clone.file(&format!("b{number}.json")), document.to_string()).unwrap();
    }
    assert_eq!(clone.list("folder").await, 0);
    // One of them cannot be saved: none is, and its file is named.
    edit(&clone.file("b2.json"), "/callback", "/*/callback");
    clone.check(&["apply", &folder], 1, "b2.json: ");
    clone.check(&["apply", &folder], 1, "uri/wildcard");
    assert_eq!(clone.list("folder").await, 0);
    edit(&clone.file("b2.json"), "/*/callback", "/callback");
    clone.check(
        &["apply", &folder],
        0,
        "folder-2 in sandbox: created (version 1), live after",
    );
    assert_eq!(clone.list("folder").await, 3);
    clone.check(
        &["apply", &folder],
        0,
        "folder-2 in sandbox: no change (version 1)",
    );

    // A plan for all of them; then somebody saves one.
    let plan = clone.file("../plan.json");
    edit(&clone.file("b0.json"), "\"Folder 0\"", "\"Folder Nought\"");
    edit(&clone.file("b1.json"), "\"Folder 1\"", "\"Folder One\"");
    clone.check(
        &["plan", &folder, "--save", &plan],
        0,
        "folder-1 in sandbox",
    );
    clone.check(&["apply", &clone.file("b1.json")], 0, "saved (version 2)");
    edit(&clone.file("b1.json"), "Folder One", "Folder Two");
    let stopped = ["apply", &folder, "--plan", &plan];
    clone.check(&stopped, 1, "somebody saved a newer version of folder-1");
    let (_, tag) = clone.get("/apps/folder-0/sandbox", None).await;
    assert_eq!(tag, "\"v1\"", "nothing of the folder was saved");
    // What is saved already is no lost update.
    edit(&clone.file("b1.json"), "Folder Two", "Folder One");
    clone.check(&stopped, 0, "folder-0 in sandbox: saved (version 2)");
}

fn the_way_in_is_guarded(clone: &Clone, document: &Path) {
    let (file, portal) = (document.to_str().unwrap(), clone.demo.portal());
    check(
        &[
            "apps",
            "plan",
            file,
            "--portal",
            "http://portal.example.gov",
            "--token-file",
            file,
        ],
        2,
        "https",
    );
    let wrong = clone.file("../wrong");
    fs::write(&wrong, "no token").unwrap();
    check(
        &[
            "apps",
            "apply",
            file,
            "--portal",
            &portal,
            "--token-file",
            &wrong,
        ],
        1,
        "401",
    );
    check(&["apps", "plan", file], 2, "--portal");
    check(&["apps", "schema"], 0, "durward.app/v1");
}
