//! Probes, dedicated domains and published keys over their routes, with servers of others on this machine, and what must
//! never be called however it is spelled.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::http::Request;
use durward_app::ports::outbound::Outbound;
use durward_app::testing::server::{TestServer, answers, outbound, says};
use durward_app::testing_portal::TEAM;
use durward_domain::environment::EnvironmentName;
use durward_keyring::jose::{Algorithm, SigningKey, jws};
use serde_json::{Value, json};
use tokio::net::UdpSocket;

use crate::support::{FORM, Web, send};

/// A document of the sandbox under its own handle, whose addresses are all on this host.
fn document(web: &Web, handle: &str, origin: &str) -> Value {
    let mut document = web.sandbox();
    document["handle"] = json!(handle);
    document["issuer"] = json!(format!("urn:gov:gsa:test:{handle}"));
    document["oidc"]["redirect_uris"] = json!([format!("{origin}/callback")]);
    document["oidc"]["post_logout_redirect_uris"] = json!([]);
    document["return_to_app_url"] = Value::Null;
    document["oidc"]["jwks_uri"] = json!(format!("{origin}/jwks"));
    document["keys"] = json!([]);
    document["push_notification_url"] = json!(format!("{origin}/push"));
    document["failure_to_proof_url"] = json!(format!("{origin}/help"));
    document
}

fn item<'a>(report: &'a Value, probe: &str) -> &'a Value {
    let items = report["items"].as_array().unwrap();
    items.iter().find(|item| item["probe"] == probe).unwrap()
}

#[tokio::test]
async fn the_probes_of_an_app_run_by_page_and_api_against_a_server_with_tls() {
    let key = SigningKey::generate(Algorithm::ES256).unwrap();
    let set = json!({ "keys": [key.jwk()] }).to_string();
    let server = TestServer::tls(move |head, _| match head.split(' ').nth(1).unwrap() {
        "/jwks" => says("200 OK", "application/json", &set),
        "/help" => {
            let page = "We could not verify you. Call us or visit an office to get help.";
            says("200 OK", "text/html", page)
        }
        "/push" => says("202 Accepted", "text/plain", ""),
        _ => answers(
            "200 OK",
            "strict-transport-security: max-age=31536000\r\n",
            "",
        ),
    })
    .await;
    let names: [(&str, &[&str]); 1] = [("app.example.gov", &["127.0.0.1"])];
    let web = Web::calling(outbound(&["127.0.0.0/8"], &names, Vec::new())).await;
    let document = document(&web, "probed", &server.url("app.example.gov"));
    let (status, answer) = web.api("admin", "POST", "/apps", &document).await;
    assert_eq!(status, 201, "{answer}");

    let path = "/apps/probed/sandbox/probes";
    let (status, before) = web.api("reader", "GET", path, &Value::Null).await;
    assert_eq!(
        (status, before["items"].as_array().unwrap().len()),
        (200, 0)
    );
    assert_eq!(server.connections(), 0);
    let (status, denied) = web.api("reader", "POST", path, &Value::Null).await;
    assert_eq!((status, &denied["code"]), (403, &json!("permission/role")));
    let (status, hidden) = web.api("outsider", "GET", path, &Value::Null).await;
    assert_eq!((status, &hidden["code"]), (404, &json!("app/not-found")));

    let (status, report) = web.api("developer", "POST", path, &Value::Null).await;
    assert_eq!(status, 200, "{report}");
    for probe in ["url/reachable", "url/certificate", "url/hsts", "keys/jwks"] {
        assert_eq!(item(&report, probe)["outcome"], "passed", "{report}");
    }
    // This endpoint takes what is forged too.
    assert_eq!(item(&report, "push/accepts-signed")["outcome"], "passed");
    assert_eq!(item(&report, "push/refuses-forged")["outcome"], "failed");
    assert!(item(&report, "keys/jwks")["age_seconds"].as_i64().unwrap() < 60);

    let cookie = web.cookie("developer").await;
    let checklist = "/apps/probed/sandbox/checklist";
    let page = web.page(&cookie, checklist).await.shown();
    assert!(
        page.contains("id=\"probes\"") && page.contains("Push endpoint refuses a forged event")
    );
    let before = server.connections();
    let (status, _) = web
        .form(&cookie, checklist, "/apps/probed/sandbox/probes", &[])
        .await
        .pair();
    assert_eq!(status, 303);
    assert!(server.connections() > before);
    for _ in 0..6 {
        web.api("developer", "POST", path, &Value::Null).await;
    }
    let (status, often) = web.api("developer", "POST", path, &Value::Null).await;
    assert_eq!((status, &often["code"]), (429, &json!("probes/too-often")));
}

