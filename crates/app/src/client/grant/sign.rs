//! What a grant gives: the answer, and the ID token in it.

use std::sync::Arc;

use durward_accounts::authenticator::method::known_amr;
use durward_domain::application::AccessTokenFormat;
use durward_keyring::jose::{Algorithm, SigningKey, jws};
use durward_oidc::access_token::{self, AccessToken, Confirmation, SignIn};
use durward_oidc::client::Client;
use durward_oidc::id_token::{IdToken, Issued, SignInFacts};
use durward_oidc::subject::Subject;
use durward_oidc::token::TokenError;
use durward_store::grants::GrantRow;
use jiff::Timestamp;
use serde::Serialize;

use super::unit::{Drawn, Granted};
use crate::client::encrypted;
use crate::client::issue::Achieved;
use crate::client::{released, standing};
use crate::door::Door;
use crate::failure::{Failure, Fault};
use crate::record::Trace;

/// What a grant gives. RFC 6749 §5.1
#[derive(Serialize)]
pub struct TokenAnswer {
    access_token: String,
    token_type: &'static str,
    expires_in: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    scope: String,
}

impl TokenAnswer {
    /// The access token.
    pub fn access_token(&self) -> &str {
        &self.access_token
    }

    /// The ID token; empty where none was asked.
    pub fn id_token(&self) -> &str {
        self.id_token.as_deref().unwrap_or_default()
    }

    /// The refresh token, where one is given.
    pub fn refresh_token(&self) -> Option<&str> {
        self.refresh_token.as_deref()
    }

    /// The scopes that the access token has.
    pub fn scope(&self) -> &str {
        &self.scope
    }
}

/// Signs and answers. `code` is the one that was redeemed.
pub(super) async fn answer(
    door: &Arc<Door>,
    granted: Granted,
    code: Option<&str>,
    drawn: Drawn,
    (real_now, trace): (Timestamp, &Trace),
) -> Result<TokenAnswer, Failure<TokenError>> {
    let scope = granted.scope.as_ref().unwrap_or(&granted.grant.scope);
    let scope = scope.clone();
    let refresh_token = granted.refreshes.then_some(drawn.refresh);
    let expires_in = granted.client.policies.access_token_seconds;
    let token_type = if granted.jkt.is_some() {
        "DPoP"
    } else {
        "Bearer"
    };
    let access_token = match granted.client.access_token_format {
        AccessTokenFormat::Opaque => drawn.access,
        AccessTokenFormat::Jwt => readable(door, &granted, &scope, &drawn.name, real_now)?,
    };
    let id_token = if scope.split_ascii_whitespace().any(|name| name == "openid") {
        let client = &granted.client;
        let grant = GrantRow {
            scope: scope.clone(),
            ..granted.grant
        };
        let issued = Issued {
            algorithm: client.id_token_algorithm(),
            access_token: &access_token,
            code,
        };
        Some(id_token(door, client, grant, issued, (real_now, trace)).await?)
    } else {
        None
    };
    Ok(TokenAnswer {
        access_token,
        token_type,
        expires_in,
        id_token,
        refresh_token,
        scope,
    })
}

/// The answer to an app that asks for itself.
pub(super) fn own(
    door: &Door,
    client: &Client,
    drawn: Drawn,
    jkt: Option<String>,
    real_now: Timestamp,
) -> Result<TokenAnswer, Fault> {
    let expires_in = client.policies.access_token_seconds;
    let iat = real_now.as_second();
    let access_token = match client.access_token_format {
        AccessTokenFormat::Opaque => drawn.access,
        AccessTokenFormat::Jwt => {
            let token = AccessToken {
                iss: &door.issuer,
                aud: &door.issuer,
                sub: &client.client_id,
                client_id: &client.client_id,
                iat,
                exp: iat.saturating_add(i64::from(expires_in)),
                jti: &drawn.name,
                scope: "",
                sign_in: None,
                cnf: jkt.as_deref().map(|jkt| Confirmation { jkt }),
            };
            let key = current(door, client.id_token_algorithm())?;
            signed(&key, &token)?
        }
    };
    Ok(TokenAnswer {
        access_token,
        token_type: jkt.map_or("Bearer", |_| "DPoP"),
        expires_in,
        id_token: None,
        refresh_token: None,
        scope: String::new(),
    })
}

