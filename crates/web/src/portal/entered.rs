//! What a person typed about an app: kept as typed, and turned into a document to judge and to save.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use durward_domain::application::{
    AppDocument, Contact, ContactKind, DocumentFault, Key, Logo, MediaType, OidcSettings, Protocol,
    SamlSettings,
};
use durward_domain::attribute::Attribute;
use durward_domain::environment::EnvironmentName;
use durward_domain::lint::Finding;
use serde_json::{Map, Value, json};

use super::fields::{self, Kind, Step};
use crate::shared::forms::Posted;

/// What was typed, by field; lists have one line for each value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entered(BTreeMap<String, String>);

impl Entered {
    /// What a new app begins with.
    pub fn new() -> Self {
        let mut entered = Self::default();
        for (name, value) in [
            (ORIGIN, "new"),
            ("environment", "sandbox"),
            ("protocol", "oidc"),
            ("token_endpoint_auth_method", "private_key_jwt"),
            ("id_token_signed_response_alg", "RS256"),
            ("access_token_format", "opaque"),
            ("grant_types", "authorization_code"),
            ("level_of_service", "auth-only"),
            ("default_aal", "aal1"),
            ("attributes", "email"),
            ("encryption", "aes256-gcm"),
            ("name_id_format", "persistent"),
            ("sign_response", "1"),
            ("require_signed_requests", "1"),
        ] {
            entered.set(name, value);
        }
        entered
    }

    /// What the form shows for a document.
    pub fn of(document: &AppDocument) -> Self {
        let mut entered = Self::new();
        entered.set("environment", document.environment.as_str());
        entered.set("handle", document.handle.as_str());
        entered.set("team", document.team.as_str());
        entered.set("app_name", &document.app_name);
        entered.set("friendly_name", &document.friendly_name);
        entered.set("description", &document.description);
        entered.set("issuer", &document.issuer);
        let protocol = match document.protocol {
            Protocol::Oidc => "oidc",
            Protocol::Saml => "saml",
        };
        entered.set("protocol", protocol);
        entered.set("level_of_service", document.level_of_service.as_str());
        entered.set("default_aal", document.default_aal.as_str());
        let attributes: Vec<&str> = document.attributes.iter().map(|one| one.as_str()).collect();
        entered.set("attributes", &attributes.join("\n"));
        entered.take_oidc(document.oidc.as_ref());
        entered.take_saml(document.saml.as_ref());
        entered.set("keys", &keys_text(&document.keys));
        entered.set_logo(document.logo.as_ref());
        for (page, texts) in document.help_text.pages() {
            for (language, text) in texts {
                entered.set(&format!("help_{page}_{}", language_field(language)), text);
            }
        }
        entered.set_optional(
            "push_notification_url",
            document.push_notification_url.as_ref(),
        );
        entered.set_optional(
            "failure_to_proof_url",
            document.failure_to_proof_url.as_ref(),
        );
        entered.set_optional("return_to_app_url", document.return_to_app_url.as_ref());
        for (attribute, why) in &document.attribute_justifications {
            entered.set(&format!("justification_{attribute}"), why);
        }
        for kind in CONTACTS {
            if let Some(contact) = document.contacts.iter().find(|one| one.kind == *kind) {
                let values = [
                    ("name", &contact.name),
                    ("email", &contact.email),
                    ("phone", &contact.phone),
                ];
                for (part, value) in values {
                    entered.set(&contact_field(*kind, part), value);
                }
            }
        }
        entered
    }

    /// What a draft begins with that changes a saved configuration; `version` is the one that its editor saw.
    pub fn changing(document: &AppDocument, version: i64) -> Self {
        let mut entered = Self::of(document);
        entered.set(ORIGIN, "change");
        entered.set("version", &version.to_string());
        entered
    }

    /// Where it began.
    pub fn origin(&self) -> Origin {
        match self.text(ORIGIN) {
            "change" => Origin::Change,
            "copy" => Origin::Copy,
            "new" => Origin::New,
            // Drafts of before this word: only a copy was for another environment.
            _ if self.environment() != EnvironmentName::Sandbox => Origin::Copy,
            _ => Origin::New,
        }
    }

