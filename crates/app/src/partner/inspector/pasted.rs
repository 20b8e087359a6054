//! A request that a person pasted: judged by the same rules as at the door, with no effect. Nothing of it is kept.

use std::sync::Arc;

use durward_domain::environment::EnvironmentName;
use durward_domain::refusal::{RefusalKind, Refuse};
use durward_keyring::jose::{Algorithm, PublicKey, jws};
use durward_oidc::authorize::{self as rules, Verdict};
use durward_oidc::client::Client;
use durward_oidc::evidence::{self, AssertionEvidence, Decoded, Evidence};
use durward_oidc::params::Params;
use durward_saml::reading::{self, Reading, Unreadable};
use serde::Serialize;
use serde_json::{Map, Value};

use super::explain::{assertion_claims, token_urls};
use super::reach::{self, Reach};
use super::{Claim, Difference, Hint, encrypted};
use crate::actor::Member;
use crate::client::STRONGEST;
use crate::failure::Failure;
use crate::keeper::{EnvironmentLink, Keeper};

/// What was made of it.
#[derive(Clone, Debug, Serialize)]
pub struct Explained {
    /// What it is: `authorize`, `client_assertion`, `id_token`, `request_object`, `encrypted`, `jwt` or `saml`.
    pub kind: &'static str,
    /// The environment that it was judged for.
    pub environment: EnvironmentName,
    /// The app, when the member may see it.
    pub app: Option<String>,
    /// The code of the rule that refuses it; none when it passes.
    pub refused_by: Option<String>,
    /// Every rule in order.
    pub rules: Vec<Judged>,
    /// The claims of an assertion.
    pub claims: Vec<Claim>,
    /// What it says, field by field.
    pub fields: Vec<(String, String)>,
    /// Sent beside registered.
    pub differences: Vec<Difference>,
    /// What the programme can tell besides.
    pub hints: Vec<Hint>,
}

/// One rule and what it said.
#[derive(Clone, Debug, Serialize)]
pub struct Judged {
    /// The rule's code.
    pub code: &'static str,
    /// What it says when it does not pass.
    pub sentence: String,
    /// `passed`, `failed` or `not_reached`.
    pub verdict: &'static str,
}

/// Why nothing can be made of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PastedRefusal {
    /// Nothing was pasted.
    #[error("Paste an authorization address, a token or a SAML message.")]
    Empty,
    /// More than is read.
    #[error(
        "That is too long. Paste one request of at most {} characters.",
        LONGEST
    )]
    TooLong,
    /// It is none of what is known.
    #[error(
        "This is no authorization address, no signed token and no SAML message. Copy it whole."
    )]
    Unknown,
    /// The environment is none of ours.
    #[error("There is no environment of this name.")]
    Environment,
    /// A SAML message that cannot be read.
    #[error("{0}")]
    Saml(Unreadable),
}

impl Refuse for PastedRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Empty => "inspector/nothing-pasted",
            Self::TooLong => "inspector/pasted-too-long",
            Self::Unknown => "inspector/pasted-unknown",
            Self::Environment => "inspector/environment-unknown",
            Self::Saml(_) => "inspector/saml-unreadable",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::TooLong => RefusalKind::TooLarge,
            _ => RefusalKind::Invalid,
        }
    }
}

/// Judges what was pasted. `environment` counts where the text does not name one by its address.
///
/// # Errors
/// [`PastedRefusal`], or a fault.
pub async fn explain(
    keeper: &Keeper,
    member: &Member,
    text: &str,
    environment: EnvironmentName,
) -> Result<Explained, Failure<PastedRefusal>> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Failure::Refused(PastedRefusal::Empty));
    }
    if text.len() > LONGEST {
        return Err(Failure::Refused(PastedRefusal::TooLong));
    }
    let link = keeper
        .environments
        .iter()
        .find(|link| text.contains(link.issuer.as_str()) && text.starts_with("http"))
        .or_else(|| keeper.environment(environment))
        .ok_or(Failure::Refused(PastedRefusal::Environment))?;
    let bench = Bench {
        keeper,
        link,
        reach: Reach::of(keeper, member).await?,
    };
    bench.explain(text).map_err(Failure::Refused)
}

struct Bench<'a> {
    keeper: &'a Keeper,
    link: &'a EnvironmentLink,
    reach: Reach,
}

