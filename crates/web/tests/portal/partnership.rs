//! The public pages and form of partnership, attacked; and the way of an agency by the API.

use axum::body::Body;
use axum::http::{Request, header};
use durward_domain::level::Aal;
use serde_json::{Value, json};

use crate::support::{FORM, Said, Web, between};

const FORM_PATH: &str = "/partnership/interest";

/// A stranger's browser: its cookie and the token of its forms.
async fn stranger(web: &Web) -> (String, String) {
    let page = web.page("", FORM_PATH).await;
    let cookies: Vec<&str> = page
        .headers
        .get_all("set-cookie")
        .iter()
        .filter_map(|value| value.to_str().unwrap().split(';').next())
        .collect();
    let token = between(&page.text, "name=\"csrf_token\"", "value=\"", "\"").to_owned();
    (cookies.join("; "), token)
}

fn fields() -> Vec<(&'static str, &'static str)> {
    vec![
        ("name", "Robin Quill"),
        ("title", "Programme manager"),
        ("email", "robin.quill@newagency.gov"),
        ("agency", "Bureau of Harbours"),
        ("agency_kind", "federal"),
        ("programme", "Mooring permits"),
        ("estimated_users", "100,000"),
        ("estimated_auths", "400000"),
        ("proofing", "auth_only"),
    ]
}

async fn send(
    web: &Web,
    (cookie, token): (&str, &str),
    fields: &[(&str, &str)],
    headers: &[(&str, &str)],
) -> Said {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("csrf_token", token)
        .extend_pairs(fields)
        .finish();
    let mut request = Request::post(FORM_PATH)
        .header(header::COOKIE, cookie)
        .header(FORM.0, FORM.1);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    web.send(request.body(Body::from(body)).unwrap()).await
}