    /// What a configuration for another environment begins with: what the app is, without the keys and addresses, which live
    /// with their environment.
    pub fn starting_from(document: &AppDocument, environment: EnvironmentName) -> Self {
        let mut entered = Self::of(document);
        for field in fields::FIELDS
            .iter()
            .filter(|field| field.own_to_environment)
        {
            entered.0.remove(field.name);
        }
        entered.set("environment", environment.as_str());
        entered.set(ORIGIN, "copy");
        entered
    }

    /// Reads what a draft kept.
    pub fn from_json(value: &Value) -> Self {
        let mut entered = Self::default();
        for (name, value) in value.as_object().into_iter().flatten() {
            if let Some(text) = value.as_str() {
                entered.set(name, text);
            }
        }
        entered
    }

    /// What a draft keeps.
    pub fn to_json(&self) -> Value {
        let map = self
            .0
            .iter()
            .map(|(name, text)| (name.clone(), Value::String(text.clone())));
        Value::Object(map.collect())
    }

    /// Takes what was typed in the fields of these steps. Says which upload is no picture.
    ///
    /// A box that is not sent counts as empty only where the page says that it was shown, so that what a page does not show
    /// stays as it is.
    pub fn take(&mut self, posted: &Posted, steps: &[Step]) -> Result<(), LogoRefusal> {
        let mut picture = Ok(());
        let sent = posted.fields();
        let shown = |name: &str| sent.has(name) || sent.all("shown").any(|one| one == name);
        for field in fields::FIELDS
            .iter()
            .filter(|field| steps.contains(&field.step))
        {
            match field.kind {
                Kind::Text | Kind::Choice => {
                    if let Some(text) = sent.find(field.name) {
                        self.set(field.name, text.trim());
                    }
                }
                Kind::Area => {
                    if let Some(text) = sent.find(field.name) {
                        self.set(field.name, text.replace('\r', "").trim());
                    }
                }
                Kind::List if sent.has(field.name) => {
                    let removed = removed(posted, field.name);
                    let kept = sent
                        .all(field.name)
                        .enumerate()
                        .filter(|(at, _)| Some(*at) != removed)
                        .flat_map(|(_, text)| text.lines().map(str::trim));
                    let lines: Vec<&str> = kept.filter(|line| !line.is_empty()).collect();
                    self.set(field.name, &lines.join("\n"));
                }
                Kind::Box if shown(field.name) => {
                    self.set(field.name, if sent.has(field.name) { "1" } else { "" });
                }
                Kind::Boxes if shown(field.name) => {
                    let ticked: Vec<&str> = sent.all(field.name).map(str::trim).collect();
                    self.set(field.name, &ticked.join("\n"));
                }
                Kind::Keys if shown(field.name) => self.take_keys(posted),
                Kind::Logo => picture = self.take_logo(posted),
                Kind::List | Kind::Box | Kind::Boxes | Kind::Keys => {}
            }
        }
        picture
    }

    /// Forgets what the new protocol or level has no place for, and what nobody would see; tells what it was.
    pub fn clear_stale(&mut self, before: &Self) -> Vec<Cleared> {
        let mut cleared = Vec::new();
        let fresh = Self::new();
        if self.text("protocol") != before.text("protocol") {
            let other = if self.text("protocol") == "saml" {
                "/oidc/"
            } else {
                "/saml/"
            };
            for field in fields::FIELDS
                .iter()
                .filter(|field| field.pointer.starts_with(other))
            {
                let usual = fresh.text(field.name);
                if self.text(field.name) != usual {
                    cleared.push(self.cleared(field.name, self.text(field.name)));
                }
                self.set(field.name, usual);
            }
        }
        if self.text("level_of_service") == "auth-only"
            && before.text("level_of_service") == "identity-verified"
        {
            let (kept, gone): (Vec<&str>, Vec<&str>) =
                self.lines("attributes").into_iter().partition(|id| {
                    !Attribute::parse(id).is_ok_and(Attribute::needs_identity_verified)
                });
            let (kept, gone) = (kept.join("\n"), gone.join("\n"));
            if !gone.is_empty() {
                cleared.push(self.cleared("attributes", &gone));
                self.set("attributes", &kept);
            }
            for name in FOR_VERIFIED {
                if !self.text(name).is_empty() {
                    cleared.push(self.cleared(name, self.text(name)));
                    self.set(name, "");
                }
            }
        }
        cleared.extend(self.clear_reasons());
        cleared
    }

