//! Every published vector of a file that is not part of the project: Project Wycheproof's four JOSE sets and the JOSE
//! cookbook, as one JSON array of objects with `set`, `id`, `kind`, `private`, `public`, `input` and `expect`.
//! Name the file in `DURWARD_JOSE_VECTORS`.
#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use std::collections::BTreeMap;
use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use durward_keyring::jose::jwe::{
    Allowed, ContentEncryption, DecryptionKey, KeyManagement, Unopened,
};
use durward_keyring::jose::jws::Unverified;
use durward_keyring::jose::{Algorithm, Jwk, JwkSet, PublicKey};
use durward_keyring::random::Random;
use serde_json::{Map, Value};

const VARIABLE: &str = "DURWARD_JOSE_VECTORS";

/// Valid ones of what we support are accepted with their content; everything else is refused.
#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the file is not part of the project; whoever has it names it"
)]
fn every_vector_is_judged_right() {
    let Ok(path) = std::env::var(VARIABLE) else {
        say(&format!(
            "left out: the JOSE vectors; name their file in {VARIABLE}"
        ));
        return;
    };
    let text = std::fs::read_to_string(path).unwrap();
    let vectors: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert!(!vectors.is_empty());
    let mut counts: BTreeMap<String, BTreeMap<&str, usize>> = BTreeMap::new();
    let mut wrong = Vec::new();
    for vector in &vectors {
        let token = compact(vector);
        let supported = supported(vector, &token);
        let accepted = accept(vector, &token);
        let expected = supported && vector["expect"] == "valid";
        let verdict = match (&accepted, expected) {
            (Some(content), true) if content_is_right(vector, content) => "accepted",
            (None, false) if vector["expect"] == "valid" => "valid, of what we refuse",
            (None, false) => "refused",
            _ => {
                wrong.push(format!("{} {}", vector["set"], vector["id"]));
                "WRONG"
            }
        };
        let group = format!("{} {}", vector["set"], vector["kind"]);
        *counts.entry(group).or_default().entry(verdict).or_default() += 1;
    }
    for (group, counts) in &counts {
        say(&format!("{group}: {counts:?}"));
    }
    assert!(wrong.is_empty(), "judged wrong: {wrong:#?}");
}

/// The compact form; of those that have none, the JSON text, which no compact reader may take.
fn compact(vector: &Value) -> String {
    let input = &vector["input"];
    let forms = ["jws", "jwe", "compact", "flat", "json"];
    match forms
        .iter()
        .map(|name| &input[name])
        .find(|form| !form.is_null())
    {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    }
}

fn header(token: &str) -> Map<String, Value> {
    let first = token.split('.').next().unwrap_or_default();
    let bytes = URL_SAFE_NO_PAD.decode(first).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

/// Whether the algorithms are ours, the key is of a kind that is, and the key is not bound to another algorithm: four
/// vectors verify PS384 with a key whose `alg` is PS256, or ES512 with one of an unregistered `alg` (RFC 7517 §4.4).
fn supported(vector: &Value, token: &str) -> bool {
    let header = header(token);
    let name = |member: &str| {
        header
            .get(member)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let (alg, enc) = (name("alg"), name("enc"));
    let signature = alg.parse::<Algorithm>().is_ok();
    let encryption =
        alg.parse::<KeyManagement>().is_ok() && enc.parse::<ContentEncryption>().is_ok();
    let key = &vector["private"];
    let bound_to_another = key["alg"].as_str().is_some_and(|bound| bound != alg);
    (signature || encryption) && !bound_to_another && key["crv"] != "X25519"
}

fn accept(vector: &Value, token: &str) -> Option<Vec<u8>> {
    if Unopened::looks_like(token) {
        decrypt(&vector["private"], token)
    } else {
        let public = Some(&vector["public"]).filter(|key| !key.is_null());
        verify(public.unwrap_or(&vector["private"]), token)
    }
}

fn verify(key: &Value, token: &str) -> Option<Vec<u8>> {
    let token = Unverified::parse(token, MOST).ok()?;
    let key = match key.get("keys") {
        Some(_) => {
            let mut set = key.clone();
            for key in set["keys"].as_array_mut()? {
                *key = without_private_members(key);
            }
            let set = JwkSet::parse(&set.to_string()).ok()?;
            set.find(token.header.kid.as_deref()?)?.clone()
        }
        None => Jwk::parse(&without_private_members(key).to_string()).ok()?,
    };
    let key = PublicKey::from_jwk(&key).ok()?;
    token
        .verify_payload(&key, &Algorithm::ALL)
        .ok()
        .map(<[u8]>::to_vec)
}

fn without_private_members(key: &Value) -> Value {
    let mut key = key.clone();
    if let Some(members) = key.as_object_mut() {
        for name in ["d", "p", "q", "dp", "dq", "qi", "oth"] {
            members.remove(name);
        }
    }
    key
}

fn decrypt(key: &Value, token: &str) -> Option<Vec<u8>> {
    let name = match &key["alg"] {
        Value::String(name) => name.clone(),
        _ => header(token).get("alg")?.as_str()?.to_owned(),
    };
    let alg: KeyManagement = name.parse().ok()?;
    let key = DecryptionKey::from_pkcs8(alg, &support::pkcs8(key)?).ok()?;
    let token = Unopened::parse(token, MOST).ok()?;
    let opened = token.open(&key, &Allowed::ALL, &Random::system()).ok()?;
    Some(opened.to_vec())
}

fn content_is_right(vector: &Value, content: &[u8]) -> bool {
    let expected = match (&vector["input"]["pt"], &vector["payload"]) {
        (Value::String(hex), _) => {
            let digits: String = content.iter().map(|byte| format!("{byte:02x}")).collect();
            return digits == *hex;
        }
        (_, Value::String(text)) => text,
        _ => return true,
    };
    content == expected.as_bytes()
}

/// Past the test harness, which keeps what passing tests print.
fn say(line: &str) {
    let mut out = std::io::stderr().lock();
    writeln!(out, "{line}").unwrap();
}

const MOST: usize = 64 * 1024;