/// Spellings of this machine, its network and the metadata service of a cloud.
const HOSTILE: [&str; 22] = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f.1",
    "0x7f000001",
    "017700000001",
    "0177.0.0.1",
    "0.0.0.0",
    "127.0.0.1.",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[64:ff9b::7f00:1]",
    "169.254.169.254",
    "[::ffff:169.254.169.254]",
    "[fd00:ec2::254]",
    "10.0.0.1",
    "１２７.0.0.1",
    "localhost",
    "inside.example.gov",
    "both.example.gov",
];

/// A client as a live installation has it: nothing is listed, and some names are not what they seem.
fn public_only() -> Outbound {
    let names: [(&str, &[&str]); 4] = [
        ("localhost", &["127.0.0.1"]),
        ("inside.example.gov", &["127.0.0.1"]),
        ("both.example.gov", &["93.184.216.34", "127.0.0.1"]),
        ("mapped.example.gov", &["::ffff:127.0.0.1"]),
    ];
    outbound(&[], &names, Vec::new())
}

#[tokio::test]
async fn no_spelling_of_an_inside_address_is_called_by_a_probe() {
    let trap = TestServer::plain(|_, _| says("200 OK", "text/html", "inside")).await;
    let web = Web::calling(public_only()).await;
    let mut tried = 0;
    for (number, host) in HOSTILE.into_iter().enumerate() {
        for scheme in ["http", "https"] {
            let handle = format!("hostile-{number}-{scheme}");
            let origin = format!("{scheme}://{host}:{}", trap.port());
            let it = document(&web, &handle, &origin);
            let (status, answer) = web.api("admin", "POST", "/apps", &it).await;
            // What the validator refuses already needs no probe.
            if status == 422 {
                assert_eq!(answer["code"], "app/findings", "{origin}: {answer}");
                continue;
            }
            assert_eq!(status, 201, "{origin}: {answer}");
            tried += 1;
            let path = format!("/apps/{handle}/sandbox/probes");
            let (status, report) = web.api("admin", "POST", &path, &Value::Null).await;
            assert_eq!(status, 200, "{origin}: {report}");
            for item in report["items"].as_array().unwrap() {
                assert_ne!(item["outcome"], "passed", "{origin}: {item}");
            }
            let keys = item(&report, "keys/jwks")["code"].as_str().unwrap();
            assert!(keys.starts_with("outbound/"), "{origin}: {report}");
        }
    }
    assert_eq!(trap.connections(), 0);
    assert!(tried > 10, "only {tried} were saved at all");
}

#[tokio::test]
async fn a_redirect_of_a_good_host_leads_a_probe_nowhere_inside() {
    let trap = TestServer::plain(|_, _| says("200 OK", "text/html", "inside")).await;
    let inside = format!("http://127.0.0.2:{}/", trap.port());
    let server = TestServer::tls(move |head, _| match head.split(' ').nth(1).unwrap() {
        "/help" => {
            let to = "location: http://169.254.169.254/latest/meta-data/\r\n";
            answers("302 Found", to, "")
        }
        _ => answers(
            "307 Temporary Redirect",
            &format!("location: {inside}\r\n"),
            "",
        ),
    })
    .await;
    let names: [(&str, &[&str]); 1] = [("app.example.gov", &["127.0.0.1"])];
    let web = Web::calling(outbound(&["127.0.0.1/32"], &names, Vec::new())).await;
    let it = document(&web, "redirects", &server.url("app.example.gov"));
    let (status, answer) = web.api("admin", "POST", "/apps", &it).await;
    assert_eq!(status, 201, "{answer}");
    let path = "/apps/redirects/sandbox/probes";
    let (_, report) = web.api("admin", "POST", path, &Value::Null).await;
    assert!(server.connections() > 0);
    assert_eq!(trap.connections(), 0);
    assert_eq!(item(&report, "keys/jwks")["outcome"], "failed", "{report}");
    let page = item(&report, "failure-to-proof/page");
    assert_eq!(page["code"], "probe/leaves-host", "{report}");
    assert_eq!(item(&report, "push/accepts-signed")["outcome"], "failed");
}