    /// A reason for an attribute that is not asked for says nothing.
    fn clear_reasons(&mut self) -> Vec<Cleared> {
        let reasons = fields::FIELDS.iter().filter_map(|field| {
            let attribute = field.name.strip_prefix("justification_")?;
            let stale =
                !self.text(field.name).is_empty() && !self.lines("attributes").contains(&attribute);
            stale.then_some(field.name)
        });
        let stale: Vec<&'static str> = reasons.collect();
        let mut cleared = Vec::new();
        for name in stale {
            cleared.push(self.cleared(name, self.text(name)));
            self.set(name, "");
        }
        cleared
    }

    fn cleared(&self, name: &str, text: &str) -> Cleared {
        Cleared {
            name: fields::named(name).map_or("", |field| field.name),
            values: text.lines().map(str::to_owned).collect(),
        }
    }

    /// Keeps what was cleared for the next page to tell.
    pub fn keep_cleared(&mut self, cleared: &[Cleared]) {
        let lines = cleared.iter().flat_map(|one| {
            one.values
                .iter()
                .map(|value| format!("{}\t{value}", one.name))
        });
        let text = lines.collect::<Vec<_>>().join("\n");
        self.set("cleared", &text);
    }

    /// What the last step cleared.
    pub fn last_cleared(&self) -> Vec<Cleared> {
        let mut cleared: Vec<Cleared> = Vec::new();
        for line in self.text("cleared").lines() {
            let Some((name, value)) = line.split_once('\t') else {
                continue;
            };
            match cleared.last_mut().filter(|last| last.name == name) {
                Some(last) => last.values.push(value.to_owned()),
                None => cleared.push(self.cleared(name, value)),
            }
        }
        cleared
    }

    /// The text of a field; empty if nothing was typed.
    pub fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// The values of a list, one for each line.
    pub fn lines(&self, name: &str) -> Vec<&str> {
        let lines = self.text(name).lines().map(str::trim);
        lines.filter(|line| !line.is_empty()).collect()
    }

    /// The environment of this configuration.
    pub fn environment(&self) -> EnvironmentName {
        EnvironmentName::parse(self.text("environment")).unwrap_or(EnvironmentName::Sandbox)
    }

    /// The document. What the form does not show comes from `base`.
    pub fn document(&self, base: Option<&AppDocument>) -> Result<AppDocument, DocumentFault> {
        let mut map = match base.map(serde_json::to_value) {
            Some(Ok(Value::Object(map))) => map,
            _ => Map::new(),
        };
        map.insert("schema".to_owned(), json!("durward.app/v1"));
        map.insert("handle".to_owned(), json!(self.handle()));
        for name in TEXTS {
            map.insert((*name).to_owned(), json!(self.text(name)));
        }
        for name in CHOICES {
            self.put_choice(&mut map, name);
        }
        for name in ADDRESSES {
            map.insert((*name).to_owned(), self.optional(name));
        }
        map.insert("attributes".to_owned(), json!(self.lines("attributes")));
        map.insert("attribute_justifications".to_owned(), self.reasons());
        map.insert(
            "contacts".to_owned(),
            json!(self.contacts(base.map_or(&[], |base| &base.contacts))),
        );
        map.insert("keys".to_owned(), json!(keys_of(self.text("keys"))));
        map.insert("logo".to_owned(), json!(self.logo()));
        map.insert("help_text".to_owned(), self.help_text());
        let saml = self.text("protocol") == "saml";
        map.insert(
            "oidc".to_owned(),
            if saml { Value::Null } else { self.oidc(base) },
        );
        map.insert(
            "saml".to_owned(),
            if saml { self.saml(base) } else { Value::Null },
        );
        AppDocument::from_value(Value::Object(map))
    }

    /// The short name; made from the app name where none was typed.
    pub fn handle(&self) -> String {
        match self.text("handle") {
            "" => slug(self.text("app_name")),
            typed => typed.to_owned(),
        }
    }

    /// The logo.
    pub fn logo(&self) -> Option<Logo> {
        let (media_type, base64) = self.text("logo").split_once(";base64,")?;
        let media_type = if media_type == MediaType::Png.as_str() {
            MediaType::Png
        } else {
            MediaType::Svg
        };
        Some(Logo {
            media_type,
            base64: base64.to_owned(),
        })
    }

    /// The logo as a `data:` address.
    pub fn logo_address(&self) -> Option<String> {
        let kept = self.text("logo");
        (!kept.is_empty()).then(|| format!("data:{kept}"))
    }

