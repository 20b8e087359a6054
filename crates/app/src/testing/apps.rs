//! Apps for tests: signed into a release and installed, as the portal would, with what a relying party does.

use durward_domain::application::{AppDocument, Key, SigningAlgorithm, TokenEndpointAuthMethod};
use durward_domain::attribute::Attribute;
use durward_domain::id::{AgencyId, AppHandle, RevisionId};
use durward_domain::level::{DefaultAal, LevelOfService};
use durward_domain::release::{Change, SignedManifest};
use durward_keyring::digest;
use durward_keyring::jose::{Algorithm, SigningKey, jws};
use serde_json::{Value, json};

use super::{AUTOMATION_TOKEN, TestDoor};
use crate::automation::{self, PersonMade, PersonWanted, SessionWanted};
use crate::citizen::session::Browser;
use crate::failure::Fault;
use crate::record::Trace;
use crate::release_intake::{self, IncomingApp};

/// An app with the key that its team keeps.
pub struct TestApp {
    /// What is registered.
    pub document: AppDocument,
    /// The private key; public apps have none.
    pub key: Option<SigningKey>,
}

/// The code verifier of every test.
pub const VERIFIER: &str = "a-verifier-of-tests-that-is-long-enough-0123456789";
/// The state of every test.
pub const STATE: &str = "a-state-of-22-characters-or-more";
/// The nonce of every test.
pub const NONCE: &str = "a-nonce-of-22-characters-or-more";

impl TestApp {
    /// An app that proves itself with a key of this algorithm and gets ID tokens signed with the same.
    ///
    /// # Errors
    /// When no key can be made.
    pub fn private_key_jwt(name: &str, algorithm: Algorithm) -> Result<Self, Fault> {
        let key =
            SigningKey::generate(algorithm).map_err(|error| Fault::internal(error.to_string()))?;
        let mut app = Self::public(name)?;
        app.document.keys = vec![Key::Jwk(jwk_of(&key))];
        if let Some(oidc) = app.document.oidc.as_mut() {
            oidc.token_endpoint_auth_method = TokenEndpointAuthMethod::PrivateKeyJwt;
            oidc.id_token_signed_response_alg = match algorithm {
                Algorithm::PS256 => SigningAlgorithm::PS256,
                Algorithm::ES256 => SigningAlgorithm::ES256,
                Algorithm::EdDSA => SigningAlgorithm::EdDSA,
                _ => SigningAlgorithm::RS256,
            };
        }
        app.key = Some(key);
        Ok(app)
    }

    /// An app that keeps no secret and uses PKCE.
    ///
    /// # Errors
    /// When the name is no short name.
    pub fn public(name: &str) -> Result<Self, Fault> {
        let mut document = AppDocument::example();
        document.handle =
            AppHandle::parse(name).map_err(|error| Fault::internal(error.to_string()))?;
        document.issuer = format!("urn:gov:test:sso:{name}");
        document.level_of_service = LevelOfService::AuthOnly;
        document.default_aal = DefaultAal::Aal1;
        document.attributes = vec![Attribute::Email];
        document.keys = Vec::new();
        if let Some(oidc) = document.oidc.as_mut() {
            oidc.token_endpoint_auth_method = TokenEndpointAuthMethod::None;
            oidc.id_token_signed_response_alg = SigningAlgorithm::ES256;
            oidc.redirect_uris = vec![format!("http://localhost:9/{name}/callback")];
            oidc.post_logout_redirect_uris = vec![format!("http://localhost:9/{name}/out")];
        }
        Ok(Self {
            document,
            key: None,
        })
    }

    /// The client id.
    pub fn id(&self) -> &str {
        &self.document.issuer
    }

    /// Its first redirect URI.
    pub fn redirect_uri(&self) -> &str {
        let uris = self.document.oidc.as_ref().map(|oidc| &oidc.redirect_uris);
        uris.and_then(|uris| uris.first())
            .map_or("", String::as_str)
    }

    /// The parameters of a good authorization request; `changes` replace, empty values leave out.
    pub fn request(&self, changes: &[(&str, &str)]) -> Vec<(String, String)> {
        let challenge = digest::sha256_b64url(VERIFIER.as_bytes());
        with(
            &[
                ("client_id", self.id()),
                ("redirect_uri", self.redirect_uri()),
                ("response_type", "code"),
                ("scope", "openid email"),
                ("acr_values", "urn:acr.login.gov:auth-only"),
                ("state", STATE),
                ("nonce", NONCE),
                ("code_challenge", &challenge),
                ("code_challenge_method", "S256"),
            ],
            changes,
        )
    }

    /// The form of a good token request; `changes` replace, empty values leave out.
    pub fn form(&self, test: &TestDoor, code: &str, changes: &[(&str, &str)]) -> String {
        let mut pairs = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", self.redirect_uri()),
            ("code_verifier", VERIFIER),
        ];
        let assertion = self.assertion(test, &json!({}));
        if self.key.is_some() {
            pairs.push(("client_assertion_type", ASSERTION_TYPE));
            pairs.push(("client_assertion", &assertion));
        } else {
            pairs.push(("client_id", self.id()));
        }
        url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(with(&pairs, changes))
            .finish()
    }

    /// A good client assertion with these claims changed.
    pub fn assertion(&self, test: &TestDoor, changes: &Value) -> String {
        let now = test.door.clock.real_now().as_second();
        let mut claims = json!({
            "iss": self.id(), "sub": self.id(), "aud": test.door.documents.token_url,
            "jti": test.door.random.token(), "iat": now, "exp": now + 120,
        });
        if let (Some(claims), Some(changes)) = (claims.as_object_mut(), changes.as_object()) {
            claims.extend(changes.clone());
        }
        let signed = self
            .key
            .as_ref()
            .and_then(|key| jws::sign(key, "JWT", &claims).ok());
        signed.unwrap_or_default()
    }
}

