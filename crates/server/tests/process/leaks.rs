//! Canaries: values that could be anybody's go through every form, right and wrong, and are then looked for in
//! everything that the server wrote.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::path::Path;
use std::time::{Duration, Instant};

use durward_keyring::totp::TotpSecret;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::browser::{Browser, Page, filled};
use crate::planted::Planted;
use crate::support::{Demo, Durward, http, post, run, ten_ports};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_personal_and_no_secret_is_left_in_logs_metrics_files_or_addresses() {
    let kept = tempfile::tempdir().unwrap();
    let (data, log) = (kept.path().join("demo"), kept.path().join("log"));
    let demo = talkative(&data, &log).await;
    let told = demo.document().await;
    let mut planted = Planted::default();
    an_app(&demo, &told).await;

    // A person whom a test makes, with everything that can be known about one.
    let person = a_person(&demo, &told, "zqxmade@example.com", &mut planted).await;
    let mut browser = Browser::new();
    wrong_ways_in(&demo, &mut browser, &mut planted).await;
    let back = sign_in(&demo, &mut browser, &person, &mut planted).await;
    redeem(&demo, &back, &mut planted).await;
    planted.secrets(browser.cookies().cloned());

    // The keys change under whoever signs up meanwhile.
    rotate(&demo, "rotate-sealing");
    let mut newcomer = Browser::new();
    sign_up(&demo, &told, &mut newcomer, &mut planted).await;
    planted.secrets(newcomer.cookies().cloned());
    until_resealed(&demo).await;
    let later = a_person(&demo, &told, "zqxlater@example.com", &mut planted).await;
    let mut third = Browser::new();
    sign_in(&demo, &mut third, &later, &mut planted).await;
    foreign_input(&demo, &told, &mut planted).await;

    for browser in [&browser, &newcomer, &third] {
        let seen = browser.seen().join("\n");
        planted.look_for_personal("an address that a browser asked for", seen.as_bytes());
    }
    let metrics = format!("http://localhost:{}/metrics", demo.base + 9);
    let metrics = http().get(metrics).send().await.unwrap();
    planted.look("the metrics", &metrics.bytes().await.unwrap());
    // Twice: while it runs, with the log of the database beside it, and after it has ended.
    planted.look_in_files(&data);
    let mut demo = demo;
    demo.stop();
    planted.look_in_files(&data);
    let log = std::fs::read(&log).unwrap();
    assert!(log.len() > 10_000, "the log has {} bytes", log.len());
    planted.look("the log", &log);
    planted.look_for_codes(&String::from_utf8_lossy(&log));
    assert_eq!(planted.found, Vec::<String>::new());
}

async fn talkative(data: &Path, log: &Path) -> Demo {
    let base = ten_ports();
    let (folder, port) = (data.to_str().unwrap().to_owned(), base.to_string());
    let ready: Vec<String> = [0, 1, 4, 9]
        .map(|offset| format!("http://localhost:{}", base + offset))
        .into();
    let arguments = [
        "demo",
        "--data",
        &folder,
        "--port",
        &port,
        "--log-level",
        "trace",
    ];
    Demo {
        process: Some(Durward::start_into(log, &arguments, &ready).await),
        base,
        data: folder,
    }
}

/// A public client that asks for much, live in the sandbox.
async fn an_app(demo: &Demo, told: &Value) {
    let partner = &told["partners"][0];
    let document = json!({
        "schema": "durward.app/v1", "handle": "canary-pier", "team": partner["team"], "environment": "sandbox",
        "app_name": "Canary Pier", "friendly_name": "Canary Pier", "description": "Where canaries sing.",
        "issuer": CLIENT, "protocol": "oidc", "level_of_service": "identity-verified", "default_aal": "aal2",
        "attributes": ["email", "first_name", "last_name", "phone", "address1"],
        "oidc": { "token_endpoint_auth_method": "none", "redirect_uris": [BACK] },
        "failure_to_proof_url": "https://canary.example.gov/other"
    });
    let token = partner["api_token"].as_str().unwrap();
    let (status, answer) = post(&format!("{}/api/v1/apps", demo.portal()), token, &document)
        .await
        .unwrap();
    assert_eq!(status, 201, "{answer}");
}