    /// Forgets private keys: nothing keeps one, also not a draft.
    pub fn forget_private_keys(&mut self) {
        if keys_of(self.text("keys")).iter().any(is_private) {
            self.set("keys", "");
        }
    }

    /// Keeps the text of a field.
    pub fn set(&mut self, name: &str, value: &str) {
        self.0.insert(name.to_owned(), value.to_owned());
    }

    fn set_optional(&mut self, name: &str, value: Option<&String>) {
        self.set(name, value.map_or("", String::as_str));
    }

    fn set_box(&mut self, name: &str, ticked: bool) {
        self.set(name, if ticked { "1" } else { "" });
    }

    fn optional(&self, name: &str) -> Value {
        match self.text(name) {
            "" => Value::Null,
            text => json!(text),
        }
    }

    fn ticked(&self, name: &str) -> bool {
        self.text(name) == "1"
    }

    fn take_oidc(&mut self, settings: Option<&OidcSettings>) {
        let Some(oidc) = settings else { return };
        self.set(
            "token_endpoint_auth_method",
            oidc.token_endpoint_auth_method.as_str(),
        );
        self.set(
            "id_token_signed_response_alg",
            oidc.id_token_signed_response_alg.as_str(),
        );
        self.set("access_token_format", oidc.access_token_format.as_str());
        let grants: Vec<&str> = oidc.grant_types.iter().map(|one| one.as_str()).collect();
        self.set("grant_types", &grants.join("\n"));
        let settings = json!(oidc);
        for name in ENCRYPTION {
            self.set(name, settings[*name].as_str().unwrap_or_default());
        }
        for field in fields::policies() {
            let text = policy_text(settings.pointer(&field.pointer["/oidc".len()..]));
            self.set(field.name, &text);
        }
        self.set_box("require_par", oidc.require_par);
        self.set_box(
            "require_signed_request_object",
            oidc.require_signed_request_object,
        );
        self.set_box("dpop_bound_access_tokens", oidc.dpop_bound_access_tokens);
        self.set_box("fapi2", oidc.fapi2);
        self.set_optional("jwks_uri", oidc.jwks_uri.as_ref());
        self.set("redirect_uris", &oidc.redirect_uris.join("\n"));
        self.set(
            "post_logout_redirect_uris",
            &oidc.post_logout_redirect_uris.join("\n"),
        );
        self.set_optional(
            "backchannel_logout_uri",
            oidc.backchannel_logout_uri.as_ref(),
        );
    }

    fn take_saml(&mut self, settings: Option<&SamlSettings>) {
        let Some(saml) = settings else { return };
        self.set("acs_urls", &saml.acs_urls.join("\n"));
        self.set_optional("logout_url", saml.logout_url.as_ref());
        self.set("encryption", saml.encryption.as_str());
        self.set("name_id_format", saml.name_id_format.as_str());
        self.set_box("sign_response", saml.sign_response);
        self.set_box("require_signed_requests", saml.require_signed_requests);
    }

    fn oidc(&self, base: Option<&AppDocument>) -> Value {
        let kept = base
            .and_then(|base| base.oidc.as_ref())
            .map(serde_json::to_value);
        let mut map = match kept {
            Some(Ok(Value::Object(map))) => map,
            _ => Map::new(),
        };
        for name in [
            "token_endpoint_auth_method",
            "id_token_signed_response_alg",
            "access_token_format",
        ] {
            self.put_choice(&mut map, name);
        }
        for name in [
            "require_par",
            "require_signed_request_object",
            "dpop_bound_access_tokens",
            "fapi2",
        ] {
            map.insert(name.to_owned(), json!(self.ticked(name)));
        }
        for name in ["redirect_uris", "post_logout_redirect_uris"] {
            map.insert(name.to_owned(), json!(self.lines(name)));
        }
        for name in ["backchannel_logout_uri", "jwks_uri"]
            .iter()
            .chain(ENCRYPTION)
        {
            map.insert((*name).to_owned(), self.optional(name));
        }
        // Drafts of before this field say nothing of it.
        if self.0.contains_key("grant_types") {
            map.insert("grant_types".to_owned(), json!(self.lines("grant_types")));
        }
        map.insert("policies".to_owned(), self.policies());
        Value::Object(map)
    }

