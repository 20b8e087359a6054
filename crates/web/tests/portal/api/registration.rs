//! Programs register apps. RFC 7591

use durward_app::testing_portal::TEAM;
use durward_domain::permission::Role;
use serde_json::json;

use crate::support::Web;
use crate::teams::both;

#[tokio::test]
async fn a_program_registers_an_app_of_its_team_that_is_live_at_once() {
    let web = Web::open().await;
    let developer = web.token("developer").await;
    let metadata = json!({
        "client_name": "Tide Tables", "redirect_uris": ["http://localhost:9/cb"], "token_endpoint_auth_method": "none",
        "post_logout_redirect_uris": ["http://localhost:9/out"], "backchannel_logout_uri": "http://localhost:9/bye",
        "contacts": ["rowan.field@example.gov"], "logo_uri": "https://tides.example.gov/logo.png", "unheard_of": 1,
        "subject_type": "public", "response_types": ["code"], "scope": "openid email",
    });
    let made = web.post(&developer, "/register", metadata.clone()).await;
    assert_eq!(made.header("cache-control"), "no-store");
    let answer = made.is(201);
    let client_id = answer["client_id"].as_str().unwrap();
    for (name, value) in [
        ("client_name", json!("Tide Tables")),
        ("redirect_uris", json!(["http://localhost:9/cb"])),
        ("token_endpoint_auth_method", json!("none")),
        (
            "post_logout_redirect_uris",
            json!(["http://localhost:9/out"]),
        ),
        ("backchannel_logout_uri", json!("http://localhost:9/bye")),
        ("backchannel_logout_session_required", json!(true)),
        ("subject_type", json!("pairwise")),
        ("response_types", json!(["code"])),
        ("scope", json!("openid email")),
        // Not honoured, or not offered: not answered.
        ("logo_uri", json!(null)),
        ("unheard_of", json!(null)),
        ("registration_client_uri", json!(null)),
        ("registration_access_token", json!(null)),
        ("client_secret", json!(null)),
    ] {
        assert_eq!(answer[name], value, "{name} of {answer}");
    }
    assert!(answer["client_id_issued_at"].as_i64().unwrap() > 1_700_000_000);
    let handle = client_id.rsplit(':').next().unwrap();
    let path = format!("/apps/{handle}/sandbox");
    let document = web.get(&developer, &path).await.is(200);
    assert_eq!(
        (&document["issuer"], &document["friendly_name"]),
        (&json!(client_id), &json!("Tide Tables"))
    );
    let status = web.get(&developer, &format!("{path}/status")).await.is(200);
    assert_eq!(status["app"]["revision"], status["app"]["live_revision"]);
    // Each has an id of its own, and nobody chooses it.
    let mut wish = metadata;
    wish["client_id"] = json!(client_id);
    let second = web.post(&developer, "/register", wish).await.is(201);
    assert_ne!(second["client_id"], answer["client_id"]);
}

#[tokio::test]
async fn what_cannot_be_registered_is_refused_as_rfc_7591_says() {
    let web = Web::open().await;
    let developer = web.token("developer").await;
    let refused = async |metadata: serde_json::Value, error: &str| {
        let answer = web.post(&developer, "/register", metadata).await;
        assert_eq!(answer.status, 400, "{}", answer.json);
        assert_eq!(answer.json["error"], error, "{}", answer.json);
        let description = answer.json["error_description"].as_str().unwrap();
        assert!(description.len() > 10);
        // The names of the metadata, not the places of the app document.
        assert!(!description.contains("/oidc/"), "{description}");
        assert!(answer.json["request_id"].is_string());
    };
    refused(
        json!({ "token_endpoint_auth_method": "none" }),
        "invalid_redirect_uri",
    )
    .await;
    refused(
        json!({ "redirect_uris": ["https://*.example.gov/cb"], "token_endpoint_auth_method": "none" }),
        "invalid_redirect_uri",
    )
    .await;
    refused(
        json!({ "redirect_uris": ["http://localhost:9/cb#x"], "token_endpoint_auth_method": "none" }),
        "invalid_redirect_uri",
    )
    .await;
    refused(
        json!({ "redirect_uris": ["http://localhost:9/cb"], "token_endpoint_auth_method": "private_key_jwt" }),
        "invalid_client_metadata",
    )
    .await;
    let wild = json!({ "redirect_uris": ["https://a.example.gov/cb", "https://*.example.gov/cb"], "token_endpoint_auth_method": "none" });
    let said = web.post(&developer, "/register", wild).await.json["error_description"].clone();
    assert!(
        said.as_str().unwrap().starts_with("redirect_uris[1]: "),
        "{said}"
    );
    // Without a token, and without the right.
    let body =
        json!({ "redirect_uris": ["http://localhost:9/cb"], "token_endpoint_auth_method": "none" });
    let stranger = web.post("nobody", "/register", body.clone()).await;
    assert_eq!(stranger.status, 401);
    assert!(
        stranger
            .header("www-authenticate")
            .contains("invalid_token")
    );
    let (_, reader) = web
        .member("looker", &both(TEAM, Role::PartnerReadonly))
        .await;
    web.post(&reader, "/register", body)
        .await
        .refused(403, "permission/role");
}
