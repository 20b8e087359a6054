//! What the door needs of a registered app.

use std::collections::BTreeSet;

use durward_domain::application::redirects;
use durward_domain::application::{
    AccessTokenFormat, AppDocument, ContentEncryption, GrantType, HelpText, KeyManagement,
    LogoReference, Policies, Protocol, SigningAlgorithm, TokenEndpointAuthMethod,
};
use durward_domain::attribute::Attribute;
use durward_domain::environment::EnvironmentClass;
use durward_domain::id::{AgencyId, AppHandle, TeamHandle};
use durward_domain::level::{DefaultAal, LevelOfService};
use durward_domain::refusal::{RefusalKind, Refuse};
use durward_keyring::jose::jwe::{self, EncryptionKey};
use durward_keyring::jose::{Algorithm, PublicKey};

use crate::token::KeySet;

/// A registered app that speaks OpenID Connect, made once from its document and shared by all requests.
#[derive(Debug, Clone)]
pub struct Client {
    /// The issuer of the document.
    pub client_id: String,
    /// Short name of the app.
    pub handle: AppHandle,
    /// Short name of its team.
    pub team: TeamHandle,
    /// Its agency: people have one subject for all apps of an agency.
    pub agency: AgencyId,
    /// The name that agreements list.
    pub app_name: String,
    /// The name that people see.
    pub friendly_name: String,
    /// False when suspended.
    pub active: bool,
    /// How it proves itself at the token endpoint.
    pub auth_method: TokenEndpointAuthMethod,
    /// Its public keys, without those that are revoked.
    pub keys: Vec<PublicKey>,
    /// Thumbprints of keys that prove nothing any more, wherever they are published.
    pub revoked_keys: BTreeSet<String>,
    /// Keys that answers are encrypted for, without those that are revoked.
    pub encryption_keys: Vec<EncryptionKey>,
    /// Where it publishes further keys.
    pub jwks_uri: Option<String>,
    /// How many keys of the document cannot be used.
    pub unreadable_keys: usize,
    /// What it is registered for.
    pub level: LevelOfService,
    /// How strong a sign-in must be if a request does not say.
    pub default_aal: DefaultAal,
    /// What it may learn about a person.
    pub attributes: BTreeSet<Attribute>,
    /// Signature of its ID tokens.
    pub id_token_alg: SigningAlgorithm,
    /// How its ID tokens are encrypted, if they are.
    pub id_token_encryption: Option<Encryption>,
    /// Signature of its userinfo answers; without it they are not signed.
    pub userinfo_alg: Option<SigningAlgorithm>,
    /// How its userinfo answers are encrypted, if they are.
    pub userinfo_encryption: Option<Encryption>,
    /// How strict its requests and tokens are: its programme's policies, with its own in their place.
    pub policies: Policies,
    /// The form of its access tokens.
    pub access_token_format: AccessTokenFormat,
    /// What it may ask the token endpoint for.
    pub grant_types: Vec<GrantType>,
    /// Follows the FAPI 2.0 security profile.
    pub fapi2: bool,
    /// The agency's words on the pages.
    pub help_text: HelpText,
    /// The logo, kept elsewhere under its digest.
    pub logo: Option<LogoReference>,
    /// Where a person goes who leaves.
    pub return_to_app_url: Option<String>,
    /// Where it hears that a session ended.
    pub backchannel_logout_uri: Option<String>,
    /// Must it push its requests? RFC 9126
    pub require_par: bool,
    /// Must it sign its requests? RFC 9101
    pub require_signed_request: bool,
    /// Are its access tokens bound to a key of its own? RFC 9449
    pub dpop_bound: bool,
    redirect_uris: Vec<String>,
    post_logout_redirect_uris: Vec<String>,
    native: bool,
}