    /// What is left empty is the programme's.
    fn policies(&self) -> Value {
        let mut map = Map::new();
        for field in fields::policies() {
            let text = self.text(field.name);
            if text.is_empty() {
                continue;
            }
            let name = &field.name[fields::POLICY.len()..];
            let value = match (field.kind, text.parse::<i64>()) {
                (Kind::Choice, _) => json!(text == "true"),
                _ if LISTS.contains(&name) => json!(text.split_whitespace().collect::<Vec<_>>()),
                (_, Ok(number)) => json!(number),
                (_, Err(_)) => json!(text),
            };
            map.insert(name.to_owned(), value);
        }
        Value::Object(map)
    }

    fn saml(&self, base: Option<&AppDocument>) -> Value {
        let kept = base
            .and_then(|base| base.saml.as_ref())
            .map(serde_json::to_value);
        let mut map = match kept {
            Some(Ok(Value::Object(map))) => map,
            _ => Map::new(),
        };
        map.insert("acs_urls".to_owned(), json!(self.lines("acs_urls")));
        map.insert("logout_url".to_owned(), self.optional("logout_url"));
        for name in ["encryption", "name_id_format"] {
            self.put_choice(&mut map, name);
        }
        for name in ["sign_response", "require_signed_requests"] {
            map.insert(name.to_owned(), json!(self.ticked(name)));
        }
        Value::Object(map)
    }

    /// An empty choice leaves what there is, or the default.
    fn put_choice(&self, map: &mut Map<String, Value>, name: &str) {
        match self.text(name) {
            "" => {}
            chosen => {
                map.insert(name.to_owned(), json!(chosen));
            }
        }
    }

    fn reasons(&self) -> Value {
        let mut map = Map::new();
        for attribute in self.lines("attributes") {
            let why = self.text(&format!("justification_{attribute}"));
            if !why.is_empty() {
                map.insert(attribute.to_owned(), json!(why));
            }
        }
        Value::Object(map)
    }

    /// The form shows one contact of each kind; further ones stay as they are.
    fn contacts(&self, base: &[Contact]) -> Vec<Contact> {
        let mut contacts = Vec::new();
        let mut done = Vec::new();
        for contact in base {
            if done.contains(&contact.kind) || !CONTACTS.contains(&contact.kind) {
                contacts.push(contact.clone());
                continue;
            }
            done.push(contact.kind);
            contacts.extend(self.contact(contact.kind));
        }
        let rest = CONTACTS.iter().filter(|kind| !done.contains(kind));
        contacts.extend(rest.filter_map(|kind| self.contact(*kind)));
        contacts
    }

    fn contact(&self, kind: ContactKind) -> Option<Contact> {
        let text = |part: &str| self.text(&contact_field(kind, part)).to_owned();
        let contact = Contact {
            kind,
            name: text("name"),
            email: text("email"),
            phone: text("phone"),
        };
        let is_empty =
            contact.name.is_empty() && contact.email.is_empty() && contact.phone.is_empty();
        (!is_empty).then_some(contact)
    }

    fn help_text(&self) -> Value {
        let mut pages = Map::new();
        for page in ["sign_in", "sign_up", "forgot_password"] {
            let mut texts = Map::new();
            for (field, language) in LANGUAGES {
                let text = self.text(&format!("help_{page}_{field}"));
                if !text.is_empty() {
                    texts.insert((*language).to_owned(), json!(text));
                }
            }
            pages.insert(page.to_owned(), Value::Object(texts));
        }
        Value::Object(pages)
    }

    fn take_keys(&mut self, posted: &Posted) {
        let mut text = posted.fields().text("keys").replace('\r', "");
        for part in posted.files("keys_file") {
            text = format!("{}\n{}", text.trim_end(), key_file(&part.bytes));
        }
        self.set("keys", text.trim());
    }

    fn take_logo(&mut self, posted: &Posted) -> Result<(), LogoRefusal> {
        let kept = posted.text("logo_kept");
        if kept.contains(";base64,") {
            self.set("logo", kept);
        }
        if posted.has("logo_remove") {
            self.set("logo", "");
        }
        let Some(part) = posted.file("logo") else {
            return Ok(());
        };
        let found = media_type(&part.bytes).ok_or(LogoRefusal::NoPicture)?;
        let file = part.file.as_deref().unwrap_or_default();
        if !fits(file, found) {
            return Err(LogoRefusal::OtherName);
        }
        let logo = Logo::new(found, &part.bytes);
        self.set_logo(Some(&logo));
        Ok(())
    }

