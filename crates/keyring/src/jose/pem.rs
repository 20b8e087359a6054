//! One PEM block in, one PEM block out (RFC 7468).

use x509_parser::pem::Pem;

use super::public::KeyError;
use crate::encoding;

pub(super) enum Block {
    Certificate(Vec<u8>),
    PublicKey(Vec<u8>),
}

/// Reads the one block of the text.
pub(super) fn read(text: &str) -> Result<Block, KeyError> {
    if text.len() > MOST_TEXT {
        return Err(KeyError::TooLong);
    }
    // Looked for before anything is decoded, so that no copy of a private key is made.
    if text.contains("PRIVATE KEY") {
        return Err(KeyError::Private);
    }
    match text.matches("-----BEGIN ").count() {
        0 => return Err(KeyError::NotPem),
        1 => {}
        _ => return Err(KeyError::SeveralBlocks),
    }
    let (_, block) =
        x509_parser::pem::parse_x509_pem(text.as_bytes()).map_err(|_| KeyError::NotPem)?;
    let Pem { label, contents } = block;
    match label.as_str() {
        "CERTIFICATE" | "X509 CERTIFICATE" => Ok(Block::Certificate(contents)),
        "PUBLIC KEY" => Ok(Block::PublicKey(contents)),
        _ => Err(KeyError::OtherBlock(label.chars().take(40).collect())),
    }
}

pub(super) fn write_public_key(spki: &[u8]) -> String {
    let mut text = String::from("-----BEGIN PUBLIC KEY-----\n");
    for (at, character) in encoding::b64(spki).chars().enumerate() {
        if at > 0 && at % 64 == 0 {
            text.push('\n');
        }
        text.push(character);
    }
    text.push_str("\n-----END PUBLIC KEY-----\n");
    text
}

const MOST_TEXT: usize = 64 * 1024;