impl Bench<'_> {
    fn explain(&self, text: &str) -> Result<Explained, PastedRefusal> {
        if text.starts_with('<') {
            return Ok(self.saml(reading::xml(text).map_err(PastedRefusal::Saml)?));
        }
        if let Some(params) = parameters(text) {
            for name in ["SAMLRequest", "SAMLResponse"] {
                if let Some(message) = params.get(name) {
                    let read = reading::message(message).map_err(PastedRefusal::Saml)?;
                    return Ok(self.saml(read));
                }
            }
            if let Some(token) = params.get("client_assertion").and_then(evidence::decode) {
                return Ok(self.token(params.get("client_assertion").unwrap_or_default(), &token));
            }
            if AUTHORIZE.iter().any(|name| params.get(name).is_some()) {
                return Ok(self.authorize(&params, "authorize"));
            }
        }
        if let Some(decoded) = evidence::decode(text) {
            return Ok(self.token(text, &decoded));
        }
        if let Some(decoded) = evidence::decode_encrypted(text) {
            return Ok(self.encrypted(&decoded));
        }
        match reading::message(text) {
            Ok(read) => Ok(self.saml(read)),
            Err(Unreadable::TooLarge) => Err(PastedRefusal::Saml(Unreadable::TooLarge)),
            Err(_) => Err(PastedRefusal::Unknown),
        }
    }

    fn blank(&self, kind: &'static str) -> Explained {
        Explained {
            kind,
            environment: self.link.name,
            app: None,
            refused_by: None,
            rules: Vec::new(),
            claims: Vec::new(),
            fields: Vec::new(),
            differences: Vec::new(),
            hints: Vec::new(),
        }
    }

    /// The app of a client id, if the member may see it. Of another team's app nothing is told, not even that it is there.
    fn client(&self, client_id: Option<&str>) -> Option<Arc<Client>> {
        let door = self.link.door.as_ref()?;
        let registry = door.registry.load();
        let client = &registry.app(client_id?)?.client;
        self.reach
            .may_name(client.handle.as_str())
            .then(|| Arc::clone(client))
    }

    fn authorize(&self, params: &Params, kind: &'static str) -> Explained {
        let client = self.client(params.get("client_id"));
        let bounds = rules::Door {
            programme: &self.keeper.programme,
            issuer: &self.link.issuer,
            class: self.link.name.class(),
            strongest: STRONGEST,
        };
        let walked = rules::walk(params, client.as_deref(), &bounds);
        let rules: Vec<Judged> = walked
            .into_iter()
            .map(|one| {
                let (verdict, detail) = match one.verdict {
                    Verdict::Passed => ("passed", None),
                    Verdict::Failed(detail) => ("failed", detail),
                    Verdict::NotReached => ("not_reached", None),
                };
                let sentence = match detail {
                    Some(detail) => format!("{} ({detail})", one.check.sentence),
                    None => one.check.sentence.to_owned(),
                };
                Judged {
                    code: one.check.id,
                    sentence,
                    verdict,
                }
            })
            .collect();
        let refused_by = rules
            .iter()
            .find(|rule| rule.verdict == "failed")
            .map(|rule| rule.code.to_owned());
        let told = Evidence::authorize(params, client.as_deref(), refused_by.as_deref());
        let differences = told
            .registered("redirect_uri")
            .first()
            .and(params.get("redirect_uri"))
            .and_then(|sent| {
                let nearest = evidence::nearest(sent, told.registered("redirect_uri"))?;
                Some(Difference {
                    name: "redirect_uri".to_owned(),
                    sent: sent.to_owned(),
                    nearest: nearest.to_owned(),
                    parts: evidence::difference(sent, nearest),
                })
            });
        Explained {
            app: client.as_ref().map(|client| client.handle.to_string()),
            refused_by,
            rules,
            differences: differences.into_iter().collect(),
            hints: self.hints(client.as_deref(), params.get("client_id")),
            fields: params.pairs().to_vec(),
            ..self.blank(kind)
        }
    }

    fn token(&self, text: &str, decoded: &Decoded) -> Explained {
        let claim = |name: &str| decoded.claims.get(name).and_then(Value::as_str);
        if claim("redirect_uri").is_some() && claim("client_id").is_some() {
            let pairs = decoded
                .claims
                .iter()
                .filter_map(|(name, value)| {
                    let value = value
                        .as_str()
                        .map_or_else(|| value.to_string(), str::to_owned);
                    Some((name.clone(), value)).filter(|(name, _)| name != "aud")
                })
                .collect();
            return self.authorize(&Params::new(pairs), "request_object");
        }
        let mut fields = shown("header", &decoded.header);
        fields.extend(shown("claims", &decoded.claims));
        let now = self.keeper.clock.real_now().as_second();
        let assertion = AssertionEvidence::of(decoded);
        let ours = |link: &&EnvironmentLink| claim("iss") == Some(link.issuer.as_str());
        if let Some(link) = self.keeper.environments.iter().find(ours) {
            let keys: Vec<PublicKey> = link
                .door
                .iter()
                .flat_map(|door| {
                    let ring = door.keys.load();
                    let keys: Vec<_> = ring
                        .keys()
                        .iter()
                        .map(|held| held.key.public().clone())
                        .collect();
                    keys
                })
                .collect();
            let ended = assertion.exp.is_none_or(|exp| exp <= now);
            return Explained {
                environment: link.name,
                claims: vec![
                    signature(text, &keys, "…"),
                    Claim {
                        name: "exp",
                        value: assertion.exp.map(|exp| (exp - now).to_string()),
                        expected: "> 0".to_owned(),
                        passes: !ended,
                    },
                ],
                fields,
                ..self.blank("id_token")
            };
        }
        let is_assertion = claim("iss").is_some() && claim("iss") == claim("sub");
        let client = self.client(claim("iss"));
        let client_id = claim("iss").unwrap_or_default();
        let longest = client
            .as_ref()
            .map_or(&self.keeper.programme.policies, |client| &client.policies)
            .assertion_seconds;
        let mut claims = assertion_claims(
            &assertion,
            client_id,
            &token_urls(self.link),
            (longest, now),
        );
        if let Some(client) = &client {
            let keys: Vec<String> = client.keys.iter().map(PublicKey::thumbprint).collect();
            claims.push(signature(text, &client.keys, &keys.join(" ")));
        }
        Explained {
            app: client.as_ref().map(|client| client.handle.to_string()),
            refused_by: claims
                .iter()
                .find(|claim| !claim.passes)
                .map(|claim| code_of(claim.name).to_owned()),
            claims,
            hints: self.hints(client.as_deref(), claim("iss")),
            fields,
            ..self.blank(if is_assertion {
                "client_assertion"
            } else {
                "jwt"
            })
        }
    }

    /// It is not opened: whoever pastes it may not be whose it is.
    fn encrypted(&self, decoded: &Decoded) -> Explained {
        let ring = self.link.door.as_ref().map(|door| door.keys.load());
        let ours = ring.iter().flat_map(|ring| ring.decryption());
        let ours: Vec<String> = ours.map(|key| key.kid().to_owned()).collect();
        let claims = encrypted::claims(decoded, ours);
        Explained {
            refused_by: claims
                .iter()
                .any(|claim| !claim.passes)
                .then(|| encrypted::REFUSED_BY.to_owned()),
            claims,
            fields: shown("header", &decoded.header),
            ..self.blank("encrypted")
        }
    }

    fn saml(&self, read: Reading) -> Explained {
        let issuer = read
            .value("Issuer")
            .or_else(|| read.value("EntityDescriptor@entityID"));
        let hints = self.hints(None, issuer);
        let mut fields = vec![("message".to_owned(), read.kind.clone())];
        fields.push((
            "signed".to_owned(),
            if read.is_signed() { "yes" } else { "no" }.to_owned(),
        ));
        fields.extend(
            read.fields
                .into_iter()
                .map(|field| (field.name, field.value)),
        );
        Explained {
            fields,
            hints,
            ..self.blank("saml")
        }
    }

    fn hints(&self, client: Option<&Client>, client_id: Option<&str>) -> Vec<Hint> {
        let (None, Some(id)) = (client, client_id) else {
            return Vec::new();
        };
        let id: String = id.chars().take(300).collect();
        let (elsewhere, near) = reach::look_alikes(self.keeper, &self.reach, self.link.name, &id);
        let elsewhere = elsewhere.into_iter().map(|at| Hint {
            kind: "registered-in",
            value: at.as_str().to_owned(),
        });
        let near = near.into_iter().map(|id| Hint {
            kind: "did-you-mean",
            value: id,
        });
        elsewhere.chain(near).collect()
    }
}