struct Person {
    email: String,
    password: String,
    totp: TotpSecret,
}

async fn a_person(demo: &Demo, told: &Value, email: &str, planted: &mut Planted) -> Person {
    let mark = email.split('@').next().unwrap();
    let attributes = json!({
        "first_name": planted.personal(&format!("{mark}first")), "last_name": planted.personal(&format!("{mark}last")),
        "address1": planted.personal(&format!("1 {mark} Street")), "phone": planted.personal("+12025550173"),
    });
    let wanted = json!({ "email": planted.personal(email), "level": "identity-verified", "attributes": attributes });
    let token = told["environments"]["sandbox"]["automation_token"]
        .as_str()
        .unwrap();
    let (status, made) = post(
        &format!("{}/test/api/people", demo.sandbox()),
        token,
        &wanted,
    )
    .await
    .unwrap();
    assert_eq!(status, 201, "{made}");
    Person {
        email: email.to_owned(),
        password: planted.secret(made["password"].as_str().unwrap()),
        totp: TotpSecret::from_base32(&planted.secret(made["totp_secret"].as_str().unwrap()))
            .unwrap(),
    }
}

/// Where the app sends somebody who wants to sign in.
fn authorize(demo: &Demo, hint: &str) -> String {
    let mut url = url::Url::parse(&format!("{}/openid_connect/authorize", demo.sandbox())).unwrap();
    url.query_pairs_mut().extend_pairs([
        ("client_id", CLIENT),
        ("response_type", "code"),
        ("redirect_uri", BACK),
        ("scope", "openid email profile:name phone address"),
        ("acr_values", "urn:acr.login.gov:verified"),
        ("state", "a-state-of-22-characters-or-more"),
        ("nonce", "a-nonce-of-22-characters-or-more"),
        (
            "code_challenge",
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        ),
        ("code_challenge_method", "S256"),
        ("login_hint", hint),
    ]);
    url.to_string()
}

/// Wrong input at each form of a sign-in and of a sign-up, and at pages that take an address.
async fn wrong_ways_in(demo: &Demo, browser: &mut Browser, planted: &mut Planted) {
    // The app puts this into the address itself; nothing else may have it.
    let hint = planted.secret("zqxhint@example.com");
    browser.go(&authorize(demo, &hint), None, BACK).await;
    for wrong in [
        "zqxbad@@example.com",
        "zqxhead@example.com\r\nBcc: zqxbcc@example.com",
        "zqxnobody@example.com",
    ] {
        let typed = planted.personal(wrong);
        let home = browser.go(&demo.sandbox(), None, BACK).await;
        let next = send(browser, &home, &[("email", &typed)]).await;
        let wrong = planted.secret("zqxwrong password");
        send(browser, &next, &[("password", &wrong)]).await;
        let start = format!("{}/sign_up/enter_email", demo.sandbox());
        let start = browser.go(&start, None, BACK).await;
        let next = send(browser, &start, &[("email", &typed)]).await;
        let code = planted.secret("zqxcode");
        send(browser, &next, &[("code", &code)]).await;
    }
    for path in [
        "sign_up/email/confirm?token=zqxtoken",
        "openid_connect/logout?id_token_hint=zqxidhint",
        "zqxpath@example.com",
    ] {
        browser
            .go(&format!("{}/{path}", demo.sandbox()), None, BACK)
            .await;
    }
    planted
        .secret
        .extend(["zqxtoken", "zqxidhint", "zqxpath"].map(str::to_owned));
}

/// Sends the form of a page, with these for the fields that it has.
async fn send(browser: &mut Browser, page: &Page, typed: &[(&str, &str)]) -> Page {
    let form = filled(&page.html, typed);
    browser.go(page.url.as_str(), Some(form), BACK).await
}