impl Client {
    /// Reads what is needed from a document. `policies` are its programme's; `logo` is the reference of its snapshot; `active` is false for a
    /// suspended app. Keys that cannot be read are left out and counted.
    pub fn from_document(
        document: &AppDocument,
        logo: Option<LogoReference>,
        agency: AgencyId,
        policies: &Policies,
        active: bool,
    ) -> Result<Self, ClientFault> {
        let (Protocol::Oidc, Some(oidc)) = (document.protocol, &document.oidc) else {
            return Err(ClientFault::OtherProtocol);
        };
        if document.issuer.is_empty() {
            return Err(ClientFault::NoIssuer);
        }
        let all = document.keys.iter();
        let keys: Vec<PublicKey> = all.clone().filter_map(|k| k.read().ok()).collect();
        let encryption_keys: Vec<EncryptionKey> =
            all.filter_map(|k| k.read_encryption().ok()).collect();
        // What the profile implies holds whatever else the document says. FAPI 2.0 Security Profile §5.3.2
        let fapi2 = oidc.fapi2;
        let auth_method = match oidc.token_endpoint_auth_method {
            _ if fapi2 => TokenEndpointAuthMethod::PrivateKeyJwt,
            own => own,
        };
        let signs_by = |own| match own {
            SigningAlgorithm::RS256 if fapi2 => SigningAlgorithm::PS256,
            own => own,
        };
        let id_token_alg = signs_by(oidc.id_token_signed_response_alg);
        let loopback = document.environment.class() == EnvironmentClass::Test;
        let redirects = oidc.redirect_uris.iter().cloned();
        let redirects = redirects.filter(|uri| !fapi2 || redirects::is_private(uri, loopback));
        let policies = policies.of_app(&oidc.policies, oidc.fapi2);
        Ok(Self {
            client_id: document.issuer.clone(),
            handle: document.handle.clone(),
            team: document.team.clone(),
            agency,
            app_name: document.app_name.clone(),
            friendly_name: document.friendly_name.clone(),
            active,
            auth_method,
            jwks_uri: oidc.jwks_uri.clone(),
            unreadable_keys: document.keys.len() - keys.len() - encryption_keys.len(),
            keys,
            encryption_keys,
            revoked_keys: BTreeSet::new(),
            level: document.level_of_service,
            default_aal: document.default_aal,
            attributes: document.attributes.iter().copied().collect(),
            id_token_alg,
            id_token_encryption: Encryption::of(
                oidc.id_token_encrypted_response_alg,
                oidc.id_token_encrypted_response_enc,
            ),
            userinfo_alg: oidc.userinfo_signed_response_alg.map(signs_by),
            userinfo_encryption: Encryption::of(
                oidc.userinfo_encrypted_response_alg,
                oidc.userinfo_encrypted_response_enc,
            ),
            policies: Policies {
                require_pkce: policies.require_pkce || auth_method == TokenEndpointAuthMethod::None,
                ..policies
            },
            access_token_format: oidc.access_token_format,
            grant_types: oidc.grant_types.clone(),
            fapi2,
            help_text: document.help_text.clone(),
            logo: logo.or_else(|| document.logo.as_ref().map(|l| l.reference())),
            return_to_app_url: document.return_to_app_url.clone(),
            backchannel_logout_uri: oidc.backchannel_logout_uri.clone(),
            dpop_bound: oidc.dpop_bound_access_tokens || oidc.fapi2,
            require_par: oidc.require_par || oidc.fapi2,
            require_signed_request: oidc.require_signed_request_object,
            redirect_uris: redirects.collect(),
            post_logout_redirect_uris: oidc.post_logout_redirect_uris.clone(),
            native: document.is_native() && !fapi2,
        })
    }

    /// The same without these keys, by thumbprint.
    #[must_use]
    pub fn without_keys(mut self, revoked: BTreeSet<String>) -> Self {
        self.keys.retain(|key| !revoked.contains(&key.thumbprint()));
        self.encryption_keys
            .retain(|key| !revoked.contains(key.thumbprint()));
        self.revoked_keys = revoked;
        self
    }

    /// May a person be sent here after sign-in?
    pub fn accepts_redirect(&self, requested: &str) -> bool {
        redirects::registered(&self.redirect_uris, requested, self.native)
    }

    /// May a person be sent here after sign-out?
    pub fn accepts_post_logout_redirect(&self, requested: &str) -> bool {
        redirects::registered(&self.post_logout_redirect_uris, requested, self.native)
    }

