//! Why a call of an automated test is refused.

use durward_domain::attribute::Attribute;
use durward_domain::level::Aal;
use durward_domain::refusal::{RefusalKind, Refuse};
use durward_domain::test_kit::{FaultRefusal, ValueRefusal};

use crate::citizen::refusal::CitizenRefusal;

/// A "no" to an automated test.
#[derive(Debug, thiserror::Error)]
pub enum AutomationRefusal {
    /// Live class: nothing of this exists.
    #[error("There is nothing at this address. Check it for mistakes.")]
    Absent,
    /// No token, or a wrong one.
    #[error(
        "This call needs an automation token of this environment as Authorization: Bearer TOKEN. A team makes one on the test page of its app; it may have ended or been taken back."
    )]
    Token,
    /// No such person, or another's.
    #[error(
        "There is no such person in this environment. A team reaches only the test people it made."
    )]
    NoPerson,
    /// The account could not be made.
    #[error(transparent)]
    Person(#[from] CitizenRefusal),
    /// The address cannot be read.
    #[error(transparent)]
    Email(#[from] durward_accounts::email::BadEmail),
    /// A value that a test person cannot have.
    #[error(transparent)]
    Value(#[from] ValueRefusal),
    /// A fault that cannot be set.
    #[error(transparent)]
    Fault(#[from] FaultRefusal),
    /// A factor that this build does not have.
    #[error(
        "There is no second factor called \"{0}\". Use totp, or an empty list for a person without one."
    )]
    Factor(String),
    /// A stronger sign-in than this build can give.
    #[error("This environment cannot give a sign-in as strong as {0}. Ask for aal1 or aal2.")]
    TooStrong(Aal),
    /// A method that this build does not have.
    #[error("There is no method called \"{0}\". Use pwd, otp and mfa.")]
    Method(String),
    /// No app of that name, or another team's.
    #[error(
        "No app is registered under \"{0}\" in this environment. Give the short name or the issuer of an app of the token's team."
    )]
    NoApp(String),
    /// Attributes that only verified people have.
    #[error(
        "Only an identity-verified person has {0}. Ask for the level identity-verified, or leave it out."
    )]
    NotVerified(Attribute),
    /// An attribute that is no part of an identity.
    #[error("{0} follows from the account and cannot be set.")]
    NotSettable(Attribute),
    /// An outcome that nobody knows.
    #[error(
        "There is no outcome of proofing called \"{0}\". Use verified, document_failed, document_unavailable, resolution_failed, resolution_unavailable, phone_failed or fraud_review."
    )]
    Proofing(String),
    /// A verified person whose proofing failed.
    #[error(
        "An identity-verified person has passed proofing. Leave the outcome out, or ask for the level auth-only."
    )]
    ProofingDone,
    /// An address that another team could read.
    #[error(
        "This address is in the mail domain of another team. Take one of your own, or leave it out."
    )]
    OthersAddress,
    /// An address whose mail is not the caller's.
    #[error(
        "Mail to this address is not yours to read. A team reads the mail of its test people, and of every address in its own mail domain."
    )]
    OthersMail,
    /// Too many addresses.
    #[error("A person can have {0} addresses beside the first. Leave some out.")]
    TooManyEmails(usize),
    /// An address stands twice in the list.
    #[error("An address stands twice in the list. Give each once.")]
    EmailTwice,
    /// Too many test people.
    #[error("A team can have {0} test people. Delete some that are not needed any more.")]
    TooManyPeople(i64),
    /// Too many faults.
    #[error("A team can set {0} faults at once. Clear some.")]
    TooManyFaults(i64),
    /// No such fault, or another's.
    #[error("There is no such fault. It may be over, or have been cleared already.")]
    NoFault,
    /// Neither a number nor an end.
    #[error(
        "Say how long the fault lasts: count from 1 to 1000, for as a duration such as PT10M, or until as a time; at most a day ahead."
    )]
    FaultEnd,
    /// A token without a name.
    #[error("Give the token a name of at most 100 characters, so that you know it again.")]
    TokenName,
    /// Too short or too long a life.
    #[error("An automation token lives 1 to 365 days. Choose a number between.")]
    TokenDays,
    /// Too many tokens.
    #[error("A team can have {0} automation tokens at once. Take some back.")]
    TooManyTokens(usize),
    /// No such token.
    #[error("There is no such automation token. It may have been taken back already.")]
    NoToken,
    /// Back, or too far.
    #[error(
        "The clock only moves ahead, at most ten years at once, or back to real time. Send a duration such as PT15M as advance, or reset as true."
    )]
    Clock,
    /// The environment's own clock is not moved for one app.
    #[error(
        "The environment-wide token moves the clock of the whole environment. Leave app out, or use a team's token."
    )]
    ClockOfApp,
}

impl Refuse for AutomationRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Absent => "web/not-found",
            Self::Token => "automation/token",
            Self::NoPerson => "automation/no-person",
            Self::Person(no) => no.code(),
            Self::Email(no) => no.code(),
            Self::Value(no) => no.code(),
            Self::Fault(no) => no.code(),
            Self::Factor(_) => "automation/factor-unknown",
            Self::TooStrong(_) => "automation/level-unavailable",
            Self::Method(_) => "automation/method-unknown",
            Self::NoApp(_) => "automation/app-unknown",
            Self::NotVerified(_) => "automation/not-verified",
            Self::NotSettable(_) => "automation/attribute-not-settable",
            Self::Proofing(_) => "automation/proofing-unknown",
            Self::ProofingDone => "automation/proofing-passed",
            Self::OthersAddress => "automation/address-of-others",
            Self::OthersMail => "automation/mail-of-others",
            Self::TooManyEmails(_) => "automation/too-many-emails",
            Self::EmailTwice => "automation/email-twice",
            Self::TooManyPeople(_) => "automation/too-many-people",
            Self::TooManyFaults(_) => "automation/too-many-faults",
            Self::NoFault => "automation/no-fault",
            Self::FaultEnd => "automation/fault-end",
            Self::TokenName => "automation/token-name",
            Self::TokenDays => "automation/token-days",
            Self::TooManyTokens(_) => "automation/too-many-tokens",
            Self::NoToken => "automation/no-token",
            Self::Clock => "automation/clock",
            Self::ClockOfApp => "automation/clock-of-app",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Absent | Self::NoPerson | Self::NoFault | Self::NoToken => RefusalKind::NotFound,
            Self::Token => RefusalKind::Unauthenticated,
            Self::OthersMail => RefusalKind::Forbidden,
            Self::TooManyPeople(_) | Self::TooManyFaults(_) | Self::TooManyTokens(_) => {
                RefusalKind::Conflict
            }
            Self::Person(no) => no.kind(),
            _ => RefusalKind::Invalid,
        }
    }
}
