//! A document taken apart once, for all rules.

use durward_keyring::jose::{KeyFacts, PublicKey};

use super::{
    LintContext,
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
}

impl<'a> Subject<'a> {
    pub(super) fn new(document: &'a AppDocument, context: &'a LintContext<'a>) -> Self {
        Self {
            document,
            context,
            uris: uris(document),
            keys: document.keys.iter().enumerate().map(judged).collect(),
            logo: document
                .logo
                .as_ref()
                .and_then(crate::application::Logo::bytes),
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
        facts: key.read().map(|key: PublicKey| key.facts()),
        fingerprint: key.fingerprint(),
    }
}

/// Private material is looked for in the text itself, so that it is named even when nothing else can be read.
fn is_private(key: &Key) -> bool {
    match key {
        Key::Pem(pem) => pem.to_ascii_uppercase().contains("PRIVATE KEY"),
        Key::Jwk(members) => ["d", "p", "q", "dp", "dq", "qi", "oth", "k"]
            .iter()
            .any(|name| members.contains_key(*name)),
    }
}

fn uris(document: &AppDocument) -> Vec<Uri<'_>> {
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