    /// The registered redirect URIs, for `form-action` and the inspector.
    pub fn redirect_uris(&self) -> &[String] {
        &self.redirect_uris
    }

    /// The registered redirect URI that lets this one pass: another one where a native app chose a port.
    pub fn matching_redirect(&self, requested: &str) -> Option<&str> {
        self.redirect_uris
            .iter()
            .find(|uri| redirects::registered(std::slice::from_ref(*uri), requested, self.native))
            .map(String::as_str)
    }

    /// The registered URIs for after a sign-out, for the inspector.
    pub fn post_logout_redirect_uris(&self) -> &[String] {
        &self.post_logout_redirect_uris
    }

    /// Does it prove itself by a secret?
    pub const fn has_secret(&self) -> bool {
        matches!(
            self.auth_method,
            TokenEndpointAuthMethod::ClientSecretBasic | TokenEndpointAuthMethod::ClientSecretPost
        )
    }

    /// Does it get refresh tokens?
    pub fn may_refresh(&self) -> bool {
        self.grant_types.contains(&GrantType::RefreshToken)
    }

    /// Is each refresh token good once? FAPI 2.0 Security Profile §5.3.2.1: not those of its apps, which prove
    /// themselves at each use.
    pub const fn rotates(&self) -> bool {
        !self.fapi2
    }

    /// Can it keep no secret?
    pub fn is_public(&self) -> bool {
        self.auth_method == TokenEndpointAuthMethod::None
    }

    /// What it may sign with: assertions, request objects and proofs.
    pub const fn algorithms(&self) -> &'static [Algorithm] {
        if self.fapi2 {
            &FAPI_ALGORITHMS
        } else {
            &Algorithm::ALL
        }
    }

    /// Signature of its ID tokens, as `keyring` names it.
    pub const fn id_token_algorithm(&self) -> Algorithm {
        algorithm(self.id_token_alg)
    }

    /// Signature of its userinfo answers, as `keyring` names it.
    pub fn userinfo_algorithm(&self) -> Option<Algorithm> {
        self.userinfo_alg.map(algorithm)
    }

    /// The key to encrypt for: a registered one, or else one of those that it publishes.
    pub fn encryption_key<'a>(
        &'a self,
        alg: jwe::KeyManagement,
        published: Option<&'a KeySet>,
    ) -> Option<&'a EncryptionKey> {
        let published = published.into_iter().flat_map(KeySet::encryption);
        self.encryption_keys
            .iter()
            .chain(published)
            .filter(|key| !self.revoked_keys.contains(key.thumbprint()))
            .find(|key| key.fits(alg))
    }
}

/// How something is encrypted for an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encryption {
    /// How the content's key is told.
    pub alg: jwe::KeyManagement,
    /// How the content is encrypted.
    pub enc: jwe::ContentEncryption,
}

impl Encryption {
    /// OpenID Connect Registration 1.0 §2: nothing without `alg`; without `enc` its default.
    fn of(alg: Option<KeyManagement>, enc: Option<ContentEncryption>) -> Option<Self> {
        Some(Self {
            alg: alg?.into(),
            enc: enc.unwrap_or_default().into(),
        })
    }
}

const fn algorithm(chosen: SigningAlgorithm) -> Algorithm {
    match chosen {
        SigningAlgorithm::RS256 => Algorithm::RS256,
        SigningAlgorithm::PS256 => Algorithm::PS256,
        SigningAlgorithm::ES256 => Algorithm::ES256,
        SigningAlgorithm::EdDSA => Algorithm::EdDSA,
    }
}

/// FAPI 2.0 Security Profile §5.4.1
pub const FAPI_ALGORITHMS: [Algorithm; 3] = [Algorithm::PS256, Algorithm::ES256, Algorithm::EdDSA];

/// Why a document makes no client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClientFault {
    /// Not an OpenID Connect app.
    #[error("This app does not use OpenID Connect. Use the addresses of its own protocol.")]
    OtherProtocol,
    /// No client id.
    #[error("The app has no issuer yet. Enter one; it is the client id.")]
    NoIssuer,
}

