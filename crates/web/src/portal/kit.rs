//! P7: how to try an app: the sample relying party, the endpoints, a configuration to copy.

use std::sync::Arc;

use axum::Extension;
use axum::extract::Path;
use axum::response::Response;
use durward_app::demonstration::Demonstration;
use durward_app::partner::apps::AppView;
use durward_domain::application::{Key, Protocol, TokenEndpointAuthMethod};
use durward_domain::environment::EnvironmentName;
use durward_domain::permission::Action;

use super::app;
use super::desk::Desk;
use super::views::AppTest;
use crate::shared::page;

/// P7.
pub async fn show(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
    shown: Option<Extension<Arc<Demonstration>>>,
) -> Result<Response, Response> {
    let app = app::find(&desk, &handle, &environment).await?;
    let link = desk.keeper.environment(app.summary.environment);
    let issuer = link.map(|link| link.issuer.clone()).unwrap_or_default();
    let is_oidc = app.document.protocol == Protocol::Oidc;
    let demonstration = shown.map(|Extension(shown)| shown);
    let is_sandbox = app.summary.environment == EnvironmentName::Sandbox;
    let lacks = demonstration
        .as_ref()
        .filter(|_| is_oidc && is_sandbox)
        .map(|shown| lacks(&desk, &app, shown))
        .unwrap_or_default();
    let sample = demonstration.as_ref().filter(|_| is_oidc).map(|shown| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query
            .append_pair("environment", app.summary.environment.as_str())
            .append_pair("client_id", &app.summary.issuer);
        format!("{}/?{}", shown.sample_app, query.finish())
    });
    let inbox = (demonstration.is_some() && is_sandbox).then(|| format!("{issuer}/test/inbox"));
    Ok(page::html(&AppTest {
        page: desk.page("/"),
        has_kit: app.summary.environment.test_class().is_some()
            && desk.may(Action::UseTestKit, &app.summary.team),
        sample,
        lacks,
        inbox,
        endpoints: endpoints(&desk, &app, &issuer),
        snippet: is_oidc.then(|| snippet(&app, &issuer)),
        example: (is_oidc && is_sandbox).then(|| example(&app, &issuer)),
        head: app::head(&desk, &app, "test").await?,
    }))
}

fn endpoints(desk: &Desk, app: &AppView, issuer: &str) -> Vec<(String, String)> {
    let words = desk.words();
    let mut list = vec![
        (words.t("f-issuer"), app.summary.issuer.clone()),
        (words.t("endpoint-issuer"), issuer.to_owned()),
    ];
    if app.document.protocol == Protocol::Oidc {
        for (key, path) in OIDC {
            list.push((words.t(key), format!("{issuer}{path}")));
        }
    }
    list
}

/// What the sample app needs and the app does not have: the label, the value, and where it is added.
fn lacks(desk: &Desk, app: &AppView, shown: &Demonstration) -> Vec<(String, String, String)> {
    let words = desk.words();
    let base = format!("/apps/{}/{}", app.summary.handle, app.summary.environment);
    let mut lacks = Vec::new();
    let callback = format!("{}/callback", shown.sample_app);
    if !app.document.redirect_uris().contains(&callback) {
        lacks.push((words.t("f-redirect-uris"), callback, format!("{base}/edit")));
    }
    let proves = app.document.oidc.as_ref().is_some_and(|oidc| {
        oidc.token_endpoint_auth_method == TokenEndpointAuthMethod::PrivateKeyJwt
    });
    let key = Key::Pem(shown.sample_key.clone());
    let has = |known: &Key| known.fingerprint() == key.fingerprint();
    if proves && !app.document.keys.iter().any(has) {
        lacks.push((
            words.t("f-keys"),
            shown.sample_key.clone(),
            format!("{base}/keys"),
        ));
    }
    lacks
}

/// How an example of the source tree runs as this app. Its port is that of a callback on this machine.
fn example(app: &AppView, issuer: &str) -> String {
    let port = app
        .document
        .redirect_uris()
        .iter()
        .filter_map(|uri| {
            uri.strip_prefix("http://localhost:")?
                .strip_suffix("/callback")
        })
        .find(|port| port.parse::<u16>().is_ok())
        .unwrap_or("3001")
        .to_owned();
    format!(
        "cd examples/node\nnpm install\nISSUER={issuer} CLIENT_ID={} KEY_FILE=private_key.pem PORT={port} node app.mjs",
        app.summary.issuer
    )
}

/// What an OpenID Connect library needs to know.
fn snippet(app: &AppView, issuer: &str) -> String {
    let oidc = app.document.oidc.clone().unwrap_or_default();
    let mut lines = vec![
        format!("OIDC_DISCOVERY_URL={issuer}/.well-known/openid-configuration"),
        format!("OIDC_CLIENT_ID={}", app.summary.issuer),
        format!(
            "OIDC_CLIENT_AUTH={}",
            oidc.token_endpoint_auth_method.as_str()
        ),
    ];
    if oidc.token_endpoint_auth_method == TokenEndpointAuthMethod::PrivateKeyJwt {
        lines.push("OIDC_PRIVATE_KEY_FILE=private_key.pem".to_owned());
    }
    if let Some(uri) = oidc.redirect_uris.first() {
        lines.push(format!("OIDC_REDIRECT_URI={uri}"));
    }
    if let Some(uri) = oidc.post_logout_redirect_uris.first() {
        lines.push(format!("OIDC_POST_LOGOUT_REDIRECT_URI={uri}"));
    }
    lines.push(format!(
        "OIDC_ID_TOKEN_ALG={}",
        oidc.id_token_signed_response_alg.as_str()
    ));
    lines.push("OIDC_SCOPE=openid email".to_owned());
    lines.join("\n")
}

/// Paths of the programme's shape, by what they are.
const OIDC: [(&str, &str); 6] = [
    ("endpoint-discovery", "/.well-known/openid-configuration"),
    ("endpoint-authorize", "/openid_connect/authorize"),
    ("endpoint-token", "/api/openid_connect/token"),
    ("endpoint-userinfo", "/api/openid_connect/userinfo"),
    ("endpoint-certs", "/api/openid_connect/certs"),
    ("endpoint-logout", "/openid_connect/logout"),
];
