//! Encrypted tokens in compact form (RFC 7516), read strictly.
//!
//! Only for recipients with a key pair: shared keys, passwords (PBES2), `dir` and RSA PKCS#1 v1.5 are not spoken.
//! Compressed content is refused, since a small token may be a large content.

mod agreement;
mod content;
mod names;
mod own;
mod recipient;

use serde::Serialize;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use self::agreement::Parties;
use self::content::Sealed;
pub use self::names::{ContentEncryption, KeyManagement, UnknownEncryption};
pub use self::own::{DecryptionKey, DecryptionKeyError};
pub use self::recipient::EncryptionKey;
use super::json::{self, JsonError};
use super::jwk::Jwk;
use super::material::Material;
use crate::encoding;
use crate::random::Random;

/// Encrypts for a recipient. `cty` is `JWT` when the content is a token itself (RFC 7519 §5.2).
///
/// # Errors
/// When the key is not for that algorithm, or the crypto library fails.
pub fn encrypt(
    recipient: &EncryptionKey,
    alg: KeyManagement,
    enc: ContentEncryption,
    cty: Option<&str>,
    content: &[u8],
    random: &Random,
) -> Result<String, EncryptError> {
    if !recipient.fits(alg) {
        return Err(EncryptError::AlgorithmForKey(alg));
    }
    let failed = |_| EncryptError::Library;
    let delivery = recipient.deliver(alg, enc, random).map_err(failed)?;
    let header = ProtectedHeader {
        alg: alg.name(),
        enc: enc.name(),
        kid: recipient.kid(),
        cty,
        epk: delivery.ephemeral.as_ref(),
    };
    let header = serde_json::to_vec(&header).map_err(|_| EncryptError::Library)?;
    let header = encoding::b64url(&header);
    let sealed = content::seal(
        enc,
        &delivery.content_key,
        header.as_bytes(),
        content,
        random,
    )
    .map_err(failed)?;
    let rest = [
        &delivery.encrypted_key,
        &sealed.iv,
        &sealed.ciphertext,
        &sealed.tag,
    ];
    Ok(rest.into_iter().fold(header, |mut token, part| {
        token.push('.');
        token.push_str(&encoding::b64url(part));
        token
    }))
}

/// Why nothing was encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EncryptError {
    /// The key is of another kind or bound to another algorithm.
    #[error("the recipient's key is not for {0}")]
    AlgorithmForKey(KeyManagement),
    /// The crypto library failed.
    #[error("the crypto library did not encrypt")]
    Library,
}

/// What a reader of encrypted tokens takes.
#[derive(Debug, Clone, Copy)]
pub struct Allowed<'a> {
    /// How keys may travel.
    pub algorithms: &'a [KeyManagement],
    /// How content may be encrypted.
    pub encryptions: &'a [ContentEncryption],
}

impl Allowed<'_> {
    /// Everything that we speak.
    pub const ALL: Allowed<'static> = Allowed {
        algorithms: &KeyManagement::ALL,
        encryptions: &ContentEncryption::ALL,
    };
}

/// A token of good form that nobody has opened yet.
pub struct Unopened {
    /// What the header says.
    pub header: Header,
    encoded_header: String,
    encrypted_key: Vec<u8>,
    sealed: Sealed,
}

impl Unopened {
    /// Whether a text has the five parts of an encrypted token, where a signed one has three.
    #[must_use]
    pub fn looks_like(token: &str) -> bool {
        token.split('.').count() == 5
    }

    /// Takes a token apart.
    ///
    /// # Errors
    /// Tokens longer than `max_len` bytes, other forms, unsupported algorithms, compressed content (`zip`), `crit` and
    /// headers that name a member twice are refused.
    pub fn parse(token: &str, max_len: usize) -> Result<Self, JweError> {
        if token.len() > max_len {
            return Err(JweError::TooLong);
        }
        let parts: Vec<&str> = token.splitn(6, '.').collect();
        let [header, key, iv, ciphertext, tag] = parts[..] else {
            return Err(JweError::Parts);
        };
        let decode = |text| encoding::from_b64url(text).ok_or(JweError::Encoding);
        Ok(Self {
            header: Header::parse(&decode(header)?)?,
            encoded_header: header.to_owned(),
            encrypted_key: decode(key)?,
            sealed: Sealed {
                iv: decode(iv)?,
                ciphertext: decode(ciphertext)?,
                tag: decode(tag)?,
            },
        })
    }

    /// Decrypts the content with an own key.
    ///
    /// # Errors
    /// An algorithm that is not allowed or not for this key; everything else that keeps the token closed is one error.
    pub fn open(
        &self,
        key: &DecryptionKey,
        allowed: &Allowed<'_>,
        random: &Random,
    ) -> Result<Zeroizing<Vec<u8>>, JweError> {
        let (alg, enc) = (self.header.alg, self.header.enc);
        if !allowed.algorithms.contains(&alg) || !allowed.encryptions.contains(&enc) {
            return Err(JweError::NotAllowed(alg, enc));
        }
        if key.algorithm() != alg {
            return Err(JweError::AlgorithmForKey(alg));
        }
        let point = match key.curve() {
            Some(curve) => {
                let material = self.header.ephemeral.as_ref();
                let found = material.and_then(|material| match material {
                    Material::Ec { curve: on, point } if *on == curve => Some(point.as_slice()),
                    _ => None,
                });
                Some(found.ok_or(JweError::Member("epk"))?)
            }
            None => None,
        };
        let parties = Parties {
            producer: &self.header.producer,
            consumer: &self.header.consumer,
        };
        // RFC 7516 §11.5: whoever sends a bad key learns no more than whoever sends bad content.
        let spare = recipient::fresh(enc, random);
        let content_key = key
            .receive(enc, &self.encrypted_key, point, &parties)
            .ok()
            .filter(|found| found.len() == enc.key_len())
            .unwrap_or(spare);
        content::open(
            enc,
            &content_key,
            self.encoded_header.as_bytes(),
            &self.sealed,
        )
        .map_err(|_| JweError::Decryption)
    }
}

