//! What a grant gives: the answer, and the ID token in it.

use std::sync::Arc;

use durward_keyring::jose::jws;
use durward_oidc::id_token::{IdToken, Issued, SignInFacts};
use durward_oidc::subject::Subject;
use durward_oidc::token::TokenError;
use jiff::Timestamp;
use serde::Serialize;

use super::unit::Granted;
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
    id_token: String,
    scope: String,
}

impl TokenAnswer {
    /// The access token.
    pub fn access_token(&self) -> &str {
        &self.access_token
    }

    /// The ID token.
    pub fn id_token(&self) -> &str {
        &self.id_token
    }
}

/// Signs and answers. `code` is the one that was redeemed.
pub(super) async fn answer(
    door: &Arc<Door>,
    Granted {
        client,
        grant,
        bound,
    }: Granted,
    code: Option<&str>,
    access_token: String,
    (real_now, trace): (Timestamp, &Trace),
) -> Result<TokenAnswer, Failure<TokenError>> {
    let algorithm = client.id_token_algorithm();
    let ring = door.keys.load_full();
    let key = ring
        .current(algorithm)
        .ok_or_else(|| Fault::internal(format!("there is no current {algorithm} key")))?;
    let achieved = Achieved::read(grant.acr.clone(), &grant.achieved)?;
    let subject = Subject::parse(&grant.subject)
        .ok_or_else(|| Fault::internal("a stored subject cannot be read"))?;
    let told = released::in_id_token(door, &client, &grant, (&achieved, subject)).await?;
    let facts = SignInFacts {
        issuer: &door.issuer,
        client_id: &client.client_id,
        subject,
        nonce: grant.nonce.as_deref().unwrap_or_default(),
        auth_time: door.clock.told(standing::at(grant.auth_us)).min(real_now),
        level: achieved.answer(),
        amr: known_amr(&achieved.amr),
        sid: &grant.session_id,
        told,
    };
    let issued = Issued {
        algorithm,
        access_token: &access_token,
        code,
    };
    let policies = &client.policies;
    let jti = door.random.token();
    let id_token = IdToken::new(facts, issued, jti, real_now, policies.id_token_seconds);
    let spoilt = match &door.kit {
        Some(kit) => {
            kit.spoil(door, &client.client_id, (key, &id_token), trace)
                .await?
        }
        None => None,
    };
    let id_token = match spoilt {
        Some(spoilt) => spoilt,
        None => jws::sign(key, "JWT", &id_token)
            .map_err(|error| Fault::internal(format!("signing an ID token: {error}")))?,
    };
    // OpenID Connect Core §10.2: signed first, then encrypted.
    let id_token = match client.id_token_encryption {
        None => id_token,
        Some(how) => encrypted::for_app(door, &client, how, Some("JWT"), id_token.as_bytes())
            .await?
            .ok_or(Failure::Refused(TokenError::EncryptionKey))?,
    };
    Ok(TokenAnswer {
        access_token,
        token_type: if bound { "DPoP" } else { "Bearer" },
        expires_in: policies.access_token_seconds,
        id_token,
        scope: grant.scope,
    })
}

/// The stored methods by the names of RFC 8176; others are left out.
fn known_amr(stored: &[String]) -> Vec<&'static str> {
    AMR.into_iter()
        .filter(|name| stored.iter().any(|known| known == name))
        .collect()
}

/// What this build can put into `amr`.
pub const AMR: [&str; 3] = ["pwd", "otp", "mfa"];