async fn count(web: &Web) -> usize {
    let (_, list) = web
        .api("manager", "GET", "/partnerships", &Value::Null)
        .await;
    list["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_stranger_sends_the_form_and_nothing_else_gets_through() {
    let web = Web::open().await;
    let (cookie, token) = stranger(&web).await;
    let sent = send(&web, (&cookie, &token), &fields(), &[]).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    let thanks = web.page(&cookie, sent.header("location")).await.shown();
    assert!(thanks.contains("data-page=\"partnership-interest-sent\""));
    assert_eq!(count(&web).await, 1);

    // Another site, another visitor's token, none at all.
    let foreign = [("origin", "https://evil.example")];
    let sent = send(&web, (&cookie, &token), &fields(), &foreign).await;
    assert_eq!(sent.status, 403);
    let (other, _) = stranger(&web).await;
    assert_eq!(
        send(&web, (&other, &token), &fields(), &[]).await.status,
        403
    );
    assert_eq!(send(&web, (&cookie, ""), &fields(), &[]).await.status, 403);
    // What programs fill in is thanked and dropped.
    let mut trapped = fields();
    trapped.push(("website", "https://spam.example"));
    let sent = send(&web, (&cookie, &token), &trapped, &[]).await;
    assert_eq!(sent.status, 303);
    assert_eq!(count(&web).await, 1);
    // The page of thanks prints a reference and nothing else.
    for bad in ["", "%3Cb%3Ex", "P-%3Cb%3E12345", "P-7K3Q9D2M%20and%20more"] {
        let path = format!("{FORM_PATH}/sent?reference={bad}");
        assert_eq!(web.page("", &path).await.status, 404, "{bad}");
    }
}

#[tokio::test]
async fn a_refused_form_keeps_what_was_typed_and_shows_it_as_text() {
    let web = Web::open().await;
    let (cookie, token) = stranger(&web).await;
    let mut wrong = fields();
    wrong[0] = ("name", "\"><script>alert(1)</script>");
    wrong[2] = ("email", "nobody");
    wrong[4] = ("agency_kind", "state_local");
    let said = send(&web, (&cookie, &token), &wrong, &[]).await;
    assert_eq!(said.status, 422);
    assert!(!said.text.contains("<script>"), "{}", said.text);
    for kept in ["value=\"nobody\"", "Mooring permits", "value=\"100,000\""] {
        assert!(said.text.contains(kept), "{kept}");
    }
    for field in ["email_error", "federally_funded_error"] {
        assert!(said.text.contains(field), "{field}");
    }
    assert_eq!(count(&web).await, 0);
}

#[tokio::test]
async fn many_forms_from_one_network_are_slowed() {
    let web = Web::open().await;
    let (cookie, token) = stranger(&web).await;
    for _ in 0..20 {
        assert_eq!(
            send(&web, (&cookie, &token), &fields(), &[]).await.status,
            303
        );
    }
    assert_eq!(
        send(&web, (&cookie, &token), &fields(), &[]).await.status,
        429
    );
}

#[tokio::test]
async fn the_estimator_is_open_to_anyone_and_saves_nothing() {
    let web = Web::open().await;
    let path = "/partnership/estimate?users=10000&auths=1,200,000&new_proofings=&existing_proofings=&start=2027-01&months=12&model=3&shape=even";
    let page = web.page("", path).await.shown();
    // A month: 100,000 sign-ins at 0.05.
    for text in [
        "$60,000.00",
        "FY 2027",
        "FY 2028",
        "id=\"chart\"",
        "data-year=\"2027\"",
    ] {
        assert!(page.contains(text), "{text}");
    }
    assert!(!page.contains("name=\"save\""));
    let wrong = web
        .page(
            "",
            "/partnership/estimate?users=%22%3E%3Cb%3E&start=x&model=3",
        )
        .await;
    assert_eq!(wrong.status, 422);
    assert!(!wrong.text.contains("\"><b>") && wrong.text.contains("users_error"));
}

#[tokio::test]
async fn an_agency_goes_from_interest_to_an_accepted_estimate_by_the_api() {
    let web = Web::open().await;
    let interest: serde_json::Map<String, Value> = fields()
        .into_iter()
        .map(|(name, value)| (name.to_owned(), json!(value)))
        .collect();
    let (status, entered) = web
        .api("manager", "POST", "/partnerships", &Value::Object(interest))
        .await;
    assert_eq!(status, 201, "{entered}");
    assert_eq!(entered["progress"]["waiting"]["task"], "call");
    let base = format!("/partnerships/{}", entered["id"].as_str().unwrap());
    let steps = format!("{base}/steps");
    for step in [
        json!({ "do": "done", "task": "call" }),
        json!({ "do": "judge", "fit": true, "reason": "It fits." }),
        json!({ "do": "link", "team": "fisheries-digital" }),
        json!({ "do": "note", "text": "Between us." }),
    ] {
        let (status, said) = web.api("manager", "POST", &steps, &step).await;
        assert_eq!(status, 200, "{step}: {said}");
    }
    let (status, problem) = web
        .api(
            "admin",
            "POST",
            &steps,
            &json!({ "do": "pause", "reason": "No." }),
        )
        .await;
    assert_eq!(
        (status, problem["code"].as_str()),
        (403, Some("permission/role"))
    );
    let (status, problem) = web.api("outsider", "GET", &base, &Value::Null).await;
    assert_eq!(
        (status, problem["code"].as_str()),
        (404, Some("partnership/not-found"))
    );

    let plan = json!({ "model": 3, "start": "2027-01", "months": 12, "auths": 1_200_000 });
    let (status, priced) = web.api("reader", "POST", "/estimates", &plan).await;
    assert_eq!((status, priced["total"].as_i64()), (200, Some(6_000_000)));
    let new = json!({ "name": "First", "plan": plan });
    let (status, saved) = web
        .api("admin", "POST", "/teams/fisheries-digital/estimates", &new)
        .await;
    assert_eq!(status, 201, "{saved}");
    let accept = format!("/estimates/{}/accept", saved["id"].as_str().unwrap());
    let (status, _) = web.api("developer", "POST", &accept, &Value::Null).await;
    assert_eq!(status, 403);
    let (status, accepted) = web.api("admin", "POST", &accept, &Value::Null).await;
    assert_eq!((status, accepted["accepted"].is_string()), (200, true));
    let (_, seen) = web.api("admin", "GET", &base, &Value::Null).await;
    assert_eq!(seen["progress"]["waiting"]["task"], "sandbox_app");
    assert!(!seen.to_string().contains("Between us."));
}

#[tokio::test]
async fn staff_edit_a_public_page_that_nobody_can_attack_with() {
    let web = Web::open().await;
    let attack = "# New title\n\n<script>alert(1)</script> [x](javascript:alert(1)) [good](/partnership/steps)\n";
    let path = "/site/service/en";
    let (status, saved) = web
        .api(
            "manager",
            "PUT",
            path,
            &json!({ "text": attack, "over": 0 }),
        )
        .await;
    assert_eq!(
        (status, saved["number"].as_i64()),
        (200, Some(1)),
        "{saved}"
    );
    let page = web.page("", "/partnership?locale=en").await.shown();
    assert!(page.contains("<h1>New title</h1>"), "{page}");
    assert!(
        !page.contains("<script") && !page.contains("href=\"javascript"),
        "{page}"
    );
    let french = web.page("", "/partnership?locale=fr").await.shown();
    assert!(
        !french.contains("New title"),
        "each language has its own text"
    );
    let (status, problem) = web
        .api(
            "manager",
            "PUT",
            path,
            &json!({ "text": "# Mine", "over": 0 }),
        )
        .await;
    assert_eq!(
        (status, problem["code"].as_str()),
        (412, Some("site/stale"))
    );
    let (status, _) = web
        .api(
            "admin",
            "PUT",
            path,
            &json!({ "text": "# Mine", "over": 1 }),
        )
        .await;
    assert_eq!(status, 403);

    // By the form: a preview keeps nothing, an old revision comes back.
    let cookie = web.cookie("manager").await;
    let fields = [("text", "# Two"), ("over", "1"), ("preview", "1")];
    let shown = web.form(&cookie, path, path, &fields).await.shown();
    assert!(shown.contains("id=\"preview_of\""));
    let saved = web.form(&cookie, path, path, &fields[..2]).await;
    assert_eq!(saved.status, 303);
    let old = format!("{path}/revisions/1");
    assert_eq!(web.form(&cookie, &old, &old, &[]).await.status, 303);
    let (_, now) = web.api("manager", "GET", path, &Value::Null).await;
    assert_eq!(now["revisions"].as_array().unwrap().len(), 3);
    assert!(now["text"].as_str().unwrap().starts_with("# New title"));
}

#[tokio::test]
async fn the_front_door_is_the_public_site_and_search_engines_stay_there() {
    let web = Web::open().await;
    let front = web.page("", "/").await;
    assert_eq!(
        (front.status, front.header("location")),
        (303, "/partnership")
    );
    let public = web.page("", "/partnership").await.shown();
    for text in ["href=\"/sign-in\"", "id=\"interest\"", "/partnership/steps"] {
        assert!(public.contains(text), "{text}");
    }
    assert!(!public.contains("noindex"));
    for path in [
        "/help",
        "/partnership/estimate?users=1&auths=&start=2027-01&model=3",
        "/partnership/interest/sent?reference=P-7K3Q9D2M",
        "/partnership/nothing",
    ] {
        assert!(web.page("", path).await.text.contains("noindex"), "{path}");
    }
    let robots = web.page("", "/robots.txt").await.shown();
    assert!(robots.contains("Disallow: /\n") && robots.contains("Allow: /partnership\n"));
    let map = web.page("", "/sitemap.xml").await.shown();
    for path in map.split("<loc>").skip(1) {
        let url = path.split('<').next().unwrap();
        let path = &url[url.find("/partnership").unwrap()..];
        assert!(
            !web.page("", path).await.shown().contains("noindex"),
            "{path}"
        );
    }

    // Who is signed in reads the same pages, and comes back to the portal.
    let cookie = web.cookie("manager").await;
    let shown = web.page(&cookie, "/partnership").await.shown();
    assert!(!shown.contains("href=\"/today\"") && !shown.contains("href=\"/sign-in\""));
    assert!(shown.contains("id=\"sign_out\""));
    let home = web.page(&cookie, "/").await.shown();
    assert!(home.contains("data-page=\"portal-home\"") && home.contains("noindex"));
}

const PLANNED: &str =
    "/partnership/estimate?users=10000&auths=1200000&start=2027-01&months=12&model=3&shape=even";

#[tokio::test]
async fn a_newcomer_saves_an_estimate_that_their_first_team_takes_over() {
    let web = Web::open().await;
    let stranger = web.page("", PLANNED).await.shown();
    let way = between(&stranger, "id=\"sign_in\"", "href=\"", "\"");
    let back = way
        .split_once("return_to=")
        .unwrap()
        .1
        .replace("&amp;", "&");
    let back: String = url::form_urlencoded::parse(format!("x={back}").as_bytes())
        .next()
        .unwrap()
        .1
        .into();
    assert_eq!(back, PLANNED);

    let (id, token) = web.member("newcomer", &[]).await;
    let cookie = web.cookie_of(&id, Aal::Aal2).await;
    let shown = web.page(&cookie, &back).await.shown();
    assert!(shown.contains("<option value=\"own\""), "{shown}");
    let query = back.split_once('?').unwrap().1;
    let mut fields: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    fields.extend([("name", "First"), ("place", "own")].map(|(a, b)| (a.into(), b.into())));
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let saved = web.form(&cookie, &back, "/estimates", &fields).await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let path = saved.header("location").to_owned();
    let own = web.page(&cookie, &path).await.shown();
    assert!(own.contains("$60,000.00") && !own.contains("estimate-accept"));
    assert!(
        web.page(&cookie, "/estimates")
            .await
            .shown()
            .contains(&path)
    );

    // Nobody else of the same standing, and no team; the programme sees it.
    let (other, _) = web.member("another", &[]).await;
    let other = web.cookie_of(&other, Aal::Aal2).await;
    let admin = web.cookie("admin").await;
    for cookie in [&other, &admin] {
        assert_eq!(web.page(cookie, &path).await.status, 404);
        assert!(!web.page(cookie, "/estimates").await.shown().contains(&path));
    }
    for staff in ["manager", "administrator"] {
        let cookie = web.cookie(staff).await;
        assert!(
            web.page(&cookie, "/estimates")
                .await
                .shown()
                .contains(&path)
        );
        assert_eq!(web.page(&cookie, &path).await.status, 200);
    }

    let team = json!({ "name": "Fish Counters", "agency": "abc" });
    web.post(&token, "/teams", team).await.is(201);
    let all = web.get(&token, "/estimates").await.is(200);
    assert_eq!(all["items"][0]["team"], "fish-counters");
    let of_team = web.get(&token, "/teams/fish-counters/estimates").await;
    assert_eq!(of_team.is(200)["items"][0]["name"], "First");
}

#[tokio::test]
async fn the_contact_of_an_interest_saves_with_it_and_nobody_else_does() {
    let web = Web::open().await;
    let (cookie, token) = stranger(&web).await;
    assert_eq!(
        send(&web, (&cookie, &token), &fields(), &[]).await.status,
        303
    );
    let (_, list) = web
        .api("manager", "GET", "/partnerships", &Value::Null)
        .await;
    let id = list["items"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/partnerships/{id}/estimates");
    let plan = json!({ "model": 3, "start": "2027-01", "months": 12, "auths": 1_200_000 });
    let new = json!({ "name": "Ours", "plan": plan });

    let (_, other) = web.member("another@newagency.gov", &[]).await;
    web.post(&other, &path, new.clone())
        .await
        .refused(404, "estimate/not-found");
    let (contact, token) = web.member("robin.quill@newagency.gov", &[]).await;
    let cookie = web.cookie_of(&contact, Aal::Aal2).await;
    let shown = web.page(&cookie, PLANNED).await.shown();
    assert!(shown.contains(&format!("value=\"partnership:{id}\"")));
    let saved = web.post(&token, &path, new).await.is(201);
    assert_eq!(saved["partnership"], id.as_str());
    // The partnership itself stays the programme's until it has a team.
    web.get(&token, &format!("/partnerships/{id}"))
        .await
        .refused(404, "partnership/not-found");
    let (_, seen) = web.api("manager", "GET", &path, &Value::Null).await;
    assert_eq!(seen["items"].as_array().unwrap().len(), 1);
    let (_, estimates) = web
        .api("manager", "GET", "/estimates?limit=1", &Value::Null)
        .await;
    assert_eq!(estimates["items"].as_array().unwrap().len(), 1);
}