/// Signs in for the app, with a wrong password and a wrong code on the way: the app's address with the answer.
async fn sign_in(
    demo: &Demo,
    browser: &mut Browser,
    person: &Person,
    planted: &mut Planted,
) -> String {
    let mut at = browser.go(&authorize(demo, ""), None, BACK).await;
    for (field, wrong) in [("password", "zqxoops password"), ("code", "000000")] {
        at = until(browser, at, field, person).await;
        if field == "password" {
            planted.secret(wrong);
        }
        at = send(browser, &at, &[(field, wrong)]).await;
    }
    let at = until(browser, at, "", person).await;
    assert!(at.url.as_str().starts_with(BACK), "{} {}", at.url, at.html);
    at.url.to_string()
}

/// Answers pages until one has this field.
async fn until(browser: &mut Browser, mut at: Page, field: &str, person: &Person) -> Page {
    for _ in 0..8 {
        let has = !field.is_empty() && at.html.contains(&format!("name=\"{field}\""));
        if has || at.url.as_str().starts_with(BACK) {
            return at;
        }
        let code = person.totp.code(Timestamp::now());
        let typed = [
            ("email", person.email.as_str()),
            ("password", &person.password),
            ("code", &code),
        ];
        at = send(browser, &at, &typed).await;
    }
    at
}

/// Code, tokens and userinfo; then wrong ones of each.
async fn redeem(demo: &Demo, back: &str, planted: &mut Planted) {
    let answered = url::Url::parse(back).unwrap();
    let (_, code) = answered
        .query_pairs()
        .find(|(name, _)| name == "code")
        .unwrap();
    let code = planted.secret(&code);
    let ask = async |code: &str| {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("grant_type", "authorization_code"),
                ("code", code),
                ("client_id", CLIENT),
            ])
            .extend_pairs([
                ("redirect_uri", BACK),
                (
                    "code_verifier",
                    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
                ),
            ])
            .finish();
        let answer = http()
            .post(format!("{}/api/openid_connect/token", demo.sandbox()))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body)
            .send()
            .await
            .unwrap();
        serde_json::from_str::<Value>(&answer.text().await.unwrap()).unwrap()
    };
    let tokens = ask(&code).await;
    let access = planted.secret(tokens["access_token"].as_str().unwrap());
    let id_token = tokens["id_token"].as_str().unwrap();
    planted.secrets(id_token.split('.').skip(1).map(str::to_owned));
    let userinfo = async |token: &str| {
        let address = format!("{}/api/openid_connect/userinfo", demo.sandbox());
        let answer = http().get(address).bearer_auth(token).send().await.unwrap();
        answer.text().await.unwrap()
    };
    assert!(userinfo(&access).await.contains("zqxmadefirst"));
    // The same code a second time ends the token; a wrong code and a wrong token are refused.
    ask(&code).await;
    ask(&planted.secret("zqxwrongcode")).await;
    userinfo(&access).await;
    userinfo(&planted.secret("zqxwrongaccess")).await;
}

/// From the address to an account with an authenticator app, and on to the app that asks for a verified identity.
async fn sign_up(demo: &Demo, told: &Value, browser: &mut Browser, planted: &mut Planted) {
    let email = planted.personal("zqxnewcomer@example.com");
    let password = planted.secret("zqx newcomers tide pools");
    let start = format!("{}/sign_up/enter_email", demo.sandbox());
    let mut at = browser.go(&start, None, BACK).await;
    at = send(browser, &at, &[("email", &email)]).await;
    let mail = mail_to(demo, told, &email).await;
    assert!(mail.is_object(), "no mail to {email}");
    let link = mail["links"][0].as_str().unwrap();
    planted.secrets(link.split('=').skip(1).map(str::to_owned));
    let code = mail["codes"][0].as_str().unwrap().to_owned();
    planted.short.push(code.clone());
    browser.go(link, None, BACK).await;
    at = send(browser, &at, &[("code", &code)]).await;
    at = send(browser, &at, &[("password", &planted.secret("zqxshort"))]).await;
    at = send(browser, &at, &[("password", &password)]).await;
    for _ in 0..4 {
        let Some(secret) = shown_key(&at.html) else {
            at = send(browser, &at, &[("factor", "totp")]).await;
            continue;
        };
        planted.secret(&secret.base32());
        send(browser, &at, &[("code", "111111")]).await;
        let code = secret.code(Timestamp::now());
        planted.short.push(code.clone());
        at = send(browser, &at, &[("code", &code)]).await;
        break;
    }
    let account = browser
        .go(&format!("{}/account", demo.sandbox()), None, BACK)
        .await;
    assert!(account.html.contains(&email), "{} {}", at.url, at.html);
}

