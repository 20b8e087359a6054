//! A consent counts for what was shown, and for a year; one of several addresses is chosen for each app.

use durward_accounts::email::EmailAddress;
use durward_domain::attribute::Attribute;
use durward_domain::level::LevelOfService;
use durward_store::consents;

use crate::automation::PersonWanted;
use crate::citizen::addresses::Addresses;
use crate::citizen::people as accounts;
use crate::citizen::services;
use crate::citizen::vault::Vault;
use crate::client::consent_view;

use super::*;

async fn shown(
    test: &TestDoor,
    app: &TestApp,
    browser: &Browser,
    changes: &[(&str, &str)],
) -> String {
    match ask(test, browser, app.request(changes)).await {
        AuthorizeOutcome::ToClient(to) => {
            let to = to.location().unwrap();
            query(&to, "error").unwrap_or_else(|| "code".to_owned())
        }
        AuthorizeOutcome::ToPage { path, .. } => path.to_owned(),
        AuthorizeOutcome::Refused(refusal) => panic!("{refusal}"),
    }
}

#[tokio::test]
async fn people_are_asked_again_after_a_year_and_for_more() {
    for test in doors().await {
        let mut app = es256("consent");
        test.serve(&[&app]).await.unwrap();
        let (person, browser) = test.sign_in(&[&app]).await.unwrap();
        assert_eq!(shown(&test, &app, &browser, &[]).await, "code");
        app.document.attributes.push(Attribute::Locale);
        test.serve(&[&app]).await.unwrap();
        let more = [("scope", "openid email locale")];
        assert_eq!(shown(&test, &app, &browser, &more).await, pending::CONSENT);
        let by_name = [("claims", r#"{"userinfo": {"locale": null}}"#)];
        assert_eq!(
            shown(&test, &app, &browser, &by_name).await,
            pending::CONSENT
        );
        // What was agreed to still counts.
        assert_eq!(shown(&test, &app, &browser, &[]).await, "code");
        test.advance(364 * DAY);
        let later = test.sign_in_as(&person.email, &[]).await.unwrap();
        assert_eq!(shown(&test, &app, &later, &[]).await, "code");
        test.advance(DAY);
        let later = test.sign_in_as(&person.email, &[]).await.unwrap();
        assert_eq!(shown(&test, &app, &later, &[]).await, pending::CONSENT);
        let silent = [("prompt", "none")];
        assert_eq!(
            shown(&test, &app, &later, &silent).await,
            "consent_required"
        );
    }
}

/// Somebody with three addresses, in front of the consent page of this app.
async fn with_three_addresses(test: &TestDoor, app: &TestApp) -> (Vec<String>, Browser) {
    let wanted = PersonWanted {
        emails: vec!["second@example.com".into(), "third@example.com".into()],
        ..PersonWanted::default()
    };
    let (person, mut browser) = test.sign_in_with(wanted, &[]).await.unwrap();
    waits(test, app, &mut browser, &[]).await;
    let emails = [vec![person.email], person.emails].concat();
    (emails, browser)
}

async fn waits(test: &TestDoor, app: &TestApp, browser: &mut Browser, changes: &[(&str, &str)]) {
    browser.flow = match ask(test, browser, app.request(changes)).await {
        AuthorizeOutcome::ToPage { path, set_flow } if path == pending::CONSENT => set_flow,
        other => panic!("{other:?}"),
    };
}

/// Presses the button with this address chosen; where that leads, or the code of the refusal.
async fn choose(
    test: &TestDoor,
    browser: &Browser,
    email: Option<&str>,
) -> Result<Next, &'static str> {
    let view = consent_view(&test.door, browser).await.unwrap().unwrap();
    let agreed = Agreement {
        request: &view.request,
        email,
    };
    match give_consent(&test.door, browser, agreed, &trace()).await {
        Ok(next) => Ok(next),
        Err(Failure::Refused(refusal)) => Err(refusal.code()),
        Err(Failure::Fault(fault)) => panic!("{fault}"),
    }
}

async fn received(test: &TestDoor, app: &TestApp, next: Next) -> (String, String) {
    let Next::ToClient(to) = next else {
        panic!("no answer: {next:?}");
    };
    let code = query(&to.location().unwrap(), "code").unwrap();
    let answer = redeem(test, &app.form(test, &code, &[])).await.unwrap();
    let info = userinfo(test, answer.access_token()).await.unwrap();
    let told = info["email"].as_str().unwrap().to_owned();
    (answer.access_token().to_owned(), told)
}

#[tokio::test]
async fn one_of_several_addresses_goes_to_an_app_and_another_to_the_next() {
    for test in doors().await {
        let (mut app, other) = (es256("mail"), es256("post"));
        let oidc = app.document.oidc.as_mut().unwrap();
        oidc.policies.claims_in_id_token = Some(true);
        test.serve(&[&app, &other]).await.unwrap();
        let (emails, mut browser) = with_three_addresses(&test, &app).await;
        let view = consent_view(&test.door, &browser).await.unwrap().unwrap();
        let offered: Vec<_> = view.emails.iter().map(|email| email.reveal()).collect();
        assert_eq!(offered, emails);
        assert_eq!(view.email.reveal(), emails[0]);
        let next = choose(&test, &browser, Some(&emails[2])).await.unwrap();
        let Next::ToClient(to) = next else {
            panic!("no answer");
        };
        let code = query(&to.location().unwrap(), "code").unwrap();
        let answer = redeem(&test, &app.form(&test, &code, &[])).await.unwrap();
        let info = userinfo(&test, answer.access_token()).await.unwrap();
        assert_eq!(info["email"], emails[2]);
        let payload = jws::Unverified::parse(answer.id_token(), 20_000).unwrap();
        let claims: Value = serde_json::from_slice(&payload.payload).unwrap();
        assert_eq!(claims["email"], emails[2]);
        // Nothing was chosen for the other app.
        waits(&test, &other, &mut browser, &[]).await;
        let next = choose(&test, &browser, None).await.unwrap();
        let (_, told) = received(&test, &other, next).await;
        assert_eq!(told, emails[0]);
        // The page of a choice of account remembers what was chosen.
        waits(&test, &app, &mut browser, &[("prompt", "consent")]).await;
        let view = consent_view(&test.door, &browser).await.unwrap().unwrap();
        assert_eq!(view.email.reveal(), emails[2]);
    }
}

#[tokio::test]
async fn an_address_of_somebody_else_is_not_chosen() {
    for test in doors().await {
        let app = es256("mail");
        test.serve(&[&app]).await.unwrap();
        let (emails, browser) = with_three_addresses(&test, &app).await;
        let (stranger, _) = test.sign_in(&[]).await.unwrap();
        for (wrong, code) in [
            (stranger.email.as_str(), "consent/address-unknown"),
            ("nobody@example.com", "consent/address-unknown"),
            ("nobody", "email/no-at-sign"),
        ] {
            assert_eq!(choose(&test, &browser, Some(wrong)).await.err(), Some(code));
        }
        // The request waits still, and capital letters are the same address.
        let shouted = emails[1].to_ascii_uppercase();
        let next = choose(&test, &browser, Some(&shouted)).await.unwrap();
        let (_, told) = received(&test, &app, next).await;
        assert_eq!(told, emails[1]);
    }
}

#[tokio::test]
async fn a_removed_address_gives_way_to_the_oldest_and_a_revoked_consent_forgets_it() {
    for test in doors().await {
        let app = es256("mail");
        test.serve(&[&app]).await.unwrap();
        let (emails, browser) = with_three_addresses(&test, &app).await;
        let next = choose(&test, &browser, Some(&emails[2])).await.unwrap();
        let (token, told) = received(&test, &app, next).await;
        assert_eq!(told, emails[2]);
        let first = EmailAddress::parse(&emails[0]).unwrap();
        let digest = accounts::digest(&test.door, &first);
        let person = accounts::by_email(&test.door, &first).await.unwrap();
        let (person, client) = (person.unwrap().to_string(), app.id().to_owned());
        let (door, whose, of) = (Arc::clone(&test.door), person.clone(), client.clone());
        let left = test.door.store.write(move |c| {
            let vault = Vault::of(c, &door, &whose)?;
            let only = Addresses::of(&door, &vault, [&first]);
            only.replace(c, &whose, 1)?;
            consents::find_consent(c, &whose, &of)
        });
        assert_eq!(left.await.unwrap().unwrap().email_digest, None);
        let info = userinfo(&test, &token).await.unwrap();
        assert_eq!(info["email"], emails[0]);
        let revoked = test.door.store.write(move |c| {
            let chosen = consents::choose_email(c, &person, &client, &digest)?;
            let strange = consents::choose_email(c, &person, &client, "k1:strange")?;
            assert_eq!((chosen, strange), (true, false));
            consents::choose_email(c, &person, &client, &digest)?;
            consents::revoke_consent(c, &person, &client, 2)?;
            assert!(!consents::choose_email(c, &person, &client, &digest)?);
            consents::find_consent(c, &person, &client)
        });
        let revoked = revoked.await.unwrap().unwrap();
        assert_eq!((revoked.email_digest, revoked.revoked_us), (None, Some(2)));
    }
}

#[tokio::test]
async fn a_disconnected_service_keeps_nothing_and_the_record_tells_of_it() {
    for test in doors().await {
        let app = super::refresh::refreshing("away");
        test.serve(&[&app]).await.unwrap();
        let (_, browser) = test.sign_in(&[&app]).await.unwrap();
        let who = session::current(&test.door, &browser).await.unwrap();
        let who = who.unwrap();
        let code = code(&test, &app, &browser).await;
        let answer = redeem(&test, &app.form(&test, &code, &[])).await.unwrap();
        let refresh = answer.refresh_token().unwrap().to_owned();
        let mine = services::services(&test.door, &who).await.unwrap();
        assert_eq!(mine.len(), 1);
        let (when, level) = mine[0].last.unwrap();
        assert_eq!(level, LevelOfService::AuthOnly);
        let now = test.door.clock.now();
        assert!(now.duration_since(when).as_secs() < 60);
        services::disconnect(&test.door, &who, &mine[0].id, &trace())
            .await
            .unwrap();
        let form = super::refresh::form(&test, &app, &refresh, &[]);
        assert_eq!(
            redeem(&test, &form).await.err(),
            Some("token/authorization-ended")
        );
        let again = services::disconnect(&test.door, &who, &mine[0].id, &trace()).await;
        let Err(Failure::Refused(refusal)) = again else {
            panic!("disconnected twice");
        };
        assert_eq!(refusal.code(), "consent/not-connected");
        let client = app.id().to_owned();
        let kept = test
            .door
            .store
            .read(move |c| durward_store::audit::about(c, &client, 100))
            .await
            .unwrap();
        let told = kept
            .iter()
            .filter(|entry| entry.event == "person.consent_revoked");
        assert_eq!(told.count(), 1);
        let silent = [("prompt", "none")];
        assert_eq!(
            shown(&test, &app, &browser, &silent).await,
            "consent_required"
        );
    }
}

const DAY: i64 = 86_400;
