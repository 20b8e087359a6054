//! A program registers an app of its team in the sandbox by itself. RFC 7591, OpenID Connect Dynamic Client Registration 1.0
//!
//! The initial access token is an API token of the team. The app is one like any other: it stands in the portal, with
//! revisions, and goes to production by a launch.

mod field;

use std::sync::Arc;

use durward_domain::application::{AppDocument, Policies, TokenEndpointAuthMethod as Method};
use durward_domain::attribute::Attribute;
use durward_domain::environment::EnvironmentName;
use durward_domain::formats::{self, Format, FormatFault, Hints};
use durward_domain::id::{AppHandle, TeamHandle};
use durward_domain::lint::Finding;
use durward_domain::permission::Action;
use durward_domain::refusal::{RefusalKind, Refuse};
use serde_json::{Map, Value, json};

use super::apps::AppRefusal;
use super::save::{Input, Save, save_app};
use super::secrets::{self, SecretDenied};
use crate::actor::{Belongs, Member};
use crate::failure::{Failure, Fault};
use crate::keeper::Keeper;
use crate::record::Trace;

/// Registers an app of the member's team in the sandbox; live when it answers. Answers the metadata as they are
/// registered: what was asked for and is not honoured is not among them. RFC 7591 §3.2.1
///
/// # Errors
/// [`RegistrationRefusal`], or a fault.
pub async fn register(
    keeper: &Arc<Keeper>,
    member: &Member,
    body: &[u8],
    trace: &Trace,
) -> Result<Map<String, Value>, Failure<RegistrationRefusal>> {
    let registered = make(keeper, member, body, trace).await;
    let outcome = match &registered {
        Ok(_) => "registered",
        Err(Failure::Refused(_)) => "refused",
        Err(Failure::Fault(_)) => "fault",
    };
    metrics::counter!("durward_registrations_total", "outcome" => outcome).increment(1);
    registered
}

async fn make(
    keeper: &Arc<Keeper>,
    member: &Member,
    body: &[u8],
    trace: &Trace,
) -> Result<Map<String, Value>, Failure<RegistrationRefusal>> {
    let team = team_of(member).map_err(Failure::Refused)?;
    let mut document = read(body, &team, &keeper.random.crockford(10)).map_err(Failure::Refused)?;
    let has_secret = may_use_secret(&mut document, &keeper.programme.policies);
    if has_secret && !secrets::kept_here(keeper, EnvironmentName::Sandbox) {
        let refusal = RegistrationRefusal::Secret(SecretDenied::Elsewhere);
        return Err(Failure::Refused(refusal));
    }
    let input = Input::Document(Box::new(document.clone()));
    save_app(keeper, member, input, Save::Create, NOTE, trace)
        .await
        .map_err(|failure| match failure {
            Failure::Refused(refusal) => Failure::Refused(refusal.into()),
            Failure::Fault(fault) => Failure::Fault(fault),
        })?;
    let exported = formats::export(&document, Format::OidcMetadata, true)
        .map_err(|refusal| Fault::internal(format!("writing client metadata: {refusal}")))?;
    let mut metadata: Map<String, Value> = serde_json::from_str(&exported.text)
        .map_err(|_| Fault::internal("client metadata are no JSON object"))?;
    metadata.insert(
        "client_id_issued_at".to_owned(),
        json!(keeper.clock.real_now().as_second()),
    );
    if has_secret {
        let place = (document.handle.as_str(), EnvironmentName::Sandbox);
        let made = secrets::make(keeper, member, place, None, trace)
            .await
            .map_err(|failure| match failure {
                Failure::Refused(denied) => Failure::Refused(RegistrationRefusal::Secret(denied)),
                Failure::Fault(fault) => Failure::Fault(fault),
            })?;
        metadata.insert("client_secret".to_owned(), json!(made.secret));
        // RFC 7591 §3.2.1: 0 for one that does not expire.
        metadata.insert("client_secret_expires_at".to_owned(), json!(0));
    }
    if metadata.contains_key("backchannel_logout_uri") {
        // Each logout token names the session.
        metadata.insert(
            "backchannel_logout_session_required".to_owned(),
            json!(true),
        );
    }
    Ok(metadata)
}

/// Why nothing was registered.
#[derive(Debug, thiserror::Error)]
pub enum RegistrationRefusal {
    /// The member may not, or the portal says no for another reason than the metadata.
    #[error(transparent)]
    App(AppRefusal),
    /// The token says no team.
    #[error("The token is not of one team. Use a token that is made for a team.")]
    NoTeam,
    /// No secret can be made.
    #[error(transparent)]
    Secret(SecretDenied),
    /// A redirect URI that cannot be registered.
    #[error("{0}")]
    Redirect(String),
    /// Metadata that cannot be registered.
    #[error("{0}")]
    Metadata(String),
}

