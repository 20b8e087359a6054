//! Evidence for the checklist: what the sandbox saw, and documents with dates.

use jiff::{Span, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    level::LevelOfService,
    refusal::{RefusalKind, Refuse},
};

/// How often the sandbox saw each way through an app, with a configuration of the same shape.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Trial {
    /// Sign-ins that came to an end: the app redeemed its code.
    pub signed_in: u64,
    /// People who went back without signing in.
    pub cancelled: u64,
    /// Sign-outs.
    pub signed_out: u64,
    /// People who were sent back because their identity is not verified.
    pub not_verified: u64,
}

impl Trial {
    /// The ways that a launch of this level needs and the sandbox has not seen.
    pub fn missing(&self, level: LevelOfService) -> Vec<&'static str> {
        self.ways(level)
            .filter(|(_, count)| *count == 0)
            .map(|(way, _)| way)
            .collect()
    }

    /// What was seen, as words.
    pub fn told(&self, level: LevelOfService) -> String {
        self.ways(level)
            .filter(|(_, count)| *count > 0)
            .map(|(way, count)| format!("{way} ({count}×)"))
            .collect::<Vec<_>>()
            .join(", ")
    }

    fn ways(&self, level: LevelOfService) -> impl Iterator<Item = (&'static str, u64)> {
        let verified = level == LevelOfService::IdentityVerified;
        let sign_in = if verified {
            "a sign-in with a verified identity"
        } else {
            "a sign-in"
        };
        [
            (sign_in, self.signed_in),
            ("a cancelled sign-in", self.cancelled),
            ("a sign-out", self.signed_out),
        ]
        .into_iter()
        .chain(verified.then_some((
            "a sign-in that failed for want of a verified identity",
            self.not_verified,
        )))
    }
}

/// An authority to operate that a team keeps for an app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ato {
    /// The document's own number.
    pub document_id: String,
    /// The day from which it holds.
    pub issued: Date,
    /// Its last day.
    pub expires: Date,
    /// Whether the document itself is kept.
    pub has_file: bool,
    /// Who put it there.
    pub kept_by: String,
}

impl Ato {
    /// Does it end within so many days after a day?
    pub fn ends_soon(&self, on: Date, days: u16) -> bool {
        let soon = on.saturating_add(Span::new().days(i32::from(days)));
        self.expires <= soon
    }
}

/// What a kept file is, told by its content and never by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileKind {
    /// PDF.
    Pdf,
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
}

impl FileKind {
    /// Reads the first bytes of a file.
    ///
    /// # Errors
    /// [`BadFile`]: empty, too large, or of another kind.
    pub fn of(content: &[u8]) -> Result<Self, BadFile> {
        if content.is_empty() {
            return Err(BadFile::Empty);
        }
        if content.len() > LARGEST_FILE {
            return Err(BadFile::TooLarge);
        }
        let begins = |with: &[u8]| content.starts_with(with);
        if begins(b"%PDF-") {
            Ok(Self::Pdf)
        } else if begins(b"\x89PNG\r\n\x1a\n") {
            Ok(Self::Png)
        } else if begins(b"\xff\xd8\xff") {
            Ok(Self::Jpeg)
        } else {
            Err(BadFile::OtherKind)
        }
    }

    /// The media type that it is handed out as.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
        }
    }

    /// The end of its name.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Png => "png",
            Self::Jpeg => "jpg",
        }
    }

    /// Reads a media type.
    pub fn parse(media_type: &str) -> Option<Self> {
        [Self::Pdf, Self::Png, Self::Jpeg]
            .into_iter()
            .find(|kind| kind.media_type() == media_type)
    }
}

/// A file that is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadFile {
    /// Nothing in it.
    #[error("The file is empty. Choose the document again.")]
    Empty,
    /// Too much.
    #[error("The file is larger than 5 MB. Make it smaller, or keep the document without a file.")]
    TooLarge,
    /// Not what its content should be.
    #[error(
        "The content of the file is no PDF, PNG or JPEG. Save the document as one of them, and choose it again."
    )]
    OtherKind,
}

impl Refuse for BadFile {
    fn code(&self) -> &'static str {
        match self {
            Self::Empty => "evidence/file-empty",
            Self::TooLarge => "evidence/file-too-large",
            Self::OtherKind => "evidence/file-kind",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::TooLarge => RefusalKind::TooLarge,
            Self::Empty | Self::OtherKind => RefusalKind::Invalid,
        }
    }
}

/// The largest file that is kept, in bytes.
pub const LARGEST_FILE: usize = 5 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_content_says() {
        assert_eq!(FileKind::of(b"%PDF-1.7 ..."), Ok(FileKind::Pdf));
        assert_eq!(FileKind::of(b"\x89PNG\r\n\x1a\n..."), Ok(FileKind::Png));
        assert_eq!(FileKind::of(b"\xff\xd8\xff\xe0"), Ok(FileKind::Jpeg));
        assert_eq!(FileKind::of(b"<html>"), Err(BadFile::OtherKind));
        assert_eq!(FileKind::of(b"MZ%PDF-"), Err(BadFile::OtherKind));
        assert_eq!(FileKind::of(b""), Err(BadFile::Empty));
        let large = [b"%PDF-".as_slice(), &vec![b' '; LARGEST_FILE]].concat();
        assert_eq!(FileKind::of(&large), Err(BadFile::TooLarge));
    }

    #[test]
    fn what_the_sandbox_must_have_seen() {
        let mut trial = Trial {
            signed_in: 2,
            cancelled: 1,
            ..Trial::default()
        };
        assert_eq!(trial.missing(LevelOfService::AuthOnly), ["a sign-out"]);
        trial.signed_out = 1;
        assert!(trial.missing(LevelOfService::AuthOnly).is_empty());
        assert_eq!(trial.missing(LevelOfService::IdentityVerified).len(), 1);
        assert_eq!(
            trial.told(LevelOfService::AuthOnly),
            "a sign-in (2×), a cancelled sign-in (1×), a sign-out (1×)"
        );
    }
}
