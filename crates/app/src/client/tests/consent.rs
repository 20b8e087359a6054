//! A consent counts for what was shown, and for a year.

use durward_domain::attribute::Attribute;

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

const DAY: i64 = 86_400;
