//! The addresses of an account, page by page.

use super::*;

async fn signed_up(window: &mut Window, test: &TestDoor) {
    let secret = window.sign_up(test, "ana@example.com").await;
    window.submit(&[("code", &code_now(test, &secret))]).await;
    assert_eq!(window.open("/account/emails").await, "emails");
}

async fn add(window: &mut Window, test: &TestDoor, email: &str) {
    assert_eq!(window.open("/account/emails").await, "emails");
    assert_eq!(window.submit(&[("email", email)]).await, "emails-confirm");
    let claim = hidden(&window.seen.html, "claim").unwrap();
    let code = newest(test, email).await.codes[0].clone();
    let fields = [("claim", claim.as_str()), ("code", code.as_str())];
    assert_eq!(window.submit(&fields).await, "emails");
}

async fn change(window: &mut Window, button: &str, email: &str) {
    window.open("/account/emails").await;
    let token = hidden(&window.seen.html, "csrf_token").unwrap();
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("csrf_token", token.as_str()),
            ("address", email),
            (button, "1"),
        ])
        .finish();
    window
        .send("POST", "/account/emails/change", body, &[])
        .await;
    window.follow().await;
}

#[tokio::test]
async fn an_address_is_added_made_primary_and_removed() {
    let test = TestDoor::sandbox().await.unwrap();
    let mut ana = Window::new(&test);
    signed_up(&mut ana, &test).await;
    assert!(!ana.seen.html.contains("remove_1"));
    add(&mut ana, &test, "ana@fisheries.example").await;
    assert!(ana.seen.html.contains("ana@fisheries.example"));
    assert!(ana.seen.html.contains("id=\"notice\""));
    change(&mut ana, "primary", "ana@fisheries.example").await;
    let html = &ana.seen.html;
    let (first, second) = (
        html.find("<li><p>ana@fisheries.example").unwrap(),
        html.find("<li><p>ana@example.com").unwrap(),
    );
    assert!(first < second);
    change(&mut ana, "remove", "ana@example.com").await;
    assert!(!ana.seen.html.contains("<li><p>ana@example.com"));
    change(&mut ana, "remove", "ana@fisheries.example").await;
    assert!(
        ana.seen.html.contains("<li><p>ana@fisheries.example"),
        "the last one stays"
    );
    // Nothing personal stands in an address, and a wrong one leads back to the list.
    assert_eq!(
        ana.open("/account/emails/confirm?claim=other").await,
        "emails"
    );
    let mut stranger = Window::new(&test);
    for path in ["/account/emails", "/account/emails/confirm?claim=other"] {
        assert_eq!(stranger.open(path).await, "sign-in", "{path}");
    }
}

#[tokio::test]
async fn a_link_opened_elsewhere_confirms_after_its_button() {
    let test = TestDoor::sandbox().await.unwrap();
    let mut ana = Window::new(&test);
    signed_up(&mut ana, &test).await;
    ana.open("/account/emails").await;
    ana.submit(&[("email", "ana@fisheries.example")]).await;
    let waiting = ana.at.clone();
    let link = newest(&test, "ana@fisheries.example").await.links[0].clone();
    let path = link
        .strip_prefix("http://localhost:8401")
        .unwrap()
        .to_owned();
    let mut telephone = Window::new(&test);
    assert_eq!(telephone.open(&path).await, "emails-link");
    assert!(telephone.seen.html.contains("id=\"elsewhere\""));
    assert_eq!(
        ana.open(&waiting).await,
        "emails-confirm",
        "looking does nothing"
    );
    assert_eq!(telephone.submit(&[]).await, "emails-link-done");
    assert!(telephone.session().is_none());
    assert_eq!(ana.open(&waiting).await, "emails", "confirmed meanwhile");
    assert!(ana.seen.html.contains("ana@fisheries.example"));
    telephone.open(&path).await;
    assert_eq!(telephone.seen.status, StatusCode::BAD_REQUEST, "once");
}

#[tokio::test]
async fn a_browser_gets_a_new_name_at_each_sign_in() {
    let test = TestDoor::sandbox().await.unwrap();
    let mut ana = Window::new(&test);
    signed_up(&mut ana, &test).await;
    let named = |window: &Window| window.cookies["durward_sandbox_browser"].clone();
    let first = named(&ana);
    let secret = made(&test, "ben@example.com").await;
    ana.cookies.remove("durward_sandbox");
    ana.open("/").await;
    ana.submit(&[("email", "ben@example.com")]).await;
    ana.submit(&[("password", PASSWORD)]).await;
    assert_eq!(named(&ana), first, "not before every proof");
    ana.submit(&[("code", &code_now(&test, &secret))]).await;
    assert!(ana.session().is_some());
    assert_ne!(named(&ana), first);
}
