//! Documents that only change with a start or a key: made once, sent as they are.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use durward_domain::programme::Programme;
use durward_keyring::digest;
use durward_keyring::jose::Algorithm;
use durward_oidc::discovery::{self, Offers};
use durward_store::installed;

use crate::door::Door;
use crate::failure::Fault;

/// A document with the tag that tells one version from another.
#[derive(Clone)]
pub struct Document {
    /// The bytes, JSON.
    pub bytes: Arc<[u8]>,
    /// The entity tag, quoted.
    pub etag: Arc<str>,
}

impl Document {
    /// A document of these bytes.
    pub fn new(bytes: Vec<u8>) -> Self {
        let etag = format!("\"{}\"", &digest::sha256_b64url(&bytes)[..22]);
        Self {
            bytes: bytes.into(),
            etag: etag.into(),
        }
    }
}

/// The documents and addresses of one environment.
pub struct Documents {
    /// The discovery document.
    pub discovery: Document,
    /// The token endpoint: what an assertion names as its audience.
    pub token_url: String,
    /// The introspection endpoint.
    pub introspection_url: String,
    /// The revocation endpoint.
    pub revocation_url: String,
    /// The PAR endpoint.
    pub push_url: String,
    /// Where claims are read.
    pub userinfo_url: String,
}

impl Documents {
    /// Makes them at start.
    pub fn new(
        programme: &Programme,
        issuer: &str,
        algorithms: &[Algorithm],
        registration: Option<&str>,
    ) -> Self {
        let offers = Offers {
            issuer,
            id_token_algorithms: algorithms,
            strongest: super::STRONGEST,
            registration,
            documentation: None,
        };
        Self {
            discovery: Document::new(
                discovery::document(programme, &offers)
                    .to_string()
                    .into_bytes(),
            ),
            token_url: discovery::url(issuer, discovery::TOKEN),
            introspection_url: discovery::url(issuer, discovery::INTROSPECTION),
            revocation_url: discovery::url(issuer, discovery::REVOCATION),
            push_url: discovery::url(issuer, discovery::PUSH),
            userinfo_url: discovery::url(issuer, discovery::USERINFO),
        }
    }
}

/// The discovery document.
pub fn discovery(door: &Door) -> Document {
    door.documents.discovery.clone()
}

/// A logo of an app.
pub struct Logo {
    /// Its media type.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A logo by its digest.
///
/// # Errors
/// A fault of the database.
pub async fn logo(door: &Door, digest: &str) -> Result<Option<Logo>, Fault> {
    let well_formed = digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_hexdigit());
    if !well_formed {
        return Ok(None);
    }
    let digest = digest.to_owned();
    let found = door
        .store
        .read(move |c| installed::find_logo(c, &digest))
        .await?;
    Ok(found.and_then(|(media_type, base64)| {
        Some(Logo {
            media_type,
            bytes: STANDARD.decode(base64.trim()).ok()?,
        })
    }))
}

/// The public keys.
pub fn jwks(door: &Door) -> Document {
    door.keys.load().jwks()
}