/// The key of an authenticator app, in groups of four on its page.
fn shown_key(html: &str) -> Option<TotpSecret> {
    let text = html.split_once("id=\"totp-key\"")?.1;
    let text = text.split_once('>')?.1.split_once('<')?.0;
    TotpSecret::from_base32(&text.replace(char::is_whitespace, ""))
}

/// The first mail to an address, from the inbox of the environment.
async fn mail_to(demo: &Demo, told: &Value, email: &str) -> Value {
    let inbox = format!("{}/test/api/inbox?wait=20&to={email}", demo.sandbox());
    let token = told["environments"]["sandbox"]["automation_token"]
        .as_str()
        .unwrap();
    let answer = http().get(inbox).bearer_auth(token).send().await.unwrap();
    let found: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    found["items"][0].clone()
}

/// What is not even a form: other media, other letters, secrets in odd places.
async fn foreign_input(demo: &Demo, told: &Value, planted: &mut Planted) {
    let sandbox = demo.sandbox();
    let mark = planted.personal("zqxforeign@example.com");
    let token = told["environments"]["sandbox"]["automation_token"]
        .as_str()
        .unwrap();
    for body in [
        json!({ "email": format!("{mark}@@") }),
        json!({ "attributes": { "ssn": mark } }),
        json!({ "proofing": mark }),
    ] {
        post(&format!("{sandbox}/test/api/people"), token, &body)
            .await
            .unwrap();
    }
    let posts = [
        ("/", "application/json", format!("{{\"email\":\"{mark}\"}}")),
        (
            "/",
            "application/x-www-form-urlencoded",
            format!("email=%ff%fe{mark}"),
        ),
        (
            "/api/openid_connect/token",
            "application/x-www-form-urlencoded",
            format!("client_assertion={mark}&grant_type={mark}"),
        ),
        ("/api/openid_connect/token", "text/plain", mark.clone()),
        (
            "/sign_up/enter_email",
            "multipart/form-data; boundary=x",
            format!("--x\r\n{mark}"),
        ),
    ];
    for (path, media, body) in posts {
        let request = http()
            .post(format!("{sandbox}{path}"))
            .header("content-type", media);
        let request = request.header("cookie", format!("durward_sandbox={mark}"));
        request.body(body).send().await.unwrap();
    }
    for header in [
        format!("Basic {mark}"),
        format!("DPoP {mark}"),
        format!("Bearer {mark}"),
    ] {
        let address = format!("{sandbox}/api/openid_connect/userinfo");
        http()
            .get(address)
            .header("authorization", header)
            .send()
            .await
            .unwrap();
    }
    let address = format!(
        "{sandbox}/openid_connect/authorize?client_id={CLIENT}&login_hint={mark}&scope={mark}&claims={mark}"
    );
    http().get(address).send().await.unwrap();
}

fn rotate(demo: &Demo, command: &str) -> String {
    let arguments = [
        "keys",
        command,
        "--data",
        &demo.data,
        "--environment",
        "sandbox",
    ];
    let output = run(&arguments);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{output:?}");
    said
}

/// Waits until every row that lasts is under the next key.
async fn until_resealed(demo: &Demo) {
    let begun = Instant::now();
    loop {
        let said = rotate(demo, "sealing");
        let lasting = ["people", "person_emails", "signing_keys", "inbox"];
        let left = said.lines().any(|line| {
            lasting
                .iter()
                .any(|table| line.starts_with(&format!("{table} ")))
        });
        if said.contains("k2 is used") && !left {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(90), "{said}");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

const CLIENT: &str = "urn:gov:gsa:openidconnect.profiles:sp:sso:fish:canary_pier";
const BACK: &str = "http://localhost:9/back";