    fn set_logo(&mut self, logo: Option<&Logo>) {
        let text =
            logo.map(|logo| format!("{};base64,{}", logo.media_type.as_str(), logo.base64.trim()));
        self.set("logo", text.as_deref().unwrap_or(""));
    }
}

/// Where a form began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// With nothing: a new app.
    New,
    /// With the sandbox configuration of an app, for another environment.
    Copy,
    /// With a saved configuration, to change it.
    Change,
}

/// Values that had no place any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleared {
    /// The field.
    pub name: &'static str,
    /// What it had.
    pub values: Vec<String>,
}

/// A finding at the place where the form asks for it: the document counts contacts, the form names their kinds.
pub fn placed(finding: &Finding, document: &AppDocument) -> Finding {
    let mut finding = finding.clone();
    let Some(rest) = finding.path.strip_prefix("/contacts") else {
        return finding;
    };
    let mut parts = rest.trim_start_matches('/').splitn(2, '/');
    let kind = match parts.next().and_then(|number| number.parse::<usize>().ok()) {
        Some(number) => document.contacts.get(number).map(|contact| contact.kind),
        None => Some(ContactKind::Technical),
    };
    let part = parts.next().unwrap_or("name");
    finding.path = format!(
        "/contacts/{}/{part}",
        kind.map_or("technical", ContactKind::as_str)
    );
    finding
}

/// The line of a list that the pressed button takes away.
fn removed(posted: &Posted, name: &str) -> Option<usize> {
    let (list, line) = posted.text("remove").split_once('.')?;
    (list == name).then(|| line.parse().ok()).flatten()
}

fn contact_field(kind: ContactKind, part: &str) -> String {
    format!("contact_{}_{part}", kind.as_str())
}

/// Why an uploaded logo is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogoRefusal {
    /// It is neither PNG nor SVG.
    NoPicture,
    /// Its name says something else than its content.
    OtherName,
}

impl LogoRefusal {
    /// The key of its sentence.
    pub const fn key(self) -> &'static str {
        match self {
            Self::NoPicture => "logo-no-picture",
            Self::OtherName => "logo-other-name",
        }
    }
}

/// Does the extension of a file's name agree with what the file is? A name without one says nothing.
fn fits(name: &str, found: MediaType) -> bool {
    let Some((_, extension)) = name.rsplit_once('.') else {
        return true;
    };
    let expected = match found {
        MediaType::Png => "png",
        MediaType::Svg => "svg",
    };
    extension.eq_ignore_ascii_case(expected)
}

/// The keys in a text: PEM blocks, JSON Web Keys, and sets of them, in any mixture. What is none of them is kept for the
/// validator to name.
pub fn keys_of(text: &str) -> Vec<Key> {
    let mut keys = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        if rest.starts_with(['{', '[']) {
            let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
            if let Some(Ok(value)) = values.next() {
                let end = values.byte_offset();
                json_keys(value, &mut keys);
                rest = rest.get(end..).unwrap_or("").trim_start();
                continue;
            }
        }
        let end = pem_end(rest);
        keys.push(Key::Pem(rest.get(..end).unwrap_or(rest).trim().to_owned()));
        rest = rest.get(end..).unwrap_or("").trim_start();
    }
    keys
}

/// Whether a key could sign.
fn is_private(key: &Key) -> bool {
    match key {
        Key::Pem(text) => text.contains("PRIVATE KEY"),
        Key::Jwk(map) => ["d", "p", "q", "k"]
            .iter()
            .any(|name| map.contains_key(*name)),
    }
}

fn json_keys(value: Value, keys: &mut Vec<Key>) {
    match value {
        Value::Object(mut map) => match map.remove("keys") {
            Some(Value::Array(list)) => list.into_iter().for_each(|one| json_keys(one, keys)),
            Some(other) => {
                map.insert("keys".to_owned(), other);
                keys.push(Key::Jwk(map));
            }
            None => keys.push(Key::Jwk(map)),
        },
        Value::Array(list) => list.into_iter().for_each(|one| json_keys(one, keys)),
        other => keys.push(Key::Pem(other.to_string())),
    }
}