#[tokio::test]
async fn published_keys_are_not_fetched_from_inside_when_a_client_signs_in() {
    let trap = TestServer::plain(|_, _| says("200 OK", "application/json", "{\"keys\":[]}")).await;
    let web = Web::calling(public_only()).await;
    let link = web.portal.keeper.environment(EnvironmentName::Sandbox);
    let sandbox = link.unwrap().door.clone().unwrap();
    let door = web.door(EnvironmentName::Sandbox);
    let key = SigningKey::generate(Algorithm::ES256).unwrap();
    let mut tried = 0;
    for (number, host) in HOSTILE.into_iter().enumerate() {
        let handle = format!("keys-{number}");
        let mut it = document(&web, &handle, "https://app.example.gov");
        it["oidc"]["jwks_uri"] = json!(format!("http://{host}:{}/jwks", trap.port()));
        if web.api("admin", "POST", "/apps", &it).await.0 != 201 {
            continue;
        }
        tried += 1;
        let client = it["issuer"].as_str().unwrap();
        let now = web.portal.keeper.clock.real_now().as_second();
        let claims = json!({
            "iss": client, "sub": client, "aud": sandbox.documents.token_url, "iat": now, "exp": now + 120,
            "jti": sandbox.random.token(),
        });
        let body = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "authorization_code")
            .append_pair("code", "none")
            .append_pair(
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            )
            .append_pair(
                "client_assertion",
                &jws::sign(&key, "JWT", &claims).unwrap(),
            )
            .finish();
        let request = Request::post("/api/openid_connect/token").header(FORM.0, FORM.1);
        let (status, answer) = send(&door, request.body(Body::from(body)).unwrap())
            .await
            .pair();
        assert_eq!(status, 401, "{host}: {answer}");
        assert!(answer.contains("invalid_client"), "{host}: {answer}");
        assert!(!answer.contains("\"keys\""), "{host}: {answer}");
    }
    assert_eq!(trap.connections(), 0);
    assert!(tried > 5, "only {tried} were saved at all");
}

/// A name server that counts its questions and knows nothing.
async fn name_server() -> (std::net::SocketAddr, Arc<AtomicUsize>) {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let (address, asked) = (socket.local_addr().unwrap(), Arc::<AtomicUsize>::default());
    let counter = Arc::clone(&asked);
    tokio::spawn(async move {
        let mut buffer = [0; 512];
        while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
            counter.fetch_add(1, Ordering::SeqCst);
            let mut answer = buffer[..length].to_vec();
            answer[2..4].copy_from_slice(&[0x81, 0x83]);
            drop(socket.send_to(&answer, from).await);
        }
    });
    (address, asked)
}

#[tokio::test]
async fn a_domain_is_a_name_and_no_address_however_it_is_spelled() {
    let (server, asked) = name_server().await;
    let web = Web::calling(outbound(&[], &[], vec![server])).await;
    let path = format!("/teams/{TEAM}/domains");
    let cookie = web.cookie("admin").await;
    let spelled = HOSTILE.into_iter().filter(|host| !host.ends_with(".gov"));
    for host in spelled.chain([
        "localhost:53",
        "https://fishing.com",
        "*.fishing.com",
        "gov",
    ]) {
        let (status, no) = web
            .api("admin", "POST", &path, &json!({ "domain": host }))
            .await;
        assert_eq!(status, 422, "{host}: {no}");
        let code = no["code"].as_str().unwrap();
        let known = [
            "domain/malformed",
            "domain/public-suffix",
            "domain/approved-for-all",
        ];
        assert!(known.contains(&code), "{host}: {no}");
        let (status, page) = web
            .form(
                &cookie,
                "/domains",
                "/domains",
                &[("team", TEAM), ("domain", host)],
            )
            .await
            .pair();
        assert!((200..500).contains(&status) && status != 303, "{host}");
        assert!(page.contains("usa-error-message"), "{host}: {page}");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 0, "the DNS was asked");

    let home = web.page(&cookie, "/").await.shown();
    assert!(
        home.contains("href=\"/domains\""),
        "the navigation leads there"
    );
    let team = web.page(&cookie, &format!("/teams/{TEAM}")).await.shown();
    assert!(team.contains("id=\"own_domains\""));
    let named = [("team", TEAM), ("domain", "fishing-licences.com")];
    let (status, _) = web
        .form(&cookie, "/domains", "/domains", &named)
        .await
        .pair();
    assert_eq!(status, 303);
    let page = web.page(&cookie, "/domains").await.shown();
    assert!(page.contains("_durward-challenge.fishing-licences.com"));
    let check = format!("/domains/{TEAM}/fishing-licences.com");
    let (status, _) = web
        .form(&cookie, "/domains", &check, &[("check", "1")])
        .await
        .pair();
    assert_eq!(status, 303);
    assert!(asked.load(Ordering::SeqCst) > 0);
    assert!(
        web.page(&cookie, "/domains")
            .await
            .shown()
            .contains("data-state=\"named\"")
    );
    let stranger = web.cookie("outsider").await;
    let (status, _) = web
        .form(&stranger, "/domains", &check, &[("remove", "1")])
        .await
        .pair();
    assert_eq!(status, 404);
}