impl TestDoor {
    /// Signs a release that brings these apps, and installs it.
    ///
    /// # Errors
    /// When the door refuses it.
    pub async fn serve(&self, apps: &[&TestApp]) -> Result<(), Fault> {
        let refused = |what: String| Fault::internal(format!("a release of a test: {what}"));
        let mut head = self.head.lock().await;
        let agency = AgencyId::new(uuid::Uuid::from_u128(7));
        let changes = apps
            .iter()
            .map(|app| {
                let revision = RevisionId::new(self.door.random.uuid_v4());
                Change::set(&app.document.snapshot(), revision, agency)
            })
            .collect();
        let manifest = head
            .next(changes, self.door.clock.real_now())
            .map_err(|error| refused(error.to_string()))?;
        let signed = SignedManifest::sign(&manifest, &self.release_key)
            .map_err(|error| refused(error.to_string()))?;
        let incoming: Vec<_> = apps
            .iter()
            .map(|app| IncomingApp {
                agency,
                document: app.document.clone(),
            })
            .collect();
        release_intake::install(&self.door, &signed, &incoming)
            .await
            .map_err(|error| refused(error.to_string()))?;
        *head = head
            .accepts(&manifest)
            .map_err(|error| refused(error.to_string()))?;
        Ok(())
    }

    /// A team's automation token, as the portal makes one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn team_token(&self, team: &str) -> Result<String, Fault> {
        let token = format!("{}{}", automation::tokens::PREFIX, self.door.random.token());
        let now = self.door.clock.real_now();
        let row = durward_store::test_kit::TestTokenRow {
            token_id: self.door.random.uuid_v7(now).to_string(),
            team: team.to_owned(),
            name: "tests".to_owned(),
            made_by: "tests".to_owned(),
            created_us: now.as_microsecond(),
            expires_us: now.as_microsecond() + 86_400_000_000,
            used_us: None,
        };
        let hash = self.door.hasher.hash(&token);
        self.door
            .store
            .write(move |c| durward_store::test_kit::insert_token(c, &hash, &row))
            .await?;
        Ok(token)
    }

    /// A test person with an open session who has agreed to these apps.
    ///
    /// # Errors
    /// When the test API refuses it.
    pub async fn sign_in(&self, agreed: &[&TestApp]) -> Result<(PersonMade, Browser), Fault> {
        self.sign_in_with(PersonWanted::default(), agreed).await
    }

    /// The same for a test person who is made like this.
    ///
    /// # Errors
    /// When the test API refuses it.
    pub async fn sign_in_with(
        &self,
        wanted: PersonWanted,
        agreed: &[&TestApp],
    ) -> Result<(PersonMade, Browser), Fault> {
        let refused = |what: String| Fault::internal(format!("the test API: {what}"));
        let trace = Trace {
            request_id: "test".to_owned(),
        };
        let bearer = format!("Bearer {AUTOMATION_TOKEN}");
        let authority = automation::admit(&self.door, Some(&bearer))
            .await
            .map_err(|error| refused(error.to_string()))?;
        let person = automation::make_person(&self.door, &authority, wanted, &trace)
            .await
            .map_err(|error| refused(error.to_string()))?;
        let browser = self.sign_in_as(&person.email, agreed).await?;
        Ok((person, browser))
    }

    /// One more session of a test person, who has agreed to these apps.
    ///
    /// # Errors
    /// When the test API refuses it.
    pub async fn sign_in_as(&self, email: &str, agreed: &[&TestApp]) -> Result<Browser, Fault> {
        let refused = |what: String| Fault::internal(format!("the test API: {what}"));
        let trace = Trace {
            request_id: "test".to_owned(),
        };
        let bearer = format!("Bearer {AUTOMATION_TOKEN}");
        let authority = automation::admit(&self.door, Some(&bearer))
            .await
            .map_err(|error| refused(error.to_string()))?;
        let wanted = SessionWanted {
            email: email.to_owned(),
            consent: agreed.iter().map(|app| app.id().to_owned()).collect(),
            ..SessionWanted::default()
        };
        let session = automation::open_session(&self.door, &authority, wanted, &trace)
            .await
            .map_err(|error| refused(error.to_string()))?;
        Ok(Browser {
            session: Some(session.token),
            flow: None,
            language: "en".to_owned(),
            ..Browser::default()
        })
    }
}

fn with(pairs: &[(&str, &str)], changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let changed = |name: &str| changes.iter().any(|(n, _)| *n == name);
    let owned = |(n, v): &(&str, &str)| ((*n).to_owned(), (*v).to_owned());
    pairs
        .iter()
        .filter(|(name, _)| !changed(name))
        .chain(changes)
        .filter(|(_, value)| !value.is_empty())
        .map(owned)
        .collect()
}

fn jwk_of(key: &SigningKey) -> serde_json::Map<String, Value> {
    match serde_json::to_value(key.jwk()) {
        Ok(Value::Object(members)) => members,
        _ => serde_json::Map::new(),
    }
}

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