/// Where the first PEM block ends; the end of the text where there is none.
fn pem_end(text: &str) -> usize {
    text.find("-----END ")
        .and_then(|at| {
            let after = at + "-----END ".len();
            text.get(after..)?
                .find("-----")
                .map(|found| after + found + 5)
        })
        .unwrap_or(text.len())
}

fn keys_text(keys: &[Key]) -> String {
    let texts: Vec<String> = keys
        .iter()
        .map(|key| match key {
            Key::Pem(pem) => pem.trim().to_owned(),
            Key::Jwk(map) => serde_json::to_string_pretty(map).unwrap_or_default(),
        })
        .collect();
    texts.join("\n")
}

/// A key file as text; a DER certificate is put into PEM.
fn key_file(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.replace('\r', ""),
        Err(_) => {
            let base64 = STANDARD.encode(bytes);
            let lines: Vec<&str> = base64
                .as_bytes()
                .chunks(64)
                .filter_map(|line| std::str::from_utf8(line).ok())
                .collect();
            format!(
                "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----",
                lines.join("\n")
            )
        }
    }
}

/// The content decides, never the file's name.
fn media_type(bytes: &[u8]) -> Option<MediaType> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some(MediaType::Png);
    }
    std::str::from_utf8(bytes)
        .ok()
        .filter(|text| text.contains("<svg"))
        .map(|_| MediaType::Svg)
}

/// Lower case letters and digits with single hyphens between.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for letter in name.chars().flat_map(char::to_lowercase) {
        if letter.is_ascii_alphanumeric() {
            slug.push(letter);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(64);
    slug.trim_end_matches('-').to_owned()
}

fn language_field(language: &str) -> &str {
    language.split('-').next().unwrap_or(language)
}

/// Policies that are lists of words.
const LISTS: [&str; 2] = ["auth_methods", "prompts"];

/// Settings that are left out where nothing is chosen.
const ENCRYPTION: &[&str] = &[
    "id_token_encrypted_response_alg",
    "id_token_encrypted_response_enc",
    "userinfo_signed_response_alg",
    "userinfo_encrypted_response_alg",
    "userinfo_encrypted_response_enc",
];

/// A policy as it is typed.
fn policy_text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::Array(list)) => {
            let words: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
            words.join(" ")
        }
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

