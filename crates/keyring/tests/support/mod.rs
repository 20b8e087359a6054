//! Private keys for tests, from the numbers of a JSON Web Key.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// The PKCS#8 of a private JSON Web Key, RSA with all its numbers or EC.
pub(crate) fn pkcs8(jwk: &Value) -> Option<Vec<u8>> {
    let (algorithm, key) = match jwk["kty"].as_str()? {
        "RSA" => {
            let mut numbers = integer(&[0]);
            for name in ["n", "e", "d", "p", "q", "dp", "dq", "qi"] {
                numbers.extend(integer(&number(jwk, name)?));
            }
            let algorithm = [RSA, &der(5, &[])].concat();
            (algorithm, der(0x30, &numbers))
        }
        "EC" => {
            let curve = match jwk["crv"].as_str()? {
                "P-256" => P256,
                "P-384" => P384,
                "P-521" => P521,
                _ => return None,
            };
            let point = [&[0, 4][..], &number(jwk, "x")?, &number(jwk, "y")?].concat();
            let key = [
                integer(&[1]),
                der(4, &number(jwk, "d")?),
                der(0xa1, &der(3, &point)),
            ];
            ([EC, curve].concat(), der(0x30, &key.concat()))
        }
        _ => return None,
    };
    let body = [integer(&[0]), der(0x30, &algorithm), der(4, &key)].concat();
    Some(der(0x30, &body))
}

fn number(jwk: &Value, name: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(jwk[name].as_str()?).ok()
}

fn integer(bytes: &[u8]) -> Vec<u8> {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let bytes = &bytes[zeros.min(bytes.len() - 1)..];
    let sign: &[u8] = if bytes[0] >= 0x80 { &[0] } else { &[] };
    der(2, &[sign, bytes].concat())
}

fn der(tag: u8, body: &[u8]) -> Vec<u8> {
    let len = u16::try_from(body.len()).unwrap_or(u16::MAX);
    let [high, low] = len.to_be_bytes();
    let head = match len {
        0..0x80 => vec![tag, low],
        0x80..0x100 => vec![tag, 0x81, low],
        _ => vec![tag, 0x82, high, low],
    };
    [head.as_slice(), body].concat()
}

const RSA: &[u8] = &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
const EC: &[u8] = &[6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
const P256: &[u8] = &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
const P384: &[u8] = &[6, 5, 0x2b, 0x81, 4, 0, 0x22];
const P521: &[u8] = &[6, 5, 0x2b, 0x81, 4, 0, 0x23];
