//! Why an agreement was not shown, written or moved.

use durward_domain::agreement::{AgreementStep, BadNumber, BadTerms, BadUpload, StepRefused};
use durward_domain::refusal::{RefusalKind, Refuse};
use jiff::civil::Date;

use crate::actor::Denied;
use crate::failure::Failure;

/// Why an agreement was not shown, written or moved.
#[derive(Debug, thiserror::Error)]
pub enum AgreementDenied {
    /// The member may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The number cannot be read.
    #[error(transparent)]
    Number(#[from] BadNumber),
    /// The terms cannot stand.
    #[error(transparent)]
    Terms(#[from] BadTerms),
    /// The file is not kept.
    #[error(transparent)]
    File(#[from] BadUpload),
    /// There is none that the member may see.
    #[error("There is no agreement {0} that you may see. Check the number.")]
    NotFound(String),
    /// The number is taken.
    #[error("There is an agreement {0} already. Take the next number.")]
    Exists(String),
    /// Every number is taken.
    #[error("There is no number left here. Enter a new GT&C.")]
    NoNumber,
    /// There is no such agency.
    #[error("There is no agency \"{0}\". Use the abbreviation of one.")]
    NoAgency(String),
    /// The period ends before it begins.
    #[error("The period must end after it begins.")]
    Period,
    /// An Order beyond its GT&C.
    #[error(
        "The GT&C {gtc} holds from {starts} to {ends}. Choose a period of performance within it, or ask for a Mod of the GT&C."
    )]
    OutsideGtc {
        /// The GT&C in its Mod.
        gtc: String,
        /// Its first day.
        starts: Date,
        /// Its last day.
        ends: Date,
    },
    /// An app without a name.
    #[error("Each app needs a name of at most 200 characters. Correct the list of apps.")]
    AppName,
    /// One app twice.
    #[error("\"{0}\" is listed twice. List it once, with the highest level that it needs.")]
    AppTwice(String),
    /// The words of the other form.
    #[error(
        "These are the words of another form. Send those of a GT&C for a GT&C, and those of an Order for an Order."
    )]
    OtherForm,
    /// It is on its way to signatures, or signed.
    #[error(
        "This text is on its way to signatures or is signed. Return it to drafting to change it, or ask for a Mod once it is executed."
    )]
    TextClosed,
    /// The state machine says no.
    #[error(transparent)]
    Step(#[from] StepRefused),
    /// The server takes this step.
    #[error(
        "\"{0}\" happens by itself: a Mod replaces at its execution, and a period ends by its date. Nobody takes it by hand."
    )]
    ByItself(AgreementStep),
    /// A step back, or an end, without a reason.
    #[error("This needs a reason. Say why.")]
    NoReason,
    /// Too many words.
    #[error("The reason is longer than 2,000 characters. Shorten it.")]
    ReasonTooLong,
    /// Counsel's own text.
    #[error("You wrote this text yourself. Somebody else reads it as counsel.")]
    OwnText,
    /// Signing has its own call.
    #[error("A signature is recorded with its name and title. Sign it instead.")]
    SignInstead,
    /// A signature without a name.
    #[error("A signature needs a name and a title.")]
    NoName,
    /// The same person on both sides.
    #[error(
        "You wrote this text or recorded the partner's signature. Somebody else signs for the programme."
    )]
    SameSigner,
    /// Staff have nothing to record a signature from.
    #[error(
        "A partner's signature is recorded by staff only from a signed scan. Add the scan first, or let a partner admin of the agency sign here."
    )]
    ScanMissing,
    /// No file of this id.
    #[error("There is no such file in this agreement. Load the page again.")]
    NoFile,
    /// Too many files.
    #[error("An agreement holds at most 50 files. Put what belongs together into one PDF.")]
    TooManyFiles,
    /// No override of this id.
    #[error("There is no such override of this agreement. Load the page again.")]
    NoOverride,
    /// An override that changes nothing.
    #[error("This changes nothing. Choose another state or another day.")]
    NothingChanges,
    /// Who asked cannot confirm.
    #[error("You asked for this yourself. A second person confirms it.")]
    OwnOverride,
    /// Somebody decided it.
    #[error("This was decided already. Load the page again.")]
    Decided,
    /// Somebody was first.
    #[error("The agreement changed since you loaded it. Load it again and repeat your step.")]
    Stale,
}

impl AgreementDenied {
    pub(crate) fn missing(number: &str) -> Self {
        Self::NotFound(number.chars().take(60).collect())
    }
}

impl Refuse for AgreementDenied {
    fn code(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.code(),
            Self::Number(bad) => bad.code(),
            Self::Terms(bad) => bad.code(),
            Self::File(bad) => bad.code(),
            Self::NotFound(_) => "agreement/not-found",
            Self::Exists(_) => "agreement/exists",
            Self::NoNumber => "agreement/no-number-left",
            Self::NoAgency(_) => "agreement/no-agency",
            Self::Period => "agreement/period",
            Self::OutsideGtc { .. } => "agreement/period-outside-gtc",
            Self::AppName => "agreement/app-name",
            Self::AppTwice(_) => "agreement/app-twice",
            Self::OtherForm => "agreement/other-form",
            Self::TextClosed => "agreement/text-closed",
            Self::Step(refused) => refused.code(),
            Self::ByItself(_) => "agreement/step-by-itself",
            Self::NoReason => "agreement/reason-missing",
            Self::ReasonTooLong => "agreement/reason-too-long",
            Self::OwnText => "agreement/own-text",
            Self::SignInstead => "agreement/sign-instead",
            Self::NoName => "agreement/signature-without-name",
            Self::SameSigner => "agreement/same-signer",
            Self::ScanMissing => "agreement/scan-missing",
            Self::NoFile => "agreement/no-file",
            Self::TooManyFiles => "agreement/too-many-files",
            Self::NoOverride => "agreement/no-override",
            Self::NothingChanges => "agreement/nothing-changes",
            Self::OwnOverride => "agreement/own-override",
            Self::Decided => "agreement/override-decided",
            Self::Stale => "agreement/stale",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Denied(denied) => denied.kind(),
            Self::File(bad) => bad.kind(),
            Self::NotFound(_) | Self::NoFile | Self::NoOverride => RefusalKind::NotFound,
            Self::Step(refused) => refused.kind(),
            Self::Exists(_)
            | Self::Stale
            | Self::TextClosed
            | Self::ByItself(_)
            | Self::Decided
            | Self::NoNumber
            | Self::TooManyFiles
            | Self::ScanMissing => RefusalKind::Conflict,
            Self::OwnText | Self::SameSigner | Self::OwnOverride => RefusalKind::Forbidden,
            Self::Number(_)
            | Self::Terms(_)
            | Self::NoAgency(_)
            | Self::Period
            | Self::OutsideGtc { .. }
            | Self::AppName
            | Self::AppTwice(_)
            | Self::OtherForm
            | Self::NoReason
            | Self::ReasonTooLong
            | Self::SignInstead
            | Self::NothingChanges
            | Self::NoName => RefusalKind::Invalid,
        }
    }
}

impl From<Denied> for Failure<AgreementDenied> {
    fn from(denied: Denied) -> Self {
        Self::Refused(denied.into())
    }
}