const TEXTS: &[&str] = &[
    "team",
    "environment",
    "app_name",
    "friendly_name",
    "description",
    "issuer",
];
const CHOICES: &[&str] = &["protocol", "level_of_service", "default_aal"];
/// What only an app has that asks for verified identities.
const FOR_VERIFIED: &[&str] = &["failure_to_proof_url"];
/// The contacts that the form asks for.
const CONTACTS: &[ContactKind] = &[
    ContactKind::Technical,
    ContactKind::Program,
    ContactKind::Billing,
    ContactKind::HelpDesk,
];
const ORIGIN: &str = "origin";
const ADDRESSES: &[&str] = &[
    "push_notification_url",
    "failure_to_proof_url",
    "return_to_app_url",
];
/// The end of a field's name and the language of its text.
const LANGUAGES: &[(&str, &str)] = &[("en", "en"), ("es", "es"), ("fr", "fr"), ("zh", "zh-Hans")];

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_document_survives_its_form() {
        let example = AppDocument::example();
        let entered = Entered::of(&example);
        let again = Entered::from_json(&entered.to_json());
        assert_eq!(again, entered);
        let mut document = again.document(Some(&example)).unwrap();
        // A PEM text keeps its meaning, not its outer space.
        document.keys.clone_from(&example.keys);
        assert_eq!(document, example);
    }

    #[test]
    fn the_extension_of_a_logo_agrees_with_its_content() {
        for name in ["logo.png", "LOGO.PNG", "a.svg.png", "logo", ""] {
            assert!(fits(name, MediaType::Png), "{name}");
        }
        for name in ["logo.svg", "logo.jpg", "logo.png.exe", "logo."] {
            assert!(!fits(name, MediaType::Png), "{name}");
        }
        assert!(fits("logo.SVG", MediaType::Svg));
        assert!(!fits("logo.png", MediaType::Svg));
    }

    #[test]
    fn what_the_form_does_not_show_stays() {
        let mut example = AppDocument::example();
        let contact = |kind, name: &str| Contact {
            kind,
            name: name.into(),
            email: String::new(),
            phone: String::new(),
        };
        example.contacts.extend([
            contact(ContactKind::Technical, "A second one"),
            contact(ContactKind::Security, "The guard"),
        ]);
        if let Some(oidc) = &mut example.oidc {
            oidc.token_endpoint_auth_method =
                durward_domain::application::TokenEndpointAuthMethod::ClientSecretBasic;
            oidc.require_par = true;
        }
        let mut entered = Entered::of(&example);
        entered.set("contact_technical_name", "Someone else");
        entered.set("contact_billing_email", "pay@fisheries.gov");
        let document = entered.document(Some(&example)).unwrap();
        assert_eq!(document.oidc, example.oidc);
        let names: Vec<&str> = document
            .contacts
            .iter()
            .map(|one| one.name.as_str())
            .collect();
        assert_eq!(names, ["Someone else", "A second one", "The guard", ""]);
    }

    #[test]
    fn a_change_of_protocol_or_level_clears_and_tells() {
        let mut before = Entered::of(&AppDocument::example());
        before.set("level_of_service", "identity-verified");
        before.set("attributes", "email\nssn");
        before.set("justification_ssn", "To pay the pension");
        before.set("failure_to_proof_url", "https://fisheries.gov/other-ways");
        let mut entered = before.clone();
        assert_eq!(entered.clear_stale(&before), []);
        entered.set("protocol", "saml");
        entered.set("level_of_service", "auth-only");
        let cleared = entered.clear_stale(&before);
        let names: Vec<&str> = cleared.iter().map(|one| one.name).collect();
        assert_eq!(
            names,
            [
                "redirect_uris",
                "post_logout_redirect_uris",
                "attributes",
                "failure_to_proof_url",
                "justification_ssn"
            ]
        );
        assert_eq!(entered.text("redirect_uris"), "");
        assert_eq!(entered.text("attributes"), "email");
        entered.keep_cleared(&cleared);
        assert_eq!(
            Entered::from_json(&entered.to_json()).last_cleared(),
            cleared
        );
    }

    #[test]
    fn production_starts_without_keys_and_addresses() {
        let entered = Entered::starting_from(&AppDocument::example(), EnvironmentName::Production);
        let document = entered.document(None).unwrap();
        assert_eq!(document.environment, EnvironmentName::Production);
        assert!(document.keys.is_empty() && document.redirect_uris().is_empty());
        assert_eq!(document.app_name, "Fishing Licence");
        assert!(document.logo.is_some());
    }

    #[test]
    fn keys_are_found_in_any_mixture() {
        let pem = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----";
        let text = format!(
            "{pem}\n{{\"keys\":[{{\"kty\":\"EC\"}},{{\"kty\":\"RSA\"}}]}}\n{pem}\n{{\"kty\":\"OKP\"}}\nrubbish"
        );
        let kinds: Vec<String> = keys_of(&text)
            .iter()
            .map(|key| match key {
                Key::Pem(text) => text.chars().take(5).collect(),
                Key::Jwk(map) => map["kty"].as_str().unwrap().to_owned(),
            })
            .collect();
        assert_eq!(kinds, ["-----", "EC", "RSA", "-----", "OKP", "rubbi"]);
        assert!(keys_of(" \n").is_empty());
        assert_eq!(keys_of("{ not json").len(), 1);
    }

    #[test]
    fn a_private_key_is_forgotten() {
        let mut entered = Entered::new();
        for text in [
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
            r#"{"kty":"EC","d":"x"}"#,
        ] {
            entered.set("keys", text);
            entered.forget_private_keys();
            assert_eq!(entered.text("keys"), "");
        }
        entered.set("keys", r#"{"kty":"EC","x":"x"}"#);
        entered.forget_private_keys();
        assert_ne!(entered.text("keys"), "");
    }

    #[test]
    fn a_short_name_is_made_from_the_app_name() {
        assert_eq!(slug("Fishing Licence (2nd)"), "fishing-licence-2nd");
        assert_eq!(slug("  Tide – Tables "), "tide-tables");
    }

    #[test]
    fn settings_of_the_other_protocol_are_not_carried_along() {
        let mut entered = Entered::of(&AppDocument::example());
        entered.set("protocol", "saml");
        entered.set("acs_urls", "https://a.gov/acs\nhttps://b.gov/acs");
        let document = entered.document(Some(&AppDocument::example())).unwrap();
        assert!(document.oidc.is_none());
        assert_eq!(document.saml.unwrap().acs_urls.len(), 2);
    }
}
