//! A document taken apart once, for all rules.

use durward_keyring::jose::KeyFacts;

use super::{
    LintContext,
    picture::{self, Picture},
    uri::{Place, Reading},
};
use crate::application::{AppDocument, Key, Protocol};

/// What the rules look at.
pub(super) struct Subject<'a> {
    pub(super) document: &'a AppDocument,
    pub(super) context: &'a LintContext<'a>,
    pub(super) uris: Vec<Uri<'a>>,
    pub(super) keys: Vec<JudgedKey>,
    pub(super) logo: Option<Vec<u8>>,
    /// The logo as a decoded PNG, or why it is none; nothing where it is no PNG.
    pub(super) picture: Option<Result<Picture, String>>,
}

/// One address of the document.
pub(super) struct Uri<'a> {
    pub(super) path: String,
    pub(super) text: &'a str,
    pub(super) place: Place,
    pub(super) reading: Reading,
}

/// One key of the document.
pub(super) struct JudgedKey {
    pub(super) path: String,
    pub(super) private: bool,
    pub(super) facts: Result<KeyFacts, String>,
    pub(super) fingerprint: String,
    pub(super) encryption: bool,
    /// An elliptic curve that is too small.
    pub(super) small_curve: bool,
}

impl<'a> Subject<'a> {
    pub(super) fn new(document: &'a AppDocument, context: &'a LintContext<'a>) -> Self {
        let logo = document
            .logo
            .as_ref()
            .and_then(crate::application::Logo::bytes);
        let is_png = |bytes: &&Vec<u8>| {
            bytes.starts_with(b"\x89PNG") && bytes.len() <= super::logo::MAX_BYTES
        };
        Self {
            document,
            context,
            uris: uris(document),
            keys: document.keys.iter().enumerate().map(judged).collect(),
            picture: logo
                .as_ref()
                .filter(is_png)
                .map(|bytes| picture::decode(bytes)),
            logo,
        }
    }

    /// Does the app speak this protocol?
    pub(super) fn speaks(&self, protocol: Protocol) -> bool {
        self.document.protocol == protocol
    }
}

fn judged((at, key): (usize, &Key)) -> JudgedKey {
    JudgedKey {
        path: format!("/keys/{at}"),
        private: is_private(key),
        facts: key.facts(),
        fingerprint: key.fingerprint(),
        encryption: key.is_for_encryption(),
        small_curve: is_small_curve(key),
    }
}

/// Private material is looked for in the text itself, so that it is named even when nothing else can be read.
fn is_private(key: &Key) -> bool {
    match key {
        Key::Pem(pem) => has_private_key(pem),
        Key::Jwk(members) => ["d", "p", "q", "dp", "dq", "qi", "oth", "k"]
            .iter()
            .any(|name| members.contains_key(*name)),
    }
}

/// Does a text have the head of a private key in PEM, or a key file of SSH or PGP?
pub(super) fn has_private_key(text: &str) -> bool {
    text.to_ascii_uppercase()
        .replace(['\n', '\r', '\t'], " ")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .contains("PRIVATE KEY")
}

/// P-192, P-224 and the like, which cannot be read any more but are told from rubbish.
fn is_small_curve(key: &Key) -> bool {
    match key {
        Key::Jwk(members) => members
            .get("crv")
            .and_then(|crv| crv.as_str())
            .is_some_and(|crv| SMALL_CURVES.contains(&crv)),
        Key::Pem(pem) => {
            let body: String = pem
                .lines()
                .filter(|line| !line.starts_with("-----"))
                .flat_map(str::chars)
                .filter(|c| !c.is_whitespace())
                .collect();
            let der = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, body)
                .unwrap_or_default();
            SMALL_CURVE_OIDS
                .iter()
                .any(|oid| der.windows(oid.len()).any(|part| part == *oid))
        }
    }
}

const SMALL_CURVES: [&str; 4] = ["P-192", "P-224", "secp192r1", "secp224r1"];
/// prime192v1, secp224r1, secp192k1, secp224k1, secp160r1, as DER.
const SMALL_CURVE_OIDS: [&[u8]; 5] = [
    &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x01],
    &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x21],
    &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x1f],
    &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x20],
    &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x08],
];

pub(super) fn uris(document: &AppDocument) -> Vec<Uri<'_>> {
    let mut list = Vec::new();
    if let Some(oidc) = &document.oidc {
        many(
            &mut list,
            "/oidc/redirect_uris",
            Place::Redirect,
            &oidc.redirect_uris,
        );
        many(
            &mut list,
            "/oidc/post_logout_redirect_uris",
            Place::PostLogout,
            &oidc.post_logout_redirect_uris,
        );
        one(
            &mut list,
            "/oidc/backchannel_logout_uri",
            Place::Called,
            oidc.backchannel_logout_uri.as_ref(),
        );
        one(
            &mut list,
            "/oidc/jwks_uri",
            Place::Called,
            oidc.jwks_uri.as_ref(),
        );
    }
    if let Some(saml) = &document.saml {
        many(&mut list, "/saml/acs_urls", Place::Page, &saml.acs_urls);
        one(
            &mut list,
            "/saml/logout_url",
            Place::Page,
            saml.logout_url.as_ref(),
        );
    }
    one(
        &mut list,
        "/push_notification_url",
        Place::Called,
        document.push_notification_url.as_ref(),
    );
    one(
        &mut list,
        "/failure_to_proof_url",
        Place::Page,
        document.failure_to_proof_url.as_ref(),
    );
    one(
        &mut list,
        "/return_to_app_url",
        Place::Page,
        document.return_to_app_url.as_ref(),
    );
    list
}

fn many<'a>(list: &mut Vec<Uri<'a>>, path: &str, place: Place, texts: &'a [String]) {
    for (at, text) in texts.iter().enumerate() {
        list.push(uri(format!("{path}/{at}"), place, text));
    }
}

fn one<'a>(list: &mut Vec<Uri<'a>>, path: &str, place: Place, text: Option<&'a String>) {
    if let Some(text) = text {
        list.push(uri(path.to_owned(), place, text));
    }
}

fn uri(path: String, place: Place, text: &str) -> Uri<'_> {
    Uri {
        path,
        text,
        place,
        reading: Reading::of(text),
    }
}
