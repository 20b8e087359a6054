//! Values that must not be found again, and the search for them.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// What must not be found, and where it was.
#[derive(Default)]
pub(crate) struct Planted {
    /// What is told about people, or typed by them.
    personal: Vec<String>,
    /// What opens something: tokens, codes, passwords.
    pub(crate) secret: Vec<String>,
    /// Codes of six digits, which stand in many numbers by chance.
    pub(crate) short: Vec<String>,
    pub(crate) found: Vec<String>,
}

impl Planted {
    pub(crate) fn personal(&mut self, value: &str) -> String {
        self.personal.push(value.to_owned());
        value.to_owned()
    }

    pub(crate) fn secret(&mut self, value: &str) -> String {
        self.secret.push(value.to_owned());
        value.to_owned()
    }

    pub(crate) fn secrets(&mut self, values: impl Iterator<Item = String>) {
        // The choice of a language is a cookie too.
        self.secret.extend(values.filter(|value| value.len() > 15));
    }

    #[expect(clippy::disallowed_methods, reason = "what the server wrote")]
    pub(crate) fn look_in_files(&mut self, folder: &Path) {
        let mut files = files_in(folder);
        assert!(
            files.iter().any(|file| file.ends_with("sandbox.sqlite3")),
            "{files:?}"
        );
        files.sort();
        for file in files {
            match std::fs::read(&file) {
                Ok(bytes) => self.look(&file.file_name().unwrap().to_string_lossy(), &bytes),
                // The databases put their logs away meanwhile.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => self
                    .found
                    .push(format!("{} unread: {error}", file.display())),
            }
        }
    }

    pub(crate) fn look(&mut self, place: &str, bytes: &[u8]) {
        self.look_for_personal(place, bytes);
        let found = self.secret.iter().filter(|value| is_in(value, bytes));
        let found: Vec<_> = found.map(|value| format!("{value} in {place}")).collect();
        self.found.extend(found);
    }

    pub(crate) fn look_for_personal(&mut self, place: &str, bytes: &[u8]) {
        let found = self.personal.iter().filter(|value| is_in(value, bytes));
        let found: Vec<_> = found.map(|value| format!("{value} in {place}")).collect();
        self.found.extend(found);
    }

    pub(crate) fn look_for_codes(&mut self, log: &str) {
        for code in &self.short {
            let mut rest = log;
            while let Some((before, after)) = rest.split_once(code.as_str()) {
                let part = |c: char| c.is_ascii_digit() || c == '.';
                if !before.ends_with(part) && !after.starts_with(part) {
                    self.found.push(format!("the code {code} in the log"));
                }
                rest = after;
            }
        }
    }
}

/// Is it there as it is, in small letters, as a part of an address, or in base64 or hex?
fn is_in(value: &str, bytes: &[u8]) -> bool {
    let small = |bytes: &[u8]| bytes.to_ascii_lowercase();
    let (plain, lowered) = (value.as_bytes(), small(bytes));
    let percent: String = url::form_urlencoded::byte_serialize(plain).collect();
    let mut hex = String::new();
    for byte in plain {
        write!(hex, "{byte:02x}").unwrap();
    }
    let by_letters = [small(plain), small(percent.as_bytes()), hex.into_bytes()];
    let mut encoded = Vec::new();
    for lead in 0..3 {
        let shifted = [&vec![0; lead][..], plain].concat();
        for text in [
            STANDARD_NO_PAD.encode(&shifted),
            URL_SAFE_NO_PAD.encode(&shifted),
        ] {
            // The characters at both ends hold bits of the neighbours too.
            let from = [0, 2, 3][lead];
            let end = text.len() - usize::from(shifted.len() % 3 != 0);
            encoded.push(text.as_bytes()[from..end].to_vec());
        }
    }
    by_letters.iter().any(|wanted| contains(&lowered, wanted))
        || encoded.iter().any(|wanted| contains(bytes, wanted))
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    let Some((first, rest)) = wanted.split_first() else {
        return false;
    };
    let mut left = bytes;
    while let Some(at) = left.iter().position(|byte| byte == first) {
        left = &left[at + 1..];
        if left.starts_with(rest) {
            return true;
        }
    }
    false
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_in(&path));
        } else {
            files.push(path);
        }
    }
    files
}
