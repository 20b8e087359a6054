//! Signatures after Standard Webhooks: HMAC-SHA256 over id, time and body, each joined by a dot.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use durward_keyring::mac::MacKey;

/// The secret as it is shown.
pub fn shown(key: &[u8; 32]) -> String {
    format!("whsec_{}", STANDARD.encode(key))
}

/// The value of `webhook-signature`: one signature for each key, separated by spaces.
pub fn of(keys: &[[u8; 32]], id: &str, timestamp: i64, body: &str) -> String {
    let signed = format!("{id}.{timestamp}.{body}");
    let each = keys.iter().map(|key| {
        let tag = MacKey::new(*key).tag(signed.as_bytes());
        format!("v1,{}", STANDARD.encode(tag))
    });
    each.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    // The example of the specification, with a secret of 32 bytes; computed with openssl.
    #[test]
    fn a_signature_is_what_others_compute() {
        let key = *b"0123456789abcdef0123456789abcdef";
        assert_eq!(
            shown(&key),
            "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
        );
        assert_eq!(
            of(&[key], "msg_1", 1_614_265_330, r#"{"test": 2432232314}"#),
            "v1,aTF4+pE6A/FmvKM0YSVBBUfRhLIlBiaBUR+EjGls6Mc="
        );
        assert_eq!(of(&[key, key], "a", 1, "").split(' ').count(), 2);
    }
}