/// The members of a part of a token, as text.
fn shown(part: &str, values: &Map<String, Value>) -> Vec<(String, String)> {
    let line = |(name, value): (&String, &Value)| {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        let name = format!("{part}.{name}");
        (name, text.chars().take(2_000).collect())
    };
    values.iter().take(100).map(line).collect()
}

/// Whether one of the keys verifies.
fn signature(text: &str, keys: &[PublicKey], expected: &str) -> Claim {
    let verified = jws::Unverified::parse(text.trim(), LONGEST)
        .ok()
        .and_then(|token| {
            keys.iter()
                .take(20)
                .find(|key| token.verify_payload(key, &Algorithm::ALL).is_ok())
                .map(PublicKey::thumbprint)
        });
    Claim {
        name: "signature",
        passes: verified.is_some(),
        value: verified,
        expected: expected.to_owned(),
    }
}

fn code_of(claim: &str) -> &'static str {
    match claim {
        "iss" | "sub" => "token/assertion-not-the-client",
        "aud" => "token/assertion-audience",
        "exp" => "token/assertion-expired",
        "iat" => "token/assertion-from-the-future",
        "signature" => "token/assertion-signature",
        _ => "token/assertion-claim",
    }
}

/// The parameters of an address, of a request line, of a query or of a form.
fn parameters(text: &str) -> Option<Params> {
    let line = text.lines().next().unwrap_or_default();
    let words: Vec<&str> = line.split_whitespace().take(4).collect();
    let target = match words.as_slice() {
        ["GET" | "POST", target, ..] => target,
        [only] => only,
        _ => return None,
    };
    let query = match target.split_once('?') {
        Some((_, query)) => query,
        None if target.contains('=') && !target.starts_with("http") => target,
        None => return None,
    };
    let query = query.split('#').next().unwrap_or_default();
    Params::parse(query.as_bytes()).ok()
}

const LONGEST: usize = 64 * 1024;
const AUTHORIZE: [&str; 4] = ["client_id", "redirect_uri", "response_type", "scope"];