impl Refuse for ClientFault {
    fn code(&self) -> &'static str {
        match self {
            Self::OtherProtocol => "client/other-protocol",
            Self::NoIssuer => "client/no-issuer",
        }
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }
}

#[cfg(test)]
pub(crate) mod sample {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use durward_domain::programme::Programme;

    use super::*;

    pub(crate) const REDIRECT: &str = "http://localhost:8404/callback";
    pub(crate) const SIGNED_OUT: &str = "http://localhost:8404/signed-out";
    pub(crate) const ID: &str = "urn:gov:gsa:openidconnect.profiles:sp:sso:FISH:LICENCE";

    /// The client of a document that `change` has changed.
    pub(crate) fn client(change: impl FnOnce(&mut AppDocument)) -> Client {
        let mut document = AppDocument::example();
        document.issuer = ID.into();
        document.level_of_service = LevelOfService::AuthOnly;
        document.default_aal = DefaultAal::Aal1;
        document.attributes = vec![Attribute::Email, Attribute::AllEmails];
        let oidc = document.oidc.as_mut().unwrap();
        oidc.redirect_uris = vec![REDIRECT.into()];
        oidc.post_logout_redirect_uris = vec![SIGNED_OUT.into()];
        oidc.token_endpoint_auth_method = TokenEndpointAuthMethod::PrivateKeyJwt;
        change(&mut document);
        Client::from_document(&document, None, agency(), &policies(), true).unwrap()
    }

    pub(crate) fn policies() -> Policies {
        Programme::named("us").unwrap().policies.clone()
    }

    pub(crate) fn agency() -> AgencyId {
        AgencyId::parse("0192d3a0-7c1e-7b43-8a6e-2f1c9f0e5d11").unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_once_and_bad_ones_are_counted() {
        let client = sample::client(|d| {
            d.keys
                .push(durward_domain::application::Key::Pem("nonsense".into()));
        });
        assert_eq!((client.keys.len(), client.unreadable_keys), (2, 1));
    }

    #[test]
    fn a_public_client_must_use_pkce() {
        let client = sample::client(|d| {
            if let Some(oidc) = d.oidc.as_mut() {
                oidc.token_endpoint_auth_method = TokenEndpointAuthMethod::None;
            }
        });
        assert!(client.is_public() && client.policies.require_pkce);
    }

    #[test]
    fn the_profile_holds_whatever_else_the_document_says() {
        let client = sample::client(|d| {
            if let Some(oidc) = d.oidc.as_mut() {
                oidc.fapi2 = true;
                oidc.token_endpoint_auth_method = TokenEndpointAuthMethod::None;
                oidc.userinfo_signed_response_alg = Some(SigningAlgorithm::RS256);
                oidc.policies.code_seconds = Some(600);
                oidc.policies.require_pkce = Some(false);
                oidc.redirect_uris
                    .extend(["http://app.gov/cb".to_owned(), "gov.app:/cb".to_owned()]);
            }
        });
        assert_eq!(client.auth_method, TokenEndpointAuthMethod::PrivateKeyJwt);
        assert!(client.require_par && client.dpop_bound && client.policies.require_pkce);
        assert_eq!(client.id_token_alg, SigningAlgorithm::PS256);
        assert_eq!(client.userinfo_algorithm(), Some(Algorithm::PS256));
        assert_eq!(client.algorithms(), FAPI_ALGORITHMS);
        assert!(client.policies.code_seconds <= 60);
        assert_eq!(client.redirect_uris(), [sample::REDIRECT]);
    }

    #[test]
    fn other_documents_make_no_client() {
        let make = |change: fn(&mut AppDocument)| {
            let mut document = AppDocument::example();
            change(&mut document);
            Client::from_document(&document, None, sample::agency(), &sample::policies(), true)
                .map(|_| ())
                .map_err(|fault| fault.code())
        };
        assert_eq!(
            make(|d| d.protocol = Protocol::Saml),
            Err("client/other-protocol")
        );
        assert_eq!(make(|d| d.oidc = None), Err("client/other-protocol"));
        assert_eq!(make(|d| d.issuer.clear()), Err("client/no-issuer"));
    }
}