/// The members of the header that we act on. Keys named by the header (`jwk`, `jku`, `x5c`) are never used.
pub struct Header {
    /// How the content's key travels.
    pub alg: KeyManagement,
    /// How the content is encrypted.
    pub enc: ContentEncryption,
    /// The id of the recipient's key, where named.
    pub kid: Option<String>,
    /// The type of the content: `JWT` when it is a token itself.
    pub cty: Option<String>,
    ephemeral: Option<Material>,
    producer: Vec<u8>,
    consumer: Vec<u8>,
}

impl Header {
    fn parse(bytes: &[u8]) -> Result<Self, JweError> {
        let members = json::parse_object(bytes).map_err(JweError::Json)?;
        if members.contains_key("crit") {
            return Err(JweError::Critical);
        }
        if members.contains_key("zip") {
            return Err(JweError::Compressed);
        }
        let alg = text(&members, "alg")?.ok_or(JweError::Member("alg"))?;
        let enc = text(&members, "enc")?.ok_or(JweError::Member("enc"))?;
        let unknown = |name: &str| JweError::Algorithm(name.chars().take(20).collect());
        Ok(Self {
            alg: alg.parse().map_err(|_| unknown(alg))?,
            enc: enc.parse().map_err(|_| unknown(enc))?,
            kid: text(&members, "kid")?.map(str::to_owned),
            cty: text(&members, "cty")?.map(str::to_owned),
            ephemeral: ephemeral(&members)?,
            producer: party(&members, "apu")?,
            consumer: party(&members, "apv")?,
        })
    }
}

/// Why an encrypted token is not accepted.
#[derive(Debug, thiserror::Error)]
pub enum JweError {
    /// Longer than allowed.
    #[error("the encrypted token is too long")]
    TooLong,
    /// Not five parts.
    #[error("the encrypted token does not have five parts divided by dots")]
    Parts,
    /// A part that is not base64url, or padded.
    #[error("a part of the encrypted token is not base64url without padding")]
    Encoding,
    /// A header that is not one JSON object, or names a member twice.
    #[error("the header of the encrypted token is not acceptable JSON: {0}")]
    Json(#[source] JsonError),
    /// A header member that is missing or not what it must be.
    #[error("the member {0} of the encrypted token's header is missing or not what it must be")]
    Member(&'static str),
    /// A header with `crit`.
    #[error("the encrypted token's header asks for an extension; send it without crit")]
    Critical,
    /// A header with `zip`.
    #[error("the encrypted token is compressed; send it without zip")]
    Compressed,
    /// An algorithm that we do not support, such as `RSA1_5`, `dir` or PBES2.
    #[error(
        "the encryption {0:?} is not supported; encrypt for our public key with RSA-OAEP-256 or ECDH-ES"
    )]
    Algorithm(String),
    /// Algorithms that are not allowed here.
    #[error("encryption by {0} with {1} is not allowed here")]
    NotAllowed(KeyManagement, ContentEncryption),
    /// The key is bound to another algorithm.
    #[error("the key is not for {0}")]
    AlgorithmForKey(KeyManagement),
    /// It does not open: another key, or changed on its way.
    #[error(
        "the encrypted token does not open with our key; encrypt it for a key of our JWKS with use enc"
    )]
    Decryption,
}

impl JweError {
    /// The stable code of the refusal.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLong => "jwe/too-long",
            Self::Parts => "jwe/parts",
            Self::Encoding => "jwe/encoding",
            Self::Json(_) => "jwe/json",
            Self::Member(_) => "jwe/header-member",
            Self::Critical => "jwe/critical",
            Self::Compressed => "jwe/compressed",
            Self::Algorithm(_) => "jwe/algorithm-unsupported",
            Self::NotAllowed(..) => "jwe/algorithm-not-allowed",
            Self::AlgorithmForKey(_) => "jwe/algorithm-for-key",
            Self::Decryption => "jwe/decryption",
        }
    }
}

fn text<'a>(
    members: &'a Map<String, Value>,
    name: &'static str,
) -> Result<Option<&'a str>, JweError> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(JweError::Member(name)),
    }
}

/// RFC 7518 §4.6.1.1: a public key only.
fn ephemeral(members: &Map<String, Value>) -> Result<Option<Material>, JweError> {
    let Some(value) = members.get("epk") else {
        return Ok(None);
    };
    let refused = || JweError::Member("epk");
    let jwk: Jwk = serde_json::from_value(value.clone()).map_err(|_| refused())?;
    if jwk.has_private_members() {
        return Err(refused());
    }
    Material::from_jwk(&jwk).map(Some).map_err(|_| refused())
}

/// RFC 7518 §4.6.1.2 and §4.6.1.3.
fn party(members: &Map<String, Value>, name: &'static str) -> Result<Vec<u8>, JweError> {
    match text(members, name)? {
        None => Ok(Vec::new()),
        Some(text) => encoding::from_b64url(text).ok_or(JweError::Member(name)),
    }
}

#[derive(Serialize)]
struct ProtectedHeader<'a> {
    alg: &'a str,
    enc: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cty: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    epk: Option<&'a Jwk>,
}
