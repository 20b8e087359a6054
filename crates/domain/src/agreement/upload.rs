//! Files of agreements: signed scans and letters. What a file is, is told by its whole content and never by its name.

use serde::{Deserialize, Serialize};

use crate::{
    launch::{BadFile, FileKind},
    refusal::{RefusalKind, Refuse},
};

/// What a file of an agreement is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// The signed document on paper.
    SignedScan,
    /// The letter by which a state or a city asks for the service.
    RequestLetter,
    /// What the service does for whom.
    StatementOfWork,
    /// Something else.
    Other,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::SignedScan,
        Self::RequestLetter,
        Self::StatementOfWork,
        Self::Other,
    ];

    /// The name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignedScan => "signed_scan",
            Self::RequestLetter => "request_letter",
            Self::StatementOfWork => "statement_of_work",
            Self::Other => "other",
        }
    }

    /// Reads a name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

/// What a file is: its kind, when its whole content is of that kind and nothing else.
///
/// # Errors
/// [`BadUpload`] says what stands in the way.
pub fn examine(content: &[u8]) -> Result<FileKind, BadUpload> {
    let kind = FileKind::of(content)?;
    match kind {
        FileKind::Pdf => pdf(content)?,
        FileKind::Png => png(content)?,
        FileKind::Jpeg => jpeg(content)?,
    }
    Ok(kind)
}

/// The name that a file is kept and handed out under: letters, digits and hyphens of the given one, the extension of its
/// content.
pub fn safe_name(given: &str, kind: FileKind) -> String {
    let stem = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
    let mut name: String = stem
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .take(LONGEST_NAME)
        .collect();
    while name.contains("--") {
        name = name.replace("--", "-");
    }
    let name = name.trim_matches('-');
    let stem = if name.is_empty() { "file" } else { name };
    format!("{stem}.{}", kind.extension())
}

/// Why a file is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadUpload {
    /// Empty, too large, or of another kind.
    #[error(transparent)]
    File(#[from] BadFile),
    /// It does not end where a file of its kind ends.
    #[error(
        "The file begins as one kind of file and goes on as another, or is cut short. Make it anew from the original and send that."
    )]
    Mixed,
    /// A PDF with programs, attachments or actions in it.
    #[error(
        "The PDF holds scripts, attachments or actions. Print it to a plain PDF and send that."
    )]
    Active,
    /// A PDF that needs a password.
    #[error("The PDF is encrypted. Save it without a password and send that.")]
    Encrypted,
}

impl Refuse for BadUpload {
    fn code(&self) -> &'static str {
        match self {
            Self::File(bad) => bad.code(),
            Self::Mixed => "agreement/file-mixed",
            Self::Active => "agreement/file-active",
            Self::Encrypted => "agreement/file-encrypted",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::File(bad) => bad.kind(),
            Self::Mixed | Self::Active | Self::Encrypted => RefusalKind::Invalid,
        }
    }
}

fn pdf(content: &[u8]) -> Result<(), BadUpload> {
    // Readers look for the end within the last kilobyte; an archive appended to a PDF pushes it away or follows it.
    let tail = content
        .get(content.len().saturating_sub(1024)..)
        .unwrap_or(content);
    let end = find(tail, b"%%EOF").ok_or(BadUpload::Mixed)?;
    let after = tail.get(end + 5..).unwrap_or_default();
    if !after.iter().all(u8::is_ascii_whitespace) && find(after, b"%%EOF").is_none() {
        return Err(BadUpload::Mixed);
    }
    let head = content
        .get(..content.len().min(1024))
        .unwrap_or(content)
        .to_ascii_lowercase();
    let foreign: [&[u8]; 4] = [b"<html", b"<script", b"<!doctype", b"<svg"];
    if foreign.iter().any(|mark| find(&head, mark).is_some()) || find(tail, b"PK\x05\x06").is_some()
    {
        return Err(BadUpload::Mixed);
    }
    if ACTIVE.iter().any(|name| names(content, name)) {
        return Err(BadUpload::Active);
    }
    if names(content, b"/Encrypt") {
        return Err(BadUpload::Encrypted);
    }
    Ok(())
}

/// Is this name there as a whole? `/JS` is not in `/JSomething`.
fn names(content: &[u8], name: &[u8]) -> bool {
    content.windows(name.len() + 1).any(|window| {
        window.starts_with(name)
            && window
                .last()
                .is_some_and(|next| !next.is_ascii_alphanumeric())
    })
}

fn png(content: &[u8]) -> Result<(), BadUpload> {
    let mut rest = content.get(8..).unwrap_or_default();
    loop {
        let (length, kind) = match rest {
            [a, b, c, d, kind @ ..] => (
                u32::from_be_bytes([*a, *b, *c, *d]) as usize,
                kind.get(..4).ok_or(BadUpload::Mixed)?,
            ),
            _ => return Err(BadUpload::Mixed),
        };
        let whole = length.checked_add(12).ok_or(BadUpload::Mixed)?;
        let after = rest.get(whole..).ok_or(BadUpload::Mixed)?;
        if kind == b"IEND" {
            return if after.is_empty() {
                Ok(())
            } else {
                Err(BadUpload::Mixed)
            };
        }
        rest = after;
    }
}