impl RegistrationRefusal {
    /// The error of RFC 7591 §3.2.2, where it is one.
    pub const fn error(&self) -> Option<&'static str> {
        match self {
            Self::App(_) => None,
            Self::Redirect(_) => Some("invalid_redirect_uri"),
            Self::NoTeam | Self::Secret(_) | Self::Metadata(_) => Some("invalid_client_metadata"),
        }
    }

    fn finding(finding: &Finding) -> Self {
        Self::at(&finding.path, &finding.message)
    }

    fn fault(fault: &FormatFault) -> Self {
        Self::at(&fault.path, &fault.message)
    }

    /// Whoever reads it knows the names of the metadata, not those of the app document.
    fn at(path: &str, message: &str) -> Self {
        let member = field::of(path);
        let sentence = if member.is_empty() {
            message.to_owned()
        } else {
            format!("{member}: {message}")
        };
        if member.starts_with("redirect_uris") {
            Self::Redirect(sentence)
        } else {
            Self::Metadata(sentence)
        }
    }
}

impl From<AppRefusal> for RegistrationRefusal {
    fn from(refusal: AppRefusal) -> Self {
        let findings = refusal.findings();
        match findings.iter().find(|finding| finding.is_error()) {
            Some(finding) => Self::finding(finding),
            None => Self::App(refusal),
        }
    }
}

impl Refuse for RegistrationRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::App(refusal) => refusal.code(),
            Self::NoTeam => "registration/no-team",
            Self::Secret(denied) => denied.code(),
            Self::Redirect(_) => "registration/redirect-uri",
            Self::Metadata(_) => "registration/metadata",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::App(refusal) => refusal.kind(),
            _ => RefusalKind::Invalid,
        }
    }
}

/// The one team that the token registers apps of.
fn team_of(member: &Member) -> Result<TeamHandle, RegistrationRefusal> {
    let mut teams = member.teams();
    teams.retain(|team| member.reaches(Action::CreateSandboxApp, Belongs::ToTeam(team)));
    match teams.as_slice() {
        [one] => TeamHandle::parse(one).map_err(|_| RegistrationRefusal::NoTeam),
        _ => Err(RegistrationRefusal::NoTeam),
    }
}

/// Metadata as an app of a team. What is not honoured is passed over. RFC 7591 §2
fn read(body: &[u8], team: &TeamHandle, tag: &str) -> Result<AppDocument, RegistrationRefusal> {
    let metadata = |sentence: &str| RegistrationRefusal::Metadata(sentence.to_owned());
    let mut sent: Map<String, Value> = serde_json::from_slice(body)
        .map_err(|_| metadata("The body is not one JSON object of client metadata."))?;
    sent.retain(|name, value| HONOURED.contains(&name.as_str()) && !value.is_null());
    one_of(&sent, "response_types", &["code"])?;
    one_of(
        &sent,
        "grant_types",
        &["authorization_code", "client_credentials"],
    )?;
    let handle = format!("registered-{}", tag.to_ascii_lowercase());
    sent.insert(
        "client_id".to_owned(),
        json!(format!("{CLIENT_IDS}{handle}")),
    );
    let scoped = sent.contains_key("scope");
    let hints = Hints {
        handle: AppHandle::parse(&handle).ok(),
        team: Some(team.clone()),
        environment: Some(EnvironmentName::Sandbox),
    };
    let text = Value::Object(sent).to_string();
    let read = formats::import(&text, Some(Format::OidcMetadata), &hints);
    let mut document = match read {
        Ok(imported) => imported.document,
        Err(refusal) => {
            return Err(match refusal.faults.first() {
                Some(fault) => RegistrationRefusal::fault(fault),
                None => metadata("The client metadata cannot be read."),
            });
        }
    };
    // Kept as it came, it would be written back as if it were honoured.
    document.extras.clear();
    if document.friendly_name.is_empty() {
        document.friendly_name.clone_from(&handle);
        document.app_name = handle;
    }
    if !scoped {
        document.attributes = vec![Attribute::Email];
    }
    let oidc = document.oidc.clone().unwrap_or_default();
    if oidc.redirect_uris.is_empty() {
        return Err(RegistrationRefusal::Redirect(
            "redirect_uris is missing. Send at least one.".to_owned(),
        ));
    }
    match oidc.token_endpoint_auth_method {
        Method::TlsClientAuth => Err(metadata(
            "token_endpoint_auth_method tls_client_auth cannot be registered here. Send private_key_jwt with jwks or jwks_uri, client_secret_basic, client_secret_post, or none.",
        )),
        _ => Ok(document),
    }
}

/// Does the app prove itself by a secret? Then its own policies allow that where the programme's do not.
fn may_use_secret(document: &mut AppDocument, policies: &Policies) -> bool {
    let Some(oidc) = document.oidc.as_mut() else {
        return false;
    };
    let method = oidc.token_endpoint_auth_method;
    let by_secret = matches!(method, Method::ClientSecretBasic | Method::ClientSecretPost);
    if by_secret && !policies.auth_methods.contains(&method) {
        oidc.policies.auth_methods = Some(vec![method]);
    }
    by_secret
}