fn signed(key: &SigningKey, token: &AccessToken<'_>) -> Result<String, Fault> {
    jws::sign(key, access_token::TYPE, token)
        .map_err(|error| Fault::internal(format!("signing an access token: {error}")))
}

/// An access token that its holder can read; `name` is what it is kept under.
fn readable(
    door: &Door,
    granted: &Granted,
    scope: &str,
    name: &str,
    real_now: Timestamp,
) -> Result<String, Fault> {
    let (client, grant) = (&granted.client, &granted.grant);
    let key = current(door, client.id_token_algorithm())?;
    let achieved = Achieved::read(grant.acr.clone(), &grant.achieved)?;
    let auth_time = door.clock.told(standing::at(grant.auth_us)).min(real_now);
    let iat = real_now.as_second();
    let token = AccessToken {
        iss: &door.issuer,
        aud: &door.issuer,
        sub: &grant.subject,
        client_id: &client.client_id,
        iat,
        exp: iat.saturating_add(i64::from(client.policies.access_token_seconds)),
        jti: name,
        scope,
        sign_in: Some(SignIn {
            auth_time: auth_time.as_second(),
            acr: &grant.acr,
            amr: told_amr(&achieved.amr),
        }),
        cnf: granted.jkt.as_deref().map(|jkt| Confirmation { jkt }),
    };
    signed(&key, &token)
}

/// The key that signs with this algorithm.
fn current(door: &Door, algorithm: Algorithm) -> Result<Arc<SigningKey>, Fault> {
    let ring = door.keys.load();
    let key = ring.current(algorithm);
    key.cloned()
        .ok_or_else(|| Fault::internal(format!("there is no current {algorithm} key")))
}

async fn id_token(
    door: &Arc<Door>,
    client: &Client,
    grant: GrantRow,
    issued: Issued<'_>,
    (real_now, trace): (Timestamp, &Trace),
) -> Result<String, Failure<TokenError>> {
    let algorithm = issued.algorithm;
    let key = current(door, algorithm)?;
    let achieved = Achieved::read(grant.acr.clone(), &grant.achieved)?;
    let subject = Subject::parse(&grant.subject)
        .ok_or_else(|| Fault::internal("a stored subject cannot be read"))?;
    let told = released::in_id_token(door, client, &grant, (&achieved, subject)).await?;
    // The nonce binds the first ID token to its request; later ones have none. OpenID Connect Core §12.2
    let nonce = issued.code.and(grant.nonce.as_deref()).unwrap_or_default();
    let facts = SignInFacts {
        issuer: &door.issuer,
        client_id: &client.client_id,
        subject,
        nonce,
        auth_time: door.clock.told(standing::at(grant.auth_us)).min(real_now),
        level: achieved.answer(),
        amr: told_amr(&achieved.amr),
        sid: &grant.session_id,
        told,
    };
    let (jti, seconds) = (door.random.token(), client.policies.id_token_seconds);
    let id_token = IdToken::new(facts, issued, jti, real_now, seconds);
    let spoilt = match &door.kit {
        Some(kit) => {
            kit.spoil(door, &client.client_id, (&key, &id_token), trace)
                .await?
        }
        None => None,
    };
    let id_token = match spoilt {
        Some(spoilt) => spoilt,
        None => jws::sign(&key, "JWT", &id_token)
            .map_err(|error| Fault::internal(format!("signing an ID token: {error}")))?,
    };
    // OpenID Connect Core §10.2: signed first, then encrypted.
    match client.id_token_encryption {
        None => Ok(id_token),
        Some(how) => encrypted::for_app(door, client, how, Some("JWT"), id_token.as_bytes())
            .await?
            .ok_or(Failure::Refused(TokenError::EncryptionKey)),
    }
}

/// The stored methods by the names of RFC 8176; others are left out.
fn told_amr(stored: &[String]) -> Vec<&'static str> {
    let known = known_amr();
    let named = |name: &String| known.get(name.as_str()).copied();
    stored.iter().filter_map(named).collect()
}
