//! A passkey in software for tests, which can also say what an honest one never says.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use durward_keyring::digest;
use durward_keyring::jose::{Algorithm, SigningKey};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::failure::Fault;

/// One credential and the authenticator that holds it.
pub struct SoftKey {
    key: SigningKey,
    id: Vec<u8>,
    /// The origin that the browser says it is at.
    pub origin: String,
    /// The browser says that the page stands in a frame of another site.
    pub cross_origin: bool,
    /// It checks its owner.
    pub verifies: bool,
    /// It says that it is kept in several places.
    pub backed_up: bool,
    /// How often it was used.
    pub counter: u32,
    /// The name of its person, as it was told when it was made.
    pub handle: Vec<u8>,
}

impl SoftKey {
    /// The model that it says it is.
    pub const MODEL: Uuid = Uuid::from_u128(0x6475_7277_6172_6420_736f_6674_206b_6579);

    /// A key in a browser that is at this origin.
    ///
    /// # Errors
    /// When no key can be made.
    pub fn new(origin: &str) -> Result<Self, Fault> {
        let key = SigningKey::generate(Algorithm::ES256)
            .map_err(|error| Fault::internal(error.to_string()))?;
        Ok(Self {
            id: digest::sha256(key.kid().as_bytes()).to_vec(),
            key,
            origin: origin.to_owned(),
            cross_origin: false,
            verifies: true,
            backed_up: false,
            counter: 0,
            handle: Vec::new(),
        })
    }

    /// The id of its credential.
    pub fn id(&self) -> &[u8] {
        &self.id
    }

    /// What the browser answers to options for a new credential.
    ///
    /// # Errors
    /// When the options miss something.
    pub fn create(&mut self, options: &Value) -> Result<Value, Fault> {
        self.handle = bytes(&options["user"]["id"])?;
        let mut data = self.data(options, &options["rp"]["id"], ATTESTED)?;
        data.extend(Self::MODEL.as_bytes());
        data.extend(short(self.id.len())?);
        data.extend(&self.id);
        data.extend(self.public_key()?);
        let mut attestation = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59".to_vec();
        attestation.extend(short(data.len())?);
        attestation.extend(data);
        Ok(self.named(
            json!({
                "clientDataJSON": URL_SAFE_NO_PAD.encode(self.client("webauthn.create", options)),
                "attestationObject": URL_SAFE_NO_PAD.encode(attestation),
                "transports": ["internal"],
            }),
            &json!({ "credProps": { "rk": true } }),
        ))
    }

    /// What the browser answers to options for a proof; the counter goes up.
    ///
    /// # Errors
    /// When the options miss something or the key does not sign.
    pub fn answer(&mut self, options: &Value) -> Result<Value, Fault> {
        self.counter += 1;
        let data = self.data(options, &options["rpId"], 0)?;
        let client = self.client("webauthn.get", options);
        let mut signed = data.clone();
        signed.extend(digest::sha256(&client));
        let signature = self
            .key
            .sign(&signed)
            .map_err(|error| Fault::internal(error.to_string()))?;
        Ok(self.named(
            json!({
                "clientDataJSON": URL_SAFE_NO_PAD.encode(client),
                "authenticatorData": URL_SAFE_NO_PAD.encode(data),
                "signature": URL_SAFE_NO_PAD.encode(der(&signature)),
                "userHandle": URL_SAFE_NO_PAD.encode(&self.handle),
            }),
            &json!({}),
        ))
    }

    fn named(&self, response: Value, extensions: &Value) -> Value {
        let id = URL_SAFE_NO_PAD.encode(&self.id);
        json!({
            "id": id, "rawId": id, "type": "public-key", "authenticatorAttachment": "platform",
            "response": response, "clientExtensionResults": extensions,
        })
    }

    fn client(&self, kind: &str, options: &Value) -> Vec<u8> {
        json!({
            "type": kind, "challenge": options["challenge"], "origin": self.origin,
            "crossOrigin": self.cross_origin,
        })
        .to_string()
        .into_bytes()
    }

    /// Web Authentication Level 3 §6.1
    fn data(&self, options: &Value, host: &Value, more: u8) -> Result<Vec<u8>, Fault> {
        let host = host.as_str().ok_or_else(|| missing(options))?;
        let verified = if self.verifies { VERIFIED } else { 0 };
        let backed_up = if self.backed_up { BACKED_UP } else { 0 };
        let mut data = digest::sha256(host.as_bytes()).to_vec();
        data.push(PRESENT | verified | backed_up | more);
        data.extend(self.counter.to_be_bytes());
        Ok(data)
    }

    /// As a COSE key: {1: 2, 3: -7, -1: 1, -2: x, -3: y}. RFC 9053 §7.1.1
    fn public_key(&self) -> Result<Vec<u8>, Fault> {
        let jwk = json!(self.key.jwk());
        let mut cose = b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20".to_vec();
        cose.extend(bytes(&jwk["x"])?);
        cose.extend(b"\x22\x58\x20");
        cose.extend(bytes(&jwk["y"])?);
        Ok(cose)
    }
}

fn short(length: usize) -> Result<[u8; 2], Fault> {
    u16::try_from(length)
        .map(u16::to_be_bytes)
        .map_err(|error| Fault::internal(error.to_string()))
}

fn bytes(value: &Value) -> Result<Vec<u8>, Fault> {
    URL_SAFE_NO_PAD
        .decode(value.as_str().ok_or_else(|| missing(value))?)
        .map_err(|error| Fault::internal(error.to_string()))
}

fn missing(options: &Value) -> Fault {
    Fault::internal(format!("something is missing in {options}"))
}

/// Two numbers side by side as the sequence that keys answer with.
fn der(raw: &[u8]) -> Vec<u8> {
    let (r, s) = raw.split_at(raw.len() / 2);
    let mut body = integer(r);
    body.extend(integer(s));
    tagged(0x30, &body)
}

fn integer(bytes: &[u8]) -> Vec<u8> {
    let from = bytes.iter().position(|byte| *byte != 0);
    let mut body = bytes[from.unwrap_or(bytes.len() - 1)..].to_vec();
    if body[0] & 0x80 != 0 {
        body.insert(0, 0);
    }
    tagged(0x02, &body)
}

fn tagged(tag: u8, body: &[u8]) -> Vec<u8> {
    let length = u8::try_from(body.len()).unwrap_or(u8::MAX);
    [&[tag, length], body].concat()
}

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
/// Eligible for backup, and backed up.
const BACKED_UP: u8 = 0x18;
const ATTESTED: u8 = 0x40;