/// A list that is sent must have something that we do.
fn one_of(
    sent: &Map<String, Value>,
    name: &str,
    known: &[&str],
) -> Result<(), RegistrationRefusal> {
    let Some(list) = sent.get(name).and_then(Value::as_array) else {
        return Ok(());
    };
    let does = |value: &Value| value.as_str().is_some_and(|text| known.contains(&text));
    if list.is_empty() || list.iter().any(does) {
        return Ok(());
    }
    Err(RegistrationRefusal::Metadata(format!(
        "{name} has nothing that can be registered here. Send {}.",
        known.join(" or ")
    )))
}

/// What of the metadata this build does something with.
const HONOURED: &[&str] = &[
    "backchannel_logout_uri",
    "client_name",
    "contacts",
    "dpop_bound_access_tokens",
    "grant_types",
    "id_token_encrypted_response_alg",
    "id_token_encrypted_response_enc",
    "id_token_signed_response_alg",
    "jwks",
    "jwks_uri",
    "post_logout_redirect_uris",
    "redirect_uris",
    "require_pushed_authorization_requests",
    "require_signed_request_object",
    "response_types",
    "scope",
    "token_endpoint_auth_method",
    "userinfo_encrypted_response_alg",
    "userinfo_encrypted_response_enc",
    "userinfo_signed_response_alg",
];
const CLIENT_IDS: &str = "urn:gov:gsa:openidconnect.profiles:sp:sso:";
const NOTE: &str = "Registered by a program.";

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use durward_domain::programme::Programme;

    use super::*;

    fn judged(metadata: Value) -> Result<AppDocument, Option<&'static str>> {
        let team = TeamHandle::parse("fisheries-digital").unwrap();
        read(metadata.to_string().as_bytes(), &team, "ABC123").map_err(|refusal| refusal.error())
    }

    fn check(metadata: Value, error: &'static str) {
        assert_eq!(judged(metadata).map(drop), Err(Some(error)));
    }

    #[test]
    fn metadata_become_an_app_of_the_team_in_the_sandbox() {
        let document = judged(json!({
            "client_id": "urn:mine", "client_secret": "mine", "client_name": "Tides", "client_name#fr": "Marées",
            "redirect_uris": ["https://tides.example.gov/cb"], "token_endpoint_auth_method": "none",
            "logo_uri": "https://tides.example.gov/logo.png", "unheard_of": { "a": 1 }, "tos_uri": null,
            "grant_types": ["authorization_code", "implicit"], "response_types": ["code", "id_token"], "subject_type": "public",
        }))
        .unwrap();
        assert_eq!(document.handle.as_str(), "registered-abc123");
        assert_eq!(
            document.issuer,
            "urn:gov:gsa:openidconnect.profiles:sp:sso:registered-abc123"
        );
        assert_eq!(document.environment, EnvironmentName::Sandbox);
        assert_eq!(document.friendly_name, "Tides");
        assert!(document.extras.is_empty());
    }

    /// RFC 7591 §2: left out means `client_secret_basic`.
    #[test]
    fn an_app_that_proves_itself_by_a_secret_may_by_its_own_policy() {
        let mut document = judged(json!({ "redirect_uris": ["https://a.gov/cb"] })).unwrap();
        let policies = Programme::named("us").unwrap().policies.clone();
        assert!(may_use_secret(&mut document, &policies));
        let own = document.oidc.unwrap().policies.auth_methods;
        assert_eq!(own, Some(vec![Method::ClientSecretBasic]));
    }

    #[test]
    fn refusals_of_rfc_7591() {
        let uris = json!(["https://tides.example.gov/cb"]);
        check(json!([]), "invalid_client_metadata");
        check(
            json!({ "token_endpoint_auth_method": "none" }),
            "invalid_redirect_uri",
        );
        check(
            json!({ "redirect_uris": [], "token_endpoint_auth_method": "none" }),
            "invalid_redirect_uri",
        );
        check(
            json!({ "redirect_uris": "https://a.gov", "token_endpoint_auth_method": "none" }),
            "invalid_redirect_uri",
        );
        for (name, value) in [
            ("token_endpoint_auth_method", json!("client_secret_jwt")),
            ("token_endpoint_auth_method", json!("tls_client_auth")),
            ("response_types", json!(["token"])),
            ("grant_types", json!(["password"])),
            ("id_token_signed_response_alg", json!("none")),
            ("jwks", json!({ "keys": 1 })),
        ] {
            let mut metadata =
                json!({ "redirect_uris": uris, "token_endpoint_auth_method": "none" });
            metadata[name] = value;
            check(metadata, "invalid_client_metadata");
        }
    }
}