fn jpeg(content: &[u8]) -> Result<(), BadUpload> {
    let lower = content
        .get(..content.len().min(4096))
        .unwrap_or(content)
        .to_ascii_lowercase();
    let foreign: [&[u8]; 3] = [b"<html", b"<script", b"<!doctype"];
    let mixed = foreign.iter().any(|mark| find(&lower, mark).is_some());
    (content.ends_with(b"\xff\xd9") && !mixed)
        .then_some(())
        .ok_or(BadUpload::Mixed)
}

fn find(content: &[u8], wanted: &[u8]) -> Option<usize> {
    content
        .windows(wanted.len())
        .position(|window| window == wanted)
}

const LONGEST_NAME: usize = 80;
const ACTIVE: &[&[u8]] = &[
    b"/JavaScript",
    b"/JS",
    b"/Launch",
    b"/EmbeddedFile",
    b"/EmbeddedFiles",
    b"/RichMedia",
    b"/XFA",
    b"/SubmitForm",
    b"/ImportData",
    b"/OpenAction",
    b"/AA",
];

#[cfg(test)]
mod tests {
    use super::*;

    const PDF: &[u8] = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x01IHDRx\0\0\0\0\0\0\0\0IEND\xae\x42\x60\x82";

    fn joined(parts: &[&[u8]]) -> Vec<u8> {
        parts.concat()
    }

    fn refused(content: &[u8]) -> Option<&'static str> {
        examine(content).err().map(|bad| bad.code())
    }

    #[test]
    fn whole_files_are_kept() {
        assert_eq!(examine(PDF), Ok(FileKind::Pdf));
        assert_eq!(examine(PNG), Ok(FileKind::Png));
        assert_eq!(
            examine(b"\xff\xd8\xff\xe0 picture \xff\xd9"),
            Ok(FileKind::Jpeg)
        );
    }

    #[test]
    fn a_page_with_another_name_and_two_files_in_one_are_refused() {
        assert!(refused(b"<!doctype html><script>alert(1)</script>").is_some());
        assert!(refused(b"").is_some());
        assert_eq!(
            refused(&joined(&[b"%PDF-1.7\n<script>alert(1)</script>\n", PDF])),
            Some("agreement/file-mixed")
        );
        assert_eq!(
            refused(&joined(&[PDF, b"PK\x05\x06", &[0; 18]])),
            Some("agreement/file-mixed")
        );
        assert_eq!(
            refused(&joined(&[PDF, &[b'x'; 2000]])),
            Some("agreement/file-mixed")
        );
        assert_eq!(
            refused(b"%PDF-1.7\n cut short"),
            Some("agreement/file-mixed")
        );
        assert_eq!(
            refused(&joined(&[PNG, b"<script>"])),
            Some("agreement/file-mixed")
        );
        assert_eq!(
            refused(b"\x89PNG\r\n\x1a\n\xff\xff\xff\xffIDAT"),
            Some("agreement/file-mixed")
        );
        assert_eq!(
            refused(b"\xff\xd8\xff\xe0 <script>alert(1)</script> \xff\xd9"),
            Some("agreement/file-mixed")
        );
        assert_eq!(
            refused(b"\xff\xd8\xff\xe0 PK archive"),
            Some("agreement/file-mixed")
        );
    }

    #[test]
    fn a_pdf_that_acts_is_refused() {
        for name in [
            "/JavaScript",
            "/JS",
            "/Launch",
            "/EmbeddedFile",
            "/OpenAction",
            "/AA",
        ] {
            let file = format!("%PDF-1.7\n<</Type/Catalog {name} 2 0 R>>\n%%EOF\n");
            assert_eq!(
                refused(file.as_bytes()),
                Some("agreement/file-active"),
                "{name}"
            );
        }
        assert_eq!(
            refused(b"%PDF-1.7\n<</Encrypt 2 0 R>>\n%%EOF\n"),
            Some("agreement/file-encrypted")
        );
        assert_eq!(refused(b"%PDF-1.7\n<</AAPL 2 0 R /JSx 1>>\n%%EOF\n"), None);
    }

    #[test]
    fn names_are_made_safe() {
        for (given, kept) in [
            ("Order 1 (signed).html", "Order-1-signed.pdf"),
            ("../../etc/passwd", "passwd.pdf"),
            ("C:\\a\\scan.PDF.exe", "scan-PDF.pdf"),
            ("\"; filename=\"evil.html", "filename-evil.pdf"),
            ("", "file.pdf"),
            ("契約.pdf", "file.pdf"),
        ] {
            assert_eq!(safe_name(given, FileKind::Pdf), kept);
        }
    }
}
